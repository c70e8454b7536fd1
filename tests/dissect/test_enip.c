/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_enip.c - EtherNet/IP, CIP, PCCC and cyclic I/O, from bytes to what is said.
 *
 * PDUs are written from the public descriptions (The CIP Networks Library, volumes 1 and 2;
 * 1756-PM020; 1770-6.5.16) and from pcaps/, and were read with tshark. Only the CIP message is spelt
 * out; rr() and unit() put the encapsulation around it.
 */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/enip.h"
#include "harness.h"

#define SCRIPT_MAX 60000

static char script[SCRIPT_MAX];
static size_t script_len;

static void script_clear(void)
{
	script[script_len = 0] = 0;
}

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	script_len += (size_t)vsnprintf(script + script_len, SCRIPT_MAX - script_len, format, list);
	va_end(list);
	ck_assert_uint_lt(script_len, SCRIPT_MAX);
}

/* Hex digits with blanks and 'text' to hex digits alone; returns the number of octets. */
static unsigned hex(char *out, const char *in)
{
	size_t n = 0;
	bool text = false;
	for (; *in != 0; in++) {
		if (*in == '\'')
			text = !text;
		else if (text)
			n += (size_t)sprintf(out + n, "%02x", (unsigned)(unsigned char)*in);
		else if (*in != ' ')
			out[n++] = *in;
	}
	out[n] = 0;
	ck_assert_uint_eq(n % 2, 0);
	return (unsigned)n / 2;
}

static const char *le16(unsigned value)
{
	static char text[4][5];
	static unsigned turn;
	char *out = text[turn++ % 4];
	snprintf(out, 5, "%02x%02x", value & 255u, value >> 8 & 255u);
	return out;
}

/* A command outside any session. */
static void message(char sign, const char *command, const char *data)
{
	char digits[4000];
	unsigned len = hex(digits, data);
	add("%c %s %s 00000000 00000000 0000000000000000 00000000 %s\n", sign, command, le16(len), digits);
}

/* SendRRData of session 0x44332211 with an unconnected message. */
static void rr_of(char sign, const char *context, const char *cip)
{
	char digits[4000];
	unsigned len = hex(digits, cip);
	add("%c 6f00 %s 11223344 00000000 %s 00000000 00000000 0000 0200 0000 0000 b200 %s %s\n", sign, le16(len + 16),
		context, le16(len), digits);
}

static void rr(char sign, const char *cip)
{
	rr_of(sign, "0102030405060708", cip);
}

/* SendUnitData on a connection. */
static void unit(char sign, const char *connection, unsigned sequence, const char *cip)
{
	char digits[4000];
	unsigned len = hex(digits, cip);
	add("%c 7000 %s 11223344 00000000 0000000000000000 00000000 00000000 0000 0200 a100 0400 %s b100 %s %s %s\n",
		sign, le16(len + 22), connection, le16(len + 2), le16(sequence), digits);
}

/* An Unconnected Send of `cip` along `route`. */
static const char *sent(const char *cip, const char *route)
{
	static char out[4000];
	char inner[2000], way[200];
	unsigned len = hex(inner, cip), words = hex(way, route) / 2;
	snprintf(out, sizeof(out), "52 02 2006 2401 0a 0e %s %s%s %02x 00 %s", le16(len), inner, len % 2 ? "00" : "",
		words, way);
	return out;
}

/* All that is said, and nothing invented when the bytes are cut or flipped. */
static void expect_of(const struct dissector *d, enum harness_port port, const char *want)
{
	char *said = harness_run(d, port, script);
	ck_assert_str_eq(said, want);
	free(said);
	ck_assert_uint_eq(harness_abuse(d, script), 0);
}

/* Only facts, presences and events: what the roles say is in tests of its own. */
static char *reports_of(const char *said)
{
	char *out = calloc(1, strlen(said) + 1);
	for (const char *at = said; *at != 0;) {
		size_t len = strcspn(at, "\n") + (at[strcspn(at, "\n")] != 0);
		if (strncmp(at + 2, "fact", 4) == 0 || strncmp(at + 2, "pres", 4) == 0 ||
			strncmp(at + 2, "even", 4) == 0 || strncmp(at + 2, "malf", 4) == 0 ||
			strncmp(at + 2, "fore", 4) == 0 || strncmp(at + 2, "more", 4) == 0 ||
			strncmp(at + 2, "drop", 4) == 0)
			strncat(out, at, len);
		at += len;
	}
	return out;
}

