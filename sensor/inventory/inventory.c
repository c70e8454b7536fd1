/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.c - rows, their indexes, and what makes two rows the same. */
#include "sensor/inventory/inventory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A plant has thousands of addresses, not millions; the maxima hold an address scan or a flood of
 * fake servers to a few hundred MiB at the very worst.
 */
const struct inventory_limits inventory_limits_default = {
    .endpoints = 1000000,
    .bindings = 1000000,
    .facts = 2000000,
    .links = 1000000,
    .activities = 1000000,
    .captures = 100000,
    .string_bytes = 256u << 20,
};

struct inventory *inventory_new(const struct inventory_limits *limits)
{
	struct inventory *inv = calloc(1, sizeof(*inv));
	if (inv == NULL)
		return NULL;
	inv->limits = *limits;
	if (strings_init(&inv->strings, limits->string_bytes) != 0) {
		inventory_free(inv);
		return NULL;
	}
	return inv;
}

void inventory_free(struct inventory *inv)
{
	if (inv == NULL)
		return;
	for (uint32_t i = 0; i < inv->capture_count; i++)
		free(inv->captures[i].name);
	free(inv->captures);
	free(inv->protocol_counts);
	free(inv->endpoints);
	free(inv->bindings);
	free(inv->facts);
	free(inv->links);
	free(inv->activities);
	index_clear(&inv->endpoint_index);
	index_clear(&inv->binding_index);
	index_clear(&inv->fact_index);
	index_clear(&inv->link_index);
	index_clear(&inv->activity_index);
	index_clear(&inv->protocol_count_index);
	strings_clear(&inv->strings);
	free(inv);
}

static void fit(void **rows, uint32_t count, uint32_t *room, size_t size)
{
	void *fitting = count > 0 && count < *room ? realloc(*rows, count * size) : NULL;
	if (fitting == NULL)
		return;
	*rows = fitting;
	*room = count;
}

#define FIT(inv, rows, what) fit((void **)&(inv)->rows, (inv)->what##_count, &(inv)->what##_room, sizeof(*(inv)->rows))

void inventory_seal(struct inventory *inv)
{
	index_clear(&inv->endpoint_index);
	index_clear(&inv->binding_index);
	index_clear(&inv->fact_index);
	index_clear(&inv->link_index);
	index_clear(&inv->activity_index);
	index_clear(&inv->protocol_count_index);
	FIT(inv, endpoints, endpoint);
	FIT(inv, bindings, binding);
	FIT(inv, facts, fact);
	FIT(inv, links, link);
	FIT(inv, activities, activity);
	inv->sealed = true;
}

const char *inventory_text(const struct inventory *inv, uint32_t string)
{
	return strings_text(&inv->strings, string);
}

const char *link_basis_name(unsigned basis)
{
	static const char *const names[] = {
	    [LINK_DISSECTED] = "dissected", [LINK_LABELLED] = "labelled", [LINK_PLAIN] = "plain"};
	return basis <= LINK_PLAIN ? names[basis] : "";
}

/* Room for one more row of `size` bytes; false (and counted) at the maximum or without memory. */
static bool reserve(struct inventory *inv, void **rows, uint32_t count, uint32_t *room, uint32_t max, size_t size)
{
	if (count < *room && !inv->sealed)
		return true;
	uint32_t more = *room ? *room + *room / 2 : 64;
	if (more > max)
		more = max;
	void *bigger = count < max && !inv->sealed ? realloc(*rows, more * size) : NULL;
	if (bigger == NULL) {
		inv->refused++;
		return false;
	}
	*rows = bigger;
	*room = more;
	return true;
}

#define RESERVE(inv, rows, what)                                                                                       \
	reserve(inv, (void **)&(inv)->rows, (inv)->what##_count, &(inv)->what##_room, (inv)->limits.rows,              \
	    sizeof(*(inv)->rows))

/* Makes row `row` findable; false (and counted) without memory. */
static bool put(struct inventory *inv, struct index *ix, uint32_t hash, uint32_t row)
{
	if (index_put(ix, hash, row) == 0)
		return true;
	inv->refused++;
	return false;
}

