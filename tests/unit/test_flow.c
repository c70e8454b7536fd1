/* SPDX-License-Identifier: Apache-2.0 */
/* test_flow.c - conversations: what is believed, odd packets, lost ones, and that nothing is left over. */
#include <check.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/parts.h"
#include "tests/check_main.h"

#define MILLISECOND_NS 1000000ll
#define SECOND_NS 1000000000ll

static struct inventory *inv;
static struct pipeline *pipeline;
static int64_t now_ns;

static void set_up(void)
{
	inv = inventory_new(&inventory_limits_default);
	pipeline = pipeline_new(inv, inventory_capture_add(inv, "made"));
	ck_assert_ptr_nonnull(pipeline);
	now_ns = SECOND_NS;
}

/* The end of the capture. Whatever flows took they must have given back by then. */
static const struct capture *finish(void)
{
	flow_table_free(pipeline->table);
	pipeline->table = NULL;
	ck_assert_uint_eq(pipeline->stream_budget.used, 0);
	ck_assert_uint_eq(pipeline->assembly_budget.used, 0);
	pipeline_end(pipeline);
	pipeline = NULL;
	return &inv->captures[0];
}

static void tear_down(void)
{
	if (pipeline != NULL)
		finish();
	inventory_free(inv);
}

/* An Ethernet frame in the making. */
struct made {
	uint8_t bytes[2048];
	uint32_t len;
};

static void put(struct made *m, uint64_t value, unsigned len)
{
	for (unsigned i = len; i-- > 0;)
		m->bytes[m->len++] = (uint8_t)(value >> 8 * i);
}

static void put_hex(struct made *m, const char *hex)
{
	unsigned byte;
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		put(m, byte, 1);
}

static void put_ethernet(struct made *m, uint64_t target, uint64_t source, uint16_t type)
{
	*m = (struct made){.len = 0};
	put(m, target, 6);
	put(m, source, 6);
	put(m, type, 2);
}

static void put_ipv4(struct made *m, uint32_t source, uint32_t target, uint8_t protocol, size_t payload_len)
{
	static uint16_t id;
	put_ethernet(m, 0x001b1b000000u | (target & 0xff), 0x001b1b000000u | (source & 0xff), 0x0800);
	put(m, 0x4500, 2);
	put(m, 20 + payload_len, 2);
	put(m, ++id, 2);
	put(m, 0x4000, 2);
	put(m, 64, 1);
	put(m, protocol, 1);
	put(m, 0, 2);
	put(m, source, 4);
	put(m, target, 4);
}

static void send_frame(const struct made *m, uint32_t cut)
{
	struct packet p = {.bytes = m->bytes,
		.captured_len = m->len - cut,
		.wire_len = m->len,
		.time_ns = now_ns,
		.link_type = DLT_EN10MB};
	pipeline_packet(pipeline, &p);
	now_ns += 20 * MILLISECOND_NS;
}

static void put_udp(struct made *m, uint16_t from, uint16_t to, const char *hex)
{
	put(m, from, 2);
	put(m, to, 2);
	put(m, 8 + strlen(hex) / 2, 2);
	put(m, 0, 2);
	put_hex(m, hex);
}

static void udp(uint32_t source, uint16_t from, uint32_t target, uint16_t to, const char *hex)
{
	struct made m;
	put_ipv4(&m, source, target, 17, 8 + strlen(hex) / 2);
	put_udp(&m, from, to, hex);
	send_frame(&m, 0);
}

static void put_tcp(struct made *m, uint16_t from, uint16_t to, uint32_t sequence, uint32_t acknowledgement,
	uint8_t flags, const char *hex)
{
	put(m, from, 2);
	put(m, to, 2);
	put(m, sequence, 4);
	put(m, acknowledgement, 4);
	put(m, 0x50, 1);
	put(m, flags, 1);
	put(m, 8192, 2);
	put(m, 0, 4);
	put_hex(m, hex);
}

/* Between a client, 10.0.0.1:40000, and a server, 10.0.0.2 with this port. */
static uint16_t server_port;

