/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - an event as the store keeps it: names, not row numbers, so that it outlives what it was made from.
 */
#ifndef EARSHOT_EVENT_H
#define EARSHOT_EVENT_H

#include <stddef.h>
#include <stdint.h>

/* The names are those of event_log.kind: add, never rename. */
enum event_kind {
	EVENT_NEW_ASSET,        /* "new-asset" */
	EVENT_ASSET_SILENT,     /* "asset-silent" */
	EVENT_IDENTITY_CHANGED, /* "identity-changed": old_value, new_value */
	EVENT_NEW_LINK,         /* "new-link" */
	EVENT_FIRST_OPERATION,  /* "first-operation": write, control, program, configure */
	EVENT_CONTROL,          /* "control": a PLC stop or start, a reset, a change of mode */
	EVENT_PROGRAM,          /* "program": a block or program was transferred */
	EVENT_CONFIGURE,        /* "configure": settings, an address or a clock were changed */
	EVENT_ADDRESS_CONFLICT, /* "address-conflict" */
	EVENT_KINDS
};

/* Where the evidence is; `capture` is a name. */
struct event_evidence {
	const char *capture; /* NULL: none */
	uint64_t frame;
	int64_t time_ns;
};

/* Text that does not apply is NULL. */
struct event {
	uint64_t key;                       /* what it says, hashed; equal in every run */
	uint8_t kind;                       /* enum event_kind */
	int64_t time_ns;                    /* capture time */
	const char *asset, *peer;           /* ids */
	const char *asset_name, *peer_name; /* what people call them at that time: a name or an address */
	const char *protocol, *operation;
	const char *attribute, *old_value, *new_value;
	const char *message, *detail;
	uint64_t count; /* of what is repeated; 0: does not apply */
	struct event_evidence evidence, old_evidence;
};

struct store_events {
	struct event *at;
	size_t count;
	const uint64_t *silent; /* keys that are told without an entry in the log: there were too many at once */
	size_t silent_count;
	const uint64_t *keep; /* NULL: all; else only these stay told: what is gone may be told again */
	size_t keep_count;
};

/* "new-asset" and so on; "" for no kind. Static storage. */
const char *event_kind_name(unsigned kind);

#endif
