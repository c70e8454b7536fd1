/* SPDX-License-Identifier: Apache-2.0 */
/* assembly.h - the buffers behind assembly_add(): made on demand, bounded each and all together. */
#ifndef EARSHOT_ASSEMBLY_H
#define EARSHOT_ASSEMBLY_H

#include <stddef.h>
#include <stdint.h>

#include "earshot/observer.h"

/* Memory that many small buffers share; `used` goes up and down with them. */
struct assembly_budget {
	size_t used, max;
	uint64_t refused; /* pieces that did not fit, here or in their slot */
};

struct assemblies {
	struct assembly_budget *budget;
	uint32_t max; /* bytes a slot may hold */
	struct {
		uint8_t *bytes;
		uint32_t len, room;
	} slot[ASSEMBLY_SLOTS];
};

void assemblies_clear(struct assemblies *a);

#endif
