/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_dissector.c - any bytes through one dissector (-DDISSECTOR=modbus_dissector).
 *
 * The input is a stream of PDUs; its last byte says how they are sent: bit 0: the two directions take turns, bit 1:
 * the first sender is the server, bit 2: the sides are not known, bit 3: on a foreign port. What frame() does not take
 * is dissected all the same, as if the snap length had cut it: dissect() must bear any bytes. DNP3 frames get right
 * checksums first, or nothing would come past them.
 */
#include <stdlib.h>
#include <string.h>

#include "dissectors/dnp3.h"
#include "earshot/dissector.h"
#include "sensor/flow/assembly.h"

extern const struct dissector DISSECTOR;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct target {
	struct frame frame;
	struct observer observer;
	struct assembly_budget budget;
	struct assemblies assemblies;
	max_align_t state[DISSECTOR_STATE_MAX / sizeof(max_align_t) + 1];
};

static void one(struct target *t, struct cursor bytes, unsigned control, unsigned turn, bool whole)
{
	bool from_server = ((control >> 1 & 1) ^ (control & 1 & turn)) != 0;
	bool known = (control & 4) == 0;
	struct pdu pdu = {
	    .frame = &t->frame,
	    .sender = !known ? SIDE_UNKNOWN : from_server ? SIDE_SERVER : SIDE_CLIENT,
	    .sender_proven = known,
	    .expected_port = (control & 8) == 0,
	    .whole = whole,
	    .direction = from_server,
	};
	struct observer *o = &t->observer;
	o->said_count = 0;
	o->report_count = o->text_len = 0;
	o->confirmed = o->proven = false;
	/* a copy of its own, so that a read past the end of the PDU is seen */
	size_t len = cursor_left(&bytes);
	uint8_t *copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		return;
	memcpy(copy, bytes.at, len);
	DISSECTOR.dissect(cursor_over(copy, len), &pdu, DISSECTOR.state_size ? t->state : NULL, o);
	free(copy);
}

static void put_crc(uint8_t *at, const uint8_t *bytes, size_t len)
{
	uint16_t crc = dnp3_crc(bytes, len);
	at[0] = (uint8_t)crc;
	at[1] = (uint8_t)(crc >> 8);
}

/* Every frame that begins where the one before ends gets the checksums of its header and its blocks (IEEE 1815 9.2). */
static void seal(uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at + 10 <= len && bytes[at] == 5 && bytes[at + 1] == 0x64 && bytes[at + 2] >= 5;) {
		size_t left = bytes[at + 2] - 5u;
		put_crc(bytes + at + 8, bytes + at, 8);
		for (at += 10; left > 0;) {
			size_t block = left < 16 ? left : 16;
			if (at + block + 2 > len)
				return;
			put_crc(bytes + at + block, bytes + at, block);
			at += block + 2;
			left -= block;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct report reports[OBSERVER_REPORTS_MAX];
	static char text[OBSERVER_TEXT_MAX];
	if (size < 2)
		return 0;
	unsigned control = data[size - 1];
	uint8_t *stream = malloc(size);
	if (stream == NULL)
		return 0;
	memcpy(stream, data, size);
	if (DISSECTOR.protocol == PROTOCOL_DNP3)
		seal(stream, size - 1);
	struct cursor bytes = cursor_over(stream, size - 1);
	static struct target t;
	memset(&t, 0, sizeof(t));
	t.frame.hop_limit = 255; /* ND takes no other */
	t.budget.max = 1 << 20;
	t.assemblies.budget = &t.budget;
	t.assemblies.max = DISSECTOR.assembly_max;
	t.observer.assemblies = &t.assemblies;
	t.observer.reports = reports;
	t.observer.text = text;
	for (unsigned turn = 0; cursor_left(&bytes) > 0 && turn < 64; turn++) {
		size_t len = 0;
		if (DISSECTOR.frame(bytes, &len) != FRAMING_WHOLE) {
			one(&t, bytes, control, turn, (control & 16) != 0);
			break;
		}
		if (len == 0 || len > cursor_left(&bytes))
			abort(); /* the contract of frame() */
		one(&t, cursor_take(&bytes, len), control, turn, true);
	}
	free(stream);
	assemblies_clear(&t.assemblies);
	if (t.budget.used != 0)
		abort();
	return 0;
}
