/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pccc.c - PCCC inside CIP (Execute PCCC, service 0x4B of class 0x67).
 *
 * Allen-Bradley publication 1770-6.5.16 (DF1 Protocol and Command Set), chapters 7 and 10;
 * 1756-PM020 for its place in CIP. Request and reply begin with the requester id:
 *
 *	+--------+-------------+------------------+-----+-----+-----------+------------+------
 *	| length | vendor (LE) | serial no. (LE)  | CMD | STS | TNS (LE)  | FNC or EXT | data
 *	| 1      | 2           | 4                | 1   | 1   | 2         | 1          |
 *	+--------+-------------+------------------+-----+-----+-----------+------------+------
 *
 * A reply has bit 6 of CMD set and no FNC, so it only makes sense with its request.
 */
#include <stdio.h>
#include <string.h>

#include "pccc.h"

enum {
	COMMAND_DIAGNOSTIC = 0x06,
	COMMAND_EXTENDED = 0x0F,
	FUNCTION_DIAGNOSTIC_STATUS = 0x03,
	REPLY = 0x40,
	TYPE_EXTENDED = 0xEE, /* SLC 500, MicroLogix: the bulletin name follows */
	TYPE_PLC5 = 0xEB      /* PLC-5: the processor expansion octet follows */
};

#define BULLETIN_LEN 11

struct function {
	uint8_t function;
	uint8_t operations;
};

/* Functions of command 0x0F (chapter 7); what is not here reads or writes nothing by itself. */
static const struct function functions[] = {
	{0x00, OPERATION_WRITE},     /* word range write */
	{0x01, OPERATION_READ},      /* word range read */
	{0x02, OPERATION_WRITE},     /* bit write */
	{0x11, OPERATION_PROGRAM},   /* get edit resource */
	{0x12, OPERATION_PROGRAM},   /* return edit resource */
	{0x17, OPERATION_PROGRAM},   /* read bytes physical: upload */
	{0x18, OPERATION_PROGRAM},   /* write bytes physical: download */
	{0x26, OPERATION_WRITE},     /* read-modify-write */
	{0x29, OPERATION_DIAGNOSE},  /* read section size */
	{0x3A, OPERATION_CONTROL},   /* set CPU mode */
	{0x41, OPERATION_CONTROL},   /* disable forces */
	{0x50, OPERATION_PROGRAM},   /* download all request */
	{0x52, OPERATION_PROGRAM},   /* download complete */
	{0x53, OPERATION_PROGRAM},   /* upload all request */
	{0x55, OPERATION_PROGRAM},   /* upload complete */
	{0x57, OPERATION_PROGRAM},   /* initialise memory */
	{0x5E, OPERATION_CONFIGURE}, /* modify PLC-2 compatibility file */
	{0x67, OPERATION_WRITE},     /* typed write */
	{0x68, OPERATION_READ},      /* typed read */
	{0x79, OPERATION_WRITE},     /* read-modify-write N */
	{0x80, OPERATION_CONTROL},   /* change mode */
	{0x81, OPERATION_FILE},      /* open file */
	{0x82, OPERATION_FILE},      /* close file */
	{0x8F, OPERATION_CONFIGURE}, /* apply port configuration */
	{0xA1, OPERATION_READ},      /* protected typed logical read, two address fields */
	{0xA2, OPERATION_READ},      /* three address fields */
	{0xA7, OPERATION_FILE},      /* protected typed file read */
	{0xA9, OPERATION_WRITE},     /* protected typed logical write, two address fields */
	{0xAA, OPERATION_WRITE},     /* three address fields */
	{0xAB, OPERATION_WRITE},     /* with mask */
	{0xAF, OPERATION_FILE},      /* protected typed file write */
};

/* Command 0x06: echo, counters and status diagnose; the link parameters are settings. */
static unsigned diagnostic_operations(uint8_t function)
{
	return function == 2 || (function >= 4 && function <= 6) || function == 8 || function == 10
		       ? OPERATION_CONFIGURE
		       : OPERATION_DIAGNOSE;
}

