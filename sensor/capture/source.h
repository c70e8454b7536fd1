/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - where packets come from. From here on nothing knows whether that is a file,
 * a pipe or a wire.
 */
#ifndef EARSHOT_SOURCE_H
#define EARSHOT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One captured packet; `bytes` is borrowed until the next call. */
struct packet {
	const uint8_t *bytes;
	uint32_t captured_len, wire_len;
	int64_t time_ns; /* since 1970, never negative; 0: not known, or none that can be */
	int link_type;   /* a DLT_ number of libpcap */
};

struct source;

/*
 * Opens a pcap (micro- or nanosecond, either byte order) or pcapng file, plain or packed with gzip or
 * zstd; "-" is standard input. 0 or a negative errno; -EINVAL: not a capture. On failure *out is set
 * all the same, for source_error(), unless memory is out; close it.
 */
int source_open(struct source **out, const char *path);
void source_close(struct source *s);

/* 1: *p is the next packet; 0: the end; negative errno: the file broke here, see source_error();
 * -EINTR: a signal came. */
int source_next(struct source *s, struct packet *p);

/* Breaks off here: nothing more is read, and so source_digest() does not wait for a pipe. */
void source_stop(struct source *s);

/* One line without the file's name: what is wrong and at which byte of the unpacked capture. */
const char *source_error(const struct source *s);
/* The byte where reading broke off, 0 when it did not. */
uint64_t source_cut_at(const struct source *s);

/* Bytes of the file taken in so far and in all (0: not known, a pipe). */
uint64_t source_bytes_read(const struct source *s);
uint64_t source_bytes_total(const struct source *s);
/* Packets that the capturing system says it dropped. */
uint64_t source_dropped(const struct source *s);
/* "EN10MB"; "several" for a capture of mixed link types; "" before the first packet of a pcapng. */
const char *source_link_type(const struct source *s);

/* Reads what is left of the file, and gives the SHA-256 of all of it as 64 hex digits. 0 or -EIO. */
int source_digest(struct source *s, char hex[65]);

#endif
