/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conduit.c - zone pairs that talk, the channels between them, what carried them, and who is reached from outside
 * (IEC 62443-3-2 ZCR 6.4 f, h, i).
 *
 * A link between assets of two zones is a channel of the conduit between the zones; a link inside a zone only when
 * people declared a conduit from the zone to itself. Every declared conduit is there, seen or not. When several are
 * declared for a pair, an accepted one has the channels, then a proposed one, then the first in the file.
 *
 * A conduit goes through a device when an address of one end of a channel was seen to arrive from that device's MAC in
 * the VLAN of the other end (in any, where there are no tags), and the ends are not in one subnet.
 */
#include "sensor/conclude/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

/* A link with the pair of zones it is between. */
struct crossing {
	uint32_t low, high; /* zones */
	uint32_t link;
};

/* An asset whose address arrived from another's MAC. */
struct passage {
	uint32_t router;
	uint16_t vlan;
};

struct wiring {
	struct work *w;
	struct arena *arena;
	struct crossing *crossings; /* sorted by zones, then link */
	uint32_t crossing_count;
	struct passage *passages;
	struct grouped passed; /* asset to its passages */
	uint32_t *links;       /* of all channels, by conduit */
	uint32_t link_count;
	uint32_t *stamps, stamp; /* by asset */
};

static int crossing_compare(const void *left, const void *right)
{
	const struct crossing *a = left, *b = right;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return a->link == b->link ? 0 : a->link < b->link ? -1 : 1;
}

/* Lower is asked first for the channels of a pair. */
static unsigned status_rank(enum declared_status status)
{
	return status == DECLARED_ACCEPTED ? 0 : status == DECLARED_PROPOSED ? 1 : 2;
}

/* The best declared first among those of one pair; what nobody declared comes alone. */
static int conduit_compare(const void *left, const void *right)
{
	const struct conduit *a = left, *b = right;
	for (unsigned i = 0; i < 2; i++)
		if (a->zones[i] != b->zones[i])
			return a->zones[i] < b->zones[i] ? -1 : 1;
	unsigned x = status_rank(a->declared->status), y = status_rank(b->declared->status);
	if (x != y)
		return x < y ? -1 : 1;
	return a->declared == b->declared ? 0 : a->declared < b->declared ? -1 : 1; /* both in one array */
}

static bool crossings_collect(struct wiring *v)
{
	const struct conclusions *out = v->w->out;
	v->crossings = work_alloc(v->w, v->arena, out->link_count, sizeof(*v->crossings));
	for (size_t i = 0; i < out->link_count && !v->w->failed; i++) {
		uint32_t a = out->assets[out->links[i].client].zone, b = out->assets[out->links[i].server].zone;
		if (a == ZONE_NONE || b == ZONE_NONE)
			continue;
		v->crossings[v->crossing_count++] =
			(struct crossing){.low = a < b ? a : b, .high = a < b ? b : a, .link = (uint32_t)i};
	}
	if (!v->w->failed && v->crossing_count > 1)
		qsort(v->crossings, v->crossing_count, sizeof(*v->crossings), crossing_compare);
	return !v->w->failed;
}

static bool passages_collect(struct wiring *v)
{
	struct work *w = v->w;
	const struct inventory *inv = w->inventory;
	uint32_t assets = (uint32_t)w->out->asset_count;
	uint32_t *owner = work_alloc(w, v->arena, inv->binding_count, sizeof(*owner));
	v->passages = work_alloc(w, v->arena, inv->binding_count, sizeof(*v->passages));
	v->stamps = work_alloc(w, v->arena, assets, sizeof(*v->stamps));
	for (uint32_t i = 0; i < inv->binding_count && !w->failed; i++) {
		const struct binding *b = &inv->bindings[i];
		uint32_t asset = w->nodes[w->node_of[b->ip]].asset, router = w->nodes[w->node_of[b->mac]].asset;
		v->passages[i] = (struct passage){router, b->vlan};
		owner[i] = asset != router && router != ASSET_NONE ? asset : ASSET_NONE;
	}
	return !w->failed && grouped_make(w, v->arena, &v->passed, owner, inv->binding_count, assets);
}

/* The declared conduits whose zones are declared too, by zones. */
static struct conduit *declared_collect(struct wiring *v, size_t *count)
{
	const struct declarations *d = v->w->out->declarations;
	*count = 0;
	struct conduit *list = work_alloc(v->w, v->arena, d != NULL ? d->conduit_count : 0, sizeof(*list));
	for (size_t i = 0; d != NULL && i < d->conduit_count && !v->w->failed; i++) {
		const struct declared_zone *from = declarations_zone(d, d->conduits[i].from);
		const struct declared_zone *to = declarations_zone(d, d->conduits[i].to);
		if (from == NULL || to == NULL)
			continue; /* the reader of the file does not let it through */
		uint32_t a = (uint32_t)(from - d->zones), b = (uint32_t)(to - d->zones);
		list[(*count)++] = (struct conduit){
			.id = d->conduits[i].id, .declared = &d->conduits[i], .zones = {a < b ? a : b, a < b ? b : a}};
	}
	if (!v->w->failed && *count > 1)
		qsort(list, *count, sizeof(*list), conduit_compare);
	return list;
}

