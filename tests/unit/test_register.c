/* SPDX-License-Identifier: Apache-2.0 */
/* test_register.c - which row of the owner's register is which asset, and what is asked instead of guessed. */
#include "scene.h"
#include "tests/check_main.h"
#include "written.h"

#define MAC_A "00:1b:1b:00:00:0a"
#define MAC_B "00:1b:1b:00:00:0b"
#define IP_A "10.0.0.10"
#define IP_B "10.0.0.11"

static struct written files;
static struct declarations *declared;
static struct conclusions c;

static void set_up(void)
{
	written_open(&files);
	declared = NULL;
}

static void tear_down(void)
{
	scene_clear(&c);
	scene_declared = NULL;
	declarations_free(declared);
	written_close(&files);
}

static void conclude(const struct step *steps, const char *rows)
{
	written_put(files.owners, rows, strlen(rows));
	ck_assert_int_eq(declarations_load(&declared, NULL, files.owners, written_tell, &files), 0);
	scene_declared = declared;
	scene_conclude(&c, steps);
}

static const struct step two[] = {ARP(IP_A, MAC_A), ARP(IP_B, MAC_B),
	FACT(IP_A, SERIAL_NUMBER, CIP, "Identity", "0x00C0FFEE"),
	FACT(IP_B, SERIAL_NUMBER, CIP, "Identity", "S C-X4U421"),
	FACT(IP_A, STATION_NAME, PN_DCP, "Identify", "mixer-1"), FACT(IP_B, HOSTNAME, DHCP, "Request", "HMI-2"), END};

static const char *number_of(const char *address)
{
	const struct asset *a = scene_asset(&c, address);
	return a->declared != NULL ? a->declared->number : "none";
}

START_TEST(each_key_finds_its_asset)
{
	static const struct {
		const char *rows, *a, *b;
	} registers[] = {
		{"number,serial\n1,c0ffee\n2,SCX4U421\n", "1", "none"}, /* a hyphen less is another number */
		{"number,serial\n1,0x00c0ffee\n2,s c-x4u421\n", "1", "2"},
		{"number,mac\n2,00-1B-1B-00-00-0B\n1,001b.1b00.000a\n", "1", "2"},
		{"number,station name\n1,Mixer-1\n2,hmi-2\n", "1", "2"},
		{"number,ip\n1," IP_A "\n2,10.0.0.11/24\n3,10.0.0.12\n", "1", "2"},
		{"number,serial,mac,ip\n1,999999,," IP_A "\n2,,00:1b:1b:ff:ff:ff," IP_B "\n", "1",
			"2"}, /* the next key */
	};
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		conclude(two, registers[i].rows);
		ck_assert_uint_eq(c.asset_count, 2);
		ck_assert_str_eq(number_of(IP_A), registers[i].a);
		ck_assert_str_eq(number_of(IP_B), registers[i].b);
		ck_assert_uint_eq(c.question_count, 0);
		if (i + 1 < sizeof(registers) / sizeof(registers[0])) {
			scene_clear(&c);
			declarations_free(declared);
		}
	}
}
END_TEST

START_TEST(order_of_the_rows_is_no_reason)
{
	conclude(two, "number,serial,ip\n2,,10.0.0.11\n1,c0ffee,\n");
	ck_assert_str_eq(number_of(IP_A), "1");
	ck_assert_str_eq(number_of(IP_B), "2");
}
END_TEST

START_TEST(a_key_of_several_assets_is_asked_about)
{
	static const struct step steps[] = {ARP(IP_A, MAC_A), ARP(IP_B, MAC_B),
		TALKED(IP_A, IP_B, MODBUS, 502, OPERATION_READ), /* two devices with a copied number */
		FACT(IP_A, SERIAL_NUMBER, MODBUS, "43/14", "SN1234"),
		FACT(IP_B, SERIAL_NUMBER, MODBUS, "43/14", "SN1234"), END};
	conclude(steps, "number,serial,ip\n1,sn1234," IP_A "\n");
	ck_assert_uint_eq(c.asset_count, 2);
	ck_assert_str_eq(number_of(IP_A), "none"); /* although the address would decide */
	ck_assert_uint_eq(c.question_count, 1);
	const struct register_question *q = &c.questions[0];
	ck_assert_int_eq(q->doubt, REGISTER_ROW_MATCHES_SEVERAL);
	ck_assert_str_eq(q->row->number, "1");
	ck_assert_str_eq(q->key, "serial number");
	ck_assert_str_eq(q->value, "sn1234");
	ck_assert_uint_eq(q->candidate_count, 2);
	ck_assert_uint_eq(q->candidates_found, 2);
	ck_assert_uint_lt(q->candidates[0], q->candidates[1]);
}
END_TEST

