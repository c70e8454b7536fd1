/* SPDX-License-Identifier: Apache-2.0 */
/* finding.c - what a person should decide about. */
#include "sensor/conclude/work.h"

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"info", "low", "medium", "high"};
	return severity <= SEVERITY_HIGH ? names[severity] : "";
}

bool finding_settle(struct work *w)
{
	return !w->failed;
}
