/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor.h - a borrowed byte range, a position, and a failure that sticks.
 *
 * All reading of bytes from the wire goes through this. A read past the end
 * returns zero and moves the cursor to where nothing is, so a loop on
 * cursor_left() stops by itself. Read straight down, then ask cursor_ok()
 * once before believing anything that was read, also of where the cursor
 * stands.
 *
 * Nothing here owns memory: a cursor dies with the packet it points into.
 *
 * Two words, so that compilers hand it on in registers. With a flag beside
 * them it went through memory, stored in parts and loaded whole: a stall at
 * each call.
 */
#ifndef EARSHOT_CURSOR_H
#define EARSHOT_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *at, *end;
};

/* Always, also where compilers find that a function has grown enough: one call, and the cursor must be in memory. */
#define CURSOR_INLINE static inline __attribute__((always_inline))

/* Where failed cursors stand, and behind it empty ones of nothing. No bytes of a packet. */
extern const uint8_t cursor_nowhere[2];

CURSOR_INLINE struct cursor cursor_over(const uint8_t *bytes, size_t len)
{
	struct cursor c = {bytes, bytes + len};
	return c;
}

/* One without bytes. */
CURSOR_INLINE struct cursor cursor_empty(void)
{
	return cursor_over(cursor_nowhere + 1, 0);
}

/* One that has failed. */
CURSOR_INLINE struct cursor cursor_failed(void)
{
	return cursor_over(cursor_nowhere, 0);
}

/* Bytes not read yet. */
CURSOR_INLINE size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

/* True while no read has run past the end. */
CURSOR_INLINE bool cursor_ok(const struct cursor *c)
{
	return c->end != cursor_nowhere;
}

CURSOR_INLINE void cursor_fail(struct cursor *c)
{
	*c = cursor_failed();
}

/* `len` bytes as they stand, or NULL (and a failure) when fewer are left. */
CURSOR_INLINE const uint8_t *cursor_bytes(struct cursor *c, size_t len)
{
	if (cursor_left(c) < len) {
		cursor_fail(c);
		return NULL;
	}
	const uint8_t *here = c->at;
	c->at += len;
	return here;
}

CURSOR_INLINE void cursor_skip(struct cursor *c, size_t len)
{
	if (cursor_left(c) < len)
		cursor_fail(c);
	else
		c->at += len;
}

/* The next `len` bytes as a cursor of their own; an empty failed one when fewer are left. */
CURSOR_INLINE struct cursor cursor_take(struct cursor *c, size_t len)
{
	if (cursor_left(c) < len) {
		cursor_fail(c);
		return *c;
	}
	struct cursor part = cursor_over(c->at, len);
	c->at += len;
	return part;
}

/* The next byte without moving; 0 at the end, which is no failure. */
CURSOR_INLINE uint8_t cursor_peek(const struct cursor *c)
{
	return c->at < c->end ? *c->at : 0;
}

CURSOR_INLINE uint8_t cursor_u8(struct cursor *c)
{
	if (c->at >= c->end) {
		cursor_fail(c);
		return 0;
	}
	return *c->at++; /* NOLINT(clang-analyzer-core.NullDereference,clang-analyzer-core.uninitialized.UndefReturn): an empty range ends above */
}

CURSOR_INLINE uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 2);
	return p ? (uint16_t)((unsigned)p[0] << 8 | p[1]) : 0;
}

CURSOR_INLINE uint16_t cursor_le16(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 2);
	return p ? (uint16_t)((unsigned)p[1] << 8 | p[0]) : 0;
}

static inline uint32_t cursor_be24(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 3);
	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

CURSOR_INLINE uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

CURSOR_INLINE uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 4);
	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

static inline uint64_t cursor_be64(struct cursor *c)
{
	uint64_t high = cursor_be32(c);
	return high << 32 | cursor_be32(c);
}

static inline uint64_t cursor_le64(struct cursor *c)
{
	uint64_t low = cursor_le32(c);
	return (uint64_t)cursor_le32(c) << 32 | low;
}

#endif
