/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sv.c - sampled values (IEC 61850-9-2), directly on Ethernet.
 *
 *	+----------+-----------+-------------+-------------+------------------------------------------------
 *	| APPID 16 | length 16 | reserved 16 | reserved 16 | 60 savPdu: 80 noASDU, a2 seqASDU { 30 ASDU {
 *	|          |           | simulation  |             | 80 svID, 81 datSet, 82 smpCnt, 83 confRev,
 *	|          |           | is bit 15   |             | 84 refrTm, 85 smpSynch, 86 smpRate, 87 samples } ... }
 *	+----------+-----------+-------------+-------------+------------------------------------------------
 *
 * A merging unit publishes to a group address some thousand times a second; nobody answers.
 */
#include <stdio.h>

#include "ber.h"
#include "iec61850.h"

enum { TAG_PDU = 0x60, TAG_SEQUENCE = 0xa2, TAG_ASDU = 0x30, TAG_ID = 0x80, TAG_DATA_SET = 0x81, TAG_REVISION = 0x83 };
enum { TAG_SAMPLES = 0x87 };

static enum framing sv_frame(struct cursor bytes, size_t *len)
{
	return iec61850_frame(bytes, TAG_PDU, len);
}

/* One data unit: the same few words in front of the samples each time. False without an identifier. */
static bool asdu(struct observer *o, const struct statement *s, struct cursor c)
{
	bool named = false;
	while (cursor_left(&c) > 0 && cursor_peek(&c) != TAG_SAMPLES) {
		uint8_t tag;
		struct cursor value;
		if (!ber_read(&c, &tag, &value))
			return false;
		if (tag == TAG_ID) {
			observer_fact(o, s, ATTRIBUTE_STREAM_ID, value.at, cursor_left(&value));
			named = cursor_left(&value) > 0;
		} else if (tag == TAG_DATA_SET) {
			observer_fact(o, s, ATTRIBUTE_DATA_SET, value.at, cursor_left(&value));
		} else if (tag == TAG_REVISION && cursor_left(&value) == 4) {
			char text[16];
			snprintf(text, sizeof(text), "%u", cursor_be32(&value));
			observer_fact_string(o, s, ATTRIBUTE_CONFIGURATION_VERSION, text);
		}
	}
	return named;
}

/* Data units of one PDU are samples that follow each other, or of several streams: each is read. */
static bool asdus(struct observer *o, const struct statement *s, struct cursor pdu)
{
	struct cursor list = pdu, unit;
	uint8_t tag = 0;
	while (cursor_left(&pdu) > 0 && tag != TAG_SEQUENCE)
		if (!ber_read(&pdu, &tag, &list))
			return false;
	if (tag != TAG_SEQUENCE)
		return false;
	while (cursor_left(&list) > 0)
		if (!ber_take(&list, TAG_ASDU, &unit) || !asdu(o, s, unit))
			return false;
	return true;
}

static bool sv_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct statement s = {.protocol = PROTOCOL_SV, .subject = SUBJECT_SENDER, .message = "sampled values"};
	struct cursor content;
	cursor_skip(&bytes, 4);
	bool simulation = (cursor_be16(&bytes) & IEC61850_SIMULATION_BIT) != 0;
	cursor_skip(&bytes, 2);
	bool good = ber_take(&bytes, TAG_PDU, &content) && asdus(observer, &s, content);
	if (!good && pdu->whole)
		return false;
	if (simulation)
		observer_fact_string(observer, &s, ATTRIBUTE_STATUS, "simulation");
	observer_exchange(observer, PROTOCOL_SV, OPERATION_READ);
	return true;
}

extern const struct dissector sv_dissector;
const struct dissector sv_dissector = {
	.name = "sv",
	.protocol = PROTOCOL_SV,
	.reference = "IEC 61850-9-2",
	.ethertypes = (const uint16_t[]){0x88ba, 0},
	.pdu_max = 65535,
	.frame = sv_frame,
	.dissect = sv_dissect,
};
