/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change_channels.c - who talks to whom, on both sides, walked together.
 *
 * Channels are the same when both ends are the same devices (match.h), whatever their addresses are by now, and the
 * protocol, transport and port are. Several that became one, because two assets turned out to be one, count together.
 */
#include "sensor/change/parts.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/change/side_parts.h"
#include "sensor/util/text.h"

/* A channel of one side; equal keys of several are one group. */
struct row {
	uint32_t client, server; /* match.who */
	uint32_t port, index;
	const char *protocol, *transport;
};

struct rows {
	struct row *at;
	uint32_t count;
	const struct side *side;
};

static int row_compare(const struct row *a, const struct row *b)
{
	if (a->client != b->client)
		return a->client < b->client ? -1 : 1;
	if (a->server != b->server)
		return a->server < b->server ? -1 : 1;
	int order = strcmp(a->protocol, b->protocol);
	if (order == 0)
		order = strcmp(a->transport, b->transport);
	if (order == 0 && a->port != b->port)
		order = a->port < b->port ? -1 : 1;
	return order;
}

static int sort_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order = row_compare(a, b);
	return order != 0 ? order : a->index == b->index ? 0 : a->index < b->index ? -1 : 1;
}

static struct rows rows_make(struct comparison *c, unsigned side)
{
	const struct side *s = c->sides[side];
	struct rows rows = {.side = s, .at = arena_alloc(&c->match.arena, s->channel_count * sizeof(struct row) + 1)};
	c->out->failed |= rows.at == NULL;
	for (uint32_t i = 0; i < s->channel_count && !c->out->failed; i++) {
		const struct side_channel *l = &s->channels[i];
		if (!l->heard)
			continue;
		bool nameless = l->protocol[0] == '\0' && l->port >= PORT_DYNAMIC;
		rows.at[rows.count++] = (struct row){c->match.who[side][l->client], c->match.who[side][l->server],
			nameless ? 0 : l->port, i, l->protocol, l->transport};
	}
	if (rows.count > 1)
		qsort(rows.at, rows.count, sizeof(*rows.at), sort_compare);
	return rows;
}

/* What the rows of one group say together; the span is that of all. */
struct group {
	const struct side_channel *first; /* the earliest */
	unsigned operations;
	uint32_t begin, end, port;
	int64_t last_ns;
};

static struct group group_at(const struct rows *rows, uint32_t begin)
{
	struct group g = {.begin = begin, .end = begin, .port = rows->at[begin].port};
	for (; g.end < rows->count && row_compare(&rows->at[begin], &rows->at[g.end]) == 0; g.end++) {
		const struct side_channel *l = &rows->side->channels[rows->at[g.end].index];
		if (g.first == NULL || l->seen.first_ns < g.first->seen.first_ns)
			g.first = l;
		g.operations |= l->operations;
		if (l->seen.last_ns > g.last_ns)
			g.last_ns = l->seen.last_ns;
	}
	return g;
}

static struct side_mark mark_of(const struct group *g)
{
	struct side_mark mark = g->first->seen;
	mark.last_ns = g->last_ns;
	return mark;
}

static struct side_mark proof_of(const struct rows *rows, const struct group *g, unsigned operation)
{
	const struct side_proof *best = NULL;
	for (uint32_t i = g->begin; i < g->end; i++) {
		const struct side_channel *l = &rows->side->channels[rows->at[i].index];
		for (uint32_t k = 0; k < l->proof_count; k++)
			if (l->proofs[k].operation == operation &&
				(best == NULL || l->proofs[k].mark.first_ns < best->mark.first_ns))
				best = &l->proofs[k];
	}
	return best != NULL ? best->mark : mark_of(g);
}

static struct change *channel_add(struct comparison *c, enum change_kind kind, unsigned side, const struct group *g)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no group is empty */
	struct change *change = change_add(c, kind, side, g->first->client);
	if (change == NULL)
		return NULL;
	change->peer = change_asset_of(c->sides[side], g->first->server);
	change->protocol = g->first->protocol;
	change->transport = g->first->transport;
	change->port = g->port;
	return change;
}

/* Where that asset is on the other side, when it was heard there. */
static const struct side_asset *heard_partner(const struct comparison *c, unsigned side, uint32_t asset)
{
	uint32_t partner = c->match.partner[side][asset];
	if (partner == SIDE_NONE)
		partner = c->match.host[side][asset];
	if (partner == SIDE_NONE || !c->sides[!side]->assets[partner].heard)
		return NULL;
	return &c->sides[!side]->assets[partner];
}

/* Only one side has it. The other one would have heard it when it heard both ends; the server is shown. */
static void lone_tell(struct comparison *c, unsigned side, const struct group *g)
{
	struct change *change = channel_add(c, side == 0 ? CHANGE_CHANNEL_NOT_SEEN : CHANGE_CHANNEL_ADDED, side, g);
	if (change == NULL)
		return;
	const struct side_asset *client = heard_partner(c, side, g->first->client);
	const struct side_asset *server = heard_partner(c, side, g->first->server);
	struct side_mark *mark = side == 0 ? &change->new_mark : &change->old_mark;
	change->operations = g->operations;
	change->listened = client != NULL && server != NULL;
	*(side == 0 ? &change->old_mark : &change->new_mark) = mark_of(g);
	if (server == NULL && client == NULL)
		return;
	const struct side_asset *shown = server != NULL ? server : client;
	*mark = shown->seen;
	mark->because = arena_format(&c->out->arena, "%s was heard%s", shown->label,
		change->listened ? ", and so was the other end" : ", the other end was not");
	c->out->failed |= mark->because == NULL;
}

static void operations_compare(struct comparison *c, const struct rows rows[2], const struct group groups[2])
{
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1) {
		unsigned had = groups[0].operations & bit, has = groups[1].operations & bit;
		if (had == has)
			continue;
		struct change *change =
			channel_add(c, has ? CHANGE_OPERATION_ADDED : CHANGE_OPERATION_NOT_SEEN, 1, &groups[1]);
		if (change == NULL)
			return;
		change->operations = bit;
		change->old_mark = had ? proof_of(&rows[0], &groups[0], bit) : mark_of(&groups[0]);
		change->new_mark = has ? proof_of(&rows[1], &groups[1], bit) : mark_of(&groups[1]);
	}
}

void channels_compare(struct comparison *c)
{
	struct rows rows[2];
	uint32_t at[2] = {0, 0};
	for (unsigned side = 0; side < 2; side++)
		rows[side] = rows_make(c, side);
	while (!c->out->failed && (at[0] < rows[0].count || at[1] < rows[1].count)) {
		struct group groups[2] = {0};
		for (unsigned side = 0; side < 2; side++)
			if (at[side] < rows[side].count)
				groups[side] = group_at(&rows[side], at[side]);
		int order = groups[0].first == NULL   ? 1
			    : groups[1].first == NULL ? -1
						      : row_compare(&rows[0].at[at[0]], &rows[1].at[at[1]]);
		if (order == 0)
			operations_compare(c, rows, groups);
		else
			lone_tell(c, order > 0, &groups[order > 0]);
		if (order <= 0)
			at[0] = groups[0].end;
		if (order >= 0)
			at[1] = groups[1].end;
	}
}
