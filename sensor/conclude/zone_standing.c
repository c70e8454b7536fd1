/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_standing.c - what each asset does for its zone: controls, is controlled, supervises, routes.
 *
 * Control is cyclic in two ways. Protocols of cyclic I/O (CIP implicit messages, PROFINET RT, EtherCAT, POWERLINK, EGD)
 * are it by themselves. Polling is it when reads or writes were answered for at least half of the time in which the
 * controller was seen and over at least POLLING_NS, in at least POLLING_PACKETS packets: an engineer who looks at a
 * controller once, or an office that reads it for a minute, does not join its cell.
 *
 * A hub is what would tie cells together that are not one: it is known by its type (historian, domain controller, time
 * server ...), or by its reach: most controllers that it asks are in other networks, or it is the highest of its own
 * network and asks more than HUB_CONTROLLERS there. Reach stands in for betweenness: it is counted in one pass, and a
 * person can check it.
 */
#include "sensor/conclude/partition.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/util/text.h"

#define POLLING_PACKETS 20              /* ten requests with their answers */
#define POLLING_NS INT64_C(10000000000) /* shorter, and nobody can tell polling from a look */
#define HUB_CONTROLLERS 4 /* a panel beside a machine shows about so many; config/rules/types.yaml says the same */

const char *work_vprint(struct work *w, const char *format, va_list list)
{
	char text[512];
	int len = vsnprintf(text, sizeof(text), format, list);
	for (size_t end = sizeof(text) - 1; len >= (int)sizeof(text) && !text_is_utf8(text);)
		text[--end] = '\0'; /* a name was cut inside a character */
	return work_text(w, text);
}

const char *work_print(struct work *w, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	const char *text = work_vprint(w, format, list);
	va_end(list);
	return text;
}

bool asset_has_flag(const struct asset *asset, const char *flag)
{
	for (uint16_t i = 0; i < asset->flag_count; i++)
		if (strcmp(asset->flags[i], flag) == 0)
			return true;
	return false;
}

const char *asset_called(const struct asset *asset)
{
	if (asset->name != NULL)
		return asset->name;
	for (uint32_t i = 0; i < asset->interface_count; i++)
		if (asset->interfaces[i].ip_count > 0)
			return asset->interfaces[i].ips[0];
	return asset->interface_count > 0 && asset->interfaces[0].mac != NULL ? asset->interfaces[0].mac : asset->id;
}

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

static enum purpose purpose_of(const char *protocol)
{
	static const char *const io[] = {"cip-io", "pn-rt", "ethercat", "powerlink", "egd", NULL};
	static const char *const control[] = {"modbus", "umas", "s7comm", "s7comm-plus", "dnp3", "cip", "pccc", "pn-io",
		"bacnet", "iec104", "mms", "hart-ip", "fins", "melsec", "ads", "ge-srtp", "fox", "codesys", "pcworx",
		"genisys", "synphasor", "c1222", "opcua", NULL};
	static const char *const it[] = {"http", "tls", "smb", "rdp", "dns", "kerberos", "ldap", "ssh", "ftp", "telnet",
		"smtp", "imap", "pop3", "quic", "tds", "mysql", "postgresql", "oracle", "dcerpc", "nfs", "vnc", "sip",
		NULL};
	if (*protocol == '\0')
		return PURPOSE_UNKNOWN;
	return is_one_of(protocol, io)        ? PURPOSE_IO
	       : is_one_of(protocol, control) ? PURPOSE_CONTROL
	       : is_one_of(protocol, it)      ? PURPOSE_IT
					      : PURPOSE_OTHER;
}

enum purpose link_purpose(const struct partition *p, const struct asset_link *l)
{
	return p->purposes[p->w->protocol_rank[l->link->protocol]];
}

static bool is_answered(const struct asset_link *l)
{
	return l->parts & (PART_RESPONSE | PART_EXCHANGE);
}

