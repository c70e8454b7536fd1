/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asset.h - what follows from the facts: devices, what stands behind them, who talks to whom.
 *
 * A conclusion is a pure function of an inventory (facts), of knowledge (tables and rules) and of declarations.
 * Nothing here is ever edited; it is made again. The same facts give the same conclusions
 * byte for byte, in whatever order they were recorded. All text is borrowed from the inventory,
 * the knowledge, the declarations or the arena inside, so those must outlive it.
 */
#ifndef EARSHOT_ASSET_H
#define EARSHOT_ASSET_H

#include "sensor/conclude/knowledge.h"
#include "sensor/conclude/zone.h"
#include "sensor/declare/declarations.h"
#include "sensor/inventory/inventory.h"
#include "sensor/util/arena.h"

#define ASSET_ID_MAX 17
#define ASSET_NONE UINT32_MAX

/* A path in the borrowed words of the inventory; `text` is "" when kind is PATH_NONE. */
struct place {
	uint8_t kind; /* enum path_kind */
	const char *text;
};

/* A fact as an asset shows it: names looked up, and where in the device it belongs. */
struct asset_fact {
	const struct fact *fact;
	const char *value; /* the name where the fact has only a code; the code itself when nobody knows the name */
	struct place at;   /* PATH_NONE: the asset itself */
};

struct interface {
	const char *mac;        /* NULL: not proved */
	const char *mac_vendor; /* NULL: unknown */
	const char **ips;       /* sorted */
	uint16_t *vlans;        /* sorted */
	const char **hostnames; /* sorted */
	uint32_t ip_count;
	uint16_t vlan_count, hostname_count;
};

/* "server" when it answered, "client" when it asked, "both" when it did both or the protocol is symmetric. */
struct role {
	const char *protocol, *role, *transport; /* transport "" for link-layer protocols */
	uint16_t port;                           /* of the server; 0: none or many */
	uint8_t basis;                           /* enum link_basis */
	uint8_t operations;                      /* enum operation bits: asked for a client, answered for a server */
	uint8_t refused;
	uint32_t peers;
	uint8_t asked, answered;   /* `operations` of a "both" taken apart */
	uint32_t servers, clients; /* distinct partners that it asked and got answers from; that it answered */
	struct span seen;
};

/* A rule that spoke about the type of an asset. */
struct verdict {
	const char *rule, *type; /* rule id, and the type it argues for */
	double score;
	const char *because; /* one line naming the fact or role that matched */
	bool won;
};

/* A type needs so many points, and to be so many ahead of the next. */
#define TYPE_POINTS_MIN 3.0
#define TYPE_MARGIN_MIN 1.0
/* What the rules say for this type together: the strongest fully, each further one a quarter. */
double type_points(const struct verdict *verdicts, size_t count, const char *type);

struct conflict {
	const char *attribute;
	const char **values; /* sorted, at least two */
	size_t value_count;
};

struct asset {
	struct place at; /* inside the parent */
	/* The effective value of each field; NULL: unknown. */
	const char *name, *vendor, *model, *order_number, *serial_number, *hardware_version, *firmware_version, *os;
	const char *type; /* "unknown" when the evidence is thin */
	double type_confidence;
	struct verdict *verdicts;  /* winners first, then by score */
	const char **flags;        /* sorted */
	const char **flag_reasons; /* of each flag: one line naming the fact or role that matched */
	const char *purdue_level;  /* NULL: unknown */
	double level_confidence;   /* 0 .. 1 */
	const char *level_reason;  /* one line; NULL when the level is unknown */
	const char *vendor_reason; /* one line naming the fact that a rule concluded the vendor from; NULL: facts say it */
	const char *zone_reason;   /* why it is in its zone, or in none; NULL for a child */
	const struct declared_asset *declared; /* the row of the register that is this asset; NULL: none */
	struct interface *interfaces;
	struct role *roles;
	struct asset_fact *facts; /* sorted by attribute name, value, protocol, message, place */
	struct conflict *conflicts;
	/* What would have identified it, for `coverage`; NULL when it is identified. */
	const char *would_identify;
	struct span seen;
	uint32_t parent; /* index into conclusions.assets, or ASSET_NONE */
	uint32_t zone;   /* index into conclusions.zones, or ZONE_NONE: in none; of a child that of its parent */
	uint32_t rival_zone; /* another declared zone that names it in the same way; ZONE_NONE: none */
	uint32_t interface_count, role_count, fact_count;
	uint16_t verdict_count, flag_count, conflict_count;
	/*
	 * The first 16 hexadecimal digits of the SHA-256 of its anchor: the lowest MAC proved to be its own (one that
	 * the maker gave before one that a machine gave itself), or its lowest IP when no MAC is; of a child the id of
	 * the parent, a space, the kind of place, a space, the place.
	 */
	char id[ASSET_ID_MAX];
};

