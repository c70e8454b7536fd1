/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnp3_transport.c - putting responses together (IEEE 1815-2012, clause 8 and 4.2.2.4).
 *
 *	+-----+-----+-------------+-----------------------+
 *	| FIN | FIR | sequence 6  | part of a fragment    |      one per link frame
 *	+-----+-----+-------------+-----------------------+
 *	+-----+-----+-----+-----+------------+----------+--------+-------------------+
 *	| FIR | FIN | CON | UNS | sequence 4 | function | IIN 16 | objects           |      one per fragment
 *	+-----+-----+-----+-----+------------+----------+--------+-------------------+
 *
 * Segments make a fragment, fragments make a message. Requests are not put together: masters
 * send single fragments, and what an inventory needs of them stands in the first segment.
 */
#include "dnp3.h"

#include <string.h>

static void stream_close(struct dnp3_link *link, struct dnp3_stream *s)
{
	unsigned slot = 2 * (unsigned)(s - link->state->streams);
	assembly_drop(link->observer, slot);
	assembly_drop(link->observer, slot + 1);
	memset(s, 0, sizeof(*s));
}

/* The stream of the sender, or NULL; with `make` a new one, in the place of another when all are taken. */
static struct dnp3_stream *stream_find(struct dnp3_link *link, bool make)
{
	struct dnp3_state *state = link->state;
	struct dnp3_stream *vacant = NULL;
	for (unsigned i = 0; i < DNP3_STREAMS_MAX; i++) {
		struct dnp3_stream *s = &state->streams[i];
		if (!s->used)
			vacant = s;
		else if (s->address == link->source && s->direction == link->pdu->direction)
			return s;
	}
	if (!make)
		return NULL;
	if (vacant == NULL) {
		vacant = &state->streams[state->next_stream++ % DNP3_STREAMS_MAX];
		stream_close(link, vacant);
	}
	vacant->used = true;
	vacant->address = link->source;
	vacant->direction = link->pdu->direction;
	return vacant;
}

/*
 * One fragment of a response, whole. Its objects join those of the message's other fragments;
 * an unsolicited response is always one fragment, whatever its FIR and FIN (4.2.2.4).
 */
static void fragment_add(struct dnp3_link *link, struct cursor fragment)
{
	struct dnp3_application a;
	if (!dnp3_application_read(fragment, &a) || a.function < DNP3_FUNCTION_RESPONSE)
		return;
	bool first = a.control & DNP3_APPLICATION_FIR, last = a.control & DNP3_APPLICATION_FIN;
	if ((first && last) || a.control & DNP3_APPLICATION_UNS) {
		dnp3_message_read(link, a.objects);
		return;
	}
	struct dnp3_stream *s = stream_find(link, first);
	if (s == NULL)
		return;
	unsigned slot = 2 * (unsigned)(s - link->state->streams) + 1;
	uint8_t sequence = a.control & DNP3_APPLICATION_SEQUENCE;
	if (first) {
		assembly_drop(link->observer, slot);
		s->in_message = true;
	} else if (!s->in_message || sequence != s->next_fragment) {
		s->in_message = false;
	}
	s->in_message = s->in_message && assembly_add(link->observer, slot, a.objects);
	s->next_fragment = (sequence + 1) & DNP3_APPLICATION_SEQUENCE;
	if (s->in_message && last)
		dnp3_message_read(link, assembly_get(link->observer, slot));
	if (!s->in_message || last) {
		assembly_drop(link->observer, slot);
		s->in_message = false;
	}
}

/* One segment of a response. */
void dnp3_segment_add(struct dnp3_link *link, uint8_t transport, struct cursor segment)
{
	bool first = transport & DNP3_TRANSPORT_FIR, last = transport & DNP3_TRANSPORT_FIN;
	uint8_t sequence = transport & DNP3_TRANSPORT_SEQUENCE;
	if ((first && last) || (first && link->cut)) {
		fragment_add(link, segment);
		return;
	}
	struct dnp3_stream *s = stream_find(link, first);
	if (s == NULL)
		return;
	unsigned slot = 2 * (unsigned)(s - link->state->streams);
	if (first) {
		assembly_drop(link->observer, slot);
		s->in_fragment = true;
	} else if (s->in_fragment && sequence == ((s->next_segment - 1) & DNP3_TRANSPORT_SEQUENCE)) {
		return; /* sent again for want of a link confirmation */
	} else if (sequence != s->next_segment || link->cut) {
		s->in_fragment = false;
	}
	s->in_fragment = s->in_fragment && assembly_add(link->observer, slot, segment);
	s->next_segment = (sequence + 1) & DNP3_TRANSPORT_SEQUENCE;
	if (s->in_fragment && last)
		fragment_add(link, assembly_get(link->observer, slot));
	if (!s->in_fragment || last) {
		assembly_drop(link->observer, slot);
		s->in_fragment = false;
	}
	if (!s->in_fragment && !s->in_message)
		stream_close(link, s);
}