/* Values move: not only identities, programs and settings. */
static bool moves_values(const struct asset_link *l)
{
	return ((l->asked | l->answered) & (OPERATION_READ | OPERATION_WRITE | OPERATION_CONTROL)) != 0;
}

static int64_t length_ns(const struct span *s)
{
	return s->last.time_ns - s->first.time_ns;
}

bool link_is_cyclic(const struct partition *p, const struct asset_link *l)
{
	enum purpose purpose = link_purpose(p, l);
	if (purpose == PURPOSE_IO) /* alarms go over PROFINET RT too */
		return moves_values(l);
	if (purpose != PURPOSE_CONTROL || !is_answered(l) || !moves_values(l) || l->packets < POLLING_PACKETS)
		return false;
	int64_t server = length_ns(&p->w->out->assets[l->server].seen);
	return length_ns(&l->seen) >= POLLING_NS && length_ns(&l->seen) >= server / 2;
}

uint32_t component_of(const struct partition *p, uint32_t asset)
{
	while (p->up[asset] != asset) {
		p->up[asset] = p->up[p->up[asset]];
		asset = p->up[asset];
	}
	return asset;
}

static bool purposes_find(struct partition *p)
{
	const struct inventory *inv = p->w->inventory;
	p->purposes = work_alloc(p->w, p->arena, RANKS_MAX + 1, sizeof(*p->purposes));
	for (uint32_t i = 0; i < inv->link_count && !p->w->failed; i++) {
		uint32_t protocol = inv->links[i].protocol;
		uint8_t *purpose = &p->purposes[p->w->protocol_rank[protocol]];
		if (*purpose == PURPOSE_UNKNOWN)
			*purpose = (uint8_t)purpose_of(inventory_text(inv, protocol));
	}
	return !p->w->failed;
}

static void asset_look(struct partition *p, uint32_t i)
{
	const struct asset *asset = &p->w->out->assets[i];
	struct standing *s = &p->at[i];
	uint32_t top = asset->parent == ASSET_NONE ? i : asset->parent;
	s->draft = DRAFT_NONE;
	if (asset_has_flag(asset, "safety_related") || strcmp(asset->type, "safety_controller") == 0)
		p->at[top].safety = true;
	if (asset->parent == ASSET_NONE && asset->purdue_level != NULL) {
		s->low = *asset->purdue_level == '0' || *asset->purdue_level == '1';
		s->upper = !s->low;
	}
	s->routes = strcmp(asset->type, "router") == 0 || strcmp(asset->type, "firewall") == 0 ||
		    asset_has_flag(asset, "router");
}

/* What one link says of its two ends. */
static void link_look(struct partition *p, const struct asset_link *l)
{
	struct standing *client = &p->at[l->client], *server = &p->at[l->server];
	switch (link_purpose(p, l)) {
	case PURPOSE_IO:
		if (moves_values(l))
			client->io = server->io = true;
		break;
	case PURPOSE_CONTROL:
		client->asks |= is_answered(l);
		client->polls |= link_is_cyclic(p, l);
		server->answers |= is_answered(l);
		client->answers |= (l->parts & PART_EXCHANGE) != 0;
		break;
	case PURPOSE_IT:
		client->it += l->packets;
		server->it += l->packets;
		break;
	case PURPOSE_UNKNOWN:
		client->unknown += l->packets;
		server->unknown += l->packets;
		break;
	case PURPOSE_OTHER:
		break;
	}
}

/* Partners of I/O are known only when all assets were looked at. */
static void io_count(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	for (size_t i = 0; i < out->link_count; i++) {
		const struct asset_link *l = &out->links[i];
		if (link_purpose(p, l) != PURPOSE_IO)
			continue;
		struct standing *client = &p->at[l->client], *server = &p->at[l->server];
		*(server->safety ? &client->io_safe : &client->io_other) += 1;
		*(client->safety ? &server->io_safe : &server->io_other) += 1;
	}
}

