/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.h - from captured bytes to a frame: link layer, tags, tunnels, IP, fragments, transport.
 */
#ifndef EARSHOT_DECODE_H
#define EARSHOT_DECODE_H

#include <string.h>

#include "earshot/frame.h"
#include "sensor/capture/source.h"
#include "sensor/decode/fragment.h"

enum decoded {
	DECODED,          /* the frame is as complete as the capture allows */
	DECODED_FRAGMENT, /* kept; the packet will come with its last fragment */
	DECODED_NOT       /* a link type, EtherType or header that is not understood; what was understood is in the frame */
};

/*
 * Decodes `p` into `frame` (all of it is set but `number`). `fragments` outlives the frame when it was
 * reassembled: its payload points there until the next call.
 */
enum decoded decode_packet(struct frame *frame, const struct packet *p, struct fragments *fragments);

/* The rest is for decode/ alone. The usual packets at once; false for all others, and then `frame` means nothing. */
bool decode_usual(struct frame *frame, const struct packet *p);
/* Any packet, layer by layer. */
enum decoded decode_by_layers(struct frame *frame, const struct packet *p, struct fragments *fragments);

#define IPV4_HEADER_LEN 20u
#define VXLAN_PORT 4789 /* RFC 7348 */
#define VXLAN_PORT_LINUX 8472

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_VLAN = 0x8100 };
enum { IP_TCP = 6, IP_UDP = 17 };

/* The steps. Each reads one layer at `at` and says which comes next. */
enum layer {
	LAYER_ETHERNET,
	LAYER_ETHERTYPE, /* frame->ethertype says what follows */
	LAYER_IP,        /* version by its first nibble */
	LAYER_IP_IN_IP,
	LAYER_GRE,
	LAYER_VXLAN,
	LAYER_TRANSPORT,
	LAYER_DONE,
	LAYER_FRAGMENT,
	LAYER_UNKNOWN
};

struct decoding {
	struct frame *frame;
	struct cursor at;   /* what follows the layers read so far */
	uint32_t wire_left; /* bytes that `at` would have without the snap length */
	struct fragments *fragments;
};

enum layer decode_link(struct decoding *d, int link_type);
enum layer decode_ethernet(struct decoding *d);
enum layer decode_ethertype(struct decoding *d);
enum layer decode_ip(struct decoding *d);
enum layer decode_transport(struct decoding *d);
enum layer decode_ip_in_ip(struct decoding *d);
enum layer decode_gre(struct decoding *d);
enum layer decode_vxlan(struct decoding *d);

/* Nothing known yet but when and how long. Field by field: clearing the whole struct costs more than decoding it. */
static inline void frame_start(struct frame *f, uint64_t number, int64_t time_ns, uint32_t wire_len)
{
	static const struct address none;
	f->number = number;
	f->time_ns = time_ns;
	f->wire_len = wire_len;
	f->truncated = f->has_mac = false;
	memset((uint8_t *)f + FRAME_MACS_AT, 0, FRAME_MACS_LEN);
	f->vlan_count = 0;
	f->ethertype = f->llc = 0;
	f->source = f->target = none;
	f->hop_limit = f->ip_protocol = f->transport = f->tcp_flags = 0;
	f->source_port = f->target_port = 0;
	f->tcp_sequence = f->tcp_acknowledgement = 0;
	f->network = cursor_empty();
}

/* Moves `at` by `len`, and wire_left with it. */
static inline void decoding_skip(struct decoding *d, uint32_t len)
{
	cursor_skip(&d->at, len);
	d->wire_left = d->wire_left > len ? d->wire_left - len : 0;
}

#endif
