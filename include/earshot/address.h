/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.h - where something is on the network, and where inside a device.
 */
#ifndef EARSHOT_ADDRESS_H
#define EARSHOT_ADDRESS_H

#include <stdint.h>
#include <string.h>

enum address_kind { ADDRESS_NONE, ADDRESS_MAC, ADDRESS_IPV4, ADDRESS_IPV6 };

/* Unused bytes are zero, so two equal addresses compare equal with memcmp. */
struct address {
	uint8_t kind; /* enum address_kind */
	uint8_t bytes[16];
};

static inline struct address address_make(enum address_kind kind, const uint8_t *bytes)
{
	struct address a = {.kind = (uint8_t)kind};
	if (bytes != NULL)
		memcpy(a.bytes, bytes, kind == ADDRESS_MAC ? 6 : kind == ADDRESS_IPV4 ? 4 : 16);
	return a;
}

/*
 * A place inside the device at an address, in the words of the protocol.
 * The names of the kinds on output are those of the inventory JSON (`at.kind`).
 */
enum path_kind {
	PATH_NONE,           /* the device itself */
	PATH_MODBUS_UNIT,    /* "3" */
	PATH_DNP3_ADDRESS,   /* "1024" */
	PATH_CIP_PORT_SLOT,  /* port/link pairs along the route: "1/0", "1/3,2/10.0.0.9,1/0" */
	PATH_S7_RACK_SLOT,   /* "0/2" */
	PATH_BACNET_DEVICE,  /* "4242" */
	PATH_IEC104_COMMON_ADDRESS,
	PATH_PN_SLOT,
	PATH_KINDS
};

#define PATH_TEXT_MAX 63

/* `text` is NUL-terminated printable ASCII, empty when kind is PATH_NONE. */
struct path {
	uint8_t kind; /* enum path_kind */
	char text[PATH_TEXT_MAX + 1];
};

/* A path that is a number: a unit, an outstation, a common address. */
static inline struct path path_number(enum path_kind kind, uint32_t number)
{
	struct path path = {.kind = (uint8_t)kind};
	unsigned len = 1;
	for (uint32_t rest = number; rest >= 10; rest /= 10)
		len++;
	while (len-- > 0) {
		path.text[len] = (char)('0' + number % 10);
		number /= 10;
	}
	return path;
}

#endif
