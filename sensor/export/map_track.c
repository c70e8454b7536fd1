/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_track.c - a track for each run, so that in one channel no run and no label lies on another.
 *
 * Each run in turn takes the track where it crosses the fewest others, a further track when that saves enough; then
 * each is taken out and put in again a few times. In a channel with very many runs the first free track will do.
 */
#include "sensor/export/map.h"

#include <stdlib.h>

#define GAP 8            /* between runs on one track */
#define CAREFUL_RUNS 160 /* above that the work would grow with the cube of them */
#define CAREFUL_PASSES 4
#define CROSSING_COST 2
#define TRACK_COST 3

/* The runs of one channel. */
struct channel_runs {
	struct map_run **runs;
	uint32_t count, placed, tracks;
};

static bool overlaps(const struct map_run *a, const struct map_run *b)
{
	return a->room_left < b->room_right + GAP && b->room_left < a->room_right + GAP;
}

/* The piece from a turn of `a` on to the row crosses `b`. */
static unsigned stub_crosses(int x, bool up, uint32_t track, const struct map_run *b, uint32_t track_b)
{
	return x >= b->room_left && x <= b->room_right && (up ? track_b < track : track_b > track);
}

static unsigned crossings(const struct map_run *a, uint32_t track_a, const struct map_run *b)
{
	return stub_crosses(a->left, a->left_up, track_a, b, b->track) +
	       stub_crosses(a->right, a->right_up, track_a, b, b->track) +
	       stub_crosses(b->left, b->left_up, b->track, a, track_a) +
	       stub_crosses(b->right, b->right_up, b->track, a, track_a);
}

/* `i` is not among those that are compared with. */
static bool is_free(const struct channel_runs *c, uint32_t i, uint32_t track)
{
	for (uint32_t k = 0; k < c->placed; k++)
		if (k != i && c->runs[k]->track == track && overlaps(c->runs[k], c->runs[i]))
			return false;
	return true;
}

static unsigned cost_of(const struct channel_runs *c, uint32_t i, uint32_t track)
{
	unsigned cost = track == c->tracks ? TRACK_COST : 0;
	for (uint32_t k = 0; k < c->placed; k++)
		if (k != i)
			cost += CROSSING_COST * crossings(c->runs[i], track, c->runs[k]);
	return cost;
}

static void take_track(struct channel_runs *c, uint32_t i, bool careful)
{
	uint32_t best = c->tracks;
	unsigned least = careful ? cost_of(c, i, best) : 0;
	for (uint32_t track = 0; track < c->tracks; track++) {
		if (!is_free(c, i, track))
			continue;
		if (!careful) {
			best = track;
			break;
		}
		unsigned cost = cost_of(c, i, track);
		if (cost < least || (cost == least && best == c->tracks)) {
			least = cost;
			best = track;
		}
	}
	c->runs[i]->track = best;
	c->tracks += best == c->tracks;
}

/*
 * Lets the run have a track between two others: for a while all tracks have the double number. What was won is kept,
 * and tracks that nobody is on go.
 */
static void open_between(struct channel_runs *c, uint32_t i)
{
	struct map_run *run = c->runs[i];
	for (uint32_t k = 0; k < c->count; k++)
		c->runs[k]->track = c->runs[k]->track * 2 + 1;
	uint32_t home = run->track, best = home;
	unsigned least = cost_of(c, i, home);
	for (uint32_t track = 0; track <= 2 * c->tracks; track++) {
		if (track % 2 == 1 && !is_free(c, i, track))
			continue;
		unsigned cost = cost_of(c, i, track) + (track % 2 == 0 ? TRACK_COST : 0);
		if (cost < least) {
			least = cost;
			best = track;
		}
	}
	run->track = best;
	c->tracks = 2 * c->tracks + 1;
}

/* Numbers the tracks that are used without gaps. */
static bool close_gaps(struct map *m, struct channel_runs *c)
{
	uint32_t *number = arena_alloc(&m->arena, (c->tracks + 1) * sizeof(*number)), used = 0;
	if (number == NULL)
		return false;
	for (uint32_t k = 0; k < c->count; k++)
		number[c->runs[k]->track] = 1;
	for (uint32_t t = 0; t < c->tracks; t++)
		number[t] = number[t] != 0 ? used++ : 0;
	for (uint32_t k = 0; k < c->count; k++)
		c->runs[k]->track = number[c->runs[k]->track];
	c->tracks = used;
	return true;
}

static int by_left(const void *a, const void *b)
{
	const struct map_run *x = *(struct map_run *const *)a, *y = *(struct map_run *const *)b;
	if (x->room_left != y->room_left)
		return x->room_left - y->room_left;
	if (x->room_right != y->room_right)
		return x->room_right - y->room_right;
	return x < y ? -1 : x > y; /* both in the array of edges: the order of the conduits */
}

static bool assign_channel(struct map *m, struct channel_runs *c)
{
	bool careful = c->count <= CAREFUL_RUNS;
	qsort(c->runs, c->count, sizeof(struct map_run *), by_left);
	for (uint32_t i = 0; i < c->count; i++) {
		take_track(c, i, careful);
		c->placed++;
	}
	for (unsigned pass = 0; careful && pass < CAREFUL_PASSES; pass++) {
		for (uint32_t i = 0; i < c->count; i++) {
			open_between(c, i);
			if (!close_gaps(m, c))
				return false;
		}
	}
	return true;
}

bool map_tracks(struct map *m)
{
	struct map_run **runs = arena_alloc(&m->arena, (2 * (size_t)m->edge_count + 1) * sizeof(*runs));
	m->channel_tracks = arena_alloc(&m->arena, (m->row_count + 1) * sizeof(*m->channel_tracks));
	if (runs == NULL || m->channel_tracks == NULL)
		return false;
	for (uint32_t channel = 0; channel <= m->row_count; channel++) {
		struct channel_runs c = {.runs = runs};
		for (uint32_t i = 0; i < m->edge_count; i++)
			for (uint32_t k = 0; k < m->edges[i].run_count; k++)
				if (m->edges[i].runs[k].channel == channel)
					runs[c.count++] = &m->edges[i].runs[k];
		if (!assign_channel(m, &c))
			return false;
		m->channel_tracks[channel] = c.tracks;
	}
	return true;
}
