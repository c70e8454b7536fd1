/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bacnet_apdu.c - application PDUs of BACnet (ANSI/ASHRAE 135, 20.1).
 *
 *	confirmed request:   | 0 SEG MOR SA | limits 8 | invoke id 8 | (sequence 8, window 8) | service 8 | ...
 *	unconfirmed request: | 1            | service 8 | ...
 *	simple ack:          | 2            | invoke id 8 | service 8 |
 *	complex ack:         | 3 SEG MOR    | invoke id 8 | (sequence 8, window 8) | service 8 | ...
 *	segment ack:         | 4 NAK SRV    | invoke id 8 | sequence 8 | window 8 |
 *	error:               | 5            | invoke id 8 | service 8 | ...
 *	reject:              | 6            | invoke id 8 | reason 8 |
 *	abort:               | 7 SRV        | invoke id 8 | reason 8 |
 *
 * A device that pushes values or alarms (COV and event notifications) sends requests, yet it is
 * the one that has the data: it is counted as answering, as is I-Am.
 */
#include <stdio.h>
#include <string.h>

#include "bacnet.h"

enum {
	TYPE_CONFIRMED,
	TYPE_UNCONFIRMED,
	TYPE_SIMPLE_ACK,
	TYPE_COMPLEX_ACK,
	TYPE_SEGMENT_ACK,
	TYPE_ERROR,
	TYPE_REJECT,
	TYPE_ABORT
};
enum { FLAG_SEGMENTED = 0x08, FLAG_MORE = 0x04, FLAG_SERVER = 0x01 };
enum {
	CONFIRMED_COV = 1,
	CONFIRMED_EVENT = 2,
	READ_FILE = 6,
	WRITE_FILE = 7,
	READ_PROPERTY = 12,
	READ_PROPERTY_MULTIPLE = 14,
	WRITE_PROPERTY = 15,
	WRITE_PROPERTY_MULTIPLE = 16,
	DEVICE_COMMUNICATION_CONTROL = 17,
	REINITIALIZE_DEVICE = 20,
	CONFIRMED_COV_MULTIPLE = 31,
	CONFIRMED_SERVICES = 36
};
enum {
	I_AM = 0,
	I_HAVE = 1,
	UNCONFIRMED_COV = 2,
	UNCONFIRMED_EVENT = 3,
	TIME_SYNCHRONIZATION = 6,
	WHO_HAS = 7,
	WHO_IS = 8,
	UTC_TIME_SYNCHRONIZATION = 9,
	WRITE_GROUP = 10,
	UNCONFIRMED_COV_MULTIPLE = 11,
	WHO_AM_I = 13
};

static bool is_notification(unsigned service)
{
	return service == CONFIRMED_COV || service == CONFIRMED_EVENT || service == CONFIRMED_COV_MULTIPLE;
}

/* What a confirmed service does; reading and writing may be sharpened by the object. */
static unsigned service_operations(unsigned service)
{
	static const uint8_t operations[CONFIRMED_SERVICES] = {
		[0] = OPERATION_WRITE, /* acknowledge alarm */
		[CONFIRMED_COV] = OPERATION_READ,
		[CONFIRMED_EVENT] = OPERATION_READ,
		[3] = OPERATION_READ, /* alarm summary */
		[4] = OPERATION_READ, /* enrollment summary */
		[5] = OPERATION_READ, /* subscribe COV */
		[READ_FILE] = OPERATION_FILE,
		[WRITE_FILE] = OPERATION_FILE,
		[8] = OPERATION_WRITE,      /* add list element */
		[9] = OPERATION_WRITE,      /* remove list element */
		[10] = OPERATION_CONFIGURE, /* create object */
		[11] = OPERATION_CONFIGURE, /* delete object */
		[READ_PROPERTY] = OPERATION_READ,
		[13] = OPERATION_READ, /* read property conditional */
		[READ_PROPERTY_MULTIPLE] = OPERATION_READ,
		[WRITE_PROPERTY] = OPERATION_WRITE,
		[WRITE_PROPERTY_MULTIPLE] = OPERATION_WRITE,
		[DEVICE_COMMUNICATION_CONTROL] = OPERATION_CONTROL,
		[REINITIALIZE_DEVICE] = OPERATION_CONTROL,
		[21] = OPERATION_CONFIGURE, /* a virtual terminal is opened, closed, typed at */
		[22] = OPERATION_CONFIGURE,
		[23] = OPERATION_CONFIGURE,
		[26] = OPERATION_READ,    /* read range */
		[27] = OPERATION_CONTROL, /* life safety operation */
		[28] = OPERATION_READ,    /* subscribe COV property */
		[29] = OPERATION_READ,    /* event information */
		[30] = OPERATION_READ,    /* subscribe COV property multiple */
		[CONFIRMED_COV_MULTIPLE] = OPERATION_READ,
	};
	return service < CONFIRMED_SERVICES ? operations[service] : OPERATION_NONE;
}

