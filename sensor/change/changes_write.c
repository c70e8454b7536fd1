/* SPDX-License-Identifier: Apache-2.0 */
/* changes_write.c - changes for programs: JSON, schema "earshot.changes/1" (config/changes.schema.json), and CSV. */
#include "sensor/change/change.h"

#include <errno.h>
#include <string.h>

#include "sensor/export/csv_table.h"
#include "sensor/export/element.h"
#include "sensor/util/output.h"
#include "sensor/util/text.h"

static int stream_end(FILE *out, int err)
{
	if (err == 0)
		err = output_flush(out);
	return err;
}

static bool has_listened(enum change_kind kind)
{
	return kind == CHANGE_ASSET_ADDED || kind == CHANGE_ASSET_NOT_SEEN || kind == CHANGE_MODULE_ADDED ||
	       kind == CHANGE_MODULE_NOT_SEEN || kind == CHANGE_CHANNEL_ADDED || kind == CHANGE_CHANNEL_NOT_SEEN;
}

static void put_time(struct element_writer *w, cJSON *o, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_MAX];
	element_text_copy(w, o, key, time_text(text, time_ns));
}

static void put_asset(struct element_writer *w, cJSON *parent, const char *key, const struct change_asset *a)
{
	if (a->id == NULL)
		return;
	cJSON *o = element_object(w, parent, key);
	element_text(w, o, "id", a->id);
	element_text(w, o, "address", a->label);
	element_text(w, o, "name", a->name);
}

static void put_evidence(
	struct element_writer *w, cJSON *parent, const char *key, const char *value, const struct side_mark *mark)
{
	if (value == NULL && mark->first_ns == 0 && mark->because == NULL)
		return;
	cJSON *o = element_object(w, parent, key);
	element_text(w, o, "value", value);
	element_text(w, o, "protocol", mark->protocol);
	element_text(w, o, "message", mark->message);
	element_text(w, o, "because", mark->because);
	element_text(w, o, "capture", mark->capture);
	element_text(w, o, "sha256", mark->sha256);
	if (mark->frame > 0)
		element_number(w, o, "frame", mark->frame);
	put_time(w, o, "first_seen", mark->first_ns);
	put_time(w, o, "last_seen", mark->last_ns);
}

static void put_operations(struct element_writer *w, cJSON *parent, unsigned operations)
{
	cJSON *list = element_array(w, parent, "operations");
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (operations & bit)
			element_text(w, list, NULL, operation_name(bit));
}

static cJSON *change_element(struct element_writer *w, const struct change *c)
{
	bool channel = c->protocol != NULL;
	cJSON *o = element_new(w);
	element_text(w, o, "kind", change_kind_name(c->kind));
	element_text(w, o, "field", change_field_name(c->field));
	if (has_listened(c->kind))
		element_bool(w, o, "listened", c->listened);
	put_asset(w, o, channel ? "client" : "asset", &c->asset);
	put_asset(w, o, channel ? "server" : "other", &c->peer);
	if (channel) {
		element_text(w, o, "protocol", c->protocol);
		element_text(w, o, "transport", c->transport);
		if (c->port > 0)
			element_number(w, o, "port", c->port);
		put_operations(w, o, c->operations);
	}
	put_evidence(w, o, "old", c->before, &c->old_mark);
	put_evidence(w, o, "new", c->after, &c->new_mark);
	element_text(w, o, "note", c->note);
	return o;
}

static cJSON *side_element(struct element_writer *w, const struct side *s)
{
	cJSON *o = element_new(w);
	element_text(w, o, "site", s->site);
	element_number(w, o, "captures", s->capture_count);
	element_number(w, o, "packets", s->packets);
	put_time(w, o, "first", s->first_ns);
	put_time(w, o, "last", s->last_ns);
	element_number(w, o, "assets", s->asset_count);
	element_number(w, o, "channels", s->channel_count);
	return o;
}

static cJSON *counts_element(struct element_writer *w, const struct changes *c)
{
	cJSON *o = element_new(w);
	for (unsigned kind = 0; kind < CHANGE_KINDS; kind++)
		if (c->counts[kind] > 0)
			element_number(w, o, change_kind_name((enum change_kind)kind), c->counts[kind]);
	return o;
}

int changes_json(FILE *out, const struct changes *c)
{
	struct element_writer w = {.out = out};
	errno = 0;
	fputs("{\n  \"schema\": \"earshot.changes/1\",\n  \"old\": ", out);
	element_write(&w, side_element(&w, c->old_side));
	fputs(",\n  \"new\": ", out);
	element_write(&w, side_element(&w, c->new_side));
	fputs(",\n  \"counts\": ", out);
	element_write(&w, counts_element(&w, c));
	fprintf(out, ",\n  \"dropped\": %llu,\n  \"changes\": [", (unsigned long long)c->dropped);
	for (uint32_t i = 0; i < c->count && w.err == 0; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		element_write(&w, change_element(&w, &c->list[i]));
	}
	fputs(c->count > 0 ? "\n  ]\n}\n" : "]\n}\n", out);
	return stream_end(out, w.err);
}

static void put_mark(struct csv_table *t, const char *value, const struct side_mark *mark)
{
	csv_table_text(t, value);
	csv_table_text(t, mark->capture);
	if (mark->frame > 0)
		csv_table_number(t, mark->frame);
	else
		csv_table_text(t, NULL);
	csv_table_time(t, mark->first_ns);
	csv_table_time(t, mark->last_ns);
	csv_table_text(t, mark->protocol);
	csv_table_text(t, mark->message);
	csv_table_text(t, mark->because);
}

#define MARK_COLUMNS(side)                                                                                             \
	side "_value", side "_capture", side "_frame", side "_first_seen", side "_last_seen", side "_protocol",        \
		side "_message", side "_because"
static const char *const columns[] = {"kind", "field", "listened", "asset", "address", "name", "other_asset",
	"other_address", "other_name", "protocol", "transport", "port", "operations", MARK_COLUMNS("old"),
	MARK_COLUMNS("new"), "note"};

static void put_record(struct csv_table *t, const struct change *c)
{
	csv_table_text(t, change_kind_name(c->kind));
	csv_table_text(t, change_field_name(c->field));
	csv_table_text(t, !has_listened(c->kind) ? NULL : c->listened ? "yes" : "no");
	const struct change_asset *const assets[] = {&c->asset, &c->peer};
	for (unsigned i = 0; i < 2; i++) {
		csv_table_text(t, assets[i]->id);
		csv_table_text(t, assets[i]->label);
		csv_table_text(t, assets[i]->name);
	}
	csv_table_text(t, c->protocol);
	csv_table_text(t, c->transport);
	if (c->port > 0)
		csv_table_number(t, c->port);
	else
		csv_table_text(t, NULL);
	csv_table_operations(t, c->operations);
	put_mark(t, c->before, &c->old_mark);
	put_mark(t, c->after, &c->new_mark);
	csv_table_text(t, c->note);
	csv_table_end(t);
}

int changes_csv(FILE *out, const struct changes *c)
{
	struct csv_table t;
	errno = 0;
	csv_table_start(&t, out, columns, sizeof(columns) / sizeof(columns[0]));
	for (uint32_t i = 0; i < c->count; i++)
		put_record(&t, &c->list[i]);
	return csv_table_finish(&t);
}
