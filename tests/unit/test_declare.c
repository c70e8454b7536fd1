/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_declare.c - zones.yaml: every key of the example file, and what a person is told about every kind of mistake.
 */
#include <errno.h>

#include "earshot/observer.h"
#include "tests/check_main.h"
#include "written.h"

static struct written files;

static void set_up(void)
{
	written_open(&files);
}

static void tear_down(void)
{
	written_close(&files);
}

static int load_bytes(struct declarations **d, const void *bytes, size_t len)
{
	files.told_count = 0;
	written_put(files.zones, bytes, len);
	return declarations_load(d, files.zones, NULL, written_tell, &files);
}

static struct declarations *load(const char *text)
{
	struct declarations *d;
	int err = load_bytes(&d, text, strlen(text));
	ck_assert_msg(err == 0, "%s", files.told[0]);
	ck_assert_uint_eq(files.told_count, 0);
	return d;
}

/* One line, and it is this one. */
static void refuse(const char *text, const char *line)
{
	struct declarations *d;
	ck_assert_int_eq(load_bytes(&d, text, strlen(text)), -EINVAL);
	ck_assert_ptr_null(d);
	ck_assert_uint_eq(files.told_count, 1);
	ck_assert_str_eq(files.told[0], line);
}

START_TEST(example_says_every_key)
{
	struct declarations *d;
	ck_assert_int_eq(declarations_load(&d, EXAMPLES "/zones.example.yaml", EXAMPLES "/register.example.csv",
				 written_tell, &files),
		0);
	ck_assert_uint_eq(files.told_count, 0);
	ck_assert_str_eq(d->site, "Example plant");
	ck_assert_uint_eq(d->zone_count, 4);
	const struct declared_zone *z = declarations_zone(d, "cell-filling");
	ck_assert_ptr_eq(z, &d->zones[0]);
	ck_assert_str_eq(z->name, "Filling line");
	ck_assert_int_eq(z->kind, ZONE_OT);
	ck_assert_int_eq(z->status, DECLARED_ACCEPTED);
	ck_assert_str_eq(z->level, "1");
	ck_assert_str_eq(z->parent, "production");
	ck_assert_str_eq(z->owner, "Production");
	ck_assert_str_eq(z->security_level_target, "SL 2");
	ck_assert_str_eq(z->approver, "A. Smith");
	ck_assert_str_eq(z->approved, "2026-05-01");
	ck_assert_str_eq(z->physical_boundary, "Hall 2, columns C4 to F9");
	ck_assert_str_eq(z->notes, "Rebuilt in 2024.");
	ck_assert_uint_eq(z->member_count, 4);
	ck_assert_int_eq(z->members[0].kind, MEMBER_ASSET);
	ck_assert_int_eq(z->members[0].address.kind, ADDRESS_MAC);
	ck_assert_int_eq(z->members[1].kind, MEMBER_NAME);
	ck_assert_str_eq(z->members[1].text, "PLC-FILL-*");
	ck_assert_int_eq(z->members[2].kind, MEMBER_SUBNET);
	ck_assert_uint_eq(z->members[2].prefix, 24);
	ck_assert_int_eq(memcmp(z->members[2].address.bytes, "\x0a\x14\x01\x00", 4), 0);
	ck_assert_uint_eq(z->members[3].vlan, 110);
	ck_assert_uint_eq(z->members[3].line, 29);
	ck_assert_int_eq(d->zones[3].status, DECLARED_REJECTED);
	const struct declared_conduit *c = &d->conduits[0];
	ck_assert_str_eq(c->id, "filling-control");
	ck_assert_str_eq(c->from, "supervision");
	ck_assert_str_eq(c->to, "cell-filling");
	ck_assert_str_eq(c->enforced_by, "Firewall FW-2");
	ck_assert_uint_eq(c->allow_count, 2);
	ck_assert_str_eq(c->allow[0].id, "filling-visualisation");
	ck_assert_uint_eq(c->allow[0].protocol_count, 2);
	ck_assert_str_eq(c->allow[0].protocols[1], "cotp");
	ck_assert_uint_eq(c->allow[0].operations, OPERATION_READ | OPERATION_WRITE);
	ck_assert_int_eq(c->allow[0].initiator, DIRECTION_FROM_TO);
	ck_assert_uint_eq(c->allow[0].port, 102);
	ck_assert_int_eq(c->allow[0].expires_ns, 0);
	ck_assert_ptr_null(c->allow[1].id);
	ck_assert_str_eq(c->allow[1].protocols[0], "s7comm");
	ck_assert_str_eq(c->allow[1].expires, "2027-01-31");
	/* 2027-02-01T00:00:00Z is 1801440000 s */
	ck_assert_int_eq(c->allow[1].expires_ns, 1801440000 * INT64_C(1000000000) - 1);
	ck_assert_uint_eq(d->asset_count, 3);
	declarations_free(d);
}
END_TEST

