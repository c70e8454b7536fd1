/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snmp.c - what agents say of themselves in SNMP version 1, 2c and 3 (RFC 1157, 3416, 3412, 3414; the
 * system group of RFC 3418, ENTITY-MIB of RFC 6933, UPS-MIB of RFC 1628).
 *
 *	v1, v2c:  30 { 02 version 0 or 1 | 04 community | Ax PDU }
 *	v3:       30 { 02 version 3 | 30 { id, largest, 04 flags, model } | 04 { 30 { 04 engine id, ... } } |
 *	               30 { 04 context engine id, 04 context name, Ax PDU }, or 04 encrypted }
 *	PDU:      Ax { 02 request id | 02 error status | 02 error index | 30 { 30 { 06 name | value } ... } }
 *	v1 trap:  A4 { 06 enterprise | 40 agent address | 02 generic | 02 specific | 43 time | 30 { ... } }
 *
 * Communities and user names are credentials and are stepped over. An agent answers or sends
 * notifications; what acknowledges an inform is the manager, and repeats the agent's values: those are
 * recognised by snmpTrapOID, which no agent can be asked for.
 */
#include <stdio.h>
#include <string.h>

#include "ber.h"
#include "binding.h"
#include "earshot/dissector.h"

enum { VERSION_1 = 0, VERSION_2C = 1, VERSION_3 = 3 };
enum {
	PDU_GET = 0xa0,
	PDU_GET_NEXT = 0xa1,
	PDU_RESPONSE = 0xa2,
	PDU_SET = 0xa3,
	PDU_TRAP_V1 = 0xa4,
	PDU_GET_BULK = 0xa5,
	PDU_INFORM = 0xa6,
	PDU_TRAP = 0xa7,
	PDU_REPORT = 0xa8
};
enum { TAG_IP_ADDRESS = 0x40, TAG_NO_SUCH_OBJECT = 0x80, FLAG_REPORTABLE = 0x04 };

#define OID_TEXT_MAX 160
#define ENGINE_MIN 5 /* RFC 3411, SnmpEngineID */
#define ENGINE_MAX 32
#define GENERIC_TRAPS 6 /* below: the enterprise is the sysObjectID (RFC 1157, 4.1.6) */
#define REQUESTS_MAX 32 /* in flight; more push each other out, and their refusals have no operation */
#define PROFILES 3

struct request {
	bool used;
	uint8_t operations, direction;
	int32_t id;
};

struct snmp_state {
	struct request requests[REQUESTS_MAX];
	uint8_t profiles[2]; /* bits of `profiles` told, by direction */
};
_Static_assert(sizeof(struct snmp_state) <= DISSECTOR_STATE_MAX, "state too large");

struct snmp {
	const struct pdu *pdu;
	struct snmp_state *state;
	struct observer *observer;
	struct statement about;
	bool proxied; /* the values are another engine's */
};

