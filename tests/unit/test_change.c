/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_change.c - what a comparison says of two small scenes, forwards, backwards, and through the JSON export; what
 * is no inventory; times as people write them.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "sensor/change/change.h"
#include "sensor/export/export.h"
#include "sensor/inventory/until.h"
#include "sensor/util/moment.h"
#include "tests/check_main.h"

#define PLC "10.0.0.1"
#define PLC_MAC "00:1b:1b:00:00:01"
#define HMI "10.0.0.2"
#define HMI_MAC "00:1b:1b:00:00:02"
#define FIRMWARE(text) FACT(PLC, FIRMWARE_VERSION, S7COMM, "SZL 0x0011", text)
#define STATION ARRIVED(PLC, PLC_MAC, 0), ARRIVED(HMI, HMI_MAC, 0)

/* One line a change, sorted as told: "value-changed firmware_version 10.0.0.1 V1>V2". */
static char *lines_of(const struct changes *c, bool mirrored)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	for (uint32_t i = 0; i < c->count; i++) {
		const struct change *x = &c->list[i];
		const char *before = mirrored ? x->after : x->before, *after = mirrored ? x->before : x->after;
		fprintf(out, "%s %s", change_kind_name(x->kind), x->asset.label);
		if (x->peer.id != NULL)
			fprintf(out, " %s", x->peer.label);
		if (x->field != CHANGE_FIELDS)
			fprintf(out, " %s", change_field_name(x->field));
		if (before != NULL || after != NULL)
			fprintf(out, " %s>%s", before != NULL ? before : "", after != NULL ? after : "");
		if (x->protocol != NULL)
			fprintf(out, " %s %s/%u %x", x->protocol, x->transport, x->port, x->operations);
		if (!x->listened)
			fputs(" unheard", out);
		if (x->note != NULL && !mirrored)
			fprintf(out, " (%s)", x->note);
		fputc('\n', out);
	}
	fclose(out);
	return text;
}

struct compared {
	struct conclusions conclusions[2];
	struct side sides[2];
	struct changes *changes;
};

static void compare(struct compared *c, const struct step *older, const struct step *newer)
{
	scene_conclude(&c->conclusions[0], older);
	scene_conclude(&c->conclusions[1], newer);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_eq(side_of_conclusions(&c->sides[i], &c->conclusions[i], "plant"), 0);
	c->changes = changes_between(&c->sides[0], &c->sides[1]);
	ck_assert_ptr_nonnull(c->changes);
}

static void clear(struct compared *c)
{
	changes_free(c->changes);
	for (unsigned i = 0; i < 2; i++) {
		side_clear(&c->sides[i]);
		scene_clear(&c->conclusions[i]);
	}
}

static char *json_of(const struct conclusions *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	ck_assert_int_eq(export_json(out, c, "plant"), 0);
	fclose(out);
	return text;
}

/* Through the export the same changes, and against its own export none. */
static void check_json(struct compared *c, const char *expected)
{
	struct side sides[2];
	char error[SIDE_ERROR_MAX];
	for (unsigned i = 0; i < 2; i++) {
		char *text = json_of(&c->conclusions[i]);
		ck_assert_msg(side_of_json(&sides[i], text, strlen(text), error) == 0, "%s", error);
		free(text);
		struct changes *none = changes_between(&c->sides[i], &sides[i]);
		ck_assert_uint_eq(none->count, 0);
		changes_free(none);
	}
	struct changes *changes = changes_between(&sides[0], &sides[1]);
	char *lines = lines_of(changes, false);
	ck_assert_str_eq(lines, expected);
	free(lines);
	changes_free(changes);
	side_clear(&sides[0]);
	side_clear(&sides[1]);
}