START_TEST(nothing_said_is_nothing)
{
	struct declarations *d = load("");
	ck_assert_uint_eq(d->zone_count + d->conduit_count, 0);
	declarations_free(d);
	d = load("# only a comment\n");
	declarations_free(d);
	d = load("\xef\xbb\xbfsite:\nzones:\nconduits:\n");
	ck_assert_ptr_null(d->site);
	declarations_free(d);
	d = load("conduits:\n- {id: c, from: a, to: a, allow: }\nzones:\n- id: a\n  owner:\n  notes: ~\n  level:\n");
	ck_assert_int_eq(d->zones[0].status, DECLARED_PROPOSED);
	ck_assert_int_eq(d->zones[0].kind, ZONE_OT);
	ck_assert_ptr_null(d->zones[0].owner);
	ck_assert_ptr_null(d->zones[0].notes);
	ck_assert_ptr_null(d->zones[0].level);
	ck_assert_int_eq(d->conduits[0].status, DECLARED_PROPOSED);
	ck_assert_uint_eq(d->conduits[0].allow_count, 0);
	declarations_free(d);
	d = load("zones: [{id: a, notes: \"\"}]\n");
	ck_assert_str_eq(d->zones[0].notes, ""); /* said, and empty */
	declarations_free(d);
}
END_TEST

START_TEST(words_of_a_rule)
{
	struct declarations *d =
		load("zones: [{id: a}, {id: b}]\n"
		     "conduits:\n"
		     "- id: c\n  from: a\n  to: b\n  allow:\n"
		     "  - {protocols: any, operations: any, port: any, initiator: both}\n"
		     "  - {protocols: [unknown, kerberos], operations: [program, file], initiator: to, port: 65535}\n");
	const struct conduit_rule *r = d->conduits[0].allow;
	ck_assert_uint_eq(r[0].protocol_count + r[0].operations + r[0].port, 0);
	ck_assert_int_eq(r[0].initiator, DIRECTION_BOTH);
	ck_assert_str_eq(r[1].protocols[0], ""); /* as the inventory has what nobody knows */
	ck_assert_str_eq(r[1].protocols[1], "kerberos");
	ck_assert_uint_eq(r[1].operations, OPERATION_PROGRAM | OPERATION_FILE);
	ck_assert_int_eq(r[1].initiator, DIRECTION_TO_FROM);
	ck_assert_uint_eq(r[1].port, 65535);
	declarations_free(d);
}
END_TEST

