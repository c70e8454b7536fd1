/* SPDX-License-Identifier: Apache-2.0 */
/* conclusions_write.c - the conclusions beside the facts, so that a person can ask SQL for them. */
#include <errno.h>

#include "sensor/store/rows.h"
#include "sensor/util/joined.h"
#include "sensor/util/text.h"

static const char *join(struct joined *j, const char **pieces, size_t count)
{
	joined_start(j);
	for (size_t i = 0; i < count; i++)
		joined_add(j, pieces[i]);
	return joined_text(j);
}

static const char *join_vlans(struct joined *j, const struct interface *interface)
{
	joined_start(j);
	for (size_t i = 0; i < interface->vlan_count; i++)
		joined_add_number(j, interface->vlans[i]);
	return joined_text(j);
}

#define JOINED 3 /* lists in one row */

/* One prepared statement for each table below an asset. */
struct writer {
	struct database *db;
	const struct conclusions *c;
	const struct orders *orders;
	struct joined joined[JOINED];
	struct query asset, interface, fact, role, conflict, verdict;
};

static void put_path(struct query *q, const struct place *at)
{
	query_put_text(q, at->kind != PATH_NONE ? path_kind_name(at->kind) : NULL);
	query_put_text(q, at->kind != PATH_NONE ? at->text : NULL);
}

static void put_times(struct query *q, const struct span *seen)
{
	query_put_int(q, seen->first.time_ns);
	query_put_int(q, seen->last.time_ns);
}

static void write_asset(struct writer *w, uint32_t row)
{
	const struct asset *a = &w->c->assets[row];
	struct query *q = &w->asset;
	query_put_int(q, (int64_t)row + 1);
	query_put_text(q, a->id);
	if (a->parent != ASSET_NONE)
		query_put_int(q, (int64_t)a->parent + 1);
	else
		query_put_text(q, NULL);
	put_path(q, &a->at);
	const char *const fields[] = {a->name, a->vendor, a->model, a->order_number, a->serial_number,
		a->hardware_version, a->firmware_version, a->os, a->type};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		query_put_text(q, fields[i]);
	query_put_real(q, a->type_confidence);
	query_put_text(q, join(&w->joined[0], a->flags, a->flag_count));
	query_put_text(q, a->purdue_level);
	put_times(q, &a->seen);
	query_put_text(q, a->would_identify);
	query_run(q);
}

static void write_interfaces(struct writer *w, uint32_t row)
{
	const struct asset *a = &w->c->assets[row];
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		struct query *q = &w->interface;
		query_put_int(q, (int64_t)row + 1);
		query_put_int(q, (int64_t)i + 1);
		query_put_text(q, n->mac);
		query_put_text(q, n->mac_vendor);
		query_put_text(q, join(&w->joined[0], n->ips, n->ip_count));
		query_put_text(q, join_vlans(&w->joined[1], n));
		query_put_text(q, join(&w->joined[2], n->hostnames, n->hostname_count));
		query_run(q);
	}
}

static void write_asset_facts(struct writer *w, uint32_t row)
{
	const struct asset *a = &w->c->assets[row];
	const struct inventory *inv = w->orders->inventory;
	for (size_t i = 0; i < a->fact_count; i++) {
		const struct asset_fact *f = &a->facts[i];
		struct query *q = &w->fact;
		query_put_int(q, (int64_t)row + 1);
		query_put_int(q, (int64_t)i + 1);
		query_put_int(q, (int64_t)order_rank(&w->orders->facts, (uint32_t)(f->fact - inv->facts)) + 1);
		query_put_text(q, f->fact->naming != NAMING_NONE ? f->value : NULL);
		put_path(q, &f->at);
		query_run(q);
	}
}

static void write_roles(struct writer *w, uint32_t row)
{
	const struct asset *a = &w->c->assets[row];
	for (size_t i = 0; i < a->role_count; i++) {
		const struct role *r = &a->roles[i];
		struct query *q = &w->role;
		query_put_int(q, (int64_t)row + 1);
		query_put_int(q, (int64_t)i + 1);
		query_put_text(q, r->protocol);
		query_put_text(q, r->role);
		query_put_text(q, r->transport);
		query_put_int(q, r->port);
		query_put_text(q, link_basis_name(r->basis));
		query_put_int(q, r->operations);
		query_put_int(q, r->refused);
		query_put_int(q, r->peers);
		put_times(q, &r->seen);
		query_run(q);
	}
}

