/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_map.c - the drawing of zones and conduits (map.h) as JSON: where each box stands and where each conduit runs, in
 * pixels, y pointing down; so whoever draws it (`earshot report`, a page of a wiki) draws the picture that svg has.
 */
#include "sensor/export/json_parts.h"
#include "sensor/export/map.h"

static void put_place(struct exporter *e, cJSON *list, int value)
{
	element_number(&e->writer, list, NULL, value > 0 ? (uint64_t)value : 0); /* nothing stands left of 0 */
}

static void put_rect(struct exporter *e, cJSON *parent, const char *key, struct map_rect r)
{
	cJSON *list = element_array(&e->writer, parent, key);
	put_place(e, list, r.x);
	put_place(e, list, r.y);
	put_place(e, list, r.w);
	put_place(e, list, r.h);
}

static void put_bands(struct exporter *e, cJSON *root, const struct map *m)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, root, "bands");
	for (unsigned i = 0; i < MAP_BANDS; i++) {
		if (!m->bands[i].shown)
			continue;
		cJSON *o = element_object(w, list, NULL);
		element_text(w, o, "name", map_band_name((enum map_band_id)i));
		element_text(w, o, "about", map_band_about((enum map_band_id)i));
		put_rect(e, o, "at", (struct map_rect){12, m->bands[i].y, m->width - 24, m->bands[i].h});
	}
}

static void put_boxes(struct exporter *e, cJSON *root, const struct map *m)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, root, "boxes");
	for (uint32_t i = 0; i < m->box_count; i++) {
		const struct map_box *box = &m->boxes[i];
		cJSON *o = element_object(w, list, NULL);
		if (box->zone != ZONE_NONE)
			element_text(w, o, "zone", m->conclusions->zones[box->zone].id);
		put_rect(e, o, "at", box->at);
		cJSON *lines = element_array(w, o, "lines");
		for (uint32_t k = 0; k < box->line_count; k++)
			element_text(w, lines, NULL, box->lines[k]);
	}
}

static void put_edges(struct exporter *e, cJSON *root, const struct map *m)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, root, "conduits");
	for (uint32_t i = 0; i < m->edge_count; i++) {
		const struct map_edge *edge = &m->edges[i];
		cJSON *o = element_object(w, list, NULL);
		element_text(w, o, "conduit", m->conclusions->conduits[edge->conduit].id);
		cJSON *points = element_array(w, o, "points");
		for (uint32_t k = 0; k < edge->point_count; k++) {
			put_place(e, points, edge->points[k].x);
			put_place(e, points, edge->points[k].y);
		}
		cJSON *arrows = element_array(w, o, "arrows");
		element_bool(w, arrows, NULL, edge->arrow_at[0]);
		element_bool(w, arrows, NULL, edge->arrow_at[1]);
		element_text(w, o, "label", edge->label);
		put_rect(e, o, "label_at", edge->label_at);
		if (edge->guarded)
			element_text(w, o, "guard", edge->firewall ? "firewall" : "router");
	}
}

cJSON *json_map(struct exporter *e, const struct map *m)
{
	struct element_writer *w = &e->writer;
	cJSON *root = element_new(w);
	element_number(w, root, "width", (uint64_t)m->width);
	element_number(w, root, "height", (uint64_t)m->bands_bottom);
	element_text(w, root, "revision", m->revision);
	element_number(w, root, "zones_left", m->zones_left);
	element_number(w, root, "conduits_left", m->conduits_left);
	put_bands(e, root, m);
	put_boxes(e, root, m);
	put_edges(e, root, m);
	return root;
}
