/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ntp.c - who gives the time to whom: the Network Time Protocol (RFC 5905).
 *
 *	+--------+-----------+--------+-----------+--------+-------------+---------------+------------------
 *	| leap 2 | version 3 | mode 3 | stratum 8 | poll 8 | precision 8 | root delay 32 | dispersion 32 ...
 *	+--------+-----------+--------+-----------+--------+-------------+---------------+------------------
 *	reference id 32, then four times of 64 bits: reference, origin, receive, transmit
 *
 * Stratum 0 in an answer is a refusal, and 16 a clock that is not set: neither makes a time source, and nothing is
 * said of its sender.
 */
#include "earshot/dissector.h"

enum { PACKET_LEN = 48, STRATUM_UNSET = 16 };
enum { MODE_ACTIVE = 1, MODE_PASSIVE = 2, MODE_CLIENT = 3, MODE_SERVER = 4, MODE_BROADCAST = 5 };

static enum framing ntp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t first = cursor_u8(&bytes);
	unsigned version = first >> 3 & 7, mode = first & 7;
	if (left < PACKET_LEN || version < 1 || version > 4 || mode < MODE_ACTIVE || mode > MODE_BROADCAST ||
		cursor_peek(&bytes) > STRATUM_UNSET || left % 4 != 0)
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

static bool ntp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)pdu;
	(void)state;
	unsigned mode = cursor_u8(&bytes) & 7;
	uint8_t stratum = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	if (mode == MODE_CLIENT)
		observer_request(observer, PROTOCOL_NTP, OPERATION_NONE);
	else if (mode == MODE_ACTIVE || mode == MODE_PASSIVE)
		observer_exchange(observer, PROTOCOL_NTP, OPERATION_NONE);
	else if (stratum > 0 && stratum < STRATUM_UNSET)
		observer_response(observer, PROTOCOL_NTP, OPERATION_NONE);
	return true;
}

extern const struct dissector ntp_dissector;
const struct dissector ntp_dissector = {
	.name = "ntp",
	.protocol = PROTOCOL_NTP,
	.reference = "RFC 5905",
	.udp_ports = (const uint16_t[]){123, 0}, /* nothing in the packet marks it: on its port only */
	.pdu_max = 1500,
	.frame = ntp_frame,
	.dissect = ntp_dissect,
};