START_TEST(an_asset_of_several_rows_is_asked_about)
{
	conclude(two, "number,serial,mac,ip\n1,c0ffee,,\n2,,," IP_B "\n3,,," IP_A "\n4,," MAC_A ",\n");
	ck_assert_str_eq(number_of(IP_A), "none");
	ck_assert_str_eq(number_of(IP_B), "2");
	ck_assert_uint_eq(c.question_count, 3);
	static const char *const rows[] = {"1", "3", "4"}, *const rivals[] = {"3", "1", "1"};
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(c.questions[i].doubt, REGISTER_ASSET_CLAIMED_TWICE);
		ck_assert_str_eq(c.questions[i].row->number, rows[i]);
		ck_assert_str_eq(c.questions[i].rival->number, rivals[i]);
		ck_assert_ptr_eq(&c.assets[c.questions[i].candidates[0]], scene_asset(&c, IP_A));
	}
}
END_TEST

START_TEST(a_moved_device_keeps_its_row_and_is_asked_about)
{
	conclude(two, "number,serial,ip\n1,c0ffee," IP_B "\n");
	ck_assert_str_eq(number_of(IP_A), "1");
	ck_assert_str_eq(number_of(IP_B), "none");
	ck_assert_uint_eq(c.question_count, 1);
	ck_assert_int_eq(c.questions[0].doubt, REGISTER_KEYS_DISAGREE);
	ck_assert_str_eq(c.questions[0].key, "IP address");
	ck_assert_str_eq(c.questions[0].value, IP_B);
	ck_assert_ptr_eq(&c.assets[c.questions[0].candidates[0]], scene_asset(&c, IP_A));
	ck_assert_ptr_eq(&c.assets[c.questions[0].candidates[1]], scene_asset(&c, IP_B));
}
END_TEST

START_TEST(parts_and_their_device)
{
	static const struct step steps[] = {ARP(IP_A, MAC_A),
		FACT(IP_A, SERIAL_NUMBER, S7COMM, "SZL 0x001C", "S C-X4U421"),
		FACT(IP_A "#s7-rack-slot:0/2", SERIAL_NUMBER, S7COMM, "SZL 0x001C", "S C-X4U421"),
		FACT(IP_A "#s7-rack-slot:0/4", SERIAL_NUMBER, S7COMM, "SZL 0x001C", "S Q-D7U777"), END};
	conclude(steps, "number,serial,ip\n1,S C-X4U421," IP_A "\n2,S Q-D7U777," IP_A "\n");
	ck_assert_uint_eq(c.question_count, 0); /* the part and its device are one place: nothing disagrees */
	ck_assert_str_eq(number_of(IP_A), "1");
	const struct asset *part = scene_child(&c, IP_A, "0/4");
	ck_assert_ptr_nonnull(part->declared);
	ck_assert_str_eq(part->declared->number, "2");
	ck_assert_ptr_null(scene_child(&c, IP_A, "0/2")->declared);
}
END_TEST

START_TEST(numbers_that_many_have_are_no_keys)
{
	static const struct step steps[] = {
		ARP(IP_A, MAC_A), FACT(IP_A, SERIAL_NUMBER, CIP, "Identity", "0x00000000"), END};
	conclude(steps, "number,serial,ip\n1,0,\n2,00000000," IP_A "\n");
	ck_assert_str_eq(number_of(IP_A), "2");
	ck_assert_uint_eq(c.question_count, 0);
}
END_TEST

START_TEST(candidates_and_questions_are_bounded)
{
	struct step *steps = calloc(42, sizeof(*steps));
	char(*ips)[16] = calloc(20, sizeof(*ips)), *rows = malloc(5000 * 16 + 100);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(ips[i], sizeof(ips[i]), "10.0.0.%u", i + 1);
		steps[2 * i] = (struct step)SPOKE(ips[i]);
		steps[2 * i + 1] = (struct step)FACT(ips[i], HOSTNAME, DHCP, "Request", "localhost");
	}
	size_t len = (size_t)sprintf(rows, "number,hostname\n");
	for (unsigned i = 0; i < 5000; i++)
		len += (size_t)sprintf(rows + len, "%u,localhost\n", i);
	conclude(steps, rows);
	ck_assert_uint_eq(c.question_count, REGISTER_QUESTIONS_MAX);
	ck_assert_uint_eq(c.questions_dropped, 5000 - REGISTER_QUESTIONS_MAX);
	ck_assert_uint_eq(c.questions[0].candidate_count, REGISTER_CANDIDATES_MAX);
	ck_assert_uint_eq(c.questions[0].candidates_found, 20);
	free(steps);
	free(ips);
	free(rows);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("register");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, each_key_finds_its_asset);
	tcase_add_test(tests, order_of_the_rows_is_no_reason);
	tcase_add_test(tests, a_key_of_several_assets_is_asked_about);
	tcase_add_test(tests, an_asset_of_several_rows_is_asked_about);
	tcase_add_test(tests, a_moved_device_keeps_its_row_and_is_asked_about);
	tcase_add_test(tests, parts_and_their_device);
	tcase_add_test(tests, numbers_that_many_have_are_no_keys);
	tcase_add_test(tests, candidates_and_questions_are_bounded);
	return check_main("register", tests);
}
