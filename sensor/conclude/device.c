/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device.c - which addresses are one device.
 *
 * A MAC is a device's own when ARP, ND or DHCP bind it to the IP or the device tells it, or when the IP
 * arrived from it, with no router in between, and it carries no other network. A MAC that carries other
 * networks is a router; what is behind it has no known MAC. Two addresses that tell one serial number are
 * one device with two interfaces.
 */
#include "sensor/conclude/work.h"

#include <stdlib.h>
#include <string.h>

/* More IPv4 addresses than this behind one MAC by ARP: a router that answers for others. */
#define OWN_IPS_MAX 16
/* IPv6 hosts change their addresses every day; more than these are a flood or a tunnel. */
#define OWN_IPV6_MAX 256

static int proof_by_ip(const void *left, const void *right)
{
	const struct proof *a = left, *b = right;
	if (a->ip != b->ip)
		return a->ip < b->ip ? -1 : 1;
	return a->mac == b->mac ? 0 : a->mac < b->mac ? -1 : 1;
}

static int row_by_mac(const void *left, const void *right, void *proofs)
{
	const struct proof *a = (struct proof *)proofs + *(const uint32_t *)left;
	const struct proof *b = (struct proof *)proofs + *(const uint32_t *)right;
	if (a->mac != b->mac)
		return a->mac < b->mac ? -1 : 1;
	return a->ip == b->ip ? 0 : a->ip < b->ip ? -1 : 1;
}

void span_widen(const struct work *w, struct span *span, const struct span *by)
{
	if (sighting_compare(w->inventory, &by->first, &span->first) < 0)
		span->first = by->first;
	if (sighting_compare(w->inventory, &by->last, &span->last) > 0)
		span->last = by->last;
}

/* What a fact proves, if it binds a MAC and an IP: the one is its endpoint, the other its value. */
static bool proof_from_fact(const struct work *w, const struct fact *f, struct proof *out)
{
	struct address named;
	const struct endpoint *e = &w->inventory->endpoints[f->endpoint];
	if (e->path_kind != PATH_NONE || !fact_names_address(w->inventory, f, &named))
		return false;
	if ((e->address.kind == ADDRESS_MAC) == (named.kind == ADDRESS_MAC))
		return false;
	uint32_t here = w->node_of[f->endpoint], there = node_find(w, &named);
	bool stated = f->protocol == PROTOCOL_ARP || f->protocol == PROTOCOL_ND || f->protocol == PROTOCOL_DHCP;
	*out = (struct proof){.ip = named.kind == ADDRESS_MAC ? here : there,
		.mac = named.kind == ADDRESS_MAC ? there : here,
		.stated = stated,
		.own_word = !stated,
		.managed = f->protocol == PROTOCOL_LLDP || f->protocol == PROTOCOL_CDP,
		.hops = HOPS_UNKNOWN,
		.last = f->seen.last};
	return w->nodes[here].unicast && there != ASSET_NONE;
}

static void proofs_merge(struct work *w)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < w->proof_count; i++) {
		struct proof *last = n > 0 ? &w->proofs[n - 1] : NULL;
		const struct proof *p = &w->proofs[i];
		if (last == NULL || proof_by_ip(last, p) != 0) {
			w->proofs[n++] = *p;
			continue;
		}
		last->stated |= p->stated;
		last->own_word |= p->own_word;
		last->managed |= p->managed;
		last->arrived |= p->arrived;
		if (p->hops < last->hops)
			last->hops = p->hops;
		if (sighting_compare(w->inventory, &p->last, &last->last) > 0)
			last->last = p->last;
	}
	w->proof_count = n;
}

static bool proofs_collect(struct work *w)
{
	const struct inventory *inv = w->inventory;
	struct proof p;
	uint32_t room = inv->binding_count;
	for (uint32_t i = 0; i < inv->fact_count; i++)
		room += inv->facts[i].attribute == ATTRIBUTE_MAC || inv->facts[i].attribute == ATTRIBUTE_IP;
	struct arena local = {0};
	w->proofs = work_alloc(w, &local, room, sizeof(*w->proofs));
	for (uint32_t i = 0; !w->failed && i < inv->fact_count; i++)
		if (proof_from_fact(w, &inv->facts[i], &p))
			w->proofs[w->proof_count++] = p;
	for (uint32_t i = 0; !w->failed && i < inv->binding_count; i++) {
		const struct binding *b = &inv->bindings[i];
		p = (struct proof){.ip = w->node_of[b->ip],
			.mac = w->node_of[b->mac],
			.arrived = true,
			.hops = b->hops,
			.last = b->seen.last};
		if (w->nodes[p.ip].unicast && w->nodes[p.mac].unicast)
			w->proofs[w->proof_count++] = p;
	}
	if (w->proof_count > 1)
		qsort(w->proofs, w->proof_count, sizeof(*w->proofs), proof_by_ip);
	proofs_merge(w); /* most are told twice, by a message and by how frames arrive */
	struct proof *merged = work_early(w, w->proof_count, sizeof(*merged));
	if (!w->failed && w->proof_count > 0)
		memcpy(merged, w->proofs, w->proof_count * sizeof(*merged));
	w->proofs = merged;
	arena_clear(&local);
	return !w->failed;
}

