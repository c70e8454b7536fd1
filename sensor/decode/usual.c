/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usual.c - what nearly every packet of a plant is: Ethernet with one tag or none, IPv4 without options and whole, TCP or
 * UDP. The layers one by one would say the same; here there is one look at the bound for each header and nothing is
 * carried through memory, which costs half of it. tests/unit/test_decode.c holds the two against each other.
 */
#include <pcap/dlt.h>

#include "sensor/decode/decode.h"

#define ETHERNET_LEN 14u
#define VLAN_TAG_LEN 4u
#define TCP_HEADER_LEN 20u
#define UDP_HEADER_LEN 8u

/* The bytes behind a header of `len`, when there are fewer than the snap length left. */
static void end_at(struct cursor *at, uint32_t *wire_left, uint32_t len)
{
	*wire_left = len;
	if (len < cursor_left(at))
		at->end = at->at + len;
}

/* TCP or UDP with its whole header, and nothing inside that decode_by_layers() would unwrap. */
static bool usual_transport(struct frame *f, struct cursor *at, uint32_t *wire_left)
{
	bool tcp = f->ip_protocol == IP_TCP;
	struct cursor options = *at, head = cursor_take(&options, tcp ? TCP_HEADER_LEN : UDP_HEADER_LEN);
	if (!cursor_ok(&head))
		return false;
	f->source_port = cursor_be16(&head);
	f->target_port = cursor_be16(&head);
	uint32_t header_len = UDP_HEADER_LEN;
	if (tcp) {
		f->transport = TRANSPORT_TCP;
		f->tcp_sequence = cursor_be32(&head);
		f->tcp_acknowledgement = cursor_be32(&head);
		header_len = (cursor_u8(&head) >> 4) * 4u;
		f->tcp_flags = cursor_u8(&head);
	} else {
		f->transport = TRANSPORT_UDP;
		f->tcp_sequence = f->tcp_acknowledgement = f->tcp_flags = 0;
	}
	if (header_len < (tcp ? TCP_HEADER_LEN : UDP_HEADER_LEN) || header_len > *wire_left || header_len > cursor_left(at))
		return false;
	at->at += header_len;
	*wire_left -= header_len;
	if (tcp)
		return true;
	uint16_t len = cursor_be16(&head);
	if (len >= UDP_HEADER_LEN && len - UDP_HEADER_LEN < *wire_left)
		end_at(at, wire_left, len - UDP_HEADER_LEN);
	return f->target_port != VXLAN_PORT && f->target_port != VXLAN_PORT_LINUX;
}

bool decode_usual(struct frame *f, const struct packet *p)
{
	static const struct address none;
	struct cursor at = cursor_over(p->bytes, p->captured_len), ethernet = cursor_take(&at, ETHERNET_LEN);
	if (!cursor_ok(&ethernet) || p->link_type != DLT_EN10MB)
		return false;
	memcpy((uint8_t *)f + FRAME_MACS_AT, cursor_bytes(&ethernet, FRAME_MACS_LEN), FRAME_MACS_LEN);
	uint32_t wire_left = (p->wire_len > p->captured_len ? p->wire_len : p->captured_len) - ETHERNET_LEN;
	f->ethertype = cursor_be16(&ethernet);
	f->vlan_count = 0;
	if (f->ethertype == ETHERTYPE_VLAN && cursor_left(&at) >= VLAN_TAG_LEN) {
		f->vlan[0] = cursor_be16(&at) & 0x0fff;
		f->vlan_count = f->vlan[0] != 0;
		f->ethertype = cursor_be16(&at);
		wire_left -= VLAN_TAG_LEN;
	}
	f->network = at;
	struct cursor ip = cursor_take(&at, IPV4_HEADER_LEN);
	if (f->ethertype != ETHERTYPE_IPV4 || !cursor_ok(&ip) || cursor_u8(&ip) != 0x45)
		return false;
	cursor_skip(&ip, 1);
	uint16_t total_len = cursor_be16(&ip);
	cursor_skip(&ip, 2);
	bool fragment = (cursor_be16(&ip) & 0x3fff) != 0;
	f->hop_limit = cursor_u8(&ip);
	f->ip_protocol = cursor_u8(&ip);
	cursor_skip(&ip, 2);
	if (fragment || total_len < IPV4_HEADER_LEN || (f->ip_protocol != IP_TCP && f->ip_protocol != IP_UDP))
		return false;
	f->source = f->target = none;
	f->source.kind = f->target.kind = ADDRESS_IPV4;
	memcpy(f->source.bytes, cursor_bytes(&ip, 4), 4);
	memcpy(f->target.bytes, cursor_bytes(&ip, 4), 4);
	end_at(&at, &wire_left, total_len - IPV4_HEADER_LEN);
	if (!usual_transport(f, &at, &wire_left))
		return false;
	f->number = 0;
	f->time_ns = p->time_ns;
	f->wire_len = p->wire_len;
	f->has_mac = true;
	f->llc = 0;
	f->payload = at;
	f->payload_wire_len = wire_left;
	f->truncated = wire_left > cursor_left(&at);
	return true;
}
