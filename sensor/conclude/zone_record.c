/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_record.c - the records of the zones: declared ones in the order of the file, then proposals by id, each with its
 * assets, its boundary (subnets and VLANs of the networks in which its assets are at home), levels and cohesion.
 * Access points are added with the conduits (conduit.c).
 */
#include "sensor/conclude/partition.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

static int draft_compare(const void *left, const void *right, void *drafts)
{
	const struct draft *a = (struct draft *)drafts + *(const uint32_t *)left;
	const struct draft *b = (struct draft *)drafts + *(const uint32_t *)right;
	return strcmp(a->id, b->id);
}

static bool is_refused(const struct declared_zone *z)
{
	return z->status == DECLARED_REJECTED || z->status == DECLARED_RETIRED;
}

/* An id of its own beside the declared ones; false when people refused this proposal. */
static bool id_settle(struct partition *p, struct draft *d)
{
	const struct declarations *declared = p->w->out->declarations;
	const char *id = d->id;
	if (declared == NULL)
		return true;
	for (unsigned n = 2;; n++) {
		const struct declared_zone *z = declarations_zone(declared, id);
		if (z == NULL)
			break;
		if (is_refused(z))
			return false;
		id = work_print(p->w, "%s-%u", d->id, n);
		if (p->w->failed)
			break;
	}
	d->id = id;
	return true;
}

static const char *draft_reason(struct partition *p, const struct draft *d)
{
	const char *reason = d->reason;
	if (d->safety > 0)
		reason = work_print(p->w,
			"%s; it holds %u safety-related asset%s not to be parted from control (ZCR 3.3)", reason,
			d->safety, d->safety == 1 ? "" : "s");
	if (d->crossing > 0)
		reason = work_print(p->w, "%s; %u cyclic connection%s into other zones", reason, d->crossing,
			d->crossing == 1 ? " goes" : "s go");
	return reason;
}

static void zone_of_draft(struct partition *p, struct zone *zone, const struct draft *d)
{
	*zone = (struct zone){.id = d->id,
		.name = d->name,
		.kind = d->kind,
		.status = DECLARED_PROPOSED,
		.basis = d->basis,
		.reason = draft_reason(p, d),
		.confidence = d->confidence};
}

static void zone_of_declared(struct work *w, struct zone *zone, const struct declared_zone *d)
{
	bool accepted = d->status == DECLARED_ACCEPTED;
	*zone = (struct zone){.id = d->id,
		.name = d->name != NULL ? d->name : d->id,
		.kind = d->kind,
		.status = d->status,
		.declared = d,
		.basis = "declared",
		.reason = work_print(w, "%s in line %u%s%s%s%s", declared_status_name(d->status), (unsigned)d->line,
			d->approver != NULL ? " by " : "", d->approver != NULL ? d->approver : "",
			d->approved != NULL ? " on " : "", d->approved != NULL ? d->approved : ""),
		.confidence = accepted ? 1.0 : 0.5};
}

/* Declared zones, then the drafts that hold assets; which zone each draft became. */
static bool zones_list(struct partition *p, uint32_t *zone_of_draft_row)
{
	struct conclusions *out = p->w->out;
	size_t declared = out->declarations != NULL ? out->declarations->zone_count : 0;
	uint32_t *order = work_alloc(p->w, p->arena, p->draft_count, sizeof(*order)), n = 0;
	out->zones = work_keep(p->w, declared + p->draft_count, sizeof(*out->zones));
	if (p->w->failed)
		return false;
	for (size_t i = 0; i < declared; i++)
		zone_of_declared(p->w, &out->zones[out->zone_count++], &out->declarations->zones[i]);
	for (uint32_t i = 0; i < p->draft_count; i++) {
		zone_of_draft_row[i] = ZONE_NONE;
		if (p->drafts[i].count == 0)
			continue;
		p->drafts[i].refused = !id_settle(p, &p->drafts[i]);
		if (!p->drafts[i].refused)
			order[n++] = i;
	}
	if (n > 1)
		qsort_r(order, n, sizeof(*order), draft_compare, p->drafts);
	for (uint32_t i = 0; i < n && !p->w->failed; i++) {
		zone_of_draft_row[order[i]] = (uint32_t)out->zone_count;
		zone_of_draft(p, &out->zones[out->zone_count++], &p->drafts[order[i]]);
	}
	return !p->w->failed;
}

static void assets_assign(struct partition *p, const uint32_t *zone_of_draft_row)
{
	struct asset *assets = p->w->out->assets;
	for (uint32_t i = 0; i < p->count; i++) {
		uint32_t draft = p->at[i].draft;
		if (assets[i].parent != ASSET_NONE) { /* behind its parent in the array */
			assets[i].zone = assets[assets[i].parent].zone;
			continue;
		}
		if (draft == DRAFT_NONE)
			continue;
		assets[i].zone = zone_of_draft_row[draft];
		if (p->drafts[draft].refused)
			assets[i].zone_reason =
				work_print(p->w, "in no zone: people refused the proposal %s", p->drafts[draft].id);
	}
}