static void expect_reports(const char *want)
{
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	char *reports = reports_of(said);
	ck_assert_str_eq(reports, want);
	free(reports);
	free(said);
	ck_assert_uint_eq(harness_abuse(&enip_dissector, script), 0);
}

static void expect(const char *want)
{
	expect_of(&enip_dissector, HARNESS_PROVEN, want);
}

#define GET_IDENTITY "01 02 2001 2401"
#define L61 "81 00 00 00 0100 0e00 3600 10 14 6030 3f825100 14 '1756-L61/B LOGIX5561'"
#define ENBT "81 00 00 00 0100 0c00 3a00 04 07 3000 c3ae5100 0b '1756-ENBT/A'"

#define L61_SAYS(at)                                                                                                   \
	"< fact sender" at " vendor #1 (cip-vendor) [CIP Identity Get_Attributes_All] 95%\n"                           \
	"< fact sender" at " device_type #14 (cip-device-type) [CIP Identity Get_Attributes_All] 95%\n"                \
	"< fact sender" at " product_code = 54 [CIP Identity Get_Attributes_All] 95%\n"                                \
	"< fact sender" at " firmware_version = 16.20 [CIP Identity Get_Attributes_All] 95%\n"                         \
	"< fact sender" at " status = I/O connection in run mode #12384 [CIP Identity Get_Attributes_All] 95%\n"       \
	"< fact sender" at " operating_mode = RUN [CIP Identity Get_Attributes_All] 95%\n"                             \
	"< fact sender" at " key_switch = REMOTE [CIP Identity Get_Attributes_All] 95%\n"                              \
	"< fact sender" at " serial_number = 0x0051823f [CIP Identity Get_Attributes_All] 95%\n"                       \
	"< fact sender" at " model = 1756-L61/B LOGIX5561 [CIP Identity Get_Attributes_All] 95%\n"

#define ENBT_SAYS(at)                                                                                                  \
	"< fact sender" at " vendor #1 (cip-vendor) [CIP Identity Get_Attributes_All] 95%\n"                           \
	"< fact sender" at " device_type #12 (cip-device-type) [CIP Identity Get_Attributes_All] 95%\n"                \
	"< fact sender" at " product_code = 58 [CIP Identity Get_Attributes_All] 95%\n"                                \
	"< fact sender" at " firmware_version = 4.7 [CIP Identity Get_Attributes_All] 95%\n"                           \
	"< fact sender" at " status = no I/O connections #48 [CIP Identity Get_Attributes_All] 95%\n"                  \
	"< fact sender" at " serial_number = 0x0051aec3 [CIP Identity Get_Attributes_All] 95%\n"                       \
	"< fact sender" at " model = 1756-ENBT/A [CIP Identity Get_Attributes_All] 95%\n"

/* ---- encapsulation ---- */

START_TEST(session_roles)
{
	script_clear();
	add("? 6500 0400 00000000 00000000 0000000000000000 00000000 0100 0000\n");
	add("! 6500 0400 01000000 00000000 0000000000000000 00000000 0100 0000\n");
	add("! 6500 0400 00000000 69000000 0000000000000000 00000000 0200 0000\n");
	add("! 6f00 0000 01000000 64000000 0000000000000000 00000000\n");
	add("? 6600 0000 01000000 00000000 0000000000000000 00000000\n");
	expect("? enip asks\n? confirmed\n! enip answers\n! confirmed\n! enip answers\n! confirmed\n! enip answers\n");
}
END_TEST

