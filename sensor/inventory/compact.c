/* SPDX-License-Identifier: Apache-2.0 */
/* compact.c - classes, orders within them, and the copy of what is kept. */
#include "sensor/inventory/compact.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/inventory/see.h"

#define TEXT_ROUNDS 6 /* each halves the facts when their texts alone are too much */

enum { NEVER_SPOKE, ONLY_ASKED, ANSWERED, IDENTIFIED, ESTABLISHED };

struct compaction {
	const struct inventory *inv;
	uint8_t *endpoint_class;
	uint8_t *captures, *endpoints, *bindings, *facts, *links, *activities; /* kept */
	uint32_t *rows;                                                        /* of the table that is cut */
	uint64_t *forgotten;                                                   /* by capture */
	bool failed;
};

static bool is_established(const struct span *seen)
{
	return seen->last.time_ns - seen->first.time_ns >= COMPACT_ESTABLISHED_NS;
}

static bool is_answered(const struct link *l)
{
	return (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0;
}

static void lift(uint8_t *class, unsigned to)
{
	if (*class < to)
		*class = (uint8_t)to;
}

static void identify(struct compaction *c, uint32_t endpoint)
{
	bool established = is_established(&c->inv->endpoints[endpoint].seen);
	lift(&c->endpoint_class[endpoint], established ? ESTABLISHED : IDENTIFIED);
}

static void classify_link(struct compaction *c, const struct link *l)
{
	if (!is_answered(l))
		return;
	lift(&c->endpoint_class[l->client], ANSWERED);
	lift(&c->endpoint_class[l->server], ANSWERED);
	if (l->basis != LINK_DISSECTED)
		return;
	identify(c, l->server);
	/* whoever asks can be anybody: a thousand false senders of one request are not a thousand clients */
	if ((l->parts & PART_EXCHANGE) || is_established(&c->inv->endpoints[l->client].seen))
		identify(c, l->client);
}

/* A device is worth what is known of its parts, a MAC what is behind it. */
static void classify_owners(struct compaction *c)
{
	const struct inventory *inv = c->inv;
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		const struct endpoint *e = &inv->endpoints[i];
		uint32_t device =
			e->path_kind != PATH_NONE ? inventory_endpoint_find(inv, &e->address, NULL) : INVENTORY_NONE;
		if (device != INVENTORY_NONE)
			lift(&c->endpoint_class[device], c->endpoint_class[i]);
	}
	for (uint32_t i = 0; i < inv->binding_count; i++)
		lift(&c->endpoint_class[inv->bindings[i].mac], c->endpoint_class[inv->bindings[i].ip]);
}

static void classify(struct compaction *c)
{
	const struct inventory *inv = c->inv;
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		c->endpoint_class[i] = inv->endpoints[i].spoke ? ONLY_ASKED : NEVER_SPOKE;
		if (inv->endpoints[i].spoke && inv->endpoints[i].path_kind != PATH_NONE)
			identify(c, i);
	}
	for (uint32_t i = 0; i < inv->fact_count; i++)
		identify(c, inv->facts[i].endpoint);
	for (uint32_t i = 0; i < inv->link_count; i++)
		classify_link(c, &inv->links[i]);
	classify_owners(c);
}

/* A place goes with its device: among equals the cut may have parted them. */
static void drop_orphans(struct compaction *c)
{
	const struct inventory *inv = c->inv;
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		const struct endpoint *e = &inv->endpoints[i];
		if (!c->endpoints[i] || e->path_kind == PATH_NONE)
			continue;
		uint32_t device = inventory_endpoint_find(inv, &e->address, NULL);
		if (device != INVENTORY_NONE && !c->endpoints[device])
			c->endpoints[i] = 0;
	}
}

/* What decides between two rows of one table. */
struct merit {
	unsigned rank;
	bool first_counts; /* the earliest first sighting is kept, not the latest last one */
	const struct span *seen;
};

static unsigned worse_end(const struct compaction *c, const struct link *l)
{
	uint8_t a = c->endpoint_class[l->client], b = c->endpoint_class[l->server];
	return a < b ? a : b;
}

static struct merit merit_of_endpoint(const struct compaction *c, uint32_t row)
{
	unsigned class = c->endpoint_class[row];
	return (struct merit){class, class == IDENTIFIED, &c->inv->endpoints[row].seen};
}

static struct merit merit_of_binding(const struct compaction *c, uint32_t row)
{
	const struct binding *b = &c->inv->bindings[row];
	unsigned class = c->endpoint_class[b->ip];
	return (struct merit){class * 2 + is_established(&b->seen), class == IDENTIFIED, &b->seen};
}

static struct merit merit_of_fact(const struct compaction *c, uint32_t row)
{
	const struct fact *f = &c->inv->facts[row];
	unsigned class = c->endpoint_class[f->endpoint];
	bool established = is_established(&f->seen);
	return (struct merit){class * 2 + established, !established, &f->seen};
}

