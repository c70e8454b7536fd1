/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nbns.c - the NetBIOS name service: names that hosts register and defend as their own (RFC 1002, 4.2).
 *
 *	+-------+---+----------+---------+---------+---------------------------------------------+
 *	| id 16 | R | opcode 4 | flags 7 | rcode 4 | questions, answers, authority, additional   |
 *	+-------+---+----------+---------+---------+---------------------------------------------+
 *	name: 20 | 32 octets "A".."P", two for each of 16 | 00 (or a scope)     or a pointer C0 0C
 *	question: name | type 16 | class 16      record: the same | time to live 32 | length 16 | data
 *	data of type 0020: flags 16, address 32      of type 0021: count 8, then name 16 * 8, flags 16
 *
 * The last of the 16 octets says what has the name: 00 and 20 a computer, 03 may be a user and is never told.
 */
#include <string.h>

#include "earshot/dissector.h"

enum { HEADER_LEN = 12, PDU_MAX = 1500, NAME_LEN = 16, ENCODED_LEN = 32, NAMES_MAX = 64 };
enum { TYPE_NB = 0x20, TYPE_STATUS = 0x21, GROUP = 0x8000, SUFFIX_WORKSTATION = 0x00, SUFFIX_SERVER = 0x20 };
enum {
	OPCODE_QUERY = 0,
	OPCODE_REGISTER = 5,
	OPCODE_WAIT = 7,
	OPCODE_REFRESH = 8,
	OPCODE_REFRESH_ALT = 9,
	OPCODE_MULTI_HOMED = 15
};

/* A name in 16 octets, or in a pointer (then nothing is written). False when it is neither. */
static bool name_read(struct cursor *c, uint8_t name[NAME_LEN])
{
	uint8_t len = cursor_u8(c);
	if ((len & 0xc0) == 0xc0) {
		cursor_skip(c, 1);
		return cursor_ok(c);
	}
	const uint8_t *p = cursor_bytes(c, ENCODED_LEN);
	if (p == NULL || len != ENCODED_LEN)
		return false;
	for (unsigned i = 0; i < NAME_LEN; i++) {
		unsigned high = p[2 * i] - 'A', low = p[2 * i + 1] - 'A';
		if (high > 15 || low > 15)
			return false;
		name[i] = (uint8_t)(high << 4 | low);
	}
	for (len = cursor_u8(c); len != 0 && cursor_ok(c); len = cursor_u8(c)) /* scope */
		cursor_skip(c, len);
	return cursor_ok(c);
}

static enum framing nbns_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t name[NAME_LEN];
	cursor_skip(&bytes, 2);
	unsigned opcode = cursor_be16(&bytes) >> 11 & 0xf;
	uint16_t questions = cursor_be16(&bytes), answers = cursor_be16(&bytes), authority = cursor_be16(&bytes);
	uint16_t additional = cursor_be16(&bytes);
	if (left < HEADER_LEN)
		return FRAMING_MORE;
	if (questions > 1 || answers > 1 || authority > 1 || additional > 1 || questions + answers == 0 ||
		(opcode != OPCODE_QUERY && opcode < OPCODE_REGISTER) ||
		(opcode > OPCODE_REFRESH_ALT && opcode != OPCODE_MULTI_HOMED))
		return FRAMING_FOREIGN;
	if (!name_read(&bytes, name))
		return FRAMING_FOREIGN;
	uint16_t type = cursor_be16(&bytes);
	if (!cursor_ok(&bytes) || (type != TYPE_NB && type != TYPE_STATUS && type != 0x0a))
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

