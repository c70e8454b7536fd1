/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns.c - the Domain Name System: who asks whom (RFC 1035), and in multicast DNS the names that hosts claim
 * for themselves (RFC 6762).
 *
 *	+-------+----+----------+-------+---------+--------------+-----------+------------+---------------+
 *	| id 16 | QR | opcode 4 | flags | rcode 4 | questions 16 | answers 16| authority  | additional 16 |
 *	|       | 1  |          | 7     |         |              |           | 16         |               |
 *	+-------+----+----------+-------+---------+--------------+-----------+------------+---------------+
 *	question: name | type 16 | class 16
 *	record:   name | type 16 | class 16 | time to live 32 | length 16 | data
 *
 * What a name server answers is hearsay about others and no fact. A multicast answer is one only when it gives
 * the very address it was sent from: reflectors repeat the answers of other networks.
 */
#include <string.h>

#include "earshot/dissector.h"

enum { HEADER_LEN = 12, PDU_MAX = 9000, NAME_MAX_LEN = 253, JUMPS_MAX = 16, RECORDS_MAX = 64 };
enum { TYPE_A = 1, TYPE_AAAA = 28, CLASS_IN = 1, CLASS_FLUSH = 0x8000, OPCODE_SHIFT = 11 };
#define FLAG_RESPONSE 0x8000u
#define RCODE_MASK 0x000fu

struct dns {
	uint16_t flags, counts[4];
};

static bool header_read(struct cursor *c, struct dns *d)
{
	cursor_skip(c, 2);
	d->flags = cursor_be16(c);
	for (unsigned i = 0; i < 4; i++)
		d->counts[i] = cursor_be16(c);
	return cursor_ok(c);
}

/*
 * The name at `c`, which moves behind it; pointers lead backwards only. `text` may be NULL. False when it is broken.
 */
static bool name_read(struct cursor message, struct cursor *c, char text[NAME_MAX_LEN + 1])
{
	struct cursor at = *c;
	size_t used = 0;
	bool jumped = false;
	for (unsigned jumps = 0; jumps <= JUMPS_MAX;) {
		uint8_t len = cursor_u8(&at);
		if ((len & 0xc0) == 0xc0) {
			size_t target = (size_t)(len & 0x3f) << 8 | cursor_u8(&at);
			if (!jumped)
				*c = at;
			jumped = true;
			if (!cursor_ok(&at) || target >= (size_t)(at.at - 2 - message.at))
				return false;
			at = message;
			cursor_skip(&at, target);
			jumps++;
			continue;
		}
		const uint8_t *label = cursor_bytes(&at, len & 0x3f);
		if (label == NULL || len > 63 || used + len + 1 > NAME_MAX_LEN)
			return false;
		if (len == 0) {
			if (!jumped)
				*c = at;
			if (text != NULL)
				text[used] = '\0';
			return true;
		}
		if (text != NULL) {
			if (used > 0)
				text[used++] = '.';
			memcpy(text + used, label, len);
			used += len;
		} else {
			used += len + 1u;
		}
	}
	return false;
}

static bool questions_skip(struct cursor message, struct cursor *c, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (!name_read(message, c, NULL))
			return false;
		cursor_skip(c, 4);
	}
	return cursor_ok(c);
}

static enum framing dns_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	struct cursor c = bytes;
	struct dns d;
	if (left < HEADER_LEN)
		return FRAMING_MORE;
	header_read(&c, &d);
	unsigned opcode = d.flags >> OPCODE_SHIFT & 0xf;
	unsigned records = (unsigned)d.counts[0] + d.counts[1] + d.counts[2] + d.counts[3];
	/* Each needs at least five octets. */
	if (opcode > 6 || records * 5 > left || (records == 0 && (d.flags & FLAG_RESPONSE) == 0))
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

