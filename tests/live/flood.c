/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flood.c - a small plant that is watched for a while, and then something that would fill every table.
 *
 *	flood STORE KIND COUNT [MEMORY_MIB]
 *
 * The plant: an HMI 10.1.0.1 polls 20 controllers 10.1.1.1 .. 20 by Modbus, which told who they are (FC 43/14). It goes
 *on all the time. KIND, COUNT times at 100,000 a second:
 *
 *	none       nothing: the plant alone, for COUNT / 100,000 seconds
 *	scan       10.9.9.9 sends a SYN to one address after the other; nobody answers
 *	syn        SYNs from ever new senders to one controller
 *	fragments  first fragments of packets that are never completed, from ever new senders
 *	servers    ever new addresses with MACs of their own answer 10.9.9.9 as Modbus devices with identities of their
 *own
 *
 * The status goes to standard output each ten seconds of capture time, and at the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "feed.h"

#define CONTROLLERS 20
#define BEFORE_NS (900 * SECOND) /* the plant is known by then */
#define POLL_NS (SECOND / 2)     /* between two polls of a controller */
#define FLOOD_NS 10000           /* between two packets of the flood */
#define PLANT 0x0a010000u
#define HMI (PLANT | 1)
#define INTRUDER 0x0a090909u

struct flood {
	struct watch *watch;
	int64_t now_ns, polled_ns;
	uint8_t bytes[512];
	uint32_t sequence[CONTROLLERS][2];
	uint16_t id;
};

static uint8_t *put16(uint8_t *p, unsigned value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, value >> 16), value & 0xffff);
}

static uint8_t *put_mac(uint8_t *p, uint32_t ip)
{
	return put32(put16(p, 0x001d), ip); /* a maker's, and one for each address */
}

static uint8_t *put_ip(struct flood *f, uint32_t from, uint32_t to, unsigned protocol, unsigned fragment, size_t len)
{
	uint8_t *p = put_mac(put_mac(f->bytes, to), from);
	p = put16(put16(put16(p, 0x0800), 0x4500), (unsigned)(20 + len));
	p = put16(put16(p, ++f->id), fragment);
	p = put16(put16(p, 64u << 8 | protocol), 0); /* nobody looks at the checksum */
	return put32(put32(p, from), to);
}

static void send(struct flood *f, const uint8_t *end)
{
	struct packet packet = {
		.bytes = f->bytes, .captured_len = (uint32_t)(end - f->bytes), .time_ns = f->now_ns, .link_type = 1};
	packet.wire_len = packet.captured_len;
	watch_packet(f->watch, &packet);
}

struct segment {
	uint32_t from, to;
	uint16_t from_port, to_port;
	uint32_t sequence, acknowledgement;
	unsigned flags;
	const void *data;
	size_t len;
};

static void send_tcp(struct flood *f, const struct segment *s)
{
	uint8_t *p = put_ip(f, s->from, s->to, 6, 0, 20 + s->len);
	p = put32(put32(put16(put16(p, s->from_port), s->to_port), s->sequence), s->acknowledgement);
	p = put32(put16(put16(p, 0x5000 | s->flags), 8192), 0);
	if (s->len > 0)
		memcpy(p, s->data, s->len);
	send(f, p + s->len);
}

/* FC 43/14 Read Device Identification, and its answer with three objects. Returns the length. */
static const uint8_t identify[] = {0, 1, 0, 0, 0, 5, 255, 0x2b, 14, 1, 0};
static const uint8_t poll[] = {0, 2, 0, 0, 0, 6, 255, 3, 0, 0, 0, 1}, polled[] = {0, 2, 0, 0, 0, 5, 255, 3, 2, 0, 7};

static size_t identity(uint8_t *answer, uint32_t ip)
{
	char texts[3][24];
	uint8_t *p = answer + 6;
	static const uint8_t head[] = {255, 0x2b, 14, 1, 1, 0, 0, 3};
	snprintf(texts[0], sizeof(texts[0]), "Maker");
	snprintf(texts[1], sizeof(texts[1]), "M-%u", ip);
	snprintf(texts[2], sizeof(texts[2]), "V%u", ip & 0xff);
	memcpy(p, head, sizeof(head));
	p += sizeof(head);
	for (unsigned i = 0; i < 3; i++) {
		*p++ = (uint8_t)i;
		*p++ = (uint8_t)strlen(texts[i]);
		p = (uint8_t *)stpcpy((char *)p, texts[i]);
	}
	put16(put16(put16(answer, 1), 0), (unsigned)(p - answer - 6));
	return (size_t)(p - answer);
}

