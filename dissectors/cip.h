/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip.h - the Common Industrial Protocol inside EtherNet/IP (ODVA, The CIP Networks Library, volume 1).
 *
 *	enip.c         the encapsulation: takes a PDU to pieces, hands CIP messages to cip_message()
 *	cip.c          requests and replies, Unconnected Send, Multiple Service Packet
 *	cip_open.c     Forward Open: what it says of its target and of its originator
 *	cip_path.c     the encoded path (EPATH)
 *	cip_match.c    which request a reply answers, and which connection leads where
 *	cip_service.c  what a service does to the device
 *	cip_objects.c  attributes of the objects that identify a module
 *	pccc.c         PCCC commands inside CIP
 */
#ifndef EARSHOT_CIP_H
#define EARSHOT_CIP_H

#include "earshot/dissector.h"

enum cip_class {
	CIP_IDENTITY = 0x01,
	CIP_CONNECTION_MANAGER = 0x06,
	CIP_FILE = 0x37,
	CIP_SAFETY_SUPERVISOR = 0x39,
	CIP_TIME_SYNC = 0x43,
	CIP_DLR = 0x47,
	CIP_SECURITY = 0x5D,
	CIP_ENIP_SECURITY = 0x5E,
	CIP_CONTROLLER = 0x64, /* Logix: the project in the controller, or the module's own name */
	CIP_PCCC = 0x67,
	CIP_SYMBOL = 0x6B, /* Logix: a tag by its instance */
	CIP_PORT = 0xF4,
	CIP_TCPIP = 0xF5,
	CIP_ETHERNET_LINK = 0xF6,
	CIP_NO_CLASS = 0xFFFF /* the path names none: a symbol, or a bare route */
};

enum cip_service {
	CIP_GET_ALL = 0x01,
	CIP_SET_ALL = 0x02,
	CIP_GET_LIST = 0x03,
	CIP_SET_LIST = 0x04,
	CIP_RESET = 0x05,
	CIP_START = 0x06,
	CIP_STOP = 0x07,
	CIP_CREATE = 0x08,
	CIP_DELETE = 0x09,
	CIP_MULTIPLE = 0x0A,
	CIP_APPLY = 0x0D,
	CIP_GET_SINGLE = 0x0E,
	CIP_SET_SINGLE = 0x10,
	CIP_RESTORE = 0x15,
	CIP_SAVE = 0x16,
	CIP_READ_TAG = 0x4C,
	CIP_WRITE_TAG = 0x4D,
	CIP_READ_MODIFY_WRITE = 0x4E, /* Forward Close on the connection manager */
	CIP_READ_TAG_FRAGMENTED = 0x52,
	CIP_WRITE_TAG_FRAGMENTED = 0x53,
	CIP_FORWARD_CLOSE = 0x4E,
	CIP_UNCONNECTED_SEND = 0x52,
	CIP_FORWARD_OPEN = 0x54,
	CIP_LARGE_FORWARD_OPEN = 0x5B,
	CIP_EXECUTE_PCCC = 0x4B
};

enum cip_status {
	CIP_SUCCESS = 0x00,
	CIP_CONNECTION_FAILURE = 0x01,
	CIP_PARTIAL_TRANSFER = 0x06,
	CIP_ATTRIBUTE_LIST_ERROR = 0x0A,
	CIP_EMBEDDED_SERVICE_ERROR = 0x1E
};

#define CIP_SNN_LEN 6 /* safety network number: a date and time, little endian */

/* ---- cip_path.c ---- */

/* The port segments of a path as text: "1/3,2/10.0.0.9,1/0". Only text[0..len) is set. */
struct cip_route {
	uint8_t len;
	bool lost; /* longer than a path text: where it ends is not known */
	char text[PATH_TEXT_MAX];
};

/* What an electronic key segment says its target is. */
struct cip_key {
	uint32_t serial;
	uint16_t vendor, type, product;
	uint8_t major, minor; /* major: bit 7 = compatible devices are welcome too */
};

/* The safety network numbers of a safety network segment. */
struct cip_safety {
	uint8_t target[CIP_SNN_LEN], originator[CIP_SNN_LEN];
};

