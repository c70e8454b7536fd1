/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define POLLED_PACKETS 200
#define POLLED_NS INT64_C(60000000000)

const struct declarations *scene_declared;
static struct knowledge *known;

static void warned(void *to, const char *line)
{
	(void)to;
	fprintf(stderr, "%s\n", line);
}

struct knowledge *scene_knowledge(void)
{
	if (known == NULL)
		ck_assert_int_eq(knowledge_load(&known, NULL, NULL, warned, NULL), 0);
	return known;
}

/* "10.0.0.5#modbus-unit:3" */
static uint32_t endpoint_of(struct inventory *inv, const char *where, bool spoke, const struct sighting *at)
{
	char text[128];
	struct address address;
	struct path path = {.kind = PATH_NONE};
	snprintf(text, sizeof(text), "%s", where);
	char *hash = strchr(text, '#');
	if (hash != NULL) {
		char *colon = strchr(hash, ':');
		*hash = '\0';
		*colon = '\0';
		path.kind = (uint8_t)path_kind_parse(hash + 1);
		snprintf(path.text, sizeof(path.text), "%s", colon + 1);
	}
	ck_assert(address_parse(&address, text));
	if (hash != NULL)
		inventory_endpoint(inv, &address, NULL, true, at);
	return inventory_endpoint(inv, &address, hash != NULL ? &path : NULL, spoke, at);
}

static void link_record(struct inventory *inv, const struct step *s, const struct sighting *at)
{
	struct span seen = {*at, *at};
	bool answers = (s->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0;
	uint32_t client = endpoint_of(inv, s->a, true, at);
	uint32_t server = endpoint_of(inv, s->b, answers, at);
	if (s->over_and_over) {
		seen.last.time_ns += POLLED_NS;
		endpoint_of(inv, s->a, true, &seen.last);
		endpoint_of(inv, s->b, answers, &seen.last);
	}
	enum transport transport = s->number != 0 ? TRANSPORT_TCP : TRANSPORT_NONE;
	uint32_t row =
		inventory_link(inv, client, server, protocol_name(s->protocol), transport, (uint16_t)s->number, &seen);
	struct link *l = &inv->links[row];
	l->basis = s->protocol == PROTOCOL_NONE ? LINK_PLAIN : (uint8_t)s->basis;
	l->direction_proven = true;
	l->parts |= (uint8_t)s->parts;
	l->asked |= (uint8_t)s->asked;
	l->answered |= (uint8_t)s->answered;
	l->packets += s->over_and_over ? POLLED_PACKETS : 2;
	l->bytes += s->over_and_over ? 100 * POLLED_PACKETS : 200;
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (s->asked & bit)
			inventory_activity(inv, row, bit, NULL, NULL, 0, &seen);
}

static void step_record(struct inventory *inv, const struct step *s, const struct sighting *at)
{
	char code[16];
	struct span seen = {*at, *at};
	struct fact_key key = {.attribute = s->attribute,
		.protocol = s->protocol,
		.confidence = (uint8_t)s->confidence,
		.message = s->message,
		.value = s->value};
	if (s->kind == STEP_SPOKE) {
		endpoint_of(inv, s->a, true, at);
	} else if (s->kind == STEP_ARRIVED) {
		uint32_t ip = endpoint_of(inv, s->a, true, at), mac = endpoint_of(inv, s->b, true, at);
		inventory_binding(inv, ip, mac, s->vlan != 0 ? s->vlan : 7, (uint8_t)s->number, at);
	} else if (s->kind == STEP_ARP) {
		endpoint_of(inv, s->b, true, at);
		key = (struct fact_key){.endpoint = endpoint_of(inv, s->a, true, at),
			.attribute = ATTRIBUTE_MAC,
			.protocol = PROTOCOL_ARP,
			.confidence = 95,
			.message = "ARP reply",
			.value = s->b};
		inventory_fact(inv, &key, 1, &seen);
	} else if (s->kind == STEP_LINK) {
		link_record(inv, s, at);
	} else {
		key.endpoint = endpoint_of(inv, s->a, s->kind != STEP_ASKING, at);
		if (s->kind == STEP_NAMED) {
			snprintf(code, sizeof(code), "%u", s->number);
			key.naming = NAMING_CIP_DEVICE_TYPE;
			key.code = code;
		}
		inventory_fact(inv, &key, 1, &seen);
	}
}

void scene_make(struct conclusions *out, const struct step *steps, bool backwards)
{
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_ptr_nonnull(inv);
	uint32_t capture = inventory_capture_add(inv, "scene.pcap"), count = 0;
	while (steps[count].kind != STEP_END)
		count++;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = backwards ? count - 1 - i : i, frame = row;
		/* The frame belongs to the step, not to the order of recording. */
		while (steps[frame].same_frame)
			frame--;
		struct sighting at = {
			.time_ns = 1000000000 + frame, .frame = frame + 1, .capture = capture & 0xffffff};
		step_record(inv, &steps[row], &at);
	}
	ck_assert_int_eq(conclusions_make(out, inv, scene_knowledge(), scene_declared), 0);
}

