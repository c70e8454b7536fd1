/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_s7comm_plus.c - S7comm-plus: identity in clear text, operations, fragments.
 *
 * Messages built by hand from the layout at the head of s7comm_plus.c, which names its source, with invented
 * values; what is expected follows from the layout by hand.
 * harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector tpkt_dissector;

/* The names of the client and the identity of the server, in clear text when the session is set up. */
START_TEST(session)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* connect request to SIMATIC-ROOT-HMI */
		"> 03000024 1fe00000000100c0010ac1020600c21053494d415449432d524f4f542d484d49\n"
		"< 03000016 11d00001000100c0010ac1020100c2020102\n"
		/* CreateObject: session */
		"> 0300008b 02f080 7201007c 31000004ca0000000100000120360000011d00040000000000a1000000d3821f"
		" 0000a3816900150f53657276657253657373696f6e5f31a38228001508534f4d"
		" 45424f4459a3822900150b484d49205254204f4d532ba3822a00150750414e45"
		" 4c2d33a3822d00150e4f4d532b20666f72207465737473a200000000 72010000\n"
		/* answer: order number and firmware */
		"< 03000066 02f080 72010057 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f00151b313b36455337203231312d31424533312d3058"
		" 4230203b56332e308240001505323b323838a200000000 72010000\n"
		/* acknowledged by an empty data TPDU */
		"> 03000007 02f000\n",
		"> cotp asks\n"
		"> fact sender client_kind = SIMATIC-ROOT-HMI [COTP CR called TSAP] 95%\n"
		"< cotp answers\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n"
		"> fact sender application_name = HMI RT OMS+ [S7comm-plus CreateObject session application] 95%\n"
		"> fact sender hostname = PANEL-3 [S7comm-plus CreateObject session host] 95%\n"
		"> fact sender description = OMS+ for tests [S7comm-plus CreateObject session comment] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< fact sender order_number = 6ES7 211-1BE31-0XB0 [S7comm-plus session version] 95%\n"
		"< fact sender firmware_version = V3.0 [S7comm-plus session version] 95%\n"
		"> cotp asks\n");
}
END_TEST

/* Names that are none: empty, one character, a connection path. Another order number style, three numbers of version.
 */
START_TEST(other_names)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"> 03000023 1ee00000000100c0010ac1020600c20f53494d415449432d524f4f542d4553\n"
		"> 0300007b 02f080 7201006c 31000004ca0000000100000120360000011d00040000000000a1000000d3821f"
		" 0000a3816900150f53657276657253657373696f6e5f31a38228001508534f4d"
		" 45424f4459a38229001500a3822a00150f3a3a3a224f50435f31223a3a564d2f a3822d00150131a200000000"
		" 72010000\n"
		"< 03000067 02f080 72010058 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f00151c313b36455337203531312d31414b30302d3041"
		" 42303b56312e302e328240001505323b323838a200000000 72010000\n"
		/* no order number */
		"< 03000061 02f080 72010052 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f001516313b4142434445464748494a4b4c4d4e4f3b56"
		" 312e308240001505323b323838a200000000 72010000\n"
		/* no version */
		"< 03000064 02f080 72010055 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f001519313b36455337203531312d31414b30302d3041"
		" 42303b3f3f3f8240001505323b323838a200000000 72010000\n"
		/* a client that says such a text is no server */
		"> 03000045 02f080 72010036 31000004ca0000000200000001360000011d0004000000000000151a313b3645"
		" 5337203531312d31414b30302d304142303b56312e30 72010000\n",
		"> cotp asks\n"
		"> fact sender client_kind = SIMATIC-ROOT-ES [COTP CR called TSAP] 95%\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< fact sender order_number = 6ES7 511-1AK00-0AB0 [S7comm-plus session version] 95%\n"
		"< fact sender firmware_version = V1.0.2 [S7comm-plus session version] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n");
}
END_TEST