struct cip_path {
	uint32_t instance;
	uint16_t attribute;
	uint16_t class_id, class_last; /* first and last class segment, CIP_NO_CLASS without */
	bool has_instance, has_attribute, symbolic, has_key, has_safety;
	struct cip_route route;
	struct cip_key key;       /* set only with has_key, */
	struct cip_safety safety; /* and this only with has_safety: a hot path is read without clearing them */
};

/*
 * Reads a padded EPATH (volume 1, appendix C-1). False when it is cut off or a segment is
 * of unknown length; what stood before that is in `path` all the same.
 */
bool cip_path_read(struct cursor bytes, struct cip_path *path);

/* A tag, by its symbol or as an instance of the symbol object. */
static inline bool cip_path_is_tag(const struct cip_path *path)
{
	return path->symbolic || path->class_last == CIP_SYMBOL;
}

/* Appends the hops in text[0..len), or sets `lost`. */
void cip_route_append(struct cip_route *route, const char *text, size_t len);
/* The way along `first`, then along `route`, in `route`. */
void cip_route_join(struct cip_route *route, const struct cip_route *first);

/* ---- cip_match.c ---- */

/*
 * A PLC at start-up opens its connections through one adapter all at once, hence as many opens
 * as connections; a client that polls keeps a handful of requests in the air. What does not fit
 * takes the place of the oldest, which costs the reply of that one its request.
 */
#define CIP_PENDING_MAX 16
#define CIP_OPENS_MAX 8
#define CIP_CONNECTIONS_MAX 8
#define CIP_MEMBERS_MAX 24 /* identity-bearing requests inside Multiple Service Packets */
#define CIP_ROUTES_MAX 10  /* a route that is still needed is never given up for a new one */

/* What a request asked for, as far as its reply needs it. */
struct cip_asked {
	uint16_t class_id, instance, attribute; /* attribute: with PCCC, command << 8 | function */
	uint8_t service;
	uint8_t position; /* in a Multiple Service Packet */
};

enum cip_carrier_kind { CIP_UNCONNECTED, CIP_CONNECTED, CIP_CONNECTED_UNKNOWN };

/* What ties a reply to its request: sender context and session, or sequence and connection. */
struct cip_carrier {
	uint64_t context;
	uint32_t session;
	uint8_t kind;
	uint8_t route; /* where the connection leads */
};

struct cip_pending {
	uint64_t context;
	uint32_t session, acknowledged;
	struct cip_asked asked;
	uint16_t age;
	bool unsure; /* which module it went to was not seen */
	bool tags;   /* a tag is read or written */
	uint8_t kind, operations;
	uint8_t route;   /* 0: the device itself, else an entry of routes[] + 1 */
	uint8_t open;    /* 0, or an entry of opens[] + 1 */
	uint8_t members; /* entries of members[] that are its own */
};

/* A Forward Open under way. */
struct cip_open {
	uint32_t interval_us; /* requested packet interval, target to originator */
	uint32_t originator;
	uint16_t connection_serial, vendor;
	struct cip_key key;
	struct cip_safety safety;
	bool used, has_key, has_safety;
	uint8_t trigger; /* direction, trigger, transport class */
};

/* An explicit-message connection that was accepted. */
struct cip_connection {
	uint32_t to_target, to_originator; /* connection ids */
	uint32_t originator;
	uint16_t connection_serial, vendor;
	uint16_t age;
	uint8_t route;
};

struct cip_state {
	struct cip_pending pending[CIP_PENDING_MAX];
	uint16_t in_flight; /* bit per entry of pending[]: in use. The lowest free one is taken, so this stays small */
	struct cip_open opens[CIP_OPENS_MAX];
	struct cip_connection connections[CIP_CONNECTIONS_MAX];
	uint16_t connected; /* the same for connections[] */
	struct cip_asked members[CIP_MEMBERS_MAX];
	uint8_t member_of[CIP_MEMBERS_MAX]; /* entry of pending[] + 1, 0: free */
	struct cip_route routes[CIP_ROUTES_MAX];
	uint16_t present, tags; /* bit per route (bit 0 the device): reported already */
	uint16_t clock;
	uint8_t next_route;
	bool pipelined; /* requests with one and the same key are in the air together */
};

/* The number of a route that is not empty. May forget the oldest request or connection for it. */
uint8_t cip_route_number(struct cip_state *s, const struct cip_route *route);

