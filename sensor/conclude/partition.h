/* SPDX-License-Identifier: Apache-2.0 */
/*
 * partition.h - how the assets are parted into zones, step by step; private to zone*.c, domain.c and conduit.c.
 *
 *	domains_make()   the networks, and the one in which each asset is at home             (domain.c)
 *	standing_make()  what each asset does: controls, is controlled, supervises            (zone_standing.c)
 *	pins_make()      what people declared                                                (zone_declared.c)
 *	carve_make()     external, temporary, wireless, safety-related, business parts        (zone_carve.c)
 *	cells_make()     cells from cyclic control, what supervises them, leftovers           (zone_cell.c)
 *	zones_write()    the zones that come of it, with boundaries, levels, cohesion         (zone_record.c)
 *
 * Each step is linear in assets and links but for sorting; none looks at all pairs.
 */
#ifndef EARSHOT_PARTITION_H
#define EARSHOT_PARTITION_H

#include <stdarg.h>

#include "sensor/conclude/work.h"

#define DOMAIN_NONE UINT32_MAX
#define DRAFT_NONE UINT32_MAX

/* A network as far as it was seen: a subnet, or the part of it that is in one VLAN. */
struct domain {
	uint64_t subnet;  /* subnet_of() */
	uint8_t kind;     /* ADDRESS_IPV4 or ADDRESS_IPV6 */
	bool in_part;     /* the subnet is in several VLANs, so the VLAN belongs to its name */
	uint16_t vlan;    /* VLAN_NONE: none was seen */
	const char *text; /* "10.20.1.0/24" */
	const char *slug; /* for ids: "10.20.1.0-24" */
	/* What its assets are, without those that are external or temporary. */
	bool field;           /* one of them is controlled or controls */
	bool supervises;      /* one of them supervises */
	bool reaches;         /* one of them supervises many controllers, or those of other networks */
	uint64_t it, unknown; /* packets of information technology, and of what nobody could name */
	bool asks;            /* one of them asks a controller */
	bool overseen;        /* a hub of another network polls its controllers */
	bool control_peer;    /* talks with a network that has any of the first two */
	bool serves_office;   /* answers a network that has none of them, nor talks with one that has */
	uint32_t members;
	uint32_t cells;              /* components of cyclic control that are large enough for a zone of their own */
	uint32_t linked;             /* assets in cyclic control */
	uint32_t draft, supervision; /* of what is at home in it, and of its hubs when they are apart */
};

struct domains {
	struct domain *at; /* sorted by kind, subnet, VLAN */
	uint32_t count;
	uint32_t *of_node; /* DOMAIN_NONE: no such address */
	uint32_t *home;    /* of each asset; DOMAIN_NONE: no IP address */
};

enum carving {
	CARVED_NOT,
	CARVED_DECLARED, /* in a zone that people declared */
	CARVED_REST      /* has its draft already */
};

/* What an asset does. Of devices only; a child is where its parent is. */
struct standing {
	uint64_t it, unknown;       /* packets of information technology, and of what nobody could name */
	uint32_t controllers;       /* assets that it asks over protocols of control */
	uint32_t remote;            /* of those in other networks */
	uint32_t networks;          /* networks of those, its own not counted */
	uint32_t io_safe, io_other; /* partners of cyclic I/O: safety-related, others */
	uint32_t draft;
	uint8_t carving;            /* enum carving */
	bool answers;               /* a controller: answers over a protocol of control */
	bool asks;                  /* asks such */
	bool io;                    /* exchanges inputs and outputs cyclically */
	bool polls;                 /* asks a controller over and over */
	bool low, upper;            /* a known level: at most 1, above */
	bool with_hub, with_field;  /* talks with a hub, with others than hubs, of its own network */
	bool routes;                /* a router or a firewall */
	bool safety;                /* safety-related, itself or what is behind it */
	bool hub;                   /* supervises many, or many networks, or serves the whole site */
	bool local;                 /* `hub` by its type only: whom it serves is at home */
};

/* A zone in the making. */
struct draft {
	const char *id, *name, *basis, *reason;
	enum zone_kind kind;
	double confidence;
	uint32_t domain;   /* DOMAIN_NONE: not of one network */
	uint32_t crossing; /* cyclic connections that leave it */
	uint32_t safety;   /* safety-related assets that stay in it */
	uint32_t count;    /* assets */
	bool refused;      /* people rejected it */
};

/* What a protocol is for. */
enum purpose { PURPOSE_UNKNOWN, PURPOSE_OTHER, PURPOSE_CONTROL, PURPOSE_IO, PURPOSE_IT };

struct partition {
	struct work *w;
	struct arena *arena;
	struct domains domains;
	struct standing *at; /* by asset */
	uint32_t count;      /* assets */
	uint32_t *up;        /* union-find over cyclic control: towards the lowest asset */
	uint8_t *purposes;   /* enum purpose, by rank of the protocol (work.protocol_rank) */
	struct draft *drafts;
	uint32_t draft_count, draft_room;
};

bool domains_make(struct work *w, struct arena *arena, struct domains *out);
bool standing_make(struct partition *p);
bool pins_make(struct partition *p);
bool carve_make(struct partition *p);
bool cells_make(struct partition *p);
bool zones_write(struct partition *p);

enum purpose link_purpose(const struct partition *p, const struct asset_link *l);
/* Cyclic I/O, or polling: many packets for most of the time in which the controller was seen. */
bool link_is_cyclic(const struct partition *p, const struct asset_link *l);
uint32_t component_of(const struct partition *p, uint32_t asset);

/* A new draft; texts are kept in the conclusions. DRAFT_NONE when memory is out. */
uint32_t draft_add(struct partition *p, const struct draft *draft);
/* Puts an asset there for a reason (one line). */
void draft_put(struct partition *p, uint32_t draft, uint32_t asset, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A text in the conclusions, cut at 511 bytes. */
const char *work_vprint(struct work *w, const char *format, va_list list) __attribute__((format(printf, 2, 0)));
const char *work_print(struct work *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool asset_has_flag(const struct asset *asset, const char *flag);
/* What people call it: name, else the first IP, else the first MAC, else the id. */
const char *asset_called(const struct asset *asset);

#endif
