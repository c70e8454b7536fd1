/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - conclusions put together by hand, with as many zones and conduits as wanted, for the tests of drawings. */
#ifndef EARSHOT_SHEET_H
#define EARSHOT_SHEET_H

#include "sensor/conclude/asset.h"

#define SHEET_HOSTILE "</text><script>alert(1)</script>]]>&\"'\x1b[31m\xe2\x80\xaegnp.exe\xef\xbf\xbf\\\n"

struct sheet {
	struct conclusions conclusions;
	struct inventory *inventory;
	struct declarations declarations;
};

/*
 * `zones` of all kinds at all levels, `assets` spread over them (every 13th in none), and a conduit between each two
 * whose numbers say so, at most `conduits`. Aborts without memory.
 */
void sheet_make(struct sheet *s, uint32_t zones, uint32_t assets, uint32_t conduits);
/* A further asset of zone `zone`, of this type and level, as if it had been there from the beginning. */
void sheet_add_asset(struct sheet *s, uint32_t zone, const char *type, const char *level);
void sheet_clear(struct sheet *s);

#endif
