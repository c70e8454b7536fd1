/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg.c - the drawing of zones and conduits as SVG 1.1: nothing but shapes and text, no script, no style sheet, no
 * reference to anything outside. It can be read in black and white: verdicts differ by line, kinds by border.
 *
 * Colours of verdicts are from the palette of Okabe and Ito, which people with colour blindness tell apart.
 */
#include "sensor/export/export.h"
#include "sensor/export/map.h"
#include "sensor/export/svg.h"

#include <string.h>

const struct svg_line svg_lines[CHANNEL_VERDICTS] = {
	[CHANNEL_ALLOWED] = {"#00805d", "1.8", "none"},
	[CHANNEL_DENIED] = {"#d55e00", "3.4", "none"},
	[CHANNEL_UNREVIEWED] = {"#5a5a5a", "1.6", "7 4"},
	[CHANNEL_EXPIRED] = {"#8e3b8e", "2.2", "11 4 2 4"},
	[CHANNEL_NOT_OBSERVED] = {"#0072b2", "1.8", "1.5 4.5"},
};

static const char *const fills[ZONE_KINDS] = {
	[ZONE_OT] = "#f3f8fd",
	[ZONE_SAFETY] = "#fff6d6",
	[ZONE_DMZ] = "#fdf0e6",
	[ZONE_ENTERPRISE] = "#f1f1f1",
	[ZONE_EXTERNAL] = "#f6effa",
	[ZONE_WIRELESS] = "#e9f7f5",
	[ZONE_TEMPORARY] = "#fdeef2",
	[ZONE_SUPPLIER] = "#eef4e4",
};

void svg_text(FILE *out, int x, int y, const char *attributes, const char *text)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\"%s%s>", x, y, *attributes != 0 ? " " : "", attributes);
	map_put_xml(out, text);
	fputs("</text>\n", out);
}

static void put_title(FILE *out, const char *text)
{
	fputs("<title>", out);
	map_put_xml(out, text);
	fputs("</title>", out);
}

static void put_band_rect(FILE *out, int y, int w, int h, const char *fill)
{
	fprintf(out, "<rect x=\"12\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#b9bec4\"/>\n", y, w, h,
		fill);
}

static void draw_band(FILE *out, const struct map *m, unsigned i)
{
	const struct map_band *b = &m->bands[i];
	const char *fill = i == MAP_OUTSIDE || i == MAP_NO_LEVEL ? "#ffffff" : i % 2 == 0 ? "#fbfbfb" : "#f4f5f6";
	put_band_rect(out, b->y, m->width - 24, b->h, fill);
	if (i == MAP_LEVEL_3_5)
		put_band_rect(out, b->y, m->width - 24, b->h, "url(#earshot-hatch)");
	put_band_rect(out, b->y, 116, b->h, "#e4e8ec");
	if (b->row_count == 0) {
		svg_text(out, 20, b->y + 13, "font-size=\"11\" font-weight=\"bold\" fill=\"#6b7278\"",
			map_band_name((enum map_band_id)i));
		svg_text(out, 20, b->y + 25, "font-size=\"10\" fill=\"#6b7278\"", map_band_about((enum map_band_id)i));
		return;
	}
	int y = m->row_y[b->first_row] + 24;
	svg_text(out, 20, y, "font-size=\"16\" font-weight=\"bold\"", map_band_name((enum map_band_id)i));
	svg_text(out, 20, y + 18, "font-size=\"12\"", map_band_about((enum map_band_id)i));
}

static void draw_bands(FILE *out, const struct map *m)
{
	fputs("<defs><pattern id=\"earshot-hatch\" width=\"9\" height=\"9\" patternUnits=\"userSpaceOnUse\">"
	      "<path d=\"M0 9L9 0\" stroke=\"#c3c8cd\" stroke-width=\"1\"/></pattern></defs>\n",
		out);
	for (unsigned i = 0; i < MAP_BANDS; i++)
		if (m->bands[i].shown)
			draw_band(out, m, i);
}

