/* SPDX-License-Identifier: Apache-2.0 */
/* dump.c - an inventory as text, for comparing two of them whole. */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "sensor/inventory/order.h"
#include "sensor/util/text.h"

static void dump_sighting(FILE *out, const struct inventory *inv, const struct sighting *s)
{
	fprintf(out, " %lld/%s/%llu", (long long)s->time_ns, inv->captures[s->capture].name,
		(unsigned long long)s->frame);
}

static void dump_span(FILE *out, const struct inventory *inv, const struct span *s)
{
	dump_sighting(out, inv, &s->first);
	dump_sighting(out, inv, &s->last);
	fputc('\n', out);
}

static void dump_endpoint_name(FILE *out, const struct inventory *inv, uint32_t row)
{
	const struct endpoint *e = &inv->endpoints[row];
	char address[ADDRESS_TEXT_MAX];
	fprintf(out, " %s[%s %s]", address_text(address, &e->address), path_kind_name(e->path_kind),
		inventory_text(inv, e->path));
}

static void dump_captures(FILE *out, const struct orders *o)
{
	const struct inventory *inv = o->inventory;
	for (uint32_t i = 0; i < inv->capture_count; i++) {
		const struct capture *c = &inv->captures[o->captures.rows[i]];
		fprintf(out, "capture %s %s %s %lld %lld", c->name, c->sha256, c->link_type, (long long)c->first_ns,
			(long long)c->last_ns);
		const uint64_t n[] = {c->bytes, c->packets, c->truncated_packets, c->undecoded_packets,
			c->dropped_packets, c->duplicate_packets, c->fragments_lost, c->gaps, c->gap_bytes, c->flows,
			c->one_sided_flows, c->encrypted_flows, c->unclaimed_flows, c->evicted_flows, c->evicted_rows,
			c->cut_at_byte};
		for (size_t j = 0; j < sizeof(n) / sizeof(n[0]); j++)
			fprintf(out, " %llu", (unsigned long long)n[j]);
		fputc('\n', out);
	}
	for (uint32_t i = 0; i < inv->protocol_count_count; i++) {
		const struct protocol_count *p = &inv->protocol_counts[o->protocol_counts.rows[i]];
		fprintf(out, "protocol %s %s %llu %llu %llu\n", inv->captures[p->capture].name,
			inventory_text(inv, p->protocol), (unsigned long long)p->pdus, (unsigned long long)p->malformed,
			(unsigned long long)p->unassembled_bytes);
	}
}

static void dump_places(FILE *out, const struct orders *o)
{
	const struct inventory *inv = o->inventory;
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		const struct endpoint *e = &inv->endpoints[o->endpoints.rows[i]];
		fputs("endpoint", out);
		dump_endpoint_name(out, inv, o->endpoints.rows[i]);
		fprintf(out, " %d %llu", e->spoke, (unsigned long long)e->packets);
		dump_span(out, inv, &e->seen);
	}
	for (uint32_t i = 0; i < inv->binding_count; i++) {
		const struct binding *b = &inv->bindings[o->bindings.rows[i]];
		fputs("binding", out);
		dump_endpoint_name(out, inv, b->ip);
		dump_endpoint_name(out, inv, b->mac);
		fprintf(out, " vlan %u hops %u", (unsigned)b->vlan, (unsigned)b->hops);
		dump_span(out, inv, &b->seen);
	}
}

static void dump_facts(FILE *out, const struct orders *o)
{
	const struct inventory *inv = o->inventory;
	for (uint32_t i = 0; i < inv->fact_count; i++) {
		const struct fact *f = &inv->facts[o->facts.rows[i]];
		fputs("fact", out);
		dump_endpoint_name(out, inv, f->endpoint);
		fprintf(out, " %s=%s (%s) %u %s '%s' %u%% x%llu", attribute_name(f->attribute),
			inventory_text(inv, f->value), inventory_text(inv, f->code), (unsigned)f->naming,
			protocol_name(f->protocol), inventory_text(inv, f->message), (unsigned)f->confidence,
			(unsigned long long)f->count);
		dump_span(out, inv, &f->seen);
	}
}

static void dump_links(FILE *out, const struct orders *o)
{
	const struct inventory *inv = o->inventory;
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[o->links.rows[i]];
		fputs("link", out);
		dump_endpoint_name(out, inv, l->client);
		dump_endpoint_name(out, inv, l->server);
		fprintf(out, " '%s' %u/%u basis %u parts %u ops %u %u %u proven %d %llu %llu",
			inventory_text(inv, l->protocol), (unsigned)l->transport, (unsigned)l->port, (unsigned)l->basis,
			(unsigned)l->parts, (unsigned)l->asked, (unsigned)l->answered, (unsigned)l->refused,
			l->direction_proven, (unsigned long long)l->packets, (unsigned long long)l->bytes);
		dump_span(out, inv, &l->seen);
	}
	for (uint32_t i = 0; i < inv->activity_count; i++) {
		const struct activity *a = &inv->activities[o->activities.rows[i]];
		fprintf(out, "activity %u of link %u '%s' '%s' x%llu", (unsigned)a->operation,
			(unsigned)o->links.ranks[a->link], inventory_text(inv, a->message),
			inventory_text(inv, a->detail), (unsigned long long)a->count);
		dump_span(out, inv, &a->seen);
	}
}

char *fixture_dump(const struct inventory *inv)
{
	char *text = NULL;
	size_t len = 0;
	struct orders o;
	FILE *out = open_memstream(&text, &len);
	if (out == NULL || orders_make(&o, inv) != 0)
		abort();
	dump_captures(out, &o);
	dump_places(out, &o);
	dump_facts(out, &o);
	dump_links(out, &o);
	fprintf(out, "refused %llu\n", (unsigned long long)inv->refused);
	fclose(out);
	orders_clear(&o);
	return text;
}
