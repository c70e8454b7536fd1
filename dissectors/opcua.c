/* SPDX-License-Identifier: Apache-2.0 */
/* opcua.c - OPC 10000-6. */
#include "earshot/dissector.h"

static enum framing opcua_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool opcua_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector opcua_dissector;
const struct dissector opcua_dissector = {
	.name = "opcua",
	.protocol = PROTOCOL_OPCUA,
	.reference = "OPC 10000-6",
	.pdu_max = 65535,
	.frame = opcua_frame,
	.dissect = opcua_dissect,
};
