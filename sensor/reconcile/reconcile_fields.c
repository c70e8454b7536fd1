/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reconcile_fields.c - a row and its asset, field by field, with the frame that said the observed value.
 *
 * What only one side says is no conflict. Values are compared as people mean them (conclude/agree.h); an address or a
 * name conflicts when the device has some of that kind and the register's is not among them.
 */
#include <string.h>
#include <strings.h>

#include "sensor/conclude/agree.h"
#include "sensor/reconcile/parts.h"

#define VALUES_MAX 6 /* of a device with many addresses; the rest is counted */

enum field {
	FIELD_SERIAL,
	FIELD_MAC,
	FIELD_STATION,
	FIELD_IP,
	FIELD_VENDOR,
	FIELD_MODEL,
	FIELD_FIRMWARE,
	FIELD_TYPE,
	FIELDS
};

/* As the columns of the register are called. */
static const char *const field_names[FIELDS] = {
	"serial_number", "mac", "station_name", "ip", "vendor", "model", "firmware_version", "type"};

/* The value of one field, on both sides. */
struct pair {
	const char *registered, *observed; /* NULL: nothing */
	bool differs;
	const char *note;
	struct sighting at; /* frame 0: no frame says it by itself */
};

static void pair_see(const struct reconciler *r, struct pair *p, const struct sighting *at)
{
	if (at->frame > 0 && (p->at.frame == 0 || sighting_compare(r->c->inventory, at, &p->at) < 0))
		p->at = *at;
}

static void facts_see(const struct reconciler *r, struct pair *p, uint32_t asset, enum attribute attribute)
{
	const struct asset *a = &r->c->assets[asset];
	for (uint32_t i = 0; i < a->fact_count; i++)
		if (a->facts[i].fact->attribute == attribute && strcmp(a->facts[i].value, p->observed) == 0)
			pair_see(r, p, &a->facts[i].fact->seen.first);
}

/* A device may have the value from a module, a module from its device. */
static void value_see(const struct reconciler *r, struct pair *p, uint32_t asset, enum attribute attribute)
{
	const struct asset *a = &r->c->assets[asset];
	facts_see(r, p, asset, attribute);
	if (p->at.frame == 0 && a->parent != ASSET_NONE)
		facts_see(r, p, a->parent, attribute);
	for (uint32_t i = asset + 1; p->at.frame == 0 && i < r->c->asset_count && r->c->assets[i].parent == asset; i++)
		facts_see(r, p, i, attribute);
}

static const struct asset *device_of(const struct reconciler *r, uint32_t asset)
{
	const struct asset *a = &r->c->assets[asset];
	return a->parent != ASSET_NONE ? &r->c->assets[a->parent] : a;
}

static void address_see(const struct reconciler *r, struct pair *p, const char *text)
{
	struct address address;
	if (text == NULL || !address_parse(&address, text))
		return;
	uint32_t row = inventory_endpoint_find(r->c->inventory, &address, NULL);
	if (row != INVENTORY_NONE)
		pair_see(r, p, &r->c->inventory->endpoints[row].seen.first);
}

/* Collects what a device has of a kind, and looks for one value among it. */
struct values {
	const char *wanted; /* NULL: none */
	uint32_t count;
	bool found;
};

static void values_add(struct reconciler *r, struct values *v, const char *text)
{
	if (text == NULL)
		return;
	if (v->count++ < VALUES_MAX)
		joined_add(&r->text, text);
	v->found |= v->wanted != NULL && strcasecmp(v->wanted, text) == 0;
}

static const char *values_text(struct reconciler *r, const struct values *v)
{
	if (v->count > VALUES_MAX)
		joined_add(&r->text, reconcile_print(r, "%u more", (unsigned)(v->count - VALUES_MAX)));
	return v->count > 0 ? reconcile_copy(r, joined_text(&r->text)) : NULL;
}

static void addresses_pair(struct reconciler *r, struct pair *p, const struct address *mine, uint32_t asset, bool mac)
{
	char room[ADDRESS_TEXT_MAX];
	const struct asset *device = device_of(r, asset);
	struct values v = {.wanted = mine->kind != ADDRESS_NONE ? address_text(room, mine) : NULL};
	joined_start(&r->text);
	for (uint32_t i = 0; i < device->interface_count; i++) {
		const struct interface *at = &device->interfaces[i];
		if (mac) {
			values_add(r, &v, at->mac);
			address_see(r, p, at->mac);
			continue;
		}
		for (uint32_t k = 0; k < at->ip_count; k++) {
			values_add(r, &v, at->ips[k]);
			address_see(r, p, at->ips[k]);
		}
	}
	p->observed = values_text(r, &v);
	p->registered = reconcile_copy(r, v.wanted);
	p->differs = v.wanted != NULL && v.count > 0 && !v.found;
}

