/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson.c - facts for data lakes: one JSON object a line, each complete in itself, so that lines can be sorted,
 * split and loaded in parts. Keys are those of the inventory JSON; the capture is named and not numbered, because a
 * number means something only in the file it stands in.
 */
#include <errno.h>

#include "sensor/export/element.h"
#include "sensor/export/export.h"
#include "sensor/util/output.h"
#include "sensor/util/text.h"

static void put_times(struct element_writer *w, cJSON *o, const struct span *seen)
{
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	element_text_copy(w, o, "first_seen", time_text(first, seen->first.time_ns));
	element_text_copy(w, o, "last_seen", time_text(last, seen->last.time_ns));
}

static void put_fact(struct element_writer *w, const struct conclusions *c, const struct asset *a,
	const struct asset_fact *fact, const char *site)
{
	const struct inventory *inv = c->inventory;
	const struct fact *f = fact->fact;
	const struct capture *capture = &inv->captures[f->seen.first.capture];
	char address[ADDRESS_TEXT_MAX];
	cJSON *o = element_new(w);
	element_text(w, o, "site", site);
	element_text(w, o, "asset", a->id);
	if (a->parent != ASSET_NONE)
		element_text(w, o, "parent", c->assets[a->parent].id);
	element_text_copy(w, o, "address", address_text(address, &inv->endpoints[f->endpoint].address));
	element_text(w, o, "attribute", attribute_name(f->attribute));
	element_text_always(w, o, "value", fact->value);
	element_text(w, o, "code", inventory_text(inv, f->code));
	element_text(w, o, "protocol", protocol_name(f->protocol));
	element_text(w, o, "message", inventory_text(inv, f->message));
	if (fact->at.kind != PATH_NONE) {
		cJSON *at = element_object(w, o, "at");
		element_text(w, at, "kind", path_kind_name(fact->at.kind));
		element_text(w, at, "value", fact->at.text);
	}
	element_decimal(w, o, "confidence", f->confidence / 100.0);
	element_text_always(w, o, "capture", capture->name);
	element_text(w, o, "capture_sha256", capture->sha256);
	element_number(w, o, "frame", f->seen.first.frame);
	put_times(w, o, &f->seen);
	element_number(w, o, "count", f->count);
	element_write(w, o);
	fputc('\n', w->out);
}

int export_ndjson(FILE *out, const struct conclusions *c, const char *site)
{
	struct element_writer w = {.out = out};
	errno = 0;
	for (size_t i = 0; i < c->asset_count; i++)
		for (uint32_t k = 0; k < c->assets[i].fact_count && w.err == 0; k++)
			put_fact(&w, c, &c->assets[i], &c->assets[i].facts[k], site);
	if (w.err == 0)
		w.err = output_flush(out);
	return w.err;
}
