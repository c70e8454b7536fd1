/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnp3_application.c - what the header of an application fragment says (IEEE 1815-2012, 4.2.2).
 *
 *	+-----+-----+-----+-----+------------+----------+----------+----------+---------+
 *	| FIR | FIN | CON | UNS | sequence 4 | function |  IIN1 8  |  IIN2 8  | objects |
 *	+-----+-----+-----+-----+------------+----------+----------+----------+---------+
 *	                                                  responses only
 *
 * Function codes 1 to 33 are requests and make the sender a master; 129 to 131 are responses
 * and make it an outstation, also when it opened the connection.
 */
#include "dnp3.h"
#include "compose.h"


#define BROADCAST_FIRST 0xfffd /* destinations from here on are everybody; nobody answers */

enum {
	FUNCTION_CONFIRM = 0,
	FUNCTION_READ = 1,
	FUNCTION_WRITE = 2,
	FUNCTION_OPEN_FILE = 25,
	FUNCTION_AUTHENTICATE = 32,
	FUNCTION_REQUEST_LAST = 33,
	FUNCTION_UNSOLICITED = 130,
	FUNCTION_AUTHENTICATE_RESPONSE = 131
};

#define INDICATIONS_REFUSED 0x0700 /* IIN2.0 function not supported, IIN2.1 object unknown, IIN2.2 parameter error */

/* What a function code does, and the words for it when it is an event. */
struct function {
	uint8_t operations;
	const char *event;
};

static const struct function functions[FUNCTION_REQUEST_LAST + 1] = {
	[FUNCTION_READ] = {OPERATION_READ, NULL},
	[FUNCTION_WRITE] = {OPERATION_WRITE, NULL},
	[3] = {OPERATION_CONTROL, NULL}, /* select: arms an output and moves nothing yet */
	[4] = {OPERATION_CONTROL, "operate (4)"},
	[5] = {OPERATION_CONTROL, "direct operate (5)"},
	[6] = {OPERATION_CONTROL, "direct operate, no response (6)"},
	[7] = {OPERATION_WRITE, NULL}, /* freezes copy, and some clear, counters; no output moves */
	[8] = {OPERATION_WRITE, NULL},
	[9] = {OPERATION_WRITE, NULL},
	[10] = {OPERATION_WRITE, NULL},
	[11] = {OPERATION_WRITE, NULL},
	[12] = {OPERATION_WRITE, NULL},
	[13] = {OPERATION_CONTROL, "cold restart (13)"},
	[14] = {OPERATION_CONTROL, "warm restart (14)"},
	[15] = {OPERATION_CONTROL, "initialize data (15)"},
	[16] = {OPERATION_CONTROL, "initialize application (16)"},
	[17] = {OPERATION_CONTROL, "start application (17)"},
	[18] = {OPERATION_CONTROL, "stop application (18)"},
	[19] = {OPERATION_CONFIGURE, "save configuration (19)"},
	[20] = {OPERATION_CONFIGURE, NULL}, /* enable unsolicited */
	[21] = {OPERATION_CONFIGURE, NULL}, /* disable unsolicited */
	[22] = {OPERATION_CONFIGURE, NULL}, /* assign class */
	[23] = {OPERATION_DIAGNOSE, NULL},  /* delay measurement */
	[24] = {OPERATION_CONFIGURE, NULL}, /* record current time: the first half of setting the clock */
	[FUNCTION_OPEN_FILE] = {OPERATION_FILE, "open file (25)"},
	[26] = {OPERATION_FILE, NULL},
	[27] = {OPERATION_FILE, "delete file (27)"},
	[28] = {OPERATION_FILE, NULL},
	[29] = {OPERATION_FILE, NULL},
	[30] = {OPERATION_FILE, NULL},
	[31] = {OPERATION_CONFIGURE, "activate configuration (31)"},
	[FUNCTION_AUTHENTICATE] = {OPERATION_CONFIGURE, NULL},
	[33] = {OPERATION_CONFIGURE, NULL},
};

/*
 * Internal indications that say something of the device and not of the exchange (4.2.2.6), in the
 * order of the bits of condition_bits().
 */
static const struct {
	const char *value, *message;
} conditions[] = {
	{"need time", "IIN1.4"},
	{"local control", "IIN1.5"},
	{"device trouble", "IIN1.6"},
	{"device restart", "IIN1.7"},
	{"event buffer overflow", "IIN2.3"},
	{"configuration corrupt", "IIN2.5"},
};

static unsigned condition_bits(uint16_t indications)
{
	return (indications >> 4 & 0x0fu) | (indications >> 7 & 0x10u) | (indications >> 8 & 0x20u);
}

static void security_report(struct dnp3_link *link, const char *message)
{
	if (link->sender->marks & DNP3_STATION_SECURE)
		return;
	link->sender->marks |= DNP3_STATION_SECURE;
	struct statement s = {.protocol = PROTOCOL_DNP3,
		.subject = SUBJECT_SENDER,
		.message = message,
		.path = path_number(PATH_DNP3_ADDRESS, link->source)};
	observer_fact_string(link->observer, &s, ATTRIBUTE_SECURITY, "secure authentication in use");
}

bool dnp3_application_read(struct cursor c, struct dnp3_application *a)
{
	a->control = cursor_u8(&c);
	a->function = cursor_u8(&c);
	a->indications = a->function >= DNP3_FUNCTION_RESPONSE ? cursor_le16(&c) : 0;
	a->objects = c;
	return cursor_ok(&c);
}

