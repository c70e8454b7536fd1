/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - one comparison for each kind of row; ranks of what is referred to come first. */
#include "sensor/inventory/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_number(uint64_t a, uint64_t b)
{
	return a == b ? 0 : a < b ? -1 : 1;
}

/* Interned: the same id is the same text. */
static int compare_text(const struct inventory *inv, uint32_t a, uint32_t b)
{
	return a == b ? 0 : strcmp(inventory_text(inv, a), inventory_text(inv, b));
}

static int compare_captures(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct capture *x = &o->inventory->captures[*(const uint32_t *)a];
	const struct capture *y = &o->inventory->captures[*(const uint32_t *)b];
	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	int result = strcmp(x->sha256, y->sha256);
	if (result == 0)
		result = strcmp(x->name, y->name);
	return result != 0 ? result : compare_number((uint64_t)x->live_ns, (uint64_t)y->live_ns);
}

static int compare_protocol_counts(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct protocol_count *x = &o->inventory->protocol_counts[*(const uint32_t *)a];
	const struct protocol_count *y = &o->inventory->protocol_counts[*(const uint32_t *)b];
	int result = compare_number(o->captures.ranks[x->capture], o->captures.ranks[y->capture]);
	return result != 0 ? result : compare_text(o->inventory, x->protocol, y->protocol);
}

static int compare_endpoints(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct endpoint *x = &o->inventory->endpoints[*(const uint32_t *)a];
	const struct endpoint *y = &o->inventory->endpoints[*(const uint32_t *)b];
	int result = memcmp(&x->address, &y->address, sizeof(x->address));
	if (result == 0)
		result = compare_number(x->path_kind, y->path_kind);
	return result != 0 ? result : compare_text(o->inventory, x->path, y->path);
}

static int compare_bindings(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct binding *x = &o->inventory->bindings[*(const uint32_t *)a];
	const struct binding *y = &o->inventory->bindings[*(const uint32_t *)b];
	int result = compare_number(o->endpoints.ranks[x->ip], o->endpoints.ranks[y->ip]);
	if (result == 0)
		result = compare_number(o->endpoints.ranks[x->mac], o->endpoints.ranks[y->mac]);
	return result != 0 ? result : compare_number(x->vlan, y->vlan);
}

static int compare_facts(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct fact *x = &o->inventory->facts[*(const uint32_t *)a];
	const struct fact *y = &o->inventory->facts[*(const uint32_t *)b];
	int result = compare_number(o->endpoints.ranks[x->endpoint], o->endpoints.ranks[y->endpoint]);
	if (result == 0 && x->attribute != y->attribute)
		result = strcmp(attribute_name(x->attribute), attribute_name(y->attribute));
	if (result == 0 && x->protocol != y->protocol)
		result = strcmp(protocol_name(x->protocol), protocol_name(y->protocol));
	if (result == 0)
		result = compare_text(o->inventory, x->message, y->message);
	if (result == 0)
		result = compare_text(o->inventory, x->value, y->value);
	if (result == 0)
		result = compare_text(o->inventory, x->code, y->code);
	return result != 0 ? result : compare_number(x->naming, y->naming);
}

static int compare_links(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct link *x = &o->inventory->links[*(const uint32_t *)a];
	const struct link *y = &o->inventory->links[*(const uint32_t *)b];
	int result = compare_number(o->endpoints.ranks[x->client], o->endpoints.ranks[y->client]);
	if (result == 0)
		result = compare_number(o->endpoints.ranks[x->server], o->endpoints.ranks[y->server]);
	if (result == 0)
		result = compare_text(o->inventory, x->protocol, y->protocol);
	if (result == 0)
		result = compare_number(x->transport, y->transport);
	return result != 0 ? result : compare_number(x->port, y->port);
}

static int compare_activities(const void *a, const void *b, void *argument)
{
	const struct orders *o = argument;
	const struct activity *x = &o->inventory->activities[*(const uint32_t *)a];
	const struct activity *y = &o->inventory->activities[*(const uint32_t *)b];
	int result = compare_number(o->links.ranks[x->link], o->links.ranks[y->link]);
	if (result == 0)
		result = compare_number(x->operation, y->operation);
	if (result == 0)
		result = compare_text(o->inventory, x->message, y->message);
	return result != 0 ? result : compare_text(o->inventory, x->detail, y->detail);
}

static int order_make(
	struct order *o, uint32_t count, int (*compare)(const void *, const void *, void *), struct orders *all)
{
	o->rows = malloc((count + 1u) * sizeof(*o->rows));
	o->ranks = malloc((count + 1u) * sizeof(*o->ranks));
	if (o->rows == NULL || o->ranks == NULL)
		return -ENOMEM;
	o->count = count;
	for (uint32_t i = 0; i < count; i++)
		o->rows[i] = i;
	qsort_r(o->rows, count, sizeof(*o->rows), compare, all);
	for (uint32_t i = 0; i < count; i++)
		o->ranks[o->rows[i]] = i;
	return 0;
}

void order_clear(struct order *o)
{
	free(o->rows);
	free(o->ranks);
	*o = (struct order){0};
}

int order_captures(struct order *o, const struct inventory *inv)
{
	struct orders all = {.inventory = inv};
	*o = (struct order){0};
	return order_make(o, inv->capture_count, compare_captures, &all);
}

int orders_make(struct orders *o, const struct inventory *inv)
{
	*o = (struct orders){.inventory = inv};
	int err = order_make(&o->captures, inv->capture_count, compare_captures, o);
	if (err == 0)
		err = order_make(&o->protocol_counts, inv->protocol_count_count, compare_protocol_counts, o);
	if (err == 0)
		err = order_make(&o->endpoints, inv->endpoint_count, compare_endpoints, o);
	if (err == 0)
		err = order_make(&o->bindings, inv->binding_count, compare_bindings, o);
	if (err == 0)
		err = order_make(&o->facts, inv->fact_count, compare_facts, o);
	if (err == 0)
		err = order_make(&o->links, inv->link_count, compare_links, o);
	if (err == 0)
		err = order_make(&o->activities, inv->activity_count, compare_activities, o);
	return err;
}

void orders_as_recorded(struct orders *o, const struct inventory *inv)
{
	*o = (struct orders){.inventory = inv};
	o->captures.count = inv->capture_count;
	o->protocol_counts.count = inv->protocol_count_count;
	o->endpoints.count = inv->endpoint_count;
	o->bindings.count = inv->binding_count;
	o->facts.count = inv->fact_count;
	o->links.count = inv->link_count;
	o->activities.count = inv->activity_count;
}

void orders_clear(struct orders *o)
{
	order_clear(&o->captures);
	order_clear(&o->protocol_counts);
	order_clear(&o->endpoints);
	order_clear(&o->bindings);
	order_clear(&o->facts);
	order_clear(&o->links);
	order_clear(&o->activities);
}
