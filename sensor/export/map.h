/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - the drawing of zones and conduits (IEC 62443-3-2 ZCR 6.3) before anybody draws it: what is a box, in which
 * band and row it stands, where each conduit runs, and every text already cut to its room.
 *
 *	        gutter 0    column 0    gutter 1    column 1    gutter 2
 *	       +---------------------------------------------------------+
 *	       |            channel 0 (tracks with conduits and labels)  |
 *	band 3 |   |      +---------+      |      +---------+      |     |  row 0
 *	       |   |      | zone    |      |      | zone    |      |     |
 *	       |   |      +---------+      |      +---------+      |     |
 *	       +---|-----------|-----------|-----------------------|-----+
 *	       |            channel 1                                    |
 *	band 2 |          +---------+             +---------+            |  row 1
 *
 * A conduit leaves a box upwards or downwards, runs along one track of a channel (a row's whole width) and passes other
 * rows in a gutter or in the empty place of a column; so no conduit crosses a box, and a label, which has its piece of
 * a track for itself, never meets a box or another label. Nothing depends on how large a zone is: zones stand in the
 * order of the conclusions (declared ones as in the file, then proposals by id), so an asset that comes or goes changes
 * its own zone and no other one's row.
 *
 * Used by svg, dot, graphml and mermaid. Lengths are in pixels, y points down.
 */
#ifndef EARSHOT_MAP_H
#define EARSHOT_MAP_H

#include <stdio.h>

#include "sensor/conclude/asset.h"

/*
 * What a sheet can hold and a person can follow; the rest is counted in map.zones_left and map.conduits_left, and the
 * title block says so. Zones are kept in their order; of conduits the worst verdicts are kept.
 */
#define MAP_ZONES_MAX 400
#define MAP_CONDUITS_MAX 2000
#define MAP_COLUMNS_MAX 6 /* a band goes on in a further row; wider than that no page is */
#define MAP_LINES_MAX 7   /* in a box */
#define MAP_POINTS_MAX 6  /* corners of a conduit, ends included */
#define MAP_NONE UINT32_MAX

enum map_band_id {
	MAP_OUTSIDE, /* networks of others; drawn when somebody is there */
	MAP_LEVEL_5,
	MAP_LEVEL_4,
	MAP_LEVEL_3_5,
	MAP_LEVEL_3,
	MAP_LEVEL_2,
	MAP_LEVEL_1,
	MAP_LEVEL_0,
	MAP_NO_LEVEL, /* nobody knows; drawn when somebody is there */
	MAP_BANDS
};
/* "Level 3.5", "Outside"; and what stands there: "Industrial DMZ". Static storage. */
const char *map_band_name(enum map_band_id band);
const char *map_band_about(enum map_band_id band);

struct map_point {
	int x, y;
};
struct map_rect {
	int x, y, w, h;
};

struct map_band {
	bool shown;
	uint32_t first_row, row_count; /* no rows: a slim empty band */
	int y, h;
};

/* A zone, or what is in no zone. */
struct map_box {
	uint32_t zone; /* index into conclusions.zones; ZONE_NONE: the assets that are in none */
	uint32_t asset_count;
	enum map_band_id band;
	uint32_t row, column;
	uint32_t ports_up, ports_down; /* conduits that end on its upper and lower side */
	struct map_rect at;
	const char *lines[MAP_LINES_MAX]; /* safe to show, cut to the box; the first is the id */
	uint32_t line_count;
	const char *about; /* the same uncut, and why: for whoever points at it */
};

/* Where one end of a conduit meets its box. */
struct map_port {
	bool up;    /* on the upper side */
	int toward; /* place of the conduit's next turn, see map_route.c */
	int x;
};

/* A horizontal piece of a conduit, in a channel. */
struct map_run {
	uint32_t channel;
	int left, right;           /* from turn to turn */
	int room_left, room_right; /* with the label, if it is here */
	bool left_up, right_up;    /* the conduit comes from above at that turn, else it goes down */
	uint32_t track;
};

struct map_edge {
	uint32_t conduit;  /* index into conclusions.conduits */
	uint32_t boxes[2]; /* of conduit.zones[0] and [1] */
	uint32_t upper;    /* which of the two ends is the upper one */
	struct map_port ports[2];
	struct map_run runs[2]; /* from the upper end */
	uint32_t run_count;
	uint32_t gutter; /* with two runs: where it passes the rows between */
	uint32_t gutter_track;
	struct map_point points[MAP_POINTS_MAX]; /* from boxes[0] to boxes[1] */
	uint32_t point_count;
	bool arrow_at[2];  /* an arrow head at that end: the other one opens connections */
	const char *label; /* safe to show, cut */
	const char *about; /* uncut, for whoever points at it */
	uint32_t label_run;
	int label_w;
	struct map_rect label_at;
	bool guarded; /* a router or firewall on the way is known: a glyph in front of the label */
	bool firewall;
};

#define MAP_TITLE_ROWS 7
struct map_title_row {
	const char *name, *text;
};

struct map {
	const struct conclusions *conclusions;
	struct arena arena;
	struct map_band bands[MAP_BANDS];
	struct map_box *boxes;  /* by band, row, column */
	struct map_edge *edges; /* in the order of the conduits */
	uint32_t *box_of;       /* by zone; MAP_NONE: not drawn */
	uint32_t box_count, edge_count, row_count, column_count;
	uint32_t zones_left, conduits_left; /* not drawn: no room */
	uint32_t unplaced;                  /* assets in no zone */
	int *column_x, *column_w;           /* column_count */
	int *gutter_x;                      /* column_count + 1: its first track */
	uint32_t *gutter_tracks;
	int *row_y;     /* row_count */
	int *channel_y; /* row_count + 1: its first track */
	uint32_t *channel_tracks;
	int width, height;   /* of the whole sheet, title block included */
	int bands_bottom;    /* where the legend and the title block begin */
	const char *title;   /* "Zones and conduits" and the site */
	const char *note;    /* one line under it; "": nothing to say */
	const char *message; /* instead of boxes when there are none, else NULL */
	struct map_title_row rows[MAP_TITLE_ROWS];
	uint32_t title_row_count;
	char revision[13]; /* the first 12 hexadecimal digits of a SHA-256 over what is drawn */
};

/* 0, or -ENOMEM. `site` may be NULL or "": then that of the declarations. The conclusions must outlive the map. */
int map_make(struct map *out, const struct conclusions *c, const char *site);
void map_clear(struct map *m);

/* Makes a map, writes it with `write` (false: no memory) and clears it. 0 or a negative errno, the stream's included.
 */
int map_export(FILE *out, const struct conclusions *c, const char *site, bool (*write)(FILE *out, struct map *m));

/* The drawing alone, an <svg> element that can stand in an HTML page: no script, no reference to anything outside. */
void map_draw(FILE *out, const struct map *m);

#define MAP_MARGIN 24
#define MAP_BAND_NAME_W 122 /* left of everything else */
#define MAP_BOX_H 116
#define MAP_BOX_W 228       /* at least; a box with many conduits is wider */
#define MAP_TRACK 19        /* between the tracks of a channel: a line of label and some air */
#define MAP_GUTTER_TRACK 10 /* between those of a gutter, which hold no labels */
#define MAP_GUARD_W 18      /* the glyph of a router or firewall */
#define MAP_LABEL_H 15
#define MAP_PORT 12 /* between two ends on one side of a box */

/* Steps of map_make(), in this order; false: no memory. */
bool map_boxes(struct map *m);  /* map_box.c: boxes, bands, rows, columns, texts */
bool map_edges(struct map *m);  /* map_edge.c: conduits, what is written on them, arrows */
bool map_routes(struct map *m); /* map_route.c: which way each goes, ports and x */
void map_runs(struct map *m);   /* map_run.c: level pieces of conduits, room for labels */
bool map_tracks(struct map *m); /* map_track.c: a track for each run, so that none covers another */
bool map_places(struct map *m); /* map_place.c: y, corners, where labels stand */

/*
 * Text in a drawing is set in Arial, Liberation Sans or Helvetica, which have the same widths; where none is installed
 * the reader's sans-serif, for which there is some room left.
 */
struct map_font {
	unsigned tenths; /* of a pixel: the size */
	bool bold;
};
int map_text_width(const char *text, struct map_font font);
/*
 * A text from anywhere made safe to show (what text_is_unsafe() names, and what XML cannot hold, as \u{XX}), and cut
 * with an ellipsis to `width` pixels (0: uncut). NULL: no memory. NULL and "" give "".
 */
const char *map_text(struct map *m, const char *text, struct map_font font, int width);
/* "plc" as people write it: "PLC", "remote IO", "operator WS". NULL: no memory. */
const char *map_type_text(struct map *m, const char *type);
/* What people call it, else what it calls itself; NULL: nothing known. Borrowed. */
const char *map_asset_name(const struct asset *a);
/* The same, else its address. */
const char *map_asset_text(const struct asset *a);
/* "2 zones", "1 zone", "3 switches". */
const char *map_count_text(struct map *m, uint64_t count, const char *one, const char *many);
/* Text of an XML document: & < > " ' as entities. The text is safe already. */
void map_put_xml(FILE *out, const char *text);

#endif