/* A zeroed entry for a new request on `carrier`; never NULL. Not valid after the next call. */
struct cip_pending *cip_pending_add(struct cip_state *s, const struct cip_carrier *carrier, const struct frame *frame);
/* The request that a reply with `service` on `carrier` answers, or NULL. */
struct cip_pending *cip_pending_find(struct cip_state *s, const struct cip_carrier *carrier, uint8_t service);
void cip_pending_drop(struct cip_state *s, struct cip_pending *p);

/* Keeps what one member of a Multiple Service Packet asked; silently not when full. */
void cip_member_add(struct cip_state *s, struct cip_pending *p, const struct cip_asked *asked);
const struct cip_asked *cip_member_find(const struct cip_state *s, const struct cip_pending *p, unsigned position);

struct cip_open *cip_open_add(struct cip_state *s, struct cip_pending *p);
void cip_connection_add(
	struct cip_state *s, const struct cip_open *open, uint8_t route, uint32_t to_target, uint32_t to_originator);
void cip_connection_close(struct cip_state *s, uint16_t connection_serial, uint16_t vendor, uint32_t originator);
/* The connection with this id in the direction of a request or of a reply, or NULL. */
const struct cip_connection *cip_connection_find(const struct cip_state *s, uint32_t id, bool request);

/* ---- cip.c ---- */

/* One PDU at work. */
struct cip_work {
	const struct pdu *pdu;
	struct cip_state *state;
	struct observer *observer;
};

/* A module that a message is about. What is said of it is a cip_statement(), made only when there is something. */
struct cip_module {
	uint8_t subject; /* enum subject */
	uint8_t route;   /* 0: the device itself, else an entry of routes[] + 1 */
	bool unsure;
};

struct statement cip_statement(const struct cip_work *w, const struct cip_module *module, const char *message);

/* One CIP message: request or reply, without the sequence count of a connected one. */
void cip_message(const struct cip_work *w, const struct cip_carrier *carrier, struct cursor message);

/* A request with its Unconnected Send wrappings taken off, their routes joined in path.route. */
struct cip_request {
	struct cip_path path;
	uint8_t service;
	struct cursor data;
};

/* ---- cip_open.c ---- */

static inline bool cip_is_open(uint8_t service, uint16_t class_id)
{
	return class_id == CIP_CONNECTION_MANAGER && (service == CIP_FORWARD_OPEN || service == CIP_LARGE_FORWARD_OPEN);
}

/* What a Forward Open request says of its sender, and in `p` what its success will say of the target. */
void cip_open_request(const struct cip_work *w, const struct cip_request *r, struct cip_pending *p);
void cip_open_reply(const struct cip_work *w, const struct cip_pending *p, struct cursor data);
void cip_close_request(const struct cip_work *w, const struct cip_request *r);
/* Vendor and serial number that a client gives as its own. */
void cip_originator(struct observer *o, const char *message, uint16_t vendor, uint32_t serial);

/* ---- cip_service.c ---- */

/* The OPERATION_ bits of a service on what `path` addresses. */
unsigned cip_service_operations(uint8_t service, const struct cip_path *path);
/* Reports a service that matters by itself (reset, stop, firmware update). */
void cip_service_event(
	const struct cip_work *w, const struct cip_module *to, uint8_t service, const struct cip_path *path);
/* The message kind of a service that reads or writes a tag, NULL for any other. Static storage. */
const char *cip_tag_message(uint8_t service);

/* ---- cip_objects.c ---- */

static inline bool cip_is_get(uint8_t service)
{
	return service == CIP_GET_ALL || service == CIP_GET_LIST || service == CIP_GET_SINGLE;
}

/* True when the reply to `asked`, a cip_is_get() service, may carry facts, so that it must be remembered. */
bool cip_object_matters(const struct cip_asked *asked);
/* The facts in the reply to `asked` about the module `from`. */
void cip_object_reply(const struct cip_work *w, const struct cip_module *from, const struct cip_asked *asked,
	uint8_t status, struct cursor data);
/* Vendor to product name as Get_Attributes_All of the identity object and ListIdentity give them. */
bool cip_identity(struct observer *o, const struct statement *to, struct cursor *data);
/* "8F3A_0012_4C01", date word first. `out` has room for 15. False when it is nobody's number. */
bool cip_safety_number_text(char *out, const uint8_t snn[CIP_SNN_LEN]);

#endif
