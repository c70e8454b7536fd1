/* SPDX-License-Identifier: Apache-2.0 */
/*
 * s7comm_userdata.c - S7 communication, ROSCTR 7: programming device, cyclic data, blocks, status lists, clock.
 *
 * Follows what the S7comm dissector of Wireshark and the Snap7 reference manual document.
 *
 *	 0          3     4        5             6         7          8           9           10
 *	+----------+-----+--------+------+------+----------+----------+-----------+-----------+-------+
 *	| 00 01 12 | len | method | type | group| function | sequence | data unit | more      | error |
 *	+----------+-----+--------+------+------+----------+----------+-----------+-----------+-------+
 *	type (4 bits): 0 pushed by the server, 4 request, 8 response; the bytes from 8 on are not in all.
 *	The data: return code, transport size, length (2 bytes), content.
 *
 * An answer that does not fit one PDU comes in data units: the same non-zero reference in all, "more"
 * in all but the last. The client asks for each.
 */
#include "s7comm.h"
#include "compose.h"

#include <stdio.h>
#include <string.h>

enum { TYPE_PUSH = 0, TYPE_REQUEST = 4, TYPE_RESPONSE = 8 };

enum {
	GROUP_MODE = 0,
	GROUP_PROGRAMMER = 1,
	GROUP_CYCLIC = 2,
	GROUP_BLOCK = 3,
	GROUP_CPU = 4,
	GROUP_SECURITY = 5,
	GROUP_BSEND = 6,
	GROUP_CLOCK = 7,
	GROUP_NC = 15
};

enum { CPU_READ_SZL = 1, BLOCK_COUNT = 1, BLOCK_INFO = 3 };

#define RETURN_OK 0xff

struct userdata {
	uint8_t type, group, function;
	uint8_t reference; /* of the data unit, 0: not in units */
	bool more;
	uint16_t error;
	struct cursor data;
};

static struct statement userdata_statement(enum subject subject, const char *message)
{
	return (struct statement){.protocol = PROTOCOL_S7COMM, .subject = subject, .message = message};
}

static bool userdata_read(struct userdata *u, struct cursor parameter, const struct cursor *data)
{
	const uint8_t *fixed = cursor_bytes(&parameter, 8);
	if (fixed == NULL)
		return false;
	u->type = fixed[5] >> 4;
	u->group = fixed[5] & 15;
	u->function = fixed[6];
	u->reference = 0;
	u->more = false;
	u->error = 0;
	if (cursor_left(&parameter) >= 4) { /* the length byte before them is not reliable */
		u->reference = cursor_u8(&parameter);
		u->more = cursor_u8(&parameter) != 0;
		u->error = cursor_be16(&parameter);
	}
	u->data = *data;
	return true;
}

/* What is done and, when it matters by itself, the event to tell of the request. */
struct service {
	uint8_t group, function; /* function 0: any other of the group */
	uint8_t operation;
	const char *message, *event;
};

