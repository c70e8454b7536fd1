/* SPDX-License-Identifier: Apache-2.0 */
/* pn_rt.c - IEC 61158-6-10, RT. */
#include "earshot/dissector.h"

static enum framing pn_rt_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool pn_rt_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector pn_rt_dissector;
const struct dissector pn_rt_dissector = {
	.name = "pn-rt",
	.protocol = PROTOCOL_PN_RT,
	.reference = "IEC 61158-6-10, RT",
	.pdu_max = 65535,
	.frame = pn_rt_frame,
	.dissect = pn_rt_dissect,
};
