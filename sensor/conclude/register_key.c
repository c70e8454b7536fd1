/* SPDX-License-Identifier: Apache-2.0 */
/* register_key.c - see register_key.h. Linear in assets and facts; each key is normalised once. */
#include "sensor/conclude/register_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/work.h"
#include "sensor/util/text.h"

#define KEY_TEXT_MAX 127      /* longer texts are no keys */
#define KEY_CONFIDENCE_MIN 80 /* percent; less is hearsay */

/*
 * False for what is no key. Serial numbers are compared as serial.c does: capitals, without blanks, 0x and leading
 * zeros, which spreadsheets lose; a number that many devices have (zero, one digit repeated) is none.
 */
static bool key_normalise(char out[KEY_TEXT_MAX + 1], enum asset_key kind, const char *text)
{
	size_t n = 0;
	_Static_assert(KEY_TEXT_MAX >= SERIAL_MAX, "a serial number is a key");
	if (kind == ASSET_KEY_SERIAL)
		return serial_normalise(out, text);
	for (; *text != '\0'; text++) {
		if (n == KEY_TEXT_MAX)
			return false;
		out[n++] = (char)tolower((unsigned char)*text);
	}
	out[n] = '\0';
	return n > 0;
}

static struct key_group *group_find(const struct asset_keys *k, enum asset_key kind, const char *text, uint32_t hash)
{
	uint32_t cursor, row;
	for (row = index_first(&k->index, hash, &cursor); row != INDEX_END; row = index_next(&k->index, hash, &cursor))
		if (k->groups[row].kind == kind && strcmp(k->groups[row].text, text) == 0)
			return &k->groups[row];
	return NULL;
}

static struct key_group *group_add(struct asset_keys *k, enum asset_key kind, const char *text, uint32_t hash)
{
	if (k->count == k->room) {
		uint32_t room = k->room ? k->room * 2 : 256;
		struct key_group *more = realloc(k->groups, room * sizeof(*more));
		if (more == NULL)
			return NULL;
		k->groups = more;
		k->room = room;
	}
	const char *copy = arena_copy(&k->arena, text);
	if (copy == NULL || index_put(&k->index, hash, k->count) != 0)
		return NULL;
	struct key_group *group = &k->groups[k->count++];
	*group = (struct key_group){.kind = kind, .text = copy, .last = ASSET_NONE};
	return group;
}

/* Assets come in their order, each parent before its children. */
static void asset_add(struct asset_keys *k, struct key_group *group, uint32_t asset)
{
	uint32_t parent = k->of->assets[asset].parent;
	if (group->last == asset || (parent != ASSET_NONE && group->last == parent))
		return;
	if (group->count < REGISTER_CANDIDATES_MAX &&
		(group->count & (group->count - 1)) == 0) { /* full at each power */
		uint32_t *more = arena_alloc(&k->arena, (group->count ? group->count * 2 : 1) * sizeof(*more));
		if (more == NULL) {
			k->failed = true;
			return;
		}
		if (group->count > 0)
			memcpy(more, group->assets, group->count * sizeof(*more));
		group->assets = more;
	}
	if (group->count < REGISTER_CANDIDATES_MAX)
		group->assets[group->count++] = asset;
	group->found++;
	group->last = asset;
}

static void key_add(struct asset_keys *k, enum asset_key kind, const char *text, uint32_t asset)
{
	char key[KEY_TEXT_MAX + 1];
	if (k->failed || text == NULL || !key_normalise(key, kind, text))
		return;
	uint32_t hash = hash_bytes(key, strlen(key), kind);
	struct key_group *group = group_find(k, kind, key, hash);
	if (group == NULL)
		group = group_add(k, kind, key, hash);
	if (group != NULL)
		asset_add(k, group, asset);
	else
		k->failed = true;
}

/* What a device says of itself; a name that it only has in the words of others is no key. */
static void facts_add(struct asset_keys *k, uint32_t a)
{
	const struct asset *asset = &k->of->assets[a];
	for (uint32_t i = 0; i < asset->fact_count; i++) {
		const struct asset_fact *f = &asset->facts[i];
		if (f->at.kind != PATH_NONE || f->fact->confidence < KEY_CONFIDENCE_MIN ||
			fact_is_claim(k->of->inventory, f->fact))
			continue;
		if (f->fact->attribute == ATTRIBUTE_SERIAL_NUMBER)
			key_add(k, ASSET_KEY_SERIAL, f->value, a);
		else if (f->fact->attribute == ATTRIBUTE_STATION_NAME || f->fact->attribute == ATTRIBUTE_HOSTNAME ||
			 f->fact->attribute == ATTRIBUTE_SYSTEM_NAME)
			key_add(k, ASSET_KEY_STATION, f->value, a);
	}
}

static void interfaces_add(struct asset_keys *k, uint32_t a)
{
	const struct asset *asset = &k->of->assets[a];
	for (uint32_t i = 0; i < asset->interface_count; i++) {
		const struct interface *at = &asset->interfaces[i];
		key_add(k, ASSET_KEY_MAC, at->mac, a);
		for (uint32_t j = 0; j < at->ip_count; j++)
			key_add(k, ASSET_KEY_IP, at->ips[j], a);
		for (uint32_t j = 0; j < at->hostname_count; j++)
			key_add(k, ASSET_KEY_STATION, at->hostnames[j], a);
	}
}

bool asset_keys_make(struct asset_keys *k, const struct conclusions *c)
{
	*k = (struct asset_keys){.of = c};
	for (uint32_t a = 0; a < c->asset_count && !k->failed; a++) {
		const struct asset *asset = &c->assets[a];
		key_add(k, ASSET_KEY_SERIAL, asset->serial_number, a);
		key_add(k, ASSET_KEY_STATION, asset->name, a);
		key_add(k, ASSET_KEY_ID, asset->id, a);
		facts_add(k, a);
		interfaces_add(k, a);
	}
	return !k->failed;
}

void asset_keys_clear(struct asset_keys *k)
{
	index_clear(&k->index);
	arena_clear(&k->arena);
	free(k->groups);
	*k = (struct asset_keys){0};
}

const struct key_group *asset_keys_find(const struct asset_keys *k, enum asset_key kind, const char *text)
{
	char key[KEY_TEXT_MAX + 1];
	if (!key_normalise(key, kind, text))
		return NULL;
	return group_find(k, kind, key, hash_bytes(key, strlen(key), kind));
}

const struct key_group *asset_keys_find_address(const struct asset_keys *k, const struct address *address)
{
	char text[ADDRESS_TEXT_MAX];
	if (address->kind == ADDRESS_NONE)
		return NULL;
	return asset_keys_find(
		k, address->kind == ADDRESS_MAC ? ASSET_KEY_MAC : ASSET_KEY_IP, address_text(text, address));
}
