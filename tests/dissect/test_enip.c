/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_enip.c - the encapsulation of EtherNet/IP, and cyclic data.
 *
 * Commands, items and replies by The CIP Networks Library, volume 2, chapter 2 (StartDTLS and the security item: volume
 * 8). What is expected follows from them by hand; see script.h for the sources of the messages inside.
 */
#include <check.h>
#include <stdio.h>

#include "script.h"
#include "tests/check_main.h"

/* ---- encapsulation ---- */

START_TEST(session_roles)
{
	script_clear();
	script_add("? 6500 0400 00000000 00000000 0000000000000000 00000000 0100 0000\n");
	script_add("! 6500 0400 01000000 00000000 0000000000000000 00000000 0100 0000\n");
	script_add("! 6500 0400 00000000 69000000 0000000000000000 00000000 0200 0000\n");
	script_add("! 6f00 0000 01000000 64000000 0000000000000000 00000000\n");
	script_add("? 6600 0000 01000000 00000000 0000000000000000 00000000\n");
	script_expect(
		"? enip asks\n? confirmed\n! enip answers\n! confirmed\n! enip answers\n! confirmed\n! enip answers\n");
}
END_TEST

START_TEST(list_identity)
{
	script_clear();
	script_add("> 6300 0000 00000000 00000000 0000000000000000 00000000\n");
	script_message('<', "6300",
		"0100 0c00 3000 0100 0002 af12 0a010a14 0000000000000000 0100 0c00 e9fd 82 03 0500 15cd5b07"
		"0e 'OpENer PC' 0000000000 02");
	script_expect("> enip asks diagnose\n< enip answers diagnose\n< confirmed\n"
		      "< fact sender vendor #1 (cip-vendor) [ListIdentity] 95%\n"
		      "< fact sender device_type #12 (cip-device-type) [ListIdentity] 95%\n"
		      "< fact sender product_code = 65001 [ListIdentity] 95%\n"
		      "< fact sender firmware_version = 2.3 [ListIdentity] 95%\n"
		      "< fact sender status = owned, configured #5 [ListIdentity] 95%\n"
		      "< fact sender serial_number = 0x075bcd15 [ListIdentity] 95%\n"
		      "< fact sender model = OpENer PC [ListIdentity] 95%\n"
		      "< fact sender ip = 10.1.10.20 [ListIdentity] 95%\n"
		      "< fact sender status = standby [ListIdentity] 95%\n");
}
END_TEST

START_TEST(list_identity_security)
{
	script_clear();
	/* the security item alone, its profiles given and its state: configured */
	script_message('<', "6300", "0100 8600 0600 0300 02 02 1f 00");
	/* ListServices: TCP and class 0/1 over UDP */
	script_message('<', "0400", "0100 0001 1400 0100 2001 'Communications' 0000");
	script_expect("< enip answers diagnose\n< fact sender security = CIP Security configured [ListIdentity] 95%\n"
		      "< enip answers diagnose\n< confirmed\n");
}
END_TEST

START_TEST(start_dtls)
{
	script_clear();
	script_add("> c800 0000 00000000 00000000 0000000000000000 00000000\n");
	script_add("< c800 0000 00000000 00000000 0000000000000000 00000000\n");
	script_add("< c800 0000 00000000 01000000 0000000000000000 00000000\n");
	script_expect(
		"< enip answers\n< fact sender security = CIP Security available [StartDTLS] 95%\n< enip answers\n");
}
END_TEST

static enum framing frame_of(const char *digits, size_t *len)
{
	uint8_t bytes[200];
	size_t n = 0;
	for (; digits[0] != 0; digits += 2, n++)
		ck_assert_int_eq(sscanf(digits, "%2hhx", &bytes[n]), 1);
	return enip_dissector.frame(cursor_over(bytes, n), len);
}

