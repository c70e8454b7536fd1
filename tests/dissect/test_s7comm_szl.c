/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_s7comm_szl.c - SIMATIC system status lists: identity, modes, protection, and lists in segments.
 *
 * Records built by hand from Siemens A5E00739858, chapter "System Status Lists", with invented values; what is
 * expected follows from that chapter by hand.
 * harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "dissectors/s7comm_szl.h"
#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector tpkt_dissector;

/* 0x0011 and 0x0111: order number, hardware, firmware, boot loader. The version of the basic hardware is none of the
 * device. */
START_TEST(module_identification)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* asked */
		"> 03000021 02f080 32070000000100080008 0001120411440100 ff09000400110000\n"
		/* answered */
		"< 03000099 02f080 320700000001000c007c 000112081284010100000000"
		" ff09007800110000001c0004000136455337203331372d32454b31342d304142"
		" 302000c000050001000636455337203331372d32454b31342d304142302000c0"
		" 000500010007202020202020202020202020202020202020202000c056030208"
		" 0081426f6f74204c6f6164657220202020202020202000c041210a0a\n"
		/* one component: hardware as letters and numbers */
		"< 03000045 02f080 320700000002000c0028 000112081284010100000000"
		" ff09002401110001001c0001000136455337203431322d35484b30362d304142 302000c056010203\n"
		/* firmware without a letter, with an order number */
		"< 03000045 02f080 320700000003000c0028 000112081284010100000000"
		" ff09002401110007001c0001000736455337203135312d38414230312d304142 302000c020010002\n"
		/* only the header: four records announced, none there */
		"< 03000029 02f080 320700000004000c000c 000112081284010100000000 ff0900080f110000001c0004\n"
		/* refused: D4 01 */
		"< 03000021 02f080 320700000005000c0004 00011208128401010000d401 0a000000\n",
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender order_number = 6ES7 317-2EK14-0AB0 [SZL 0x0011 index 0x0001] 95%\n"
		"< fact sender hardware_version = 5 [SZL 0x0011 index 0x0001] 95%\n"
		"< fact sender product_code = 6ES7 317-2EK14-0AB0 [SZL 0x0011 index 0x0006] 95%\n"
		"< fact sender firmware_version = V3.2.8 [SZL 0x0011 index 0x0007] 95%\n"
		"< fact sender bootloader_version = A33.10.10 [SZL 0x0011 index 0x0081] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender order_number = 6ES7 412-5HK06-0AB0 [SZL 0x0111 index 0x0001] 95%\n"
		"< fact sender hardware_version = 5601 0203 [SZL 0x0111 index 0x0001] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender firmware_version = 1.0.2 [SZL 0x0111 index 0x0007] 95%\n"
		"< fact sender product_code = 6ES7 151-8AB01-0AB0 [SZL 0x0111 index 0x0007] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm refuses diagnose\n");
}
END_TEST

