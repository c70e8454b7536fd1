/* SPDX-License-Identifier: Apache-2.0 */
/*
 * melsec.c - Mitsubishi Electric: SLMP, also known as MC protocol, frames 3E and 4E in binary (CC-Link Partner
 * Association BAP-C2006; MELSEC communication protocol reference SH-080008), and the frames of the engineering
 * software (MELSOFT), of which only the direction and the name of the CPU are read. Little endian.
 *
 *	3E request 50 00, answer D0 00; 4E request 54 00, answer D4 00, with serial 16 and 0 16 behind it
 *	+-------------+-----------+------+---------------+-----------+-----------+-----------------------------------
 *	| subheader 16| network 8 | PC 8 | module I/O 16 | station 8 | length 16 | timer 16, command 16, subcommand
 *	|             |           |      |               |           |           | 16, data; or end code 16, data
 *	+-------------+-----------+------+---------------+-----------+-----------+-----------------------------------
 *
 *	MELSOFT (as observed; no public specification)
 *	+------------------------+-----------+-------------+--------------+-----------------+--------------------------
 *	| 57 request, D7 answer  | number 32 | 11 11 07/7F | 12 octets of | length 16 of    | 24 octets (an answer 26),
 *	|                        |           |             | route        | what follows    | command 16, number 32
 *	+------------------------+-----------+-------------+--------------+-----------------+--------------------------
 */
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum { SUB_3E = 0x5000, SUB_4E = 0x5400, SUB_ANSWER = 0x8000, ROUTE_LEN = 5, PDU_MAX = 8192 };
enum {
	MELSOFT_REQUEST = 0x57,
	MELSOFT_ANSWER = 0xd7,
	MELSOFT_HEADER_LEN = 21,
	MELSOFT_COMMAND_AT = 45,
	MELSOFT_SHORTEST = 30
};
enum { MELSOFT_CPU = 0x0121, NAME_LEN = 16 };
enum {
	COMMAND_TYPE_NAME = 0x0101,
	COMMAND_RUN = 0x1001,
	COMMAND_STOP = 0x1002,
	COMMAND_PAUSE = 0x1003,
	COMMAND_RESET = 0x1006
};

#define ASKED_MAX 16 /* 4E requests remembered; 3E has one at a time */

struct melsec_state {
	struct {
		uint16_t serial, command;
		bool used;
		uint8_t direction;
	} asked[ASKED_MAX];
	uint8_t next;
};

struct slmp {
	bool answer, numbered;
	uint16_t serial, length;
	uint8_t network, pc;
};

/* The header up to the length. False when it is none. */
static bool slmp_read(struct slmp *m, struct cursor *c)
{
	uint16_t subheader = cursor_be16(c);
	m->answer = (subheader & SUB_ANSWER) != 0;
	subheader &= (uint16_t)~SUB_ANSWER;
	m->numbered = subheader == SUB_4E;
	m->serial = m->numbered ? cursor_le16(c) : 0;
	uint16_t zero = m->numbered ? cursor_le16(c) : 0;
	m->network = cursor_u8(c);
	m->pc = cursor_u8(c);
	uint16_t module = cursor_le16(c);
	uint8_t station = cursor_u8(c);
	m->length = cursor_le16(c);
	if (!cursor_ok(c))
		return false;
	bool io = module <= 0x01ff || (module >= 0x03d0 && module <= 0x03d3) ||
		  (module >= 0x03e0 && module <= 0x03e3) || module == 0x03ff;
	return (subheader == SUB_3E || subheader == SUB_4E) && zero == 0 && m->network <= 0xef && io &&
	       station <= 0x1f && (m->pc >= 0x7d || (m->pc >= 1 && m->pc <= 0x78)) &&
	       m->length >= (m->answer ? 2 : 6) && m->length <= PDU_MAX - 16;
}

