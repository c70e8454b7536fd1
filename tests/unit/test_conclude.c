/* SPDX-License-Identifier: Apache-2.0 */
/* test_conclude.c - small networks with the assets that follow from them; each is recorded in two orders. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "sensor/util/text.h"
#include "tests/check_main.h"

#define PLC "00:1b:1b:00:00:05"
#define PLC_TWIN "00:1b:1b:00:00:06"
#define PC "00:21:5a:00:00:10"
#define GATEWAY "00:00:0c:00:00:01"
#define READ OPERATION_READ
#define WRITE OPERATION_WRITE

static struct conclusions c;

static void conclude(const struct step *steps)
{
	scene_conclude(&c, steps);
}

START_TEST(arp_proves_a_mac)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC), ARRIVED("10.0.0.5", PLC, 0), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_uint_eq(c.assets[0].interface_count, 1);
	ck_assert_str_eq(c.assets[0].interfaces[0].mac, PLC);
	ck_assert_str_eq(c.assets[0].interfaces[0].mac_vendor, "Siemens AG");
	ck_assert_str_eq(c.assets[0].interfaces[0].ips[0], "10.0.0.5");
	ck_assert_uint_eq(c.assets[0].interfaces[0].vlans[0], 7);
	ck_assert_ptr_null(c.assets[0].vendor); /* the card's maker is not the device's */
	ck_assert_str_eq(c.assets[0].type, "unknown");
}
END_TEST

START_TEST(frames_prove_a_mac_in_one_network)
{
	static const struct step steps[] = {ARRIVED("10.0.0.5", PLC, 0), ARRIVED("10.0.0.6", PLC, HOPS_UNKNOWN), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_uint_eq(c.assets[0].interfaces[0].ip_count, 2);
}
END_TEST

START_TEST(a_lowered_hop_limit_disproves_a_mac)
{
	static const struct step steps[] = {ARRIVED("10.0.0.5", GATEWAY, 2), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 2);
	ck_assert_ptr_null(scene_asset(&c, "10.0.0.5")->interfaces[0].mac);
	ck_assert_uint_eq(scene_asset(&c, GATEWAY)->interfaces[0].ip_count, 0);
}
END_TEST

START_TEST(a_router_keeps_only_its_own_address)
{
	static const struct step steps[] = {ARP("10.0.0.1", GATEWAY), ARRIVED("10.0.0.1", GATEWAY, 0),
		ARRIVED("10.1.0.7", GATEWAY, 1), ARRIVED("10.2.0.7", GATEWAY, 1), ARRIVED("10.3.0.7", GATEWAY, 1),
		ARP("10.0.0.5", PLC), ARRIVED("10.0.0.5", PLC, 0), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 5);
	const struct asset *router = scene_asset(&c, "10.0.0.1");
	ck_assert_ptr_eq(router, scene_asset(&c, GATEWAY));
	ck_assert_uint_eq(router->interfaces[0].ip_count, 1);
	ck_assert_str_eq(router->type, "router");
	ck_assert(scene_has_flag(router, "router"));
	ck_assert_ptr_null(scene_asset(&c, "10.1.0.7")->interfaces[0].mac);
	ck_assert(!scene_has_flag(scene_asset(&c, "10.0.0.5"), "router"));
}
END_TEST

START_TEST(two_foreign_networks_without_arp_make_a_router)
{
	static const struct step steps[] = {ARRIVED("10.1.0.7", GATEWAY, HOPS_UNKNOWN),
		ARRIVED("10.2.0.7", GATEWAY, HOPS_UNKNOWN), ARRIVED("10.3.0.7", GATEWAY, HOPS_UNKNOWN), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 4);
	ck_assert_str_eq(scene_asset(&c, GATEWAY)->type, "router");
}
END_TEST

START_TEST(two_networks_alone_make_no_router)
{
	static const struct step steps[] = {
		ARRIVED("10.1.0.7", PC, HOPS_UNKNOWN), ARRIVED("10.2.0.7", PC, HOPS_UNKNOWN), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, PC)->type, "unknown");
	ck_assert(!scene_has_flag(scene_asset(&c, PC), "router"));
}
END_TEST

