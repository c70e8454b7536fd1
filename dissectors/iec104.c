/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iec104.c - telecontrol over TCP (IEC 60870-5-104; ASDUs of IEC 60870-5-101).
 *
 *	+------+----------+---------------------------+------
 *	| 0x68 | length 8 | control octets 4 x 8      | ASDU (I format only)
 *	+------+----------+---------------------------+------
 *	I: N(S) 15, 0 | N(R) 15, 0     S: 01 00 | N(R) 15, 0     U: one function, 11 | 0 | 0 | 0
 *
 *	ASDU:
 *	+--------+------------------+------------------------+--------------+-------------------+----------------
 *	| type 8 | SQ 1, number 7   | T 1, P/N 1, cause 6    | originator 8 | common address 16 | objects: IOA 24 ...
 *	+--------+------------------+------------------------+--------------+-------------------+----------------
 *
 * The controlling station starts the transfer of data and commands; the controlled station, an RTU as
 * a rule, has the data. Who is who is told by STARTDT, by the type of an ASDU, and by its cause;
 * acknowledgements and file transfers go both ways and follow what those said. A common address is
 * a station, and several of them may stand behind one IP address.
 */
#include <stdio.h>
#include <string.h>

#include "earshot/dissector.h"

#define START 0x68
#define HEADER_LEN 6
#define LENGTH_MIN 4
#define LENGTH_MAX 253
#define ASDU_HEADER_LEN 6
#define BROADCAST 0xffff

enum {
	STARTDT_ACT = 0x07,
	STARTDT_CON = 0x0b,
	STOPDT_ACT = 0x13,
	STOPDT_CON = 0x23,
	TESTFR_ACT = 0x43,
	TESTFR_CON = 0x83
};
enum {
	CAUSE_ACTIVATION = 6,
	CAUSE_CONFIRMED = 7,
	CAUSE_DEACTIVATION = 8,
	CAUSE_TERMINATED = 10,
	CAUSE_REQUEST = 5,
	CAUSE_UNKNOWN_FIRST = 44,
	CAUSE_UNKNOWN_ADDRESS = 46,
	CAUSE_UNKNOWN_LAST = 47
};
enum { CAUSE_MASK = 0x3f, CAUSE_NEGATIVE = 0x40 };
enum {
	TYPE_MONITORED_LAST = 41, /* with the secured totals of IEC 60870-5-7 */
	TYPE_SINGLE_COMMAND = 45,
	TYPE_STEP_COMMAND = 47,
	TYPE_BITSTRING_COMMAND = 51,
	TYPE_TIMED_SINGLE_COMMAND = 58,
	TYPE_TIMED_STEP_COMMAND = 60,
	TYPE_TIMED_BITSTRING_COMMAND = 64,
	TYPE_INITIALISED = 70,
	TYPE_AUTHENTICATION_FIRST = 81, /* IEC 62351-5 */
	TYPE_AUTHENTICATION_LAST = 95,
	TYPE_INTERROGATION = 100,
	TYPE_COUNTERS = 101,
	TYPE_READ = 102,
	TYPE_CLOCK = 103,
	TYPE_TEST = 104,
	TYPE_RESET = 105,
	TYPE_DELAY = 106,
	TYPE_TIMED_TEST = 107,
	TYPE_PARAMETER_FIRST = 110,
	TYPE_PARAMETER_LAST = 113,
	TYPE_FILE_FIRST = 120,
	TYPE_DIRECTORY = 126,
	TYPE_QUERY_LOG = 127
};

/* Which station sends in a direction. */
enum station { STATION_UNKNOWN, STATION_CONTROLLING, STATION_CONTROLLED };

/* Common addresses told on one connection; more push each other out and are told again. */
#define ADDRESSES_MAX 128

struct iec104_state {
	uint8_t stations[2];               /* enum station, by direction */
	bool counted[2];                   /* next[] is known */
	uint16_t next[2];                  /* the send sequence number that would follow */
	uint16_t addresses[ADDRESSES_MAX]; /* told present; 0 is none */
};
_Static_assert(sizeof(struct iec104_state) <= DISSECTOR_STATE_MAX, "state too large");

