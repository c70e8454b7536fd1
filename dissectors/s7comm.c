/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s7comm.c - S7 communication: jobs, acknowledgements, program transfer, program invocation services.
 *
 * Siemens has not published the protocol; this follows what the S7comm dissector of Wireshark and
 * the Snap7 reference manual document of it.
 *
 *	 0      1        2           4          6          8          10            (12)
 *	+------+--------+-----------+----------+----------+----------+-------------+-----------+------+
 *	| 0x32 | ROSCTR | redundancy| PDU ref. | param len| data len | error (acks)| parameter | data |
 *	+------+--------+-----------+----------+----------+----------+-------------+-----------+------+
 *	ROSCTR: 1 job, 2 acknowledgement, 3 acknowledgement with data, 7 userdata. Big-endian.
 *
 * A job is asked by the client and acknowledged by the server, with one exception: while a block is
 * downloaded the server asks for the pieces (0x1B) and for the end (0x1C).
 */
#include "s7comm.h"

#include <stdio.h>
#include <string.h>

enum { ROSCTR_JOB = 1, ROSCTR_ACK = 2, ROSCTR_ACK_DATA = 3, ROSCTR_USERDATA = 7 };

enum {
	JOB_READ = 0x04,
	JOB_WRITE = 0x05,
	JOB_DOWNLOAD = 0x1a,
	JOB_DOWNLOAD_BLOCK = 0x1b,
	JOB_DOWNLOAD_END = 0x1c,
	JOB_UPLOAD = 0x1d,
	JOB_UPLOAD_BLOCK = 0x1e,
	JOB_UPLOAD_END = 0x1f,
	JOB_INVOKE = 0x28,
	JOB_STOP = 0x29,
	JOB_SETUP = 0xf0
};

#define HEADER_LEN 10 /* acknowledgements have an error behind it */
#define RETURN_OK 0xff
#define TSAP_S7_BASIC 3

struct s7comm_pdu {
	uint8_t rosctr;
	uint16_t reference, error; /* error class and code of an acknowledgement */
	bool complete;
	struct cursor parameter, data;
};

static struct statement s7comm_statement(enum subject subject, const char *message)
{
	return (struct statement){.protocol = PROTOCOL_S7COMM, .subject = subject, .message = message};
}

static bool header_read(struct s7comm_pdu *s7, struct cursor bytes)
{
	const uint8_t *header = cursor_bytes(&bytes, HEADER_LEN);
	if (header == NULL)
		return false;
	s7->rosctr = header[1];
	s7->reference = (uint16_t)(header[4] << 8 | header[5]);
	s7->error = 0;
	if (s7->rosctr == ROSCTR_ACK || s7->rosctr == ROSCTR_ACK_DATA)
		s7->error = cursor_be16(&bytes);
	/* Of a PDU cut by the snap length, what is left of it. */
	size_t parameter_len = (size_t)header[6] << 8 | header[7], data_len = (size_t)header[8] << 8 | header[9];
	size_t left = cursor_left(&bytes);
	s7->complete = parameter_len + data_len <= left;
	if (parameter_len > left)
		parameter_len = left;
	if (data_len > left - parameter_len)
		data_len = left - parameter_len;
	s7->parameter = cursor_over(bytes.at, parameter_len);
	s7->data = cursor_over(bytes.at + parameter_len, data_len);
	return cursor_ok(&bytes);
}

const char *s7comm_block_type(uint8_t code)
{
	static const char *const names[] = {"OB", "", "DB", "SDB", "FC", "SFC", "FB", "SFB"};
	if (code == '8')
		return names[0];
	return code >= 'A' && code <= 'F' ? names[code - 'A' + 2] : "?";
}

#define FILE_TEXT_MAX 40

/*
 * "0A00001P", a block: type in two characters, number in five, file system (P passive, A active, B
 * both); it becomes "DB1". In a transfer a '_' stands before it. Anything else, such as the file of a
 * numerical control, stays as it is.
 */
