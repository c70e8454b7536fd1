/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stp.c - bridge protocol data units of the spanning tree protocols STP, RSTP and MSTP (IEEE 802.1D, 9; 802.1Q, 14).
 *
 *	+----------------+-------------+---------+------+-------+---------+--------------+-----------+--------
 *	| 42 42 03 (LLC) | protocol 16 | version | type | flags | root 64 | root cost 32 | bridge 64 | port 16 ...
 *	|                | 0           |         |      |       |         |              |           |
 *	+----------------+-------------+---------+------+-------+---------+--------------+-----------+--------
 *
 * Only a bridge sends them. Its identifier is a priority and the MAC by which all its ports are known.
 */
#include "earshot/dissector.h"
#include "link_layer.h"

enum { BPDU_CONFIGURATION = 0x00, BPDU_RAPID = 0x02, BPDU_TOPOLOGY_CHANGE = 0x80 };

#define LLC_LEN 3
#define SNAP_LEN 8 /* Cisco's per-VLAN spanning tree: the same message behind SNAP, 00 00 0c 01 0b */
#define HEAD_LEN 4 /* all of a topology change notification */

/* Past LLC or SNAP. False when it is neither. */
static bool skip_llc(struct cursor *bytes)
{
	static const uint8_t llc[LLC_LEN] = {0x42, 0x42, 0x03};
	static const uint8_t per_vlan[SNAP_LEN] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x0c, 0x01, 0x0b};
	size_t len = cursor_peek(bytes) == llc[0] ? LLC_LEN : SNAP_LEN;
	const uint8_t *head = cursor_bytes(bytes, len);
	return head != NULL && memcmp(head, len == LLC_LEN ? llc : per_vlan, len) == 0;
}

static enum framing stp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	if (!skip_llc(&bytes))
		return FRAMING_FOREIGN;
	uint16_t protocol = cursor_be16(&bytes);
	cursor_skip(&bytes, 1);
	uint8_t type = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (protocol != 0 || (type != BPDU_CONFIGURATION && type != BPDU_RAPID && type != BPDU_TOPOLOGY_CHANGE))
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

static bool stp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	if (!skip_llc(&bytes))
		return false;
	cursor_skip(&bytes, 3);
	uint8_t type = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	struct statement s = {.protocol = PROTOCOL_STP, .subject = SUBJECT_SENDER, .message = "BPDU"};
	if (type != BPDU_TOPOLOGY_CHANGE) {
		cursor_skip(&bytes, 1 + 8 + 4 + 2);
		const uint8_t *mac = cursor_bytes(&bytes, 6);
		cursor_skip(&bytes, 2 + 4 * 2); /* port and the four times: a shorter one is no BPDU (802.1D, 9.3.4) */
		if (!cursor_ok(&bytes) && pdu->whole)
			return false;
		if (mac != NULL && binding_mac_usable(mac))
			observer_fact_mac(observer, &s, ATTRIBUTE_CHASSIS_ID, mac);
	}
	observer_fact_string(observer, &s, ATTRIBUTE_PROFILE, "bridge");
	observer_exchange(observer, PROTOCOL_STP, OPERATION_NONE);
	return true;
}

extern const struct dissector stp_dissector;
const struct dissector stp_dissector = {
	.name = "stp",
	.protocol = PROTOCOL_STP,
	.reference = "IEEE 802.1D, 9",
	.llc = (const uint16_t[]){0x4242, 0xaaaa, 0},
	.pdu_max = 65535,
	.frame = stp_frame,
	.dissect = stp_dissect,
};
