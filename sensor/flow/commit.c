/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commit.c - from what a dissector reported to rows of the inventory.
 *
 * This is the only place where borrowed text becomes owned. Cyclic polling says nothing new: what a flow
 * has told already costs a few comparisons.
 */
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"

#define HELD_BYTES_MAX 16384 /* reports of a flow on a foreign port, until its answers fit */

/* A PDU whose flow is not believed yet: its reports and then its text stand behind the struct. */
struct held {
	struct held *next;
	uint64_t frame;
	int64_t time_ns;
	uint32_t bytes; /* of all of it */
	uint8_t side, said_count;
	uint32_t report_count;
	struct said said[OBSERVER_SAID_MAX];
	struct report reports[];
};

bool commit_is_group(const struct address *a)
{
	static const uint8_t broadcast[4] = {255, 255, 255, 255};
	switch (a->kind) {
	case ADDRESS_IPV4:
		return (a->bytes[0] >= 224 && a->bytes[0] < 240) || memcmp(a->bytes, broadcast, 4) == 0;
	case ADDRESS_IPV6:
		return a->bytes[0] == 0xff;
	case ADDRESS_MAC:
		return (a->bytes[0] & 1) != 0;
	default:
		return true;
	}
}

static bool is_unspecified(const struct address *a)
{
	static const uint8_t zero[16];
	return memcmp(a->bytes, zero, sizeof(zero)) == 0;
}

struct address commit_address(const struct flow *f, unsigned side)
{
	static const uint8_t none[6];
	if (is_unspecified(&f->key.address[side]) && memcmp(f->side[side].mac, none, 6) != 0)
		return address_make(ADDRESS_MAC, f->side[side].mac);
	return f->key.address[side];
}

uint32_t commit_endpoint(struct pipeline *p, struct flow *f, unsigned side, bool even_group, bool read,
	const struct sighting *at)
{
	if (f->side[side].endpoint != INVENTORY_NONE)
		return f->side[side].endpoint;
	struct address a = commit_address(f, side);
	if (is_unspecified(&a) || (!even_group && commit_is_group(&a)))
		return INVENTORY_NONE;
	bool spoke = a.kind == ADDRESS_MAC;
	uint32_t row = read ? inventory_endpoint(p->inv, &a, NULL, spoke, at) : inventory_endpoint_seen(p->inv, &a, spoke, at);
	if (a.kind != ADDRESS_MAC) /* the next sender without an address may be another one */
		f->side[side].endpoint = row;
	return row;
}

void commit_forget(struct flow *f, unsigned side)
{
	for (unsigned i = 0; f->claim != NULL && i < f->claim->talk_count; i++) {
		f->claim->talks[i].told[side] = 0;
		f->claim->talks[i].link[0] = f->claim->talks[i].link[1] = INVENTORY_NONE;
		f->claim->talks[i].linked[0] = f->claim->talks[i].linked[1] = false;
	}
}

/* The talk of a protocol on this flow, made when new; NULL, and counted, when a flow speaks more than a flow can. */
static struct talk *find_talk(struct pipeline *p, struct flow_claim *claim, uint32_t protocol)
{
	for (unsigned i = 0; i < claim->talk_count; i++)
		if (claim->talks[i].protocol == protocol)
			return &claim->talks[i];
	if (claim->talk_count == FLOW_TALKS_MAX) {
		p->observer.dropped++;
		return NULL;
	}
	struct talk *t = &claim->talks[claim->talk_count++];
	*t = (struct talk){.protocol = (uint8_t)protocol, .link = {INVENTORY_NONE, INVENTORY_NONE}};
	return t;
}

uint32_t commit_link(struct pipeline *p, struct flow *f, struct talk *t, unsigned client, const struct sighting *at)
{
	if (t->link[client] != INVENTORY_NONE)
		return t->link[client];
	uint32_t asks = commit_endpoint(p, f, client, true, true, at);
	uint32_t answers = commit_endpoint(p, f, !client, true, true, at);
	if (asks == INVENTORY_NONE || answers == INVENTORY_NONE)
		return INVENTORY_NONE;
	struct span seen = {*at, *at};
	/* the registered port, also where the server dials in to its client */
	bool client_port = f->claim->expected[client] && !f->claim->expected[!client];
	uint16_t port = f->key.port[client_port ? client : !client];
	uint32_t row = inventory_link(p->inv, asks, answers, protocol_name(t->protocol), f->key.transport, port, &seen);
	if (row != INVENTORY_NONE) {
		p->inv->links[row].basis = LINK_DISSECTED;
		p->inv->links[row].direction_proven = true;
		t->linked[client] = true;
	}
	return t->link[client] = row;
}

