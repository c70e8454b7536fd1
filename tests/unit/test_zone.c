/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_zone.c - which asset is in which proposed zone, and why.
 * Small networks, worked out by hand; each is recorded in two orders, and both must say the same.
 */
#include "sensor/util/text.h"
#include "tests/check_main.h"
#include "zone_scene.h"

/* ---------------------------------------------------------------------------------- networks, cells, supervision */

START_TEST(a_network_of_control_is_one_zone)
{
	conclude(segmented);
	partition_is_whole();
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	in_zone("10.1.1.11", "ot-10.1.1.0-24");
	in_zone("10.1.1.50", "ot-10.1.1.0-24");
	in_zone("10.1.1.99", "ot-10.1.1.0-24");
	in_zone("10.1.2.10", "ot-10.1.2.0-24");
	ck_assert_str_eq(zone_at("10.1.1.10")->basis, "cyclic");
	ck_assert_str_eq(zone_at("10.1.1.10")->reason,
		"10.1.1.0/24 is one network of control: cyclic control ties 3 of its assets");
	ck_assert_str_eq(scene_asset(&c, "10.1.1.10")->zone_reason, "in 10.1.1.0/24, in cyclic control with 2 others");
	ck_assert_str_eq(scene_asset(&c, "10.1.1.99")->zone_reason, "its address is in 10.1.1.0/24");
	ck_assert_str_eq(zone_at("10.1.2.10")->basis, "subnet");
	ck_assert_str_eq(zone_at("10.1.1.10")->level_low, "1");
	ck_assert_str_eq(zone_at("10.1.1.10")->level_high, "2");
	ck_assert_uint_eq(zone_at("10.1.1.10")->subnet_count, 1);
	ck_assert_str_eq(zone_at("10.1.1.10")->subnets[0], "10.1.1.0/24");
	/* 400 packets inside, 200 with the supervision */
	ck_assert_double_eq_tol(zone_at("10.1.1.10")->cohesion, 400.0 / 600.0, 1e-9);
	done();
}
END_TEST

START_TEST(what_supervises_other_networks_is_supervision)
{
	conclude(segmented);
	in_zone("10.9.9.5", "supervision-10.9.9.0-24");
	in_zone("10.9.9.6", "supervision-10.9.9.0-24"); /* in the same network, which holds no controller */
	ck_assert_str_eq(zone_at("10.9.9.5")->basis, "supervision");
	ck_assert_str_eq(
		zone_at("10.9.9.5")->reason, "10.9.9.0/24 holds what supervises or serves control, and no controller");
	ck_assert_int_eq(zone_at("10.9.9.5")->status, DECLARED_PROPOSED);
	done();
}
END_TEST

/* Control and its only supervision in one network: two I/O groups, two controllers without, a viewer. */
static const struct step flat[] = {EXCHANGED("10.1.1.10", "10.1.1.11", CIP_IO, 2222),
	EXCHANGED("10.1.1.10", "10.1.1.12", CIP_IO, 2222), EXCHANGED("10.1.1.20", "10.1.1.21", CIP_IO, 2222),
	EXCHANGED("10.1.1.20", "10.1.1.22", CIP_IO, 2222), EXCHANGED("10.1.1.20", "10.1.1.23", CIP_IO, 2222),
	PLC_AT("10.1.1.10"), PLC_AT("10.1.1.20"), PLC_AT("10.1.1.30"), PLC_AT("10.1.1.31"), PLC_AT("10.1.1.32"),
	POLLED("10.1.1.5", "10.1.1.10", S7COMM, 102, READ), POLLED("10.1.1.5", "10.1.1.20", S7COMM, 102, READ),
	POLLED("10.1.1.5", "10.1.1.30", S7COMM, 102, READ), POLLED("10.1.1.5", "10.1.1.31", S7COMM, 102, READ),
	POLLED("10.1.1.5", "10.1.1.32", S7COMM, 102, READ), LABELLED("10.1.1.6", "10.1.1.5", HTTP, 80),
	LABELLED("10.1.1.7", "10.1.1.30", HTTP, 80), END};

