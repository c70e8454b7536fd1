/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umas.h - what modbus.c asks of umas.c: the bodies of function code 90.
 *
 * A UMAS answer does not name the function it answers, so the Modbus side keeps
 * a struct umas_call for every request under its transaction identifier.
 */
#ifndef EARSHOT_UMAS_H
#define EARSHOT_UMAS_H

#include "earshot/observer.h"

#define UMAS_FUNCTION_CODE 90

/* In the place of the function. */
enum { UMAS_OK = 0xFE, UMAS_ERROR = 0xFD };

/* What has to be remembered of a request to read its answer. */
struct umas_call {
	uint8_t function; /* of the wrapped request when signed */
	uint8_t detail;   /* first data byte: the sub-code of 0x03 and 0x06 */
	bool is_signed;   /* the answer is wrapped too */
};

/* True when the body is that of an answer (0xFE or 0xFD in the place of the function). */
static inline bool umas_is_answer(const struct cursor *body)
{
	return cursor_left(body) >= 2 && (body->at[1] == UMAS_OK || body->at[1] == UMAS_ERROR);
}

/* What to remember of a request; function 0 when the body is cut before it. */
struct umas_call umas_call_read(struct cursor body);

/* Reports what a request says of both ends. False: malformed. */
bool umas_request(struct cursor body, struct observer *observer);

/* True when the answer has the layout of an identity answer to `call`; false also for calls that carry no identity. */
bool umas_fits(struct cursor body, const struct umas_call *call);

/*
 * What a flow told last of the mode, which is polled all the time: only a change is reported, and once a
 * minute that it is still so. All zero: nothing yet.
 */
struct umas_status {
	int64_t since_ns;
	uint8_t mode;
};

/* Forgets what was told more than a minute before the frame at `now_ns`. */
void umas_status_age(struct umas_status *told, int64_t now_ns);

/* Reports what an answer says; `call` is NULL when its request was not seen. False: malformed. */
bool umas_answer(struct cursor body, const struct umas_call *call, struct umas_status *told, struct observer *observer);

#endif
