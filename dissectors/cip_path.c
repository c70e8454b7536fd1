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
 * No segment is shorter than two octets. The second is the value itself where that fits, else padding,
 * a length or a format.
 *
 * Port segments name the way out of one device into the next: port 1 of most modules is their
 * backplane, and the link address on it is a slot.
 */
#include <stdio.h>

#include "cip.h"

enum { KIND_PORT, KIND_LOGICAL, KIND_NETWORK };

enum {
	SEGMENT_CLASS = 0x20,
	SEGMENT_INSTANCE = 0x24,
	SEGMENT_ATTRIBUTE = 0x30,
	SEGMENT_KEY = 0x34,
	SEGMENT_DATA = 0x80,
	SEGMENT_SYMBOL = 0x91,
	WIDTH_16 = 1,
	WIDTH_32 = 2
};

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

static void port_segment(struct cursor *c, uint8_t first, uint8_t second, struct cip_path *path)
{
	char hop[LINK_TEXT_MAX + 8];
	bool extended = first & 0x10;
	unsigned port = first & 0x0F;
	const uint8_t *link = &second;
	if (port == 15 && extended)
		port = cursor_le16(c);
	else if (port == 15)
		port = second | (unsigned)cursor_u8(c) << 8;
	if (extended)
		link = cursor_bytes(c, second);
	else if ((first & 0x0F) == 15)
		link = cursor_bytes(c, 1);
	if (extended && second % 2 != 0)
		cursor_skip(c, 1);
	if (!cursor_ok(c) || port == 0) {
		cursor_fail(c); /* port 0 is reserved: zeros are no route */
		return;
	}
	char *end = decimal(hop, port);
	*end++ = '/';
	end = extended ? end + link_text(end, link, second) : decimal(end, *link);
	cip_route_append(&path->route, hop, (size_t)(end - hop));
}

/* Formats 4 and 5 of the key; the latter ends in the serial number. */
static void key_segment(struct cursor *c, uint8_t format, struct cip_path *path)
{
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

static void network_segment(struct cursor *c, uint8_t first, uint8_t second, struct cip_path *path)
{
	if ((first & 0x10) == 0)
		return; /* `second` is all there is */
	struct cursor segment = cursor_take(c, 2u * second);
	if (cursor_ok(&segment) && first == 0x50)
		safety_segment(segment, path);
}

static void class_read(struct cip_path *path, uint32_t value)
{
	uint16_t id = value < CIP_NO_CLASS ? (uint16_t)value : CIP_NO_CLASS;
	if (path->class_id == CIP_NO_CLASS)
		path->class_id = id;
	path->class_last = id;
}

static void instance_read(struct cip_path *path, uint32_t value)
{
	if (!path->has_instance)
		path->instance = value;
	path->has_instance = true;
}

static void attribute_read(struct cip_path *path, uint32_t value)
{
	if (!path->has_attribute)
		path->attribute = (uint16_t)value;
	path->has_attribute = true;
}

/* A logical segment longer than two octets: the second is padding. */
static void wide_segment(struct cursor *c, uint8_t first, struct cip_path *path)
{
	unsigned width = first & (WIDTH_16 | WIDTH_32);
	if (width == (WIDTH_16 | WIDTH_32))
		cursor_fail(c);
	uint32_t value = width == WIDTH_16 ? cursor_le16(c) : cursor_le32(c);
	if (!cursor_ok(c))
		return;
	switch (first - width) {
	case SEGMENT_CLASS:
		class_read(path, value);
		break;
	case SEGMENT_INSTANCE:
		instance_read(path, value);
		break;
	case SEGMENT_ATTRIBUTE:
		attribute_read(path, value);
		break;
	default: /* members and connection points */
		break;
	}
}

/* What polling seldom sends. By value, so that the loop over the other segments keeps its cursor in registers. */
static struct cursor other_segment(struct cursor c, uint8_t first, uint8_t second, struct cip_path *path)
{
	if (first == SEGMENT_KEY)
		key_segment(&c, second, path);
	else if (first == SEGMENT_DATA)
		cursor_skip(&c, 2u * second);
	else if (first >> 5 == KIND_PORT)
		port_segment(&c, first, second, path);
	else if (first >> 5 == KIND_NETWORK)
		network_segment(&c, first, second, path);
	else if (first >> 5 != KIND_LOGICAL)
		cursor_fail(&c);
	else if (first & (WIDTH_16 | WIDTH_32))
		wide_segment(&c, first, path);
	return c; /* a short logical segment that is not told apart here is a member or a connection point */
}

bool cip_path_read(struct cursor bytes, struct cip_path *path)
{
	path->instance = path->attribute = 0;
	path->class_id = path->class_last = CIP_NO_CLASS;
	path->has_instance = path->has_attribute = path->symbolic = path->has_key = path->has_safety = false;
	path->route.len = 0;
	path->route.lost = false;
	for (unsigned i = 0; i < SEGMENTS_MAX && cursor_left(&bytes) >= 2; i++) {
		unsigned head = cursor_le16(&bytes);
		uint8_t first = (uint8_t)head, second = (uint8_t)(head >> 8);
		switch (first) {
		case SEGMENT_CLASS:
			class_read(path, second);
			break;
		case SEGMENT_INSTANCE:
			instance_read(path, second);
			break;
		case SEGMENT_ATTRIBUTE:
			attribute_read(path, second);
			break;
		case SEGMENT_SYMBOL:
			cursor_skip(&bytes, second + second % 2u);
			path->symbolic = path->symbolic || (cursor_ok(&bytes) && second > 0);
			break;
		default:
			bytes = other_segment(bytes, first, second, path);
		}
	}
	return cursor_ok(&bytes) && cursor_left(&bytes) == 0;
}
