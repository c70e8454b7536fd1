/* SPDX-License-Identifier: Apache-2.0 */
/* json_parts.h - what the files of the JSON export share; private to export/. */
#ifndef EARSHOT_JSON_PARTS_H
#define EARSHOT_JSON_PARTS_H

#include "sensor/conclude/asset.h"
#include "sensor/export/coverage.h"
#include "sensor/export/element.h"
#include "sensor/inventory/order.h"

struct exporter {
	struct element_writer writer;
	const struct conclusions *c;
	const struct inventory *inv;
	struct order captures;
	struct coverage coverage;
};

/* A capture may begin its clock at 0: what a frame proves has a time all the same. */
int64_t json_time_of(const struct sighting *s);
void json_time(struct exporter *e, cJSON *o, const char *key, int64_t time_ns);
void json_times(struct exporter *e, cJSON *o, const struct span *seen); /* first_seen, last_seen */
void json_texts(struct exporter *e, cJSON *parent, const char *key, const char *const *texts, size_t count);
void json_operations(struct exporter *e, cJSON *parent, const char *key, unsigned operations);
cJSON *json_capture(struct exporter *e, size_t i);
/* One of the outermost lists, an element at a time. `make` is not asked when `count` is 0. */
void json_list(struct exporter *e, const char *key, size_t count, cJSON *(*make)(struct exporter *e, size_t i));

/* json_zones.c */
void json_declared(struct exporter *e, cJSON *asset, const struct declared_asset *d);
cJSON *json_zone(struct exporter *e, size_t i);
cJSON *json_conduit(struct exporter *e, size_t i);
cJSON *json_finding(struct exporter *e, size_t i);

/* json_map.c */
struct map;
cJSON *json_map(struct exporter *e, const struct map *m);

#endif
