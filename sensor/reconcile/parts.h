/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the files of reconcile/ share; private to this folder. */
#ifndef EARSHOT_RECONCILE_PARTS_H
#define EARSHOT_RECONCILE_PARTS_H

#include <stdlib.h>

#include "sensor/reconcile/reconcile.h"
#include "sensor/util/index.h"
#include "sensor/util/joined.h"
#include "sensor/util/text.h"

/* The keys by which rows of a register can be the same, in the order in which a duplicate is told. */
enum row_key { ROW_NUMBER, ROW_SERIAL, ROW_MAC, ROW_STATION, ROW_IP, ROW_KEYS };

/* What a row has of a key, as people wrote it; NULL: nothing. `room` is for an address. */
const char *reconcile_key_text(char room[ADDRESS_TEXT_MAX], const struct declared_asset *row, enum row_key key);

/* While a reconciliation is made. */
struct reconciler {
	struct reconciliation *out;
	const struct conclusions *c;
	const struct declared_asset *rows;
	size_t room;
	uint32_t *asset_of;  /* by row: ASSET_NONE: none, or in doubt */
	bool *doubtful;      /* by row: a question is about it */
	bool *covered;       /* by asset: a row is it, or is a part of it and has its address */
	bool *claimed;       /* by asset: several rows are it */
	uint32_t *candidate; /* by asset: 1 + the first row that may mean it; 0: none */
	struct joined text;  /* for notes */
	bool failed;         /* no memory */
};

/* A new item, or NULL without memory. Valid until the next one. */
struct reconcile_item *reconcile_add(struct reconciler *r, enum reconcile_kind kind, const struct declared_asset *row,
	uint32_t asset, const char *field);
const char *reconcile_copy(struct reconciler *r, const char *text); /* NULL stays NULL */
const char *reconcile_print(struct reconciler *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "10.0.0.9 (filler-plc)" for people; in the arena. */
const char *reconcile_asset_label(struct reconciler *r, uint32_t asset);
/* "line 12 (PLC-0001)" */
const char *reconcile_row_label(struct reconciler *r, const struct declared_asset *row);

/* reconcile_rows.c */
/* Both sorts of duplicates, in the order of the register. */
void reconcile_duplicates(struct reconciler *r);
/* The key that is in doubt, as the columns of the register are called. Static storage. */
const char *reconcile_question_field(const struct register_question *q);

/* reconcile_fields.c */
/* Adds a conflict for each field in which the two differ; how many. */
size_t reconcile_fields_compare(struct reconciler *r, const struct declared_asset *row, uint32_t asset);
/* What only the device says, of the fields that the register has a column for; NULL: nothing. In the arena. */
const char *reconcile_fields_missing(struct reconciler *r, const struct declared_asset *row, uint32_t asset);
/* The device's own, and for a module those of the device it is in. */
bool reconcile_has_address(const struct reconciler *r, const struct declared_asset *row, uint32_t asset);

#endif
