/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_merge.c - proposals put into a file that people wrote: which bytes come where, and when nothing is written.
 */
#include <errno.h>

#include "earshot/observer.h"
#include "sensor/declare/zones_write.h"
#include "tests/check_main.h"
#include "written.h"

static struct written files;

static void set_up(void)
{
	memset(&files, 0, sizeof(files));
	strcpy(files.folder, "folder");
}

static const char *modbus = "modbus";
static struct zone_member member = {.kind = MEMBER_SUBNET, .text = "10.0.1.0/24"};
static const char *comment = "PLC \x1b[31m\xe2\x80\xa8# id: x";
static struct zone_proposal zone = {
	.zone = {.id = "n", .name = "N: \"1\"\xe2\x80\xa8\n", .members = &member, .member_count = 1},
	.comment = "why",
	.member_comments = &comment};
static struct conduit_rule rule = {
	.protocols = &modbus, .protocol_count = 1, .operations = OPERATION_READ, .port = 502};
static struct conduit_proposal conduit = {
	.conduit = {.id = "k", .from = "n", .to = "n", .allow = &rule, .allow_count = 1}};

/* What is put in, at two depths. */
#define N(i)                                                                                                           \
	i "# why\n" i "- id: n\n" i "  name: \"N: \\\"1\\\"\\u2028\\x0a\"\n" i "  kind: ot\n" i                        \
	  "  status: proposed\n" i "  owner:\n" i "  security_level_target:\n" i "  approver:\n" i "  approved:\n" i   \
	  "  members:\n" i "    - subnet: 10.0.1.0/24               # PLC \\u{1B}[31m\\u{2028}# id: x\n"
#define K(i)                                                                                                           \
	i "- id: k\n" i "  from: n\n" i "  to: n\n" i "  status: proposed\n" i "  owner:\n" i                          \
	  "  security_level_target:\n" i "  allow:\n" i                                                                \
	  "    - {protocols: [modbus], operations: [read], initiator: from, port: 502}\n"

static const struct {
	const char *old, *merged;
} fits[] = {
	/* behind the last line of each list */
	{"zones:\n  - id: a\n\nconduits:\n  - {id: c, from: a, to: a}\n",
		"zones:\n  - id: a\n" N("  ") "\nconduits:\n  - {id: c, from: a, to: a}\n" K("  ")},
	/* lists without indentation, keys in the other order */
	{"conduits:\n- id: c\n  from: a\n  to: a\nzones:\n- id: a\n",
		"conduits:\n- id: c\n  from: a\n  to: a\n" K("") "zones:\n- id: a\n" N("")},
	/* no conduits yet, no end of the last line */
	{"zones:\n - id: a\n   notes: x", "zones:\n - id: a\n   notes: x\n" N(" ") "conduits:\n" K("  ")},
	/* keys with nothing behind them */
	{"site: x\nzones: # ours\nconduits:\n", "site: x\nzones: # ours\n" N("  ") "conduits:\n" K("  ")},
	{"# nothing yet\n", "# nothing yet\nzones:\n" N("  ") "conduits:\n" K("  ")},
	{"site: x", "site: x\nzones:\n" N("  ") "conduits:\n" K("  ")},
	/* comments of the list stay before what is new, those of the file behind it */
	{"zones:\n  - id: a\n  # of the list\n    # too\n# of the file\n  # of nobody\nconduits:\n",
		"zones:\n  - id: a\n  # of the list\n    # too\n" N("  ") "# of the file\n  # of nobody\nconduits:\n" K(
			"  ")},
	/* the last value ends somewhere else than its key */
	{"zones:\n  - id: a\n    owner:\nconduits:\n", "zones:\n  - id: a\n    owner:\n" N("  ") "conduits:\n" K("  ")},
	{"zones:\n  - id: a\n    notes: |\n      two\n\n      lines\n\nconduits:\n",
		"zones:\n  - id: a\n    notes: |\n      two\n\n      lines\n\n" N("  ") "conduits:\n" K("  ")},
	{"zones:\n  - id: a\n    notes: one\n      two\nconduits:\n",
		"zones:\n  - id: a\n    notes: one\n      two\n" N("  ") "conduits:\n" K("  ")},
	{"zones:\n  - id: a\n    notes: \"one\n\n      two\" # it\nconduits:\n",
		"zones:\n  - id: a\n    notes: \"one\n\n      two\" # it\n" N("  ") "conduits:\n" K("  ")},
	{"zones:\n  - id: a\n    members: [\n      {vlan: 1},\n      ] # it\nconduits:\n",
		"zones:\n  - id: a\n    members: [\n      {vlan: 1},\n      ] # it\n" N("  ") "conduits:\n" K("  ")},
	{"zones:\n  - id: a\n    members:\n    - vlan: 1\n    - vlan: 2\nconduits:\n",
		"zones:\n  - id: a\n    members:\n    - vlan: 1\n    - vlan: 2\n" N("  ") "conduits:\n" K("  ")},
	{"---\nzones:\n  - id: a\nconduits:\n  -\n    id: c\n    from: a\n    to: a\n...\n",
		"---\nzones:\n  - id: a\n" N("  ") "conduits:\n  -\n    id: c\n    from: a\n    to: a\n" K(
			"  ") "...\n"},
	{"\"zones\":\n  - id: a\n'conduits':\n", "\"zones\":\n  - id: a\n" N("  ") "'conduits':\n" K("  ")},
	{"\xef\xbb\xbfzones:\n  - id: a\nconduits:\n", "\xef\xbb\xbfzones:\n  - id: a\n" N("  ") "conduits:\n" K("  ")},
	{"zones:\n  - id: \xc3\xa4\xc3\xb6\n    notes: \xf0\x9f\x8f\xad\nconduits:\n",
		"zones:\n  - id: \xc3\xa4\xc3\xb6\n    notes: \xf0\x9f\x8f\xad\n" N("  ") "conduits:\n" K("  ")},
};