static const enum change_kind mirror_kinds[CHANGE_KINDS] = {
	[CHANGE_ASSET_ADDED] = CHANGE_ASSET_NOT_SEEN,
	[CHANGE_ASSET_NOT_SEEN] = CHANGE_ASSET_ADDED,
	[CHANGE_ASSET_REPLACED] = CHANGE_ASSET_REPLACED,
	[CHANGE_ASSET_JOINED] = CHANGE_ASSET_SPLIT,
	[CHANGE_ASSET_SPLIT] = CHANGE_ASSET_JOINED,
	[CHANGE_MOVED] = CHANGE_MOVED,
	[CHANGE_VALUE] = CHANGE_VALUE,
	[CHANGE_MODULE_ADDED] = CHANGE_MODULE_NOT_SEEN,
	[CHANGE_MODULE_NOT_SEEN] = CHANGE_MODULE_ADDED,
	[CHANGE_CHANNEL_ADDED] = CHANGE_CHANNEL_NOT_SEEN,
	[CHANGE_CHANNEL_NOT_SEEN] = CHANGE_CHANNEL_ADDED,
	[CHANGE_OPERATION_ADDED] = CHANGE_OPERATION_NOT_SEEN,
	[CHANGE_OPERATION_NOT_SEEN] = CHANGE_OPERATION_ADDED,
	[CHANGE_CONCLUSION] = CHANGE_CONCLUSION,
	[CHANGE_VALUE_OTHERWISE] = CHANGE_VALUE_OTHERWISE,
	[CHANGE_VALUE_LEARNED] = CHANGE_VALUE_NOT_SAID,
	[CHANGE_VALUE_NOT_SAID] = CHANGE_VALUE_LEARNED,
};

static void check_mirror(const struct compared *c)
{
	struct changes *back = changes_between(&c->sides[1], &c->sides[0]);
	ck_assert_uint_eq(back->count, c->changes->count);
	for (unsigned kind = 0; kind < CHANGE_KINDS; kind++)
		ck_assert_uint_eq(back->counts[mirror_kinds[kind]], c->changes->counts[kind]);
	for (uint32_t i = 0; i < back->count; i++) {
		const struct change *a = &back->list[i];
		bool found = false;
		for (uint32_t k = 0; k < c->changes->count; k++) {
			const struct change *b = &c->changes->list[k];
			found |= mirror_kinds[a->kind] == b->kind && a->field == b->field &&
				 a->listened == b->listened && a->before == b->after && a->after == b->before &&
				 a->port == b->port && a->operations == b->operations &&
				 a->old_mark.frame == b->new_mark.frame && a->new_mark.frame == b->old_mark.frame;
		}
		ck_assert_msg(found, "%s %s has no mirror", change_kind_name(a->kind), a->asset.label);
	}
	changes_free(back);
}

static void check(const struct step *older, const struct step *newer, const char *expected)
{
	struct compared c;
	compare(&c, older, newer);
	char *lines = lines_of(c.changes, false);
	ck_assert_str_eq(lines, expected);
	check_json(&c, expected);
	check_mirror(&c);
	free(lines);
	clear(&c);
}

START_TEST(test_nothing)
{
	const struct step scene[] = {STATION, FIRMWARE("V1"), TALKED(HMI, PLC, S7COMM, 102, OPERATION_READ),
		FACT(PLC "#s7-rack-slot:0/4", ORDER_NUMBER, S7COMM, "SZL 0x0011", "6ES7 315"), END};
	const struct step empty[] = {END};
	check(scene, scene, "");
	check(empty, empty, "");
}
END_TEST

START_TEST(test_values)
{
	const struct step v1[] = {STATION, FIRMWARE("V1"), END};
	const struct step v2[] = {STATION, FIRMWARE("V2"), END};
	const struct step both[] = {STATION, FIRMWARE("V1"), FIRMWARE("V2"), END};
	const struct step silent[] = {STATION, END};
	const struct step other[] = {STATION, FACT(PLC, FIRMWARE_VERSION, SNMP, "sysDescr", "V2"), END};
	check(v1, v2, "value-changed 10.0.0.1 firmware_version V1>V2\n");
	check(v1, both, "value-changed 10.0.0.1 firmware_version V1>V2\n"); /* what was said last holds */
	check(silent, v2, "value-learned 10.0.0.1 firmware_version >V2\n");
	check(v1, silent, "value-not-said 10.0.0.1 firmware_version V1>\n");
	/* Another kind of message may mean something else. */
	check(v1, other, "value-said-otherwise 10.0.0.1 firmware_version V1>V2\n");
}
END_TEST

