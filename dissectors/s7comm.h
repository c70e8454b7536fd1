/* SPDX-License-Identifier: Apache-2.0 */
/* s7comm.h - S7 communication as a guest of COTP: what tpkt.c keeps for it per connection, and hands to it. */
#ifndef EARSHOT_S7COMM_H
#define EARSHOT_S7COMM_H

#include "earshot/dissector.h"
#include "s7comm_szl.h"

/* The first assembly slots belong to COTP (one per direction), the next ones to segmented SZL answers. */
enum { S7COMM_SLOT_FIRST = 2, S7COMM_LISTS = 3, S7COMM_SLOT_END = S7COMM_SLOT_FIRST + S7COMM_LISTS };

/* Lists that are being sent in segments; a client runs few jobs at a time. */
struct s7comm_list {
	bool open;
	uint8_t direction, reference; /* data unit reference, chosen by the server */
};

struct s7comm_flow {
	/* From the connect request; the TSAP means something only once the connection is proven to speak S7. */
	bool has_tsap, client_told, presence_told, programmer_told;
	uint8_t tsap[2]; /* called: connection type, rack and slot */
	uint8_t lists_turn;
	struct s7comm_list lists[S7COMM_LISTS];
	uint16_t job_reference; /* the latest job, for an acknowledgement that repeats nothing of it */
	uint8_t job_function, job_operation;
	struct s7comm_status told;
};

/* One S7 PDU, protocol identifier 0x32 included. False: malformed. */
bool s7comm_dissect(
	const struct cursor *bytes, const struct pdu *pdu, struct s7comm_flow *flow, struct observer *observer);

/* The same of ROSCTR 7, cut into its parts (s7comm_userdata.c). */
bool s7comm_userdata(const struct cursor *parameter, const struct cursor *data, const struct pdu *pdu,
	struct s7comm_flow *flow, struct observer *observer);

/* Tells what the connect request said of the client. */
void s7comm_client_tell(struct s7comm_flow *flow, bool sent_by_client, struct observer *observer);

/* The same, once, when the connection is proven to speak S7. */
static inline void s7comm_client_prove(struct s7comm_flow *flow, bool sent_by_client, struct observer *observer)
{
	if (flow->has_tsap && !flow->client_told)
		s7comm_client_tell(flow, sent_by_client, observer);
}

/* "DB" for 'A' and so on (the second character of a block file name); "?" for an unknown type. */
const char *s7comm_block_type(uint8_t code);

#endif
