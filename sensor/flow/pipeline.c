/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define SWITCH_FLOWS_MAX 65536       /* a few milliseconds in which no packet is taken */
#define ICMPV6 58
#define ETHERTYPE_MIN 0x0600         /* IEEE 802.3: smaller ones are lengths */
#define SWEEP_EVERY 8                /* packets between two looks at idle flows */

const struct pipeline_limits pipeline_limits_default = {
    .flows = 262144, /* about 100 MiB at the worst; a plant of 10,000 devices polls a tenth of that */
    .labellings = 262144,
    .claim_bytes = 256u << 20,
    .assembly_bytes = 8u << 20,
    .stream_bytes = 32u << 20,
};

static void flow_ends(void *to, struct flow *f)
{
	struct pipeline *p = to;
	record_enter(p, f);
	stream_end(p, f);
	record_flow_end(p, f);
	dispatch_release(p, f);
	if (p->labeller != NULL)
		labeller_forget(p->labeller, f);
}

struct pipeline *pipeline_new(struct inventory *inv, uint32_t capture)
{
	return pipeline_new_within(inv, capture, NULL);
}

struct pipeline *pipeline_new_within(struct inventory *inv, uint32_t capture, const struct pipeline_limits *limits)
{
	if (limits == NULL)
		limits = &pipeline_limits_default;
	struct pipeline *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->inv = inv;
	p->capture = capture;
	p->epoch = 1;
	p->claim_budget.max = limits->claim_bytes;
	p->assembly_budget.max = limits->assembly_bytes;
	p->stream_budget.max = limits->stream_bytes;
	p->fragments = fragments_new();
	p->copies = copies_new();
	p->repeats = repeats_new(); /* without it nothing but time is lost */
	p->labeller = labeller_new(limits->labellings);
	p->table = flow_table_new(limits->flows, (struct flow_end){flow_ends, p});
	p->observer.reports = malloc(OBSERVER_REPORTS_MAX * sizeof(struct report));
	p->observer.text = malloc(OBSERVER_TEXT_MAX);
	if (p->fragments == NULL || p->copies == NULL || p->table == NULL || p->observer.reports == NULL || p->observer.text == NULL) {
		pipeline_end(p);
		return NULL;
	}
	return p;
}

