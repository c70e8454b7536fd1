/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip_objects.c - attributes of the objects that say what a module is.
 *
 * The CIP Networks Library, volume 1, 5-2 (identity), 5-7 (port); volume 2, 5-4 (TCP/IP interface),
 * 5-5 (Ethernet link), 5-6 (DLR); volume 1, 5-47 (time sync); class 0x64 is Logix's own. A number is
 * little endian, a STRING has a length of two octets and is padded, a SHORT_STRING one of one octet.
 *
 *	identity, all attributes:
 *	+--------+--------+---------+-------+-------+--------+-------------+----------------------+
 *	| vendor | type   | product | major | minor | status | serial no.  | name (SHORT_STRING)  |
 *	| 2      | 2      | 2       | 1     | 1     | 2      | 4           | 1 + n                |
 *	+--------+--------+---------+-------+-------+--------+-------------+----------------------+
 */
#include <stdio.h>

#include "cip.h"
#include "compose.h"

enum { VENDOR_ROCKWELL = 1, TYPE_PLC = 14 };

/* One list may name every attribute of an object; no object has more. */
#define LIST_MAX 64

static const char *object_message(const struct cip_asked *asked)
{
	static const struct {
		uint16_t class_id;
		const char *all, *list, *single;
	} messages[] = {
		{CIP_IDENTITY, "CIP Identity Get_Attributes_All", "CIP Identity Get_Attribute_List",
			"CIP Identity Get_Attribute_Single"},
		{CIP_CONTROLLER, "CIP Logix Controller Get_Attributes_All", "CIP Logix Controller Get_Attribute_List",
			"CIP Logix Controller Get_Attribute_Single"},
		{CIP_TCPIP, "CIP TCP/IP Interface Get_Attributes_All", "CIP TCP/IP Interface Get_Attribute_List",
			"CIP TCP/IP Interface Get_Attribute_Single"},
		{CIP_ETHERNET_LINK, "CIP Ethernet Link Get_Attributes_All", "CIP Ethernet Link Get_Attribute_List",
			"CIP Ethernet Link Get_Attribute_Single"},
		{CIP_PORT, "CIP Port Get_Attributes_All", "CIP Port Get_Attribute_List",
			"CIP Port Get_Attribute_Single"},
		{CIP_DLR, "CIP DLR Get_Attributes_All", "CIP DLR Get_Attribute_List", "CIP DLR Get_Attribute_Single"},
		{CIP_TIME_SYNC, "CIP Time Sync Get_Attributes_All", "CIP Time Sync Get_Attribute_List",
			"CIP Time Sync Get_Attribute_Single"},
		{CIP_SAFETY_SUPERVISOR, "CIP Safety Supervisor Get_Attributes_All",
			"CIP Safety Supervisor Get_Attribute_List", "CIP Safety Supervisor Get_Attribute_Single"},
		{CIP_SECURITY, "CIP Security Get_Attributes_All", "CIP Security Get_Attribute_List",
			"CIP Security Get_Attribute_Single"},
		{CIP_ENIP_SECURITY, "CIP EtherNet/IP Security Get_Attributes_All",
			"CIP EtherNet/IP Security Get_Attribute_List", "CIP EtherNet/IP Security Get_Attribute_Single"},
	};
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (messages[i].class_id == asked->class_id)
			return asked->service == CIP_GET_ALL    ? messages[i].all
			       : asked->service == CIP_GET_LIST ? messages[i].list
								: messages[i].single;
	return NULL;
}

bool cip_object_matters(const struct cip_asked *asked)
{
	return asked->instance > 0 && object_message(asked) != NULL;
}

/* ---- identity ---- */

static void number_fact(struct observer *o, const struct statement *s, enum attribute attribute, unsigned value)
{
	struct composed text = composed_start();
	compose_number(&text, value);
	composed_fact(o, s, attribute, &text);
}

