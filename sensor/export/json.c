/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - the inventory as JSON, schema "earshot.inventory/1" (config/inventory.schema.json).
 *
 * Keys come in a fixed order and arrays sorted; captures are numbered by what they hold, not by when they were read.
 * So the same facts give the same bytes on every machine.
 */
#include "sensor/export/export.h"

#include <errno.h>

#include "sensor/export/coverage.h"
#include "sensor/inventory/order.h"
#include "sensor/util/json.h"
#include "sensor/util/text.h"

struct exporter {
	struct json json;
	const struct conclusions *c;
	const struct inventory *inv;
	struct order captures;
};

static void put_time(struct exporter *e, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_MAX];
	json_text(&e->json, key, time_text(text, time_ns));
}

/* A capture may begin its clock at 0: what a frame proves has a time all the same. */
static int64_t time_of(const struct sighting *s)
{
	return s->time_ns == 0 && s->frame > 0 ? 1 : s->time_ns;
}

static void put_times(struct exporter *e, const struct span *seen)
{
	put_time(e, "first_seen", time_of(&seen->first));
	put_time(e, "last_seen", time_of(&seen->last));
}

/* Where to look: the capture and the frame that first said it. */
static void put_evidence(struct exporter *e, const struct span *seen)
{
	json_number(&e->json, "capture", (uint64_t)e->captures.ranks[seen->first.capture] + 1);
	json_number(&e->json, "frame", seen->first.frame);
	put_times(e, seen);
}

static void put_path(struct exporter *e, const struct place *at)
{
	if (at->kind == PATH_NONE)
		return;
	json_object(&e->json, "at", JSON_FLAT);
	json_text(&e->json, "kind", path_kind_name(at->kind));
	json_text(&e->json, "value", at->text);
	json_end(&e->json);
}

static void put_texts(struct exporter *e, const char *key, const char *const *texts, size_t count)
{
	json_array(&e->json, key, JSON_FLAT);
	for (size_t i = 0; i < count; i++)
		json_text(&e->json, NULL, texts[i]);
	json_end(&e->json);
}

static void put_operations(struct exporter *e, const char *key, unsigned operations)
{
	json_array(&e->json, key, JSON_FLAT);
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (operations & bit)
			json_text(&e->json, NULL, operation_name(bit));
	json_end(&e->json);
}

/* The counters that a capture has alone and that coverage has added up. */
static void put_counters(struct exporter *e, const struct capture *c)
{
	struct json *j = &e->json;
	json_number(j, "truncated_packets", c->truncated_packets);
	json_number(j, "undecoded_packets", c->undecoded_packets);
	json_number(j, "dropped_packets", c->dropped_packets);
	json_number(j, "duplicate_packets", c->duplicate_packets);
	json_number(j, "fragments_lost", c->fragments_lost);
	json_number(j, "gaps", c->gaps);
	json_number(j, "gap_bytes", c->gap_bytes);
	json_number(j, "flows", c->flows);
	json_number(j, "one_sided_flows", c->one_sided_flows);
	json_number(j, "encrypted_flows", c->encrypted_flows);
	json_number(j, "unclaimed_flows", c->unclaimed_flows);
	json_number(j, "evicted_flows", c->evicted_flows);
	json_number(j, "evicted_rows", c->evicted_rows);
}

static void put_captures(struct exporter *e)
{
	struct json *j = &e->json;
	json_array(j, "captures", JSON_LINES);
	for (uint32_t i = 0; i < e->captures.count; i++) {
		const struct capture *c = &e->inv->captures[e->captures.rows[i]];
		json_object(j, NULL, JSON_FLAT);
		json_number(j, "id", (uint64_t)i + 1);
		json_text_always(j, "name", c->name);
		json_text(j, "sha256", c->sha256);
		json_number(j, "bytes", c->bytes);
		json_number(j, "packets", c->packets);
		put_time(e, "first", c->first_ns);
		put_time(e, "last", c->last_ns);
		json_text(j, "link_type", c->link_type);
		put_counters(e, c);
		json_number(j, "cut_at_byte", c->cut_at_byte);
		json_end(j);
	}
	json_end(j);
}

static void put_protocols(struct exporter *e, const struct coverage *coverage)
{
	struct json *j = &e->json;
	json_array(j, "protocols", JSON_LINES);
	for (size_t i = 0; i < coverage->protocol_count; i++) {
		const struct coverage_protocol *p = &coverage->protocols[i];
		json_object(j, NULL, JSON_FLAT);
		json_text_always(j, "name", p->name);
		json_number(j, "pdus", p->pdus);
		json_number(j, "malformed", p->malformed);
		json_number(j, "unassembled_bytes", p->unassembled_bytes);
		json_end(j);
	}
	json_end(j);
}

