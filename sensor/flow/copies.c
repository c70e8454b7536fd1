/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/copies.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/index.h"

#define SLOTS 512                      /* frames within the window at 100,000 packets a second */
#define WINDOW_NS (5 * 1000000ll)      /* a mirrored copy comes within microseconds; a busy switch queues for a few ms */
#define HEAD_WORDS 6                   /* IP, TCP and the first bytes of data; their checksums cover the rest */

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

/* Both MAC addresses, the length, the first words and the last. */
static uint64_t print_of(const struct frame *f, struct cursor body)
{
	size_t len = cursor_left(&body), head = HEAD_WORDS * 8, tail = 8;
	uint64_t words[HEAD_WORDS + 1] = {0}, more[2] = {0};
	if (len > head) {
		memcpy(words, body.at, head);
		memcpy(words + HEAD_WORDS, body.end - tail, tail);
	} else {
		memcpy(words, body.at, len);
	}
	/* the two addresses stand one behind the other; what is loaded whole need not be put together first */
	memcpy(&more[0], (const uint8_t *)f + offsetof(struct frame, mac_source), 8);
	memcpy(&more[1], f->mac_target + 2, 4);
	uint64_t lengths = (uint64_t)len << 32 | f->payload_wire_len;
	return hash_words(words, HEAD_WORDS + 1) + hash_words(more, 2) * 3 + lengths * 0x9e3779b97f4a7c15u;
}

bool copies_seen(struct copies *c, const struct frame *f)
{
	struct cursor body = cursor_left(&f->network) > 0 ? f->network : f->payload;
	if (cursor_left(&body) == 0)
		return false;
	uint64_t print = print_of(f, body);
	unsigned at = hash_mix(print) % SLOTS;
	int64_t age_ns = f->time_ns - c->slot[at].time_ns;
	if (c->slot[at].print == print && age_ns >= 0 && age_ns <= WINDOW_NS)
		return true;
	c->slot[at].print = print;
	c->slot[at].time_ns = f->time_ns;
	return false;
}
