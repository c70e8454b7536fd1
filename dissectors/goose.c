/* SPDX-License-Identifier: Apache-2.0 */
/* goose.c - IEC 61850-8-1. */
#include "earshot/dissector.h"

static enum framing goose_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool goose_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector goose_dissector;
const struct dissector goose_dissector = {
	.name = "goose",
	.protocol = PROTOCOL_GOOSE,
	.reference = "IEC 61850-8-1",
	.pdu_max = 65535,
	.frame = goose_frame,
	.dissect = goose_dissect,
};
