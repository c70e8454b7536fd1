/* SPDX-License-Identifier: Apache-2.0 */
/* proposal.c - see proposal.h. Linear in assets for each subnet of a proposal and each zone that was rejected. */
#include "sensor/conclude/proposal.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/register_key.h"
#include "sensor/util/joined.h"
#include "sensor/util/text.h"

#define NETWORK_MEMBERS_MAX 64 /* subnets of one zone that are written; assets of others are written themselves */

/* An IP address of a device. */
struct place_of {
	struct address address;
	uint32_t asset;
};

struct draft_zones {
	struct arena *arena; /* what is proposed lives here */
	struct arena scratch;
	const struct conclusions *c;
	struct proposals *out;
	struct asset_keys keys;
	struct place_of *places;
	size_t place_count;
	const char **ids; /* of each zone in the file; NULL: it is not in it */
	bool *apart; /* by asset: it has to be named itself, for its other addresses are in the subnet of another zone
		      */
	uint32_t *stamps; /* by asset */
	uint32_t stamp;
	struct joined line;
	bool failed;
};

static void *take(struct draft_zones *z, struct arena *arena, size_t count, size_t size)
{
	void *memory = z->failed ? NULL : arena_alloc(arena, count * size + 1);
	z->failed |= memory == NULL;
	return memory;
}

static bool is_link_local(const struct address *a)
{
	return (a->kind == ADDRESS_IPV4 && a->bytes[0] == 169 && a->bytes[1] == 254) ||
	       (a->kind == ADDRESS_IPV6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80);
}

static void places_collect(struct draft_zones *z)
{
	size_t count = 0;
	for (size_t a = 0; a < z->c->asset_count; a++)
		for (uint32_t i = 0; i < z->c->assets[a].interface_count; i++)
			count += z->c->assets[a].interfaces[i].ip_count;
	z->places = take(z, &z->scratch, count, sizeof(*z->places));
	for (uint32_t a = 0; a < z->c->asset_count && !z->failed; a++) {
		const struct asset *asset = &z->c->assets[a];
		for (uint32_t i = 0; i < asset->interface_count; i++)
			for (uint32_t j = 0; j < asset->interfaces[i].ip_count; j++)
				if (address_parse(&z->places[z->place_count].address, asset->interfaces[i].ips[j]))
					z->places[z->place_count++].asset = a;
	}
}

static void cover(struct draft_zones *z, uint32_t asset, uint32_t *by_zone, uint32_t *covered)
{
	const struct asset *a = &z->c->assets[asset];
	if (z->stamps[asset] == z->stamp || a->parent != ASSET_NONE)
		return;
	z->stamps[asset] = z->stamp;
	++*covered;
	if (a->zone != ZONE_NONE)
		by_zone[a->zone]++;
}

static bool has_name(const struct asset *asset, const char *glob)
{
	bool named = asset->name != NULL && fnmatch(glob, asset->name, FNM_CASEFOLD) == 0;
	for (uint32_t i = 0; i < asset->interface_count && !named; i++)
		for (uint16_t j = 0; j < asset->interfaces[i].hostname_count && !named; j++)
			named = fnmatch(glob, asset->interfaces[i].hostnames[j], FNM_CASEFOLD) == 0;
	return named;
}

static bool has_vlan(const struct asset *asset, uint16_t vlan)
{
	for (uint32_t i = 0; i < asset->interface_count; i++)
		for (uint16_t j = 0; j < asset->interfaces[i].vlan_count; j++)
			if (asset->interfaces[i].vlans[j] == vlan)
				return true;
	return false;
}

/* What a member would hold if its zone counted. */
static void member_cover(struct draft_zones *z, const struct zone_member *m, uint32_t *by_zone, uint32_t *covered)
{
	const struct key_group *group;
	switch (m->kind) {
	case MEMBER_ASSET:
		group = m->address.kind != ADDRESS_NONE ? asset_keys_find_address(&z->keys, &m->address)
							: asset_keys_find(&z->keys, ASSET_KEY_ID, m->text);
		for (uint32_t i = 0; group != NULL && i < group->count; i++)
			cover(z, group->assets[i], by_zone, covered);
		break;
	case MEMBER_SUBNET:
		for (size_t i = 0; i < z->place_count; i++)
			if (subnet_holds(&m->address, m->prefix, &z->places[i].address))
				cover(z, z->places[i].asset, by_zone, covered);
		break;
	case MEMBER_NAME:
	case MEMBER_VLAN:
		for (uint32_t a = 0; a < z->c->asset_count; a++)
			if (m->kind == MEMBER_NAME ? has_name(&z->c->assets[a], m->text)
						   : has_vlan(&z->c->assets[a], m->vlan))
				cover(z, a, by_zone, covered);
		break;
	}
}

