/* SPDX-License-Identifier: Apache-2.0 */
/* stp.c - IEEE 802.1D. */
#include "earshot/dissector.h"

static enum framing stp_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool stp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector stp_dissector;
const struct dissector stp_dissector = {
	.name = "stp",
	.protocol = PROTOCOL_STP,
	.reference = "IEEE 802.1D",
	.pdu_max = 65535,
	.frame = stp_frame,
	.dissect = stp_dissect,
};