static void prove_operations(struct pipeline *p, uint32_t link, unsigned operations, const struct sighting *at)
{
	struct span seen = {*at, *at};
	for (unsigned i = 0; i < OPERATION_BITS; i++)
		if (operations & 1u << i)
			inventory_activity(p->inv, link, 1u << i, NULL, NULL, 0, &seen);
}

/* New bits of one protocol in one direction: told to the link whose client is side `client`. */
static void tell(struct pipeline *p, struct flow *f, struct talk *t, unsigned client, const struct said *said, const struct sighting *at)
{
	uint32_t row = commit_link(p, f, t, client, at);
	if (row == INVENTORY_NONE)
		return;
	struct link *l = &p->inv->links[row];
	unsigned operations = said->asked | said->answered | said->refused;
	unsigned known = l->asked | l->answered | l->refused;
	l->parts |= said->parts;
	l->asked |= said->asked;
	l->answered |= said->answered;
	l->refused |= said->refused;
	prove_operations(p, row, operations & ~known, at);
}

static void apply_said(struct pipeline *p, struct flow *f, unsigned side, const struct said *said, const struct sighting *at)
{
	struct talk *t = find_talk(p, f->claim, said->protocol);
	if (t == NULL)
		return;
	t->told[side] |= said->bits;
	struct said part = *said;
	if (said->parts & PART_EXCHANGE) { /* one link for both directions */
		part.parts = PART_EXCHANGE;
		tell(p, f, t, 0, &part, at);
	}
	if (said->parts & PART_REQUEST) {
		part = (struct said){.protocol = said->protocol, .parts = PART_REQUEST, .asked = said->asked};
		tell(p, f, t, side, &part, at);
	}
	if (said->parts & PART_RESPONSE) {
		part = (struct said){.protocol = said->protocol, .parts = PART_RESPONSE, .answered = said->answered, .refused = said->refused};
		tell(p, f, t, !side, &part, at);
	}
}

static void apply_fact(struct pipeline *p, uint32_t endpoint, const struct report *r, const struct batch *b)
{
	const char *text = b->text;
	struct fact_key key = {
	    .endpoint = endpoint,
	    .attribute = r->attribute,
	    .protocol = r->protocol,
	    .naming = r->naming,
	    .confidence = r->confidence,
	    .message = r->message,
	    .value = r->value_len > 0 ? text + r->value_at : NULL,
	    .code = r->code_len > 0 ? text + r->code_at : NULL,
	};
	struct span seen = {b->at, b->at};
	inventory_fact(p->inv, &key, b->count, &seen);
}

/* An event hangs on the link of its protocol between the two ends. */
static void apply_event(struct pipeline *p, struct flow *f, unsigned side, const struct batch *b, const struct report *r)
{
	struct talk *t = find_talk(p, f->claim, r->protocol);
	if (t == NULL)
		return;
	unsigned client = side;
	for (uint32_t i = 0; i < b->said_count; i++)
		if (b->said[i].protocol == r->protocol && (b->said[i].parts & PART_RESPONSE))
			client = !side;
	uint32_t link = commit_link(p, f, t, client, &b->at);
	struct span seen = {b->at, b->at};
	if (link != INVENTORY_NONE)
		inventory_activity(p->inv, link, r->operation, r->message, r->value_len > 0 ? b->text + r->value_at : NULL, b->count,
			&seen);
}

/* A place inside a device is there when something said so, or named it in an answer: who asks only names itself. */
static bool place_answered(const struct batch *b, const struct report *r)
{
	bool answers = false;
	for (uint32_t i = 0; i < b->said_count; i++)
		answers |= b->said[i].protocol == r->protocol && (b->said[i].parts & PART_RESPONSE);
	return r->kind == REPORT_PRESENCE || (r->subject == SUBJECT_SENDER && answers);
}

