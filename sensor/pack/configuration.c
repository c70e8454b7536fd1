/* SPDX-License-Identifier: Apache-2.0 */
/*
 * configuration.c - 12_config_baseline.csv: versions, services that answered, and what was done to devices.
 *
 * It is what passing traffic said, so a part of a configuration baseline: installed software and patches, settings, and
 * ports that nobody used are not in it.
 */
#include <string.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

static const char *const header[] = {"asset_id", "asset", "kind", "item", "value", "protocol", "message", "at", "count",
	"first_seen", "last_seen", "capture", "frame", "by", "approved_value", "change_ticket"};

/* Attributes that say how a device is configured. */
static bool is_configuration(enum attribute attribute)
{
	static const enum attribute list[] = {ATTRIBUTE_HARDWARE_VERSION, ATTRIBUTE_FIRMWARE_VERSION,
		ATTRIBUTE_SOFTWARE_VERSION, ATTRIBUTE_BOOTLOADER_VERSION, ATTRIBUTE_REVISION, ATTRIBUTE_OS,
		ATTRIBUTE_PROJECT_NAME, ATTRIBUTE_CONFIGURATION_ID, ATTRIBUTE_CONFIGURATION_VERSION,
		ATTRIBUTE_MEMORY_CARD_SERIAL, ATTRIBUTE_OPERATING_MODE, ATTRIBUTE_KEY_SWITCH,
		ATTRIBUTE_PROTECTION_LEVEL, ATTRIBUTE_SECURITY, ATTRIBUTE_SAFETY_NETWORK_NUMBER};
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == attribute)
			return true;
	return false;
}

static bool is_mode(enum attribute attribute)
{
	return attribute == ATTRIBUTE_OPERATING_MODE || attribute == ATTRIBUTE_KEY_SWITCH ||
	       attribute == ATTRIBUTE_PROTECTION_LEVEL;
}

static void put_start(struct csv_table *t, const struct conclusions *c, uint32_t asset, const char *kind)
{
	char label[FIELD_LABEL_MAX];
	csv_table_text(t, c->assets[asset].id);
	csv_table_text(t, field_label(label, c, asset));
	csv_table_text(t, kind);
}

/* From the count on. `by` is who did it, ASSET_NONE: nobody. */
static void put_finish(
	struct csv_table *t, const struct conclusions *c, uint64_t count, const struct span *seen, uint32_t by)
{
	char label[FIELD_LABEL_MAX];
	if (count > 0)
		csv_table_number(t, count);
	else
		csv_table_text(t, NULL);
	csv_table_time(t, seen->first.time_ns);
	csv_table_time(t, seen->last.time_ns);
	field_sighting(t, c, &seen->first);
	csv_table_text(t, by != ASSET_NONE ? field_label(label, c, by) : NULL);
	csv_table_text(t, PACK_BLANK);
	csv_table_text(t, PACK_BLANK);
	csv_table_end(t);
}

static void put_fact(struct csv_table *t, const struct conclusions *c, uint32_t asset, const struct asset_fact *f)
{
	const struct fact *fact = f->fact;
	put_start(t, c, asset, is_mode(fact->attribute) ? "mode" : "version or setting");
	csv_table_text(t, attribute_name(fact->attribute));
	csv_table_text(t, f->value);
	csv_table_text(t, protocol_name(fact->protocol));
	csv_table_text(t, inventory_text(c->inventory, fact->message));
	if (f->at.kind != PATH_NONE)
		field_format(t, "%s %s", path_kind_name(f->at.kind), f->at.text);
	else
		csv_table_text(t, NULL);
	put_finish(t, c, fact->count, &fact->seen, ASSET_NONE);
}

/* It answered there: seen open, which is not all that is open. */
static void put_service(struct csv_table *t, const struct conclusions *c, uint32_t asset, const struct role *r)
{
	put_start(t, c, asset, "service that answered");
	if (r->port != 0)
		field_format(t, "%s/%u", r->transport, r->port);
	else
		csv_table_text(t, *r->transport != 0 ? r->transport : "link layer");
	csv_table_operations(t, r->operations);
	csv_table_text(t, *r->protocol != 0 ? r->protocol : "unknown");
	csv_table_text(t, NULL);
	csv_table_text(t, NULL);
	put_finish(t, c, 0, &r->seen, ASSET_NONE);
}

static const char *kind_of_activity(unsigned operation)
{
	return operation == OPERATION_PROGRAM     ? "program or block transfer"
	       : operation == OPERATION_CONTROL   ? "mode change or control"
	       : operation == OPERATION_CONFIGURE ? "configuration change"
						  : NULL;
}

/* What was done to it; the proof of an operation that has messages of its own says nothing more. */
static void put_activity(
	struct csv_table *t, const struct conclusions *c, const struct asset_link *l, const struct activity *activity)
{
	const char *kind = kind_of_activity(activity->operation),
		   *detail = inventory_text(c->inventory, activity->detail);
	if (kind == NULL)
		return;
	for (uint32_t i = 0; activity->message == 0 && i < l->activity_count; i++)
		if (l->activities[i]->message != 0 && l->activities[i]->operation == activity->operation)
			return;
	put_start(t, c, l->server, kind);
	csv_table_text(t, operation_name(activity->operation));
	csv_table_text(t, detail);
	csv_table_text(t, inventory_text(c->inventory, l->link->protocol));
	csv_table_text(
		t, activity->message != 0 ? inventory_text(c->inventory, activity->message) : "first message of it");
	csv_table_text(t, NULL);
	put_finish(t, c, activity->count, &activity->seen, l->client);
}

int pack_configuration(FILE *out, const struct pack *p)
{
	const struct conclusions *c = p->c;
	struct csv_table t;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (uint32_t i = 0; i < c->asset_count; i++) {
		const struct asset *a = &c->assets[i];
		for (uint32_t k = 0; k < a->fact_count; k++)
			if (is_configuration(a->facts[k].fact->attribute))
				put_fact(&t, c, i, &a->facts[k]);
		for (uint32_t k = 0; k < a->role_count; k++)
			if (strcmp(a->roles[k].role, "client") != 0)
				put_service(&t, c, i, &a->roles[k]);
	}
	for (size_t i = 0; i < c->link_count; i++)
		for (uint32_t k = 0; k < c->links[i].activity_count; k++)
			put_activity(&t, c, &c->links[i], c->links[i].activities[k]);
	return csv_table_finish(&t);
}