START_TEST(a_flat_network_falls_into_cells)
{
	conclude(flat);
	partition_is_whole();
	in_zone("10.1.1.10", "cell-10.1.1.10");
	in_zone("10.1.1.11", "cell-10.1.1.10");
	in_zone("10.1.1.12", "cell-10.1.1.10");
	in_zone("10.1.1.20", "cell-10.1.1.20");
	in_zone("10.1.1.23", "cell-10.1.1.20");
	in_zone("10.1.1.30", "ot-10.1.1.0-24");
	in_zone("10.1.1.5", "supervision-10.1.1.0-24");
	ck_assert_str_eq(scene_asset(&c, "10.1.1.5")->zone_reason, "supervises 5 controllers, 0 other networks");
	in_zone("10.1.1.6", "supervision-10.1.1.0-24"); /* talks with it only */
	in_zone("10.1.1.7", "ot-10.1.1.0-24");          /* looks at a controller */
	ck_assert_str_eq(zone_at("10.1.1.20")->reason, "cyclic control ties 4 assets around 10.1.1.20");
	done();
}
END_TEST

START_TEST(a_panel_below_a_supervisor_stays_in_its_line)
{
	/* The panel asks five controllers of its network, and a station elsewhere asks one of them too. */
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.1.11"), PLC_AT("10.1.1.12"),
		PLC_AT("10.1.1.13"), PLC_AT("10.1.1.14"), POLLED("10.1.1.50", "10.1.1.10", MODBUS, 502, READ),
		POLLED("10.1.1.50", "10.1.1.11", MODBUS, 502, READ),
		POLLED("10.1.1.50", "10.1.1.12", MODBUS, 502, READ),
		POLLED("10.1.1.50", "10.1.1.13", MODBUS, 502, READ),
		POLLED("10.1.1.50", "10.1.1.14", MODBUS, 502, READ), POLLED("10.9.9.5", "10.1.1.10", MODBUS, 502, READ),
		END};
	conclude(steps);
	in_zone("10.1.1.50", "ot-10.1.1.0-24");
	ck_assert_uint_eq(zone_at("10.1.1.50")->asset_count, 6);
	in_zone("10.9.9.5", "supervision-10.9.9.0-24");
	done();
}
END_TEST

START_TEST(a_panel_that_reads_its_neighbour_stays_in_its_line)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.2.10"), PANEL_AT("10.1.1.50"),
		POLLED("10.1.1.50", "10.1.1.10", S7COMM, 102, READ),
		POLLED("10.1.1.50", "10.1.2.10", S7COMM, 102, READ), END};
	conclude(steps);
	in_zone("10.1.1.50", "ot-10.1.1.0-24");
	in_zone("10.1.2.10", "ot-10.1.2.0-24");
	done();
}
END_TEST

START_TEST(a_master_that_is_asked_itself_is_no_supervision)
{
	/* Six stations, and somebody who reads the master: a controller without a type. */
	static const struct step steps[] = {POLLED("10.1.1.10", "10.1.1.21", FINS, 9600, READ),
		POLLED("10.1.1.10", "10.1.1.22", FINS, 9600, READ), POLLED("10.1.1.10", "10.1.1.23", FINS, 9600, READ),
		POLLED("10.1.1.10", "10.1.1.24", FINS, 9600, READ), POLLED("10.1.1.10", "10.1.1.25", FINS, 9600, READ),
		POLLED("10.1.1.10", "10.1.1.26", FINS, 9600, READ), POLLED("10.1.1.5", "10.1.1.10", MODBUS, 502, READ),
		END};
	conclude(steps);
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	in_zone("10.1.1.26", "ot-10.1.1.0-24");
	done();
}
END_TEST

START_TEST(a_look_is_no_polling)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.1.11"),
		TALKED("10.1.1.10", "10.1.1.11", MODBUS, 502, READ), SPOKE("10.1.1.12"), END};
	conclude(steps);
	ck_assert_str_eq(zone_at("10.1.1.10")->basis, "subnet");
	ck_assert_str_eq(zone_at("10.1.1.10")->reason,
		"10.1.1.0/24 is one network with control; no cyclic control ties its assets to each other");
	done();
}
END_TEST

