/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip_match.c - which request a reply answers, and which connection leads where.
 *
 * A reply does not repeat what it answers. Unconnected ones (SendRRData) return the session and the
 * sender context of their request (The CIP Networks Library, volume 2, 2-3.6), connected ones
 * (SendUnitData) its sequence count, on a connection whose ids the Forward Open set.
 *
 * Many clients leave the sender context constant. One that waits for each reply has one request
 * in the air: a newer one means that the reply to the older was lost, so the older is forgotten.
 * One that does not wait is recognised by its acknowledgement number, which stands still between
 * two requests; from then on replies are taken in order, and the first that does not fit clears all.
 */
#include "cip.h"

static bool bit(uint16_t bits, unsigned i)
{
	return bits >> i & 1;
}

/* Entry `i` of pending[] is a request on this carrier. */
static bool same_key(const struct cip_state *s, unsigned i, const struct cip_carrier *c)
{
	const struct cip_pending *p = &s->pending[i];
	return bit(s->in_flight, i) && p->context == c->context && p->session == c->session && p->kind == c->kind;
}

/* Ages are 16 bits and wrap; the entries of one table lie close together. */
static bool older(uint16_t a, uint16_t b)
{
	return (int16_t)(uint16_t)(a - b) < 0;
}

void cip_pending_drop(struct cip_state *s, struct cip_pending *p)
{
	uint8_t number = (uint8_t)(p - s->pending + 1);
	for (unsigned i = 0; i < CIP_MEMBERS_MAX && p->members > 0; i++)
		if (s->member_of[i] == number)
			s->member_of[i] = 0;
	if (p->open > 0)
		s->opens[p->open - 1].used = false;
	s->in_flight &= (uint16_t) ~(1u << (number - 1));
}

static struct cip_pending *oldest_pending(struct cip_state *s)
{
	struct cip_pending *oldest = NULL;
	for (unsigned i = 0; i < CIP_PENDING_MAX; i++)
		if (bit(s->in_flight, i) && (oldest == NULL || older(s->pending[i].age, oldest->age)))
			oldest = &s->pending[i];
	return oldest;
}

static void drop_connection(struct cip_state *s, unsigned i)
{
	s->connected &= (uint16_t) ~(1u << i);
}

static void drop_oldest_connection(struct cip_state *s)
{
	unsigned oldest = CIP_CONNECTIONS_MAX;
	for (unsigned i = 0; i < CIP_CONNECTIONS_MAX; i++)
		if (bit(s->connected, i) &&
			(oldest == CIP_CONNECTIONS_MAX || older(s->connections[i].age, s->connections[oldest].age)))
			oldest = i;
	if (oldest < CIP_CONNECTIONS_MAX)
		drop_connection(s, oldest);
}

static bool route_needed(const struct cip_state *s, unsigned route)
{
	for (unsigned i = 0; i < CIP_PENDING_MAX; i++)
		if (bit(s->in_flight, i) && s->pending[i].route == route)
			return true;
	for (unsigned i = 0; i < CIP_CONNECTIONS_MAX; i++)
		if (bit(s->connected, i) && s->connections[i].route == route)
			return true;
	return false;
}

uint8_t cip_route_number(struct cip_state *s, const struct cip_route *route)
{
	for (unsigned i = 0; i < CIP_ROUTES_MAX; i++)
		if (s->routes[i].len == route->len && memcmp(s->routes[i].text, route->text, route->len) == 0)
			return (uint8_t)(i + 1);
	for (;;) {
		for (unsigned i = 0; i < CIP_ROUTES_MAX; i++) {
			unsigned entry = (s->next_route + i) % CIP_ROUTES_MAX;
			if (route_needed(s, entry + 1))
				continue;
			s->routes[entry] = *route;
			s->present &= (uint16_t) ~(1u << (entry + 1));
			s->tags &= (uint16_t) ~(1u << (entry + 1));
			s->next_route = (uint8_t)((entry + 1) % CIP_ROUTES_MAX);
			return (uint8_t)(entry + 1);
		}
		struct cip_pending *pending = oldest_pending(s);
		if (pending != NULL)
			cip_pending_drop(s, pending);
		else
			drop_oldest_connection(s); /* every route is needed, so there is one */
	}
}

struct cip_pending *cip_pending_add(struct cip_state *s, const struct cip_carrier *carrier, const struct frame *frame)
{
	bool serial = carrier->kind != CIP_UNCONNECTED || frame->transport != TRANSPORT_TCP;
	for (unsigned i = 0; s->in_flight >> i != 0 && !serial; i++)
		if (same_key(s, i, carrier) && s->pending[i].acknowledged == frame->tcp_acknowledgement)
			s->pipelined = true;
	for (unsigned i = 0; s->in_flight >> i != 0 && (serial || !s->pipelined); i++)
		if (same_key(s, i, carrier))
			cip_pending_drop(s, &s->pending[i]);
	if (s->in_flight == (1u << CIP_PENDING_MAX) - 1)
		cip_pending_drop(s, oldest_pending(s));
	unsigned place = 0;
	while (bit(s->in_flight, place))
		place++;
	s->in_flight |= (uint16_t)(1u << place);
	s->pending[place] = (struct cip_pending){
		.context = carrier->context,
		.session = carrier->session,
		.kind = carrier->kind,
		.acknowledged = frame->tcp_acknowledgement,
		.age = s->clock++,
	};
	return &s->pending[place];
}

