/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.c - devices, and what stands behind their addresses, become assets.
 *
 * A device is an asset when one of its addresses spoke. Every place inside it that answered, or that
 * something is known of, is a child: a slot, a unit, an outstation. What only gave itself a link address when
 * it asked (a DNP3 master) is the device itself. Some protocols name a place also when they
 * mean the device itself, see is_device_itself().
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>

/* A place inside a device, as one of its addresses has it. */
struct spot {
	uint32_t device, endpoint;
};

static int spot_compare(const void *left, const void *right, void *inventory)
{
	const struct inventory *inv = inventory;
	const struct spot *a = left, *b = right;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	const struct endpoint *x = &inv->endpoints[a->endpoint], *y = &inv->endpoints[b->endpoint];
	int order =
		path_compare(x->path_kind, inventory_text(inv, x->path), y->path_kind, inventory_text(inv, y->path));
	return order != 0 ? order : address_compare(&x->address, &y->address);
}

static bool is_same_spot(const struct inventory *inv, const struct spot *a, const struct spot *b)
{
	const struct endpoint *x = &inv->endpoints[a->endpoint], *y = &inv->endpoints[b->endpoint];
	return a->device == b->device && x->path_kind == y->path_kind && x->path == y->path;
}

/* Numbers the devices that spoke in the order of their lowest addresses. */
static uint32_t devices_number(struct work *w)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < w->node_count; i++)
		if (w->nodes[i].spoke && w->nodes[i].unicast)
			w->nodes[node_root(w->nodes, i)].asset = 0;
	for (uint32_t i = 0; i < w->node_count; i++)
		if (w->nodes[i].up == i && w->nodes[i].asset == 0)
			w->nodes[i].asset = count++;
	for (uint32_t i = 0; i < w->node_count; i++)
		w->nodes[i].asset = w->nodes[i].unicast ? w->nodes[node_root(w->nodes, i)].asset : ASSET_NONE;
	return count;
}

/* The endpoints with a path that answered or of which something is known, sorted by device and path. */
static struct spot *places_collect(struct work *w, struct arena *arena, uint32_t *count, bool *known)
{
	const struct inventory *inv = w->inventory;
	uint32_t n = 0;
	for (uint32_t i = 0; i < inv->endpoint_count; i++)
		n += inv->endpoints[i].path_kind != PATH_NONE;
	struct spot *places = work_alloc(w, arena, n, sizeof(*places));
	if (w->failed)
		return NULL;
	for (uint32_t i = 0; i < inv->fact_count; i++)
		known[inv->facts[i].endpoint] |= inv->facts[i].attribute != ATTRIBUTE_LINK_ADDRESS;
	*count = 0;
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		const struct endpoint *e = &inv->endpoints[i];
		uint32_t device = w->nodes[w->node_of[i]].asset;
		if (e->path_kind != PATH_NONE && device != ASSET_NONE && (e->spoke || known[i]))
			places[(*count)++] = (struct spot){device, i};
	}
	qsort_r(places, *count, sizeof(*places), spot_compare, (void *)(uintptr_t)inv);
	return places;
}

/* Of one kind of place of a device: how many, and whether any is more than a word that it is there. */
struct places {
	uint16_t units;      /* Modbus units that answered */
	uint16_t real_units; /* of them, other than 0 and 255, which mean the device itself */
	uint16_t slots;      /* S7 racks and slots */
	bool slot_known;     /* something is known of one */
};

static bool is_self_unit(const char *unit)
{
	return strcmp(unit, "0") == 0 || strcmp(unit, "255") == 0;
}

/* The places are sorted, so equal ones are neighbours. */
static void places_count(
	struct work *w, const struct spot *places, uint32_t count, struct places *of, const bool *known)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct endpoint *e = &w->inventory->endpoints[places[i].endpoint];
		struct places *p = &of[places[i].device];
		bool other = i == 0 || !is_same_spot(w->inventory, &places[i - 1], &places[i]);
		if (e->path_kind == PATH_MODBUS_UNIT && other) {
			p->units++;
			p->real_units =
				(uint16_t)(p->real_units + !is_self_unit(inventory_text(w->inventory, e->path)));
		}
		if (e->path_kind == PATH_S7_RACK_SLOT) {
			p->slots = (uint16_t)(p->slots + other);
			p->slot_known |= known[places[i].endpoint];
		}
	}
}

/*
 * Modbus has a unit number in every message: 0 and 255 are the device itself unless there are others, and a lone
 * unit 1 is what most devices call themselves. An S7 connection names a rack and slot: a lone one of which nothing
 * is known is where the CPU itself sits.
 */
