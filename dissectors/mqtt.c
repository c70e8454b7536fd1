/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mqtt.c - MQTT 3.1, 3.1.1 and 5 (OASIS), and who publishes in the name space of Sparkplug B 3.0 (Eclipse).
 *
 *	+--------+---------+------------------------+----------------
 *	| type 4 | flags 4 | remaining length 1..4  | variable header
 *	|        |         | octets of 7 bits       | and payload
 *	+--------+---------+------------------------+----------------
 *	CONNECT: 00 04 "MQTT" or 00 06 "MQIsdp" | level 8 | flags 8 | keep alive 16 | properties (5) | client id ...
 *	PUBLISH: topic (length 16 and UTF-8) ...      Sparkplug: spBv1.0/<group>/<message>/<edge node>[/<device>]
 *
 * A connection is MQTT when its CONNECT was seen (or its port says so). User name, password and payloads are
 * never looked at.
 */
#include <stdio.h>
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum {
	CONNECT = 1,
	CONNACK = 2,
	PUBLISH = 3,
	SUBSCRIBE = 8,
	UNSUBSCRIBE = 10,
	PINGREQ = 12,
	DISCONNECT = 14,
	AUTH = 15
};
enum { LENGTH_OCTETS = 4, PDU_MAX = 65536, TOPIC_MAX = 200 };

struct mqtt_state {
	bool begun, node_told;
	uint8_t client; /* direction of the client, once begun */
};

/* The fixed header. False when it is wrong or not here in full (then cursor_ok() is false). */
static bool header_read(struct cursor *c, uint8_t *type, uint8_t *flags, uint32_t *len)
{
	uint8_t first = cursor_u8(c), octet = 0x80;
	*type = first >> 4;
	*flags = first & 0x0f;
	*len = 0;
	for (unsigned i = 0; i < LENGTH_OCTETS && (octet & 0x80) != 0; i++) {
		octet = cursor_u8(c);
		*len |= (uint32_t)(octet & 0x7f) << (7 * i);
	}
	return cursor_ok(c) && (octet & 0x80) == 0;
}

static bool flags_fit(uint8_t type, uint8_t flags)
{
	if (type == PUBLISH)
		return (flags & 6) != 6;
	return type != 0 && flags == (type == 6 || type == SUBSCRIBE || type == UNSUBSCRIBE ? 2 : 0);
}

static enum framing mqtt_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	struct cursor c = bytes;
	uint8_t type, flags;
	uint32_t length;
	bool good = header_read(&c, &type, &flags, &length);
	if (left > 0 && !flags_fit(type, flags))
		return FRAMING_FOREIGN;
	if (!good)
		return cursor_ok(&c) ? FRAMING_FOREIGN : FRAMING_MORE;
	if (length > PDU_MAX - 1 - LENGTH_OCTETS)
		return FRAMING_FOREIGN;
	uint16_t name_len = cursor_left(&c) >= 2 ? cursor_be16(&c) : 0;
	if (type == CONNECT && (length < 12 || (name_len != 0 && name_len != 4 && name_len != 6)))
		return FRAMING_FOREIGN;
	if (((type == PINGREQ || type == PINGREQ + 1) && length != 0) || (type == CONNACK && length < 2))
		return FRAMING_FOREIGN;
	c = bytes;
	header_read(&c, &type, &flags, &length);
	*len = (size_t)(c.at - bytes.at) + length;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

static bool connect_report(struct cursor c, struct observer *o)
{
	struct statement s = {
		.protocol = PROTOCOL_MQTT, .subject = SUBJECT_SENDER, .message = "MQTT CONNECT client identifier"};
	struct cursor name = cursor_take(&c, cursor_be16(&c));
	uint8_t level = cursor_u8(&c);
	cursor_skip(&c, 3);
	if (!cursor_ok(&c) || !(text_starts(name, "MQTT") || text_starts(name, "MQIsdp")) || (level & 0x7f) < 3 ||
		(level & 0x7f) > 5)
		return false;
	if (level == 5) { /* properties: 7 bits an octet */
		uint32_t len = 0;
		uint8_t octet = 0x80;
		for (unsigned i = 0; i < LENGTH_OCTETS && (octet & 0x80) != 0; i++) {
			octet = cursor_u8(&c);
			len |= (uint32_t)(octet & 0x7f) << (7 * i);
		}
		cursor_skip(&c, len);
	}
	struct cursor id = cursor_take(&c, cursor_be16(&c));
	if (!cursor_ok(&c))
		return false;
	observer_request(o, PROTOCOL_MQTT, OPERATION_NONE);
	text_fact(o, &s, ATTRIBUTE_ALIAS, id);
	return true;
}

