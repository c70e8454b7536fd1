/* SPDX-License-Identifier: Apache-2.0 */
/* show_links.c - the tables of links, facts and captures. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/command/show.h"
#include "sensor/inventory/order.h"
#include "sensor/util/text.h"

static const struct table_column link_columns[] = {
	{.title = "CLIENT", .least = 15},
	{.title = "SERVER", .least = 15},
	{.title = "PROTOCOL", .least = 8},
	{.title = "PORT", .least = 9, .rank = 2},
	{.title = "OPERATIONS", .least = 16, .rank = 1},
	{.title = "PACKETS", .rank = 3, .right = true},
	{.title = "BYTES", .rank = 4, .right = true},
	{.title = "FIRST SEEN", .least = 27, .rank = 6},
	{.title = "LAST SEEN", .least = 27, .rank = 5},
};

static bool link_matches(const struct view *v, struct filter_row *row, const struct asset_link *l,
	const char *operations, const char *protocol)
{
	filter_row_start(row);
	filter_row_asset(row, &v->c->assets[l->client]);
	filter_row_asset(row, &v->c->assets[l->server]);
	/* Here protocol= is that of the link, not one that an end speaks elsewhere. */
	for (size_t i = 0; i < row->count; i++)
		if (row->texts[i].key == FILTER_PROTOCOL || row->texts[i].key == FILTER_ROLE)
			row->texts[i].text = "";
	filter_row_add(row, FILTER_PROTOCOL, protocol);
	filter_row_add(row, FILTER_ANY, operations);
	for (size_t i = 0; i < l->activity_count; i++) {
		filter_row_add(row, FILTER_ANY, inventory_text(v->c->inventory, l->activities[i]->message));
		filter_row_add(row, FILTER_ANY, inventory_text(v->c->inventory, l->activities[i]->detail));
	}
	return filter_match(&v->filter, row);
}

/* "read write", and what was asked in vain. */
static void put_operations(struct table *t, const struct asset_link *l)
{
	char done[OPERATIONS_TEXT_MAX], refused[OPERATIONS_TEXT_MAX];
	operations_text(done, l->asked | l->answered);
	operations_text(refused, l->refused);
	if (*refused != 0)
		table_cell_format(t, "%s (refused: %s)", done, refused);
	else if ((l->parts & PART_REQUEST) != 0 && (l->parts & (PART_RESPONSE | PART_EXCHANGE)) == 0)
		table_cell_format(t, "%s%s(no answer seen)", done, *done != 0 ? " " : "");
	else
		table_cell(t, done);
}

static void put_link(struct table *t, const struct view *v, const struct asset_link *l, const char *protocol)
{
	char label[LABEL_MAX], time[TIME_TEXT_MAX];
	table_cell(t, asset_label(label, v->c, l->client));
	table_cell(t, asset_label(label, v->c, l->server));
	if (l->link->basis == LINK_LABELLED)
		table_cell_format(t, "%s?", protocol); /* named from outside, not read */
	else
		table_cell(t, *protocol != 0 ? protocol : "?");
	if (l->link->port != 0)
		table_cell_format(t, "%s/%u", transport_name(l->link->transport), (unsigned)l->link->port);
	else
		table_cell(t, transport_name(l->link->transport));
	put_operations(t, l);
	table_cell_format(t, "%llu", (unsigned long long)l->packets);
	table_cell_format(t, "%llu", (unsigned long long)l->bytes);
	table_cell(t, time_text(time, l->seen.first.time_ns));
	table_cell(t, time_text(time, l->seen.last.time_ns));
	if (l->link->basis != LINK_DISSECTED)
		table_dim(t);
}

int show_links(const struct view *v)
{
	struct table t;
	struct filter_row row = {0};
	table_init(&t, link_columns, sizeof(link_columns) / sizeof(link_columns[0]));
	for (size_t i = 0; i < v->c->link_count; i++) {
		const struct asset_link *l = &v->c->links[i];
		const char *protocol = inventory_text(v->c->inventory, l->link->protocol);
		char operations[OPERATIONS_TEXT_MAX];
		operations_text(operations, l->asked | l->answered | l->refused);
		if (link_matches(v, &row, l, operations, protocol))
			put_link(&t, v, l, protocol);
	}
	filter_row_clear(&row);
	int err = table_print(&t, v->out, v->terminal, 0);
	table_clear(&t);
	return err;
}

static const struct table_column fact_columns[] = {
	{.title = "ASSET", .least = 15},
	{.title = "ATTRIBUTE", .least = 12},
	{.title = "VALUE", .least = 16},
	{.title = "PROTOCOL", .least = 8, .rank = 3},
	{.title = "MESSAGE", .least = 12, .rank = 4},
	{.title = "AT", .least = 8, .rank = 5},
	{.title = "CAPTURE", .least = 8, .rank = 1},
	{.title = "FRAME", .rank = 1, .right = true},
	{.title = "COUNT", .rank = 6, .right = true},
	{.title = "CONF", .rank = 7, .right = true},
	{.title = "FIRST SEEN", .least = 27, .rank = 8},
};

