/* SPDX-License-Identifier: Apache-2.0 */
/* arena.c - blocks of 64 KiB, or of the size asked for when that is larger. */
#include "sensor/util/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 65536

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

void *arena_alloc(struct arena *a, size_t size)
{
	size_t step = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (step < size)
		return NULL;
	if (step > a->left) {
		size_t room = step > BLOCK_BYTES ? step : BLOCK_BYTES;
		struct arena_block *block = calloc(1, sizeof(*block) + room);
		if (block == NULL)
			return NULL;
		block->next = a->blocks;
		a->blocks = block;
		a->at = (char *)block->bytes;
		a->left = room;
	}
	void *here = a->at;
	a->at += step;
	a->left -= step;
	return here;
}

char *arena_copy(struct arena *a, const char *text)
{
	size_t len = strlen(text) + 1;
	char *copy = arena_alloc(a, len);
	return copy ? memcpy(copy, text, len) : NULL;
}

char *arena_format(struct arena *a, const char *format, ...)
{
	va_list list, again;
	va_start(list, format);
	va_copy(again, list);
	int len = vsnprintf(NULL, 0, format, list);
	va_end(list);
	char *text = len < 0 ? NULL : arena_alloc(a, (size_t)len + 1);
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
	a->at = NULL;
	a->left = 0;
}
