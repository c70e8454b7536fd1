/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what store.c and update.c share. */
#ifndef EARSHOT_STORE_PARTS_H
#define EARSHOT_STORE_PARTS_H

#include <sys/stat.h>

#include "sensor/store/rows.h"
#include "sensor/store/store.h"

struct store {
	enum store_mode mode;
	bool absent;        /* to be made at the first save */
	bool placeholder;   /* absent, but an empty file has the name */
	bool locked;        /* in a transaction */
	bool immutable;     /* read without locks */
	struct stat before; /* the file when it was opened */
	int64_t seen;       /* PRAGMA data_version when it was loaded: another one when others have written since */
	bool known;         /* `seen` is of this connection */
	char *path, *site;
	const char *wanted_site;
	struct database db;
};

/* store.c: notes what has the name now. */
int store_look(struct store *s);
/* Opens the existing file and begins a transaction: a writer with the lock, a reader at one moment. */
int store_attach(struct store *s);
/* A new file under the name. */
int store_make(struct store *s, const struct inventory *inv, const struct conclusions *c);

/* update.c: opens for STORE_FOLLOW what store_look() found, made when absent; no lock is left. */
int store_follow(struct store *s);
int store_load_again(struct store *s, struct inventory *into);

#endif
