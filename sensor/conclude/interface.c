/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interface.c - the network interfaces of each device: a MAC with the IPs that are proved to be its own,
 * the VLANs it sent frames in and the names they go by. An IP without a proved MAC is an interface without MAC:
 * the MAC that its frames carried is a router's.
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

/* The rows of one device while its interfaces are made. Each has a MAC of its own among the nodes, or one IP. */
struct device_rows {
	const uint32_t *nodes;
	uint32_t node_count;
	struct interface *made;
	uint32_t *macs; /* of made[i]: a node, or ASSET_NONE */
	uint32_t count;
};

/* The proofs of an IP node: proofs are sorted by IP. */
static const struct proof *proofs_of(const struct work *w, uint32_t ip, uint32_t *count)
{
	uint32_t low = 0, high = w->proof_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (w->proofs[middle].ip < ip)
			low = middle + 1;
		else
			high = middle;
	}
	uint32_t end = low;
	while (end < w->proof_count && w->proofs[end].ip == ip)
		end++;
	*count = end - low;
	return w->proofs + low;
}

static const char *node_text(struct work *w, uint32_t node)
{
	char text[ADDRESS_TEXT_MAX];
	return work_copy(w, address_text(text, &w->nodes[node].address));
}

static struct interface *interface_of_mac(struct work *w, struct device_rows *d, uint32_t mac)
{
	for (uint32_t i = 0; i < d->count; i++)
		if (mac != ASSET_NONE && d->macs[i] == mac)
			return &d->made[i];
	struct interface *made = &d->made[d->count];
	*made = (struct interface){.mac = NULL};
	d->macs[d->count++] = mac;
	if (mac != ASSET_NONE) {
		made->mac = node_text(w, mac);
		made->mac_vendor = knowledge_oui(w->knowledge, w->nodes[mac].address.bytes);
	}
	return made;
}

/* Appends to a list that is made for the most it may hold; how long it is now. */
static uint32_t list_add(struct work *w, const char ***list, uint32_t count, uint32_t most, const char *text)
{
	if (*list == NULL)
		*list = work_keep(w, most, sizeof(**list));
	for (uint32_t i = 0; *list != NULL && i < count; i++)
		if (strcmp((*list)[i], text) == 0)
			return count;
	if (*list == NULL || count == most)
		return count;
	(*list)[count] = text;
	return count + 1;
}

static void ip_place(struct work *w, struct device_rows *d, uint32_t ip)
{
	uint32_t count, joined = 0;
	const struct proof *proofs = proofs_of(w, ip, &count);
	const char *text = node_text(w, ip);
	for (uint32_t i = 0; i < count; i++) {
		if (!proofs[i].joined)
			continue;
		struct interface *at = interface_of_mac(w, d, proofs[i].mac);
		at->ip_count = list_add(w, &at->ips, at->ip_count, w->nodes[proofs[i].mac].owned, text);
		joined++;
	}
	if (joined == 0) {
		struct interface *at = interface_of_mac(w, d, ASSET_NONE);
		at->ip_count = list_add(w, &at->ips, at->ip_count, 1, text);
	}
}

static int text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int vlan_compare(const void *left, const void *right)
{
	return *(const uint16_t *)left - *(const uint16_t *)right;
}

static void vlan_add(struct work *w, struct interface *at, uint16_t vlan)
{
	for (size_t i = 0; i < at->vlan_count; i++)
		if (at->vlans[i] == vlan)
			return;
	if ((at->vlan_count & (at->vlan_count - 1)) == 0) { /* full at each power of two */
		uint16_t *more = work_keep(w, at->vlan_count ? at->vlan_count * 2u : 1, sizeof(*more));
		if (more == NULL)
			return;
		if (at->vlan_count > 0)
			memcpy(more, at->vlans, at->vlan_count * sizeof(*more));
		at->vlans = more;
	}
	at->vlans[at->vlan_count++] = vlan;
}

/* The interface of a device with this MAC, by its text: binding rows know nodes, interfaces know texts. */
static struct interface *interface_find(const struct work *w, struct asset *asset, uint32_t mac)
{
	char text[ADDRESS_TEXT_MAX];
	address_text(text, &w->nodes[mac].address);
	for (size_t i = 0; i < asset->interface_count; i++)
		if (asset->interfaces[i].mac != NULL && strcmp(asset->interfaces[i].mac, text) == 0)
			return &asset->interfaces[i];
	return NULL;
}

