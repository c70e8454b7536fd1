/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - the union of two inventories: rows of one said in the numbers of the other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/inventory/marks.h"
#include "sensor/inventory/see.h"

#define NOT_YET (UINT32_MAX - 1) /* a text that no row has needed so far; STRINGS_FULL is one more */

struct renumbering {
	struct inventory *into;
	const struct inventory *from;
	const struct kept *kept;
	uint32_t *captures, *endpoints, *links, *strings;
};

static bool is_kept(const uint8_t *list, uint32_t row)
{
	return list == NULL || list[row] != 0;
}

static struct span moved(const struct renumbering *r, struct span s)
{
	s.first.capture = r->captures[s.first.capture] & 0xffffff;
	s.last.capture = r->captures[s.last.capture] & 0xffffff;
	return s;
}

/* False when the text finds no room: the row that needs it has none either, and is counted. */
static bool move_text(struct renumbering *r, uint32_t *text)
{
	uint32_t *to = &r->strings[*text];
	if (*to == NOT_YET && !see_text(r->into, inventory_text(r->from, *text), to)) {
		*to = STRINGS_FULL;
		return false;
	}
	r->into->refused += *to == STRINGS_FULL;
	*text = *to;
	return *to != STRINGS_FULL;
}

/* The row of the same live capture, or INVENTORY_NONE. */
static uint32_t live_capture(const struct inventory *inv, const struct capture *c)
{
	for (uint32_t i = inv->capture_count; i-- > 0 && c->live_ns != 0;) /* the latest one is the last */
		if (inv->captures[i].live_ns == c->live_ns && strcmp(inv->captures[i].name, c->name) == 0)
			return i;
	return INVENTORY_NONE;
}

static void add_capture(struct capture *to, const struct capture *c)
{
	if (c->packets > 0 && (to->packets == 0 || c->first_ns < to->first_ns))
		to->first_ns = c->first_ns;
	if (c->packets > 0 && (to->packets == 0 || c->last_ns > to->last_ns))
		to->last_ns = c->last_ns;
	to->bytes += c->bytes;
	to->packets += c->packets;
	to->truncated_packets += c->truncated_packets;
	to->undecoded_packets += c->undecoded_packets;
	to->dropped_packets += c->dropped_packets;
	to->duplicate_packets += c->duplicate_packets;
	to->fragments_lost += c->fragments_lost;
	to->gaps += c->gaps;
	to->gap_bytes += c->gap_bytes;
	to->flows += c->flows;
	to->one_sided_flows += c->one_sided_flows;
	to->encrypted_flows += c->encrypted_flows;
	to->unclaimed_flows += c->unclaimed_flows;
	to->evicted_flows += c->evicted_flows;
	to->evicted_rows += c->evicted_rows;
}

static int merge_captures(struct renumbering *r)
{
	struct inventory *into = r->into;
	const struct inventory *from = r->from;
	for (uint32_t i = 0; i < from->capture_count; i++) {
		if (!is_kept(r->kept->captures, i))
			continue;
		uint32_t row = live_capture(into, &from->captures[i]);
		if (row != INVENTORY_NONE) {
			add_capture(&into->captures[row], &from->captures[i]);
		} else {
			row = inventory_capture_add(into, from->captures[i].name);
			if (row == INVENTORY_NONE)
				return -ENOMEM;
			char *name = into->captures[row].name;
			into->captures[row] = from->captures[i];
			into->captures[row].name = name;
		}
		r->captures[i] = row;
		marks_set(into->marks, MARKED_CAPTURES, row);
	}
	for (uint32_t i = 0; i < from->protocol_count_count; i++) {
		const struct protocol_count *p = &from->protocol_counts[i];
		if (!is_kept(r->kept->captures, p->capture))
			continue;
		struct protocol_count *q =
			inventory_protocol_count(into, r->captures[p->capture], inventory_text(from, p->protocol));
		if (q == NULL)
			return -ENOMEM;
		q->pdus += p->pdus;
		q->malformed += p->malformed;
		q->unassembled_bytes += p->unassembled_bytes;
		marks_set(into->marks, MARKED_PROTOCOL_COUNTS, (uint32_t)(q - into->protocol_counts));
	}
	return 0;
}

static void merge_endpoints(struct renumbering *r)
{
	for (uint32_t i = 0; i < r->from->endpoint_count; i++) {
		const struct endpoint *e = &r->from->endpoints[i];
		r->endpoints[i] = INVENTORY_NONE;
		if (!is_kept(r->kept->endpoints, i))
			continue;
		struct path path = {.kind = e->path_kind};
		strncpy(path.text, inventory_text(r->from, e->path), PATH_TEXT_MAX);
		struct span seen = moved(r, e->seen);
		uint32_t row = r->endpoints[i] = see_endpoint(r->into, &e->address, &path, e->spoke, &seen);
		if (row == INVENTORY_NONE)
			continue;
		r->into->endpoints[row].packets += e->packets;
		marks_set(r->into->marks, MARKED_ENDPOINTS, row);
	}
}

