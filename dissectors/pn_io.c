/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pn_io.c - PROFINET context management: connectionless DCE/RPC (C706) carrying the services of IEC 61158-6-10.
 *
 *	+---+------+---------+--------+---+-----------+--------------+-------------+--------+-----+--------+-----
 *	| 4 | type | flags 2 | drep 3 |   | object 16 | interface 16 | activity 16 | ... 12 | op  | ... 4  | len ...
 *	+---+------+---------+--------+---+-----------+--------------+-------------+--------+-----+--------+-----
 *	request:  | room 32   | length 32 | count 32, offset 32, count 32 | blocks       in the order of drep
 *	response: | status 32 | length 32 | count 32, offset 32, count 32 | blocks
 *	block:    | type 16 | length 16 | version 8, 8 | ...                             always big endian
 *
 * A controller connects to a device, which then calls back ("application ready") on the interface of controllers:
 * there the caller is the device. The interface is one of four 128-bit numbers, proof enough on any port. A device
 * says what it is in the endpoint mapper too: the entry's annotation has its type, order number and versions.
 */
#include <stdio.h>

#include "earshot/dissector.h"
#include "link_layer.h"

enum { PACKET_REQUEST = 0, PACKET_RESPONSE = 2, PACKET_FAULT = 3, PACKET_REJECT = 6, PACKET_LAST = 10 };
enum { INTERFACE_DEVICE = 1, INTERFACE_CONTROLLER, INTERFACE_SUPERVISOR, INTERFACE_PARAMETER, INTERFACE_MAPPER };
enum { CALL_CONNECT, CALL_RELEASE, CALL_READ, CALL_WRITE, CALL_CONTROL, CALL_READ_IMPLICIT };
enum {
	BLOCK_IM0 = 0x0020,
	BLOCK_IM1 = 0x0021,
	BLOCK_IM3 = 0x0023,
	BLOCK_AR_REQUEST = 0x0101,
	BLOCK_READ_REQUEST = 0x0009,
	BLOCK_READ_RESPONSE = 0x8009,
	BLOCK_AR_RESPONSE = 0x8101,
	BLOCK_AR_SERVER = 0x8106
};
enum { AR_SUPERVISOR = 0x0006 };

#define HEAD_LEN 80
#define INDEX_SYSTEM 0x8000 /* records below belong to the application, from here on to the stack */
#define FLAG_LITTLE 0x10
#define ANNOTATION_LEN 63 /* type 25, order number 20, hardware 5, software 1 + 9, with blanks between */
#define NAME_MAX 240

struct call {
	struct observer *observer;
	uint8_t type, interface;
	uint16_t operation, fragment;
	const uint8_t *object; /* 16 bytes */
	bool little;
	struct cursor body;
	uint16_t slot, subslot; /* of the record being read */
	bool ended;             /* what follows are not blocks */
};

/* -6C97-11D1-8271-00A02442DF7D, after which the first four bytes say which: DEA00001 ... DEA00004. */
static uint8_t interface_read(const uint8_t *uuid, bool little)
{
	static const uint8_t big[12] = {0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d};
	static const uint8_t small[12] = {0x97, 0x6c, 0xd1, 0x11, 0x82, 0x71, 0x00, 0xa0, 0x24, 0x42, 0xdf, 0x7d};
	static const uint8_t mapper_big[16] = {
		0xe1, 0xaf, 0x83, 0x08, 0x5d, 0x1f, 0x11, 0xc9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa};
	static const uint8_t mapper_small[16] = {
		0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa};
	struct cursor c = cursor_over(uuid, 4);
	uint32_t first = little ? cursor_le32(&c) : cursor_be32(&c);
	if (memcmp(uuid + 4, little ? small : big, 12) == 0 && first > 0xdea00000 &&
		first <= 0xdea00000 + INTERFACE_PARAMETER)
		return (uint8_t)(first & 0xff);
	return memcmp(uuid, little ? mapper_small : mapper_big, 16) == 0 ? INTERFACE_MAPPER : 0;
}

