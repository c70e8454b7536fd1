/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_finding.c - what a person is asked to decide about, in small plants whose zones are declared by hand, so that
 * each finding depends on one thing: a line of control (10.1.0.0/24), its supervision (10.2.0.0/24), and what should
 * not talk with them.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "tests/check_main.h"

#define READ OPERATION_READ
#define WRITE OPERATION_WRITE
#define PROGRAM OPERATION_PROGRAM
#define DIAGNOSE OPERATION_DIAGNOSE
#define PLC_AT(ip) TYPE_CODE(ip, 14)

enum { LINE, OVER, OFFICE, OUTSIDE, VISIT, RADIO, GUARD, BETWEEN, ZONES };

static struct conclusions c;
static struct declarations d;
static struct zone_member members[ZONES];
static struct declared_zone zones[ZONES];
static struct declared_conduit conduits[1];
static struct conduit_rule rules[1];
static struct declared_asset owned[3];

static const struct {
	const char *id, *subnet;
	uint8_t base[4];
	enum zone_kind kind;
} plan[ZONES] = {{"line", "10.1.0.0/24", {10, 1, 0, 0}, ZONE_OT}, {"over", "10.2.0.0/24", {10, 2, 0, 0}, ZONE_OT},
	{"office", "10.3.0.0/24", {10, 3, 0, 0}, ZONE_ENTERPRISE},
	{"outside", "203.0.113.0/24", {203, 0, 113, 0}, ZONE_EXTERNAL},
	{"visit", "10.4.0.0/24", {10, 4, 0, 0}, ZONE_TEMPORARY}, {"radio", "10.5.0.0/24", {10, 5, 0, 0}, ZONE_WIRELESS},
	{"guard", "10.6.0.0/24", {10, 6, 0, 0}, ZONE_SAFETY}, {"between", "10.7.0.0/24", {10, 7, 0, 0}, ZONE_DMZ}};

/* All zones are accepted, and only the conduits of a test are declared: findings of the policy are not looked at. */
static void setup(void)
{
	d = (struct declarations){.zones = zones, .zone_count = ZONES, .conduits = conduits, .assets = owned};
	for (unsigned i = 0; i < ZONES; i++) {
		members[i] = (struct zone_member){
			.kind = MEMBER_SUBNET, .text = plan[i].subnet, .prefix = 24, .line = i + 2};
		members[i].address = address_make(ADDRESS_IPV4, plan[i].base);
		zones[i] = (struct declared_zone){.id = plan[i].id,
			.kind = plan[i].kind,
			.status = DECLARED_ACCEPTED,
			.owner = "Works",
			.security_level_target = "SL 2",
			.members = &members[i],
			.member_count = 1,
			.line = i + 1};
	}
	memset(conduits, 0, sizeof(conduits));
	memset(rules, 0, sizeof(rules));
	memset(owned, 0, sizeof(owned));
	memset(&c, 0, sizeof(c));
	scene_declared = &d;
}

static void teardown(void)
{
	if (c.inventory != NULL)
		scene_clear(&c);
	scene_declared = NULL;
}

/* An accepted conduit that allows anything either way. */
static void allow(const char *from, const char *to)
{
	conduits[0] = (struct declared_conduit){.id = "allowed",
		.from = from,
		.to = to,
		.status = DECLARED_ACCEPTED,
		.owner = "Works",
		.security_level_target = "SL 2",
		.allow = rules,
		.allow_count = 1};
	rules[0] = (struct conduit_rule){.initiator = DIRECTION_BOTH};
	d.conduit_count = 1;
}

static unsigned count_of(const char *rule)
{
	unsigned n = 0;
	for (size_t i = 0; i < c.finding_count; i++)
		n += strcmp(c.findings[i].rule, rule) == 0;
	return n;
}

/* The one finding of this rule. */
static const struct finding *only(const char *rule)
{
	const struct finding *found = NULL;
	for (size_t i = 0; i < c.finding_count; i++)
		if (strcmp(c.findings[i].rule, rule) == 0)
			found = &c.findings[i];
	ck_assert_msg(count_of(rule) == 1, "%u findings of %s", count_of(rule), rule);
	return found;
}