/* Reading the device object asks who somebody is; writing to it changes its settings. */
static unsigned request_operations(unsigned service, struct cursor c)
{
	struct bacnet_tag object;
	unsigned operations = service_operations(service);
	if ((operations != OPERATION_READ && operations != OPERATION_WRITE) || service < READ_PROPERTY ||
		service > WRITE_PROPERTY_MULTIPLE || !bacnet_context_read(&c, 0, &object) ||
		bacnet_object_type(bacnet_unsigned(&object)) != BACNET_OBJECT_DEVICE)
		return operations;
	return operations == OPERATION_READ ? OPERATION_DIAGNOSE : OPERATION_CONFIGURE;
}

static struct bacnet_request *request_find(struct bacnet *b, uint8_t invoke, unsigned direction)
{
	if (b->state == NULL)
		return NULL;
	struct bacnet_request *r = &b->state->requests[invoke % BACNET_REQUESTS_MAX];
	return r->used && r->invoke == invoke && r->direction == direction ? r : NULL;
}

/* The request that this PDU settles. It is forgotten, and what it asked for is granted or refused. */
static void response_match(struct bacnet *b, uint8_t invoke, struct bacnet_request *request)
{
	struct bacnet_request *r = request_find(b, invoke, !b->pdu->direction);
	*request = (struct bacnet_request){.used = false};
	if (r == NULL)
		return;
	*request = *r;
	r->used = false;
	observer_confirm(b->observer);
}

static void event_report(struct bacnet *b, const char *message, enum operation operation, const char *detail)
{
	struct statement s = {.protocol = PROTOCOL_BACNET, .subject = SUBJECT_RECEIVER, .message = message};
	observer_event(b->observer, &s, operation, detail);
}

/* What a device is told to do with itself. Passwords stand behind the numbers read here, and stay there. */
static unsigned control_report(struct bacnet *b, unsigned service, struct cursor c)
{
	static const char *const restarts[] = {"cold start", "warm start", "start of backup", "end of backup",
		"start of restore", "end of restore", "restore given up", "changes activated"};
	static const char *const silences[] = {
		"communication enabled", "communication disabled", "initiation disabled"};
	struct bacnet_tag tag;
	struct cursor duration = c;
	if (service == DEVICE_COMMUNICATION_CONTROL) {
		if (bacnet_context_read(&duration, 0, &tag)) /* how long, or for ever */
			c = duration;
		if (bacnet_context_read(&c, 1, &tag) && bacnet_unsigned(&tag) < 3)
			event_report(
				b, "DeviceCommunicationControl", OPERATION_CONTROL, silences[bacnet_unsigned(&tag)]);
		return OPERATION_CONTROL;
	}
	if (!bacnet_context_read(&c, 0, &tag) || bacnet_unsigned(&tag) >= sizeof(restarts) / sizeof(*restarts))
		return OPERATION_CONTROL;
	unsigned what = bacnet_unsigned(&tag);
	enum operation operation = what < 2 ? OPERATION_CONTROL : OPERATION_CONFIGURE;
	event_report(b, "ReinitializeDevice", operation, restarts[what]);
	return operation;
}

static bool confirmed_read(struct bacnet *b, uint8_t first, struct cursor c)
{
	cursor_skip(&c, 1);
	uint8_t invoke = cursor_u8(&c);
	unsigned sequence = 0;
	if (first & FLAG_SEGMENTED) {
		sequence = cursor_u8(&c);
		cursor_skip(&c, 1);
	}
	uint8_t service = cursor_u8(&c);
	if (!cursor_ok(&c))
		return false;
	struct cursor data = sequence == 0 ? c : cursor_empty(); /* later segments begin anywhere */
	unsigned operations = request_operations(service, data);
	bool notification = is_notification(service);
	if (notification)
		bacnet_answers(b, operations,
			service == CONFIRMED_EVENT ? "ConfirmedEventNotification" : "ConfirmedCOVNotification");
	else if (service == REINITIALIZE_DEVICE || service == DEVICE_COMMUNICATION_CONTROL)
		observer_request(b->observer, PROTOCOL_BACNET, operations = control_report(b, service, data));
	else
		observer_request(b->observer, PROTOCOL_BACNET, operations);
	if (service == WRITE_FILE)
		event_report(b, "AtomicWriteFile", OPERATION_FILE, NULL);
	if (b->state != NULL)
		b->state->requests[invoke % BACNET_REQUESTS_MAX] = (struct bacnet_request){.used = true,
			.notification = notification,
			.invoke = invoke,
			.direction = b->pdu->direction,
			.operations = (uint8_t)operations};
	return true;
}

