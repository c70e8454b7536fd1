/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bacnet_objects.c - tags (ANSI/ASHRAE 135, 20.2.1) and what properties of the device object say (12.11).
 *
 *	+----------------+---------+--------------------+
 *	| number 4       | class 1 | length, value or   |   number 15: the number is in the next octet
 *	| (15: extended) |         | type 3             |   5: the length is in the next octet, 254: in two after it,
 *	+----------------+---------+--------------------+   255: in four; with class 1 6 opens and 7 closes a context
 *
 *	ReadProperty-ACK: [0] object, [1] property, ([2] index), [3]{ value }
 *	ReadPropertyMultiple-ACK: ( [0] object, [1]{ item ... } ) ...
 *		item: [2] property, ([3] index), [4]{ value } or [5]{ error }
 */
#include <string.h>

#include "bacnet.h"

#define CONVERTED_MAX 512 /* octets of a text that has to be turned into UTF-8; names are far shorter */

enum { CHARACTERS_UTF8 = 0, CHARACTERS_UCS4 = 3, CHARACTERS_UCS2 = 4, CHARACTERS_LATIN1 = 5 };
enum {
	PROPERTY_SOFTWARE = 12,
	PROPERTY_DESCRIPTION = 28,
	PROPERTY_FIRMWARE = 44,
	PROPERTY_LOCATION = 58,
	PROPERTY_MODEL = 70,
	PROPERTY_IDENTIFIER = 75,
	PROPERTY_NAME = 77,
	PROPERTY_PROTOCOL_VERSION = 98,
	PROPERTY_SYSTEM_STATUS = 112,
	PROPERTY_VENDOR = 120,
	PROPERTY_VENDOR_NAME = 121,
	PROPERTY_PROTOCOL_REVISION = 139,
	PROPERTY_DATABASE_REVISION = 155,
	PROPERTY_PROFILE = 168,
	PROPERTY_SERIAL = 372
};

bool bacnet_tag_read(struct cursor *c, struct bacnet_tag *tag)
{
	uint8_t first = cursor_u8(c);
	tag->number = first >> 4;
	tag->context = first & 0x08;
	tag->kind = BACNET_TAG_VALUE;
	tag->length = first & 0x07;
	if (tag->number == 15)
		tag->number = cursor_u8(c);
	tag->content = cursor_over(c->at, 0);
	if (!cursor_ok(c))
		return false;
	if (tag->length > 5) {
		tag->kind = tag->length == 6 ? BACNET_TAG_OPENING : BACNET_TAG_CLOSING;
		tag->length = 0;
		return tag->context;
	}
	if (tag->number == BACNET_BOOLEAN && !tag->context)
		return true; /* its value is the length */
	if (tag->length == 5) {
		tag->length = cursor_u8(c);
		if (tag->length == 254)
			tag->length = cursor_be16(c);
		else if (tag->length == 255)
			tag->length = cursor_be32(c);
	}
	tag->content = cursor_take(c, tag->length);
	return cursor_ok(c);
}

bool bacnet_context_read(struct cursor *c, unsigned number, struct bacnet_tag *tag)
{
	return bacnet_tag_read(c, tag) && tag->context && tag->kind == BACNET_TAG_VALUE && tag->number == number;
}

bool bacnet_application_read(struct cursor *c, unsigned number, struct bacnet_tag *tag)
{
	return bacnet_tag_read(c, tag) && !tag->context && tag->number == number;
}

bool bacnet_bracket_read(struct cursor *c, enum bacnet_tag_kind kind, unsigned number)
{
	struct bacnet_tag tag;
	return bacnet_tag_read(c, &tag) && tag.kind == kind && tag.number == number;
}

uint32_t bacnet_unsigned(const struct bacnet_tag *tag)
{
	struct cursor c = tag->content;
	uint32_t value = 0;
	if (cursor_left(&c) > 4)
		return 0;
	while (cursor_left(&c) > 0)
		value = value << 8 | cursor_u8(&c);
	return value;
}

static void number_report(struct bacnet *b, enum attribute attribute, uint32_t value)
{
	char digits[12];
	char *at = digits + sizeof(digits) - 1;
	*at = '\0';
	do
		*--at = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	observer_fact_string(b->observer, &b->about, attribute, at);
}

void bacnet_instance_report(struct bacnet *b, uint32_t identifier)
{
	uint32_t instance = identifier & 0x3fffff;
	if (bacnet_object_type(identifier) == BACNET_OBJECT_DEVICE && instance != BACNET_WILDCARD_INSTANCE)
		number_report(b, ATTRIBUTE_DEVICE_INSTANCE, instance);
}

