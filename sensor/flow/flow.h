/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow.h - one conversation: two addresses, two ports, what is known of each direction,
 * and the dissector that reads it.
 *
 * A flow lives from its first packet until it is closed, idle for too long in capture time, or
 * pushed out of the full table; then what it counted goes to the inventory. No protocol has a
 * field here: what a dissector must remember is in `state`.
 */
#ifndef EARSHOT_FLOW_H
#define EARSHOT_FLOW_H

#include "earshot/dissector.h"
#include "sensor/flow/assembly.h"
#include "sensor/inventory/inventory.h"

/* Side 0 is the end with the lower address (then port). */
struct flow_key {
	struct address address[2];
	uint16_t port[2];
	uint8_t transport;
};

/* A TCP segment that came too early. Its bytes stand behind the struct. */
struct segment {
	struct segment *next;
	uint64_t frame;
	int64_t time_ns;
	uint32_t sequence, len;
	uint32_t wire_len; /* more than `len` when the snap length cut it */
	uint8_t bytes[];
};

/* The beginning of a PDU that is not complete. */
struct part {
	uint32_t len, room;
	uint32_t wanted; /* bytes the PDU needs in all, 0: not known */
	uint64_t frame;  /* the latest that carried bytes of it */
	int64_t time_ns;
	uint8_t bytes[];
};

/*
 * One direction: what the end `side` sent. The flows of a plant do not fit into the caches near the processor, so what
 * every packet needs stands in the first 64 bytes, here and in the structs below.
 */
struct flow_side {
	uint64_t packets, bytes;
	uint64_t last_frame;
	int64_t last_ns;
	uint32_t epoch;              /* in which it sent last, see pipeline_switch() */
	uint32_t endpoint;           /* inventory, INVENTORY_NONE: not recorded; of the epoch of the flow */
	uint8_t mac[6];              /* as of the last packet */
	uint16_t vlan;
	uint32_t sequence;           /* TCP: of the next byte in order */
	uint32_t acknowledged;       /* TCP: the highest acknowledgement sent */
	bool started;                /* TCP: `sequence` is known */
	bool finished;               /* FIN or RST was seen */
	bool bound_now;              /* the MAC was recorded with the last packet */
	bool has_data;
	bool has_part;               /* `part` holds bytes */
	uint8_t early_count;         /* segments in `early` */
	uint8_t foreign_run;         /* segments in a row that the dissector did not know */
	uint8_t behind_run;          /* TCP: segments in a row farther behind than any repetition */

	uint64_t first_frame;
	int64_t first_ns;
	uint64_t told_packets;       /* of `packets`, those that the inventory has */
	struct part *part;           /* NULL until a first PDU was split */
	struct segment *early;       /* by sequence */
	uint32_t early_bytes;
	uint8_t hops;
};

struct talk {
	uint8_t protocol;
	uint32_t told[2]; /* struct said's bits already told to the inventory, by direction; a repetition costs a test */
	uint32_t link[2]; /* inventory link whose client is side 0, side 1; of the epoch of the flow */
	bool linked[2];   /* there was one, in this epoch or before */
};

/* Of what a flow counted, what a link has already. */
struct told_count {
	uint64_t packets, bytes;
};

#define FLOW_TALKS_MAX 6

#define TOLD_BYTES (FLOW_TALKS_MAX * 2 * sizeof(struct told_count))

/* Of flows that a dissector claimed. */
struct flow_claim {
	const struct dissector *dissector;
	void *state;
	struct assemblies *assemblies; /* behind the state; NULL for a dissector that assembles nothing */
	uint8_t confirmations;
	bool believed;            /* framing and confirmations are proof enough */
	bool taken;               /* a PDU was read */
	bool expected[2];         /* that side uses a port of the dissector */
	uint8_t talk_count;
	struct talk talks[FLOW_TALKS_MAX];
	/* Of each talk, for client side 0 and side 1. NULL: nothing was told before the end of the flow, as of most. */
	struct told_count (*told)[2];
	struct held *held;        /* PDUs waiting for confirmation */
	size_t held_bytes;
};

struct flow {
	struct flow_key key;
	uint32_t hash, next;      /* chain of the bucket */
	struct flow_claim *claim;
	bool used;
	bool hopeless;            /* every dissector said no: libnDPI's */
	bool opened;              /* a handshake was seen: `opener` asked */
	uint8_t opener;           /* side that sent the SYN, else the first packet */
	uint8_t attempts;         /* payloads offered to all dissectors in vain */
	uint8_t labelled_packets; /* given to libnDPI */
	uint8_t label;            /* libnDPI's verdict, see labeller_name(); 0: none yet */
	bool encrypted;

	struct flow_side side[2];

	uint32_t epoch;           /* of the inventory that all numbers of rows in here belong to */
	uint64_t told_packets, told_bytes; /* that the link of an unread flow has */
	void *labelling;          /* libnDPI's state, see ndpi.h */
};

#define FLOW_ALIGNMENT 64 /* a line of the cache */
_Static_assert(offsetof(struct flow, side) == FLOW_ALIGNMENT && sizeof(struct flow) % FLOW_ALIGNMENT == 0,
	"what every packet needs of a flow begins with a line");

#endif
