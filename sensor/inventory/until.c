/* SPDX-License-Identifier: Apache-2.0 */
/* until.c - every row knows when it was seen first, so the past can be told from the present. */
#include "sensor/inventory/until.h"

#include <stdlib.h>

#include "sensor/inventory/see.h"

/* One byte for each row that was there by then; what it stands on must be there too. */
#define CHOOSE(rows, member, condition)                                                                                \
	for (uint32_t i = 0; i < inv->member##_count; i++)                                                             \
	(rows)[i] = inv->member##s[i].seen.first.time_ns <= time_ns && (condition)

static void choose(const struct inventory *inv, int64_t time_ns, uint8_t *const rows[5])
{
	CHOOSE(rows[0], endpoint, true);
	CHOOSE(rows[1], binding, rows[0][inv->bindings[i].ip] && rows[0][inv->bindings[i].mac]);
	CHOOSE(rows[2], fact, rows[0][inv->facts[i].endpoint]);
	CHOOSE(rows[3], link, rows[0][inv->links[i].client] && rows[0][inv->links[i].server]);
	for (uint32_t i = 0; i < inv->activity_count; i++)
		rows[4][i] = inv->activities[i].seen.first.time_ns <= time_ns && rows[3][inv->activities[i].link];
}

static void clip(struct span *seen, int64_t time_ns)
{
	if (seen->last.time_ns <= time_ns)
		return;
	seen->last = seen->first; /* the frame in between is not known */
	seen->last.time_ns = time_ns;
}

/* An operation was done when its first proof is there; the bits of a link know no time. */
static void clip_operations(struct inventory *inv, uint8_t *proved)
{
	for (uint32_t i = 0; i < inv->activity_count; i++)
		proved[inv->activities[i].link] |= inv->activities[i].operation;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		struct link *l = &inv->links[i];
		l->asked &= proved[i];
		l->answered &= proved[i];
		l->refused &= proved[i];
	}
}

static void clip_all(struct inventory *inv, int64_t time_ns)
{
	for (uint32_t i = 0; i < inv->endpoint_count; i++)
		clip(&inv->endpoints[i].seen, time_ns);
	for (uint32_t i = 0; i < inv->binding_count; i++)
		clip(&inv->bindings[i].seen, time_ns);
	for (uint32_t i = 0; i < inv->fact_count; i++)
		clip(&inv->facts[i].seen, time_ns);
	for (uint32_t i = 0; i < inv->link_count; i++)
		clip(&inv->links[i].seen, time_ns);
	for (uint32_t i = 0; i < inv->activity_count; i++)
		clip(&inv->activities[i].seen, time_ns);
}

struct inventory *inventory_until(const struct inventory *inv, int64_t time_ns)
{
	const uint32_t counts[5] = {
		inv->endpoint_count, inv->binding_count, inv->fact_count, inv->link_count, inv->activity_count};
	uint8_t *rows[5], *proved = calloc(inv->link_count + 1u, 1);
	struct inventory *out = inventory_new(&inv->limits);
	bool failed = out == NULL || proved == NULL;
	for (unsigned i = 0; i < 5; i++) {
		rows[i] = calloc(counts[i] + 1u, 1);
		failed |= rows[i] == NULL;
	}
	if (!failed) {
		choose(inv, time_ns, rows);
		const struct kept kept = {NULL, rows[0], rows[1], rows[2], rows[3], rows[4]};
		failed = merge_kept(out, inv, &kept) != 0;
	}
	if (!failed) {
		clip_all(out, time_ns);
		clip_operations(out, proved);
	}
	for (unsigned i = 0; i < 5; i++)
		free(rows[i]);
	free(proved);
	if (!failed)
		return out;
	inventory_free(out);
	return NULL;
}
