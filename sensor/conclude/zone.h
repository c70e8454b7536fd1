/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone.h - zones, conduits between them, the verdict on each channel, and findings.
 *
 * Zones are what people declared, and deterministic proposals for the rest, each with one line that says why
 * (IEC 62443-3-2 ZCR 3.1 to 3.6). Every asset is in exactly one zone, or visibly in none. A conduit is a pair of
 * zones that talk (or that people declared); a channel is one way in which two assets talk through it.
 */
#ifndef EARSHOT_ZONE_H
#define EARSHOT_ZONE_H

#include "sensor/declare/declarations.h"
#include "sensor/inventory/inventory.h"

#define ZONE_NONE UINT32_MAX
#define CONDUIT_NONE UINT32_MAX

struct zone {
	const char *id;   /* a declared one's own; else from the anchor of the zone: "cell-10.20.10.11", "ot-10.20.1.0-24" */
	const char *name; /* for people */
	enum zone_kind kind;
	enum declared_status status;
	const struct declared_zone *declared; /* NULL: a proposal of the sensor */
	const char *basis;    /* one word: declared, cyclic, supervision, subnet, vlan, safety, business, dmz, external, wireless, temporary */
	const char *reason;   /* one line: why these assets */
	double confidence;    /* 0 .. 1; 1 for an accepted declaration */
	double cohesion;      /* packets inside / all packets of its assets; 1 without any */
	const char *level_low, *level_high; /* of its assets; NULL: unknown */
	uint32_t *assets;     /* sorted indexes, without children: they are where their parent is */
	uint32_t asset_count;
	const char **subnets; /* logical boundary (ZCR 6.4 c): "10.20.1.0/24", sorted */
	uint16_t *vlans;      /* sorted */
	uint32_t subnet_count, vlan_count;
	uint32_t *access_points; /* logical access points (ZCR 6.4 f): assets of the zone reached from outside, and its routers; sorted */
	uint32_t access_point_count;
};

enum verdict_of_channel {
	CHANNEL_ALLOWED,
	CHANNEL_DENIED,     /* an accepted conduit does not allow it, or accepted zones have no accepted conduit between them */
	CHANNEL_UNREVIEWED, /* nobody decided: one of the zones or the conduit is only proposed */
	CHANNEL_EXPIRED,    /* a rule allowed it until a day before its last sighting */
	CHANNEL_NOT_OBSERVED, /* allowed, but not seen in these captures; `link_count` is 0 */
	CHANNEL_VERDICTS
};
/* "allowed", "denied", "unreviewed", "expired", "not observed". Static storage. */
const char *channel_verdict_name(enum verdict_of_channel verdict);

struct channel {
	uint32_t initiator, responder; /* assets; ASSET_NONE in a channel that was not observed */
	const char *protocol, *transport; /* "" unknown; "" for the link layer */
	uint16_t port;
	uint8_t operations;   /* asked or exchanged */
	uint8_t basis;        /* enum link_basis */
	bool answered;
	uint64_t packets, bytes;
	struct span seen;
	const uint32_t *links; /* indexes of conclusions.links */
	uint32_t link_count;
	enum verdict_of_channel verdict;
	const struct conduit_rule *rule; /* that decided; NULL: none */
	const char *because;  /* one line */
};

struct conduit {
	const char *id;  /* the declared one's, else "ZONE--ZONE" */
	uint32_t zones[2]; /* indexes, [0] < [1]; equal for a declared conduit inside a zone. ZONE_NONE never */
	const struct declared_conduit *declared;
	struct channel *channels; /* sorted by initiator, responder, protocol, transport, port */
	uint32_t channel_count;
	uint32_t initiated[2]; /* observed channels opened from zones[0], from zones[1] */
	uint32_t counts[CHANNEL_VERDICTS];
	enum verdict_of_channel verdict; /* the worst: denied, expired, unreviewed, allowed, not observed */
	uint32_t *through; /* routers and firewalls that carried it; sorted assets */
	uint32_t through_count;
	const char **protocols; /* sorted, without "" */
	uint32_t protocol_count;
	uint64_t packets, bytes;
	struct span seen; /* valid when a channel was observed */
};

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };
const char *severity_name(enum severity severity); /* "info" ... "high" */

/* A frame that shows it. */
struct evidence {
	struct sighting at;
	const char *what; /* "modbus write 10.1.5.77 -> 10.20.10.11" */
};

/* Something a person should decide about. Evidence for a requirement, never a verdict of compliance. */
struct finding {
	char id[17];          /* the first 16 hexadecimal digits of a SHA-256 over the rule and the ids of what it is about */
	const char *rule;     /* "business-to-control", ... see finding.c */
	enum severity severity;
	const char *title;    /* one line, of the rule */
	const char *text;     /* what was seen, with names and addresses */
	const char *advice;   /* what a person can do now */
	const char *clause;   /* "IEC 62443-3-2 ZCR 3.2; IEC 62443-2-1 NET 1" : what it is evidence for */
	uint32_t *assets;     /* the one it is about first; children allowed */
	uint32_t asset_count;
	uint32_t zone, conduit; /* ZONE_NONE, CONDUIT_NONE: not about one */
	struct evidence *evidence; /* earliest first, at most EVIDENCE_MAX */
	uint32_t evidence_count;
};
#define EVIDENCE_MAX 8 /* frames shown for one finding; the channels have the rest */

#endif
