/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define CAPACITY_FIRST 64

void index_clear(struct index *ix)
{
	free(ix->slots);
	ix->slots = NULL;
	ix->capacity = ix->used = 0;
}

void index_empty(struct index *ix)
{
	if (ix->used > 0)
		memset(ix->slots, 0xff, ix->capacity * sizeof(*ix->slots));
	ix->used = 0;
}

static void place(struct index_slot *slots, uint32_t capacity, struct index_slot entry)
{
	uint32_t i = entry.hash & (capacity - 1);
	while (slots[i].row != INDEX_END)
		i = (i + 1) & (capacity - 1);
	slots[i] = entry;
}

static int grow(struct index *ix)
{
	uint32_t capacity = ix->capacity ? ix->capacity * 2 : CAPACITY_FIRST;
	if (capacity < ix->capacity)
		return -ENOMEM;
	struct index_slot *slots = malloc(capacity * sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	memset(slots, 0xff, capacity * sizeof(*slots));
	for (uint32_t i = 0; i < ix->capacity; i++)
		if (ix->slots[i].row != INDEX_END)
			place(slots, capacity, ix->slots[i]);
	free(ix->slots);
	ix->slots = slots;
	ix->capacity = capacity;
	return 0;
}

int index_put(struct index *ix, uint32_t hash, uint32_t row)
{
	if ((uint64_t)ix->used * 4 >= (uint64_t)ix->capacity * 3) {
		int err = grow(ix);
		if (err != 0)
			return err;
	}
	place(ix->slots, ix->capacity, (struct index_slot){hash, row});
	ix->used++;
	return 0;
}

uint64_t hash_secret[HASH_WORDS_MAX];

__attribute__((constructor)) static void draw_secret(void)
{
	memcpy(hash_secret, hash_public, sizeof(hash_secret));
	uint64_t drawn[HASH_WORDS_MAX] = {0};
	if (getrandom(drawn, sizeof(drawn), GRND_NONBLOCK) != (ssize_t)sizeof(drawn))
		return; /* early at boot: known numbers are better than waiting */
	for (unsigned i = 0; i < HASH_WORDS_MAX; i++)
		hash_secret[i] = drawn[i] | 1;
}

static inline uint64_t rotated(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotated(v[1], 13) ^ v[0];
	v[3] = rotated(v[3], 16) ^ v[2];
	v[0] = rotated(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = rotated(v[3], 21) ^ v[0];
	v[1] = rotated(v[1], 17) ^ v[2];
	v[2] = rotated(v[2], 32);
}

/* SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012). */
uint32_t hash_bytes(const void *bytes, size_t len, uint32_t seed)
{
	const uint8_t *p = bytes;
	uint64_t word, last = (uint64_t)len << 56;
	uint64_t v[4] = {hash_secret[0] ^ 0x736f6d6570736575u, hash_secret[1] ^ seed ^ 0x646f72616e646f6du,
		hash_secret[0] ^ 0x6c7967656e657261u, hash_secret[1] ^ seed ^ 0x7465646279746573u};
	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = 0;
	memcpy(&word, p, len);
	last |= word;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (unsigned i = 0; i < 3; i++)
		sip_round(v);
	return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}
