/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile_write.c - a reconciliation as a table to work through, as JSON, and as text for people. */
#include <errno.h>
#include <string.h>

#include "sensor/export/csv_table.h"
#include "sensor/export/element.h"
#include "sensor/inventory/order.h"
#include "sensor/reconcile/parts.h"
#include "sensor/util/output.h"
#include "sensor/util/table.h"

/* What all outputs need. */
struct writing {
	const struct reconciliation *r;
	const struct conclusions *c;
	struct joined text;
};

/* By what a row could be found, and what else it says of the device. */
static const char *row_words(struct writing *w, const struct declared_asset *row)
{
	char room[ADDRESS_TEXT_MAX];
	const char *const said[][2] = {{"vendor ", row->vendor}, {"model ", row->model},
		{"serial number ", row->serial_number}, {"station name ", row->station_name},
		{"firmware version ", row->firmware_version}, {"type ", row->type}};
	joined_start(&w->text);
	joined_add(&w->text, row->mac.kind != ADDRESS_NONE ? address_text(room, &row->mac) : NULL);
	joined_add(&w->text, row->ip.kind != ADDRESS_NONE ? address_text(room, &row->ip) : NULL);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (said[i][1] == NULL)
			continue;
		char *piece = NULL;
		if (asprintf(&piece, "%s%s", said[i][0], said[i][1]) < 0) {
			w->text.failed = true;
			continue;
		}
		joined_add(&w->text, piece);
		free(piece);
	}
	return joined_text(&w->text);
}

/* "; "-separated MAC or IP addresses of the device. */
static const char *addresses(struct writing *w, uint32_t asset, bool mac)
{
	const struct asset *a = &w->c->assets[asset];
	const struct asset *device = a->parent != ASSET_NONE ? &w->c->assets[a->parent] : a;
	joined_start(&w->text);
	for (uint32_t i = 0; i < device->interface_count; i++) {
		const struct interface *at = &device->interfaces[i];
		joined_add(&w->text, mac ? at->mac : NULL);
		for (uint32_t k = 0; k < at->ip_count && !mac; k++)
			joined_add(&w->text, at->ips[k]);
	}
	return joined_text(&w->text);
}

static const char *model_of(const struct asset *a)
{
	return a->model != NULL ? a->model : a->order_number;
}

static void csv_asset(struct writing *w, struct csv_table *t, uint32_t asset)
{
	const struct asset none = {0}, *a = asset != ASSET_NONE ? &w->c->assets[asset] : &none;
	csv_table_text(t, a->id);
	csv_table_text(t, a->parent != ASSET_NONE && asset != ASSET_NONE ? w->c->assets[a->parent].id : NULL);
	csv_table_text(t, a->name);
	csv_table_text(t, a->type);
	csv_table_text(t, a->vendor);
	csv_table_text(t, model_of(a));
	csv_table_text(t, a->serial_number);
	csv_table_text(t, a->firmware_version);
	csv_table_text(t, asset != ASSET_NONE ? addresses(w, asset, true) : NULL);
	csv_table_text(t, asset != ASSET_NONE ? addresses(w, asset, false) : NULL);
	csv_table_text(t, asset != ASSET_NONE && a->zone != ZONE_NONE ? w->c->zones[a->zone].id : NULL);
}

static void csv_item(struct writing *w, struct csv_table *t, const struct reconcile_item *item, const char *site)
{
	csv_table_text(t, item->id);
	csv_table_text(t, reconcile_kind_name(item->kind));
	csv_table_text(t, item->field);
	csv_table_text(t, item->registered);
	csv_table_text(t, item->observed);
	if (item->row != NULL)
		csv_table_number(t, item->row->line);
	else
		csv_table_text(t, NULL);
	csv_table_text(t, item->row != NULL ? item->row->number : NULL);
	csv_table_text(t, item->row != NULL ? item->row->name : NULL);
	csv_table_text(t, item->row != NULL ? row_words(w, item->row) : NULL);
	csv_asset(w, t, item->asset);
	const struct capture *capture = item->has_evidence ? &w->c->inventory->captures[item->evidence.capture] : NULL;
	csv_table_text(t, capture != NULL ? capture->name : NULL);
	csv_table_text(t, capture != NULL ? capture->sha256 : NULL);
	if (capture != NULL)
		csv_table_number(t, item->evidence.frame);
	else
		csv_table_text(t, NULL);
	csv_table_time(t, capture != NULL ? item->evidence.time_ns : 0);
	csv_table_text(t, item->note);
	csv_table_text(t, item->row != NULL ? item->row->unread : NULL);
	csv_table_text(t, site);
	for (unsigned i = 0; i < 4; i++) /* for the person who decides */
		csv_table_text(t, NULL);
	csv_table_end(t);
}

