/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_declared.c - findings about what people declared, beside what was seen.
 *
 * A declared value is never taken over and never corrected; how two values are compared says agree.h.
 */
#include "sensor/conclude/finding.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/agree.h"

static void difference_tell(struct finder *f, const char *what, const char *declared, const char *observed)
{
	draft_line(f, "%s is %s by the register, %s by the device", what, finder_brief(f, declared),
		finder_brief(f, observed));
}

/* The frames that said the observed values. */
static void facts_show(struct finder *f, const struct asset *a, enum attribute attribute, const char *value)
{
	for (uint32_t i = 0; i < a->fact_count; i++) {
		const struct asset_fact *fact = &a->facts[i];
		if (fact->fact->attribute == attribute && strcmp(fact->value, value) == 0)
			draft_evidence(f, &fact->fact->seen.first, 0,
				finder_print(f, "%s %s", attribute_name(attribute), finder_brief(f, value)));
	}
}

static void asset_compare(struct finder *f, const struct asset *a)
{
	const struct declared_asset *d = a->declared;
	if (d->vendor != NULL && a->vendor != NULL && !agree_names(d->vendor, a->vendor)) {
		difference_tell(f, "the vendor", d->vendor, a->vendor);
		facts_show(f, a, ATTRIBUTE_VENDOR, a->vendor);
	}
	if (d->model != NULL && (a->model != NULL || a->order_number != NULL) && !agree_model(d->model, a)) {
		bool by_model = a->model != NULL;
		difference_tell(f, "the model", d->model, by_model ? a->model : a->order_number);
		facts_show(f, a, by_model ? ATTRIBUTE_MODEL : ATTRIBUTE_ORDER_NUMBER,
			by_model ? a->model : a->order_number);
	}
	if (d->firmware_version != NULL && a->firmware_version != NULL &&
		!agree_versions(d->firmware_version, a->firmware_version)) {
		difference_tell(f, "the firmware", d->firmware_version, a->firmware_version);
		facts_show(f, a, ATTRIBUTE_FIRMWARE_VERSION, a->firmware_version);
	}
	if (d->serial_number != NULL && a->serial_number != NULL &&
		!agree_serials(d->serial_number, a->serial_number)) {
		difference_tell(f, "the serial number", d->serial_number, a->serial_number);
		facts_show(f, a, ATTRIBUTE_SERIAL_NUMBER, a->serial_number);
	}
	if (d->type != NULL && !agree_types(knowledge_rules(f->w->knowledge), d->type, a->type))
		difference_tell(f, "the type", d->type, a->type);
}

/* What people call a row. */
static const char *row_words(struct finder *f, const struct declared_asset *row)
{
	const char *text = row->number != NULL ? row->number : row->name;
	return text != NULL ? finder_print(f, "%s (line %u)", finder_brief(f, text), (unsigned)row->line)
			    : finder_print(f, "line %u", (unsigned)row->line);
}

void find_disagreement(struct finder *f)
{
	for (uint32_t i = 0; i < f->c->asset_count && !f->w->failed; i++) {
		const struct asset *a = &f->c->assets[i];
		if (a->declared == NULL)
			continue;
		draft_start(f);
		draft_asset(f, i);
		asset_compare(f, a);
		if (f->draft.line_count > 0)
			draft_finish(f, a->id, "%s, in the register %s", finder_label(f, i), row_words(f, a->declared));
	}
}

/* "1", "3.5", "1-2": the ends of a level as people write it; false: no number. */
static bool level_parse(const char *text, double *low, double *high)
{
	char *end;
	*low = *high = strtod(text, &end);
	if (end == text)
		return false;
	while (*end == ' ' || *end == '-')
		end++;
	const char *second = end;
	double upper = strtod(second, &end);
	if (end != second)
		*high = upper;
	return true;
}

