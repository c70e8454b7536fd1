/* SPDX-License-Identifier: Apache-2.0 */
/* observer.c - holding back what a dissector reports until its PDU is known to be good. */
#include "earshot/observer.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/flow/assembly.h"
#include "sensor/util/text.h"

/* Longest value kept, in bytes of UTF-8: far above any identity string, far below a flood. */
#define VALUE_MAX 1024

static struct report *report_add(struct observer *o, const struct statement *s, enum report_kind kind)
{
	if (o->report_count == OBSERVER_REPORTS_MAX) {
		o->dropped++;
		return NULL;
	}
	struct report *r = &o->reports[o->report_count++];
	memset(r, 0, sizeof(*r));
	r->kind = (uint8_t)kind;
	r->protocol = (uint8_t)s->protocol;
	r->subject = (uint8_t)s->subject;
	r->confidence = s->confidence ? s->confidence : 95;
	r->message = s->message;
	r->path = s->path;
	r->address = s->address;
	return r;
}

/* Copies wire text behind the others, NUL-terminated; false when it is empty or there is no room. */
static bool text_add(struct observer *o, const void *text, size_t len, uint32_t *at, uint32_t *text_len)
{
	char value[VALUE_MAX + 1];
	size_t n = text_from_wire(value, sizeof(value), text, len);
	if (n == 0)
		return false;
	if (o->text_len + n + 1 > OBSERVER_TEXT_MAX) {
		o->dropped++;
		return false;
	}
	*at = o->text_len;
	*text_len = (uint32_t)n;
	memcpy(o->text + o->text_len, value, n + 1);
	o->text_len += (uint32_t)n + 1;
	return true;
}

static struct report *fact_add(struct observer *o, const struct statement *s, enum attribute attribute, const void *text, size_t len)
{
	uint32_t at = 0, text_len = 0;
	if (!text_add(o, text, len, &at, &text_len))
		return NULL;
	struct report *r = report_add(o, s, REPORT_FACT);
	if (r != NULL) {
		r->attribute = (uint8_t)attribute;
		r->value_at = at;
		r->value_len = text_len;
	}
	return r;
}

static void code_add(struct observer *o, struct report *r, uint32_t code)
{
	char digits[10];
	unsigned at = sizeof(digits);
	do
		digits[--at] = (char)('0' + code % 10);
	while ((code /= 10) != 0);
	if (!text_add(o, digits + at, sizeof(digits) - at, &r->code_at, &r->code_len))
		r->code_len = 0;
}

void observer_fact(struct observer *o, const struct statement *s, enum attribute attribute, const void *text, size_t len)
{
	fact_add(o, s, attribute, text, len);
}

void observer_fact_string(struct observer *o, const struct statement *s, enum attribute attribute, const char *text)
{
	fact_add(o, s, attribute, text, strlen(text));
}

void observer_fact_mac(struct observer *o, const struct statement *s, enum attribute attribute, const uint8_t mac[6])
{
	char text[ADDRESS_TEXT_MAX];
	struct address address = address_make(ADDRESS_MAC, mac);
	observer_fact_string(o, s, attribute, address_text(text, &address));
}

void observer_fact_coded(struct observer *o, const struct statement *s, enum attribute attribute, const char *text, uint32_t code)
{
	struct report *r = fact_add(o, s, attribute, text, strlen(text));
	if (r != NULL)
		code_add(o, r, code);
}

void observer_fact_named(struct observer *o, const struct statement *s, enum attribute attribute, enum naming naming, uint32_t code)
{
	struct report *r = report_add(o, s, REPORT_FACT);
	if (r != NULL) {
		r->attribute = (uint8_t)attribute;
		r->naming = (uint8_t)naming;
		code_add(o, r, code);
	}
}

void observer_presence(struct observer *o, const struct statement *s)
{
	report_add(o, s, REPORT_PRESENCE);
}

void observer_event(struct observer *o, const struct statement *s, enum operation operation, const char *detail)
{
	struct report *r = report_add(o, s, REPORT_EVENT);
	if (r != NULL) {
		r->operation = (uint8_t)operation;
		if (detail != NULL)
			text_add(o, detail, strlen(detail), &r->value_at, &r->value_len);
	}
}

void assembly_drop(struct observer *o, unsigned slot)
{
	struct assemblies *a = o->assemblies;
	if (a == NULL || slot >= ASSEMBLY_SLOTS || a->slot[slot].bytes == NULL)
		return;
	a->budget->used -= a->slot[slot].room;
	free(a->slot[slot].bytes);
	memset(&a->slot[slot], 0, sizeof(a->slot[slot]));
}

bool assembly_add(struct observer *o, unsigned slot, struct cursor piece)
{
	struct assemblies *a = o->assemblies;
	size_t len = cursor_left(&piece);
	if (a == NULL || slot >= ASSEMBLY_SLOTS)
		return false;
	size_t need = a->slot[slot].len + len;
	if (need > a->slot[slot].room) {
		size_t room = a->slot[slot].room ? a->slot[slot].room * 2u : 512u;
		while (room < need)
			room *= 2;
		size_t more = room - a->slot[slot].room;
		uint8_t *bytes = NULL;
		if (need <= a->max && a->budget->used + more <= a->budget->max)
			bytes = realloc(a->slot[slot].bytes, room);
		if (bytes == NULL) {
			a->budget->refused++;
			assembly_drop(o, slot);
			return false;
		}
		a->budget->used += more;
		a->slot[slot].bytes = bytes;
		a->slot[slot].room = (uint32_t)room;
	}
	if (len > 0)
		memcpy(a->slot[slot].bytes + a->slot[slot].len, piece.at, len);
	a->slot[slot].len = (uint32_t)need;
	return true;
}

struct cursor assembly_get(const struct observer *o, unsigned slot)
{
	const struct assemblies *a = o->assemblies;
	if (a == NULL || slot >= ASSEMBLY_SLOTS || a->slot[slot].bytes == NULL)
		return cursor_empty();
	return cursor_over(a->slot[slot].bytes, a->slot[slot].len);
}

void assemblies_clear(struct assemblies *a)
{
	struct observer o = {.assemblies = a};
	for (unsigned i = 0; i < ASSEMBLY_SLOTS; i++)
		assembly_drop(&o, i);
}
