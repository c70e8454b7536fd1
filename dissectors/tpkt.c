/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tpkt.c - ISO transport over TCP: finds the transport PDUs, joins their segments, and asks S7comm,
 * S7comm-plus and MMS whether the content is theirs.
 *
 * Follows RFC 1006 (TPKT), ISO/IEC 8073 = ITU-T X.224 (COTP), and MS-RDPBCGR 2.2.1.1 to tell RDP apart.
 *
 *	 0         1          2        4                    5      6
 *	+---------+----------+--------+--------------------+------+-----------------+-----------+
 *	| version | reserved | length | header length (LI) | code | rest of header  | user data |
 *	|    3    |    0     | of all | without itself     |      | (LI - 1 bytes)  |           |
 *	+---------+----------+--------+--------------------+------+-----------------+-----------+
 *	connect request 0xE0, confirm 0xD0: destination (2), source (2), class, parameters (code, length, value)
 *	data 0xF0: end of the user's unit (bit 7) and number
 *
 * RDP opens with the same connect request, so nothing is said of S7 before an S7 PDU was seen.
 */
#include <string.h>

#include "earshot/dissector.h"
#include "mms.h"
#include "s7comm.h"
#include "s7comm_plus.h"

extern const struct dissector tpkt_dissector;

enum {
	TPDU_EXPEDITED = 0x10,
	TPDU_EXPEDITED_ACK = 0x20,
	TPDU_ERROR = 0x70,
	TPDU_DISCONNECT = 0x80,
	TPDU_DISCONNECT_CONFIRM = 0xc0,
	TPDU_CONFIRM = 0xd0,
	TPDU_CONNECT = 0xe0,
	TPDU_DATA = 0xf0
};

enum { PARAMETER_CALLED = 0xc2 };

#define TPKT_LEN_MIN 7
#define FIXED_LEN 6               /* up to and with the code */
#define DATA_HEADER_LEN 2         /* class 0 and 1 */
#define DATA_HEADER_LEN_CLASS_2 4 /* with a destination reference */
#define END_OF_UNIT 0x80

/* Largest unit joined from segments: S7comm PDUs end at 960 bytes, S7comm-plus and MMS at a few tens of KiB. */
#define UNIT_MAX 65536u

struct tpkt_flow {
	bool has_client, rdp;
	bool joining[2]; /* the assembly of that direction holds the start of a unit */
	uint8_t client;  /* the direction of the one who connected, once known */
	struct s7comm_flow s7comm;
	struct s7comm_plus_flow s7comm_plus;
};

/* What each TPDU looks like (clause 13), by the high half of its code: smallest header length, most user data. */
struct shape {
	uint8_t header_min;
	uint16_t data_max;
};

static const struct shape *shape_find(uint8_t code)
{
	static const struct shape shapes[16] = {
		[TPDU_DATA >> 4] = {DATA_HEADER_LEN, 65535},
		[TPDU_CONNECT >> 4] = {6, 32},
		[TPDU_CONFIRM >> 4] = {6, 32},
		[TPDU_DISCONNECT >> 4] = {6, 64},
		[TPDU_DISCONNECT_CONFIRM >> 4] = {5, 0},
		[TPDU_ERROR >> 4] = {4, 0},
		[TPDU_EXPEDITED >> 4] = {4, 16},
		[TPDU_EXPEDITED_ACK >> 4] = {4, 0},
	};
	const struct shape *shape = &shapes[code >> 4];
	return (code & 0x0f) == 0 && shape->header_min > 0 ? shape : NULL;
}

