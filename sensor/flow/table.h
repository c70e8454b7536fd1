/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - all flows: a bounded hash table with idle expiry on capture time. */
#ifndef EARSHOT_FLOW_TABLE_H
#define EARSHOT_FLOW_TABLE_H

#include "sensor/flow/flow.h"

struct flow_table;

/* Called for every flow that ends, before its memory goes. */
struct flow_end {
	void (*call)(void *to, struct flow *f);
	void *to;
};

struct flow_table *flow_table_new(uint32_t max, struct flow_end end);
/* Ends all flows; flow_table_free() does, too. */
void flow_table_end_all(struct flow_table *t);
void flow_table_free(struct flow_table *t);

/* The flow of a frame with a transport, made when new; `*side` is the sender's. NULL without memory. */
struct flow *flow_table_get(struct flow_table *t, const struct frame *frame, unsigned *side);

/* Ends this flow now: its ports are being used again. */
void flow_table_end(struct flow_table *t, struct flow *f);

/* Looks at a few flows and ends those that are idle: call once per packet. */
void flow_table_sweep(struct flow_table *t, int64_t now_ns);

/*
 * Shows up to `max` flows to `look`, going on where it stopped the last time; each flow once, when there are no more.
 * It must not end any.
 */
void flow_table_visit(struct flow_table *t, uint32_t max, struct flow_end look);

uint32_t flow_table_used(const struct flow_table *t);

/* Flows pushed out because the table was full. */
uint64_t flow_table_evicted(const struct flow_table *t);

#endif
