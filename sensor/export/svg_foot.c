/* SPDX-License-Identifier: Apache-2.0 */
/* svg_foot.c - what stands under a drawing: how to read it, and what it is a drawing of. */
#include "sensor/export/svg.h"

#define FOOT_TOP 14
#define LINE_H 19
#define BLOCK_W 420

static void draw_line(FILE *out, int x, int y, enum verdict_of_channel verdict, const char *text)
{
	const struct svg_line *line = &svg_lines[verdict];
	fprintf(out,
		"<path d=\"M%d %dh56\" stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\" fill=\"none\"/>\n", x,
		y, line->colour, line->width, line->dash);
	svg_text(out, x + 66, y + 4, "font-size=\"10.5\"", text);
}

static void draw_sample(FILE *out, int x, int y, enum zone_kind kind, bool proposed, const char *text)
{
	struct map_rect r = {x, y - 7, 56, 14};
	if (kind == ZONE_SAFETY)
		r.y -= 2, r.h += 5;
	svg_box(out, r, kind, proposed);
	svg_text(out, x + 66, y + 4, "font-size=\"10.5\"", text);
}

static void draw_legend(FILE *out, int x, int y)
{
	svg_text(out, x, y, "font-size=\"12\" font-weight=\"bold\"", "Legend");
	y += 22;
	draw_line(out, x, y, CHANNEL_ALLOWED, "allowed");
	draw_line(out, x, y + LINE_H, CHANNEL_DENIED, "denied");
	draw_line(out, x, y + 2 * LINE_H, CHANNEL_EXPIRED, "expired: was allowed");
	draw_line(out, x, y + 3 * LINE_H, CHANNEL_UNREVIEWED, "unreviewed: nobody decided");
	draw_line(out, x, y + 4 * LINE_H, CHANNEL_NOT_OBSERVED, "allowed, not observed");
	svg_text(out, x, y + 5 * LINE_H + 6, "font-size=\"10.5\" fill=\"#4a545c\"",
		"A conduit shows its worst verdict.");
	x += 236;
	draw_sample(out, x, y, ZONE_OT, false, "zone, accepted");
	draw_sample(out, x, y + LINE_H, ZONE_OT, true, "zone, proposed");
	draw_sample(out, x, y + 2 * LINE_H, ZONE_SAFETY, false, "safety zone");
	draw_sample(out, x, y + 3 * LINE_H + 2, ZONE_EXTERNAL, false, "external, wireless or temporary");
	fprintf(out, "<path d=\"M%d %dh46\" stroke=\"#14202b\" stroke-width=\"1.8\"/><path d=\"M%d %dl-11 -5v10z\"/>\n",
		x, y + 4 * LINE_H + 4, x + 56, y + 4 * LINE_H + 4);
	svg_text(out, x + 66, y + 4 * LINE_H + 8, "font-size=\"10.5\"", "from initiator to responder");
	svg_guard(out, x + 8, y + 5 * LINE_H + 4, false);
	svg_guard(out, x + 34, y + 5 * LINE_H + 4, true);
	svg_text(out, x + 66, y + 5 * LINE_H + 8, "font-size=\"10.5\"", "through a router, through a firewall");
}

static void draw_row(FILE *out, int x, int y, const char *name, const char *text)
{
	fprintf(out, "<path d=\"M%d %dh%d\" stroke=\"#22303c\" stroke-width=\"0.6\"/>\n", x, y + 6, BLOCK_W);
	svg_text(out, x + 8, y, "font-size=\"10.5\" fill=\"#4a545c\"", name);
	svg_text(out, x + 76, y, "font-size=\"10.5\"", text);
}

static void draw_block(FILE *out, const struct map *m, int x, int y)
{
	int rows = (int)m->title_row_count + 1;
	for (uint32_t i = 0; i < m->title_row_count; i++)
		draw_row(out, x, y + LINE_H * (int)i + 14, m->rows[i].name, m->rows[i].text);
	svg_text(out, x + 8, y + LINE_H * (rows - 1) + 14, "font-size=\"10.5\" fill=\"#4a545c\"", "Revision");
	svg_text(out, x + 76, y + LINE_H * (rows - 1) + 14, "font-size=\"10.5\" font-weight=\"bold\"", m->revision);
	fprintf(out,
		"<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#22303c\" "
		"stroke-width=\"1.4\"/>\n"
		"<path d=\"M%d %dv%d\" stroke=\"#22303c\" stroke-width=\"0.6\"/>\n",
		x, y, BLOCK_W, LINE_H * rows + 2, x + 68, y, LINE_H * rows + 2);
}

void svg_foot(FILE *out, const struct map *m)
{
	draw_legend(out, 24, m->bands_bottom + FOOT_TOP + 16);
	draw_block(out, m, m->width - 12 - BLOCK_W, m->bands_bottom + FOOT_TOP);
}
