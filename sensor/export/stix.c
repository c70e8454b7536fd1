/* SPDX-License-Identifier: Apache-2.0 */
/* stix.c - the assets as a STIX 2.1 bundle. */
#include "sensor/export/export.h"

#include <errno.h>

int export_stix(FILE *out, const struct conclusions *c, const char *site)
{
	(void)out, (void)c, (void)site;
	return -ENOSYS;
}