/* Assets whose own level or flags are not those of their zone. */
static void members_compare(struct finder *f, const struct zone *zone)
{
	double low = 0, high = 0, own_low, own_high;
	bool leveled = zone->declared->level != NULL && level_parse(zone->declared->level, &low, &high);
	bool business = zone->kind == ZONE_ENTERPRISE || zone->kind == ZONE_EXTERNAL;
	for (uint32_t i = 0; i < zone->asset_count && !f->w->failed; i++) {
		uint32_t asset = zone->assets[i];
		const struct asset *a = &f->c->assets[asset];
		bool known = a->purdue_level != NULL && level_parse(a->purdue_level, &own_low, &own_high);
		if (business && finder_has(f, asset, TRAIT_LOW))
			draft_line(f, "%s is a %s of level %s in a zone of kind %s", finder_label(f, asset), a->type,
				a->purdue_level != NULL ? a->purdue_level : "?", zone_kind_name(zone->kind));
		else if (leveled && known && (own_low > high + 1 || own_high < low - 1))
			draft_line(f, "%s is of level %s", finder_label(f, asset), a->purdue_level);
		else
			continue;
		draft_asset(f, asset);
		draft_evidence(f, &a->seen.first, 0, "first frame of it");
	}
}

/*
 * A zone may span levels, so one level beside the declared one is nothing to talk about.
 */
void find_zone_disagreement(struct finder *f)
{
	for (uint32_t i = 0; i < f->c->zone_count && !f->w->failed; i++) {
		const struct zone *zone = &f->c->zones[i];
		if (zone->declared == NULL || zone->status != DECLARED_ACCEPTED)
			continue;
		draft_start(f);
		f->draft.zone = i;
		members_compare(f, zone);
		if (f->draft.line_count > 0)
			draft_finish(f, zone->id, "zone %s, declared as kind %s%s%s", zone->id,
				zone_kind_name(zone->kind), zone->declared->level != NULL ? ", level " : "",
				zone->declared->level != NULL ? zone->declared->level : "");
	}
}

/* Rows that are an asset, or that a question is about; the others were not seen. */
void find_never_seen(struct finder *f)
{
	const struct declarations *d = f->c->declarations;
	if (d == NULL || d->asset_count == 0)
		return;
	bool *met = work_scratch(f->w, d->asset_count, sizeof(*met));
	for (uint32_t i = 0; i < f->c->asset_count && !f->w->failed; i++)
		if (f->c->assets[i].declared != NULL)
			met[f->c->assets[i].declared - d->assets] = true;
	for (size_t i = 0; i < f->c->question_count && !f->w->failed; i++) {
		met[f->c->questions[i].row - d->assets] = true;
		if (f->c->questions[i].rival != NULL)
			met[f->c->questions[i].rival - d->assets] = true;
	}
	draft_start(f);
	for (size_t i = 0; i < d->asset_count && !f->w->failed; i++) {
		if (met[i])
			continue;
		if (f->draft.line_count < FINDING_LINES_MAX)
			draft_line(f, "%s", row_words(f, &d->assets[i]));
		else
			f->draft.line_count++;
	}
	if (f->draft.line_count > 0)
		draft_finish(f, "", "%u of the %zu rows of the register were not seen in these captures",
			(unsigned)f->draft.line_count, d->asset_count);
}

/* By address or by id; `ids` are those of the assets. */
static bool member_is_there(const struct finder *f, const struct index *ids, const struct zone_member *m)
{
	if (m->address.kind != ADDRESS_NONE) {
		uint32_t node = node_find(f->w, &m->address);
		return node != ASSET_NONE && f->w->nodes[node].asset != ASSET_NONE;
	}
	uint32_t cursor, row, hash = hash_bytes(m->text, strlen(m->text), 0);
	for (row = index_first(ids, hash, &cursor); row != INDEX_END; row = index_next(ids, hash, &cursor))
		if (strcmp(f->c->assets[row].id, m->text) == 0)
			return true;
	return false;
}

/* Single assets that people put into accepted zones; a subnet without assets is no mistake. */
void find_zone_members_never_seen(struct finder *f)
{
	const struct declarations *d = f->c->declarations;
	struct index ids = {0};
	for (uint32_t i = 0; d != NULL && i < f->c->asset_count && !f->w->failed; i++)
		f->w->failed |= index_put(&ids, hash_bytes(f->c->assets[i].id, strlen(f->c->assets[i].id), 0), i) != 0;
	for (size_t i = 0; d != NULL && i < d->zone_count && !f->w->failed; i++) {
		const struct declared_zone *zone = &d->zones[i];
		if (zone->status != DECLARED_ACCEPTED)
			continue;
		draft_start(f);
		for (size_t k = 0; k < zone->member_count && !f->w->failed; k++)
			if (zone->members[k].kind == MEMBER_ASSET && !member_is_there(f, &ids, &zone->members[k]))
				draft_line(f, "%s in line %u", finder_brief(f, zone->members[k].text),
					(unsigned)zone->members[k].line);
		f->draft.zone = (uint32_t)i; /* declared zones come first, in the order of the file */
		if (f->draft.line_count > 0)
			draft_finish(f, zone->id, "members of zone %s that were not seen in these captures", zone->id);
	}
	index_clear(&ids);
}