static void tcp(bool from_client, uint32_t sequence, uint32_t acknowledgement, uint8_t flags, const char *hex)
{
	struct made m;
	put_ipv4(&m, from_client ? 0x0a000001 : 0x0a000002, from_client ? 0x0a000002 : 0x0a000001, 6,
		20 + strlen(hex) / 2);
	put_tcp(&m, from_client ? 40000 : server_port, from_client ? server_port : 40000, sequence, acknowledgement,
		flags, hex);
	send_frame(&m, 0);
}

static const char ask_identity[] = "0001000000050a2b0e0100";
static const char say_identity[] = "00010000001d0a2b0e01010000030004"
				   "41434d45"
				   "01064d582d323030"
				   "020556312e3233";
static const char ask_registers[] = "0002000000060a0300000002";
static const char say_registers[] = "0002000000070a030400010002";

/* The fact with this value, or NULL. */
static const struct fact *fact_of(const char *value)
{
	for (uint32_t i = 0; i < inv->fact_count; i++)
		if (strcmp(inventory_text(inv, inv->facts[i].value), value) == 0)
			return &inv->facts[i];
	return NULL;
}

static uint64_t pdus_of(const char *protocol)
{
	for (uint32_t i = 0; i < inv->protocol_count_count; i++)
		if (strcmp(inventory_text(inv, inv->protocol_counts[i].protocol), protocol) == 0)
			return inv->protocol_counts[i].pdus;
	return 0;
}

START_TEST(clocks_jump_ahead_and_back)
{
	server_port = 502;
	static const int64_t clock[] = {SECOND_NS, INT64_MAX - SECOND_NS, 1, 5 * SECOND_NS, INT64_MAX - SECOND_NS, 2};
	for (uint32_t round = 0; round < 64; round++) {
		now_ns = clock[round % 6];
		tcp(true, 1000 + round * 12, 1, TCP_ACK, ask_registers);
		tcp(false, 1 + round * 13, 1, TCP_ACK, say_registers);
	}
	const struct capture *c = finish();
	ck_assert_uint_eq(c->packets, 128);
	ck_assert_int_eq(c->first_ns, 1);
}
END_TEST

/* `count` requests and their answers, from these frames on. */
static void poll_registers(uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++) {
		tcp(true, 1 + 12 * i, 1 + 13 * i, TCP_ACK, ask_registers);
		tcp(false, 1 + 13 * i, 13 + 12 * i, TCP_ACK, say_registers);
	}
}

START_TEST(a_foreign_port_is_believed_with_its_own_frames)
{
	server_port = 40502;
	poll_registers(0, 1);
	ck_assert_uint_eq(inv->link_count, 0); /* one answer that fits may be chance */
	ck_assert_uint_gt(pipeline->stream_budget.used, 0);
	poll_registers(1, 3);
	ck_assert_uint_eq(inv->link_count, 1);
	ck_assert_uint_eq(pipeline->stream_budget.used, 0);
	ck_assert_uint_eq(inv->activities[0].seen.first.frame, 1);
	ck_assert_int_eq(inv->activities[0].seen.first.time_ns, SECOND_NS);
	finish();
	ck_assert_uint_eq(inv->links[0].seen.first.frame, 1);
	ck_assert_uint_eq(inv->links[0].parts, PART_REQUEST | PART_RESPONSE);
	ck_assert_uint_eq(inv->links[0].port, 40502);
	ck_assert_uint_eq(pdus_of("modbus"), 8);
}
END_TEST

/* An identification and its answer prove themselves (two PDUs that can be nothing else). */
START_TEST(an_answer_can_be_proof)
{
	server_port = 40502;
	tcp(true, 1, 1, TCP_ACK, ask_identity);
	ck_assert_uint_eq(inv->fact_count, 0);
	tcp(false, 1, 12, TCP_ACK, say_identity);
	ck_assert_ptr_nonnull(fact_of("ACME"));
	ck_assert_uint_eq(fact_of("ACME")->seen.first.frame, 2);
}
END_TEST

START_TEST(what_was_held_is_forgotten_when_the_guess_fails)
{
	server_port = 40502;
	poll_registers(0, 1);
	for (uint32_t i = 0; i < 5; i++)
		tcp(false, 14 + 8 * i, 13, TCP_ACK, "ffffffffffffffff");
	ck_assert_uint_eq(pipeline->stream_budget.used, 0);
	finish();
	ck_assert_uint_eq(pdus_of("modbus"), 0);
	ck_assert_uint_eq(inv->activity_count, 0);
	ck_assert_uint_eq(inv->link_count, 1);
	ck_assert_uint_eq(inv->links[0].basis, LINK_PLAIN);
}
END_TEST