/* 0x001C and 0x011C, each index. */
START_TEST(component_identification)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* all */
		"< 0300017d 02f080 320700000001000c0160 000112081284010100000000"
		" ff09015c001c00000022000a0001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 00000000000000000000000000000000000348414c4c20320000000000000000"
		" 00000000000000000000000000000000000000044f726967696e616c20536965"
		" 6d656e732045717569706d656e7400000000000000055320432d583159323030"
		" 303132303135000000000000000000000000000000000007435055203331372d"
		" 3220504e2f4450000000000000000000000000000000000000084d4d43203131"
		" 32323333343400000000000000000000000000000000000000000009002af600"
		" 00010000000000000000000000000000000000000000000000000000000a4f45"
		" 4d2054455854000000000000000000000000000000000000000700000001000b"
		" 524f572033000000000000000000000000000000000000000000000000000000\n"
		/* one; what stands behind the NUL is no text */
		"< 0300004b 02f080 320700000002000c002e 000112081284010100000000"
		" ff09002a011c00020022000100024350555f410078797a000000000000000000"
		" 0000000000000000000000000000\n"
		/* manufacturer not set, an index nobody knows */
		"< 0300006d 02f080 320700000003000c0050 000112081284010100000000"
		" ff09004c001c00000022000200090000ffff0000000000000000000000000000"
		" 000000000000000000000000000000633f000000000000000000000000000000"
		" 00000000000000000000000000000000\n"
		/* second record cut off */
		"< 03000050 02f080 320700000004000c0033 000112081284010100000000"
		" ff09002f001c00000022000200055320432d53484f5254000000000000000000"
		" 00000000000000000000000000000001505245\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender station_name = PRESS 4 [SZL 0x001C index 0x0001] 95%\n"
		"< fact sender name = CPU_A [SZL 0x001C index 0x0002] 95%\n"
		"< fact sender plant_id = HALL 2 [SZL 0x001C index 0x0003] 95%\n"
		"< fact sender copyright = Original Siemens Equipment [SZL 0x001C index 0x0004] 95%\n"
		"< fact sender serial_number = S C-X1Y200012015 [SZL 0x001C index 0x0005] 95%\n"
		"< fact sender module_type = CPU 317-2 PN/DP [SZL 0x001C index 0x0007] 95%\n"
		"< fact sender memory_card_serial = MMC 11223344 [SZL 0x001C index 0x0008] 95%\n"
		"< fact sender vendor_id = 0x002A #42 [SZL 0x001C index 0x0009] 95%\n"
		"< fact sender vendor = Siemens #42 [SZL 0x001C index 0x0009] 95%\n"
		"< fact sender profile = 0xF600 #62976 [SZL 0x001C index 0x0009] 95%\n"
		"< fact sender oem_id = OEM TEXT [SZL 0x001C index 0x000A] 95%\n"
		"< fact sender location = ROW 3 [SZL 0x001C index 0x000B] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender name = CPU_A [SZL 0x011C index 0x0002] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender serial_number = S C-SHORT [SZL 0x001C index 0x0005] 95%\n");
}
END_TEST

/* 0x021C of an H system: F8 rack 0 master, F1 rack 1 reserve. Rack 0 is the device itself, rack 1 a part of it. */
START_TEST(redundant_system)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"< 0300008f 02f080 320700000001000c0072 000112081284010100000000"
		" ff09006e021c000000220003f8055320432d5241434b30000000000000000000"
		" 0000000000000000000000000000f1055320432d5241434b3100000000000000"
		" 00000000000000000000000000000000f107435055203431322d352048000000"
		" 000000000000000000000000000000000000\n"
		/* 0x0011 with the same index */
		"< 03000045 02f080 320700000001000c0028 000112081284010100000000"
		" ff09002400110000001c0001f10136455337203431322d35484b30362d304142 302000c000030000\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender serial_number = S C-RACK0 [SZL xy1C index 0x0005] 95%\n"
		"< fact sender s7-rack-slot=1 serial_number = S C-RACK1 [SZL xy1C index 0x0005] 95%\n"
		"< fact sender s7-rack-slot=1 module_type = CPU 412-5 H [SZL xy1C index 0x0007] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender s7-rack-slot=1 order_number = 6ES7 412-5HK06-0AB0 [SZL 0x0011 index 0x0001] 95%\n"
		"< fact sender s7-rack-slot=1 hardware_version = 3 [SZL 0x0011 index 0x0001] 95%\n");
}
END_TEST

/* A list in three data units of reference 9: read when it is complete. */
START_TEST(segmented_list)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* asked */
		"> 03000021 02f080 32070000000100080008 0001120411440100 ff090004001c0000\n"
		/* first */
		"< 0300005d 02f080 320700000001000c0040 000112081284010109010000"
		" ff09003c001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000\n"
		/* asked for more */
		"> 03000021 02f080 320700000002000c0004 000112081244010109000000 0a000000\n"
		/* second */
		"< 03000049 02f080 320700000002000c002c 000112081284010109010000"
		" ff0900280000000000000000000000000000000000055320432d583159323030 303132303135000000000000\n"
		/* third and last */
		"< 0300004d 02f080 320700000003000c0030 000112081284010109000000"
		" ff09002c000000000000000000000007435055203331372d3220504e2f445000"
		" 00000000000000000000000000000000\n",
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender station_name = PRESS 4 [SZL 0x001C index 0x0001] 95%\n"
		"< fact sender name = CPU_A [SZL 0x001C index 0x0002] 95%\n"
		"< fact sender serial_number = S C-X1Y200012015 [SZL 0x001C index 0x0005] 95%\n"
		"< fact sender module_type = CPU 317-2 PN/DP [SZL 0x001C index 0x0007] 95%\n");
}
END_TEST

