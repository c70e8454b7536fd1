/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c - TCP segments into order, per direction (RFC 9293 3.4; sequence numbers wrap).
 *
 * A segment that comes in order is handed on where it lies. One that comes too early is copied and
 * waits. The missing one is given up - a gap - when the receiver has acknowledged beyond it and a few
 * more segments came (so it was delivered, but not to us), when too much waits, or when the next
 * segment is farther away than any window.
 */
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define EARLY_SEGMENTS_MAX 32     /* more than a burst that a mirror port reorders */
#define EARLY_BYTES_MAX 65536     /* an unscaled window */
#define EARLY_AFTER_ACK 3         /* like fast retransmit (RFC 5681 3.2): three later ones say it is lost */
#define BEHIND_RUN_MAX 3          /* one may be a stray, or of the other side of a firewall that renumbers */
#define JUMP_MAX (1 << 20)        /* bytes ahead that are no reordering any more, and behind that are no repetition */

static void side_reset(struct pipeline *p, struct flow_side *s)
{
	while (s->early != NULL) {
		struct segment *next = s->early->next;
		p->stream_budget.used -= sizeof(*s->early) + s->early->len;
		free(s->early);
		s->early = next;
	}
	s->early_count = 0;
	s->early_bytes = 0;
}

static void deliver(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes,
	uint32_t wire_len)
{
	bool cut = wire_len > cursor_left(&bytes);
	f->side[side].sequence += wire_len;
	dispatch_chunk(p, f, side, frame, bytes, cut);
	if (cut)
		dispatch_gap(p, f, side);
}

/* Hands on what follows without a gap. */
static void drain(struct pipeline *p, struct flow *f, unsigned side, const struct frame *now)
{
	struct flow_side *s = &f->side[side];
	while (s->early != NULL) {
		struct segment *e = s->early;
		int32_t ahead = (int32_t)(e->sequence - s->sequence);
		if (ahead > 0)
			return;
		uint32_t old = 0u - (uint32_t)ahead;
		s->early = e->next;
		s->early_count--;
		s->early_bytes -= e->len;
		if (old < e->wire_len) {
			struct frame then = *now;
			then.number = e->frame;
			then.time_ns = e->time_ns;
			struct cursor bytes = cursor_over(e->bytes, e->len);
			bytes.at += old < e->len ? old : e->len;
			deliver(p, f, side, &then, bytes, e->wire_len - old);
		}
		p->stream_budget.used -= sizeof(*e) + e->len;
		free(e);
	}
}

/* What stands between here and `sequence` will not come. Farther than any window there was nothing: other numbers. */
static void skip_to(struct pipeline *p, struct flow *f, unsigned side, uint32_t sequence)
{
	struct flow_side *s = &f->side[side];
	struct capture *c = &p->inv->captures[p->capture];
	uint32_t lost = sequence - s->sequence;
	c->gaps++;
	c->gap_bytes += lost <= JUMP_MAX ? lost : 0;
	s->sequence = sequence;
	dispatch_gap(p, f, side);
}

/* The bytes before the first early segment will not come. */
static void give_up(struct pipeline *p, struct flow *f, unsigned side, const struct frame *now)
{
	skip_to(p, f, side, f->side[side].early->sequence);
	drain(p, f, side, now);
}

/* False, and counted, when there is no room to wait. */
static bool keep_early(struct pipeline *p, struct flow_side *s, const struct frame *frame, uint32_t sequence,
	struct cursor bytes, uint32_t wire_len)
{
	uint32_t len = (uint32_t)cursor_left(&bytes);
	struct segment **link = &s->early;
	while (*link != NULL && (int32_t)((*link)->sequence - sequence) < 0)
		link = &(*link)->next;
	if (*link != NULL && (*link)->sequence == sequence && (*link)->wire_len >= wire_len)
		return true;
	size_t size = sizeof(struct segment) + len;
	struct segment *e = p->stream_budget.used + size <= p->stream_budget.max ? malloc(size) : NULL;
	if (e == NULL) {
		p->stream_budget.refused++;
		return false;
	}
	p->stream_budget.used += size;
	*e = (struct segment){.next = *link, .frame = frame->number, .time_ns = frame->time_ns, .sequence = sequence,
	    .len = len, .wire_len = wire_len};
	if (len > 0)
		memcpy(e->bytes, bytes.at, len);
	*link = e;
	s->early_count++;
	s->early_bytes += len;
	return true;
}

