/* SPDX-License-Identifier: Apache-2.0 */
/* test_decode.c - from bytes to a frame: tags, tunnels, padding, headers that lie or are cut. */
#include <check.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/decode/decode.h"
#include "tests/check_main.h"

#define MACS                                                                                                           \
	"001b1b000002"                                                                                                 \
	"001b1b000001"
#define UDP_PACKET                                                                                                     \
	"4500002000010000401100000a0000010a000002"                                                                     \
	"13881389000c0000"                                                                                             \
	"deadbeef"

static struct fragments *fragments;
static uint8_t bytes[4096];
static struct frame frame;

static void set_up(void)
{
	fragments = fragments_new();
	ck_assert_ptr_nonnull(fragments);
}

static void tear_down(void)
{
	fragments_free(fragments);
}

/* `cut` bytes of the end were not captured. */
static enum decoded decode_cut(int link_type, const char *hex, uint32_t cut)
{
	uint32_t len = 0;
	unsigned byte;
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[len++] = (uint8_t)byte;
	struct packet p = {
		.bytes = bytes, .captured_len = len - cut, .wire_len = len, .time_ns = 1, .link_type = link_type};
	return decode_packet(&frame, &p, fragments);
}

static enum decoded decode(int link_type, const char *hex)
{
	return decode_cut(link_type, hex, 0);
}

/* The UDP packet above came out of whatever it was in. */
static void ck_udp(void)
{
	static const uint8_t source[4] = {10, 0, 0, 1};
	ck_assert_uint_eq(frame.transport, TRANSPORT_UDP);
	ck_assert_uint_eq(frame.source.kind, ADDRESS_IPV4);
	ck_assert_mem_eq(frame.source.bytes, source, 4);
	ck_assert_uint_eq(frame.source_port, 5000);
	ck_assert_uint_eq(frame.target_port, 5001);
	ck_assert_uint_eq(cursor_left(&frame.payload), 4);
	ck_assert_mem_eq(frame.payload.at, "\xde\xad\xbe\xef", 4);
	ck_assert(!frame.truncated);
}

START_TEST(wrapped_in_many_ways)
{
	static const struct {
		int link_type;
		const char *hex;
	} ways[] = {
		{DLT_EN10MB, MACS "0800" UDP_PACKET},
		{DLT_EN10MB, MACS "0800" UDP_PACKET "00000000000000000000"}, /* padding */
		{DLT_EN10MB, MACS "810060050800" UDP_PACKET},                /* VLAN 5 */
		{DLT_EN10MB, MACS "88a8000781000005"
				  "0800" UDP_PACKET}, /* QinQ */
		{DLT_EN10MB, MACS "8847"
				  "0001004000020140" UDP_PACKET}, /* two MPLS labels */
		{DLT_EN10MB, MACS "8864"
				  "110000010022"
				  "0021" UDP_PACKET}, /* PPPoE */
		{DLT_EN10MB, MACS "0028"
				  "aaaa03000000"
				  "0800" UDP_PACKET}, /* SNAP */
		{DLT_LINUX_SLL, "000000010006"
				"001b1b0000010000"
				"0800" UDP_PACKET},
		{DLT_RAW, UDP_PACKET},
		{DLT_NULL, "02000000" UDP_PACKET},
		/* IP in IP; GRE with key and sequence number */
		{DLT_RAW, "4500003400010000400400000b0000010b000002" UDP_PACKET},
		{DLT_RAW, "4500004000010000402f00000b0000010b000002"
			  "30000800"
			  "00000001"
			  "00000002" UDP_PACKET},
		/* VXLAN */
		{DLT_RAW, "4500005200010000401100000b0000010b000002"
			  "c00012b5003e0000"
			  "0800000000000500" MACS "0800" UDP_PACKET},
		/* an option */
		{DLT_RAW, "4600002400010000401100000a0000010a000002"
			  "01010101"
			  "13881389000c0000"
			  "deadbeef"},
	};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		ck_assert_msg(decode(ways[i].link_type, ways[i].hex) == DECODED, "way %zu", i);
		ck_udp();
	}
	ck_assert_uint_eq(decode(DLT_LINUX_SLL, "000000010006"
						"001b1b0000010000"
						"0800" UDP_PACKET),
		DECODED);
	ck_udp();
	ck_assert_uint_eq(frame.mac_source[5], 1);
}
END_TEST

