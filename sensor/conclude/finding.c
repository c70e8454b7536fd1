/* SPDX-License-Identifier: Apache-2.0 */
/* finding.c - what a person should decide about. */
#include "sensor/conclude/work.h"

bool finding_settle(struct work *w)
{
	return !w->failed;
}
