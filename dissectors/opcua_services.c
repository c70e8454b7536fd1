/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opcua_services.c - requests and responses of OPC UA (OPC 10000-4, 5 and 7.32, 7.33; type numbers of
 * the binary encoding from OPC 10000-6, annex A).
 *
 *	request:  | type NodeId | token NodeId | time 64 | handle 32 | flags 32 | audit id | timeout 32 | object | ...
 *	response: | type NodeId | time 64 | handle 32 | result 32 | diagnostics | strings | object | ...
 *
 * Encrypted bodies begin with no such type: of them only who sends is told.
 */
#include <string.h>

#include "opcua.h"

enum {
	SERVICE_FAULT = 397,
	FIND_SERVERS = 422,
	GET_ENDPOINTS = 428,
	REGISTER_SERVER = 437,
	CREATE_SESSION = 461,
	READ = 631,
	HISTORY_READ = 664,
	CALL = 712,
	REGISTER_SERVER_2 = 12211
};
#define BAD 0x80000000u /* severity bits of a StatusCode */

/* Every service by the number of its request; its response follows by `step`. */
static const struct service {
	uint16_t request;
	uint8_t step, operations;
} services[] = {
	{FIND_SERVERS, 3, OPERATION_DIAGNOSE},
	{GET_ENDPOINTS, 3, OPERATION_DIAGNOSE},
	{REGISTER_SERVER, 3, OPERATION_NONE},
	{446, 3, OPERATION_NONE}, /* OpenSecureChannel */
	{452, 3, OPERATION_NONE}, /* CloseSecureChannel */
	{CREATE_SESSION, 3, OPERATION_NONE},
	{467, 3, OPERATION_NONE},      /* ActivateSession */
	{473, 3, OPERATION_NONE},      /* CloseSession */
	{479, 3, OPERATION_NONE},      /* Cancel */
	{488, 3, OPERATION_CONFIGURE}, /* AddNodes */
	{494, 3, OPERATION_CONFIGURE}, /* AddReferences */
	{500, 3, OPERATION_CONFIGURE}, /* DeleteNodes */
	{506, 3, OPERATION_CONFIGURE}, /* DeleteReferences */
	{527, 3, OPERATION_DIAGNOSE},  /* Browse */
	{533, 3, OPERATION_DIAGNOSE},  /* BrowseNext */
	{554, 3, OPERATION_DIAGNOSE},  /* TranslateBrowsePathsToNodeIds */
	{560, 3, OPERATION_NONE},      /* RegisterNodes */
	{566, 3, OPERATION_NONE},      /* UnregisterNodes */
	{615, 3, OPERATION_READ},      /* QueryFirst */
	{621, 3, OPERATION_READ},      /* QueryNext */
	{READ, 3, OPERATION_READ},
	{HISTORY_READ, 3, OPERATION_READ},
	{673, 3, OPERATION_WRITE}, /* Write */
	{700, 3, OPERATION_WRITE}, /* HistoryUpdate */
	{CALL, 3, OPERATION_CONTROL},
	{751, 3, OPERATION_READ}, /* monitored items: create, modify, mode, triggering, delete */
	{763, 3, OPERATION_READ},
	{769, 3, OPERATION_READ},
	{775, 3, OPERATION_READ},
	{781, 3, OPERATION_READ},
	{787, 3, OPERATION_READ}, /* subscriptions: create, modify, mode, publish, republish, transfer, delete */
	{793, 3, OPERATION_READ},
	{799, 3, OPERATION_READ},
	{826, 3, OPERATION_READ},
	{832, 3, OPERATION_READ},
	{841, 3, OPERATION_READ},
	{847, 3, OPERATION_READ},
	{12208, 1, OPERATION_DIAGNOSE}, /* FindServersOnNetwork */
	{REGISTER_SERVER_2, 1, OPERATION_NONE},
};

static const struct service *service_find(uint32_t type, bool *response)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
		*response = type == services[i].request + (uint32_t)services[i].step;
		if (*response || type == services[i].request)
			return &services[i];
	}
	return NULL;
}

