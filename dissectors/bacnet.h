/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bacnet.h - what the parts of the BACnet dissector share: data link and network layer (bacnet.c),
 * frames of an RS-485 bus (bacnet_mstp.c), network layer messages (bacnet_network.c), application PDUs
 * (bacnet_apdu.c), tags and device properties (bacnet_objects.c).
 */
#ifndef EARSHOT_BACNET_H
#define EARSHOT_BACNET_H

#include "earshot/dissector.h"

#define BACNET_WILDCARD_INSTANCE 4194303u /* "whichever device this is": a question, or an unset device */
#define BACNET_OBJECT_DEVICE 8

/* Requests beyond this many in flight push each other out; their refusals then have no operation. */
#define BACNET_REQUESTS_MAX 32
/* Places told on one flow; more push each other out and are told again. */
#define BACNET_PLACES_MAX 64

struct bacnet_request {
	bool used, notification; /* it pushes data instead of asking for them */
	uint8_t invoke, direction, operations;
};

/* A response that comes in segments; the assembly slot is that of its place in the array. */
struct bacnet_stream {
	bool used;
	uint8_t invoke, direction, next;
	uint32_t source; /* place_hash of its sender */
};

struct bacnet_state {
	struct bacnet_request requests[BACNET_REQUESTS_MAX];
	struct bacnet_stream streams[ASSEMBLY_SLOTS];
	uint32_t places[BACNET_PLACES_MAX]; /* hashes of what was reported present */
};
_Static_assert(sizeof(struct bacnet_state) <= DISSECTOR_STATE_MAX, "state too large");

/* One message on its way through the layers. */
struct bacnet {
	const struct pdu *pdu;
	struct bacnet_state *state; /* NULL on a data link without conversations */
	struct observer *observer;
	struct statement about; /* its origin: the sender, whom it forwards for, or a device behind it */
	uint32_t place;         /* hash of the origin's path, 0 without */
};

/* bacnet.c */

/* The origin answers; a place behind a router is told present, once per flow. */
void bacnet_answers(struct bacnet *b, unsigned operations, const char *message);

/* bacnet_mstp.c */

/* Steps into a frame of a bus that an adapter handed on: `*c` becomes its data. False when it is no such frame; the
 * data may be cut. */
bool bacnet_mstp_open(struct cursor *c, uint8_t *type);
/* Frames of this type carry an NPDU; the others pass a token on. */
bool bacnet_mstp_is_data(uint8_t type);

/* bacnet_network.c: a network layer message, from its type on. False: malformed. */
bool bacnet_network_read(struct bacnet *b, struct cursor c);

/* bacnet_apdu.c: an application PDU. False: malformed. */
bool bacnet_apdu_read(struct bacnet *b, struct cursor c);

/* bacnet_objects.c */

/* A tag with its content (ANSI/ASHRAE 135, 20.2.1). */
struct bacnet_tag {
	uint8_t kind; /* enum bacnet_tag_kind */
	bool context;
	uint8_t number;
	uint32_t length;
	struct cursor content; /* empty of opening and closing tags, and of an application Boolean */
};

enum bacnet_tag_kind { BACNET_TAG_VALUE, BACNET_TAG_OPENING, BACNET_TAG_CLOSING };

/* Application tag numbers. */
enum {
	BACNET_BOOLEAN = 1,
	BACNET_UNSIGNED = 2,
	BACNET_CHARACTERS = 7,
	BACNET_ENUMERATED = 9,
	BACNET_OBJECT_IDENTIFIER = 12
};

/* False when cut, or when no tag looks like this. */
bool bacnet_tag_read(struct cursor *c, struct bacnet_tag *tag);

/* The next tag is a value with this context number, or an application value of this number. */
bool bacnet_context_read(struct cursor *c, unsigned number, struct bacnet_tag *tag);
bool bacnet_application_read(struct cursor *c, unsigned number, struct bacnet_tag *tag);

/* The next tag opens or closes the context `number`. */
bool bacnet_bracket_read(struct cursor *c, enum bacnet_tag_kind kind, unsigned number);

/* A number of up to four bytes; 0 when the content is longer. */
uint32_t bacnet_unsigned(const struct bacnet_tag *tag);

/* The object type of an object identifier. */
static inline unsigned bacnet_object_type(uint32_t identifier)
{
	return identifier >> 22;
}

/* Tells which device the origin is; the wildcard tells nothing. */
void bacnet_instance_report(struct bacnet *b, uint32_t identifier);

/* The vendor's number. */
void bacnet_vendor_report(struct bacnet *b, uint32_t vendor);

/* A CharacterString as a fact. */
void bacnet_text_report(struct bacnet *b, enum attribute attribute, struct cursor content);

/* What a device says of itself; `operations` is what reading such objects is. False: malformed. */
bool bacnet_property_ack(struct bacnet *b, struct cursor c, unsigned *operations);
bool bacnet_properties_ack(struct bacnet *b, struct cursor c, unsigned *operations);

#endif