static void serial_fact(struct observer *o, const struct statement *s, uint32_t serial)
{
	struct composed text = composed_start();
	compose(&text, "0x");
	compose_hex(&text, serial, 8);
	composed_fact(o, s, ATTRIBUTE_SERIAL_NUMBER, &text);
}

static void revision_fact(struct observer *o, const struct statement *s, uint8_t major, uint8_t minor)
{
	struct composed text = composed_start();
	compose_number(&text, major & 0x7Fu); /* bit 7 is reserved */
	compose(&text, ".");
	compose_number(&text, minor);
	composed_fact(o, s, ATTRIBUTE_FIRMWARE_VERSION, &text);
}

/* 5-2.2.1.5: bit 0 owned, 2 configured, 4..7 extended status, 8..11 faults. */
static void status_fact(struct observer *o, const struct statement *s, uint16_t status)
{
	static const char *const extended[] = {NULL, "firmware update in progress", "I/O connection faulted",
		"no I/O connections", "bad configuration in memory", "major fault", "I/O connection in run mode",
		"I/O connections idle"};
	static const char *const faults[] = {"minor recoverable fault", "minor unrecoverable fault",
		"major recoverable fault", "major unrecoverable fault"};
	struct composed text = composed_start();
	compose(&text, status & 1 ? "owned, " : "");
	compose(&text, status & 4 ? "configured, " : "");
	unsigned more = status >> 4 & 15;
	if (more < 8 && extended[more] != NULL) {
		compose(&text, extended[more]);
		compose(&text, ", ");
	}
	for (unsigned i = 0; i < 4; i++) {
		if (status & 1u << (8 + i)) {
			compose(&text, faults[i]);
			compose(&text, ", ");
		}
	}
	compose_cut(&text, 2);
	observer_fact_coded(o, s, ATTRIBUTE_STATUS, text.len > 0 ? text.text : "no faults", status);
}

/* Logix controllers put the mode and the key into the status word (1756-RM084, identity object). */
static void logix_mode_facts(struct observer *o, const struct statement *s, uint16_t status)
{
	unsigned mode = status & 0xF0, key = status >> 12;
	if (mode == 0x60 || mode == 0x70)
		observer_fact_string(o, s, ATTRIBUTE_OPERATING_MODE, mode == 0x60 ? "RUN" : "PROGRAM");
	if (key >= 1 && key <= 3)
		observer_fact_string(o, s, ATTRIBUTE_KEY_SWITCH, key == 1 ? "RUN" : key == 2 ? "PROG" : "REMOTE");
}

bool cip_identity(struct observer *o, const struct statement *s, struct cursor *data)
{
	uint16_t vendor = cursor_le16(data), type = cursor_le16(data), product = cursor_le16(data);
	uint8_t major = cursor_u8(data), minor = cursor_u8(data);
	uint16_t status = cursor_le16(data);
	uint32_t serial = cursor_le32(data);
	size_t len = cursor_u8(data);
	const uint8_t *name = cursor_bytes(data, len);
	if (!cursor_ok(data))
		return false;
	observer_fact_named(o, s, ATTRIBUTE_VENDOR, NAMING_CIP_VENDOR, vendor);
	observer_fact_named(o, s, ATTRIBUTE_DEVICE_TYPE, NAMING_CIP_DEVICE_TYPE, type);
	number_fact(o, s, ATTRIBUTE_PRODUCT_CODE, product);
	revision_fact(o, s, major, minor);
	status_fact(o, s, status);
	if (vendor == VENDOR_ROCKWELL && type == TYPE_PLC)
		logix_mode_facts(o, s, status);
	serial_fact(o, s, serial);
	const uint8_t *nul = len > 0 ? memchr(name, 0, len) : NULL; /* some pad the name */
	observer_fact(o, s, ATTRIBUTE_MODEL, name, nul != NULL ? (size_t)(nul - name) : len);
	return true;
}

