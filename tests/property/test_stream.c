/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stream.c - however TCP carries a conversation, the facts are the same.
 *
 * The conversation is Modbus by the specification's own layout: FC 43/14 with three objects, FC 3, FC 16 and an
 * exception. One PDU per segment, in order, is the reference.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"
#include "tests/check_main.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct message {
	bool from_client;
	const char *hex;
};

static const struct message conversation[] = {
    {true, "0001000000050a2b0e0100"},
    {false, "00010000001d0a2b0e01010000030004"
	    "41434d45"
	    "01064d582d323030"
	    "020556312e3233"},
    {true, "0002000000060a0300000002"},
    {false, "0002000000070a030400010002"},
    {true, "00030000000b0a10000000020400010002"},
    {false, "0003000000060a1000000002"},
    {true, "0004000000060a0300ff0001"},
    {false, "0004000000030a8302"},
};
#define MESSAGES (sizeof(conversation) / sizeof(conversation[0]))

static size_t unhex(uint8_t *out, const char *hex)
{
	size_t n = 0;
	unsigned byte;
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		out[n++] = (uint8_t)byte;
	return n;
}

/* A session in the making: packets, and where both ends are. */
struct session {
	struct made_packet packets[512];
	size_t count;
	uint32_t sequence[2]; /* server, client */
	uint16_t port;
};

static void segment(struct session *s, bool from_client, uint32_t sequence, uint8_t flags, const uint8_t *data, size_t len)
{
	ck_assert_uint_lt(s->count, 512);
	s->packets[s->count++] = packet_tcp(from_client, s->port, sequence, s->sequence[!from_client], flags, data, len);
}

static void send_bytes(struct session *s, bool from_client, const uint8_t *data, size_t len)
{
	segment(s, from_client, s->sequence[from_client], ACK, data, len);
	s->sequence[from_client] += (uint32_t)len;
}

static void session_open(struct session *s, uint16_t port, uint32_t isn)
{
	memset(s, 0, sizeof(*s));
	s->port = port;
	s->sequence[1] = isn;
	s->sequence[0] = isn ^ 0x5555;
	segment(s, true, s->sequence[1]++, SYN, NULL, 0);
	segment(s, false, s->sequence[0]++, SYN | ACK, NULL, 0);
}

static void session_whole(struct session *s, uint16_t port, uint32_t isn, bool handshake)
{
	uint8_t bytes[256];
	session_open(s, port, isn);
	if (!handshake)
		s->count = 0;
	for (size_t i = 0; i < MESSAGES; i++) {
		size_t len = unhex(bytes, conversation[i].hex);
		send_bytes(s, conversation[i].from_client, bytes, len);
	}
}

static char *reference(void)
{
	struct session s;
	session_whole(&s, 502, 1000, true);
	return facts_of(s.packets, s.count, NULL, NULL);
}

static void ck_same_facts(const struct session *s, const char *what, unsigned seed)
{
	char *expected = reference();
	char *got = facts_of(s->packets, s->count, NULL, NULL);
	ck_assert_msg(strcmp(expected, got) == 0, "%s, seed %u:\nexpected\n%sgot\n%s", what, seed, expected, got);
	free(expected);
	free(got);
}

START_TEST(reference_says_what_the_bytes_say)
{
	char *facts = reference();
	ck_assert_ptr_nonnull(strstr(facts, "fact 10.0.0.2 10 vendor = ACME #"));
	ck_assert_ptr_nonnull(strstr(facts, "fact 10.0.0.2 10 product_code = MX-200 #"));
	ck_assert_ptr_nonnull(strstr(facts, "fact 10.0.0.2 10 firmware_version = V1.23 #"));
	ck_assert_ptr_nonnull(strstr(facts, "path 10.0.0.2 10\n"));
	/* read and write and diagnose asked; the read of 0x00ff refused as well as answered before */
	ck_assert_ptr_nonnull(strstr(facts, "link 10.0.0.1 modbus 502 parts 3 asked 23 answered 23 refused 1\n"));
	free(facts);
}
END_TEST