/* "hmi-2" is "hmi-2.plant.example" to who writes registers. */
static bool same_host(const char *a, const char *b)
{
	size_t n = strcspn(a, "."), m = strcspn(b, ".");
	return strcasecmp(a, b) == 0 ||
	       (n == m && n > 0 && (a[n] == '\0' || b[m] == '\0') && strncasecmp(a, b, n) == 0);
}

static void station_pair(struct reconciler *r, struct pair *p, const struct declared_asset *row, uint32_t asset)
{
	const struct asset *a = &r->c->assets[asset], *device = device_of(r, asset);
	struct values v = {.wanted = row->station_name};
	bool host = false;
	joined_start(&r->text);
	for (uint32_t i = 0; i < device->interface_count; i++)
		for (uint32_t k = 0; k < device->interfaces[i].hostname_count; k++) {
			values_add(r, &v, device->interfaces[i].hostnames[k]);
			host |= v.wanted != NULL && same_host(v.wanted, device->interfaces[i].hostnames[k]);
		}
	for (uint32_t i = 0; i < device->fact_count; i++) {
		const struct asset_fact *f = &device->facts[i];
		bool name = f->fact->attribute == ATTRIBUTE_STATION_NAME || f->fact->attribute == ATTRIBUTE_HOSTNAME ||
			    f->fact->attribute == ATTRIBUTE_SYSTEM_NAME;
		if (!name || f->at.kind != PATH_NONE)
			continue;
		host |= v.wanted != NULL && same_host(v.wanted, f->value);
		pair_see(r, p, &f->fact->seen.first);
		if (i == 0 || strcmp(device->facts[i - 1].value, f->value) != 0)
			values_add(r, &v, f->value);
	}
	p->observed = values_text(r, &v);
	p->registered = row->station_name;
	bool named = v.wanted != NULL && ((a->name != NULL && same_host(v.wanted, a->name)) ||
						 (device->name != NULL && same_host(v.wanted, device->name)));
	p->differs = v.wanted != NULL && v.count > 0 && !v.found && !host && !named;
}

/* Both sides of a field that is one text. */
static void identity_sides(struct pair *p, const struct declared_asset *row, const struct asset *a, enum field field)
{
	switch (field) {
	case FIELD_SERIAL:
		*p = (struct pair){.registered = row->serial_number, .observed = a->serial_number};
		break;
	case FIELD_VENDOR:
		*p = (struct pair){.registered = row->vendor, .observed = a->vendor};
		break;
	case FIELD_MODEL:
		*p = (struct pair){.registered = row->model, .observed = a->model != NULL ? a->model : a->order_number};
		break;
	case FIELD_FIRMWARE:
		*p = (struct pair){.registered = row->firmware_version, .observed = a->firmware_version};
		break;
	default:
		*p = (struct pair){
			.registered = row->type, .observed = strcmp(a->type, "unknown") != 0 ? a->type : NULL};
		break;
	}
}

static bool identity_agrees(const struct reconciler *r, const struct pair *p, const struct asset *a, enum field field)
{
	switch (field) {
	case FIELD_SERIAL:
		return agree_serials(p->registered, p->observed);
	case FIELD_VENDOR:
		return agree_names(p->registered, p->observed);
	case FIELD_MODEL:
		return agree_model(p->registered, a);
	case FIELD_FIRMWARE:
		return agree_versions(p->registered, p->observed);
	default:
		return agree_types(knowledge_rules(r->c->knowledge), p->registered, p->observed);
	}
}

