/* SPDX-License-Identifier: Apache-2.0 */
/* csv_reader.c - see csv_reader.h. Fields only get shorter when quotes are taken off, so they stay where they are. */
#include "sensor/util/csv_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"
#include "sensor/util/whole.h"

static int fail(struct csv_reader *r, uint32_t line, uint32_t column, const char *problem)
{
	r->problem = problem;
	r->problem_line = line;
	r->problem_column = column;
	return -EINVAL;
}

/* The characters of Windows-1252 that are not those of Latin-1; 0: none. */
static const uint16_t windows_1252[32] = {0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030,
	0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122,
	0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178};

/* The whole text from Windows-1252 to UTF-8, in new memory. */
static int windows_convert(struct csv_reader *r)
{
	char *out = malloc(r->len * 3 + 1), *at = out;
	if (out == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < r->len; i++) {
		unsigned c = (unsigned char)r->text[i];
		if (c >= 0x80 && c < 0xa0)
			c = windows_1252[c - 0x80] != 0 ? windows_1252[c - 0x80] : 0xfffd;
		if (c < 0x80) {
			*at++ = (char)c;
		} else if (c < 0x800) {
			*at++ = (char)(0xc0 | c >> 6);
			*at++ = (char)(0x80 | (c & 0x3f));
		} else {
			*at++ = (char)(0xe0 | c >> 12);
			*at++ = (char)(0x80 | (c >> 6 & 0x3f));
			*at++ = (char)(0x80 | (c & 0x3f));
		}
	}
	*at = '\0';
	free(r->text);
	r->text = out;
	r->len = (size_t)(at - out);
	return 0;
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

/* What the first line with something in it has most of, outside of quotes; a comma when it has nothing. */
static char separator_guess(const char *text)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = {0};
	bool quoted = false;
	text += strspn(text, "\r\n");
	for (; *text != '\0' && (quoted || !is_line_end(*text)); text++) {
		const char *found = quoted ? NULL : strchr(candidates, *text);
		quoted ^= *text == '"';
		if (found != NULL)
			counts[found - candidates]++;
	}
	size_t best = 0;
	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

static void line_pass(struct csv_reader *r)
{
	if (r->text[r->at] == '\r' && r->text[r->at + 1] == '\n')
		r->at++;
	r->at++;
	r->line++;
	r->counted = r->at;
	r->column = 1;
}

/* Counted on from the last question, so that a long line is walked once. */
static uint32_t column_here(struct csv_reader *r)
{
	for (; r->counted < r->at; r->counted++)
		r->column += ((unsigned char)r->text[r->counted] & 0xc0) != 0x80;
	return r->column;
}

static int start(struct csv_reader *r)
{
	const unsigned char *b = (const unsigned char *)r->text;
	if (r->len >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
		return fail(r, 1, 1, "this is UTF-16, expected UTF-8 or Windows-1252; save it as \"CSV UTF-8\"");
	const char *nul = memchr(r->text, '\0', r->len);
	if (nul != NULL) {
		size_t line, column;
		whole_place(r->text, (size_t)(nul - r->text), &line, &column);
		return fail(r, (uint32_t)line, (uint32_t)column, "a NUL byte, expected text");
	}
	if (!text_is_utf8(r->text) && windows_convert(r) != 0) {
		r->problem = strerror(ENOMEM);
		return -ENOMEM;
	}
	r->at = r->len >= 3 && memcmp(r->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	r->counted = r->at;
	r->line = r->column = 1;
	const char *first = r->text + r->at;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): a NUL stands behind the text */
	if (strncmp(first, "sep=", 4) == 0 && !is_line_end(first[4]) && is_line_end(first[5])) {
		r->separator = first[4];
		r->at += 5;
		if (r->at < r->len)
			line_pass(r);
		return 0;
	}
	r->separator = separator_guess(first);
	return 0;
}

int csv_open(struct csv_reader *r, const char *path, size_t max)
{
	memset(r, 0, sizeof(*r));
	int err = whole_read(path, max, &r->text, &r->len);
	if (err == 0)
		return start(r);
	r->problem = err == -EFBIG ? "larger than what is read" : strerror(-err);
	return err;
}

void csv_close(struct csv_reader *r)
{
	free(r->text);
	r->text = NULL;
	r->len = r->at = 0;
}

/* `at` is behind the opening quote; the text is closed up over doubled quotes. */
static int quoted_field(struct csv_reader *r, struct csv_field *field)
{
	char *to = r->text + r->at;
	field->text = to;
	for (;;) {
		char c = r->text[r->at];
		if (r->at >= r->len)
			return fail(r, field->line, field->column, "a quote that is never closed, expected another \"");
		if (c == '"' && r->text[r->at + 1] != '"')
			break;
		if (c == '\n' || (c == '\r' && r->text[r->at + 1] != '\n')) {
			line_pass(r);
		} else {
			r->at += c == '"' ? 2 : 1;
		}
		*to++ = c;
	}
	r->at++;
	while (r->text[r->at] == ' ' && r->separator != ' ')
		r->at++;
	char after = r->text[r->at];
	*to = '\0'; /* at the closing quote or before it */
	if (r->at < r->len && after != r->separator && !is_line_end(after))
		return fail(r, r->line, column_here(r),
			"text behind a closing quote, expected a separator; a quote inside a quoted field is written "
			"twice");
	return 0;
}

static void plain_field(struct csv_reader *r, struct csv_field *field, char **end)
{
	while (r->at < r->len && r->text[r->at] != r->separator && !is_line_end(r->text[r->at]))
		r->at++;
	*end = r->text + r->at;
	while (*end > field->text && ((*end)[-1] == ' ' || (*end)[-1] == '\t'))
		--*end;
}

int csv_next(struct csv_reader *r)
{
	r->count = 0;
	while (r->at < r->len && (r->text[r->at] == '\n' || r->text[r->at] == '\r'))
		line_pass(r);
	if (r->at >= r->len)
		return 0;
	for (bool more = true; more;) {
		if (r->count == CSV_FIELDS_MAX)
			return fail(r, r->line, column_here(r), "more than 256 fields in one record");
		struct csv_field *field = &r->fields[r->count++];
		char *end = NULL; /* where the NUL goes, once the separator there was looked at */
		while (r->text[r->at] == ' ' || (r->text[r->at] == '\t' && r->separator != '\t'))
			r->at++;
		*field = (struct csv_field){r->text + r->at, r->line, column_here(r)};
		if (r->text[r->at] == '"') {
			r->at++;
			int err = quoted_field(r, field);
			if (err != 0)
				return err;
		} else {
			plain_field(r, field, &end);
		}
		more = r->at < r->len && r->text[r->at] == r->separator;
		if (more)
			r->at++;
		else if (r->at < r->len)
			line_pass(r);
		if (end != NULL)
			*end = '\0';
	}
	return 1;
}
