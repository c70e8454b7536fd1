/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - the assets as a table, RFC 4180: CRLF after each record, a header line, one asset a record.
 *
 * Several values in one field are separated by "; ". No field can be taken for a formula.
 */
#include "sensor/export/export.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "sensor/util/joined.h"
#include "sensor/util/text.h"

struct table_writer {
	FILE *out;
	size_t column;
	struct joined list;
};

static void put_field(struct table_writer *w, const char *text)
{
	if (w->column++ > 0)
		fputc(',', w->out);
	text_print_csv(w->out, text != NULL ? text : "");
}

static void end_record(struct table_writer *w)
{
	fputs("\r\n", w->out);
	w->column = 0;
}

static void put_texts(struct table_writer *w, const char *const *texts, size_t count)
{
	joined_start(&w->list);
	for (size_t i = 0; i < count; i++)
		joined_add(&w->list, texts[i]);
	put_field(w, joined_text(&w->list));
}

/* One text of each interface. */
static void put_macs(struct table_writer *w, const struct asset *a, bool maker)
{
	joined_start(&w->list);
	for (size_t i = 0; i < a->interface_count; i++)
		joined_add(&w->list, maker ? a->interfaces[i].mac_vendor : a->interfaces[i].mac);
	put_field(w, joined_text(&w->list));
}

static void put_interfaces(struct table_writer *w, const struct asset *a)
{
	joined_start(&w->list);
	for (size_t i = 0; i < a->interface_count; i++)
		for (size_t k = 0; k < a->interfaces[i].ip_count; k++)
			joined_add(&w->list, a->interfaces[i].ips[k]);
	put_field(w, joined_text(&w->list));
	put_macs(w, a, false);
	put_macs(w, a, true);
	joined_start(&w->list);
	for (size_t i = 0; i < a->interface_count; i++)
		for (size_t k = 0; k < a->interfaces[i].vlan_count; k++)
			joined_add_number(&w->list, a->interfaces[i].vlans[k]);
	put_field(w, joined_text(&w->list));
	joined_start(&w->list);
	for (size_t i = 0; i < a->interface_count; i++)
		for (size_t k = 0; k < a->interfaces[i].hostname_count; k++)
			joined_add(&w->list, a->interfaces[i].hostnames[k]);
	put_field(w, joined_text(&w->list));
}

static void put_roles(struct table_writer *w, const struct asset *a)
{
	joined_start(&w->list);
	for (size_t i = 0; i < a->role_count; i++) {
		char text[80];
		const char *protocol = *a->roles[i].protocol != 0 ? a->roles[i].protocol : "unknown";
		snprintf(text, sizeof(text), "%s %s", protocol, a->roles[i].role);
		joined_add(&w->list, text);
	}
	put_field(w, joined_text(&w->list));
}

static void put_conflicts(struct table_writer *w, const struct asset *a)
{
	joined_start(&w->list);
	for (size_t i = 0; i < a->conflict_count; i++)
		joined_add(&w->list, a->conflicts[i].attribute);
	put_field(w, joined_text(&w->list));
}

static const char *const header[] = {"id", "parent", "at_kind", "at", "name", "vendor", "model", "order_number",
	"serial_number", "hardware_version", "firmware_version", "os", "type", "type_confidence", "flags",
	"purdue_level", "ips", "macs", "mac_vendors", "vlans", "hostnames", "roles", "conflicts", "first_seen",
	"last_seen", "site", "zone", "zone_kind", "zone_status", "asset_number", "owner", "location", "criticality"};

/* Where it belongs, and what people say of it. */
static void put_decided(struct table_writer *w, const struct conclusions *c, const struct asset *a)
{
	const struct zone *zone = a->zone != ZONE_NONE ? &c->zones[a->zone] : NULL;
	const struct declared_asset *d = a->declared;
	put_field(w, zone != NULL ? zone->id : NULL);
	put_field(w, zone != NULL ? zone_kind_name(zone->kind) : NULL);
	put_field(w, zone != NULL ? declared_status_name(zone->status) : NULL);
	put_field(w, d != NULL ? d->number : NULL);
	put_field(w, d != NULL ? d->owner : NULL);
	put_field(w, d != NULL ? d->location : NULL);
	put_field(w, d != NULL ? d->criticality : NULL);
}

static void put_asset(struct table_writer *w, const struct conclusions *c, const struct asset *a, const char *site)
{
	const char *const identity[] = {a->id, a->parent != ASSET_NONE ? c->assets[a->parent].id : NULL,
		path_kind_name(a->at.kind), a->at.text, a->name, a->vendor, a->model, a->order_number, a->serial_number,
		a->hardware_version, a->firmware_version, a->os, a->type};
	for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]); i++)
		put_field(w, identity[i]);
	double value = a->type_confidence;
	unsigned hundredths = value >= 1 ? 100 : value > 0 ? (unsigned)(value * 100 + 0.5) : 0;
	char confidence[16], first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	snprintf(confidence, sizeof(confidence), "%u.%02u", hundredths / 100, hundredths % 100);
	put_field(w, confidence);
	put_texts(w, a->flags, a->flag_count);
	put_field(w, a->purdue_level);
	put_interfaces(w, a);
	put_roles(w, a);
	put_conflicts(w, a);
	put_field(w, time_text(first, a->seen.first.time_ns));
	put_field(w, time_text(last, a->seen.last.time_ns));
	put_field(w, site);
	put_decided(w, c, a);
	end_record(w);
}

int export_csv(FILE *out, const struct conclusions *c, const char *site)
{
	struct table_writer w = {.out = out, .list.separator = "; "};
	errno = 0;
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		put_field(&w, header[i]);
	end_record(&w);
	for (size_t i = 0; i < c->asset_count; i++)
		put_asset(&w, c, &c->assets[i], site);
	int err = w.list.failed ? -ENOMEM : 0;
	joined_clear(&w.list);
	if (fflush(out) != 0 || ferror(out))
		return errno != 0 ? -errno : -EIO;
	return err;
}
