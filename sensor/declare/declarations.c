/* SPDX-License-Identifier: Apache-2.0 */
/* declarations.c - what people decided, as a whole. */
#include "sensor/declare/declarations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int declarations_load(struct declarations **out, const char *zones_file, const char *register_file,
	void (*warn)(void *to, const char *line), void *to)
{
	(void)warn;
	(void)to;
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return -ENOMEM;
	(*out)->zones_file = zones_file;
	(*out)->register_file = register_file;
	return 0;
}

void declarations_free(struct declarations *d)
{
	if (d == NULL)
		return;
	arena_clear(&d->arena);
	free(d);
}

const struct declared_zone *declarations_zone(const struct declarations *d, const char *id)
{
	for (size_t i = 0; i < d->zone_count; i++)
		if (strcmp(d->zones[i].id, id) == 0)
			return &d->zones[i];
	return NULL;
}
