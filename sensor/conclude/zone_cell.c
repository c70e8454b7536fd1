/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_cell.c - cells from cyclic control, what supervises them, and where the rest goes.
 *
 * Assets are tied by cyclic control (zone_standing.c) inside one network, hubs left out. A network that people already
 * made for control is one zone: splitting it further would draw a boundary that nothing enforces. A network that
 * control shares with supervision of many is flat: there each tied group of CELL_MIN assets or more is a cell, hubs and
 * those who only talk with hubs are the supervision, and the rest is the zone of the subnet. A network of nothing but
 * supervision is a zone of supervision. Cyclic control that crosses networks is reported and never merges zones.
 *
 * Ids are made from what lasts: "ot-10.20.1.0-24" and "supervision-10.20.1.0-24" from the subnet, whoever is in it;
 * "cell-10.20.10.11" from the asset that controls most partners of the cell, at a tie the lowest address. So a cell
 * keeps its id while its controller is there, whatever else comes and goes. What has no IP address is anchored at a
 * MAC.
 *
 * Routers and firewalls are the boundary itself. So that each is in exactly one zone they are put on the most trusted
 * side that they touch, where they are administered: supervision before DMZ before control before business; of
 * several the lowest network. The conduits name them too ("through").
 */
#include "sensor/conclude/partition.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define CELL_MIN 3 /* a controller with two partners; two assets alone are no group */

/* The tied groups: `size` and `partners` by asset, of a group at its root. */
struct groups {
	uint32_t *size, *partners, *anchor, *draft;
};

static bool is_free(const struct partition *p, uint32_t i)
{
	return p->at[i].carving != CARVED_REST && !p->at[i].hub && !p->at[i].routes;
}

static void groups_unite(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	for (size_t i = 0; i < out->link_count; i++) {
		const struct asset_link *l = &out->links[i];
		if (l->client == l->server || p->domains.home[l->client] != p->domains.home[l->server] ||
			!is_free(p, l->client) || !is_free(p, l->server) || !link_is_cyclic(p, l))
			continue;
		uint32_t a = component_of(p, l->client), b = component_of(p, l->server);
		p->up[a < b ? b : a] = a < b ? a : b;
	}
}

/* The asset that controls most others anchors the group; each asset counts its partners once. */
static void anchors_find(struct partition *p, struct groups *g)
{
	const struct conclusions *out = p->w->out;
	uint32_t last_client = ASSET_NONE, last_server = ASSET_NONE;
	for (size_t i = 0; i < out->link_count; i++) {
		const struct asset_link *l = &out->links[i];
		if ((l->client == last_client && l->server == last_server) ||
			component_of(p, l->client) != component_of(p, l->server) || !link_is_cyclic(p, l))
			continue;
		last_client = l->client;
		last_server = l->server;
		g->partners[l->client] += !p->at[l->client].upper; /* a panel is no anchor */
	}
	for (uint32_t i = 0; i < p->count; i++) {
		uint32_t root = component_of(p, i);
		g->size[root]++;
		if (g->anchor[root] == ASSET_NONE || g->partners[i] > g->partners[g->anchor[root]])
			g->anchor[root] = i;
	}
	for (uint32_t i = 0; i < p->count; i++) {
		uint32_t home = p->domains.home[i];
		if (home == DOMAIN_NONE || g->size[component_of(p, i)] < 2)
			continue;
		p->domains.at[home].linked++;
		p->domains.at[home].cells += p->up[i] == i && g->size[i] >= CELL_MIN;
	}
}

static bool groups_make(struct partition *p, struct groups *g)
{
	struct work *w = p->w;
	groups_unite(p);
	g->size = work_alloc(w, p->arena, p->count, sizeof(*g->size));
	g->partners = work_alloc(w, p->arena, p->count, sizeof(*g->partners));
	g->anchor = work_alloc(w, p->arena, p->count, sizeof(*g->anchor));
	g->draft = work_alloc(w, p->arena, p->count, sizeof(*g->draft));
	for (uint32_t i = 0; i < p->count && !w->failed; i++)
		g->anchor[i] = g->draft[i] = ASSET_NONE;
	if (!w->failed)
		anchors_find(p, g);
	return !w->failed;
}