START_TEST(list_identity)
{
	script_clear();
	add("> 6300 0000 00000000 00000000 0000000000000000 00000000\n");
	message('<', "6300",
		"0100 0c00 3000 0100 0002 af12 0a010a14 0000000000000000 0100 0c00 e9fd 82 03 0500 15cd5b07"
		"0e 'OpENer PC' 0000000000 02");
	expect("> enip asks diagnose\n< enip answers diagnose\n< confirmed\n"
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
	message('<', "6300", "0100 8600 0600 0300 02 02 1f 00");
	/* ListServices: TCP and class 0/1 over UDP */
	message('<', "0400", "0100 0001 1400 0100 2001 'Communications' 0000");
	expect("< enip answers diagnose\n< fact sender security = CIP Security configured [ListIdentity] 95%\n"
	       "< enip answers diagnose\n< confirmed\n");
}
END_TEST

START_TEST(start_dtls)
{
	script_clear();
	add("> c800 0000 00000000 00000000 0000000000000000 00000000\n");
	add("< c800 0000 00000000 00000000 0000000000000000 00000000\n");
	add("< c800 0000 00000000 01000000 0000000000000000 00000000\n");
	expect("< enip answers\n< fact sender security = CIP Security available [StartDTLS] 95%\n< enip answers\n");
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
	add("> 6f00 1600 01000000 00000000 0000000000000000 00000000 00000000 0000 0200 0000 0000 b200 0700 "
	    "010220012401\n");
	add("> 6f00 0a00 01000000 00000000 0000000000000000 00000000 00000000 0000 0200 0000\n");
	message('<', "6300",
		"0100 0c00 2b00 0100 0002 af12 0a010a14 0000000000000000 0100 0c00 e9fd 82 03 0500 15cd5b07"
		"0e 'OpENer PC' 02");
	/* a request whose path leads out of it is still somebody's request */
	rr('>', "01 09 2001 2401");
	rr('<', "81 00 00");
	expect("> malformed\n> malformed\n< malformed\n> enip asks\n> cip asks\n> confirmed\n"
	       "< enip answers\n< cip answers\n< confirmed\n");
}
END_TEST

/* ---- whose identity ---- */

START_TEST(identity_of_device)
{
	script_clear();
	rr('>', GET_IDENTITY);
	rr('<', ENBT);
	expect("> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n< "
	       "confirmed\n" ENBT_SAYS(""));
}
END_TEST

START_TEST(identity_behind_routes)
{
	script_clear();
	rr('>', sent(GET_IDENTITY, "0100"));
	rr('<', L61);
	/* slot 3, port 2 to another chassis, slot 1 there; twice: a presence is said once */
	rr('>', sent(GET_IDENTITY, "0103 1208 '10.0.0.9' 0101"));
	rr('<', ENBT);
	rr('>', sent("0e 03 2001 2401 3007", "0103 1208 '10.0.0.9' 0101"));
	rr('<', "8e 00 00 00 0b '1756-ENBT/A'");
	expect_reports("< presence sender cip-port-slot=1/0 [CIP reply]\n" L61_SAYS(
		" cip-port-slot=1/0") "< presence sender cip-port-slot=1/3,2/10.0.0.9,1/1 [CIP "
				      "reply]\n" ENBT_SAYS(" cip-port-slot=1/3,2/10.0.0.9,1/1") "< fact sender "
												"cip-port-slot="
												"1/3,2/"
												"10.0.0.9,1/1 "
												"model = "
												"1756-ENBT/A "
												"[CIP Identity "
												"Get_Attribute_"
												"Single] "
												"95%\n");
}
END_TEST

START_TEST(route_of_wrapped_wrapping)
{
	char inner[1000];
	script_clear();
	snprintf(inner, sizeof(inner), "%s", sent(GET_IDENTITY, "0102"));
	rr('>', sent(inner, "0105"));
	rr('<', ENBT);
	expect_reports("< presence sender cip-port-slot=1/5,1/2 [CIP reply]\n" ENBT_SAYS(" cip-port-slot=1/5,1/2"));
}
END_TEST

START_TEST(router_could_not)
{
	script_clear();
	rr('>', sent(GET_IDENTITY, "0107"));
	rr('<', "d2 00 01 01 1203 01 00"); /* link address not available, one word of the path left */
	rr('>', sent("52 02 9101 'X0' 0100 00000000", "0107"));
	rr('<', "d2 00 01 01 0402 01 00"); /* the same answer when the inner service is 0x52, too: timed out */
	rr('>', sent(GET_IDENTITY, "0106"));
	rr('<', "81 00 08 00"); /* the module itself says no: it is there */
	expect_reports("< presence sender cip-port-slot=1/6 [CIP reply]\n");
}
END_TEST

START_TEST(route_too_long)
{
	/* more than a path text holds: the answer is somebody's, nobody can say whose */
	script_clear();
	rr('>', sent(GET_IDENTITY, "0103 120f '192.168.100.101' 00 0104 120f '192.168.100.102' 00 0105"
				   "120f '192.168.100.103' 00 0106"));
	rr('<', "81 00 00 00 0100 0c00 3a00 04 07 3000 c3ae5100 01 'A'");
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	ck_assert_ptr_nonnull(strstr(said, "< fact sender model = A [CIP Identity Get_Attributes_All] 40%\n"));
	ck_assert_ptr_null(strstr(said, "cip-port-slot"));
	ck_assert_ptr_null(strstr(said, "presence"));
	free(said);
}
END_TEST

START_TEST(single_attributes)
{
	static const char *const answers[] = {"8e 00 00 00 0100", "8e 00 00 00 0e00", "8e 00 00 00 3600",
		"8e 00 00 00 9014", "8e 00 00 00 6030", "8e 00 00 00 3f825100", "8e 00 00 00 03 'L61'"};
	char request[40];
	script_clear();
	for (unsigned i = 0; i < 7; i++) {
		snprintf(request, sizeof(request), "0e 03 2001 2401 30%02x", i + 1);
		rr('>', request);
		rr('<', answers[i]);
	}
	rr('>', "0e 03 2001 2400 3001"); /* the class, not the device */
	rr('<', "8e 00 00 00 0100");
	expect_reports(
		"< fact sender vendor #1 (cip-vendor) [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender device_type #14 (cip-device-type) [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender product_code = 54 [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender firmware_version = 16.20 [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender status = I/O connection in run mode #12384 [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender serial_number = 0x0051823f [CIP Identity Get_Attribute_Single] 95%\n"
		"< fact sender model = L61 [CIP Identity Get_Attribute_Single] 95%\n");
}
END_TEST

START_TEST(attribute_list)
{
	script_clear();
	rr('>', "03 02 2001 2401 0400 0100 0900 0600 0700");
	rr('<', "83 00 0a 00 0400 0100 0000 3501 0900 1400 0600 0000 77ad0000 0700 0000 05 'MVI56'");
	expect("> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n< confirmed\n"
	       "< fact sender vendor #309 (cip-vendor) [CIP Identity Get_Attribute_List] 95%\n"
	       "< fact sender serial_number = 0x0000ad77 [CIP Identity Get_Attribute_List] 95%\n"
	       "< fact sender model = MVI56 [CIP Identity Get_Attribute_List] 95%\n");
}
END_TEST

START_TEST(reply_without_request)
{
	script_clear();
	rr('<', L61);
	/* another context, then another service: neither is the answer */
	rr_of('>', "aa00000000000000", GET_IDENTITY);
	rr_of('<', "bb00000000000000", L61);
	rr_of('<', "aa00000000000000", "8e 00 00 00 0100");
	expect("< enip answers\n< cip answers\n< confirmed\n> enip asks\n> cip asks diagnose\n> confirmed\n"
	       "< enip answers\n< cip answers\n< confirmed\n< enip answers\n< cip answers\n< confirmed\n");
}
END_TEST

START_TEST(lost_reply)
{
	/* a constant context, the reply of the first request missing from the capture */
	script_clear();
	rr('>', sent(GET_IDENTITY, "0100"));
	rr('>', sent(GET_IDENTITY, "0101"));
	rr('<', ENBT);
	rr('<', L61);
	expect_reports("< presence sender cip-port-slot=1/1 [CIP reply]\n" ENBT_SAYS(" cip-port-slot=1/1"));
}
END_TEST

START_TEST(pipelined)
{
	/* a constant context, and nothing acknowledged between two requests: both are in the air */
	struct frame frame = {.transport = TRANSPORT_TCP, .tcp_acknowledgement = 7};
	script_clear();
	rr('>', sent(GET_IDENTITY, "0100"));
	rr('>', sent(GET_IDENTITY, "0101"));
	rr('<', L61);
	rr('<', ENBT);
	char *said = harness_run_in(&frame, &enip_dissector, HARNESS_PROVEN, script);
	char *reports = reports_of(said);
	ck_assert_str_eq(reports, "< presence sender cip-port-slot=1/0 [CIP reply]\n" L61_SAYS(
					  " cip-port-slot=1/0") "< presence sender cip-port-slot=1/1 [CIP "
								"reply]\n" ENBT_SAYS(" cip-port-slot=1/1"));
	free(reports);
	free(said);
	ck_assert_uint_eq(harness_abuse_in(&frame, &enip_dissector, script), 0);
}
END_TEST

START_TEST(many_routes)
{
	/* more routes than the state holds, requests never answered in between */
	char route[8], context[17];
	script_clear();
	for (unsigned i = 0; i < 40; i++) {
		snprintf(route, sizeof(route), "01%02x", i);
		snprintf(context, sizeof(context), "%016x", i);
		rr_of('>', context, sent(GET_IDENTITY, route));
	}
	rr_of('<', "0000000000000027", "81 00 08 00");
	rr_of('<', "0000000000000001", "81 00 08 00");
	expect_reports("< presence sender cip-port-slot=1/39 [CIP reply]\n");
}
END_TEST

/* ---- connections ---- */

/* Forward Open of class `trigger` along slot 0 with a key, connection serial 0x0102 of 0x004d/0x32952bf3. */
#define OPEN(service, parameters, trigger, words, path)                                                                \
	service " 02 2006 2401 0a 0e 00000000 22222222 0201 4d00 f32b9532 00000000 10270000 " parameters               \
		" 204e0000 " parameters " " trigger " " words " " path
#define OPENED "d4 00 00 00 11111111 22222222 0201 4d00 f32b9532 10270000 204e0000 00 00"

START_TEST(forward_open)
{
	script_clear();
	rr('>', OPEN("54", "f643", "a3", "08", "0100 3404 0100 0e00 3600 14 0b 2002 2401"));
	rr('<', OPENED);
	unit('>', "11111111", 1, GET_IDENTITY);
	unit('<', "22222222", 1, L61);
	expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		       "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
		       "< presence sender cip-port-slot=1/0 [CIP reply]\n"
		       "< fact sender cip-port-slot=1/0 vendor #1 (cip-vendor) [CIP Forward Open electronic key] 60%\n"
		       "< fact sender cip-port-slot=1/0 device_type #14 (cip-device-type) [CIP Forward Open electronic "
		       "key] 60%\n"
		       "< fact sender cip-port-slot=1/0 product_code = 54 [CIP Forward Open electronic key] 60%\n"
		       "< fact sender cip-port-slot=1/0 firmware_version = 20.11 [CIP Forward Open electronic key] "
		       "60%\n" L61_SAYS(" cip-port-slot=1/0"));
}
END_TEST