/* The next level of a topic. */
static struct cursor level_take(struct cursor *topic)
{
	struct cursor level = *topic;
	const uint8_t *slash = cursor_left(topic) > 0 ? memchr(topic->at, '/', cursor_left(topic)) : NULL;
	if (slash != NULL)
		level.end = slash;
	topic->at = slash != NULL ? slash + 1 : topic->end;
	return level;
}

/* An edge node is born: the birth and data messages come from the node itself, commands (..CMD) go to it. */
static void sparkplug_facts(struct cursor topic, struct mqtt_state *state, struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_MQTT, .subject = SUBJECT_SENDER, .message = "Sparkplug topic"};
	struct cursor space = level_take(&topic), group = level_take(&topic), message = level_take(&topic),
		      node = level_take(&topic);
	bool own = text_starts(message, "NBIRTH") || text_starts(message, "NDATA") || text_starts(message, "DBIRTH") ||
		   text_starts(message, "DDATA");
	if (!text_starts(space, "spBv1.0") || !own || !text_printable(node) || !text_printable(group))
		return;
	observer_fact_string(o, &s, ATTRIBUTE_PROFILE, "Sparkplug B edge node");
	observer_fact(o, &s, ATTRIBUTE_STATION_NAME, node.at, cursor_left(&node));
	state->node_told = true;
}

/* Who sends, by what only one side sends; else by what was seen. */
static enum side side_of(uint8_t type, const struct pdu *pdu, const struct mqtt_state *state)
{
	if (type == CONNACK || type == 9 || type == 11 || type == 13)
		return SIDE_SERVER;
	if (type == CONNECT || type == SUBSCRIBE || type == UNSUBSCRIBE || type == PINGREQ)
		return SIDE_CLIENT;
	if (state->begun)
		return state->client == pdu->direction ? SIDE_CLIENT : SIDE_SERVER;
	return pdu->sender;
}

static bool mqtt_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct mqtt_state *mqtt = state;
	uint8_t type, flags;
	uint32_t len;
	if (!header_read(&bytes, &type, &flags, &len))
		return false;
	if (type == CONNECT) {
		if (!connect_report(bytes, observer))
			return false;
		mqtt->begun = true;
		mqtt->client = pdu->direction;
		return true;
	}
	if (!mqtt->begun && !pdu->expected_port)
		return false;
	enum side side = side_of(type, pdu, mqtt);
	unsigned operation = type == PUBLISH ? OPERATION_WRITE : type == SUBSCRIBE ? OPERATION_READ : OPERATION_NONE;
	if (side == SIDE_CLIENT)
		observer_request(observer, PROTOCOL_MQTT, operation);
	else if (side == SIDE_SERVER)
		observer_response(observer, PROTOCOL_MQTT, type == PUBLISH ? OPERATION_READ : OPERATION_NONE);
	struct cursor topic = type == PUBLISH ? cursor_take(&bytes, cursor_be16(&bytes)) : cursor_over(bytes.at, 0);
	if (type == PUBLISH && !cursor_ok(&bytes))
		return false;
	if (side == SIDE_CLIENT && !mqtt->node_told && cursor_left(&topic) <= TOPIC_MAX &&
		text_starts(topic, "spBv1.0/"))
		sparkplug_facts(topic, mqtt, observer);
	return true;
}

extern const struct dissector mqtt_dissector;
const struct dissector mqtt_dissector = {
	.name = "mqtt",
	.protocol = PROTOCOL_MQTT,
	.reference = "OASIS MQTT 3.1.1 and 5.0",
	.tcp_ports = (const uint16_t[]){1883, 0},
	.tcp_any = true,
	.state_size = sizeof(struct mqtt_state),
	.pdu_max = PDU_MAX,
	.frame = mqtt_frame,
	.dissect = mqtt_dissect,
};
