/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_discovery.c - ARP, Neighbor Discovery, DHCP and the TLS hellos.
 *
 * Messages written by hand from RFC 826 and 5227, RFC 4861, RFC 2131 and 2132, RFC 8446 and 5246, from
 * which what is expected follows.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector arp_dissector, nd_dissector, dhcp_dissector, tls_dissector;

/* 10.0.0.7 (02:00:00:00:00:07) and 10.0.0.1; the same by their link-local addresses. */
static const struct frame ipv4 = {
	.source = {ADDRESS_IPV4, {10, 0, 0, 7}}, .target = {ADDRESS_IPV4, {10, 0, 0, 1}}, .hop_limit = 64};
static const struct frame ipv4_back = {
	.source = {ADDRESS_IPV4, {10, 0, 0, 1}}, .target = {ADDRESS_IPV4, {10, 0, 0, 7}}, .hop_limit = 64};
static const struct frame ipv6 = {.source = {ADDRESS_IPV6, {0xfe, 0x80, [15] = 7}},
	.target = {ADDRESS_IPV6, {0xff, 2, [15] = 1}},
	.hop_limit = 255};
static const struct frame ipv6_unspecified = {
	.source = {ADDRESS_IPV6, {0}}, .target = {ADDRESS_IPV6, {0xff, 2, [15] = 1}}, .hop_limit = 255};
static const struct frame ipv6_routed = {.source = {ADDRESS_IPV6, {0xfe, 0x80, [15] = 7}},
	.target = {ADDRESS_IPV6, {0xff, 2, [15] = 1}},
	.hop_limit = 254};

#define ZEROS16 "00000000000000000000000000000000"
#define ZEROS64 ZEROS16 ZEROS16 ZEROS16 ZEROS16
#define COOKIE "63825363"
/* The head of a DHCP message of 02:00:00:00:00:07: op and hops, ciaddr, yiaddr, giaddr; no names. */
#define DHCP_HEAD(op, hops, ciaddr, yiaddr, giaddr)                                                                    \
	op "0106" hops "12345678 0000 0000" ciaddr yiaddr "00000000" giaddr "020000000007 00000000000000000000"
#define DHCP(op, hops, ciaddr, yiaddr, giaddr)                                                                         \
	DHCP_HEAD(op, hops, ciaddr, yiaddr, giaddr) ZEROS64 ZEROS64 ZEROS64 COOKIE

