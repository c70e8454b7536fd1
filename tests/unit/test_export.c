/* SPDX-License-Identifier: Apache-2.0 */
/* test_export.c - the exports of the fixture, whole; hostile text in each kind of output; files that appear whole. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "sensor/command/filter.h"
#include "sensor/command/show.h"
#include "sensor/export/coverage.h"
#include "sensor/export/element.h"
#include "sensor/export/export.h"
#include "sensor/util/output.h"
#include "sensor/util/table.h"
#include "sensor/util/text.h"
#include "tests/check_main.h"

static char *exported(
	int (*write)(FILE *out, const struct conclusions *c, const char *site), bool backwards, const char *site)
{
	char *text = NULL;
	size_t len = 0;
	struct fixture f;
	FILE *out = open_memstream(&text, &len);
	fixture_make(&f, backwards);
	ck_assert_int_eq(write(out, &f.conclusions, site), 0);
	fclose(out);
	fixture_clear(&f);
	return text;
}

static void check_string(const char *value, const char *wanted)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct element_writer w = {.out = out};
	element_write_text(&w, value);
	ck_assert_int_eq(w.err, 0);
	fclose(out);
	ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(test_json_strings)
{
	check_string("plain", "\"plain\"");
	check_string("\"\\\b\f\n\r\t\x01\x1b\x7f", "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001b\\u007f\"");
	check_string("</script><!--<b>", "\"\\u003c/script>\\u003c!--\\u003cb>\"");
	check_string("a\xe2\x80\xa8"
		     "b\xe2\x80\xa9",
		"\"a\\u2028b\\u2029\"");
	check_string("\xe2\x80\xa7\xe2\x80\xaa", "\"\xe2\x80\xa7\xe2\x80\xaa\"");
	check_string("\xe2\x80\xae\xc3\xbc\xf0\x9f\x8f\xad", "\"\xe2\x80\xae\xc3\xbc\xf0\x9f\x8f\xad\"");
	check_string("\xff\xc3(\xed\xa0\x80", "\"\\ufffd\\ufffd(\\ufffd\\ufffd\\ufffd\"");
	check_string("\xe2\x80", "\"\\ufffd\\ufffd\""); /* must not take the quotation mark with it */
	check_string("<", "\"\\u003c\"");
	check_string("", "\"\"");
}
END_TEST

START_TEST(test_json_element)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct element_writer w = {.out = out};
	char passing[] = "passing";
	cJSON *root = element_new(&w);
	element_text(&w, root, "absent", NULL);
	element_text(&w, root, "empty", "");
	element_text_copy(&w, root, "nothing", "");
	element_text_copy(&w, root, "copy", passing);
	memset(passing, 'x', sizeof(passing) - 1);
	element_array(&w, root, "none");
	cJSON *object = element_object(&w, root, "object");
	element_number(&w, object, "most", UINT64_MAX);
	element_number(&w, object, "odd", (UINT64_C(1) << 53) + 1); /* no double */
	element_number(&w, object, "round", 1000000000000000000);   /* not 1e18 */
	cJSON *list = element_array(&w, object, "list");
	element_bool(&w, list, NULL, true);
	element_bool(&w, list, NULL, false);
	element_text_always(&w, list, NULL, "");
	element_decimal(&w, root, "a", 0.954);
	element_decimal(&w, root, "b", 0.955001);
	element_decimal(&w, root, "c", 7);
	element_decimal(&w, root, "d", -1);
	element_write(&w, root);
	ck_assert_int_eq(w.err, 0);
	fclose(out);
	ck_assert_str_eq(text, "{\"copy\":\"passing\",\"none\":[],"
			       "\"object\":{\"most\":18446744073709551615,\"odd\":9007199254740993,"
			       "\"round\":1000000000000000000,\"list\":[true,false,\"\"]},"
			       "\"a\":0.95,\"b\":0.96,\"c\":7.00,\"d\":-1.00}");
	free(text);
}
END_TEST