START_TEST(forward_open_refused)
{
	script_clear();
	rr('>', OPEN("54", "f643", "a3", "08", "0100 3404 0100 0e00 3600 14 0b 2002 2401"));
	rr('<', "d4 00 01 01 1401 0201 4d00 f32b9532 00 00"); /* vendor or product mismatch: the key was wrong */
	expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		       "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n");
}
END_TEST

START_TEST(forward_open_compatible)
{
	/* the large form, a compatible key with zeros in it, format 5 with a serial number */
	script_clear();
	rr('>', OPEN("5b", "f6030042", "a3", "0a", "0102 3405 0000 0c00 0000 82 00 0df0adba 2002 2401"));
	rr('<', "db 00 00 00 11111111 22222222 0201 4d00 f32b9532 10270000 204e0000 00 00");
	expect_reports(
		"> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		"> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
		"< presence sender cip-port-slot=1/2 [CIP reply]\n"
		"< fact sender cip-port-slot=1/2 device_type #12 (cip-device-type) [CIP Forward Open electronic key] "
		"40%\n"
		"< fact sender cip-port-slot=1/2 serial_number = 0xbaadf00d [CIP Forward Open electronic key] 40%\n"
		"< fact sender cip-port-slot=1/2 firmware_version = 2.0 [CIP Forward Open electronic key] 40%\n");
}
END_TEST

