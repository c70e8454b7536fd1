/* SPDX-License-Identifier: Apache-2.0 */
/* test_names.c - UUIDs against those printed in the specifications, and which greetings make a CPE name. */
#include "../check_main.h"

#include <string.h>

#include "sensor/export/cpe.h"
#include "sensor/export/stix.h"

/* RFC 9562, appendix A.4. */
START_TEST(rfc_example)
{
	static const uint8_t dns[UUID_BYTES] = {
		0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
	struct uuids u;
	char text[UUID_TEXT_MAX];
	ck_assert_int_eq(uuids_open(&u), 0);
	ck_assert_str_eq(uuid_of(&u, text, dns, "www.example.com", 15), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
	uuids_close(&u);
}
END_TEST

/*
 * STIX 2.1: the IPv4 address is the example of section 2.9. (The examples of single objects in chapter 6 have ids that
 * do not follow that rule.) The others were made by uuid.uuid5() of Python.
 */
START_TEST(stix_examples)
{
	struct stix s = {0};
	char id[STIX_ID_MAX];
	ck_assert_int_eq(uuids_open(&s.uuids), 0);
	ck_assert_str_eq(stix_address_id(&s, id, "198.51.100.3"), "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
	ck_assert_str_eq(stix_address_id(&s, id, "2001:db8::1"), "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26");
	ck_assert_str_eq(
		stix_address_id(&s, id, "d2:fb:49:24:37:18"), "mac-addr--757b1725-9903-54f5-a855-1240691d7659");
	uuids_close(&s.uuids);
}
END_TEST

static const struct {
	enum protocol protocol;
	const char *banner, *name, *version; /* name NULL: none is certain */
} banners[] = {
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u1", "cpe:2.3:a:openbsd:openssh:8.4:p1:*:*:*:*:*:*",
		"8.4p1"},
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_9.0", "cpe:2.3:a:openbsd:openssh:9.0:-:*:*:*:*:*:*", "9.0"},
	{PROTOCOL_SSH, "SSH-1.99-OpenSSH_3.9p1", "cpe:2.3:a:openbsd:openssh:3.9:p1:*:*:*:*:*:*", "3.9p1"},
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_for_Windows_8.1", NULL, NULL},
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_8.4p", NULL, NULL}, {PROTOCOL_SSH, "SSH-2.0-OpenSSH_8.4-hpn14v5", NULL, NULL},
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_", NULL, NULL},
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_1111111111111.111111111111111", NULL, NULL},
	{PROTOCOL_SSH, "SSH-2.0-dropbear_2019.78", "cpe:2.3:a:dropbear_ssh_project:dropbear_ssh:2019.78:*:*:*:*:*:*:*",
		"2019.78"},
	{PROTOCOL_SSH, "SSH-2.0-dropbear_2011.54", NULL, NULL}, /* the dictionary had another vendor then */
	{PROTOCOL_SSH, "SSH-2.0-dropbear_0.52", NULL, NULL},
	{PROTOCOL_HTTP, "Apache/2.4.41 (Unix)", "cpe:2.3:a:apache:http_server:2.4.41:*:*:*:*:*:*:*", "2.4.41"},
	{PROTOCOL_HTTP, "lighttpd/1.4.53", "cpe:2.3:a:lighttpd:lighttpd:1.4.53:*:*:*:*:*:*:*", "1.4.53"},
	{PROTOCOL_HTTP, "Apache", NULL, NULL}, {PROTOCOL_HTTP, "Apache-Coyote/1.1", NULL, NULL},
	{PROTOCOL_HTTP, "Apache/2.4.41:*", NULL, NULL}, {PROTOCOL_HTTP, "nginx/1.18.0", NULL, NULL},
	{PROTOCOL_FTP, "Apache/2.4.41", NULL, NULL}, /* not where that program greets */
};

START_TEST(cpe_is_certain_or_absent)
{
	struct cpe cpe;
	bool made = cpe_of_banner(&cpe, banners[_i].protocol, banners[_i].banner);
	ck_assert_msg(made == (banners[_i].name != NULL), "%s", banners[_i].banner);
	if (!made)
		return;
	ck_assert_str_eq(cpe.name, banners[_i].name);
	ck_assert_str_eq(cpe.version, banners[_i].version);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("names");
	tcase_add_test(tests, rfc_example);
	tcase_add_test(tests, stix_examples);
	tcase_add_loop_test(tests, cpe_is_certain_or_absent, 0, sizeof(banners) / sizeof(banners[0]));
	return check_main("names", tests);
}
