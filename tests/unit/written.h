/* SPDX-License-Identifier: Apache-2.0 */
/* written.h - files that people write, written by tests, and what the reader told about them. */
#ifndef EARSHOT_TEST_WRITTEN_H
#define EARSHOT_TEST_WRITTEN_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/declare/declarations.h"

struct written {
	char folder[64], zones[96], owners[96];
	char told[4][700]; /* without the folder */
	unsigned told_count;
};

static inline void written_tell(void *to, const char *line)
{
	struct written *w = to;
	size_t folder = strlen(w->folder) + 1;
	const char *from = strncmp(line, w->folder, folder - 1) == 0 ? line + folder : line;
	if (w->told_count < 4)
		snprintf(w->told[w->told_count], sizeof(w->told[0]), "%s", from);
	w->told_count++;
}

static inline void written_open(struct written *w)
{
	memset(w, 0, sizeof(*w));
	strcpy(w->folder, "/tmp/earshot-said-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->folder));
	snprintf(w->zones, sizeof(w->zones), "%s/z.yaml", w->folder);
	snprintf(w->owners, sizeof(w->owners), "%s/r.csv", w->folder);
}

static inline void written_put(const char *path, const void *bytes, size_t len)
{
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(bytes, 1, len, out), len);
	fclose(out);
}

static inline void written_close(struct written *w)
{
	remove(w->zones);
	remove(w->owners);
	ck_assert_int_eq(remove(w->folder), 0);
}

#endif