/* Objects by the contents of their names, and what their values are. */
static const struct object {
	uint8_t len;
	uint8_t name[13];
	enum attribute attribute;
	uint8_t confidence;
	const char *message;
} objects[] = {
	{8, {0x2b, 6, 1, 2, 1, 1, 1, 0}, ATTRIBUTE_DESCRIPTION, 0, "sysDescr"},
	{8, {0x2b, 6, 1, 2, 1, 1, 2, 0}, ATTRIBUTE_SYSTEM_OBJECT_ID, 0, "sysObjectID"},
	{8, {0x2b, 6, 1, 2, 1, 1, 4, 0}, ATTRIBUTE_CONTACT, 0, "sysContact"},
	{8, {0x2b, 6, 1, 2, 1, 1, 5, 0}, ATTRIBUTE_NAME, 0, "sysName"},
	{8, {0x2b, 6, 1, 2, 1, 1, 6, 0}, ATTRIBUTE_LOCATION, 0, "sysLocation"},
	/* Of physical entities the first, which is the chassis where there is one. */
	{12, {0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 8, 1}, ATTRIBUTE_HARDWARE_VERSION, 80, "entPhysicalHardwareRev"},
	{12, {0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 9, 1}, ATTRIBUTE_FIRMWARE_VERSION, 80, "entPhysicalFirmwareRev"},
	{12, {0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 10, 1}, ATTRIBUTE_SOFTWARE_VERSION, 80, "entPhysicalSoftwareRev"},
	{12, {0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 11, 1}, ATTRIBUTE_SERIAL_NUMBER, 80, "entPhysicalSerialNum"},
	{12, {0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 12, 1}, ATTRIBUTE_VENDOR, 80, "entPhysicalMfgName"},
	{12, {0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1, 13, 1}, ATTRIBUTE_MODEL, 80, "entPhysicalModelName"},
	{10, {0x2b, 6, 1, 2, 1, 33, 1, 1, 1, 0}, ATTRIBUTE_VENDOR, 0, "upsIdentManufacturer"},
	{10, {0x2b, 6, 1, 2, 1, 33, 1, 1, 2, 0}, ATTRIBUTE_MODEL, 0, "upsIdentModel"},
	{10, {0x2b, 6, 1, 2, 1, 33, 1, 1, 3, 0}, ATTRIBUTE_FIRMWARE_VERSION, 0, "upsIdentUPSSoftwareVersion"},
	{10, {0x2b, 6, 1, 2, 1, 33, 1, 1, 4, 0}, ATTRIBUTE_SOFTWARE_VERSION, 0, "upsIdentAgentSoftwareVersion"},
	{10, {0x2b, 6, 1, 2, 1, 33, 1, 1, 5, 0}, ATTRIBUTE_NAME, 0, "upsIdentName"},
};

/* Modules that only one kind of device has values of. */
static const struct {
	uint8_t len;
	uint8_t name[7];
	const char *module;
} profiles[PROFILES] = {
	{6, {0x2b, 6, 1, 2, 1, 33}, "UPS-MIB"},
	{6, {0x2b, 6, 1, 2, 1, 43}, "Printer-MIB"},
	{6, {0x2b, 6, 1, 2, 1, 17}, "BRIDGE-MIB"},
};

static const uint8_t trap_oid[] = {0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const uint8_t trap_address[] = {0x2b, 6, 1, 6, 3, 18, 1, 3, 0};
static const uint8_t trap_enterprise[] = {0x2b, 6, 1, 6, 3, 1, 1, 4, 3, 0};

static bool equals(struct cursor c, const uint8_t *bytes, size_t len)
{
	return cursor_left(&c) == len && memcmp(c.at, bytes, len) == 0;
}

static enum framing snmp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t tag = cursor_u8(&bytes);
	size_t length = cursor_u8(&bytes), header = 2;
	if (left > 0 && tag != BER_SEQUENCE)
		return FRAMING_FOREIGN;
	if (length == 0x80 || length > 0x84)
		return FRAMING_FOREIGN;
	if (length > 0x80) {
		size_t octets = length - 0x80;
		header += octets;
		for (length = 0; octets > 0; octets--)
			length = length << 8 | cursor_u8(&bytes);
	}
	int32_t version = VERSION_1;
	struct cursor body = bytes;
	if (cursor_left(&body) >= 5 &&
		(!ber_number(&body, &version) ||
			cursor_peek(&body) != (version == VERSION_3 ? BER_SEQUENCE : BER_OCTETS)))
		return FRAMING_FOREIGN;
	if (version != VERSION_1 && version != VERSION_2C && version != VERSION_3)
		return FRAMING_FOREIGN;
	if (cursor_left(&bytes) < 5)
		return FRAMING_MORE;
	*len = header + length;
	if (left < *len)
		return FRAMING_MORE;
	*len = left; /* old agents pad their datagrams */
	return FRAMING_WHOLE;
}

