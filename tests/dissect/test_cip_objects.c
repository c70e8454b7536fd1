/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_cip_objects.c - attributes of CIP objects, PCCC, and what services do.
 *
 * Objects by The CIP Networks Library, volumes 1 and 2, and 1756-PM020 (Logix); PCCC by 1770-6.5.16, chapters 7 and
 * 10. What is expected follows from them by hand; see script.h for what is around them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "tests/check_main.h"

/* ---- other objects ---- */

START_TEST(tcpip_interface)
{
	script_clear();
	script_rr('>', "01 02 20f5 2401");
	script_rr('<',
		"81 00 00 00 01000000 14000000 00000000 0200 20f6 2401 140a010a 00ffffff 010a010a 00000000 00000000 "
		"0a00 'plant.test' 0500 'cell4' 00 2d1e62034e4a");
	script_rr('>', "0e 03 20f5 2401 3005");
	script_rr('<', "8e 00 00 00 140a010a 00000000 00000000 00000000 00000000 0000");
	script_rr('>', "0e 03 20f5 2401 3006");
	script_rr('<', "8e 00 00 00 0500 'cell4' 00");
	script_expect_reports(
		"< fact sender ip = 10.1.10.20 [CIP TCP/IP Interface Get_Attributes_All] 95%\n"
		"< fact sender netmask = 255.255.255.0 [CIP TCP/IP Interface Get_Attributes_All] 95%\n"
		"< fact sender gateway = 10.1.10.1 [CIP TCP/IP Interface Get_Attributes_All] 95%\n"
		"< fact sender hostname = cell4 [CIP TCP/IP Interface Get_Attributes_All] 95%\n"
		"< fact sender hostname = cell4.plant.test [CIP TCP/IP Interface Get_Attributes_All] 95%\n"
		"< fact sender safety_network_number = 4A4E_0362_1E2D [CIP TCP/IP Interface Get_Attributes_All] 95%\n"
		"< fact sender ip = 10.1.10.20 [CIP TCP/IP Interface Get_Attribute_Single] 95%\n"
		"< fact sender hostname = cell4 [CIP TCP/IP Interface Get_Attribute_Single] 95%\n");
}
END_TEST

START_TEST(ethernet_link)
{
	script_clear();
	script_rr('>', script_sent("0e 03 20f6 2401 3003", "0104"));
	script_rr('<', "8e 00 00 00 0000bc3eebe4");
	script_rr('>', "01 02 20f6 2402");
	script_rr('<', "81 00 00 00 64000000 0f000000 0000bc3eebe5 00");
	script_rr('>', "03 02 20f6 2401 0200 0100 0300");
	script_rr('<', "83 00 00 00 0200 0100 0000 64000000 0300 0000 0000bc3eebe6");
	script_expect_reports(
		"< presence sender cip-port-slot=1/4 [CIP reply]\n"
		"< fact sender cip-port-slot=1/4 mac = 00:00:bc:3e:eb:e4 [CIP Ethernet Link Get_Attribute_Single] 95%\n"
		"< fact sender mac = 00:00:bc:3e:eb:e5 [CIP Ethernet Link Get_Attributes_All] 95%\n"
		"< fact sender mac = 00:00:bc:3e:eb:e6 [CIP Ethernet Link Get_Attribute_List] 95%\n");
}
END_TEST

START_TEST(port_ring_clock)
{
	script_clear();
	script_rr('>', "0e 03 20f4 2401 3004");
	script_rr('<', "8e 00 00 00 09 'Backplane'");
	script_rr('>', "0e 03 20f4 2401 3007");
	script_rr('<', "8e 00 00 00 0103");
	script_rr('>', "01 02 2047 2401");
	script_rr('<', "81 00 00 00 01 00 01 00000000");
	script_rr('>', "0e 03 2043 2401 3015");
	script_rr('<', "8e 00 00 00 0c000000 'ODVA;EN2T;7' 00");
	script_rr('>', "0e 03 205d 2401 3001");
	script_rr('<', "8e 00 00 00 02");
	script_rr('>', script_sent("0e 03 2039 2401 300b", "0105"));
	script_rr('<', "8e 00 00 00 02");
	script_expect_reports(
		"< fact sender port_id = Backplane [CIP Port Get_Attribute_Single] 95%\n"
		"< fact sender link_address = 1/3 [CIP Port Get_Attribute_Single] 95%\n"
		"< fact sender profile = DLR active supervisor [CIP DLR Get_Attributes_All] 95%\n"
		"< fact sender description = ODVA;EN2T;7 [CIP Time Sync Get_Attribute_Single] 95%\n"
		"< fact sender security = CIP Security configured [CIP Security Get_Attribute_Single] 95%\n"
		"< presence sender cip-port-slot=1/5 [CIP reply]\n"
		"< fact sender cip-port-slot=1/5 safety = CIP Safety device [CIP Safety Supervisor "
		"Get_Attribute_Single] 95%\n");
}
END_TEST

