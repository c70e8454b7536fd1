/* SPDX-License-Identifier: Apache-2.0 */
/* svg.h - the shapes that the drawing and its legend have in common; private to svg.c and svg_foot.c. */
#ifndef EARSHOT_SVG_H
#define EARSHOT_SVG_H

#include "sensor/export/map.h"

struct svg_line {
	const char *colour, *width, *dash;
};
extern const struct svg_line svg_lines[CHANNEL_VERDICTS];

/* `attributes` are further ones as they stand. The text is safe already. */
void svg_text(FILE *out, int x, int y, const char *attributes, const char *text);
/* The stroke-dasharray of a zone's border. */
const char *svg_border(enum zone_kind kind, bool proposed);
void svg_box(FILE *out, struct map_rect at, enum zone_kind kind, bool proposed);
/* A router, or a firewall: from x on, y is the middle. */
void svg_guard(FILE *out, int x, int y, bool firewall);
/* Legend and title block. */
void svg_foot(FILE *out, const struct map *m);

#endif
