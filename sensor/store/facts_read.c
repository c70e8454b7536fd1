/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_read.c - the tables of facts back into an inventory, exactly as they were.
 *
 * A store may come from elsewhere: every reference, name and address is checked. A name that this
 * program does not know means that a newer one wrote it; going on would lose it at the next save.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/store/rows.h"
#include "sensor/util/text.h"

struct loader {
	struct database *db;
	struct inventory *inv;
};

static void damaged(struct loader *l, const char *what)
{
	database_fail_text(l->db, -EIO, "damaged (%s); restore a copy, or read the captures into a new store", what);
}

static void unknown_name(struct loader *l, const char *what, const char *name)
{
	database_fail_text(
		l->db, -EPROTO, "made by a newer earshot (%s '%s' is not known to this one); use that one", what, name);
}

static bool is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	for (size_t left = strlen(text), step; left > 0; s += step, left -= step)
		if ((step = text_utf8_len(s, left)) == 0)
			return false;
	return true;
}

static const char *get_text(struct loader *l, struct query *q)
{
	const char *text = query_text(q);
	if (!is_utf8(text))
		damaged(l, "a text that is not UTF-8");
	return text;
}

static uint64_t get_count(struct loader *l, struct query *q)
{
	int64_t value = query_int(q);
	if (value < 0)
		damaged(l, "a negative count");
	return (uint64_t)value;
}

static int64_t get_within(struct loader *l, struct query *q, int64_t least, int64_t most)
{
	int64_t value = query_int(q);
	if (value < least || value > most) {
		damaged(l, "a number out of range");
		return least;
	}
	return value;
}

/* Row numbers are 1, 2, 3 ... and rows are read in their order, so a number is an index + 1. */
static uint32_t get_reference(struct loader *l, struct query *q, uint32_t count)
{
	int64_t value = query_int(q);
	if (value >= 1 && value <= (int64_t)count)
		return (uint32_t)(value - 1);
	damaged(l, "a reference to no row");
	return 0;
}

static struct sighting get_sighting(struct loader *l, struct query *q)
{
	struct sighting s = {.time_ns = query_int(q)};
	s.capture = get_reference(l, q, l->inv->capture_count) & 0xffffff;
	s.frame = (uint64_t)get_within(l, q, 0, ((int64_t)1 << 40) - 1) & 0xffffffffff;
	return s;
}

static struct span get_span(struct loader *l, struct query *q)
{
	struct span s;
	s.first = get_sighting(l, q);
	s.last = get_sighting(l, q);
	return s;
}

/* `row` is what the inventory gave the row just read, `expected` what it must be when all rows differ. */
static bool is_placed(struct loader *l, uint32_t row, uint32_t expected)
{
	if (l->db->code != 0)
		return false;
	if (row == INVENTORY_NONE)
		database_fail_text(l->db, -ENOMEM, "holds more than fits into memory");
	else if (row != expected)
		damaged(l, "two rows with the same content");
	return l->db->code == 0;
}

/* What version 1 has no column for. */
static const char *live_column(struct loader *l)
{
	int64_t version;
	database_number(l->db, "PRAGMA user_version", &version);
	return version < 2 ? "0" : "live_ns";
}

static void read_captures(struct loader *l)
{
	struct query q;
	char sql[600];
	snprintf(sql, sizeof(sql),
		"SELECT id, name, sha256, link_type, bytes, packets, first_ns, last_ns, truncated_packets, "
		"undecoded_packets,"
		"dropped_packets, duplicate_packets, fragments_lost, gaps, gap_bytes, flows, one_sided_flows, "
		"encrypted_flows,"
		"unclaimed_flows, evicted_flows, evicted_rows, cut_at_byte, %s FROM capture ORDER BY id",
		live_column(l));
	query_prepare(&q, l->db, sql);
	while (query_step(&q)) {
		uint32_t expected = l->inv->capture_count;
		get_within(l, &q, (int64_t)expected + 1, (int64_t)expected + 1);
		if (!is_placed(l, inventory_capture_add(l->inv, get_text(l, &q)), expected))
			break;
		struct capture *c = &l->inv->captures[expected];
		snprintf(c->sha256, sizeof(c->sha256), "%s", get_text(l, &q));
		snprintf(c->link_type, sizeof(c->link_type), "%s", get_text(l, &q));
		c->bytes = get_count(l, &q);
		c->packets = get_count(l, &q);
		c->first_ns = query_int(&q);
		c->last_ns = query_int(&q);
		uint64_t *const counts[] = {&c->truncated_packets, &c->undecoded_packets, &c->dropped_packets,
			&c->duplicate_packets, &c->fragments_lost, &c->gaps, &c->gap_bytes, &c->flows,
			&c->one_sided_flows, &c->encrypted_flows, &c->unclaimed_flows, &c->evicted_flows,
			&c->evicted_rows, &c->cut_at_byte};
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			*counts[i] = get_count(l, &q);
		c->live_ns = query_int(&q);
	}
	query_end(&q);
}