/* The endpoint a report is about: with its path when it has one. An address that binds itself has spoken. */
static uint32_t subject_of(struct pipeline *p, const struct batch *b, const struct report *r, const struct address *sender,
	const struct address *receiver)
{
	const struct address *a = r->subject == SUBJECT_SENDER ? sender : r->subject == SUBJECT_RECEIVER ? receiver : &r->address;
	if (commit_is_group(a) || is_unspecified(a))
		return INVENTORY_NONE;
	bool spoke = r->subject == SUBJECT_ADDRESS &&
		     (a->kind == ADDRESS_MAC || r->protocol == PROTOCOL_ARP || r->protocol == PROTOCOL_ND);
	uint32_t device = inventory_endpoint(p->inv, a, NULL, spoke, &b->at);
	if (r->path.kind == PATH_NONE)
		return device;
	return inventory_endpoint(p->inv, a, &r->path, place_answered(b, r), &b->at);
}

static void apply(struct pipeline *p, struct flow *f, unsigned side, const struct batch *b)
{
	struct address sender = commit_address(f, side), receiver = commit_address(f, !side);
	for (uint32_t i = 0; i < b->said_count; i++)
		apply_said(p, f, side, &b->said[i], &b->at);
	for (uint32_t i = 0; i < b->report_count; i++) {
		const struct report *r = &b->reports[i];
		if (r->kind == REPORT_EVENT) {
			apply_event(p, f, side, b, r);
			continue;
		}
		uint32_t endpoint = subject_of(p, b, r, &sender, &receiver);
		if (endpoint != INVENTORY_NONE && r->kind == REPORT_FACT)
			apply_fact(p, endpoint, r, b);
	}
}

/* Keeps a PDU of a flow that is not believed yet, oldest first. */
static void hold(struct pipeline *p, struct flow_claim *claim, unsigned side, const struct frame *frame)
{
	const struct observer *o = &p->observer;
	size_t reports = o->report_count * sizeof(struct report);
	size_t size = sizeof(struct held) + reports + o->text_len;
	struct held *h = NULL;
	if (claim->held_bytes + size <= HELD_BYTES_MAX && p->stream_budget.used + size <= p->stream_budget.max)
		h = malloc(size);
	if (h == NULL) {
		p->stream_budget.refused++;
		return;
	}
	*h = (struct held){.frame = frame->number, .time_ns = frame->time_ns, .bytes = (uint32_t)size, .side = (uint8_t)side,
	    .said_count = o->said_count, .report_count = o->report_count};
	memcpy(h->said, o->said, sizeof(h->said));
	memcpy(h->reports, o->reports, reports);
	memcpy((char *)h->reports + reports, o->text, o->text_len);
	struct held **last = &claim->held;
	while (*last != NULL)
		last = &(*last)->next;
	*last = h;
	claim->held_bytes += size;
	p->stream_budget.used += size;
}

void commit_release(struct pipeline *p, struct flow *f)
{
	struct flow_claim *claim = f->claim;
	while (claim->held != NULL) {
		struct held *next = claim->held->next;
		p->stream_budget.used -= claim->held->bytes;
		free(claim->held);
		claim->held = next;
	}
	claim->held_bytes = 0;
}

/* The flow has proved itself: what was held is said now, at its own frames. */
static void believe(struct pipeline *p, struct flow *f)
{
	struct flow_claim *claim = f->claim;
	claim->believed = true;
	for (const struct held *h = claim->held; h != NULL; h = h->next) {
		struct batch b = {.said = h->said, .said_count = h->said_count, .reports = h->reports, .report_count = h->report_count,
		    .text = (const char *)(h->reports + h->report_count), .count = 1, .at = sighting_of(p, h->frame, h->time_ns)};
		apply(p, f, h->side, &b);
		p->counts[claim->dissector->protocol].pdus++;
	}
	commit_release(p, f);
}

/* What the observer holds back, as said by this frame. */
static struct batch batch_of(const struct pipeline *p, const struct frame *frame)
{
	const struct observer *o = &p->observer;
	return (struct batch){.said = o->said, .reports = o->reports, .text = o->text, .said_count = o->said_count,
		.report_count = o->report_count, .text_len = o->text_len, .count = 1, .bytes = frame->wire_len,
		.at = sighting_of(p, frame->number, frame->time_ns)};
}