START_TEST(what_is_held_is_bounded)
{
	server_port = 40502;
	for (uint32_t i = 0; i < 2000; i++) /* requests that nobody answers */
		tcp(true, 1 + 12 * i, 1, TCP_ACK, ask_registers);
	ck_assert_uint_le(pipeline->stream_budget.used, 16384 + 256);
	ck_assert_uint_gt(pipeline->stream_budget.refused, 1000);
	ck_assert_uint_gt(finish()->evicted_rows, 1000);
}
END_TEST

START_TEST(copies_come_at_once)
{
	struct made m;
	put_ipv4(&m, 0x0a000001, 0x0a000002, 17, 12);
	put_udp(&m, 5000, 5001, "01020304");
	static const int64_t times[] = {
		SECOND_NS, SECOND_NS + 5 * MILLISECOND_NS, 2 * SECOND_NS, 2 * SECOND_NS + 5 * MILLISECOND_NS + 1, 0, 0};
	static const uint64_t copies[] = {0, 1, 1, 1, 1, 1}; /* the last two: a capture without times */
	for (unsigned i = 0; i < 6; i++) {
		now_ns = times[i];
		send_frame(&m, 0);
		ck_assert_uint_eq(inv->captures[0].duplicate_packets, copies[i]);
	}
	now_ns = 9 * SECOND_NS;
	send_frame(&m, 0);
	m.bytes[11] ^= 1; /* another sender */
	now_ns = 9 * SECOND_NS + 1;
	send_frame(&m, 0);
	ck_assert_uint_eq(inv->captures[0].duplicate_packets, 1);
}
END_TEST

/* A handshake behind 24 bytes of extension headers, or of IPv4 options: what differs stands behind the first 64 bytes. */
START_TEST(long_headers_make_no_copies)
{
	struct made m;
	for (unsigned i = 0; i < 4; i++) {
		put_ethernet(&m, 0x001b1b000002, 0x001b1b000001, i < 2 ? 0x86dd : 0x0800);
		if (i < 2)
			put_hex(&m, "60000000002c004020010db800000000000000000000000120010db8000000000000000000000002"
				    "3c01050200000108000000000000000006000104"
				    "00000000");
		else
			put_hex(&m, "4f00005000004000400600000a0000010a000002"
				    "01010101010101010101010101010101010101010101010101010101010101010101010101010100");
		put_tcp(&m, 40000, 502, 1 + i % 2, 1, i % 2 ? TCP_ACK : TCP_SYN, "");
		now_ns = SECOND_NS + i;
		send_frame(&m, 0);
		ck_assert_uint_eq(inv->captures[0].duplicate_packets, 0);
	}
	now_ns = SECOND_NS + 9;
	send_frame(&m, 0);
	ck_assert_uint_eq(inv->captures[0].duplicate_packets, 1);
}
END_TEST

/* DHCPDISCOVER with a host name, RFC 2131 fig. 1, RFC 2132 3.14. */
static void discover(uint64_t mac, const char *name_hex)
{
	struct made m, body = {.len = 0};
	put(&body, 0x01010600, 4);
	put(&body, mac & 0xffffffff, 4);
	body.len += 20;
	put(&body, mac, 6);
	body.len += 10 + 64 + 128;
	put(&body, 0x63825363, 4);
	put(&body, 0x350101, 3);
	put(&body, 12, 1);
	put(&body, strlen(name_hex) / 2, 1);
	put_hex(&body, name_hex);
	put(&body, 255, 1);
	put_ipv4(&m, 0, 0xffffffff, 17, 8 + body.len);
	for (unsigned i = 0; i < 6; i++)
		m.bytes[6 + i] = (uint8_t)(mac >> 8 * (5 - i));
	put(&m, 68, 2);
	put(&m, 67, 2);
	put(&m, 8 + body.len, 2);
	put(&m, 0, 2);
	memcpy(m.bytes + m.len, body.bytes, body.len);
	m.len += body.len;
	send_frame(&m, 0);
}

