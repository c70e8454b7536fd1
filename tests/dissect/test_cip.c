/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cip.c - whose identity a CIP reply carries: routes, connections, packets of requests.
 *
 * Messages by The CIP Networks Library, volume 1: 2-4, 3-5.5 (Connection Manager), chapter 5 (Identity), appendices
 * and C-1. What is expected follows from them by hand; see script.h for what is around them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "tests/check_main.h"

/* ---- whose identity ---- */

START_TEST(identity_of_device)
{
	script_clear();
	script_rr('>', GET_IDENTITY);
	script_rr('<', ENBT);
	script_expect("> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n< "
		      "confirmed\n" ENBT_SAYS(""));
}
END_TEST

START_TEST(identity_behind_routes)
{
	script_clear();
	script_rr('>', script_sent(GET_IDENTITY, "0100"));
	script_rr('<', L61);
	/* slot 3, port 2 to another chassis, slot 1 there; twice: a presence is said once */
	script_rr('>', script_sent(GET_IDENTITY, "0103 1208 '10.0.0.9' 0101"));
	script_rr('<', ENBT);
	script_rr('>', script_sent("0e 03 2001 2401 3007", "0103 1208 '10.0.0.9' 0101"));
	script_rr('<', "8e 00 00 00 0b '1756-ENBT/A'");
	script_expect_reports("< presence sender cip-port-slot=1/0 [CIP reply]\n" L61_SAYS(
		" cip-port-slot=1/0") "< presence sender cip-port-slot=1/3,2/10.0.0.9,1/1 [CIP "
				      "reply]\n" ENBT_SAYS(" cip-port-slot=1/3,2/10.0.0.9,1/1") "< fact sender "
												"cip-port-slot="
												"1/3,2/"
												"10.0.0.9,1/1 "
												"model = "
												"1756-ENBT/A "
												"[CIP Identity "
												"Get_Attribute_"
												"Single] "
												"95%\n");
}
END_TEST

START_TEST(route_of_wrapped_wrapping)
{
	char inner[1000];
	script_clear();
	snprintf(inner, sizeof(inner), "%s", script_sent(GET_IDENTITY, "0102"));
	script_rr('>', script_sent(inner, "0105"));
	script_rr('<', ENBT);
	script_expect_reports(
		"< presence sender cip-port-slot=1/5,1/2 [CIP reply]\n" ENBT_SAYS(" cip-port-slot=1/5,1/2"));
}
END_TEST

START_TEST(router_could_not)
{
	script_clear();
	script_rr('>', script_sent(GET_IDENTITY, "0107"));
	script_rr('<', "d2 00 01 01 1203 01 00"); /* link address not available, one word of the path left */
	script_rr('>', script_sent("52 02 9101 'X0' 0100 00000000", "0107"));
	script_rr('<', "d2 00 01 01 0402 01 00"); /* the same answer when the inner service is 0x52, too: timed out */
	script_rr('>', script_sent(GET_IDENTITY, "0106"));
	script_rr('<', "81 00 08 00"); /* the module itself says no: it is there */
	script_expect_reports("< presence sender cip-port-slot=1/6 [CIP reply]\n");
}
END_TEST

START_TEST(route_too_long)
{
	/* more than a path text holds: the answer is somebody's, nobody can say whose */
	script_clear();
	script_rr('>', script_sent(GET_IDENTITY, "0103 120f '192.168.100.101' 00 0104 120f '192.168.100.102' 00 0105"
						 "120f '192.168.100.103' 00 0106"));
	script_rr('<', "81 00 00 00 0100 0c00 3a00 04 07 3000 c3ae5100 01 'A'");
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	ck_assert_ptr_nonnull(strstr(said, "< fact sender model = A [CIP Identity Get_Attributes_All] 40%\n"));
	ck_assert_ptr_null(strstr(said, "cip-port-slot"));
	ck_assert_ptr_null(strstr(said, "presence"));
	free(said);
}
END_TEST

