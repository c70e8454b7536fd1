/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones.c - 04_zones.csv and 05_conduits.csv: for each zone and conduit the characteristics that IEC 62443-3-2 asks to
 * be written down (ZCR 6.4, items a to n).
 *
 * What the sensor can see it fills in (c, f, h, i, j); what people declared stands as they wrote it (a, b, d, k, n);
 * everything else is PACK_BLANK. The target security level is a result of the owner's risk assessment: it is copied,
 * never computed.
 */
#include <string.h>

#include "sensor/pack/parts.h"

/* What assets of a zone depend on outside of it (n). */
static const char *const dependencies[] = {"dns", "ntp", "dhcp", "ldap", "kerberos", "smb", "radius", "ptp"};

/* Accepted: a person stands for it. */
static bool is_accepted(const struct zone *z)
{
	return z->declared != NULL && z->status == DECLARED_ACCEPTED;
}

static size_t safety_assets(const struct conclusions *c, const struct zone *z)
{
	size_t count = 0;
	for (uint32_t i = 0; i < z->asset_count; i++)
		count += field_has_flag(&c->assets[z->assets[i]], "safety_related");
	return count;
}

/* e: the designation is a person's; what was heard is a hint. */
static void put_safety(struct csv_table *t, const struct conclusions *c, const struct zone *z)
{
	const char *word = !is_accepted(z)          ? PACK_BLANK
			   : z->kind == ZONE_SAFETY ? "safety zone (declared)"
						    : "no safety zone (declared)";
	size_t hints = safety_assets(c, z);
	if (hints > 0)
		field_format(t, "%s; hint: %zu of its assets show safety functions", word, hints);
	else
		field_format(t, "%s; no safety function was heard", word);
}

/* c */
static void put_boundary(struct csv_table *t, const struct zone *z)
{
	struct field_list l;
	field_list_start(&l, t);
	for (uint32_t i = 0; i < z->subnet_count; i++)
		field_list_add(&l, "%s", z->subnets[i]);
	for (uint32_t i = 0; i < z->vlan_count; i++)
		field_list_add(&l, "VLAN %u", z->vlans[i]);
	if (l.count == 0)
		field_list_add(&l, "%s", PACK_BLANK);
	field_list_end(&l, "02_assets.csv");
}

static void put_assets(
	struct csv_table *t, const struct conclusions *c, const uint32_t *assets, uint32_t count, const char *none)
{
	char label[FIELD_LABEL_MAX];
	struct field_list l;
	field_list_start(&l, t);
	for (uint32_t i = 0; i < count; i++)
		field_list_add(&l, "%s (%s)", field_label(label, c, assets[i]), c->assets[assets[i]].type);
	if (count == 0)
		field_list_add(&l, "%s", none);
	field_list_end(&l, "02_assets.csv");
}

static void put_conduit_flows(struct field_list *l, const struct conduit *conduit)
{
	field_list_add(l, "%s: %u allowed, %u denied, %u expired, %u unreviewed, %u not observed", conduit->id,
		conduit->counts[CHANNEL_ALLOWED], conduit->counts[CHANNEL_DENIED], conduit->counts[CHANNEL_EXPIRED],
		conduit->counts[CHANNEL_UNREVIEWED], conduit->counts[CHANNEL_NOT_OBSERVED]);
}

static bool is_end(const struct conduit *conduit, uint32_t zone)
{
	return conduit->zones[0] == zone || conduit->zones[1] == zone;
}

/* h: of each conduit that ends at the zone; the channels are in 06_flows.csv. */
static void put_flows(struct csv_table *t, const struct conclusions *c, uint32_t zone)
{
	struct field_list l;
	field_list_start(&l, t);
	for (size_t i = 0; i < c->conduit_count; i++)
		if (is_end(&c->conduits[i], zone))
			put_conduit_flows(&l, &c->conduits[i]);
	if (l.count == 0)
		field_list_add(&l, "none observed");
	field_list_end(&l, "06_flows.csv");
}

/* i */
static void put_connected(struct csv_table *t, const struct conclusions *c, uint32_t zone)
{
	struct field_list l;
	field_list_start(&l, t);
	for (size_t i = 0; i < c->conduit_count; i++) {
		const struct conduit *conduit = &c->conduits[i];
		if (is_end(conduit, zone))
			field_list_add(&l, "%s by %s",
				c->zones[conduit->zones[0] == zone ? conduit->zones[1] : conduit->zones[0]].id,
				conduit->id);
	}
	if (l.count == 0)
		field_list_add(&l, "none observed");
	field_list_end(&l, "05_conduits.csv");
}

