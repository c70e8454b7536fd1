/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_conduit.c - what people declared, and the conduits between zones.
 * Small networks, worked out by hand; each is recorded in two orders, and both must say the same.
 */
#include "sensor/conclude/proposal.h"
#include "sensor/util/text.h"
#include "tests/check_main.h"
#include "zone_scene.h"

/* ---------------------------------------------------------------------------------------------------- declarations */

static struct zone_member member_subnet(const char *text, const char *base, uint8_t prefix)
{
	struct zone_member m = {.kind = MEMBER_SUBNET, .text = text, .prefix = prefix, .line = 7};
	ck_assert(address_parse(&m.address, base));
	return m;
}

static struct zone_member member_address(const char *text)
{
	struct zone_member m = {.kind = MEMBER_ASSET, .text = text, .line = 8};
	ck_assert(address_parse(&m.address, text));
	return m;
}

START_TEST(how_an_asset_is_named_decides)
{
	struct zone_member wide[] = {member_subnet("10.0.0.0/8", "10.0.0.0", 8)};
	struct zone_member line[] = {member_subnet("10.1.1.0/24", "10.1.1.0", 24)};
	struct zone_member named[] = {{.kind = MEMBER_NAME, .text = "pump*", .line = 9}};
	struct zone_member one[] = {member_address("10.1.1.11")};
	struct zone_member vlan[] = {{.kind = MEMBER_VLAN, .text = "20", .vlan = 20, .line = 10}};
	struct declared_zone zones[] = {{.id = "vlan", .status = DECLARED_ACCEPTED, .members = vlan, .member_count = 1},
		{.id = "wide", .status = DECLARED_ACCEPTED, .members = wide, .member_count = 1, .line = 3},
		{.id = "line", .status = DECLARED_ACCEPTED, .members = line, .member_count = 1},
		{.id = "twin", .status = DECLARED_ACCEPTED, .members = line, .member_count = 1},
		{.id = "named", .status = DECLARED_ACCEPTED, .members = named, .member_count = 1},
		{.id = "one", .status = DECLARED_PROPOSED, .members = one, .member_count = 1}};
	struct declarations d = {.zones = zones, .zone_count = 6};
	static const struct step steps[] = {PLC_AT("10.1.1.10"), FACT("10.1.1.11", HOSTNAME, DHCP, "DHCP", "PUMP-1"),
		FACT("10.1.1.12", HOSTNAME, DHCP, "DHCP", "Pump-2"), PLC_AT("10.2.2.2"),
		ARP("192.168.7.7", "00:1b:1b:00:00:07"), ARRIVED_IN("192.168.7.7", "00:1b:1b:00:00:07", 0, 20), END};
	scene_declared = &d;
	conclude(steps);
	partition_is_whole();
	in_zone("10.1.1.11", "one");   /* before its name */
	in_zone("10.1.1.12", "named"); /* before its subnet */
	in_zone("10.1.1.10", "line");  /* the longest subnet, the first in the file */
	in_zone("10.2.2.2", "wide");
	in_zone("192.168.7.7", "vlan");
	ck_assert_uint_eq(c.zone_count, 6); /* and nothing is proposed */
	ck_assert_ptr_eq(c.zones[1].declared, &zones[1]);
	ck_assert_str_eq(scene_asset(&c, "10.2.2.2")->zone_reason, "declared in line 7 by the subnet 10.0.0.0/8");
	ck_assert_double_eq_tol(zone_at("10.2.2.2")->confidence, 1.0, 1e-9);
	ck_assert_double_eq_tol(zone_at("10.1.1.11")->confidence, 0.5, 1e-9);
	done();
}
END_TEST

START_TEST(what_people_refused_is_not_proposed_again)
{
	struct declared_zone zones[] = {{.id = "ot-10.1.1.0-24", .status = DECLARED_REJECTED}};
	struct declarations d = {.zones = zones, .zone_count = 1};
	scene_declared = &d;
	conclude(segmented);
	partition_is_whole();
	ck_assert_uint_eq(scene_asset(&c, "10.1.1.10")->zone, ZONE_NONE);
	ck_assert_str_eq(
		scene_asset(&c, "10.1.1.10")->zone_reason, "in no zone: people refused the proposal ot-10.1.1.0-24");
	in_zone("10.1.2.10", "ot-10.1.2.0-24");
	done();
}
END_TEST

