/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cip_path.c - the encoded path (EPATH), in its padded form.
 *
 * The CIP Networks Library, volume 1, appendix C-1. A path is a list of segments; the three
 * high bits of the first octet give the kind, the rest depends on it:
 *
 *	+---+---+---+---+---+---+---+---+
 *	| kind      |    format         |
 *	+---+---+---+---+---+---+---+---+
 *	 0 port      bit 4: link address longer than one octet; bits 0..3: port, 15 = 16-bit port follows
 *	 1 logical   bits 2..4: class, instance, member, connection point, attribute, special; bits 0..1: width
 *	 2 network   0x50: safety; with bit 4 a length in words follows, without it one octet of data
 *	 4 data      0x80: simple, length in words; 0x91: symbol, length in octets, padded
 *
 * Port segments name the way out of one device into the next: port 1 of most modules is their
 * backplane, and the link address on it is a slot.
 */
#include <stdio.h>

#include "cip.h"

enum { LOGICAL_CLASS, LOGICAL_INSTANCE, LOGICAL_MEMBER, LOGICAL_POINT, LOGICAL_ATTRIBUTE, LOGICAL_SPECIAL };

/* No path in the field has more; a wire full of two-octet segments ends here. */
#define SEGMENTS_MAX 64
/* Long enough for an IPv6 address or a short host name as a link address. */
#define LINK_TEXT_MAX 47

void cip_route_append(struct cip_route *route, const char *text, size_t len)
{
	size_t comma = route->len > 0 && len > 0;
	if (route->len + comma + len > sizeof(route->text)) {
		route->lost = true;
		return;
	}
	if (comma)
		route->text[route->len++] = ',';
	memcpy(route->text + route->len, text, len);
	route->len = (uint8_t)(route->len + len);
}

void cip_route_join(struct cip_route *route, const struct cip_route *first)
{
	struct cip_route way = *first;
	cip_route_append(&way, route->text, route->len);
	way.lost = way.lost || route->lost;
	*route = way;
}

/* Writes a number of up to five digits and returns where it ends. */
static char *decimal(char *out, unsigned value)
{
	char digits[5];
	size_t n = 0;
	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	while (n > 0)
		*out++ = digits[--n];
	return out;
}

/* The link address behind a port: text (an IP address, a name), or octets that are a number. */
static size_t link_text(char out[LINK_TEXT_MAX + 1], const uint8_t *bytes, size_t len)
{
	size_t n = 0;
	while (n < len && n < LINK_TEXT_MAX && bytes[n] > ' ' && bytes[n] < 0x7F && bytes[n] != ',' && bytes[n] != '/')
		n++;
	bool text = n > 0 && (n == len || (n < len && bytes[n] == 0));
	if (text) {
		memcpy(out, bytes, n);
		return n;
	}
	size_t at = (size_t)snprintf(out, LINK_TEXT_MAX + 1, "0x");
	for (size_t i = 0; i < len && at + 2 <= LINK_TEXT_MAX; i++)
		at += (size_t)snprintf(out + at, LINK_TEXT_MAX + 1 - at, "%02x", (unsigned)bytes[i]);
	return at;
}

static void port_segment(struct cursor *c, uint8_t first, struct cip_path *path)
{
	char hop[LINK_TEXT_MAX + 8];
	unsigned port = first & 0x0F;
	size_t len = first & 0x10 ? cursor_u8(c) : 1;
	if (port == 15)
		port = cursor_le16(c);
	const uint8_t *bytes = cursor_bytes(c, len);
	if (first & 0x10 && len % 2 != 0)
		cursor_skip(c, 1);
	if (!cursor_ok(c) || port == 0) {
		cursor_fail(c); /* port 0 is reserved: zeros are no route */
		return;
	}
	char *end = decimal(hop, port);
	*end++ = '/';
	end = first & 0x10 ? end + link_text(end, bytes, len) : decimal(end, bytes[0]);
	cip_route_append(&path->route, hop, (size_t)(end - hop));
}

/* Formats 4 and 5 of the key; the latter ends in the serial number. */
static void key_segment(struct cursor *c, struct cip_path *path)
{
	uint8_t format = cursor_u8(c);
	if (format != 4 && format != 5) {
		cursor_fail(c);
		return;
	}
	path->key.vendor = cursor_le16(c);
	path->key.type = cursor_le16(c);
	path->key.product = cursor_le16(c);
	path->key.major = cursor_u8(c);
	path->key.minor = cursor_u8(c);
	path->key.serial = format == 5 ? cursor_le32(c) : 0;
	path->has_key = cursor_ok(c);
}

