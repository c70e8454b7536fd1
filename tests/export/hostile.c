/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile.c - the fixture with the worst that a device can call itself, in a format for other programs:
 *
 *	hostile cyclonedx|cyclonedx-1.7|stix forwards|backwards
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/fixture.h"
#include "sensor/export/export.h"

#define LONG_LEN 65536

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*write)(FILE *out, const struct conclusions *c, const char *site);
	} formats[] = {{"cyclonedx", export_cyclonedx}, {"cyclonedx-1.7", export_cyclonedx_1_7}, {"stix", export_stix}};
	static char text[LONG_LEN + sizeof("end of the long one")];
	struct fixture f;
	if (argc != 3)
		return 2;
	for (size_t i = 0; i < LONG_LEN; i += 2)
		memcpy(text + i, "\xc3\xa9", 2); /* two bytes a character: to be cut between characters */
	strcpy(text + LONG_LEN, "end of the long one");
	fixture_make(&f, strcmp(argv[2], "backwards") == 0);
	struct asset *a = f.conclusions.assets;
	a[0].firmware_version = text;
	a[0].hardware_version = text;
	a[0].vendor = FIXTURE_FORMULA;
	a[0].name = FIXTURE_TURNED;
	a[1].model = FIXTURE_LINES;
	a[1].firmware_version = FIXTURE_CONTROL;
	a[1].serial_number = FIXTURE_SCRIPT;
	/* A program that names itself: the only one of these that gets a CPE. */
	struct fact greeting = *a[0].facts[0].fact;
	greeting.attribute = ATTRIBUTE_BANNER;
	greeting.protocol = PROTOCOL_SSH;
	struct asset_fact banner = {.fact = &greeting, .value = "SSH-2.0-OpenSSH_8.4p1 Debian-5"};
	a[2].facts = &banner;
	a[2].fact_count = 1;
	int err = -1;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, argv[1]) == 0)
			err = formats[i].write(stdout, &f.conclusions, FIXTURE_SCRIPT FIXTURE_CONTROL);
	fixture_clear(&f);
	return err == 0 ? 0 : 1;
}
