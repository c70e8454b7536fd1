/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hart_ip.c - HART over UDP and TCP (FieldComm Group HCF_SPEC-085; the commands of HCF_SPEC-099, 127 and 151).
 *
 *	+-----------+----------------+--------------+----------+-------------+---------------------+------
 *	| version 8 | message type 8 | message id 8 | status 8 | sequence 16 | length 16, with this | body
 *	+-----------+----------------+--------------+----------+-------------+---------------------+------
 *
 *	body of a token passing PDU (message id 3):
 *	+-------------+-------------------+-------------+-----------+---------+------------------------+----------
 *	| delimiter 8 | address 8 or 40   | expansion   | command 8 | count 8 | response code, status, | check 8:
 *	|             | (bit 7 of the     | 0..3 octets |           |         | data                   | XOR of all
 *	|             | delimiter)        |             |           |         | (a request: data)      |
 *	+-------------+-------------------+-------------+-----------+---------+------------------------+----------
 *
 * A HART-IP server is a gateway, a multiplexer or an instrument of its own. Which of the devices it lets answer
 * is itself is told by polling address 0; failing that by the first that answers. Identity is taken from that one
 * alone, and an answer from another long address is proof of a gateway.
 */
#include <stdio.h>
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum { HEADER_LEN = 8, PDU_MAX = 1024, LONG_ADDRESS_LEN = 5 };
enum { TYPE_REQUEST = 0, TYPE_RESPONSE = 1, TYPE_PUBLISH = 2, TYPE_NAK = 15 };
enum { ID_INITIATE = 0, ID_CLOSE = 1, ID_KEEP_ALIVE = 2, ID_TOKEN_PASSING = 3, ID_DIRECT = 4, ID_AUDIT_LOG = 5 };
enum { FRAME_MASK = 0x07, FRAME_BURST = 1, FRAME_REQUEST = 2, FRAME_ANSWER = 6, FRAME_LONG = 0x80 };
enum {
	COMMAND_IDENTITY = 0,
	COMMAND_IDENTITY_BY_TAG = 11,
	COMMAND_MESSAGE = 12,
	COMMAND_TAG = 13,
	COMMAND_LONG_TAG = 20,
	COMMAND_IDENTITY_BY_LONG_TAG = 21,
	COMMAND_LONG_TAG_OTHER = 22,
	COMMAND_FIND = 73,
	COMMAND_IDENTITY_BY_POLL = 75
};

enum { FLAG_BRIDGE = 0x04 }; /* common table 11: a protocol bridge device */

struct hart_state {
	uint8_t own[LONG_ADDRESS_LEN]; /* the long address of the server itself */
	bool own_known, gateway_told;
	bool polled; /* an address of one octet, 0, was asked last */
};

struct token {
	uint8_t frame, command, code;
	const uint8_t *address; /* LONG_ADDRESS_LEN octets, NULL: a polling address */
	uint8_t poll;
	struct cursor data;
};

static enum framing hart_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t version = cursor_u8(&bytes), type = cursor_u8(&bytes), id = cursor_u8(&bytes);
	cursor_skip(&bytes, 3);
	uint16_t whole = cursor_be16(&bytes);
	if ((left > 0 && version != 1 && version != 2) || (left > 1 && type > TYPE_PUBLISH && type != TYPE_NAK) ||
		(left > 2 && id > ID_AUDIT_LOG))
		return FRAMING_FOREIGN;
	if (left < HEADER_LEN)
		return FRAMING_MORE;
	if (whole < HEADER_LEN || whole > PDU_MAX ||
		(id == ID_TOKEN_PASSING && type != TYPE_NAK && whole < HEADER_LEN + 5) ||
		(id == ID_INITIATE && whole != HEADER_LEN + 5 && whole != HEADER_LEN && version == 1) ||
		((id == ID_CLOSE || id == ID_KEEP_ALIVE) && whole != HEADER_LEN))
		return FRAMING_FOREIGN;
	*len = whole;
	return left >= whole ? FRAMING_WHOLE : FRAMING_MORE;
}

