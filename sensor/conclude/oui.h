/* SPDX-License-Identifier: Apache-2.0 */
/* oui.h - organisations by the first 24, 28 or 36 bits of a MAC address; private to conclude/. */
#ifndef EARSHOT_OUI_H
#define EARSHOT_OUI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor/util/arena.h"
#include "sensor/util/index.h"

struct oui_row {
	uint64_t prefix; /* its bits at the low end */
	char *name;      /* where it begins in the text of its file, as it stands there; its text once it was asked for */
	uint8_t bits;    /* 24, 28 or 36 */
	bool csv, read;  /* what it is; whether it was asked for */
};

struct oui {
	struct arena texts; /* the files, each NUL-terminated */
	struct oui_row *rows;
	uint32_t count, room;
	struct index index;
};

/* Adds the rows of one IEEE file, oui.csv or oui.txt by what is in it. 0, or a negative errno. */
int oui_read(struct oui *o, const char *path);
/* True when the 24-bit block of this address is given on in smaller blocks. */
bool oui_is_divided(struct oui *o, const uint8_t mac[6]);
/* NULL: unknown, or a block that is given on to others. Borrowed. */
const char *oui_find(struct oui *o, const uint8_t mac[6]);
void oui_clear(struct oui *o);

#endif