START_TEST(clients_without_an_address_are_told_apart)
{
	discover(0x001b1b000007u, "616263");
	discover(0x001b1b000008u, "646566");
	discover(0x001b1b000007u, "616263");
	finish();
	const struct fact *first = fact_of("abc"), *second = fact_of("def");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(second);
	ck_assert_uint_eq(first->count, 2);
	ck_assert_uint_eq(inv->endpoints[first->endpoint].address.kind, ADDRESS_MAC);
	ck_assert_uint_eq(inv->endpoints[first->endpoint].address.bytes[5], 7);
	ck_assert_uint_eq(inv->endpoints[second->endpoint].address.bytes[5], 8);
}
END_TEST

START_TEST(ipv6)
{
	static const char *const hosts[2] = {"20010db8000000000000000000000001", "20010db8000000000000000000000002"};
	static const char *const texts[2] = {ask_identity, say_identity};
	for (unsigned i = 0; i < 2; i++) {
		struct made m;
		put_ethernet(&m, 0x001b1b000002u, 0x001b1b000001u, 0x86dd);
		put(&m, 0x60000000, 4);
		put(&m, 20 + strlen(texts[i]) / 2, 2);
		put(&m, 0x0640, 2);
		put_hex(&m, hosts[i]);
		put_hex(&m, hosts[!i]);
		put_tcp(&m, i ? 502 : 40000, i ? 40000 : 502, 1, 1, TCP_ACK, texts[i]);
		send_frame(&m, 0);
	}
	const struct fact *vendor = fact_of("ACME");
	ck_assert_ptr_nonnull(vendor);
	ck_assert_uint_eq(inv->endpoints[vendor->endpoint].address.kind, ADDRESS_IPV6);
	ck_assert_uint_eq(inv->endpoints[vendor->endpoint].address.bytes[15], 2);
	ck_assert_uint_eq(finish()->flows, 1);
}
END_TEST

START_TEST(both_ends_on_one_address)
{
	static const char *const texts[2] = {ask_identity, say_identity};
	for (unsigned i = 0; i < 2; i++) {
		struct made m;
		put_ipv4(&m, 0x7f000001, 0x7f000001, 6, 20 + strlen(texts[i]) / 2);
		put_tcp(&m, i ? 502 : 40000, i ? 40000 : 502, 1, 1, TCP_ACK, texts[i]);
		send_frame(&m, 0);
	}
	ck_assert_ptr_nonnull(fact_of("ACME"));
	ck_assert_uint_eq(finish()->flows, 1);
	ck_assert_uint_eq(inv->link_count, 1);
	ck_assert_uint_eq(inv->links[0].client, inv->links[0].server);
	ck_assert_uint_eq(inv->links[0].parts, PART_REQUEST | PART_RESPONSE);
}
END_TEST

/* ListServices requests of EtherNet/IP: 24 bytes each, CIP Volume 2, 2-4.6. */
START_TEST(a_datagram_of_several_pdus)
{
#define LIST_SERVICES "040000000000000000000000000000000000000000000000"
	udp(0x0a000001, 50000, 0x0a000002, 44818, LIST_SERVICES);
	udp(0x0a000001, 50000, 0x0a000002, 44818, LIST_SERVICES LIST_SERVICES LIST_SERVICES);
	udp(0x0a000001, 50001, 0x0a000002, 44818, LIST_SERVICES LIST_SERVICES); /* of a new flow */
	finish();
	ck_assert_uint_eq(pdus_of("enip"), 6);
}
END_TEST

/* RFC 792: destination unreachable, with the header and the first bytes of a packet that was never ours. */
START_TEST(an_icmp_error_is_no_conversation)
{
	struct made m;
	put_ipv4(&m, 0x0a000002, 0x0a000001, 1, 8 + 28);
	put(&m, 0x0303000000000000u, 8);
	put_hex(&m, "4500002000014000401100000a0000010a000009");
	put_hex(&m, "c350af12000c0000");
	send_frame(&m, 0);
	const struct capture *c = finish();
	ck_assert_uint_eq(c->flows, 0);
	ck_assert_uint_eq(c->undecoded_packets, 0);
	ck_assert_uint_eq(inv->link_count, 0);
	for (uint32_t i = 0; i < inv->endpoint_count; i++)
		ck_assert_uint_ne(inv->endpoints[i].address.bytes[3], 9);
}
END_TEST

