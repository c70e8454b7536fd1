/* SPDX-License-Identifier: Apache-2.0 */
/* netbox_parts.h - what the files of the NetBox export share; private to export/. */
#ifndef EARSHOT_NETBOX_PARTS_H
#define EARSHOT_NETBOX_PARTS_H

#include "sensor/conclude/asset.h"
#include "sensor/export/csv_table.h"
#include "sensor/export/netbox_names.h"

/* What an asset is in NetBox. */
enum netbox_kind {
	NETBOX_LEFT_OUT, /* hosts outside the plant */
	NETBOX_DEVICE,   /* what has addresses, and what stands behind a gateway */
	NETBOX_MODULE    /* what sits in a slot */
};

struct netbox {
	const struct conclusions *c;
	const char *site; /* never "" */
	struct arena arena;
	struct netbox_registry makers, types, module_types, roles;
	const char **module_names; /* by entry of module_types: unique among all manufacturers */
	uint8_t *kinds;            /* by asset: enum netbox_kind */
	const char **names;        /* by asset that is a device */
	uint32_t *type_of;         /* by asset: entry of types or module_types */
	uint32_t *role_of;         /* by asset that is a device */
	const char **tags;         /* by asset that is a device */
	size_t outside;            /* left out, with their modules */
	bool failed;
};

/* netbox_gather.c: everything that must be known before the first file is written. */
void netbox_gather(struct netbox *n);
void netbox_clear(struct netbox *n);

/* netbox_tables.c: one file each. */
int netbox_devices(FILE *out, struct netbox *n);
int netbox_interfaces(FILE *out, struct netbox *n);
int netbox_macs(FILE *out, struct netbox *n);
int netbox_ips(FILE *out, struct netbox *n);
int netbox_bays(FILE *out, struct netbox *n);
int netbox_modules(FILE *out, struct netbox *n);

#endif
