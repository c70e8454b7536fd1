/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id, *name;
	enum zone_kind kind;
	const char *level;
	enum declared_status status;
} models[12] = {
	{"office", "Office network", ZONE_ENTERPRISE, "4", DECLARED_ACCEPTED},
	{"dmz", "Industrial DMZ", ZONE_DMZ, "3.5", DECLARED_ACCEPTED},
	{"site-operations", "Historian, domain, time", ZONE_OT, "3", DECLARED_ACCEPTED},
	{"supervision", "SCADA and operator stations", ZONE_OT, "2", DECLARED_ACCEPTED},
	{"cell-filling", "Filling line 1", ZONE_OT, "1", DECLARED_ACCEPTED},
	{"cell-packing", "Packing and palletising", ZONE_OT, "1", DECLARED_ACCEPTED},
	{"burner-safety", "Burner management", ZONE_SAFETY, "1", DECLARED_ACCEPTED},
	{"cell-10.20.30.11", "Cell of PLC intake-1", ZONE_OT, "1", DECLARED_PROPOSED},
	{"cell-10.20.40.11", "Cell of PLC power-1", ZONE_OT, "1", DECLARED_PROPOSED},
	{"wireless-10.20.60.0-24", "Behind the access point", ZONE_WIRELESS, "2", DECLARED_PROPOSED},
	{"external-remote-service", "Remote service", ZONE_EXTERNAL, NULL, DECLARED_PROPOSED},
	{"temporary-laptops", "Programming laptops", ZONE_TEMPORARY, "2", DECLARED_PROPOSED},
};

static const char *const types[] = {"plc", "remote_io", "drive_vfd", "hmi", "remote_io", "meter", "unknown", "servo"};
static const char *const protocols[] = {"cip", "dnp3", "modbus", "opcua", "s7comm"};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void *keep(struct sheet *s, size_t count, size_t size)
{
	void *memory = arena_alloc(&s->conclusions.arena, (count + 1) * size);
	require(memory != NULL);
	return memory;
}

static void make_zone(struct sheet *s, uint32_t i)
{
	struct zone *z = &s->conclusions.zones[i];
	uint32_t model = i % 12;
	z->id = i < 12 ? models[model].id : arena_format(&s->conclusions.arena, "%s-%u", models[model].id, i / 12 + 1);
	z->name = models[model].name;
	z->kind = models[model].kind;
	z->status = models[model].status;
	z->reason = "cyclic I/O with one controller";
	z->level_low = z->level_high = models[model].level;
	z->subnets = keep(s, 1, sizeof(char *));
	z->subnets[z->subnet_count++] = arena_format(&s->conclusions.arena, "10.20.%u.0/24", i);
	z->vlans = keep(s, 1, sizeof(uint16_t));
	z->vlans[z->vlan_count++] = (uint16_t)(20 + i);
	if (z->status != DECLARED_ACCEPTED)
		return;
	struct declared_zone *d = keep(s, 1, sizeof(*d));
	*d = (struct declared_zone){
		.id = z->id, .name = z->name, .kind = z->kind, .status = z->status, .level = models[model].level};
	d->security_level_target = i % 3 == 0 ? "SL 2" : NULL;
	z->declared = d;
}

static void place_asset(struct sheet *s, uint32_t i, uint32_t zone)
{
	struct asset *a = &s->conclusions.assets[i];
	a->zone = zone;
	a->parent = ASSET_NONE;
	if (zone == ZONE_NONE)
		return;
	struct zone *z = &s->conclusions.zones[zone];
	uint32_t *longer = keep(s, z->asset_count + 1, sizeof(*longer));
	if (z->asset_count > 0)
		memcpy(longer, z->assets, z->asset_count * sizeof(*longer));
	longer[z->asset_count++] = i;
	z->assets = longer;
}

static void make_asset(struct sheet *s, uint32_t i, uint32_t zones)
{
	struct asset *a = &s->conclusions.assets[i];
	place_asset(s, i, zones == 0 || i % 13 == 12 ? ZONE_NONE : i % zones);
	a->type = types[i * 7 / 5 % 8];
	a->name = arena_format(&s->conclusions.arena, "device-%u", i);
	a->purdue_level = a->zone != ZONE_NONE ? models[a->zone % 12].level : NULL;
	snprintf(a->id, sizeof(a->id), "%016x", i);
}

