/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone.c - every asset in a declared or a proposed zone, or visibly in none (IEC 62443-3-2 ZCR 3.1, 6.3).
 *
 * What people declared holds; for the rest the sensor proposes (partition.h names the steps). A proposal whose id
 * people rejected or retired is not made again: its assets are in no zone and say why. A proposal whose id is taken by
 * a declared zone (people kept the zone and its members, and something new came beside it) gets "-2".
 */
#include "sensor/conclude/partition.h"

#include <string.h>

uint32_t draft_add(struct partition *p, const struct draft *draft)
{
	if (p->draft_count == p->draft_room) {
		uint32_t room = p->draft_room > 0 ? p->draft_room * 2 : 64;
		struct draft *more = work_alloc(p->w, p->arena, room, sizeof(*more));
		if (more == NULL)
			return DRAFT_NONE;
		if (p->draft_count > 0)
			memcpy(more, p->drafts, p->draft_count * sizeof(*more));
		p->drafts = more;
		p->draft_room = room;
	}
	p->drafts[p->draft_count] = *draft;
	return p->draft_count++;
}

void draft_put(struct partition *p, uint32_t draft, uint32_t asset, const char *format, ...)
{
	va_list list;
	if (p->w->failed || draft == DRAFT_NONE)
		return;
	va_start(list, format);
	p->w->out->assets[asset].zone_reason = work_vprint(p->w, format, list);
	va_end(list);
	p->at[asset].draft = draft;
	p->at[asset].carving = CARVED_REST;
	p->drafts[draft].count++;
}

bool zone_settle(struct work *w)
{
	struct arena local = {0};
	struct partition p = {.w = w, .arena = &local};
	for (size_t i = 0; i < w->out->asset_count; i++)
		w->out->assets[i].zone = w->out->assets[i].rival_zone = ZONE_NONE;
	bool made = domains_make(w, &local, &p.domains) && standing_make(&p) && pins_make(&p) && carve_make(&p) &&
		    cells_make(&p) && zones_write(&p);
	arena_clear(&local);
	return made && !w->failed;
}
