/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.c - who talks to whom, between assets: the links of their addresses joined, with what happened on them;
 * and the addresses that were asked and never spoke.
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

/* A link of the inventory with the keys it is sorted by. */
struct row {
	uint32_t client, server; /* assets; of what never spoke: its node */
	uint32_t link, client_node, server_node;
	uint16_t rank, port;
	uint8_t transport;
};

#define COMPARE(member)                                                                                                \
	if (a->member != b->member)                                                                                    \
	return a->member < b->member ? -1 : 1

static int row_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	COMPARE(client);
	COMPARE(server);
	COMPARE(rank);
	COMPARE(transport);
	COMPARE(port);
	COMPARE(client_node);
	COMPARE(server_node);
	return 0;
}

static int dead_compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	COMPARE(server_node);
	COMPARE(client);
	COMPARE(rank);
	return 0;
}

static bool is_joined(const struct row *a, const struct row *b)
{
	return a->client == b->client && a->server == b->server && a->rank == b->rank && a->transport == b->transport &&
	       a->port == b->port;
}

static int activity_compare(const void *left, const void *right, void *inventory)
{
	const struct inventory *inv = inventory;
	const struct activity *a = *(const struct activity *const *)left, *b = *(const struct activity *const *)right;
	COMPARE(operation);
	int order = strcmp(inventory_text(inv, a->message), inventory_text(inv, b->message));
	if (order == 0)
		order = strcmp(inventory_text(inv, a->detail), inventory_text(inv, b->detail));
	if (order == 0)
		order = sighting_compare(inv, &a->seen.first, &b->seen.first);
	return order;
}

/* Activities of a joined link: of the links from[0 .. count). */
static void activities_keep(struct work *w, struct asset_link *out, const struct row *rows, uint32_t count,
	const struct grouped *activities)
{
	uint32_t total = 0;
	for (uint32_t i = 0; i < count; i++)
		total += activities->first[rows[i].link + 1] - activities->first[rows[i].link];
	if (total == 0)
		return;
	out->activities = work_keep(w, total, sizeof(*out->activities));
	for (uint32_t i = 0; i < count && !w->failed; i++)
		for (uint32_t j = activities->first[rows[i].link]; j < activities->first[rows[i].link + 1]; j++)
			out->activities[out->activity_count++] = &w->inventory->activities[activities->rows[j]];
	if (!w->failed && total > 1)
		qsort_r(out->activities, total, sizeof(*out->activities), activity_compare,
			(void *)(uintptr_t)w->inventory);
}

static void link_fill(struct work *w, struct asset_link *out, const struct row *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct link *l = &w->inventory->links[rows[i].link];
		if (i == 0)
			*out = (struct asset_link){
				.client = rows[0].client, .server = rows[0].server, .link = l, .seen = l->seen};
		else
			span_widen(w, &out->seen, &l->seen);
		out->asked |= l->asked;
		out->answered |= l->answered;
		out->refused |= l->refused;
		out->parts |= l->parts;
		out->packets += l->packets;
		out->bytes += l->bytes;
	}
}

static void links_keep(struct work *w, struct arena *local, const struct row *rows, uint32_t count)
{
	const struct inventory *inv = w->inventory;
	struct grouped activities = {0};
	uint32_t *owner = work_alloc(w, local, inv->activity_count, sizeof(*owner));
	size_t links = 0;
	for (uint32_t i = 0; i < count; i++)
		links += i == 0 || !is_joined(&rows[i - 1], &rows[i]);
	w->out->links = work_keep(w, links, sizeof(*w->out->links));
	for (uint32_t i = 0; i < inv->activity_count && !w->failed; i++)
		owner[i] = inv->activities[i].link;
	if (w->failed || !grouped_make(w, local, &activities, owner, inv->activity_count, inv->link_count))
		return;
	for (uint32_t i = 0, end; i < count && !w->failed; i = end) {
		for (end = i + 1; end < count && is_joined(&rows[i], &rows[end]);)
			end++;
		struct asset_link *out = &w->out->links[w->out->link_count++];
		link_fill(w, out, rows + i, end - i);
		activities_keep(w, out, rows + i, end - i, &activities);
	}
}

