/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.h - the rows of an inventory in the order of what they say, not of when they were recorded.
 *
 * Whatever writes facts writes them in this order, so that the same facts give the same bytes.
 */
#ifndef EARSHOT_ORDER_H
#define EARSHOT_ORDER_H

#include "sensor/inventory/inventory.h"

struct order {
	uint32_t *rows;  /* rows[rank] is an index into the array of the inventory; NULL: the rank is the index */
	uint32_t *ranks; /* ranks[index]: the reverse */
	uint32_t count;
};

static inline uint32_t order_row(const struct order *o, uint32_t rank)
{
	return o->rows != NULL ? o->rows[rank] : rank;
}

static inline uint32_t order_rank(const struct order *o, uint32_t index)
{
	return o->ranks != NULL ? o->ranks[index] : index;
}

/*
 * captures: by first packet, SHA-256, name, start. endpoints: by address, place. protocol_counts: by capture, protocol.
 * bindings: by IP, MAC, VLAN. facts: by endpoint, attribute, protocol, message, value, code, naming. links: by client,
 * server, protocol, transport, port. activities: by link, operation, message, detail. Text compares byte by byte.
 */
struct orders {
	const struct inventory *inventory;
	struct order captures, protocol_counts, endpoints, bindings, facts, links, activities;
};

/* 0 or -ENOMEM; clear it in either case. */
int orders_make(struct orders *o, const struct inventory *inv);
void orders_clear(struct orders *o);
/* In the order in which they were recorded; nothing to clear. */
void orders_as_recorded(struct orders *o, const struct inventory *inv);

/* The captures alone, for whoever needs no more. */
int order_captures(struct order *o, const struct inventory *inv);
void order_clear(struct order *o);

#endif
