/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_text.c - texts of a drawing: made safe, measured, cut.
 *
 * Widths are those of Arial in thousandths of the size, which Liberation Sans and Helvetica share; beyond ASCII the
 * widest letter of the block is taken, so that a text is rather cut too early than drawn over its neighbour.
 */
#include "sensor/export/map.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

/* U+0020 to U+007E. */
static const uint16_t regular[95] = {278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
	611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278,
	278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556,
	333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};
static const uint16_t bold[95] = {278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611,
	778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278,
	333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389,
	556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584};

static unsigned thousandths(uint32_t c, bool is_bold)
{
	if (c >= 0x20 && c < 0x7f)
		return is_bold ? bold[c - 0x20] : regular[c - 0x20];
	if (c == 0xb7) /* the dot between parts of a line */
		return 333;
	if (c == 0x2013 || (c >= 0xdf && c < 0x180))
		return 611;
	if (c >= 0x300 && c <= 0x36f)
		return 0;
	return c < 0x700 ? 1000 : 1100;
}

int map_text_width(const char *text, struct map_font font)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text);
	uint64_t sum = 0;
	while (left > 0) {
		size_t len = text_utf8_len(s, left);
		sum += thousandths(len > 0 ? text_code_point(s, len) : 0xfffd, font.bold);
		len = len > 0 ? len : 1;
		s += len;
		left -= len;
	}
	return (int)((sum * font.tenths + 9999) / 10000);
}

/* Valid UTF-8 without what is unsafe to show or no character of XML 1.0. On the heap; NULL without memory. */
static char *harmless(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), len;
	char *safe = NULL;
	size_t safe_len = 0;
	FILE *out = open_memstream(&safe, &safe_len);
	if (out == NULL)
		return NULL;
	for (; left > 0; s += len, left -= len) {
		len = text_utf8_len(s, left);
		uint32_t c = len > 0 ? text_code_point(s, len) : s[0];
		if (len == 0)
			len = 1, fprintf(out, "\\x{%02X}", (unsigned)c);
		else if (text_is_unsafe(c) || (c & 0xfffe) == 0xfffe)
			fprintf(out, "\\u{%02X}", (unsigned)c);
		else
			fwrite(s, 1, len, out);
	}
	if (fclose(out) != 0) {
		free(safe);
		return NULL;
	}
	return safe;
}

/* How many bytes of `text` fit before an ellipsis. */
static size_t fitting(const char *text, struct map_font font, int width)
{
	uint64_t room = width > 0 ? (uint64_t)width * 10000 : 0, sum = (uint64_t)1000 * font.tenths;
	size_t at = 0, len;
	for (size_t left = strlen(text); left > 0; left -= len, at += len) {
		const unsigned char *s = (const unsigned char *)text + at;
		len = text_utf8_len(s, left);
		sum += (uint64_t)thousandths(text_code_point(s, len), font.bold) * font.tenths;
		if (sum > room)
			break;
	}
	while (at > 0 && text[at - 1] == ' ')
		at--;
	return at;
}

const char *map_text(struct map *m, const char *text, struct map_font font, int width)
{
	if (text == NULL || *text == 0)
		return "";
	char *safe = harmless(text);
	if (safe == NULL)
		return NULL;
	const char *kept;
	if (width == 0 || map_text_width(safe, font) <= width)
		kept = arena_copy(&m->arena, safe);
	else
		kept = arena_format(&m->arena, "%.*s\xe2\x80\xa6", (int)fitting(safe, font, width), safe);
	free(safe);
	return kept;
}

const char *map_type_text(struct map *m, const char *type)
{
	char *text = arena_copy(&m->arena, type);
	if (text == NULL)
		return NULL;
	for (char *word = text; *word != 0;) {
		size_t len = strcspn(word, "_ ");
		/* Short ones are abbreviations: PLC, HMI, UPS, remote IO, operator WS. */
		bool short_word = len <= 3 && strncmp(word, "app", len) != 0;
		for (size_t i = 0; i < len && short_word; i++)
			word[i] = (char)toupper((unsigned char)word[i]);
		word += len;
		if (*word == '_')
			*word = ' ';
		word += *word != 0;
	}
	return text;
}

const char *map_asset_name(const struct asset *a)
{
	const char *declared = a->declared != NULL ? a->declared->name : NULL;
	const char *name = declared != NULL && *declared != 0 ? declared : a->name;
	return name != NULL && *name != 0 ? name : NULL;
}

const char *map_asset_text(const struct asset *a)
{
	const char *name = map_asset_name(a);
	if (name != NULL || a->interface_count == 0)
		return name != NULL ? name : a->id;
	if (a->interfaces[0].ip_count > 0)
		return a->interfaces[0].ips[0];
	return a->interfaces[0].mac != NULL ? a->interfaces[0].mac : a->id;
}

const char *map_count_text(struct map *m, uint64_t count, const char *one, const char *many)
{
	return arena_format(&m->arena, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

void map_put_xml(FILE *out, const char *text)
{
	for (; *text != 0; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}
