/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nd.c - IPv6 Neighbor Discovery (RFC 4861): solicitations and advertisements of routers and neighbours.
 *
 *	+--------+--------+-------------+------------------------------+---------------+
 *	| type 8 | code 0 | checksum 16 | fixed part, 4 to 20 bytes    | options ...   |
 *	+--------+--------+-------------+------------------------------+---------------+
 *	option: | type 8 | length 8, in units of 8 bytes | value ... |
 *
 * A message binds an address to a MAC only by its link-layer address option: that of the source in
 * solicitations and router advertisements, that of the target in neighbour advertisements.
 */
#include "binding.h"
#include "earshot/dissector.h"

enum {
	ROUTER_SOLICITATION = 133,
	ROUTER_ADVERTISEMENT = 134,
	NEIGHBOR_SOLICITATION = 135,
	NEIGHBOR_ADVERTISEMENT = 136
};
enum { OPTION_SOURCE_LINK_ADDRESS = 1, OPTION_TARGET_LINK_ADDRESS = 2 };

static const struct message {
	uint8_t fixed_len; /* type, code and checksum included */
	uint8_t option;    /* the one that binds */
	const char *name;
} messages[] = {
	{8, OPTION_SOURCE_LINK_ADDRESS, "router solicitation"},
	{16, OPTION_SOURCE_LINK_ADDRESS, "router advertisement"},
	{24, OPTION_SOURCE_LINK_ADDRESS, "neighbor solicitation"},
	{24, OPTION_TARGET_LINK_ADDRESS, "neighbor advertisement"},
};

static enum framing nd_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t type = cursor_u8(&bytes);
	uint8_t code = cursor_u8(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (type < ROUTER_SOLICITATION || type > NEIGHBOR_ADVERTISEMENT || code != 0)
		return FRAMING_FOREIGN;
	if (left < messages[type - ROUTER_SOLICITATION].fixed_len)
		return FRAMING_MORE;
	*len = left;
	return FRAMING_WHOLE;
}

/* The MAC in the option of type `wanted`, or NULL. `*valid` is false when an option has no length (RFC 4861, 4.6). */
static const uint8_t *link_address(struct cursor options, uint8_t wanted, bool *valid)
{
	const uint8_t *mac = NULL;
	*valid = true;
	while (cursor_left(&options) > 0) {
		uint8_t type = cursor_u8(&options);
		size_t len = cursor_u8(&options) * 8u;
		struct cursor value = cursor_take(&options, len > 2 ? len - 2 : 0);
		if (len == 0 || !cursor_ok(&options))
			*valid = false;
		if (!*valid)
			break;
		if (type == wanted && cursor_left(&value) == BINDING_MAC_LEN && mac == NULL)
			mac = value.at;
	}
	return mac;
}

static bool nd_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	struct cursor options = bytes;
	uint8_t type = cursor_u8(&bytes);
	/* A hop limit below 255 has passed a router: it cannot be from a neighbour and must not be believed. */
	if (type < ROUTER_SOLICITATION || type > NEIGHBOR_ADVERTISEMENT || pdu->frame->hop_limit != 255)
		return false;
	const struct message *m = &messages[type - ROUTER_SOLICITATION];
	cursor_skip(&options, m->fixed_len);
	if (!cursor_ok(&options))
		return false;
	bool valid;
	const uint8_t *mac = link_address(options, m->option, &valid);
	if (!valid && pdu->whole)
		return false;
	struct address ip = pdu->frame->source;
	if (type == NEIGHBOR_ADVERTISEMENT) {
		cursor_skip(&bytes, 7);
		ip = address_make(ADDRESS_IPV6, cursor_bytes(&bytes, 16));
	}
	/* Duplicate address detection asks from ::, which is nobody's address. */
	if (mac != NULL && binding_mac_usable(mac) && ip.kind == ADDRESS_IPV6 && binding_ipv6_usable(ip.bytes))
		binding_report(observer, PROTOCOL_ND, m->name, &ip, mac);
	return true;
}

extern const struct dissector nd_dissector;
const struct dissector nd_dissector = {
	.name = "nd",
	.protocol = PROTOCOL_ND,
	.reference = "RFC 4861",
	.ethertypes = (const uint16_t[]){58, 0}, /* no EtherType: IP protocol 58, ICMPv6, which has no ports */
	.pdu_max = 65535,
	.frame = nd_frame,
	.dissect = nd_dissect,
};
