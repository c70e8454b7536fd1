/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change.c - assets of both sides compared, and the order in which changes are told.
 *
 *	partner?   heard now?   told as
 *	-------------------------------------------------------------------------------
 *	yes        yes          moved, values changed, learned, not said, replaced
 *	yes        no           not seen (of one store, see side_since())
 *	no                      joined or split, when another asset has its address and it had no MAC of its own;
 *	                        else added or not seen
 */
#include "sensor/change/parts.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/change/side_parts.h"

const char *change_kind_name(enum change_kind kind)
{
	static const char *const names[CHANGE_KINDS] = {
		[CHANGE_ASSET_ADDED] = "asset-added",
		[CHANGE_ASSET_NOT_SEEN] = "asset-not-seen",
		[CHANGE_ASSET_REPLACED] = "asset-replaced",
		[CHANGE_ASSET_JOINED] = "asset-joined",
		[CHANGE_ASSET_SPLIT] = "asset-split",
		[CHANGE_MOVED] = "moved",
		[CHANGE_VALUE] = "value-changed",
		[CHANGE_MODULE_ADDED] = "module-added",
		[CHANGE_MODULE_NOT_SEEN] = "module-not-seen",
		[CHANGE_CHANNEL_ADDED] = "channel-added",
		[CHANGE_CHANNEL_NOT_SEEN] = "channel-not-seen",
		[CHANGE_OPERATION_ADDED] = "operation-added",
		[CHANGE_OPERATION_NOT_SEEN] = "operation-not-seen",
		[CHANGE_CONCLUSION] = "conclusion-changed",
		[CHANGE_VALUE_OTHERWISE] = "value-said-otherwise",
		[CHANGE_VALUE_LEARNED] = "value-learned",
		[CHANGE_VALUE_NOT_SAID] = "value-not-said",
	};
	return kind < CHANGE_KINDS ? names[kind] : "";
}

struct change_asset change_asset_of(const struct side *s, uint32_t asset)
{
	const struct side_asset *a = &s->assets[asset];
	return (struct change_asset){a->id, a->label, a->values[FIELD_NAME].text};
}

struct change *change_add(struct comparison *c, enum change_kind kind, unsigned side, uint32_t asset)
{
	struct changes *out = c->out;
	if (out->count == CHANGES_MAX) {
		out->dropped++;
		return NULL;
	}
	if (out->count == out->room) {
		uint32_t room = out->room > 0 ? out->room * 2 : 64;
		struct change *list = realloc(out->list, room * sizeof(*list));
		out->failed |= list == NULL;
		if (list == NULL)
			return NULL;
		out->list = list;
		out->room = room;
	}
	struct change *change = &out->list[out->count++];
	*change = (struct change){.kind = kind,
		.field = CHANGE_FIELDS,
		.asset = change_asset_of(c->sides[side], asset),
		.listened = true};
	return change;
}

static const char *note(struct comparison *c, const char *text)
{
	c->out->failed |= text == NULL;
	return text;
}

static const struct side_vain *vain_find(const struct side *s, const struct side_list *ips)
{
	for (uint32_t i = 0; i < ips->count; i++)
		for (size_t low = 0, high = s->vain_count; low < high;) {
			size_t middle = low + (high - low) / 2;
			int order = strcmp(s->vain[middle].address, ips->texts[i]);
			if (order == 0)
				return &s->vain[middle];
			if (order < 0)
				low = middle + 1;
			else
				high = middle;
		}
	return NULL;
}

/* Would the other side have heard it? A neighbour's frame says that its network was listened to. */
static void listened_set(struct comparison *c, struct change *change, unsigned other, const struct side_asset *a)
{
	const struct side *s = c->sides[other];
	uint32_t count;
	const char *network;
	uint32_t neighbour = match_neighbour(&c->match, other, a, &count, &network);
	struct side_mark *mark = other == 0 ? &change->old_mark : &change->new_mark;
	change->listened = neighbour != SIDE_NONE;
	if (neighbour != SIDE_NONE) {
		*mark = s->assets[neighbour].seen;
		mark->because = note(c, arena_format(&c->out->arena, "%s of %s was heard%s", s->assets[neighbour].label,
						network, count > 1 ? ", and others" : ""));
	}
	const struct side_vain *vain = vain_find(s, &a->ips);
	if (vain == NULL || vain->asked_by == SIDE_NONE || change->note != NULL)
		return;
	const char *asker = s->assets[vain->asked_by].label;
	change->note = note(c, vain->askers > 1
				       ? arena_format(&c->out->arena, "%s and %u more asked for %s in vain", asker,
						 vain->askers - 1, vain->address)
				       : arena_format(&c->out->arena, "%s asked for %s in vain", asker, vain->address));
}

