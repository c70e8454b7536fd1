/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lldp.c - the Link Layer Discovery Protocol (IEEE 802.1AB), with the TLVs of LLDP-MED (ANSI/TIA-1057), of
 * PROFINET (IEC 61158-6-10, OUI 00-0E-CF) and the MUD URL (RFC 8520, 11).
 *
 *	+-----------+----------+-----------+-----+------------------------------+-----------+
 *	| chassis   | port     | time to   | ... | 127 | OUI 24 | subtype | ... | end (0,0) |
 *	| id (1)    | id (2)   | live (3)  |     | an organisation's own        |           |
 *	+-----------+----------+-----------+-----+------------------------------+-----------+
 *	each: | type 7 | length 9 | value ... |
 *
 * The sender speaks of itself; the frame's source is the MAC of the port. A management address is its own.
 */
#include <stdio.h>

#include "earshot/dissector.h"
#include "link_layer.h"

enum tlv {
	TLV_END,
	TLV_CHASSIS_ID,
	TLV_PORT_ID,
	TLV_TIME_TO_LIVE,
	TLV_PORT_DESCRIPTION,
	TLV_SYSTEM_NAME,
	TLV_SYSTEM_DESCRIPTION,
	TLV_CAPABILITIES,
	TLV_MANAGEMENT_ADDRESS,
	TLV_ORGANISATION = 127
};
enum { CHASSIS_MAC = 4, CHASSIS_ADDRESS = 5, CHASSIS_LOCAL = 7, PORT_MAC = 3, PORT_ADDRESS = 4, PORT_LOCAL = 7 };
enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 }; /* IANA address family numbers */
enum { OUI_IANA = 0x00005e, OUI_PROFINET = 0x000ecf, OUI_MED = 0x0012bb };
enum { PROFINET_CHASSIS_MAC = 5, MUD_URL = 1 };
enum { MED_CAPABILITIES = 1, MED_LOCATION = 3, MED_HARDWARE = 5, MED_ASSET = 11 };

#define ID_TEXT_MAX 255
#define LOCATION_TEXT_MAX 255

/* What is understood only when the whole message is read. */
struct lldp {
	struct observer *observer;
	struct cursor chassis, port; /* locally assigned ids, else empty */
	bool profinet;
};

/* All facts of an LLDPDU are the sender's own. */
static struct statement statement(const char *message)
{
	return (struct statement){.protocol = PROTOCOL_LLDP, .subject = SUBJECT_SENDER, .message = message};
}

static void text_fact(const struct lldp *l, const char *message, enum attribute attribute, struct cursor value)
{
	struct statement s = statement(message);
	observer_fact(l->observer, &s, attribute, value.at, cursor_left(&value));
}

static bool is_text(struct cursor bytes)
{
	while (cursor_left(&bytes) > 0) {
		uint8_t byte = cursor_u8(&bytes);
		if ((byte < 0x20 && byte != 0) || byte == 0x7f)
			return false;
	}
	return true;
}

/* An id that need not be text is written in hex when it is none. */
static void id_fact(const struct lldp *l, const char *message, enum attribute attribute, struct cursor value)
{
	char text[2 * ID_TEXT_MAX + 1];
	size_t used = 0;
	if (is_text(value)) {
		text_fact(l, message, attribute, value);
		return;
	}
	while (cursor_left(&value) > 0 && used + 2 < sizeof(text))
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%02x", cursor_u8(&value));
	struct statement s = statement(message);
	observer_fact(l->observer, &s, attribute, text, used);
}

/* A network address with its family in front. */
static void network_id(const struct lldp *l, const struct statement *s, enum attribute attribute, struct cursor value)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t family = cursor_u8(&value);
	if (cursor_left(&value) != (family == FAMILY_IPV4 ? 4u : 16u) || family > FAMILY_IPV6)
		return;
	if (!link_layer_ip_text(text, value))
		return;
	observer_fact_string(l->observer, s, attribute, text);
	if (attribute == ATTRIBUTE_CHASSIS_ID)
		observer_fact_string(l->observer, s, ATTRIBUTE_IP, text);
}

static void chassis_id(struct lldp *l, struct cursor value)
{
	struct statement s = statement("LLDP chassis ID");
	uint8_t kind = cursor_u8(&value);
	if (kind == CHASSIS_MAC && cursor_left(&value) == 6)
		observer_fact_mac(l->observer, &s, ATTRIBUTE_CHASSIS_ID, value.at);
	else if (kind == CHASSIS_ADDRESS)
		network_id(l, &s, ATTRIBUTE_CHASSIS_ID, value);
	else
		id_fact(l, s.message, ATTRIBUTE_CHASSIS_ID, value);
	if (kind == CHASSIS_LOCAL)
		l->chassis = value;
}

static void port_id(struct lldp *l, struct cursor value)
{
	struct statement s = statement("LLDP port ID");
	uint8_t kind = cursor_u8(&value);
	if (kind == PORT_MAC && cursor_left(&value) == 6)
		observer_fact_mac(l->observer, &s, ATTRIBUTE_PORT_ID, value.at);
	else if (kind == PORT_ADDRESS)
		network_id(l, &s, ATTRIBUTE_PORT_ID, value);
	else
		id_fact(l, s.message, ATTRIBUTE_PORT_ID, value);
	if (kind == PORT_LOCAL)
		l->port = value;
}

