/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inventory.h - the facts in memory: who spoke, what was said, who talked to whom.
 *
 * An inventory holds what one or more captures proved, and nothing concluded from it.
 * It is built by recording (one capture) and by merging (union: earliest first, latest
 * last, counts added); the result does not depend on the order. Rows refer to each
 * other by index into the arrays below; text is interned and referred to by id.
 *
 * Every array has a maximum (struct inventory_limits). A row that does not fit is not
 * kept and is counted in `inventory_refused`.
 */
#ifndef EARSHOT_INVENTORY_H
#define EARSHOT_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earshot/address.h"
#include "earshot/attribute.h"
#include "earshot/frame.h"
#include "earshot/observer.h"
#include "earshot/protocol.h"
#include "sensor/util/index.h"
#include "sensor/util/strings.h"

/* Where something was seen. `capture` is an index into inventory.captures. */
struct sighting {
	int64_t time_ns;
	uint64_t frame : 40;
	uint64_t capture : 24;
};

/* The span of sightings of one row. */
struct span {
	struct sighting first, last;
};

/* What one dissector saw in one capture. */
struct protocol_count {
	uint32_t capture;
	uint32_t protocol; /* string */
	uint64_t pdus, malformed, unassembled_bytes;
};

/* One capture file, or one standard input. Counters say what could not be shown. */
struct capture {
	char *name;      /* as given, directories cut; owned */
	char sha256[65]; /* of the file's bytes as they are (compressed, if it is) */
	char link_type[32];
	uint64_t bytes, packets;
	int64_t first_ns, last_ns; /* 0 without packets */
	uint64_t truncated_packets;  /* cut by the snap length */
	uint64_t undecoded_packets;  /* link type, EtherType or header not understood */
	uint64_t dropped_packets;    /* by the capturing system, as a pcapng says */
	uint64_t duplicate_packets;  /* second copies from a SPAN of both directions */
	uint64_t fragments_lost;     /* IP fragments never completed */
	uint64_t gaps, gap_bytes;    /* lost TCP segments, and the bytes they carried */
	uint64_t flows, one_sided_flows; /* TCP and UDP conversations; those with data in one direction only */
	uint64_t encrypted_flows;    /* TLS and the like */
	uint64_t unclaimed_flows;    /* no dissector of ours claimed them */
	uint64_t evicted_flows, evicted_rows; /* bounds that were hit */
	uint64_t cut_at_byte;        /* 0: whole; else where the file broke off */
	int64_t live_ns; /* when listening began (name and this are its key, sha256 is ""); 0: a file */
};

/* Where a fact sticks. */
struct endpoint {
	struct address address;
	uint8_t path_kind; /* enum path_kind */
	bool spoke;        /* sent at least one frame (address) or answered (path) */
	bool unproved;     /* only while recording, see inventory_endpoint_seen() */
	uint32_t path;     /* string */
	uint64_t packets;  /* sent, in flows that were counted */
	struct span seen;  /* as a sender; of `first` sight as a receiver while !spoke */
};

#define HOPS_UNKNOWN 255
#define VLAN_NONE 0xffff

/* An IP address that arrived from a MAC. Not proof that the MAC is its own: see conclude/asset.c. */
struct binding {
	uint32_t ip, mac;  /* endpoints */
	uint16_t vlan;     /* innermost VLAN id, or VLAN_NONE */
	uint8_t hops;      /* least number of routers the hop limit admits (0: same network), or HOPS_UNKNOWN */
	struct span seen;
};

/* One thing that one kind of message said about one endpoint. */
struct fact {
	uint32_t endpoint;
	uint8_t attribute;  /* enum attribute */
	uint8_t protocol;   /* enum protocol */
	uint8_t naming;     /* enum naming: when set, `value` is 0 and the name is looked up from `code` */
	uint8_t confidence; /* percent */
	uint32_t message, value, code; /* strings; code 0: none */
	uint64_t count;
	struct span seen;
};

enum link_basis {
	LINK_DISSECTED, /* a dissector of ours read it */
	LINK_LABELLED,  /* libnDPI named it: low confidence */
	LINK_PLAIN      /* nobody knows; protocol is "" */
};

/* Two endpoints that talked, or one that asked in vain. */
struct link {
	uint32_t client, server; /* endpoints without path */
	uint32_t protocol;       /* string */
	uint16_t port;           /* of the server; 0 for link-layer protocols */
	uint8_t transport;       /* enum transport */
	uint8_t basis;           /* enum link_basis; the strongest */
	uint8_t parts;           /* PART_ bits: asked, answered, exchanged */
	uint8_t asked, answered, refused; /* enum operation bits */
	bool direction_proven;   /* by the protocol or the handshake; else `client` only spoke first */
	uint64_t packets, bytes; /* both directions, IP payload counted as on the wire */
	struct span seen;
};

/* The first proof of an operation on a link (message 0: the earliest one stays), or an event (message set, counted). */
struct activity {
	uint32_t link;
	uint8_t operation; /* one OPERATION_ bit */
	uint32_t message, detail; /* strings */
	uint64_t count;    /* 0 for the proof of an operation: cyclic traffic is not counted */
	struct span seen;
};

