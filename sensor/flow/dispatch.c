/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch.c - which dissector reads a flow, and where its PDUs begin and end.
 *
 * Recognition is by content: the port only says whom to ask first. A dissector gets a flow when it
 * takes a first whole PDU; on a foreign port one whose framing proves little must see its answers
 * fit (confirmations) before anything is believed. What nobody claims goes to libnDPI.
 */
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define ATTEMPTS_MAX 6      /* payloads offered to every dissector before a flow is nobody's */
#define FOREIGN_RUN_MAX 250 /* segments in a row not known to the dissector of a flow: it has lost the thread */
#define PART_FIRST 256      /* most PDUs are shorter */
#define PART_MAX 262144     /* larger than any pdu_max */
#define DATAGRAM_PDUS_MAX 64

static bool lists(const uint16_t *ports, uint16_t port)
{
	for (; ports != NULL && *ports != 0; ports++)
		if (*ports == port)
			return true;
	return false;
}

static const uint16_t *ports_of(const struct dissector *d, unsigned transport)
{
	return transport == TRANSPORT_TCP ? d->tcp_ports : d->udp_ports;
}

static bool tries_any(const struct dissector *d, unsigned transport)
{
	return transport == TRANSPORT_TCP ? d->tcp_any : d->udp_any;
}

static bool is_expected(const struct dissector *d, const struct flow *f)
{
	const uint16_t *ports = ports_of(d, f->key.transport);
	return lists(ports, f->key.port[0]) || lists(ports, f->key.port[1]);
}

static void describe(struct pdu *pdu, const struct flow *f, unsigned side, const struct frame *frame, bool whole)
{
	bool from = f->claim->expected[side], to = f->claim->expected[!side];
	*pdu = (struct pdu){.frame = frame, .expected_port = from || to, .whole = whole, .direction = (uint8_t)side};
	if (f->opened) {
		pdu->sender_proven = true;
		pdu->sender = f->opener == side ? SIDE_CLIENT : SIDE_SERVER;
	} else if (from != to) {
		pdu->sender = to ? SIDE_CLIENT : SIDE_SERVER;
	}
}

/* Part of the probe and splitter contract: no PDU is empty or larger than the protocol allows. */
static enum framing frame_pdu(const struct dissector *d, struct cursor bytes, size_t *len)
{
	*len = 0;
	enum framing framing = d->frame(bytes, len);
	if (framing == FRAMING_WHOLE && (*len == 0 || *len > cursor_left(&bytes)))
		return FRAMING_FOREIGN;
	return *len > d->pdu_max ? FRAMING_FOREIGN : framing;
}

static void count_pdu(struct pipeline *p, enum protocol protocol, const struct observer *o, bool good)
{
	bool own = false;
	for (unsigned i = 0; i < o->said_count; i++) {
		p->counts[o->said[i].protocol].pdus++;
		own |= o->said[i].protocol == protocol;
	}
	if (!own) /* not added as numbers: compilers add both in one go, and wait for the sum of the loop above */
		p->counts[protocol].pdus++;
	if (!good)
		p->counts[protocol].malformed++;
}

/* Nothing but what this flow told before: almost every PDU of cyclic traffic. */
static bool commit_is_old(const struct flow_claim *claim, unsigned side, const struct observer *o)
{
	if (o->report_count != 0)
		return false;
	for (unsigned i = 0; i < o->said_count; i++) {
		const struct said *s = &o->said[i];
		unsigned n = 0;
		while (n < claim->talk_count && claim->talks[n].protocol != s->protocol)
			n++;
		if (n == claim->talk_count)
			return false;
		if ((s->bits & ~claim->talks[n].told[side]) != 0)
			return false;
	}
	return true;
}

/*
 * One PDU through the dissector, and what it said to the inventory. False: malformed. (The bytes come in registers:
 * a cursor handed on by value from function to function is loaded before its stores are done.)
 */
