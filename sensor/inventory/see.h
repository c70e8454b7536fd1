/* SPDX-License-Identifier: Apache-2.0 */
/*
 * see.h - rows found or made from keys in the numbers of the inventory; for sensor/inventory/ alone.
 *
 * Each widens the `seen` of a row that exists, adds `count` where there is one, and returns the row or INVENTORY_NONE
 * (no room, counted).
 */
#ifndef EARSHOT_SEE_H
#define EARSHOT_SEE_H

#include "sensor/inventory/inventory.h"

uint32_t see_endpoint(struct inventory *inv, const struct address *address, const struct path *path, bool spoke,
	const struct span *seen);
uint32_t see_binding(struct inventory *inv, const struct binding *key);
uint32_t see_fact(struct inventory *inv, const struct fact *key);
/* A new row is the key as it is. */
uint32_t see_link(struct inventory *inv, const struct link *key);
uint32_t see_activity(struct inventory *inv, const struct activity *key);
/* The id of a text; false, and counted, when it finds no room. NULL is "". */
bool see_text(struct inventory *inv, const char *text, uint32_t *id);

/* What is copied of an inventory: NULL: everything. One byte for each row, 0: left out. */
struct kept {
	const uint8_t *captures, *endpoints, *bindings, *facts, *links, *activities;
};

/* The union as inventory_merge() makes it, of the rows that are kept. */
int merge_kept(struct inventory *into, const struct inventory *from, const struct kept *kept);

#endif