/* The module of the fixture, whole: order of keys, absent values, evidence; what the document looks like around it. */
START_TEST(test_json_asset)
{
	static const char module[] =
		"\n    {\"id\":\"a-module\",\"parent\":\"a-plc\",\"at\":{\"kind\":\"s7-rack-slot\",\"value\":\"0/2\"},"
		"\"order_number\":\"6ES7 315-2EH14-0AB0\",\"type\":\"module\",\"type_confidence\":0.00,"
		"\"type_rules\":[],\"type_verdicts\":[],\"flags\":[],\"flag_reasons\":[],\"zone\":\"cell\","
		"\"interfaces\":[],"
		"\"roles\":[],\"facts\":["
		"{\"attribute\":\"order_number\",\"value\":\"6ES7 315-2EH14-0AB0\",\"protocol\":\"s7comm\","
		"\"message\":\"SZL 0x0011\",\"at\":{\"kind\":\"s7-rack-slot\",\"value\":\"0/2\"},"
		"\"confidence\":0.98,\"capture\":1,\"frame\":29,\"first_seen\":\"2023-11-14T22:13:49.123456Z\","
		"\"last_seen\":\"2023-11-14T22:13:50.123456Z\",\"count\":3}],"
		"\"conflicts\":[],\"capture\":1,\"frame\":1,\"first_seen\":\"2023-11-14T22:13:21.123456Z\","
		"\"last_seen\":\"2023-11-14T22:13:28.123456Z\"},\n";
	static const char start[] = "{\n  \"schema\": \"earshot.inventory/1\",\n  \"site\": \"Plant \\\"1\\\"\",\n"
				    "  \"sensor\": {\"name\":\"earshot\",\"version\":\"" EARSHOT_VERSION "\"},\n"
				    "  \"captures\": [\n    {\"id\":1,\"name\":\"plc,\\\"1\\\".pcap\",\"sha256\":\"aaa";
	static const char protocols[] =
		"\n  ],\n  \"protocols\": [\n"
		"    {\"name\":\"arp\",\"pdus\":2,\"malformed\":0,\"unassembled_bytes\":0},\n"
		"    {\"name\":\"modbus\",\"pdus\":17,\"malformed\":2,\"unassembled_bytes\":3},\n"
		"    {\"name\":\"s7comm\",\"pdus\":17,\"malformed\":2,\"unassembled_bytes\":3}\n"
		"  ],\n  \"assets\": [\n    {\"id\":\"a-plc\",";
	static const char end[] =
		"\n  ],\n  \"unanswered\": [\n"
		"    {\"address\":\"10.0.0.99\",\"asked_by\":[\"a-station\"],\"protocols\":[\"modbus\"]}\n"
		"  ],\n  \"zones\": [\n    {\"id\":\"cell\",";
	char *text = exported(export_json, false, "Plant \"1\"");
	ck_assert_msg(strncmp(text, start, strlen(start)) == 0, "%s", text);
	ck_assert_msg(strstr(text, protocols) != NULL, "%s", text);
	ck_assert_msg(strstr(text, module) != NULL, "%s", text);
	ck_assert_msg(strstr(text, end) != NULL, "%s", text);
	ck_assert_str_eq(text + strlen(text) - 5, "]}\n}\n");
	ck_assert_ptr_nonnull(strstr(text, "{\"rule\":\"http-server\",\"type\":\"hmi\",\"score\":0.20,\"won\":false,"
					   "\"because\":\"answers \\\"http\\\"\"}"));
	ck_assert_ptr_nonnull(strstr(text, "\"type_rules\":[\"s7-server\"],"));
	free(text);
}
END_TEST

