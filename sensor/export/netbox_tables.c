/* SPDX-License-Identifier: Apache-2.0 */
/* netbox_tables.c - devices, interfaces, addresses, bays and modules as the bulk import of NetBox takes them. */
#include <errno.h>
#include <string.h>

#include "earshot/attribute.h"
#include "sensor/export/netbox_parts.h"
#include "sensor/util/text.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define DESCRIPTION_MAX 200
#define COMMENTS_MAX 4000 /* no limit of NetBox's; a page that people read */
#define SERIAL_MAX_NETBOX 50
#define POSITION_MAX 30
#define BAY_MAX 64
#define DNS_MAX 255

static void put_text(struct csv_table *t, struct netbox *n, const char *text, size_t max)
{
	const char *out = netbox_text(&n->arena, text, max);
	n->failed |= out == NULL;
	csv_table_text(t, out);
}

/* "firmware V3.2.17; level 1; zone cell-10.20.10.11" */
static void put_description(struct csv_table *t, struct netbox *n, uint32_t asset)
{
	const struct asset *a = &n->c->assets[asset];
	const struct asset *device = a->parent != ASSET_NONE ? &n->c->assets[a->parent] : a;
	const struct {
		const char *word, *text;
	} parts[] = {{"firmware", a->firmware_version}, {"hardware", a->hardware_version}, {"OS", a->os},
		{"level", a->purdue_level}, {"zone", device->zone != ZONE_NONE ? n->c->zones[device->zone].id : NULL}};
	joined_start(&t->list);
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (parts[i].text == NULL)
			continue;
		const char *piece = arena_format(&n->arena, "%s %s", parts[i].word, parts[i].text);
		n->failed |= piece == NULL;
		joined_add(&t->list, piece);
	}
	put_text(t, n, joined_text(&t->list), DESCRIPTION_MAX);
}

/* Where to look it up, and what people said. */
static void put_comments(struct csv_table *t, struct netbox *n, uint32_t asset)
{
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
	const struct asset *a = &n->c->assets[asset];
	const struct declared_asset *d = a->declared;
	bool behind = a->parent != ASSET_NONE && n->kinds[asset] == NETBOX_DEVICE;
	const char *text = arena_format(&n->arena, "earshot asset %s%s%s%s%s%s%s; seen from %s to %s%s%s%s%s%s%s",
		a->id, behind ? ", behind " : "", behind ? n->names[a->parent] : "", behind ? " as " : "",
		behind ? path_kind_name(a->at.kind) : "", behind ? " " : "", behind ? a->at.text : "",
		time_text(first, a->seen.first.time_ns), time_text(last, a->seen.last.time_ns),
		d != NULL && d->owner != NULL ? "; owner " : "", d != NULL && d->owner != NULL ? d->owner : "",
		d != NULL && d->location != NULL ? "; location " : "",
		d != NULL && d->location != NULL ? d->location : "",
		d != NULL && d->criticality != NULL ? "; criticality " : "",
		d != NULL && d->criticality != NULL ? d->criticality : "");
	n->failed |= text == NULL;
	put_text(t, n, text, COMMENTS_MAX);
}

static int finish(struct csv_table *t, const struct netbox *n)
{
	int err = csv_table_finish(t);
	return err == 0 && n->failed ? -ENOMEM : err;
}

int netbox_devices(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"name", "role", "manufacturer", "device_type", "serial", "asset_tag",
		"status", "site", "description", "comments"};
	const char *site = netbox_text(&n->arena, n->site, 100);
	struct csv_table t;
	n->failed |= site == NULL;
	csv_table_start(&t, out, header, COUNT(header));
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		if (n->kinds[i] != NETBOX_DEVICE)
			continue;
		const struct netbox_entry *type = &n->types.entries[n->type_of[i]];
		csv_table_text(&t, n->names[i]);
		csv_table_text(&t, n->roles.entries[n->role_of[i]].name);
		csv_table_text(&t, n->makers.entries[type->maker].name);
		csv_table_text(&t, type->name);
		put_text(&t, n, n->c->assets[i].serial_number, SERIAL_MAX_NETBOX);
		csv_table_text(&t, n->tags[i]);
		csv_table_text(&t, "active");
		csv_table_text(&t, site);
		put_description(&t, n, i);
		put_comments(&t, n, i);
		csv_table_end(&t);
	}
	return finish(&t, n);
}

/* An interface has a MAC of its own, or it is one IP address; either names it for good. */
static const char *interface_name(const struct interface *at)
{
	return at->mac != NULL ? at->mac : at->ip_count > 0 ? at->ips[0] : "unnamed";
}

