/* SPDX-License-Identifier: Apache-2.0 */
/* until.h - what an inventory held at an earlier time. */
#ifndef EARSHOT_UNTIL_H
#define EARSHOT_UNTIL_H

#include "sensor/inventory/inventory.h"

/*
 * A copy of what had been seen by then, that moment included: rows first seen later are left out, and of the others
 * nothing is later. Captures stay, with all their counters, and so do the counts of packets and bytes, which know no
 * time. NULL: no memory.
 */
struct inventory *inventory_until(const struct inventory *inv, int64_t time_ns);

#endif
