/* SPDX-License-Identifier: Apache-2.0 */
/* fact.c - each asset gets its facts, with names for public numbers, in an order of their own. */
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

static const char *fact_value(const struct work *w, const struct fact *f)
{
	const char *code = inventory_text(w->inventory, f->code);
	if (f->naming == NAMING_NONE)
		return inventory_text(w->inventory, f->value);
	const char *name = knowledge_name(w->knowledge, f->naming, (uint32_t)strtoul(code, NULL, 0));
	return name != NULL ? name : code;
}

/*
 * The originator of a CIP connection names itself by a vendor number and a serial number, which only have to tell
 * connections apart (CIP volume 1, 3-5.5.1): a library on a PC sends those of its maker, often the same on every PC.
 */
bool fact_is_claim(const struct inventory *inv, const struct fact *fact)
{
	static const char *const messages[] = {"CIP Forward Open originator", "CIP Execute PCCC requester"};
	if (fact->protocol != PROTOCOL_CIP)
		return false;
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
		if (strcmp(inventory_text(inv, fact->message), messages[i]) == 0)
			return true;
	return false;
}

static int number_compare(uint64_t a, uint64_t b)
{
	return a == b ? 0 : a < b ? -1 : 1;
}

static int fact_compare(const void *left, const void *right, void *work)
{
	const struct work *w = work;
	const struct asset_fact *a = left, *b = right;
	const struct fact *x = a->fact, *y = b->fact;
	int order = strcmp(attribute_name(x->attribute), attribute_name(y->attribute));
	if (order == 0)
		order = strcmp(a->value, b->value);
	if (order == 0)
		order = strcmp(protocol_name(x->protocol), protocol_name(y->protocol));
	if (order == 0)
		order = strcmp(inventory_text(w->inventory, x->message), inventory_text(w->inventory, y->message));
	if (order == 0)
		order = path_compare(a->at.kind, a->at.text, b->at.kind, b->at.text);
	if (order == 0)
		order = strcmp(inventory_text(w->inventory, x->code), inventory_text(w->inventory, y->code));
	if (order == 0)
		order = number_compare(w->node_of[x->endpoint], w->node_of[y->endpoint]);
	if (order == 0)
		order = number_compare(x->naming, y->naming);
	return order;
}

/* Where in the asset the fact belongs: only of a device that is its own lone unit it differs from the asset. */
static struct place place_of(const struct work *w, uint32_t asset, const struct fact *f)
{
	const struct endpoint *e = &w->inventory->endpoints[f->endpoint];
	if (w->device_of[asset] == ASSET_NONE || e->path_kind == PATH_NONE)
		return (struct place){PATH_NONE, ""};
	return (struct place){e->path_kind, inventory_text(w->inventory, e->path)};
}

bool fact_gather(struct work *w)
{
	const struct inventory *inv = w->inventory;
	struct arena local = {0};
	struct grouped facts = {0};
	uint32_t *owner = work_alloc(w, &local, inv->fact_count, sizeof(*owner));
	for (uint32_t i = 0; !w->failed && i < inv->fact_count; i++)
		owner[i] = w->asset_of[inv->facts[i].endpoint];
	if (!w->failed && grouped_make(w, &local, &facts, owner, inv->fact_count, (uint32_t)w->out->asset_count)) {
		for (uint32_t a = 0; a < w->out->asset_count && !w->failed; a++) {
			struct asset *asset = &w->out->assets[a];
			uint32_t count = facts.first[a + 1] - facts.first[a];
			if (count == 0)
				continue;
			asset->facts = work_keep(w, count, sizeof(*asset->facts));
			for (uint32_t i = 0; i < count && !w->failed; i++) {
				const struct fact *f = &inv->facts[facts.rows[facts.first[a] + i]];
				asset->facts[i].fact = f;
				asset->facts[i].value = fact_value(w, f);
				asset->facts[i].at = place_of(w, a, f);
				asset->fact_count++;
			}
			if (!w->failed)
				qsort_r(asset->facts, count, sizeof(*asset->facts), fact_compare, w);
		}
	}
	arena_clear(&local);
	return !w->failed;
}
