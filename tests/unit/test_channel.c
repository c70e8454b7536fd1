/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_channel.c - verdicts on channels, from hand-made declarations: a line of control (10.1.0.0/24) and its
 * supervision (10.2.0.0/24). Every frame of a scene is at one second past 1970.
 */
#include <check.h>
#include <string.h>

#include "scene.h"
#include "sensor/conclude/work.h"
#include "tests/check_main.h"

#define READ OPERATION_READ
#define WRITE OPERATION_WRITE
#define BEFORE INT64_C(500000000)
#define AFTER INT64_C(86399999999999)

static struct conclusions c;
static struct declarations d;
static struct zone_member line_members[] = {{.kind = MEMBER_SUBNET,
	.text = "10.1.0.0/24",
	.address = {ADDRESS_IPV4, {10, 1, 0, 0}},
	.prefix = 24,
	.line = 5}};
static struct zone_member over_members[] = {{.kind = MEMBER_SUBNET,
	.text = "10.2.0.0/24",
	.address = {ADDRESS_IPV4, {10, 2, 0, 0}},
	.prefix = 24,
	.line = 9}};
static struct declared_zone zones[2];
static struct declared_conduit conduits[1];
static struct conduit_rule rules[3];
static const char *modbus[] = {"modbus"}, *s7[] = {"s7comm"}, *both[] = {"modbus", "s7comm"}, *nameless[] = {""};

static void setup(void)
{
	d = (struct declarations){.zones = zones, .zone_count = 2, .conduits = conduits, .conduit_count = 1};
	zones[0] = (struct declared_zone){.id = "line",
		.status = DECLARED_ACCEPTED,
		.owner = "Production",
		.security_level_target = "SL 2",
		.members = line_members,
		.member_count = 1};
	zones[1] = (struct declared_zone){.id = "over",
		.status = DECLARED_ACCEPTED,
		.owner = "Production",
		.security_level_target = "SL 2",
		.members = over_members,
		.member_count = 1};
	conduits[0] = (struct declared_conduit){
		.id = "visualisation", .from = "over", .to = "line", .status = DECLARED_ACCEPTED, .allow = rules};
	memset(rules, 0, sizeof(rules));
	memset(&c, 0, sizeof(c));
	scene_declared = &d;
}

static void teardown(void)
{
	if (c.inventory != NULL)
		scene_clear(&c);
	scene_declared = NULL;
}

static void rule_add(struct conduit_rule rule)
{
	rules[conduits[0].allow_count++] = rule;
}

/* Concludes the scene in two orders; it must have one conduit. */
static const struct conduit *judged(const struct step *steps)
{
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.conduit_count, 1);
	return &c.conduits[0];
}

static void expect(const struct channel *channel, enum verdict_of_channel verdict, const char *because)
{
	ck_assert_str_eq(channel_verdict_name(channel->verdict), channel_verdict_name(verdict));
	ck_assert_str_eq(channel->because, because);
}

static const struct step reads[] = {TALKED("10.2.0.9", "10.1.0.5", MODBUS, 502, READ), END};
static const struct step reads_and_writes[] = {TALKED("10.2.0.9", "10.1.0.5", MODBUS, 502, READ | WRITE), END};

START_TEST(what_a_rule_allows_is_allowed)
{
	rule_add((struct conduit_rule){.protocols = modbus,
		.protocol_count = 1,
		.operations = READ,
		.approver = "A. Smith",
		.reason = "trends"});
	const struct conduit *k = judged(reads);
	expect(&k->channels[0], CHANNEL_ALLOWED, "rule visualisation/1, approved by A. Smith: trends");
	ck_assert_ptr_eq(k->channels[0].rule, &rules[0]);
	ck_assert_uint_eq(k->counts[CHANNEL_ALLOWED], 1);
	ck_assert_uint_eq(k->channel_count, 1);
	ck_assert_int_eq(k->verdict, CHANNEL_ALLOWED);
}
END_TEST

START_TEST(an_operation_too_many_is_denied)
{
	rule_add((struct conduit_rule){.id = "trend", .protocols = modbus, .protocol_count = 1, .operations = READ});
	const struct conduit *k = judged(reads_and_writes);
	expect(&k->channels[0], CHANNEL_DENIED, "rule trend allows only read, not write");
	ck_assert_ptr_null(k->channels[0].rule);
	ck_assert_int_eq(k->verdict, CHANNEL_DENIED);
}
END_TEST

START_TEST(two_rules_allow_together)
{
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .operations = READ});
	rule_add((struct conduit_rule){.protocols = modbus,
		.protocol_count = 1,
		.operations = WRITE,
		.expires_ns = AFTER,
		.expires = "1970-01-01"});
	expect(&judged(reads_and_writes)->channels[0], CHANNEL_ALLOWED, "rule visualisation/1");
}
END_TEST

