/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uuid.h - names as UUIDs (version 5, RFC 9562 section 5.5), and a document that carries the name of its own content.
 *
 * The same name in the same name space is the same UUID on every machine and at any time.
 */
#ifndef EARSHOT_UUID_H
#define EARSHOT_UUID_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define UUID_BYTES 16
#define UUID_TEXT_MAX 37

/* Under which earshot names things; drawn once, at random, and never to change. */
extern const uint8_t uuid_earshot[UUID_BYTES];

struct evp_md_st;
struct evp_md_ctx_st;
struct uuids {
	struct evp_md_st *sha1;
	struct evp_md_ctx_st *hash;
	int err; /* the first failure stays; then texts are "" */
};

/* 0 or -ENOMEM; close it in either case. */
int uuids_open(struct uuids *u);
void uuids_close(struct uuids *u);

void uuid_bytes(
	struct uuids *u, uint8_t out[UUID_BYTES], const uint8_t space[UUID_BYTES], const char *name, size_t len);
/* "886313e1-3b8a-5372-9b90-0c9aee199e5d" of `len` bytes; returns `out`. */
char *uuid_of(struct uuids *u, char out[UUID_TEXT_MAX], const uint8_t space[UUID_BYTES], const char *name, size_t len);

/*
 * A stream that passes on to `out` and keeps the SHA-256 of what went through, so that the last field of a document
 * can be a name of everything before it: two documents have the same one only when they are equal.
 */
struct sealed {
	FILE *stream; /* write here */
	FILE *out;
	struct evp_md_ctx_st *hash;
};

/* 0 or -ENOMEM; close it in either case. */
int sealed_open(struct sealed *s, FILE *out);
/* The UUID of what was written until now; returns `out`. */
char *sealed_uuid(struct sealed *s, struct uuids *u, char out[UUID_TEXT_MAX]);
/* 0 or a negative errno of the streams. `out` stays open and is flushed. */
int sealed_close(struct sealed *s);

#endif
