/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s7comm_plus.c - S7comm-plus of the S7-1200 and S7-1500: who asks, and the identity told in clear text.
 *
 * Siemens has not published the protocol; this follows what the S7comm-plus dissector for Wireshark
 * documents of it.
 *
 *	 0      1         2        4                                  4 + length
 *	+------+---------+--------+----------------------------------+----------------------+
 *	| 0x72 | version | length | body                             | 0x72, version, 00 00 |
 *	+------+---------+--------+----------------------------------+----------------------+
 *	version: 1 session set-up, 2 and 3 data, 0xFE system event. The trailer ends a message; a PDU
 *	without it is a fragment. In version 3 each body begins with 0x20 and a 32 byte digest.
 *
 *	message: opcode | 0 0 | function | 0 0 | sequence | request: session (4) | flags | ...
 *	opcode: 0x31 request, 0x32 and 0x02 response, 0x33 notification
 *
 * Inside are trees of objects with numbered attributes, 7 bits of a number to a byte. They are not
 * walked here: a text value looks the same wherever it stands (flags 0, type 0x15, length, UTF-8).
 */
#include "s7comm_plus.h"

#include <stdio.h>
#include <string.h>

enum { OPCODE_RESPONSE_2 = 0x02, OPCODE_REQUEST = 0x31, OPCODE_RESPONSE = 0x32, OPCODE_NOTIFICATION = 0x33 };

enum {
	FUNCTION_EXPLORE = 0x04bb,
	FUNCTION_CREATE_OBJECT = 0x04ca,
	FUNCTION_DELETE_OBJECT = 0x04d4,
	FUNCTION_SET_VARIABLE = 0x04f2,
	FUNCTION_GET_VARIABLE = 0x04fc,
	FUNCTION_SET_MULTI = 0x0542,
	FUNCTION_GET_MULTI = 0x054c,
	FUNCTION_SET_STREAMED = 0x057c,
	FUNCTION_GET_STREAMED = 0x0586
};

enum {
	OBJECT_PROGRAM = 3,         /* the user program, parent of the blocks */
	OBJECT_EXECUTION_UNIT = 52, /* takes the operating state asked for */
	CLASS_SESSION = 287,
	CLASS_SUBSCRIPTION = 1001,
	ATTRIBUTE_SUBSCRIPTION_FIRST = 1000,
	ATTRIBUTE_SUBSCRIPTION_LAST = 1099,
	ATTRIBUTE_STATE_REQUEST = 2167
};

enum { VERSION_DIGEST = 3, VERSION_EVENT = 0xfe, VALUE_TEXT = 0x15, TAG_OBJECT = 0xa1, TAG_ATTRIBUTE = 0xa3 };

struct message {
	uint8_t opcode;
	uint16_t function, sequence;
	uint32_t session;
	struct cursor body; /* behind the flags */
};

static struct statement plus_statement(enum subject subject, const char *message)
{
	return (struct statement){.protocol = PROTOCOL_S7COMM_PLUS, .subject = subject, .message = message};
}

/* An unsigned number, 7 bits to a byte, the highest first; of a ninth byte all 8 bits count. */
static uint64_t number_read(struct cursor *c)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < 9; i++) {
		uint8_t byte = cursor_u8(c);
		if (i == 8)
			return value << 8 | byte;
		value = value << 7 | (byte & 0x7f);
		if ((byte & 0x80) == 0)
			break;
	}
	return value;
}

static struct message message_read(struct cursor c)
{
	struct message m = {0};
	m.opcode = cursor_u8(&c);
	cursor_skip(&c, 2);
	m.function = cursor_be16(&c);
	cursor_skip(&c, 2);
	m.sequence = cursor_be16(&c);
	if (m.opcode == OPCODE_REQUEST)
		m.session = cursor_be32(&c);
	cursor_skip(&c, 1);
	m.body = c;
	return m;
}

/* A new block of the user program, by the name it is given (attribute 233). */
static void block_event(struct cursor c, struct observer *observer)
{
	static const uint8_t name[] = {TAG_ATTRIBUTE, 0x81, 0x69, 0x00, VALUE_TEXT};
	char text[64];
	const uint8_t *at = memmem(c.at, cursor_left(&c), name, sizeof(name));
	cursor_skip(&c, at != NULL ? (size_t)(at - c.at) + sizeof(name) : cursor_left(&c));
	size_t len = cursor_u8(&c);
	struct cursor value = cursor_take(&c, len);
	struct statement s = plus_statement(SUBJECT_RECEIVER, "S7comm-plus CreateObject in the program");
	snprintf(text, sizeof(text), "%.*s", cursor_ok(&c) ? (int)len : 0, (const char *)value.at);
	observer_event(observer, &s, OPERATION_PROGRAM, text);
}