START_TEST(what_comes_beside_a_declared_zone_gets_an_id_of_its_own)
{
	struct zone_member one[] = {member_address("10.1.1.10")};
	struct declared_zone zones[] = {
		{.id = "ot-10.1.1.0-24", .status = DECLARED_ACCEPTED, .members = one, .member_count = 1}};
	struct declarations d = {.zones = zones, .zone_count = 1};
	scene_declared = &d;
	conclude(segmented);
	in_zone("10.1.1.10", "ot-10.1.1.0-24");
	in_zone("10.1.1.11", "ot-10.1.1.0-24-2");
	done();
}
END_TEST

START_TEST(declared_conduits_are_there_seen_or_not)
{
	struct zone_member line[] = {member_subnet("10.1.1.0/24", "10.1.1.0", 24)};
	struct zone_member over[] = {member_subnet("10.9.9.0/24", "10.9.9.0", 24)};
	struct zone_member other[] = {member_subnet("10.77.0.0/16", "10.77.0.0", 16)};
	struct declared_zone zones[] = {{.id = "line", .status = DECLARED_ACCEPTED, .members = line, .member_count = 1},
		{.id = "over", .status = DECLARED_ACCEPTED, .members = over, .member_count = 1},
		{.id = "empty", .status = DECLARED_ACCEPTED, .members = other, .member_count = 1}};
	struct declared_conduit conduits[] = {{.id = "old", .from = "over", .to = "line", .status = DECLARED_RETIRED},
		{.id = "visualisation", .from = "over", .to = "line", .status = DECLARED_ACCEPTED},
		{.id = "inside", .from = "line", .to = "line", .status = DECLARED_ACCEPTED},
		{.id = "unused", .from = "empty", .to = "over", .status = DECLARED_ACCEPTED}};
	struct declarations d = {.zones = zones, .zone_count = 3, .conduits = conduits, .conduit_count = 4};
	scene_declared = &d;
	conclude(segmented);
	ck_assert_ptr_eq(conduit_of("visualisation")->declared, &conduits[1]);
	uint32_t seen = 0;
	for (uint32_t i = 0; i < conduit_of("visualisation")->channel_count; i++)
		seen += conduit_of("visualisation")->channels[i].link_count;
	ck_assert_uint_eq(seen, 1);
	ck_assert_uint_eq(conduit_of("old")->packets, 0); /* the accepted one has the channels */
	ck_assert_uint_eq(conduit_of("inside")->packets, 400);
	ck_assert_uint_eq(conduit_of("unused")->packets, 0);
	done();
}
END_TEST

/* -------------------------------------------------------------------------------------------------------- conduits */

START_TEST(zones_that_talk_have_a_conduit)
{
	conclude(routed);
	const struct conduit *k = conduit_of("ot-10.1.1.0-24--supervision-10.9.9.0-24");
	ck_assert_uint_eq(k->channel_count, 1);
	ck_assert_ptr_eq(&c.assets[k->channels[0].initiator], scene_asset(&c, "10.9.9.5"));
	ck_assert_ptr_eq(&c.assets[k->channels[0].responder], scene_asset(&c, "10.1.1.10"));
	ck_assert_str_eq(k->channels[0].protocol, "s7comm");
	ck_assert_str_eq(k->channels[0].transport, "tcp");
	ck_assert_uint_eq(k->channels[0].port, 102);
	ck_assert_uint_eq(k->channels[0].operations, OPERATION_READ);
	ck_assert(k->channels[0].answered);
	ck_assert_uint_eq(k->channels[0].link_count, 1);
	ck_assert_uint_eq(k->packets, 200);
	ck_assert_uint_eq(k->initiated[0], 0);
	ck_assert_uint_eq(k->initiated[1], 1);
	ck_assert_uint_eq(k->protocol_count, 1);
	ck_assert_str_eq(k->protocols[0], "s7comm");
	ck_assert_int_eq(k->seen.last.time_ns - k->seen.first.time_ns, 60000000000);
	done();
}
END_TEST

START_TEST(a_conduit_names_what_carried_it_and_a_zone_how_it_is_reached)
{
	conclude(routed);
	const struct conduit *k = conduit_of("business--ot-10.1.1.0-24");
	ck_assert_uint_eq(k->through_count, 1);
	ck_assert_ptr_eq(&c.assets[k->through[0]], scene_asset(&c, ROUTER));
	const struct zone *cell = zone_at("10.1.1.10");
	ck_assert_uint_eq(cell->access_point_count, 2); /* the controller that answers, and the router */
	ck_assert_uint_eq(zone_at("10.8.8.5")->access_point_count, 1);
	ck_assert_ptr_eq(&c.assets[zone_at("10.8.8.5")->access_points[0]], scene_asset(&c, ROUTER));
	done();
}
END_TEST