START_TEST(a_rule_ends_with_its_day)
{
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .operations = READ});
	rule_add((struct conduit_rule){.protocols = modbus,
		.protocol_count = 1,
		.operations = WRITE,
		.expires_ns = BEFORE,
		.expires = "1969-12-31"});
	const struct conduit *k = judged(reads_and_writes);
	expect(&k->channels[0], CHANNEL_EXPIRED,
		"rule visualisation/2 ended on 1969-12-31; it was last used on 1970-01-01");
	ck_assert_ptr_eq(k->channels[0].rule, &rules[1]);
	ck_assert_uint_eq(k->counts[CHANNEL_EXPIRED], 1);
}
END_TEST

START_TEST(an_ended_rule_does_not_excuse_other_operations)
{
	rule_add((struct conduit_rule){.protocols = modbus,
		.protocol_count = 1,
		.operations = READ,
		.expires_ns = BEFORE,
		.expires = "1969-12-31"});
	expect(&judged(reads_and_writes)->channels[0], CHANNEL_DENIED,
		"rule visualisation/1 allows only read, not write");
}
END_TEST

START_TEST(who_opens_it_matters)
{
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .initiator = DIRECTION_TO_FROM});
	expect(&judged(reads)->channels[0], CHANNEL_DENIED, "rule visualisation/1 lets only zone line open modbus");
}
END_TEST

START_TEST(either_side_may_open_what_goes_both_ways)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", MODBUS, 502, READ),
		TALKED("10.1.0.5", "10.2.0.9", MODBUS, 502, READ), END};
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .initiator = DIRECTION_BOTH});
	const struct conduit *k = judged(steps);
	ck_assert_uint_eq(k->counts[CHANNEL_ALLOWED], 2);
}
END_TEST

START_TEST(the_port_matters_when_it_is_named)
{
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .port = 1502});
	expect(&judged(reads)->channels[0], CHANNEL_DENIED, "rule visualisation/1 is for port 1502, not 502");
}
END_TEST

START_TEST(what_no_rule_names_is_denied)
{
	rule_add((struct conduit_rule){.protocols = s7, .protocol_count = 1});
	expect(&judged(reads)->channels[0], CHANNEL_DENIED, "no rule of conduit visualisation allows modbus");
}
END_TEST

START_TEST(an_unknown_protocol_has_no_name_to_allow)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", NONE, 4000, 0), END};
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1});
	expect(&judged(steps)->channels[0], CHANNEL_DENIED,
		"no rule of conduit visualisation allows an unknown protocol");
}
END_TEST

START_TEST(an_unknown_protocol_can_be_allowed_as_such)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", NONE, 4000, 0), END};
	rule_add((struct conduit_rule){.protocols = nameless, .protocol_count = 1, .port = 4000});
	expect(&judged(steps)->channels[0], CHANNEL_ALLOWED, "rule visualisation/1");
}
END_TEST

START_TEST(a_rule_without_protocols_allows_any)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", NONE, 4000, 0), END};
	rule_add((struct conduit_rule){0});
	expect(&judged(steps)->channels[0], CHANNEL_ALLOWED, "rule visualisation/1");
}
END_TEST

START_TEST(the_carrier_of_an_allowed_protocol_is_allowed)
{
	static const struct step steps[] = {
		TALKED("10.2.0.9", "10.1.0.5", COTP, 102, 0), TALKED("10.2.0.9", "10.1.0.5", S7COMM, 102, READ), END};
	rule_add((struct conduit_rule){.protocols = s7, .protocol_count = 1, .operations = READ});
	const struct conduit *k = judged(steps);
	ck_assert_uint_eq(k->channel_count, 2);
	ck_assert_uint_eq(k->counts[CHANNEL_ALLOWED], 2);
	ck_assert(channel_is_carrier(k, 0)); /* cotp */
	ck_assert(!channel_is_carrier(k, 1));
}
END_TEST

START_TEST(a_call_to_what_is_switched_off_is_taken_for_what_the_port_is_for)
{
	static const struct step steps[] = {TALKED("10.2.0.9", "10.1.0.5", MODBUS, 502, READ), SPOKE("10.1.0.6"),
		ASKED("10.2.0.9", "10.1.0.6", NONE, 502, 0), ASKED("10.2.0.9", "10.1.0.6", NONE, 23, 0), END};
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1});
	const struct conduit *k = judged(steps);
	ck_assert_uint_eq(k->channel_count, 3);
	ck_assert_uint_eq(k->counts[CHANNEL_ALLOWED], 2);
	for (uint32_t i = 0; i < 3; i++)
		if (k->channels[i].port == 23)
			expect(&k->channels[i], CHANNEL_DENIED,
				"no rule of conduit visualisation allows an unknown protocol");
		else if (*k->channels[i].protocol == 0)
			expect(&k->channels[i], CHANNEL_ALLOWED,
				"rule visualisation/1: nobody answered, and modbus is spoken on this port");
}
END_TEST

START_TEST(what_is_answered_is_no_call)
{
	static const struct step steps[] = {
		TALKED("10.2.0.9", "10.1.0.5", MODBUS, 502, READ), TALKED("10.2.0.9", "10.1.0.6", NONE, 502, 0), END};
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1});
	ck_assert_uint_eq(judged(steps)->counts[CHANNEL_DENIED], 1);
}
END_TEST

