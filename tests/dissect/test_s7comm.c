/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_s7comm.c - S7 communication: jobs, program transfer, userdata.
 *
 * PDUs built by hand from the layouts at the head of s7comm.c and s7comm_userdata.c, which name their sources; the
 * first ones as Snap7 exchanges them. What is expected follows from the layouts by hand.
 * harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector tpkt_dissector;

/* A programming device connects to rack 0 slot 2; the facts wait for the first S7 PDU. */
START_TEST(connect_and_setup)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* connect request, calling TSAP 01 00, called TSAP 01 02 */
		"> 03000016 11e00000000100c0010ac1020100c2020102\n"
		/* connect confirm */
		"< 03000016 11d00001000100c0010ac1020100c2020102\n"
		/* setup communication */
		"> 03000019 02f080 32010000000000080000 f0000001000101e0\n"
		/* acknowledged */
		"< 0300001b 02f080 320300000000000800000000 f0000001000100f0\n"
		/* acknowledged again: said once */
		"< 0300001b 02f080 320300000000000800000000 f0000001000100f0\n",
		"> cotp asks\n"
		"< cotp answers\n"
		"> cotp asks\n"
		"> s7comm asks\n"
		"> fact sender client_kind = PG #1 [COTP CR called TSAP] 95%\n"
		"< cotp answers\n"
		"< s7comm answers\n"
		"< presence sender s7-rack-slot=0/2 [S7 setup communication]\n"
		"< cotp answers\n"
		"< s7comm answers\n");
}
END_TEST

/* An operator panel (02), S7 basic (03) in rack 1 slot 3, and a configured connection (10), which says nothing. */
START_TEST(client_kinds)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* 02 02 */
		"> 03000016 11e00000000100c0010ac1020200c2020202\n"
		"> 03000019 02f080 32010000000000080000 f0000001000101e0\n"
		/* 03 23 */
		"> 03000016 11e00000000100c0010ac1020300c2020323\n"
		"< 03000016 11d00001000100c0010ac1020100c2020102\n"
		"> 03000019 02f080 32010000000000080000 f0000001000101e0\n"
		"< 0300001b 02f080 320300000000000800000000 f0000001000100f0\n"
		/* 10 02 */
		"> 03000016 11e00000000100c0010ac1021000c2021002\n"
		"> 03000019 02f080 32010000000000080000 f0000001000101e0\n"
		"< 0300001b 02f080 320300000000000800000000 f0000001000100f0\n",
		"> cotp asks\n"
		"> cotp asks\n"
		"> s7comm asks\n"
		"> fact sender client_kind = OP #2 [COTP CR called TSAP] 95%\n"
		"> cotp asks\n"
		"< cotp answers\n"
		"> cotp asks\n"
		"> s7comm asks\n"
		"> fact sender client_kind = S7 basic #3 [COTP CR called TSAP] 95%\n"
		"< cotp answers\n"
		"< s7comm answers\n"
		"< presence sender s7-rack-slot=1/3 [S7 setup communication]\n"
		"> cotp asks\n"
		"> cotp asks\n"
		"> s7comm asks\n"
		"< cotp answers\n"
		"< s7comm answers\n");
}
END_TEST

/* Error class 0x81: the server answered, but nothing is there. */
START_TEST(refused_setup)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		"> 03000016 11e00000000100c0010ac1020100c2020102\n"
		"> 03000019 02f080 32010000000000080000 f0000001000101e0\n"
		"< 0300001b 02f080 320300000000000800008104 f0000001000100f0\n",
		"> cotp asks\n"
		"> cotp asks\n"
		"> s7comm asks\n"
		"> fact sender client_kind = PG #1 [COTP CR called TSAP] 95%\n"
		"< cotp answers\n"
		"< s7comm answers\n");
}
END_TEST

