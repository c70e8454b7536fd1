/* SPDX-License-Identifier: Apache-2.0 */
/* live.c - see live.h. What libpcap has no call for (an interface that came back) is asked of its socket. */
#include "sensor/capture/live.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SNAP_ALL 262144       /* more than any frame that a card delivers */
#define BLOCK_TIMEOUT_MS 100  /* the kernel hands over a block that is not full after so long */
#define REFRESH_NS 1000000000 /* between two looks at interfaces and counters */
/* Given at once: some 20 ms of work. libpcap would go on for as long as the ring is not empty, which is for ever when
 * more comes than can be read; signals, epochs and the watchdog have their turn in between. */
#define PACKETS_AT_ONCE 8192

const struct live_options live_options_default = {.ring_bytes = 64u << 20, .promiscuous = true};

struct port {
	pcap_t *pcap;
	int fd, index; /* socket; number of the interface it is bound to */
	bool promiscuous;
	struct live_counters counters;
	uint32_t dropped_last, missed_last; /* libpcap counts in 32 bits */
	uint64_t transmitted_last;
	int transmit_file;       /* the kernel's counter of sent frames; -1: none */
	unsigned short hardware; /* ARPHRD_ of the interface it was opened on */
	void (*take)(void *to, const struct packet *packet);
	void *to;
	int link_type;
};

struct live {
	struct port ports[LIVE_INTERFACES_MAX];
	unsigned count;
	int link_type;
	void (*notice)(void *to, const char *line);
	void *to;
	int64_t refreshed_ns;
	char error[PCAP_ERRBUF_SIZE + 64];
};

static int fail(struct live *l, int err, const char *name, const char *what)
{
	snprintf(l->error, sizeof(l->error), "%s: %s", name, what);
	return err;
}

/* What libpcap says of a failed activation, and what to do about it. */
static int fail_activate(struct live *l, pcap_t *pcap, const char *name, int status)
{
	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return fail(l, -EPERM, name, "no permission to capture; run as root or with CAP_NET_RAW");
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return fail(l, -ENODEV, name, "there is no such interface; 'ip link' lists them");
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(l->error, sizeof(l->error), "%s: the interface is down; 'ip link set %s up'", name, name);
		return -ENETDOWN;
	default:
		return fail(l, -EIO, name, pcap_geterr(pcap)[0] ? pcap_geterr(pcap) : pcap_statustostr(status));
	}
}

