/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tpkt.c - TPKT and COTP, and what is not S7 in them: RDP and MMS.
 *
 * PDUs built by hand from RFC 1006, ITU-T X.224, MS-RDPBCGR 2.2.1.1 and ISO 9506-2 as laid out at the head of tpkt.c
 * and mms.c; what is expected follows from them by hand.
 * harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector tpkt_dissector;

/* A unit in three COTP segments, the last one empty; the other direction is not mixed in. An empty data TPDU is only an
 * answer to a segment. */
START_TEST(segments)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* first */
		"> 03000010 02f000 320100000001000e00\n"
		/* of the other direction, whole */
		"< 0300001a 02f080 320300000001000200050000 0401 ff04000801\n"
		/* second */
		"> 03000016 02f000 000401120a10020008000184000000\n"
		/* third, empty */
		"> 03000007 02f080\n"
		/* empty */
		"< 03000007 02f000\n"
		/* alone again */
		"> 0300001f 02f080 320100000001000e0000 0401120a10020008000184000000\n",
		"> cotp asks\n"
		"< cotp answers\n"
		"< s7comm answers read\n"
		"> cotp asks\n"
		"> cotp asks\n"
		"> s7comm asks read\n"
		"< cotp answers\n"
		"> cotp asks\n"
		"> s7comm asks read\n");
}
END_TEST

/* No handshake, no known port, no connect request: the PDUs say who is who. Fits any port. */
START_TEST(joined_midway)
{
	harness_expect(&tpkt_dissector, HARNESS_FOREIGN_PORT,
		"? 0300001f 02f080 320100000001000e0000 0401120a10020008000184000000\n"
		"! 0300001a 02f080 320300000001000200050000 0401 ff04000801\n",
		"? s7comm asks read\n"
		"! s7comm answers read\n");
}
END_TEST

/* RDP opens with TPKT and COTP: a cookie, a negotiation request, its answer, or nothing but MCS. */
START_TEST(rdp_is_not_s7)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* cookie and negotiation */
		"> 03000029 24e00000000000436f6f6b69653a206d737473686173683d6576650d0a010008 0003000000\n"
		/* negotiation response */
		"< 03000013 0ed000001234000200080000000000\n"
		/* MCS connect initial */
		"> 03000012 02f080 7f650401010401010101ff\n"
		/* negotiation without a cookie */
		"> 03000013 0ee000000000000100080001000000\n"
		/* the answer has no parameters */
		"< 0300000b 06d00000123400\n",
		"> rdp asks\n"
		"< rdp answers\n"
		"> rdp asks\n"
		"> rdp asks\n"
		"< rdp answers\n");
}
END_TEST

START_TEST(rdp_by_mcs)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* connect request without parameters */
		"> 0300000b 06e00000000000\n"
		"< 0300000b 06d00000123400\n"
		/* MCS connect initial */
		"> 03000012 02f080 7f650401010401010101ff\n"
		/* MCS connect response */
		"< 0300000c 02f080 7f660a0100\n",
		"> cotp asks\n"
		"< cotp answers\n"
		"> rdp asks\n"
		"< rdp answers\n");
}
END_TEST

START_TEST(rdp_confirm_joined_midway)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* negotiation response; failure */
		"< 03000013 0ed000001234000200080001000000 03000013 0ed000001234000300080005000000\n",
		"< rdp answers\n"
		"< rdp answers\n");
}
END_TEST