static bool token_read(struct token *t, struct cursor c, bool whole)
{
	const uint8_t *first = c.at;
	uint8_t delimiter = cursor_u8(&c);
	t->frame = delimiter & FRAME_MASK;
	if (delimiter & FRAME_LONG)
		t->address = cursor_bytes(&c, LONG_ADDRESS_LEN);
	else
		t->poll = cursor_u8(&c) & 0x3f;
	cursor_skip(&c, delimiter >> 5 & 3);
	t->command = cursor_u8(&c);
	uint8_t count = cursor_u8(&c);
	if (!whole && count > cursor_left(&c))
		count = (uint8_t)cursor_left(&c);
	t->data = cursor_take(&c, count);
	if (!cursor_ok(&c))
		return false;
	uint8_t sum = 0;
	for (const uint8_t *p = first; p < c.at; p++)
		sum ^= *p;
	return !whole || (cursor_left(&c) == 1 && cursor_u8(&c) == sum);
}

/* Commands that read; all else is told by ranges of the command numbers. */
static unsigned operation_of(uint8_t command)
{
	static const uint8_t writes[] = {6, 17, 18, 19, 22, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 49,
		51, 52, 53, 55, 56, 58, 59, 64, 65, 66, 67, 68, 69, 79, 82, 83, 87, 88, 89, 92, 97, 99, 100, 102, 103,
		104, 106, 107, 108, 109};
	if (memchr(writes, command, sizeof(writes)) != NULL)
		return OPERATION_CONFIGURE;
	if ((command >= 1 && command <= 3) || command == 9 || command == 33 || command == 110)
		return OPERATION_READ;
	return OPERATION_DIAGNOSE;
}

/* Four characters of six bits in three octets (HCF_SPEC-099): 0x00..0x1f are '@'..'_', the rest ' '..'?'. */
static void packed_fact(struct observer *o, const struct statement *s, enum attribute attribute, struct cursor packed)
{
	char text[33];
	size_t used = 0;
	while (cursor_left(&packed) >= 3 && used + 4 < sizeof(text)) {
		uint32_t bits = cursor_be24(&packed);
		for (unsigned shift = 24; shift > 0; shift -= 6) {
			unsigned six = bits >> (shift - 6) & 0x3f;
			text[used++] = (char)(six < 0x20 ? six + 0x40 : six);
		}
	}
	size_t same = 1;
	while (same < used && text[same] == text[0])
		same++;
	if (used > 0 && same < used) /* zeros are "@@@@": nobody ever wrote a tag */
		observer_fact(o, s, attribute, text, used);
}

static void number_fact(
	struct observer *o, const struct statement *s, enum attribute attribute, const char *format, uint32_t n)
{
	char text[16];
	snprintf(text, sizeof(text), "%s%u", format, (unsigned)n);
	observer_fact_coded(o, s, attribute, text, n);
}

/* What kind of device it is (HCF_SPEC-183, common table 57), as far as it tells a gateway from an instrument. */
static void kind_facts(struct observer *o, const struct statement *s, uint8_t flags, uint8_t profile)
{
	static const struct {
		uint8_t code;
		const char *name;
	} kinds[] = {{1, "HART process automation device"}, {2, "HART discrete device"}, {4, "HART I/O system"},
		{129, "WirelessHART process automation device"}, {130, "WirelessHART discrete device"},
		{132, "WirelessHART gateway"}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].code == profile)
			observer_fact_coded(o, s, ATTRIBUTE_PROFILE, kinds[i].name, profile);
	if ((flags & FLAG_BRIDGE) != 0)
		observer_fact_string(o, s, ATTRIBUTE_GATEWAY_PROOF, "HART protocol bridge device");
}

