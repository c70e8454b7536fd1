/* SPDX-License-Identifier: Apache-2.0 */
/* condition.h - does one condition of a rule hold for an asset, and in what words; private to conclude/. */
#ifndef EARSHOT_CONDITION_H
#define EARSHOT_CONDITION_H

#include "sensor/conclude/rules.h"
#include "sensor/conclude/work.h"

#define BECAUSE_MAX 240

/* The asset that rules are asked about. */
struct asked {
	const struct work *work;
	uint32_t index;
	const struct asset *asset;
	uint64_t attributes[(ATTRIBUTES + 63) / 64]; /* of its facts */
};

void asked_init(struct asked *s, const struct work *w, uint32_t index);

/* What made it hold is appended to `because` (BECAUSE_MAX bytes), if that is not NULL. */
bool condition_holds(const struct asked *s, const struct condition *c, char *because);

#endif
