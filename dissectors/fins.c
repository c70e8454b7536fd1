/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fins.c - OMRON FINS over UDP and TCP (OMRON W227 and W342, FINS commands; W421, FINS/TCP).
 *
 *	+-----+-----+-----+-----+-----+-----+-----+-----+-----+-----+------------+------------------------------
 *	| ICF | RSV | GCT | DNA | DA1 | DA2 | SNA | SA1 | SA2 | SID | command 16 | parameters, or end code 16
 *	|     | 0   |     | destination     | source          |     |            | and data
 *	+-----+-----+-----+-----+-----+-----+-----+-----+-----+-----+------------+------------------------------
 *
 *	FINS/TCP puts before it, and sends alone for the node addresses (commands 0 and 1):
 *	+--------+----------------------+------------+---------------+------
 *	| "FINS" | length 32 of what    | command 32 | error code 32 | a FINS frame (command 2)
 *	|        | follows              |            |               |
 *	+--------+----------------------+------------+---------------+------
 *
 * Bit 6 of the ICF says who answers. The gateway count is 2 (or 7) when a frame sets out and one less with
 * every gateway: identity that came through one is not the sender's and is not taken.
 */
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum { FRAME_LEN = 12, TCP_HEADER_LEN = 16, PDU_MAX = 2100 };
enum { ICF_GATEWAY = 0x80, ICF_RESPONSE = 0x40, ICF_RESERVED = 0x3e };
enum { TCP_CLIENT_ADDRESS = 0, TCP_SERVER_ADDRESS = 1, TCP_FRAME = 2, TCP_ERROR = 3, TCP_CONFIRMATION = 6 };
enum {
	COMMAND_RUN = 0x0401,
	COMMAND_STOP = 0x0402,
	COMMAND_RESET = 0x0403,
	COMMAND_IDENTITY = 0x0501,
	COMMAND_STATUS = 0x0601
};

#define IDENTITY_LEN 92 /* model 20, version 20, for the system 40, area data 12 */
#define ASKED_MAX 16    /* requests remembered; more push each other out and their answers prove nothing */

struct fins_state {
	struct {
		bool used;
		uint8_t direction, id;
		uint16_t command;
	} asked[ASKED_MAX];
	uint8_t next;
};

struct fins {
	bool response;
	uint8_t gateways, id;
	uint16_t command;
	struct cursor data;
};

static const struct command {
	uint16_t code;
	uint8_t operation;
} commands[] = {
	{0x0101, OPERATION_READ},
	{0x0102, OPERATION_WRITE},
	{0x0103, OPERATION_WRITE},
	{0x0104, OPERATION_READ},
	{0x0105, OPERATION_WRITE},
	{0x0201, OPERATION_DIAGNOSE},
	{0x0202, OPERATION_CONFIGURE},
	{0x0203, OPERATION_CONFIGURE},
	{0x0220, OPERATION_DIAGNOSE},
	{0x0221, OPERATION_CONFIGURE},
	{0x0304, OPERATION_CONFIGURE},
	{0x0305, OPERATION_CONFIGURE},
	{0x0306, OPERATION_PROGRAM},
	{0x0307, OPERATION_PROGRAM},
	{0x0308, OPERATION_PROGRAM},
	{COMMAND_RUN, OPERATION_CONTROL},
	{COMMAND_STOP, OPERATION_CONTROL},
	{COMMAND_RESET, OPERATION_CONTROL},
	{COMMAND_IDENTITY, OPERATION_DIAGNOSE},
	{0x0502, OPERATION_DIAGNOSE},
	{COMMAND_STATUS, OPERATION_DIAGNOSE},
	{0x0602, OPERATION_DIAGNOSE},
	{0x0603, OPERATION_DIAGNOSE},
	{0x0620, OPERATION_DIAGNOSE},
	{0x0701, OPERATION_DIAGNOSE},
	{0x0702, OPERATION_CONFIGURE},
	{0x0801, OPERATION_DIAGNOSE},
	{0x0802, OPERATION_DIAGNOSE},
	{0x0803, OPERATION_DIAGNOSE},
	{0x0920, OPERATION_DIAGNOSE},
	{0x0c01, OPERATION_CONFIGURE},
	{0x0c02, OPERATION_CONFIGURE},
	{0x0c03, OPERATION_CONFIGURE},
	{0x2101, OPERATION_CONFIGURE},
	{0x2102, OPERATION_DIAGNOSE},
	{0x2103, OPERATION_CONFIGURE},
	{0x2140, OPERATION_DIAGNOSE},
	{0x2141, OPERATION_CONFIGURE},
	{0x2201, OPERATION_FILE},
	{0x2202, OPERATION_FILE},
	{0x2203, OPERATION_FILE},
	{0x2204, OPERATION_FILE},
	{0x2205, OPERATION_FILE},
	{0x2206, OPERATION_FILE},
	{0x2207, OPERATION_FILE},
	{0x2208, OPERATION_FILE},
	{0x220a, OPERATION_FILE},
	{0x220b, OPERATION_FILE},
	{0x220c, OPERATION_FILE},
	{0x220f, OPERATION_FILE},
	{0x2210, OPERATION_FILE},
	{0x2211, OPERATION_FILE},
	{0x2212, OPERATION_FILE},
	{0x2213, OPERATION_FILE},
	{0x2214, OPERATION_FILE},
	{0x2215, OPERATION_FILE},
	{0x2220, OPERATION_FILE},
	{0x2301, OPERATION_CONTROL},
	{0x2302, OPERATION_CONTROL},
	{0x230a, OPERATION_DIAGNOSE},
};