START_TEST(a_told_mask_widens_the_network)
{
	static const struct step steps[] = {FACT("10.1.0.7", NETMASK, DHCP, "DHCP ack", "255.0.0.0"),
		ARRIVED("10.1.0.7", PC, HOPS_UNKNOWN), ARRIVED("10.2.0.7", PC, HOPS_UNKNOWN), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
}
END_TEST

START_TEST(proxy_arp_joins_nothing)
{
	struct step steps[40] = {{.kind = STEP_END}};
	char ips[20][16];
	for (unsigned i = 0; i < 20; i++) {
		snprintf(ips[i], sizeof(ips[i]), "10.0.0.%u", 100 + i);
		steps[i] = (struct step)ARP(ips[i], GATEWAY);
	}
	steps[20] = (struct step)END;
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 21);
	ck_assert_uint_eq(scene_asset(&c, GATEWAY)->interfaces[0].ip_count, 0);
	ck_assert(scene_has_flag(scene_asset(&c, GATEWAY), "router"));
}
END_TEST

START_TEST(an_address_behind_arp_and_a_router_is_not_the_routers)
{
	static const struct step steps[] = {
		ARP("10.0.0.1", GATEWAY), ARP("10.0.0.9", GATEWAY), ARRIVED("10.0.0.9", GATEWAY, 1), END};
	conclude(steps);
	ck_assert_ptr_ne(scene_asset(&c, "10.0.0.1"), scene_asset(&c, "10.0.0.9"));
}
END_TEST

START_TEST(two_macs_for_one_ip_are_a_conflict)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC), ARP("10.0.0.5", PLC_TWIN), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_uint_eq(c.assets[0].interface_count, 2);
	ck_assert_uint_eq(c.assets[0].conflict_count, 1);
	ck_assert_str_eq(c.assets[0].conflicts[0].attribute, "mac");
	ck_assert_str_eq(c.assets[0].conflicts[0].values[0], PLC);
	ck_assert_str_eq(c.assets[0].conflicts[0].values[1], PLC_TWIN);
}
END_TEST

START_TEST(an_arp_liar_does_not_join_its_victims)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC), ARP("10.0.0.6", PLC_TWIN), ARP("10.0.0.66", PC),
		ARP("10.0.0.5", PC), ARP("10.0.0.6", PC), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 3);
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.5")->conflict_count, 1);
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.66")->interfaces[0].ip_count, 1);
}
END_TEST

START_TEST(a_shared_router_mac_is_no_conflict)
{
	static const struct step steps[] = {
		ARP("10.0.0.1", "00:00:5e:00:01:0a"), ARP("10.0.0.1", GATEWAY), ARP("10.0.0.2", GATEWAY), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 2);
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.1")->conflict_count, 0);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.1")->interfaces[0].mac, "00:00:5e:00:01:0a");
}
END_TEST

START_TEST(link_local_addresses_join_by_mac)
{
	static const struct step steps[] = {
		ARP("10.0.0.5", PLC), ARRIVED("fe80::1", PLC, 0), ARRIVED("169.254.3.4", PLC, 0), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_uint_eq(c.assets[0].interfaces[0].ip_count, 3);
}
END_TEST

START_TEST(a_lone_unit_is_the_device)
{
	static const char *const units[] = {
		"10.0.0.5#modbus-unit:0", "10.0.0.5#modbus-unit:1", "10.0.0.5#modbus-unit:255"};
	for (size_t i = 0; i < 3; i++) {
		const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", MODBUS, 502, READ),
			FACT(units[i], MODEL, MODBUS, "FC 43/14", "BMX P34 2020"), END};
		conclude(steps);
		ck_assert_uint_eq(scene_children(&c, "10.0.0.5"), 0);
		ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->model, "BMX P34 2020");
		ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->type, "plc");
		scene_clear(&c);
	}
	static const struct step three[] = {SPOKE("10.0.0.5#modbus-unit:3"), END};
	conclude(three);
	ck_assert_uint_eq(scene_children(&c, "10.0.0.5"), 1);
}
END_TEST

START_TEST(units_make_a_gateway)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", MODBUS, 502, READ),
		SPOKE("10.0.0.5#modbus-unit:10"), SPOKE("10.0.0.5#modbus-unit:2"), SPOKE("10.0.0.5#modbus-unit:255"),
		FACT("10.0.0.5#modbus-unit:2", MODEL, MODBUS, "FC 43/14", "ATV630"), END};
	conclude(steps);
	const struct asset *gateway = scene_asset(&c, "10.0.0.5");
	ck_assert_str_eq(gateway->type, "gateway");
	ck_assert(scene_has_flag(gateway, "gateway"));
	ck_assert_ptr_null(gateway->model);
	ck_assert_uint_eq(scene_children(&c, "10.0.0.5"), 3);
	ck_assert_str_eq(gateway[1].at.text, "2"); /* by number, not by letter */
	ck_assert_str_eq(gateway[2].at.text, "10");
	ck_assert_str_eq(gateway[1].type, "drive_vfd");
}
END_TEST

