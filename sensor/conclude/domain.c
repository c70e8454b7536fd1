/* SPDX-License-Identifier: Apache-2.0 */
/*
 * domain.c - the networks that were seen, and the one in which each asset is at home.
 *
 * A network is a subnet (subnet.c: told masks, else /24 and /64); a subnet whose addresses were seen in several VLANs
 * is one network for each. The VLAN of an address is that of the frames which came from its own MAC: what a router
 * passed on says nothing about where the address lives. Without tags there are only subnets.
 *
 * A guessed /24 may be part of a wider network. Two addresses of different guessed subnets that talk, each from its own
 * MAC and never from another's, in the same VLAN, have no router between them: their subnets are one, as wide as the
 * common prefix of what talks so, at most WIDEST bits short. (A SPAN of the incoming side alone, at hosts alone, would
 * look the same with a router between; it is rare, and tags or told masks prevent the mistake.)
 *
 * An asset with addresses in several networks is at home where it talks most with addresses of the same network; then
 * where it talks most; then at its lowest address. IPv4 goes before IPv6. Link-local IPv6 addresses are no network.
 */
#include "sensor/conclude/partition.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define VLAN_SEVERAL 0xfffe
#define WIDEST 0xffff0000u /* the widest network that is believed without a told mask: a /16 */

/* An address with the network it is in. */
struct spot {
	uint64_t subnet;
	uint32_t node;
	uint16_t vlan;
	uint8_t kind;
	bool own, passed; /* came from its own MAC; from another's */
};

/* How the frames of a node came. */
struct coming {
	uint16_t vlan; /* from its own MAC */
	bool own, passed;
};

static int spot_compare(const void *left, const void *right)
{
	const struct spot *a = left, *b = right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->subnet != b->subnet)
		return a->subnet < b->subnet ? -1 : 1;
	if (a->vlan != b->vlan)
		return a->vlan < b->vlan ? -1 : 1;
	return a->node == b->node ? 0 : a->node < b->node ? -1 : 1;
}

static bool has_network(const struct node *n)
{
	bool is_ip = n->address.kind == ADDRESS_IPV4 || n->address.kind == ADDRESS_IPV6;
	return is_ip && n->unicast && n->asset != ASSET_NONE && !address_is_loopback(&n->address) &&
	       !(n->address.kind == ADDRESS_IPV6 && address_is_link_local(&n->address));
}

static uint64_t network_key(const struct work *w, const struct address *a)
{
	if (a->kind == ADDRESS_IPV4 && address_is_link_local(a)) /* RFC 3927: one network, whatever the mask */
		return UINT64_C(0xa9fe0000ffff0000);
	return subnet_of(w, a);
}

/* By node: from which MACs it came, and in which VLAN from its own. */
static struct coming *comings_find(struct work *w, struct arena *arena)
{
	const struct inventory *inv = w->inventory;
	struct coming *comings = work_alloc(w, arena, w->node_count, sizeof(*comings));
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++)
		comings[i].vlan = VLAN_NONE;
	for (uint32_t i = 0; i < inv->binding_count && !w->failed; i++) {
		const struct binding *b = &inv->bindings[i];
		struct coming *c = &comings[w->node_of[b->ip]];
		bool own = w->nodes[w->node_of[b->ip]].asset == w->nodes[w->node_of[b->mac]].asset;
		*(own ? &c->own : &c->passed) = true;
		if (own && b->vlan != VLAN_NONE)
			c->vlan = c->vlan == VLAN_NONE || c->vlan == b->vlan ? b->vlan : VLAN_SEVERAL;
	}
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++)
		if (comings[i].vlan == VLAN_SEVERAL)
			comings[i].vlan = VLAN_NONE;
	return comings;
}

/* One VLAN of the spots of a subnet: it is that of those without one too. */
static void vlan_spread(struct spot *spots, uint32_t count)
{
	uint16_t vlan = VLAN_NONE;
	for (uint32_t i = 0; i < count; i++) {
		if (spots[i].vlan == VLAN_NONE)
			continue;
		if (vlan != VLAN_NONE && vlan != spots[i].vlan)
			return;
		vlan = spots[i].vlan;
	}
	for (uint32_t i = 0; i < count; i++)
		spots[i].vlan = vlan;
}

/* A guessed subnet, until it is known how wide its network is. */
struct guess {
	uint32_t low, high; /* /24 addresses: of itself, then of what it was united with */
	uint32_t up;        /* union-find: towards the lowest */
	bool open;          /* no mask was told, and nothing of it came over a router */
};

static bool is_told(const struct work *w, uint64_t subnet)
{
	for (uint32_t i = 0; i < w->network_count; i++)
		if (w->networks[i].base == (uint32_t)(subnet >> 32) && w->networks[i].mask == (uint32_t)subnet)
			return true;
	return (subnet >> 32 & WIDEST) == 0xa9fe0000u;
}