static void expect(const char *rule, enum severity severity, const char *text)
{
	const struct finding *f = only(rule);
	ck_assert_str_eq(severity_name(f->severity), severity_name(severity));
	ck_assert_str_eq(f->text, text);
	ck_assert_uint_eq(strlen(f->id), 16);
}

static void none(const char *rule)
{
	ck_assert_uint_eq(count_of(rule), 0);
}

START_TEST(an_office_pc_that_reads_a_controller)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), TALKED("10.3.0.9", "10.1.0.5", MODBUS, 502, READ), END};
	scene_conclude(&c, steps);
	expect("business-to-control", SEVERITY_HIGH,
		"office talks past any DMZ with control in line: modbus read 10.3.0.9 -> 10.1.0.5");
	const struct finding *f = only("business-to-control");
	ck_assert_uint_eq(f->evidence_count, 1);
	ck_assert_uint_eq(f->evidence[0].at.frame, 2);
	ck_assert_str_eq(f->evidence[0].what, "modbus read 10.3.0.9 -> 10.1.0.5");
	ck_assert_uint_eq(f->asset_count, 2);
	ck_assert_ptr_eq(&c.assets[f->assets[0]], scene_asset(&c, "10.3.0.9"));
	ck_assert_str_eq(c.conduits[f->conduit].id, "line--office");
	none("business-to-operations");
}
END_TEST

START_TEST(an_office_pc_that_asks_a_server_of_operations)
{
	static const struct step steps[] = {LABELLED("10.3.0.9", "10.2.0.5", HTTP, 80), END};
	scene_conclude(&c, steps);
	expect("business-to-operations", SEVERITY_LOW,
		"office talks past any DMZ with over: http 10.3.0.9 -> 10.2.0.5");
	none("business-to-control");
	none("cleartext-administration"); /* a server may show anything, that is no administration */
}
END_TEST

START_TEST(a_way_over_the_dmz_is_none)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), LABELLED("10.3.0.9", "10.7.0.5", HTTP, 80),
		TALKED("10.7.0.5", "10.1.0.5", MODBUS, 502, READ), END};
	scene_conclude(&c, steps);
	none("business-to-control");
	none("business-to-operations");
}
END_TEST

START_TEST(what_people_allow_is_decided)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), TALKED("10.3.0.9", "10.1.0.5", MODBUS, 502, READ), END};
	allow("office", "line");
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.finding_count, 0);
}
END_TEST

START_TEST(a_controller_that_talks_with_the_internet)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), TALKED("10.1.0.5", "203.0.113.7", TLS, 443, 0),
		TALKED("10.2.0.5", "203.0.113.7", TLS, 443, 0), END};
	scene_conclude(&c, steps);
	expect("control-to-external", SEVERITY_HIGH,
		"outside talks with level 1 or below in line: tls 10.1.0.5 -> 203.0.113.7");
	expect("operations-to-external", SEVERITY_MEDIUM, "outside talks with over: tls 10.2.0.5 -> 203.0.113.7");
}
END_TEST

START_TEST(telnet_across_zones)
{
	static const struct step steps[] = {LABELLED("10.2.0.9", "10.1.0.5", TELNET, 23), END};
	scene_conclude(&c, steps);
	expect("cleartext-administration", SEVERITY_MEDIUM,
		"line and over, administration without encryption by its protocol or usual port: telnet 10.2.0.9 -> "
		"10.1.0.5");
}
END_TEST

START_TEST(polling_by_snmp_is_less)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", SNMP, 161, READ), END};
	scene_conclude(&c, steps);
	ck_assert_int_eq(only("cleartext-administration")->severity, SEVERITY_LOW);
	scene_clear(&c);
	static const struct step sets[] = {TALKED("10.2.0.9", "10.1.0.5", SNMP, 161, WRITE), END};
	scene_conclude(&c, sets);
	ck_assert_int_eq(only("cleartext-administration")->severity, SEVERITY_MEDIUM);
	scene_clear(&c);
	/* Version 3 with privacy: nobody can read what is done, so it is not in cleartext. */
	static const struct step closed[] = {TALKED("10.2.0.9", "10.1.0.5", SNMP, 161, 0), END};
	scene_conclude(&c, closed);
	none("cleartext-administration");
}
END_TEST