#define NEIGHBOR_ADVERTISEMENT                                                                                         \
	"88000000e0000000"                                                                                             \
	"fe800000000000000000000000000099"                                                                             \
	"0201001b1b000099"

/* An 802.3 frame of 58 bytes, which is the number of ICMPv6. */
START_TEST(a_length_is_no_protocol)
{
	struct made m;
	put_ethernet(&m, 0x0180c2000000u, 0x001b1b000001u, 58);
	put_hex(&m, NEIGHBOR_ADVERTISEMENT);
	while (m.len < 14 + 58)
		put(&m, 0, 1);
	send_frame(&m, 0);
	finish();
	ck_assert_uint_eq(inv->protocol_count_count, 0);
	ck_assert_uint_eq(inv->fact_count, 0);
}
END_TEST

static void icmpv6_fragment(uint16_t offset_and_more, const char *hex)
{
	struct made m;
	put_ethernet(&m, 0x333300000001u, 0x001b1b000001u, 0x86dd);
	put(&m, 0x60000000, 4);
	put(&m, 8 + strlen(hex) / 2, 2);
	put(&m, 44, 1);
	put(&m, 255, 1);
	put_hex(&m, "fe800000000000000000000000000001");
	put_hex(&m, "ff020000000000000000000000000001");
	put(&m, 0x3a00, 2);
	put(&m, offset_and_more, 2);
	put(&m, 7, 4);
	put_hex(&m, hex);
	send_frame(&m, 0);
}

/* What looks like an advertisement in the middle of another message was not sent as one. */
START_TEST(a_later_fragment_is_no_message)
{
	icmpv6_fragment(8, NEIGHBOR_ADVERTISEMENT);
	const struct capture *c = finish();
	ck_assert_uint_eq(c->fragments_lost, 1);
	ck_assert_uint_eq(inv->protocol_count_count, 0);
	ck_assert_uint_eq(inv->binding_count, 1); /* the sender, nobody else */
	ck_assert_uint_eq(inv->fact_count, 0);
}
END_TEST

START_TEST(fragments_that_a_mirror_port_doubles)
{
	static const char half[] = "0102030405060708";
	for (unsigned i = 0; i < 4; i++) {
		struct made m;
		put_ipv4(&m, 0x0a000001, 0x0a000002, 17, 8);
		m.bytes[19] = 77; /* one packet: one id */
		m.bytes[18] = 0;
		m.bytes[20] = i < 2 ? 0x20 : 0;
		m.bytes[21] = i < 2 ? 0 : 1;
		put_hex(&m, i < 2 ? "13881389"
				    "00100000"
				  : half);
		now_ns = SECOND_NS + i * 1000;
		send_frame(&m, 0);
	}
	const struct capture *c = finish();
	ck_assert_uint_eq(c->fragments_lost, 0);
	ck_assert_uint_eq(c->flows, 1);
}
END_TEST

START_TEST(cut_by_the_snap_length)
{
	struct made m;
	put_ipv4(&m, 0x0a000001, 0x0a000002, 17, 8 + 24);
	put_udp(&m, 50000, 44818, LIST_SERVICES);
	for (uint32_t cut = 1; cut < m.len; cut++)
		send_frame(&m, cut);
	ck_assert_uint_eq(inv->captures[0].truncated_packets, m.len - 1);
	const struct capture *c = finish();
	ck_assert_uint_eq(c->flows, 1);
}
END_TEST

/* A connection whose SYN was not captured, with numbers far behind those of the one before on these ports. */
START_TEST(new_numbers_without_a_handshake)
{
	server_port = 502;
	tcp(true, 3000000000u, 5, TCP_ACK, ask_registers);
	tcp(false, 3000000000u, 5, TCP_ACK, say_registers);
	poll_registers(125000000, 2); /* strays, for all we know */
	tcp(true, 1500000024u, 5, TCP_ACK, ask_identity);
	tcp(false, 1625000027u, 5, TCP_ACK, say_identity);
	ck_assert_ptr_nonnull(fact_of("ACME"));
	const struct capture *c = finish();
	ck_assert_uint_eq(c->gaps, 2);
	ck_assert_uint_eq(c->gap_bytes, 0); /* nobody lost a gigabyte */
}
END_TEST

