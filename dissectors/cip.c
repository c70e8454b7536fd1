/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip.c - CIP messages: requests, replies, and what wraps them.
 *
 * The CIP Networks Library, volume 1, 2-4 (message router), 3-5.5.4 (Unconnected Send),
 * appendix A-4.10 (Multiple Service Packet). Little endian.
 *
 *	request: +---------+------------+----------------+------
 *	         | service | path words | path           | data
 *	         +---------+------------+----------------+------
 *	reply:   +---------+----------+--------+-------------+-------------+------
 *	         | 0x80 |  | reserved | status | extra words | extra status| data
 *	         | service |          |        |             |             |
 *	         +---------+----------+--------+-------------+-------------+------
 *
 * Whom a reply is about: the module at the end of the route of its request. The route is what the
 * Unconnected Send gave, behind what the Forward Open of the connection gave; without any it is the
 * device itself. On a connection whose opening was not seen the route is not known: what such a
 * reply says is kept as the device's with low confidence.
 */
#include "cip.h"
#include "pccc.h"

enum { UNSURE_CONFIDENCE = 40, TAGS_CONFIDENCE = 80, TAGS_UNSURE_CONFIDENCE = 60 };

/* A route through more routers than this has not been seen; each needs a wrapping of its own. */
#define WRAPPINGS_MAX 4
/* One Multiple Service Packet holds no more in practice: the packet is full before that. */
#define MEMBERS_READ_MAX 200

struct reply {
	uint8_t service, status;
	uint16_t extra; /* first word of the extra status, 0 without */
	struct cursor data;
};

static inline bool request_read(struct cursor c, struct cip_request *r)
{
	r->service = cursor_u8(&c);
	struct cursor path = cursor_take(&c, 2u * cursor_u8(&c));
	if (!cursor_ok(&c))
		return false;
	cip_path_read(path, &r->path);
	r->data = c;
	return true;
}

/* The message inside an Unconnected Send, and the route it is to take. */
static bool unwrap(const struct cip_request *r, struct cursor *message, struct cip_path *onward)
{
	struct cursor c = r->data;
	cursor_skip(&c, 2); /* priority, time-out ticks */
	size_t len = cursor_le16(&c);
	*message = cursor_take(&c, len);
	if (len % 2 != 0)
		cursor_skip(&c, 1);
	size_t words = cursor_u8(&c);
	cursor_skip(&c, 1);
	struct cursor path = cursor_take(&c, 2 * words);
	if (!cursor_ok(&c) || len < 2)
		return false;
	if (!cip_path_read(path, onward))
		onward->route.lost = true;
	return true;
}

/* Reads a request down to the innermost message; `r->path.route` is the way there. */
static bool request_unwrapped(struct cursor message, struct cip_request *r)
{
	if (!request_read(message, r))
		return false;
	for (unsigned i = 0; i < WRAPPINGS_MAX; i++) {
		if (r->service != CIP_UNCONNECTED_SEND || r->path.class_id != CIP_CONNECTION_MANAGER)
			return true;
		struct cip_path onward;
		struct cursor inner;
		if (!unwrap(r, &inner, &onward))
			return false;
		cip_route_join(&onward.route, &r->path.route);
		if (!request_read(inner, r))
			return false;
		cip_route_join(&r->path.route, &onward.route);
	}
	return false;
}

static bool reply_read(struct cursor c, struct reply *r)
{
	struct cursor head = cursor_take(&c, 4);
	r->service = cursor_u8(&head) & 0x7F;
	cursor_skip(&head, 1);
	r->status = cursor_u8(&head);
	struct cursor extra = cursor_take(&c, 2u * cursor_u8(&head));
	r->extra = cursor_left(&extra) >= 2 ? cursor_le16(&extra) : 0;
	r->data = c;
	return cursor_ok(&c);
}

static bool succeeded(uint8_t status)
{
	return status == CIP_SUCCESS || status == CIP_PARTIAL_TRANSFER || status == CIP_ATTRIBUTE_LIST_ERROR ||
	       status == CIP_EMBEDDED_SERVICE_ERROR;
}

struct statement cip_statement(const struct cip_work *w, const struct cip_module *module, const char *message)
{
	struct statement s = {.protocol = PROTOCOL_CIP, .subject = module->subject, .message = message};
	if (module->unsure) {
		s.confidence = UNSURE_CONFIDENCE;
	} else if (module->route > 0) {
		const struct cip_route *route = &w->state->routes[module->route - 1];
		s.path.kind = PATH_CIP_PORT_SLOT;
		memcpy(s.path.text, route->text, route->len);
	}
	return s;
}

