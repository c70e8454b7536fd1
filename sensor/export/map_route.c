/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_route.c - which way each conduit goes: channel, gutter, and where on its boxes it ends.
 *
 *	one run, rows next to each other     one run, the column is empty     two runs through a gutter
 *	   or in one row
 *	     [A]                               [A]                              [A]
 *	      +-----+  channel                  |   [X]                          +---+  channel
 *	           [B]                          +----+  channel           [X]   [X]  |  gutter
 *	                                            [B]                        +-----+  channel
 *	                                                                      [B]
 *
 * Horizontal order is told in places: 2 * column + 1 is the middle of a column, 2 * gutter a gutter. Ends on upper
 *sides stand on multiples of MAP_PORT from the middle of the column, ends on lower sides half of it beside, so that two
 * conduits that come from above and from below never lie on one another.
 */
#include "sensor/export/map.h"

#include <stdlib.h>
#include <string.h>

#define GUTTER_PAD 13
#define SHEET_W_MIN 1120  /* legend and title block side by side */
#define PORT_SPREAD_MAX 3 /* multiples of MAP_PORT between ends when there is room */

static int place_of_column(uint32_t column)
{
	return (int)column * 2 + 1;
}

static uint32_t row_of(const struct map *m, const struct map_edge *e, uint32_t end)
{
	return m->boxes[e->boxes[end]].row;
}

static uint32_t column_of(const struct map *m, const struct map_edge *e, uint32_t end)
{
	return m->boxes[e->boxes[end]].column;
}

/* No box stands in this column between the two rows. */
static bool is_clear(const struct map *m, const bool *taken, uint32_t column, uint32_t above, uint32_t below)
{
	for (uint32_t row = above + 1; row < below; row++)
		if (taken[row * m->column_count + column])
			return false;
	return true;
}

/* The gutter with the least way; of equals the one with the fewest conduits. */
static uint32_t choose_gutter(const struct map *m, const struct map_edge *e, const uint32_t *loads)
{
	uint32_t best = 0;
	long least = 0;
	int from = place_of_column(column_of(m, e, 0)), to = place_of_column(column_of(m, e, 1));
	for (uint32_t g = 0; g <= m->column_count; g++) {
		long cost = 4L * (labs((long)from - 2 * (long)g) + labs((long)to - 2 * (long)g)) + (long)loads[g];
		if (g == 0 || cost < least) {
			least = cost;
			best = g;
		}
	}
	return best;
}

static void route(const struct map *m, struct map_edge *e, const bool *taken, uint32_t *loads)
{
	uint32_t above = row_of(m, e, 0), below = row_of(m, e, 1);
	e->upper = above <= below ? 0 : 1;
	if (above > below) {
		uint32_t swap = above;
		above = below;
		below = swap;
	}
	bool level = above == below;
	e->ports[e->upper].up = false;
	e->ports[!e->upper].up = !level;
	e->run_count = 1;
	e->ports[0].toward = place_of_column(column_of(m, e, 1));
	e->ports[1].toward = place_of_column(column_of(m, e, 0));
	if (level || is_clear(m, taken, column_of(m, e, e->upper), above, below)) {
		e->runs[0].channel = level ? above + 1 : below;
	} else if (is_clear(m, taken, column_of(m, e, !e->upper), above, below)) {
		e->runs[0].channel = above + 1;
	} else {
		e->run_count = 2;
		e->runs[0].channel = above + 1;
		e->runs[1].channel = below;
		e->gutter = choose_gutter(m, e, loads);
		loads[e->gutter]++;
		e->ports[0].toward = e->ports[1].toward = 2 * (int)e->gutter;
	}
}

static bool route_all(struct map *m)
{
	bool *taken = arena_alloc(&m->arena, ((size_t)m->row_count * m->column_count + 1) * sizeof(*taken));
	uint32_t *loads = arena_alloc(&m->arena, (m->column_count + 1) * sizeof(*loads));
	if (taken == NULL || loads == NULL)
		return false;
	for (uint32_t i = 0; i < m->box_count; i++)
		taken[m->boxes[i].row * m->column_count + m->boxes[i].column] = true;
	for (uint32_t i = 0; i < m->edge_count; i++) {
		struct map_edge *e = &m->edges[i];
		route(m, e, taken, loads);
		for (uint32_t end = 0; end < 2; end++) {
			struct map_box *box = &m->boxes[e->boxes[end]];
			*(e->ports[end].up ? &box->ports_up : &box->ports_down) += 1;
		}
	}
	return true;
}

