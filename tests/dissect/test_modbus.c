/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_modbus.c - Modbus PDUs in, reports out.
 *
 * The PDUs are the examples of the Modbus Application Protocol Specification V1.1b3 behind an MBAP header, or
 * were recorded from node's modbus-serial; clause numbers are the specification's. What is expected
 * follows from its clauses by hand. harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector modbus_dissector;

/* 6.1 to 6.6: bits and registers. */
START_TEST(reads_and_writes)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0006 11 01 0013 0013\n"
		"< 0001 0000 0006 11 01 03 cd6b05\n"
		"> 0002 0000 0006 11 02 00c4 0016\n"
		"< 0002 0000 0006 11 02 03 acdb35\n"
		"> 0003 0000 0006 11 03 006b 0003\n"
		"< 0003 0000 0009 11 03 06 022b00000064\n"
		"> 0004 0000 0006 11 04 0008 0001\n"
		"< 0004 0000 0005 11 04 02 000a\n"
		"> 0005 0000 0006 11 05 00ac ff00\n"
		"< 0005 0000 0006 11 05 00ac ff00\n"
		"> 0006 0000 0006 11 06 0001 0003\n"
		"< 0006 0000 0006 11 06 0001 0003\n",
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"< presence sender modbus-unit=17 [response]\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"> modbus asks write\n"
		"< modbus answers write\n"
		"< confirmed\n"
		"> modbus asks write\n"
		"< modbus answers write\n"
		"< confirmed\n");
}
END_TEST

/* 6.11, 6.12, 6.14 to 6.18: many at once, file records, mask, read and write, queue. */
START_TEST(multiple_and_files)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0009 01 0f 0013 000a 02 cd01\n"
		"< 0001 0000 0006 01 0f 0013 000a\n"
		"> 0002 0000 000b 01 10 0001 0002 04 000a0102\n"
		"< 0002 0000 0006 01 10 0001 0002\n"
		"> 0003 0000 0011 01 14 0e 06 0004 0001 0002 06 0003 0009 0002\n"
		"< 0003 0000 000f 01 14 0c 05 06 0dfe0020 05 06 33cd0040\n"
		"> 0004 0000 0010 01 15 0d 06 0004 0007 0003 06af04be100d\n"
		"< 0004 0000 0010 01 15 0d 06 0004 0007 0003 06af04be100d\n"
		"> 0005 0000 0008 01 16 0004 00f2 0025\n"
		"< 0005 0000 0008 01 16 0004 00f2 0025\n"
		"> 0006 0000 0011 01 17 0003 0006 000e 0003 06 00ff00ff00ff\n"
		"< 0006 0000 000f 01 17 0c 00fe0acd00010003000d00ff\n"
		"> 0007 0000 0004 01 18 04de\n"
		"< 0007 0000 000a 01 18 0006 0002 01b81284\n",
		"> modbus asks write\n"
		"< modbus answers write\n"
		"< confirmed\n"
		"< presence sender modbus-unit=1 [response]\n"
		"> modbus asks write\n"
		"< modbus answers write\n"
		"< confirmed\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"> modbus asks write\n"
		"< modbus answers write\n"
		"< confirmed\n"
		"> modbus asks write\n"
		"< modbus answers write\n"
		"< confirmed\n"
		"> modbus asks read write\n"
		"< modbus answers read write\n"
		"< confirmed\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n");
}
END_TEST

