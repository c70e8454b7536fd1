/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mirror.h - is this the mirror port that one wants? What the interface is set to, what a few seconds of its packets
 * show, what each means for the inventory, and how to put it right.
 */
#ifndef EARSHOT_WATCH_MIRROR_H
#define EARSHOT_WATCH_MIRROR_H

#include <stdbool.h>
#include <stdint.h>

#include "sensor/capture/live.h"
#include "sensor/capture/source.h"
#include "sensor/inventory/inventory.h"

enum mirror_grade { MIRROR_GOOD, MIRROR_NOTE, MIRROR_BAD };

struct mirror_finding {
	enum mirror_grade grade;
	char what[256];    /* "link: up, 1000 Mbit/s, full duplex" */
	char meaning[320]; /* "" when good */
	char fix[256];     /* a command line, or what to change on the switch; "" when good */
};
#define MIRROR_FINDINGS_MAX 16 /* one a check */

struct mirror {
	struct mirror_finding findings[MIRROR_FINDINGS_MAX];
	unsigned count;
};

/* What was counted beside the pipeline while listening; zeroed at the start. */
struct mirror_counts {
	uint64_t packets, bytes, tagged, over_mtu;
	uint64_t cut;     /* shorter than their IP header says, or cut by the snap length */
	uint64_t unicast; /* frames for one station: a port that is no mirror gets hardly any */
	uint32_t longest;
	bool ethernet; /* only of it are tags, cut and unicast frames told */
};
void mirror_count(struct mirror_counts *c, const struct packet *packet, uint32_t mtu);

/* The interface by itself: link, speed, offloads that merge packets, IP addresses. */
void mirror_look(struct mirror *m, const char *interface);
/* Once it is listened to: does the card take frames for other stations? */
void mirror_look_promiscuous(struct mirror *m, const char *interface);
/* 0 when it is not known. */
uint32_t mirror_mtu(const char *interface);
/* What was heard: `capture` is the row of a capture that has ended, `seconds` how long it was. */
void mirror_hear(struct mirror *m, const char *interface, const struct inventory *inv, const struct live_counters *live,
	const struct mirror_counts *counts, double seconds);

#endif