struct inventory_limits {
	uint32_t endpoints, bindings, facts, links, activities, captures;
	size_t string_bytes;
	/* Of them, rows that no dissector vouches for: a scan must not keep out a controller. 0: as many as there is room. */
	uint32_t unproved_endpoints, unproved_links;
};
extern const struct inventory_limits inventory_limits_default;

struct marks;

struct inventory {
	struct inventory_limits limits;
	uint64_t refused; /* rows that did not fit */
	bool sealed;      /* see inventory_seal() */
	uint32_t unproved_endpoints, unproved_links;
	struct marks *marks; /* rows that a merge changed, see marks.h; NULL: nobody asks. Owned */
	struct strings strings;
	struct capture *captures;
	struct protocol_count *protocol_counts;
	struct endpoint *endpoints;
	struct binding *bindings;
	struct fact *facts;
	struct link *links;
	struct activity *activities;
	uint32_t capture_count, protocol_count_count, endpoint_count, binding_count, fact_count, link_count, activity_count;
	uint32_t capture_room, protocol_count_room, endpoint_room, binding_room, fact_room, link_room, activity_room;
	struct index endpoint_index, binding_index, fact_index, link_index, activity_index, protocol_count_index;
};

#define INVENTORY_NONE UINT32_MAX

/* NULL when memory is out. */
struct inventory *inventory_new(const struct inventory_limits *limits);
void inventory_free(struct inventory *inv);

/* A new capture; its index, or INVENTORY_NONE. `name` is copied. */
uint32_t inventory_capture_add(struct inventory *inv, const char *name);

/* The row of an endpoint, or INVENTORY_NONE. `path` NULL: the address itself. */
uint32_t inventory_endpoint_find(const struct inventory *inv, const struct address *address, const struct path *path);

/* Find or make; the index, or INVENTORY_NONE when the table is full or memory is out.
 * The `seen` of a row that exists is widened by `at`. */
uint32_t inventory_endpoint(struct inventory *inv, const struct address *address, const struct path *path, bool spoke,
			    const struct sighting *at);
/* The same for an address that was only seen, which no dissector vouches for; inventory_endpoint() of a row that exists
 * vouches for it from then on. */
uint32_t inventory_endpoint_seen(struct inventory *inv, const struct address *address, bool spoke, const struct sighting *at);
uint32_t inventory_binding(struct inventory *inv, uint32_t ip, uint32_t mac, uint16_t vlan, uint8_t hops,
			   const struct sighting *at);
struct fact_key {
	uint32_t endpoint;
	enum attribute attribute;
	enum protocol protocol;
	enum naming naming;
	uint8_t confidence;
	const char *message, *value, *code; /* NUL-terminated valid UTF-8; code may be NULL */
};
uint32_t inventory_fact(struct inventory *inv, const struct fact_key *key, uint64_t count, const struct span *seen);
/* Packets, bytes, parts and operations of an existing link are for the caller to add to. */
uint32_t inventory_link(struct inventory *inv, uint32_t client, uint32_t server, const char *protocol,
			enum transport transport, uint16_t port, const struct span *seen);
/* A new row counts as unproved. */
uint32_t inventory_link_seen(struct inventory *inv, uint32_t client, uint32_t server, const char *protocol,
			     enum transport transport, uint16_t port, const struct span *seen);
uint32_t inventory_activity(struct inventory *inv, uint32_t link, enum operation operation, const char *message,
			    const char *detail, uint64_t count, const struct span *seen);
struct protocol_count *inventory_protocol_count(struct inventory *inv, uint32_t capture, const char *protocol);

/* All rows and texts go, the memory stays: as new, with the same limits. 0 or -ENOMEM. */
int inventory_empty(struct inventory *inv);

/*
 * Nothing more will be recorded or merged in: gives back what was only needed to find rows and to make room for more.
 * What is added all the same is refused.
 */
void inventory_seal(struct inventory *inv);

/* The index of a capture with this SHA-256, or INVENTORY_NONE. */
uint32_t inventory_capture_by_sha256(const struct inventory *inv, const char *sha256);

/* -1, 0, 1: by time, then capture (SHA-256, name), then frame. Independent of the order of reading. */
int sighting_compare(const struct inventory *inv, const struct sighting *a, const struct sighting *b);

/*
 * Union of `from` into `into`. Captures of files that `into` already holds (by SHA-256) must not be in `from`; what
 * `from` has of a live capture is added to what `into` has of it (by name and live_ns). 0, or -ENOMEM with `into`
 * unchanged in meaning but incomplete (throw it away).
 */
int inventory_merge(struct inventory *into, const struct inventory *from);

/* "dissected", "labelled", "plain". Static storage. */
const char *link_basis_name(unsigned basis);

/* The text of a string id; "" for 0. */
const char *inventory_text(const struct inventory *inv, uint32_t string);

#endif
