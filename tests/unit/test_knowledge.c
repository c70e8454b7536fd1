/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_knowledge.c - OUI files, number tables, and what a wrong rule file is told.
 *
 * The files are written by the tests, in the forms that config/ and the IEEE's registries have.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "scene.h"
#include "sensor/conclude/rules.h"
#include "tests/check_main.h"

static char folder[64], told[8][512];
static unsigned told_count;

static void note(void *to, const char *line)
{
	ck_assert_ptr_eq(to, folder);
	if (told_count < 8)
		snprintf(told[told_count++], sizeof(told[0]), "%s", line);
}

static void file_write(const char *name, const char *text)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void set_up(void)
{
	char path[128];
	strcpy(folder, "/tmp/earshot-know-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/rules", folder);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/vendors", folder);
	mkdir(path, 0755);
	file_write("vendors/cip-vendors.tsv", "# a table\n1\tRockwell\n5\tFive\n");
	file_write("vendors/cip-device-types.tsv", "14\tPLC\n");
	file_write("vendors/profinet-vendors.tsv", "42\tSiemens\n");
	file_write("vendors/bacnet-vendors.tsv", "0\tASHRAE\n");
	file_write("rules/types.yaml", "types: {plc: \"1\"}\nidentify: {}\nrules: []\n");
	told_count = 0;
}

static void tear_down(void)
{
	char command[100];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static int load(struct knowledge **k, const char *oui)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, oui);
	return knowledge_load(k, folder, path, note, folder);
}

START_TEST(tables_name_numbers)
{
	struct knowledge *k;
	ck_assert_int_eq(load(&k, "none"), 0);
	ck_assert_str_eq(knowledge_name(k, NAMING_CIP_VENDOR, 1), "Rockwell");
	ck_assert_str_eq(knowledge_name(k, NAMING_CIP_VENDOR, 5), "Five");
	ck_assert_ptr_null(knowledge_name(k, NAMING_CIP_VENDOR, 2));
	ck_assert_str_eq(knowledge_name(k, NAMING_CIP_DEVICE_TYPE, 14), "PLC");
	ck_assert_str_eq(knowledge_name(k, NAMING_PROFINET_VENDOR, 42), "Siemens");
	ck_assert_str_eq(knowledge_name(k, NAMING_BACNET_VENDOR, 0), "ASHRAE");
	ck_assert_ptr_null(knowledge_name(k, NAMING_NONE, 14));
	ck_assert_uint_eq(told_count, 0); /* the OUI file is not missed before it is needed */
	knowledge_free(k);
}
END_TEST

START_TEST(a_wrong_line_is_told_and_left_out)
{
	struct knowledge *k;
	char want[256];
	file_write("vendors/cip-vendors.tsv", "1\tRockwell\ntwo\tTwo\n3 Three\n4\tFour\n");
	ck_assert_int_eq(load(&k, "none"), 0);
	ck_assert_uint_eq(told_count, 2);
	snprintf(want, sizeof(want),
		"%s/vendors/cip-vendors.tsv:3:2: expected a number, a tab and a name; line left out", folder);
	ck_assert_str_eq(told[1], want);
	ck_assert_str_eq(knowledge_name(k, NAMING_CIP_VENDOR, 4), "Four");
	knowledge_free(k);
}
END_TEST

START_TEST(a_missing_table_is_a_warning)
{
	struct knowledge *k;
	char path[128];
	snprintf(path, sizeof(path), "%s/vendors/cip-vendors.tsv", folder);
	ck_assert_int_eq(remove(path), 0);
	ck_assert_int_eq(load(&k, "none"), 0);
	ck_assert_uint_eq(told_count, 1);
	ck_assert_ptr_null(knowledge_name(k, NAMING_CIP_VENDOR, 1));
	knowledge_free(k);
}
END_TEST

static const uint8_t large[6] = {0x00, 0x1b, 0x1b, 1, 2, 3}, medium[6] = {0x74, 0x1a, 0xe0, 0x91, 2, 3},
		     small[6] = {0x70, 0xb3, 0xd5, 0xf2, 0xf1, 3}, other[6] = {0x70, 0xb3, 0xd5, 0x00, 0x01, 3};

START_TEST(blocks_of_all_sizes)
{
	struct knowledge *k;
	file_write("oui.csv",
		"Registry,Assignment,Organization Name,Organization Address\r\n"
		"MA-L,001B1B,\"Siemens \"\"A\"\", AG\",Somewhere\r\nMA-L,741AE0,IEEE Registration Authority,x\r\n"
		"MA-L,70B3D5,IEEE Registration Authority,x\r\nMA-L,0A0B0C,Local,x\r\nshort line\r\n");
	file_write("mam.csv", "Registry,Assignment,Organization Name,Organization Address\nMA-M,741AE09,Medium,x\n");
	file_write("oui36.csv", "Registry,Assignment,Organization Name,Organization Address\nMA-S,70B3D5F2F,Small,x\n");
	ck_assert_int_eq(load(&k, "oui.csv"), 0);
	ck_assert_str_eq(knowledge_oui(k, large), "Siemens \"A\", AG");
	ck_assert_str_eq(knowledge_oui(k, medium), "Medium");
	ck_assert_str_eq(knowledge_oui(k, small), "Small");
	ck_assert_ptr_null(knowledge_oui(k, other)); /* given on, but nobody said to whom */
	ck_assert_ptr_null(
		knowledge_oui(k, (const uint8_t[6]){0x0a, 0x0b, 0x0c, 1, 2, 3})); /* a machine gave it to itself */
	ck_assert_ptr_null(knowledge_oui(k, (const uint8_t[6]){0x01, 0x1b, 0x1b, 1, 2, 3})); /* a group */
	ck_assert_uint_eq(told_count, 0);
	knowledge_free(k);
}
END_TEST