static struct cip_asked asked_of(const struct cip_request *r)
{
	struct cip_asked a = {
		.class_id = r->path.class_id,
		.instance = (uint16_t)(r->path.instance > UINT16_MAX ? UINT16_MAX : r->path.instance),
		.attribute = r->path.attribute,
		.service = r->service,
	};
	return a;
}

/* Operations, events and PCCC of one request; completes p->tags and, with PCCC, the attribute. */
static inline unsigned single_request(
	const struct cip_work *w, struct cip_request *r, const struct cip_module *to, struct cip_pending *p)
{
	unsigned operations = cip_service_operations(r->service, &r->path);
	if (cip_path_is_tag(&r->path) && !p->tags)
		p->tags = cip_tag_message(r->service) != NULL;
	if (operations & (OPERATION_CONTROL | OPERATION_PROGRAM))
		cip_service_event(w, to, r->service, &r->path);
	if (r->service == CIP_EXECUTE_PCCC && r->path.class_id == CIP_PCCC)
		r->path.attribute = pccc_request(w, to, r->data, &operations);
	return operations;
}

/* The parts of a Multiple Service Packet: a count, as many offsets counted from there, then the parts. */
struct members {
	struct cursor offsets, rest; /* `rest` begins with the next part, */
	size_t at;                   /* which is here */
	unsigned position, count;
};

static inline struct members members_over(struct cursor data)
{
	struct members m = {.offsets = data, .rest = data};
	m.count = cursor_le16(&m.offsets);
	m.at = cursor_le16(&m.offsets);
	cursor_skip(&m.rest, m.at);
	if (!cursor_ok(&m.offsets) || !cursor_ok(&m.rest))
		m.count = 0;
	return m;
}

/* False behind the last one, and when the offsets do not fit: what follows means nothing then. */
static inline bool member_next(struct members *m, struct cursor *part)
{
	if (m->position == m->count || m->position == MEMBERS_READ_MAX)
		return false;
	if (++m->position == m->count) {
		*part = m->rest;
		return true;
	}
	size_t next = cursor_le16(&m->offsets);
	if (!cursor_ok(&m->offsets) || next < m->at)
		return false;
	*part = cursor_take(&m->rest, next - m->at);
	m->at = next;
	return cursor_ok(part);
}

/* Its reply may say more than that it came. */
static void member_keep(struct cip_state *s, struct cip_pending *p, const struct cip_request *member, unsigned position)
{
	struct cip_asked asked = asked_of(member);
	asked.position = (uint8_t)position;
	if (member->service == CIP_EXECUTE_PCCC ? asked.class_id == CIP_PCCC : cip_object_matters(&asked))
		cip_member_add(s, p, &asked);
}

static unsigned multiple_request(
	const struct cip_work *w, const struct cip_request *r, const struct cip_module *to, struct cip_pending *p)
{
	struct members members = members_over(r->data);
	struct cip_request member;
	struct cursor part;
	unsigned operations = OPERATION_NONE;
	while (member_next(&members, &part) && request_read(part, &member)) {
		operations |= single_request(w, &member, to, p);
		if (cip_is_get(member.service) || member.service == CIP_EXECUTE_PCCC)
			member_keep(w->state, p, &member, members.position - 1);
	}
	return operations;
}

static void request(const struct cip_work *w, const struct cip_carrier *carrier, struct cursor message)
{
	struct cip_request r;
	struct observer *o = w->observer;
	if (!request_unwrapped(message, &r)) {
		observer_request(o, PROTOCOL_CIP, OPERATION_NONE);
		return;
	}
	bool open = cip_is_open(r.service, r.path.class_id), further = r.path.route.len > 0;
	if (carrier->route > 0 && (further || open))
		cip_route_join(&r.path.route, &w->state->routes[carrier->route - 1]);
	struct cip_pending *p = cip_pending_add(w->state, carrier, w->pdu->frame);
	p->unsure = carrier->kind == CIP_CONNECTED_UNKNOWN || r.path.route.lost;
	if (!open && !p->unsure)
		p->route = further ? cip_route_number(w->state, &r.path.route) : carrier->route;
	const struct cip_module to = {SUBJECT_RECEIVER, p->route, p->unsure};
	unsigned operations =
		r.service == CIP_MULTIPLE ? multiple_request(w, &r, &to, p) : single_request(w, &r, &to, p);
	p->asked = asked_of(&r);
	p->operations = (uint8_t)operations;
	observer_request(o, PROTOCOL_CIP, operations);
	if (open)
		cip_open_request(w, &r, p);
	else if (r.service == CIP_FORWARD_CLOSE && r.path.class_id == CIP_CONNECTION_MANAGER)
		cip_close_request(w, &r);
}

