/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - flows in chunks that never move, chained from a bucket array that doubles.
 *
 * Expiry looks at a few flows per packet, round and round, so that no packet pays for many.
 * When the table is full, of the next few one that nobody answered goes (a scan, a flood of SYNs with false senders),
 * else one that no dissector reads, else any; among equals the one that was silent longest: close to
 * least-recently-used without a list to maintain on every packet.
 */
#include "sensor/flow/table.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/index.h"

#define CHUNK_FLOWS 256
#define BUCKETS_FIRST 1024
#define SWEEP_STEP 2            /* flows looked at per packet */
#define EVICTION_CANDIDATES 32

/* Idle times in capture time: Modbus and S7 poll within seconds; DNP3 integrity polls are up to
 * hours apart, and a TCP flow that resumes is joined midway without loss of facts. */
#define TCP_IDLE_NS (600 * 1000000000ll)
#define UDP_IDLE_NS (120 * 1000000000ll)
#define CLOSED_IDLE_NS (10 * 1000000000ll) /* late segments and the last acknowledgement */

#define NONE UINT32_MAX

struct flow_table {
	struct flow **chunks;
	uint32_t chunk_count, chunk_room;
	uint32_t max, used, made; /* flows allowed, in use, and ever taken from the chunks */
	uint32_t free_list;       /* by flow.next */
	uint32_t *buckets;
	uint32_t bucket_count;
	uint32_t hand;            /* of the sweep */
	uint32_t visitor;         /* of flow_table_visit() */
	uint64_t evicted;
	struct flow_end end;
};

static struct flow *at(const struct flow_table *t, uint32_t number)
{
	return &t->chunks[number / CHUNK_FLOWS][number % CHUNK_FLOWS];
}

struct flow_table *flow_table_new(uint32_t max, struct flow_end end)
{
	struct flow_table *t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->max = max;
	t->end = end;
	t->free_list = NONE;
	t->bucket_count = BUCKETS_FIRST;
	t->buckets = malloc(t->bucket_count * sizeof(*t->buckets));
	if (t->buckets == NULL) {
		free(t);
		return NULL;
	}
	memset(t->buckets, 0xff, t->bucket_count * sizeof(*t->buckets));
	return t;
}

/* One end of a conversation; the two are added, so that both directions have the same hash. */
static uint64_t end_hash(const struct address *a, uint16_t port)
{
	uint64_t words[3] = {(uint64_t)a->kind << 16 | port};
	if (a->kind == ADDRESS_IPV4) { /* all in one word */
		uint32_t ip;
		memcpy(&ip, a->bytes, sizeof(ip));
		words[0] |= (uint64_t)ip << 32;
		return hash_words(hash_secret, words, 1);
	}
	memcpy(words + 1, a->bytes, sizeof(a->bytes));
	return hash_words(hash_secret, words, 3);
}

static bool end_same(const struct flow_key *key, unsigned side, const struct address *a, uint16_t port)
{
	return key->port[side] == port && memcmp(&key->address[side], a, sizeof(*a)) == 0;
}

/* True when the frame belongs to this conversation; `*side` is the sender's. */
static bool is_of(const struct flow_key *key, const struct frame *f, unsigned *side)
{
	if (key->transport != f->transport)
		return false;
	*side = 0;
	if (end_same(key, 0, &f->source, f->source_port) && end_same(key, 1, &f->target, f->target_port))
		return true;
	*side = 1;
	return end_same(key, 1, &f->source, f->source_port) && end_same(key, 0, &f->target, f->target_port);
}

/* Lower address first (kind, bytes), then lower port. The sender's side of the key. */
static unsigned make_key(struct flow_key *key, const struct frame *f)
{
	int order = memcmp(&f->source, &f->target, sizeof(f->source));
	unsigned side = order > 0 || (order == 0 && f->source_port > f->target_port);
	key->address[side] = f->source;
	key->address[!side] = f->target;
	key->port[side] = f->source_port;
	key->port[!side] = f->target_port;
	key->transport = f->transport;
	return side;
}

static void grow_buckets(struct flow_table *t)
{
	uint32_t count = t->bucket_count * 2;
	uint32_t *buckets = malloc(count * sizeof(*buckets));
	if (buckets == NULL)
		return; /* longer chains, no harm */
	memset(buckets, 0xff, count * sizeof(*buckets));
	for (uint32_t i = 0; i < t->made; i++) {
		struct flow *f = at(t, i);
		if (!f->used)
			continue;
		f->next = buckets[f->hash & (count - 1)];
		buckets[f->hash & (count - 1)] = i;
	}
	free(t->buckets);
	t->buckets = buckets;
	t->bucket_count = count;
}

static void unchain(struct flow_table *t, uint32_t number)
{
	uint32_t *link = &t->buckets[at(t, number)->hash & (t->bucket_count - 1)];
	while (*link != number)
		link = &at(t, *link)->next;
	*link = at(t, number)->next;
}

static void end_flow(struct flow_table *t, uint32_t number)
{
	struct flow *f = at(t, number);
	t->end.call(t->end.to, f);
	unchain(t, number);
	memset(f, 0, sizeof(*f));
	f->next = t->free_list;
	t->free_list = number;
	t->used--;
}

void flow_table_end(struct flow_table *t, struct flow *f)
{
	uint32_t number = t->buckets[f->hash & (t->bucket_count - 1)];
	while (number != NONE && at(t, number) != f)
		number = at(t, number)->next;
	if (number != NONE)
		end_flow(t, number);
}

