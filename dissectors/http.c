/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - the Hypertext Transfer Protocol, version 1 (RFC 9112; the fields of RFC 9110).
 *
 *	METHOD SP target SP HTTP/1.x CRLF    or    HTTP/1.x SP status SP reason CRLF
 *	name: value CRLF ...
 *	CRLF
 *	body
 *
 * A server names itself in Server and, before it lets anybody in, in the realm of WWW-Authenticate: devices
 * put their product there. Authorization, Cookie and bodies are never looked at. Bodies are cut where the segments
 * end: a message begins with a segment.
 */
#include "earshot/dissector.h"
#include "text.h"

#define HEAD_MAX 16384 /* servers allow 8 to 16 KiB */
#define REALM_MAX 128

struct http_state {
	bool begun; /* a head was read: what is no head is a body */
	bool server_told, realm_told;
};

static const char *const methods[] = {
	"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PROPFIND "};

/* Could the bytes be the beginning of a head? */
static bool begins(struct cursor c)
{
	if (text_may_start(c, "HTTP/1."))
		return true;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (text_may_start(c, methods[i]))
			return true;
	return false;
}

static enum framing http_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return FRAMING_MORE;
	if (!begins(bytes)) {
		*len = left < HEAD_MAX ? left : HEAD_MAX;
		return FRAMING_WHOLE; /* a body, or nothing of ours: http_dissect() knows */
	}
	const uint8_t *end = text_find(bytes, "\r\n\r\n");
	if (end == NULL && left < HEAD_MAX)
		return FRAMING_MORE;
	size_t head = end != NULL ? (size_t)(end - bytes.at) + 4 : HEAD_MAX;
	if (head > HEAD_MAX)
		return FRAMING_FOREIGN;
	*len = head;
	return FRAMING_WHOLE;
}

/* "METHOD target HTTP/1.x" */
static bool is_request_line(struct cursor line)
{
	size_t len = cursor_left(&line);
	return len > 10 && memcmp(line.end - 9, " HTTP/1.", 8) == 0 && (line.end[-1] == '0' || line.end[-1] == '1');
}

/* "HTTP/1.x nnn" */
static bool is_status_line(struct cursor line)
{
	const uint8_t *p = line.at;
	return cursor_left(&line) >= 12 && memcmp(p, "HTTP/1.", 7) == 0 && p[8] == ' ' && p[9] >= '1' && p[9] <= '5' &&
	       p[10] >= '0' && p[10] <= '9' && p[11] >= '0' && p[11] <= '9';
}

/* realm="..." of a challenge. */
static void realm_fact(struct observer *o, const struct statement *s, struct cursor value)
{
	static const char name[] = "realm=\"";
	const uint8_t *start = text_find(value, name);
	if (start == NULL)
		return;
	value.at = start + sizeof(name) - 1;
	const uint8_t *end = text_find(value, "\"");
	if (end == NULL || end - value.at > REALM_MAX)
		return;
	value.end = end;
	text_fact(o, s, ATTRIBUTE_BANNER, value);
}

static void answer_facts(struct cursor c, struct http_state *state, struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_HTTP, .subject = SUBJECT_SENDER, .message = "HTTP Server"};
	struct cursor line;
	while (text_line(&c, &line) && cursor_left(&line) > 0) {
		if (!state->server_told && text_starts_caseless(line, "server:")) {
			cursor_skip(&line, 7);
			text_fact(o, &s, ATTRIBUTE_BANNER, line);
			state->server_told = true;
		} else if (!state->realm_told && text_starts_caseless(line, "www-authenticate:")) {
			s.message = "HTTP WWW-Authenticate realm";
			realm_fact(o, &s, line);
			s.message = "HTTP Server";
			state->realm_told = true;
		}
	}
}

static bool http_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)pdu;
	struct http_state *http = state;
	struct cursor line, c = bytes;
	bool complete = text_line(&c, &line);
	if (complete && is_status_line(line)) {
		observer_response(observer, PROTOCOL_HTTP, OPERATION_NONE);
		if (!http->server_told || !http->realm_told)
			answer_facts(c, http, observer);
	} else if (complete && begins(bytes) && is_request_line(line)) {
		observer_request(observer, PROTOCOL_HTTP, OPERATION_NONE);
	} else {
		return http->begun;
	}
	http->begun = true;
	return true;
}

extern const struct dissector http_dissector;
const struct dissector http_dissector = {
	.name = "http",
	.protocol = PROTOCOL_HTTP,
	.reference = "RFC 9112",
	.tcp_ports = (const uint16_t[]){80, 8080, 0},
	.tcp_any = true,
	.state_size = sizeof(struct http_state),
	.pdu_max = HEAD_MAX,
	.frame = http_frame,
	.dissect = http_dissect,
};
