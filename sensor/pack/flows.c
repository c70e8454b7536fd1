/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flows.c - 06_flows.csv: who talks to whom, and what people decided about it.
 *
 * Between zones one row a channel with its verdict; inside a zone, and where an asset is in none, one row a link: there
 * is no verdict to give, and a data flow all the same.
 */
#include <string.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

static const char *const header[] = {"scope", "conduit", "verdict", "because", "rule", "rule_approver", "rule_expires",
	"initiator", "initiator_id", "initiator_zone", "responder", "responder_id", "responder_zone", "protocol",
	"transport", "port", "operations", "known_by", "answered", "packets", "bytes", "first_seen", "last_seen",
	"capture", "frame"};

static void put_end(struct csv_table *t, const struct conclusions *c, uint32_t asset)
{
	char label[FIELD_LABEL_MAX];
	csv_table_text(t, asset != ASSET_NONE ? field_label(label, c, asset) : NULL);
	csv_table_text(t, asset != ASSET_NONE ? c->assets[asset].id : NULL);
	csv_table_text(t, field_zone(c, asset));
}

static void put_port(struct csv_table *t, const char *protocol, const char *transport, uint16_t port)
{
	csv_table_text(t, protocol);
	csv_table_text(t, transport);
	if (port != 0)
		csv_table_number(t, port);
	else
		csv_table_text(t, NULL);
}

static void put_seen(struct csv_table *t, const struct conclusions *c, const struct span *seen)
{
	csv_table_time(t, seen->first.time_ns);
	csv_table_time(t, seen->last.time_ns);
	field_sighting(t, c, &seen->first);
}

static void put_rule(struct csv_table *t, const struct conduit *conduit, const struct conduit_rule *rule)
{
	if (rule == NULL || conduit->declared == NULL)
		csv_table_text(t, NULL);
	else if (rule->id != NULL)
		csv_table_text(t, rule->id);
	else
		field_format(t, "%s/%zu", conduit->id, (size_t)(rule - conduit->declared->allow) + 1);
	csv_table_text(t, rule != NULL ? rule->approver : NULL);
	csv_table_text(t, rule != NULL ? rule->expires : NULL);
}

static void put_channel(
	struct csv_table *t, const struct conclusions *c, const struct conduit *conduit, const struct channel *channel)
{
	bool observed = channel->link_count > 0;
	csv_table_text(t, "between zones");
	csv_table_text(t, conduit->id);
	csv_table_text(t, channel_verdict_name(channel->verdict));
	csv_table_text(t, channel->because);
	put_rule(t, conduit, channel->rule);
	put_end(t, c, channel->initiator);
	put_end(t, c, channel->responder);
	put_port(t, channel->protocol, channel->transport, channel->port);
	csv_table_operations(t, channel->operations);
	csv_table_text(t, observed ? link_basis_name(channel->basis) : NULL);
	csv_table_text(t, !observed ? NULL : channel->answered ? "yes" : "no");
	csv_table_number(t, channel->packets);
	csv_table_number(t, channel->bytes);
	if (observed) {
		put_seen(t, c, &channel->seen);
	} else {
		csv_table_text(t, NULL);
		csv_table_text(t, NULL);
		field_sighting(t, c, NULL);
	}
	csv_table_end(t);
}

static void put_link(struct csv_table *t, const struct conclusions *c, const struct asset_link *l)
{
	bool placed = c->assets[l->client].zone != ZONE_NONE && c->assets[l->server].zone != ZONE_NONE;
	csv_table_text(t, placed ? "inside a zone" : "an end is in no zone");
	for (unsigned i = 0; i < 6; i++) /* conduit to rule_expires */
		csv_table_text(t, NULL);
	put_end(t, c, l->client);
	put_end(t, c, l->server);
	put_port(t, inventory_text(c->inventory, l->link->protocol), transport_name(l->link->transport), l->link->port);
	csv_table_operations(t, l->asked | l->answered);
	csv_table_text(t, link_basis_name(l->link->basis));
	csv_table_text(t, (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0 ? "yes" : "no");
	csv_table_number(t, l->packets);
	csv_table_number(t, l->bytes);
	put_seen(t, c, &l->seen);
	csv_table_end(t);
}

int pack_flows(FILE *out, const struct pack *p)
{
	const struct conclusions *c = p->c;
	struct csv_table t;
	csv_table_start(&t, out, header, sizeof(header) / sizeof(header[0]));
	for (size_t i = 0; i < c->conduit_count; i++)
		for (uint32_t k = 0; k < c->conduits[i].channel_count; k++)
			put_channel(&t, c, &c->conduits[i], &c->conduits[i].channels[k]);
	for (size_t i = 0; i < c->link_count; i++)
		if (p->conduit_of[i] == CONDUIT_NONE)
			put_link(&t, c, &c->links[i]);
	return csv_table_finish(&t);
}
