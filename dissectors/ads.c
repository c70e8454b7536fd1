/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ads.c - Beckhoff ADS: AMS frames over TCP, and the discovery of systems over UDP (Beckhoff Information System,
 * TwinCAT ADS, "AMS/TCP packet" and "ADS commands"). Little endian.
 *
 *	+----------+-----------+------------------+--------+------------------+--------+------------+----------------
 *	| 0 16     | length 32 | target NetId 6*8 | port   | source NetId 6*8 | port   | command 16 | state flags 16
 *	| AMS/TCP header       |                  | 16     |                  | 16     |            |
 *	+----------+-----------+------------------+--------+------------------+--------+------------+----------------
 *	| data length 32 | error 32 | invoke id 32 | data
 *	+----------------+----------+--------------+------
 *
 *	UDP:
 *	+-------------+--------------+------------+-----------------+---------+--------------+---------------------------
 *	| 71146603 32 | invoke id 32 | service 32 | NetId 6*8       | port 16 | tag count 32 | tags: id 16, length 16,
 *data |             |              | bit 31:    | of the sender   |         |              | |             | | answer
 *|                 |         |              |
 *	+-------------+--------------+------------+-----------------+---------+--------------+---------------------------
 *
 * A request to add a route carries a user name and a password: both are stepped over.
 */
#include <stdio.h>
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum { TCP_HEADER_LEN = 6, AMS_HEADER_LEN = 32, NETID_LEN = 6, PDU_MAX = 65536 + TCP_HEADER_LEN + AMS_HEADER_LEN };
enum { FLAG_RESPONSE = 0x0001, FLAG_NO_RETURN = 0x0002, FLAG_ADS = 0x0004, FLAGS_KNOWN = 0x01ff };
enum {
	ADS_DEVICE_INFO = 1,
	ADS_READ = 2,
	ADS_WRITE = 3,
	ADS_STATE = 4,
	ADS_WRITE_CONTROL = 5,
	ADS_ADD_NOTIFICATION = 6,
	ADS_NOTIFICATION = 8,
	ADS_READ_WRITE = 9
};
enum { UDP_MAGIC = 0x71146603, UDP_HEADER_LEN = 24, UDP_SERVER_INFO = 1, UDP_ADD_ROUTE = 6, TAGS_MAX = 32 };
enum { TAG_VERSION = 3, TAG_OS = 4, TAG_HOST = 5 };
#define UDP_ANSWER 0x80000000u

struct ads_state {
	uint8_t told[2]; /* by direction: its NetId */
};

struct ams {
	const uint8_t *source;
	uint16_t command, flags;
	uint32_t error;
	struct cursor data;
};

