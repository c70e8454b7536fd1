/* SPDX-License-Identifier: Apache-2.0 */
/* test_ports.c - frames without IP: links and events between MACs, and which MACs are the ports of one device. */
#include <check.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "sensor/flow/parts.h"
#include "tests/check_main.h"

#define SWITCH "00:1b:1b:00:00:01"
#define PORT_1 "00:1b:1b:00:00:02"
#define PORT_2 "00:1b:1b:00:00:03"
#define STRANGER "00:0e:8c:00:00:04"

static struct conclusions c;

START_TEST(ports_that_name_one_chassis_are_one_device)
{
	static const struct step steps[] = {FACT(PORT_1, CHASSIS_ID, LLDP, "LLDP chassis ID", SWITCH),
		FACT(PORT_2, CHASSIS_ID, STP, "BPDU", SWITCH), SPOKE(PORT_1), SPOKE(PORT_2), ARP("10.0.0.1", SWITCH),
		END};
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_ptr_eq(scene_asset(&c, PORT_1), scene_asset(&c, "10.0.0.1"));
}
END_TEST

START_TEST(another_makers_mac_is_no_port)
{
	static const struct step steps[] = {FACT(PORT_1, CHASSIS_ID, LLDP, "LLDP chassis ID", SWITCH),
		FACT(STRANGER, CHASSIS_ID, LLDP, "LLDP chassis ID", SWITCH), SPOKE(PORT_1), SPOKE(STRANGER), END};
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.asset_count, 2);
}
END_TEST

START_TEST(ports_that_talk_to_each_other_are_two_devices)
{
	static const struct step steps[] = {FACT(PORT_1, CHASSIS_ID, LLDP, "LLDP chassis ID", SWITCH),
		FACT(PORT_2, CHASSIS_ID, LLDP, "LLDP chassis ID", SWITCH), SPOKE(PORT_1), SPOKE(PORT_2),
		TALKED(PORT_1, PORT_2, PN_DCP, 0, OPERATION_DIAGNOSE), END};
	scene_conclude(&c, steps);
	ck_assert_uint_eq(c.asset_count, 2);
}
END_TEST

START_TEST(ports_managed_at_one_address_are_no_conflict)
{
	static const struct step ports[] = {FACT(PORT_1, IP, LLDP, "LLDP management address", "10.0.0.1"),
		FACT(PORT_2, IP, LLDP, "LLDP management address", "10.0.0.1"),
		FACT(PORT_1, IP, LLDP, "LLDP management address", "fe80::1"), ARP("10.0.0.1", SWITCH), SPOKE(PORT_1),
		SPOKE(PORT_2), END};
	static const struct step stations[] = {FACT(PORT_1, IP, PN_DCP, "DCP Identify response", "10.0.0.1"),
		FACT(PORT_2, IP, PN_DCP, "DCP Identify response", "10.0.0.1"), SPOKE(PORT_1), SPOKE(PORT_2), END};
	scene_conclude(&c, ports);
	ck_assert_uint_eq(c.asset_count, 1);
	ck_assert_uint_eq(c.assets[0].conflict_count, 0);
	scene_clear(&c);
	scene_conclude(&c, stations);
	ck_assert_uint_ge(scene_asset(&c, "10.0.0.1")->conflict_count, 1);
}
END_TEST

static struct inventory *inv;
static struct pipeline *pipeline;

static void send_hex(const char *hex)
{
	static int64_t now_ns = 1000000000;
	uint8_t bytes[256];
	uint32_t len = 0;
	unsigned byte;
	for (; *hex != '\0'; hex++)
		if (*hex != ' ' && sscanf(hex++, "%2x", &byte) == 1)
			bytes[len++] = (uint8_t)byte;
	struct packet p = {.bytes = bytes,
		.captured_len = len,
		.wire_len = len,
		.time_ns = now_ns += 50000000,
		.link_type = DLT_EN10MB};
	pipeline_packet(pipeline, &p);
}