START_TEST(a_chassis_has_its_controller_behind)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", CIP, 44818, OPERATION_DIAGNOSE),
		TYPE_CODE("10.0.0.5", 12), FACT("10.0.0.5", MODEL, ENIP, "ListIdentity", "1756-EN2T/D"),
		TYPE_CODE("10.0.0.5#cip-port-slot:1/0", 14),
		FACT("10.0.0.5#cip-port-slot:1/0", MODEL, CIP, "Identity", "1756-L61/B LOGIX5561"), END};
	conclude(steps);
	ck_assert_str_eq(scene_child(&c, "10.0.0.5", "1/0")->type, "plc");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->type, "plc");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->model, "1756-EN2T/D");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->facts[0].value, "Communications Adapter");
}
END_TEST

START_TEST(a_router_is_in_all_vlans_it_sends_in)
{
	static const struct step steps[] = {ARP("10.0.0.1", GATEWAY), ARRIVED_IN("10.0.0.1", GATEWAY, 0, 110),
		ARRIVED_IN("10.1.0.7", GATEWAY, 1, 140), ARRIVED_IN("10.2.0.7", GATEWAY, 1, 120),
		ARRIVED_IN("10.3.0.7", GATEWAY, 1, 120), END};
	conclude(steps);
	const struct asset *router = scene_asset(&c, "10.0.0.1");
	ck_assert_uint_eq(router->interface_count, 1);
	ck_assert_uint_eq(router->interfaces[0].vlan_count, 3);
	ck_assert_uint_eq(router->interfaces[0].vlans[0], 110);
	ck_assert_uint_eq(router->interfaces[0].vlans[1], 120);
	ck_assert_uint_eq(router->interfaces[0].vlans[2], 140);
	ck_assert_uint_eq(scene_asset(&c, "10.1.0.7")->interfaces[0].vlan_count, 0);
}
END_TEST

START_TEST(what_never_spoke_is_unanswered)
{
	static const struct step steps[] = {ASKED("10.0.0.9", "10.0.0.5", MODBUS, 502, READ),
		ASKED("10.0.0.8", "10.0.0.5", MODBUS, 502, READ), ASKED("10.0.0.9", "224.0.0.1", MODBUS, 502, READ),
		ASKED("10.0.0.9", "10.0.0.7", NONE, 80, 0), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 2);
	ck_assert_uint_eq(c.link_count, 0);
	ck_assert_uint_eq(c.unanswered_count, 2);
	ck_assert_str_eq(c.unanswered[0].address, "10.0.0.5");
	ck_assert_uint_eq(c.unanswered[0].asked_by_count, 2);
	ck_assert_str_eq(c.unanswered[0].protocols[0], "modbus");
	ck_assert_str_eq(c.unanswered[1].protocols[0], "");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.9")->roles[0].role, "client");
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.9")->roles[0].peers, 0);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.9")->type, "unknown");
}
END_TEST

START_TEST(roles_come_from_answers)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", S7COMM, 102, READ | WRITE),
		TALKED("10.0.0.8", "10.0.0.5", S7COMM, 102, READ), TALKED("10.0.0.5", "10.0.0.6", S7COMM, 102, WRITE),
		TALKED("10.0.0.9", "10.0.0.5", NONE, 9999, 0), END};
	conclude(steps);
	const struct role *both = scene_asset(&c, "10.0.0.5")->roles;
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.5")->role_count, 1);
	ck_assert_str_eq(both->role, "both");
	ck_assert_uint_eq(both->peers, 3);
	ck_assert_uint_eq(both->servers, 1);
	ck_assert_uint_eq(both->clients, 2);
	ck_assert_uint_eq(both->asked, WRITE);
	ck_assert_uint_eq(both->answered, READ | WRITE);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.9")->roles[0].role, "client");
	ck_assert_str_eq(scene_asset(&c, "10.0.0.9")->type, "hmi");
	ck_assert_uint_eq(c.link_count, 4);
}
END_TEST

START_TEST(links_of_one_device_are_joined)
{
	static const struct step steps[] = {ARP("10.0.0.9", PC), ARP("10.0.0.10", PC),
		TALKED("10.0.0.9", "10.0.0.5", S7COMM, 102, READ), TALKED("10.0.0.10", "10.0.0.5", S7COMM, 102, WRITE),
		END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 2);
	ck_assert_uint_eq(c.link_count, 1);
	ck_assert_uint_eq(c.links[0].asked, READ | WRITE);
	ck_assert_uint_eq(c.links[0].packets, 4);
	ck_assert_uint_eq(c.links[0].activity_count, 2);
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.5")->roles[0].peers, 1);
}
END_TEST

