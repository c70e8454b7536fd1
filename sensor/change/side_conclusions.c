/* SPDX-License-Identifier: Apache-2.0 */
/* side_conclusions.c - a side from what was concluded from a store. */
#include "sensor/change/side_parts.h"

#include <errno.h>
#include <string.h>

#include "sensor/util/text.h"

struct maker {
	struct side *side;
	const struct conclusions *c;
	const struct inventory *inv;
	int64_t since_ns; /* what was not seen after it, was not heard; INT64_MIN: no such time */
	bool failed;
};

/* A capture may begin its clock at 0: what a frame proves has a time all the same. */
static int64_t time_of(const struct sighting *s)
{
	return s->time_ns == 0 && s->frame > 0 ? 1 : s->time_ns;
}

static struct side_mark mark_of(const struct maker *m, const struct span *seen)
{
	struct side_mark mark = {.first_ns = time_of(&seen->first), .last_ns = time_of(&seen->last)};
	if (seen->first.frame > 0 && seen->first.capture < m->inv->capture_count) {
		const struct capture *capture = &m->inv->captures[seen->first.capture];
		mark.capture = capture->name;
		mark.sha256 = capture->sha256[0] != '\0' ? capture->sha256 : NULL;
		mark.frame = seen->first.frame;
	}
	return mark;
}

static void *alloc(struct maker *m, size_t count, size_t size)
{
	void *memory = arena_alloc(&m->side->arena, count * size + 1);
	m->failed |= memory == NULL;
	return memory;
}

/*
 * The field is marked by the frame with the last of the addresses that came up, which explains why the list is longer
 * than it was. False: the address was not heard of late.
 */
static bool mark_address(const struct maker *m, struct side_value *v, const char *text)
{
	struct address address;
	uint32_t row = address_parse(&address, text) ? inventory_endpoint_find(m->inv, &address, NULL) : INVENTORY_NONE;
	if (row == INVENTORY_NONE)
		return true;
	struct side_mark mark = mark_of(m, &m->inv->endpoints[row].seen);
	if (mark.last_ns <= m->since_ns)
		return false;
	if (mark.first_ns > v->mark.first_ns)
		v->mark = mark;
	return true;
}

static void list_add(struct side_list *list, const char *text)
{
	list->texts[list->count++] = text;
}

static void interfaces_make(struct maker *m, struct side_asset *to, const struct asset *a)
{
	size_t ips = 0, vlans = 0;
	for (uint32_t i = 0; i < a->interface_count; i++) {
		ips += a->interfaces[i].ip_count;
		vlans += a->interfaces[i].vlan_count;
	}
	to->ips.texts = alloc(m, ips, sizeof(char *));
	to->macs.texts = alloc(m, a->interface_count, sizeof(char *));
	to->vlans.texts = alloc(m, vlans, sizeof(char *));
	for (uint32_t i = 0; i < a->interface_count && !m->failed; i++) {
		const struct interface *n = &a->interfaces[i];
		for (uint32_t k = 0; k < n->ip_count; k++) {
			if (mark_address(m, &to->values[FIELD_IP], n->ips[k]) || !to->heard)
				list_add(&to->ips, n->ips[k]);
		}
		if (n->mac != NULL) {
			mark_address(m, &to->values[FIELD_MAC], n->mac);
			list_add(&to->macs, n->mac);
		}
		for (uint16_t k = 0; k < n->vlan_count; k++) {
			const char *vlan = arena_format(&m->side->arena, "%u", (unsigned)n->vlans[k]);
			m->failed |= vlan == NULL;
			list_add(&to->vlans, vlan != NULL ? vlan : "");
		}
	}
	to->label = to->ips.count > 0 ? to->ips.texts[0] : NULL;
}

static void facts_make(struct maker *m, struct side_asset *to, const struct asset *a)
{
	to->said = alloc(m, a->fact_count, sizeof(*to->said));
	for (uint32_t i = 0; i < a->fact_count && !m->failed; i++) {
		const struct fact *f = a->facts[i].fact;
		struct side_fact fact = {
			attribute_name(f->attribute), a->facts[i].value, f->confidence, mark_of(m, &f->seen)};
		fact.mark.protocol = protocol_name(f->protocol);
		fact.mark.message = inventory_text(m->inv, f->message);
		side_fact(to, &fact);
	}
}

static void conclusion_set(struct side_value *v, const char *text, const char *because)
{
	v->text = text;
	v->mark.because = text != NULL && because != NULL ? because : NULL;
}