/* 6.7 to 6.10. Nobody answers from listen only mode. */
START_TEST(diagnostics)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0002 01 07\n"
		"< 0001 0000 0003 01 07 6d\n"
		"> 0002 0000 0006 01 08 0000 a537\n"
		"< 0002 0000 0006 01 08 0000 a537\n"
		"> 0003 0000 0006 01 08 0001 0000\n"
		"< 0003 0000 0006 01 08 0001 0000\n"
		"> 0004 0000 0006 01 08 0004 0000\n"
		"> 0005 0000 0002 01 0b\n"
		"< 0005 0000 0006 01 0b ffff 0108\n"
		"> 0006 0000 0002 01 0c\n"
		"< 0006 0000 000b 01 0c 08 0000 0108 0121 2000\n"
		"> 0007 0000 0006 01 08 0001 0000\n"
		"< 0007 0000 0003 01 88 04\n",
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< confirmed\n"
		"< presence sender modbus-unit=1 [response]\n"
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< confirmed\n"
		"> modbus asks control\n"
		"> event receiver modbus-unit=1 control: \"restart communications (FC 8 sub 1)\" [FC 8"
		" Diagnostics]\n"
		"< modbus answers control\n"
		"< confirmed\n"
		"> modbus asks control\n"
		"> event receiver modbus-unit=1 control: \"force listen only mode (FC 8 sub 4)\" [FC 8"
		" Diagnostics]\n"
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< confirmed\n"
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< confirmed\n"
		"> modbus asks control\n"
		"> event receiver modbus-unit=1 control: \"restart communications (FC 8 sub 1)\" [FC 8"
		" Diagnostics]\n"
		"< modbus refuses control\n"
		"< confirmed\n");
}
END_TEST

/* Recorded from modbus-serial; then the example of 6.21, whose third object follows in a second response. */
START_TEST(device_identification)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0002 0000 0005 01 2b 0e 01 00\n"
		"< 0002 0000 0062 01 2b 0e 01 83 00 00 07 0012 5363686e656964657220456c656374726963 010a"
		" 544d3232314345323452 0209 56312e31342e302e30 0313 687474703a2f2f6578616d706c652e74657374 040c"
		" 4d6f6469636f6e204d323231 0505 544d323231 9703 657874\n",
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< proven\n"
		"< fact sender modbus-unit=1 vendor = Schneider Electric [FC 43/14 Read Device Identification]"
		" 95%\n"
		"< fact sender modbus-unit=1 product_code = TM221CE24R [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=1 firmware_version = V1.14.0.0 [FC 43/14 Read Device Identification]"
		" 95%\n"
		"< fact sender modbus-unit=1 url = http://example.test [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=1 model = Modicon M221 [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=1 model = TM221 [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=1 object = ext #151 [FC 43/14 Read Device Identification] 95%\n"
		"< presence sender modbus-unit=1 [response]\n");
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0005 05 2b 0e 01 00\n"
		"< 0001 0000 0031 05 2b 0e 01 01 ff 02 02 0016 436f6d70616e79206964656e74696669636174696f6e 010f"
		" 50726f6475637420636f6465205858\n"
		"> 0002 0000 0005 05 2b 0e 01 02\n"
		"< 0002 0000 000f 05 2b 0e 01 01 00 00 01 0205 56322e3131\n",
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< proven\n"
		"< fact sender modbus-unit=5 vendor = Company identification [FC 43/14 Read Device"
		" Identification] 95%\n"
		"< fact sender modbus-unit=5 product_code = Product code XX [FC 43/14 Read Device"
		" Identification] 95%\n"
		"< presence sender modbus-unit=5 [response]\n"
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< proven\n"
		"< fact sender modbus-unit=5 firmware_version = V2.11 [FC 43/14 Read Device Identification] 95%\n");
}
END_TEST

/*
 * An empty object; a model name that says the product name again; reserved and private objects: text, bytes,
 * UTF-8, NULs at the end.
 */