static void identity_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	if (attribute == 1 || attribute == 2 || attribute == 3 || attribute == 5) {
		uint16_t value = cursor_le16(c);
		if (!cursor_ok(c))
			return;
		if (attribute == 1)
			observer_fact_named(o, s, ATTRIBUTE_VENDOR, NAMING_CIP_VENDOR, value);
		else if (attribute == 2)
			observer_fact_named(o, s, ATTRIBUTE_DEVICE_TYPE, NAMING_CIP_DEVICE_TYPE, value);
		else if (attribute == 3)
			number_fact(o, s, ATTRIBUTE_PRODUCT_CODE, value);
		else
			status_fact(o, s, value);
	} else if (attribute == 4) {
		uint8_t major = cursor_u8(c), minor = cursor_u8(c);
		if (cursor_ok(c))
			revision_fact(o, s, major, minor);
	} else if (attribute == 6) {
		uint32_t serial = cursor_le32(c);
		if (cursor_ok(c))
			serial_fact(o, s, serial);
	} else if (attribute == 7) {
		struct cursor name = cursor_take(c, cursor_u8(c));
		if (cursor_ok(&name))
			observer_fact(o, s, ATTRIBUTE_MODEL, name.at, cursor_left(&name));
	} else {
		cursor_fail(c);
	}
}

/* ---- the other objects ---- */

/* Class 0x64: any vendor may use it for anything, so only clean text counts. */
static void printable_fact(struct observer *o, const struct statement *s, enum attribute attribute, struct cursor text)
{
	if (!cursor_ok(&text))
		return;
	while (cursor_left(&text) > 0 && text.end[-1] == 0)
		text.end--; /* padding */
	for (const uint8_t *p = text.at; p < text.end; p++)
		if (*p < 0x20 || *p > 0x7E)
			return;
	observer_fact(o, s, attribute, text.at, cursor_left(&text));
}

/*
 * Attribute 1: the name; 2: the description, whose length some versions give in two octets and
 * some in four. Text does not begin with NULs, so the next two octets tell.
 */
static void controller_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	struct statement weak = *s;
	weak.confidence = s->confidence > 0 && s->confidence < 60 ? s->confidence : 60;
	size_t len = cursor_le16(c);
	if (attribute == 1) {
		printable_fact(o, s, ATTRIBUTE_NAME, cursor_take(c, len));
	} else if (attribute == 2) {
		if (len > 0 && cursor_left(c) >= 2 && c->at[0] == 0 && c->at[1] == 0)
			cursor_skip(c, 2);
		printable_fact(o, &weak, ATTRIBUTE_DESCRIPTION, cursor_take(c, len));
	} else {
		cursor_fail(c);
	}
}

/* An address is a little-endian number here: its octets stand in reverse. */
static void ip_fact(struct observer *o, const struct statement *s, enum attribute attribute, const uint8_t *p)
{
	char text[16];
	if ((p[0] | p[1] | p[2] | p[3]) == 0)
		return;
	snprintf(text, sizeof(text), "%u.%u.%u.%u", p[3], p[2], p[1], p[0]);
	observer_fact_string(o, s, attribute, text);
}

/* A STRING and its padding. */
static struct cursor string_take(struct cursor *c)
{
	size_t len = cursor_le16(c);
	struct cursor text = cursor_take(c, len);
	if (len % 2 != 0 && cursor_left(c) > 0)
		cursor_skip(c, 1);
	return text;
}

/* Interface configuration: address, mask, gateway, two name servers, domain. Returns the domain. */
static struct cursor tcpip_configuration(struct observer *o, const struct statement *s, struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 12);
	if (p != NULL) {
		ip_fact(o, s, ATTRIBUTE_IP, p);
		ip_fact(o, s, ATTRIBUTE_NETMASK, p + 4);
		ip_fact(o, s, ATTRIBUTE_GATEWAY, p + 8);
	}
	cursor_skip(c, 8);
	return string_take(c);
}

