/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_field_protocols.c - HART-IP, FINS, ADS, Fox, synchrophasors, C12.22, SLMP and MELSOFT.
 *
 * PDUs written by hand from the documents named at the heads of the dissectors (checksums and all); the MELSOFT pair as
 * an FX5U answers. What is expected follows by hand. harness_expect() also runs every prefix and every bit flip of each
 * script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector ads_dissector, c1222_dissector, fins_dissector, fox_dissector, hart_ip_dissector,
	melsec_dissector, synphasor_dissector;

START_TEST(of_hart)
{
	harness_expect(&hart_ip_dissector, HARNESS_PROVEN,
		"> 0100020000000008\n"
		"> 010003000001000d0280000082\n"
		"< 0101030000010025068000180000fe1150050702030c00010203050400010000110011012f\n"
		"> 01000300000200118211500102031400d7\n"
		"< 01010300000200338611500102031422000046542d31303120666c6f7700000000000000000000000000000000000000"
		"0000cc\n"
		"> 01000300000300118211500102030d00ce\n"
		"< 01010300000300288611500102030d170000194b71c318200cf3cc24e1e05c15054a08200102704e\n"
		"< 010103000004002986115104050600180000fe1151050702030c00040506050400010000110011016e\n"
		"> 0100020000090008\n",
		"> hart-ip asks\n"
		"> hart-ip asks diagnose\n"
		"< hart-ip answers diagnose\n"
		"< confirmed\n"
		"< fact sender device_type = 0x1150 #4432 [HART command 0] 95%\n"
		"< fact sender profile = HART 7 #7 [HART command 0] 95%\n"
		"< fact sender revision = 2 #2 [HART command 0] 95%\n"
		"< fact sender software_version = 3 #3 [HART command 0] 95%\n"
		"< fact sender hardware_version = 1 #1 [HART command 0] 95%\n"
		"< fact sender device_id = 01:02:03 [HART command 0] 95%\n"
		"< fact sender profile = HART process automation device #1 [HART command 0] 95%\n"
		"< fact sender vendor_id = 17 #17 [HART command 0] 95%\n"
		"> hart-ip asks diagnose\n"
		"< hart-ip answers diagnose\n"
		"< confirmed\n"
		"< fact sender name = FT-101 flow [HART command 20] 95%\n"
		"> hart-ip asks diagnose\n"
		"< hart-ip answers diagnose\n"
		"< confirmed\n"
		"< fact sender plant_id = FT-101 [HART command 13] 95%\n"
		"< fact sender description = COOLING WATER [HART command 13] 95%\n"
		"< hart-ip answers diagnose\n"
		"< confirmed\n"
		"< fact sender gateway_proof = answers for several HART devices [HART command 0] 95%\n"
		"> hart-ip asks\n");
}
END_TEST

START_TEST(of_fins_udp)
{
	harness_expect(&fins_dissector, HARNESS_FOREIGN_PORT,
		"? 800002000a00000100000501\n"
		"! c00002000100000a000005010000434a324d2d43505533330000000000000000000030322e3031000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"00000000000000000000\n"
		"? 800002000a00000100010402\n"
		"! c00002000100000a000104022002\n",
		"? fins asks diagnose\n"
		"! fins answers diagnose\n"
		"! confirmed\n"
		"! fact sender vendor = OMRON [FINS 05 01 controller data] 95%\n"
		"! fact sender model = CJ2M-CPU33 [FINS 05 01 controller data] 95%\n"
		"! fact sender firmware_version = 02.01 [FINS 05 01 controller data] 95%\n"
		"? fins asks control\n"
		"? event receiver control: \"STOP (04 02)\" [FINS command]\n"
		"! fins refuses control\n"
		"! confirmed\n");
}
END_TEST

START_TEST(of_fins_unasked)
{
	harness_expect(&fins_dissector, HARNESS_EXPECTED_PORT,
		"> c00002000100000a000005010000434a324d2d43505533330000000000000000000030322e3031000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"00000000000000000000\n",
		"");
}
END_TEST

