/* SPDX-License-Identifier: Apache-2.0 */
/* finding_asset.c - findings about single assets: who changes a safety system, who searches, who has no place. */
#include "sensor/conclude/finding.h"

#include <string.h>

#include "sensor/util/text.h"

#define CHANGES (OPERATION_WRITE | OPERATION_CONTROL | OPERATION_PROGRAM | OPERATION_CONFIGURE)
/* What no operator panel does to a safety function in normal work. */
#define DEEP_CHANGES (OPERATION_CONTROL | OPERATION_PROGRAM)

static bool supervises(const struct asset *a)
{
	static const char *const types[] = {"hmi", "scada_server", "operator_ws"};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(a->type, types[i]) == 0)
			return true;
	return false;
}

/*
 * The changes that matter, or 0. In a zone of safety alone every change does. A controller that runs safety beside
 * basic control is written to by its panels and its neighbours all day: there only stops and programs do, and any
 * change by what neither supervises nor controls.
 */
static unsigned changes_of(const struct finder *f, const struct asset_link *l)
{
	const struct asset *client = &f->c->assets[l->client], *server = &f->c->assets[l->server];
	unsigned changes = l->asked & CHANGES;
	if (server->zone != ZONE_NONE && f->c->zones[server->zone].kind == ZONE_SAFETY)
		return changes;
	bool usual = supervises(client) || finder_has(f, l->client, TRAIT_LOW);
	return usual ? changes & DEEP_CHANGES : changes;
}

static bool is_strange(const struct finder *f, uint32_t link)
{
	const struct asset_link *l = &f->c->links[link];
	if (!finder_has(f, l->server, TRAIT_SAFETY) || finder_has(f, l->client, TRAIT_SAFETY | TRAIT_STATION))
		return false;
	/* Cyclic inputs and outputs are what the connection is for; who opened it is another link. */
	return (l->parts & PART_REQUEST) != 0 && !f->decided[link] && changes_of(f, l) != 0;
}

static void stranger_tell(struct finder *f, uint32_t server, const struct grouped *links)
{
	bool only_stations = true;
	draft_start(f);
	draft_asset(f, server);
	for (uint32_t k = links->first[server]; k < links->first[server + 1]; k++) {
		const struct asset_link *l = &f->c->links[links->rows[k]];
		only_stations &= strcmp(f->c->assets[l->client].type, "engineering_ws") == 0 &&
				 finder_has(f, l->client, TRAIT_CONTROL) && !finder_has(f, l->client, TRAIT_TEMPORARY);
		draft_link(f, l, changes_of(f, l));
	}
	if (only_stations) /* it looks like one, only nobody said so */
		f->draft.severity = SEVERITY_MEDIUM;
	f->draft.zone = f->c->assets[server].zone;
	draft_finish(f, f->c->assets[server].id, "the safety-related %s was changed", finder_label(f, server));
}

void find_safety_programmed(struct finder *f)
{
	struct grouped links = {0};
	uint32_t *owner = work_scratch(f->w, f->c->link_count, sizeof(*owner));
	for (uint32_t i = 0; i < f->c->link_count && !f->w->failed; i++)
		owner[i] = is_strange(f, i) ? f->c->links[i].server : ASSET_NONE;
	if (f->w->failed || !grouped_make(f->w, &f->w->scratch, &links, owner, (uint32_t)f->c->link_count,
				    (uint32_t)f->c->asset_count))
		return;
	for (uint32_t a = 0; a < f->c->asset_count && !f->w->failed; a++)
		if (links.first[a] != links.first[a + 1])
			stranger_tell(f, a, &links);
}

static const char *scanner_reason(const struct asset *a)
{
	for (uint32_t i = 0; i < a->flag_count; i++)
		if (strcmp(a->flags[i], "scanner") == 0)
			return a->flag_reasons[i] != NULL ? a->flag_reasons[i] : "";
	return NULL;
}

static void scanner_tell(struct finder *f, uint32_t asset, const struct grouped *links, const char *reason)
{
	const struct inventory *inv = f->w->inventory;
	draft_start(f);
	draft_asset(f, asset);
	for (uint32_t k = links->first[asset]; k < links->first[asset + 1]; k++) {
		const struct link *l = &inv->links[links->rows[k]];
		char client[ADDRESS_TEXT_MAX], server[ADDRESS_TEXT_MAX];
		address_text(client, &inv->endpoints[l->client].address);
		address_text(server, &inv->endpoints[l->server].address);
		/* The text is made only for what may stay. */
		if (f->draft.evidence_count < EVIDENCE_MAX ||
			sighting_compare(inv, &l->seen.first, &f->draft.evidence[EVIDENCE_MAX - 1].at) <= 0)
			draft_evidence(f, &l->seen.first, 0,
				finder_print(f, "asks %s/%u %s -> %s, no answer", transport_name(l->transport),
					(unsigned)l->port, client, server));
	}
	f->draft.zone = f->c->assets[asset].zone;
	draft_finish(f, f->c->assets[asset].id, "%s %s", finder_label(f, asset), reason);
}