/* A zone, a conduit and a finding, whole; a channel that was not observed has no ends. */
START_TEST(test_json_zones)
{
	static const char zones[] =
		"\n  \"zones\": [\n    "
		"{\"id\":\"cell\",\"name\":\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\","
		"\"kind\":\"ot\",\"status\":\"accepted\",\"basis\":\"declared\",\"reason\":\"accepted in line 3\","
		"\"confidence\":1.00,\"cohesion\":0.25,\"levels\":[\"1\",\"1\"],\"subnets\":[\"10.0.0.0/24\"],"
		"\"vlans\":[1,17],\"assets\":[\"a-plc\"],\"access_points\":[\"a-plc\"],\"declared\":{"
		"\"owner\":\"\\u001b[31mred\\u0007\",\"security_level_target\":\"=cmd|' /C calc'!A0\",\"line\":3}}\n  "
		"],";
	static const char conduit[] =
		"\n  \"conduits\": [\n    {\"id\":\"inside\",\"zones\":[\"cell\",\"cell\"],\"status\":\"accepted\","
		"\"verdict\":\"denied\",\"protocols\":[\"s7comm\"],\"through\":[\"a-plc\"],\"initiated\":[1,0],"
		"\"packets\":7,\"bytes\":700,";
	static const char declared[] =
		"\"declared\":{\"from\":\"cell\",\"to\":\"cell\",\"line\":9},\"channels\":[{\"initiator\":\"a-"
		"station\","
		"\"responder\":\"a-plc\",\"protocol\":\"s7comm\",\"transport\":\"tcp\",\"port\":102,"
		"\"operations\":[\"read\",\"control\"],\"basis\":\"dissected\",\"answered\":true,\"packets\":7,"
		"\"bytes\":700,";
	static const char channel[] =
		"\"verdict\":\"denied\",\"because\":\"no rule, \\u001b[31mred\\u0007\"},{\"protocol\":\"dnp3\","
		"\"operations\":[],\"verdict\":\"not observed\",\"rule\":{\"id\":\"old\",\"number\":1,";
	static const char finding[] = "\n  \"findings\": [\n    "
				      "{\"id\":\"0123456789abcdef\",\"rule\":\"denied-channel\",\"severity\":\"high\","
				      "\"title\":\"Traffic that is not allowed\",";
	static const char assets[] =
		"\"clause\":\"IEC 62443-3-2 ZCR 6.4\",\"assets\":[\"a-plc\",\"a-station\"],\"zone\":\"cell\","
		"\"conduit\":\"inside\",\"evidence\":[{\"capture\":1,\"frame\":";
	const char *const parts[] = {zones, conduit, declared, channel, finding, assets};
	char *whole = exported(export_json, false, "x"), *check = exported(export_check, false, "x");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		ck_assert_msg(strstr(whole, parts[i]) != NULL, "%s\nis not in\n%s", parts[i], whole);
		ck_assert_msg(strstr(check, parts[i]) != NULL, "%s\nis not in\n%s", parts[i], check);
	}
	ck_assert_ptr_nonnull(
		strstr(whole, "\"purdue_level\":\"1\",\"level_confidence\":0.90,\"level_reason\":\"a plc, "));
	ck_assert_ptr_nonnull(strstr(whole, "\"zone_reason\":\"it could be anywhere\""));
	ck_assert_ptr_nonnull(
		strstr(check, "\"schema\": \"earshot.check/1\",\n  \"site\": \"x\",\n  \"verdicts\": "
			      "{\"allowed\":0,\"denied\":1,\"unreviewed\":0,\"expired\":0,\"not_observed\":1},"));
	free(whole), free(check);
}
END_TEST

START_TEST(test_json_harmless)
{
	char *text = exported(export_json, false, FIXTURE_SCRIPT);
	ck_assert_ptr_null(strchr(text, '<'));
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xa8"));
	for (const char *c = text; *c != 0; c++)
		ck_assert_msg((unsigned char)*c >= 0x20 || *c == '\n', "control character %u", (unsigned)*c);
	ck_assert_ptr_nonnull(strstr(text, "\"name\":\"\\u001b[31mred\\u0007\""));
	free(text);
}
END_TEST

START_TEST(test_order_does_not_show)
{
	static int (*const functions[])(FILE * out, const struct conclusions *c, const char *site) = {
		export_json, export_csv};
	for (unsigned i = 0; i < 2; i++) {
		char *forwards = exported(functions[i], false, "x"), *backwards = exported(functions[i], true, "x");
		ck_assert_str_eq(forwards, backwards);
		free(forwards);
		/* Nor do the locale and the time zone; where the locale is not installed this changes nothing. */
		setlocale(LC_ALL, "de_DE.UTF-8");
		setenv("TZ", "Asia/Tokyo", 1);
		char *abroad = exported(functions[i], false, "x");
		setlocale(LC_ALL, "C");
		unsetenv("TZ");
		ck_assert_str_eq(abroad, backwards);
		free(abroad), free(backwards);
	}
}
END_TEST