START_TEST(control_across_networks_is_told_and_merges_nothing)
{
	static const struct step steps[] = {
		PLC_AT("10.1.1.10"), PLC_AT("10.1.2.10"), EXCHANGED("10.1.1.10", "10.1.2.10", CIP_IO, 2222), END};
	conclude(steps);
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	in_zone("10.1.2.10", "ot-10.1.2.0-24");
	ck_assert_ptr_nonnull(strstr(zone_at("10.1.1.10")->reason, "; 1 cyclic connection goes into other zones"));
	done();
}
END_TEST

START_TEST(one_subnet_in_two_vlans_is_two_networks)
{
	static const struct step steps[] = {ARP("10.1.1.10", "00:1b:1b:00:00:10"), PLC_AT("10.1.1.10"),
		ARRIVED_IN("10.1.1.10", "00:1b:1b:00:00:10", 0, 20), ARP("10.1.1.20", "00:1b:1b:00:00:20"),
		PLC_AT("10.1.1.20"), ARRIVED_IN("10.1.1.20", "00:1b:1b:00:00:20", 0, 30), END};
	conclude(steps);
	in_zone("10.1.1.10", "ot-10.1.1.0-24-vlan20");
	in_zone("10.1.1.20", "ot-10.1.1.0-24-vlan30");
	ck_assert_str_eq(zone_at("10.1.1.10")->basis, "vlan");
	ck_assert_uint_eq(zone_at("10.1.1.10")->vlan_count, 1);
	ck_assert_uint_eq(zone_at("10.1.1.10")->vlans[0], 20);
	done();
}
END_TEST

START_TEST(one_vlan_is_part_of_the_boundary_and_not_of_the_id)
{
	static const struct step steps[] = {ARP("10.1.1.10", "00:1b:1b:00:00:10"), PLC_AT("10.1.1.10"),
		ARRIVED_IN("10.1.1.10", "00:1b:1b:00:00:10", 0, 20), SPOKE("10.1.1.11"), END};
	conclude(steps);
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	in_zone("10.1.1.11", "ot-10.1.1.0-24");
	ck_assert_uint_eq(zone_at("10.1.1.10")->vlans[0], 20);
	done();
}
END_TEST

START_TEST(a_told_mask_makes_the_network)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.3.10"),
		FACT("10.1.1.10", NETMASK, DHCP, "DHCP", "255.255.252.0"), END};
	conclude(steps);
	in_zone("10.1.1.10", "ot-10.1.0.0-22");
	in_zone("10.1.3.10", "ot-10.1.0.0-22");
	done();
}
END_TEST

START_TEST(what_talks_without_a_router_is_one_network)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), ARRIVED("10.1.1.10", CARD_A, 0), PLC_AT("10.1.3.10"),
		ARRIVED("10.1.3.10", CARD_B, 0), TALKED("10.1.1.10", "10.1.3.10", S7COMM, 102, READ), END};
	conclude(steps);
	in_zone("10.1.1.10", "ot-10.1.0.0-22");
	in_zone("10.1.3.10", "ot-10.1.0.0-22");
	done();
}
END_TEST

START_TEST(what_a_router_stands_between_is_not)
{
	/* The same, but one of them was seen to come from a router too; and two in different VLANs. */
	static const struct step passed[] = {PLC_AT("10.1.1.10"), ARP("10.1.1.10", CARD_A),
		ARRIVED("10.1.1.10", CARD_A, 0), ARRIVED("10.1.1.10", ROUTER, 1), PLC_AT("10.1.3.10"),
		ARRIVED("10.1.3.10", CARD_B, 0), TALKED("10.1.1.10", "10.1.3.10", S7COMM, 102, READ), END};
	static const struct step tagged[] = {PLC_AT("10.1.1.10"), ARRIVED_IN("10.1.1.10", CARD_A, 0, 20),
		PLC_AT("10.1.3.10"), ARRIVED_IN("10.1.3.10", CARD_B, 0, 30),
		TALKED("10.1.1.10", "10.1.3.10", S7COMM, 102, READ), END};
	static const struct step in_vain[] = {PLC_AT("10.1.1.10"), ARRIVED("10.1.1.10", CARD_A, 0), PLC_AT("10.1.3.10"),
		ARRIVED("10.1.3.10", CARD_B, 0), ASKED("10.1.1.10", "10.1.3.10", S7COMM, 102, READ), END};
	const struct step *const scenes[] = {passed, tagged, in_vain};
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		conclude(scenes[i]);
		in_zone("10.1.1.10", "ot-10.1.1.0-24");
		in_zone("10.1.3.10", "ot-10.1.3.0-24");
		done();
	}
}
END_TEST

