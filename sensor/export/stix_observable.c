/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stix_observable.c - addresses and software as cyber-observable objects, and what is related to what.
 *
 * Their id is UUIDv5 under a name space of the specification (section 2.9) of the canonical JSON (RFC 8785) of the
 * properties that identify them: the same address has the same id in every tool. So each stands in a bundle once,
 * however many assets have it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/export/cpe.h"
#include "sensor/export/stix.h"
#include "sensor/util/joined.h"

static const uint8_t observables[UUID_BYTES] = {
	0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};

/* A string of canonical JSON: nothing is escaped that need not be. */
static void put_canonical(FILE *out, const char *text)
{
	static const char escapes[] = "btn\0fr"; /* of 8 to 13; a vertical tab has none */
	fputc('"', out);
	for (const unsigned char *s = (const unsigned char *)text; *s != 0; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s >= 8 && *s <= 13 && escapes[*s - 8] != 0)
			fprintf(out, "\\%c", escapes[*s - 8]);
		else if (*s < 0x20)
			fprintf(out, "\\u%04x", *s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

/* `pairs`: keys in the order of the alphabet and their values, NULL: left out. */
static char *observable_id(
	struct stix *s, char out[STIX_ID_MAX], const char *type, const char *pairs[][2], size_t count)
{
	char *name = NULL, uuid[UUID_TEXT_MAX];
	size_t len = 0;
	FILE *stream = open_memstream(&name, &len);
	out[0] = '\0';
	if (stream != NULL) {
		const char *lead = "{";
		for (size_t i = 0; i < count; i++) {
			if (pairs[i][1] == NULL)
				continue;
			fprintf(stream, "%s\"%s\":", lead, pairs[i][0]);
			put_canonical(stream, pairs[i][1]);
			lead = ",";
		}
		fputc('}', stream);
	}
	if (stream == NULL || fclose(stream) != 0)
		s->uuids.err = s->uuids.err == 0 ? -ENOMEM : s->uuids.err;
	else
		snprintf(out, STIX_ID_MAX, "%s--%s", type, uuid_of(&s->uuids, uuid, observables, name, len));
	free(name);
	return out;
}

static const char *address_type(const char *text)
{
	struct address address;
	if (!address_parse(&address, text) || address.kind == ADDRESS_MAC)
		return "mac-addr";
	return address.kind == ADDRESS_IPV4 ? "ipv4-addr" : "ipv6-addr";
}

char *stix_address_id(struct stix *s, char out[STIX_ID_MAX], const char *address)
{
	return observable_id(s, out, address_type(address), (const char *[][2]){{"value", address}}, 1);
}

static int text_order(const char *a, const char *b)
{
	return a == b ? 0 : a == NULL ? -1 : b == NULL ? 1 : strcmp(a, b);
}

static int address_compare(const void *left, const void *right)
{
	const struct stix_address *a = left, *b = right;
	int order = text_order(a->ip, b->ip);
	return order != 0 ? order : text_order(a->mac, b->mac);
}

static int software_compare(const void *left, const void *right)
{
	return strcmp(((const struct stix_software *)left)->id, ((const struct stix_software *)right)->id);
}

static void software_add(struct stix *s, uint32_t asset, const struct stix_software *from)
{
	struct stix_software *row = &s->software[s->software_count++];
	*row = *from;
	row->asset = asset;
	observable_id(s, row->id, "software",
		(const char *[][2]){
			{"cpe", row->cpe}, {"name", row->name}, {"vendor", row->vendor}, {"version", row->version}},
		4);
}

static bool software_of(struct stix *s, uint32_t asset)
{
	const struct asset *a = &s->c->assets[asset];
	if (a->firmware_version != NULL) {
		const char *name = a->model != NULL ? a->model : a->order_number;
		struct stix_software row = {.vendor = a->vendor, .version = a->firmware_version};
		row.name = arena_format(&s->arena, "%s firmware", name != NULL ? name : a->type);
		if (row.name == NULL)
			return false;
		software_add(s, asset, &row);
	}
	size_t first = s->software_count;
	for (size_t i = 0; i < a->fact_count; i++) {
		struct cpe cpe;
		if (a->facts[i].fact->attribute != ATTRIBUTE_BANNER ||
			!cpe_of_banner(&cpe, a->facts[i].fact->protocol, a->facts[i].value) ||
			(s->software_count > first && strcmp(s->software[s->software_count - 1].cpe, cpe.name) == 0))
			continue;
		struct stix_software row = {.name = cpe.product, .vendor = cpe.vendor};
		row.version = arena_copy(&s->arena, cpe.version);
		row.cpe = arena_copy(&s->arena, cpe.name);
		if (row.version == NULL || row.cpe == NULL)
			return false;
		software_add(s, asset, &row);
	}
	return true;
}

int stix_gather(struct stix *s)
{
	const struct conclusions *c = s->c;
	size_t addresses = 1, software = 1;
	for (uint32_t i = 0; i < c->asset_count; i++) {
		const struct asset *a = &c->assets[i];
		software++;
		for (size_t k = 0; k < a->interface_count; k++)
			addresses += 1 + a->interfaces[k].ip_count;
		for (size_t k = 0; k < a->fact_count; k++)
			software += a->facts[k].fact->attribute == ATTRIBUTE_BANNER;
	}
	s->addresses = calloc(addresses, sizeof(*s->addresses));
	s->software = calloc(software, sizeof(*s->software));
	if (s->addresses == NULL || s->software == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->asset_count; i++) {
		for (size_t k = 0; k < c->assets[i].interface_count; k++) {
			const struct interface *n = &c->assets[i].interfaces[k];
			if (n->mac != NULL)
				s->addresses[s->address_count++] = (struct stix_address){NULL, n->mac};
			for (size_t m = 0; m < n->ip_count; m++)
				s->addresses[s->address_count++] = (struct stix_address){n->ips[m], n->mac};
		}
		if (!software_of(s, i))
			return -ENOMEM;
	}
	qsort(s->addresses, s->address_count, sizeof(*s->addresses), address_compare);
	return s->uuids.err;
}

/* Observables have neither creator nor times: what they say does not change. */
static cJSON *observable(struct stix *s, const char *type, const char *id)
{
	cJSON *o = element_new(&s->writer);
	element_text_copy(&s->writer, o, "type", type);
	element_text(&s->writer, o, "spec_version", "2.1");
	element_text_copy(&s->writer, o, "id", id);
	return o;
}

static void write_addresses(struct stix *s)
{
	char id[STIX_ID_MAX];
	for (size_t i = 0, end; i < s->address_count && s->writer.err == 0; i = end) {
		const struct stix_address *a = &s->addresses[i];
		bool ip = a->ip != NULL;
		const char *value = ip ? a->ip : a->mac, *last = NULL;
		cJSON *refs = NULL, *o = observable(s, address_type(value), stix_address_id(s, id, value));
		element_text(&s->writer, o, "value", value);
		for (end = i; end < s->address_count; end++) {
			const struct stix_address *b = &s->addresses[end];
			if (text_order(a->ip, b->ip) != 0 || (!ip && strcmp(a->mac, b->mac) != 0))
				break;
			if (!ip || b->mac == NULL || (last != NULL && strcmp(last, b->mac) == 0))
				continue;
			if (refs == NULL)
				refs = element_array(&s->writer, o, "resolves_to_refs");
			element_text_copy(&s->writer, refs, NULL, stix_address_id(s, id, b->mac));
			last = b->mac;
		}
		stix_write(s, o);
	}
}

void stix_write_observables(struct stix *s)
{
	write_addresses(s);
	size_t size = s->software_count * sizeof(*s->software);
	struct stix_software *sorted = malloc(size + 1);
	if (sorted == NULL) {
		s->writer.err = s->writer.err == 0 ? -ENOMEM : s->writer.err;
		return;
	}
	memcpy(sorted, s->software, size);
	qsort(sorted, s->software_count, sizeof(*sorted), software_compare);
	for (size_t i = 0; i < s->software_count && s->writer.err == 0; i++) {
		if (i > 0 && strcmp(sorted[i - 1].id, sorted[i].id) == 0)
			continue;
		cJSON *o = observable(s, "software", sorted[i].id);
		element_text(&s->writer, o, "name", sorted[i].name);
		element_text(&s->writer, o, "cpe", sorted[i].cpe);
		element_text(&s->writer, o, "vendor", sorted[i].vendor);
		element_text(&s->writer, o, "version", sorted[i].version);
		stix_write(s, o);
	}
	free(sorted);
}

static cJSON *relationship(
	struct stix *s, const char *type, const char *from, const char *to, const struct sighting *first)
{
	char id[STIX_ID_MAX], what[3 * STIX_ID_MAX];
	snprintf(what, sizeof(what), "%s\n%s\n%s", type, from, to);
	cJSON *o = stix_object(s, "relationship", stix_id(s, id, "relationship", what), first);
	element_text(&s->writer, o, "relationship_type", type);
	element_text_copy(&s->writer, o, "source_ref", from);
	element_text_copy(&s->writer, o, "target_ref", to);
	return o;
}

static int name_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Two cards may have had the same address, one after the other: each address is related once. */
static void write_addresses_of(struct stix *s, const struct asset *a, const char *from)
{
	char to[STIX_ID_MAX];
	size_t count = 0, room = 1;
	for (size_t i = 0; i < a->interface_count; i++)
		room += 1 + a->interfaces[i].ip_count;
	const char **names = calloc(room, sizeof(*names));
	if (names == NULL) {
		s->writer.err = s->writer.err == 0 ? -ENOMEM : s->writer.err;
		return;
	}
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		if (n->mac != NULL)
			names[count++] = n->mac;
		for (size_t k = 0; k < n->ip_count; k++)
			names[count++] = n->ips[k];
	}
	qsort(names, count, sizeof(*names), name_compare);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(names[i - 1], names[i]) != 0)
			stix_write(s,
				relationship(s, "consists-of", from, stix_address_id(s, to, names[i]), &a->seen.first));
	free(names);
}

