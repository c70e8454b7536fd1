/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - the page with the inventory in it.
 *
 * An HTML parser leaves a script element only at a "<", and element_write() never writes one: it is \u003c there.
 * So no text from the wire can end the element, begin a comment in it or become markup.
 */
#include "sensor/report/report.h"

#include <errno.h>

#include "sensor/export/export.h"

int report_write(FILE *out, const struct conclusions *c, const char *site, const struct conclusions *baseline,
	const char *baseline_site)
{
	errno = 0;
	fputs(report_page_0, out);
	int err = export_json(out, c, site);
	if (err == 0) {
		fputs(report_page_1, out);
		if (baseline == NULL)
			fputs("null", out);
		else
			err = export_json(out, baseline, baseline_site);
	}
	if (err != 0)
		return err;
	fputs(report_page_2, out);
	if (fflush(out) != 0 || ferror(out))
		return errno != 0 ? -errno : -EIO;
	return 0;
}
