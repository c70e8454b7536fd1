/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c - SHA-256 (FIPS 180-4) while a file is written, so that nothing is read twice. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/pack/parts.h"

#define DIGEST_BUFFER 65536

struct digest {
	EVP_MD_CTX *hash;
	int fd, err;
	uint64_t bytes;
};

static void hexadecimal(const unsigned char *digest, unsigned len, char sha256[PACK_SHA256_ROOM])
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0; i < len && i < 32; i++) {
		sha256[2 * i] = digits[digest[i] >> 4];
		sha256[2 * i + 1] = digits[digest[i] & 15];
	}
	sha256[64] = 0;
}

/* Of fopencookie(): 0 is a failure. */
static ssize_t put(void *cookie, const char *bytes, size_t len)
{
	struct digest *d = cookie;
	for (size_t done = 0; done < len && d->err == 0;) {
		ssize_t wrote = write(d->fd, bytes + done, len - done);
		if (wrote > 0)
			done += (size_t)wrote;
		else if (wrote < 0 && errno != EINTR)
			d->err = -errno;
	}
	if (d->err == 0 && !EVP_DigestUpdate(d->hash, bytes, len))
		d->err = -EIO;
	if (d->err != 0) {
		errno = -d->err;
		return 0;
	}
	d->bytes += len;
	return (ssize_t)len;
}

static void release(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->hash);
	free(d);
}

static struct digest *start(void)
{
	struct digest *d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->hash = EVP_MD_CTX_new();
	if (d->hash != NULL && EVP_DigestInit_ex(d->hash, EVP_sha256(), NULL))
		return d;
	release(d);
	return NULL;
}

static int finish(struct digest *d, char sha256[PACK_SHA256_ROOM])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (!EVP_DigestFinal_ex(d->hash, digest, &len) || len != 32)
		return -EIO;
	hexadecimal(digest, len, sha256);
	return 0;
}

FILE *digest_open(struct digest **out, int fd)
{
	struct digest *d = start();
	FILE *stream = d != NULL ? fopencookie(d, "w", (cookie_io_functions_t){.write = put}) : NULL;
	if (stream == NULL) {
		release(d);
		close(fd);
		return NULL;
	}
	d->fd = fd;
	__fsetlocking(stream, FSETLOCKING_BYCALLER); /* one thread writes it, character by character */
	setvbuf(stream, NULL, _IOFBF, DIGEST_BUFFER);
	*out = d;
	return stream;
}

int digest_close(struct digest *d, FILE *stream, char sha256[PACK_SHA256_ROOM], uint64_t *bytes)
{
	bool failed = ferror(stream) != 0;
	if (fclose(stream) != 0 || failed)
		d->err = d->err != 0 ? d->err : -EIO;
	if (d->err == 0 && fsync(d->fd) != 0)
		d->err = -errno;
	if (close(d->fd) != 0 && d->err == 0)
		d->err = -errno;
	int err = d->err != 0 ? d->err : finish(d, sha256);
	*bytes = d->bytes;
	release(d);
	return err;
}

int digest_file(int fd, uint64_t bytes_max, char sha256[PACK_SHA256_ROOM], uint64_t *bytes)
{
	struct digest *d = start();
	char *buffer = malloc(DIGEST_BUFFER);
	int err = d != NULL && buffer != NULL ? 0 : -ENOMEM;
	*bytes = 0;
	while (err == 0 && *bytes < bytes_max) {
		uint64_t left = bytes_max - *bytes;
		ssize_t got = read(fd, buffer, left < DIGEST_BUFFER ? (size_t)left : DIGEST_BUFFER);
		if (got == 0)
			break;
		if (got < 0)
			err = errno == EINTR ? 0 : -errno;
		else if (!EVP_DigestUpdate(d->hash, buffer, (size_t)got))
			err = -EIO;
		else
			*bytes += (uint64_t)got;
	}
	if (err == 0)
		err = finish(d, sha256);
	free(buffer);
	release(d);
	return err;
}

bool digest_bytes(const void *bytes, size_t len, char sha256[PACK_SHA256_ROOM])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	if (EVP_Digest(bytes, len, digest, &digest_len, EVP_sha256(), NULL) != 1)
		return false;
	hexadecimal(digest, digest_len, sha256);
	return true;
}
