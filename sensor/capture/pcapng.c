/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng.c - blocks of a pcapng file.
 *
 *	 0               4               8                          n-4             n
 *	+---------------+---------------+--------------------------+---------------+
 *	|  block type   | total length  |  body, padded to 4       | total length  |
 *	+---------------+---------------+--------------------------+---------------+
 *
 * A section header block gives the byte order of what follows and ends the interfaces before it.
 */
#include "sensor/capture/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "earshot/cursor.h"
#include "sensor/capture/pcap_file.h"
#include "sensor/capture/window.h"

#define BLOCK_MAX (16u << 20)   /* no sane packet with its comments is larger */
#define INTERFACES_MAX 4096     /* a capture on every port of a large host */
#define SECONDS_MAX (INT64_MAX / 1000000000 - 1)

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6
};
enum { OPTION_END = 0, OPTION_TS_RESOLUTION = 9, OPTION_TS_OFFSET = 14, OPTION_PACKET_DROPS = 4, OPTION_IF_DROPS = 5, OPTION_OS_DROPS = 7 };

struct interface_block {
	int link_type;
	uint32_t snap_len;
	uint8_t resolution; /* as in the option: bit 7 says powers of two */
	int64_t offset_s;
	uint64_t drops;     /* as the last statistics block said */
};

struct pcapng {
	struct window window;
	bool big_endian, has_section;
	uint64_t drops_before; /* of interfaces of earlier sections, and of single packets */
	struct interface_block *interfaces;
	uint32_t interface_count;
};

struct pcapng *pcapng_new(struct byte_stream *stream, const uint8_t *head, size_t head_len)
{
	struct pcapng *ng = calloc(1, sizeof(*ng));
	if (ng == NULL)
		return NULL;
	ng->interfaces = calloc(INTERFACES_MAX, sizeof(*ng->interfaces));
	if (!window_init(&ng->window, stream, head, head_len) || ng->interfaces == NULL) {
		pcapng_free(ng);
		return NULL;
	}
	return ng;
}

void pcapng_free(struct pcapng *ng)
{
	if (ng == NULL)
		return;
	window_clear(&ng->window);
	free(ng->interfaces);
	free(ng);
}

uint64_t pcapng_offset(const struct pcapng *ng)
{
	return ng->window.offset;
}

uint64_t pcapng_dropped(const struct pcapng *ng)
{
	uint64_t drops = ng->drops_before;
	for (uint32_t i = 0; i < ng->interface_count; i++)
		drops += ng->interfaces[i].drops;
	return drops;
}

static uint16_t u16(const struct pcapng *ng, struct cursor *c)
{
	return ng->big_endian ? cursor_be16(c) : cursor_le16(c);
}

static uint32_t u32(const struct pcapng *ng, struct cursor *c)
{
	return ng->big_endian ? cursor_be32(c) : cursor_le32(c);
}

static uint64_t u64(const struct pcapng *ng, struct cursor *c)
{
	return ng->big_endian ? cursor_be64(c) : cursor_le64(c);
}

/* The value of option `code` in what is left of a block; an empty failed cursor when it is not there. */
static struct cursor option_find(const struct pcapng *ng, struct cursor options, uint16_t code)
{
	while (cursor_left(&options) >= 4) {
		uint16_t kind = u16(ng, &options);
		uint16_t len = u16(ng, &options);
		struct cursor value = cursor_take(&options, len);
		if (kind == code)
			return value;
		if (kind == OPTION_END)
			break;
		cursor_skip(&options, (4u - len % 4u) % 4u);
	}
	return cursor_failed();
}

static int read_interface(struct pcapng *ng, struct cursor body)
{
	if (ng->interface_count == INTERFACES_MAX)
		return -E2BIG;
	struct interface_block *i = &ng->interfaces[ng->interface_count++];
	memset(i, 0, sizeof(*i));
	i->link_type = link_type_of_file(u16(ng, &body));
	cursor_skip(&body, 2);
	i->snap_len = u32(ng, &body);
	struct cursor value = option_find(ng, body, OPTION_TS_RESOLUTION);
	i->resolution = cursor_left(&value) > 0 ? cursor_u8(&value) : 6;
	value = option_find(ng, body, OPTION_TS_OFFSET);
	i->offset_s = cursor_left(&value) == 8 ? (int64_t)u64(ng, &value) : 0;
	return cursor_ok(&body) ? 0 : -EBADMSG;
}

static void read_statistics(struct pcapng *ng, struct cursor body)
{
	uint32_t number = u32(ng, &body);
	cursor_skip(&body, 8);
	if (!cursor_ok(&body) || number >= ng->interface_count)
		return;
	struct cursor by_interface = option_find(ng, body, OPTION_IF_DROPS);
	struct cursor by_system = option_find(ng, body, OPTION_OS_DROPS);
	uint64_t drops = 0;
	if (cursor_left(&by_interface) == 8)
		drops += u64(ng, &by_interface);
	if (cursor_left(&by_system) == 8)
		drops += u64(ng, &by_system);
	ng->interfaces[number].drops = drops;
}

/* 0 for a time that cannot be: differences of two times must fit. */
static int64_t time_sum(uint64_t seconds, int64_t offset_s, uint64_t rest_ns)
{
	if (seconds > SECONDS_MAX || offset_s > SECONDS_MAX || offset_s < -SECONDS_MAX)
		return 0;
	int64_t sum = (int64_t)seconds + offset_s;
	return sum < 0 || sum > SECONDS_MAX ? 0 : sum * 1000000000 + (int64_t)rest_ns;
}