struct asset_link {
	uint32_t client, server; /* indexes into conclusions.assets */
	const struct link *link; /* the protocol, port, operations and counts; of the first when several were joined */
	uint8_t asked, answered, refused, parts;
	uint32_t activity_count;
	uint64_t packets, bytes;
	struct span seen;
	const struct activity **activities; /* sorted */
};

/* An address that was asked and never spoke. */
struct unanswered {
	const char *address;
	uint32_t *asked_by; /* assets, sorted */
	size_t asked_by_count;
	const char **protocols; /* sorted; "" was a connection attempt without a known protocol */
	size_t protocol_count;
};

/*
 * What the register leaves open (see register.c). Nothing is decided by guessing: a person has to say.
 */
enum register_doubt {
	REGISTER_ROW_MATCHES_SEVERAL, /* one key of the row belongs to several assets; the row is matched to none */
	REGISTER_ASSET_CLAIMED_TWICE, /* several rows are this asset; it is matched to none of them */
	REGISTER_KEYS_DISAGREE        /* matched by the first key, but a later one belongs to another asset */
};
struct register_question {
	enum register_doubt doubt;
	const struct declared_asset *row;
	const char *key, *value; /* "serial number", "MAC address", "station name", "IP address", and what it was */
	uint32_t *candidates;    /* assets, sorted; of KEYS_DISAGREE the matched one first */
	uint32_t candidate_count; /* at most REGISTER_CANDIDATES_MAX */
	uint32_t candidates_found; /* before that bound */
	const struct declared_asset *rival; /* of CLAIMED_TWICE: another row that claims it, the first in the file */
};
#define REGISTER_CANDIDATES_MAX 16  /* more than a person compares by hand */
#define REGISTER_QUESTIONS_MAX 4096 /* a register with more of them has its columns mixed up */

struct conclusions {
	const struct inventory *inventory;
	const struct knowledge *knowledge; /* NULL: none */
	struct arena arena;
	struct asset *assets; /* sorted: each parent by its lowest address, its children right behind it */
	size_t asset_count;
	struct asset_link *links; /* sorted by client, server, protocol, transport, port */
	size_t link_count;
	struct unanswered *unanswered; /* sorted by address */
	size_t unanswered_count;
	const struct declarations *declarations; /* NULL: none */
	struct zone *zones;       /* declared ones in the order of the file, then proposals by id */
	struct conduit *conduits; /* by zones */
	struct finding *findings; /* the most severe first, then by rule, then by the first asset */
	size_t zone_count, conduit_count, finding_count;
	struct register_question *questions; /* in the order of the register */
	size_t question_count, questions_dropped; /* beyond REGISTER_QUESTIONS_MAX */
};

/*
 * 0, or -ENOMEM. `knowledge` is not const because its OUI table is read at the first look-up; `declarations` may be
 * NULL: nobody decided anything.
 */
int conclusions_make(struct conclusions *out, const struct inventory *inv, struct knowledge *knowledge,
	const struct declarations *declarations);
void conclusions_clear(struct conclusions *c);

/* By id, by IP or MAC address, or by name; ASSET_NONE when there is none, the first when several. */
uint32_t conclusions_find(const struct conclusions *c, const char *what);

#endif