START_TEST(of_fins_tcp)
{
	harness_expect(&fins_dissector, HARNESS_PROVEN,
		"> 46494e530000000c000000000000000000000000\n"
		"< 46494e530000001000000001000000000000000a00000001\n"
		"> 46494e53000000140000000200000000800002000a00000100000501\n"
		"< 46494e53000000720000000200000000c00002000100000a000005010000434a324d2d43505533330000000000000000"
		"000030322e30310000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000\n",
		"> fins asks\n"
		"> confirmed\n"
		"< fins answers\n"
		"< confirmed\n"
		"> fins asks diagnose\n"
		"> confirmed\n"
		"< fins answers diagnose\n"
		"< confirmed\n"
		"< fact sender vendor = OMRON [FINS 05 01 controller data] 95%\n"
		"< fact sender model = CJ2M-CPU33 [FINS 05 01 controller data] 95%\n"
		"< fact sender firmware_version = 02.01 [FINS 05 01 controller data] 95%\n");
}
END_TEST

START_TEST(of_ads)
{
	harness_expect(&ads_dissector, HARNESS_PROVEN,
		"> 00002000000005010203010110270a0000090101038001000400000000000000000005000000\n"
		"< 0000380000000a00000901010380050102030101102701000500180000000000000005000000000000000301b80f5443"
		"6174506c634374726c0000000000\n"
		"> 00002c00000005010203010110270a00000901010380020004000c0000000000000005000000bc02000001000000bc02"
		"0000\n"
		"< 0000da0000000a00000901010380050102030101102702000500ba000000000000000500000000000000b20000003c54"
		"63546172676574446573633e3c546172676574547970653e4358353031303c2f546172676574547970653e3c48617264"
		"776172653e3c53657269616c4e6f3e343731313c2f53657269616c4e6f3e3c2f48617264776172653e3c4f73496d6167"
		"653e3c4f734e616d653e57696e646f77732043453c2f4f734e616d653e3c4f7356657273696f6e3e362e303c2f4f7356"
		"657273696f6e3e3c2f4f73496d6167653e3c2f5463546172676574446573633e\n"
		"> 00002800000005010203010153030a00000901010380050004000800000000000000050000000600000000000000\n"
		"< 0000240000000a0000090101038005010203010153030500050004000000000000000500000005070000\n",
		"> ads asks diagnose\n"
		"> fact sender device_id = 10.0.0.9.1.1 [AMS header] 95%\n"
		"< ads answers diagnose\n"
		"< fact sender software_version = 3.1.4024 [ADS ReadDeviceInfo] 95%\n"
		"< fact sender application_name = TCatPlcCtrl [ADS ReadDeviceInfo] 95%\n"
		"< fact sender device_id = 5.1.2.3.1.1 [AMS header] 95%\n"
		"> ads asks read\n"
		"< ads answers read\n"
		"< fact sender vendor = Beckhoff [ADS target description] 95%\n"
		"< fact sender model = CX5010 [ADS target description] 95%\n"
		"< fact sender serial_number = 4711 [ADS target description] 95%\n"
		"< fact sender os = Windows CE 6.0 [ADS target description] 95%\n"
		"> ads asks control\n"
		"> event receiver control: \"stop\" [ADS WriteControl]\n"
		"< ads refuses control\n");
}
END_TEST

START_TEST(of_ads_discovery)
{
	harness_expect(&ads_dissector, HARNESS_EXPECTED_PORT,
		"> 0366147100000000010000000a0000090101102700000000\n"
		"< 03661471000000000100008005010203010110270300000005000a0043582d3031303230330004001401140100000600"
		"000000000000000000000300000000000000000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000000000000000000000000000000000000003000400020bb408\n"
		"> 0366147100000000060000000a00000901011027030000000c0003005043000d000e0041646d696e6973747261746f72"
		"00020002003100\n",
		"> ads asks diagnose\n"
		"< ads answers diagnose\n"
		"< fact sender device_id = 5.1.2.3.1.1 [ADS server info] 95%\n"
		"< fact sender hostname = CX-010203 [ADS server info] 95%\n"
		"< fact sender os = Windows CE 6.0 [ADS server info] 95%\n"
		"< fact sender software_version = 2.11.2228 [ADS server info] 95%\n"
		"> ads asks configure\n"
		"> event receiver configure: \"AMS route to be added\" [ADS add route]\n");
}
END_TEST

