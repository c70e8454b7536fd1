/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_greetings.c - what servers and hosts say of themselves: HTTP, SSH, FTP, Telnet, DNS, NBNS, NTP, SMB, SSDP and
 * MQTT.
 *
 * Messages written by hand from the RFCs and documents named at the heads of the dissectors. What is typed (names,
 * passwords) must not come out. harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector dns_dissector, ftp_dissector, http_dissector, mdns_dissector, mqtt_dissector,
	nbns_dissector, ntp_dissector, smb_dissector, ssdp_dissector, ssh_dissector, telnet_dissector;

/* From 10.0.0.7. */
static const struct frame own = {.source = {ADDRESS_IPV4, {10, 0, 0, 7}}, .target = {ADDRESS_IPV4, {224, 0, 0, 251}}};

START_TEST(of_http)
{
	harness_expect(&http_dissector, HARNESS_FOREIGN_PORT,
		"? 474554202f6120485454502f312e310d0a486f73743a20780d0a0d0a\n"
		"! 485454502f312e312034303120556e617574686f72697a65640d0a7365727665723a20412d42205757572f302e310d0a"
		"5757572d41757468656e7469636174653a204261736963207265616c6d3d22313735362d454e42542f41220d0a0d0a\n"
		"! 3c68746d6c3e5365727665723a20780a\n",
		"? http asks\n"
		"! http answers\n"
		"! fact sender banner = A-B WWW/0.1 [HTTP Server] 95%\n"
		"! fact sender banner = 1756-ENBT/A [HTTP WWW-Authenticate realm] 95%\n");
}
END_TEST

START_TEST(of_http_is_not_rtsp)
{
	harness_expect(&http_dissector, HARNESS_FOREIGN_PORT,
		"? 4f5054494f4e5320727473703a2f2f7820525453502f312e300d0a0d0a\n", "? malformed\n");
}
END_TEST

START_TEST(of_ssh)
{
	harness_expect(&ssh_dissector, HARNESS_PROVEN,
		"< 5353482d322e302d64726f70626561725f323031392e37380d0a\n"
		"> 5353482d322e302d4f70656e5353485f392e320d0a\n"
		"< 0000000c0614\n",
		"< ssh answers\n"
		"< fact sender banner = SSH-2.0-dropbear_2019.78 [SSH identification] 95%\n"
		"> ssh asks\n"
		"> fact sender banner = SSH-2.0-OpenSSH_9.2 [SSH identification] 95%\n");
}
END_TEST

START_TEST(of_ftp)
{
	harness_expect(&ftp_dissector, HARNESS_FOREIGN_PORT,
		"! 3232302d5678576f726b7320465450207365727665722072656164792e0d0a32323020676f0d0a\n"
		"? 555345522061646d696e0d0a\n"
		"! 3333312050617373776f72642072657175697265640d0a\n"
		"? 50415353207365637265740d0a\n"
		"! 32333020696e0d0a\n"
		"? 737973740d0a\n"
		"! 323135205678576f726b730d0a\n",
		"! ftp answers\n"
		"! fact sender banner = VxWorks FTP server ready. [FTP 220 greeting] 95%\n"
		"! ftp answers\n"
		"? ftp asks file\n"
		"? confirmed\n"
		"! ftp answers\n"
		"! ftp answers\n"
		"? ftp asks file\n"
		"? confirmed\n"
		"! ftp answers\n"
		"! fact sender os = VxWorks [FTP 215 system type] 95%\n");
}
END_TEST

START_TEST(of_smtp_is_not_ftp)
{
	harness_expect(&ftp_dissector, HARNESS_FOREIGN_PORT,
		"! 323230206d61696c2045534d54500d0a\n"
		"? 45484c4f20780d0a\n",
		"! ftp answers\n"
		"! fact sender banner = mail ESMTP [FTP 220 greeting] 95%\n");
}
END_TEST