START_TEST(device_identification_objects)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"< 0001 0000 0037 ff 2b 0e 03 83 00 00 09 0000 0404 4d333430 0504 4d333430 0604 50554d50 0703"
		" 616263 8004 00ff1041 8106 c3a462630000 8202 0000 8302 c341\n",
		"< modbus answers diagnose\n"
		"< fact sender modbus-unit=255 model = M340 [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=255 name = PUMP [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=255 object = abc #7 [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=255 object = 00ff1041 #128 [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=255 object = äbc #129 [FC 43/14 Read Device Identification] 95%\n"
		"< fact sender modbus-unit=255 object = c341 #131 [FC 43/14 Read Device Identification] 95%\n"
		"< presence sender modbus-unit=255 [response]\n");
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0005 03 2b 0e 04 80\n"
		"< 0001 0000 00fa 03 2b 0e 04 83 00 00 01 80f0"
		" 00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00f"
		"f00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00f"
		"f00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00f"
		"f00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00f"
		"f00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00f"
		"f\n",
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< proven\n"
		"< fact sender modbus-unit=3 object ="
		" 00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00"
		"ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00"
		"ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00"
		"ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00"
		"ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00"
		"ff00ff #128 [FC 43/14 Read Device Identification] 95%\n"
		"< presence sender modbus-unit=3 [response]\n");
}
END_TEST

/* An object longer than the rest; more objects announced than there are; an unknown read code. */
START_TEST(device_identification_malformed)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"< 0001 0000 0014 01 2b 0e 01 01 00 00 02 0003 414243 0109 53484f5254\n"
		"< 0002 0000 000e 01 2b 0e 01 01 00 00 02 0003 414243 01\n"
		"< 0003 0000 000d 01 2b 0e 01 01 00 00 05 0003 414243\n"
		"< 0004 0000 000d 01 2b 0e 07 01 00 00 01 0003 414243\n"
		"< 0005 0000 0005 01 2b 0e 01 00\n"
		"> 0006 0000 0004 01 2b 0e 01\n",
		"< malformed\n"
		"< malformed\n"
		"< modbus answers diagnose\n"
		"< fact sender modbus-unit=1 vendor = ABC [FC 43/14 Read Device Identification] 95%\n"
		"< presence sender modbus-unit=1 [response]\n"
		"< malformed\n"
		"> malformed\n");
}
END_TEST

/* What was whole before the cut is kept, the value at the cut is not. */
START_TEST(cut_by_the_snap_length)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"<~ 0001 0000 0018 01 2b 0e 01 01 00 00 02 0003 414243 0109 50524f4455\n"
		"<~ 0002 0000 000c 01 11 09 00 ff 50554d502d\n",
		"< modbus answers diagnose\n"
		"< fact sender modbus-unit=1 vendor = ABC [FC 43/14 Read Device Identification] 95%\n"
		"< presence sender modbus-unit=1 [response]\n"
		"< malformed\n"
		"< modbus answers diagnose\n"
		"< malformed\n");
}
END_TEST

/* MEI type 13 is neither a read nor a diagnosis; a refused one is not either. */
START_TEST(encapsulated_canopen)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0005 02 2b 0d 00 00\n"
		"< 0001 0000 0006 02 2b 0d 00 00 01\n"
		"> 0002 0000 0005 02 2b 0d 00 00\n"
		"< 0002 0000 0003 02 ab 01\n",
		"> modbus asks\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< fact sender modbus-unit=2 profile = CANopen [FC 43/13 CANopen General Reference] 80%\n"
		"< presence sender modbus-unit=2 [response]\n"
		"> modbus asks\n"
		"< modbus answers\n"
		"< confirmed\n");
}
END_TEST

/*
 * One byte of id and an indicator; text first and the indicator last; no indicator; text too short; the
 * longest run, the first of equals.
 */
