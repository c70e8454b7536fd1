/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_bacnet.c - BACnet/IP, BACnet/IPv6, BACnet over 802.2 and MS/TP as an adapter shows it.
 *
 * Messages written by hand from ANSI/ASHRAE 135 (clauses 6, 15, 16 and 20, annexes J and U), from which what is
 * expected follows, and read with tshark. Blanks stand between data link, network and application layer.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector bacnet_dissector;

static const struct {
	const char *name, *script, *said;
} cases[] = {
	{"Who-Is and I-Am; the wildcard instance and vendor 0 of a device that was never set up",
		"> 810b000c 0120ffff00ff 1008\n"
		"< 810b0018 0120ffff00ff 1000c40200109a2201e091002118\n"
		"< 810a0014 0100 1000c4023fffff2201e091002100\n",
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< fact sender device_instance = 4250 [I-Am] 95%\n"
		"< fact sender vendor #24 (bacnet-vendor) [I-Am] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender vendor #0 (bacnet-vendor) [I-Am] 50%\n"},
	{"an object that is no device says no I-Am", "< 810b0018 0120ffff00ff 1000c40000109a2201e091002118\n",
		"< malformed\n"},
	{"I-Have of the device object, and of another object",
		"< 810b0025 0100 1001c402000007c4020000077511004148552d3720636f6e74726f6c6c6572\n"
		"< 810b0020 0100 1001c402000007c400000003750c006f75747369646520616972\n",
		"< bacnet answers diagnose\n"
		"< fact sender device_instance = 7 [I-Have] 95%\n"
		"< fact sender name = AHU-7 controller [I-Have] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender device_instance = 7 [I-Have] 95%\n"},
	{"Who-Am-I", "< 810b001c 0100 100d22010475050050584334750800534e2d30383135\n",
		"< bacnet answers diagnose\n"
		"< fact sender vendor #260 (bacnet-vendor) [Who-Am-I] 95%\n"
		"< fact sender model = PXC4 [Who-Am-I] 95%\n"
		"< fact sender serial_number = SN-0815 [Who-Am-I] 95%\n"},
	{"properties of the device object in every character set",
		"> 810a0011 0104 0005010c0c023fffff194d\n"
		"< 810a001e 0100 30010c0c02000063194d3e750a00526f6f6620756e69743f\n"
		"> 810a0011 0104 0005020c0c023fffff1979\n"
		"< 810a0025 0100 30020c0c0200006319793e7511004865697a756e6720262053c3b6686e653f\n"
		"> 810a0011 0104 0005030c0c023fffff1946\n"
		"< 810a001d 0100 30030c0c0200006319463e7509054d6f64e86c6520333f\n"
		"> 810a0011 0104 0005040c0c023fffff192c\n"
		"< 810a001a 0100 30040c0c02000063192c3e750600312e302e373f\n"
		"> 810a0011 0104 0005050c0c023fffff190c\n"
		"< 810a001a 0100 30050c0c02000063190c3e75060061707020343f\n"
		"> 810a0011 0104 0005060c0c023fffff191c\n"
		"< 810a0029 0100 30060c0c02000063191c3e751504004c00fc006600740075006e00670020d83dde003f\n"
		"> 810a0011 0104 0005070c0c023fffff193a\n"
		"< 810a0025 0100 30070c0c02000063193a3e751103000000440000006100000063000000683f\n",
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender name = Roof unit [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender vendor = Heizung & Söhne [ReadProperty-ACK] 90%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender model = Modèle 3 [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender firmware_version = 1.0.7 [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender software_version = app 4 [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender description = Lüftung 😀 [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< confirmed\n"
		"< fact sender location = Dach [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 99 [ReadProperty-ACK] 95%\n"},
	{"vendor number, status and identifier; the wildcard echoed; an element of an array; a present value",
		"< 810a0014 0100 30010c0c023fffff19783e21053f\n"
		"< 810a0014 0100 30020c0c0200000519703e91043f\n"
		"< 810a0017 0100 30030c0c023fffff194b3ec4020000053f\n"
		"< 810a0019 0100 30040c0c02000005194c29013ec4000000013f\n"
		"< 810a0017 0100 30050c0c0000000119553e4441a000003f\n"
		"< 810a0025 0100 30060c0c00000001194d3e7511007a6f6e652074656d70657261747572653f\n",
		"< bacnet answers diagnose\n"
		"< fact sender vendor #5 (bacnet-vendor) [ReadProperty-ACK] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender operating_mode = non-operational #4 [ReadProperty-ACK] 95%\n"
		"< fact sender device_instance = 5 [ReadProperty-ACK] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender device_instance = 5 [ReadProperty-ACK] 95%\n"
		"< bacnet answers diagnose\n"
		"< bacnet answers read\n"
		"< bacnet answers read\n"},
	{"all properties of two objects: an error, an element, nested brackets among them",
		"> 810a0013 0104 0005210e0c0200003d1e09081f\n"
		"< 810a0069 0100 30210e0c0200003d1e294d4e7508004368696c6c65724f29464e75050043482d394f29a8 "
		"5e910291205f294c39014ec4000000014f2a01744e750500413142324f29984e0e1e2901 "
		"1f0f4f1f0c008000041e294d4e750a0073657420706f696e744f1f\n",
		"> bacnet asks diagnose\n"
		"< bacnet answers read diagnose\n"
		"< confirmed\n"
		"< fact sender name = Chiller [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender model = CH-9 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender serial_number = A1B2 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"},
	{"the same in three segments, one of them sent twice",
		"> 810a0013 0104 0005210e0c0200003d1e09081f\n"
		"< 810a002b 0100 3c2100040e0c0200003d1e294d4e7508004368696c6c65724f29464e75050043482d394f "
		"29\n"
		"> 810a000a 0100 40210004\n"
		"< 810a002b 0100 3c2101040ea85e910291205f294c39014ec4000000014f2a01744e750500413142324f29 "
		"98\n"
		"< 810a002b 0100 3c2101040ea85e910291205f294c39014ec4000000014f2a01744e750500413142324f29 "
		"98\n"
		"< 810a002b 0100 382102040e4e0e1e29011f0f4f1f0c008000041e294d4e750a0073657420706f696e744f "
		"1f\n",
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"> bacnet asks\n"
		"< bacnet answers diagnose\n"
		"< bacnet answers diagnose\n"
		"< bacnet answers read diagnose\n"
		"< confirmed\n"
		"< fact sender name = Chiller [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender model = CH-9 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender serial_number = A1B2 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"},
	{"a segment is missing: nothing is told",
		"< 810a002b 0100 3c2100040e0c0200003d1e294d4e7508004368696c6c65724f29464e75050043482d394f "
		"29\n"
		"< 810a002b 0100 382102040e4e0e1e29011f0f4f1f0c008000041e294d4e750a0073657420706f696e744f "
		"1f\n",
		"< bacnet answers read\n"
		"< bacnet answers read\n"},
	{"devices behind a router, told present once; one that asks from there",
		"< 810b0019 010865910172 1000c4020150622201e09100220104\n"
		"< 810a0021 010865910172 30010c0c0201506219463e750900474e552044656d6f3f\n"
		"< 810b0021 0128ffff00000b06000c6eb03c15ff 1000c40200007b2201e091002108\n"
		"< 810a0015 01080004010a 0005090c0c02000001194d\n",
		"< bacnet answers diagnose\n"
		"< presence sender bacnet-device=26001:72 [I-Am]\n"
		"< fact sender bacnet-device=26001:72 device_instance = 86114 [I-Am] 95%\n"
		"< fact sender bacnet-device=26001:72 vendor #260 (bacnet-vendor) [I-Am] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender bacnet-device=26001:72 model = GNU Demo [ReadProperty-ACK] 95%\n"
		"< fact sender bacnet-device=26001:72 device_instance = 86114 [ReadProperty-ACK] 95%\n"
		"< bacnet answers diagnose\n"
		"< presence sender bacnet-device=11:000c6eb03c15 [I-Am]\n"
		"< fact sender bacnet-device=11:000c6eb03c15 device_instance = 123 [I-Am] 95%\n"
		"< fact sender bacnet-device=11:000c6eb03c15 vendor #8 (bacnet-vendor) [I-Am] 95%\n"
		"< bacnet asks diagnose\n"},
	{"forwarded: the origin's words, not the forwarder's; an origin that no host can have",
		"< 8104001e c0a80069bac0 0120ffff00ff 1000c40200007b2201e091002118\n"
		"< 8104001e ffffffffbac0 0120ffff00ff 1000c40200007b2201e091002118\n",
		"< bacnet answers diagnose\n"
		"< fact 192.168.0.105 device_instance = 123 [I-Am] 95%\n"
		"< fact 192.168.0.105 vendor #24 (bacnet-vendor) [I-Am] 95%\n"
		"< malformed\n"},
	{"BACnet/IPv6: broadcast, unicast, forwarded",
		"< 8202001b 00109a 0120ffff00ff 1000c40200109a2201e091002118\n"
		"> 82010017 00000100109a 0104 0005010c0c0200109a1946\n"
		"< 8208002d 00109afe800000000000000000000000000042bac0 0120ffff00ff "
		"1000c4020000422201e091002107\n"
		"> 8203000a 00000100109a\n"
		"< 8205000a 00109a000001\n"
		"< 82000009 00109a0030\n",
		"< bacnet answers diagnose\n"
		"< fact sender device_instance = 4250 [I-Am] 95%\n"
		"< fact sender vendor #24 (bacnet-vendor) [I-Am] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< fact fe80::42 device_instance = 66 [I-Am] 95%\n"
		"< fact fe80::42 vendor #7 (bacnet-vendor) [I-Am] 95%\n"
		"< bacnet answers\n"},
	{"over 802.2, with no conversation to remember",
		"< 82 82 03 0100 10 00 c4 0200007b 22 01e0 91 00 2100\n"
		"< 82 82 03 0108 000d 01 3d 10 00 c4 0200003d 22 01e0 91 00 212a\n"
		"< 82 82 03 0108 000d 01 3d 10 00 c4 0200003d 22 01e0 91 00 212a\n",
		"< bacnet answers diagnose\n"
		"< fact sender device_instance = 123 [I-Am] 95%\n"
		"< fact sender vendor #0 (bacnet-vendor) [I-Am] 50%\n"
		"< bacnet answers diagnose\n"
		"< presence sender bacnet-device=13:3d [I-Am]\n"
		"< fact sender bacnet-device=13:3d device_instance = 61 [I-Am] 95%\n"
		"< fact sender bacnet-device=13:3d vendor #42 (bacnet-vendor) [I-Am] 95%\n"
		"< bacnet answers diagnose\n"
		"< presence sender bacnet-device=13:3d [I-Am]\n"
		"< fact sender bacnet-device=13:3d device_instance = 61 [I-Am] 95%\n"
		"< fact sender bacnet-device=13:3d vendor #42 (bacnet-vendor) [I-Am] 95%\n"},
	{"frames of an MS/TP bus: a token, data, a header CRC that is wrong",
		"? aaaa03 001090 0001 000080 011d010000 83\n"
		"? aaaa03 001090 0001 000080 06ff7200111c 01001000c4020150622201e09100220104abcd\n"
		"? aaaa03 001090 0001 000080 011d010000 84\n"
		"? aaaa03 00000c 2000 000080 011d010000 83\n",
		"? bacnet exchanges\n"
		"? bacnet answers diagnose\n"
		"? fact sender device_instance = 86114 [I-Am] 95%\n"
		"? fact sender vendor #260 (bacnet-vendor) [I-Am] 95%\n"
		"? foreign\n"
		"? foreign\n"},
	{"routers say where they lead",
		"> 810b0007 018000\n"
		"< 810b000b 01800100046591\n"
		"< 810b000a 018002000705\n"
		"< 810b0009 0180040004\n"
		"> 810a0008 01800600\n"
		"< 810a0013 018007020004010000050203aabbcc\n"
		"< 810a000a 018003010009\n"
		"> 810b0007 018012\n"
		"< 810b000a 018013000101\n"
		"< 810b0009 018001ffff\n"
		"< 810b0008 01800100\n"
		"< 810a000c 0180070200040100\n",
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< fact sender gateway_proof = router to BACnet networks 4, 26001 [I-Am-Router-To-Network] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender gateway_proof = router to BACnet network 7 [I-Could-Be-Router-To-Network] 95%\n"
		"< bacnet answers diagnose\n"
		"< fact sender gateway_proof = router to BACnet network 4 [Router-Busy-To-Network] 95%\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers configure\n"
		"< fact sender gateway_proof = router to BACnet networks 4, 5 [Initialize-Routing-Table-Ack] 95%\n"
		"< bacnet answers\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"
		"< malformed\n"
		"< malformed\n"
		"< malformed\n"},
	{"operations: granted, refused, aborted; what a device is told to do with itself; no password",
		"> 810a0018 0104 0005010f0c0040000219553e4441a000003f\n"
		"< 810a0009 0100 20010f\n"
		"> 810a0018 0104 0005020f0c02000009191c3e74006e65773f\n"
		"< 810a000d 0100 50020f91029128\n"
		"> 810a0011 0104 0005030c0c000000011955\n"
		"< 810a0009 0100 600309\n"
		"> 810a000f 0104 00050407c402800001\n"
		"< 810a0009 0100 710404\n"
		"> 810a0015 0104 0005051409011d0700736563726574\n"
		"< 810a0009 0100 200514\n"
		"> 810a0017 0104 00050611090a19012d0700736563726574\n"
		"> 810a000c 0104 000507140904\n"
		"> 810b0012 0100 1006a47d0b1802b40a1e0000\n"
		"> 810a0009 0100 700600\n"
		"> 8101000e c0a80001bac0ffffffff\n"
		"< 81000006 0000\n"
		"> 81050006 003c\n"
		"> 81020004\n"
		"< 8103000e c0a80001bac0ffffffff\n",
		"> bacnet asks write\n"
		"< bacnet answers write\n"
		"< confirmed\n"
		"> bacnet asks configure\n"
		"< bacnet refuses configure\n"
		"< confirmed\n"
		"> bacnet asks read\n"
		"< bacnet refuses read\n"
		"< confirmed\n"
		"> bacnet asks file\n"
		"> event receiver file [AtomicWriteFile]\n"
		"< bacnet refuses file\n"
		"< confirmed\n"
		"> bacnet asks control\n"
		"> event receiver control: \"warm start\" [ReinitializeDevice]\n"
		"< bacnet answers control\n"
		"< confirmed\n"
		"> bacnet asks control\n"
		"> event receiver control: \"communication disabled\" [DeviceCommunicationControl]\n"
		"> bacnet asks configure\n"
		"> event receiver configure: \"start of restore\" [ReinitializeDevice]\n"
		"> bacnet asks configure\n"
		"> bacnet asks\n"
		"> bacnet asks configure\n"
		"> event receiver configure [Write-Broadcast-Distribution-Table]\n"
		"< bacnet answers\n"
		"> bacnet asks configure\n"
		"> bacnet asks diagnose\n"
		"< bacnet answers diagnose\n"},
	{"a device that pushes values is the one that has them",
		"< 810a001a 0104 0005110109051c020000092c0000000139004e4f\n"
		"> 810a0009 0100 201101\n"
		"< 810b0018 0100 100209051c020000092c0000000139004e4f\n"
		"< 810a000c 0104 000512020905\n"
		"> 810a0009 0100 601209\n",
		"< bacnet answers read\n"
		"> bacnet asks\n"
		"> confirmed\n"
		"< bacnet answers read\n"
		"< bacnet answers read\n"
		"> bacnet asks\n"
		"> confirmed\n"},
	{"a response cut by the snap length keeps what was whole",
		"<~ 810a0069 0100 30210e0c0200003d1e294d4e7508004368696c6c65724f29464e75050043482d394f\n",
		"< bacnet answers diagnose\n"
		"< fact sender name = Chiller [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender model = CH-9 [ReadPropertyMultiple-ACK] 95%\n"
		"< fact sender device_instance = 61 [ReadPropertyMultiple-ACK] 95%\n"
		"< malformed\n"},
	{"what is no BACnet: types, functions, lengths, versions, reserved bits, sources",
		"> 80 0a 0008 01 00 10 08\n"
		"> 81 0d 0008 01 00 10 08\n"
		"> 81 0a 0003 01 00 10 08\n"
		"> 81 0a 0007 01 00 10 08\n"
		"> 81 0a 0009 01 00 10 08\n"
		"> 810a0008 02001008\n"
		"> 810a0008 01401008\n"
		"> 810a000c 0108000001051008\n"
		"> 810a000b 01080005001008\n"
		"> 810a000c 0108ffff01051008\n"
		"> 810a0009 0100 800000\n",
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> more 9\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"
		"> malformed\n"},
};

START_TEST(says)
{
	char *said = harness_run(&bacnet_dissector, HARNESS_PROVEN, cases[_i].script);
	harness_compare(cases[_i].name, said, cases[_i].said);
}
END_TEST

START_TEST(abused)
{
	ck_assert_uint_eq(harness_abuse(&bacnet_dissector, cases[_i].script), 0);
}
END_TEST

int main(void)
{
	int count = sizeof(cases) / sizeof(cases[0]);
	TCase *tcase = tcase_create("bacnet");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says, 0, count);
	tcase_add_loop_test(tcase, abused, 0, count);
	return check_main("bacnet", tcase);
}
