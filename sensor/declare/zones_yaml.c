/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones_yaml.c - zones.yaml: zones and conduits as people decided them (config/zones.example.yaml has every key).
 *
 *	site: TEXT
 *	zones: [{id, name, kind, status, level, ..., members: [{subnet|vlan|asset|name}]}]
 *	conduits: see conduits_yaml.c
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/declare/parts.h"
#include "sensor/util/text.h"

static void read_kind(struct reader *r, const yaml_node_t *value, void *member)
{
	static const char all[] = "ot, safety, dmz, enterprise, external, wireless, temporary or supplier";
	const char *text = reader_word(r, value, all);
	for (unsigned k = 0; text != NULL && k < ZONE_KINDS; k++) {
		if (strcmp(text, zone_kind_name((enum zone_kind)k)) == 0) {
			*(enum zone_kind *)member = (enum zone_kind)k;
			return;
		}
	}
	if (text != NULL)
		reader_expect(r, value, "\"%.60s\", expected %s", text, all);
}

static void read_level(struct reader *r, const yaml_node_t *value, void *member)
{
	read_text(r, value, member);
	const char *text = *(const char **)member;
	if (text != NULL && !declared_level_known(text))
		reader_expect(r, value, "\"%.60s\", expected a Purdue level: 0, 1, 2, 3, 3.5, 4 or 5", text);
}

static struct zone_member *member_of(const void *record)
{
	return (struct zone_member *)(uintptr_t)record;
}

/* The four ways of naming assets fill the whole member: `member` is at offset 0. */
static void read_subnet(struct reader *r, const yaml_node_t *value, void *record)
{
	struct zone_member *m = member_of(record);
	char network[ADDRESS_TEXT_MAX];
	m->text = reader_word(r, value, "a network, like 10.20.1.0/24");
	m->kind = MEMBER_SUBNET;
	const char *wrong = m->text != NULL ? subnet_parse(&m->address, &m->prefix, m->text) : NULL;
	if (wrong == NULL)
		return;
	if (m->prefix == 0) {
		reader_expect(r, value, "\"%.60s\": %s", m->text, wrong);
		return;
	}
	address_mask(&m->address, m->prefix);
	reader_expect(r, value, "\"%.60s\": %s: %s/%u", m->text, wrong, address_text(network, &m->address), m->prefix);
}

static void read_vlan(struct reader *r, const yaml_node_t *value, void *record)
{
	struct zone_member *m = member_of(record);
	m->text = reader_word(r, value, "a VLAN number of 1 to 4094");
	m->kind = MEMBER_VLAN;
	if (m->text == NULL)
		return;
	char *end = NULL;
	unsigned long vlan = isdigit((unsigned char)m->text[0]) ? strtoul(m->text, &end, 10) : 0;
	if (vlan < 1 || vlan > 4094 || *end != '\0')
		reader_expect(r, value, "\"%.60s\", expected a VLAN number of 1 to 4094", m->text);
	m->vlan = (uint16_t)vlan;
}

/* An asset's id is 16 hexadecimal digits, see conclude/asset.h. */
static bool is_asset_id(const char *text)
{
	return strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16;
}

static void read_asset(struct reader *r, const yaml_node_t *value, void *record)
{
	struct zone_member *m = member_of(record);
	static const char expected[] = "an asset's id (16 digits, see 'earshot show'), or an IP or MAC address";
	m->text = reader_word(r, value, expected);
	m->kind = MEMBER_ASSET;
	if (m->text != NULL && !address_parse_loosely(&m->address, m->text) && !is_asset_id(m->text))
		reader_expect(r, value, "\"%.60s\", expected %s", m->text, expected);
}

static void read_glob(struct reader *r, const yaml_node_t *value, void *record)
{
	struct zone_member *m = member_of(record);
	m->text = reader_word(r, value, "a name, or a pattern of * ? [abc], like \"PLC-*\"");
	m->kind = MEMBER_NAME;
	if (m->text != NULL && m->text[0] == '\0')
		reader_expect(r, value, "expected a name, or a pattern of * ? [abc], like \"PLC-*\"");
	const char *open = m->text != NULL ? strrchr(m->text, '[') : NULL;
	if (open != NULL && strchr(open, ']') == NULL)
		reader_expect(r, value, "\"%.60s\", expected a ] behind the last [", m->text);
}

static const struct declare_key member_keys[] = {
	{"subnet", read_subnet, 0}, {"vlan", read_vlan, 0}, {"asset", read_asset, 0}, {"name", read_glob, 0}};

static void read_members(struct reader *r, const yaml_node_t *value, void *record)
{
	struct declared_zone *zone = record;
	if (value->type != YAML_SEQUENCE_NODE) {
		reader_expect(r, value, "expected a list of lines like \"- subnet: 10.20.1.0/24\"");
		return;
	}
	size_t count = yaml_file_count(value);
	zone->members = arena_alloc(&r->d->arena, (count + 1) * sizeof(*zone->members));
	if (zone->members == NULL)
		r->y.err = -ENOMEM;
	for (size_t i = 0; i < count && r->y.err == 0; i++) {
		const yaml_node_t *item = yaml_file_item(&r->y, value, i);
		struct zone_member *m = &zone->members[i];
		r->key = "members";
		m->line = (uint32_t)item->start_mark.line + 1;
		if (item->type == YAML_MAPPING_NODE && yaml_file_count(item) != 1)
			reader_expect(r, item, "expected one of subnet, vlan, asset or name on each line with a -");
		else
			reader_mapping(r, item, "a member", member_keys, 4, m);
	}
	zone->member_count = count;
}