/* I-Am: device, largest APDU, segmentation, vendor (20.1 and 16.10). */
static bool i_am_read(struct bacnet *b, struct cursor c)
{
	struct bacnet_tag device, limit, segmentation, vendor;
	if (!bacnet_application_read(&c, BACNET_OBJECT_IDENTIFIER, &device) ||
		!bacnet_application_read(&c, BACNET_UNSIGNED, &limit) ||
		!bacnet_application_read(&c, BACNET_ENUMERATED, &segmentation) ||
		!bacnet_application_read(&c, BACNET_UNSIGNED, &vendor) || device.length != 4 ||
		bacnet_object_type(bacnet_unsigned(&device)) != BACNET_OBJECT_DEVICE)
		return false;
	b->about.message = "I-Am";
	bacnet_answers(b, OPERATION_DIAGNOSE, "I-Am");
	bacnet_instance_report(b, bacnet_unsigned(&device));
	bacnet_vendor_report(b, bacnet_unsigned(&vendor));
	return true;
}

/* I-Have: device, object, name of the object (16.9). */
static bool i_have_read(struct bacnet *b, struct cursor c)
{
	struct bacnet_tag device, object, name;
	if (!bacnet_application_read(&c, BACNET_OBJECT_IDENTIFIER, &device) ||
		!bacnet_application_read(&c, BACNET_OBJECT_IDENTIFIER, &object) ||
		!bacnet_application_read(&c, BACNET_CHARACTERS, &name) || device.length != 4 || object.length != 4)
		return false;
	b->about.message = "I-Have";
	bacnet_answers(b, OPERATION_DIAGNOSE, "I-Have");
	bacnet_instance_report(b, bacnet_unsigned(&device));
	if (bacnet_object_type(bacnet_unsigned(&object)) == BACNET_OBJECT_DEVICE)
		bacnet_text_report(b, ATTRIBUTE_NAME, name.content);
	return true;
}

/* Who-Am-I: vendor, model, serial number of a device that has no instance yet (16.11). */
static bool who_am_i_read(struct bacnet *b, struct cursor c)
{
	struct bacnet_tag vendor, model, serial;
	if (!bacnet_application_read(&c, BACNET_UNSIGNED, &vendor) ||
		!bacnet_application_read(&c, BACNET_CHARACTERS, &model) ||
		!bacnet_application_read(&c, BACNET_CHARACTERS, &serial))
		return false;
	b->about.message = "Who-Am-I";
	bacnet_answers(b, OPERATION_DIAGNOSE, "Who-Am-I");
	bacnet_vendor_report(b, bacnet_unsigned(&vendor));
	bacnet_text_report(b, ATTRIBUTE_MODEL, model.content);
	bacnet_text_report(b, ATTRIBUTE_SERIAL_NUMBER, serial.content);
	return true;
}

static bool unconfirmed_read(struct bacnet *b, struct cursor c)
{
	uint8_t service = cursor_u8(&c);
	if (!cursor_ok(&c))
		return false;
	switch (service) {
	case I_AM:
		return i_am_read(b, c);
	case I_HAVE:
		return i_have_read(b, c);
	case WHO_AM_I:
		return who_am_i_read(b, c);
	case UNCONFIRMED_COV:
	case UNCONFIRMED_COV_MULTIPLE:
		bacnet_answers(b, OPERATION_READ, "UnconfirmedCOVNotification");
		return true;
	case UNCONFIRMED_EVENT:
		bacnet_answers(b, OPERATION_READ, "UnconfirmedEventNotification");
		return true;
	case TIME_SYNCHRONIZATION:
	case UTC_TIME_SYNCHRONIZATION:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_CONFIGURE);
		return true;
	case WHO_HAS:
	case WHO_IS:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_DIAGNOSE);
		return true;
	case WRITE_GROUP:
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_WRITE);
		return true;
	default: /* private transfers and text messages go any way */
		observer_exchange(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		return true;
	}
}

/* The data of a complex acknowledgement, whole. */
static bool acknowledged_read(struct bacnet *b, uint8_t service, struct cursor c, const struct bacnet_request *request)
{
	unsigned operations = request->used ? request->operations : service_operations(service);
	bool good = true;
	if (service == READ_PROPERTY)
		good = bacnet_property_ack(b, c, &operations);
	else if (service == READ_PROPERTY_MULTIPLE)
		good = bacnet_properties_ack(b, c, &operations);
	bacnet_answers(b, operations, "ComplexACK");
	return good;
}