struct asdu {
	uint8_t type, number, cause;
	bool negative;
	uint16_t address;
	struct cursor objects;
};

struct iec104 {
	const struct pdu *pdu;
	struct iec104_state *state;
	struct observer *observer;
};

static bool is_function(uint8_t octet)
{
	return octet == STARTDT_ACT || octet == STARTDT_CON || octet == STOPDT_ACT || octet == STOPDT_CON ||
	       octet == TESTFR_ACT || octet == TESTFR_CON;
}

static bool is_unnumbered(const uint8_t *control)
{
	return is_function(control[0]) && control[1] == 0 && control[2] == 0 && control[3] == 0;
}

static bool is_supervisory(const uint8_t *control)
{
	return control[0] == 1 && control[1] == 0 && !(control[2] & 1);
}

static enum framing iec104_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t start = cursor_u8(&bytes);
	size_t length = cursor_u8(&bytes);
	if ((left > 0 && start != START) || (left > 1 && (length < LENGTH_MIN || length > LENGTH_MAX)))
		return FRAMING_FOREIGN;
	const uint8_t *control = cursor_bytes(&bytes, 4);
	if (control == NULL)
		return FRAMING_MORE;
	if (length == LENGTH_MIN) {
		if (!is_unnumbered(control) && !is_supervisory(control))
			return FRAMING_FOREIGN;
	} else if (control[0] & 1 || control[2] & 1 || length < LENGTH_MIN + ASDU_HEADER_LEN) {
		return FRAMING_FOREIGN;
	}
	*len = length + 2;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

static bool asdu_read(struct asdu *a, struct cursor c)
{
	a->type = cursor_u8(&c);
	a->number = cursor_u8(&c) & 0x7f;
	uint8_t cause = cursor_u8(&c);
	a->cause = cause & CAUSE_MASK;
	a->negative = cause & CAUSE_NEGATIVE;
	cursor_skip(&c, 1);
	a->address = cursor_le16(&c);
	a->objects = c;
	return cursor_ok(&c) && a->type != 0 && a->cause != 0 && (a->number == 0 || cursor_left(&c) >= 3);
}

/* What an ASDU of this type is for (IEC 60870-5-101, 7.2.1). */
static unsigned type_operations(unsigned type)
{
	if (type <= TYPE_MONITORED_LAST || (type >= TYPE_INTERROGATION && type <= TYPE_READ))
		return OPERATION_READ;
	if ((type >= TYPE_SINGLE_COMMAND && type <= TYPE_STEP_COMMAND) ||
		(type >= TYPE_TIMED_SINGLE_COMMAND && type <= TYPE_TIMED_STEP_COMMAND) || type == TYPE_RESET)
		return OPERATION_CONTROL;
	if (type > TYPE_STEP_COMMAND && type <= TYPE_TIMED_BITSTRING_COMMAND)
		return OPERATION_WRITE; /* set points and bit strings */
	if (type == TYPE_CLOCK || (type >= TYPE_PARAMETER_FIRST && type <= TYPE_PARAMETER_LAST))
		return OPERATION_CONFIGURE;
	if (type == TYPE_TEST || type == TYPE_DELAY || type == TYPE_TIMED_TEST)
		return OPERATION_DIAGNOSE;
	if (type >= TYPE_FILE_FIRST && type <= TYPE_QUERY_LOG)
		return OPERATION_FILE;
	return OPERATION_NONE;
}

/* Who sends such an ASDU; unknown where both may. */
static enum station sender_of(const struct asdu *a)
{
	if (a->cause >= CAUSE_UNKNOWN_FIRST && a->cause <= CAUSE_UNKNOWN_LAST)
		return STATION_CONTROLLED; /* it does not know what was asked for */
	if (a->type <= TYPE_MONITORED_LAST || a->type == TYPE_INITIALISED || a->type == TYPE_DIRECTORY)
		return STATION_CONTROLLED;
	if (a->type >= TYPE_FILE_FIRST || a->type < TYPE_SINGLE_COMMAND)
		return a->type == TYPE_QUERY_LOG ? STATION_CONTROLLING : STATION_UNKNOWN;
	switch (a->cause) {
	case CAUSE_REQUEST:
	case CAUSE_ACTIVATION:
	case CAUSE_DEACTIVATION:
		return STATION_CONTROLLING;
	case CAUSE_CONFIRMED:
	case CAUSE_DEACTIVATION + 1:
	case CAUSE_TERMINATED:
		return STATION_CONTROLLED;
	default:
		return STATION_UNKNOWN;
	}
}