/* I&M0 of the CPU; that of another module, once the order number of the session is known, is not. */
START_TEST(maintenance_record)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"< 03000060 02f080 72020051 3200000586000000043400000014003c002000380100002a3645533720323134"
		" 2d31484533302d3058423020535a56583159454e303137363835202000025602"
		" 020000000000000001010001001e000000 72020000\n"
		"< 03000066 02f080 72010057 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f00151b313b36455337203231342d31484533302d3058"
		" 4230203b56322e328240001505323b323838a200000000 72010000\n"
		/* the same */
		"< 0300005c 02f080 7202004d 32000005860000000536003c002000380100002a36455337203231342d314845"
		" 33302d3058423020535a56583159454e30313736383520200002560202000000 0000000001010001001e000000"
		" 72020000\n"
		/* a signal module */
		"< 0300005c 02f080 7202004d 32000005860000000636003c002000380100002a36455337203232312d314248"
		" 33302d305842302053432d392020202020202020202020200002560202000000 0000000001010001001e000000"
		" 72020000\n",
		"< cotp answers\n"
		"< s7comm-plus answers read\n"
		"< fact sender order_number = 6ES7 214-1HE30-0XB0 [S7comm-plus I&M0] 60%\n"
		"< fact sender serial_number = SZVX1YEN017685 [S7comm-plus I&M0] 60%\n"
		"< fact sender hardware_version = 2 [S7comm-plus I&M0] 60%\n"
		"< fact sender vendor = Siemens #42 [S7comm-plus I&M0] 60%\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< fact sender order_number = 6ES7 214-1HE30-0XB0 [S7comm-plus session version] 95%\n"
		"< fact sender firmware_version = V2.2 [S7comm-plus session version] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers read\n"
		"< fact sender order_number = 6ES7 214-1HE30-0XB0 [S7comm-plus I&M0] 95%\n"
		"< fact sender serial_number = SZVX1YEN017685 [S7comm-plus I&M0] 95%\n"
		"< fact sender hardware_version = 2 [S7comm-plus I&M0] 95%\n"
		"< fact sender vendor = Siemens #42 [S7comm-plus I&M0] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers read\n");
}
END_TEST

