/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/copies.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 1024                     /* frames within the window at 100,000 packets a second, and then some */
#define WINDOW_NS (5 * 1000000ll)      /* a mirrored copy comes within microseconds; a busy switch queues for a few ms */
#define HEAD_BYTES 48                  /* IP, TCP and the first bytes of data; their checksums cover the rest */
#define TAIL_BYTES 8

struct copies {
	struct {
		uint64_t print;
		int64_t time_ns;
	} slot[SLOTS];
};

struct copies *copies_new(void)
{
	return calloc(1, sizeof(struct copies));
}

void copies_free(struct copies *c)
{
	free(c);
}

static uint64_t mix(uint64_t h, const uint8_t *bytes, size_t len)
{
	uint64_t word;
	for (; len >= 8; bytes += 8, len -= 8) {
		memcpy(&word, bytes, 8);
		h = (h ^ word) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, bytes, len);
	return (h ^ word) * 0x9e3779b97f4a7c15u;
}

bool copies_seen(struct copies *c, const struct frame *f)
{
	struct cursor body = cursor_left(&f->network) > 0 ? f->network : f->payload;
	size_t len = cursor_left(&body);
	if (len == 0)
		return false;
	uint64_t print = (uint64_t)len << 32 | f->payload_wire_len;
	print = mix(print, f->mac_source, 6);
	print = mix(print, f->mac_target, 6);
	print = mix(print, body.at, len < HEAD_BYTES ? len : HEAD_BYTES);
	if (len > HEAD_BYTES)
		print = mix(print, body.end - TAIL_BYTES, TAIL_BYTES);
	unsigned at = (unsigned)(print >> 40) % SLOTS;
	int64_t age_ns = f->time_ns - c->slot[at].time_ns;
	if (c->slot[at].print == print && age_ns >= 0 && age_ns <= WINDOW_NS)
		return true;
	c->slot[at].print = print;
	c->slot[at].time_ns = f->time_ns;
	return false;
}
