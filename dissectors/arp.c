/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arp.c - the Address Resolution Protocol for IPv4 over Ethernet (RFC 826, RFC 5227).
 *
 *	+------------------+--------------------+------+------+--------------+
 *	| hardware 16 (=1) | protocol 16 (0800) | 6    | 4    | operation 16 |
 *	+------------------+--------------------+------+------+--------------+
 *	| sender MAC 48  | sender IP 32 | target MAC 48 | target IP 32       |
 *	+------------------------------------------------------------------+
 *
 * The sender says where it is. What it says of the target is hearsay (in a request, a question),
 * and one router may answer for many (proxy ARP): weighing that is left to the conclusions.
 */
#include "binding.h"
#include "earshot/dissector.h"

#define ARP_LEN 28
enum { ARP_REQUEST = 1, ARP_REPLY = 2 };

static enum framing arp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint16_t hardware = cursor_be16(&bytes);
	uint16_t protocol = cursor_be16(&bytes);
	uint16_t sizes = cursor_be16(&bytes);
	uint16_t operation = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	/* Hardware 6 is IEEE 802 with the same addresses; operations from 3 on are RARP and others. */
	if ((hardware != 1 && hardware != 6) || protocol != 0x0800 || sizes != 0x0604 ||
		(operation != ARP_REQUEST && operation != ARP_REPLY))
		return FRAMING_FOREIGN;
	if (left < ARP_LEN) {
		*len = ARP_LEN;
		return FRAMING_MORE;
	}
	*len = left; /* with the padding of a short Ethernet frame */
	return FRAMING_WHOLE;
}

static bool arp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)pdu, (void)state;
	cursor_skip(&bytes, 6);
	uint16_t operation = cursor_be16(&bytes);
	const uint8_t *sender_mac = cursor_bytes(&bytes, 6);
	const uint8_t *sender_ip = cursor_bytes(&bytes, 4);
	cursor_skip(&bytes, 6);
	const uint8_t *target_ip = cursor_bytes(&bytes, 4);
	if (!cursor_ok(&bytes))
		return false;
	/* A probe (RFC 5227, 2.1.1) comes from 0.0.0.0: its sender has no address yet. */
	if (!binding_mac_usable(sender_mac) || !binding_ipv4_usable(sender_ip))
		return true;
	const char *message = memcmp(sender_ip, target_ip, 4) == 0 ? "gratuitous ARP"
			      : operation == ARP_REPLY             ? "ARP reply"
								   : "ARP request";
	struct address ip = address_make(ADDRESS_IPV4, sender_ip);
	binding_report(observer, PROTOCOL_ARP, message, &ip, sender_mac);
	return true;
}

extern const struct dissector arp_dissector;
const struct dissector arp_dissector = {
	.name = "arp",
	.protocol = PROTOCOL_ARP,
	.reference = "RFC 826",
	.ethertypes = (const uint16_t[]){0x0806, 0},
	.pdu_max = 65535,
	.frame = arp_frame,
	.dissect = arp_dissect,
};