static struct merit merit_of_link(const struct compaction *c, uint32_t row)
{
	const struct link *l = &c->inv->links[row];
	unsigned proof = (is_answered(l) ? 2u : 0u) + (l->basis == LINK_DISSECTED ? 1u : 0u);
	bool established = is_established(&l->seen);
	return (struct merit){proof * 16 + worse_end(c, l) * 2 + established, proof == 3 && !established, &l->seen};
}

/* The first proof of an operation is worth more than one of many events. */
static struct merit merit_of_activity(const struct compaction *c, uint32_t row)
{
	const struct activity *a = &c->inv->activities[row];
	unsigned class = worse_end(c, &c->inv->links[a->link]);
	return (struct merit){class * 2 + (a->message == 0), a->message == 0, &a->seen};
}

struct cut {
	const struct compaction *c;
	struct merit (*merit)(const struct compaction *c, uint32_t row);
};

/* Best first; among equals the one recorded first, so that the result does not depend on the sort. */
static int compare_merit(const void *a, const void *b, void *argument)
{
	const struct cut *cut = argument;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	struct merit x = cut->merit(cut->c, i), y = cut->merit(cut->c, j);
	if (x.rank != y.rank)
		return x.rank > y.rank ? -1 : 1;
	int64_t s = x.first_counts ? y.seen->first.time_ns : x.seen->last.time_ns;
	int64_t t = x.first_counts ? x.seen->first.time_ns : y.seen->last.time_ns;
	if (s != t)
		return s > t ? -1 : 1;
	return i < j ? -1 : 1;
}

/* Of the rows that are kept so far, those beyond the best `most` are not. */
static void cut_table(struct compaction *c, uint8_t *kept, uint32_t count, uint32_t most,
	struct merit (*merit)(const struct compaction *c, uint32_t row))
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++)
		if (kept[i])
			c->rows[n++] = i;
	if (n <= most)
		return;
	struct cut cut = {c, merit};
	qsort_r(c->rows, n, sizeof(*c->rows), compare_merit, &cut);
	for (uint32_t i = most; i < n; i++)
		kept[c->rows[i]] = 0;
}

static uint32_t share(uint32_t max, unsigned percent)
{
	return (uint32_t)((uint64_t)max * percent / 100);
}

static void choose(struct compaction *c, uint32_t facts_most)
{
	const struct inventory *inv = c->inv;
	memset(c->endpoints, 1, inv->endpoint_count);
	cut_table(c, c->endpoints, inv->endpoint_count, share(inv->limits.endpoints, COMPACT_TO), merit_of_endpoint);
	drop_orphans(c);
	for (uint32_t i = 0; i < inv->binding_count; i++)
		c->bindings[i] = c->endpoints[inv->bindings[i].ip] && c->endpoints[inv->bindings[i].mac];
	cut_table(c, c->bindings, inv->binding_count, share(inv->limits.bindings, COMPACT_TO), merit_of_binding);
	for (uint32_t i = 0; i < inv->fact_count; i++)
		c->facts[i] = c->endpoints[inv->facts[i].endpoint];
	cut_table(c, c->facts, inv->fact_count, facts_most, merit_of_fact);
	for (uint32_t i = 0; i < inv->link_count; i++)
		c->links[i] = c->endpoints[inv->links[i].client] && c->endpoints[inv->links[i].server];
	cut_table(c, c->links, inv->link_count, share(inv->limits.links, COMPACT_TO), merit_of_link);
	for (uint32_t i = 0; i < inv->activity_count; i++)
		c->activities[i] = c->links[inv->activities[i].link];
	cut_table(c, c->activities, inv->activity_count, share(inv->limits.activities, COMPACT_TO), merit_of_activity);
}

/* A row that stays needs its captures; one that goes is counted where it was seen last. */
static void settle_row(struct compaction *c, bool kept, const struct span *seen)
{
	if (kept)
		c->captures[seen->first.capture] = c->captures[seen->last.capture] = 1;
	else
		c->forgotten[seen->last.capture]++;
}

static void settle_captures(struct compaction *c)
{
	const struct inventory *inv = c->inv;
	memset(c->forgotten, 0, inv->capture_count * sizeof(*c->forgotten));
	for (uint32_t i = 0; i < inv->capture_count; i++)
		c->captures[i] = inv->captures[i].live_ns == 0 || i + 1 == inv->capture_count;
	for (uint32_t i = 0; i < inv->endpoint_count; i++)
		settle_row(c, c->endpoints[i], &inv->endpoints[i].seen);
	for (uint32_t i = 0; i < inv->binding_count; i++)
		settle_row(c, c->bindings[i], &inv->bindings[i].seen);
	for (uint32_t i = 0; i < inv->fact_count; i++)
		settle_row(c, c->facts[i], &inv->facts[i].seen);
	for (uint32_t i = 0; i < inv->link_count; i++)
		settle_row(c, c->links[i], &inv->links[i].seen);
	for (uint32_t i = 0; i < inv->activity_count; i++)
		settle_row(c, c->activities[i], &inv->activities[i].seen);
}