/* Parent, a value, 4 bytes, then the object: its number, its class, its attributes. */
static unsigned create_operation(struct cursor c, struct observer *observer)
{
	uint32_t parent = cursor_be32(&c);
	cursor_skip(&c, 2);
	number_read(&c);
	cursor_skip(&c, 4);
	if (cursor_u8(&c) != TAG_OBJECT)
		return OPERATION_NONE;
	cursor_skip(&c, 4);
	uint64_t class = number_read(&c);
	if (class == CLASS_SUBSCRIPTION)
		return OPERATION_READ;
	if (parent != OBJECT_PROGRAM || class == CLASS_SESSION || !cursor_ok(&c))
		return OPERATION_NONE;
	block_event(c, observer);
	return OPERATION_PROGRAM;
}

/* Object, number of values, attribute, then the value: flags, type, number. */
static unsigned set_operation(struct cursor c, struct observer *observer)
{
	uint32_t object = cursor_be32(&c);
	number_read(&c);
	uint64_t attribute = number_read(&c);
	if (attribute >= ATTRIBUTE_SUBSCRIPTION_FIRST && attribute <= ATTRIBUTE_SUBSCRIPTION_LAST)
		return OPERATION_READ; /* how much a subscription may send */
	if (object != OBJECT_EXECUTION_UNIT || attribute != ATTRIBUTE_STATE_REQUEST)
		return OPERATION_WRITE;
	cursor_skip(&c, 2);
	uint64_t state = number_read(&c);
	if (cursor_ok(&c)) {
		struct statement s = plus_statement(SUBJECT_RECEIVER, "S7comm-plus SetVariable operating state");
		const char *detail = state == 1 ? "PLC stop" : state == 3 ? "PLC start" : "operating state";
		observer_event(observer, &s, OPERATION_CONTROL, detail);
	}
	return OPERATION_CONTROL;
}

/* What a request does; what is only set-up of the session does nothing to the device. */
static unsigned request_operation(const struct message *m, struct observer *observer)
{
	struct cursor c = m->body;
	switch (m->function) {
	case FUNCTION_CREATE_OBJECT:
		return create_operation(c, observer);
	case FUNCTION_DELETE_OBJECT: /* objects of the program have numbers of their own */
		return cursor_u8(&c) == 0x8a ? OPERATION_PROGRAM : OPERATION_NONE;
	case FUNCTION_SET_VARIABLE:
		return set_operation(c, observer);
	case FUNCTION_SET_MULTI:
		return cursor_be32(&c) == m->session ? OPERATION_NONE : OPERATION_WRITE;
	case FUNCTION_SET_STREAMED:
		return OPERATION_WRITE;
	case FUNCTION_GET_VARIABLE:
	case FUNCTION_GET_MULTI:
	case FUNCTION_GET_STREAMED:
		return OPERATION_READ;
	case FUNCTION_EXPLORE:
		return OPERATION_DIAGNOSE;
	default:
		return OPERATION_NONE;
	}
}

/* An answer says which function it is for, not what it did; without its request only the plain ones are sure. */
static unsigned response_operation(const struct message *m, struct s7comm_plus_flow *flow)
{
	unsigned i = m->sequence % S7COMM_PLUS_ASKED;
	if (flow->asked[i].open && flow->asked[i].sequence == m->sequence) {
		flow->asked[i].open = false;
		return flow->asked[i].operation;
	}
	switch (m->function) {
	case FUNCTION_GET_VARIABLE:
	case FUNCTION_GET_MULTI:
	case FUNCTION_GET_STREAMED:
		return OPERATION_READ;
	case FUNCTION_EXPLORE:
		return OPERATION_DIAGNOSE;
	default:
		return OPERATION_NONE;
	}
}

/* The low 16 bits of the return value are a signed code; a negative one is an error. */
static bool refused(const struct message *m)
{
	struct cursor c = m->body;
	uint64_t value = number_read(&c);
	return cursor_ok(&c) && (value & 0x8000) != 0;
}

static void message_say(const struct message *m, struct s7comm_plus_flow *flow, struct observer *observer)
{
	unsigned operation;
	switch (m->opcode) {
	case OPCODE_REQUEST:
		operation = request_operation(m, observer);
		flow->asked[m->sequence % S7COMM_PLUS_ASKED].sequence = m->sequence;
		flow->asked[m->sequence % S7COMM_PLUS_ASKED].operation = (uint8_t)operation;
		flow->asked[m->sequence % S7COMM_PLUS_ASKED].open = true;
		observer_request(observer, PROTOCOL_S7COMM_PLUS, operation);
		break;
	case OPCODE_NOTIFICATION:
		observer_response(observer, PROTOCOL_S7COMM_PLUS, OPERATION_READ);
		break;
	default:
		operation = response_operation(m, flow);
		if (refused(m))
			observer_refusal(observer, PROTOCOL_S7COMM_PLUS, operation);
		else
			observer_response(observer, PROTOCOL_S7COMM_PLUS, operation);
	}
}