START_TEST(report_server_id)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0000 0000 0002 0a 11\n"
		"< 0000 0000 0015 0a 11 12 00ff 57696e6770617468204c696d69746564\n"
		"< 0001 0000 000d 0b 11 0a 504d353536302d5631 00\n"
		"< 0002 0000 0007 0c 11 04 01 02 41 42\n"
		"< 0003 0000 0015 0d 11 11 2a 00 616263 00 4d4b322d504c43 00 524556 00\n"
		"< 0007 0000 000c 0d 11 09 01 ff 6f6e65 01 74776f\n"
		"< 0004 0000 0004 0e 11 01 07\n"
		"< 0005 0000 0003 0f 11 00\n"
		"< 0006 0000 0006 10 11 09 00 ff 41\n",
		"> modbus asks diagnose\n"
		"< modbus answers diagnose\n"
		"< confirmed\n"
		"< fact sender modbus-unit=10 description = Wingpath Limited [FC 17 Report Server ID] 95%\n"
		"< fact sender modbus-unit=10 operating_mode = RUN [FC 17 Report Server ID] 60%\n"
		"< fact sender modbus-unit=10 device_id = 0x00 [FC 17 Report Server ID] 60%\n"
		"< presence sender modbus-unit=10 [response]\n"
		"< modbus answers diagnose\n"
		"< fact sender modbus-unit=11 description = PM5560-V1 [FC 17 Report Server ID] 95%\n"
		"< fact sender modbus-unit=11 operating_mode = STOP [FC 17 Report Server ID] 40%\n"
		"< presence sender modbus-unit=11 [response]\n"
		"< modbus answers diagnose\n"
		"< presence sender modbus-unit=12 [response]\n"
		"< modbus answers diagnose\n"
		"< fact sender modbus-unit=13 description = MK2-PLC [FC 17 Report Server ID] 95%\n"
		"< fact sender modbus-unit=13 operating_mode = STOP [FC 17 Report Server ID] 60%\n"
		"< fact sender modbus-unit=13 device_id = 0x2A [FC 17 Report Server ID] 60%\n"
		"< presence sender modbus-unit=13 [response]\n"
		"< modbus answers diagnose\n"
		"< fact sender modbus-unit=13 description = one [FC 17 Report Server ID] 95%\n"
		"< fact sender modbus-unit=13 operating_mode = RUN [FC 17 Report Server ID] 60%\n"
		"< fact sender modbus-unit=13 device_id = 0x01 [FC 17 Report Server ID] 60%\n"
		"< modbus answers diagnose\n"
		"< presence sender modbus-unit=14 [response]\n"
		"< modbus answers diagnose\n"
		"< presence sender modbus-unit=15 [response]\n"
		"< malformed\n");
}
END_TEST

/* A refusal is the unit's own answer, also when a device pads it; code 0 is none. */
START_TEST(exceptions)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0006 01 01 0000 0001\n"
		"< 0001 0000 0003 01 81 02\n"
		"> 0002 0000 0009 01 10 0000 0001 02 0000\n"
		"< 0002 0000 0003 01 90 03\n"
		"< 0003 0000 0004 0a 81 06 00\n"
		"< 0004 0000 0003 01 81 00\n"
		"< 0005 0000 0003 01 e3 01\n"
		"> 0006 0000 0003 01 81 01\n",
		"> modbus asks read\n"
		"< modbus refuses read\n"
		"< confirmed\n"
		"< presence sender modbus-unit=1 [exception response]\n"
		"> modbus asks write\n"
		"< modbus refuses write\n"
		"< confirmed\n"
		"< modbus refuses read\n"
		"< presence sender modbus-unit=10 [exception response]\n"
		"< malformed\n"
		"< modbus answers\n"
		"> malformed\n");
}
END_TEST

/* Codes 0x0A and 0x0B: the gateway speaks, not the unit; once per unit. A unit that does answer is there. */
START_TEST(gateway)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0006 07 03 0000 0001\n"
		"< 0001 0000 0003 07 83 0b\n"
		"> 0002 0000 0006 07 03 0000 0001\n"
		"< 0002 0000 0003 07 83 0b\n"
		"> 0003 0000 0006 08 03 0000 0001\n"
		"< 0003 0000 0003 08 83 0a\n"
		"> 0004 0000 0006 09 03 0000 0001\n"
		"< 0004 0000 0005 09 03 02 0001\n"
		"> 0005 0000 0006 07 03 0000 0001\n"
		"< 0005 0000 0005 07 03 02 0001\n",
		"> modbus asks read\n"
		"< modbus refuses read\n"
		"< confirmed\n"
		"< fact sender gateway_proof = exception 0x0B gateway target failed to respond [exception"
		" response] 95%\n"
		"> modbus asks read\n"
		"< modbus refuses read\n"
		"< confirmed\n"
		"> modbus asks read\n"
		"< modbus refuses read\n"
		"< confirmed\n"
		"< fact sender gateway_proof = exception 0x0A gateway path unavailable [exception response] 95%\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"< presence sender modbus-unit=9 [response]\n"
		"> modbus asks read\n"
		"< modbus answers read\n"
		"< confirmed\n"
		"< presence sender modbus-unit=7 [response]\n");
}
END_TEST

