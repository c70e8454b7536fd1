/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pn_rt.c - PROFINET real-time frames (IEC 61158-6-10): cyclic data of provider and consumer, and alarms.
 *
 *	+-------------+---------------------+------------------+-------------+-----------------+
 *	| frame id 16 | data, at least 40   | cycle counter 16 | data status | transfer status |
 *	+-------------+---------------------+------------------+-------------+-----------------+
 *
 *	0100..7fff  isochronous (class 3)         c000..fbff  cyclic (class 1); from f800 on multicast
 *	8000..bfff  cyclic, multicast and not     fc01, fe01  alarms of high and low priority (RTA)
 *
 * The frame id was agreed in a Connect on another protocol, so which way the outputs go cannot be known here:
 * both ends provide and consume.
 */
#include "earshot/dissector.h"

enum { CLASS3_FIRST = 0x0100, CYCLIC_LAST = 0xfbff, ALARM_HIGH = 0xfc01, ALARM_LOW = 0xfe01 };

#define STATUS_LEN 4
#define ALARM_HEAD_LEN 12

static bool is_cyclic(uint16_t frame_id)
{
	return frame_id >= CLASS3_FIRST && frame_id <= CYCLIC_LAST;
}

static enum framing pn_rt_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint16_t frame_id = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (!is_cyclic(frame_id) && frame_id != ALARM_HIGH && frame_id != ALARM_LOW)
		return FRAMING_FOREIGN; /* clock synchronisation, media redundancy, DCP */
	*len = left;
	return FRAMING_WHOLE;
}

static bool pn_rt_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	size_t left = cursor_left(&bytes);
	uint16_t frame_id = cursor_be16(&bytes);
	if (!cursor_ok(&bytes))
		return false;
	if (!is_cyclic(frame_id)) {
		if (pdu->whole && left < 2 + ALARM_HEAD_LEN)
			return false;
		observer_exchange(observer, PROTOCOL_PN_RT, OPERATION_DIAGNOSE);
		return true;
	}
	if (pdu->whole && left < 2 + STATUS_LEN)
		return false;
	observer_exchange(observer, PROTOCOL_PN_RT, OPERATION_READ);
	return true;
}

extern const struct dissector pn_rt_dissector;
const struct dissector pn_rt_dissector = {
	.name = "pn-rt",
	.protocol = PROTOCOL_PN_RT,
	.reference = "IEC 61158-6-10, RT",
	.ethertypes = (const uint16_t[]){0x8892, 0},
	.pdu_max = 65535,
	.frame = pn_rt_frame,
	.dissect = pn_rt_dissect,
};