START_TEST(of_fox)
{
	harness_expect(&fox_dissector, HARNESS_PROVEN,
		"> 666f7820612031202d3120666f782068656c6c6f0a7b0a666f782e76657273696f6e3d733a312e300a686f73744e616d"
		"653d733a7773370a6170702e6e616d653d733a576f726b62656e63680a6170702e76657273696f6e3d733a332e382e31"
		"0a6f732e6e616d653d733a57696e646f777320370a686f737449643d733a57696e2d303030310a7d3b3b0a\n"
		"< 666f7820612030202d3120666f782068656c6c6f0a7b0a666f782e76657273696f6e3d733a312e300a686f73744e616d"
		"653d733a31302e302e302e350a6170702e6e616d653d733a53746174696f6e0a6170702e76657273696f6e3d733a332e"
		"382e310a766d2e6e616d653d733a4a390a766d2e76657273696f6e3d733a322e340a6f732e6e616d653d733a514e580a"
		"6f732e76657273696f6e3d733a362e342e310a73746174696f6e2e6e616d653d733a4148555f310a686f737449643d73"
		"3a516e782d4a564c4e2d310a6272616e6449643d733a76796b6f6e0a7d3b3b0a\n"
		"< 666f7820612031202d3120666f78206368616c6c656e67650a7b0a6d6574686f643d733a6469676573742d6d64350a7d"
		"3b3b0a\n",
		"> fox asks\n"
		"> fact sender hostname = ws7 [Fox hello] 95%\n"
		"> fact sender application_name = Workbench [Fox hello] 95%\n"
		"> fact sender software_version = 3.8.1 [Fox hello] 95%\n"
		"> fact sender os = Windows 7 [Fox hello] 95%\n"
		"> fact sender device_id = Win-0001 [Fox hello] 95%\n"
		"< fox answers\n"
		"< fact sender hostname = 10.0.0.5 [Fox hello] 95%\n"
		"< fact sender application_name = Station [Fox hello] 95%\n"
		"< fact sender software_version = 3.8.1 [Fox hello] 95%\n"
		"< fact sender os = QNX [Fox hello] 95%\n"
		"< fact sender station_name = AHU_1 [Fox hello] 95%\n"
		"< fact sender device_id = Qnx-JVLN-1 [Fox hello] 95%\n"
		"< fact sender vendor = vykon [Fox hello] 95%\n"
		"< fact sender description = QNX 6.4.1, J9 2.4 [Fox hello] 95%\n"
		"< fox answers\n");
}
END_TEST

START_TEST(of_synphasor)
{
	harness_expect(&synphasor_dissector, HARNESS_FOREIGN_PORT,
		"? aa410012000748993374000000000005c9d3\n"
		"! aa31004a00074899337400000000000f4240000153544154494f4e204120202020202020000700000001000000005631"
		"20202020202020202020202020200000000100010003003208b1\n"
		"! aa01001a0007489933740000000000000102030400000000d200\n"
		"! aa01001a0007489933740000000000000102030400000000d201\n",
		"? synphasor asks diagnose\n"
		"! synphasor answers diagnose\n"
		"! fact sender id_code = 7 [C37.118 frame] 95%\n"
		"! fact sender station_name = STATION A [C37.118 CFG-2] 95%\n"
		"! synphasor answers read\n"
		"! malformed\n");
}
END_TEST

START_TEST(of_synphasor_concentrator)
{
	harness_expect(&synphasor_dissector, HARNESS_PROVEN,
		"< aa31007c00094899337400000000000f424000024e4f5254482020202020202020202020001500000001000000005631"
		"20202020202020202020202020200000000100010003534f555448202020202020202020202000160000000100000000"
		"563120202020202020202020202020200000000100010003003256f3\n",
		"< synphasor answers diagnose\n"
		"< fact sender id_code = 9 [C37.118 frame] 95%\n"
		"< fact sender stream_id = NORTH (21) [C37.118 CFG-2] 95%\n"
		"< fact sender stream_id = SOUTH (22) [C37.118 CFG-2] 95%\n");
}
END_TEST