START_TEST(forward_open_io)
{
	/* class 1 to an adapter's assembly; production inhibit time is a network segment of two octets */
	script_clear();
	rr('>', OPEN("54", "1248", "01", "05", "2004 2481 2c64 2c65 4305"));
	rr('<', OPENED);
	expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		       "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
		       "< fact receiver profile = I/O scanner [CIP Forward Open] 95%\n"
		       "< fact sender profile = I/O target, class 1, RPI 20.000 ms [CIP Forward Open] 95%\n");
}
END_TEST

START_TEST(forward_open_safety)
{
	script_clear();
	rr('>', OPEN("54", "1248", "00", "20",
			"2004 2401 2c01 2c02 501b 00 00 11223344 665544332211 00000000 0000 2d1e62034e4a 0a000001 "
			"2d1e62034e4b 0a000002 0000 0000 0000 00 00 00000000 00000000"));
	rr('<', OPENED);
	expect_reports("> fact sender vendor #77 (cip-vendor) [CIP Forward Open originator] 70%\n"
		       "> fact sender serial_number = 0x32952bf3 [CIP Forward Open originator] 70%\n"
		       "< fact receiver profile = I/O scanner [CIP Forward Open] 95%\n"
		       "< fact sender profile = I/O target, class 0, RPI 20.000 ms [CIP Forward Open] 95%\n"
		       "< fact receiver safety = CIP Safety connection [CIP Forward Open] 95%\n"
		       "< fact receiver safety_network_number = 4B4E_0362_1E2D [CIP Forward Open] 95%\n"
		       "< fact sender safety = CIP Safety connection [CIP Forward Open] 95%\n"
		       "< fact sender safety_network_number = 4A4E_0362_1E2D [CIP Forward Open] 95%\n");
}
END_TEST