START_TEST(framing)
{
	static const struct {
		const char *bytes;
		enum framing framing;
		size_t len;
	} cases[] = {
		{"65000400000000000000000000000000000000000000000001000000", FRAMING_WHOLE, 28},
		{"650004000000000000000000000000000000000000000000", FRAMING_MORE, 28},
		{"650004000000000000000000000000000000000000000000010000", FRAMING_MORE, 28},
		{"6500", FRAMING_MORE, 0},
		{"65", FRAMING_MORE, 0},
		/* wrong length, version, options, status */
		{"6500050000000000", FRAMING_FOREIGN, 0},
		{"65000400000000000000000000000000000000000000000002000000", FRAMING_FOREIGN, 0},
		{"65000400000000000000000000000000000000000100000001000000", FRAMING_FOREIGN, 0},
		{"65000400000000000700000000000000000000000000000001000000", FRAMING_FOREIGN, 0},
		/* zeros are no NOP, a NOP in front of a request is one */
		{"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
			FRAMING_FOREIGN, 0},
		{"00000000010000000000000000000000000000000000000063000000000000000000000000000000000000000000"
		 "0000",
			FRAMING_WHOLE, 24},
		/* TLS, HTTP, Modbus, a length that no discovery answer has, an interface that is not CIP */
		{"160301020001000001fc0303", FRAMING_FOREIGN, 0},
		{"474554202f20485454502f312e310d0a", FRAMING_FOREIGN, 0},
		{"0000000000060103000a0001", FRAMING_FOREIGN, 0},
		{"6300ffff0000000000000000", FRAMING_FOREIGN, 0},
		{"6f00100001000000000000000000000000000000000000000100000000000200", FRAMING_FOREIGN, 0},
		{"6f00100001000000000000000000000000000000000000000000000000000200", FRAMING_MORE, 40},
		{"6f00020001000000000000000000000000000000000000000000", FRAMING_FOREIGN, 0},
		{"1234", FRAMING_FOREIGN, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 999;
		ck_assert_msg(frame_of(cases[i].bytes, &len) == cases[i].framing, "case %zu", i);
		ck_assert_msg(len == cases[i].len, "case %zu: %zu", i, len);
	}
}
END_TEST

START_TEST(malformed)
{
	script_clear();
	/* an item longer than the data, a count without items, an identity that ends in its name */
	script_add("> 6f00 1600 01000000 00000000 0000000000000000 00000000 00000000 0000 0200 0000 0000 b200 0700 "
		   "010220012401\n");
	script_add("> 6f00 0a00 01000000 00000000 0000000000000000 00000000 00000000 0000 0200 0000\n");
	script_message('<', "6300",
		"0100 0c00 2b00 0100 0002 af12 0a010a14 0000000000000000 0100 0c00 e9fd 82 03 0500 15cd5b07"
		"0e 'OpENer PC' 02");
	/* a request whose path leads out of it is still somebody's request */
	script_rr('>', "01 09 2001 2401");
	script_rr('<', "81 00 00");
	script_expect("> malformed\n> malformed\n< malformed\n> enip asks\n> cip asks\n> confirmed\n"
		      "< enip answers\n< cip answers\n< confirmed\n");
}
END_TEST

START_TEST(cut_by_snap_length)
{
	/* the request is whole, the reply is cut inside the product name, and inside the CIP header */
	script_clear();
	script_rr('>', GET_IDENTITY);
	script_add("<~ 6f00 2e00 11223344 00000000 0102030405060708 00000000 00000000 0000 0200 0000 0000 b200 1e00"
		   "81 00 00 00 0100 0c00 3a00 04 07 3000 c3ae5100 0b 31\n");
	script_add("<~ 6f00 2e00 11223344 00000000 0102030405060708 00000000 00000000 0000 0200 0000 0000 b200 1e00 81 "
		   "00\n");
	harness_compare(script, harness_run(&enip_dissector, HARNESS_PROVEN, script),
		"> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n"
		"< confirmed\n< enip answers\n< cip answers\n< confirmed\n");
}
END_TEST

/* ---- cyclic data ---- */

START_TEST(cyclic)
{
	script_clear();
	script_add("? 0200 0280 0800 01020304 2a000000 b100 0800 0100 01000000 0102\n");
	script_add("! 0200 0280 0800 05060708 2a000000 b100 0200 0100\n");
	/* no data; four items; a length that leads out; another second item; one item */
	script_add("? 0200 0280 0800 01020304 2a000000 b100 0000\n");
	script_add("? 0300 0280 0800 01020304 2a000000 b100 0200 0100 0180 0000\n");
	script_add("? 0200 0280 0800 01020304 2a000000 b100 0900 0100\n");
	script_add("? 0200 0280 0800 01020304 2a000000 b200 0200 0100\n");
	script_add("? 0100 0280 0800 01020304 2a000000 b100 0200 0100\n");
	script_add("? 0200 0280 0800 01020304 2a000000 b100\n");
	harness_expect(&cip_io_dissector, HARNESS_FOREIGN_PORT, script,
		"? cip-io exchanges read\n! cip-io exchanges read\n? cip-io exchanges read\n? cip-io exchanges read\n"
		"? more 27\n? foreign\n? foreign\n? foreign\n");
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("enip");
	tcase_add_test(tests, session_roles);
	tcase_add_test(tests, list_identity);
	tcase_add_test(tests, list_identity_security);
	tcase_add_test(tests, start_dtls);
	tcase_add_test(tests, framing);
	tcase_add_test(tests, malformed);
	tcase_add_test(tests, cut_by_snap_length);
	tcase_add_test(tests, cyclic);
	return check_main("enip", tests);
}