START_TEST(addresses_as_people_write_them)
{
	static const uint8_t mac[6] = {0, 0x1b, 0x1b, 0, 0, 1};
	static const char *const forms[] = {
		"00:1b:1b:00:00:01", "00-1B-1B-00-00-01", "001b.1b00.0001", "\"001b1b000001\""};
	for (size_t i = 0; i < 4; i++) {
		char text[100];
		snprintf(text, sizeof(text), "zones:\n- id: a\n  members:\n  - asset: %s\n", forms[i]);
		struct declarations *d = load(text);
		ck_assert_int_eq(d->zones[0].members[0].address.kind, ADDRESS_MAC);
		ck_assert_int_eq(memcmp(d->zones[0].members[0].address.bytes, mac, 6), 0);
		declarations_free(d);
	}
	struct declarations *d = load("zones:\n- id: a\n  members: [{subnet: \"fd00:1::/64\"}, {asset: "
				      "\"0123456789abcdef\"}, {asset: 10.0.0.1}]\n");
	ck_assert_int_eq(d->zones[0].members[0].address.kind, ADDRESS_IPV6);
	ck_assert_uint_eq(d->zones[0].members[0].prefix, 64);
	ck_assert_int_eq(d->zones[0].members[1].address.kind, ADDRESS_NONE);
	ck_assert_int_eq(d->zones[0].members[2].address.kind, ADDRESS_IPV4);
	declarations_free(d);
}
END_TEST

#define ZONE "zones:\n- id: a\n"
#define PAIR "zones:\n- id: a\n- id: b\nconduits:\n- id: c\n  from: a\n  to: b\n"
#define RULE PAIR "  allow:\n"

