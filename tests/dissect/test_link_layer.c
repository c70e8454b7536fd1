/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_link_layer.c - LLDP, CDP, BPDUs, GOOSE, sampled values, EtherCAT and POWERLINK.
 *
 * Messages written by hand from IEEE 802.1AB, ANSI/TIA-1057, RFC 4776 and 8520, IEEE 802.1D, IEC 61850-8-1 and
 * 61850-9-2, IEC 61158-4-12 and EPSG DS 301, from which what is expected follows.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector lldp_dissector, cdp_dissector, stp_dissector, goose_dissector, sv_dissector,
	ethercat_dissector, powerlink_dissector;

/* From a port of a device, and from a master whose frame comes back with the local bit set. */
static const struct frame port = {.has_mac = true, .mac_source = {0x00, 0x1b, 0x1b, 0, 0, 7}};
static const struct frame returned = {.has_mac = true, .mac_source = {0x02, 0x1b, 0x1b, 0, 0, 7}};

/* Chassis 00:1b:1b:00:00:01, port "p7", 120 seconds. */
#define LLDP_HEAD "0207 04 001b1b000001 0403 07 7037 0602 0078 "
#define LLDP_HEAD_SAYS                                                                                                 \
	"? fact sender chassis_id = 00:1b:1b:00:00:01 [LLDP chassis ID] 95%\n"                                         \
	"? fact sender port_id = p7 [LLDP port ID] 95%\n"
#define LLDP_END "0000\n"

#define CDP_HEAD "aaaa03 00000c 2000 02 b4 1234 "
#define SNAP_PVST "aaaa03 00000c 010b "

/* An ASDU "MU1" with counter, revision 1, synchronisation and four octets of samples; and its PDU. */
#define ASDU "3018 8003 4d5531 8202 0001 8304 00000001 8501 02 8704 00000000"

