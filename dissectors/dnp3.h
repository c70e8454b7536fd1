/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnp3.h - what the layers of the DNP3 dissector share: link (dnp3.c), transport function
 * (dnp3_transport.c), application (dnp3_application.c), objects (dnp3_objects.c), checksum
 * (dnp3_crc.c).
 */
#ifndef EARSHOT_DNP3_H
#define EARSHOT_DNP3_H

#include "earshot/dissector.h"

enum { DNP3_TRANSPORT_FIN = 0x80, DNP3_TRANSPORT_FIR = 0x40, DNP3_TRANSPORT_SEQUENCE = 0x3f };
enum {
	DNP3_APPLICATION_FIR = 0x80,
	DNP3_APPLICATION_FIN = 0x40,
	DNP3_APPLICATION_UNS = 0x10,
	DNP3_APPLICATION_SEQUENCE = 0x0f
};
#define DNP3_FUNCTION_RESPONSE 129 /* and what follows; below are requests */

#define DNP3_USER_DATA_MAX 250 /* in one link frame, without CRCs */

/* What is known of one sender on this flow. */
struct dnp3_station {
	uint16_t address;
	uint8_t marks;
	uint8_t status; /* bits of `conditions` already reported */
};

enum {
	DNP3_STATION_KNOWN = 1,
	DNP3_STATION_DIRECTION = 2, /* pdu.direction of what it sends */
	DNP3_STATION_PRESENT = 4,   /* reported as an outstation */
	DNP3_STATION_SECURE = 8,    /* reported as using secure authentication */
	DNP3_STATION_MASTER = 16,   /* it sent requests */
	DNP3_STATION_OUTSTATION = 32,
	DNP3_STATION_DIR_SET = 64, /* DIR of its frames without a function code */
	DNP3_STATION_DIR_CLEAR = 128
};

/* The last request to an outstation: one is outstanding at a time. */
struct dnp3_request {
	uint16_t outstation;
	uint8_t sequence; /* with DNP3_REQUEST_PENDING */
	uint8_t operations;
};
#define DNP3_REQUEST_PENDING 0x80

/* One outstation that is in the middle of something. Slots 2i and 2i + 1: its segments, its fragments. */
struct dnp3_stream {
	uint16_t address;
	uint8_t direction;
	bool used, in_fragment, in_message;
	uint8_t next_segment, next_fragment; /* sequence numbers */
};

/* Stations beyond this many on one flow push each other out, and are reported again. */
#define DNP3_STATIONS_MAX 64
#define DNP3_REQUESTS_MAX 16
#define DNP3_STREAMS_MAX (ASSEMBLY_SLOTS / 2)

struct dnp3_state {
	struct dnp3_station stations[DNP3_STATIONS_MAX];
	struct dnp3_request requests[DNP3_REQUESTS_MAX];
	struct dnp3_stream streams[DNP3_STREAMS_MAX];
	uint8_t next_stream; /* the one to give up when all are taken */
};
_Static_assert(sizeof(struct dnp3_state) <= DISSECTOR_STATE_MAX, "state too large");

/* One link frame on its way through the layers. */
struct dnp3_link {
	const struct pdu *pdu;
	struct dnp3_state *state;
	struct observer *observer;
	struct dnp3_station *sender;
	uint16_t source, target;
	uint8_t control;
	bool cut; /* by the snap length: `data` is only the beginning */
	size_t data_len;
	uint8_t data[DNP3_USER_DATA_MAX];
};

struct dnp3_application {
	uint8_t control, function;
	uint16_t indications; /* of a response: IIN1, IIN2 << 8 */
	struct cursor objects;
};

/* dnp3.c */

/* The role of the sender of a frame that has no function code of its own: link layer services, later segments,
 * confirmations. */
void dnp3_role_by_link(struct dnp3_link *link);

/* The sender is an outstation: its address is something inside the device that answers. Said once per flow. */
void dnp3_outstation_present(struct dnp3_link *link, const char *message);

/* dnp3_application.c */

/* The header of a fragment; what is left are its objects. False when it is cut. */
bool dnp3_application_read(struct cursor c, struct dnp3_application *a);

/* Reports roles, operations, events and indications: all that stands before the objects and in the first of them.
 * They are in the first segment, whatever becomes of the others. */
void dnp3_application_announce(struct dnp3_link *link, const struct dnp3_application *a);

/* The objects of all fragments of a response. */
void dnp3_message_read(struct dnp3_link *link, struct cursor objects);

/* dnp3_transport.c */

/* One segment of a response: completes a fragment and a message, or is kept for it. */
void dnp3_segment_add(struct dnp3_link *link, uint8_t transport, struct cursor segment);

/* dnp3_crc.c, dnp3_objects.c */

/* The CRC of `len` bytes as the link layer sends it, low byte first. */
uint16_t dnp3_crc(const uint8_t *bytes, size_t len);

/* Object groups with a meaning beyond "a value" (IEEE 1815-2012, Annex A). */
enum {
	DNP3_GROUP_ATTRIBUTE = 0,
	DNP3_GROUP_BINARY_OUTPUT = 10,
	DNP3_GROUP_BINARY_COMMAND = 12,
	DNP3_GROUP_ANALOG_DEADBAND = 34,
	DNP3_GROUP_ANALOG_COMMAND = 41,
	DNP3_GROUP_TIME = 50,
	DNP3_GROUP_FILE = 70,
	DNP3_GROUP_INDICATIONS = 80,
	DNP3_GROUP_AUTHENTICATION = 120
};

/* An object header without its objects (IEEE 1815-2012, 4.2.2.7). */
struct dnp3_header {
	uint8_t group, variation;
	uint8_t prefix; /* what stands before each object: 0 nothing, 1..3 an index, 4..6 a size */
	bool none;      /* no range: all points, and no objects follow */
	uint32_t first; /* index of the first object, when the range says so */
	uint32_t count;
};

/* Reads one header. False: cut, or a qualifier that the standard does not define. */
bool dnp3_header_read(struct cursor *c, struct dnp3_header *header);

/*
 * Walks the objects of a whole response of the sender, whose link address is `address`, and
 * reports its device attributes (group 0). Stops quietly at objects of unknown size, and where the
 * objects end too early: whatever stood whole before that was read. True when there
 * was an object of secure authentication (group 120).
 */
bool dnp3_objects_read(struct cursor objects, uint16_t address, struct observer *observer);

/* True when a response to a control says, in the objects it echoes, that an output was not operated. */
bool dnp3_control_failed(struct cursor objects);

/* The file name of a file command (group 70 variation 3); empty when the object is another one. */
struct cursor dnp3_file_name(struct cursor objects);

#endif
