/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fox.c - Tridium Niagara Fox, the hello with which both ends begin (as public tools read it; there is no public
 * specification).
 *
 *	fox <kind> <number> <answered number> <channel> <command> LF
 *	{ LF
 *	<name>=<type>:<value> LF ...
 *	};; LF
 *
 * Stations (controllers and supervisors) answer, Workbenches and other stations ask. The login that follows carries
 * names and digests of users, and is only cut into messages.
 */
#include <stdio.h>

#include "earshot/dissector.h"
#include "text.h"

#define PDU_MAX 65536
#define HELLO_MAX 8192 /* a hello is about a kilobyte */
#define DESCRIPTION_MAX 200

static enum framing fox_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (!text_may_start(bytes, "fox "))
		return FRAMING_FOREIGN;
	if (left > 5 && bytes.at[5] != ' ')
		return FRAMING_FOREIGN;
	const uint8_t *end = text_find(bytes, "\n};;");
	if (end == NULL)
		return left < PDU_MAX ? FRAMING_MORE : FRAMING_FOREIGN;
	end += 4;
	while (end < bytes.end && (*end == '\n' || *end == '\r'))
		end++;
	*len = (size_t)(end - bytes.at);
	return FRAMING_WHOLE;
}

struct hello {
	struct cursor os_name, os_version, vm_name, vm_version;
	bool station_running;
};

static void hello_line(struct observer *o, const struct statement *s, struct cursor line, struct hello *h)
{
	static const struct {
		const char *name;
		enum attribute attribute;
	} fields[] = {
		{"hostName=s:", ATTRIBUTE_HOSTNAME},
		{"app.name=s:", ATTRIBUTE_APPLICATION_NAME},
		{"app.version=s:", ATTRIBUTE_SOFTWARE_VERSION},
		{"os.name=s:", ATTRIBUTE_OS},
		{"station.name=s:", ATTRIBUTE_STATION_NAME},
		{"hostId=s:", ATTRIBUTE_DEVICE_ID},
		{"brandId=s:", ATTRIBUTE_VENDOR},
	};
	static const char *const described[] = {"os.name=s:", "os.version=s:", "vm.name=s:", "vm.version=s:"};
	struct cursor *places[] = {&h->os_name, &h->os_version, &h->vm_name, &h->vm_version};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!text_starts(line, fields[i].name))
			continue;
		struct cursor value = line;
		cursor_skip(&value, strlen(fields[i].name));
		observer_fact(o, s, fields[i].attribute, value.at, cursor_left(&value));
		if (fields[i].attribute == ATTRIBUTE_APPLICATION_NAME)
			h->station_running = text_starts(value, "Station");
	}
	for (size_t i = 0; i < sizeof(described) / sizeof(described[0]); i++) {
		if (text_starts(line, described[i])) {
			*places[i] = line;
			cursor_skip(places[i], strlen(described[i]));
		}
	}
}

static int clamp(const struct cursor *c)
{
	return cursor_left(c) < 48 ? (int)cursor_left(c) : 48;
}

static void description_fact(struct observer *o, const struct statement *s, const struct hello *h)
{
	char text[DESCRIPTION_MAX + 1];
	if (cursor_left(&h->os_version) == 0 || cursor_left(&h->os_name) == 0)
		return;
	int used = snprintf(text, sizeof(text), "%.*s %.*s", clamp(&h->os_name), (const char *)h->os_name.at,
		clamp(&h->os_version), (const char *)h->os_version.at);
	if (cursor_left(&h->vm_name) > 0)
		snprintf(text + used, sizeof(text) - (size_t)used, ", %.*s %.*s", clamp(&h->vm_name),
			(const char *)h->vm_name.at, clamp(&h->vm_version), (const char *)h->vm_version.at);
	observer_fact_string(o, s, ATTRIBUTE_DESCRIPTION, text);
}

/* False when there is no "{" behind the first line. */
static bool hello_read(struct cursor c, struct observer *o, bool *station)
{
	struct statement s = {.protocol = PROTOCOL_FOX, .subject = SUBJECT_SENDER, .message = "Fox hello"};
	struct cursor line, none = cursor_empty();
	struct hello h = {none, none, none, none, false};
	/* NOLINTNEXTLINE(misc-redundant-expression): each call reads a line */
	if (!text_line(&c, &line) || !text_line(&c, &line) || !text_starts(line, "{"))
		return false;
	while (text_line(&c, &line) && !text_starts(line, "}"))
		hello_line(o, &s, line, &h);
	description_fact(o, &s, &h);
	*station = h.station_running;
	return true;
}

static bool fox_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct cursor line, c = bytes;
	bool station = false;
	if (!text_line(&c, &line))
		return !pdu->whole;
	bool hello = text_find(line, " fox hello") != NULL && cursor_left(&bytes) <= HELLO_MAX;
	if (hello && !hello_read(bytes, observer, &station))
		return false;
	enum side side = pdu->sender != SIDE_UNKNOWN ? pdu->sender
			 : !hello                    ? SIDE_UNKNOWN
			 : station                   ? SIDE_SERVER
						     : SIDE_CLIENT;
	if (side == SIDE_CLIENT)
		observer_request(observer, PROTOCOL_FOX, OPERATION_NONE);
	else if (side == SIDE_SERVER)
		observer_response(observer, PROTOCOL_FOX, OPERATION_NONE);
	return true;
}

extern const struct dissector fox_dissector;
const struct dissector fox_dissector = {
	.name = "fox",
	.protocol = PROTOCOL_FOX,
	.reference = "Niagara Fox hello, as observed",
	.tcp_ports = (const uint16_t[]){1911, 0},
	.tcp_any = true,
	.pdu_max = PDU_MAX,
	.frame = fox_frame,
	.dissect = fox_dissect,
};