static const struct declare_key zone_keys[] = {
#define AT(member) offsetof(struct declared_zone, member)
	{"id", read_id, AT(id)},
	{"name", read_text, AT(name)},
	{"kind", read_kind, AT(kind)},
	{"status", read_status, AT(status)},
	{"level", read_level, AT(level)},
	{"parent", read_text, AT(parent)},
	{"owner", read_text, AT(owner)},
	{"security_level_target", read_text, AT(security_level_target)},
	{"approver", read_text, AT(approver)},
	{"approved", read_date, AT(approved)},
	{"physical_boundary", read_text, AT(physical_boundary)},
	{"notes", read_text, AT(notes)},
	{"members", read_members, 0},
#undef AT
};

static const yaml_node_t *value_of(struct reader *r, const yaml_node_t *mapping, const char *name)
{
	for (size_t i = 0; i < yaml_file_count(mapping); i++)
		if (strcmp((const char *)yaml_file_key(&r->y, mapping, i)->data.scalar.value, name) == 0)
			return yaml_file_value(&r->y, mapping, i);
	return mapping;
}

static void zone_read(struct reader *r, const yaml_node_t *node)
{
	struct declarations *d = r->d;
	struct declared_zone *zone = &d->zones[d->zone_count];
	zone->line = (uint32_t)node->start_mark.line + 1;
	if (!reader_mapping(r, node, "a zone", zone_keys, sizeof(zone_keys) / sizeof(zone_keys[0]), zone))
		return;
	if (zone->id == NULL) {
		reader_expect(r, node, "id: a zone needs one, expected a short word of its own");
		return;
	}
	const struct declared_zone *before = declarations_zone(d, zone->id);
	if (before != NULL)
		reader_expect(r, value_of(r, node, "id"), "id: \"%s\" is the zone of line %u already", zone->id,
			before->line);
	else if (index_put(&d->zone_index, hash_bytes(zone->id, strlen(zone->id), 0), (uint32_t)d->zone_count) != 0)
		r->y.err = -ENOMEM;
	d->zone_count++;
}

/* Every parent is there, and nobody is his own ancestor. */
static void parents_check(struct reader *r, const yaml_node_t *list)
{
	for (size_t i = 0; i < r->d->zone_count && r->y.err == 0; i++) {
		const struct declared_zone *zone = &r->d->zones[i], *up = zone;
		const yaml_node_t *at = value_of(r, yaml_file_item(&r->y, list, i), "parent");
		for (size_t steps = 0; up->parent != NULL && r->y.err == 0; steps++) {
			const struct declared_zone *parent = declarations_zone(r->d, up->parent);
			if (parent == NULL && up != zone)
				break; /* told at that zone */
			if (parent == NULL)
				reader_expect(r, at, "parent: there is no zone \"%.60s\"", zone->parent);
			else if (parent == zone || steps > r->d->zone_count)
				reader_expect(r, at, "parent: this makes zone \"%s\" a part of itself", zone->id);
			else
				up = parent;
		}
	}
}

static void zones_list_read(struct reader *r, const yaml_node_t *list)
{
	r->key = "zones";
	if (list->type != YAML_SEQUENCE_NODE) {
		reader_expect(r, list, "expected a list of zones, each beginning with \"- id: ...\"");
		return;
	}
	size_t count = yaml_file_count(list);
	if (count > ZONES_MAX) {
		reader_expect(r, list, "%zu zones, expected at most %u", count, ZONES_MAX);
		return;
	}
	r->d->zones = arena_alloc(&r->d->arena, (count + 1) * sizeof(*r->d->zones));
	if (r->d->zones == NULL)
		r->y.err = -ENOMEM;
	r->key = NULL;
	for (size_t i = 0; i < count && r->y.err == 0; i++)
		zone_read(r, yaml_file_item(&r->y, list, i));
	parents_check(r, list);
}

/* The top of the file; lists come in either order, but conduits need the zones. */
struct top {
	const char *site;
	const yaml_node_t *zones, *conduits;
};

static const struct declare_key top_keys[] = {
	{"site", read_text, offsetof(struct top, site)},
	{"zones", read_node, offsetof(struct top, zones)},
	{"conduits", read_node, offsetof(struct top, conduits)},
};

static void top_read(struct reader *r)
{
	struct top top = {0};
	const yaml_node_t *root = yaml_file_root(&r->y);
	if (root == NULL) /* only comments */
		return;
	if (!reader_mapping(r, root, "the file (site, zones, conduits)", top_keys, 3, &top))
		return;
	r->d->site = top.site;
	if (top.zones != NULL)
		zones_list_read(r, top.zones);
	if (top.conduits != NULL && r->y.err == 0)
		conduits_read(r, top.conduits);
}

int zones_read(struct declarations *d, const char *path, const char *text, size_t len,
	void (*warn)(void *to, const char *line), void *to)
{
	struct reader r = {.y = {.arena = &d->arena, .warn = warn, .to = to}, .d = d};
	if (yaml_strict_open(&r.y, path, text, len))
		top_read(&r);
	yaml_file_close(&r.y);
	index_clear(&r.conduit_index);
	index_clear(&r.pair_index);
	return r.y.err;
}
