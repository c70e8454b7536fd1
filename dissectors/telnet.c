/* SPDX-License-Identifier: Apache-2.0 */
/*
 * telnet.c - Telnet: that it is spoken, and the line with which a server greets (RFC 854, options of RFC 855).
 *
 *	IAC FF | WILL FB, WONT FC, DO FD, DONT FE | option      between them text, IAC doubled
 *	IAC FF | SB FA | option | ... | IAC FF | SE F0
 *
 * What is typed and echoed may be names and passwords: text is read only until the client has sent its first
 * character, and prompts are no greeting.
 */
#include "earshot/dissector.h"
#include "text.h"

enum { IAC = 0xff, WILL = 0xfb, DONT = 0xfe, SB = 0xfa, SE = 0xf0, OPTION_MAX = 49, OPTION_EXTENDED = 255 };

#define PIECE_MAX 65536
#define GREETING_MAX 160

struct telnet_state {
	bool negotiated[2]; /* by direction */
	bool closed;        /* the client typed, or the greeting was told */
};

static bool begins(struct cursor c)
{
	uint8_t iac = cursor_u8(&c), verb = cursor_u8(&c), option = cursor_u8(&c);
	return cursor_ok(&c) && iac == IAC && verb >= WILL && verb <= DONT &&
	       (option <= OPTION_MAX || option == OPTION_EXTENDED);
}

static enum framing telnet_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return FRAMING_MORE;
	*len = left < PIECE_MAX ? left : PIECE_MAX;
	return FRAMING_WHOLE; /* a stream without messages: telnet_dissect() knows whether it is one */
}

/* The text of a piece without commands; returns its length, at most `size`. */
static size_t text_of(struct cursor c, uint8_t *text, size_t size)
{
	size_t used = 0;
	while (cursor_left(&c) > 0 && used < size) {
		uint8_t octet = cursor_u8(&c);
		if (octet != IAC) {
			text[used++] = octet;
			continue;
		}
		uint8_t verb = cursor_u8(&c);
		if (verb >= WILL && verb <= DONT)
			cursor_skip(&c, 1);
		while (verb == SB && cursor_left(&c) > 0)
			/* NOLINTNEXTLINE(misc-redundant-expression): each call reads a byte */
			if (cursor_u8(&c) == IAC && cursor_u8(&c) == SE)
				verb = SE;
	}
	return used;
}

/* The first line of the greeting that says something. */
static bool greeting_fact(struct observer *o, struct cursor c)
{
	static const char *const prompts[] = {"login", "user", "password", "passwd"};
	struct statement s = {.protocol = PROTOCOL_TELNET, .subject = SUBJECT_SENDER, .message = "Telnet greeting"};
	uint8_t text[GREETING_MAX * 4];
	struct cursor line, all = cursor_over(text, text_of(c, text, sizeof(text)));
	while (text_line(&all, &line)) {
		line = text_trim(line);
		while (line.end > line.at && line.end[-1] == '\r')
			line.end--;
		if (!text_printable(line) || cursor_left(&line) > GREETING_MAX)
			continue;
		for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++)
			if (text_starts_caseless(line, prompts[i]))
				return false;
		observer_fact(o, &s, ATTRIBUTE_BANNER, line.at, cursor_left(&line));
		return true;
	}
	return false;
}

static bool telnet_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct telnet_state *telnet = state;
	unsigned direction = pdu->direction & 1;
	uint8_t typed[1];
	bool opens = begins(bytes);
	if (!opens && !telnet->negotiated[0] && !telnet->negotiated[1])
		return false;
	if (opens && telnet->negotiated[!direction])
		observer_confirm(observer);
	telnet->negotiated[direction] |= opens;
	if (pdu->sender == SIDE_CLIENT) {
		observer_request(observer, PROTOCOL_TELNET, OPERATION_NONE);
		telnet->closed |= text_of(bytes, typed, sizeof(typed)) > 0;
	} else if (pdu->sender == SIDE_SERVER) {
		observer_response(observer, PROTOCOL_TELNET, OPERATION_NONE);
		telnet->closed |= !telnet->closed && pdu->whole && greeting_fact(observer, bytes);
	}
	return true;
}

extern const struct dissector telnet_dissector;
const struct dissector telnet_dissector = {
	.name = "telnet",
	.protocol = PROTOCOL_TELNET,
	.reference = "RFC 854",
	.tcp_ports = (const uint16_t[]){23, 0},
	.tcp_any = true,
	.confirmations = 1, /* both ends negotiate */
	.state_size = sizeof(struct telnet_state),
	.pdu_max = PIECE_MAX,
	.frame = telnet_frame,
	.dissect = telnet_dissect,
};
