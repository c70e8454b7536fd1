/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot.c - zones and conduits in the language of Graphviz: `dot -Tsvg` makes another drawing of them.
 *
 * Bands are clusters one above the other; colours, line styles and arrows are those of the SVG.
 */
#include "sensor/export/export.h"
#include "sensor/export/map.h"
#include "sensor/export/svg.h"

#include <string.h>

/* Inside double quotes: a backslash and a quote are escaped, so no text can end its string or become an escape. */
static void put_dot(FILE *out, const char *text)
{
	for (; *text != 0; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, ", %s=\"", name);
	put_dot(out, text);
	fputc('"', out);
}

/* A zone's id names its node; no zone has the empty one. */
static const char *node_id(const struct map *m, const struct map_box *box)
{
	return box->zone == ZONE_NONE ? "" : m->conclusions->zones[box->zone].id;
}

/* Ids are hostile too, and must stay different: they are made safe, not cut. */
static bool put_id(FILE *out, struct map *m, const struct map_box *box)
{
	const char *id = map_text(m, node_id(m, box), (struct map_font){100, false}, 0);
	if (id == NULL)
		return false;
	fputc('"', out);
	put_dot(out, id);
	fputc('"', out);
	return true;
}

static bool put_node(FILE *out, struct map *m, const struct map_box *box)
{
	fputs("\t\t", out);
	if (!put_id(out, m, box))
		return false;
	fputs(" [label=\"", out);
	for (uint32_t i = 0; i < box->line_count; i++) {
		put_dot(out, box->lines[i]);
		fputs("\\l", out);
	}
	fputc('"', out);
	put_attribute(out, "tooltip", box->about);
	if (box->zone == ZONE_NONE) {
		fputs(", style=dashed, color=\"#d55e00\"];\n", out);
		return true;
	}
	const struct zone *z = &m->conclusions->zones[box->zone];
	bool passing = z->kind == ZONE_EXTERNAL || z->kind == ZONE_WIRELESS || z->kind == ZONE_TEMPORARY;
	const char *style = z->status != DECLARED_ACCEPTED ? "dotted" : passing ? "dashed" : "solid";
	fprintf(out, ", style=%s%s];\n", style, z->kind == ZONE_SAFETY ? ", peripheries=2" : "");
	return true;
}

/* One node of each band under that of the band before, so that the levels stay in their order. */
static bool put_bands(FILE *out, struct map *m)
{
	const struct map_box *above = NULL;
	for (uint32_t i = 0, n; i < m->box_count; i += n) {
		const struct map_box *first = &m->boxes[i];
		fprintf(out, "\tsubgraph cluster_%u {\n\t\tlabel=\"%s: %s\"; labeljust=l; color=gray;\n",
			(unsigned)first->band, map_band_name(first->band), map_band_about(first->band));
		for (n = 0; i + n < m->box_count && m->boxes[i + n].band == first->band; n++)
			if (!put_node(out, m, &m->boxes[i + n]))
				return false;
		fputs("\t}\n", out);
		for (uint32_t k = 0; above != NULL && k < n; k++) {
			fputc('\t', out);
			if (!put_id(out, m, above))
				return false;
			fputs(" -> ", out);
			if (!put_id(out, m, &m->boxes[i + k]))
				return false;
			fputs(" [style=invis];\n", out);
		}
		above = first;
	}
	return true;
}

static bool put_edge(FILE *out, struct map *m, const struct map_edge *e)
{
	static const char *const styles[CHANNEL_VERDICTS] = {[CHANNEL_ALLOWED] = "solid",
		[CHANNEL_DENIED] = "bold",
		[CHANNEL_UNREVIEWED] = "dashed",
		[CHANNEL_EXPIRED] = "dashed",
		[CHANNEL_NOT_OBSERVED] = "dotted"};
	static const char *const directions[] = {"none", "back", "forward", "both"};
	enum verdict_of_channel verdict = m->conclusions->conduits[e->conduit].verdict;
	fputc('\t', out);
	if (!put_id(out, m, &m->boxes[e->boxes[0]]))
		return false;
	fputs(" -> ", out);
	if (!put_id(out, m, &m->boxes[e->boxes[1]]))
		return false;
	fprintf(out, " [dir=%s, style=%s, color=\"%s\", fontcolor=\"%s\", constraint=false",
		directions[e->arrow_at[0] + 2 * e->arrow_at[1]], styles[verdict], svg_lines[verdict].colour,
		svg_lines[verdict].colour);
	put_attribute(out, "label", e->label);
	put_attribute(out, "tooltip", e->about);
	fputs("];\n", out);
	return true;
}

static bool write_graph(FILE *out, struct map *m)
{
	fputs("digraph earshot {\n\tgraph [rankdir=TB, newrank=true, fontname=\"Arial\", labelloc=t, label=\"", out);
	put_dot(out, m->title);
	for (uint32_t i = 1; i < m->title_row_count; i++) {
		fprintf(out, "\\n%s: ", m->rows[i].name);
		put_dot(out, m->rows[i].text);
	}
	fprintf(out, "\\nRevision: %s\"];\n", m->revision);
	fputs("\tnode [shape=box, fontname=\"Arial\", fontsize=10];\n\tedge [fontname=\"Arial\", fontsize=9];\n", out);
	if (m->message != NULL) {
		fputs("\t\"\" [shape=plaintext, label=\"", out);
		put_dot(out, m->message);
		fputs("\"];\n", out);
	}
	if (!put_bands(out, m))
		return false;
	for (uint32_t i = 0; i < m->edge_count; i++)
		if (!put_edge(out, m, &m->edges[i]))
			return false;
	fputs("}\n", out);
	return true;
}

int export_dot(FILE *out, const struct conclusions *c, const char *site)
{
	return map_export(out, c, site, write_graph);
}
