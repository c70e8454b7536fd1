/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netbox.c - the inventory as CSV files for the bulk import of NetBox 4.2 and later, numbered in the order in which
 * they are to be imported: every file refers only to what the files before it make.
 *
 *	01_sites                  name slug status
 *	02_manufacturers          name slug
 *	03_device_types           manufacturer model slug part_number u_height
 *	04_device_roles           name slug color
 *	05_devices                name role manufacturer device_type serial asset_tag status site ...
 *	06_interfaces             device name type ...
 *	07_mac_addresses          mac_address device interface is_primary
 *	08_ip_addresses           address status device interface is_primary dns_name
 *	09_module_types           manufacturer model part_number
 *	10_module_bays            device name position
 *	11_modules                device module_bay module_type serial status ...
 *
 * The import makes new records only (there is no "id" column) and refuses a file of which one record is there already.
 * So what must be unique in NetBox is made of what stays the same; see netbox_gather.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "sensor/export/export.h"
#include "sensor/export/folder.h"
#include "sensor/export/netbox_parts.h"
#include "sensor/util/output.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define SITE_UNNAMED "Unnamed site"
#define COLOUR "9e9e9e" /* of roles: NetBox's grey */
#define HEIGHT "0"      /* rack units: what hangs on a rail takes none, and nothing was measured */

static int write_sites(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"name", "slug", "status"};
	struct csv_table t;
	const char *name = netbox_text(&n->arena, n->site, 100);
	const char *slug = name != NULL ? netbox_slug(&n->arena, name) : NULL;
	csv_table_start(&t, out, header, COUNT(header));
	csv_table_text(&t, name);
	csv_table_text(&t, slug);
	csv_table_text(&t, "active");
	csv_table_end(&t);
	int err = csv_table_finish(&t);
	return err == 0 && slug == NULL ? -ENOMEM : err;
}

/* Entries of a registry in the order of their keys, each by `put`. */
static int write_entries(FILE *out, struct netbox *n, const struct netbox_registry *r, const char *const *header,
	size_t columns, void (*put)(struct csv_table *t, struct netbox *n, uint32_t row))
{
	struct csv_table t;
	uint32_t *order = netbox_registry_sorted(r);
	if (order == NULL)
		return -ENOMEM;
	csv_table_start(&t, out, header, columns);
	for (uint32_t i = 0; i < r->count; i++) {
		put(&t, n, order[i]);
		csv_table_end(&t);
	}
	free(order);
	int err = csv_table_finish(&t);
	return err == 0 && n->failed ? -ENOMEM : err;
}

static void put_maker(struct csv_table *t, struct netbox *n, uint32_t row)
{
	csv_table_text(t, n->makers.entries[row].name);
	csv_table_text(t, n->makers.entries[row].key);
}

static int write_makers(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"name", "slug"};
	return write_entries(out, n, &n->makers, header, COUNT(header), put_maker);
}

static void put_type(struct csv_table *t, struct netbox *n, uint32_t row)
{
	const struct netbox_entry *e = &n->types.entries[row];
	const char *both = netbox_slug(&n->arena, e->key);
	n->failed |= both == NULL;
	csv_table_text(t, n->makers.entries[e->maker].name);
	csv_table_text(t, e->name);
	csv_table_text(t, both);
	csv_table_text(t, e->parts_differ ? NULL : e->part);
	csv_table_text(t, HEIGHT);
}

static int write_types(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"manufacturer", "model", "slug", "part_number", "u_height"};
	return write_entries(out, n, &n->types, header, COUNT(header), put_type);
}

static void put_role(struct csv_table *t, struct netbox *n, uint32_t row)
{
	csv_table_text(t, n->roles.entries[row].name);
	csv_table_text(t, n->roles.entries[row].key);
	csv_table_text(t, COLOUR);
}

static int write_roles(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"name", "slug", "color"};
	return write_entries(out, n, &n->roles, header, COUNT(header), put_role);
}

static void put_module_type(struct csv_table *t, struct netbox *n, uint32_t row)
{
	const struct netbox_entry *e = &n->module_types.entries[row];
	csv_table_text(t, n->makers.entries[e->maker].name);
	csv_table_text(t, n->module_names[row]);
	csv_table_text(t, e->parts_differ ? NULL : e->part);
}

static int write_module_types(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"manufacturer", "model", "part_number"};
	return write_entries(out, n, &n->module_types, header, COUNT(header), put_module_type);
}

static int write_readme(FILE *out, struct netbox *n)
{
	fputs("For NetBox 4.2 and later. Import the files in the order of their numbers: choose the kind of object, "
	      "Import,\n"
	      "upload the file, format CSV. Leave out 01_sites.csv when the site is there already, and files without\n"
	      "records.\n\n"
	      "The import makes new records. When one of them is there already, NetBox refuses the whole file, so a "
	      "second\n"
	      "import makes nothing twice. One exception: NetBox takes the same MAC address several times. So import\n"
	      "07_mac_addresses.csv only after 06_interfaces.csv of the same export was taken.\n\n"
	      "Names end in the id of the asset in earshot, which is made of its MAC or IP address; the comments have "
	      "all\n"
	      "of it. Manufacturer and type \"Unknown\" mean that the device did not say it.\n",
		out);
	if (n->outside > 0)
		fprintf(out, "\nNot among the devices: %zu host%s outside the plant.\n", n->outside,
			n->outside == 1 ? "" : "s");
	return output_flush(out);
}

static int write_files(struct folder *f, struct netbox *n)
{
	static const struct {
		const char *name;
		int (*write)(FILE *out, struct netbox *n);
	} files[] = {{"00_README.txt", write_readme}, {"01_sites.csv", write_sites},
		{"02_manufacturers.csv", write_makers}, {"03_device_types.csv", write_types},
		{"04_device_roles.csv", write_roles}, {"05_devices.csv", netbox_devices},
		{"06_interfaces.csv", netbox_interfaces}, {"07_mac_addresses.csv", netbox_macs},
		{"08_ip_addresses.csv", netbox_ips}, {"09_module_types.csv", write_module_types},
		{"10_module_bays.csv", netbox_bays}, {"11_modules.csv", netbox_modules}};
	int err = 0;
	for (size_t i = 0; i < COUNT(files) && err == 0 && f->err == 0; i++) {
		FILE *out = folder_file(f, files[i].name);
		errno = 0;
		if (out != NULL)
			err = files[i].write(out, n);
	}
	return err;
}

int export_netbox(const char *folder, const struct conclusions *c, const char *site)
{
	struct netbox n = {.c = c, .site = site != NULL && *site != '\0' ? site : SITE_UNNAMED};
	struct folder f;
	netbox_gather(&n);
	folder_open(&f, folder);
	int err = folder_close(&f, n.failed ? -ENOMEM : write_files(&f, &n));
	netbox_clear(&n);
	return err;
}
