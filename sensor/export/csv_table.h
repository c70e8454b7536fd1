/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_table.h - a table as RFC 4180 has it, field by field: CRLF behind each record, a header line, and no field that
 * a spreadsheet would take for a formula.
 *
 *	csv_table_start(&t, out, header, 2);
 *	csv_table_text(&t, "a");
 *	csv_table_number(&t, 7);
 *	csv_table_end(&t);
 *	int err = csv_table_finish(&t);
 */
#ifndef EARSHOT_CSV_TABLE_H
#define EARSHOT_CSV_TABLE_H

#include <stdint.h>
#include <stdio.h>

#include "sensor/util/joined.h"

struct csv_table {
	FILE *out;
	size_t column;
	struct joined list; /* several values in one field, separated by "; ": csv_table_list() writes them */
};

void csv_table_start(struct csv_table *t, FILE *out, const char *const *header, size_t count);
void csv_table_text(struct csv_table *t, const char *text); /* NULL: empty */
void csv_table_texts(struct csv_table *t, const char *const *texts, size_t count);
void csv_table_list(struct csv_table *t); /* what is in t->list since joined_start() */
void csv_table_number(struct csv_table *t, uint64_t number);
void csv_table_decimal(struct csv_table *t, double value);     /* two decimals, with a point; below 0: 0 */
void csv_table_time(struct csv_table *t, int64_t time_ns);     /* RFC 3339, 0: empty */
void csv_table_operations(struct csv_table *t, unsigned bits); /* enum operation */
void csv_table_end(struct csv_table *t);
/* 0 or a negative errno, the stream's included. To be called in any case. */
int csv_table_finish(struct csv_table *t);

#endif