static const struct link *link_of(const char *protocol, unsigned parts)
{
	const struct link *found = NULL;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[i];
		if (strcmp(inventory_text(inv, l->protocol), protocol) != 0 || l->parts != parts)
			continue;
		ck_assert_ptr_null(found);
		found = l;
	}
	ck_assert_ptr_nonnull(found);
	return found;
}

static void record_start(void)
{
	inv = inventory_new(&inventory_limits_default);
	pipeline = pipeline_new(inv, inventory_capture_add(inv, "made"));
	ck_assert_ptr_nonnull(pipeline);
}

static void record_end(void)
{
	inventory_free(inv);
}

#define A "001b1b000007"
#define B "001b1b000008"

/* Neither asks: both directions are one link, whoever is heard first. */
START_TEST(cyclic_data_is_one_link)
{
	send_hex(A B "8892 8001 0102030405060708 1234 35 00");
	send_hex(B A "8892 8002 0102030405060708 1234 35 00");
	pipeline_end(pipeline);
	const struct link *l = link_of("pn-rt", PART_EXCHANGE);
	ck_assert_uint_eq(inv->link_count, 1);
	ck_assert_uint_eq(l->packets, 2);
	ck_assert_uint_eq(l->bytes, 2 * 28);
	ck_assert_uint_eq(inv->endpoints[l->client].address.bytes[5], 7);
	ck_assert_uint_eq(inv->endpoints[l->server].address.bytes[5], 8);
}
END_TEST

/* Who sets is the client of who is set, and of nobody's fact: the event is on the link. */
START_TEST(a_set_is_an_event_on_the_link)
{
	send_hex(B A "8892 fefd 04 00 00000003 0000 0008 0202 0003 0001 78 00");
	pipeline_end(pipeline);
	const struct link *l = link_of("pn-dcp", PART_REQUEST);
	ck_assert_uint_eq(inv->endpoints[l->client].address.bytes[5], 7);
	ck_assert_uint_eq(l->asked, OPERATION_CONFIGURE);
	ck_assert_uint_eq(inv->fact_count, 0);
	ck_assert_uint_eq(inv->activity_count, 2); /* the proof of the operation, and what was set */
	ck_assert_str_eq(inventory_text(inv, inv->activities[1].message), "DCP Set name of station");
	ck_assert_str_eq(inventory_text(inv, inv->activities[1].detail), "x");
}
END_TEST

/* An answer goes to who asked; a malformed one says nothing. */
START_TEST(an_answer_is_its_senders)
{
	send_hex(A B "8892 feff 05 01 00000001 0000 0008 0202 0004 0000 6431");
	send_hex(A B "8892 feff 05 01 00000001 0000 0008 0202 0007 0000 6432");
	pipeline_end(pipeline);
	const struct link *l = link_of("pn-dcp", PART_RESPONSE);
	ck_assert_uint_eq(inv->endpoints[l->server].address.bytes[5], 8);
	ck_assert_uint_eq(l->packets, 1);
	ck_assert_uint_eq(inv->fact_count, 1);
	ck_assert_uint_eq(inv->facts[0].endpoint, l->server);
	ck_assert_uint_eq(inv->protocol_counts[0].malformed, 1);
}
END_TEST

static void clear(void)
{
	scene_clear(&c);
}

int main(void)
{
	Suite *suite = suite_create("ports");
	TCase *devices = tcase_create("devices"), *frames = tcase_create("frames");
	tcase_add_checked_fixture(devices, NULL, clear);
	tcase_add_test(devices, ports_that_name_one_chassis_are_one_device);
	tcase_add_test(devices, another_makers_mac_is_no_port);
	tcase_add_test(devices, ports_that_talk_to_each_other_are_two_devices);
	tcase_add_test(devices, ports_managed_at_one_address_are_no_conflict);
	tcase_add_checked_fixture(frames, record_start, record_end);
	tcase_add_test(frames, cyclic_data_is_one_link);
	tcase_add_test(frames, a_set_is_an_event_on_the_link);
	tcase_add_test(frames, an_answer_is_its_senders);
	suite_add_tcase(suite, devices);
	suite_add_tcase(suite, frames);
	return check_suite(suite);
}