/* Proposals that are at least half of what a person refused are that zone. */
static void refused_drop(struct draft_zones *z)
{
	const struct declarations *d = z->c->declarations;
	uint32_t *by_zone = take(z, &z->scratch, z->c->zone_count, sizeof(*by_zone));
	for (size_t i = 0; d != NULL && i < d->zone_count && !z->failed; i++) {
		const struct declared_zone *refused = &d->zones[i];
		uint32_t covered = 0;
		if (refused->status != DECLARED_REJECTED && refused->status != DECLARED_RETIRED)
			continue;
		z->stamp++;
		memset(by_zone, 0, z->c->zone_count * sizeof(*by_zone));
		for (size_t j = 0; j < refused->member_count; j++)
			member_cover(z, &refused->members[j], by_zone, &covered);
		for (size_t j = 0; j < z->c->zone_count; j++) {
			const struct zone *zone = &z->c->zones[j];
			uint32_t common = by_zone[j], all = covered + zone->asset_count - common;
			if (zone->declared != NULL || common == 0 || common * 2 < all || z->ids[j] == NULL)
				continue;
			z->ids[j] = NULL;
			z->out->zones_known++;
		}
	}
}

/*
 * A subnet stands for the zone when no other asset is at home in it. One that has addresses elsewhere too - a router, a
 * station with two cards - may have one here, if its own zone names it.
 */
static bool is_whole(struct draft_zones *z, uint32_t zone, const struct address *network, uint8_t prefix)
{
	bool any = false;
	for (size_t i = 0; i < z->place_count; i++) {
		const struct place_of *p = &z->places[i];
		uint32_t at = z->c->assets[p->asset].zone;
		if (at == zone || !subnet_holds(network, prefix, &p->address)) {
			any |= at == zone && subnet_holds(network, prefix, &p->address);
			continue;
		}
		bool elsewhere = false; /* places of one asset stand together */
		for (size_t j = i; j-- > 0 && z->places[j].asset == p->asset;)
			elsewhere |= !subnet_holds(network, prefix, &z->places[j].address);
		for (size_t j = i + 1; j < z->place_count && z->places[j].asset == p->asset; j++)
			elsewhere |= !subnet_holds(network, prefix, &z->places[j].address);
		if (!elsewhere || at == ZONE_NONE || z->c->zones[at].declared != NULL || z->ids[at] == NULL)
			return false;
	}
	return any;
}

/* Sets `apart` of the strangers with an address in a network that was taken. */
static void strangers_part(struct draft_zones *z, uint32_t zone, const struct zone_member *m)
{
	for (size_t i = 0; i < z->place_count; i++)
		if (z->c->assets[z->places[i].asset].zone != zone &&
			subnet_holds(&m->address, m->prefix, &z->places[i].address))
			z->apart[z->places[i].asset] = true;
}

static void networks_take(struct draft_zones *z, uint32_t number, struct zone_proposal *p)
{
	const struct zone *zone = &z->c->zones[number];
	size_t room = zone->asset_count + NETWORK_MEMBERS_MAX;
	p->zone.members = take(z, z->arena, room, sizeof(*p->zone.members));
	p->member_comments = take(z, z->arena, room, sizeof(*p->member_comments));
	if (zone->kind == ZONE_EXTERNAL || zone->kind == ZONE_TEMPORARY)
		return; /* not together because of their network: one address of a provider is not the provider's
			   network */
	for (uint32_t i = 0; i < zone->subnet_count && p->zone.member_count < NETWORK_MEMBERS_MAX && !z->failed; i++) {
		struct zone_member m = {.kind = MEMBER_SUBNET, .text = zone->subnets[i]};
		if (subnet_parse(&m.address, &m.prefix, m.text) != NULL || is_link_local(&m.address) ||
			!is_whole(z, number, &m.address, m.prefix))
			continue;
		strangers_part(z, number, &m);
		p->zone.members[p->zone.member_count++] = m;
	}
}

/* A word that only this device answers to: the MAC that its maker gave it, else an IP, else any MAC, else its id. */
static const char *asset_word(const struct draft_zones *z, const struct asset *a)
{
	struct address address;
	for (unsigned pass = 0; pass < 3; pass++) {
		for (uint32_t i = 0; i < a->interface_count; i++) {
			const struct interface *at = &a->interfaces[i];
			const char *word = pass == 1 ? (at->ip_count > 0 ? at->ips[0] : NULL) : at->mac;
			if (word == NULL || !address_parse(&address, word) || is_link_local(&address) ||
				(pass == 0 && (address.bytes[0] & 3) != 0))
				continue;
			const struct key_group *group = asset_keys_find_address(&z->keys, &address);
			if (group != NULL && group->found == 1)
				return word;
		}
	}
	return a->id;
}

