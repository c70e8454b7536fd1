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

/* Records into `inv`, for capture number `capture` in it, which both outlive the pipeline. NULL without memory. */
struct pipeline *pipeline_new(struct inventory *inv, uint32_t capture);

void pipeline_packet(struct pipeline *p, const struct packet *packet);

/* Ends all flows, writes the counters to the capture, and frees. */
void pipeline_end(struct pipeline *p);

#endif
