/* SPDX-License-Identifier: Apache-2.0 */
/* decode.c - one layer after the other, from the outside in. */
#include "sensor/decode/decode.h"

/* Real stacks of tunnels are two or three deep with four layers each. */
#define LAYERS_MAX 24

enum decoded decode_by_layers(struct frame *frame, const struct packet *p, struct fragments *fragments)
{
	frame_start(frame, 0, p->time_ns, p->wire_len);
	struct decoding d = {
	    .frame = frame,
	    .at = cursor_over(p->bytes, p->captured_len),
	    .wire_left = p->wire_len > p->captured_len ? p->wire_len : p->captured_len,
	    .fragments = fragments,
	};
	enum layer next = decode_link(&d, p->link_type);
	for (unsigned n = 0; n < LAYERS_MAX && next < LAYER_DONE; n++) {
		switch (next) {
		case LAYER_ETHERNET:
			next = decode_ethernet(&d);
			break;
		case LAYER_ETHERTYPE:
			next = decode_ethertype(&d);
			break;
		case LAYER_IP:
			next = decode_ip(&d);
			break;
		case LAYER_IP_IN_IP:
			next = decode_ip_in_ip(&d);
			break;
		case LAYER_GRE:
			next = decode_gre(&d);
			break;
		case LAYER_VXLAN:
			next = decode_vxlan(&d);
			break;
		default:
			next = decode_transport(&d);
			break;
		}
	}
	frame->payload = d.at;
	frame->payload_wire_len = d.wire_left;
	frame->truncated = d.wire_left > cursor_left(&d.at);
	if (next == LAYER_FRAGMENT)
		return DECODED_FRAGMENT;
	return next == LAYER_DONE ? DECODED : DECODED_NOT;
}

enum decoded decode_packet(struct frame *frame, const struct packet *p, struct fragments *fragments)
{
	return decode_usual(frame, p) ? DECODED : decode_by_layers(frame, p, fragments);
}
