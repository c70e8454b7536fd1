/* SPDX-License-Identifier: Apache-2.0 */
/* iec104.c - IEC 60870-5-104. */
#include "earshot/dissector.h"

static enum framing iec104_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool iec104_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector iec104_dissector;
const struct dissector iec104_dissector = {
	.name = "iec104",
	.protocol = PROTOCOL_IEC104,
	.reference = "IEC 60870-5-104",
	.pdu_max = 65535,
	.frame = iec104_frame,
	.dissect = iec104_dissect,
};
