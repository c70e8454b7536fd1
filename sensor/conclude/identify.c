/* SPDX-License-Identifier: Apache-2.0 */
/* identify.c - what would have told the identity of an asset that has none, from the list `identify` of the rules. */
#include "sensor/conclude/rules.h"
#include "sensor/conclude/work.h"

#include <string.h>

/* The protocol whose identity message a place inside a device would answer. */
static const char *const protocol_of_place[PATH_KINDS] = {
	[PATH_MODBUS_UNIT] = "modbus",
	[PATH_DNP3_ADDRESS] = "dnp3",
	[PATH_CIP_PORT_SLOT] = "cip",
	[PATH_S7_RACK_SLOT] = "s7comm",
	[PATH_BACNET_DEVICE] = "bacnet",
	[PATH_IEC104_COMMON_ADDRESS] = "iec104",
	[PATH_PN_SLOT] = "pn-io",
};

static bool speaks(const struct asset *asset, const char *protocol)
{
	if (*protocol == '\0')
		return true;
	if (asset->parent != ASSET_NONE && protocol_of_place[asset->at.kind] != NULL)
		return strcmp(protocol_of_place[asset->at.kind], protocol) == 0;
	for (size_t i = 0; i < asset->role_count; i++)
		if (strcmp(asset->roles[i].protocol, protocol) == 0 && strcmp(asset->roles[i].role, "client") != 0)
			return true;
	return false;
}

void identify_settle(struct work *w)
{
	const struct rules *rules = knowledge_rules(w->knowledge);
	for (uint32_t a = 0; rules != NULL && a < w->out->asset_count; a++) {
		struct asset *asset = &w->out->assets[a];
		if (asset->model != NULL || asset->order_number != NULL)
			continue;
		for (size_t i = 0; i < rules->observation_count && asset->would_identify == NULL; i++)
			if (speaks(asset, rules->observations[i].protocol))
				asset->would_identify = rules->observations[i].sentence;
	}
}