/* A name as people give them: no control characters, none of the punctuation of SIMATIC NET connection names. */
static bool name_like(struct cursor text)
{
	size_t len = cursor_left(&text);
	for (size_t i = 0; i < len; i++)
		if (text.at[i] < 0x20 || text.at[i] == 0x7f || memchr("\"/\\:;<>|", text.at[i], 8) != NULL)
			return false;
	return len >= 2;
}

static void client_text(struct cursor text, unsigned attribute, struct observer *observer)
{
	static const struct {
		uint16_t number;
		uint8_t attribute;
		const char *message;
	} texts[] = {
		{297, ATTRIBUTE_APPLICATION_NAME, "S7comm-plus CreateObject session application"},
		{298, ATTRIBUTE_HOSTNAME, "S7comm-plus CreateObject session host"},
		{301, ATTRIBUTE_DESCRIPTION, "S7comm-plus CreateObject session comment"},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].number == attribute && name_like(text)) {
			struct statement s = plus_statement(SUBJECT_SENDER, texts[i].message);
			observer_fact(observer, &s, (enum attribute)texts[i].attribute, text.at, cursor_left(&text));
		}
	}
}

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "6ES7 211-1BE31-0XB0": three characters and a digit, the rest of capitals, digits and dashes. */
static bool order_like(struct cursor text)
{
	if (cursor_left(&text) < 14 || text.at[0] != '6' || !digit(text.at[3]))
		return false;
	unsigned dashes = 0;
	for (const uint8_t *at = text.at; at < text.end; at++) {
		dashes += *at == '-';
		if (!digit(*at) && !(*at >= 'A' && *at <= 'Z') && *at != '-' && *at != ' ')
			return false;
	}
	return dashes == 2;
}

/* The part of `c` before ';' or its end, without white space behind it. */
static struct cursor field_take(struct cursor *c)
{
	const uint8_t *end = memchr(c->at, ';', cursor_left(c));
	struct cursor field = cursor_take(c, end != NULL ? (size_t)(end - c->at) : cursor_left(c));
	cursor_skip(c, end != NULL ? 1 : 0);
	while (cursor_left(&field) > 0 && field.end[-1] == ' ')
		field.end--;
	return field;
}

/* "1;6ES7 211-1BE31-0XB0 ;V3.0", told by the server when the session is set up. */
static void server_text(struct cursor text, struct s7comm_plus_flow *flow, struct observer *observer)
{
	struct cursor kind = field_take(&text), order = field_take(&text), version = field_take(&text);
	if (cursor_left(&kind) != 1 || !digit(*kind.at) || !order_like(order) || cursor_left(&version) < 4)
		return;
	if (memchr("VvSs", version.at[0], 4) == NULL || memchr(version.at, '.', cursor_left(&version)) == NULL)
		return;
	struct statement s = plus_statement(SUBJECT_SENDER, "S7comm-plus session version");
	observer_fact(observer, &s, ATTRIBUTE_ORDER_NUMBER, order.at, cursor_left(&order));
	observer_fact(observer, &s, ATTRIBUTE_FIRMWARE_VERSION, version.at, cursor_left(&version));
	if (cursor_left(&order) < sizeof(flow->order_number)) {
		memset(flow->order_number, 0, sizeof(flow->order_number));
		memcpy(flow->order_number, order.at, cursor_left(&order));
	}
}

/* Every text value that ends behind `known` bytes; what ends before was read with an earlier fragment. */
static void texts_read(
	struct cursor message, size_t known, bool client, struct s7comm_plus_flow *flow, struct observer *observer)
{
	const uint8_t *at = message.at;
	while ((at = memchr(at, VALUE_TEXT, (size_t)(message.end - at))) != NULL) {
		const uint8_t *type = at++;
		if (type - message.at < 4 || type[-1] != 0)
			continue;
		struct cursor c = cursor_over(at, (size_t)(message.end - at));
		struct cursor text = cursor_take(&c, (size_t)number_read(&c));
		if (!cursor_ok(&c) || cursor_left(&text) == 0 || (size_t)(text.end - message.at) <= known)
			continue;
		if (!client)
			server_text(text, flow, observer);
		else if (type[-4] == TAG_ATTRIBUTE && type[-3] & 0x80)
			client_text(text, (type[-3] & 0x7fu) << 7 | type[-2], observer);
	}
}

/*
 * Identification and maintenance record 0 (IEC 61158-6-10) in the answer to a read: 00 20, length 00 38,
 * version 01 00, vendor, order number (20), serial number (16), hardware revision. It may be of any
 * module; it is of the CPU when the order number is that of the session, and less surely when none was told.
 */