/* "1.3.6.1.4.1.318"; false when it is no object identifier or too long to be told. */
static bool oid_text(struct cursor c, char *text, size_t size)
{
	size_t used = 0;
	bool first = true;
	while (cursor_left(&c) > 0) {
		uint32_t arc = 0;
		uint8_t octet;
		do {
			if (arc > UINT32_MAX >> 7)
				return false;
			octet = cursor_u8(&c);
			arc = arc << 7 | (octet & 0x7f);
		} while ((octet & 0x80) != 0 && cursor_left(&c) > 0);
		if ((octet & 0x80) != 0)
			return false;
		uint32_t top = arc < 80 ? arc / 40 : 2;
		int len = first ? snprintf(text + used, size - used, "%u.%u", top, arc - top * 40)
				: snprintf(text + used, size - used, ".%u", arc);
		first = false;
		used += (size_t)len;
		if (used >= size)
			return false;
	}
	return !first;
}

static void oid_report(struct snmp *d, const char *message, uint8_t confidence, struct cursor value)
{
	char text[OID_TEXT_MAX];
	struct statement s = d->about;
	s.message = message;
	s.confidence = confidence;
	/* 0.0 is what an agent without a number says. */
	if (oid_text(value, text, sizeof(text)) && strcmp(text, "0.0") != 0)
		observer_fact_string(d->observer, &s, ATTRIBUTE_SYSTEM_OBJECT_ID, text);
}

static void profile_report(struct snmp *d, struct cursor name)
{
	for (unsigned i = 0; i < PROFILES; i++) {
		uint8_t *told = &d->state->profiles[d->pdu->direction];
		size_t len = profiles[i].len;
		if (cursor_left(&name) <= len || memcmp(name.at, profiles[i].name, len) != 0 || *told & 1u << i)
			continue;
		*told = (uint8_t)(*told | 1u << i);
		struct statement s = d->about;
		s.message = "object of the module";
		observer_fact_string(d->observer, &s, ATTRIBUTE_PROFILE, profiles[i].module);
	}
}

/* A value that the subject gave. The exceptions of version 2 (noSuchObject and on) and NULL are none. */
static void binding_report_value(struct snmp *d, struct cursor name, uint8_t tag, struct cursor value)
{
	if (tag >= TAG_NO_SUCH_OBJECT || cursor_left(&value) == 0)
		return;
	profile_report(d, name);
	if (equals(name, trap_enterprise, sizeof(trap_enterprise)) && tag == BER_OID)
		oid_report(d, "snmpTrapEnterprise", 60, value);
	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		const struct object *object = &objects[i];
		if (!equals(name, object->name, object->len))
			continue;
		struct statement s = d->about;
		s.message = object->message;
		s.confidence = object->confidence;
		if (object->attribute == ATTRIBUTE_SYSTEM_OBJECT_ID && tag == BER_OID)
			oid_report(d, object->message, object->confidence, value);
		else if (object->attribute != ATTRIBUTE_SYSTEM_OBJECT_ID && tag == BER_OCTETS)
			observer_fact(d->observer, &s, object->attribute, value.at, cursor_left(&value));
	}
}

/* The agent that a trap names, when it is another one than the sender: a proxy, or behind address translation. */
static void trap_subject(struct snmp *d, struct cursor agent)
{
	if (cursor_left(&agent) != 4 || !binding_ipv4_usable(agent.at))
		return;
	struct address address = address_make(ADDRESS_IPV4, agent.at);
	if (memcmp(&address, &d->pdu->frame->source, sizeof(address)) == 0)
		return;
	d->about.subject = SUBJECT_ADDRESS;
	d->about.address = address;
}

/*
 * The list of names and values to its end. With `report` the values are told. False: malformed. `*inform` is set when
 * it has snmpTrapOID; `*first` becomes the first name.
 */
