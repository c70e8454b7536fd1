/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - pieces of text inside a PDU: fields of fixed width, lines, "name: value".
 *
 * Nothing here copies: every piece is a cursor over the bytes of the PDU.
 */
#ifndef EARSHOT_TEXT_FIELD_H
#define EARSHOT_TEXT_FIELD_H

#include <string.h>

#include "earshot/observer.h"

/* Up to the first NUL, without blanks in front (what stands behind is cut by observer_fact()). */
static inline struct cursor text_trim(struct cursor c)
{
	const uint8_t *nul = cursor_left(&c) > 0 ? memchr(c.at, 0, cursor_left(&c)) : NULL;
	if (nul != NULL)
		c.end = nul;
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): bytes of the packet */
	while (c.at < c.end && (*c.at == ' ' || *c.at == '\t'))
		c.at++;
	return c;
}

/* Nothing but printable ASCII, and not empty. */
static inline bool text_printable(struct cursor c)
{
	if (cursor_left(&c) == 0)
		return false;
	while (cursor_left(&c) > 0) {
		uint8_t octet = cursor_u8(&c);
		if (octet < 0x20 || octet > 0x7e)
			return false;
	}
	return true;
}

/* A field of fixed width as a fact; nothing when it does not hold printable text. */
static inline void text_fact(
	struct observer *o, const struct statement *s, enum attribute attribute, struct cursor field)
{
	struct cursor text = text_trim(field);
	if (text_printable(text))
		observer_fact(o, s, attribute, text.at, cursor_left(&text));
}

/* The next line without its CR LF (or LF), and the cursor behind it. False when no line end is left. */
static inline bool text_line(struct cursor *c, struct cursor *line)
{
	const uint8_t *feed = cursor_left(c) > 0 ? memchr(c->at, '\n', cursor_left(c)) : NULL;
	*line = *c;
	if (feed == NULL)
		return false;
	line->end = feed > c->at && feed[-1] == '\r' ? feed - 1 : feed;
	c->at = feed + 1;
	return true;
}

static inline bool text_starts(struct cursor c, const char *prefix)
{
	size_t len = strlen(prefix);
	return cursor_left(&c) >= len && memcmp(c.at, prefix, len) == 0;
}

/* The same without regard to case; `prefix` is in lower case. */
static inline bool text_starts_caseless(struct cursor c, const char *prefix)
{
	for (; *prefix != '\0'; prefix++) {
		uint8_t octet = cursor_u8(&c);
		if (octet >= 'A' && octet <= 'Z')
			octet = (uint8_t)(octet + ('a' - 'A'));
		if (!cursor_ok(&c) || octet != (uint8_t)*prefix)
			return false;
	}
	return true;
}

/* Whether the bytes that are here could be the beginning of `word`, or begin with it. */
static inline bool text_may_start(struct cursor c, const char *word)
{
	size_t len = strlen(word);
	size_t have = cursor_left(&c) < len ? cursor_left(&c) : len;
	return memcmp(c.at, word, have) == 0;
}

/* Where `word` begins, or NULL. */
static inline const uint8_t *text_find(struct cursor c, const char *word)
{
	return cursor_left(&c) > 0 ? memmem(c.at, cursor_left(&c), word, strlen(word)) : NULL;
}

#endif