START_TEST(the_text_form_is_read_too)
{
	struct knowledge *k;
	file_write("oui.txt", "OUI/MA-L\t\t\tOrganization\n\n00-1B-1B   (hex)\t\tSiemens AG\n001B1B     (base "
			      "16)\t\tSiemens AG\n\t\t\tStreet\n");
	ck_assert_int_eq(load(&k, "oui.txt"), 0);
	ck_assert_str_eq(knowledge_oui(k, large), "Siemens AG");
	knowledge_free(k);
}
END_TEST

START_TEST(a_missing_oui_file_is_told_once)
{
	struct knowledge *k;
	ck_assert_int_eq(load(&k, "none"), 0);
	ck_assert_ptr_null(knowledge_oui(k, large));
	ck_assert_ptr_null(knowledge_oui(k, medium));
	ck_assert_uint_eq(told_count, 1);
	knowledge_free(k);
}
END_TEST

static const struct {
	const char *rules, *told; /* after the name of the file */
} wrong[] = {
	{"- {id: a, type: plc, score: 3, wen: []}",
		":3:32: unknown key \"wen\" in a rule; expected id, type, flag, vendor, level, "
		"score, when or unless"},
	{"- {id: a, type: plk, score: 3, when: [{fact: model}]}",
		":3:3: rule a: type \"plk\" is not in the list of types"},
	{"- {id: a, type: plc, score: 6, when: [{fact: model}]}", ":3:3: rule a: expected a score above 0, at most 5"},
	{"- {id: a, type: plc, score: high, when: [{fact: model}]}", ":3:29: expected a number, not \"high\""},
	{"- {type: plc, score: 3, when: [{fact: model}]}", ":3:3: expected an id in this rule"},
	{"- {id: a, when: [{fact: model}]}", ":3:3: expected a type, a flag or a vendor in rule a"},
	{"- {id: a, type: plc, score: 3}", ":3:3: rule a: expected at least one condition in when"},
	{"- {id: a, flag: x, when: [{fact: modle}]}", ":3:27: unknown attribute \"modle\""},
	{"- {id: a, flag: x, when: [{at: modbus}]}", ":3:27: unknown word \"modbus\""},
	{"- {id: a, flag: x, when: [{address: publik}]}", ":3:27: unknown word \"publik\""},
	{"- {id: a, flag: x, when: [{role: cip, code: 3}]}", ":3:39: code does not go with role"},
	{"- {id: a, flag: x, when: [{role: cip, fact: model}]}", ":3:39: a condition is either role or fact, not both"},
	{"- {id: a, flag: x, when: [{role: cip, side: both}]}", ":3:45: expected asks or answers, not \"both\""},
	{"- {id: a, flag: x, when: [{role: cip, only: [red]}]}", ":3:45: unknown operation \"red\""},
	{"- {id: a, flag: x, when: {fact: model}}", ":3:26: expected a list of conditions"},
	{"- {id: a, flag: x, when: [{fact: model}]}\n- {id: a, flag: y, when: [{fact: model}]}",
		":4:3: rule a: there is another rule with this id"},
	{"- {id: a, flag: x, when: [{fact: model]}", ":3:39: did not find expected ',' or '}'"},
};

START_TEST(a_wrong_rule_is_told_where)
{
	struct knowledge *k = (struct knowledge *)(uintptr_t)&wrong; /* must come back NULL */
	char text[512], want[512];
	snprintf(text, sizeof(text), "types: {plc: \"1\"}\nrules:\n%s\nidentify: {}\n", wrong[_i].rules);
	file_write("rules/types.yaml", text);
	ck_assert_int_eq(load(&k, "none"), -EINVAL);
	ck_assert_ptr_null(k);
	ck_assert_uint_eq(told_count, 1);
	snprintf(want, sizeof(want), "%s/rules/types.yaml%s", folder, wrong[_i].told);
	ck_assert_str_eq(told[0], want);
}
END_TEST

START_TEST(a_missing_rule_file_is_an_error)
{
	struct knowledge *k;
	char path[128];
	snprintf(path, sizeof(path), "%s/rules/types.yaml", folder);
	ck_assert_int_eq(remove(path), 0);
	ck_assert_int_eq(load(&k, "none"), -ENOENT);
	ck_assert_uint_eq(told_count, 1);
}
END_TEST

START_TEST(our_own_rules_are_right)
{
	const struct rules *rules = knowledge_rules(scene_knowledge());
	ck_assert_uint_gt(rules->count, 100);
	ck_assert_str_eq(knowledge_name(scene_knowledge(), NAMING_CIP_VENDOR, 1), "Rockwell Automation/Allen-Bradley");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("knowledge");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, tables_name_numbers);
	tcase_add_test(t, a_wrong_line_is_told_and_left_out);
	tcase_add_test(t, a_missing_table_is_a_warning);
	tcase_add_test(t, blocks_of_all_sizes);
	tcase_add_test(t, the_text_form_is_read_too);
	tcase_add_test(t, a_missing_oui_file_is_told_once);
	tcase_add_loop_test(t, a_wrong_rule_is_told_where, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, a_missing_rule_file_is_an_error);
	tcase_add_test(t, our_own_rules_are_right);
	return check_main("knowledge", t);
}