static void put_interface(struct csv_table *t, struct netbox *n, uint32_t asset, const struct interface *at)
{
	csv_table_text(t, n->names[asset]);
	csv_table_text(t, interface_name(at));
	csv_table_text(t, "other"); /* a copy of the traffic does not show the medium */
	joined_start(&t->list);
	if (at->mac_vendor != NULL) {
		const char *maker = arena_format(&n->arena, "maker of the interface: %s", at->mac_vendor);
		n->failed |= maker == NULL;
		joined_add(&t->list, maker);
	}
	for (uint32_t i = 0; i < at->vlan_count; i++) {
		const char *vlan = arena_format(&n->arena, "VLAN %u", at->vlans[i]);
		n->failed |= vlan == NULL;
		joined_add(&t->list, vlan);
	}
	put_text(t, n, joined_text(&t->list), DESCRIPTION_MAX);
	csv_table_end(t);
}

int netbox_interfaces(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"device", "name", "type", "description"};
	struct csv_table t;
	csv_table_start(&t, out, header, COUNT(header));
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++)
		for (uint32_t k = 0; n->kinds[i] == NETBOX_DEVICE && k < n->c->assets[i].interface_count; k++)
			put_interface(&t, n, i, &n->c->assets[i].interfaces[k]);
	return finish(&t, n);
}

int netbox_macs(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"mac_address", "device", "interface", "is_primary"};
	struct csv_table t;
	csv_table_start(&t, out, header, COUNT(header));
	for (uint32_t i = 0; i < n->c->asset_count; i++)
		for (uint32_t k = 0; n->kinds[i] == NETBOX_DEVICE && k < n->c->assets[i].interface_count; k++) {
			const struct interface *at = &n->c->assets[i].interfaces[k];
			if (at->mac == NULL)
				continue;
			csv_table_text(&t, at->mac);
			csv_table_text(&t, n->names[i]);
			csv_table_text(&t, interface_name(at));
			csv_table_text(&t, "true");
			csv_table_end(&t);
		}
	return finish(&t, n);
}

static uint32_t bits_of(const struct address *ip)
{
	const uint8_t *b = ip->bytes;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The mask that a device says, when it has one IPv4 address to which that can belong; else 0: not known. */
static uint32_t mask_of(const struct asset *a)
{
	uint32_t ips = 0, mask = 0;
	for (uint32_t i = 0; i < a->interface_count; i++)
		for (uint32_t k = 0; k < a->interfaces[i].ip_count; k++)
			ips += strchr(a->interfaces[i].ips[k], ':') == NULL;
	for (uint32_t i = 0; i < a->fact_count && ips == 1; i++) {
		struct address address;
		if (a->facts[i].fact->attribute != ATTRIBUTE_NETMASK || a->facts[i].at.kind != PATH_NONE ||
			!address_parse(&address, a->facts[i].value) || address.kind != ADDRESS_IPV4)
			continue;
		if (mask != 0 && mask != bits_of(&address))
			return 0;
		mask = bits_of(&address);
	}
	return mask;
}

/*
 * The length of the network's prefix; without a mask the address stands for itself, because a mask that nobody said is
 * not made up. NetBox refuses the first and the last address of a network on an interface.
 */
static unsigned prefix_of(const struct address *ip, uint32_t mask)
{
	unsigned prefix = 0;
	if (ip->kind != ADDRESS_IPV4)
		return 128;
	while (prefix < 32 && (mask << prefix & 0x80000000u) != 0)
		prefix++;
	uint32_t host = bits_of(ip) & ~mask;
	bool whole = prefix > 0 && prefix < 31 && mask == ~0u << (32 - prefix);
	return whole && host != 0 && host != ~mask ? prefix : 32;
}

/* The first one that is not only good for its own wire, else the first; "" when there is none. */
static const char *primary_of(const struct asset *a, bool six)
{
	const char *first = "";
	for (uint32_t i = 0; i < a->interface_count; i++)
		for (uint32_t k = 0; k < a->interfaces[i].ip_count; k++) {
			const char *ip = a->interfaces[i].ips[k];
			bool local = strncmp(ip, "fe80:", 5) == 0 || strncmp(ip, "169.254.", 8) == 0;
			if ((strchr(ip, ':') != NULL) != six)
				continue;
			if (!local)
				return ip;
			first = *first == '\0' ? ip : first;
		}
	return first;
}

static bool is_dns_name(const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || len > DNS_MAX || name[0] == '.' || name[0] == '-' || strstr(name, "..") != NULL)
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == len;
}

static void put_ip(struct csv_table *t, struct netbox *n, uint32_t asset, const struct interface *at, const char *ip,
	bool primary, uint32_t mask)
{
	struct address address = {0};
	char text[ADDRESS_TEXT_MAX + 8];
	address_parse(&address, ip);
	snprintf(text, sizeof(text), "%s/%u", ip, prefix_of(&address, mask));
	bool named = at->hostname_count == 1 && at->ip_count == 1 && is_dns_name(at->hostnames[0]);
	csv_table_text(t, text);
	csv_table_text(t, "active");
	csv_table_text(t, n->names[asset]);
	csv_table_text(t, interface_name(at));
	csv_table_text(t, primary ? "true" : "false");
	csv_table_text(t, named ? at->hostnames[0] : NULL);
	csv_table_end(t);
}