static const struct {
	const char *text, *line;
} mistakes[] = {
	{"zone:\n- id: a\n", "z.yaml:1:1: zone: unknown key of the file (site, zones, conduits); did you mean zones?"},
	{"colour: red\n", "z.yaml:1:1: colour: unknown key of the file (site, zones, conduits), expected one of site, "
			  "zones, conduits"},
	{"- a\n", "z.yaml:1:1: expected the file (site, zones, conduits) as lines of \"key: value\""},
	{"site: [a]\n", "z.yaml:1:7: site: expected one text"},
	{"site: a\nsite: b\n", "z.yaml:2:1: site: this key is there twice in the file (site, zones, conduits)"},
	{"zones: a\n", "z.yaml:1:8: zones: expected a list of zones, each beginning with \"- id: ...\""},
	{"zones:\n- a\n", "z.yaml:2:3: expected a zone as lines of \"key: value\""},
	{"zones:\n- name: a\n", "z.yaml:2:3: id: a zone needs one, expected a short word of its own"},
	{"zones:\n- id: a\n- id: b\n- name: x\n  id: a\n", "z.yaml:5:7: id: \"a\" is the zone of line 2 already"},
	{"zones:\n- id: a b\n",
		"z.yaml:2:7: id: expected an id without blanks and brackets, at most 80 bytes, like cell-filling"},
	{"zones:\n- id:\n", "z.yaml:2:6: id: expected an id: a short word of its own"},
	{ZONE "  onwer: x\n", "z.yaml:3:3: onwer: unknown key of a zone; did you mean owner?"},
	{ZONE "  sl: 2\n",
		"z.yaml:3:3: sl: unknown key of a zone, expected one of id, name, kind, status, level, parent, owner, "
		"security_level_target, approver, approved, physical_boundary, notes, members"},
	{ZONE "  kind: plant\n", "z.yaml:3:9: kind: \"plant\", expected ot, safety, dmz, enterprise, external, "
				 "wireless, temporary or supplier"},
	{ZONE "  status: ok\n", "z.yaml:3:11: status: \"ok\", expected proposed, accepted, rejected or retired"},
	{ZONE "  level: 2.5\n", "z.yaml:3:10: level: \"2.5\", expected a Purdue level: 0, 1, 2, 3, 3.5, 4 or 5"},
	{ZONE "  approved: 2026-02-29\n",
		"z.yaml:3:13: approved: \"2026-02-29\", expected a day that exists as YEAR-MONTH-DAY, like 2027-01-31"},
	{ZONE "  parent: x\n", "z.yaml:3:11: parent: there is no zone \"x\""},
	{ZONE "  parent: b\n- id: b\n  parent: a\n", "z.yaml:3:11: parent: this makes zone \"a\" a part of itself"},
	{ZONE "  members: 10.0.0.0/8\n",
		"z.yaml:3:12: members: expected a list of lines like \"- subnet: 10.20.1.0/24\""},
	{ZONE "  members: [10.0.0.0/8]\n", "z.yaml:3:13: members: expected a member as lines of \"key: value\""},
	{ZONE "  members:\n  - subnet: 10.0.0.0/8\n    vlan: 3\n",
		"z.yaml:4:5: members: expected one of subnet, vlan, asset or name on each line with a -"},
	{ZONE "  members:\n  - subnets: 10.0.0.0/8\n",
		"z.yaml:4:5: subnets: unknown key of a member; did you mean subnet?"},
	{ZONE "  members:\n  - subnet: 10.20.1.7/24\n", "z.yaml:4:13: subnet: \"10.20.1.7/24\": this is an address "
							"inside a network, expected the network itself: 10.20.1.0/24"},
	{ZONE "  members:\n  - subnet: 10.20.1.0\n", "z.yaml:4:13: subnet: \"10.20.1.0\": expected a network with its "
						     "prefix length, like 10.20.1.0/24 or fd00:1::/64"},
	{ZONE "  members:\n  - subnet: 10.20.1.0/33\n",
		"z.yaml:4:13: subnet: \"10.20.1.0/33\": expected a prefix length of 1 to 32 after the /"},
	{ZONE "  members:\n  - subnet: 10.20.1/24\n", "z.yaml:4:13: subnet: \"10.20.1/24\": expected an IPv4 or IPv6 "
						      "network before the /, like 10.20.1.0/24"},
	{ZONE "  members:\n  - vlan: 4095\n", "z.yaml:4:11: vlan: \"4095\", expected a VLAN number of 1 to 4094"},
	{ZONE "  members:\n  - vlan: 10a\n", "z.yaml:4:11: vlan: \"10a\", expected a VLAN number of 1 to 4094"},
	{ZONE "  members:\n  - vlan:\n", "z.yaml:4:10: vlan: expected a VLAN number of 1 to 4094"},
	{ZONE "  members:\n  - asset: plc-1\n", "z.yaml:4:12: asset: \"plc-1\", expected an asset's id (16 digits, see "
						"'earshot show'), or an IP or MAC address"},
	{ZONE "  members:\n  - name: \"PLC[1\"\n", "z.yaml:4:11: name: \"PLC[1\", expected a ] behind the last ["},
	{ZONE "conduits: {}\n",
		"z.yaml:3:11: conduits: expected a list of conduits, each beginning with \"- id: ...\""},
	{ZONE "conduits:\n- id: c\n  from: a\n", "z.yaml:4:3: to: a conduit needs id, from and to"},
	{ZONE "conduits:\n- id: c\n  from: a\n  to: cell-9\n",
		"z.yaml:6:7: to: there is no zone \"cell-9\" in this file"},
	{PAIR "- id: c\n  from: a\n  to: a\n", "z.yaml:8:3: id: \"c\" is the conduit of line 5 already"},
	{PAIR "- id: d\n  from: b\n  to: a\n",
		"z.yaml:8:3: to: \"b\" and \"a\" have the conduit of line 5 already, expected one for both directions"},
	{PAIR "  allow: [read]\n", "z.yaml:8:11: allow: expected a rule as lines of \"key: value\""},
	{PAIR "  allow: modbus\n",
		"z.yaml:8:10: allow: expected a list of lines like \"- {protocols: [modbus], operations: [read]}\""},
	{RULE "  - protocol: modbus\n", "z.yaml:9:5: protocol: unknown key of a rule; did you mean protocols?"},
	{RULE "  - protocols: [modbus, s7com]\n",
		"z.yaml:9:25: protocols: \"s7com\" is none that is known; did you mean s7comm?"},
	{RULE "  - protocols: Modbus\n",
		"z.yaml:9:16: protocols: \"Modbus\" is none that is known; did you mean modbus?"},
	{RULE "  - protocols: teleportation\n", "z.yaml:9:16: protocols: \"teleportation\", expected the name of a "
						"protocol as 'earshot show links' prints it"},
	{RULE "  - protocols: []\n",
		"z.yaml:9:16: protocols: expected the name of a protocol as 'earshot show links' prints it, or any"},
	{RULE "  - operations: [read, rite]\n",
		"z.yaml:9:24: operations: \"rite\" is none that is known; did you mean write?"},
	{RULE "  - operations: [read, any]\n", "z.yaml:9:24: operations: \"any\", expected read, write, control, "
					       "program, configure, diagnose or file"},
	{RULE "  - initiator: client\n",
		"z.yaml:9:16: initiator: \"client\", expected from, to or both: the side that may open it"},
	{RULE "  - port: 65536\n", "z.yaml:9:11: port: \"65536\", expected a port of 1 to 65535, or any"},
	{RULE "  - port: -1\n", "z.yaml:9:11: port: \"-1\", expected a port of 1 to 65535, or any"},
	{RULE "  - expires: 2027-13-01\n",
		"z.yaml:9:14: expires: \"2027-13-01\", expected a day that exists as YEAR-MONTH-DAY, like 2027-01-31"},
	{RULE "  - expires: next year\n",
		"z.yaml:9:14: expires: \"next year\", expected a day that exists as YEAR-MONTH-DAY, like 2027-01-31"},
	{"zones:\n- id: a\n\tname: x\n", "z.yaml:3:1: a tab; expected spaces: YAML is indented with spaces only"},
	{"zones:\n- id: &x a\n", "z.yaml:2:7: an anchor (&name); expected a plain value: anchors are not read here"},
	{"zones:\n- id: *x\n", "z.yaml:2:7: an alias (*name); expected the value itself"},
	{"site: a\n---\nsite: b\n", "z.yaml:2:1: a second document; expected one, without a second ---"},
	{"site: \"a\n", "z.yaml:2:1: found unexpected end of stream, expected YAML; is a quote or a bracket open, or a "
			"line indented wrongly?"},
	{"site: a\n b: c\n", "z.yaml:2:3: mapping values are not allowed in this context, expected YAML; is a quote or "
			     "a bracket open, or a line indented wrongly?"},
	{"site: a\nzones:\n- id: a\xff\n", "z.yaml:3:8: invalid leading UTF-8 octet; the file must be text in UTF-8"},
	{"site: \"a\\0b\"\n", "z.yaml:1:7: site: expected a text of at most 4000 bytes without NUL"},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "z.yaml:1:17: nested too deeply"},
};