static bool is_lost(const struct flow *f, unsigned side)
{
	const struct flow_side *s = &f->side[side];
	if (s->early_count >= EARLY_SEGMENTS_MAX || s->early_bytes >= EARLY_BYTES_MAX)
		return true;
	const struct flow_side *receiver = &f->side[!side];
	bool acknowledged = receiver->started && (int32_t)(receiver->acknowledged - s->sequence) > 0;
	return acknowledged && s->early_count >= EARLY_AFTER_ACK;
}

static void data_segment(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, uint32_t sequence)
{
	struct flow_side *s = &f->side[side];
	struct cursor bytes = frame->payload;
	uint32_t wire_len = frame->payload_wire_len;
	if (!s->started) {
		s->started = true;
		s->sequence = sequence;
	}
	int32_t ahead = (int32_t)(sequence - s->sequence);
	if (ahead > 0 && keep_early(p, s, frame, sequence, bytes, wire_len)) {
		while (s->early != NULL && (ahead > JUMP_MAX || is_lost(f, side))) {
			give_up(p, f, side, frame);
			ahead = 0;
		}
		return;
	}
	if (ahead < -JUMP_MAX && ++s->behind_run < BEHIND_RUN_MAX)
		return;
	s->behind_run = 0;
	if (ahead > 0 || ahead < -JUMP_MAX) { /* no room to wait; or a connection whose beginning was not seen */
		while (s->early != NULL)
			give_up(p, f, side, frame);
		ahead = (int32_t)(sequence - s->sequence);
		if (ahead > 0 || ahead < -JUMP_MAX)
			skip_to(p, f, side, sequence);
		ahead = (int32_t)(sequence - s->sequence);
	}
	if (ahead < 0) { /* seen before, wholly or in part */
		uint32_t old = 0u - (uint32_t)ahead;
		if (old >= wire_len)
			return;
		bytes.at += old < cursor_left(&bytes) ? old : cursor_left(&bytes);
		wire_len -= old;
	}
	deliver(p, f, side, frame, bytes, wire_len);
	if (s->early_count > 0)
		drain(p, f, side, frame);
}

void stream_segment(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame)
{
	struct flow_side *s = &f->side[side];
	uint32_t sequence = frame->tcp_sequence;
	if (frame->tcp_flags & TCP_SYN) {
		sequence++;
		if (!s->started || s->sequence != sequence) {
			side_reset(p, s);
			dispatch_gap(p, f, side);
			s->started = true;
			s->sequence = sequence;
		}
		f->opened = true;
		f->opener = (uint8_t)(frame->tcp_flags & TCP_ACK ? !side : side);
	}
	if (frame->tcp_flags & TCP_ACK)
		s->acknowledged = frame->tcp_acknowledgement;
	if (frame->payload_wire_len > 0 && !(frame->tcp_flags & TCP_RST))
		data_segment(p, f, side, frame, sequence);
	if (frame->tcp_flags & TCP_FIN)
		s->finished = true;
	if (frame->tcp_flags & TCP_RST)
		f->side[0].finished = f->side[1].finished = true;
}

void stream_end(struct pipeline *p, struct flow *f)
{
	struct frame now = {.source = f->key.address[0], .target = f->key.address[1], .transport = f->key.transport};
	for (unsigned side = 0; side < 2; side++) {
		now.source = f->key.address[side];
		now.target = f->key.address[!side];
		now.source_port = f->key.port[side];
		now.target_port = f->key.port[!side];
		while (f->side[side].early != NULL)
			give_up(p, f, side, &now);
		dispatch_gap(p, f, side);
	}
}