START_TEST(home_is_where_an_asset_talks_most_with_its_own_network)
{
	/* One controller with a foot in two networks: polled for long in one, looked at in the other. */
	static const struct step steps[] = {FACT("10.1.1.10", SERIAL_NUMBER, S7COMM, "SZL 0x001C", "S C-1234"),
		FACT("10.9.9.30", SERIAL_NUMBER, S7COMM, "SZL 0x001C", "S C-1234"), PLC_AT("10.1.1.10"),
		FACT("10.1.1.10", VENDOR, S7COMM, "SZL 0x0011", "Siemens"),
		FACT("10.9.9.30", VENDOR, S7COMM, "SZL 0x0011", "Siemens"), PLC_AT("10.9.9.30"), PANEL_AT("10.1.1.50"),
		POLLED("10.1.1.50", "10.1.1.10", S7COMM, 102, READ), TALKED("10.9.9.5", "10.9.9.30", S7COMM, 102, READ),
		END};
	conclude(steps);
	ck_assert_ptr_eq(scene_asset(&c, "10.1.1.10"), scene_asset(&c, "10.9.9.30"));
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	done();
}
END_TEST

/* -------------------------------------------------------------------------------------------------- carved apart */

START_TEST(a_network_without_control_is_business)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), LABELLED("10.5.5.7", "10.5.5.8", SMB, 445),
		TALKED("10.5.5.7", "10.1.1.10", S7COMM, 102, READ), END};
	conclude(steps);
	in_zone("10.5.5.7", "business"); /* its look at a controller makes it no supervision */
	in_zone("10.5.5.8", "business");
	ck_assert_int_eq(zone_at("10.5.5.8")->kind, ZONE_ENTERPRISE);
	ck_assert_str_eq(
		scene_asset(&c, "10.5.5.8")->zone_reason, "in 10.5.5.0/24 nothing controls or supervises (ZCR 3.2)");
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	done();
}
END_TEST

START_TEST(a_quiet_network_is_not_called_business)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), SPOKE("10.5.5.7"), END};
	conclude(steps);
	in_zone("10.5.5.7", "ot-10.5.5.0-24");
	ck_assert_str_eq(zone_at("10.5.5.7")->reason, "10.5.5.0/24 is one network; nothing tells what it is for");
	ck_assert_double_eq_tol(zone_at("10.5.5.7")->confidence, 0.3, 1e-9);
	done();
}
END_TEST

START_TEST(what_nobody_can_name_may_be_control)
{
	/* More of an unknown protocol than of information technology. */
	static const struct step steps[] = {PLC_AT("10.1.1.10"), LABELLED("10.5.5.7", "10.5.5.8", SMB, 445),
		POLLED("10.5.5.7", "10.5.5.8", NONE, 48898, 0), END};
	conclude(steps);
	in_zone("10.5.5.7", "ot-10.5.5.0-24");
	done();
}
END_TEST

START_TEST(what_stands_between_business_and_control_is_a_dmz)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), POLLED("10.9.9.5", "10.1.1.10", S7COMM, 102, READ),
		LABELLED("10.4.4.4", "10.9.9.5", HTTP, 80), LABELLED("10.5.5.7", "10.4.4.4", HTTP, 80),
		LABELLED("10.5.5.7", "10.5.5.8", SMB, 445), END};
	conclude(steps);
	in_zone("10.4.4.4", "dmz-10.4.4.0-24");
	ck_assert_int_eq(zone_at("10.4.4.4")->kind, ZONE_DMZ);
	in_zone("10.5.5.7", "business");
	in_zone("10.9.9.5", "supervision-10.9.9.0-24");
	done();
}
END_TEST

