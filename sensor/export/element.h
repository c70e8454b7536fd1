/* SPDX-License-Identifier: Apache-2.0 */
/*
 * element.h - a JSON document of any length with cJSON, one element at a time.
 *
 * A tree of the whole inventory would take several times the size of the output. So the caller writes the
 * outermost brackets, and each element between them (one asset, one link) is a tree that lives until it is written:
 *
 *	cJSON *asset = element_new(w);
 *	element_text(w, asset, "name", "x");
 *	cJSON *list = element_array(w, asset, "list");
 *	element_number(w, list, NULL, 7);
 *	element_write(w, asset);
 *
 * cJSON holds numbers as doubles and prints them by the locale; here they are raw items, exact and with a point.
 */
#ifndef EARSHOT_ELEMENT_H
#define EARSHOT_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>

/* The first failure stays: 0 or a negative errno. After one nothing more is written. */
struct element_writer {
	FILE *out;
	int err;
};

/*
 * Without memory these return NULL and leave -ENOMEM in the writer; such a NULL may be passed on as a parent.
 * `key` is a literal, NULL inside an array. What has a parent belongs to it; the root goes to element_write().
 */
cJSON *element_new(struct element_writer *w);
cJSON *element_object(struct element_writer *w, cJSON *parent, const char *key);
cJSON *element_array(struct element_writer *w, cJSON *parent, const char *key);

/* NULL or "": unknown, nothing is added. The text is borrowed until element_write(). */
void element_text(struct element_writer *w, cJSON *parent, const char *key, const char *text);
void element_text_always(struct element_writer *w, cJSON *parent, const char *key, const char *text);
/* Like element_text(), of a text that does not live that long. */
void element_text_copy(struct element_writer *w, cJSON *parent, const char *key, const char *text);
void element_number(struct element_writer *w, cJSON *parent, const char *key, uint64_t number);
void element_decimal(struct element_writer *w, cJSON *parent, const char *key, double value); /* two decimals */
void element_bool(struct element_writer *w, cJSON *parent, const char *key, bool value);

/*
 * Writes the root and what is in it on one line, without a line end, and frees it. It can stand inside an HTML script
 * and is harmless in a terminal: besides the control characters "<", DEL, U+2028 and U+2029 are escaped, and what is
 * not UTF-8 (the name of a capture file need not be) is U+FFFD, byte by byte. Errors: those of the stream; -ENOMEM,
 * also for an element of 2 GiB.
 */
void element_write(struct element_writer *w, cJSON *root);
/* The same for a text that is an element by itself. */
void element_write_text(struct element_writer *w, const char *text);

#endif