static void read_protocol_counts(struct loader *l)
{
	struct query q;
	query_prepare(&q, l->db, "SELECT capture, protocol, pdus, malformed, unassembled_bytes FROM protocol_count");
	while (query_step(&q)) {
		uint32_t capture = get_reference(l, &q, l->inv->capture_count);
		struct protocol_count *p = inventory_protocol_count(l->inv, capture, get_text(l, &q));
		if (!is_placed(l, p == NULL ? INVENTORY_NONE : 0, 0) || p == NULL)
			break;
		p->pdus = get_count(l, &q);
		p->malformed = get_count(l, &q);
		p->unassembled_bytes = get_count(l, &q);
	}
	query_end(&q);
}

static struct address get_address(struct loader *l, struct query *q)
{
	struct address address = {0};
	const char *text = get_text(l, q);
	if (*text != 0 && !address_parse(&address, text))
		damaged(l, "an address that is none");
	return address;
}

static struct path get_path(struct loader *l, struct query *q)
{
	struct path path = {0};
	const char *kind = get_text(l, q);
	path.kind = (uint8_t)path_kind_parse(kind);
	if (path.kind == PATH_NONE && *kind != 0)
		unknown_name(l, "place", kind);
	snprintf(path.text, sizeof(path.text), "%s", get_text(l, q));
	return path;
}

static void read_endpoints(struct loader *l)
{
	struct query q;
	query_prepare(&q, l->db,
		"SELECT id, address, path_kind, path, spoke, packets, first_ns, first_capture, first_frame, last_ns,"
		"last_capture, last_frame FROM endpoint ORDER BY id");
	while (query_step(&q)) {
		uint32_t expected = l->inv->endpoint_count;
		get_within(l, &q, (int64_t)expected + 1, (int64_t)expected + 1);
		struct address address = get_address(l, &q);
		struct path path = get_path(l, &q);
		bool spoke = get_within(l, &q, 0, 1) != 0;
		uint64_t packets = get_count(l, &q);
		struct span seen = get_span(l, &q);
		if (l->db->code != 0 ||
			!is_placed(l, inventory_endpoint(l->inv, &address, &path, spoke, &seen.first), expected))
			break;
		l->inv->endpoints[expected].packets = packets;
		l->inv->endpoints[expected].seen = seen;
	}
	query_end(&q);
}

static void read_bindings(struct loader *l)
{
	struct query q;
	query_prepare(&q, l->db,
		"SELECT ip, mac, vlan, hops, first_ns, first_capture, first_frame, last_ns, last_capture, last_frame "
		"FROM binding");
	while (query_step(&q)) {
		uint32_t ip = get_reference(l, &q, l->inv->endpoint_count);
		uint32_t mac = get_reference(l, &q, l->inv->endpoint_count);
		int64_t vlan = get_within(l, &q, -1, VLAN_NONE - 1), hops = get_within(l, &q, -1, HOPS_UNKNOWN - 1);
		struct span seen = get_span(l, &q);
		uint32_t expected = l->inv->binding_count;
		if (l->db->code != 0 ||
			!is_placed(l,
				inventory_binding(l->inv, ip, mac, vlan < 0 ? VLAN_NONE : (uint16_t)vlan,
					hops < 0 ? HOPS_UNKNOWN : (uint8_t)hops, &seen.first),
				expected))
			break;
		l->inv->bindings[expected].seen = seen;
	}
	query_end(&q);
}

static enum attribute get_attribute(struct loader *l, struct query *q)
{
	const char *name = get_text(l, q);
	for (unsigned i = 0; i < ATTRIBUTES; i++)
		if (strcmp(attribute_name(i), name) == 0)
			return (enum attribute)i;
	unknown_name(l, "attribute", name);
	return ATTRIBUTE_NONE;
}

static enum protocol get_protocol(struct loader *l, struct query *q)
{
	const char *name = get_text(l, q);
	for (unsigned i = 0; i < PROTOCOLS; i++)
		if (strcmp(protocol_name(i), name) == 0)
			return (enum protocol)i;
	unknown_name(l, "protocol", name);
	return PROTOCOL_NONE;
}

static void read_facts(struct loader *l)
{
	struct query q;
	query_prepare(&q, l->db,
		"SELECT id, endpoint, attribute, protocol, message, value, code, naming, confidence, count, first_ns,"
		"first_capture, first_frame, last_ns, last_capture, last_frame FROM fact ORDER BY id");
	while (query_step(&q)) {
		uint32_t expected = l->inv->fact_count;
		get_within(l, &q, (int64_t)expected + 1, (int64_t)expected + 1);
		struct fact_key key = {.endpoint = get_reference(l, &q, l->inv->endpoint_count)};
		key.attribute = get_attribute(l, &q);
		key.protocol = get_protocol(l, &q);
		key.message = get_text(l, &q);
		key.value = get_text(l, &q);
		key.code = get_text(l, &q);
		const char *naming = get_text(l, &q);
		int known = naming_parse(naming);
		if (known < 0)
			unknown_name(l, "table", naming);
		key.naming = known < 0 ? NAMING_NONE : (enum naming)known;
		key.confidence = (uint8_t)get_within(l, &q, 0, 100);
		uint64_t count = get_count(l, &q);
		struct span seen = get_span(l, &q);
		if (l->db->code != 0 || !is_placed(l, inventory_fact(l->inv, &key, count, &seen), expected))
			break;
	}
	query_end(&q);
}