/* The cyclic groups first; within a group the first that fits is taken. */
static const struct service services[] = {
	{GROUP_CYCLIC, 0, OPERATION_READ, NULL, NULL},
	{GROUP_CPU, CPU_READ_SZL, OPERATION_DIAGNOSE, NULL, NULL},
	{GROUP_CPU, 0x03, OPERATION_DIAGNOSE, NULL, NULL},
	{GROUP_CPU, 0x07, OPERATION_CONTROL, "S7 ALARM_8 lock", "alarms locked"},
	{GROUP_CPU, 0x08, OPERATION_CONTROL, "S7 ALARM_8 unlock", "alarms unlocked"},
	{GROUP_CPU, 0x0b, OPERATION_CONTROL, NULL, NULL}, /* alarm acknowledged */
	{GROUP_CPU, 0, OPERATION_READ, NULL, NULL},       /* messages and alarms */
	{GROUP_PROGRAMMER, 0x08, OPERATION_WRITE, NULL, NULL},
	{GROUP_PROGRAMMER, 0x09, OPERATION_CONTROL, "S7 programmer command 0x09", "force"},
	{GROUP_PROGRAMMER, 0x0a, OPERATION_CONTROL, "S7 programmer command 0x0A", "breakpoint"},
	{GROUP_PROGRAMMER, 0x0b, OPERATION_CONTROL, "S7 programmer command 0x0B", "exit HOLD"},
	{GROUP_PROGRAMMER, 0x0c, OPERATION_CONTROL, "S7 programmer command 0x0C", "memory reset"},
	{GROUP_PROGRAMMER, 0x16, OPERATION_CONTROL, NULL, NULL}, /* flash the LED */
	{GROUP_PROGRAMMER, 0, OPERATION_DIAGNOSE, NULL, NULL},
	{GROUP_BLOCK, 0, OPERATION_DIAGNOSE, NULL, NULL},
	{GROUP_SECURITY, 0x01, OPERATION_CONFIGURE, "S7 security 0x01", "password entered"},
	{GROUP_SECURITY, 0, OPERATION_CONFIGURE, NULL, NULL},
	{GROUP_BSEND, 0, OPERATION_WRITE, NULL, NULL},
	{GROUP_CLOCK, 0x02, OPERATION_CONFIGURE, "S7 clock 0x02", "clock set"},
	{GROUP_CLOCK, 0x04, OPERATION_CONFIGURE, "S7 clock 0x04", "clock set"},
	{GROUP_CLOCK, 0, OPERATION_DIAGNOSE, NULL, NULL},
	{GROUP_MODE, 0, OPERATION_DIAGNOSE, NULL, NULL},
	{GROUP_NC, 0, OPERATION_PROGRAM, NULL, NULL},
};

static const struct service *service_find(const struct userdata *u)
{
	static const struct service unknown;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (services[i].group == u->group && (services[i].function == 0 || services[i].function == u->function))
			return &services[i];
	return &unknown;
}

/* Pushed on a change of mode; the function number is the new mode. */
static void mode_tell(const struct userdata *u, struct s7comm_flow *flow, struct observer *observer)
{
	static const char *const modes[] = {
		"STOP", "STARTUP", "RUN", "STARTUP", "HOLD", NULL, "STARTUP", NULL, NULL, "RUN", NULL, "RUN", "RUN"};
	if (u->function >= sizeof(modes) / sizeof(modes[0]) || modes[u->function] == NULL)
		return;
	flow->told = (struct s7comm_status){0};
	struct statement s = userdata_statement(SUBJECT_SENDER, "S7 mode transition");
	observer_fact_coded(observer, &s, ATTRIBUTE_OPERATING_MODE, modes[u->function], u->function);
}

/* The content of the data, when the device says that there is one. */
static struct cursor data_content(const struct userdata *u)
{
	struct cursor c = u->data;
	uint8_t code = cursor_u8(&c);
	cursor_skip(&c, 1);
	struct cursor content = cursor_take(&c, cursor_be16(&c));
	if (code != RETURN_OK)
		cursor_fail(&content);
	return content;
}

/* Milliseconds of the day and days since 1984 as "2015-12-15 23:27:04.820". */
static void block_time(char *text, size_t room, struct cursor *c)
{
	static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint32_t ms = cursor_be32(c), day = cursor_be16(c), year = 1984, month = 0;
	/* 1984 to 2163: every fourth year but 2100 has a 29th of February. */
	for (; day >= (year % 4 == 0 && year != 2100 ? 366u : 365u); year++)
		day -= year % 4 == 0 && year != 2100 ? 366u : 365u;
	for (; month < 11; month++) {
		uint32_t days = month_days[month] + (month == 1 && year % 4 == 0 && year != 2100 ? 1u : 0u);
		if (day < days)
			break;
		day -= days;
	}
	snprintf(text, room, "%u-%02u-%02u %02u:%02u:%02u.%03u", (unsigned)year, (unsigned)month + 1, (unsigned)day + 1,
		(unsigned)(ms / 3600000), (unsigned)(ms / 60000 % 60), (unsigned)(ms / 1000 % 60),
		(unsigned)(ms % 1000));
}