START_TEST(of_telnet)
{
	harness_expect(&telnet_dissector, HARNESS_PROVEN,
		"< fffd18fffd20\n"
		"> fffb18fffb20\n"
		"< 0d0a4d47617465204d42333138300d0a6c6f67696e3a20\n"
		"> 61646d\n"
		"< 61646d0d0a\n",
		"< telnet answers\n"
		"> telnet asks\n"
		"> confirmed\n"
		"< telnet answers\n"
		"< fact sender banner = MGate MB3180 [Telnet greeting] 95%\n"
		"> telnet asks\n"
		"< telnet answers\n");
}
END_TEST

START_TEST(of_telnet_prompt)
{
	harness_expect(&telnet_dissector, HARNESS_PROVEN,
		"< fffb016c6f67696e3a20\n"
		"> 61646d\n"
		"< 61646d0d0a57656c636f6d652061646d0d0a\n",
		"< telnet answers\n"
		"> telnet asks\n"
		"< telnet answers\n");
}
END_TEST

START_TEST(of_dns)
{
	harness_expect(&dns_dissector, HARNESS_EXPECTED_PORT,
		"> 0007010000010000000000000474696d65076578616d706c650000010001\n"
		"< 0007818000010001000000000474696d65076578616d706c650000010001c00c000100010000003c00040a000001\n",
		"> dns asks\n"
		"< dns answers\n");
}
END_TEST

START_TEST(of_mdns)
{
	static const char script[] =
		"? 00008400000000010000000005706c632d37056c6f63616c00000180010000007800040a000007\n"
		"? 000084000000000100000000056f74686572056c6f63616c00000180010000007800040a000008\n"
		"? 00008400000000010000000004676f6e65056c6f63616c00000180010000000000040a000007\n"
		"? 0000840000000001000000000178055f68747470045f746370056c6f63616c00000180010000007800040a000007\n";
	harness_compare("mdns", harness_run_in(&own, &mdns_dissector, HARNESS_EXPECTED_PORT, script),
		"? mdns answers\n"
		"? fact sender hostname = plc-7 [mDNS address of its own] 95%\n"
		"? mdns answers\n"
		"? mdns answers\n"
		"? mdns answers\n");
	ck_assert_uint_eq(harness_abuse_in(&own, &mdns_dissector, script), 0);
}
END_TEST

START_TEST(of_nbns)
{
	static const char script[] =
		"? 000129100001000000000001204549454e454a434e444144484341434143414341434143414341434143414141000020"
		"0001c00c00200001000493e0000600000a000007\n"
		"? 000129100001000000000001204550464145464643454246454550464343414341434143414341434143414144000020"
		"0001c00c00200001000493e0000600000a000007\n"
		"? 000129100001000000000001204641454d4542454f464543414341434143414341434143414341434143414141000020"
		"0001c00c00200001000493e0000680000a000007\n"
		"? 000129100001000000000001204550464545494546464343414341434143414341434143414341434143414141000020"
		"0001c00c00200001000493e0000600000a000008\n"
		"? 00028400000000010000000020434b414141414141414141414141414141414141414141414141414141414141000021"
		"000100000000003d03504c414e5420202020202020202020008400484d492d30372020202020202020200004004f5045"
		"5241544f5220202020202020030400000000000000\n";
	harness_compare("nbns", harness_run_in(&own, &nbns_dissector, HARNESS_FOREIGN_PORT, script),
		"? nbns asks\n"
		"? fact sender hostname = HMI-07 [NBNS registration] 95%\n"
		"? nbns asks\n"
		"? nbns asks\n"
		"? nbns asks\n"
		"? nbns answers\n"
		"? fact sender hostname = HMI-07 [NBNS node status] 95%\n");
	ck_assert_uint_eq(harness_abuse_in(&own, &nbns_dissector, script), 0);
}
END_TEST

START_TEST(of_ntp)
{
	harness_expect(&ntp_dissector, HARNESS_EXPECTED_PORT,
		"> 230000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\n"
		"< 240206ec1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111\n"
		"< 240006ec1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111\n"
		"< 251006ec1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111\n",
		"> ntp asks\n"
		"< ntp answers\n");
}
END_TEST

