/* SPDX-License-Identifier: Apache-2.0 */
/* condition.c - the conditions of config/rules/types.yaml, one function for each kind. */
#include "sensor/conclude/condition.h"

#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define VALUE_MAX 256

void asked_init(struct asked *s, const struct work *w, uint32_t index)
{
	*s = (struct asked){.work = w, .index = index, .asset = &w->out->assets[index]};
	for (size_t i = 0; i < s->asset->fact_count; i++) {
		unsigned a = s->asset->facts[i].fact->attribute;
		s->attributes[a / 64] |= UINT64_C(1) << (a % 64);
	}
}

/* Takes the first bytes of a character away whose others did not fit. */
static void cut_mend(char *text, bool was_cut)
{
	size_t end = strlen(text);
	for (unsigned i = 0; was_cut && i < 3 && end > 0 && !text_is_utf8(text); i++)
		text[--end] = '\0';
}

static void say(char *because, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(char *because, const char *format, ...)
{
	if (because == NULL)
		return;
	size_t used = strlen(because);
	va_list list;
	va_start(list, format);
	if (used > 0 && used + 2 < BECAUSE_MAX) {
		memcpy(because + used, "; ", 3);
		used += 2;
	}
	int len = vsnprintf(because + used, BECAUSE_MAX - used, format, list);
	va_end(list);
	cut_mend(because, len > 0 && (size_t)len >= BECAUSE_MAX - used);
}

static bool has_word(const struct words *words, const char *text)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->at[i], text) == 0 || strcmp(words->at[i], "*") == 0)
			return true;
	return false;
}

