/* SPDX-License-Identifier: Apache-2.0 */
/* field.c - fields that several tables of a pack have. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

#define NAME_BYTES_MAX 100 /* of a name in a label; the whole name is in 02_assets */

void field_or_blank(struct csv_table *t, const char *text)
{
	csv_table_text(t, text != NULL && *text != 0 ? text : PACK_BLANK);
}

void field_format(struct csv_table *t, const char *format, ...)
{
	char *text = NULL;
	va_list list;
	va_start(list, format);
	if (vasprintf(&text, format, list) < 0) {
		text = NULL;
		t->list.failed = true;
	}
	va_end(list);
	csv_table_text(t, text);
	free(text);
}

void field_sighting(struct csv_table *t, const struct conclusions *c, const struct sighting *at)
{
	csv_table_text(t, at != NULL ? c->inventory->captures[at->capture].name : NULL);
	if (at != NULL)
		csv_table_number(t, at->frame);
	else
		csv_table_text(t, NULL);
}

void field_list_start(struct field_list *l, struct csv_table *t)
{
	*l = (struct field_list){.table = t};
	joined_start(&t->list);
}

void field_list_add(struct field_list *l, const char *format, ...)
{
	char *text = NULL;
	va_list list;
	if (l->count++ >= FIELD_LIST_MAX)
		return;
	va_start(list, format);
	if (vasprintf(&text, format, list) < 0) {
		text = NULL;
		l->table->list.failed = true;
	}
	va_end(list);
	joined_add(&l->table->list, text);
	free(text);
}

void field_list_end(struct field_list *l, const char *where)
{
	char rest[80];
	if (l->count > FIELD_LIST_MAX) {
		snprintf(rest, sizeof(rest), "and %zu more, see %s", l->count - FIELD_LIST_MAX, where);
		joined_add(&l->table->list, rest);
	}
	csv_table_list(l->table);
}

/* Cut between two characters. */
static size_t cut(const char *text, size_t max)
{
	size_t len = strlen(text);
	if (len <= max)
		return len;
	for (len = max; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--;
	return len;
}

static const char *first_address(const struct asset *a)
{
	for (uint32_t i = 0; i < a->interface_count; i++)
		if (a->interfaces[i].ip_count > 0)
			return a->interfaces[i].ips[0];
	return a->interface_count > 0 && a->interfaces[0].mac != NULL ? a->interfaces[0].mac : a->id;
}

const char *field_label(char out[FIELD_LABEL_MAX], const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	const struct asset *device = a->parent != ASSET_NONE ? &c->assets[a->parent] : a;
	const char *name = a->declared != NULL && a->declared->name != NULL ? a->declared->name : a->name;
	name = name != NULL ? name : "";
	snprintf(out, FIELD_LABEL_MAX, "%s%s%s%s%.30s%s%.*s", first_address(device), a != device ? " " : "",
		a != device ? path_kind_name(a->at.kind) : "", a != device ? " " : "", a != device ? a->at.text : "",
		*name != 0 ? " " : "", (int)cut(name, NAME_BYTES_MAX), name);
	return out;
}

const char *field_zone(const struct conclusions *c, uint32_t asset)
{
	if (asset == ASSET_NONE || c->assets[asset].zone == ZONE_NONE)
		return NULL;
	return c->zones[c->assets[asset].zone].id;
}

bool field_has_flag(const struct asset *a, const char *flag)
{
	for (uint16_t i = 0; i < a->flag_count; i++)
		if (strcmp(a->flags[i], flag) == 0)
			return true;
	return false;
}
