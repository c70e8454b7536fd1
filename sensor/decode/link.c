/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.c - the link layers a capture can have, and the tags between Ethernet and what it carries.
 *
 *	Ethernet  | target 6 | source 6 | type 2 | ...      IEEE 802.3; below 0x0600 `type` is a length
 *	802.1Q    | priority, VLAN 2 | type 2 | ...         after 0x8100, 0x88a8, 0x9100
 *	MPLS      | label 20, class 3, bottom 1, ttl 8 | .. RFC 3032
 *	LLC/SNAP  | aa aa 03 | OUI 3 | type 2 | ...         IEEE 802.2; RFC 1042
 *	SLL       | kind 2 | hardware 2 | len 2 | address 8 | type 2 |
 *	SLL2      | type 2 | 0 2 | interface 4 | hardware 2 | kind 1 | len 1 | address 8 |
 */
#include <pcap/dlt.h>
#include <string.h>

#include "sensor/decode/decode.h"

#define TAGS_MAX 8 /* more tags than any provider bridge stacks */
#define ARPHRD_ETHERNET 1
#define LLC_SNAP 0xaaaa

enum {
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_MPLS_UPSTREAM = 0x8848,
	ETHERTYPE_PPPOE = 0x8864,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_QINQ_OLD = 0x9100,
	ETHERTYPE_LENGTH_MAX = 0x05ff
};

enum layer decode_ethernet(struct decoding *d)
{
	const uint8_t *head = cursor_bytes(&d->at, 14);
	if (head == NULL)
		return LAYER_UNKNOWN;
	d->wire_left = d->wire_left > 14 ? d->wire_left - 14 : 0;
	d->frame->has_mac = true;
	memcpy((uint8_t *)d->frame + FRAME_MACS_AT, head, FRAME_MACS_LEN);
	d->frame->vlan_count = 0; /* tags of an outer Ethernet are not this one's */
	d->frame->ethertype = (uint16_t)(head[12] << 8 | head[13]);
	return LAYER_ETHERTYPE;
}

static enum layer decode_vlan(struct decoding *d)
{
	struct frame *f = d->frame;
	uint16_t tag = cursor_be16(&d->at);
	uint16_t type = cursor_be16(&d->at);
	d->wire_left = d->wire_left > 4 ? d->wire_left - 4 : 0;
	if (!cursor_ok(&d->at))
		return LAYER_UNKNOWN;
	uint16_t id = tag & 0x0fff;
	if (id != 0 && f->vlan_count < FRAME_VLANS_MAX) /* 0 is a priority tag */
		f->vlan[f->vlan_count++] = id;
	f->ethertype = type;
	return LAYER_ETHERTYPE;
}

static enum layer decode_mpls(struct decoding *d)
{
	for (unsigned n = 0; n < TAGS_MAX; n++) {
		uint32_t label = cursor_be32(&d->at);
		d->wire_left = d->wire_left > 4 ? d->wire_left - 4 : 0;
		if (!cursor_ok(&d->at))
			return LAYER_UNKNOWN;
		if ((label & 0x100) == 0)
			continue;
		uint8_t version = cursor_peek(&d->at) >> 4;
		if (version == 4 || version == 6)
			return LAYER_IP;
		if (version != 0 || cursor_left(&d->at) < 4 + 14)
			return LAYER_UNKNOWN;
		decoding_skip(d, 4); /* a pseudowire's control word (RFC 4448), then Ethernet */
		return LAYER_ETHERNET;
	}
	return LAYER_UNKNOWN;
}

static enum layer decode_llc(struct decoding *d)
{
	struct frame *f = d->frame;
	uint32_t len = f->ethertype;
	if (len < cursor_left(&d->at))
		d->at.end = d->at.at + len; /* the rest is padding */
	d->wire_left = len;
	struct cursor llc = d->at;
	uint16_t points = cursor_be16(&llc);
	uint8_t control = cursor_u8(&llc);
	if (!cursor_ok(&llc))
		return LAYER_UNKNOWN;
	if (points != LLC_SNAP || control != 3) {
		f->llc = points;
		return LAYER_DONE;
	}
	uint32_t oui = cursor_be24(&llc);
	uint16_t type = cursor_be16(&llc);
	if (!cursor_ok(&llc))
		return LAYER_UNKNOWN;
	if (oui != 0 && oui != 0x0000f8) {
		f->llc = LLC_SNAP; /* a vendor's own: CDP and its like */
		return LAYER_DONE;
	}
	decoding_skip(d, 8);
	f->ethertype = type;
	return type > ETHERTYPE_LENGTH_MAX ? LAYER_ETHERTYPE : LAYER_UNKNOWN;
}