const char *svg_border(enum zone_kind kind, bool proposed)
{
	bool passing = kind == ZONE_EXTERNAL || kind == ZONE_WIRELESS || kind == ZONE_TEMPORARY;
	if (proposed)
		return passing ? "9 4 0.1 4" : "0.1 4";
	return passing ? "9 5" : "none";
}

void svg_box(FILE *out, struct map_rect r, enum zone_kind kind, bool proposed)
{
	const char *dash = svg_border(kind, proposed), *width = proposed ? "2.4" : "1.8";
	fprintf(out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"%s\" stroke=\"#22303c\" "
		"stroke-width=\"%s\" "
		"stroke-linecap=\"round\" stroke-dasharray=\"%s\"/>\n",
		r.x, r.y, r.w, r.h, fills[kind], width, dash);
	if (kind == ZONE_SAFETY)
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" fill=\"none\" stroke=\"#22303c\" "
			"stroke-width=\"%s\" stroke-linecap=\"round\" stroke-dasharray=\"%s\"/>\n",
			r.x + 5, r.y + 5, r.w - 10, r.h - 10, width, dash);
}

static void draw_box(FILE *out, const struct map *m, const struct map_box *box)
{
	fputs("<g>", out);
	put_title(out, box->about);
	fputc('\n', out);
	if (box->zone == ZONE_NONE) {
		fprintf(out,
			"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#ffffff\" stroke=\"#d55e00\" "
			"stroke-dasharray=\"3 3\"/>\n",
			box->at.x, box->at.y, box->at.w, box->at.h);
	} else {
		const struct zone *z = &m->conclusions->zones[box->zone];
		svg_box(out, box->at, z->kind, z->status != DECLARED_ACCEPTED);
	}
	for (uint32_t i = 0; i < box->line_count; i++)
		svg_text(out, box->at.x + 11, box->at.y + 20 + 14 * (int)i,
			i == 0 ? "font-size=\"12.5\" font-weight=\"bold\"" : "font-size=\"10.5\"", box->lines[i]);
	fputs("</g>\n", out);
}

/* A point `distance` before `corner`, seen from `from`; pieces are horizontal or vertical. */
static struct map_point before(struct map_point from, struct map_point corner, int distance)
{
	struct map_point p = corner;
	p.x += from.x < corner.x ? -distance : from.x > corner.x ? distance : 0;
	p.y += from.y < corner.y ? -distance : from.y > corner.y ? distance : 0;
	return p;
}

static int length_of(struct map_point a, struct map_point b)
{
	return (a.x < b.x ? b.x - a.x : a.x - b.x) + (a.y < b.y ? b.y - a.y : a.y - b.y);
}

#define CORNER 6
#define HEAD_LENGTH 11

/* With round corners; it ends inside the arrow heads. */
static void put_path(FILE *out, const struct map_edge *e)
{
	uint32_t last = e->point_count - 1;
	struct map_point at = e->points[0];
	if (e->arrow_at[0])
		at = before(e->points[1], at, HEAD_LENGTH - 2);
	fprintf(out, "M%d %d", at.x, at.y);
	for (uint32_t i = 1; i < last; i++) {
		struct map_point a = e->points[i - 1], b = e->points[i], c = e->points[i + 1];
		int to = length_of(a, b) / 2, from = length_of(b, c) / 2, r = to < from ? to : from;
		r = r > CORNER ? CORNER : r;
		struct map_point p = before(a, b, r), q = before(c, b, r);
		if (r == 0)
			fprintf(out, "L%d %d", b.x, b.y);
		else
			fprintf(out, "L%d %dQ%d %d %d %d", p.x, p.y, b.x, b.y, q.x, q.y);
	}
	at = e->points[last];
	if (e->arrow_at[1])
		at = before(e->points[last - 1], at, HEAD_LENGTH - 2);
	fprintf(out, "L%d %d", at.x, at.y);
}

/* Ends are vertical: at the upper or the lower side of a box. */
static void draw_head(FILE *out, struct map_point tip, struct map_point from, const char *colour)
{
	int back = from.y < tip.y ? -HEAD_LENGTH : HEAD_LENGTH;
	fprintf(out, "<path d=\"M%d %dl-5 %dl10 0z\" fill=\"%s\"/>\n", tip.x, tip.y, back, colour);
}