/*
 * NetBox has an address once. What several interfaces have (a copied address, a spare that took over) is at the first
 * of them; `first` has its number, counted over all devices.
 */
static void ips_gather(struct netbox *n, struct netbox_registry *first)
{
	uint32_t number = 0;
	for (uint32_t i = 0; i < n->c->asset_count; i++) {
		const struct asset *a = &n->c->assets[i];
		for (uint32_t k = 0; n->kinds[i] == NETBOX_DEVICE && k < a->interface_count; k++, number++)
			for (uint32_t m = 0; m < a->interfaces[k].ip_count && !n->failed; m++) {
				const char *ip = a->interfaces[k].ips[m];
				struct netbox_entry entry = {.key = ip, .name = ip, .part = "", .maker = number};
				n->failed |= netbox_registry_put(first, &entry) == NETBOX_NONE;
			}
	}
}

static bool is_first(struct netbox *n, struct netbox_registry *first, const char *ip, uint32_t number)
{
	struct netbox_entry entry = {.key = ip, .name = ip, .part = ""};
	uint32_t row = netbox_registry_put(first, &entry); /* it is there */
	n->failed |= row == NETBOX_NONE;
	return !n->failed && first->entries[row].maker == number;
}

/*
 * The primary addresses come last: the import takes "false" as "the device has no primary address of this family", also
 * when an earlier line has just given it one. `number` is that of the device's first interface.
 */
static void put_ips(
	struct csv_table *t, struct netbox *n, struct netbox_registry *first, uint32_t asset, uint32_t number)
{
	const struct asset *a = &n->c->assets[asset];
	const char *primaries[2] = {primary_of(a, false), primary_of(a, true)};
	uint32_t mask = mask_of(a);
	for (unsigned pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < a->interface_count; i++)
			for (uint32_t k = 0; k < a->interfaces[i].ip_count; k++) {
				const char *ip = a->interfaces[i].ips[k];
				bool primary = strcmp(ip, primaries[0]) == 0 || strcmp(ip, primaries[1]) == 0;
				if (primary == (pass == 1) && is_first(n, first, ip, number + i))
					put_ip(t, n, asset, &a->interfaces[i], ip, primary, mask);
			}
}

int netbox_ips(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"address", "status", "device", "interface", "is_primary", "dns_name"};
	struct csv_table t;
	struct netbox_registry first = {0};
	uint32_t number = 0;
	ips_gather(n, &first);
	csv_table_start(&t, out, header, COUNT(header));
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		if (n->kinds[i] != NETBOX_DEVICE)
			continue;
		put_ips(&t, n, &first, i, number);
		number += n->c->assets[i].interface_count;
	}
	netbox_registry_clear(&first);
	return finish(&t, n);
}

/* "s7-rack-slot 0/2" */
static void put_bay(struct csv_table *t, struct netbox *n, const struct asset *a)
{
	const char *name = arena_format(&n->arena, "%s %s", path_kind_name(a->at.kind), a->at.text);
	n->failed |= name == NULL;
	put_text(t, n, name, BAY_MAX);
}

int netbox_bays(FILE *out, struct netbox *n)
{
	static const char *const header[] = {"device", "name", "position"};
	struct csv_table t;
	csv_table_start(&t, out, header, COUNT(header));
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		const struct asset *a = &n->c->assets[i];
		if (n->kinds[i] != NETBOX_MODULE)
			continue;
		csv_table_text(&t, n->names[a->parent]);
		put_bay(&t, n, a);
		put_text(&t, n, a->at.text, POSITION_MAX);
		csv_table_end(&t);
	}
	return finish(&t, n);
}

int netbox_modules(FILE *out, struct netbox *n)
{
	static const char *const header[] = {
		"device", "module_bay", "module_type", "serial", "status", "description", "comments"};
	struct csv_table t;
	csv_table_start(&t, out, header, COUNT(header));
	for (uint32_t i = 0; i < n->c->asset_count && !n->failed; i++) {
		const struct asset *a = &n->c->assets[i];
		if (n->kinds[i] != NETBOX_MODULE)
			continue;
		csv_table_text(&t, n->names[a->parent]);
		put_bay(&t, n, a);
		csv_table_text(&t, n->module_names[n->type_of[i]]);
		put_text(&t, n, a->serial_number, SERIAL_MAX_NETBOX);
		csv_table_text(&t, "active");
		put_description(&t, n, i);
		put_comments(&t, n, i);
		csv_table_end(&t);
	}
	return finish(&t, n);
}