START_TEST(forward_close)
{
	script_clear();
	rr('>', OPEN("54", "f643", "a3", "03", "0100 2002 2401"));
	rr('<', OPENED);
	rr('>', "4e 02 2006 2401 0a 0e 0201 4d00 f32b9532 02 00 2002 2401");
	rr('<', "ce 00 00 00 0201 4d00 f32b9532 00 00");
	unit('>', "11111111", 1, GET_IDENTITY);
	unit('<', "22222222", 1, "81 00 00 00 0100 0c00 3a00 04 07 0000 c3ae5100 01 'A'");
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	ck_assert_ptr_nonnull(strstr(said, "< fact sender model = A [CIP Identity Get_Attributes_All] 40%\n"));
	free(said);
}
END_TEST

START_TEST(unknown_connection)
{
	/* the capture begins after the Forward Open: the module is somewhere behind this address */
	script_clear();
	unit('>', "5555aaaa", 9, "0e 03 2001 2401 3007");
	unit('<', "6666bbbb", 9, "8e 00 00 00 03 'L61'");
	unit('>', "5555aaaa", 10, "4c 04 9106 'Motor1' 0100");
	unit('<', "6666bbbb", 10, "cc 00 00 00 c100 01");
	expect("> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n< confirmed\n"
	       "< fact sender model = L61 [CIP Identity Get_Attribute_Single] 40%\n"
	       "> enip asks\n> cip asks read\n> confirmed\n< enip answers\n< cip answers read\n< confirmed\n"
	       "< fact sender profile = Logix data table [CIP Read Tag (0x4C)] 60%\n");
}
END_TEST

START_TEST(multiple_service)
{
	script_clear();
	rr('>', sent("0a 02 2002 2401 0300 0800 0e00 1800 01 02 2001 2401 4c 03 9104 'Pump' 0100 03 02 2064 2401 0100 "
		     "0100",
			"0100"));
	rr('<', "8a 00 00 00 0300 0800 2a00 3000 81 00 00 00 0100 0e00 3600 10 14 6030 3f825100 0f '1756-L61 LOGIX0'"
		"cc 00 00 00 c100 83 00 00 00 0100 0100 0000 0500 'Nifty'");
	expect("> enip asks\n> cip asks read diagnose\n> confirmed\n< enip answers\n< cip answers read diagnose\n< "
	       "confirmed\n"
	       "< presence sender cip-port-slot=1/0 [CIP reply]\n"
	       "< fact sender cip-port-slot=1/0 vendor #1 (cip-vendor) [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 device_type #14 (cip-device-type) [CIP Identity Get_Attributes_All] "
	       "95%\n"
	       "< fact sender cip-port-slot=1/0 product_code = 54 [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 firmware_version = 16.20 [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 status = I/O connection in run mode #12384 [CIP Identity "
	       "Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 operating_mode = RUN [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 key_switch = REMOTE [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 serial_number = 0x0051823f [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 model = 1756-L61 LOGIX0 [CIP Identity Get_Attributes_All] 95%\n"
	       "< fact sender cip-port-slot=1/0 profile = Logix data table [CIP Read Tag (0x4C)] 80%\n"
	       "< fact sender cip-port-slot=1/0 name = Nifty [CIP Logix Controller Get_Attribute_List] 95%\n");
}
END_TEST

/* ---- other objects ---- */

