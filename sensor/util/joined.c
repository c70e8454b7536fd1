/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/joined.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void joined_start(struct joined *j)
{
	j->len = 0;
}

static bool reserve(struct joined *j, size_t want)
{
	if (want <= j->room)
		return true;
	char *bigger = realloc(j->text, 2 * want);
	if (bigger == NULL) {
		j->failed = true;
		return false;
	}
	j->text = bigger;
	j->room = 2 * want;
	return true;
}

void joined_add(struct joined *j, const char *piece)
{
	if (piece == NULL || *piece == 0)
		return;
	size_t gap = j->len > 0 ? strlen(j->separator) : 0, len = strlen(piece);
	if (!reserve(j, j->len + gap + len + 1))
		return;
	memcpy(j->text + j->len, j->separator, gap);
	memcpy(j->text + j->len + gap, piece, len + 1);
	j->len += gap + len;
}

void joined_add_number(struct joined *j, unsigned number)
{
	char text[16];
	snprintf(text, sizeof(text), "%u", number);
	joined_add(j, text);
}

const char *joined_text(const struct joined *j)
{
	return j->len > 0 ? j->text : "";
}

void joined_clear(struct joined *j)
{
	free(j->text);
	*j = (struct joined){.separator = j->separator};
}
