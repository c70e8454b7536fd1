/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.h - several files in one folder that appear together or not at all.
 *
 *	struct folder f;
 *	folder_open(&f, "plant-netbox");
 *	err = write_some(folder_file(&f, "1.csv"), ...);
 *	err = folder_close(&f, err);
 */
#ifndef EARSHOT_FOLDER_H
#define EARSHOT_FOLDER_H

#include <stdbool.h>

#include "sensor/util/output.h"

#define FOLDER_FILES_MAX 24 /* of one export; all are open until the last one is complete */

struct folder {
	const char *path;
	bool made; /* it was not there before */
	struct output files[FOLDER_FILES_MAX];
	unsigned count;
	int err; /* the first failure; a negative errno */
};

/* The folder is made if it is not there (its parent must be). Failures stay in `err`; close it in any case. */
void folder_open(struct folder *f, const char *path);
/* Where to write; NULL after a failure. */
FILE *folder_file(struct folder *f, const char *name);
/*
 * `err` is what the writers have to say, 0: all is well, and the files get their names. Else nothing is left. 0 or a
 * negative errno.
 */
int folder_close(struct folder *f, int err);

#endif
