/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/strings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_FIRST 4096
#define IDS_FIRST 256

int strings_init(struct strings *s, size_t max_bytes)
{
	memset(s, 0, sizeof(*s));
	s->max = max_bytes;
	return strings_add(s, "") == 0 ? 0 : -ENOMEM;
}

void strings_clear(struct strings *s)
{
	free(s->bytes);
	free(s->at);
	index_clear(&s->index);
	memset(s, 0, sizeof(*s));
}

int strings_empty(struct strings *s)
{
	s->len = 0;
	s->count = 0;
	index_empty(&s->index);
	return strings_add(s, "") == 0 ? 0 : -ENOMEM;
}

static uint32_t find(const struct strings *s, const char *text, uint32_t hash)
{
	uint32_t cursor, id;
	for (id = index_first(&s->index, hash, &cursor); id != INDEX_END; id = index_next(&s->index, hash, &cursor))
		if (strcmp(s->bytes + s->at[id], text) == 0)
			return id;
	return STRINGS_FULL;
}

uint32_t strings_find(const struct strings *s, const char *text)
{
	return find(s, text, hash_bytes(text, strlen(text), 0));
}

/* Room for `len` more bytes and one more id. */
static int reserve(struct strings *s, size_t len)
{
	if (s->len + len > s->max || s->len + len > UINT32_MAX)
		return -ENOMEM;
	if (s->len + len > s->room) {
		size_t room = s->room ? s->room * 2 : BYTES_FIRST;
		while (room < s->len + len)
			room *= 2;
		char *bytes = realloc(s->bytes, room);
		if (bytes == NULL)
			return -ENOMEM;
		s->bytes = bytes;
		s->room = room;
	}
	if (s->count == s->at_room) {
		uint32_t room = s->at_room ? s->at_room * 2 : IDS_FIRST;
		uint32_t *at = realloc(s->at, room * sizeof(*at));
		if (at == NULL)
			return -ENOMEM;
		s->at = at;
		s->at_room = room;
	}
	return 0;
}

uint32_t strings_add(struct strings *s, const char *text)
{
	size_t len = strlen(text) + 1;
	uint32_t hash = hash_bytes(text, len - 1, 0);
	uint32_t id = find(s, text, hash);
	if (id != STRINGS_FULL)
		return id;
	if (reserve(s, len) != 0 || index_put(&s->index, hash, s->count) != 0)
		return STRINGS_FULL;
	memcpy(s->bytes + s->len, text, len);
	s->at[s->count] = (uint32_t)s->len;
	s->len += len;
	return s->count++;
}

const char *strings_text(const struct strings *s, uint32_t id)
{
	return id < s->count ? s->bytes + s->at[id] : "";
}
