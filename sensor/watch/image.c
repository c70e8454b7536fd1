/* SPDX-License-Identifier: Apache-2.0 */
/* image.c - what is known, what of it is not on disk, and what to do when the disk or its bounds say no. */
#include "sensor/watch/image.h"

#include <errno.h>

#include "sensor/inventory/marks.h"

/* A store that grew elsewhere, or under a higher ceiling: loaded with the widest bounds, then cut to ours. */
static int load_wide(struct image *i, struct inventory **out)
{
	struct inventory *all = inventory_new(&inventory_limits_default);
	int err = all != NULL ? store_load(i->store, all) : -ENOMEM;
	if (err == 0) {
		all->limits = i->limits;
		*out = compact_make(all, &i->forgotten_rows);
		err = *out != NULL ? 0 : -ENOMEM;
		i->rewrite = true;
		i->compactions++;
	}
	inventory_free(all);
	return err;
}

static int load(struct image *i)
{
	struct inventory *all = inventory_new(&i->limits);
	int err = all != NULL ? store_load(i->store, all) : -ENOMEM;
	i->rewrite = false;
	if (err == -ENOMEM && all != NULL) {
		inventory_free(all);
		all = NULL;
		err = load_wide(i, &all);
	}
	if (err == 0)
		err = marks_keep(all);
	if (err != 0) {
		inventory_free(all);
		return err;
	}
	i->all = all;
	return 0;
}

int image_open(struct image *i, struct store *store, const struct inventory_limits *limits,
	const struct inventory_limits *pending_limits)
{
	*i = (struct image){.store = store, .limits = *limits, .pending_limits = *pending_limits};
	i->pending = inventory_new(pending_limits);
	return i->pending != NULL ? load(i) : -ENOMEM;
}

void image_close(struct image *i)
{
	inventory_free(i->all);
	inventory_free(i->pending);
	i->all = i->pending = NULL;
}

static void compact(struct image *i)
{
	uint64_t forgotten = 0;
	struct inventory *kept = compact_make(i->all, &forgotten);
	if (kept == NULL || marks_keep(kept) != 0) {
		inventory_free(kept);
		return; /* it goes on with what room there is */
	}
	inventory_free(i->all);
	i->all = kept;
	i->rewrite = true;
	i->forgotten_rows += forgotten;
	i->compactions++;
}

static int add(struct image *i, const struct inventory *more)
{
	if (compact_is_due(i->all, more))
		compact(i);
	int err = inventory_merge(i->all, more);
	if (err != 0) { /* incomplete: loaded again at the next commit */
		inventory_free(i->all);
		i->all = NULL;
	}
	return err;
}

int image_add(struct image *i, const struct inventory *epoch, int64_t now_ns)
{
	int err = inventory_merge(i->pending, epoch);
	if (i->pending_since_ns == 0)
		i->pending_since_ns = now_ns;
	if (i->all != NULL) {
		int failed = add(i, epoch);
		err = err != 0 ? err : failed;
	}
	return err;
}

/* From the store, and what it does not hold. */
static int reload(struct image *i)
{
	inventory_free(i->all);
	i->all = NULL;
	int err = load(i);
	if (err != 0)
		return err;
	i->reloads++;
	return add(i, i->pending);
}

int image_commit(struct image *i, const struct conclusions *c, const struct store_events *events)
{
	int err = i->all != NULL ? 0 : reload(i);
	for (unsigned attempt = 0; attempt < 2 && err == 0; attempt++) {
		const struct store_change change = {
			.inv = i->all,
			.marks = i->rewrite ? NULL : i->all->marks,
			.conclusions = c,
			.events = events,
		};
		err = store_update(i->store, &change);
		if (err != -EAGAIN || attempt > 0)
			break;
		err = reload(i);
		if (err == 0 && (c != NULL || events != NULL))
			return -EAGAIN;
	}
	if (err != 0)
		return err;
	marks_clear(i->all->marks);
	i->rewrite = false;
	i->pending_since_ns = 0;
	return inventory_empty(i->pending);
}

void image_describe(const struct image *i, struct watch_image *out)
{
	const struct inventory *inv = i->all;
	uint32_t assets = out->assets;
	*out = (struct watch_image){
		.endpoints_max = i->limits.endpoints,
		.bindings_max = i->limits.bindings,
		.facts_max = i->limits.facts,
		.links_max = i->limits.links,
		.activities_max = i->limits.activities,
		.captures_max = i->limits.captures,
		.string_bytes_max = i->limits.string_bytes,
		.assets = assets,
		.forgotten_rows = i->forgotten_rows,
		.compactions = i->compactions,
	};
	if (inv == NULL)
		return;
	out->endpoints = inv->endpoint_count;
	out->bindings = inv->binding_count;
	out->facts = inv->fact_count;
	out->links = inv->link_count;
	out->activities = inv->activity_count;
	out->captures = inv->capture_count;
	out->string_bytes = inv->strings.len;
}