/* Conduits that turn in a common channel may not share a track of a gutter. */
static bool assign_gutters(struct map *m)
{
	m->gutter_tracks = arena_alloc(&m->arena, (m->column_count + 1) * sizeof(*m->gutter_tracks));
	/* Of each gutter the last channel that each track is taken in, by edge: there are no more tracks than edges. */
	uint32_t *ends = arena_alloc(&m->arena, (m->edge_count + 1) * sizeof(*ends));
	if (m->gutter_tracks == NULL || ends == NULL)
		return false;
	for (uint32_t g = 0; g <= m->column_count; g++) {
		uint32_t tracks = 0;
		for (uint32_t start = 0; start <= m->row_count; start++) {
			for (uint32_t i = 0; i < m->edge_count; i++) {
				struct map_edge *e = &m->edges[i];
				if (e->run_count != 2 || e->gutter != g || e->runs[0].channel != start)
					continue;
				uint32_t track = 0;
				while (track < tracks && ends[track] >= start)
					track++;
				tracks += track == tracks;
				ends[track] = e->runs[1].channel;
				e->gutter_track = track;
			}
		}
		m->gutter_tracks[g] = tracks;
	}
	return true;
}

static bool assign_columns(struct map *m)
{
	m->column_x = arena_alloc(&m->arena, m->column_count * sizeof(*m->column_x));
	m->column_w = arena_alloc(&m->arena, m->column_count * sizeof(*m->column_w));
	m->gutter_x = arena_alloc(&m->arena, (m->column_count + 1) * sizeof(*m->gutter_x));
	if (m->column_x == NULL || m->column_w == NULL || m->gutter_x == NULL)
		return false;
	for (uint32_t i = 0; i < m->box_count; i++) {
		struct map_box *box = &m->boxes[i];
		uint32_t ports = box->ports_up > box->ports_down ? box->ports_up : box->ports_down;
		box->at.w = (int)(ports + 2) * MAP_PORT > MAP_BOX_W ? (int)(ports + 2) * MAP_PORT : MAP_BOX_W;
		box->at.h = MAP_BOX_H;
		if (box->at.w > m->column_w[box->column])
			m->column_w[box->column] = box->at.w;
	}
	int w = 2 * MAP_MARGIN + MAP_BAND_NAME_W;
	for (uint32_t i = 0; i < m->column_count; i++)
		w += m->column_w[i] = m->column_w[i] > 0 ? m->column_w[i] : MAP_BOX_W;
	for (uint32_t g = 0; g <= m->column_count; g++)
		w += 2 * GUTTER_PAD + (int)m->gutter_tracks[g] * MAP_GUTTER_TRACK;
	int spare = w < SHEET_W_MIN ? (SHEET_W_MIN - w) / ((int)m->column_count + 1) : 0;
	int x = MAP_MARGIN + MAP_BAND_NAME_W;
	for (uint32_t g = 0; g <= m->column_count; g++) {
		m->gutter_x[g] = x + GUTTER_PAD + spare / 2 + MAP_GUTTER_TRACK / 2;
		x += 2 * GUTTER_PAD + spare + (int)m->gutter_tracks[g] * MAP_GUTTER_TRACK;
		if (g < m->column_count) {
			m->column_x[g] = x;
			x += m->column_w[g];
		}
	}
	m->width = x + MAP_MARGIN;
	for (uint32_t i = 0; i < m->box_count; i++)
		m->boxes[i].at.x =
			m->column_x[m->boxes[i].column] + (m->column_w[m->boxes[i].column] - m->boxes[i].at.w) / 2;
	return true;
}

struct end {
	struct map_edge *edge;
	uint32_t box, which;
	bool up;
	int side;  /* -1, 0, 1: it turns left, goes straight, turns right */
	int depth; /* channels until it turns */
};

