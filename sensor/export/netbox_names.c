/* SPDX-License-Identifier: Apache-2.0 */
/* netbox_names.c - see netbox_names.h. */
#include "sensor/export/netbox_names.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define DIGITS 8          /* of a SHA-256 that tell two texts apart */
#define TAIL (DIGITS + 1) /* with the sign in front */
#define CHARACTER_MAX 10  /* bytes of one as it may stand: "\\u{10FFFF}" */

static bool digits_of(char out[DIGITS + 1], const char *text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (unsigned i = 0; i < DIGITS / 2; i++)
		snprintf(out + i * 2, 3, "%02x", digest[i]);
	return true;
}

/* What Python's str.strip() takes for white space, beyond the control characters. */
static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f) || c == 0x85 || c == 0xa0 ||
	       c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* Appends one character as it may stand; how many characters that are. */
static size_t put_character(char *out, size_t *len, const unsigned char *s, size_t step)
{
	uint32_t c = step > 0 ? text_code_point(s, step) : 0xfffd;
	if (step == 0 || text_is_unsafe(c)) {
		int n = sprintf(out + *len, "\\u{%02X}", (unsigned)c);
		*len += (size_t)n;
		return (size_t)n;
	}
	memcpy(out + *len, s, step);
	*len += step;
	return 1;
}

/* `out` has room for `max` characters as they may stand, and one more. Returns how many there would be. */
static size_t cut_text(char *out, const char *text, size_t max, size_t *cut)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), len = 0, count = 0;
	bool blank = false;
	*cut = 0; /* as far as it goes with a tail behind */
	for (size_t step; left > 0 && count <= max; s += step, left -= step) {
		size_t its = text_utf8_len(s, left);
		step = its > 0 ? its : 1;
		if (its > 0 && is_space(text_code_point(s, its))) {
			blank = len > 0;
			continue;
		}
		if (blank) {
			out[len++] = ' ';
			count++;
		}
		blank = false;
		if (count + TAIL <= max)
			*cut = len;
		count += put_character(out, &len, s, its);
	}
	out[len] = '\0';
	while (*cut > 0 && out[*cut - 1] == ' ')
		--*cut;
	return count;
}

const char *netbox_text(struct arena *arena, const char *text, size_t max)
{
	char digits[DIGITS + 1];
	size_t cut, len = text != NULL ? strlen(text) : 0;
	if (len == 0)
		return arena_copy(arena, "");
	char *out = malloc((len < max ? len : max) * CHARACTER_MAX + CHARACTER_MAX + TAIL + 2);
	if (out == NULL)
		return NULL;
	bool fine = true;
	if (cut_text(out, text, max - 1, &cut) > max - 1) {
		fine = digits_of(digits, text);
		snprintf(out + cut, TAIL + 1, "~%s", fine ? digits : "");
	}
	const char *copy = fine ? arena_copy(arena, out) : NULL;
	free(out);
	return copy;
}

const char *netbox_slug(struct arena *arena, const char *text)
{
	char slug[NETBOX_SLUG_MAX + 1], digits[DIGITS + 1], lower[1024];
	size_t n = 0, k = 0, room = NETBOX_SLUG_MAX - TAIL;
	bool lossy = false, gap = false;
	for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++) {
		if (k + 1 < sizeof(lower))
			lower[k++] = (char)tolower(*s);
		if (!isalnum(*s)) {
			gap = n > 0;
			lossy |= *s >= 0x80 || strchr("\n -_./,:;()[]'\"&", *s) == NULL; /* "C" is not "C++" */
			continue;
		}
		if (n + gap >= room) {
			lossy = true;
			continue;
		}
		if (gap)
			slug[n++] = '-';
		gap = false;
		slug[n++] = (char)tolower(*s);
	}
	lower[k] = '\0';
	slug[n] = '\0';
	if (!lossy && n > 0)
		return arena_copy(arena, slug);
	/* Texts that are cut here differ behind their first kilobyte only: then they are one. */
	return digits_of(digits, lower) ? arena_format(arena, "%s%s%s", slug, n > 0 ? "-" : "x", digits) : NULL;
}

static uint32_t find(const struct netbox_registry *r, const char *key, uint32_t hash)
{
	uint32_t cursor, row;
	for (row = index_first(&r->index, hash, &cursor); row != INDEX_END; row = index_next(&r->index, hash, &cursor))
		if (strcmp(r->entries[row].key, key) == 0)
			return row;
	return NETBOX_NONE;
}

uint32_t netbox_registry_put(struct netbox_registry *r, const struct netbox_entry *entry)
{
	uint32_t hash = hash_bytes(entry->key, strlen(entry->key), 0), row = find(r, entry->key, hash);
	if (row != NETBOX_NONE) {
		struct netbox_entry *known = &r->entries[row];
		if (strcmp(entry->name, known->name) < 0)
			known->name = entry->name;
		if (*known->part == '\0' && !known->parts_differ)
			known->part = entry->part;
		known->parts_differ |= *entry->part != '\0' && strcmp(known->part, entry->part) != 0;
		return row;
	}
	if (r->count == r->room) {
		uint32_t room = r->room ? r->room * 2 : 64;
		struct netbox_entry *more = realloc(r->entries, room * sizeof(*more));
		if (more == NULL)
			return NETBOX_NONE;
		r->entries = more;
		r->room = room;
	}
	if (index_put(&r->index, hash, r->count) != 0)
		return NETBOX_NONE;
	r->entries[r->count] = *entry;
	return r->count++;
}

static int compare_keys(const void *left, const void *right, void *entries)
{
	const struct netbox_entry *list = entries;
	return strcmp(list[*(const uint32_t *)left].key, list[*(const uint32_t *)right].key);
}

uint32_t *netbox_registry_sorted(const struct netbox_registry *r)
{
	uint32_t *order = malloc((r->count + 1) * sizeof(*order));
	for (uint32_t i = 0; order != NULL && i < r->count; i++)
		order[i] = i;
	if (order != NULL && r->count > 0)
		qsort_r(order, r->count, sizeof(*order), compare_keys, r->entries);
	return order;
}

void netbox_registry_clear(struct netbox_registry *r)
{
	index_clear(&r->index);
	free(r->entries);
	*r = (struct netbox_registry){0};
}
