/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - the inventory as JSON, schema "earshot.inventory/1" (config/inventory.schema.json).
 *
 * Keys come in a fixed order and arrays sorted; captures are numbered by what they hold, not by when they were read.
 * So the same facts give the same bytes on every machine. The elements of the outermost lists have a line each, for
 * diff and grep.
 */
#include "sensor/export/export.h"

#include <errno.h>

#include "sensor/export/json_parts.h"
#include "sensor/export/map.h"
#include "sensor/util/output.h"
#include "sensor/util/text.h"

void json_time(struct exporter *e, cJSON *o, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_MAX];
	element_text_copy(&e->writer, o, key, time_text(text, time_ns));
}

int64_t json_time_of(const struct sighting *s)
{
	return s->time_ns == 0 && s->frame > 0 ? 1 : s->time_ns;
}

void json_times(struct exporter *e, cJSON *o, const struct span *seen)
{
	json_time(e, o, "first_seen", json_time_of(&seen->first));
	json_time(e, o, "last_seen", json_time_of(&seen->last));
}

/* Where to look: the capture and the frame that first said it. */
static void put_evidence(struct exporter *e, cJSON *o, const struct span *seen)
{
	element_number(&e->writer, o, "capture", (uint64_t)e->captures.ranks[seen->first.capture] + 1);
	element_number(&e->writer, o, "frame", seen->first.frame);
	json_times(e, o, seen);
}

static void put_path(struct exporter *e, cJSON *parent, const struct place *at)
{
	if (at->kind == PATH_NONE)
		return;
	cJSON *o = element_object(&e->writer, parent, "at");
	element_text(&e->writer, o, "kind", path_kind_name(at->kind));
	element_text(&e->writer, o, "value", at->text);
}

void json_texts(struct exporter *e, cJSON *parent, const char *key, const char *const *texts, size_t count)
{
	cJSON *list = element_array(&e->writer, parent, key);
	for (size_t i = 0; i < count; i++)
		element_text(&e->writer, list, NULL, texts[i]);
}

void json_operations(struct exporter *e, cJSON *parent, const char *key, unsigned operations)
{
	cJSON *list = element_array(&e->writer, parent, key);
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (operations & bit)
			element_text(&e->writer, list, NULL, operation_name(bit));
}

/* The counters that a capture has alone and that coverage has added up. */
static void put_counters(struct exporter *e, cJSON *o, const struct capture *c)
{
	struct element_writer *w = &e->writer;
	element_number(w, o, "truncated_packets", c->truncated_packets);
	element_number(w, o, "undecoded_packets", c->undecoded_packets);
	element_number(w, o, "dropped_packets", c->dropped_packets);
	element_number(w, o, "duplicate_packets", c->duplicate_packets);
	element_number(w, o, "fragments_lost", c->fragments_lost);
	element_number(w, o, "gaps", c->gaps);
	element_number(w, o, "gap_bytes", c->gap_bytes);
	element_number(w, o, "flows", c->flows);
	element_number(w, o, "one_sided_flows", c->one_sided_flows);
	element_number(w, o, "encrypted_flows", c->encrypted_flows);
	element_number(w, o, "unclaimed_flows", c->unclaimed_flows);
	element_number(w, o, "evicted_flows", c->evicted_flows);
	element_number(w, o, "evicted_rows", c->evicted_rows);
}

cJSON *json_capture(struct exporter *e, size_t i)
{
	struct element_writer *w = &e->writer;
	const struct capture *c = &e->inv->captures[e->captures.rows[i]];
	cJSON *o = element_new(w);
	element_number(w, o, "id", (uint64_t)i + 1);
	element_text_always(w, o, "name", c->name);
	element_text(w, o, "sha256", c->sha256);
	element_number(w, o, "bytes", c->bytes);
	element_number(w, o, "packets", c->packets);
	json_time(e, o, "first", c->first_ns);
	json_time(e, o, "last", c->last_ns);
	element_text(w, o, "link_type", c->link_type);
	put_counters(e, o, c);
	element_number(w, o, "cut_at_byte", c->cut_at_byte);
	return o;
}

