/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opcua.c - OPC UA over TCP: connection protocol and secure conversation (OPC 10000-6, 6.7 and 7.1).
 *
 *	+------------------------------------+-------------+---------+------
 *	| HEL ACK ERR RHE OPN MSG CLO (3x8)  | chunk F C A | size 32 | ...
 *	+------------------------------------+-------------+---------+------
 *	HEL: version, four sizes, url     RHE: server uri, url     ACK: version, four sizes     ERR: code 32, reason
 *	OPN: channel 32 | policy uri | certificate of the sender | thumbprint | sequence 32 | request 32 | body
 *	MSG, CLO: channel 32 | token 32 | sequence 32 | request 32 | body
 *
 * The client says hello, also where the server opened the connection (RHE). Bodies are encrypted as a
 * rule once a policy is in use; signatures then stand between the chunks of a message, so that only
 * messages without a policy are put together from several.
 */
#include "opcua.h"

#include <string.h>

#define HEADER_LEN 8
#define SIZE_MAX_READ 131072 /* of one chunk; stacks offer 64 KiB buffers */
#define HOST_MAX 253

static bool is_type(const uint8_t *at, const char *type)
{
	return memcmp(at, type, 3) == 0;
}

static enum framing opcua_frame(struct cursor bytes, size_t *len)
{
	static const char types[][4] = {"HEL", "ACK", "ERR", "RHE", "OPN", "MSG", "CLO"};
	*len = 0;
	size_t left = cursor_left(&bytes);
	bool known = left == 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types) && !known; i++)
		known = memcmp(bytes.at, types[i], left < 3 ? left : 3) == 0;
	if (!known)
		return FRAMING_FOREIGN;
	if (left < 4)
		return FRAMING_MORE;
	bool many = is_type(bytes.at, "MSG");
	uint8_t chunk = bytes.at[3];
	if (chunk != 'F' && !(many && (chunk == 'C' || chunk == 'A')))
		return FRAMING_FOREIGN;
	cursor_skip(&bytes, 4);
	uint32_t size = cursor_le32(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (size < HEADER_LEN + 8 || size > SIZE_MAX_READ)
		return FRAMING_FOREIGN;
	*len = size;
	return left >= size ? FRAMING_WHOLE : FRAMING_MORE;
}

enum opcua_role opcua_say(struct opcua *d, enum opcua_role role, unsigned operations, bool refused)
{
	uint8_t *here = &d->state->roles[d->pdu->direction];
	uint8_t there = d->state->roles[!d->pdu->direction];
	if (role != OPCUA_UNKNOWN)
		*here = (uint8_t)role;
	else if (*here == OPCUA_UNKNOWN && there != OPCUA_UNKNOWN)
		*here = there == OPCUA_CLIENT ? OPCUA_SERVER : OPCUA_CLIENT;
	role = *here;
	if (role == OPCUA_CLIENT)
		observer_request(d->observer, PROTOCOL_OPCUA, operations);
	else if (role == OPCUA_UNKNOWN)
		observer_exchange(d->observer, PROTOCOL_OPCUA, operations);
	else if (refused)
		observer_refusal(d->observer, PROTOCOL_OPCUA, operations);
	else
		observer_response(d->observer, PROTOCOL_OPCUA, operations);
	return role;
}

/* The host that a client asked for, when it is a name: "opc.tcp://vm-7:4840/path". */
static void host_report(struct opcua *d, struct cursor url)
{
	static const char scheme[] = "opc.tcp://";
	size_t len = sizeof(scheme) - 1, used = 0;
	if (cursor_left(&url) <= len || memcmp(url.at, scheme, len) != 0)
		return;
	bool name = false;
	for (cursor_skip(&url, len); used < cursor_left(&url); used++) {
		uint8_t c = url.at[used];
		if (c == ':' || c == '/')
			break;
		name |= (c < '0' || c > '9') && c != '.';
	}
	if (!name || used == 0 || used > HOST_MAX || url.at[0] == '[')
		return;
	struct statement s = {.protocol = PROTOCOL_OPCUA, .subject = SUBJECT_RECEIVER, .message = "Hello"};
	observer_fact(d->observer, &s, ATTRIBUTE_SERVER_NAME, url.at, used);
}

static bool hello_read(struct opcua *d, struct cursor c)
{
	cursor_skip(&c, 20);
	struct cursor url = opcua_string(&c);
	if (!cursor_ok(&c) || cursor_left(&c) > 0)
		return false;
	opcua_say(d, OPCUA_CLIENT, OPERATION_NONE, false);
	host_report(d, url);
	return true;
}

