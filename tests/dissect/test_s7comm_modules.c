/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_s7comm_modules.c - SIMATIC system status lists: modules, stations, interfaces.
 *
 * Records built by hand from Siemens A5E00739858, chapter "System Status Lists", with invented values; what is
 * expected follows from that chapter by hand.
 * harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector tpkt_dissector;

/* xy91: what exists in racks, behind PROFIBUS and behind PROFINET; each module once. */
START_TEST(module_status)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* CPU in slot 2 with two submodules, slot 4, slot 5 empty */
		"< 03000079 02f080 320700000001000c005c 000112081284010100000000"
		" ff0900580d91000000100005000002007fff00c000c000000002001100000201"
		" 7fff00c000c0000000020011000004007fff00c000c000000002001100000500"
		" 7fff00c000c0000000000011000006007fff00c000c0000000060011\n"
		/* expansion rack 1 slot 4 */
		"< 03000039 02f080 320700000001000c001c 000112081284010100000000"
		" ff0900180091000000100001000104007fff00c000c0000000020011\n"
		/* DP system 1, station 5, slot 4 */
		"< 03000039 02f080 320700000001000c001c 000112081284010100000000"
		" ff0900180c9107ff00100001010504007fff00c000c0000000020011\n"
		/* PN system 100, device 3, slot 1 */
		"< 03000039 02f080 320700000001000c001c 000112081284010100000000"
		" ff0900180d91800300100001800300017fff00c000c0000000020011\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=0/2 [SZL xy91 module status]\n"
		"< presence sender s7-rack-slot=0/4 [SZL xy91 module status]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=1/4 [SZL xy91 module status]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=dp1.5/4 [SZL xy91 module status]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=pn100.3/1 [SZL xy91 module status]\n");
}
END_TEST

/* xy96, and the present stations of xy92 and xy94; what is planned or faulty is not what is there. */
START_TEST(devices_and_stations)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"< 030000b9 02f080 320700000001000c009c 000112081284010100000000"
		" ff09009806960000003000030000006400000000000700020001000000000000"
		" 0000000000000000000000000000000200000000000000000000000000000001"
		" 0000000000090003000100000000000000000000000000000000000000000002"
		" 0000000000000000000000000000006400000000000800010001000000000000"
		" 00000000000000000000000000000000000000000000000000000000\n"
		/* racks 0 and 1 */
		"< 03000039 02f080 320700000001000c001c 000112081284010100000000"
		" ff090018029200000010000103000000000000000000000000000000\n"
		/* stations 1 and 10 of DP system 1 */
		"< 03000039 02f080 320700000001000c001c 000112081284010100000000"
		" ff090018029200010010000101020000000000000000000000000000\n"
		/* planned stations */
		"< 03000039 02f080 320700000001000c001c 000112081284010100000000"
		" ff0900180092000100100001ffffffffffffffffffffffffffffffff\n"
		/* PN system 100: group bit and device 9 */
		"< 0300004b 02f080 320700000001000c002e 000112081284010100000000"
		" ff09002a02940064002200010064010200000000000000000000000000000000"
		" 0000000000000000000000000000\n"
		/* faulty ones */
		"< 0300004b 02f080 320700000001000c002e 000112081284010100000000"
		" ff09002a06940064002200010064010200000000000000000000000000000000"
		" 0000000000000000000000000000\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=pn100.7/2 [SZL xy96 module status]\n"
		"< presence sender s7-rack-slot=dp1.9/3 [SZL xy96 module status]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=1 [SZL xy92 actual status of racks and stations]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=dp1.1 [SZL xy92 actual status of racks and stations]\n"
		"< presence sender s7-rack-slot=dp1.10 [SZL xy92 actual status of racks and stations]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< presence sender s7-rack-slot=pn100.9 [SZL xy94 actual status of stations]\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n");
}
END_TEST

/* 0x0037: MAC, IP, mask, router. Its own address as router means none; 0.0.0.0 means no IP. */
START_TEST(ethernet_interface)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"< 030000b9 02f080 320700000001000c009c 000112081284010100000000"
		" ff090098003700000030000307fa0a000108ffffff000a000101001b1b123456"
		" 0100000000000000000001010101010101010101010101010101000007fa0a00"
		" 0108ffffff000a000108001b1b12345601000000000000000000010101010101"
		" 01010101010101010101000007fa00000000ffffff0000000000001b1b123456"
		" 01000000000000000000010101010101010101010101010101010000\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender mac = 00:1b:1b:12:34:56 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender ip = 10.0.1.8 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender netmask = 255.255.255.0 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender gateway = 10.0.1.1 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender mac = 00:1b:1b:12:34:56 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender ip = 10.0.1.8 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender netmask = 255.255.255.0 [SZL xy37 Ethernet interface] 95%\n"
		"< fact sender mac = 00:1b:1b:12:34:56 [SZL xy37 Ethernet interface] 95%\n");
}
END_TEST

/* Records shorter than their list, of no length, more of them than bytes, and lists nobody reads. */
START_TEST(lists_that_do_not_fit)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* length 0 */
		"< 03000029 02f080 320700000001000c000c 000112081284010100000000 ff09000800110000000001f4\n"
		/* length 8 */
		"< 03000031 02f080 320700000001000c0014 000112081284010100000000"
		" ff09001000110000000800010001414141414141\n"
		/* 65535 records */
		"< 03000031 02f080 320700000001000c0014 000112081284010100000000"
		" ff090010007400000004ffff0004010000050000\n"
		/* diagnostic buffer */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c00a00000001400010101010101010101010101010101010101010101\n"
		/* no header */
		"< 03000024 02f080 320700000001000c0007 000112081284010100000000 ff090003001100\n"
		/* return code 0A */
		"< 03000099 02f080 320700000001000c007c 000112081284010100000000"
		" 0a09007800110000001c0004000136455337203331372d32454b31342d304142"
		" 302000c000050001000636455337203331372d32454b31342d304142302000c0"
		" 000500010007202020202020202020202020202020202020202000c056030208"
		" 0081426f6f74204c6f6164657220202020202020202000c041210a0a\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = RUN [SZL xy74 LEDs] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("pdus");
	tcase_set_timeout(all, 60);
	tcase_add_test(all, module_status);
	tcase_add_test(all, devices_and_stations);
	tcase_add_test(all, ethernet_interface);
	tcase_add_test(all, lists_that_do_not_fit);
	return check_main("s7comm_modules", all);
}
