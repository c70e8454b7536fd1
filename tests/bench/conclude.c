/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conclude.c - how long conclusions take for plants of growing size: cells of a hundred assets (a panel, nine
 * controllers, ninety stations of I/O), supervised from one network, ten links an asset. Prints seconds; judges
 *nothing. With a folder each plant is concluded again with declarations, which are written there: every cell is an
 *accepted zone, what supervises it may only read over the wrong port, and the register says of every asset that it is a
 * printer, so that there is a finding about each.
 *
 *	ninja -C build tests/conclude-bench && EARSHOT_CONFIG_DIR=config build/tests/conclude-bench [FOLDER]
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

static void zones_write(FILE *out, uint32_t hosts)
{
	fputs("zones:\n", out);
	for (uint32_t cell = 0; cell * CELL < hosts; cell++)
		fprintf(out, "  - {id: cell-%u, status: accepted, members: [{subnet: 10.%u.%u.0/24}]}\n", cell,
			cell / 250, cell % 250);
	fputs("conduits:\n", out);
	for (uint32_t cell = 1; cell * CELL < hosts; cell++)
		fprintf(out,
			"  - {id: to-%u, from: cell-0, to: cell-%u, status: accepted, allow: [{protocols: modbus, "
			"operations: read, port: 1}]}\n",
			cell, cell);
}

static void register_write(FILE *out, uint32_t hosts)
{
	fputs("number,type,ip\n", out);
	for (uint32_t host = 0; host < hosts; host++)
		fprintf(out, "A%u,printer,10.%u.%u.%u\n", host, host / CELL / 250, host / CELL % 250, host % CELL + 1);
}

static struct declarations *declare(const char *folder, uint32_t hosts)
{
	char zones[512], owned[512];
	struct declarations *d;
	snprintf(zones, sizeof(zones), "%s/zones.yaml", folder);
	snprintf(owned, sizeof(owned), "%s/register.csv", folder);
	FILE *a = fopen(zones, "w"), *b = fopen(owned, "w");
	if (a == NULL || b == NULL)
		exit(EXIT_FAILURE);
	zones_write(a, hosts);
	register_write(b, hosts);
	if (fclose(a) != 0 || fclose(b) != 0 || declarations_load(&d, zones, owned, warned, NULL) != 0)
		exit(EXIT_FAILURE);
	return d;
}

static void measure(const struct inventory *inv, struct knowledge *knowledge, const struct declarations *declared)
{
	struct conclusions c;
	double begun = seconds_now();
	if (conclusions_make(&c, inv, knowledge, declared) != 0)
		exit(EXIT_FAILURE);
	printf("%6zu assets %7zu links %5zu zones %5zu conduits %5zu findings  %.3f s%s\n", c.asset_count, c.link_count,
		c.zone_count, c.conduit_count, c.finding_count, seconds_now() - begun,
		declared != NULL ? ", declared" : "");
	conclusions_clear(&c);
}

int main(int argc, char **argv)
{
	struct knowledge *knowledge;
	if (knowledge_load(&knowledge, NULL, NULL, warned, NULL) != 0)
		return EXIT_FAILURE;
	for (uint32_t hosts = 2500; hosts <= 20000; hosts *= 2) {
		struct inventory *inv = plant_make(hosts);
		measure(inv, knowledge, NULL);
		if (argc > 1) {
			struct declarations *declared = declare(argv[1], hosts);
			measure(inv, knowledge, declared);
			declarations_free(declared);
		}
		inventory_free(inv);
	}
	knowledge_free(knowledge);
	return EXIT_SUCCESS;
}
