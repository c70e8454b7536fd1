/* SPDX-License-Identifier: Apache-2.0 */
/* map_place.c - heights of bands, rows and channels, the corners of conduits, and where their labels stand. */
#include "sensor/export/map.h"

#include <stdlib.h>

#define HEAD_H 84 /* title and note */
#define EMPTY_BAND_H 30
#define CHANNEL_PAD 21     /* between a box and the first track: room for an arrow head */
#define CHANNEL_FREE 16    /* of a channel without conduits */
#define MESSAGE_H 150      /* of a drawing without boxes */
#define LABEL_STEP 6       /* places that are tried for a label */
#define CAREFUL_LABELS 600 /* with more conduits labels stand in the middle: each is compared with all conduits */

static int channel_height(const struct map *m, uint32_t channel)
{
	uint32_t tracks = m->channel_tracks[channel];
	return tracks == 0 ? CHANNEL_FREE : 2 * CHANNEL_PAD + (int)(tracks - 1) * MAP_TRACK;
}

/* A channel is above its row, in the same band; the last one is under the last row. */
static bool assign_heights(struct map *m)
{
	m->row_y = arena_alloc(&m->arena, (m->row_count + 1) * sizeof(*m->row_y));
	m->channel_y = arena_alloc(&m->arena, (m->row_count + 1) * sizeof(*m->channel_y));
	if (m->row_y == NULL || m->channel_y == NULL)
		return false;
	int y = HEAD_H;
	for (unsigned i = 0; i < MAP_BANDS; i++) {
		struct map_band *band = &m->bands[i];
		if (!band->shown)
			continue;
		band->y = y;
		for (uint32_t row = band->first_row; row < band->first_row + band->row_count; row++) {
			m->channel_y[row] = y + CHANNEL_PAD;
			y += channel_height(m, row);
			m->row_y[row] = y;
			y += MAP_BOX_H;
		}
		bool last_row = band->row_count > 0 && band->first_row + band->row_count == m->row_count;
		if (last_row) {
			m->channel_y[m->row_count] = y + CHANNEL_PAD;
			y += channel_height(m, m->row_count);
		} else {
			y += band->row_count > 0 ? CHANNEL_FREE : EMPTY_BAND_H;
		}
		band->h = y - band->y;
	}
	m->bands_bottom = m->box_count > 0 ? y : y + MESSAGE_H;
	for (uint32_t i = 0; i < m->box_count; i++)
		m->boxes[i].at.y = m->row_y[m->boxes[i].row];
	return true;
}

static void add_point(struct map_edge *e, int x, int y)
{
	e->points[e->point_count++] = (struct map_point){x, y};
}

static int track_y(const struct map *m, const struct map_run *run)
{
	return m->channel_y[run->channel] + (int)run->track * MAP_TRACK;
}

static int port_y(const struct map *m, const struct map_edge *e, uint32_t end)
{
	const struct map_box *box = &m->boxes[e->boxes[end]];
	return e->ports[end].up ? box->at.y : box->at.y + box->at.h;
}

static void trace(const struct map *m, struct map_edge *e)
{
	uint32_t a = e->upper, b = !e->upper;
	int first = track_y(m, &e->runs[0]);
	add_point(e, e->ports[a].x, port_y(m, e, a));
	add_point(e, e->ports[a].x, first);
	if (e->run_count == 2) {
		int between = m->gutter_x[e->gutter] + (int)e->gutter_track * MAP_GUTTER_TRACK,
		    second = track_y(m, &e->runs[1]);
		add_point(e, between, first);
		add_point(e, between, second);
		add_point(e, e->ports[b].x, second);
	} else {
		add_point(e, e->ports[b].x, first);
	}
	add_point(e, e->ports[b].x, port_y(m, e, b));
	for (uint32_t i = 0; a == 1 && i < e->point_count / 2; i++) {
		struct map_point swap = e->points[i];
		e->points[i] = e->points[e->point_count - 1 - i];
		e->points[e->point_count - 1 - i] = swap;
	}
}

/* How many vertical pieces of other conduits pass under this rectangle. */
static unsigned passes_under(const struct map *m, const struct map_edge *own, struct map_rect r)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < m->edge_count; i++) {
		const struct map_edge *e = &m->edges[i];
		for (uint32_t k = 0; e != own && k + 1 < e->point_count; k++) {
			struct map_point a = e->points[k], b = e->points[k + 1];
			int top = a.y < b.y ? a.y : b.y, bottom = a.y < b.y ? b.y : a.y;
			count += a.x == b.x && a.x > r.x - 3 && a.x < r.x + r.w + 3 && top < r.y + r.h && bottom > r.y;
		}
	}
	return count;
}

/* Where the fewest others pass under it; of equal places the one nearest to the middle. */
static void place_label(const struct map *m, struct map_edge *e)
{
	const struct map_run *run = &e->runs[e->label_run];
	struct map_rect r = {0, track_y(m, run) - MAP_LABEL_H / 2, e->label_w, MAP_LABEL_H};
	int middle = run->room_left + (run->room_right - run->room_left - r.w) / 2;
	r.x = middle;
	e->label_at = r;
	unsigned least = m->edge_count <= CAREFUL_LABELS ? passes_under(m, e, r) : 0;
	for (int away = LABEL_STEP; least > 0 && middle - away >= run->room_left; away += LABEL_STEP) {
		for (int side = -1; side <= 1; side += 2) {
			r.x = middle + side * away;
			unsigned count = passes_under(m, e, r);
			if (count < least) {
				least = count;
				e->label_at = r;
			}
		}
	}
}

bool map_places(struct map *m)
{
	if (!assign_heights(m))
		return false;
	for (uint32_t i = 0; i < m->edge_count; i++)
		trace(m, &m->edges[i]);
	for (uint32_t i = 0; i < m->edge_count; i++)
		place_label(m, &m->edges[i]);
	return true;
}
