/* SPDX-License-Identifier: Apache-2.0 */
/* joined.h - several texts as one, in memory that is used again. */
#ifndef EARSHOT_JOINED_H
#define EARSHOT_JOINED_H

#include <stdbool.h>
#include <stddef.h>

struct joined {
	const char *separator;
	char *text;
	size_t len, room;
	bool failed; /* memory ran out at some time */
};

void joined_start(struct joined *j);                  /* empty again; the memory is kept */
void joined_add(struct joined *j, const char *piece); /* NULL or "": nothing */
void joined_add_number(struct joined *j, unsigned number);
const char *joined_text(const struct joined *j); /* borrowed until the next joined_start() */
void joined_clear(struct joined *j);

#endif
