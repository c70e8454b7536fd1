/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls.c - Transport Layer Security, as far as it is in the clear for everybody: who opened, and for
 * which name (RFC 8446 4.1.2 and 4.1.3, RFC 5246 7.4.1, RFC 6066 3).
 *
 *	+----------------+------------+-----------+----------------------------------------+
 *	| content type 8 | version 16 | length 16 | handshake: type 8, length 24, body ... |
 *	+----------------+------------+-----------+----------------------------------------+
 *
 *	ClientHello: version 16, random 256, session id <8>, cipher suites <16>, compression <8>, extensions <16>
 *
 * All that follows the hellos is only cut into records, so that the flow has a name.
 */
#include "earshot/dissector.h"

enum { RECORD_CHANGE_CIPHER_SPEC = 20, RECORD_HANDSHAKE = 22, RECORD_APPLICATION_DATA = 23 };
enum { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2, EXTENSION_SERVER_NAME = 0, NAME_HOST = 0 };

#define RECORD_HEADER_LEN 5
#define RECORD_LEN_MAX (16384 + 2048) /* TLSCiphertext of TLS 1.2; 1.3 allows less */

struct tls_state {
	uint8_t greeted[2]; /* by direction: its hello was read, the rest is not for us */
};

static enum framing tls_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t type = cursor_u8(&bytes);
	uint8_t major = cursor_u8(&bytes);
	uint8_t minor = cursor_u8(&bytes);
	uint16_t record_len = cursor_be16(&bytes);
	if ((left > 0 && (type < RECORD_CHANGE_CIPHER_SPEC || type > RECORD_APPLICATION_DATA)) ||
		(left > 1 && major != 3) || (left > 2 && minor > 4))
		return FRAMING_FOREIGN;
	if (left < RECORD_HEADER_LEN)
		return FRAMING_MORE;
	if (record_len == 0 || record_len > RECORD_LEN_MAX || (type == RECORD_CHANGE_CIPHER_SPEC && record_len != 1))
		return FRAMING_FOREIGN;
	*len = RECORD_HEADER_LEN + (size_t)record_len;
	return left >= *len ? FRAMING_WHOLE : FRAMING_MORE;
}

/* The host name among the server names of the extension; empty when there is none. */
static struct cursor host_name(struct cursor extension)
{
	struct cursor names = cursor_take(&extension, cursor_be16(&extension));
	while (cursor_left(&names) > 0) {
		uint8_t type = cursor_u8(&names);
		struct cursor name = cursor_take(&names, cursor_be16(&names));
		if (cursor_ok(&names) && type == NAME_HOST)
			return name;
	}
	return cursor_empty();
}

/*
 * What stands behind the client's random. A hello longer than its record goes on in the next one:
 * the extensions up to there are read.
 */
static void client_hello_read(struct cursor c, struct observer *observer)
{
	struct statement s = {.protocol = PROTOCOL_TLS, .subject = SUBJECT_RECEIVER, .message = "ClientHello"};
	cursor_skip(&c, cursor_u8(&c));
	cursor_skip(&c, cursor_be16(&c));
	cursor_skip(&c, cursor_u8(&c));
	cursor_skip(&c, 2);
	while (cursor_left(&c) > 0) {
		uint16_t type = cursor_be16(&c);
		struct cursor extension = cursor_take(&c, cursor_be16(&c));
		if (!cursor_ok(&c) || type != EXTENSION_SERVER_NAME)
			continue;
		struct cursor name = host_name(extension);
		observer_fact(observer, &s, ATTRIBUTE_SERVER_NAME, name.at, cursor_left(&name));
		return;
	}
}

/* True when the record's handshake message is a hello; only then the record is known to be in the clear. */
static bool hello_read(struct cursor c, struct observer *observer)
{
	uint8_t type = cursor_u8(&c);
	uint32_t len = cursor_be24(&c);
	uint8_t major = cursor_u8(&c);
	uint8_t minor = cursor_u8(&c);
	cursor_skip(&c, 32);
	if (!cursor_ok(&c) || len < 38 || len > 65535 || major != 3 || minor > 4)
		return false;
	if (type == HANDSHAKE_CLIENT_HELLO) {
		observer_request(observer, PROTOCOL_TLS, OPERATION_NONE);
		struct cursor body = cursor_take(&c, len - 34 < cursor_left(&c) ? len - 34 : cursor_left(&c));
		client_hello_read(body, observer);
	} else if (type == HANDSHAKE_SERVER_HELLO) {
		observer_response(observer, PROTOCOL_TLS, OPERATION_NONE);
	} else {
		return false;
	}
	observer_confirm(observer);
	return true;
}

static bool tls_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct tls_state *tls = state;
	unsigned direction = pdu->direction & 1;
	/* Five bytes of header are thin proof: elsewhere than on its port TLS begins with a hello or is none. */
	bool known = tls->greeted[0] || tls->greeted[1] || pdu->expected_port;
	if (cursor_u8(&bytes) != RECORD_HANDSHAKE || tls->greeted[direction])
		return known;
	cursor_skip(&bytes, 2);
	size_t record_len = cursor_be16(&bytes);
	if (!cursor_ok(&bytes) || (pdu->whole && cursor_left(&bytes) != record_len))
		return false;
	tls->greeted[direction] = hello_read(bytes, observer);
	return known || tls->greeted[direction];
}

extern const struct dissector tls_dissector;
const struct dissector tls_dissector = {
	.name = "tls",
	.protocol = PROTOCOL_TLS,
	.reference = "RFC 8446",
	.tcp_ports = (const uint16_t[]){443, 0},
	.tcp_any = true,
	.confirmations = 1,
	.state_size = sizeof(struct tls_state),
	.pdu_max = RECORD_HEADER_LEN + RECORD_LEN_MAX,
	.frame = tls_frame,
	.dissect = tls_dissect,
};