static enum framing tpkt_frame(struct cursor bytes, size_t *len)
{
	size_t left = cursor_left(&bytes);
	const uint8_t *b = bytes.at;
	*len = 0;
	if ((left > 0 && b[0] != 3) || (left > 1 && b[1] != 0))
		return FRAMING_FOREIGN;
	if (left < 4)
		return FRAMING_MORE;
	size_t want = (size_t)b[2] << 8 | b[3];
	if (want < TPKT_LEN_MIN || (left > 4 && b[4] > want - 5))
		return FRAMING_FOREIGN;
	if (left > 5) {
		const struct shape *shape = shape_find(b[5]);
		if (shape == NULL || b[4] < shape->header_min || want - 5 - b[4] > shape->data_max)
			return FRAMING_FOREIGN;
		if (b[5] == TPDU_DATA && left > 6 && b[4] == DATA_HEADER_LEN && (b[6] & 0x7f) != 0)
			return FRAMING_FOREIGN; /* class 0 does not number */
		if (b[5] == TPDU_CONNECT && left > 7 && (b[6] | b[7]) != 0)
			return FRAMING_FOREIGN;
	}
	*len = want;
	return left < want ? FRAMING_MORE : FRAMING_WHOLE;
}

static enum side sender_side(const struct tpkt_flow *flow, const struct pdu *pdu)
{
	if (flow->has_client)
		return flow->client == pdu->direction ? SIDE_CLIENT : SIDE_SERVER;
	return pdu->sender;
}

static void side_say(enum protocol protocol, enum side side, struct observer *observer)
{
	if (side == SIDE_CLIENT)
		observer_request(observer, protocol, OPERATION_NONE);
	else if (side == SIDE_SERVER)
		observer_response(observer, protocol, OPERATION_NONE);
}

/* RDP puts a cookie or a negotiation structure (type 1 to 3, flags, length 8 little-endian) where parameters belong. */
static bool rdp_parameters(struct cursor c)
{
	if (cursor_left(&c) >= 8 && memcmp(c.at, "Cookie: ", 8) == 0)
		return true;
	uint8_t type = cursor_u8(&c);
	cursor_skip(&c, 1);
	return type >= 1 && type <= 3 && cursor_le16(&c) == 8 && cursor_left(&c) >= 4;
}

/* A transport selector in letters is a name: SIMATIC-ROOT-ES, -HMI, -OTH say what kind of client asks. */
static void selector_read(struct cursor called, struct tpkt_flow *flow, struct observer *observer)
{
	static const char root[] = "SIMATIC-ROOT-";
	size_t len = cursor_left(&called);
	if (len == sizeof(flow->s7comm.tsap)) {
		flow->s7comm.has_tsap = true;
		memcpy(flow->s7comm.tsap, called.at, len);
	} else if (len >= sizeof(root) && len <= 24 && memcmp(called.at, root, sizeof(root) - 1) == 0) {
		struct statement s = {
			.protocol = PROTOCOL_COTP, .subject = SUBJECT_SENDER, .message = "COTP CR called TSAP"};
		observer_fact(observer, &s, ATTRIBUTE_CLIENT_KIND, called.at, len);
	}
}

/* A new connection begins: whatever the flow remembered is of another one. */
static void flow_restart(struct tpkt_flow *flow, struct observer *observer)
{
	memset(flow, 0, sizeof(*flow));
	for (unsigned slot = 0; slot < ASSEMBLY_SLOTS; slot++)
		assembly_drop(observer, slot);
}

static bool connect_dissect(
	struct cursor header, bool request, const struct pdu *pdu, struct tpkt_flow *flow, struct observer *observer)
{
	cursor_skip(&header, 5);
	if (!cursor_ok(&header))
		return false;
	if (request)
		flow_restart(flow, observer);
	flow->has_client = true;
	flow->client = request ? pdu->direction : !pdu->direction;
	flow->rdp = flow->rdp || rdp_parameters(header);
	side_say(flow->rdp ? PROTOCOL_RDP : PROTOCOL_COTP, request ? SIDE_CLIENT : SIDE_SERVER, observer);
	while (request && !flow->rdp && cursor_left(&header) > 0) {
		uint8_t code = cursor_u8(&header);
		struct cursor value = cursor_take(&header, cursor_u8(&header));
		if (code == PARAMETER_CALLED && cursor_ok(&header))
			selector_read(value, flow, observer);
	}
	return cursor_ok(&header);
}