START_TEST(test_better_message)
{
	const struct step plain[] = {STATION, FACT(PLC, MODEL, HTTP, "title", "CPU"), END};
	struct step more[] = {
		STATION, FACT(PLC, MODEL, HTTP, "title", "CPU"), FACT(PLC, MODEL, S7COMM, "SZL", "CPU 315"), END};
	more[3].confidence = 98; /* nothing changed: somebody asked a better question */
	check(plain, more,
		"value-learned 10.0.0.1 purdue_level >1\nvalue-learned 10.0.0.1 model CPU>CPU 315\n"
		"value-learned 10.0.0.1 type >plc\n");
}
END_TEST

START_TEST(test_mode)
{
	const struct step run[] = {STATION, FACT(PLC, OPERATING_MODE, S7COMM, "SZL 0x0424", "RUN"), END};
	const struct step stop[] = {STATION, FACT(PLC, OPERATING_MODE, S7COMM, "SZL 0x0424", "RUN"),
		FACT(PLC, OPERATING_MODE, S7COMM, "SZL 0x0424", "STOP"), END};
	const struct step back[] = {STATION, FACT(PLC, OPERATING_MODE, S7COMM, "SZL 0x0424", "STOP"),
		FACT(PLC, OPERATING_MODE, S7COMM, "SZL 0x0424", "RUN"), END};
	check(run, stop, "value-changed 10.0.0.1 operating_mode RUN>STOP\n");
	check(run, back, "");
}
END_TEST

START_TEST(test_evidence)
{
	const struct step v1[] = {STATION, FIRMWARE("V1"), END};
	const struct step v2[] = {STATION, SPOKE(HMI), FIRMWARE("V2"), END};
	struct compared c;
	compare(&c, v1, v2);
	ck_assert_uint_eq(c.changes->count, 1);
	const struct change *x = &c.changes->list[0];
	ck_assert_uint_eq(x->old_mark.frame, 3);
	ck_assert_uint_eq(x->new_mark.frame, 4);
	ck_assert_str_eq(x->old_mark.capture, "scene.pcap");
	ck_assert_str_eq(x->old_mark.protocol, "s7comm");
	ck_assert_str_eq(x->new_mark.message, "SZL 0x0011");
	ck_assert_int_eq(x->new_mark.first_ns, 1000000003);
	clear(&c);
}
END_TEST

START_TEST(test_assets)
{
	const struct step one[] = {STATION, END};
	const struct step more[] = {STATION, ARRIVED("10.0.0.3", "00:1b:1b:00:00:03", 0),
		ARRIVED("192.168.7.1", "00:1b:1b:00:00:04", 0), END};
	check(one, more, "asset-added 10.0.0.3\nasset-added 192.168.7.1 unheard\n");
	/* Asked in vain, and its neighbours were heard. */
	const struct step vain[] = {STATION, ASKED(HMI, "10.0.0.3", MODBUS, 502, OPERATION_READ), END};
	const struct step had[] = {STATION, ARRIVED("10.0.0.3", "00:1b:1b:00:00:03", 0), END};
	struct compared c;
	compare(&c, had, vain);
	char *lines = lines_of(c.changes, false);
	ck_assert_str_eq(lines, "asset-not-seen 10.0.0.3 (10.0.0.2 asked for 10.0.0.3 in vain)\n");
	ck_assert_str_eq(c.changes->list[0].new_mark.because, "10.0.0.1 of 10.0.0.0/24 was heard, and others");
	free(lines);
	clear(&c);
}
END_TEST