/* IEC 61850 on port 102. TSAP 00 01 looks like that of S7 and says nothing. */
START_TEST(mms_is_not_s7)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"> 03000016 11e00000000100c0010ac1020001c2020001\n"
		"< 03000016 11d00001000100c0010ac1020100c2020102\n"
		/* session connect, MMS in the application context */
		"> 0300001a 02f080 0d12c110a109060728ca220203060000000000\n"
		/* session accept */
		"< 03000014 02f080 0e0bc109060728ca2202030000\n"
		/* session connect of another application */
		"> 03000011 02f080 0d08c106060452010001\n"
		/* identify */
		"> 0300001b 02f080 01000100610e300c020103a007a0050201018200\n"
		/* vendor, model, revision */
		"< 0300002e 02f080 010001006121301f020103a01aa118020101a213800441434d4581054241592d"
		" 378204322e3130\n"
		/* read and write */
		"> 0300001b 02f080 01000100610e300c020103a007a005020102a400 0300001b 02f080"
		" 01000100610e300c020103a007a005020103a500\n"
		/* file directory */
		"> 0300001c 02f080 01000100610f300d020103a008a006020104bf4d00\n"
		/* answered; error; report; reject is nothing */
		"< 0300001b 02f080 01000100610e300c020103a007a105020102a400 03000019 02f080"
		" 01000100610c300a020103a005a203800103 03000018 02f080 01000100610b3009020103a004a302a000"
		" 03000019 02f080 01000100610c300a020103a005a403800101\n"
		/* initiate */
		"> 03000019 02f080 01000100610c300a020103a005a803800101\n"
		/* initiate answered; refused */
		"< 03000019 02f080 01000100610c300a020103a005a903800101 03000019 02f080"
		" 01000100610c300a020103a005aa03800101\n"
		/* lengths that do not fit */
		"< 03000014 02f080 0100010061803005020103a000 03000014 02f080 0100010061203005020103a000\n",
		"> cotp asks\n"
		"< cotp answers\n"
		"> cotp asks\n"
		"> mms asks\n"
		"< cotp answers\n"
		"< mms answers\n"
		"> cotp asks\n"
		"> cotp asks\n"
		"> mms asks diagnose\n"
		"< cotp answers\n"
		"< mms answers diagnose\n"
		"< fact sender vendor = ACME [MMS Identify] 95%\n"
		"< fact sender model = BAY-7 [MMS Identify] 95%\n"
		"< fact sender revision = 2.10 [MMS Identify] 95%\n"
		"> cotp asks\n"
		"> mms asks read\n"
		"> cotp asks\n"
		"> mms asks write\n"
		"> cotp asks\n"
		"> mms asks file\n"
		"< cotp answers\n"
		"< mms answers read\n"
		"< cotp answers\n"
		"< mms answers\n"
		"< cotp answers\n"
		"< mms answers read\n"
		"< cotp answers\n"
		"> cotp asks\n"
		"> mms asks\n"
		"< cotp answers\n"
		"< mms answers\n"
		"< cotp answers\n"
		"< mms answers\n"
		"< cotp answers\n"
		"< cotp answers\n");
}
END_TEST

/* Disconnect request and confirm, error, expedited data: COTP, and nothing more. */
START_TEST(other_tpdus)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"> 0300000b 06800000123480 0300000a 05c000011234 0300000a 0570000101c1 0300000a 0410000180 55\n"
		/* data with a destination reference (class 2) */
		"> 03000021 04f0000180 320100000001000e0000 0401120a10020008000184000000\n",
		"> cotp asks\n"
		"> s7comm asks read\n");
}
END_TEST

/* What is not TPKT, what is not COTP, and what is not there yet. */
START_TEST(framing)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"> 0300\n"
		"> 03000016\n"
		"> 03000016 11e00000000100\n"
		/* version 2 */
		"> 0200000702f080\n"
		/* reserved byte */
		"> 0301000702f080\n"
		/* length 6 */
		"> 03000006 02f0 80\n"
		/* header longer than the PDU */
		"> 03000007 03f080\n"
		/* H.225 over TPKT */
		"> 0300000a 080200010500\n"
		/* header too short for a connect request */
		"> 0300000b 05e000000001 00\n"
		/* numbered data in class 0 */
		"> 03000007 02f081\n"
		/* connect request with a destination */
		"> 0300000b 06e00001000100\n"
		/* disconnect request with 100 bytes of data, as a DNS answer of 768 bytes would look */
		"> 03000072 06800000000000 00\n"
		/* HTTP */
		"> 474554202f20485454502f312e31\n",
		"> more 0\n"
		"> more 22\n"
		"> more 22\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n");
}
END_TEST

/* What was read before the cut is kept. */
START_TEST(cut_by_the_snap_length)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		">~ 03000021 02f080 32010000000500100000 2900000000000950\n"
		/* answer, cut in the second record */
		"<~ 0300008f 02f080 320700000001000c0072 000112081284010100000000"
		" ff09006e001c0000002200030001505245535320340000000000000000000000"
		" 00000000000000000000000000000005532043\n"
		/* header only */
		"<~ 0300008f 02f080 320700000001000c0072 000112\n",
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"PLC stop\" [S7 0x29 PLC stop]\n"
		"> malformed\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< malformed\n"
		"< cotp answers\n"
		"< malformed\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("pdus");
	tcase_set_timeout(all, 60);
	tcase_add_test(all, segments);
	tcase_add_test(all, joined_midway);
	tcase_add_test(all, rdp_is_not_s7);
	tcase_add_test(all, rdp_by_mcs);
	tcase_add_test(all, rdp_confirm_joined_midway);
	tcase_add_test(all, mms_is_not_s7);
	tcase_add_test(all, other_tpdus);
	tcase_add_test(all, framing);
	tcase_add_test(all, cut_by_the_snap_length);
	return check_main("tpkt", all);
}
