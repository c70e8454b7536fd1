/* SPDX-License-Identifier: Apache-2.0 */
/* show_coverage.c - what the captures could not show, in the order in which a person would do something about it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sensor/command/show.h"
#include "sensor/export/coverage.h"
#include "sensor/util/text.h"

#define UNANSWERED_SHOWN 20 /* addresses; an address scan asks for thousands */

static void heading(const struct view *v, const char *text)
{
	fputc('\n', v->out);
	terminal_bold(v->out, v->terminal);
	fputs(text, v->out);
	terminal_plain(v->out, v->terminal);
	fputc('\n', v->out);
}

/* A count and what it means; one that is 0 is told too, dimmed: it was looked at. */
static void count(const struct view *v, uint64_t number, const char *what)
{
	if (number == 0)
		terminal_dim(v->out, v->terminal);
	fprintf(v->out, "  %12" PRIu64 "  %s", number, what);
	if (number == 0)
		terminal_plain(v->out, v->terminal);
	fputc('\n', v->out);
}

static void put_captures(const struct view *v, const struct coverage *c)
{
	const struct capture *s = &c->sum;
	heading(v, "Captured");
	count(v, s->packets, "packets");
	count(v, s->truncated_packets, "truncated by the snap length: capture with -s 0");
	count(v, s->undecoded_packets, "undecoded: a link type, EtherType or header that is not understood");
	count(v, s->dropped_packets, "dropped by the capturing system");
	count(v, s->duplicate_packets, "second copies from a mirror of both directions, counted once");
	count(v, s->fragments_lost, "IP packets with fragments missing");
	count(v, c->cut_captures, "files that broke off");
	for (uint32_t i = 0; i < v->c->inventory->capture_count; i++) {
		const struct capture *k = &v->c->inventory->captures[i];
		if (k->cut_at_byte == 0)
			continue;
		fputs("                ", v->out);
		text_print_terminal(v->out, k->name);
		fprintf(v->out, " at byte %" PRIu64 "\n", k->cut_at_byte);
	}
	heading(v, "Conversations");
	count(v, s->flows, "TCP and UDP conversations");
	count(v, s->one_sided_flows, "with data in one direction only: does the mirror port copy both?");
	count(v, s->gaps, "gaps where TCP segments are missing");
	count(v, s->gap_bytes, "bytes in those gaps");
	count(v, s->encrypted_flows, "encrypted");
	count(v, s->unclaimed_flows, "that no dissector understood");
	heading(v, "Bounds");
	count(v, s->evicted_flows, "conversations forgotten because the flow table was full");
	count(v, s->evicted_rows + c->refused_rows, "facts or links that found no room");
}

static const struct table_column protocol_columns[] = {{.title = "PROTOCOL", .least = 8},
	{.title = "MESSAGES", .right = true}, {.title = "MALFORMED", .right = true},
	{.title = "BYTES NOT ASSEMBLED", .rank = 1, .right = true}};

static int put_protocols(const struct view *v, const struct coverage *c)
{
	struct table t;
	if (c->protocol_count == 0)
		return 0;
	table_init(&t, protocol_columns, sizeof(protocol_columns) / sizeof(protocol_columns[0]));
	for (size_t i = 0; i < c->protocol_count; i++) {
		table_cell(&t, c->protocols[i].name);
		table_cell_format(&t, "%" PRIu64, c->protocols[i].pdus);
		table_cell_format(&t, "%" PRIu64, c->protocols[i].malformed);
		table_cell_format(&t, "%" PRIu64, c->protocols[i].unassembled_bytes);
	}
	heading(v, "Dissected");
	int err = table_print(&t, v->out, v->terminal, 2);
	table_clear(&t);
	return err;
}

static const struct table_column unread_columns[] = {{.title = "PROTOCOL", .least = 8}, {.title = "OVER", .least = 4},
	{.title = "KNOWN BY", .least = 16, .rank = 1}, {.title = "LINKS", .right = true},
	{.title = "PACKETS", .right = true}, {.title = "BYTES", .right = true}};

static int put_unread(const struct view *v, const struct coverage *c)
{
	struct table t;
	if (c->unread_count == 0)
		return 0;
	table_init(&t, unread_columns, sizeof(unread_columns) / sizeof(unread_columns[0]));
	for (size_t i = 0; i < c->unread_count; i++) {
		const struct coverage_unread *u = &c->unread[i];
		table_cell(&t, *u->protocol != 0 ? u->protocol : "?");
		table_cell(&t, u->transport != TRANSPORT_NONE ? transport_name(u->transport) : "link");
		table_cell(&t, u->basis == LINK_LABELLED ? "named from outside" : "nobody");
		table_cell_format(&t, "%" PRIu64, u->links);
		table_cell_format(&t, "%" PRIu64, u->packets);
		table_cell_format(&t, "%" PRIu64, u->bytes);
	}
	heading(v, "Not dissected");
	int err = table_print(&t, v->out, v->terminal, 2);
	table_clear(&t);
	return err;
}

static void put_unanswered(const struct view *v)
{
	if (v->c->unanswered_count == 0)
		return;
	heading(v, "Asked, never answered");
	for (size_t i = 0; i < v->c->unanswered_count && i < UNANSWERED_SHOWN; i++) {
		const struct unanswered *u = &v->c->unanswered[i];
		char label[LABEL_MAX];
		fprintf(v->out, "  %-17s  asked by ", u->address);
		text_print_terminal(v->out, u->asked_by_count > 0 ? asset_label(label, v->c, u->asked_by[0]) : "?");
		if (u->asked_by_count > 1)
			fprintf(v->out, " and %zu more", u->asked_by_count - 1);
		for (size_t k = 0, shown = 0; k < u->protocol_count; k++) {
			if (*u->protocols[k] == 0)
				continue;
			fputs(shown++ == 0 ? " in " : ", ", v->out);
			text_print_terminal(v->out, u->protocols[k]);
		}
		fputc('\n', v->out);
	}
	if (v->c->unanswered_count > UNANSWERED_SHOWN)
		fprintf(v->out, "  ... and %zu more; 'earshot export json' has them all\n",
			v->c->unanswered_count - UNANSWERED_SHOWN);
}

static void put_wishes(const struct view *v, const struct coverage *c)
{
	if (c->wish_count == 0)
		return;
	heading(v, "Assets without identity, and what would have given it");
	for (size_t i = 0; i < c->wish_count; i++) {
		fprintf(v->out, "  %12" PRIu64 "  ", c->wishes[i].assets);
		text_print_terminal(v->out, c->wishes[i].observation);
		fputc('\n', v->out);
	}
}

int show_coverage(const struct view *v)
{
	struct coverage c;
	int err = coverage_make(&c, v->c);
	if (err == 0) {
		fputs("What the captures could not show", v->out);
		fputc('\n', v->out);
		put_captures(v, &c);
		err = put_protocols(v, &c);
	}
	if (err == 0)
		err = put_unread(v, &c);
	if (err == 0) {
		put_unanswered(v);
		put_wishes(v, &c);
	}
	coverage_clear(&c);
	return err;
}
