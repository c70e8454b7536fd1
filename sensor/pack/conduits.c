/* SPDX-License-Identifier: Apache-2.0 */
/* conduits.c - 05_conduits.csv: the characteristics of IEC 62443-3-2 ZCR 6.4 for what connects zones; see zones.c. */
#include <stdlib.h>
#include <string.h>

#include "sensor/pack/parts.h"

static const char *const header[] = {"a_id", "a_zones", "status", "verdict", "b_accountable_organisation",
	"c_logical_boundary", "d_physical_boundary", "e_safety_designation", "f_logical_access_points",
	"g_physical_access_points", "h_data_flows", "i_connected_zones", "j_assets", "j_classification_and_criticality",
	"k_security_level_target", "l_security_requirements", "m_policies", "n_assumptions_and_dependencies",
	"enforced_by", "protocols", "encrypted", "channels_allowed", "channels_denied", "channels_expired",
	"channels_unreviewed", "channels_not_observed", "packets", "bytes", "first_seen", "last_seen"};

/* What is on a conduit in a form that nobody on the way can read, as far as the protocol says so. */
static bool is_encrypted(const char *protocol)
{
	static const char *const names[] = {"tls", "ssh", "quic", "ipsec", "wireguard", "openvpn", "dtls"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(protocol, names[i]) == 0)
			return true;
	return false;
}

static void put_encrypted(struct csv_table *t, const struct conduit *conduit)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < conduit->protocol_count; i++)
		count += is_encrypted(conduit->protocols[i]);
	if (conduit->protocol_count == 0)
		csv_table_text(t, "unknown");
	else
		field_format(t, "%u of %u protocols", count, conduit->protocol_count);
}

/* c: what it runs through. */
static void put_through(struct csv_table *t, const struct conclusions *c, const struct conduit *conduit)
{
	char label[FIELD_LABEL_MAX];
	struct field_list l;
	field_list_start(&l, t);
	for (uint32_t i = 0; i < conduit->through_count; i++)
		field_list_add(
			&l, "%s (%s)", field_label(label, c, conduit->through[i]), c->assets[conduit->through[i]].type);
	if (l.count == 0)
		field_list_add(&l, "%s", PACK_BLANK);
	field_list_end(&l, "06_flows.csv");
}

static void put_safety(struct csv_table *t, const struct conclusions *c, const struct conduit *conduit)
{
	bool safety =
		c->zones[conduit->zones[0]].kind == ZONE_SAFETY || c->zones[conduit->zones[1]].kind == ZONE_SAFETY;
	field_format(t, "%s; %s", PACK_BLANK, safety ? "it ends at a safety zone" : "it ends at no safety zone");
}

static void put_protocols(struct csv_table *t, const struct conduit *conduit)
{
	struct field_list l;
	field_list_start(&l, t);
	for (uint32_t i = 0; i < conduit->protocol_count; i++)
		field_list_add(&l, "%s", conduit->protocols[i]);
	field_list_end(&l, "06_flows.csv");
}

/* h: the most a person reads in a field; each channel is a row of 06_flows.csv. */
static void put_flows(struct csv_table *t, const struct conclusions *c, const struct conduit *conduit)
{
	char from[FIELD_LABEL_MAX], to[FIELD_LABEL_MAX];
	struct field_list l;
	field_list_start(&l, t);
	for (uint32_t i = 0; i < conduit->channel_count; i++) {
		const struct channel *ch = &conduit->channels[i];
		const char *protocol = *ch->protocol != 0 ? ch->protocol : "unknown protocol";
		if (ch->initiator == ASSET_NONE)
			field_list_add(&l, "%s, %s", protocol, channel_verdict_name(ch->verdict));
		else
			field_list_add(&l, "%s from %s to %s, %s", protocol, field_label(from, c, ch->initiator),
				field_label(to, c, ch->responder), channel_verdict_name(ch->verdict));
	}
	if (l.count == 0)
		field_list_add(&l, "none observed");
	field_list_end(&l, "06_flows.csv");
}

static void put_counts(struct csv_table *t, const struct conduit *conduit)
{
	static const enum verdict_of_channel order[] = {
		CHANNEL_ALLOWED, CHANNEL_DENIED, CHANNEL_EXPIRED, CHANNEL_UNREVIEWED, CHANNEL_NOT_OBSERVED};
	for (size_t i = 0; i < CHANNEL_VERDICTS; i++)
		csv_table_number(t, conduit->counts[order[i]]);
	csv_table_number(t, conduit->packets);
	csv_table_number(t, conduit->bytes);
	bool seen = conduit->initiated[0] + conduit->initiated[1] > 0;
	csv_table_time(t, seen ? conduit->seen.first.time_ns : 0);
	csv_table_time(t, seen ? conduit->seen.last.time_ns : 0);
}

static void put_conduit(struct csv_table *t, const struct conclusions *c, const struct conduit *conduit)
{
	static const struct declared_conduit nothing;
	const struct declared_conduit *d = conduit->declared != NULL ? conduit->declared : &nothing;
	const char *from = c->zones[conduit->zones[0]].id, *to = c->zones[conduit->zones[1]].id;
	csv_table_text(t, conduit->id);
	field_format(t, "%s; %s", from, to);
	csv_table_text(t, declared_status_name(conduit->declared != NULL ? d->status : DECLARED_PROPOSED));
	csv_table_text(t, channel_verdict_name(conduit->verdict));
	field_or_blank(t, d->owner);
	field_format(t, "between %s and %s", from, to);
	csv_table_text(t, PACK_BLANK);
	put_safety(t, c, conduit);
	put_through(t, c, conduit);
	csv_table_text(t, PACK_BLANK);
	put_flows(t, c, conduit);
	field_format(t, "%s; %s", from, to);
	put_through(t, c, conduit);
	csv_table_text(t, PACK_BLANK);
	field_or_blank(t, d->security_level_target);
	csv_table_text(t, PACK_BLANK);
	csv_table_text(t, PACK_BLANK);
	field_or_blank(t, d->notes);
	field_or_blank(t, d->enforced_by);
	put_protocols(t, conduit);
	put_encrypted(t, conduit);
	put_counts(t, conduit);
	csv_table_end(t);
}

int pack_conduits(FILE *out, const struct pack *p)
{
	struct csv_table t;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (size_t i = 0; i < p->c->conduit_count; i++)
		put_conduit(&t, p->c, &p->c->conduits[i]);
	return csv_table_finish(&t);
}
