/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_util.c - text from the wire, addresses, times, strings, the hash index, the arena.
 *
 * Expected by hand: UTF-8 by RFC 3629, IPv6 addresses by RFC 5952, times by ISO 8601, cells by RFC 4180.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/compose.h"
#include "sensor/util/arena.h"
#include "sensor/util/index.h"
#include "sensor/util/strings.h"
#include "sensor/util/text.h"
#include "tests/check_main.h"

static const char *from_wire(const char *bytes, size_t len)
{
	static char out[64];
	ck_assert_uint_eq(text_from_wire(out, sizeof(out), bytes, len), strlen(out));
	return out;
}

START_TEST(wire_text_is_trimmed_and_valid)
{
	ck_assert_str_eq(from_wire("  6ES7 315-2EH14 \0\0", 19), "6ES7 315-2EH14");
	ck_assert_str_eq(from_wire("\0 \t\r\n", 5), "");
	ck_assert_str_eq(from_wire("a\0b", 3), "a\xef\xbf\xbd" "b");
	ck_assert_str_eq(from_wire("K\xc3\xbchl", 5), "K\xc3\xbchl");  /* UTF-8 stays */
	ck_assert_str_eq(from_wire("K\xfchl", 4), "K\xc3\xbchl");      /* Latin-1 u with diaeresis */
	ck_assert_str_eq(from_wire("\xc0\xaf", 2), "\xc3\x80\xc2\xaf"); /* an overlong slash is no UTF-8 */
	ck_assert_str_eq(from_wire("\xed\xa0\x80", 3), "\xc3\xad\xc2\xa0\xc2\x80"); /* nor is a surrogate */
}
END_TEST

START_TEST(wire_text_is_cut_at_a_character)
{
	char out[8];
	ck_assert_uint_eq(text_from_wire(out, sizeof(out), "abcdefg", 7), 7);
	ck_assert_str_eq(out, "abcdefg");
	text_from_wire(out, sizeof(out), "abcdefgh", 8);
	ck_assert_str_eq(out, "abcd\xe2\x80\xa6");
	text_from_wire(out, sizeof(out), "abc\xc3\xbc\xc3\xbcz", 8);
	ck_assert_str_eq(out, "abc\xe2\x80\xa6");
}
END_TEST

/* What a printing function writes, in a buffer that the caller frees. */
static char *printed(void (*print)(FILE *, const char *), const char *text)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);
	ck_assert_ptr_nonnull(f);
	print(f, text);
	fclose(f);
	return out;
}

static void ck_printed(void (*print)(FILE *, const char *), const char *text, const char *expected)
{
	char *out = printed(print, text);
	ck_assert_str_eq(out, expected);
	if (print == text_print_terminal)
		ck_assert_uint_eq(text_columns(text), text_columns(expected));
	free(out);
}

START_TEST(terminal_text_moves_no_cursor)
{
	ck_printed(text_print_terminal, "plain \xc3\xbc", "plain \xc3\xbc");
	ck_printed(text_print_terminal, "\x1b[2J", "\\u{1B}[2J");
	ck_printed(text_print_terminal, "a\xe2\x80\xae" "b", "a\\u{202E}b"); /* right-to-left override */
	ck_printed(text_print_terminal, "\xc2\x9b" "1m", "\\u{9B}1m");       /* C1 CSI */
	ck_printed(text_print_terminal, "\xff", "\\x{FF}");
}
END_TEST

START_TEST(csv_text_is_no_formula)
{
	ck_printed(text_print_csv, "plain", "plain");
	ck_printed(text_print_csv, "a,b", "\"a,b\"");
	ck_printed(text_print_csv, "say \"x\"", "\"say \"\"x\"\"\"");
	ck_printed(text_print_csv, "=cmd()", "\"'=cmd()\"");
	ck_printed(text_print_csv, " @x", "\"' @x\"");
	ck_printed(text_print_csv, "\t1", "\"'\t1\"");
	ck_printed(text_print_csv, "1-2", "1-2");
	ck_printed(text_print_csv, "two\nlines", "\"two\nlines\"");
}
END_TEST

START_TEST(addresses_both_ways)
{
	static const char *const texts[] = {"00:1b:1b:35:84:10", "10.0.0.8", "fe80::1", "::"};
	struct address a;
	char text[ADDRESS_TEXT_MAX];
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert(address_parse(&a, texts[i]));
		ck_assert_str_eq(address_text(text, &a), texts[i]);
	}
	ck_assert(!address_parse(&a, "10.0.0"));
	ck_assert(!address_parse(&a, "00:1b:1b:35:84:10:22"));
	ck_assert(!address_parse(&a, "0:1b:1b:35:84:10"));
	ck_assert(!address_parse(&a, "00:1b:1b:35:84:1@"));
	ck_assert(address_parse(&a, "00:1B:1b:35:84:Af"));
	ck_assert_str_eq(address_text(text, &a), "00:1b:1b:35:84:af");
}
END_TEST

START_TEST(times_are_utc)
{
	char text[TIME_TEXT_MAX];
	ck_assert_str_eq(time_text(text, 1700000000123456789), "2023-11-14T22:13:20.123456Z");
	ck_assert_str_eq(time_text(text, 0), "");
	ck_assert_str_eq(time_text(text, -1), "1969-12-31T23:59:59.999999Z");
}
END_TEST

