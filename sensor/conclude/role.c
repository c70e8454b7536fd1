/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role.c - who asked and who answered, from the links: a server answered, a client asked. What nobody could
 * name gives no role. Beside the roles, how many addresses an asset tried and how many of them are dead.
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define ROLE_PORTS_MAX 8 /* more server ports of one protocol: passive FTP and the like; one role without a port */

/* One end of a link. */
struct end {
	const struct link *link;
	uint32_t peer; /* node */
	uint16_t rank; /* of the protocol */
	uint16_t port;
	bool server;
};

static int end_compare(const void *left, const void *right)
{
	const struct end *a = left, *b = right;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->link->transport != b->link->transport)
		return a->link->transport < b->link->transport ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->peer != b->peer)
		return a->peer < b->peer ? -1 : 1;
	return a->server - b->server;
}

static bool is_same_role(const struct end *a, const struct end *b)
{
	return a->rank == b->rank && a->link->transport == b->link->transport && a->port == b->port;
}

static bool has_asked(const struct link *l)
{
	return l->basis != LINK_PLAIN && (l->parts & (PART_REQUEST | PART_EXCHANGE));
}

static bool has_answered(const struct link *l)
{
	return l->basis != LINK_PLAIN && (l->parts & (PART_RESPONSE | PART_EXCHANGE));
}

/* Protocols of links in the order of their names. */
static bool ranks_make(struct work *w)
{
	const struct inventory *inv = w->inventory;
	uint32_t *ids = work_scratch(w, RANKS_MAX, sizeof(*ids)), count = 0;
	w->protocol_rank = work_scratch(w, inv->strings.count + 1, sizeof(*w->protocol_rank));
	if (w->failed)
		return false;
	for (uint32_t i = 0; i < inv->link_count && count < RANKS_MAX; i++) {
		uint32_t id = inv->links[i].protocol;
		if (w->protocol_rank[id] == 0) {
			w->protocol_rank[id] = 1;
			ids[count++] = id;
		}
	}
	for (uint32_t i = 1; i < count; i++) /* few, and once */
		for (uint32_t j = i; j > 0 && strcmp(inventory_text(inv, ids[j - 1]), inventory_text(inv, ids[j])) > 0;
			j--) {
			uint32_t other = ids[j];
			ids[j] = ids[j - 1];
			ids[j - 1] = other;
		}
	for (uint32_t i = 0; i < count; i++)
		w->protocol_rank[ids[i]] = (uint16_t)(i + 1);
	return true;
}

/* The ends that make roles, sorted; protocols on very many ports lose the port. */
static uint32_t ends_collect(const struct work *w, const uint32_t *rows, uint32_t count, struct end *ends)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct link *l = &w->inventory->links[rows[i] / 2];
		bool server = rows[i] & 1;
		if (server ? !has_answered(l) : !has_asked(l))
			continue;
		ends[n++] = (struct end){.link = l,
			.peer = w->node_of[server ? l->client : l->server],
			.rank = w->protocol_rank[l->protocol],
			.port = l->port,
			.server = server};
	}
	if (n > 1)
		qsort(ends, n, sizeof(*ends), end_compare);
	for (uint32_t i = 0, end; i < n; i = end) {
		uint32_t ports = 1;
		for (end = i + 1; end < n && ends[end].rank == ends[i].rank &&
				  ends[end].link->transport == ends[i].link->transport;
			end++)
			ports += ends[end].port != ends[end - 1].port;
		if (ports <= ROLE_PORTS_MAX)
			continue;
		for (uint32_t j = i; j < end; j++)
			ends[j].port = 0;
		qsort(ends + i, end - i, sizeof(*ends), end_compare);
	}
	return n;
}

static void role_add(const struct work *w, struct role *role, const struct end *end, bool first)
{
	const struct link *l = end->link;
	bool exchange = l->parts & PART_EXCHANGE;
	if (first)
		role->seen = l->seen;
	else
		span_widen(w, &role->seen, &l->seen);
	if (first || l->basis < role->basis)
		role->basis = l->basis;
	if (exchange || !end->server)
		role->asked |= exchange ? l->asked | l->answered : l->asked;
	if (exchange || end->server)
		role->answered |= exchange ? l->asked | l->answered : l->answered;
	role->refused |= l->refused;
}

enum { AS_CLIENT = 1, AS_SERVER = 2 };

/* Distinct devices on the other side of the ends in which this one is any of `sides`. */
static uint32_t peers_count(struct work *w, const struct end *ends, uint32_t count, unsigned sides)
{
	uint32_t peers = 0;
	w->stamp++;
	for (uint32_t i = 0; i < count; i++) {
		unsigned is = ends[i].link->parts & PART_EXCHANGE ? AS_CLIENT | AS_SERVER
			      : ends[i].server                    ? AS_SERVER
								  : AS_CLIENT;
		uint32_t peer = w->nodes[ends[i].peer].asset;
		if (!(is & sides) || peer == ASSET_NONE || w->stamps[peer] == w->stamp || !has_answered(ends[i].link))
			continue;
		w->stamps[peer] = w->stamp;
		peers++;
	}
	return peers;
}

