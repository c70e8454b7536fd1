/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - the rows of schema.sql written and read. All of these note a failure in the database and
 * return its code; the caller holds the transaction.
 */
#ifndef EARSHOT_ROWS_H
#define EARSHOT_ROWS_H

#include "sensor/conclude/asset.h"
#include "sensor/inventory/marks.h"
#include "sensor/inventory/order.h"
#include "sensor/store/database.h"
#include "sensor/store/event.h"

/* Every fact and every conclusion goes, and only those. */
int rows_clear(struct database *db);
/* The conclusions alone. */
int conclusions_clear_rows(struct database *db);

/* All rows into empty tables; with `marks` only those, over what is there (`orders` are as recorded then). */
int facts_write(struct database *db, const struct orders *orders, const struct marks *marks);
int facts_read(struct database *db, struct inventory *into);

/* New entries of the log and their keys; the oldest go when there are too many. */
int events_write(struct database *db, const struct store_events *events);

int conclusions_write(struct database *db, const struct conclusions *c, const struct orders *orders);
/* Of these the zones, conduits and findings; the assets are there already. */
int zones_write_rows(struct database *db, const struct conclusions *c, const struct orders *orders);

int meta_write(struct database *db, const char *key, const char *value);
/* "" when there is none. The result is on the heap; NULL when memory is out. */
char *meta_read(struct database *db, const char *key);

/* The reverse of link_basis_name(); "cip-vendor" and so on and back. -1: no such name. */
int basis_parse(const char *name);
const char *naming_name(unsigned naming);
int naming_parse(const char *name);

#endif