/* j: how many devices of the zone have each word that people use for criticality. */
static void put_criticality(struct csv_table *t, const struct conclusions *c, const uint32_t *assets, uint32_t count)
{
	const char *words[FIELD_LIST_MAX];
	uint32_t counts[FIELD_LIST_MAX] = {0}, open = 0, others = 0;
	size_t used = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct declared_asset *d = c->assets[assets[i]].declared;
		const char *word = d != NULL ? d->criticality : NULL;
		size_t k = 0;
		while (word != NULL && k < used && strcmp(words[k], word) != 0)
			k++;
		if (word == NULL)
			open++;
		else if (k < used || used < FIELD_LIST_MAX - 2)
			words[k] = word, counts[k]++, used += k == used;
		else
			others++;
	}
	struct field_list l;
	field_list_start(&l, t);
	for (size_t k = 0; k < used; k++)
		field_list_add(&l, "%s: %u", words[k], counts[k]);
	if (others > 0)
		field_list_add(&l, "other words: %u", others);
	if (open > 0 || count == 0)
		field_list_add(&l, "%s: %u", PACK_BLANK, open);
	field_list_end(&l, "02_assets.csv");
}

static bool is_dependency(const char *protocol)
{
	for (size_t i = 0; i < sizeof(dependencies) / sizeof(dependencies[0]); i++)
		if (strcmp(protocol, dependencies[i]) == 0)
			return true;
	return false;
}

/* n: what was heard of it, and the assumptions that only people have. */
static void put_dependencies(struct csv_table *t, const struct conclusions *c, uint32_t zone, const char *notes)
{
	char label[FIELD_LABEL_MAX];
	struct field_list l;
	field_list_start(&l, t);
	field_list_add(&l, "assumptions: %s", notes != NULL ? notes : PACK_BLANK);
	for (size_t i = 0; i < c->conduit_count; i++) {
		const struct conduit *conduit = &c->conduits[i];
		uint32_t last = ASSET_NONE;
		const char *said = "";
		for (uint32_t k = 0; is_end(conduit, zone) && k < conduit->channel_count; k++) {
			const struct channel *ch = &conduit->channels[k];
			if (ch->initiator == ASSET_NONE || c->assets[ch->initiator].zone != zone ||
				!is_dependency(ch->protocol) ||
				(ch->responder == last && strcmp(said, ch->protocol) == 0))
				continue;
			last = ch->responder;
			said = ch->protocol;
			field_list_add(&l, "%s from %s", ch->protocol, field_label(label, c, ch->responder));
		}
	}
	field_list_end(&l, "06_flows.csv");
}

static const char *const zone_header[] = {"a_id", "a_name", "kind", "status", "b_accountable_organisation",
	"c_logical_boundary", "d_physical_boundary", "e_safety_designation", "f_logical_access_points",
	"g_physical_access_points", "h_data_flows", "i_connected_zones_and_conduits", "j_assets",
	"j_classification_and_criticality", "k_security_level_target", "l_security_requirements", "m_policies",
	"n_assumptions_and_dependencies", "parent_zone", "purdue_levels", "basis", "reason", "confidence",
	"accepted_by", "accepted_on"};

static void put_zone(struct csv_table *t, const struct conclusions *c, uint32_t zone)
{
	static const struct declared_zone nothing;
	const struct zone *z = &c->zones[zone];
	const struct declared_zone *d = z->declared != NULL ? z->declared : &nothing;
	csv_table_text(t, z->id);
	csv_table_text(t, z->name);
	csv_table_text(t, zone_kind_name(z->kind));
	csv_table_text(t, declared_status_name(z->status));
	field_or_blank(t, d->owner);
	put_boundary(t, z);
	field_or_blank(t, d->physical_boundary);
	put_safety(t, c, z);
	put_assets(t, c, z->access_points, z->access_point_count, "none observed");
	csv_table_text(t, PACK_BLANK);
	put_flows(t, c, zone);
	put_connected(t, c, zone);
	put_assets(t, c, z->assets, z->asset_count, "none observed");
	put_criticality(t, c, z->assets, z->asset_count);
	field_or_blank(t, d->security_level_target);
	csv_table_text(t, PACK_BLANK);
	csv_table_text(t, PACK_BLANK);
	put_dependencies(t, c, zone, d->notes);
	csv_table_text(t, d->parent);
	if (z->level_low != NULL && z->level_high != NULL)
		field_format(t, "%s to %s", z->level_low, z->level_high);
	else
		csv_table_text(t, d->level);
	csv_table_text(t, z->basis);
	csv_table_text(t, z->reason);
	csv_table_decimal(t, z->confidence);
	field_or_blank(t, d->approver);
	field_or_blank(t, d->approved);
	csv_table_end(t);
}

int pack_zones(FILE *out, const struct pack *p)
{
	struct csv_table t;
	csv_table_start(&t, out, zone_header, sizeof(zone_header) / sizeof(zone_header[0]));
	for (uint32_t i = 0; i < p->c->zone_count; i++)
		put_zone(&t, p->c, i);
	return csv_table_finish(&t);
}
