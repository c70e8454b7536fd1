/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin.h - which facts said the value that a field of an asset has, in words for a document that is read elsewhere.
 */
#ifndef EARSHOT_ORIGIN_H
#define EARSHOT_ORIGIN_H

#include "sensor/conclude/asset.h"
#include "sensor/inventory/order.h"

/* In the order of the inventory's JSON. */
enum origin_field {
	ORIGIN_NAME,
	ORIGIN_VENDOR,
	ORIGIN_MODEL,
	ORIGIN_ORDER_NUMBER,
	ORIGIN_SERIAL_NUMBER,
	ORIGIN_HARDWARE_VERSION,
	ORIGIN_FIRMWARE_VERSION,
	ORIGIN_OS,
	ORIGIN_FIELDS
};

/* "name", "vendor", ... as in the inventory's JSON. Static storage. */
const char *origin_name(enum origin_field field);
/* The effective value; NULL: unknown. */
const char *origin_value(const struct asset *a, enum origin_field field);

/*
 * The next fact that said the effective value, NULL when there are no more. `*at` is 0 at first. When none of the
 * asset's own facts said it, a rule concluded it from them, or it was borrowed from the only part of the asset, and so
 * are the facts.
 */
const struct asset_fact *origin_next(
	const struct conclusions *c, const struct asset *a, enum origin_field field, size_t *at);

#define ORIGIN_TEXT_MAX 1024 /* a file name of 255 bytes, a message and a place, and room */
/*
 * "capture 1 plant.pcap frame 4578": captures are numbered as in the inventory's JSON, since two files may have the
 * same name.
 */
char *origin_sighting(char out[ORIGIN_TEXT_MAX], const struct conclusions *c, const struct order *captures,
	const struct sighting *at);
/* The same, with who said it and where: "...: modbus FC 43/14 Read Device Identification, at modbus-unit 5". */
char *origin_text(char out[ORIGIN_TEXT_MAX], const struct conclusions *c, const struct order *captures,
	const struct asset_fact *f);

/* The last part of it: "modbus FC 43/14 Read Device Identification, at modbus-unit 5". */
char *origin_message(char out[ORIGIN_TEXT_MAX], const struct conclusions *c, const struct asset_fact *f);

/* When the last capture ended, in nanoseconds; 1 when nobody knows: documents are dated by it, never by the clock. */
int64_t origin_window_end(const struct inventory *inv);

#endif