START_TEST(far_ahead_is_no_loss_of_gigabytes)
{
	server_port = 502;
	tcp(false, 1, 5, TCP_ACK, say_registers);
	tcp(false, 1000000000u, 5, TCP_ACK, say_identity);
	ck_assert_ptr_nonnull(fact_of("ACME"));
	ck_assert_uint_eq(finish()->gap_bytes, 0);
}
END_TEST

/* Both sides of a firewall that gives a connection other sequence numbers: one of the two is read, without gaps. */
START_TEST(two_numberings_side_by_side)
{
	server_port = 502;
	for (uint32_t i = 0; i < 20; i++) {
		tcp(false, 3000000000u + 13 * i, 5, TCP_ACK, say_registers);
		tcp(false, 1500000000u + 13 * i, 5, TCP_ACK, say_registers);
	}
	ck_assert_uint_eq(finish()->gaps, 0);
	ck_assert_uint_eq(pdus_of("modbus"), 20);
}
END_TEST

/* When the memory for early segments is used up, a lost one must not silence the flow. */
START_TEST(without_room_to_wait_the_rest_is_read)
{
	server_port = 502;
	pipeline->stream_budget.max = 0;
	tcp(true, 1, 1, TCP_ACK, ask_registers);
	tcp(false, 1, 13, TCP_ACK, say_registers);
	/* 13 bytes of an answer never came to us */
	tcp(false, 27, 25, TCP_ACK, say_registers);
	tcp(false, 40, 37, TCP_ACK, say_identity);
	ck_assert_ptr_nonnull(fact_of("ACME"));
	const struct capture *c = finish();
	ck_assert_uint_eq(c->gaps, 1);
	ck_assert_uint_eq(c->gap_bytes, 13);
	ck_assert_uint_eq(c->evicted_rows, 1);
}
END_TEST

/* A flow that turned into something else: all that is not read is counted. */
START_TEST(bytes_that_are_not_read_are_counted)
{
	server_port = 502;
	tcp(false, 1, 1, TCP_ACK, say_registers);
	for (uint32_t i = 0; i < 300; i++)
		tcp(false, 14 + 8 * i, 1, TCP_ACK, "ffffffffffffffff");
	finish();
	ck_assert_uint_eq(inv->protocol_counts[0].unassembled_bytes, 300 * 8);
}
END_TEST

/* An ARP announcement (RFC 5227 2.3) of a station 10.0.0.`n`. */
static void announce(unsigned n)
{
	struct made m;
	put_ethernet(&m, 0xffffffffffffu, 0x001b1b000000u | n, 0x0806);
	put_hex(&m, "0001080006040001");
	for (unsigned i = 0; i < 2; i++) {
		put(&m, i == 0 ? 0x001b1b000000u | n : 0, 6);
		put(&m, 0x0a000000u | n, 4);
	}
	send_frame(&m, 0);
}

/* Cyclic PROFINET data (IEC 61158-6-10, frame id 0x8000) of a station: input, cycle counter, data status. */
static void publish(unsigned n, unsigned input)
{
	struct made m;
	put_ethernet(&m, 0x001b1b0000ffu, 0x001b1b000000u | n, 0x8892);
	put(&m, 0x8000, 2);
	put(&m, input, 4);
	m.len += 36;
	put(&m, input, 2);
	put(&m, 0x3500, 2);
	send_frame(&m, 0);
}

/* That the address of this station is bound to its MAC. */
static const struct fact *bound(unsigned n)
{
	char mac[18];
	snprintf(mac, sizeof(mac), "00:1b:1b:00:00:%02x", n);
	const struct fact *f = fact_of(mac);
	ck_assert_ptr_nonnull(f);
	return f;
}

/* Messages that repeat what was said just before are counted first and told later; not one is lost, or told twice. */
START_TEST(repetitions_are_all_counted)
{
	static const unsigned stations[] = {1, 1, 1, 2, 1, 2, 2, 1, 1, 2};
	for (unsigned i = 0; i < 10; i++)
		announce(stations[i]);
	finish();
	ck_assert_uint_eq(bound(1)->count, 6);
	ck_assert_uint_eq(bound(1)->seen.first.frame, 1);
	ck_assert_uint_eq(bound(1)->seen.last.frame, 9);
	ck_assert_int_eq(bound(1)->seen.last.time_ns, SECOND_NS + 8 * 20 * MILLISECOND_NS);
	ck_assert_uint_eq(bound(2)->count, 4);
	ck_assert_uint_eq(bound(2)->seen.first.frame, 4);
	ck_assert_uint_eq(bound(2)->seen.last.frame, 10);
}
END_TEST