static int set_filter(struct live *l, struct port *p, const char *filter)
{
	struct bpf_program program;
	if (filter == NULL || filter[0] == 0)
		return 0;
	if (pcap_compile(p->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(l->error, sizeof(l->error), "filter: %s", pcap_geterr(p->pcap));
		return -EINVAL;
	}
	int status = pcap_setfilter(p->pcap, &program);
	pcap_freecode(&program);
	return status == 0 ? 0 : fail(l, -EIO, p->counters.name, pcap_geterr(p->pcap));
}

/*
 * The card's time stamps, as libpcap calls them: "adapter" are in the system's time, which drivers no longer offer;
 * "adapter_unsynced" are in that of the card's clock, which somebody sets (phc2sys). False: it has neither.
 */
static bool take_hardware_time(pcap_t *pcap)
{
	int *types, count = pcap_list_tstamp_types(pcap, &types), chosen = -1;
	for (int i = 0; i < count; i++)
		if (types[i] == PCAP_TSTAMP_ADAPTER || (types[i] == PCAP_TSTAMP_ADAPTER_UNSYNCED && chosen < 0))
			chosen = types[i];
	if (count > 0)
		pcap_free_tstamp_types(types);
	return chosen >= 0 && pcap_set_tstamp_type(pcap, chosen) == 0;
}

static void say(struct live *l, const struct port *p, const char *what)
{
	char line[LIVE_NAME_MAX + PCAP_ERRBUF_SIZE];
	snprintf(line, sizeof(line), "%s: %s", p->counters.name, what);
	if (l->notice != NULL)
		l->notice(l->to, line);
}

/* The kernel's count; what it was when the interface is gone. */
static uint64_t transmitted(const struct port *p)
{
	char text[32] = "";
	ssize_t len = p->transmit_file >= 0 ? pread(p->transmit_file, text, sizeof(text) - 1, 0) : -1;
	return len > 0 ? strtoull(text, NULL, 10) : p->transmitted_last;
}

static void transmit_open(struct port *p)
{
	char path[96];
	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/tx_packets", p->counters.name);
	p->transmit_file = open(path, O_RDONLY | O_CLOEXEC);
	p->transmitted_last = transmitted(p);
}

static unsigned short hardware_of(const struct port *p)
{
	struct sockaddr_ll at = {0};
	socklen_t len = sizeof(at);
	return getsockname(p->fd, (struct sockaddr *)&at, &len) == 0 ? at.sll_hatype : 0;
}

/* What was asked for and is not to be had is said, and no reason to stop. */
static void warn_activate(struct live *l, const struct port *p, int status)
{
	if (status == PCAP_WARNING_PROMISC_NOTSUP)
		say(l, p, "cannot be promiscuous: frames for other stations are not seen");
	else if (status == PCAP_WARNING_TSTAMP_TYPE_NOTSUP)
		say(l, p, "the card did not take up time stamps; those of the kernel are used");
	else if (status > 0)
		say(l, p, pcap_geterr(p->pcap));
}

static int port_open(struct live *l, struct port *p, const struct live_options *o, const char *name)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	snprintf(p->counters.name, sizeof(p->counters.name), "%s", name);
	p->fd = p->transmit_file = -1;
	p->promiscuous = o->promiscuous;
	p->index = (int)if_nametoindex(name); /* libpcap also knows "any", USB and other things that are no interface */
	if (p->index == 0)
		return fail(l, -ENODEV, name, "there is no such interface; 'ip link' lists them");
	p->pcap = pcap_create(name, why);
	if (p->pcap == NULL)
		return fail(l, -EIO, name, why);
	pcap_set_snaplen(p->pcap, o->snap_bytes > 0 ? (int)o->snap_bytes : SNAP_ALL);
	pcap_set_promisc(p->pcap, o->promiscuous);
	pcap_set_timeout(p->pcap, BLOCK_TIMEOUT_MS);
	uint64_t ring = o->ring_bytes / o->interface_count;
	pcap_set_buffer_size(p->pcap, ring < INT32_MAX ? (int)ring : INT32_MAX);
	pcap_set_tstamp_precision(p->pcap, PCAP_TSTAMP_PRECISION_NANO);
	if (o->hardware_time && !take_hardware_time(p->pcap))
		say(l, p, "the card has no time stamps; those of the kernel are used");
	int status = pcap_activate(p->pcap);
	if (status < 0)
		return fail_activate(l, p->pcap, name, status);
	warn_activate(l, p, status);
	if (pcap_setnonblock(p->pcap, 1, why) != 0)
		return fail(l, -EIO, name, why);
	if (!o->both_directions && pcap_setdirection(p->pcap, PCAP_D_IN) != 0)
		return fail(l, -EIO, name, pcap_geterr(p->pcap));
	p->fd = pcap_get_selectable_fd(p->pcap);
	if (p->fd < 0)
		return fail(l, -EIO, name, "libpcap cannot wait for this interface");
	p->link_type = pcap_datalink(p->pcap);
	p->hardware = hardware_of(p);
	transmit_open(p);
	return set_filter(l, p, o->filter);
}

int live_open(
	struct live **out, const struct live_options *options, void (*notice)(void *to, const char *line), void *to)
{
	struct live *l = *out = calloc(1, sizeof(*l));
	if (l == NULL)
		return -ENOMEM;
	l->notice = notice;
	l->to = to;
	for (unsigned i = 0; i < options->interface_count; i++) {
		struct port *p = &l->ports[l->count++];
		int err = port_open(l, p, options, options->interfaces[i]);
		if (err != 0)
			return err;
		if (p->link_type != l->ports[0].link_type)
			return fail(l, -EINVAL, options->interfaces[i],
				"has another link type than the first; watch it on its own");
	}
	l->link_type = l->ports[0].link_type;
	return l->count > 0 ? 0 : fail(l, -EINVAL, "live", "no interface was named");
}

void live_close(struct live *l)
{
	if (l == NULL)
		return;
	for (unsigned i = 0; i < l->count; i++) {
		if (l->ports[i].pcap != NULL)
			pcap_close(l->ports[i].pcap);
		if (l->ports[i].transmit_file >= 0)
			close(l->ports[i].transmit_file);
	}
	free(l);
}

const char *live_error(const struct live *l)
{
	return l->error;
}

int live_link_type(const struct live *l)
{
	return l->link_type;
}

const char *live_link_type_name(const struct live *l)
{
	const char *name = pcap_datalink_val_to_name(l->link_type);
	return name != NULL ? name : "unknown";
}

static void set_state(struct live *l, struct port *p, enum live_state state)
{
	static const char *const words[] = {"packets can come again", "the link is down", "the interface is gone"};
	if (p->counters.state == state)
		return;
	p->counters.gone += p->counters.state == LIVE_UP;
	p->counters.state = state;
	say(l, p, words[state]);
}

