/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget.c - the ceiling of memory, divided at the start. Nothing below takes more, whatever comes over the wire.
 *
 *	ceiling 256 MiB
 *	├── ring           64   by the kernel, shared with us
 *	├── fixed          40   program, libraries, tables of names, 8 of SQLite's pages, conclusions of a small plant
 *	└── the rest      152
 *	    ├── 10/32 flows     47   40,000: a third of it conversations (416 bytes each), two thirds what dissectors
 *remember ├── 2/32 streams     9   early segments, PDUs in pieces, reports that wait for proof ├── 1/32 messages    5
 *dissectors' buffers ├── 2/32 names       9   conversations that libnDPI looks at └── 17/32 rows      81   1000 bytes
 *for each endpoint that the image may hold: itself with what hangs on it (350), what is concluded or the copy while it
 *is compacted (400), two epochs and what waits for the disk of a quarter each (250)
 *
 * 256 MiB hold some 85,000 addresses (IP and MAC count each); 100,000 devices with both want 480 MiB.
 */
#include "sensor/watch/budget.h"

#include <errno.h>

#define MIB ((uint64_t)1 << 20)
#define FIXED (40 * MIB)
#define FREE_LEAST (24 * MIB) /* below it an epoch could not hold a plant of a hundred devices */
#define FLOW_BYTES 416
#define LABELLING_BYTES 1536 /* libnDPI's state of one conversation */
#define ENDPOINT_BYTES 1000  /* measured: 850 with conclusions made, and the epochs */
#define EPOCH_PART 4         /* an epoch holds a quarter of the image */

static struct inventory_limits limits_of(uint32_t endpoints)
{
	return (struct inventory_limits){
		.endpoints = endpoints,
		.bindings = endpoints,
		.facts = endpoints + endpoints / 2,
		.links = endpoints + endpoints / 2,
		.activities = endpoints,
		.captures = 1024,
		.string_bytes = (size_t)endpoints * 96,
	};
}

int watch_budget_make(struct watch_budget *out, uint64_t memory_bytes, uint64_t ring_bytes, uint64_t *least)
{
	*least = ring_bytes + FIXED + FREE_LEAST;
	if (memory_bytes < *least)
		return -EINVAL;
	uint64_t share = (memory_bytes - ring_bytes - FIXED) / 32;
	uint64_t endpoints = share * 17 / ENDPOINT_BYTES;
	if (endpoints > inventory_limits_default.endpoints)
		endpoints = inventory_limits_default.endpoints;
	out->pipeline = (struct pipeline_limits){
		.flows = (uint32_t)(share * 10 / 3 / FLOW_BYTES),
		.claim_bytes = share * 20 / 3,
		.stream_bytes = share * 2,
		.assembly_bytes = share,
		.labellings = (uint32_t)(share * 2 / LABELLING_BYTES),
	};
	if (out->pipeline.flows > pipeline_limits_default.flows)
		out->pipeline.flows = pipeline_limits_default.flows;
	out->image = limits_of((uint32_t)endpoints);
	out->epoch = limits_of((uint32_t)endpoints / EPOCH_PART);
	out->epoch.unproved_endpoints = out->epoch.endpoints / 2;
	out->epoch.unproved_links = out->epoch.links / 2;
	return 0;
}
