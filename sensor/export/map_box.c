/* SPDX-License-Identifier: Apache-2.0 */
/* map_box.c - what stands in the drawing and where: a box for each zone, its band, row and column, and its lines. */
#include "sensor/export/map.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_W (MAP_BOX_W - 20)
#define BOUNDARIES_MAX 16 /* subnets and VLANs of a zone that are told; networks of others may be thousands */

static const struct map_font title_font = {125, true}, line_font = {105, false};

static const struct {
	const char *level, *name, *about;
} bands[MAP_BANDS] = {
	[MAP_OUTSIDE] = {NULL, "Outside", "networks of others"},
	[MAP_LEVEL_5] = {"5", "Level 5", "Enterprise"},
	[MAP_LEVEL_4] = {"4", "Level 4", "Business"},
	[MAP_LEVEL_3_5] = {"3.5", "Level 3.5", "Industrial DMZ"},
	[MAP_LEVEL_3] = {"3", "Level 3", "Site operations"},
	[MAP_LEVEL_2] = {"2", "Level 2", "Supervision"},
	[MAP_LEVEL_1] = {"1", "Level 1", "Basic control"},
	[MAP_LEVEL_0] = {"0", "Level 0", "Process"},
	[MAP_NO_LEVEL] = {NULL, "No level", "not known yet"},
};

const char *map_band_name(enum map_band_id band)
{
	return bands[band].name;
}

const char *map_band_about(enum map_band_id band)
{
	return bands[band].about;
}

/* MAP_NO_LEVEL for NULL, and for a text that is no level. */
static enum map_band_id band_of_level(const char *level)
{
	for (unsigned i = 0; i < MAP_BANDS && level != NULL; i++)
		if (bands[i].level != NULL && strcmp(bands[i].level, level) == 0)
			return (enum map_band_id)i;
	return MAP_NO_LEVEL;
}

/* The level people gave; else of what the kind says by itself; else the one that most of its assets have. */
static enum map_band_id band_of(const struct map *m, const struct zone *z)
{
	enum map_band_id declared = z->declared != NULL ? band_of_level(z->declared->level) : MAP_NO_LEVEL;
	if (declared != MAP_NO_LEVEL)
		return declared;
	if (z->kind == ZONE_EXTERNAL)
		return MAP_OUTSIDE;
	if (z->kind == ZONE_DMZ)
		return MAP_LEVEL_3_5;
	uint32_t counts[MAP_BANDS] = {0};
	for (uint32_t i = 0; i < z->asset_count; i++)
		counts[band_of_level(m->conclusions->assets[z->assets[i]].purdue_level)]++;
	enum map_band_id best = MAP_NO_LEVEL;
	uint32_t most = 0;
	for (unsigned i = MAP_LEVEL_5; i <= MAP_LEVEL_0; i++) { /* of equals the one nearer to the process */
		if (counts[i] > 0 && counts[i] >= most) {
			best = (enum map_band_id)i;
			most = counts[i];
		}
	}
	return best == MAP_NO_LEVEL && z->kind == ZONE_ENTERPRISE ? MAP_LEVEL_4 : best;
}

struct type_count {
	const char *type;
	uint32_t count;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The most frequent first; what is unknown tells least. */
static int by_weight(const void *a, const void *b)
{
	const struct type_count *x = a, *y = b;
	bool x_unknown = strcmp(x->type, "unknown") == 0, y_unknown = strcmp(y->type, "unknown") == 0;
	if (x_unknown != y_unknown)
		return x_unknown ? 1 : -1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->type, y->type);
}

