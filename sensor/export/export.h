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

/*
 * CycloneDX 1.6 and 1.7 JSON (cyclonedx.h), and a STIX 2.1 bundle (stix.c): for programs that keep bills of materials,
 * and for those that share what they know about infrastructure.
 */
int export_cyclonedx(FILE *out, const struct conclusions *c, const char *site);
int export_cyclonedx_1_7(FILE *out, const struct conclusions *c, const char *site);
int export_stix(FILE *out, const struct conclusions *c, const char *site);

/* The tables beside export_csv(), in the same form: one link, zone, conduit, fact a row. */
int export_csv_links(FILE *out, const struct conclusions *c, const char *site);
int export_csv_zones(FILE *out, const struct conclusions *c, const char *site);
int export_csv_conduits(FILE *out, const struct conclusions *c, const char *site);
int export_csv_facts(FILE *out, const struct conclusions *c, const char *site);

/* Newline-delimited JSON: one fact an object a line, each complete in itself (asset, value, capture, frame). */
int export_ndjson(FILE *out, const struct conclusions *c, const char *site);

/*
 * Several files in one folder, which is made when it is not there; files of other names in it stay. Either all files
 * appear, or (a negative errno) none is changed.
 *
 * csv-set: assets.csv links.csv zones.csv conduits.csv facts.csv
 * netbox: CSV files for the bulk import of NetBox 4.x, numbered in the order of import (netbox.c)
 */
int export_csv_set(const char *folder, const struct conclusions *c, const char *site);
int export_netbox(const char *folder, const struct conclusions *c, const char *site);

#endif
