/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones_write.h - what the sensor proposes, in the syntax of zones.yaml: for people to edit.
 *
 * What people wrote is never rewritten. New zones go behind the last one of their list, new conduits likewise, and the
 * bytes that were there stay as they were.
 */
#ifndef EARSHOT_ZONES_WRITE_H
#define EARSHOT_ZONES_WRITE_H

#include <stdio.h>

#include "sensor/declare/declarations.h"

/* Comments are one line each, of any text; NULL: none. */
struct zone_proposal {
	struct declared_zone zone;
	const char *comment;
	const char **member_comments; /* one for each member */
};

struct conduit_proposal {
	struct declared_conduit conduit;
	const char *comment;
};

struct proposals {
	const char *site; /* for a new file; NULL: none */
	struct zone_proposal *zones;
	struct conduit_proposal *conduits;
	size_t zone_count, conduit_count;
	/* Why fewer than the sensor's own: a person rejected or retired a zone with at least half of the same assets,
	 * or a conduit between the same zones. */
	size_t zones_known, conduits_known;
};

/* A whole new file. Errors stay in the stream. */
void zones_write_file(FILE *out, const struct proposals *p);
/* Only the items of a list, each line behind `indent` spaces. */
void zones_write_zones(FILE *out, const struct proposals *p, unsigned indent);
void zones_write_conduits(FILE *out, const struct proposals *p, unsigned indent);

/*
 * `old` (with a NUL behind it) and what is new, on the heap. Before it returns, the result is read back: what was
 * declared must be the same, and what is new must be what was proposed. 0; -ENOMEM; -EINVAL after a line
 * "file:line:column: ..." that says why nothing can be put in without changing what people wrote.
 */
int zones_merge(const char *path, const char *old, size_t len, const struct proposals *p, char **out, size_t *out_len,
	void (*warn)(void *to, const char *line), void *to);

/* Everything that zones and conduits say, as text in one form; equal texts mean equal declarations. For comparing. */
void zones_dump_zone(FILE *out, const struct declared_zone *zone);
void zones_dump_conduit(FILE *out, const struct declared_conduit *conduit);

#endif