static void maker_facts(struct observer *o, const struct statement *s, struct cursor rest, uint8_t universal,
	uint16_t type, uint8_t flags)
{
	cursor_skip(&rest, 5); /* preambles, variables, change counter, extended status */
	uint16_t maker = cursor_be16(&rest), label = cursor_be16(&rest);
	bool stated = cursor_ok(&rest);
	uint8_t profile = cursor_u8(&rest);
	kind_facts(o, s, flags, profile);
	if (!stated && universal >= 7)
		return;
	if (!stated)
		maker = (uint16_t)(type >> 8); /* before revision 7 the first octet of the type */
	number_fact(o, s, ATTRIBUTE_VENDOR_ID, "", maker);
	if (stated && label != maker)
		number_fact(o, s, ATTRIBUTE_OEM_ID, "", label);
}

/* What commands 0, 11, 21, 73 and 75 answer. */
static void identity_facts(struct observer *o, const struct statement *s, struct cursor c)
{
	char text[16];
	if (cursor_u8(&c) != 254)
		return; /* only the format that all devices since revision 5 use */
	uint16_t type = cursor_be16(&c);
	cursor_skip(&c, 1);
	uint8_t universal = cursor_u8(&c), device = cursor_u8(&c), software = cursor_u8(&c), hardware = cursor_u8(&c);
	uint8_t flags = cursor_u8(&c);
	const uint8_t *id = cursor_bytes(&c, 3);
	if (id == NULL || universal < 5 || universal > 9)
		return;
	snprintf(text, sizeof(text), "0x%04x", type);
	observer_fact_coded(o, s, ATTRIBUTE_DEVICE_TYPE, text, type);
	number_fact(o, s, ATTRIBUTE_PROFILE, "HART ", universal);
	number_fact(o, s, ATTRIBUTE_REVISION, "", device);
	number_fact(o, s, ATTRIBUTE_SOFTWARE_VERSION, "", software);
	number_fact(o, s, ATTRIBUTE_HARDWARE_VERSION, "", hardware >> 3);
	snprintf(text, sizeof(text), "%02x:%02x:%02x", id[0], id[1], id[2]);
	observer_fact_string(o, s, ATTRIBUTE_DEVICE_ID, text);
	maker_facts(o, s, c, universal, type, flags);
}

static bool names_device(uint8_t command)
{
	return command == COMMAND_IDENTITY || command == COMMAND_IDENTITY_BY_TAG ||
	       command == COMMAND_IDENTITY_BY_LONG_TAG || command == COMMAND_FIND ||
	       command == COMMAND_IDENTITY_BY_POLL;
}

/* The long address of the device that command 0 describes: its type, 14 bits, and its number. */
static bool address_of_identity(struct cursor c, uint8_t address[LONG_ADDRESS_LEN])
{
	cursor_skip(&c, 1);
	const uint8_t *type = cursor_bytes(&c, 2);
	cursor_skip(&c, 6);
	const uint8_t *id = cursor_bytes(&c, 3);
	if (type == NULL || id == NULL)
		return false;
	address[0] = type[0] & 0x3f;
	address[1] = type[1];
	memcpy(address + 2, id, 3);
	return true;
}

/* Whether an answer is the server's own; an answer from elsewhere proves that it is a gateway. */
static bool is_own(struct hart_state *state, const struct token *t, struct observer *o, const struct statement *s)
{
	uint8_t address[LONG_ADDRESS_LEN];
	if (t->address != NULL)
		memcpy(address, t->address, sizeof(address));
	else if (t->command != COMMAND_IDENTITY || !address_of_identity(t->data, address))
		return t->poll == 0;
	address[0] &= 0x3f; /* the two bits above say which master, and burst mode */
	if (t->address == NULL && t->poll != 0 && !state->own_known)
		return false;
	if (!state->own_known) {
		memcpy(state->own, address, sizeof(address));
		state->own_known = true;
	}
	if (memcmp(state->own, address, sizeof(address)) == 0)
		return true;
	if (!state->gateway_told)
		observer_fact_string(o, s, ATTRIBUTE_GATEWAY_PROOF, "answers for several HART devices");
	state->gateway_told = true;
	return false;
}