static void write_parts(struct stix *s)
{
	char from[STIX_ID_MAX], to[STIX_ID_MAX];
	size_t row = 0;
	for (uint32_t i = 0; i < s->c->asset_count && s->writer.err == 0; i++) {
		const struct asset *a = &s->c->assets[i];
		stix_asset_id(s, from, i);
		if (a->parent != ASSET_NONE)
			stix_write(s,
				relationship(s, "consists-of", stix_asset_id(s, to, a->parent), from, &a->seen.first));
		write_addresses_of(s, a, from);
		for (; row < s->software_count && s->software[row].asset == i; row++)
			stix_write(s, relationship(s, "consists-of", from, s->software[row].id, &a->seen.first));
	}
}

/* All that one pair did; links are sorted by client and server. Moves *at behind them. */
static void write_pair(struct stix *s, struct joined *j, size_t *at)
{
	const struct conclusions *c = s->c;
	const struct asset_link *head = &c->links[*at];
	char from[STIX_ID_MAX], to[STIX_ID_MAX], text[160], time[TIME_TEXT_MAX];
	struct span seen = {0};
	bool any = false;
	joined_start(j);
	for (; *at < c->link_count; ++*at) {
		const struct asset_link *l = &c->links[*at];
		if (l->client != head->client || l->server != head->server)
			break;
		if (!(l->parts & (PART_RESPONSE | PART_EXCHANGE)) || l->client == l->server)
			continue;
		if (!any || sighting_compare(c->inventory, &l->seen.first, &seen.first) < 0)
			seen.first = l->seen.first;
		if (!any || sighting_compare(c->inventory, &l->seen.last, &seen.last) > 0)
			seen.last = l->seen.last;
		any = true;
		const char *protocol = inventory_text(c->inventory, l->link->protocol);
		const char *transport = transport_name(l->link->transport);
		int len = snprintf(text, sizeof(text), "%s", *protocol != 0 ? protocol : "unknown");
		if (*transport != 0 && (size_t)len < sizeof(text))
			snprintf(text + len, sizeof(text) - (size_t)len, " %s/%u", transport, (unsigned)l->link->port);
		joined_add(j, text);
	}
	if (!any)
		return;
	stix_asset_id(s, from, head->client);
	cJSON *o = relationship(s, "communicates-with", from, stix_asset_id(s, to, head->server), &seen.first);
	element_text_copy(&s->writer, o, "description", joined_text(j));
	element_text_copy(&s->writer, o, "start_time", time_text(time, seen.first.time_ns));
	/* It has to be later than the start. */
	if (seen.last.time_ns > seen.first.time_ns && seen.last.time_ns / 1000 > seen.first.time_ns / 1000)
		element_text_copy(&s->writer, o, "stop_time", time_text(time, seen.last.time_ns));
	stix_write(s, o);
}

void stix_write_relationships(struct stix *s)
{
	struct joined j = {.separator = "; "};
	write_parts(s);
	for (size_t at = 0; at < s->c->link_count && s->writer.err == 0;)
		write_pair(s, &j, &at);
	if (j.failed && s->writer.err == 0)
		s->writer.err = -ENOMEM;
	joined_clear(&j);
}
