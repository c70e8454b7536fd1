/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh.c - Secure Shell, as far as it is in the clear: the line with which both ends begin (RFC 4253, 4.2).
 *
 *	SSH-<protocol version>-<software version> [SP comments] CR LF
 *
 * A client that sends the first line, and a server that sends it, look the same: who is who is the transport's to
 * say. Key exchange and all that follows is only cut where the segments end.
 */
#include "earshot/dissector.h"
#include "text.h"

#define LINE_MAX_LEN 255 /* RFC 4253, 4.2, with CR LF */
#define PIECE_MAX 65536

struct ssh_state {
	bool greeted[2]; /* by direction */
};

static enum framing ssh_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return FRAMING_MORE;
	if (!text_may_start(bytes, "SSH-")) {
		*len = left < PIECE_MAX ? left : PIECE_MAX;
		return FRAMING_WHOLE; /* of an open connection, or nothing of ours: ssh_dissect() knows */
	}
	const uint8_t *end = text_find(bytes, "\n");
	if (end == NULL)
		return left < LINE_MAX_LEN ? FRAMING_MORE : FRAMING_FOREIGN;
	*len = (size_t)(end - bytes.at) + 1;
	return *len <= LINE_MAX_LEN ? FRAMING_WHOLE : FRAMING_FOREIGN;
}

static bool ssh_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct ssh_state *ssh = state;
	unsigned direction = pdu->direction & 1;
	struct statement s = {.protocol = PROTOCOL_SSH, .subject = SUBJECT_SENDER, .message = "SSH identification"};
	struct cursor line;
	bool known = ssh->greeted[0] || ssh->greeted[1];
	if (ssh->greeted[direction] || !text_starts(bytes, "SSH-"))
		return known;
	if (!text_line(&bytes, &line) || !text_printable(line))
		return known;
	if (!text_starts(line, "SSH-2.0-") && !text_starts(line, "SSH-1."))
		return known;
	observer_fact(observer, &s, ATTRIBUTE_BANNER, line.at, cursor_left(&line));
	ssh->greeted[direction] = true;
	if (pdu->sender == SIDE_CLIENT)
		observer_request(observer, PROTOCOL_SSH, OPERATION_NONE);
	else if (pdu->sender == SIDE_SERVER)
		observer_response(observer, PROTOCOL_SSH, OPERATION_NONE);
	return true;
}

extern const struct dissector ssh_dissector;
const struct dissector ssh_dissector = {
	.name = "ssh",
	.protocol = PROTOCOL_SSH,
	.reference = "RFC 4253",
	.tcp_ports = (const uint16_t[]){22, 0},
	.tcp_any = true,
	.state_size = sizeof(struct ssh_state),
	.pdu_max = PIECE_MAX,
	.frame = ssh_frame,
	.dissect = ssh_dissect,
};
