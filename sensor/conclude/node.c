/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node.c - the distinct addresses of an inventory in an order of their own: IPv4, IPv6, MAC, each by its
 * bytes, so that what follows does not depend on the order in which they were met.
 *
 * An address that only a message named (the MAC that a device behind a router tells of itself) has a node too.
 */
#include "sensor/conclude/work.h"

#include <ctype.h>
#include <stdlib.h>

#include "sensor/util/text.h"

/* One row to sort: an endpoint, or an address that was only named. */
struct entry {
	const struct address *address;
	uint32_t endpoint;
};

static int kind_rank(uint8_t kind)
{
	return kind == ADDRESS_IPV4 ? 0 : kind == ADDRESS_IPV6 ? 1 : 2;
}

int address_compare(const struct address *a, const struct address *b)
{
	if (a->kind != b->kind)
		return kind_rank(a->kind) - kind_rank(b->kind);
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int path_compare(uint8_t kind_a, const char *a, uint8_t kind_b, const char *b)
{
	if (kind_a != kind_b)
		return kind_a < kind_b ? -1 : 1;
	while (*a != '\0' && *b != '\0') {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *after_a, *after_b;
			unsigned long x = strtoul(a, &after_a, 10), y = strtoul(b, &after_b, 10);
			if (x != y)
				return x < y ? -1 : 1;
			if (after_a - a != after_b - b)
				return after_a - a < after_b - b ? -1 : 1;
			a = after_a;
			b = after_b;
		} else if (*a != *b) {
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return (*a != '\0') - (*b != '\0');
}

static int entry_compare(const void *left, const void *right, void *inventory)
{
	const struct inventory *inv = inventory;
	const struct entry *a = left, *b = right;
	int order = address_compare(a->address, b->address);
	if (order != 0 || a->endpoint == b->endpoint)
		return order;
	if (a->endpoint == INVENTORY_NONE || b->endpoint == INVENTORY_NONE)
		return a->endpoint == INVENTORY_NONE ? 1 : -1;
	const struct endpoint *x = &inv->endpoints[a->endpoint], *y = &inv->endpoints[b->endpoint];
	return path_compare(x->path_kind, inventory_text(inv, x->path), y->path_kind, inventory_text(inv, y->path));
}

static bool is_unicast(const struct address *a)
{
	static const uint8_t zero[16];
	const uint8_t *b = a->bytes;
	switch (a->kind) {
	case ADDRESS_MAC:
		return (b[0] & 1) == 0 && memcmp(b, zero, 6) != 0;
	case ADDRESS_IPV4:
		return b[0] != 0 && b[0] < 224;
	case ADDRESS_IPV6:
		return b[0] != 0xff && memcmp(b, zero, 16) != 0;
	default:
		return false;
	}
}

/* RFC 9568 (VRRP), RFC 2281 and Cisco's numbers for HSRP 1 and 2, HSRP for IPv6, GLBP. */
static bool is_router_virtual(const struct address *a)
{
	static const struct {
		uint8_t len, bytes[5];
	} blocks[] = {{5, {0x00, 0x00, 0x5e, 0x00, 0x01}}, {5, {0x00, 0x00, 0x5e, 0x00, 0x02}},
		{5, {0x00, 0x00, 0x0c, 0x07, 0xac}}, {4, {0x00, 0x00, 0x0c, 0x9f}}, {4, {0x00, 0x05, 0x73, 0xa0}},
		{4, {0x00, 0x07, 0xb4, 0x00}}};
	if (a->kind != ADDRESS_MAC)
		return false;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (memcmp(a->bytes, blocks[i].bytes, blocks[i].len) == 0)
			return true;
	return false;
}

/* The address that a MAC or IP fact names; false when it names none. */
bool fact_names_address(const struct inventory *inv, const struct fact *fact, struct address *out)
{
	if (fact->attribute != ATTRIBUTE_MAC && fact->attribute != ATTRIBUTE_IP)
		return false;
	if (!address_parse(out, inventory_text(inv, fact->value)) || !is_unicast(out))
		return false;
	return (out->kind == ADDRESS_MAC) == (fact->attribute == ATTRIBUTE_MAC);
}

/* All endpoints, and the addresses that facts name. */
static struct entry *entries_collect(struct work *w, struct arena *arena, uint32_t *count)
{
	const struct inventory *inv = w->inventory;
	uint32_t named = 0;
	for (uint32_t i = 0; i < inv->fact_count; i++)
		named += inv->facts[i].attribute == ATTRIBUTE_MAC || inv->facts[i].attribute == ATTRIBUTE_IP;
	struct address *addresses = work_alloc(w, arena, named, sizeof(*addresses));
	struct entry *entries = work_alloc(w, arena, (size_t)inv->endpoint_count + named, sizeof(*entries));
	if (w->failed)
		return NULL;
	uint32_t n = 0;
	for (; n < inv->endpoint_count; n++)
		entries[n] = (struct entry){&inv->endpoints[n].address, n};
	for (uint32_t i = 0; i < inv->fact_count; i++)
		if (fact_names_address(inv, &inv->facts[i], addresses))
			entries[n++] = (struct entry){addresses++, INVENTORY_NONE};
	*count = n;
	return entries;
}

static bool is_new(const struct entry *entries, uint32_t i)
{
	return i == 0 || address_compare(entries[i - 1].address, entries[i].address) != 0;
}

/* One node for each distinct address of the sorted entries. */
static void nodes_fill(struct work *w, const struct entry *entries, uint32_t count)
{
	uint32_t row = 0, n = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct address *a = entries[i].address;
		if (is_new(entries, i)) {
			w->nodes[n] = (struct node){.address = *a,
				.unicast = is_unicast(a),
				.router_virtual = is_router_virtual(a),
				.first = row,
				.up = n,
				.asset = ASSET_NONE};
			n++;
		}
		if (entries[i].endpoint == INVENTORY_NONE)
			continue;
		w->nodes[n - 1].spoke |= w->inventory->endpoints[entries[i].endpoint].spoke;
		w->order[row++] = entries[i].endpoint;
		w->node_of[entries[i].endpoint] = n - 1;
	}
	w->nodes[n].first = row; /* where the last one ends */
}

bool node_gather(struct work *w)
{
	const struct inventory *inv = w->inventory;
	struct arena local = {0};
	uint32_t count = 0;
	struct entry *entries = entries_collect(w, &local, &count);
	w->order = work_early(w, inv->endpoint_count, sizeof(*w->order));
	w->node_of = work_scratch(w, inv->endpoint_count, sizeof(*w->node_of));
	if (!w->failed) {
		qsort_r(entries, count, sizeof(*entries), entry_compare, (void *)(uintptr_t)inv);
		for (uint32_t i = 0; i < count; i++)
			w->node_count += is_new(entries, i);
		w->nodes = work_scratch(w, (size_t)w->node_count + 1, sizeof(*w->nodes));
	}
	if (!w->failed)
		nodes_fill(w, entries, count);
	arena_clear(&local);
	return !w->failed;
}

uint32_t node_find(const struct work *w, const struct address *address)
{
	uint32_t low = 0, high = w->node_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = address_compare(&w->nodes[middle].address, address);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return ASSET_NONE;
}

uint32_t node_root(struct node *nodes, uint32_t node)
{
	while (nodes[node].up != node) {
		nodes[node].up = nodes[nodes[node].up].up;
		node = nodes[node].up;
	}
	return node;
}

void node_unite(struct node *nodes, uint32_t a, uint32_t b)
{
	a = node_root(nodes, a);
	b = node_root(nodes, b);
	if (a < b)
		nodes[b].up = a;
	else
		nodes[a].up = b;
}
