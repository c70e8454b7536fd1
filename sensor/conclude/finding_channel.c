/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding_channel.c - findings about who talks to whom across zones; one for a conduit, whatever its channels.
 *
 * Business, external, temporary and wireless parts are told by the kind of their zone. Traffic into control is worse
 * the deeper it reaches: a controller, or anything in a cell, before a server of site operations.
 */
#include "sensor/conclude/finding.h"

#include <string.h>

#define CHANGES (OPERATION_WRITE | OPERATION_CONTROL | OPERATION_PROGRAM | OPERATION_CONFIGURE)

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

struct interest {
	bool (*wants)(const struct finder *f, const struct conduit *conduit, const struct channel *c);
	enum severity (*severity)(const struct finder *f, const struct channel *c); /* raises it; NULL: the rule's */
	enum zone_kind outer;   /* this zone is named first; ZONE_KINDS: in the order of the conduit */
	const char *verb, *end; /* "ZONE verb ZONE end: channel; channel" */
};

static bool is_observed(const struct channel *c)
{
	return c->initiator != ASSET_NONE;
}

static const char *zone_words(struct finder *f, uint32_t zone)
{
	const struct zone *z = &f->c->zones[zone];
	return strcmp(z->id, z->name) != 0 ? finder_print(f, "%s (%s)", z->id, finder_brief(f, z->name)) : z->id;
}

/* The draft of one conduit; false: nothing in it is of interest. */
static bool conduit_draft(struct finder *f, uint32_t row, const struct interest *in)
{
	const struct conduit *conduit = &f->c->conduits[row];
	bool any = false;
	for (uint32_t i = 0; i < conduit->channel_count && !f->w->failed; i++) {
		const struct channel *c = &conduit->channels[i];
		if (!is_observed(c) || !in->wants(f, conduit, c) || channel_is_carrier(conduit, i))
			continue;
		if (!any)
			draft_start(f);
		any = true;
		draft_channel(f, c, CHANGES);
		if (in->severity != NULL)
			draft_severity(f, in->severity(f, c));
	}
	if (any)
		f->draft.conduit = row;
	return any;
}

/* One finding for each conduit with such channels. */
static void conduits_look(struct finder *f, const struct interest *in)
{
	for (uint32_t i = 0; i < f->c->conduit_count && !f->w->failed; i++) {
		const struct conduit *conduit = &f->c->conduits[i];
		if (!conduit_draft(f, i, in))
			continue;
		unsigned first = f->c->zones[conduit->zones[1]].kind == in->outer;
		draft_finish(f, finder_pair(f, conduit), "%s %s %s%s", zone_words(f, conduit->zones[first]), in->verb,
			zone_words(f, conduit->zones[1 - first]), in->end);
	}
}

static enum zone_kind kind_of(const struct finder *f, uint32_t asset)
{
	return f->c->zones[f->c->assets[asset].zone].kind;
}

/* One end is in a zone of this kind; the other one, or ASSET_NONE. */
static uint32_t other_end(const struct finder *f, const struct channel *c, enum zone_kind kind)
{
	if (kind_of(f, c->initiator) == kind)
		return c->responder;
	return kind_of(f, c->responder) == kind ? c->initiator : ASSET_NONE;
}

/* It ends at a controller, or in a cell, or reaches the process by its protocol. */
static bool is_deep(const struct finder *f, const struct channel *c, uint32_t end)
{
	return finder_has(f, end, TRAIT_LOW | TRAIT_CELL) || protocol_controls(c->protocol);
}

static bool is_open(const struct channel *c)
{
	return c->verdict != CHANNEL_ALLOWED;
}

static bool wants_external(const struct finder *f, const struct channel *c, bool low)
{
	uint32_t end = other_end(f, c, ZONE_EXTERNAL);
	return is_open(c) && finder_has(f, end, TRAIT_CONTROL) && finder_has(f, end, TRAIT_LOW) == low &&
	       (low || finder_has(f, end, TRAIT_PURPOSE));
}

static bool wants_control_to_external(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	(void)conduit;
	return wants_external(f, c, true);
}

static bool wants_operations_to_external(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	(void)conduit;
	return wants_external(f, c, false);
}