START_TEST(test_csv)
{
	char *text = exported(export_csv, false, "@site");
	ck_assert_str_eq(text,
		"id,parent,at_kind,at,name,vendor,model,order_number,serial_number,hardware_version,firmware_version,"
		"os,type,"
		"type_confidence,flags,purdue_level,ips,macs,mac_vendors,vlans,hostnames,roles,conflicts,first_seen,"
		"last_seen,site,zone,zone_kind,zone_status,asset_number,owner,location,criticality\r\n"
		"a-plc,,,," FIXTURE_CONTROL ",Rockwell," FIXTURE_SCRIPT
		",,,,V3.2.7,,plc,0.95,safety_related,1,10.0.0.8; fe80::1:2,"
		"00:1b:1b:35:84:10,Siemens AG,1; 17,\"'" FIXTURE_FORMULA "\",s7comm server,firmware_version,"
		"2023-11-14T22:13:21.123456Z,2023-11-14T22:13:28.123456Z,\"'@site\",cell,ot,accepted,"
		"\"'" FIXTURE_FORMULA "\"," FIXTURE_SCRIPT ",,\r\n"
		"a-module,a-plc,s7-rack-slot,0/2,,,,6ES7 315-2EH14-0AB0,,,,,module,0.00,,,,,,,,,,"
		"2023-11-14T22:13:21.123456Z,2023-11-14T22:13:28.123456Z,\"'@site\",cell,ot,accepted,,,,\r\n"
		"a-station,,,,,,,,,,,,unknown,0.00,,,10.0.0.100,,,,,,,"
		"2023-11-14T22:13:21.123456Z,2023-11-14T22:13:28.123456Z,\"'@site\",,,,,,,\r\n");
	free(text);
}
END_TEST

START_TEST(test_full_stream)
{
	struct fixture f;
	fixture_make(&f, false);
	FILE *full = fopen("/dev/full", "w");
	ck_assert_int_eq(export_json(full, &f.conclusions, ""), -ENOSPC);
	fclose(full);
	full = fopen("/dev/full", "w");
	setvbuf(full, NULL, _IONBF, 0); /* fails at the first bracket already */
	ck_assert_int_eq(export_json(full, &f.conclusions, ""), -ENOSPC);
	fclose(full);
	full = fopen("/dev/full", "w");
	ck_assert_int_eq(export_csv(full, &f.conclusions, ""), -ENOSPC);
	fclose(full);
	fixture_clear(&f);
}
END_TEST

/* One allocation of cJSON fails, those after it do not: a hole in a tree must not be written. */
static unsigned allocations_before, allocations_alive;

static void *allocate(size_t size)
{
	if (allocations_before-- == 0)
		return NULL;
	allocations_alive++;
	return malloc(size);
}

static void release(void *p)
{
	allocations_alive -= p != NULL;
	free(p);
}

START_TEST(test_json_without_memory)
{
	char *wanted = exported(export_json, false, "x"), *text = NULL;
	size_t len = 0;
	struct fixture f;
	cJSON_Hooks hooks = {allocate, release};
	int err = -ENOMEM;
	unsigned tries = 0;
	fixture_make(&f, false);
	cJSON_InitHooks(&hooks);
	for (; err != 0; tries++) {
		FILE *out = open_memstream(&text, &len);
		allocations_before = tries;
		err = export_json(out, &f.conclusions, "x");
		fclose(out);
		ck_assert_msg(err == 0 || err == -ENOMEM, "%u allocations: %s", tries, strerror(-err));
		ck_assert_msg(allocations_alive == 0, "%u allocations: %u not freed", tries, allocations_alive);
		ck_assert_msg(err != 0 || strcmp(text, wanted) == 0, "allocation %u is missing", tries);
		free(text);
	}
	cJSON_InitHooks(NULL);
	ck_assert_uint_gt(tries, 500);
	fixture_clear(&f);
	free(wanted);
}
END_TEST

