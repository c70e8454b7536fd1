/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_file.h - a YAML file read into structs by tables of keys, with errors that say file:line:column.
 */
#ifndef EARSHOT_YAML_FILE_H
#define EARSHOT_YAML_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "sensor/util/arena.h"

struct words {
	const char **at;
	size_t count;
};

struct numbers {
	uint32_t *at;
	size_t count;
};

struct yaml_file {
	const char *path;
	struct arena *arena; /* what is read lives here */
	void (*warn)(void *to, const char *line);
	void *to;
	yaml_document_t document;
	bool open;
	int err; /* the first error; all reading after it does nothing */
};

/* False with `err` set and a line told. Close it in any case. */
bool yaml_file_open(struct yaml_file *y, const char *path);
void yaml_file_close(struct yaml_file *y);

/* Tells "path:line:column: ..." once and sets err to -EINVAL. */
void yaml_file_expect(struct yaml_file *y, const yaml_node_t *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

yaml_node_t *yaml_file_root(struct yaml_file *y);
/* Pair i of a mapping, item i of a sequence; NULL behind the last, or when the node is neither. */
yaml_node_t *yaml_file_key(struct yaml_file *y, const yaml_node_t *mapping, size_t i);
yaml_node_t *yaml_file_value(struct yaml_file *y, const yaml_node_t *mapping, size_t i);
yaml_node_t *yaml_file_item(struct yaml_file *y, const yaml_node_t *sequence, size_t i);
size_t yaml_file_count(const yaml_node_t *node);
/* True when the node is a mapping (a sequence); an error otherwise. */
bool yaml_file_is_mapping(struct yaml_file *y, const yaml_node_t *node, const char *what);
bool yaml_file_is_sequence(struct yaml_file *y, const yaml_node_t *node, const char *what);

/* The text of a scalar, in the arena; NULL and an error otherwise. */
const char *yaml_file_text(struct yaml_file *y, const yaml_node_t *node);
uint32_t yaml_file_number(struct yaml_file *y, const yaml_node_t *node);
double yaml_file_decimal(struct yaml_file *y, const yaml_node_t *node);
bool yaml_file_bool(struct yaml_file *y, const yaml_node_t *node);
/* A scalar or a sequence of scalars. */
struct words yaml_file_words(struct yaml_file *y, const yaml_node_t *node);
struct numbers yaml_file_numbers(struct yaml_file *y, const yaml_node_t *node);

#endif