/* A text of 8 characters, filled up with NULs, behind its label; nothing for an empty one. */
static void header_text(struct composed *out, const char *label, const uint8_t *text)
{
	size_t len = 0;
	while (len < 8 && text[len] >= 0x20 && text[len] < 0x7f)
		len++;
	while (len > 0 && text[len - 1] == 0x20)
		len--;
	if (len > 0) {
		compose(out, label);
		compose_bytes(out, text, len);
	}
}

/*
 * Block info: 01 00, length, 2 bytes, "pp", 1 byte, flags, language, type, number, length (4), security (4),
 * times of the last change of code and of interface, four lengths, author, family, name (8 each), version,
 * 1 byte, checksum. It shows when a program was changed.
 */
static void block_info(const struct userdata *u, struct observer *observer)
{
	char code_time[32], interface_time[32];
	struct cursor c = data_content(u);
	cursor_skip(&c, 11);
	uint8_t type = cursor_u8(&c);
	uint16_t number = cursor_be16(&c);
	cursor_skip(&c, 8);
	block_time(code_time, sizeof(code_time), &c);
	block_time(interface_time, sizeof(interface_time), &c);
	cursor_skip(&c, 8);
	const uint8_t *author = cursor_bytes(&c, 8), *family = cursor_bytes(&c, 8), *name = cursor_bytes(&c, 8);
	uint8_t version = cursor_u8(&c);
	cursor_skip(&c, 1);
	uint16_t checksum = cursor_be16(&c);
	if (!cursor_ok(&c))
		return;
	const char *kind = s7comm_block_type(type < 10 ? (uint8_t)('0' + type) : (uint8_t)('A' + (type - 10)));
	struct composed text;
	text.len = (size_t)snprintf(text.text, sizeof(text.text),
		"%s%u: checksum 0x%04X, code %s, interface %s, version %u.%u", kind, number, checksum, code_time,
		interface_time, (unsigned)version >> 4, version & 15u);
	header_text(&text, ", author ", author);
	header_text(&text, ", family ", family);
	header_text(&text, ", name ", name);
	struct statement s = userdata_statement(SUBJECT_SENDER, "S7 block info");
	composed_fact(observer, &s, ATTRIBUTE_OBJECT, &text);
}

/* Number of blocks of each type: '0', type, count. */
static void block_counts(const struct userdata *u, struct observer *observer)
{
	struct composed text = composed_start();
	struct cursor c = data_content(u);
	compose(&text, "blocks:");
	for (unsigned i = 0; i < 8 && cursor_left(&c) >= 4; i++) {
		cursor_skip(&c, 1);
		compose(&text, i > 0 ? ", " : " ");
		compose(&text, s7comm_block_type(cursor_u8(&c)));
		compose(&text, " ");
		compose_number(&text, cursor_be16(&c));
	}
	struct statement s = userdata_statement(SUBJECT_SENDER, "S7 list blocks");
	if (cursor_ok(&c))
		composed_fact(observer, &s, ATTRIBUTE_OBJECT, &text);
}

/* The list being sent under this reference; else a place for it, the oldest one if all are taken. */
static unsigned list_find(struct s7comm_flow *flow, uint8_t direction, uint8_t reference)
{
	for (unsigned i = 0; i < S7COMM_LISTS; i++)
		if (flow->lists[i].open && flow->lists[i].direction == direction &&
			flow->lists[i].reference == reference)
			return i;
	for (unsigned i = 0; i < S7COMM_LISTS; i++)
		if (!flow->lists[i].open)
			return i;
	unsigned i = flow->lists_turn++ % S7COMM_LISTS;
	flow->lists[i].open = false;
	return i;
}

/*
 * Nothing marks a first unit. A piece that begins like the list that is open, or that would make it longer
 * than its header says, begins a new one: the end of the old one was not captured.
 */