static bool request_header_read(struct cursor *c)
{
	struct cursor body;
	opcua_node_id(c);
	cursor_skip(c, 16);
	opcua_string(c);
	cursor_skip(c, 4);
	opcua_extension(c, &body);
	return cursor_ok(c);
}

static bool response_header_read(struct cursor *c, uint32_t *result)
{
	struct cursor body;
	cursor_skip(c, 12);
	*result = cursor_le32(c);
	opcua_diagnostic_skip(c);
	opcua_strings_skip(c);
	opcua_extension(c, &body);
	return cursor_ok(c);
}

static struct opcua_request *request_place(struct opcua *d)
{
	return &d->state->requests[d->request % OPCUA_REQUESTS_MAX];
}

static bool request_read(struct opcua *d, const struct service *service, struct cursor c)
{
	struct opcua_request request = {.used = true, .direction = d->pdu->direction, .id = d->request};
	unsigned operations = service->operations;
	bool identity = false;
	if (!request_header_read(&c))
		return false;
	switch (service->request) {
	case CREATE_SESSION:
		if (!opcua_create_session_request(d, c))
			return false;
		break;
	case REGISTER_SERVER:
	case REGISTER_SERVER_2:
		if (!opcua_register_request(d, c))
			return false;
		break;
	case READ:
		if (!opcua_read_request(c, &request, &identity))
			return false;
		operations = identity ? OPERATION_DIAGNOSE : OPERATION_READ;
		break;
	case CALL: {
		struct statement s = {
			.protocol = PROTOCOL_OPCUA, .subject = SUBJECT_RECEIVER, .message = "CallRequest"};
		observer_event(d->observer, &s, OPERATION_CONTROL, NULL);
		break;
	}
	default:
		break;
	}
	request.operations = (uint8_t)operations;
	*request_place(d) = request;
	opcua_say(d, OPCUA_CLIENT, operations, false);
	return true;
}

/* History was read from it: it keeps one. */
static void history_report(struct opcua *d)
{
	d->about.message = "HistoryReadResponse";
	observer_fact_string(d->observer, &d->about, ATTRIBUTE_PROFILE, "history of values");
}

static bool granted_read(
	struct opcua *d, const struct service *service, struct cursor c, const struct opcua_request *request)
{
	switch (service->request) {
	case FIND_SERVERS:
		return opcua_find_servers_response(d, c);
	case GET_ENDPOINTS:
		return opcua_endpoints_response(d, c);
	case CREATE_SESSION:
		return opcua_create_session_response(d, c);
	case READ:
		return opcua_read_response(d, c, request);
	case HISTORY_READ:
		history_report(d);
		return true;
	default:
		return true;
	}
}

/* `service` is NULL for a ServiceFault. */
static bool response_read(struct opcua *d, const struct service *service, struct cursor c)
{
	struct opcua_request request = {.used = false}, *place = request_place(d);
	uint32_t result;
	if (!response_header_read(&c, &result))
		return false;
	if (place->used && place->id == d->request && place->direction != d->pdu->direction) {
		request = *place;
		place->used = false;
		observer_confirm(d->observer);
	}
	unsigned operations = request.used      ? request.operations
			      : service != NULL ? service->operations
						: OPERATION_NONE;
	bool refused = service == NULL || result & BAD;
	opcua_say(d, OPCUA_SERVER, operations, refused);
	return refused || granted_read(d, service, c, &request);
}

bool opcua_service_read(struct opcua *d, struct cursor body)
{
	uint32_t type = opcua_node_id(&body);
	bool response = true;
	if (!cursor_ok(&body))
		type = 0;
	const struct service *service = service_find(type, &response);
	if (service == NULL && type != SERVICE_FAULT) {
		opcua_say(d, OPCUA_UNKNOWN, OPERATION_NONE, false);
		return true;
	}
	if (service != NULL && !response)
		return request_read(d, service, body);
	return response_read(d, service, body);
}