static bool intern(struct inventory *inv, const char *text, uint32_t *id)
{
	*id = text == NULL ? 0 : strings_add(&inv->strings, text);
	if (*id != STRINGS_FULL)
		return true;
	inv->refused++;
	return false;
}

static int capture_compare(const struct inventory *inv, uint32_t a, uint32_t b)
{
	if (a == b || a >= inv->capture_count || b >= inv->capture_count)
		return 0;
	const struct capture *x = &inv->captures[a], *y = &inv->captures[b];
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	int by_hash = strcmp(x->sha256, y->sha256);
	return by_hash != 0 ? by_hash : strcmp(x->name, y->name);
}

int sighting_compare(const struct inventory *inv, const struct sighting *a, const struct sighting *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	int by_capture = capture_compare(inv, a->capture, b->capture);
	if (by_capture != 0)
		return by_capture < 0 ? -1 : 1;
	return a->frame == b->frame ? 0 : a->frame < b->frame ? -1 : 1;
}

/* In one capture the order of frames decides (clocks may step back), between captures the time. */
static bool is_before(const struct inventory *inv, const struct sighting *a, const struct sighting *b)
{
	if (a->capture == b->capture)
		return a->frame < b->frame;
	return sighting_compare(inv, a, b) < 0;
}

static void widen(const struct inventory *inv, struct span *span, const struct span *by)
{
	if (is_before(inv, &by->first, &span->first))
		span->first = by->first;
	if (is_before(inv, &span->last, &by->last))
		span->last = by->last;
}

uint32_t inventory_capture_add(struct inventory *inv, const char *name)
{
	if (!RESERVE(inv, captures, capture))
		return INVENTORY_NONE;
	struct capture *c = &inv->captures[inv->capture_count];
	memset(c, 0, sizeof(*c));
	c->name = strdup(name);
	if (c->name == NULL)
		return INVENTORY_NONE;
	return inv->capture_count++;
}

uint32_t inventory_capture_by_sha256(const struct inventory *inv, const char *sha256)
{
	for (uint32_t i = 0; i < inv->capture_count; i++)
		if (strcmp(inv->captures[i].sha256, sha256) == 0)
			return i;
	return INVENTORY_NONE;
}

struct protocol_count *inventory_protocol_count(struct inventory *inv, uint32_t capture, const char *protocol)
{
	uint32_t id;
	if (!intern(inv, protocol, &id))
		return NULL;
	uint32_t hash = hash_pair(capture, id), cursor, row;
	for (row = index_first(&inv->protocol_count_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->protocol_count_index, hash, &cursor))
		if (inv->protocol_counts[row].capture == capture && inv->protocol_counts[row].protocol == id)
			return &inv->protocol_counts[row];
	uint32_t max = inv->limits.captures > UINT32_MAX / PROTOCOLS ? UINT32_MAX : inv->limits.captures * PROTOCOLS;
	if (!reserve(inv, (void **)&inv->protocol_counts, inv->protocol_count_count, &inv->protocol_count_room, max,
		sizeof(*inv->protocol_counts)) ||
		!put(inv, &inv->protocol_count_index, hash, inv->protocol_count_count))
		return NULL;
	struct protocol_count *p = &inv->protocol_counts[inv->protocol_count_count++];
	*p = (struct protocol_count){.capture = capture, .protocol = id};
	return p;
}

static uint32_t endpoint_hash(const struct address *address, uint8_t path_kind, uint32_t path)
{
	return hash_bytes(address, sizeof(*address), path_kind ^ path << 4);
}

static uint32_t endpoint_find(const struct inventory *inv, uint32_t hash, const struct address *address,
	uint8_t path_kind, uint32_t path)
{
	uint32_t cursor, row;
	for (row = index_first(&inv->endpoint_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->endpoint_index, hash, &cursor)) {
		const struct endpoint *e = &inv->endpoints[row];
		if (e->path == path && e->path_kind == path_kind && memcmp(&e->address, address, sizeof(*address)) == 0)
			return row;
	}
	return INVENTORY_NONE;
}

/* What an endpoint was seen doing counts as a sender, as soon as it is one. */
static void endpoint_see(const struct inventory *inv, struct endpoint *e, bool spoke, const struct span *seen)
{
	if (spoke == e->spoke) {
		widen(inv, &e->seen, seen);
	} else if (spoke) {
		e->spoke = true;
		e->seen = *seen;
	}
}