/* More publishers than messages can be kept, each as busy as the others, then one more round. */
START_TEST(repetitions_of_many_publishers)
{
	for (unsigned i = 0; i < 3000; i++)
		announce(1 + i / 3 % 200 + i / 600 * 200);
	for (unsigned n = 1; n <= 1000; n++)
		announce(n);
	finish();
	uint64_t count = 0;
	for (uint32_t i = 0; i < inv->fact_count; i++) {
		count += inv->facts[i].count;
		ck_assert_uint_eq(inv->facts[i].count, 4);
	}
	ck_assert_uint_eq(count, 4000);
}
END_TEST

START_TEST(repetitions_on_a_link)
{
	for (unsigned i = 0; i < 7; i++)
		publish(3, i);
	finish();
	ck_assert_uint_eq(inv->link_count, 1);
	ck_assert_uint_eq(inv->links[0].packets, 7);
	ck_assert_uint_eq(inv->links[0].bytes, 7 * 60);
	ck_assert_uint_eq(inv->links[0].seen.first.frame, 1);
	ck_assert_uint_eq(inv->links[0].seen.last.frame, 7);
}
END_TEST

/* Each inventory has what was seen while it was the one of the pipeline. */
START_TEST(repetitions_stay_in_their_epoch)
{
	for (unsigned i = 0; i < 5; i++)
		announce(1);
	struct inventory *next = inventory_new(&inventory_limits_default);
	inventory_capture_add(next, "made");
	pipeline_switch(pipeline, next, true);
	ck_assert_uint_eq(bound(1)->count, 5);
	ck_assert_uint_eq(bound(1)->seen.last.frame, 5);
	inventory_free(inv);
	inv = next;
	announce(1);
	announce(1);
	finish();
	ck_assert_uint_eq(bound(1)->count, 2);
	ck_assert_uint_eq(bound(1)->seen.first.frame, 6);
}
END_TEST

static TCase *tests_of(const char *name)
{
	TCase *tests = tcase_create(name);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("flow");
	TCase *belief = tests_of("belief"), *odd = tests_of("odd packets"), *stream = tests_of("stream");
	TCase *repeated = tests_of("repeated");
	tcase_add_test(odd, clocks_jump_ahead_and_back);
	tcase_add_test(belief, a_foreign_port_is_believed_with_its_own_frames);
	tcase_add_test(belief, an_answer_can_be_proof);
	tcase_add_test(belief, what_was_held_is_forgotten_when_the_guess_fails);
	tcase_add_test(belief, what_is_held_is_bounded);
	tcase_add_test(odd, copies_come_at_once);
	tcase_add_test(odd, long_headers_make_no_copies);
	tcase_add_test(odd, clients_without_an_address_are_told_apart);
	tcase_add_test(odd, ipv6);
	tcase_add_test(odd, both_ends_on_one_address);
	tcase_add_test(odd, a_datagram_of_several_pdus);
	tcase_add_test(odd, an_icmp_error_is_no_conversation);
	tcase_add_test(odd, a_length_is_no_protocol);
	tcase_add_test(odd, a_later_fragment_is_no_message);
	tcase_add_test(odd, fragments_that_a_mirror_port_doubles);
	tcase_add_test(odd, cut_by_the_snap_length);
	tcase_add_test(repeated, repetitions_are_all_counted);
	tcase_add_test(repeated, repetitions_of_many_publishers);
	tcase_add_test(repeated, repetitions_on_a_link);
	tcase_add_test(repeated, repetitions_stay_in_their_epoch);
	tcase_add_test(stream, new_numbers_without_a_handshake);
	tcase_add_test(stream, two_numberings_side_by_side);
	tcase_add_test(stream, far_ahead_is_no_loss_of_gigabytes);
	tcase_add_test(stream, without_room_to_wait_the_rest_is_read);
	tcase_add_test(stream, bytes_that_are_not_read_are_counted);
	suite_add_tcase(suite, belief);
	suite_add_tcase(suite, odd);
	suite_add_tcase(suite, stream);
	suite_add_tcase(suite, repeated);
	return check_suite(suite);
}
