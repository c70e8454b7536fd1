/* SPDX-License-Identifier: Apache-2.0 */
/* show_asset.c - one asset whole: what it is, and for each value the frame that said it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/command/show.h"
#include "sensor/util/text.h"

#define NAME_COLUMN 20 /* where values begin */

void heading_print(const struct view *v, const char *text)
{
	fputc('\n', v->out);
	terminal_bold(v->out, v->terminal);
	fputs(text, v->out);
	terminal_plain(v->out, v->terminal);
	fputc('\n', v->out);
}

static void line(const struct view *v, const char *name, const char *value)
{
	if (value == NULL || *value == 0)
		return;
	fprintf(v->out, "  %-*s", NAME_COLUMN, name);
	text_print_terminal(v->out, value);
	fputc('\n', v->out);
}

/* "1 (confidence 90 %): its type plc stands there", and the zone the same way. */
static void put_standing(const struct view *v, const struct asset *a)
{
	char head[160];
	if (a->purdue_level != NULL) {
		snprintf(head, sizeof(head), "%s (confidence %.0f %%)%s", a->purdue_level, a->level_confidence * 100,
			a->level_reason != NULL ? ": " : "");
		fprintf(v->out, "  %-*s%s", NAME_COLUMN, "Purdue level", head);
		text_print_terminal(v->out, a->level_reason != NULL ? a->level_reason : "");
		fputc('\n', v->out);
	}
	if (a->zone == ZONE_NONE && a->zone_reason == NULL)
		return;
	fprintf(v->out, "  %-*s", NAME_COLUMN, "zone");
	if (a->zone != ZONE_NONE) {
		const struct zone *z = &v->c->zones[a->zone];
		text_print_terminal(v->out, z->id);
		fprintf(v->out, " (%s, %s)%s", zone_kind_name(z->kind), declared_status_name(z->status),
			a->zone_reason != NULL ? ": " : "");
	}
	text_print_terminal(v->out, a->zone_reason != NULL ? a->zone_reason : "");
	fputc('\n', v->out);
}

static void put_identity(const struct view *v, uint32_t asset)
{
	const struct asset *a = &v->c->assets[asset];
	char label[LABEL_MAX], time[TIME_TEXT_MAX], type[160];
	terminal_bold(v->out, v->terminal);
	text_print_terminal(v->out, asset_label(label, v->c, asset));
	terminal_plain(v->out, v->terminal);
	fputc('\n', v->out);
	line(v, "id", a->id);
	if (a->parent != ASSET_NONE) {
		char place[LABEL_MAX + 80];
		snprintf(place, sizeof(place), "%s (%s), at %s %s", asset_label(label, v->c, a->parent),
			v->c->assets[a->parent].id, path_kind_name(a->at.kind), a->at.text != NULL ? a->at.text : "");
		line(v, "part of", place);
	}
	snprintf(type, sizeof(type), "%s (confidence %.0f %%)", a->type != NULL ? a->type : "unknown",
		a->type_confidence * 100);
	line(v, "type", type);
	line(v, "name", a->name);
	line(v, "vendor", a->vendor);
	line(v, "model", a->model);
	line(v, "order number", a->order_number);
	line(v, "serial number", a->serial_number);
	line(v, "hardware version", a->hardware_version);
	line(v, "firmware version", a->firmware_version);
	line(v, "os", a->os);
	put_standing(v, a);
	line(v, "first seen", time_text(time, a->seen.first.time_ns));
	line(v, "last seen", time_text(time, a->seen.last.time_ns));
	line(v, "not identified", a->would_identify != NULL ? "this would have helped:" : NULL);
	line(v, "", a->would_identify);
}

static void put_list(FILE *out, const char *lead, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fputs(i == 0 ? lead : ", ", out);
		text_print_terminal(out, texts[i]);
	}
}

static void put_interfaces(const struct view *v, const struct asset *a)
{
	if (a->interface_count > 0)
		heading_print(v, "Interfaces");
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		fprintf(v->out, "  %s", n->mac != NULL ? n->mac : "MAC not proved   ");
		put_list(v->out, "  ", n->ips, n->ip_count);
		put_list(v->out, "  maker of the interface: ", &n->mac_vendor, n->mac_vendor != NULL);
		for (size_t k = 0; k < n->vlan_count; k++)
			fprintf(v->out, "%s%u", k == 0 ? "  VLAN " : ", ", (unsigned)n->vlans[k]);
		put_list(v->out, "  host name: ", n->hostnames, n->hostname_count);
		fputc('\n', v->out);
	}
}

static const struct table_column role_columns[] = {{.title = "PROTOCOL", .least = 8}, {.title = "ROLE", .least = 6},
	{.title = "PORT", .least = 9}, {.title = "PEERS", .right = true}, {.title = "OPERATIONS", .least = 16},
	{.title = "REFUSED", .least = 8, .rank = 1}, {.title = "KNOWN BY", .least = 9, .rank = 2},
	{.title = "LAST SEEN", .least = 27, .rank = 3}};

