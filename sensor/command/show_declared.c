/* SPDX-License-Identifier: Apache-2.0 */
/* show_declared.c - of one asset: what people say beside what was seen, what would change the sensor's mind, findings.
 */
#include <string.h>

#include "sensor/command/show.h"
#include "sensor/util/text.h"

static const struct table_column declared_columns[] = {
	{.title = "FIELD", .least = 10}, {.title = "REGISTER", .least = 16}, {.title = "OBSERVED", .least = 16}};

int put_declared(const struct view *v, const struct asset *a)
{
	const struct declared_asset *d = a->declared;
	if (d == NULL)
		return 0;
	const char *const rows[][3] = {{"number", d->number, NULL}, {"name", d->name, a->name},
		{"type", d->type, a->type}, {"vendor", d->vendor, a->vendor},
		{"model", d->model, a->model != NULL ? a->model : a->order_number},
		{"serial number", d->serial_number, a->serial_number},
		{"firmware version", d->firmware_version, a->firmware_version}, {"owner", d->owner, NULL},
		{"location", d->location, NULL}, {"criticality", d->criticality, NULL}, {"function", d->function, NULL},
		{"notes", d->notes, NULL}};
	struct table t;
	table_init(&t, declared_columns, sizeof(declared_columns) / sizeof(declared_columns[0]));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i][1] == NULL)
			continue;
		for (size_t k = 0; k < 3; k++)
			table_cell(&t, rows[i][k]);
	}
	char title[64];
	snprintf(title, sizeof(title), "In the register, line %u", (unsigned)d->line);
	heading_print(v, title);
	int err = table_rows(&t) > 0 || t.failed ? table_print(&t, v->out, v->terminal, 2) : 0;
	table_clear(&t);
	return err;
}

/* The type with most points, but for `not_this`; NULL: no rule spoke for one. */
static const char *strongest(const struct asset *a, const char *not_this, double *points)
{
	const char *best = NULL;
	*points = 0;
	for (size_t i = 0; i < a->verdict_count; i++) {
		const char *type = a->verdicts[i].type;
		double its = type_points(a->verdicts, a->verdict_count, type);
		if (its <= *points || (not_this != NULL && strcmp(type, not_this) == 0))
			continue;
		best = type;
		*points = its;
	}
	return best;
}

static void put_unknown(const struct view *v, const char *first, double most, const char *second, double next)
{
	if (first == NULL)
		fprintf(v->out, "  no rule spoke; a type needs %.0f points\n", TYPE_POINTS_MIN);
	else if (most < TYPE_POINTS_MIN)
		fprintf(v->out,
			"  %s has %.2f of the %.0f points that a type needs: evidence for %.2f more is missing\n",
			first, most, TYPE_POINTS_MIN, TYPE_POINTS_MIN - most);
	else
		fprintf(v->out,
			"  %s has %.2f points and %s %.2f: a type needs to be %.0f ahead; evidence against one of them "
			"is "
			"missing\n",
			first, most, second, next, TYPE_MARGIN_MIN);
}

void put_would_change(const struct view *v, const struct asset *a)
{
	double most, next;
	const char *first = strongest(a, NULL, &most), *second = first != NULL ? strongest(a, first, &next) : NULL;
	bool unknown = a->type == NULL || strcmp(a->type, "unknown") == 0;
	heading_print(v, "What would change it");
	if (unknown)
		put_unknown(v, first, most, second, second != NULL ? next : 0);
	else if (second != NULL)
		fprintf(v->out, "  %s has %.2f points; %.2f more would make it undecided, %.2f more another type\n",
			second, next, most - TYPE_MARGIN_MIN - next > 0 ? most - TYPE_MARGIN_MIN - next : 0.0,
			most + TYPE_MARGIN_MIN - next);
	else if (first != NULL)
		fprintf(v->out,
			"  no rule spoke for another type; one of more than %.2f points would make it undecided\n",
			most - TYPE_MARGIN_MIN);
	if (a->would_identify != NULL) {
		fputs("  not seen, and would tell: ", v->out);
		text_print_terminal(v->out, a->would_identify);
		fputc('\n', v->out);
	}
	const struct zone *zone = a->zone != ZONE_NONE ? &v->c->zones[a->zone] : NULL;
	if (a->parent == ASSET_NONE && (zone == NULL || zone->status != DECLARED_ACCEPTED))
		fprintf(v->out, "  another zone: write '- asset: %s' among the members of one in zones.yaml\n", a->id);
}

void put_findings(const struct view *v, uint32_t asset)
{
	bool any = false;
	for (size_t i = 0; i < v->c->finding_count; i++) {
		const struct finding *f = &v->c->findings[i];
		bool named = false;
		for (uint32_t k = 0; k < f->asset_count && !named; k++)
			named = f->assets[k] == asset;
		if (!named)
			continue;
		if (!any)
			heading_print(v, "Findings");
		any = true;
		fprintf(v->out, "  %-7s %s: ", severity_name(f->severity), f->title);
		text_print_terminal(v->out, f->text);
		fprintf(v->out, " (%s %s)\n", f->rule, f->id);
	}
}