static void candidates_tell(struct finder *f, const struct register_question *q)
{
	for (uint32_t i = 0; i < q->candidate_count; i++) {
		draft_asset(f, q->candidates[i]);
		draft_line(f, "%s", finder_label(f, q->candidates[i]));
	}
	if (q->candidates_found > q->candidate_count)
		f->draft.line_count += q->candidates_found - q->candidate_count;
}

/* All rows that lead to one asset are one question; the first of them tells it. */
static void claims_tell(struct finder *f, size_t first)
{
	const struct register_question *q = &f->c->questions[first];
	uint32_t asset = q->candidate_count > 0 ? q->candidates[0] : ASSET_NONE;
	for (size_t i = first; i < f->c->question_count && !f->w->failed; i++) {
		const struct register_question *other = &f->c->questions[i];
		bool same = other->doubt == REGISTER_ASSET_CLAIMED_TWICE && other->candidate_count > 0 &&
			    other->candidates[0] == asset;
		if (same)
			draft_line(
				f, "%s by %s %s", row_words(f, other->row), other->key, finder_brief(f, other->value));
	}
	draft_asset(f, asset);
	draft_finish(f, asset != ASSET_NONE ? f->c->assets[asset].id : "",
		"%s is several rows of the register, and none was taken",
		asset != ASSET_NONE ? finder_label(f, asset) : "one asset");
}

void find_register_ambiguity(struct finder *f)
{
	for (size_t i = 0; i < f->c->question_count && !f->w->failed; i++) {
		const struct register_question *q = &f->c->questions[i];
		const char *key = finder_print(f, "%u %u", (unsigned)q->row->line, (unsigned)q->doubt);
		draft_start(f);
		if (q->doubt == REGISTER_ASSET_CLAIMED_TWICE) {
			if (q->rival == NULL || q->rival > q->row) /* rows of one array, in the order of the file */
				claims_tell(f, i);
			continue;
		}
		candidates_tell(f, q);
		if (q->doubt == REGISTER_KEYS_DISAGREE)
			draft_finish(f, key, "row %s is one asset by an earlier key and another by its %s %s",
				row_words(f, q->row), q->key, finder_brief(f, q->value));
		else
			draft_finish(f, key, "row %s names %u assets by its %s %s; none was taken",
				row_words(f, q->row), (unsigned)q->candidates_found, q->key, finder_brief(f, q->value));
	}
}

static void lack_tell(struct finder *f, const char *id, const char *owner, const char *target)
{
	if (owner == NULL || target == NULL)
		draft_line(f, "%s has no %s%s%s", id, owner == NULL ? "owner" : "",
			owner == NULL && target == NULL ? " and no " : "",
			target == NULL ? "target security level" : "");
}

void find_conduit_incomplete(struct finder *f)
{
	const struct declarations *d = f->c->declarations;
	draft_start(f);
	for (size_t i = 0; d != NULL && i < d->conduit_count && !f->w->failed; i++)
		if (d->conduits[i].status == DECLARED_ACCEPTED)
			lack_tell(f, d->conduits[i].id, d->conduits[i].owner, d->conduits[i].security_level_target);
	if (f->draft.line_count > 0)
		draft_finish(f, "", "%u accepted conduit%s not completely described", (unsigned)f->draft.line_count,
			f->draft.line_count == 1 ? " is" : "s are");
}

void find_zone_incomplete(struct finder *f)
{
	const struct declarations *d = f->c->declarations;
	draft_start(f);
	for (size_t i = 0; d != NULL && i < d->zone_count && !f->w->failed; i++)
		if (d->zones[i].status == DECLARED_ACCEPTED)
			lack_tell(f, d->zones[i].id, d->zones[i].owner, d->zones[i].security_level_target);
	if (f->draft.line_count > 0)
		draft_finish(f, "", "%u accepted zone%s not completely described", (unsigned)f->draft.line_count,
			f->draft.line_count == 1 ? " is" : "s are");
}
