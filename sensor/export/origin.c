/* SPDX-License-Identifier: Apache-2.0 */
/* origin.c - from the value of a field back to the frames. */
#include "sensor/export/origin.h"

#include <string.h>

#include "sensor/util/text.h"

#define ATTRIBUTES_OF_FIELD 4

/* Which attributes fill a field: those of conclude/field.c. */
static const struct {
	const char *name;
	size_t at; /* offset in struct asset */
	enum attribute from[ATTRIBUTES_OF_FIELD];
} fields[ORIGIN_FIELDS] = {
	[ORIGIN_NAME] = {"name", offsetof(struct asset, name),
		{ATTRIBUTE_STATION_NAME, ATTRIBUTE_NAME, ATTRIBUTE_HOSTNAME, ATTRIBUTE_SYSTEM_NAME}},
	[ORIGIN_VENDOR] = {"vendor", offsetof(struct asset, vendor), {ATTRIBUTE_VENDOR}},
	[ORIGIN_MODEL] = {"model", offsetof(struct asset, model),
		{ATTRIBUTE_MODEL, ATTRIBUTE_PRODUCT_CODE, ATTRIBUTE_MODULE_TYPE}},
	[ORIGIN_ORDER_NUMBER] = {"order_number", offsetof(struct asset, order_number), {ATTRIBUTE_ORDER_NUMBER}},
	[ORIGIN_SERIAL_NUMBER] = {"serial_number", offsetof(struct asset, serial_number), {ATTRIBUTE_SERIAL_NUMBER}},
	[ORIGIN_HARDWARE_VERSION] = {"hardware_version", offsetof(struct asset, hardware_version),
		{ATTRIBUTE_HARDWARE_VERSION}},
	[ORIGIN_FIRMWARE_VERSION] = {"firmware_version", offsetof(struct asset, firmware_version),
		{ATTRIBUTE_FIRMWARE_VERSION, ATTRIBUTE_SOFTWARE_VERSION, ATTRIBUTE_REVISION}},
	[ORIGIN_OS] = {"os", offsetof(struct asset, os), {ATTRIBUTE_OS}},
};

const char *origin_name(enum origin_field field)
{
	return fields[field].name;
}

const char *origin_value(const struct asset *a, enum origin_field field)
{
	return *(const char *const *)((const char *)a + fields[field].at);
}

static bool said(const struct asset_fact *f, enum origin_field field, const char *value)
{
	for (size_t i = 0; i < ATTRIBUTES_OF_FIELD && fields[field].from[i] != ATTRIBUTE_NONE; i++)
		if (f->fact->attribute == fields[field].from[i])
			return strcmp(f->value, value) == 0;
	return false;
}

/* A reason begins with `attribute "value"`; it may be cut short. */
static bool reasoned(const struct asset_fact *f, const char *reason)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an asset has its facts */
	const char *attribute = attribute_name(f->fact->attribute);
	size_t len = strlen(attribute);
	if (strncmp(reason, attribute, len) != 0 || strncmp(reason + len, " \"", 2) != 0)
		return false;
	reason += len + 2;
	len = strlen(f->value);
	return strncmp(reason, f->value, len) == 0 && reason[len] == '"';
}

static const struct asset_fact *reasoned_by(const struct asset *a, size_t *at)
{
	while (*at < a->fact_count) {
		const struct asset_fact *f = &a->facts[(*at)++];
		if (reasoned(f, a->vendor_reason))
			return f;
	}
	return NULL;
}

static const struct asset_fact *said_by(const struct asset *a, enum origin_field field, const char *value, size_t *at)
{
	while (*at < a->fact_count) {
		const struct asset_fact *f = &a->facts[(*at)++];
		if (said(f, field, value))
			return f;
	}
	return NULL;
}

const struct asset_fact *origin_next(
	const struct conclusions *c, const struct asset *a, enum origin_field field, size_t *at)
{
	const char *value = origin_value(a, field);
	size_t first = 0, index = (size_t)(a - c->assets);
	if (value == NULL)
		return NULL;
	if (said_by(a, field, value, &first) != NULL)
		return said_by(a, field, value, at);
	if (field == ORIGIN_VENDOR && a->vendor_reason != NULL)
		return reasoned_by(a, at);
	bool has_part = index + 1 < c->asset_count && c->assets[index + 1].parent == index;
	return has_part ? said_by(a + 1, field, value, at) : NULL;
}

char *origin_sighting(
	char out[ORIGIN_TEXT_MAX], const struct conclusions *c, const struct order *captures, const struct sighting *at)
{
	snprintf(out, ORIGIN_TEXT_MAX, "capture %u %s frame %llu", (unsigned)order_rank(captures, at->capture) + 1,
		c->inventory->captures[at->capture].name, (unsigned long long)at->frame);
	return out;
}

char *origin_message(char out[ORIGIN_TEXT_MAX], const struct conclusions *c, const struct asset_fact *f)
{
	const char *message = inventory_text(c->inventory, f->fact->message);
	bool placed = f->at.kind != PATH_NONE;
	snprintf(out, ORIGIN_TEXT_MAX, "%s%s%s%s%s%s%s", protocol_name(f->fact->protocol), *message != 0 ? " " : "",
		message, placed ? ", at " : "", placed ? path_kind_name(f->at.kind) : "", placed ? " " : "",
		placed ? f->at.text : "");
	return out;
}

char *origin_text(char out[ORIGIN_TEXT_MAX], const struct conclusions *c, const struct order *captures,
	const struct asset_fact *f)
{
	char message[ORIGIN_TEXT_MAX];
	size_t len = strlen(origin_sighting(out, c, captures, &f->fact->seen.first));
	snprintf(out + len, ORIGIN_TEXT_MAX - len, ": %s", origin_message(message, c, f));
	return out;
}

int64_t origin_window_end(const struct inventory *inv)
{
	int64_t end = 1;
	for (uint32_t i = 0; i < inv->capture_count; i++)
		end = inv->captures[i].last_ns > end ? inv->captures[i].last_ns : end;
	return end;
}
