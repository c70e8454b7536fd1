/* SPDX-License-Identifier: Apache-2.0 */
/* oui.h - organisations by the first 24, 28 or 36 bits of a MAC address; private to conclude/. */
#ifndef EARSHOT_OUI_H
#define EARSHOT_OUI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor/util/arena.h"
#include "sensor/util/index.h"

#define OUI_FILES 4 /* oui.csv and the three beside it */

struct oui_row {
	uint64_t prefix : 40; /* its bits at the low end */
	uint64_t bits : 8;    /* 24, 28 or 36 */
	uint64_t file : 8;
	uint64_t csv : 1;     /* what it is, else text */
	uint64_t read : 1;    /* the name was asked for */
	union {
		uint64_t at;      /* where it begins in the file */
		const char *name; /* in the arena */
	};
};

struct oui {
	int files[OUI_FILES]; /* open for the names; the first `file_count` */
	uint32_t file_count;
	struct oui_row *rows;
	uint32_t count, room;
	struct index index;
	struct arena names;
};

/* Adds the rows of one IEEE file, oui.csv or oui.txt by what is in it, and keeps it open. 0, or a negative errno. */
int oui_read(struct oui *o, const char *path);
/* True when the 24-bit block of this address is given on in smaller blocks. */
bool oui_is_divided(struct oui *o, const uint8_t mac[6]);
/* NULL: unknown, or a block that is given on to others. Borrowed. */
const char *oui_find(struct oui *o, const uint8_t mac[6]);
void oui_clear(struct oui *o);

#endif