static double level_number(const char *level)
{
	return strtod(level, NULL);
}

static void level_widen(struct zone *zone, const char *level)
{
	if (level == NULL)
		return;
	if (zone->level_low == NULL || level_number(level) < level_number(zone->level_low))
		zone->level_low = level;
	if (zone->level_high == NULL || level_number(level) > level_number(zone->level_high))
		zone->level_high = level;
}

static int text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int vlan_compare(const void *left, const void *right)
{
	return *(const uint16_t *)left - *(const uint16_t *)right;
}

/* The networks of its assets; `stamps` by domain says which were taken for which zone. */
static void boundary_fill(struct partition *p, struct zone *zone, uint32_t *stamps, uint32_t stamp)
{
	uint32_t n = 0, distinct = 0;
	/* What comes and goes, and what is outside, is not bounded by a network. */
	if (zone->declared == NULL &&
		(zone->kind == ZONE_TEMPORARY || zone->kind == ZONE_WIRELESS || zone->kind == ZONE_EXTERNAL))
		return;
	zone->subnets = work_keep(p->w, zone->asset_count, sizeof(*zone->subnets));
	zone->vlans = work_keep(p->w, zone->asset_count, sizeof(*zone->vlans));
	for (uint32_t i = 0; i < zone->asset_count && !p->w->failed; i++) {
		uint32_t home = p->domains.home[zone->assets[i]];
		if (home == DOMAIN_NONE || stamps[home] == stamp || p->at[zone->assets[i]].routes)
			continue;
		stamps[home] = stamp;
		zone->subnets[zone->subnet_count++] = p->domains.at[home].text;
		if (p->domains.at[home].vlan != VLAN_NONE)
			zone->vlans[zone->vlan_count++] = p->domains.at[home].vlan;
	}
	if (zone->subnet_count > 1)
		qsort(zone->subnets, zone->subnet_count, sizeof(*zone->subnets), text_compare);
	if (zone->vlan_count > 1)
		qsort(zone->vlans, zone->vlan_count, sizeof(*zone->vlans), vlan_compare);
	for (uint32_t i = 0; i < zone->subnet_count; i++)
		if (i == 0 || strcmp(zone->subnets[i], zone->subnets[n - 1]) != 0)
			zone->subnets[n++] = zone->subnets[i];
	zone->subnet_count = n;
	for (uint32_t i = 0; i < zone->vlan_count; i++)
		if (i == 0 || zone->vlans[i] != zone->vlans[distinct - 1])
			zone->vlans[distinct++] = zone->vlans[i];
	zone->vlan_count = distinct;
}

static void members_fill(struct partition *p)
{
	struct conclusions *out = p->w->out;
	struct grouped members = {0};
	uint32_t *owner = work_alloc(p->w, p->arena, p->count, sizeof(*owner));
	uint32_t *stamps = work_alloc(p->w, p->arena, p->domains.count, sizeof(*stamps));
	for (uint32_t i = 0; i < p->count && !p->w->failed; i++) {
		owner[i] = out->assets[i].parent == ASSET_NONE ? out->assets[i].zone : ASSET_NONE;
		if (out->assets[i].zone != ZONE_NONE)
			level_widen(&out->zones[out->assets[i].zone], out->assets[i].purdue_level);
	}
	if (p->w->failed || !grouped_make(p->w, &out->arena, &members, owner, p->count, (uint32_t)out->zone_count))
		return;
	for (uint32_t z = 0; z < out->zone_count && !p->w->failed; z++) {
		out->zones[z].assets = members.rows + members.first[z];
		out->zones[z].asset_count = members.first[z + 1] - members.first[z];
		boundary_fill(p, &out->zones[z], stamps, z + 1);
	}
}

/* Packets inside / all packets of its assets. What talks little with others is a better zone. */
static void cohesion_fill(struct partition *p)
{
	struct conclusions *out = p->w->out;
	uint64_t *inside = work_alloc(p->w, p->arena, out->zone_count, sizeof(*inside));
	uint64_t *all = work_alloc(p->w, p->arena, out->zone_count, sizeof(*all));
	for (size_t i = 0; i < out->link_count && !p->w->failed; i++) {
		uint32_t a = out->assets[out->links[i].client].zone, b = out->assets[out->links[i].server].zone;
		if (a != ZONE_NONE) {
			all[a] += out->links[i].packets;
			inside[a] += a == b ? out->links[i].packets : 0;
		}
		if (b != ZONE_NONE && a != b)
			all[b] += out->links[i].packets;
	}
	for (size_t z = 0; z < out->zone_count && !p->w->failed; z++)
		out->zones[z].cohesion = all[z] > 0 ? (double)inside[z] / (double)all[z] : 1.0;
}

bool zones_write(struct partition *p)
{
	uint32_t *zone_of_draft_row = work_alloc(p->w, p->arena, p->draft_count, sizeof(*zone_of_draft_row));
	if (p->w->failed || !zones_list(p, zone_of_draft_row))
		return false;
	assets_assign(p, zone_of_draft_row);
	members_fill(p);
	cohesion_fill(p);
	return !p->w->failed;
}