int reconcile_csv(FILE *out, const struct reconciliation *r, const char *site)
{
	static const char *const header[] = {"id", "kind", "field", "register_value", "observed_value", "register_line",
		"register_number", "register_name", "register_says", "asset", "asset_parent", "observed_name",
		"observed_type", "observed_vendor", "observed_model", "observed_serial_number",
		"observed_firmware_version", "observed_macs", "observed_ips", "zone", "evidence_capture",
		"evidence_sha256", "evidence_frame", "evidence_time", "note", "not_read", "site", "decision",
		"decided_by", "decided_on", "remark"};
	struct writing w = {.r = r, .c = r->conclusions, .text.separator = "; "};
	struct csv_table t;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (size_t i = 0; i < r->count; i++)
		csv_item(&w, &t, &r->items[i], site);
	int err = csv_table_finish(&t);
	if (err == 0 && w.text.failed)
		err = -ENOMEM;
	joined_clear(&w.text);
	return err;
}

static void json_row(struct element_writer *w, cJSON *parent, const struct declared_asset *row)
{
	char room[ADDRESS_TEXT_MAX];
	cJSON *o = element_object(w, parent, "register");
	element_number(w, o, "line", row->line);
	element_text(w, o, "number", row->number);
	element_text(w, o, "name", row->name);
	element_text(w, o, "serial_number", row->serial_number);
	if (row->mac.kind != ADDRESS_NONE)
		element_text_copy(w, o, "mac", address_text(room, &row->mac));
	element_text(w, o, "station_name", row->station_name);
	if (row->ip.kind != ADDRESS_NONE)
		element_text_copy(w, o, "ip", address_text(room, &row->ip));
	element_text(w, o, "vendor", row->vendor);
	element_text(w, o, "model", row->model);
	element_text(w, o, "firmware_version", row->firmware_version);
	element_text(w, o, "type", row->type);
	element_text(w, o, "not_read", row->unread);
}

static void json_asset(struct element_writer *w, cJSON *parent, const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	cJSON *o = element_object(w, parent, "asset");
	element_text(w, o, "id", a->id);
	if (a->parent != ASSET_NONE)
		element_text(w, o, "parent", c->assets[a->parent].id);
	element_text(w, o, "name", a->name);
	element_text(w, o, "type", a->type);
	element_text(w, o, "vendor", a->vendor);
	element_text(w, o, "model", model_of(a));
	element_text(w, o, "serial_number", a->serial_number);
	element_text(w, o, "firmware_version", a->firmware_version);
	if (a->zone != ZONE_NONE)
		element_text(w, o, "zone", c->zones[a->zone].id);
}

static void json_item(struct element_writer *w, const struct reconciliation *r, const struct reconcile_item *item)
{
	const struct conclusions *c = r->conclusions;
	cJSON *o = element_new(w);
	element_text(w, o, "id", item->id);
	element_text(w, o, "kind", reconcile_kind_name(item->kind));
	element_text(w, o, "field", item->field);
	element_text(w, o, "register_value", item->registered);
	element_text(w, o, "observed_value", item->observed);
	if (item->row != NULL)
		json_row(w, o, item->row);
	if (item->asset != ASSET_NONE)
		json_asset(w, o, c, item->asset);
	if (item->has_evidence) {
		char time[TIME_TEXT_MAX];
		const struct capture *capture = &c->inventory->captures[item->evidence.capture];
		cJSON *evidence = element_object(w, o, "evidence");
		element_text_always(w, evidence, "capture", capture->name);
		element_text(w, evidence, "sha256", capture->sha256);
		element_number(w, evidence, "frame", item->evidence.frame);
		element_text_copy(w, evidence, "time", time_text(time, item->evidence.time_ns));
	}
	element_text(w, o, "note", item->note);
	element_write(w, o);
}

static cJSON *json_summary(struct element_writer *w, const struct reconciliation *r)
{
	static const char *const keys[RECONCILE_KINDS] = {
		"duplicate", "ambiguous", "conflict", "register_only", "observed_only", "matched"};
	cJSON *o = element_new(w);
	element_number(w, o, "rows", r->rows);
	element_number(w, o, "rows_matched", r->rows_matched);
	element_number(w, o, "rows_with_conflicts", r->conflict_assets);
	element_number(w, o, "assets_matched", r->assets_matched);
	element_number(w, o, "modules_without_row", r->modules_without_row);
	element_number(w, o, "outside", r->outside);
	cJSON *items = element_object(w, o, "items");
	for (unsigned kind = 0; kind < RECONCILE_KINDS; kind++)
		element_number(w, items, keys[kind], r->counts[kind]);
	return o;
}

int reconcile_json(FILE *out, const struct reconciliation *r, const char *site)
{
	struct element_writer w = {.out = out};
	errno = 0;
	fputs("{\n  \"schema\": \"earshot.reconciliation/1\",\n  \"site\": ", out);
	element_write_text(&w, site != NULL ? site : "");
	fputs(",\n  \"summary\": ", out);
	element_write(&w, json_summary(&w, r));
	fputs(",\n  \"items\": [", out);
	for (size_t i = 0; i < r->count && w.err == 0; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		json_item(&w, r, &r->items[i]);
	}
	fputs(r->count > 0 ? "\n  ]\n}\n" : "]\n}\n", out);
	if (w.err == 0)
		w.err = output_flush(out);
	return w.err;
}
