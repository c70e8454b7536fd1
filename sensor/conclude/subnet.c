/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subnet.c - which addresses share a network, as far as passive listening can know: by the masks that
 * DHCP and devices tell, else /24 (IPv4) and /64 (IPv6).
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>

#include "sensor/util/text.h"

static uint32_t be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static int network_compare(const void *left, const void *right)
{
	const struct network *a = left, *b = right;
	if (a->mask != b->mask)
		return a->mask > b->mask ? -1 : 1; /* the narrowest first: the most specific decides */
	return a->base == b->base ? 0 : a->base < b->base ? -1 : 1;
}

/* A mask of one run of ones, wide enough for a device and not a whole world. */
static bool is_mask(uint32_t mask)
{
	uint32_t hosts = ~mask;
	return (hosts & (hosts + 1)) == 0 && hosts >= 3 && hosts <= 0xffffff;
}

bool subnet_gather(struct work *w)
{
	const struct inventory *inv = w->inventory;
	uint32_t count = 0;
	for (uint32_t i = 0; i < inv->fact_count; i++)
		count += inv->facts[i].attribute == ATTRIBUTE_NETMASK;
	w->networks = work_scratch(w, count, sizeof(*w->networks));
	if (w->failed)
		return false;
	uint32_t n = 0;
	for (uint32_t i = 0; i < inv->fact_count && n < count; i++) {
		const struct fact *f = &inv->facts[i];
		const struct address *a = &inv->endpoints[f->endpoint].address;
		struct address mask;
		if (f->attribute != ATTRIBUTE_NETMASK || a->kind != ADDRESS_IPV4 ||
			!address_parse(&mask, inventory_text(inv, f->value)) || mask.kind != ADDRESS_IPV4 ||
			!is_mask(be32(mask.bytes)))
			continue;
		w->networks[n++] = (struct network){be32(a->bytes) & be32(mask.bytes), be32(mask.bytes)};
	}
	if (n > 0)
		qsort(w->networks, n, sizeof(*w->networks), network_compare);
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || network_compare(&w->networks[w->network_count - 1], &w->networks[i]) != 0)
			w->networks[w->network_count++] = w->networks[i];
	if (w->network_count > NETWORKS_MAX)
		w->network_count = NETWORKS_MAX;
	return true;
}

uint64_t subnet_of(const struct work *w, const struct address *a)
{
	if (a->kind == ADDRESS_IPV6)
		return (uint64_t)be32(a->bytes) << 32 | be32(a->bytes + 4);
	uint32_t ip = be32(a->bytes);
	for (uint32_t i = 0; i < w->network_count; i++)
		if ((ip & w->networks[i].mask) == w->networks[i].base)
			return (uint64_t)w->networks[i].base << 32 | w->networks[i].mask;
	return (uint64_t)(ip & 0xffffff00u) << 32 | 0xffffff00u;
}

bool address_is_link_local(const struct address *a)
{
	return a->kind == ADDRESS_IPV4 ? a->bytes[0] == 169 && a->bytes[1] == 254
				       : a->kind == ADDRESS_IPV6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool address_is_loopback(const struct address *a)
{
	static const uint8_t one[16] = {[15] = 1};
	return a->kind == ADDRESS_IPV4 ? a->bytes[0] == 127
				       : a->kind == ADDRESS_IPV6 && memcmp(a->bytes, one, sizeof(one)) == 0;
}

/* RFC 1918, 6598, 3927, 1122, 2544; RFC 4193, 4291. */
bool address_is_public(const struct address *a)
{
	const uint8_t *b = a->bytes;
	if (a->kind == ADDRESS_IPV6)
		return (b[0] & 0xe0) == 0x20;
	if (a->kind != ADDRESS_IPV4 || address_is_link_local(a) || address_is_loopback(a))
		return false;
	return b[0] != 10 && !(b[0] == 172 && (b[1] & 0xf0) == 16) && !(b[0] == 192 && b[1] == 168) &&
	       !(b[0] == 100 && (b[1] & 0xc0) == 64) && !(b[0] == 198 && (b[1] & 0xfe) == 18);
}
