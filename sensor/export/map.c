/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - a drawing from conclusions: layout, title block, revision. */
#include "sensor/export/map.h"
#include "sensor/util/output.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define FOOT_H 186       /* legend and title block */
#define TITLE_TEXT_W 330 /* of a line of the title block */

static const struct map_font head_font = {200, true}, note_font = {110, false}, row_font = {105, false};

static bool add_row(struct map *m, const char *name, const char *text)
{
	if (text == NULL)
		return false;
	struct map_title_row *row = &m->rows[m->title_row_count++];
	row->name = name;
	row->text = map_text(m, text, row_font, TITLE_TEXT_W);
	return row->text != NULL;
}

/* "2026-01-05 08:00:00": to the second is enough for a drawing. */
static void second_text(char out[TIME_TEXT_MAX], int64_t time_ns)
{
	time_text(out, time_ns);
	if (strlen(out) >= 19) {
		out[10] = ' ';
		out[19] = 0;
	}
}

static bool add_captures(struct map *m)
{
	const struct inventory *inv = m->conclusions->inventory;
	int64_t first_ns = 0, last_ns = 0;
	for (uint32_t i = 0; i < inv->capture_count; i++) {
		const struct capture *c = &inv->captures[i];
		if (c->first_ns != 0 && (first_ns == 0 || c->first_ns < first_ns))
			first_ns = c->first_ns;
		if (c->last_ns != 0 && (last_ns == 0 || c->last_ns > last_ns))
			last_ns = c->last_ns;
	}
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	second_text(first, first_ns);
	second_text(last, last_ns);
	const char *count = map_count_text(m, inv->capture_count, "capture", "captures");
	if (inv->capture_count == 1)
		count = inv->captures[0].name;
	if (count == NULL || !add_row(m, "Seen in", count))
		return false;
	return add_row(m, "Window",
		first_ns == 0 ? "no packets" : arena_format(&m->arena, "%s \xe2\x80\x93 %s UTC", first, last));
}

static bool add_zones(struct map *m)
{
	uint32_t counts[2] = {0};
	for (uint32_t i = 0; i < m->box_count; i++)
		if (m->boxes[i].zone != ZONE_NONE)
			counts[m->conclusions->zones[m->boxes[i].zone].status == DECLARED_ACCEPTED]++;
	const char *text = arena_format(&m->arena, "%u accepted, %u proposed%s", counts[1], counts[0],
		counts[0] > 0 ? "; proposed zones are not approved" : "");
	if (counts[0] > 0)
		m->note = "Proposed zones are not approved.";
	return add_row(m, "Zones", text);
}

static bool add_conduits(struct map *m)
{
	uint32_t counts[CHANNEL_VERDICTS] = {0};
	const char *text = arena_format(&m->arena, "%u", m->edge_count);
	for (uint32_t i = 0; i < m->edge_count; i++)
		counts[m->conclusions->conduits[m->edges[i].conduit].verdict]++;
	for (unsigned i = 0, any = 0; i < CHANNEL_VERDICTS && text != NULL; i++) {
		if (counts[i] == 0)
			continue;
		text = arena_format(&m->arena, "%s%s%u %s", text, any ? ", " : ": ", counts[i],
			channel_verdict_name((enum verdict_of_channel)i));
		any = 1;
	}
	return add_row(m, "Conduits", text);
}

/* What had no room is said where nobody can miss it. */
static bool add_note(struct map *m, uint64_t in_zones)
{
	const char *left = "";
	if (m->zones_left + m->conduits_left > 0)
		left = arena_format(&m->arena, "%sNot drawn for want of room: %u zones, %u conduits.",
			m->note != NULL ? " " : "", m->zones_left, m->conduits_left);
	else if (m->box_count > 0 && in_zones == 0)
		left = arena_format(&m->arena, "%sNo zone has any asset.", m->note != NULL ? " " : "");
	const char *note = left != NULL ? arena_format(&m->arena, "%s%s", m->note != NULL ? m->note : "", left) : NULL;
	m->note = note != NULL ? map_text(m, note, note_font, m->width - 48) : NULL;
	return m->note != NULL;
}

static bool add_message(struct map *m)
{
	if (m->box_count > 0)
		return true;
	if (m->unplaced == 0)
		m->message = "No assets, so no zones: nothing in these captures spoke.";
	else
		m->message = arena_format(&m->arena, "No zones. %u %s in no zone.", m->unplaced,
			m->unplaced == 1 ? "asset is" : "assets are");
	return m->message != NULL;
}

static bool add_titles(struct map *m, const char *site)
{
	const struct declarations *d = m->conclusions->declarations;
	if ((site == NULL || *site == 0) && d != NULL)
		site = d->site;
	bool named = site != NULL && *site != 0;
	const char *title =
		arena_format(&m->arena, "Zones and conduits%s%s", named ? " \xc2\xb7 " : "", named ? site : "");
	m->title = title != NULL ? map_text(m, title, head_font, m->width - 48) : NULL;
	uint64_t in_zones = 0;
	for (uint32_t i = 0; i < m->box_count; i++)
		in_zones += m->boxes[i].zone != ZONE_NONE ? m->boxes[i].asset_count : 0;
	const char *assets =
		arena_format(&m->arena, "%llu in zones, %u in none", (unsigned long long)in_zones, m->unplaced);
	return m->title != NULL && add_row(m, "Site", named ? site : "not named") && add_captures(m) &&
	       add_row(m, "Sensor", "earshot " EARSHOT_VERSION) && add_zones(m) && add_row(m, "Assets", assets) &&
	       add_conduits(m) && add_note(m, in_zones) && add_message(m);
}

/* Equal drawings have equal revisions, and a drawing in which anything changed has another. */
static int revise(struct map *m)
{
	char *text = NULL;
	size_t len = 0;
	unsigned char digest[EVP_MAX_MD_SIZE];
	FILE *out = open_memstream(&text, &len);
	if (out == NULL)
		return -ENOMEM;
	map_draw(out, m);
	int err = fclose(out) != 0 ? -ENOMEM : 0;
	if (err == 0 && EVP_Digest(text, len, digest, NULL, EVP_sha256(), NULL) != 1)
		err = -ENOMEM;
	for (unsigned i = 0; err == 0 && i < (sizeof(m->revision) - 1) / 2; i++)
		snprintf(m->revision + 2 * (size_t)i, 3, "%02x", (unsigned)digest[i]);
	free(text);
	return err;
}

int map_make(struct map *out, const struct conclusions *c, const char *site)
{
	*out = (struct map){.conclusions = c};
	bool made = map_boxes(out) && map_edges(out) && map_routes(out);
	if (made)
		map_runs(out);
	made = made && map_tracks(out) && map_places(out) && add_titles(out, site);
	out->height = out->bands_bottom + FOOT_H;
	int err = made ? revise(out) : -ENOMEM;
	if (err != 0)
		map_clear(out);
	return err;
}

void map_clear(struct map *m)
{
	arena_clear(&m->arena);
	*m = (struct map){0};
}

int map_export(FILE *out, const struct conclusions *c, const char *site, bool (*write)(FILE *out, struct map *m))
{
	struct map m;
	int err = map_make(&m, c, site);
	if (err != 0)
		return err;
	errno = 0;
	if (!write(out, &m))
		err = -ENOMEM;
	if (err == 0)
		err = output_flush(out);
	map_clear(&m);
	return err;
}
