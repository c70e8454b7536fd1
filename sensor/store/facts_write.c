/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_write.c - the facts of an inventory into the tables, in the order of their content: row numbers follow
 * from it, and every index grows at its end, which is what makes this fast.
 */
#include <stdio.h>
#include <string.h>

#include "sensor/store/rows.h"
#include "sensor/util/text.h"

static const char *const naming_names[NAMINGS] = {
	[NAMING_NONE] = "", [NAMING_CIP_VENDOR] = "cip-vendor", [NAMING_CIP_DEVICE_TYPE] = "cip-device-type",
	[NAMING_PROFINET_VENDOR] = "profinet-vendor",
	[NAMING_BACNET_VENDOR] = "bacnet-vendor"};

int basis_parse(const char *name)
{
	for (int i = LINK_DISSECTED; i <= LINK_PLAIN; i++)
		if (strcmp(link_basis_name((unsigned)i), name) == 0)
			return i;
	return -1;
}

const char *naming_name(unsigned naming)
{
	return naming < NAMINGS ? naming_names[naming] : "";
}

int naming_parse(const char *name)
{
	for (int i = 0; i < NAMINGS; i++)
		if (strcmp(naming_names[i], name) == 0)
			return i;
	return -1;
}

/* Those that refer before those that are referred to, or each row would search for its referrers. */
static const char *const tables[] = {"concluded_asker", "concluded_unanswered", "concluded_link", "concluded_verdict",
	"concluded_conflict", "concluded_role", "concluded_fact", "concluded_interface", "concluded_asset", "activity",
	"link", "fact", "binding", "endpoint", "protocol_count", "capture"};

int rows_clear(struct database *db)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char sql[64];
		snprintf(sql, sizeof(sql), "DELETE FROM %s", tables[i]);
		database_run(db, sql);
	}
	return db->code;
}

int meta_write(struct database *db, const char *key, const char *value)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
	query_put_text(&q, key);
	query_put_text(&q, value);
	query_run(&q);
	query_end(&q);
	return db->code;
}

static void put_count(struct query *q, uint64_t count)
{
	query_put_int(q, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

/* The row number of rank 0 is 1. */
static void put_reference(struct query *q, const struct order *o, uint32_t index)
{
	if (index < o->count)
		query_put_int(q, (int64_t)o->ranks[index] + 1);
	else
		query_put_text(q, NULL); /* a broken inventory: refused by NOT NULL */
}

static void put_sighting(struct query *q, const struct orders *o, const struct sighting *s)
{
	query_put_int(q, s->time_ns);
	put_reference(q, &o->captures, s->capture);
	query_put_int(q, (int64_t)s->frame);
}

static void put_span(struct query *q, const struct orders *o, const struct span *s)
{
	put_sighting(q, o, &s->first);
	put_sighting(q, o, &s->last);
}

static void write_captures(struct database *db, const struct orders *o)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO capture VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	for (uint32_t i = 0; i < o->captures.count && db->code == 0; i++) {
		const struct capture *c = &o->inventory->captures[o->captures.rows[i]];
		query_put_int(&q, (int64_t)i + 1);
		query_put_text(&q, c->name);
		query_put_text(&q, c->sha256);
		query_put_text(&q, c->link_type);
		put_count(&q, c->bytes);
		put_count(&q, c->packets);
		query_put_int(&q, c->first_ns);
		query_put_int(&q, c->last_ns);
		const uint64_t counts[] = {c->truncated_packets, c->undecoded_packets, c->dropped_packets,
			c->duplicate_packets, c->fragments_lost, c->gaps, c->gap_bytes, c->flows, c->one_sided_flows,
			c->encrypted_flows, c->unclaimed_flows, c->evicted_flows, c->evicted_rows, c->cut_at_byte};
		for (size_t j = 0; j < sizeof(counts) / sizeof(counts[0]); j++)
			put_count(&q, counts[j]);
		query_run(&q);
	}
	query_end(&q);
}

static void write_protocol_counts(struct database *db, const struct orders *o)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO protocol_count VALUES (?,?,?,?,?)");
	for (uint32_t i = 0; i < o->protocol_counts.count && db->code == 0; i++) {
		const struct protocol_count *p = &o->inventory->protocol_counts[o->protocol_counts.rows[i]];
		put_reference(&q, &o->captures, p->capture);
		query_put_text(&q, inventory_text(o->inventory, p->protocol));
		put_count(&q, p->pdus);
		put_count(&q, p->malformed);
		put_count(&q, p->unassembled_bytes);
		query_run(&q);
	}
	query_end(&q);
}

