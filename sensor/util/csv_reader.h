/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_reader.h - comma-separated values as people's programs write them, record by record.
 *
 * RFC 4180: fields may be quoted, a quoted field may hold separators, line ends and doubled quotes. Beyond it: the
 * separator is a comma, a semicolon or a tab, whichever the first line has most of (or what a first line "sep=;"
 * says); lines end with CR LF, LF or CR; the text is UTF-8, with or without a byte order mark, or Windows-1252 when it
 * is no valid UTF-8; empty lines are no records.
 *
 *	struct csv_reader r;
 *	int got = csv_open(&r, "register.csv", 1 << 20);
 *	while (got >= 0 && (got = csv_next(&r)) > 0)
 *		... r.fields[0 .. r.count) ...
 *	if (got < 0)
 *		... r.problem, at r.problem_line and r.problem_column (0: of the whole file) ...
 *	csv_close(&r);
 */
#ifndef EARSHOT_CSV_READER_H
#define EARSHOT_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_FIELDS_MAX 256 /* of one record: no register has more columns that people fill in */

struct csv_field {
	const char *text;      /* UTF-8, blanks at both ends cut unless it was quoted; lives until csv_close() */
	uint32_t line, column; /* where it begins, 1-based, in characters */
};

struct csv_reader {
	char *text; /* the whole file; fields are cut out of it in place */
	size_t len, at;
	uint32_t line, column;
	size_t counted; /* the byte that `column` is of */
	char separator;
	struct csv_field fields[CSV_FIELDS_MAX];
	size_t count;
	const char *problem;
	uint32_t problem_line, problem_column;
};

/* 0, or a negative errno with `problem` set: -EFBIG when the file has more than `max` bytes. */
int csv_open(struct csv_reader *r, const char *path, size_t max);
/* 1: a record; 0: the end; -EINVAL with `problem` set. */
int csv_next(struct csv_reader *r);
void csv_close(struct csv_reader *r);

#endif
