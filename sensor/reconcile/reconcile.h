/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reconcile.h - the owner's register against what was observed: a list that a person can work through.
 *
 * Which row is which asset was concluded already (conclude/register.c); here every row and every asset gets its line:
 * a row that nobody heard, a device that nobody wrote down, a field in which the two differ, a row or an asset for
 * which nothing could be decided. Neither side is ever corrected: the decision is a person's.
 *
 * What is no mismatch by itself: modules without a row (registers list devices), hosts outside the plant (flag
 * external), and values that only one side has. They are counted, and shown beside the line of their device.
 */
#ifndef EARSHOT_RECONCILE_H
#define EARSHOT_RECONCILE_H

#include <stdio.h>

#include "sensor/conclude/asset.h"

/* The names in the outputs are reconcile_kind_name(): add, never rename. */
enum reconcile_kind {
	RECONCILE_DUPLICATE,     /* rows of the register that say the same key, or that are the same asset */
	RECONCILE_AMBIGUOUS,     /* a row whose key several assets have */
	RECONCILE_CONFLICT,      /* a row and its asset differ in one field */
	RECONCILE_REGISTER_ONLY, /* a row that was not observed */
	RECONCILE_OBSERVED_ONLY, /* an asset without a row */
	RECONCILE_MATCHED,       /* a row and its asset, without a difference */
	RECONCILE_KINDS
};
/* "duplicate", "ambiguous", "conflict", "register only", "observed only", "matched". Static storage. */
const char *reconcile_kind_name(enum reconcile_kind kind);

/* One line to work through. Texts are borrowed from the conclusions or live in the reconciliation. */
struct reconcile_item {
	enum reconcile_kind kind;
	uint32_t asset;                    /* ASSET_NONE: none, or several (see note) */
	const struct declared_asset *row;  /* NULL: none */
	const char *field;                 /* that differs, or the key in doubt; NULL: does not apply */
	const char *registered, *observed; /* of `field`, as each side has it */
	bool has_evidence;
	struct sighting evidence; /* the frame that said `observed`; of an asset without a row its first frame */
	const char *note;         /* one line: why, who else, what could be added */
	char id[17];              /* stays the same while the same thing is meant: of kind, row or asset, and field */
};

struct reconciliation {
	const struct conclusions *conclusions;
	struct arena arena;
	struct reconcile_item *items; /* by kind as listed above, then as the register and the inventory are sorted */
	size_t count;
	size_t rows, rows_matched;           /* of the register; with a conflict or without */
	size_t assets_matched;               /* devices and modules */
	size_t conflict_assets;              /* of them with at least one conflict */
	size_t modules_without_row, outside; /* observed, expected in no register */
	size_t counts[RECONCILE_KINDS];
};

/*
 * NULL without memory. Conclusions without a register: everything is observed only. The conclusions must outlive it.
 * Free with reconcile_free().
 */
struct reconciliation *reconcile_make(const struct conclusions *c);
void reconcile_free(struct reconciliation *r);

/* Something a person has to decide: items other than matched. */
size_t reconcile_mismatches(const struct reconciliation *r);

/* Outputs: 0 or a negative errno, the stream's included. */
/* RFC 4180, safe from formula injection; an item a record, with empty columns for the decision. */
int reconcile_csv(FILE *out, const struct reconciliation *r, const char *site);
int reconcile_json(FILE *out, const struct reconciliation *r, const char *site);
/* For people. `all`: with what is matched. */
int reconcile_text(FILE *out, const struct reconciliation *r, bool all);

#endif
