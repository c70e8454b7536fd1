/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register.c - which row of the owner's register is which asset.
 *
 * A row is the asset that has its serial number; when no asset has it, the one with its MAC, then its station name,
 * then its IP: from what belongs to the device itself to what can be given to another one. Nothing is guessed:
 * - a key that several assets have ends the search, and the row is matched to none;
 * - an asset that several rows lead to is matched to none of them;
 * - a row whose later key belongs to another asset stays with the first key - a device that moved, an old address.
 * Each of these is kept as a question that a person has to answer.
 */
#include "sensor/conclude/register_key.h"
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

static const char *const key_names[REGISTER_KEYS] = {"serial number", "MAC address", "station name", "IP address"};

/* What became of one row. */
struct match {
	const struct key_group *group; /* that decided, or that is in doubt; NULL: nothing was found */
	uint32_t asset;                /* ASSET_NONE: none, or in doubt */
	uint32_t other;                /* that a later key belongs to, or ASSET_NONE */
	uint8_t key, other_key;        /* enum asset_key */
};

static const char *key_text(char out[ADDRESS_TEXT_MAX], const struct declared_asset *row, enum asset_key key)
{
	switch (key) {
	case ASSET_KEY_SERIAL:
		return row->serial_number;
	case ASSET_KEY_MAC:
		return row->mac.kind != ADDRESS_NONE ? address_text(out, &row->mac) : NULL;
	case ASSET_KEY_STATION:
		return row->station_name;
	default:
		return row->ip.kind != ADDRESS_NONE ? address_text(out, &row->ip) : NULL;
	}
}

static uint32_t device_of(const struct conclusions *c, uint32_t asset)
{
	return c->assets[asset].parent != ASSET_NONE ? c->assets[asset].parent : asset;
}

static struct match row_match(const struct asset_keys *keys, const struct declared_asset *row)
{
	struct match m = {.asset = ASSET_NONE, .other = ASSET_NONE};
	char text[ADDRESS_TEXT_MAX];
	for (unsigned key = 0; key < REGISTER_KEYS; key++) {
		const char *value = key_text(text, row, (enum asset_key)key);
		const struct key_group *group =
			value != NULL ? asset_keys_find(keys, (enum asset_key)key, value) : NULL;
		if (group == NULL)
			continue;
		if (m.group == NULL) {
			m.group = group;
			m.key = (uint8_t)key;
			m.asset = group->found == 1 ? group->assets[0] : ASSET_NONE;
			if (m.asset == ASSET_NONE)
				break;
		} else if (group->found == 1 && device_of(keys->of, group->assets[0]) != device_of(keys->of, m.asset)) {
			m.other = group->assets[0];
			m.other_key = (uint8_t)key;
			break;
		}
	}
	return m;
}

static struct register_question *question_add(struct work *w, const struct declared_asset *row,
	enum register_doubt doubt, enum asset_key key, uint32_t candidates)
{
	char text[ADDRESS_TEXT_MAX];
	if (w->out->question_count == REGISTER_QUESTIONS_MAX) {
		w->out->questions_dropped++;
		return NULL;
	}
	struct register_question *q = &w->out->questions[w->out->question_count++];
	*q = (struct register_question){.doubt = doubt, .row = row, .key = key_names[key]};
	q->value = work_copy(w, key_text(text, row, key));
	q->candidates = work_keep(w, candidates, sizeof(*q->candidates));
	q->candidate_count = q->candidates_found = candidates;
	return w->failed ? NULL : q;
}

/* `first_row` and `second_row` of each asset: the first two rows of the file that claim it. */
static void ask(struct work *w, const struct match *matches, const uint32_t *first_row, const uint32_t *second_row)
{
	const struct declarations *d = w->out->declarations;
	for (uint32_t i = 0; i < d->asset_count && !w->failed; i++) {
		const struct match *m = &matches[i];
		const struct declared_asset *row = &d->assets[i];
		struct register_question *q;
		if (m->group == NULL)
			continue;
		if (m->asset == ASSET_NONE) {
			q = question_add(w, row, REGISTER_ROW_MATCHES_SEVERAL, (enum asset_key)m->key, m->group->count);
			if (q != NULL) {
				memcpy(q->candidates, m->group->assets, m->group->count * sizeof(*q->candidates));
				q->candidates_found = m->group->found;
			}
		} else if (second_row[m->asset] != UINT32_MAX) {
			q = question_add(w, row, REGISTER_ASSET_CLAIMED_TWICE, (enum asset_key)m->key, 1);
			if (q != NULL) {
				q->candidates[0] = m->asset;
				q->rival = &d->assets[first_row[m->asset] == i ? second_row[m->asset]
									       : first_row[m->asset]];
			}
		} else if (m->other != ASSET_NONE) {
			q = question_add(w, row, REGISTER_KEYS_DISAGREE, (enum asset_key)m->other_key, 2);
			if (q != NULL) {
				q->candidates[0] = m->asset;
				q->candidates[1] = m->other;
			}
		}
	}
}

static void rows_match(struct work *w, const struct asset_keys *keys)
{
	const struct declarations *d = w->out->declarations;
	struct match *matches = work_scratch(w, d->asset_count, sizeof(*matches));
	uint32_t *first_row = work_scratch(w, w->out->asset_count, sizeof(*first_row));
	uint32_t *second_row = work_scratch(w, w->out->asset_count, sizeof(*second_row));
	size_t most = d->asset_count < REGISTER_QUESTIONS_MAX ? d->asset_count : REGISTER_QUESTIONS_MAX;
	w->out->questions = work_keep(w, most, sizeof(*w->out->questions));
	if (w->failed)
		return;
	memset(first_row, 0xff, w->out->asset_count * sizeof(*first_row));
	memset(second_row, 0xff, w->out->asset_count * sizeof(*second_row));
	for (uint32_t i = 0; i < d->asset_count; i++) {
		uint32_t asset = (matches[i] = row_match(keys, &d->assets[i])).asset;
		if (asset == ASSET_NONE)
			continue;
		if (first_row[asset] == UINT32_MAX)
			first_row[asset] = i;
		else if (second_row[asset] == UINT32_MAX)
			second_row[asset] = i;
	}
	for (uint32_t a = 0; a < w->out->asset_count; a++)
		if (first_row[a] != UINT32_MAX && second_row[a] == UINT32_MAX)
			w->out->assets[a].declared = &d->assets[first_row[a]];
	ask(w, matches, first_row, second_row);
}

bool register_match(struct work *w)
{
	const struct declarations *d = w->out->declarations;
	struct asset_keys keys;
	if (w->failed || d == NULL || d->asset_count == 0)
		return !w->failed;
	if (asset_keys_make(&keys, w->out))
		rows_match(w, &keys);
	else
		w->failed = true;
	asset_keys_clear(&keys);
	return !w->failed;
}
