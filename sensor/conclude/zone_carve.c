/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_carve.c - what is kept apart before cells are looked for (IEC 62443-3-2 ZCR 3.2 to 3.6).
 *
 *	external    (3.6)  public addresses behind a router
 *	temporary   (3.4)  what came and went: flag transient
 *	wireless    (3.5)  access points, and what is mobile by its type
 *	business    (3.2)  networks in which nothing controls, is controlled or supervises, and what speaks protocols of
 *	                   information technology outweighs what nobody could name (which may be a control protocol)
 *	between            such a network that answers business ones and talks with control, without control protocols
 *of its own: proposed as DMZ safety      (3.3)  safety controllers, and safety-related assets whose cyclic I/O is only
 *with such
 *
 * A controller that runs safety functions beside basic control (an F-CPU, a GuardLogix with ordinary drives) is not
 * carved: it cannot be parted from what it controls. Its cell says so; ZCR 3.3 then asks to treat the whole as safety-
 * related, which is for people to decide. One thing that carves is one sentence.
 */
#include "sensor/conclude/partition.h"

#include <string.h>

#define SURE_TYPE 0.7 /* below: a look at a controller that any office computer may take */

/* By a type that does not rest on a look, or because it asks over and over. */
static bool is_supervisor(const struct asset *asset, const struct standing *s)
{
	static const char *const types[] = {
		"hmi", "operator_ws", "scada_server", "engineering_ws", "historian", "mes", "opc_server"};
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i], asset->type) == 0)
			return s->polls || asset->type_confidence >= SURE_TYPE;
	return s->hub && s->polls;
}

/* The draft of a zone that is no network's, made when its first asset comes. */
static uint32_t draft_once(struct partition *p, uint32_t *draft, const struct draft *what)
{
	if (*draft == DRAFT_NONE)
		*draft = draft_add(p, what);
	return *draft;
}

static void assets_carve(struct partition *p)
{
	static const struct draft external = {.id = "external",
		.name = "External networks",
		.basis = "external",
		.kind = ZONE_EXTERNAL,
		.reason = "public addresses that come over a router (ZCR 3.6)",
		.confidence = 0.9,
		.domain = DOMAIN_NONE};
	static const struct draft temporary = {.id = "temporary",
		.name = "Temporarily connected",
		.basis = "temporary",
		.kind = ZONE_TEMPORARY,
		.reason = "devices that came and went, kept apart from what stays (ZCR 3.4)",
		.confidence = 0.8,
		.domain = DOMAIN_NONE};
	static const struct draft wireless = {.id = "wireless",
		.name = "Wireless",
		.basis = "wireless",
		.kind = ZONE_WIRELESS,
		.reason = "access points and mobile devices (ZCR 3.5)",
		.confidence = 0.7,
		.domain = DOMAIN_NONE};
	uint32_t drafts[3] = {DRAFT_NONE, DRAFT_NONE, DRAFT_NONE};
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		const struct asset *asset = &p->w->out->assets[i];
		if (p->at[i].carving != CARVED_NOT || asset->parent != ASSET_NONE)
			continue;
		if (asset_has_flag(asset, "external"))
			draft_put(p, draft_once(p, &drafts[0], &external), i,
				"public address that comes over a router (ZCR 3.6)");
		else if (asset_has_flag(asset, "transient"))
			draft_put(p, draft_once(p, &drafts[1], &temporary), i,
				"it came and went: flag transient (ZCR 3.4)");
		else if (strcmp(asset->type, "wireless_ap") == 0 || strcmp(asset->type, "mobile") == 0)
			draft_put(p, draft_once(p, &drafts[2], &wireless), i, "its type is %s (ZCR 3.5)", asset->type);
	}
}

/* What has no IP address is in the network of what it talks with. */
static void homes_adopt(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	uint32_t *home = p->domains.home;
	uint32_t *adopted = work_alloc(p->w, p->arena, p->count, sizeof(*adopted));
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++)
		adopted[i] = DOMAIN_NONE;
	for (size_t i = 0; i < out->link_count && !p->w->failed; i++) {
		uint32_t ends[2] = {out->links[i].client, out->links[i].server};
		for (unsigned j = 0; j < 2; j++)
			if (home[ends[j]] == DOMAIN_NONE && home[ends[1 - j]] < adopted[ends[j]])
				adopted[ends[j]] = home[ends[1 - j]];
	}
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++)
		if (home[i] == DOMAIN_NONE)
			home[i] = adopted[i];
}

