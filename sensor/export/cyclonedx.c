/* SPDX-License-Identifier: Apache-2.0 */
/* cyclonedx.c - the assets as a CycloneDX bill of materials. */
#include "sensor/export/export.h"

#include <errno.h>

int export_cyclonedx(FILE *out, const struct conclusions *c, const char *site)
{
	(void)out, (void)c, (void)site;
	return -ENOSYS;
}

int export_cyclonedx_1_7(FILE *out, const struct conclusions *c, const char *site)
{
	return export_cyclonedx(out, c, site);
}