/* What requests do; their answers are told by sequence number, refused ones by a negative code. */
START_TEST(operations)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* SetMultiVariables on the session itself: set-up */
		"> 03000029 02f080 7202001a 310000054200000002000003be36000003be0101823201000400 72020000\n"
		"< 0300001a 02f080 7202000b 3200000542000000023600 72020000\n"
		/* SetMultiVariables, variables */
		"> 03000027 02f080 72020018 310000054200000003000003be3600000000010552000401 72020000\n"
		"< 0300001a 02f080 7202000b 3200000542000000033600 72020000\n"
		/* GetMultiVariables */
		"> 03000024 02f080 72020015 310000054c00000004000003be3600000000010552 72020000\n"
		/* refused */
		"< 03000022 02f080 72020013 320000054c0000000436c08895b080ef91fff4 72020000\n"
		/* Explore */
		"> 03000022 02f080 72020013 31000004bb00000005000003be360000000300 72020000\n"
		"< 0300001a 02f080 7202000b 32000004bb000000053600 72020000\n"
		/* CreateObject: subscription */
		"> 03000031 02f080 72020022 31000004ca00000006000003be36000003be00040000000000a17fffc0018769"
		" 0000 72020000\n"
		/* CreateObject: a block called Main */
		"> 0300003c 02f080 7202002d 31000004ca00000007000003be360000000300040000000000a18a3200019457"
		" 2000a381690015044d61696ea2 72020000\n"
		"< 0300001a 02f080 7202000b 32000004ca000000073600 72020000\n"
		/* DeleteObject: the session; a block */
		"> 03000021 02f080 72020012 31000004d400000008000003be36000003be 72020000 03000021 02f080"
		" 72020012 31000004d400000009000003be368a0e0001 72020000\n"
		/* SetVariable: subscription credit; a variable */
		"> 03000027 02f080 72020018 31000004f20000000a000003be360000006a01881d000700 72020000"
		" 03000026 02f080 72020017 31000004f20000000b000003be360000006b0105000700 72020000\n"
		/* answered with the other opcode */
		"< 0300001a 02f080 7202000b 02000004f20000000b7400 72020000\n"
		/* SetVariable: operating state 1, 3 */
		"> 03000027 02f080 72020018 31000004f20000000c000003be3600000034019077000801 72020000"
		" 03000027 02f080 72020018 31000004f20000000d000003be3600000034019077000803 72020000\n"
		/* notification */
		"< 0300001d 02f080 7202000e 331000006a040000000000010192 72020000\n"
		/* streams: read, write */
		"> 03000021 02f080 72020012 31000005860000000e000003be3600000000 72020000 03000021 02f080"
		" 72020012 310000057c0000000f000003be3600000000 72020000\n"
		/* answers without their requests */
		"< 0300001a 02f080 7202000b 320000054c000003843600 72020000 0300001a 02f080 7202000b"
		" 3200000542000003853600 72020000\n"
		/* system event */
		"< 03000017 02f080 72fe0008 0000000000000000 72fe0000\n",
		"> cotp asks\n"
		"> s7comm-plus asks\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"> cotp asks\n"
		"> s7comm-plus asks write\n"
		"< cotp answers\n"
		"< s7comm-plus answers write\n"
		"> cotp asks\n"
		"> s7comm-plus asks read\n"
		"< cotp answers\n"
		"< s7comm-plus refuses read\n"
		"> cotp asks\n"
		"> s7comm-plus asks diagnose\n"
		"< cotp answers\n"
		"< s7comm-plus answers diagnose\n"
		"> cotp asks\n"
		"> s7comm-plus asks read\n"
		"> cotp asks\n"
		"> s7comm-plus asks program\n"
		"> event receiver program: \"Main\" [S7comm-plus CreateObject in the program]\n"
		"< cotp answers\n"
		"< s7comm-plus answers program\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n"
		"> cotp asks\n"
		"> s7comm-plus asks program\n"
		"> cotp asks\n"
		"> s7comm-plus asks read\n"
		"> cotp asks\n"
		"> s7comm-plus asks write\n"
		"< cotp answers\n"
		"< s7comm-plus answers write\n"
		"> cotp asks\n"
		"> s7comm-plus asks control\n"
		"> event receiver control: \"PLC stop\" [S7comm-plus SetVariable operating state]\n"
		"> cotp asks\n"
		"> s7comm-plus asks control\n"
		"> event receiver control: \"PLC start\" [S7comm-plus SetVariable operating state]\n"
		"< cotp answers\n"
		"< s7comm-plus answers read\n"
		"> cotp asks\n"
		"> s7comm-plus asks read\n"
		"> cotp asks\n"
		"> s7comm-plus asks write\n"
		"< cotp answers\n"
		"< s7comm-plus answers read\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n");
}
END_TEST

