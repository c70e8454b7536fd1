/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - the bytes of a capture file: read in large pieces, hashed as they are, unpacked. */
#ifndef EARSHOT_STREAM_H
#define EARSHOT_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct byte_stream;

/* "-" is standard input. 0 or a negative errno (-EISDIR for a directory). Caller closes. */
int byte_stream_open(struct byte_stream **out, const char *path);
void byte_stream_close(struct byte_stream *s);

/* Up to `len` unpacked bytes; 0 at the end; a negative errno (-EBADMSG: the packing is damaged; -EINTR:
 * a signal came, and the stream has ended). */
ssize_t byte_stream_read(struct byte_stream *s, void *into, size_t len);

uint64_t byte_stream_taken(const struct byte_stream *s); /* bytes of the file itself */
uint64_t byte_stream_total(const struct byte_stream *s); /* 0: not a regular file */

/* Takes the file as ended here. */
void byte_stream_stop(struct byte_stream *s);

/* Hashes the rest of the file; 64 hex digits. 0 or -EIO. */
int byte_stream_digest(struct byte_stream *s, char hex[65]);

#endif
