/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c - 11_policy_findings.csv and 13_open_items.csv: what people have to decide, and what they have to add. */
#include <string.h>

#include "sensor/pack/parts.h"

static const char *const finding_header[] = {"id", "severity", "rule", "title", "what_was_seen", "advice",
	"evidence_for", "zone", "conduit", "assets", "evidence", "decision", "decided_by", "decided_on",
	"exception_until"};

static void put_evidence(struct csv_table *t, const struct conclusions *c, const struct finding *f)
{
	struct field_list l;
	field_list_start(&l, t);
	for (uint32_t i = 0; i < f->evidence_count; i++)
		field_list_add(&l, "%s frame %llu: %s", c->inventory->captures[f->evidence[i].at.capture].name,
			(unsigned long long)f->evidence[i].at.frame, f->evidence[i].what);
	field_list_end(&l, "06_flows.csv");
}

static void put_finding(struct csv_table *t, const struct conclusions *c, const struct finding *f)
{
	char label[FIELD_LABEL_MAX];
	struct field_list l;
	csv_table_text(t, f->id);
	csv_table_text(t, severity_name(f->severity));
	csv_table_text(t, f->rule);
	csv_table_text(t, f->title);
	csv_table_text(t, f->text);
	csv_table_text(t, f->advice);
	csv_table_text(t, f->clause);
	csv_table_text(t, f->zone != ZONE_NONE ? c->zones[f->zone].id : NULL);
	csv_table_text(t, f->conduit != CONDUIT_NONE ? c->conduits[f->conduit].id : NULL);
	field_list_start(&l, t);
	for (uint32_t i = 0; i < f->asset_count; i++)
		field_list_add(&l, "%s", field_label(label, c, f->assets[i]));
	field_list_end(&l, "02_assets.json");
	put_evidence(t, c, f);
	for (unsigned i = 0; i < 4; i++)
		csv_table_text(t, PACK_BLANK);
	csv_table_end(t);
}

int pack_findings(FILE *out, const struct pack *p)
{
	struct csv_table t;
	csv_table_start(&t, out, finding_header, sizeof(finding_header) / sizeof(finding_header[0]));
	for (size_t i = 0; i < p->c->finding_count; i++)
		put_finding(&t, p->c, &p->c->findings[i]);
	return csv_table_finish(&t);
}

static const char *const open_header[] = {
	"about", "id", "label", "what_is_open", "where_to_settle_it", "feeds", "settled_by", "settled_on"};

static void put_open(struct csv_table *t, const char *about, const char *id, const char *label)
{
	csv_table_text(t, about);
	csv_table_text(t, id);
	csv_table_text(t, label);
}

static void put_settled(struct csv_table *t, const char *where, const char *feeds)
{
	csv_table_text(t, where);
	csv_table_text(t, feeds);
	csv_table_text(t, PACK_BLANK);
	csv_table_text(t, PACK_BLANK);
	csv_table_end(t);
}

/* What the register could say of a device. Parts are on their device's row, and hosts of others are on nobody's. */
static void put_missing(struct csv_table *t, const struct conclusions *c, uint32_t asset)
{
	static const struct declared_asset nothing;
	const struct asset *a = &c->assets[asset];
	const struct declared_asset *d = a->declared != NULL ? a->declared : &nothing;
	char label[FIELD_LABEL_MAX];
	struct field_list l;
	if (a->parent != ASSET_NONE || field_has_flag(a, "external") ||
		(d->owner != NULL && d->location != NULL && d->criticality != NULL))
		return;
	put_open(t, "asset", a->id, field_label(label, c, asset));
	field_list_start(&l, t);
	if (a->declared == NULL)
		field_list_add(&l, "not in the register");
	if (d->owner == NULL)
		field_list_add(&l, "no owner");
	if (d->location == NULL)
		field_list_add(&l, "no location");
	if (d->criticality == NULL)
		field_list_add(&l, "no criticality");
	field_list_end(&l, "02_assets.csv");
	put_settled(t, "register.csv", "IEC 62443-2-1 CM 1.1; 2010 edition 4.2.3.4, 4.2.3.6");
}