static void maintenance_read(
	struct cursor message, size_t known, const struct s7comm_plus_flow *flow, struct observer *observer)
{
	static const uint8_t start[] = {0x00, 0x20, 0x00, 0x38, 0x01, 0x00};
	size_t len = cursor_left(&message);
	const uint8_t *at = len < 60 ? NULL : memmem(message.at, len, start, sizeof(start));
	if (at == NULL || (size_t)(message.end - at) < 60 || (size_t)(at + 60 - message.at) <= known)
		return;
	struct cursor c = cursor_over(at + sizeof(start), 60 - sizeof(start));
	uint16_t vendor = cursor_be16(&c);
	struct cursor order = cursor_take(&c, 20), serial = cursor_take(&c, 16);
	uint16_t hardware = cursor_be16(&c);
	order = field_take(&order);
	if (!order_like(order))
		return;
	size_t told = strlen(flow->order_number);
	if (told > 0 && (told != cursor_left(&order) || memcmp(flow->order_number, order.at, told) != 0))
		return;
	char text[8];
	struct statement s = plus_statement(SUBJECT_SENDER, "S7comm-plus I&M0");
	s.confidence = told > 0 ? 0 : 60;
	observer_fact(observer, &s, ATTRIBUTE_ORDER_NUMBER, order.at, cursor_left(&order));
	observer_fact(observer, &s, ATTRIBUTE_SERIAL_NUMBER, serial.at, cursor_left(&serial));
	snprintf(text, sizeof(text), "%u", hardware);
	observer_fact_string(observer, &s, ATTRIBUTE_HARDWARE_VERSION, text);
	if (vendor == 42)
		observer_fact_coded(observer, &s, ATTRIBUTE_VENDOR, "Siemens", vendor);
}

static enum side opcode_side(uint8_t opcode, enum side side)
{
	switch (opcode) {
	case OPCODE_REQUEST:
		return SIDE_CLIENT;
	case OPCODE_RESPONSE:
	case OPCODE_RESPONSE_2:
	case OPCODE_NOTIFICATION:
		return SIDE_SERVER;
	default:
		return side;
	}
}

static void side_say(enum side side, struct observer *observer)
{
	if (side == SIDE_CLIENT)
		observer_request(observer, PROTOCOL_S7COMM_PLUS, OPERATION_NONE);
	else if (side == SIDE_SERVER)
		observer_response(observer, PROTOCOL_S7COMM_PLUS, OPERATION_NONE);
}

/* The message so far; `known` bytes of it were there before this PDU. */
static void message_dissect(
	struct cursor bytes, size_t known, enum side side, struct s7comm_plus_flow *flow, struct observer *observer)
{
	struct message m = message_read(bytes);
	bool opens = m.opcode == OPCODE_REQUEST || m.opcode == OPCODE_RESPONSE || m.opcode == OPCODE_RESPONSE_2 ||
		     m.opcode == OPCODE_NOTIFICATION;
	side = opcode_side(m.opcode, side);
	if (known == 0 && opens && cursor_ok(&m.body))
		message_say(&m, flow, observer);
	else
		side_say(side, observer);
	if (side == SIDE_UNKNOWN)
		return;
	texts_read(bytes, known, side == SIDE_CLIENT, flow, observer);
	if (side == SIDE_SERVER)
		maintenance_read(bytes, known, flow, observer);
}

bool s7comm_plus_dissect(struct cursor bytes, const struct pdu *pdu, enum side side, struct s7comm_plus_flow *flow,
	struct observer *observer)
{
	cursor_skip(&bytes, 1);
	uint8_t version = cursor_u8(&bytes);
	size_t len = cursor_be16(&bytes);
	if (!cursor_ok(&bytes) || (len > cursor_left(&bytes) && pdu->whole))
		return false;
	struct cursor body = cursor_take(&bytes, len < cursor_left(&bytes) ? len : cursor_left(&bytes));
	if (version == VERSION_EVENT) {
		side_say(side, observer);
		return true;
	}
	if (version == VERSION_DIGEST && cursor_peek(&body) == 32)
		cursor_skip(&body, 33);
	if (!cursor_ok(&body))
		return false;
	bool last = cursor_left(&bytes) >= 4 && bytes.at[0] == 0x72;
	unsigned slot = S7COMM_PLUS_SLOT_FIRST + pdu->direction;
	struct cursor have = assembly_get(observer, slot);
	size_t known = cursor_left(&have);
	if (!pdu->whole || (last && known == 0)) {
		message_dissect(body, 0, side, flow, observer);
		return true;
	}
	if (assembly_add(observer, slot, body))
		message_dissect(assembly_get(observer, slot), known, side, flow, observer);
	else
		side_say(side, observer);
	if (last)
		assembly_drop(observer, slot);
	return true;
}
