/* SPDX-License-Identifier: Apache-2.0 */
/* cpe.c - the few programs whose greeting is enough to name them; see cpe.h for what that takes. */
#include "sensor/export/cpe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names as in the CPE dictionary of the NVD (https://nvd.nist.gov/products/cpe). */
static const struct {
	enum protocol protocol;
	const char *lead; /* what stands before the version */
	const char *vendor, *product, *cpe;
	bool patch_level; /* "p1" may follow, and is the update */
	int first;        /* least number that the version may begin with */
} programs[] = {
	{PROTOCOL_SSH, "SSH-2.0-OpenSSH_", "OpenBSD", "OpenSSH", "openbsd:openssh", true, 1},
	{PROTOCOL_SSH, "SSH-1.99-OpenSSH_", "OpenBSD", "OpenSSH", "openbsd:openssh", true, 1},
	{PROTOCOL_SSH, "SSH-2.0-dropbear_", "Dropbear SSH project", "Dropbear SSH", "dropbear_ssh_project:dropbear_ssh",
		false, 2012},
	{PROTOCOL_HTTP, "Apache/", "Apache", "HTTP Server", "apache:http_server", false, 1},
	{PROTOCOL_HTTP, "lighttpd/", "lighttpd", "lighttpd", "lighttpd:lighttpd", false, 1},
};

/* The length of "1.2" or "1.2.3" at `text`; 0 when there is something else. */
static size_t version_len(const char *text)
{
	size_t len = 0, dots = 0;
	while (isdigit((unsigned char)text[len])) {
		while (isdigit((unsigned char)text[len]))
			len++;
		if (text[len] != '.' || !isdigit((unsigned char)text[len + 1]))
			break;
		len++;
		dots++;
	}
	return dots > 0 ? len : 0;
}

static size_t patch_len(const char *text)
{
	size_t len = 1;
	if (text[0] != 'p')
		return 0;
	while (isdigit((unsigned char)text[len]))
		len++;
	return len > 1 ? len : 0;
}

bool cpe_of_banner(struct cpe *out, enum protocol protocol, const char *banner)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		size_t lead = strlen(programs[i].lead);
		if (programs[i].protocol != protocol || strncmp(banner, programs[i].lead, lead) != 0)
			continue;
		const char *version = banner + lead;
		size_t len = version_len(version), patch = programs[i].patch_level ? patch_len(version + len) : 0;
		char end = version[len + patch];
		if (len == 0 || len + patch >= CPE_VERSION_MAX || (end != '\0' && end != ' ') ||
			strtol(version, NULL, 10) < programs[i].first)
			return false;
		out->vendor = programs[i].vendor;
		out->product = programs[i].product;
		snprintf(out->version, sizeof(out->version), "%.*s", (int)(len + patch), version);
		const char *update = programs[i].patch_level ? "-" : "*";
		snprintf(out->name, sizeof(out->name), "cpe:2.3:a:%s:%.*s:%.*s:*:*:*:*:*:*", programs[i].cpe, (int)len,
			version, patch > 0 ? (int)patch : 1, patch > 0 ? version + len : update);
		return true;
	}
	return false;
}
