/* SPDX-License-Identifier: Apache-2.0 */
/* side.c - names of what is compared, and what both kinds of sides have in common. */
#include "sensor/change/side_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *title;
} fields[CHANGE_FIELDS] = {
	[FIELD_IP] = {"ip", "IP address"},
	[FIELD_MAC] = {"mac", "MAC address"},
	[FIELD_VLAN] = {"vlan", "VLAN"},
	[FIELD_ZONE] = {"zone", "zone"},
	[FIELD_LEVEL] = {"purdue_level", "Purdue level"},
	[FIELD_NAME] = {"name", "name"},
	[FIELD_VENDOR] = {"vendor", "vendor"},
	[FIELD_MODEL] = {"model", "model"},
	[FIELD_ORDER_NUMBER] = {"order_number", "order number"},
	[FIELD_SERIAL_NUMBER] = {"serial_number", "serial number"},
	[FIELD_HARDWARE_VERSION] = {"hardware_version", "hardware version"},
	[FIELD_FIRMWARE_VERSION] = {"firmware_version", "firmware version"},
	[FIELD_OS] = {"os", "operating system"},
	[FIELD_TYPE] = {"type", "type"},
	[FIELD_OPERATING_MODE] = {"operating_mode", "operating mode"},
	[FIELD_KEY_SWITCH] = {"key_switch", "key switch"},
	[FIELD_PROTECTION_LEVEL] = {"protection_level", "protection level"},
};

const char *change_field_name(enum change_field field)
{
	return field < CHANGE_FIELDS ? fields[field].name : "";
}

const char *change_field_title(enum change_field field)
{
	return field < CHANGE_FIELDS ? fields[field].title : "";
}

enum change_field change_field_parse(const char *name)
{
	unsigned field = 0;
	while (field < CHANGE_FIELDS && strcmp(fields[field].name, name) != 0)
		field++;
	return (enum change_field)field;
}

static size_t digits_of(const char **text)
{
	while (**text == '0')
		(*text)++;
	size_t count = 0;
	while (isdigit((unsigned char)(*text)[count]))
		count++;
	return count;
}

int side_text_compare(const char *a, const char *b)
{
	const char *x = a, *y = b;
	while (*x != '\0' && *y != '\0') {
		if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
			size_t m = digits_of(&x), n = digits_of(&y);
			int order = m != n ? (m < n ? -1 : 1) : memcmp(x, y, m);
			if (order != 0)
				return order;
			x += m;
			y += n;
		} else if (*x != *y) {
			return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
		} else {
			x++;
			y++;
		}
	}
	if (*x != *y)
		return *x == '\0' ? -1 : 1;
	return strcmp(a, b); /* "7" and "07" are not the same */
}

static int text_compare(const void *left, const void *right)
{
	return side_text_compare(*(const char *const *)left, *(const char *const *)right);
}

/* Attributes that can fill a field of another name, see conclude/field.c. */
static const struct {
	const char *attribute;
	enum change_field field;
} fillings[] = {
	{"station_name", FIELD_NAME},
	{"hostname", FIELD_NAME},
	{"system_name", FIELD_NAME},
	{"product_code", FIELD_MODEL},
	{"module_type", FIELD_MODEL},
	{"software_version", FIELD_FIRMWARE_VERSION},
	{"revision", FIELD_FIRMWARE_VERSION},
};

static enum change_field field_filled(const char *attribute)
{
	for (size_t i = 0; i < sizeof(fillings) / sizeof(fillings[0]); i++)
		if (strcmp(fillings[i].attribute, attribute) == 0)
			return fillings[i].field;
	return change_field_parse(attribute);
}

bool side_fact_matters(const char *attribute)
{
	enum change_field field = field_filled(attribute);
	return field != CHANGE_FIELDS && field > FIELD_LEVEL && field != FIELD_TYPE;
}

bool side_mark_is_later(const struct side_mark *a, const struct side_mark *b)
{
	int64_t x = a->last_ns / 1000, y = b->last_ns / 1000;
	return x != y ? x > y : a->frame > b->frame;
}

/* A state: of several values the one that was said last holds. */
static bool is_state(enum change_field field)
{
	return field == FIELD_OPERATING_MODE || field == FIELD_KEY_SWITCH || field == FIELD_PROTECTION_LEVEL;
}