static void put_interfaces(struct exporter *e, const struct asset *a)
{
	struct json *j = &e->json;
	json_array(j, "interfaces", JSON_LINES);
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "mac", n->mac);
		json_text(j, "mac_vendor", n->mac_vendor);
		put_texts(e, "ips", n->ips, n->ip_count);
		json_array(j, "vlans", JSON_FLAT);
		for (size_t v = 0; v < n->vlan_count; v++)
			json_number(j, NULL, n->vlans[v]);
		json_end(j);
		put_texts(e, "hostnames", n->hostnames, n->hostname_count);
		json_end(j);
	}
	json_end(j);
}

static void put_roles(struct exporter *e, const struct asset *a)
{
	struct json *j = &e->json;
	json_array(j, "roles", JSON_LINES);
	for (size_t i = 0; i < a->role_count; i++) {
		const struct role *r = &a->roles[i];
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "protocol", r->protocol);
		json_text(j, "role", r->role);
		json_text(j, "transport", r->transport);
		if (r->port != 0)
			json_number(j, "port", r->port);
		json_text(j, "basis", link_basis_name(r->basis));
		json_number(j, "peers", r->peers);
		put_operations(e, "operations", r->operations);
		put_operations(e, "refused", r->refused);
		put_times(e, &r->seen);
		json_end(j);
	}
	json_end(j);
}

static void put_facts(struct exporter *e, const struct asset *a)
{
	struct json *j = &e->json;
	json_array(j, "facts", JSON_LINES);
	for (size_t i = 0; i < a->fact_count; i++) {
		const struct fact *f = a->facts[i].fact;
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "attribute", attribute_name(f->attribute));
		json_text_always(j, "value", a->facts[i].value);
		json_text(j, "code", inventory_text(e->inv, f->code));
		json_text(j, "protocol", protocol_name(f->protocol));
		json_text(j, "message", inventory_text(e->inv, f->message));
		put_path(e, &a->facts[i].at);
		json_decimal(j, "confidence", f->confidence / 100.0);
		put_evidence(e, &f->seen);
		json_number(j, "count", f->count);
		json_end(j);
	}
	json_end(j);
}

static void put_conflicts(struct exporter *e, const struct asset *a)
{
	json_array(&e->json, "conflicts", JSON_LINES);
	for (size_t i = 0; i < a->conflict_count; i++) {
		json_object(&e->json, NULL, JSON_FLAT);
		json_text(&e->json, "attribute", a->conflicts[i].attribute);
		put_texts(e, "values", a->conflicts[i].values, a->conflicts[i].value_count);
		json_end(&e->json);
	}
	json_end(&e->json);
}

/* The type, the rules that decided it, and what every rule had to say. */
static void put_type(struct exporter *e, const struct asset *a)
{
	struct json *j = &e->json;
	json_text(j, "type", a->type);
	json_decimal(j, "type_confidence", a->type_confidence);
	json_array(j, "type_rules", JSON_FLAT);
	for (size_t i = 0; i < a->verdict_count; i++)
		if (a->verdicts[i].won)
			json_text(j, NULL, a->verdicts[i].rule);
	json_end(j);
	json_array(j, "type_verdicts", JSON_LINES);
	for (size_t i = 0; i < a->verdict_count; i++) {
		const struct verdict *v = &a->verdicts[i];
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "rule", v->rule);
		json_text(j, "type", v->type);
		json_decimal(j, "score", v->score);
		json_bool(j, "won", v->won);
		json_text(j, "because", v->because);
		json_end(j);
	}
	json_end(j);
	put_texts(e, "flags", a->flags, a->flag_count);
	json_array(j, "flag_reasons", JSON_LINES);
	for (size_t i = 0; a->flag_reasons != NULL && i < a->flag_count; i++) {
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "flag", a->flags[i]);
		json_text(j, "because", a->flag_reasons[i]);
		json_end(j);
	}
	json_end(j);
	json_text(j, "purdue_level", a->purdue_level);
}

static void put_asset(struct exporter *e, const struct asset *a)
{
	struct json *j = &e->json;
	json_object(j, NULL, JSON_LINES);
	json_text(j, "id", a->id);
	if (a->parent != ASSET_NONE)
		json_text(j, "parent", e->c->assets[a->parent].id);
	put_path(e, &a->at);
	json_text(j, "name", a->name);
	json_text(j, "vendor", a->vendor);
	json_text(j, "model", a->model);
	json_text(j, "order_number", a->order_number);
	json_text(j, "serial_number", a->serial_number);
	json_text(j, "hardware_version", a->hardware_version);
	json_text(j, "firmware_version", a->firmware_version);
	json_text(j, "os", a->os);
	put_type(e, a);
	put_interfaces(e, a);
	put_roles(e, a);
	put_facts(e, a);
	put_conflicts(e, a);
	put_times(e, &a->seen);
	json_text(j, "would_identify", a->would_identify);
	json_end(j);
}