static void domains_look(struct partition *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		const struct asset *asset = &p->w->out->assets[i];
		const struct standing *s = &p->at[i];
		if (p->domains.home[i] == DOMAIN_NONE || s->carving == CARVED_REST || s->routes ||
			asset->parent != ASSET_NONE)
			continue;
		struct domain *d = &p->domains.at[p->domains.home[i]];
		d->members++;
		d->field |= !s->hub && (s->low || s->io || (s->answers && !s->upper));
		d->supervises |= is_supervisor(asset, s);
		d->reaches |= s->hub && !s->local && is_supervisor(asset, s);
		d->it += s->it;
		d->unknown += s->unknown;
		d->asks |= s->asks;
	}
}

static bool is_control(const struct domain *d)
{
	return d->field || d->supervises;
}

/* Which networks without control stand between control and business: only what both sides know. */
static void between_look(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < out->link_count; i++) {
			const struct asset_link *l = &out->links[i];
			uint32_t from = p->domains.home[l->client], to = p->domains.home[l->server];
			if (from == DOMAIN_NONE || to == DOMAIN_NONE || from == to)
				continue;
			struct domain *client = &p->domains.at[from], *server = &p->domains.at[to];
			if (pass == 0) {
				client->control_peer |= is_control(server);
				server->control_peer |= is_control(client);
			} else if (!is_control(client) && !client->control_peer && !is_control(server) &&
				   (l->parts & PART_RESPONSE)) {
				server->serves_office |= p->at[l->client].carving != CARVED_REST;
			}
		}
}

static void business_carve(struct partition *p)
{
	uint32_t business = DRAFT_NONE;
	static const struct draft office = {.id = "business",
		.name = "Business",
		.basis = "business",
		.kind = ZONE_ENTERPRISE,
		.reason = "networks in which nothing controls or supervises, and information technology is spoken (ZCR "
			  "3.2)",
		.confidence = 0.6,
		.domain = DOMAIN_NONE};
	for (uint32_t i = 0; i < p->domains.count && !p->w->failed; i++) {
		struct domain *d = &p->domains.at[i];
		if (d->members == 0 || is_control(d) || d->it == 0 || d->it < d->unknown)
			continue;
		if (d->control_peer && d->serves_office && !d->asks)
			d->draft = draft_add(p, &(struct draft){.id = work_print(p->w, "dmz-%s", d->slug),
							.name = work_print(p->w, "DMZ %s", d->text),
							.basis = "dmz",
							.kind = ZONE_DMZ,
							.reason = work_print(p->w,
								"%s answers business networks and talks with control, "
								"and nothing in it "
								"controls or supervises",
								d->text),
							.confidence = 0.5,
							.domain = i});
		else
			d->draft = draft_once(p, &business, &office);
	}
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		uint32_t home = p->domains.home[i];
		if (home == DOMAIN_NONE || p->domains.at[home].draft == DRAFT_NONE || p->at[i].routes ||
			p->at[i].carving != CARVED_NOT || p->w->out->assets[i].parent != ASSET_NONE)
			continue;
		draft_put(p, p->domains.at[home].draft, i, "in %s nothing controls or supervises (ZCR 3.2)",
			p->domains.at[home].text);
	}
}

static void safety_carve(struct partition *p)
{
	uint32_t none = DRAFT_NONE;
	uint32_t *drafts = work_alloc(p->w, p->arena, p->domains.count, sizeof(*drafts));
	for (uint32_t i = 0; i < p->domains.count && !p->w->failed; i++)
		drafts[i] = DRAFT_NONE;
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		const struct asset *asset = &p->w->out->assets[i];
		const struct standing *s = &p->at[i];
		bool is_controller = strcmp(asset->type, "safety_controller") == 0;
		if (s->carving != CARVED_NOT || asset->parent != ASSET_NONE || !s->safety ||
			(!is_controller && (s->io_safe == 0 || s->io_other > 0)))
			continue;
		uint32_t home = p->domains.home[i];
		const struct domain *d = home != DOMAIN_NONE ? &p->domains.at[home] : NULL;
		uint32_t draft = draft_once(p, d != NULL ? &drafts[home] : &none,
			&(struct draft){.id = d != NULL ? work_print(p->w, "safety-%s", d->slug) : "safety",
				.name = d != NULL ? work_print(p->w, "Safety %s", d->text) : "Safety",
				.basis = "safety",
				.kind = ZONE_SAFETY,
				.reason = "safety functions that exchange I/O only among themselves (ZCR 3.3)",
				.confidence = 0.7,
				.domain = home});
		draft_put(p, draft, i,
			is_controller ? "its type is safety_controller (ZCR 3.3)"
				      : "safety-related, and its cyclic I/O is only with safety-related "
					"assets (ZCR 3.3)");
	}
}

bool carve_make(struct partition *p)
{
	for (uint32_t i = 0; i < p->domains.count; i++)
		p->domains.at[i].draft = p->domains.at[i].supervision = DRAFT_NONE;
	assets_carve(p);
	homes_adopt(p);
	domains_look(p);
	between_look(p);
	business_carve(p);
	safety_carve(p);
	return !p->w->failed;
}
