/* SPDX-License-Identifier: Apache-2.0 */
/* map_run.c - the level pieces of conduits, from turn to turn, and the room that a label needs on one of them. */
#include "sensor/export/map.h"

#include <stdlib.h>

#define AIR 4             /* between a label and what passes beside it */
#define STEP 4            /* places that are tried for a label wider than its run */
#define CAREFUL_EDGES 600 /* with more conduits such a label stands in the middle: each is compared with all conduits  \
			   */

/* `a` is the upper end of the conduit, or nearer to it. */
static void set_run(struct map_run *run, int a, int b, bool b_up)
{
	run->left_up = a <= b || b_up;
	run->right_up = a > b || b_up;
	run->left = run->room_left = a < b ? a : b;
	run->right = run->room_right = a < b ? b : a;
}

static int gutter_of(const struct map *m, const struct map_edge *e)
{
	return m->gutter_x[e->gutter] + (int)e->gutter_track * MAP_GUTTER_TRACK;
}

/* The label stands on the longest. */
static void lay_runs(const struct map *m, struct map_edge *e)
{
	int above = e->ports[e->upper].x, below = e->ports[!e->upper].x;
	if (e->run_count == 1) {
		set_run(&e->runs[0], above, below, !e->ports[!e->upper].up);
		return;
	}
	int between = gutter_of(m, e);
	set_run(&e->runs[0], above, between, false);
	set_run(&e->runs[1], between, below, false);
	e->label_run = e->runs[1].right - e->runs[1].left >= e->runs[0].right - e->runs[0].left;
}

static bool is_between(int x, int left, int right)
{
	return x > left - AIR && x < right + AIR;
}

/* How many upright pieces the conduit has in this channel between two places. */
static unsigned uprights(const struct map *m, const struct map_edge *e, uint32_t channel, int left, int right)
{
	uint32_t first = m->boxes[e->boxes[e->upper]].row + 1, last = m->boxes[e->boxes[!e->upper]].row;
	unsigned count = 0;
	bool turns = false;
	for (uint32_t k = 0; k < e->run_count; k++) {
		if (e->runs[k].channel != channel)
			continue;
		turns = true;
		count += is_between(e->runs[k].left, left, right) + is_between(e->runs[k].right, left, right);
	}
	if (turns || channel < first || channel > last)
		return count;
	int x = e->ports[channel < e->runs[0].channel ? e->upper : !e->upper].x;
	return is_between(e->run_count == 2 ? gutter_of(m, e) : x, left, right);
}

static unsigned in_the_way(const struct map *m, const struct map_edge *own, int left)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < m->edge_count; i++)
		if (&m->edges[i] != own)
			count +=
				uprights(m, &m->edges[i], own->runs[own->label_run].channel, left, left + own->label_w);
	return count;
}

/*
 * A label wider than its run stands over it where the fewest others pass, of equal places in the middle. Its room is
 * kept free of other runs like the run itself.
 */
static void make_room(const struct map *m, struct map_edge *e)
{
	struct map_run *run = &e->runs[e->label_run];
	int wider = e->label_w - (run->right - run->left);
	if (wider <= 0)
		return;
	int least_x = MAP_MARGIN + MAP_BAND_NAME_W + 4, most_x = m->width - MAP_MARGIN - 4 - e->label_w;
	int middle = run->left - wider / 2, best = middle;
	unsigned least = m->edge_count <= CAREFUL_EDGES ? in_the_way(m, e, middle) : 0;
	for (int away = STEP; least > 0 && away <= wider / 2; away += STEP) {
		for (int side = -1; side <= 1; side += 2) {
			int x = middle + side * away;
			unsigned count = x < least_x || x > most_x ? least : in_the_way(m, e, x);
			if (count < least) {
				least = count;
				best = x;
			}
		}
	}
	best = best > most_x ? most_x : best;
	best = best < least_x ? least_x : best;
	run->room_left = best < run->left ? best : run->left;
	run->room_right = best + e->label_w > run->right ? best + e->label_w : run->right;
}

void map_runs(struct map *m)
{
	for (uint32_t i = 0; i < m->edge_count; i++)
		lay_runs(m, &m->edges[i]);
	for (uint32_t i = 0; i < m->edge_count; i++)
		make_room(m, &m->edges[i]);
}