static void draw_edge(FILE *out, const struct map *m, const struct map_edge *e)
{
	const struct svg_line *line = &svg_lines[m->conclusions->conduits[e->conduit].verdict];
	fputs("<g fill=\"none\">", out);
	put_title(out, e->about);
	fputs("\n<path stroke=\"#ffffff\" stroke-width=\"6\" d=\"", out); /* what it crosses is cut there */
	put_path(out, e);
	fprintf(out, "\"/>\n<path stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\" stroke-linecap=\"%s\" d=\"",
		line->colour, line->width, line->dash, strcmp(line->dash, "none") == 0 ? "butt" : "round");
	put_path(out, e);
	fputs("\"/>\n", out);
	if (e->arrow_at[0])
		draw_head(out, e->points[0], e->points[1], line->colour);
	if (e->arrow_at[1])
		draw_head(out, e->points[e->point_count - 1], e->points[e->point_count - 2], line->colour);
	fputs("</g>\n", out);
}

void svg_guard(FILE *out, int x, int y, bool firewall)
{
	if (firewall)
		fprintf(out,
			"<path d=\"M%d %dh12v10h-12zm0 3.3h12m-12 3.4h12m-6 -6.7v3.3m-3 0v3.4m6 -3.4v3.4m-3 0v3.3\" "
			"fill=\"#ffffff\" stroke=\"#22303c\" stroke-width=\"1\"/>\n",
			x, y - 5);
	else
		fprintf(out,
			"<circle cx=\"%d\" cy=\"%d\" r=\"6\" fill=\"#ffffff\" stroke=\"#22303c\"/>"
			"<path d=\"M%d %dl6 6m0 -6l-6 6\" stroke=\"#22303c\" stroke-width=\"1.2\"/>\n",
			x + 6, y, x + 3, y - 3);
}

static void draw_label(FILE *out, const struct map *m, const struct map_edge *e)
{
	enum verdict_of_channel verdict = m->conclusions->conduits[e->conduit].verdict;
	struct map_rect r = e->label_at;
	fprintf(out, "<g><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"#ffffff\"/>", r.x, r.y, r.w,
		r.h);
	put_title(out, e->about);
	fputc('\n', out);
	if (e->guarded)
		svg_guard(out, r.x + 3, r.y + r.h / 2, e->firewall);
	char attributes[96];
	snprintf(attributes, sizeof(attributes), "font-size=\"10\" fill=\"%s\"%s", svg_lines[verdict].colour,
		verdict == CHANNEL_DENIED ? " font-weight=\"bold\"" : "");
	svg_text(out, r.x + 5 + (e->guarded ? MAP_GUARD_W : 0), r.y + 11, attributes, e->label);
	fputs("</g>\n", out);
}

void map_draw(FILE *out, const struct map *m)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d "
		"%d\" "
		"font-family=\"Arial, 'Liberation Sans', Helvetica, sans-serif\" fill=\"#14202b\">\n",
		m->width, m->height, m->width, m->height);
	put_title(out, m->title);
	fprintf(out, "\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", m->width, m->height);
	svg_text(out, 24, 38, "font-size=\"20\" font-weight=\"bold\"", m->title);
	svg_text(out, 24, 60, "font-size=\"11\"", m->note);
	draw_bands(out, m);
	for (uint32_t i = 0; i < m->edge_count; i++)
		draw_edge(out, m, &m->edges[i]);
	for (uint32_t i = 0; i < m->box_count; i++)
		draw_box(out, m, &m->boxes[i]);
	for (uint32_t i = 0; i < m->edge_count; i++)
		draw_label(out, m, &m->edges[i]);
	if (m->message != NULL)
		svg_text(
			out, m->width / 2, m->bands_bottom - 70, "font-size=\"18\" text-anchor=\"middle\"", m->message);
	svg_foot(out, m);
	fputs("</svg>\n", out);
}

static bool write_drawing(FILE *out, struct map *m)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
	map_draw(out, m);
	return true;
}

int export_svg(FILE *out, const struct conclusions *c, const char *site)
{
	return map_export(out, c, site, write_drawing);
}
