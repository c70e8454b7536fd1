/* SPDX-License-Identifier: Apache-2.0 */
/* json_zones.c - zones, conduits, findings and what people declared, as JSON; and the answer of `zones check`. */
#include <errno.h>

#include "sensor/export/export.h"
#include "sensor/export/json_parts.h"
#include "sensor/util/output.h"
#include "sensor/util/text.h"

void json_declared(struct exporter *e, cJSON *asset, const struct declared_asset *d)
{
	struct element_writer *w = &e->writer;
	if (d == NULL)
		return;
	cJSON *o = element_object(w, asset, "declared");
	element_text(w, o, "number", d->number);
	element_text(w, o, "owner", d->owner);
	element_text(w, o, "location", d->location);
	element_text(w, o, "criticality", d->criticality);
	element_text(w, o, "function", d->function);
	element_text(w, o, "type", d->type);
	element_text(w, o, "name", d->name);
	element_text(w, o, "vendor", d->vendor);
	element_text(w, o, "model", d->model);
	element_text(w, o, "serial_number", d->serial_number);
	element_text(w, o, "firmware_version", d->firmware_version);
	element_text(w, o, "notes", d->notes);
}

static void put_assets(struct exporter *e, cJSON *parent, const char *key, const uint32_t *assets, size_t count)
{
	cJSON *list = element_array(&e->writer, parent, key);
	for (size_t i = 0; i < count; i++)
		element_text(&e->writer, list, NULL, e->c->assets[assets[i]].id);
}

static void put_declared_zone(struct exporter *e, cJSON *zone, const struct declared_zone *d)
{
	struct element_writer *w = &e->writer;
	if (d == NULL)
		return;
	cJSON *o = element_object(w, zone, "declared");
	element_text(w, o, "level", d->level);
	element_text(w, o, "owner", d->owner);
	element_text(w, o, "security_level_target", d->security_level_target);
	element_text(w, o, "parent", d->parent);
	element_text(w, o, "approver", d->approver);
	element_text(w, o, "approved", d->approved);
	element_text(w, o, "physical_boundary", d->physical_boundary);
	element_text(w, o, "notes", d->notes);
	element_number(w, o, "line", d->line);
}

cJSON *json_zone(struct exporter *e, size_t i)
{
	struct element_writer *w = &e->writer;
	const struct zone *z = &e->c->zones[i];
	cJSON *o = element_new(w);
	element_text(w, o, "id", z->id);
	element_text(w, o, "name", z->name);
	element_text(w, o, "kind", zone_kind_name(z->kind));
	element_text(w, o, "status", declared_status_name(z->status));
	element_text(w, o, "basis", z->basis);
	element_text(w, o, "reason", z->reason);
	element_decimal(w, o, "confidence", z->confidence);
	element_decimal(w, o, "cohesion", z->cohesion);
	cJSON *levels = element_array(w, o, "levels");
	element_text(w, levels, NULL, z->level_low);
	element_text(w, levels, NULL, z->level_high);
	json_texts(e, o, "subnets", z->subnets, z->subnet_count);
	cJSON *vlans = element_array(w, o, "vlans");
	for (uint32_t k = 0; k < z->vlan_count; k++)
		element_number(w, vlans, NULL, z->vlans[k]);
	put_assets(e, o, "assets", z->assets, z->asset_count);
	put_assets(e, o, "access_points", z->access_points, z->access_point_count);
	put_declared_zone(e, o, z->declared);
	return o;
}

static void put_declared_conduit(struct exporter *e, cJSON *conduit, const struct declared_conduit *d)
{
	struct element_writer *w = &e->writer;
	if (d == NULL)
		return;
	cJSON *o = element_object(w, conduit, "declared");
	element_text(w, o, "from", d->from);
	element_text(w, o, "to", d->to);
	element_text(w, o, "owner", d->owner);
	element_text(w, o, "security_level_target", d->security_level_target);
	element_text(w, o, "enforced_by", d->enforced_by);
	element_text(w, o, "notes", d->notes);
	element_number(w, o, "line", d->line);
}

/* The rule that decided: its id or number in the conduit, and who stands for it. */
static void put_rule(struct exporter *e, cJSON *channel, const struct declared_conduit *d, const struct conduit_rule *r)
{
	struct element_writer *w = &e->writer;
	if (r == NULL || d == NULL)
		return;
	cJSON *o = element_object(w, channel, "rule");
	element_text(w, o, "id", r->id);
	element_number(w, o, "number", (uint64_t)(r - d->allow) + 1);
	element_text(w, o, "approver", r->approver);
	element_text(w, o, "reason", r->reason);
	element_text(w, o, "expires", r->expires);
	element_number(w, o, "line", r->line);
}

