/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnp3.c - DNP3 over TCP and UDP (IEEE 1815-2012: clause 9 data link, 8 transport function,
 * 4 application layer).
 *
 * Link frame, each block with its own CRC:
 *
 *	+------+------+--------+---------+-------------+-----------+-----+------------------------+
 *	| 0x05 | 0x64 | length | control | destination |  source   | CRC | (16 bytes, CRC) ...    |
 *	|      |      |   8    |    8    |   16 (LE)   |  16 (LE)  | 16  | the last block shorter |
 *	+------+------+--------+---------+-------------+-----------+-----+------------------------+
 *
 * `length` counts control, addresses and data without CRCs. Control: DIR (0x80, from the master),
 * PRM (0x40, a request of the link layer), function (0x0f). The data of one frame:
 *
 *	+--------------------+--------------------------+----------+------------+---------+
 *	| FIN FIR sequence 6 | FIR FIN CON UNS sequence | function | IIN 16     | objects |
 *	|  transport         |  application control     |    8     | (response) |         |
 *	+--------------------+--------------------------+----------+------------+---------+
 *
 * A link address is a station; many of them can stand behind one IP address (concentrator,
 * terminal server), and one TCP connection can carry several. Who is master is told by the
 * function code. The DIR bit is believed only of frames that have none, and less than what
 * a function code said of the same station.
 */
#include "dnp3.h"

#include <string.h>

#define LINK_HEADER_LEN 10 /* with its CRC */
#define BLOCK_LEN 16

enum { LINK_DIR = 0x80, LINK_PRM = 0x40, LINK_CONFIRMED_DATA = 3, LINK_UNCONFIRMED_DATA = 4 };

/* Where a note on a station may stand, from the place its address gives. */
#define STATION_PROBES 4

static enum framing dnp3_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	const uint8_t *at = bytes.at;
	size_t left = cursor_left(&bytes);
	if ((left > 0 && at[0] != 0x05) || (left > 1 && at[1] != 0x64) || (left > 2 && at[2] < 5))
		return FRAMING_FOREIGN;
	if (left < LINK_HEADER_LEN)
		return FRAMING_MORE;
	if (dnp3_crc(at, 8) != (at[8] | at[9] << 8))
		return FRAMING_FOREIGN;
	size_t data_len = at[2] - 5u;
	*len = LINK_HEADER_LEN + data_len + (data_len + BLOCK_LEN - 1) / BLOCK_LEN * 2;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

/* The header and the data without its CRCs. False when a CRC is wrong or the length does not fit. */
static bool link_read(struct dnp3_link *link, struct cursor c)
{
	cursor_skip(&c, 2);
	size_t left = cursor_u8(&c);
	link->control = cursor_u8(&c);
	link->target = cursor_le16(&c);
	link->source = cursor_le16(&c);
	cursor_skip(&c, 2); /* its CRC is what dnp3_frame() recognised it by */
	if (!cursor_ok(&c) || left < 5)
		return false;
	for (left -= 5; left > 0;) {
		size_t block = left < BLOCK_LEN ? left : BLOCK_LEN;
		const uint8_t *at = cursor_bytes(&c, block + 2);
		if (at == NULL) {
			link->cut = true;
			return !link->pdu->whole;
		}
		if (dnp3_crc(at, block) != (at[block] | at[block + 1] << 8))
			return false;
		memcpy(link->data + link->data_len, at, block);
		link->data_len += block;
		left -= block;
	}
	return cursor_left(&c) == 0;
}

/* The note on a sender: the one there is, or NULL. With `make` a new one is taken, and the oldest guest gives way. */
static struct dnp3_station *station_find(struct dnp3_state *state, uint16_t address, unsigned direction, bool make)
{
	unsigned home = (address * 0x9e37u >> 6) + direction * (DNP3_STATIONS_MAX / 2);
	struct dnp3_station *vacant = NULL;
	for (unsigned i = 0; i < STATION_PROBES; i++) {
		struct dnp3_station *s = &state->stations[(home + i) % DNP3_STATIONS_MAX];
		if (!(s->marks & DNP3_STATION_KNOWN))
			vacant = vacant ? vacant : s;
		else if (s->address == address && !(s->marks & DNP3_STATION_DIRECTION) == !direction)
			return s;
	}
	if (!make)
		return NULL;
	if (vacant == NULL)
		vacant = &state->stations[home % DNP3_STATIONS_MAX];
	memset(vacant, 0, sizeof(*vacant));
	vacant->address = address;
	return vacant;
}

