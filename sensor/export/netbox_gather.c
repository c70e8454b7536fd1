/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netbox_gather.c - what the assets are in NetBox, and what they are called there.
 *
 * A name depends on the asset alone, so that it stays the same whatever else is seen: a device is called by its name,
 * or where it is behind another one, and the first eight digits of its id, which is made of its MAC or IP address.
 * Manufacturers and types are called as they call themselves; spellings that differ in case, blanks and punctuation are
 * one.
 */
#include <stdlib.h>
#include <string.h>

#include "sensor/export/netbox_parts.h"
#include "sensor/util/text.h"

#define NAME_MAX_NETBOX 64 /* of a device */
#define MODEL_MAX 100      /* of a type, and of a manufacturer */
#define PART_MAX 50        /* a part number, an asset tag */
#define SHORT_ID 8         /* digits of an id in a name */
#define UNKNOWN "Unknown"

static const char *text_of(struct netbox *n, const char *text, size_t max)
{
	const char *out = netbox_text(&n->arena, text, max);
	n->failed |= out == NULL;
	return out != NULL ? out : "";
}

static const char *slug_of(struct netbox *n, const char *text)
{
	const char *out = netbox_slug(&n->arena, text);
	n->failed |= out == NULL;
	return out != NULL ? out : "";
}

/* "a b", or "a (b)"; cut to MODEL_MAX. */
static const char *both_of(struct netbox *n, const char *a, const char *b, bool in_brackets)
{
	const char *both = arena_format(&n->arena, in_brackets ? "%s (%s)" : "%s %s", a, b);
	n->failed |= both == NULL;
	return text_of(n, both, MODEL_MAX);
}

static uint32_t put(struct netbox *n, struct netbox_registry *r, const struct netbox_entry *entry)
{
	uint32_t row = n->failed ? NETBOX_NONE : netbox_registry_put(r, entry);
	n->failed |= row == NETBOX_NONE;
	return n->failed ? 0 : row;
}

static bool has_flag(const struct asset *a, const char *flag)
{
	for (uint32_t i = 0; i < a->flag_count; i++)
		if (strcmp(a->flags[i], flag) == 0)
			return true;
	return false;
}

static enum netbox_kind kind_of(const struct netbox *n, uint32_t asset)
{
	const struct asset *a = &n->c->assets[asset];
	if (a->parent != ASSET_NONE && n->kinds[a->parent] == NETBOX_LEFT_OUT)
		return NETBOX_LEFT_OUT;
	if (a->parent == ASSET_NONE)
		return has_flag(a, "external") ? NETBOX_LEFT_OUT : NETBOX_DEVICE;
	switch (a->at.kind) {
	case PATH_CIP_PORT_SLOT:
	case PATH_S7_RACK_SLOT:
	case PATH_PN_SLOT:
		return NETBOX_MODULE;
	default: /* a unit, an outstation, a device of another network behind this one */
		return NETBOX_DEVICE;
	}
}

static uint32_t maker_put(struct netbox *n, const struct asset *a)
{
	const char *name = text_of(n, a->vendor, MODEL_MAX);
	name = *name != '\0' ? name : UNKNOWN;
	return put(n, &n->makers, &(struct netbox_entry){.key = slug_of(n, name), .name = name, .part = ""});
}

static uint32_t type_put(struct netbox *n, const struct asset *a, bool module)
{
	uint32_t maker = maker_put(n, a);
	const char *name = text_of(n, a->model != NULL ? a->model : a->order_number, MODEL_MAX);
	if (n->failed)
		return 0;
	name = *name != '\0' ? name : UNKNOWN;
	const char *key = arena_format(&n->arena, "%s\n%s", n->makers.entries[maker].key, slug_of(n, name));
	n->failed |= key == NULL;
	struct netbox_entry entry = {
		.key = key, .name = name, .part = text_of(n, a->order_number, PART_MAX), .maker = maker};
	return put(n, module ? &n->module_types : &n->types, &entry);
}

/* Ids whose first digits are those of another one are written out. */
static void names_make(struct netbox *n)
{
	struct index shorts = {0};
	bool *twice = calloc(n->c->asset_count + 1, sizeof(*twice));
	n->failed |= twice == NULL;
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		uint32_t cursor, row, hash = hash_bytes(n->c->assets[i].id, SHORT_ID, 0);
		for (row = index_first(&shorts, hash, &cursor); row != INDEX_END;
			row = index_next(&shorts, hash, &cursor))
			if (memcmp(n->c->assets[row].id, n->c->assets[i].id, SHORT_ID) == 0)
				twice[row] = twice[i] = true;
		n->failed |= index_put(&shorts, hash, i) != 0;
	}
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		const struct asset *a = &n->c->assets[i];
		if (n->kinds[i] != NETBOX_DEVICE)
			continue;
		int digits = twice[i] ? ASSET_ID_MAX - 1 : SHORT_ID;
		const char *what = a->name; /* not its type or model: those are learned and corrected */
		if (what == NULL && a->parent != ASSET_NONE)
			what = both_of(n, path_kind_name(a->at.kind), a->at.text, false);
		const char *cut = text_of(n, what, NAME_MAX_NETBOX - 3 - (size_t)digits);
		n->names[i] = arena_format(&n->arena, "%s (%.*s)", *cut != '\0' ? cut : "device", digits, a->id);
		n->failed |= n->names[i] == NULL;
	}
	free(twice);
	index_clear(&shorts);
}

