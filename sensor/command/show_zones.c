/* SPDX-License-Identifier: Apache-2.0 */
/* show_zones.c - the tables of zones, conduits and their channels, and findings as paragraphs. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/command/show.h"
#include "sensor/util/text.h"

#define JOINED_MAX 400 /* of a list in one cell; what is beyond is counted */

/* "a, b and 3 more" */
static char *join(char out[JOINED_MAX], const char *const *texts, size_t count)
{
	size_t len = 0;
	out[0] = 0;
	for (size_t i = 0; i < count; i++) {
		if (len + strlen(texts[i]) + 24 > JOINED_MAX) {
			snprintf(out + len, JOINED_MAX - len, " and %zu more", count - i);
			break;
		}
		len += (size_t)snprintf(out + len, JOINED_MAX - len, "%s%s", i > 0 ? ", " : "", texts[i]);
	}
	return out;
}

static const struct table_column zone_columns[] = {
	{.title = "ZONE", .least = 16},
	{.title = "KIND", .least = 8},
	{.title = "STATUS", .least = 8},
	{.title = "LEVELS", .rank = 2},
	{.title = "ASSETS", .right = true},
	{.title = "NETWORKS", .least = 12, .rank = 1},
	{.title = "VLANS", .least = 4, .rank = 4},
	{.title = "COHESION", .rank = 5, .right = true},
	{.title = "CONF", .rank = 6, .right = true},
	{.title = "OWNER", .least = 8, .rank = 7},
	{.title = "SL-T", .least = 5, .rank = 7},
	{.title = "NAME", .least = 12, .rank = 8},
	{.title = "REASON", .least = 24, .rank = 3},
};

static bool zone_matches(const struct view *v, struct filter_row *row, const struct zone *z)
{
	filter_row_start(row);
	filter_row_add(row, FILTER_ZONE, z->id);
	filter_row_add(row, FILTER_NAME, z->name);
	filter_row_add(row, FILTER_KIND, zone_kind_name(z->kind));
	filter_row_add(row, FILTER_STATUS, declared_status_name(z->status));
	filter_row_add(row, FILTER_LEVEL, z->level_low);
	filter_row_add(row, FILTER_LEVEL, z->level_high);
	filter_row_add(row, FILTER_ANY, z->basis);
	filter_row_add(row, FILTER_ANY, z->reason);
	for (uint32_t i = 0; i < z->subnet_count; i++)
		filter_row_add(row, FILTER_ANY, z->subnets[i]);
	for (uint32_t i = 0; i < z->asset_count; i++) {
		const struct asset *a = &v->c->assets[z->assets[i]];
		filter_row_add(row, FILTER_NAME, a->name);
		for (size_t k = 0; k < a->interface_count; k++)
			for (size_t j = 0; j < a->interfaces[k].ip_count; j++)
				filter_row_add(row, FILTER_IP, a->interfaces[k].ips[j]);
	}
	return filter_match(&v->filter, row);
}

static void put_zone(struct table *t, const struct zone *z)
{
	char joined[JOINED_MAX], vlan[8];
	table_cell(t, z->id);
	table_cell(t, zone_kind_name(z->kind));
	table_cell(t, declared_status_name(z->status));
	if (z->level_low != NULL && strcmp(z->level_low, z->level_high) != 0)
		table_cell_format(t, "%s-%s", z->level_low, z->level_high);
	else
		table_cell(t, z->level_low);
	table_cell_format(t, "%u", z->asset_count);
	table_cell(t, join(joined, z->subnets, z->subnet_count));
	joined[0] = 0;
	for (uint32_t i = 0; i < z->vlan_count && strlen(joined) + 16 < sizeof(joined); i++) {
		snprintf(vlan, sizeof(vlan), "%s%u", i > 0 ? " " : "", (unsigned)z->vlans[i]);
		/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.strcpy): room was looked at */
		strcat(joined, vlan);
	}
	table_cell(t, joined);
	table_cell_format(t, "%.0f%%", z->cohesion * 100);
	table_cell_format(t, "%.0f%%", z->confidence * 100);
	table_cell(t, z->declared != NULL ? z->declared->owner : NULL);
	table_cell(t, z->declared != NULL ? z->declared->security_level_target : NULL);
	table_cell(t, z->name);
	table_cell(t, z->reason);
	if (z->asset_count == 0)
		table_dim(t);
}