START_TEST(test_moved)
{
#define SERIAL(where, text) FACT(where, SERIAL_NUMBER, S7COMM, "SZL 0x001c", text)
	/* Another address; another VLAN. */
	const struct step here[] = {ARRIVED(PLC, PLC_MAC, 0), END};
	const struct step there[] = {ARRIVED("10.0.0.9", PLC_MAC, 0), END};
	const struct step in_vlan[] = {ARRIVED_IN(PLC, PLC_MAC, 0, 20), END};
	check(here, there, "moved 10.0.0.9 ip 10.0.0.1>10.0.0.9\n");
	check(here, in_vlan, "moved 10.0.0.1 vlan 7>20\n");
	/* A new network card: the serial number says that it is the same device, at whatever address. */
	const struct step card[] = {ARRIVED(PLC, PLC_MAC, 0), SERIAL(PLC, "S C-X4U421302009"), END};
	const struct step new_card[] = {
		ARRIVED("10.0.0.8", "00:1b:1b:00:00:77", 0), SERIAL("10.0.0.8", "S C-X4U421302009"), END};
	check(card, new_card,
		"moved 10.0.0.8 ip 10.0.0.1>10.0.0.8\nmoved 10.0.0.8 mac 00:1b:1b:00:00:01>00:1b:1b:00:00:77\n");
	/* A serial number of two devices says nothing. */
	const struct step twins[] = {ARRIVED("10.0.0.8", "00:1b:1b:00:00:77", 0),
		SERIAL("10.0.0.8", "S C-X4U421302009"), ARRIVED("10.0.0.9", "00:1b:1b:00:00:78", 0),
		SERIAL("10.0.0.9", "S C-X4U421302009"), TALKED("10.0.0.8", "10.0.0.9", S7COMM, 102, OPERATION_READ),
		END};
	struct compared c;
	compare(&c, card, twins);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_ADDED], 2);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_NOT_SEEN], 1);
	clear(&c);
}
END_TEST

START_TEST(test_replaced)
{
	const struct step before[] = {ARRIVED(PLC, PLC_MAC, 0), SERIAL(PLC, "AB1234"), END};
	const struct step after[] = {ARRIVED(PLC, "00:1b:1b:00:00:77", 0), SERIAL(PLC, "CD5678"), END};
	check(before, after,
		"asset-replaced 10.0.0.1 10.0.0.1 00:1b:1b:00:00:01>00:1b:1b:00:00:77\n"
		"value-changed 10.0.0.1 serial_number AB1234>CD5678\n");
	/* Two hosts with names of their own, one after the other by DHCP. */
	const struct step alice[] = {
		ARRIVED(PLC, PLC_MAC, 0), FACT(PLC, HOSTNAME, DHCP, "request", "alice"), ARRIVED(HMI, HMI_MAC, 0), END};
	const struct step bob[] = {ARRIVED(PLC, "00:1b:1b:00:00:77", 0), FACT(PLC, HOSTNAME, DHCP, "request", "bob"),
		ARRIVED(HMI, HMI_MAC, 0), END};
	struct compared c;
	compare(&c, alice, bob);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_ADDED], 1);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_NOT_SEEN], 1);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_REPLACED], 0);
	ck_assert_ptr_nonnull(strstr(c.changes->list[0].note, "its address was that of another device, 10.0.0.1"));
	clear(&c);
}
END_TEST

START_TEST(test_joined)
{
	/* Behind a router only the address is known; next to it the MAC address is, and that there are two of them. */
	const struct step two[] = {SPOKE("10.0.0.5"), SPOKE("10.0.0.6"), END};
	const struct step one[] = {ARRIVED("10.0.0.5", PLC_MAC, 0), ARRIVED("10.0.0.6", PLC_MAC, 0),
		ARP("10.0.0.5", PLC_MAC), ARP("10.0.0.6", PLC_MAC), END};
	struct compared c;
	compare(&c, two, one);
	ck_assert_uint_eq(c.conclusions[1].asset_count, 1);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_ADDED], 0);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_NOT_SEEN], 0);
	ck_assert_uint_eq(c.changes->counts[CHANGE_ASSET_JOINED], 1);
	check_mirror(&c);
	clear(&c);
}
END_TEST

