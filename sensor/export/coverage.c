/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.c - sums, and groups that are sorted so that the same facts give the same text. */
#include "sensor/export/coverage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

static void add_captures(struct coverage *out, const struct inventory *inv)
{
	struct capture *s = &out->sum;
	for (uint32_t i = 0; i < inv->capture_count; i++) {
		const struct capture *c = &inv->captures[i];
		s->bytes += c->bytes;
		s->packets += c->packets;
		s->truncated_packets += c->truncated_packets;
		s->undecoded_packets += c->undecoded_packets;
		s->dropped_packets += c->dropped_packets;
		s->duplicate_packets += c->duplicate_packets;
		s->fragments_lost += c->fragments_lost;
		s->gaps += c->gaps;
		s->gap_bytes += c->gap_bytes;
		s->flows += c->flows;
		s->one_sided_flows += c->one_sided_flows;
		s->encrypted_flows += c->encrypted_flows;
		s->unclaimed_flows += c->unclaimed_flows;
		s->evicted_flows += c->evicted_flows;
		s->evicted_rows += c->evicted_rows;
		out->cut_captures += c->cut_at_byte != 0;
	}
}

static int compare_protocols(const void *a, const void *b)
{
	return strcmp(((const struct coverage_protocol *)a)->name, ((const struct coverage_protocol *)b)->name);
}

static int add_protocols(struct coverage *out, const struct inventory *inv)
{
	uint32_t count = inv->protocol_count_count;
	out->protocols = calloc(count + 1u, sizeof(*out->protocols));
	if (out->protocols == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		const struct protocol_count *p = &inv->protocol_counts[i];
		out->protocols[i] = (struct coverage_protocol){
			inventory_text(inv, p->protocol), p->pdus, p->malformed, p->unassembled_bytes};
	}
	qsort(out->protocols, count, sizeof(*out->protocols), compare_protocols);
	for (uint32_t i = 0; i < count; i++) {
		struct coverage_protocol *p = &out->protocols[i];
		struct coverage_protocol *last =
			out->protocol_count > 0 ? &out->protocols[out->protocol_count - 1] : NULL;
		if (last == NULL || strcmp(last->name, p->name) != 0) {
			out->protocols[out->protocol_count++] = *p;
			continue;
		}
		last->pdus += p->pdus;
		last->malformed += p->malformed;
		last->unassembled_bytes += p->unassembled_bytes;
	}
	return 0;
}

/* Groups first, weight ignored: then equal ones stand side by side. */
static int compare_unread_groups(const void *a, const void *b)
{
	const struct coverage_unread *x = a, *y = b;
	if (x->basis != y->basis)
		return x->basis < y->basis ? -1 : 1;
	int result = strcmp(x->protocol, y->protocol);
	return result != 0 ? result : (int)x->transport - (int)y->transport;
}

static int compare_unread(const void *a, const void *b)
{
	const struct coverage_unread *x = a, *y = b;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return compare_unread_groups(a, b);
}

static int add_unread(struct coverage *out, const struct conclusions *c)
{
	size_t count = 0;
	const struct inventory *inv = c->inventory; /* links to groups too, which join no two assets */
	out->unread = calloc(inv->link_count + 1, sizeof(*out->unread));
	if (out->unread == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[i];
		if (l->basis != LINK_DISSECTED)
			out->unread[count++] = (struct coverage_unread){
				inventory_text(inv, l->protocol), l->basis, l->transport, 1, l->packets, l->bytes};
	}
	qsort(out->unread, count, sizeof(*out->unread), compare_unread_groups);
	for (size_t i = 0; i < count; i++) {
		struct coverage_unread *u = &out->unread[i];
		struct coverage_unread *last = out->unread_count > 0 ? &out->unread[out->unread_count - 1] : NULL;
		if (last == NULL || compare_unread_groups(last, u) != 0) {
			out->unread[out->unread_count++] = *u;
			continue;
		}
		last->links++;
		last->packets += u->packets;
		last->bytes += u->bytes;
	}
	qsort(out->unread, out->unread_count, sizeof(*out->unread), compare_unread);
	return 0;
}

static int compare_wish_texts(const void *a, const void *b)
{
	return strcmp(((const struct coverage_wish *)a)->observation, ((const struct coverage_wish *)b)->observation);
}

static int compare_wishes(const void *a, const void *b)
{
	const struct coverage_wish *x = a, *y = b;
	if (x->assets != y->assets)
		return x->assets > y->assets ? -1 : 1;
	return compare_wish_texts(a, b);
}

static int add_wishes(struct coverage *out, const struct conclusions *c)
{
	size_t count = 0;
	out->wishes = calloc(c->asset_count + 1, sizeof(*out->wishes));
	if (out->wishes == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < c->asset_count; i++)
		if (c->assets[i].would_identify != NULL)
			out->wishes[count++] = (struct coverage_wish){c->assets[i].would_identify, 1};
	qsort(out->wishes, count, sizeof(*out->wishes), compare_wish_texts);
	for (size_t i = 0; i < count; i++) {
		struct coverage_wish *last = out->wish_count > 0 ? &out->wishes[out->wish_count - 1] : NULL;
		if (last == NULL || compare_wish_texts(last, &out->wishes[i]) != 0)
			out->wishes[out->wish_count++] = out->wishes[i];
		else
			last->assets++;
	}
	qsort(out->wishes, out->wish_count, sizeof(*out->wishes), compare_wishes);
	return 0;
}

int coverage_make(struct coverage *out, const struct conclusions *c)
{
	*out = (struct coverage){.refused_rows = c->inventory->refused, .unanswered = c->unanswered_count};
	add_captures(out, c->inventory);
	int err = add_protocols(out, c->inventory);
	if (err == 0)
		err = add_unread(out, c);
	return err != 0 ? err : add_wishes(out, c);
}

void coverage_clear(struct coverage *c)
{
	free(c->protocols);
	free(c->unread);
	free(c->wishes);
	*c = (struct coverage){0};
}