/* Of those that turn left the ones that turn first stand left, of those that turn right the ones that turn last. */
static int by_side(const void *a, const void *b)
{
	const struct end *x = a, *y = b;
	if (x->box != y->box)
		return x->box < y->box ? -1 : 1;
	if (x->up != y->up)
		return x->up ? -1 : 1;
	if (x->side != y->side)
		return x->side - y->side;
	if (x->depth != y->depth)
		return (x->side < 0) == (x->depth < y->depth) ? -1 : 1;
	int x_toward = x->edge->ports[x->which].toward, y_toward = y->edge->ports[y->which].toward;
	if (x_toward != y_toward)
		return x_toward - y_toward;
	if (x->edge != y->edge)
		return x->edge < y->edge ? -1 : 1;
	return (int)x->which - (int)y->which;
}

static struct end end_of(const struct map *m, struct map_edge *e, uint32_t which)
{
	struct end end = {.edge = e, .box = e->boxes[which], .which = which, .up = e->ports[which].up};
	int own = place_of_column(column_of(m, e, which));
	end.side = (e->ports[which].toward > own) - (e->ports[which].toward < own);
	uint32_t row = row_of(m, e, which);
	uint32_t channel = e->runs[which == e->upper ? 0 : e->run_count - 1].channel;
	end.depth = (int)(end.up ? row - channel : channel - row - 1);
	return end;
}

/* The ends ends[0 .. count) of one side of one box. */
static void spread(const struct map *m, struct end *ends, uint32_t count)
{
	const struct map_box *box = &m->boxes[ends[0].box];
	int step = (box->at.w - 2 * MAP_PORT) / ((int)count * MAP_PORT);
	step = (step < 1 ? 1 : step > PORT_SPREAD_MAX ? PORT_SPREAD_MAX : step) * MAP_PORT;
	int x = box->at.x + box->at.w / 2 - (int)(count / 2) * step + (ends[0].up ? 0 : MAP_PORT / 2);
	for (uint32_t i = 0; i < count; i++)
		ends[i].edge->ports[ends[i].which].x = x + (int)i * step;
}

/*
 * From a box straight down to one in the same column: both ends at one x when one of them may move. Nobody else is
 * there: whatever comes from above stands half a step beside, and the moved end is the only one of its side.
 */
static void straighten(const struct map *m, struct map_edge *e)
{
	const struct map_box *upper = &m->boxes[e->boxes[e->upper]], *lower = &m->boxes[e->boxes[!e->upper]];
	if (e->run_count != 1 || upper->row == lower->row || upper->column != lower->column)
		return;
	struct map_port *a = &e->ports[e->upper], *b = &e->ports[!e->upper];
	if (lower->ports_up == 1 && a->x >= lower->at.x + MAP_PORT && a->x <= lower->at.x + lower->at.w - MAP_PORT)
		b->x = a->x;
	else if (upper->ports_down == 1 && b->x >= upper->at.x + MAP_PORT &&
		 b->x <= upper->at.x + upper->at.w - MAP_PORT)
		a->x = b->x;
	else if (abs(a->x - b->x) <= MAP_PORT / 2)
		b->x = a->x;
}

static bool assign_ports(struct map *m)
{
	uint32_t count = 0;
	struct end *ends = arena_alloc(&m->arena, (2 * (size_t)m->edge_count + 1) * sizeof(*ends));
	if (ends == NULL)
		return false;
	for (uint32_t i = 0; i < m->edge_count; i++)
		for (uint32_t which = 0; which < 2; which++)
			ends[count++] = end_of(m, &m->edges[i], which);
	qsort(ends, count, sizeof(*ends), by_side);
	for (uint32_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && ends[i + n].box == ends[i].box && ends[i + n].up == ends[i].up; n++)
			;
		spread(m, ends + i, n);
	}
	for (uint32_t i = 0; i < m->edge_count; i++)
		straighten(m, &m->edges[i]);
	return true;
}

bool map_routes(struct map *m)
{
	return route_all(m) && assign_gutters(m) && assign_columns(m) && assign_ports(m);
}