/* "PLC-1, 10.20.10.11, plc, Siemens S7-1500" without the word that stands before it. */
static const char *asset_comment(struct draft_zones *z, const struct asset *a, const char *word)
{
	char first[ADDRESS_TEXT_MAX] = "", text[PROPOSED_COMMENT_MAX];
	for (uint32_t i = 0; i < a->interface_count && first[0] == '\0'; i++)
		if (a->interfaces[i].ip_count > 0)
			snprintf(first, sizeof(first), "%s", a->interfaces[i].ips[0]);
	z->line.separator = ", ";
	joined_start(&z->line);
	if (a->name != NULL && strcmp(a->name, word) != 0)
		joined_add(&z->line, a->name);
	if (strcmp(first, word) != 0)
		joined_add(&z->line, first);
	joined_add(&z->line, a->type);
	joined_add(&z->line, a->vendor);
	joined_add(&z->line, a->model);
	const char *whole = joined_text(&z->line);
	text_from_wire(text, sizeof(text), whole, strlen(whole)); /* cuts at a character */
	const char *copy = arena_copy(z->arena, text);
	z->failed |= copy == NULL || z->line.failed;
	return copy;
}

static bool is_covered(const struct draft_zones *z, uint32_t asset, const struct declared_zone *zone)
{
	const struct asset *a = &z->c->assets[asset];
	struct address address;
	for (uint32_t i = 0; i < a->interface_count && !z->apart[asset]; i++)
		for (uint32_t j = 0; j < a->interfaces[i].ip_count; j++)
			for (size_t m = 0; m < zone->member_count && zone->members[m].kind == MEMBER_SUBNET; m++)
				if (address_parse(&address, a->interfaces[i].ips[j]) &&
					subnet_holds(&zone->members[m].address, zone->members[m].prefix, &address))
					return true;
	return false;
}

static void assets_take(struct draft_zones *z, uint32_t number, struct zone_proposal *p)
{
	const struct zone *zone = &z->c->zones[number];
	for (uint32_t i = 0; i < zone->asset_count && !z->failed; i++) {
		const struct asset *a = &z->c->assets[zone->assets[i]];
		if (a->parent != ASSET_NONE || is_covered(z, zone->assets[i], &p->zone))
			continue;
		struct zone_member *m = &p->zone.members[p->zone.member_count];
		*m = (struct zone_member){.kind = MEMBER_ASSET, .text = asset_word(z, a)};
		p->member_comments[p->zone.member_count++] = asset_comment(z, a, m->text);
	}
}

static void zone_head(struct draft_zones *z, uint32_t number, struct zone_proposal *p)
{
	const struct zone *zone = &z->c->zones[number];
	bool level = zone->level_low != NULL && zone->level_high != NULL &&
		     strcmp(zone->level_low, zone->level_high) == 0 && declared_level_known(zone->level_low);
	*p = (struct zone_proposal){.zone = {.id = zone->id,
					    .name = zone->name,
					    .kind = zone->kind,
					    .level = level ? zone->level_low : NULL}};
	p->comment = arena_format(z->arena, "%u asset%s: %s", zone->asset_count, zone->asset_count == 1 ? "" : "s",
		zone->reason != NULL ? zone->reason : "");
	z->failed |= p->comment == NULL;
}

static void zones_propose_all(struct draft_zones *z)
{
	struct zone_proposal *all = take(z, z->arena, z->c->zone_count, sizeof(*all));
	uint32_t *numbers = take(z, &z->scratch, z->c->zone_count, sizeof(*numbers));
	size_t count = 0;
	for (uint32_t i = 0; i < z->c->zone_count && !z->failed; i++) {
		if (z->c->zones[i].declared != NULL || z->ids[i] == NULL || z->c->zones[i].asset_count == 0)
			continue;
		numbers[count] = i;
		zone_head(z, i, &all[count]);
		networks_take(z, i, &all[count++]); /* all networks before any asset: who must be named is known then */
	}
	for (size_t i = 0; i < count && !z->failed; i++)
		assets_take(z, numbers[i], &all[i]);
	z->out->zones = all;
	z->out->zone_count = count;
}

int proposals_make(struct proposals *out, struct arena *arena, const struct conclusions *c, const char *site)
{
	*out = (struct proposals){.site = site != NULL && site[0] != '\0' ? site : NULL};
	struct draft_zones z = {.arena = arena, .c = c, .out = out};
	z.failed = !asset_keys_make(&z.keys, c);
	z.ids = take(&z, &z.scratch, c->zone_count, sizeof(*z.ids));
	z.apart = take(&z, &z.scratch, c->asset_count, sizeof(*z.apart));
	z.stamps = take(&z, &z.scratch, c->asset_count, sizeof(*z.stamps));
	for (size_t i = 0; i < c->zone_count && !z.failed; i++)
		z.ids[i] = c->zones[i].id;
	places_collect(&z);
	if (!z.failed)
		refused_drop(&z);
	if (!z.failed)
		zones_propose_all(&z);
	z.failed = z.failed || !proposals_conduits(out, arena, c, z.ids);
	joined_clear(&z.line);
	asset_keys_clear(&z.keys);
	arena_clear(&z.scratch);
	return z.failed ? -ENOMEM : 0;
}