/* Two answers at once, by reference. */
START_TEST(segments_of_two_lists)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"< 0300007b 02f080 320700000001000c005e 000112081284010109010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031\n"
		"< 03000035 02f080 320700000002000c0018 00011208128401010a010000"
		" ff09001401110001001c0001000136455337203331372d32\n"
		"< 03000057 02f080 320700000001000c003a 000112081284010109000000"
		" ff09003632303135000000000000000000000000000000000007435055203331"
		" 372d3220504e2f44500000000000000000000000000000000000\n"
		"< 03000031 02f080 320700000002000c0014 00011208128401010a000000"
		" ff090010454b31342d304142302000c000050001\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender station_name = PRESS 4 [SZL 0x001C index 0x0001] 95%\n"
		"< fact sender name = CPU_A [SZL 0x001C index 0x0002] 95%\n"
		"< fact sender serial_number = S C-X1Y200012015 [SZL 0x001C index 0x0005] 95%\n"
		"< fact sender module_type = CPU 317-2 PN/DP [SZL 0x001C index 0x0007] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender order_number = 6ES7 317-2EK14-0AB0 [SZL 0x0111 index 0x0001] 95%\n"
		"< fact sender hardware_version = 5 [SZL 0x0111 index 0x0001] 95%\n");
}
END_TEST

/* With the middle or the end missing nothing is made up, and the next list is read. */
START_TEST(lost_segment)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* middle missing */
		"< 0300005d 02f080 320700000001000c0040 000112081284010109010000"
		" ff09003c001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000\n"
		"< 0300004d 02f080 320700000003000c0030 000112081284010109000000"
		" ff09002c000000000000000000000007435055203331372d3220504e2f445000"
		" 00000000000000000000000000000000\n"
		/* end missing */
		"< 0300005d 02f080 320700000001000c0040 000112081284010109010000"
		" ff09003c001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000\n"
		/* begins anew */
		"< 0300007b 02f080 320700000001000c005e 000112081284010109010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031\n"
		"< 03000057 02f080 320700000002000c003a 000112081284010109000000"
		" ff09003632303135000000000000000000000000000000000007435055203331"
		" 372d3220504e2f44500000000000000000000000000000000000\n"
		/* end missing, then another list under the same reference */
		"< 0300003f 02f080 320700000001000c0022 000112081284010109010000"
		" ff09001e01110001001c0001000136455337203331372d32454b31342d304142 3020\n"
		"< 0300007b 02f080 320700000001000c005e 000112081284010109010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031\n"
		"< 03000057 02f080 320700000002000c003a 000112081284010109000000"
		" ff09003632303135000000000000000000000000000000000007435055203331"
		" 372d3220504e2f44500000000000000000000000000000000000\n"
		/* start missing */
		"< 03000057 02f080 320700000002000c003a 000112081284010109000000"
		" ff09003632303135000000000000000000000000000000000007435055203331"
		" 372d3220504e2f44500000000000000000000000000000000000\n"
		/* more at once than there is room: the oldest goes */
		"< 0300007b 02f080 320700000001000c005e 000112081284010101010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031 0300007b 02f080"
		" 320700000001000c005e 000112081284010102010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031 0300007b 02f080"
		" 320700000001000c005e 000112081284010103010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031 0300007b 02f080"
		" 320700000001000c005e 000112081284010104010000"
		" ff09005a001c0000002200040001505245535320340000000000000000000000"
		" 000000000000000000000000000000024350555f410000000000000000000000"
		" 0000000000000000000000000000000000055320432d5831593230303031\n"
		"< 03000057 02f080 320700000002000c003a 000112081284010104000000"
		" ff09003632303135000000000000000000000000000000000007435055203331"
		" 372d3220504e2f44500000000000000000000000000000000000\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender station_name = PRESS 4 [SZL 0x001C index 0x0001] 95%\n"
		"< fact sender name = CPU_A [SZL 0x001C index 0x0002] 95%\n"
		"< fact sender serial_number = S C-X1Y200012015 [SZL 0x001C index 0x0005] 95%\n"
		"< fact sender module_type = CPU 317-2 PN/DP [SZL 0x001C index 0x0007] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender station_name = PRESS 4 [SZL 0x001C index 0x0001] 95%\n"
		"< fact sender name = CPU_A [SZL 0x001C index 0x0002] 95%\n"
		"< fact sender serial_number = S C-X1Y200012015 [SZL 0x001C index 0x0005] 95%\n"
		"< fact sender module_type = CPU 317-2 PN/DP [SZL 0x001C index 0x0007] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender station_name = PRESS 4 [SZL 0x001C index 0x0001] 95%\n"
		"< fact sender name = CPU_A [SZL 0x001C index 0x0002] 95%\n"
		"< fact sender serial_number = S C-X1Y200012015 [SZL 0x001C index 0x0005] 95%\n"
		"< fact sender module_type = CPU 317-2 PN/DP [SZL 0x001C index 0x0007] 95%\n");
}
END_TEST

