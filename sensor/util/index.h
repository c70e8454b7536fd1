/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h - a hash index over rows that live in an array elsewhere.
 *
 * It maps a 32-bit hash to row numbers; the caller compares the rows. Open addressing,
 * linear probing, grown at three quarters. Walk the candidates of a hash so:
 *
 *	uint32_t cursor, row;
 *	for (row = index_first(ix, hash, &cursor); row != INDEX_END; row = index_next(ix, hash, &cursor))
 *		if (same(rows[row], key)) ...
 */
#ifndef EARSHOT_INDEX_H
#define EARSHOT_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct index_slot {
	uint32_t hash, row; /* row INDEX_END: free */
};

struct index {
	struct index_slot *slots;
	uint32_t capacity, used; /* capacity is a power of two or 0 */
};

#define INDEX_END UINT32_MAX

void index_clear(struct index *ix);
int index_put(struct index *ix, uint32_t hash, uint32_t row); /* 0 or -ENOMEM */

static inline uint32_t index_next(const struct index *ix, uint32_t hash, uint32_t *cursor)
{
	for (;;) {
		const struct index_slot *slot = &ix->slots[*cursor];
		if (slot->row == INDEX_END)
			return INDEX_END;
		*cursor = (*cursor + 1) & (ix->capacity - 1);
		if (slot->hash == hash)
			return slot->row;
	}
}

static inline uint32_t index_first(const struct index *ix, uint32_t hash, uint32_t *cursor)
{
	if (ix->capacity == 0)
		return INDEX_END;
	*cursor = hash & (ix->capacity - 1);
	return index_next(ix, hash, cursor);
}

/* A 32-bit hash of bytes, for tables in memory only; `seed` chains several pieces. */
uint32_t hash_bytes(const void *bytes, size_t len, uint32_t seed);

static inline uint32_t hash_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	return (uint32_t)(x ^ x >> 32);
}

#endif