static cJSON *protocol_element(struct exporter *e, size_t i)
{
	const struct coverage_protocol *p = &e->coverage.protocols[i];
	cJSON *o = element_new(&e->writer);
	element_text_always(&e->writer, o, "name", p->name);
	element_number(&e->writer, o, "pdus", p->pdus);
	element_number(&e->writer, o, "malformed", p->malformed);
	element_number(&e->writer, o, "unassembled_bytes", p->unassembled_bytes);
	return o;
}

static void put_interfaces(struct exporter *e, cJSON *parent, const struct asset *a)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, parent, "interfaces");
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		cJSON *o = element_object(w, list, NULL);
		element_text(w, o, "mac", n->mac);
		element_text(w, o, "mac_vendor", n->mac_vendor);
		json_texts(e, o, "ips", n->ips, n->ip_count);
		cJSON *vlans = element_array(w, o, "vlans");
		for (size_t v = 0; v < n->vlan_count; v++)
			element_number(w, vlans, NULL, n->vlans[v]);
		json_texts(e, o, "hostnames", n->hostnames, n->hostname_count);
	}
}

static void put_roles(struct exporter *e, cJSON *parent, const struct asset *a)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, parent, "roles");
	for (size_t i = 0; i < a->role_count; i++) {
		const struct role *r = &a->roles[i];
		cJSON *o = element_object(w, list, NULL);
		element_text(w, o, "protocol", r->protocol);
		element_text(w, o, "role", r->role);
		element_text(w, o, "transport", r->transport);
		if (r->port != 0)
			element_number(w, o, "port", r->port);
		element_text(w, o, "basis", link_basis_name(r->basis));
		element_number(w, o, "peers", r->peers);
		json_operations(e, o, "operations", r->operations);
		json_operations(e, o, "refused", r->refused);
		json_times(e, o, &r->seen);
	}
}

static void put_facts(struct exporter *e, cJSON *parent, const struct asset *a)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, parent, "facts");
	for (size_t i = 0; i < a->fact_count; i++) {
		const struct fact *f = a->facts[i].fact;
		cJSON *o = element_object(w, list, NULL);
		element_text(w, o, "attribute", attribute_name(f->attribute));
		element_text_always(w, o, "value", a->facts[i].value);
		element_text(w, o, "code", inventory_text(e->inv, f->code));
		element_text(w, o, "protocol", protocol_name(f->protocol));
		element_text(w, o, "message", inventory_text(e->inv, f->message));
		put_path(e, o, &a->facts[i].at);
		element_decimal(w, o, "confidence", f->confidence / 100.0);
		put_evidence(e, o, &f->seen);
		element_number(w, o, "count", f->count);
	}
}

static void put_conflicts(struct exporter *e, cJSON *parent, const struct asset *a)
{
	cJSON *list = element_array(&e->writer, parent, "conflicts");
	for (size_t i = 0; i < a->conflict_count; i++) {
		cJSON *o = element_object(&e->writer, list, NULL);
		element_text(&e->writer, o, "attribute", a->conflicts[i].attribute);
		json_texts(e, o, "values", a->conflicts[i].values, a->conflicts[i].value_count);
	}
}

/* The type, the rules that decided it, and what every rule had to say. */
static void put_type(struct exporter *e, cJSON *o, const struct asset *a)
{
	struct element_writer *w = &e->writer;
	element_text(w, o, "type", a->type);
	element_decimal(w, o, "type_confidence", a->type_confidence);
	cJSON *rules = element_array(w, o, "type_rules");
	for (size_t i = 0; i < a->verdict_count; i++)
		if (a->verdicts[i].won)
			element_text(w, rules, NULL, a->verdicts[i].rule);
	cJSON *verdicts = element_array(w, o, "type_verdicts");
	for (size_t i = 0; i < a->verdict_count; i++) {
		const struct verdict *v = &a->verdicts[i];
		cJSON *verdict = element_object(w, verdicts, NULL);
		element_text(w, verdict, "rule", v->rule);
		element_text(w, verdict, "type", v->type);
		element_decimal(w, verdict, "score", v->score);
		element_bool(w, verdict, "won", v->won);
		element_text(w, verdict, "because", v->because);
	}
}

