/* SPDX-License-Identifier: Apache-2.0 */
/* cyclonedx_service.c - what assets answered, as the services of a bill of materials. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/export/cyclonedx.h"
#include "sensor/util/text.h"

#define ENDPOINT_MAX (ADDRESS_TEXT_MAX + 16) /* "tcp://[", "]:65535" */

static const char *protocol_of(const struct bom *b, uint32_t link)
{
	return inventory_text(b->c->inventory, b->c->links[link].link->protocol);
}

/* The same service: one protocol whatever the port; of what nobody knows each port. */
static int service_compare(const struct bom *b, uint32_t x, uint32_t y)
{
	const struct asset_link *l = &b->c->links[x], *m = &b->c->links[y];
	if (l->server != m->server)
		return l->server < m->server ? -1 : 1;
	const char *p = protocol_of(b, x), *q = protocol_of(b, y);
	int order = strcmp(p, q);
	if (order == 0)
		order = (int)l->link->transport - (int)m->link->transport;
	if (order == 0 && *p == 0)
		order = (int)l->link->port - (int)m->link->port;
	return order;
}

static int offered_compare(const void *left, const void *right, void *bom)
{
	const struct bom *b = bom;
	uint32_t x = *(const uint32_t *)left, y = *(const uint32_t *)right;
	int order = service_compare(b, x, y);
	if (order == 0)
		order = (int)b->c->links[x].link->port - (int)b->c->links[y].link->port;
	return order != 0 ? order : x < y ? -1 : x > y;
}

int bom_services_make(struct bom *b)
{
	const struct conclusions *c = b->c;
	size_t count = c->link_count > 0 ? c->link_count : 1;
	b->offered = calloc(count, sizeof(*b->offered));
	b->service_of = calloc(count, sizeof(*b->service_of));
	b->services = calloc(count, sizeof(*b->services));
	if (b->offered == NULL || b->service_of == NULL || b->services == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->link_count; i++) {
		b->service_of[i] = BOM_SERVICE_NONE;
		if (c->links[i].parts & (PART_RESPONSE | PART_EXCHANGE))
			b->offered[b->offered_count++] = i;
	}
	qsort_r(b->offered, b->offered_count, sizeof(*b->offered), offered_compare, b);
	for (uint32_t i = 0; i < b->offered_count; i++) {
		if (i == 0 || service_compare(b, b->offered[i - 1], b->offered[i]) != 0)
			b->services[b->service_count++] =
				(struct bom_service){.server = c->links[b->offered[i]].server, .first = i};
		b->services[b->service_count - 1].count++;
		b->service_of[b->offered[i]] = b->service_count - 1;
	}
	return 0;
}

void bom_services_clear(struct bom *b)
{
	free(b->offered);
	free(b->service_of);
	free(b->services);
}

char *bom_service_ref(char out[BOM_REF_MAX], const struct bom *b, uint32_t service)
{
	const struct bom_service *s = &b->services[service];
	uint32_t link = b->offered[s->first];
	const char *protocol = protocol_of(b, link), *transport = transport_name(b->c->links[link].link->transport);
	const char *id = b->c->assets[s->server].id;
	if (*protocol == 0)
		snprintf(out, BOM_REF_MAX, "service-%s-%s-%u", id, *transport != 0 ? transport : "link",
			(unsigned)b->c->links[link].link->port);
	else
		snprintf(out, BOM_REF_MAX, "service-%s-%s%s%s", id, protocol, *transport != 0 ? "-" : "", transport);
	return out;
}

static int text_compare(const void *left, const void *right)
{
	return strcmp(left, right);
}

/* Where it answered. Nothing for a protocol without ports: a URI has no place for a MAC address. */
static void put_endpoints(struct bom *b, cJSON *o, const struct bom_service *s)
{
	char(*texts)[ENDPOINT_MAX] = calloc(s->count, sizeof(*texts));
	size_t count = 0;
	if (texts == NULL) {
		b->writer.err = b->writer.err == 0 ? -ENOMEM : b->writer.err;
		return;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		const struct link *l = b->c->links[b->offered[s->first + i]].link;
		const struct address *at = &b->c->inventory->endpoints[l->server].address;
		char address[ADDRESS_TEXT_MAX];
		if (l->port == 0 || (at->kind != ADDRESS_IPV4 && at->kind != ADDRESS_IPV6))
			continue;
		bool bracket = at->kind == ADDRESS_IPV6;
		snprintf(texts[count++], sizeof(*texts), "%s://%s%s%s:%u", transport_name(l->transport),
			bracket ? "[" : "", address_text(address, at), bracket ? "]" : "", (unsigned)l->port);
	}
	qsort(texts, count, sizeof(*texts), text_compare);
	cJSON *list = count > 0 ? element_array(&b->writer, o, "endpoints") : NULL;
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(texts[i - 1], texts[i]) != 0)
			element_text_copy(&b->writer, list, NULL, texts[i]);
	free(texts);
}

