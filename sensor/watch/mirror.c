/* SPDX-License-Identifier: Apache-2.0 */
/* mirror.c - see mirror.h. The kernel is asked through /sys, getifaddrs(3) and the ethtool ioctl. */
#include "sensor/watch/mirror.h"

#include <ifaddrs.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

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

void mirror_count(struct mirror_counts *c, const struct packet *packet, uint32_t mtu)
{
	c->packets++;
	c->bytes += packet->wire_len;
	bool tagged = packet->captured_len > 13 && ((packet->bytes[12] == 0x81 && packet->bytes[13] == 0) ||
							   (packet->bytes[12] == 0x88 && packet->bytes[13] == 0xa8));
	c->tagged += tagged;
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
	FIX(f, "ethtool -K %s gro off lro off", interface);
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

static void hear_frames(struct mirror *m, const char *interface, const struct capture *c, const struct mirror_counts *n)
{
	if (n->over_mtu > 0) {
		struct mirror_finding *f = add(m, MIRROR_BAD,
			"frames: %" PRIu64 " are longer than the MTU allows (up to %u bytes)", n->over_mtu, n->longest);
		MEANS(f, "The card or the kernel joins packets before we see them, see offloads.");
		FIX(f, "ethtool -K %s gro off lro off", interface);
	}
	if (c->truncated_packets > 0) {
		struct mirror_finding *f = add(
			m, MIRROR_BAD, "frames: %" PRIu64 " of %" PRIu64 " are cut", c->truncated_packets, c->packets);
		MEANS(f, "Long messages carry the identities: what is cut off cannot be read.");
		FIX(f, "do not set snap_bytes, and switch off packet slicing or truncation of the mirror session");
	} else if (n->over_mtu == 0) {
		add(m, MIRROR_GOOD, "frames: whole, the longest has %u bytes", n->longest);
	}
}

static void hear_directions(struct mirror *m, const struct capture *c)
{
	if (c->flows == 0) {
		add(m, MIRROR_NOTE, "directions: no TCP or UDP conversation was heard");
		return;
	}
	double one_sided = share(c->one_sided_flows, c->flows);
	if (one_sided < 50) {
		add(m, MIRROR_GOOD, "directions: both, in all but %.0f %% of %" PRIu64 " conversations", one_sided,
			c->flows);
		return;
	}
	struct mirror_finding *f =
		add(m, MIRROR_BAD, "directions: %.0f %% of %" PRIu64 " conversations were heard in one direction only",
			one_sided, c->flows);
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
		if (a->kind != ADDRESS_IPV4 || !inv->endpoints[i].spoke)
			continue;
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

void mirror_hear(struct mirror *m, const char *interface, const struct inventory *inv, const struct live_counters *live,
	const struct mirror_counts *counts, double seconds)
{
	const struct capture *c = &inv->captures[0];
	hear_amount(m, interface, counts, seconds);
	hear_drops(m, live);
	if (counts->packets == 0)
		return;
	hear_frames(m, interface, c, counts);
	hear_directions(m, c);
	hear_copies(m, c);
	hear_tags(m, inv, counts);
	hear_understood(m, inv, c);
	if (live->transmitted > 0) {
		struct mirror_finding *f = add(m, MIRROR_BAD,
			"transmitted: %" PRIu64 " frames left through %s meanwhile", live->transmitted, interface);
		MEANS(f, "This host talks into the plant; earshot cannot, so something else here does.");
		FIX(f, "see addresses; stop LLDP, DHCP and NetworkManager on %s", interface);
	}
}
