/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/inventory/marks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/inventory/inventory.h"

#define WORDS_FIRST 64

int marks_keep(struct inventory *inv)
{
	if (inv->marks == NULL)
		inv->marks = calloc(1, sizeof(*inv->marks));
	return inv->marks != NULL ? 0 : -ENOMEM;
}

void marks_free(struct marks *m)
{
	if (m == NULL)
		return;
	for (unsigned i = 0; i < MARKED_KINDS; i++)
		free(m->set[i].words);
	free(m);
}

static bool grow(struct mark_set *s, uint32_t word)
{
	uint32_t room = s->room != 0 ? s->room : WORDS_FIRST;
	while (room <= word)
		room *= 2;
	uint64_t *words = realloc(s->words, room * sizeof(*words));
	if (words == NULL)
		return false;
	memset(words + s->room, 0, (room - s->room) * sizeof(*words));
	s->words = words;
	s->room = room;
	return true;
}

void marks_set(struct marks *m, enum marked kind, uint32_t row)
{
	if (m == NULL || m->all)
		return;
	struct mark_set *s = &m->set[kind];
	if (row / 64 >= s->room && !grow(s, row / 64)) {
		m->all = true;
		return;
	}
	uint64_t bit = (uint64_t)1 << row % 64;
	s->count += (s->words[row / 64] & bit) == 0;
	s->words[row / 64] |= bit;
}

uint32_t marks_next(const struct marks *m, enum marked kind, uint32_t row, uint32_t count)
{
	if (m == NULL || m->all)
		return row < count ? row : count;
	const struct mark_set *s = &m->set[kind];
	while (row < count && row / 64 < s->room) {
		uint64_t rest = s->words[row / 64] >> row % 64;
		if (rest != 0) {
			row += (uint32_t)__builtin_ctzll(rest);
			return row < count ? row : count;
		}
		row = (row / 64 + 1) * 64;
	}
	return count;
}

void marks_clear(struct marks *m)
{
	for (unsigned i = 0; i < MARKED_KINDS; i++) {
		if (m->set[i].count > 0)
			memset(m->set[i].words, 0, m->set[i].room * sizeof(*m->set[i].words));
		m->set[i].count = 0;
	}
	m->all = false;
}

uint64_t marks_count(const struct marks *m, const struct inventory *inv)
{
	if (m == NULL || m->all)
		return (uint64_t)inv->capture_count + inv->protocol_count_count + inv->endpoint_count +
		       inv->binding_count + inv->fact_count + inv->link_count + inv->activity_count;
	uint64_t sum = 0;
	for (unsigned i = 0; i < MARKED_KINDS; i++)
		sum += m->set[i].count;
	return sum;
}