/* Items are answered one by one; lengths are in bits for types 3 to 5, and odd ones are filled up. */
START_TEST(read_and_write)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* read DB1.DBB0, 8 bytes */
		"> 0300001f 02f080 320100000001000e0000 0401120a10020008000184000000\n"
		/* 8 bytes */
		"< 03000021 02f080 3203000000010002000c0000 0401 ff0400400102030405060708\n"
		/* read two items */
		"> 0300002b 02f080 320100000002001a0000 0402120a10020008000184000000120a10020008000184000000\n"
		/* one byte and its filling; object does not exist */
		"< 0300001f 02f080 3203000000020002000a0000 0402 ff04000801000a000000\n"
		/* write one byte */
		"> 03000024 02f080 320100000003000e0005 0501120a10020001000184000000 0004000855\n"
		/* written */
		"< 03000016 02f080 320300000003000200010000 0501 ff\n"
		/* write again */
		"> 03000024 02f080 320100000004000e0005 0501120a10020001000184000000 0004000855\n"
		/* access denied */
		"< 03000016 02f080 320300000004000200010000 0501 03\n"
		/* read */
		"> 0300001f 02f080 320100000005000e0000 0401120a10020008000184000000\n"
		/* acknowledgement without data: error 85 00 */
		"< 03000013 02f080 320200000005000000008500\n",
		"> cotp asks\n"
		"> s7comm asks read\n"
		"< cotp answers\n"
		"< s7comm answers read\n"
		"> cotp asks\n"
		"> s7comm asks read\n"
		"< cotp answers\n"
		"< s7comm answers read\n"
		"< s7comm refuses read\n"
		"> cotp asks\n"
		"> s7comm asks write\n"
		"< cotp answers\n"
		"< s7comm answers write\n"
		"> cotp asks\n"
		"> s7comm asks write\n"
		"< cotp answers\n"
		"< s7comm refuses write\n"
		"> cotp asks\n"
		"> s7comm asks read\n"
		"< cotp answers\n"
		"< s7comm refuses read\n");
}
END_TEST

/* The server asks for the pieces and for the end; it stays the server. */
START_TEST(download)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* request download of _0A00001P, DB1 */
		"> 03000031 02f080 32010000000e00200000"
		" 1a00010000000000095f30413030303031500d31303030353030303030343030\n"
		"< 03000014 02f080 32030000000e000100000000 1a\n"
		/* download block, asked by the server */
		"< 03000023 02f080 32010000000100120000 1b00000000000000095f3041303030303150\n"
		/* the piece, from the client */
		"> 0300001d 02f080 320300000001000200080000 1b00 000400fb70700101\n"
		/* download ended */
		"< 03000023 02f080 32010000000200120000 1c00000000000000095f3041303030303150\n"
		"> 03000014 02f080 320300000002000100000000 1c\n"
		/* _INSE 0A00001P */
		"> 0300002b 02f080 32010000000f001a0000 28000000000000fd000a01003041303030303150055f494e5345\n"
		"< 03000014 02f080 32030000000f000100000000 28\n",
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"DB1\" [S7 0x1A request download]\n"
		"< cotp answers\n"
		"< s7comm answers program\n"
		"< cotp answers\n"
		"< s7comm answers program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"< cotp answers\n"
		"< s7comm answers program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"DB1\" [S7 0x28 _INSE activate block]\n"
		"< cotp answers\n"
		"< s7comm answers program\n");
}
END_TEST

/* The same seen from its middle on a port that says nothing: who serves is said by the jobs. */
START_TEST(download_joined_midway)
{
	harness_expect(&tpkt_dissector, HARNESS_FOREIGN_PORT,
		"? 03000023 02f080 32010000000100120000 1b00000000000000095f3045303030343950\n"
		"! 0300001d 02f080 320300000001000200080000 1b00 000400fb70700101\n",
		"? s7comm answers program\n"
		"! s7comm asks program\n");
}
END_TEST