START_TEST(sequence_numbers_wrap)
{
	for (uint32_t back = 0; back < 120; back++) {
		struct session s;
		session_whole(&s, 502, 0u - back, true);
		ck_same_facts(&s, "wrap", back);
	}
}
END_TEST

START_TEST(joined_midway)
{
	struct session s;
	session_whole(&s, 502, 77, false);
	ck_same_facts(&s, "no handshake", 0);
}
END_TEST

/* Every message cut in pieces of 1 to 9 bytes. */
static void session_in_pieces(struct session *s, unsigned seed)
{
	uint8_t bytes[256];
	session_open(s, 502, seed * 7919);
	srand(seed);
	for (size_t i = 0; i < MESSAGES; i++) {
		size_t len = unhex(bytes, conversation[i].hex);
		for (size_t at = 0, step; at < len; at += step) {
			step = 1 + (size_t)rand() % 9;
			if (step > len - at)
				step = len - at;
			send_bytes(s, conversation[i].from_client, bytes + at, step);
		}
	}
}

START_TEST(split_over_segments)
{
	struct session s;
	session_in_pieces(&s, (unsigned)_i);
	ck_same_facts(&s, "split", (unsigned)_i);
}
END_TEST

START_TEST(many_in_one_segment)
{
	uint8_t asks[1024], answers[1024], bytes[256];
	size_t asked = 0, answered = 0;
	for (size_t i = 0; i < MESSAGES; i++) {
		size_t len = unhex(bytes, conversation[i].hex);
		memcpy(conversation[i].from_client ? asks + asked : answers + answered, bytes, len);
		*(conversation[i].from_client ? &asked : &answered) += len;
	}
	struct session s;
	session_open(&s, 502, 5);
	send_bytes(&s, true, asks, asked);
	send_bytes(&s, false, answers, answered);
	ck_same_facts(&s, "pipelined", 0);
}
END_TEST

/* Segments of one direction change places with a near one, come twice, or overlap the one before. */
static void disturb(struct session *s, unsigned seed)
{
	srand(seed);
	for (size_t n = 0; n < 12; n++) {
		size_t i = 2 + (size_t)rand() % (s->count - 3);
		struct made_packet keep = s->packets[i];
		bool same_side = memcmp(keep.bytes + 6, s->packets[i + 1].bytes + 6, 6) == 0;
		if (rand() % 2 && same_side) {
			s->packets[i] = s->packets[i + 1];
			s->packets[i + 1] = keep;
		} else {
			memmove(&s->packets[i + 1], &s->packets[i], (s->count - i) * sizeof(s->packets[0]));
			s->count++;
			s->packets[i].bytes[19] ^= 0x55; /* a retransmission has its own IP id */
		}
	}
}

START_TEST(disordered_and_repeated)
{
	struct session s;
	session_in_pieces(&s, (unsigned)_i);
	disturb(&s, (unsigned)_i + 1);
	ck_same_facts(&s, "disturbed", (unsigned)_i);
}
END_TEST

START_TEST(overlapping_segments)
{
	uint8_t bytes[256];
	struct session s;
	session_open(&s, 502, 0);
	for (size_t i = 0; i < MESSAGES; i++) {
		bool client = conversation[i].from_client;
		size_t len = unhex(bytes, conversation[i].hex), half = len / 2;
		send_bytes(&s, client, bytes, half);
		/* the second half again with most of the first */
		segment(&s, client, s.sequence[client] - (uint32_t)half + 1, ACK, bytes + 1, len - 1);
		s.sequence[client] += (uint32_t)(len - half);
	}
	ck_same_facts(&s, "overlap", 0);
}
END_TEST