START_TEST(neighbours_talk_through_nobody)
{
	/* The laptop and the controller are in one subnet; the controller's answers to others pass the router. */
	static const struct step steps[] = {ARP("10.1.1.200", LAPTOP), ARRIVED("10.1.1.200", LAPTOP, 0),
		TALKED("10.1.1.200", "10.1.1.10", MODBUS, 502, READ), ARP("10.1.2.200", LAPTOP),
		ARRIVED("10.1.2.200", LAPTOP, 0), ASKED(LAPTOP, "255.255.255.255", DHCP, 67, 0), PLC_AT("10.1.1.10"),
		ARP("10.1.1.10", CARD_A), ARRIVED("10.1.1.10", CARD_A, 0), ARRIVED("10.1.1.10", ROUTER, 1),
		ARRIVED("10.9.9.5", ROUTER, 1), ARRIVED("10.9.8.5", ROUTER, 1),
		POLLED("10.9.9.5", "10.1.1.10", S7COMM, 102, READ), END};
	conclude(steps);
	ck_assert_uint_eq(conduit_of("ot-10.1.1.0-24--supervision-10.9.9.0-24")->through_count, 1);
	ck_assert_uint_eq(conduit_of("ot-10.1.1.0-24--temporary")->through_count, 0);
	done();
}
END_TEST

START_TEST(what_passes_in_another_vlan_did_not_carry_it)
{
	/* The office comes over the router in VLAN 20; the other cell is in VLAN 30, where nobody saw it pass. */
	static const struct step steps[] = {ARP("10.1.1.1", ROUTER), PLC_AT("10.1.1.10"),
		ARP("10.1.1.10", "00:1b:1b:00:00:10"), ARRIVED_IN("10.1.1.10", "00:1b:1b:00:00:10", 0, 20),
		PLC_AT("10.1.2.10"), ARP("10.1.2.10", "00:1b:1b:00:00:20"),
		ARRIVED_IN("10.1.2.10", "00:1b:1b:00:00:20", 0, 30), ARRIVED_IN("10.9.9.5", ROUTER, 1, 20),
		ARRIVED_IN("10.9.8.5", ROUTER, 1, 20), POLLED("10.9.9.5", "10.1.1.10", S7COMM, 102, READ),
		POLLED("10.9.9.5", "10.1.2.10", S7COMM, 102, READ), END};
	conclude(steps);
	ck_assert_uint_eq(conduit_of("ot-10.1.1.0-24--supervision-10.9.9.0-24")->through_count, 1);
	ck_assert_uint_eq(conduit_of("ot-10.1.2.0-24--supervision-10.9.9.0-24")->through_count, 0);
	done();
}
END_TEST

/* A controller that is switched off: a rule that lets anything through its port would be too wide. */
START_TEST(an_unanswered_call_gets_no_rule_beside_what_is_spoken_there)
{
	static const struct step steps[] = {PLC_AT("10.1.1.10"), PLC_AT("10.1.1.11"),
		POLLED("10.9.9.5", "10.1.1.10", S7COMM, 102, READ), ASKED("10.9.9.5", "10.1.1.11", NONE, 102, 0),
		ASKED("10.9.9.5", "10.1.1.11", NONE, 4840, 0), END};
	conclude(steps);
	struct arena arena = {0};
	struct proposals p;
	ck_assert_int_eq(proposals_make(&p, &arena, &c, NULL), 0);
	ck_assert_uint_eq(p.conduit_count, 1);
	const struct declared_conduit *k = &p.conduits[0].conduit;
	ck_assert_uint_eq(k->allow_count, 2);
	ck_assert_str_eq(k->allow[0].protocols[0], "");
	ck_assert_uint_eq(k->allow[0].port, 4840);
	ck_assert_str_eq(k->allow[1].protocols[0], "s7comm");
	ck_assert_uint_eq(k->allow[1].port, 102);
	arena_clear(&arena);
	done();
}
END_TEST

int main(void)
{
	const TTest *const all[] = {how_an_asset_is_named_decides, what_people_refused_is_not_proposed_again,
		what_comes_beside_a_declared_zone_gets_an_id_of_its_own, declared_conduits_are_there_seen_or_not,
		zones_that_talk_have_a_conduit, a_conduit_names_what_carried_it_and_a_zone_how_it_is_reached,
		neighbours_talk_through_nobody, what_passes_in_another_vlan_did_not_carry_it,
		an_unanswered_call_gets_no_rule_beside_what_is_spoken_there};
	TCase *tests = tcase_create("conduit");
	tcase_set_timeout(tests, 60);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		tcase_add_test(tests, all[i]);
	return check_main("conduit", tests);
}
