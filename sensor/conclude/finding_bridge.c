/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_bridge.c - devices with a foot in several zones, which no firewall between the zones sees.
 *
 * An asset has one zone, but its addresses may lie in networks of others. A network belongs to the zones of the assets
 * that have no other network; where it belongs to the asset's own zone too, nothing is bridged there, else the zone
 *with most assets in it is. Routers connect networks by their nature.
 *
 *	temporary-bridge   it came and went, or moved: one network card with addresses of several networks that asks
 *	                   controllers and answers none; or a temporary device that talks with several control zones
 *	dual-homed         the others
 */
#include "sensor/conclude/finding.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

/* A network and a zone that has assets in it. */
struct foothold {
	uint64_t subnet;
	uint32_t zone, assets;
};

struct footholds {
	struct foothold *at; /* by subnet, then most assets first, then zone */
	uint32_t count;
};

#define FEET_MAX 8 /* networks of one asset that are looked at: what has more routes */

/* Where one asset stands. */
struct stance {
	uint64_t subnets[FEET_MAX];
	uint32_t subnet_count;
	uint32_t zones[FEET_MAX]; /* distinct; the asset's own first when a network is its own */
	uint32_t zone_count;
};

static bool is_local(const struct address *a)
{
	return address_is_link_local(a) || address_is_loopback(a);
}

static void subnets_collect(const struct work *w, const struct asset *asset, struct stance *out)
{
	out->subnet_count = 0;
	for (uint32_t i = 0; i < asset->interface_count; i++)
		for (uint32_t k = 0; k < asset->interfaces[i].ip_count; k++) {
			struct address ip;
			if (!address_parse(&ip, asset->interfaces[i].ips[k]) || ip.kind != ADDRESS_IPV4 ||
				is_local(&ip))
				continue; /* an interface has several IPv6 prefixes without standing in several places
					   */
			uint64_t subnet = subnet_of(w, &ip);
			uint32_t s = 0;
			while (s < out->subnet_count && out->subnets[s] != subnet)
				s++;
			if (s == out->subnet_count && s < FEET_MAX)
				out->subnets[out->subnet_count++] = subnet;
		}
}

static int foothold_by_place(const void *left, const void *right)
{
	const struct foothold *a = left, *b = right;
	if (a->subnet != b->subnet)
		return a->subnet < b->subnet ? -1 : 1;
	return a->zone == b->zone ? 0 : a->zone < b->zone ? -1 : 1;
}

static int foothold_by_weight(const void *left, const void *right)
{
	const struct foothold *a = left, *b = right;
	if (a->subnet != b->subnet)
		return a->subnet < b->subnet ? -1 : 1;
	if (a->assets != b->assets)
		return a->assets > b->assets ? -1 : 1;
	return a->zone == b->zone ? 0 : a->zone < b->zone ? -1 : 1;
}

static bool footholds_make(struct finder *f, struct arena *arena, struct footholds *out)
{
	struct stance stance;
	uint32_t n = 0;
	out->at = work_alloc(f->w, arena, f->c->asset_count, sizeof(*out->at));
	for (uint32_t a = 0; a < f->c->asset_count && !f->w->failed; a++) {
		const struct asset *asset = &f->c->assets[a];
		if (asset->zone == ZONE_NONE || asset->parent != ASSET_NONE || finder_has(f, a, TRAIT_TEMPORARY))
			continue;
		subnets_collect(f->w, asset, &stance);
		if (stance.subnet_count == 1)
			out->at[out->count++] = (struct foothold){stance.subnets[0], asset->zone, 1};
	}
	if (f->w->failed)
		return false;
	if (out->count > 1)
		qsort(out->at, out->count, sizeof(*out->at), foothold_by_place);
	for (uint32_t i = 0; i < out->count; i++) {
		if (n > 0 && foothold_by_place(&out->at[n - 1], &out->at[i]) == 0)
			out->at[n - 1].assets++;
		else
			out->at[n++] = out->at[i];
	}
	out->count = n;
	if (n > 1)
		qsort(out->at, n, sizeof(*out->at), foothold_by_weight);
	return true;
}

/* The zone in which an address of this network has the asset stand: its own, or the network's; ZONE_NONE: nobody's. */
static uint32_t foot_zone(const struct footholds *h, uint64_t subnet, uint32_t own)
{
	uint32_t low = 0, high = h->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (h->at[middle].subnet < subnet)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == h->count || h->at[low].subnet != subnet)
		return ZONE_NONE;
	for (uint32_t i = low; i < h->count && h->at[i].subnet == subnet; i++)
		if (h->at[i].zone == own)
			return own;
	return h->at[low].zone;
}

static void stance_add(struct stance *s, uint32_t zone)
{
	for (uint32_t i = 0; i < s->zone_count; i++)
		if (s->zones[i] == zone)
			return;
	if (zone != ZONE_NONE && s->zone_count < FEET_MAX)
		s->zones[s->zone_count++] = zone;
}

static void stance_take(const struct finder *f, const struct footholds *h, uint32_t asset, struct stance *out)
{
	subnets_collect(f->w, &f->c->assets[asset], out);
	out->zone_count = 0;
	for (uint32_t i = 0; i < out->subnet_count && out->subnet_count > 1; i++)
		stance_add(out, foot_zone(h, out->subnets[i], f->c->assets[asset].zone));
}