void side_fact(struct side_asset *a, const struct side_fact *fact)
{
	enum change_field field = field_filled(fact->attribute);
	if (!side_fact_matters(fact->attribute))
		return;
	struct side_value *v = &a->values[field];
	a->said[a->said_count++] = (struct side_said){field, fact->attribute, fact->value, fact->mark};
	bool is_new = v->text == NULL || strcmp(v->text, fact->value) != 0;
	if (is_state(field) && (v->text == NULL || (is_new && side_mark_is_later(&fact->mark, &v->mark))))
		*v = (struct side_value){.text = fact->value};
	else if (is_new)
		return;
	bool better = fact->confidence > v->confidence ||
		      (fact->confidence == v->confidence && fact->mark.first_ns / 1000 < v->mark.first_ns / 1000);
	if (v->confidence > 0 && !better)
		return;
	v->confidence = (uint8_t)fact->confidence;
	v->attribute = fact->attribute;
	v->mark = fact->mark;
}

void side_list_settle(struct side_list *list)
{
	uint32_t kept = 0;
	if (list->count > 1)
		qsort(list->texts, list->count, sizeof(*list->texts), text_compare);
	for (uint32_t i = 0; i < list->count; i++)
		if (kept == 0 || strcmp(list->texts[kept - 1], list->texts[i]) != 0)
			list->texts[kept++] = list->texts[i];
	list->count = kept;
}

const char *side_join(struct arena *arena, const struct side_list *list)
{
	size_t len = 1;
	if (list->count == 0)
		return NULL;
	for (uint32_t i = 0; i < list->count; i++)
		len += strlen(list->texts[i]) + 2;
	char *text = arena_alloc(arena, len), *at = text;
	for (uint32_t i = 0; i < list->count && text != NULL; i++)
		at = stpcpy(stpcpy(at, i > 0 ? ", " : ""), list->texts[i]);
	return text;
}

static bool list_value(struct side *s, struct side_list *list, struct side_value *value)
{
	side_list_settle(list);
	value->text = side_join(&s->arena, list);
	return list->count == 0 || value->text != NULL;
}

static const char *label_of(struct side *s, const struct side_asset *a)
{
	if (a->parent != SIDE_NONE && a->place != NULL)
		return arena_format(&s->arena, "%s %s", s->assets[a->parent].label, a->place);
	if (a->label != NULL)
		return a->label;
	return a->macs.count > 0 ? a->macs.texts[0] : a->id;
}

/* What a device has from its only part: the part knows where that was said. */
static void marks_borrow(struct side_asset *parent, const struct side_asset *part)
{
	for (unsigned f = FIELD_NAME; f <= FIELD_OS; f++) {
		struct side_value *v = &parent->values[f];
		const struct side_value *p = &part->values[f];
		if (v->text == NULL || v->confidence > 0 || p->text == NULL || strcmp(v->text, p->text) != 0)
			continue;
		v->mark = p->mark;
		v->borrowed = true;
	}
}

static int vain_compare(const void *left, const void *right)
{
	const struct side_vain *a = left, *b = right;
	return strcmp(a->address, b->address);
}

bool side_settle(struct side *s)
{
	if (s->vain_count > 1)
		qsort(s->vain, s->vain_count, sizeof(*s->vain), vain_compare);
	for (uint32_t i = 0; i < s->asset_count; i++) {
		struct side_asset *a = &s->assets[i];
		if (!list_value(s, &a->ips, &a->values[FIELD_IP]) || !list_value(s, &a->macs, &a->values[FIELD_MAC]) ||
			!list_value(s, &a->vlans, &a->values[FIELD_VLAN]))
			return false;
		a->label = label_of(s, a);
		if (a->label == NULL)
			return false;
		if (a->parent != SIDE_NONE)
			marks_borrow(&s->assets[a->parent], a);
	}
	for (uint32_t i = 0; i < s->asset_count; i++)
		for (unsigned f = 0; f < CHANGE_FIELDS; f++) {
			struct side_value *v = &s->assets[i].values[f];
			if (v->text != NULL && v->mark.first_ns == 0 && v->mark.because == NULL)
				v->mark = s->assets[i].seen;
		}
	return true;
}

void side_until(struct side *s, int64_t time_ns)
{
	if (s->last_ns > time_ns)
		s->last_ns = time_ns;
	if (s->first_ns > time_ns)
		s->first_ns = s->last_ns = 0;
}

void side_clear(struct side *s)
{
	arena_clear(&s->arena);
	*s = (struct side){0};
}