/* Upload, stop, start, memory services, several blocks in one service, SINUMERIK, and a name nobody knows. */
START_TEST(upload_and_services)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* start upload of _0B00007A */
		"> 03000023 02f080 32010000000100120000 1d00000000000000095f3042303030303741\n"
		"< 03000023 02f080 320300000001001000000000 1d000100000000070730303030313838\n"
		/* upload, end upload */
		"> 03000019 02f080 32010000000200080000 1e00000000000007 03000019 02f080 32010000000300080000"
		" 1f00000000000007\n"
		/* upload of an NC file */
		"> 03000025 02f080 32010000000400140000 1d000000000000000b5f4e5f4d5046315f4d5046\n"
		/* stop */
		"> 03000021 02f080 32010000000500100000 29000000000009505f50524f4752414d\n"
		/* refused: D2 41 */
		"< 03000013 02f080 32020000000500000000d241\n"
		/* warm start */
		"> 03000025 02f080 32010000000600140000 28000000000000fd000009505f50524f4752414d\n"
		/* cold start */
		"> 03000027 02f080 32010000000700160000 28000000000000fd0002432009505f50524f4752414d\n"
		/* _MODU */
		"> 03000023 02f080 32010000000800120000 28000000000000fd00024550055f4d4f4455\n"
		/* acknowledged */
		"< 03000014 02f080 320300000008000100000000 28\n"
		/* _GARB */
		"> 03000021 02f080 32010000000900100000 28000000000000fd0000055f47415242\n"
		/* _DELE of FC12 and OB1 */
		"> 03000033 02f080 32010000000a00220000"
		" 28000000000000fd0012020030433030303132503038303030303150055f4445 4c45\n"
		/* _N_SELECT */
		"> 03000029 02f080 32010000000b00180000 28000000000000fd000402303130095f4e5f53454c454354\n"
		/* _N_F_DELE */
		"> 03000025 02f080 32010000000c00140000 28000000000000fd0000095f4e5f465f44454c45\n"
		/* _N_LOGIN_ */
		"> 03000025 02f080 32010000000d00140000 28000000000000fd0000095f4e5f4c4f47494e5f\n"
		/* _XYZ */
		"> 03000020 02f080 32010000000e000f0000 28000000000000fd0000045f58595a\n",
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"SDB7\" [S7 0x1D start upload]\n"
		"< cotp answers\n"
		"< s7comm answers program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"_N_MPF1_MPF\" [S7 0x1D start upload]\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"PLC stop\" [S7 0x29 PLC stop]\n"
		"< cotp answers\n"
		"< s7comm refuses control\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"PLC start\" [S7 0x28 P_PROGRAM]\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"PLC cold start\" [S7 0x28 P_PROGRAM]\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"copy RAM to ROM\" [S7 0x28 _MODU]\n"
		"< cotp answers\n"
		"< s7comm answers program\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"compress memory\" [S7 0x28 _GARB]\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> event receiver program: \"FC12\" [S7 0x28 _DELE delete block]\n"
		"> event receiver program: \"OB1\" [S7 0x28 _DELE delete block]\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"_N_SELECT\" [S7 0x28 SINUMERIK program selection]\n"
		"> cotp asks\n"
		"> s7comm asks file\n"
		"> event receiver file: \"_N_F_DELE\" [S7 0x28 _N_F_ SINUMERIK file service]\n"
		"> cotp asks\n"
		"> s7comm asks configure\n"
		"> event receiver configure: \"_N_LOGIN_\" [S7 0x28 SINUMERIK login]\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"_XYZ\" [S7 0x28 program invocation]\n");
}
END_TEST

/* What was changed, and when: the evidence of program changes. */
START_TEST(block_functions)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* list blocks */
		"> 0300001d 02f080 32070000000100080004 0001120411430100 0a000000\n"
		/* OB 1, DB 3, SDB 12 */
		"< 0300002d 02f080 320700000001000c0010 000112081283010000000000"
		" ff09000c30380001304100033042000c\n"
		/* info about DB1 */
		"> 03000025 02f080 3207000000020008000c 0001120411430300 ff0900083041303030303141\n"
		/* changed on 2016-02-29 at 12:34:56.789, interface 2007-08-02 */
		"< 0300006f 02f080 320700000002000c0052 000112081283030000000000"
		" ff09004e0100004a220070700101050a0001000000920000000002b32c952de3"
		" 0000000021a6001c0000000000124d4500000000000050554d50530000004c45"
		" 56454c0000001200beef0000000000000000\n"
		/* info about FB7: not there */
		"> 03000025 02f080 3207000000030008000c 0001120411430300 ff0900083045303030303741\n"
		/* error D2 09 */
		"< 03000021 02f080 320700000003000c0004 00011208128303000000d209 0a000000\n",
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"> fact sender client_kind = programming functions [S7 block functions] 80%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender object = blocks: OB 1, DB 3, SDB 12 [S7 list blocks] 95%\n"
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender object = DB1: checksum 0xBEEF, code 2016-02-29 12:34:56.789, interface 2007-08-02 "
		"00:00:00.000, version 1.2, author ME, family PUMPS, name LEVEL [S7 block info] 95%\n"
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"< cotp answers\n"
		"< s7comm refuses diagnose\n");
}
END_TEST

