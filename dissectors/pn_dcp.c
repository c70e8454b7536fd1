/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pn_dcp.c - the PROFINET Discovery and Basic Configuration Protocol (IEC 61158-6-10, DCP).
 *
 *	+-------------+------------+--------------+--------+-------------------+-----------+--------
 *	| frame id 16 | service id | service type | xid 32 | delay/reserved 16 | length 16 | blocks
 *	| fefc..feff  |            |              |        |                   |           |
 *	+-------------+------------+--------------+--------+-------------------+-----------+--------
 *	block: | option | suboption | length 16 | [information or qualifier 16] | value ... | [padding to 2] |
 *
 * A device speaks of itself in Hello and in positive answers to Identify and Get. A request proves nothing of
 * either side: Identify carries the name that is looked for, Set what shall be.
 */
#include <stdio.h>

#include "earshot/dissector.h"
#include "link_layer.h"

enum {
	FRAME_HELLO = 0xfefc,
	FRAME_GET_SET = 0xfefd,
	FRAME_IDENTIFY_REQUEST = 0xfefe,
	FRAME_IDENTIFY_RESPONSE = 0xfeff
};
enum { SERVICE_GET = 3, SERVICE_SET = 4, SERVICE_IDENTIFY = 5, SERVICE_HELLO = 6 };
enum { TYPE_REQUEST = 0, TYPE_SUCCESS = 1, TYPE_UNSUPPORTED = 5 };

/* option << 8 | suboption */
enum {
	BLOCK_IP_PARAMETER = 0x0102,
	BLOCK_IP_SUITE = 0x0103,
	BLOCK_TYPE_OF_STATION = 0x0201,
	BLOCK_NAME_OF_STATION = 0x0202,
	BLOCK_DEVICE_ID = 0x0203,
	BLOCK_ROLE = 0x0204,
	BLOCK_ALIAS = 0x0206,
	BLOCK_OEM_ID = 0x0208,
	BLOCK_HOST_NAME = 0x030c,
	BLOCK_SIGNAL = 0x0503,
	BLOCK_FACTORY_RESET = 0x0505,
	BLOCK_RESET_TO_FACTORY = 0x0506
};

#define HEAD_LEN 12
#define IP_CONFLICT 0x80 /* in the block information: another device has this address */
#define NAME_MAX 240     /* of a station (IEC 61158-6-10, 4.3.1.4.15) */

struct head {
	uint16_t frame_id;
	uint8_t service, type;
	struct cursor blocks;
};

static bool head_read(struct head *h, struct cursor bytes, bool *cut)
{
	h->frame_id = cursor_be16(&bytes);
	h->service = cursor_u8(&bytes);
	h->type = cursor_u8(&bytes);
	cursor_skip(&bytes, 6);
	uint16_t len = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	*cut = len > cursor_left(&bytes);
	h->blocks = cursor_take(&bytes, *cut ? cursor_left(&bytes) : len);
	return true;
}

static enum framing pn_dcp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint16_t frame_id = cursor_be16(&bytes);
	uint8_t service = cursor_u8(&bytes);
	uint8_t type = cursor_u8(&bytes);
	if (left >= 2 && (frame_id < FRAME_HELLO || frame_id > FRAME_IDENTIFY_RESPONSE))
		return FRAMING_FOREIGN;
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	bool fits = frame_id == FRAME_HELLO     ? service == SERVICE_HELLO
		    : frame_id == FRAME_GET_SET ? service == SERVICE_GET || service == SERVICE_SET
						: service == SERVICE_IDENTIFY;
	if (!fits || (type != TYPE_REQUEST && type != TYPE_SUCCESS && type != TYPE_UNSUPPORTED))
		return FRAMING_FOREIGN;
	*len = left; /* with the padding of a short Ethernet frame */
	return FRAMING_WHOLE;
}

static void text_fact(struct observer *o, const struct statement *s, enum attribute attribute, const uint8_t *text,
	size_t len, size_t max)
{
	observer_fact(o, s, attribute, text, len < max ? len : max);
}

static void ip_parameter(struct observer *o, const struct statement *s, uint16_t information, struct cursor value)
{
	struct cursor address = cursor_take(&value, 4);
	const uint8_t *netmask = cursor_bytes(&value, 4);
	const uint8_t *gateway = cursor_bytes(&value, 4);
	if (gateway == NULL)
		return;
	if (information & IP_CONFLICT) { /* what it found taken it does not use */
		observer_fact_string(o, s, ATTRIBUTE_STATUS, "IP address conflict");
		return;
	}
	char text[INET6_ADDRSTRLEN];
	if (!link_layer_ip_text(text, address))
		return;
	observer_fact_string(o, s, ATTRIBUTE_IP, text);
	link_layer_quad(o, s, ATTRIBUTE_NETMASK, netmask);
	link_layer_quad(o, s, ATTRIBUTE_GATEWAY, gateway);
}

static void vendor_device(struct observer *o, const struct statement *s, struct cursor value, bool oem)
{
	char text[16];
	uint16_t vendor = cursor_be16(&value);
	uint16_t device = cursor_be16(&value);
	if (!cursor_ok(&value) || (vendor == 0 && device == 0))
		return;
	if (oem) {
		snprintf(text, sizeof(text), "0x%04x:0x%04x", vendor, device);
		observer_fact_string(o, s, ATTRIBUTE_OEM_ID, text);
		return;
	}
	observer_fact_named(o, s, ATTRIBUTE_VENDOR, NAMING_PROFINET_VENDOR, vendor);
	snprintf(text, sizeof(text), "0x%04x", vendor);
	observer_fact_string(o, s, ATTRIBUTE_VENDOR_ID, text);
	snprintf(text, sizeof(text), "0x%04x", device);
	observer_fact_string(o, s, ATTRIBUTE_DEVICE_ID, text);
}

