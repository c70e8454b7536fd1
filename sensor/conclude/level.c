/* SPDX-License-Identifier: Apache-2.0 */
/*
 * level.c - the Purdue level of each asset: what its type usually stands at, adjusted by whom it talks to.
 *
 * config/rules/types.yaml gives each type a level, or none: a switch, a router or a camera may stand at any. The peers
 * then speak:
 *
 *	a server of the site (time, names, files, data) has the level of no type; when it serves SERVED_MIN assets of
 *	known levels up to 2 it is site operations, level 3. A database is at level 3 only when it has such a partner.
 *	who is asked by the level above, or asks the level below, over protocols of control, is surer of its level;
 *	who stands at most at level 1 and talks with an asset outside (flag external) is less sure.
 *
 * An unknown type stays without a level but in one case: what answers a protocol that only controllers and field
 *devices serve, and asks nobody over such, is at level 1 with little confidence. (Not Modbus, BACnet or OPC UA: their
 *servers may be programs on any computer; and not who asks: controllers do that too.) And nothing is ever put at level
 *4 or 5 for want of better: such guesses make findings out of nothing. 3.5 is a decision of people (a zone of kind
 *dmz), not of devices. Children have the level of their own type.
 */
#include "sensor/conclude/partition.h"

#include <string.h>

#define TYPE_WEIGHT 0.9 /* a type is usual at a level, not bound to it */
#define PEER_WEIGHT 0.05
#define OUTSIDE_WEIGHT 0.15
#define SERVED_WEIGHT 0.5 /* by whom it serves alone */
#define LEVEL_MAX 0.95
#define SERVED_MIN 2
#define ANSWERS_WEIGHT 0.4 /* by a protocol alone, when the type is open */

/* What the partners of an asset say. */
struct peers {
	uint32_t above, below; /* distinct links with a level above that asks, a level below that is asked */
	uint32_t served;       /* distinct assets of a known level up to 2 that it answered, not over control */
	uint32_t external;     /* distinct assets outside */
	const char *service;   /* first protocol by which it serves */
};

static int rank_of(const char *level)
{
	return level != NULL ? *level - '0' : -1;
}

/* Types of servers whose level depends on whom they serve. */
static bool is_site_server(const char *type)
{
	static const char *const types[] = {"domain_controller", "time_server", "server", "app_server", "db_server"};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

/* The links of one client with one server, taken together. */
static void links_weigh(
	const struct conclusions *out, const struct asset_link *links, size_t count, struct peers *peers)
{
	const struct asset *client = &out->assets[links->client], *server = &out->assets[links->server];
	struct peers *asking = &peers[links->client], *asked = &peers[links->server];
	int asks = rank_of(client->purdue_level), answers = rank_of(server->purdue_level);
	const char *service = NULL;
	for (size_t i = 0; i < count && service == NULL; i++)
		if (links[i].parts & (PART_RESPONSE | PART_EXCHANGE))
			service = inventory_text(out->inventory, links[i].link->protocol);
	if (service != NULL && asks >= 0 && answers >= 0 && asks > answers) {
		asking->below++;
		asked->above++;
	}
	if (service != NULL && asks >= 0 && asks <= 2 && is_site_server(server->type)) {
		asked->served++;
		if (asked->service == NULL)
			asked->service = service;
	}
	asking->external += asset_has_flag(server, "external");
	asked->external += asset_has_flag(client, "external");
}

static double bounded(double confidence)
{
	return confidence < 0.05 ? 0.05 : confidence > LEVEL_MAX ? LEVEL_MAX : confidence;
}

/* A server without a level of its own, or one whose level needs a partner. */
static void server_settle(struct work *w, struct asset *asset, const struct peers *p)
{
	if (p->served >= SERVED_MIN || (p->served > 0 && asset->purdue_level != NULL)) {
		asset->purdue_level = "3";
		asset->level_confidence = SERVED_WEIGHT;
		asset->level_reason = work_print(w, "type %s, and it serves %u of levels up to 2 (%s)", asset->type,
			p->served, *p->service != '\0' ? p->service : "unknown protocol");
		return;
	}
	asset->purdue_level = NULL;
}

static bool is_native(const char *protocol)
{
	static const char *const names[] = {"s7comm", "s7comm-plus", "cip", "pccc", "umas", "mms", "dnp3", "iec104",
		"pn-io", "fins", "melsec", "ge-srtp", "codesys", "pcworx", "synphasor"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], protocol) == 0)
			return true;
	return false;
}

/* Of an unknown type: what it answers and never asks. */
static void behaviour_settle(struct work *w, struct asset *asset)
{
	const char *answers = NULL;
	for (uint32_t i = 0; i < asset->role_count; i++) {
		const struct role *r = &asset->roles[i];
		if (!is_native(r->protocol))
			continue;
		if (strcmp(r->role, "server") != 0)
			return;
		if (r->basis == LINK_DISSECTED && r->clients > 0 && answers == NULL)
			answers = r->protocol;
	}
	if (answers == NULL)
		return;
	asset->purdue_level = "1";
	asset->level_confidence = ANSWERS_WEIGHT;
	asset->level_reason =
		work_print(w, "its type is open, but it answers %s, as controllers and field devices do", answers);
}

static void asset_settle(struct work *w, struct asset *asset, const struct peers *p)
{
	if (asset->parent == ASSET_NONE && is_site_server(asset->type)) {
		server_settle(w, asset, p);
		return;
	}
	if (asset->parent == ASSET_NONE && strcmp(asset->type, "unknown") == 0)
		behaviour_settle(w, asset);
	if (asset->purdue_level == NULL || asset->level_reason != NULL)
		return;
	int rank = rank_of(asset->purdue_level);
	double confidence = asset->type_confidence * TYPE_WEIGHT;
	const char *reason = work_print(w, "usual for type %s", asset->type);
	if (p->above > 0 || p->below > 0) {
		confidence += PEER_WEIGHT;
		reason = p->above >= p->below ? work_print(w, "%s; asked by %u of a higher level", reason, p->above)
					      : work_print(w, "%s; asks %u of a lower level", reason, p->below);
	}
	if (rank <= 1 && p->external > 0) {
		confidence -= OUTSIDE_WEIGHT;
		reason = work_print(w, "%s; but talks with %u outside", reason, p->external);
	}
	asset->level_confidence = bounded(confidence);
	asset->level_reason = reason;
}

bool level_settle(struct work *w)
{
	struct conclusions *out = w->out;
	struct arena local = {0};
	struct peers *peers = work_alloc(w, &local, out->asset_count, sizeof(*peers));
	for (size_t i = 0, end; i < out->link_count && !w->failed; i = end) {
		for (end = i + 1; end < out->link_count && out->links[end].client == out->links[i].client &&
				  out->links[end].server == out->links[i].server;)
			end++;
		links_weigh(out, &out->links[i], end - i, peers);
	}
	for (size_t i = 0; i < out->asset_count && !w->failed; i++)
		asset_settle(w, &out->assets[i], &peers[i]);
	arena_clear(&local);
	return !w->failed;
}
