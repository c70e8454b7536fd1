/* SPDX-License-Identifier: Apache-2.0 */
/* fragment.h - IP fragments (RFC 791 3.2, RFC 8200 4.5) put together within a bound. */
#ifndef EARSHOT_FRAGMENT_H
#define EARSHOT_FRAGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "earshot/address.h"
#include "earshot/cursor.h"

struct fragment_key {
	struct address source, target;
	uint32_t id;
	uint8_t protocol;
};

struct fragments;

/* NULL when memory is out. */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *f);

/*
 * Takes one fragment (`*bytes`, which begins at `offset` of the packet's payload). True when the packet
 * is whole now: `*bytes` is its payload, valid until the next packet is whole (so a fragment may lie in it).
 * Where fragments overlap the first that came stays. Packets not complete after 30 s of capture time, and
 * the oldest when there is no room, are given up.
 */
bool fragments_add(struct fragments *f, const struct fragment_key *key, int64_t time_ns, uint32_t offset, bool more,
	struct cursor *bytes);

/* Packets given up so far; with `at_end`, those still open are given up too. */
uint64_t fragments_lost(struct fragments *f, bool at_end);

#endif
