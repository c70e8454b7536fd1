/* SPDX-License-Identifier: Apache-2.0 */
/*
 * domain.c - the networks that were seen, and the one in which each asset is at home.
 *
 * A network is a subnet (subnet.c: told masks, else /24 and /64); a subnet whose addresses were seen in several VLANs
 * is one network for each. The VLAN of an address is that of the frames which came from its own MAC: what a router
 * passed on says nothing about where the address lives. Without tags there are only subnets.
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

/* An address with the network it is in. */
struct spot {
	uint64_t subnet;
	uint32_t node;
	uint16_t vlan;
	uint8_t kind;
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

/* By node: the VLAN in which its own MAC sent it. */
static uint16_t *vlans_find(struct work *w, struct arena *arena)
{
	const struct inventory *inv = w->inventory;
	uint16_t *vlans = work_alloc(w, arena, w->node_count, sizeof(*vlans));
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++)
		vlans[i] = VLAN_NONE;
	for (uint32_t i = 0; i < inv->binding_count && !w->failed; i++) {
		const struct binding *b = &inv->bindings[i];
		uint32_t ip = w->node_of[b->ip];
		if (b->vlan == VLAN_NONE || w->nodes[ip].asset != w->nodes[w->node_of[b->mac]].asset)
			continue;
		vlans[ip] = vlans[ip] == VLAN_NONE || vlans[ip] == b->vlan ? b->vlan : VLAN_SEVERAL;
	}
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++)
		if (vlans[i] == VLAN_SEVERAL)
			vlans[i] = VLAN_NONE;
	return vlans;
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

static struct spot *spots_collect(struct work *w, struct arena *arena, uint32_t *count)
{
	struct spot *spots = work_alloc(w, arena, w->node_count, sizeof(*spots));
	const uint16_t *vlans = vlans_find(w, arena);
	uint32_t n = 0;
	if (w->failed)
		return NULL;
	for (uint32_t i = 0; i < w->node_count; i++)
		if (has_network(&w->nodes[i]))
			spots[n++] = (struct spot){.subnet = network_key(w, &w->nodes[i].address),
				.node = i,
				.vlan = vlans[i],
				.kind = w->nodes[i].address.kind};
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
	*out = (struct domains){.count = 0};
	struct spot *spots = spots_collect(w, arena, &count);
	out->at = work_alloc(w, arena, count, sizeof(*out->at));
	out->of_node = work_alloc(w, arena, w->node_count, sizeof(*out->of_node));
	out->home = work_alloc(w, arena, w->out->asset_count, sizeof(*out->home));
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++)
		out->of_node[i] = DOMAIN_NONE;
	if (w->failed)
		return false;
	domains_fill(w, out, spots, count);
	homes_find(w, arena, out);
	return !w->failed;
}