/* RDP without a cookie shows itself by MCS Connect-Initial and -Response (T.125, BER application 101 and 102). */
static bool rdp_unit(struct cursor unit)
{
	return cursor_u8(&unit) == 0x7f && (cursor_peek(&unit) == 0x65 || cursor_peek(&unit) == 0x66);
}

static bool unit_dissect(const struct cursor *unit, const struct pdu *pdu, enum side side, struct tpkt_flow *flow,
	struct observer *observer)
{
	const uint8_t *at = unit->at;
	size_t len = cursor_left(unit);
	if (len >= 2 && at[0] == 0x32)
		return s7comm_dissect(unit, pdu, &flow->s7comm, observer);
	if (len >= 4 && at[0] == 0x72 && (at[1] == 0xfe || (at[1] >= 1 && at[1] <= 3)))
		return s7comm_plus_dissect(*unit, pdu, side, &flow->s7comm_plus, observer);
	mms_dissect(*unit, observer);
	return true;
}

static bool data_dissect(struct cursor header, struct cursor piece, const struct pdu *pdu, struct tpkt_flow *flow,
	struct observer *observer)
{
	if (cursor_left(&header) == DATA_HEADER_LEN_CLASS_2 - 1)
		cursor_skip(&header, 2);
	bool last = (cursor_u8(&header) & END_OF_UNIT) != 0;
	if (!cursor_ok(&header))
		return false;
	enum side side = sender_side(flow, pdu);
	unsigned slot = pdu->direction;
	bool *joining = &flow->joining[slot];
	flow->rdp = flow->rdp || (!*joining && rdp_unit(piece));
	side_say(flow->rdp ? PROTOCOL_RDP : PROTOCOL_COTP, side, observer);
	if (flow->rdp)
		return true;
	struct cursor unit = piece;
	if (*joining || !last) {
		if (!pdu->whole || (cursor_left(&piece) == 0 && !last))
			return true;
		*joining = assembly_add(observer, slot, piece);
		if (!*joining || !last)
			return true;
		unit = assembly_get(observer, slot);
	}
	bool good = cursor_left(&unit) == 0 || unit_dissect(&unit, pdu, side, flow, observer);
	if (*joining)
		assembly_drop(observer, slot);
	*joining = false;
	return good;
}

static bool tpkt_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct tpkt_flow *flow = state;
	size_t left = cursor_left(&bytes);
	const uint8_t *fixed = cursor_bytes(&bytes, FIXED_LEN);
	if (fixed == NULL || fixed[4] == 0 || (pdu->whole && left != ((size_t)fixed[2] << 8 | fixed[3])))
		return false;
	uint8_t code = fixed[5];
	struct cursor header = cursor_take(&bytes, fixed[4] - 1u);
	if (!cursor_ok(&header))
		return false;
	switch (code) {
	case TPDU_CONNECT:
	case TPDU_CONFIRM:
		return connect_dissect(header, code == TPDU_CONNECT, pdu, flow, observer);
	case TPDU_DATA:
		return data_dissect(header, bytes, pdu, flow, observer) && pdu->whole;
	default:
		return shape_find(code) != NULL;
	}
}

static const uint16_t tcp_ports[] = {102, 0};

const struct dissector tpkt_dissector = {
	.name = "cotp",
	.protocol = PROTOCOL_COTP,
	.reference = "RFC 1006; ISO/IEC 8073 (ITU-T X.224)",
	.tcp_ports = tcp_ports,
	.tcp_any = true,
	.state_size = sizeof(struct tpkt_flow),
	.pdu_max = 65535,
	.assembly_max = UNIT_MAX,
	.frame = tpkt_frame,
	.dissect = tpkt_dissect,
};

_Static_assert(sizeof(struct tpkt_flow) <= DISSECTOR_STATE_MAX, "the sensor gives no more per flow");
