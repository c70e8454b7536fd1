/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c1222.c - meters: ANSI C12.22 (IEEE 1703) over UDP and TCP, with the tables of ANSI C12.19.
 *
 *	60 ACSE { A1 context | A2 called title | A4 called invocation | A6 calling title | A7 qualifier |
 *	          A8 calling invocation | 8B mechanism | AC authentication | BE { 28 { 81 EPSEM } } }
 *
 *	EPSEM:
 *	+---+----------+-------+--------+------------+------------+----------------+--------+-----------------
 *	| 1 | recovery | proxy | ED     | security 2 | response 2 | ED class 4 * 8 | length | service 8 and its
 *	|   | 1        | 1     | class 1|            |            | (ED class)     |        | data, repeated
 *	+---+----------+-------+--------+------------+------------+----------------+--------+-----------------
 *
 * An answer repeats the invocation of the request (A4). What is encrypted stays closed; logon and security
 * services carry credentials and are stepped over.
 */
#include <stdio.h>
#include <string.h>

#include "ber.h"
#include "earshot/dissector.h"
#include "text.h"

enum { TAG_ACSE = 0x60, PDU_MAX = 65535, TITLE_MAX = 96 };
enum {
	TAG_CONTEXT = 0xa1,
	TAG_CALLED = 0xa2,
	TAG_CALLED_QUALIFIER = 0xa3,
	TAG_CALLED_INVOCATION = 0xa4,
	TAG_CALLING = 0xa6,
	TAG_CALLING_QUALIFIER = 0xa7,
	TAG_CALLING_INVOCATION = 0xa8,
	TAG_MECHANISM = 0x8b,
	TAG_MECHANISM_2 = 0xab,
	TAG_AUTHENTICATION = 0xac,
	TAG_USER = 0xbe
};
enum { EPSEM_CLASS = 0x10, EPSEM_SECURITY = 0x0c };
enum { SERVICE_IDENTIFY = 0x20, SERVICE_READ_FULL = 0x30, SERVICE_READ_LAST = 0x3f, SERVICE_WRITE_LAST = 0x4f };
enum { TABLE_MANUFACTURER = 1, TABLE_DEVICE = 5, IDENTITY_LEN = 32 };

#define ASKED_MAX 16 /* reads remembered; more push each other out */

struct c1222_state {
	struct {
		uint32_t invocation;
		uint16_t table;
		uint8_t direction;
		bool used;
	} asked[ASKED_MAX];
	uint8_t next;
	bool titled[2]; /* by direction: its title was told */
};

struct acse {
	struct cursor calling, user;
	uint32_t invocation, answered;
	bool has_invocation, answers, user_seen;
};

static bool tag_known(uint8_t tag)
{
	return (tag >= TAG_CONTEXT && tag <= TAG_CALLING_INVOCATION) || tag == TAG_MECHANISM ||
	       tag == TAG_MECHANISM_2 || tag == TAG_AUTHENTICATION || tag == TAG_USER;
}

static enum framing c1222_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	const uint8_t *start = bytes.at;
	if (cursor_u8(&bytes) != TAG_ACSE)
		return left > 0 ? FRAMING_FOREIGN : FRAMING_MORE;
	size_t length = cursor_u8(&bytes);
	if (length == 0x80 || length > 0x82)
		return FRAMING_FOREIGN;
	if (length == 0x81)
		length = cursor_u8(&bytes);
	else if (length == 0x82)
		length = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (length < 4 || (cursor_left(&bytes) > 0 && !tag_known(cursor_peek(&bytes))))
		return FRAMING_FOREIGN;
	*len = (size_t)(bytes.at - start) + length;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

/* An integer inside `c`, as the invocation identifiers are written. */
static bool invocation_read(struct cursor c, uint32_t *number)
{
	struct cursor content;
	if (!ber_take(&c, BER_INTEGER, &content) || cursor_left(&content) == 0 || cursor_left(&content) > 5)
		return false;
	for (*number = 0; cursor_left(&content) > 0;)
		*number = *number << 8 | cursor_u8(&content);
	return true;
}

