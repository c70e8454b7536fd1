/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi.h - libnDPI names the IT traffic that no dissector of ours claimed. Every call of that library
 * stands in ndpi.c. A name is a label of low confidence; it never overrules a dissected PDU.
 */
#ifndef EARSHOT_NDPI_H
#define EARSHOT_NDPI_H

#include "sensor/flow/flow.h"

struct labeller;

/* Cheap: the library is set up at the first packet. NULL without memory. */
struct labeller *labeller_new(uint32_t max); /* flows that it looks at, at the same time; others have no name */
void labeller_free(struct labeller *l);
/* Gives back what the library takes, some megabytes, when no more packets come for now. No labeller may have flows. */
void labeller_close(void);

/*
 * Gives one packet of a flow to the library, at most LABEL_PACKETS_MAX of each flow; `flow->label` is set
 * when it knows a name (of the inventory where there is one), and its state is freed then.
 */
#define LABEL_PACKETS_MAX 8
void labeller_packet(struct labeller *l, struct flow *flow, const struct frame *frame);

/* The name of a flow that has a label, static; NULL without. */
const char *labeller_name(const struct flow *flow);

/* Frees what the library keeps for the flow, if anything. */
void labeller_forget(struct labeller *l, struct flow *flow);

/* The library's version. */
const char *labeller_version(void);

#endif
