/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enip.c - the encapsulation of EtherNet/IP.
 *
 * The CIP Networks Library, volume 2, chapter 2. Little endian, except for socket addresses.
 *
 *	+---------+---------+---------+---------+----------------+---------+----------------
 *	| command | length  | session | status  | sender context | options | `length` octets
 *	| 2       | 2       | 4       | 4       | 8              | 4, zero |
 *	+---------+---------+---------+---------+----------------+---------+----------------
 *
 * The data of most commands is a common packet format: a count, then items of type (2), length (2)
 * and data. SendRRData and SendUnitData put an interface handle (4, zero for CIP) and a time-out (2)
 * in front of it.
 *
 * Who asks is in the message itself: a discovery request is empty, a RegisterSession request has no
 * session yet, a CIP reply has bit 7 of its service set.
 */
#include <stdio.h>

#include "cip.h"
#include "enip.h"

enum {
	HEADER_LEN = 24,
	COMMAND_NOP = 0x00,
	COMMAND_LIST_SERVICES = 0x04,
	COMMAND_LIST_IDENTITY = 0x63,
	COMMAND_LIST_INTERFACES = 0x64,
	COMMAND_REGISTER = 0x65,
	COMMAND_UNREGISTER = 0x66,
	COMMAND_SEND_RR_DATA = 0x6F,
	COMMAND_SEND_UNIT_DATA = 0x70,
	COMMAND_INDICATE_STATUS = 0x72,
	COMMAND_CANCEL = 0x73,
	COMMAND_START_DTLS = 0xC8
};

enum {
	ITEM_IDENTITY = 0x0C,
	ITEM_SECURITY = 0x86,
	ITEM_CONNECTED_ADDRESS = 0xA1,
	ITEM_CONNECTED_DATA = 0xB1,
	ITEM_UNCONNECTED_DATA = 0xB2,
	ITEM_SERVICES = 0x100
};

#define LENGTH_MAX 65511u /* 2-3.2 */
/* A discovery answer is one identity and a few small items; far below this. */
#define LIST_LENGTH_MAX 1024u
#define START_DTLS_LENGTH_MAX 64u
#define ITEMS_MAX 16

struct header {
	uint16_t command, length;
	uint32_t session, status;
	uint64_t context;
	uint32_t options;
};

static bool header_read(struct cursor *c, struct header *h)
{
	struct cursor head = cursor_take(c, HEADER_LEN);
	if (!cursor_ok(&head))
		return false;
	h->command = cursor_le16(&head);
	h->length = cursor_le16(&head);
	h->session = cursor_le32(&head);
	h->status = cursor_le32(&head);
	h->context = cursor_le64(&head);
	h->options = cursor_le32(&head);
	return true;
}

static bool sends_data(uint16_t command)
{
	return command == COMMAND_SEND_RR_DATA || command == COMMAND_SEND_UNIT_DATA;
}

static bool status_known(uint32_t status)
{
	return status <= 3 || status == 0x64 || status == 0x65 || status == 0x69 || status == 0x6A;
}

/* SendRRData and SendUnitData: interface handle, time-out and item count, unless something went wrong. */
static bool send_length_fits(uint16_t length, bool success)
{
	return (length >= 8 && length <= LENGTH_MAX) || !success;
}

/* Whether a command may have this length (2-4): most of what tells EtherNet/IP from noise. */
static bool length_fits(uint16_t command, uint16_t length, bool success)
{
	switch (command) {
	case COMMAND_NOP:
		return length <= LENGTH_MAX;
	case COMMAND_LIST_SERVICES:
	case COMMAND_LIST_IDENTITY:
	case COMMAND_LIST_INTERFACES:
		return length == 0 || (length >= 2 && length <= LIST_LENGTH_MAX);
	case COMMAND_REGISTER:
		return length == 4 || (length == 0 && !success);
	case COMMAND_UNREGISTER:
		return length == 0;
	case COMMAND_SEND_RR_DATA:
	case COMMAND_SEND_UNIT_DATA:
		return send_length_fits(length, success);
	case COMMAND_INDICATE_STATUS:
	case COMMAND_CANCEL:
	case COMMAND_START_DTLS:
		return length <= START_DTLS_LENGTH_MAX;
	default:
		return false;
	}
}

