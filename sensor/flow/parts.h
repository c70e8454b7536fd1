/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the parts of the pipeline share; for sensor/flow/ alone. */
#ifndef EARSHOT_PIPELINE_PARTS_H
#define EARSHOT_PIPELINE_PARTS_H

#include "sensor/decode/decode.h"
#include "sensor/flow/copies.h"
#include "sensor/flow/flow.h"
#include "sensor/flow/ndpi.h"
#include "sensor/flow/pipeline.h"
#include "sensor/flow/table.h"

#define MAC_CACHE 256 /* addresses of link-layer frames seen lately; a power of two */

/* What was seen of one protocol; goes to inventory.protocol_counts at the end. Malformed and unassembled count for
 * the protocol of the dissector, PDUs for every protocol they speak. */
struct pdu_count {
	uint64_t pdus, malformed, unassembled_bytes;
};

/* What one PDU said, from the observer or from what was held; or `count` frames that said the same. */
struct batch {
	const struct said *said;
	const struct report *reports;
	const char *text;
	uint32_t said_count, report_count, text_len;
	uint64_t count, bytes; /* frames, and their bytes on the wire */
	struct sighting at;    /* the last of them */
};

struct repeats;

struct pipeline {
	struct inventory *inv;
	uint32_t capture;
	uint32_t epoch;   /* 1, 2, ...: numbers the inventories recorded into */
	uint32_t retold;  /* flows of an epoch before this one tell everything again */
	uint64_t frames;  /* of all epochs: the number of the frame in its capture */
	struct frame frame;
	struct fragments *fragments;
	struct copies *copies;
	struct repeats *repeats;
	struct flow_table *table;
	struct labeller *labeller;
	struct observer observer;
	struct assembly_budget assembly_budget; /* dissectors' buffers */
	struct assembly_budget stream_budget;   /* early segments, incomplete PDUs, held reports */
	struct assembly_budget claim_budget;    /* what dissectors remember of flows */
	struct pdu_count counts[PROTOCOLS];     /* of this epoch */
	struct pipeline_totals totals;          /* as of the end of the last epoch */
	struct {
		uint8_t mac[6];
		uint16_t vlan;
		uint32_t endpoint; /* 0: free; else one more than the number */
	} mac_cache[MAC_CACHE];
};

static inline struct sighting sighting_of(const struct pipeline *p, uint64_t frame, int64_t time_ns)
{
	struct sighting s = {.time_ns = time_ns, .frame = frame & 0xffffffffffu, .capture = p->capture & 0xffffffu};
	return s;
}

/* stream.c: one TCP segment; bytes in order go on to dispatch_chunk(). */
void stream_segment(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame);
/* The end of the flow: what waits for lost segments is read as it is, and freed. */
void stream_end(struct pipeline *p, struct flow *f);

/* dispatch.c: `bytes` follow what came before on this side without a gap; `cut`: the packet had more. */
void dispatch_chunk(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes,
	bool cut);
/* Bytes are missing here: an incomplete PDU is given up. */
void dispatch_gap(struct pipeline *p, struct flow *f, unsigned side);
void dispatch_datagram(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame);
/* A frame without a conversation, by EtherType (or 58: ICMPv6). False: no dissector reads it. */
bool dispatch_link_layer(struct pipeline *p, const struct frame *frame, uint16_t type);
void dispatch_release(struct pipeline *p, struct flow *f);

/* commit.c: takes over what the observer holds back for one PDU of a flow. */
void commit_pdu(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame);
void commit_link_layer(struct pipeline *p, const struct frame *frame);
/* The same of a batch whose frames had no flow; IP addresses for ICMPv6, else MACs. */
void commit_message(struct pipeline *p, const struct batch *b, const struct address *sender, const struct address *receiver);
/* Somebody else sends from this side now (DHCP clients share 0.0.0.0): all he says is new. */
void commit_forget(struct flow *f, unsigned side);
void commit_release(struct pipeline *p, struct flow *f);
/* The inventory endpoint of one end of a flow; a group address only when `even_group`; `read`: a dissector vouches. */
uint32_t commit_endpoint(struct pipeline *p, struct flow *f, unsigned side, bool even_group, bool read,
	const struct sighting *at);
/* Who sits at one end of a flow: its MAC while it has no IP address yet (a DHCP client). */
struct address commit_address(const struct flow *f, unsigned side);
bool commit_is_group(const struct address *a);
/* The inventory link of a talk whose client is side `client`, made when there is none in this epoch. */
uint32_t commit_link(struct pipeline *p, struct flow *f, struct talk *t, unsigned client, const struct sighting *at);

/*
 * repeat.c: messages without a flow that say what was said just before. Publishers (GOOSE, sampled values, cyclic PROFINET)
 * repeat themselves some thousand times a second; a repetition is compared and counted, and told when another message
 * takes its place, at the end of an epoch, and at the end.
 */
struct repeats *repeats_new(void);
void repeats_free(struct repeats *r);
/* True: counted, and committed later. */
bool repeat_take(struct pipeline *p, const struct batch *b, const struct address *sender, const struct address *receiver);
/* Commits all that was counted, and forgets it. */
void repeats_flush(struct pipeline *p);

/* record.c: addresses as they are seen, and the totals of a flow that ends. */
void record_sender(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame);
uint32_t record_mac(struct pipeline *p, const struct frame *frame);
/* A link-layer frame of `mac` that no dissector reads: so that `coverage` can say what was there. */
void record_unread(struct pipeline *p, const struct frame *frame, uint32_t mac);
/* Before a flow is used: numbers of rows of an inventory that was left are forgotten; whoever needs one finds it again. */
void record_enter(struct pipeline *p, struct flow *f);
void record_flow_end(struct pipeline *p, struct flow *f);
/* What a running flow has counted since it was last told goes to the inventory. */
void record_running(struct pipeline *p, struct flow *f);

#endif
