/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graphml.c - zones and conduits as GraphML (graphml.graphdrawing.org), for Gephi, yEd, NetworkX and the like.
 *
 * A zone is a node, a conduit an edge from the zone that opens connections to the other; "both" says that both do. All
 * values are attributes, so that nothing has to be read out of a label. Positions are those of the drawing.
 */
#include "sensor/export/export.h"
#include "sensor/export/map.h"

#include <string.h>

#include "sensor/util/text.h"

static const struct {
	const char *of, *id, *type;
} keys[] = {
	{"graph", "site", "string"},
	{"graph", "window", "string"},
	{"graph", "sensor", "string"},
	{"graph", "revision", "string"},
	{"node", "label", "string"},
	{"node", "name", "string"},
	{"node", "kind", "string"},
	{"node", "status", "string"},
	{"node", "band", "string"},
	{"node", "level_low", "string"},
	{"node", "level_high", "string"},
	{"node", "assets", "int"},
	{"node", "security_level_target", "string"},
	{"node", "reason", "string"},
	{"node", "x", "int"},
	{"node", "y", "int"},
	{"edge", "conduit", "string"},
	{"edge", "protocols", "string"},
	{"edge", "verdict", "string"},
	{"edge", "both", "boolean"},
	{"edge", "channels", "int"},
	{"edge", "through", "int"},
	{"edge", "packets", "long"},
	{"edge", "bytes", "long"},
	{"edge", "first_seen", "string"},
	{"edge", "last_seen", "string"},
};

/* Safe, uncut, as XML. NULL and "": nothing known, nothing written. */
static bool put_text(FILE *out, struct map *m, const char *key, const char *text)
{
	const char *safe = map_text(m, text, (struct map_font){100, false}, 0);
	if (safe == NULL)
		return false;
	if (*safe == 0)
		return true;
	fprintf(out, "<data key=\"%s\">", key);
	map_put_xml(out, safe);
	fputs("</data>", out);
	return true;
}

static void put_number(FILE *out, const char *key, uint64_t number)
{
	fprintf(out, "<data key=\"%s\">%llu</data>", key, (unsigned long long)number);
}

static bool put_id(FILE *out, struct map *m, const struct map_box *box)
{
	const char *id = box->zone != ZONE_NONE ? m->conclusions->zones[box->zone].id : "(in no zone)";
	id = map_text(m, id, (struct map_font){100, false}, 0);
	if (id != NULL)
		map_put_xml(out, id);
	return id != NULL;
}

static bool put_zone(FILE *out, struct map *m, const struct zone *z)
{
	const char *target = z->declared != NULL ? z->declared->security_level_target : NULL;
	return put_text(out, m, "label", z->id) && put_text(out, m, "name", z->name) &&
	       put_text(out, m, "kind", zone_kind_name(z->kind)) &&
	       put_text(out, m, "status", declared_status_name(z->status)) &&
	       put_text(out, m, "level_low", z->level_low) && put_text(out, m, "level_high", z->level_high) &&
	       put_text(out, m, "security_level_target", target) && put_text(out, m, "reason", z->reason);
}

static bool put_node(FILE *out, struct map *m, const struct map_box *box)
{
	fputs("<node id=\"", out);
	if (!put_id(out, m, box))
		return false;
	fputs("\">", out);
	bool put = box->zone == ZONE_NONE ? put_text(out, m, "label", "in no zone")
					  : put_zone(out, m, &m->conclusions->zones[box->zone]);
	put = put && put_text(out, m, "band", map_band_name(box->band));
	put_number(out, "assets", box->asset_count);
	put_number(out, "x", (uint64_t)box->at.x);
	put_number(out, "y", (uint64_t)box->at.y);
	fputs("</node>\n", out);
	return put;
}

static bool put_protocols(FILE *out, struct map *m, const struct conduit *c)
{
	const char *all = "";
	for (uint32_t i = 0; i < c->protocol_count && all != NULL; i++)
		all = arena_format(&m->arena, "%s%s%s", all, i > 0 ? ", " : "", c->protocols[i]);
	return all != NULL && put_text(out, m, "protocols", all);
}

static bool put_edge(FILE *out, struct map *m, const struct map_edge *e)
{
	const struct conduit *c = &m->conclusions->conduits[e->conduit];
	bool swapped = e->arrow_at[0] && !e->arrow_at[1];
	fputs("<edge source=\"", out);
	if (!put_id(out, m, &m->boxes[e->boxes[swapped]]))
		return false;
	fputs("\" target=\"", out);
	if (!put_id(out, m, &m->boxes[e->boxes[!swapped]]))
		return false;
	fprintf(out, "\"%s>", e->arrow_at[0] || e->arrow_at[1] ? "" : " directed=\"false\"");
	char first[TIME_TEXT_MAX] = "", last[TIME_TEXT_MAX] = "";
	if (c->packets > 0) {
		time_text(first, c->seen.first.time_ns);
		time_text(last, c->seen.last.time_ns);
	}
	bool put = put_text(out, m, "conduit", c->id) && put_protocols(out, m, c) &&
		   put_text(out, m, "verdict", channel_verdict_name(c->verdict)) &&
		   put_text(out, m, "both", e->arrow_at[0] && e->arrow_at[1] ? "true" : "false") &&
		   put_text(out, m, "first_seen", first) && put_text(out, m, "last_seen", last);
	put_number(out, "channels", c->channel_count);
	put_number(out, "through", c->through_count);
	put_number(out, "packets", c->packets);
	put_number(out, "bytes", c->bytes);
	fputs("</edge>\n", out);
	return put;
}

static const char *title_of(const struct map *m, const char *name)
{
	for (uint32_t i = 0; i < m->title_row_count; i++)
		if (strcmp(m->rows[i].name, name) == 0)
			return m->rows[i].text;
	return NULL;
}

static bool write_graph(FILE *out, struct map *m)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
		out);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		fprintf(out, "<key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n", keys[i].id, keys[i].of,
			keys[i].id, keys[i].type);
	fputs("<graph id=\"zones\" edgedefault=\"directed\">\n", out);
	bool put = put_text(out, m, "site", title_of(m, "Site")) && put_text(out, m, "window", title_of(m, "Window")) &&
		   put_text(out, m, "sensor", title_of(m, "Sensor")) && put_text(out, m, "revision", m->revision);
	fputc('\n', out);
	for (uint32_t i = 0; put && i < m->box_count; i++)
		put = put_node(out, m, &m->boxes[i]);
	for (uint32_t i = 0; put && i < m->edge_count; i++)
		put = put_edge(out, m, &m->edges[i]);
	fputs("</graph>\n</graphml>\n", out);
	return put;
}

int export_graphml(FILE *out, const struct conclusions *c, const char *site)
{
	return map_export(out, c, site, write_graph);
}
