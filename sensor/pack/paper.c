/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paper.c - texts in Markdown (CommonMark 0.31 and GitHub's tables).
 *
 * What would be markup becomes a character reference, so the words stay as they are on the page, and most of them in
 * the file; what hides or reorders text becomes \u{XX}.
 */
#include <string.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

/* An underscore inside a word means nothing, and names are full of them. */
static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_markup(const char *text, size_t at)
{
	char c = text[at];
	if (c == '_')
		return at == 0 || !is_word(text[at - 1]) || !is_word(text[at + 1]);
	if (c == ':') /* a link by itself */
		return text[at + 1] == '/';
	if (c == '.')
		return at >= 3 && strncasecmp(text + at - 3, "www", 3) == 0;
	if (c == '#' || c == '+' || c == '-' || c == '=')
		return at == 0;
	return strchr("&<>`*[]|\\~@", c) != NULL;
}

void paper_put(FILE *out, const char *text)
{
	size_t len = strlen(text);
	for (size_t at = 0; at < len;) {
		size_t step = text_utf8_len((const unsigned char *)text + at, len - at);
		if (step == 0) {
			fputs("\xef\xbf\xbd", out);
			at++;
			continue;
		}
		uint32_t code_point = text_code_point((const unsigned char *)text + at, step);
		if (text_is_unsafe(code_point))
			fprintf(out, "&#92;u{%X}", (unsigned)code_point);
		else if (step == 1 && is_markup(text, at))
			fprintf(out, "&#%u;", (unsigned)code_point);
		else
			fwrite(text + at, 1, step, out);
		at += step;
	}
}
