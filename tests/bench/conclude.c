/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conclude.c - how long conclusions take for plants of growing size: cells of a hundred assets (a panel, nine
 *controllers, ninety stations of I/O), supervised from one network, ten links an asset. Prints seconds; judges nothing.
 *
 *	ninja -C build tests/conclude-bench && EARSHOT_CONFIG_DIR=config build/tests/conclude-bench
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/conclude/asset.h"

#define CELL 100
#define PANELS 1
#define CONTROLLERS 9
#define LINKS_AN_ASSET 10

static uint32_t endpoint_at(struct inventory *inv, uint32_t host, bool mac, const struct sighting *at)
{
	const uint8_t ip[4] = {
		10, (uint8_t)(host / CELL / 250), (uint8_t)(host / CELL % 250), (uint8_t)(host % CELL + 1)};
	const uint8_t card[6] = {0x00, 0x1b, 0x1b, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host};
	struct address address = address_make(mac ? ADDRESS_MAC : ADDRESS_IPV4, mac ? card : ip);
	return inventory_endpoint(inv, &address, NULL, true, at);
}

static void link_between(struct inventory *inv, uint32_t client, uint32_t server, const char *protocol, uint16_t port,
	const struct span *seen)
{
	uint32_t row = inventory_link(inv, endpoint_at(inv, client, false, &seen->first),
		endpoint_at(inv, server, false, &seen->first), protocol, TRANSPORT_TCP, port, seen);
	if (row == INVENTORY_NONE)
		exit(EXIT_FAILURE);
	struct link *l = &inv->links[row];
	l->parts = PART_REQUEST | PART_RESPONSE;
	l->asked = l->answered = OPERATION_READ;
	l->packets += 1000;
	l->bytes += 100000;
	l->direction_proven = true;
}

/* Cell 0 is the supervision: each of its hosts asks controllers of every hundredth cell. */
static struct inventory *plant_make(uint32_t hosts)
{
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (inv == NULL)
		exit(EXIT_FAILURE);
	struct span seen = {.first.time_ns = 1000000000, .last.time_ns = INT64_C(3600000000000)};
	seen.first.capture = seen.last.capture = inventory_capture_add(inv, "bench") & 0xffffff;
	for (uint32_t host = 0; host < hosts; host++) {
		uint32_t ip = endpoint_at(inv, host, false, &seen.first),
			 mac = endpoint_at(inv, host, true, &seen.first);
		inventory_binding(inv, ip, mac, (uint16_t)(host / CELL % 4000 + 1), 0, &seen.first);
		uint32_t cell = host / CELL * CELL, place = host % CELL;
		for (uint32_t i = 0; i < LINKS_AN_ASSET; i++) {
			if (cell == 0)
				link_between(inv, host,
					(host * 97 + i * 13 * CELL) % hosts / CELL * CELL + PANELS + i % CONTROLLERS,
					"modbus", 502, &seen);
			else if (place < PANELS)
				link_between(inv, host, cell + PANELS + i % CONTROLLERS, "modbus", 502, &seen);
			else if (place < PANELS + CONTROLLERS)
				link_between(inv, host,
					cell + PANELS + CONTROLLERS + (place - PANELS) * LINKS_AN_ASSET + i, "cip-io",
					2222, &seen);
			else
				link_between(inv, host, cell + PANELS + (place + i) % CONTROLLERS, "modbus",
					(uint16_t)(502 + i), &seen);
		}
	}
	return inv;
}

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void warned(void *to, const char *line)
{
	(void)to;
	fprintf(stderr, "%s\n", line);
}

int main(void)
{
	struct knowledge *knowledge;
	if (knowledge_load(&knowledge, NULL, NULL, warned, NULL) != 0)
		return EXIT_FAILURE;
	for (uint32_t hosts = 2500; hosts <= 20000; hosts *= 2) {
		struct inventory *inv = plant_make(hosts);
		struct conclusions c;
		double begun = seconds_now();
		if (conclusions_make(&c, inv, knowledge, NULL) != 0)
			return EXIT_FAILURE;
		printf("%6zu assets %7zu links %5zu zones %5zu conduits %5zu findings  %.3f s\n", c.asset_count,
			c.link_count, c.zone_count, c.conduit_count, c.finding_count, seconds_now() - begun);
		conclusions_clear(&c);
		inventory_free(inv);
	}
	knowledge_free(knowledge);
	return EXIT_SUCCESS;
}