START_TEST(single_attributes)
{
	static const char *const answers[] = {"8e 00 00 00 0100", "8e 00 00 00 0e00", "8e 00 00 00 3600",
		"8e 00 00 00 9014", "8e 00 00 00 6030", "8e 00 00 00 3f825100", "8e 00 00 00 03 'L61'"};
	char request[40];
	script_clear();
	for (unsigned i = 0; i < 7; i++) {
		snprintf(request, sizeof(request), "0e 03 2001 2401 30%02x", i + 1);
		script_rr('>', request);
		script_rr('<', answers[i]);
	}
	script_rr('>', "0e 03 2001 2400 3001"); /* the class, not the device */
	script_rr('<', "8e 00 00 00 0100");
	script_expect_reports(
		"< fact sender vendor #1 (cip-vendor) [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender device_type #14 (cip-device-type) [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender product_code = 54 [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender firmware_version = 16.20 [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender status = I/O connection in run mode #12384 [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender serial_number = 0x0051823f [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender model = L61 [CIP Identity Get_Attribute_Single] 95%\n");
}
END_TEST

START_TEST(attribute_list)
{
	script_clear();
	script_rr('>', "03 02 2001 2401 0400 0100 0900 0600 0700");
	script_rr('<', "83 00 0a 00 0400 0100 0000 3501 0900 1400 0600 0000 77ad0000 0700 0000 05 'MVI56'");
	script_expect(
		"> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n< confirmed\n"
		"< fact sender vendor #309 (cip-vendor) [CIP Identity Get_Attribute_List] 95%\n"
		"< fact sender serial_number = 0x0000ad77 [CIP Identity Get_Attribute_List] 95%\n"
		"< fact sender model = MVI56 [CIP Identity Get_Attribute_List] 95%\n");
}
END_TEST

START_TEST(reply_without_request)
{
	script_clear();
	script_rr('<', L61);
	/* another context, then another service: neither is the answer */
	script_rr_of('>', "aa00000000000000", GET_IDENTITY);
	script_rr_of('<', "bb00000000000000", L61);
	script_rr_of('<', "aa00000000000000", "8e 00 00 00 0100");
	script_expect("< enip answers\n< cip answers\n< confirmed\n> enip asks\n> cip asks diagnose\n> confirmed\n"
		      "< enip answers\n< cip answers\n< confirmed\n< enip answers\n< cip answers\n< confirmed\n");
}
END_TEST

START_TEST(lost_reply)
{
	/* a constant context, the reply of the first request missing from the capture */
	script_clear();
	script_rr('>', script_sent(GET_IDENTITY, "0100"));
	script_rr('>', script_sent(GET_IDENTITY, "0101"));
	script_rr('<', ENBT);
	script_rr('<', L61);
	script_expect_reports("< presence sender cip-port-slot=1/1 [CIP reply]\n" ENBT_SAYS(" cip-port-slot=1/1"));
}
END_TEST

START_TEST(pipelined)
{
	/* a constant context, and nothing acknowledged between two requests: both are in the air */
	struct frame frame = {.transport = TRANSPORT_TCP, .tcp_acknowledgement = 7};
	script_clear();
	script_rr('>', script_sent(GET_IDENTITY, "0100"));
	script_rr('>', script_sent(GET_IDENTITY, "0101"));
	script_rr('<', L61);
	script_rr('<', ENBT);
	script_expect_reports_in(&frame, "< presence sender cip-port-slot=1/0 [CIP reply]\n" L61_SAYS(
						 " cip-port-slot=1/0") "< presence sender cip-port-slot=1/1 [CIP "
								       "reply]\n" ENBT_SAYS(" cip-port-slot=1/1"));
}
END_TEST