/* The vendor and the device in an object number DEA00000-6C97-11D1-8271-iiii dddd vvvv. */
static bool object_read(const uint8_t *uuid, bool little, uint16_t *vendor, uint16_t *device)
{
	static const uint8_t big[10] = {0xde, 0xa0, 0x00, 0x00, 0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71};
	static const uint8_t small[10] = {0x00, 0x00, 0xa0, 0xde, 0x97, 0x6c, 0xd1, 0x11, 0x82, 0x71};
	struct cursor c = cursor_over(uuid, 16);
	const uint8_t *head = cursor_bytes(&c, 10);
	cursor_skip(&c, 2);
	*device = cursor_be16(&c);
	*vendor = cursor_be16(&c);
	return memcmp(head, little ? small : big, 10) == 0 && *vendor != 0;
}

static uint16_t call_u16(const struct call *call, struct cursor *c)
{
	return call->little ? cursor_le16(c) : cursor_be16(c);
}

static uint32_t call_u32(const struct call *call, struct cursor *c)
{
	return call->little ? cursor_le32(c) : cursor_be32(c);
}

/* `*body_len` is what the header says. */
static bool call_read(struct call *call, struct cursor bytes, uint16_t *body_len)
{
	uint8_t version = cursor_u8(&bytes);
	call->type = cursor_u8(&bytes);
	cursor_skip(&bytes, 2);
	call->little = (cursor_u8(&bytes) & FLAG_LITTLE) != 0;
	cursor_skip(&bytes, 3);
	call->object = cursor_bytes(&bytes, 16);
	const uint8_t *interface = cursor_bytes(&bytes, 16);
	cursor_skip(&bytes, 16 + 3 * 4);
	call->operation = call_u16(call, &bytes);
	cursor_skip(&bytes, 4);
	*body_len = call_u16(call, &bytes);
	call->fragment = call_u16(call, &bytes);
	cursor_skip(&bytes, 2);
	if (!cursor_ok(&bytes) || version != 4 || call->type > PACKET_LAST)
		return false;
	call->interface = interface_read(interface, call->little);
	call->body = bytes;
	return call->interface != 0;
}

/* Any service may be found through an endpoint mapper; ours is the one whose answer names a PROFINET device. */
static bool is_profinet_answer(const struct call *call)
{
	uint16_t vendor, device;
	struct cursor c = call->body;
	cursor_skip(&c, 20 + 4 + 12); /* handle, number of entries, array */
	const uint8_t *object = cursor_bytes(&c, 16);
	return call->type == PACKET_RESPONSE && object != NULL && object_read(object, call->little, &vendor, &device);
}

static enum framing pn_io_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	struct call call = {.observer = NULL};
	uint16_t body_len = 0;
	size_t left = cursor_left(&bytes);
	if (left > 0 && cursor_peek(&bytes) != 4)
		return FRAMING_FOREIGN;
	if (left < HEAD_LEN)
		return FRAMING_MORE;
	if (!call_read(&call, bytes, &body_len) || (call.interface == INTERFACE_MAPPER && !is_profinet_answer(&call)))
		return FRAMING_FOREIGN;
	*len = HEAD_LEN + body_len;
	return left < *len ? FRAMING_MORE : FRAMING_WHOLE;
}

static struct statement statement(const struct call *call, const char *message)
{
	struct statement s = {.protocol = PROTOCOL_PN_IO, .subject = SUBJECT_SENDER, .message = message};
	if (call->slot != 0 && call->subslot > 1)
		snprintf(s.path.text, sizeof(s.path.text), "%u/%u", call->slot, call->subslot);
	else if (call->slot != 0)
		snprintf(s.path.text, sizeof(s.path.text), "%u", call->slot);
	s.path.kind = call->slot != 0 ? PATH_PN_SLOT : PATH_NONE;
	return s;
}

