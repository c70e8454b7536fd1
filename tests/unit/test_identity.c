/* SPDX-License-Identifier: Apache-2.0 */
/* test_identity.c - whose word counts, what it is the word of, and what is behind a device and what is not. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "tests/check_main.h"

#define PLC "00:1b:1b:00:00:05"
#define PLC_TWIN "00:1b:1b:00:00:06"
#define READ OPERATION_READ

static struct conclusions c;

static void conclude(const struct step *steps)
{
	scene_conclude(&c, steps);
}

START_TEST(one_serial_is_one_device)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC), ARP("10.1.0.5", PLC_TWIN),
		FACT("10.0.0.5", SERIAL_NUMBER, CIP, "Identity", "0x00ABCDEF"),
		FACT("10.1.0.5", SERIAL_NUMBER, ENIP, "ListIdentity", "0x00abcdef"), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_uint_eq(c.assets[0].interface_count, 2);
	ck_assert(scene_has_flag(&c.assets[0], "dual_homed"));
}
END_TEST

START_TEST(meaningless_serials_join_nothing)
{
	static const char *const serials[] = {"0", "0x00000000", "0xffffffff", "11", "AAAAAAAA"};
	for (size_t i = 0; i < sizeof(serials) / sizeof(serials[0]); i++) {
		const struct step steps[] = {FACT("10.0.0.5", SERIAL_NUMBER, CIP, "Identity", serials[i]),
			FACT("10.1.0.5", SERIAL_NUMBER, CIP, "Identity", serials[i]), END};
		conclude(steps);
		ck_assert_uint_eq(c.asset_count, 2);
		scene_clear(&c);
	}
	static const struct step one[] = {SPOKE("10.0.0.1"), END};
	conclude(one);
}
END_TEST

START_TEST(a_module_seen_on_two_ways_joins_nothing)
{
	static const struct step steps[] = {
		FACT("10.0.0.5#cip-port-slot:1/0", SERIAL_NUMBER, CIP, "Identity", "0x00abcdef"),
		FACT("10.1.0.5#cip-port-slot:1/0", SERIAL_NUMBER, CIP, "Identity", "0x00abcdef"), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 4);
}
END_TEST

START_TEST(devices_that_talk_are_two_whatever_their_serial)
{
	static const struct step steps[] = {FACT("10.0.0.5", SERIAL_NUMBER, CIP, "Identity", "0x00abcdef"),
		FACT("10.1.0.5", SERIAL_NUMBER, CIP, "Identity", "0x00abcdef"),
		TALKED("10.0.0.5", "10.1.0.5", CIP, 44818, READ), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 2);
}
END_TEST

START_TEST(an_outstation_lends_its_identity)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", DNP3, 20000, READ),
		SPOKE("10.0.0.5#dnp3-address:4"), FACT("10.0.0.5#dnp3-address:4", VENDOR, DNP3, "g0v252", "Acme"),
		FACT("10.0.0.5#dnp3-address:4", MODEL, DNP3, "g0v250", "R1"), END};
	conclude(steps);
	const struct asset *device = scene_asset(&c, "10.0.0.5");
	ck_assert_str_eq(device->vendor, "Acme");
	ck_assert_str_eq(device->model, "R1");
	ck_assert_uint_eq(device->fact_count, 0);
	ck_assert_str_eq(device->type, "rtu");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.9")->type, "scada_server");
	ck_assert_str_eq(scene_child(&c, "10.0.0.5", "4")->type, "rtu");
}
END_TEST

START_TEST(values_that_contradict_are_kept)
{
	static const struct step steps[] = {FACT("10.0.0.5", FIRMWARE_VERSION, S7COMM, "SZL 0x0011", "V3.2.6"),
		FACT("10.0.0.5", FIRMWARE_VERSION, S7COMM, "SZL 0x0011", "V3.2.7"),
		FACT("10.0.0.5", MODEL, S7COMM, "SZL 0x001C", "CPU 315"),
		FACT("10.0.0.5", MODEL, S7COMM, "SZL 0x001C", "cpu  315"), END};
	conclude(steps);
	ck_assert_str_eq(c.assets[0].firmware_version, "V3.2.7"); /* the one seen last */
	ck_assert_uint_eq(c.assets[0].conflict_count, 1);
	ck_assert_str_eq(c.assets[0].conflicts[0].attribute, "firmware_version");
	ck_assert_uint_eq(c.assets[0].conflicts[0].value_count, 2);
}
END_TEST