START_TEST(many_routes)
{
	/* more routes than the state holds, requests never answered in between */
	char route[8], context[17];
	script_clear();
	for (unsigned i = 0; i < 40; i++) {
		snprintf(route, sizeof(route), "01%02x", i);
		snprintf(context, sizeof(context), "%016x", i);
		script_rr_of('>', context, script_sent(GET_IDENTITY, route));
	}
	script_rr_of('<', "0000000000000027", "81 00 08 00");
	script_rr_of('<', "0000000000000001", "81 00 08 00");
	script_expect_reports("< presence sender cip-port-slot=1/39 [CIP reply]\n");
}
END_TEST

/* ---- connections ---- */

/* Forward Open of class `trigger` along slot 0 with a key, connection serial 0x0102 of 0x004d/0x32952bf3. */
#define OPEN(service, parameters, trigger, words, path)                                                                \
	service " 02 2006 2401 0a 0e 00000000 22222222 0201 4d00 f32b9532 00000000 10270000 " parameters               \
		" 204e0000 " parameters " " trigger " " words " " path
#define OPENED "d4 00 00 00 11111111 22222222 0201 4d00 f32b9532 10270000 204e0000 00 00"

START_TEST(forward_open)
{
	script_clear();
	script_rr('>', OPEN("54", "f643", "a3", "08", "0100 3404 0100 0e00 3600 14 0b 2002 2401"));
	script_rr('<', OPENED);
	script_unit('>', "11111111", 1, GET_IDENTITY);
	script_unit('<', "22222222", 1, L61);
	script_expect_reports(
		"> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		"> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
		"< presence sender cip-port-slot=1/0 [CIP reply]\n"
		"< fact sender cip-port-slot=1/0 vendor #1 (cip-vendor) [CIP Forward Open electronic key] 60%\n"
		"< fact sender cip-port-slot=1/0 device_type #14 (cip-device-type) [CIP Forward Open electronic "
		"key] 60%\n"
		"< fact sender cip-port-slot=1/0 product_code = 54 [CIP Forward Open electronic key] 60%\n"
		"< fact sender cip-port-slot=1/0 firmware_version = 20.11 [CIP Forward Open electronic key] "
		"60%\n" L61_SAYS(" cip-port-slot=1/0"));
}
END_TEST

START_TEST(forward_open_refused)
{
	script_clear();
	script_rr('>', OPEN("54", "f643", "a3", "08", "0100 3404 0100 0e00 3600 14 0b 2002 2401"));
	script_rr('<', "d4 00 01 01 1401 0201 4d00 f32b9532 00 00"); /* vendor or product mismatch: the key was wrong */
	script_expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
			      "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n");
}
END_TEST

START_TEST(forward_open_compatible)
{
	/* the large form, a compatible key with zeros in it, format 5 with a serial number */
	script_clear();
	script_rr('>', OPEN("5b", "f6030042", "a3", "0a", "0102 3405 0000 0c00 0000 82 00 0df0adba 2002 2401"));
	script_rr('<', "db 00 00 00 11111111 22222222 0201 4d00 f32b9532 10270000 204e0000 00 00");
	script_expect_reports(
		"> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		"> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
		"< presence sender cip-port-slot=1/2 [CIP reply]\n"
		"< fact sender cip-port-slot=1/2 device_type #12 (cip-device-type) [CIP Forward Open electronic key] "
		"40%\n"
		"< fact sender cip-port-slot=1/2 serial_number = 0xbaadf00d [CIP Forward Open electronic key] 40%\n"
		"< fact sender cip-port-slot=1/2 firmware_version = 2.0 [CIP Forward Open electronic key] 40%\n");
}
END_TEST

START_TEST(forward_open_io)
{
	/* class 1 to an adapter's assembly; production inhibit time is a network segment of two octets */
	script_clear();
	script_rr('>', OPEN("54", "1248", "01", "05", "2004 2481 2c64 2c65 4305"));
	script_rr('<', OPENED);
	script_expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
			      "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
			      "< fact receiver profile = I/O scanner [CIP Forward Open] 95%\n"
			      "< fact sender profile = I/O target, class 1, RPI 20.000 ms [CIP Forward Open] 95%\n");
}
END_TEST