void commit_pdu(struct pipeline *p, struct flow *f, unsigned side, const struct frame *frame)
{
	struct flow_claim *claim = f->claim;
	const struct observer *o = &p->observer;
	if (!claim->believed) {
		claim->confirmations = (uint8_t)(claim->confirmations + o->confirmed);
		if (!o->proven && claim->confirmations < claim->dissector->confirmations) {
			hold(p, claim, side, frame);
			return;
		}
		believe(p, f);
	}
	struct batch b = batch_of(p, frame);
	apply(p, f, side, &b);
}

/*
 * The link of one protocol between two MACs; INVENTORY_NONE when there is no room. Between equals one link holds both
 * directions: the lower address stands as its client, as it does in flows.
 */
static uint32_t link_layer_link(struct pipeline *p, const struct said *said, const struct address *sender,
	const struct address *receiver, const struct sighting *at)
{
	const struct address *asks = sender, *answers = receiver;
	bool exchange = said->parts & PART_EXCHANGE;
	bool one = !commit_is_group(receiver) && !is_unspecified(receiver); /* cooked captures do not tell the receiver */
	if (exchange ? one && memcmp(sender, receiver, sizeof(*sender)) > 0 : !(said->parts & PART_REQUEST)) {
		asks = receiver;
		answers = sender;
	}
	uint32_t client = inventory_endpoint(p->inv, asks, NULL, asks == sender, at);
	uint32_t server = inventory_endpoint(p->inv, answers, NULL, answers == sender, at);
	if (client == INVENTORY_NONE || server == INVENTORY_NONE)
		return INVENTORY_NONE;
	struct span seen = {*at, *at};
	return inventory_link(p->inv, client, server, protocol_name(said->protocol), TRANSPORT_NONE, 0, &seen);
}

static void link_layer_event(struct pipeline *p, uint32_t link, const struct batch *b, uint32_t protocol)
{
	struct span seen = {b->at, b->at};
	for (uint32_t i = 0; i < b->report_count; i++) {
		const struct report *r = &b->reports[i];
		if (r->kind == REPORT_EVENT && r->protocol == protocol)
			inventory_activity(p->inv, link, r->operation, r->message, r->value_len > 0 ? b->text + r->value_at : NULL, b->count,
			&seen);
	}
}

/* Who spoke to whom, and what they did, in frames without IP. */
static void link_layer_links(struct pipeline *p, const struct batch *b, const struct address *sender, const struct address *receiver)
{
	if (commit_is_group(sender) || is_unspecified(sender))
		return;
	for (uint32_t i = 0; i < b->said_count; i++) {
		const struct said *said = &b->said[i];
		uint32_t row = link_layer_link(p, said, sender, receiver, &b->at);
		if (row == INVENTORY_NONE)
			continue;
		struct link *l = &p->inv->links[row];
		unsigned known = l->asked | l->answered | l->refused;
		l->basis = LINK_DISSECTED;
		l->direction_proven = true;
		l->parts |= said->parts;
		l->asked |= said->asked;
		l->answered |= said->answered;
		l->refused |= said->refused;
		l->packets += b->count;
		l->bytes += b->bytes;
		prove_operations(p, row, (unsigned)(said->asked | said->answered | said->refused) & ~known, &b->at);
		link_layer_event(p, row, b, said->protocol);
	}
}

void commit_message(struct pipeline *p, const struct batch *b, const struct address *sender, const struct address *receiver)
{
	if (sender->kind == ADDRESS_MAC)
		link_layer_links(p, b, sender, receiver);
	for (uint32_t i = 0; i < b->report_count; i++) {
		const struct report *r = &b->reports[i];
		uint32_t endpoint = r->kind == REPORT_EVENT ? INVENTORY_NONE : subject_of(p, b, r, sender, receiver);
		if (endpoint != INVENTORY_NONE && r->kind == REPORT_FACT)
			apply_fact(p, endpoint, r, b);
	}
}

void commit_link_layer(struct pipeline *p, const struct frame *frame)
{
	struct batch b = batch_of(p, frame);
	bool has_ip = frame->source.kind != ADDRESS_NONE;
	struct address sender = has_ip ? frame->source : address_make(ADDRESS_MAC, frame->mac_source);
	struct address receiver = has_ip ? frame->target : address_make(ADDRESS_MAC, frame->mac_target);
	if (!repeat_take(p, &b, &sender, &receiver))
		commit_message(p, &b, &sender, &receiver);
}
