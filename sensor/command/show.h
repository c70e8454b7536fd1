/* SPDX-License-Identifier: Apache-2.0 */
/* show.h - the parts of `show` that other verbs print too. */
#ifndef EARSHOT_SHOW_H
#define EARSHOT_SHOW_H

#include <stdio.h>

#include "sensor/conclude/asset.h"

/* What `read` ends with: a line of totals, and the asset table. */
void show_summary(FILE *out, const struct conclusions *c);

#endif
