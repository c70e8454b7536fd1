/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_umas.c - UMAS PDUs (Modbus function code 90) in, reports out.
 *
 * There is no public specification: the PDUs follow the layouts in umas.c, whose head names the sources, behind an
 * MBAP header. What is expected follows from them by hand.
 * harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "dissectors/umas.h"
#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector modbus_dissector;

/*
 * Read ID, project information, status and memory card, with the names of where they stand; session 0x01 for
 * the client's own.
 */
START_TEST(umas_identity)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0005 00 5a 00 01 00\n"
		"< 0001 0000 0011 00 5a 00 fe fd00 0104 00003200 00000000 00\n"
		"> 0002 0000 0004 00 5a 00 02\n"
		"< 0002 0000 0032 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 0e"
		" 3134302043505520333131203130 010101000000001100\n"
		"> 0003 0000 0005 00 5a 00 03 00\n"
		"< 0003 0000 0033 00 5a 00 fe 02050000988801000002050000988801000002 0c3b0c0e01de07"
		" 020c3b0c0e01de07 080000 00 08 50726f6a65637400\n"
		"> 0004 0000 0004 00 5a 00 04\n"
		"< 0004 0000 0046 00 5a 00 fe 028280"
		" 06b0d56f1b37583d110000000037583d1137583d1103000000000000000000000001000000000000000000000000000"
		"000000000010804000001010000fa00\n"
		"> 0005 0000 0004 00 5a 00 04\n"
		"< 0005 0000 0046 00 5a 00 fe 028280"
		" 06b0d56f1b37583d110000000037583d1137583d1103000000000000000000000001000000000000000000000000000"
		"000000000010804000002010000fa00\n"
		"> 0006 0000 0004 00 5a 00 04\n"
		"< 0006 0000 0046 00 5a 00 fe 028280"
		" 06b0d56f1b37583d110000000037583d1137583d1103000000000000000000000001000000000000000000000000000"
		"000000000010804000007010000fa00\n"
		"> 0007 0000 0005 00 5a 00 06 06\n"
		"< 0007 0000 0018 00 5a 00 fe 0b 00 01 0000 00 0b 424d58524d533030384d50 0000\n"
		"> 0008 0000 0005 00 5a 00 01 00\n"
		"< 0008 0000 0016 00 5a 00 fe fd03 2003 00000000 00000000 05 504c435f41\n",
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< presence sender modbus-unit=0 [response]\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender model = 140 CPU 311 10 [UMAS 0x02 read ID] 95%\n"
		"< fact sender firmware_version = 2.70 [UMAS 0x02 read ID] 75%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender project_name = Project [UMAS 0x03 read project information] 95%\n"
		"< fact sender configuration_version = 0.0.8 [UMAS 0x03 read project information] 95%\n"
		"< fact sender object = project saved=2014-01-14 12:59:12 [UMAS 0x03 read project information]"
		" 95%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender operating_mode = STOP [UMAS 0x04 read PLC status] 60%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender operating_mode = RUN [UMAS 0x04 read PLC status] 60%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender object = memory card=BMXRMS008MP [UMAS 0x06 read memory card] 80%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender name = PLC_A [UMAS 0x01 init communication] 80%\n");
}
END_TEST

/* Another layout of the project information (here: month 13 too): a counted name at the end is still one. */
START_TEST(umas_project_name_last)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0005 00 5a 00 03 00\n"
		"< 0001 0000 000f 00 5a 00 fe 00010203 06 4d69786572 00\n"
		"> 0002 0000 0005 00 5a 00 03 00\n"
		"< 0002 0000 000f 00 5a 00 fe 00010203 03 4d69786572 00\n"
		"> 0004 0000 0005 00 5a 00 03 00\n"
		"< 0004 0000 0033 00 5a 00 fe 02050000988801000002050000988801000002 0c3b0c0e01de07"
		" 020c3b0c0e0dde07 080000 00 08 50726f6a65637400\n"
		"> 0003 0000 0005 00 5a 00 03 04\n"
		"< 0003 0000 000f 00 5a 00 fe 00010203 06 4d69786572 00\n",
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender project_name = Mixer [UMAS 0x03 read project information] 70%\n"
		"< presence sender modbus-unit=0 [response]\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender project_name = Project [UMAS 0x03 read project information] 70%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n");
}
END_TEST

