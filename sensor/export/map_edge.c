/* SPDX-License-Identifier: Apache-2.0 */
/* map_edge.c - the conduits of a drawing and what is written on them. */
#include "sensor/export/map.h"

#include <string.h>

#include "sensor/util/text.h"

#define PROTOCOLS_W 150
#define THROUGH_W 90
#define THROUGH_MAX 8 /* routers of a conduit that are named: nobody reads more */

static const struct map_font label_font = {100, false}, strong_font = {100, true};

/* The worst first. */
static const enum verdict_of_channel weights[CHANNEL_VERDICTS] = {
	CHANNEL_DENIED, CHANNEL_EXPIRED, CHANNEL_UNREVIEWED, CHANNEL_ALLOWED, CHANNEL_NOT_OBSERVED};

static const char *joined(struct map *m, const char *const *texts, uint32_t count)
{
	const char *all = "";
	for (uint32_t i = 0; i < count && all != NULL; i++)
		all = arena_format(&m->arena, "%s%s%s", all, i > 0 ? ", " : "", texts[i]);
	return all;
}

/* Names of what carried it; "" when nobody knows. */
static const char *through_text(struct map *m, const struct conduit *conduit)
{
	const char *all = "";
	for (uint32_t i = 0; i < conduit->through_count && i < THROUGH_MAX && all != NULL; i++)
		all = arena_format(&m->arena, "%s%s%s", all, i > 0 ? ", " : "",
			map_asset_text(&m->conclusions->assets[conduit->through[i]]));
	return all;
}

/* " · 2 of 5 denied", "" when there is nothing to say. */
static const char *verdict_text(struct map *m, const struct conduit *conduit)
{
	uint32_t bad = conduit->counts[conduit->verdict];
	if (conduit->verdict != CHANNEL_DENIED && conduit->verdict != CHANNEL_EXPIRED)
		return conduit->verdict == CHANNEL_NOT_OBSERVED ? " \xc2\xb7 not observed" : "";
	if (bad == conduit->channel_count)
		return arena_format(&m->arena, " \xc2\xb7 %s", channel_verdict_name(conduit->verdict));
	return arena_format(&m->arena, " \xc2\xb7 %u of %u %s", bad, conduit->channel_count,
		channel_verdict_name(conduit->verdict));
}

static const char *protocols_text(struct map *m, const struct conduit *conduit)
{
	if (conduit->protocol_count > 0)
		return joined(m, conduit->protocols, conduit->protocol_count);
	return conduit->channel_count > 0 && conduit->verdict != CHANNEL_NOT_OBSERVED ? "unknown protocol" : "";
}

static bool write_about(struct map *m, struct map_edge *e, const char *protocols, const char *through)
{
	const struct conduit *conduit = &m->conclusions->conduits[e->conduit];
	char first[TIME_TEXT_MAX] = "", last[TIME_TEXT_MAX] = "";
	if (conduit->packets > 0) {
		time_text(first, conduit->seen.first.time_ns);
		time_text(last, conduit->seen.last.time_ns);
	}
	const char *counts = "";
	for (unsigned i = 0; i < CHANNEL_VERDICTS && counts != NULL; i++)
		if (conduit->counts[weights[i]] > 0)
			counts = arena_format(&m->arena, "%s, %u %s", counts, conduit->counts[weights[i]],
				channel_verdict_name(weights[i]));
	const char *channels = map_count_text(m, conduit->channel_count, "channel", "channels");
	if (counts == NULL || channels == NULL)
		return false;
	const char *about = arena_format(&m->arena, "%s: %s%s%s%s%s%s%s%s%s%s", conduit->id, channels, counts,
		*protocols != 0 ? ". " : "", protocols, *through != 0 ? ". Through " : "", through,
		*first != 0 ? ". Seen " : "", first, *first != 0 ? " to " : "", last);
	e->about = about != NULL ? map_text(m, about, label_font, 0) : NULL;
	return e->about != NULL;
}

