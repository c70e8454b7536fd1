/* SPDX-License-Identifier: Apache-2.0 */
/* packets.h - Ethernet packets made by hand, and the facts that come out of them as text. */
#ifndef EARSHOT_TEST_PACKETS_H
#define EARSHOT_TEST_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_BYTES_MAX 2048

struct made_packet {
	uint8_t bytes[PACKET_BYTES_MAX];
	uint32_t len;      /* on the wire */
	uint32_t captured; /* kept of it */
	int64_t time_ns;
};

/* A TCP segment between 10.0.0.1:40000 (from_client) and 10.0.0.2:`port`. */
struct made_packet packet_tcp(bool from_client, uint16_t port, uint32_t sequence, uint32_t acknowledgement, uint8_t flags,
	const uint8_t *data, size_t len);

/*
 * What a capture of these packets says, without frames and times: one line per fact, path and operation, sorted.
 * Caller frees. `gaps` and `copies` may be NULL.
 */
char *facts_of(const struct made_packet *packets, size_t count, uint64_t *gaps, uint64_t *copies);

#endif