static uint32_t endpoint_see_span(struct inventory *inv, const struct address *address, const struct path *path,
	bool spoke, const struct span *seen)
{
	uint8_t path_kind = path != NULL ? path->kind : PATH_NONE;
	uint32_t path_id = 0;
	if (path_kind != PATH_NONE && !intern(inv, path->text, &path_id))
		return INVENTORY_NONE;
	uint32_t hash = endpoint_hash(address, path_kind, path_id);
	uint32_t row = endpoint_find(inv, hash, address, path_kind, path_id);
	if (row != INVENTORY_NONE) {
		endpoint_see(inv, &inv->endpoints[row], spoke, seen);
		return row;
	}
	if (!RESERVE(inv, endpoints, endpoint) || !put(inv, &inv->endpoint_index, hash, inv->endpoint_count))
		return INVENTORY_NONE;
	inv->endpoints[inv->endpoint_count] = (struct endpoint){
	    .address = *address, .path_kind = path_kind, .path = path_id, .spoke = spoke, .seen = *seen};
	return inv->endpoint_count++;
}

uint32_t inventory_endpoint(struct inventory *inv, const struct address *address, const struct path *path, bool spoke,
	const struct sighting *at)
{
	struct span seen = {*at, *at};
	return endpoint_see_span(inv, address, path, spoke, &seen);
}

static uint32_t binding_see(struct inventory *inv, const struct binding *key)
{
	uint32_t hash = hash_pair(key->ip, key->mac) ^ key->vlan;
	uint32_t cursor, row;
	for (row = index_first(&inv->binding_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->binding_index, hash, &cursor)) {
		struct binding *b = &inv->bindings[row];
		if (b->ip != key->ip || b->mac != key->mac || b->vlan != key->vlan)
			continue;
		if (key->hops < b->hops) /* HOPS_UNKNOWN is the largest */
			b->hops = key->hops;
		widen(inv, &b->seen, &key->seen);
		return row;
	}
	if (!RESERVE(inv, bindings, binding) || !put(inv, &inv->binding_index, hash, inv->binding_count))
		return INVENTORY_NONE;
	inv->bindings[inv->binding_count] = *key;
	return inv->binding_count++;
}

uint32_t inventory_binding(struct inventory *inv, uint32_t ip, uint32_t mac, uint16_t vlan, uint8_t hops,
	const struct sighting *at)
{
	struct binding key = {.ip = ip, .mac = mac, .vlan = vlan, .hops = hops, .seen = {*at, *at}};
	return binding_see(inv, &key);
}

static bool fact_same(const struct fact *a, const struct fact *b)
{
	return a->endpoint == b->endpoint && a->attribute == b->attribute && a->protocol == b->protocol &&
	       a->naming == b->naming && a->message == b->message && a->value == b->value && a->code == b->code;
}

static uint32_t fact_see(struct inventory *inv, const struct fact *key)
{
	uint32_t hash = hash_pair(key->endpoint, key->value) ^
			hash_pair(key->message, (uint32_t)key->attribute << 16 | key->protocol) ^
			hash_pair(key->code, key->naming);
	uint32_t cursor, row;
	for (row = index_first(&inv->fact_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->fact_index, hash, &cursor)) {
		struct fact *f = &inv->facts[row];
		if (!fact_same(f, key))
			continue;
		f->count += key->count;
		if (key->confidence > f->confidence)
			f->confidence = key->confidence;
		widen(inv, &f->seen, &key->seen);
		return row;
	}
	if (!RESERVE(inv, facts, fact) || !put(inv, &inv->fact_index, hash, inv->fact_count))
		return INVENTORY_NONE;
	inv->facts[inv->fact_count] = *key;
	return inv->fact_count++;
}