START_TEST(controller_name)
{
	script_clear();
	script_rr('>', script_sent("01 02 2064 2401", "0100"));
	script_rr('<', "81 00 00 00 0f00 'NiftyController' 0400 'Line'");
	/* the description with a length of four octets, and an empty one of two */
	script_rr('>', script_sent("03 02 2064 2401 0200 0100 0200", "0100"));
	script_rr('<', "83 00 00 00 0200 0100 0000 0100 'C' 0200 0000 04000000 'Line'");
	script_rr('>', script_sent("03 02 2064 2401 0200 0100 0200", "0100"));
	script_rr('<', "83 00 00 00 0200 0100 0000 0100 'C' 0200 0000 0000");
	/* some other vendor's class 0x64 */
	script_rr('>', "0e 03 2064 2401 3001");
	script_rr('<', "8e 00 00 00 0300 010203");
	script_expect_reports(
		"< presence sender cip-port-slot=1/0 [CIP reply]\n"
		"< fact sender cip-port-slot=1/0 name = NiftyController [CIP Logix Controller Get_Attributes_All] 95%\n"
		"< fact sender cip-port-slot=1/0 description = Line [CIP Logix Controller Get_Attributes_All] 60%\n"
		"< fact sender cip-port-slot=1/0 name = C [CIP Logix Controller Get_Attribute_List] 95%\n"
		"< fact sender cip-port-slot=1/0 description = Line [CIP Logix Controller Get_Attribute_List] 60%\n"
		"< fact sender cip-port-slot=1/0 name = C [CIP Logix Controller Get_Attribute_List] 95%\n");
}
END_TEST

/* ---- PCCC ---- */

#define REQUESTER "07 4d00 f32b9532"

START_TEST(pccc_slc)
{
	script_clear();
	script_rr('>', "4b 02 2067 2401 " REQUESTER " 06 00 0100 03");
	script_rr('<', "cb 00 00 00 " REQUESTER " 46 00 0100 00 ee 34 5b 42 '5/04       ' 0000 06 00 0100 40 fc");
	script_expect("> enip asks\n> pccc asks diagnose\n> cip asks diagnose\n> confirmed\n"
		      "> fact sender vendor #77 (cip-vendor) [CIP Execute PCCC requester] 70%\n"
		      "> fact sender serial_number = 0x32952bf3 [CIP Execute PCCC requester] 70%\n"
		      "< enip answers\n< cip answers diagnose\n< pccc answers diagnose\n< confirmed\n"
		      "< fact sender model = 5/04 [PCCC Diagnostic Status (06/03)] 95%\n"
		      "< fact sender hardware_version = C [PCCC Diagnostic Status (06/03)] 95%\n"
		      "< fact sender revision = FRN 3 [PCCC Diagnostic Status (06/03)] 95%\n"
		      "< fact sender operating_mode = remote RUN [PCCC Diagnostic Status (06/03)] 95%\n");
}
END_TEST

START_TEST(pccc_plc5)
{
	script_clear();
	script_rr('>', script_sent("4b 02 2067 2401 " REQUESTER " 06 00 0100 03", "0102"));
	script_rr('<', "cb 00 00 00 " REQUESTER " 46 00 0100 06 eb 4b 00800000 41 01 fd 00");
	script_expect_reports(
		"> fact sender vendor #77 (cip-vendor) [CIP Execute PCCC requester] 70%\n"
		"> fact sender serial_number = 0x32952bf3 [CIP Execute PCCC requester] 70%\n"
		"< presence sender cip-port-slot=1/2 [CIP reply]\n"
		"< fact sender cip-port-slot=1/2 model = PLC-5/40E [PCCC Diagnostic Status (06/03)] 95%\n"
		"< fact sender cip-port-slot=1/2 order_number = 1785-L40E [PCCC Diagnostic Status (06/03)] 95%\n"
		"< fact sender cip-port-slot=1/2 hardware_version = C [PCCC Diagnostic Status (06/03)] 95%\n"
		"< fact sender cip-port-slot=1/2 revision = B [PCCC Diagnostic Status (06/03)] 95%\n"
		"< fact sender cip-port-slot=1/2 operating_mode = remote RUN [PCCC Diagnostic Status (06/03)] 95%\n");
}
END_TEST