static bool dns_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct cursor c = bytes;
	struct dns d;
	if (!header_read(&c, &d) || (!questions_skip(bytes, &c, d.counts[0]) && pdu->whole))
		return false;
	if ((d.flags & FLAG_RESPONSE) == 0)
		observer_request(observer, PROTOCOL_DNS, OPERATION_NONE);
	else if ((d.flags & RCODE_MASK) == 5 || (d.flags & RCODE_MASK) == 4) /* refused, not implemented */
		observer_refusal(observer, PROTOCOL_DNS, OPERATION_NONE);
	else
		observer_response(observer, PROTOCOL_DNS, OPERATION_NONE);
	return true;
}

/* "name.local" as the name of the host. */
static void host_fact(struct observer *o, char *name)
{
	static const char local[] = ".local";
	struct statement s = {
		.protocol = PROTOCOL_MDNS, .subject = SUBJECT_SENDER, .message = "mDNS address of its own"};
	size_t len = strlen(name);
	if (len <= sizeof(local) - 1 || strcmp(name + len - (sizeof(local) - 1), local) != 0)
		return;
	len -= sizeof(local) - 1;
	if (memchr(name, '.', len) == NULL) /* one label: no name of a service or of an address */
		observer_fact(o, &s, ATTRIBUTE_HOSTNAME, name, len);
}

static bool is_source(const struct frame *frame, uint16_t type, struct cursor data)
{
	struct address address = {.kind = ADDRESS_NONE};
	if (type == TYPE_A && cursor_left(&data) == 4)
		address = address_make(ADDRESS_IPV4, data.at);
	else if (type == TYPE_AAAA && cursor_left(&data) == 16)
		address = address_make(ADDRESS_IPV6, data.at);
	return address.kind != ADDRESS_NONE && memcmp(&address, &frame->source, sizeof(address)) == 0;
}

static bool records_read(
	struct cursor message, struct cursor *c, const struct dns *d, const struct frame *frame, struct observer *o)
{
	char name[NAME_MAX_LEN + 1];
	unsigned count = (unsigned)d->counts[1] + d->counts[2] + d->counts[3];
	for (unsigned i = 0; i < count && i < RECORDS_MAX; i++) {
		if (!name_read(message, c, name))
			return false;
		uint16_t type = cursor_be16(c), class = cursor_be16(c);
		uint32_t ttl = cursor_be32(c);
		struct cursor data = cursor_take(c, cursor_be16(c));
		if (!cursor_ok(c))
			return false;
		bool claimed = (class & ~(unsigned)CLASS_FLUSH) == CLASS_IN && ttl != 0; /* 0: a farewell */
		if (claimed && frame != NULL && is_source(frame, type, data))
			host_fact(o, name);
	}
	return true;
}

static bool mdns_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct cursor c = bytes;
	struct dns d;
	if (!header_read(&c, &d) || (!questions_skip(bytes, &c, d.counts[0]) && pdu->whole))
		return false;
	if ((d.flags & FLAG_RESPONSE) == 0) {
		observer_request(observer, PROTOCOL_MDNS, OPERATION_NONE);
		return true;
	}
	observer_response(observer, PROTOCOL_MDNS, OPERATION_NONE);
	return records_read(bytes, &c, &d, pdu->frame, observer) || !pdu->whole;
}

extern const struct dissector dns_dissector, mdns_dissector;
const struct dissector dns_dissector = {
	.name = "dns",
	.protocol = PROTOCOL_DNS,
	.reference = "RFC 1035",
	.udp_ports = (const uint16_t[]){53, 0}, /* LLMNR looks the same elsewhere */
	.pdu_max = PDU_MAX,
	.frame = dns_frame,
	.dissect = dns_dissect,
};

const struct dissector mdns_dissector = {
	.name = "mdns",
	.protocol = PROTOCOL_MDNS,
	.reference = "RFC 6762",
	.udp_ports = (const uint16_t[]){5353, 0},
	.pdu_max = PDU_MAX,
	.frame = dns_frame,
	.dissect = mdns_dissect,
};
