/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side.h - what one side of a comparison knew: the part of the conclusions that can change, in a form that is the same
 * whether it comes from a store or from the JSON that was exported from it.
 *
 *	store      facts ── conclusions ──┐
 *	                                  ├── struct side
 *	export, baseline ── JSON ─────────┘
 *
 * All text is borrowed from the conclusions or from the arena inside. Everything is sorted by content.
 */
#ifndef EARSHOT_SIDE_H
#define EARSHOT_SIDE_H

#include "sensor/conclude/asset.h"
#include "sensor/util/arena.h"

#define SIDE_NONE UINT32_MAX
/* An inventory of 10,000 assets takes some 60 MB; what is larger than this is no inventory. */
#define SIDE_JSON_MAX ((size_t)2 << 30)

/* What is compared of an asset. The names are those of the inventory JSON where it has one: add, never rename. */
enum change_field {
	FIELD_IP,
	FIELD_MAC,
	FIELD_VLAN,
	FIELD_ZONE,
	FIELD_LEVEL,
	FIELD_NAME,
	FIELD_VENDOR,
	FIELD_MODEL,
	FIELD_ORDER_NUMBER,
	FIELD_SERIAL_NUMBER,
	FIELD_HARDWARE_VERSION,
	FIELD_FIRMWARE_VERSION,
	FIELD_OS,
	FIELD_TYPE,
	FIELD_OPERATING_MODE,
	FIELD_KEY_SWITCH,
	FIELD_PROTECTION_LEVEL,
	CHANGE_FIELDS
};
/* Static storage. */
const char *change_field_name(enum change_field field);
/* "firmware version", for people. */
const char *change_field_title(enum change_field field);
/* The field with this name in the JSON; CHANGE_FIELDS: none. */
enum change_field change_field_parse(const char *name);

/* Where to look. What is not known is NULL or 0; an aggregate without `frame` has times alone. */
struct side_mark {
	const char *capture, *sha256;
	uint64_t frame;
	int64_t first_ns, last_ns;
	const char *protocol, *message; /* who said it; NULL for what was only seen */
	const char *because;            /* a conclusion has no frame of its own but a reason */
};

/* A field; `text` is NULL when nobody said it. Of IP, MAC and VLAN: all of them, joined by ", ". */
struct side_value {
	const char *text;
	const char *attribute; /* of the fact that `mark` is of; NULL: no fact */
	struct side_mark mark;
	uint8_t confidence; /* percent, of the fact that `mark` is of; 0: no fact */
	bool borrowed;      /* of the only part of a device that says nothing of itself: the part has it too */
};

/* One thing that one kind of message said: what is compared is like with like. */
struct side_said {
	enum change_field field;
	const char *attribute, *value;
	struct side_mark mark;
};

struct side_list {
	const char **texts; /* sorted, each once */
	uint32_t count;
};

struct side_asset {
	const char *id;
	const char *label; /* an address, or that of the parent and the place; "" never */
	const char *place; /* "s7-rack-slot 0/2"; NULL: no part of another */
	const char *kind;  /* of the place: "s7-rack-slot" */
	uint32_t parent;   /* SIDE_NONE: none; else a lower index */
	struct side_value values[CHANGE_FIELDS];
	struct side_said *said; /* facts that can fill a field */
	uint32_t said_count;
	struct side_list ips, macs, vlans;
	struct side_mark seen;
	bool heard; /* false: last seen before what this side is about, see side_since() */
};

/* The first frame of one operation (one OPERATION_ bit). */
struct side_proof {
	unsigned operation;
	struct side_mark mark;
};

struct side_channel {
	uint32_t client, server;
	const char *protocol, *transport; /* "" unknown; "" for the link layer */
	uint32_t port;                    /* 0: none, or a dynamic one */
	unsigned operations;
	bool answered, heard;
	struct side_mark seen;
	struct side_proof *proofs;
	uint32_t proof_count;
};

/* An address that was asked in vain, and one of those who asked. */
struct side_vain {
	const char *address;
	uint32_t asked_by; /* asset, or SIDE_NONE */
	uint32_t askers;
};

struct side {
	struct arena arena;
	const char *site;
	int64_t first_ns, last_ns; /* of all captures; 0: none */
	uint64_t packets;
	uint32_t capture_count;
	struct side_asset *assets;
	struct side_channel *channels; /* in the order of the links */
	struct side_vain *vain;        /* by the text of the address */
	uint32_t asset_count, channel_count, vain_count;
};

/* What a store knows. 0 or -ENOMEM; clear it in either case. `c` must outlive it. */
int side_of_conclusions(struct side *out, const struct conclusions *c, const char *site);

/*
 * What the inventory JSON says; schema "earshot.inventory/1". `text` has a NUL at text[len] and must outlive nothing:
 * all is copied. 0, -ENOMEM, or -EINVAL with one line in `error`: at which line and column, and what was expected.
 */
#define SIDE_ERROR_MAX 200
int side_of_json(struct side *out, const char *text, size_t len, char error[SIDE_ERROR_MAX]);

/*
 * The same, of what was heard after that time: assets and channels last seen before it stay known and are taken as not
 * seen, and of several addresses those last seen before it are left out.
 */
int side_since(struct side *out, const struct conclusions *c, const char *site, int64_t time_ns);
/* It ends at that time: for the side of what had been seen by then. */
void side_until(struct side *s, int64_t time_ns);

void side_clear(struct side *s);

#endif
