/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umas.c - UMAS, with which Schneider Electric's engineering software identifies, programs, starts and
 * stops Modicon controllers. It travels as Modbus function code 90.
 *
 * The vendor has not published it. Function codes and layouts are those that independent reverse
 * engineering agrees on (the "Unity (UMAS) protocol" articles of lirasenlared, Kaspersky ICS CERT's report
 * of 2022, Apache PLC4X, Digital Bond's Redpoint) and that recordings confirm; where only one of them
 * knows a field, the fact carries a lower confidence, and a layout that does not fit says nothing.
 * All numbers are little-endian.
 *
 *	request  +---------+----------+------...       answer  +---------+------+------...
 *	         | session | function | data                   | session | 0xFE | data
 *	         +---------+----------+------...               +---------+------+------...   0xFD: error
 *
 * A signed message (function 0x38, Application Password) wraps another one:
 *
 *	+---------+-------------+-------+---------------+------+---------+-----------------+------...
 *	| session | 0x38 / 0xFE | 1 byte| signature, 32 | 0x5A | session | function / 0xFE | data
 *	+---------+-------------+-------+---------------+------+---------+-----------------+------...
 */
#include "dissectors/umas.h"

#include <stdio.h>

enum {
	UMAS_INIT = 0x01,
	UMAS_READ_ID = 0x02,
	UMAS_READ_PROJECT = 0x03,
	UMAS_READ_STATUS = 0x04,
	UMAS_READ_CARD = 0x06,
	UMAS_RESERVE = 0x10,
	UMAS_SIGNED = 0x38,
};

#define SIGNATURE_LEN 33 /* one byte and 32 of HMAC before the wrapped message */
#define NAME_MAX_LEN 64  /* longer than any name a controller gives itself */

/* A mode that does not change is told once in this time. */
#define STATUS_AGE_NS 60000000000

struct umas_function {
	uint8_t operation; /* enum operation */
	const char *event; /* NULL: nothing that matters by itself */
};

/* By function code. Upload and download in the engineer's sense: download is to the controller. */
static const struct umas_function functions[] = {
	[0x01] = {OPERATION_DIAGNOSE, NULL},
	[0x02] = {OPERATION_DIAGNOSE, NULL},
	[0x03] = {OPERATION_DIAGNOSE, NULL},
	[0x04] = {OPERATION_DIAGNOSE, NULL},
	[0x05] = {OPERATION_DIAGNOSE, NULL},
	[0x06] = {OPERATION_DIAGNOSE, NULL},
	[0x07] = {OPERATION_DIAGNOSE, NULL},
	[0x0A] = {OPERATION_DIAGNOSE, NULL},
	[0x10] = {OPERATION_PROGRAM, "PLC reservation taken"},
	[0x11] = {OPERATION_PROGRAM, "PLC reservation released"},
	[0x12] = {OPERATION_PROGRAM, NULL},
	[0x20] = {OPERATION_READ, NULL},
	[0x21] = {OPERATION_WRITE, NULL},
	[0x22] = {OPERATION_READ, NULL},
	[0x23] = {OPERATION_WRITE, NULL},
	[0x24] = {OPERATION_READ, NULL},
	[0x25] = {OPERATION_WRITE, NULL},
	[0x26] = {OPERATION_READ, NULL},
	[0x27] = {OPERATION_READ, NULL},
	[0x28] = {OPERATION_READ, NULL},
	[0x29] = {OPERATION_WRITE, NULL},
	[0x2A] = {OPERATION_DIAGNOSE, NULL},
	[0x30] = {OPERATION_PROGRAM, "program download to the PLC begins"},
	[0x31] = {OPERATION_PROGRAM, NULL},
	[0x32] = {OPERATION_PROGRAM, "program download to the PLC ends"},
	[0x33] = {OPERATION_PROGRAM, "program upload from the PLC begins"},
	[0x34] = {OPERATION_PROGRAM, NULL},
	[0x35] = {OPERATION_PROGRAM, "program upload from the PLC ends"},
	[0x36] = {OPERATION_PROGRAM, "program backup or restore"},
	[0x37] = {OPERATION_PROGRAM, NULL},
	[0x39] = {OPERATION_DIAGNOSE, NULL},
	[0x40] = {OPERATION_CONTROL, "PLC start"},
	[0x41] = {OPERATION_CONTROL, "PLC stop"},
	[0x42] = {OPERATION_CONTROL, "PLC initialization"},
	[0x43] = {OPERATION_PROGRAM, "program blocks swapped"},
	[0x50] = {OPERATION_READ, NULL},
	[0x51] = {OPERATION_DIAGNOSE, NULL},
	[0x52] = {OPERATION_DIAGNOSE, NULL},
	[0x53] = {OPERATION_DIAGNOSE, NULL},
	[0x58] = {OPERATION_DIAGNOSE, NULL},
	[0x60] = {OPERATION_CONTROL, "breakpoint set"},
	[0x61] = {OPERATION_CONTROL, "breakpoint cleared"},
	[0x62] = {OPERATION_CONTROL, NULL},
	[0x63] = {OPERATION_CONTROL, NULL},
	[0x64] = {OPERATION_CONTROL, NULL},
	[0x65] = {OPERATION_DIAGNOSE, NULL},
	[0x66] = {OPERATION_DIAGNOSE, NULL},
	[0x6E] = {OPERATION_PROGRAM, NULL},
	[0x70] = {OPERATION_READ, NULL},
	[0x71] = {OPERATION_WRITE, NULL},
	[0x72] = {OPERATION_DIAGNOSE, NULL},
	[0x73] = {OPERATION_DIAGNOSE, NULL},
	[0x74] = {OPERATION_DIAGNOSE, NULL},
};

static const struct umas_function *function_find(uint8_t code)
{
	static const struct umas_function unknown = {OPERATION_NONE, NULL};
	return code < sizeof(functions) / sizeof(functions[0]) ? &functions[code] : &unknown;
}

static struct statement statement_of(enum subject subject, const char *message, uint8_t confidence)
{
	struct statement s = {
		.protocol = PROTOCOL_UMAS, .subject = subject, .message = message, .confidence = confidence};
	return s;
}

static bool is_printable(uint8_t b)
{
	return b >= 0x20 && b <= 0x7E;
}

/* A name field: a length byte, then that many bytes, printable up to the first NUL. Failed when it is not one. */
static struct cursor name_take(struct cursor *c)
{
	struct cursor field = cursor_take(c, cursor_u8(c));
	struct cursor rest = field;
	size_t len = 0;
	while (cursor_left(&rest) > 0 && cursor_peek(&rest) != 0) {
		len++;
		if (!is_printable(cursor_u8(&rest)))
			cursor_fail(&field);
	}
	return len <= NAME_MAX_LEN ? cursor_take(&field, len) : cursor_take(&field, SIZE_MAX);
}

static bool is_name(const struct cursor *name)
{
	return cursor_ok(name) && cursor_left(name) > 0;
}

/*
 * 0x01: largest frame 2, firmware 2, ? 4, internal code 4, name of the controller.
 */
static struct cursor init_name(struct cursor data)
{
	cursor_skip(&data, 12);
	return name_take(&data);
}

/*
 * 0x02: range 2, hardware id 4, model 2, firmware 2, patch 2, ? 2, hardware version 2, ? 6, catalogue name.
 */
struct identity {
	uint16_t firmware;
	struct cursor model;
};

static struct identity identity_read(struct cursor data)
{
	struct identity id;
	cursor_skip(&data, 8);
	id.firmware = cursor_le16(&data);
	cursor_skip(&data, 12);
	id.model = name_take(&data);
	return id;
}

/*
 * 0x03 sub-code 0: ? 27, saved second minute hour day month 1 each, year 2, version 3 (lowest part first),
 * ? 1, name of the project to the end.
 */
struct project {
	uint8_t second, minute, hour, day, month, version[3];
	uint16_t year;
	struct cursor name;
	bool fits;
};

static struct project project_read(struct cursor data)
{
	struct project p;
	cursor_skip(&data, 27);
	p.second = cursor_u8(&data);
	p.minute = cursor_u8(&data);
	p.hour = cursor_u8(&data);
	p.day = cursor_u8(&data);
	p.month = cursor_u8(&data);
	p.year = cursor_le16(&data);
	for (unsigned i = 0; i < sizeof(p.version); i++)
		p.version[i] = cursor_u8(&data);
	cursor_skip(&data, 1);
	p.name = name_take(&data);
	p.fits = is_name(&p.name) && p.second < 60 && p.minute < 60 && p.hour < 24 && p.day >= 1 && p.day <= 31 &&
		 p.month >= 1 && p.month <= 12 && p.year >= 1990 && p.year < 2100;
	return p;
}

/* 0x06: ? 6, catalogue name of the memory card. */
static struct cursor card_name(struct cursor data)
{
	cursor_skip(&data, 6);
	return name_take(&data);
}

/*
 * 0x04: ? 3, number of checksums 1, checksums 4 each; with six of them and 66 bytes in all (M340 and Quantum)
 * the byte at 60 is the mode. Else, or when that is of another number, MODE_NONE.
 */
enum mode { MODE_NONE, MODE_STOP, MODE_RUN };

static enum mode status_mode(struct cursor data)
{
	if (cursor_left(&data) != 66)
		return MODE_NONE;
	cursor_skip(&data, 3);
	if (cursor_u8(&data) != 6)
		return MODE_NONE;
	cursor_skip(&data, 56);
	uint8_t mode = cursor_u8(&data);
	return mode == MODE_STOP || mode == MODE_RUN ? (enum mode)mode : MODE_NONE;
}

static void report_identity(struct observer *o, struct cursor data)
{
	struct statement s = statement_of(SUBJECT_SENDER, "UMAS 0x02 read ID", 0);
	struct identity id = identity_read(data);
	if (!is_name(&id.model))
		return;
	observer_fact(o, &s, ATTRIBUTE_MODEL, id.model.at, cursor_left(&id.model));
	if (id.firmware != 0) {
		char text[16];
		snprintf(text, sizeof(text), "%x.%02x", id.firmware >> 8u, id.firmware & 0xFFu);
		s.confidence = 75; /* binary-coded digits: read so by tools, said by nobody */
		observer_fact_string(o, &s, ATTRIBUTE_FIRMWARE_VERSION, text);
	}
}

/*
 * The name alone, for controllers with other fields before it: it is last, and its length stands before it.
 * Failed when the answer does not end so.
 */
static struct cursor project_last_name(struct cursor data)
{
	struct cursor start = data;
	uint8_t before = 0, length = 0; /* the byte read last, and the one before the name */
	size_t len = 0, nuls = 0;
	while (cursor_left(&data) > 0) {
		struct cursor here = data;
		uint8_t b = cursor_u8(&data);
		if (b == 0 && len > 0) {
			nuls++;
		} else if (!is_printable(b)) {
			len = 0;
		} else if (len == 0 || nuls > 0) {
			start = here;
			length = before;
			len = 1;
			nuls = 0;
		} else {
			len++;
		}
		before = b;
	}
	bool counted = length >= len && length <= len + nuls;
	return cursor_take(&start, len >= 2 && len <= NAME_MAX_LEN && counted ? len : SIZE_MAX);
}

static void report_project(struct observer *o, struct cursor data)
{
	struct statement s = statement_of(SUBJECT_SENDER, "UMAS 0x03 read project information", 0);
	struct project p = project_read(data);
	char text[48];
	if (!p.fits) {
		struct cursor name = project_last_name(data);
		s.confidence = 70;
		if (is_name(&name))
			observer_fact(o, &s, ATTRIBUTE_PROJECT_NAME, name.at, cursor_left(&name));
		return;
	}
	observer_fact(o, &s, ATTRIBUTE_PROJECT_NAME, p.name.at, cursor_left(&p.name));
	snprintf(text, sizeof(text), "%u.%u.%u", p.version[2], p.version[1], p.version[0]);
	observer_fact_string(o, &s, ATTRIBUTE_CONFIGURATION_VERSION, text);
	snprintf(text, sizeof(text), "project saved=%04u-%02u-%02u %02u:%02u:%02u", p.year, p.month, p.day, p.hour,
		p.minute, p.second);
	observer_fact_string(o, &s, ATTRIBUTE_OBJECT, text);
}

static void report_card(struct observer *o, struct cursor data)
{
	struct statement s = statement_of(SUBJECT_SENDER, "UMAS 0x06 read memory card", 80);
	struct cursor name = card_name(data);
	char text[NAME_MAX_LEN + 16];
	if (!is_name(&name))
		return;
	snprintf(text, sizeof(text), "memory card=%.*s", (int)cursor_left(&name), (const char *)name.at);
	observer_fact_string(o, &s, ATTRIBUTE_OBJECT, text);
}

void umas_status_age(struct umas_status *told, int64_t now_ns)
{
	if (now_ns - told->since_ns < STATUS_AGE_NS && now_ns >= told->since_ns)
		return;
	told->since_ns = now_ns;
	told->mode = MODE_NONE;
}

static void report_status(struct observer *o, struct umas_status *told, struct cursor data)
{
	enum mode mode = status_mode(data);
	if (mode == MODE_NONE || mode == told->mode)
		return;
	told->mode = (uint8_t)mode;
	struct statement s = statement_of(SUBJECT_SENDER, "UMAS 0x04 read PLC status", 60);
	observer_fact_string(o, &s, ATTRIBUTE_OPERATING_MODE, mode == MODE_STOP ? "STOP" : "RUN");
}

static void report_answer(
	struct observer *o, const struct umas_call *call, struct umas_status *told, struct cursor data)
{
	uint8_t function = call->function, detail = call->detail;
	if (function == UMAS_INIT) {
		struct statement s = statement_of(SUBJECT_SENDER, "UMAS 0x01 init communication", 80);
		struct cursor name = init_name(data);
		if (is_name(&name))
			observer_fact(o, &s, ATTRIBUTE_NAME, name.at, cursor_left(&name));
	} else if (function == UMAS_READ_ID) {
		report_identity(o, data);
	} else if (function == UMAS_READ_PROJECT && detail == 0) {
		report_project(o, data);
	} else if (function == UMAS_READ_STATUS) {
		report_status(o, told, data);
	} else if (function == UMAS_READ_CARD && detail == 0x06) {
		report_card(o, data);
	}
}

/* The host name with which engineering software takes the reservation: ? 4, name. */
static void report_reservation(struct observer *o, struct cursor data)
{
	struct statement s = statement_of(SUBJECT_SENDER, "UMAS 0x10 take reservation", 80);
	cursor_skip(&data, 4);
	struct cursor name = name_take(&data);
	if (is_name(&name))
		observer_fact(o, &s, ATTRIBUTE_HOSTNAME, name.at, cursor_left(&name));
}

/* Moves over the signature to the wrapped session and function; false when nothing is wrapped. */
static bool unwrap(struct cursor *c)
{
	struct cursor inner = *c;
	cursor_skip(&inner, SIGNATURE_LEN);
	if (cursor_u8(&inner) != UMAS_FUNCTION_CODE || cursor_left(&inner) < 2)
		return false;
	*c = inner;
	return true;
}

/* Reads session and function, wrapped or not; `body` is then at the data. */
static struct umas_call call_take(struct cursor *body)
{
	struct umas_call call = {0, 0, false};
	cursor_skip(body, 1);
	call.function = cursor_u8(body);
	call.is_signed = call.function == UMAS_SIGNED && unwrap(body);
	if (call.is_signed) {
		cursor_skip(body, 1);
		call.function = cursor_u8(body);
	}
	call.detail = cursor_peek(body);
	return call;
}

struct umas_call umas_call_read(struct cursor body)
{
	return call_take(&body);
}

bool umas_request(struct cursor body, struct observer *observer)
{
	struct umas_call call = call_take(&body);
	if (!cursor_ok(&body))
		return false;
	const struct umas_function *f = function_find(call.function);
	observer_request(observer, PROTOCOL_UMAS, f->operation);
	if (f->event != NULL) {
		struct statement s = statement_of(SUBJECT_RECEIVER, "FC 90 UMAS", 0);
		observer_event(observer, &s, (enum operation)f->operation, f->event);
	}
	if (call.function == UMAS_RESERVE)
		report_reservation(observer, body);
	return true;
}

/* The data of a good answer; failed otherwise. */
static struct cursor answer_data(struct cursor body, bool is_signed)
{
	cursor_skip(&body, 1);
	if (cursor_u8(&body) == UMAS_OK && is_signed && unwrap(&body))
		cursor_skip(&body, 2);
	return body;
}

bool umas_fits(struct cursor body, const struct umas_call *call)
{
	if (call->function > UMAS_READ_CARD) /* the lowest ones ask for identity */
		return false;
	struct cursor data = answer_data(body, call->is_signed);
	struct cursor name;
	switch (call->function) {
	case UMAS_INIT:
		name = init_name(data);
		return is_name(&name);
	case UMAS_READ_ID:
		name = identity_read(data).model;
		return is_name(&name);
	case UMAS_READ_PROJECT:
		return call->detail == 0 && project_read(data).fits;
	case UMAS_READ_STATUS:
		return status_mode(data) != MODE_NONE;
	case UMAS_READ_CARD:
		name = card_name(data);
		return is_name(&name);
	default:
		return false;
	}
}

bool umas_answer(struct cursor body, const struct umas_call *call, struct umas_status *told, struct observer *observer)
{
	struct cursor outcome = body;
	cursor_skip(&outcome, 1);
	uint8_t code = cursor_u8(&outcome);
	if (code == UMAS_OK && call != NULL && call->is_signed && unwrap(&outcome)) {
		cursor_skip(&outcome, 1);
		code = cursor_u8(&outcome);
	}
	if (!cursor_ok(&outcome) || (code != UMAS_OK && code != UMAS_ERROR))
		return false;
	unsigned operation = call != NULL ? function_find(call->function)->operation : OPERATION_NONE;
	if (code == UMAS_ERROR) {
		observer_refusal(observer, PROTOCOL_UMAS, operation);
		return true;
	}
	observer_response(observer, PROTOCOL_UMAS, operation);
	if (call != NULL)
		report_answer(observer, call, told, outcome);
	return true;
}
