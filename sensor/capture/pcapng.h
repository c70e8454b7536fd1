/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng.h - reading pcapng (draft-ietf-opsawg-pcapng), several interfaces of mixed link types included.
 *
 * libpcap refuses a pcapng whose interfaces differ in link type, and drops the interface statistics.
 */
#ifndef EARSHOT_PCAPNG_H
#define EARSHOT_PCAPNG_H

#include "sensor/capture/source.h"
#include "sensor/capture/stream.h"

struct pcapng;

/* Reads `head` (what was read ahead, copied) and then `stream`, which stays the caller's; NULL when memory is out. */
struct pcapng *pcapng_new(struct byte_stream *stream, const uint8_t *head, size_t head_len);
void pcapng_free(struct pcapng *ng);

/* As source_next(). On an error `error` (of `error_room` bytes) says what. */
int pcapng_next(struct pcapng *ng, struct packet *p, char *error, size_t error_room);

/* Where the block that is being read begins. */
uint64_t pcapng_offset(const struct pcapng *ng);
uint64_t pcapng_dropped(const struct pcapng *ng);

#endif
