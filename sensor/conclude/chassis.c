/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chassis.c - the ports of one switch: MACs whose LLDP messages or BPDUs name the same chassis are one device.
 *
 * Every port of a switch sends from a MAC of its own and names the MAC of the whole. Ports take their MACs from the
 * block of the whole, so that one with the number of another maker does not count: anybody can send such a frame.
 * Two that talk to each other are not one.
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define PORTS_MAX 1024 /* a large modular switch; more MACs with one chassis are a flood */

/* A MAC that named a chassis, or is one. */
struct port {
	struct address chassis;
	uint32_t node;
};

static int port_compare(const void *left, const void *right)
{
	const struct port *a = left, *b = right;
	int order = memcmp(a->chassis.bytes, b->chassis.bytes, sizeof(a->chassis.bytes));
	if (order != 0)
		return order;
	return a->node == b->node ? 0 : a->node < b->node ? -1 : 1;
}

static bool is_same_chassis(const struct port *a, const struct port *b)
{
	return memcmp(a->chassis.bytes, b->chassis.bytes, sizeof(a->chassis.bytes)) == 0;
}

static uint32_t ports_collect(const struct work *w, struct port *ports)
{
	const struct inventory *inv = w->inventory;
	uint32_t n = 0;
	for (uint32_t i = 0; i < inv->fact_count; i++) {
		const struct fact *f = &inv->facts[i];
		uint32_t node = w->node_of[f->endpoint];
		const struct address *mac = &w->nodes[node].address;
		struct address chassis;
		if (f->attribute != ATTRIBUTE_CHASSIS_ID ||
			(f->protocol != PROTOCOL_LLDP && f->protocol != PROTOCOL_STP))
			continue;
		if (!address_parse(&chassis, inventory_text(inv, f->value)) || chassis.kind != ADDRESS_MAC ||
			mac->kind != ADDRESS_MAC || memcmp(chassis.bytes, mac->bytes, 3) != 0)
			continue;
		ports[n++] = (struct port){chassis, node};
		uint32_t whole = node_find(w, &chassis);
		if (whole != ASSET_NONE)
			ports[n++] = (struct port){chassis, whole};
	}
	if (n > 1)
		qsort(ports, n, sizeof(*ports), port_compare);
	return n;
}

/* True of a chassis whose ports talk to each other: `talks` has a mark at its first port. */
static void talkers_mark(struct work *w, const struct port *ports, uint32_t count, uint32_t *of_node, bool *talks)
{
	for (uint32_t i = 0; i < w->node_count; i++)
		of_node[i] = UINT32_MAX;
	for (uint32_t i = 0, group = 0; i < count; i++) {
		if (!is_same_chassis(&ports[group], &ports[i]))
			group = i;
		of_node[ports[i].node] = group;
	}
	for (uint32_t i = 0; i < w->inventory->link_count; i++) {
		const struct link *l = &w->inventory->links[i];
		uint32_t client = w->node_of[l->client], server = w->node_of[l->server];
		if (client != server && of_node[client] != UINT32_MAX && of_node[client] == of_node[server])
			talks[of_node[client]] = true;
	}
}

bool chassis_unite(struct work *w)
{
	const struct inventory *inv = w->inventory;
	struct arena local = {0};
	uint32_t room = 0;
	for (uint32_t i = 0; i < inv->fact_count; i++)
		room += inv->facts[i].attribute == ATTRIBUTE_CHASSIS_ID;
	if (room == 0)
		return true;
	struct port *ports = work_alloc(w, &local, (size_t)room * 2, sizeof(*ports));
	uint32_t *of_node = work_alloc(w, &local, w->node_count, sizeof(*of_node));
	bool *talks = work_alloc(w, &local, (size_t)room * 2, sizeof(*talks));
	uint32_t count = w->failed ? 0 : ports_collect(w, ports);
	if (count > 1)
		talkers_mark(w, ports, count, of_node, talks);
	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && is_same_chassis(&ports[i], &ports[end]);)
			end++;
		for (uint32_t j = i + 1; j < end && !talks[i] && end - i <= 2 * PORTS_MAX; j++)
			node_unite(w->nodes, ports[i].node, ports[j].node);
	}
	arena_clear(&local);
	return !w->failed;
}