/* Nothing to learn any more from whether a tag service succeeds. */
static bool tags_known(const struct cip_work *w, const struct cip_pending *p)
{
	return !p->tags || w->state->tags & 1u << p->route;
}

/* A module that serves tags runs a user program: a controller. Said once per flow and module. */
static void tags_fact(
	const struct cip_work *w, const struct cip_module *from, const struct cip_pending *p, const struct reply *r)
{
	const char *message = tags_known(w, p) ? NULL : cip_tag_message(r->service);
	if (message == NULL)
		return;
	if (r->status != CIP_SUCCESS && r->status != CIP_PARTIAL_TRANSFER)
		return;
	w->state->tags |= (uint16_t)(1u << p->route);
	struct statement s = cip_statement(w, from, message);
	s.confidence = p->unsure ? TAGS_UNSURE_CONFIDENCE : TAGS_CONFIDENCE;
	observer_fact_string(w->observer, &s, ATTRIBUTE_PROFILE, "Logix data table");
}

static void single_reply(
	const struct cip_work *w, const struct cip_module *from, const struct cip_asked *asked, const struct reply *r)
{
	if (asked->service == CIP_EXECUTE_PCCC && asked->class_id == CIP_PCCC) {
		if (r->status == CIP_SUCCESS && asked->attribute != 0)
			pccc_reply(w, from, asked->attribute, r->data);
		return;
	}
	cip_object_reply(w, from, asked, r->status, r->data);
}

static void multiple_reply(
	const struct cip_work *w, const struct cip_module *from, const struct cip_pending *p, const struct reply *r)
{
	struct cursor part;
	if (r->status != CIP_SUCCESS && r->status != CIP_EMBEDDED_SERVICE_ERROR)
		return;
	if (p->members == 0 && tags_known(w, p))
		return; /* cyclic polling ends here */
	struct members members = members_over(r->data);
	while (member_next(&members, &part)) {
		const struct cip_asked *asked = cip_member_find(w->state, p, members.position - 1);
		struct reply member;
		if (!reply_read(part, &member))
			continue;
		if (asked != NULL && member.service == asked->service)
			single_reply(w, from, asked, &member);
		tags_fact(w, from, p, &member);
	}
}

/* The module at the end of the route answered. */
static void presence(const struct cip_work *w, const struct cip_module *from)
{
	uint16_t bit = (uint16_t)(1u << from->route);
	if (from->unsure || from->route == 0 || w->state->present & bit)
		return;
	w->state->present |= bit;
	struct statement s = cip_statement(w, from, "CIP reply");
	observer_presence(w->observer, &s);
}

static void answer(const struct cip_work *w, const struct cip_pending *p, const struct reply *r)
{
	const struct cip_module from = {SUBJECT_SENDER, p->route, p->unsure};
	if (cip_is_open(p->asked.service, p->asked.class_id)) {
		if (r->status != CIP_SUCCESS)
			return;
		presence(w, &from);
		cip_open_reply(w, p, r->data);
		return;
	}
	if (r->status == CIP_CONNECTION_FAILURE && r->extra != 0)
		return; /* a router on the way says that it could not pass the request on */
	presence(w, &from);
	if (p->asked.service == CIP_MULTIPLE) {
		multiple_reply(w, &from, p, r);
	} else {
		single_reply(w, &from, &p->asked, r);
		tags_fact(w, &from, p, r);
	}
}

static void reply(const struct cip_work *w, const struct cip_carrier *carrier, struct cursor message)
{
	struct reply r;
	struct observer *o = w->observer;
	if (!reply_read(message, &r)) {
		observer_response(o, PROTOCOL_CIP, OPERATION_NONE);
		return;
	}
	struct cip_pending *p = cip_pending_find(w->state, carrier, r.service);
	unsigned operations = p != NULL ? p->operations : OPERATION_NONE;
	if (succeeded(r.status))
		observer_response(o, PROTOCOL_CIP, operations);
	else
		observer_refusal(o, PROTOCOL_CIP, operations);
	if (p == NULL)
		return;
	observer_confirm(o);
	answer(w, p, &r);
	cip_pending_drop(w->state, p);
}

void cip_message(const struct cip_work *w, const struct cip_carrier *carrier, struct cursor message)
{
	if (cursor_peek(&message) & 0x80)
		reply(w, carrier, message);
	else
		request(w, carrier, message);
}