/* Rows that hang on a row which found no room have none themselves; that row was counted. */
static void merge_bindings(struct renumbering *r)
{
	for (uint32_t i = 0; i < r->from->binding_count; i++) {
		struct binding b = r->from->bindings[i];
		b.ip = r->endpoints[b.ip];
		b.mac = r->endpoints[b.mac];
		b.seen = moved(r, b.seen);
		uint32_t row = INVENTORY_NONE;
		if (b.ip != INVENTORY_NONE && b.mac != INVENTORY_NONE && is_kept(r->kept->bindings, i))
			row = see_binding(r->into, &b);
		if (row != INVENTORY_NONE)
			marks_set(r->into->marks, MARKED_BINDINGS, row);
	}
}

static void merge_facts(struct renumbering *r)
{
	for (uint32_t i = 0; i < r->from->fact_count; i++) {
		struct fact f = r->from->facts[i];
		f.endpoint = r->endpoints[f.endpoint];
		if (f.endpoint == INVENTORY_NONE || !is_kept(r->kept->facts, i))
			continue;
		if (!move_text(r, &f.message) || !move_text(r, &f.value) || !move_text(r, &f.code))
			continue;
		f.seen = moved(r, f.seen);
		uint32_t row = see_fact(r->into, &f);
		if (row != INVENTORY_NONE)
			marks_set(r->into->marks, MARKED_FACTS, row);
	}
}

static void merge_link(struct renumbering *r, uint32_t i)
{
	const struct link *l = &r->from->links[i];
	struct link key = *l;
	key.client = r->endpoints[l->client];
	key.server = r->endpoints[l->server];
	key.packets = key.bytes = 0;
	r->links[i] = INVENTORY_NONE;
	if (key.client == INVENTORY_NONE || key.server == INVENTORY_NONE || !is_kept(r->kept->links, i) ||
		!move_text(r, &key.protocol))
		return;
	key.seen = moved(r, l->seen);
	uint32_t row = r->links[i] = see_link(r->into, &key);
	if (row == INVENTORY_NONE)
		return;
	struct link *k = &r->into->links[row];
	k->packets += l->packets;
	k->bytes += l->bytes;
	k->parts |= l->parts;
	k->asked |= l->asked;
	k->answered |= l->answered;
	k->refused |= l->refused;
	k->direction_proven |= l->direction_proven;
	if (l->basis < k->basis)
		k->basis = l->basis;
	marks_set(r->into->marks, MARKED_LINKS, row);
}

static void merge_links(struct renumbering *r)
{
	for (uint32_t i = 0; i < r->from->link_count; i++)
		merge_link(r, i);
	for (uint32_t i = 0; i < r->from->activity_count; i++) {
		struct activity a = r->from->activities[i];
		a.link = r->links[a.link];
		if (a.link == INVENTORY_NONE || !is_kept(r->kept->activities, i) || !move_text(r, &a.message) ||
			!move_text(r, &a.detail))
			continue;
		a.seen = moved(r, a.seen);
		uint32_t row = see_activity(r->into, &a);
		if (row != INVENTORY_NONE)
			marks_set(r->into->marks, MARKED_ACTIVITIES, row);
	}
}

int merge_kept(struct inventory *into, const struct inventory *from, const struct kept *kept)
{
	struct renumbering r = {
		.into = into,
		.from = from,
		.kept = kept,
		.captures = calloc(from->capture_count + 1u, sizeof(uint32_t)),
		.endpoints = calloc(from->endpoint_count + 1u, sizeof(uint32_t)),
		.links = calloc(from->link_count + 1u, sizeof(uint32_t)),
		.strings = malloc((from->strings.count + 1u) * sizeof(uint32_t)),
	};
	int err = -ENOMEM;
	if (r.captures == NULL || r.endpoints == NULL || r.links == NULL || r.strings == NULL)
		goto out;
	r.strings[0] = 0;
	for (uint32_t i = 1; i < from->strings.count; i++)
		r.strings[i] = NOT_YET;
	err = merge_captures(&r);
	if (err != 0)
		goto out;
	merge_endpoints(&r);
	merge_bindings(&r);
	merge_facts(&r);
	merge_links(&r);
	into->refused += from->refused;
out:
	free(r.captures);
	free(r.endpoints);
	free(r.links);
	free(r.strings);
	return err;
}

int inventory_merge(struct inventory *into, const struct inventory *from)
{
	static const struct kept everything;
	return merge_kept(into, from, &everything);
}