/*
 * An asset tag is unique in NetBox: the owner's number where the register has one that no other row has, else our id.
 * So a device whose name changed is refused, and not there twice.
 */
static void tags_make(struct netbox *n)
{
	struct netbox_registry numbers = {0};
	for (unsigned pass = 0; pass < 2; pass++) /* count first, then decide */
		for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
			const struct asset *a = &n->c->assets[i];
			if (n->kinds[i] != NETBOX_DEVICE)
				continue;
			const char *number = text_of(n, a->declared != NULL ? a->declared->number : NULL, PART_MAX);
			const char *own = arena_format(&n->arena, "earshot-%s", a->id);
			n->failed |= own == NULL;
			n->tags[i] = own;
			if (*number == '\0' || n->failed)
				continue;
			uint32_t row = put(n, &numbers,
				&(struct netbox_entry){.key = number, .name = number, .part = pass == 0 ? a->id : ""});
			if (!n->failed && pass == 1 && !numbers.entries[row].parts_differ)
				n->tags[i] = number;
		}
	netbox_registry_clear(&numbers);
}

/* The import finds a type of modules by its model alone, so models of several manufacturers are told apart. */
static void modules_name(struct netbox *n)
{
	struct netbox_registry models = {0};
	uint32_t *order = netbox_registry_sorted(&n->module_types);
	n->module_names = arena_alloc(&n->arena, (n->module_types.count + 1) * sizeof(*n->module_names));
	n->failed |= order == NULL || n->module_names == NULL;
	for (uint32_t i = 0; i < n->module_types.count && !n->failed; i++) {
		const struct netbox_entry *e = &n->module_types.entries[i];
		put(n, &models, &(struct netbox_entry){.key = e->name, .name = e->name, .part = e->key});
	}
	struct netbox_registry taken = {0};
	for (uint32_t k = 0; k < n->module_types.count && !n->failed; k++) {
		const struct netbox_entry *e = &n->module_types.entries[order[k]];
		const char *maker = n->makers.entries[e->maker].name, *name = e->name;
		uint32_t row = put(n, &models, &(struct netbox_entry){.key = name, .name = name, .part = ""});
		if (strcmp(name, UNKNOWN) == 0 || (!n->failed && models.entries[row].parts_differ)) {
			name = both_of(n, name, maker, true);
		}
		uint32_t before = taken.count;
		put(n, &taken, &(struct netbox_entry){.key = name, .name = name, .part = ""});
		if (!n->failed && taken.count == before) { /* somebody calls a model so as we tell two apart */
			name = both_of(n, slug_of(n, e->key), name, false);
		}
		n->module_names[order[k]] = name;
	}
	netbox_registry_clear(&models);
	netbox_registry_clear(&taken);
	free(order);
}

void netbox_gather(struct netbox *n)
{
	size_t count = n->c->asset_count + 1;
	n->kinds = arena_alloc(&n->arena, count * sizeof(*n->kinds));
	n->names = arena_alloc(&n->arena, count * sizeof(*n->names));
	n->tags = arena_alloc(&n->arena, count * sizeof(*n->tags));
	n->type_of = arena_alloc(&n->arena, count * sizeof(*n->type_of));
	n->role_of = arena_alloc(&n->arena, count * sizeof(*n->role_of));
	n->failed |=
		n->kinds == NULL || n->names == NULL || n->tags == NULL || n->type_of == NULL || n->role_of == NULL;
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		const struct asset *a = &n->c->assets[i];
		n->kinds[i] = (uint8_t)kind_of(n, i);
		n->outside += n->kinds[i] == NETBOX_LEFT_OUT;
		if (n->kinds[i] == NETBOX_LEFT_OUT)
			continue;
		n->type_of[i] = type_put(n, a, n->kinds[i] == NETBOX_MODULE);
		if (n->kinds[i] == NETBOX_DEVICE)
			n->role_of[i] = put(n, &n->roles,
				&(struct netbox_entry){.key = slug_of(n, a->type), .name = a->type, .part = ""});
	}
	if (!n->failed)
		names_make(n);
	if (!n->failed)
		tags_make(n);
	if (!n->failed)
		modules_name(n);
}

void netbox_clear(struct netbox *n)
{
	netbox_registry_clear(&n->makers);
	netbox_registry_clear(&n->types);
	netbox_registry_clear(&n->module_types);
	netbox_registry_clear(&n->roles);
	arena_clear(&n->arena);
}
