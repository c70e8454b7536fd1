/* SPDX-License-Identifier: Apache-2.0 */
/*
 * goose.c - Generic Object Oriented Substation Events (IEC 61850-8-1, 18 and annex A), directly on Ethernet.
 *
 *	+----------+-----------+-------------+-------------+-----------------------------------------------
 *	| APPID 16 | length 16 | reserved 16 | reserved 16 | 61 IECGoosePdu: 80 gocbRef, 81 time allowed to
 *	|          |           | simulation  |             | live, 82 datSet, 83 goID, 84 t, 85 stNum, 86
 *	|          |           | is bit 15   |             | sqNum, 87 simulation, 88 confRev, ..., ab data
 *	+----------+-----------+-------------+-------------+-----------------------------------------------
 *
 * A device publishes to a group address; nobody answers. The reference of the control block begins with the name of
 * the logical device ("BayA_F1LD0/LLN0$GO$gcb1"), which begins with that of the IED.
 */
#include <stdio.h>
#include <string.h>

#include "ber.h"
#include "iec61850.h"

enum {
	TAG_PDU = 0x61,
	TAG_CONTROL_BLOCK = 0x80,
	TAG_DATA_SET = 0x82,
	TAG_ID = 0x83,
	TAG_SIMULATION = 0x87,
	TAG_REVISION = 0x88,
	TAG_ALL_DATA = 0xab
};

#define REFERENCE_MAX 129  /* ObjectReference (IEC 61850-7-2, 6.1.2) */
#define NAME_CONFIDENCE 60 /* percent: where the IED's name ends and the logical device's begins is not told */

/* What a PDU says before its data; empty when absent. */
struct goose {
	struct cursor reference, data_set, id, revision;
	bool simulation;
};

static enum framing goose_frame(struct cursor bytes, size_t *len)
{
	return iec61850_frame(bytes, TAG_PDU, len);
}

/*
 * The elements in front of the data. The data itself is not needed: a PDU that ends inside it has said who it is
 * from. False for anything else that is not whole.
 */
static bool goose_read(struct goose *g, struct cursor c)
{
	while (cursor_left(&c) > 0) {
		uint8_t tag;
		struct cursor value;
		if (cursor_peek(&c) == TAG_ALL_DATA)
			return true;
		if (!ber_read(&c, &tag, &value))
			return false;
		struct cursor *place = tag == TAG_CONTROL_BLOCK ? &g->reference
				       : tag == TAG_DATA_SET    ? &g->data_set
				       : tag == TAG_ID          ? &g->id
				       : tag == TAG_REVISION    ? &g->revision
								: NULL;
		if (place != NULL)
			*place = value;
		if (tag == TAG_SIMULATION)
			g->simulation |= cursor_peek(&value) != 0;
	}
	return false; /* a PDU has data, be it none */
}

static void goose_report(const struct goose *g, struct observer *o)
{
	struct statement s = {.protocol = PROTOCOL_GOOSE, .subject = SUBJECT_SENDER, .message = "GOOSE"};
	observer_fact(o, &s, ATTRIBUTE_CONTROL_BLOCK, g->reference.at, cursor_left(&g->reference));
	observer_fact(o, &s, ATTRIBUTE_DATA_SET, g->data_set.at, cursor_left(&g->data_set));
	observer_fact(o, &s, ATTRIBUTE_STREAM_ID, g->id.at, cursor_left(&g->id));
	struct cursor c = g->revision;
	if (cursor_left(&c) > 0 && cursor_left(&c) <= 5) { /* an unsigned 32-bit number may have a zero in front */
		uint32_t revision = 0;
		char text[16];
		while (cursor_left(&c) > 0)
			revision = revision << 8 | cursor_u8(&c);
		snprintf(text, sizeof(text), "%u", revision);
		observer_fact_string(o, &s, ATTRIBUTE_CONFIGURATION_VERSION, text);
	}
	if (g->simulation)
		observer_fact_string(o, &s, ATTRIBUTE_STATUS, "simulation");
	const uint8_t *slash = memchr(g->reference.at, '/', cursor_left(&g->reference));
	if (slash == NULL)
		return;
	s.message = "GOOSE logical device";
	s.confidence = NAME_CONFIDENCE;
	observer_fact(o, &s, ATTRIBUTE_NAME, g->reference.at, (size_t)(slash - g->reference.at));
}

static bool goose_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct goose g = {.simulation = false};
	g.reference = g.data_set = g.id = g.revision = cursor_over(bytes.at, 0);
	cursor_skip(&bytes, 2);
	size_t claimed = cursor_be16(&bytes);
	g.simulation = (cursor_be16(&bytes) & IEC61850_SIMULATION_BIT) != 0;
	cursor_skip(&bytes, 2);
	if (!cursor_ok(&bytes))
		return false;
	if (claimed >= IEC61850_HEAD_LEN && claimed - IEC61850_HEAD_LEN < cursor_left(&bytes))
		bytes.end = bytes.at + (claimed - IEC61850_HEAD_LEN); /* the rest is padding */
	uint8_t tag = cursor_u8(&bytes);
	uint8_t octets = cursor_u8(&bytes);
	if (tag != TAG_PDU || octets == 0x80 || octets > 0x84)
		return false;
	if (octets > 0x80)
		cursor_skip(&bytes, octets - 0x80u);
	bool good =
		goose_read(&g, bytes) && cursor_left(&g.reference) > 0 && cursor_left(&g.reference) <= REFERENCE_MAX;
	if (!good && pdu->whole)
		return false;
	goose_report(&g, observer);
	observer_exchange(observer, PROTOCOL_GOOSE, OPERATION_READ);
	return true;
}

extern const struct dissector goose_dissector;
const struct dissector goose_dissector = {
	.name = "goose",
	.protocol = PROTOCOL_GOOSE,
	.reference = "IEC 61850-8-1",
	.ethertypes = (const uint16_t[]){0x88b8, 0},
	.pdu_max = 65535,
	.frame = goose_frame,
	.dissect = goose_dissect,
};