static int64_t last_seen(const struct flow *f)
{
	return f->side[0].last_ns > f->side[1].last_ns ? f->side[0].last_ns : f->side[1].last_ns;
}

/* How much would be lost with it. */
static unsigned worth(const struct flow *f)
{
	if (f->side[0].packets == 0 || f->side[1].packets == 0)
		return 0;
	return f->claim != NULL && f->claim->believed ? 2 : 1;
}

static bool goes_before(const struct flow *f, const struct flow *other)
{
	unsigned a = worth(f), b = worth(other);
	return a != b ? a < b : last_seen(f) < last_seen(other);
}

/* Pushes out one of the next few. */
static void evict(struct flow_table *t)
{
	uint32_t worst = NONE;
	for (uint32_t seen = 0, n = 0; seen < EVICTION_CANDIDATES && n < t->made; n++) {
		t->hand = t->hand + 1 < t->made ? t->hand + 1 : 0;
		if (!at(t, t->hand)->used)
			continue;
		seen++;
		if (worst == NONE || goes_before(at(t, t->hand), at(t, worst)))
			worst = t->hand;
	}
	if (worst != NONE) {
		t->evicted++;
		end_flow(t, worst);
	}
}

/* A free flow's number, or NONE without memory. */
static uint32_t take(struct flow_table *t)
{
	if (t->used >= t->max)
		evict(t);
	if (t->free_list != NONE) {
		uint32_t number = t->free_list;
		t->free_list = at(t, number)->next;
		return number;
	}
	if (t->made == t->chunk_count * CHUNK_FLOWS) {
		if (t->chunk_count == t->chunk_room) {
			uint32_t room = t->chunk_room ? t->chunk_room * 2 : 16;
			struct flow **chunks = realloc(t->chunks, room * sizeof(struct flow *));
			if (chunks == NULL)
				return NONE;
			t->chunks = chunks;
			t->chunk_room = room;
		}
		struct flow *chunk = aligned_alloc(FLOW_ALIGNMENT, CHUNK_FLOWS * sizeof(*chunk));
		if (chunk == NULL)
			return NONE;
		memset(chunk, 0, CHUNK_FLOWS * sizeof(*chunk));
		t->chunks[t->chunk_count] = chunk;
		t->chunk_count++;
	}
	return t->made++;
}

static struct flow *add(struct flow_table *t, const struct frame *frame, uint32_t hash, unsigned *side)
{
	uint32_t number = take(t);
	if (number == NONE)
		return NULL;
	if (t->used >= t->bucket_count)
		grow_buckets(t);
	struct flow *f = at(t, number);
	*side = make_key(&f->key, frame);
	f->hash = hash;
	f->used = true;
	f->opener = (uint8_t)*side;
	f->side[0].endpoint = f->side[1].endpoint = INVENTORY_NONE;
	f->side[0].vlan = f->side[1].vlan = VLAN_NONE;
	f->next = t->buckets[hash & (t->bucket_count - 1)];
	t->buckets[hash & (t->bucket_count - 1)] = number;
	t->used++;
	return f;
}

struct flow *flow_table_get(struct flow_table *t, const struct frame *frame, unsigned *side)
{
	uint32_t hash = hash_mix(end_hash(&frame->source, frame->source_port) + end_hash(&frame->target, frame->target_port) +
				 frame->transport);
	for (uint32_t number = t->buckets[hash & (t->bucket_count - 1)]; number != NONE;) {
		struct flow *f = at(t, number);
		__builtin_prefetch(&f->side[0]);
		__builtin_prefetch(&f->side[1]);
		if (f->hash == hash && is_of(&f->key, frame, side))
			return f;
		number = f->next;
	}
	return add(t, frame, hash, side);
}

static bool is_idle(const struct flow *f, int64_t now_ns)
{
	int64_t limit = f->key.transport == TRANSPORT_TCP ? TCP_IDLE_NS : UDP_IDLE_NS;
	if (f->side[0].finished && f->side[1].finished)
		limit = CLOSED_IDLE_NS;
	return now_ns - last_seen(f) > limit;
}

void flow_table_sweep(struct flow_table *t, int64_t now_ns)
{
	for (unsigned n = 0; n < SWEEP_STEP && t->made > 0; n++) {
		t->hand = t->hand + 1 < t->made ? t->hand + 1 : 0;
		if (at(t, t->hand)->used && is_idle(at(t, t->hand), now_ns))
			end_flow(t, t->hand);
	}
}

void flow_table_visit(struct flow_table *t, uint32_t max, struct flow_end look)
{
	uint32_t left = max < t->made ? max : t->made;
	for (; left > 0; left--) {
		t->visitor = t->visitor + 1 < t->made ? t->visitor + 1 : 0;
		if (at(t, t->visitor)->used)
			look.call(look.to, at(t, t->visitor));
	}
}

uint32_t flow_table_used(const struct flow_table *t)
{
	return t->used;
}

uint64_t flow_table_evicted(const struct flow_table *t)
{
	return t->evicted;
}

void flow_table_end_all(struct flow_table *t)
{
	for (uint32_t i = 0; i < t->made; i++)
		if (at(t, i)->used)
			end_flow(t, i);
}

void flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	flow_table_end_all(t);
	for (uint32_t i = 0; i < t->chunk_count; i++)
		free(t->chunks[i]);
	free(t->chunks);
	free(t->buckets);
	free(t);
}
