/* SPDX-License-Identifier: Apache-2.0 */
/* loaded.h - a store read and concluded from, for the verbs that print. */
#ifndef EARSHOT_LOADED_H
#define EARSHOT_LOADED_H

#include <stdbool.h>

#include "sensor/conclude/asset.h"
#include "sensor/declare/declarations.h"
#include "sensor/store/store.h"

/* Where what people decided is read from, as the command line says. */
struct declaration_files {
	const char *zones,
		*owners_register; /* NULL: zones.yaml and register.csv beside the store, when they are there */
	bool none;                /* neither, whatever there is */
	const char *map;          /* which column of the register is what: "FIELD=TITLE,...", or a file; NULL:
	                             register-map.yaml beside the store, when it is there */
	bool lenient;             /* see struct register_map */
};
/* Rows of a verb's table of options for a `struct declaration_files files`. */
#define DECLARATION_OPTIONS(files)                                                                                     \
	{0, "zones", "FILE", "zones and conduits that people declared (zones.yaml beside the store)",                  \
		.text = &(files).zones},                                                                               \
		{0, "register", "FILE", "the owner's register (register.csv beside the store)",                        \
			.text = &(files).owners_register},                                                             \
		{0, "map", "MAP", "its columns: FIELD=TITLE,... or a YAML file (register-map.yaml beside the store)",  \
			.text = &(files).map},                                                                         \
	{                                                                                                              \
		0, "no-declarations", NULL, "read neither", .flag = &(files).none                                      \
	}

struct loaded {
	struct store *store;
	struct inventory *inventory;
	struct knowledge *knowledge;
	struct declarations *declarations; /* NULL: none */
	struct conclusions conclusions;
	bool concluded;
	char verb[16]; /* whom a late warning is from */
};

/* EXIT_DONE, or the exit code after one line on standard error; close it in either case. */
int loaded_open(struct loaded *l, const char *verb, const char *db, const struct declaration_files *files);
void loaded_close(struct loaded *l);

/*
 * The declarations alone, for a verb that has its facts from elsewhere. `*out` is NULL when nothing was declared.
 * EXIT_DONE; EXIT_USAGE after one line that names file, line and column of a mistake; EXIT_INPUT after one line when a
 * file cannot be read. Free with declarations_free().
 */
int declarations_open(
	struct declarations **out, const char *verb, const char *db, const struct declaration_files *files);

#endif
