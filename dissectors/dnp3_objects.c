/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnp3_objects.c - the objects of DNP3 application messages (IEEE 1815-2012, 4.2.2.7 and Annex A).
 *
 *	+-------+-----------+-----------+------------------+---------------------------+
 *	| group | variation | qualifier | range            | objects                   |
 *	|   8   |     8     |  prefix 3 | start stop       | [index or size] value ... |
 *	|       |           |  range  4 | or count, or "-" |                           |
 *	+-------+-----------+-----------+------------------+---------------------------+
 *
 * Only group 0, the device's description of itself, is read for its values. Other objects matter
 * because they can stand before it: their sizes are known by group and variation alone.
 *
 * A device attribute has its number in the variation, the set it belongs to in the index (0: the
 * standard's own), and then: type (8), length (8), value.
 */
#include "dnp3.h"

#include <stdio.h>
#include <string.h>

/* Object sizes in bytes; UNKNOWN and packed ones aside. */
enum { UNKNOWN = 0, BITS1 = 0xf1, BITS2 = 0xf2 };

struct sizes {
	uint8_t variations;
	uint8_t bytes[12]; /* of variation 1, 2, ... */
};

#define COUNTER_EVENTS                                                                                                 \
	{                                                                                                              \
		8,                                                                                                     \
		{                                                                                                      \
			5, 3, 5, 3, 11, 9, 11, 9                                                                       \
		}                                                                                                      \
	}
#define ANALOG_EVENTS                                                                                                  \
	{                                                                                                              \
		8,                                                                                                     \
		{                                                                                                      \
			5, 3, 11, 9, 5, 9, 11, 15                                                                      \
		}                                                                                                      \
	}

static const struct sizes sizes[] = {
	[1] = {2, {BITS1, 1}},
	[2] = {3, {1, 7, 3}},
	[3] = {2, {BITS2, 1}},
	[4] = {3, {1, 7, 3}},
	[DNP3_GROUP_BINARY_OUTPUT] = {2, {BITS1, 1}},
	[11] = {2, {1, 7}},
	[DNP3_GROUP_BINARY_COMMAND] = {3, {11, 11, BITS1}},
	[13] = {2, {1, 7}},
	[20] = {8, {5, 3, 5, 3, 4, 2, 4, 2}},
	[21] = {12, {5, 3, 5, 3, 11, 9, 11, 9, 4, 2, 4, 2}},
	[22] = COUNTER_EVENTS,
	[23] = COUNTER_EVENTS,
	[30] = {6, {5, 3, 4, 2, 5, 9}},
	[31] = {8, {5, 3, 11, 9, 4, 2, 5, 9}},
	[32] = ANALOG_EVENTS,
	[33] = ANALOG_EVENTS,
	[DNP3_GROUP_ANALOG_DEADBAND] = {3, {2, 4, 4}},
	[40] = {4, {5, 3, 5, 9}},
	[DNP3_GROUP_ANALOG_COMMAND] = {4, {5, 3, 5, 9}},
	[42] = ANALOG_EVENTS,
	[43] = ANALOG_EVENTS,
	[DNP3_GROUP_TIME] = {4, {6, 10, 6, 11}},
	[51] = {2, {6, 6}},
	[52] = {2, {2, 2}},
	[DNP3_GROUP_INDICATIONS] = {1, {BITS1}},
	[101] = {3, {2, 4, 8}},
	[102] = {1, {1}},
	[121] = {1, {7}},
	[122] = {2, {7, 13}},
};

/* Group 110 to 113 are strings: the variation is the length. */
static unsigned object_size(uint8_t group, uint8_t variation)
{
	if (group >= 110 && group <= 113)
		return variation;
	if (group >= sizeof(sizes) / sizeof(sizes[0]) || variation == 0 || variation > sizes[group].variations)
		return UNKNOWN;
	return sizes[group].bytes[variation - 1];
}

/* How one device attribute appears in the inventory (IEEE 1815-2012, A.1; default set). */
struct device_attribute {
	uint8_t variation;
	enum attribute attribute;
	const char *message;
	const char *label; /* written before the value, for what has no attribute of its own */
};

#define G0(variation, attribute)                                                                                       \
	{                                                                                                              \
		variation, ATTRIBUTE_##attribute, "device attribute g0v" #variation, NULL                              \
	}
#define G0_LABELLED(variation, label)                                                                                  \
	{                                                                                                              \
		variation, ATTRIBUTE_OBJECT, "device attribute g0v" #variation, label                                  \
	}

static const struct device_attribute device_attributes[] = {
	G0(196, CONFIGURATION_ID),
	G0(197, CONFIGURATION_VERSION),
	G0_LABELLED(202, "mRID"),
	G0_LABELLED(203, "altitude"),
	G0_LABELLED(204, "longitude"),
	G0_LABELLED(205, "latitude"),
	G0_LABELLED(206, "secondary operator"),
	G0(207, OPERATOR_NAME),
	G0(208, SYSTEM_NAME),
	G0(209, SECURE_AUTHENTICATION_VERSION),
	G0(242, SOFTWARE_VERSION),
	G0(243, HARDWARE_VERSION),
	G0(244, OWNER_NAME),
	G0(245, LOCATION),
	G0(246, ID_CODE),
	G0(247, NAME),
	G0(248, SERIAL_NUMBER),
	G0(249, SUBSET),
	G0(250, MODEL),
	G0(252, VENDOR),
};

/* Data types of device attributes; the rest (octets, bits, times, lists) describe no device. */
enum { TYPE_TEXT = 1, TYPE_UNSIGNED = 2, TYPE_SIGNED = 3, TYPE_FLOAT = 4, TYPE_LONG_LIST = 255 };

#define VALUE_TEXT_MAX (255 + 40) /* the longest value, and a label */

bool dnp3_header_read(struct cursor *c, struct dnp3_header *header)
{
	memset(header, 0, sizeof(*header));
	header->group = cursor_u8(c);
	header->variation = cursor_u8(c);
	uint8_t qualifier = cursor_u8(c);
	header->prefix = qualifier >> 4 & 7;
	uint32_t last = 0;
	if (header->prefix == 7)
		return false; /* reserved */
	switch (qualifier & 0x0f) {
	case 0x0:
		header->first = cursor_u8(c);
		last = cursor_u8(c);
		break;
	case 0x1:
		header->first = cursor_le16(c);
		last = cursor_le16(c);
		break;
	case 0x2:
		header->first = cursor_le32(c);
		last = cursor_le32(c);
		break;
	case 0x6:
		header->none = true;
		return cursor_ok(c);
	case 0x7:
	case 0xb: /* free format: a count of objects that each have their size before them */
		header->count = cursor_u8(c);
		return cursor_ok(c);
	case 0x8:
		header->count = cursor_le16(c);
		return cursor_ok(c);
	case 0x9:
		header->count = cursor_le32(c);
		return cursor_ok(c);
	default: /* 3 to 5 are machine addresses, long withdrawn; the rest was never given a meaning */
		return false;
	}
	header->count = last - header->first + 1;
	return cursor_ok(c) && last >= header->first && header->count != 0;
}

/* The index or the size before an object. */
static uint32_t prefix_read(struct cursor *c, uint8_t prefix)
{
	switch (prefix) {
	case 1:
	case 4:
		return cursor_u8(c);
	case 2:
	case 5:
		return cursor_le16(c);
	case 3:
	case 6:
		return cursor_le32(c);
	default:
		return 0;
	}
}

/* Skips the objects of one header. False when their size is not known or they are not all there. */
static bool objects_skip(struct cursor *c, const struct dnp3_header *header)
{
	static const uint8_t prefix_sizes[8] = {0, 1, 2, 4};
	uint64_t count = header->count;
	if (header->none)
		return true;
	if (header->prefix >= 4) {
		for (; count > 0 && cursor_left(c) > 0; count--)
			cursor_skip(c, prefix_read(c, header->prefix));
		return count == 0 && cursor_ok(c);
	}
	uint64_t size = object_size(header->group, header->variation);
	if (size == UNKNOWN)
		return false;
	uint64_t len = count * (size + prefix_sizes[header->prefix]);
	if (size == BITS1 || size == BITS2) {
		if (header->prefix != 0)
			return false;
		len = (count * (size - BITS1 + 1) + 7) / 8;
	}
	if (len > cursor_left(c))
		return false;
	cursor_skip(c, (size_t)len);
	return true;
}

/* The value of an attribute as text, behind the `used` bytes that `text` holds already. */
static size_t value_text(char text[VALUE_TEXT_MAX], size_t used, uint8_t type, struct cursor value)
{
	size_t len = cursor_left(&value), room = VALUE_TEXT_MAX - used;
	if (len == 0)
		return 0;
	if (type == TYPE_TEXT) {
		memcpy(text + used, value.at, len);
		return used + len;
	}
	if ((type == TYPE_UNSIGNED || type == TYPE_SIGNED) && len <= 8) {
		uint64_t number = type == TYPE_SIGNED && value.end[-1] & 0x80 ? UINT64_MAX : 0;
		for (const uint8_t *at = value.end; at > value.at;)
			number = number << 8 | *--at;
		int n = type == TYPE_SIGNED ? snprintf(text + used, room, "%lld", (long long)number)
					    : snprintf(text + used, room, "%llu", (unsigned long long)number);
		return used + (size_t)n;
	}
	if (type == TYPE_FLOAT && (len == 4 || len == 8)) {
		uint32_t single = len == 4 ? cursor_le32(&value) : 0;
		uint64_t bits = len == 8 ? cursor_le64(&value) : 0;
		float narrow;
		double number;
		memcpy(&narrow, &single, sizeof(narrow));
		memcpy(&number, &bits, sizeof(number));
		int n = snprintf(text + used, room, "%.9g", len == 4 ? (double)narrow : number);
		return used + (size_t)n;
	}
	return 0;
}

/* A private attribute is kept as it came when it is text: no table says what its number means. */
static void private_report(
	struct observer *o, struct statement *s, uint8_t variation, uint32_t set, uint8_t type, struct cursor value)
{
	char text[VALUE_TEXT_MAX];
	if (type != TYPE_TEXT)
		return;
	int n = snprintf(text, sizeof(text), "g0v%u set %u=", variation, (unsigned)set);
	size_t len = value_text(text, (size_t)n, type, value);
	s->message = "private device attribute";
	if (len > 0)
		observer_fact(o, s, ATTRIBUTE_OBJECT, text, len);
}

static void attribute_report(
	struct observer *o, struct statement *s, uint8_t variation, uint8_t type, struct cursor value)
{
	for (size_t i = 0; i < sizeof(device_attributes) / sizeof(device_attributes[0]); i++) {
		const struct device_attribute *a = &device_attributes[i];
		if (a->variation != variation)
			continue;
		char text[VALUE_TEXT_MAX];
		int n = a->label != NULL ? snprintf(text, sizeof(text), "%s=", a->label) : 0;
		size_t len = value_text(text, (size_t)n, type, value);
		s->message = a->message;
		if (len > 0)
			observer_fact(o, s, a->attribute, text, len);
		return;
	}
}

static bool attributes_read(struct cursor *c, const struct dnp3_header *header, struct statement *s, struct observer *o)
{
	if (header->none || header->prefix > 3)
		return header->none;
	for (uint32_t i = 0; i < header->count; i++) {
		uint32_t set = header->prefix ? prefix_read(c, header->prefix) : header->first + i;
		uint8_t type = cursor_u8(c);
		size_t len = cursor_u8(c);
		struct cursor value = cursor_take(c, type == TYPE_LONG_LIST ? len + 256 : len);
		if (!cursor_ok(c))
			return false;
		if (set == 0)
			attribute_report(o, s, header->variation, type, value);
		else if (set <= UINT8_MAX)
			private_report(o, s, header->variation, set, type, value);
	}
	return true;
}

bool dnp3_objects_read(struct cursor objects, uint16_t address, struct observer *observer)
{
	struct statement s = {.protocol = PROTOCOL_DNP3, .subject = SUBJECT_SENDER};
	struct dnp3_header header;
	bool authentication = false, going = true;
	while (going && cursor_left(&objects) > 0 && dnp3_header_read(&objects, &header)) {
		authentication |= header.group == DNP3_GROUP_AUTHENTICATION;
		if (header.group != DNP3_GROUP_ATTRIBUTE) {
			going = objects_skip(&objects, &header);
			continue;
		}
		if (s.path.kind == PATH_NONE)
			s.path = path_number(PATH_DNP3_ADDRESS, address);
		going = attributes_read(&objects, &header, &s, observer);
	}
	return authentication;
}

bool dnp3_control_failed(struct cursor objects)
{
	struct dnp3_header header;
	while (cursor_left(&objects) > 0 && dnp3_header_read(&objects, &header)) {
		if ((header.group != DNP3_GROUP_BINARY_COMMAND && header.group != DNP3_GROUP_ANALOG_COMMAND) ||
			header.none || header.prefix > 3)
			return false;
		size_t size = object_size(header.group, header.variation);
		if (size == UNKNOWN || size == BITS1)
			return false; /* a pattern mask has no status of its own */
		for (uint32_t i = 0; i < header.count; i++) {
			prefix_read(&objects, header.prefix);
			cursor_skip(&objects, size - 1);
			if ((cursor_u8(&objects) & 0x7f) != 0) /* the status is the last byte of both groups */
				return true;
			if (!cursor_ok(&objects))
				return false;
		}
	}
	return false;
}

/*
 *	+----------------+---------------+------+-------------+----- ... -----+------+
 *	| name offset 16 | name size 16  | time | permissions | key size mode | name |
 *	+----------------+---------------+------+-------------+----- ... -----+------+
 */
struct cursor dnp3_file_name(struct cursor objects)
{
	struct dnp3_header header;
	struct cursor nothing = cursor_empty();
	if (!dnp3_header_read(&objects, &header) || header.group != DNP3_GROUP_FILE || header.variation != 3 ||
		header.prefix < 4 || header.count == 0)
		return nothing;
	struct cursor command = cursor_take(&objects, prefix_read(&objects, header.prefix));
	struct cursor whole = command;
	size_t offset = cursor_le16(&command), len = cursor_le16(&command);
	cursor_skip(&whole, offset);
	struct cursor name = cursor_take(&whole, len);
	return cursor_ok(&whole) && cursor_ok(&command) ? name : nothing;
}