START_TEST(telnet_inside_a_zone_is_the_zones_own_matter)
{
	static const struct step steps[] = {LABELLED("10.1.0.9", "10.1.0.5", TELNET, 23), END};
	scene_conclude(&c, steps);
	none("cleartext-administration");
}
END_TEST

START_TEST(telnet_from_the_office_is_said_once)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), TALKED("10.3.0.9", "10.1.0.5", NONE, 23, 0), END};
	scene_conclude(&c, steps);
	expect("cleartext-administration", SEVERITY_HIGH,
		"line and office, administration without encryption by its protocol or usual port: tcp/23 10.3.0.9 -> "
		"10.1.0.5");
	none("business-to-control");
}
END_TEST

START_TEST(an_attempt_that_nobody_answers_is_no_administration)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), ASKED("10.2.0.9", "10.1.0.5", NONE, 23, 0), END};
	scene_conclude(&c, steps);
	none("cleartext-administration");
}
END_TEST

START_TEST(a_desk_from_outside_into_control)
{
	static const struct step steps[] = {LABELLED("203.0.113.7", "10.2.0.5", RDP, 3389),
		LABELLED("10.7.0.5", "10.2.0.5", SSH, 22), LABELLED("10.2.0.6", "10.1.0.5", SSH, 22), END};
	scene_conclude(&c, steps);
	ck_assert_uint_eq(count_of("remote-access"), 2);       /* between zones of control is no remote access */
	ck_assert_str_eq(c.findings[0].rule, "remote-access"); /* the most severe first */
	for (size_t i = 0; i < c.finding_count; i++) {
		const struct finding *f = &c.findings[i];
		if (strcmp(f->rule, "remote-access") == 0)
			ck_assert_int_eq(f->severity, strstr(f->text, "rdp") != NULL ? SEVERITY_HIGH : SEVERITY_MEDIUM);
	}
}
END_TEST

START_TEST(a_visitor_in_one_zone)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), TALKED("10.4.0.9", "10.1.0.5", MODBUS, 502, READ), END};
	scene_conclude(&c, steps);
	expect("temporary-into-cell", SEVERITY_MEDIUM, "visit talks with line: modbus read 10.4.0.9 -> 10.1.0.5");
	none("temporary-bridge");
}
END_TEST

START_TEST(a_visitor_in_two_zones)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), PLC_AT("10.2.0.5"),
		TALKED("10.4.0.9", "10.1.0.5", MODBUS, 502, READ), TALKED("10.4.0.9", "10.2.0.5", MODBUS, 502, READ),
		END};
	scene_conclude(&c, steps);
	expect("temporary-bridge", SEVERITY_HIGH, "10.4.0.9 works in 2 zones: line; over");
	none("temporary-into-cell"); /* one laptop, one finding */
}
END_TEST

START_TEST(a_radio_into_control)
{
	static const struct step steps[] = {PLC_AT("10.1.0.5"), TALKED("10.5.0.9", "10.1.0.5", MODBUS, 502, READ), END};
	scene_conclude(&c, steps);
	expect("wireless-into-cell", SEVERITY_MEDIUM, "radio talks with line: modbus read 10.5.0.9 -> 10.1.0.5");
}
END_TEST

#define FILLER "00:1b:1b:00:00:05"
#define FILLER_CP "00:1b:1b:00:00:06"

START_TEST(a_foot_in_two_networks)
{
	static const struct step steps[] = {ARP("10.1.0.5", FILLER), ARP("10.2.0.5", FILLER),
		ARP("10.1.0.6", "00:1b:1b:00:01:06"), ARP("10.2.0.6", "00:1b:1b:00:01:07"), SPOKE("10.1.0.5"),
		SPOKE("10.2.0.5"), END};
	scene_conclude(&c, steps);
	expect("dual-homed", SEVERITY_MEDIUM, "10.1.0.5 has addresses in the networks of 2 zones: line; over");
	const struct finding *f = only("dual-homed");
	ck_assert_uint_eq(f->evidence_count, 2);
	ck_assert_str_eq(f->evidence[1].what, "first frame from 10.2.0.5");
}
END_TEST