/* A request and its answer on the connection of one controller. */
static void exchange(
	struct flood *f, unsigned i, const void *request, size_t len, const void *answer, size_t answer_len)
{
	uint32_t ip = PLANT | 256 | (i + 1), *mine = &f->sequence[i][0], *its = &f->sequence[i][1];
	uint16_t port = (uint16_t)(40000 + i);
	send_tcp(f, &(struct segment){HMI, ip, port, 502, *mine, *its, 0x18, request, len});
	*mine += (uint32_t)len;
	send_tcp(f, &(struct segment){ip, HMI, 502, port, *its, *mine, 0x18, answer, answer_len});
	*its += (uint32_t)answer_len;
}

static void start_plant(struct flood *f)
{
	uint8_t answer[128];
	for (unsigned i = 0; i < CONTROLLERS; i++) {
		uint32_t ip = PLANT | 256 | (i + 1);
		uint16_t port = (uint16_t)(40000 + i);
		send_tcp(f, &(struct segment){HMI, ip, port, 502, 99, 0, 2, NULL, 0});
		send_tcp(f, &(struct segment){ip, HMI, 502, port, 99, 100, 0x12, NULL, 0});
		f->sequence[i][0] = f->sequence[i][1] = 100;
		exchange(f, i, identify, sizeof(identify), answer, identity(answer, ip));
	}
}

/* Polls what is due, and hands epochs over as the daemon does. */
static void advance(struct flood *f, int64_t step_ns)
{
	f->now_ns += step_ns;
	if (f->now_ns - f->polled_ns >= POLL_NS) {
		f->polled_ns = f->now_ns;
		for (unsigned i = 0; i < CONTROLLERS; i++)
			exchange(f, i, poll, sizeof(poll), polled, sizeof(polled));
	}
	watch_tick(f->watch, f->now_ns, NULL);
}

static uint32_t spread(uint64_t n)
{
	return (uint32_t)((n * 2654435761u) & 0x00ffffff);
}

static void flood_once(struct flood *f, const char *kind, uint64_t n)
{
	uint8_t answer[128];
	uint32_t other = 0x0b000000u + spread(n);
	if (strcmp(kind, "scan") == 0) {
		send_tcp(f, &(struct segment){INTRUDER, 0x0b000000u + (uint32_t)n, 50000, 502, 1, 0, 2, NULL, 0});
	} else if (strcmp(kind, "syn") == 0) {
		send_tcp(f, &(struct segment){other, PLANT | 257, (uint16_t)(n >> 24 | 1024), 502, 1, 0, 2, NULL, 0});
	} else if (strcmp(kind, "fragments") == 0) {
		uint8_t *p = put_ip(f, other, PLANT | 257, 17, 0x2000, 64);
		memset(p, 0, 64);
		send(f, p + 64);
	} else if (strcmp(kind, "servers") == 0) {
		send_tcp(f, &(struct segment){INTRUDER, other, 50000, 502, 1, 1, 0x18, identify, sizeof(identify)});
		size_t len = identity(answer, other);
		send_tcp(f, &(struct segment){other, INTRUDER, 502, 50000, 1, 12, 0x18, answer, len});
	}
}

static void print_status(struct flood *f)
{
	struct watch_status s;
	watch_status(f->watch, &s);
	feed_print_status(&s);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: %s STORE none|scan|syn|fragments|servers COUNT [MEMORY_MIB]\n", argv[0]);
		return EXIT_FAILURE;
	}
	struct watch_options options = watch_options_default;
	options.db = argv[1];
	options.capture_name = "flood";
	if (argc > 4)
		options.memory_bytes = strtoull(argv[4], NULL, 10) << 20;
	options.memory_bytes -= options.ring_bytes; /* there is no ring here */
	options.ring_bytes = 0;
	options.conclude_interval_ns = SECOND;
	options.end_within_ns = 60 * SECOND; /* floods are not about a quick end, and a sanitizer on a busy machine is slow */
	options.log = feed_log;
	struct flood f = {.watch = feed_start(&options), .now_ns = 1700000000 * SECOND};
	uint64_t count = strtoull(argv[3], NULL, 10);
	start_plant(&f);
	while (f.now_ns < 1700000000 * SECOND + BEFORE_NS)
		advance(&f, POLL_NS);
	feed_commit(f.watch);
	print_status(&f);
	for (uint64_t n = 0; n < count; n++) {
		flood_once(&f, argv[2], n);
		advance(&f, FLOOD_NS);
		if (n % 1000000 == 999999)
			print_status(&f);
	}
	feed_commit(f.watch);
	feed_commit(f.watch);
	print_status(&f);
	int err = watch_end(f.watch);
	printf("end %d\n", err);
	return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
