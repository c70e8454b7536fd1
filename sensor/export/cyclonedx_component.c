/* SPDX-License-Identifier: Apache-2.0 */
/* cyclonedx_component.c - an asset as a device of a bill of materials, with what is in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/export/cpe.h"
#include "sensor/export/cyclonedx.h"
#include "sensor/util/text.h"

void bom_property(struct bom *b, cJSON *properties, const char *name, const char *value)
{
	if (value == NULL || *value == 0)
		return;
	cJSON *o = element_object(&b->writer, properties, NULL);
	element_text_copy(&b->writer, o, "name", name);
	element_text_copy(&b->writer, o, "value", value);
}

char *bom_time(char out[TIME_TEXT_MAX], const struct sighting *at)
{
	return time_text(out, at->time_ns == 0 && at->frame > 0 ? 1 : at->time_ns);
}

void bom_times(struct bom *b, cJSON *properties, const struct span *seen)
{
	char text[TIME_TEXT_MAX];
	bom_property(b, properties, "earshot:first_seen", bom_time(text, &seen->first));
	bom_property(b, properties, "earshot:last_seen", bom_time(text, &seen->last));
}

static const char *address_of(const struct asset *a)
{
	for (size_t i = 0; i < a->interface_count; i++)
		if (a->interfaces[i].ip_count > 0)
			return a->interfaces[i].ips[0];
	for (size_t i = 0; i < a->interface_count; i++)
		if (a->interfaces[i].mac != NULL)
			return a->interfaces[i].mac;
	return NULL;
}

/* What it is, as far as known. */
static const char *product_of(const struct asset *a)
{
	const char *const names[] = {a->model, a->order_number, a->name, address_of(a), a->at.text};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] != NULL && *names[i] != 0)
			return names[i];
	return a->id;
}

/* The longest start of whole characters of a version; false when something had to go. */
static bool put_version(struct bom *b, cJSON *o, const char *version)
{
	const unsigned char *at = (const unsigned char *)version;
	size_t left = version != NULL ? strlen(version) : 0, characters = 0;
	while (left > 0 && characters < BOM_VERSION_MAX - 1) {
		size_t len = text_utf8_len(at, left);
		len = len > 0 ? len : 1;
		at += len;
		left -= len;
		characters++;
	}
	if (left == 0) {
		element_text(&b->writer, o, "version", version);
		return true;
	}
	size_t len = (size_t)((const char *)at - version);
	char *text = malloc(len + sizeof("\u2026"));
	if (text == NULL) {
		b->writer.err = b->writer.err == 0 ? -ENOMEM : b->writer.err;
		return false;
	}
	memcpy(text, version, len);
	memcpy(text + len, "\u2026", sizeof("\u2026"));
	element_text_copy(&b->writer, o, "version", text);
	free(text);
	return false;
}

/* One method of an identity: what the thing said in operation, and where to look. */
static void put_method(struct bom *b, cJSON *methods, const struct asset_fact *f)
{
	char text[ORIGIN_TEXT_MAX];
	cJSON *method = element_object(&b->writer, methods, NULL);
	element_text(&b->writer, method, "technique", "dynamic-analysis");
	element_decimal(&b->writer, method, "confidence", f->fact->confidence / 100.0);
	element_text_copy(&b->writer, method, "value", origin_text(text, b->c, &b->captures, f));
}

/* Why `key` ("name", "version") is what it is. As sure as the surest that said it. */
static void put_identity(
	struct bom *b, cJSON **evidence, cJSON *o, const struct asset *a, enum origin_field field, const char *key)
{
	struct element_writer *w = &b->writer;
	uint8_t confidence = 0;
	size_t at = 0;
	const struct asset_fact *f;
	for (at = 0; (f = origin_next(b->c, a, field, &at)) != NULL;)
		confidence = f->fact->confidence > confidence ? f->fact->confidence : confidence;
	if (confidence == 0)
		return;
	if (*evidence == NULL)
		*evidence = element_array(w, element_object(w, o, "evidence"), "identity");
	cJSON *identity = element_object(w, *evidence, NULL);
	element_text(w, identity, "field", key);
	element_decimal(w, identity, "confidence", confidence / 100.0);
	element_text(w, identity, "concludedValue", origin_value(a, field));
	cJSON *methods = element_array(w, identity, "methods");
	for (at = 0; (f = origin_next(b->c, a, field, &at)) != NULL;)
		put_method(b, methods, f);
}

/* The evidence of a value that stands in a property, or nowhere in evidence.identity. */
static void put_origins(struct bom *b, cJSON *properties, const struct asset *a, enum origin_field field)
{
	char name[64], text[ORIGIN_TEXT_MAX];
	const struct asset_fact *f;
	snprintf(name, sizeof(name), "earshot:evidence:%s", origin_name(field));
	for (size_t at = 0; (f = origin_next(b->c, a, field, &at)) != NULL;)
		bom_property(b, properties, name, origin_text(text, b->c, &b->captures, f));
}

