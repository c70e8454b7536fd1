/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mms.c - Manufacturing Message Specification: who asks, what is done, and Identify.
 *
 * Follows ISO 9506-2 over ISO 8650 (ACSE), ISO 8823 (presentation) and ISO 8327 (session).
 *
 *	session connect 0x0D, accept 0x0E: parameters; the MMS object identifier 1.0.9506.2 is inside
 *	session data 01 00 01 00:
 *	+------------+----------+---------------------+------------+--------------------------------+
 *	| 61 length  | 30 length| 02 01 context       | A0 length  | MMS PDU: tag, length, content  |
 *	+------------+----------+---------------------+------------+--------------------------------+
 *	MMS PDU: A0 confirmed request, A1 response, A2 error, A3 unconfirmed, A8/A9 initiate, ...;
 *	confirmed ones hold 02 length invoke-id and the service, whose tag number is in `services`.
 */
#include "mms.h"

#include <string.h>

enum { SESSION_CONNECT = 0x0d, SESSION_ACCEPT = 0x0e };

enum {
	PDU_REQUEST = 0xa0,
	PDU_RESPONSE = 0xa1,
	PDU_ERROR = 0xa2,
	PDU_UNCONFIRMED = 0xa3,
	PDU_INITIATE_REQUEST = 0xa8,
	PDU_INITIATE_RESPONSE = 0xa9,
	PDU_INITIATE_ERROR = 0xaa
};

#define SERVICE_IDENTIFY 2

/* Content of the next BER element with this tag; empty and failed when it is another, or of unknown length. */
static struct cursor element_take(struct cursor *c, uint8_t tag)
{
	if (cursor_u8(c) != tag)
		cursor_fail(c);
	size_t len = cursor_u8(c);
	if (len == 0x81)
		len = cursor_u8(c);
	else if (len == 0x82)
		len = cursor_be16(c);
	else if (len >= 0x80)
		cursor_fail(c);
	return cursor_take(c, len);
}

static unsigned service_operation(unsigned service)
{
	static const struct {
		uint8_t first, last, operation;
	} services[] = {
		{0, 2, OPERATION_DIAGNOSE}, /* status, get name list, identify */
		{4, 4, OPERATION_READ},
		{5, 5, OPERATION_WRITE},
		{6, 6, OPERATION_DIAGNOSE},   /* variable access attributes */
		{7, 11, OPERATION_CONFIGURE}, /* define and delete variables and lists */
		{12, 12, OPERATION_DIAGNOSE},
		{13, 13, OPERATION_CONFIGURE},
		{26, 36, OPERATION_PROGRAM}, /* download and upload of domains */
		{38, 44, OPERATION_CONTROL}, /* program invocations: create, start, stop, reset, kill */
		{72, 77, OPERATION_FILE},
	};
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (service >= services[i].first && service <= services[i].last)
			return services[i].operation;
	return OPERATION_NONE;
}

/* Identify: vendor, model, revision as tags 80, 81, 82. */
static void identify_read(struct cursor service, struct observer *observer)
{
	static const uint8_t attributes[] = {ATTRIBUTE_VENDOR, ATTRIBUTE_MODEL, ATTRIBUTE_REVISION};
	struct statement s = {.protocol = PROTOCOL_MMS, .subject = SUBJECT_SENDER, .message = "MMS Identify"};
	struct cursor c = element_take(&service, 0xa0 | SERVICE_IDENTIFY);
	for (unsigned i = 0; i < 3 && cursor_ok(&c) && cursor_left(&c) > 0; i++) {
		struct cursor text = element_take(&c, (uint8_t)(0x80 | i));
		if (cursor_ok(&c))
			observer_fact(observer, &s, (enum attribute)attributes[i], text.at, cursor_left(&text));
	}
}

/* A confirmed PDU: the invoke identifier, then the service. */
static void confirmed_dissect(struct cursor c, bool request, struct observer *observer)
{
	element_take(&c, 0x02);
	struct cursor service = c;
	unsigned number = cursor_u8(&c) & 0x1f;
	if (number == 0x1f)
		number = cursor_u8(&c);
	if (!cursor_ok(&c))
		return;
	if (request) {
		observer_request(observer, PROTOCOL_MMS, service_operation(number));
		return;
	}
	observer_response(observer, PROTOCOL_MMS, service_operation(number));
	if (number == SERVICE_IDENTIFY)
		identify_read(service, observer);
}

static void data_dissect(struct cursor c, struct observer *observer)
{
	struct cursor user = element_take(&c, 0x61);
	struct cursor value = element_take(&user, 0x30);
	struct cursor context = element_take(&value, 0x02);
	struct cursor mms = element_take(&value, 0xa0);
	if (!cursor_ok(&value) || !cursor_ok(&mms) || cursor_left(&context) != 1)
		return;
	uint8_t tag = cursor_peek(&mms);
	struct cursor content = element_take(&mms, tag);
	if (!cursor_ok(&mms))
		return;
	switch (tag) {
	case PDU_REQUEST:
	case PDU_RESPONSE:
		confirmed_dissect(content, tag == PDU_REQUEST, observer);
		break;
	case PDU_ERROR:
		observer_refusal(observer, PROTOCOL_MMS, OPERATION_NONE);
		break;
	case PDU_UNCONFIRMED: /* reports of a server */
		observer_response(observer, PROTOCOL_MMS, OPERATION_READ);
		break;
	case PDU_INITIATE_REQUEST:
		observer_request(observer, PROTOCOL_MMS, OPERATION_NONE);
		break;
	case PDU_INITIATE_RESPONSE:
		observer_response(observer, PROTOCOL_MMS, OPERATION_NONE);
		break;
	case PDU_INITIATE_ERROR:
		observer_refusal(observer, PROTOCOL_MMS, OPERATION_NONE);
		break;
	default:
		break;
	}
}

void mms_dissect(struct cursor bytes, struct observer *observer)
{
	static const uint8_t data[] = {0x01, 0x00, 0x01, 0x00};
	static const uint8_t identifier[] = {0x28, 0xca, 0x22, 0x02};
	size_t len = cursor_left(&bytes);
	uint8_t session = cursor_peek(&bytes);
	if (session == SESSION_CONNECT || session == SESSION_ACCEPT) {
		if (memmem(bytes.at, len, identifier, sizeof(identifier)) == NULL)
			return;
		if (session == SESSION_CONNECT)
			observer_request(observer, PROTOCOL_MMS, OPERATION_NONE);
		else
			observer_response(observer, PROTOCOL_MMS, OPERATION_NONE);
	} else if (len > sizeof(data) && memcmp(bytes.at, data, sizeof(data)) == 0) {
		cursor_skip(&bytes, sizeof(data));
		data_dissect(bytes, observer);
	}
}
