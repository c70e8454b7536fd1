/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ftp.c - the control connection of the File Transfer Protocol (RFC 959), line by line.
 *
 *	server: nnn SP text CRLF, or nnn- text CRLF ... nnn SP text CRLF
 *	client: VERB [SP argument] CRLF
 *
 * The greeting (220) is what the server says of itself before anybody logged in. SMTP greets with the same
 * number: only a command that FTP alone has is proof on a foreign port. Arguments are never read: USER and
 * PASS have credentials there.
 */
#include "earshot/dissector.h"
#include "text.h"

#define LINE_MAX_LEN 1024

struct ftp_state {
	bool begun;
	bool greeted;
};

/* Commands of FTP that SMTP and POP do not have, without arguments or with harmless ones. */
static const char *const verbs[] = {"SYST", "PASV", "PORT ", "EPSV", "EPRT ", "TYPE ", "LIST", "NLST", "RETR ", "STOR ",
	"CWD ", "PWD", "MODE ", "STRU ", "MLSD", "SIZE ", "FEAT", "OPTS ", "USER ", "AUTH TLS", "AUTH SSL", "CDUP",
	"DELE ", "MKD ", "RMD "};

static enum framing ftp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	const uint8_t *end = text_find(bytes, "\n");
	if (left > 0 && (*bytes.at < 0x09 || *bytes.at > 0x7e))
		return FRAMING_FOREIGN;
	if (end == NULL)
		return left < LINE_MAX_LEN ? FRAMING_MORE : FRAMING_FOREIGN;
	*len = (size_t)(end - bytes.at) + 1;
	return *len <= LINE_MAX_LEN ? FRAMING_WHOLE : FRAMING_FOREIGN;
}

static bool is_reply(struct cursor line, unsigned *code)
{
	const uint8_t *p = line.at;
	if (cursor_left(&line) < 4 || p[0] < '1' || p[0] > '5' || p[1] < '0' || p[1] > '6' || p[2] < '0' ||
		p[2] > '9' || (p[3] != ' ' && p[3] != '-'))
		return false;
	*code = (p[0] - '0') * 100u + (p[1] - '0') * 10u + (p[2] - '0');
	return true;
}

static bool is_command(struct cursor line)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		struct cursor c = line;
		const char *verb = verbs[i];
		for (; *verb != '\0'; verb++) {
			uint8_t octet = cursor_u8(&c);
			if (octet >= 'a' && octet <= 'z')
				octet = (uint8_t)(octet - ('a' - 'A'));
			if (octet != (uint8_t)*verb)
				break;
		}
		if (*verb == '\0' && (verb[-1] == ' ' || cursor_left(&c) == 0 || cursor_peek(&c) == ' '))
			return true;
	}
	return false;
}

static void reply_report(struct cursor line, unsigned code, struct ftp_state *state, struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_FTP, .subject = SUBJECT_SENDER, .message = "FTP 220 greeting"};
	observer_response(o, PROTOCOL_FTP, OPERATION_NONE);
	cursor_skip(&line, 4);
	if (code == 220 && !state->greeted) {
		text_fact(o, &s, ATTRIBUTE_BANNER, line);
		state->greeted = true;
	} else if (code == 215 && !text_starts(line, "UNIX")) { /* every server says UNIX, for the clients' sake */
		s.message = "FTP 215 system type";
		text_fact(o, &s, ATTRIBUTE_OS, line);
	}
}

static bool ftp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct ftp_state *ftp = state;
	struct cursor line;
	unsigned code;
	if (!text_line(&bytes, &line))
		return ftp->begun;
	if (pdu->sender != SIDE_CLIENT && is_reply(line, &code) && (ftp->begun || code == 220)) {
		reply_report(line, code, ftp, observer);
	} else if (pdu->sender != SIDE_SERVER && is_command(line)) {
		observer_request(observer, PROTOCOL_FTP, OPERATION_FILE);
		observer_confirm(observer);
	} else {
		return ftp->begun; /* inside a reply of several lines, or a command that is none of ours */
	}
	ftp->begun = true;
	return true;
}

extern const struct dissector ftp_dissector;
const struct dissector ftp_dissector = {
	.name = "ftp",
	.protocol = PROTOCOL_FTP,
	.reference = "RFC 959",
	.tcp_ports = (const uint16_t[]){21, 0},
	.tcp_any = true,
	.confirmations = 1,
	.state_size = sizeof(struct ftp_state),
	.pdu_max = LINE_MAX_LEN,
	.frame = ftp_frame,
	.dissect = ftp_dissect,
};