int show_zones(const struct view *v)
{
	struct table t;
	struct filter_row row = {0};
	table_init(&t, zone_columns, sizeof(zone_columns) / sizeof(zone_columns[0]));
	for (size_t i = 0; i < v->c->zone_count; i++)
		if (zone_matches(v, &row, &v->c->zones[i]))
			put_zone(&t, &v->c->zones[i]);
	filter_row_clear(&row);
	int err = table_print(&t, v->out, v->terminal, 0);
	table_clear(&t);
	return err;
}

char *conduit_arrow(const struct conclusions *c, const struct conduit *conduit)
{
	static const char *const arrows[] = {"--", "<-", "->", "<->"};
	unsigned arrow = (conduit->initiated[0] > 0 ? 2u : 0u) | (conduit->initiated[1] > 0 ? 1u : 0u);
	char *text = NULL;
	if (asprintf(&text, "%s %s %s", c->zones[conduit->zones[0]].id, arrows[arrow], c->zones[conduit->zones[1]].id) <
		0)
		return NULL;
	return text;
}

static const struct table_column conduit_columns[] = {
	{.title = "ZONES", .least = 24},
	{.title = "VERDICT", .least = 8},
	{.title = "CHANNELS", .right = true},
	{.title = "DENIED", .rank = 2, .right = true},
	{.title = "EXPIRED", .rank = 2, .right = true},
	{.title = "PROTOCOLS", .least = 12, .rank = 1},
	{.title = "THROUGH", .least = 12, .rank = 3},
	{.title = "STATUS", .least = 8, .rank = 4},
	{.title = "PACKETS", .rank = 5, .right = true},
	{.title = "LAST SEEN", .least = 20, .rank = 7},
	{.title = "ID", .least = 16, .rank = 6},
};

static const char *conduit_status(const struct conduit *conduit)
{
	return declared_status_name(conduit->declared != NULL ? conduit->declared->status : DECLARED_PROPOSED);
}

static bool conduit_matches(const struct view *v, struct filter_row *row, const struct conduit *conduit)
{
	filter_row_start(row);
	filter_row_add(row, FILTER_ANY, conduit->id);
	for (unsigned side = 0; side < 2; side++) {
		filter_row_add(row, FILTER_ZONE, v->c->zones[conduit->zones[side]].id);
		filter_row_add(row, FILTER_KIND, zone_kind_name(v->c->zones[conduit->zones[side]].kind));
	}
	filter_row_add(row, FILTER_STATUS, conduit_status(conduit));
	for (unsigned i = 0; i < CHANNEL_VERDICTS; i++)
		if (conduit->counts[i] > 0)
			filter_row_add(row, FILTER_VERDICT, channel_verdict_name((enum verdict_of_channel)i));
	for (uint32_t i = 0; i < conduit->protocol_count; i++)
		filter_row_add(row, FILTER_PROTOCOL, conduit->protocols[i]);
	for (uint32_t i = 0; i < conduit->channel_count; i++) {
		const struct channel *channel = &conduit->channels[i];
		if (channel->initiator == ASSET_NONE)
			continue;
		uint32_t ends[2] = {channel->initiator, channel->responder};
		for (unsigned side = 0; side < 2; side++)
			for (size_t k = 0; k < v->c->assets[ends[side]].interface_count; k++)
				for (size_t j = 0; j < v->c->assets[ends[side]].interfaces[k].ip_count; j++)
					filter_row_add(row, FILTER_IP, v->c->assets[ends[side]].interfaces[k].ips[j]);
	}
	return filter_match(&v->filter, row);
}

static void put_conduit(struct table *t, const struct view *v, const struct conduit *conduit)
{
	char joined[JOINED_MAX], label[LABEL_MAX], time[TIME_TEXT_MAX] = "";
	char *arrow = conduit_arrow(v->c, conduit);
	table_cell(t, arrow);
	free(arrow);
	table_cell(t, channel_verdict_name(conduit->verdict));
	table_cell_format(t, "%u", conduit->channel_count);
	for (unsigned i = 0; i < 2; i++) {
		uint32_t n = conduit->counts[i == 0 ? CHANNEL_DENIED : CHANNEL_EXPIRED];
		if (n > 0)
			table_cell_format(t, "%u", n);
		else
			table_cell(t, NULL);
	}
	table_cell(t, join(joined, conduit->protocols, conduit->protocol_count));
	joined[0] = 0;
	for (uint32_t i = 0; i < conduit->through_count && strlen(joined) + LABEL_MAX + 2 < sizeof(joined); i++) {
		/* NOLINTBEGIN(clang-analyzer-security.insecureAPI.strcpy): room was looked at */
		strcat(joined, i > 0 ? ", " : "");
		strcat(joined, asset_label(label, v->c, conduit->through[i]));
		/* NOLINTEND(clang-analyzer-security.insecureAPI.strcpy) */
	}
	table_cell(t, joined);
	table_cell(t, conduit_status(conduit));
	table_cell_format(t, "%llu", (unsigned long long)conduit->packets);
	if (conduit->initiated[0] + conduit->initiated[1] > 0)
		time_text(time, conduit->seen.last.time_ns);
	if (strlen(time) > 19)
		memcpy(time + 19, "Z", 2); /* seconds are enough in a table */
	table_cell(t, time);
	table_cell(t, conduit->id);
	if (conduit->verdict == CHANNEL_NOT_OBSERVED)
		table_dim(t);
}