START_TEST(mistake_is_told)
{
	refuse(mistakes[_i].text, mistakes[_i].line);
}
END_TEST

START_TEST(large_files_are_refused)
{
	size_t len = 10u << 20;
	char *text = malloc(len + 1);
	struct declarations *d;
	memset(text, '#', len);
	ck_assert_int_eq(load_bytes(&d, text, len), -EFBIG);
	ck_assert_str_eq(files.told[0], "z.yaml: larger than 8388608 bytes, the most that is read");
	/* as many values as fit: a list of empty lists */
	len = 0;
	len += (size_t)sprintf(text, "zones:\n");
	while (len < (8u << 20) - 10)
		len += (size_t)sprintf(text + len, "- []\n");
	ck_assert_int_eq(load_bytes(&d, text, len), -EINVAL);
	ck_assert_str_eq(files.told[0], "z.yaml:799998:3: more values than are read from one file");
	free(text);
	ck_assert_int_eq(declarations_load(&d, "/nowhere/z.yaml", NULL, written_tell, &files), -ENOENT);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("zones.yaml");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, example_says_every_key);
	tcase_add_test(tests, nothing_said_is_nothing);
	tcase_add_test(tests, words_of_a_rule);
	tcase_add_test(tests, addresses_as_people_write_them);
	tcase_add_loop_test(tests, mistake_is_told, 0, (int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tests, large_files_are_refused);
	return check_main("declare", tests);
}
