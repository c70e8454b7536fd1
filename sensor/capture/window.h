/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.h - the part of a capture file that is in memory: bytes stand in one piece, so that a record is read where it
 * lies, and the window moves on over the stream.
 */
#ifndef EARSHOT_WINDOW_H
#define EARSHOT_WINDOW_H

#include <stdbool.h>

#include "sensor/capture/stream.h"

struct window {
	struct byte_stream *stream; /* the caller's */
	uint8_t *buffer;
	size_t at, len, room; /* bytes [at, len) of the buffer were not read yet */
	uint64_t offset;      /* of `at` in the unpacked file */
};

/* `head` (what was read ahead) comes first, copied. False without memory. */
bool window_init(struct window *w, struct byte_stream *stream, const uint8_t *head, size_t head_len);
void window_clear(struct window *w);

/* window_need() when the bytes are not there yet. */
int window_fill(struct window *w, size_t need);

/* Makes `need` bytes stand at window_bytes(). 1; 0: the file ends before; or a negative errno. Moves the bytes. */
static inline int window_need(struct window *w, size_t need)
{
	return w->len - w->at >= need ? 1 : window_fill(w, need);
}

static inline const uint8_t *window_bytes(const struct window *w)
{
	return w->buffer + w->at;
}

static inline size_t window_left(const struct window *w)
{
	return w->len - w->at;
}

/* Past `len` bytes that stand there. */
static inline void window_skip(struct window *w, size_t len)
{
	w->at += len;
	w->offset += len;
}

#endif
