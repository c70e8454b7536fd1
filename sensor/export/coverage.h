/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coverage.h - what the captures could not show, added up from facts and conclusions.
 *
 * An inventory is only as good as what was heard: these are the places where it may be blind.
 */
#ifndef EARSHOT_COVERAGE_H
#define EARSHOT_COVERAGE_H

#include "sensor/conclude/asset.h"

/* One protocol over all captures. */
struct coverage_protocol {
	const char *name;
	uint64_t pdus, malformed, unassembled_bytes;
};

/* Links that no dissector read. */
struct coverage_unread {
	const char *protocol; /* as named from outside; "" nobody knows */
	uint8_t basis, transport;
	uint64_t links, packets, bytes;
};

/* Assets without identity, by what would have identified them. */
struct coverage_wish {
	const char *observation;
	uint64_t assets;
};

/* Texts are borrowed from the conclusions. Arrays are sorted: protocols by name, unread and wishes by weight. */
struct coverage {
	struct capture sum;    /* counters of all captures added */
	uint64_t cut_captures; /* files that broke off */
	uint64_t refused_rows; /* facts that found no room */
	uint64_t unanswered;   /* addresses asked in vain */
	struct coverage_protocol *protocols;
	struct coverage_unread *unread;
	struct coverage_wish *wishes;
	size_t protocol_count, unread_count, wish_count;
};

/* 0 or -ENOMEM; clear it in either case. */
int coverage_make(struct coverage *out, const struct conclusions *c);
void coverage_clear(struct coverage *c);

#endif
