/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tunnel.c - the wrappings of a remote SPAN: GRE (RFC 2784, 2890), ERSPAN I, II, III
 * (draft-foschiano-erspan), VXLAN (RFC 7348); and IP in IP. What is inside starts the frame anew.
 *
 *	GRE         | C R K S flags, version 2 | type 2 | checksum 4 if C | key 4 if K | sequence 4 if S |
 *	ERSPAN I    nothing between GRE without a sequence number and the frame
 *	ERSPAN II   | version 4, VLAN 12 | class, session 2 | index 4 |
 *	ERSPAN III  | version 4, VLAN 12 | class, session 2 | time 4 | group 2 | flags 2 | 8 more if O |
 *	VXLAN       | flags 4 | network 3 | 0 |
 */
#include "sensor/decode/decode.h"

enum {
	GRE_IPV4 = 0x0800,
	GRE_ETHERNET = 0x6558,
	GRE_IPV6 = 0x86dd,
	GRE_ERSPAN = 0x88be,
	GRE_ERSPAN_III = 0x22eb,
	GRE_CHECKSUM = 0x8000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000
};

/* Forgets the wrapping: the inner endpoints are the assets. */
static void unwrap(struct frame *f)
{
	frame_start(f, f->number, f->time_ns, f->wire_len);
}

/* The VLAN of the mirrored port, for a frame that was mirrored without its tag. */
static enum layer unwrap_erspan(struct decoding *d, uint16_t type, bool has_sequence)
{
	unwrap(d->frame);
	if (type == GRE_ERSPAN && !has_sequence)
		return LAYER_ETHERNET;
	struct cursor head = d->at;
	uint16_t version_vlan = cursor_be16(&head);
	uint32_t len = 8;
	unsigned frame_type = 0;
	if (type == GRE_ERSPAN_III) {
		cursor_skip(&head, 8);
		uint16_t flags = cursor_be16(&head);
		frame_type = flags >> 10 & 0x1f;
		len = flags & 1 ? 20 : 12;
	}
	decoding_skip(d, len);
	if (!cursor_ok(&head) || !cursor_ok(&d->at))
		return LAYER_UNKNOWN;
	if (frame_type == 2)
		return LAYER_IP;
	enum layer next = decode_ethernet(d);
	if ((version_vlan & 0x0fff) != 0 && next == LAYER_ETHERTYPE && d->frame->ethertype != 0x8100)
		d->frame->vlan[d->frame->vlan_count++] = version_vlan & 0x0fff;
	return next;
}

enum layer decode_gre(struct decoding *d)
{
	uint16_t flags = cursor_be16(&d->at);
	uint16_t type = cursor_be16(&d->at);
	if (!cursor_ok(&d->at) || (flags & 7) != 0) /* version 1 is PPTP */
		return LAYER_UNKNOWN;
	d->wire_left = d->wire_left > 4 ? d->wire_left - 4 : 0;
	uint32_t len = (flags & GRE_CHECKSUM ? 4u : 0) + (flags & GRE_KEY ? 4u : 0) + (flags & GRE_SEQUENCE ? 4u : 0);
	decoding_skip(d, len);
	if (!cursor_ok(&d->at))
		return LAYER_UNKNOWN;
	switch (type) {
	case GRE_ERSPAN:
	case GRE_ERSPAN_III:
		return unwrap_erspan(d, type, (flags & GRE_SEQUENCE) != 0);
	case GRE_ETHERNET:
		unwrap(d->frame);
		return LAYER_ETHERNET;
	case GRE_IPV4:
	case GRE_IPV6:
		unwrap(d->frame);
		return LAYER_IP;
	default:
		return LAYER_UNKNOWN;
	}
}

/* RFC 2003, RFC 4213: the inner addresses did not come from the outer frame's card. */
enum layer decode_ip_in_ip(struct decoding *d)
{
	unwrap(d->frame);
	return LAYER_IP;
}

enum layer decode_vxlan(struct decoding *d)
{
	decoding_skip(d, 8);
	unwrap(d->frame);
	return LAYER_ETHERNET;
}
