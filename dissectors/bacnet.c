/* SPDX-License-Identifier: Apache-2.0 */
/* bacnet.c - ANSI/ASHRAE 135. */
#include "earshot/dissector.h"

static enum framing bacnet_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool bacnet_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector bacnet_dissector;
const struct dissector bacnet_dissector = {
	.name = "bacnet",
	.protocol = PROTOCOL_BACNET,
	.reference = "ANSI/ASHRAE 135",
	.pdu_max = 65535,
	.frame = bacnet_frame,
	.dissect = bacnet_dissect,
};
