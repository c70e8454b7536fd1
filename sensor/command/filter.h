/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.h - the words behind `earshot show WHAT`: which rows a person wants to see.
 *
 * A plain word matches when any text of the row contains it, in either case. KEY=VALUE looks at the texts of one
 * key: type, protocol, role, flag, level, kind, status, verdict and severity match whole, ip and mac from the start, the
 * others where they contain the value.
 * A row must match all of them.
 */
#ifndef EARSHOT_FILTER_H
#define EARSHOT_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "sensor/conclude/asset.h"

enum filter_key {
	FILTER_ANY, /* text without a key of its own */
	FILTER_TYPE,
	FILTER_VENDOR,
	FILTER_MODEL,
	FILTER_NAME,
	FILTER_PROTOCOL,
	FILTER_ROLE,
	FILTER_IP,
	FILTER_MAC,
	FILTER_FLAG,
	FILTER_LEVEL,
	FILTER_ZONE,
	FILTER_KIND,
	FILTER_STATUS,
	FILTER_VERDICT,
	FILTER_SEVERITY,
	FILTER_RULE,
	FILTER_KEYS
};

struct filter {
	char **words; /* of the command line */
	size_t count;
};

/* "type= vendor= ...", for messages and help. */
#define FILTER_KEY_WORDS                                                                                               \
	"type= vendor= model= name= protocol= role= ip= mac= flag= level= zone= kind= status= verdict= severity= rule="

/* False, after one line for people, when a KEY= is none of ours. */
bool filter_parse(struct filter *f, const char *verb, char **words, size_t count);

/* The texts of one row; borrowed. */
struct filter_row {
	struct {
		enum filter_key key;
		const char *text;
	} * texts;
	size_t count, room;
	bool failed; /* memory ran out: matches everything, nothing is hidden */
};

void filter_row_start(struct filter_row *r);                                      /* empty again; the memory is kept */
void filter_row_add(struct filter_row *r, enum filter_key key, const char *text); /* NULL: nothing */
void filter_row_asset(struct filter_row *r, const struct asset *a); /* all that an asset can be found by */
void filter_row_clear(struct filter_row *r);

bool filter_match(const struct filter *f, const struct filter_row *r);

#endif