static void put_fact(struct table *t, const struct view *v, uint32_t asset, const struct asset_fact *f)
{
	const struct inventory *inv = v->c->inventory;
	char label[LABEL_MAX], time[TIME_TEXT_MAX];
	table_cell(t, asset_label(label, v->c, asset));
	table_cell(t, attribute_name(f->fact->attribute));
	table_cell(t, f->value);
	table_cell(t, protocol_name(f->fact->protocol));
	table_cell(t, inventory_text(inv, f->fact->message));
	if (f->at.kind != PATH_NONE)
		table_cell_format(t, "%s %s", path_kind_name(f->at.kind), f->at.text);
	else
		table_cell(t, NULL);
	table_cell(t, inv->captures[f->fact->seen.first.capture].name);
	table_cell_format(t, "%llu", (unsigned long long)f->fact->seen.first.frame);
	table_cell_format(t, "%llu", (unsigned long long)f->fact->count);
	table_cell_format(t, "%u%%", (unsigned)f->fact->confidence);
	table_cell(t, time_text(time, f->fact->seen.first.time_ns));
}

int show_facts(const struct view *v)
{
	const struct inventory *inv = v->c->inventory;
	struct table t;
	struct filter_row row = {0};
	table_init(&t, fact_columns, sizeof(fact_columns) / sizeof(fact_columns[0]));
	for (uint32_t i = 0; i < v->c->asset_count; i++) {
		const struct asset *a = &v->c->assets[i];
		for (size_t k = 0; k < a->fact_count; k++) {
			const struct fact *f = a->facts[k].fact;
			filter_row_start(&row);
			filter_row_asset(&row, a);
			for (size_t j = 0; j < row.count; j++)
				if (row.texts[j].key == FILTER_PROTOCOL)
					row.texts[j].text = "";
			filter_row_add(&row, FILTER_PROTOCOL, protocol_name(f->protocol));
			filter_row_add(&row, FILTER_ANY, attribute_name(f->attribute));
			filter_row_add(&row, FILTER_ANY, a->facts[k].value);
			filter_row_add(&row, FILTER_ANY, inventory_text(inv, f->message));
			filter_row_add(&row, FILTER_ANY, inv->captures[f->seen.first.capture].name);
			if (filter_match(&v->filter, &row))
				put_fact(&t, v, i, &a->facts[k]);
		}
	}
	filter_row_clear(&row);
	int err = table_print(&t, v->out, v->terminal, 0);
	table_clear(&t);
	return err;
}

static const struct table_column capture_columns[] = {
	{.title = "ID", .right = true},
	{.title = "NAME", .least = 16},
	{.title = "PACKETS", .right = true},
	{.title = "BYTES", .rank = 3, .right = true},
	{.title = "FIRST", .least = 27, .rank = 1},
	{.title = "LAST", .least = 27, .rank = 2},
	{.title = "LINK TYPE", .least = 6, .rank = 5},
	{.title = "CUT AT", .rank = 4},
	{.title = "SHA-256", .least = 12, .rank = 6},
};

int show_captures(const struct view *v)
{
	const struct inventory *inv = v->c->inventory;
	struct order order;
	struct table t;
	struct filter_row row = {0};
	int err = order_captures(&order, inv);
	table_init(&t, capture_columns, sizeof(capture_columns) / sizeof(capture_columns[0]));
	for (uint32_t i = 0; err == 0 && i < order.count; i++) {
		const struct capture *c = &inv->captures[order.rows[i]];
		char time[TIME_TEXT_MAX];
		filter_row_start(&row);
		filter_row_add(&row, FILTER_NAME, c->name);
		filter_row_add(&row, FILTER_ANY, c->sha256);
		filter_row_add(&row, FILTER_ANY, c->link_type);
		if (!filter_match(&v->filter, &row))
			continue;
		table_cell_format(&t, "%u", i + 1);
		table_cell(&t, c->name);
		table_cell_format(&t, "%llu", (unsigned long long)c->packets);
		table_cell_format(&t, "%llu", (unsigned long long)c->bytes);
		table_cell(&t, time_text(time, c->first_ns));
		table_cell(&t, time_text(time, c->last_ns));
		table_cell(&t, c->link_type);
		if (c->cut_at_byte != 0)
			table_cell_format(&t, "byte %llu", (unsigned long long)c->cut_at_byte);
		else
			table_cell(&t, NULL);
		table_cell(&t, c->sha256);
	}
	if (err == 0)
		err = table_print(&t, v->out, v->terminal, 0);
	filter_row_clear(&row);
	table_clear(&t);
	order_clear(&order);
	return err;
}