static bool dissect(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, const uint8_t *bytes, size_t len,
	bool whole)
{
	struct flow_claim *claim = f->claim;
	const struct dissector *d = claim->dissector;
	struct observer *o = &p->observer;
	struct pdu pdu;
	describe(&pdu, f, side, frame, whole);
	o->said_count = 0;
	o->report_count = o->text_len = 0;
	o->confirmed = o->proven = false;
	o->assemblies = claim->assemblies;
	bool good = d->dissect(cursor_over(bytes, len), &pdu, claim->state, o);
	if ((good || !whole) && !(claim->believed && commit_is_old(claim, side, o)))
		commit_pdu(p, f, side, frame);
	/* What the snap length cut is truncated, not malformed; what a dissector was only asked about is foreign. */
	claim->taken |= good || !whole;
	if (claim->believed && claim->taken)
		count_pdu(p, d->protocol, o, good || !whole);
	return good;
}

/* A claim, then the state of the dissector, then its assemblies: most dissectors have none. */
static size_t state_room(const struct dissector *d)
{
	return (d->state_size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
}

static size_t claim_size(const struct dissector *d)
{
	return sizeof(struct flow_claim) + state_room(d) + (d->assembly_max > 0 ? sizeof(struct assemblies) : 0);
}

static struct flow_claim *claim_new(struct pipeline *p, const struct flow *f, const struct dissector *d)
{
	size_t size = claim_size(d);
	struct flow_claim *claim = p->claim_budget.used + size <= p->claim_budget.max ? calloc(1, size) : NULL;
	if (claim == NULL) {
		p->claim_budget.refused++;
		return NULL;
	}
	p->claim_budget.used += size;
	claim->dissector = d;
	for (unsigned side = 0; side < 2; side++)
		claim->expected[side] = lists(ports_of(d, f->key.transport), f->key.port[side]);
	claim->believed = d->confirmations == 0 || claim->expected[0] || claim->expected[1];
	claim->state = d->state_size ? claim + 1 : NULL;
	if (d->assembly_max > 0) {
		claim->assemblies = (struct assemblies *)(void *)((char *)(claim + 1) + state_room(d));
		claim->assemblies->budget = &p->assembly_budget;
		claim->assemblies->max = d->assembly_max;
	}
	return claim;
}

static void claim_free(struct pipeline *p, struct flow *f)
{
	if (f->claim == NULL)
		return;
	commit_release(p, f);
	if (f->claim->assemblies != NULL)
		assemblies_clear(f->claim->assemblies);
	p->claim_budget.used -= claim_size(f->claim->dissector) + (f->claim->told != NULL ? TOLD_BYTES : 0);
	free(f->claim->told);
	free(f->claim);
	f->claim = NULL;
}

void dispatch_release(struct pipeline *p, struct flow *f)
{
	claim_free(p, f);
	for (unsigned side = 0; side < 2; side++) {
		p->stream_budget.used -= f->side[side].part != NULL ? f->side[side].part->room : 0;
		free(f->side[side].part);
		f->side[side].part = NULL;
		f->side[side].has_part = false;
	}
}

static void empty_part(struct flow_side *s)
{
	if (!s->has_part)
		return;
	s->part->len = s->part->wanted = 0;
	s->has_part = false;
}

/* An incomplete PDU, or what might be one. */
static void drop_part(struct pipeline *p, struct flow *f, unsigned side)
{
	struct flow_side *s = &f->side[side];
	if (f->claim != NULL && f->claim->believed)
		p->counts[f->claim->dissector->protocol].unassembled_bytes += s->has_part ? s->part->len : 0;
	empty_part(s);
}

void dispatch_gap(struct pipeline *p, struct flow *f, unsigned side)
{
	if (f->side[side].has_part)
		drop_part(p, f, side);
}

/* Room for `need` bytes in the part, what is there kept. False, and counted, over a limit. */
static bool reserve_part(struct pipeline *p, struct flow_side *s, size_t need)
{
	size_t had = s->part != NULL ? s->part->room : 0, room = had > 0 ? had : PART_FIRST;
	while (room < need)
		room *= 2;
	if (room == had)
		return true;
	size_t more = room - had;
	struct part *part = NULL;
	if (room <= PART_MAX && p->stream_budget.used + more <= p->stream_budget.max)
		part = realloc(s->part, sizeof(*part) + room);
	if (part == NULL) {
		p->stream_budget.refused++;
		return false;
	}
	if (had == 0)
		part->len = part->wanted = 0;
	p->stream_budget.used += more;
	part->room = (uint32_t)room;
	s->part = part;
	return true;
}

/* Keeps `bytes`, the unread end of a chunk, for the next one. They lie in the part when there is one. */
static void keep_part(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, size_t wanted)
{
	struct flow_side *s = &f->side[side];
	size_t len = cursor_left(&bytes);
	if (s->has_part) {
		memmove(s->part->bytes, bytes.at, len);
	} else if (reserve_part(p, s, len)) {
		memcpy(s->part->bytes, bytes.at, len);
	} else {
		drop_part(p, f, side);
		return;
	}
	s->has_part = len > 0;
	s->part->len = (uint32_t)len;
	s->part->frame = frame->number;
	s->part->time_ns = frame->time_ns;
	s->part->wanted = (uint32_t)wanted;
}

/* Puts `bytes` behind the part, and gives the whole. False: over a limit, and all of it dropped. */
static bool append_part(struct pipeline *p, struct flow *f, unsigned side, struct cursor *bytes)
{
	struct flow_side *s = &f->side[side];
	size_t len = cursor_left(bytes);
	if (!reserve_part(p, s, s->part->len + len)) {
		drop_part(p, f, side);
		return false;
	}
	if (len > 0)
		memcpy(s->part->bytes + s->part->len, bytes->at, len);
	s->part->len += (uint32_t)len;
	*bytes = cursor_over(s->part->bytes, s->part->len);
	return true;
}

/* Bytes that the dissector of the flow does not know: skip them, try again at the next segment. */
static void skip_foreign(struct pipeline *p, struct flow *f, unsigned side, size_t len)
{
	struct flow_side *s = &f->side[side];
	struct flow_claim *claim = f->claim;
	if (claim->believed)
		p->counts[claim->dissector->protocol].unassembled_bytes += len;
	empty_part(s);
	if (s->foreign_run < FOREIGN_RUN_MAX)
		s->foreign_run++;
	if (!claim->believed && s->foreign_run > 2) { /* a guess that did not hold */
		claim_free(p, f);
		f->hopeless = true;
	}
}

/* Cuts `bytes` into PDUs for the dissector of the flow. */
static void split(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, bool cut)
{
	struct flow_side *s = &f->side[side];
	const uint8_t *at = bytes.at;
	size_t left = cursor_left(&bytes);
	while (left > 0) {
		size_t len;
		enum framing framing = frame_pdu(f->claim->dissector, cursor_over(at, left), &len);
		if (framing == FRAMING_FOREIGN) {
			skip_foreign(p, f, side, left);
			return;
		}
		if (framing == FRAMING_MORE) {
			if (cut)
				dissect(p, f, side, frame, at, left, false);
			else
				keep_part(p, f, side, frame, cursor_over(at, left), len);
			return;
		}
		s->foreign_run = 0;
		dissect(p, f, side, frame, at, len, true);
		at += len;
		left -= len;
	}
	empty_part(s);
}

/* Offers a first PDU to one dissector. True: it took the flow, and the PDU was read. */
static bool try_one(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, bool cut,
	const struct dissector *d, bool *more)
{
	size_t len;
	enum framing framing = frame_pdu(d, bytes, &len);
	if (framing == FRAMING_FOREIGN)
		return false;
	if (framing == FRAMING_MORE && !(cut && is_expected(d, f))) {
		*more |= !cut;
		return false;
	}
	f->claim = claim_new(p, f, d);
	if (f->claim == NULL)
		return false;
	bool whole = framing == FRAMING_WHOLE;
	if (!whole)
		len = cursor_left(&bytes);
	if (dissect(p, f, side, frame, bytes.at, len, whole) || !whole) {
		f->side[side].foreign_run = 0;
		bytes.at += len;
		split(p, f, side, frame, bytes, cut);
		return true;
	}
	claim_free(p, f);
	return false;
}

/* Asks first those whose port it is, then those that know their own on any port. */
static bool try_all(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, bool cut,
	bool *more)
{
	for (unsigned expected = 2; expected-- > 0;) {
		for (unsigned i = 0; dissectors[i] != NULL; i++) {
			const struct dissector *d = dissectors[i];
			if (is_expected(d, f) != (expected == 1) || (!expected && !tries_any(d, f->key.transport)))
				continue;
			if (try_one(p, f, side, frame, bytes, cut, d, more))
				return true;
		}
	}
	return false;
}

static void give_to_labeller(struct pipeline *p, struct flow *f, const struct frame *frame)
{
	if (p->labeller != NULL)
		labeller_packet(p->labeller, f, frame);
}

/* `bytes` begin with what was kept of the payloads before, if anything. */
static void find_claim(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, bool cut)
{
	bool more = false;
	if (try_all(p, f, side, frame, bytes, cut, &more))
		return;
	if (++f->attempts >= ATTEMPTS_MAX) {
		dispatch_release(p, f);
		f->hopeless = true;
	} else if (more) {
		keep_part(p, f, side, frame, bytes, 0);
	} else {
		empty_part(&f->side[side]);
	}
	give_to_labeller(p, f, frame);
}

static void feed(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, bool cut)
{
	if (f->claim != NULL)
		split(p, f, side, frame, bytes, cut);
	else
		find_claim(p, f, side, frame, bytes, cut);
}

void dispatch_chunk(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame, struct cursor bytes, bool cut)
{
	struct flow_side *s = &f->side[side];
	s->has_data = true;
	if (f->hopeless) {
		give_to_labeller(p, f, frame);
		return;
	}
	if (s->foreign_run >= FOREIGN_RUN_MAX) {
		skip_foreign(p, f, side, cursor_left(&bytes));
		return;
	}
	if (!s->has_part) {
		feed(p, f, side, frame, bytes, cut);
		return;
	}
	struct frame last = *frame; /* of the frames that carry this PDU, when they came in another order than their bytes */
	if (s->part->frame > frame->number) {
		last.number = s->part->frame;
		last.time_ns = s->part->time_ns;
	}
	if (!append_part(p, f, side, &bytes))
		return;
	s->part->frame = last.number;
	s->part->time_ns = last.time_ns;
	if (cursor_left(&bytes) >= s->part->wanted || cut)
		feed(p, f, side, &last, bytes, cut);
}

void dispatch_datagram(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame)
{
	struct cursor bytes = frame->payload;
	f->side[side].has_data = true;
	if (f->hopeless) {
		give_to_labeller(p, f, frame);
		return;
	}
	if (f->claim == NULL) {
		bool more = false;
		if (!try_all(p, f, side, frame, bytes, frame->truncated, &more)) {
			if (++f->attempts >= ATTEMPTS_MAX)
				f->hopeless = true;
			give_to_labeller(p, f, frame);
		}
		empty_part(&f->side[side]); /* datagrams stand for themselves */
		return;
	}
	for (unsigned n = 0; n < DATAGRAM_PDUS_MAX && cursor_left(&bytes) > 0 && f->claim != NULL; n++) {
		size_t len;
		enum framing framing = frame_pdu(f->claim->dissector, bytes, &len);
		if (framing == FRAMING_WHOLE) {
			dissect(p, f, side, frame, bytes.at, len, true);
			bytes.at += len;
			continue;
		}
		if (framing == FRAMING_MORE && frame->truncated)
			dissect(p, f, side, frame, bytes.at, cursor_left(&bytes), false);
		else
			skip_foreign(p, f, side, cursor_left(&bytes));
		break;
	}
}

bool dispatch_link_layer(struct pipeline *p, const struct frame *frame, uint16_t type)
{
	for (unsigned i = 0; dissectors[i] != NULL; i++) {
		const struct dissector *d = dissectors[i];
		if (!lists(d->ethertypes, type) && !(frame->llc != 0 && lists(d->llc, frame->llc)))
			continue;
		struct cursor bytes = frame->payload;
		size_t len;
		struct pdu pdu = {.frame = frame, .whole = !frame->truncated};
		if (frame_pdu(d, bytes, &len) == FRAMING_FOREIGN)
			continue;
		struct observer *o = &p->observer;
		o->said_count = 0;
		o->report_count = o->text_len = 0;
		o->assemblies = NULL;
		bool good = d->dissect(len > 0 && len < cursor_left(&bytes) ? cursor_take(&bytes, len) : bytes, &pdu, NULL, o);
		count_pdu(p, d->protocol, o, good || !pdu.whole);
		if (good || !pdu.whole)
			commit_link_layer(p, frame);
		return true;
	}
	return false;
}
