/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - the page with the inventory in it.
 *
 * An HTML parser leaves a script element only at a "<", and element_write() never writes one: it is \u003c there.
 * So no text from the wire can end the element, begin a comment in it or become markup.
 */
#include "sensor/report/report.h"

#include <errno.h>
#include <string.h>

#include "sensor/export/export.h"
#include "sensor/util/output.h"

/* JSON from outside: whoever wrote it, no "<" is left. Outside of strings JSON has none. */
static void put_json(FILE *out, const char *json)
{
	for (const char *less; (less = strchr(json, '<')) != NULL; json = less + 1) {
		fwrite(json, 1, (size_t)(less - json), out);
		fputs("\\u003c", out);
	}
	fputs(json, out);
}

static int put_baseline(FILE *out, const struct report_baseline *baseline)
{
	if (baseline == NULL)
		fputs("null", out);
	else if (baseline->json != NULL)
		put_json(out, baseline->json);
	else
		return export_json(out, baseline->conclusions, baseline->site);
	return 0;
}

int report_write(FILE *out, const struct conclusions *c, const char *site, const struct report_baseline *baseline)
{
	errno = 0;
	fputs(report_page_0, out);
	int err = export_json(out, c, site);
	if (err == 0) {
		fputs(report_page_1, out);
		err = put_baseline(out, baseline);
	}
	if (err != 0)
		return err;
	fputs(report_page_2, out);
	return output_flush(out);
}