/* Takes note of who sends this way, and gives it; an end that is unknown is the other one's counterpart. */
static enum station station_meet(struct iec104 *d, enum station station)
{
	uint8_t *here = &d->state->stations[d->pdu->direction];
	uint8_t there = d->state->stations[!d->pdu->direction];
	if (station != STATION_UNKNOWN)
		*here = (uint8_t)station;
	if (*here != STATION_UNKNOWN)
		return *here;
	if (there != STATION_UNKNOWN)
		return there == STATION_CONTROLLING ? STATION_CONTROLLED : STATION_CONTROLLING;
	/* Only the controlling station opens connections (IEC 60870-5-104, 7.1). */
	if (d->pdu->sender_proven)
		return d->pdu->sender == SIDE_CLIENT ? STATION_CONTROLLING : STATION_CONTROLLED;
	return STATION_UNKNOWN;
}

static void say(struct iec104 *d, enum station station, unsigned operations, bool refused)
{
	if (station == STATION_CONTROLLING)
		observer_request(d->observer, PROTOCOL_IEC104, operations);
	else if (station == STATION_UNKNOWN)
		observer_exchange(d->observer, PROTOCOL_IEC104, operations);
	else if (refused)
		observer_refusal(d->observer, PROTOCOL_IEC104, operations);
	else
		observer_response(d->observer, PROTOCOL_IEC104, operations);
}

/* A common address from which something came: said once per connection. */
static void address_report(struct iec104 *d, const struct asdu *a)
{
	uint16_t *told = &d->state->addresses[a->address % ADDRESSES_MAX];
	if (a->address == 0 || a->address == BROADCAST || a->cause == CAUSE_UNKNOWN_ADDRESS || *told == a->address)
		return;
	*told = a->address;
	struct statement s = {.protocol = PROTOCOL_IEC104,
		.subject = SUBJECT_SENDER,
		.message = "ASDU",
		.path = path_number(PATH_IEC104_COMMON_ADDRESS, a->address)};
	observer_fact_string(d->observer, &s, ATTRIBUTE_COMMON_ADDRESS, s.path.text);
	observer_presence(d->observer, &s);
}

/* End of initialisation: why the station started again (IEC 60870-5-101, 7.2.6.21). */
static void initialised_report(struct iec104 *d, const struct asdu *a)
{
	static const char *const causes[] = {
		"restarted: power switched on", "restarted: reset by hand", "restarted: reset from remote"};
	struct cursor c = a->objects;
	cursor_skip(&c, 3);
	unsigned cause = cursor_u8(&c) & 0x7f;
	if (!cursor_ok(&c) || cause >= sizeof(causes) / sizeof(*causes) || a->address == 0 || a->address == BROADCAST)
		return;
	struct statement s = {.protocol = PROTOCOL_IEC104,
		.subject = SUBJECT_SENDER,
		.message = "end of initialisation",
		.path = path_number(PATH_IEC104_COMMON_ADDRESS, a->address)};
	observer_fact_string(d->observer, &s, ATTRIBUTE_STATUS, causes[cause]);
}