START_TEST(test_modules)
{
#define CARD(slot, number) FACT(PLC "#s7-rack-slot:" slot, ORDER_NUMBER, S7COMM, "SZL 0x0011", number)
	const struct step before[] = {STATION, CARD("0/4", "6ES7 321"), CARD("0/5", "6ES7 322"), END};
	const struct step after[] = {STATION, CARD("0/4", "6ES7 331"), CARD("0/6", "6ES7 322"), END};
	const struct step unread[] = {STATION, END};
	check(before, after,
		"value-changed 10.0.0.1 s7-rack-slot 0/4 order_number 6ES7 321>6ES7 331\n"
		"module-added 10.0.0.1 s7-rack-slot 0/6 10.0.0.1\n"
		"module-not-seen 10.0.0.1 s7-rack-slot 0/5 10.0.0.1\n");
	check(before, unread,
		"module-not-seen 10.0.0.1 s7-rack-slot 0/4 10.0.0.1 unheard\n"
		"module-not-seen 10.0.0.1 s7-rack-slot 0/5 10.0.0.1 unheard\n");
}
END_TEST

START_TEST(test_channels)
{
	const struct step reads[] = {STATION, TALKED(HMI, PLC, S7COMM, 102, OPERATION_READ), END};
	const struct step writes[] = {STATION, TALKED(HMI, PLC, S7COMM, 102, OPERATION_READ | OPERATION_WRITE), END};
	const struct step quiet[] = {STATION, SPOKE(PLC), END};
	const struct step laptop[] = {STATION, TALKED(HMI, PLC, S7COMM, 102, OPERATION_READ),
		ARRIVED("10.0.0.7", "00:1b:1b:00:00:07", 0), TALKED("10.0.0.7", PLC, S7COMM, 102, OPERATION_PROGRAM),
		END};
	struct compared c;
	compare(&c, reads, writes);
	char *lines = lines_of(c.changes, false);
	ck_assert_ptr_nonnull(strstr(lines, "operation-added 10.0.0.2 10.0.0.1 s7comm tcp/102 2\n"));
	ck_assert_uint_eq(c.changes->counts[CHANGE_OPERATION_ADDED], 1);
	free(lines);
	check_mirror(&c);
	clear(&c);
	compare(&c, quiet, reads);
	lines = lines_of(c.changes, false);
	ck_assert_ptr_nonnull(strstr(lines, "channel-added 10.0.0.2 10.0.0.1 s7comm tcp/102 1\n"));
	free(lines);
	check_mirror(&c);
	clear(&c);
	compare(&c, reads, laptop);
	lines = lines_of(c.changes, false);
	ck_assert_ptr_nonnull(strstr(lines, "asset-added 10.0.0.7\n"));
	ck_assert_ptr_nonnull(strstr(lines, "channel-added 10.0.0.7 10.0.0.1 s7comm tcp/102 8 unheard\n"));
	free(lines);
	check_mirror(&c);
	clear(&c);
}
END_TEST

START_TEST(test_dynamic_ports)
{
	const struct step before[] = {STATION, TALKED(HMI, PLC, NONE, 49152, 0), END};
	const struct step after[] = {STATION, TALKED(HMI, PLC, NONE, 51000, 0), TALKED(HMI, PLC, NONE, 65535, 0), END};
	const struct step fixed[] = {STATION, TALKED(HMI, PLC, NONE, 49151, 0), END};
	check(before, after, "");
	check(before, fixed,
		"channel-added 10.0.0.2 10.0.0.1  tcp/49151 0\nchannel-not-seen 10.0.0.2 10.0.0.1  tcp/0 0\n");
}
END_TEST

/* Whatever a device says of itself, no output breaks. */
START_TEST(test_hostile)
{
	const char *const nasty = "</script>\x1b[2J=cmd()\xe2\x80\xae\"\n";
	const struct step before[] = {STATION, FACT(PLC, NAME, SNMP, "sysName", "=1+1"), END};
	const struct step after[] = {STATION, FACT(PLC, NAME, SNMP, "sysName", nasty), END};
	struct compared c;
	char *text = NULL;
	size_t len = 0;
	compare(&c, before, after);
	FILE *out = open_memstream(&text, &len);
	ck_assert_int_eq(changes_text(out, c.changes, true), 0);
	ck_assert_int_eq(changes_json(out, c.changes), 0);
	fclose(out);
	ck_assert_ptr_null(strchr(text, '\x1b'));
	const char *json = strstr(text, "\"schema\"");
	ck_assert_ptr_nonnull(json);
	ck_assert_ptr_null(strstr(json, "</script>"));
	ck_assert_ptr_nonnull(strstr(json, "\\u003c/script>"));
	free(text);
	out = open_memstream(&text, &len);
	ck_assert_int_eq(changes_csv(out, c.changes), 0);
	fclose(out);
	ck_assert_ptr_null(strstr(text, ",=1+1"));
	ck_assert_ptr_nonnull(strstr(text, ",\"'=1+1\","));
	free(text);
	clear(&c);
}
END_TEST