START_TEST(tags_are_kept_outermost_first)
{
	decode(DLT_EN10MB, MACS "88a8000781000005"
				"81000009"
				"0800" UDP_PACKET);
	ck_udp();
	ck_assert_uint_eq(frame.vlan_count, 2);
	ck_assert_uint_eq(frame.vlan[0], 7);
	ck_assert_uint_eq(frame.vlan[1], 5);
	decode(DLT_EN10MB, MACS "8100a000"
				"0800" UDP_PACKET); /* a priority is no VLAN */
	ck_assert_uint_eq(frame.vlan_count, 0);
}
END_TEST

/* Wherever it is cut, nothing is read that is not there, and what was cut is said. */
START_TEST(cut_anywhere)
{
	static const char hex[] = MACS "8100000588a80007"
				       "0800" UDP_PACKET;
	uint32_t len = (sizeof(hex) - 1) / 2;
	for (uint32_t cut = 1; cut <= len; cut++) {
		enum decoded decoded = decode_cut(DLT_EN10MB, hex, cut);
		ck_assert(frame.truncated || decoded == DECODED_NOT);
		ck_assert(frame.payload.end <= bytes + len - cut);
		ck_assert_uint_eq(frame.transport == TRANSPORT_UDP, cut <= 4);
	}
}
END_TEST

START_TEST(headers_that_lie)
{
	ck_assert_uint_eq(decode(DLT_RAW, "4400002000010000401100000a0000010a000002"
					  "13881389000c0000"),
		DECODED_NOT); /* 16 bytes of header */
	ck_assert_uint_eq(decode(DLT_RAW, "4500001000010000401100000a0000010a000002"
					  "13881389000c0000"),
		DECODED_NOT); /* shorter than its header */
	ck_assert_uint_eq(decode(DLT_RAW, "5500002000010000401100000a0000010a000002"
					  "13881389000c0000"),
		DECODED_NOT);
	ck_assert_uint_eq(decode(DLT_RAW, "4500002800010000400600000a0000010a000002"
					  "1388138900000001000000014000000000000000"),
		DECODED_NOT); /* TCP, 16 bytes */
	ck_assert_uint_eq(frame.transport, TRANSPORT_NONE);
	ck_assert_uint_eq(decode(DLT_RAW, "4500002800010000400600000a0000010a000002"
					  "138813890000000100000001f000000000000000"),
		DECODED_NOT); /* TCP, 60 bytes in 20 */
	ck_assert_uint_eq(decode(DLT_RAW, "4500000000010000401100000a0000010a000002"
					  "13881389000c0000"
					  "deadbeef"),
		DECODED); /* the card fills the length in */
	ck_udp();
	ck_assert_uint_eq(decode(147, UDP_PACKET), DECODED_NOT);
	ck_assert_uint_eq(decode(DLT_EN10MB, ""), DECODED_NOT);
}
END_TEST

/* IP in IP in IP and so on, in as many layers as fit: bounded, and no stack. */
START_TEST(tunnels_without_end)
{
	char hex[4096] = "";
	for (unsigned i = 0; i < 60; i++)
		strcat(hex, "4500000000010000400400000b0000010b000002");
	ck_assert_uint_eq(decode(DLT_RAW, hex), DECODED_NOT);
	hex[0] = 0;
	for (unsigned i = 0; i < 12; i++)
		strcat(hex, "81000001");
	char tagged[8192];
	snprintf(tagged, sizeof(tagged), MACS "%s0800" UDP_PACKET, hex);
	decode(DLT_EN10MB, tagged);
	ck_assert_uint_le(frame.vlan_count, FRAME_VLANS_MAX);
}
END_TEST