START_TEST(both_ends_on_loopback_are_one_asset)
{
	static const struct step steps[] = {TALKED("127.0.0.1", "127.0.0.1", S7COMM, 102, READ),
		FACT("127.0.0.1", ORDER_NUMBER, S7COMM, "SZL 0x0011", "6ES7 315-2EH14-0AB0 "), END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_str_eq(c.assets[0].roles[0].role, "both");
	ck_assert_str_eq(c.assets[0].type, "plc");
	ck_assert_str_eq(c.assets[0].vendor, "Siemens");
}
END_TEST

START_TEST(thin_evidence_is_unknown_and_kept)
{
	static const struct step steps[] = {
		ARP("10.0.0.5", PLC), TALKED("10.0.0.9", "10.0.0.5", MODBUS, 502, READ), END};
	conclude(steps);
	const struct asset *server = scene_asset(&c, "10.0.0.5");
	ck_assert_str_eq(server->type, "unknown");
	ck_assert(server->type_confidence == 0.0);
	ck_assert_ptr_null(server->purdue_level);
	ck_assert_uint_eq(server->verdict_count, 1);
	ck_assert_str_eq(server->verdicts[0].rule, "modbus-server");
	ck_assert(!server->verdicts[0].won);
	ck_assert_str_eq(server->verdicts[0].because, "modbus server, 1 partner: read");
	ck_assert_str_eq(server->would_identify,
		"a Modbus FC 43/14 (device identification) or FC 17 (report server id) exchange");
}
END_TEST

/* One condition says so much that the next is cut: between characters, never inside one. */
START_TEST(a_reason_is_cut_between_characters)
{
	static char name[250];
	for (unsigned shift = 0; shift < 3; shift++) {
		memset(name, 'x', shift);
		for (unsigned i = 0; i < 80; i++)
			memcpy(name + shift + 3 * i, "\xe2\x82\xac", 4);
		const struct step steps[] = {FACT("10.0.0.5", VENDOR_CLASS, DHCP, name, "A Phone"),
			FACT("10.0.0.5", VENDOR_CLASS, DHCP, name, "android-dhcp"), END};
		conclude(steps);
		const struct asset *phone = scene_asset(&c, "10.0.0.5");
		ck_assert_uint_gt(phone->verdict_count, 0);
		for (uint32_t i = 0; i < phone->verdict_count; i++)
			ck_assert(text_is_utf8(phone->verdicts[i].because));
		scene_clear(&c);
		c = (struct conclusions){0};
	}
}
END_TEST

START_TEST(the_same_reason_is_given_once)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", S7COMM, 102, READ),
		TALKED("10.0.0.9", "10.0.0.5", S7COMM, 102, WRITE), END};
	conclude(steps);
	const struct asset *client = scene_asset(&c, "10.0.0.9");
	ck_assert_uint_eq(client->verdict_count, 1);
	ck_assert_str_eq(client->verdicts[0].rule, "s7-client-write");
	ck_assert_str_eq(client->verdicts[0].because, "s7comm client, 1 partner: read, write");
}
END_TEST

START_TEST(who_programs_is_a_programming_device)
{
	static const struct step steps[] = {TALKED("10.0.0.9", "10.0.0.5", S7COMM, 102, OPERATION_PROGRAM | READ), END};
	conclude(steps);
	ck_assert_str_eq(scene_asset(&c, "10.0.0.9")->type, "engineering_ws");
	ck_assert(scene_has_flag(scene_asset(&c, "10.0.0.9"), "programming_device"));
	ck_assert_str_eq(scene_asset(&c, "10.0.0.5")->type, "plc");
	ck_assert_uint_eq(scene_asset(&c, "10.0.0.5")->flag_count, 0);
}
END_TEST

START_TEST(a_public_partner_is_external)
{
	static const struct step steps[] = {ARRIVED("166.161.16.230", GATEWAY, HOPS_UNKNOWN),
		ARRIVED("192.168.66.5", PC, 0), TALKED("192.168.66.5", "166.161.16.230", MODBUS, 502, READ), END};
	conclude(steps);
	ck_assert(scene_has_flag(scene_asset(&c, "166.161.16.230"), "external"));
	ck_assert(!scene_has_flag(scene_asset(&c, "192.168.66.5"), "external"));
	ck_assert_ptr_null(scene_asset(&c, "166.161.16.230")->interfaces[0].mac);
}
END_TEST