/* Of a link: which frame first proved each operation, and what happened that matters by itself. */
static void put_activities(struct exporter *e, const struct asset_link *l, const char *key, bool events)
{
	struct json *j = &e->json;
	json_array(j, key, JSON_LINES);
	for (size_t i = 0; i < l->activity_count; i++) {
		const struct activity *v = l->activities[i];
		if ((v->message != 0) != events)
			continue;
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "operation", operation_name(v->operation));
		json_text(j, "message", inventory_text(e->inv, v->message));
		json_text(j, "detail", inventory_text(e->inv, v->detail));
		if (events)
			json_number(j, "count", v->count);
		put_evidence(e, &v->seen);
		json_end(j);
	}
	json_end(j);
}

static void put_link(struct exporter *e, const struct asset_link *l)
{
	struct json *j = &e->json;
	json_object(j, NULL, JSON_LINES);
	json_text(j, "client", e->c->assets[l->client].id);
	json_text(j, "server", e->c->assets[l->server].id);
	json_text(j, "protocol", inventory_text(e->inv, l->link->protocol));
	json_text(j, "transport", transport_name(l->link->transport));
	if (l->link->port != 0)
		json_number(j, "port", l->link->port);
	json_text(j, "basis", link_basis_name(l->link->basis));
	json_bool(j, "answered", (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0);
	put_operations(e, "operations", l->asked | l->answered);
	put_operations(e, "refused", l->refused);
	json_number(j, "packets", l->packets);
	json_number(j, "bytes", l->bytes);
	put_times(e, &l->seen);
	put_activities(e, l, "evidence", false);
	put_activities(e, l, "events", true);
	json_end(j);
}

static void put_unanswered(struct exporter *e)
{
	json_array(&e->json, "unanswered", JSON_LINES);
	for (size_t i = 0; i < e->c->unanswered_count; i++) {
		const struct unanswered *u = &e->c->unanswered[i];
		json_object(&e->json, NULL, JSON_FLAT);
		json_text(&e->json, "address", u->address);
		json_array(&e->json, "asked_by", JSON_FLAT);
		for (size_t k = 0; k < u->asked_by_count; k++)
			json_text(&e->json, NULL, e->c->assets[u->asked_by[k]].id);
		json_end(&e->json);
		put_texts(e, "protocols", u->protocols, u->protocol_count);
		json_end(&e->json);
	}
	json_end(&e->json);
}

static void put_coverage(struct exporter *e, const struct coverage *coverage)
{
	struct json *j = &e->json;
	json_object(j, "coverage", JSON_LINES);
	json_number(j, "cut_captures", coverage->cut_captures);
	json_number(j, "unanswered", coverage->unanswered);
	put_counters(e, &coverage->sum);
	json_number(j, "refused_rows", coverage->refused_rows);
	json_array(j, "undissected", JSON_LINES);
	for (size_t i = 0; i < coverage->unread_count; i++) {
		const struct coverage_unread *u = &coverage->unread[i];
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "protocol", u->protocol);
		json_text(j, "transport", transport_name(u->transport));
		json_text(j, "basis", link_basis_name(u->basis));
		json_number(j, "links", u->links);
		json_number(j, "packets", u->packets);
		json_number(j, "bytes", u->bytes);
		json_end(j);
	}
	json_end(j);
	json_array(j, "unidentified", JSON_LINES);
	for (size_t i = 0; i < coverage->wish_count; i++) {
		json_object(j, NULL, JSON_FLAT);
		json_text(j, "would_identify", coverage->wishes[i].observation);
		json_number(j, "assets", coverage->wishes[i].assets);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

static void put_inventory(struct exporter *e, const struct coverage *coverage, const char *site)
{
	struct json *j = &e->json;
	json_object(j, NULL, JSON_LINES);
	json_text(j, "schema", "earshot.inventory/1");
	json_text_always(j, "site", site != NULL ? site : "");
	json_object(j, "sensor", JSON_FLAT);
	json_text(j, "name", "earshot");
	json_text(j, "version", EARSHOT_VERSION);
	json_end(j);
	put_captures(e);
	put_protocols(e, coverage);
	json_array(j, "assets", JSON_LINES);
	for (size_t i = 0; i < e->c->asset_count; i++)
		put_asset(e, &e->c->assets[i]);
	json_end(j);
	json_array(j, "links", JSON_LINES);
	for (size_t i = 0; i < e->c->link_count; i++)
		put_link(e, &e->c->links[i]);
	json_end(j);
	put_unanswered(e);
	static const char *const later[] = {"zones", "conduits", "findings"};
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		put_texts(e, later[i], NULL, 0);
	put_coverage(e, coverage);
	json_end(j);
}

int export_json(FILE *out, const struct conclusions *c, const char *site)
{
	struct exporter e = {.json = json_to(out), .c = c, .inv = c->inventory};
	struct coverage coverage;
	int err = coverage_make(&coverage, c);
	if (err == 0)
		err = order_captures(&e.captures, c->inventory);
	if (err == 0) {
		errno = 0;
		put_inventory(&e, &coverage, site);
		if (fflush(out) != 0 || ferror(out))
			err = errno != 0 ? -errno : -EIO;
	}
	order_clear(&e.captures);
	coverage_clear(&coverage);
	return err;
}