static struct proposals proposals(void)
{
	return (struct proposals){.zones = &zone, .zone_count = 1, .conduits = &conduit, .conduit_count = 1};
}

static int merge(const char *old, char **out, size_t *len)
{
	struct proposals p = proposals();
	files.told_count = 0;
	return zones_merge("folder/z.yaml", old, strlen(old), &p, out, len, written_tell, &files);
}

START_TEST(new_lines_come_behind)
{
	char *out;
	size_t len;
	int err = merge(fits[_i].old, &out, &len);
	ck_assert_msg(err == 0, "%s", files.told[0]);
	ck_assert_str_eq(out, fits[_i].merged);
	ck_assert_uint_eq(len, strlen(out));
	free(out);
}
END_TEST

START_TEST(line_ends_stay)
{
	char *out, *plain;
	size_t len, plain_len, n = 0;
	ck_assert_int_eq(merge("zones:\r\n  - id: a\r\nconduits:\r\n", &out, &len), 0);
	ck_assert_int_eq(merge("zones:\n  - id: a\nconduits:\n", &plain, &plain_len), 0);
	for (size_t i = 0; i < len; i++) {
		if (out[i] == '\n')
			ck_assert_int_eq(out[i - 1], '\r');
		if (out[i] != '\r')
			out[n++] = out[i];
	}
	out[n] = '\0';
	ck_assert_str_eq(out, plain);
	free(out);
	free(plain);
}
END_TEST

static const struct {
	const char *old, *line;
} unfit[] = {
	{"zones: [{id: a}]\nconduits:\n", "z.yaml:1:8: zones: written in brackets, so nothing can be added without "
					  "changing it; expected lines that begin with "
					  "\"- id:\""},
	{"zones:\nconduits: []\n", "z.yaml:2:11: conduits: written in brackets, so nothing can be added without "
				   "changing it; expected lines that begin "
				   "with \"- id:\" (delete the [])"},
	{"zones: ~\n", "z.yaml:1:8: zones: written as null, so nothing can be added without changing it; expected "
		       "lines that begin with \"- "
		       "id:\""},
	{"{zones: }\n", "z.yaml:1:1: the whole file is written in braces, so nothing can be added without changing it; "
			"expected lines of "
			"\"key: value\""},
	{"  zones:\n    - id: a\n",
		"z.yaml:1:3: the keys of the file are indented, expected them at the start of the line"},
	/* the end of the document comes before the end of the file */
	{"site: a\n...\n",
		"z.yaml:3:1: zones: cannot be added to here without changing what the file says; nothing was written"},
	/* the end of the last line would become a part of the text */
	{"zones:\n- id: a\n  notes: |+\n    x",
		"z.yaml:4:1: zones: cannot be added to here without changing what the file says; nothing was written"},
	/* line ends that only old machines wrote */
	{"zones:\r  - id: a\rconduits:\r",
		"z.yaml:1:1: zones: cannot be added to here without changing what the file says; nothing was written"},
	/* an id that a person gave to something else meanwhile */
	{"zones:\n- id: n\n",
		"z.yaml:3:1: zones: cannot be added to here without changing what the file says; nothing was written"},
};

START_TEST(unsafe_places_are_refused)
{
	char *out;
	size_t len;
	ck_assert_int_eq(merge(unfit[_i].old, &out, &len), -EINVAL);
	ck_assert_ptr_null(out);
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0], unfit[_i].line);
}
END_TEST

START_TEST(empty_file_becomes_a_whole_one)
{
	char *out;
	size_t len;
	struct proposals p = proposals();
	p.site = "North: \"1\"";
	ck_assert_int_eq(zones_merge("z.yaml", "", 0, &p, &out, &len, written_tell, &files), 0);
	ck_assert_ptr_nonnull(strstr(out, "\nsite: \"North: \\\"1\\\"\"\n\nzones:\n" N("  ") "\nconduits:\n" K("  ")));
	free(out);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("merge");
	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_loop_test(tests, new_lines_come_behind, 0, (int)(sizeof(fits) / sizeof(fits[0])));
	tcase_add_test(tests, line_ends_stay);
	tcase_add_loop_test(tests, unsafe_places_are_refused, 0, (int)(sizeof(unfit) / sizeof(unfit[0])));
	tcase_add_test(tests, empty_file_becomes_a_whole_one);
	return check_main("merge", tests);
}