START_TEST(strings_are_one_each)
{
	struct strings s;
	ck_assert_int_eq(strings_init(&s, 1 << 20), 0);
	ck_assert_uint_eq(strings_add(&s, ""), 0);
	char text[16];
	uint32_t ids[5000];
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "s%d", i);
		ids[i] = strings_add(&s, text);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "s%d", i);
		ck_assert_uint_eq(strings_add(&s, text), ids[i]);
		ck_assert_str_eq(strings_text(&s, ids[i]), text);
	}
	ck_assert_uint_eq(strings_find(&s, "s5000"), STRINGS_FULL);
	ck_assert_uint_eq(s.count, 5001);
	strings_clear(&s);
	ck_assert_int_eq(strings_init(&s, 8), 0);
	ck_assert_uint_eq(strings_add(&s, "123456"), 1);
	ck_assert_uint_eq(strings_add(&s, "1"), STRINGS_FULL);
	strings_clear(&s);
}
END_TEST

START_TEST(composed_values)
{
	struct composed c = composed_start();
	ck_assert_str_eq(c.text, "");
	compose_number(&c, 0);
	compose(&c, " ");
	compose_number(&c, 4294967295);
	compose(&c, " 0x");
	compose_hex(&c, 0x0abc, 4);
	compose(&c, " 0x");
	compose_hex(&c, 0xdeadbeef, 8);
	ck_assert_str_eq(c.text, "0 4294967295 0x0abc 0xdeadbeef");
	compose_cut(&c, 9);
	ck_assert_str_eq(c.text, "0 4294967295 0x0abc 0");
	for (unsigned i = 0; i < 100; i++)
		compose(&c, "12345678");
	ck_assert_uint_eq(c.len, COMPOSED_MAX);
	ck_assert_uint_eq(strlen(c.text), COMPOSED_MAX);
	compose_cut(&c, 1000);
	ck_assert_str_eq(c.text, "");
}
END_TEST

/* Paths that are numbers, and addresses written by hand. */
START_TEST(numbers_of_paths)
{
	ck_assert_str_eq(path_number(PATH_MODBUS_UNIT, 0).text, "0");
	ck_assert_str_eq(path_number(PATH_MODBUS_UNIT, 9).text, "9");
	ck_assert_str_eq(path_number(PATH_DNP3_ADDRESS, 10).text, "10");
	ck_assert_str_eq(path_number(PATH_DNP3_ADDRESS, 65519).text, "65519");
	ck_assert_str_eq(path_number(PATH_BACNET_DEVICE, UINT32_MAX).text, "4294967295");
	ck_assert_uint_eq(path_number(PATH_DNP3_ADDRESS, 10).kind, PATH_DNP3_ADDRESS);
	char text[ADDRESS_TEXT_MAX];
	struct address mac = address_make(ADDRESS_MAC, (const uint8_t[]){0x00, 0x1b, 0x0f, 0xf0, 0x9a, 0xff});
	ck_assert_str_eq(address_text(text, &mac), "00:1b:0f:f0:9a:ff");
}
END_TEST

START_TEST(index_finds_all_of_a_hash)
{
	struct index ix = {0};
	uint32_t cursor, row, seen = 0;
	ck_assert_uint_eq(index_first(&ix, 7, &cursor), INDEX_END);
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_int_eq(index_put(&ix, i % 10, i), 0);
	for (row = index_first(&ix, 3, &cursor); row != INDEX_END; row = index_next(&ix, 3, &cursor)) {
		ck_assert_uint_eq(row % 10, 3);
		seen++;
	}
	ck_assert_uint_eq(seen, 100);
	index_clear(&ix);
}
END_TEST

START_TEST(arena_is_zeroed_and_aligned)
{
	struct arena a = {0};
	for (size_t size = 1; size < 200000; size = size * 3 + 1) {
		char *p = arena_alloc(&a, size);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % _Alignof(uint64_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_int_eq(p[i], 0);
		memset(p, 0xff, size);
	}
	ck_assert_str_eq(arena_format(&a, "%d-%s", 7, "x"), "7-x");
	/* texts stand close together, and what follows them is aligned again */
	char *text = arena_copy(&a, "10.0.0.5"), *next = arena_copy(&a, "b"), *row = arena_alloc(&a, 8);
	ck_assert_str_eq(text, "10.0.0.5");
	ck_assert_ptr_eq(next, text + 9);
	ck_assert_uint_eq((uintptr_t)row % _Alignof(uint64_t), 0);
	ck_assert_int_lt(row - next, 10);
	arena_clear(&a);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("util");
	tcase_add_test(tests, wire_text_is_trimmed_and_valid);
	tcase_add_test(tests, wire_text_is_cut_at_a_character);
	tcase_add_test(tests, terminal_text_moves_no_cursor);
	tcase_add_test(tests, csv_text_is_no_formula);
	tcase_add_test(tests, addresses_both_ways);
	tcase_add_test(tests, times_are_utc);
	tcase_add_test(tests, strings_are_one_each);
	tcase_add_test(tests, composed_values);
	tcase_add_test(tests, numbers_of_paths);
	tcase_add_test(tests, index_finds_all_of_a_hash);
	tcase_add_test(tests, arena_is_zeroed_and_aligned);
	return check_main("util", tests);
}