/* 0x0424 is the present mode; of several changes in 0x0024 the latest counts, also from 1999 to 2000. */
START_TEST(operating_mode)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* RUN */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff0800000000000000001602082317446182\n"
		/* STOP */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff8400000000000000001602082317446182\n"
		/* HOLD, DEFECT, STARTUP, redundant RUN */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff0a00000000000000001602082317446182 0300003d 02f080"
		" 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff0d00000000000000001602082317446182 0300003d 02f080"
		" 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff0600000000000000001602082317446182 0300003d 02f080"
		" 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff0900000000000000001602082317446182\n"
		/* changes, newest in the middle */
		"< 03000065 02f080 320700000001000c0048 000112081284010100000000"
		" ff09004400240000001400035144ff0400000000000000009912312300000000"
		" 5144ff48000000000000000000010100000000005144ff460000000000000000 9912312359000000\n"
		/* last change */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c01240000001400015144ff6400000000000000001602082308102642\n"
		/* another extract */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c05240000001400015144ff6800000000000000001602082308102642\n"
		/* a mode without a name */
		"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"
		" ff09001c04240000001400015144ff6e00000000000000001602082308102642\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = RUN #8 [SZL 0x0424 index 0x0000] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = STOP #4 [SZL 0x0424 index 0x0000] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = HOLD #10 [SZL 0x0424 index 0x0000] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = DEFECT #13 [SZL 0x0424 index 0x0000] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = STARTUP #6 [SZL 0x0424 index 0x0000] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = RUN #9 [SZL 0x0424 index 0x0000] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = RUN #8 [SZL xy24 operating modes] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = STOP #4 [SZL xy24 operating modes] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n");
}
END_TEST

#define MODE_RUN_LIST                                                                                                  \
	"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"                                              \
	" ff09001c04240000001400015144ff0800000000000000001602082317446182\n"
#define MODE_STOP_LIST                                                                                                 \
	"< 0300003d 02f080 320700000001000c0020 000112081284010100000000"                                              \
	" ff09001c04240000001400015144ff8400000000000000001602082317446182\n"
#define LAMPS_RUN_LIST                                                                                                 \
	"< 03000031 02f080 320700000001000c0014 000112081284010100000000"                                              \
	" ff09001000740000000400020004010000050000\n"
#define LIST_SAID                                                                                                      \
	"< cotp answers\n"                                                                                             \
	"< s7comm answers diagnose\n"
#define MODE_SAID(mode) "< fact sender operating_mode = " mode " [SZL 0x0424 index 0x0000] 95%\n"

/* A mode told again is no news; one that another message has contradicted is. */
START_TEST(mode_told_once)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		MODE_RUN_LIST MODE_RUN_LIST LAMPS_RUN_LIST MODE_RUN_LIST LAMPS_RUN_LIST MODE_STOP_LIST MODE_STOP_LIST
			LAMPS_RUN_LIST MODE_STOP_LIST
		/* mode transition to STOP, then the list again */
		"< 03000021 02f080 320700000000000c0004 000112081200000000000000 0a000000\n" MODE_STOP_LIST,
		LIST_SAID MODE_SAID("RUN #8") LIST_SAID LIST_SAID
		"< fact sender operating_mode = RUN [SZL xy74 LEDs] 95%\n" LIST_SAID LIST_SAID LIST_SAID MODE_SAID(
			"STOP #4") LIST_SAID LIST_SAID
		"< fact sender operating_mode = RUN [SZL xy74 LEDs] 95%\n" LIST_SAID MODE_SAID("STOP #4") LIST_SAID
		"< fact sender operating_mode = STOP #0 [S7 mode transition] 95%\n" LIST_SAID MODE_SAID("STOP #4"));
}
END_TEST

