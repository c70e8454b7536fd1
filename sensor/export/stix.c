/* SPDX-License-Identifier: Apache-2.0 */
/* stix.c - assets and zones as infrastructure of a STIX 2.1 bundle; what stands where is in stix.h. */
#include "sensor/export/stix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/export/export.h"
#include "sensor/util/joined.h"

/* One of the four markings that the specification itself defines (section 7.2.1.4), the same for everybody. */
#define TLP_AMBER "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"

/*
 * infrastructure-type-ov is open; these are its words for what is no part of an attack. The exact type of the asset is
 * a label.
 */
static const struct {
	const char *type, *infrastructure;
} types[] = {{"plc", "control-system"}, {"pac", "control-system"}, {"rtu", "control-system"}, {"ied", "control-system"},
	{"merging_unit", "control-system"}, {"dcs_controller", "control-system"},
	{"safety_controller", "control-system"}, {"robot_controller", "control-system"},
	{"motion_controller", "control-system"}, {"drive_vfd", "control-system"}, {"servo", "control-system"},
	{"remote_io", "control-system"}, {"io_adapter", "control-system"}, {"instrument", "control-system"},
	{"meter", "control-system"}, {"scale", "control-system"}, {"hmi", "control-system"},
	{"scada_server", "control-system"}, {"historian", "control-system"}, {"opc_server", "control-system"},
	{"gateway", "control-system"}, {"bacnet_controller", "control-system"}, {"switch", "routers-switches"},
	{"router", "routers-switches"}, {"wireless_ap", "routers-switches"}, {"firewall", "firewall"},
	{"workstation", "workstation"}, {"engineering_ws", "workstation"}, {"operator_ws", "workstation"},
	{"jump_host", "workstation"}};

static const char *infrastructure_type(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].infrastructure;
	return "unknown";
}

static const char *time_of(char out[TIME_TEXT_MAX], int64_t time_ns)
{
	return time_text(out, time_ns != 0 ? time_ns : 1);
}

char *stix_id(struct stix *s, char out[STIX_ID_MAX], const char *type, const char *what)
{
	char name[4 * STIX_ID_MAX], uuid[UUID_TEXT_MAX];
	int len = snprintf(name, sizeof(name), "%s\n%s", type, what);
	uuid_of(&s->uuids, uuid, s->site, name, (size_t)len < sizeof(name) ? (size_t)len : sizeof(name) - 1);
	snprintf(out, STIX_ID_MAX, "%s--%s", type, uuid);
	return out;
}

char *stix_asset_id(struct stix *s, char out[STIX_ID_MAX], uint32_t asset)
{
	return stix_id(s, out, "infrastructure", s->c->assets[asset].id);
}

/* A zone's id is a text of any length that a person chose. */
static char *zone_id(struct stix *s, char out[STIX_ID_MAX], uint32_t zone)
{
	char uuid[UUID_TEXT_MAX], what[UUID_TEXT_MAX + 8];
	const char *id = s->c->zones[zone].id;
	snprintf(what, sizeof(what), "zone %s", uuid_of(&s->uuids, uuid, s->site, id, strlen(id)));
	return stix_id(s, out, "infrastructure", what);
}

cJSON *stix_object(struct stix *s, const char *type, const char *id, const struct sighting *first)
{
	struct element_writer *w = &s->writer;
	char time[TIME_TEXT_MAX];
	cJSON *o = element_new(w);
	element_text_copy(w, o, "type", type);
	element_text(w, o, "spec_version", "2.1");
	element_text_copy(w, o, "id", id);
	if (strcmp(id, s->sensor) != 0)
		element_text(w, o, "created_by_ref", s->sensor);
	element_text_copy(w, o, "created", time_of(time, first != NULL ? first->time_ns : s->end_ns));
	/* A frame may be dated after the last one of its file. */
	bool later = first != NULL && first->time_ns > s->end_ns;
	element_text_copy(w, o, "modified", time_of(time, later ? first->time_ns : s->end_ns));
	element_text(w, element_array(w, o, "object_marking_refs"), NULL, TLP_AMBER);
	return o;
}

void stix_write(struct stix *s, cJSON *object)
{
	fputs(s->first ? "\n    " : ",\n    ", s->writer.out);
	s->first = false;
	element_write(&s->writer, object);
}