static enum transport get_transport(struct loader *l, struct query *q)
{
	const char *name = get_text(l, q);
	for (unsigned i = TRANSPORT_NONE; i <= TRANSPORT_UDP; i++)
		if (strcmp(transport_name(i), name) == 0)
			return (enum transport)i;
	unknown_name(l, "transport", name);
	return TRANSPORT_NONE;
}

static uint8_t get_basis(struct loader *l, struct query *q)
{
	const char *name = get_text(l, q);
	int basis = basis_parse(name);
	if (basis < 0)
		unknown_name(l, "basis", name);
	return (uint8_t)(basis < 0 ? LINK_PLAIN : basis);
}

static void read_links(struct loader *l)
{
	struct query q;
	query_prepare(&q, l->db,
		"SELECT id, client, server, protocol, transport, port, basis, parts, asked, answered, refused, "
		"direction_proven,"
		"packets, bytes, first_ns, first_capture, first_frame, last_ns, last_capture, last_frame FROM link "
		"ORDER BY id");
	while (query_step(&q)) {
		uint32_t expected = l->inv->link_count;
		get_within(l, &q, (int64_t)expected + 1, (int64_t)expected + 1);
		struct link k = {.client = get_reference(l, &q, l->inv->endpoint_count)};
		k.server = get_reference(l, &q, l->inv->endpoint_count);
		const char *protocol = get_text(l, &q);
		k.transport = (uint8_t)get_transport(l, &q);
		k.port = (uint16_t)get_within(l, &q, 0, UINT16_MAX);
		k.basis = get_basis(l, &q);
		k.parts = (uint8_t)get_within(l, &q, 0, UINT8_MAX);
		k.asked = (uint8_t)get_within(l, &q, 0, UINT8_MAX);
		k.answered = (uint8_t)get_within(l, &q, 0, UINT8_MAX);
		k.refused = (uint8_t)get_within(l, &q, 0, UINT8_MAX);
		k.direction_proven = get_within(l, &q, 0, 1) != 0;
		k.packets = get_count(l, &q);
		k.bytes = get_count(l, &q);
		k.seen = get_span(l, &q);
		if (l->db->code != 0 ||
			!is_placed(l,
				inventory_link(l->inv, k.client, k.server, protocol, k.transport, k.port, &k.seen),
				expected))
			break;
		k.protocol = l->inv->links[expected].protocol;
		l->inv->links[expected] = k;
	}
	query_end(&q);
}

static enum operation get_operation(struct loader *l, struct query *q)
{
	const char *name = get_text(l, q);
	for (unsigned i = 0; i < OPERATION_BITS; i++)
		if (strcmp(operation_name(1u << i), name) == 0)
			return (enum operation)(1u << i);
	if (*name != 0)
		unknown_name(l, "operation", name);
	return OPERATION_NONE;
}

static void read_activities(struct loader *l)
{
	struct query q;
	query_prepare(&q, l->db,
		"SELECT link, operation, message, detail, count, first_ns, first_capture, first_frame, last_ns, "
		"last_capture,"
		"last_frame FROM activity");
	while (query_step(&q)) {
		uint32_t expected = l->inv->activity_count;
		uint32_t link = get_reference(l, &q, l->inv->link_count);
		enum operation operation = get_operation(l, &q);
		const char *message = get_text(l, &q), *detail = get_text(l, &q);
		uint64_t count = get_count(l, &q);
		struct span seen = get_span(l, &q);
		if (l->db->code != 0 ||
			!is_placed(l, inventory_activity(l->inv, link, operation, message, detail, count, &seen),
				expected))
			break;
	}
	query_end(&q);
}

char *meta_read(struct database *db, const char *key)
{
	struct query q;
	query_prepare(&q, db, "SELECT value FROM meta WHERE key = ?");
	query_put_text(&q, key);
	char *value = strdup(query_step(&q) ? query_text(&q) : "");
	query_end(&q);
	if (value == NULL)
		database_fail_text(db, -ENOMEM, "out of memory");
	return value;
}

int facts_read(struct database *db, struct inventory *into)
{
	struct loader l = {db, into};
	read_captures(&l);
	read_protocol_counts(&l);
	read_endpoints(&l);
	read_bindings(&l);
	read_facts(&l);
	read_links(&l);
	read_activities(&l);
	char *refused = meta_read(db, "refused");
	if (refused != NULL)
		into->refused = strtoull(refused, NULL, 10);
	free(refused);
	return db->code;
}
