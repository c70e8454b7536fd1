/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - what the files of pack/ share; private to it. */
#ifndef EARSHOT_PACK_PARTS_H
#define EARSHOT_PACK_PARTS_H

#include <stdbool.h>

#include "sensor/export/coverage.h"
#include "sensor/export/csv_table.h"
#include "sensor/inventory/order.h"
#include "sensor/pack/pack.h"

/* One file of a pack, as the manifest has it. */
struct pack_file {
	char name[PACK_NAME_MAX + 1]; /* "07_drawings/overview.svg" */
	char sha256[PACK_SHA256_ROOM];
	uint64_t bytes;
};

/* A file that was read for the pack or is named in it, by its hash. */
struct pack_source {
	char name[PACK_NAME_MAX + 1]; /* without folders, cut when longer */
	char sha256[PACK_SHA256_ROOM];
};
#define PACK_SOURCES_MAX 64 /* rule files and vendor tables; there are some ten */

/* What a manifest says; made while writing, or read back. Texts are owned. */
struct manifest {
	char *site, *version, *first, *last; /* "" unknown */
	char *baseline;                      /* NULL: none accepted */
	char baseline_sha256[PACK_SHA256_ROOM];
	char previous[PACK_SHA256_ROOM]; /* of the manifest before; "": the first */
	uint64_t captures, packets;
	struct pack_source declarations[2];
	size_t declaration_count;
	struct pack_file files[PACK_FILES_MAX]; /* by name */
	size_t file_count;
};

/* The folder in the making (bundle.c). */
struct bundle {
	char *target, *building; /* "x", "x.new" */
	int fd;
	char *error; /* PACK_ERROR_MAX */
	struct pack_file files[PACK_FILES_MAX];
	size_t file_count;
	/* The file being written. */
	FILE *stream;
	struct pack_file *file;
	struct digest *digest;
};

/* What the writers of files read from. */
struct pack {
	const struct pack_input *in;
	const struct conclusions *c;
	struct manifest manifest;
	char manifest_sha256[PACK_SHA256_ROOM];
	struct bundle bundle;
	struct order captures;
	struct coverage coverage;
	struct pack_source knowledge[PACK_SOURCES_MAX];
	size_t knowledge_count;
	uint32_t *conduit_of; /* by link: the conduit whose channel it is in, or CONDUIT_NONE */
};

/* A file of the pack: 0 or a negative errno; errors of the stream may stay in the stream. */
struct pack_writer {
	const char *name;
	int (*write)(FILE *out, const struct pack *p);
};

/* digest.c - SHA-256 of what goes through a stream, and of files. NULL, false: no memory, no SHA-256. */
struct digest;
/* A stream into `fd`, which it owns, as it is written; close it with digest_close(). */
FILE *digest_open(struct digest **out, int fd);
/* Everything is on disk: 0 and what was written, or a negative errno. Frees the digest. */
int digest_close(struct digest *d, FILE *stream, char sha256[PACK_SHA256_ROOM], uint64_t *bytes);
/* Of a plain file at `fd`, at most `bytes_max` bytes of it; 0 or a negative errno. */
int digest_file(int fd, uint64_t bytes_max, char sha256[PACK_SHA256_ROOM], uint64_t *bytes);
bool digest_bytes(const void *bytes, size_t len, char sha256[PACK_SHA256_ROOM]);

/* bundle.c - all or nothing. Errors: a negative errno, and a line in `error`. */
int bundle_open(struct bundle *f, const char *path);
/* A file, its folder made when it is not there; `name` has at most one '/'. */
int bundle_begin(struct bundle *f, const char *name);
/* Takes the failure of the writer: 0 keeps the file. */
int bundle_end(struct bundle *f, int err);
/* The folder gets its name. */
int bundle_finish(struct bundle *f);
/* Nothing is left of what was not finished. */
void bundle_close(struct bundle *f);

/* manifest.c */
int manifest_write(FILE *out, const struct manifest *m);
/* The manifest of the pack in folder `fd`; its hash. 0, or a negative errno and a line in `error`. */
int manifest_read(struct manifest *m, int fd, const char *folder, char sha256[PACK_SHA256_ROOM], char *error);
void manifest_clear(struct manifest *m);
/* Of the pack in `folder`; its site too (on the heap) when `site` is not NULL. Like manifest_read(). */
int pack_manifest_sha256(const char *folder, char **site, char sha256[PACK_SHA256_ROOM], char *error);
/* "07_drawings/overview.svg": letters, digits, - _ . in at most two parts, none of which begins with a dot. */
bool manifest_name_is_safe(const char *name);
/* A plain file inside the folder, never a link: the descriptor, or a negative errno. */
int manifest_open_file(int fd, const char *name);

/* signoff.c - both forms say nothing but what the manifest says, so that they can be made again and compared. */
#define SIGNOFF_JSON "14_signoff.json"
#define SIGNOFF_TEXT "14_signoff.md"
int signoff_json(FILE *out, const struct manifest *m, const char *manifest_sha256);
int signoff_text(FILE *out, const struct manifest *m, const char *manifest_sha256);

/* paper.c - Markdown: a text from anywhere as plain words, nothing of it markup, a link or HTML. */
void paper_put(FILE *out, const char *text);

/* field.c - what the tables of a pack have beyond csv_table.h. */
#define FIELD_LIST_MAX 40 /* items named in one field: a spreadsheet holds 32,767 characters; the rest is counted */
void field_or_blank(struct csv_table *t, const char *text); /* PACK_BLANK for NULL and "" */
void field_format(struct csv_table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Where it was seen: capture and frame, two fields; NULL: two empty ones. */
void field_sighting(struct csv_table *t, const struct conclusions *c, const struct sighting *at);
/* A list in one field; what is beyond FIELD_LIST_MAX items is counted, and `where` says where it is. */
struct field_list {
	struct csv_table *table;
	size_t count;
};
void field_list_start(struct field_list *l, struct csv_table *t);
void field_list_add(struct field_list *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
void field_list_end(struct field_list *l, const char *where);
#define FIELD_LABEL_MAX 200
/* "10.20.30.10 PACKING_LINE", of a part "10.20.30.10 cip-port-slot 1/2"; a long name is cut. Returns `out`. */
const char *field_label(char out[FIELD_LABEL_MAX], const struct conclusions *c, uint32_t asset);
const char *field_zone(const struct conclusions *c, uint32_t asset); /* its id; NULL: in none, ASSET_NONE */
bool field_has_flag(const struct asset *a, const char *flag);

/* sensor.c: fills p->knowledge. 0, or a negative errno and a line in the error. */
int knowledge_hashes(struct pack *p);

/* The files. */
int pack_readme(FILE *out, const struct pack *p);
int pack_assets_csv(FILE *out, const struct pack *p);
int pack_assets_json(FILE *out, const struct pack *p);
int pack_evidence(FILE *out, const struct pack *p);
int pack_zones(FILE *out, const struct pack *p);
int pack_conduits(FILE *out, const struct pack *p);
int pack_flows(FILE *out, const struct pack *p);
int pack_map(FILE *out, const struct pack *p);
int pack_drawings(FILE *out, const struct pack *p);
int pack_coverage(FILE *out, const struct pack *p);
int pack_changes(FILE *out, const struct pack *p);
int pack_reconciliation(FILE *out, const struct pack *p);
int pack_findings(FILE *out, const struct pack *p);
int pack_configuration(FILE *out, const struct pack *p);
int pack_open_items(FILE *out, const struct pack *p);
int pack_trace(FILE *out, const struct pack *p);
int pack_sensor(FILE *out, const struct pack *p);

#endif