/* What all other objects refer to. */
static void write_frame(struct stix *s)
{
	struct element_writer *w = &s->writer;
	cJSON *o = element_new(w);
	element_text(w, o, "type", "marking-definition");
	element_text(w, o, "spec_version", "2.1");
	element_text(w, o, "id", TLP_AMBER);
	element_text(w, o, "created", "2017-01-20T00:00:00.000Z");
	element_text(w, o, "definition_type", "tlp");
	element_text(w, o, "name", "TLP:AMBER");
	element_text(w, element_object(w, o, "definition"), "tlp", "amber");
	stix_write(s, o);
	o = stix_object(s, "identity", s->sensor, NULL);
	element_text(w, o, "name", "earshot");
	element_text(w, o, "description", "passive asset discovery, version " EARSHOT_VERSION);
	element_text(w, o, "identity_class", "system");
	cJSON *list = s->captures.count > 0 ? element_array(w, o, "external_references") : NULL;
	for (uint32_t i = 0; i < s->captures.count; i++) {
		const struct capture *c = &s->c->inventory->captures[order_row(&s->captures, i)];
		char name[ORIGIN_TEXT_MAX];
		cJSON *reference = element_object(w, list, NULL);
		snprintf(name, sizeof(name), "capture %u %s", (unsigned)i + 1, c->name);
		element_text_copy(w, reference, "source_name", name);
		snprintf(name, sizeof(name), "SHA-256 %s", c->sha256[0] != 0 ? c->sha256 : "unknown: heard live");
		element_text_copy(w, reference, "description", name);
	}
	stix_write(s, o);
}

/* "model METSEPM3255: modbus FC 43/14 Read Device Identification, at modbus-unit 5" */
static const char *evidence_text(struct joined *j, enum origin_field field, const char *value,
	const struct conclusions *c, const struct asset_fact *f)
{
	char message[ORIGIN_TEXT_MAX];
	joined_start(j);
	joined_add(j, origin_name(field));
	j->separator = " ";
	joined_add(j, value);
	j->separator = ": ";
	joined_add(j, origin_message(message, c, f));
	return joined_text(j);
}

/*
 * A frame is what an external reference is for: something outside of STIX to look at. The reference to a value names
 * the value, so that it stands by itself.
 */
static void put_evidence(struct stix *s, struct joined *j, cJSON *list, const struct asset *a)
{
	struct element_writer *w = &s->writer;
	for (enum origin_field field = 0; field < ORIGIN_FIELDS; field++) {
		const struct asset_fact *f;
		for (size_t at = 0; (f = origin_next(s->c, a, field, &at)) != NULL;) {
			char text[ORIGIN_TEXT_MAX];
			cJSON *o = element_object(w, list, NULL);
			snprintf(text, sizeof(text), "capture %u %s",
				(unsigned)order_rank(&s->captures, f->fact->seen.first.capture) + 1,
				s->c->inventory->captures[f->fact->seen.first.capture].name);
			element_text_copy(w, o, "source_name", text);
			element_text_copy(
				w, o, "description", evidence_text(j, field, origin_value(a, field), s->c, f));
			snprintf(text, sizeof(text), "frame %llu", (unsigned long long)f->fact->seen.first.frame);
			element_text_copy(w, o, "external_id", text);
		}
	}
}

static void put_references(struct stix *s, struct joined *j, cJSON *o, const struct asset *a)
{
	struct element_writer *w = &s->writer;
	cJSON *list = element_array(w, o, "external_references");
	cJSON *self = element_object(w, list, NULL);
	element_text(w, self, "source_name", "earshot");
	element_text(w, self, "external_id", a->id);
	if (a->declared != NULL && a->declared->number != NULL && *a->declared->number != 0) {
		cJSON *owner = element_object(w, list, NULL);
		element_text(w, owner, "source_name", "asset register");
		element_text(w, owner, "external_id", a->declared->number);
	}
	put_evidence(s, j, list, a);
}

/* What STIX has no property for, "vendor: Siemens; model: ...": nothing of it is lost on a program that only shows it.
 */
static const char *description_of(struct stix *s, struct joined *j, const struct asset *a)
{
	char time[TIME_TEXT_MAX], at[PATH_TEXT_MAX + 48];
	snprintf(at, sizeof(at), "%s %s", path_kind_name(a->at.kind), a->at.text != NULL ? a->at.text : "");
	const char *const words[][2] = {{"vendor", a->vendor}, {"model", a->model}, {"order number", a->order_number},
		{"serial number", a->serial_number}, {"hardware version", a->hardware_version},
		{"firmware version", a->firmware_version}, {"operating system", a->os}, {"type", a->type},
		{"place", a->at.kind != PATH_NONE ? at : NULL}, {"Purdue level", a->purdue_level},
		{"zone", a->zone != ZONE_NONE ? s->c->zones[a->zone].id : NULL},
		{"last observed", time_of(time, a->seen.last.time_ns)}};
	joined_start(j);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i][1] == NULL || *words[i][1] == 0)
			continue;
		j->separator = "; ";
		joined_add(j, words[i][0]);
		j->separator = ": ";
		joined_add(j, words[i][1]);
	}
	return joined_text(j);
}

/* How a person would call it: by its name, else by what it is and where. */
static const char *label_of(struct joined *j, const struct asset *a)
{
	const char *where = a->parent != ASSET_NONE ? a->at.text : NULL;
	for (size_t i = 0; where == NULL && i < a->interface_count; i++)
		where = a->interfaces[i].ip_count > 0 ? a->interfaces[i].ips[0] : a->interfaces[i].mac;
	if (a->name != NULL)
		return a->name;
	joined_start(j);
	joined_add(j, a->model != NULL ? a->model : a->order_number != NULL ? a->order_number : a->type);
	joined_add(j, "at");
	joined_add(j, where != NULL ? where : a->id);
	return joined_text(j);
}

