/* SPDX-License-Identifier: Apache-2.0 */
/*
 * powerlink.c - Ethernet POWERLINK version 2 (EPSG Draft Standard 301).
 *
 *	+------------------+---------------+---------------+-----------------------------
 *	| message type 1+7 | destination 8 | source 8      | ...
 *	+------------------+---------------+---------------+-----------------------------
 *	1 start of cycle   3 poll request   4 poll response   5 start of asynchronous   6 asynchronous send
 *
 * Node 240 is the managing node: it alone starts cycles, polls and gives the floor. The others answer, and name
 * themselves in an IdentResponse (7.3.3.3.1). Its IP address is not reported: it is 192.168.100.<node> in every
 * POWERLINK segment of the world, behind the managing node, and nobody's outside.
 */
#include <stdio.h>

#include "earshot/dissector.h"

enum {
	TYPE_START_OF_CYCLE = 1,
	TYPE_POLL_REQUEST = 3,
	TYPE_POLL_RESPONSE = 4,
	TYPE_START_ASYNCHRONOUS = 5,
	TYPE_SEND = 6
};
enum { TYPE_MANAGER = 7, TYPE_INVITE = 13 };
enum { SERVICE_IDENT = 1, SERVICE_STATUS = 2, SERVICE_COMMAND = 4, SERVICE_SDO = 5 };
enum { NODE_MANAGING = 240, NODE_BROADCAST = 255 };

#define SDO_RESPONSE 0x80
#define SDO_READ_FIRST 2 /* command 1 writes by index, 2 reads by index; the others come in such pairs */

static struct statement statement(const char *message)
{
	return (struct statement){.protocol = PROTOCOL_POWERLINK, .subject = SUBJECT_SENDER, .message = message};
}

static enum framing powerlink_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t type = cursor_u8(&bytes) & 0x7f;
	cursor_skip(&bytes, 1);
	uint8_t source = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	bool known = (type >= TYPE_POLL_REQUEST && type <= TYPE_MANAGER) || type == TYPE_START_OF_CYCLE ||
		     type == TYPE_INVITE;
	if (!known || source == 0 || source == NODE_BROADCAST)
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

/* The low half is the number of a CANopen device profile (CiA). */
static const char *profile_name(uint16_t profile)
{
	switch (profile) {
	case 401:
		return "generic I/O module";
	case 402:
		return "drive or motion control";
	case 404:
		return "measuring device or closed-loop controller";
	case 405:
		return "IEC 61131-3 programmable device";
	case 406:
		return "encoder";
	case 408:
		return "proportional valve or hydraulic transmission";
	case 410:
		return "inclinometer";
	case 418:
		return "battery module";
	default:
		return NULL;
	}
}

static void decimal_fact(struct observer *o, const struct statement *s, enum attribute attribute, uint32_t number)
{
	char text[16];
	snprintf(text, sizeof(text), "%u", number);
	observer_fact_string(o, s, attribute, text);
}

static void hex_fact(struct observer *o, const struct statement *s, enum attribute attribute, uint32_t number)
{
	char text[16];
	snprintf(text, sizeof(text), "0x%08x", number);
	observer_fact_string(o, s, attribute, text);
}

static bool ident_response(struct observer *o, struct cursor c)
{
	struct statement s = statement("POWERLINK IdentResponse");
	cursor_skip(&c, 2 + 1 + 1); /* flags, state of the node */
	uint8_t version = cursor_u8(&c);
	cursor_skip(&c, 1 + 4 + 2 + 2 + 2 + 4 + 2); /* features, sizes, response time */
	uint32_t kind = cursor_le32(&c);
	uint32_t vendor = cursor_le32(&c), product = cursor_le32(&c), revision = cursor_le32(&c),
		 serial = cursor_le32(&c);
	cursor_skip(&c, 8 + 4 * 4 + 4 * 3); /* dates, addresses */
	const uint8_t *hostname = cursor_bytes(&c, 32);
	if (!cursor_ok(&c) || version >> 4 != 2)
		return false;
	const char *name = profile_name((uint16_t)(kind & 0xffff));
	if (name != NULL)
		observer_fact_coded(o, &s, ATTRIBUTE_DEVICE_TYPE, name, kind & 0xffff);
	else if (kind != 0)
		decimal_fact(o, &s, ATTRIBUTE_DEVICE_TYPE, kind & 0xffff);
	if (vendor != 0)
		hex_fact(o, &s, ATTRIBUTE_VENDOR_ID, vendor);
	if (product != 0)
		decimal_fact(o, &s, ATTRIBUTE_PRODUCT_CODE, product);
	if (revision != 0)
		hex_fact(o, &s, ATTRIBUTE_REVISION, revision);
	if (serial != 0 && serial != UINT32_MAX)
		decimal_fact(o, &s, ATTRIBUTE_SERIAL_NUMBER, serial);
	observer_fact(o, &s, ATTRIBUTE_HOSTNAME, hostname, 32);
	return true;
}