/* An asset that only `side` has. */
static void lone_tell(struct comparison *c, unsigned side, uint32_t i)
{
	const struct side_asset *a = &c->sides[side]->assets[i];
	uint32_t host = c->match.host[side][i], taken = c->match.taken[side][i];
	enum change_kind kind = host != SIDE_NONE ? (side == 0 ? CHANGE_ASSET_JOINED : CHANGE_ASSET_SPLIT)
						  : (side == 0 ? CHANGE_ASSET_NOT_SEEN : CHANGE_ASSET_ADDED);
	struct change *change = change_add(c, kind, side, i);
	if (change == NULL)
		return;
	*(side == 0 ? &change->old_mark : &change->new_mark) = a->seen;
	if (host != SIDE_NONE) {
		change->peer = change_asset_of(c->sides[!side], host);
		*(side == 0 ? &change->new_mark : &change->old_mark) = c->sides[!side]->assets[host].seen;
		return;
	}
	if (taken != SIDE_NONE)
		change->note =
			note(c, arena_format(&c->out->arena, "its address %s %s (%s)",
					side == 0 ? "is now that of another device," : "was that of another device,",
					c->sides[!side]->assets[taken].label, c->sides[!side]->assets[taken].id));
	listened_set(c, change, !side, a);
}

/* A part whose device both sides have: was any part of that kind asked on the other side? */
static void module_tell(struct comparison *c, unsigned side, uint32_t i)
{
	const struct side_asset *a = &c->sides[side]->assets[i];
	uint32_t parent = c->match.partner[side][a->parent];
	const struct side *other = c->sides[!side];
	struct change *change = change_add(c, side == 0 ? CHANGE_MODULE_NOT_SEEN : CHANGE_MODULE_ADDED, side, i);
	if (change == NULL)
		return;
	change->peer = change_asset_of(c->sides[side], a->parent);
	*(side == 0 ? &change->old_mark : &change->new_mark) = a->seen;
	struct side_mark *mark = side == 0 ? &change->new_mark : &change->old_mark;
	change->listened = false;
	for (uint32_t k = parent + 1; k < other->asset_count && other->assets[k].parent == parent; k++) {
		if (!other->assets[k].heard || strcmp(other->assets[k].kind, a->kind) != 0)
			continue;
		*mark = other->assets[k].seen;
		mark->because = note(c, arena_format(&c->out->arena, "%s was there", other->assets[k].label));
		change->listened = true;
		break;
	}
}

/* What is told of a field on each side. */
struct pair {
	uint32_t assets[2];
	struct side_value values[2];
};

static void value_tell(struct comparison *c, enum change_kind kind, enum change_field field, const struct pair *p)
{
	struct change *change = change_add(c, kind, 1, p->assets[1]);
	if (change == NULL)
		return;
	change->field = field;
	change->before = p->values[0].text;
	change->after = p->values[1].text;
	/* Who never said it is shown by the sight of the device. */
	change->old_mark = change->before != NULL ? p->values[0].mark : c->sides[0]->assets[p->assets[0]].seen;
	change->new_mark = change->after != NULL ? p->values[1].mark : c->sides[1]->assets[p->assets[1]].seen;
}

static bool is_among(const struct side_list *list, const char *text)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (strcmp(list->texts[i], text) == 0)
			return true;
	return false;
}

static bool holds_all(const struct side_list *all, const struct side_list *some)
{
	for (uint32_t i = 0; i < some->count; i++)
		if (!is_among(all, some->texts[i]))
			return false;
	return true;
}

static struct pair pair_of(const struct comparison *c, enum change_field field, uint32_t older, uint32_t newer)
{
	return (struct pair){
		{older, newer}, {c->sides[0]->assets[older].values[field], c->sides[1]->assets[newer].values[field]}};
}

