/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline.h - accepted inventories in the store (schema_3.sql): named, dated by the end of their capture window,
 * hashed, and never altered.
 */
#ifndef EARSHOT_BASELINE_H
#define EARSHOT_BASELINE_H

#include "sensor/store/store.h"

#define BASELINE_NAME_MAX 64          /* bytes: it is typed on command lines */
#define BASELINE_NOTE_MAX 4096        /* bytes: a paragraph */
#define BASELINES_MAX 10000           /* one a day for a human generation; the next one is refused */
#define BASELINE_BYTES_MAX (1u << 31) /* of JSON: as much as a comparison reads (SIDE_JSON_MAX) */

/* Text of a list lives in the list; that of a new one is borrowed. */
struct baseline {
	const char *name, *accepted_by, *note, *sensor; /* "": not said */
	int64_t time_ns;
	uint64_t assets, bytes;
	char sha256[65];
};

struct baselines {
	struct arena arena;
	struct baseline *at; /* in the order in which they were accepted */
	size_t count;
};

/* All of them; none in a store that is older than version 3. 0 or a code; clear it in either case. */
int store_baselines(struct store *s, struct baselines *out);
void baselines_clear(struct baselines *b);
/* NULL: none has the name. */
const struct baseline *baselines_find(const struct baselines *b, const char *name);

/*
 * The inventory of one, on the heap with a NUL behind it, when its hash is right. -ENOENT: no such baseline;
 * -EBADMSG: it is damaged or was altered.
 */
int store_baseline_read(struct store *s, const char *name, char **json, size_t *len);

/*
 * Accepts an inventory; `sha256` and `bytes` are set. Of STORE_WRITE, in one transaction. -EEXIST: there is one of that
 * name; -E2BIG: too many or too large.
 */
int store_baseline_add(struct store *s, struct baseline *b, const char *json, size_t len);

#endif