static bool acse_read(struct acse *a, struct cursor c)
{
	uint8_t tag;
	struct cursor content, body;
	a->calling = a->user = cursor_empty();
	if (!ber_take(&c, TAG_ACSE, &body))
		return false;
	while (cursor_left(&body) > 0) {
		if (!ber_read(&body, &tag, &content) || !tag_known(tag))
			return false;
		if (tag == TAG_CALLING)
			a->calling = content;
		else if (tag == TAG_CALLING_INVOCATION)
			a->has_invocation = invocation_read(content, &a->invocation);
		else if (tag == TAG_CALLED_INVOCATION)
			a->answers = invocation_read(content, &a->answered);
		else if (tag == TAG_USER)
			a->user_seen = true, a->user = content;
	}
	return a->user_seen && (a->has_invocation || a->answers);
}

/* An object identifier as text: absolute (tag 06), or below the C12.22 arc of the network (tag 80). */
static bool title_text(struct cursor c, char text[TITLE_MAX])
{
	uint8_t tag;
	struct cursor oid;
	size_t used = 0;
	uint32_t arc = 0;
	if (!ber_read(&c, &tag, &oid) || (tag != BER_OID && tag != 0x80))
		return false;
	for (bool first = tag == BER_OID; cursor_left(&oid) > 0;) {
		uint8_t octet = cursor_u8(&oid);
		if (arc >> 25 != 0 || used + 16 > TITLE_MAX)
			return false;
		arc = arc << 7 | (octet & 0x7f);
		if ((octet & 0x80) != 0)
			continue;
		if (first)
			used += (size_t)snprintf(text + used, TITLE_MAX - used, "%u.%u", arc < 80 ? arc / 40 : 2,
				arc < 80 ? arc % 40 : arc - 80);
		else
			used += (size_t)snprintf(text + used, TITLE_MAX - used, ".%u", arc);
		first = false;
		arc = 0;
	}
	return used > 0;
}

/* The first service of an EPSEM in the clear; false when it is closed or there is none. */
static bool service_read(struct cursor user, struct cursor *service)
{
	struct cursor external, epsem;
	if (!ber_take(&user, 0x28, &external) || !ber_take(&external, 0x81, &epsem))
		return false;
	uint8_t flags = cursor_u8(&epsem);
	if ((flags & EPSEM_SECURITY) != 0)
		return false; /* one mode authenticates only, but behind a signature in another place */
	if ((flags & EPSEM_CLASS) != 0)
		cursor_skip(&epsem, 4);
	size_t len = cursor_u8(&epsem);
	if (len == 0x81)
		len = cursor_u8(&epsem);
	else if (len == 0x82)
		len = cursor_be16(&epsem);
	*service = cursor_take(&epsem, len);
	return cursor_ok(&epsem) && len > 0;
}

static unsigned operation_of(uint8_t service)
{
	if (service >= SERVICE_READ_FULL && service <= SERVICE_READ_LAST)
		return OPERATION_READ;
	if (service > SERVICE_READ_LAST && service <= SERVICE_WRITE_LAST)
		return OPERATION_WRITE;
	return service == SERVICE_IDENTIFY ? OPERATION_DIAGNOSE : OPERATION_NONE;
}

static void request_report(const struct acse *a, bool open, struct cursor service, const struct pdu *pdu,
	struct c1222_state *state, struct observer *o)
{
	uint8_t code = open ? cursor_u8(&service) : 0;
	observer_request(o, PROTOCOL_C1222, operation_of(code));
	uint16_t table = cursor_be16(&service);
	if (code != SERVICE_READ_FULL || !cursor_ok(&service) || !a->has_invocation)
		return;
	unsigned place = state->next++ % ASKED_MAX;
	state->asked[place].invocation = a->invocation;
	state->asked[place].table = table;
	state->asked[place].direction = pdu->direction;
	state->asked[place].used = true;
}

