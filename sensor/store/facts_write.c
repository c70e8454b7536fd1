/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_write.c - the facts of an inventory into the tables.
 *
 * All of them go in the order of their content: row numbers follow from it, and every index grows at its end, which
 * is what makes this fast. Marked ones go under the numbers they have in the inventory, over what is there.
 */
#include <stdio.h>
#include <string.h>

#include "sensor/inventory/marks.h"
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
static const char *const conclusion_tables[] = {"concluded_evidence", "concluded_concern",
	"concluded_finding", "concluded_channel", "concluded_conduit", "concluded_placing", "concluded_zone",
	"concluded_asker", "concluded_unanswered", "concluded_link",
	"concluded_verdict", "concluded_conflict", "concluded_role", "concluded_fact", "concluded_interface",
	"concluded_asset", NULL};
static const char *const fact_tables[] = {
	"activity", "link", "fact", "binding", "endpoint", "protocol_count", "capture", NULL};

static int clear_tables(struct database *db, const char *const *tables)
{
	for (; *tables != NULL; tables++) {
		char sql[64];
		snprintf(sql, sizeof(sql), "DELETE FROM %s", *tables);
		database_run(db, sql);
	}
	return db->code;
}

int conclusions_clear_rows(struct database *db)
{
	return clear_tables(db, conclusion_tables);
}

int rows_clear(struct database *db)
{
	clear_tables(db, conclusion_tables);
	return clear_tables(db, fact_tables);
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
		query_put_int(q, (int64_t)order_rank(o, index) + 1);
	else
		query_put_text(q, NULL); /* a broken inventory: refused by NOT NULL */
}

/* What is written: all rows, or those with a mark. */
struct writing {
	struct database *db;
	const struct orders *orders;
	const struct marks *marks; /* NULL: all */
};

static void start(struct writing *w, struct query *q, const char *insert, const char *update)
{
	char sql[1200];
	snprintf(sql, sizeof(sql), "%s%s%s", insert, w->marks != NULL ? " ON CONFLICT " : "",
		w->marks != NULL ? update : "");
	query_prepare(q, w->db, sql);
}

/* NOLINTBEGIN(bugprone-macro-parentheses): `i` is declared by it */
#define EACH(w, i, kind, order)                                                                                        \
	for (uint32_t i = marks_next((w)->marks, kind, 0, (order)->count); i < (order)->count && (w)->db->code == 0;   \
		i = marks_next((w)->marks, kind, i + 1, (order)->count))
/* NOLINTEND(bugprone-macro-parentheses) */

#define LAST                                                                                                           \
	"first_ns = excluded.first_ns, first_capture = excluded.first_capture, first_frame = excluded.first_frame,"    \
	"last_ns = excluded.last_ns, last_capture = excluded.last_capture, last_frame = excluded.last_frame"

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

static void write_captures(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	start(w, &q, "INSERT INTO capture VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		"(id) DO UPDATE SET link_type = excluded.link_type, bytes = excluded.bytes, packets = excluded.packets,"
		"first_ns = excluded.first_ns, last_ns = excluded.last_ns, truncated_packets = excluded.truncated_packets,"
		"undecoded_packets = excluded.undecoded_packets, dropped_packets = excluded.dropped_packets,"
		"duplicate_packets = excluded.duplicate_packets, fragments_lost = excluded.fragments_lost, gaps = excluded.gaps,"
		"gap_bytes = excluded.gap_bytes, flows = excluded.flows, one_sided_flows = excluded.one_sided_flows,"
		"encrypted_flows = excluded.encrypted_flows, unclaimed_flows = excluded.unclaimed_flows,"
		"evicted_flows = excluded.evicted_flows, evicted_rows = excluded.evicted_rows");
	EACH(w, i, MARKED_CAPTURES, &o->captures) {
		const struct capture *c = &o->inventory->captures[order_row(&o->captures, i)];
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
		query_put_int(&q, c->live_ns);
		query_run(&q);
	}
	query_end(&q);
}

