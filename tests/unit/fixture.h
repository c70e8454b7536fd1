/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - a small plant put together by hand, in either order, for the tests of store and exports. */
#ifndef EARSHOT_FIXTURE_H
#define EARSHOT_FIXTURE_H

#include "sensor/conclude/asset.h"
#include "sensor/inventory/inventory.h"

#define FIXTURE_CONTROL "\x1b[31mred\x07"                   /* terminal controls */
#define FIXTURE_SCRIPT "</script><script>alert(1)</script>" /* leaves HTML */
#define FIXTURE_FORMULA "=cmd|' /C calc'!A0"                /* a spreadsheet formula */
#define FIXTURE_TURNED "abc\xe2\x80\xaegnp.exe"             /* right-to-left override */
#define FIXTURE_LINES "two\xe2\x80\xa8lines \"quoted\", \\ and\ttab"

struct fixture {
	struct inventory *inventory;
	struct conclusions conclusions;
};

/* The same facts recorded forwards or backwards; aborts without memory. */
void fixture_make(struct fixture *f, bool backwards);
void fixture_clear(struct fixture *f);

/* Every field of every row as sorted text, references resolved; on the heap. */
char *fixture_dump(const struct inventory *inv);

#endif