static enum framing melsoft_frame(struct cursor bytes, size_t *len)
{
	size_t left = cursor_left(&bytes);
	cursor_skip(&bytes, 5);
	uint16_t mark = cursor_be16(&bytes);
	cursor_skip(&bytes, 12);
	uint16_t length = cursor_le16(&bytes);
	if (left >= 7 && mark != 0x1111)
		return FRAMING_FOREIGN;
	if (left < MELSOFT_HEADER_LEN)
		return FRAMING_MORE;
	if (length < MELSOFT_SHORTEST)
		return FRAMING_FOREIGN;
	*len = MELSOFT_HEADER_LEN + (size_t)length;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

static enum framing melsec_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	struct slmp m;
	uint8_t first = cursor_peek(&bytes);
	if (first == MELSOFT_REQUEST || first == MELSOFT_ANSWER)
		return melsoft_frame(bytes, len);
	uint8_t kind = first & 0x7f;
	if (left > 0 && kind != SUB_3E >> 8 && kind != SUB_4E >> 8)
		return FRAMING_FOREIGN;
	size_t head = kind == SUB_4E >> 8 ? 13 : 9;
	if (left < head)
		return left < 2 || bytes.at[1] == 0 ? FRAMING_MORE : FRAMING_FOREIGN;
	if (!slmp_read(&m, &bytes))
		return FRAMING_FOREIGN;
	*len = head + m.length;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

static unsigned operation_of(uint16_t command)
{
	switch (command >> 8) {
	case 0x01:
	case 0x06:
		return command == 0x0613 || command == 0x0601 ? OPERATION_READ : OPERATION_DIAGNOSE;
	case 0x04:
	case 0x08:
		return OPERATION_READ;
	case 0x14:
		return OPERATION_WRITE;
	case 0x10:
		return OPERATION_CONTROL;
	case 0x16:
		return command == 0x1613 || command == 0x1601 ? OPERATION_WRITE : OPERATION_CONFIGURE;
	case 0x18:
		return OPERATION_FILE;
	default:
		return OPERATION_NONE;
	}
}

static void control_event(struct observer *o, uint16_t command)
{
	struct statement s = {
		.protocol = PROTOCOL_MELSEC, .subject = SUBJECT_RECEIVER, .message = "SLMP remote control"};
	const char *detail = command == COMMAND_RUN     ? "remote RUN (1001)"
			     : command == COMMAND_STOP  ? "remote STOP (1002)"
			     : command == COMMAND_PAUSE ? "remote PAUSE (1003)"
			     : command == COMMAND_RESET ? "remote RESET (1006)"
							: NULL;
	if (detail != NULL)
		observer_event(o, &s, OPERATION_CONTROL, detail);
}

/* The name of the CPU's type, 16 characters, and its number. */
static void type_facts(struct observer *o, struct cursor c, const char *message)
{
	struct statement s = {.protocol = PROTOCOL_MELSEC, .subject = SUBJECT_SENDER, .message = message};
	char text[NAME_LEN + 1] = "";
	struct cursor name = cursor_take(&c, NAME_LEN);
	uint16_t code = cursor_le16(&c);
	if (!cursor_ok(&c))
		return;
	name = text_trim(name);
	if (!text_printable(name))
		return;
	memcpy(text, name.at, cursor_left(&name));
	observer_fact_string(o, &s, ATTRIBUTE_VENDOR, "Mitsubishi Electric");
	observer_fact_coded(o, &s, ATTRIBUTE_MODEL, text, code);
}

static void ask(struct melsec_state *state, const struct slmp *m, uint16_t command, const struct pdu *pdu)
{
	unsigned place = state->next++ % ASKED_MAX;
	for (unsigned i = 0; i < ASKED_MAX && !m->numbered; i++) /* the one before was never answered */
		if (state->asked[i].used && state->asked[i].serial == 0 && state->asked[i].direction == pdu->direction)
			state->asked[i].used = false;
	state->asked[place].serial = m->serial;
	state->asked[place].command = command;
	state->asked[place].direction = pdu->direction;
	state->asked[place].used = true;
}

/* The command that an answer answers, 0 when it was not seen. */
static uint16_t asked_for(struct melsec_state *state, const struct slmp *m, const struct pdu *pdu)
{
	for (unsigned i = 0; i < ASKED_MAX; i++) {
		if (!state->asked[i].used || state->asked[i].direction == pdu->direction ||
			state->asked[i].serial != m->serial)
			continue;
		state->asked[i].used = false;
		return state->asked[i].command;
	}
	return 0;
}

static bool slmp_report(struct cursor c, const struct pdu *pdu, struct melsec_state *state, struct observer *o)
{
	struct slmp m;
	if (!slmp_read(&m, &c))
		return false;
	if (!m.answer) {
		cursor_skip(&c, 2);
		uint16_t command = cursor_le16(&c);
		cursor_skip(&c, 2);
		if (!cursor_ok(&c) || operation_of(command) == OPERATION_NONE)
			return false;
		observer_request(o, PROTOCOL_MELSEC, operation_of(command));
		control_event(o, command);
		ask(state, &m, command, pdu);
		return true;
	}
	uint16_t end_code = cursor_le16(&c), command = asked_for(state, &m, pdu);
	if (!cursor_ok(&c))
		return false;
	if (command != 0)
		observer_confirm(o);
	if (end_code != 0)
		observer_refusal(o, PROTOCOL_MELSEC, operation_of(command));
	else
		observer_response(o, PROTOCOL_MELSEC, operation_of(command));
	/* Network 0 and PC FF is the module at this address itself; others are reached through it. */
	if (command == COMMAND_TYPE_NAME && end_code == 0 && m.network == 0 && m.pc == 0xff)
		type_facts(o, c, "SLMP 0101 read type name");
	return true;
}

static bool melsoft_report(struct cursor bytes, struct observer *o)
{
	bool answer = cursor_peek(&bytes) == MELSOFT_ANSWER;
	if (answer)
		observer_response(o, PROTOCOL_MELSEC, OPERATION_NONE);
	else
		observer_request(o, PROTOCOL_MELSEC, OPERATION_NONE);
	cursor_skip(&bytes, MELSOFT_COMMAND_AT + (answer ? 2 : 0));
	uint16_t command = cursor_be16(&bytes);
	cursor_skip(&bytes, 4); /* the number of the command, repeated by its answer */
	if (!cursor_ok(&bytes))
		return true;
	observer_confirm(o);
	if (answer && command == MELSOFT_CPU)
		type_facts(o, bytes, "MELSOFT 0121 CPU type");
	return true;
}

static bool melsec_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	uint8_t first = cursor_peek(&bytes);
	if (first == MELSOFT_REQUEST || first == MELSOFT_ANSWER)
		return melsoft_report(bytes, observer);
	return slmp_report(bytes, pdu, state, observer);
}

extern const struct dissector melsec_dissector;
const struct dissector melsec_dissector = {
	.name = "melsec",
	.protocol = PROTOCOL_MELSEC,
	.reference = "CC-Link Partner Association BAP-C2006, SLMP",
	.tcp_ports = (const uint16_t[]){5007, 5562, 0},
	.udp_ports = (const uint16_t[]){5560, 0},
	.tcp_any = true,
	.udp_any = true,
	.confirmations = 2, /* nine octets of header with few free bits, and an answer that fits a request */
	.state_size = sizeof(struct melsec_state),
	.pdu_max = PDU_MAX,
	.frame = melsec_frame,
	.dissect = melsec_dissect,
};
