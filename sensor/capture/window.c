/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_BYTES (128u << 10) /* read, hashed and parsed while it is in the second-level cache */

bool window_init(struct window *w, struct byte_stream *stream, const uint8_t *head, size_t head_len)
{
	*w = (struct window){.stream = stream, .room = WINDOW_BYTES, .len = head_len};
	w->buffer = malloc(w->room);
	if (w->buffer == NULL)
		return false;
	memcpy(w->buffer, head, head_len);
	return true;
}

void window_clear(struct window *w)
{
	free(w->buffer);
	*w = (struct window){0};
}

int window_fill(struct window *w, size_t need)
{
	memmove(w->buffer, w->buffer + w->at, w->len - w->at);
	w->len -= w->at;
	w->at = 0;
	if (need > w->room) {
		uint8_t *bigger = realloc(w->buffer, need);
		if (bigger == NULL)
			return -ENOMEM;
		w->buffer = bigger;
		w->room = need;
	}
	while (w->len < need) {
		ssize_t n = byte_stream_read(w->stream, w->buffer + w->len, w->room - w->len);
		if (n <= 0)
			return (int)n;
		w->len += (size_t)n;
	}
	return 1;
}
