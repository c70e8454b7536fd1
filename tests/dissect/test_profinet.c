/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_profinet.c - PROFINET: DCP, real-time frames and context management.
 *
 * Messages written by hand from IEC 61158-6-10, C706 (DCE/RPC) and PROFIBUS guideline 3.502 (I&M), from which what is
 * expected follows.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector pn_dcp_dissector, pn_rt_dissector, pn_io_dissector;

/* A station 00:1b:1b:00:00:07, and 10.0.0.7 that talks with 10.0.0.1. */
static const struct frame station = {.has_mac = true, .mac_source = {0x00, 0x1b, 0x1b, 0, 0, 7}};
static const struct frame ipv4 = {
	.source = {ADDRESS_IPV4, {10, 0, 0, 7}}, .target = {ADDRESS_IPV4, {10, 0, 0, 1}}, .hop_limit = 64};

/* Interfaces of devices and of controllers, an object of vendor 0x002a and device 0x0301, in both byte orders. */
#define TAIL_BIG "6c97 11d1 8271 00a02442df7d "
#define TAIL_LITTLE "976c d111 8271 00a02442df7d "
#define DEVICE_BIG "dea00001 " TAIL_BIG
#define DEVICE_LITTLE "0100a0de " TAIL_LITTLE
#define CONTROLLER_BIG "dea00002 " TAIL_BIG
#define OBJECT_BIG "dea00000 6c97 11d1 8271 0001 0301 002a "
#define OBJECT_LITTLE "0000a0de 976c d111 8271 0001 0301 002a "
#define MAPPER_LITTLE "0883afe1 1f5d c911 91a4 08002b14a0fa "
#define ZEROS16 "00000000000000000000000000000000 "

/* DCE/RPC: packet type, operation and length of the body in the order of drep. */
#define CALL_BIG(type, interface, operation, len)                                                                      \
	"04" type "2000 000000 00 " OBJECT_BIG interface ZEROS16 "00000000 00000001 00000000 " operation               \
	" ffff ffff " len " 0000 00 00 "
#define CALL_LITTLE(type, interface, operation, len)                                                                   \
	"04" type "2000 100000 00 " OBJECT_LITTLE interface ZEROS16 "00000000 01000000 00000000 " operation            \
	" ffff ffff " len " 0000 00 00 "
#define REQUEST_BIG(len) "00001000 " len " 00001000 00000000 " len " "
#define RESPONSE_BIG(status, len) status " " len " 00001000 00000000 " len " "
#define RESPONSE_LITTLE(len) "00000000 " len " 00100000 00000000 " len " "

/* An IO controller "c1" (vendor 42, device 0x010d) wants a relation with a device. */
#define AR_REQUEST                                                                                                     \
	"0101 0038 0100 0001 " ZEROS16 "0001 001b1b000001 dea00000 6c97 11d1 8271 0001 010d 002a 00000011 0064 8892 "  \
	"0002 6331 "
/* The device 00:1b:1b:00:00:07 agrees, and is called "d1". */
#define AR_RESPONSE "8101 001e 0100 0001 " ZEROS16 "0001 001b1b000007 8892 8106 0006 0100 0002 6431 "
/* The record of I&M0 (0xaff0) of a slot, of 0x38 octets. */
#define RECORD(block, slot, subslot, index, len)                                                                       \
	block " 003c 0100 0001 " ZEROS16 "00000000 " slot " " subslot " 0000 " index " " len                           \
	      " 0000 0000 000000000000000000000000 00000000 00000000 "