START_TEST(of_smb)
{
	harness_expect(&smb_dissector, HARNESS_FOREIGN_PORT,
		"? 00000064fe534d4240000000000000000000010000000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
		"0000000000000000\n"
		"! 000000bafe534d4240000000000000000100010001000000000000000000000000000000000000000000000000000000"
		"000000000000000000000000000000000000000000000000000000004e544c4d53535000020000000000000038000000"
		"00000002000000000000000000000000000000003a003a00380000000a0063450000000f0200060044004f004d000100"
		"0c00480049005300540030003100030018006800690073007400300031002e0070006c0061006e00740000000000\n"
		"? 00000052fe534d4240000000000000000100010000000000000000000000000000000000000000000000000000000000"
		"00000000000000000000000000000000000000004e544c4d53535000030000006a006f006500\n",
		"? smb asks\n"
		"! smb answers\n"
		"! fact sender hostname = hist01.plant [NTLMSSP challenge] 95%\n"
		"! fact sender os = Windows 10.0.17763 [NTLMSSP challenge] 95%\n"
		"? smb asks\n");
}
END_TEST

START_TEST(of_ssdp)
{
	harness_expect(&ssdp_dissector, HARNESS_FOREIGN_PORT,
		"? 4d2d534541524348202a20485454502f312e310d0a53543a20737364703a616c6c0d0a0d0a\n"
		"! 485454502f312e3120323030204f4b0d0a53543a20780d0a5365727665723a204c696e75782f332e342055506e502f31"
		"2e302043616d2f312e320d0a55534e3a20757569643a310d0a0d0a\n"
		"! 485454502f312e3120323030204f4b0d0a436f6e74656e742d4c656e6774683a20300d0a0d0a\n",
		"? ssdp asks\n"
		"! ssdp answers\n"
		"! fact sender banner = Linux/3.4 UPnP/1.0 Cam/1.2 [SSDP SERVER] 95%\n"
		"! foreign\n");
}
END_TEST

START_TEST(of_mqtt)
{
	harness_expect(&mqtt_dissector, HARNESS_FOREIGN_PORT,
		"? 101f00044d51545404c2003c0006656467652d3700036a6f650006736563726574\n"
		"! 20020000\n"
		"? 301d001a73704276312e302f506c616e742f4e42495254482f4c696e653701\n"
		"! 30060003612f6231\n"
		"? c000\n",
		"? mqtt asks\n"
		"? fact sender alias = edge-7 [MQTT CONNECT client identifier] 95%\n"
		"! mqtt answers\n"
		"? mqtt asks write\n"
		"? fact sender profile = Sparkplug B edge node [Sparkplug topic] 95%\n"
		"? fact sender station_name = Line7 [Sparkplug topic] 95%\n"
		"! mqtt answers read\n"
		"? mqtt asks\n");
}
END_TEST

START_TEST(of_mqtt_unopened)
{
	harness_expect(&mqtt_dissector, HARNESS_FOREIGN_PORT,
		"? c000\n"
		"? 301d001a73704276312e302f506c616e742f4e42495254482f4c696e653701\n",
		"? malformed\n"
		"? malformed\n");
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("pdus");
	tcase_set_timeout(all, 60);
	tcase_add_test(all, of_http);
	tcase_add_test(all, of_http_is_not_rtsp);
	tcase_add_test(all, of_ssh);
	tcase_add_test(all, of_ftp);
	tcase_add_test(all, of_smtp_is_not_ftp);
	tcase_add_test(all, of_telnet);
	tcase_add_test(all, of_telnet_prompt);
	tcase_add_test(all, of_dns);
	tcase_add_test(all, of_mdns);
	tcase_add_test(all, of_nbns);
	tcase_add_test(all, of_ntp);
	tcase_add_test(all, of_smb);
	tcase_add_test(all, of_ssdp);
	tcase_add_test(all, of_mqtt);
	tcase_add_test(all, of_mqtt_unopened);
	return check_main("greetings", all);
}