/* Objects read and written: sequence layer 4 bytes, then reserved, transaction, flags, command. */
static bool sdo(struct observer *o, struct cursor c)
{
	cursor_skip(&c, 4 + 2);
	uint8_t flags = cursor_u8(&c);
	uint8_t command = cursor_u8(&c);
	if (!cursor_ok(&c))
		return false;
	unsigned operation = command == 0                    ? OPERATION_NONE
			     : command % SDO_READ_FIRST == 0 ? OPERATION_DIAGNOSE
							     : OPERATION_CONFIGURE;
	if (command == 0) /* the sequence layer alone opens, acknowledges and closes */
		observer_exchange(o, PROTOCOL_POWERLINK, operation);
	else if (flags & SDO_RESPONSE)
		observer_response(o, PROTOCOL_POWERLINK, operation);
	else
		observer_request(o, PROTOCOL_POWERLINK, operation);
	return true;
}

static bool asynchronous(struct observer *o, uint8_t source, struct cursor c)
{
	uint8_t service = cursor_u8(&c);
	if (!cursor_ok(&c))
		return false;
	switch (service) {
	case SERVICE_IDENT:
		observer_response(o, PROTOCOL_POWERLINK, OPERATION_DIAGNOSE);
		return ident_response(o, c);
	case SERVICE_STATUS:
		observer_response(o, PROTOCOL_POWERLINK, OPERATION_DIAGNOSE);
		return true;
	case SERVICE_COMMAND:
		observer_request(o, PROTOCOL_POWERLINK, source == NODE_MANAGING ? OPERATION_CONTROL : OPERATION_NONE);
		return true;
	case SERVICE_SDO:
		return sdo(o, c);
	default:
		observer_exchange(o, PROTOCOL_POWERLINK, OPERATION_NONE);
		return true;
	}
}

static void node_report(struct observer *o, uint8_t type, uint8_t source)
{
	struct statement s = statement("POWERLINK cycle");
	bool manages = type == TYPE_START_OF_CYCLE || type == TYPE_POLL_REQUEST || type == TYPE_START_ASYNCHRONOUS;
	if (manages && source == NODE_MANAGING)
		observer_fact_string(o, &s, ATTRIBUTE_PROFILE, "POWERLINK managing node");
	if (type == TYPE_POLL_RESPONSE && source < NODE_MANAGING)
		observer_fact_string(o, &s, ATTRIBUTE_PROFILE, "POWERLINK controlled node");
	if ((manages && source == NODE_MANAGING) || type == TYPE_POLL_RESPONSE)
		decimal_fact(o, &s, ATTRIBUTE_LINK_ADDRESS, source);
}

static bool powerlink_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	uint8_t type = cursor_u8(&bytes) & 0x7f;
	cursor_skip(&bytes, 1);
	uint8_t source = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	switch (type) {
	case TYPE_START_OF_CYCLE:
	case TYPE_START_ASYNCHRONOUS:
		observer_request(observer, PROTOCOL_POWERLINK, OPERATION_NONE);
		break;
	case TYPE_POLL_REQUEST:
		observer_request(observer, PROTOCOL_POWERLINK, OPERATION_READ | OPERATION_WRITE);
		break;
	case TYPE_POLL_RESPONSE:
		observer_response(observer, PROTOCOL_POWERLINK, OPERATION_READ);
		break;
	case TYPE_SEND:
		if (!asynchronous(observer, source, bytes) && pdu->whole)
			return false;
		break;
	default:
		observer_exchange(observer, PROTOCOL_POWERLINK, OPERATION_NONE);
		break;
	}
	node_report(observer, type, source);
	return true;
}

extern const struct dissector powerlink_dissector;
const struct dissector powerlink_dissector = {
	.name = "powerlink",
	.protocol = PROTOCOL_POWERLINK,
	.reference = "EPSG DS 301",
	.ethertypes = (const uint16_t[]){0x88ab, 0},
	.pdu_max = 65535,
	.frame = powerlink_frame,
	.dissect = powerlink_dissect,
};