static void write_protocol_counts(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	start(w, &q, "INSERT INTO protocol_count VALUES (?,?,?,?,?)",
		"(capture, protocol) DO UPDATE SET pdus = excluded.pdus, malformed = excluded.malformed, unassembled_bytes = excluded.unassembled_bytes");
	EACH(w, i, MARKED_PROTOCOL_COUNTS, &o->protocol_counts) {
		const struct protocol_count *p = &o->inventory->protocol_counts[order_row(&o->protocol_counts, i)];
		put_reference(&q, &o->captures, p->capture);
		query_put_text(&q, inventory_text(o->inventory, p->protocol));
		put_count(&q, p->pdus);
		put_count(&q, p->malformed);
		put_count(&q, p->unassembled_bytes);
		query_run(&q);
	}
	query_end(&q);
}

static void write_endpoints(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	char address[ADDRESS_TEXT_MAX];
	start(w, &q, "INSERT INTO endpoint VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
		"(id) DO UPDATE SET spoke = excluded.spoke, packets = excluded.packets, " LAST);
	EACH(w, i, MARKED_ENDPOINTS, &o->endpoints) {
		const struct endpoint *e = &o->inventory->endpoints[order_row(&o->endpoints, i)];
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

static void write_bindings(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	start(w, &q, "INSERT INTO binding VALUES (?,?,?,?,?,?,?,?,?,?)",
		"(ip, mac, vlan) DO UPDATE SET hops = excluded.hops, " LAST);
	EACH(w, i, MARKED_BINDINGS, &o->bindings) {
		const struct binding *b = &o->inventory->bindings[order_row(&o->bindings, i)];
		put_reference(&q, &o->endpoints, b->ip);
		put_reference(&q, &o->endpoints, b->mac);
		query_put_int(&q, b->vlan == VLAN_NONE ? -1 : b->vlan);
		query_put_int(&q, b->hops == HOPS_UNKNOWN ? -1 : b->hops);
		put_span(&q, o, &b->seen);
		query_run(&q);
	}
	query_end(&q);
}

static void write_facts(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	start(w, &q, "INSERT INTO fact VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		"(id) DO UPDATE SET confidence = excluded.confidence, count = excluded.count, " LAST);
	EACH(w, i, MARKED_FACTS, &o->facts) {
		const struct fact *f = &o->inventory->facts[order_row(&o->facts, i)];
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

static void write_links(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	start(w, &q, "INSERT INTO link VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		"(id) DO UPDATE SET basis = excluded.basis, parts = excluded.parts, asked = excluded.asked, answered = excluded.answered,"
		"refused = excluded.refused, direction_proven = excluded.direction_proven, packets = excluded.packets,"
		"bytes = excluded.bytes, " LAST);
	EACH(w, i, MARKED_LINKS, &o->links) {
		const struct link *l = &o->inventory->links[order_row(&o->links, i)];
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

static void write_activities(struct writing *w)
{
	const struct orders *o = w->orders;
	struct query q;
	start(w, &q, "INSERT INTO activity VALUES (?,?,?,?,?,?,?,?,?,?,?)",
		"(link, operation, message, detail) DO UPDATE SET count = excluded.count, " LAST);
	EACH(w, i, MARKED_ACTIVITIES, &o->activities) {
		const struct activity *a = &o->inventory->activities[order_row(&o->activities, i)];
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

int facts_write(struct database *db, const struct orders *o, const struct marks *marks)
{
	char refused[24];
	struct writing w = {db, o, marks};
	snprintf(refused, sizeof(refused), "%llu", (unsigned long long)o->inventory->refused);
	meta_write(db, "refused", refused);
	write_captures(&w);
	write_protocol_counts(&w);
	write_endpoints(&w);
	write_bindings(&w);
	write_facts(&w);
	write_links(&w);
	write_activities(&w);
	return db->code;
}