static bool matches(const struct words *globs, const char *text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (fnmatch(globs->at[i], text, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

/* Order numbers are printed with and without spaces; globs of values have none (see rules.c). */
static bool value_matches(const struct words *globs, const char *text)
{
	char packed[VALUE_MAX];
	size_t n = 0;
	for (; *text != '\0' && n + 1 < sizeof(packed); text++)
		if (*text != ' ')
			packed[n++] = *text;
	packed[n] = '\0';
	return matches(globs, packed);
}

static bool has_number(const struct numbers *numbers, const char *code)
{
	char *after;
	unsigned long value = strtoul(code, &after, 0);
	for (size_t i = 0; after != code && i < numbers->count; i++)
		if (numbers->at[i] == value)
			return true;
	return false;
}

static bool fact_fits(const struct asked *s, const struct condition *c, const struct asset_fact *f)
{
	const struct inventory *inv = s->work->inventory;
	const char *code = inventory_text(inv, f->fact->code);
	return c->attributes[f->fact->attribute] && f->fact->confidence >= c->confidence_min &&
	       (c->values.count == 0 || value_matches(&c->values, f->value)) &&
	       (c->codes.count == 0 || has_number(&c->codes, *code != '\0' ? code : f->value)) &&
	       (c->protocols.count == 0 || has_word(&c->protocols, protocol_name(f->fact->protocol))) &&
	       (c->messages.count == 0 || matches(&c->messages, inventory_text(inv, f->fact->message)));
}

static bool fact_holds(const struct asked *s, const struct condition *c, char *because)
{
	for (size_t i = 0; i < s->asset->fact_count; i++) {
		const struct asset_fact *f = &s->asset->facts[i];
		if (!fact_fits(s, c, f))
			continue;
		say(because, "%s \"%s\" (%s, %s)", attribute_name(f->fact->attribute), f->value,
			protocol_name(f->fact->protocol), inventory_text(s->work->inventory, f->fact->message));
		return true;
	}
	return false;
}

static void operations_say(char *because, unsigned operations)
{
	char list[128] = "";
	size_t n = 0;
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (operations & bit)
			n += (size_t)snprintf(
				list + n, sizeof(list) - n, "%s%s", n > 0 ? ", " : " ", operation_name(bit));
	if (because != NULL && n > 0)
		snprintf(because + strlen(because), BECAUSE_MAX - strlen(because), ":%s", list);
}

static bool role_fits(const struct condition *c, const struct role *r)
{
	bool asks = strcmp(r->role, "server") != 0, answers = strcmp(r->role, "client") != 0;
	if (!has_word(&c->subjects, r->protocol) || (r->basis == LINK_LABELLED && !c->labelled))
		return false;
	return !((c->side == SIDE_ASKS && !asks) || (c->side == SIDE_ANSWERS && !answers));
}

/* All roles that fit are taken together: a client of three protocols has the partners of all of them. */
static bool roles_hold(const struct asset *asset, const struct condition *c, char *because)
{
	unsigned operations = 0, partners = 0;
	const struct role *first = NULL;
	for (size_t i = 0; i < asset->role_count; i++) {
		const struct role *r = &asset->roles[i];
		if (!role_fits(c, r))
			continue;
		operations |= c->side == SIDE_ASKS ? r->asked : c->side == SIDE_ANSWERS ? r->answered : r->operations;
		partners += c->side == SIDE_ASKS ? r->servers : c->side == SIDE_ANSWERS ? r->clients : r->peers;
		if (first == NULL)
			first = r;
	}
	if (first == NULL || partners < c->min || (c->max > 0 && partners > c->max))
		return false;
	if ((c->operations != 0 && !(operations & c->operations)) ||
		(c->only != 0 && (operations & ~(unsigned)c->only)))
		return false;
	say(because, "%s%s %s, %u partner%s", first->protocol, first->basis == LINK_LABELLED ? " (by libnDPI)" : "",
		c->side == SIDE_ASKS      ? "client"
		: c->side == SIDE_ANSWERS ? "server"
					  : first->role,
		partners, partners == 1 ? "" : "s");
	operations_say(because, operations);
	return true;
}

static bool children_hold(const struct asked *s, const struct condition *c, char *because)
{
	const struct conclusions *out = s->work->out;
	uint32_t count = 0;
	const struct asset *one = NULL;
	for (uint32_t i = s->index + 1; i < out->asset_count && out->assets[i].parent == s->index; i++) {
		const struct asset *child = &out->assets[i];
		if (!has_word(&c->subjects, path_kind_name(child->at.kind)) ||
			(c->values.count > 0 && !has_word(&c->values, child->type)))
			continue;
		count++;
		one = child;
	}
	if (count < (c->min > 0 ? c->min : 1))
		return false;
	say(because, "%u %s behind it, such as %s", count,
		c->values.count > 0 ? one->type : path_kind_name(one->at.kind), one->at.text);
	return true;
}

static bool place_holds(const struct asked *s, const struct condition *c, char *because)
{
	if (!has_word(&c->subjects, path_kind_name(s->asset->at.kind)))
		return false;
	say(because, "%s %s", path_kind_name(s->asset->at.kind), s->asset->at.text);
	return true;
}

static bool carries_holds(const struct asked *s, const struct condition *c, char *because)
{
	const struct work *w = s->work;
	uint32_t device = w->device_of[s->index];
	for (uint32_t i = w->members.first[device]; i < w->members.first[device + 1]; i++) {
		const struct node *node = &w->nodes[w->members.rows[i]];
		if (node->address.kind != ADDRESS_MAC || node->carried < c->min || node->subnets < c->subnets_min)
			continue;
		say(because, "%u addresses of others in %u other networks arrive from its MAC", node->carried,
			node->subnets);
		return true;
	}
	return false;
}

/* Networks of different interfaces; a second address of one interface is no second way in. */
static bool networks_holds(const struct asked *s, const struct condition *c, char *because)
{
	uint64_t seen[8]; /* more are as good as these */
	uint32_t count = 0;
	for (size_t i = 0; i < s->asset->interface_count; i++) {
		const struct interface *at = &s->asset->interfaces[i];
		struct address a;
		if (at->ip_count == 0 || !address_parse(&a, at->ips[0]) || a.kind != ADDRESS_IPV4 ||
			address_is_link_local(&a))
			continue;
		uint64_t subnet = subnet_of(s->work, &a);
		bool known = false;
		for (uint32_t j = 0; j < count; j++)
			known |= seen[j] == subnet;
		if (!known && count < sizeof(seen) / sizeof(*seen))
			seen[count++] = subnet;
	}
	if (count < c->min)
		return false;
	say(because, "interfaces in %u networks", count);
	return true;
}

static bool tried_holds(const struct asked *s, const struct condition *c, char *because)
{
	const struct tally *t = &s->work->tallies[s->index];
	if (t->tried < c->min || t->ports < c->ports_min ||
		(uint64_t)t->dead * 100 < (uint64_t)t->tried * c->dead_percent)
		return false;
	say(because, "tried %u address%s, %u of which never spoke", t->tried, t->tried == 1 ? "" : "es", t->dead);
	if (t->ports > 1)
		say(because, "up to %u ports of one", t->ports);
	return true;
}

/* True when the address came over a router: it arrived from a MAC, and the MAC is not its own. */
static bool is_behind_router(const struct work *w, uint32_t ip)
{
	bool arrived = false;
	uint32_t low = 0, high = w->proof_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (w->proofs[middle].ip < ip)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < w->proof_count && w->proofs[low].ip == ip; low++) {
		if (w->proofs[low].joined)
			return false;
		arrived |= w->proofs[low].arrived;
	}
	return arrived;
}

static bool is_of_class(const struct work *w, uint32_t node, const char *class)
{
	const struct address *a = &w->nodes[node].address;
	if (strcmp(class, "router-virtual") == 0)
		return w->nodes[node].router_virtual;
	if (a->kind == ADDRESS_MAC)
		return false;
	return strcmp(class, "public") == 0     ? address_is_public(a)
	       : strcmp(class, "private") == 0  ? !address_is_public(a) && !address_is_loopback(a)
	       : strcmp(class, "loopback") == 0 ? address_is_loopback(a)
						: is_behind_router(w, node);
}

/* One address of the device must be of all the classes. */
static bool address_holds(const struct asked *s, const struct condition *c, char *because)
{
	const struct work *w = s->work;
	uint32_t device = w->device_of[s->index];
	for (uint32_t i = w->members.first[device]; i < w->members.first[device + 1]; i++) {
		const struct address *a = &w->nodes[w->members.rows[i]].address;
		bool all = true;
		for (size_t j = 0; j < c->subjects.count && all; j++)
			all = is_of_class(w, w->members.rows[i], c->subjects.at[j]);
		if (!all)
			continue;
		char text[ADDRESS_TEXT_MAX];
		say(because, "address %s", address_text(text, a));
		return true;
	}
	return false;
}

/* When an address itself was heard; false when it never spoke. */
static bool heard(const struct work *w, uint32_t node, struct span *span)
{
	const struct inventory *inv = w->inventory;
	for (uint32_t i = w->nodes[node].first; i < w->nodes[node + 1].first; i++) {
		const struct endpoint *e = &inv->endpoints[w->order[i]];
		if (e->path_kind != PATH_NONE || !e->spoke)
			continue;
		*span = e->seen;
		return true;
	}
	return false;
}

/* A network in which a card had an address, and when that was heard. */
struct stay {
	uint64_t subnet;
	struct span seen;
};

#define STAYS_MAX 8 /* networks of one card that are compared; more are as good as these */

/* The networks of one card, those that overlap in time none; how many. */
static uint32_t stays_count(const struct work *w, const struct interface *at)
{
	struct stay stays[STAYS_MAX];
	uint32_t count = 0;
	for (uint32_t i = 0; i < at->ip_count; i++) {
		struct stay stay;
		struct address a;
		if (!address_parse(&a, at->ips[i]) || a.kind != ADDRESS_IPV4 || address_is_link_local(&a) ||
			!heard(w, node_find(w, &a), &stay.seen))
			continue;
		stay.subnet = subnet_of(w, &a);
		for (uint32_t j = 0; j < count; j++) {
			bool apart = stays[j].seen.last.time_ns < stay.seen.first.time_ns ||
				     stay.seen.last.time_ns < stays[j].seen.first.time_ns;
			if (!apart || stays[j].subnet == stay.subnet)
				return 0; /* two addresses of one time, or of one network: not a move */
		}
		if (count < STAYS_MAX)
			stays[count++] = stay;
	}
	return count;
}

/* One card had addresses in several networks, one after the other: it was carried from one to the next. */
static bool moved_holds(const struct asked *s, const struct condition *c, char *because)
{
	for (uint32_t i = 0; i < s->asset->interface_count; i++) {
		const struct interface *at = &s->asset->interfaces[i];
		uint32_t count = at->mac != NULL ? stays_count(s->work, at) : 0;
		if (count < c->min)
			continue;
		say(because, "%s was in %u networks, one after the other", at->mac, count);
		return true;
	}
	return false;
}

static bool mac_vendor_holds(const struct asked *s, const struct condition *c, char *because)
{
	for (size_t i = 0; i < s->asset->interface_count; i++) {
		const char *vendor = s->asset->interfaces[i].mac_vendor;
		if (vendor == NULL || !value_matches(&c->values, vendor))
			continue;
		say(because, "network card by %s", vendor);
		return true;
	}
	return false;
}

bool condition_holds(const struct asked *s, const struct condition *c, char *because)
{
	bool is_device = s->asset->parent == ASSET_NONE;
	switch (c->kind) {
	case CONDITION_FACT:
		return fact_holds(s, c, because);
	case CONDITION_ROLE:
		return is_device && roles_hold(s->asset, c, because);
	case CONDITION_CHILD:
		return is_device && children_hold(s, c, because);
	case CONDITION_PLACE:
		return !is_device && place_holds(s, c, because);
	case CONDITION_PARENT:
		return !is_device && roles_hold(&s->work->out->assets[s->asset->parent], c, because);
	case CONDITION_CARRIES:
		return is_device && carries_holds(s, c, because);
	case CONDITION_NETWORKS:
		return is_device && networks_holds(s, c, because);
	case CONDITION_TRIED:
		return is_device && tried_holds(s, c, because);
	case CONDITION_ADDRESS:
		return is_device && address_holds(s, c, because);
	case CONDITION_MAC_VENDOR:
		return is_device && mac_vendor_holds(s, c, because);
	case CONDITION_MOVED:
		return is_device && moved_holds(s, c, because);
	}
	return false;
}
