/* SPDX-License-Identifier: Apache-2.0 */
/* map_run.c - the level pieces of conduits, from turn to turn, and the room that a label needs on one of them. */
#include "sensor/export/map.h"

#include <stdlib.h>

#define AIR 4             /* between a label and what passes beside it */
#define STEP 6            /* places that are tried for a label */
#define CAREFUL_EDGES 300 /* with more conduits labels stand in the middle: each is compared with all conduits */

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

static unsigned in_the_way(const struct map *m, const struct map_edge *own, uint32_t channel, int left)
{
	unsigned count = 0;
	for (uint32_t i = 0; i < m->edge_count; i++)
		if (&m->edges[i] != own)
			count += uprights(m, &m->edges[i], channel, left, left + own->label_w);
	return count;
}

struct stand {
	int x;
	unsigned in_the_way;
};

/*
 * Where a label on this run is passed by the fewest others, of equal places the one nearest to the middle. It lies on
 * the run, or over all of it when it is wider.
 */
static struct stand find_stand(const struct map *m, const struct map_edge *e, const struct map_run *run)
{
	int slack = abs(e->label_w - (run->right - run->left)) / 2;
	int least_x = MAP_MARGIN + MAP_BAND_NAME_W + AIR, most_x = m->width - MAP_MARGIN - AIR - e->label_w;
	int middle = run->left + (run->right - run->left - e->label_w) / 2;
	middle = middle > most_x ? most_x : middle < least_x ? least_x : middle;
	struct stand best = {middle, 0};
	if (m->edge_count > CAREFUL_EDGES)
		return best;
	best.in_the_way = in_the_way(m, e, run->channel, middle);
	for (int away = STEP; best.in_the_way > 0 && away <= slack; away += STEP) {
		for (int side = -1; side <= 1; side += 2) {
			struct stand s = {.x = middle + side * away};
			if (s.x < least_x || s.x > most_x)
				continue;
			s.in_the_way = in_the_way(m, e, run->channel, s.x);
			if (s.in_the_way < best.in_the_way)
				best = s;
		}
	}
	return best;
}

/* The label stands on the run where least is in its way, of equal ones on the longer; its room is kept free of runs. */
static void make_room(const struct map *m, struct map_edge *e)
{
	struct stand stand = find_stand(m, e, &e->runs[0]);
	if (e->run_count == 2) {
		struct stand other = find_stand(m, e, &e->runs[1]);
		int longer = (e->runs[1].right - e->runs[1].left) - (e->runs[0].right - e->runs[0].left);
		if (other.in_the_way < stand.in_the_way || (other.in_the_way == stand.in_the_way && longer >= 0)) {
			stand = other;
			e->label_run = 1;
		}
	}
	struct map_run *run = &e->runs[e->label_run];
	run->room_left = stand.x < run->left ? stand.x : run->left;
	run->room_right = stand.x + e->label_w > run->right ? stand.x + e->label_w : run->right;
}

void map_runs(struct map *m)
{
	for (uint32_t i = 0; i < m->edge_count; i++)
		lay_runs(m, &m->edges[i]);
	for (uint32_t i = 0; i < m->edge_count; i++)
		make_room(m, &m->edges[i]);
}