static const struct table_column channel_columns[] = {
	{.title = "VERDICT", .least = 8},
	{.title = "OPENED BY", .least = 15},
	{.title = "TO", .least = 15},
	{.title = "PROTOCOL", .least = 8},
	{.title = "PORT", .least = 9, .rank = 3},
	{.title = "OPERATIONS", .least = 12, .rank = 1},
	{.title = "PACKETS", .rank = 4, .right = true},
	{.title = "BECAUSE", .least = 24, .rank = 2},
};

/* Of a device with several addresses the one that was used; of several joined connections the first. */
static const char *end_text(char out[LABEL_MAX], const struct view *v, const struct channel *c, bool initiator)
{
	uint32_t asset = initiator ? c->initiator : c->responder;
	if (c->link_count == 0)
		return asset_label(out, v->c, asset);
	const struct asset_link *l = &v->c->links[c->links[0]];
	const struct endpoint *e = &v->c->inventory->endpoints[initiator ? l->link->client : l->link->server];
	char address[ADDRESS_TEXT_MAX];
	if (e->address.kind == ADDRESS_MAC) /* the IP address says more */
		return asset_label(out, v->c, asset);
	snprintf(out, LABEL_MAX, "%s", address_text(address, &e->address));
	return out;
}

static void put_channel(struct table *t, const struct view *v, const struct channel *c)
{
	char label[LABEL_MAX], operations[OPERATIONS_TEXT_MAX];
	bool observed = c->initiator != ASSET_NONE;
	table_cell(t, channel_verdict_name(c->verdict));
	table_cell(t, observed ? end_text(label, v, c, true) : "nobody");
	table_cell(t, observed ? end_text(label, v, c, false) : NULL);
	bool any = !observed && (c->rule == NULL || c->rule->protocol_count == 0);
	table_cell(t, *c->protocol != 0 ? c->protocol : any ? "any" : "?");
	if (c->port != 0)
		table_cell_format(t, "%s%s%u", c->transport, *c->transport != 0 ? "/" : "", (unsigned)c->port);
	else
		table_cell(t, c->transport);
	operations_text(operations, c->operations);
	if (observed && !c->answered)
		table_cell_format(t, "%s%s(no answer seen)", operations, *operations != 0 ? " " : "");
	else
		table_cell(t, operations);
	if (observed)
		table_cell_format(t, "%llu", (unsigned long long)c->packets);
	else
		table_cell(t, NULL);
	table_cell(t, c->because);
	if (c->verdict == CHANNEL_ALLOWED || c->verdict == CHANNEL_NOT_OBSERVED)
		table_dim(t);
}

int channels_print(const struct view *v, const struct conduit *conduit, bool (*wanted)(const struct channel *c))
{
	struct table t;
	table_init(&t, channel_columns, sizeof(channel_columns) / sizeof(channel_columns[0]));
	for (uint32_t i = 0; i < conduit->channel_count; i++)
		if (wanted == NULL || wanted(&conduit->channels[i]))
			put_channel(&t, v, &conduit->channels[i]);
	int err = table_rows(&t) > 0 || t.failed ? table_print(&t, v->out, v->terminal, 2) : 0;
	table_clear(&t);
	return err;
}

int show_conduits(const struct view *v)
{
	struct table t;
	struct filter_row row = {0};
	int err = 0;
	table_init(&t, conduit_columns, sizeof(conduit_columns) / sizeof(conduit_columns[0]));
	for (size_t i = 0; i < v->c->conduit_count && err == 0; i++) {
		const struct conduit *conduit = &v->c->conduits[i];
		if (!conduit_matches(v, &row, conduit))
			continue;
		put_conduit(&t, v, conduit);
		if (v->filter.count == 0)
			continue;
		err = table_print(&t, v->out, v->terminal, 0);
		if (err == 0)
			err = channels_print(v, conduit, NULL);
		fputc('\n', v->out);
		table_clear(&t);
		table_init(&t, conduit_columns, sizeof(conduit_columns) / sizeof(conduit_columns[0]));
	}
	filter_row_clear(&row);
	if (err == 0 && v->filter.count == 0)
		err = table_print(&t, v->out, v->terminal, 0);
	table_clear(&t);
	return err;
}