static void host_name_fact(struct observer *o, const struct statement *s, struct cursor name, struct cursor domain)
{
	char text[256];
	size_t len = cursor_left(&name), more = cursor_left(&domain);
	if (!cursor_ok(&name) || len == 0)
		return;
	observer_fact(o, s, ATTRIBUTE_HOSTNAME, name.at, len);
	if (!cursor_ok(&domain) || more == 0 || len + 1 + more > sizeof(text) || domain.at[0] == 0)
		return;
	memcpy(text, name.at, len);
	text[len] = '.';
	memcpy(text + len + 1, domain.at, more);
	observer_fact(o, s, ATTRIBUTE_HOSTNAME, text, len + 1 + more);
}

static void safety_number_fact(struct observer *o, const struct statement *s, struct cursor *c)
{
	char text[15];
	const uint8_t *snn = cursor_bytes(c, CIP_SNN_LEN);
	if (snn != NULL && cip_safety_number_text(text, snn))
		observer_fact_string(o, s, ATTRIBUTE_SAFETY_NETWORK_NUMBER, text);
}

static void tcpip_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	struct cursor none = cursor_failed();
	if (attribute >= 1 && attribute <= 3)
		cursor_skip(c, 4);
	else if (attribute == 4)
		cursor_skip(c, 2u * cursor_le16(c));
	else if (attribute == 5)
		tcpip_configuration(o, s, c);
	else if (attribute == 6)
		host_name_fact(o, s, string_take(c), none);
	else if (attribute == 7)
		safety_number_fact(o, s, c);
	else
		cursor_fail(c);
}

static void tcpip_all(struct observer *o, const struct statement *s, struct cursor c)
{
	cursor_skip(&c, 12);
	cursor_skip(&c, 2u * cursor_le16(&c));
	struct cursor domain = tcpip_configuration(o, s, &c);
	host_name_fact(o, s, string_take(&c), domain);
	safety_number_fact(o, s, &c);
}

static void ethernet_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	if (attribute == 1 || attribute == 2) {
		cursor_skip(c, 4);
		return;
	}
	const uint8_t *m = attribute == 3 ? cursor_bytes(c, 6) : NULL;
	if (m == NULL) {
		cursor_fail(c);
		return;
	}
	if ((m[0] | m[1] | m[2] | m[3] | m[4] | m[5]) == 0 || m[0] & 1)
		return;
	observer_fact_mac(o, s, ATTRIBUTE_MAC, m);
}

/* Attribute 4: the port's name; 7: the module's own address on it, as a port segment. */
static void port_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	if (attribute == 1 || attribute == 2) {
		cursor_skip(c, 2);
	} else if (attribute == 3) {
		cursor_skip(c, 2u * cursor_le16(c));
	} else if (attribute == 4) {
		printable_fact(o, s, ATTRIBUTE_PORT_ID, cursor_take(c, cursor_u8(c)));
	} else if (attribute == 7) {
		struct cip_path path;
		if (cip_path_read(*c, &path))
			observer_fact(o, s, ATTRIBUTE_LINK_ADDRESS, path.route.text, path.route.len);
		c->at = c->end;
	} else {
		cursor_fail(c);
	}
}

static void dlr_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	static const char *const roles[] = {"DLR backup supervisor", "DLR active supervisor", "DLR ring node"};
	uint8_t value = cursor_u8(c);
	if (attribute == 3 && cursor_ok(c) && value < 3)
		observer_fact_string(o, s, ATTRIBUTE_PROFILE, roles[value]);
	else if (attribute > 3)
		cursor_fail(c);
}

/* 21: "vendor;model;serial", 22: "hardware;firmware;software" of the clock, 23: "name;location". */
static void clock_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	enum attribute what = attribute == 21   ? ATTRIBUTE_DESCRIPTION
			      : attribute == 22 ? ATTRIBUTE_REVISION
			      : attribute == 23 ? ATTRIBUTE_LOCATION
						: ATTRIBUTE_NONE;
	if (what == ATTRIBUTE_NONE) {
		cursor_fail(c);
		return;
	}
	printable_fact(o, s, what, cursor_take(c, cursor_le32(c)));
}