uint32_t inventory_fact(struct inventory *inv, const struct fact_key *key, uint64_t count, const struct span *seen)
{
	struct fact f = {
	    .endpoint = key->endpoint,
	    .attribute = (uint8_t)key->attribute,
	    .protocol = (uint8_t)key->protocol,
	    .naming = (uint8_t)key->naming,
	    .confidence = key->confidence,
	    .count = count,
	    .seen = *seen,
	};
	if (!intern(inv, key->message, &f.message) || !intern(inv, key->value, &f.value) ||
		!intern(inv, key->code, &f.code))
		return INVENTORY_NONE;
	return fact_see(inv, &f);
}

static uint32_t link_see(struct inventory *inv, const struct link *key)
{
	uint32_t hash = hash_pair(key->client, key->server) ^
			hash_pair(key->protocol, (uint32_t)key->port << 8 | key->transport);
	uint32_t cursor, row;
	for (row = index_first(&inv->link_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->link_index, hash, &cursor)) {
		struct link *l = &inv->links[row];
		if (l->client != key->client || l->server != key->server || l->protocol != key->protocol ||
			l->port != key->port || l->transport != key->transport)
			continue;
		widen(inv, &l->seen, &key->seen);
		return row;
	}
	if (!RESERVE(inv, links, link) || !put(inv, &inv->link_index, hash, inv->link_count))
		return INVENTORY_NONE;
	inv->links[inv->link_count] = *key;
	return inv->link_count++;
}

uint32_t inventory_link(struct inventory *inv, uint32_t client, uint32_t server, const char *protocol,
	enum transport transport, uint16_t port, const struct span *seen)
{
	struct link key = {.client = client,
	    .server = server,
	    .port = port,
	    .transport = (uint8_t)transport,
	    .basis = LINK_PLAIN,
	    .seen = *seen};
	if (!intern(inv, protocol, &key.protocol))
		return INVENTORY_NONE;
	return link_see(inv, &key);
}

static uint32_t activity_see(struct inventory *inv, const struct activity *key)
{
	uint32_t hash = hash_pair(key->link, key->message) ^ hash_pair(key->detail, key->operation);
	uint32_t cursor, row;
	for (row = index_first(&inv->activity_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->activity_index, hash, &cursor)) {
		struct activity *a = &inv->activities[row];
		if (a->link != key->link || a->operation != key->operation || a->message != key->message ||
			a->detail != key->detail)
			continue;
		a->count += key->count;
		widen(inv, &a->seen, &key->seen);
		return row;
	}
	if (!RESERVE(inv, activities, activity) || !put(inv, &inv->activity_index, hash, inv->activity_count))
		return INVENTORY_NONE;
	inv->activities[inv->activity_count] = *key;
	return inv->activity_count++;
}

uint32_t inventory_activity(struct inventory *inv, uint32_t link, enum operation operation, const char *message,
	const char *detail, uint64_t count, const struct span *seen)
{
	struct activity a = {.link = link, .operation = (uint8_t)operation, .count = count, .seen = *seen};
	if (!intern(inv, message, &a.message) || !intern(inv, detail, &a.detail))
		return INVENTORY_NONE;
	return activity_see(inv, &a);
}

/* What merging needs to say rows of `from` in the numbers of `into`. */
struct renumbering {
	uint32_t *captures, *endpoints, *links, *strings;
};

static struct span moved(const struct renumbering *r, struct span s)
{
	s.first.capture = r->captures[s.first.capture] & 0xffffff;
	s.last.capture = r->captures[s.last.capture] & 0xffffff;
	return s;
}

static int merge_captures(struct inventory *into, const struct inventory *from, struct renumbering *r)
{
	for (uint32_t i = 0; i < from->capture_count; i++) {
		uint32_t row = inventory_capture_add(into, from->captures[i].name);
		if (row == INVENTORY_NONE)
			return -ENOMEM;
		char *name = into->captures[row].name;
		into->captures[row] = from->captures[i];
		into->captures[row].name = name;
		r->captures[i] = row;
	}
	for (uint32_t i = 0; i < from->protocol_count_count; i++) {
		const struct protocol_count *p = &from->protocol_counts[i];
		struct protocol_count *q =
			inventory_protocol_count(into, r->captures[p->capture], inventory_text(from, p->protocol));
		if (q == NULL)
			return -ENOMEM;
		q->pdus += p->pdus;
		q->malformed += p->malformed;
		q->unassembled_bytes += p->unassembled_bytes;
	}
	return 0;
}