void scene_clear(struct conclusions *c)
{
	struct inventory *inv = (struct inventory *)(uintptr_t)c->inventory;
	conclusions_clear(c);
	inventory_free(inv);
}

static void zones_dump(FILE *out, const struct conclusions *c)
{
	for (size_t i = 0; i < c->zone_count; i++) {
		const struct zone *z = &c->zones[i];
		fprintf(out, "zone %s (%s) %s %s %.2f %.2f %s..%s: %s\n", z->id, z->name, zone_kind_name(z->kind), z->basis,
			z->confidence, z->cohesion, z->level_low, z->level_high, z->reason);
		for (uint32_t j = 0; j < z->asset_count; j++)
			fprintf(out, "  %s\n", c->assets[z->assets[j]].id);
		for (uint32_t j = 0; j < z->subnet_count; j++)
			fprintf(out, "  %s\n", z->subnets[j]);
		for (uint32_t j = 0; j < z->vlan_count; j++)
			fprintf(out, "  vlan %u\n", z->vlans[j]);
		for (uint32_t j = 0; j < z->access_point_count; j++)
			fprintf(out, "  by %s\n", c->assets[z->access_points[j]].id);
	}
	for (size_t i = 0; i < c->conduit_count; i++) {
		const struct conduit *k = &c->conduits[i];
		fprintf(out, "conduit %s %u/%u packets %lu %ld-%ld\n", k->id, k->initiated[0], k->initiated[1],
			(unsigned long)k->packets, (long)k->seen.first.time_ns, (long)k->seen.last.time_ns);
		for (uint32_t j = 0; j < k->channel_count; j++) {
			const struct channel *h = &k->channels[j];
			bool seen = h->initiator != ASSET_NONE;
			fprintf(out, "  %s > %s %s/%u %s: %s\n", seen ? c->assets[h->initiator].id : "nobody",
				seen ? c->assets[h->responder].id : "nobody", h->protocol, h->port,
				channel_verdict_name(h->verdict), h->because);
		}
		for (uint32_t j = 0; j < k->through_count; j++)
			fprintf(out, "  through %s\n", c->assets[k->through[j]].id);
	}
}

static void findings_dump(FILE *out, const struct conclusions *c)
{
	for (size_t i = 0; i < c->finding_count; i++) {
		const struct finding *f = &c->findings[i];
		fprintf(out, "finding %s %s %s: %s\n", f->id, severity_name(f->severity), f->rule, f->text);
		for (uint32_t j = 0; j < f->asset_count; j++)
			fprintf(out, "  %s\n", c->assets[f->assets[j]].id);
		for (uint32_t j = 0; j < f->evidence_count; j++)
			fprintf(out, "  frame %lu %s\n", (unsigned long)f->evidence[j].at.frame, f->evidence[j].what);
	}
}

