/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dhcp.c - the Dynamic Host Configuration Protocol for IPv4 (RFC 2131, options of RFC 2132 and RFC 4702).
 *
 *	+------+---------+-------+------+--------+---------+----------+
 *	| op 8 | htype 8 | hlen 8| hops | xid 32 | secs 16 | flags 16 |
 *	+------+---------+-------+------+--------+---------+----------+
 *	| ciaddr 32 | yiaddr 32 | siaddr 32 | giaddr 32 | chaddr 128  |
 *	+-----------+-----------+-----------+-----------+-------------+
 *	| sname 64 bytes | file 128 bytes | cookie 63825363 | options |
 *	+-------------------------------------------------------------+
 *
 * What a client tells of itself is a fact of its hardware address, not of the frame's
 * source: that is 0.0.0.0, or a relay that forwards the requests of others (giaddr).
 * Only an acknowledgement binds an address (or the one reply of BOOTP); an offer may be declined.
 */
#include <stdio.h>

#include "binding.h"
#include "earshot/dissector.h"

enum { OP_REQUEST = 1, OP_REPLY = 2, HARDWARE_ETHERNET = 1 };
enum { MESSAGE_NONE = 0, MESSAGE_REQUEST = 3, MESSAGE_ACK = 5, MESSAGE_INFORM = 8 };
enum {
	OPTION_PAD = 0,
	OPTION_NETMASK = 1,
	OPTION_ROUTER = 3,
	OPTION_HOSTNAME = 12,
	OPTION_OVERLOAD = 52,
	OPTION_MESSAGE_TYPE = 53,
	OPTION_VENDOR_CLASS = 60,
	OPTION_CLIENT_FQDN = 81,
	OPTION_END = 255
};

#define COOKIE 0x63825363u
#define FIXED_LEN 240 /* with the cookie */
#define NAME_MAX_LEN 253

struct dhcp {
	uint8_t op, type, overload;
	const uint8_t *client_ip, *your_ip, *relay_ip;               /* ciaddr, yiaddr, giaddr */
	const uint8_t *mac;                                          /* NULL: no usable Ethernet address */
	struct cursor netmask, router, hostname, vendor_class, fqdn; /* empty when absent */
};

static const uint8_t unspecified[4];

static enum framing dhcp_frame(struct cursor bytes, size_t *len)
{
	*len = 0;
	size_t left = cursor_left(&bytes);
	uint8_t op = cursor_u8(&bytes);
	if (left > 0 && op != OP_REQUEST && op != OP_REPLY)
		return FRAMING_FOREIGN;
	cursor_skip(&bytes, FIXED_LEN - 5);
	uint32_t cookie = cursor_be32(&bytes);
	if (!cursor_ok(&bytes))
		return FRAMING_MORE;
	if (cookie != COOKIE)
		return FRAMING_FOREIGN; /* BOOTP without options has nothing to say */
	*len = left;
	return FRAMING_WHOLE;
}

/* False when an option is cut. The first of several with one code counts. */
static bool options_read(struct dhcp *d, struct cursor c)
{
	while (cursor_left(&c) > 0) {
		uint8_t code = cursor_u8(&c);
		if (code == OPTION_PAD)
			continue;
		if (code == OPTION_END)
			return true;
		struct cursor value = cursor_take(&c, cursor_u8(&c));
		if (!cursor_ok(&c))
			return false;
		struct cursor *place = code == OPTION_NETMASK        ? &d->netmask
				       : code == OPTION_ROUTER       ? &d->router
				       : code == OPTION_HOSTNAME     ? &d->hostname
				       : code == OPTION_VENDOR_CLASS ? &d->vendor_class
				       : code == OPTION_CLIENT_FQDN  ? &d->fqdn
								     : NULL;
		if (place != NULL && place->at == place->end)
			*place = value;
		if (code == OPTION_MESSAGE_TYPE)
			d->type = cursor_peek(&value);
		if (code == OPTION_OVERLOAD)
			d->overload = cursor_peek(&value) & 3;
	}
	return true;
}

static bool dhcp_read(struct dhcp *d, struct cursor c)
{
	d->op = cursor_u8(&c);
	uint8_t hardware = cursor_u8(&c);
	uint8_t hardware_len = cursor_u8(&c);
	cursor_skip(&c, 9);
	d->client_ip = cursor_bytes(&c, 4);
	d->your_ip = cursor_bytes(&c, 4);
	cursor_skip(&c, 4);
	d->relay_ip = cursor_bytes(&c, 4);
	const uint8_t *mac = cursor_bytes(&c, 16);
	struct cursor sname = cursor_take(&c, 64);
	struct cursor file = cursor_take(&c, 128);
	cursor_skip(&c, 4);
	if (!cursor_ok(&c))
		return false;
	if (hardware == HARDWARE_ETHERNET && hardware_len == BINDING_MAC_LEN && binding_mac_usable(mac))
		d->mac = mac;
	/* Options may go on in the two name fields (RFC 2132, 9.3). */
	return options_read(d, c) && (!(d->overload & 1) || options_read(d, file)) &&
	       (!(d->overload & 2) || options_read(d, sname));
}

