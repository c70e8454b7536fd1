/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.h - conclusions and facts to the outside. Deterministic: the same facts give the same bytes.
 * Each writer returns 0 or a negative errno (the stream's error included).
 */
#ifndef EARSHOT_EXPORT_H
#define EARSHOT_EXPORT_H

#include <stdio.h>

#include "sensor/conclude/asset.h"

/* The inventory JSON contract (config/inventory.schema.json). */
int export_json(FILE *out, const struct conclusions *c, const char *site);

/*
 * What `zones check` answers: captures, zones, conduits and findings as in the inventory, and how many channels have
 * each verdict.
 */
int export_check(FILE *out, const struct conclusions *c, const char *site);

/* RFC 4180 with a header line, one asset (children included) a row, safe from formula injection. */
int export_csv(FILE *out, const struct conclusions *c, const char *site);

/* The drawing of zones and conduits (map.h), and the same as a graph for other programs. */
int export_svg(FILE *out, const struct conclusions *c, const char *site);
int export_dot(FILE *out, const struct conclusions *c, const char *site);
int export_graphml(FILE *out, const struct conclusions *c, const char *site);
int export_mermaid(FILE *out, const struct conclusions *c, const char *site);

#endif