static struct inventory *copy(struct compaction *c, uint64_t *forgotten)
{
	const struct inventory *inv = c->inv;
	const struct kept kept = {c->captures, c->endpoints, c->bindings, c->facts, c->links, c->activities};
	struct inventory *out = inventory_new(&inv->limits);
	if (out == NULL || merge_kept(out, inv, &kept) != 0) {
		inventory_free(out);
		return NULL;
	}
	uint32_t row = 0;
	*forgotten = 0;
	for (uint32_t i = 0; i < inv->capture_count; i++) {
		*forgotten += c->forgotten[i];
		uint32_t to = c->captures[i] ? row++ : out->capture_count - 1; /* the latest stays */
		out->captures[to].evicted_rows += c->forgotten[i];
	}
	return out;
}

static void *array(struct compaction *c, size_t count, size_t size)
{
	void *p = calloc(count + 1, size);
	c->failed |= p == NULL;
	return p;
}

static uint32_t most_rows(const struct inventory *inv)
{
	uint32_t counts[] = {
		inv->endpoint_count, inv->binding_count, inv->fact_count, inv->link_count, inv->activity_count};
	uint32_t most = 0;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

struct inventory *compact_make(const struct inventory *inv, uint64_t *forgotten)
{
	struct compaction c = {.inv = inv};
	struct inventory *out = NULL;
	c.endpoint_class = array(&c, inv->endpoint_count, 1);
	c.captures = array(&c, inv->capture_count, 1);
	c.endpoints = array(&c, inv->endpoint_count, 1);
	c.bindings = array(&c, inv->binding_count, 1);
	c.facts = array(&c, inv->fact_count, 1);
	c.links = array(&c, inv->link_count, 1);
	c.activities = array(&c, inv->activity_count, 1);
	c.rows = array(&c, most_rows(inv), sizeof(*c.rows));
	c.forgotten = array(&c, inv->capture_count, sizeof(*c.forgotten));
	uint32_t facts_most = share(inv->limits.facts, COMPACT_TO);
	if (!c.failed)
		classify(&c);
	for (unsigned round = 0; round < TEXT_ROUNDS && !c.failed; round++) {
		choose(&c, facts_most);
		settle_captures(&c);
		out = copy(&c, forgotten);
		c.failed = out == NULL;
		if (c.failed || out->strings.len <= inv->limits.string_bytes / 100 * COMPACT_TO ||
			round + 1 == TEXT_ROUNDS)
			break;
		facts_most = out->fact_count / 2;
		inventory_free(out);
	}
	void *const all[] = {c.endpoint_class, c.captures, c.endpoints, c.bindings, c.facts, c.links, c.activities,
		c.rows, c.forgotten};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		free(all[i]);
	return c.failed ? NULL : out;
}

/* Rows of `more` that stand on an address which `inv` does not know: those that will be new for certain. */
struct fresh {
	uint32_t endpoints, bindings, facts, links;
};

static int count_fresh(struct fresh *f, const struct inventory *inv, const struct inventory *more)
{
	uint8_t *is_new = calloc(more->endpoint_count + 1u, 1);
	if (is_new == NULL)
		return -1;
	for (uint32_t i = 0; i < more->endpoint_count; i++) {
		const struct endpoint *e = &more->endpoints[i];
		struct path path = {.kind = e->path_kind};
		strncpy(path.text, inventory_text(more, e->path), PATH_TEXT_MAX);
		is_new[i] = inventory_endpoint_find(inv, &e->address, &path) == INVENTORY_NONE;
		f->endpoints += is_new[i];
	}
	for (uint32_t i = 0; i < more->binding_count; i++)
		f->bindings += is_new[more->bindings[i].ip] || is_new[more->bindings[i].mac];
	for (uint32_t i = 0; i < more->fact_count; i++)
		f->facts += is_new[more->facts[i].endpoint];
	for (uint32_t i = 0; i < more->link_count; i++)
		f->links += is_new[more->links[i].client] || is_new[more->links[i].server];
	free(is_new);
	return 0;
}

bool compact_is_due(const struct inventory *inv, const struct inventory *more)
{
	const struct inventory_limits *max = &inv->limits;
	struct fresh f = {0};
	if (more != NULL && count_fresh(&f, inv, more) != 0)
		f = (struct fresh){0}; /* no memory: by what is there */
	return inv->endpoint_count + f.endpoints > share(max->endpoints, COMPACT_ABOVE) ||
	       inv->binding_count + f.bindings > share(max->bindings, COMPACT_ABOVE) ||
	       inv->fact_count + f.facts > share(max->facts, COMPACT_ABOVE) ||
	       inv->link_count + f.links > share(max->links, COMPACT_ABOVE) ||
	       inv->activity_count > share(max->activities, COMPACT_ABOVE) ||
	       inv->capture_count > share(max->captures, COMPACT_ABOVE) ||
	       inv->strings.len > max->string_bytes / 100 * COMPACT_ABOVE;
}
