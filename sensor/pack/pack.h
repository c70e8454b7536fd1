/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h - the evidence pack: what the asset process of a security program (IEC 62443-2-1) hands to a reviewer, as
 * numbered files in one folder, and a manifest by which every altered, missing and added file is found.
 *
 * A pack is evidence for requirements, never a verdict of compliance. What only people know stands in it as
 * PACK_BLANK. The same store and the same declarations give the same bytes: all dates are those of the captures.
 */
#ifndef EARSHOT_PACK_H
#define EARSHOT_PACK_H

#include <stdint.h>
#include <stdio.h>

#include "sensor/conclude/asset.h"

struct changes;
struct reconciliation;

#define PACK_BLANK "TO BE COMPLETED"
#define PACK_MANIFEST "01_manifest.json"
#define PACK_FILES_MAX 256  /* in one pack; ours has some 20, and room for what people add later */
#define PACK_NAME_MAX 100   /* bytes of a file's name, its folder included */
#define PACK_SHA256_ROOM 65 /* in hexadecimal digits, and a NUL */
#define PACK_ERROR_MAX 512  /* one line for people */

struct pack_input {
	const struct conclusions *conclusions;
	const char *site;     /* "" when it has no name */
	const char *previous; /* the folder of the pack before this one; NULL: this is the first */
	const char *baseline; /* name of the accepted baseline that `changes` are since; NULL: none is accepted */
	const char *baseline_sha256;                 /* NULL with it */
	const struct changes *changes;               /* NULL with it */
	const struct reconciliation *reconciliation; /* of the owner's register with what was observed */
	const char *knowledge;                       /* folder with rules/ and vendors/ */
	void (*versions)(FILE *out);                 /* writes what the program is made of, a line each */
};

/*
 * Writes the pack into `folder`, which must not exist or be empty. It is built beside it as `folder`.new and gets its
 * name when it is complete; after a failure nothing is left. 0, or a negative errno and one line in `error`:
 * PACK_EPREVIOUS when the previous pack cannot be read or is of another site.
 */
#define PACK_EPREVIOUS (-1000)
int pack_write(const char *folder, const struct pack_input *in, char error[PACK_ERROR_MAX]);

/* What `pack --verify` found. */
struct pack_check {
	char site[PACK_ERROR_MAX];              /* cut when longer */
	char manifest_sha256[PACK_SHA256_ROOM]; /* to be compared with the one that people signed */
	size_t files;                           /* that the manifest names, and the sign-off forms */
	size_t faults;                          /* lines that were written about altered, missing, added files */
	size_t blanks, completed;               /* fields of the sign-off forms */
};

/*
 * Compares the folder with its manifest: writes one line to `out` for each altered, missing or added file. People
 * complete the sign-off forms after the pack was made: only what is not a field of theirs counts as altered. With
 * `previous` the manifest must name that pack as the one before. 0 when it could be compared, faults or none; or a
 * negative errno and one line in `error`: -EBADMSG when the manifest is none.
 */
int pack_verify(
	const char *folder, const char *previous, FILE *out, struct pack_check *check, char error[PACK_ERROR_MAX]);

#endif
