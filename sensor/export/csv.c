/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - the assets as a table, one asset a record.
 *
 * Several values in one field are separated by "; ".
 */
#include "sensor/export/csv_table.h"
#include "sensor/export/export.h"
#include "sensor/util/text.h"

/* One text of each interface. */
static void put_macs(struct csv_table *t, const struct asset *a, bool maker)
{
	joined_start(&t->list);
	for (size_t i = 0; i < a->interface_count; i++)
		joined_add(&t->list, maker ? a->interfaces[i].mac_vendor : a->interfaces[i].mac);
	csv_table_list(t);
}

static void put_interfaces(struct csv_table *t, const struct asset *a)
{
	joined_start(&t->list);
	for (size_t i = 0; i < a->interface_count; i++)
		for (size_t k = 0; k < a->interfaces[i].ip_count; k++)
			joined_add(&t->list, a->interfaces[i].ips[k]);
	csv_table_list(t);
	put_macs(t, a, false);
	put_macs(t, a, true);
	joined_start(&t->list);
	for (size_t i = 0; i < a->interface_count; i++)
		for (size_t k = 0; k < a->interfaces[i].vlan_count; k++)
			joined_add_number(&t->list, a->interfaces[i].vlans[k]);
	csv_table_list(t);
	joined_start(&t->list);
	for (size_t i = 0; i < a->interface_count; i++)
		for (size_t k = 0; k < a->interfaces[i].hostname_count; k++)
			joined_add(&t->list, a->interfaces[i].hostnames[k]);
	csv_table_list(t);
}

static void put_roles(struct csv_table *t, const struct asset *a)
{
	joined_start(&t->list);
	for (size_t i = 0; i < a->role_count; i++) {
		char text[80];
		const char *protocol = *a->roles[i].protocol != 0 ? a->roles[i].protocol : "unknown";
		snprintf(text, sizeof(text), "%s %s", protocol, a->roles[i].role);
		joined_add(&t->list, text);
	}
	csv_table_list(t);
}

static void put_conflicts(struct csv_table *t, const struct asset *a)
{
	joined_start(&t->list);
	for (size_t i = 0; i < a->conflict_count; i++)
		joined_add(&t->list, a->conflicts[i].attribute);
	csv_table_list(t);
}

static const char *const header[] = {"id", "parent", "at_kind", "at", "name", "vendor", "model", "order_number",
	"serial_number", "hardware_version", "firmware_version", "os", "type", "type_confidence", "flags",
	"purdue_level", "ips", "macs", "mac_vendors", "vlans", "hostnames", "roles", "conflicts", "first_seen",
	"last_seen", "site", "zone", "zone_kind", "zone_status", "asset_number", "owner", "location", "criticality"};

/* Where it belongs, and what people say of it. */
static void put_decided(struct csv_table *t, const struct conclusions *c, const struct asset *a)
{
	const struct zone *zone = a->zone != ZONE_NONE ? &c->zones[a->zone] : NULL;
	const struct declared_asset *d = a->declared;
	csv_table_text(t, zone != NULL ? zone->id : NULL);
	csv_table_text(t, zone != NULL ? zone_kind_name(zone->kind) : NULL);
	csv_table_text(t, zone != NULL ? declared_status_name(zone->status) : NULL);
	csv_table_text(t, d != NULL ? d->number : NULL);
	csv_table_text(t, d != NULL ? d->owner : NULL);
	csv_table_text(t, d != NULL ? d->location : NULL);
	csv_table_text(t, d != NULL ? d->criticality : NULL);
}

static void put_asset(struct csv_table *t, const struct conclusions *c, const struct asset *a, const char *site)
{
	const char *const identity[] = {a->id, a->parent != ASSET_NONE ? c->assets[a->parent].id : NULL,
		path_kind_name(a->at.kind), a->at.text, a->name, a->vendor, a->model, a->order_number, a->serial_number,
		a->hardware_version, a->firmware_version, a->os, a->type};
	for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]); i++)
		csv_table_text(t, identity[i]);
	csv_table_decimal(t, a->type_confidence > 1 ? 1 : a->type_confidence);
	csv_table_texts(t, a->flags, a->flag_count);
	csv_table_text(t, a->purdue_level);
	put_interfaces(t, a);
	put_roles(t, a);
	put_conflicts(t, a);
	csv_table_time(t, a->seen.first.time_ns);
	csv_table_time(t, a->seen.last.time_ns);
	csv_table_text(t, site);
	put_decided(t, c, a);
	csv_table_end(t);
}

int export_csv(FILE *out, const struct conclusions *c, const char *site)
{
	struct csv_table t;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (size_t i = 0; i < c->asset_count; i++)
		put_asset(&t, c, &c->assets[i], site);
	return csv_table_finish(&t);
}