static void vendor_device(const struct call *call, const char *message, const uint8_t *object, bool little)
{
	char text[8];
	uint16_t vendor, device;
	if (!object_read(object, little, &vendor, &device))
		return;
	struct statement s = {.protocol = PROTOCOL_PN_IO, .subject = SUBJECT_SENDER, .message = message};
	observer_fact_named(call->observer, &s, ATTRIBUTE_VENDOR, NAMING_PROFINET_VENDOR, vendor);
	snprintf(text, sizeof(text), "0x%04x", device);
	observer_fact_string(call->observer, &s, ATTRIBUTE_DEVICE_ID, text);
}

static void name_fact(const struct call *call, const struct statement *s, struct cursor *c)
{
	struct cursor name = cursor_take(c, cursor_be16(c));
	if (cursor_ok(&name) && cursor_left(&name) <= NAME_MAX)
		observer_fact(call->observer, s, ATTRIBUTE_STATION_NAME, name.at, cursor_left(&name));
}

/* The controller of an application relation says who it is. */
static void ar_request(const struct call *call, struct cursor c)
{
	struct statement s = statement(call, "PROFINET Connect request");
	uint16_t type = cursor_be16(&c);
	cursor_skip(&c, 16 + 2);
	const uint8_t *mac = cursor_bytes(&c, 6);
	const uint8_t *object = cursor_bytes(&c, 16);
	cursor_skip(&c, 4 + 2 + 2);
	if (!cursor_ok(&c))
		return;
	observer_fact_string(
		call->observer, &s, ATTRIBUTE_PROFILE, type == AR_SUPERVISOR ? "IO-Supervisor" : "IO-Controller");
	if (binding_mac_usable(mac))
		observer_fact_mac(call->observer, &s, ATTRIBUTE_MAC, mac);
	vendor_device(call, s.message, object, false);
	name_fact(call, &s, &c);
}

static void ar_response(const struct call *call, struct cursor c)
{
	struct statement s = statement(call, "PROFINET Connect response");
	cursor_skip(&c, 2 + 16 + 2);
	const uint8_t *mac = cursor_bytes(&c, 6);
	if (mac == NULL)
		return;
	observer_fact_string(call->observer, &s, ATTRIBUTE_PROFILE, "IO-Device");
	if (binding_mac_usable(mac))
		observer_fact_mac(call->observer, &s, ATTRIBUTE_MAC, mac);
}

/* "V1.2.3": a letter, functional enhancement, bug fix, internal change. */
static void version_fact(const struct call *call, const struct statement *s, struct cursor *c)
{
	char text[24];
	uint8_t prefix = cursor_u8(c);
	unsigned major = cursor_u8(c), minor = cursor_u8(c), internal = cursor_u8(c);
	if (!cursor_ok(c) || prefix < 'A' || prefix > 'Z')
		return;
	snprintf(text, sizeof(text), "%c%u.%u.%u", prefix, major, minor, internal);
	observer_fact_string(call->observer, s, ATTRIBUTE_FIRMWARE_VERSION, text);
}

/* Identification and maintenance (PROFIBUS 3.502): what is engraved on a module. */
static void im0(const struct call *call, struct cursor c)
{
	char text[16];
	struct statement s = statement(call, "PROFINET I&M0");
	uint16_t vendor = cursor_be16(&c);
	const uint8_t *order = cursor_bytes(&c, 20);
	const uint8_t *serial = cursor_bytes(&c, 16);
	uint16_t hardware = cursor_be16(&c);
	if (!cursor_ok(&c))
		return;
	if (vendor != 0 && vendor != UINT16_MAX)
		observer_fact_named(call->observer, &s, ATTRIBUTE_VENDOR, NAMING_PROFINET_VENDOR, vendor);
	observer_fact(call->observer, &s, ATTRIBUTE_ORDER_NUMBER, order, 20);
	observer_fact(call->observer, &s, ATTRIBUTE_SERIAL_NUMBER, serial, 16);
	snprintf(text, sizeof(text), "%u", hardware);
	if (hardware != 0 && hardware != UINT16_MAX)
		observer_fact_string(call->observer, &s, ATTRIBUTE_HARDWARE_VERSION, text);
	version_fact(call, &s, &c);
}

