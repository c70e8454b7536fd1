/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bacnet_network.c - network layer messages of BACnet (ANSI/ASHRAE 135, 6.4).
 *
 *	+----------------+--------------------------------+----------------------
 *	| message type 8 | vendor 16 (types 0x80 and up)  | by type: networks ...
 *	+----------------+--------------------------------+----------------------
 *
 * Only routers say to which networks they lead.
 */
#include <stdio.h>
#include <string.h>

#include "bacnet.h"

enum {
	WHO_IS_ROUTER = 0x00,
	I_AM_ROUTER = 0x01,
	I_COULD_BE_ROUTER = 0x02,
	REJECT_MESSAGE = 0x03,
	ROUTER_BUSY = 0x04,
	ROUTER_AVAILABLE = 0x05,
	INITIALIZE_TABLE = 0x06,
	INITIALIZE_TABLE_ACK = 0x07,
	ESTABLISH_CONNECTION = 0x08,
	DISCONNECT = 0x09,
	WHAT_IS_NETWORK_NUMBER = 0x12,
	NETWORK_NUMBER_IS = 0x13
};

#define NETWORKS_SHOWN_MAX 24 /* of one message; a router leads to a handful as a rule */

struct networks {
	unsigned count;
	size_t used;
	char text[NETWORKS_SHOWN_MAX * 7 + 48];
};

static void network_add(struct networks *n, unsigned network)
{
	if (n->count++ < NETWORKS_SHOWN_MAX)
		n->used += (size_t)snprintf(
			n->text + n->used, sizeof(n->text) - n->used, "%s%u", n->used ? ", " : "", network);
}

/* The origin is a router, because it says where it leads. */
static void router_report(struct bacnet *b, const char *message, struct networks *n)
{
	char value[sizeof(n->text) + 48];
	struct statement s = b->about;
	if (n->count == 0)
		return;
	if (n->count > NETWORKS_SHOWN_MAX)
		snprintf(n->text + n->used, sizeof(n->text) - n->used, " and %u more", n->count - NETWORKS_SHOWN_MAX);
	snprintf(value, sizeof(value), "router to BACnet network%s %s", n->count > 1 ? "s" : "", n->text);
	s.message = message;
	observer_fact_string(b->observer, &s, ATTRIBUTE_GATEWAY_PROOF, value);
}

static bool is_network(unsigned network)
{
	return network != 0 && network != 0xffff;
}

/* A list of network numbers to the end of the message. False: no such list. */
static bool list_read(struct cursor c, struct networks *n)
{
	if (cursor_left(&c) % 2 != 0)
		return false;
	while (cursor_left(&c) > 0) {
		unsigned network = cursor_be16(&c);
		if (!is_network(network))
			return false;
		network_add(n, network);
	}
	return true;
}

/* Ports of a routing table: network, port id, length of port information and that (6.4.7). */
static bool table_read(struct cursor c, struct networks *n)
{
	unsigned ports = cursor_u8(&c);
	for (; ports > 0 && cursor_ok(&c); ports--) {
		unsigned network = cursor_be16(&c);
		cursor_skip(&c, 1);
		cursor_skip(&c, cursor_u8(&c));
		if (cursor_ok(&c) && is_network(network))
			network_add(n, network);
	}
	return cursor_ok(&c) && cursor_left(&c) == 0;
}

static bool router_answer(struct bacnet *b, uint8_t type, struct cursor c)
{
	struct networks n = {.count = 0};
	const char *message = type == I_AM_ROUTER         ? "I-Am-Router-To-Network"
			      : type == I_COULD_BE_ROUTER ? "I-Could-Be-Router-To-Network"
			      : type == ROUTER_BUSY       ? "Router-Busy-To-Network"
			      : type == ROUTER_AVAILABLE  ? "Router-Available-To-Network"
							  : "Initialize-Routing-Table-Ack";
	bool good;
	if (type == INITIALIZE_TABLE_ACK) {
		good = cursor_left(&c) == 0 || table_read(c, &n);
	} else if (type == I_COULD_BE_ROUTER) {
		unsigned network = cursor_be16(&c);
		good = cursor_left(&c) == 1 && is_network(network);
		network_add(&n, network);
	} else {
		good = list_read(c, &n);
	}
	if (!good)
		return false;
	bacnet_answers(b, type == INITIALIZE_TABLE_ACK ? OPERATION_CONFIGURE : OPERATION_DIAGNOSE, message);
	router_report(b, message, &n);
	return true;
}

bool bacnet_network_read(struct bacnet *b, struct cursor c)
{
	uint8_t type = cursor_u8(&c);
	if (!cursor_ok(&c))
		return false;
	switch (type) {
	case WHO_IS_ROUTER:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_DIAGNOSE);
		return cursor_left(&c) == 0 || cursor_left(&c) == 2;
	case WHAT_IS_NETWORK_NUMBER:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_DIAGNOSE);
		return cursor_left(&c) == 0;
	case I_AM_ROUTER:
	case I_COULD_BE_ROUTER:
	case ROUTER_BUSY:
	case ROUTER_AVAILABLE:
	case INITIALIZE_TABLE_ACK:
		return router_answer(b, type, c);
	case REJECT_MESSAGE:
		observer_refusal(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		return cursor_left(&c) == 3;
	case INITIALIZE_TABLE: /* without ports it asks for the table */
		observer_request(
			b->observer, PROTOCOL_BACNET, cursor_peek(&c) != 0 ? OPERATION_CONFIGURE : OPERATION_DIAGNOSE);
		return cursor_left(&c) > 0;
	case ESTABLISH_CONNECTION:
	case DISCONNECT:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_CONFIGURE);
		return cursor_left(&c) >= 2;
	case NETWORK_NUMBER_IS:
		bacnet_answers(b, OPERATION_DIAGNOSE, "Network-Number-Is");
		return cursor_left(&c) == 3;
	default: /* network security, and what vendors add: nothing to be read in it */
		return true;
	}
}
