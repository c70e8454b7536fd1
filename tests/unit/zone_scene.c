/* SPDX-License-Identifier: Apache-2.0 */
#include "zone_scene.h"

const struct step segmented[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.1.11"), PANEL_AT("10.1.1.50"),
	POLLED("10.1.1.50", "10.1.1.10", S7COMM, 102, READ), POLLED("10.1.1.50", "10.1.1.11", S7COMM, 102, READ),
	SPOKE("10.1.1.99"), PLC_AT("10.1.2.10"), POLLED("10.9.9.5", "10.1.1.10", S7COMM, 102, READ),
	POLLED("10.9.9.5", "10.1.2.10", S7COMM, 102, READ), LABELLED("10.9.9.5", "10.9.9.6", SMB, 445), END};

const struct step routed[] = {ARP("10.1.1.1", ROUTER), ARP("10.9.9.1", ROUTER), PLC_AT("10.1.1.10"),
	ARP("10.1.1.10", "00:1b:1b:00:00:10"), ARRIVED_IN("10.1.1.10", "00:1b:1b:00:00:10", 0, 20),
	ARRIVED_IN("10.9.9.5", ROUTER, 1, 20), ARRIVED_IN("10.8.8.5", ROUTER, 1, 20),
	POLLED("10.9.9.5", "10.1.1.10", S7COMM, 102, READ), TALKED("10.8.8.5", "10.1.1.10", S7COMM, 102, READ),
	LABELLED("10.8.8.5", "10.8.8.6", HTTP, 80), END};

struct conclusions c;

void conclude(const struct step *steps)
{
	scene_conclude(&c, steps);
}

void done(void)
{
	scene_clear(&c);
	scene_declared = NULL;
}

const struct zone *zone_at(const char *what)
{
	const struct asset *asset = scene_asset(&c, what);
	ck_assert_msg(asset->zone != ZONE_NONE, "%s is in no zone: %s", what, asset->zone_reason);
	ck_assert_uint_lt(asset->zone, c.zone_count);
	return &c.zones[asset->zone];
}

void in_zone(const char *what, const char *id)
{
	ck_assert_msg(strcmp(zone_at(what)->id, id) == 0, "%s is in %s, not in %s", what, zone_at(what)->id, id);
}

const struct conduit *conduit_of(const char *id)
{
	for (size_t i = 0; i < c.conduit_count; i++)
		if (strcmp(c.conduits[i].id, id) == 0)
			return &c.conduits[i];
	ck_abort_msg("no conduit %s", id);
	return NULL;
}

void partition_is_whole(void)
{
	size_t listed = 0, placed = 0;
	for (size_t i = 0; i < c.zone_count; i++)
		for (uint32_t j = 0; j < c.zones[i].asset_count; j++, listed++)
			ck_assert_uint_eq(c.assets[c.zones[i].assets[j]].zone, i);
	for (size_t i = 0; i < c.asset_count; i++) {
		const struct asset *a = &c.assets[i];
		if (a->parent != ASSET_NONE) {
			ck_assert_uint_eq(a->zone, c.assets[a->parent].zone);
			continue;
		}
		ck_assert_ptr_nonnull(a->zone_reason);
		placed += a->zone != ZONE_NONE;
	}
	ck_assert_uint_eq(listed, placed);
}