START_TEST(a_lost_segment_is_a_gap_and_the_rest_is_read)
{
	struct session s;
	uint64_t gaps;
	session_whole(&s, 502, 9, true);
	/* the answer to FC 3 (packet 5) never came to us */
	memmove(&s.packets[5], &s.packets[6], (s.count - 6) * sizeof(s.packets[0]));
	s.count--;
	char *facts = facts_of(s.packets, s.count, &gaps, NULL);
	ck_assert_uint_eq(gaps, 1);
	ck_assert_ptr_nonnull(strstr(facts, "vendor = ACME"));
	ck_assert_ptr_nonnull(strstr(facts, "refused 1"));
	free(facts);
}
END_TEST

START_TEST(both_ports_mirrored)
{
	struct session s, twice;
	uint64_t copies;
	session_whole(&s, 502, 3, true);
	memset(&twice, 0, sizeof(twice));
	for (size_t i = 0; i < s.count; i++) {
		twice.packets[twice.count] = s.packets[i];
		twice.packets[twice.count++].time_ns += (int64_t)(i * 50000000);
		twice.packets[twice.count] = s.packets[i];
		twice.packets[twice.count++].time_ns += (int64_t)(i * 50000000) - 50000000 + 20000; /* 20 us later */
	}
	char *expected = reference(), *got = facts_of(twice.packets, twice.count, NULL, &copies);
	ck_assert_str_eq(got, expected);
	ck_assert_uint_eq(copies, s.count);
	free(expected);
	free(got);
}
END_TEST

START_TEST(cut_by_the_snap_length)
{
	struct session s;
	session_whole(&s, 502, 3, true);
	/* keep the vendor and the product code, lose the end of the firmware version */
	s.packets[3].captured = s.packets[3].len - 3;
	char *facts = facts_of(s.packets, s.count, NULL, NULL);
	ck_assert_ptr_nonnull(strstr(facts, "vendor = ACME"));
	ck_assert_ptr_nonnull(strstr(facts, "product_code = MX-200"));
	ck_assert_ptr_null(strstr(facts, "firmware_version"));
	ck_assert_ptr_nonnull(strstr(facts, "refused 1")); /* the later PDUs are read */
	free(facts);
}
END_TEST

START_TEST(foreign_port_is_believed_after_answers)
{
	struct session s;
	session_whole(&s, 40502, 3, true);
	char *got = facts_of(s.packets, s.count, NULL, NULL);
	ck_assert_ptr_nonnull(strstr(got, "fact 10.0.0.2 10 vendor = ACME"));
	ck_assert_ptr_nonnull(strstr(got, "link 10.0.0.1 modbus 40502 parts 3 asked 23 answered 23 refused 1\n"));
	free(got);
}
END_TEST

START_TEST(a_port_used_again_is_a_new_conversation)
{
	struct session first, second;
	session_whole(&first, 502, 1000, true);
	session_whole(&second, 502, 900000, true);
	memcpy(&first.packets[first.count], second.packets, second.count * sizeof(second.packets[0]));
	first.count += second.count;
	uint64_t gaps;
	char *facts = facts_of(first.packets, first.count, &gaps, NULL);
	ck_assert_uint_eq(gaps, 0);
	ck_assert_ptr_nonnull(strstr(facts, "] x2"));
	free(facts);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("stream");
	tcase_add_test(tests, reference_says_what_the_bytes_say);
	tcase_add_test(tests, sequence_numbers_wrap);
	tcase_add_test(tests, joined_midway);
	tcase_add_loop_test(tests, split_over_segments, 0, 40);
	tcase_add_test(tests, many_in_one_segment);
	tcase_add_loop_test(tests, disordered_and_repeated, 0, 60);
	tcase_add_test(tests, overlapping_segments);
	tcase_add_test(tests, a_lost_segment_is_a_gap_and_the_rest_is_read);
	tcase_add_test(tests, both_ports_mirrored);
	tcase_add_test(tests, cut_by_the_snap_length);
	tcase_add_test(tests, foreign_port_is_believed_after_answers);
	tcase_add_test(tests, a_port_used_again_is_a_new_conversation);
	return check_main("stream", tests);
}
