/* SPDX-License-Identifier: Apache-2.0 */
/* snmp.c - RFC 3416. */
#include "earshot/dissector.h"

static enum framing snmp_frame(struct cursor bytes, size_t *len)
{
	(void)bytes;
	*len = 0;
	return FRAMING_FOREIGN;
}

static bool snmp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)bytes, (void)pdu, (void)state, (void)observer;
	return false;
}

extern const struct dissector snmp_dissector;
const struct dissector snmp_dissector = {
	.name = "snmp",
	.protocol = PROTOCOL_SNMP,
	.reference = "RFC 3416",
	.pdu_max = 65535,
	.frame = snmp_frame,
	.dissect = snmp_dissect,
};