static void put_flags(struct exporter *e, cJSON *o, const struct asset *a)
{
	struct element_writer *w = &e->writer;
	json_texts(e, o, "flags", a->flags, a->flag_count);
	cJSON *reasons = element_array(w, o, "flag_reasons");
	for (size_t i = 0; a->flag_reasons != NULL && i < a->flag_count; i++) {
		cJSON *reason = element_object(w, reasons, NULL);
		element_text(w, reason, "flag", a->flags[i]);
		element_text(w, reason, "because", a->flag_reasons[i]);
	}
}

static cJSON *asset_element(struct exporter *e, size_t i)
{
	struct element_writer *w = &e->writer;
	const struct asset *a = &e->c->assets[i];
	cJSON *o = element_new(w);
	element_text(w, o, "id", a->id);
	if (a->parent != ASSET_NONE)
		element_text(w, o, "parent", e->c->assets[a->parent].id);
	put_path(e, o, &a->at);
	element_text(w, o, "name", a->name);
	element_text(w, o, "vendor", a->vendor);
	element_text(w, o, "model", a->model);
	element_text(w, o, "order_number", a->order_number);
	element_text(w, o, "serial_number", a->serial_number);
	element_text(w, o, "hardware_version", a->hardware_version);
	element_text(w, o, "firmware_version", a->firmware_version);
	element_text(w, o, "os", a->os);
	put_type(e, o, a);
	put_flags(e, o, a);
	element_text(w, o, "purdue_level", a->purdue_level);
	if (a->purdue_level != NULL)
		element_decimal(w, o, "level_confidence", a->level_confidence);
	element_text(w, o, "level_reason", a->level_reason);
	if (a->zone != ZONE_NONE)
		element_text(w, o, "zone", e->c->zones[a->zone].id);
	element_text(w, o, "zone_reason", a->zone_reason);
	put_interfaces(e, o, a);
	put_roles(e, o, a);
	put_facts(e, o, a);
	put_conflicts(e, o, a);
	json_declared(e, o, a->declared);
	if (a->seen.first.frame > 0)
		put_evidence(e, o, &a->seen);
	else
		json_times(e, o, &a->seen);
	element_text(w, o, "would_identify", a->would_identify);
	return o;
}

/* Of a link: which frame first proved each operation, and what happened that matters by itself. */
static void put_activities(struct exporter *e, cJSON *parent, const struct asset_link *l, const char *key, bool events)
{
	struct element_writer *w = &e->writer;
	cJSON *list = element_array(w, parent, key);
	for (size_t i = 0; i < l->activity_count; i++) {
		const struct activity *v = l->activities[i];
		if ((v->message != 0) != events)
			continue;
		cJSON *o = element_object(w, list, NULL);
		element_text(w, o, "operation", operation_name(v->operation));
		element_text(w, o, "message", inventory_text(e->inv, v->message));
		element_text(w, o, "detail", inventory_text(e->inv, v->detail));
		if (events)
			element_number(w, o, "count", v->count);
		put_evidence(e, o, &v->seen);
	}
}

static cJSON *link_element(struct exporter *e, size_t i)
{
	struct element_writer *w = &e->writer;
	const struct asset_link *l = &e->c->links[i];
	cJSON *o = element_new(w);
	element_text(w, o, "client", e->c->assets[l->client].id);
	element_text(w, o, "server", e->c->assets[l->server].id);
	element_text(w, o, "protocol", inventory_text(e->inv, l->link->protocol));
	element_text(w, o, "transport", transport_name(l->link->transport));
	if (l->link->port != 0)
		element_number(w, o, "port", l->link->port);
	element_text(w, o, "basis", link_basis_name(l->link->basis));
	element_bool(w, o, "answered", (l->parts & (PART_RESPONSE | PART_EXCHANGE)) != 0);
	json_operations(e, o, "operations", l->asked | l->answered);
	json_operations(e, o, "refused", l->refused);
	element_number(w, o, "packets", l->packets);
	element_number(w, o, "bytes", l->bytes);
	put_evidence(e, o, &l->seen);
	put_activities(e, o, l, "evidence", false);
	put_activities(e, o, l, "events", true);
	return o;
}