/* A SYN with another sequence number: the two ports carry a new connection. */
static bool is_new_connection(const struct flow *f, unsigned side, const struct frame *frame)
{
	const struct flow_side *s = &f->side[side];
	return (frame->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && s->started && s->sequence != frame->tcp_sequence + 1;
}

static void conversation(struct pipeline *p, const struct frame *frame)
{
	unsigned side;
	struct flow *f = flow_table_get(p->table, frame, &side);
	if (f != NULL && frame->transport == TRANSPORT_TCP && is_new_connection(f, side, frame)) {
		flow_table_end(p->table, f);
		f = flow_table_get(p->table, frame, &side);
	}
	if (f == NULL) {
		p->inv->refused++;
		return;
	}
	__builtin_prefetch(f->claim);
	record_sender(p, f, side, frame);
	if (frame->transport == TRANSPORT_TCP)
		stream_segment(p, f, side, frame);
	else if (cursor_left(&frame->payload) > 0)
		dispatch_datagram(p, f, side, frame);
}

/* `whole`: what follows the headers begins here (the second fragment of an ICMPv6 message does not). */
static void no_conversation(struct pipeline *p, const struct frame *frame, bool whole)
{
	uint32_t sender = record_mac(p, frame);
	if (frame->source.kind == ADDRESS_NONE) {
		uint16_t type = frame->ethertype >= ETHERTYPE_MIN ? frame->ethertype : 0; /* else a length, which names nothing */
		bool read = (type != 0 || frame->llc != 0) && dispatch_link_layer(p, frame, type);
		if (!read && whole && sender != INVENTORY_NONE)
			record_unread(p, frame, sender);
	} else if (whole && frame->ip_protocol == ICMPV6 && frame->source.kind == ADDRESS_IPV6) {
		dispatch_link_layer(p, frame, ICMPV6);
	}
}

void pipeline_packet(struct pipeline *p, const struct packet *packet)
{
	struct capture *c = &p->inv->captures[p->capture];
	struct frame *frame = &p->frame;
	c->packets++;
	if (c->packets == 1 || packet->time_ns < c->first_ns)
		c->first_ns = packet->time_ns;
	if (c->packets == 1 || packet->time_ns > c->last_ns)
		c->last_ns = packet->time_ns;
	c->truncated_packets += packet->wire_len > packet->captured_len;
	enum decoded decoded = decode_packet(frame, packet, p->fragments);
	frame->number = ++p->frames;
	if (copies_seen(p->copies, frame)) {
		c->duplicate_packets++;
		return;
	}
	if (decoded == DECODED_NOT)
		c->undecoded_packets++;
	if (decoded == DECODED && frame->transport != TRANSPORT_NONE)
		conversation(p, frame);
	else
		no_conversation(p, frame, decoded == DECODED);
	if (p->frames % SWEEP_EVERY == 0)
		flow_table_sweep(p->table, packet->time_ns);
}

/* What was counted in this epoch goes to the inventory of it. */
static void write_counters(struct pipeline *p, bool at_end)
{
	struct capture *c = &p->inv->captures[p->capture];
	struct pipeline_totals now = p->totals;
	pipeline_total(p, &now);
	if (p->fragments != NULL)
		now.fragments_lost = fragments_lost(p->fragments, at_end);
	c->evicted_flows = now.evicted_flows - p->totals.evicted_flows;
	c->fragments_lost = now.fragments_lost - p->totals.fragments_lost;
	c->evicted_rows = p->inv->refused + now.refused_bytes - p->totals.refused_bytes;
	p->totals = now;
	for (unsigned i = 0; i < PROTOCOLS; i++) {
		const struct pdu_count *n = &p->counts[i];
		struct protocol_count *count = NULL;
		if (n->pdus != 0 || n->unassembled_bytes != 0)
			count = inventory_protocol_count(p->inv, p->capture, protocol_name(i));
		if (count == NULL)
			continue;
		count->pdus += n->pdus;
		count->malformed += n->malformed;
		count->unassembled_bytes += n->unassembled_bytes;
	}
	memset(p->counts, 0, sizeof(p->counts));
}

void pipeline_total(const struct pipeline *p, struct pipeline_totals *out)
{
	*out = p->totals;
	for (unsigned i = 0; i < PROTOCOLS; i++) {
		out->protocols[i].pdus += p->counts[i].pdus;
		out->protocols[i].malformed += p->counts[i].malformed;
	}
	if (p->table != NULL) {
		out->evicted_flows = flow_table_evicted(p->table);
		out->flows = flow_table_used(p->table);
	}
	out->refused_bytes =
		p->claim_budget.refused + p->stream_budget.refused + p->assembly_budget.refused + p->observer.dropped;
	out->buffer_bytes = p->claim_budget.used + p->stream_budget.used + p->assembly_budget.used;
}

static void flow_runs(void *to, struct flow *f)
{
	struct pipeline *p = to;
	if (f->side[0].packets == f->side[0].told_packets && f->side[1].packets == f->side[1].told_packets)
		return;
	record_enter(p, f);
	record_running(p, f);
}

void pipeline_switch(struct pipeline *p, struct inventory *next, bool retell)
{
	repeats_flush(p);
	flow_table_visit(p->table, SWITCH_FLOWS_MAX, (struct flow_end){flow_runs, p});
	write_counters(p, false);
	p->inv = next;
	p->epoch++;
	if (retell)
		p->retold = p->epoch;
	memset(p->mac_cache, 0, sizeof(p->mac_cache));
}

void pipeline_end(struct pipeline *p)
{
	if (p == NULL)
		return;
	repeats_flush(p);
	if (p->table != NULL)
		flow_table_end_all(p->table);
	write_counters(p, true);
	flow_table_free(p->table);
	fragments_free(p->fragments);
	copies_free(p->copies);
	repeats_free(p->repeats);
	labeller_free(p->labeller);
	free(p->observer.reports);
	free(p->observer.text);
	free(p);
}

void pipelines_done(void)
{
	labeller_close();
}
