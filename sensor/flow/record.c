/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - who was seen, with which MAC, how far away; and what a flow had counted when it ended. */
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define UNDECIDED_NS (600 * 1000000000ll) /* as long as a silent TCP connection is waited for */

/*
 * Routers between the sender and here: 0 when the hop limit is one that hosts start with, else the distance
 * to the common ones just above. Other values say nothing.
 */
static uint8_t hops_of(const struct frame *f)
{
	static const uint8_t starts[] = {30, 32, 60, 64, 100, 128, 255};
	for (size_t i = 0; i < sizeof(starts); i++)
		if (f->hop_limit == starts[i])
			return 0;
	static const uint8_t common[] = {64, 128, 255};
	for (size_t i = 0; i < sizeof(common); i++)
		if (f->hop_limit < common[i] && common[i] - f->hop_limit < 10)
			return (uint8_t)(common[i] - f->hop_limit);
	return HOPS_UNKNOWN;
}

static bool is_device_mac(const uint8_t mac[6])
{
	static const uint8_t zero[6];
	return (mac[0] & 1) == 0 && memcmp(mac, zero, 6) != 0;
}

static uint16_t vlan_of(const struct frame *f)
{
	return f->vlan_count > 0 ? f->vlan[f->vlan_count - 1] : VLAN_NONE;
}

static bool is_sender(const struct address *a)
{
	static const uint8_t zero[16];
	if (a->kind == ADDRESS_IPV4)
		return a->bytes[0] < 224 && memcmp(a->bytes, zero, 4) != 0;
	return a->kind == ADDRESS_IPV6 && a->bytes[0] != 0xff && memcmp(a->bytes, zero, 16) != 0;
}

/* The MAC of a side, and that its address came from it. */
static void bind(struct pipeline *p, const struct flow_side *s, const struct sighting *at)
{
	if (!is_device_mac(s->mac))
		return;
	struct address mac = address_make(ADDRESS_MAC, s->mac);
	uint32_t row = inventory_endpoint_seen(p->inv, &mac, true, at);
	if (row != INVENTORY_NONE && s->endpoint != INVENTORY_NONE)
		inventory_binding(p->inv, s->endpoint, row, s->vlan, s->hops, at);
}

/* The first packet of a flow's side, or one from another MAC or VLAN than before. */
static void bind_new(struct pipeline *p, struct flow_side *s, const struct frame *frame)
{
	struct sighting at = sighting_of(p, frame->number, frame->time_ns);
	memcpy(s->mac, frame->mac_source, 6);
	s->vlan = vlan_of(frame);
	s->hops = hops_of(frame);
	s->bound_now = true;
	bind(p, s, &at);
}

static bool is_other_place(const struct flow_side *s, const struct frame *frame)
{
	return frame->has_mac && (memcmp(s->mac, frame->mac_source, 6) != 0 || s->vlan != vlan_of(frame));
}

/* From another MAC or VLAN than before: the one before was seen until the packet before. */
static void move(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame)
{
	struct flow_side *s = &f->side[side];
	struct sighting last = sighting_of(p, s->last_frame, s->last_ns);
	if (s->endpoint == INVENTORY_NONE) { /* what was counted so far is of the sender before */
		record_running(p, f);
		commit_forget(f, side);
		s->first_frame = frame->number;
		s->first_ns = frame->time_ns;
	} else if (!s->bound_now) {
		bind(p, s, &last);
	}
	bind_new(p, s, frame);
}

void record_enter(struct pipeline *p, struct flow *f)
{
	if (f->epoch == p->epoch)
		return;
	bool retell = f->epoch < p->retold;
	f->epoch = p->epoch;
	f->side[0].endpoint = f->side[1].endpoint = INVENTORY_NONE;
	for (unsigned i = 0; f->claim != NULL && i < f->claim->talk_count; i++) {
		struct talk *t = &f->claim->talks[i];
		t->link[0] = t->link[1] = INVENTORY_NONE;
		if (retell)
			t->told[0] = t->told[1] = 0;
	}
}

/* The first packet of a side in an epoch; often the first one at all. */
static void enter(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame)
{
	struct flow_side *s = &f->side[side];
	struct sighting at = sighting_of(p, frame->number, frame->time_ns);
	record_enter(p, f);
	s->epoch = p->epoch;
	if (s->packets == 0) {
		s->first_frame = frame->number;
		s->first_ns = frame->time_ns;
	}
	if (is_sender(&frame->source))
		s->endpoint = inventory_endpoint_seen(p->inv, &frame->source, true, &at);
	if (!frame->has_mac)
		return;
	if (s->packets == 0)
		bind_new(p, s, frame);
	else if (is_other_place(s, frame))
		move(p, f, side, frame);
	else
		bind(p, s, &at);
	s->bound_now = true;
}

