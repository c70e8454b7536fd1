/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport.c - TCP (RFC 9293 3.1) and UDP (RFC 768).
 *
 *	| source port | target port | sequence 4 | acknowledgement 4 | offset, flags 2 | window | checksum | urgent | options
 *	| source port | target port | length | checksum |
 */
#include "sensor/decode/decode.h"

static enum layer decode_tcp(struct decoding *d)
{
	struct frame *f = d->frame;
	struct cursor rest = d->at, c = cursor_take(&rest, 14); /* window, checksum, urgent pointer: not needed */
	if (!cursor_ok(&c))
		return LAYER_UNKNOWN;
	uint16_t source = cursor_be16(&c), target = cursor_be16(&c);
	uint32_t sequence = cursor_be32(&c), acknowledgement = cursor_be32(&c);
	uint8_t offset = cursor_u8(&c), flags = cursor_u8(&c);
	uint32_t header_len = (offset >> 4) * 4u;
	if (header_len < 20)
		return LAYER_UNKNOWN;
	f->transport = TRANSPORT_TCP;
	f->source_port = source;
	f->target_port = target;
	f->tcp_sequence = sequence;
	f->tcp_acknowledgement = acknowledgement;
	f->tcp_flags = flags;
	if (header_len > d->wire_left)
		return LAYER_UNKNOWN;
	d->wire_left -= header_len;
	if (header_len > cursor_left(&d->at))
		d->at.at = d->at.end; /* options cut by the snap length */
	else
		d->at.at += header_len;
	return LAYER_DONE;
}

/* A port says where to look; flags, reserved bytes and room for a frame decide (RFC 7348 5). */
static bool is_vxlan(const struct decoding *d)
{
	const struct frame *f = d->frame;
	struct cursor c = d->at;
	if (f->target_port != VXLAN_PORT && f->target_port != VXLAN_PORT_LINUX)
		return false;
	uint32_t flags = cursor_be32(&c), id = cursor_be32(&c);
	return cursor_ok(&c) && flags == 0x08000000 && (id & 0xff) == 0 && cursor_left(&c) >= 14;
}

static enum layer decode_udp(struct decoding *d)
{
	struct frame *f = d->frame;
	struct cursor head = cursor_take(&d->at, 8);
	if (!cursor_ok(&head))
		return LAYER_UNKNOWN;
	uint16_t source = cursor_be16(&head), target = cursor_be16(&head), len = cursor_be16(&head);
	f->transport = TRANSPORT_UDP;
	f->source_port = source;
	f->target_port = target;
	d->wire_left = d->wire_left > 8 ? d->wire_left - 8 : 0;
	if (len >= 8 && len - 8u < d->wire_left) {
		d->wire_left = len - 8u;
		if (d->wire_left < cursor_left(&d->at))
			d->at.end = d->at.at + d->wire_left;
	}
	return is_vxlan(d) ? LAYER_VXLAN : LAYER_DONE;
}

enum layer decode_transport(struct decoding *d)
{
	return d->frame->ip_protocol == IP_TCP ? decode_tcp(d) : decode_udp(d);
}
