/* SPDX-License-Identifier: Apache-2.0 */
/* netbox_names.h - texts as NetBox takes them: cut to its fields, unique where it wants that, and slugs. */
#ifndef EARSHOT_NETBOX_NAMES_H
#define EARSHOT_NETBOX_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "sensor/util/arena.h"
#include "sensor/util/index.h"

#define NETBOX_SLUG_MAX 100

/*
 * At most `max` characters of a text, on one line, without characters that hide or reorder (they are written
 * as \u{XX}), with single blanks and none at the ends. What is longer ends in "~" and eight digits of its SHA-256, so
 * that different texts stay different. One character is kept free for the apostrophe of a CSV field. "" for NULL and
 * for blanks; NULL without memory.
 */
const char *netbox_text(struct arena *arena, const char *text, size_t max);

/*
 * Small letters, digits and hyphens, at most NETBOX_SLUG_MAX: never empty. Texts that differ in case, blanks and
 * punctuation have the same slug; of what cannot be written in it, a part of the SHA-256 is appended. NULL without
 * memory.
 */
const char *netbox_slug(struct arena *arena, const char *text);

/* Things that NetBox has once: manufacturers, types. Equal keys are one thing. */
struct netbox_entry {
	const char *key, *name; /* of several spellings the lowest */
	const char *part;       /* part number; "" when none was said, or several */
	uint32_t maker;         /* index of the manufacturer's entry */
	bool parts_differ;
};
struct netbox_registry {
	struct index index;
	struct netbox_entry *entries;
	uint32_t count, room;
};

#define NETBOX_NONE UINT32_MAX
/* The index of the entry, made if it is new; NETBOX_NONE without memory. Texts are borrowed. */
uint32_t netbox_registry_put(struct netbox_registry *r, const struct netbox_entry *entry);
/* Indexes of the entries sorted by key, on the heap; NULL without memory. */
uint32_t *netbox_registry_sorted(const struct netbox_registry *r);
void netbox_registry_clear(struct netbox_registry *r);

#endif
