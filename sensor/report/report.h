/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - one HTML page that shows an inventory, with nothing to load from anywhere.
 *
 * page.html is built from src/ by vite and checked in; it has two script elements of type application/json, into which
 * the inventory JSON (config/inventory.schema.json) is written as it is: of the inventory, and of an earlier one to
 * compare with (`null`: none).
 */
#ifndef EARSHOT_REPORT_H
#define EARSHOT_REPORT_H

#include <stdio.h>

#include "sensor/conclude/asset.h"

/* What stands before, between and after the two inventories. */
extern const char report_page_0[];
extern const char report_page_1[];
extern const char report_page_2[];

/* An earlier inventory: conclusions, or the JSON that was made of them then. */
struct report_baseline {
	const struct conclusions *conclusions;
	const char *site;
	const char *json; /* NULL: from the conclusions */
};

/* `baseline` may be NULL. 0 or a negative errno, that of the stream included. */
int report_write(FILE *out, const struct conclusions *c, const char *site, const struct report_baseline *baseline);

#endif
