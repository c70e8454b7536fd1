/* SPDX-License-Identifier: Apache-2.0 */
/* test_netbox_names.c - texts and slugs as NetBox takes them, also of 64 kB and of the worst sort. */
#include "sensor/export/netbox_names.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"
#include "tests/check_main.h"

static struct arena arena;

static void tear_down(void)
{
	arena_clear(&arena);
}

static size_t characters(const char *text)
{
	size_t count = 0;
	for (; *text != '\0'; text++)
		count += (*text & 0xc0) != 0x80;
	return count;
}

static const struct {
	const char *text, *out;
} texts[] = {
	{NULL, ""}, {"", ""},
	{" \t\r\n\xc2\xa0\xe3\x80\x80", ""}, /* no-break and ideographic space: Python strips them too */
	{"a", "a"}, {"  a \r\n b\xe2\x80\x83", "a b"}, {"\xe2\x80\xaegnp", "\\u{202E}gnp"}, /* right-to-left override */
	{"a\x1b[31m", "a\\u{1B}[31m"},
	{"\xc3\x9c"
	 "ber",
		"\xc3\x9c"
		"ber"},
	{"abcdefghijklmnopqrs", "abcdefghijklmnopqrs"},  /* 19: the 20th is for an apostrophe */
	{"abcdefghijklmnopqrst", "abcdefghij~dd65eea0"}, /* sha256("abcdefghijklmnopqrst") begins so */
};

START_TEST(a_text_fits_its_field)
{
	ck_assert_str_eq(netbox_text(&arena, texts[_i].text, 20), texts[_i].out);
}
END_TEST

/* Cut between characters, never longer than its field, and different texts stay different. */
START_TEST(a_long_text_is_cut)
{
	static char text[65536 + 8];
	for (size_t i = 0; i < 65536; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	strcpy(text + 65536, "1");
	const char *one = netbox_text(&arena, text, 64);
	strcpy(text + 65536, "2");
	const char *two = netbox_text(&arena, text, 64);
	ck_assert_uint_eq(characters(one), 63);
	ck_assert(text_is_utf8(one));
	ck_assert_str_ne(one, two);
	memset(text, 0x1b, 65536); /* each becomes six characters */
	one = netbox_text(&arena, text, 64);
	ck_assert_uint_le(characters(one), 63);
	for (size_t i = 0; i < 65536; i++)
		text[i] = i % 2 == 0 ? ' ' : '+';
	one = netbox_slug(&arena, text);
	ck_assert_uint_le(strlen(one), NETBOX_SLUG_MAX);
}
END_TEST

static const struct {
	const char *text, *slug;
} slugs[] = {
	{"Siemens AG", "siemens-ag"},
	{"SIEMENS, AG.", "siemens-ag"},
	{"Rockwell Automation/Allen-Bradley", "rockwell-automation-allen-bradley"},
	{"remote_io", "remote-io"},
	{"6ES7 315-2EH14-0AB0", "6es7-315-2eh14-0ab0"},
};

START_TEST(a_slug_is_what_people_would_write)
{
	ck_assert_str_eq(netbox_slug(&arena, slugs[_i].text), slugs[_i].slug);
}
END_TEST

/* What small letters and digits cannot say is not lost: such slugs differ, and there is always one. */
START_TEST(a_slug_tells_texts_apart)
{
	static const char *const all[] = {"C", "C++", "C+", "C#", "\xe6\xa0\xaa", "\xe6\xa0\xab", "", "+", "=", "%"};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const char *slug = netbox_slug(&arena, all[i]);
		ck_assert_uint_gt(strlen(slug), 0);
		ck_assert_uint_eq(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(slug));
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(slug, netbox_slug(&arena, all[k]));
	}
}
END_TEST

START_TEST(equal_keys_are_one_thing)
{
	static const struct netbox_entry said[] = {{.key = "siemens", .name = "Siemens", .part = "1"},
		{.key = "abb", .name = "ABB", .part = ""}, {.key = "siemens", .name = "SIEMENS", .part = "1"},
		{.key = "abb", .name = "Abb", .part = "7"}, {.key = "siemens", .name = "siemens", .part = "2"}};
	struct netbox_registry r = {0};
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		ck_assert_uint_eq(netbox_registry_put(&r, &said[i]), i % 2);
	uint32_t *order = netbox_registry_sorted(&r);
	ck_assert_uint_eq(r.count, 2);
	ck_assert_str_eq(r.entries[order[0]].name, "ABB");
	ck_assert_str_eq(r.entries[order[0]].part, "7");
	ck_assert(!r.entries[order[0]].parts_differ);
	ck_assert_str_eq(r.entries[order[1]].name, "SIEMENS");
	ck_assert(r.entries[order[1]].parts_differ);
	free(order);
	netbox_registry_clear(&r);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("netbox names");
	tcase_add_checked_fixture(tests, NULL, tear_down);
	tcase_add_loop_test(tests, a_text_fits_its_field, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(tests, a_long_text_is_cut);
	tcase_add_loop_test(tests, a_slug_is_what_people_would_write, 0, sizeof(slugs) / sizeof(slugs[0]));
	tcase_add_test(tests, a_slug_tells_texts_apart);
	tcase_add_test(tests, equal_keys_are_one_thing);
	return check_main("netbox names", tests);
}
