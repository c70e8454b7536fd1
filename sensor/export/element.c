/* SPDX-License-Identifier: Apache-2.0 */
/* element.c - cJSON items with a failure that sticks, and their text made harmless. */
#include "sensor/export/element.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sensor/util/text.h"

#define PRINTED_GUESS 4096 /* most assets fit: one allocation prints them */

static void fail(struct element_writer *w, int err)
{
	if (w->err == 0)
		w->err = err;
}

/* Takes `item`, NULL or not. cJSON refuses a parent or an item that is NULL, and frees neither. */
static cJSON *add(struct element_writer *w, cJSON *parent, const char *key, cJSON *item)
{
	if (key != NULL ? cJSON_AddItemToObjectCS(parent, key, item) : cJSON_AddItemToArray(parent, item))
		return item;
	cJSON_Delete(item);
	fail(w, -ENOMEM);
	return NULL;
}

cJSON *element_new(struct element_writer *w)
{
	cJSON *root = cJSON_CreateObject();
	if (root == NULL)
		fail(w, -ENOMEM);
	return root;
}

cJSON *element_object(struct element_writer *w, cJSON *parent, const char *key)
{
	return add(w, parent, key, cJSON_CreateObject());
}

cJSON *element_array(struct element_writer *w, cJSON *parent, const char *key)
{
	return add(w, parent, key, cJSON_CreateArray());
}

void element_text_always(struct element_writer *w, cJSON *parent, const char *key, const char *text)
{
	add(w, parent, key, cJSON_CreateStringReference(text));
}

void element_text(struct element_writer *w, cJSON *parent, const char *key, const char *text)
{
	if (text != NULL && *text != 0)
		element_text_always(w, parent, key, text);
}

void element_text_copy(struct element_writer *w, cJSON *parent, const char *key, const char *text)
{
	if (text != NULL && *text != 0)
		add(w, parent, key, cJSON_CreateString(text));
}

void element_number(struct element_writer *w, cJSON *parent, const char *key, uint64_t number)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, number);
	add(w, parent, key, cJSON_CreateRaw(text));
}

void element_decimal(struct element_writer *w, cJSON *parent, const char *key, double value)
{
	/* In whole numbers: printf's decimal point is the locale's. */
	char text[32];
	double size = value < 0 ? -value : value;
	uint64_t hundredths = size < 1e15 ? (uint64_t)(size * 100 + 0.5) : 0;
	snprintf(text, sizeof(text), "%s%" PRIu64 ".%02u", value < 0 && hundredths > 0 ? "-" : "", hundredths / 100,
		(unsigned)(hundredths % 100));
	add(w, parent, key, cJSON_CreateRaw(text));
}

void element_bool(struct element_writer *w, cJSON *parent, const char *key, bool value)
{
	add(w, parent, key, cJSON_CreateBool(value));
}

/* What to write for the `*len` bytes at `s`; NULL: themselves. */
static const char *escape(const unsigned char *s, size_t left, size_t *len)
{
	*len = 1;
	if (*s < 0x80)
		return *s == '<' ? "\\u003c" : *s == 0x7f ? "\\u007f" : NULL;
	size_t utf8 = text_utf8_len(s, left);
	if (utf8 == 0)
		return "\\ufffd";
	*len = utf8;
	if (utf8 == 3 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] & 0xfe) == 0xa8)
		return s[2] == 0xa8 ? "\\u2028" : "\\u2029";
	return NULL;
}

/* Outside of its strings JSON has nothing to escape, so this need not know where they are. */
static void put_harmless(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + strlen(text), *plain = s;
	while (s < end) {
		size_t len;
		const char *escaped = escape(s, (size_t)(end - s), &len);
		if (escaped != NULL) {
			fwrite_unlocked(plain, 1, (size_t)(s - plain), out);
			fputs_unlocked(escaped, out);
			plain = s + len;
		}
		s += len;
	}
	fwrite_unlocked(plain, 1, (size_t)(end - plain), out);
}

void element_write(struct element_writer *w, cJSON *root)
{
	char *text = w->err == 0 ? cJSON_PrintBuffered(root, PRINTED_GUESS, false) : NULL;
	cJSON_Delete(root);
	if (text == NULL) {
		fail(w, -ENOMEM);
		return;
	}
	put_harmless(w->out, text);
	if (ferror(w->out))
		fail(w, errno != 0 ? -errno : -EIO);
	cJSON_free(text);
}

void element_write_text(struct element_writer *w, const char *text)
{
	element_write(w, cJSON_CreateStringReference(text));
}