static void answer_read(struct hart_state *state, struct token *t, struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_HART_IP, .subject = SUBJECT_SENDER, .message = "HART command 0"};
	struct cursor c = t->data;
	t->code = cursor_u8(&c);
	cursor_skip(&c, 1);
	if (!cursor_ok(&c) || (t->code & 0x80) != 0)
		return; /* a communication error: no data follows */
	t->data = c;
	if ((names_device(t->command) && cursor_left(&c) < 12) || !is_own(state, t, o, &s))
		return;
	if (names_device(t->command)) {
		identity_facts(o, &s, c);
	} else if (t->command == COMMAND_MESSAGE && cursor_left(&c) >= 24) {
		s.message = "HART command 12";
		packed_fact(o, &s, ATTRIBUTE_DESCRIPTION, cursor_take(&c, 24));
	} else if (t->command == COMMAND_TAG && cursor_left(&c) >= 21) {
		s.message = "HART command 13";
		packed_fact(o, &s, ATTRIBUTE_PLANT_ID, cursor_take(&c, 6));
		packed_fact(o, &s, ATTRIBUTE_DESCRIPTION, cursor_take(&c, 12));
	} else if ((t->command == COMMAND_LONG_TAG || t->command == COMMAND_LONG_TAG_OTHER) && cursor_left(&c) >= 32) {
		s.message = "HART command 20";
		text_fact(o, &s, ATTRIBUTE_NAME, cursor_take(&c, 32));
	}
}

static bool token_report(
	struct cursor c, const struct pdu *pdu, uint8_t type, struct hart_state *state, struct observer *o)
{
	struct token t = {.frame = 0};
	if (!token_read(&t, c, pdu->whole))
		return false;
	unsigned operation = operation_of(t.command);
	if (type == TYPE_REQUEST) {
		if (t.frame != FRAME_REQUEST)
			return false;
		observer_request(o, PROTOCOL_HART_IP, operation);
		return true;
	}
	if (t.frame != FRAME_ANSWER && t.frame != FRAME_BURST)
		return false;
	observer_confirm(o);
	uint8_t code = cursor_peek(&t.data);
	/* 2..7, 16, 32 (busy) and 64 (not implemented) refuse; 8 and above 95 warn. */
	if ((code & 0x80) != 0 || (code >= 2 && code <= 7) || code == 16 || code == 32 || code == 64) {
		observer_refusal(o, PROTOCOL_HART_IP, operation);
		return true;
	}
	observer_response(o, PROTOCOL_HART_IP, operation);
	if (cursor_left(&t.data) >= 2)
		answer_read(state, &t, o);
	return true;
}

static bool hart_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	cursor_skip(&bytes, 1);
	uint8_t type = cursor_u8(&bytes), id = cursor_u8(&bytes), status = cursor_u8(&bytes);
	cursor_skip(&bytes, 4);
	if (!cursor_ok(&bytes))
		return false;
	if (id == ID_TOKEN_PASSING && type <= TYPE_PUBLISH &&
		(type == TYPE_REQUEST || status == 0 || cursor_left(&bytes) > 0))
		return token_report(bytes, pdu, type, state, observer);
	if (type == TYPE_REQUEST)
		observer_request(observer, PROTOCOL_HART_IP, OPERATION_NONE);
	else if (type == TYPE_NAK)
		observer_refusal(observer, PROTOCOL_HART_IP, OPERATION_NONE);
	else
		observer_response(observer, PROTOCOL_HART_IP, OPERATION_NONE);
	return true;
}

static const uint16_t hart_ports[] = {5094, 0};

extern const struct dissector hart_ip_dissector;
const struct dissector hart_ip_dissector = {
	.name = "hart-ip",
	.protocol = PROTOCOL_HART_IP,
	.reference = "FieldComm Group HCF_SPEC-085",
	.tcp_ports = hart_ports,
	.udp_ports = hart_ports,
	.tcp_any = true,
	.udp_any = true,
	.confirmations = 1, /* the checksum of an answer */
	.state_size = sizeof(struct hart_state),
	.pdu_max = PDU_MAX,
	.frame = hart_frame,
	.dissect = hart_dissect,
};
