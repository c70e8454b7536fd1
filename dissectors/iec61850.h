/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iec61850.h - what GOOSE and sampled values begin with on Ethernet (IEC 61850-8-1, annex A; 61850-9-2, annex A).
 *
 *	+----------+-----------+-------------+-------------+------------
 *	| APPID 16 | length 16 | reserved 16 | reserved 16 | tag 8 ...
 *	+----------+-----------+-------------+-------------+------------
 *
 * The length counts from the APPID on; bit 15 of the first reserved word says that this is a simulation.
 */
#ifndef EARSHOT_IEC61850_H
#define EARSHOT_IEC61850_H

#include "earshot/dissector.h"

#define IEC61850_HEAD_LEN 8
#define IEC61850_SIMULATION_BIT 0x8000

/* A frame is one PDU, known by the tag behind the head. */
static inline enum framing iec61850_frame(struct cursor bytes, uint8_t pdu_tag, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	cursor_skip(&bytes, 2);
	uint16_t claimed = cursor_be16(&bytes);
	cursor_skip(&bytes, 4);
	uint8_t tag = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (tag != pdu_tag || claimed <= IEC61850_HEAD_LEN)
		return FRAMING_FOREIGN;
	*len = left;
	return FRAMING_WHOLE;
}

#endif
