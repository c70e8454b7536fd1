/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cdp.c - the Cisco Discovery Protocol, versions 1 and 2, behind 802.2 SNAP.
 *
 *	+----------------+------------------+--------------+---------+------+-------------+------
 *	| aa aa 03 (LLC) | OUI 00 00 0c     | 20 00        | version | ttl  | checksum 16 | TLVs
 *	+----------------+------------------+--------------+---------+------+-------------+------
 *	TLV: | type 16 | length 16, with these four bytes | value ... |
 *
 * The sender speaks of itself; the frame's source is the MAC of the port.
 */
#include "earshot/dissector.h"
#include "link_layer.h"

enum {
	TLV_DEVICE_ID = 0x01,
	TLV_ADDRESSES = 0x02,
	TLV_PORT_ID = 0x03,
	TLV_CAPABILITIES = 0x04,
	TLV_SOFTWARE_VERSION = 0x05,
	TLV_PLATFORM = 0x06,
	TLV_SYSTEM_NAME = 0x14,
	TLV_MANAGEMENT_ADDRESSES = 0x16,
	TLV_LOCATION = 0x17
};

#define SNAP_LEN 8
#define HEAD_LEN (SNAP_LEN + 4)

static enum framing cdp_frame(struct cursor bytes, size_t *len)
{
	static const uint8_t snap[SNAP_LEN] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x20, 0x00};
	*len = 0;
	size_t left = cursor_left(&bytes);
	const uint8_t *head = cursor_bytes(&bytes, SNAP_LEN);
	uint8_t version = cursor_u8(&bytes);
	if (head == NULL || !cursor_ok(&bytes))
		return FRAMING_MORE;
	if (memcmp(head, snap, SNAP_LEN) != 0 || version == 0 || version > 2)
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

/* Each: protocol type 1 (NLPID) or 2 (802.2 SNAP), length, protocol, length 16, address. */
static void addresses(struct observer *o, const char *message, struct cursor value)
{
	struct statement s = {.protocol = PROTOCOL_CDP, .subject = SUBJECT_SENDER, .message = message};
	uint32_t count = cursor_be32(&value);
	while (count-- > 0 && cursor_left(&value) > 0) {
		uint8_t kind = cursor_u8(&value);
		struct cursor protocol = cursor_take(&value, cursor_u8(&value));
		struct cursor address = cursor_take(&value, cursor_be16(&value));
		if (!cursor_ok(&value))
			return;
		bool ipv4 = kind == 1 && cursor_left(&protocol) == 1 && cursor_peek(&protocol) == 0xcc;
		protocol.at = cursor_left(&protocol) == 8 ? protocol.at + 6 : protocol.end;
		bool ipv6 = kind == 2 && cursor_be16(&protocol) == 0x86dd;
		if ((ipv4 && cursor_left(&address) == 4) || (ipv6 && cursor_left(&address) == 16))
			link_layer_ip(o, &s, address);
	}
}

static void capabilities(struct observer *o, struct cursor value)
{
	static const char *const names[] = {"router", "transparent bridge", "source route bridge", "switch", "host",
		"IGMP conditional filtering", "repeater", "telephone", "remotely managed device"};
	struct statement s = {.protocol = PROTOCOL_CDP, .subject = SUBJECT_SENDER, .message = "CDP capabilities"};
	uint32_t bits = cursor_be32(&value);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & 1u << i)
			observer_fact_string(o, &s, ATTRIBUTE_PROFILE, names[i]);
}

/* "Cisco Internetwork Operating System Software \nIOS (tm) ...": one line, as all texts are. */
static void software_version(struct observer *o, struct cursor value)
{
	char text[1024];
	size_t used = 0;
	struct statement s = {.protocol = PROTOCOL_CDP, .subject = SUBJECT_SENDER, .message = "CDP software version"};
	while (cursor_left(&value) > 0 && used < sizeof(text)) {
		char byte = (char)cursor_u8(&value);
		bool space = byte == '\n' || byte == '\r' || byte == '\t' || byte == ' ';
		if (!space)
			text[used++] = byte;
		else if (used > 0 && text[used - 1] != ' ')
			text[used++] = ' ';
	}
	observer_fact(o, &s, ATTRIBUTE_SOFTWARE_VERSION, text, used);
}

static void tlv(struct observer *o, uint16_t type, struct cursor value)
{
	static const struct {
		uint16_t type;
		enum attribute attribute;
		const char *message;
	} texts[] = {
		{TLV_DEVICE_ID, ATTRIBUTE_NAME, "CDP device ID"},
		{TLV_PORT_ID, ATTRIBUTE_PORT_ID, "CDP port ID"},
		{TLV_PLATFORM, ATTRIBUTE_MODEL, "CDP platform"},
		{TLV_SYSTEM_NAME, ATTRIBUTE_NAME, "CDP system name"},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct statement s = {.protocol = PROTOCOL_CDP, .subject = SUBJECT_SENDER, .message = texts[i].message};
		if (type == texts[i].type)
			observer_fact(o, &s, texts[i].attribute, value.at, cursor_left(&value));
	}
	struct statement s = {.protocol = PROTOCOL_CDP, .subject = SUBJECT_SENDER, .message = "CDP location"};
	if (type == TLV_LOCATION && cursor_left(&value) > 1) /* a format in front */
		observer_fact(o, &s, ATTRIBUTE_LOCATION, value.at + 1, cursor_left(&value) - 1);
	else if (type == TLV_ADDRESSES)
		addresses(o, "CDP addresses", value);
	else if (type == TLV_MANAGEMENT_ADDRESSES)
		addresses(o, "CDP management addresses", value);
	else if (type == TLV_CAPABILITIES)
		capabilities(o, value);
	else if (type == TLV_SOFTWARE_VERSION)
		software_version(o, value);
}

static bool cdp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	cursor_skip(&bytes, HEAD_LEN);
	if (!cursor_ok(&bytes))
		return false;
	while (cursor_left(&bytes) > 0) {
		uint16_t type = cursor_be16(&bytes);
		uint16_t len = cursor_be16(&bytes);
		if (cursor_ok(&bytes) && type == 0 && len == 0)
			break; /* padding where the 802.3 length is not believed */
		struct cursor value = cursor_take(&bytes, len >= 4 ? len - 4u : SIZE_MAX);
		if (!cursor_ok(&bytes) && pdu->whole)
			return false;
		if (!cursor_ok(&bytes))
			break;
		tlv(observer, type, value);
	}
	observer_exchange(observer, PROTOCOL_CDP, OPERATION_NONE);
	return true;
}

extern const struct dissector cdp_dissector;
const struct dissector cdp_dissector = {
	.name = "cdp",
	.protocol = PROTOCOL_CDP,
	.reference = "Cisco Discovery Protocol, versions 1 and 2",
	.llc = (const uint16_t[]){0xaaaa, 0},
	.pdu_max = 65535,
	.frame = cdp_frame,
	.dissect = cdp_dissect,
};