static void fields_make(struct maker *m, struct side_asset *to, const struct asset *a)
{
	const char *const texts[] = {a->name, a->vendor, a->model, a->order_number, a->serial_number,
		a->hardware_version, a->firmware_version, a->os};
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		to->values[FIELD_NAME + i].text = texts[i];
	const char *because = NULL;
	for (uint16_t i = 0; i < a->verdict_count && because == NULL; i++)
		if (a->verdicts[i].won)
			because = a->verdicts[i].because;
	if (a->type != NULL && strcmp(a->type, "unknown") != 0)
		conclusion_set(&to->values[FIELD_TYPE], a->type, because);
	if (a->parent != ASSET_NONE) /* a part is where its device is */
		return;
	conclusion_set(&to->values[FIELD_LEVEL], a->purdue_level, a->level_reason);
	if (a->zone != ZONE_NONE)
		conclusion_set(&to->values[FIELD_ZONE], m->c->zones[a->zone].id, a->zone_reason);
}

static void asset_make(struct maker *m, struct side_asset *to, const struct asset *a)
{
	*to = (struct side_asset){.id = a->id, .parent = a->parent, .seen = mark_of(m, &a->seen)};
	to->heard = to->seen.last_ns > m->since_ns;
	if (a->parent != ASSET_NONE) {
		to->kind = path_kind_name(a->at.kind);
		to->place = arena_format(&m->side->arena, "%s %s", to->kind, a->at.text != NULL ? a->at.text : "");
		m->failed |= to->place == NULL;
	}
	fields_make(m, to, a);
	interfaces_make(m, to, a);
	facts_make(m, to, a);
}

static void channel_make(struct maker *m, struct side_channel *to, const struct asset_link *l)
{
	*to = (struct side_channel){.client = l->client,
		.server = l->server,
		.protocol = inventory_text(m->inv, l->link->protocol),
		.transport = transport_name(l->link->transport),
		.port = l->link->port,
		.operations = l->asked | l->answered,
		.answered = (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0,
		.seen = mark_of(m, &l->seen)};
	to->heard = to->seen.last_ns > m->since_ns;
	to->proofs = alloc(m, l->activity_count, sizeof(*to->proofs));
	for (uint32_t i = 0; i < l->activity_count && !m->failed; i++)
		if (l->activities[i]->message == 0)
			to->proofs[to->proof_count++] =
				(struct side_proof){l->activities[i]->operation, mark_of(m, &l->activities[i]->seen)};
}

static void captures_count(struct side *s, const struct inventory *inv)
{
	s->capture_count = inv->capture_count;
	for (uint32_t i = 0; i < inv->capture_count; i++) {
		const struct capture *c = &inv->captures[i];
		s->packets += c->packets;
		if (c->first_ns != 0 && (s->first_ns == 0 || c->first_ns < s->first_ns))
			s->first_ns = c->first_ns;
		if (c->last_ns > s->last_ns)
			s->last_ns = c->last_ns;
	}
}

static int side_make(struct side *out, const struct conclusions *c, const char *site, int64_t since_ns)
{
	struct maker m = {out, c, c->inventory, since_ns, false};
	*out = (struct side){.site = site != NULL ? site : ""};
	captures_count(out, c->inventory);
	if (out->last_ns <= since_ns) /* nobody has listened since then, so nobody is missing */
		m.since_ns = INT64_MIN;
	out->assets = alloc(&m, c->asset_count, sizeof(*out->assets));
	out->channels = alloc(&m, c->link_count, sizeof(*out->channels));
	out->vain = alloc(&m, c->unanswered_count, sizeof(*out->vain));
	for (size_t i = 0; i < c->asset_count && !m.failed; i++)
		asset_make(&m, &out->assets[out->asset_count++], &c->assets[i]);
	for (size_t i = 0; i < c->link_count && !m.failed; i++)
		channel_make(&m, &out->channels[out->channel_count++], &c->links[i]);
	for (size_t i = 0; i < c->unanswered_count && !m.failed; i++) {
		const struct unanswered *u = &c->unanswered[i];
		uint32_t asker = u->asked_by_count > 0 ? u->asked_by[0] : SIDE_NONE;
		out->vain[out->vain_count++] = (struct side_vain){u->address, asker, (uint32_t)u->asked_by_count};
	}
	return m.failed || !side_settle(out) ? -ENOMEM : 0;
}

int side_of_conclusions(struct side *out, const struct conclusions *c, const char *site)
{
	return side_make(out, c, site, INT64_MIN);
}

int side_since(struct side *out, const struct conclusions *c, const char *site, int64_t time_ns)
{
	int err = side_make(out, c, site, time_ns);
	if (out->first_ns <= time_ns)
		out->first_ns = time_ns;
	return err;
}