static void asset_dump(FILE *out, const struct conclusions *c, const struct asset *a)
{
	fprintf(out, "%s %s %s:%s name=%s vendor=%s model=%s serial=%s type=%s %.2f level=%s %ld-%ld would=%s\n", a->id,
		a->parent != ASSET_NONE ? c->assets[a->parent].id : "-", path_kind_name(a->at.kind), a->at.text,
		a->name, a->vendor, a->model, a->serial_number, a->type, a->type_confidence, a->purdue_level,
		(long)a->seen.first.time_ns, (long)a->seen.last.time_ns, a->would_identify);
	fprintf(out, "  level %.2f %s\n  zone %d %s\n", a->level_confidence, a->level_reason, (int)a->zone, a->zone_reason);
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *at = &a->interfaces[i];
		fprintf(out, "  interface %s (%s)", at->mac, at->mac_vendor);
		for (size_t j = 0; j < at->ip_count; j++)
			fprintf(out, " %s", at->ips[j]);
		for (size_t j = 0; j < at->vlan_count; j++)
			fprintf(out, " vlan %u", at->vlans[j]);
		for (size_t j = 0; j < at->hostname_count; j++)
			fprintf(out, " %s", at->hostnames[j]);
		fprintf(out, "\n");
	}
	for (size_t i = 0; i < a->role_count; i++)
		fprintf(out, "  role %s %s %s/%u operations %x peers %u\n", a->roles[i].protocol, a->roles[i].role,
			a->roles[i].transport, a->roles[i].port, a->roles[i].operations, a->roles[i].peers);
	for (size_t i = 0; i < a->fact_count; i++)
		fprintf(out, "  fact %s=%s at %s frame %lu\n", attribute_name(a->facts[i].fact->attribute),
			a->facts[i].value, a->facts[i].at.text, (unsigned long)a->facts[i].fact->seen.first.frame);
	for (size_t i = 0; i < a->verdict_count; i++)
		fprintf(out, "  %s %s for %s: %s\n", a->verdicts[i].won ? "won" : "lost", a->verdicts[i].rule,
			a->verdicts[i].type, a->verdicts[i].because);
	for (size_t i = 0; i < a->flag_count; i++)
		fprintf(out, "  flag %s: %s\n", a->flags[i], a->flag_reasons[i]);
	for (size_t i = 0; i < a->conflict_count; i++)
		for (size_t j = 0; j < a->conflicts[i].value_count; j++)
			fprintf(out, "  conflict %s %s\n", a->conflicts[i].attribute, a->conflicts[i].values[j]);
}

char *scene_dump(const struct conclusions *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	for (size_t i = 0; i < c->asset_count; i++)
		asset_dump(out, c, &c->assets[i]);
	for (size_t i = 0; i < c->link_count; i++)
		fprintf(out, "link %s > %s %s/%u asked %x packets %lu activities %zu\n",
			c->assets[c->links[i].client].id, c->assets[c->links[i].server].id,
			inventory_text(c->inventory, c->links[i].link->protocol), c->links[i].link->port,
			c->links[i].asked, (unsigned long)c->links[i].packets, (size_t)c->links[i].activity_count);
	for (size_t i = 0; i < c->unanswered_count; i++) {
		fprintf(out, "unanswered %s", c->unanswered[i].address);
		for (size_t j = 0; j < c->unanswered[i].asked_by_count; j++)
			fprintf(out, " by %s", c->assets[c->unanswered[i].asked_by[j]].id);
		for (size_t j = 0; j < c->unanswered[i].protocol_count; j++)
			fprintf(out, " %s", c->unanswered[i].protocols[j]);
		fprintf(out, "\n");
	}
	zones_dump(out, c);
	findings_dump(out, c);
	fclose(out);
	return text;
}

void scene_conclude(struct conclusions *out, const struct step *steps)
{
	struct conclusions other;
	scene_make(&other, steps, true);
	scene_make(out, steps, false);
	char *forwards = scene_dump(out), *backwards = scene_dump(&other);
	ck_assert_str_eq(forwards, backwards);
	free(forwards);
	free(backwards);
	scene_clear(&other);
}

const struct asset *scene_asset(const struct conclusions *c, const char *what)
{
	uint32_t i = conclusions_find(c, what);
	ck_assert_msg(i != ASSET_NONE, "no asset %s", what);
	return &c->assets[i];
}

const struct asset *scene_child(const struct conclusions *c, const char *device, const char *place)
{
	uint32_t parent = conclusions_find(c, device);
	for (size_t i = 0; i < c->asset_count; i++)
		if (c->assets[i].parent == parent && strcmp(c->assets[i].at.text, place) == 0)
			return &c->assets[i];
	ck_abort_msg("nothing at %s of %s", place, device);
	return NULL;
}

unsigned scene_children(const struct conclusions *c, const char *device)
{
	uint32_t parent = conclusions_find(c, device);
	unsigned count = 0;
	for (size_t i = 0; i < c->asset_count; i++)
		count += c->assets[i].parent == parent;
	return count;
}

bool scene_has_flag(const struct asset *asset, const char *flag)
{
	for (size_t i = 0; i < asset->flag_count; i++)
		if (strcmp(asset->flags[i], flag) == 0)
			return true;
	return false;
}