static const struct command *command_find(uint16_t code)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

/* The units of a node: the CPU, CPU bus units, inner boards, the unit on the network (W342, 3-2). */
static bool unit_fits(uint8_t unit)
{
	return unit == 0 || (unit >= 0x10 && unit <= 0x2f) || unit == 0xe1 || unit == 0xfe ||
	       (unit >= 0x80 && unit <= 0x9f) || (unit >= 0xa0 && unit <= 0xbf);
}

/*
 * The first octets of a frame, as far as they are here. Without the TCP header (framed) little else tells a frame
 * from noise, so its unit addresses must exist; tools make some up.
 */
static bool header_fits(struct cursor c, bool framed)
{
	size_t left = cursor_left(&c);
	uint8_t icf = cursor_u8(&c), reserved = cursor_u8(&c), gateways = cursor_u8(&c);
	uint8_t network = cursor_u8(&c);
	cursor_skip(&c, 1);
	uint8_t unit = cursor_u8(&c), source = cursor_u8(&c);
	cursor_skip(&c, 1);
	uint8_t source_unit = cursor_u8(&c);
	cursor_skip(&c, 1);
	uint16_t code = cursor_be16(&c);
	if ((icf & ICF_RESERVED) != 0 || reserved != 0 || gateways > 7 || network > 0x7f || source > 0x7f)
		return false;
	if (!framed && ((left > 5 && !unit_fits(unit)) || (left > 8 && !unit_fits(source_unit))))
		return false;
	return left < FRAME_LEN || command_find(code) != NULL;
}

static enum framing tcp_frame(struct cursor bytes, size_t *len)
{
	size_t left = cursor_left(&bytes);
	cursor_skip(&bytes, 4);
	uint32_t length = cursor_be32(&bytes), command = cursor_be32(&bytes);
	if (left < TCP_HEADER_LEN)
		return FRAMING_MORE;
	if (length < 8 || length > PDU_MAX - 8 || command > TCP_CONFIRMATION ||
		(command == TCP_FRAME && length < 8 + FRAME_LEN))
		return FRAMING_FOREIGN;
	cursor_skip(&bytes, 4);
	if (command == TCP_FRAME && !header_fits(bytes, true))
		return FRAMING_FOREIGN;
	*len = 8 + (size_t)length;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

static enum framing fins_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (cursor_peek(&bytes) == 'F')
		return text_may_start(bytes, "FINS") ? tcp_frame(bytes, len) : FRAMING_FOREIGN;
	if (!header_fits(bytes, false))
		return FRAMING_FOREIGN;
	if (left < FRAME_LEN)
		return FRAMING_MORE;
	if ((*bytes.at & ICF_RESPONSE) != 0 && left < FRAME_LEN + 2)
		return FRAMING_MORE;
	*len = left; /* a datagram holds one frame */
	return FRAMING_WHOLE;
}

static void identity_report(struct observer *o, struct cursor c)
{
	struct statement s = {
		.protocol = PROTOCOL_FINS, .subject = SUBJECT_SENDER, .message = "FINS 05 01 controller data"};
	if (cursor_left(&c) < IDENTITY_LEN)
		return; /* the connected units only, no model */
	struct cursor model = text_trim(cursor_take(&c, 20)), version = text_trim(cursor_take(&c, 20));
	if (!text_printable(model))
		return;
	observer_fact_string(o, &s, ATTRIBUTE_VENDOR, "OMRON");
	observer_fact(o, &s, ATTRIBUTE_MODEL, model.at, cursor_left(&model));
	text_fact(o, &s, ATTRIBUTE_FIRMWARE_VERSION, version);
}

static void status_report(struct observer *o, struct cursor c)
{
	struct statement s = {
		.protocol = PROTOCOL_FINS, .subject = SUBJECT_SENDER, .message = "FINS 06 01 controller status"};
	cursor_skip(&c, 1);
	uint8_t mode = cursor_u8(&c);
	uint16_t fatal = cursor_be16(&c);
	if (!cursor_ok(&c))
		return;
	const char *name = mode == 0 ? "PROGRAM" : mode == 2 ? "MONITOR" : mode == 4 ? "RUN" : NULL;
	if (name != NULL)
		observer_fact_coded(o, &s, ATTRIBUTE_OPERATING_MODE, name, mode);
	if (fatal != 0)
		observer_fact_coded(o, &s, ATTRIBUTE_STATUS, "fatal error", fatal);
}

