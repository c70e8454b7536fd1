/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks.h - which rows of an inventory a merge has made or changed, so that only those are written.
 *
 * One bit for each row. When there is no memory for the bits all rows count as marked: more is written, nothing is
 * lost.
 */
#ifndef EARSHOT_MARKS_H
#define EARSHOT_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inventory;

enum marked {
	MARKED_CAPTURES,
	MARKED_PROTOCOL_COUNTS,
	MARKED_ENDPOINTS,
	MARKED_BINDINGS,
	MARKED_FACTS,
	MARKED_LINKS,
	MARKED_ACTIVITIES,
	MARKED_KINDS
};

struct mark_set {
	uint64_t *words;
	uint32_t room;  /* words */
	uint32_t count; /* bits that are set */
};

struct marks {
	struct mark_set set[MARKED_KINDS];
	bool all; /* there was no memory: every row counts as marked */
};

/* From now on merges into `inv` mark; inventory_free() frees them. 0 or -ENOMEM. */
int marks_keep(struct inventory *inv);
void marks_free(struct marks *m); /* NULL is fine */

void marks_set(struct marks *m, enum marked kind, uint32_t row); /* NULL is fine */
/* The first marked row from `row` on that is below `count`, or `count`. `m` NULL: every row. */
uint32_t marks_next(const struct marks *m, enum marked kind, uint32_t row, uint32_t count);
/* Nothing is marked any more; the memory is kept. */
void marks_clear(struct marks *m);
uint64_t marks_count(const struct marks *m, const struct inventory *inv);

#endif
