/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modbus.h - what modbus.c and modbus_identity.c share: one message, and the statement about its unit.
 */
#ifndef EARSHOT_MODBUS_H
#define EARSHOT_MODBUS_H

#include "earshot/observer.h"

struct modbus_message {
	uint16_t transaction;
	uint8_t unit, function; /* without the exception bit */
	bool exception;
	size_t len;         /* of the body, as the header says */
	struct cursor body; /* shorter than `len` when the snap length cut it */
};

/* A statement about the unit that `m` is from (SUBJECT_SENDER) or for (SUBJECT_RECEIVER). */
struct statement modbus_statement(const struct modbus_message *m, enum subject subject, const char *message);

/* Facts of a response to function code 43, MEI type 14 (6.21). False: malformed. */
bool modbus_device_identification(const struct modbus_message *m, struct observer *observer);

/* Facts of a response to function code 17 (6.13). False: malformed. */
bool modbus_server_id(const struct modbus_message *m, struct observer *observer);

#endif
