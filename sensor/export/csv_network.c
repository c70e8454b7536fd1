/* SPDX-License-Identifier: Apache-2.0 */
/* csv_network.c - links, zones and conduits as tables, one a record, beside the assets of csv.c. */
#include <errno.h>
#include <stdlib.h>

#include "sensor/export/csv_table.h"
#include "sensor/export/export.h"
#include "sensor/util/text.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* The channel that a link belongs to; none inside of a zone. */
struct place_of_link {
	const struct conduit *conduit;
	const struct channel *channel;
};

static struct place_of_link *places_make(const struct conclusions *c)
{
	struct place_of_link *places = calloc(c->link_count + 1, sizeof(*places));
	for (size_t i = 0; places != NULL && i < c->conduit_count; i++)
		for (uint32_t k = 0; k < c->conduits[i].channel_count; k++) {
			const struct channel *channel = &c->conduits[i].channels[k];
			for (uint32_t n = 0; n < channel->link_count; n++)
				places[channel->links[n]] = (struct place_of_link){&c->conduits[i], channel};
		}
	return places;
}

static void put_end(struct csv_table *t, const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	const char *address = NULL;
	for (uint32_t i = 0; i < a->interface_count && address == NULL; i++)
		address = a->interfaces[i].ip_count > 0 ? a->interfaces[i].ips[0] : NULL;
	csv_table_text(t, a->id);
	csv_table_text(t, address != NULL ? address : a->interface_count > 0 ? a->interfaces[0].mac : NULL);
	csv_table_text(t, a->name);
	csv_table_text(t, a->zone != ZONE_NONE ? c->zones[a->zone].id : NULL);
}

/* What happened that matters by itself: "program: PLC stop (0x29)". */
static void put_events(struct csv_table *t, const struct conclusions *c, const struct asset_link *l)
{
	joined_start(&t->list);
	for (uint32_t i = 0; i < l->activity_count; i++) {
		const struct activity *v = l->activities[i];
		char *text = NULL;
		if (v->message == 0)
			continue;
		if (asprintf(&text, "%s: %s", operation_name(v->operation), inventory_text(c->inventory, v->message)) <
			0) {
			t->list.failed = true;
			return;
		}
		joined_add(&t->list, text);
		free(text);
	}
	csv_table_list(t);
}

