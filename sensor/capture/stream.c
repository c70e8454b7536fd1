/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c - one pass over a file: read(2), SHA-256, and zlib or zstd when the first bytes say so.
 *
 * A plain file is read straight into the caller's buffer; a packed one goes through `raw`.
 */
#include "sensor/capture/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define RAW_BYTES (256u << 10)

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

struct byte_stream {
	int fd;
	bool ended;         /* the file has no more bytes */
	bool in_member;     /* inside a gzip member or zstd frame: the end of file here is a cut */
	enum packing packing;
	uint64_t taken, total;
	EVP_MD_CTX *hash;
	z_stream gzip;
	ZSTD_DStream *zstd;
	size_t raw_at, raw_len;
	uint8_t *raw;       /* RAW_BYTES; bytes of the file not handed on yet */
};

/* read(2), hashed. A signal ends the stream: whoever handles signals wants to stop, and a pipe may never say more. */
static ssize_t take(struct byte_stream *s, void *into, size_t len)
{
	ssize_t n = read(s->fd, into, len);
	if (n < 0) {
		s->ended = errno == EINTR;
		return -errno;
	}
	if (n == 0)
		s->ended = true;
	s->taken += (uint64_t)n;
	if (n > 0 && EVP_DigestUpdate(s->hash, into, (size_t)n) != 1)
		return -EIO;
	return n;
}

/* Fills `raw` anew; the bytes that were left stay in front. */
static ssize_t refill(struct byte_stream *s)
{
	memmove(s->raw, s->raw + s->raw_at, s->raw_len - s->raw_at);
	s->raw_len -= s->raw_at;
	s->raw_at = 0;
	ssize_t n = take(s, s->raw + s->raw_len, RAW_BYTES - s->raw_len);
	if (n > 0)
		s->raw_len += (size_t)n;
	return n;
}

/* The packing by its magic number: RFC 1952 2.3.1, RFC 8878 3.1.1. */
static int find_packing(struct byte_stream *s)
{
	while (s->raw_len < 4 && !s->ended) {
		ssize_t n = refill(s);
		if (n < 0)
			return (int)n;
	}
	if (s->raw_len >= 2 && s->raw[0] == 0x1f && s->raw[1] == 0x8b) {
		s->packing = PACKING_GZIP;
		return inflateInit2(&s->gzip, 16 + MAX_WBITS) == Z_OK ? 0 : -ENOMEM;
	}
	bool zstd = s->raw_len >= 4 && memcmp(s->raw, "\x28\xb5\x2f\xfd", 4) == 0;
	bool skippable = s->raw_len >= 4 && (s->raw[0] & 0xf0) == 0x50 && memcmp(s->raw + 1, "\x2a\x4d\x18", 3) == 0;
	if (zstd || skippable) {
		s->packing = PACKING_ZSTD;
		s->zstd = ZSTD_createDStream();
		return s->zstd != NULL ? 0 : -ENOMEM;
	}
	return 0;
}

int byte_stream_open(struct byte_stream **out, const char *path)
{
	int err = 0;
	struct byte_stream *s = calloc(1, sizeof(*s));
	*out = NULL;
	if (s == NULL)
		return -ENOMEM;
	s->raw = malloc(RAW_BYTES);
	if (s->raw == NULL) {
		free(s);
		return -ENOMEM;
	}
	s->fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (s->fd < 0 || fstat(s->fd, &st) != 0)
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	else if (S_ISREG(st.st_mode))
		s->total = (uint64_t)st.st_size;
	if (err == 0) {
		s->hash = EVP_MD_CTX_new();
		if (s->hash == NULL || EVP_DigestInit_ex(s->hash, EVP_sha256(), NULL) != 1)
			err = -ENOMEM;
	}
	if (err == 0)
		err = find_packing(s);
	if (err != 0) {
		byte_stream_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void byte_stream_close(struct byte_stream *s)
{
	if (s == NULL)
		return;
	if (s->packing == PACKING_GZIP)
		inflateEnd(&s->gzip);
	ZSTD_freeDStream(s->zstd);
	EVP_MD_CTX_free(s->hash);
	if (s->fd >= 0)
		close(s->fd);
	free(s->raw);
	free(s);
}

/* One step of zlib from `raw`; members may follow each other (RFC 1952 2.2). */
static ssize_t gunzip(struct byte_stream *s, uint8_t *into, size_t len)
{
	s->gzip.next_in = s->raw + s->raw_at;
	s->gzip.avail_in = (uInt)(s->raw_len - s->raw_at);
	s->gzip.next_out = into;
	s->gzip.avail_out = (uInt)len;
	s->in_member = true;
	int status = inflate(&s->gzip, Z_NO_FLUSH);
	s->raw_at = s->raw_len - s->gzip.avail_in;
	if (status == Z_STREAM_END) {
		s->in_member = false;
		if (inflateReset(&s->gzip) != Z_OK)
			return -EBADMSG;
	} else if (status != Z_OK && status != Z_BUF_ERROR) {
		return -EBADMSG;
	}
	return (ssize_t)(len - s->gzip.avail_out);
}

static ssize_t unzstd(struct byte_stream *s, uint8_t *into, size_t len)
{
	ZSTD_inBuffer from = {s->raw + s->raw_at, s->raw_len - s->raw_at, 0};
	ZSTD_outBuffer to = {into, len, 0};
	size_t left = ZSTD_decompressStream(s->zstd, &to, &from);
	s->raw_at += from.pos;
	if (ZSTD_isError(left))
		return -EBADMSG;
	s->in_member = left != 0;
	return (ssize_t)to.pos;
}

static ssize_t unpack(struct byte_stream *s, uint8_t *into, size_t len)
{
	if (len > 1u << 30)
		len = 1u << 30; /* zlib counts in unsigned int */
	for (;;) {
		if (s->raw_at < s->raw_len || s->in_member) {
			size_t before = s->raw_at;
			ssize_t n = s->packing == PACKING_GZIP ? gunzip(s, into, len) : unzstd(s, into, len);
			if (n != 0)
				return n;
			if (s->raw_at != before)
				continue;
		}
		if (s->ended)
			return s->in_member ? -EBADMSG : 0;
		ssize_t n = refill(s);
		if (n < 0)
			return n;
	}
}

ssize_t byte_stream_read(struct byte_stream *s, void *into, size_t len)
{
	if (s->packing != PACKING_NONE)
		return unpack(s, into, len);
	if (s->raw_at < s->raw_len) {
		size_t n = s->raw_len - s->raw_at < len ? s->raw_len - s->raw_at : len;
		memcpy(into, s->raw + s->raw_at, n);
		s->raw_at += n;
		return (ssize_t)n;
	}
	return s->ended ? 0 : take(s, into, len);
}

uint64_t byte_stream_taken(const struct byte_stream *s)
{
	return s->taken;
}

uint64_t byte_stream_total(const struct byte_stream *s)
{
	return s->total;
}

void byte_stream_stop(struct byte_stream *s)
{
	s->ended = true;
}

int byte_stream_digest(struct byte_stream *s, char hex[65])
{
	while (!s->ended) {
		ssize_t n = take(s, s->raw, RAW_BYTES);
		if (n < 0)
			return -EIO;
	}
	s->raw_at = s->raw_len = 0;
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (EVP_DigestFinal_ex(s->hash, digest, &len) != 1 || len != 32)
		return -EIO;
	for (unsigned i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