static int put_roles(const struct view *v, const struct asset *a)
{
	struct table t;
	table_init(&t, role_columns, sizeof(role_columns) / sizeof(role_columns[0]));
	for (size_t i = 0; i < a->role_count; i++) {
		const struct role *r = &a->roles[i];
		char text[OPERATIONS_TEXT_MAX], time[TIME_TEXT_MAX];
		table_cell(&t, *r->protocol != 0 ? r->protocol : "?");
		table_cell(&t, r->role);
		if (r->port != 0)
			table_cell_format(&t, "%s/%u", r->transport, (unsigned)r->port);
		else
			table_cell(&t, r->transport);
		table_cell_format(&t, "%u", r->peers);
		table_cell(&t, operations_text(text, r->operations));
		table_cell(&t, operations_text(text, r->refused));
		table_cell(&t, link_basis_name(r->basis));
		table_cell(&t, time_text(time, r->seen.last.time_ns));
	}
	if (a->role_count > 0)
		heading_print(v, "Roles");
	int err = a->role_count > 0 ? table_print(&t, v->out, v->terminal, 2) : 0;
	table_clear(&t);
	return err;
}

/* The value, and under it who said it, where and when. */
static void put_fact(const struct view *v, const struct asset_fact *f, const struct asset_fact *before, int name_width)
{
	const struct inventory *inv = v->c->inventory;
	const struct fact *fact = f->fact;
	const char *code = inventory_text(inv, fact->code);
	char time[TIME_TEXT_MAX];
	bool same =
		before != NULL && before->fact->attribute == fact->attribute && strcmp(before->value, f->value) == 0;
	if (!same) {
		fprintf(v->out, "  %-*s", name_width, attribute_name(fact->attribute));
		text_print_terminal(v->out, f->value);
		if (*code != 0 && strcmp(code, f->value) != 0) {
			fputs(" (", v->out);
			text_print_terminal(v->out, code);
			fputc(')', v->out);
		}
		fputc('\n', v->out);
	}
	terminal_dim(v->out, v->terminal);
	fprintf(v->out, "    %s: ", protocol_name(fact->protocol));
	text_print_terminal(v->out, inventory_text(inv, fact->message));
	if (f->at.kind != PATH_NONE) {
		fprintf(v->out, ", at %s ", path_kind_name(f->at.kind));
		text_print_terminal(v->out, f->at.text);
	}
	fputs("; ", v->out);
	text_print_terminal(v->out, inv->captures[fact->seen.first.capture].name);
	fprintf(v->out, " frame %llu, %s; %llu time%s, %u %%", (unsigned long long)fact->seen.first.frame,
		time_text(time, fact->seen.first.time_ns), (unsigned long long)fact->count, fact->count == 1 ? "" : "s",
		(unsigned)fact->confidence);
	terminal_plain(v->out, v->terminal);
	fputc('\n', v->out);
}

/* A file name as a word for the shell. */
static void put_quoted(FILE *out, const char *name)
{
	char *harmless = table_harmless(name);
	fputc('\'', out);
	for (const char *at = harmless; at != NULL && *at != 0; at++)
		fputs(*at == '\'' ? "'\\''" : (const char[]){*at, 0}, out);
	fputc('\'', out);
	free(harmless);
}

static void put_facts(const struct view *v, const struct asset *a)
{
	if (a->fact_count == 0)
		return;
	int name_width = NAME_COLUMN;
	for (size_t i = 0; i < a->fact_count; i++) {
		int len = (int)strlen(attribute_name(a->facts[i].fact->attribute)) + 2;
		name_width = len > name_width ? len : name_width;
	}
	heading_print(v, "Values, and the frame that said each first");
	for (size_t i = 0; i < a->fact_count; i++)
		put_fact(v, &a->facts[i], i > 0 ? &a->facts[i - 1] : NULL, name_width);
	const struct sighting *s = &a->facts[0].fact->seen.first;
	fputs("  to see one: tshark -r ", v->out);
	put_quoted(v->out, v->c->inventory->captures[s->capture].name);
	fprintf(v->out, " -Y frame.number==%llu -V\n", (unsigned long long)s->frame);
}

static void put_conflicts(const struct view *v, const struct asset *a)
{
	if (a->conflict_count > 0)
		heading_print(v, "Conflicts");
	for (size_t i = 0; i < a->conflict_count; i++) {
		fprintf(v->out, "  %-*s", NAME_COLUMN, a->conflicts[i].attribute);
		put_list(v->out, "", a->conflicts[i].values, a->conflicts[i].value_count);
		fputc('\n', v->out);
	}
}

static void put_verdicts(const struct view *v, const struct asset *a)
{
	if (a->verdict_count > 0 || a->flag_count > 0)
		heading_print(v, "Why this type");
	for (size_t i = 0; i < a->verdict_count; i++) {
		const struct verdict *d = &a->verdicts[i];
		if (!d->won)
			terminal_dim(v->out, v->terminal);
		fprintf(v->out, "  %s %-*s %.2f  rule %s: ", d->won ? "won " : "lost", NAME_COLUMN - 5, d->type,
			d->score, d->rule);
		text_print_terminal(v->out, d->because != NULL ? d->because : "");
		terminal_plain(v->out, v->terminal);
		fputc('\n', v->out);
	}
	for (size_t i = 0; i < a->flag_count; i++) {
		fprintf(v->out, "  flag %s", a->flags[i]);
		put_list(v->out, ": ", a->flag_reasons != NULL ? &a->flag_reasons[i] : NULL,
			a->flag_reasons != NULL && a->flag_reasons[i] != NULL);
		fputc('\n', v->out);
	}
}