static bool bindings_read(struct snmp *d, struct cursor list, bool report, bool *inform, struct cursor *first)
{
	*inform = false;
	*first = cursor_over(list.at, 0);
	while (cursor_left(&list) > 0) {
		struct cursor pair, name, value;
		uint8_t tag;
		if (!ber_take(&list, BER_SEQUENCE, &pair) || !ber_take(&pair, BER_OID, &name) ||
			!ber_read(&pair, &tag, &value))
			return false;
		if (cursor_left(first) == 0)
			*first = name;
		if (equals(name, trap_oid, sizeof(trap_oid)))
			*inform = true;
		if (!report && equals(name, trap_address, sizeof(trap_address)) && tag == TAG_IP_ADDRESS)
			trap_subject(d, value);
		if (report)
			binding_report_value(d, name, tag, value);
	}
	return true;
}

static unsigned pdu_operations(uint8_t type)
{
	return type == PDU_SET ? OPERATION_CONFIGURE : OPERATION_DIAGNOSE;
}

static struct request *request_place(struct snmp *d, int32_t id)
{
	return &d->state->requests[(uint32_t)id % REQUESTS_MAX];
}

static void request_say(struct snmp *d, uint8_t type, int32_t id, struct cursor first)
{
	unsigned operations = pdu_operations(type);
	observer_request(d->observer, PROTOCOL_SNMP, operations);
	*request_place(d, id) = (struct request){
		.used = true, .operations = (uint8_t)operations, .direction = d->pdu->direction, .id = id};
	char text[OID_TEXT_MAX];
	if (type != PDU_SET || !oid_text(first, text, sizeof(text)))
		return;
	struct statement s = {.protocol = PROTOCOL_SNMP, .subject = SUBJECT_RECEIVER, .message = "SetRequest"};
	observer_event(d->observer, &s, OPERATION_CONFIGURE, text);
}

static void response_say(struct snmp *d, int32_t id, int32_t error)
{
	struct request *r = request_place(d, id);
	unsigned operations = OPERATION_DIAGNOSE;
	if (r->used && r->id == id && r->direction != d->pdu->direction) {
		operations = r->operations;
		r->used = false;
		observer_confirm(d->observer);
	}
	if (error == 0)
		observer_response(d->observer, PROTOCOL_SNMP, operations);
	else
		observer_refusal(d->observer, PROTOCOL_SNMP, operations);
}

static bool trap_v1_read(struct snmp *d, struct cursor c)
{
	struct cursor enterprise, agent, time, list, first;
	int32_t generic, specific;
	uint8_t tag;
	bool inform;
	if (!ber_take(&c, BER_OID, &enterprise) || !ber_take(&c, TAG_IP_ADDRESS, &agent) || !ber_number(&c, &generic) ||
		!ber_number(&c, &specific) || !ber_read(&c, &tag, &time) || !ber_take(&c, BER_SEQUENCE, &list))
		return false;
	observer_response(d->observer, PROTOCOL_SNMP, OPERATION_DIAGNOSE);
	trap_subject(d, agent);
	if (generic >= 0 && generic < GENERIC_TRAPS)
		oid_report(d, "trap enterprise", d->about.subject == SUBJECT_SENDER ? 85 : 60, enterprise);
	return bindings_read(d, list, false, &inform, &first) &&
	       (d->about.subject != SUBJECT_SENDER || bindings_read(d, list, true, &inform, &first));
}

static bool pdu_read(struct snmp *d, uint8_t type, struct cursor c)
{
	struct cursor list, first;
	int32_t id, error, index;
	bool inform;
	if (type == PDU_TRAP_V1)
		return trap_v1_read(d, c);
	if (type < PDU_GET || type > PDU_REPORT || !ber_number(&c, &id) || !ber_number(&c, &error) ||
		!ber_number(&c, &index) || !ber_take(&c, BER_SEQUENCE, &list) ||
		!bindings_read(d, list, false, &inform, &first))
		return false;
	bool acknowledges = type == PDU_RESPONSE && inform;
	if (type == PDU_TRAP || type == PDU_INFORM)
		observer_response(d->observer, PROTOCOL_SNMP, OPERATION_DIAGNOSE);
	else if (acknowledges)
		observer_request(d->observer, PROTOCOL_SNMP, OPERATION_NONE);
	else if (type == PDU_RESPONSE)
		response_say(d, id, error);
	else if (type == PDU_REPORT)
		observer_response(d->observer, PROTOCOL_SNMP, OPERATION_NONE);
	else
		request_say(d, type, id, first);
	bool own = type == PDU_TRAP || type == PDU_INFORM || (type == PDU_RESPONSE && error == 0 && !acknowledges);
	return !own || d->proxied || bindings_read(d, list, true, &inform, &first);
}