static void merge_endpoints(struct inventory *into, const struct inventory *from, struct renumbering *r)
{
	for (uint32_t i = 0; i < from->endpoint_count; i++) {
		const struct endpoint *e = &from->endpoints[i];
		struct path path = {.kind = e->path_kind};
		strncpy(path.text, inventory_text(from, e->path), PATH_TEXT_MAX);
		struct span seen = moved(r, e->seen);
		uint32_t row = endpoint_see_span(into, &e->address, &path, e->spoke, &seen);
		r->endpoints[i] = row;
		if (row != INVENTORY_NONE)
			into->endpoints[row].packets += e->packets;
	}
}

/* Rows that hang on a row which found no room have none themselves; that row was counted. */
static void merge_rows(struct inventory *into, const struct inventory *from, struct renumbering *r)
{
	for (uint32_t i = 0; i < from->binding_count; i++) {
		struct binding b = from->bindings[i];
		b.ip = r->endpoints[b.ip];
		b.mac = r->endpoints[b.mac];
		b.seen = moved(r, b.seen);
		if (b.ip != INVENTORY_NONE && b.mac != INVENTORY_NONE)
			binding_see(into, &b);
	}
	for (uint32_t i = 0; i < from->fact_count; i++) {
		struct fact f = from->facts[i];
		f.endpoint = r->endpoints[f.endpoint];
		f.message = r->strings[f.message];
		f.value = r->strings[f.value];
		f.code = r->strings[f.code];
		f.seen = moved(r, f.seen);
		if (f.endpoint != INVENTORY_NONE)
			fact_see(into, &f);
	}
}

static void merge_links(struct inventory *into, const struct inventory *from, struct renumbering *r)
{
	for (uint32_t i = 0; i < from->link_count; i++) {
		const struct link *l = &from->links[i];
		struct link key = *l;
		key.client = r->endpoints[l->client];
		key.server = r->endpoints[l->server];
		key.protocol = r->strings[l->protocol];
		key.seen = moved(r, l->seen);
		key.packets = key.bytes = 0;
		r->links[i] = INVENTORY_NONE;
		if (key.client == INVENTORY_NONE || key.server == INVENTORY_NONE)
			continue;
		uint32_t row = r->links[i] = link_see(into, &key);
		if (row == INVENTORY_NONE)
			continue;
		struct link *k = &into->links[row];
		k->packets += l->packets;
		k->bytes += l->bytes;
		k->parts |= l->parts;
		k->asked |= l->asked;
		k->answered |= l->answered;
		k->refused |= l->refused;
		k->direction_proven |= l->direction_proven;
		if (l->basis < k->basis)
			k->basis = l->basis;
	}
	for (uint32_t i = 0; i < from->activity_count; i++) {
		struct activity a = from->activities[i];
		a.link = r->links[a.link];
		a.message = r->strings[a.message];
		a.detail = r->strings[a.detail];
		a.seen = moved(r, a.seen);
		if (a.link != INVENTORY_NONE)
			activity_see(into, &a);
	}
}

int inventory_merge(struct inventory *into, const struct inventory *from)
{
	struct renumbering r = {
	    .captures = calloc(from->capture_count + 1u, sizeof(uint32_t)),
	    .endpoints = calloc(from->endpoint_count + 1u, sizeof(uint32_t)),
	    .links = calloc(from->link_count + 1u, sizeof(uint32_t)),
	    .strings = calloc(from->strings.count + 1u, sizeof(uint32_t)),
	};
	int err = -ENOMEM;
	if (r.captures == NULL || r.endpoints == NULL || r.links == NULL || r.strings == NULL)
		goto out;
	for (uint32_t i = 0; i < from->strings.count; i++)
		if (!intern(into, inventory_text(from, i), &r.strings[i]))
			goto out;
	err = merge_captures(into, from, &r);
	if (err != 0)
		goto out;
	merge_endpoints(into, from, &r);
	merge_rows(into, from, &r);
	merge_links(into, from, &r);
	into->refused += from->refused;
out:
	free(r.captures);
	free(r.endpoints);
	free(r.links);
	free(r.strings);
	return err;
}