START_TEST(test_until)
{
	const struct step scene[] = {STATION, FIRMWARE("V1"), TALKED(HMI, PLC, S7COMM, 102, OPERATION_READ),
		FIRMWARE("V2"), TALKED(HMI, PLC, S7COMM, 102, OPERATION_WRITE),
		ARRIVED("10.0.0.3", "00:1b:1b:00:00:03", 0), END};
	struct conclusions now, then;
	struct side sides[2];
	scene_conclude(&now, scene);
	struct inventory *past = inventory_until(now.inventory, 1000000003);
	ck_assert_int_eq(conclusions_make(&then, past, scene_knowledge(), NULL), 0);
	ck_assert_int_eq(side_of_conclusions(&sides[0], &then, ""), 0);
	ck_assert_int_eq(side_since(&sides[1], &now, "", 1000000003), 0);
	struct changes *changes = changes_between(&sides[0], &sides[1]);
	char *lines = lines_of(changes, false);
	ck_assert_ptr_nonnull(strstr(lines, "asset-added 10.0.0.3\n"));
	ck_assert_ptr_nonnull(strstr(lines, "value-changed 10.0.0.1 firmware_version V1>V2\n"));
	ck_assert_ptr_nonnull(strstr(lines, "operation-added 10.0.0.2 10.0.0.1 s7comm tcp/102 2\n"));
	free(lines);
	changes_free(changes);
	for (unsigned i = 0; i < 2; i++)
		side_clear(&sides[i]);
	/* Nothing had been seen before the first frame. */
	struct inventory *nothing = inventory_until(now.inventory, 999999999);
	ck_assert_uint_eq(nothing->endpoint_count + nothing->fact_count + nothing->link_count, 0);
	inventory_free(nothing);
	conclusions_clear(&then);
	inventory_free(past);
	scene_clear(&now);
}
END_TEST

static void refuse(const char *text, const char *expected)
{
	struct side side;
	char error[SIDE_ERROR_MAX];
	ck_assert_int_eq(side_of_json(&side, text, strlen(text), error), -EINVAL);
	ck_assert_msg(strcmp(error, expected) == 0, "%s: '%s', not '%s'", text, error, expected);
	side_clear(&side);
}

START_TEST(test_no_inventory)
{
#define BEGIN "{\"schema\": \"earshot.inventory/1\", "
	refuse("", "1:1: expected an inventory: an object that begins with '{'");
	refuse("[]", "1:1: expected an inventory: an object that begins with '{'");
	refuse("{}", "1:1: expected \"schema\": \"earshot.inventory/1\"; 'earshot export json' writes it");
	refuse("{\"schema\": 7}",
		"1:12: expected \"schema\": \"earshot.inventory/1\"; 'earshot export json' writes it");
	refuse("{\"schema\": \"x\"\n\"site\": \"\"}", "2:1: expected ',' or '}'");
	refuse(BEGIN "\"schema\": 1}", "1:36: this key was there before");
	refuse(BEGIN "\"captures\": [], \"assets\": [], \"links\": []} x",
		"1:78: nothing was expected after the inventory");
	refuse(BEGIN "\"assets\": [], \"links\": []}",
		"1:1: no inventory: a list of captures, assets or links is missing");
	refuse(BEGIN "\"captures\": {}, \"assets\": [], \"links\": []}", "1:47: expected a list");
	refuse(BEGIN "\"captures\": [], \"assets\": [{}], \"links\": []}", "1:62: an asset without an id");
	refuse(BEGIN "\"captures\": [], \"assets\": [7], \"links\": []}", "1:62: expected an object");
	refuse(BEGIN "\"captures\": [], \"assets\": [{\"id\":\"a\"},{\"id\":\"a\"}], \"links\": []}",
		"1:73: an asset has the id of another");
	refuse(BEGIN "\"captures\": [], \"assets\": [{\"id\":\"a\",\"parent\":\"a\"}], \"links\": []}",
		"1:62: a part of a device must say where in it, and stand behind it");
	refuse(BEGIN "\"captures\": [], \"assets\": [], \"links\": [{\"client\":\"a\"}]}",
		"1:75: a link between assets that are not in the list");
	refuse("\xff", "1:1: no inventory: not text in UTF-8");
}
END_TEST