static void ck_same(const struct frame *a, const struct frame *b)
{
	ck_assert(a->time_ns == b->time_ns && a->wire_len == b->wire_len && a->number == b->number);
	ck_assert(a->truncated == b->truncated && a->has_mac == b->has_mac && a->llc == b->llc);
	ck_assert_mem_eq((const uint8_t *)a + FRAME_MACS_AT, (const uint8_t *)b + FRAME_MACS_AT, FRAME_MACS_LEN);
	ck_assert(a->ethertype == b->ethertype && a->vlan_count == b->vlan_count);
	ck_assert(a->vlan_count == 0 || a->vlan[0] == b->vlan[0]);
	ck_assert_mem_eq(&a->source, &b->source, sizeof(a->source));
	ck_assert_mem_eq(&a->target, &b->target, sizeof(a->target));
	ck_assert(a->hop_limit == b->hop_limit && a->ip_protocol == b->ip_protocol && a->transport == b->transport);
	ck_assert(a->source_port == b->source_port && a->target_port == b->target_port);
	ck_assert(a->tcp_flags == b->tcp_flags && a->tcp_sequence == b->tcp_sequence);
	ck_assert(a->tcp_acknowledgement == b->tcp_acknowledgement);
	ck_assert(a->network.at == b->network.at && a->network.end == b->network.end);
	ck_assert(a->payload.at == b->payload.at && a->payload.end == b->payload.end);
	ck_assert(a->payload_wire_len == b->payload_wire_len);
	ck_assert(cursor_ok(&a->network) && cursor_ok(&a->payload) && cursor_ok(&b->payload));
}

/* Whether the packet was a usual one; then it must say what the layers say. */
static bool compare_usual(const struct packet *p)
{
	struct frame usual, layered;
	memset(&usual, 0xa5, sizeof(usual));
	memset(&layered, 0x5a, sizeof(layered));
	if (!decode_usual(&usual, p))
		return false;
	ck_assert_int_eq(decode_by_layers(&layered, p, fragments), DECODED);
	ck_same(&usual, &layered);
	return true;
}

/* What is read at once is what is read layer by layer: each byte of a packet changed in each bit, and each cut of it.
 */
START_TEST(usual_packets_are_no_others)
{
	static const struct {
		const char *hex;
		bool usual;
	} packets[] = {
		{MACS "0800" UDP_PACKET, true},
		{MACS "0800" UDP_PACKET "00000000000000000000", true},
		{MACS "810060050800" UDP_PACKET, true},
		{MACS "810060000800" UDP_PACKET "0000", true},
		{MACS "0800"
		      "4500002a00014000400600000a0000010a000002"
		      "9c4001f600000001000000025018200000000000"
		      "0102",
			true},
		{MACS "0800"
		      "4500002e00014000400600000a0000010a000002"
		      "9c4001f600000001000000026018200000000000"
		      "01010100"
		      "0102",
			true},
		{MACS "0800"
		      "4500002a00014000400600000a0000010a000002"
		      "9c4001f600000001000000027018200000000000"
		      "0102",
			false},
		{MACS "0800"
		      "460000240001000040110000"
		      "0a0000010a000002"
		      "01010100"
		      "13881389000c0000deadbeef",
			false},
		{MACS "86dd"
		      "60000000000c1140"
		      "20010db8000000000000000000000001"
		      "20010db8000000000000000000000002"
		      "13881389000c0000deadbeef",
			false},
		{MACS "0800"
		      "4500003a0001000040110000"
		      "0a0000010a000002"
		      "138812b500260000"
		      "0800000000000100" MACS "0800"
		      "4500",
			false},
	};
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		decode(DLT_EN10MB, packets[i].hex);
		uint32_t len = (uint32_t)(strlen(packets[i].hex) / 2);
		struct packet p = {
			.bytes = bytes, .captured_len = len, .wire_len = len, .time_ns = 7, .link_type = DLT_EN10MB};
		ck_assert_int_eq(compare_usual(&p), packets[i].usual);
		for (uint32_t bit = 0; bit < len * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			compare_usual(&p);
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (; p.captured_len > 0; p.captured_len--) {
			uint8_t *exact = malloc(p.captured_len); /* so that a sanitizer sees a read behind it */
			ck_assert_ptr_nonnull(exact);
			memcpy(exact, bytes, p.captured_len);
			p.bytes = exact;
			compare_usual(&p);
			p.wire_len = p.captured_len;
			compare_usual(&p);
			p.wire_len = len;
			free(exact);
		}
		p.bytes = bytes;
		p.captured_len = len;
		p.link_type = DLT_RAW;
		ck_assert(!compare_usual(&p));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("decode");
	TCase *tests = tcase_create("decode");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, wrapped_in_many_ways);
	tcase_add_test(tests, tags_are_kept_outermost_first);
	tcase_add_test(tests, cut_anywhere);
	tcase_add_test(tests, headers_that_lie);
	tcase_add_test(tests, tunnels_without_end);
	tcase_add_test(tests, usual_packets_are_no_others);
	suite_add_tcase(suite, tests);
	return check_suite(suite);
}