START_TEST(pccc_operations)
{
	script_clear();
	script_rr('>', "4b 02 2067 2401 " REQUESTER " 0f 00 0200 a2 02 07 89 00 00"); /* read N7:0 */
	script_rr('<', "cb 00 00 00 " REQUESTER " 4f 00 0200 0500");
	script_rr('>', "4b 02 2067 2401 " REQUESTER " 0f 00 0300 80 06"); /* to remote run */
	script_rr('<', "cb 00 00 00 " REQUESTER " 4f 10 0300");
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	ck_assert_ptr_nonnull(strstr(said, "> pccc asks read\n> cip asks read\n"));
	ck_assert_ptr_nonnull(strstr(said, "< pccc answers read\n"));
	ck_assert_ptr_nonnull(strstr(said, "> event receiver control [PCCC change mode (0F/80)]\n"));
	ck_assert_ptr_nonnull(strstr(said, "< pccc refuses control\n"));
	free(said);
	ck_assert_uint_eq(harness_abuse(&enip_dissector, script), 0);
}
END_TEST

/* ---- what services do ---- */

START_TEST(services)
{
	static const struct {
		const char *request, *say;
	} cases[] = {
		{"4c 02 9102 'Ab' 0100", "read"},
		{"52 02 9102 'Ab' 0100 00000000", "read"},
		{"4d 02 9102 'Ab' c100 0100 01", "write"},
		{"53 02 9102 'Ab' c100 0100 00000000 01", "write"},
		{"4e 02 9102 'Ab' 0100 ff 00", "write"},
		{"4c 03 206b 2500 3412 0100", "read"},
		{"55 02 206b 2400 0100 0100", "diagnose"},
		{"0e 03 2004 2464 3003", "read"},
		{"10 03 2004 2464 3003 0102", "write"},
		{"10 03 20f5 2401 3005 00", "configure"},
		{"04 02 208b 2401 0100 0600 0000000000000000", "configure"},
		{"08 02 206d 2400", "program"},
		{"4b 02 206d 2401", "program"},
		{"4d 02 2037 24c8", "file"},
		{"05 02 2001 2401", "control"},
	};
	char want[200];
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		script_clear();
		script_rr('>', cases[i].request);
		snprintf(want, sizeof(want), "> enip asks\n> cip asks %s\n", cases[i].say);
		char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
		ck_assert_msg(strncmp(said, want, strlen(want)) == 0, "%s: %s", cases[i].request, said);
		free(said);
	}
}
END_TEST

START_TEST(events)
{
	script_clear();
	script_rr('>', "05 02 2001 2401 01");
	script_rr('<', "85 00 10 00"); /* device state conflict */
	script_rr('>', script_sent("07 02 208e 2401", "0100"));
	script_rr('>', script_sent("06 02 208e 2401", "0100"));
	script_rr('>', "4b 02 20a1 2401 00");
	script_expect(
		"> enip asks\n> cip asks control\n> confirmed\n> event receiver control [CIP Reset (0x05)]\n"
		"< enip answers\n< cip refuses control\n< confirmed\n"
		"> enip asks\n> cip asks control\n> confirmed\n> event receiver cip-port-slot=1/0 control [CIP Stop "
		"(0x07)]\n"
		"> enip asks\n> cip asks control\n> confirmed\n> event receiver cip-port-slot=1/0 control [CIP Start "
		"(0x06)]\n"
		"> enip asks\n> cip asks program\n> confirmed\n"
		"> event receiver program [CIP firmware update (0x4B, class 0xA1)]\n");
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("cip_objects");
	tcase_add_test(tests, tcpip_interface);
	tcase_add_test(tests, ethernet_link);
	tcase_add_test(tests, port_ring_clock);
	tcase_add_test(tests, controller_name);
	tcase_add_test(tests, pccc_slc);
	tcase_add_test(tests, pccc_plc5);
	tcase_add_test(tests, pccc_operations);
	tcase_add_test(tests, services);
	tcase_add_test(tests, events);
	return check_main("cip_objects", tests);
}
