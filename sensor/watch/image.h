/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.h - all facts in memory, as the writer thread keeps them: what the store holds and what it does not hold yet.
 *
 *	epoch --merge--> image (rows marked) --store_update()--> store      row i of the image = row i + 1 of the store
 *	      \-merge--> pending, only while the store does not take anything
 *
 * The merge is the one that `earshot read` uses for a capture, so the daemon has the same facts by construction.
 *
 * `pending` is the union of the epochs that are not in the store yet. When another program has written to the store
 * in the meantime (`earshot read --db` adds a capture: all row numbers change), the image is loaded anew and
 * `pending` is merged into it: totals in the image cannot be told apart from what is new, `pending` can.
 *
 * Everything here belongs to the writer thread (image_open() runs before it starts).
 */
#ifndef EARSHOT_WATCH_IMAGE_H
#define EARSHOT_WATCH_IMAGE_H

#include "sensor/inventory/compact.h"
#include "sensor/inventory/inventory.h"
#include "sensor/store/store.h"
#include "sensor/watch/status.h"

struct image {
	struct inventory *all;     /* NULL: could not be loaded again; tried at the next round */
	struct inventory *pending; /* epochs that are not committed; empty most of the time */
	struct inventory_limits limits, pending_limits;
	struct store *store;      /* borrowed */
	bool rewrite;             /* row numbers changed (compaction): the next save replaces all */
	int64_t pending_since_ns; /* wall clock; 0: nothing is pending */
	uint64_t forgotten_rows, reloads;
	uint32_t compactions;
};

/* Loads what the store holds. 0, -ENOMEM, or the code of the store (see store_error()). */
int image_open(struct image *i, struct store *store, const struct inventory_limits *limits,
	const struct inventory_limits *pending_limits);
void image_close(struct image *i);

/* Takes over an epoch; the caller keeps it. Compacts first when a table has passed its mark. 0 or -ENOMEM: the epoch is
 * in `pending` at least, and counted when it is not. `now_ns`: wall clock. */
int image_add(struct image *i, const struct inventory *epoch, int64_t now_ns);

/*
 * One transaction: marked rows, and the conclusions when `c` is not NULL (they must be of i->all as it is now). Code of
 * the store; on a failure nothing is lost here and the next call tries again. -EAGAIN: the store was written by another
 * program and has been loaded anew, so `c` is of something that is gone; call again.
 */
int image_commit(struct image *i, const struct conclusions *c, const struct store_events *events);

void image_describe(const struct image *i, struct watch_image *out);

#endif
