/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observer.h - how a dissector says what it learned from one PDU.
 *
 * Everything reported while one PDU is dissected is held back and taken over only
 * when the dissector returns true; a malformed PDU leaves nothing behind. All text
 * is copied at the call, so a report may point into the packet. Every store behind
 * this is bounded; what does not fit is counted, never refused to the dissector.
 *
 * Roles come from who asks and who answers, never from ports:
 *
 *	observer_request(o, PROTOCOL_MODBUS, OPERATION_READ);     the sender is a client
 *	observer_response(o, PROTOCOL_MODBUS, OPERATION_READ);    the sender is a server
 *	observer_refusal(o, PROTOCOL_MODBUS, OPERATION_WRITE);    a server that said no
 *	observer_exchange(o, PROTOCOL_CIP_IO, OPERATION_READ);    neither side asks
 *
 * These four are cheap (a few stores): call them for every PDU. Facts are for the
 * rare messages that carry identity.
 */
#ifndef EARSHOT_OBSERVER_H
#define EARSHOT_OBSERVER_H

#include "earshot/address.h"
#include "earshot/attribute.h"
#include "earshot/cursor.h"
#include "earshot/protocol.h"

/* What a message does to the process or the device; a bit set. */
enum operation {
	OPERATION_NONE = 0,
	OPERATION_READ = 1 << 0,      /* values read, subscribed or pushed */
	OPERATION_WRITE = 1 << 1,     /* values written */
	OPERATION_CONTROL = 1 << 2,   /* outputs operated, run/stop/reset, mode changes */
	OPERATION_PROGRAM = 1 << 3,   /* program or block up/download, online change */
	OPERATION_CONFIGURE = 1 << 4, /* settings, addresses, clock, security */
	OPERATION_DIAGNOSE = 1 << 5,  /* identity, status and diagnostic reads */
	OPERATION_FILE = 1 << 6,      /* files opened, read, written, deleted */
	OPERATION_BITS = 7
};

/* Whom a report is about. */
enum subject { SUBJECT_SENDER, SUBJECT_RECEIVER, SUBJECT_ADDRESS };

/* What all facts of one message have in common. `message` is a static string (it is
 * kept by pointer until the PDU ends): "FC 43/14 Read Device Identification". */
struct statement {
	enum protocol protocol;
	enum subject subject;
	const char *message;
	struct path path;        /* inside the subject; PATH_NONE: the device itself */
	struct address address;  /* with SUBJECT_ADDRESS */
	uint8_t confidence;      /* percent; 0 means the usual 95 */
};

/* Tables of public numbers whose names are looked up outside the dissector. */
enum naming { NAMING_NONE, NAMING_CIP_VENDOR, NAMING_CIP_DEVICE_TYPE, NAMING_BACNET_VENDOR, NAMING_PROFINET_VENDOR, NAMINGS };

enum { PART_REQUEST = 1, PART_RESPONSE = 2, PART_EXCHANGE = 4 };

/* What one PDU said of one protocol; the sender is the client when `parts` has PART_REQUEST. */
struct said {
	union {
		struct {
			uint8_t parts;
			uint8_t asked, answered, refused; /* enum operation bits */
		};
		uint32_t bits; /* all of them, to store and to compare at once: every PDU says something */
	};
	uint32_t protocol; /* enum protocol */
};

/* `bits` of a struct said. */
static inline uint32_t said_bits(unsigned parts, unsigned asked, unsigned answered, unsigned refused)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return parts | asked << 8 | answered << 16 | refused << 24;
#else
	return parts << 24 | asked << 16 | answered << 8 | refused;
#endif
}

enum report_kind { REPORT_FACT, REPORT_PRESENCE, REPORT_EVENT };

/* One held-back report. Text positions are offsets into observer.text. */
struct report {
	uint8_t kind, protocol, subject, confidence;
	uint8_t attribute, naming, operation;
	const char *message;
	struct path path;
	struct address address;
	uint32_t value_at, value_len, code_at, code_len;
};

#define OBSERVER_SAID_MAX 6      /* protocols one PDU can speak: encapsulation, application, tunnelled */
#define OBSERVER_REPORTS_MAX 640 /* one full SZL answer names 512 modules */
#define OBSERVER_TEXT_MAX 65536  /* no PDU carries more text than its own size */