/* What is enabled is what the device does (802.1AB, 8.5.8); what it could do says nothing. */
static void capabilities(const struct lldp *l, struct cursor value)
{
	static const char *const names[] = {"other", "repeater", "bridge", "WLAN access point", "router", "telephone",
		"DOCSIS cable device", "station only", "C-VLAN component", "S-VLAN component", "two-port MAC relay"};
	struct statement s = statement("LLDP system capabilities");
	cursor_skip(&value, 2);
	uint16_t enabled = cursor_be16(&value);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (enabled & 1u << i)
			observer_fact_string(l->observer, &s, ATTRIBUTE_PROFILE, names[i]);
}

static void management_address(const struct lldp *l, struct cursor value)
{
	struct statement s = statement("LLDP management address");
	struct cursor address = cursor_take(&value, cursor_u8(&value));
	uint8_t family = cursor_u8(&address);
	if ((family == FAMILY_IPV4 && cursor_left(&address) == 4) ||
		(family == FAMILY_IPV6 && cursor_left(&address) == 16))
		link_layer_ip(l->observer, &s, address);
}

/* A civic address (RFC 4776, 3.1): its elements in the order in which they stand. */
static void civic_location(const struct lldp *l, struct cursor value)
{
	char text[LOCATION_TEXT_MAX + 1];
	size_t used = 0;
	struct cursor elements = cursor_take(&value, cursor_u8(&value));
	cursor_skip(&elements, 1); /* whose place: a server, a network element, the client */
	const uint8_t *country = cursor_bytes(&elements, 2);
	if (country == NULL)
		return;
	memcpy(text, country, 2);
	used = 2;
	while (cursor_left(&elements) > 0) {
		uint8_t kind = cursor_u8(&elements);
		struct cursor element = cursor_take(&elements, cursor_u8(&elements));
		size_t len = cursor_left(&element);
		if (!cursor_ok(&elements) || used + 2 + len > LOCATION_TEXT_MAX)
			break;
		if (kind == 0 || kind == 128 || len == 0) /* the language and the script are no places */
			continue;
		memcpy(text + used, ", ", 2);
		memcpy(text + used + 2, element.at, len);
		used += 2 + len;
	}
	struct statement s = statement("LLDP-MED location");
	observer_fact(l->observer, &s, ATTRIBUTE_LOCATION, text, used);
}

static void med_class(const struct lldp *l, struct cursor value)
{
	static const char *const names[] = {"", "MED class I endpoint", "MED class II media endpoint",
		"MED class III communication device", "MED network connectivity"};
	struct statement s = statement("LLDP-MED capabilities");
	cursor_skip(&value, 2);
	uint8_t class = cursor_u8(&value);
	if (class < sizeof(names) / sizeof(names[0]))
		observer_fact_string(l->observer, &s, ATTRIBUTE_PROFILE, names[class]);
}

static void med(const struct lldp *l, uint8_t subtype, struct cursor value)
{
	static const enum attribute inventory[] = {ATTRIBUTE_HARDWARE_VERSION, ATTRIBUTE_FIRMWARE_VERSION,
		ATTRIBUTE_SOFTWARE_VERSION, ATTRIBUTE_SERIAL_NUMBER, ATTRIBUTE_VENDOR, ATTRIBUTE_MODEL,
		ATTRIBUTE_ASSET_TAG};
	if (subtype == MED_CAPABILITIES)
		med_class(l, value);
	else if (subtype == MED_LOCATION && cursor_u8(&value) == 2)
		civic_location(l, value);
	else if (subtype >= MED_HARDWARE && subtype <= MED_ASSET)
		text_fact(l, "LLDP-MED inventory", inventory[subtype - MED_HARDWARE], value);
}

static void organisation(struct lldp *l, struct cursor value)
{
	uint32_t oui = cursor_be24(&value);
	uint8_t subtype = cursor_u8(&value);
	if (!cursor_ok(&value))
		return;
	if (oui == OUI_MED)
		med(l, subtype, value);
	if (oui == OUI_IANA && subtype == MUD_URL)
		text_fact(l, "LLDP MUD URL", ATTRIBUTE_URL, value);
	l->profinet |= oui == OUI_PROFINET;
	if (oui == OUI_PROFINET && subtype == PROFINET_CHASSIS_MAC && cursor_left(&value) == 6) {
		struct statement s = statement("LLDP PROFINET chassis MAC");
		observer_fact_mac(l->observer, &s, ATTRIBUTE_CHASSIS_ID, value.at);
	}
}

/* The next part of a list with commas, without the blanks around it. */
static struct cursor part_take(struct cursor *list)
{
	const uint8_t *comma = memchr(list->at, ',', cursor_left(list));
	struct cursor part = *list;
	part.end = comma != NULL ? comma : list->end;
	list->at = comma != NULL ? comma + 1 : list->end;
	while (cursor_left(&part) > 0 && *part.at == ' ')
		part.at++;
	return part;
}