static void file_name(char text[FILE_TEXT_MAX], const uint8_t *name, size_t len)
{
	unsigned number = 0;
	const uint8_t *b = len == 9 && name[0] == '_' ? name + 1 : name;
	bool block = len - (size_t)(b - name) == 8 && b[0] == '0' && strcmp(s7comm_block_type(b[1]), "?") != 0;
	for (size_t i = 2; block && i < 7; i++) {
		block = b[i] >= '0' && b[i] <= '9';
		number = number * 10 + (b[i] & 15u);
	}
	if (block) {
		snprintf(text, FILE_TEXT_MAX, "%s%u", s7comm_block_type(b[1]), number);
		return;
	}
	size_t at = 0;
	for (size_t i = 0; i < len && at < FILE_TEXT_MAX - 1; i++)
		text[at++] = (char)(name[i] >= 0x20 && name[i] < 0x7f ? name[i] : '.');
	text[at] = 0;
}

/* 0x1A and 0x1D: function, 7 bytes, then length and name of the file. */
static void transfer_event(struct cursor parameter, const char *message, struct observer *observer)
{
	char text[FILE_TEXT_MAX];
	cursor_skip(&parameter, 8);
	struct cursor name = cursor_take(&parameter, cursor_u8(&parameter));
	if (!cursor_ok(&parameter))
		return;
	file_name(text, name.at, cursor_left(&name));
	struct statement s = s7comm_statement(SUBJECT_RECEIVER, message);
	observer_event(observer, &s, OPERATION_PROGRAM, text);
}

struct invocation {
	const char *name; /* or what it begins with */
	uint8_t operation;
	bool blocks; /* its parameter is a list of blocks */
	const char *message, *detail;
};

/* _N_ are those of a SINUMERIK numerical control; the first that fits is taken. */
static const struct invocation invocations[] = {
	{"_INSE", OPERATION_PROGRAM, true, "S7 0x28 _INSE activate block", NULL},
	{"_DELE", OPERATION_PROGRAM, true, "S7 0x28 _DELE delete block", NULL},
	{"P_PROGRAM", OPERATION_CONTROL, false, "S7 0x28 P_PROGRAM", "PLC start"},
	{"_MODU", OPERATION_PROGRAM, false, "S7 0x28 _MODU", "copy RAM to ROM"},
	{"_GARB", OPERATION_PROGRAM, false, "S7 0x28 _GARB", "compress memory"},
	{"_N_F_", OPERATION_FILE, false, "S7 0x28 _N_F_ SINUMERIK file service", NULL},
	{"_N_LOG", OPERATION_CONFIGURE, false, "S7 0x28 SINUMERIK login", NULL},
	{"_N_SEL", OPERATION_CONTROL, false, "S7 0x28 SINUMERIK program selection", NULL},
	{"_N_", OPERATION_CONFIGURE, false, "S7 0x28 SINUMERIK service", NULL},
	{"", OPERATION_CONTROL, false, "S7 0x28 program invocation", NULL},
};

static const struct invocation *invocation_find(struct cursor name)
{
	const struct invocation *i = invocations;
	for (;; i++) {
		size_t len = strlen(i->name);
		if (cursor_left(&name) >= len && memcmp(name.at, i->name, len) == 0)
			return i;
	}
}

/* _INSE and _DELE: a count, 0, and the names of 8 characters. */
static void block_events(
	struct cursor blocks, const struct invocation *i, const struct statement *s, struct observer *observer)
{
	char text[FILE_TEXT_MAX];
	unsigned count = cursor_u8(&blocks);
	cursor_skip(&blocks, 1);
	for (; count > 0 && cursor_left(&blocks) >= 8; count--) {
		file_name(text, cursor_bytes(&blocks, 8), 8);
		observer_event(observer, s, i->operation, text);
	}
}

