/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_level.c - Purdue levels, and flags beside the type.
 * Small networks, worked out by hand; each is recorded in two orders, and both must say the same.
 */
#include "tests/check_main.h"
#include "zone_scene.h"

/* ------------------------ levels */

START_TEST(a_level_is_that_of_the_type_and_peers_make_it_surer)
{
	conclude(segmented);
	const struct asset *plc = scene_asset(&c, "10.1.2.10"), *panel = scene_asset(&c, "10.1.1.50");
	ck_assert_str_eq(plc->purdue_level, "1");
	ck_assert_str_eq(panel->purdue_level, "2");
	ck_assert_str_eq(panel->level_reason, "usual for type hmi; asks 2 of a lower level");
	ck_assert_str_eq(
		scene_asset(&c, "10.1.1.11")->level_reason, "usual for type plc; asked by 1 of a higher level");
	ck_assert_double_gt(scene_asset(&c, "10.1.1.11")->level_confidence, 0.9);
	done();
}
END_TEST

START_TEST(an_unknown_type_has_no_level)
{
	static const struct step steps[] = {LABELLED("10.5.5.7", "10.5.5.8", SMB, 445), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.5.5.7")->type, "unknown");
	ck_assert_ptr_null(scene_asset(&c, "10.5.5.7")->purdue_level);
	ck_assert_ptr_null(scene_asset(&c, "10.5.5.7")->level_reason);
	ck_assert_double_eq_tol(scene_asset(&c, "10.5.5.7")->level_confidence, 0.0, 1e-9);
	done();
}
END_TEST

START_TEST(what_answers_a_controllers_protocol_is_low_whatever_its_type)
{
	static const struct step steps[] = {TALKED("10.1.1.5", "10.1.1.10", MMS, 102, OPERATION_DIAGNOSE),
		TALKED("10.1.1.5", "10.1.1.11", MODBUS, 502, READ), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.1.1.10")->type, "unknown");
	ck_assert_str_eq(scene_asset(&c, "10.1.1.10")->purdue_level, "1");
	ck_assert_str_eq(scene_asset(&c, "10.1.1.10")->level_reason,
		"its type is open, but it answers mms, as controllers and field devices do");
	ck_assert_ptr_null(scene_asset(&c, "10.1.1.11")->purdue_level); /* a Modbus server may be anything */
	ck_assert_ptr_null(scene_asset(&c, "10.1.1.5")->purdue_level);  /* who asks may be a controller too */
	done();
}
END_TEST

START_TEST(a_child_has_the_level_of_its_own_type)
{
	static const struct step steps[] = {PANEL_AT("10.1.1.10"), SPOKE("10.1.1.10#modbus-unit:3"),
		FACT("10.1.1.10#modbus-unit:3", MODEL, MODBUS, "FC 43/14", "PM8240"),
		FACT("10.1.1.10#modbus-unit:3", VENDOR, MODBUS, "FC 43/14", "Schneider Electric"), END};
	conclude(steps);
	ck_assert_str_eq(scene_child(&c, "10.1.1.10", "3")->type, "meter");
	ck_assert_str_eq(scene_child(&c, "10.1.1.10", "3")->purdue_level, "1");
	ck_assert_str_eq(scene_child(&c, "10.1.1.10", "3")->level_reason, "usual for type meter");
	done();
}
END_TEST

START_TEST(a_server_is_at_level_3_for_those_it_serves)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.1.11"), PANEL_AT("10.1.1.50"),
		LABELLED("10.1.1.10", "10.9.9.1", NTP, 123), LABELLED("10.1.1.11", "10.9.9.1", NTP, 123),
		LABELLED("10.1.1.50", "10.9.9.1", NTP, 123), LABELLED("10.9.9.7", "10.9.9.1", NTP, 123),
		LABELLED("10.9.9.8", "10.9.9.1", NTP, 123), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.9.9.1")->type, "time_server");
	ck_assert_str_eq(scene_asset(&c, "10.9.9.1")->purdue_level, "3");
	ck_assert_str_eq(
		scene_asset(&c, "10.9.9.1")->level_reason, "type time_server, and it serves 3 of levels up to 2 (ntp)");
	done();
}
END_TEST

START_TEST(a_server_of_nobody_known_has_no_level)
{
	static const struct step steps[] = {LABELLED("10.9.9.4", "10.9.9.1", NTP, 123),
		LABELLED("10.9.9.5", "10.9.9.1", NTP, 123), LABELLED("10.9.9.6", "10.9.9.1", NTP, 123),
		LABELLED("10.9.9.7", "10.9.9.1", NTP, 123), LABELLED("10.9.9.8", "10.9.9.1", NTP, 123), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.9.9.1")->type, "time_server");
	ck_assert_ptr_null(scene_asset(&c, "10.9.9.1")->purdue_level);
	done();
}
END_TEST

START_TEST(who_talks_outside_is_less_surely_low)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.1.11"), ARRIVED("203.0.113.4", ROUTER, 9),
		LABELLED("10.1.1.10", "203.0.113.4", TLS, 443), END};
	conclude(steps);
	const struct asset *plain = scene_asset(&c, "10.1.1.11"), *talker = scene_asset(&c, "10.1.1.10");
	ck_assert_str_eq(talker->level_reason, "usual for type plc; but talks with 1 outside");
	ck_assert_double_eq_tol(plain->level_confidence - talker->level_confidence, 0.15, 1e-9);
	done();
}
END_TEST

/* ------------------------ flags */

START_TEST(a_mac_that_routers_share_is_redundant)
{
	static const struct step steps[] = {ARP("10.1.1.1", "00:00:5e:00:01:07"), END};
	conclude(steps);
	ck_assert(scene_has_flag(scene_asset(&c, "10.1.1.1"), "redundant"));
	done();
}
END_TEST

START_TEST(a_redundant_controller_says_so_by_its_number)
{
	static const struct step steps[] = {
		FACT("10.1.1.10", ORDER_NUMBER, S7COMM, "SZL 0x0011", "6ES7 412-5HK06-0AB0"), PLC_AT("10.1.1.11"), END};
	conclude(steps);
	ck_assert(scene_has_flag(scene_asset(&c, "10.1.1.10"), "redundant"));
	ck_assert(!scene_has_flag(scene_asset(&c, "10.1.1.11"), "redundant"));
	done();
}
END_TEST

int main(void)
{
	const TTest *const all[] = {a_level_is_that_of_the_type_and_peers_make_it_surer, an_unknown_type_has_no_level,
		what_answers_a_controllers_protocol_is_low_whatever_its_type, a_child_has_the_level_of_its_own_type,
		a_server_is_at_level_3_for_those_it_serves, a_server_of_nobody_known_has_no_level,
		who_talks_outside_is_less_surely_low, a_mac_that_routers_share_is_redundant,
		a_redundant_controller_says_so_by_its_number};
	TCase *tests = tcase_create("level");
	tcase_set_timeout(tests, 60);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		tcase_add_test(tests, all[i]);
	return check_main("level", tests);
}
