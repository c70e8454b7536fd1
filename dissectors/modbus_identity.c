/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modbus_identity.c - the two Modbus responses in which a unit says what it is: Read Device Identification
 * (function code 43, MEI type 14) and Report Server ID (function code 17).
 *
 * Modbus Application Protocol Specification V1.1b3, 6.21 and 6.13. Bodies, after the function code:
 *
 *	43/14  | 0x0E | code | conformity | more follows | next object | objects | (id | length | value)...
 *	17     | byte count | server id ... | run indicator 0x00 / 0xFF | additional data ...
 */
#include <stdio.h>
#include <string.h>

#include "dissectors/modbus.h"

#define VALUE_TEXT_MAX 520 /* 255 bytes in hex */

struct statement modbus_statement(const struct modbus_message *m, enum subject subject, const char *message)
{
	return (struct statement){.protocol = PROTOCOL_MODBUS, .subject = subject, .message = message,
		.path = path_number(PATH_MODBUS_UNIT, m->unit)};
}

static bool is_text(struct cursor c)
{
	size_t more = 0; /* continuation bytes of a UTF-8 sequence to come */
	while (cursor_left(&c) > 0) {
		uint8_t b = cursor_u8(&c);
		if (more > 0 ? b >> 6 != 2 : b < 0x20 || b == 0x7F || b >> 6 == 2 || b > 0xF4)
			return false;
		more = more > 0 ? more - 1 : b >= 0xF0 ? 3 : b >= 0xE0 ? 2 : b >= 0x80 ? 1 : 0;
	}
	return more == 0;
}

static struct cursor without_last_nuls(struct cursor value)
{
	struct cursor c = value;
	size_t at = 0, len = 0;
	while (cursor_left(&c) > 0) {
		at++;
		if (cursor_u8(&c) != 0)
			len = at;
	}
	return cursor_take(&value, len);
}

/* An object without a meaning of its own: its text, or its bytes in hex, with the object id as the code. */
static void report_private_object(struct observer *o, const struct statement *s, uint8_t id, struct cursor value)
{
	char text[VALUE_TEXT_MAX];
	value = without_last_nuls(value);
	if (cursor_left(&value) == 0)
		return;
	size_t n = 0;
	if (is_text(value)) {
		n = cursor_left(&value);
		memcpy(text, value.at, n);
	} else {
		while (cursor_left(&value) > 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%02x", cursor_u8(&value));
	}
	text[n] = 0;
	observer_fact_coded(o, s, ATTRIBUTE_OBJECT, text, id);
}

static bool same_bytes(const struct cursor *a, const struct cursor *b)
{
	return cursor_left(a) == cursor_left(b) && memcmp(a->at, b->at, cursor_left(a)) == 0;
}

/*
 * 6.21 Read Device Identification. Each response holds whole objects, also when more follow, so none has to
 * wait for the next response.
 *
 *	0x0E | code | conformity | more follows | next object | objects | (id | length | value)...
 */
bool modbus_device_identification(const struct modbus_message *m, struct observer *o)
{
	static const enum attribute attributes[] = {ATTRIBUTE_VENDOR, ATTRIBUTE_PRODUCT_CODE,
		ATTRIBUTE_FIRMWARE_VERSION, ATTRIBUTE_URL, ATTRIBUTE_MODEL, ATTRIBUTE_MODEL, ATTRIBUTE_NAME};
	struct statement s = modbus_statement(m, SUBJECT_SENDER, "FC 43/14 Read Device Identification");
	struct cursor body = m->body, product_name = cursor_over(body.at, 0);
	cursor_skip(&body, 5);
	for (unsigned count = cursor_u8(&body); count > 0 && cursor_left(&body) > 0; count--) {
		uint8_t id = cursor_u8(&body);
		struct cursor value = cursor_take(&body, cursor_u8(&body));
		if (!cursor_ok(&body))
			break;
		if (id == 4)
			product_name = value;
		if (id == 5 && same_bytes(&value, &product_name)) /* said already */
			continue;
		if (id < sizeof(attributes) / sizeof(attributes[0]))
			observer_fact(o, &s, attributes[id], value.at, cursor_left(&value));
		else
			report_private_object(o, &s, id, value);
	}
	return cursor_ok(&body);
}

/* The longest run of at least three printable characters, the first of equals. */
static struct cursor printable_run(struct cursor c)
{
	struct cursor start = c, best = cursor_over(c.at, 0);
	for (size_t run = 0; cursor_left(&c) > 0;) {
		uint8_t b = cursor_u8(&c);
		run = b >= 0x20 && b <= 0x7E ? run + 1 : 0;
		if (run == 0)
			start = c;
		else if (run >= 3 && run > cursor_left(&best))
			best = cursor_over(start.at, run);
	}
	return best;
}

/*
 * 6.13 Report Server ID: byte count | server id | run indicator 0x00 or 0xFF | additional data. How long the id
 * is, is the device's own affair, so where the indicator stands is a guess: second as a rule, else last.
 */
bool modbus_server_id(const struct modbus_message *m, struct observer *o)
{
	struct statement s = modbus_statement(m, SUBJECT_SENDER, "FC 17 Report Server ID");
	struct cursor body = m->body;
	struct cursor data = cursor_take(&body, cursor_u8(&body));
	if (!cursor_ok(&body))
		return false;
	struct cursor text = printable_run(data);
	observer_fact(o, &s, ATTRIBUTE_DESCRIPTION, text.at, cursor_left(&text));
	if (cursor_left(&data) < 2)
		return true;
	uint8_t id = cursor_u8(&data), second = cursor_u8(&data), last = second;
	while (cursor_left(&data) > 0)
		last = cursor_u8(&data);
	if (second == 0x00 || second == 0xFF) {
		char id_text[8];
		snprintf(id_text, sizeof(id_text), "0x%02X", id);
		s.confidence = 60;
		observer_fact_string(o, &s, ATTRIBUTE_OPERATING_MODE, second ? "RUN" : "STOP");
		observer_fact_string(o, &s, ATTRIBUTE_DEVICE_ID, id_text);
	} else if (last == 0xFF || last == 0x00) {
		s.confidence = 40;
		observer_fact_string(o, &s, ATTRIBUTE_OPERATING_MODE, last ? "RUN" : "STOP");
	}
	return true;
}