/* The same, once a minute; a capture that jumps back in time begins a new minute. */
START_TEST(status_age)
{
	struct s7comm_status told = {.mode = {8}};
	s7comm_status_age(&told, 59999999999);
	ck_assert_uint_eq(told.mode[0], 8);
	s7comm_status_age(&told, 60000000000);
	ck_assert_uint_eq(told.mode[0], 0);
	told.mode[0] = 8;
	s7comm_status_age(&told, 119999999999);
	ck_assert_uint_eq(told.mode[0], 8);
	s7comm_status_age(&told, 59999999999);
	ck_assert_uint_eq(told.mode[0], 0);
}
END_TEST

/* RUN on and STOP off, or the reverse; anything else says nothing. */
START_TEST(lamps)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* RUN */
		"< 03000035 02f080 320700000001000c0018 000112081284010100000000"
		" ff0900140074000000040003000101000004010000050000\n"
		/* STOP */
		"< 03000031 02f080 320700000001000c0014 000112081284010100000000"
		" ff09001000190000000400020004000000050100\n"
		/* STOP flashing */
		"< 03000031 02f080 320700000001000c0014 000112081284010100000000"
		" ff09001000740000000400020004000000050101\n"
		/* RUN only */
		"< 0300002d 02f080 320700000001000c0010 000112081284010100000000"
		" ff09000c017400040004000100040100\n"
		/* of rack 1 */
		"< 03000031 02f080 320700000001000c0014 000112081284010100000000"
		" ff09001000740000000400020104010001050000\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = RUN [SZL xy74 LEDs] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = STOP [SZL xy19 LEDs] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n");
}
END_TEST

/* 0x0132 index 4: level in force, key switch, checksums of hardware configuration and program. */
START_TEST(protection)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"< 03000051 02f080 320700000001000c0034 000112081284010100000000"
		" ff0900300132000400280001000400010000000100020000000056561234abcd"
		" 0011223300000000000000000000000000000000\n"
		/* no checksums, MRES */
		"< 03000051 02f080 320700000001000c0034 000112081284010100000000"
		" ff0900300132000400280001000400010000000300040000000000001234abcd"
		" 0011223300000000000000000000000000000000\n"
		/* the same again */
		"< 03000051 02f080 320700000001000c0034 000112081284010100000000"
		" ff0900300132000400280001000400010000000300040000000000001234abcd"
		" 0011223300000000000000000000000000000000\n"
		/* nothing set */
		"< 03000051 02f080 320700000001000c0034 000112081284010100000000"
		" ff0900300232000400280001000400010000000000000000000000001234abcd"
		" 0011223300000000000000000000000000000000\n"
		/* index 8 is the clock */
		"< 03000051 02f080 320700000001000c0034 000112081284010100000000"
		" ff09003001320008002800010008010101010101010101010101010101010101"
		" 0101010101010101010101010101010101010101\n",
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender protection_level = 1 [SZL 0x0132 index 0x0004] 95%\n"
		"< fact sender key_switch = RUN-P [SZL 0x0132 index 0x0004] 95%\n"
		"< fact sender object = checksums: hardware 0x1234ABCD, program 0x00112233 [SZL 0x0132 index 0x0004] "
		"95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender protection_level = 3 [SZL 0x0132 index 0x0004] 95%\n"
		"< fact sender key_switch = MRES [SZL 0x0132 index 0x0004] 95%\n"
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
	tcase_add_test(all, module_identification);
	tcase_add_test(all, component_identification);
	tcase_add_test(all, redundant_system);
	tcase_add_test(all, segmented_list);
	tcase_add_test(all, segments_of_two_lists);
	tcase_add_test(all, lost_segment);
	tcase_add_test(all, operating_mode);
	tcase_add_test(all, mode_told_once);
	tcase_add_test(all, status_age);
	tcase_add_test(all, lamps);
	tcase_add_test(all, protection);
	return check_main("s7comm_szl", all);
}
