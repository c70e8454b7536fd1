/* SPDX-License-Identifier: Apache-2.0 */
/* channel.c - what was decided about a channel. */
#include "sensor/conclude/work.h"

const char *channel_verdict_name(enum verdict_of_channel verdict)
{
	static const char *const names[CHANNEL_VERDICTS] = {
		"allowed", "denied", "unreviewed", "expired", "not observed"};
	return verdict < CHANNEL_VERDICTS ? names[verdict] : "";
}

bool channels_judge(struct work *w, struct conduit *conduit)
{
	(void)conduit;
	return !w->failed;
}