static int64_t time_of(const struct interface_block *i, uint64_t ticks)
{
	uint64_t seconds, rest_ns;
	if (i->resolution & 0x80) {
		unsigned bits = i->resolution & 0x7f;
		if (bits > 63)
			return 0;
		seconds = ticks >> bits;
		rest_ns = (uint64_t)((double)(ticks & ((1ull << bits) - 1)) * 1e9 / (double)(1ull << bits));
	} else {
		uint64_t per_second = 1;
		for (unsigned n = 0; n < i->resolution; n++) {
			if (per_second > UINT64_MAX / 10)
				return 0;
			per_second *= 10;
		}
		seconds = ticks / per_second;
		uint64_t rest = ticks % per_second;
		rest_ns = per_second <= 1000000000 ? rest * (1000000000 / per_second) : rest / (per_second / 1000000000);
	}
	return time_sum(seconds, i->offset_s, rest_ns);
}

/* The packet of an enhanced, simple or (obsolete) packet block. 1, or -EBADMSG. */
static int read_packet(struct pcapng *ng, uint32_t type, struct cursor body, struct packet *p)
{
	uint32_t number = 0;
	uint64_t ticks = 0;
	if (type == BLOCK_PACKET) {
		number = u32(ng, &body);
	} else if (type == BLOCK_PACKET_OLD) {
		number = u16(ng, &body);
		uint16_t drops = u16(ng, &body);
		ng->drops_before += drops == 0xffff ? 0 : drops;
	}
	if (number >= ng->interface_count)
		return -EBADMSG;
	const struct interface_block *i = &ng->interfaces[number];
	if (type != BLOCK_PACKET_SIMPLE) {
		uint64_t high = u32(ng, &body);
		ticks = high << 32 | u32(ng, &body);
		p->captured_len = u32(ng, &body);
		p->wire_len = u32(ng, &body);
	} else {
		p->wire_len = p->captured_len = u32(ng, &body);
		if (i->snap_len != 0 && p->captured_len > i->snap_len)
			p->captured_len = i->snap_len;
	}
	p->bytes = cursor_bytes(&body, p->captured_len);
	if (p->bytes == NULL)
		return -EBADMSG;
	p->time_ns = type == BLOCK_PACKET_SIMPLE ? 0 : time_of(i, ticks);
	p->link_type = i->link_type;
	cursor_skip(&body, (4u - p->captured_len % 4u) % 4u);
	if (type == BLOCK_PACKET && cursor_left(&body) >= 4) {
		struct cursor drops = option_find(ng, body, OPTION_PACKET_DROPS);
		if (cursor_left(&drops) == 8)
			ng->drops_before += u64(ng, &drops);
	}
	return 1;
}

/* Byte order of a section by its magic (draft 4.1). */
static bool read_section(struct pcapng *ng, const uint8_t *block)
{
	static const uint8_t big[4] = {0x1a, 0x2b, 0x3c, 0x4d}, little[4] = {0x4d, 0x3c, 0x2b, 0x1a};
	if (memcmp(block + 8, big, 4) != 0 && memcmp(block + 8, little, 4) != 0)
		return false;
	ng->big_endian = memcmp(block + 8, big, 4) == 0;
	ng->has_section = true;
	for (uint32_t i = 0; i < ng->interface_count; i++)
		ng->drops_before += ng->interfaces[i].drops;
	ng->interface_count = 0;
	return true;
}

/* The next whole block at `at`: 1 with its type and length, 0 at the end, or a negative errno. */
static int next_block(struct pcapng *ng, uint32_t *type, uint32_t *len, char *error, size_t room)
{
	int status = window_need(&ng->window, 12);
	if (status < 0)
		return status;
	if (status == 0) {
		if (window_left(&ng->window) == 0)
			return 0;
		snprintf(error, room, "cut off in a block header");
		return -EBADMSG;
	}
	const uint8_t *block = window_bytes(&ng->window);
	struct cursor head = cursor_over(block, 8);
	bool is_section = memcmp(block, "\x0a\x0d\x0d\x0a", 4) == 0;
	if (is_section && !read_section(ng, block)) {
		snprintf(error, room, "a section header without the pcapng byte-order magic");
		return -EBADMSG;
	}
	*type = u32(ng, &head);
	*len = u32(ng, &head);
	if (*len < 12 || *len % 4 != 0 || *len > BLOCK_MAX) {
		snprintf(error, room, "a block with an impossible length of %u bytes", (unsigned)*len);
		return -EBADMSG;
	}
	status = window_need(&ng->window, *len);
	if (status == 0) {
		snprintf(error, room, "cut off in a block of %u bytes", (unsigned)*len);
		return -EBADMSG;
	}
	return status;
}

int pcapng_next(struct pcapng *ng, struct packet *p, char *error, size_t error_room)
{
	for (;;) {
		uint32_t type, len;
		int status = next_block(ng, &type, &len, error, error_room);
		if (status <= 0)
			return status;
		struct cursor body = cursor_over(window_bytes(&ng->window) + 8, len - 12);
		if (type == BLOCK_INTERFACE)
			status = read_interface(ng, body);
		else if (type == BLOCK_STATISTICS)
			read_statistics(ng, body);
		else if (type == BLOCK_PACKET || type == BLOCK_PACKET_SIMPLE || type == BLOCK_PACKET_OLD)
			status = read_packet(ng, type, body, p);
		if (status < 0) {
			snprintf(error, error_room, type == BLOCK_INTERFACE ? "a damaged interface block" : "a damaged packet block");
			return status;
		}
		window_skip(&ng->window, len);
		if (type == BLOCK_PACKET || type == BLOCK_PACKET_SIMPLE || type == BLOCK_PACKET_OLD)
			return 1;
	}
}