static void put_asset(struct csv_table *t, const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	char label[FIELD_LABEL_MAX];
	bool unknown = strcmp(a->type, "unknown") == 0;
	field_label(label, c, asset);
	put_missing(t, c, asset);
	if (unknown || a->type_confidence < 0.5) {
		put_open(t, "asset", a->id, label);
		if (unknown)
			field_format(t, "its type is unknown%s%s",
				a->would_identify != NULL ? "; it would be told by " : "",
				a->would_identify != NULL ? a->would_identify : "");
		else
			field_format(t, "low confidence that it is %s", a->type);
		put_settled(t, "register.csv, column type; or a capture nearer to it", "IEC 62443-2-1 CM 1.1");
	}
	if (a->conflict_count > 0) {
		struct field_list l;
		put_open(t, "asset", a->id, label);
		field_list_start(&l, t);
		for (uint16_t i = 0; i < a->conflict_count; i++)
			field_list_add(&l, "%s has %zu values", a->conflicts[i].attribute, a->conflicts[i].value_count);
		field_list_end(&l, "02_assets.json");
		put_settled(t, "look at 03_evidence.jsonl, then at the device", "IEC 62443-2-1 CM 1.1");
	}
	if (a->zone == ZONE_NONE && a->parent == ASSET_NONE) {
		put_open(t, "asset", a->id, label);
		csv_table_text(t, "is in no zone");
		put_settled(t, "zones.yaml, members", "IEC 62443-3-2 ZCR 6.3");
	}
}

static void put_zone(struct csv_table *t, const struct zone *z)
{
	static const struct declared_zone nothing;
	const struct declared_zone *d = z->declared != NULL ? z->declared : &nothing;
	struct field_list l;
	put_open(t, "zone", z->id, z->name);
	field_list_start(&l, t);
	if (z->status == DECLARED_PROPOSED)
		field_list_add(&l, "proposed, not accepted");
	if (d->owner == NULL)
		field_list_add(&l, "no accountable organisation");
	if (d->security_level_target == NULL)
		field_list_add(&l, "no target security level");
	if (d->physical_boundary == NULL)
		field_list_add(&l, "no physical boundary");
	if (d->approver == NULL)
		field_list_add(&l, "no approver");
	field_list_add(&l, "items g, l and m of ZCR 6.4 are not in zones.yaml");
	field_list_end(&l, "04_zones.csv");
	put_settled(t, "zones.yaml", "IEC 62443-3-2 ZCR 6.4, 7.1");
}

static void put_conduit(struct csv_table *t, const struct conduit *conduit)
{
	static const struct declared_conduit nothing;
	const struct declared_conduit *d = conduit->declared != NULL ? conduit->declared : &nothing;
	struct field_list l;
	put_open(t, "conduit", conduit->id, NULL);
	field_list_start(&l, t);
	if (conduit->declared == NULL || d->status == DECLARED_PROPOSED)
		field_list_add(&l, "proposed, not accepted");
	if (d->owner == NULL)
		field_list_add(&l, "no accountable organisation");
	if (d->security_level_target == NULL)
		field_list_add(&l, "no target security level");
	if (d->enforced_by == NULL)
		field_list_add(&l, "nothing that enforces it");
	if (conduit->counts[CHANNEL_UNREVIEWED] > 0)
		field_list_add(&l, "channels unreviewed: %u", conduit->counts[CHANNEL_UNREVIEWED]);
	if (conduit->counts[CHANNEL_DENIED] + conduit->counts[CHANNEL_EXPIRED] > 0)
		field_list_add(&l, "channels denied or expired: %u",
			conduit->counts[CHANNEL_DENIED] + conduit->counts[CHANNEL_EXPIRED]);
	field_list_add(&l, "items g, l and m of ZCR 6.4 are not in zones.yaml");
	field_list_end(&l, "05_conduits.csv");
	put_settled(t, "zones.yaml", "IEC 62443-3-2 ZCR 6.4, 7.1");
}

static const char *doubt_text(enum register_doubt doubt)
{
	return doubt == REGISTER_ROW_MATCHES_SEVERAL   ? "a key of this row belongs to several assets"
	       : doubt == REGISTER_ASSET_CLAIMED_TWICE ? "several rows are the same asset"
						       : "the keys of this row belong to different assets";
}

static void put_question(struct csv_table *t, const struct register_question *q)
{
	put_open(t, "register row", q->row->number, q->row->name);
	field_format(t, "line %u: %s (%s %s)", q->row->line, doubt_text(q->doubt), q->key, q->value);
	put_settled(t, "register.csv", "IEC 62443-2-1 CM 1.1");
}

int pack_open_items(FILE *out, const struct pack *p)
{
	const struct conclusions *c = p->c;
	struct csv_table t;
	csv_table_start(&t, out, open_header, sizeof(open_header) / sizeof(open_header[0]));
	for (size_t i = 0; i < c->zone_count; i++)
		put_zone(&t, &c->zones[i]);
	for (size_t i = 0; i < c->conduit_count; i++)
		put_conduit(&t, &c->conduits[i]);
	for (size_t i = 0; i < c->question_count; i++)
		put_question(&t, &c->questions[i]);
	for (uint32_t i = 0; i < c->asset_count; i++)
		put_asset(&t, c, i);
	if (c->questions_dropped > 0) {
		put_open(&t, "register", NULL, NULL);
		field_format(&t, "%zu further rows in doubt", c->questions_dropped);
		put_settled(&t, "register.csv", "IEC 62443-2-1 CM 1.1");
	}
	return csv_table_finish(&t);
}
