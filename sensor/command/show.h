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
int show_zones(const struct view *v);
/* Conduits; with a filter those that match, each with its channels. */
int show_conduits(const struct view *v);
int show_findings(const struct view *v);
/* Everything about one asset, with the evidence of each value. */
int show_asset(const struct view *v, uint32_t asset);

/* Parts of show_asset(): what the register says beside what was seen (0 or -ENOMEM), and ... */
int put_declared(const struct view *v, const struct asset *a);
/* ... which rules lost, by how much, and what would decide; ... */
void put_would_change(const struct view *v, const struct asset *a);
/* ... and the findings that name it. */
void put_findings(const struct view *v, uint32_t asset);
void heading_print(const struct view *v, const char *text);

#define LABEL_MAX 160

/* What a person would call the asset: its IP or MAC address; of a part, that of the parent and the place. */
char *asset_label(char out[LABEL_MAX], const struct conclusions *c, uint32_t asset);
/* "read write", or "" */
#define OPERATIONS_TEXT_MAX 64
char *operations_text(char out[OPERATIONS_TEXT_MAX], unsigned operations);

/* One finding as a paragraph: what, where, what to do, evidence. */
void finding_print(const struct view *v, const struct finding *f);
/* Text in lines that fit the terminal, each `indent` columns in; the first line begins at column `at`. */
void wrapped_print(const struct view *v, unsigned indent, unsigned at, const char *text);
/* Channels as a table; of what `wanted` says, NULL: all. 0 or -ENOMEM. */
int channels_print(const struct view *v, const struct conduit *conduit, bool (*wanted)(const struct channel *c));
/* "A -> B", "A <- B", "A <-> B": who opens what the conduit carries. On the heap. */
char *conduit_arrow(const struct conclusions *c, const struct conduit *conduit);

#endif
