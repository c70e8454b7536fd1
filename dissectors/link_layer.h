/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link_layer.h - how the link-layer protocols say addresses: of a port, of a chassis, of who manages it.
 */
#ifndef EARSHOT_LINK_LAYER_H
#define EARSHOT_LINK_LAYER_H

#include <arpa/inet.h>

#include "binding.h"

/* An IP address by its length (4 or 16), as text. False when it is none that a host can have. */
static inline bool link_layer_ip_text(char text[INET6_ADDRSTRLEN], struct cursor address)
{
	size_t len = cursor_left(&address);
	if (len == 4 && binding_ipv4_usable(address.at))
		return inet_ntop(AF_INET, address.at, text, INET6_ADDRSTRLEN) != NULL;
	if (len == 16 && binding_ipv6_usable(address.at))
		return inet_ntop(AF_INET6, address.at, text, INET6_ADDRSTRLEN) != NULL;
	return false;
}

/* "This IP address is mine", which binds it to the subject's MAC. Nothing when no host can have it. */
static inline void link_layer_ip(struct observer *o, const struct statement *s, struct cursor address)
{
	char text[INET6_ADDRSTRLEN];
	if (link_layer_ip_text(text, address))
		observer_fact_string(o, s, ATTRIBUTE_IP, text);
}

/* A mask or a gateway: an IPv4 address as it stands, nothing for 0.0.0.0. */
static inline void link_layer_quad(
	struct observer *o, const struct statement *s, enum attribute attribute, const uint8_t *quad)
{
	static const uint8_t none[4];
	char text[INET_ADDRSTRLEN];
	if (memcmp(quad, none, 4) != 0 && inet_ntop(AF_INET, quad, text, sizeof(text)) != NULL)
		observer_fact_string(o, s, attribute, text);
}

#endif
