/* SPDX-License-Identifier: Apache-2.0 */
/* lldp.c - IEEE 802.1AB. */
#include "earshot/dissector.h"

static enum framing lldp_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool lldp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector lldp_dissector;
const struct dissector lldp_dissector = {
	.name = "lldp",
	.protocol = PROTOCOL_LLDP,
	.reference = "IEEE 802.1AB",
	.pdu_max = 65535,
	.frame = lldp_frame,
	.dissect = lldp_dissect,
};