static const struct {
	const char *name;
	const struct dissector *dissector;
	const struct frame *frame;
	const char *script, *said;
} cases[] = {
	{"DCP: who is there; a station answers with all it knows", &pn_dcp_dissector, &station,
		"? fefe 05 00 00000001 0001 0004 ffff 0000\n"
		"? feff 05 01 00000001 0000 0052 0201 0007 0000 5337333030 00 0202 0004 0000 6431 "
		"0203 0006 0000 002a 0101 0204 0004 0000 0300 0102 000e 0001 c0000207 ffffff00 c0000201 "
		"0206 0003 0000 41 00 0208 0006 0000 0001 0002 030c 0004 0000 6831\n",
		"? pn-dcp asks diagnose\n"
		"? pn-dcp answers diagnose\n"
		"? fact sender model = S7300 [DCP Identify response] 95%\n"
		"? fact sender station_name = d1 [DCP Identify response] 95%\n"
		"? fact sender vendor #42 (profinet-vendor) [DCP Identify response] 95%\n"
		"? fact sender vendor_id = 0x002a [DCP Identify response] 95%\n"
		"? fact sender device_id = 0x0101 [DCP Identify response] 95%\n"
		"? fact sender profile = IO-Device [DCP Identify response] 95%\n"
		"? fact sender profile = IO-Controller [DCP Identify response] 95%\n"
		"? fact sender ip = 192.0.2.7 [DCP Identify response] 95%\n"
		"? fact sender netmask = 255.255.255.0 [DCP Identify response] 95%\n"
		"? fact sender gateway = 192.0.2.1 [DCP Identify response] 95%\n"
		"? fact sender alias = A [DCP Identify response] 95%\n"
		"? fact sender oem_id = 0x0001:0x0002 [DCP Identify response] 95%\n"
		"? fact sender hostname = h1 [DCP Identify response] 95%\n"},
	{"DCP: who looks for a name does not have it", &pn_dcp_dissector, &station,
		"? fefe 05 00 00000001 0001 0006 0202 0002 6431\n", "? pn-dcp asks diagnose\n"},
	{"DCP: Hello, and Get; no address yet, and one that another device has", &pn_dcp_dissector, &station,
		"? fefc 06 00 00000001 0000 0012 0102 000e 0000 00000000 00000000 00000000\n"
		"? fefd 03 00 00000002 0000 0002 0102\n"
		"? fefd 03 01 00000002 0000 0012 0102 000e 0081 c0000207 ffffff00 c0000207\n"
		"? fefd 03 05 00000002 0000 0000\n",
		"? pn-dcp answers diagnose\n"
		"? pn-dcp asks diagnose\n"
		"? pn-dcp answers diagnose\n"
		"? fact sender status = IP address conflict [DCP Get response] 95%\n"
		"? pn-dcp refuses diagnose\n"},
	{"DCP: Set is an event, and nobody's fact", &pn_dcp_dissector, &station,
		"? fefd 04 00 00000003 0000 001a 0202 0003 0001 78 00 0102 000e 0001 c0000208 ffffff00 00000000\n"
		"? fefd 04 00 00000003 0000 000e 0503 0004 0000 0100 0506 0002 0004\n"
		"? fefd 04 01 00000003 0000 0008 0504 0003 0202 00 00\n",
		"? pn-dcp asks configure\n"
		"? event receiver configure: \"x\" [DCP Set name of station]\n"
		"? event receiver configure: \"192.0.2.8\" [DCP Set IP parameter]\n"
		"? pn-dcp asks configure\n"
		"? event receiver configure [DCP Set signal]\n"
		"? event receiver configure [DCP Set reset to factory]\n"
		"? pn-dcp answers configure\n"},
	{"DCP: a block past the end, a length past the end, a service on the wrong frame id; cut", &pn_dcp_dissector,
		&station,
		"? feff 05 01 00000001 0000 0008 0202 0007 0000 6431\n"
		"? feff 05 01 00000001 0000 0009 0202 0004 0000 6431\n"
		"? feff 03 01 00000001 0000 0008 0202 0004 0000 6431\n"
		"? 8000 05 01 00000001 0000 0008 0202 0004 0000 6431\n"
		"?~ feff 05 01 00000001 0000 0010 0202 0004 0000 6431 0201\n",
		"? malformed\n? malformed\n? foreign\n? foreign\n"
		"? pn-dcp answers diagnose\n? fact sender station_name = d1 [DCP Identify response] 95%\n"},

	{"real time: cyclic data and an alarm", &pn_rt_dissector, &station,
		"? 8001 0102030405060708 1234 35 00\n"
		"? fc01 0001 0001 11 01 0000 ffff 0000\n",
		"? pn-rt exchanges read\n? pn-rt exchanges diagnose\n"},
	{"no real time: clocks, media redundancy, DCP, no status; a short alarm", &pn_rt_dissector, &station,
		"? ff40 00000000\n? 0080 00000000\n? fefe 05 00\n? 8001 00\n? fc01 0001\n",
		"? foreign\n? foreign\n? foreign\n? malformed\n? malformed\n"},

	{"context management: connect, and agreed", &pn_io_dissector, &ipv4,
		"? " CALL_BIG("00", DEVICE_BIG, "0000", "0050") REQUEST_BIG("0000003c") AR_REQUEST
		"\n"
		"! " CALL_BIG("02", DEVICE_BIG, "0000", "0040") RESPONSE_BIG("00000000", "0000002c") AR_RESPONSE "\n",
		"? pn-io asks configure\n"
		"? fact sender profile = IO-Controller [PROFINET Connect request] 95%\n"
		"? fact sender mac = 00:1b:1b:00:00:01 [PROFINET Connect request] 95%\n"
		"? fact sender vendor #42 (profinet-vendor) [PROFINET Connect request] 95%\n"
		"? fact sender device_id = 0x010d [PROFINET Connect request] 95%\n"
		"? fact sender station_name = c1 [PROFINET Connect request] 95%\n"
		"! pn-io answers configure\n"
		"! fact sender vendor #42 (profinet-vendor) [PROFINET object] 95%\n"
		"! fact sender device_id = 0x0301 [PROFINET object] 95%\n"
		"! fact sender profile = IO-Device [PROFINET Connect response] 95%\n"
		"! fact sender mac = 00:1b:1b:00:00:07 [PROFINET Connect response] 95%\n"
		"! fact sender station_name = d1 [PROFINET Connect response] 95%\n"},
	{"context management: a device calls its controller back; a refusal; a ping", &pn_io_dissector, &ipv4,
		"? " CALL_BIG("00", CONTROLLER_BIG, "0004", "0014") REQUEST_BIG(
			"00000000") "\n"
				    "! " CALL_BIG("02", CONTROLLER_BIG, "0004", "0014") RESPONSE_BIG("00000000",
					    "00000000") "\n"
							"? " CALL_BIG("02", DEVICE_BIG, "0000", "0014") RESPONSE_BIG(
								"db810105", "00000000") "\n"
											"? " CALL_BIG("01", DEVICE_BIG,
												"0000", "0000") "\n",
		"? pn-io answers configure\n! pn-io asks configure\n? pn-io refuses configure\n"},
	{"context management: I&M0 of the device and of slot 2, and a record of the application", &pn_io_dissector,
		&ipv4,
		"? " CALL_LITTLE("02", DEVICE_LITTLE, "0200", "9000") RESPONSE_LITTLE("7c000000") RECORD("8009", "0000",
			"0001", "aff0",
			"0000003c") "0020 0038 0100 002a 3645533720314141202020202020202020202020 "
				    "53433132202020202020202020202020 "
				    "0003 56 04 01 02 0000 0000 0000 0101 0000\n"
				    "? " CALL_LITTLE("02", DEVICE_LITTLE, "0200", "9000") RESPONSE_LITTLE(
					    "7c000000") RECORD("8009", "0002", "0001", "aff0",
					    "0000003c") "0020 0038 0100 002a 3645533720314242202020202020202020202020 "
							"53433133202020202020202020202020 "
							"0000 00 00 00 00 0000 0000 0000 0101 0000\n"
							"! " CALL_LITTLE("00", DEVICE_LITTLE, "0200", "5400")
								RESPONSE_LITTLE("40000000") RECORD("0009", "0002",
									"0001", "0001", "00000004") "\n",
		"? pn-io answers diagnose\n"
		"? fact sender vendor #42 (profinet-vendor) [PROFINET object] 95%\n"
		"? fact sender device_id = 0x0301 [PROFINET object] 95%\n"
		"? fact sender vendor #42 (profinet-vendor) [PROFINET I&M0] 95%\n"
		"? fact sender order_number = 6ES7 1AA [PROFINET I&M0] 95%\n"
		"? fact sender serial_number = SC12 [PROFINET I&M0] 95%\n"
		"? fact sender hardware_version = 3 [PROFINET I&M0] 95%\n"
		"? fact sender firmware_version = V4.1.2 [PROFINET I&M0] 95%\n"
		"? pn-io answers diagnose\n"
		"? fact sender vendor #42 (profinet-vendor) [PROFINET object] 95%\n"
		"? fact sender device_id = 0x0301 [PROFINET object] 95%\n"
		"? fact sender pn-slot=2 vendor #42 (profinet-vendor) [PROFINET I&M0] 95%\n"
		"? fact sender pn-slot=2 order_number = 6ES7 1BB [PROFINET I&M0] 95%\n"
		"? fact sender pn-slot=2 serial_number = SC13 [PROFINET I&M0] 95%\n"
		"! pn-io asks read\n"},
	{"endpoint mapper: what a device is, in its annotation", &pn_io_dissector, &ipv4,
		"? " CALL_LITTLE("02", MAPPER_LITTLE, "0200",
			"8000") "0000000000000000000000000000000000000000 01000000 "
				"01000000 00000000 01000000 " OBJECT_LITTLE "03000000 00000000 40000000 "
				"494d3135312d33202020202020202020202020202020202020 20 "
				"3645533720313531202020202020202020202020 20 "
				"2020202032 20 56 202036202031202030 00\n",
		"? pn-io answers diagnose\n"
		"? fact sender vendor #42 (profinet-vendor) [PROFINET endpoint] 95%\n"
		"? fact sender device_id = 0x0301 [PROFINET endpoint] 95%\n"
		"? fact sender model = IM151-3 [PROFINET endpoint] 95%\n"
		"? fact sender order_number = 6ES7 151 [PROFINET endpoint] 95%\n"
		"? fact sender hardware_version = 2 [PROFINET endpoint] 95%\n"
		"? fact sender firmware_version = V6.1.0 [PROFINET endpoint] 95%\n"},
	{"no context management: another interface, another version, a block past the end, a lookup", &pn_io_dissector,
		&ipv4,
		"? " CALL_BIG("00", "12345678 " TAIL_BIG, "0000", "0014")
			REQUEST_BIG("00000000") "\n"
						"? 05" ZEROS16 ZEROS16 ZEROS16 ZEROS16 ZEROS16 "\n"
						"? " CALL_BIG("00", DEVICE_BIG, "0000", "0018")
							REQUEST_BIG("00000004") "0101 0038\n"
										"? " CALL_LITTLE("00", MAPPER_LITTLE,
											"0200", "0400") "00000000\n",
		"? foreign\n? foreign\n? malformed\n? foreign\n"},
};

START_TEST(says)
{
	char *said = harness_run_in(cases[_i].frame, cases[_i].dissector, HARNESS_EXPECTED_PORT, cases[_i].script);
	harness_compare(cases[_i].name, said, cases[_i].said);
}
END_TEST

START_TEST(abused)
{
	ck_assert_uint_eq(harness_abuse_in(cases[_i].frame, cases[_i].dissector, cases[_i].script), 0);
}
END_TEST

int main(void)
{
	int count = sizeof(cases) / sizeof(cases[0]);
	TCase *tcase = tcase_create("profinet");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says, 0, count);
	tcase_add_loop_test(tcase, abused, 0, count);
	return check_main("profinet", tcase);
}