static void put_manufacturer(struct bom *b, cJSON *o, const char *vendor)
{
	if (vendor != NULL)
		element_text(&b->writer, element_object(&b->writer, o, "manufacturer"), "name", vendor);
}

static cJSON *part_new(struct bom *b, cJSON *parts, const char *type, const char *ref, const struct asset *a)
{
	char text[BOM_REF_MAX];
	cJSON *o = element_object(&b->writer, parts, NULL);
	element_text(&b->writer, o, "type", type);
	snprintf(text, sizeof(text), "%s-%s", ref, a->id);
	element_text_copy(&b->writer, o, "bom-ref", text);
	return o;
}

/* The firmware has the name of what it runs on: devices seldom give it one of its own. */
static void put_software(struct bom *b, cJSON *parts, const struct asset *a)
{
	if (a->firmware_version != NULL) {
		cJSON *evidence = NULL, *o = part_new(b, parts, "firmware", "firmware", a);
		put_manufacturer(b, o, a->vendor);
		element_text(&b->writer, o, "name", product_of(a));
		bool whole = put_version(b, o, a->firmware_version);
		put_identity(b, &evidence, o, a, ORIGIN_FIRMWARE_VERSION, "version");
		if (!whole)
			bom_property(b, element_array(&b->writer, o, "properties"), "earshot:firmware_version",
				a->firmware_version);
	}
	if (a->os != NULL) {
		cJSON *evidence = NULL, *o = part_new(b, parts, "operating-system", "os", a);
		element_text(&b->writer, o, "name", a->os);
		put_identity(b, &evidence, o, a, ORIGIN_OS, "name");
	}
}

/* A program that said which it is. The evidence of its three fields is one and the same greeting. */
static void put_program(struct bom *b, cJSON *parts, const struct asset *a, unsigned number, const struct cpe *cpe,
	const struct asset_fact *f)
{
	struct element_writer *w = &b->writer;
	char ref[32];
	snprintf(ref, sizeof(ref), "program-%u", number);
	cJSON *o = part_new(b, parts, "application", ref, a);
	put_manufacturer(b, o, cpe->vendor);
	element_text(w, o, "name", cpe->product);
	element_text_copy(w, o, "version", cpe->version);
	element_text_copy(w, o, "cpe", cpe->name);
	cJSON *list = element_array(w, element_object(w, o, "evidence"), "identity");
	const char *const fields[][2] = {{"name", cpe->product}, {"version", cpe->version}, {"cpe", cpe->name}};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		cJSON *identity = element_object(w, list, NULL);
		element_text(w, identity, "field", fields[i][0]);
		element_decimal(w, identity, "confidence", f->fact->confidence / 100.0);
		element_text_copy(w, identity, "concludedValue", fields[i][1]);
		put_method(b, element_array(w, identity, "methods"), f);
	}
}

/* The facts of one attribute are sorted by value: the same greeting twice stands side by side. */
static void put_programs(struct bom *b, cJSON *parts, const struct asset *a)
{
	char last[CPE_NAME_MAX] = "";
	unsigned count = 0;
	for (size_t i = 0; i < a->fact_count; i++) {
		const struct asset_fact *f = &a->facts[i];
		struct cpe cpe;
		if (f->fact->attribute != ATTRIBUTE_BANNER || !cpe_of_banner(&cpe, f->fact->protocol, f->value) ||
			strcmp(cpe.name, last) == 0)
			continue;
		put_program(b, parts, a, ++count, &cpe, f);
		snprintf(last, sizeof(last), "%s", cpe.name);
	}
}

static void put_interfaces(struct bom *b, cJSON *properties, const struct asset *a)
{
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		char vlan[16];
		bom_property(b, properties, "cdx:device:macAddress", n->mac);
		bom_property(b, properties, "earshot:mac_vendor", n->mac_vendor);
		for (size_t k = 0; k < n->ip_count; k++)
			bom_property(b, properties, "earshot:ip", n->ips[k]);
		for (size_t k = 0; k < n->vlan_count; k++) {
			snprintf(vlan, sizeof(vlan), "%u", (unsigned)n->vlans[k]);
			bom_property(b, properties, "earshot:vlan", vlan);
		}
		for (size_t k = 0; k < n->hostname_count; k++)
			bom_property(b, properties, "earshot:hostname", n->hostnames[k]);
	}
}

