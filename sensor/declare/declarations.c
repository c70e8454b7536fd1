/* SPDX-License-Identifier: Apache-2.0 */
/* declarations.c - what people decided, as a whole. */
#include "sensor/declare/declarations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/declare/parts.h"
#include "sensor/util/whole.h"

static int zones_load(struct declarations *d, const char *path, void (*warn)(void *to, const char *line), void *to)
{
	char *text;
	size_t len;
	int err = whole_read_told(path, YAML_STRICT_BYTES_MAX, &text, &len, warn, to);
	if (err == 0)
		err = zones_read(d, path, text, len, warn, to);
	free(text);
	return err;
}

int declarations_load(struct declarations **out, const char *zones_file, const char *register_file,
	void (*warn)(void *to, const char *line), void *to)
{
	return declarations_load_mapped(out, zones_file, register_file, NULL, warn, to);
}

int declarations_load_mapped(struct declarations **out, const char *zones_file, const char *register_file,
	const struct register_map *map, void (*warn)(void *to, const char *line), void *to)
{
	struct declarations *d = calloc(1, sizeof(*d));
	*out = NULL;
	if (d == NULL)
		return -ENOMEM;
	if (zones_file != NULL)
		d->zones_file = arena_copy(&d->arena, zones_file);
	if (register_file != NULL)
		d->register_file = arena_copy(&d->arena, register_file);
	bool failed =
		(zones_file != NULL && d->zones_file == NULL) || (register_file != NULL && d->register_file == NULL);
	int err = failed ? -ENOMEM : 0;
	if (err == 0 && zones_file != NULL)
		err = zones_load(d, zones_file, warn, to);
	if (err == 0 && register_file != NULL)
		err = register_read(d, register_file, map, warn, to);
	if (err != 0) {
		declarations_free(d);
		return err;
	}
	*out = d;
	return 0;
}

void declarations_free(struct declarations *d)
{
	if (d == NULL)
		return;
	index_clear(&d->zone_index);
	arena_clear(&d->arena);
	free(d);
}

const struct declared_zone *declarations_zone(const struct declarations *d, const char *id)
{
	if (d->zone_index.capacity == 0) { /* put together by hand */
		for (size_t i = 0; i < d->zone_count; i++)
			if (strcmp(d->zones[i].id, id) == 0)
				return &d->zones[i];
		return NULL;
	}
	uint32_t hash = hash_bytes(id, strlen(id), 0), cursor, row;
	for (row = index_first(&d->zone_index, hash, &cursor); row != INDEX_END;
		row = index_next(&d->zone_index, hash, &cursor))
		if (strcmp(d->zones[row].id, id) == 0)
			return &d->zones[row];
	return NULL;
}