static int text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* One address that never spoke, asked in rows[0 .. count), which are sorted by who asked. */
static void unanswered_fill(struct work *w, struct unanswered *u, const struct row *rows, uint32_t count)
{
	char text[ADDRESS_TEXT_MAX];
	u->address = work_copy(w, address_text(text, &w->nodes[rows[0].server_node].address));
	size_t askers = 0;
	for (uint32_t i = 0; i < count; i++)
		askers += i == 0 || rows[i].client != rows[i - 1].client;
	u->asked_by = work_keep(w, askers, sizeof(*u->asked_by));
	u->protocols = work_keep(w, count, sizeof(*u->protocols));
	if (w->failed)
		return;
	for (uint32_t i = 0; i < count; i++) {
		if (i == 0 || rows[i].client != rows[i - 1].client)
			u->asked_by[u->asked_by_count++] = rows[i].client;
		u->protocols[i] = inventory_text(w->inventory, w->inventory->links[rows[i].link].protocol);
	}
	if (count > 1)
		qsort(u->protocols, count, sizeof(*u->protocols), text_compare);
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || strcmp(u->protocols[i], u->protocols[u->protocol_count - 1]) != 0)
			u->protocols[u->protocol_count++] = u->protocols[i];
}

static void unanswered_keep(struct work *w, struct row *rows, uint32_t count)
{
	size_t addresses = 0;
	if (count > 1)
		qsort(rows, count, sizeof(*rows), dead_compare);
	for (uint32_t i = 0; i < count; i++)
		addresses += i == 0 || rows[i - 1].server_node != rows[i].server_node;
	w->out->unanswered = work_keep(w, addresses, sizeof(*w->out->unanswered));
	for (uint32_t i = 0, end; i < count && !w->failed; i = end) {
		for (end = i + 1; end < count && rows[end].server_node == rows[i].server_node;)
			end++;
		unanswered_fill(w, &w->out->unanswered[w->out->unanswered_count++], rows + i, end - i);
	}
}

/* Datagrams to the last address of a network go to everybody in it. */
static bool is_network_broadcast(const struct work *w, const struct link *l, const struct address *a)
{
	if (l->transport != TRANSPORT_UDP || a->kind != ADDRESS_IPV4)
		return false;
	uint32_t mask = (uint32_t)subnet_of(w, a);
	uint32_t ip =
		(uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 | (uint32_t)a->bytes[2] << 8 | a->bytes[3];
	return (ip & 0xff) == 0xff || (ip | mask) == UINT32_MAX;
}

bool link_gather(struct work *w)
{
	const struct inventory *inv = w->inventory;
	struct arena local = {0};
	struct row *rows = work_alloc(w, &local, inv->link_count, sizeof(*rows));
	uint32_t live = 0, dead = inv->link_count; /* the dead are filled in from the end */
	for (uint32_t i = 0; i < inv->link_count && !w->failed; i++) {
		const struct link *l = &inv->links[i];
		struct row row = {.link = i,
			.client_node = w->node_of[l->client],
			.server_node = w->node_of[l->server],
			.rank = w->protocol_rank[l->protocol],
			.port = l->port,
			.transport = l->transport};
		const struct node *server = &w->nodes[row.server_node];
		row.client = w->nodes[row.client_node].asset;
		row.server = server->asset;
		if (row.client == ASSET_NONE || !server->unicast)
			continue;
		if (row.server != ASSET_NONE)
			rows[live++] = row;
		else if (!is_network_broadcast(w, l, &server->address))
			rows[--dead] = row;
	}
	if (!w->failed) {
		if (live > 1)
			qsort(rows, live, sizeof(*rows), row_compare);
		links_keep(w, &local, rows, live);
		unanswered_keep(w, rows + dead, inv->link_count - dead);
	}
	arena_clear(&local);
	return !w->failed;
}