void bacnet_vendor_report(struct bacnet *b, uint32_t vendor)
{
	struct statement s = b->about;
	if (vendor == 0)
		s.confidence = 50; /* ASHRAE's own number: what a device sends that was never given one */
	observer_fact_named(b->observer, &s, ATTRIBUTE_VENDOR, NAMING_BACNET_VENDOR, vendor);
}

/* One code point as UTF-8; 0 octets when it is none. */
static size_t utf8_put(char *to, uint32_t point)
{
	if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return 0;
	if (point < 0x80) {
		to[0] = (char)point;
		return 1;
	}
	size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
	static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
	to[0] = (char)(leads[more] | point >> 6 * more);
	for (size_t i = 1; i <= more; i++)
		to[i] = (char)(0x80 | (point >> 6 * (more - i) & 0x3f));
	return more + 1;
}

static void wide_report(struct bacnet *b, enum attribute attribute, struct cursor c, size_t width)
{
	char text[CONVERTED_MAX + 4];
	size_t used = 0;
	while (cursor_left(&c) >= width && used < CONVERTED_MAX) {
		uint32_t point = width == 2 ? cursor_be16(&c) : cursor_be32(&c);
		if (point >= 0xd800 && point < 0xdc00 && width == 2) { /* UCS-2 has no pairs, what sends them has */
			uint32_t low = cursor_be16(&c);
			point = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff)
							      : 0xd800;
		}
		used += utf8_put(text + used, point);
	}
	observer_fact(b->observer, &b->about, attribute, text, used);
}

/* The first octet is the character set. Of DBCS and JIS nothing is told: their tables are not for a sensor. */
void bacnet_text_report(struct bacnet *b, enum attribute attribute, struct cursor content)
{
	uint8_t set = cursor_u8(&content);
	if (!cursor_ok(&content))
		return;
	if (set == CHARACTERS_UTF8 || set == CHARACTERS_LATIN1)
		observer_fact(b->observer, &b->about, attribute, content.at, cursor_left(&content));
	else if (set == CHARACTERS_UCS2 || set == CHARACTERS_UCS4)
		wide_report(b, attribute, content, set == CHARACTERS_UCS2 ? 2 : 4);
}

static void status_report(struct bacnet *b, uint32_t status)
{
	static const char *const states[] = {"operational", "operational, read-only", "download required",
		"download in progress", "non-operational", "backup in progress"};
	if (status < sizeof(states) / sizeof(*states))
		observer_fact_coded(b->observer, &b->about, ATTRIBUTE_OPERATING_MODE, states[status], status);
}

static enum attribute text_attribute(uint32_t property)
{
	switch (property) {
	case PROPERTY_SOFTWARE:
		return ATTRIBUTE_SOFTWARE_VERSION;
	case PROPERTY_DESCRIPTION:
		return ATTRIBUTE_DESCRIPTION;
	case PROPERTY_FIRMWARE:
		return ATTRIBUTE_FIRMWARE_VERSION;
	case PROPERTY_LOCATION:
		return ATTRIBUTE_LOCATION;
	case PROPERTY_MODEL:
		return ATTRIBUTE_MODEL;
	case PROPERTY_NAME:
		return ATTRIBUTE_NAME;
	case PROPERTY_PROFILE:
		return ATTRIBUTE_PROFILE;
	case PROPERTY_SERIAL:
		return ATTRIBUTE_SERIAL_NUMBER;
	default:
		return ATTRIBUTE_NONE;
	}
}

/* One property of the device object, and which device it is. */
static void property_report(struct bacnet *b, uint32_t device, uint32_t property, const struct bacnet_tag *value)
{
	enum attribute attribute = text_attribute(property);
	bool text = !value->context && value->number == BACNET_CHARACTERS;
	bool number = !value->context && (value->number == BACNET_UNSIGNED || value->number == BACNET_ENUMERATED);
	if (property == PROPERTY_VENDOR_NAME && text) {
		struct statement s = b->about;
		b->about.confidence = 90; /* free text; the number, where it is known, has the registered name */
		bacnet_text_report(b, ATTRIBUTE_VENDOR, value->content);
		b->about = s;
	} else if (attribute != ATTRIBUTE_NONE && text) {
		bacnet_text_report(b, attribute, value->content);
	} else if (property == PROPERTY_VENDOR && number) {
		bacnet_vendor_report(b, bacnet_unsigned(value));
	} else if (property == PROPERTY_SYSTEM_STATUS && number) {
		status_report(b, bacnet_unsigned(value));
	} else if (property == PROPERTY_IDENTIFIER && value->number == BACNET_OBJECT_IDENTIFIER && value->length == 4) {
		device = bacnet_unsigned(value);
	} else if (property != PROPERTY_PROTOCOL_VERSION && property != PROPERTY_PROTOCOL_REVISION &&
		   property != PROPERTY_DATABASE_REVISION) {
		return; /* lists, clocks and counters that are polled: who it is, was said by others */
	}
	bacnet_instance_report(b, device);
}