/* Marks the IPs that somebody stated a MAC of: from any other MAC they are only passing. */
static void stated_mark(struct work *w)
{
	for (uint32_t i = 0; i < w->proof_count; i++)
		if (w->proofs[i].stated || w->proofs[i].own_word)
			w->nodes[w->proofs[i].ip].stated = true;
}

/* A public address that talks with a private one is not in its network, whatever the hop limit looks like. */
static void remote_mark(struct work *w)
{
	for (uint32_t i = 0; i < w->inventory->link_count; i++) {
		struct node *a = &w->nodes[w->node_of[w->inventory->links[i].client]];
		struct node *b = &w->nodes[w->node_of[w->inventory->links[i].server]];
		bool both = a->address.kind == ADDRESS_IPV4 && b->address.kind == ADDRESS_IPV4 && a->spoke &&
			    b->spoke && !address_is_link_local(&a->address) && !address_is_link_local(&b->address);
		if (both && address_is_public(&a->address) != address_is_public(&b->address))
			(address_is_public(&a->address) ? a : b)->remote = true;
	}
}

static bool is_far(const struct work *w, const struct proof *p)
{
	return (p->hops != HOPS_UNKNOWN && p->hops > 0) || w->nodes[p->ip].remote;
}

/* Whether what was told of a MAC holds: not for one of many, not for a host that a router stands before. */
static void statements_judge(struct work *w, const uint32_t *rows, uint32_t count)
{
	uint32_t v4 = 0, v6 = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct proof *p = &w->proofs[rows[i]];
		bool is_v4 = w->nodes[p->ip].address.kind == ADDRESS_IPV4;
		v4 += p->stated && is_v4;
		v6 += p->stated && !is_v4;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct proof *p = &w->proofs[rows[i]];
		bool is_v4 = w->nodes[p->ip].address.kind == ADDRESS_IPV4;
		bool far = p->arrived && p->hops != HOPS_UNKNOWN && p->hops > 0;
		bool proxied = is_v4 ? v4 > OWN_IPS_MAX || (far && v4 > 1) : v6 > OWN_IPV6_MAX;
		p->joined = (p->stated && !proxied) || p->own_word;
		w->nodes[p->mac].carried += p->stated && proxied;
	}
}

/* The networks that a MAC is proved to live in. */
struct home {
	uint64_t subnets[OWN_IPS_MAX]; /* more than a device has; IPv6 hosts change addresses, not networks */
	uint32_t count;
};

/* What only arrived from a MAC, of one kind of address. */
struct arrivals {
	uint32_t addresses, subnets;
	uint32_t foreign_addresses, foreign_subnets; /* outside the home */
	uint32_t far;                                /* a router lowered the hop limit */
};

static bool is_home(const struct home *home, uint64_t subnet)
{
	for (uint32_t i = 0; i < home->count; i++)
		if (home->subnets[i] == subnet)
			return true;
	return false;
}

static struct home home_find(const struct work *w, const uint32_t *rows, uint32_t count, uint8_t kind)
{
	struct home home = {.count = 0};
	for (uint32_t i = 0; i < count && home.count < OWN_IPS_MAX; i++) {
		const struct proof *p = &w->proofs[rows[i]];
		const struct address *a = &w->nodes[p->ip].address;
		if (p->joined && a->kind == kind && !address_is_link_local(a) && !is_home(&home, subnet_of(w, a)))
			home.subnets[home.count++] = subnet_of(w, a);
	}
	return home;
}

/* True when this IP came from the MAC and nobody said whose it is. */
static bool is_arrival(const struct work *w, const struct proof *p, uint8_t kind)
{
	const struct node *ip = &w->nodes[p->ip];
	return p->arrived && !p->stated && !p->own_word && ip->address.kind == kind &&
	       !address_is_link_local(&ip->address);
}

static struct arrivals arrivals_count(
	const struct work *w, const uint32_t *rows, uint32_t count, uint8_t kind, const struct home *home)
{
	struct arrivals seen = {0};
	uint64_t last = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct proof *p = &w->proofs[rows[i]];
		if (!is_arrival(w, p, kind))
			continue;
		uint64_t subnet = subnet_of(w, &w->nodes[p->ip].address);
		bool far = is_far(w, p), foreign = far || !is_home(home, subnet);
		if (seen.subnets == 0 || subnet != last) { /* rows are in the order of addresses */
			seen.subnets++;
			seen.foreign_subnets += foreign;
		}
		last = subnet;
		seen.addresses++;
		seen.foreign_addresses += foreign;
		seen.far += far;
	}
	return seen;
}

