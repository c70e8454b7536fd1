/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/decode/fragment.h"

#include <stdlib.h>
#include <string.h>

#define OPEN_MAX 64                 /* packets in pieces at the same time; 64 KiB each at most */
#define IDLE_NS (30 * 1000000000ll) /* RFC 791: 15 s and more; Linux: 30 s */
#define COPY_NS 100000000ll             /* a mirror port's second copy of the last fragment; ids take longer to come again */
#define UNITS_MAX 8192              /* 64 KiB in units of 8 bytes */
#define PAYLOAD_MAX (UNITS_MAX * 8u)

struct open_packet {
	bool used; /* not used but `len` set: `key` was whole at `first_ns` */
	struct fragment_key key;
	int64_t first_ns;
	uint32_t len;  /* bytes of the whole, 0: the last one has not come */
	uint32_t end;  /* of the farthest fragment so far */
	uint32_t room; /* bytes of `bytes` */
	uint8_t *bytes;
	uint8_t present[UNITS_MAX / 8];
};

struct fragments {
	struct open_packet open[OPEN_MAX];
	uint8_t *whole; /* handed out last: what is inside may itself be a fragment, so no open packet may use it */
	uint32_t whole_room;
	uint64_t lost;
};

struct fragments *fragments_new(void)
{
	return calloc(1, sizeof(struct fragments));
}

void fragments_free(struct fragments *f)
{
	if (f == NULL)
		return;
	for (unsigned i = 0; i < OPEN_MAX; i++)
		free(f->open[i].bytes);
	free(f->whole);
	free(f);
}

static bool key_same(const struct fragment_key *a, const struct fragment_key *b)
{
	return a->id == b->id && a->protocol == b->protocol && memcmp(&a->source, &b->source, sizeof(a->source)) == 0 &&
	       memcmp(&a->target, &b->target, sizeof(a->target)) == 0;
}

/* Clocks step back, too: what is that far in the future is of the time before. */
static bool is_older(const struct open_packet *p, int64_t now_ns, int64_t age_ns)
{
	return now_ns > p->first_ns ? now_ns - p->first_ns > age_ns : p->first_ns - now_ns > age_ns;
}

/* Whether `spare` is a worse place for a new packet than `p`: free before used, then the oldest. */
static bool is_worse(const struct open_packet *spare, const struct open_packet *p)
{
	return spare == NULL || (spare->used == p->used ? p->first_ns < spare->first_ns : spare->used);
}

/* The open packet of `key`: the one there is, a free one, or the oldest. NULL: it was whole a moment ago. */
static struct open_packet *find(struct fragments *f, const struct fragment_key *key, int64_t time_ns)
{
	struct open_packet *spare = NULL;
	for (unsigned i = 0; i < OPEN_MAX; i++) {
		struct open_packet *p = &f->open[i];
		if (p->used && is_older(p, time_ns, IDLE_NS)) {
			p->used = false;
			p->len = 0;
			f->lost++;
		}
		bool same = (p->used || p->len != 0) && key_same(&p->key, key);
		if (same && p->used)
			return p;
		if (same && !is_older(p, time_ns, COPY_NS))
			return NULL;
		if (is_worse(spare, p))
			spare = p;
	}
	if (spare->used)
		f->lost++;
	spare->used = true;
	spare->key = *key;
	spare->first_ns = time_ns;
	spare->len = spare->end = 0;
	memset(spare->present, 0, sizeof(spare->present));
	return spare;
}

static bool make_room(struct open_packet *p, uint32_t need)
{
	if (need <= p->room)
		return true;
	uint32_t room = p->room ? p->room : 4096;
	while (room < need)
		room *= 2;
	uint8_t *bytes = realloc(p->bytes, room);
	if (bytes == NULL)
		return false;
	p->bytes = bytes;
	p->room = room;
	return true;
}

static bool is_whole(const struct open_packet *p)
{
	uint32_t units = (p->len + 7) / 8;
	for (uint32_t unit = 0; unit < units; unit++)
		if ((p->present[unit / 8] & 1u << unit % 8) == 0)
			return false;
	return units > 0;
}

/* Two fragments that disagree on where the packet ends: the first one stays (RFC 5722 is as strict). */
static bool is_contradiction(const struct open_packet *p, uint32_t end, bool more)
{
	return more ? p->len != 0 && end > p->len : end < p->end || (p->len != 0 && end != p->len);
}

/* Gives the bytes of a packet that is complete to the caller, and the buffer that he had to the next one. */
static struct cursor hand_out(struct fragments *f, struct open_packet *p)
{
	uint8_t *whole = p->bytes;
	uint32_t room = p->room;
	p->used = false;
	p->bytes = f->whole;
	p->room = f->whole_room;
	f->whole = whole;
	f->whole_room = room;
	return cursor_over(whole, p->len);
}

bool fragments_add(struct fragments *f, const struct fragment_key *key, int64_t time_ns, uint32_t offset, bool more,
	struct cursor *bytes)
{
	uint32_t len = (uint32_t)cursor_left(bytes);
	if (len == 0 || offset > PAYLOAD_MAX || len > PAYLOAD_MAX - offset || (more && len % 8 != 0))
		return false;
	struct open_packet *p = find(f, key, time_ns);
	if (p == NULL)
		return false;
	if (is_contradiction(p, offset + len, more))
		return false;
	if (!make_room(p, offset + len)) {
		p->used = false;
		p->len = 0;
		f->lost++;
		return false;
	}
	for (uint32_t at = 0; at < len; at += 8) {
		uint32_t unit = (offset + at) / 8, n = len - at < 8 ? len - at : 8;
		if (p->present[unit / 8] & 1u << unit % 8)
			continue;
		p->present[unit / 8] |= (uint8_t)(1u << unit % 8);
		memcpy(p->bytes + offset + at, bytes->at + at, n);
	}
	if (offset + len > p->end)
		p->end = offset + len;
	if (!more)
		p->len = offset + len;
	if (!is_whole(p))
		return false;
	p->first_ns = time_ns;
	*bytes = hand_out(f, p);
	return true;
}

uint64_t fragments_lost(struct fragments *f, bool at_end)
{
	for (unsigned i = 0; at_end && i < OPEN_MAX; i++) {
		f->lost += f->open[i].used;
		f->open[i].used = false;
	}
	return f->lost;
}