START_TEST(names_side_by_side_are_no_conflict)
{
	static const char *const names[] = {"ATV630", "Altivar Process", "Zelio"}; /* Zelio: another device came */
	for (size_t i = 0; i < 2; i++) {
		const struct step steps[] = {FACT("10.0.0.5", MODEL, MODBUS, "FC 43/14", names[i]),
			FACT_BESIDE("10.0.0.5", MODEL, MODBUS, "FC 43/14", names[!i]), END};
		conclude(steps);
		ck_assert_uint_eq(c.assets[0].conflict_count, 0);
		ck_assert_uint_eq(c.assets[0].fact_count, 2);
		ck_assert_str_eq(c.assets[0].model, "ATV630");
		scene_clear(&c);
	}
	const struct step later[] = {FACT("10.0.0.5", MODEL, MODBUS, "FC 43/14", names[0]),
		FACT("10.0.0.5", MODEL, MODBUS, "FC 43/14", names[1]),
		FACT("10.0.0.5", MODEL, MODBUS, "FC 43/14", names[2]),
		FACT_BESIDE("10.0.0.5", MODEL, MODBUS, "FC 43/14", names[1]), END};
	conclude(later);
	ck_assert_uint_eq(c.assets[0].conflict_count, 1);
	ck_assert_uint_eq(c.assets[0].conflicts[0].value_count, 3);
}
END_TEST

START_TEST(the_more_specific_model_holds)
{
	static const char *const models[][2] = {{"TM241CE24T", "Modicon M241"}, {"BMX P34 2020", "Modicon M340"},
		{"PM8240", "PowerLogic PM8240"}, {"750-880", "Controller"}, {"AAA", "BBB"}};
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		const struct step steps[] = {FACT("10.0.0.5", MODEL, MODBUS, "FC 43/14", models[i][1]),
			FACT_BESIDE("10.0.0.5", MODEL, MODBUS, "FC 43/14", models[i][0]), END};
		conclude(steps);
		ck_assert_str_eq(c.assets[0].model, models[i][0]);
		scene_clear(&c);
	}
}
END_TEST

#define ORIGINATOR "CIP Forward Open originator"
#define REQUESTER "CIP Execute PCCC requester"

START_TEST(what_a_cip_client_claims_is_not_what_it_is)
{
	static const char *const claims[] = {ORIGINATOR, REQUESTER};
	for (size_t i = 0; i < 2; i++) {
		/* a viewer's library on two PCs, one of which reads five controllers */
		const struct step steps[] = {FACT("10.0.0.9", SERIAL_NUMBER, CIP, claims[i], "0x00a0b1c2"),
			FACT("10.0.0.9", VENDOR, CIP, claims[i], "Rockwell Automation"),
			FACT("10.1.0.9", SERIAL_NUMBER, CIP, claims[i], "0x00a0b1c2"),
			FACT("10.1.0.9", VENDOR, CIP, claims[i], "Rockwell Automation"),
			FACT("10.1.0.9", SERIAL_NUMBER, CIP, claims[i], "0x00a0b1c3"),
			TALKED("10.0.0.9", "10.0.0.1", CIP, 44818, READ),
			TALKED("10.0.0.9", "10.0.0.2", CIP, 44818, READ),
			TALKED("10.0.0.9", "10.0.0.3", CIP, 44818, READ),
			TALKED("10.0.0.9", "10.0.0.4", CIP, 44818, READ),
			TALKED("10.0.0.9", "10.0.0.5", CIP, 44818, READ), END};
		conclude(steps);
		ck_assert_uint_eq(c.asset_count, 7);
		const struct asset *scada = scene_asset(&c, "10.0.0.9"), *other = scene_asset(&c, "10.1.0.9");
		ck_assert_str_eq(scada->type, "scada_server");
		ck_assert_uint_eq(scada->fact_count, 2);
		ck_assert_ptr_null(scada->vendor);
		ck_assert_ptr_null(scada->serial_number);
		ck_assert_str_eq(other->type, "unknown");
		ck_assert_ptr_null(other->serial_number);
		ck_assert_uint_eq(other->conflict_count, 0);
		scene_clear(&c);
	}
}
END_TEST

