/* SPDX-License-Identifier: Apache-2.0 */
/* csv_set.c - facts as a table, and all tables together in one folder. */
#include "sensor/export/csv_table.h"
#include "sensor/export/export.h"
#include "sensor/export/folder.h"
#include "sensor/util/text.h"

static void put_fact(struct csv_table *t, const struct conclusions *c, const struct asset *a,
	const struct asset_fact *fact, const char *site)
{
	const struct inventory *inv = c->inventory;
	const struct fact *f = fact->fact;
	const struct capture *capture = &inv->captures[f->seen.first.capture];
	char address[ADDRESS_TEXT_MAX];
	csv_table_text(t, a->id);
	csv_table_text(t, address_text(address, &inv->endpoints[f->endpoint].address));
	csv_table_text(t, a->name);
	csv_table_text(t, path_kind_name(fact->at.kind));
	csv_table_text(t, fact->at.text);
	csv_table_text(t, attribute_name(f->attribute));
	csv_table_text(t, fact->value);
	csv_table_text(t, inventory_text(inv, f->code));
	csv_table_text(t, protocol_name(f->protocol));
	csv_table_text(t, inventory_text(inv, f->message));
	csv_table_decimal(t, f->confidence / 100.0);
	csv_table_text(t, capture->name);
	csv_table_text(t, capture->sha256);
	csv_table_number(t, f->seen.first.frame);
	csv_table_time(t, f->seen.first.time_ns);
	csv_table_time(t, f->seen.last.time_ns);
	csv_table_number(t, f->count);
	csv_table_text(t, site);
	csv_table_end(t);
}

int export_csv_facts(FILE *out, const struct conclusions *c, const char *site)
{
	static const char *const header[] = {"asset", "address", "asset_name", "at_kind", "at", "attribute", "value",
		"code", "protocol", "message", "confidence", "capture", "capture_sha256", "frame", "first_seen",
		"last_seen", "count", "site"};
	struct csv_table t;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (size_t i = 0; i < c->asset_count; i++)
		for (uint32_t k = 0; k < c->assets[i].fact_count; k++)
			put_fact(&t, c, &c->assets[i], &c->assets[i].facts[k], site);
	return csv_table_finish(&t);
}

int export_csv_set(const char *folder, const struct conclusions *c, const char *site)
{
	static const struct {
		const char *name;
		int (*write)(FILE *out, const struct conclusions *c, const char *site);
	} tables[] = {{"assets.csv", export_csv}, {"links.csv", export_csv_links}, {"zones.csv", export_csv_zones},
		{"conduits.csv", export_csv_conduits}, {"facts.csv", export_csv_facts}};
	struct folder f;
	int err = 0;
	folder_open(&f, folder);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && err == 0 && f.err == 0; i++) {
		FILE *out = folder_file(&f, tables[i].name);
		if (out != NULL)
			err = tables[i].write(out, c, site);
	}
	return folder_close(&f, err);
}