static void put_standing(struct bom *b, cJSON *properties, const struct asset *a)
{
	const struct declared_asset *d = a->declared;
	char text[96];
	bom_property(b, properties, "earshot:purdue_level", a->purdue_level);
	if (a->zone != ZONE_NONE) {
		const struct zone *z = &b->c->zones[a->zone];
		bom_property(b, properties, "earshot:zone", z->id);
		bom_property(b, properties, "earshot:zone_kind", zone_kind_name(z->kind));
		bom_property(b, properties, "earshot:zone_status", declared_status_name(z->status));
	}
	bom_property(b, properties, "earshot:zone_reason", a->zone_reason);
	for (size_t i = 0; i < a->conflict_count; i++)
		for (size_t k = 0; k < a->conflicts[i].value_count; k++) {
			snprintf(text, sizeof(text), "earshot:conflict:%s", a->conflicts[i].attribute);
			bom_property(b, properties, text, a->conflicts[i].values[k]);
		}
	if (d == NULL)
		return;
	bom_property(b, properties, "earshot:declared:number", d->number);
	bom_property(b, properties, "earshot:declared:owner", d->owner);
	bom_property(b, properties, "earshot:declared:location", d->location);
	bom_property(b, properties, "earshot:declared:criticality", d->criticality);
	bom_property(b, properties, "earshot:declared:function", d->function);
}

static void put_properties(struct bom *b, cJSON *o, const struct asset *a, bool version_is_whole)
{
	char text[128];
	unsigned hundredths = (unsigned)(a->type_confidence * 100 + 0.5);
	cJSON *properties = element_array(&b->writer, o, "properties");
	bom_property(b, properties, "cdx:device:serialNumber", a->serial_number);
	bom_property(b, properties, "earshot:asset", a->id);
	if (a->parent != ASSET_NONE) {
		snprintf(text, sizeof(text), "asset-%s", b->c->assets[a->parent].id);
		bom_property(b, properties, "earshot:parent", text);
		snprintf(text, sizeof(text), "%s %s", path_kind_name(a->at.kind), a->at.text);
		bom_property(b, properties, "earshot:at", text);
	}
	bom_property(b, properties, "earshot:name", a->name);
	bom_property(b, properties, "earshot:type", a->type);
	snprintf(text, sizeof(text), "%u.%02u", hundredths / 100, hundredths % 100);
	bom_property(b, properties, "earshot:type_confidence", text);
	bom_property(b, properties, "earshot:order_number", a->order_number);
	bom_property(b, properties, "earshot:vendor_reason", a->vendor_reason);
	if (!version_is_whole)
		bom_property(b, properties, "earshot:hardware_version", a->hardware_version);
	put_interfaces(b, properties, a);
	for (size_t i = 0; i < a->flag_count; i++)
		bom_property(b, properties, "earshot:flag", a->flags[i]);
	put_standing(b, properties, a);
	bom_times(b, properties, &a->seen);
	bom_property(b, properties, "earshot:would_identify", a->would_identify);
	static const enum origin_field fields[] = {
		ORIGIN_NAME, ORIGIN_VENDOR, ORIGIN_ORDER_NUMBER, ORIGIN_SERIAL_NUMBER};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put_origins(b, properties, a, fields[i]);
}

/* Fills `o` but for what is in it. */
static void put_device(struct bom *b, cJSON *o, const struct asset *a)
{
	struct element_writer *w = &b->writer;
	char ref[BOM_REF_MAX];
	cJSON *evidence = NULL;
	element_text(w, o, "type", "device");
	snprintf(ref, sizeof(ref), "asset-%s", a->id);
	element_text_copy(w, o, "bom-ref", ref);
	put_manufacturer(b, o, a->vendor);
	element_text(w, o, "name", product_of(a));
	bool whole = put_version(b, o, a->hardware_version);
	if (a->model != NULL)
		put_identity(b, &evidence, o, a, ORIGIN_MODEL, "name");
	else if (a->order_number != NULL)
		put_identity(b, &evidence, o, a, ORIGIN_ORDER_NUMBER, "name");
	else if (a->name != NULL)
		put_identity(b, &evidence, o, a, ORIGIN_NAME, "name");
	put_identity(b, &evidence, o, a, ORIGIN_HARDWARE_VERSION, "version");
	put_properties(b, o, a, whole);
}

/* An empty array says nothing; what is in the device is there or not there. */
static cJSON *parts_of(struct bom *b, cJSON *o, const struct asset *a)
{
	cJSON *parts = element_array(&b->writer, o, "components");
	put_software(b, parts, a);
	put_programs(b, parts, a);
	return parts;
}

cJSON *bom_device(struct bom *b, uint32_t asset)
{
	cJSON *o = element_new(&b->writer);
	put_device(b, o, &b->c->assets[asset]);
	cJSON *parts = parts_of(b, o, &b->c->assets[asset]);
	for (uint32_t i = asset + 1; i < b->c->asset_count && b->c->assets[i].parent != ASSET_NONE; i++) {
		cJSON *part = element_object(&b->writer, parts, NULL);
		put_device(b, part, &b->c->assets[i]);
		parts_of(b, part, &b->c->assets[i]);
	}
	return o;
}