/* The addresses of one kind that arrived from a MAC without a word: its own, or those of others? */
static void arrivals_judge(struct work *w, const uint32_t *rows, uint32_t count, uint8_t kind)
{
	struct home home = home_find(w, rows, count, kind);
	struct arrivals seen = arrivals_count(w, rows, count, kind, &home);
	bool few = seen.addresses <= (kind == ADDRESS_IPV6 ? OWN_IPV6_MAX : OWN_IPS_MAX);
	bool one_network = home.count > 0 ? seen.foreign_subnets == 0 : seen.subnets == 1;
	bool own = few && one_network && seen.far == 0;
	for (uint32_t i = 0; i < count; i++) {
		struct proof *p = &w->proofs[rows[i]];
		/* A host has several IPv6 networks; a hop limit that nobody lowered is proof there. */
		if (is_arrival(w, p, kind) && !w->nodes[p->ip].stated)
			p->joined = own || (kind == ADDRESS_IPV6 && few && p->hops == 0);
	}
	if (own || (kind == ADDRESS_IPV6 && few && seen.far == 0))
		return;
	if (home.count == 0 && seen.far == 0 && seen.foreign_subnets > 0) { /* one of them may be its own */
		seen.foreign_subnets--;
		seen.foreign_addresses--;
	}
	struct node *mac = &w->nodes[w->proofs[rows[0]].mac];
	uint32_t subnets = mac->subnets + seen.foreign_subnets;
	mac->carried += seen.foreign_addresses;
	mac->subnets = (uint8_t)(subnets > UINT8_MAX ? UINT8_MAX : subnets);
}

static void mac_judge(struct work *w, const uint32_t *rows, uint32_t count)
{
	statements_judge(w, rows, count);
	for (uint32_t i = 0; i < count; i++) {
		struct proof *p = &w->proofs[rows[i]];
		if (p->arrived && address_is_link_local(&w->nodes[p->ip].address) && !w->nodes[p->ip].stated)
			p->joined = true; /* no router forwards these */
	}
	arrivals_judge(w, rows, count, ADDRESS_IPV4);
	arrivals_judge(w, rows, count, ADDRESS_IPV6);
	for (uint32_t i = 0; i < count; i++)
		w->nodes[w->proofs[rows[i]].mac].owned += w->proofs[rows[i]].joined;
}

/*
 * Several MACs for one IP: a replaced device, a doubled address, a second card, or somebody who lies.
 * A MAC without another IP belongs to this one; when all have others, the one seen last holds it.
 * A MAC that routers share is theirs, and no conflict. Neither is a port that names the address it is managed at.
 */
static void ip_judge(struct work *w, struct proof *proofs, uint32_t count)
{
	struct proof *latest = NULL;
	uint32_t joined = 0, lone = 0, shared = 0, managed = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct proof *p = &proofs[i];
		if (!p->joined)
			continue;
		joined++;
		lone += w->nodes[p->mac].owned == 1;
		shared += w->nodes[p->mac].router_virtual;
		managed += p->managed;
		if (latest == NULL || sighting_compare(w->inventory, &p->last, &latest->last) > 0)
			latest = p;
	}
	if (joined < 2)
		return;
	for (uint32_t i = 0; i < count; i++) {
		struct proof *p = &proofs[i];
		const struct node *mac = &w->nodes[p->mac];
		if (!p->joined)
			continue;
		p->conflict = shared == 0 && joined - managed > 1;
		if (p->managed)
			continue;
		if (shared > 0)
			p->joined = mac->router_virtual;
		else if (lone > 0)
			p->joined = mac->owned == 1;
		else
			p->joined = p == latest;
	}
}

/* For the findings, when the proofs are gone. */
static void disputes_keep(struct work *w)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < w->proof_count; i++)
		count += w->proofs[i].conflict;
	w->disputes = work_scratch(w, count, sizeof(*w->disputes));
	for (uint32_t i = 0; i < w->proof_count && !w->failed; i++)
		if (w->proofs[i].conflict)
			w->disputes[w->dispute_count++] = w->proofs[i];
}

bool device_unite(struct work *w)
{
	if (!proofs_collect(w))
		return false;
	struct arena local = {0};
	uint32_t *rows = work_alloc(w, &local, w->proof_count, sizeof(*rows));
	if (w->failed)
		return false;
	stated_mark(w);
	remote_mark(w);
	for (uint32_t i = 0; i < w->proof_count; i++)
		rows[i] = i;
	qsort_r(rows, w->proof_count, sizeof(*rows), row_by_mac, w->proofs);
	for (uint32_t i = 0, end; i < w->proof_count; i = end) {
		for (end = i + 1; end < w->proof_count && w->proofs[rows[end]].mac == w->proofs[rows[i]].mac;)
			end++;
		mac_judge(w, rows + i, end - i);
	}
	for (uint32_t i = 0, end; i < w->proof_count; i = end) {
		for (end = i + 1; end < w->proof_count && w->proofs[end].ip == w->proofs[i].ip;)
			end++;
		ip_judge(w, w->proofs + i, end - i);
	}
	arena_clear(&local);
	disputes_keep(w);
	for (uint32_t i = 0; i < w->proof_count; i++)
		if (w->proofs[i].joined)
			node_unite(w->nodes, w->proofs[i].ip, w->proofs[i].mac);
	return true;
}
