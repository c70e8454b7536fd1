/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field.c - one effective value for each field of an asset, and the values that contradict each other.
 *
 * Of several values the one with the highest confidence holds, of equals the one seen last, of models said in the
 * same message the more specific. Two values are a conflict when the same kind of message said both at different
 * times: different messages may mean different things by the same word.
 */
#include "sensor/conclude/work.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sensor/util/text.h"

/* A field, and the attributes that can fill it: the first that has a value. */
static const struct field {
	size_t at; /* offset in struct asset */
	enum attribute from[6];
} fields[] = {
	{offsetof(struct asset, name),
		{ATTRIBUTE_STATION_NAME, ATTRIBUTE_NAME, ATTRIBUTE_HOSTNAME, ATTRIBUTE_SYSTEM_NAME}},
	{offsetof(struct asset, vendor), {ATTRIBUTE_VENDOR}},
	{offsetof(struct asset, model), {ATTRIBUTE_MODEL, ATTRIBUTE_PRODUCT_CODE, ATTRIBUTE_MODULE_TYPE}},
	{offsetof(struct asset, order_number), {ATTRIBUTE_ORDER_NUMBER}},
	{offsetof(struct asset, serial_number), {ATTRIBUTE_SERIAL_NUMBER}},
	{offsetof(struct asset, hardware_version), {ATTRIBUTE_HARDWARE_VERSION}},
	{offsetof(struct asset, firmware_version),
		{ATTRIBUTE_FIRMWARE_VERSION, ATTRIBUTE_SOFTWARE_VERSION, ATTRIBUTE_REVISION}},
	{offsetof(struct asset, os), {ATTRIBUTE_OS}},
};

/* What a device has only one of. Names, states and free texts may well be several. */
static const enum attribute single[] = {ATTRIBUTE_VENDOR, ATTRIBUTE_MODEL, ATTRIBUTE_PRODUCT_CODE,
	ATTRIBUTE_ORDER_NUMBER, ATTRIBUTE_SERIAL_NUMBER, ATTRIBUTE_HARDWARE_VERSION, ATTRIBUTE_FIRMWARE_VERSION,
	ATTRIBUTE_SOFTWARE_VERSION, ATTRIBUTE_DEVICE_TYPE, ATTRIBUTE_REVISION, ATTRIBUTE_MEMORY_CARD_SERIAL};

#define CONFLICTS_MAX (sizeof(single) / sizeof(*single) + 1) /* and the MAC */
#define HEARSAY 40  /* percent; what is less sure is among the facts, and no field */
#define STANDING 15 /* percent of confidence: a value that much weaker contradicts nobody */

static const char **field_of(struct asset *asset, const struct field *field)
{
	return (const char **)((char *)asset + field->at);
}

/* A number is no model: product codes are numbers in CIP and words in Modbus. */
static bool says_something(enum attribute attribute, const char *value)
{
	if (attribute != ATTRIBUTE_PRODUCT_CODE)
		return *value != '\0';
	for (; *value != '\0'; value++)
		if (isalpha((unsigned char)*value))
			return true;
	return false;
}

/* Letters and digits of a text, and the digits among them. */
static void characters_count(const char *text, uint32_t *characters, uint32_t *digits)
{
	for (*characters = *digits = 0; *text != '\0'; text++) {
		*characters += isalnum((unsigned char)*text) != 0;
		*digits += isdigit((unsigned char)*text) != 0;
	}
}

/*
 * Of two names for a model the one that says more: "ATV630" is a device that can be ordered, "Altivar Process" a
 * family. What is ordered by has numbers, so it is the one with the larger share of digits.
 */
static int specific_compare(const char *a, const char *b)
{
	uint32_t characters_a, characters_b, digits_a, digits_b;
	characters_count(a, &characters_a, &digits_a);
	characters_count(b, &characters_b, &digits_b);
	uint64_t x = (uint64_t)digits_a * characters_b, y = (uint64_t)digits_b * characters_a;
	return x == y ? 0 : x < y ? -1 : 1;
}

