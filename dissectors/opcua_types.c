/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opcua_types.c - built-in types of OPC UA in the binary encoding (OPC 10000-6, 5.2.2).
 *
 *	String, ByteString:  | length 32, -1 is null | octets |
 *	NodeId:              | form 8 | namespace and identifier by form |
 *	LocalizedText:       | mask 8 | (locale) | (text) |
 *	ExtensionObject:     | NodeId | form 8: 0 nothing, 1 binary, 2 XML | (length 32 | body) |
 *	DataValue:           | mask 8 | (Variant) | (status 32) | (times 64, picoseconds 16) |
 *	Variant:             | type 6, dimensions 0x40, array 0x80 | (count 32) | values | (dimensions) |
 */
#include "opcua.h"

enum { NODE_TWO_BYTE, NODE_FOUR_BYTE, NODE_NUMERIC, NODE_STRING, NODE_GUID, NODE_OPAQUE };
enum { NODE_FORM = 0x3f, NODE_NAMESPACE_URI = 0x80, NODE_SERVER_INDEX = 0x40 };

struct cursor opcua_string(struct cursor *c)
{
	uint32_t len = cursor_le32(c);
	if (len == UINT32_MAX)
		len = 0;
	return cursor_take(c, len);
}

struct cursor opcua_localized_text(struct cursor *c)
{
	uint8_t mask = cursor_u8(c);
	struct cursor text = cursor_over(c->at, 0);
	if (mask & 1)
		opcua_string(c);
	if (mask & 2)
		text = opcua_string(c);
	return text;
}

uint32_t opcua_node_id(struct cursor *c)
{
	uint8_t form = cursor_u8(c);
	uint32_t space = 0, id = 0;
	switch (form & NODE_FORM) {
	case NODE_TWO_BYTE:
		id = cursor_u8(c);
		break;
	case NODE_FOUR_BYTE:
		space = cursor_u8(c);
		id = cursor_le16(c);
		break;
	case NODE_NUMERIC:
		space = cursor_le16(c);
		id = cursor_le32(c);
		break;
	case NODE_STRING:
	case NODE_OPAQUE:
		cursor_skip(c, 2);
		opcua_string(c);
		break;
	case NODE_GUID:
		cursor_skip(c, 18);
		break;
	default:
		cursor_fail(c);
	}
	if (form & NODE_NAMESPACE_URI)
		opcua_string(c);
	if (form & NODE_SERVER_INDEX)
		cursor_skip(c, 4);
	return space == 0 && !(form & (NODE_NAMESPACE_URI | NODE_SERVER_INDEX)) ? id : 0;
}

uint32_t opcua_count(struct cursor *c)
{
	uint32_t count = cursor_le32(c);
	return count == UINT32_MAX ? 0 : count;
}

uint32_t opcua_extension(struct cursor *c, struct cursor *body)
{
	uint32_t type = opcua_node_id(c);
	*body = cursor_over(c->at, 0);
	if (cursor_u8(c) != 0)
		*body = opcua_string(c);
	return type;
}

/* The innermost comes last, so that nesting is a loop. */
void opcua_diagnostic_skip(struct cursor *c)
{
	uint8_t mask;
	do {
		mask = cursor_u8(c);
		for (unsigned bit = 0; bit < 4; bit++)
			if (mask & 1u << bit)
				cursor_skip(c, 4);
		if (mask & 0x10)
			opcua_string(c);
		if (mask & 0x20)
			cursor_skip(c, 4);
	} while (mask & 0x40);
}

void opcua_strings_skip(struct cursor *c)
{
	for (uint32_t n = opcua_count(c); n > 0 && cursor_ok(c); n--)
		opcua_string(c);
}

/* One value of a type; its content when it is a text or an object. False: values within values. */
static bool scalar_read(struct cursor *c, uint8_t type, struct opcua_value *value)
{
	/* Boolean, (S)Byte, (U)Int16, 32, 64, Float, Double, ..., DateTime, Guid, ..., StatusCode */
	static const uint8_t sizes[] = {[1] = 1,
		[2] = 1,
		[3] = 1,
		[4] = 2,
		[5] = 2,
		[6] = 4,
		[7] = 4,
		[8] = 8,
		[9] = 8,
		[10] = 4,
		[11] = 8,
		[13] = 8,
		[14] = 16,
		[19] = 4};
	if (type < sizeof(sizes) && sizes[type] != 0) {
		cursor_skip(c, sizes[type]);
		return true;
	}
	switch (type) {
	case OPCUA_STRING:
	case 15: /* ByteString */
	case 16: /* XmlElement */
		value->content = opcua_string(c);
		return true;
	case 17: /* NodeId, expanded or not */
	case 18:
		opcua_node_id(c);
		return true;
	case 20: /* QualifiedName */
		cursor_skip(c, 2);
		opcua_string(c);
		return true;
	case 21:
		opcua_localized_text(c);
		return true;
	case OPCUA_EXTENSION:
		value->extension = opcua_extension(c, &value->content);
		return true;
	case 25:
		opcua_diagnostic_skip(c);
		return true;
	default:
		return false;
	}
}

static bool variant_read(struct cursor *c, struct opcua_value *value)
{
	uint8_t form = cursor_u8(c);
	value->type = form & 0x3f;
	value->array = form & 0x80;
	if (value->type == 0)
		return cursor_ok(c);
	if (!value->array)
		return scalar_read(c, value->type, value) && cursor_ok(c);
	for (uint32_t n = opcua_count(c); n > 0 && cursor_ok(c); n--)
		if (!scalar_read(c, value->type, value))
			return false;
	if (form & 0x40)
		for (uint32_t n = opcua_count(c); n > 0 && cursor_ok(c); n--)
			cursor_skip(c, 4);
	return cursor_ok(c);
}

bool opcua_data_value(struct cursor *c, struct opcua_value *value)
{
	uint8_t mask = cursor_u8(c);
	*value = (struct opcua_value){.type = 0};
	value->content = cursor_over(c->at, 0);
	if (mask & 0x01 && !variant_read(c, value))
		return false;
	if (mask & 0x02)
		value->bad = cursor_le32(c) & 0x80000000u;
	cursor_skip(c,
		(mask & 0x04 ? 8u : 0u) + (mask & 0x08 ? 8u : 0u) + (mask & 0x10 ? 2u : 0u) + (mask & 0x20 ? 2u : 0u));
	return cursor_ok(c);
}