START_TEST(two_networks_of_one_zone_bridge_nothing)
{
	static const struct step steps[] = {ARP("10.1.0.5", FILLER), ARP("10.1.1.5", FILLER),
		ARP("10.1.0.6", FILLER_CP), ARP("10.1.1.6", "00:1b:1b:00:01:07"), END};
	static struct zone_member wide = {
		.kind = MEMBER_SUBNET, .text = "10.1.0.0/16", .address = {ADDRESS_IPV4, {10, 1, 0, 0}}, .prefix = 16};
	zones[LINE].members = &wide;
	scene_conclude(&c, steps);
	none("dual-homed");
}
END_TEST

START_TEST(who_programs_a_safety_controller)
{
	static const struct step steps[] = {PLC_AT("10.6.0.5"),
		TALKED("10.2.0.9", "10.6.0.5", CIP, 44818, PROGRAM | READ),
		TALKED("10.2.0.8", "10.6.0.5", CIP, 44818, READ | DIAGNOSE), END};
	scene_conclude(&c, steps);
	const struct finding *f = only("safety-programmed-by-stranger");
	ck_assert_str_eq(f->text, "the safety-related 10.6.0.5 was changed: cip program 10.2.0.9 -> 10.6.0.5");
	ck_assert_uint_eq(f->asset_count, 2);
	ck_assert_ptr_eq(&c.assets[f->assets[0]], scene_asset(&c, "10.6.0.5"));
	ck_assert_uint_eq(f->evidence[0].at.frame, 2);
	/* It looks like an engineering station; only nobody said that it is one. */
	ck_assert_int_eq(f->severity, SEVERITY_MEDIUM);
}
END_TEST

START_TEST(the_register_accepts_an_engineering_station)
{
	static const struct step steps[] = {
		PLC_AT("10.6.0.5"), TALKED("10.2.0.9", "10.6.0.5", CIP, 44818, PROGRAM), END};
	owned[0] = (struct declared_asset){
		.number = "E-1", .type = "engineering_ws", .ip = {ADDRESS_IPV4, {10, 2, 0, 9}}, .line = 2};
	d.asset_count = 1;
	scene_conclude(&c, steps);
	none("safety-programmed-by-stranger");
}
END_TEST

START_TEST(a_rule_accepts_who_programs)
{
	static const struct step steps[] = {
		PLC_AT("10.6.0.5"), TALKED("10.2.0.9", "10.6.0.5", CIP, 44818, PROGRAM), END};
	allow("over", "guard");
	scene_conclude(&c, steps);
	none("safety-programmed-by-stranger");
}
END_TEST

START_TEST(who_searches)
{
	static struct step steps[32];
	static char dead[30][16];
	for (unsigned i = 0; i < 30; i++) {
		snprintf(dead[i], sizeof(dead[i]), "10.1.0.%u", 100 + i);
		steps[i] = (struct step)ASKED("10.2.0.9", dead[i], NONE, 502, 0);
	}
	steps[30] = (struct step)END;
	scene_conclude(&c, steps);
	const struct finding *f = only("scanner");
	ck_assert_uint_eq(f->evidence_count, EVIDENCE_MAX);
	ck_assert_str_eq(f->evidence[0].what, "asks tcp/502 10.2.0.9 -> 10.1.0.100, no answer");
	ck_assert_uint_eq(f->evidence[7].at.frame, 8);
}
END_TEST

START_TEST(who_asks_one_port_of_each_says_no_ports)
{
	static struct step steps[32];
	static char dead[30][16];
	for (unsigned i = 0; i < 30; i++) {
		snprintf(dead[i], sizeof(dead[i]), "10.1.0.%u", 100 + i);
		steps[i] = (struct step)ASKED("10.2.0.9", dead[i], NONE, 502, 0);
	}
	steps[30] = (struct step)END;
	scene_conclude(&c, steps);
	expect("scanner", SEVERITY_MEDIUM, "10.2.0.9 tried 30 addresses, 30 of which never spoke");
}
END_TEST