START_TEST(forward_open_safety)
{
	script_clear();
	script_rr(
		'>', OPEN("54", "1248", "00", "20",
			     "2004 2401 2c01 2c02 501b 00 00 11223344 665544332211 00000000 0000 2d1e62034e4a 0a000001 "
			     "2d1e62034e4b 0a000002 0000 0000 0000 00 00 00000000 00000000"));
	script_rr('<', OPENED);
	script_expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
			      "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
			      "< fact receiver profile = I/O scanner [CIP Forward Open] 95%\n"
			      "< fact sender profile = I/O target, class 0, RPI 20.000 ms [CIP Forward Open] 95%\n"
			      "< fact receiver safety = CIP Safety connection [CIP Forward Open] 95%\n"
			      "< fact receiver safety_network_number = 4B4E_0362_1E2D [CIP Forward Open] 95%\n"
			      "< fact sender safety = CIP Safety connection [CIP Forward Open] 95%\n"
			      "< fact sender safety_network_number = 4A4E_0362_1E2D [CIP Forward Open] 95%\n");
}
END_TEST

START_TEST(forward_close)
{
	script_clear();
	script_rr('>', OPEN("54", "f643", "a3", "03", "0100 2002 2401"));
	script_rr('<', OPENED);
	script_rr('>', "4e 02 2006 2401 0a 0e 0201 4d00 f32b9532 02 00 2002 2401");
	script_rr('<', "ce 00 00 00 0201 4d00 f32b9532 00 00");
	script_unit('>', "11111111", 1, GET_IDENTITY);
	script_unit('<', "22222222", 1, "81 00 00 00 0100 0c00 3a00 04 07 0000 c3ae5100 01 'A'");
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	ck_assert_ptr_nonnull(strstr(said, "< fact sender model = A [CIP Identity Get_Attributes_All] 40%\n"));
	free(said);
}
END_TEST

START_TEST(unknown_connection)
{
	/* the capture begins after the Forward Open: the module is somewhere behind this address */
	script_clear();
	script_unit('>', "5555aaaa", 9, "0e 03 2001 2401 3007");
	script_unit('<', "6666bbbb", 9, "8e 00 00 00 03 'L61'");
	script_unit('>', "5555aaaa", 10, "4c 04 9106 'Motor1' 0100");
	script_unit('<', "6666bbbb", 10, "cc 00 00 00 c100 01");
	script_expect(
		"> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n< confirmed\n"
		"< fact sender model = L61 [CIP Identity Get_Attribute_Single] 40%\n"
		"> enip asks\n> cip asks read\n> confirmed\n< enip answers\n< cip answers read\n< confirmed\n"
		"< fact sender profile = Logix data table [CIP Read Tag (0x4C)] 60%\n");
}
END_TEST

START_TEST(multiple_service_broken_offsets)
{
	static const char *const nothing = "> enip asks\n> cip asks\n> confirmed\n";
	static const char *const broken[] = {
		"0a 02 2002 2401 0100",                          /* no offset: the count itself is no request */
		"0a 02 2002 2401 0100 0500 0102 2001 2401",      /* one octet into the part, a service without a path */
		"0a 02 2002 2401 0100 ff00 0102 2001 2401",      /* behind the end */
		"0a 02 2002 2401 0200 0600 0400 0102 2001 2401", /* the second in front of the first */
		"0a 02 2002 2401 0200 0600 ff00 0102 2001 2401", /* the first would end behind the end */
	};
	for (unsigned i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		script_clear();
		script_rr('>', broken[i]);
		script_expect(nothing);
	}
	script_clear();
	script_rr('>', "0a 02 2002 2401 0200 0600 0c00 0102 2001 2401 4c"); /* what stands before the fault counts */
	script_expect("> enip asks\n> cip asks diagnose\n> confirmed\n");
}
END_TEST

