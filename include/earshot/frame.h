/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - one captured packet decoded to its addresses and its payload.
 *
 * A frame borrows the capture buffer and dies with it. Behind a tunnel (ERSPAN,
 * GRE, VXLAN, MPLS, QinQ) it describes the innermost packet: those endpoints are
 * the assets, the wrapping is not.
 */
#ifndef EARSHOT_FRAME_H
#define EARSHOT_FRAME_H

#include "earshot/address.h"
#include "earshot/cursor.h"

enum transport { TRANSPORT_NONE, TRANSPORT_TCP, TRANSPORT_UDP };

/* TCP flag bits as on the wire (RFC 9293, 3.1). */
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

#define FRAME_VLANS_MAX 2

struct frame {
	uint64_t number;    /* 1-based position in its capture */
	int64_t time_ns;    /* capture time, nanoseconds since 1970-01-01 UTC */
	uint8_t mac_target[6], mac_source[6]; /* one behind the other, as in an Ethernet header; see FRAME_MACS_AT */
	uint32_t wire_len;  /* bytes on the wire, as the capture recorded them */
	bool truncated;     /* the snap length cut the innermost packet */
	bool has_mac;       /* mac_source and mac_target are set */
	uint8_t vlan_count; /* entries of vlan[], outermost first */
	uint16_t vlan[FRAME_VLANS_MAX];
	uint16_t ethertype; /* innermost; below 0x0600: an IEEE 802.3 length, see llc */
	uint16_t llc;       /* DSAP << 8 | SSAP of an 802.2 frame without SNAP, else 0 */
	struct address source, target; /* IP, ADDRESS_NONE without */
	uint8_t hop_limit;  /* IPv4 TTL or IPv6 hop limit */
	uint8_t ip_protocol;
	uint8_t transport;  /* enum transport */
	uint16_t source_port, target_port;
	uint8_t tcp_flags;
	uint32_t tcp_sequence, tcp_acknowledgement;
	struct cursor network;  /* from the innermost IP header on, empty without, and for a reassembled packet */
	struct cursor payload;  /* of the innermost layer decoded: TCP/UDP data, else what follows the EtherType or IP header */
	uint32_t payload_wire_len; /* bytes the headers say the payload has; more than the cursor when truncated */
};

/* Both MAC addresses are stored and compared in one piece: what is stored in parts waits when it is loaded whole. */
#define FRAME_MACS_AT offsetof(struct frame, mac_target)
#define FRAME_MACS_LEN 12

#endif
