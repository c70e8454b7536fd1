/* SPDX-License-Identifier: Apache-2.0 */
/* pn_io.c - IEC 61158-6-10, CM. */
#include "earshot/dissector.h"

static enum framing pn_io_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool pn_io_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector pn_io_dissector;
const struct dissector pn_io_dissector = {
	.name = "pn-io",
	.protocol = PROTOCOL_PN_IO,
	.reference = "IEC 61158-6-10, CM",
	.pdu_max = 65535,
	.frame = pn_io_frame,
	.dissect = pn_io_dissect,
};
