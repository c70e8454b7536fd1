/* SPDX-License-Identifier: Apache-2.0 */
/* show.h - what `show` prints, one function for each WHAT; `read` ends with one of them. */
#ifndef EARSHOT_SHOW_H
#define EARSHOT_SHOW_H

#include <stdio.h>

#include "sensor/command/filter.h"
#include "sensor/conclude/asset.h"
#include "sensor/util/table.h"

/* What `read` ends with: a line of totals, and the asset table. */
void show_summary(FILE *out, const struct conclusions *c);

struct view {
	FILE *out;
	struct terminal terminal;
	const struct conclusions *c;
	struct filter filter;
};

/* Each returns 0 or -ENOMEM; errors of the stream stay in the stream. */
int show_assets(const struct view *v);
int show_links(const struct view *v);
int show_facts(const struct view *v);
int show_captures(const struct view *v);
int show_coverage(const struct view *v);
/* Everything about one asset, with the evidence of each value. */
int show_asset(const struct view *v, uint32_t asset);

#define LABEL_MAX 160

/* What a person would call the asset: its IP or MAC address; of a part, that of the parent and the place. */
char *asset_label(char out[LABEL_MAX], const struct conclusions *c, uint32_t asset);
/* "read write", or "" */
#define OPERATIONS_TEXT_MAX 64
char *operations_text(char out[OPERATIONS_TEXT_MAX], unsigned operations);

#endif