/* It moved between networks with its one card, to ask: a service laptop. */
static bool is_visitor(const struct finder *f, uint32_t asset)
{
	const struct asset *a = &f->c->assets[asset];
	bool asks = false;
	if (finder_has(f, asset, TRAIT_TEMPORARY))
		return true;
	if (a->interface_count != 1)
		return false;
	for (uint32_t i = 0; i < a->flag_count; i++)
		asks |= strcmp(a->flags[i], "programming_device") == 0 || strcmp(a->flags[i], "scanner") == 0;
	for (uint32_t i = 0; i < a->role_count; i++)
		if (strcmp(a->roles[i].role, "server") == 0 && a->roles[i].operations != 0)
			return false;
	return asks;
}

/* The control zones that each temporary device talks with, beside those in which it stands. */
static void visits_add(const struct finder *f, const struct grouped *links, uint32_t asset, struct stance *s)
{
	for (uint32_t k = links->first[asset]; k < links->first[asset + 1]; k++) {
		const struct asset *server = &f->c->assets[f->c->links[links->rows[k]].server];
		if (server->zone != ZONE_NONE && zone_is_control(&f->c->zones[server->zone]))
			stance_add(s, server->zone);
	}
}

static void zones_tell(struct finder *f, const struct stance *s)
{
	for (uint32_t i = 0; i < s->zone_count; i++)
		draft_line(f, "%s", f->c->zones[s->zones[i]].id);
}

/* The frame in which each of its addresses was first heard. */
static void feet_show(struct finder *f, const struct grouped *endpoints, uint32_t asset)
{
	char ip[ADDRESS_TEXT_MAX];
	for (uint32_t k = endpoints->first[asset]; k < endpoints->first[asset + 1]; k++) {
		const struct endpoint *e = &f->w->inventory->endpoints[endpoints->rows[k]];
		draft_evidence(
			f, &e->seen.first, 0, finder_print(f, "first frame from %s", address_text(ip, &e->address)));
	}
}

/* After where it stands: whom it asks there. */
static void visits_show(struct finder *f, const struct grouped *links, uint32_t asset)
{
	for (uint32_t k = links->first[asset]; k < links->first[asset + 1]; k++)
		draft_link_evidence(f, &f->c->links[links->rows[k]], 1);
}

struct bridges {
	struct arena arena; /* of the following; it goes with the rule */
	struct footholds holds;
	struct grouped endpoints; /* IPv4 addresses that spoke, by asset, of those with several */
	struct grouped links;     /* of temporary devices, by client */
};

static bool bridges_make(struct finder *f, struct bridges *b)
{
	const struct inventory *inv = f->w->inventory;
	uint32_t assets = (uint32_t)f->c->asset_count;
	uint32_t *owner = work_alloc(f->w, &b->arena, inv->endpoint_count, sizeof(*owner));
	uint32_t *client = work_alloc(f->w, &b->arena, f->c->link_count, sizeof(*client));
	if (f->w->failed || !footholds_make(f, &b->arena, &b->holds))
		return false;
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		const struct endpoint *e = &inv->endpoints[i];
		uint32_t asset = f->w->nodes[f->w->node_of[i]].asset;
		bool counts = e->address.kind == ADDRESS_IPV4 && e->path_kind == PATH_NONE && e->spoke;
		owner[i] = counts && !is_local(&e->address) ? asset : ASSET_NONE;
	}
	for (uint32_t i = 0; i < f->c->link_count; i++)
		client[i] = finder_has(f, f->c->links[i].client, TRAIT_TEMPORARY) && !f->decided[i]
				    ? f->c->links[i].client
				    : ASSET_NONE;
	return grouped_make(f->w, &b->arena, &b->endpoints, owner, inv->endpoint_count, assets) &&
	       grouped_make(f->w, &b->arena, &b->links, client, (uint32_t)f->c->link_count, assets);
}

void find_temporary_bridge(struct finder *f)
{
	struct bridges b = {0};
	struct stance s;
	bool made = bridges_make(f, &b);
	for (uint32_t a = 0; made && a < f->c->asset_count && !f->w->failed; a++) {
		if (f->c->assets[a].parent != ASSET_NONE || finder_has(f, a, TRAIT_ROUTER) || !is_visitor(f, a))
			continue;
		stance_take(f, &b.holds, a, &s);
		visits_add(f, &b.links, a, &s);
		if (s.zone_count < 2)
			continue;
		draft_start(f);
		draft_asset(f, a);
		zones_tell(f, &s);
		feet_show(f, &b.endpoints, a);
		visits_show(f, &b.links, a);
		f->traits[a] |= TRAIT_BRIDGES;
		f->draft.zone = f->c->assets[a].zone;
		draft_finish(f, f->c->assets[a].id, "%s works in %u zones", finder_label(f, a), (unsigned)s.zone_count);
	}
	arena_clear(&b.arena);
}

void find_dual_homed(struct finder *f)
{
	struct bridges b = {0};
	struct stance s;
	bool made = bridges_make(f, &b);
	for (uint32_t a = 0; made && a < f->c->asset_count && !f->w->failed; a++) {
		if (f->c->assets[a].parent != ASSET_NONE || finder_has(f, a, TRAIT_ROUTER) || is_visitor(f, a))
			continue;
		stance_take(f, &b.holds, a, &s);
		if (s.zone_count < 2)
			continue;
		draft_start(f);
		draft_asset(f, a);
		zones_tell(f, &s);
		feet_show(f, &b.endpoints, a);
		f->draft.zone = f->c->assets[a].zone;
		draft_finish(f, f->c->assets[a].id, "%s has addresses in the networks of %u zones", finder_label(f, a),
			(unsigned)s.zone_count);
	}
	arena_clear(&b.arena);
}