void record_sender(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame)
{
	struct flow_side *s = &f->side[side];
	if (s->epoch != p->epoch)
		enter(p, f, side, frame);
	else if (is_other_place(s, frame))
		move(p, f, side, frame);
	else
		s->bound_now = false;
	s->packets++;
	s->bytes += frame->wire_len;
	s->last_frame = frame->number;
	s->last_ns = frame->time_ns;
}

/* A frame without a flow: IP without ports, or no IP at all. */
uint32_t record_mac(struct pipeline *p, const struct frame *frame)
{
	struct sighting at = sighting_of(p, frame->number, frame->time_ns);
	uint32_t row = INVENTORY_NONE;
	if (frame->has_mac && is_device_mac(frame->mac_source)) {
		unsigned slot = (frame->mac_source[5] ^ frame->mac_source[4] * 31u) % MAC_CACHE;
		if (p->mac_cache[slot].endpoint != 0 && memcmp(p->mac_cache[slot].mac, frame->mac_source, 6) == 0) {
			row = p->mac_cache[slot].endpoint - 1;
			p->inv->endpoints[row].seen.last = at;
		} else {
			struct address mac = address_make(ADDRESS_MAC, frame->mac_source);
			row = inventory_endpoint_seen(p->inv, &mac, true, &at);
			if (row != INVENTORY_NONE) {
				memcpy(p->mac_cache[slot].mac, frame->mac_source, 6);
				p->mac_cache[slot].endpoint = row + 1;
			}
		}
		if (row != INVENTORY_NONE)
			p->inv->endpoints[row].packets++;
	}
	if (!is_sender(&frame->source))
		return row;
	uint32_t ip = inventory_endpoint_seen(p->inv, &frame->source, true, &at);
	if (ip == INVENTORY_NONE)
		return row;
	p->inv->endpoints[ip].packets++;
	if (row != INVENTORY_NONE)
		inventory_binding(p->inv, ip, row, vlan_of(frame), hops_of(frame), &at);
	return ip;
}

/* What an EtherType or LLC says is inside (IEEE registration authority; IEEE 802.1D for 0x42). "" when it says nothing. */
static const char *unread_name(const struct frame *f)
{
	static const struct {
		uint16_t type, llc;
		const char *name;
	} known[] = {{0x88cc, 0, "lldp"}, {0x8892, 0, "pn-rt"}, {0x88b8, 0, "goose"}, {0x88ba, 0, "sv"}, {0x88a4, 0, "ethercat"},
	    {0x88ab, 0, "powerlink"}, {0, 0x4242, "stp"}};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (f->llc != 0 ? f->llc == known[i].llc : f->ethertype == known[i].type)
			return known[i].name;
	return "";
}

void record_unread(struct pipeline *p, const struct frame *frame, uint32_t mac)
{
	struct sighting at = sighting_of(p, frame->number, frame->time_ns);
	struct span seen = {at, at};
	struct address target = address_make(ADDRESS_MAC, frame->mac_target);
	uint32_t to = inventory_endpoint_seen(p->inv, &target, false, &at);
	uint32_t row = INVENTORY_NONE;
	if (to != INVENTORY_NONE)
		row = inventory_link_seen(p->inv, mac, to, unread_name(frame), TRANSPORT_NONE, 0, &seen);
	if (row == INVENTORY_NONE)
		return;
	p->inv->links[row].parts |= PART_EXCHANGE;
	p->inv->links[row].packets++;
	p->inv->links[row].bytes += frame->wire_len;
}

static struct span side_span(const struct pipeline *p, const struct flow_side *s)
{
	struct span span = {sighting_of(p, s->first_frame, s->first_ns), sighting_of(p, s->last_frame, s->last_ns)};
	return span;
}

static struct span flow_span(const struct pipeline *p, const struct flow *f)
{
	if (f->side[0].packets == 0 || f->side[1].packets == 0)
		return side_span(p, &f->side[f->side[0].packets == 0]);
	struct span a = side_span(p, &f->side[0]), b = side_span(p, &f->side[1]);
	if (b.first.frame < a.first.frame)
		a.first = b.first;
	if (b.last.frame > a.last.frame)
		a.last = b.last;
	return a;
}

static void tell_side(struct pipeline *p, struct flow *f, unsigned side)
{
	struct flow_side *s = &f->side[side];
	if (s->packets == s->told_packets)
		return;
	struct sighting last = sighting_of(p, s->last_frame, s->last_ns);
	if (is_sender(&f->key.address[side])) {
		s->endpoint = inventory_endpoint_seen(p->inv, &f->key.address[side], true, &last);
		if (s->endpoint != INVENTORY_NONE)
			p->inv->endpoints[s->endpoint].packets += s->packets - s->told_packets;
	}
	s->told_packets = s->packets;
	bind(p, s, &last);
}

