/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - rows of text as columns that fit the terminal.
 *
 * On a terminal the least important columns are left out and the widest are cut with U+2026 until a
 * row fits; elsewhere nothing is left out or cut. Text is made harmless (text_print_terminal).
 *
 *	static const struct table_column columns[] = {{.title = "ADDRESS", .least = 15}, {.title = "BYTES", .right =
 *true}}; struct table t; table_init(&t, columns, 2); table_cell(&t, "10.0.0.8"); table_cell(&t, "1200");
 *	table_print(&t, stdout, terminal_of(stdout));
 *	table_clear(&t);
 */
#ifndef EARSHOT_TABLE_H
#define EARSHOT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sensor/util/arena.h"

#define TABLE_COLUMNS_MAX 16

/* What a stream can show. */
struct terminal {
	unsigned width; /* columns; 0: no terminal, lines may be as long as they like */
	bool colour;    /* never under NO_COLOR */
};

struct terminal terminal_of(FILE *out);

/* Escape sequences, or nothing where colour is not shown. */
void terminal_bold(FILE *out, struct terminal terminal);
void terminal_dim(FILE *out, struct terminal terminal);
void terminal_plain(FILE *out, struct terminal terminal);

struct table_column {
	const char *title;
	unsigned least; /* it is never cut below this */
	unsigned rank;  /* the highest is left out first; 0: never */
	bool right;     /* numbers */
};

struct table {
	const struct table_column *columns;
	size_t column_count;
	struct arena arena;
	const char **cells; /* row by row; NULL: empty */
	bool *dim;          /* one for each row */
	size_t cell_count, room;
	bool failed; /* memory ran out */
};

void table_init(struct table *t, const struct table_column *columns, size_t count);
/* The next cell of the row being filled; the text is copied. NULL: empty. */
void table_cell(struct table *t, const char *text);
void table_cell_format(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The row of the last cell is of little interest. */
void table_dim(struct table *t);
size_t table_rows(const struct table *t);
/* `indent` spaces before each line; columns without any text are left out. 0, or -ENOMEM. */
int table_print(const struct table *t, FILE *out, struct terminal terminal, unsigned indent);
void table_clear(struct table *t);

/* Text as text_print_terminal() writes it; on the heap, NULL without memory. */
char *table_harmless(const char *text);

#endif