/* Control shares it with what supervises many controllers. */
static bool is_flat(const struct domain *d)
{
	return d->field && d->reaches;
}

static const char *vlan_text(struct work *w, const struct domain *d)
{
	return d->vlan != VLAN_NONE ? work_print(w, " (VLAN %u)", d->vlan) : "";
}

static uint32_t subnet_draft(struct partition *p, uint32_t domain)
{
	struct domain *d = &p->domains.at[domain];
	struct work *w = p->w;
	if (d->draft != DRAFT_NONE)
		return d->draft;
	bool above = !d->field && d->supervises, tied = d->linked > 0 && !(is_flat(d) && d->cells > 1);
	struct draft made = {.kind = ZONE_OT, .domain = domain};
	made.id = work_print(w, "%s-%s", above ? "supervision" : "ot", d->slug);
	made.basis = above ? "supervision" : tied ? "cyclic" : d->in_part ? "vlan" : "subnet";
	made.name = work_print(w, "%s %s%s",
		above      ? "Supervision"
		: d->field ? "Control"
			   : "Network",
		d->text, vlan_text(w, d));
	made.confidence = above || tied ? 0.7 : d->field ? 0.6 : 0.3;
	if (above)
		made.reason = work_print(
			w, "%s%s holds what supervises or serves control, and no controller", d->text, vlan_text(w, d));
	else if (tied)
		made.reason = work_print(w, "%s%s is one network of control: cyclic control ties %u of its assets",
			d->text, vlan_text(w, d), d->linked);
	else if (d->field)
		made.reason = work_print(w,
			"%s%s is one network with control; no cyclic control ties its assets to each other", d->text,
			vlan_text(w, d));
	else if (d->asks)
		made.reason = work_print(w, "%s%s is one network; who is in it looked at controllers elsewhere",
			d->text, vlan_text(w, d));
	else
		made.reason =
			work_print(w, "%s%s is one network; nothing tells what it is for", d->text, vlan_text(w, d));
	return d->draft = draft_add(p, &made);
}

static uint32_t supervision_draft(struct partition *p, uint32_t domain)
{
	struct domain *d = &p->domains.at[domain];
	if (d->supervision == DRAFT_NONE)
		d->supervision = draft_add(
			p, &(struct draft){.id = work_print(p->w, "supervision-%s", d->slug),
				   .name = work_print(p->w, "Supervision in %s%s", d->text, vlan_text(p->w, d)),
				   .basis = "supervision",
				   .kind = ZONE_OT,
				   .reason = work_print(
					   p->w, "what supervises many controllers shares %s with them", d->text),
				   .confidence = 0.6,
				   .domain = domain});
	return d->supervision;
}

static uint32_t cell_draft(struct partition *p, struct groups *g, uint32_t root)
{
	struct work *w = p->w;
	char anchor[64];
	if (g->draft[root] != DRAFT_NONE)
		return g->draft[root];
	const struct asset *asset = &w->out->assets[g->anchor[root]];
	const char *address = asset->id;
	for (uint32_t i = asset->interface_count; i-- > 0;)
		if (asset->interfaces[i].ip_count > 0)
			address = asset->interfaces[i].ips[0];
		else if (address == asset->id && asset->interfaces[i].mac != NULL)
			address = asset->interfaces[i].mac;
	snprintf(anchor, sizeof(anchor), "%s", address);
	for (char *c = anchor; *c != '\0'; c++)
		if (*c == ':')
			*c = '-';
	return g->draft[root] = draft_add(p, &(struct draft){.id = work_print(w, "cell-%s", anchor),
						     .name = work_print(w, "Cell of %s", asset_called(asset)),
						     .basis = "cyclic",
						     .kind = ZONE_OT,
						     .reason = work_print(w, "cyclic control ties %u assets around %s",
							     g->size[root], asset_called(asset)),
						     .confidence = 0.6,
						     .domain = p->domains.home[g->anchor[root]]});
}

