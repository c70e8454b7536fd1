/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - blocks of 4 KiB, then of as much as there is, up to 64 KiB; or of the size asked for when that is larger. */
#include "sensor/util/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/memory.h"

#define BLOCK_BYTES_MIN 4096
#define BLOCK_BYTES_MAX 65536
#define MUCH_BYTES (2u << 20) /* a plant of a thousand assets stays below it */
#define ALIGNMENT sizeof(uint64_t)

struct arena_block {
	struct arena_block *next;
	uint64_t bytes[];
};

/* Texts stand close together; what follows them is aligned again. */
static void *take(struct arena *a, size_t size, size_t alignment)
{
	size_t skip = -(uintptr_t)a->at & (alignment - 1);
	if (skip > a->left || size > a->left - skip) {
		size_t room = a->taken < BLOCK_BYTES_MIN   ? BLOCK_BYTES_MIN
			      : a->taken < BLOCK_BYTES_MAX ? a->taken
							   : BLOCK_BYTES_MAX;
		if (room < size)
			room = size;
		struct arena_block *block = room < SIZE_MAX - sizeof(*block) ? calloc(1, sizeof(*block) + room) : NULL;
		if (block == NULL)
			return NULL;
		block->next = a->blocks;
		a->blocks = block;
		a->at = (char *)block->bytes;
		a->left = room;
		a->taken += room;
		skip = 0;
	}
	void *here = a->at + skip;
	a->at += skip + size;
	a->left -= skip + size;
	return here;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size, ALIGNMENT);
}

char *arena_copy(struct arena *a, const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = take(a, len, 1);
	return copy ? memcpy(copy, text, len) : NULL;
}

char *arena_format(struct arena *a, const char *format, ...)
{
	va_list list, again;
	va_start(list, format);
	va_copy(again, list);
	int len = vsnprintf(NULL, 0, format, list);
	va_end(list);
	char *text = len < 0 ? NULL : take(a, (size_t)len + 1, 1);
	if (text != NULL)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

void arena_clear(struct arena *a)
{
	while (a->blocks != NULL) {
		struct arena_block *next = a->blocks->next;
		free(a->blocks);
		a->blocks = next;
	}
	if (a->taken >= MUCH_BYTES)
		memory_give_back();
	a->at = NULL;
	a->left = a->taken = 0;
}
