/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dissector.h - the const description of one protocol.
 *
 * A dissector does no I/O, no heap, no logging, no clock, has no mutable statics, and
 * knows no port number outside its descriptor. registry.c lists them in probe order.
 */
#ifndef EARSHOT_DISSECTOR_H
#define EARSHOT_DISSECTOR_H

#include "earshot/frame.h"
#include "earshot/observer.h"

/* Which side of the conversation sent a PDU, as far as the transport can tell. */
enum side { SIDE_UNKNOWN, SIDE_CLIENT, SIDE_SERVER };

/* The circumstances of one PDU. */
struct pdu {
	const struct frame *frame; /* the frame that completed it */
	/*
	 * From the TCP handshake (sender_proven), else from which end uses a port of the
	 * descriptor, else SIDE_UNKNOWN. A protocol whose PDUs say who asks ignores it.
	 */
	enum side sender;
	bool sender_proven;
	bool expected_port;  /* one end uses a port of the descriptor */
	bool whole;          /* false: cut by the snap length; what was reported before the cut is kept */
	uint8_t direction;   /* 0 or 1, the same for one direction through the life of the flow */
};

enum framing {
	FRAMING_FOREIGN, /* not this protocol */
	FRAMING_MORE,    /* may be, more bytes are needed to tell or to complete the PDU */
	FRAMING_WHOLE    /* `*len` bytes from the start are one PDU */
};

struct dissector {
	const char *name;
	enum protocol protocol;
	const char *reference;       /* the document it follows */
	const uint16_t *ethertypes;  /* 0-terminated lists or NULL; link-layer PDUs have no state */
	const uint16_t *llc;         /* the same for IEEE 802.2 frames: DSAP << 8 | SSAP, see frame.llc */
	const uint16_t *tcp_ports;   /* where to look first */
	const uint16_t *udp_ports;
	bool tcp_any, udp_any;       /* framing distinctive enough to try on any port */
	/*
	 * On a foreign port, how many PDUs must be observer_confirm()ed before anything is
	 * believed; what was reported until then is held back in a bounded buffer and taken
	 * over at the confirmation with its own frames. 0: the framing is proof enough.
	 */
	uint8_t confirmations;
	uint16_t state_size;         /* zeroed bytes per flow, both directions; at most DISSECTOR_STATE_MAX */
	uint32_t pdu_max;            /* largest PDU in bytes; larger is FOREIGN */
	uint32_t assembly_max;       /* largest assembly in bytes, 0: none used */
	/*
	 * Probe and splitter: called at the start of a payload and after each PDU.
	 * `*len` is set with WHOLE, and with MORE when the length is known already (else 0).
	 */
	enum framing (*frame)(struct cursor bytes, size_t *len);
	/*
	 * Exactly one PDU. False: malformed; nothing reported for it is kept (unless it was
	 * cut by the snap length).
	 */
	bool (*dissect)(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer);
};

#define DISSECTOR_STATE_MAX 2048

/* All dissectors in probe order, NULL-terminated. */
extern const struct dissector *const dissectors[];

#endif