START_TEST(segments_of_every_width)
{
	/* ports as numbers of 8 and 16 bits, with one octet and with text behind them; a class, an instance and an
	 * attribute of 16 and 32 bits; a member and a connection point in between are passed over */
	script_clear();
	script_rr(
		'>', script_sent("0e 09 2100 0100 2800 2c07 2600 01000000 3100 0700", "0f 0201 05 1f 01 0301 'A' 00"));
	script_rr('<', "8e 00 00 00 03 'L61'");
	script_expect_reports("< presence sender cip-port-slot=258/5,259/A [CIP reply]\n"
			      "< fact sender cip-port-slot=258/5,259/A model = L61 [CIP Identity "
			      "Get_Attribute_Single] 95%\n");
	script_clear();
	script_rr('>', "0e 04 2001 2401 3300 0700"); /* width 3 is reserved */
	script_rr('<', "8e 00 00 00 03 'L61'");
	script_expect_reports("");
}
END_TEST

START_TEST(multiple_service)
{
	script_clear();
	script_rr('>', script_sent("0a 02 2002 2401 0300 0800 0e00 1800 01 02 2001 2401 4c 03 9104 'Pump' 0100 03 02 "
				   "2064 2401 0100 "
				   "0100",
			       "0100"));
	script_rr('<',
		"8a 00 00 00 0300 0800 2a00 3000 81 00 00 00 0100 0e00 3600 10 14 6030 3f825100 0f '1756-L61 LOGIX0'"
		"cc 00 00 00 c100 83 00 00 00 0100 0100 0000 0500 'Nifty'");
	script_expect(
		"> enip asks\n> cip asks read diagnose\n> confirmed\n< enip answers\n< cip answers read diagnose\n< "
		"confirmed\n"
		"< presence sender cip-port-slot=1/0 [CIP reply]\n"
		"< fact sender cip-port-slot=1/0 vendor #1 (cip-vendor) [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 device_type #14 (cip-device-type) [CIP Identity Get_Attributes_All] "
		"95%\n"
		"< fact sender cip-port-slot=1/0 product_code = 54 [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 firmware_version = 16.20 [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 status = I/O connection in run mode #12384 [CIP Identity "
		"Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 operating_mode = RUN [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 key_switch = REMOTE [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 serial_number = 0x0051823f [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 model = 1756-L61 LOGIX0 [CIP Identity Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 profile = Logix data table [CIP Read Tag (0x4C)] 80%\n"
		"< fact sender cip-port-slot=1/0 name = Nifty [CIP Logix Controller Get_Attribute_List] 95%\n");
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("cip");
	tcase_add_test(tests, identity_of_device);
	tcase_add_test(tests, identity_behind_routes);
	tcase_add_test(tests, route_of_wrapped_wrapping);
	tcase_add_test(tests, router_could_not);
	tcase_add_test(tests, route_too_long);
	tcase_add_test(tests, single_attributes);
	tcase_add_test(tests, attribute_list);
	tcase_add_test(tests, reply_without_request);
	tcase_add_test(tests, lost_reply);
	tcase_add_test(tests, pipelined);
	tcase_add_test(tests, many_routes);
	tcase_add_test(tests, forward_open);
	tcase_add_test(tests, forward_open_refused);
	tcase_add_test(tests, forward_open_compatible);
	tcase_add_test(tests, forward_open_io);
	tcase_add_test(tests, forward_open_safety);
	tcase_add_test(tests, forward_close);
	tcase_add_test(tests, unknown_connection);
	tcase_add_test(tests, multiple_service);
	tcase_add_test(tests, multiple_service_broken_offsets);
	tcase_add_test(tests, segments_of_every_width);
	return check_main("cip", tests);
}
