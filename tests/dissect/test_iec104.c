/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_iec104.c - telecontrol over TCP: frames written by hand from IEC 60870-5-104 and the ASDUs of
 * IEC 60870-5-101 (clauses 7.2 and 7.3), from which what is expected follows; read with tshark.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector iec104_dissector;

static const struct {
	const char *name, *script, *said;
} cases[] = {
	{"a session: start, interrogation of a station that answers for two, acknowledgement, stop",
		"> 6804 07000000\n"
		"< 6804 0b000000\n"
		"< 680e 00000000 460104000a0000000000\n"
		"> 680e 00000000 640106000a0000000014\n"
		"< 680e 02000000 640107000a0000000014\n"
		"< 680e 04000000 010114000a000b000001\n"
		"< 6812 06000000 0d0114000b00ae0700ae47e13d00\n"
		"< 680e 08000000 010103000a000b000000\n"
		"< 680e 0a000000 64010a000a0000000014\n"
		"> 6804 01 00 04 00\n"
		"< 6804 43000000\n"
		"> 6804 83000000\n"
		"> 6804 13000000\n"
		"< 6804 23000000\n",
		"> iec104 asks\n"
		"> proven\n"
		"< iec104 answers\n"
		"< proven\n"
		"< iec104 answers\n"
		"< fact sender iec104-common-address=10 common_address = 10 [ASDU] 95%\n"
		"< presence sender iec104-common-address=10 [ASDU]\n"
		"< fact sender iec104-common-address=10 status = restarted: power switched on [end of initialisation] "
		"95%\n"
		"> iec104 asks read\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< fact sender iec104-common-address=11 common_address = 11 [ASDU] 95%\n"
		"< presence sender iec104-common-address=11 [ASDU]\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"> iec104 asks\n"
		"< iec104 answers\n"
		"< proven\n"
		"> iec104 asks\n"
		"> proven\n"
		"> iec104 asks\n"
		"> proven\n"
		"< iec104 answers\n"
		"< proven\n"},
	{"commands: selected, executed, refused; set point, clock, parameter, test, reset, broadcast",
		"> 680e 00000000 2d010600030010170081\n"
		"< 680e 00000000 2d010700030010170081\n"
		"> 680e 02000000 2d010600030010170001\n"
		"< 680e 02000000 2d014700030010170001\n"
		"> 6815 04000000 3b01060003001017000200000000000001\n"
		"> 6812 06000000 3201060003000118000000204100\n"
		"< 6812 04000000 3201070003000118000000204100\n"
		"> 6814 08000000 670106000300000000e0a90e1d0b0c08\n"
		"> 6810 0a000000 6e0106000300021800000000\n"
		"> 680f 0c000000 680106000300000000aa55\n"
		"> 680e 0e000000 69010600ffff00000001\n"
		"> 680e 10000000 69010600030000000001\n"
		"> 680e 12000000 2f010800030012170000\n",
		"> iec104 asks control\n"
		"< iec104 answers control\n"
		"< fact sender iec104-common-address=3 common_address = 3 [ASDU] 95%\n"
		"< presence sender iec104-common-address=3 [ASDU]\n"
		"> iec104 asks control\n"
		"> confirmed\n"
		"> event receiver control: \"common address 3\" [single command]\n"
		"< iec104 refuses control\n"
		"< confirmed\n"
		"> iec104 asks control\n"
		"> confirmed\n"
		"> event receiver control: \"common address 3\" [double command]\n"
		"> iec104 asks write\n"
		"> confirmed\n"
		"< iec104 answers write\n"
		"< confirmed\n"
		"> iec104 asks configure\n"
		"> confirmed\n"
		"> iec104 asks configure\n"
		"> confirmed\n"
		"> iec104 asks diagnose\n"
		"> confirmed\n"
		"> iec104 asks control\n"
		"> confirmed\n"
		"> event receiver control: \"broadcast 65535\" [reset process command]\n"
		"> iec104 asks control\n"
		"> confirmed\n"
		"> event receiver control: \"common address 3\" [reset process command]\n"
		"> iec104 asks control\n"
		"> confirmed\n"},
	{"an address that is asked for in vain is no station; nor are 0 and the broadcast",
		"> 680e 00000000 2d010600630010170001\n"
		"< 680e 00000000 2d016e00630010170001\n"
		"< 680e 02000000 64010700ffff00000014\n"
		"< 680e 04000000 0101030000000b000001\n"
		"< 680e 06000000 2d016c00040010170001\n",
		"> iec104 asks control\n"
		"> event receiver control: \"common address 99\" [single command]\n"
		"< iec104 refuses control\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< iec104 refuses control\n"
		"< confirmed\n"
		"< fact sender iec104-common-address=4 common_address = 4 [ASDU] 95%\n"
		"< presence sender iec104-common-address=4 [ASDU]\n"},
	{"the controlled station is told by what it says, whoever opened the connection; files go both ways",
		"> 6810 00000000 090103000700014000010000\n"
		"< 6811 00000000 7a010d00070000000001000001\n"
		"> 6813 02000000 78010d000700010000010010000000\n"
		"< 680e 02000000 65010600070000000005\n",
		"> iec104 answers read\n"
		"> fact sender iec104-common-address=7 common_address = 7 [ASDU] 95%\n"
		"> presence sender iec104-common-address=7 [ASDU]\n"
		"< iec104 asks file\n"
		"> iec104 answers file\n"
		"> confirmed\n"
		"< iec104 asks read\n"
		"< confirmed\n"},
	{"secure authentication; secured totals",
		"< 681b 00000000 51010e0007000000010000000000040301040011223344\n"
		"> 6816 00000000 52010f000700010000000000040055667788\n"
		"< 6819 02000000 290103000700000000010000000000000000000000\n",
		"< iec104 answers\n"
		"< fact sender security = secure authentication in use [authentication ASDU] 95%\n"
		"< fact sender iec104-common-address=7 common_address = 7 [ASDU] 95%\n"
		"< presence sender iec104-common-address=7 [ASDU]\n"
		"> iec104 asks\n"
		"> fact sender security = secure authentication in use [authentication ASDU] 95%\n"
		"< iec104 answers read\n"
		"< confirmed\n"},
	{"several in one segment; two objects in a sequence",
		"< 6813 00000000 0b8203000500010000010000020000 680e 02000000 01010300050002000001 6804 "
		"43000000\n",
		"< iec104 answers read\n"
		"< fact sender iec104-common-address=5 common_address = 5 [ASDU] 95%\n"
		"< presence sender iec104-common-address=5 [ASDU]\n"
		"< iec104 answers read\n"
		"< confirmed\n"
		"< iec104 answers\n"
		"< proven\n"},
	{"what is no IEC 104: start, lengths, control octets, M-Bus, types and causes that do not exist",
		"> 6904 07000000\n"
		"> 6803 070000\n"
		"> 68fe 00000000\n"
		"> 6804 0f000000\n"
		"> 6804 07010000\n"
		"> 6804 01000100\n"
		"> 6805 0000 0000 01\n"
		"> 680e 0000 0100 64 01 06 00 0a00 000000 14\n"
		"> 681f 1f68 08016a\n"
		"> 680e 0000 0000 00 01 06 00 0a00 000000 14\n"
		"> 680e 0000 0000 64 01 00 00 0a00 000000 14\n"
		"> 680a 0000 0000 64 01 06 00 0a00\n"
		"> 680e 0000\n",
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> more 0\n"},
};

START_TEST(says)
{
	char *said = harness_run(&iec104_dissector, HARNESS_PROVEN, cases[_i].script);
	harness_compare(cases[_i].name, said, cases[_i].said);
}
END_TEST

START_TEST(abused)
{
	ck_assert_uint_eq(harness_abuse(&iec104_dissector, cases[_i].script), 0);
}
END_TEST

/* On a port that means nothing, a session is believed from its first frame of fixed octets, and data when it goes on.
 */
START_TEST(on_foreign_port)
{
	char *said = harness_run(&iec104_dissector, HARNESS_FOREIGN_PORT,
		"? 680e 0600 0000 01 01 03 00 0a00 0b0000 01\n"
		"? 680e 0800 0000 01 01 03 00 0a00 0b0000 00\n"
		"? 680e 0c00 0000 01 01 03 00 0a00 0b0000 00\n"
		"! 6804 0100 0800\n"
		"! 6804 43000000\n");
	harness_compare("foreign port", said,
		"? iec104 answers read\n"
		"? fact sender iec104-common-address=10 common_address = 10 [ASDU] 95%\n"
		"? presence sender iec104-common-address=10 [ASDU]\n"
		"? iec104 answers read\n"
		"? confirmed\n"
		"? iec104 answers read\n"
		"! iec104 asks\n"
		"! iec104 asks\n"
		"! proven\n");
	said = harness_run(&iec104_dissector, HARNESS_EXPECTED_PORT, "> 6804 0100 0800\n< 6804 43000000\n");
	harness_compare(
		"who is who by nothing but the port", said, "> iec104 exchanges\n< iec104 exchanges\n< proven\n");
}
END_TEST

int main(void)
{
	int count = sizeof(cases) / sizeof(cases[0]);
	TCase *tcase = tcase_create("iec104");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says, 0, count);
	tcase_add_loop_test(tcase, abused, 0, count);
	tcase_add_test(tcase, on_foreign_port);
	return check_main("iec104", tcase);
}
