/* SPDX-License-Identifier: Apache-2.0 */
/*
 * synphasor.c - synchrophasors (IEEE C37.118.2-2011, and C37.118-2005 before it), over UDP and TCP.
 *
 *	+-------+---------+--------------+---------------+-----------+--------+------------+------+--------------
 *	| 0xAA  | 0, type | version 4    | frame size 16 | idcode 16 | SOC 32 | fracsec 32 | body | check 16:
 *	|       | 3       |              |               |           |        |            |      | CRC-CCITT
 *	+-------+---------+--------------+---------------+-----------+--------+------------+------+--------------
 *
 *	configuration 1 and 2: time base 32, number of PMUs 16, then for each
 *	+-----------------+-----------+-----------+-----------+-----------+-----------+-----------+----------
 *	| station 16 * 8  | idcode 16 | format 16 | phasors 16| analogs 16| digitals  | names 16  | units 4 each,
 *	|                 |           |           |           |           | 16        | octets    | nominal, count
 *	+-----------------+-----------+-----------+-----------+-----------+-----------+-----------+----------
 *
 * A phasor data concentrator sends the stations of others in one stream: with one station it is the
 * sender's own name, with several each is a stream of its own and none is the sender.
 */
#include <stdio.h>
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum { SYNC = 0xaa, HEADER_LEN = 14, CRC_LEN = 2, STATION_LEN = 16, CHANNEL_LEN = 16 };
enum { TYPE_DATA = 0, TYPE_HEADER = 1, TYPE_CONFIG_1 = 2, TYPE_CONFIG_2 = 3, TYPE_COMMAND = 4, TYPE_CONFIG_3 = 5 };
enum { COMMAND_OFF = 1, COMMAND_ON = 2, COMMAND_HEADER = 3, COMMAND_CONFIG_3 = 6, COMMAND_EXTENDED = 8 };

#define STATIONS_MAX 64 /* of one frame; a concentrator with more is told by the first ones */

struct synphasor_state {
	uint16_t id_told[2]; /* by direction; 0 is no idcode of a device */
};

static enum framing synphasor_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t sync = cursor_u8(&bytes), type = cursor_u8(&bytes);
	uint16_t size = cursor_be16(&bytes);
	if ((left > 0 && sync != SYNC) ||
		(left > 1 && (type >> 4 > TYPE_CONFIG_3 || (type & 0x0f) == 0 || (type & 0x0f) > 3)))
		return FRAMING_FOREIGN;
	if (left < 4)
		return FRAMING_MORE;
	if (size < HEADER_LEN + CRC_LEN + (type >> 4 == TYPE_COMMAND ? 2 : 0))
		return FRAMING_FOREIGN;
	*len = size;
	return left >= size ? FRAMING_WHOLE : FRAMING_MORE;
}