/* The sender's note; its address is a fact the first time. */
static struct dnp3_station *sender_meet(struct dnp3_link *link)
{
	unsigned direction = link->pdu->direction;
	struct dnp3_station *s = station_find(link->state, link->source, direction, true);
	if (s->marks & DNP3_STATION_KNOWN)
		return s;
	s->marks = (uint8_t)(DNP3_STATION_KNOWN | (direction ? DNP3_STATION_DIRECTION : 0));
	struct statement statement = {
		.protocol = PROTOCOL_DNP3,
		.subject = SUBJECT_SENDER,
		.message = "data link header",
		.path = path_number(PATH_DNP3_ADDRESS, link->source),
	};
	observer_fact_string(link->observer, &statement, ATTRIBUTE_LINK_ADDRESS, statement.path.text);
	return s;
}

/* The sender is an outstation: its address is something inside the device that answers. */
void dnp3_outstation_present(struct dnp3_link *link, const char *message)
{
	if (link->sender->marks & DNP3_STATION_PRESENT)
		return;
	link->sender->marks |= DNP3_STATION_PRESENT;
	struct statement s = {.protocol = PROTOCOL_DNP3,
		.subject = SUBJECT_SENDER,
		.message = message,
		.path = path_number(PATH_DNP3_ADDRESS, link->source)};
	observer_presence(link->observer, &s);
}

/* -1 master, 1 outstation, 0 not known, or both, by function codes. */
static int station_role(const struct dnp3_station *s)
{
	bool master = s->marks & DNP3_STATION_MASTER, outstation = s->marks & DNP3_STATION_OUTSTATION;
	return (int)outstation - (int)master;
}

/*
 * A frame that has no function code of its own: link layer services, later segments, confirmations.
 * What function codes proved of the sender or of its peer decides, then DIR, unless both ends claim
 * the same direction.
 */
void dnp3_role_by_link(struct dnp3_link *link)
{
	bool dir = link->control & LINK_DIR;
	const struct dnp3_station *peer = station_find(link->state, link->target, !link->pdu->direction, false);
	int role = station_role(link->sender);
	if (role == 0 && peer != NULL)
		role = -station_role(peer);
	if (role == 0) {
		link->sender->marks |= dir ? DNP3_STATION_DIR_SET : DNP3_STATION_DIR_CLEAR;
		bool liar = peer != NULL && peer->marks & (dir ? DNP3_STATION_DIR_SET : DNP3_STATION_DIR_CLEAR);
		role = liar ? 0 : dir ? -1 : 1;
	}
	if (role < 0) {
		observer_request(link->observer, PROTOCOL_DNP3, OPERATION_NONE);
	} else if (role > 0) {
		observer_response(link->observer, PROTOCOL_DNP3, OPERATION_NONE);
		dnp3_outstation_present(link, "data link header");
	} else {
		observer_exchange(link->observer, PROTOCOL_DNP3, OPERATION_NONE);
	}
}

static bool dnp3_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct dnp3_link link;
	link.pdu = pdu;
	link.state = state;
	link.observer = observer;
	link.cut = false;
	link.data_len = 0;
	if (!link_read(&link, bytes))
		return false;
	/* From here on the PDU is good, so what is noted in the state has been said. */
	link.sender = sender_meet(&link);
	unsigned function = link.control & 0x0f;
	struct cursor data = cursor_over(link.data, link.data_len);
	uint8_t transport = cursor_u8(&data);
	if (!(link.control & LINK_PRM) || (function != LINK_CONFIRMED_DATA && function != LINK_UNCONFIRMED_DATA) ||
		!cursor_ok(&data)) {
		dnp3_role_by_link(&link);
		return true;
	}
	struct dnp3_application a;
	if (transport & DNP3_TRANSPORT_FIR && dnp3_application_read(data, &a))
		dnp3_application_announce(&link, &a);
	else
		dnp3_role_by_link(&link);
	if (link.sender->marks & DNP3_STATION_OUTSTATION)
		dnp3_segment_add(&link, transport, data);
	return true;
}

extern const struct dissector dnp3_dissector;
const struct dissector dnp3_dissector = {
	.name = "dnp3",
	.protocol = PROTOCOL_DNP3,
	.reference = "IEEE 1815-2012",
	.tcp_ports = (const uint16_t[]){20000, 0},
	.udp_ports = (const uint16_t[]){20000, 0},
	.tcp_any = true,
	.udp_any = true,
	.state_size = sizeof(struct dnp3_state),
	.pdu_max = 292,
	.assembly_max = 65536, /* a fragment is 2048 bytes as a rule; a full class 0 poll takes several */
	.frame = dnp3_frame,
	.dissect = dnp3_dissect,
};