/* The first octets of the data, as far as they are here already. */
static bool send_fits(const struct header *h, struct cursor data)
{
	if (!send_length_fits(h->length, h->status == 0))
		return false;
	if (h->length < 8 || cursor_left(&data) < 8)
		return true;
	uint32_t interface = cursor_le32(&data);
	cursor_skip(&data, 2);
	return interface == 0 && cursor_le16(&data) <= ITEMS_MAX;
}

static bool other_fits(const struct header *h, struct cursor data)
{
	if (!length_fits(h->command, h->length, h->status == 0))
		return false;
	if (h->command == COMMAND_REGISTER && cursor_left(&data) >= 4) {
		uint16_t version = cursor_le16(&data), flags = cursor_le16(&data);
		return h->status != 0 || (version == 1 && flags == 0);
	}
	bool list = h->command == COMMAND_LIST_SERVICES || h->command == COMMAND_LIST_IDENTITY;
	if (list && h->length > 0 && cursor_left(&data) >= 2)
		return cursor_le16(&data) <= ITEMS_MAX;
	return true;
}

static bool header_fits(struct cursor bytes, struct header *h)
{
	if (!header_read(&bytes, h) || h->options != 0 || !status_known(h->status))
		return false;
	return sends_data(h->command) ? send_fits(h, bytes) : other_fits(h, bytes);
}

/* The header has not arrived in full: is what is here wrong already? */
static bool prefix_fits(struct cursor bytes)
{
	size_t have = cursor_left(&bytes);
	uint16_t command = cursor_le16(&bytes), length = cursor_le16(&bytes);
	cursor_skip(&bytes, 4);
	uint32_t status = cursor_le32(&bytes);
	if (have < 2)
		return true;
	if (have < 4)
		return length_fits(command, 0, false) || length_fits(command, 4, false);
	return length_fits(command, length, have >= 12 && status == 0) && (have < 12 || status_known(status));
}

/*
 * A NOP has no mark of its own, zeros would be one. It is nobody's answer and says nothing, so it
 * is only taken where it must be skipped to reach the PDU behind it.
 */
static bool nop_leads_on(struct cursor bytes, size_t len)
{
	struct header next;
	cursor_skip(&bytes, len);
	return header_fits(bytes, &next) && next.command != COMMAND_NOP;
}

static enum framing enip_frame(struct cursor bytes, size_t *len)
{
	struct header h;
	*len = 0;
	if (cursor_left(&bytes) < HEADER_LEN)
		return prefix_fits(bytes) ? FRAMING_MORE : FRAMING_FOREIGN;
	if (!header_fits(bytes, &h))
		return FRAMING_FOREIGN;
	size_t whole = HEADER_LEN + h.length;
	if (h.command == COMMAND_NOP && !nop_leads_on(bytes, whole))
		return FRAMING_FOREIGN;
	*len = whole;
	return cursor_left(&bytes) < whole ? FRAMING_MORE : FRAMING_WHOLE;
}

