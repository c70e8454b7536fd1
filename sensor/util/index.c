/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 64

void index_clear(struct index *ix)
{
	free(ix->slots);
	ix->slots = NULL;
	ix->capacity = ix->used = 0;
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

uint32_t hash_bytes(const void *bytes, size_t len, uint32_t seed)
{
	const uint8_t *p = bytes;
	uint64_t h = seed ^ (len * 0x9e3779b97f4a7c15u), word;
	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		h = (h ^ word) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, p, len);
	return hash_mix(h ^ word);
}
