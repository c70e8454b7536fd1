/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - memory of a conclusion in the making, and rows grouped by their owner. */
#include "sensor/conclude/work.h"

#include <string.h>

void *work_alloc(struct work *w, struct arena *arena, size_t count, size_t size)
{
	void *memory = NULL;
	if (!w->failed && (size == 0 || count <= SIZE_MAX / size))
		memory = arena_alloc(arena, count * size > 0 ? count * size : 1);
	if (memory == NULL)
		w->failed = true;
	return memory;
}

void *work_scratch(struct work *w, size_t count, size_t size)
{
	return work_alloc(w, &w->scratch, count, size);
}

void *work_early(struct work *w, size_t count, size_t size)
{
	return work_alloc(w, &w->early, count, size);
}

void *work_keep(struct work *w, size_t count, size_t size)
{
	return work_alloc(w, &w->out->arena, count, size);
}

const char *work_copy(struct work *w, const char *text)
{
	const char *copy = w->failed ? NULL : arena_copy(&w->out->arena, text);
	w->failed |= copy == NULL;
	return copy != NULL ? copy : "";
}

const char *work_text(struct work *w, const char *text)
{
	size_t len = strlen(text);
	uint32_t hash = hash_bytes(text, len, 0), cursor, row;
	for (row = index_first(&w->text_index, hash, &cursor); row != INDEX_END;
		row = index_next(&w->text_index, hash, &cursor))
		if (strcmp(w->texts[row], text) == 0)
			return w->texts[row];
	if (w->text_count == w->text_room) {
		uint32_t room = w->text_room ? w->text_room * 2 : 256;
		const char **more = work_alloc(w, &w->scratch, room, sizeof(*more));
		if (more == NULL)
			return "";
		if (w->text_count > 0)
			memcpy(more, w->texts, w->text_count * sizeof(*more));
		w->texts = more;
		w->text_room = room;
	}
	const char *copy = work_copy(w, text);
	if (index_put(&w->text_index, hash, w->text_count) != 0)
		w->failed = true;
	w->texts[w->text_count++] = copy;
	return copy;
}

bool grouped_make(
	struct work *w, struct arena *arena, struct grouped *g, const uint32_t *owner, uint32_t rows, uint32_t owners)
{
	g->count = owners;
	g->first = work_alloc(w, arena, (size_t)owners + 2, sizeof(*g->first));
	g->rows = work_alloc(w, arena, rows, sizeof(*g->rows));
	if (w->failed)
		return false;
	/* Counted two places on, so that filling moves each start to where the next owner begins. */
	for (uint32_t i = 0; i < rows; i++)
		if (owner[i] != ASSET_NONE)
			g->first[owner[i] + 2]++;
	for (uint32_t i = 2; i < owners + 2; i++)
		g->first[i] += g->first[i - 1];
	for (uint32_t i = 0; i < rows; i++)
		if (owner[i] != ASSET_NONE)
			g->rows[g->first[owner[i] + 1]++] = i;
	return true;
}
