/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - widths first, then lines. */
#include "sensor/util/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sensor/util/text.h"

#define GAP 2              /* blanks between columns */
#define WIDTH_USUAL 80     /* of a terminal that does not say */
#define WIDTH_LEAST 40     /* narrower ones wrap */
#define PADDING_MOST 48    /* without a terminal: one long value must not push all lines apart */
#define CELL_TEXT_MAX 4096 /* of a formatted cell */

struct terminal terminal_of(FILE *out)
{
	struct terminal t = {0};
	struct winsize size;
	int fd = fileno(out);
	if (fd < 0 || !isatty(fd))
		return t;
	const char *columns = getenv("COLUMNS"), *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
	t.width = WIDTH_USUAL;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		t.width = size.ws_col;
	else if (columns != NULL && strtol(columns, NULL, 10) > 0)
		t.width = (unsigned)strtol(columns, NULL, 10);
	if (t.width < WIDTH_LEAST)
		t.width = WIDTH_LEAST;
	t.colour = (no_colour == NULL || *no_colour == 0) && (kind == NULL || strcmp(kind, "dumb") != 0);
	return t;
}

void terminal_bold(FILE *out, struct terminal terminal)
{
	if (terminal.colour)
		fputs("\033[1m", out);
}

void terminal_dim(FILE *out, struct terminal terminal)
{
	if (terminal.colour)
		fputs("\033[2m", out);
}

void terminal_plain(FILE *out, struct terminal terminal)
{
	if (terminal.colour)
		fputs("\033[0m", out);
}

void table_init(struct table *t, const struct table_column *columns, size_t count)
{
	*t = (struct table){.columns = columns, .column_count = count};
}

void table_clear(struct table *t)
{
	arena_clear(&t->arena);
	free(t->cells);
	free(t->dim);
	*t = (struct table){0};
}

char *table_harmless(const char *text)
{
	char *copy = NULL;
	size_t len;
	FILE *out = open_memstream(&copy, &len);
	if (out == NULL)
		return NULL;
	text_print_terminal(out, text);
	if (fclose(out) == 0)
		return copy;
	free(copy);
	return NULL;
}

static bool is_plain(const char *text)
{
	for (; *text != 0; text++)
		if ((unsigned char)*text < 0x20 || (unsigned char)*text >= 0x7f)
			return false;
	return true;
}

static bool reserve(struct table *t)
{
	if (t->cell_count < t->room)
		return true;
	size_t rows = t->room / t->column_count;
	rows = rows > 0 ? 2 * rows : 64;
	const char **cells = realloc(t->cells, rows * t->column_count * sizeof(*cells));
	if (cells != NULL)
		t->cells = cells;
	bool *dim = realloc(t->dim, rows * sizeof(*dim));
	if (dim != NULL)
		t->dim = dim;
	if (cells == NULL || dim == NULL) {
		t->failed = true;
		return false;
	}
	t->room = rows * t->column_count;
	return true;
}

void table_cell(struct table *t, const char *text)
{
	if (t->failed || !reserve(t))
		return;
	const char *kept = NULL;
	if (text != NULL && *text != 0) {
		char *harmless = is_plain(text) ? NULL : table_harmless(text);
		kept = is_plain(text) || harmless != NULL ? arena_copy(&t->arena, harmless != NULL ? harmless : text)
							  : NULL;
		free(harmless);
		t->failed = kept == NULL;
	}
	if (t->cell_count % t->column_count == 0)
		t->dim[t->cell_count / t->column_count] = false;
	t->cells[t->cell_count++] = kept;
}

void table_cell_format(struct table *t, const char *format, ...)
{
	char text[CELL_TEXT_MAX];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	table_cell(t, text);
}

void table_dim(struct table *t)
{
	if (!t->failed && t->cell_count > 0)
		t->dim[(t->cell_count - 1) / t->column_count] = true;
}

size_t table_rows(const struct table *t)
{
	return t->column_count > 0 ? t->cell_count / t->column_count : 0;
}

/* widths[i] 0: the column is left out. */
struct layout {
	unsigned widths[TABLE_COLUMNS_MAX];
	unsigned total; /* of a line */
};

static void measure(const struct table *t, struct layout *l)
{
	for (size_t i = 0; i < t->cell_count; i++) {
		unsigned *width = &l->widths[i % t->column_count];
		size_t columns = t->cells[i] != NULL ? text_columns(t->cells[i]) : 0;
		if (columns > *width)
			*width = (unsigned)columns;
	}
	for (size_t i = 0; i < t->column_count; i++)
		if (l->widths[i] > 0 && l->widths[i] < strlen(t->columns[i].title))
			l->widths[i] = (unsigned)strlen(t->columns[i].title);
}