static void write_endpoints(struct database *db, const struct orders *o)
{
	struct query q;
	char address[ADDRESS_TEXT_MAX];
	query_prepare(&q, db, "INSERT INTO endpoint VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
	for (uint32_t i = 0; i < o->endpoints.count && db->code == 0; i++) {
		const struct endpoint *e = &o->inventory->endpoints[o->endpoints.rows[i]];
		query_put_int(&q, (int64_t)i + 1);
		query_put_text(&q, address_text(address, &e->address));
		query_put_text(&q, path_kind_name(e->path_kind));
		query_put_text(&q, inventory_text(o->inventory, e->path));
		query_put_int(&q, e->spoke);
		put_count(&q, e->packets);
		put_span(&q, o, &e->seen);
		query_run(&q);
	}
	query_end(&q);
}

static void write_bindings(struct database *db, const struct orders *o)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO binding VALUES (?,?,?,?,?,?,?,?,?,?)");
	for (uint32_t i = 0; i < o->bindings.count && db->code == 0; i++) {
		const struct binding *b = &o->inventory->bindings[o->bindings.rows[i]];
		put_reference(&q, &o->endpoints, b->ip);
		put_reference(&q, &o->endpoints, b->mac);
		query_put_int(&q, b->vlan == VLAN_NONE ? -1 : b->vlan);
		query_put_int(&q, b->hops == HOPS_UNKNOWN ? -1 : b->hops);
		put_span(&q, o, &b->seen);
		query_run(&q);
	}
	query_end(&q);
}

static void write_facts(struct database *db, const struct orders *o)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	for (uint32_t i = 0; i < o->facts.count && db->code == 0; i++) {
		const struct fact *f = &o->inventory->facts[o->facts.rows[i]];
		query_put_int(&q, (int64_t)i + 1);
		put_reference(&q, &o->endpoints, f->endpoint);
		query_put_text(&q, attribute_name(f->attribute));
		query_put_text(&q, protocol_name(f->protocol));
		query_put_text(&q, inventory_text(o->inventory, f->message));
		query_put_text(&q, inventory_text(o->inventory, f->value));
		query_put_text(&q, inventory_text(o->inventory, f->code));
		query_put_text(&q, naming_name(f->naming));
		query_put_int(&q, f->confidence);
		put_count(&q, f->count);
		put_span(&q, o, &f->seen);
		query_run(&q);
	}
	query_end(&q);
}

static void write_links(struct database *db, const struct orders *o)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO link VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	for (uint32_t i = 0; i < o->links.count && db->code == 0; i++) {
		const struct link *l = &o->inventory->links[o->links.rows[i]];
		query_put_int(&q, (int64_t)i + 1);
		put_reference(&q, &o->endpoints, l->client);
		put_reference(&q, &o->endpoints, l->server);
		query_put_text(&q, inventory_text(o->inventory, l->protocol));
		query_put_text(&q, transport_name(l->transport));
		query_put_int(&q, l->port);
		query_put_text(&q, link_basis_name(l->basis));
		query_put_int(&q, l->parts);
		query_put_int(&q, l->asked);
		query_put_int(&q, l->answered);
		query_put_int(&q, l->refused);
		query_put_int(&q, l->direction_proven);
		put_count(&q, l->packets);
		put_count(&q, l->bytes);
		put_span(&q, o, &l->seen);
		query_run(&q);
	}
	query_end(&q);
}

static void write_activities(struct database *db, const struct orders *o)
{
	struct query q;
	query_prepare(&q, db, "INSERT INTO activity VALUES (?,?,?,?,?,?,?,?,?,?,?)");
	for (uint32_t i = 0; i < o->activities.count && db->code == 0; i++) {
		const struct activity *a = &o->inventory->activities[o->activities.rows[i]];
		put_reference(&q, &o->links, a->link);
		query_put_text(&q, operation_name(a->operation));
		query_put_text(&q, inventory_text(o->inventory, a->message));
		query_put_text(&q, inventory_text(o->inventory, a->detail));
		put_count(&q, a->count);
		put_span(&q, o, &a->seen);
		query_run(&q);
	}
	query_end(&q);
}

int facts_write(struct database *db, const struct orders *o)
{
	char refused[24];
	snprintf(refused, sizeof(refused), "%llu", (unsigned long long)o->inventory->refused);
	meta_write(db, "refused", refused);
	write_captures(db, o);
	write_protocol_counts(db, o);
	write_endpoints(db, o);
	write_bindings(db, o);
	write_facts(db, o);
	write_links(db, o);
	write_activities(db, o);
	return db->code;
}
