/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modbus.c - Modbus over TCP and UDP.
 *
 * Modbus Application Protocol Specification V1.1b3 (clauses 6 and 7, cited by number); Modbus Messaging on TCP/IP
 * Implementation Guide V1.0b. Function code 90 is umas.c's.
 *
 *	 0               2               4               6       7         8
 *	+---------------+---------------+---------------+-------+---------+------...
 *	| transaction   | protocol = 0  | length        | unit  | function| body
 *	+---------------+---------------+---------------+-------+---------+------...
 *	                                 counts from unit on      bit 7: exception, the body is its code
 *
 * Nothing in the header tells a request from a response. The transport says who opened the connection; where
 * it does not know, or where a device dialled in to its master, the shape of the body and the requests still
 * outstanding decide (see message_judge()).
 */
#include "earshot/dissector.h"
#include "dissectors/modbus.h"
#include "dissectors/umas.h"

extern const struct dissector modbus_dissector;

enum {
	MBAP_LEN = 7,
	FIXED_LEN = 8,          /* MBAP and function code */
	LENGTH_MAX = 260,       /* 254 by the guide; some devices count the header in */
	LENGTH_UMAS_MAX = 2048, /* UMAS agrees on frames of 1 kB and more */
	LENGTH_EXCEPTION = 3,
	LENGTH_EXCEPTION_MAX = 8, /* some devices pad it */
	OUTSTANDING_MAX = 16,     /* the guide (4.2) recommends up to 16 transactions at once */
};

static const uint16_t ports[] = {502, 0};

enum function {
	READ_COILS = 1,
	READ_DISCRETE_INPUTS = 2,
	READ_HOLDING_REGISTERS = 3,
	READ_INPUT_REGISTERS = 4,
	DIAGNOSTICS = 8,
	REPORT_SERVER_ID = 17,
	READ_WRITE_REGISTERS = 23,
	ENCAPSULATED = 43,
};

enum { MEI_CANOPEN = 13, MEI_DEVICE_IDENTIFICATION = 14 };
enum { SUB_RESTART = 1, SUB_LISTEN_ONLY = 4 };
enum { EXCEPTION = 0x80, EXCEPTION_GATEWAY_PATH = 0x0A, EXCEPTION_GATEWAY_TARGET = 0x0B };

/* A request whose response has not been seen yet. */
struct outstanding {
	uint16_t transaction;
	uint8_t unit, function;
	uint8_t asker; /* 1 + direction, 0: not outstanding */
	bool umas_signed;
	uint8_t detail; /* sub-function of 8, MEI type of 43, function of 90 */
	uint8_t umas_detail;
	uint8_t bytes; /* byte count that the response must have, 0: not known */
};

struct modbus_state {
	struct outstanding outstanding[OUTSTANDING_MAX];
	uint8_t next;         /* slot of outstanding[] to use next */
	uint8_t waiting;      /* slots of outstanding[] that have an asker */
	uint8_t client;       /* 1 + direction of the client, 0: not known; for bodies that could be either */
	bool reversed;        /* the end that accepted the connection asks */
	bool begun;           /* a message was taken */
	uint8_t answered[32]; /* units that answered, one bit each */
	uint8_t proxied[32];  /* units a gateway answered for */
	struct umas_status umas;
};

_Static_assert(sizeof(struct modbus_state) <= DISSECTOR_STATE_MAX, "flow state");

/*
 * What a body must hold: `fixed` bytes and as many more as the count at `count_at` says (`count_len` bytes of
 * it, 0: none). An open one may be longer.
 */
struct form {
	uint8_t fixed, count_at, count_len;
	bool open;
};

struct forms {
	bool known; /* false: any body will do */
	struct form request, response;
};