void find_control_to_external(struct finder *f)
{
	conduits_look(f, &(struct interest){
				 wants_control_to_external, NULL, ZONE_EXTERNAL, "talks with level 1 or below in", ""});
}

void find_operations_to_external(struct finder *f)
{
	conduits_look(f, &(struct interest){wants_operations_to_external, NULL, ZONE_EXTERNAL, "talks with", ""});
}

/* The usual port of a service whose first bytes nobody could name. */
static bool is_plain_at(const struct channel *c, const uint16_t *ports, size_t count)
{
	if (c->basis != LINK_PLAIN || strcmp(c->transport, "tcp") != 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (ports[i] == c->port)
			return true;
	return false;
}

/* Web pages of a device: a server of operations may show anything in cleartext, that is not administration. */
static bool is_device(const struct finder *f, uint32_t asset)
{
	static const char *const types[] = {"switch", "router", "firewall", "gateway", "wireless_ap", "hmi", "ups",
		"camera", "printer", "time_server", "vpn_server", NULL};
	return finder_has(f, asset, TRAIT_LOW | TRAIT_ROUTER) || is_one_of(f->c->assets[asset].type, types);
}

static bool wants_cleartext(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	static const char *const always[] = {"telnet", "ftp", "tftp", "vnc", NULL};
	static const uint16_t ports[] = {21, 23, 512, 513, 514, 5900};
	if (!is_open(c) || !c->answered || conduit->zones[0] == conduit->zones[1])
		return false;
	if (is_one_of(c->protocol, always) || is_plain_at(c, ports, sizeof(ports) / sizeof(ports[0])))
		return true;
	if (strcmp(c->protocol, "http") == 0)
		return is_device(f, c->responder);
	return strcmp(c->protocol, "snmp") == 0 && c->operations != 0; /* of version 3 with privacy none can be read */
}

/* Polling by SNMP shows its community; a session of telnet shows a password that opens the device. */
static enum severity cleartext_severity(const struct finder *f, const struct channel *c)
{
	enum zone_kind kind = kind_of(f, c->initiator);
	bool outside = (kind == ZONE_ENTERPRISE || kind == ZONE_EXTERNAL) && finder_has(f, c->responder, TRAIT_CONTROL);
	bool polling = strcmp(c->protocol, "snmp") == 0 && (c->operations & CHANGES) == 0;
	if (polling)
		return outside ? SEVERITY_MEDIUM : SEVERITY_LOW;
	return outside ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

void find_cleartext_administration(struct finder *f)
{
	conduits_look(f, &(struct interest){wants_cleartext, cleartext_severity, ZONE_KINDS, "and",
				 ", administration without encryption by its protocol or usual port"});
}

static bool wants_remote_access(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	static const char *const desks[] = {"rdp", "vnc", "ssh", NULL};
	static const char *const tunnels[] = {"openvpn", "wireguard", "ipsec", NULL};
	static const uint16_t ports[] = {22, 3389, 5900};
	(void)conduit;
	if (!is_open(c) || !c->answered)
		return false;
	bool inward = finder_has(f, c->responder, TRAIT_CONTROL) && !finder_has(f, c->initiator, TRAIT_CONTROL);
	if (is_one_of(c->protocol, desks) || is_plain_at(c, ports, sizeof(ports) / sizeof(ports[0])))
		return inward;
	bool outward = finder_has(f, c->initiator, TRAIT_CONTROL) && !finder_has(f, c->responder, TRAIT_CONTROL);
	return is_one_of(c->protocol, tunnels) && (inward || outward);
}

static enum severity remote_severity(const struct finder *f, const struct channel *c)
{
	enum zone_kind from = kind_of(f, c->initiator), to = kind_of(f, c->responder);
	bool outside = from == ZONE_EXTERNAL || to == ZONE_EXTERNAL || from == ZONE_ENTERPRISE;
	return outside ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

void find_remote_access(struct finder *f)
{
	conduits_look(f, &(struct interest){wants_remote_access, remote_severity, ZONE_KINDS, "and",
				 ", remote access into control by its protocol or usual port"});
}

static bool wants_temporary(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	(void)conduit;
	uint32_t end = other_end(f, c, ZONE_TEMPORARY);
	uint32_t visitor = end == c->initiator ? c->responder : c->initiator;
	return is_open(c) && finder_has(f, end, TRAIT_CONTROL) && !finder_has(f, visitor, TRAIT_BRIDGES);
}

void find_temporary_into_cell(struct finder *f)
{
	conduits_look(f, &(struct interest){wants_temporary, NULL, ZONE_TEMPORARY, "talks with", ""});
}

static bool wants_wireless(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	(void)conduit;
	uint32_t end = other_end(f, c, ZONE_WIRELESS);
	uint32_t mobile = end == c->initiator ? c->responder : c->initiator;
	return is_open(c) && finder_has(f, end, TRAIT_CONTROL) && strcmp(f->c->assets[mobile].type, "wireless_ap") != 0;
}

void find_wireless_into_cell(struct finder *f)
{
	conduits_look(f, &(struct interest){wants_wireless, NULL, ZONE_WIRELESS, "talks with", ""});
}

/* What the findings of administration speak of is not said twice. */
static bool wants_business(const struct finder *f, const struct conduit *conduit, const struct channel *c, bool deep)
{
	uint32_t end = other_end(f, c, ZONE_ENTERPRISE);
	return is_open(c) && finder_has(f, end, TRAIT_CONTROL) && is_deep(f, c, end) == deep &&
	       (deep || finder_has(f, end, TRAIT_PURPOSE)) && !wants_cleartext(f, conduit, c) &&
	       !wants_remote_access(f, conduit, c);
}

static bool wants_business_to_control(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	return wants_business(f, conduit, c, true);
}

static bool wants_business_to_operations(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	return wants_business(f, conduit, c, false);
}

/* An answered control protocol: whoever can read the process this way can usually write it. */
static enum severity business_severity(const struct finder *f, const struct channel *c)
{
	(void)f;
	return c->answered && protocol_controls(c->protocol) ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

void find_business_to_control(struct finder *f)
{
	conduits_look(f, &(struct interest){wants_business_to_control, business_severity, ZONE_ENTERPRISE,
				 "talks past any DMZ with control in", ""});
}

void find_business_to_operations(struct finder *f)
{
	conduits_look(f,
		&(struct interest){wants_business_to_operations, NULL, ZONE_ENTERPRISE, "talks past any DMZ with", ""});
}

/* Of the conduit that people declared, or could: each verdict is one finding. */
static void verdicts_look(struct finder *f, enum verdict_of_channel verdict, const struct interest *in)
{
	for (uint32_t i = 0; i < f->c->conduit_count && !f->w->failed; i++) {
		const struct conduit *conduit = &f->c->conduits[i];
		const char *because = NULL;
		for (uint32_t k = 0; k < conduit->channel_count && because == NULL; k++)
			if (conduit->channels[k].verdict == verdict)
				because = conduit->channels[k].because;
		if (because != NULL && conduit_draft(f, i, in))
			draft_finish(f, finder_pair(f, conduit), "%u channel%s %s between %s and %s (%s)",
				(unsigned)conduit->counts[verdict], conduit->counts[verdict] == 1 ? "" : "s", in->verb,
				zone_words(f, conduit->zones[0]), zone_words(f, conduit->zones[1]), because);
	}
}

static bool wants_denied(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	(void)f;
	(void)conduit;
	return c->verdict == CHANNEL_DENIED;
}

static bool wants_expired(const struct finder *f, const struct conduit *conduit, const struct channel *c)
{
	(void)f;
	(void)conduit;
	return c->verdict == CHANNEL_EXPIRED;
}

static enum severity denied_severity(const struct finder *f, const struct channel *c)
{
	(void)f;
	return c->answered && (c->operations & CHANGES) != 0 ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

void find_denied(struct finder *f)
{
	verdicts_look(f, CHANNEL_DENIED, &(struct interest){wants_denied, denied_severity, ZONE_KINDS, "denied", ""});
}

void find_expired(struct finder *f)
{
	verdicts_look(f, CHANNEL_EXPIRED, &(struct interest){wants_expired, NULL, ZONE_KINDS, "expired", ""});
}