struct cip_pending *cip_pending_find(struct cip_state *s, const struct cip_carrier *carrier, uint8_t service)
{
	struct cip_pending *found = NULL;
	for (unsigned i = 0; s->in_flight >> i != 0; i++)
		if (same_key(s, i, carrier) && (found == NULL || older(s->pending[i].age, found->age)))
			found = &s->pending[i];
	if (found == NULL || found->asked.service == service)
		return found;
	for (unsigned i = 0; i < CIP_PENDING_MAX; i++)
		if (same_key(s, i, carrier))
			cip_pending_drop(s, &s->pending[i]);
	return NULL;
}

void cip_member_add(struct cip_state *s, struct cip_pending *p, const struct cip_asked *asked)
{
	for (unsigned i = 0; i < CIP_MEMBERS_MAX; i++) {
		if (s->member_of[i] == 0) {
			s->members[i] = *asked;
			s->member_of[i] = (uint8_t)(p - s->pending + 1);
			p->members++;
			return;
		}
	}
}

const struct cip_asked *cip_member_find(const struct cip_state *s, const struct cip_pending *p, unsigned position)
{
	for (unsigned i = 0; i < CIP_MEMBERS_MAX && p->members > 0; i++)
		if (s->member_of[i] == p - s->pending + 1 && s->members[i].position == position)
			return &s->members[i];
	return NULL;
}

struct cip_open *cip_open_add(struct cip_state *s, struct cip_pending *p)
{
	unsigned entry = CIP_OPENS_MAX;
	for (unsigned i = 0; i < CIP_OPENS_MAX && entry == CIP_OPENS_MAX; i++)
		if (!s->opens[i].used)
			entry = i;
	if (entry == CIP_OPENS_MAX) {
		struct cip_pending *oldest = NULL;
		for (unsigned i = 0; i < CIP_PENDING_MAX; i++) {
			struct cip_pending *q = &s->pending[i];
			if (q != p && bit(s->in_flight, i) && q->open > 0 &&
				(oldest == NULL || older(q->age, oldest->age)))
				oldest = q;
		}
		if (oldest == NULL)
			return NULL;
		entry = oldest->open - 1u;
		cip_pending_drop(s, oldest);
	}
	memset(&s->opens[entry], 0, sizeof(s->opens[entry]));
	s->opens[entry].used = true;
	p->open = (uint8_t)(entry + 1);
	return &s->opens[entry];
}

void cip_connection_close(struct cip_state *s, uint16_t connection_serial, uint16_t vendor, uint32_t originator)
{
	for (unsigned i = 0; i < CIP_CONNECTIONS_MAX; i++) {
		struct cip_connection *c = &s->connections[i];
		if (c->connection_serial == connection_serial && c->vendor == vendor && c->originator == originator)
			drop_connection(s, i);
	}
}

void cip_connection_add(
	struct cip_state *s, const struct cip_open *open, uint8_t route, uint32_t to_target, uint32_t to_originator)
{
	cip_connection_close(s, open->connection_serial, open->vendor, open->originator);
	for (unsigned i = 0; i < CIP_CONNECTIONS_MAX; i++) {
		const struct cip_connection *c = &s->connections[i];
		if (c->to_target == to_target || c->to_originator == to_originator)
			drop_connection(s, i); /* an id is given anew: the old connection has ended unseen */
	}
	if (s->connected == (1u << CIP_CONNECTIONS_MAX) - 1)
		drop_oldest_connection(s);
	unsigned place = 0;
	while (bit(s->connected, place))
		place++;
	s->connected |= (uint16_t)(1u << place);
	s->connections[place] = (struct cip_connection){
		.to_target = to_target,
		.to_originator = to_originator,
		.originator = open->originator,
		.connection_serial = open->connection_serial,
		.vendor = open->vendor,
		.age = s->clock++,
		.route = route,
	};
}

const struct cip_connection *cip_connection_find(const struct cip_state *s, uint32_t id, bool request)
{
	for (unsigned i = 0; i < CIP_CONNECTIONS_MAX && s->connected >> i != 0; i++) {
		const struct cip_connection *c = &s->connections[i];
		if (bit(s->connected, i) && (request ? c->to_target : c->to_originator) == id)
			return c;
	}
	return NULL;
}