static void role_fill(struct work *w, struct role *role, const struct end *ends, uint32_t count)
{
	unsigned is = 0;
	role->protocol = inventory_text(w->inventory, ends[0].link->protocol);
	role->transport = transport_name(ends[0].link->transport);
	role->port = ends[0].port;
	for (uint32_t i = 0; i < count; i++) {
		bool exchange = ends[i].link->parts & PART_EXCHANGE;
		is |= exchange ? AS_CLIENT | AS_SERVER : ends[i].server ? AS_SERVER : AS_CLIENT;
		role_add(w, role, &ends[i], i == 0);
	}
	role->operations = role->asked | role->answered;
	role->peers = peers_count(w, ends, count, AS_CLIENT | AS_SERVER);
	role->servers = peers_count(w, ends, count, AS_CLIENT);
	role->clients = peers_count(w, ends, count, AS_SERVER);
	role->role = is == (AS_CLIENT | AS_SERVER) ? "both" : is == AS_SERVER ? "server" : "client";
}

static int partner_compare(const void *left, const void *right)
{
	const struct end *a = left, *b = right;
	if (a->peer != b->peer)
		return a->peer < b->peer ? -1 : 1;
	if (a->link->transport != b->link->transport)
		return a->link->transport < b->link->transport ? -1 : 1;
	return a->port == b->port ? 0 : a->port < b->port ? -1 : 1;
}

/* How many addresses it tried, whether or not anybody knows the protocol. */
static void tally_fill(struct work *w, struct tally *tally, const uint32_t *rows, uint32_t count, struct end *ends)
{
	uint32_t n = 0, ports = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct link *l = &w->inventory->links[rows[i] / 2];
		uint32_t server = w->node_of[l->server];
		/* A TCP connection whose beginning was not seen may have been the other's. Below IP nobody searches:
		 * who passes a token asks for a successor at every free place of its bus (BACnet MS/TP, Poll For
		 * Master). */
		bool began = l->direction_proven ? l->transport != TRANSPORT_NONE : l->transport == TRANSPORT_UDP;
		if (!(rows[i] & 1) && began && w->nodes[server].unicast)
			ends[n++] = (struct end){.link = l, .peer = server, .port = l->port};
	}
	if (n > 1)
		qsort(ends, n, sizeof(*ends), partner_compare);
	for (uint32_t i = 0; i < n; i++) {
		bool other = i == 0 || ends[i].peer != ends[i - 1].peer;
		if (other) {
			tally->tried++;
			tally->dead += w->nodes[ends[i].peer].asset == ASSET_NONE;
			ports = 0;
		}
		ports += other || partner_compare(&ends[i - 1], &ends[i]) != 0;
		if (ports > tally->ports)
			tally->ports = ports;
	}
}

static void roles_of(struct work *w, uint32_t a, const uint32_t *rows, uint32_t count, struct end *ends)
{
	struct asset *asset = &w->out->assets[a];
	uint32_t roles = 0, n;
	tally_fill(w, &w->tallies[a], rows, count, ends);
	n = ends_collect(w, rows, count, ends);
	for (uint32_t i = 0; i < n; i++)
		roles += i == 0 || !is_same_role(&ends[i - 1], &ends[i]);
	if (roles > 0)
		asset->roles = work_keep(w, roles, sizeof(*asset->roles));
	for (uint32_t i = 0, end; i < n && !w->failed; i = end) {
		for (end = i + 1; end < n && is_same_role(&ends[i], &ends[end]);)
			end++;
		role_fill(w, &asset->roles[asset->role_count++], ends + i, end - i);
	}
}

bool role_gather(struct work *w)
{
	const struct inventory *inv = w->inventory;
	struct arena local = {0};
	struct grouped by_asset = {0};
	uint32_t assets = (uint32_t)w->out->asset_count, most = 0;
	uint32_t *owner = work_alloc(w, &local, (size_t)inv->link_count * 2, sizeof(*owner));
	w->tallies = work_early(w, assets, sizeof(*w->tallies));
	w->stamps = work_early(w, assets, sizeof(*w->stamps));
	for (uint32_t i = 0; i < inv->link_count && !w->failed; i++) {
		owner[2 * i] = w->nodes[w->node_of[inv->links[i].client]].asset;
		owner[2 * i + 1] = w->nodes[w->node_of[inv->links[i].server]].asset;
	}
	if (!w->failed && ranks_make(w) && grouped_make(w, &local, &by_asset, owner, inv->link_count * 2, assets)) {
		for (uint32_t a = 0; a < assets; a++)
			if (by_asset.first[a + 1] - by_asset.first[a] > most)
				most = by_asset.first[a + 1] - by_asset.first[a];
		struct end *ends = work_alloc(w, &local, most, sizeof(*ends));
		for (uint32_t a = 0; a < assets && !w->failed; a++)
			roles_of(w, a, by_asset.rows + by_asset.first[a], by_asset.first[a + 1] - by_asset.first[a],
				ends);
	}
	arena_clear(&local);
	return !w->failed;
}
