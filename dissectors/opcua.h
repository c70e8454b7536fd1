/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opcua.h - what the parts of the OPC UA dissector share: connection protocol and secure channel
 * (opcua.c), services (opcua_services.c), who the applications are (opcua_identity.c), built-in
 * types (opcua_types.c).
 */
#ifndef EARSHOT_OPCUA_H
#define EARSHOT_OPCUA_H

#include "earshot/dissector.h"

#define OPCUA_REQUESTS_MAX 32 /* in flight; more push each other out, and their answers tell less */
#define OPCUA_READ_NODES_MAX 8

/* A request until its answer. Of a read, which of its nodes say who the server is. */
struct opcua_request {
	bool used;
	uint8_t operations, node_count, direction;
	uint32_t id;
	struct {
		uint16_t place, node;
	} nodes[OPCUA_READ_NODES_MAX];
};

/* A message that comes in several chunks, in the assembly slot of its place in the array. */
struct opcua_stream {
	bool used;
	uint8_t direction;
	uint32_t request;
};

enum opcua_role { OPCUA_UNKNOWN, OPCUA_CLIENT, OPCUA_SERVER };

struct opcua_state {
	uint8_t roles[2]; /* enum opcua_role by direction */
	bool secured;     /* what follows is signed, and encrypted as a rule */
	struct opcua_stream streams[ASSEMBLY_SLOTS];
	struct opcua_request requests[OPCUA_REQUESTS_MAX];
};
_Static_assert(sizeof(struct opcua_state) <= DISSECTOR_STATE_MAX, "state too large");

/* One message. */
struct opcua {
	const struct pdu *pdu;
	struct opcua_state *state;
	struct observer *observer;
	struct statement about; /* the sender */
	uint32_t request;       /* the request id of its sequence header */
};

/* opcua.c */

/* Takes note of who sends this way, tells it, and gives who it is. */
enum opcua_role opcua_say(struct opcua *d, enum opcua_role role, unsigned operations, bool refused);

/* opcua_services.c: the body of a message, from its type on. False: malformed. */
bool opcua_service_read(struct opcua *d, struct cursor body);

/* opcua_identity.c */

/* The subject of a certificate that the sender shows as its own. */
void opcua_certificate_report(struct opcua *d, const char *message, struct cursor certificate);

/* Descriptions of the applications themselves; false: malformed. */
bool opcua_create_session_request(struct opcua *d, struct cursor c);
bool opcua_create_session_response(struct opcua *d, struct cursor c);
bool opcua_endpoints_response(struct opcua *d, struct cursor c);
bool opcua_find_servers_response(struct opcua *d, struct cursor c);
bool opcua_register_request(struct opcua *d, struct cursor c);

/* Notes the nodes of a read that say who the server is. `*identity` when there are no others. */
bool opcua_read_request(struct cursor c, struct opcua_request *request, bool *identity);
/* Their values, and server status wherever it is. */
bool opcua_read_response(struct opcua *d, struct cursor c, const struct opcua_request *request);

/* opcua_types.c (OPC 10000-6, 5.2.2): false, or an empty range, when cut. */

/* String or ByteString; empty when null. */
struct cursor opcua_string(struct cursor *c);
/* The text of a LocalizedText. */
struct cursor opcua_localized_text(struct cursor *c);
/* A numeric NodeId of namespace 0, or 0 for any other. */
uint32_t opcua_node_id(struct cursor *c);
/* The elements of an array that follows; 0 when null. */
uint32_t opcua_count(struct cursor *c);
/* An ExtensionObject: its type as opcua_node_id() and its body. */
uint32_t opcua_extension(struct cursor *c, struct cursor *body);
void opcua_diagnostic_skip(struct cursor *c);
void opcua_strings_skip(struct cursor *c);

/* A value with its type; scalars of String and ExtensionObject keep their content. */
struct opcua_value {
	uint8_t type; /* 0 none, 12 String, 22 ExtensionObject, ... */
	bool array;
	bool bad;           /* a status says that it is no good */
	uint32_t extension; /* with type 22 */
	struct cursor content;
};
enum { OPCUA_STRING = 12, OPCUA_EXTENSION = 22 };

/* A DataValue. False when cut, or when values are nested in it: what follows is out of reach. */
bool opcua_data_value(struct cursor *c, struct opcua_value *value);

#endif
