/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmodbus-client.c - a Modbus/TCP client on Debian's libmodbus, for recording.
 *
 *	cc -o libmodbus-client libmodbus-client.c $(pkg-config --cflags --libs libmodbus)
 *	libmodbus-client SERVER read-write|report-id|units UNIT...
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every access that libmodbus offers, and one address outside the map for its exception 0x02. */
static void read_write(modbus_t *bus)
{
	uint8_t bits[16] = {1, 0, 1};
	uint16_t words[16] = {7, 8, 9};
	modbus_read_bits(bus, 0, 10, bits);
	modbus_read_input_bits(bus, 0, 10, bits);
	modbus_read_registers(bus, 0, 10, words);
	modbus_read_input_registers(bus, 0, 10, words);
	modbus_write_bit(bus, 3, 1);
	modbus_write_register(bus, 4, 1234);
	modbus_write_bits(bus, 0, 3, bits);
	modbus_write_registers(bus, 0, 3, words);
	modbus_mask_write_register(bus, 4, 0x00f2, 0x0025);
	modbus_write_and_read_registers(bus, 0, 2, words, 0, 4, words);
	if (modbus_read_registers(bus, 4000, 10, words) >= 0)
		fprintf(stderr, "register 4000 exists?\n");
}

static void report_id(modbus_t *bus)
{
	uint8_t id[MODBUS_MAX_PDU_LENGTH];
	int len = modbus_report_slave_id(bus, sizeof id, id);
	printf("report server id: %d bytes\n", len);
}

int main(int argc, char **argv)
{
	modbus_t *bus = argc < 4 ? NULL : modbus_new_tcp(argv[1], 502);
	if (bus == NULL || modbus_connect(bus) < 0)
		return 1;
	uint16_t words[8];
	for (int i = 3; i < argc; i++) {
		modbus_set_slave(bus, atoi(argv[i]));
		if (strcmp(argv[2], "read-write") == 0)
			read_write(bus);
		else if (strcmp(argv[2], "report-id") == 0)
			report_id(bus);
		else if (modbus_read_registers(bus, 0, 8, words) < 0)
			printf("unit %s: %s\n", argv[i], modbus_strerror(errno));
	}
	modbus_close(bus);
	modbus_free(bus);
	return 0;
}