void wrapped_print(const struct view *v, unsigned indent, unsigned at, const char *text)
{
	unsigned column = at;
	char word[256];
	while (*text != 0) {
		size_t len = strcspn(text, " ");
		size_t taken = len < sizeof(word) - 1 ? len : sizeof(word) - 1;
		while (taken < len && taken > 0 && ((unsigned char)text[taken] & 0xc0) == 0x80)
			taken--; /* not inside a character */
		memcpy(word, text, taken);
		word[taken] = 0;
		unsigned wide = (unsigned)text_columns(word);
		if (v->terminal.width > indent + 20 && column > indent && column + wide > v->terminal.width) {
			fprintf(v->out, "\n%*s", (int)indent, "");
			column = indent;
		}
		text_print_terminal(v->out, word);
		column += wide;
		text += taken;
		if (*text == ' ') {
			fputc(' ', v->out);
			column++;
			text++;
		}
	}
	fputc('\n', v->out);
}

#define FINDING_INDENT 10

static void put_part(const struct view *v, const char *name, const char *text)
{
	fprintf(v->out, "  %-*s", FINDING_INDENT - 2, name);
	wrapped_print(v, FINDING_INDENT, FINDING_INDENT, text);
}

__attribute__((format(printf, 3, 4))) static void put_part_format(
	const struct view *v, const char *name, const char *format, ...)
{
	char *text = NULL;
	va_list list;
	va_start(list, format);
	int len = vasprintf(&text, format, list);
	va_end(list);
	if (len >= 0) {
		put_part(v, name, text);
		free(text);
	}
}

void finding_print(const struct view *v, const struct finding *f)
{
	char time[TIME_TEXT_MAX];
	terminal_bold(v->out, v->terminal);
	fprintf(v->out, "%-*s", FINDING_INDENT, severity_name(f->severity));
	wrapped_print(v, FINDING_INDENT, FINDING_INDENT, f->title);
	terminal_plain(v->out, v->terminal);
	put_part(v, "seen", f->text);
	put_part(v, "do", f->advice);
	for (uint32_t i = 0; i < f->evidence_count; i++) {
		const struct sighting *at = &f->evidence[i].at;
		put_part_format(v, i == 0 ? "frames" : "", "%s frame %llu, %s: %s",
			v->c->inventory->captures[at->capture].name, (unsigned long long)at->frame,
			time_text(time, at->time_ns), f->evidence[i].what);
	}
	terminal_dim(v->out, v->terminal);
	put_part_format(v, "", "rule %s, finding %s; evidence for %s", f->rule, f->id, f->clause);
	terminal_plain(v->out, v->terminal);
}

static bool finding_matches(const struct view *v, struct filter_row *row, const struct finding *f)
{
	filter_row_start(row);
	filter_row_add(row, FILTER_RULE, f->rule);
	filter_row_add(row, FILTER_SEVERITY, severity_name(f->severity));
	filter_row_add(row, FILTER_ANY, f->id);
	filter_row_add(row, FILTER_ANY, f->title);
	filter_row_add(row, FILTER_ANY, f->text);
	filter_row_add(row, FILTER_ANY, f->clause);
	if (f->zone != ZONE_NONE)
		filter_row_add(row, FILTER_ZONE, v->c->zones[f->zone].id);
	for (unsigned side = 0; f->conduit != CONDUIT_NONE && side < 2; side++)
		filter_row_add(row, FILTER_ZONE, v->c->zones[v->c->conduits[f->conduit].zones[side]].id);
	for (uint32_t i = 0; i < f->asset_count; i++)
		filter_row_asset(row, &v->c->assets[f->assets[i]]);
	return filter_match(&v->filter, row);
}

int show_findings(const struct view *v)
{
	struct filter_row row = {0};
	bool any = false;
	for (size_t i = 0; i < v->c->finding_count; i++) {
		if (!finding_matches(v, &row, &v->c->findings[i]))
			continue;
		if (any)
			fputc('\n', v->out);
		any = true;
		finding_print(v, &v->c->findings[i]);
	}
	filter_row_clear(&row);
	return 0;
}
