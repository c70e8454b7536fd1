/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.c - rows, their indexes, and what makes two rows the same. */
#include "sensor/inventory/see.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/inventory/marks.h"

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
	marks_free(inv->marks);
	free(inv);
}

int inventory_empty(struct inventory *inv)
{
	for (uint32_t i = 0; i < inv->capture_count; i++)
		free(inv->captures[i].name);
	inv->capture_count = inv->protocol_count_count = inv->endpoint_count = inv->binding_count = 0;
	inv->fact_count = inv->link_count = inv->activity_count = 0;
	inv->unproved_endpoints = inv->unproved_links = 0;
	inv->refused = 0;
	index_empty(&inv->endpoint_index);
	index_empty(&inv->binding_index);
	index_empty(&inv->fact_index);
	index_empty(&inv->link_index);
	index_empty(&inv->activity_index);
	index_empty(&inv->protocol_count_index);
	return strings_empty(&inv->strings);
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

bool see_text(struct inventory *inv, const char *text, uint32_t *id)
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
	int order = strcmp(x->sha256, y->sha256);
	if (order == 0)
		order = strcmp(x->name, y->name);
	return order != 0 ? order : x->live_ns == y->live_ns ? 0 : x->live_ns < y->live_ns ? -1 : 1;
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
	if (!see_text(inv, protocol, &id))
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

uint32_t inventory_endpoint_find(const struct inventory *inv, const struct address *address, const struct path *path)
{
	uint8_t kind = path != NULL ? path->kind : PATH_NONE;
	uint32_t text = kind != PATH_NONE ? strings_find(&inv->strings, path->text) : 0;
	if (text == STRINGS_FULL)
		return INVENTORY_NONE;
	return endpoint_find(inv, endpoint_hash(address, kind, text), address, kind, text);
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

uint32_t see_endpoint(struct inventory *inv, const struct address *address, const struct path *path,
	bool spoke, const struct span *seen)
{
	uint8_t path_kind = path != NULL ? path->kind : PATH_NONE;
	uint32_t path_id = 0;
	if (path_kind != PATH_NONE && !see_text(inv, path->text, &path_id))
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
	uint32_t row = see_endpoint(inv, address, path, spoke, &seen);
	if (row != INVENTORY_NONE && inv->endpoints[row].unproved) {
		inv->endpoints[row].unproved = false;
		inv->unproved_endpoints--;
	}
	return row;
}

/* A row that nobody vouches for takes the place of one that somebody might. */
static bool is_crowded(struct inventory *inv, uint32_t unproved, uint32_t max)
{
	bool crowded = max != 0 && unproved >= max;
	inv->refused += crowded;
	return crowded;
}

uint32_t inventory_endpoint_seen(struct inventory *inv, const struct address *address, bool spoke, const struct sighting *at)
{
	struct span seen = {*at, *at};
	uint32_t hash = endpoint_hash(address, PATH_NONE, 0);
	uint32_t row = endpoint_find(inv, hash, address, PATH_NONE, 0);
	if (row != INVENTORY_NONE) {
		endpoint_see(inv, &inv->endpoints[row], spoke, &seen);
		return row;
	}
	if (is_crowded(inv, inv->unproved_endpoints, inv->limits.unproved_endpoints))
		return INVENTORY_NONE;
	row = see_endpoint(inv, address, NULL, spoke, &seen);
	if (row != INVENTORY_NONE) {
		inv->endpoints[row].unproved = true;
		inv->unproved_endpoints++;
	}
	return row;
}

uint32_t see_binding(struct inventory *inv, const struct binding *key)
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
	return see_binding(inv, &key);
}

static bool fact_same(const struct fact *a, const struct fact *b)
{
	return a->endpoint == b->endpoint && a->attribute == b->attribute && a->protocol == b->protocol &&
	       a->naming == b->naming && a->message == b->message && a->value == b->value && a->code == b->code;
}

uint32_t see_fact(struct inventory *inv, const struct fact *key)
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
	if (!see_text(inv, key->message, &f.message) || !see_text(inv, key->value, &f.value) ||
		!see_text(inv, key->code, &f.code))
		return INVENTORY_NONE;
	return see_fact(inv, &f);
}

static uint32_t link_hash(const struct link *key)
{
	return hash_pair(key->client, key->server) ^ hash_pair(key->protocol, (uint32_t)key->port << 8 | key->transport);
}

static uint32_t link_find(const struct inventory *inv, uint32_t hash, const struct link *key)
{
	uint32_t cursor, row;
	for (row = index_first(&inv->link_index, hash, &cursor); row != INDEX_END;
		row = index_next(&inv->link_index, hash, &cursor)) {
		const struct link *l = &inv->links[row];
		if (l->client == key->client && l->server == key->server && l->protocol == key->protocol &&
			l->port == key->port && l->transport == key->transport)
			return row;
	}
	return INVENTORY_NONE;
}

uint32_t see_link(struct inventory *inv, const struct link *key)
{
	uint32_t hash = link_hash(key), row = link_find(inv, hash, key);
	if (row != INVENTORY_NONE) {
		widen(inv, &inv->links[row].seen, &key->seen);
		return row;
	}
	if (!RESERVE(inv, links, link) || !put(inv, &inv->link_index, hash, inv->link_count))
		return INVENTORY_NONE;
	inv->links[inv->link_count] = *key;
	return inv->link_count++;
}

/* False when the text of the protocol finds no room. */
static bool link_key(struct inventory *inv, struct link *key, const char *protocol)
{
	key->basis = LINK_PLAIN;
	return see_text(inv, protocol, &key->protocol);
}

uint32_t inventory_link(struct inventory *inv, uint32_t client, uint32_t server, const char *protocol,
	enum transport transport, uint16_t port, const struct span *seen)
{
	struct link key = {.client = client, .server = server, .port = port, .transport = (uint8_t)transport, .seen = *seen};
	return link_key(inv, &key, protocol) ? see_link(inv, &key) : INVENTORY_NONE;
}

uint32_t inventory_link_seen(struct inventory *inv, uint32_t client, uint32_t server, const char *protocol,
	enum transport transport, uint16_t port, const struct span *seen)
{
	struct link key = {.client = client, .server = server, .port = port, .transport = (uint8_t)transport, .seen = *seen};
	if (!link_key(inv, &key, protocol))
		return INVENTORY_NONE;
	bool is_new = inv->limits.unproved_links != 0 && link_find(inv, link_hash(&key), &key) == INVENTORY_NONE;
	if (is_new && is_crowded(inv, inv->unproved_links, inv->limits.unproved_links))
		return INVENTORY_NONE;
	uint32_t row = see_link(inv, &key);
	inv->unproved_links += is_new && row != INVENTORY_NONE;
	return row;
}

uint32_t see_activity(struct inventory *inv, const struct activity *key)
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
		if (key->message != 0)
			widen(inv, &a->seen, &key->seen);
		else if (is_before(inv, &key->seen.first, &a->seen.first))
			a->seen = key->seen;
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
	if (!see_text(inv, message, &a.message) || !see_text(inv, detail, &a.detail))
		return INVENTORY_NONE;
	return see_activity(inv, &a);
}