static void write_asset(struct stix *s, struct joined *j, uint32_t asset)
{
	struct element_writer *w = &s->writer;
	const struct asset *a = &s->c->assets[asset];
	char id[STIX_ID_MAX];
	cJSON *o = stix_object(s, "infrastructure", stix_asset_id(s, id, asset), &a->seen.first);
	j->separator = " ";
	element_text_copy(w, o, "name", label_of(j, a));
	element_text_copy(w, o, "description", description_of(s, j, a));
	element_text(w, element_array(w, o, "infrastructure_types"), NULL, infrastructure_type(a->type));
	element_text(w, element_array(w, o, "labels"), NULL, a->type);
	put_references(s, j, o, a);
	stix_write(s, o);
}

static void write_zones(struct stix *s)
{
	struct element_writer *w = &s->writer;
	char id[STIX_ID_MAX];
	for (uint32_t i = 0; i < s->c->zone_count && s->writer.err == 0; i++) {
		const struct zone *z = &s->c->zones[i];
		cJSON *o = stix_object(s, "infrastructure", zone_id(s, id, i), NULL);
		element_text_always(w, o, "name", z->name != NULL && *z->name != 0 ? z->name : z->id);
		element_text(w, o, "description", z->reason);
		bool ot = z->kind == ZONE_OT || z->kind == ZONE_SAFETY;
		element_text(w, element_array(w, o, "infrastructure_types"), NULL, ot ? "control-system" : "unknown");
		cJSON *labels = element_array(w, o, "labels");
		element_text(w, labels, NULL, "zone");
		element_text(w, labels, NULL, zone_kind_name(z->kind));
		stix_write(s, o);
	}
}

/* A zone and what is in it; parts are where their parent is, and hang on it. */
static void write_memberships(struct stix *s)
{
	char zone[STIX_ID_MAX], asset[STIX_ID_MAX], id[STIX_ID_MAX], what[3 * STIX_ID_MAX];
	for (uint32_t i = 0; i < s->c->zone_count; i++) {
		const struct zone *z = &s->c->zones[i];
		zone_id(s, zone, i);
		for (uint32_t k = 0; k < z->asset_count && s->writer.err == 0; k++) {
			stix_asset_id(s, asset, z->assets[k]);
			snprintf(what, sizeof(what), "consists-of\n%s\n%s", zone, asset);
			cJSON *o = stix_object(s, "relationship", stix_id(s, id, "relationship", what),
				&s->c->assets[z->assets[k]].seen.first);
			element_text(&s->writer, o, "relationship_type", "consists-of");
			element_text_copy(&s->writer, o, "source_ref", zone);
			element_text_copy(&s->writer, o, "target_ref", asset);
			stix_write(s, o);
		}
	}
}

static void write_bundle(struct stix *s, struct sealed *sealed)
{
	struct joined j = {.separator = ", "};
	char uuid[UUID_TEXT_MAX];
	FILE *out = s->writer.out;
	fputs("{\n  \"type\": \"bundle\",\n  \"objects\": [", out);
	s->first = true;
	write_frame(s);
	write_zones(s);
	for (uint32_t i = 0; i < s->c->asset_count && s->writer.err == 0; i++)
		write_asset(s, &j, i);
	stix_write_observables(s);
	write_memberships(s);
	stix_write_relationships(s);
	fprintf(out, "\n  ],\n  \"id\": \"bundle--%s\"\n}\n", sealed_uuid(sealed, &s->uuids, uuid));
	if (s->writer.err == 0 && j.failed)
		s->writer.err = -ENOMEM;
	joined_clear(&j);
}

/* The sensor is the same for all sites. */
static void name_frame(struct stix *s, const char *site)
{
	memcpy(s->site, uuid_earshot, UUID_BYTES);
	stix_id(s, s->sensor, "identity", "sensor");
	uuid_bytes(&s->uuids, s->site, uuid_earshot, site != NULL ? site : "", site != NULL ? strlen(site) : 0);
	s->end_ns = origin_window_end(s->c->inventory);
}

int export_stix(FILE *out, const struct conclusions *c, const char *site)
{
	struct stix s = {.c = c};
	struct sealed sealed = {0};
	int err = uuids_open(&s.uuids);
	if (err == 0)
		err = sealed_open(&sealed, out);
	if (err == 0)
		err = order_captures(&s.captures, c->inventory);
	if (err == 0) {
		name_frame(&s, site);
		err = stix_gather(&s);
	}
	if (err == 0) {
		s.writer.out = sealed.stream;
		write_bundle(&s, &sealed);
		err = s.writer.err != 0 ? s.writer.err : s.uuids.err;
	}
	int closed = sealed_close(&sealed);
	free(s.addresses);
	free(s.software);
	arena_clear(&s.arena);
	order_clear(&s.captures);
	uuids_close(&s.uuids);
	return err != 0 ? err : closed;
}