/* What reading or writing does depends on the first object. */
static unsigned request_operations(const struct dnp3_application *a)
{
	struct dnp3_header header;
	struct cursor objects = a->objects;
	unsigned operations = functions[a->function].operations;
	if ((a->function != FUNCTION_READ && a->function != FUNCTION_WRITE) || !dnp3_header_read(&objects, &header))
		return operations;
	bool write = a->function == FUNCTION_WRITE;
	switch (header.group) {
	case DNP3_GROUP_ATTRIBUTE:
		return write ? OPERATION_CONFIGURE : OPERATION_DIAGNOSE;
	case DNP3_GROUP_FILE:
		return OPERATION_FILE;
	case DNP3_GROUP_BINARY_OUTPUT:
		return write ? OPERATION_CONTROL : operations;
	case DNP3_GROUP_ANALOG_DEADBAND:
	case DNP3_GROUP_TIME:
	case DNP3_GROUP_INDICATIONS: /* clears the restart flag */
	case DNP3_GROUP_AUTHENTICATION:
		return write ? OPERATION_CONFIGURE : operations;
	default:
		return operations;
	}
}

/* An event is about the link; which of the stations behind the receiver it concerns is its detail. */
static void request_event(
	struct dnp3_link *link, const struct dnp3_application *a, const char *event, unsigned operation)
{
	struct composed detail = composed_start();
	struct statement s = {.protocol = PROTOCOL_DNP3, .subject = SUBJECT_RECEIVER, .message = event};
	struct cursor name = operation == OPERATION_FILE ? dnp3_file_name(a->objects) : cursor_empty();
	compose(&detail, link->target >= BROADCAST_FIRST ? "broadcast " : "outstation ");
	compose_number(&detail, link->target);
	compose(&detail, cursor_left(&name) > 0 ? ": " : "");
	compose_bytes(&detail, name.at, cursor_left(&name) < 255 ? cursor_left(&name) : 255);
	observer_event(link->observer, &s, (enum operation)operation, detail.text);
}

static void request(struct dnp3_link *link, const struct dnp3_application *a)
{
	unsigned operations = request_operations(a);
	struct dnp3_header header;
	struct cursor objects = a->objects;
	link->sender->marks |= DNP3_STATION_MASTER;
	observer_request(link->observer, PROTOCOL_DNP3, operations);
	if (functions[a->function].event != NULL)
		request_event(link, a, functions[a->function].event, operations);
	if (a->function >= FUNCTION_AUTHENTICATE)
		security_report(link, "authentication request");
	else if (dnp3_header_read(&objects, &header) && header.group == DNP3_GROUP_AUTHENTICATION)
		security_report(link, "group 120 authentication object");
	if (link->target < BROADCAST_FIRST) {
		struct dnp3_request *r = &link->state->requests[link->target % DNP3_REQUESTS_MAX];
		r->outstation = link->target;
		r->sequence = (a->control & DNP3_APPLICATION_SEQUENCE) | DNP3_REQUEST_PENDING;
		r->operations = (uint8_t)operations;
	}
}

/* What a response grants: what was asked for with its sequence number, else what it can be seen to do. */
static unsigned response_operations(struct dnp3_link *link, const struct dnp3_application *a)
{
	unsigned shown = cursor_left(&a->objects) > 0 ? OPERATION_READ : OPERATION_NONE;
	struct dnp3_request *r = &link->state->requests[link->source % DNP3_REQUESTS_MAX];
	if (a->function == FUNCTION_AUTHENTICATE_RESPONSE)
		return OPERATION_CONFIGURE;
	if (a->function == FUNCTION_UNSOLICITED || !(a->control & DNP3_APPLICATION_FIR) ||
		r->outstation != link->source ||
		r->sequence != ((a->control & DNP3_APPLICATION_SEQUENCE) | DNP3_REQUEST_PENDING))
		return shown;
	return r->operations;
}

static void conditions_report(struct dnp3_link *link, uint16_t indications)
{
	unsigned news = condition_bits(indications) & ~(unsigned)link->sender->status;
	if (news == 0)
		return;
	struct statement s = {.protocol = PROTOCOL_DNP3, .subject = SUBJECT_SENDER, .path = path_number(PATH_DNP3_ADDRESS, link->source)};
	link->sender->status = (uint8_t)(link->sender->status | news);
	for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		s.message = conditions[i].message;
		if (news & 1u << i)
			observer_fact_string(link->observer, &s, ATTRIBUTE_STATUS, conditions[i].value);
	}
}

static void response(struct dnp3_link *link, const struct dnp3_application *a)
{
	unsigned operations = response_operations(link, a);
	link->sender->marks |= DNP3_STATION_OUTSTATION;
	if (a->indications & INDICATIONS_REFUSED ||
		(operations == OPERATION_CONTROL && dnp3_control_failed(a->objects)))
		observer_refusal(link->observer, PROTOCOL_DNP3, operations);
	else
		observer_response(link->observer, PROTOCOL_DNP3, operations);
	dnp3_outstation_present(link, a->function == FUNCTION_UNSOLICITED     ? "FC 130 unsolicited response"
				      : a->function == DNP3_FUNCTION_RESPONSE ? "FC 129 response"
									      : "FC 131 authentication response");
	conditions_report(link, a->indications);
	if (a->function == FUNCTION_AUTHENTICATE_RESPONSE)
		security_report(link, "authentication response");
}

void dnp3_application_announce(struct dnp3_link *link, const struct dnp3_application *a)
{
	if (a->function > FUNCTION_CONFIRM && a->function <= FUNCTION_REQUEST_LAST)
		request(link, a);
	else if (a->function >= DNP3_FUNCTION_RESPONSE && a->function <= FUNCTION_AUTHENTICATE_RESPONSE)
		response(link, a);
	else
		dnp3_role_by_link(link);
}

void dnp3_message_read(struct dnp3_link *link, struct cursor objects)
{
	if (dnp3_objects_read(objects, link->source, link->observer))
		security_report(link, "group 120 authentication object");
}