/* Outputs operated and stations reset; selecting an output (S/E set) does not yet. */
static void command_report(struct iec104 *d, const struct asdu *a)
{
	static const char *const commands[] = {"single command", "double command", "regulating step command"};
	struct statement s = {.protocol = PROTOCOL_IEC104, .subject = SUBJECT_RECEIVER};
	struct cursor c = a->objects;
	cursor_skip(&c, 3);
	uint8_t qualifier = cursor_u8(&c);
	if (!cursor_ok(&c) || a->cause != CAUSE_ACTIVATION)
		return;
	if (a->type == TYPE_RESET)
		s.message = "reset process command";
	else if (a->type >= TYPE_SINGLE_COMMAND && a->type <= TYPE_STEP_COMMAND && !(qualifier & 0x80))
		s.message = commands[a->type - TYPE_SINGLE_COMMAND];
	else if (a->type >= TYPE_TIMED_SINGLE_COMMAND && a->type <= TYPE_TIMED_STEP_COMMAND && !(qualifier & 0x80))
		s.message = commands[a->type - TYPE_TIMED_SINGLE_COMMAND];
	else
		return;
	char detail[32];
	snprintf(detail, sizeof(detail), a->address == BROADCAST ? "broadcast %u" : "common address %u", a->address);
	observer_event(d->observer, &s, OPERATION_CONTROL, detail);
}

/* Challenges, replies and session keys of secure authentication: one side speaks it because the other does. */
static void security_report(struct iec104 *d)
{
	struct statement s = {.protocol = PROTOCOL_IEC104, .subject = SUBJECT_SENDER, .message = "authentication ASDU"};
	observer_fact_string(d->observer, &s, ATTRIBUTE_SECURITY, "secure authentication in use");
}

/* Sequence numbers that go on are what a lucky guess on a foreign port does not have. */
static void sequence_check(struct iec104 *d, uint16_t sent)
{
	unsigned direction = d->pdu->direction;
	if (d->state->counted[direction] && d->state->next[direction] == sent)
		observer_confirm(d->observer);
	d->state->counted[direction] = true;
	d->state->next[direction] = (uint16_t)((sent + 1) & 0x7fff);
}

static bool information_read(struct iec104 *d, uint16_t sent, struct cursor c)
{
	struct asdu a;
	if (!asdu_read(&a, c))
		return false;
	sequence_check(d, sent);
	enum station station = station_meet(d, sender_of(&a));
	unsigned operations = type_operations(a.type);
	say(d, station, operations, a.negative || a.cause >= CAUSE_UNKNOWN_FIRST);
	if (a.type >= TYPE_AUTHENTICATION_FIRST && a.type <= TYPE_AUTHENTICATION_LAST)
		security_report(d);
	if (station == STATION_CONTROLLED) {
		address_report(d, &a);
		if (a.type == TYPE_INITIALISED)
			initialised_report(d, &a);
	} else if (station == STATION_CONTROLLING && operations == OPERATION_CONTROL) {
		command_report(d, &a);
	}
	return true;
}

static void unnumbered_read(struct iec104 *d, uint8_t function)
{
	enum station station = STATION_UNKNOWN;
	if (function == STARTDT_ACT || function == STOPDT_ACT)
		station = STATION_CONTROLLING;
	else if (function == STARTDT_CON || function == STOPDT_CON)
		station = STATION_CONTROLLED;
	observer_prove(d->observer); /* six fixed octets */
	say(d, station_meet(d, station), OPERATION_NONE, false);
}

static bool iec104_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct iec104 d = {pdu, state, observer};
	cursor_skip(&bytes, 1);
	size_t length = cursor_u8(&bytes);
	const uint8_t *control = cursor_bytes(&bytes, 4);
	if (control == NULL || (pdu->whole && cursor_left(&bytes) + 4 != length))
		return false;
	if (length > LENGTH_MIN)
		return information_read(&d, (uint16_t)((control[0] | control[1] << 8) >> 1), bytes);
	if (is_unnumbered(control))
		unnumbered_read(&d, control[0]);
	else
		say(&d, station_meet(&d, STATION_UNKNOWN), OPERATION_NONE, false);
	return true;
}

extern const struct dissector iec104_dissector;
const struct dissector iec104_dissector = {
	.name = "iec104",
	.protocol = PROTOCOL_IEC104,
	.reference = "IEC 60870-5-104",
	.tcp_ports = (const uint16_t[]){2404, 0},
	.tcp_any = true,
	.confirmations = 2,
	.state_size = sizeof(struct iec104_state),
	.pdu_max = LENGTH_MAX + 2,
	.frame = iec104_frame,
	.dissect = iec104_dissect,
};