static void take_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct port *p = (struct port *)user;
	struct packet packet = {.bytes = bytes,
		.captured_len = header->caplen,
		.wire_len = header->len,
		/* tv_usec: nanoseconds, as asked for at opening */
		.time_ns = (int64_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec,
		.link_type = p->link_type};
	p->counters.packets++;
	p->counters.bytes += header->len;
	p->take(p->to, &packet);
}

int live_poll(struct live *l, int timeout_ms, void (*take)(void *to, const struct packet *packet), void *to)
{
	struct pollfd fds[LIVE_INTERFACES_MAX];
	int given = 0;
	for (unsigned i = 0; i < l->count;
		i++) /* a negative one is passed over: an interface that is gone is always "ready" */
		fds[i] = (struct pollfd){
			.fd = l->ports[i].counters.state == LIVE_UP ? l->ports[i].fd : -1, .events = POLLIN};
	int ready = poll(fds, l->count, timeout_ms);
	if (ready < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	for (unsigned i = 0; i < l->count && ready > 0; i++) {
		struct port *p = &l->ports[i];
		if (fds[i].revents == 0)
			continue;
		p->take = take;
		p->to = to;
		int n = pcap_dispatch(p->pcap, PACKETS_AT_ONCE, take_packet, (u_char *)p);
		if (n > 0)
			given += n;
		else if (n < 0 || (fds[i].revents & POLLIN) == 0)
			set_state(l, p, LIVE_DOWN); /* live_refresh() finds out more */
	}
	return given;
}

/* The socket follows the interface to its new number. Neither call needs a privilege. */
static bool bind_again(struct port *p, int index)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
	if (bind(p->fd, (const struct sockaddr *)&to, sizeof(to)) != 0 || hardware_of(p) != p->hardware)
		return false; /* of another kind: its frames would be read as what they are not */
	p->index = index;
	struct packet_mreq all = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
	if (p->promiscuous)
		setsockopt(p->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all));
	if (p->transmit_file >= 0)
		close(p->transmit_file);
	transmit_open(p);
	return true;
}

static void look_at(struct live *l, struct port *p)
{
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", p->counters.name);
	if (ioctl(p->fd, SIOCGIFINDEX, &request) != 0) {
		set_state(l, p, LIVE_GONE);
		return;
	}
	int index = request.ifr_ifindex;
	bool moved = index != p->index;
	if (moved && !bind_again(p, index)) {
		set_state(l, p, LIVE_GONE);
		return;
	}
	if (ioctl(p->fd, SIOCGIFFLAGS, &request) != 0)
		return;
	if ((request.ifr_flags & IFF_UP) == 0) {
		set_state(l, p, LIVE_DOWN);
		return;
	}
	if (p->counters.state != LIVE_UP) {
		int pending;
		socklen_t len = sizeof(pending);
		getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &pending, &len); /* ENETDOWN of then would be told now */
	}
	set_state(l, p, (request.ifr_flags & IFF_RUNNING) != 0 ? LIVE_UP : LIVE_DOWN);
}

/* What was added to a counter of 32 bits that wraps; libpcap lets that of the card run back when the card is gone. */
static uint64_t added(uint32_t now, uint32_t *last)
{
	int32_t step = (int32_t)(now - *last);
	*last = now;
	return step > 0 ? (uint64_t)step : 0;
}

static void count(struct port *p)
{
	struct pcap_stat stat;
	if (pcap_stats(p->pcap, &stat) == 0) {
		p->counters.kernel_drops += added(stat.ps_drop, &p->dropped_last);
		p->counters.interface_drops += added(stat.ps_ifdrop, &p->missed_last);
	}
	uint64_t now = transmitted(p);
	if (now > p->transmitted_last)
		p->counters.transmitted += now - p->transmitted_last;
	p->transmitted_last = now;
}

void live_refresh(struct live *l, int64_t now_ns)
{
	if (l->refreshed_ns != 0 && now_ns - l->refreshed_ns < REFRESH_NS)
		return;
	l->refreshed_ns = now_ns;
	for (unsigned i = 0; i < l->count; i++) {
		look_at(l, &l->ports[i]);
		count(&l->ports[i]);
	}
}

unsigned live_count(const struct live *l)
{
	return l->count;
}

const struct live_counters *live_counters(const struct live *l, unsigned interface)
{
	return &l->ports[interface].counters;
}

unsigned live_sockets(const struct live *l, int fds[LIVE_INTERFACES_MAX])
{
	unsigned n = 0;
	for (unsigned i = 0; i < l->count; i++)
		fds[n++] = l->ports[i].fd;
	return n;
}
