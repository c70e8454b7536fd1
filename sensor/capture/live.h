/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live.h - packets from network interfaces: libpcap with the kernel's TPACKET_V3 ring, never blocking.
 *
 * Sockets are opened once, before privileges are dropped, and kept for ever. An interface whose link goes down delivers
 * again when it comes back. One that vanishes and comes back under its name (a USB card, a driver reloaded) has a new
 * number: the socket is bound to that, for which no privilege is needed. Nothing here ever sends.
 */
#ifndef EARSHOT_LIVE_H
#define EARSHOT_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor/capture/source.h"

#define LIVE_INTERFACES_MAX 8 /* ports of one small box */
#define LIVE_NAME_MAX 32

struct live_options {
	const char *interfaces[LIVE_INTERFACES_MAX];
	unsigned interface_count;
	uint64_t ring_bytes; /* of all interfaces together */
	uint32_t snap_bytes; /* of each packet; 0: all of it */
	const char *filter;  /* BPF expression as in pcap-filter(7), NULL: none */
	bool promiscuous;
	bool hardware_time;   /* the card's time stamps where it has them, else the kernel's, and a notice */
	bool both_directions; /* also what this host sends; a mirror port delivers all as received */
};
extern const struct live_options live_options_default;

enum live_state {
	LIVE_UP,
	LIVE_DOWN, /* no link, or set down */
	LIVE_GONE  /* there is no interface of this name */
};

struct live_counters {
	char name[LIVE_NAME_MAX];
	enum live_state state;
	uint32_t gone;            /* times it went down or vanished */
	uint64_t packets, bytes;  /* delivered; bytes as on the wire */
	uint64_t kernel_drops;    /* the ring was full */
	uint64_t interface_drops; /* as the card's driver counts them; 0 where it does not */
	uint64_t transmitted;     /* frames that left through this interface since it was opened, whoever sent them */
};

struct live;

/*
 * Opens all interfaces (needs CAP_NET_RAW). 0 or a negative errno with one line in live_error(); *out is set all the
 * same unless memory is out; close it. All interfaces must have the same link type. `notice` is told what was asked
 * for and cannot be had, and when the state of an interface changes, once a change: "eth1: the link is down".
 */
int live_open(
	struct live **out, const struct live_options *options, void (*notice)(void *to, const char *line), void *to);
void live_close(struct live *l);
const char *live_error(const struct live *l);

/* A DLT_ number, and its name ("EN10MB"). */
int live_link_type(const struct live *l);
const char *live_link_type_name(const struct live *l);

/*
 * Waits up to `timeout_ms` for packets (less when a signal comes), and gives those that are there to `take`, at most
 * some thousand of each interface. The number given, or a negative errno (nothing can be waited for any more).
 */
int live_poll(struct live *l, int timeout_ms, void (*take)(void *to, const struct packet *packet), void *to);

/* Once a second or so: looks whether interfaces came back, and reads the counters. `now_ns`: CLOCK_MONOTONIC. */
void live_refresh(struct live *l, int64_t now_ns);
unsigned live_count(const struct live *l);
const struct live_counters *live_counters(const struct live *l, unsigned interface);

/* The sockets, for the sandbox: it forbids writing to them. The number put into `fds`. */
unsigned live_sockets(const struct live *l, int fds[LIVE_INTERFACES_MAX]);

#endif