static void identity_pair(
	struct reconciler *r, struct pair *p, const struct declared_asset *row, uint32_t asset, enum field field)
{
	/* What can fill the field, see conclude/field.c. */
	static const enum attribute sources[FIELDS][5] = {
		[FIELD_SERIAL] = {ATTRIBUTE_SERIAL_NUMBER},
		[FIELD_VENDOR] = {ATTRIBUTE_VENDOR},
		[FIELD_MODEL] = {ATTRIBUTE_MODEL, ATTRIBUTE_PRODUCT_CODE, ATTRIBUTE_MODULE_TYPE,
			ATTRIBUTE_ORDER_NUMBER},
		[FIELD_FIRMWARE] = {ATTRIBUTE_FIRMWARE_VERSION, ATTRIBUTE_SOFTWARE_VERSION, ATTRIBUTE_REVISION},
	};
	const struct asset *a = &r->c->assets[asset];
	identity_sides(p, row, a, field);
	p->differs = p->registered != NULL && p->observed != NULL && !identity_agrees(r, p, a, field);
	for (size_t i = 0; p->differs && p->at.frame == 0 && sources[field][i] != ATTRIBUTE_NONE; i++)
		value_see(r, p, asset, sources[field][i]);
	if (p->differs && field == FIELD_TYPE && a->verdict_count > 0 && a->verdicts[0].won)
		p->note = a->verdicts[0].because;
}

static void pair_make(
	struct reconciler *r, struct pair *p, const struct declared_asset *row, uint32_t asset, enum field field)
{
	*p = (struct pair){0};
	if (field == FIELD_MAC)
		addresses_pair(r, p, &row->mac, asset, true);
	else if (field == FIELD_IP)
		addresses_pair(r, p, &row->ip, asset, false);
	else if (field == FIELD_STATION)
		station_pair(r, p, row, asset);
	else
		identity_pair(r, p, row, asset, field);
}

/* The question about a later key of the row, which belongs to another asset. Questions are sorted by row. */
static const struct register_question *other_key(const struct reconciler *r, const struct declared_asset *row)
{
	size_t low = 0, high = r->c->question_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (r->c->questions[middle].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < r->c->question_count && r->c->questions[low].row == row; low++)
		if (r->c->questions[low].doubt == REGISTER_KEYS_DISAGREE)
			return &r->c->questions[low];
	return NULL;
}

size_t reconcile_fields_compare(struct reconciler *r, const struct declared_asset *row, uint32_t asset)
{
	const struct register_question *q = other_key(r, row);
	const char *other = q != NULL ? reconcile_question_field(q) : NULL;
	size_t count = 0;
	for (unsigned field = 0; field < FIELDS && !r->failed; field++) {
		struct pair p;
		bool elsewhere = other != NULL && q->candidate_count > 1 && strcmp(other, field_names[field]) == 0;
		pair_make(r, &p, row, asset, (enum field)field);
		if (!p.differs && !elsewhere)
			continue;
		struct reconcile_item *item = reconcile_add(r, RECONCILE_CONFLICT, row, asset, field_names[field]);
		if (item == NULL)
			return count;
		item->registered = elsewhere ? q->value : p.registered;
		item->observed = p.observed;
		item->evidence = p.at;
		item->has_evidence = p.at.frame > 0;
		item->note = elsewhere ? reconcile_print(r, "the register's value is that of %s",
						 reconcile_asset_label(r, q->candidates[1]))
				       : p.note;
		count++;
	}
	return count;
}

const char *reconcile_fields_missing(struct reconciler *r, const struct declared_asset *row, uint32_t asset)
{
	struct joined list = {.separator = ", "};
	for (unsigned field = 0; field < FIELDS && !r->failed; field++) {
		struct pair p;
		if (!declarations_have_column(r->c->declarations, field_names[field]))
			continue;
		pair_make(r, &p, row, asset, (enum field)field);
		if (p.registered == NULL && p.observed != NULL)
			joined_add(&list, reconcile_print(r, "%s %s", field_names[field], p.observed));
	}
	r->failed |= list.failed;
	const char *text =
		*joined_text(&list) != '\0' ? reconcile_print(r, "only the device says: %s", joined_text(&list)) : NULL;
	joined_clear(&list);
	return text;
}

bool reconcile_has_address(const struct reconciler *r, const struct declared_asset *row, uint32_t asset)
{
	char mac[ADDRESS_TEXT_MAX] = "", ip[ADDRESS_TEXT_MAX] = "";
	const struct asset *a = &r->c->assets[asset];
	if (row->mac.kind != ADDRESS_NONE)
		address_text(mac, &row->mac);
	if (row->ip.kind != ADDRESS_NONE)
		address_text(ip, &row->ip);
	for (uint32_t i = 0; i < a->interface_count; i++) {
		const struct interface *at = &a->interfaces[i];
		if (at->mac != NULL && strcmp(at->mac, mac) == 0)
			return true;
		for (uint32_t k = 0; k < at->ip_count; k++)
			if (strcmp(at->ips[k], ip) == 0)
				return true;
	}
	return false;
}