static void write_opinions(struct writer *w, uint32_t row)
{
	const struct asset *a = &w->c->assets[row];
	for (size_t i = 0; i < a->conflict_count; i++) {
		for (size_t j = 0; j < a->conflicts[i].value_count; j++) {
			query_put_int(&w->conflict, (int64_t)row + 1);
			query_put_text(&w->conflict, a->conflicts[i].attribute);
			query_put_text(&w->conflict, a->conflicts[i].values[j]);
			query_run(&w->conflict);
		}
	}
	for (size_t i = 0; i < a->verdict_count; i++) {
		const struct verdict *v = &a->verdicts[i];
		query_put_int(&w->verdict, (int64_t)row + 1);
		query_put_int(&w->verdict, (int64_t)i + 1);
		query_put_text(&w->verdict, v->rule);
		query_put_text(&w->verdict, v->type);
		query_put_real(&w->verdict, v->score);
		query_put_int(&w->verdict, v->won);
		query_put_text(&w->verdict, v->because);
		query_run(&w->verdict);
	}
}

static void write_assets(struct writer *w)
{
	struct database *db = w->db;
	query_prepare(&w->asset, db, "INSERT INTO concluded_asset VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	query_prepare(&w->interface, db, "INSERT INTO concluded_interface VALUES (?,?,?,?,?,?,?)");
	query_prepare(&w->fact, db, "INSERT INTO concluded_fact VALUES (?,?,?,?,?,?)");
	query_prepare(&w->role, db, "INSERT INTO concluded_role VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
	query_prepare(&w->conflict, db, "INSERT OR IGNORE INTO concluded_conflict VALUES (?,?,?)");
	query_prepare(&w->verdict, db, "INSERT INTO concluded_verdict VALUES (?,?,?,?,?,?,?)");
	for (uint32_t row = 0; row < w->c->asset_count && db->code == 0; row++) {
		write_asset(w, row);
		write_interfaces(w, row);
		write_asset_facts(w, row);
		write_roles(w, row);
		write_opinions(w, row);
	}
	query_end(&w->asset);
	query_end(&w->interface);
	query_end(&w->fact);
	query_end(&w->role);
	query_end(&w->conflict);
	query_end(&w->verdict);
}

static void write_asset_links(struct writer *w)
{
	struct query q;
	query_prepare(&q, w->db, "INSERT INTO concluded_link VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	for (size_t i = 0; i < w->c->link_count && w->db->code == 0; i++) {
		const struct asset_link *l = &w->c->links[i];
		query_put_int(&q, (int64_t)i + 1);
		query_put_int(&q, (int64_t)l->client + 1);
		query_put_int(&q, (int64_t)l->server + 1);
		query_put_text(&q, inventory_text(w->orders->inventory, l->link->protocol));
		query_put_text(&q, transport_name(l->link->transport));
		query_put_int(&q, l->link->port);
		query_put_text(&q, link_basis_name(l->link->basis));
		query_put_int(&q, l->asked);
		query_put_int(&q, l->answered);
		query_put_int(&q, l->refused);
		query_put_int(&q, (int64_t)l->packets);
		query_put_int(&q, (int64_t)l->bytes);
		put_times(&q, &l->seen);
		query_run(&q);
	}
	query_end(&q);
}

static void write_unanswered(struct writer *w)
{
	struct query q, asker;
	query_prepare(&q, w->db, "INSERT INTO concluded_unanswered VALUES (?,?,?)");
	query_prepare(&asker, w->db, "INSERT OR IGNORE INTO concluded_asker VALUES (?,?)");
	for (size_t i = 0; i < w->c->unanswered_count && w->db->code == 0; i++) {
		const struct unanswered *u = &w->c->unanswered[i];
		query_put_int(&q, (int64_t)i + 1);
		query_put_text(&q, u->address);
		query_put_text(&q, join(&w->joined[0], u->protocols, u->protocol_count));
		query_run(&q);
		for (size_t j = 0; j < u->asked_by_count; j++) {
			query_put_int(&asker, (int64_t)i + 1);
			query_put_int(&asker, (int64_t)u->asked_by[j] + 1);
			query_run(&asker);
		}
	}
	query_end(&q);
	query_end(&asker);
}

int conclusions_write(struct database *db, const struct conclusions *c, const struct orders *orders)
{
	struct writer w = {
		.db = db,
		.c = c,
		.orders = orders,
	};
	for (size_t i = 0; i < JOINED; i++)
		w.joined[i].separator = " ";
	write_assets(&w);
	write_asset_links(&w);
	write_unanswered(&w);
	zones_write_rows(db, c, orders);
	for (size_t i = 0; i < JOINED; i++) {
		if (w.joined[i].failed)
			database_fail_text(db, -ENOMEM, "out of memory");
		joined_clear(&w.joined[i]);
	}
	return db->code;
}