static enum layer decode_pppoe(struct decoding *d)
{
	decoding_skip(d, 6);
	uint16_t protocol = cursor_be16(&d->at);
	d->wire_left = d->wire_left > 2 ? d->wire_left - 2 : 0;
	return protocol == 0x0021 || protocol == 0x0057 ? LAYER_IP : LAYER_UNKNOWN;
}

enum layer decode_ethertype(struct decoding *d)
{
	struct frame *f = d->frame;
	for (unsigned n = 0; n < TAGS_MAX; n++) {
		if (f->ethertype != ETHERTYPE_VLAN && f->ethertype != ETHERTYPE_QINQ &&
			f->ethertype != ETHERTYPE_QINQ_OLD)
			break;
		if (decode_vlan(d) == LAYER_UNKNOWN)
			return LAYER_UNKNOWN;
	}
	switch (f->ethertype) {
	case ETHERTYPE_IPV4:
	case ETHERTYPE_IPV6:
		return LAYER_IP;
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_UPSTREAM:
		return decode_mpls(d);
	case ETHERTYPE_PPPOE:
		return decode_pppoe(d);
	default:
		return f->ethertype <= ETHERTYPE_LENGTH_MAX ? decode_llc(d) : LAYER_DONE;
	}
}

/* Linux cooked captures: only the sender's address, and only when it is an Ethernet one. */
static enum layer decode_cooked(struct decoding *d, bool second_version)
{
	struct cursor *c = &d->at;
	uint16_t type, hardware, len;
	if (second_version) {
		type = cursor_be16(c);
		cursor_skip(c, 6);
		hardware = cursor_be16(c);
		cursor_skip(c, 1);
		len = cursor_u8(c);
	} else {
		cursor_skip(c, 2);
		hardware = cursor_be16(c);
		len = cursor_be16(c);
		type = 0;
	}
	const uint8_t *address = cursor_bytes(c, 8);
	if (!second_version)
		type = cursor_be16(c);
	uint32_t head_len = second_version ? 20 : 16;
	d->wire_left = d->wire_left > head_len ? d->wire_left - head_len : 0;
	if (!cursor_ok(c))
		return LAYER_UNKNOWN;
	if (len == 6 && hardware == ARPHRD_ETHERNET) {
		d->frame->has_mac = true;
		memcpy(d->frame->mac_source, address, 6);
	}
	d->frame->ethertype = type;
	if (type == 4) { /* 802.2 follows without a length */
		d->frame->ethertype =
			(uint16_t)(d->wire_left < ETHERTYPE_LENGTH_MAX ? d->wire_left : ETHERTYPE_LENGTH_MAX);
		return decode_llc(d);
	}
	return type > ETHERTYPE_LENGTH_MAX ? LAYER_ETHERTYPE : LAYER_UNKNOWN;
}

enum layer decode_link(struct decoding *d, int link_type)
{
	switch (link_type) {
	case DLT_EN10MB:
		return LAYER_ETHERNET;
	case DLT_LINUX_SLL:
		return decode_cooked(d, false);
	case DLT_LINUX_SLL2:
		return decode_cooked(d, true);
	case DLT_NULL: /* an address family in the byte order of the capturing host; IP says its version itself */
	case DLT_LOOP:
		decoding_skip(d, 4);
		return LAYER_IP;
	case DLT_RAW:
	case 14:  /* DLT_RAW of OpenBSD */
	case 101: /* LINKTYPE_RAW */
	case DLT_IPV4:
	case DLT_IPV6:
		return LAYER_IP;
	default:
		return LAYER_UNKNOWN;
	}
}