static bool skip_label(struct cursor *part, const char *label)
{
	size_t len = strlen(label);
	if (cursor_left(part) < len || memcmp(part->at, label, len) != 0)
		return false;
	part->at += len;
	while (cursor_left(part) > 0 && *part->at == ' ')
		part->at++;
	return true;
}

/*
 * How Siemens describes its systems, here and in SNMP: maker, family, device, order number, "HW: " and "FW: ".
 * Whoever describes itself otherwise has said a text and nothing more.
 */
static void siemens_description(const struct lldp *l, struct cursor text)
{
	struct cursor list = text, parts[6];
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i] = part_take(&list);
	if (!skip_label(&parts[0], "Siemens") || !skip_label(&parts[4], "HW:") || !skip_label(&parts[5], "FW:"))
		return;
	static const char message[] = "LLDP system description";
	text_fact(l, message, ATTRIBUTE_VENDOR, cursor_over((const uint8_t *)"Siemens", 7));
	text_fact(l, message, ATTRIBUTE_MODEL, parts[2]);
	text_fact(l, message, ATTRIBUTE_ORDER_NUMBER, parts[3]);
	text_fact(l, message, ATTRIBUTE_HARDWARE_VERSION, parts[4]);
	text_fact(l, message, ATTRIBUTE_FIRMWARE_VERSION, parts[5]);
}

static void tlv(struct lldp *l, unsigned type, struct cursor value)
{
	switch (type) {
	case TLV_CHASSIS_ID:
		chassis_id(l, value);
		break;
	case TLV_PORT_ID:
		port_id(l, value);
		break;
	case TLV_PORT_DESCRIPTION:
		text_fact(l, "LLDP port description", ATTRIBUTE_PORT_DESCRIPTION, value);
		break;
	case TLV_SYSTEM_NAME:
		text_fact(l, "LLDP system name", ATTRIBUTE_NAME, value);
		break;
	case TLV_SYSTEM_DESCRIPTION:
		text_fact(l, "LLDP system description", ATTRIBUTE_DESCRIPTION, value);
		siemens_description(l, value);
		break;
	case TLV_CAPABILITIES:
		capabilities(l, value);
		break;
	case TLV_MANAGEMENT_ADDRESS:
		management_address(l, value);
		break;
	case TLV_ORGANISATION:
		organisation(l, value);
		break;
	default:
		break;
	}
}

/* "port-001", "port-001-02001": what PROFINET calls a port before the dot. */
static bool is_profinet_port(struct cursor port)
{
	const uint8_t *head = cursor_bytes(&port, 5);
	return head != NULL && memcmp(head, "port-", 5) == 0;
}

/*
 * A PROFINET device gives its name of station in the port ID behind a dot, and where there is none
 * ("legacy mode") as the chassis ID (IEC 61158-6-10, 4.3.1.4.8 and 4.3.1.4.9).
 */
static void station_name(const struct lldp *l)
{
	struct cursor name = l->port;
	if (!l->profinet || !is_profinet_port(l->port))
		return;
	const uint8_t *dot = memchr(name.at, '.', cursor_left(&name));
	if (dot != NULL)
		name.at = dot + 1;
	else
		name = l->chassis;
	if (is_text(name))
		text_fact(l, "LLDP PROFINET name of station", ATTRIBUTE_STATION_NAME, name);
}

/* The chassis ID stands first, whatever else may be sent (802.1AB, 8.2). */
static enum framing lldp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint16_t head = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (head >> 9 != TLV_CHASSIS_ID || (head & 0x1ff) < 2 || (head & 0x1ff) > 256)
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

static bool lldp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct lldp l = {.observer = observer, .chassis = cursor_over(bytes.at, 0), .port = cursor_over(bytes.at, 0)};
	bool seen[TLV_TIME_TO_LIVE + 1] = {false};
	for (bool more = true; more && cursor_left(&bytes) > 0;) {
		uint16_t head = cursor_be16(&bytes);
		unsigned type = head >> 9;
		struct cursor value = cursor_take(&bytes, head & 0x1ff);
		if (!cursor_ok(&bytes) && pdu->whole)
			return false;
		if (!cursor_ok(&bytes))
			break;
		more = type != TLV_END;
		if (more)
			tlv(&l, type, value);
		if (type <= TLV_TIME_TO_LIVE)
			seen[type] = true;
	}
	if (pdu->whole && !(seen[TLV_CHASSIS_ID] && seen[TLV_PORT_ID] && seen[TLV_TIME_TO_LIVE]))
		return false;
	station_name(&l);
	observer_exchange(observer, PROTOCOL_LLDP, OPERATION_NONE);
	return true;
}

extern const struct dissector lldp_dissector;
const struct dissector lldp_dissector = {
	.name = "lldp",
	.protocol = PROTOCOL_LLDP,
	.reference = "IEEE 802.1AB",
	.ethertypes = (const uint16_t[]){0x88cc, 0},
	.pdu_max = 65535,
	.frame = lldp_frame,
	.dissect = lldp_dissect,
};