/* The distinct types of these assets with their counts, in the arena; NULL: no memory. */
static struct type_count *count_types(struct map *m, const uint32_t *assets, uint32_t count, size_t *kinds)
{
	const char **types = arena_alloc(&m->arena, (count + 1) * sizeof(*types));
	struct type_count *rows = arena_alloc(&m->arena, (count + 1) * sizeof(*rows));
	if (types == NULL || rows == NULL)
		return NULL;
	for (uint32_t i = 0; i < count; i++)
		types[i] = m->conclusions->assets[assets[i]].type;
	qsort(types, count, sizeof(*types), by_text);
	*kinds = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(types[i], types[i - 1]) != 0)
			rows[(*kinds)++].type = types[i];
		rows[*kinds - 1].count++;
	}
	qsort(rows, *kinds, sizeof(*rows), by_weight);
	return rows;
}

static bool add_line(struct map *m, struct map_box *box, const char *text)
{
	if (text == NULL)
		return false;
	if (*text == 0 || box->line_count == MAP_LINES_MAX)
		return true;
	struct map_font font = box->line_count == 0 ? title_font : line_font;
	box->lines[box->line_count] = map_text(m, text, font, TEXT_W);
	return box->lines[box->line_count++] != NULL;
}

/* "4 PLC, 6 remote IO, 2 unknown", over the lines that are left; the last one ends in an ellipsis when it must. */
static bool add_types(struct map *m, struct map_box *box, const uint32_t *assets, uint32_t count)
{
	size_t kinds;
	const struct type_count *types = count_types(m, assets, count, &kinds);
	if (types == NULL)
		return false;
	const char *line = "";
	for (size_t i = 0; i < kinds; i++) {
		const char *type = map_type_text(m, types[i].type);
		const char *piece = type != NULL ? arena_format(&m->arena, "%u %s%s", types[i].count, type,
							   i + 1 < kinds ? "," : "")
						 : NULL;
		const char *longer =
			piece != NULL ? arena_format(&m->arena, "%s%s%s", line, *line != 0 ? " " : "", piece) : NULL;
		if (longer == NULL)
			return false;
		if (*line != 0 && map_text_width(longer, line_font) > TEXT_W && box->line_count + 1 < MAP_LINES_MAX) {
			if (!add_line(m, box, line))
				return false;
			longer = piece;
		}
		line = longer;
	}
	return add_line(m, box, line);
}

/* "PLC filling-1", of a zone of one or two. */
static bool add_asset(struct map *m, struct map_box *box, const struct asset *a)
{
	bool named = map_asset_name(a) != NULL;
	const char *what = !named && a->model != NULL && *a->model != 0 ? a->model : map_asset_text(a);
	const char *type = map_type_text(m, a->type);
	if (type == NULL)
		return false;
	return add_line(m, box, strcmp(a->type, "unknown") == 0 ? what : arena_format(&m->arena, "%s %s", type, what));
}

/* What people know a part of the plant by: its controllers and stations, these first. */
static const char *const telling[] = {"safety_controller", "scada_server", "dcs_controller", "plc", "pac", "rtu",
	"robot_controller", "hmi", "historian", "engineering_ws", "domain_controller", "jump_host", "mes", "ied"};

/* The names of the most telling ones, as many as one line holds. */
static bool add_names(struct map *m, struct map_box *box, const uint32_t *assets, uint32_t count)
{
	const char *line = "";
	if (box->line_count == MAP_LINES_MAX)
		return true;
	for (size_t t = 0; t < sizeof(telling) / sizeof(telling[0]); t++) {
		for (uint32_t i = 0; i < count; i++) {
			const struct asset *a = &m->conclusions->assets[assets[i]];
			const char *name = map_asset_name(a);
			if (name == NULL || strcmp(a->type, telling[t]) != 0)
				continue;
			line = arena_format(&m->arena, "%s%s%s", line, *line != 0 ? ", " : "", name);
			if (line == NULL)
				return false;
			if (map_text_width(line, line_font) > TEXT_W)
				return add_line(m, box, line);
		}
	}
	return add_line(m, box, line);
}

static bool add_assets(struct map *m, struct map_box *box, const uint32_t *assets, uint32_t count)
{
	if (count > 2)
		return add_types(m, box, assets, count) && add_names(m, box, assets, count);
	for (uint32_t i = 0; i < count; i++)
		if (!add_asset(m, box, &m->conclusions->assets[assets[i]]))
			return false;
	return true;
}

