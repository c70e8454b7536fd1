/* SPDX-License-Identifier: Apache-2.0 */
/*
 * declarations.h - what people decided: zones and conduits (zones.yaml) and the asset register (register.csv).
 *
 * A declaration is a person's word. It is read, matched and compared, and never written over: what the
 * sensor observed stands beside it, and a disagreement becomes a finding. Zones and conduits follow the
 * records of IEC 62443-3-2 (ZCR 6.4); the target security level is the owner's text, never computed.
 *
 * All text is UTF-8, owned by the declarations, NULL where the person said nothing. Lines are 1-based
 * lines of the file, for messages.
 */
#ifndef EARSHOT_DECLARATIONS_H
#define EARSHOT_DECLARATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earshot/address.h"
#include "sensor/util/arena.h"
#include "sensor/util/index.h"

/* Who made the entry count. A proposal that `zones propose` wrote and nobody looked at is only a proposal. */
enum declared_status { DECLARED_PROPOSED, DECLARED_ACCEPTED, DECLARED_REJECTED, DECLARED_RETIRED };

enum zone_kind {
	ZONE_OT,         /* control and supervision */
	ZONE_SAFETY,     /* ZCR 3.3 */
	ZONE_DMZ,        /* between control and business */
	ZONE_ENTERPRISE, /* ZCR 3.2: business systems */
	ZONE_EXTERNAL,   /* ZCR 3.6: reached over networks of others */
	ZONE_WIRELESS,   /* ZCR 3.5 */
	ZONE_TEMPORARY,  /* ZCR 3.4: temporarily connected */
	ZONE_SUPPLIER,   /* a package of a supplier, kept apart */
	ZONE_KINDS
};
/* "ot", "safety", ... static storage. */
const char *zone_kind_name(enum zone_kind kind);
/* "proposed", "accepted", "rejected", "retired". */
const char *declared_status_name(enum declared_status status);

/* How a zone names its assets; the first that matches in this order decides, whatever the order in the file. */
enum member_kind {
	MEMBER_ASSET,  /* an asset id, an IP or a MAC address */
	MEMBER_NAME,   /* a glob over the asset's names (* ? [abc]), case does not matter */
	MEMBER_SUBNET, /* an IPv4 or IPv6 prefix; the longest wins */
	MEMBER_VLAN
};
struct zone_member {
	enum member_kind kind;
	const char *text;       /* as written */
	struct address address; /* of MEMBER_SUBNET, and of MEMBER_ASSET when it is an address, else ADDRESS_NONE */
	uint8_t prefix;         /* bits, of MEMBER_SUBNET */
	uint16_t vlan;
	uint32_t line;
};

struct declared_zone {
	const char *id, *name; /* the id is set and unique among the zones */
	enum zone_kind kind;
	enum declared_status status;
	const char *level;                 /* Purdue level as text: "1", "3.5" */
	const char *parent;                /* id of a zone */
	const char *owner;                 /* accountable organisation (ZCR 6.4 b) */
	const char *security_level_target; /* as the owner wrote it */
	const char *approver, *approved;   /* who and when ("2026-05-01") */
	const char *physical_boundary, *notes;
	struct zone_member *members;
	size_t member_count;
	uint32_t line;
};

enum rule_direction { DIRECTION_FROM_TO, DIRECTION_TO_FROM, DIRECTION_BOTH };

/* What a conduit allows. Everything a conduit does not allow is denied once the conduit is accepted. */
struct conduit_rule {
	const char *id;         /* NULL: "CONDUIT/NUMBER" is shown */
	const char **protocols; /* names of the inventory; none: any */
	size_t protocol_count;
	uint16_t port;                 /* 0: any */
	uint8_t operations;            /* enum operation bits; 0: any */
	enum rule_direction initiator; /* who may open it */
	const char *approver, *reason;
	int64_t expires_ns;  /* end of the day it was allowed to, UTC; 0: never */
	const char *expires; /* as written */
	uint32_t line;
};

struct declared_conduit {
	const char *id;        /* set and unique among the conduits */
	const char *from, *to; /* ids of declared zones; may be the same zone */
	enum declared_status status;
	const char *owner, *security_level_target, *enforced_by, *notes;
	struct conduit_rule *allow;
	size_t allow_count;
	uint32_t line;
};

/* A row of the owner's register. */
struct declared_asset {
	const char *number, *owner, *location, *criticality, *function, *type, *notes;
	const char *name;                              /* what people call it */
	const char *vendor, *model, *firmware_version; /* when the register has them: compared, never taken over */
	/* Keys, in the order they are tried. */
	const char *serial_number;
	struct address mac; /* ADDRESS_NONE: not given */
	const char *station_name;
	struct address ip;
	const char *unread; /* what could not be read of a key, in words; only with register_map.lenient */
	uint32_t line;
};

/*
 * Which column of a register is what, in the owner's words. What it does not name is found by the words that registers
 * usually have; a column that is named for something is nothing else.
 */
#define REGISTER_FIELDS_MAX 24
struct register_map {
	struct arena arena;
	const char *source; /* for messages: the name of the file, or "--map" */
	const char *titles[REGISTER_FIELDS_MAX]; /* by field, see register_csv.c; NULL: not named */
	/*
	 * A cell that holds no address, or several, is no mistake of the whole file: the first address is read, and
	 * what was not read is said in declared_asset.unread.
	 */
	bool lenient;
};
/*
 * "serial=Seriennummer,ip=IP-Adresse", or the name of a YAML file with such pairs (what has no '=' in it is one).
 * 0 or a negative errno after a line. Clear it in either case.
 */
int register_map_read(struct register_map *map, const char *what, void (*warn)(void *to, const char *line), void *to);
void register_map_clear(struct register_map *map);

struct declarations {
	struct arena arena;
	const char *zones_file, *register_file; /* names for messages; NULL: none was read */
	const char *site;                       /* zones.yaml `site:`; NULL */
	struct declared_zone *zones;            /* in the order of the file */
	struct declared_conduit *conduits;
	struct declared_asset *assets;
	uint32_t register_columns; /* see declarations_have_column() */
	size_t zone_count, conduit_count, asset_count;
	struct index zone_index; /* of zone ids; declarations_zone() does without when it is empty */
};

/*
 * Either file may be NULL: not read. A wrong file: -EINVAL after `warn` got "file:line:column: key: what was expected"
 * for the first mistake; -ENOENT and the like after a line too. `*out` is NULL on failure.
 */
int declarations_load(struct declarations **out, const char *zones_file, const char *register_file,
	void (*warn)(void *to, const char *line), void *to);
/* The same with a register whose columns have other names; `map` NULL: as above. */
int declarations_load_mapped(struct declarations **out, const char *zones_file, const char *register_file,
	const struct register_map *map, void (*warn)(void *to, const char *line), void *to);
void declarations_free(struct declarations *d); /* NULL is fine */

/* The register has a column for this field ("serial_number"), filled in or not. */
bool declarations_have_column(const struct declarations *d, const char *field);

/* Words that the files may have: the name of a protocol ("" is not one), a Purdue level. */
bool declared_protocol_known(const char *name);
bool declared_level_known(const char *level);
/* "10.20.1.0/24"; NULL when it is right, else what is wrong with it. `*prefix` is 0 when the form is wrong. */
const char *subnet_parse(struct address *out, uint8_t *prefix, const char *text);
bool subnet_holds(const struct address *network, unsigned prefix, const struct address *address);

/* The zone with this id, or NULL. */
const struct declared_zone *declarations_zone(const struct declarations *d, const char *id);

#endif