START_TEST(public_addresses_over_a_router_are_external)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), ARRIVED("203.0.113.4", ROUTER, 9),
		LABELLED("10.1.1.10", "203.0.113.4", TLS, 443), END};
	conclude(steps);
	in_zone("203.0.113.4", "external");
	ck_assert_int_eq(zone_at("203.0.113.4")->kind, ZONE_EXTERNAL);
	ck_assert_uint_eq(zone_at("203.0.113.4")->subnet_count, 0);
	done();
}
END_TEST

START_TEST(a_card_in_two_networks_one_after_the_other_is_temporary)
{
	static const struct step steps[] = {ARP("10.1.1.200", LAPTOP), ARRIVED_IN("10.1.1.200", LAPTOP, 0, 10),
		ARP("10.1.2.200", LAPTOP), ARRIVED_IN("10.1.2.200", LAPTOP, 0, 20), PLC_AT("10.1.1.10"),
		ASKED(LAPTOP, "255.255.255.255", DHCP, 67, 0), END};
	conclude(steps);
	ck_assert(scene_has_flag(scene_asset(&c, LAPTOP), "transient"));
	in_zone(LAPTOP, "temporary");
	ck_assert_int_eq(zone_at(LAPTOP)->kind, ZONE_TEMPORARY);
	ck_assert_str_eq(scene_asset(&c, LAPTOP)->zone_reason, "it came and went: flag transient (ZCR 3.4)");
	done();
}
END_TEST

START_TEST(a_card_in_two_networks_at_a_time_is_not)
{
	static const struct step steps[] = {ARP("10.1.1.200", LAPTOP), ARP("10.1.2.200", LAPTOP),
		ARRIVED("10.1.1.200", LAPTOP, 0), ASKED(LAPTOP, "255.255.255.255", DHCP, 67, 0), END};
	conclude(steps);
	ck_assert(!scene_has_flag(scene_asset(&c, LAPTOP), "transient"));
	done();
}
END_TEST

START_TEST(access_points_are_wireless)
{
	static const struct step steps[] = {
		PLC_AT("10.1.1.10"), FACT("10.1.1.70", ORDER_NUMBER, PN_DCP, "DCP", "6GK5774-1FX00-0AA0"), END};
	conclude(steps);
	in_zone("10.1.1.70", "wireless");
	ck_assert_int_eq(zone_at("10.1.1.70")->kind, ZONE_WIRELESS);
	done();
}
END_TEST

START_TEST(safety_that_exchanges_only_with_safety_is_apart)
{
	static const struct step steps[] = {TYPE_CODE("10.1.1.21", 0x23), PLC_AT("10.1.1.20"),
		FACT("10.1.1.20", SAFETY, CIP, "Forward Open", "safety segment"),
		EXCHANGED("10.1.1.20", "10.1.1.21", CIP_IO, 2222), PLC_AT("10.1.1.10"), END};
	conclude(steps);
	in_zone("10.1.1.20", "safety-10.1.1.0-24");
	in_zone("10.1.1.21", "safety-10.1.1.0-24");
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	ck_assert_int_eq(zone_at("10.1.1.20")->kind, ZONE_SAFETY);
	done();
}
END_TEST

START_TEST(safety_beside_ordinary_io_stays_in_its_cell)
{
	static const struct step steps[] = {PLC_AT("10.1.1.20"),
		FACT("10.1.1.20", SAFETY, CIP, "Forward Open", "safety segment"), TYPE_CODE("10.1.1.21", 0x23),
		EXCHANGED("10.1.1.20", "10.1.1.21", CIP_IO, 2222), TYPE_CODE("10.1.1.22", 0x02),
		EXCHANGED("10.1.1.20", "10.1.1.22", CIP_IO, 2222), END};
	conclude(steps);
	in_zone("10.1.1.20", "ot-10.1.1.0-24");
	in_zone("10.1.1.22", "ot-10.1.1.0-24");
	ck_assert_ptr_nonnull(strstr(zone_at("10.1.1.20")->reason,
		"; it holds 1 safety-related asset not to be parted from control (ZCR 3.3)"));
	done();
}
END_TEST