/* 0x28: function, 7 bytes, length and parameter block, length and name of the service. Returns its operation. */
static unsigned invocation_read(struct cursor parameter, struct observer *observer)
{
	char text[FILE_TEXT_MAX];
	cursor_skip(&parameter, 8);
	struct cursor block = cursor_take(&parameter, cursor_be16(&parameter));
	struct cursor name = cursor_take(&parameter, cursor_u8(&parameter));
	if (!cursor_ok(&parameter))
		return OPERATION_CONTROL;
	const struct invocation *i = invocation_find(name);
	struct statement s = s7comm_statement(SUBJECT_RECEIVER, i->message);
	if (i->blocks) {
		block_events(block, i, &s, observer);
		return i->operation;
	}
	/* "C " asks for a cold restart; nothing, for a warm one. */
	const char *detail = i->detail;
	if (i->operation == OPERATION_CONTROL && detail != NULL && cursor_peek(&block) == 'C')
		detail = "PLC cold start";
	file_name(text, name.at, cursor_left(&name));
	observer_event(observer, &s, i->operation, detail != NULL ? detail : text);
	return i->operation;
}

static unsigned job_operation(uint8_t function)
{
	switch (function) {
	case JOB_READ:
		return OPERATION_READ;
	case JOB_WRITE:
		return OPERATION_WRITE;
	case JOB_DOWNLOAD:
	case JOB_DOWNLOAD_BLOCK:
	case JOB_DOWNLOAD_END:
	case JOB_UPLOAD:
	case JOB_UPLOAD_BLOCK:
	case JOB_UPLOAD_END:
		return OPERATION_PROGRAM;
	case JOB_INVOKE:
	case JOB_STOP:
		return OPERATION_CONTROL;
	default:
		return OPERATION_NONE;
	}
}

/* The server asks the client for the pieces of a block that is being downloaded into it. */
static bool job_by_server(uint8_t function)
{
	return function == JOB_DOWNLOAD_BLOCK || function == JOB_DOWNLOAD_END;
}

void s7comm_client_tell(struct s7comm_flow *flow, bool sent_by_client, struct observer *observer)
{
	static const char *const kinds[] = {NULL, "PG", "OP", "S7 basic"};
	flow->client_told = true;
	if (flow->tsap[0] == 0 || flow->tsap[0] > TSAP_S7_BASIC)
		return;
	struct statement s =
		s7comm_statement(sent_by_client ? SUBJECT_SENDER : SUBJECT_RECEIVER, "COTP CR called TSAP");
	observer_fact_coded(observer, &s, ATTRIBUTE_CLIENT_KIND, kinds[flow->tsap[0]], flow->tsap[0]);
}

/* The server accepted a connection to the rack (bits 7-5) and slot (bits 4-0) that the client asked for. */
static void place_tell(struct s7comm_flow *flow, struct observer *observer)
{
	if (flow->presence_told || !flow->has_tsap || flow->tsap[0] == 0 || flow->tsap[0] > TSAP_S7_BASIC)
		return;
	flow->presence_told = true;
	struct statement s = s7comm_statement(SUBJECT_SENDER, "S7 setup communication");
	s.path.kind = PATH_S7_RACK_SLOT;
	snprintf(s.path.text, sizeof(s.path.text), "%u/%u", (unsigned)flow->tsap[1] >> 5, flow->tsap[1] & 31u);
	observer_presence(observer, &s);
}