static bool list_begins(struct cursor have, struct cursor piece)
{
	size_t want = s7comm_szl_len(have);
	return cursor_left(&have) + cursor_left(&piece) > want ||
	       (cursor_left(&piece) >= 8 && memcmp(have.at, piece.at, 8) == 0);
}

static void list_unit(
	const struct userdata *u, const struct pdu *pdu, struct s7comm_flow *flow, struct observer *observer)
{
	struct cursor piece = data_content(u);
	if (!cursor_ok(&piece))
		return;
	s7comm_status_age(&flow->told, pdu->frame->time_ns);
	if (u->reference == 0) {
		s7comm_szl(piece, &flow->told, observer);
		return;
	}
	unsigned i = list_find(flow, pdu->direction, u->reference), slot = S7COMM_SLOT_FIRST + i;
	struct s7comm_list *list = &flow->lists[i];
	if (!list->open || list_begins(assembly_get(observer, slot), piece))
		assembly_drop(observer, slot);
	*list = (struct s7comm_list){.open = true, .direction = pdu->direction, .reference = u->reference};
	if (!assembly_add(observer, slot, piece)) {
		list->open = false;
		return;
	}
	if (u->more)
		return;
	/* Only a complete one: of a list that was joined midway the start would be read as a header. */
	struct cursor whole = assembly_get(observer, slot);
	if (s7comm_szl_len(whole) == cursor_left(&whole))
		s7comm_szl(whole, &flow->told, observer);
	assembly_drop(observer, slot);
	list->open = false;
}

static void response_dissect(
	const struct userdata *u, const struct pdu *pdu, struct s7comm_flow *flow, struct observer *observer)
{
	if (u->group == GROUP_CPU && u->function == CPU_READ_SZL)
		list_unit(u, pdu, flow, observer);
	else if (u->group == GROUP_BLOCK && u->function == BLOCK_INFO)
		block_info(u, observer);
	else if (u->group == GROUP_BLOCK && u->function == BLOCK_COUNT)
		block_counts(u, observer);
}

/* Only programming software lists blocks and watches the program run; operator panels and SCADA read values. */
static void programmer_tell(const struct userdata *u, struct s7comm_flow *flow, struct observer *observer)
{
	if (flow->programmer_told || (u->group != GROUP_PROGRAMMER && u->group != GROUP_BLOCK))
		return;
	flow->programmer_told = true;
	struct statement s = userdata_statement(
		SUBJECT_SENDER, u->group == GROUP_BLOCK ? "S7 block functions" : "S7 programmer commands");
	s.confidence = 80;
	observer_fact_string(observer, &s, ATTRIBUTE_CLIENT_KIND, "programming functions");
}

bool s7comm_userdata(const struct cursor *parameter, const struct cursor *data, const struct pdu *pdu,
	struct s7comm_flow *flow, struct observer *observer)
{
	struct userdata u;
	if (!userdata_read(&u, *parameter, data))
		return false;
	const struct service *service = service_find(&u);
	s7comm_client_prove(flow, u.type == TYPE_REQUEST, observer);
	if (u.type == TYPE_REQUEST) {
		observer_request(observer, PROTOCOL_S7COMM, service->operation);
		programmer_tell(&u, flow, observer);
		if (service->event != NULL) {
			struct statement s = userdata_statement(SUBJECT_RECEIVER, service->message);
			observer_event(observer, &s, service->operation, service->event);
		}
		return true;
	}
	if (u.type == TYPE_RESPONSE && u.error != 0) {
		observer_refusal(observer, PROTOCOL_S7COMM, service->operation);
		return true;
	}
	observer_response(observer, PROTOCOL_S7COMM, service->operation);
	if (u.type == TYPE_RESPONSE)
		response_dissect(&u, pdu, flow, observer);
	else if (u.group == GROUP_MODE)
		mode_tell(&u, flow, observer);
	return true;
}