static void im_text(const struct call *call, uint16_t type, struct cursor c)
{
	struct statement s = statement(call, type == BLOCK_IM1 ? "PROFINET I&M1" : "PROFINET I&M3");
	const uint8_t *first = cursor_bytes(&c, type == BLOCK_IM1 ? 32 : 54);
	if (first == NULL)
		return;
	observer_fact(call->observer, &s, type == BLOCK_IM1 ? ATTRIBUTE_PLANT_ID : ATTRIBUTE_DESCRIPTION, first,
		type == BLOCK_IM1 ? 32 : 54);
	const uint8_t *location = type == BLOCK_IM1 ? cursor_bytes(&c, 22) : NULL;
	if (location != NULL)
		observer_fact(call->observer, &s, ATTRIBUTE_LOCATION, location, 22);
}

/* Which record is read; records other than I&M are not blocks that we know. False for a record of the application. */
static bool record_head(struct call *call, struct cursor c)
{
	cursor_skip(&c, 2 + 16 + 4);
	call->slot = cursor_be16(&c);
	call->subslot = cursor_be16(&c);
	cursor_skip(&c, 2);
	uint16_t index = cursor_be16(&c);
	call->ended = !cursor_ok(&c) || (index & 0xfff0) != 0xaff0;
	return index >= INDEX_SYSTEM;
}

static void block(struct call *call, uint16_t type, struct cursor c)
{
	bool asks = call->type == PACKET_REQUEST,
	     reads = call->operation == CALL_READ || call->operation == CALL_READ_IMPLICIT;
	if (type == BLOCK_AR_REQUEST && asks && call->operation == CALL_CONNECT)
		ar_request(call, c);
	else if (type == BLOCK_AR_RESPONSE && !asks && call->operation == CALL_CONNECT)
		ar_response(call, c);
	else if (type == BLOCK_AR_SERVER && !asks && call->operation == CALL_CONNECT) {
		struct statement s = statement(call, "PROFINET Connect response");
		name_fact(call, &s, &c);
	} else if (type == BLOCK_READ_RESPONSE && !asks && reads)
		record_head(call, c);
	else if (type == BLOCK_IM0 && !asks && reads)
		im0(call, c);
	else if ((type == BLOCK_IM1 || type == BLOCK_IM3) && !asks && reads)
		im_text(call, type, c);
}

/* False when a block runs past the end of what the whole PDU has. */
static bool blocks_read(struct call *call, struct cursor c)
{
	while (cursor_left(&c) > 0 && !call->ended) {
		uint16_t type = cursor_be16(&c);
		struct cursor value = cursor_take(&c, cursor_be16(&c));
		cursor_skip(&value, 2);
		if (!cursor_ok(&c) || !cursor_ok(&value))
			return false;
		block(call, type, value);
	}
	return true;
}

static unsigned operation_of(const struct call *call, struct cursor blocks)
{
	if (call->operation != CALL_READ && call->operation != CALL_READ_IMPLICIT)
		return OPERATION_CONFIGURE;
	struct call record = {.observer = NULL};
	uint16_t type = cursor_be16(&blocks);
	cursor_skip(&blocks, 4);
	bool head = type == BLOCK_READ_REQUEST || type == BLOCK_READ_RESPONSE;
	return head && cursor_ok(&blocks) && !record_head(&record, blocks) ? OPERATION_READ : OPERATION_DIAGNOSE;
}

/* A controller asks and a device answers, also when the device calls back. */
static void say(const struct call *call, unsigned operation, bool refused)
{
	bool back = call->interface == INTERFACE_CONTROLLER || call->interface == INTERFACE_SUPERVISOR;
	bool asks = call->type == PACKET_REQUEST;
	if (back ? !asks : asks)
		observer_request(call->observer, PROTOCOL_PN_IO, operation);
	else if (refused && !back)
		observer_refusal(call->observer, PROTOCOL_PN_IO, operation);
	else
		observer_response(call->observer, PROTOCOL_PN_IO, operation);
}