START_TEST(test_coverage)
{
	struct fixture f;
	struct coverage c;
	fixture_make(&f, false);
	ck_assert_int_eq(coverage_make(&c, &f.conclusions), 0);
	ck_assert_uint_eq(c.sum.gap_bytes, 14);
	ck_assert_uint_eq(c.sum.packets, 84);
	ck_assert_uint_eq(c.cut_captures, 1);
	ck_assert_uint_eq(c.refused_rows, 5);
	ck_assert_uint_eq(c.unanswered, 1);
	ck_assert_uint_eq(c.protocol_count, 3);
	ck_assert_str_eq(c.protocols[0].name, "arp");
	ck_assert_uint_eq(c.unread_count, 1); /* the datagrams to an address that never spoke */
	ck_assert_str_eq(c.unread[0].protocol, "");
	ck_assert_uint_eq(c.unread[0].transport, TRANSPORT_UDP);
	ck_assert_uint_eq(c.wish_count, 1);
	ck_assert_uint_eq(c.wishes[0].assets, 1);
	ck_assert_str_eq(c.wishes[0].observation, "an LLDP frame from it");
	coverage_clear(&c);
	fixture_clear(&f);
}
END_TEST

static char *shown(int (*show)(const struct view *v), unsigned width, bool colour, char **words, size_t count)
{
	char *text = NULL;
	size_t len = 0;
	struct fixture f;
	fixture_make(&f, false);
	struct view v = {.terminal = {width, colour}, .c = &f.conclusions, .out = open_memstream(&text, &len)};
	ck_assert(filter_parse(&v.filter, "show", words, count));
	ck_assert_int_eq(show(&v), 0);
	fclose(v.out);
	fixture_clear(&f);
	return text;
}

/* No line is longer than the terminal, no control character gets through, at any width. */
START_TEST(test_show_fits)
{
	static int (*const shows[])(const struct view *v) = {
		show_assets, show_links, show_facts, show_captures, show_zones, show_conduits, show_findings};
	for (unsigned width = 60; width <= 200; width += 10) {
		for (unsigned i = 0; i < sizeof(shows) / sizeof(shows[0]); i++) {
			char *text = shown(shows[i], width, false, NULL, 0), *rest = text, *line;
			while ((line = strsep(&rest, "\n")) != NULL) {
				ck_assert_msg(text_columns(line) <= width, "%u: '%s'", width, line);
				for (const char *c = line; *c != 0; c++)
					ck_assert((unsigned char)*c >= 0x20 && *c != 0x7f);
				ck_assert_ptr_null(strstr(line, "\xe2\x80\xae"));
			}
			free(text);
		}
	}
}
END_TEST

START_TEST(test_show_assets)
{
	char *narrow = shown(show_assets, 80, false, NULL, 0), *wide = shown(show_assets, 0, false, NULL, 0);
	ck_assert_str_eq(narrow,
		"ADDRESS      TYPE     LEVEL  VENDOR    MODEL                 FIRMWARE  PROTOCOLS\n"
		"10.0.0.8 +1  plc      1      Rockwell  </script><script>al\xe2\x80\xa6  V3.2.7    s7comm\n"
		"\xe2\x94\x94 rack 0/2   module                    6ES7 315-2EH14-0AB0\n"
		"10.0.0.100   unknown\n");
	ck_assert_str_eq(wide,
		"ADDRESS      TYPE     LEVEL  VENDOR    MODEL                               FIRMWARE  NAME        "
		"         ZONE  PROTOCOLS  MAC                LAST SEEN             ID\n"
		"10.0.0.8 +1  plc      1      Rockwell  </script><script>alert(1)</script>  V3.2.7    "
		"\\u{1B}[31mred\\u{07}"
		"  cell  s7comm     00:1b:1b:35:84:10  2023-11-14T22:13:28Z  a-plc\n"
		"\xe2\x94\x94 rack 0/2   module                    6ES7 315-2EH14-0AB0                            "
		"                                                        2023-11-14T22:13:28Z  a-module\n"
		"10.0.0.100   unknown                                                                             "
		"                                             2023-11-14T22:13:28Z  a-station\n");
	free(narrow), free(wide);
}
END_TEST