/* Reservation with the client's name, transfers, start, stop, memory and variables. */
START_TEST(umas_operations)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0018 00 5a 00 10 434c0000 0f 555345522d37313445373446323142\n"
		"< 0001 0000 0005 00 5a 00 fe 01\n"
		"> 0002 0000 0004 00 5a 01 12\n"
		"< 0002 0000 0004 00 5a 01 fe\n"
		"> 0003 0000 0006 00 5a 01 30 0001\n"
		"< 0003 0000 0004 00 5a 01 fe\n"
		"> 0004 0000 000e 00 5a 01 31 0001 0100 0400 41505800\n"
		"< 0004 0000 0004 00 5a 01 fe\n"
		"> 0005 0000 0006 00 5a 01 32 0001\n"
		"< 0005 0000 0004 00 5a 01 fe\n"
		"> 0006 0000 0008 00 5a 01 33 0001 fb00\n"
		"< 0006 0000 000a 00 5a 01 fe 0001 37300000\n"
		"> 0007 0000 0006 00 5a 01 35 0001\n"
		"< 0007 0000 0004 00 5a 01 fe\n"
		"> 0008 0000 0006 00 5a 01 41 ff00\n"
		"< 0008 0000 0004 00 5a 01 fe\n"
		"> 0009 0000 0006 00 5a 01 40 ff00\n"
		"< 0009 0000 0005 00 5a 01 fd 83\n"
		"> 000a 0000 000d 00 5a 00 20 00 1300 0000 0000 0200\n"
		"< 000a 0000 0009 00 5a 00 fe 00 0200 0001\n"
		"> 000b 0000 0009 00 5a 00 22 00000000 01\n"
		"> 000c 0000 0009 00 5a 00 23 00000000 01\n"
		"> 000d 0000 0005 00 5a 00 29 00\n"
		"> 000e 0000 0004 00 5a 01 11\n"
		"< 000e 0000 0004 00 5a 01 fe\n"
		"> 000f 0000 0005 00 5a 00 58 01\n"
		"> 0010 0000 0004 00 5a 00 7a\n",
		"> umas asks program\n"
		"> modbus asks\n"
		"> event receiver program: \"PLC reservation taken\" [FC 90 UMAS]\n"
		"> fact sender hostname = USER-714E74F21B [UMAS 0x10 take reservation] 80%\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< presence sender modbus-unit=0 [response]\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"> event receiver program: \"program download to the PLC begins\" [FC 90 UMAS]\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"> event receiver program: \"program download to the PLC ends\" [FC 90 UMAS]\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"> event receiver program: \"program upload from the PLC begins\" [FC 90 UMAS]\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"> event receiver program: \"program upload from the PLC ends\" [FC 90 UMAS]\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks control\n"
		"> modbus asks\n"
		"> event receiver control: \"PLC stop\" [FC 90 UMAS]\n"
		"< umas answers control\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks control\n"
		"> modbus asks\n"
		"> event receiver control: \"PLC start\" [FC 90 UMAS]\n"
		"< umas refuses control\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks read\n"
		"> modbus asks\n"
		"< umas answers read\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks read\n"
		"> modbus asks\n"
		"> umas asks write\n"
		"> modbus asks\n"
		"> umas asks write\n"
		"> modbus asks\n"
		"> umas asks program\n"
		"> modbus asks\n"
		"> event receiver program: \"PLC reservation released\" [FC 90 UMAS]\n"
		"< umas answers program\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"> umas asks\n"
		"> modbus asks\n");
}
END_TEST

/* An answer names no function: it takes the one whose layout it has, and says nothing without a request. */
START_TEST(umas_pairing)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"< 0009 0000 0032 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 0e"
		" 3134302043505520333131203130 010101000000001100\n"
		"> 0000 0000 0004 00 5a 00 02\n"
		"> 0000 0000 000d 00 5a 00 20 00 1300 0000 0000 0200\n"
		"< 0000 0000 0032 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 0e"
		" 3134302043505520333131203130 010101000000001100\n"
		"< 0000 0000 0009 00 5a 00 fe 00 0200 0001\n"
		"> 0000 0000 0005 00 5a 00 03 00\n"
		"> 0000 0000 0004 00 5a 00 02\n"
		"< 0000 0000 0032 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 0e"
		" 3134302043505520333131203130 010101000000001100\n"
		"> 0007 0000 0005 00 5a 00 03 00\n"
		"> 0007 0000 0005 00 5a 00 03 04\n"
		"< 0007 0000 0033 00 5a 00 fe 02050000988801000002050000988801000002 0c3b0c0e01de07"
		" 020c3b0c0e01de07 080000 00 08 50726f6a65637400\n",
		"< umas answers\n"
		"< modbus answers\n"
		"< presence sender modbus-unit=0 [response]\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"> umas asks read\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender model = 140 CPU 311 10 [UMAS 0x02 read ID] 95%\n"
		"< fact sender firmware_version = 2.70 [UMAS 0x02 read ID] 75%\n"
		"< umas answers read\n"
		"< modbus answers\n"
		"< confirmed\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender model = 140 CPU 311 10 [UMAS 0x02 read ID] 95%\n"
		"< fact sender firmware_version = 2.70 [UMAS 0x02 read ID] 75%\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender project_name = Project [UMAS 0x03 read project information] 95%\n"
		"< fact sender configuration_version = 0.0.8 [UMAS 0x03 read project information] 95%\n"
		"< fact sender object = project saved=2014-01-14 12:59:12 [UMAS 0x03 read project information]"
		" 95%\n");
}
END_TEST

