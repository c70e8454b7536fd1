/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_declared.c - which asset is in which zone that people declared.
 *
 * The way in which an asset is named decides, whatever the order of the file: by itself (id, IP, MAC), by a name, by
 * the longest subnet, by VLAN. Of two zones that name it in the same way the first in the file holds it (finding.c says
 * so). An asset with addresses in several subnets is where its home is; only when no zone has that subnet do its other
 * addresses count. Rejected and retired zones hold nothing.
 */
#include "sensor/conclude/partition.h"

#include <fnmatch.h>
#include <string.h>

#include "sensor/util/text.h"

/* What holds an asset so far. */
struct pin {
	const struct declared_zone *zone;
	const struct zone_member *member;
	const struct declared_zone *rival; /* names it in the same way, further down in the file */
	unsigned rank;                     /* lower is stronger */
};

/* Strongest first: asset, name, subnet of its home by length, of its other addresses, VLAN. */
enum { RANK_ASSET, RANK_NAME, RANK_HOME, RANK_ADDRESS = RANK_HOME + 129, RANK_VLAN = RANK_ADDRESS + 129 };

static void pin_offer(
	struct pin *pin, unsigned rank, const struct declared_zone *zone, const struct zone_member *member)
{
	if (pin->zone == NULL || rank < pin->rank)
		*pin = (struct pin){zone, member, NULL, rank};
	else if (rank == pin->rank && zone != pin->zone && pin->rival == NULL)
		pin->rival = zone;
}

static bool is_in_prefix(const struct address *a, const struct address *base, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (a->kind != base->kind || bits > (a->kind == ADDRESS_IPV4 ? 32u : 128u))
		return false;
	if (memcmp(a->bytes, base->bytes, whole) != 0)
		return false;
	return rest == 0 || ((a->bytes[whole] ^ base->bytes[whole]) >> (8 - rest)) == 0;
}

static bool has_name(const struct asset *asset, const char *glob)
{
	if (asset->name != NULL && fnmatch(glob, asset->name, FNM_CASEFOLD) == 0)
		return true;
	if (asset->declared != NULL && asset->declared->name != NULL &&
		fnmatch(glob, asset->declared->name, FNM_CASEFOLD) == 0)
		return true;
	for (uint32_t i = 0; i < asset->interface_count; i++)
		for (uint16_t j = 0; j < asset->interfaces[i].hostname_count; j++)
			if (fnmatch(glob, asset->interfaces[i].hostnames[j], FNM_CASEFOLD) == 0)
				return true;
	return false;
}

/* The asset that a member names by itself: children are never named apart from their parent. */
static uint32_t asset_named(const struct partition *p, const struct index *ids, const struct zone_member *member)
{
	const struct conclusions *out = p->w->out;
	if (member->address.kind != ADDRESS_NONE) {
		uint32_t node = node_find(p->w, &member->address);
		return node == ASSET_NONE ? ASSET_NONE : p->w->nodes[node].asset;
	}
	uint32_t cursor, row, hash = hash_bytes(member->text, strlen(member->text), 0);
	for (row = index_first(ids, hash, &cursor); row != INDEX_END; row = index_next(ids, hash, &cursor))
		if (strcmp(out->assets[row].id, member->text) == 0)
			return row;
	return ASSET_NONE;
}

static void names_offer(
	const struct partition *p, struct pin *pins, const struct declared_zone *zone, const struct zone_member *member)
{
	for (uint32_t i = 0; i < p->count; i++)
		if (p->w->out->assets[i].parent == ASSET_NONE && has_name(&p->w->out->assets[i], member->text))
			pin_offer(&pins[i], RANK_NAME, zone, member);
}

static void subnet_offer(
	const struct partition *p, struct pin *pins, const struct declared_zone *zone, const struct zone_member *member)
{
	for (uint32_t i = 0; i < p->w->node_count; i++) {
		const struct node *n = &p->w->nodes[i];
		if (n->asset == ASSET_NONE || !is_in_prefix(&n->address, &member->address, member->prefix))
			continue;
		bool home = p->domains.of_node[i] != DOMAIN_NONE && p->domains.of_node[i] == p->domains.home[n->asset];
		pin_offer(&pins[n->asset], (home ? RANK_HOME : RANK_ADDRESS) + 128u - member->prefix, zone, member);
	}
}

/* The VLAN of its home; of what has no IP address the one VLAN in which it was seen. */
static void vlan_offer(
	const struct partition *p, struct pin *pins, const struct declared_zone *zone, const struct zone_member *member)
{
	for (uint32_t i = 0; i < p->count; i++) {
		const struct asset *asset = &p->w->out->assets[i];
		uint32_t home = p->domains.home[i];
		bool fits = home != DOMAIN_NONE && p->domains.at[home].vlan == member->vlan;
		for (uint32_t j = 0; j < asset->interface_count && home == DOMAIN_NONE; j++)
			fits |= asset->interfaces[j].vlan_count == 1 && asset->interfaces[j].vlans[0] == member->vlan;
		if (fits && asset->parent == ASSET_NONE)
			pin_offer(&pins[i], RANK_VLAN, zone, member);
	}
}

static void zone_offer(
	const struct partition *p, const struct index *ids, struct pin *pins, const struct declared_zone *zone)
{
	for (size_t i = 0; i < zone->member_count; i++) {
		const struct zone_member *member = &zone->members[i];
		uint32_t asset;
		switch (member->kind) {
		case MEMBER_ASSET:
			asset = asset_named(p, ids, member);
			if (asset != ASSET_NONE && p->w->out->assets[asset].parent == ASSET_NONE)
				pin_offer(&pins[asset], RANK_ASSET, zone, member);
			break;
		case MEMBER_NAME:
			names_offer(p, pins, zone, member);
			break;
		case MEMBER_SUBNET:
			subnet_offer(p, pins, zone, member);
			break;
		case MEMBER_VLAN:
			vlan_offer(p, pins, zone, member);
			break;
		}
	}
}

static void pins_keep(struct partition *p, const struct pin *pins)
{
	static const char *const words[] = {"as", "by the name", "by the subnet", "by the VLAN"};
	const struct declarations *d = p->w->out->declarations;
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		if (pins[i].zone == NULL)
			continue;
		p->at[i].carving = CARVED_DECLARED;
		p->w->out->assets[i].zone = (uint32_t)(pins[i].zone - d->zones);
		if (pins[i].rival != NULL)
			p->w->out->assets[i].rival_zone = (uint32_t)(pins[i].rival - d->zones);
		p->w->out->assets[i].zone_reason = work_print(p->w, "declared in line %u %s %s",
			(unsigned)pins[i].member->line, words[pins[i].member->kind], pins[i].member->text);
	}
}

bool pins_make(struct partition *p)
{
	const struct declarations *d = p->w->out->declarations;
	if (d == NULL || d->zone_count == 0)
		return !p->w->failed;
	struct index ids = {0};
	struct pin *pins = work_alloc(p->w, p->arena, p->count, sizeof(*pins));
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		const char *id = p->w->out->assets[i].id;
		p->w->failed |= index_put(&ids, hash_bytes(id, strlen(id), 0), i) != 0;
	}
	for (size_t i = 0; i < d->zone_count && !p->w->failed; i++)
		if (d->zones[i].status == DECLARED_ACCEPTED || d->zones[i].status == DECLARED_PROPOSED)
			zone_offer(p, &ids, pins, &d->zones[i]);
	if (!p->w->failed)
		pins_keep(p, pins);
	index_clear(&ids);
	return !p->w->failed;
}
