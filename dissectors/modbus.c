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
 * outstanding decide (see message_side()).
 */
#include "earshot/dissector.h"
#include "dissectors/modbus.h"
#include "dissectors/umas.h"

extern const struct dissector modbus_dissector;

enum {
	MBAP_LEN = 7,
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
	bool used, umas_signed;
	uint8_t direction;
	uint8_t detail; /* sub-function of 8, MEI type of 43, function of 90 */
	uint8_t umas_detail;
	uint8_t bytes; /* byte count that the response must have, 0: not known */
};

struct modbus_state {
	struct outstanding outstanding[OUTSTANDING_MAX];
	uint8_t next;         /* slot of outstanding[] to use next */
	uint8_t client;       /* 1 + direction of the client, 0: not known; for bodies that could be either */
	bool reversed;        /* the end that accepted the connection asks */
	bool begun;           /* a message was taken */
	uint8_t answered[32]; /* units that answered, one bit each */
	uint8_t proxied[32];  /* units a gateway answered for */
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

static enum framing modbus_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	cursor_skip(&bytes, 2);
	if (cursor_left(&bytes) == 0)
		return FRAMING_MORE;
	/* What has not come yet reads as 0; only what is there can speak against. */
	bool whole_header = cursor_left(&bytes) >= MBAP_LEN - 1;
	size_t there = cursor_left(&bytes);
	uint16_t protocol = there >= 2 ? cursor_be16(&bytes) : cursor_u8(&bytes);
	if (protocol != 0)
		return FRAMING_FOREIGN;
	if (there < 4)
		return there == 3 && cursor_peek(&bytes) > LENGTH_UMAS_MAX >> 8 ? FRAMING_FOREIGN : FRAMING_MORE;
	uint16_t length = cursor_be16(&bytes);
	if (length < 2 || length > LENGTH_UMAS_MAX)
		return FRAMING_FOREIGN;
	*len = MBAP_LEN - 1 + (size_t)length;
	if (!whole_header)
		return FRAMING_MORE;
	size_t left = cursor_left(&bytes);
	cursor_skip(&bytes, 1);
	uint8_t function = cursor_u8(&bytes);
	bool foreign = (function & ~EXCEPTION & 0xFF) == 0 || (function != UMAS_FUNCTION_CODE && length > LENGTH_MAX) ||
		       (function & EXCEPTION && (length < LENGTH_EXCEPTION || length > LENGTH_EXCEPTION_MAX));
	if (foreign)
		*len = 0;
	return foreign ? FRAMING_FOREIGN : left < length ? FRAMING_MORE : FRAMING_WHOLE;
}

static bool message_read(struct modbus_message *m, struct cursor bytes, const struct pdu *pdu)
{
	m->transaction = cursor_be16(&bytes);
	uint16_t protocol = cursor_be16(&bytes);
	uint16_t length = cursor_be16(&bytes);
	bool fits = pdu->whole ? cursor_left(&bytes) == length : cursor_left(&bytes) <= length;
	m->unit = cursor_u8(&bytes);
	uint8_t function = cursor_u8(&bytes);
	m->exception = (function & EXCEPTION) != 0;
	m->function = function & (uint8_t)~EXCEPTION;
	m->len = length - 2u;
	m->body = bytes;
	return cursor_ok(&bytes) && fits && protocol == 0 && length >= 2 && m->function != 0;
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
	if (m->exception)
		return FIT_NONE;
	if (m->function == ENCAPSULATED)
		return encapsulated_fit(m, false);
	if (m->function == UMAS_FUNCTION_CODE)
		return m->len < 2 || umas_is_answer(m->body) ? FIT_NONE : FIT_EXACT;
	struct cursor body = m->body;
	cursor_skip(&body, 2);
	uint16_t quantity = cursor_be16(&body);
	bool bits = m->function == READ_COILS || m->function == READ_DISCRETE_INPUTS;
	enum fit fit = form_fit(m, false);
	if (fit == FIT_EXACT && bits && (quantity == 0 || quantity > 2000)) /* 6.1, 6.2 */
		return FIT_LONG;
	return fit;
}

static enum fit response_fit(const struct modbus_message *m)
{
	if (m->exception)
		return m->len > 0 && cursor_peek(&m->body) != 0 ? FIT_EXACT : FIT_NONE;
	if (m->function == ENCAPSULATED)
		return encapsulated_fit(m, true);
	if (m->function == UMAS_FUNCTION_CODE)
		return m->len >= 2 && umas_is_answer(m->body) ? FIT_EXACT : FIT_NONE;
	enum fit fit = form_fit(m, true);
	bool registers = m->function == READ_HOLDING_REGISTERS || m->function == READ_INPUT_REGISTERS ||
			 m->function == READ_WRITE_REGISTERS;
	if (fit == FIT_EXACT && registers && cursor_peek(&m->body) % 2 != 0)
		return FIT_LONG;
	return fit;
}

