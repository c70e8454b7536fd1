/* SPDX-License-Identifier: Apache-2.0 */
/* budget.h - how the ceiling of memory is divided among the parts of the daemon. */
#ifndef EARSHOT_WATCH_BUDGET_H
#define EARSHOT_WATCH_BUDGET_H

#include "sensor/flow/pipeline.h"
#include "sensor/inventory/inventory.h"

struct watch_budget {
	struct pipeline_limits pipeline;
	struct inventory_limits epoch; /* of each of the two, and of what waits for the disk */
	struct inventory_limits image;
};

/* 0, or -EINVAL when the ceiling is too low for the parts; `*least` is the lowest that is not. */
int watch_budget_make(struct watch_budget *out, uint64_t memory_bytes, uint64_t ring_bytes, uint64_t *least);

#endif
