/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - keys of both sides sorted and walked together, one kind of key after the other. */
#include "sensor/change/match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/work.h"
#include "sensor/util/text.h"

enum pass { PASS_ID, PASS_SERIAL, PASS_MAC, PASS_IP, PASS_PLACE, PASSES };

static void *alloc(struct match *m, size_t count, size_t size)
{
	void *memory = arena_alloc(&m->arena, count * size + 1);
	m->failed |= memory == NULL;
	return memory;
}

static int key_compare(const void *left, const void *right)
{
	const struct match_key *a = left, *b = right;
	int order = strcmp(a->text, b->text);
	return order != 0 ? order : a->asset == b->asset ? 0 : a->asset < b->asset ? -1 : 1;
}

static void key_add(struct match *m, struct match_keys *keys, const char *text, uint32_t asset)
{
	m->failed |= text == NULL;
	if (text != NULL)
		keys->at[keys->count++] = (struct match_key){text, asset};
}

/* Sorted, each once: an asset may have two addresses in one network. */
static void keys_sort(struct match_keys *keys)
{
	size_t kept = 0;
	if (keys->count > 1)
		qsort(keys->at, keys->count, sizeof(*keys->at), key_compare);
	for (size_t i = 0; i < keys->count; i++)
		if (kept == 0 || key_compare(&keys->at[kept - 1], &keys->at[i]) != 0)
			keys->at[kept++] = keys->at[i];
	keys->count = kept;
}

static bool is_link_local(const char *ip)
{
	struct address address;
	return address_parse(&address, ip) && address_is_link_local(&address);
}

static const char *serial_of(struct match *m, const struct side_asset *a)
{
	char serial[SERIAL_MAX + 1];
	const char *text = a->values[FIELD_SERIAL_NUMBER].text;
	if (text == NULL || a->values[FIELD_SERIAL_NUMBER].borrowed || !serial_normalise(serial, text))
		return NULL;
	const char *copy = arena_copy(&m->arena, serial);
	m->failed |= copy == NULL;
	return copy;
}

static void list_keys(struct match *m, struct match_keys *keys, const struct side_list *list, uint32_t asset)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (!is_link_local(list->texts[i]))
			key_add(m, keys, list->texts[i], asset);
}

static void keys_of(struct match *m, unsigned side, enum pass pass, struct match_keys *keys, uint32_t i)
{
	const struct side_asset *a = &m->sides[side]->assets[i];
	const char *serial;
	if ((a->parent == SIDE_NONE) == (pass == PASS_PLACE))
		return;
	switch (pass) {
	case PASS_ID:
		key_add(m, keys, a->id, i);
		break;
	case PASS_SERIAL:
		serial = serial_of(m, a);
		if (serial != NULL)
			key_add(m, keys, serial, i);
		break;
	case PASS_MAC:
		list_keys(m, keys, &a->macs, i);
		break;
	case PASS_IP:
		list_keys(m, keys, &a->ips, i);
		break;
	default:
		if (m->partner[side][a->parent] != SIDE_NONE)
			key_add(m, keys,
				arena_format(&m->arena, "%u %s", side == 0 ? a->parent : m->partner[side][a->parent],
					a->place),
				i);
	}
}

/* Keys of all assets, or only of those that have no partner yet. */
static struct match_keys keys_gather(struct match *m, unsigned side, enum pass pass, bool all)
{
	const struct side *s = m->sides[side];
	struct match_keys keys = {0};
	size_t most = 0;
	for (uint32_t i = 0; i < s->asset_count; i++)
		most += 1 + s->assets[i].ips.count + s->assets[i].macs.count;
	keys.at = alloc(m, most, sizeof(*keys.at));
	for (uint32_t i = 0; i < s->asset_count && !m->failed; i++)
		if (all || m->partner[side][i] == SIDE_NONE)
			keys_of(m, side, pass, &keys, i);
	keys_sort(&keys);
	return keys;
}

static bool differ(const struct side_asset *a, const struct side_asset *b, enum change_field field)
{
	const char *x = a->values[field].text, *y = b->values[field].text;
	return x != NULL && y != NULL && strcmp(x, y) != 0;
}

static bool share(const struct side_list *a, const struct side_list *b)
{
	for (uint32_t i = 0; i < a->count; i++)
		for (uint32_t k = 0; k < b->count; k++)
			if (strcmp(a->texts[i], b->texts[k]) == 0)
				return true;
	return false;
}