/* "10.20.1.0/24, VLAN 20", uncut; of very many the first. */
static const char *boundary_text(struct map *m, const struct zone *z)
{
	const char *text = "";
	for (uint32_t i = 0; i < z->subnet_count && i < BOUNDARIES_MAX && text != NULL; i++)
		text = arena_format(&m->arena, "%s%s%s", text, *text != 0 ? ", " : "", z->subnets[i]);
	for (uint32_t i = 0; i < z->vlan_count && i < BOUNDARIES_MAX && text != NULL; i++)
		text = arena_format(&m->arena, "%s%sVLAN %u", text, *text != 0 ? ", " : "", (unsigned)z->vlans[i]);
	bool more = z->subnet_count > BOUNDARIES_MAX || z->vlan_count > BOUNDARIES_MAX;
	return text != NULL && more ? arena_format(&m->arena, "%s, \xe2\x80\xa6", text) : text;
}

/* The name says the subnet and the VLAN already, as that of a proposal does. */
static bool names_boundary(const struct zone *z)
{
	char vlan[16];
	if (z->name == NULL || z->subnet_count > 1 || z->vlan_count > 1)
		return false;
	snprintf(vlan, sizeof(vlan), "VLAN %u", z->vlan_count > 0 ? (unsigned)z->vlans[0] : 0);
	return (z->subnet_count == 0 || strstr(z->name, z->subnets[0]) != NULL) &&
	       (z->vlan_count == 0 || strstr(z->name, vlan) != NULL);
}

static const char *level_text(struct map *m, const struct zone *z)
{
	if (z->level_low == NULL || z->level_high == NULL)
		return "";
	if (strcmp(z->level_low, z->level_high) == 0)
		return arena_format(&m->arena, " \xc2\xb7 level %s", z->level_low);
	return arena_format(&m->arena, " \xc2\xb7 levels %s\xe2\x80\x93%s", z->level_low, z->level_high);
}

/* As people write them, where that is not the word of the file. */
static const char *kind_text(enum zone_kind kind)
{
	return kind == ZONE_OT ? "OT" : kind == ZONE_DMZ ? "DMZ" : zone_kind_name(kind);
}

static bool fill_zone(struct map *m, struct map_box *box, const struct zone *z)
{
	const char *target = z->declared != NULL ? z->declared->security_level_target : NULL;
	const char *boundary = boundary_text(m, z), *levels = level_text(m, z);
	const char *assets = map_count_text(m, z->asset_count, "asset", "assets");
	const char *kind = arena_format(&m->arena, "%s, %s \xc2\xb7 SL-T: %s", kind_text(z->kind),
		declared_status_name(z->status), target != NULL && *target != 0 ? target : "not set");
	if (boundary == NULL || levels == NULL || assets == NULL || kind == NULL)
		return false;
	bool named = z->name != NULL && strcmp(z->name, z->id) != 0;
	bool made = add_line(m, box, z->id) && add_line(m, box, named ? z->name : "") && add_line(m, box, kind) &&
		    add_line(m, box, names_boundary(z) ? "" : boundary) &&
		    add_line(m, box, arena_format(&m->arena, "%s%s", assets, levels)) &&
		    add_assets(m, box, z->assets, z->asset_count);
	if (!made)
		return false;
	const char *about = arena_format(&m->arena, "%s: %s. %s %s%s. %s", z->id, named ? z->name : kind_text(z->kind),
		kind, assets, levels, z->reason != NULL ? z->reason : "");
	about = about != NULL && *boundary != 0 ? arena_format(&m->arena, "%s (%s)", about, boundary) : about;
	box->about = about != NULL ? map_text(m, about, line_font, 0) : NULL;
	return box->about != NULL;
}