static bool is_device_itself(const struct work *w, const struct spot *place, const struct places *of)
{
	const struct endpoint *e = &w->inventory->endpoints[place->endpoint];
	const struct places *p = &of[place->device];
	if (e->path_kind == PATH_S7_RACK_SLOT)
		return p->slots == 1 && !p->slot_known;
	if (e->path_kind != PATH_MODBUS_UNIT)
		return false;
	return p->real_units == 0 || (p->units == 1 && strcmp(inventory_text(w->inventory, e->path), "1") == 0);
}

static void span_add(const struct work *w, struct asset *asset, const struct span *seen, bool *any)
{
	if (*any)
		span_widen(w, &asset->seen, seen);
	else
		asset->seen = *seen;
	*any = true;
}

/*
 * When the addresses of a device spoke; the statements of others do not count. Its places are the device's own as
 * long as they are no children.
 */
static void device_see(struct work *w, uint32_t index)
{
	bool any = false;
	uint32_t device = w->device_of[index];
	for (uint32_t i = w->members.first[device]; i < w->members.first[device + 1]; i++) {
		const struct node *node = &w->nodes[w->members.rows[i]];
		for (uint32_t j = node[0].first; j < node[1].first; j++) {
			const struct endpoint *e = &w->inventory->endpoints[w->order[j]];
			if (e->spoke)
				span_add(w, &w->out->assets[index], &e->seen, &any);
			w->asset_of[w->order[j]] = index;
		}
	}
}

static void child_begin(struct work *w, uint32_t index, uint32_t parent, const struct endpoint *e)
{
	struct asset *child = &w->out->assets[index];
	child->parent = parent;
	child->at = (struct place){e->path_kind, inventory_text(w->inventory, e->path)};
	child->seen = e->seen;
	w->device_of[index] = ASSET_NONE;
}

/* Each device and its children right behind it. */
static void assets_fill(
	struct work *w, const struct spot *places, uint32_t count, uint32_t devices, const struct places *of)
{
	uint32_t index = 0, at = 0;
	for (uint32_t device = 0; device < devices; device++) {
		uint32_t parent = index++;
		w->out->assets[parent].parent = ASSET_NONE;
		w->out->assets[parent].at.text = "";
		w->device_of[parent] = device;
		w->asset_of_device[device] = parent;
		device_see(w, parent);
		for (; at < count && places[at].device == device; at++) {
			const struct endpoint *e = &w->inventory->endpoints[places[at].endpoint];
			uint32_t owner = parent;
			if (!is_device_itself(w, &places[at], of)) {
				if (at == 0 || !is_same_spot(w->inventory, &places[at - 1], &places[at]))
					child_begin(w, index++, parent, e);
				owner = index - 1;
				span_widen(w, &w->out->assets[owner].seen, &e->seen);
			}
			w->asset_of[places[at].endpoint] = owner;
		}
	}
}

bool child_gather(struct work *w)
{
	struct arena local = {0};
	uint32_t devices = devices_number(w), count = 0, children = 0;
	bool *known = work_alloc(w, &local, w->inventory->endpoint_count, sizeof(*known));
	struct spot *places = places_collect(w, &local, &count, known);
	struct places *of = work_alloc(w, &local, devices, sizeof(*of));
	uint32_t *owner = work_alloc(w, &local, w->node_count, sizeof(*owner));
	w->asset_of_device = work_early(w, devices, sizeof(*w->asset_of_device));
	w->asset_of = work_early(w, w->inventory->endpoint_count, sizeof(*w->asset_of));
	if (!w->failed) {
		for (uint32_t i = 0; i < w->node_count; i++)
			owner[i] = w->nodes[i].asset;
		for (uint32_t i = 0; i < w->inventory->endpoint_count; i++)
			w->asset_of[i] = ASSET_NONE;
		places_count(w, places, count, of, known);
		for (uint32_t i = 0; i < count; i++)
			children += !is_device_itself(w, &places[i], of) &&
				    (i == 0 || !is_same_spot(w->inventory, &places[i - 1], &places[i]));
		w->out->asset_count = devices + children;
		w->out->assets = work_keep(w, w->out->asset_count, sizeof(*w->out->assets));
		w->device_of = work_early(w, w->out->asset_count, sizeof(*w->device_of));
	}
	if (!w->failed && grouped_make(w, &w->early, &w->members, owner, w->node_count, devices))
		assets_fill(w, places, count, devices, of);
	arena_clear(&local);
	/* From here on a node knows its asset, not the number of its device. */
	for (uint32_t i = 0; !w->failed && i < w->node_count; i++)
		if (w->nodes[i].asset != ASSET_NONE)
			w->nodes[i].asset = w->asset_of_device[w->nodes[i].asset];
	return !w->failed;
}
