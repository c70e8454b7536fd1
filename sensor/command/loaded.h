/* SPDX-License-Identifier: Apache-2.0 */
/* loaded.h - a store read and concluded from, for the verbs that print. */
#ifndef EARSHOT_LOADED_H
#define EARSHOT_LOADED_H

#include <stdbool.h>

#include "sensor/conclude/asset.h"
#include "sensor/store/store.h"

struct loaded {
	struct store *store;
	struct inventory *inventory;
	struct knowledge *knowledge;
	struct conclusions conclusions;
	bool concluded;
	char verb[16]; /* whom a late warning is from */
};

/* EXIT_DONE, or the exit code after one line on standard error; close it in either case. */
int loaded_open(struct loaded *l, const char *verb, const char *db);
void loaded_close(struct loaded *l);

#endif