/* The engine of the security parameters is the sender's own in everything that wants no answer (RFC 3414, 3.1 and 4).
 */
static void engine_report(struct snmp *d, struct cursor engine)
{
	char text[2 * ENGINE_MAX + 1];
	size_t len = cursor_left(&engine);
	if (len < ENGINE_MIN || len > ENGINE_MAX)
		return;
	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", engine.at[i]);
	struct statement s = d->about;
	s.message = "msgAuthoritativeEngineID";
	observer_fact_string(d->observer, &s, ATTRIBUTE_DEVICE_ID, text);
}

static bool version_3_read(struct snmp *d, struct cursor c)
{
	struct cursor global, flags, security, parameters, engine, scoped, context, name, content;
	int32_t id, largest;
	uint8_t tag;
	engine = cursor_over(c.at, 0);
	if (!ber_take(&c, BER_SEQUENCE, &global) || !ber_number(&global, &id) || !ber_number(&global, &largest) ||
		!ber_take(&global, BER_OCTETS, &flags) || cursor_left(&flags) != 1 ||
		!ber_take(&c, BER_OCTETS, &security) || !ber_read(&c, &tag, &scoped))
		return false;
	bool reportable = cursor_peek(&flags) & FLAG_REPORTABLE;
	bool known = ber_take(&security, BER_SEQUENCE, &parameters) && ber_take(&parameters, BER_OCTETS, &engine);
	if (known && !reportable)
		engine_report(d, engine);
	if (tag == BER_OCTETS) { /* encrypted: only who wants an answer can be seen */
		if (reportable)
			observer_request(d->observer, PROTOCOL_SNMP, OPERATION_DIAGNOSE);
		else
			observer_response(d->observer, PROTOCOL_SNMP, OPERATION_DIAGNOSE);
		return true;
	}
	if (tag != BER_SEQUENCE || !ber_take(&scoped, BER_OCTETS, &context) || !ber_take(&scoped, BER_OCTETS, &name) ||
		!ber_read(&scoped, &tag, &content))
		return false;
	d->proxied = known && cursor_left(&context) > 0 && !equals(context, engine.at, cursor_left(&engine));
	return pdu_read(d, tag, content);
}

static bool snmp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct snmp d = {.pdu = pdu, .observer = observer};
	struct cursor message, community, content;
	int32_t version;
	uint8_t tag;
	d.state = state;
	d.about.protocol = PROTOCOL_SNMP;
	d.about.subject = SUBJECT_SENDER;
	if (!ber_take(&bytes, BER_SEQUENCE, &message) || !ber_number(&message, &version))
		return false;
	if (version == VERSION_3)
		return version_3_read(&d, message);
	return ber_take(&message, BER_OCTETS, &community) && ber_read(&message, &tag, &content) &&
	       pdu_read(&d, tag, content);
}

extern const struct dissector snmp_dissector;
const struct dissector snmp_dissector = {
	.name = "snmp",
	.protocol = PROTOCOL_SNMP,
	.reference = "RFC 3416",
	.udp_ports = (const uint16_t[]){161, 162, 0},
	.udp_any = true,
	.state_size = sizeof(struct snmp_state),
	.pdu_max = 65535,
	.frame = snmp_frame,
	.dissect = snmp_dissect,
};
