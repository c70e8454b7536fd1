/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - the facts at rest: one SQLite file (schema.sql documents every table).
 *
 * Facts are the truth; the tables of conclusions (asset, role, ...) are written beside them so that a
 * person can ask `sqlite3 earshot.db 'select ... from asset'`, and are made anew at each save.
 *
 * Errors are negative: -ENOENT (no such store, when reading), -EACCES, -EROFS, -ENOSPC, -EBUSY (in use),
 * -STORE_ENOTDB (not SQLite, or not ours), -EPROTO (made by a newer earshot), -EINVAL (the store of another site),
 * -EISDIR, -EIO, -ENOMEM. store_error() has one line for people: what, which file, what to do. An error sticks: what could not
 * be read whole is not replaced by a save.
 */
#ifndef EARSHOT_STORE_H
#define EARSHOT_STORE_H

#include "sensor/conclude/asset.h"
#include "sensor/inventory/inventory.h"
#include "sensor/store/event.h"

#define STORE_ENOTDB 201 /* no errno says "not a database" */

struct store;

/* A writer holds the write lock from the opening to the end of the first save: what it loaded is what it replaces. A
 * reader takes none; when a writer finishes while it loads, the load fails with -EBUSY. */
enum store_mode {
	STORE_READ,  /* must exist; never written to, not even a journal on a read-only disk */
	STORE_WRITE, /* made when absent, migrated when older */
	STORE_FOLLOW /* for store_update(): made at once when absent; no lock is held between two calls */
};

/* `site` names the site of a new store (NULL: ""), and must agree with that of an existing one when given.
 * On failure *out is still set, for store_error(), and must be closed. */
int store_open(struct store **out, const char *path, enum store_mode mode, const char *site);
void store_close(struct store *s);
const char *store_error(const struct store *s);
const char *store_site(const struct store *s);

/* All facts into an empty inventory. */
int store_load(struct store *s, struct inventory *into);

/*
 * One transaction: the facts and the conclusions as they are now replace what the store held. A reader
 * sees the old store or the new one; a new store appears under its name only when complete.
 */
int store_save(struct store *s, const struct inventory *inv, const struct conclusions *c);

/* What one store_update() writes; what is NULL stays as it is in the store. */
struct store_change {
	const struct inventory *inv;
	const struct marks *marks; /* the rows of `inv` to write: row i is number i + 1; NULL: all tables anew */
	const struct conclusions *conclusions; /* of `inv` */
	const struct store_events *events;
};

/*
 * For STORE_FOLLOW: one transaction, on disk when it returns (a power cut loses nothing that was committed). Errors do
 * not stick: the store is as it was, and the next call tries again, opening the file again where that may help.
 * -EAGAIN: another program has written since our last store_load() or store_update(), so row numbers mean something
 * else now; load again into an empty inventory.
 */
int store_update(struct store *s, const struct store_change *change);

/* Bytes of the file and of its log. */
uint64_t store_bytes(const struct store *s);

/* All hashes of event_told, on the heap. 0 or a code. */
int store_told(struct store *s, uint64_t **keys, size_t *count);

#endif
