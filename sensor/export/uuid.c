/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uuid.c - UUIDs of version 5: the first 16 bytes of SHA-1(name space, name), with version and variant put in.
 *
 *	 0               4       6       8   9   10              16
 *	+---------------+-------+-------+---+---+---------------+
 *	| time_low      | mid   |5| high|10.|   | node          |
 *	+---------------+-------+-------+---+---+---------------+
 */
#include "sensor/export/uuid.h"
#include "sensor/util/output.h"

#include <errno.h>
#include <string.h>

#include <openssl/evp.h>

const uint8_t uuid_earshot[UUID_BYTES] = {
	0x18, 0xea, 0x2b, 0xb5, 0xe5, 0xb2, 0x4c, 0x09, 0xb6, 0xff, 0x39, 0x5b, 0x91, 0xe3, 0xf7, 0xa9};

int uuids_open(struct uuids *u)
{
	memset(u, 0, sizeof(*u));
	u->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	u->hash = EVP_MD_CTX_new();
	if (u->sha1 == NULL || u->hash == NULL)
		u->err = -ENOMEM;
	return u->err;
}

void uuids_close(struct uuids *u)
{
	EVP_MD_CTX_free(u->hash);
	EVP_MD_free(u->sha1);
	u->hash = NULL;
	u->sha1 = NULL;
}

void uuid_bytes(struct uuids *u, uint8_t out[UUID_BYTES], const uint8_t space[UUID_BYTES], const char *name, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	if (u->err == 0 &&
		(!EVP_DigestInit_ex(u->hash, u->sha1, NULL) || !EVP_DigestUpdate(u->hash, space, UUID_BYTES) ||
			!EVP_DigestUpdate(u->hash, name, len) || !EVP_DigestFinal_ex(u->hash, digest, NULL)))
		u->err = -ENOMEM;
	memcpy(out, digest, UUID_BYTES);
	out[6] = (uint8_t)((out[6] & 0x0f) | 0x50);
	out[8] = (uint8_t)((out[8] & 0x3f) | 0x80);
}

char *uuid_of(struct uuids *u, char out[UUID_TEXT_MAX], const uint8_t space[UUID_BYTES], const char *name, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[UUID_BYTES];
	char *at = out;
	uuid_bytes(u, bytes, space, name, len);
	for (size_t i = 0; u->err == 0 && i < UUID_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	*at = '\0';
	return out;
}

static ssize_t pass_on(void *cookie, const char *bytes, size_t len)
{
	struct sealed *s = cookie;
	if (!EVP_DigestUpdate(s->hash, bytes, len)) {
		errno = ENOMEM;
		return -1;
	}
	return fwrite_unlocked(bytes, 1, len, s->out) == len ? (ssize_t)len : -1;
}

int sealed_open(struct sealed *s, FILE *out)
{
	memset(s, 0, sizeof(*s));
	s->out = out;
	s->hash = EVP_MD_CTX_new();
	if (s->hash != NULL && EVP_DigestInit_ex(s->hash, EVP_sha256(), NULL))
		s->stream = fopencookie(s, "w", (cookie_io_functions_t){.write = pass_on});
	return s->stream != NULL ? 0 : -ENOMEM;
}

char *sealed_uuid(struct sealed *s, struct uuids *u, char out[UUID_TEXT_MAX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	out[0] = '\0';
	fflush(s->stream);
	if (copy != NULL && EVP_MD_CTX_copy_ex(copy, s->hash) && EVP_DigestFinal_ex(copy, digest, &len))
		uuid_of(u, out, uuid_earshot, (const char *)digest, len);
	else if (u->err == 0)
		u->err = -ENOMEM;
	EVP_MD_CTX_free(copy);
	return out;
}

int sealed_close(struct sealed *s)
{
	int err = 0;
	errno = 0;
	if (s->stream != NULL && fclose(s->stream) != 0)
		err = errno != 0 ? -errno : -EIO;
	if (err == 0 && s->stream != NULL)
		err = output_flush(s->out);
	EVP_MD_CTX_free(s->hash);
	s->stream = NULL;
	s->hash = NULL;
	return err;
}
