/* SPDX-License-Identifier: Apache-2.0 */
/* show_assets.c - the asset table: each device, and what stands behind it one step in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/command/show.h"
#include "sensor/util/text.h"

/* At 80 columns what it is comes before what it speaks; an order number has 19 characters. */
static const struct table_column columns[] = {
	{.title = "ADDRESS", .least = 15},
	{.title = "TYPE", .least = 10},
	{.title = "LEVEL", .rank = 4},
	{.title = "VENDOR", .least = 11, .rank = 1},
	{.title = "MODEL", .least = 19, .rank = 1},
	{.title = "FIRMWARE", .least = 8, .rank = 2},
	{.title = "NAME", .least = 10, .rank = 4},
	{.title = "ZONE", .least = 10, .rank = 5},
	{.title = "PROTOCOLS", .least = 12, .rank = 3},
	{.title = "MAC", .least = 17, .rank = 5},
	{.title = "SERIAL", .least = 10, .rank = 6},
	{.title = "LAST SEEN", .least = 20, .rank = 8},
	{.title = "ID", .least = 16, .rank = 7},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

#define PROTOCOLS_TEXT_MAX 400

static void add_word(char *text, const char *lead, const char *word)
{
	size_t len = strlen(text);
	if (*word != 0 && len + strlen(lead) + strlen(word) + 2 < PROTOCOLS_TEXT_MAX)
		sprintf(text + len, "%s%s%s", len > 0 ? " " : "", lead, word);
}

/* A protocol on two ports, or over two transports, is named once. Roles are sorted by protocol. */
static void add_protocols(char *text, const struct asset *a, bool asked)
{
	const char *lead = asked ? "asks " : "", *last = "";
	for (size_t i = 0; i < a->role_count; i++) {
		const struct role *r = &a->roles[i];
		if ((strcmp(r->role, "client") == 0) != asked || strcmp(r->protocol, last) == 0)
			continue;
		add_word(text, lead, r->protocol);
		last = r->protocol;
		lead = "";
	}
}

/* "modbus http asks s7comm": what it answers, then what it asks of others. */
static char *protocols_text(char text[PROTOCOLS_TEXT_MAX], const struct asset *a)
{
	text[0] = 0;
	add_protocols(text, a, false);
	add_protocols(text, a, true);
	return text;
}

static void put_address(struct table *t, const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	char label[LABEL_MAX];
	if (a->parent == ASSET_NONE) {
		size_t more = 0;
		for (size_t i = 0; i < a->interface_count; i++)
			more += a->interfaces[i].ip_count;
		if (more > 1)
			table_cell_format(t, "%s +%zu", asset_label(label, c, asset), more - 1);
		else
			table_cell(t, asset_label(label, c, asset));
		return;
	}
	static const char *const words[PATH_KINDS] = {[PATH_MODBUS_UNIT] = "unit",
		[PATH_DNP3_ADDRESS] = "dnp3",
		[PATH_CIP_PORT_SLOT] = "slot",
		[PATH_S7_RACK_SLOT] = "rack",
		[PATH_BACNET_DEVICE] = "device",
		[PATH_IEC104_COMMON_ADDRESS] = "ca",
		[PATH_PN_SLOT] = "slot"};
	if (a->at.kind == PATH_NONE || a->at.kind >= PATH_KINDS)
		table_cell_format(t, "\xe2\x94\x94 %s", asset_label(label, c, asset));
	else
		table_cell_format(t, "\xe2\x94\x94 %s %s", words[a->at.kind], a->at.text);
}

static void put_row(struct table *t, const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	char protocols[PROTOCOLS_TEXT_MAX], last[TIME_TEXT_MAX];
	const char *mac = NULL, *maker = NULL;
	for (size_t i = 0; i < a->interface_count && mac == NULL; i++) {
		mac = a->interfaces[i].mac;
		maker = a->interfaces[i].mac_vendor;
	}
	put_address(t, c, asset);
	table_cell(t, a->type);
	table_cell(t, a->purdue_level);
	if (a->vendor == NULL && maker != NULL)
		table_cell_format(t, "(%s)", maker); /* of the network interface; not what the device says */
	else
		table_cell(t, a->vendor);
	table_cell(t, a->model != NULL ? a->model : a->order_number);
	table_cell(t, a->firmware_version);
	table_cell(t, a->name);
	table_cell(t, a->zone != ZONE_NONE && a->parent == ASSET_NONE ? c->zones[a->zone].id : NULL);
	table_cell(t, protocols_text(protocols, a));
	table_cell(t, mac);
	table_cell(t, a->serial_number);
	time_text(last, a->seen.last.time_ns);
	if (strlen(last) > 19)
		memcpy(last + 19, "Z", 2); /* seconds are enough in a table */
	table_cell(t, last);
	table_cell(t, a->id);
	if (a->type == NULL || strcmp(a->type, "unknown") == 0)
		table_dim(t);
}

/* A part that matches brings the device it belongs to, so that its place is understood. */
static bool *choose(const struct view *v)
{
	bool *chosen = calloc(v->c->asset_count + 1, sizeof(*chosen));
	struct filter_row row = {0};
	for (size_t i = 0; chosen != NULL && i < v->c->asset_count; i++) {
		const struct asset *a = &v->c->assets[i];
		filter_row_start(&row);
		filter_row_asset(&row, a);
		if (a->zone != ZONE_NONE)
			filter_row_add(&row, FILTER_ZONE, v->c->zones[a->zone].id);
		if (!filter_match(&v->filter, &row))
			continue;
		chosen[i] = true;
		for (uint32_t p = a->parent; p != ASSET_NONE && !chosen[p]; p = v->c->assets[p].parent)
			chosen[p] = true;
	}
	filter_row_clear(&row);
	return chosen;
}

int show_assets(const struct view *v)
{
	struct table t;
	bool *chosen = choose(v);
	if (chosen == NULL)
		return -ENOMEM;
	table_init(&t, columns, COLUMNS);
	for (uint32_t i = 0; i < v->c->asset_count; i++)
		if (chosen[i])
			put_row(&t, v->c, i);
	free(chosen);
	int err = table_print(&t, v->out, v->terminal, 0);
	table_clear(&t);
	return err;
}