struct observer {
	uint8_t said_count;
	struct said said[OBSERVER_SAID_MAX];
	uint32_t report_count, text_len;
	uint32_t dropped;   /* reports that did not fit, since the observer was made */
	bool confirmed;     /* see observer_confirm() */
	bool proven;        /* see observer_prove() */
	void *assemblies;   /* the sensor's buffers for this flow, see assembly_add() */
	struct report *reports; /* OBSERVER_REPORTS_MAX */
	char *text;             /* OBSERVER_TEXT_MAX */
};

static inline void observer_say(struct observer *o, enum protocol protocol, unsigned parts, unsigned asked,
				unsigned answered, unsigned refused)
{
	uint32_t bits = said_bits(parts, asked, answered, refused);
	for (unsigned i = 0; i < o->said_count; i++) {
		if (o->said[i].protocol == protocol) {
			o->said[i].bits |= bits;
			return;
		}
	}
	if (o->said_count == OBSERVER_SAID_MAX) {
		o->dropped++;
		return;
	}
	o->said[o->said_count].protocol = protocol;
	o->said[o->said_count++].bits = bits;
}

static inline void observer_request(struct observer *o, enum protocol protocol, unsigned operations)
{
	observer_say(o, protocol, PART_REQUEST, operations, 0, 0);
}

static inline void observer_response(struct observer *o, enum protocol protocol, unsigned operations)
{
	observer_say(o, protocol, PART_RESPONSE, 0, operations, 0);
}

static inline void observer_refusal(struct observer *o, enum protocol protocol, unsigned operations)
{
	observer_say(o, protocol, PART_RESPONSE, 0, 0, operations);
}

static inline void observer_exchange(struct observer *o, enum protocol protocol, unsigned operations)
{
	observer_say(o, protocol, PART_EXCHANGE, operations, operations, 0);
}

/*
 * "This PDU fits an earlier one of this flow": a response whose request was seen.
 * Needed by dissectors whose framing alone proves nothing on a foreign port
 * (dissector.confirmations); harmless elsewhere.
 */
static inline void observer_confirm(struct observer *o)
{
	o->confirmed = true;
}

/*
 * "This PDU and an earlier one of this flow are proof by themselves": on a foreign port
 * everything held back may be believed at once, whatever dissector.confirmations says.
 */
static inline void observer_prove(struct observer *o)
{
	o->confirmed = o->proven = true;
}

/*
 * A fact with a text value. Trailing NULs and white space are cut, an empty value is
 * no fact, and bytes that are not UTF-8 are read as Latin-1.
 */
void observer_fact(struct observer *o, const struct statement *s, enum attribute attribute, const void *text, size_t len);

/* The same from a NUL-terminated string. */
void observer_fact_string(struct observer *o, const struct statement *s, enum attribute attribute, const char *text);

/* A fact whose value is a MAC address: "00:1b:1b:00:00:01". */
void observer_fact_mac(struct observer *o, const struct statement *s, enum attribute attribute, const uint8_t mac[6]);

/* A fact whose value is a text and which has a number behind it ("code"). */
void observer_fact_coded(struct observer *o, const struct statement *s, enum attribute attribute, const char *text, uint32_t code);

/* A fact whose value is a number with a public name table; the name is looked up later. */
void observer_fact_named(struct observer *o, const struct statement *s, enum attribute attribute, enum naming naming, uint32_t code);

/* `statement.path` exists behind the subject: it answered, or accepted a connection.
 * Report it once per flow and path (keep a note in the state), not per PDU. */
void observer_presence(struct observer *o, const struct statement *s);

/* Something that matters by itself happened between client and server: "PLC stop (0x29)",
 * "block download". `operation` is one OPERATION_ bit; `detail` may be NULL. Rare messages only. */
void observer_event(struct observer *o, const struct statement *s, enum operation operation, const char *detail);

/*
 * Buffers that outlive the PDU, for protocols that split a message over several PDUs
 * (COTP segments, SZL sequences, DNP3 transport). The sensor owns and bounds them
 * (dissector.assembly_max each, and all together); they end with the flow.
 */
#define ASSEMBLY_SLOTS 8

/* Append to slot 0..ASSEMBLY_SLOTS-1. False: over a limit; the slot is emptied and counted. */
bool assembly_add(struct observer *o, unsigned slot, struct cursor piece);

/* What the slot holds now; valid until the next call with this slot. Empty when nothing. */
struct cursor assembly_get(const struct observer *o, unsigned slot);

void assembly_drop(struct observer *o, unsigned slot);

#endif
