/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compose.h - a value put together piece by piece, for those that come with every poll: printf() takes longer than the
 * rest of their PDU. What does not fit is cut.
 */
#ifndef EARSHOT_COMPOSE_H
#define EARSHOT_COMPOSE_H

#include <string.h>

#include "earshot/observer.h"

#define COMPOSED_MAX 319

struct composed {
	size_t len;
	char text[COMPOSED_MAX + 1]; /* NUL-terminated after each step */
};

static inline struct composed composed_start(void)
{
	struct composed c;
	c.len = 0;
	c.text[0] = 0;
	return c;
}

static inline void compose_bytes(struct composed *c, const void *bytes, size_t len)
{
	if (len > COMPOSED_MAX - c->len)
		len = COMPOSED_MAX - c->len;
	memcpy(c->text + c->len, bytes, len);
	c->len += len;
	c->text[c->len] = 0;
}

static inline void compose(struct composed *c, const char *piece)
{
	compose_bytes(c, piece, strlen(piece));
}

static inline void compose_number(struct composed *c, uint32_t number)
{
	char digits[10];
	unsigned at = sizeof(digits);
	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	compose_bytes(c, digits + at, sizeof(digits) - at);
}

/* With this many digits, 8 at most; those above 9 are small letters. */
static inline void compose_hex(struct composed *c, uint32_t number, unsigned digits)
{
	for (unsigned i = digits; i-- > 0;)
		compose_bytes(c, &"0123456789abcdef"[number >> 4 * i & 15], 1);
}

/* Without the last `len` bytes. */
static inline void compose_cut(struct composed *c, size_t len)
{
	c->len -= len < c->len ? len : c->len;
	c->text[c->len] = 0;
}

static inline void composed_fact(
	struct observer *o, const struct statement *s, enum attribute attribute, const struct composed *c)
{
	observer_fact(o, s, attribute, c->text, c->len);
}

#endif
