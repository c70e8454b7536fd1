/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.c - a walk through the DER of an X.509 certificate to its subject (RFC 5280, 4.1).
 *
 *	30 { 30 { (a0 version) 02 serial | 30 algorithm | 30 issuer | 30 validity | 30 subject | ... } ... }
 *	subject: 31 { 30 { 06 type | string } } ...
 */
#include "certificate.h"

#include <string.h>

#include "ber.h"

enum { TAG_VERSION = 0xa0, TAG_UTF8 = 0x0c, TAG_PRINTABLE = 0x13, TAG_TELETEX = 0x14, TAG_IA5 = 0x16 };

/* Attribute types under 2.5.4 that name somebody, and how they are written (RFC 4514, 3). */
static const char *part_name(struct cursor type)
{
	if (cursor_left(&type) != 3 || type.at[0] != 0x55 || type.at[1] != 0x04)
		return NULL;
	switch (type.at[2]) {
	case 3:
		return "CN=";
	case 10:
		return "O=";
	case 11:
		return "OU=";
	default:
		return NULL;
	}
}

/* Appends one part; a text of two-octet characters, or one that does not fit, is left out. */
static size_t part_add(char *text, size_t used, struct cursor type, uint8_t tag, struct cursor value)
{
	const char *name = part_name(type);
	size_t len = cursor_left(&value);
	if (name == NULL || len == 0 || memchr(value.at, 0, len) != NULL ||
		(tag != TAG_UTF8 && tag != TAG_PRINTABLE && tag != TAG_TELETEX && tag != TAG_IA5))
		return used;
	size_t name_len = strlen(name), gap = used > 0 ? 2 : 0;
	if (used + gap + name_len + len >= CERTIFICATE_SUBJECT_MAX)
		return used;
	memcpy(text + used, ", ", gap);
	memcpy(text + used + gap, name, name_len);
	memcpy(text + used + gap + name_len, value.at, len);
	return used + gap + name_len + len;
}

/* The part of the certificate that holds the subject, from there on. */
static bool subject_find(struct cursor der, struct cursor *subject)
{
	struct cursor certificate, signed_part, other;
	if (!ber_take(&der, BER_SEQUENCE, &certificate) || !ber_take(&certificate, BER_SEQUENCE, &signed_part))
		return false;
	uint8_t tag = cursor_peek(&signed_part);
	if (tag == TAG_VERSION && !ber_read(&signed_part, &tag, &other))
		return false;
	return ber_take(&signed_part, BER_INTEGER, &other) && ber_take(&signed_part, BER_SEQUENCE, &other) &&
	       ber_take(&signed_part, BER_SEQUENCE, &other) && ber_take(&signed_part, BER_SEQUENCE, &other) &&
	       ber_take(&signed_part, BER_SEQUENCE, subject);
}

bool certificate_subject(struct cursor der, char text[static CERTIFICATE_SUBJECT_MAX])
{
	struct cursor subject;
	size_t used = 0;
	text[0] = '\0';
	if (!subject_find(der, &subject))
		return false;
	while (cursor_left(&subject) > 0) {
		struct cursor set, pair, type, value;
		uint8_t tag;
		if (!ber_take(&subject, BER_SET, &set) || !ber_take(&set, BER_SEQUENCE, &pair) ||
			!ber_take(&pair, BER_OID, &type) || !ber_read(&pair, &tag, &value))
			return false;
		used = part_add(text, used, type, tag, value);
		text[used] = '\0';
	}
	return used > 0;
}