/* CRC-CCITT: polynomial 0x1021, all ones first (annex B). */
static bool checksum_fits(struct cursor frame)
{
	uint16_t crc = 0xffff;
	while (cursor_left(&frame) > CRC_LEN) {
		crc = (uint16_t)(crc ^ cursor_u8(&frame) << 8);
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (uint16_t)((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return cursor_be16(&frame) == crc && cursor_ok(&frame);
}

/* A name of configuration 3: a length and that much UTF-8. */
static struct cursor counted_name(struct cursor *c)
{
	return cursor_take(c, cursor_u8(c));
}

static void names_skip(struct cursor *c, size_t names, bool counted)
{
	if (!counted)
		cursor_skip(c, names * CHANNEL_LEN);
	for (; counted && names > 0 && cursor_left(c) > 0; names--)
		counted_name(c);
}

/* One station of a configuration; leaves `c` behind it. */
static bool station_read(struct cursor *c, bool third, struct cursor *name, uint16_t *id)
{
	*name = third ? counted_name(c) : cursor_take(c, STATION_LEN);
	*id = cursor_be16(c);
	if (third)
		cursor_skip(c, 16); /* global identifier */
	cursor_skip(c, 2);
	size_t phasors = cursor_be16(c), analogs = cursor_be16(c), digitals = cursor_be16(c);
	names_skip(c, phasors + analogs + digitals * 16, third);
	if (third)
		cursor_skip(c, 12 * phasors + 8 * analogs + 4 * digitals + 3 * 4 + 1 + 4 + 4);
	else
		cursor_skip(c, 4 * (phasors + analogs + digitals));
	cursor_skip(c, 2 + 2);
	return cursor_ok(c);
}

static void stream_fact(struct observer *o, const struct statement *s, struct cursor name, uint16_t id)
{
	char text[STATION_LEN * 4 + 16];
	struct cursor station = text_trim(name);
	while (station.end > station.at && station.end[-1] == ' ')
		station.end--;
	if (cursor_left(&station) > STATION_LEN * 4)
		station.end = station.at + STATION_LEN * 4;
	if (!text_printable(station))
		return;
	snprintf(text, sizeof(text), "%.*s (%u)", (int)cursor_left(&station), (const char *)station.at, id);
	observer_fact_string(o, s, ATTRIBUTE_STREAM_ID, text);
}

static bool configuration_report(struct cursor c, uint8_t type, struct observer *o)
{
	bool third = type == TYPE_CONFIG_3;
	struct statement s = {
		.protocol = PROTOCOL_SYNPHASOR,
		.subject = SUBJECT_SENDER,
		.message = third                   ? "C37.118 CFG-3"
			   : type == TYPE_CONFIG_2 ? "C37.118 CFG-2"
						   : "C37.118 CFG-1",
	};
	uint16_t part = third ? cursor_be16(&c) : 0;
	if (part > 1)
		return cursor_ok(&c); /* the middle of a configuration in several frames */
	cursor_skip(&c, 4);
	uint16_t count = cursor_be16(&c), id;
	struct cursor name;
	for (unsigned i = 0; i < count && i < STATIONS_MAX && cursor_left(&c) > 0; i++) {
		if (!station_read(&c, third, &name, &id))
			return part == 1;
		if (count > 1) {
			stream_fact(o, &s, name, id);
		} else {
			struct cursor text = text_trim(name);
			observer_fact(o, &s, ATTRIBUTE_STATION_NAME, text.at, cursor_left(&text));
		}
	}
	return cursor_ok(&c);
}

static void command_report(struct cursor c, struct observer *o)
{
	uint16_t command = cursor_be16(&c);
	unsigned operation = command == COMMAND_OFF || command == COMMAND_ON            ? OPERATION_READ
			     : command >= COMMAND_HEADER && command <= COMMAND_CONFIG_3 ? OPERATION_DIAGNOSE
											: OPERATION_NONE;
	observer_request(o, PROTOCOL_SYNPHASOR, operation);
}

static bool synphasor_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct synphasor_state *told = state;
	char text[8];
	if (pdu->whole && !checksum_fits(bytes))
		return false;
	cursor_skip(&bytes, 1);
	uint8_t type = cursor_u8(&bytes) >> 4;
	cursor_skip(&bytes, 2);
	uint16_t id = cursor_be16(&bytes);
	cursor_skip(&bytes, 8);
	if (!cursor_ok(&bytes))
		return false;
	if (type == TYPE_COMMAND) {
		command_report(bytes, observer); /* its idcode is of the station that is asked */
		return true;
	}
	observer_response(observer, PROTOCOL_SYNPHASOR, type == TYPE_DATA ? OPERATION_READ : OPERATION_DIAGNOSE);
	struct statement s = {.protocol = PROTOCOL_SYNPHASOR, .subject = SUBJECT_SENDER, .message = "C37.118 frame"};
	if (id != 0 && id != UINT16_MAX && told->id_told[pdu->direction & 1] != id) {
		snprintf(text, sizeof(text), "%u", id);
		observer_fact_string(observer, &s, ATTRIBUTE_ID_CODE, text);
		told->id_told[pdu->direction & 1] = id;
	}
	if (pdu->whole)
		bytes.end -= CRC_LEN;
	if (type == TYPE_HEADER) {
		s.message = "C37.118 header";
		text_fact(observer, &s, ATTRIBUTE_DESCRIPTION, bytes);
	}
	return type == TYPE_DATA || type == TYPE_HEADER || configuration_report(bytes, type, observer);
}

extern const struct dissector synphasor_dissector;
const struct dissector synphasor_dissector = {
	.name = "synphasor",
	.protocol = PROTOCOL_SYNPHASOR,
	.reference = "IEEE C37.118.2",
	.tcp_ports = (const uint16_t[]){4712, 0},
	.udp_ports = (const uint16_t[]){4713, 0},
	.tcp_any = true,
	.udp_any = true,
	.state_size = sizeof(struct synphasor_state),
	.pdu_max = 65535,
	.frame = synphasor_frame,
	.dissect = synphasor_dissect,
};