static bool write_label(struct map *m, struct map_edge *e)
{
	const struct conduit *conduit = &m->conclusions->conduits[e->conduit];
	const char *protocols = protocols_text(m, conduit), *through = through_text(m, conduit);
	const char *verdict = verdict_text(m, conduit);
	if (protocols == NULL || through == NULL || verdict == NULL || !write_about(m, e, protocols, through))
		return false;
	if (conduit->declared != NULL)
		protocols = arena_format(&m->arena, "%s%s%s", conduit->id, *protocols != 0 ? ": " : "", protocols);
	const char *what = protocols != NULL ? map_text(m, protocols, label_font, PROTOCOLS_W) : NULL;
	const char *by = map_text(m, through, label_font, THROUGH_W);
	if (what == NULL || by == NULL)
		return false;
	e->label = arena_format(&m->arena, "%s%s%s%s", what, verdict, *by != 0 ? " \xc2\xb7 via " : "", by);
	if (e->label == NULL)
		return false;
	e->guarded = conduit->through_count > 0;
	for (uint32_t i = 0; i < conduit->through_count; i++)
		e->firewall |= strcmp(m->conclusions->assets[conduit->through[i]].type, "firewall") == 0;
	e->label_w = map_text_width(e->label, conduit->verdict == CHANNEL_DENIED ? strong_font : label_font) + 10 +
		     (e->guarded ? MAP_GUARD_W : 0);
	return true;
}

/* Who opens connections: as observed; where nothing was, as it is allowed. */
static void point_arrows(const struct map *m, struct map_edge *e)
{
	const struct conduit *conduit = &m->conclusions->conduits[e->conduit];
	e->arrow_at[1] = conduit->initiated[0] > 0;
	e->arrow_at[0] = conduit->initiated[1] > 0;
	const struct declared_conduit *d = conduit->declared;
	if (e->arrow_at[0] || e->arrow_at[1] || d == NULL)
		return;
	bool swapped = d->from != NULL && strcmp(m->conclusions->zones[conduit->zones[0]].id, d->from) != 0;
	for (size_t i = 0; i < d->allow_count; i++) {
		e->arrow_at[!swapped] |= d->allow[i].initiator != DIRECTION_TO_FROM;
		e->arrow_at[swapped] |= d->allow[i].initiator != DIRECTION_FROM_TO;
	}
}

static bool is_given_up(enum declared_status status)
{
	return status == DECLARED_REJECTED || status == DECLARED_RETIRED;
}

/* What people gave up is drawn only where somebody uses it all the same. */
static bool is_shown(const struct map *m, const struct conduit *conduit)
{
	const struct zone *zones = m->conclusions->zones;
	if (is_given_up(zones[conduit->zones[0]].status) || is_given_up(zones[conduit->zones[1]].status))
		return false;
	return conduit->declared == NULL || !is_given_up(conduit->declared->status) || conduit->packets > 0;
}

static bool has_boxes(const struct map *m, const struct conduit *conduit)
{
	return m->box_of[conduit->zones[0]] != MAP_NONE && m->box_of[conduit->zones[1]] != MAP_NONE;
}

bool map_edges(struct map *m)
{
	const struct conclusions *c = m->conclusions;
	bool *kept = arena_alloc(&m->arena, (c->conduit_count + 1) * sizeof(*kept));
	if (kept == NULL)
		return false;
	uint32_t count = 0;
	for (unsigned w = 0; w < CHANNEL_VERDICTS; w++) {
		for (uint32_t i = 0; i < c->conduit_count; i++) {
			if (c->conduits[i].verdict != weights[w] || !is_shown(m, &c->conduits[i]))
				continue;
			if (!has_boxes(m, &c->conduits[i]) || count == MAP_CONDUITS_MAX) {
				m->conduits_left++;
				continue;
			}
			kept[i] = true;
			count++;
		}
	}
	m->edges = arena_alloc(&m->arena, (count + 1) * sizeof(*m->edges));
	if (m->edges == NULL)
		return false;
	for (uint32_t i = 0; i < c->conduit_count; i++) {
		if (!kept[i])
			continue;
		struct map_edge *e = &m->edges[m->edge_count++];
		e->conduit = i;
		e->boxes[0] = m->box_of[c->conduits[i].zones[0]];
		e->boxes[1] = m->box_of[c->conduits[i].zones[1]];
		point_arrows(m, e);
		if (!write_label(m, e))
			return false;
	}
	return true;
}
