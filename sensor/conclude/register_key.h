/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register_key.h - by what people know an asset, as an index: serial number, MAC, station name, IP, id.
 *
 * Private to conclude/. A key that several assets have leads to all of them, so that nothing is resolved silently.
 */
#ifndef EARSHOT_CONCLUDE_REGISTER_KEY_H
#define EARSHOT_CONCLUDE_REGISTER_KEY_H

#include "sensor/conclude/asset.h"
#include "sensor/util/index.h"

enum asset_key { ASSET_KEY_SERIAL, ASSET_KEY_MAC, ASSET_KEY_STATION, ASSET_KEY_IP, ASSET_KEY_ID, ASSET_KEYS };
#define REGISTER_KEYS ASSET_KEY_ID /* those that a register has, in the order in which they are tried */

/*
 * The assets that have one key, sorted. A part whose device has the key too is not counted: the number on the type
 * plate of a compact controller is that of its CPU.
 */
struct key_group {
	enum asset_key kind;
	const char *text; /* normalised */
	uint32_t *assets; /* at most REGISTER_CANDIDATES_MAX */
	uint32_t count, found, last;
};

struct asset_keys {
	const struct conclusions *of;
	struct arena arena;
	struct index index;
	struct key_group *groups;
	uint32_t count, room;
	bool failed;
};

/* False without memory. */
bool asset_keys_make(struct asset_keys *k, const struct conclusions *c);
void asset_keys_clear(struct asset_keys *k);
/* Borrowed, or NULL when no asset has it. */
const struct key_group *asset_keys_find(const struct asset_keys *k, enum asset_key kind, const char *text);
/* An address as the index has it; "" when it is none. */
const struct key_group *asset_keys_find_address(const struct asset_keys *k, const struct address *address);

#endif