static bool have_other_macs(const struct side_asset *a, const struct side_asset *b)
{
	return a->macs.count > 0 && b->macs.count > 0 && !share(&a->macs, &b->macs);
}

/*
 * A serial number is the maker's, so it must be of the same one. An address is lent to one after the other by DHCP:
 * two hosts with names of their own are two, and not one that was replaced.
 */
static bool fits(enum pass pass, const struct side_asset *a, const struct side_asset *b)
{
	if (pass == PASS_SERIAL)
		return !differ(a, b, FIELD_VENDOR);
	if (pass == PASS_IP)
		return !have_other_macs(a, b) || !differ(a, b, FIELD_NAME);
	return true;
}

static size_t group_end(const struct match_keys *keys, size_t at)
{
	size_t end = at + 1;
	while (end < keys->count && strcmp(keys->at[end].text, keys->at[at].text) == 0)
		end++;
	return end;
}

static void pair(struct match *m, enum pass pass, uint32_t older, uint32_t newer)
{
	const struct side_asset *a = &m->sides[0]->assets[older], *b = &m->sides[1]->assets[newer];
	if (m->partner[0][older] != SIDE_NONE || m->partner[1][newer] != SIDE_NONE || !fits(pass, a, b))
		return;
	m->partner[0][older] = newer;
	m->partner[1][newer] = older;
	m->replaced[0][older] = m->replaced[1][newer] = pass == PASS_IP && have_other_macs(a, b);
}

static void pass_run(struct match *m, enum pass pass)
{
	struct match_keys keys[2];
	size_t at[2] = {0, 0};
	for (unsigned side = 0; side < 2 && !m->failed; side++)
		keys[side] = keys_gather(m, side, pass, false);
	while (!m->failed && at[0] < keys[0].count && at[1] < keys[1].count) {
		int order = strcmp(keys[0].at[at[0]].text, keys[1].at[at[1]].text);
		size_t end[2] = {group_end(&keys[0], at[0]), group_end(&keys[1], at[1])};
		if (order == 0 && end[0] - at[0] == 1 && end[1] - at[1] == 1)
			pair(m, pass, keys[0].at[at[0]].asset, keys[1].at[at[1]].asset);
		if (order <= 0)
			at[0] = end[0];
		if (order >= 0)
			at[1] = end[1];
	}
}

/* The first key that is not before `text`, or the first one after it. */
static size_t key_find(const struct match_keys *keys, const char *text, bool after)
{
	size_t low = 0, high = keys->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(keys->at[middle].text, text) < (after ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t owner_of(const struct match_keys *keys, const struct side_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		size_t at = key_find(keys, list->texts[i], false);
		if (at < keys->count && strcmp(keys->at[at].text, list->texts[i]) == 0 && group_end(keys, at) == at + 1)
			return keys->at[at].asset;
	}
	return SIDE_NONE;
}

/*
 * What has no partner, but whose addresses another asset has now. One that was known by its IP address alone is part of
 * it; of one with a MAC of its own, only the address has gone over.
 */
static void hosts_find(struct match *m, unsigned side)
{
	const struct side *s = m->sides[side];
	struct match_keys macs = keys_gather(m, !side, PASS_MAC, true), ips = keys_gather(m, !side, PASS_IP, true);
	for (uint32_t i = 0; i < s->asset_count && !m->failed; i++) {
		const struct side_asset *a = &s->assets[i];
		if (m->partner[side][i] != SIDE_NONE || a->parent != SIDE_NONE)
			continue;
		m->host[side][i] = owner_of(&macs, &a->macs);
		uint32_t owner = owner_of(&ips, &a->ips);
		if (m->host[side][i] == SIDE_NONE && a->macs.count == 0)
			m->host[side][i] = owner;
		else if (m->host[side][i] == SIDE_NONE)
			m->taken[side][i] = owner;
	}
}

static void who_number(struct match *m)
{
	for (uint32_t i = 0; i < m->sides[0]->asset_count; i++)
		m->who[0][i] = i;
	for (uint32_t i = 0; i < m->sides[1]->asset_count; i++)
		m->who[1][i] = m->partner[1][i] != SIDE_NONE ? m->partner[1][i] : m->sides[0]->asset_count + i;
	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < m->sides[side]->asset_count; i++)
			if (m->host[side][i] != SIDE_NONE)
				m->who[side][i] = m->who[!side][m->host[side][i]];
}