static bool reverse_hello_read(struct opcua *d, struct cursor c)
{
	struct cursor uri = opcua_string(&c), url = opcua_string(&c);
	if (!cursor_ok(&c) || cursor_left(&c) > 0)
		return false;
	opcua_say(d, OPCUA_SERVER, OPERATION_NONE, false);
	d->about.message = "ReverseHello";
	observer_fact(d->observer, &d->about, ATTRIBUTE_APPLICATION_URI, uri.at, cursor_left(&uri));
	observer_fact(d->observer, &d->about, ATTRIBUTE_URL, url.at, cursor_left(&url));
	return true;
}

static bool error_read(struct opcua *d, struct cursor c)
{
	cursor_skip(&c, 4);
	opcua_string(&c);
	if (!cursor_ok(&c))
		return false;
	/* Servers send it, clients of reverse connections too. */
	opcua_say(d, d->state->roles[d->pdu->direction] == OPCUA_CLIENT ? OPCUA_CLIENT : OPCUA_SERVER, OPERATION_NONE,
		true);
	return true;
}

static bool open_read(struct opcua *d, struct cursor c)
{
	static const char none[] = "#None";
	cursor_skip(&c, 4);
	struct cursor policy = opcua_string(&c), certificate = opcua_string(&c);
	opcua_string(&c);
	cursor_skip(&c, 4);
	d->request = cursor_le32(&c);
	size_t len = cursor_left(&policy), tail = sizeof(none) - 1;
	if (!cursor_ok(&c) || len < tail)
		return false;
	d->state->secured = memcmp(policy.end - tail, none, tail) != 0;
	opcua_certificate_report(d, "OpenSecureChannel", certificate);
	if (!d->state->secured)
		return opcua_service_read(d, c);
	opcua_say(d, OPCUA_UNKNOWN, OPERATION_NONE, false);
	const uint8_t *hash = memchr(policy.at, '#', len);
	if (hash != NULL) {
		d->about.message = "OpenSecureChannel";
		observer_fact(d->observer, &d->about, ATTRIBUTE_SECURITY, hash + 1, (size_t)(policy.end - hash - 1));
	}
	return true;
}

/* One of several chunks. What cannot be put together, or does not hold when it is, tells nothing but who sends. */
static bool chunk_read(struct opcua *d, uint8_t chunk, struct cursor c)
{
	unsigned slot = d->request % ASSEMBLY_SLOTS;
	struct opcua_stream *s = &d->state->streams[slot];
	bool known = s->used && s->request == d->request && s->direction == d->pdu->direction;
	if (!known && chunk == 'F')
		return opcua_service_read(d, c);
	if (!known) {
		*s = (struct opcua_stream){.used = true, .direction = d->pdu->direction, .request = d->request};
		assembly_drop(d->observer, slot);
	}
	bool added = chunk != 'A' && !d->state->secured && d->pdu->whole && assembly_add(d->observer, slot, c);
	if (!added && chunk != 'C')
		s->used = false;
	if (!added || chunk == 'C') {
		opcua_say(d, OPCUA_UNKNOWN, OPERATION_NONE, false);
		return true;
	}
	s->used = false;
	return opcua_service_read(d, assembly_get(d->observer, slot));
}

static bool message_read(struct opcua *d, uint8_t chunk, struct cursor c)
{
	cursor_skip(&c, 12); /* channel, token, sequence */
	d->request = cursor_le32(&c);
	return cursor_ok(&c) && chunk_read(d, chunk, c);
}

static bool opcua_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	struct opcua d = {.pdu = pdu, .observer = observer};
	d.state = state;
	d.about.protocol = PROTOCOL_OPCUA;
	d.about.subject = SUBJECT_SENDER;
	size_t given = cursor_left(&bytes);
	const uint8_t *type = cursor_bytes(&bytes, 4);
	uint32_t size = cursor_le32(&bytes);
	if (type == NULL || !cursor_ok(&bytes) || (pdu->whole && size != given))
		return false;
	if (is_type(type, "HEL"))
		return hello_read(&d, bytes);
	if (is_type(type, "RHE"))
		return reverse_hello_read(&d, bytes);
	if (is_type(type, "ACK")) {
		opcua_say(&d, OPCUA_SERVER, OPERATION_NONE, false);
		return cursor_left(&bytes) >= 20;
	}
	if (is_type(type, "ERR"))
		return error_read(&d, bytes);
	if (is_type(type, "OPN"))
		return open_read(&d, bytes);
	return message_read(&d, type[3], bytes);
}

extern const struct dissector opcua_dissector;
const struct dissector opcua_dissector = {
	.name = "opcua",
	.protocol = PROTOCOL_OPCUA,
	.reference = "OPC 10000-6",
	.tcp_ports = (const uint16_t[]){4840, 0},
	.tcp_any = true,
	.state_size = sizeof(struct opcua_state),
	.pdu_max = SIZE_MAX_READ,
	.assembly_max = 262144, /* address spaces are browsed in large answers; descriptions take a few chunks */
	.frame = opcua_frame,
	.dissect = opcua_dissect,
};
