/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.c - 03_evidence.jsonl: for each value in the register where it comes from, one JSON object a line.
 *
 * Layers: "observed" is a fact with its capture (by SHA-256) and frame; "inferred" is a conclusion with the rule or the
 * reason; "declared" is a person's word from the register. No payload is in it.
 */
#include <errno.h>
#include <string.h>

#include "sensor/export/element.h"
#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

struct evidence_writer {
	struct element_writer w;
	const struct conclusions *c;
};

/* One line about one field; NULL value: nobody said it. */
static cJSON *line_start(
	struct evidence_writer *e, const struct asset *a, const char *layer, const char *attribute, const char *value)
{
	cJSON *o = element_new(&e->w);
	element_text(&e->w, o, "asset", a->id);
	element_text(&e->w, o, "layer", layer);
	element_text(&e->w, o, "attribute", attribute);
	element_text_always(&e->w, o, "value", value);
	return o;
}

static void line_end(struct evidence_writer *e, cJSON *o)
{
	element_write(&e->w, o);
	fputc('\n', e->w.out);
}

static void put_span(struct evidence_writer *e, cJSON *o, const struct span *seen)
{
	char text[TIME_TEXT_MAX];
	const struct capture *capture = &e->c->inventory->captures[seen->first.capture];
	element_text(&e->w, o, "capture", capture->name);
	element_text(&e->w, o, "capture_sha256", capture->sha256);
	element_number(&e->w, o, "frame", seen->first.frame);
	element_text_copy(&e->w, o, "first_seen", time_text(text, seen->first.time_ns));
	element_text_copy(&e->w, o, "last_seen", time_text(text, seen->last.time_ns));
}

static void put_fact(struct evidence_writer *e, const struct asset *a, const struct asset_fact *f)
{
	const struct inventory *inv = e->c->inventory;
	const struct fact *fact = f->fact;
	cJSON *o = line_start(e, a, "observed", attribute_name(fact->attribute), f->value);
	element_text(&e->w, o, "code", inventory_text(inv, fact->code));
	element_text(&e->w, o, "protocol", protocol_name(fact->protocol));
	element_text(&e->w, o, "message", inventory_text(inv, fact->message));
	if (f->at.kind != PATH_NONE) {
		cJSON *at = element_object(&e->w, o, "at");
		element_text(&e->w, at, "kind", path_kind_name(f->at.kind));
		element_text(&e->w, at, "value", f->at.text);
	}
	element_decimal(&e->w, o, "confidence", fact->confidence / 100.0);
	put_span(e, o, &fact->seen);
	element_number(&e->w, o, "count", fact->count);
	line_end(e, o);
}

static void put_type(struct evidence_writer *e, const struct asset *a)
{
	cJSON *o = line_start(e, a, "inferred", "type", a->type);
	element_decimal(&e->w, o, "confidence", a->type_confidence);
	cJSON *rules = element_array(&e->w, o, "rules");
	for (uint16_t i = 0; i < a->verdict_count; i++) {
		if (!a->verdicts[i].won)
			continue;
		cJSON *rule = element_object(&e->w, rules, NULL);
		element_text(&e->w, rule, "id", a->verdicts[i].rule);
		element_text(&e->w, rule, "because", a->verdicts[i].because);
	}
	line_end(e, o);
}

static void put_reason(
	struct evidence_writer *e, const struct asset *a, const char *attribute, const char *value, const char *because)
{
	if (value == NULL)
		return;
	cJSON *o = line_start(e, a, "inferred", attribute, value);
	element_text(&e->w, o, "because", because);
	line_end(e, o);
}

static void put_inferred(struct evidence_writer *e, const struct asset *a)
{
	put_type(e, a);
	for (uint16_t i = 0; i < a->flag_count; i++)
		put_reason(e, a, "flag", a->flags[i], a->flag_reasons[i]);
	put_reason(e, a, "purdue_level", a->purdue_level, a->level_reason);
	if (a->zone != ZONE_NONE && a->parent == ASSET_NONE)
		put_reason(e, a, "zone", e->c->zones[a->zone].id, a->zone_reason);
	cJSON *o = line_start(e, a, "observed", "seen", "traffic of it");
	put_span(e, o, &a->seen);
	line_end(e, o);
}

static void put_word(struct evidence_writer *e, const struct asset *a, const char *attribute, const char *value)
{
	if (value == NULL || *value == 0)
		return;
	cJSON *o = line_start(e, a, "declared", attribute, value);
	element_number(&e->w, o, "register_line", a->declared->line);
	line_end(e, o);
}

static void put_declared(struct evidence_writer *e, const struct asset *a)
{
	const struct declared_asset *d = a->declared;
	if (d == NULL)
		return;
	put_word(e, a, "number", d->number);
	put_word(e, a, "name", d->name);
	put_word(e, a, "type", d->type);
	put_word(e, a, "function", d->function);
	put_word(e, a, "owner", d->owner);
	put_word(e, a, "location", d->location);
	put_word(e, a, "criticality", d->criticality);
	put_word(e, a, "vendor", d->vendor);
	put_word(e, a, "model", d->model);
	put_word(e, a, "serial_number", d->serial_number);
	put_word(e, a, "firmware_version", d->firmware_version);
	put_word(e, a, "notes", d->notes);
}

int pack_evidence(FILE *out, const struct pack *p)
{
	struct evidence_writer e = {.w = {.out = out}, .c = p->c};
	errno = 0;
	for (size_t i = 0; i < p->c->asset_count && e.w.err == 0; i++) {
		const struct asset *a = &p->c->assets[i];
		put_inferred(&e, a);
		for (uint32_t k = 0; k < a->fact_count; k++)
			put_fact(&e, a, &a->facts[k]);
		put_declared(&e, a);
	}
	return e.w.err;
}
