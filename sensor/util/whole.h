/* SPDX-License-Identifier: Apache-2.0 */
/* whole.h - a small file read whole. */
#ifndef EARSHOT_WHOLE_H
#define EARSHOT_WHOLE_H

#include <stddef.h>

/*
 * The bytes of a file with a NUL behind them, on the heap. 0, or a negative errno: -EFBIG when there are more than
 * `max` bytes. `*text` is NULL then.
 */
int whole_read(const char *path, size_t max, char **text, size_t *len);

/* The same, with "path: what is wrong" in `line` when it fails. */
int whole_read_told(
	const char *path, size_t max, char **text, size_t *len, void (*warn)(void *to, const char *line), void *to);

/* 1-based line and column (in characters) of a byte; lines end with LF, CR LF or CR. */
void whole_place(const char *text, size_t at, size_t *line, size_t *column);

#endif
