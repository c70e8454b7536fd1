/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcap_file.c - a file header, then records.
 *
 *	 0           4       6       8           12          16          20          24
 *	+-----------+-------+-------+-----------+-----------+-----------+-----------+
 *	| magic     | major | minor | 0         | 0         | snap len  | link type |
 *	+-----------+-------+-------+-----------+-----------+-----------+-----------+
 *
 *	 0           4           8           12          16
 *	+-----------+-----------+-----------+-----------+------------------------+
 *	| seconds   | fraction  | captured  | on wire   | captured bytes ...     |
 *	+-----------+-----------+-----------+-----------+------------------------+
 */
#include "sensor/capture/pcap_file.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "earshot/cursor.h"
#include "sensor/capture/window.h"

#define FILE_HEADER_LEN 24
#define RECORD_HEADER_LEN 16
#define RECORD_HEADER_PATCHED_LEN 24 /* interface, protocol and kind of packet behind the usual ones */
#define CAPTURED_MAX 262144u         /* what libpcap takes; no link layer that we read is near it */

struct pcap_file {
	struct window window;
	bool big_endian, nanoseconds;
	bool swapped;       /* files of versions up to 2.2: the two lengths stand the other way round */
	bool maybe_swapped; /* of version 2.3: when the captured length is the larger one */
	uint8_t header_len; /* of a record */
	int link_type;
};

static const struct {
	uint8_t magic[4]; /* as big-endian machines write it */
	bool nanoseconds;
	uint8_t header_len;
} kinds[] = {
	{{0xa1, 0xb2, 0xc3, 0xd4}, false, RECORD_HEADER_LEN},
	{{0xa1, 0xb2, 0x3c, 0x4d}, true, RECORD_HEADER_LEN},
	{{0xa1, 0xb2, 0xcd, 0x34}, false, RECORD_HEADER_PATCHED_LEN},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* The row of `kinds`, KINDS for none. */
static size_t kind_of(const uint8_t magic[4], bool *big_endian)
{
	const uint8_t turned[4] = {magic[3], magic[2], magic[1], magic[0]};
	for (size_t i = 0; i < KINDS; i++) {
		*big_endian = memcmp(magic, kinds[i].magic, 4) == 0;
		if (*big_endian || memcmp(turned, kinds[i].magic, 4) == 0)
			return i;
	}
	return KINDS;
}

bool pcap_file_is(const uint8_t magic[4])
{
	bool big_endian;
	return kind_of(magic, &big_endian) < KINDS;
}

int link_type_of_file(uint32_t number)
{
	return number == 101 ? DLT_RAW : (int)(number & 0xffff);
}

static uint16_t u16(const struct pcap_file *f, struct cursor *c)
{
	return f->big_endian ? cursor_be16(c) : cursor_le16(c);
}

static inline uint32_t u32(const struct pcap_file *f, struct cursor *c)
{
	return f->big_endian ? cursor_be32(c) : cursor_le32(c);
}

static int read_header(struct pcap_file *f, char *error, size_t room)
{
	int status = window_need(&f->window, FILE_HEADER_LEN);
	if (status <= 0) {
		if (status == 0)
			snprintf(error, room, "truncated: %zu of the %d bytes of its header", window_left(&f->window),
				FILE_HEADER_LEN);
		return status < 0 ? status : -EINVAL;
	}
	struct cursor c = cursor_over(window_bytes(&f->window), FILE_HEADER_LEN);
	size_t kind = kind_of(cursor_bytes(&c, 4), &f->big_endian);
	f->nanoseconds = kinds[kind].nanoseconds;
	f->header_len = kinds[kind].header_len;
	unsigned major = u16(f, &c), minor = u16(f, &c);
	cursor_skip(&c, 12);
	f->link_type = link_type_of_file(u32(f, &c) & 0x03ffffff); /* above: the length of a frame check sequence */
	bool old = major == 543 && minor == 0;                     /* DG/UX tcpdump */
	if (!old && (major != 2 || minor > 4)) {
		snprintf(error, room, "pcap version %u.%u is not known", major, minor);
		return -EINVAL;
	}
	f->swapped = old || minor < 3;
	f->maybe_swapped = minor == 3;
	window_skip(&f->window, FILE_HEADER_LEN);
	return 0;
}

int pcap_file_open(struct pcap_file **out, struct byte_stream *stream, const uint8_t *head, size_t head_len,
	char *error, size_t error_room)
{
	struct pcap_file *f = *out = calloc(1, sizeof(*f));
	if (f == NULL || !window_init(&f->window, stream, head, head_len))
		return -ENOMEM;
	return read_header(f, error, error_room);
}

void pcap_file_free(struct pcap_file *f)
{
	if (f == NULL)
		return;
	window_clear(&f->window);
	free(f);
}

/* The record ends before its `need` bytes: 0 when nothing of it is there, else -EBADMSG. */
static int cut_off(const struct pcap_file *f, size_t need, char *error, size_t room)
{
	if (window_left(&f->window) == 0)
		return 0;
	snprintf(error, room, "cut off in a record: %zu of %zu bytes", window_left(&f->window), need);
	return -EBADMSG;
}

int pcap_file_next(struct pcap_file *f, struct packet *p, char *error, size_t error_room)
{
	int status = window_need(&f->window, f->header_len);
	if (status <= 0)
		return status < 0 ? status : cut_off(f, f->header_len, error, error_room);
	struct cursor c = cursor_over(window_bytes(&f->window), RECORD_HEADER_LEN); /* a patched one has more behind it */
	uint32_t head[4];
	for (unsigned i = 0; i < 4; i++)
		head[i] = f->big_endian ? cursor_be32(&c) : cursor_le32(&c);
	/* the seconds have no sign in files; the fraction may be anything in a damaged one */
	int64_t seconds = head[0], fraction = head[1];
	uint32_t captured = head[2], wire = head[3];
	if ((f->swapped | f->maybe_swapped) && (f->swapped || captured > wire)) {
		uint32_t first = captured;
		captured = wire;
		wire = first;
	}
	if (captured > CAPTURED_MAX) {
		snprintf(error, error_room, "a record of %u bytes, more than the %u that can be", (unsigned)captured,
			CAPTURED_MAX);
		return -EBADMSG;
	}
	status = window_need(&f->window, f->header_len + (size_t)captured);
	if (status <= 0)
		return status < 0 ? status : cut_off(f, f->header_len + (size_t)captured, error, error_room);
	p->bytes = window_bytes(&f->window) + f->header_len;
	p->captured_len = captured;
	p->wire_len = wire;
	p->time_ns = seconds * 1000000000 + fraction * (f->nanoseconds ? 1 : 1000);
	p->link_type = f->link_type;
	window_skip(&f->window, f->header_len + (size_t)captured);
	return 1;
}

int pcap_file_link_type(const struct pcap_file *f)
{
	return f->link_type;
}

uint64_t pcap_file_offset(const struct pcap_file *f)
{
	return f->window.offset;
}
