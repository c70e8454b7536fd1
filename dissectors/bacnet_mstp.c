/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bacnet_mstp.c - frames of BACnet MS/TP (ANSI/ASHRAE 135, clause 9) that an adapter from an RS-485 bus
 * hands on over Ethernet, behind a SNAP header of Cimetrics.
 *
 *	| aa aa 03 | 00 10 90 | 00 01 | 24 bits of the adapter | MS/TP frame
 *	| type 8 | target 8 | source 8 | length 16 | header CRC 8 | NPDU | CRC 16 |
 *
 * The Ethernet addresses are those of the bus (00:00:00:00:00:xx), so that its stations are assets.
 */
#include "bacnet.h"

#define SNAP_LEN 8
#define ADAPTER_LEN 3
#define HEADER_LEN 6 /* with its CRC */
#define DATA_MAX 501 /* octets of an NPDU (9.3) */

enum { TYPE_REPLY_POSTPONED = 7, TYPE_DATA_REPLY = 5, TYPE_DATA = 6 };

/* The header CRC of annex G.1: x^8 + x^7 + 1, complemented. */
static uint8_t header_crc(const uint8_t *bytes, size_t len)
{
	unsigned crc = 0xff;
	while (len-- > 0) {
		crc ^= *bytes++;
		crc ^= crc << 1 ^ crc << 2 ^ crc << 3 ^ crc << 4 ^ crc << 5 ^ crc << 6 ^ crc << 7;
		crc = (crc & 0xfe) ^ (crc >> 8 & 1);
	}
	return (uint8_t)~crc;
}

bool bacnet_mstp_open(struct cursor *c, uint8_t *type)
{
	static const uint8_t snap[SNAP_LEN] = {0xaa, 0xaa, 0x03, 0x00, 0x10, 0x90, 0x00, 0x01};
	const uint8_t *head = cursor_bytes(c, SNAP_LEN + ADAPTER_LEN);
	const uint8_t *header = cursor_bytes(c, HEADER_LEN);
	if (head == NULL || header == NULL || header_crc(header, HEADER_LEN - 1) != header[HEADER_LEN - 1])
		return false;
	for (unsigned i = 0; i < SNAP_LEN; i++)
		if (head[i] != snap[i])
			return false;
	size_t len = (size_t)header[3] << 8 | header[4];
	*type = header[0];
	*c = cursor_take(c, len);
	return *type <= TYPE_REPLY_POSTPONED && len <= DATA_MAX;
}

bool bacnet_mstp_is_data(uint8_t type)
{
	return type == TYPE_DATA_REPLY || type == TYPE_DATA;
}