static void request_report(
	const struct fins *f, uint8_t operation, const struct pdu *pdu, struct fins_state *state, struct observer *o)
{
	observer_request(o, PROTOCOL_FINS, operation);
	uint8_t place = state->next++ % ASKED_MAX;
	state->asked[place].used = true;
	state->asked[place].direction = pdu->direction;
	state->asked[place].id = f->id;
	state->asked[place].command = f->command;
	struct statement s = {.protocol = PROTOCOL_FINS, .subject = SUBJECT_RECEIVER, .message = "FINS command"};
	if (f->command == COMMAND_RUN)
		observer_event(o, &s, OPERATION_CONTROL, "RUN (04 01)");
	else if (f->command == COMMAND_STOP)
		observer_event(o, &s, OPERATION_CONTROL, "STOP (04 02)");
	else if (f->command == COMMAND_RESET)
		observer_event(o, &s, OPERATION_CONTROL, "RESET (04 03)");
	else if (operation == OPERATION_PROGRAM)
		observer_event(o, &s, OPERATION_PROGRAM,
			f->command == 0x0306 ? "program area read (03 06)" : "program area written (03 07, 03 08)");
}

static bool was_asked(struct fins_state *state, const struct fins *f, const struct pdu *pdu)
{
	for (unsigned i = 0; i < ASKED_MAX; i++) {
		if (!state->asked[i].used || state->asked[i].direction == pdu->direction ||
			state->asked[i].id != f->id || state->asked[i].command != f->command)
			continue;
		state->asked[i].used = false;
		return true;
	}
	return false;
}

static bool response_report(
	const struct fins *f, uint8_t operation, const struct pdu *pdu, struct fins_state *state, struct observer *o)
{
	struct cursor c = f->data;
	uint16_t end_code = cursor_be16(&c);
	if (!cursor_ok(&c))
		return false;
	/* An answer towards the port that is asked, which nobody had asked for: somebody's experiment. */
	bool asked = was_asked(state, f, pdu);
	if (!asked && pdu->sender == SIDE_CLIENT)
		return true;
	if (asked)
		observer_confirm(o);
	if ((end_code & 0x7f3f) != 0) { /* bits 15, 7 and 6: relay error, fatal and other errors of the CPU */
		observer_refusal(o, PROTOCOL_FINS, operation);
		return true;
	}
	observer_response(o, PROTOCOL_FINS, operation);
	if (f->gateways != 2 && f->gateways != 7)
		return true;
	if (f->command == COMMAND_IDENTITY)
		identity_report(o, c);
	else if (f->command == COMMAND_STATUS)
		status_report(o, c);
	return true;
}

static bool frame_report(struct cursor c, const struct pdu *pdu, struct fins_state *state, struct observer *o)
{
	struct fins f = {.response = (cursor_u8(&c) & ICF_RESPONSE) != 0};
	cursor_skip(&c, 1);
	f.gateways = cursor_u8(&c);
	cursor_skip(&c, 6);
	f.id = cursor_u8(&c);
	f.command = cursor_be16(&c);
	const struct command *command = command_find(f.command);
	if (!cursor_ok(&c) || command == NULL)
		return false;
	f.data = c;
	if (f.response)
		return response_report(&f, command->operation, pdu, state, o);
	request_report(&f, command->operation, pdu, state, o);
	return true;
}

static bool fins_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	if (!text_starts(bytes, "FINS"))
		return cursor_peek(&bytes) != 'F' && frame_report(bytes, pdu, state, observer);
	cursor_skip(&bytes, 8);
	uint32_t command = cursor_be32(&bytes), error = cursor_be32(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	observer_confirm(observer);
	if (command == TCP_CLIENT_ADDRESS)
		observer_request(observer, PROTOCOL_FINS, OPERATION_NONE);
	else if (command == TCP_SERVER_ADDRESS && error == 0)
		observer_response(observer, PROTOCOL_FINS, OPERATION_NONE);
	else if (command == TCP_SERVER_ADDRESS || command == TCP_ERROR)
		observer_refusal(observer, PROTOCOL_FINS, OPERATION_NONE);
	return command != TCP_FRAME || frame_report(bytes, pdu, state, observer);
}

static const uint16_t fins_ports[] = {9600, 0};

extern const struct dissector fins_dissector;
const struct dissector fins_dissector = {
	.name = "fins",
	.protocol = PROTOCOL_FINS,
	.reference = "OMRON W342, Communications Commands",
	.tcp_ports = fins_ports,
	.udp_ports = fins_ports,
	.tcp_any = true,
	.udp_any = true,
	.confirmations = 2, /* twelve octets with few free bits, and an answer that repeats id and command */
	.state_size = sizeof(struct fins_state),
	.pdu_max = PDU_MAX,
	.frame = fins_frame,
	.dissect = fins_dissect,
};