static int show_plc(const struct view *v)
{
	return show_asset(v, 0);
}

START_TEST(test_show_asset)
{
	char *text = shown(show_plc, 0, false, NULL, 0);
	ck_assert_ptr_nonnull(strstr(text,
		"  firmware_version    V3.2.6\n"
		"    s7comm: SZL 0x0011; plc,\"1\".pcap frame 27, 2023-11-14T22:13:47.123456Z; 3 times, 98 %\n"));
	ck_assert_ptr_nonnull(strstr(text, "  name                \\u{1B}[31mred\\u{07}\n"));
	ck_assert_ptr_nonnull(strstr(text, "tshark -r 'plc,\"1\".pcap' -Y frame.number==20 -V\n"));
	ck_assert_ptr_nonnull(strstr(text, "  won  plc             0.90  rule s7-server: answers s7comm\n"
					   "  lost hmi             0.20  rule http-server: answers \"http\"\n"));
	ck_assert_ptr_nonnull(strstr(text, "Conflicts\n  firmware_version    V3.2.6, V3.2.7\n"));
	ck_assert_ptr_nonnull(strstr(text, "Behind it\n  s7-rack-slot 0/2  a-module  6ES7 315-2EH14-0AB0\n"));
	ck_assert_ptr_nonnull(strstr(text, "  from 10.0.0.100: control: PLC stop (0x29): " FIXTURE_FORMULA
					   "; plc,\"1\".pcap frame 12, 2 times\n"));
	ck_assert_ptr_nonnull(
		strstr(text, "  Purdue level        1 (confidence 90 %): a plc, \\u{1B}[31mred\\u{07}\n"
			     "  zone                cell (ot, accepted): declared in line 5 by the name "));
	ck_assert_ptr_nonnull(strstr(text, "In the register, line 2\n"
					   "  FIELD   REGISTER                            OBSERVED\n"
					   "  number  =cmd|' /C calc'!A0\n"
					   "  type    hmi                                 plc\n"
					   "  owner   " FIXTURE_SCRIPT "\n"));
	ck_assert_ptr_nonnull(
		strstr(text, "What would change it\n  hmi has 0.20 points; 0.00 more would make it undecided, "
			     "1.70 more another type\n"));
	ck_assert_ptr_nonnull(strstr(text, "Findings\n  high    Traffic that is not allowed: seen: two"));
	ck_assert_ptr_null(strchr(text, '\x1b'));
	free(text);
	text = shown(show_plc, 80, true, NULL, 0); /* colour: only our own sequences */
	for (const char *c = text; (c = strchr(c, '\x1b')) != NULL; c++)
		ck_assert(c[1] == '[' && (c[2] == '0' || c[2] == '1' || c[2] == '2') && c[3] == 'm');
	free(text);
}
END_TEST

START_TEST(test_filters)
{
	static const struct {
		const char *words[2];
		unsigned lines; /* with the titles */
	} cases[] = {{{"type=plc"}, 2}, {{"TYPE"}, 1}, {{"ROCKWELL"}, 2}, {{"vendor=rock"}, 2}, {{"ip=10.0.0."}, 3},
		{{"ip=0.0.100"}, 1}, {{"mac=00:1b"}, 2}, {{"protocol=s7comm"}, 2}, {{"protocol=s7"}, 1}, {{"6ES7"}, 3},
		{{"type=plc", "ip=10.0.0.100"}, 1}, {{"flag=safety_related"}, 2}, {{"role=server"}, 2},
		{{"vendor=siemens"}, 2}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *words[2] = {
			strdup(cases[i].words[0]), cases[i].words[1] != NULL ? strdup(cases[i].words[1]) : NULL};
		char *text = shown(show_assets, 0, false, words, words[1] != NULL ? 2 : 1);
		unsigned lines = 0;
		for (const char *c = text; *c != 0; c++)
			lines += *c == '\n';
		ck_assert_msg(lines == cases[i].lines, "%s: %u lines\n%s", words[0], lines, text);
		free(text), free(words[0]), free(words[1]);
	}
}
END_TEST