static void role(struct observer *o, const struct statement *s, uint8_t bits)
{
	static const char *const names[] = {"IO-Device", "IO-Controller", "IO-Multidevice", "IO-Supervisor"};
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & 1u << i)
			observer_fact_string(o, s, ATTRIBUTE_PROFILE, names[i]);
}

/* What the sender says of itself. */
static void own_block(struct observer *o, const char *message, uint16_t kind, uint16_t information, struct cursor value)
{
	struct statement s = {.protocol = PROTOCOL_PN_DCP, .subject = SUBJECT_SENDER, .message = message};
	size_t len = cursor_left(&value);
	switch (kind) {
	case BLOCK_IP_PARAMETER:
	case BLOCK_IP_SUITE:
		ip_parameter(o, &s, information, value);
		break;
	case BLOCK_TYPE_OF_STATION:
		text_fact(o, &s, ATTRIBUTE_MODEL, value.at, len, NAME_MAX);
		break;
	case BLOCK_NAME_OF_STATION:
		text_fact(o, &s, ATTRIBUTE_STATION_NAME, value.at, len, NAME_MAX);
		break;
	case BLOCK_ALIAS:
		text_fact(o, &s, ATTRIBUTE_ALIAS, value.at, len, NAME_MAX);
		break;
	case BLOCK_HOST_NAME:
		text_fact(o, &s, ATTRIBUTE_HOSTNAME, value.at, len, NAME_MAX);
		break;
	case BLOCK_DEVICE_ID:
	case BLOCK_OEM_ID:
		vendor_device(o, &s, value, kind == BLOCK_OEM_ID);
		break;
	case BLOCK_ROLE:
		role(o, &s, cursor_u8(&value));
		break;
	default:
		break;
	}
}

/* What a Set shall change in the receiver: nobody's fact yet, but worth knowing. */
static void set_block(struct observer *o, uint16_t kind, struct cursor value)
{
	struct statement s = {.protocol = PROTOCOL_PN_DCP, .subject = SUBJECT_RECEIVER};
	char detail[NAME_MAX + 1] = "";
	if (kind == BLOCK_NAME_OF_STATION) {
		s.message = "DCP Set name of station";
		snprintf(detail, sizeof(detail), "%.*s", (int)cursor_left(&value), (const char *)value.at);
	} else if (kind == BLOCK_IP_PARAMETER || kind == BLOCK_IP_SUITE) {
		s.message = "DCP Set IP parameter";
		const uint8_t *ip = cursor_bytes(&value, 4);
		if (ip != NULL)
			snprintf(detail, sizeof(detail), "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
	} else if (kind == BLOCK_FACTORY_RESET || kind == BLOCK_RESET_TO_FACTORY) {
		s.message = "DCP Set reset to factory";
	} else if (kind == BLOCK_SIGNAL) {
		s.message = "DCP Set signal";
	} else {
		return;
	}
	observer_event(o, &s, OPERATION_CONFIGURE, detail);
}

/*
 * All blocks; false when one runs past the end. A Get request lists options without lengths and is not read. The
 * information (answers) or qualifier (Set) in front of a value counts in its length.
 */
static bool blocks_read(const struct head *h, struct observer *o, const char *own_message)
{
	struct cursor c = h->blocks;
	while (cursor_left(&c) > 1) {
		uint16_t kind = cursor_be16(&c);
		struct cursor value = cursor_take(&c, cursor_be16(&c));
		if (!cursor_ok(&c))
			return false;
		if (cursor_left(&value) & 1 && cursor_left(&c) > 0)
			cursor_skip(&c, 1);
		uint16_t information = cursor_be16(&value);
		if (!cursor_ok(&value))
			continue;
		if (own_message != NULL)
			own_block(o, own_message, kind, information, value);
		else
			set_block(o, kind, value);
	}
	return true;
}

/* Who asks and who answers; the message in which the sender speaks of itself, or NULL. */
static const char *say(const struct head *h, struct observer *o)
{
	unsigned operation = h->service == SERVICE_SET ? OPERATION_CONFIGURE : OPERATION_DIAGNOSE;
	if (h->service == SERVICE_HELLO) {
		observer_response(o, PROTOCOL_PN_DCP, OPERATION_DIAGNOSE);
		return "DCP Hello";
	}
	if (h->type == TYPE_REQUEST) {
		observer_request(o, PROTOCOL_PN_DCP, operation);
		return NULL;
	}
	if (h->type == TYPE_UNSUPPORTED) {
		observer_refusal(o, PROTOCOL_PN_DCP, operation);
		return NULL;
	}
	observer_response(o, PROTOCOL_PN_DCP, operation);
	return h->service == SERVICE_IDENTIFY ? "DCP Identify response"
	       : h->service == SERVICE_GET    ? "DCP Get response"
					      : NULL;
}

static bool pn_dcp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct head h;
	bool cut;
	if (!head_read(&h, bytes, &cut) || (cut && pdu->whole))
		return false;
	const char *own = say(&h, observer);
	bool set = h.service == SERVICE_SET && h.type == TYPE_REQUEST;
	if (own == NULL && !set)
		return true;
	return blocks_read(&h, observer, own) || !pdu->whole;
}

extern const struct dissector pn_dcp_dissector;
const struct dissector pn_dcp_dissector = {
	.name = "pn-dcp",
	.protocol = PROTOCOL_PN_DCP,
	.reference = "IEC 61158-6-10, DCP",
	.ethertypes = (const uint16_t[]){0x8892, 0},
	.pdu_max = 65535,
	.frame = pn_dcp_frame,
	.dissect = pn_dcp_dissect,
};