START_TEST(a_protocol_that_nobody_used_is_shown)
{
	rule_add((struct conduit_rule){.protocols = both, .protocol_count = 2, .operations = READ});
	const struct conduit *k = judged(reads);
	ck_assert_uint_eq(k->channel_count, 2);
	ck_assert_uint_eq(k->channels[1].initiator, ASSET_NONE);
	ck_assert_uint_eq(k->channels[1].link_count, 0);
	ck_assert_str_eq(k->channels[1].protocol, "s7comm");
	ck_assert_ptr_eq(k->channels[1].rule, &rules[0]);
	expect(&k->channels[1], CHANNEL_NOT_OBSERVED,
		"rule visualisation/1 was not used in these captures; that is no proof it never is");
	ck_assert_int_eq(k->verdict, CHANNEL_ALLOWED);
}
END_TEST

START_TEST(without_traffic_there_is_only_what_was_not_observed)
{
	static const struct step steps[] = {SPOKE("10.2.0.9"), SPOKE("10.1.0.5"), END};
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1});
	const struct conduit *k = judged(steps);
	ck_assert_int_eq(k->verdict, CHANNEL_NOT_OBSERVED);
	ck_assert_uint_eq(k->counts[CHANNEL_NOT_OBSERVED], 1);
}
END_TEST

START_TEST(accepted_zones_without_a_conduit_deny)
{
	d.conduit_count = 0;
	expect(&judged(reads)->channels[0], CHANNEL_DENIED,
		"no conduit is declared between the accepted zones line and over");
}
END_TEST

START_TEST(a_rejected_conduit_denies)
{
	conduits[0].status = DECLARED_REJECTED;
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1});
	const struct conduit *k = judged(reads);
	ck_assert_uint_eq(k->channel_count, 1);
	expect(&k->channels[0], CHANNEL_DENIED,
		"conduit visualisation is rejected, and no other is declared between its zones");
}
END_TEST

START_TEST(a_proposed_conduit_decides_nothing)
{
	conduits[0].status = DECLARED_PROPOSED;
	expect(&judged(reads)->channels[0], CHANNEL_UNREVIEWED,
		"conduit visualisation is only proposed: nobody accepted it");
}
END_TEST

START_TEST(a_proposed_zone_decides_nothing)
{
	zones[1].status = DECLARED_PROPOSED;
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1});
	const struct conduit *k = judged(reads);
	expect(&k->channels[0], CHANNEL_UNREVIEWED, "zone over is only proposed: nobody accepted it");
	ck_assert_uint_eq(k->channel_count, 1); /* the rule was used all the same */
}
END_TEST

START_TEST(a_conduit_inside_a_zone_goes_both_ways)
{
	static const struct step steps[] = {TALKED("10.1.0.9", "10.1.0.5", MODBUS, 502, READ),
		TALKED("10.1.0.5", "10.1.0.9", S7COMM, 102, READ), END};
	conduits[0].from = conduits[0].to = "line";
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .initiator = DIRECTION_TO_FROM});
	const struct conduit *k = judged(steps);
	ck_assert_uint_eq(k->counts[CHANNEL_ALLOWED], 1);
	ck_assert_uint_eq(k->counts[CHANNEL_DENIED], 1);
}
END_TEST

START_TEST(the_words_of_people_are_cut_at_a_character)
{
	char reason[600];
	for (size_t i = 0; i + 2 < sizeof(reason); i += 2)
		memcpy(reason + i, "\xc3\xa4", 3);
	rule_add((struct conduit_rule){.protocols = modbus, .protocol_count = 1, .reason = reason});
	const char *because = judged(reads)->channels[0].because;
	ck_assert_uint_lt(strlen(because), 200);
	ck_assert_str_eq(because + strlen(because) - 5, "\xc3\xa4\xe2\x80\xa6");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("channel");
	tcase_add_checked_fixture(t, setup, teardown);
	const TTest *const tests[] = {what_a_rule_allows_is_allowed, an_operation_too_many_is_denied,
		two_rules_allow_together, a_rule_ends_with_its_day, an_ended_rule_does_not_excuse_other_operations,
		who_opens_it_matters, either_side_may_open_what_goes_both_ways, the_port_matters_when_it_is_named,
		what_no_rule_names_is_denied, an_unknown_protocol_has_no_name_to_allow,
		an_unknown_protocol_can_be_allowed_as_such, a_rule_without_protocols_allows_any,
		the_carrier_of_an_allowed_protocol_is_allowed,
		a_call_to_what_is_switched_off_is_taken_for_what_the_port_is_for, what_is_answered_is_no_call,
		a_protocol_that_nobody_used_is_shown, without_traffic_there_is_only_what_was_not_observed,
		accepted_zones_without_a_conduit_deny, a_rejected_conduit_denies, a_proposed_conduit_decides_nothing,
		a_proposed_zone_decides_nothing, a_conduit_inside_a_zone_goes_both_ways,
		the_words_of_people_are_cut_at_a_character};
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(t, tests[i]);
	return check_main("channel", t);
}
