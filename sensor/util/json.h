/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON written as it is made, so that memory does not grow with the inventory.
 *
 * A library that builds a tree first needs several times the size of the output, writes numbers by the
 * locale and leaves "</" as it is. Here text is always valid UTF-8 and can stand inside an HTML script: "<" is
 * escaped before "/" and "!", and so are U+2028 and U+2029, control characters and DEL.
 *
 * Large objects and arrays have a line for each member, flat ones stand on one line:
 *
 *	struct json j = json_to(stdout);
 *	json_object(&j, NULL, JSON_LINES);
 *	json_text(&j, "name", "x");
 *	json_array(&j, "list", JSON_FLAT);
 *	json_number(&j, NULL, 7);
 *	json_end(&j);
 *	json_end(&j);
 */
#ifndef EARSHOT_JSON_H
#define EARSHOT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 12 /* asserted: the depth is that of the code that writes, never of data */

enum json_layout { JSON_LINES, JSON_FLAT };

struct json {
	FILE *out;
	unsigned depth;
	struct {
		char close;
		bool flat, used;
	} level[JSON_DEPTH_MAX];
};

struct json json_to(FILE *out);

/* In all of these `key` is NULL inside an array. What is inside a flat one is flat. */
void json_object(struct json *j, const char *key, enum json_layout layout);
void json_array(struct json *j, const char *key, enum json_layout layout);
void json_end(struct json *j); /* the innermost open one; a line end after the outermost */

void json_text(struct json *j, const char *key, const char *text); /* NULL or "": unknown, nothing is written */
void json_text_always(struct json *j, const char *key, const char *text);
void json_number(struct json *j, const char *key, uint64_t number);
void json_decimal(struct json *j, const char *key, double value); /* two decimals */
void json_bool(struct json *j, const char *key, bool value);

#endif
