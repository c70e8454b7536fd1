/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ber.h - one element of the basic encoding rules of ASN.1 (ITU-T X.690, 8.1), which DER narrows.
 *
 *	+-------+------------------------------------------------+---------
 *	| tag 8 | length: 0..127, or 0x81..0x84 and that many    | content
 *	|       | octets of length                               |
 *	+-------+------------------------------------------------+---------
 *
 * Tags of several octets and contents of unknown length do not occur in what is read with this.
 */
#ifndef EARSHOT_BER_H
#define EARSHOT_BER_H

#include "earshot/cursor.h"

enum { BER_INTEGER = 0x02, BER_OCTETS = 0x04, BER_OID = 0x06, BER_SEQUENCE = 0x30, BER_SET = 0x31 };

/* False when the content is not whole, or when it is not encoded like this. `*tag` is 0 then. */
static inline bool ber_read(struct cursor *c, uint8_t *tag, struct cursor *content)
{
	uint8_t type = cursor_u8(c);
	size_t len = cursor_u8(c);
	*tag = 0;
	if ((type & 0x1f) == 0x1f || len == 0x80 || len > 0x84)
		cursor_fail(c);
	if (len > 0x80) {
		size_t octets = len - 0x80;
		for (len = 0; octets > 0; octets--)
			len = len << 8 | cursor_u8(c);
	}
	*content = cursor_take(c, len);
	if (cursor_ok(c))
		*tag = type;
	return cursor_ok(c);
}

/* The next element, which must have this tag. */
static inline bool ber_take(struct cursor *c, uint8_t tag, struct cursor *content)
{
	uint8_t found;
	return ber_read(c, &found, content) && found == tag;
}

/* The next element as a small whole number; false when it is none or does not fit. */
static inline bool ber_number(struct cursor *c, int32_t *number)
{
	struct cursor content;
	if (!ber_take(c, BER_INTEGER, &content) || cursor_left(&content) == 0 || cursor_left(&content) > 4)
		return false;
	uint32_t value = (cursor_peek(&content) & 0x80) != 0 ? UINT32_MAX : 0;
	while (cursor_left(&content) > 0)
		value = value << 8 | cursor_u8(&content);
	*number = (int32_t)value;
	return true;
}

#endif