/* 6.1 to 6.20; the serial-line functions 7, 8, 11, 12 and 17 too, which gateways pass on. */
static const struct forms forms[] = {
	[1] = {true, {4, 0, 0, false}, {1, 0, 1, false}},
	[2] = {true, {4, 0, 0, false}, {1, 0, 1, false}},
	[3] = {true, {4, 0, 0, false}, {1, 0, 1, false}},
	[4] = {true, {4, 0, 0, false}, {1, 0, 1, false}},
	[5] = {true, {4, 0, 0, false}, {4, 0, 0, false}},
	[6] = {true, {4, 0, 0, false}, {4, 0, 0, false}},
	[7] = {true, {0, 0, 0, false}, {1, 0, 0, false}},
	[8] = {true, {4, 0, 0, true}, {4, 0, 0, true}},
	[11] = {true, {0, 0, 0, false}, {4, 0, 0, false}},
	[12] = {true, {0, 0, 0, false}, {1, 0, 1, false}},
	[15] = {true, {5, 4, 1, false}, {4, 0, 0, false}},
	[16] = {true, {5, 4, 1, false}, {4, 0, 0, false}},
	[17] = {true, {0, 0, 0, false}, {1, 0, 1, false}},
	[20] = {true, {1, 0, 1, false}, {1, 0, 1, false}},
	[21] = {true, {1, 0, 1, false}, {1, 0, 1, false}},
	[22] = {true, {6, 0, 0, false}, {6, 0, 0, false}},
	[23] = {true, {9, 8, 1, false}, {1, 0, 1, false}},
	[24] = {true, {2, 0, 0, false}, {2, 0, 2, false}},
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

enum fit { FIT_NONE, FIT_LONG, FIT_EXACT };

/* How a message fits as the one and as the other. */
struct fits {
	enum fit request, response;
};

static enum framing modbus_frame(struct cursor bytes, size_t *len)
{
	size_t left = cursor_left(&bytes);
	const uint8_t *b = bytes.at;
	*len = 0;
	if ((left > 2 && b[2] != 0) || (left > 3 && b[3] != 0) || (left > 4 && b[4] > LENGTH_UMAS_MAX >> 8))
		return FRAMING_FOREIGN;
	if (left < MBAP_LEN - 1)
		return FRAMING_MORE;
	size_t length = (size_t)b[4] << 8 | b[5], want = MBAP_LEN - 1 + length;
	if (length < 2 || length > LENGTH_UMAS_MAX)
		return FRAMING_FOREIGN;
	if (left >= FIXED_LEN) {
		uint8_t function = b[7];
		if ((function & ~EXCEPTION) == 0 || (length > LENGTH_MAX && function != UMAS_FUNCTION_CODE))
			return FRAMING_FOREIGN;
		if (function & EXCEPTION && (length < LENGTH_EXCEPTION || length > LENGTH_EXCEPTION_MAX))
			return FRAMING_FOREIGN;
	}
	*len = want;
	return left < want ? FRAMING_MORE : FRAMING_WHOLE;
}

static bool message_read(struct modbus_message *m, struct cursor bytes, const struct pdu *pdu)
{
	size_t left = cursor_left(&bytes);
	const uint8_t *fixed = cursor_bytes(&bytes, FIXED_LEN);
	if (fixed == NULL || (fixed[2] | fixed[3]) != 0)
		return false;
	size_t length = (size_t)fixed[4] << 8 | fixed[5], there = left - (MBAP_LEN - 1);
	m->transaction = (uint16_t)(fixed[0] << 8 | fixed[1]);
	m->unit = fixed[6];
	m->exception = (fixed[7] & EXCEPTION) != 0;
	m->function = fixed[7] & (uint8_t)~EXCEPTION;
	m->len = length - 2;
	m->body = bytes;
	return length >= 2 && m->function != 0 && (pdu->whole ? there == length : there <= length);
}

static bool function_is_public(uint8_t function)
{
	return function == ENCAPSULATED || function == UMAS_FUNCTION_CODE ||
	       (function < FORMS && forms[function].known);
}

static enum fit form_fit(const struct modbus_message *m, bool response)
{
	if (m->function >= FORMS || !forms[m->function].known)
		return FIT_EXACT;
	const struct form *f = response ? &forms[m->function].response : &forms[m->function].request;
	struct cursor body = m->body;
	size_t want = f->fixed;
	cursor_skip(&body, f->count_at);
	if (f->count_len > 0)
		want += f->count_len == 2 ? cursor_be16(&body) : cursor_u8(&body);
	if (m->len < want)
		return FIT_NONE;
	return m->len == want || f->open ? FIT_EXACT : FIT_LONG;
}

static enum fit encapsulated_fit(const struct modbus_message *m, bool response)
{
	struct cursor body = m->body;
	if (m->len == 0)
		return FIT_NONE;
	if (cursor_u8(&body) != MEI_DEVICE_IDENTIFICATION)
		return FIT_EXACT;
	uint8_t code = cursor_u8(&body);
	if (code < 1 || code > 4)
		return FIT_NONE;
	if (response)
		return m->len >= 6 ? FIT_EXACT : FIT_NONE;
	return m->len == 3 ? FIT_EXACT : m->len > 3 ? FIT_LONG : FIT_NONE;
}

static enum fit request_fit(const struct modbus_message *m)
{
	enum fit fit = form_fit(m, false);
	if (fit == FIT_EXACT && (m->function == READ_COILS || m->function == READ_DISCRETE_INPUTS)) {
		struct cursor body = m->body;
		cursor_skip(&body, 2);
		uint16_t quantity = cursor_be16(&body);
		return quantity == 0 || quantity > 2000 ? FIT_LONG : FIT_EXACT; /* 6.1, 6.2 */
	}
	return fit;
}

static enum fit response_fit(const struct modbus_message *m)
{
	enum fit fit = form_fit(m, true);
	bool registers = m->function == READ_HOLDING_REGISTERS || m->function == READ_INPUT_REGISTERS ||
			 m->function == READ_WRITE_REGISTERS;
	if (fit == FIT_EXACT && registers && cursor_peek(&m->body) % 2 != 0)
		return FIT_LONG;
	return fit;
}

static enum fit message_fit(const struct modbus_message *m, bool response)
{
	if (m->exception)
		return response && m->len > 0 && cursor_peek(&m->body) != 0 ? FIT_EXACT : FIT_NONE;
	if (m->function == UMAS_FUNCTION_CODE)
		return m->len >= 2 && umas_is_answer(&m->body) == response ? FIT_EXACT : FIT_NONE;
	if (m->function == ENCAPSULATED)
		return encapsulated_fit(m, response);
	return response ? response_fit(m) : request_fit(m);
}

/* Which side the body alone speaks for: one that fits exactly as the one and not as the other. */
static enum side content_side(const struct fits *fits)
{
	if (fits->request == fits->response || (fits->request != FIT_EXACT && fits->response != FIT_EXACT))
		return SIDE_UNKNOWN;
	return fits->request == FIT_EXACT ? SIDE_CLIENT : SIDE_SERVER;
}

static struct umas_call umas_call_of(const struct outstanding *x)
{
	struct umas_call call = {x->detail, x->umas_detail, x->umas_signed};
	return call;
}

/*
 * The request that `m` may answer. Clients that give every request the same transaction identifier wait for
 * each response, so the newest is the one; those that pipeline number their requests. Answers of UMAS do not
 * name their function, and one whose layout fits an older request of the same number belongs to that.
 */
static struct outstanding *outstanding_find(
	struct modbus_state *state, const struct modbus_message *m, uint8_t direction)
{
	struct outstanding *newest = NULL;
	for (unsigned back = 1, left = state->waiting; left > 0 && back <= OUTSTANDING_MAX; back++) {
		struct outstanding *x = &state->outstanding[(state->next + OUTSTANDING_MAX - back) % OUTSTANDING_MAX];
		left -= x->asker != 0;
		if (x->asker != 1 + !direction || x->transaction != m->transaction || x->unit != m->unit ||
			x->function != m->function)
			continue;
		if (m->function == ENCAPSULATED && !m->exception && cursor_peek(&m->body) != x->detail)
			continue;
		struct umas_call call = umas_call_of(x);
		if (m->function == UMAS_FUNCTION_CODE && !m->exception && umas_fits(m->body, &call))
			return x;
		if (newest == NULL)
			newest = x;
		if (m->function != UMAS_FUNCTION_CODE)
			break;
	}
	return newest;
}

static void outstanding_add(struct modbus_state *state, const struct modbus_message *m, uint8_t direction)
{
	struct outstanding *x = &state->outstanding[state->next];
	struct cursor body = m->body;
	uint16_t first = cursor_be16(&body), quantity = cursor_be16(&body);
	struct umas_call call;
	state->next = (uint8_t)((state->next + 1) % OUTSTANDING_MAX);
	state->waiting = (uint8_t)(state->waiting + (x->asker == 0));
	*x = (struct outstanding){.transaction = m->transaction,
		.unit = m->unit,
		.function = m->function,
		.asker = (uint8_t)(1 + direction)};
	switch (m->function) {
	case READ_COILS:
	case READ_DISCRETE_INPUTS:
		if (quantity <= 2000)
			x->bytes = (uint8_t)((quantity + 7) / 8);
		break;
	case READ_HOLDING_REGISTERS:
	case READ_INPUT_REGISTERS:
	case READ_WRITE_REGISTERS:
		if (quantity <= 125)
			x->bytes = (uint8_t)(quantity * 2);
		break;
	case DIAGNOSTICS:
		x->detail = first < 256 ? (uint8_t)first : 0;
		break;
	case ENCAPSULATED:
		x->detail = cursor_peek(&m->body);
		break;
	case UMAS_FUNCTION_CODE:
		call = umas_call_read(m->body);
		x->detail = call.function;
		x->umas_detail = call.detail;
		x->umas_signed = call.is_signed;
		break;
	default:
		break;
	}
}

static void outstanding_end(struct modbus_state *state, struct outstanding *x)
{
	x->asker = 0;
	state->waiting--;
}

/*
 * What the transport says. The registered port outranks the handshake: devices are seen to call their master
 * from port 502 and then to answer, and a damaged SYN must not turn a plant around.
 */
static enum side transport_side(const struct pdu *pdu, const struct modbus_state *state)
{
	bool from = pdu->frame->source_port == ports[0], to = pdu->frame->target_port == ports[0];
	enum side side = from == to ? pdu->sender : to ? SIDE_CLIENT : SIDE_SERVER;
	if (side == SIDE_UNKNOWN || !state->reversed)
		return side;
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* The body says the contrary of the transport: it is right when a request of the other direction bears it out. */
static enum side contrary_side(enum side content, struct modbus_state *state, const struct outstanding *match)
{
	if (content == SIDE_CLIENT)
		return SIDE_UNKNOWN;
	if (match == NULL)
		return SIDE_CLIENT;
	state->reversed = !state->reversed;
	return SIDE_SERVER;
}

/* The transport says nothing: the body, the requests outstanding, and who asked before. */
static enum side unaided_side(const struct fits *fits, enum side content, const struct pdu *pdu,
	struct modbus_state *state, const struct outstanding *match)
{
	bool asked_before = state->client == 1 + pdu->direction;
	if (match != NULL)
		content = SIDE_SERVER;
	else if (content == SIDE_SERVER && asked_before) /* at best a request with bytes too many */
		return fits->request != FIT_NONE ? SIDE_CLIENT : SIDE_UNKNOWN;
	if (content == SIDE_UNKNOWN && state->client != 0)
		return asked_before ? SIDE_CLIENT : SIDE_SERVER;
	if (content != SIDE_UNKNOWN)
		state->client = (uint8_t)(1 + (content == SIDE_CLIENT ? pdu->direction : !pdu->direction));
	return content;
}

/* What a message is held for. */
struct verdict {
	enum side side;            /* SIDE_UNKNOWN: nothing may be concluded yet */
	enum fit fit;              /* as what it is held for; an unknown one as a request */
	struct outstanding *match; /* the request that it answers, or NULL */
};

/*
 * Who sent it: what the transport knows, unless the body says the contrary and a request of the other
 * direction bears that out (a device that dials in to its master, a master that sends from port 502).
 */
static struct verdict message_judge(const struct modbus_message *m, const struct pdu *pdu, struct modbus_state *state)
{
	struct verdict v = {transport_side(pdu, state), FIT_NONE, NULL};
	if (v.side != SIDE_UNKNOWN)
		v.fit = message_fit(m, v.side == SIDE_SERVER);
	if (v.fit == FIT_EXACT) { /* whatever else it may fit */
		if (v.side == SIDE_SERVER)
			v.match = outstanding_find(state, m, pdu->direction);
		return v;
	}
	struct fits fits = {message_fit(m, false), message_fit(m, true)};
	enum side content = content_side(&fits);
	if (content != SIDE_CLIENT)
		v.match = outstanding_find(state, m, pdu->direction);
	if (v.side == SIDE_UNKNOWN)
		v.side = unaided_side(&fits, content, pdu, state, v.match);
	else if (content != SIDE_UNKNOWN)
		v.side = contrary_side(content, state, v.match);
	v.fit = v.side == SIDE_SERVER ? fits.response : fits.request;
	return v;
}

/* `detail` as in struct outstanding; 0 when the request was not seen. */
static unsigned operation_of(uint8_t function, uint8_t detail)
{
	switch (function) {
	case 1:
	case 2:
	case 3:
	case 4:
	case 20:
	case 24:
		return OPERATION_READ;
	case 5:
	case 6:
	case 15:
	case 16:
	case 21:
	case 22:
		return OPERATION_WRITE;
	case 23:
		return OPERATION_READ | OPERATION_WRITE;
	case 8:
		return detail == SUB_RESTART || detail == SUB_LISTEN_ONLY ? OPERATION_CONTROL : OPERATION_DIAGNOSE;
	case 7:
	case 11:
	case 12:
	case 17:
		return OPERATION_DIAGNOSE;
	case 43:
		return detail == MEI_CANOPEN ? OPERATION_NONE : OPERATION_DIAGNOSE;
	case 9:
	case 10:
	case 13:
	case 14:
	case 18:
	case 126: /* Modicon's own, reserved by annex A */
		return OPERATION_PROGRAM;
	default:
		return OPERATION_NONE;
	}
}

/* True the first time for this unit. */
static bool unit_first(uint8_t units[32], uint8_t unit)
{
	uint8_t bit = (uint8_t)(1u << unit % 8);
	bool first = !(units[unit / 8] & bit);
	units[unit / 8] |= bit;
	return first;
}

/* 6.8.1: the two sub-functions that take a device off the line. */
static void report_diagnostics(const struct modbus_message *m, struct observer *o)
{
	struct cursor body = m->body;
	uint16_t sub = cursor_be16(&body);
	if (sub != SUB_RESTART && sub != SUB_LISTEN_ONLY)
		return;
	struct statement s = modbus_statement(m, SUBJECT_RECEIVER, "FC 8 Diagnostics");
	if (sub == SUB_RESTART)
		observer_event(o, &s, OPERATION_CONTROL, "restart communications (FC 8 sub 1)");
	else
		observer_event(o, &s, OPERATION_CONTROL, "force listen only mode (FC 8 sub 4)");
}

static bool dissect_request(
	const struct modbus_message *m, const struct pdu *pdu, struct modbus_state *state, struct observer *o)
{
	struct cursor body = m->body;
	uint8_t detail = cursor_peek(&body);
	if (m->function == DIAGNOSTICS) {
		uint16_t sub = cursor_be16(&body);
		detail = sub < 256 ? (uint8_t)sub : 0;
		report_diagnostics(m, o);
	}
	if (m->function == UMAS_FUNCTION_CODE && !umas_request(m->body, o))
		return false;
	observer_request(o, PROTOCOL_MODBUS, operation_of(m->function, detail));
	outstanding_add(state, m, pdu->direction);
	return true;
}

static void dissect_exception(
	const struct modbus_message *m, struct modbus_state *state, uint8_t detail, struct observer *o)
{
	observer_refusal(o, PROTOCOL_MODBUS, operation_of(m->function, detail));
	uint8_t code = cursor_peek(&m->body);
	if (code != EXCEPTION_GATEWAY_PATH && code != EXCEPTION_GATEWAY_TARGET) {
		if (unit_first(state->answered, m->unit)) {
			struct statement s = modbus_statement(m, SUBJECT_SENDER, "exception response");
			observer_presence(o, &s);
		}
	} else if (unit_first(state->proxied, m->unit)) {
		/* 7: only a gateway says so, and for itself: the unit said nothing. */
		struct statement s = {
			.protocol = PROTOCOL_MODBUS, .subject = SUBJECT_SENDER, .message = "exception response"};
		observer_fact_string(o, &s, ATTRIBUTE_GATEWAY_PROOF,
			code == EXCEPTION_GATEWAY_PATH ? "exception 0x0A gateway path unavailable"
						       : "exception 0x0B gateway target failed to respond");
	}
}

static bool report_encapsulated(const struct modbus_message *m, struct observer *o)
{
	if (cursor_peek(&m->body) == MEI_DEVICE_IDENTIFICATION)
		return modbus_device_identification(m, o);
	if (cursor_peek(&m->body) == MEI_CANOPEN) {
		struct statement s = modbus_statement(m, SUBJECT_SENDER, "FC 43/13 CANopen General Reference");
		s.confidence = 80;
		observer_fact_string(o, &s, ATTRIBUTE_PROFILE, "CANopen");
	}
	return true;
}

/* A match proves more when the response is of the size that was asked for. */
static void confirm(const struct modbus_message *m, const struct outstanding *match, struct observer *o)
{
	if (!m->exception && match->bytes != 0 && m->len > 0 && cursor_peek(&m->body) != match->bytes)
		return;
	if (!m->exception && m->function == ENCAPSULATED && match->detail == MEI_DEVICE_IDENTIFICATION)
		observer_prove(o);
	else
		observer_confirm(o);
}

static bool dissect_response(const struct modbus_message *m, const struct pdu *pdu, struct modbus_state *state,
	struct outstanding *match, struct observer *o)
{
	struct cursor body = m->body;
	uint8_t detail = match != NULL ? match->detail : 0;
	bool good = true;
	if (match != NULL) {
		confirm(m, match, o);
		outstanding_end(state, match);
	}
	if (m->exception) {
		dissect_exception(m, state, detail, o);
		return true;
	}
	if (m->function == DIAGNOSTICS) {
		uint16_t sub = cursor_be16(&body);
		detail = sub < 256 ? (uint8_t)sub : 0;
	} else if (m->function == ENCAPSULATED) {
		detail = cursor_peek(&body);
		good = report_encapsulated(m, o);
	} else if (m->function == REPORT_SERVER_ID) {
		good = modbus_server_id(m, o);
	} else if (m->function == UMAS_FUNCTION_CODE) {
		struct umas_call call = {0, 0, false};
		if (match != NULL)
			call = umas_call_of(match);
		umas_status_age(&state->umas, pdu->frame->time_ns);
		good = umas_answer(m->body, match != NULL ? &call : NULL, &state->umas, o);
	}
	observer_response(o, PROTOCOL_MODBUS, operation_of(m->function, detail));
	bool cut = cursor_left(&m->body) < m->len;
	if ((good || cut) && unit_first(state->answered, m->unit)) {
		struct statement s = modbus_statement(m, SUBJECT_SENDER, "response");
		observer_presence(o, &s);
	}
	return good;
}

static bool modbus_dissect(struct cursor bytes, const struct pdu *pdu, void *flow_state, struct observer *observer)
{
	struct modbus_state *state = flow_state;
	struct modbus_message m;
	if (!message_read(&m, bytes, pdu))
		return false;
	/* On a foreign port the zeros of any binary protocol look like a header; a public function must come first. */
	if (!pdu->expected_port && !state->begun && !function_is_public(m.function))
		return false;
	state->begun = true;
	struct verdict v = message_judge(&m, pdu, state);
	if (v.fit == FIT_NONE)
		return false;
	if (v.side == SIDE_CLIENT)
		return dissect_request(&m, pdu, state, observer);
	if (v.side == SIDE_SERVER)
		return dissect_response(&m, pdu, state, v.match, observer);
	/* Perhaps a request; should the other direction answer it, that tells. */
	outstanding_add(state, &m, pdu->direction);
	return true;
}

const struct dissector modbus_dissector = {
	.name = "modbus",
	.protocol = PROTOCOL_MODBUS,
	.reference = "Modbus Application Protocol V1.1b3; Modbus Messaging on TCP/IP V1.0b",
	.tcp_ports = ports,
	.udp_ports = ports,
	.tcp_any = true,
	.udp_any = true,
	.confirmations = 3,
	.state_size = sizeof(struct modbus_state),
	.pdu_max = MBAP_LEN - 1 + LENGTH_UMAS_MAX,
	.frame = modbus_frame,
	.dissect = modbus_dissect,
};
