/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.c - what a person should decide about: how findings are made of what the rules see.
 *
 * finding_rules.c has the rules. What people allowed is decided, and no rule speaks of it again.
 */
#include "sensor/conclude/finding.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/finding_rules.h"
#include "sensor/util/text.h"

#define TEXT_BYTES 2000 /* of the text of one finding: the head and FINDING_LINES_MAX lines */

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"info", "low", "medium", "high"};
	return severity <= SEVERITY_HIGH ? names[severity] : "";
}

const char *finder_print(struct finder *f, const char *format, ...)
{
	char text[TEXT_BYTES];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	const char *copy = f->w->failed ? NULL : arena_copy(&f->w->scratch, text);
	f->w->failed |= copy == NULL;
	return copy != NULL ? copy : "";
}

const char *finder_brief(struct finder *f, const char *text)
{
	char brief[120];
	text_from_wire(brief, sizeof(brief), text, strlen(text));
	return finder_print(f, "%s", brief);
}

/* Its first address; of a part that of the device and the place in it. */
static const char *address_of(const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	for (uint32_t i = 0; i < a->interface_count; i++)
		if (a->interfaces[i].ip_count > 0)
			return a->interfaces[i].ips[0];
	return a->interface_count > 0 && a->interfaces[0].mac != NULL ? a->interfaces[0].mac : NULL;
}

const char *finder_label(struct finder *f, uint32_t asset)
{
	const struct asset *a = &f->c->assets[asset];
	const char *address = address_of(f->c, asset);
	const char *name = a->declared != NULL && a->declared->name != NULL ? a->declared->name : a->name;
	if (a->parent != ASSET_NONE) {
		const char *front = address_of(f->c, a->parent);
		address =
			finder_print(f, "%s %s %s", front != NULL ? front : "", path_kind_name(a->at.kind), a->at.text);
	}
	if (address == NULL)
		address = a->id;
	return name != NULL ? finder_print(f, "%s (%s)", address, finder_brief(f, name)) : address;
}

const char *finder_pair(struct finder *f, const struct conduit *conduit)
{
	return finder_print(f, "%s--%s", f->c->zones[conduit->zones[0]].id, f->c->zones[conduit->zones[1]].id);
}

void draft_start(struct finder *f)
{
	f->draft = (struct draft){.severity = f->rule->severity, .zone = ZONE_NONE, .conduit = CONDUIT_NONE};
	f->stamp++;
}

void draft_severity(struct finder *f, enum severity at_least)
{
	if (f->draft.severity < at_least)
		f->draft.severity = at_least;
}

void draft_asset(struct finder *f, uint32_t asset)
{
	if (asset == ASSET_NONE || f->w->failed || f->stamps[asset] == f->stamp)
		return;
	f->stamps[asset] = f->stamp;
	if (f->draft.asset_count < FINDING_ASSETS_MAX)
		f->draft.assets[f->draft.asset_count++] = asset;
}

void draft_line(struct finder *f, const char *format, ...)
{
	char text[400];
	va_list list;
	if (f->draft.line_count++ >= FINDING_LINES_MAX)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	f->draft.lines[f->draft.line_count - 1] = finder_print(f, "%s", text);
}

/* Keeps the EVIDENCE_MAX best: by priority, then the earliest. */
static void candidate_add(struct finder *f, const struct candidate *c)
{
	struct draft *d = &f->draft;
	uint32_t at = d->evidence_count;
	while (at > 0 && (c->priority < d->evidence[at - 1].priority ||
				 (c->priority == d->evidence[at - 1].priority &&
					 sighting_compare(f->w->inventory, &c->at, &d->evidence[at - 1].at) < 0)))
		at--;
	if (at == EVIDENCE_MAX)
		return;
	uint32_t kept = d->evidence_count < EVIDENCE_MAX ? d->evidence_count++ : EVIDENCE_MAX - 1;
	memmove(&d->evidence[at + 1], &d->evidence[at], (kept - at) * sizeof(d->evidence[0]));
	d->evidence[at] = *c;
}

void draft_evidence(struct finder *f, const struct sighting *at, unsigned priority, const char *what)
{
	candidate_add(f, &(struct candidate){.at = *at, .priority = priority, .what = what});
}