/* Facts come in the order of their values, so that of equals the first is kept. */
static bool is_better(const struct work *w, const struct asset_fact *f, const struct asset_fact *best)
{
	const struct fact *x = f->fact, *y = best->fact;
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence;
	int order = sighting_compare(w->inventory, &x->seen.last, &y->seen.last);
	if (order == 0 && x->attribute == ATTRIBUTE_MODEL)
		order = specific_compare(f->value, best->value);
	return order > 0;
}

static const char *field_best(const struct work *w, const struct asset *asset, enum attribute attribute, bool claims)
{
	const struct asset_fact *best = NULL;
	for (size_t i = 0; i < asset->fact_count; i++) {
		const struct asset_fact *f = &asset->facts[i];
		if (f->fact->attribute != attribute || f->fact->confidence < HEARSAY ||
			fact_is_claim(w->inventory, f->fact) != claims || !says_something(attribute, f->value))
			continue;
		if (best == NULL || is_better(w, f, best))
			best = f;
	}
	return best != NULL ? best->value : NULL;
}

/* Equal but for case, spaces, and one being cut short: "V3.2" and "v3.2.7". */
static bool agrees(const char *a, const char *b)
{
	for (;;) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a == '\0' || *b == '\0')
			return true;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		a++;
		b++;
	}
}

static bool is_one_frame(const struct sighting *a, const struct sighting *b)
{
	return a->capture == b->capture && a->frame == b->frame;
}

/*
 * Said side by side by one message, such as the product and the model name of Modbus: then both hold. One that came
 * later has at least its last frame in common with what it stands beside.
 */
static bool is_together(const struct fact *a, const struct fact *b)
{
	return a->endpoint == b->endpoint &&
	       (is_one_frame(&a->seen.first, &b->seen.first) || is_one_frame(&a->seen.last, &b->seen.last));
}

static bool contradicts(const struct inventory *inv, const struct asset_fact *a, const struct asset_fact *b)
{
	const struct fact *x = a->fact, *y = b->fact;
	return x->protocol == y->protocol && x->message == y->message && !is_together(x, y) &&
	       abs(x->confidence - y->confidence) < STANDING && !agrees(a->value, b->value) && !fact_is_claim(inv, x);
}

static int text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void conflict_add(struct work *w, struct asset *asset, const char *attribute, const char **values, size_t count)
{
	if (asset->conflicts == NULL)
		asset->conflicts = work_keep(w, CONFLICTS_MAX, sizeof(*asset->conflicts));
	const char **copy = work_keep(w, count, sizeof(*copy));
	if (w->failed)
		return;
	memcpy(copy, values, count * sizeof(*copy));
	qsort(copy, count, sizeof(*copy), text_compare);
	asset->conflicts[asset->conflict_count++] = (struct conflict){attribute, copy, count};
}

#define VALUES_MAX 16    /* shown of one conflict; all are among the facts */
#define COMPARED_MAX 256 /* values of one attribute that are compared with each other */

static bool value_add(const char **values, size_t *count, const char *value)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(values[i], value) == 0)
			return true;
	if (*count == VALUES_MAX)
		return false;
	values[(*count)++] = value;
	return true;
}

/* Facts are sorted by attribute: those of one are neighbours. */
static void conflicts_of_facts(struct work *w, struct asset *asset, enum attribute attribute)
{
	const char *values[VALUES_MAX];
	size_t count = 0, first = 0;
	while (first < asset->fact_count && asset->facts[first].fact->attribute != attribute)
		first++;
	size_t end = first;
	while (end < asset->fact_count && end - first < COMPARED_MAX && asset->facts[end].fact->attribute == attribute)
		end++;
	for (size_t i = first; i < end && count < VALUES_MAX; i++)
		for (size_t j = i + 1; j < end && count < VALUES_MAX; j++)
			if (contradicts(w->inventory, &asset->facts[i], &asset->facts[j])) {
				value_add(values, &count, asset->facts[i].value);
				value_add(values, &count, asset->facts[j].value);
			}
	if (count > 1)
		conflict_add(w, asset, attribute_name(attribute), values, count);
}