START_TEST(test_table_cuts)
{
	static const struct table_column columns[] = {{.title = "A", .least = 4}, {.title = "B", .least = 6, .rank = 1},
		{.title = "EMPTY"}, {.title = "N", .right = true}};
	char *text = NULL;
	size_t len = 0;
	struct table t;
	FILE *out = open_memstream(&text, &len);
	table_init(&t, columns, 4);
	const char *const cells[] = {"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f", "eight888", NULL, "7",
		"\xe6\xb8\xa9\xe5\xba\xa6\xe8\xa1\xa8", "\a", "", "12345"};
	for (size_t i = 0; i < 8; i++)
		table_cell(&t, cells[i]);
	ck_assert_uint_eq(table_rows(&t), 2);
	for (unsigned width = 0; width <= 20; width += width == 0 ? 12 : 4)
		ck_assert_int_eq(table_print(&t, out, (struct terminal){width, false}, 0), 0);
	table_clear(&t);
	fclose(out);
	ck_assert_str_eq(text, "A       B             N\n" /* no terminal */
			       "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f    eight888      7\n"
			       "\xe6\xb8\xa9\xe5\xba\xa6\xe8\xa1\xa8  \\u{07}    12345\n"
			       "A          N\n" /* 12: B is left out, A is cut */
			       "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f       7\n"
			       "\xe6\xb8\xa9\xe5\xba\xa6\xe2\x80\xa6  12345\n"
			       "A           N\n" /* 16: A fits */
			       "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f        7\n"
			       "\xe6\xb8\xa9\xe5\xba\xa6\xe8\xa1\xa8  12345\n"
			       "A      B           N\n" /* 20: the widest are cut */
			       "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f   eight\xe2\x80\xa6      7\n"
			       "\xe6\xb8\xa9\xe5\xba\xa6\xe2\x80\xa6  \\u{07}  12345\n");
	free(text);
}
END_TEST

START_TEST(test_output_appears_whole)
{
	char folder[] = "/tmp/earshot-output-XXXXXX", path[64], text[16] = "";
	struct output o;
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.json", folder);
	ck_assert_int_eq(output_open(&o, path), 0);
	fputs("first", o.stream);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(output_finish(&o), 0);
	ck_assert_int_eq(output_open(&o, path), 0);
	fputs("second", o.stream);
	output_abandon(&o);
	FILE *in = fopen(path, "r");
	ck_assert_uint_eq(fread(text, 1, sizeof(text) - 1, in), 5);
	fclose(in);
	ck_assert_str_eq(text, "first");
	ck_assert_int_eq(output_open(&o, folder), -EISDIR);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(folder), 0); /* nothing else is in it */
	ck_assert_int_eq(output_open(&o, path), -ENOENT);
	output_abandon(&o);
	ck_assert_int_eq(output_open(&o, "/dev/full"), 0);
	fputs("text", o.stream);
	ck_assert_int_eq(output_finish(&o), -ENOSPC);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("export");
	TCase *t = tcase_create("export");
	tcase_set_timeout(t, 30);
	tcase_add_test(t, test_json_strings);
	tcase_add_test(t, test_json_element);
	tcase_add_test(t, test_json_asset);
	tcase_add_test(t, test_json_harmless);
	tcase_add_test(t, test_json_zones);
	tcase_add_test(t, test_order_does_not_show);
	tcase_add_test(t, test_csv);
	tcase_add_test(t, test_full_stream);
	tcase_add_test(t, test_json_without_memory);
	tcase_add_test(t, test_coverage);
	tcase_add_test(t, test_show_fits);
	tcase_add_test(t, test_show_assets);
	tcase_add_test(t, test_show_asset);
	tcase_add_test(t, test_filters);
	tcase_add_test(t, test_table_cuts);
	tcase_add_test(t, test_output_appears_whole);
	suite_add_tcase(suite, t);
	return check_suite(suite);
}