/* The host name in a fully qualified one, which is ASCII or DNS labels without compression (RFC 4702, 2). */
static void fqdn_report(struct observer *o, const struct statement *s, struct cursor fqdn)
{
	char name[NAME_MAX_LEN + 1];
	size_t used = 0;
	uint8_t flags = cursor_u8(&fqdn);
	cursor_skip(&fqdn, 2);
	if (!(flags & 0x04)) {
		observer_fact(o, s, ATTRIBUTE_HOSTNAME, fqdn.at, cursor_left(&fqdn));
		return;
	}
	while (cursor_left(&fqdn) > 0) {
		size_t len = cursor_u8(&fqdn);
		const uint8_t *label = cursor_bytes(&fqdn, len);
		if (len == 0 || len > 63 || label == NULL || used + len + 1 > NAME_MAX_LEN)
			break;
		if (used > 0)
			name[used++] = '.';
		memcpy(name + used, label, len);
		used += len;
	}
	observer_fact(o, s, ATTRIBUTE_HOSTNAME, name, used);
}

static void client_report(const struct dhcp *d, const struct frame *frame, struct observer *o)
{
	struct address ip = address_make(ADDRESS_IPV4, d->client_ip);
	/* Renewing or informing, a client names the address it sends from as its own. */
	bool itself = binding_ipv4_usable(d->client_ip) && memcmp(&ip, &frame->source, sizeof(ip)) == 0;
	bool relayed = memcmp(d->relay_ip, unspecified, 4) != 0;
	if (itself || !relayed)
		observer_request(o, PROTOCOL_DHCP, OPERATION_NONE);
	if (d->mac == NULL)
		return;
	struct statement s = {
		.protocol = PROTOCOL_DHCP,
		.subject = SUBJECT_ADDRESS,
		.message = d->type == MESSAGE_NONE ? "BOOTP request" : "DHCP request",
		.address = address_make(ADDRESS_MAC, d->mac),
	};
	observer_fact(o, &s, ATTRIBUTE_HOSTNAME, d->hostname.at, cursor_left(&d->hostname));
	observer_fact(o, &s, ATTRIBUTE_VENDOR_CLASS, d->vendor_class.at, cursor_left(&d->vendor_class));
	if (cursor_left(&d->fqdn) > 3)
		fqdn_report(o, &s, d->fqdn);
	if ((d->type == MESSAGE_REQUEST || d->type == MESSAGE_INFORM) && itself)
		binding_report(o, PROTOCOL_DHCP, s.message, &ip, d->mac);
}

static void address_fact(struct observer *o, const struct statement *s, enum attribute attribute, struct cursor value)
{
	char text[16];
	const uint8_t *ip = cursor_bytes(&value, 4);
	if (ip == NULL)
		return;
	snprintf(text, sizeof(text), "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
	observer_fact_string(o, s, attribute, text);
}

static void server_report(const struct dhcp *d, const struct frame *frame, struct observer *o)
{
	/* A server answers to the relay; what carries giaddr elsewhere is the relay, passing it on. */
	struct address relay = address_make(ADDRESS_IPV4, d->relay_ip);
	bool relayed = memcmp(d->relay_ip, unspecified, 4) != 0;
	if (!relayed || memcmp(&relay, &frame->target, sizeof(relay)) == 0)
		observer_response(o, PROTOCOL_DHCP, OPERATION_NONE);
	/* BOOTP (RFC 951) has no message type: its one reply is the assignment. Controllers still boot by it. */
	if (d->type != MESSAGE_ACK && d->type != MESSAGE_NONE)
		return;
	bool assigned = binding_ipv4_usable(d->your_ip);
	const uint8_t *ip = assigned ? d->your_ip : d->client_ip; /* DHCPINFORM asks without an address */
	if (!binding_ipv4_usable(ip))
		return;
	struct statement s = {
		.protocol = PROTOCOL_DHCP,
		.subject = SUBJECT_ADDRESS,
		.message = d->type == MESSAGE_ACK ? "DHCP ack" : "BOOTP reply",
		.address = address_make(ADDRESS_IPV4, ip),
	};
	if (assigned && d->mac != NULL)
		binding_report(o, PROTOCOL_DHCP, s.message, &s.address, d->mac);
	address_fact(o, &s, ATTRIBUTE_NETMASK, d->netmask);
	address_fact(o, &s, ATTRIBUTE_GATEWAY, d->router);
}

static bool dhcp_dissect(struct cursor bytes, const struct pdu *pdu, void *state, struct observer *observer)
{
	(void)state;
	static const uint8_t nothing[1];
	struct dhcp d = {.op = 0};
	d.netmask = d.router = d.hostname = d.vendor_class = d.fqdn = cursor_over(nothing, 0);
	bool good = dhcp_read(&d, bytes);
	if (!good && (pdu->whole || d.relay_ip == NULL))
		return false;
	if (d.op == OP_REQUEST)
		client_report(&d, pdu->frame, observer);
	else
		server_report(&d, pdu->frame, observer);
	return true;
}

extern const struct dissector dhcp_dissector;
const struct dissector dhcp_dissector = {
	.name = "dhcp",
	.protocol = PROTOCOL_DHCP,
	.reference = "RFC 2131",
	.udp_ports = (const uint16_t[]){67, 68, 0},
	.pdu_max = 65535,
	.frame = dhcp_frame,
	.dissect = dhcp_dissect,
};
