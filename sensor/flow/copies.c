/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/copies.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/index.h"

#define SLOTS 512                 /* frames within the window at 100,000 packets a second */
#define WINDOW_NS (5 * 1000000ll) /* a mirrored copy comes within microseconds; a busy switch queues for a few ms */
#define HEAD_WORDS 8              /* 64 bytes: IPv6 and TCP with its checksum */
#define HEAD_LEN (HEAD_WORDS * sizeof(uint64_t))
#define TCP_CHECKSUM_END 18

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

/*
 * TCP has sequence numbers, and UDP mostly a checksum: the first words tell two packets apart, unless options or
 * extension headers push the transport header out of them.
 */
static bool is_covered(const struct frame *f)
{
	const uint8_t *ip = f->network.at;
	if (cursor_left(&f->network) == 0 || f->payload.at < ip + 28)
		return false;
	size_t ip_len = ip[0] >> 4 == 4 ? (ip[0] & 15u) * 4 : ip[6] == f->ip_protocol ? 40 : HEAD_LEN;
	if (ip_len + TCP_CHECKSUM_END > HEAD_LEN)
		return false;
	return f->transport == TRANSPORT_TCP ||
	       (f->transport == TRANSPORT_UDP && (f->payload.at[-2] | f->payload.at[-1]) != 0);
}

static uint64_t print_of_all(const uint8_t *bytes, size_t len)
{
	uint64_t words[HASH_WORDS_MAX], sum = 0;
	for (size_t step; len > 0; bytes += step, len -= step) {
		step = len < sizeof(words) ? len : sizeof(words);
		memset(words, 0, sizeof(words));
		memcpy(words, bytes, step);
		sum = (sum ^ sum >> 29) * 0xbf58476d1ce4e5b9u + hash_words(hash_public, words, HASH_WORDS_MAX);
	}
	return sum;
}

/* Both MAC addresses, the length, and the content or what stands for it. */
static uint64_t print_of(const struct frame *f, struct cursor body)
{
	size_t len = cursor_left(&body);
	uint64_t words[HEAD_WORDS] = {0}, more[2] = {0}, content;
	if (is_covered(f)) {
		/* lengths known beforehand are copied in registers; the two halves of a short packet may overlap */
		if (len >= sizeof(words)) {
			memcpy(words, body.at, sizeof(words));
		} else if (len >= sizeof(words) / 2) {
			memcpy(words, body.at, sizeof(words) / 2);
			memcpy((uint8_t *)words + sizeof(words) / 2, body.at + len - sizeof(words) / 2, sizeof(words) / 2);
		} else {
			memcpy(words, body.at, len);
		}
		content = hash_words(hash_public, words, HEAD_WORDS);
	} else {
		content = print_of_all(body.at, len);
	}
	/* the two addresses stand one behind the other; what is loaded whole need not be put together first */
	memcpy(&more[0], (const uint8_t *)f + offsetof(struct frame, mac_source), 8);
	memcpy(&more[1], f->mac_target + 2, 4);
	uint64_t lengths = (uint64_t)len << 32 | f->payload_wire_len;
	return content + hash_words(hash_public, more, 2) * 3 + lengths * 0x9e3779b97f4a7c15u;
}

bool copies_seen(struct copies *c, const struct frame *f)
{
	struct cursor body = cursor_left(&f->network) > 0 ? f->network : f->payload;
	if (cursor_left(&body) == 0 || f->time_ns == 0) /* without times every repetition would be a copy */
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