/* The text of an endpoint's entry: fields of a fixed width with a blank between them. */
static void annotation_read(const struct call *call, const char *message, const uint8_t *text)
{
	char version[16];
	unsigned part[3] = {0};
	struct statement s = {.protocol = PROTOCOL_PN_IO, .subject = SUBJECT_SENDER, .message = message};
	if (text[25] != ' ' || text[46] != ' ' || text[52] != ' ')
		return;
	observer_fact(call->observer, &s, ATTRIBUTE_MODEL, text, 25);
	observer_fact(call->observer, &s, ATTRIBUTE_ORDER_NUMBER, text + 26, 20);
	size_t blank = 0;
	while (blank < 4 && text[47 + blank] == ' ')
		blank++;
	observer_fact(call->observer, &s, ATTRIBUTE_HARDWARE_VERSION, text + 47 + blank, 5 - blank);
	for (unsigned i = 0; i < 9; i++) {
		uint8_t digit = text[54 + i];
		if (digit != ' ' && (digit < '0' || digit > '9'))
			return;
		part[i / 3] = part[i / 3] * 10 + (digit == ' ' ? 0u : (unsigned)(digit - '0'));
	}
	if (text[53] < 'A' || text[53] > 'Z')
		return;
	snprintf(version, sizeof(version), "%c%u.%u.%u", text[53], part[0], part[1], part[2]);
	observer_fact_string(call->observer, &s, ATTRIBUTE_FIRMWARE_VERSION, version);
}

static bool mapper(const struct call *call)
{
	struct cursor c = call->body;
	cursor_skip(&c, 20 + 4 + 12);
	const uint8_t *object = cursor_bytes(&c, 16);
	cursor_skip(&c, 4 + 4);
	uint32_t len = call_u32(call, &c);
	const uint8_t *text = cursor_bytes(&c, len);
	if (!cursor_ok(&c))
		return false;
	vendor_device(call, "PROFINET endpoint", object, call->little);
	if (len >= ANNOTATION_LEN)
		annotation_read(call, "PROFINET endpoint", text);
	observer_response(call->observer, PROTOCOL_PN_IO, OPERATION_DIAGNOSE);
	return true;
}

static bool pn_io_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct call call = {.observer = observer};
	uint16_t body_len;
	if (!call_read(&call, bytes, &body_len))
		return false;
	if (call.interface == INTERFACE_MAPPER)
		return mapper(&call) || !pdu->whole;
	bool answer = call.type == PACKET_RESPONSE;
	if (call.type == PACKET_FAULT || call.type == PACKET_REJECT)
		say(&call, OPERATION_NONE, true);
	if (!answer && call.type != PACKET_REQUEST)
		return true; /* pings and acknowledgements of the transport */
	struct cursor c = call.body;
	uint32_t status = answer ? call_u32(&call, &c) : 0;
	cursor_skip(&c, answer ? 4 + 12 : 8 + 12);
	bool first = call.fragment == 0;
	if (first && !cursor_ok(&c) && pdu->whole)
		return false;
	say(&call, first ? operation_of(&call, c) : OPERATION_NONE, status != 0);
	if (!first || status != 0)
		return true;
	if (answer && call.interface == INTERFACE_DEVICE)
		vendor_device(&call, "PROFINET object", call.object, call.little);
	/* The rest of a fragmented message may hold the end of a block. */
	bool fragmented = (bytes.at[2] & 0x04) != 0;
	return blocks_read(&call, c) || fragmented || !pdu->whole;
}

extern const struct dissector pn_io_dissector;
const struct dissector pn_io_dissector = {
	.name = "pn-io",
	.protocol = PROTOCOL_PN_IO,
	.reference = "IEC 61158-6-10, CM",
	.udp_ports = (const uint16_t[]){34964, 0},
	.udp_any = true, /* devices answer from a port of their own */
	.pdu_max = 65535,
	.frame = pn_io_frame,
	.dissect = pn_io_dissect,
};