START_TEST(a_controller_claims_its_own_serial)
{
	static const struct step steps[] = {FACT("10.0.0.5", SERIAL_NUMBER, CIP, ORIGINATOR, "0x00a0b1c2"),
		FACT("10.0.0.5", VENDOR, CIP, ORIGINATOR, "Rockwell Automation"),
		FACT("10.0.0.5", PROFILE, CIP, "CIP Forward Open", "I/O scanner"),
		FACT("10.0.0.6", SERIAL_NUMBER, CIP, ORIGINATOR, "0x00a0b1c2"),
		FACT("10.0.0.6", SERIAL_NUMBER, CIP, "Identity", "0x00c3590a"),
		FACT("10.1.0.6", SERIAL_NUMBER, CIP, "Identity", "0x00c3590a"),
		FACT("10.0.0.6", PROFILE, CIP, "CIP Forward Open", "I/O scanner"), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 2);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->serial_number, "0x00a0b1c2");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->vendor, "Rockwell Automation");
	/* its own answer counts more, and its claim does not make it look like two devices */
	ck_assert_str_eq(scene_asset(&c, "10.0.0.6")->serial_number, "0x00c3590a");
	ck_assert_ptr_eq(scene_asset(&c, "10.0.0.6"), scene_asset(&c, "10.1.0.6"));
}
END_TEST

START_TEST(a_master_is_not_behind_itself)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", DNP3, 20000, READ),
		ASKING_AS("10.0.0.9#dnp3-address:1", "1"), SPOKE("10.0.0.5#dnp3-address:4"), END};
	conclude(steps);
	ck_assert_uint_eq(scene_children(&c, "10.0.0.9"), 0);
	const struct asset *master = scene_asset(&c, "10.0.0.9");
	ck_assert_str_eq(master->type, "scada_server");
	ck_assert_uint_eq(master->fact_count, 1);
	ck_assert_uint_eq(master->facts[0].at.kind, PATH_DNP3_ADDRESS);
	ck_assert_str_eq(master->facts[0].at.text, "1");
	ck_assert_uint_eq(scene_children(&c, "10.0.0.5"), 1);
}
END_TEST

START_TEST(outstations_make_a_concentrator)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", DNP3, 20000, READ),
		SPOKE("10.0.0.5#dnp3-address:10"), FACT("10.0.0.5#dnp3-address:10", MODEL, DNP3, "g0v250", "SEL-3530"),
		SPOKE("10.0.0.5#dnp3-address:11"), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->type, "gateway");
	ck_assert(scene_has_flag(scene_asset(&c, "10.0.0.5"), "gateway"));
	ck_assert_str_eq(scene_child(&c, "10.0.0.5", "10")->type, "rtu");
	ck_assert_str_eq(scene_child(&c, "10.0.0.5", "11")->type, "rtu");
}
END_TEST

START_TEST(a_relay_is_what_its_only_outstation_is)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", DNP3, 20000, READ),
		SPOKE("10.0.0.5#dnp3-address:21"), FACT("10.0.0.5#dnp3-address:21", MODEL, DNP3, "g0v250", "SEL-751"),
		END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->type, "ied");
	ck_assert_str_eq(scene_child(&c, "10.0.0.5", "21")->type, "ied");
}
END_TEST

static void tear_down(void)
{
	scene_clear(&c);
}

static Suite *suite(void)
{
	Suite *s = suite_create("identity");
	TCase *t = tcase_create("identity");
	tcase_add_checked_fixture(t, NULL, tear_down);
	const TTest *const tests[] = {one_serial_is_one_device, meaningless_serials_join_nothing,
		a_module_seen_on_two_ways_joins_nothing, devices_that_talk_are_two_whatever_their_serial,
		an_outstation_lends_its_identity, values_that_contradict_are_kept, names_side_by_side_are_no_conflict,
		the_more_specific_model_holds, what_a_cip_client_claims_is_not_what_it_is,
		a_controller_claims_its_own_serial, a_master_is_not_behind_itself, outstations_make_a_concentrator,
		a_relay_is_what_its_only_outstation_is};
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_suite(suite());
}