static void security_attribute(struct observer *o, const struct statement *s, uint16_t attribute, struct cursor *c)
{
	uint8_t state = cursor_u8(c);
	if (attribute != 1 || !cursor_ok(c))
		cursor_fail(c);
	else
		observer_fact_string(
			o, s, ATTRIBUTE_SECURITY, state == 2 ? "CIP Security configured" : "CIP Security available");
}

static void one_attribute(
	struct observer *o, const struct statement *s, uint16_t class_id, uint16_t attribute, struct cursor *c)
{
	switch (class_id) {
	case CIP_IDENTITY:
		identity_attribute(o, s, attribute, c);
		break;
	case CIP_CONTROLLER:
		controller_attribute(o, s, attribute, c);
		break;
	case CIP_TCPIP:
		tcpip_attribute(o, s, attribute, c);
		break;
	case CIP_ETHERNET_LINK:
		ethernet_attribute(o, s, attribute, c);
		break;
	case CIP_PORT:
		port_attribute(o, s, attribute, c);
		break;
	case CIP_DLR:
		dlr_attribute(o, s, attribute, c);
		break;
	case CIP_TIME_SYNC:
		clock_attribute(o, s, attribute, c);
		break;
	case CIP_SECURITY:
	case CIP_ENIP_SECURITY:
		security_attribute(o, s, attribute, c);
		break;
	default:
		cursor_fail(c);
	}
}

static void all_attributes(
	struct observer *o, const struct statement *s, const struct cip_asked *asked, struct cursor c)
{
	if (asked->class_id == CIP_IDENTITY) {
		if (asked->instance == 1)
			cip_identity(o, s, &c);
	} else if (asked->class_id == CIP_TCPIP) {
		tcpip_all(o, s, c);
	} else {
		/* the first attributes of these stand in order, up to the last that matters here */
		uint16_t last = asked->class_id == CIP_PORT         ? 4
				: asked->class_id == CIP_CONTROLLER ? 2
				: asked->class_id == CIP_SECURITY   ? 1
								    : 3;
		for (uint16_t attribute = 1; attribute <= last && cursor_ok(&c); attribute++)
			one_attribute(o, s, asked->class_id, attribute, &c);
	}
}

/* Volume 1, appendix: count, then attribute number, its status and, when that is 0, its value. */
static void attribute_list(
	struct observer *o, const struct statement *s, const struct cip_asked *asked, struct cursor c)
{
	unsigned count = cursor_le16(&c);
	for (unsigned i = 0; i < count && i < LIST_MAX && cursor_left(&c) > 0; i++) {
		uint16_t attribute = cursor_le16(&c);
		if (cursor_le16(&c) == CIP_SUCCESS && cursor_ok(&c))
			one_attribute(o, s, asked->class_id, attribute, &c);
	}
}

void cip_object_reply(const struct cip_work *w, const struct cip_module *from, const struct cip_asked *asked,
	uint8_t status, struct cursor data)
{
	struct observer *o = w->observer;
	if (!cip_is_get(asked->service) || !cip_object_matters(asked))
		return;
	struct statement s = cip_statement(w, from, object_message(asked));
	if (status == CIP_SUCCESS && asked->class_id == CIP_SAFETY_SUPERVISOR)
		observer_fact_string(o, &s, ATTRIBUTE_SAFETY, "CIP Safety device"); /* only those have the object */
	if (asked->service == CIP_GET_LIST) {
		if (status == CIP_SUCCESS || status == CIP_PARTIAL_TRANSFER || status == CIP_ATTRIBUTE_LIST_ERROR)
			attribute_list(o, &s, asked, data);
	} else if (status == CIP_SUCCESS && asked->service == CIP_GET_ALL) {
		all_attributes(o, &s, asked, data);
	} else if (status == CIP_SUCCESS && (asked->class_id != CIP_IDENTITY || asked->instance == 1)) {
		one_attribute(o, &s, asked->class_id, asked->attribute, &data);
	}
}