/* Which side the body alone speaks for: one that fits exactly as the one and not as the other. */
static enum side content_side(const struct modbus_message *m)
{
	enum fit request = request_fit(m), response = response_fit(m);
	if (request == response || (request != FIT_EXACT && response != FIT_EXACT))
		return SIDE_UNKNOWN;
	return request == FIT_EXACT ? SIDE_CLIENT : SIDE_SERVER;
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
	for (unsigned back = 1; back <= OUTSTANDING_MAX; back++) {
		struct outstanding *x = &state->outstanding[(state->next + OUTSTANDING_MAX - back) % OUTSTANDING_MAX];
		if (!x->used || x->direction == direction || x->transaction != m->transaction || x->unit != m->unit ||
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
	struct cursor body = m->body;
	struct outstanding x = {.transaction = m->transaction,
		.unit = m->unit,
		.function = m->function,
		.used = true,
		.direction = direction};
	uint16_t first = cursor_be16(&body), quantity = cursor_be16(&body);
	if (m->function == UMAS_FUNCTION_CODE) {
		struct umas_call call = umas_call_read(m->body);
		x.detail = call.function;
		x.umas_detail = call.detail;
		x.umas_signed = call.is_signed;
	} else if (m->function == ENCAPSULATED) {
		x.detail = cursor_peek(&m->body);
	} else if (m->function == DIAGNOSTICS && first < 256) {
		x.detail = (uint8_t)first;
	} else if ((m->function == READ_COILS || m->function == READ_DISCRETE_INPUTS) && quantity <= 2000) {
		x.bytes = (uint8_t)((quantity + 7) / 8);
	} else if (quantity <= 125 && (m->function == READ_HOLDING_REGISTERS || m->function == READ_INPUT_REGISTERS ||
					      m->function == READ_WRITE_REGISTERS)) {
		x.bytes = (uint8_t)(quantity * 2);
	}
	state->outstanding[state->next] = x;
	state->next = (uint8_t)((state->next + 1) % OUTSTANDING_MAX);
}

/*
 * What the transport says. The registered port outranks the handshake: devices are seen to call their master
 * from port 502 and then to answer, and a damaged SYN must not turn a plant around.
 */
static enum side transport_side(const struct pdu *pdu)
{
	bool from = pdu->frame->source_port == ports[0], to = pdu->frame->target_port == ports[0];
	if (from == to)
		return pdu->sender;
	return to ? SIDE_CLIENT : SIDE_SERVER;
}

/*
 * Who sent it: what the transport knows, unless the body says the contrary and a request of the other
 * direction bears that out (a device that dials in to its master, a master that sends from port 502).
 * SIDE_UNKNOWN: nothing may be concluded yet.
 */
static enum side message_side(const struct modbus_message *m, enum side content, const struct pdu *pdu,
	struct modbus_state *state, const struct outstanding *match)
{
	enum side given = transport_side(pdu);
	if (given != SIDE_UNKNOWN && state->reversed)
		given = given == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	if (given != SIDE_UNKNOWN) {
		if (content == SIDE_UNKNOWN || content == given)
			return given;
		if (content == SIDE_CLIENT)
			return SIDE_UNKNOWN;
		if (match == NULL)
			return SIDE_CLIENT;
		state->reversed = !state->reversed;
		return SIDE_SERVER;
	}
	bool asked_before = state->client == 1 + pdu->direction;
	if (match != NULL)
		content = SIDE_SERVER;
	else if (content == SIDE_SERVER && asked_before) /* at best a request with bytes too many */
		return request_fit(m) != FIT_NONE ? SIDE_CLIENT : SIDE_UNKNOWN;
	if (content == SIDE_UNKNOWN && state->client != 0)
		return asked_before ? SIDE_CLIENT : SIDE_SERVER;
	if (content != SIDE_UNKNOWN)
		state->client = (uint8_t)(1 + (content == SIDE_CLIENT ? pdu->direction : !pdu->direction));
	return content;
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
	struct statement s = modbus_statement(m, SUBJECT_RECEIVER, "FC 8 Diagnostics");
	if (sub == SUB_RESTART)
		observer_event(o, &s, OPERATION_CONTROL, "restart communications (FC 8 sub 1)");
	else if (sub == SUB_LISTEN_ONLY)
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
		struct statement s = modbus_statement(m, SUBJECT_SENDER, "exception response");
		if (unit_first(state->answered, m->unit))
			observer_presence(o, &s);
		return;
	}
	/* 7: only a gateway says so, and for itself: the unit said nothing. */
	struct statement s = {.protocol = PROTOCOL_MODBUS, .subject = SUBJECT_SENDER, .message = "exception response"};
	if (unit_first(state->proxied, m->unit))
		observer_fact_string(o, &s, ATTRIBUTE_GATEWAY_PROOF,
			code == EXCEPTION_GATEWAY_PATH ? "exception 0x0A gateway path unavailable"
						       : "exception 0x0B gateway target failed to respond");
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

static bool dissect_response(
	const struct modbus_message *m, struct modbus_state *state, struct outstanding *match, struct observer *o)
{
	struct cursor body = m->body;
	uint8_t detail = match != NULL ? match->detail : 0;
	bool good = true;
	if (match != NULL) {
		confirm(m, match, o);
		match->used = false;
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
		good = umas_answer(m->body, match != NULL ? &call : NULL, o);
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
	enum side content = content_side(&m);
	struct outstanding *match = NULL;
	if (content != SIDE_CLIENT)
		match = outstanding_find(state, &m, pdu->direction);
	switch (message_side(&m, content, pdu, state, match)) {
	case SIDE_CLIENT:
		return request_fit(&m) != FIT_NONE && dissect_request(&m, pdu, state, observer);
	case SIDE_SERVER:
		return response_fit(&m) != FIT_NONE && dissect_response(&m, state, match, observer);
	default:
		break;
	}
	if (request_fit(&m) == FIT_NONE)
		return false;
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
