/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bacnet.c - BACnet over IP, IPv6 and Ethernet (ANSI/ASHRAE 135: annex J BACnet/IP, annex U
 * BACnet/IPv6, clause 7 Ethernet, clause 6 network layer).
 *
 *	BACnet/IP:   | 0x81 | function 8 | length 16 | (address of the origin, function 4) | NPDU
 *	BACnet/IPv6: | 0x82 | function 8 | length 16 | source VMAC 24 | ... | NPDU
 *	Ethernet:    | 0x82 | 0x82 | 0x03 (802.2 unnumbered information) | NPDU
 *
 *	NPDU:
 *	+------------+-----------+------------------------+----------------------+--------+------
 *	| version 1  | control 8 | DNET 16, DLEN 8, DADR  | SNET 16, SLEN 8, SADR| hops 8 | APDU
 *	+------------+-----------+------------------------+----------------------+--------+------
 *	                           control bit 5            bit 3                  bit 5
 *
 * A source network means that the sender is a router and the message comes from a device behind it:
 * the network and its address there are the only name that all messages of that device have, its
 * device instance is not in most. A forwarded message (function 4) is its origin's, not the
 * forwarder's.
 */
#include "bacnet.h"

#include <stdio.h>
#include <string.h>

#include "binding.h"

enum { BVLL_IPV4 = 0x81, BVLL_IPV6 = 0x82, LLC_POINT = 0x82, LLC_INFORMATION = 0x03, LLC_SNAP = 0xaa };
enum {
	BVLC_RESULT = 0x00,
	BVLC_WRITE_BDT = 0x01,
	BVLC_READ_BDT = 0x02,
	BVLC_READ_BDT_ACK = 0x03,
	BVLC_FORWARDED = 0x04,
	BVLC_REGISTER = 0x05,
	BVLC_READ_FDT = 0x06,
	BVLC_READ_FDT_ACK = 0x07,
	BVLC_DELETE_FDT = 0x08,
	BVLC_DISTRIBUTE = 0x09,
	BVLC_UNICAST = 0x0a,
	BVLC_BROADCAST = 0x0b,
	BVLC_SECURE = 0x0c
};
enum {
	BVLC6_RESULT = 0x00,
	BVLC6_UNICAST = 0x01,
	BVLC6_BROADCAST = 0x02,
	BVLC6_RESOLUTION = 0x03,
	BVLC6_VIRTUAL_RESOLUTION_ACK = 0x07,
	BVLC6_FORWARDED = 0x08,
	BVLC6_REGISTER = 0x09,
	BVLC6_DELETE = 0x0a,
	BVLC6_DISTRIBUTE = 0x0c
};
enum { NPDU_NETWORK = 0x80, NPDU_RESERVED = 0x50, NPDU_TARGET = 0x20, NPDU_SOURCE = 0x08 };

#define BVLC_HEADER_LEN 4
#define FUNCTION_LAST 0x0c
#define VMAC_LEN 3
#define SOURCE_LEN_MAX 18 /* an IPv6 address with its port; 7 is the most that routers carry today */

static enum framing bacnet_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	struct cursor whole = bytes;
	size_t left = cursor_left(&bytes);
	uint8_t type = cursor_u8(&bytes);
	uint8_t function = cursor_u8(&bytes);
	if (type == LLC_SNAP) {
		*len = left;
		return bacnet_mstp_open(&whole, &function) ? FRAMING_WHOLE : FRAMING_FOREIGN;
	}
	if (left > 0 && type != BVLL_IPV4 && type != BVLL_IPV6)
		return FRAMING_FOREIGN;
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (type == LLC_POINT && function == LLC_POINT) {
		if (left > 2 && cursor_peek(&bytes) != LLC_INFORMATION)
			return FRAMING_FOREIGN;
		*len = left;
		return left > 3 ? FRAMING_WHOLE : FRAMING_MORE;
	}
	if (function > FUNCTION_LAST)
		return FRAMING_FOREIGN;
	size_t length = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (length < BVLC_HEADER_LEN || length < left) /* one datagram, one message */
		return FRAMING_FOREIGN;
	*len = length;
	return left == length ? FRAMING_WHOLE : FRAMING_MORE;
}