/*
 * Addresses and VLANs are sets: what came is learned, what is missing was not said, and both together are a move.
 * True: a move.
 */
static bool list_compare(struct comparison *c, enum change_field field, uint32_t older, uint32_t newer)
{
	const struct side_asset *a = &c->sides[0]->assets[older], *b = &c->sides[1]->assets[newer];
	const struct side_list *before = field == FIELD_IP ? &a->ips : field == FIELD_MAC ? &a->macs : &a->vlans;
	const struct side_list *after = field == FIELD_IP ? &b->ips : field == FIELD_MAC ? &b->macs : &b->vlans;
	bool gained = !holds_all(before, after), lost = !holds_all(after, before);
	struct pair p = pair_of(c, field, older, newer);
	if (gained || lost)
		value_tell(c,
			gained && lost ? CHANGE_MOVED
			: gained       ? CHANGE_VALUE_LEARNED
				       : CHANGE_VALUE_NOT_SAID,
			field, &p);
	return gained && lost;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What the kind of message that said `value` last said on the other side; NULL: it said nothing of it there. */
static const struct side_said *like(
	const struct side_asset *other, enum change_field field, const struct side_value *value)
{
	const struct side_said *last = NULL;
	for (uint32_t i = 0; i < other->said_count && value->attribute != NULL; i++) {
		const struct side_said *s = &other->said[i];
		if (s->field == field && is_same(s->attribute, value->attribute) &&
			is_same(s->mark.protocol, value->mark.protocol) &&
			is_same(s->mark.message, value->mark.message) &&
			(last == NULL || side_mark_is_later(&s->mark, &last->mark)))
			last = s;
	}
	return last;
}

/* Both sides know the field, and differ: by the same kind of message, or because another one spoke? */
static void difference_tell(struct comparison *c, enum change_field field, struct pair *p)
{
	const struct side_said *then = like(&c->sides[0]->assets[p->assets[0]], field, &p->values[1]);
	const struct side_said *now = like(&c->sides[1]->assets[p->assets[1]], field, &p->values[0]);
	enum change_kind kind = CHANGE_VALUE_OTHERWISE;
	if (now != NULL && strcmp(now->value, p->values[0].text) != 0) {
		kind = CHANGE_VALUE;
		p->values[1].text = now->value;
		p->values[1].mark = now->mark;
	} else if (then != NULL && strcmp(then->value, p->values[1].text) != 0) {
		kind = CHANGE_VALUE;
		p->values[0].text = then->value;
		p->values[0].mark = then->mark;
	} else if (now != NULL) {
		kind = CHANGE_VALUE_LEARNED; /* it still says so; another kind of message knows better */
	} else if (then != NULL) {
		kind = CHANGE_VALUE_NOT_SAID;
	}
	value_tell(c, kind, field, p);
}

static bool is_conclusion(enum change_field field)
{
	return field == FIELD_ZONE || field == FIELD_LEVEL || field == FIELD_TYPE;
}

static void value_compare(struct comparison *c, enum change_field field, uint32_t older, uint32_t newer, bool moved)
{
	struct pair p = pair_of(c, field, older, newer);
	/* What a device has from its only part is told of the part. */
	for (unsigned side = 0; side < 2; side++)
		if (p.values[side].borrowed)
			p.values[side].text = NULL;
	if (is_same(p.values[0].text, p.values[1].text))
		return;
	if (p.values[0].text == NULL || p.values[1].text == NULL)
		value_tell(c, p.values[0].text == NULL ? CHANGE_VALUE_LEARNED : CHANGE_VALUE_NOT_SAID, field, &p);
	else if (is_conclusion(field))
		value_tell(c, moved && field != FIELD_TYPE ? CHANGE_MOVED : CHANGE_CONCLUSION, field, &p);
	else
		difference_tell(c, field, &p);
}

static void replaced_tell(struct comparison *c, uint32_t older, uint32_t newer)
{
	const struct side_value *before = &c->sides[0]->assets[older].values[FIELD_MAC];
	const struct side_value *after = &c->sides[1]->assets[newer].values[FIELD_MAC];
	struct change *change = change_add(c, CHANGE_ASSET_REPLACED, 1, newer);
	if (change == NULL)
		return;
	change->peer = change_asset_of(c->sides[0], older);
	change->before = before->text;
	change->after = after->text;
	change->old_mark = before->mark;
	change->new_mark = after->mark;
}

static void pair_compare(struct comparison *c, uint32_t older, uint32_t newer)
{
	bool moved = list_compare(c, FIELD_IP, older, newer);
	if (c->match.replaced[0][older])
		replaced_tell(c, older, newer);
	else
		moved |= list_compare(c, FIELD_MAC, older, newer);
	moved |= list_compare(c, FIELD_VLAN, older, newer);
	for (unsigned f = FIELD_ZONE; f < CHANGE_FIELDS; f++)
		value_compare(c, (enum change_field)f, older, newer, moved);
}

/* Both sides know it, but one did not hear it: of one store, before and after a time. */
static void silent_tell(struct comparison *c, uint32_t older, uint32_t newer)
{
	const struct side_asset *a = &c->sides[0]->assets[older], *b = &c->sides[1]->assets[newer];
	bool part = a->parent != SIDE_NONE;
	if (part && !c->sides[1]->assets[b->parent].heard)
		return;
	struct change *change = change_add(c, part ? CHANGE_MODULE_NOT_SEEN : CHANGE_ASSET_NOT_SEEN, 0, older);
	if (change == NULL)
		return;
	change->old_mark = b->seen; /* it knows the last sighting */
	if (part) {
		change->peer = change_asset_of(c->sides[0], a->parent);
		change->listened = false; /* who is asked once is not asked again */
		return;
	}
	listened_set(c, change, 1, b);
}

static void assets_compare(struct comparison *c)
{
	for (unsigned side = 0; side < 2 && !c->out->failed; side++)
		for (uint32_t i = 0; i < c->sides[side]->asset_count && !c->out->failed; i++) {
			const struct side_asset *a = &c->sides[side]->assets[i];
			uint32_t partner = c->match.partner[side][i];
			if (partner != SIDE_NONE && side == 0) {
				if (a->heard && !c->sides[1]->assets[partner].heard)
					silent_tell(c, i, partner);
				else
					pair_compare(c, i, partner);
			} else if (partner == SIDE_NONE && a->parent == SIDE_NONE) {
				lone_tell(c, side, i);
			} else if (partner == SIDE_NONE && c->match.partner[side][a->parent] != SIDE_NONE) {
				module_tell(c, side, i);
			}
		}
}

static int name_compare(const char *a, const char *b)
{
	return side_text_compare(a != NULL ? a : "", b != NULL ? b : "");
}

static int change_compare(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->field != b->field)
		return a->field < b->field ? -1 : 1;
	if (a->listened != b->listened)
		return a->listened ? -1 : 1;
	const char *const texts[][2] = {{a->asset.label, b->asset.label}, {a->peer.label, b->peer.label},
		{a->asset.id, b->asset.id}, {a->peer.id, b->peer.id}, {a->protocol, b->protocol},
		{a->transport, b->transport}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int order = name_compare(texts[i][0], texts[i][1]);
		if (order != 0)
			return order;
	}
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return a->operations == b->operations ? 0 : a->operations < b->operations ? -1 : 1;
}

struct changes *changes_between(const struct side *older, const struct side *newer)
{
	struct changes *out = calloc(1, sizeof(*out));
	struct comparison c = {.out = out, .sides = {older, newer}};
	if (out == NULL)
		return NULL;
	out->old_side = older;
	out->new_side = newer;
	out->failed = match_make(&c.match, older, newer) != 0;
	if (!out->failed)
		assets_compare(&c);
	if (!out->failed)
		channels_compare(&c);
	out->failed |= c.match.failed;
	match_clear(&c.match);
	if (out->failed) {
		changes_free(out);
		return NULL;
	}
	if (out->count > 1)
		qsort(out->list, out->count, sizeof(*out->list), change_compare);
	for (uint32_t i = 0; i < out->count; i++)
		out->counts[out->list[i].kind]++;
	return out;
}

void changes_free(struct changes *c)
{
	if (c == NULL)
		return;
	free(c->list);
	arena_clear(&c->arena);
	free(c);
}