static void make_conduit(struct sheet *s, uint32_t a, uint32_t b)
{
	uint32_t number = (uint32_t)s->conclusions.conduit_count;
	struct conduit *c = &s->conclusions.conduits[s->conclusions.conduit_count++];
	c->zones[0] = a;
	c->zones[1] = b;
	c->id = arena_format(&s->conclusions.arena, "%s--%s", s->conclusions.zones[a].id, s->conclusions.zones[b].id);
	c->verdict = (enum verdict_of_channel)(number % CHANNEL_VERDICTS);
	c->channel_count = number % 7 + 1;
	c->counts[c->verdict] = number % 3 == 0 ? c->channel_count : 1;
	c->initiated[0] = number % 4 != 1;
	c->initiated[1] = number % 5 == 1;
	c->protocol_count = number % 3 + 1;
	c->protocols = keep(s, c->protocol_count, sizeof(char *));
	for (uint32_t i = 0; i < c->protocol_count; i++)
		c->protocols[i] = protocols[(number + i) % 5];
	if (number % 4 == 3 && s->conclusions.asset_count > 0) {
		c->through = keep(s, 1, sizeof(uint32_t));
		c->through[c->through_count++] = number % (uint32_t)s->conclusions.asset_count;
	}
	c->packets = 100;
	c->seen.first.time_ns = 1767600000000000000;
	c->seen.last.time_ns = 1767603600000000000;
}

/* From what is above to what is below, mostly; a few that pass levels. */
static bool talks(uint32_t a, uint32_t b)
{
	/* clang-format off */
	static const char pairs[12][13] = {
		".XX.........", "..XX.....XX.", "...XX...X..X", "....XXXXXX.X", ".....X.X...X", "......XX....",
		"...........X", "........X...", ".........X..", "............", "............", "............",
	};
	/* clang-format on */
	return a / 12 == b / 12 ? pairs[a % 12][b % 12] == 'X' : a % 12 == 3 && b % 12 > 3 && b % 12 < 9;
}

void sheet_make(struct sheet *s, uint32_t zones, uint32_t assets, uint32_t conduits)
{
	struct conclusions *c = &s->conclusions;
	*s = (struct sheet){.inventory = inventory_new(&inventory_limits_default)};
	require(s->inventory != NULL);
	uint32_t capture = inventory_capture_add(s->inventory, "hand.pcap");
	require(capture != INVENTORY_NONE);
	s->inventory->captures[capture].first_ns = 1767600000000000000;
	s->inventory->captures[capture].last_ns = 1767603600123000000;
	c->inventory = s->inventory;
	c->declarations = &s->declarations;
	s->declarations.site = "Example plant";
	c->zones = keep(s, zones, sizeof(*c->zones));
	c->assets = keep(s, assets + 64, sizeof(*c->assets));
	c->conduits = keep(s, conduits, sizeof(*c->conduits));
	for (; c->zone_count < zones; c->zone_count++)
		make_zone(s, (uint32_t)c->zone_count);
	for (; c->asset_count < assets; c->asset_count++)
		make_asset(s, (uint32_t)c->asset_count, zones);
	for (uint32_t a = 0; a < zones; a++)
		for (uint32_t b = a + 1; b < zones && c->conduit_count < conduits; b++)
			if (talks(a, b))
				make_conduit(s, a, b);
}

void sheet_add_asset(struct sheet *s, uint32_t zone, const char *type, const char *level)
{
	uint32_t i = (uint32_t)s->conclusions.asset_count++;
	make_asset(s, i, 0);
	place_asset(s, i, zone);
	s->conclusions.assets[i].type = type;
	s->conclusions.assets[i].purdue_level = level;
}

void sheet_clear(struct sheet *s)
{
	arena_clear(&s->conclusions.arena);
	inventory_free(s->inventory);
}
