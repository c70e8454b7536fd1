/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip.c - IPv4 (RFC 791) and IPv6 (RFC 8200) with extension headers.
 *
 *	| 4 ihl | class | total length | id | flags, offset 8s | ttl | protocol | checksum | source | target | options
 *	| 6 class flow | payload length | next header | hop limit | source 16 | target 16 | extension headers
 */
#include <string.h>

#include "sensor/decode/decode.h"

#define EXTENSIONS_MAX 10 /* RFC 8200 4.1 has seven kinds, each once */

enum {
	IP_HOP_BY_HOP = 0,
	IP_IN_IP = 4,
	IPV6_IN_IP = 41,
	IPV6_ROUTING = 43,
	IPV6_FRAGMENT = 44,
	IP_GRE = 47,
	IP_AH = 51,
	IPV6_DESTINATION = 60,
	IPV6_MOBILITY = 135
};

/* What the protocol number of a whole packet leads to. */
static enum layer after_ip(const struct frame *f)
{
	switch (f->ip_protocol) {
	case IP_TCP:
	case IP_UDP:
		return LAYER_TRANSPORT;
	case IP_GRE:
		return LAYER_GRE;
	case IP_IN_IP:
	case IPV6_IN_IP:
		return LAYER_IP_IN_IP;
	default:
		return LAYER_DONE;
	}
}

/* Limits `at` to what the IP header says follows it. */
static void limit_to(struct decoding *d, uint32_t len)
{
	d->wire_left = len;
	if (len < cursor_left(&d->at))
		d->at.end = d->at.at + len;
}

static enum layer reassemble(struct decoding *d, uint32_t id, uint32_t offset, bool more)
{
	struct frame *f = d->frame;
	struct fragment_key key = {.source = f->source, .target = f->target, .id = id, .protocol = f->ip_protocol};
	if (d->wire_left > cursor_left(&d->at)) /* cut by the snap length: never whole */
		return LAYER_FRAGMENT;
	if (!fragments_add(d->fragments, &key, f->time_ns, offset, more, &d->at))
		return LAYER_FRAGMENT;
	f->network = cursor_empty();
	d->wire_left = (uint32_t)cursor_left(&d->at);
	return after_ip(f);
}

static enum layer decode_ipv4(struct decoding *d)
{
	struct frame *f = d->frame;
	struct cursor head =
		cursor_take(&d->at, IPV4_HEADER_LEN); /* of known length: one look at the bound, not nine */
	if (!cursor_ok(&head))
		return LAYER_UNKNOWN;
	uint8_t header_len = (uint8_t)((cursor_u8(&head) & 15) * 4);
	cursor_skip(&head, 1);
	uint16_t total_len = cursor_be16(&head);
	uint16_t id = cursor_be16(&head);
	uint16_t offset = cursor_be16(&head);
	uint8_t ttl = cursor_u8(&head);
	uint8_t protocol = cursor_u8(&head);
	cursor_skip(&head, 2);
	const uint8_t *addresses = head.at;
	if (header_len < IPV4_HEADER_LEN)
		return LAYER_UNKNOWN;
	if (header_len > IPV4_HEADER_LEN)
		cursor_skip(&d->at, header_len - IPV4_HEADER_LEN);
	f->source.kind = f->target.kind = ADDRESS_IPV4; /* the rest of both is zero since the frame was started */
	memcpy(f->source.bytes, addresses, 4);
	memcpy(f->target.bytes, addresses + 4, 4);
	f->hop_limit = ttl;
	f->ip_protocol = protocol;
	d->wire_left = d->wire_left > header_len ? d->wire_left - header_len : 0;
	if (total_len >= header_len) /* 0: the sending host's card fills it in later */
		limit_to(d, total_len - (uint32_t)header_len);
	else if (total_len != 0)
		return LAYER_UNKNOWN;
	if ((offset & 0x3fff) != 0)
		return reassemble(d, id, (offset & 0x1fffu) * 8, (offset & 0x2000) != 0);
	return after_ip(f);
}

static enum layer decode_ipv6_fragment(struct decoding *d)
{
	d->frame->ip_protocol = cursor_u8(&d->at);
	cursor_skip(&d->at, 1);
	uint16_t offset = cursor_be16(&d->at);
	uint32_t id = cursor_be32(&d->at);
	d->wire_left = d->wire_left > 8 ? d->wire_left - 8 : 0;
	if (!cursor_ok(&d->at))
		return LAYER_UNKNOWN;
	if ((offset & 0xfff9) == 0)
		return LAYER_DONE; /* an atomic fragment (RFC 6946): the chain goes on */
	return reassemble(d, id, offset & 0xfff8u, (offset & 1) != 0);
}

/* Walks the extension headers from frame->ip_protocol on. */
static enum layer decode_extensions(struct decoding *d)
{
	struct frame *f = d->frame;
	for (unsigned n = 0; n < EXTENSIONS_MAX; n++) {
		uint32_t len;
		struct cursor peek = d->at;
		switch (f->ip_protocol) {
		case IPV6_FRAGMENT: {
			enum layer next = decode_ipv6_fragment(d);
			if (next != LAYER_DONE)
				return next;
			continue;
		}
		case IP_HOP_BY_HOP:
		case IPV6_ROUTING:
		case IPV6_DESTINATION:
		case IPV6_MOBILITY:
		case IP_AH:
			break;
		default:
			return after_ip(f);
		}
		uint8_t next_header = cursor_u8(&peek);
		len = cursor_u8(&peek);
		len = f->ip_protocol == IP_AH ? (len + 2) * 4 : (len + 1) * 8;
		decoding_skip(d, len);
		if (!cursor_ok(&peek) || !cursor_ok(&d->at))
			return LAYER_UNKNOWN;
		f->ip_protocol = next_header;
	}
	return LAYER_UNKNOWN;
}

static enum layer decode_ipv6(struct decoding *d)
{
	struct frame *f = d->frame;
	cursor_skip(&d->at, 4);
	uint16_t payload_len = cursor_be16(&d->at);
	f->ip_protocol = cursor_u8(&d->at);
	f->hop_limit = cursor_u8(&d->at);
	const uint8_t *addresses = cursor_bytes(&d->at, 32);
	if (!cursor_ok(&d->at))
		return LAYER_UNKNOWN;
	f->source.kind = f->target.kind = ADDRESS_IPV6;
	memcpy(f->source.bytes, addresses, 16);
	memcpy(f->target.bytes, addresses + 16, 16);
	d->wire_left = d->wire_left > 40 ? d->wire_left - 40 : 0;
	if (payload_len != 0) /* 0: a jumbogram, or the card's to fill in */
		limit_to(d, payload_len);
	return decode_extensions(d);
}

enum layer decode_ip(struct decoding *d)
{
	uint8_t version = cursor_peek(&d->at) >> 4;
	d->frame->network = d->at;
	if (version == 4)
		return decode_ipv4(d);
	return version == 6 ? decode_ipv6(d) : LAYER_UNKNOWN;
}