static enum framing udp_frame(struct cursor bytes, size_t *len)
{
	size_t left = cursor_left(&bytes);
	cursor_skip(&bytes, 20);
	uint32_t tags = cursor_le32(&bytes);
	if (left < UDP_HEADER_LEN)
		return FRAMING_MORE;
	if (tags > TAGS_MAX)
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

static enum framing ads_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	struct cursor c = bytes;
	size_t left = cursor_left(&c);
	if (left >= 4 && cursor_le32(&c) == UDP_MAGIC)
		return udp_frame(bytes, len);
	c = bytes;
	uint16_t zero = cursor_le16(&c);
	uint32_t length = cursor_le32(&c);
	if ((left > 1 && zero != 0) || cursor_peek(&bytes) != 0)
		return FRAMING_FOREIGN;
	if (left < TCP_HEADER_LEN)
		return FRAMING_MORE;
	if (length < AMS_HEADER_LEN || length > PDU_MAX - TCP_HEADER_LEN)
		return FRAMING_FOREIGN;
	cursor_skip(&c, 2 * (NETID_LEN + 2));
	uint16_t command = cursor_le16(&c), flags = cursor_le16(&c);
	uint32_t data_len = cursor_le32(&c);
	if (left >= TCP_HEADER_LEN + 24 && (data_len != length - AMS_HEADER_LEN || command > ADS_READ_WRITE ||
						   (flags & FLAG_ADS) == 0 || (flags & ~FLAGS_KNOWN) != 0))
		return FRAMING_FOREIGN;
	*len = TCP_HEADER_LEN + (size_t)length;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

static unsigned operation_of(uint16_t command)
{
	switch (command) {
	case ADS_DEVICE_INFO:
	case ADS_STATE:
		return OPERATION_DIAGNOSE;
	case ADS_READ:
	case ADS_ADD_NOTIFICATION:
	case ADS_NOTIFICATION:
	case ADS_READ_WRITE: /* names are looked up and lists are read with it */
		return OPERATION_READ;
	case ADS_WRITE:
		return OPERATION_WRITE;
	case ADS_WRITE_CONTROL:
		return OPERATION_CONTROL;
	default:
		return OPERATION_NONE;
	}
}

static void netid_fact(struct observer *o, const struct statement *s, const uint8_t *id)
{
	char text[24];
	if ((id[0] | id[1] | id[2] | id[3]) == 0 || id[4] != 1 || id[5] != 1)
		return; /* not of the system itself: a fieldbus master or a device behind it */
	snprintf(text, sizeof(text), "%u.%u.%u.%u.%u.%u", id[0], id[1], id[2], id[3], id[4], id[5]);
	observer_fact_string(o, s, ATTRIBUTE_DEVICE_ID, text);
}

/* What stands between <name> and </name>. */
static struct cursor element(struct cursor c, const char *open, const char *close)
{
	const uint8_t *start = text_find(c, open);
	if (start == NULL)
		return cursor_failed();
	struct cursor content = {start + strlen(open), c.end};
	const uint8_t *end = text_find(content, close);
	if (end == NULL || end - content.at > 64)
		return cursor_failed();
	content.end = end;
	return content;
}

/* The target description of a TwinCAT system (index group 700, offset 1): XML in one piece. */
static void target_facts(struct observer *o, struct cursor xml)
{
	struct statement s = {.protocol = PROTOCOL_ADS, .subject = SUBJECT_SENDER, .message = "ADS target description"};
	char os[140];
	observer_fact_string(o, &s, ATTRIBUTE_VENDOR, "Beckhoff"); /* its own description format */
	text_fact(o, &s, ATTRIBUTE_MODEL, element(xml, "<TargetType>", "</TargetType>"));
	text_fact(o, &s, ATTRIBUTE_SERIAL_NUMBER, element(xml, "<SerialNo>", "</SerialNo>"));
	text_fact(o, &s, ATTRIBUTE_FIRMWARE_VERSION, element(xml, "<ImageVersion>", "</ImageVersion>"));
	text_fact(o, &s, ATTRIBUTE_HARDWARE_VERSION, element(xml, "<CPUVersion>", "</CPUVersion>"));
	struct cursor name = element(xml, "<OsName>", "</OsName>"),
		      version = element(xml, "<OsVersion>", "</OsVersion>");
	if (text_printable(name) && text_printable(version)) {
		snprintf(os, sizeof(os), "%.*s %.*s", (int)cursor_left(&name), (const char *)name.at,
			(int)cursor_left(&version), (const char *)version.at);
		observer_fact_string(o, &s, ATTRIBUTE_OS, os);
	}
}

static void response_facts(struct observer *o, const struct ams *a)
{
	struct statement s = {.protocol = PROTOCOL_ADS, .subject = SUBJECT_SENDER, .message = "ADS ReadDeviceInfo"};
	char text[24];
	struct cursor c = a->data;
	if (a->command == ADS_DEVICE_INFO) {
		cursor_skip(&c, 4);
		uint8_t major = cursor_u8(&c), minor = cursor_u8(&c);
		uint16_t build = cursor_le16(&c);
		struct cursor name = cursor_take(&c, 16);
		if (!cursor_ok(&c))
			return;
		snprintf(text, sizeof(text), "%u.%u.%u", major, minor, build);
		observer_fact_string(o, &s, ATTRIBUTE_SOFTWARE_VERSION, text);
		text_fact(o, &s, ATTRIBUTE_APPLICATION_NAME, name);
	} else if (a->command == ADS_READ) {
		cursor_skip(&c, 8);
		if (text_starts(c, "<TcTargetDesc>"))
			target_facts(o, c);
	}
}

static bool ams_read(struct ams *a, struct cursor c)
{
	cursor_skip(&c, TCP_HEADER_LEN + NETID_LEN + 2);
	a->source = cursor_bytes(&c, NETID_LEN);
	cursor_skip(&c, 2);
	a->command = cursor_le16(&c);
	a->flags = cursor_le16(&c);
	cursor_skip(&c, 4);
	a->error = cursor_le32(&c);
	cursor_skip(&c, 4);
	a->data = c;
	return cursor_ok(&c);
}

static bool ams_report(struct cursor bytes, const struct pdu *pdu, struct ads_state *state, struct observer *o)
{
	struct ams a;
	struct statement s = {.protocol = PROTOCOL_ADS, .subject = SUBJECT_SENDER, .message = "AMS header"};
	if (!ams_read(&a, bytes))
		return false;
	unsigned operation = operation_of(a.command);
	struct cursor c = a.data;
	bool notification = a.command == ADS_NOTIFICATION;
	if ((a.flags & FLAG_RESPONSE) != 0) {
		uint32_t result = a.error != 0 ? a.error : cursor_le32(&c);
		if (!cursor_ok(&c))
			return false;
		if (result != 0)
			observer_refusal(o, PROTOCOL_ADS, operation);
		else
			observer_response(o, PROTOCOL_ADS, operation);
		if (result == 0)
			response_facts(o, &a);
	} else if (notification) {
		observer_response(o, PROTOCOL_ADS, operation); /* what was subscribed to */
	} else {
		observer_request(o, PROTOCOL_ADS, operation);
		struct statement event = {
			.protocol = PROTOCOL_ADS, .subject = SUBJECT_RECEIVER, .message = "ADS WriteControl"};
		uint16_t wanted = cursor_le16(&c);
		if (a.command == ADS_WRITE_CONTROL && cursor_ok(&c))
			observer_event(o, &event, OPERATION_CONTROL,
				wanted == 5    ? "run"
				: wanted == 6  ? "stop"
				: wanted == 2  ? "reset"
				: wanted == 16 ? "reconfigure"
					       : "state change");
	}
	if (!state->told[pdu->direction & 1])
		netid_fact(o, &s, a.source);
	state->told[pdu->direction & 1] = true;
	return true;
}

/* An OSVERSIONINFO of Windows as it lies in memory. */
static void os_fact(struct observer *o, const struct statement *s, struct cursor c)
{
	char text[48];
	cursor_skip(&c, 4);
	uint32_t major = cursor_le32(&c), minor = cursor_le32(&c), build = cursor_le32(&c), platform = cursor_le32(&c);
	if (!cursor_ok(&c) || (platform != 2 && platform != 3) || major > 20 || minor > 99)
		return;
	if (build != 0 && build <= UINT16_MAX)
		snprintf(text, sizeof(text), "%s %u.%u.%u", platform == 3 ? "Windows CE" : "Windows NT", major, minor,
			build);
	else
		snprintf(text, sizeof(text), "%s %u.%u", platform == 3 ? "Windows CE" : "Windows NT", major, minor);
	observer_fact_string(o, s, ATTRIBUTE_OS, text);
}

static void discovery_facts(struct observer *o, struct cursor c, uint32_t tags, const uint8_t *netid)
{
	struct statement s = {.protocol = PROTOCOL_ADS, .subject = SUBJECT_SENDER, .message = "ADS server info"};
	char text[24];
	netid_fact(o, &s, netid);
	for (uint32_t i = 0; i < tags && cursor_left(&c) > 0; i++) {
		uint16_t tag = cursor_le16(&c);
		struct cursor value = cursor_take(&c, cursor_le16(&c));
		if (!cursor_ok(&c))
			return;
		if (tag == TAG_HOST) {
			text_fact(o, &s, ATTRIBUTE_HOSTNAME, value);
		} else if (tag == TAG_OS) {
			os_fact(o, &s, value);
		} else if (tag == TAG_VERSION) {
			uint8_t major = cursor_u8(&value), minor = cursor_u8(&value);
			uint16_t build = cursor_le16(&value);
			snprintf(text, sizeof(text), "%u.%u.%u", major, minor, build);
			if (cursor_ok(&value))
				observer_fact_string(o, &s, ATTRIBUTE_SOFTWARE_VERSION, text);
		}
	}
}

static bool discovery_report(struct cursor c, struct observer *o)
{
	cursor_skip(&c, 8);
	uint32_t service = cursor_le32(&c);
	const uint8_t *netid = cursor_bytes(&c, NETID_LEN);
	cursor_skip(&c, 2);
	uint32_t tags = cursor_le32(&c);
	if (!cursor_ok(&c))
		return false;
	unsigned operation = (service & ~UDP_ANSWER) == UDP_ADD_ROUTE ? OPERATION_CONFIGURE : OPERATION_DIAGNOSE;
	struct statement s = {.protocol = PROTOCOL_ADS, .subject = SUBJECT_RECEIVER, .message = "ADS add route"};
	if ((service & UDP_ANSWER) == 0) {
		observer_request(o, PROTOCOL_ADS, operation);
		if (operation == OPERATION_CONFIGURE)
			observer_event(o, &s, OPERATION_CONFIGURE, "AMS route to be added");
		return true;
	}
	observer_response(o, PROTOCOL_ADS, operation);
	if (service == (UDP_ANSWER | UDP_SERVER_INFO))
		discovery_facts(o, c, tags, netid);
	return true;
}

static bool ads_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct cursor c = bytes;
	if (cursor_le32(&c) == UDP_MAGIC)
		return discovery_report(bytes, observer);
	return ams_report(bytes, pdu, state, observer);
}

extern const struct dissector ads_dissector;
const struct dissector ads_dissector = {
	.name = "ads",
	.protocol = PROTOCOL_ADS,
	.reference = "Beckhoff Information System, TwinCAT ADS",
	.tcp_ports = (const uint16_t[]){48898, 0},
	.udp_ports = (const uint16_t[]){48899, 0},
	.tcp_any = true,
	.udp_any = true,
	.state_size = sizeof(struct ads_state),
	.pdu_max = PDU_MAX,
	.frame = ads_frame,
	.dissect = ads_dissect,
};
