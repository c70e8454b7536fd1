/* SPDX-License-Identifier: Apache-2.0 */
/* s7comm_plus.h - S7comm-plus as a guest of COTP: what tpkt.c keeps for it per connection, and hands to it. */
#ifndef EARSHOT_S7COMM_PLUS_H
#define EARSHOT_S7COMM_PLUS_H

#include "earshot/dissector.h"

/* Assembly slots of messages in fragments, one per direction, behind those of COTP and S7comm. */
enum { S7COMM_PLUS_SLOT_FIRST = 5 };

#define S7COMM_PLUS_ASKED 8

struct s7comm_plus_flow {
	char order_number[24]; /* said when the session was set up */
	/* Requests whose operation their answer does not repeat, by sequence number. */
	struct {
		uint16_t sequence;
		bool open;
		uint8_t operation;
	} asked[S7COMM_PLUS_ASKED];
};

/*
 * One S7comm-plus PDU, protocol identifier 0x72 included. `side` is the sender's as far as COTP knows it;
 * a PDU that says it itself overrules. False: malformed.
 */
bool s7comm_plus_dissect(struct cursor bytes, const struct pdu *pdu, enum side side, struct s7comm_plus_flow *flow,
	struct observer *observer);

#endif
