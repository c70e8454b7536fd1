/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip_io.c - cyclic data of class 0 and 1 connections (implicit messages).
 *
 * The CIP Networks Library, volume 2, 2-6: a datagram is a common packet format without any header.
 *
 *	+-------+--------+------+---------------+-----------------+------+--------+----------
 *	| count | 0x8002 |  8   | connection id | sequence number | 0xB1 | length | data
 *	| 2     | 2      |  2   | 4             | 4               | 2    | 2      |
 *	+-------+--------+------+---------------+-----------------+------+--------+----------
 *
 * The ids come from a Forward Open on another flow, so neither the direction (outputs to the device or
 * inputs from it) nor whether the data begins with a run/idle header can be known here: both ends
 * produce and consume, and the data is passed over.
 */
#include "enip.h"

enum {
	ITEM_SEQUENCED_ADDRESS = 0x8002,
	ITEM_CONNECTED_DATA = 0xB1,
	HEAD_LEN = 18,
	ITEMS_MAX = 4 /* socket addresses may follow */
};

static enum framing cip_io_frame(struct cursor bytes, size_t *len)
{
	size_t have = cursor_left(&bytes);
	*len = 0;
	if (have < HEAD_LEN)
		return FRAMING_FOREIGN; /* a datagram is all there is */
	unsigned count = cursor_le16(&bytes);
	unsigned kind = cursor_le16(&bytes), kind_len = cursor_le16(&bytes);
	bool address = kind == ITEM_SEQUENCED_ADDRESS && kind_len == 8;
	cursor_skip(&bytes, 4 + 4);
	bool data = cursor_le16(&bytes) == ITEM_CONNECTED_DATA;
	size_t data_len = cursor_le16(&bytes);
	if (!address || !data || count < 2 || count > ITEMS_MAX)
		return FRAMING_FOREIGN;
	if (count == 2) {
		*len = HEAD_LEN + data_len;
		return data_len > cursor_left(&bytes) ? FRAMING_MORE : FRAMING_WHOLE;
	}
	for (unsigned i = 2; i < count; i++) {
		cursor_skip(&bytes, data_len + 2);
		data_len = cursor_le16(&bytes);
	}
	if (!cursor_ok(&bytes) || data_len > cursor_left(&bytes))
		return FRAMING_FOREIGN;
	cursor_skip(&bytes, data_len);
	*len = have - cursor_left(&bytes);
	return FRAMING_WHOLE;
}

static bool cip_io_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	size_t len;
	enum framing framing = cip_io_frame(bytes, &len);
	if (framing == FRAMING_FOREIGN || (framing == FRAMING_MORE && pdu->whole))
		return false;
	observer_exchange(observer, PROTOCOL_CIP_IO, OPERATION_READ);
	return true;
}

static const uint16_t cip_io_ports[] = {2222, 0};

const struct dissector cip_io_dissector = {
	.name = "cip-io",
	.protocol = PROTOCOL_CIP_IO,
	.reference = "ODVA, The CIP Networks Library, volume 2",
	.udp_ports = cip_io_ports,
	.udp_any = true,
	.pdu_max = 65535,
	.frame = cip_io_frame,
	.dissect = cip_io_dissect,
};
