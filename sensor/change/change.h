/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change.h - what is different between two inventories, as typed changes with the evidence of both sides.
 *
 * Assets are compared with what they were, not with what has their row: the same id, else the same serial number,
 * else a MAC address, else an IP address that they share. What was not seen is called so: nobody can hear that a
 * device is gone. Whether its network was listened to at all is said with it.
 *
 * changes_between(a, b) is the mirror of changes_between(b, a): added and not seen, learned and not said, joined and
 * split change places, and so do old and new.
 */
#ifndef EARSHOT_CHANGE_H
#define EARSHOT_CHANGE_H

#include <stdio.h>

#include "sensor/change/side.h"

/* More than a person works through; the rest is counted in `dropped`. */
#define CHANGES_MAX 1000000

/* The names in the outputs are change_kind_name(): add, never rename. */
enum change_kind {
	CHANGE_ASSET_ADDED,
	CHANGE_ASSET_NOT_SEEN,
	CHANGE_ASSET_REPLACED, /* another device has its address */
	CHANGE_ASSET_JOINED,   /* two of the older are one in the newer */
	CHANGE_ASSET_SPLIT,    /* and the reverse */
	CHANGE_MOVED,          /* address, MAC or VLAN, and the zone and level with it; see `field` */
	CHANGE_VALUE,          /* one kind of message said it on both sides, and not the same */
	CHANGE_MODULE_ADDED,
	CHANGE_MODULE_NOT_SEEN,
	CHANGE_CHANNEL_ADDED,
	CHANGE_CHANNEL_NOT_SEEN,
	CHANGE_OPERATION_ADDED, /* the first write, program, ... of a channel that both have */
	CHANGE_OPERATION_NOT_SEEN,
	CHANGE_CONCLUSION,      /* type, zone or level of an asset that did not move: the sensor thinks otherwise now */
	CHANGE_VALUE_OTHERWISE, /* both said it, but by different kinds of messages, which may mean different things */
	CHANGE_VALUE_LEARNED,   /* only the newer says it: no sign that the device changed */
	CHANGE_VALUE_NOT_SAID,  /* only the older said it */
	CHANGE_KINDS
};
const char *change_kind_name(enum change_kind kind);

/* Who it is about. On the heap of one of the sides. */
struct change_asset {
	const char *id, *label, *name; /* name NULL: unknown */
};

struct change {
	enum change_kind kind;
	enum change_field field; /* CHANGE_FIELDS: does not apply */
	bool listened; /* of what is added or not seen: the other side heard its neighbours, so it would have been heard
			*/
	struct change_asset asset; /* of a channel the client; as the newer knows it, where both do */
	struct change_asset peer;  /* of a channel the server; of a module what it is in; id NULL: does not apply */
	const char *protocol, *transport; /* of a channel */
	uint32_t port;
	unsigned operations;                 /* of a channel all; of an operation the one */
	const char *before, *after;          /* values; NULL: none */
	struct side_mark old_mark, new_mark; /* evidence; what one side has not: why it would have had it */
	const char *note;                    /* one line more, or NULL */
};

struct changes {
	struct arena arena;
	const struct side *old_side, *new_side;
	struct change *list; /* sorted by kind, field, asset */
	uint32_t count, room;
	uint64_t dropped;
	uint32_t counts[CHANGE_KINDS];
	bool failed;
};

/* NULL: no memory. The sides must outlive it. Free with changes_free(). */
struct changes *changes_between(const struct side *older, const struct side *newer);
void changes_free(struct changes *c);

/* Outputs: 0 or a negative errno, the stream's included. */
int changes_json(FILE *out, const struct changes *c);
/* RFC 4180, one change a record, safe from formula injection. */
int changes_csv(FILE *out, const struct changes *c);
/* For people: grouped, one line each; with `evidence` also the frames of both sides. */
int changes_text(FILE *out, const struct changes *c, bool evidence);

#endif