static void put_parts(const struct view *v, uint32_t asset)
{
	bool any = false;
	for (uint32_t i = 0; i < v->c->asset_count; i++) {
		const struct asset *p = &v->c->assets[i];
		if (p->parent != asset)
			continue;
		if (!any)
			heading_print(v, "Behind it");
		any = true;
		fprintf(v->out, "  %s %s  %s", path_kind_name(p->at.kind), p->at.text != NULL ? p->at.text : "", p->id);
		const char *const words[] = {p->vendor, p->model, p->order_number, p->firmware_version, p->name};
		for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			put_list(v->out, "  ", &words[k], words[k] != NULL);
		fputc('\n', v->out);
	}
}

static const struct table_column peer_columns[] = {{.title = "PEER", .least = 15}, {.title = "IS", .least = 6},
	{.title = "PROTOCOL", .least = 8}, {.title = "PORT", .least = 9, .rank = 2},
	{.title = "OPERATIONS", .least = 16}, {.title = "FIRST FRAME", .least = 16, .rank = 3},
	{.title = "PACKETS", .rank = 1, .right = true}};

static void put_peer(struct table *t, const struct view *v, const struct asset_link *l, bool is_client)
{
	const struct inventory *inv = v->c->inventory;
	const char *protocol = inventory_text(inv, l->link->protocol);
	char text[LABEL_MAX];
	table_cell(t, asset_label(text, v->c, is_client ? l->server : l->client));
	table_cell(t, is_client ? "server" : "client");
	table_cell(t, *protocol != 0 ? protocol : "?");
	if (l->link->port != 0)
		table_cell_format(t, "%s/%u", transport_name(l->link->transport), (unsigned)l->link->port);
	else
		table_cell(t, transport_name(l->link->transport));
	table_cell(t, operations_text(text, l->asked | l->answered));
	table_cell_format(
		t, "%s frame %llu", inv->captures[l->seen.first.capture].name, (unsigned long long)l->seen.first.frame);
	table_cell_format(t, "%llu", (unsigned long long)l->packets);
}

/* What happened on its links that matters by itself, with the frame. */
static void put_events(const struct view *v, uint32_t asset)
{
	const struct inventory *inv = v->c->inventory;
	bool any = false;
	for (size_t i = 0; i < v->c->link_count; i++) {
		const struct asset_link *l = &v->c->links[i];
		for (size_t k = 0; k < l->activity_count && (l->client == asset || l->server == asset); k++) {
			const struct activity *e = l->activities[k];
			char label[LABEL_MAX];
			if (e->message == 0)
				continue;
			if (!any)
				heading_print(v, "Events");
			any = true;
			fprintf(v->out, "  %s ", l->client == asset ? "to" : "from");
			text_print_terminal(
				v->out, asset_label(label, v->c, l->client == asset ? l->server : l->client));
			fprintf(v->out, ": %s: ", operation_name(e->operation));
			text_print_terminal(v->out, inventory_text(inv, e->message));
			if (e->detail != 0) {
				fputs(": ", v->out);
				text_print_terminal(v->out, inventory_text(inv, e->detail));
			}
			fputs("; ", v->out);
			text_print_terminal(v->out, inv->captures[e->seen.first.capture].name);
			fprintf(v->out, " frame %llu, %llu time%s\n", (unsigned long long)e->seen.first.frame,
				(unsigned long long)e->count, e->count == 1 ? "" : "s");
		}
	}
}

static int put_peers(const struct view *v, uint32_t asset)
{
	struct table t;
	table_init(&t, peer_columns, sizeof(peer_columns) / sizeof(peer_columns[0]));
	for (size_t i = 0; i < v->c->link_count; i++) {
		const struct asset_link *l = &v->c->links[i];
		if (l->client == asset || l->server == asset)
			put_peer(&t, v, l, l->client == asset);
	}
	int err = 0;
	if (table_rows(&t) > 0 || t.failed) {
		heading_print(v, "Peers");
		err = table_print(&t, v->out, v->terminal, 2);
	}
	table_clear(&t);
	return err;
}

int show_asset(const struct view *v, uint32_t asset)
{
	const struct asset *a = &v->c->assets[asset];
	put_identity(v, asset);
	put_interfaces(v, a);
	int err = put_roles(v, a);
	if (err != 0)
		return err;
	put_facts(v, a);
	put_conflicts(v, a);
	err = put_declared(v, a);
	if (err != 0)
		return err;
	put_verdicts(v, a);
	put_would_change(v, a);
	put_parts(v, asset);
	err = put_peers(v, asset);
	if (err == 0)
		put_events(v, asset);
	if (err == 0)
		put_findings(v, asset);
	return err;
}