/* What talks with hubs of its network alone follows them; what also talks with controllers does not. */
static void company_look(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	for (size_t i = 0; i < out->link_count; i++) {
		const struct asset_link *l = &out->links[i];
		if (p->domains.home[l->client] != p->domains.home[l->server])
			continue;
		struct standing *client = &p->at[l->client], *server = &p->at[l->server];
		*(server->hub ? &client->with_hub : &client->with_field) = true;
		*(client->hub ? &server->with_hub : &server->with_field) = true;
	}
}

static bool follows_hub(const struct standing *s)
{
	return s->with_hub && !s->with_field && !s->answers && !s->io && !s->low && !s->asks;
}

static void asset_place(struct partition *p, struct groups *g, uint32_t i)
{
	const struct standing *s = &p->at[i];
	uint32_t home = p->domains.home[i], root = component_of(p, i);
	const struct domain *d = &p->domains.at[home];
	if (is_flat(d) && s->hub) {
		if (s->local)
			draft_put(p, supervision_draft(p, home), i, "%s serves the supervision in %s",
				p->w->out->assets[i].type, d->text);
		else
			draft_put(p, supervision_draft(p, home), i, "supervises %u controllers, %u other networks",
				s->controllers, s->networks);
	} else if (is_flat(d) && follows_hub(s)) {
		draft_put(p, supervision_draft(p, home), i, "talks in %s with the supervision only", d->text);
	} else if (is_flat(d) && d->cells > 1 && g->size[root] >= CELL_MIN) {
		draft_put(p, cell_draft(p, g, root), i, "tied by cyclic control to %s",
			asset_called(&p->w->out->assets[g->anchor[root]]));
	} else if (g->size[root] > 1) {
		draft_put(p, subnet_draft(p, home), i, "in %s%s, in cyclic control with %u others", d->text,
			vlan_text(p->w, d), g->size[root] - 1);
	} else {
		draft_put(p, subnet_draft(p, home), i, "its address is in %s%s", d->text, vlan_text(p->w, d));
	}
	if (s->safety && s->draft != DRAFT_NONE)
		p->drafts[s->draft].safety++;
}

/* The only network with control; else the only network; DOMAIN_NONE when there are several. */
static uint32_t only_domain(const struct partition *p, bool *any)
{
	uint32_t field = DOMAIN_NONE, one = DOMAIN_NONE, fields = 0, all = 0;
	for (uint32_t i = 0; i < p->domains.count; i++) {
		const struct domain *d = &p->domains.at[i];
		if (d->members == 0)
			continue;
		all++;
		one = i;
		if (d->field || d->supervises) {
			fields++;
			field = i;
		}
	}
	*any = all > 0;
	return fields == 1 ? field : fields == 0 && all == 1 ? one : DOMAIN_NONE;
}

/* What has no network: tied groups, then the only network there is, then visibly nothing. */
static void homeless_place(struct partition *p, struct groups *g)
{
	bool any;
	uint32_t only = only_domain(p, &any), rest = DRAFT_NONE;
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		struct asset *asset = &p->w->out->assets[i];
		uint32_t root = component_of(p, i);
		if (p->at[i].carving != CARVED_NOT || p->domains.home[i] != DOMAIN_NONE || asset->parent != ASSET_NONE)
			continue;
		if (g->size[root] > 1 && (any || g->size[root] >= CELL_MIN)) {
			draft_put(p, cell_draft(p, g, root), i, "tied by cyclic control to %s",
				asset_called(&p->w->out->assets[g->anchor[root]]));
		} else if (only != DOMAIN_NONE) {
			uint32_t draft = p->domains.at[only].draft;
			draft_put(p, draft != DRAFT_NONE ? draft : subnet_draft(p, only), i,
				"has no IP address; %s is the only network that it can be in",
				p->domains.at[only].text);
		} else if (!any) {
			if (rest == DRAFT_NONE)
				rest = draft_add(p, &(struct draft){.id = "ot-link-layer",
							    .name = "Link layer",
							    .basis = "vlan",
							    .kind = ZONE_OT,
							    .reason = "one link layer without IP addresses",
							    .confidence = 0.3,
							    .domain = DOMAIN_NONE});
			draft_put(p, rest, i, "seen on the only link layer, without an IP address");
		} else {
			asset->zone_reason = "in no zone: it has no IP address and talks with nobody who has, so its "
					     "network is open";
		}
	}
}