/* General manufacturer identification: manufacturer 4, model 8, hardware 2, firmware 2, serial number 16. */
static void manufacturer_facts(struct observer *o, struct cursor c)
{
	struct statement s = {.protocol = PROTOCOL_C1222, .subject = SUBJECT_SENDER, .message = "C12.19 table 1"};
	char text[12];
	if (cursor_left(&c) < IDENTITY_LEN)
		return;
	text_fact(o, &s, ATTRIBUTE_VENDOR, cursor_take(&c, 4));
	text_fact(o, &s, ATTRIBUTE_MODEL, cursor_take(&c, 8));
	uint8_t hardware = cursor_u8(&c), revision = cursor_u8(&c), firmware = cursor_u8(&c),
		firmware_revision = cursor_u8(&c);
	snprintf(text, sizeof(text), "%u.%u", hardware, revision);
	observer_fact_string(o, &s, ATTRIBUTE_HARDWARE_VERSION, text);
	snprintf(text, sizeof(text), "%u.%u", firmware, firmware_revision);
	observer_fact_string(o, &s, ATTRIBUTE_FIRMWARE_VERSION, text);
	text_fact(o, &s, ATTRIBUTE_SERIAL_NUMBER, cursor_take(&c, 16));
}

static void table_report(const struct acse *a, struct cursor answer, const struct pdu *pdu, struct c1222_state *state,
	struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_C1222, .subject = SUBJECT_SENDER, .message = "C12.19 table 5"};
	struct cursor table = cursor_take(&answer, cursor_be16(&answer));
	uint8_t check = cursor_u8(&answer), sum = 0;
	if (!cursor_ok(&answer))
		return;
	for (const uint8_t *p = table.at; p < table.end; p++)
		sum = (uint8_t)(sum + *p);
	if ((uint8_t)(sum + check) != 0)
		return; /* C12.18: the two's complement of the sum */
	for (unsigned i = 0; i < ASKED_MAX; i++) {
		if (!state->asked[i].used || state->asked[i].direction == pdu->direction ||
			state->asked[i].invocation != a->answered)
			continue;
		state->asked[i].used = false;
		if (state->asked[i].table == TABLE_MANUFACTURER)
			manufacturer_facts(o, table);
		else if (state->asked[i].table == TABLE_DEVICE && cursor_left(&table) >= 20)
			text_fact(o, &s, ATTRIBUTE_NAME, cursor_take(&table, 20));
		return;
	}
}

static void answer_report(const struct acse *a, bool open, struct cursor service, const struct pdu *pdu,
	struct c1222_state *state, struct observer *o)
{
	uint8_t code = open ? cursor_u8(&service) : 0;
	if (code != 0) {
		observer_refusal(o, PROTOCOL_C1222, OPERATION_NONE);
		return;
	}
	observer_response(o, PROTOCOL_C1222, OPERATION_NONE);
	if (open && cursor_left(&service) >= 3)
		table_report(a, service, pdu, state, o);
}

static bool c1222_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct c1222_state *c1222 = state;
	struct acse a = {.invocation = 0};
	struct cursor service = cursor_over(bytes.at, 0);
	struct statement s = {.protocol = PROTOCOL_C1222, .subject = SUBJECT_SENDER, .message = "C12.22 calling title"};
	char title[TITLE_MAX];
	if (!acse_read(&a, bytes))
		return false;
	bool open = service_read(a.user, &service);
	if (a.answers)
		answer_report(&a, open, service, pdu, c1222, observer);
	else
		request_report(&a, open, service, pdu, c1222, observer);
	if (!c1222->titled[pdu->direction & 1] && title_text(a.calling, title)) {
		observer_fact_string(observer, &s, ATTRIBUTE_DEVICE_ID, title);
		c1222->titled[pdu->direction & 1] = true;
	}
	return true;
}

static const uint16_t c1222_ports[] = {1153, 0};

extern const struct dissector c1222_dissector;
const struct dissector c1222_dissector = {
	.name = "c1222",
	.protocol = PROTOCOL_C1222,
	.reference = "ANSI C12.22",
	.tcp_ports = c1222_ports,
	.udp_ports = c1222_ports,
	.tcp_any = true,
	.udp_any = true,
	.state_size = sizeof(struct c1222_state),
	.pdu_max = PDU_MAX,
	.frame = c1222_frame,
	.dissect = c1222_dissect,
};