/* Links to what never spoke, by who asked. */
void find_scanner(struct finder *f)
{
	const struct inventory *inv = f->w->inventory;
	struct grouped links = {0};
	uint32_t *owner = work_scratch(f->w, inv->link_count, sizeof(*owner));
	for (uint32_t i = 0; i < inv->link_count && !f->w->failed; i++) {
		uint32_t client = f->w->nodes[f->w->node_of[inv->links[i].client]].asset;
		const struct node *server = &f->w->nodes[f->w->node_of[inv->links[i].server]];
		bool dead = server->asset == ASSET_NONE && server->unicast && client != ASSET_NONE;
		owner[i] = dead && scanner_reason(&f->c->assets[client]) != NULL ? client : ASSET_NONE;
	}
	if (f->w->failed ||
		!grouped_make(f->w, &f->w->scratch, &links, owner, inv->link_count, (uint32_t)f->c->asset_count))
		return;
	for (uint32_t a = 0; a < f->c->asset_count && !f->w->failed; a++) {
		const char *reason = scanner_reason(&f->c->assets[a]);
		if (reason != NULL && f->c->assets[a].parent == ASSET_NONE)
			scanner_tell(f, a, &links, reason);
	}
}

/*
 * What a device says of its own cards in its own protocol is no claim: a controller answers with the address of its CPU
 * over the card of its communication processor.
 */
static bool is_claim(const struct proof *p)
{
	return p->stated || p->arrived;
}

void find_address_conflict(struct finder *f)
{
	const struct work *w = f->w;
	char ip[ADDRESS_TEXT_MAX], mac[ADDRESS_TEXT_MAX];
	for (uint32_t i = 0, end; i < w->dispute_count && !w->failed; i = end) {
		address_text(ip, &w->nodes[w->disputes[i].ip].address);
		draft_start(f);
		for (end = i; end < w->dispute_count && w->disputes[end].ip == w->disputes[i].ip; end++) {
			if (!is_claim(&w->disputes[end]))
				continue;
			address_text(mac, &w->nodes[w->disputes[end].mac].address);
			draft_asset(f, w->nodes[w->disputes[end].mac].asset);
			draft_line(f, "%s", mac);
			draft_evidence(f, &w->disputes[end].last, 0, finder_print(f, "%s is at %s", ip, mac));
		}
		if (f->draft.line_count < 2)
			continue;
		draft_asset(f, w->nodes[w->disputes[i].ip].asset);
		draft_finish(f, ip, "%s is claimed by %u MAC addresses", ip, (unsigned)f->draft.line_count);
	}
}

static bool is_displaced(const struct finder *f, uint32_t asset)
{
	const struct asset *a = &f->c->assets[asset];
	return a->parent == ASSET_NONE && a->zone == ZONE_NONE && !finder_has(f, asset, TRAIT_CARRIES);
}

/* What a conduit goes through belongs to the conduit (ZCR 6.3); of the others one finding tells. */
void find_no_zone(struct finder *f)
{
	uint32_t count = 0;
	draft_start(f);
	for (uint32_t a = 0; a < f->c->asset_count && !f->w->failed; a++) {
		if (!is_displaced(f, a))
			continue;
		const char *reason = f->c->assets[a].zone_reason;
		count++;
		draft_asset(f, a);
		if (f->draft.line_count < FINDING_LINES_MAX)
			draft_line(f, "%s%s%s", finder_label(f, a), reason != NULL ? ", " : "",
				reason != NULL ? reason : "");
		else
			f->draft.line_count++;
		draft_evidence(f, &f->c->assets[a].seen.first, 0, "first frame of it");
	}
	if (count > 0)
		draft_finish(f, "", "%u asset%s in no zone and on no conduit", (unsigned)count,
			count == 1 ? " is" : "s are");
}

void find_two_zones(struct finder *f)
{
	for (uint32_t a = 0; a < f->c->asset_count && !f->w->failed; a++) {
		const struct asset *asset = &f->c->assets[a];
		if (asset->rival_zone == ZONE_NONE || asset->parent != ASSET_NONE)
			continue;
		const struct zone *held = &f->c->zones[asset->zone], *rival = &f->c->zones[asset->rival_zone];
		draft_start(f);
		draft_asset(f, a);
		f->draft.zone = asset->zone;
		draft_finish(f, asset->id,
			"%s is in zone %s (%s), and zone %s from line %u of the file names it in the "
			"same way",
			finder_label(f, a), held->id,
			asset->zone_reason != NULL ? finder_brief(f, asset->zone_reason) : "", rival->id,
			(unsigned)rival->declared->line);
	}
}
