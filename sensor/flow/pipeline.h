/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline.h - packets of one capture in, facts out.
 *
 *	packet -> decode/ -> copies.c (seen twice?) -> table.c (which flow) -> stream.c (TCP order)
 *	       -> dispatch.c (which dissector, where PDUs begin and end) -> commit.c (facts, roles, operations)
 */
#ifndef EARSHOT_PIPELINE_H
#define EARSHOT_PIPELINE_H

#include "sensor/capture/source.h"
#include "sensor/inventory/inventory.h"

struct pipeline;

/* What a pipeline may hold; at a maximum it evicts or refuses, and counts. */
struct pipeline_limits {
	uint32_t flows;
	uint32_t labellings; /* flows that libnDPI looks at, at the same time */
	size_t claim_bytes, assembly_bytes, stream_bytes;
};
extern const struct pipeline_limits pipeline_limits_default;

/*
 * Records into `inv`, for capture number `capture` in it, which both outlive the pipeline (or the switch to another).
 * `limits` NULL: the default. NULL without memory.
 */
struct pipeline *pipeline_new_within(struct inventory *inv, uint32_t capture, const struct pipeline_limits *limits);
struct pipeline *pipeline_new(struct inventory *inv, uint32_t capture);

void pipeline_packet(struct pipeline *p, const struct packet *packet);

/* All counters since the start that stand nowhere else. */
struct pipeline_totals {
	struct {
		uint64_t pdus, malformed;
	} protocols[PROTOCOLS];
	uint64_t evicted_flows, fragments_lost;
	uint64_t refused_bytes; /* pieces that found no room in a buffer, and reports dropped */
	uint32_t flows;         /* open now */
	size_t buffer_bytes;    /* in use now */
};

/*
 * Ends an epoch: from now on everything is recorded into `next`, for the same number of capture, while all
 * conversations go on. Running conversations have told what they counted (of SWITCH_FLOWS_MAX at a time, so that
 * packets do not wait long; the others tell later), and the counters stand in the capture of the inventory that is
 * left. With `retell` conversations say again what they have said before: something of it was forgotten.
 *
 * Frames are numbered through all epochs. Merged in any order, the epochs of a capture say what one inventory would:
 * a conversation that nobody could read, however, is told after UNDECIDED_NS even if somebody might read it still.
 */
void pipeline_switch(struct pipeline *p, struct inventory *next, bool retell);

void pipeline_total(const struct pipeline *p, struct pipeline_totals *out);

/* Ends all flows, writes the counters to the capture, and frees. */
void pipeline_end(struct pipeline *p);

/* After the last pipeline of all: gives back what is kept from one to the next, some megabytes. */
void pipelines_done(void);

#endif