/* What is in no zone must be seen (ZCR 6.3 wants every asset in one). */
static bool add_unplaced(struct map *m)
{
	const struct conclusions *c = m->conclusions;
	uint32_t *assets = arena_alloc(&m->arena, (c->asset_count + 1) * sizeof(*assets));
	if (assets == NULL)
		return false;
	for (uint32_t i = 0; i < c->asset_count; i++)
		if (c->assets[i].parent == ASSET_NONE && c->assets[i].zone == ZONE_NONE)
			assets[m->unplaced++] = i;
	if (m->unplaced == 0 || m->box_count == 0) /* without any zone the message says it */
		return true;
	struct map_box *box = &m->boxes[m->box_count++];
	*box = (struct map_box){.zone = ZONE_NONE, .asset_count = m->unplaced, .band = MAP_NO_LEVEL};
	box->about = "Assets that are in no zone";
	return add_line(m, box, "In no zone") && add_line(m, box, map_count_text(m, m->unplaced, "asset", "assets")) &&
	       add_assets(m, box, assets, m->unplaced);
}

static int by_band(const void *a, const void *b)
{
	const struct map_box *x = a, *y = b;
	if (x->band != y->band)
		return x->band < y->band ? -1 : 1;
	return x->zone < y->zone ? -1 : x->zone > y->zone;
}

/* Boxes are sorted: bands from the top, each in rows of at most MAP_COLUMNS_MAX, each row in the middle. */
static void stand(struct map *m)
{
	uint32_t counts[MAP_BANDS] = {0}, most = 0, done = 0;
	for (uint32_t i = 0; i < m->box_count; i++) {
		uint32_t count = ++counts[m->boxes[i].band];
		most = count > most ? count : most;
	}
	m->column_count = most > MAP_COLUMNS_MAX ? MAP_COLUMNS_MAX : most < 3 ? 3 : most;
	for (unsigned band = 0; band < MAP_BANDS; band++) {
		struct map_band *b = &m->bands[band];
		b->shown = counts[band] > 0 || bands[band].level != NULL;
		b->first_row = m->row_count;
		b->row_count = (counts[band] + m->column_count - 1) / m->column_count;
		for (uint32_t i = 0; i < counts[band]; i++) {
			uint32_t row = i / m->column_count, before = row * m->column_count;
			uint32_t in_row =
				counts[band] - before < m->column_count ? counts[band] - before : m->column_count;
			m->boxes[done].row = m->row_count + row;
			m->boxes[done++].column = (m->column_count - in_row) / 2 + i - before;
		}
		m->row_count += b->row_count;
	}
}

bool map_boxes(struct map *m)
{
	const struct conclusions *c = m->conclusions;
	m->boxes = arena_alloc(&m->arena, (MAP_ZONES_MAX + 1) * sizeof(*m->boxes));
	m->box_of = arena_alloc(&m->arena, (c->zone_count + 1) * sizeof(*m->box_of));
	if (m->boxes == NULL || m->box_of == NULL)
		return false;
	for (uint32_t i = 0; i < c->zone_count; i++) {
		const struct zone *z = &c->zones[i];
		m->box_of[i] = MAP_NONE;
		if (z->status == DECLARED_REJECTED || z->status == DECLARED_RETIRED)
			continue;
		if (m->box_count == MAP_ZONES_MAX) {
			m->zones_left++;
			continue;
		}
		struct map_box *box = &m->boxes[m->box_count++];
		*box = (struct map_box){.zone = i, .asset_count = z->asset_count, .band = band_of(m, z)};
		if (!fill_zone(m, box, z))
			return false;
	}
	if (!add_unplaced(m))
		return false;
	qsort(m->boxes, m->box_count, sizeof(*m->boxes), by_band);
	for (uint32_t i = 0; i < m->box_count; i++)
		if (m->boxes[i].zone != ZONE_NONE)
			m->box_of[m->boxes[i].zone] = i;
	stand(m);
	return true;
}
