/* SPDX-License-Identifier: Apache-2.0 */
/* test_fragment.c - IP fragments in any order, twice, overlapping, contradicting each other, never complete. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/decode/fragment.h"
#include "tests/check_main.h"

#define SECOND_NS 1000000000ll
#define OPEN_AT_ONCE 64

static struct fragments *fragments;

static void set_up(void)
{
	fragments = fragments_new();
	ck_assert_ptr_nonnull(fragments);
}

static void tear_down(void)
{
	fragments_free(fragments);
}

static struct fragment_key key_of(uint32_t id)
{
	static const uint8_t from[4] = {10, 0, 0, 1}, to[4] = {10, 0, 0, 2};
	return (struct fragment_key){.source = address_make(ADDRESS_IPV4, from),
		.target = address_make(ADDRESS_IPV4, to),
		.id = id,
		.protocol = 17};
}

/* The packet as text when this fragment completes it, else NULL. */
static const char *add(uint32_t id, int64_t time_ns, uint32_t offset, bool more, const char *text)
{
	static char whole[256];
	struct fragment_key key = key_of(id);
	struct cursor bytes = cursor_over((const uint8_t *)text, strlen(text));
	if (!fragments_add(fragments, &key, time_ns, offset, more, &bytes))
		return NULL;
	ck_assert_uint_lt(cursor_left(&bytes), sizeof(whole));
	memcpy(whole, bytes.at, cursor_left(&bytes));
	whole[cursor_left(&bytes)] = 0;
	return whole;
}

START_TEST(every_order_gives_the_packet)
{
	static const char *const texts[3] = {"abcdefgh", "ijklmnop", "qrs"};
	static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	for (unsigned i = 0; i < 6; i++) {
		const uint8_t *order = orders[i];
		for (unsigned n = 0; n < 2; n++)
			ck_assert_ptr_null(add(i, 0, order[n] * 8u, order[n] != 2, texts[order[n]]));
		ck_assert_str_eq(add(i, 0, order[2] * 8u, order[2] != 2, texts[order[2]]), "abcdefghijklmnopqrs");
	}
	ck_assert_uint_eq(fragments_lost(fragments, true), 0);
}
END_TEST

START_TEST(packets_do_not_mix)
{
	ck_assert_ptr_null(add(1, 0, 0, true, "11111111"));
	ck_assert_ptr_null(add(2, 0, 0, true, "22222222"));
	ck_assert_str_eq(add(1, 0, 8, false, "one"), "11111111one");
	ck_assert_str_eq(add(2, 0, 8, false, "two"), "22222222two");
}
END_TEST

START_TEST(the_first_of_two_that_overlap_stays)
{
	ck_assert_ptr_null(add(1, 0, 0, true, "aaaaaaaabbbbbbbb"));
	ck_assert_ptr_null(add(1, 0, 8, true, "XXXXXXXXcccccccc"));
	ck_assert_ptr_null(add(1, 0, 0, true, "aaaaaaaa"));
	ck_assert_str_eq(add(1, 0, 24, false, "d"), "aaaaaaaabbbbbbbbccccccccd");
}
END_TEST

/* A last fragment that ends in the middle of eight bytes, and another that says the packet is longer: what lies between
 * was never sent. */
START_TEST(the_end_is_where_the_first_last_fragment_says)
{
	ck_assert_ptr_null(add(1, 0, 8, false, "end"));
	ck_assert_ptr_null(add(1, 0, 16, false, "beyond"));
	ck_assert_ptr_null(add(1, 0, 16, true, "beyond.."));
	ck_assert_str_eq(add(1, 0, 0, true, "begin..."), "begin...end");
	ck_assert_ptr_null(add(2, 0, 16, true, "farther."));
	ck_assert_ptr_null(add(2, 0, 8, false, "end"));
	ck_assert_ptr_null(add(2, 0, 0, true, "begin..."));
	ck_assert_ptr_null(add(2, 0, 8, true, "between."));
	ck_assert_str_eq(add(2, 0, 24, false, "end"), "begin...between.farther.end");
}
END_TEST