/* 2-4.2.3: protocol version, socket address (big endian), identity, state. */
static bool identity_item(struct observer *o, struct cursor c)
{
	static const char *const states[] = {"nonexistent", "self-testing", "standby", "operational",
		"major recoverable fault", "major unrecoverable fault"};
	struct statement s = {.protocol = PROTOCOL_ENIP, .subject = SUBJECT_SENDER, .message = "ListIdentity"};
	char text[16];
	cursor_skip(&c, 2 + 2 + 2);
	const uint8_t *ip = cursor_bytes(&c, 4);
	cursor_skip(&c, 8);
	if (ip == NULL || !cip_identity(o, &s, &c))
		return false;
	if ((ip[0] | ip[1] | ip[2] | ip[3]) != 0) {
		snprintf(text, sizeof(text), "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
		observer_fact_string(o, &s, ATTRIBUTE_IP, text);
	}
	uint8_t state = cursor_u8(&c);
	if (cursor_ok(&c) && state != 3 && state < sizeof(states) / sizeof(states[0]))
		observer_fact_string(o, &s, ATTRIBUTE_STATUS, states[state]);
	return true;
}

/* Volume 8: security profiles (2), CIP Security state, EtherNet/IP Security state, ports. */
static void security_item(struct observer *o, struct cursor c)
{
	struct statement s = {.protocol = PROTOCOL_ENIP, .subject = SUBJECT_SENDER, .message = "ListIdentity"};
	uint16_t profiles = cursor_le16(&c);
	uint8_t state = cursor_u8(&c);
	if (cursor_ok(&c) && profiles != 0)
		observer_fact_string(
			o, &s, ATTRIBUTE_SECURITY, state == 2 ? "CIP Security configured" : "CIP Security available");
}

/* The next item, or false at the end. A length that leads out of the data fails `c`. */
static bool item_next(struct cursor *c, bool whole, uint16_t *type, struct cursor *data)
{
	if (cursor_left(c) == 0)
		return false;
	*type = cursor_le16(c);
	size_t len = cursor_le16(c);
	if (!whole && cursor_ok(c) && len > cursor_left(c))
		len = cursor_left(c); /* cut by the snap length: what is here still counts */
	*data = cursor_take(c, len);
	return cursor_ok(c);
}

static bool list_reply(struct cursor c, const struct header *h, const struct pdu *pdu, struct observer *o)
{
	uint16_t type, count = cursor_le16(&c);
	struct cursor data;
	observer_response(o, PROTOCOL_ENIP, OPERATION_DIAGNOSE);
	if (h->command == COMMAND_LIST_INTERFACES)
		return cursor_ok(&c);
	for (unsigned i = 0; i < count && i < ITEMS_MAX && item_next(&c, pdu->whole, &type, &data); i++) {
		if (type == ITEM_IDENTITY && h->command == COMMAND_LIST_IDENTITY) {
			if (!identity_item(o, data))
				return false;
			observer_confirm(o);
		} else if (type == ITEM_SECURITY) {
			security_item(o, data);
		} else if (type == ITEM_SERVICES && cursor_left(&data) >= 4) {
			observer_confirm(o);
		}
	}
	return cursor_ok(&c);
}

/* ListServices, ListIdentity, ListInterfaces: a request is empty. */
static bool list_command(struct cursor c, const struct header *h, const struct pdu *pdu, struct observer *o)
{
	if (h->length > 0)
		return list_reply(c, h, pdu, o);
	if (h->status != 0)
		observer_refusal(o, PROTOCOL_ENIP, OPERATION_DIAGNOSE);
	else
		observer_request(o, PROTOCOL_ENIP, OPERATION_DIAGNOSE);
	return true;
}

static void register_session(const struct header *h, struct observer *o)
{
	observer_confirm(o);
	if (h->status != 0)
		observer_refusal(o, PROTOCOL_ENIP, OPERATION_NONE);
	else if (h->session != 0)
		observer_response(o, PROTOCOL_ENIP, OPERATION_NONE);
	else
		observer_request(o, PROTOCOL_ENIP, OPERATION_NONE);
}

static void start_dtls(const struct header *h, const struct pdu *pdu, struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_ENIP, .subject = SUBJECT_SENDER, .message = "StartDTLS"};
	if (pdu->sender != SIDE_SERVER)
		return; /* the command looks the same in both directions */
	if (h->status != 0) {
		observer_refusal(o, PROTOCOL_ENIP, OPERATION_NONE);
		return;
	}
	observer_response(o, PROTOCOL_ENIP, OPERATION_NONE);
	observer_fact_string(o, &s, ATTRIBUTE_SECURITY, "CIP Security available");
}

