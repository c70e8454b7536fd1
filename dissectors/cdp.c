/* SPDX-License-Identifier: Apache-2.0 */
/* cdp.c - Cisco Discovery Protocol. */
#include "earshot/dissector.h"

static enum framing cdp_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool cdp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector cdp_dissector;
const struct dissector cdp_dissector = {
	.name = "cdp",
	.protocol = PROTOCOL_CDP,
	.reference = "Cisco Discovery Protocol",
	.pdu_max = 65535,
	.frame = cdp_frame,
	.dissect = cdp_dissect,
};
