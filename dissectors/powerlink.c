/* SPDX-License-Identifier: Apache-2.0 */
/* powerlink.c - EPSG DS 301. */
#include "earshot/dissector.h"

static enum framing powerlink_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool powerlink_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector powerlink_dissector;
const struct dissector powerlink_dissector = {
	.name = "powerlink",
	.protocol = PROTOCOL_POWERLINK,
	.reference = "EPSG DS 301",
	.pdu_max = 65535,
	.frame = powerlink_frame,
	.dissect = powerlink_dissect,
};