START_TEST(assets_are_found_by_any_name)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC),
		FACT("10.0.0.5", STATION_NAME, S7COMM, "SZL 0x001C", "Filler"), SPOKE("2001:db8::7"), END};
	conclude(steps);
	ck_assert_uint_eq(conclusions_find(&c, "00:1B:1B:00:00:05"), 0);
	ck_assert_uint_eq(conclusions_find(&c, "filler"), 0);
	ck_assert_uint_eq(conclusions_find(&c, c.assets[0].id), 0);
	ck_assert_uint_eq(conclusions_find(&c, "2001:0db8:0::7"), 1);
	ck_assert_uint_eq(conclusions_find(&c, "10.0.0.6"), ASSET_NONE);
	/* sha256 of the MAC's text */
	ck_assert_str_eq(c.assets[0].id, "bad16c4a3c4b37a4");
}
END_TEST

START_TEST(a_sealed_inventory_says_the_same_and_takes_no_more)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC), ARRIVED("10.0.0.5", PLC, 0),
		FACT("10.0.0.5", NAME, S7COMM, "SZL 0x001C", "Filler"),
		ASKED("10.0.0.9", "10.0.0.6", MODBUS, 502, READ), TALKED("10.0.0.9", "10.0.0.5", S7COMM, 102, READ),
		END};
	struct conclusions sealed;
	scene_make(&sealed, steps, false);
	struct inventory *inv = (struct inventory *)(uintptr_t)sealed.inventory;
	conclusions_clear(&sealed);
	inventory_seal(inv);
	ck_assert_int_eq(conclusions_make(&sealed, inv, scene_knowledge(), NULL), 0);
	conclude(steps);
	char *before = scene_dump(&c), *after = scene_dump(&sealed);
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
	struct sighting at = {.frame = 9};
	struct span seen = {at, at};
	uint32_t facts = inv->fact_count, links = inv->link_count;
	const struct fact_key key = {.attribute = ATTRIBUTE_NAME, .message = "SZL 0x001C", .value = "Capper"};
	ck_assert_uint_eq(inventory_fact(inv, &key, 1, &seen), INVENTORY_NONE);
	ck_assert_uint_eq(inventory_link(inv, 0, 1, "dnp3", TRANSPORT_TCP, 1, &seen), INVENTORY_NONE);
	ck_assert_uint_eq(inv->refused, 2);
	ck_assert_uint_eq(inv->fact_count, facts);
	ck_assert_uint_eq(inv->link_count, links);
	scene_clear(&sealed);
}
END_TEST

START_TEST(nothing_gives_nothing)
{
	static const struct step steps[] = {END};
	conclude(steps);
	ck_assert_uint_eq(c.asset_count + c.link_count + c.unanswered_count, 0);
}
END_TEST

static void tear_down(void)
{
	scene_clear(&c);
}

static Suite *suite(void)
{
	Suite *s = suite_create("conclude");
	TCase *t = tcase_create("conclude");
	tcase_add_checked_fixture(t, NULL, tear_down);
	const TTest *const tests[] = {arp_proves_a_mac, frames_prove_a_mac_in_one_network,
		a_lowered_hop_limit_disproves_a_mac, a_router_keeps_only_its_own_address,
		two_foreign_networks_without_arp_make_a_router, two_networks_alone_make_no_router,
		a_told_mask_widens_the_network, proxy_arp_joins_nothing,
		an_address_behind_arp_and_a_router_is_not_the_routers, two_macs_for_one_ip_are_a_conflict,
		an_arp_liar_does_not_join_its_victims, a_shared_router_mac_is_no_conflict,
		link_local_addresses_join_by_mac, a_lone_unit_is_the_device, units_make_a_gateway,
		a_chassis_has_its_controller_behind, a_router_is_in_all_vlans_it_sends_in,
		what_never_spoke_is_unanswered, roles_come_from_answers, links_of_one_device_are_joined,
		both_ends_on_loopback_are_one_asset, thin_evidence_is_unknown_and_kept,
		a_reason_is_cut_between_characters, the_same_reason_is_given_once, who_programs_is_a_programming_device,
		a_public_partner_is_external, assets_are_found_by_any_name,
		a_sealed_inventory_says_the_same_and_takes_no_more, nothing_gives_nothing};
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_suite(suite());
}