/* Application Password wraps request and answer (0x38); what is inside counts. */
START_TEST(umas_signed)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 002a 00 5a 01 38 01"
		" a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5 5a 01 41 ff00\n"
		"< 0001 0000 0028 00 5a 01 fe 01"
		" 5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c 5a 01 fe\n"
		"> 0002 0000 0028 00 5a 01 38 01"
		" a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5 5a 00 02\n"
		"< 0002 0000 0056 00 5a 01 fe 01"
		" 5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c 5a 00 fe 10ff 5a010100 0000"
		" 7002 0000 2700 0900 08000000 0000 0e 3134302043505520333131203130 010101000000001100\n"
		"> 0003 0000 0005 00 5a 01 38 01\n"
		"< 0003 0000 0005 00 5a 01 fd 00\n",
		"> umas asks control\n"
		"> modbus asks\n"
		"> event receiver control: \"PLC stop\" [FC 90 UMAS]\n"
		"< umas answers control\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< presence sender modbus-unit=0 [response]\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender model = 140 CPU 311 10 [UMAS 0x02 read ID] 95%\n"
		"< fact sender firmware_version = 2.70 [UMAS 0x02 read ID] 75%\n"
		"> umas asks\n"
		"> modbus asks\n"
		"< umas answers\n"
		"< modbus answers\n"
		"< confirmed\n");
}
END_TEST

/* A device that does not speak UMAS answers with a Modbus exception: no UMAS server. */
START_TEST(umas_refused)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0004 00 5a 00 02\n"
		"< 0001 0000 0003 00 da 01\n"
		"< 0002 0000 0004 00 5a 00 77\n",
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< presence sender modbus-unit=0 [exception response]\n");
}
END_TEST

/* An answer has its own mark, so the sides are known at once. */
START_TEST(umas_foreign_port)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0004 00 5a 00 02\n"
		"! 0001 0000 0032 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 0e"
		" 3134302043505520333131203130 010101000000001100\n",
		"? umas asks diagnose\n"
		"? modbus asks\n"
		"! umas answers diagnose\n"
		"! modbus answers\n"
		"! confirmed\n"
		"! fact sender model = 140 CPU 311 10 [UMAS 0x02 read ID] 95%\n"
		"! fact sender firmware_version = 2.70 [UMAS 0x02 read ID] 75%\n"
		"! presence sender modbus-unit=0 [response]\n");
}
END_TEST

/* A name that runs past the end, or is no text, is none; the firmware beside it goes with it. */
START_TEST(umas_damaged_names)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0004 00 5a 00 02\n"
		"< 0001 0000 0022 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 20"
		" 31343020435055\n"
		"> 0002 0000 0004 00 5a 00 02\n"
		"< 0002 0000 001f 00 5a 00 fe 10ff 5a010100 0000 7002 0000 2700 0900 08000000 0000 04 01024142\n",
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< presence sender modbus-unit=0 [response]\n"
		"> umas asks diagnose\n"
		"> modbus asks\n"
		"< umas answers diagnose\n"
		"< modbus answers\n"
		"< confirmed\n");
}
END_TEST

#define STATUS(mode)                                                                                                   \
	"> 0004 0000 0004 00 5a 00 04\n"                                                                               \
	"< 0004 0000 0046 00 5a 00 fe 028280"                                                                          \
	" 06b0d56f1b37583d110000000037583d1137583d1103000000000000000000000001000000000000000000000000000"             \
	"0000000000108040000" mode "010000fa00\n"
#define STATUS_SAID                                                                                                    \
	"> umas asks diagnose\n"                                                                                       \
	"> modbus asks\n"                                                                                              \
	"< umas answers diagnose\n"                                                                                    \
	"< modbus answers\n"                                                                                           \
	"< confirmed\n"
#define MODE_SAID(mode) "< fact sender operating_mode = " mode " [UMAS 0x04 read PLC status] 60%\n"

/* The status is polled all the time: a mode is told when it changes, and once a minute. */
START_TEST(umas_mode_told_once)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		STATUS("01") STATUS("01") STATUS("02") STATUS("02") STATUS("01"),
		STATUS_SAID MODE_SAID(
			"STOP") "< presence sender modbus-unit=0 [response]\n" STATUS_SAID STATUS_SAID MODE_SAID("RUN")
			STATUS_SAID STATUS_SAID MODE_SAID("STOP"));
	struct umas_status told = {.mode = 2};
	umas_status_age(&told, 59999999999);
	ck_assert_uint_eq(told.mode, 2);
	umas_status_age(&told, 60000000000);
	ck_assert_uint_eq(told.mode, 0);
	told.mode = 2;
	umas_status_age(&told, 59999999999);
	ck_assert_uint_eq(told.mode, 0);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("dissect");
	tcase_add_test(all, umas_identity);
	tcase_add_test(all, umas_project_name_last);
	tcase_add_test(all, umas_operations);
	tcase_add_test(all, umas_pairing);
	tcase_add_test(all, umas_signed);
	tcase_add_test(all, umas_refused);
	tcase_add_test(all, umas_foreign_port);
	tcase_add_test(all, umas_damaged_names);
	tcase_add_test(all, umas_mode_told_once);
	return check_main("umas", all);
}
