/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compact.h - what to forget when an inventory that grows for years meets its bounds.
 *
 * Kept first is what a plant cannot do without, whatever floods it:
 *
 *	4  identified (a fact, or answered a dissector) and known for longer than COMPACT_ESTABLISHED_NS
 *	3  identified, new: a flood of fake servers ends up here and competes with itself
 *	2  answered somebody, or asks an identified one
 *	1  only asked
 *	0  never spoke: what a scan of all addresses leaves behind
 *
 * Within a class the oldest last sighting goes first; within 3 the latest first one, because who came with a flood came
 * late. A place inside a device is kept with the device, a MAC is worth what is behind it. Links go by what they prove
 * and by the worse of their ends; facts, bindings and operations go with what they hang on.
 */
#ifndef EARSHOT_COMPACT_H
#define EARSHOT_COMPACT_H

#include "sensor/inventory/inventory.h"

#define COMPACT_ESTABLISHED_NS (600 * 1000000000ll) /* floods are short, plants are not */
#define COMPACT_ABOVE 90                            /* percent of a table's maximum: compact */
#define COMPACT_TO 75                               /* percent: and keep this much */

/* True when a table of `inv` is above COMPACT_ABOVE percent, or would be with what is new in `more` (may be NULL). */
bool compact_is_due(const struct inventory *inv, const struct inventory *more);

/*
 * A new inventory with the same limits that holds what is kept, rows in their old order, all captures of files and
 * those live ones that something still refers to. What went is counted in evicted_rows of the capture that saw it last.
 * `*forgotten`: rows. NULL when memory is out; `inv` is unchanged in any case.
 */
struct inventory *compact_make(const struct inventory *inv, uint64_t *forgotten);

#endif
