/* SPDX-License-Identifier: Apache-2.0 */
/* pn_dcp.c - IEC 61158-6-10, DCP. */
#include "earshot/dissector.h"

static enum framing pn_dcp_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool pn_dcp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector pn_dcp_dissector;
const struct dissector pn_dcp_dissector = {
	.name = "pn-dcp",
	.protocol = PROTOCOL_PN_DCP,
	.reference = "IEC 61158-6-10, DCP",
	.pdu_max = 65535,
	.frame = pn_dcp_frame,
	.dissect = pn_dcp_dissect,
};