static bool fact(struct observer *o, const char *message, const uint8_t name[NAME_LEN], unsigned flags)
{
	struct statement s = {.protocol = PROTOCOL_NBNS, .subject = SUBJECT_SENDER, .message = message};
	uint8_t suffix = name[NAME_LEN - 1];
	size_t len = NAME_LEN - 1;
	if ((flags & GROUP) != 0 || (suffix != SUFFIX_WORKSTATION && suffix != SUFFIX_SERVER))
		return false;
	while (len > 0 && (name[len - 1] == ' ' || name[len - 1] == 0))
		len--;
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ') /* the browser's marks, and the "*" of a query for all is none */
			return false;
	if (len > 0 && name[0] != '*')
		observer_fact(o, &s, ATTRIBUTE_HOSTNAME, name, len);
	return true;
}

/* A record: its owner's name, or the name in the question when it is a pointer. */
static bool record_read(struct cursor *c, uint8_t name[NAME_LEN], uint16_t *type, struct cursor *data)
{
	if (!name_read(c, name))
		return false;
	*type = cursor_be16(c);
	cursor_skip(c, 2 + 4);
	*data = cursor_take(c, cursor_be16(c));
	return cursor_ok(c);
}

/* The names of the node that answers; the first of a computer is its name. */
static void status_facts(struct observer *o, struct cursor data)
{
	uint8_t count = cursor_u8(&data);
	for (unsigned i = 0; i < count && i < NAMES_MAX; i++) {
		const uint8_t *name = cursor_bytes(&data, NAME_LEN);
		uint16_t flags = cursor_be16(&data);
		if (!cursor_ok(&data) || fact(o, "NBNS node status", name, flags))
			return;
	}
}

static void address_fact(struct observer *o, const struct frame *frame, const char *message,
	const uint8_t name[NAME_LEN], struct cursor data)
{
	uint16_t flags = cursor_be16(&data);
	const uint8_t *ip = cursor_bytes(&data, 4);
	if (ip == NULL || frame == NULL)
		return;
	struct address address = address_make(ADDRESS_IPV4, ip);
	if (memcmp(&address, &frame->source, sizeof(address)) == 0) /* a name server tells the names of others */
		fact(o, message, name, flags);
}

static bool nbns_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct cursor c = bytes, data;
	uint8_t name[NAME_LEN] = {0};
	uint16_t type = 0;
	cursor_skip(&c, 2);
	uint16_t flags = cursor_be16(&c), questions = cursor_be16(&c), answers = cursor_be16(&c);
	cursor_skip(&c, 4);
	unsigned opcode = flags >> 11 & 0xf;
	if (!cursor_ok(&c))
		return false;
	if ((flags & 0x8000) != 0) {
		if (answers == 0 || !record_read(&c, name, &type, &data))
			return !pdu->whole;
		observer_response(observer, PROTOCOL_NBNS, OPERATION_NONE);
		if (type == TYPE_STATUS && opcode == OPCODE_QUERY)
			status_facts(observer, data);
		else if (type == TYPE_NB && opcode == OPCODE_QUERY && (flags & 0xf) == 0)
			address_fact(observer, pdu->frame, "NBNS name of its own", name, data);
		return true;
	}
	if (questions == 0 || !name_read(&c, name))
		return !pdu->whole;
	cursor_skip(&c, 4);
	observer_request(observer, PROTOCOL_NBNS, OPERATION_NONE);
	bool registers = opcode == OPCODE_REGISTER || opcode == OPCODE_REFRESH || opcode == OPCODE_REFRESH_ALT ||
			 opcode == OPCODE_MULTI_HOMED;
	if (registers && record_read(&c, name, &type, &data) && type == TYPE_NB)
		address_fact(observer, pdu->frame, "NBNS registration", name, data);
	return true;
}

extern const struct dissector nbns_dissector;
const struct dissector nbns_dissector = {
	.name = "nbns",
	.protocol = PROTOCOL_NBNS,
	.reference = "RFC 1002",
	.udp_ports = (const uint16_t[]){137, 0},
	.udp_any = true,
	.pdu_max = PDU_MAX,
	.frame = nbns_frame,
	.dissect = nbns_dissect,
};
