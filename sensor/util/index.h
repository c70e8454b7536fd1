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
/* No rows, the memory kept. */
void index_empty(struct index *ix);
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

/*
 * Numbers nobody outside can know, drawn anew in every process: whoever chooses addresses and texts in a capture must
 * not be able to put all of them into one chain. So nothing that is ever seen may depend on these hashes - no order
 * and no counter; what must come out the same in every run (copies.c) takes hash_public.
 */
#define HASH_WORDS_MAX 12
extern uint64_t hash_secret[HASH_WORDS_MAX]; /* odd */
static const uint64_t hash_public[HASH_WORDS_MAX] = {0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u, 0x94d049bb133111ebu, 0xd6e8feb86659fd93u,
	0xff51afd7ed558ccdu, 0xc4ceb9fe1a85ec53u, 0x87c37b91114253d5u, 0x4cf5ad432745937fu, 0x52dce729da3ed7bbu,
	0x38495ab5b6b1c6d9u, 0xa0761d6478bd642fu, 0xe7037ed1a0b428dbu};

/* A 32-bit hash of bytes, for tables in memory only; `seed` chains several pieces. */
uint32_t hash_bytes(const void *bytes, size_t len, uint32_t seed);

/*
 * A 64-bit print of up to HASH_WORDS_MAX words with one of the two tables. The products do not wait for each other, so
 * it costs a few cycles where a chained hash costs a few per word: for what is done on every packet.
 */
static inline uint64_t hash_words(const uint64_t *odd, const uint64_t *words, unsigned count)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < count; i++) {
		uint64_t product = words[i] * odd[i];
		sum += product ^ product >> 32;
	}
	return sum;
}

static inline uint32_t hash_mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	return (uint32_t)(x ^ x >> 32);
}

/* A hash of two numbers of rows. */
static inline uint32_t hash_pair(uint32_t a, uint32_t b)
{
	return hash_mix(((uint64_t)a << 32 | b) ^ hash_secret[0]);
}

#endif