/* Cut in many places, or with every seventh byte replaced: an error or another inventory, never worse. */
START_TEST(test_broken_json)
{
	const struct step scene[] = {STATION, FIRMWARE("V1"), TALKED(HMI, PLC, S7COMM, 102, OPERATION_READ),
		CARD("0/4", "6ES7 315"), ASKED(HMI, "10.0.0.3", MODBUS, 502, OPERATION_READ), END};
	struct conclusions c;
	char error[SIDE_ERROR_MAX];
	scene_conclude(&c, scene);
	char *text = json_of(&c);
	size_t len = strlen(text);
	for (size_t cut = 0; cut < len - 1; cut += cut < 200 || len - cut < 200 ? 1 : 3) {
		struct side side;
		char *copy = strndup(text, cut);
		int err = side_of_json(&side, copy, cut, error);
		ck_assert_msg(err == -EINVAL && error[0] != '\0', "cut at %zu of %zu: %d", cut, len, err);
		side_clear(&side);
		free(copy);
	}
	for (size_t at = 0; at < len; at += 7)
		for (const char *byte = "\"]}[{,:\\0\x01"; *byte != '\0'; byte++) {
			struct side side;
			char kept = text[at];
			text[at] = *byte;
			ck_assert_int_ne(side_of_json(&side, text, len, error), -ENOMEM);
			text[at] = kept;
			side_clear(&side);
		}
	free(text);
	scene_clear(&c);
}
END_TEST

START_TEST(test_moments)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {{"1970-01-01", 0}, {"1970-01-02", INT64_C(86400000000000)},
		{"2000-02-29", INT64_C(951782400000000000)},
		{"2024-03-12T06:00:00.050000Z", INT64_C(1710223200050000000)},
		{"2024-03-12 06:00", INT64_C(1710223200000000000)},
		{"2024-03-12T07:00:00+01:00", INT64_C(1710223200000000000)},
		{"2024-03-12T05:30:00-00:30", INT64_C(1710223200000000000)},
		{"2024-03-12T06:00:00.123456789Z", INT64_C(1710223200123456789)}};
	static const char *const bad[] = {"", "FAT", "2024", "2024-3-12", "2023-02-29", "2024-13-01", "2024-00-01",
		"2024-03-12T", "2024-03-12T06", "2024-03-12T24:00", "2024-03-12T06:00:00.",
		"2024-03-12T06:00:00.1234567890Z", "2024-03-12T06:00+1", "2024-03-12T06:00Zx", "1969-12-31",
		"2262-01-01", "1970-01-01T00:00+01:00"};
	int64_t ns;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(moment_parse(good[i].text, &ns), "%s", good[i].text);
		ck_assert_int_eq(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!moment_parse(bad[i], &ns), "%s", bad[i]);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("change");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_nothing);
	tcase_add_test(t, test_values);
	tcase_add_test(t, test_better_message);
	tcase_add_test(t, test_mode);
	tcase_add_test(t, test_evidence);
	tcase_add_test(t, test_assets);
	tcase_add_test(t, test_moved);
	tcase_add_test(t, test_replaced);
	tcase_add_test(t, test_joined);
	tcase_add_test(t, test_modules);
	tcase_add_test(t, test_channels);
	tcase_add_test(t, test_dynamic_ports);
	tcase_add_test(t, test_hostile);
	tcase_add_test(t, test_until);
	tcase_add_test(t, test_no_inventory);
	tcase_add_test(t, test_broken_json);
	tcase_add_test(t, test_moments);
	return check_main("change", t);
}