/* BACnet MS/TP on Ethernet: Poll For Master goes to every address that could be the next on the bus. */
START_TEST(who_passes_a_token_searches_nothing)
{
	static struct step steps[64];
	static char free_places[60][18];
	for (unsigned i = 0; i < 60; i++) {
		snprintf(free_places[i], sizeof(free_places[i]), "00:00:00:00:00:%02x", 0x10 + i);
		steps[i] = (struct step)ASKED("00:00:00:00:00:01", free_places[i], BACNET, 0, 0);
	}
	steps[60] = (struct step)END;
	scene_declared = NULL;
	scene_conclude(&c, steps);
	ck_assert(!scene_has_flag(scene_asset(&c, "00:00:00:00:00:01"), "scanner"));
	none("scanner");
}
END_TEST

#define ROUTER "00:00:0c:00:00:fe"

START_TEST(a_network_of_unknown_purpose_may_talk_outside)
{
	static const struct step steps[] = {SPOKE("10.8.0.5"), ARRIVED("203.0.113.4", ROUTER, 9),
		TALKED("10.8.0.5", "203.0.113.4", NONE, 2000, 0), END};
	scene_declared = NULL;
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.conduit_count, 1);
	none("operations-to-external");
}
END_TEST

START_TEST(a_network_that_speaks_control_may_not)
{
	static const struct step steps[] = {SPOKE("10.8.0.5"), ARRIVED("203.0.113.4", ROUTER, 9),
		TALKED("10.8.0.5", "203.0.113.4", NONE, 2000, 0), TALKED("10.8.0.6", "10.8.0.7", MODBUS, 502, READ),
		END};
	scene_declared = NULL;
	scene_conclude(&c, steps);
	ck_assert_uint_eq(only("operations-to-external")->evidence_count, 1);
}
END_TEST

START_TEST(one_address_of_two_cards)
{
	static const struct step steps[] = {ARP("10.1.0.5", FILLER), ARP("10.1.0.5", FILLER_CP), END};
	scene_conclude(&c, steps);
	expect("address-conflict", SEVERITY_MEDIUM,
		"10.1.0.5 is claimed by 2 MAC addresses: 00:1b:1b:00:00:05; 00:1b:1b:00:00:06");
}
END_TEST

START_TEST(what_a_device_says_of_its_cards_is_no_conflict)
{
	static const struct step steps[] = {ARP("10.1.0.5", FILLER), ARRIVED("10.1.0.5", FILLER, 0),
		FACT("10.1.0.5", MAC, S7COMM, "SZL 0x0037", FILLER_CP), END};
	scene_conclude(&c, steps);
	none("address-conflict");
}
END_TEST

START_TEST(what_two_zones_name)
{
	static const struct step steps[] = {SPOKE("10.1.0.5"), END};
	members[OVER] = members[LINE];
	scene_conclude(&c, steps);
	expect("asset-in-two-zones", SEVERITY_LOW,
		"10.1.0.5 is in zone line (declared in line 2 by the subnet 10.1.0.0/24), and zone over from line 2 of "
		"the "
		"file names it in the same way");
}
END_TEST

START_TEST(denied_and_expired)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", MODBUS, 502, READ | WRITE), END};
	static const char *modbus[] = {"modbus"};
	allow("over", "line");
	rules[0] = (struct conduit_rule){.protocols = modbus, .protocol_count = 1, .operations = READ};
	scene_conclude(&c, steps);
	expect("denied-channel", SEVERITY_HIGH,
		"1 channel denied between line and over (rule allowed/1 allows only read, not write): modbus write "
		"10.2.0.9 -> "
		"10.1.0.5");
	scene_clear(&c);
	rules[0] = (struct conduit_rule){
		.protocols = modbus, .protocol_count = 1, .expires_ns = 5, .expires = "1969-12-31"};
	scene_conclude(&c, steps);
	expect("expired-channel", SEVERITY_MEDIUM,
		"1 channel expired between line and over (rule allowed/1 ended on 1969-12-31; it was last used on "
		"1970-01-01): "
		"modbus write 10.2.0.9 -> 10.1.0.5");
	none("denied-channel");
}
END_TEST

