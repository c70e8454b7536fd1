/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.h - what the rules of findings share; private to finding*.c.
 *
 * A rule looks at the conclusions and makes findings, one at a time:
 *
 *	draft_start(f);
 *	draft_channel(f, channel, OPERATION_WRITE);     assets, a line of the text, evidence
 *	draft_finish(f, key, "%s talks with ...", ...); the text begins so; the lines follow
 *
 * A finding is about a conduit, a zone, an asset or the declarations as a whole, never about each channel: a person
 * decides once for what belongs together. Its id is made of the rule and of the ids of what it is about, so it stays
 * the same while assets join. Of long lists the first are named and the rest are counted.
 */
#ifndef EARSHOT_FINDING_H
#define EARSHOT_FINDING_H

#include "sensor/conclude/work.h"

#define FINDING_LINES_MAX 4   /* channels or assets named in the text: a person reads no more; the rest is counted */
#define FINDING_ASSETS_MAX 64 /* assets of one finding; the text has the count of lines beyond */
#define FINDER_LABEL_MAX 160

enum trait {
	TRAIT_CONTROL = 1 << 0,   /* in a zone of control, safety or a supplier's package */
	TRAIT_CELL = 1 << 1,      /* and that zone reaches down to level 1 or 0 */
	TRAIT_LOW = 1 << 2,       /* its own level is at most 1 */
	TRAIT_SAFETY = 1 << 3,    /* safety-related, itself or what is behind it, or in a safety zone */
	TRAIT_ROUTER = 1 << 4,    /* connects networks by its nature */
	TRAIT_TEMPORARY = 1 << 5, /* in a temporary zone, or it came and went */
	TRAIT_STATION = 1 << 6,   /* the register accepts it as an engineering station */
	TRAIT_CARRIES = 1 << 7,   /* a conduit goes through it */
	TRAIT_BRIDGES = 1 << 8,   /* find_temporary_bridge() spoke of it, which comes before the others */
	TRAIT_PURPOSE = 1 << 9    /* its zone is for control by people's word, by a level or by what is spoken in it */
};

struct candidate {
	struct sighting at;
	unsigned priority; /* lower is kept first */
	const char *what;  /* NULL: of the link */
	const struct asset_link *link;
	const struct activity *activity; /* NULL: the link's first frame */
};

/* The finding in the making. */
struct draft {
	enum severity severity; /* first that of the rule */
	uint32_t zone, conduit;
	uint32_t assets[FINDING_ASSETS_MAX];
	uint32_t asset_count;
	const char *lines[FINDING_LINES_MAX];
	uint32_t line_count; /* also those beyond */
	struct candidate evidence[EVIDENCE_MAX];
	uint32_t evidence_count;
};

struct finding_rule;

struct finder {
	struct work *w;
	const struct conclusions *c; /* w->out */
	const struct finding_rule *rule;
	struct finding *list;
	uint32_t count, room;
	uint16_t *traits; /* enum trait bits, by asset */
	bool *decided;    /* by link: people allow its channel */
	uint32_t *stamps; /* by asset: the draft that has it */
	uint32_t stamp;
	struct draft draft;
};

struct finding_rule {
	const char *id;
	enum severity severity; /* the usual one */
	const char *title, *advice, *clause;
	void (*look)(struct finder *f);
};

void draft_start(struct finder *f);
void draft_asset(struct finder *f, uint32_t asset);
/* A line of the list in the text. */
void draft_line(struct finder *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A frame that shows it; `what` is kept by pointer. */
void draft_evidence(struct finder *f, const struct sighting *at, unsigned priority, const char *what);
/* The first frame of a link. */
void draft_link_evidence(struct finder *f, const struct asset_link *link, unsigned priority);
/* Both ends, a line, and evidence: of these operations, else of any, else the first frame of the link. */
void draft_link(struct finder *f, const struct asset_link *link, unsigned operations);
void draft_channel(struct finder *f, const struct channel *channel, unsigned operations);
void draft_severity(struct finder *f, enum severity at_least);
/* `key` names what it is about: ids, which the id of the finding is made of. */
void draft_finish(struct finder *f, const char *key, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Protocols that reach the process; OPC UA is made to cross zones and says by its server's level where it ends. */
bool protocol_controls(const char *protocol);

/* A text in scratch memory; "" when it is out. */
const char *finder_print(struct finder *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "10.20.10.201 (ACME-LT3)" */
const char *finder_label(struct finder *f, uint32_t asset);
/* A person's text of any length, as a part of one line. In scratch memory. */
const char *finder_brief(struct finder *f, const char *text);
/* "zone--zone", which is what a conduit is about whatever people call it. */
const char *finder_pair(struct finder *f, const struct conduit *conduit);

static inline bool finder_has(const struct finder *f, uint32_t asset, unsigned traits)
{
	return asset != ASSET_NONE && (f->traits[asset] & traits) != 0;
}

static inline bool zone_is_control(const struct zone *zone)
{
	return zone->kind == ZONE_OT || zone->kind == ZONE_SAFETY || zone->kind == ZONE_SUPPLIER;
}

/* finding_channel.c: across zones */
void find_business_to_control(struct finder *f);
void find_business_to_operations(struct finder *f);
void find_control_to_external(struct finder *f);
void find_operations_to_external(struct finder *f);
void find_cleartext_administration(struct finder *f);
void find_remote_access(struct finder *f);
void find_temporary_into_cell(struct finder *f);
void find_wireless_into_cell(struct finder *f);
void find_denied(struct finder *f);
void find_expired(struct finder *f);

/* finding_asset.c: about single assets */
void find_safety_programmed(struct finder *f);
void find_scanner(struct finder *f);
void find_address_conflict(struct finder *f);
void find_no_zone(struct finder *f);
void find_two_zones(struct finder *f);

/* finding_bridge.c: with a foot in several zones */
void find_temporary_bridge(struct finder *f);
void find_dual_homed(struct finder *f);

/* finding_declared.c: about what people declared */
void find_never_seen(struct finder *f);
void find_zone_members_never_seen(struct finder *f);
void find_disagreement(struct finder *f);
void find_zone_disagreement(struct finder *f);
void find_register_ambiguity(struct finder *f);
void find_conduit_incomplete(struct finder *f);
void find_zone_incomplete(struct finder *f);

#endif
