/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binding.h - saying that an IP address stands at a hardware address: what ARP, ND and DHCP share.
 */
#ifndef EARSHOT_BINDING_H
#define EARSHOT_BINDING_H

#include <string.h>

#include "earshot/observer.h"

#define BINDING_MAC_LEN 6

/* Neither zero nor a group address. */
static inline bool binding_mac_usable(const uint8_t *mac)
{
	static const uint8_t zero[BINDING_MAC_LEN];
	return !(mac[0] & 1) && memcmp(mac, zero, sizeof(zero)) != 0;
}

/* An address one host can have: no network 0 (RFC 1122, 3.2.1.3), loopback, multicast, reserved or broadcast. */
static inline bool binding_ipv4_usable(const uint8_t *ip)
{
	return ip[0] != 0 && ip[0] != 127 && ip[0] < 224;
}

/* The same for IPv6: neither unspecified, loopback nor multicast. Link-local addresses are addresses of a host. */
static inline bool binding_ipv6_usable(const uint8_t *ip)
{
	static const uint8_t zero[15];
	return ip[0] != 0xff && (memcmp(ip, zero, sizeof(zero)) != 0 || ip[15] > 1);
}

/* The fact that `ip` is at `mac`. Both must be usable. */
static inline void binding_report(
	struct observer *o, enum protocol protocol, const char *message, const struct address *ip, const uint8_t *mac)
{
	struct statement s = {.protocol = protocol, .subject = SUBJECT_ADDRESS, .message = message, .address = *ip};
	observer_fact_mac(o, &s, ATTRIBUTE_MAC, mac);
}

#endif