START_TEST(tcpip_interface)
{
	script_clear();
	rr('>', "01 02 20f5 2401");
	rr('<', "81 00 00 00 01000000 14000000 00000000 0200 20f6 2401 140a010a 00ffffff 010a010a 00000000 00000000 "
		"0a00 'plant.test' 0500 'cell4' 00 2d1e62034e4a");
	rr('>', "0e 03 20f5 2401 3005");
	rr('<', "8e 00 00 00 140a010a 00000000 00000000 00000000 00000000 0000");
	rr('>', "0e 03 20f5 2401 3006");
	rr('<', "8e 00 00 00 0500 'cell4' 00");
	expect_reports(
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
	rr('>', sent("0e 03 20f6 2401 3003", "0104"));
	rr('<', "8e 00 00 00 0000bc3eebe4");
	rr('>', "01 02 20f6 2402");
	rr('<', "81 00 00 00 64000000 0f000000 0000bc3eebe5 00");
	rr('>', "03 02 20f6 2401 0200 0100 0300");
	rr('<', "83 00 00 00 0200 0100 0000 64000000 0300 0000 0000bc3eebe6");
	expect_reports(
		"< presence sender cip-port-slot=1/4 [CIP reply]\n"
		"< fact sender cip-port-slot=1/4 mac = 00:00:bc:3e:eb:e4 [CIP Ethernet Link Get_Attribute_Single] 95%\n"
		"< fact sender mac = 00:00:bc:3e:eb:e5 [CIP Ethernet Link Get_Attributes_All] 95%\n"
		"< fact sender mac = 00:00:bc:3e:eb:e6 [CIP Ethernet Link Get_Attribute_List] 95%\n");
}
END_TEST

START_TEST(port_ring_clock)
{
	script_clear();
	rr('>', "0e 03 20f4 2401 3004");
	rr('<', "8e 00 00 00 09 'Backplane'");
	rr('>', "0e 03 20f4 2401 3007");
	rr('<', "8e 00 00 00 0103");
	rr('>', "01 02 2047 2401");
	rr('<', "81 00 00 00 01 00 01 00000000");
	rr('>', "0e 03 2043 2401 3015");
	rr('<', "8e 00 00 00 0c000000 'ODVA;EN2T;7' 00");
	rr('>', "0e 03 205d 2401 3001");
	rr('<', "8e 00 00 00 02");
	expect_reports("< fact sender port_id = Backplane [CIP Port Get_Attribute_Single] 95%\n"
		       "< fact sender link_address = 1/3 [CIP Port Get_Attribute_Single] 95%\n"
		       "< fact sender profile = DLR active supervisor [CIP DLR Get_Attributes_All] 95%\n"
		       "< fact sender description = ODVA;EN2T;7 [CIP Time Sync Get_Attribute_Single] 95%\n"
		       "< fact sender security = CIP Security configured [CIP Security Get_Attribute_Single] 95%\n");
}
END_TEST

START_TEST(controller_name)
{
	script_clear();
	rr('>', sent("01 02 2064 2401", "0100"));
	rr('<', "81 00 00 00 0f00 'NiftyController' 0400 'Line'");
	/* the description with a length of four octets, and an empty one of two */
	rr('>', sent("03 02 2064 2401 0200 0100 0200", "0100"));
	rr('<', "83 00 00 00 0200 0100 0000 0100 'C' 0200 0000 04000000 'Line'");
	rr('>', sent("03 02 2064 2401 0200 0100 0200", "0100"));
	rr('<', "83 00 00 00 0200 0100 0000 0100 'C' 0200 0000 0000");
	/* some other vendor's class 0x64 */
	rr('>', "0e 03 2064 2401 3001");
	rr('<', "8e 00 00 00 0300 010203");
	expect_reports(
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
	rr('>', "4b 02 2067 2401 " REQUESTER " 06 00 0100 03");
	rr('<', "cb 00 00 00 " REQUESTER " 46 00 0100 00 ee 34 5b 42 '5/04       ' 0000 06 00 0100 40 fc");
	expect("> enip asks\n> pccc asks diagnose\n> cip asks diagnose\n> confirmed\n"
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
	rr('>', sent("4b 02 2067 2401 " REQUESTER " 06 00 0100 03", "0102"));
	rr('<', "cb 00 00 00 " REQUESTER " 46 00 0100 06 eb 4b 00800000 41 01 fd 00");
	expect_reports(
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
	rr('>', "4b 02 2067 2401 " REQUESTER " 0f 00 0200 a2 02 07 89 00 00"); /* read N7:0 */
	rr('<', "cb 00 00 00 " REQUESTER " 4f 00 0200 0500");
	rr('>', "4b 02 2067 2401 " REQUESTER " 0f 00 0300 80 06"); /* to remote run */
	rr('<', "cb 00 00 00 " REQUESTER " 4f 10 0300");
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
		rr('>', cases[i].request);
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
	rr('>', "05 02 2001 2401 01");
	rr('<', "85 00 10 00"); /* device state conflict */
	rr('>', sent("07 02 208e 2401", "0100"));
	rr('>', sent("06 02 208e 2401", "0100"));
	rr('>', "4b 02 20a1 2401 00");
	expect("> enip asks\n> cip asks control\n> confirmed\n> event receiver control [CIP Reset (0x05)]\n"
	       "< enip answers\n< cip refuses control\n< confirmed\n"
	       "> enip asks\n> cip asks control\n> confirmed\n> event receiver cip-port-slot=1/0 control [CIP Stop "
	       "(0x07)]\n"
	       "> enip asks\n> cip asks control\n> confirmed\n> event receiver cip-port-slot=1/0 control [CIP Start "
	       "(0x06)]\n"
	       "> enip asks\n> cip asks program\n> confirmed\n"
	       "> event receiver program [CIP firmware update (0x4B, class 0xA1)]\n");
}
END_TEST

START_TEST(cut_by_snap_length)
{
	/* the request is whole, the reply is cut inside the product name, and inside the CIP header */
	script_clear();
	rr('>', GET_IDENTITY);
	add("<~ 6f00 2e00 11223344 00000000 0102030405060708 00000000 00000000 0000 0200 0000 0000 b200 1e00"
	    "81 00 00 00 0100 0c00 3a00 04 07 3000 c3ae5100 0b 31\n");
	add("<~ 6f00 2e00 11223344 00000000 0102030405060708 00000000 00000000 0000 0200 0000 0000 b200 1e00 81 00\n");
	char *said = harness_run(&enip_dissector, HARNESS_PROVEN, script);
	ck_assert_str_eq(said, "> enip asks\n> cip asks diagnose\n> confirmed\n< enip answers\n< cip answers diagnose\n"
			       "< confirmed\n< enip answers\n< cip answers\n< confirmed\n");
	free(said);
}
END_TEST

/* ---- cyclic data ---- */

START_TEST(cyclic)
{
	script_clear();
	add("? 0200 0280 0800 01020304 2a000000 b100 0800 0100 01000000 0102\n");
	add("! 0200 0280 0800 05060708 2a000000 b100 0200 0100\n");
	/* no data; four items; a length that leads out; another second item; one item */
	add("? 0200 0280 0800 01020304 2a000000 b100 0000\n");
	add("? 0300 0280 0800 01020304 2a000000 b100 0200 0100 0180 0000\n");
	add("? 0200 0280 0800 01020304 2a000000 b100 0900 0100\n");
	add("? 0200 0280 0800 01020304 2a000000 b200 0200 0100\n");
	add("? 0100 0280 0800 01020304 2a000000 b100 0200 0100\n");
	add("? 0200 0280 0800 01020304 2a000000 b100\n");
	expect_of(&cip_io_dissector, HARNESS_FOREIGN_PORT,
		"? cip-io exchanges read\n! cip-io exchanges read\n? cip-io exchanges read\n? cip-io exchanges read\n"
		"? more 27\n? foreign\n? foreign\n? foreign\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("enip");
	TCase *encapsulation = tcase_create("encapsulation"), *identity = tcase_create("identity"),
	      *connections = tcase_create("connections"), *objects = tcase_create("objects");
	tcase_add_test(encapsulation, session_roles);
	tcase_add_test(encapsulation, list_identity);
	tcase_add_test(encapsulation, list_identity_security);
	tcase_add_test(encapsulation, start_dtls);
	tcase_add_test(encapsulation, framing);
	tcase_add_test(encapsulation, malformed);
	tcase_add_test(identity, identity_of_device);
	tcase_add_test(identity, identity_behind_routes);
	tcase_add_test(identity, route_of_wrapped_wrapping);
	tcase_add_test(identity, router_could_not);
	tcase_add_test(identity, route_too_long);
	tcase_add_test(identity, single_attributes);
	tcase_add_test(identity, attribute_list);
	tcase_add_test(identity, reply_without_request);
	tcase_add_test(identity, lost_reply);
	tcase_add_test(identity, pipelined);
	tcase_add_test(identity, many_routes);
	tcase_add_test(connections, forward_open);
	tcase_add_test(connections, forward_open_refused);
	tcase_add_test(connections, forward_open_compatible);
	tcase_add_test(connections, forward_open_io);
	tcase_add_test(connections, forward_open_safety);
	tcase_add_test(connections, forward_close);
	tcase_add_test(connections, unknown_connection);
	tcase_add_test(connections, multiple_service);
	tcase_add_test(objects, tcpip_interface);
	tcase_add_test(objects, ethernet_link);
	tcase_add_test(objects, port_ring_clock);
	tcase_add_test(objects, controller_name);
	tcase_add_test(objects, pccc_slc);
	tcase_add_test(objects, pccc_plc5);
	tcase_add_test(objects, pccc_operations);
	tcase_add_test(objects, services);
	tcase_add_test(objects, events);
	tcase_add_test(objects, cut_by_snap_length);
	tcase_add_test(objects, cyclic);
	suite_add_tcase(suite, encapsulation);
	suite_add_tcase(suite, identity);
	suite_add_tcase(suite, connections);
	suite_add_tcase(suite, objects);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