static const struct {
	const char *name;
	const struct dissector *dissector;
	const struct frame *frame;
	const char *script, *said;
} cases[] = {
	{"ARP request, with the padding of Ethernet", &arp_dissector, &ipv4,
		"? 0001 0800 0604 0001 020000000007 0a000007 000000000000 0a000001 "
		"000000000000000000000000000000000000\n",
		"? fact 10.0.0.7 mac = 02:00:00:00:00:07 [ARP request] 95%\n"},
	{"ARP reply", &arp_dissector, &ipv4, "? 0001 0800 0604 0002 020000000001 0a000001 020000000007 0a000007\n",
		"? fact 10.0.0.1 mac = 02:00:00:00:00:01 [ARP reply] 95%\n"},
	{"gratuitous ARP, in both forms", &arp_dissector, &ipv4,
		"? 0001 0800 0604 0001 020000000007 0a000007 000000000000 0a000007\n"
		"? 0006 0800 0604 0002 020000000007 0a000007 ffffffffffff 0a000007\n",
		"? fact 10.0.0.7 mac = 02:00:00:00:00:07 [gratuitous ARP] 95%\n"
		"? fact 10.0.0.7 mac = 02:00:00:00:00:07 [gratuitous ARP] 95%\n"},
	{"ARP that binds nothing: probe, broadcast and multicast address, loopback, group and zero MAC", &arp_dissector,
		&ipv4,
		"? 0001 0800 0604 0001 020000000007 00000000 000000000000 0a000007\n"
		"? 0001 0800 0604 0001 020000000007 ffffffff 000000000000 0a000001\n"
		"? 0001 0800 0604 0001 020000000007 e0000001 000000000000 0a000001\n"
		"? 0001 0800 0604 0001 020000000007 7f000001 000000000000 0a000001\n"
		"? 0001 0800 0604 0001 ffffffffffff 0a000007 000000000000 0a000001\n"
		"? 0001 0800 0604 0001 000000000000 0a000007 000000000000 0a000001\n",
		""},
	{"not ARP for IPv4 over Ethernet; cut", &arp_dissector, &ipv4,
		"? 0001 0800 0604 0003 020000000007 0a000007 000000000000 0a000001\n"
		"? 0001 86dd 0610 0001 020000000007 0a000007 000000000000 0a000001\n"
		"? 000f 0800 0604 0001 020000000007 0a000007 000000000000 0a000001\n"
		"? 0001 0800 0604 0001 020000000007 0a00\n",
		"? foreign\n? foreign\n? foreign\n? more 28\n"},

	{"neighbor solicitation, with a nonce before the source", &nd_dissector, &ipv6,
		"? 8700 0000 00000000 fe800000000000000000000000000001 0e01 010203040506 0101 020000000007\n",
		"? fact fe80::7 mac = 02:00:00:00:00:07 [neighbor solicitation] 95%\n"},
	{"neighbor advertisement of an address that the frame does not come from", &nd_dissector, &ipv6,
		"? 8800 0000 60000000 20010db8000000000000000000000042 0201 020000000042\n",
		"? fact 2001:db8::42 mac = 02:00:00:00:00:42 [neighbor advertisement] 95%\n"},
	{"router solicitation and advertisement with a prefix", &nd_dissector, &ipv6,
		"? 8500 0000 00000000 0101 020000000007\n"
		"? 8600 0000 40 00 0708 00000000 00000000 0101 020000000007"
		" 0304 40c0 00278d00 00093a80 00000000 20010db8000000000000000000000000\n",
		"? fact fe80::7 mac = 02:00:00:00:00:07 [router solicitation] 95%\n"
		"? fact fe80::7 mac = 02:00:00:00:00:07 [router advertisement] 95%\n"},
	{"ND that binds nothing: the other option, none, a group MAC, a multicast target", &nd_dissector, &ipv6,
		"? 8700 0000 00000000 fe800000000000000000000000000001 0201 020000000007\n"
		"? 8800 0000 60000000 20010db8000000000000000000000042\n"
		"? 8800 0000 60000000 20010db8000000000000000000000042 0201 030000000042\n"
		"? 8800 0000 60000000 ff020000000000000000000000000042 0201 020000000042\n",
		""},
	{"duplicate address detection", &nd_dissector, &ipv6_unspecified,
		"? 8700 0000 00000000 fe800000000000000000000000000007 0101 020000000007\n", ""},
	{"ND from beyond a router", &nd_dissector, &ipv6_routed,
		"? 8700 0000 00000000 fe800000000000000000000000000001 0101 020000000007\n", "? malformed\n"},
	{"ND options: one without length, one cut", &nd_dissector, &ipv6,
		"? 8700 0000 00000000 fe800000000000000000000000000001 0100 020000000007\n"
		"? 8700 0000 00000000 fe800000000000000000000000000001 0102 020000000007\n",
		"? malformed\n? malformed\n"},
	{"ICMPv6 that is not ND; cut", &nd_dissector, &ipv6,
		"? 8000 0000 00010001 00000000\n? 8f00 0000 00000001 04000000\n? 8701 0000 00000000\n? 8700 0000\n",
		"? foreign\n? foreign\n? foreign\n? more 0\n"},

	{"DHCP discover", &dhcp_dissector, &ipv4,
		"> " DHCP("01", "00", "00000000", "00000000",
			"00000000") "350101 0c06 686d692d3031 3c08 4d53465420352e30 37020103 ff 0000\n",
		"> dhcp asks\n"
		"> fact 02:00:00:00:00:07 hostname = hmi-01 [DHCP request] 95%\n"
		"> fact 02:00:00:00:00:07 vendor_class = MSFT 5.0 [DHCP request] 95%\n"},
	{"DHCP request that a relay passes on: the client is not the sender", &dhcp_dissector, &ipv4,
		"> " DHCP("01", "01", "00000000", "00000000", "0a000007") "350103 0c06 686d692d3031 5204 0102000a ff\n",
		"> fact 02:00:00:00:00:07 hostname = hmi-01 [DHCP request] 95%\n"},
	{"DHCP request that renews the address it comes from; then one that claims another", &dhcp_dissector, &ipv4,
		"> " DHCP("01", "00", "0a000007", "00000000", "00000000") "350103 ff\n"
									  "> " DHCP("01", "00", "0a000008", "00000000",
										  "00000000") "350103 ff\n",
		"> dhcp asks\n"
		"> fact 10.0.0.7 mac = 02:00:00:00:00:07 [DHCP request] 95%\n"
		"> dhcp asks\n"},
	{"DHCP inform that names a relay, from the client itself", &dhcp_dissector, &ipv4,
		"> " DHCP("01", "00", "0a000007", "00000000", "0a0000fe") "350108 ff\n",
		"> dhcp asks\n"
		"> fact 10.0.0.7 mac = 02:00:00:00:00:07 [DHCP request] 95%\n"},
	{"client FQDN, as text and as DNS labels", &dhcp_dissector, &ipv4,
		"> " DHCP("01", "00", "00000000", "00000000",
			"00000000") "350103 510a 010000 686d692e6c616e ff\n"
				    "> " DHCP("01", "00", "00000000", "00000000",
					    "00000000") "350103 510c 050000 03686d69 036c616e 00 ff\n",
		"> dhcp asks\n"
		"> fact 02:00:00:00:00:07 hostname = hmi.lan [DHCP request] 95%\n"
		"> dhcp asks\n"
		"> fact 02:00:00:00:00:07 hostname = hmi.lan [DHCP request] 95%\n"},
	{"options that go on in the file field, then in the name field", &dhcp_dissector, &ipv4,
		"> " DHCP_HEAD("01", "00", "00000000", "00000000",
			"00000000") "3c04 50434c43 ff 000000000000000000" ZEROS16 ZEROS16 ZEROS16
				    "0c03 706c63 ff 00000000000000000000" ZEROS64 ZEROS16 ZEROS16 ZEROS16 COOKIE
				    "350101 340103 ff\n",
		"> dhcp asks\n"
		"> fact 02:00:00:00:00:07 hostname = plc [DHCP request] 95%\n"
		"> fact 02:00:00:00:00:07 vendor_class = PCLC [DHCP request] 95%\n"},
	{"DHCP offer binds nothing, an acknowledgement does", &dhcp_dissector, &ipv4_back,
		"< " DHCP("02", "00", "00000000", "0a000007",
			"00000000") "350102 0104ffffff00 03040a0000fe ff\n"
				    "< " DHCP("02", "00", "00000000", "0a000007",
					    "00000000") "350105 0104ffffff00 03080a0000fe0a0000fd ff\n"
							"< " DHCP("02", "00", "00000000", "00000000",
								"00000000") "350106 ff\n",
		"< dhcp answers\n"
		"< dhcp answers\n"
		"< fact 10.0.0.7 mac = 02:00:00:00:00:07 [DHCP ack] 95%\n"
		"< fact 10.0.0.7 netmask = 255.255.255.0 [DHCP ack] 95%\n"
		"< fact 10.0.0.7 gateway = 10.0.0.254 [DHCP ack] 95%\n"
		"< dhcp answers\n"},
	{"BOOTP: a request and its reply, without message types", &dhcp_dissector, &ipv4_back,
		"> " DHCP("01", "00", "00000000", "00000000", "00000000") "ff\n"
									  "< " DHCP("02", "00", "00000000", "0a000007",
										  "00000000") "0104ffffff00 ff\n",
		"> dhcp asks\n"
		"< dhcp answers\n"
		"< fact 10.0.0.7 mac = 02:00:00:00:00:07 [BOOTP reply] 95%\n"
		"< fact 10.0.0.7 netmask = 255.255.255.0 [BOOTP reply] 95%\n"},
	{"the acknowledgement of an inform assigns nothing", &dhcp_dissector, &ipv4_back,
		"< " DHCP("02", "00", "0a000007", "00000000", "00000000") "350105 0104ffffff00 ff\n",
		"< dhcp answers\n"
		"< fact 10.0.0.7 netmask = 255.255.255.0 [DHCP ack] 95%\n"},
	{"answers by way of a relay: to it by the server, from it by nobody", &dhcp_dissector, &ipv4_back,
		"< " DHCP("02", "00", "00000000", "0a020001", "0a000007") "350105 ff\n"
									  "< " DHCP("02", "00", "00000000", "0a020001",
										  "0a000001") "350105 ff\n",
		"< dhcp answers\n"
		"< fact 10.2.0.1 mac = 02:00:00:00:00:07 [DHCP ack] 95%\n"
		"< fact 10.2.0.1 mac = 02:00:00:00:00:07 [DHCP ack] 95%\n"},
	{"DHCP with an option cut, without a cookie, too short", &dhcp_dissector, &ipv4,
		"> " DHCP("01", "00", "00000000", "00000000", "00000000") "350101 0c10 686d69\n"
									  "> " DHCP_HEAD("01", "00", "00000000",
										  "00000000", "00000000")
										  ZEROS64 ZEROS64 ZEROS64
		"00000000 ff\n"
		"> " DHCP_HEAD("01", "00", "00000000", "00000000", "00000000") "\n"
									       "> 03010600\n",
		"> malformed\n> foreign\n> more 0\n> foreign\n"},
	{"DHCP cut by the snap length keeps the options before the cut", &dhcp_dissector, &ipv4,
		">~" DHCP("01", "00", "00000000", "00000000", "00000000") "350101 0c06 686d692d3031\n",
		"> dhcp asks\n"
		"> fact 02:00:00:00:00:07 hostname = hmi-01 [DHCP request] 95%\n"},

	{"TLS: hellos, then records that are not read", &tls_dissector, &ipv4,
		"> 1603010064 01000060 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 04 "
		"11111111"
		" 0004 1301c02f 0100 002f 000a 0004 0002001d"
		" 0000 001c 001a 00 0017 686973746f7269616e2e706c616e742e6578616d706c65 002b 0003 020304\n"
		"< 160303002c 02000028 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 1301 "
		"00 0000"
		" 140303000101 1703030006aaaaaaaaaaaa\n"
		/* an encrypted handshake record that looks like a hello by chance */
		"> 140303000101 160303002e 0100002a 0303 "
		"7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a"
		" 7a7a7a7a7a7a7a7a 1703030005bbbbbbbbbb\n",
		"> tls asks\n> confirmed\n"
		"> fact receiver server_name = historian.plant.example [ClientHello] 95%\n"
		"< tls answers\n< confirmed\n"},
	{"a ClientHello without a name; one that goes on in the next record", &tls_dissector, &ipv4,
		"> 160303003d 01000039 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 04 "
		"11111111"
		" 0004 1301c02f 0100 0008 000a 0004 0002001d\n"
		"< 1603030047 0100006f 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 04 "
		"11111111"
		" 0004 1301c02f 0100 003e 0000 000e 000c 00 0009 612e6578616d706c65"
		" 160303002c 0015 0028 0000000000000000000000000000000000000000000000000000000000000000 "
		"0000000000000000\n",
		"> tls asks\n> confirmed\n"
		"< tls asks\n< confirmed\n"
		"< fact receiver server_name = a.example [ClientHello] 95%\n"},
	{"not TLS records", &tls_dissector, &ipv4,
		"> 1603\n> 18030300010a\n> 16020000010a\n> 16030500010a\n> 1603030000\n> 1703034801\n> 1403030002\n> "
		"160303000501\n",
		"> more 0\n> foreign\n> foreign\n> foreign\n> foreign\n> foreign\n> foreign\n> more 10\n"},
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

/* Where nothing but five bytes speaks for TLS, only a hello opens the flow. */
START_TEST(tls_on_foreign_port)
{
	char *said = harness_run(&tls_dissector, HARNESS_FOREIGN_PORT,
		"? 1703030006aaaaaaaaaaaa\n"
		"? 160303002e 0500002a 0303 7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a"
		" 7a7a7a7a7a7a7a7a\n"
		"! 160303002c 02000028 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 1301 "
		"00 0000\n"
		"? 1703030006aaaaaaaaaaaa\n");
	harness_compare("TLS on a foreign port", said, "? malformed\n? malformed\n! tls answers\n! confirmed\n");
}
END_TEST

int main(void)
{
	int count = sizeof(cases) / sizeof(cases[0]);
	TCase *tcase = tcase_create("discovery");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, says, 0, count);
	tcase_add_loop_test(tcase, abused, 0, count);
	tcase_add_test(tcase, tls_on_foreign_port);
	return check_main("discovery", tcase);
}