/* One of each group: cyclic data, programmer, messages, security, clock, mode changes, numerical control. */
START_TEST(userdata)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* cyclic data, subscribed and pushed */
		"> 0300002d 02f080 32070000000100080014 0001120411420100"
		" ff09001000010105120a10020001000184000000\n"
		"< 03000029 02f080 320700000000000c000c 000112081202010000000000 ff0900080001ff0400080100\n"
		/* variable status; force */
		"> 0300001f 02f080 32070000000200080006 0001120411410200 ff0900020000\n"
		"> 0300001f 02f080 32070000000300080006 0001120411410900 ff0900020000\n"
		/* modify variable */
		"> 0300001f 02f080 32070000000400080006 0001120411410800 ff0900020000\n"
		/* memory reset; refused */
		"> 0300001f 02f080 32070000000500080006 0001120411410c00 ff0900020000\n"
		"< 03000021 02f080 320700000005000c0004 0001120812810c000000d204 0a000000\n"
		/* message service; alarm acknowledged */
		"> 03000025 02f080 3207000000060008000c 0001120411440200 ff0900080000000000000000 03000025"
		" 02f080 3207000000070008000c 0001120411440b00 ff0900080000000000000000\n"
		/* alarm pushed */
		"< 03000029 02f080 320700000000000c000c 000112081204110000000000 ff0900080000000000000000\n"
		/* password entered */
		"> 03000025 02f080 3207000000080008000c 0001120411450100 ff0900081111111111111111\n"
		/* clock read and set */
		"> 0300001d 02f080 32070000000900080004 0001120411470100 0a000000 03000027 02f080"
		" 32070000000a0008000e 0001120411470200 ff09000a00191602291234567892\n"
		/* set: return code 0A, no error */
		"< 03000021 02f080 32070000000a000c0004 000112081287020000000000 0a000000\n"
		/* mode changes pushed with the short parameter block: STOP, RUN */
		"< 03000019 02f080 32070000000000080000 0001001010000000 03000019 02f080 32070000000000080000"
		" 0001001010000200\n"
		/* NC program */
		"> 03000021 02f080 32070000000b00080008 00011204114f0100 ff09000400000000\n"
		/* BSEND */
		"> 03000021 02f080 32070000000c00080008 0001120411460100 ff09000400000000\n",
		"> cotp asks\n"
		"> s7comm asks read\n"
		"< cotp answers\n"
		"< s7comm answers read\n"
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"> fact sender client_kind = programming functions [S7 programmer commands] 80%\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"force\" [S7 programmer command 0x09]\n"
		"> cotp asks\n"
		"> s7comm asks write\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"> event receiver control: \"memory reset\" [S7 programmer command 0x0C]\n"
		"< cotp answers\n"
		"< s7comm refuses control\n"
		"> cotp asks\n"
		"> s7comm asks read\n"
		"> cotp asks\n"
		"> s7comm asks control\n"
		"< cotp answers\n"
		"< s7comm answers read\n"
		"> cotp asks\n"
		"> s7comm asks configure\n"
		"> event receiver configure: \"password entered\" [S7 security 0x01]\n"
		"> cotp asks\n"
		"> s7comm asks diagnose\n"
		"> cotp asks\n"
		"> s7comm asks configure\n"
		"> event receiver configure: \"clock set\" [S7 clock 0x02]\n"
		"< cotp answers\n"
		"< s7comm answers configure\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = STOP #0 [S7 mode transition] 95%\n"
		"< cotp answers\n"
		"< s7comm answers diagnose\n"
		"< fact sender operating_mode = RUN #2 [S7 mode transition] 95%\n"
		"> cotp asks\n"
		"> s7comm asks program\n"
		"> cotp asks\n"
		"> s7comm asks write\n");
}
END_TEST

/* Lengths that do not fit: S7 parts, parameters of COTP and of userdata, an S7 type that is none. */
START_TEST(malformed)
{
	harness_expect(&tpkt_dissector, HARNESS_PROVEN,
		/* parameter longer than the PDU */
		"> 03000013 02f080 32010000000100ff0000 0401\n"
		/* data longer */
		"> 03000013 02f080 32010000000100020100 0401\n"
		/* no room for the lengths */
		"> 0300000e 02f080 32010000000100\n"
		/* type 5 */
		"> 03000013 02f080 32050000000100020000 0401\n"
		/* acknowledgement without error bytes */
		"< 03000011 02f080 32020000000100000000\n"
		/* COTP parameter beyond the header */
		"> 03000012 0de00000000100c2200102030405\n"
		/* userdata of 6 bytes */
		"> 03000017 02f080 32070000000100060000 000112041144\n"
		/* PI service with a block longer than the PDU: control, no event */
		"> 03000022 02f080 32010000000100110000 28000000000000fdffff01005f494e5345\n",
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"< malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> cotp asks\n"
		"> s7comm asks control\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("pdus");
	tcase_set_timeout(all, 60);
	tcase_add_test(all, connect_and_setup);
	tcase_add_test(all, client_kinds);
	tcase_add_test(all, refused_setup);
	tcase_add_test(all, read_and_write);
	tcase_add_test(all, download);
	tcase_add_test(all, download_joined_midway);
	tcase_add_test(all, upload_and_services);
	tcase_add_test(all, block_functions);
	tcase_add_test(all, userdata);
	tcase_add_test(all, malformed);
	return check_main("s7comm", all);
}