/* MACs that claim one of the addresses of a device. Proofs are sorted by IP. */
static void conflicts_of_macs(struct work *w)
{
	for (uint32_t i = 0, end; i < w->proof_count && !w->failed; i = end) {
		const char *values[VALUES_MAX];
		size_t count = 0;
		for (end = i; end < w->proof_count && w->proofs[end].ip == w->proofs[i].ip; end++) {
			char text[ADDRESS_TEXT_MAX];
			if (w->proofs[end].conflict && count < VALUES_MAX)
				values[count++] =
					work_text(w, address_text(text, &w->nodes[w->proofs[end].mac].address));
		}
		uint32_t a = w->nodes[w->proofs[i].ip].asset;
		if (count < 2 || a == ASSET_NONE)
			continue;
		struct asset *asset = &w->out->assets[a];
		bool had = false;
		for (size_t j = 0; j < asset->conflict_count; j++)
			had |= strcmp(asset->conflicts[j].attribute, attribute_name(ATTRIBUTE_MAC)) == 0;
		if (!had)
			conflict_add(w, asset, attribute_name(ATTRIBUTE_MAC), values, count);
	}
}

static int conflict_compare(const void *left, const void *right)
{
	const struct conflict *a = left, *b = right;
	return strcmp(a->attribute, b->attribute);
}

bool field_settle(struct work *w)
{
	for (uint32_t a = 0; a < w->out->asset_count && !w->failed; a++) {
		struct asset *asset = &w->out->assets[a];
		for (size_t i = 0; i < sizeof(fields) / sizeof(*fields) && asset->fact_count > 0; i++) {
			const char **field = field_of(asset, &fields[i]);
			for (size_t j = 0; j < 6 && *field == NULL && fields[i].from[j] != ATTRIBUTE_NONE; j++)
				*field = field_best(w, asset, fields[i].from[j], false);
		}
		for (size_t i = 0; i < sizeof(single) / sizeof(*single) && asset->fact_count > 1; i++)
			conflicts_of_facts(w, asset, single[i]);
	}
	conflicts_of_macs(w);
	for (uint32_t a = 0; a < w->out->asset_count && !w->failed; a++) {
		struct asset *asset = &w->out->assets[a];
		if (asset->conflict_count > 1)
			qsort(asset->conflicts, asset->conflict_count, sizeof(*asset->conflicts), conflict_compare);
	}
	return !w->failed;
}

/* A controller's own word; on a PC the word of a library, see fact_is_claim(). */
void field_claim(struct work *w)
{
	for (uint32_t a = 0; a < w->out->asset_count; a++) {
		struct asset *asset = &w->out->assets[a];
		if (strcmp(asset->type, "plc") != 0 && strcmp(asset->type, "pac") != 0)
			continue;
		if (asset->vendor == NULL)
			asset->vendor = field_best(w, asset, ATTRIBUTE_VENDOR, true);
		if (asset->serial_number == NULL)
			asset->serial_number = field_best(w, asset, ATTRIBUTE_SERIAL_NUMBER, true);
	}
}

/*
 * A device that says nothing of itself and has one thing behind it is shown by what that says: the only
 * outstation at an address, the CPU behind its communication processor. The facts stay where they are.
 */
void field_borrow(struct work *w)
{
	for (uint32_t a = 0; a + 1 < w->out->asset_count; a++) {
		struct asset *asset = &w->out->assets[a], *child = asset + 1;
		bool only = asset->parent == ASSET_NONE && child->parent == a &&
			    (a + 2 == w->out->asset_count || w->out->assets[a + 2].parent != a);
		/* A unit behind a gateway, or a device behind a BACnet router, is another device. */
		bool other = child->at.kind == PATH_MODBUS_UNIT || child->at.kind == PATH_BACNET_DEVICE;
		if (!only || other || asset->model != NULL ||
			asset->order_number != NULL || asset->serial_number != NULL)
			continue;
		for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
			const char **own = field_of(asset, &fields[i]);
			if (*own == NULL)
				*own = *field_of(child, &fields[i]);
		}
	}
}
