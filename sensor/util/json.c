/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - RFC 8259 text, member by member. */
#include "sensor/util/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "sensor/util/text.h"

struct json json_to(FILE *out)
{
	return (struct json){.out = out};
}

/* The length of the run at `s` that needs no escape; `*escaped` bytes behind it do. */
static size_t plain_run(const unsigned char *s, size_t left, size_t *escaped)
{
	size_t i = 0;
	*escaped = 1;
	while (i < left) {
		unsigned char c = s[i];
		if (c < 0x20 || c == '"' || c == '\\' || c == 0x7f ||
			(c == '<' && (s[i + 1] == '/' || s[i + 1] == '!')))
			return i;
		size_t len = text_utf8_len(s + i, left - i);
		if (len == 0)
			return i;
		if (len == 3 && c == 0xe2 && s[i + 1] == 0x80 && (s[i + 2] == 0xa8 || s[i + 2] == 0xa9)) {
			*escaped = 3;
			return i;
		}
		i += len;
	}
	return i;
}

static void put_escape(FILE *out, const unsigned char *s, size_t len)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* character, letter */
	for (const char *n = named; *n != 0; n += 2)
		if (*n == (char)*s) {
			fprintf(out, "\\%c", n[1]);
			return;
		}
	if (len == 3)
		fprintf(out, "\\u20%02x", s[2] - 0x80u);
	else if (*s < 0x80)
		fprintf(out, "\\u%04x", (unsigned)*s);
	else
		fputs("\\ufffd", out); /* not UTF-8, which no text in an inventory is */
}

static void put_string(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text);
	putc_unlocked('"', out);
	while (left > 0) {
		size_t escaped, run = plain_run(s, left, &escaped);
		fwrite_unlocked(s, 1, run, out);
		s += run;
		left -= run;
		if (left == 0)
			break;
		put_escape(out, s, escaped);
		s += escaped;
		left -= escaped;
	}
	putc_unlocked('"', out);
}

/* The comma, line end and indentation in front of a member, and its key. */
static void put_lead(struct json *j, const char *key)
{
	if (j->depth > 0) {
		bool flat = j->level[j->depth - 1].flat;
		if (j->level[j->depth - 1].used)
			fputs(flat ? ", " : ",", j->out);
		if (!flat)
			fprintf(j->out, "\n%*s", (int)(2 * j->depth), "");
		j->level[j->depth - 1].used = true;
	}
	if (key != NULL) {
		put_string(j->out, key);
		fputs(": ", j->out);
	}
}

static void open_level(struct json *j, const char *key, char open, char close, enum json_layout layout)
{
	assert(j->depth < JSON_DEPTH_MAX);
	put_lead(j, key);
	putc_unlocked(open, j->out);
	bool flat = layout == JSON_FLAT || (j->depth > 0 && j->level[j->depth - 1].flat);
	j->level[j->depth].close = close;
	j->level[j->depth].flat = flat;
	j->level[j->depth].used = false;
	j->depth++;
}

void json_object(struct json *j, const char *key, enum json_layout layout)
{
	open_level(j, key, '{', '}', layout);
}

void json_array(struct json *j, const char *key, enum json_layout layout)
{
	open_level(j, key, '[', ']', layout);
}

void json_end(struct json *j)
{
	assert(j->depth > 0);
	j->depth--;
	if (j->level[j->depth].used && !j->level[j->depth].flat)
		fprintf(j->out, "\n%*s", (int)(2 * j->depth), "");
	putc_unlocked(j->level[j->depth].close, j->out);
	if (j->depth == 0)
		putc_unlocked('\n', j->out);
}

void json_text_always(struct json *j, const char *key, const char *text)
{
	put_lead(j, key);
	put_string(j->out, text);
}

void json_text(struct json *j, const char *key, const char *text)
{
	if (text != NULL && *text != 0)
		json_text_always(j, key, text);
}

void json_number(struct json *j, const char *key, uint64_t number)
{
	put_lead(j, key);
	fprintf(j->out, "%" PRIu64, number);
}

void json_decimal(struct json *j, const char *key, double value)
{
	/* In whole numbers: printf's decimal point is the locale's. */
	double size = value < 0 ? -value : value;
	uint64_t hundredths = size < 1e15 ? (uint64_t)(size * 100 + 0.5) : 0;
	put_lead(j, key);
	fprintf(j->out, "%s%" PRIu64 ".%02u", value < 0 && hundredths > 0 ? "-" : "", hundredths / 100,
		(unsigned)(hundredths % 100));
}

void json_bool(struct json *j, const char *key, bool value)
{
	put_lead(j, key);
	fputs(value ? "true" : "false", j->out);
}