/* A conversation that no dissector read: libnDPI's name, or none. */
static void tell_unread(struct pipeline *p, struct flow *f, const struct span *span)
{
	uint64_t packets = f->side[0].packets + f->side[1].packets, bytes = f->side[0].bytes + f->side[1].bytes;
	unsigned client = f->opener;
	const char *label = labeller_name(f);
	uint32_t asks = commit_endpoint(p, f, client, false, false, &span->first);
	uint32_t answers = commit_endpoint(p, f, !client, label != NULL, false, &span->first);
	if (asks == INVENTORY_NONE || answers == INVENTORY_NONE)
		return;
	uint32_t row = inventory_link_seen(p->inv, asks, answers, label != NULL ? label : "", f->key.transport,
		f->key.port[!client], span);
	if (row == INVENTORY_NONE)
		return;
	struct link *l = &p->inv->links[row];
	uint8_t basis = label != NULL ? LINK_LABELLED : LINK_PLAIN;
	l->basis = basis < l->basis ? basis : l->basis;
	l->direction_proven |= f->opened;
	l->parts |= PART_REQUEST;
	if (f->side[!client].has_data)
		l->parts |= PART_RESPONSE;
	l->packets += packets - f->told_packets;
	l->bytes += bytes - f->told_bytes;
	f->told_packets = packets;
	f->told_bytes = bytes;
}

/* Each protocol on its link. False: no dissector has read anything. */
static bool tell_read(struct pipeline *p, struct flow *f, const struct span *span)
{
	uint64_t packets = f->side[0].packets + f->side[1].packets, bytes = f->side[0].bytes + f->side[1].bytes;
	bool any = false;
	for (unsigned i = 0; f->claim != NULL && f->claim->believed && i < f->claim->talk_count; i++) {
		struct talk *t = &f->claim->talks[i];
		for (unsigned client = 0; client < 2; client++) {
			struct told_count nothing = {0}, *told = f->claim->told != NULL ? &f->claim->told[i][client] : &nothing;
			any |= t->linked[client];
			if (!t->linked[client] || told->packets == packets)
				continue;
			uint32_t row = commit_link(p, f, t, client, &span->last);
			if (row == INVENTORY_NONE)
				continue;
			struct link *l = &p->inv->links[row];
			l = &p->inv->links[inventory_link(p->inv, l->client, l->server, protocol_name(t->protocol), l->transport,
				l->port, span)];
			l->packets += packets - told->packets;
			l->bytes += bytes - told->bytes;
			*told = (struct told_count){packets, bytes};
		}
	}
	return any;
}

/* Nobody will read it any more, or has been able to for so long that it is worth telling as it is. */
static bool is_unread(const struct pipeline *p, const struct flow *f, const struct span *span)
{
	bool no_name = p->labeller == NULL || f->label != 0 || f->labelled_packets >= LABEL_PACKETS_MAX;
	return (f->hopeless && no_name) || span->last.time_ns - span->first.time_ns > UNDECIDED_NS;
}

void record_running(struct pipeline *p, struct flow *f)
{
	struct span span = flow_span(p, f);
	if (f->claim != NULL && f->claim->told == NULL) {
		bool fits = p->claim_budget.used + TOLD_BYTES <= p->claim_budget.max;
		f->claim->told = fits ? calloc(1, TOLD_BYTES) : NULL;
		if (f->claim->told == NULL) /* told at the end then */
			return;
		p->claim_budget.used += TOLD_BYTES;
	}
	tell_side(p, f, 0);
	tell_side(p, f, 1);
	if (!tell_read(p, f, &span) && is_unread(p, f, &span))
		tell_unread(p, f, &span);
}

void record_flow_end(struct pipeline *p, struct flow *f)
{
	struct capture *c = &p->inv->captures[p->capture];
	struct span span = flow_span(p, f);
	tell_side(p, f, 0);
	tell_side(p, f, 1);
	bool read = tell_read(p, f, &span);
	if (!read)
		tell_unread(p, f, &span);
	c->flows++;
	bool data = f->side[0].has_data || f->side[1].has_data;
	bool both = f->side[0].packets > 0 && f->side[1].packets > 0;
	c->one_sided_flows += data && !both && is_sender(&f->key.address[0]) && is_sender(&f->key.address[1]);
	c->unclaimed_flows += data && !read;
	const char *label = labeller_name(f);
	bool secure_shell = label != NULL && strcmp(label, "ssh") == 0;
	bool vpn = label != NULL && (strcmp(label, "openvpn") == 0 || strcmp(label, "wireguard") == 0);
	for (unsigned i = 0; read && i < f->claim->talk_count; i++)
		f->encrypted |= f->claim->talks[i].protocol == PROTOCOL_TLS;
	c->encrypted_flows += f->encrypted || secure_shell || vpn;
}