/* A text that is cut between two fragments is read with the second; what was read with the first is not read again. */
START_TEST(fragments)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"> 03000024 1fe00000000100c0010ac1020600c21053494d415449432d524f4f542d4f5448\n"
		/* identity whole in the first */
		"< 0300005b 02f080 72010050 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f00151a313b36455337203531322d31434b30302d3041 42303b56322e318240001505"
		" 323b3238\n"
		"< 03000015 02f080 72010006 38a200000000 72010000\n"
		/* identity cut */
		"< 03000047 02f080 7201003c 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f00151a313b36455337203531322d 31434b30\n"
		"< 03000029 02f080 7201001a 302d304142303b56322e318240001505323b323838a200000000 72010000\n"
		/* version 3: a digest in each */
		"< 03000068 02f080 7203005d 20d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9"
		" d932000004ca00000001361102873e8723a100000120821f0000a38232001700"
		" 00013a823b00048200823f00151a313b36455337203531322d 31434b30\n"
		"< 0300004a 02f080 7203003b 20d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9d9"
		" d9302d304142303b56322e318240001505323b323838a200000000 72030000\n"
		/* request in fragments: asked once */
		"> 03000023 02f080 72020018 310000054200000003000003be36000000000105 52000401\n"
		"> 03000018 02f080 72020009 000000000000000000 72020000\n",
		"> cotp asks\n"
		"> fact sender client_kind = SIMATIC-ROOT-OTH [COTP CR called TSAP] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< fact sender order_number = 6ES7 512-1CK00-0AB0 [S7comm-plus session version] 95%\n"
		"< fact sender firmware_version = V2.1 [S7comm-plus session version] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< fact sender order_number = 6ES7 512-1CK00-0AB0 [S7comm-plus session version] 95%\n"
		"< fact sender firmware_version = V2.1 [S7comm-plus session version] 95%\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"< fact sender order_number = 6ES7 512-1CK00-0AB0 [S7comm-plus session version] 95%\n"
		"< fact sender firmware_version = V2.1 [S7comm-plus session version] 95%\n"
		"> cotp asks\n"
		"> s7comm-plus asks write\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n");
}
END_TEST

/* No connect request and no known port. */
START_TEST(by_opcode)
{
	harness_expect(&tpkt_dissector, HARNESS_FOREIGN_PORT,
		"! 03000066 02f080 72010057 32000004ca00000001361102873e8723a100000120821f0000a3823200170000"
		" 013a823b00048200823f00151b313b36455337203231312d31424533312d3058"
		" 4230203b56332e308240001505323b323838a200000000 72010000\n"
		"? 03000078 02f080 72010069 31000004ca0000000100000120360000011d00040000000000a1000000d3821f"
		" 0000a3816900150f53657276657253657373696f6e5f31a38228001508534f4d"
		" 45424f4459a38229001506484d49205254a3822a00150750414e454c2d33a382 2d001500a200000000"
		" 72010000\n",
		"! s7comm-plus answers\n"
		"! fact sender order_number = 6ES7 211-1BE31-0XB0 [S7comm-plus session version] 95%\n"
		"! fact sender firmware_version = V3.0 [S7comm-plus session version] 95%\n"
		"? s7comm-plus asks\n"
		"? fact sender application_name = HMI RT [S7comm-plus CreateObject session application] 95%\n"
		"? fact sender hostname = PANEL-3 [S7comm-plus CreateObject session host] 95%\n");
}
END_TEST

/* Lengths that do not fit. */
START_TEST(malformed)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* longer than the unit */
		"> 0300000e 02f080 720100ff310000\n"
		/* version 3 with half a digest */
		"> 03000013 02f080 72030004 20d9d9d9 72030000\n"
		/* no such version: another protocol */
		"> 0300000f 02f080 72090004 31000000\n"
		/* a text too early to have an attribute */
		"> 03000012 02f080 72010003 001500 72010000\n"
		/* text longer than the message */
		"< 03000038 02f080 72010029 32000004ca00000001360000157f313b36455337203231312d31424533312d30"
		" 584230203b56332e30 72010000\n"
		/* message of one byte */
		"> 03000010 02f080 72010001 31 72010000\n",
		"> malformed\n"
		"> malformed\n"
		"> cotp asks\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n"
		"< cotp answers\n"
		"< s7comm-plus answers\n"
		"> cotp asks\n"
		"> s7comm-plus asks\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("pdus");
	tcase_set_timeout(all, 60);
	tcase_add_test(all, session);
	tcase_add_test(all, other_names);
	tcase_add_test(all, maintenance_record);
	tcase_add_test(all, operations);
	tcase_add_test(all, fragments);
	tcase_add_test(all, by_opcode);
	tcase_add_test(all, malformed);
	return check_main("s7comm_plus", all);
}
