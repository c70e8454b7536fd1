/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmodbus-server.c - a Modbus/TCP server on Debian's libmodbus, for recording.
 *
 *	cc -o libmodbus-server libmodbus-server.c $(pkg-config --cflags --libs libmodbus)
 *	libmodbus-server UNIT...
 *
 * Serves one connection on port 502 and answers only the units named, as a gateway
 * does that knows the devices on its serial line; any other unit is answered with
 * exception 0x0B (gateway target device failed to respond).
 */
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	modbus_t *bus = modbus_new_tcp("0.0.0.0", 502);
	modbus_mapping_t *map = modbus_mapping_new(32, 32, 32, 32);
	int listener = bus == NULL ? -1 : modbus_tcp_listen(bus, 1);
	if (map == NULL || listener < 0 || modbus_tcp_accept(bus, &listener) < 0)
		return 1;
	for (int i = 0; i < 32; i++)
		map->tab_registers[i] = (uint16_t)(i * 100);
	uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
	for (;;) {
		int len = modbus_receive(bus, query);
		if (len < 0)
			break;
		int known = argc < 2;
		for (int i = 1; i < argc; i++)
			known |= atoi(argv[i]) == query[6];
		if (known)
			modbus_reply(bus, query, len, map);
		else
			modbus_reply_exception(bus, query, MODBUS_EXCEPTION_GATEWAY_TARGET);
	}
	modbus_mapping_free(map);
	modbus_free(bus);
	return 0;
}