/* The VLANs of all frames that came from a MAC, also of those that a router passed on for others. */
static void vlans_gather(struct work *w)
{
	const struct inventory *inv = w->inventory;
	for (uint32_t i = 0; i < inv->binding_count && !w->failed; i++) {
		const struct binding *b = &inv->bindings[i];
		uint32_t mac = w->node_of[b->mac];
		if (b->vlan == VLAN_NONE || w->nodes[mac].asset == ASSET_NONE)
			continue;
		struct interface *at = interface_find(w, &w->out->assets[w->nodes[mac].asset], mac);
		if (at != NULL)
			vlan_add(w, at, b->vlan);
	}
}

static bool interface_has(const struct interface *at, const char *address)
{
	for (size_t i = 0; i < at->ip_count; i++)
		if (strcmp(at->ips[i], address) == 0)
			return true;
	return at->mac != NULL && strcmp(at->mac, address) == 0;
}

/* Host names go to the interfaces whose addresses they were told for. */
static void hostnames_gather(struct work *w, struct asset *asset)
{
	char text[ADDRESS_TEXT_MAX];
	uint32_t names = 0;
	for (uint32_t i = 0; i < asset->fact_count; i++)
		names += asset->facts[i].fact->attribute == ATTRIBUTE_HOSTNAME;
	for (uint32_t i = 0; names > 0 && i < asset->fact_count; i++) {
		const struct fact *f = asset->facts[i].fact;
		if (f->attribute != ATTRIBUTE_HOSTNAME)
			continue;
		address_text(text, &w->inventory->endpoints[f->endpoint].address);
		for (size_t j = 0; j < asset->interface_count; j++) {
			struct interface *at = &asset->interfaces[j];
			if (interface_has(at, text))
				at->hostname_count = (uint16_t)list_add(w, &at->hostnames, at->hostname_count,
					names < UINT16_MAX ? names : UINT16_MAX, asset->facts[i].value);
		}
	}
}

static void interfaces_of(struct work *w, struct asset *asset, struct device_rows *d)
{
	for (uint32_t i = 0; i < d->node_count; i++)
		if (w->nodes[d->nodes[i]].address.kind != ADDRESS_MAC)
			ip_place(w, d, d->nodes[i]);
	for (uint32_t i = 0; i < d->node_count; i++)
		if (w->nodes[d->nodes[i]].address.kind == ADDRESS_MAC)
			interface_of_mac(w, d, d->nodes[i]);
	asset->interfaces = work_keep(w, d->count, sizeof(*asset->interfaces));
	if (w->failed)
		return;
	memcpy(asset->interfaces, d->made, d->count * sizeof(*asset->interfaces));
	asset->interface_count = d->count;
}

bool interface_gather(struct work *w)
{
	struct arena local = {0};
	uint32_t devices = w->members.count, most = 0;
	for (uint32_t i = 0; i < devices; i++)
		if (w->members.first[i + 1] - w->members.first[i] > most)
			most = w->members.first[i + 1] - w->members.first[i];
	struct interface *made = work_alloc(w, &local, most, sizeof(*made));
	uint32_t *macs = work_alloc(w, &local, most, sizeof(*macs));
	for (uint32_t a = 0; a < w->out->asset_count && !w->failed; a++) {
		struct asset *asset = &w->out->assets[a];
		uint32_t device = w->device_of[a];
		if (device == ASSET_NONE)
			continue;
		struct device_rows d = {.nodes = w->members.rows + w->members.first[device],
			.node_count = w->members.first[device + 1] - w->members.first[device],
			.made = made,
			.macs = macs};
		interfaces_of(w, asset, &d);
		hostnames_gather(w, asset);
	}
	vlans_gather(w);
	for (uint32_t a = 0; a < w->out->asset_count && !w->failed; a++) {
		struct asset *asset = &w->out->assets[a];
		for (size_t i = 0; i < asset->interface_count; i++) {
			struct interface *at = &asset->interfaces[i];
			if (at->vlan_count > 1)
				qsort(at->vlans, at->vlan_count, sizeof(*at->vlans), vlan_compare);
			if (at->hostname_count > 1)
				qsort(at->hostnames, at->hostname_count, sizeof(*at->hostnames), text_compare);
		}
	}
	arena_clear(&local);
	return !w->failed;
}
