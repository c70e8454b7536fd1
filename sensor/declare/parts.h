/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parts.h - what the files of declare/ share; private to this folder.
 *
 * A mapping of the file is read by a table: each key has a function that reads its value into a member of a struct.
 * So that every mistake is told in the same words - "zones.yaml:7:11: kind: ..., expected ..." - the functions complain
 * with reader_expect(), which knows the key.
 */
#ifndef EARSHOT_DECLARE_PARTS_H
#define EARSHOT_DECLARE_PARTS_H

#include "sensor/declare/declarations.h"
#include "sensor/util/index.h"
#include "sensor/util/yaml_strict.h"

#define TEXT_BYTES_MAX 4000u /* of one value: a page of notes */
#define ID_BYTES_MAX 80u     /* of an id, which stands in tables and on the map */
#define ZONES_MAX 4096u      /* in one file: more than a person can answer for */
#define CONDUITS_MAX 16384u
#define REGISTER_ROWS_MAX 200000u /* rows of a register: ten times the largest plants */
#define REGISTER_BYTES_MAX (64u << 20)

/* While zones.yaml is read. */
struct reader {
	struct yaml_file y;
	struct declarations *d;
	struct index conduit_index; /* of ids */
	struct index pair_index;    /* of live conduits, by their two zones */
	const char *key;            /* being read, for messages */
};

struct declare_key {
	const char *name;
	void (*read)(struct reader *r, const yaml_node_t *value, void *member);
	size_t member; /* offset in the struct that is filled */
};
#define KEYS_MAX 32 /* of one table: they are ticked off in 32 bits */

/* False when something was wrong. `what` names the mapping: "a zone". */
bool reader_mapping(struct reader *r, const yaml_node_t *node, const char *what, const struct declare_key *keys,
	size_t key_count, void *record);
/* "file:line:column: KEY: what"; only the first is told. */
void reader_expect(struct reader *r, const yaml_node_t *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Values. An empty one, or null, is none: the member stays NULL. */
void read_text(struct reader *r, const yaml_node_t *value, void *member);   /* const char * */
void read_id(struct reader *r, const yaml_node_t *value, void *member);     /* const char *; never empty */
void read_status(struct reader *r, const yaml_node_t *value, void *member); /* enum declared_status */
void read_date(struct reader *r, const yaml_node_t *value, void *member);   /* const char *, a day that exists */
void read_node(struct reader *r, const yaml_node_t *value, void *member);   /* const yaml_node_t *: for later */
/* The text of a value that must have one; NULL after a message, which says what is expected. */
const char *reader_word(struct reader *r, const yaml_node_t *value, const char *expected);

/* conduits_yaml.c; zones are read already. */
void conduits_read(struct reader *r, const yaml_node_t *list);

/* zones.yaml from memory, with a NUL behind; 0 or a negative errno after a line. */
int zones_read(struct declarations *d, const char *path, const char *text, size_t len,
	void (*warn)(void *to, const char *line), void *to);
/* register.csv; `map` may be NULL. 0 or a negative errno after a line. */
int register_read(struct declarations *d, const char *path, const struct register_map *map,
	void (*warn)(void *to, const char *line), void *to);
/* The field that a word means, by its name or a usual one; REGISTER_FIELDS_MAX: none. */
size_t register_field_find(const char *word);
/* Name of field i, NULL behind the last; for lists of words. */
const char *register_field_word(const void *of, size_t i);

/* Words. */
/* Word i of a list, NULL behind the last; `of` is what the list needs. */
/* What a person may have meant: the word of the list that is nearest, or NULL when none is near. */
const char *word_near(const char *word, const char *(*list)(const void *of, size_t i), const void *of);
bool word_is_in(const char *word, const char *(*list)(const void *of, size_t i), const void *of);
/* Lists that need nothing: every name of a protocol that the inventory can have, and of an operation. */
const char *protocol_word(const void *of, size_t i);
const char *operation_word(const void *of, size_t i);
/* "2027-01-01", a day that exists; `*end_ns` is the last nanosecond of that day, UTC. */
bool date_parse(const char *text, int64_t *end_ns);
/* As address_parse(), and the other ways in which people write a MAC: 00-1B-1B-.., 001b.1b35.8410, 001B1B358410. */
bool address_parse_loosely(struct address *out, const char *text);
/* Clears the bits behind the prefix. */
void address_mask(struct address *address, unsigned prefix);

#endif
