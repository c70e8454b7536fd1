/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.h - the device rules as loaded from config/rules/types.yaml, where their language is explained;
 * private to conclude/.
 */
#ifndef EARSHOT_RULES_H
#define EARSHOT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earshot/attribute.h"
#include "earshot/protocol.h"
#include "sensor/util/arena.h"
#include "sensor/util/yaml_file.h"

enum condition_kind {
	CONDITION_FACT,
	CONDITION_ROLE,
	CONDITION_CHILD,
	CONDITION_PLACE,
	CONDITION_PARENT,
	CONDITION_CARRIES,
	CONDITION_NETWORKS,
	CONDITION_TRIED,
	CONDITION_ADDRESS,
	CONDITION_MAC_VENDOR,
	CONDITION_MOVED
};

enum side_asked { SIDE_ANY, SIDE_ASKS, SIDE_ANSWERS };

/* One thing that must hold. What a kind does not use is zero and always holds. */
struct condition {
	enum condition_kind kind;
	struct words
		subjects;    /* fact: attributes; role, parent: protocols; child, place: path kinds; address: classes */
	struct words values; /* globs of the fact's value; of the MAC's vendor; types of the child */
	struct numbers codes;
	struct words protocols; /* of the fact */
	struct words messages;  /* globs */
	enum side_asked side;
	uint8_t operations; /* any of these */
	uint8_t only;       /* none but these; 0: no matter */
	bool labelled;      /* a role that libnDPI named is enough */
	uint32_t min, max;  /* partners, children, addresses, percent; max 0: no matter */
	uint32_t dead_percent;
	uint32_t ports_min, subnets_min;
	uint32_t confidence_min;
	bool attributes[ATTRIBUTES]; /* `subjects` of a fact */
};

struct rule {
	const char *id, *type, *flag, *vendor, *level;
	double score;
	struct condition *when, *unless;
	size_t when_count, unless_count;
};

struct type_default {
	const char *type, *level; /* level NULL: says nothing of the level */
};

struct observation {
	const char *protocol, *sentence; /* "": whatever it speaks */
};

struct rules {
	struct arena arena;
	struct rule *at;
	size_t count;
	struct type_default *types;
	size_t type_count;
	struct observation *observations; /* in the order of the file */
	size_t observation_count;
};

/* 0, -ENOMEM, or -EINVAL after `warn` got "file:line:column: what was expected"; another errno when
 * the file cannot be read, with a line too. */
int rules_load(struct rules *r, const char *path, void (*warn)(void *to, const char *line), void *to);
void rules_clear(struct rules *r);

struct knowledge;
const struct rules *knowledge_rules(const struct knowledge *k);

#endif
