/* SPDX-License-Identifier: Apache-2.0 */
/* side_parts.h - what both makers of a side share; private to change/. */
#ifndef EARSHOT_SIDE_PARTS_H
#define EARSHOT_SIDE_PARTS_H

#include "sensor/change/side.h"

/*
 * IANA gives out no ports from here on (RFC 6335, 6): a client or server draws another one each time. A conversation
 * that nobody could name is compared without such a number, else each run of it would be a new channel.
 */
#define PORT_DYNAMIC 49152

/* Was said later. An export has microseconds: a side must not depend on whether it went through one. */
bool side_mark_is_later(const struct side_mark *a, const struct side_mark *b);
/* Numbers in the texts compare as numbers: "10.0.0.9" comes before "10.0.0.10". A total order. */
int side_text_compare(const char *a, const char *b);
/*
 * A fact about an asset whose fields are set: becomes the evidence of the field that has its value, or the value of a
 * field that only facts tell. All text is borrowed;
 * `a->said` has room for it.
 */
struct side_fact {
	const char *attribute, *value;
	unsigned confidence; /* percent */
	struct side_mark mark;
};
/* False: a fact with this attribute would change nothing. */
bool side_fact_matters(const char *attribute);
void side_fact(struct side_asset *a, const struct side_fact *fact);
/* Sorted, each once. */
void side_list_settle(struct side_list *list);
/* "a, b"; NULL: empty, or no memory. */
const char *side_join(struct arena *arena, const struct side_list *list);
/* Lists, joined values, labels where there is none yet, and the marks of addresses, when all assets are there. False:
 * no memory. */
bool side_settle(struct side *s);

#endif