static void enip_role(struct observer *o, const struct cursor *message)
{
	if (cursor_peek(message) & 0x80)
		observer_response(o, PROTOCOL_ENIP, OPERATION_NONE);
	else
		observer_request(o, PROTOCOL_ENIP, OPERATION_NONE);
}

static void unconnected(const struct cip_work *w, const struct header *h, struct cursor message)
{
	struct cip_carrier carrier = {.context = h->context, .session = h->session, .kind = CIP_UNCONNECTED};
	if (cursor_left(&message) == 0)
		return;
	enip_role(w->observer, &message);
	cip_message(w, &carrier, message);
}

/* Connected data begins with the sequence count that its reply repeats. */
static void connected(const struct cip_work *w, uint32_t id, struct cursor message)
{
	struct cip_carrier carrier = {.kind = CIP_CONNECTED_UNKNOWN};
	carrier.context = cursor_le16(&message);
	if (!cursor_ok(&message) || cursor_left(&message) == 0)
		return;
	const struct cip_connection *c = cip_connection_find(w->state, id, !(cursor_peek(&message) & 0x80));
	if (c != NULL) {
		carrier.kind = CIP_CONNECTED;
		carrier.session = c->to_target;
		carrier.route = c->route;
	}
	enip_role(w->observer, &message);
	cip_message(w, &carrier, message);
}

static bool send_data(const struct cip_work *w, const struct header *h, struct cursor c)
{
	uint16_t type;
	uint32_t connection = 0;
	bool addressed = false;
	struct cursor data;
	cursor_skip(&c, 4 + 2);
	uint16_t count = cursor_le16(&c);
	for (unsigned i = 0; i < count && item_next(&c, w->pdu->whole, &type, &data); i++) {
		if (type == ITEM_CONNECTED_ADDRESS) {
			connection = cursor_le32(&data);
			addressed = cursor_ok(&data);
		} else if (type == ITEM_CONNECTED_DATA && addressed) {
			observer_confirm(w->observer);
			connected(w, connection, data);
		} else if (type == ITEM_UNCONNECTED_DATA) {
			observer_confirm(w->observer);
			unconnected(w, h, data);
		}
	}
	return cursor_ok(&c);
}

static bool enip_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct cip_work w = {pdu, state, observer};
	struct header h;
	/* enip_frame() has looked at what the header says; here it may only be cut off */
	if (!header_read(&bytes, &h) || (pdu->whole && cursor_left(&bytes) != h.length))
		return false;
	switch (h.command) {
	case COMMAND_LIST_SERVICES:
	case COMMAND_LIST_IDENTITY:
	case COMMAND_LIST_INTERFACES:
		return list_command(bytes, &h, pdu, observer);
	case COMMAND_REGISTER:
		register_session(&h, observer);
		return true;
	case COMMAND_SEND_RR_DATA:
	case COMMAND_SEND_UNIT_DATA:
		if (h.length >= 8)
			return send_data(&w, &h, bytes);
		break;
	case COMMAND_START_DTLS:
		start_dtls(&h, pdu, observer);
		return true;
	default:
		break;
	}
	if (h.status != 0)
		observer_refusal(observer, PROTOCOL_ENIP, OPERATION_NONE);
	return true;
}

_Static_assert(sizeof(struct cip_state) <= DISSECTOR_STATE_MAX, "the tables of cip.h have outgrown a flow");

static const uint16_t enip_ports[] = {44818, 0};

const struct dissector enip_dissector = {
	.name = "enip",
	.protocol = PROTOCOL_ENIP,
	.reference = "ODVA, The CIP Networks Library, volumes 1 and 2",
	.tcp_ports = enip_ports,
	.udp_ports = enip_ports,
	.tcp_any = true,
	.udp_any = true,
	.confirmations = 1,
	.state_size = sizeof(struct cip_state),
	.pdu_max = HEADER_LEN + LENGTH_MAX,
	.frame = enip_frame,
	.dissect = enip_dissect,
};