/*
 * One segment of a complex acknowledgement. Segments come in order or not at all, lost ones are sent again (5.2);
 * a gap gives the message up.
 */
static bool segment_read(struct bacnet *b, uint8_t first, uint8_t invoke, struct cursor c)
{
	uint8_t sequence = cursor_u8(&c);
	cursor_skip(&c, 1);
	uint8_t service = cursor_u8(&c);
	struct bacnet_request *r = request_find(b, invoke, !b->pdu->direction);
	if (!cursor_ok(&c))
		return false;
	bacnet_answers(b, r != NULL ? r->operations : service_operations(service), "ComplexACK");
	if (b->state == NULL)
		return true;
	unsigned slot = invoke % ASSEMBLY_SLOTS;
	struct bacnet_stream *s = &b->state->streams[slot];
	bool known = s->used && s->invoke == invoke && s->direction == b->pdu->direction && s->source == b->place;
	if (sequence == 0 && !(known && s->next == 1)) {
		*s = (struct bacnet_stream){.used = true, .invoke = invoke, .direction = b->pdu->direction};
		s->source = b->place;
		assembly_drop(b->observer, slot);
	} else if (known && sequence == (uint8_t)(s->next - 1)) {
		return true; /* sent again */
	} else if (!known || sequence != s->next) {
		s->used = s->used && !known;
		return true;
	}
	s->next++;
	if (!b->pdu->whole || !assembly_add(b->observer, slot, c)) {
		s->used = false;
	} else if (!(first & FLAG_MORE)) {
		struct bacnet_request request;
		response_match(b, invoke, &request);
		s->used = false;
		/* what does not hold is not reported; the segment itself was good */
		return acknowledged_read(b, service, assembly_get(b->observer, slot), &request);
	}
	return true;
}

static bool complex_ack_read(struct bacnet *b, uint8_t first, struct cursor c)
{
	struct bacnet_request request;
	uint8_t invoke = cursor_u8(&c);
	if (first & FLAG_SEGMENTED)
		return segment_read(b, first, invoke, c);
	uint8_t service = cursor_u8(&c);
	if (!cursor_ok(&c))
		return false;
	response_match(b, invoke, &request);
	return acknowledged_read(b, service, c, &request);
}

/* Simple acknowledgement, error, reject: what was asked is granted or refused. */
static bool settled_read(struct bacnet *b, unsigned type, struct cursor c)
{
	struct bacnet_request request;
	uint8_t invoke = cursor_u8(&c);
	uint8_t service = cursor_u8(&c); /* or the reason of a reject */
	if (!cursor_ok(&c))
		return false;
	response_match(b, invoke, &request);
	bool named = type != TYPE_REJECT;
	unsigned operations = request.used ? request.operations : named ? service_operations(service) : OPERATION_NONE;
	if (request.notification || (named && is_notification(service))) {
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
	} else if (type == TYPE_SIMPLE_ACK) {
		bacnet_answers(b, operations, "SimpleACK");
	} else {
		bacnet_answers(b, OPERATION_NONE, type == TYPE_ERROR ? "Error" : "Reject");
		observer_refusal(b->observer, PROTOCOL_BACNET, operations);
	}
	return true;
}

static bool abort_read(struct bacnet *b, uint8_t first, struct cursor c)
{
	struct bacnet_request request = {.used = false};
	uint8_t invoke = cursor_u8(&c);
	cursor_skip(&c, 1);
	if (!cursor_ok(&c))
		return false;
	if (!(first & FLAG_SERVER)) {
		observer_request(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		return true;
	}
	response_match(b, invoke, &request);
	observer_refusal(b->observer, PROTOCOL_BACNET, request.operations);
	return true;
}

bool bacnet_apdu_read(struct bacnet *b, struct cursor c)
{
	uint8_t first = cursor_u8(&c);
	unsigned type = first >> 4;
	if (!cursor_ok(&c))
		return false;
	switch (type) {
	case TYPE_CONFIRMED:
		return confirmed_read(b, first, c);
	case TYPE_UNCONFIRMED:
		return unconfirmed_read(b, c);
	case TYPE_COMPLEX_ACK:
		return complex_ack_read(b, first, c);
	case TYPE_SIMPLE_ACK:
	case TYPE_ERROR:
	case TYPE_REJECT:
		return settled_read(b, type, c);
	case TYPE_SEGMENT_ACK:
		if (first & FLAG_SERVER)
			observer_response(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		else
			observer_request(b->observer, PROTOCOL_BACNET, OPERATION_NONE);
		return cursor_left(&c) >= 3;
	case TYPE_ABORT:
		return abort_read(b, first, c);
	default:
		return false;
	}
}