static cJSON *unanswered_element(struct exporter *e, size_t i)
{
	const struct unanswered *u = &e->c->unanswered[i];
	cJSON *o = element_new(&e->writer);
	element_text(&e->writer, o, "address", u->address);
	cJSON *asked_by = element_array(&e->writer, o, "asked_by");
	for (size_t k = 0; k < u->asked_by_count; k++)
		element_text(&e->writer, asked_by, NULL, e->c->assets[u->asked_by[k]].id);
	json_texts(e, o, "protocols", u->protocols, u->protocol_count);
	return o;
}

static cJSON *coverage_element(struct exporter *e)
{
	struct element_writer *w = &e->writer;
	const struct coverage *coverage = &e->coverage;
	cJSON *root = element_new(w);
	element_number(w, root, "cut_captures", coverage->cut_captures);
	element_number(w, root, "unanswered", coverage->unanswered);
	put_counters(e, root, &coverage->sum);
	element_number(w, root, "refused_rows", coverage->refused_rows);
	cJSON *undissected = element_array(w, root, "undissected");
	for (size_t i = 0; i < coverage->unread_count; i++) {
		const struct coverage_unread *u = &coverage->unread[i];
		cJSON *o = element_object(w, undissected, NULL);
		element_text(w, o, "protocol", u->protocol);
		element_text(w, o, "transport", transport_name(u->transport));
		element_text(w, o, "basis", link_basis_name(u->basis));
		element_number(w, o, "links", u->links);
		element_number(w, o, "packets", u->packets);
		element_number(w, o, "bytes", u->bytes);
	}
	cJSON *unidentified = element_array(w, root, "unidentified");
	for (size_t i = 0; i < coverage->wish_count; i++) {
		cJSON *o = element_object(w, unidentified, NULL);
		element_text(w, o, "would_identify", coverage->wishes[i].observation);
		element_number(w, o, "assets", coverage->wishes[i].assets);
	}
	return root;
}

static cJSON *sensor_element(struct exporter *e)
{
	cJSON *o = element_new(&e->writer);
	element_text(&e->writer, o, "name", "earshot");
	element_text(&e->writer, o, "version", EARSHOT_VERSION);
	return o;
}

void json_list(struct exporter *e, const char *key, size_t count, cJSON *(*make)(struct exporter *e, size_t i))
{
	fprintf(e->writer.out, ",\n  \"%s\": [", key);
	for (size_t i = 0; i < count && e->writer.err == 0; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", e->writer.out);
		element_write(&e->writer, make(e, i));
	}
	fputs(count > 0 ? "\n  ]" : "]", e->writer.out);
}

static void write_inventory(struct exporter *e, const char *site, const struct map *m)
{
	FILE *out = e->writer.out;
	fputs("{\n  \"schema\": \"earshot.inventory/1\",\n  \"site\": ", out);
	element_write_text(&e->writer, site != NULL ? site : "");
	fputs(",\n  \"sensor\": ", out);
	element_write(&e->writer, sensor_element(e));
	json_list(e, "captures", e->captures.count, json_capture);
	json_list(e, "protocols", e->coverage.protocol_count, protocol_element);
	json_list(e, "assets", e->c->asset_count, asset_element);
	json_list(e, "links", e->c->link_count, link_element);
	json_list(e, "unanswered", e->c->unanswered_count, unanswered_element);
	json_list(e, "zones", e->c->zone_count, json_zone);
	json_list(e, "conduits", e->c->conduit_count, json_conduit);
	json_list(e, "findings", e->c->finding_count, json_finding);
	fputs(",\n  \"map\": ", out);
	element_write(&e->writer, json_map(e, m));
	fputs(",\n  \"coverage\": ", out);
	element_write(&e->writer, coverage_element(e));
	fputs("\n}\n", out);
}

int export_json(FILE *out, const struct conclusions *c, const char *site)
{
	struct exporter e = {.writer = {.out = out}, .c = c, .inv = c->inventory};
	struct map m = {0};
	int err = coverage_make(&e.coverage, c);
	if (err == 0)
		err = order_captures(&e.captures, c->inventory);
	if (err == 0)
		err = map_make(&m, c, site);
	if (err == 0) {
		errno = 0;
		write_inventory(&e, site, &m);
		err = e.writer.err;
		if (err == 0)
			err = output_flush(out);
	}
	map_clear(&m);
	order_clear(&e.captures);
	coverage_clear(&e.coverage);
	return err;
}