/* How trusted the side of a draft is, lower is more. */
static unsigned side_rank(const struct partition *p, uint32_t draft)
{
	const struct draft *d = &p->drafts[draft];
	if (strcmp(d->basis, "supervision") == 0) /* a network of its own before one that it shares with control */
		return p->domains.at[d->domain].supervision == DRAFT_NONE ? 0 : 1;
	return d->kind == ZONE_DMZ ? 2 : d->kind == ZONE_OT ? 3 : 4;
}

/* The draft at a domain that a router is offered; at a tie the lower network, whatever comes first. */
static uint32_t side_better(const struct partition *p, uint32_t best, uint32_t domain)
{
	const uint32_t drafts[2] = {p->domains.at[domain].supervision, p->domains.at[domain].draft};
	for (unsigned i = 0; i < 2; i++) {
		if (drafts[i] == DRAFT_NONE)
			continue;
		unsigned new = side_rank(p, drafts[i]), old = best == DRAFT_NONE ? UINT_MAX : side_rank(p, best);
		if (new < old || (new == old && p->drafts[drafts[i]].domain < p->drafts[best].domain))
			best = drafts[i];
	}
	return best;
}

/* The networks of its own addresses, and of those that came through it. */
static bool routers_place(struct partition *p)
{
	struct work *w = p->w;
	const struct inventory *inv = w->inventory;
	uint32_t *side = work_alloc(w, p->arena, p->count, sizeof(*side));
	for (uint32_t i = 0; i < p->count && !w->failed; i++)
		side[i] = DRAFT_NONE;
	for (uint32_t i = 0; i < w->node_count && !w->failed; i++) {
		uint32_t router = w->nodes[i].asset;
		if (router != ASSET_NONE && p->at[router].routes && p->domains.of_node[i] != DOMAIN_NONE)
			side[router] = side_better(p, side[router], p->domains.of_node[i]);
	}
	for (uint32_t i = 0; i < inv->binding_count && !w->failed; i++) {
		uint32_t router = w->nodes[w->node_of[inv->bindings[i].mac]].asset;
		uint32_t domain = p->domains.of_node[w->node_of[inv->bindings[i].ip]];
		if (router != ASSET_NONE && p->at[router].routes && domain != DOMAIN_NONE)
			side[router] = side_better(p, side[router], domain);
	}
	for (uint32_t i = 0; i < p->count && !w->failed; i++) {
		uint32_t home = p->domains.home[i], draft = side[i];
		if (!p->at[i].routes || p->at[i].carving != CARVED_NOT || w->out->assets[i].parent != ASSET_NONE)
			continue;
		if (draft == DRAFT_NONE && home != DOMAIN_NONE)
			draft = subnet_draft(p, home);
		if (draft != DRAFT_NONE)
			draft_put(p, draft, i, "a boundary device: put on the most trusted side that it touches");
		else
			w->out->assets[i].zone_reason = "in no zone: a boundary device of networks that are in none";
	}
	return !w->failed;
}

static void crossings_count(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	for (size_t i = 0; i < out->link_count; i++) {
		uint32_t a = p->at[out->links[i].client].draft, b = p->at[out->links[i].server].draft;
		if (a == b || a == DRAFT_NONE || b == DRAFT_NONE || p->at[out->links[i].client].hub ||
			!link_is_cyclic(p, &out->links[i]))
			continue;
		p->drafts[a].crossing++;
		p->drafts[b].crossing++;
	}
}

bool cells_make(struct partition *p)
{
	struct groups g;
	if (!groups_make(p, &g))
		return false;
	company_look(p);
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++)
		if (p->at[i].carving == CARVED_NOT && !p->at[i].routes && p->domains.home[i] != DOMAIN_NONE &&
			p->w->out->assets[i].parent == ASSET_NONE)
			asset_place(p, &g, i);
	if (!p->w->failed && routers_place(p))
		homeless_place(p, &g);
	if (!p->w->failed)
		crossings_count(p);
	return !p->w->failed;
}
