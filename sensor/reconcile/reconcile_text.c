/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile_text.c - a reconciliation for people: how many of what, then a table for each kind. */
#include <errno.h>
#include <string.h>

#include "sensor/reconcile/parts.h"
#include "sensor/util/output.h"
#include "sensor/util/table.h"

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void put_summary(FILE *out, const struct reconciliation *r)
{
	const size_t *n = r->counts;
	size_t unread = 0;
	const struct declarations *d = r->conclusions->declarations;
	for (size_t i = 0; i < r->rows; i++)
		unread += d->assets[i].unread != NULL;
	fprintf(out, "%zu row%s of the register: %zu matched", r->rows, plural(r->rows), r->rows_matched);
	if (r->conflict_assets > 0)
		fprintf(out, " (%zu of them with %zu conflict%s)", r->conflict_assets, n[RECONCILE_CONFLICT],
			plural(n[RECONCILE_CONFLICT]));
	fprintf(out, ", %zu not observed, %zu ambiguous, %zu duplicate%s\n", n[RECONCILE_REGISTER_ONLY],
		n[RECONCILE_AMBIGUOUS], n[RECONCILE_DUPLICATE], plural(n[RECONCILE_DUPLICATE]));
	fprintf(out, "%zu device%s observed without a row", n[RECONCILE_OBSERVED_ONLY],
		plural(n[RECONCILE_OBSERVED_ONLY]));
	if (r->modules_without_row > 0)
		fprintf(out, "; %zu module%s of devices without a row of their own", r->modules_without_row,
			plural(r->modules_without_row));
	if (r->outside > 0)
		fprintf(out, "; %zu host%s outside the plant, not expected in a register", r->outside,
			plural(r->outside));
	fputc('\n', out);
	if (unread > 0)
		fprintf(out, "%zu row%s with an address that was not read, or not all of them\n", unread,
			plural(unread));
}

static void cell_evidence(struct table *t, const struct reconciliation *r, const struct reconcile_item *item)
{
	if (item->has_evidence)
		table_cell_format(t, "%s:%llu", r->conclusions->inventory->captures[item->evidence.capture].name,
			(unsigned long long)item->evidence.frame);
	else
		table_cell(t, NULL);
}

static void cell_device(struct table *t, const struct reconciliation *r, uint32_t asset)
{
	if (asset == ASSET_NONE) {
		table_cell(t, NULL);
		return;
	}
	const struct asset *a = &r->conclusions->assets[asset];
	const struct asset *device = a->parent != ASSET_NONE ? &r->conclusions->assets[a->parent] : a;
	const char *address = a->id;
	for (uint32_t i = device->interface_count; i-- > 0;)
		address = device->interfaces[i].ip_count > 0  ? device->interfaces[i].ips[0]
			  : device->interfaces[i].mac != NULL ? device->interfaces[i].mac
							      : address;
	if (a == device)
		table_cell(t, address);
	else
		table_cell_format(t, "%s %s", address, a->at.text);
}

/* What it is called by who wrote it down, else by itself. */
static const char *name_of(const struct reconciliation *r, const struct reconcile_item *item)
{
	if (item->row != NULL)
		return item->row->name;
	const struct asset *a = item->asset != ASSET_NONE ? &r->conclusions->assets[item->asset] : NULL;
	if (a == NULL || a->name != NULL)
		return a != NULL ? a->name : NULL;
	return a->model != NULL ? a->model : a->vendor;
}

static void put_item(struct table *t, const struct reconciliation *r, const struct reconcile_item *item)
{
	if (item->row != NULL)
		table_cell_format(t, "%u", (unsigned)item->row->line);
	else
		table_cell(t, NULL);
	table_cell(t, item->row != NULL ? item->row->number : NULL);
	table_cell(t, name_of(r, item));
	cell_device(t, r, item->asset);
	table_cell(t, item->row == NULL && item->asset != ASSET_NONE ? r->conclusions->assets[item->asset].type : NULL);
	table_cell(t, item->field);
	table_cell(t, item->registered);
	table_cell(t, item->observed);
	cell_evidence(t, r, item);
	table_cell(t, item->note);
}

static const struct table_column columns[] = {
	{.title = "LINE", .least = 4, .right = true},
	{.title = "NUMBER", .least = 8, .rank = 2},
	{.title = "NAME", .least = 10, .rank = 1},
	{.title = "DEVICE", .least = 15},
	{.title = "TYPE", .least = 7, .rank = 3},
	{.title = "FIELD", .least = 8},
	{.title = "REGISTER", .least = 12},
	{.title = "OBSERVED", .least = 12},
	{.title = "FRAME", .least = 12, .rank = 4},
	{.title = "NOTE", .least = 16, .rank = 5},
};

static int put_kind(FILE *out, struct terminal terminal, const struct reconciliation *r, enum reconcile_kind kind)
{
	static const char *const titles[RECONCILE_KINDS] = {"Duplicates in the register",
		"Rows that may be several assets", "Conflicts", "In the register only", "Observed only", "Matched"};
	struct table t;
	if (r->counts[kind] == 0)
		return 0;
	fputc('\n', out);
	terminal_bold(out, terminal);
	fprintf(out, "%s (%zu)\n", titles[kind], r->counts[kind]);
	terminal_plain(out, terminal);
	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < r->count; i++)
		if (r->items[i].kind == kind)
			put_item(&t, r, &r->items[i]);
	int err = table_print(&t, out, terminal, 2);
	table_clear(&t);
	return err;
}

int reconcile_text(FILE *out, const struct reconciliation *r, bool all)
{
	struct terminal terminal = terminal_of(out);
	int err = 0;
	errno = 0;
	put_summary(out, r);
	for (unsigned kind = 0; kind < (all ? RECONCILE_KINDS : RECONCILE_MATCHED) && err == 0; kind++)
		err = put_kind(out, terminal, r, (enum reconcile_kind)kind);
	if (err == 0)
		err = output_flush(out);
	return err;
}
