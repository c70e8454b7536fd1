/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - many allocations, one free. Memory is zeroed; nothing moves. */
#ifndef EARSHOT_ARENA_H
#define EARSHOT_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks;
	char *at;
	size_t left, taken; /* of the last block; of all of them */
};

/* Aligned for pointers and 64-bit numbers (not for long double), and zeroed; NULL when memory is out. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_copy(struct arena *a, const char *text);
char *arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives the memory back to the system when it was much, see memory.h. */
void arena_clear(struct arena *a);

#endif