static uint32_t guess_root(struct guess *guesses, uint32_t i)
{
	while (guesses[i].up != i) {
		guesses[i].up = guesses[guesses[i].up].up;
		i = guesses[i].up;
	}
	return i;
}

static void guesses_unite(struct guess *guesses, uint32_t a, uint32_t b)
{
	a = guess_root(guesses, a);
	b = guess_root(guesses, b);
	if (a == b)
		return;
	if (a > b) {
		uint32_t other = a;
		a = b;
		b = other;
	}
	guesses[b].up = a;
	if (guesses[b].high > guesses[a].high)
		guesses[a].high = guesses[b].high;
}

/* The subnets of the sorted spots, and which is of which spot. */
static void guesses_list(
	const struct work *w, struct guess *guesses, uint32_t *guess_of_spot, const struct spot *spots, uint32_t count)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t base = (uint32_t)(spots[i].subnet >> 32);
		if (i == 0 || spots[i].kind != spots[i - 1].kind || spots[i].subnet != spots[i - 1].subnet) {
			guesses[n] = (struct guess){.low = base,
				.high = base,
				.up = n,
				.open = spots[i].kind == ADDRESS_IPV4 && !is_told(w, spots[i].subnet)};
			n++;
		}
		guess_of_spot[i] = n - 1;
		guesses[n - 1].open &= !spots[i].passed;
	}
}

/* Unites guessed subnets whose addresses talk without a router between them. */
static void subnets_widen(struct work *w, struct arena *arena, struct spot *spots, uint32_t count)
{
	const struct inventory *inv = w->inventory;
	struct guess *guesses = work_alloc(w, arena, count, sizeof(*guesses));
	uint32_t *guess_of_spot = work_alloc(w, arena, count, sizeof(*guess_of_spot));
	uint32_t *spot_of_node = work_alloc(w, arena, w->node_count, sizeof(*spot_of_node));
	if (w->failed)
		return;
	guesses_list(w, guesses, guess_of_spot, spots, count);
	for (uint32_t i = 0; i < w->node_count; i++)
		spot_of_node[i] = UINT32_MAX;
	for (uint32_t i = 0; i < count; i++)
		spot_of_node[spots[i].node] = i;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[i];
		uint32_t x = spot_of_node[w->node_of[l->client]], y = spot_of_node[w->node_of[l->server]];
		if (x == UINT32_MAX || y == UINT32_MAX || !(l->parts & (PART_RESPONSE | PART_EXCHANGE)) ||
			!spots[x].own || !spots[y].own || spots[x].vlan != spots[y].vlan)
			continue;
		const struct guess *a = &guesses[guess_of_spot[x]], *b = &guesses[guess_of_spot[y]];
		if (a->open && b->open && ((spots[x].subnet ^ spots[y].subnet) >> 32 & WIDEST) == 0)
			guesses_unite(guesses, guess_of_spot[x], guess_of_spot[y]);
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct guess *g = &guesses[guess_root(guesses, guess_of_spot[i])];
		uint32_t mask = 0xffffff00u;
		while ((g->low & mask) != (g->high & mask))
			mask <<= 1;
		if (g->low != g->high)
			spots[i].subnet = (uint64_t)(g->low & mask) << 32 | mask;
	}
}

static struct spot *spots_collect(struct work *w, struct arena *arena, uint32_t *count)
{
	struct spot *spots = work_alloc(w, arena, w->node_count, sizeof(*spots));
	const struct coming *comings = comings_find(w, arena);
	uint32_t n = 0;
	if (w->failed)
		return NULL;
	for (uint32_t i = 0; i < w->node_count; i++)
		if (has_network(&w->nodes[i]))
			spots[n++] = (struct spot){.subnet = network_key(w, &w->nodes[i].address),
				.node = i,
				.vlan = comings[i].vlan,
				.kind = w->nodes[i].address.kind,
				.own = comings[i].own,
				.passed = comings[i].passed};
	if (n > 1)
		qsort(spots, n, sizeof(*spots), spot_compare);
	subnets_widen(w, arena, spots, n);
	if (n > 1)
		qsort(spots, n, sizeof(*spots), spot_compare);
	for (uint32_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && spots[end].kind == spots[i].kind && spots[end].subnet == spots[i].subnet;)
			end++;
		vlan_spread(spots + i, end - i);
	}
	*count = n;
	return spots;
}