START_TEST(the_register_beside_the_device)
{
	static const struct step steps[] = {SPOKE("10.1.0.5"),
		FACT("10.1.0.5", VENDOR, ENIP, "ListIdentity", "Siemens AG"),
		FACT("10.1.0.5", FIRMWARE_VERSION, ENIP, "ListIdentity", "V3.2.17"),
		FACT("10.1.0.5", MODEL, ENIP, "ListIdentity", "6ES7 315-2EH14-0AB0"),
		FACT("10.1.0.5", SERIAL_NUMBER, ENIP, "ListIdentity", "0x00c359"), PLC_AT("10.1.0.5"), END};
	owned[0] = (struct declared_asset){.number = "A-1",
		.type = "PLC",
		.vendor = "SIEMENS",
		.model = "6ES7315-2EH14-0AB0",
		.firmware_version = "3.2",
		.serial_number = "50009",
		.ip = {ADDRESS_IPV4, {10, 1, 0, 5}},
		.line = 2};
	d.asset_count = 1;
	scene_conclude(&c, steps);
	none("declared-observed-disagreement"); /* the same, as people write it */
	scene_clear(&c);
	owned[0].type = "hmi";
	owned[0].firmware_version = "3.3";
	scene_conclude(&c, steps);
	expect("declared-observed-disagreement", SEVERITY_LOW,
		"10.1.0.5, in the register A-1 (line 2): the firmware is 3.3 by the register, V3.2.17 by the device; "
		"the type is "
		"hmi by the register, plc by the device");
	ck_assert_uint_eq(only("declared-observed-disagreement")->evidence[0].at.frame, 3);
	scene_clear(&c);
	owned[0].type = "a box that people call so"; /* no word of ours: nothing to compare */
	owned[0].firmware_version = NULL;
	scene_conclude(&c, steps);
	none("declared-observed-disagreement");
}
END_TEST

START_TEST(what_the_register_has_and_nobody_saw)
{
	static const struct step steps[] = {SPOKE("10.1.0.5"), END};
	owned[0] = (struct declared_asset){.number = "A-1", .ip = {ADDRESS_IPV4, {10, 1, 0, 5}}, .line = 2};
	owned[1] = (struct declared_asset){.number = "A-2", .ip = {ADDRESS_IPV4, {10, 1, 0, 6}}, .line = 3};
	owned[2] = (struct declared_asset){.name = "Pump", .ip = {ADDRESS_IPV4, {10, 1, 0, 7}}, .line = 4};
	d.asset_count = 3;
	scene_conclude(&c, steps);
	expect("declared-never-seen", SEVERITY_INFO,
		"2 of the 3 rows of the register were not seen in these captures: A-2 (line 3); Pump (line 4)");
	none("register-ambiguity");
}
END_TEST

START_TEST(two_rows_for_one_asset)
{
	static const struct step steps[] = {SPOKE("10.1.0.5"), END};
	owned[0] = (struct declared_asset){.number = "A-1", .ip = {ADDRESS_IPV4, {10, 1, 0, 5}}, .line = 2};
	owned[1] = (struct declared_asset){.number = "A-2", .ip = {ADDRESS_IPV4, {10, 1, 0, 5}}, .line = 3};
	d.asset_count = 2;
	scene_conclude(&c, steps);
	expect("register-ambiguity", SEVERITY_LOW,
		"10.1.0.5 is several rows of the register, and none was taken: A-1 (line 2) by IP address 10.1.0.5; "
		"A-2 (line 3) "
		"by IP address 10.1.0.5");
	none("declared-never-seen"); /* they were seen; it is only not clear which is which */
}
END_TEST

START_TEST(a_controller_in_the_office)
{
	static const struct step steps[] = {PLC_AT("10.3.0.5"), END};
	scene_conclude(&c, steps);
	expect("zone-disagreement", SEVERITY_LOW,
		"zone office, declared as kind enterprise: 10.3.0.5 is a plc of level 1 in a zone of kind enterprise");
}
END_TEST

START_TEST(a_level_far_from_the_zones)
{
	static const struct step steps[] = {PLC_AT("10.2.0.5"), END};
	zones[OVER].level = "3";
	scene_conclude(&c, steps);
	expect("zone-disagreement", SEVERITY_LOW, "zone over, declared as kind ot, level 3: 10.2.0.5 is of level 1");
	scene_clear(&c);
	zones[OVER].level = "2-3"; /* a zone may span levels, and what is next to them is no surprise */
	scene_conclude(&c, steps);
	none("zone-disagreement");
}
END_TEST