void draft_link_evidence(struct finder *f, const struct asset_link *link, unsigned priority)
{
	candidate_add(f, &(struct candidate){.at = link->seen.first, .priority = priority, .link = link});
}

/* The ends of the link as they were in the frames: of a device with several addresses the one that was used. */
static const char *link_words(struct finder *f, const struct asset_link *l, const char *done)
{
	char client[ADDRESS_TEXT_MAX], server[ADDRESS_TEXT_MAX], port[32] = "";
	const struct inventory *inv = f->w->inventory;
	const char *protocol = inventory_text(inv, l->link->protocol);
	address_text(client, &inv->endpoints[l->link->client].address);
	address_text(server, &inv->endpoints[l->link->server].address);
	if (l->link->port != 0)
		snprintf(port, sizeof(port), "%s/%u", transport_name(l->link->transport), (unsigned)l->link->port);
	if (*protocol == 0)
		return finder_print(f, "%s%s%s %s -> %s", *port != 0 ? port : "unknown protocol", *done != 0 ? " " : "",
			done, client, server);
	return finder_print(f, "%s%s%s %s -> %s", protocol, *done != 0 ? " " : "", done, client, server);
}

void draft_link(struct finder *f, const struct asset_link *link, unsigned operations)
{
	char done[80] = "";
	size_t len = 0;
	bool shown = false;
	unsigned mine = link->asked | link->answered;
	if ((mine & operations) != 0)
		mine &= operations;
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (mine & bit)
			len += (size_t)snprintf(
				done + len, sizeof(done) - len, "%s%s", len > 0 ? " " : "", operation_name(bit));
	draft_asset(f, link->client);
	draft_asset(f, link->server);
	bool answered = (link->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0;
	if (f->draft.line_count < FINDING_LINES_MAX)
		draft_line(f, "%s%s", link_words(f, link, done), answered ? "" : " (no answer seen)");
	else
		f->draft.line_count++;
	for (uint32_t i = 0; i < link->activity_count; i++) {
		const struct activity *a = link->activities[i];
		if ((mine & a->operation) == 0)
			continue;
		candidate_add(f, &(struct candidate){
					 .at = a->seen.first, .priority = shown ? 1 : 0, .link = link, .activity = a});
		shown = true;
	}
	if (!shown)
		draft_link_evidence(f, link, 0);
}

void draft_channel(struct finder *f, const struct channel *channel, unsigned operations)
{
	for (uint32_t i = 0; i < channel->link_count; i++)
		draft_link(f, &f->c->links[channel->links[i]], operations);
}

static const char *candidate_words(struct finder *f, const struct candidate *c)
{
	if (c->what != NULL)
		return c->what;
	if (c->activity == NULL)
		return link_words(f, c->link, "");
	const char *message = inventory_text(f->w->inventory, c->activity->message);
	const char *words = link_words(f, c->link, operation_name(c->activity->operation));
	return *message != 0 ? finder_print(f, "%s: %s", words, message) : words;
}

static int candidate_compare(const void *left, const void *right, void *inventory)
{
	const struct candidate *a = left, *b = right;
	int order = sighting_compare(inventory, &a->at, &b->at);
	if (order != 0)
		return order;
	if (a->link != b->link) /* both in the array of links, which is sorted */
		return a->link < b->link ? -1 : 1;
	unsigned x = a->activity != NULL ? a->activity->operation : 0,
		 y = b->activity != NULL ? b->activity->operation : 0;
	return x == y ? 0 : x < y ? -1 : 1;
}

static void evidence_keep(struct finder *f, struct finding *out)
{
	struct draft *d = &f->draft;
	if (d->evidence_count > 1)
		qsort_r(d->evidence, d->evidence_count, sizeof(d->evidence[0]), candidate_compare,
			(void *)(uintptr_t)f->w->inventory);
	out->evidence = work_keep(f->w, d->evidence_count, sizeof(*out->evidence));
	for (uint32_t i = 0; i < d->evidence_count && !f->w->failed; i++) {
		struct evidence e = {d->evidence[i].at, work_text(f->w, candidate_words(f, &d->evidence[i]))};
		uint32_t n = out->evidence_count;
		bool again = n > 0 && e.what == out->evidence[n - 1].what &&
			     sighting_compare(f->w->inventory, &e.at, &out->evidence[n - 1].at) == 0;
		if (!again)
			out->evidence[out->evidence_count++] = e;
	}
}

static void id_make(struct finder *f, char id[17], const char *key)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *anchor = finder_print(f, "%s %s", f->rule->id, key);
	if (EVP_Digest(anchor, strlen(anchor), digest, NULL, EVP_sha256(), NULL) != 1) {
		f->w->failed = true;
		return;
	}
	for (unsigned i = 0; i < 16; i++)
		id[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
	id[16] = 0;
}

static struct finding *list_add(struct finder *f)
{
	if (f->count == f->room) {
		uint32_t room = f->room > 0 ? 2 * f->room : 64;
		struct finding *more = work_scratch(f->w, room, sizeof(*more));
		if (more == NULL)
			return NULL;
		if (f->count > 0)
			memcpy(more, f->list, f->count * sizeof(*more));
		f->list = more;
		f->room = room;
	}
	return &f->list[f->count++];
}

/* The head of the text, then the lines, and how many more there are. */
static const char *text_make(struct finder *f, const char *head)
{
	const struct draft *d = &f->draft;
	char text[TEXT_BYTES + FINDING_LINES_MAX * 400];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s", head);
	for (uint32_t i = 0; i < d->line_count && i < FINDING_LINES_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? ": " : "; ", d->lines[i]);
	if (d->line_count > FINDING_LINES_MAX)
		snprintf(
			text + len, sizeof(text) - len, "; and %u more", (unsigned)(d->line_count - FINDING_LINES_MAX));
	return work_copy(f->w, text);
}

void draft_finish(struct finder *f, const char *key, const char *format, ...)
{
	char head[TEXT_BYTES];
	va_list list;
	va_start(list, format);
	vsnprintf(head, sizeof(head), format, list);
	va_end(list);
	struct draft *d = &f->draft;
	struct finding *out = f->w->failed ? NULL : list_add(f);
	if (out == NULL)
		return;
	*out = (struct finding){.rule = f->rule->id,
		.severity = d->severity,
		.title = f->rule->title,
		.text = text_make(f, head),
		.advice = f->rule->advice,
		.clause = f->rule->clause,
		.assets = work_keep(f->w, d->asset_count, sizeof(*out->assets)),
		.asset_count = d->asset_count,
		.zone = d->zone,
		.conduit = d->conduit};
	if (!f->w->failed)
		memcpy(out->assets, d->assets, d->asset_count * sizeof(*out->assets));
	id_make(f, out->id, key);
	evidence_keep(f, out);
}

static bool has_flag(const struct asset *a, const char *flag)
{
	for (uint32_t i = 0; i < a->flag_count; i++)
		if (strcmp(a->flags[i], flag) == 0)
			return true;
	return false;
}

bool protocol_controls(const char *protocol)
{
	static const char *const list[] = {"modbus", "umas", "cotp", "s7comm", "s7comm-plus", "dnp3", "enip", "cip",
		"cip-io", "pccc", "pn-dcp", "pn-rt", "pn-io", "bacnet", "iec104", "mms", "goose", "sv", "hart-ip",
		"fins", "melsec", "ads", "ge-srtp", "egd", "fox", "codesys", "pcworx", "genisys", "synphasor", "c1222",
		"ethercat", "powerlink", NULL};
	for (const char *const *at = list; *at != NULL; at++)
		if (strcmp(protocol, *at) == 0)
			return true;
	return false;
}

static bool speaks_control(const struct asset *a)
{
	for (uint32_t i = 0; i < a->role_count; i++)
		if (a->roles[i].basis == LINK_DISSECTED && protocol_controls(a->roles[i].protocol))
			return true;
	return false;
}

/* By zone: nothing tells what a network of telephones is for, and that it is no control is no finding. */
static bool *purposes_find(struct finder *f)
{
	const struct conclusions *c = f->c;
	bool *known = work_scratch(f->w, c->zone_count, sizeof(*known));
	for (size_t i = 0; i < c->zone_count && !f->w->failed; i++)
		known[i] = c->zones[i].declared != NULL || c->zones[i].level_low != NULL;
	for (size_t i = 0; i < c->asset_count && !f->w->failed; i++)
		if (c->assets[i].zone != ZONE_NONE && !known[c->assets[i].zone])
			known[c->assets[i].zone] = speaks_control(&c->assets[i]);
	return known;
}

static unsigned traits_of(const struct conclusions *c, const struct asset *a)
{
	unsigned traits = 0;
	const struct zone *zone = a->zone != ZONE_NONE ? &c->zones[a->zone] : NULL;
	if (zone != NULL && zone_is_control(zone)) {
		traits |= TRAIT_CONTROL;
		if (zone->level_low != NULL && strtod(zone->level_low, NULL) <= 1)
			traits |= TRAIT_CELL;
	}
	if (a->purdue_level != NULL && strtod(a->purdue_level, NULL) <= 1)
		traits |= TRAIT_LOW;
	if (has_flag(a, "safety_related") || (zone != NULL && zone->kind == ZONE_SAFETY))
		traits |= TRAIT_SAFETY;
	if (has_flag(a, "router") || strcmp(a->type, "router") == 0 || strcmp(a->type, "firewall") == 0)
		traits |= TRAIT_ROUTER;
	if (has_flag(a, "transient") || (zone != NULL && zone->kind == ZONE_TEMPORARY))
		traits |= TRAIT_TEMPORARY;
	if (a->declared != NULL && a->declared->type != NULL && strcmp(a->declared->type, "engineering_ws") == 0)
		traits |= TRAIT_STATION;
	return traits;
}

static bool finder_prepare(struct finder *f)
{
	const struct conclusions *c = f->c;
	f->traits = work_scratch(f->w, c->asset_count, sizeof(*f->traits));
	f->stamps = work_scratch(f->w, c->asset_count, sizeof(*f->stamps));
	f->decided = work_scratch(f->w, c->link_count, sizeof(*f->decided));
	const bool *purposes = purposes_find(f);
	if (f->w->failed)
		return false;
	for (uint32_t i = 0; i < c->asset_count; i++) {
		f->traits[i] |= (uint16_t)traits_of(c, &c->assets[i]);
		if (c->assets[i].zone != ZONE_NONE && purposes[c->assets[i].zone])
			f->traits[i] |= TRAIT_PURPOSE;
		if (c->assets[i].parent != ASSET_NONE) /* before its parts in the array */
			f->traits[c->assets[i].parent] |= f->traits[i] & TRAIT_SAFETY;
	}
	for (size_t i = 0; i < c->conduit_count; i++) {
		const struct conduit *conduit = &c->conduits[i];
		for (uint32_t k = 0; k < conduit->through_count; k++)
			f->traits[conduit->through[k]] |= TRAIT_CARRIES;
		for (uint32_t k = 0; k < conduit->channel_count; k++)
			for (uint32_t j = 0; j < conduit->channels[k].link_count; j++)
				f->decided[conduit->channels[k].links[j]] =
					conduit->channels[k].verdict == CHANNEL_ALLOWED;
	}
	return true;
}

static int finding_compare(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	int order = strcmp(a->rule, b->rule);
	if (order != 0)
		return order;
	uint32_t x = a->asset_count > 0 ? a->assets[0] : ASSET_NONE, y = b->asset_count > 0 ? b->assets[0] : ASSET_NONE;
	if (x != y)
		return x < y ? -1 : 1;
	return strcmp(a->id, b->id);
}

bool finding_settle(struct work *w)
{
	struct finder f = {.w = w, .c = w->out};
	if (w->failed || !finder_prepare(&f))
		return false;
	for (size_t i = 0; i < finding_rule_count && !w->failed; i++) {
		f.rule = &finding_rules[i];
		f.rule->look(&f);
	}
	w->out->findings = work_keep(w, f.count, sizeof(*w->out->findings));
	if (w->failed)
		return false;
	if (f.count > 0)
		memcpy(w->out->findings, f.list, f.count * sizeof(*f.list));
	w->out->finding_count = f.count;
	if (f.count > 1)
		qsort(w->out->findings, f.count, sizeof(*f.list), finding_compare);
	return true;
}