static bool job_dissect(const struct s7comm_pdu *s7, struct s7comm_flow *flow, struct observer *observer)
{
	uint8_t function = cursor_peek(&s7->parameter);
	unsigned operation = job_operation(function);
	flow->job_reference = s7->reference;
	flow->job_function = function;
	if (job_by_server(function)) {
		s7comm_client_prove(flow, false, observer);
		observer_response(observer, PROTOCOL_S7COMM, operation);
		return true;
	}
	if (function == JOB_INVOKE)
		operation = invocation_read(s7->parameter, observer);
	flow->job_operation = (uint8_t)operation;
	s7comm_client_prove(flow, true, observer);
	observer_request(observer, PROTOCOL_S7COMM, operation);
	if (function == JOB_DOWNLOAD)
		transfer_event(s7->parameter, "S7 0x1A request download", observer);
	else if (function == JOB_UPLOAD)
		transfer_event(s7->parameter, "S7 0x1D start upload", observer);
	else if (function == JOB_STOP) {
		struct statement s = s7comm_statement(SUBJECT_RECEIVER, "S7 0x29 PLC stop");
		observer_event(observer, &s, OPERATION_CONTROL, "PLC stop");
	}
	return true;
}

/*
 * The items of an answer: a return code each, and after it, when values were read, their type and
 * length (in bits for types 3 to 5) with padding to an even number of bytes.
 */
static void items_say(const struct s7comm_pdu *s7, uint8_t function, struct observer *observer)
{
	unsigned operation = job_operation(function), good = 0, bad = 0;
	struct cursor parameter = s7->parameter, data = s7->data;
	cursor_skip(&parameter, 1);
	unsigned count = cursor_u8(&parameter);
	for (unsigned i = 0; i < count && cursor_left(&data) > 0; i++) {
		if (cursor_u8(&data) == RETURN_OK)
			good++;
		else
			bad++;
		if (function == JOB_WRITE)
			continue;
		uint8_t type = cursor_u8(&data);
		size_t len = cursor_be16(&data);
		if (type >= 3 && type <= 5)
			len = (len + 7) / 8;
		len += len & 1;
		cursor_skip(&data, len < cursor_left(&data) ? len : cursor_left(&data));
	}
	if (good > 0 || bad == 0)
		observer_response(observer, PROTOCOL_S7COMM, operation);
	if (bad > 0)
		observer_refusal(observer, PROTOCOL_S7COMM, operation);
}

static bool ack_dissect(const struct s7comm_pdu *s7, struct s7comm_flow *flow, struct observer *observer)
{
	uint8_t function = cursor_peek(&s7->parameter);
	if (cursor_left(&s7->parameter) == 0 && flow->job_reference == s7->reference)
		function = flow->job_function;
	unsigned operation = job_operation(function);
	if (job_by_server(function)) {
		s7comm_client_prove(flow, true, observer);
		observer_request(observer, PROTOCOL_S7COMM, operation);
		return true;
	}
	s7comm_client_prove(flow, false, observer);
	if (s7->error != 0) {
		observer_refusal(observer, PROTOCOL_S7COMM, operation);
		return true;
	}
	if (function == JOB_READ || function == JOB_WRITE) {
		items_say(s7, function, observer);
		return true;
	}
	if (function == JOB_INVOKE && flow->job_reference == s7->reference)
		operation = flow->job_operation;
	observer_response(observer, PROTOCOL_S7COMM, operation);
	if (function == JOB_SETUP && s7->rosctr == ROSCTR_ACK_DATA)
		place_tell(flow, observer);
	return true;
}

bool s7comm_dissect(
	const struct cursor *bytes, const struct pdu *pdu, struct s7comm_flow *flow, struct observer *observer)
{
	struct s7comm_pdu s7;
	if (!header_read(&s7, *bytes) || (!s7.complete && pdu->whole))
		return false;
	switch (s7.rosctr) {
	case ROSCTR_JOB:
		return job_dissect(&s7, flow, observer) && s7.complete;
	case ROSCTR_ACK:
	case ROSCTR_ACK_DATA:
		return ack_dissect(&s7, flow, observer) && s7.complete;
	case ROSCTR_USERDATA:
		return s7comm_userdata(&s7.parameter, &s7.data, pdu, flow, observer) && s7.complete;
	default:
		return false;
	}
}