static const char *pair_id(struct wiring *v, uint32_t low, uint32_t high)
{
	const char *a = v->w->out->zones[low].id, *b = v->w->out->zones[high].id;
	size_t room = strlen(a) + strlen(b) + 3;
	char *id = work_keep(v->w, room, 1);
	if (id == NULL)
		return "";
	snprintf(id, room, "%s--%s", a, b);
	return id;
}

static void channel_fill(struct wiring *v, struct channel *c, uint32_t row)
{
	const struct asset_link *l = &v->w->out->links[row];
	v->links[v->link_count] = row;
	*c = (struct channel){.initiator = l->client,
		.responder = l->server,
		.protocol = inventory_text(v->w->inventory, l->link->protocol),
		.transport = transport_name(l->link->transport),
		.port = l->link->port,
		.operations = l->asked | l->answered,
		.basis = l->link->basis,
		.answered = (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0,
		.packets = l->packets,
		.bytes = l->bytes,
		.seen = l->seen,
		.links = &v->links[v->link_count++],
		.link_count = 1,
		.verdict = CHANNEL_UNREVIEWED};
}

static int text_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void protocols_fill(struct work *w, struct conduit *conduit)
{
	uint32_t count = 0;
	conduit->protocols = work_keep(w, conduit->channel_count, sizeof(*conduit->protocols));
	for (uint32_t i = 0; i < conduit->channel_count && !w->failed; i++)
		if (*conduit->channels[i].protocol != '\0')
			conduit->protocols[count++] = conduit->channels[i].protocol;
	if (count > 1)
		qsort(conduit->protocols, count, sizeof(*conduit->protocols), text_compare);
	for (uint32_t i = 0; i < count; i++)
		if (i == 0 || strcmp(conduit->protocols[i], conduit->protocols[conduit->protocol_count - 1]) != 0)
			conduit->protocols[conduit->protocol_count++] = conduit->protocols[i];
}

/* The asset was seen in this VLAN; without tags any. */
static bool is_in_vlan(const struct asset *asset, uint16_t vlan)
{
	for (uint32_t i = 0; i < asset->interface_count; i++)
		for (uint16_t j = 0; j < asset->interfaces[i].vlan_count; j++)
			if (asset->interfaces[i].vlans[j] == vlan)
				return true;
	return vlan == VLAN_NONE;
}

/* No router stands between two addresses of one subnet, wherever else they are routed to. */
static bool is_routed(const struct wiring *v, const struct channel *c)
{
	const struct link *l = v->w->out->links[*c->links].link;
	const struct address *a = &v->w->inventory->endpoints[l->client].address;
	const struct address *b = &v->w->inventory->endpoints[l->server].address;
	return a->kind == b->kind && a->kind != ADDRESS_MAC && subnet_of(v->w, a) != subnet_of(v->w, b);
}

static int number_compare(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;
	return *a == *b ? 0 : *a < *b ? -1 : 1;
}

/* Routers that one end of a channel was seen to arrive from on the side of the other; each once for a conduit. */
static void passages_look(struct wiring *v, struct conduit *conduit, uint32_t asset, uint32_t other, bool count_only)
{
	const struct conclusions *out = v->w->out;
	const struct asset *there = &out->assets[other];
	for (uint32_t i = v->passed.first[asset]; i < v->passed.first[asset + 1]; i++) {
		const struct passage *pass = &v->passages[v->passed.rows[i]];
		if (v->stamps[pass->router] == v->stamp || pass->router == other || !is_in_vlan(there, pass->vlan))
			continue;
		v->stamps[pass->router] = v->stamp;
		if (!count_only)
			conduit->through[conduit->through_count] = pass->router;
		conduit->through_count++;
	}
}

static void through_fill(struct wiring *v, struct conduit *conduit)
{
	for (unsigned pass = 0; pass < 2 && !v->w->failed; pass++) {
		v->stamp++;
		if (pass == 1)
			conduit->through = work_keep(v->w, conduit->through_count, sizeof(*conduit->through));
		conduit->through_count = 0;
		for (uint32_t i = 0; i < conduit->channel_count && !v->w->failed; i++) {
			const struct channel *c = &conduit->channels[i];
			if (!is_routed(v, c))
				continue;
			passages_look(v, conduit, c->initiator, c->responder, pass == 0);
			passages_look(v, conduit, c->responder, c->initiator, pass == 0);
		}
	}
	if (!v->w->failed && conduit->through_count > 1)
		qsort(conduit->through, conduit->through_count, sizeof(*conduit->through), number_compare);
}

/* The channels of crossings[0 .. count), all of one pair. */
static void channels_fill(struct wiring *v, struct conduit *conduit, struct crossing *crossings, uint32_t count)
{
	const struct conclusions *out = v->w->out;
	conduit->channels = work_keep(v->w, count, sizeof(*conduit->channels));
	for (uint32_t i = 0; i < count && !v->w->failed; i++) {
		struct channel *c = &conduit->channels[conduit->channel_count++];
		channel_fill(v, c, crossings[i].link);
		conduit->initiated[out->assets[c->initiator].zone == conduit->zones[0] ? 0 : 1]++;
		conduit->packets += c->packets;
		conduit->bytes += c->bytes;
		if (i == 0)
			conduit->seen = c->seen;
		else
			span_widen(v->w, &conduit->seen, &c->seen);
	}
	if (!v->w->failed) {
		protocols_fill(v->w, conduit);
		through_fill(v, conduit);
	}
}

/* Merges what was declared with what was seen, both sorted by zones. */
static bool conduits_list(struct wiring *v, struct conduit *declared, size_t declared_count)
{
	struct conclusions *out = v->w->out;
	size_t most = declared_count, d = 0;
	for (uint32_t i = 0; i < v->crossing_count; i++)
		most += i == 0 || v->crossings[i].low != v->crossings[i - 1].low ||
			v->crossings[i].high != v->crossings[i - 1].high;
	out->conduits = work_keep(v->w, most, sizeof(*out->conduits));
	v->links = work_keep(v->w, v->crossing_count, sizeof(*v->links));
	for (uint32_t i = 0, end; i < v->crossing_count && !v->w->failed; i = end) {
		const uint32_t low = v->crossings[i].low, high = v->crossings[i].high;
		for (end = i + 1;
			end < v->crossing_count && v->crossings[end].low == low && v->crossings[end].high == high;)
			end++;
		for (; d < declared_count &&
			(declared[d].zones[0] < low || (declared[d].zones[0] == low && declared[d].zones[1] < high));
			d++)
			out->conduits[out->conduit_count++] = declared[d];
		struct conduit *made = &out->conduits[out->conduit_count];
		if (d < declared_count && declared[d].zones[0] == low && declared[d].zones[1] == high)
			*made = declared[d++];
		else if (low != high)
			*made = (struct conduit){.id = pair_id(v, low, high), .zones = {low, high}};
		else
			continue;
		out->conduit_count++;
		channels_fill(v, made, v->crossings + i, end - i);
	}
	for (; d < declared_count && !v->w->failed; d++)
		out->conduits[out->conduit_count++] = declared[d];
	return !v->w->failed;
}

/* A zone with an asset by which it is reached. */
struct entrance {
	uint32_t zone, asset;
};

static int entrance_compare(const void *left, const void *right)
{
	const struct entrance *a = left, *b = right;
	if (a->zone != b->zone)
		return a->zone < b->zone ? -1 : 1;
	return a->asset == b->asset ? 0 : a->asset < b->asset ? -1 : 1;
}

static bool entrances_keep(struct work *w, struct entrance *list, size_t count)
{
	if (count > 1)
		qsort(list, count, sizeof(*list), entrance_compare);
	for (size_t i = 0, end; i < count; i = end) {
		struct zone *zone = &w->out->zones[list[i].zone];
		for (end = i + 1; end < count && list[end].zone == list[i].zone;)
			end++;
		zone->access_points = work_keep(w, end - i, sizeof(*zone->access_points));
		if (w->failed)
			return false;
		for (size_t j = i; j < end; j++)
			if (j == i || list[j].asset != list[j - 1].asset)
				zone->access_points[zone->access_point_count++] = list[j].asset;
	}
	return true;
}

/* Assets that answered another zone, and the devices that stand between. */
static bool access_points_find(struct wiring *v)
{
	const struct conclusions *out = v->w->out;
	size_t most = 0, n = 0;
	for (size_t i = 0; i < out->conduit_count; i++)
		most += out->conduits[i].channel_count + 2 * (size_t)out->conduits[i].through_count;
	struct entrance *list = work_alloc(v->w, v->arena, most, sizeof(*list));
	for (size_t i = 0; i < out->conduit_count && !v->w->failed; i++) {
		const struct conduit *c = &out->conduits[i];
		if (c->zones[0] == c->zones[1])
			continue;
		for (uint32_t j = 0; j < c->channel_count; j++)
			if (c->channels[j].answered)
				list[n++] = (struct entrance){
					out->assets[c->channels[j].responder].zone, c->channels[j].responder};
		for (uint32_t j = 0; j < c->through_count; j++)
			for (unsigned side = 0; side < 2; side++)
				list[n++] = (struct entrance){c->zones[side], c->through[j]};
	}
	return !v->w->failed && entrances_keep(v->w, list, n);
}

bool conduit_settle(struct work *w)
{
	struct arena local = {0};
	struct wiring v = {.w = w, .arena = &local};
	size_t declared_count = 0;
	struct conduit *declared = declared_collect(&v, &declared_count);
	bool made = !w->failed && crossings_collect(&v) && passages_collect(&v) &&
		    conduits_list(&v, declared, declared_count) && access_points_find(&v);
	for (size_t i = 0; made && i < w->out->conduit_count; i++)
		made = channels_judge(w, &w->out->conduits[i]);
	arena_clear(&local);
	return made && !w->failed;
}