static void logical_value(struct cip_path *path, unsigned type, uint32_t value)
{
	if (type == LOGICAL_CLASS) {
		uint16_t id = value < CIP_NO_CLASS ? (uint16_t)value : CIP_NO_CLASS;
		if (path->class_id == CIP_NO_CLASS)
			path->class_id = id;
		path->class_last = id;
	} else if (type == LOGICAL_INSTANCE && !path->has_instance) {
		path->instance = value;
		path->has_instance = true;
	} else if (type == LOGICAL_ATTRIBUTE && !path->has_attribute) {
		path->attribute = (uint16_t)value;
		path->has_attribute = true;
	}
}

static void logical_segment(struct cursor *c, uint8_t first, struct cip_path *path)
{
	unsigned type = first >> 2 & 7, width = first & 3;
	uint32_t value = 0;
	if (first == 0x34) {
		key_segment(c, path);
		return;
	}
	if (width == 0) {
		value = cursor_u8(c);
	} else if (width == 1) {
		cursor_skip(c, 1);
		value = cursor_le16(c);
	} else if (width == 2) {
		cursor_skip(c, 1);
		value = cursor_le32(c);
	} else {
		cursor_fail(c);
	}
	if (cursor_ok(c))
		logical_value(path, type, value);
}

/*
 * Volume 5, 3-8.3: behind the format octet and a reserved one come configuration CRC (4) and time
 * stamp (6), time correction interval (4) and parameters (2), then who is meant and who asks:
 * the safety network number (6) and node (4) of the target and of the originator.
 */
static void safety_segment(struct cursor segment, struct cip_path *path)
{
	uint8_t format = cursor_u8(&segment);
	if (!path->has_safety)
		memset(&path->safety, 0, sizeof(path->safety));
	path->has_safety = true;
	cursor_skip(&segment, 1 + 4 + 6 + 4 + 2);
	const uint8_t *target = cursor_bytes(&segment, CIP_SNN_LEN + 4);
	const uint8_t *originator = cursor_bytes(&segment, CIP_SNN_LEN + 4);
	if (originator == NULL || (format != 0 && format != 2)) /* 1: the short form for routers */
		return;
	memcpy(path->safety.target, target, CIP_SNN_LEN);
	memcpy(path->safety.originator, originator, CIP_SNN_LEN);
}

static void network_segment(struct cursor *c, uint8_t first, struct cip_path *path)
{
	if ((first & 0x10) == 0) {
		cursor_skip(c, 1);
		return;
	}
	struct cursor segment = cursor_take(c, 2u * cursor_u8(c));
	if (cursor_ok(&segment) && first == 0x50)
		safety_segment(segment, path);
}

static void data_segment(struct cursor *c, uint8_t first, struct cip_path *path)
{
	size_t len = cursor_u8(c);
	if (first == 0x91) {
		cursor_skip(c, len + len % 2);
		path->symbolic = path->symbolic || (cursor_ok(c) && len > 0);
	} else if (first == 0x80) {
		cursor_skip(c, 2 * len);
	} else {
		cursor_fail(c);
	}
}

bool cip_path_read(struct cursor bytes, struct cip_path *path)
{
	path->class_id = path->class_last = CIP_NO_CLASS;
	path->instance = path->attribute = 0;
	path->has_instance = path->has_attribute = path->symbolic = path->has_key = path->has_safety = false;
	path->route.len = 0;
	path->route.lost = false;
	for (unsigned i = 0; i < SEGMENTS_MAX && cursor_left(&bytes) > 0; i++) {
		uint8_t first = cursor_u8(&bytes);
		switch (first >> 5) {
		case 0:
			port_segment(&bytes, first, path);
			break;
		case 1:
			logical_segment(&bytes, first, path);
			break;
		case 2:
			network_segment(&bytes, first, path);
			break;
		case 4:
			data_segment(&bytes, first, path);
			break;
		default:
			cursor_fail(&bytes);
		}
	}
	return cursor_ok(&bytes) && cursor_left(&bytes) == 0;
}
