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
#define HEAD_WORDS_IPV4 5 /* 40 bytes: the same over IPv4 without options */
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
 * How many words of a packet tell it from another: TCP has sequence numbers, and UDP mostly a checksum. 0: all of them,
 * when there is neither, or options and extension headers push them out of the first words.
 */
static unsigned words_of(const struct frame *f)
{
	const uint8_t *ip = f->network.at;
	if (f->transport == TRANSPORT_TCP && cursor_left(&f->network) > 0 && *ip == 0x45)
		return HEAD_WORDS_IPV4; /* nearly all */
	if (cursor_left(&f->network) == 0 || !cursor_ok(&f->payload) || f->payload.at < ip + 28)
		return 0;
	size_t ip_len = ip[0] >> 4 == 4 ? (ip[0] & 15u) * 4 : ip[6] == f->ip_protocol ? 40 : HEAD_LEN;
	if (ip_len + TCP_CHECKSUM_END > HEAD_LEN)
		return 0;
	if (f->transport != TRANSPORT_TCP &&
		(f->transport != TRANSPORT_UDP || (f->payload.at[-2] | f->payload.at[-1]) == 0))
		return 0;
	return ip_len == 20 ? HEAD_WORDS_IPV4 : HEAD_WORDS;
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

/* The first `count` words of `bytes`, of which there may be fewer. */
static uint64_t print_of_head(const uint8_t *bytes, size_t len, unsigned count)
{
	uint64_t words[HEAD_WORDS] = {0};
	if (count == HEAD_WORDS_IPV4 &&
		len >= HEAD_WORDS_IPV4 * sizeof(uint64_t)) { /* what is known beforehand is unrolled */
		memcpy(words, bytes, HEAD_WORDS_IPV4 * sizeof(uint64_t));
		return hash_words(hash_public, words, HEAD_WORDS_IPV4);
	}
	memcpy(words, bytes, len < count * sizeof(uint64_t) ? len : count * sizeof(uint64_t));
	return hash_words(hash_public, words, HEAD_WORDS);
}

/* Both MAC addresses, the length, and the content or what stands for it. */
static uint64_t print_of(const struct frame *f, struct cursor body)
{
	size_t len = cursor_left(&body);
	unsigned count = words_of(f);
	uint64_t content = count > 0 ? print_of_head(body.at, len, count) : print_of_all(body.at, len);
	uint64_t first, lengths = (uint64_t)len << 32 | f->payload_wire_len;
	uint32_t rest; /* two numbers, not two words of an array: what is stored in parts waits when it is loaded whole */
	memcpy(&first, (const uint8_t *)f + FRAME_MACS_AT, sizeof(first));
	memcpy(&rest, (const uint8_t *)f + FRAME_MACS_AT + sizeof(first), sizeof(rest));
	uint64_t macs = first * hash_public[0] + rest * hash_public[1];
	return content + (macs ^ macs >> 32) * 3 + lengths * hash_public[2];
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