/* A number that is cut is another number. */
static unsigned least(const struct table *t, const struct layout *l, size_t i)
{
	if (t->columns[i].right)
		return l->widths[i];
	unsigned title = (unsigned)strlen(t->columns[i].title);
	unsigned bound = t->columns[i].least > title ? t->columns[i].least : title;
	return l->widths[i] < bound ? l->widths[i] : bound;
}

static unsigned total(const struct table *t, const struct layout *l, bool at_least)
{
	unsigned sum = 0;
	for (size_t i = 0; i < t->column_count; i++)
		if (l->widths[i] > 0)
			sum += (at_least ? least(t, l, i) : l->widths[i]) + (sum > 0 ? GAP : 0);
	return sum;
}

/* The least important column that is still there; column_count: only those that must stay. */
static size_t expendable(const struct table *t, const struct layout *l)
{
	size_t found = t->column_count;
	for (size_t i = 0; i < t->column_count; i++)
		if (l->widths[i] > 0 && t->columns[i].rank > 0 &&
			(found == t->column_count || t->columns[i].rank >= t->columns[found].rank))
			found = i;
	return found;
}

static void fit(const struct table *t, struct layout *l, unsigned width)
{
	while (total(t, l, true) > width) {
		size_t i = expendable(t, l);
		if (i == t->column_count)
			break;
		l->widths[i] = 0;
	}
	while (total(t, l, false) > width) {
		size_t widest = t->column_count;
		for (size_t i = 0; i < t->column_count; i++)
			if (l->widths[i] > least(t, l, i) &&
				(widest == t->column_count || l->widths[i] > l->widths[widest]))
				widest = i;
		if (widest == t->column_count)
			break;
		l->widths[widest]--;
	}
}

static void put_blanks(FILE *out, unsigned count)
{
	fprintf(out, "%*s", (int)count, "");
}

/* The first `width` columns of a harmless text; returns how many were used. */
static unsigned put_cut(FILE *out, const char *text, unsigned width)
{
	size_t columns = text_columns(text);
	if (columns <= width) {
		fputs(text, out);
		return (unsigned)columns;
	}
	unsigned used = 0;
	while (*text != 0) {
		char one[5] = {0};
		size_t len = text_utf8_len((const unsigned char *)text, strlen(text));
		memcpy(one, text, len > 0 ? len : 1);
		unsigned more = (unsigned)text_columns(one);
		if (used + more + 1 > width)
			break;
		fputs(one, out);
		used += more;
		text += len > 0 ? len : 1;
	}
	fputs("\xe2\x80\xa6", out);
	return used + 1;
}

static void put_line(const struct table *t, FILE *out, const struct layout *l, const char *const *cells, bool cut)
{
	unsigned owed = 0; /* blanks that are written only when something follows */
	bool first = true;
	for (size_t i = 0; i < t->column_count; i++) {
		unsigned width = l->widths[i];
		if (width == 0)
			continue;
		if (!first)
			owed += GAP;
		first = false;
		const char *text = cells[i] != NULL ? cells[i] : "";
		unsigned columns = (unsigned)text_columns(text);
		if (columns == 0) {
			owed += width;
			continue;
		}
		put_blanks(out, owed + (t->columns[i].right && columns < width ? width - columns : 0));
		unsigned used = put_cut(out, text, cut ? width : columns);
		owed = t->columns[i].right || used >= width ? 0 : width - used;
	}
}

static void put_row(const struct table *t, FILE *out, struct terminal terminal, const struct layout *l, size_t row)
{
	if (t->dim[row])
		terminal_dim(out, terminal);
	put_line(t, out, l, t->cells + row * t->column_count, terminal.width > 0);
	if (t->dim[row])
		terminal_plain(out, terminal);
}

int table_print(const struct table *t, FILE *out, struct terminal terminal, unsigned indent)
{
	struct layout l = {0};
	const char *titles[TABLE_COLUMNS_MAX];
	if (t->failed)
		return -ENOMEM;
	measure(t, &l);
	if (terminal.width > 0)
		fit(t, &l, terminal.width > indent ? terminal.width - indent : 1);
	for (size_t i = 0; i < t->column_count; i++) {
		titles[i] = t->columns[i].title;
		if (terminal.width == 0 && l.widths[i] > PADDING_MOST)
			l.widths[i] = PADDING_MOST;
	}
	put_blanks(out, indent);
	terminal_bold(out, terminal);
	put_line(t, out, &l, titles, terminal.width > 0);
	terminal_plain(out, terminal);
	fputc('\n', out);
	for (size_t row = 0; row < table_rows(t); row++) {
		put_blanks(out, indent);
		put_row(t, out, terminal, &l, row);
		fputc('\n', out);
	}
	return 0;
}
