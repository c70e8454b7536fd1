/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char script[SCRIPT_MAX];
static size_t script_len;

void script_clear(void)
{
	script[script_len = 0] = 0;
}

void script_add(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	script_len += (size_t)vsnprintf(script + script_len, SCRIPT_MAX - script_len, format, list);
	va_end(list);
	ck_assert_uint_lt(script_len, SCRIPT_MAX);
}

/* Hex digits with blanks and 'text' to hex digits alone; returns the number of octets. */
static unsigned hex(char *out, const char *in)
{
	size_t n = 0;
	bool text = false;
	for (; *in != 0; in++) {
		if (*in == '\'')
			text = !text;
		else if (text)
			n += (size_t)sprintf(out + n, "%02x", (unsigned)(unsigned char)*in);
		else if (*in != ' ')
			out[n++] = *in;
	}
	out[n] = 0;
	ck_assert_uint_eq(n % 2, 0);
	return (unsigned)n / 2;
}

static const char *le16(unsigned value)
{
	static char text[4][5];
	static unsigned turn;
	char *out = text[turn++ % 4];
	snprintf(out, 5, "%02x%02x", value & 255u, value >> 8 & 255u);
	return out;
}

void script_message(char sign, const char *command, const char *data)
{
	char digits[4000];
	unsigned len = hex(digits, data);
	script_add("%c %s %s 00000000 00000000 0000000000000000 00000000 %s\n", sign, command, le16(len), digits);
}

void script_rr_of(char sign, const char *context, const char *cip)
{
	char digits[4000];
	unsigned len = hex(digits, cip);
	script_add("%c 6f00 %s 11223344 00000000 %s 00000000 00000000 0000 0200 0000 0000 b200 %s %s\n", sign,
		le16(len + 16), context, le16(len), digits);
}

void script_rr(char sign, const char *cip)
{
	script_rr_of(sign, "0102030405060708", cip);
}

void script_unit(char sign, const char *connection, unsigned sequence, const char *cip)
{
	char digits[4000];
	unsigned len = hex(digits, cip);
	script_add("%c 7000 %s 11223344 00000000 0000000000000000 00000000 00000000 0000 0200 a100 0400 %s b100 %s %s "
		   "%s\n",
		sign, le16(len + 22), connection, le16(len + 2), le16(sequence), digits);
}

const char *script_sent(const char *cip, const char *route)
{
	static char out[4000];
	char inner[2000], way[200];
	unsigned len = hex(inner, cip), words = hex(way, route) / 2;
	snprintf(out, sizeof(out), "52 02 2006 2401 0a 0e %s %s%s %02x 00 %s", le16(len), inner, len % 2 ? "00" : "",
		words, way);
	return out;
}

/* Only facts, presences, events and faults of what the harness said, which is freed. */
static char *reports_of(char *said)
{
	static const char *const kept[] = {"fact", "pres", "even", "malf", "fore", "more", "drop"};
	char *out = calloc(1, strlen(said) + 1), *end = out;
	ck_assert_ptr_nonnull(out);
	for (const char *line = said, *next; *line != 0; line = next) {
		next = strchr(line, '\n') + 1; /* the harness ends every line */
		for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (strncmp(line + 2, kept[i], 4) == 0)
				end = mempcpy(end, line, (size_t)(next - line));
	}
	free(said);
	return out;
}

void script_expect(const char *want)
{
	harness_expect(&enip_dissector, HARNESS_PROVEN, script, want);
}

void script_expect_reports(const char *want)
{
	script_expect_reports_in(NULL, want);
}

void script_expect_reports_in(const struct frame *frame, const char *want)
{
	char *said = harness_run_in(frame, &enip_dissector, HARNESS_PROVEN, script);
	harness_compare(script, reports_of(said), want);
	ck_assert_uint_eq(harness_abuse_in(frame, &enip_dissector, script), 0);
}
