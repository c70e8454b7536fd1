/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mermaid.c - zones and conduits as a Mermaid flowchart, which wikis and code hosts draw where it stands in a page.
 *
 * A label may hold neither quotes nor markup: everything but letters, digits, spaces and a few harmless signs is
 * written as a character code ("#34;"), which Mermaid shows as the character.
 */
#include "sensor/export/export.h"
#include "sensor/export/map.h"
#include "sensor/export/svg.h"

#include <ctype.h>
#include <string.h>

#include "sensor/util/text.h"

static void put_words(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	for (size_t left = strlen(text), len; left > 0; s += len, left -= len) {
		len = text_utf8_len(s, left);
		uint32_t c = text_code_point(s, len);
		if (c < 0x80 && (isalnum((int)c) || strchr(" .,:/_-", (int)c) != NULL))
			fputc((int)c, out);
		else
			fprintf(out, "#%u;", (unsigned)c);
	}
}

/*
 * Names of nodes are letters, digits and "_": other bytes of the id are written as "_" and two hexadecimal digits,
 * so that different zones keep different names, and the same zone its own.
 */
static void put_name(FILE *out, const struct map *m, const struct map_box *box)
{
	if (box->zone == ZONE_NONE) {
		fputs("in_no_zone", out);
		return;
	}
	fputs("z_", out);
	for (const unsigned char *s = (const unsigned char *)m->conclusions->zones[box->zone].id; *s != 0; s++) {
		if (*s < 0x80 && isalnum(*s))
			fputc(*s, out);
		else
			fprintf(out, "_%02x", (unsigned)*s);
	}
}

static void put_node(FILE *out, const struct map *m, const struct map_box *box)
{
	bool safety = box->zone != ZONE_NONE && m->conclusions->zones[box->zone].kind == ZONE_SAFETY;
	fputs("\t\t", out);
	put_name(out, m, box);
	fputs(safety ? "[[\"" : "[\"", out);
	for (uint32_t i = 0; i < box->line_count; i++) {
		if (i > 0)
			fputs("<br/>", out);
		put_words(out, box->lines[i]);
	}
	fputs(safety ? "\"]]\n" : "\"]\n", out);
}

/* The border of zones that are no accepted zones of the ordinary kind. */
static void put_style(FILE *out, const struct map *m, const struct map_box *box)
{
	const char *dash = "3 3";
	if (box->zone != ZONE_NONE) {
		const struct zone *z = &m->conclusions->zones[box->zone];
		dash = svg_border(z->kind, z->status != DECLARED_ACCEPTED);
	}
	if (strcmp(dash, "none") == 0)
		return;
	fputs("\tstyle ", out);
	put_name(out, m, box);
	fprintf(out, " stroke-dasharray:%s\n", strncmp(dash, "0.1", 3) == 0 ? "2 3" : dash);
}

static void put_bands(FILE *out, const struct map *m)
{
	for (uint32_t i = 0, n; i < m->box_count; i += n) {
		enum map_band_id band = m->boxes[i].band;
		fprintf(out, "\tsubgraph band_%u[\"%s: %s\"]\n", (unsigned)band, map_band_name(band),
			map_band_about(band));
		for (n = 0; i + n < m->box_count && m->boxes[i + n].band == band; n++)
			put_node(out, m, &m->boxes[i + n]);
		fputs("\tend\n", out);
	}
	for (uint32_t i = 1; i < m->box_count; i++) /* keeps the levels in their order */
		if (m->boxes[i].band != m->boxes[i - 1].band)
			fprintf(out, "\tband_%u ~~~ band_%u\n", (unsigned)m->boxes[i - 1].band,
				(unsigned)m->boxes[i].band);
}

/* Bands are tied to one another by links without a line, which count too. */
static uint32_t links_of_bands(const struct map *m)
{
	uint32_t count = 0;
	for (uint32_t i = 1; i < m->box_count; i++)
		count += m->boxes[i].band != m->boxes[i - 1].band;
	return count;
}

/* An arrow at the first end only is an edge the other way round: Mermaid has heads at the second or at both. */
static void put_edge(FILE *out, const struct map *m, const struct map_edge *e, uint32_t number)
{
	const struct svg_line *line = &svg_lines[m->conclusions->conduits[e->conduit].verdict];
	bool swapped = e->arrow_at[0] && !e->arrow_at[1];
	fputc('\t', out);
	put_name(out, m, &m->boxes[e->boxes[swapped]]);
	fputs(e->arrow_at[0] && e->arrow_at[1] ? " <-->" : e->arrow_at[0] || e->arrow_at[1] ? " -->" : " ---", out);
	if (*e->label != 0) {
		fputs("|\"", out);
		put_words(out, e->label);
		fputs("\"|", out);
	}
	fputc(' ', out);
	put_name(out, m, &m->boxes[e->boxes[!swapped]]);
	fprintf(out, "\n\tlinkStyle %u stroke:%s,stroke-width:%spx", (unsigned)number, line->colour, line->width);
	if (strcmp(line->dash, "none") != 0)
		fprintf(out, ",stroke-dasharray:%s", line->dash);
	fputc('\n', out);
}

static bool write_chart(FILE *out, struct map *m)
{
	fputs("---\ntitle: \"", out);
	put_words(out, m->title);
	fputs("\"\n---\nflowchart TB\n", out);
	for (uint32_t i = 1; i < m->title_row_count; i++)
		fprintf(out, "%%%% %s: %s\n", m->rows[i].name, m->rows[i].text);
	fprintf(out, "%%%% Revision: %s\n", m->revision);
	if (m->message != NULL) {
		fputs("\tnothing[\"", out);
		put_words(out, m->message);
		fputs("\"]\n", out);
	}
	put_bands(out, m);
	for (uint32_t i = 0; i < m->edge_count; i++)
		put_edge(out, m, &m->edges[i], links_of_bands(m) + i);
	for (uint32_t i = 0; i < m->box_count; i++)
		put_style(out, m, &m->boxes[i]);
	return true;
}

int export_mermaid(FILE *out, const struct conclusions *c, const char *site)
{
	return map_export(out, c, site, write_chart);
}
