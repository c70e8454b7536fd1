/* SPDX-License-Identifier: Apache-2.0 */
/* others.c - files of a pack that exporters, the comparison and the reconciliation write, and what frames them. */
#include <string.h>

#include "sensor/change/change.h"
#include "sensor/export/export.h"
#include "sensor/export/map.h"
#include "sensor/pack/parts.h"
#include "sensor/reconcile/reconcile.h"

int pack_assets_csv(FILE *out, const struct pack *p)
{
	return export_csv(out, p->c, p->in->site);
}

int pack_assets_json(FILE *out, const struct pack *p)
{
	return export_json(out, p->c, p->in->site);
}

int pack_map(FILE *out, const struct pack *p)
{
	return export_svg(out, p->c, p->in->site);
}

/* The register of drawings: the revision is that of the title block. */
int pack_drawings(FILE *out, const struct pack *p)
{
	static const char *const header[] = {"drawing", "title", "revision", "file", "zones", "conduits",
		"owners_drawing_number", "drawn_from", "approved_by"};
	struct csv_table t;
	struct map map;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	int err = map_make(&map, p->c, p->in->site);
	if (err == 0) {
		csv_table_text(&t, "overview");
		csv_table_text(&t, map.title);
		csv_table_text(&t, map.revision);
		csv_table_text(&t, "07_drawings/overview.svg");
		csv_table_number(&t, p->c->zone_count);
		csv_table_number(&t, p->c->conduit_count);
		csv_table_text(&t, PACK_BLANK);
		field_format(&t, "captures of %s to %s", p->manifest.first, p->manifest.last);
		csv_table_text(&t, PACK_BLANK);
		csv_table_end(&t);
	}
	map_clear(&map);
	int finished = csv_table_finish(&t);
	return err != 0 ? err : finished;
}

static int put_statement(FILE *out, const char *statement)
{
	static const char *const header[] = {"statement"};
	struct csv_table t;
	csv_table_start(&t, out, header, 1);
	csv_table_text(&t, statement);
	csv_table_end(&t);
	return csv_table_finish(&t);
}

int pack_changes(FILE *out, const struct pack *p)
{
	if (p->in->changes == NULL)
		return put_statement(out, "no baseline is accepted, so nothing can be said about changes: "
					  "'earshot baseline accept NAME' keeps the inventory to compare with");
	return changes_csv(out, p->in->changes);
}

int pack_reconciliation(FILE *out, const struct pack *p)
{
	return reconcile_csv(out, p->in->reconciliation, p->in->site);
}