/* --------------------------------------------------------------------------------- link layer, children, routers */

START_TEST(what_has_no_ip_is_where_it_talks)
{
	static const struct step steps[] = {ARP("10.1.1.10", "00:1b:1b:00:00:10"), PLC_AT("10.1.1.10"),
		EXCHANGED("00:1b:1b:00:00:10", "00:1b:1b:00:00:77", PN_RT, 0), PLC_AT("10.1.2.10"), END};
	conclude(steps);
	in_zone("00:1b:1b:00:00:77", "ot-10.1.1.0-24");
	done();
}
END_TEST

START_TEST(a_link_layer_network_is_anchored_at_its_controller)
{
	static const struct step steps[] = {EXCHANGED("00:1b:1b:00:00:20", "00:1b:1b:00:00:05", PN_RT, 0),
		EXCHANGED("00:1b:1b:00:00:20", "00:1b:1b:00:00:06", PN_RT, 0), SPOKE("00:1b:1b:00:00:40"), END};
	conclude(steps);
	in_zone("00:1b:1b:00:00:05", "cell-00-1b-1b-00-00-20");
	in_zone("00:1b:1b:00:00:20", "cell-00-1b-1b-00-00-20");
	in_zone("00:1b:1b:00:00:40", "ot-link-layer");
	done();
}
END_TEST

START_TEST(what_could_be_anywhere_is_visibly_nowhere)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.2.10"), SPOKE("00:1b:1b:00:00:40"), END};
	conclude(steps);
	partition_is_whole();
	ck_assert_uint_eq(scene_asset(&c, "00:1b:1b:00:00:40")->zone, ZONE_NONE);
	ck_assert_str_eq(scene_asset(&c, "00:1b:1b:00:00:40")->zone_reason,
		"in no zone: it has no IP address and talks with nobody who has, so its network is open");
	done();
}
END_TEST

START_TEST(children_are_where_their_parent_is)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), SPOKE("10.1.1.10#modbus-unit:3"),
		FACT("10.1.1.10#modbus-unit:3", MODEL, MODBUS, "FC 43/14", "PM8240"), END};
	conclude(steps);
	partition_is_whole();
	ck_assert_uint_eq(scene_child(&c, "10.1.1.10", "3")->zone, scene_asset(&c, "10.1.1.10")->zone);
	ck_assert_ptr_null(scene_child(&c, "10.1.1.10", "3")->zone_reason);
	ck_assert_uint_eq(zone_at("10.1.1.10")->asset_count, 1);
	done();
}
END_TEST

/* A name that does not fit into a reason is cut between characters. */
START_TEST(a_long_name_leaves_text_that_can_be_shown)
{
	char name[1024] = "";
	for (unsigned offset = 0; offset < 3; offset++) {
		memset(name, 'x', offset);
		for (size_t i = offset; i + 3 < 900; i += 3)
			memcpy(name + i, "\xe2\x82\xac", 4); /* the euro sign */
		struct step steps[] = {EXCHANGED("00:1b:1b:00:00:20", "00:1b:1b:00:00:05", PN_RT, 0),
			EXCHANGED("00:1b:1b:00:00:20", "00:1b:1b:00:00:06", PN_RT, 0),
			FACT("00:1b:1b:00:00:20", NAME, LLDP, "LLDP", name), END};
		conclude(steps);
		ck_assert(text_is_utf8(zone_at("00:1b:1b:00:00:20")->name));
		ck_assert(text_is_utf8(zone_at("00:1b:1b:00:00:20")->reason));
		ck_assert_uint_gt(strlen(zone_at("00:1b:1b:00:00:20")->reason), 500);
		done();
	}
}
END_TEST