/* Presence is said once for each unit; 0, 1 and 255 are units like others here. */
START_TEST(units_once)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"< 0001 0000 0005 00 03 02 0001\n"
		"< 0001 0000 0005 01 03 02 0001\n"
		"< 0001 0000 0005 ff 03 02 0001\n"
		"< 0001 0000 0005 01 03 02 0001\n"
		"< 0001 0000 0005 00 03 02 0001\n"
		"< 0001 0000 0005 ff 03 02 0001\n"
		"< 0001 0000 0005 fe 03 02 0001\n",
		"< modbus answers read\n"
		"< presence sender modbus-unit=0 [response]\n"
		"< modbus answers read\n"
		"< presence sender modbus-unit=1 [response]\n"
		"< modbus answers read\n"
		"< presence sender modbus-unit=255 [response]\n"
		"< modbus answers read\n"
		"< modbus answers read\n"
		"< modbus answers read\n"
		"< modbus answers read\n"
		"< presence sender modbus-unit=254 [response]\n");
}
END_TEST

/* Too short for the function, counts beyond the end, a header that does not fit. */
START_TEST(malformed)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0004 01 03 0000\n"
		"< 0002 0000 0005 01 03 04 0001\n"
		"> 0003 0000 0009 01 10 0000 0001 04 0000\n"
		"< 0004 0000 0006 01 18 0010 0000\n"
		"> 0005 0000 000d 01 17 0000 0001 0000 0001 04 0000\n"
		"< 0006 0000 0005 01 11 10 00ff\n"
		"> 0007 0000 0004 01 16 0000\n"
		"> 0008 0000 0002 01 2b\n"
		"> 0009 0000 0003 01 5a 00\n"
		"< 000a 0000 0004 01 06 0001\n",
		"> malformed\n"
		"< malformed\n"
		"> malformed\n"
		"< malformed\n"
		"> malformed\n"
		"< malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"< malformed\n");
}
END_TEST

/* Bytes behind a request, as scanners send them; functions without a form, reserved ones too. */
START_TEST(odd_but_real)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 0001 0000 0006 01 11 00000000\n"
		"> 0002 0000 0006 01 0b 00000000\n"
		"> 0003 0000 0007 01 2a 04 01010123\n"
		"> 0004 0000 0006 01 7e 00000000\n"
		"> 0005 0000 0006 01 63 00000000\n"
		"< 0005 0000 0003 01 63 00\n",
		"> modbus asks diagnose\n"
		"> modbus asks diagnose\n"
		"> modbus asks\n"
		"> modbus asks program\n"
		"> modbus asks\n"
		"< modbus answers\n"
		"< confirmed\n"
		"< presence sender modbus-unit=1 [response]\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("dissect");
	tcase_add_test(all, reads_and_writes);
	tcase_add_test(all, multiple_and_files);
	tcase_add_test(all, diagnostics);
	tcase_add_test(all, device_identification);
	tcase_add_test(all, device_identification_objects);
	tcase_add_test(all, device_identification_malformed);
	tcase_add_test(all, cut_by_the_snap_length);
	tcase_add_test(all, encapsulated_canopen);
	tcase_add_test(all, report_server_id);
	tcase_add_test(all, exceptions);
	tcase_add_test(all, gateway);
	tcase_add_test(all, units_once);
	tcase_add_test(all, malformed);
	tcase_add_test(all, odd_but_real);
	return check_main("modbus", all);
}