static unsigned command_operations(uint8_t command, uint8_t function)
{
	switch (command) {
	case 0x00: /* protected write */
	case 0x02: /* protected bit write */
	case 0x05: /* unprotected bit write */
	case 0x08: /* unprotected write */
		return OPERATION_WRITE;
	case 0x01: /* unprotected read */
		return OPERATION_READ;
	case 0x04: /* physical read, physical write of PLC-2 */
	case 0x03:
		return OPERATION_PROGRAM;
	case COMMAND_DIAGNOSTIC:
		return diagnostic_operations(function);
	case COMMAND_EXTENDED:
		for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
			if (functions[i].function == function)
				return functions[i].operations;
		return OPERATION_NONE;
	default:
		return OPERATION_NONE;
	}
}

static void extended_event(const struct cip_work *w, const struct cip_module *to, uint8_t function)
{
	const char *message;
	enum operation operation = OPERATION_PROGRAM;
	switch (function) {
	case 0x3A:
		message = "PCCC set CPU mode (0F/3A)";
		operation = OPERATION_CONTROL;
		break;
	case 0x80:
		message = "PCCC change mode (0F/80)";
		operation = OPERATION_CONTROL;
		break;
	case 0x41:
		message = "PCCC disable forces (0F/41)";
		operation = OPERATION_CONTROL;
		break;
	case 0x50:
		message = "PCCC download all request (0F/50)";
		break;
	case 0x53:
		message = "PCCC upload all request (0F/53)";
		break;
	case 0x57:
		message = "PCCC initialise memory (0F/57)";
		break;
	default:
		return;
	}
	struct statement s = cip_statement(w, to, message);
	s.protocol = PROTOCOL_PCCC;
	observer_event(w->observer, &s, operation, NULL);
}

/* What follows the requester id, whose length octet counts itself. */
static struct cursor behind_requester(struct cursor data)
{
	struct cursor c = data;
	size_t len = cursor_u8(&c);
	cursor_skip(&data, len > 0 ? len : 1);
	return data;
}

uint16_t pccc_request(const struct cip_work *w, const struct cip_module *to, struct cursor data, unsigned *operations)
{
	struct cursor id = data, c = behind_requester(data);
	bool named = cursor_u8(&id) == 7;
	uint16_t vendor = cursor_le16(&id);
	uint32_t serial = cursor_le32(&id);
	uint8_t command = cursor_u8(&c);
	cursor_skip(&c, 1 + 2);
	uint8_t function = 0;
	if (command == COMMAND_DIAGNOSTIC || command == COMMAND_EXTENDED || command == 0x07)
		function = cursor_u8(&c);
	*operations = OPERATION_NONE;
	if (!cursor_ok(&c) || command & REPLY)
		return 0;
	if (named && cursor_ok(&id))
		cip_originator(w->observer, "CIP Execute PCCC requester", vendor, serial);
	*operations = command_operations(command, function);
	observer_request(w->observer, PROTOCOL_PCCC, *operations);
	if (command == COMMAND_EXTENDED)
		extended_event(w, to, function);
	return (uint16_t)(command << 8 | function);
}

static const char *slc_mode(uint8_t mode)
{
	switch (mode & 0x1F) {
	case 0x00:
	case 0x10:
		return "download";
	case 0x01:
		return "remote PROGRAM";
	case 0x03:
	case 0x1B:
		return "suspended";
	case 0x06:
		return "remote RUN";
	case 0x07:
	case 0x08:
	case 0x09:
		return "remote TEST";
	case 0x11:
		return "PROGRAM";
	case 0x1E:
		return "RUN";
	default:
		return NULL;
	}
}

/* Octets 5..7 of the series and revision octet are the series, from A. */
static void series_fact(struct observer *o, const struct statement *s, uint8_t octet)
{
	char series[2] = {(char)('A' + (octet >> 5)), 0};
	observer_fact_string(o, s, ATTRIBUTE_HARDWARE_VERSION, series);
}

/* Octets (from 1): 3 interface, 4 processor, 5 series/release, 6..16 name, 17 error word, 19 mode. */
static void slc_status(struct observer *o, const struct statement *s, struct cursor c)
{
	char text[16];
	cursor_skip(&c, 2);
	uint8_t release = cursor_u8(&c);
	const uint8_t *name = cursor_bytes(&c, BULLETIN_LEN);
	if (name == NULL)
		return;
	size_t len = BULLETIN_LEN;
	while (len > 0 && (name[len - 1] == 0 || name[len - 1] == ' '))
		len--;
	for (size_t i = 0; i < len; i++)
		if (name[i] < 0x20 || name[i] > 0x7E)
			return;
	if (len < 3)
		return;
	observer_fact(o, s, ATTRIBUTE_MODEL, name, len);
	series_fact(o, s, release);
	snprintf(text, sizeof(text), "FRN %u", (release & 0x1Fu) + 1);
	observer_fact_string(o, s, ATTRIBUTE_REVISION, text);
	bool processor = name[0] == '5' || memcmp(name, "176", 3) == 0 || memcmp(name, "1747-L", 6) == 0;
	cursor_skip(&c, 2);
	const char *mode = slc_mode(cursor_u8(&c));
	if (processor && cursor_ok(&c) && mode != NULL)
		observer_fact_string(o, s, ATTRIBUTE_OPERATING_MODE, mode);
}

