/* SPDX-License-Identifier: Apache-2.0 */
/* sv.c - IEC 61850-9-2. */
#include "earshot/dissector.h"

static enum framing sv_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool sv_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector sv_dissector;
const struct dissector sv_dissector = {
	.name = "sv",
	.protocol = PROTOCOL_SV,
	.reference = "IEC 61850-9-2",
	.pdu_max = 65535,
	.frame = sv_frame,
	.dissect = sv_dissect,
};
