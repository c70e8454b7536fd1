/* SPDX-License-Identifier: Apache-2.0 */
/* ethercat.c - IEC 61158-4-12. */
#include "earshot/dissector.h"

static enum framing ethercat_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool ethercat_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector ethercat_dissector;
const struct dissector ethercat_dissector = {
	.name = "ethercat",
	.protocol = PROTOCOL_ETHERCAT,
	.reference = "IEC 61158-4-12",
	.pdu_max = 65535,
	.frame = ethercat_frame,
	.dissect = ethercat_dissect,
};