/* The value in the brackets `number`, which are open: its first element, and that nothing but whole tags follow. */
static bool value_read(struct cursor *c, unsigned number, struct bacnet_tag *first)
{
	struct bacnet_tag tag;
	unsigned depth = 1;
	bool one = true;
	first->number = 0;
	first->context = true;
	first->length = 0;
	first->content = cursor_over(c->at, 0);
	while (cursor_left(c) > 0 && bacnet_tag_read(c, &tag)) {
		if (one && tag.kind == BACNET_TAG_VALUE)
			*first = tag;
		one = false;
		if (tag.kind == BACNET_TAG_OPENING)
			depth++;
		else if (tag.kind == BACNET_TAG_CLOSING && --depth == 0)
			return tag.number == number;
	}
	return false;
}

/* What it means that this object was read. */
static void operations_add(unsigned *operations, bool *any, uint32_t object)
{
	unsigned here = bacnet_object_type(object) == BACNET_OBJECT_DEVICE ? OPERATION_DIAGNOSE : OPERATION_READ;
	*operations = *any ? *operations | here : here;
	*any = true;
}

bool bacnet_property_ack(struct bacnet *b, struct cursor c, unsigned *operations)
{
	struct bacnet_tag object, property, index, value;
	bool any = false;
	b->about.message = "ReadProperty-ACK";
	if (!bacnet_context_read(&c, 0, &object) || object.length != 4 || !bacnet_context_read(&c, 1, &property))
		return false;
	uint32_t identifier = bacnet_unsigned(&object);
	operations_add(operations, &any, identifier);
	struct cursor before = c;
	bool indexed = bacnet_context_read(&c, 2, &index);
	if (!indexed)
		c = before;
	if (!bacnet_bracket_read(&c, BACNET_TAG_OPENING, 3) || !value_read(&c, 3, &value) || cursor_left(&c) > 0)
		return false;
	if (bacnet_object_type(identifier) == BACNET_OBJECT_DEVICE && !indexed)
		property_report(b, identifier, bacnet_unsigned(&property), &value);
	return true;
}

/* The properties of one object, up to the closing bracket. */
static bool object_read(struct bacnet *b, struct cursor *c, uint32_t identifier)
{
	struct bacnet_tag tag, value;
	while (bacnet_tag_read(c, &tag)) {
		if (tag.kind == BACNET_TAG_CLOSING)
			return tag.number == 1;
		if (tag.kind != BACNET_TAG_VALUE || !tag.context || tag.number != 2)
			return false;
		uint32_t property = bacnet_unsigned(&tag);
		bool indexed = false;
		if (!bacnet_tag_read(c, &tag))
			return false;
		if (tag.kind == BACNET_TAG_VALUE && tag.context && tag.number == 3) {
			indexed = true;
			if (!bacnet_tag_read(c, &tag))
				return false;
		}
		if (tag.kind != BACNET_TAG_OPENING || (tag.number != 4 && tag.number != 5) ||
			!value_read(c, tag.number, &value))
			return false;
		if (tag.number == 4 && !indexed && bacnet_object_type(identifier) == BACNET_OBJECT_DEVICE)
			property_report(b, identifier, property, &value);
	}
	return false;
}

bool bacnet_properties_ack(struct bacnet *b, struct cursor c, unsigned *operations)
{
	bool any = false;
	b->about.message = "ReadPropertyMultiple-ACK";
	while (cursor_left(&c) > 0) {
		struct bacnet_tag object;
		if (!bacnet_context_read(&c, 0, &object) || object.length != 4 ||
			!bacnet_bracket_read(&c, BACNET_TAG_OPENING, 1))
			return false;
		operations_add(operations, &any, bacnet_unsigned(&object));
		if (!object_read(b, &c, bacnet_unsigned(&object)))
			return false;
	}
	return any;
}
