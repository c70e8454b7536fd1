/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_map.c - the layout of the map of zones and conduits: nothing lies on anything else, everything is where it
 * belongs, little moves, and no text gets out of its place.
 *
 *	test_map               the tests
 *	test_map FORMAT KIND   writes svg, dot, graphml or mermaid of a sheet: plain, large, hostile, empty (see
 *map_test.py)
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sheet.h"
#include "sensor/export/export.h"
#include "sensor/export/map.h"
#include "tests/check_main.h"

static const uint32_t sizes[][3] = {{1, 1, 0}, {3, 20, 5}, {12, 200, 25}, {40, 400, 90}, {90, 500, 200}};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void make(struct sheet *s, struct map *m, const uint32_t size[3])
{
	sheet_make(s, size[0], size[1], size[2]);
	ck_assert_int_eq(map_make(m, &s->conclusions, NULL), 0);
}

static void clear(struct sheet *s, struct map *m)
{
	map_clear(m);
	sheet_clear(s);
}

static bool meets(struct map_rect a, struct map_rect b)
{
	return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/* The area of a piece of a conduit without the ends, which touch boxes. */
static struct map_rect piece(const struct map_edge *e, uint32_t i)
{
	struct map_point a = e->points[i], b = e->points[i + 1];
	struct map_rect r = {a.x < b.x ? a.x : b.x, a.y < b.y ? a.y : b.y, abs(a.x - b.x) + 1, abs(a.y - b.y) + 1};
	if (i == 0 || i + 2 == e->point_count) {
		r.y++;
		r.h -= 2;
	}
	return r;
}

START_TEST(test_boxes)
{
	struct sheet s;
	struct map m;
	make(&s, &m, sizes[_i]);
	for (uint32_t i = 0; i < m.box_count; i++) {
		struct map_rect r = m.boxes[i].at;
		const struct map_band *band = &m.bands[m.boxes[i].band];
		ck_assert(band->shown);
		ck_assert_int_ge(r.y, band->y);
		ck_assert_int_le(r.y + r.h, band->y + band->h);
		ck_assert_int_ge(r.x, 130); /* right of the names of bands */
		ck_assert_int_le(r.x + r.w, m.width - 12);
		for (uint32_t k = 0; k < i; k++)
			ck_assert(!meets(r, m.boxes[k].at));
		for (uint32_t k = 0; k < m.boxes[i].line_count; k++)
			ck_assert_int_le(
				map_text_width(m.boxes[i].lines[k], (struct map_font){k == 0 ? 125 : 105, k == 0}),
				r.w - 20);
	}
	for (unsigned b = 1; b < MAP_BANDS; b++)
		if (m.bands[b].shown && m.bands[b - 1].shown)
			ck_assert_int_eq(m.bands[b].y, m.bands[b - 1].y + m.bands[b - 1].h);
	clear(&s, &m);
}
END_TEST

START_TEST(test_conduits_and_boxes)
{
	struct sheet s;
	struct map m;
	make(&s, &m, sizes[_i]);
	for (uint32_t i = 0; i < m.edge_count; i++) {
		const struct map_edge *e = &m.edges[i];
		ck_assert_uint_ge(e->point_count, 4);
		for (uint32_t end = 0; end < 2; end++) { /* it ends on its boxes */
			struct map_rect r = m.boxes[e->boxes[end]].at;
			struct map_point p = e->points[end == 0 ? 0 : e->point_count - 1];
			ck_assert(p.x > r.x && p.x < r.x + r.w);
			ck_assert(p.y == r.y || p.y == r.y + r.h);
		}
		for (uint32_t p = 0; p + 1 < e->point_count; p++) {
			ck_assert(e->points[p].x == e->points[p + 1].x || e->points[p].y == e->points[p + 1].y);
			for (uint32_t k = 0; k < m.box_count; k++)
				ck_assert(!meets(piece(e, p), m.boxes[k].at));
		}
	}
	clear(&s, &m);
}
END_TEST

/* Pieces of two conduits may cross; they never run on one another. */
static bool cover(const struct map_edge *a, const struct map_edge *b)
{
	for (uint32_t i = 0; i + 1 < a->point_count; i++) {
		for (uint32_t k = 0; k + 1 < b->point_count; k++) {
			struct map_rect x = piece(a, i), y = piece(b, k);
			bool both_upright = x.w == 1 && y.w == 1, both_flat = x.h == 1 && y.h == 1;
			if (meets(x, y) && (both_upright || both_flat))
				return true;
		}
	}
	return false;
}

START_TEST(test_conduits_apart)
{
	struct sheet s;
	struct map m;
	make(&s, &m, sizes[_i]);
	for (uint32_t i = 0; i < m.edge_count; i++)
		for (uint32_t k = 0; k < i; k++)
			ck_assert_msg(
				!cover(&m.edges[i], &m.edges[k]), "%s lies on %s", m.edges[i].about, m.edges[k].about);
	clear(&s, &m);
}
END_TEST

START_TEST(test_labels)
{
	struct sheet s;
	struct map m;
	make(&s, &m, sizes[_i]);
	for (uint32_t i = 0; i < m.edge_count; i++) {
		struct map_rect r = m.edges[i].label_at;
		bool on_line = false;
		ck_assert_int_ge(r.x, 128);
		ck_assert_int_le(r.x + r.w, m.width - 12);
		for (uint32_t k = 0; k < i; k++)
			ck_assert(!meets(r, m.edges[k].label_at));
		for (uint32_t k = 0; k < m.box_count; k++)
			ck_assert(!meets(r, m.boxes[k].at));
		for (uint32_t p = 0; p + 1 < m.edges[i].point_count; p++)
			on_line |= meets(r, piece(&m.edges[i], p));
		ck_assert(on_line);
		/* No level piece of another conduit under it. */
		for (uint32_t k = 0; k < m.edge_count; k++)
			for (uint32_t p = 0; k != i && p + 1 < m.edges[k].point_count; p++)
				ck_assert(piece(&m.edges[k], p).h > 1 || !meets(r, piece(&m.edges[k], p)));
	}
	clear(&s, &m);
}
END_TEST

static const struct map_box *box_of(const struct map *m, const char *id)
{
	for (uint32_t i = 0; i < m->box_count; i++)
		if (m->boxes[i].zone != ZONE_NONE && strcmp(m->conclusions->zones[m->boxes[i].zone].id, id) == 0)
			return &m->boxes[i];
	return NULL;
}

START_TEST(test_bands)
{
	static const struct {
		const char *id;
		enum map_band_id band;
	} wanted[] = {{"office", MAP_LEVEL_4}, {"dmz", MAP_LEVEL_3_5}, {"site-operations", MAP_LEVEL_3},
		{"supervision", MAP_LEVEL_2}, {"cell-filling", MAP_LEVEL_1}, {"cell-10.20.30.11", MAP_LEVEL_1},
		{"external-remote-service", MAP_OUTSIDE}};
	struct sheet s;
	struct map m;
	make(&s, &m, sizes[2]);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		ck_assert_int_eq(box_of(&m, wanted[i].id)->band, wanted[i].band);
	clear(&s, &m);

	/* Most assets decide, of equals the lower level; a level that people gave comes first; none is no level. */
	sheet_make(&s, 9, 18, 0);
	uint32_t cell = 7, accepted = 4;
	for (uint32_t i = 0; i < 18; i++)
		s.conclusions.assets[i].purdue_level = NULL;
	ck_assert_int_eq(map_make(&m, &s.conclusions, NULL), 0);
	ck_assert_int_eq(box_of(&m, s.conclusions.zones[cell].id)->band, MAP_NO_LEVEL);
	ck_assert_int_eq(box_of(&m, s.conclusions.zones[accepted].id)->band, MAP_LEVEL_1);
	map_clear(&m);
	s.conclusions.assets[s.conclusions.zones[cell].assets[0]].purdue_level = "2";
	sheet_add_asset(&s, cell, "plc", "1");
	ck_assert_int_eq(map_make(&m, &s.conclusions, NULL), 0);
	ck_assert_int_eq(box_of(&m, s.conclusions.zones[cell].id)->band, MAP_LEVEL_1);
	clear(&s, &m);
}
END_TEST

/* A further asset, whatever it is, moves no other zone to another band, row or column of its band. */
START_TEST(test_stable)
{
	static const char *const levels[] = {NULL, "0", "1", "2", "3", "3.5", "4"};
	struct sheet s;
	struct map before, after;
	make(&s, &before, sizes[2]);
	for (uint32_t zone = 0; zone < 12; zone++) {
		for (size_t level = 0; level < sizeof(levels) / sizeof(levels[0]); level++) {
			sheet_clear(&s);
			sheet_make(&s, 12, 200, 25);
			sheet_add_asset(&s, zone, "plc", levels[level]);
			ck_assert_int_eq(map_make(&after, &s.conclusions, NULL), 0);
			for (uint32_t k = 0; k < after.box_count; k++) {
				ck_assert_uint_eq(after.boxes[k].zone, before.boxes[k].zone);
				ck_assert_uint_eq(after.boxes[k].row, before.boxes[k].row);
				ck_assert_uint_eq(after.boxes[k].column, before.boxes[k].column);
				ck_assert_int_eq(after.boxes[k].at.y, before.boxes[k].at.y);
				ck_assert_int_eq(after.boxes[k].at.x, before.boxes[k].at.x);
			}
			map_clear(&after);
		}
	}
	map_clear(&before);
	sheet_clear(&s);
}
END_TEST

START_TEST(test_arrows)
{
	struct sheet s;
	struct map m;
	make(&s, &m, sizes[2]);
	for (uint32_t i = 0; i < m.edge_count; i++) {
		const struct conduit *c = &s.conclusions.conduits[m.edges[i].conduit];
		ck_assert_int_eq(m.edges[i].arrow_at[1], c->initiated[0] > 0);
		ck_assert_int_eq(m.edges[i].arrow_at[0], c->initiated[1] > 0);
	}
	clear(&s, &m);

	/* What nobody used points where it is allowed: here from the second zone. */
	sheet_make(&s, 12, 200, 1);
	struct conduit_rule rule = {.initiator = DIRECTION_FROM_TO};
	struct conduit *c = &s.conclusions.conduits[0];
	struct declared_conduit declared = {.id = "office-dmz", .allow = &rule, .allow_count = 1};
	declared.from = s.conclusions.zones[c->zones[1]].id;
	declared.to = s.conclusions.zones[c->zones[0]].id;
	c->declared = &declared;
	c->initiated[0] = c->initiated[1] = 0;
	ck_assert_int_eq(map_make(&m, &s.conclusions, NULL), 0);
	ck_assert(m.edges[0].arrow_at[0] && !m.edges[0].arrow_at[1]);
	clear(&s, &m);
}
END_TEST

/* A conduit inside a zone that people declared. */
START_TEST(test_inside)
{
	struct sheet s;
	struct map m;
	sheet_make(&s, 12, 200, 25);
	s.conclusions.conduits[3].zones[1] = s.conclusions.conduits[3].zones[0];
	ck_assert_int_eq(map_make(&m, &s.conclusions, NULL), 0);
	const struct map_edge *e = &m.edges[3];
	ck_assert_uint_eq(e->boxes[0], e->boxes[1]);
	ck_assert_int_ne(e->points[0].x, e->points[e->point_count - 1].x);
	clear(&s, &m);
}
END_TEST

START_TEST(test_rejected)
{
	struct sheet s;
	struct map m;
	sheet_make(&s, 12, 200, 25);
	s.conclusions.zones[5].status = DECLARED_REJECTED;
	s.conclusions.zones[6].status = DECLARED_RETIRED;
	struct declared_conduit given_up = {.id = "given-up", .status = DECLARED_REJECTED};
	s.conclusions.conduits[0].declared = s.conclusions.conduits[1].declared = &given_up;
	s.conclusions.conduits[1].packets = 0;
	ck_assert_int_eq(map_make(&m, &s.conclusions, NULL), 0);
	ck_assert_ptr_null(box_of(&m, s.conclusions.zones[5].id));
	ck_assert_ptr_null(box_of(&m, s.conclusions.zones[6].id));
	ck_assert_uint_eq(m.box_count, 11);       /* ten zones, and what is in none */
	ck_assert_uint_eq(m.edges[0].conduit, 0); /* used all the same */
	for (uint32_t i = 0; i < m.edge_count; i++) {
		ck_assert_uint_ne(m.edges[i].conduit, 1);
		for (uint32_t end = 0; end < 2; end++) {
			uint32_t zone = s.conclusions.conduits[m.edges[i].conduit].zones[end];
			ck_assert(zone != 5 && zone != 6);
		}
	}
	ck_assert_uint_eq(m.conduits_left, 0); /* not for want of room */
	clear(&s, &m);
}
END_TEST

START_TEST(test_nothing)
{
	struct sheet s;
	struct map m;
	make(&s, &m, (const uint32_t[]){0, 0, 0});
	ck_assert_str_eq(m.message, "No assets, so no zones: nothing in these captures spoke.");
	clear(&s, &m);
	make(&s, &m, (const uint32_t[]){0, 7, 0});
	ck_assert_str_eq(m.message, "No zones. 7 assets are in no zone.");
	clear(&s, &m);
	make(&s, &m, (const uint32_t[]){3, 0, 0}); /* declared ones that nobody is in */
	ck_assert_ptr_null(m.message);
	ck_assert_str_eq(m.note, "No zone has any asset.");
	clear(&s, &m);
}
END_TEST

/* What has no room is counted, and the worst conduits are kept. */
START_TEST(test_limits)
{
	struct sheet s;
	struct map m;
	make(&s, &m, (const uint32_t[]){MAP_ZONES_MAX + 8, 900, 0});
	ck_assert_uint_eq(m.zones_left, 8);
	ck_assert_ptr_nonnull(strstr(m.note, "8 zones"));
	clear(&s, &m);

	sheet_make(&s, 12, 50, MAP_CONDUITS_MAX + 10);
	struct conclusions *c = &s.conclusions;
	for (uint32_t i = (uint32_t)c->conduit_count; i < MAP_CONDUITS_MAX + 10; i++) {
		c->conduits[i] = c->conduits[i % 20];
		c->conduits[i].verdict = CHANNEL_ALLOWED;
	}
	c->conduit_count = MAP_CONDUITS_MAX + 10;
	for (uint32_t i = 0; i < 20; i++)
		c->conduits[i].verdict = CHANNEL_ALLOWED;
	c->conduits[MAP_CONDUITS_MAX + 9].verdict = CHANNEL_DENIED;
	ck_assert_int_eq(map_make(&m, c, NULL), 0);
	ck_assert_uint_eq(m.edge_count, MAP_CONDUITS_MAX);
	ck_assert_uint_eq(m.conduits_left, 10);
	ck_assert_uint_eq(m.edges[MAP_CONDUITS_MAX - 1].conduit, MAP_CONDUITS_MAX + 9);
	clear(&s, &m);
}
END_TEST

static char *written(int (*write)(FILE *, const struct conclusions *, const char *), const struct conclusions *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	ck_assert_int_eq(write(out, c, NULL), 0);
	fclose(out);
	return text;
}

START_TEST(test_same_bytes)
{
	int (*const writers[])(FILE *, const struct conclusions *, const char *) = {
		export_svg, export_dot, export_graphml, export_mermaid};
	struct sheet a, b;
	sheet_make(&a, 12, 200, 25);
	sheet_make(&b, 12, 200, 25);
	char *first = written(writers[_i], &a.conclusions), *second = written(writers[_i], &b.conclusions);
	ck_assert_str_eq(first, second);
	free(second);
	sheet_add_asset(&b, 3, "plc", "2");
	second = written(writers[_i], &b.conclusions);
	ck_assert_str_ne(first, second);
	free(first);
	free(second);
	sheet_clear(&a);
	sheet_clear(&b);
}
END_TEST

START_TEST(test_revision)
{
	struct sheet s;
	struct map m;
	char first[sizeof(m.revision)];
	make(&s, &m, sizes[2]);
	memcpy(first, m.revision, sizeof(first));
	ck_assert_uint_eq(strlen(first), 12);
	map_clear(&m);
	s.conclusions.conduits[4].verdict = CHANNEL_DENIED;
	ck_assert_int_eq(map_make(&m, &s.conclusions, NULL), 0);
	ck_assert_str_ne(m.revision, first);
	clear(&s, &m);
}
END_TEST

START_TEST(test_texts)
{
	struct map m = {0};
	struct map_font font = {100, false};
	ck_assert_int_eq(map_text_width("il", font), 5);  /* 222 + 222 thousandths of 10 pixels */
	ck_assert_int_eq(map_text_width("WW", font), 19); /* 944 + 944 */
	ck_assert_int_eq(map_text_width("WWi", (struct map_font){125, true}), 28); /* 944 + 944 + 278 */
	ck_assert_str_eq(map_text(&m, NULL, font, 40), "");
	ck_assert_str_eq(map_text(&m, "WWWW", font, 38), "WWWW");
	ck_assert_str_eq(map_text(&m, "WWWW", font, 37), "WW\xe2\x80\xa6"); /* 18.9 and the ellipsis 10 */
	ck_assert_str_eq(map_text(&m, "a bbb", font, 19), "a\xe2\x80\xa6"); /* no blank before it */
	ck_assert_str_eq(map_text(&m, "\x1b[31m", font, 0), "\\u{1B}[31m");
	ck_assert_str_eq(map_text(&m, "abc\xe2\x80\xaegnp", font, 0), "abc\\u{202E}gnp");
	ck_assert_str_eq(map_text(&m, "\xef\xbf\xbf", font, 0), "\\u{FFFF}"); /* no character of XML */
	ck_assert_str_eq(map_text(&m, "\xf0\x9f\xbf\xbe", font, 0), "\\u{1FFFE}");
	ck_assert_str_eq(map_text(&m, "\xff!", font, 0), "\\x{FF}!");
	ck_assert_str_eq(map_type_text(&m, "plc"), "PLC");
	ck_assert_str_eq(map_type_text(&m, "remote_io"), "remote IO");
	ck_assert_str_eq(map_type_text(&m, "app_server"), "app server");
	arena_clear(&m.arena);
}
END_TEST

/* A plain sheet in which everything that comes from outside wants out of its place. */
static void make_hostile(struct sheet *s)
{
	sheet_make(s, 12, 60, 25);
	s->declarations.site = SHEET_HOSTILE;
	for (uint32_t i = 0; i < 12; i++) {
		struct zone *z = &s->conclusions.zones[i];
		z->id = arena_format(&s->conclusions.arena, "%s%u", SHEET_HOSTILE, i);
		z->name = z->reason = SHEET_HOSTILE;
		z->subnets[0] = SHEET_HOSTILE;
	}
	for (uint32_t i = 0; i < 60; i++) {
		s->conclusions.assets[i].name = SHEET_HOSTILE;
		s->conclusions.assets[i].type = SHEET_HOSTILE;
	}
	for (uint32_t i = 0; i < s->conclusions.conduit_count; i++) {
		s->conclusions.conduits[i].id = SHEET_HOSTILE;
		s->conclusions.conduits[i].protocols[0] = SHEET_HOSTILE;
	}
}

static int write_sheet(const char *format, const char *kind)
{
	struct sheet s;
	int (*write)(FILE *, const struct conclusions *, const char *) = strcmp(format, "svg") == 0   ? export_svg
									 : strcmp(format, "dot") == 0 ? export_dot
									 : strcmp(format, "graphml") == 0
										 ? export_graphml
										 : export_mermaid;
	if (strcmp(kind, "hostile") == 0)
		make_hostile(&s);
	else if (strcmp(kind, "large") == 0)
		sheet_make(&s, 40, 400, 90);
	else if (strcmp(kind, "empty") == 0)
		sheet_make(&s, 0, 5, 0);
	else
		sheet_make(&s, 12, 200, 25);
	int err = write(stdout, &s.conclusions, NULL);
	sheet_clear(&s);
	return err != 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return write_sheet(argv[1], argv[2]);
	TCase *tests = tcase_create("map");
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, test_boxes, 0, SIZES);
	tcase_add_loop_test(tests, test_conduits_and_boxes, 0, SIZES);
	tcase_add_loop_test(tests, test_conduits_apart, 0, SIZES);
	tcase_add_loop_test(tests, test_labels, 0, SIZES);
	tcase_add_test(tests, test_bands);
	tcase_add_test(tests, test_stable);
	tcase_add_test(tests, test_arrows);
	tcase_add_test(tests, test_inside);
	tcase_add_test(tests, test_rejected);
	tcase_add_test(tests, test_nothing);
	tcase_add_test(tests, test_limits);
	tcase_add_loop_test(tests, test_same_bytes, 0, 4);
	tcase_add_test(tests, test_revision);
	tcase_add_test(tests, test_texts);
	return check_main("map", tests);
}
