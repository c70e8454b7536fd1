/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/flow/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define FLOWS_MAX 262144             /* about 100 MiB at the worst; a plant of 10,000 devices polls a tenth of that */
#define ASSEMBLY_BYTES_MAX (8u << 20)
#define STREAM_BYTES_MAX (32u << 20)
#define ICMPV6 58
#define ETHERTYPE_MIN 0x0600         /* IEEE 802.3: smaller ones are lengths */
#define SWEEP_EVERY 8                /* packets between two looks at idle flows */

static void flow_ends(void *to, struct flow *f)
{
	struct pipeline *p = to;
	stream_end(p, f);
	record_flow_end(p, f);
	dispatch_release(p, f);
	if (p->labeller != NULL)
		labeller_forget(p->labeller, f);
}

struct pipeline *pipeline_new(struct inventory *inv, uint32_t capture)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->inv = inv;
	p->capture = capture;
	p->assembly_budget.max = ASSEMBLY_BYTES_MAX;
	p->stream_budget.max = STREAM_BYTES_MAX;
	p->fragments = fragments_new();
	p->copies = copies_new();
	p->labeller = labeller_new();
	p->table = flow_table_new(FLOWS_MAX, (struct flow_end){flow_ends, p});
	p->observer.reports = calloc(OBSERVER_REPORTS_MAX, sizeof(struct report));
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
		bool named = frame->ethertype >= ETHERTYPE_MIN || frame->llc != 0;
		bool read = named && dispatch_link_layer(p, frame, frame->ethertype);
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
	frame->number = c->packets;
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
	if (c->packets % SWEEP_EVERY == 0)
		flow_table_sweep(p->table, packet->time_ns);
}

void pipeline_end(struct pipeline *p)
{
	if (p == NULL)
		return;
	struct capture *c = &p->inv->captures[p->capture];
	if (p->table != NULL)
		c->evicted_flows = flow_table_evicted(p->table);
	flow_table_free(p->table);
	if (p->fragments != NULL)
		c->fragments_lost = fragments_lost(p->fragments, true);
	c->evicted_rows = p->inv->refused + p->stream_budget.refused + p->assembly_budget.refused + p->observer.dropped;
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
	fragments_free(p->fragments);
	copies_free(p->copies);
	labeller_free(p->labeller);
	free(p->observer.reports);
	free(p->observer.text);
	free(p);
}