/* "10.20.10.0/24": what passive listening can know of a network without its mask, as conclude/subnet.c does. */
static const char *network_of(struct match *m, const char *ip)
{
	struct address a;
	char text[ADDRESS_TEXT_MAX];
	if (!address_parse(&a, ip) || a.kind == ADDRESS_MAC || address_is_link_local(&a))
		return NULL;
	bool v4 = a.kind == ADDRESS_IPV4;
	memset(a.bytes + (v4 ? 3 : 8), 0, v4 ? 1 : 8);
	const char *network = arena_format(&m->arena, "%s/%u", address_text(text, &a), v4 ? 24u : 64u);
	m->failed |= network == NULL;
	return network;
}

/* Networks of an asset; of one without an IP address the VLANs. At most as many as it has addresses and VLANs, and 1.
 */
static void networks_of(struct match *m, struct match_keys *keys, const struct side_asset *a, uint32_t i)
{
	size_t before = keys->count;
	for (uint32_t k = 0; k < a->ips.count; k++) {
		const char *network = network_of(m, a->ips.texts[k]);
		if (network != NULL)
			key_add(m, keys, network, i);
	}
	if (keys->count > before)
		return;
	for (uint32_t k = 0; k < a->vlans.count; k++)
		key_add(m, keys, arena_format(&m->arena, "VLAN %s", a->vlans.texts[k]), i);
	if (a->vlans.count == 0)
		key_add(m, keys, "the link without VLAN tags", i);
}

/* Whoever was heard stands for its networks and, with a MAC address, also for its VLANs. */
static void networks_gather(struct match *m, unsigned side)
{
	const struct side *s = m->sides[side];
	struct match_keys *keys = &m->networks[side];
	size_t most = 0;
	for (uint32_t i = 0; i < s->asset_count; i++)
		most += 1 + s->assets[i].ips.count + 2 * (s->assets[i].vlans.count + 1);
	keys->at = alloc(m, most, sizeof(*keys->at));
	for (uint32_t i = 0; i < s->asset_count && !m->failed; i++) {
		struct side_asset a = s->assets[i];
		if (a.parent != SIDE_NONE || !a.heard)
			continue;
		networks_of(m, keys, &a, i);
		if (a.ips.count == 0 || a.macs.count == 0)
			continue;
		a.ips.count = 0;
		networks_of(m, keys, &a, i);
	}
	keys_sort(keys);
}

uint32_t match_neighbour(
	struct match *m, unsigned side, const struct side_asset *a, uint32_t *count, const char **network)
{
	const struct match_keys *heard = &m->networks[side];
	struct match_keys own = {.at = alloc(m, a->ips.count + a->vlans.count + 1, sizeof(*own.at))};
	uint32_t best = SIDE_NONE;
	*count = 0;
	*network = NULL;
	if (m->failed)
		return SIDE_NONE;
	networks_of(m, &own, a, 0);
	keys_sort(&own);
	for (size_t i = 0; i < own.count; i++) {
		size_t at = key_find(heard, own.at[i].text, false);
		uint32_t others = (uint32_t)(key_find(heard, own.at[i].text, true) - at);
		if (others <= *count)
			continue;
		*count = others;
		*network = heard->at[at].text;
		best = heard->at[at].asset;
	}
	return best;
}

int match_make(struct match *m, const struct side *older, const struct side *newer)
{
	*m = (struct match){.sides = {older, newer}};
	for (unsigned side = 0; side < 2; side++) {
		uint32_t count = m->sides[side]->asset_count;
		uint32_t **const arrays[] = {&m->partner[side], &m->host[side], &m->taken[side], &m->who[side]};
		for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
			*arrays[i] = alloc(m, count, sizeof(uint32_t));
			if (!m->failed)
				memset(*arrays[i], 0xff, count * sizeof(uint32_t)); /* SIDE_NONE */
		}
		m->replaced[side] = alloc(m, count, sizeof(bool));
	}
	for (unsigned pass = PASS_ID; pass < PASSES && !m->failed; pass++)
		pass_run(m, (enum pass)pass);
	for (unsigned side = 0; side < 2 && !m->failed; side++) {
		hosts_find(m, side);
		networks_gather(m, side);
	}
	if (!m->failed)
		who_number(m);
	return m->failed ? -ENOMEM : 0;
}

void match_clear(struct match *m)
{
	arena_clear(&m->arena);
	*m = (struct match){0};
}