static void domain_name(struct work *w, struct domain *d)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16] = {0};
	unsigned bits = 64;
	if (d->kind == ADDRESS_IPV4) {
		uint32_t base = (uint32_t)(d->subnet >> 32), mask = (uint32_t)d->subnet;
		for (unsigned i = 0; i < 4; i++)
			bytes[i] = (uint8_t)(base >> (24 - 8 * i));
		for (bits = 0; mask != 0; mask <<= 1)
			bits++;
		inet_ntop(AF_INET, bytes, text, sizeof(text));
	} else {
		for (unsigned i = 0; i < 8; i++)
			bytes[i] = (uint8_t)(d->subnet >> (56 - 8 * i));
		inet_ntop(AF_INET6, bytes, text, sizeof(text));
	}
	d->text = work_print(w, "%s/%u", text, bits);
	for (char *c = text; *c != '\0'; c++)
		if (*c == ':') /* ids are words: 2001-db8--64 */
			*c = '-';
	d->slug = d->in_part && d->vlan != VLAN_NONE ? work_print(w, "%s-%u-vlan%u", text, bits, d->vlan)
						     : work_print(w, "%s-%u", text, bits);
}

/* Spots of one network stand together. */
static uint32_t domains_count(const struct spot *spots, uint32_t count)
{
	uint32_t domains = 0;
	for (uint32_t i = 0; i < count; i++)
		domains += i == 0 || spots[i].kind != spots[i - 1].kind || spots[i].subnet != spots[i - 1].subnet ||
			   spots[i].vlan != spots[i - 1].vlan;
	return domains;
}

static void domains_fill(struct work *w, struct domains *out, const struct spot *spots, uint32_t count)
{
	for (uint32_t i = 0; i < count && !w->failed; i++) {
		struct domain *last = out->count > 0 ? &out->at[out->count - 1] : NULL;
		bool same = last != NULL && last->kind == spots[i].kind && last->subnet == spots[i].subnet;
		if (!same || last->vlan != spots[i].vlan) {
			struct domain *d = &out->at[out->count++];
			*d = (struct domain){.subnet = spots[i].subnet,
				.kind = spots[i].kind,
				.vlan = spots[i].vlan,
				.in_part = same};
			if (same)
				last->in_part = true;
		}
		out->of_node[spots[i].node] = out->count - 1;
	}
	for (uint32_t i = 0; i < out->count && !w->failed; i++)
		domain_name(w, &out->at[i]);
}

/* Packets of an address: with its own network, and with others. */
struct weight {
	uint64_t near, far;
};

static bool is_better(const struct work *w, const struct weight *weights, uint32_t node, uint32_t than)
{
	if (than == ASSET_NONE)
		return true;
	if (w->nodes[node].address.kind != w->nodes[than].address.kind)
		return false; /* IPv4 nodes come first */
	if (weights[node].near != weights[than].near)
		return weights[node].near > weights[than].near;
	return weights[node].far > weights[than].far;
}

static void homes_find(struct work *w, struct arena *arena, struct domains *out)
{
	const struct inventory *inv = w->inventory;
	struct weight *weights = work_alloc(w, arena, w->node_count, sizeof(*weights));
	uint32_t *best = work_alloc(w, arena, w->out->asset_count, sizeof(*best));
	if (w->failed)
		return;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		uint32_t ends[2] = {w->node_of[inv->links[i].client], w->node_of[inv->links[i].server]};
		bool near = out->of_node[ends[0]] == out->of_node[ends[1]];
		for (unsigned j = 0; j < 2; j++)
			*(near ? &weights[ends[j]].near : &weights[ends[j]].far) += inv->links[i].packets;
	}
	for (size_t i = 0; i < w->out->asset_count; i++) {
		best[i] = ASSET_NONE;
		out->home[i] = DOMAIN_NONE;
	}
	for (uint32_t i = 0; i < w->node_count; i++) {
		uint32_t asset = w->nodes[i].asset;
		if (out->of_node[i] == DOMAIN_NONE || !is_better(w, weights, i, best[asset]))
			continue;
		best[asset] = i;
		out->home[asset] = out->of_node[i];
	}
}

bool domains_make(struct work *w, struct arena *arena, struct domains *out)
{
	uint32_t count = 0;
	struct arena passing = {0}; /* as large as all that follows; gone before it */
	*out = (struct domains){.count = 0};
	struct spot *spots = spots_collect(w, &passing, &count);
	out->at = work_alloc(w, arena, w->failed ? 0 : domains_count(spots, count), sizeof(*out->at));
	out->of_node = work_alloc(w, arena, w->node_count, sizeof(*out->of_node));
	out->home = work_alloc(w, arena, w->out->asset_count, sizeof(*out->home));
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++)
		out->of_node[i] = DOMAIN_NONE;
	if (!w->failed) {
		domains_fill(w, out, spots, count);
		homes_find(w, &passing, out);
	}
	arena_clear(&passing);
	return !w->failed;
}