static uint32_t place_hash(const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (; *text != '\0'; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash != 0 ? hash : 1;
}

void bacnet_answers(struct bacnet *b, unsigned operations, const char *message)
{
	observer_response(b->observer, PROTOCOL_BACNET, operations);
	if (b->place == 0)
		return;
	if (b->state != NULL) {
		uint32_t *told = &b->state->places[b->place % BACNET_PLACES_MAX];
		if (*told == b->place)
			return;
		*told = b->place;
	}
	struct statement s = b->about;
	s.message = message;
	observer_presence(b->observer, &s);
}

/* "26001:72": the network in decimal, the address on it in hexadecimal. */
static void origin_set(struct bacnet *b, unsigned network, const uint8_t *address, size_t len)
{
	struct path *path = &b->about.path;
	path->kind = PATH_BACNET_DEVICE;
	int used = snprintf(path->text, sizeof(path->text), "%u:", network);
	for (size_t i = 0; i < len; i++)
		snprintf(path->text + (size_t)used + 2 * i, 3, "%02x", address[i]);
	b->place = place_hash(path->text);
}

static bool npdu_read(struct bacnet *b, struct cursor c)
{
	uint8_t version = cursor_u8(&c);
	uint8_t control = cursor_u8(&c);
	if (!cursor_ok(&c) || version != 1 || control & NPDU_RESERVED)
		return false;
	if (control & NPDU_TARGET) {
		cursor_skip(&c, 2);
		cursor_skip(&c, cursor_u8(&c));
	}
	if (control & NPDU_SOURCE) {
		unsigned network = cursor_be16(&c);
		size_t len = cursor_u8(&c);
		const uint8_t *address = cursor_bytes(&c, len);
		/* 65535 is everybody, and everybody sends nothing (6.2.2). */
		if (address == NULL || network == 0 || network == 0xffff || len == 0 || len > SOURCE_LEN_MAX)
			return false;
		origin_set(b, network, address, len);
	}
	if (control & NPDU_TARGET)
		cursor_skip(&c, 1);
	if (!cursor_ok(&c))
		return false;
	return control & NPDU_NETWORK ? bacnet_network_read(b, c) : bacnet_apdu_read(b, c);
}

/* The address of the origin in front of a forwarded message, as whom it is about. */
static bool forwarded_read(struct bacnet *b, struct cursor c, enum address_kind kind)
{
	const uint8_t *ip = cursor_bytes(&c, kind == ADDRESS_IPV4 ? 4 : 16);
	cursor_skip(&c, 2);
	if (!cursor_ok(&c))
		return false;
	if (!(kind == ADDRESS_IPV4 ? binding_ipv4_usable(ip) || ip[0] == 127 : binding_ipv6_usable(ip)))
		return false;
	b->about.subject = SUBJECT_ADDRESS;
	b->about.address = address_make(kind, ip);
	return npdu_read(b, c);
}

static bool ipv4_read(struct bacnet *b, uint8_t function, struct cursor c)
{
	struct statement s = b->about;
	switch (function) {
	case BVLC_RESULT:
		if (cursor_left(&c) != 2)
			return false;
		if (cursor_be16(&c) == 0)
			observer_response(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		else
			observer_refusal(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		return true;
	case BVLC_WRITE_BDT:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_CONFIGURE);
		s.subject = SUBJECT_RECEIVER;
		s.message = "Write-Broadcast-Distribution-Table";
		observer_event(b->observer, &s, OPERATION_CONFIGURE, NULL);
		return true;
	case BVLC_READ_BDT:
	case BVLC_READ_FDT:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_DIAGNOSE);
		return true;
	case BVLC_READ_BDT_ACK:
	case BVLC_READ_FDT_ACK:
		observer_response(b->observer, PROTOCOL_BACNET, OPERATION_DIAGNOSE);
		return true;
	case BVLC_REGISTER:
	case BVLC_DELETE_FDT:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_CONFIGURE);
		return true;
	case BVLC_FORWARDED:
		return forwarded_read(b, c, ADDRESS_IPV4);
	case BVLC_DISTRIBUTE:
	case BVLC_UNICAST:
	case BVLC_BROADCAST:
		return npdu_read(b, c);
	default: /* secured: nothing in it can be read */
		return true;
	}
}

static bool ipv6_read(struct bacnet *b, uint8_t function, struct cursor c)
{
	cursor_skip(&c, VMAC_LEN);
	if (!cursor_ok(&c))
		return false;
	switch (function) {
	case BVLC6_RESULT:
		if (cursor_left(&c) != 2)
			return false;
		if (cursor_be16(&c) == 0)
			observer_response(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		else
			observer_refusal(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		return true;
	case BVLC6_REGISTER:
	case BVLC6_DELETE:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_CONFIGURE);
		return true;
	case BVLC6_UNICAST:
		cursor_skip(&c, VMAC_LEN);
		return npdu_read(b, c);
	case BVLC6_BROADCAST:
	case BVLC6_DISTRIBUTE:
		return npdu_read(b, c);
	case BVLC6_FORWARDED:
		return forwarded_read(b, c, ADDRESS_IPV6);
	default: /* who has which virtual address */
		return cursor_left(&c) == 0 || cursor_left(&c) >= VMAC_LEN;
	}
}

static bool mstp_read(struct bacnet *b, struct cursor c)
{
	uint8_t type;
	b->state = NULL;
	if (!bacnet_mstp_open(&c, &type) || !cursor_ok(&c))
		return false;
	if (bacnet_mstp_is_data(type))
		return npdu_read(b, c);
	observer_exchange(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
	return true;
}

static bool bacnet_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct bacnet b = {.pdu = pdu, .observer = observer};
	b.state = state;
	b.about.protocol = PROTOCOL_BACNET;
	b.about.subject = SUBJECT_SENDER;
	struct cursor all = bytes;
	size_t given = cursor_left(&bytes);
	uint8_t type = cursor_u8(&bytes);
	uint8_t function = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	if (type == LLC_POINT && function == LLC_POINT) {
		cursor_skip(&bytes, 1);
		b.state = NULL;
		return pdu->frame->transport == TRANSPORT_NONE && npdu_read(&b, bytes);
	}
	if (type == LLC_SNAP)
		return pdu->frame->transport == TRANSPORT_NONE && mstp_read(&b, all);
	size_t length = cursor_be16(&bytes);
	if (!cursor_ok(&bytes) || (pdu->whole && length != given))
		return false;
	return type == BVLL_IPV4 ? ipv4_read(&b, function, bytes) : ipv6_read(&b, function, bytes);
}

extern const struct dissector bacnet_dissector;
const struct dissector bacnet_dissector = {
	.name = "bacnet",
	.protocol = PROTOCOL_BACNET,
	.reference = "ANSI/ASHRAE 135-2020",
	.llc = (const uint16_t[]){LLC_POINT << 8 | LLC_POINT, LLC_SNAP << 8 | LLC_SNAP, 0},
	.udp_ports = (const uint16_t[]){47808, 0},
	.udp_any = true,
	.state_size = sizeof(struct bacnet_state),
	.pdu_max = 65535,
	.assembly_max = 65536, /* 44 segments of the largest size; the properties of a device take a few */
	.frame = bacnet_frame,
	.dissect = bacnet_dissect,
};