/* Links are sorted by client, then server: the controllers of a client follow each other. */
static void reach_count(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	uint32_t *stamps = work_alloc(p->w, p->arena, p->domains.count, sizeof(*stamps));
	uint32_t last_client = ASSET_NONE, last_server = ASSET_NONE;
	for (size_t i = 0; i < out->link_count && !p->w->failed; i++) {
		const struct asset_link *l = &out->links[i];
		bool counted = l->client == last_client && l->server == last_server;
		if (counted || link_purpose(p, l) != PURPOSE_CONTROL || !is_answered(l) || !p->at[l->server].answers)
			continue;
		last_client = l->client;
		last_server = l->server;
		uint32_t home = p->domains.home[l->server];
		p->at[l->client].controllers++;
		if (home == DOMAIN_NONE || home == p->domains.home[l->client])
			continue;
		p->at[l->client].remote++;
		if (stamps[home] == l->client + 1)
			continue;
		stamps[home] = l->client + 1;
		p->at[l->client].networks++;
	}
}

/* A controller or a gateway may ask many: it is part of what it controls. So is what is asked itself, without a type.
 */
static bool can_be_hub(const struct partition *p, uint32_t i)
{
	const struct standing *s = &p->at[i];
	return !s->low && !s->routes && (s->upper || !s->answers) && p->w->out->assets[i].parent == ASSET_NONE;
}

static bool is_serving(const struct asset *asset)
{
	static const char *const types[] = {"historian", "mes", "db_server", "domain_controller", "time_server",
		"app_server", "opc_server", "jump_host", "vpn_server", NULL};
	return is_one_of(asset->type, types);
}

/*
 * Hubs that reach other networks; and the networks whose controllers they poll. A panel that reads a neighbour's
 * controller beside its own is none: most of what a hub asks is elsewhere.
 */
static void far_hubs_find(struct partition *p)
{
	const struct conclusions *out = p->w->out;
	for (uint32_t i = 0; i < p->count; i++)
		p->at[i].hub = p->at[i].remote * 2 > p->at[i].controllers && can_be_hub(p, i);
	for (size_t i = 0; i < out->link_count; i++) {
		const struct asset_link *l = &out->links[i];
		uint32_t there = p->domains.home[l->server];
		if (p->at[l->client].hub && there != DOMAIN_NONE && there != p->domains.home[l->client] &&
			link_is_cyclic(p, l))
			p->domains.at[there].overseen = true;
	}
}

/*
 * Who asks many controllers of its own network is a hub where nobody stands above it; where a hub of another network
 * polls the same controllers it is the panel of a line.
 */
static void near_hubs_find(struct partition *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		struct standing *s = &p->at[i];
		uint32_t home = p->domains.home[i];
		bool overseen = home != DOMAIN_NONE && p->domains.at[home].overseen;
		if (s->hub || !can_be_hub(p, i))
			continue;
		bool many =
			s->controllers > HUB_CONTROLLERS && !overseen && strcmp(p->w->out->assets[i].type, "hmi") != 0;
		s->local = !many && is_serving(&p->w->out->assets[i]);
		s->hub = many || s->local;
	}
}

bool standing_make(struct partition *p)
{
	struct conclusions *out = p->w->out;
	p->count = (uint32_t)out->asset_count;
	p->at = work_alloc(p->w, p->arena, p->count, sizeof(*p->at));
	p->up = work_alloc(p->w, p->arena, p->count, sizeof(*p->up));
	if (p->w->failed || !purposes_find(p))
		return false;
	for (uint32_t i = 0; i < p->count; i++) {
		p->up[i] = i;
		asset_look(p, i);
	}
	for (size_t i = 0; i < out->link_count; i++)
		link_look(p, &out->links[i]);
	io_count(p);
	reach_count(p);
	far_hubs_find(p);
	near_hubs_find(p);
	return !p->w->failed;
}