/* What the links of a service say together. */
struct summary {
	unsigned operations, basis;
	uint32_t clients;
	struct span seen;
	bool crosses; /* somebody of another zone used it */
};

static struct summary summary_make(const struct bom *b, const struct bom_service *s)
{
	const struct conclusions *c = b->c;
	struct summary sum = {.basis = LINK_PLAIN};
	uint32_t zone = c->assets[s->server].zone;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct asset_link *l = &c->links[b->offered[s->first + i]];
		uint32_t client = c->assets[l->client].zone;
		sum.operations |= l->answered;
		sum.basis = l->link->basis < sum.basis ? l->link->basis : sum.basis;
		sum.crosses |= zone != ZONE_NONE && client != ZONE_NONE && client != zone;
		if (i == 0 || sighting_compare(c->inventory, &l->seen.first, &sum.seen.first) < 0)
			sum.seen.first = l->seen.first;
		if (i == 0 || sighting_compare(c->inventory, &l->seen.last, &sum.seen.last) > 0)
			sum.seen.last = l->seen.last;
	}
	return sum;
}

static int number_compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return a < b ? -1 : a > b;
}

/* Ports come apart in the sort, so a client may come more than once. */
static uint32_t clients_count(struct bom *b, const struct bom_service *s)
{
	uint32_t *clients = calloc(s->count, sizeof(*clients)), count = 0;
	if (clients == NULL) {
		b->writer.err = b->writer.err == 0 ? -ENOMEM : b->writer.err;
		return 0;
	}
	for (uint32_t i = 0; i < s->count; i++)
		clients[i] = b->c->links[b->offered[s->first + i]].client;
	qsort(clients, s->count, sizeof(*clients), number_compare);
	for (uint32_t i = 0; i < s->count; i++)
		count += i == 0 || clients[i] != clients[i - 1];
	free(clients);
	return count;
}

static void put_properties(struct bom *b, cJSON *o, const struct bom_service *s, const struct summary *sum)
{
	const struct asset *a = &b->c->assets[s->server];
	char text[ORIGIN_TEXT_MAX];
	cJSON *properties = element_array(&b->writer, o, "properties");
	snprintf(text, sizeof(text), "asset-%s", a->id);
	bom_property(b, properties, "earshot:asset", text);
	bom_property(b, properties, "earshot:basis", link_basis_name(sum->basis));
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (sum->operations & bit)
			bom_property(b, properties, "earshot:operation", operation_name(bit));
	snprintf(text, sizeof(text), "%u", (unsigned)clients_count(b, s));
	bom_property(b, properties, "earshot:clients", text);
	if (a->zone != ZONE_NONE)
		bom_property(b, properties, "earshot:zone_kind", zone_kind_name(b->c->zones[a->zone].kind));
	bom_times(b, properties, &sum->seen);
	bom_property(b, properties, "earshot:evidence", origin_sighting(text, b->c, &b->captures, &sum->seen.first));
}

cJSON *bom_service(struct bom *b, uint32_t service)
{
	struct element_writer *w = &b->writer;
	const struct bom_service *s = &b->services[service];
	const struct asset *a = &b->c->assets[s->server];
	uint32_t link = b->offered[s->first];
	const struct link *l = b->c->links[link].link;
	struct summary sum = summary_make(b, s);
	char ref[BOM_REF_MAX], name[32];
	cJSON *o = element_new(w);
	element_text_copy(w, o, "bom-ref", bom_service_ref(ref, b, service));
	if (*protocol_of(b, link) != 0) {
		element_text(w, o, "name", protocol_of(b, link));
	} else {
		const char *transport = transport_name(l->transport);
		snprintf(name, sizeof(name), "%s/%u", *transport != 0 ? transport : "link", (unsigned)l->port);
		element_text_copy(w, o, "name", name);
	}
	put_endpoints(b, o, s);
	/* Not having seen anybody from outside does not make it false. */
	if (sum.crosses)
		element_bool(w, o, "x-trust-boundary", true);
	if (a->zone != ZONE_NONE)
		element_text(w, o, "trustZone", b->c->zones[a->zone].id);
	put_properties(b, o, s, &sum);
	return o;
}
