/* SPDX-License-Identifier: Apache-2.0 */
/* mirror.c - see mirror.h. The kernel is asked through /sys, getifaddrs(3) and the ethtool ioctl. */
#include "sensor/watch/mirror.h"

#include <ifaddrs.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pcap/dlt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "earshot/cursor.h"

#define ETHERNET_HEADER 14
#define TAG_LEN 4

static struct mirror_finding *add(struct mirror *m, enum mirror_grade grade, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static struct mirror_finding *add(struct mirror *m, enum mirror_grade grade, const char *format, ...)
{
	struct mirror_finding *f = &m->findings[m->count < MIRROR_FINDINGS_MAX - 1 ? m->count++ : m->count];
	*f = (struct mirror_finding){.grade = grade};
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(f->what, sizeof(f->what), format, arguments);
	va_end(arguments);
	return f;
}

#define MEANS(f, ...) snprintf((f)->meaning, sizeof((f)->meaning), __VA_ARGS__)
#define FIX(f, ...) snprintf((f)->fix, sizeof((f)->fix), __VA_ARGS__)

static bool is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/* Ethernet: is there a tag, and does the frame hold all that its IP header says? A switch that slices what it mirrors
 * sends frames that look whole to the card. */
static void count_header(struct mirror_counts *c, const struct packet *packet)
{
	struct cursor at = cursor_over(packet->bytes, packet->captured_len);
	c->unicast += (cursor_u8(&at) & 1) == 0 && cursor_ok(&at);
	cursor_skip(&at, 11);
	uint16_t type = cursor_be16(&at);
	c->tagged += cursor_ok(&at) && is_tag(type);
	for (unsigned tags = 0; is_tag(type) && tags < 2; tags++) {
		cursor_skip(&at, 2);
		type = cursor_be16(&at);
	}
	size_t left = cursor_left(&at), needed = 0;
	cursor_skip(&at, type == 0x86dd ? 4 : 2);
	uint16_t len = cursor_be16(&at);
	if (type == 0x0800)
		needed = len; /* 0: the sending host's card fills it in later */
	else if (type == 0x86dd)
		needed = len + 40u;
	c->cut += packet->captured_len < packet->wire_len || (cursor_ok(&at) && needed > left);
}

void mirror_count(struct mirror_counts *c, const struct packet *packet, uint32_t mtu)
{
	c->packets++;
	c->bytes += packet->wire_len;
	c->ethernet = packet->link_type == DLT_EN10MB;
	if (c->ethernet)
		count_header(c, packet);
	c->over_mtu += mtu > 0 && packet->wire_len > mtu + ETHERNET_HEADER + 2 * TAG_LEN;
	if (packet->wire_len > c->longest)
		c->longest = packet->wire_len;
}

/* One word of /sys/class/net/INTERFACE/NAME; false when there is none. */
static bool sys_read(const char *interface, const char *name, char *out, size_t room)
{
	char path[128];
	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", interface, name);
	FILE *in = fopen(path, "re");
	bool read = in != NULL && fgets(out, (int)room, in) != NULL;
	if (in != NULL)
		fclose(in);
	if (read)
		out[strcspn(out, "\n")] = 0;
	return read;
}

uint32_t mirror_mtu(const char *interface)
{
	char text[32];
	return sys_read(interface, "mtu", text, sizeof(text)) ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static void look_at_link(struct mirror *m, const char *interface)
{
	char state[32] = "unknown", speed[32] = "", duplex[32] = "";
	sys_read(interface, "operstate", state, sizeof(state));
	if (strcmp(state, "up") != 0 && strcmp(state, "unknown") != 0) {
		struct mirror_finding *f = add(m, MIRROR_BAD, "link: %s", state);
		MEANS(f, "No packet can arrive: the cable, the port of the switch or the interface itself is down.");
		FIX(f, "ip link set %s up; check the cable, and that the mirror session is enabled", interface);
		return;
	}
	if (sys_read(interface, "speed", speed, sizeof(speed)) && strtol(speed, NULL, 10) > 0) {
		sys_read(interface, "duplex", duplex, sizeof(duplex));
		struct mirror_finding *f = add(m, strcmp(duplex, "half") == 0 ? MIRROR_BAD : MIRROR_GOOD,
			"link: up, %s Mbit/s, %s duplex", speed, duplex);
		if (f->grade == MIRROR_BAD) {
			MEANS(f, "At half duplex frames collide and are lost; a mirror of a full duplex port carries "
				 "up to twice its speed.");
			FIX(f, "set the port of the switch and the card to negotiate speed and duplex");
		}
	} else {
		add(m, MIRROR_GOOD, "link: up, speed not known");
	}
}

/* A yes-or-no of the card; false when it cannot be asked. */
static bool ethtool_get(int socket, const char *interface, uint32_t command, uint32_t *value)
{
	struct ethtool_value request = {.cmd = command};
	struct ifreq to = {0};
	snprintf(to.ifr_name, sizeof(to.ifr_name), "%s", interface);
	to.ifr_data = (void *)&request;
	if (ioctl(socket, SIOCETHTOOL, &to) != 0)
		return false;
	*value = request.data;
	return true;
}

static void look_at_offloads(struct mirror *m, const char *interface)
{
	uint32_t gro = 0, flags = 0;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool asked = fd >= 0 && ethtool_get(fd, interface, ETHTOOL_GGRO, &gro);
	if (fd >= 0)
		ethtool_get(fd, interface, ETHTOOL_GFLAGS, &flags);
	if (fd >= 0)
		close(fd);
	bool lro = (flags & ETH_FLAG_LRO) != 0;
	if (gro == 0 && !lro) {
		add(m, asked ? MIRROR_GOOD : MIRROR_NOTE,
			asked ? "offloads: no merging of packets" : "offloads: the card cannot be asked");
		return;
	}
	struct mirror_finding *f = add(
		m, MIRROR_BAD, "offloads: %s%s%s on", gro ? "GRO" : "", gro && lro ? " and " : "", lro ? "LRO" : "");
	MEANS(f, "The kernel joins TCP segments of one connection into one large packet: counts, lengths and the frame "
		 "numbers of "
		 "evidence no longer are those of the wire.");
	FIX(f, "ethtool -K %s%s%s", interface, gro ? " gro off" : "", lro ? " lro off" : "");
}

void mirror_look_promiscuous(struct mirror *m, const char *interface)
{
	char text[32] = "";
	if (!sys_read(interface, "flags", text, sizeof(text)))
		return;
	if ((strtoul(text, NULL, 16) & IFF_PROMISC) != 0) {
		add(m, MIRROR_GOOD, "promiscuous: yes");
		return;
	}
	struct mirror_finding *f = add(m, MIRROR_BAD, "promiscuous: no");
	MEANS(f, "The card was asked to and does not: frames between other stations never reach us.");
	FIX(f, "ip link set %s promisc on; where that changes nothing, another card", interface);
}

static void look_at_addresses(struct mirror *m, const char *interface)
{
	struct ifaddrs *list, *at;
	unsigned found = 0;
	if (getifaddrs(&list) != 0)
		return;
	for (at = list; at != NULL; at = at->ifa_next)
		found += at->ifa_addr != NULL && strcmp(at->ifa_name, interface) == 0 &&
			 (at->ifa_addr->sa_family == AF_INET || at->ifa_addr->sa_family == AF_INET6);
	freeifaddrs(list);
	if (found == 0) {
		add(m, MIRROR_GOOD, "addresses: none on %s", interface);
		return;
	}
	struct mirror_finding *f =
		add(m, MIRROR_BAD, "addresses: %s has %u IP address%s", interface, found, found == 1 ? "" : "es");
	MEANS(f, "With an address the kernel of this host itself answers ARP and sends neighbour discovery into the "
		 "plant: earshot "
		 "cannot send, but its host does.");
	FIX(f, "ip addr flush dev %s; sysctl -w net.ipv6.conf.%s.disable_ipv6=1; ip link set %s arp off", interface,
		interface, interface);
}

void mirror_look(struct mirror *m, const char *interface)
{
	look_at_link(m, interface);
	look_at_offloads(m, interface);
	look_at_addresses(m, interface);
}

static double share(uint64_t part, uint64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* What every port of a switch gets, mirror or not. */
static bool groups_only(const struct mirror_counts *n)
{
	return n->ethernet && n->unicast * 100 < n->packets;
}

static void hear_amount(struct mirror *m, const char *interface, const struct mirror_counts *n, double seconds)
{
	if (n->packets == 0) {
		struct mirror_finding *f = add(m, MIRROR_BAD, "traffic: nothing was heard in %.0f s", seconds);
		MEANS(f, "A plant network is never silent. The mirror session is off, has no source ports, or ends at "
			 "another port.");
		FIX(f,
			"show the mirror session on the switch: sources, direction both, destination the port that %s "
			"is plugged into",
			interface);
		return;
	}
	if (groups_only(n)) {
		struct mirror_finding *f = add(m, MIRROR_BAD,
			"traffic: %" PRIu64 " packets, nearly all broadcasts and multicasts", n->packets);
		MEANS(f, "Any port of a switch gets those. What stations say to each other is missing: this is no "
			 "mirror port, or its session has no sources.");
		FIX(f, "make the port that %s is plugged into the destination of a mirror session, direction both",
			interface);
		return;
	}
	add(m, MIRROR_GOOD, "traffic: %" PRIu64 " packets in %.0f s, %.0f packets/s, %.2f Mbit/s", n->packets, seconds,
		(double)n->packets / seconds, (double)n->bytes * 8 / seconds / 1e6);
}

static void hear_drops(struct mirror *m, const struct live_counters *live)
{
	uint64_t all = live->packets + live->kernel_drops + live->interface_drops;
	if (live->kernel_drops + live->interface_drops == 0) {
		add(m, MIRROR_GOOD, "drops: none at this rate");
		return;
	}
	struct mirror_finding *f = add(m, MIRROR_BAD,
		"drops: %" PRIu64 " by the kernel, %" PRIu64 " by the card (%.2f %%)", live->kernel_drops,
		live->interface_drops, share(live->kernel_drops + live->interface_drops, all));
	MEANS(f, "What is dropped is not in the inventory, and messages that lost a segment cannot be read.");
	FIX(f, "%s",
		live->kernel_drops > 0 ? "raise ring_mib, or mirror less (a filter: as in pcap-filter(7))"
				       : "ethtool -G the rx ring of the card larger; check that the link is not slower "
					 "than what is mirrored");
}

static void hear_frames(struct mirror *m, const char *interface, const struct mirror_counts *n)
{
	if (n->over_mtu > 0) {
		struct mirror_finding *f = add(m, MIRROR_BAD,
			"frames: %" PRIu64 " are longer than the MTU allows (up to %u bytes)", n->over_mtu, n->longest);
		MEANS(f, "Either the card or the kernel joins packets before we see them (see offloads), or the plant "
			 "uses jumbo frames, and of those the longest may be lost.");
		FIX(f, "ethtool -K %s gro off lro off; for jumbo frames: ip link set %s mtu 9000", interface,
			interface);
	}
	if (n->cut > 0) {
		struct mirror_finding *f =
			add(m, MIRROR_BAD, "frames: %" PRIu64 " of %" PRIu64 " are cut", n->cut, n->packets);
		MEANS(f, "Long messages carry the identities: what is cut off cannot be read.");
		FIX(f, "switch off packet slicing (truncation) of the mirror session on the switch; do not set "
		       "snap_bytes");
	} else if (n->over_mtu == 0) {
		add(m, MIRROR_GOOD, "frames: whole, the longest has %u bytes", n->longest);
	}
}

/* Percent of the TCP links of which one end never said anything; 0 without any. */
static double mute_links(const struct inventory *inv)
{
	uint64_t all = 0, mute = 0;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[i];
		if (l->transport != TRANSPORT_TCP)
			continue;
		all++;
		mute += !inv->endpoints[l->client].spoke || !inv->endpoints[l->server].spoke;
	}
	return share(mute, all);
}

/*
 * Conversations count those with groups too, which nobody answers and which would hide what is wrong; so TCP, where
 * each speaks in every conversation, is asked as well.
 */
static void hear_directions(struct mirror *m, const struct inventory *inv, const struct capture *c)
{
	if (c->flows == 0) {
		add(m, MIRROR_NOTE, "directions: no TCP or UDP conversation was heard");
		return;
	}
	double one_sided = share(c->one_sided_flows, c->flows), mute = mute_links(inv);
	if (one_sided < 50 && mute < 50) {
		add(m, MIRROR_GOOD, "directions: both, in all but %.0f %% of %" PRIu64 " conversations", one_sided,
			c->flows);
		return;
	}
	struct mirror_finding *f =
		add(m, MIRROR_BAD, "directions: %.0f %% of %" PRIu64 " conversations were heard in one direction only",
			one_sided > mute ? one_sided : mute, c->flows);
	MEANS(f, "Requests without answers (or the reverse) prove no server, and most identities are in the answers.");
	FIX(f, "mirror both directions (rx and tx) of the source ports; of a TAP both monitor ports are needed: -i "
	       "eth1 -i eth2");
}

static void hear_copies(struct mirror *m, const struct capture *c)
{
	double copies = share(c->duplicate_packets, c->packets);
	if (copies < 5) {
		add(m, MIRROR_GOOD, "copies: %.1f %% of the frames came twice", copies);
		return;
	}
	struct mirror_finding *f = add(m, MIRROR_NOTE, "copies: %.0f %% of the frames came twice", copies);
	MEANS(f, "Several mirrored ports carry the same conversation. Copies are recognised and counted once, but cost "
		 "half of the capacity.");
	FIX(f, "mirror a VLAN, or uplinks in one direction (rx), instead of both ends of a conversation");
}

static void hear_tags(struct mirror *m, const struct inventory *inv, const struct mirror_counts *n)
{
	uint32_t networks[2] = {0}, found = 0;
	for (uint32_t i = 0; i < inv->endpoint_count && found < 2; i++) {
		const struct address *a = &inv->endpoints[i].address;
		if (a->kind != ADDRESS_IPV4 || !inv->endpoints[i].spoke || a->bytes[0] == 0 || a->bytes[0] == 169)
			continue; /* who has no address yet, or gave itself one, is in no other network */
		uint32_t network = (uint32_t)a->bytes[0] << 16 | (uint32_t)a->bytes[1] << 8 | a->bytes[2];
		if (found == 0 || networks[0] != network)
			networks[found++] = network;
	}
	if (n->tagged > 0) {
		add(m, MIRROR_GOOD, "VLAN tags: on %.0f %% of the frames", share(n->tagged, n->packets));
	} else if (found < 2) {
		add(m, MIRROR_GOOD, "VLAN tags: none, and one network only");
	} else {
		struct mirror_finding *f = add(m, MIRROR_NOTE, "VLAN tags: none, though several networks were heard");
		MEANS(f, "Without tags zones can be proposed by address only, and equal addresses in two VLANs look "
			 "like one device.");
		FIX(f, "tell the mirror session to keep tags (Cisco: encapsulation replicate; others: tagged or trunk "
		       "mirror)");
	}
}

static void hear_understood(struct mirror *m, const struct inventory *inv, const struct capture *c)
{
	char names[128] = "";
	size_t at = 0;
	for (uint32_t i = 0; i < inv->protocol_count_count && at + 24 < sizeof(names); i++)
		if (inv->protocol_counts[i].pdus > 0)
			at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", at > 0 ? ", " : ": ",
				inventory_text(inv, inv->protocol_counts[i].protocol));
	uint64_t understood = c->flows - (c->unclaimed_flows < c->flows ? c->unclaimed_flows : c->flows);
	struct mirror_finding *f = add(m, c->flows == 0 || understood > 0 ? MIRROR_GOOD : MIRROR_NOTE,
		"understood: %.0f %% of the conversations, %.0f %% encrypted%s", share(understood, c->flows),
		share(c->encrypted_flows, c->flows), names);
	if (f->grade != MIRROR_GOOD) {
		MEANS(f, "No automation protocol was recognised: this may be an office network, or only broadcasts "
			 "reach this port.");
		FIX(f, "mirror the ports of controllers, HMIs and the uplink of the cell");
	}
}

static void hear_transmitted(struct mirror *m, const char *interface, const struct live_counters *live)
{
	if (live->transmitted > 0) {
		struct mirror_finding *f = add(m, MIRROR_BAD,
			"transmitted: %" PRIu64 " frames left through %s meanwhile", live->transmitted, interface);
		MEANS(f, "This host talks into the plant; earshot cannot, so something else here does.");
		FIX(f, "see addresses; stop LLDP, DHCP and NetworkManager on %s", interface);
	}
}

void mirror_hear(struct mirror *m, const char *interface, const struct inventory *inv, const struct live_counters *live,
	const struct mirror_counts *counts, double seconds)
{
	const struct capture *c = &inv->captures[0];
	hear_amount(m, interface, counts, seconds);
	hear_drops(m, live);
	hear_transmitted(m, interface, live);
	if (counts->packets == 0)
		return;
	hear_frames(m, interface, counts);
	if (!groups_only(counts))
		hear_directions(m, inv, c);
	hear_copies(m, c);
	hear_tags(m, inv, counts);
	hear_understood(m, inv, c);
}
