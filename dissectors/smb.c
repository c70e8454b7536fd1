/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smb.c - what a file server says of itself before anybody is logged in: Server Message Block 1 to 3 (MS-CIFS,
 *MS-SMB2), and the challenge of NTLM in it (MS-NLMP 2.2.1.2).
 *
 *	+------+-----------+-------------------------------------------------+
 *	| 0 8  | length 24 | FF "SMB", FE "SMB" or FD "SMB" (encrypted) ...   |    session service, RFC 1002 4.3.1
 *	+------+-----------+-------------------------------------------------+
 *
 *	"NTLMSSP" 00 | type 32 = 2 | name: length 16, room 16, offset 32 | flags 32 | challenge 64 | 0 64 |
 *	target information: length 16, room 16, offset 32 | major 8, minor 8, build 16, ...
 *	target information: id 16, length 16, value ...; 1 NetBIOS name, 3 DNS name of the computer, both UTF-16
 *
 * The authentication that follows (type 3) has the user's name and is never looked at. Long messages are files: their
 * beginning is read and the rest passes as pieces.
 */
#include <stdio.h>
#include <string.h>

#include "earshot/dissector.h"
#include "text.h"

enum { SESSION_LEN = 4, SMB1_HEADER_LEN = 32, SMB2_HEADER_LEN = 64, WHOLE_MAX = 8192, PIECE_MAX = 65536 };
enum { SMB1_SESSION_SETUP = 0x73, SMB1_REPLY = 0x80, SMB2_SESSION_SETUP = 1, SMB2_REPLY = 1 };
enum { NTLM_CHALLENGE = 2, AV_END = 0, AV_COMPUTER = 1, AV_DNS_COMPUTER = 3, AV_MAX = 16 };
#define NTLM_VERSION_GIVEN 0x02000000u
#define NAME_CHARS 255

struct smb_state {
	bool begun, told;
};

static bool begins(struct cursor c)
{
	uint8_t type = cursor_u8(&c);
	uint32_t len = cursor_be24(&c);
	uint8_t magic = cursor_u8(&c);
	return cursor_ok(&c) && type == 0 && len >= SMB1_HEADER_LEN && magic >= 0xfc && text_starts(c, "SMB");
}

static enum framing smb_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return FRAMING_MORE;
	if (left < SESSION_LEN + 4 && *bytes.at == 0)
		return FRAMING_MORE;
	*len = left < PIECE_MAX ? left : PIECE_MAX;
	if (!begins(bytes))
		return FRAMING_WHOLE; /* the rest of a long message, or nothing of ours: smb_dissect() knows */
	struct cursor c = bytes;
	size_t whole = SESSION_LEN + (size_t)(cursor_be32(&c) & 0xffffff);
	if (whole > WHOLE_MAX)
		return FRAMING_WHOLE;
	*len = whole;
	return left >= whole ? FRAMING_WHOLE : FRAMING_MORE;
}

/* UTF-16, little endian, of which only ASCII is taken over. */
static void wide_fact(struct observer *o, const struct statement *s, enum attribute attribute, struct cursor c)
{
	char text[NAME_CHARS];
	size_t used = 0;
	while (cursor_left(&c) >= 2 && used < sizeof(text)) {
		uint16_t unit = cursor_le16(&c);
		if (unit < 0x20 || unit > 0x7e)
			return;
		text[used++] = (char)unit;
	}
	observer_fact(o, s, attribute, text, used);
}

/* The part of `message` that a length, a room and an offset name. */
static struct cursor field(struct cursor message, struct cursor *c)
{
	size_t len = cursor_le16(c);
	cursor_skip(c, 2);
	size_t at = cursor_le32(c);
	cursor_skip(&message, at);
	return cursor_take(&message, len);
}

static void challenge_facts(struct observer *o, struct cursor message)
{
	struct statement s = {.protocol = PROTOCOL_SMB, .subject = SUBJECT_SENDER, .message = "NTLMSSP challenge"};
	struct cursor c = message, short_name = cursor_empty(), long_name = short_name;
	char os[32];
	cursor_skip(&c, 8);
	if (cursor_le32(&c) != NTLM_CHALLENGE)
		return;
	cursor_skip(&c, 8);
	uint32_t flags = cursor_le32(&c);
	cursor_skip(&c, 16);
	struct cursor information = field(message, &c);
	uint8_t major = cursor_u8(&c), minor = cursor_u8(&c);
	uint16_t build = cursor_le16(&c);
	bool version = cursor_ok(&c) && (flags & NTLM_VERSION_GIVEN) != 0 && major >= 5 && major <= 10;
	for (unsigned i = 0; i < AV_MAX && cursor_left(&information) > 0; i++) {
		uint16_t id = cursor_le16(&information);
		struct cursor value = cursor_take(&information, cursor_le16(&information));
		if (!cursor_ok(&information) || id == AV_END)
			break;
		if (id == AV_COMPUTER)
			short_name = value;
		else if (id == AV_DNS_COMPUTER)
			long_name = value;
	}
	wide_fact(o, &s, ATTRIBUTE_HOSTNAME, cursor_left(&long_name) > 0 ? long_name : short_name);
	/* Samba says 6.1 with build 0 whatever it runs on. */
	if (version && build != 0) {
		snprintf(os, sizeof(os), "Windows %u.%u.%u", major, minor, build);
		observer_fact_string(o, &s, ATTRIBUTE_OS, os);
	}
}

/* Sides by the reply bit of the header; a session setup that answers may have a challenge. */
static bool message_report(struct cursor c, struct smb_state *state, struct observer *o)
{
	struct cursor head = c;
	uint8_t magic = cursor_u8(&head);
	bool reply, setup;
	cursor_skip(&head, 3);
	if (magic == 0xff) {
		setup = cursor_u8(&head) == SMB1_SESSION_SETUP;
		cursor_skip(&head, 4);
		reply = (cursor_u8(&head) & SMB1_REPLY) != 0;
	} else if (magic == 0xfe) {
		cursor_skip(&head, 8);
		setup = cursor_le16(&head) == SMB2_SESSION_SETUP;
		cursor_skip(&head, 2);
		reply = (cursor_le32(&head) & SMB2_REPLY) != 0;
	} else {
		return true; /* encrypted or compressed */
	}
	if (!cursor_ok(&head))
		return false;
	if (reply)
		observer_response(o, PROTOCOL_SMB, OPERATION_NONE);
	else
		observer_request(o, PROTOCOL_SMB, OPERATION_NONE);
	static const char mark[] = "NTLMSSP";
	const uint8_t *found =
		reply && setup && !state->told ? memmem(c.at, cursor_left(&c), mark, sizeof(mark)) : NULL;
	if (found == NULL)
		return true;
	c.at = found;
	challenge_facts(o, c);
	state->told = true;
	return true;
}

static bool smb_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)pdu;
	struct smb_state *smb = state;
	if (!begins(bytes))
		return smb->begun;
	cursor_skip(&bytes, SESSION_LEN);
	smb->begun = true;
	return message_report(bytes, smb, observer);
}

extern const struct dissector smb_dissector;
const struct dissector smb_dissector = {
	.name = "smb",
	.protocol = PROTOCOL_SMB,
	.reference = "MS-SMB2, MS-CIFS, MS-NLMP",
	.tcp_ports = (const uint16_t[]){445, 139, 0},
	.tcp_any = true,
	.state_size = sizeof(struct smb_state),
	.pdu_max = PIECE_MAX,
	.frame = smb_frame,
	.dissect = smb_dissect,
};