/* A tunnel whose packets are fragments, carrying fragments: the inner one lies in the outer packet. */
START_TEST(a_fragment_inside_a_packet_that_was_in_pieces)
{
	uint8_t outer[48], inner_last[8] = "inner-2";
	memset(outer, 'o', sizeof(outer));
	struct fragment_key key = key_of(1);
	struct cursor bytes = cursor_over(outer, 24);
	ck_assert(!fragments_add(fragments, &key, 0, 0, true, &bytes));
	bytes = cursor_over(outer + 24, 24);
	ck_assert(fragments_add(fragments, &key, 0, 24, false, &bytes));
	ck_assert_uint_eq(cursor_left(&bytes), 48);
	bytes.at += 24;
	key = key_of(2);
	ck_assert(!fragments_add(fragments, &key, 0, 32768, true, &bytes)); /* far in: needs a larger buffer */
	bytes = cursor_over(inner_last, 8);
	key = key_of(3);
	ck_assert(fragments_add(fragments, &key, 0, 0, false, &bytes));
	ck_assert_mem_eq(bytes.at, "inner-2", 8);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	static const uint8_t much[65536];
	struct fragment_key key = key_of(1);
	ck_assert_ptr_null(add(1, 0, 0, true, "seven b")); /* not a multiple of 8, and more to come */
	ck_assert_ptr_null(add(1, 0, 0, true, ""));
	struct cursor bytes = cursor_over(much, 16);
	ck_assert(!fragments_add(fragments, &key, 0, 65528, false, &bytes)); /* ends behind 64 KiB */
	bytes = cursor_over(much, sizeof(much));
	ck_assert(!fragments_add(fragments, &key, 0, 8, false, &bytes));
	ck_assert_uint_eq(fragments_lost(fragments, true), 0); /* none of these opened a packet */
	bytes = cursor_over(much, sizeof(much));
	ck_assert(fragments_add(fragments, &key, 0, 0, false, &bytes));
	ck_assert_uint_eq(cursor_left(&bytes), sizeof(much));
}
END_TEST

START_TEST(late_ones_are_lost_and_counted)
{
	ck_assert_ptr_null(add(1, 0, 0, true, "aaaaaaaa"));
	ck_assert_str_eq(add(1, 30 * SECOND_NS, 8, false, "b"), "aaaaaaaab");
	ck_assert_ptr_null(add(2, 0, 0, true, "aaaaaaaa"));
	ck_assert_ptr_null(add(2, 30 * SECOND_NS + 1, 8, false, "b"));
	ck_assert_uint_eq(fragments_lost(fragments, false), 1);
	ck_assert_uint_eq(fragments_lost(fragments, true), 2);
	ck_assert_uint_eq(fragments_lost(fragments, true), 2);
}
END_TEST

START_TEST(the_oldest_makes_room)
{
	for (uint32_t id = 0; id < OPEN_AT_ONCE; id++)
		ck_assert_ptr_null(add(id, id + 1, 0, true, "aaaaaaaa"));
	ck_assert_uint_eq(fragments_lost(fragments, false), 0);
	ck_assert_ptr_null(add(1000, SECOND_NS, 0, true, "aaaaaaaa"));
	ck_assert_uint_eq(fragments_lost(fragments, false), 1);
	ck_assert_str_eq(add(1, SECOND_NS, 8, false, "b"), "aaaaaaaab");
	ck_assert_ptr_null(add(0, SECOND_NS, 8, false, "b")); /* this one went, and is a new one now */
	ck_assert_uint_eq(fragments_lost(fragments, true), 1 + OPEN_AT_ONCE);
}
END_TEST

/* A clock that was years ahead and is set right must not leave the table full of the future. */
START_TEST(clocks_step_back)
{
	for (uint32_t id = 0; id < OPEN_AT_ONCE; id++)
		ck_assert_ptr_null(add(id, INT64_MAX, 0, true, "aaaaaaaa"));
	ck_assert_ptr_null(add(1000, 0, 0, true, "aaaaaaaa"));
	ck_assert_uint_eq(fragments_lost(fragments, false), OPEN_AT_ONCE);
	ck_assert_str_eq(add(1000, 0, 8, false, "b"), "aaaaaaaab");
}
END_TEST

/* A mirror port sends every fragment twice: the copy of the last one opens no new packet. */
START_TEST(a_copy_of_the_last_one_is_no_packet)
{
	ck_assert_ptr_null(add(1, 1000, 0, true, "aaaaaaaa"));
	ck_assert_ptr_null(add(1, 1001, 0, true, "aaaaaaaa"));
	ck_assert_str_eq(add(1, 1002, 8, false, "b"), "aaaaaaaab");
	ck_assert_ptr_null(add(1, 1003, 8, false, "b"));
	ck_assert_uint_eq(fragments_lost(fragments, false), 0);
	/* the id may come again later */
	ck_assert_ptr_null(add(1, 2 * SECOND_NS, 8, false, "d"));
	ck_assert_str_eq(add(1, 2 * SECOND_NS, 0, true, "cccccccc"), "ccccccccd");
	ck_assert_uint_eq(fragments_lost(fragments, true), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fragment");
	TCase *tests = tcase_create("fragment");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, every_order_gives_the_packet);
	tcase_add_test(tests, packets_do_not_mix);
	tcase_add_test(tests, the_first_of_two_that_overlap_stays);
	tcase_add_test(tests, the_end_is_where_the_first_last_fragment_says);
	tcase_add_test(tests, a_fragment_inside_a_packet_that_was_in_pieces);
	tcase_add_test(tests, what_cannot_be_is_refused);
	tcase_add_test(tests, late_ones_are_lost_and_counted);
	tcase_add_test(tests, the_oldest_makes_room);
	tcase_add_test(tests, clocks_step_back);
	tcase_add_test(tests, a_copy_of_the_last_one_is_no_packet);
	suite_add_tcase(suite, tests);
	return check_suite(suite);
}