START_TEST(of_c1222)
{
	harness_expect(&c1222_dissector, HARNESS_PROVEN,
		"> 602ba20c060a2b060104018285638e7fa60a06082b06010401828563a80402021122be09280781058003300001\n"
		"< 6045a40402021122a60c060a2b060104018285638e7fa803020105be2a28288126802400002041434d454b494c4f2d32"
		"412002010304534e303031323334352020202020202011\n",
		"> c1222 asks read\n"
		"> fact sender device_id = 1.3.6.1.4.1.33507 [C12.22 calling title] 95%\n"
		"< c1222 answers\n"
		"< fact sender vendor = ACME [C12.19 table 1] 95%\n"
		"< fact sender model = KILO-2A [C12.19 table 1] 95%\n"
		"< fact sender hardware_version = 2.1 [C12.19 table 1] 95%\n"
		"< fact sender firmware_version = 3.4 [C12.19 table 1] 95%\n"
		"< fact sender serial_number = SN0012345 [C12.19 table 1] 95%\n"
		"< fact sender device_id = 1.3.6.1.4.1.33507.1919 [C12.22 calling title] 95%\n");
}
END_TEST

START_TEST(of_slmp)
{
	harness_expect(&melsec_dissector, HARNESS_PROVEN,
		"> 500000ffff03000600100001010000\n"
		"< d00000ffff030014000000513033554456435055202020202020206603\n"
		"> 500000ffff03000a0010000210000001000000\n"
		"< d00000ffff0300020059c0\n"
		"> 54003412000000ffff03000c00100001040000640000a80100\n"
		"< d4003412000000ffff0300040000001200\n",
		"> melsec asks diagnose\n"
		"< melsec answers diagnose\n"
		"< confirmed\n"
		"< fact sender vendor = Mitsubishi Electric [SLMP 0101 read type name] 95%\n"
		"< fact sender model = Q03UDVCPU #870 [SLMP 0101 read type name] 95%\n"
		"> melsec asks control\n"
		"> event receiver control: \"remote STOP (1002)\" [SLMP remote control]\n"
		"< melsec refuses control\n"
		"< confirmed\n"
		"> melsec asks read\n"
		"< melsec answers read\n"
		"< confirmed\n");
}
END_TEST

START_TEST(of_melsoft)
{
	harness_expect(&melsec_dissector, HARNESS_FOREIGN_PORT,
		"? 57010000001111070000ffff030000fe03000020001c0a16140000000000000000000000000000000000000000012101"
		"0000000001\n"
		"! d70100000011117f000000a80300ffff03000038009c0a18140000000000000000000000000000000000000000000001"
		"2101000000465835552d33324d542f455300000000294a000800000000\n",
		"? melsec asks\n"
		"? confirmed\n"
		"! melsec answers\n"
		"! confirmed\n"
		"! fact sender vendor = Mitsubishi Electric [MELSOFT 0121 CPU type] 95%\n"
		"! fact sender model = FX5U-32MT/ES #18985 [MELSOFT 0121 CPU type] 95%\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("pdus");
	tcase_set_timeout(all, 60);
	tcase_add_test(all, of_hart);
	tcase_add_test(all, of_fins_udp);
	tcase_add_test(all, of_fins_unasked);
	tcase_add_test(all, of_fins_tcp);
	tcase_add_test(all, of_ads);
	tcase_add_test(all, of_ads_discovery);
	tcase_add_test(all, of_fox);
	tcase_add_test(all, of_synphasor);
	tcase_add_test(all, of_synphasor_concentrator);
	tcase_add_test(all, of_c1222);
	tcase_add_test(all, of_slmp);
	tcase_add_test(all, of_melsoft);
	return check_main("field_protocols", all);
}