static const struct plc5 {
	uint8_t expansion;
	const char *model, *catalogue;
} plc5s[] = {
	{0x13, "PLC-5/12", "1785-LT3"},
	{0x14, "PLC-5/25", "1785-LT2"},
	{0x15, "PLC-5/40", "1785-L40B"},
	{0x22, "PLC-5/10", "1785-LT4"},
	{0x23, "PLC-5/60", "1785-L60B"},
	{0x28, "PLC-5/40L", "1785-L40L"},
	{0x29, "PLC-5/60L", "1785-L60L"},
	{0x31, "PLC-5/11", "1785-L11B"},
	{0x32, "PLC-5/20", "1785-L20B"},
	{0x33, "PLC-5/30", "1785-L30B"},
	{0x4A, "PLC-5/20E", "1785-L20E"},
	{0x4B, "PLC-5/40E", "1785-L40E"},
	{0x55, "PLC-5/80", "1785-L80B"},
	{0x59, "PLC-5/80E", "1785-L80E"},
};

/* Octets (from 1): 1 mode, 2 type, 3 expansion, 4..7 memory size, 8 series/revision. */
static void plc5_status(struct observer *o, const struct statement *s, uint8_t mode, struct cursor c)
{
	static const char *const modes[] = {
		"PROGRAM", NULL, "RUN", NULL, "remote PROGRAM", "remote TEST", "remote RUN", NULL};
	uint8_t expansion = cursor_u8(&c);
	cursor_skip(&c, 4);
	uint8_t release = cursor_u8(&c);
	if (!cursor_ok(&c))
		return;
	const struct plc5 *known = NULL;
	for (size_t i = 0; i < sizeof(plc5s) / sizeof(plc5s[0]); i++)
		if (plc5s[i].expansion == expansion)
			known = &plc5s[i];
	observer_fact_string(o, s, ATTRIBUTE_MODEL, known ? known->model : "PLC-5");
	if (known != NULL)
		observer_fact_string(o, s, ATTRIBUTE_ORDER_NUMBER, known->catalogue);
	series_fact(o, s, release);
	char revision[2] = {(char)('A' + (release & 0x1F)), 0};
	if ((release & 0x1F) < 26)
		observer_fact_string(o, s, ATTRIBUTE_REVISION, revision);
	if (modes[mode & 7] != NULL)
		observer_fact_string(o, s, ATTRIBUTE_OPERATING_MODE, modes[mode & 7]);
}

void pccc_reply(const struct cip_work *w, const struct cip_module *from, uint16_t command, struct cursor data)
{
	struct observer *o = w->observer;
	struct cursor c = behind_requester(data);
	uint8_t answer = cursor_u8(&c), status = cursor_u8(&c);
	cursor_skip(&c, 2);
	if (!cursor_ok(&c) || answer != (command >> 8 | REPLY))
		return;
	unsigned operations = command_operations((uint8_t)(command >> 8), (uint8_t)command);
	if (status != 0) {
		observer_refusal(o, PROTOCOL_PCCC, operations);
		return;
	}
	observer_response(o, PROTOCOL_PCCC, operations);
	if (command != (COMMAND_DIAGNOSTIC << 8 | FUNCTION_DIAGNOSTIC_STATUS))
		return;
	struct statement s = cip_statement(w, from, "PCCC Diagnostic Status (06/03)");
	s.protocol = PROTOCOL_PCCC;
	uint8_t mode = cursor_u8(&c), type = cursor_u8(&c);
	if (!cursor_ok(&c))
		return;
	if (type == TYPE_EXTENDED)
		slc_status(o, &s, c);
	else if (type == TYPE_PLC5)
		plc5_status(o, &s, mode, c);
}