START_TEST(records_that_are_not_complete)
{
	static const struct step steps[] = {SPOKE("10.1.0.5"), END};
	allow("over", "line");
	conduits[0].owner = NULL;
	zones[LINE].security_level_target = NULL;
	scene_conclude(&c, steps);
	expect("conduit-incomplete", SEVERITY_INFO,
		"1 accepted conduit is not completely described: allowed has no owner");
	expect("zone-incomplete", SEVERITY_INFO,
		"1 accepted zone is not completely described: line has no target security level");
}
END_TEST

START_TEST(members_that_nobody_saw)
{
	static const struct step steps[] = {SPOKE("10.1.0.5"), END};
	static struct zone_member two[] = {
		{.kind = MEMBER_ASSET, .text = "10.1.0.5", .address = {ADDRESS_IPV4, {10, 1, 0, 5}}, .line = 7},
		{.kind = MEMBER_ASSET, .text = "0123456789abcdef", .line = 8}};
	zones[LINE].members = two;
	zones[LINE].member_count = 2;
	scene_conclude(&c, steps);
	expect("zone-member-never-seen", SEVERITY_INFO,
		"members of zone line that were not seen in these captures: 0123456789abcdef in line 8");
}
END_TEST

START_TEST(a_list_ends_and_the_rest_is_counted)
{
	static struct step steps[12];
	static char pcs[10][16];
	steps[0] = (struct step)PLC_AT("10.1.0.5");
	for (unsigned i = 0; i < 10; i++) {
		snprintf(pcs[i], sizeof(pcs[i]), "10.3.0.%u", 10 + i);
		steps[1 + i] = (struct step)TALKED(pcs[i], "10.1.0.5", MODBUS, 502, READ);
	}
	steps[11] = (struct step)END;
	scene_conclude(&c, steps);
	const struct finding *f = only("business-to-control");
	ck_assert_ptr_nonnull(strstr(f->text, "modbus read 10.3.0.13 -> 10.1.0.5; and 6 more"));
	ck_assert_uint_eq(f->asset_count, 11);
	ck_assert_uint_eq(f->evidence_count, EVIDENCE_MAX);
}
END_TEST

START_TEST(nobody_decided_and_nothing_is_wrong)
{
	static const struct step steps[] = {
		PLC_AT("10.1.0.5"), TALKED("10.1.0.9", "10.1.0.5", MODBUS, 502, READ | WRITE), END};
	scene_declared = NULL;
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.finding_count, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("finding");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	const TTest *const tests[] = {an_office_pc_that_reads_a_controller,
		an_office_pc_that_asks_a_server_of_operations, a_way_over_the_dmz_is_none, what_people_allow_is_decided,
		a_controller_that_talks_with_the_internet, telnet_across_zones, polling_by_snmp_is_less,
		telnet_inside_a_zone_is_the_zones_own_matter, telnet_from_the_office_is_said_once,
		an_attempt_that_nobody_answers_is_no_administration, a_desk_from_outside_into_control,
		a_visitor_in_one_zone, a_visitor_in_two_zones, a_radio_into_control, a_foot_in_two_networks,
		two_networks_of_one_zone_bridge_nothing, who_programs_a_safety_controller,
		the_register_accepts_an_engineering_station, a_rule_accepts_who_programs, who_searches,
		who_asks_one_port_of_each_says_no_ports, who_passes_a_token_searches_nothing,
		a_network_of_unknown_purpose_may_talk_outside, a_network_that_speaks_control_may_not,
		one_address_of_two_cards, what_a_device_says_of_its_cards_is_no_conflict, what_two_zones_name,
		denied_and_expired, the_register_beside_the_device, what_the_register_has_and_nobody_saw,
		two_rows_for_one_asset, a_controller_in_the_office, a_level_far_from_the_zones,
		records_that_are_not_complete, members_that_nobody_saw, a_list_ends_and_the_rest_is_counted,
		nobody_decided_and_nothing_is_wrong};
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(t, tests[i]);
	return check_main("finding", t);
}