static void put_link(struct csv_table *t, const struct conclusions *c, const struct asset_link *l,
	const struct place_of_link *at, const char *site)
{
	const struct capture *capture = &c->inventory->captures[l->seen.first.capture];
	put_end(t, c, l->client);
	put_end(t, c, l->server);
	csv_table_text(t, inventory_text(c->inventory, l->link->protocol));
	csv_table_text(t, transport_name(l->link->transport));
	if (l->link->port != 0)
		csv_table_number(t, l->link->port);
	else
		csv_table_text(t, NULL);
	csv_table_text(t, link_basis_name(l->link->basis));
	csv_table_text(t, (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0 ? "yes" : "no");
	csv_table_operations(t, l->asked | l->answered);
	csv_table_operations(t, l->refused);
	put_events(t, c, l);
	csv_table_number(t, l->packets);
	csv_table_number(t, l->bytes);
	csv_table_time(t, l->seen.first.time_ns);
	csv_table_time(t, l->seen.last.time_ns);
	csv_table_text(t, capture->name);
	csv_table_text(t, capture->sha256);
	csv_table_number(t, l->seen.first.frame);
	csv_table_text(t, at->conduit != NULL ? at->conduit->id : NULL);
	csv_table_text(t, at->channel != NULL ? channel_verdict_name(at->channel->verdict) : NULL);
	csv_table_text(t, at->channel != NULL ? at->channel->because : NULL);
	csv_table_text(t, site);
	csv_table_end(t);
}

int export_csv_links(FILE *out, const struct conclusions *c, const char *site)
{
	static const char *const header[] = {"client", "client_address", "client_name", "client_zone", "server",
		"server_address", "server_name", "server_zone", "protocol", "transport", "port", "basis", "answered",
		"operations", "refused", "events", "packets", "bytes", "first_seen", "last_seen", "capture",
		"capture_sha256", "frame", "conduit", "verdict", "because", "site"};
	struct csv_table t;
	struct place_of_link *places = places_make(c);
	if (places == NULL)
		return -ENOMEM;
	csv_table_start(&t, out, header, COUNT(header));
	for (size_t i = 0; i < c->link_count; i++)
		put_link(&t, c, &c->links[i], &places[i], site);
	free(places);
	return csv_table_finish(&t);
}

static void put_assets(struct csv_table *t, const struct conclusions *c, const uint32_t *assets, uint32_t count)
{
	joined_start(&t->list);
	for (uint32_t i = 0; i < count; i++)
		joined_add(&t->list, c->assets[assets[i]].id);
	csv_table_list(t);
}

static void put_zone(struct csv_table *t, const struct conclusions *c, const struct zone *z, const char *site)
{
	static const struct declared_zone nothing = {0};
	const struct declared_zone *d = z->declared != NULL ? z->declared : &nothing;
	csv_table_text(t, z->id);
	csv_table_text(t, z->name);
	csv_table_text(t, zone_kind_name(z->kind));
	csv_table_text(t, declared_status_name(z->status));
	csv_table_text(t, z->basis);
	csv_table_text(t, z->reason);
	csv_table_decimal(t, z->confidence);
	csv_table_decimal(t, z->cohesion);
	csv_table_text(t, z->level_low);
	csv_table_text(t, z->level_high);
	csv_table_texts(t, z->subnets, z->subnet_count);
	joined_start(&t->list);
	for (uint32_t i = 0; i < z->vlan_count; i++)
		joined_add_number(&t->list, z->vlans[i]);
	csv_table_list(t);
	csv_table_number(t, z->asset_count);
	put_assets(t, c, z->access_points, z->access_point_count);
	csv_table_text(t, d->level);
	csv_table_text(t, d->parent);
	csv_table_text(t, d->owner);
	csv_table_text(t, d->security_level_target);
	csv_table_text(t, d->approver);
	csv_table_text(t, d->approved);
	csv_table_text(t, d->physical_boundary);
	csv_table_text(t, d->notes);
	csv_table_text(t, site);
	csv_table_end(t);
}

int export_csv_zones(FILE *out, const struct conclusions *c, const char *site)
{
	static const char *const header[] = {"id", "name", "kind", "status", "basis", "reason", "confidence",
		"cohesion", "level_low", "level_high", "subnets", "vlans", "assets", "access_points", "declared_level",
		"parent", "owner", "security_level_target", "approver", "approved", "physical_boundary", "notes",
		"site"};
	struct csv_table t;
	csv_table_start(&t, out, header, COUNT(header));
	for (size_t i = 0; i < c->zone_count; i++)
		put_zone(&t, c, &c->zones[i], site);
	return csv_table_finish(&t);
}

static void put_conduit(
	struct csv_table *t, const struct conclusions *c, const struct conduit *conduit, const char *site)
{
	static const struct declared_conduit nothing = {.status = DECLARED_PROPOSED};
	const struct declared_conduit *d = conduit->declared != NULL ? conduit->declared : &nothing;
	bool seen = conduit->initiated[0] + conduit->initiated[1] > 0;
	csv_table_text(t, conduit->id);
	csv_table_text(t, c->zones[conduit->zones[0]].id);
	csv_table_text(t, c->zones[conduit->zones[1]].id);
	csv_table_text(t, declared_status_name(d->status));
	csv_table_text(t, channel_verdict_name(conduit->verdict));
	csv_table_texts(t, conduit->protocols, conduit->protocol_count);
	csv_table_number(t, conduit->channel_count);
	for (unsigned verdict = 0; verdict < CHANNEL_VERDICTS; verdict++)
		csv_table_number(t, conduit->counts[verdict]);
	csv_table_number(t, conduit->initiated[0]);
	csv_table_number(t, conduit->initiated[1]);
	put_assets(t, c, conduit->through, conduit->through_count);
	csv_table_number(t, conduit->packets);
	csv_table_number(t, conduit->bytes);
	csv_table_time(t, seen ? conduit->seen.first.time_ns : 0);
	csv_table_time(t, seen ? conduit->seen.last.time_ns : 0);
	csv_table_text(t, d->owner);
	csv_table_text(t, d->security_level_target);
	csv_table_text(t, d->enforced_by);
	csv_table_text(t, d->notes);
	csv_table_text(t, site);
	csv_table_end(t);
}

int export_csv_conduits(FILE *out, const struct conclusions *c, const char *site)
{
	/* The counts by verdict stand in the order of enum verdict_of_channel. */
	static const char *const header[] = {"id", "zone_a", "zone_b", "status", "verdict", "protocols", "channels",
		"allowed", "denied", "unreviewed", "expired", "not_observed", "initiated_a", "initiated_b", "through",
		"packets", "bytes", "first_seen", "last_seen", "owner", "security_level_target", "enforced_by", "notes",
		"site"};
	_Static_assert(CHANNEL_ALLOWED == 0 && CHANNEL_DENIED == 1 && CHANNEL_UNREVIEWED == 2 && CHANNEL_EXPIRED == 3 &&
			       CHANNEL_NOT_OBSERVED == 4 && CHANNEL_VERDICTS == 5,
		"the header has the verdicts in this order");
	struct csv_table t;
	csv_table_start(&t, out, header, COUNT(header));
	for (size_t i = 0; i < c->conduit_count; i++)
		put_conduit(&t, c, &c->conduits[i], site);
	return csv_table_finish(&t);
}
