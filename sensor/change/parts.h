/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the files that compare share; private to change/. */
#ifndef EARSHOT_CHANGE_PARTS_H
#define EARSHOT_CHANGE_PARTS_H

#include "sensor/change/change.h"
#include "sensor/change/match.h"

struct comparison {
	struct changes *out;
	struct match match;
	const struct side *sides[2]; /* older, newer */
};

/* A new change about an asset of the newer side, or of the older one; NULL: no room, which is counted, or no memory. */
struct change *change_add(struct comparison *c, enum change_kind kind, unsigned side, uint32_t asset);
struct change_asset change_asset_of(const struct side *s, uint32_t asset);

/* Channels and what is done on them. */
void channels_compare(struct comparison *c);

#endif