static void put_channel(struct exporter *e, cJSON *list, const struct conduit *conduit, const struct channel *c)
{
	struct element_writer *w = &e->writer;
	bool observed = c->initiator != ASSET_NONE;
	cJSON *o = element_object(w, list, NULL);
	if (observed) {
		element_text(w, o, "initiator", e->c->assets[c->initiator].id);
		element_text(w, o, "responder", e->c->assets[c->responder].id);
	}
	element_text(w, o, "protocol", c->protocol);
	element_text(w, o, "transport", c->transport);
	if (c->port != 0)
		element_number(w, o, "port", c->port);
	json_operations(e, o, "operations", c->operations);
	if (observed) {
		element_text(w, o, "basis", link_basis_name(c->basis));
		element_bool(w, o, "answered", c->answered);
		element_number(w, o, "packets", c->packets);
		element_number(w, o, "bytes", c->bytes);
		json_times(e, o, &c->seen);
	}
	element_text(w, o, "verdict", channel_verdict_name(c->verdict));
	put_rule(e, o, conduit->declared, c->rule);
	element_text(w, o, "because", c->because);
}

static bool is_seen(const struct conduit *c)
{
	return c->initiated[0] + c->initiated[1] > 0;
}

cJSON *json_conduit(struct exporter *e, size_t i)
{
	struct element_writer *w = &e->writer;
	const struct conduit *c = &e->c->conduits[i];
	enum declared_status status = c->declared != NULL ? c->declared->status : DECLARED_PROPOSED;
	cJSON *o = element_new(w);
	element_text(w, o, "id", c->id);
	cJSON *zones = element_array(w, o, "zones");
	element_text(w, zones, NULL, e->c->zones[c->zones[0]].id);
	element_text(w, zones, NULL, e->c->zones[c->zones[1]].id);
	element_text(w, o, "status", declared_status_name(status));
	element_text(w, o, "verdict", channel_verdict_name(c->verdict));
	json_texts(e, o, "protocols", c->protocols, c->protocol_count);
	put_assets(e, o, "through", c->through, c->through_count);
	cJSON *initiated = element_array(w, o, "initiated");
	element_number(w, initiated, NULL, c->initiated[0]);
	element_number(w, initiated, NULL, c->initiated[1]);
	element_number(w, o, "packets", c->packets);
	element_number(w, o, "bytes", c->bytes);
	if (is_seen(c))
		json_times(e, o, &c->seen);
	put_declared_conduit(e, o, c->declared);
	cJSON *channels = element_array(w, o, "channels");
	for (uint32_t k = 0; k < c->channel_count; k++)
		put_channel(e, channels, c, &c->channels[k]);
	return o;
}

cJSON *json_finding(struct exporter *e, size_t i)
{
	struct element_writer *w = &e->writer;
	const struct finding *f = &e->c->findings[i];
	cJSON *o = element_new(w);
	element_text(w, o, "id", f->id);
	element_text(w, o, "rule", f->rule);
	element_text(w, o, "severity", severity_name(f->severity));
	element_text(w, o, "title", f->title);
	element_text(w, o, "text", f->text);
	element_text(w, o, "advice", f->advice);
	element_text(w, o, "clause", f->clause);
	put_assets(e, o, "assets", f->assets, f->asset_count);
	if (f->zone != ZONE_NONE)
		element_text(w, o, "zone", e->c->zones[f->zone].id);
	if (f->conduit != CONDUIT_NONE)
		element_text(w, o, "conduit", e->c->conduits[f->conduit].id);
	cJSON *list = element_array(w, o, "evidence");
	for (uint32_t k = 0; k < f->evidence_count; k++) {
		const struct sighting *at = &f->evidence[k].at;
		cJSON *evidence = element_object(w, list, NULL);
		element_number(w, evidence, "capture", (uint64_t)e->captures.ranks[at->capture] + 1);
		element_number(w, evidence, "frame", at->frame);
		json_time(e, evidence, "time", json_time_of(at));
		element_text(w, evidence, "what", f->evidence[k].what);
	}
	return o;
}

/* How many channels have each verdict, in words that scripts can read. */
static cJSON *verdicts_element(struct exporter *e)
{
	static const char *const keys[CHANNEL_VERDICTS] = {
		"allowed", "denied", "unreviewed", "expired", "not_observed"};
	cJSON *o = element_new(&e->writer);
	for (unsigned v = 0; v < CHANNEL_VERDICTS; v++) {
		uint64_t sum = 0;
		for (size_t i = 0; i < e->c->conduit_count; i++)
			sum += e->c->conduits[i].counts[v];
		element_number(&e->writer, o, keys[v], sum);
	}
	return o;
}

int export_check(FILE *out, const struct conclusions *c, const char *site)
{
	struct exporter e = {.writer = {.out = out}, .c = c, .inv = c->inventory};
	int err = order_captures(&e.captures, c->inventory);
	if (err == 0) {
		errno = 0;
		fputs("{\n  \"schema\": \"earshot.check/1\",\n  \"site\": ", out);
		element_write_text(&e.writer, site != NULL ? site : "");
		fputs(",\n  \"verdicts\": ", out);
		element_write(&e.writer, verdicts_element(&e));
		json_list(&e, "captures", e.captures.count, json_capture);
		json_list(&e, "zones", c->zone_count, json_zone);
		json_list(&e, "conduits", c->conduit_count, json_conduit);
		json_list(&e, "findings", c->finding_count, json_finding);
		fputs("\n}\n", out);
		err = e.writer.err;
		if (err == 0)
			err = output_flush(out);
	}
	order_clear(&e.captures);
	return err;
}