static const struct {
	const char *name;
	const struct dissector *dissector;
	const struct frame *frame;
	const char *script, *said;
} cases[] = {
	{"LLDP: the least that is allowed, with padding", &lldp_dissector, &port, "? " LLDP_HEAD "0000 00000000\n",
		"? lldp exchanges\n" LLDP_HEAD_SAYS},
	{"LLDP: a bridge that is managed at 192.0.2.1 and 2001:db8::1", &lldp_dissector, &port,
		"? " LLDP_HEAD "0805 506f727437 0a02 5331 0c03 414243 0e04 0014 0004 "
		"100c 05 01 c0000201 02 00000001 00 1018 11 02 20010db8000000000000000000000001 02 00000001 "
		"00 " LLDP_END,
		"? lldp exchanges\n" LLDP_HEAD_SAYS
		"? fact sender port_description = Port7 [LLDP port description] 95%\n"
		"? fact sender name = S1 [LLDP system name] 95%\n"
		"? fact sender description = ABC [LLDP system description] 95%\n"
		"? fact sender profile = bridge [LLDP system capabilities] 95%\n"
		"? fact sender ip = 192.0.2.1 [LLDP management address] 95%\n"
		"? fact sender ip = 2001:db8::1 [LLDP management address] 95%\n"},
	{"LLDP: addresses that nobody has, and a family that is none of IP", &lldp_dissector, &port,
		"? " LLDP_HEAD "100c 05 01 00000000 02 00000001 00 100c 05 01 7f000001 02 00000001 00 "
		"100e 07 06 001b1b000001 02 00000001 00 100c 05 02 c0000201 02 00000001 00 " LLDP_END,
		"? lldp exchanges\n" LLDP_HEAD_SAYS},
	{"LLDP: a telephone (MED) with its inventory and its place", &lldp_dissector, &port,
		"? 0206 05 01 c0000209 0407 03 001b1b000009 0602 0078 fe07 0012bb 01 0033 03 "
		"fe06 0012bb 05 4831 fe06 0012bb 06 4632 fe06 0012bb 07 5333 fe06 0012bb 08 4e34 "
		"fe06 0012bb 09 4d35 fe06 0012bb 0a 5436 fe06 0012bb 0b 4137 "
		"fe0f 0012bb 03 02 09 02 4445 01 01 42 03 01 4b " LLDP_END,
		"? lldp exchanges\n"
		"? fact sender chassis_id = 192.0.2.9 [LLDP chassis ID] 95%\n"
		"? fact sender ip = 192.0.2.9 [LLDP chassis ID] 95%\n"
		"? fact sender port_id = 00:1b:1b:00:00:09 [LLDP port ID] 95%\n"
		"? fact sender profile = MED class III communication device [LLDP-MED capabilities] 95%\n"
		"? fact sender hardware_version = H1 [LLDP-MED inventory] 95%\n"
		"? fact sender firmware_version = F2 [LLDP-MED inventory] 95%\n"
		"? fact sender software_version = S3 [LLDP-MED inventory] 95%\n"
		"? fact sender serial_number = N4 [LLDP-MED inventory] 95%\n"
		"? fact sender vendor = M5 [LLDP-MED inventory] 95%\n"
		"? fact sender model = T6 [LLDP-MED inventory] 95%\n"
		"? fact sender asset_tag = A7 [LLDP-MED inventory] 95%\n"
		"? fact sender location = DE, B, K [LLDP-MED location] 95%\n"},
	{"LLDP: PROFINET, the name of station as the chassis and behind the port", &lldp_dissector, &port,
		"? 0204 07 706c63 0409 07 706f72742d303031 0602 0014 fe0a 000ecf 05 001b1b000001 " LLDP_END
		"? 0203 07 7831 040d 07 706f72742d3030312e706c63 0602 0014 fe08 000ecf 02 00000000 " LLDP_END,
		"? lldp exchanges\n"
		"? fact sender chassis_id = plc [LLDP chassis ID] 95%\n"
		"? fact sender port_id = port-001 [LLDP port ID] 95%\n"
		"? fact sender chassis_id = 00:1b:1b:00:00:01 [LLDP PROFINET chassis MAC] 95%\n"
		"? fact sender station_name = plc [LLDP PROFINET name of station] 95%\n"
		"? lldp exchanges\n"
		"? fact sender chassis_id = x1 [LLDP chassis ID] 95%\n"
		"? fact sender port_id = port-001.plc [LLDP port ID] 95%\n"
		"? fact sender station_name = plc [LLDP PROFINET name of station] 95%\n"},
	{"LLDP: a MUD URL, an id that is no text, an unknown organisation", &lldp_dissector, &port,
		"? 0205 01 00010203 0403 07 7037 0602 0078 fe09 00005e 01 683a2f2f78 fe05 00aabb 01 99 " LLDP_END,
		"? lldp exchanges\n"
		"? fact sender chassis_id = 00010203 [LLDP chassis ID] 95%\n"
		"? fact sender port_id = p7 [LLDP port ID] 95%\n"
		"? fact sender url = h://x [LLDP MUD URL] 95%\n"},
	{"LLDP: how Siemens describes a switch", &lldp_dissector, &port,
		"? " LLDP_HEAD "0c32 "
		"5369656d656e732c2053494d41544943204e45542c2058312c2036474b3520322c2048573a20372c2046573"
		"a2056342e3032 " LLDP_END,
		"? lldp exchanges\n" LLDP_HEAD_SAYS "? fact sender description = Siemens, SIMATIC NET, X1, 6GK5 2, HW: "
		"7, FW: V4.02 [LLDP system description] 95%\n"
		"? fact sender vendor = Siemens [LLDP system description] 95%\n"
		"? fact sender model = X1 [LLDP system description] 95%\n"
		"? fact sender order_number = 6GK5 2 [LLDP system description] 95%\n"
		"? fact sender hardware_version = 7 [LLDP system description] 95%\n"
		"? fact sender firmware_version = V4.02 [LLDP system description] 95%\n"},
	{"LLDP: cut by the snap length", &lldp_dissector, &port, "?~ 0207 04 001b1b000001 0403 07 70\n",
		"? lldp exchanges\n? fact sender chassis_id = 00:1b:1b:00:00:01 [LLDP chassis ID] 95%\n"},
	{"CDP: a switch with an address and its software on two lines", &cdp_dissector, &port,
		"? " CDP_HEAD "0001 0006 5331 0002 0011 00000001 01 01 cc 0004 c0000201 0003 0007 466131 "
		"0004 0008 00000028 0005 000c 494f530a31322e31 0006 000a 636973636f20\n",
		"? cdp exchanges\n"
		"? fact sender name = S1 [CDP device ID] 95%\n"
		"? fact sender ip = 192.0.2.1 [CDP addresses] 95%\n"
		"? fact sender port_id = Fa1 [CDP port ID] 95%\n"
		"? fact sender profile = switch [CDP capabilities] 95%\n"
		"? fact sender profile = IGMP conditional filtering [CDP capabilities] 95%\n"
		"? fact sender software_version = IOS 12.1 [CDP software version] 95%\n"
		"? fact sender model = cisco [CDP platform] 95%\n"},
	{"CDP: IPv6, a management address, a system name and a place", &cdp_dissector, &port,
		"? " CDP_HEAD "0002 0024 00000001 02 08 aaaa0300000086dd 0010 20010db8000000000000000000000002 "
		"0016 0011 00000001 01 01 cc 0004 c0000203 0014 0006 5332 0017 0007 00 4141\n",
		"? cdp exchanges\n"
		"? fact sender ip = 2001:db8::2 [CDP addresses] 95%\n"
		"? fact sender ip = 192.0.2.3 [CDP management addresses] 95%\n"
		"? fact sender name = S2 [CDP system name] 95%\n"
		"? fact sender location = AA [CDP location] 95%\n"},
	{"CDP: lengths below the head and past the end; another protocol behind SNAP", &cdp_dissector, &port,
		"? " CDP_HEAD "0001 0003 5331\n"
		"? " CDP_HEAD "0001 00ff 5331\n"
		"? aaaa03 00000c 0111 02 b4 1234\n",
		"? malformed\n? malformed\n? foreign\n"},

	{"BPDUs: of STP, RSTP with a port role, a topology change, and per VLAN", &stp_dissector, &port,
		"? 424203 0000 00 00 00 8000001b1b000001 00000000 8000001b1b000002 8001 0000 1400 0200 0f00\n"
		"? 424203 0000 02 02 3c 8000001b1b000001 00000000 8000001b1b000002 8001 0000 1400 0200 0f00 00\n"
		"? 424203 0000 00 80\n"
		"? " SNAP_PVST "0000 02 02 3c 8001001b1b000001 00000000 8001001b1b000002 8001 0000 1400 0200 0f00 00\n",
		"? stp exchanges\n? fact sender chassis_id = 00:1b:1b:00:00:02 [BPDU] 95%\n? fact sender profile = "
		"bridge [BPDU] 95%\n"
		"? stp exchanges\n? fact sender chassis_id = 00:1b:1b:00:00:02 [BPDU] 95%\n? fact sender profile = "
		"bridge [BPDU] 95%\n"
		"? stp exchanges\n? fact sender profile = bridge [BPDU] 95%\n"
		"? stp exchanges\n? fact sender chassis_id = 00:1b:1b:00:00:02 [BPDU] 95%\n? fact sender profile = "
		"bridge [BPDU] 95%\n"},
	{"no BPDU: GVRP, a short one, another type", &stp_dissector, &port,
		"? 424203 0001 01 02 02 00 00\n"
		"? 424203 0000 00 00 00 8000001b1b000001\n"
		"? 424203 0000 00 07 00\n",
		"? foreign\n? malformed\n? foreign\n"},

	{"GOOSE: revision 260, in simulation, with padding", &goose_dissector, &port,
		"? 0001 0038 8000 0000 612e 8009 4c44302f24474f2467 8102 07d0 8203 4c2f44 8302 6964 8408 "
		"0000000000000000 "
		"8501 01 8601 02 8802 0104 ab00 0000\n",
		"? goose exchanges read\n"
		"? fact sender control_block = LD0/$GO$g [GOOSE] 95%\n"
		"? fact sender data_set = L/D [GOOSE] 95%\n"
		"? fact sender stream_id = id [GOOSE] 95%\n"
		"? fact sender configuration_version = 260 [GOOSE] 95%\n"
		"? fact sender status = simulation [GOOSE] 95%\n"
		"? fact sender name = LD0 [GOOSE logical device] 60%\n"},
	{"GOOSE: cut inside its data it has said who it is; cut before, it has not", &goose_dissector, &port,
		"? 0001 0040 0000 0000 6138 8003 4c2f67 8203 4c2f44 8801 01 ab20 8301\n"
		"? 0001 0040 0000 0000 6138 8003 4c2f67 8203 4c2f\n",
		"? goose exchanges read\n"
		"? fact sender control_block = L/g [GOOSE] 95%\n"
		"? fact sender data_set = L/D [GOOSE] 95%\n"
		"? fact sender configuration_version = 1 [GOOSE] 95%\n"
		"? fact sender name = L [GOOSE logical device] 60%\n"
		"? malformed\n"},
	{"no GOOSE: management, no reference, a tag of several octets", &goose_dissector, &port,
		"? 0001 0010 0000 0000 6206 8001 4c 8101 01\n"
		"? 0001 0010 0000 0000 6106 8102 07d0 ab00\n"
		"? 0001 0010 0000 0000 6106 1f1a 4c44 ab00\n",
		"? foreign\n? malformed\n? malformed\n"},

	{"sampled values: two data units", &sv_dissector, &port,
		"? 4000 0043 0000 0000 6039 8001 02 a234 " ASDU ASDU "\n",
		"? sv exchanges read\n"
		"? fact sender stream_id = MU1 [sampled values] 95%\n"
		"? fact sender configuration_version = 1 [sampled values] 95%\n"
		"? fact sender stream_id = MU1 [sampled values] 95%\n"
		"? fact sender configuration_version = 1 [sampled values] 95%\n"},
	{"no sampled values: another tag, no data units, one without a name", &sv_dissector, &port,
		"? 4000 0010 0000 0000 6103 8001 01\n"
		"? 4000 000d 0000 0000 6003 8001 01\n"
		"? 4000 0017 0000 0000 600d 8001 01 a208 3006 8704 00000000\n",
		"? foreign\n? malformed\n? malformed\n"},

	{"EtherCAT: a broadcast read and a logical write of the master", &ethercat_dissector, &port,
		"? 1c10 07 01 00000130 0280 0000 0000 0000 0b 02 00000000 0200 0000 aabb 0000\n",
		"? ethercat exchanges read write\n"
		"? fact sender profile = EtherCAT master [EtherCAT commands] 95%\n"},
	{"EtherCAT: slaves took part", &ethercat_dissector, &port, "? 0e10 07 01 05003001 0200 0000 0000 0500\n",
		"? ethercat exchanges read\n"},
	{"EtherCAT: on its way back", &ethercat_dissector, &returned, "? 0e10 07 01 00003001 0200 0000 0000 0000\n",
		"? ethercat exchanges read\n"},
	{"EtherCAT: network variables; a datagram past the end, an unknown command, an unknown type",
		&ethercat_dissector, &port,
		"? 0440 00000000\n"
		"? 0e10 07 01 05003001 0400 0000 0000 0500\n"
		"? 0e10 3f 01 05003001 0200 0000 0000 0500\n"
		"? 0e70 07 01 05003001 0200 0000 0000 0500\n",
		"? ethercat exchanges read\n? malformed\n? malformed\n? foreign\n"},

	{"POWERLINK: a cycle of node 17", &powerlink_dissector, &port,
		"? 01 ff f0 000000000000\n"
		"? 03 11 f0 00 00 00 0000\n"
		"? 04 ff 11 fd 00 00 0000\n"
		"? 05 ff f0 fd 00 00 00 00 20\n",
		"? powerlink asks\n"
		"? fact sender profile = POWERLINK managing node [POWERLINK cycle] 95%\n"
		"? fact sender link_address = 240 [POWERLINK cycle] 95%\n"
		"? powerlink asks read write\n"
		"? fact sender profile = POWERLINK managing node [POWERLINK cycle] 95%\n"
		"? fact sender link_address = 240 [POWERLINK cycle] 95%\n"
		"? powerlink answers read\n"
		"? fact sender profile = POWERLINK controlled node [POWERLINK cycle] 95%\n"
		"? fact sender link_address = 17 [POWERLINK cycle] 95%\n"
		"? powerlink asks\n"
		"? fact sender profile = POWERLINK managing node [POWERLINK cycle] 95%\n"
		"? fact sender link_address = 240 [POWERLINK cycle] 95%\n"},
	{"POWERLINK: who node 17 is", &powerlink_dissector, &port,
		"? 06 ff 11 01 0800 1d00 20 00 c7000000 dc05 0001 0001 d0070000 0000 91010701 6c000001 371e0000 "
		"02000100 07000000 "
		"0000000000000000 00000000 00000000 00000000 00000000 1164a8c0 00ffffff fe64a8c0 "
		"45504c0000000000000000000000000000000000000000000000000000000000\n",
		"? powerlink answers diagnose\n"
		"? fact sender device_type = generic I/O module #401 [POWERLINK IdentResponse] 95%\n"
		"? fact sender vendor_id = 0x0100006c [POWERLINK IdentResponse] 95%\n"
		"? fact sender product_code = 7735 [POWERLINK IdentResponse] 95%\n"
		"? fact sender revision = 0x00010002 [POWERLINK IdentResponse] 95%\n"
		"? fact sender serial_number = 7 [POWERLINK IdentResponse] 95%\n"
		"? fact sender hostname = EPL [POWERLINK IdentResponse] 95%\n"},
	{"POWERLINK: a command, an object written, read and answered; a short IdentResponse, another type",
		&powerlink_dissector, &port,
		"? 06 11 f0 04 2100\n"
		"? 06 11 f0 05 0202 0000 00 01 00 01 0000 0000\n"
		"? 06 11 f0 05 0202 0000 00 02 00 02 0000 0000\n"
		"? 06 f0 11 05 0202 0000 00 02 80 02 0000 0000\n"
		"? 06 ff 11 01 0800 1d00\n"
		"? 02 ff f0 00\n",
		"? powerlink asks control\n? powerlink asks configure\n? powerlink asks diagnose\n? powerlink answers "
		"diagnose\n"
		"? malformed\n? foreign\n"},
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

/* A message may end without its end TLV, so that the beginning of one that goes wrong later can be a good one. */
START_TEST(lldp_malformed)
{
	char *said = harness_run(&lldp_dissector, HARNESS_EXPECTED_PORT,
		"? 0207 04 001b1b000001 0403 07 7037 0602 0078 0a7f 5331\n"
		"? 0207 04 001b1b000001 0602 0078 0000\n"
		"? 0403 07 7037 0602 0078 0000\n"
		"? 0201 04 0403 07 7037\n");
	harness_compare("LLDP: a length past the end, no port, and what does not begin with a chassis", said,
		"? malformed\n? malformed\n? foreign\n? foreign\n");
}
END_TEST

int main(void)
{
	int count = sizeof(cases) / sizeof(cases[0]);
	TCase *tcase = tcase_create("link layer");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says, 0, count);
	tcase_add_loop_test(tcase, abused, 0, count);
	tcase_add_test(tcase, lldp_malformed);
	return check_main("link layer", tcase);
}
