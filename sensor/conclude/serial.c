/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serial.c - two addresses that tell the same vendor and serial number are one device with two interfaces.
 *
 * Only what a device says of itself counts, never what stands behind it: two routes to one module do not
 * make two chassis one. Addresses that talk to each other are two devices with a copied number.
 */
#include "sensor/conclude/work.h"

#include <ctype.h>
#include <stdlib.h>

#define SERIAL_CONFIDENCE 80 /* percent; less is hearsay */
#define SERIAL_PLACES_MAX 4  /* more addresses with one serial number: a simulator, or a factory setting */

/* A serial number that an address told. */
struct serial {
	uint8_t family;            /* enum protocol; ENIP counts as CIP */
	char text[SERIAL_MAX + 1]; /* upper case without spaces and leading zeros */
	const char *vendor;        /* code or name, "" when not told */
	uint32_t node;
	bool unusable; /* not to be used */
};

static uint8_t family_of(uint8_t protocol)
{
	return protocol == PROTOCOL_ENIP || protocol == PROTOCOL_PCCC ? PROTOCOL_CIP : protocol;
}

bool serial_normalise(char out[SERIAL_MAX + 1], const char *text)
{
	size_t n = 0;
	bool varied = false;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	while (*text == '0' || *text == ' ')
		text++;
	for (; *text != '\0'; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (n == SERIAL_MAX)
			return false;
		out[n++] = (char)toupper((unsigned char)*text);
		varied |= out[n - 1] != out[0];
	}
	out[n] = '\0';
	return n > 2 && varied;
}

static int serial_compare(const void *left, const void *right)
{
	const struct serial *a = left, *b = right;
	if (a->family != b->family)
		return a->family - b->family;
	int order = strcmp(a->text, b->text);
	if (order == 0)
		order = strcmp(a->vendor, b->vendor);
	if (order != 0)
		return order;
	return a->node == b->node ? 0 : a->node < b->node ? -1 : 1;
}

static bool is_same(const struct serial *a, const struct serial *b)
{
	return a->family == b->family && strcmp(a->text, b->text) == 0 && strcmp(a->vendor, b->vendor) == 0;
}

/* The vendor that the same endpoint told in the same family of protocols; of several the least text. */
static const char *vendor_told(const struct work *w, const uint32_t *rows, uint32_t count, uint8_t family)
{
	const char *least = "";
	for (uint32_t i = 0; i < count; i++) {
		const struct fact *f = &w->inventory->facts[rows[i]];
		if (f->attribute != ATTRIBUTE_VENDOR || family_of(f->protocol) != family ||
			fact_is_claim(w->inventory, f))
			continue;
		const char *text = inventory_text(w->inventory, f->naming != NAMING_NONE ? f->code : f->value);
		if (*least == '\0' || strcmp(text, least) < 0)
			least = text;
	}
	return least;
}

static uint32_t serials_collect(struct work *w, const struct grouped *facts, struct serial *out)
{
	const struct inventory *inv = w->inventory;
	uint32_t n = 0;
	for (uint32_t e = 0; e < inv->endpoint_count; e++) {
		const uint32_t *rows = facts->rows + facts->first[e];
		uint32_t count = facts->first[e + 1] - facts->first[e];
		if (inv->endpoints[e].path_kind != PATH_NONE || !w->nodes[w->node_of[e]].unicast)
			continue;
		for (uint32_t i = 0; i < count; i++) {
			const struct fact *f = &inv->facts[rows[i]];
			if (f->attribute != ATTRIBUTE_SERIAL_NUMBER || f->confidence < SERIAL_CONFIDENCE ||
				fact_is_claim(inv, f) || !serial_normalise(out[n].text, inventory_text(inv, f->value)))
				continue;
			out[n].family = family_of(f->protocol);
			out[n].vendor = vendor_told(w, rows, count, out[n].family);
			out[n].node = w->node_of[e];
			n++;
		}
	}
	return n;
}

/* An address that told two numbers was two devices one after the other: which was where nobody knows. */
static void changed_void(struct serial *serials, uint32_t count, uint32_t *of_node)
{
	for (uint32_t i = 0; i < count; i++)
		of_node[serials[i].node] = UINT32_MAX;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t *first = &of_node[serials[i].node];
		if (*first == UINT32_MAX)
			*first = i;
		else if (serials[*first].family == serials[i].family && !is_same(&serials[*first], &serials[i]))
			serials[*first].unusable = serials[i].unusable = true;
	}
}

/* Gives each group of equal numbers to its nodes, so that a link inside a group is seen in one pass. */
static void talkers_void(struct work *w, struct serial *serials, uint32_t count, uint32_t *of_node)
{
	for (uint32_t i = 0; i < w->node_count; i++)
		of_node[i] = UINT32_MAX;
	for (uint32_t i = 0, group = 0; i < count; i++) {
		if (!is_same(&serials[group], &serials[i]))
			group = i;
		of_node[serials[i].node] = group;
	}
	for (uint32_t i = 0; i < w->inventory->link_count; i++) {
		const struct link *l = &w->inventory->links[i];
		uint32_t client = w->node_of[l->client], server = w->node_of[l->server];
		uint32_t group = of_node[client];
		if (group != UINT32_MAX && group == of_node[server] &&
			node_root(w->nodes, client) != node_root(w->nodes, server))
			serials[group].unusable = true;
	}
}

static void groups_unite(struct work *w, const struct serial *serials, uint32_t count)
{
	for (uint32_t i = 0, end; i < count; i = end) {
		uint32_t places = 1;
		bool usable = !serials[i].unusable;
		for (end = i + 1; end < count && is_same(&serials[i], &serials[end]); end++) {
			places += node_root(w->nodes, serials[end].node) != node_root(w->nodes, serials[end - 1].node);
			usable &= !serials[end].unusable;
		}
		if (!usable || places > SERIAL_PLACES_MAX)
			continue;
		for (uint32_t j = i + 1; j < end; j++)
			node_unite(w->nodes, serials[i].node, serials[j].node);
	}
}

bool serial_unite(struct work *w)
{
	const struct inventory *inv = w->inventory;
	uint32_t room = 0;
	struct arena local = {0};
	for (uint32_t i = 0; i < inv->fact_count; i++)
		room += inv->facts[i].attribute == ATTRIBUTE_SERIAL_NUMBER;
	if (room < 2)
		return true;
	struct serial *serials = work_alloc(w, &local, room, sizeof(*serials));
	uint32_t *owner = work_alloc(w, &local, inv->fact_count, sizeof(*owner));
	uint32_t *of_node = work_alloc(w, &local, w->node_count, sizeof(*of_node));
	struct grouped facts = {0};
	if (!w->failed) {
		for (uint32_t i = 0; i < inv->fact_count; i++)
			owner[i] = inv->facts[i].endpoint;
		if (grouped_make(w, &local, &facts, owner, inv->fact_count, inv->endpoint_count)) {
			uint32_t count = serials_collect(w, &facts, serials);
			qsort(serials, count, sizeof(*serials), serial_compare);
			changed_void(serials, count, of_node);
			talkers_void(w, serials, count, of_node);
			groups_unite(w, serials, count);
		}
	}
	arena_clear(&local);
	return !w->failed;
}