START_TEST(a_router_is_on_the_most_trusted_side)
{
	conclude(routed);
	in_zone(ROUTER, "supervision-10.9.9.0-24");
	ck_assert_uint_eq(zone_at("10.9.9.5")->subnet_count, 1); /* its addresses do not widen the zone */
	done();
}
END_TEST

/* -------------------------------------------------------------------------------------------------------- stability */

/* A cell keeps its id when assets come, even with lower addresses, and when others go. */
START_TEST(ids_last_when_assets_come_and_go)
{
	static struct step more[sizeof(flat) / sizeof(*flat) + 4];
	uint32_t n = 0;
	for (; flat[n].kind != STEP_END; n++)
		more[n] = flat[n];
	more[n++] = (struct step)EXCHANGED("10.1.1.20", "10.1.1.2", CIP_IO, 2222);
	more[n++] = (struct step)EXCHANGED("10.1.1.3", "10.1.1.21", CIP_IO, 2222);
	more[n++] = (struct step)SPOKE("10.1.1.4");
	more[n] = (struct step)END;
	conclude(more);
	in_zone("10.1.1.2", "cell-10.1.1.20");
	in_zone("10.1.1.3", "cell-10.1.1.20");
	in_zone("10.1.1.10", "cell-10.1.1.10");
	in_zone("10.1.1.4", "ot-10.1.1.0-24");
	done();
	/* without the first I/O of each */
	n = 0;
	for (uint32_t i = 0; flat[i].kind != STEP_END; i++)
		if (flat[i].b == NULL || strcmp(flat[i].b, "10.1.1.21") != 0)
			more[n++] = flat[i];
	more[n] = (struct step)END;
	conclude(more);
	in_zone("10.1.1.22", "cell-10.1.1.20");
	in_zone("10.1.1.10", "cell-10.1.1.10");
	done();
}
END_TEST

/* A network keeps its id whatever is seen in it. */
START_TEST(a_subnet_anchors_its_zone)
{
	static const struct step steps[] = {PLC_AT("10.1.1.11"), SPOKE("10.1.1.2"), END};
	conclude(steps);
	in_zone("10.1.1.11", "ot-10.1.1.0-24");
	in_zone("10.1.1.2", "ot-10.1.1.0-24");
	done();
}
END_TEST

int main(void)
{
	const TTest *const all[] = {a_network_of_control_is_one_zone, what_supervises_other_networks_is_supervision,
		a_flat_network_falls_into_cells, a_panel_below_a_supervisor_stays_in_its_line,
		a_panel_that_reads_its_neighbour_stays_in_its_line, a_master_that_is_asked_itself_is_no_supervision,
		a_look_is_no_polling, control_across_networks_is_told_and_merges_nothing,
		one_subnet_in_two_vlans_is_two_networks, one_vlan_is_part_of_the_boundary_and_not_of_the_id,
		a_told_mask_makes_the_network, what_talks_without_a_router_is_one_network,
		what_a_router_stands_between_is_not, home_is_where_an_asset_talks_most_with_its_own_network,
		a_network_without_control_is_business, a_quiet_network_is_not_called_business,
		what_nobody_can_name_may_be_control, what_stands_between_business_and_control_is_a_dmz,
		public_addresses_over_a_router_are_external, a_card_in_two_networks_one_after_the_other_is_temporary,
		a_card_in_two_networks_at_a_time_is_not, access_points_are_wireless,
		safety_that_exchanges_only_with_safety_is_apart, safety_beside_ordinary_io_stays_in_its_cell,
		what_has_no_ip_is_where_it_talks, a_link_layer_network_is_anchored_at_its_controller,
		what_could_be_anywhere_is_visibly_nowhere, children_are_where_their_parent_is,
		a_long_name_leaves_text_that_can_be_shown, a_router_is_on_the_most_trusted_side,
		ids_last_when_assets_come_and_go, a_subnet_anchors_its_zone};
	TCase *tests = tcase_create("zone");
	tcase_set_timeout(tests, 60);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		tcase_add_test(tests, all[i]);
	return check_main("zone", tests);
}
