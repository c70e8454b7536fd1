/* SPDX-License-Identifier: Apache-2.0 */
#include "packets.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/pipeline.h"
#include "sensor/util/text.h"

static uint8_t *put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, value >> 16), value & 0xffff);
}

struct made_packet packet_tcp(bool from_client, uint16_t port, uint32_t sequence, uint32_t acknowledgement, uint8_t flags,
	const uint8_t *data, size_t len)
{
	static unsigned ip_id;
	struct made_packet m = {.time_ns = 1000000000};
	uint8_t *p = m.bytes, client = from_client;
	static const uint8_t macs[2][6] = {{0, 0x1b, 0x1b, 0, 0, 2}, {0, 0x1b, 0x1b, 0, 0, 1}};
	memcpy(p, macs[!client], 6);
	memcpy(p + 6, macs[client], 6);
	p = put16(p + 12, 0x0800);
	*p++ = 0x45;
	*p++ = 0;
	p = put16(p, (unsigned)(40 + len));
	p = put16(p, ++ip_id & 0xffff);
	p = put16(p, 0x4000);
	*p++ = 64;
	*p++ = 6;
	p = put16(p, 0);
	p = put32(p, from_client ? 0x0a000001 : 0x0a000002);
	p = put32(p, from_client ? 0x0a000002 : 0x0a000001);
	p = put16(p, from_client ? 40000 : port);
	p = put16(p, from_client ? port : 40000);
	p = put32(p, sequence);
	p = put32(p, acknowledgement);
	*p++ = 0x50;
	*p++ = flags;
	p = put16(p, 8192);
	p = put32(p, 0);
	if (len > 0)
		memcpy(p, data, len);
	m.len = m.captured = (uint32_t)(p - m.bytes + (ptrdiff_t)len);
	return m;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *sorted(char *text)
{
	size_t count = 0, len = strlen(text);
	char **lines = calloc(len + 1, sizeof(char *)), *out = malloc(len + 2), *at = out;
	if (lines == NULL || out == NULL)
		abort();
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		lines[count++] = line;
	qsort(lines, count, sizeof(char *), by_text);
	for (size_t i = 0; i < count; i++)
		at += sprintf(at, "%s\n", lines[i]);
	*at = 0;
	free(lines);
	free(text);
	return out;
}

static void print_facts(FILE *out, const struct inventory *inv)
{
	char address[ADDRESS_TEXT_MAX];
	for (uint32_t i = 0; i < inv->fact_count; i++) {
		const struct fact *f = &inv->facts[i];
		const struct endpoint *e = &inv->endpoints[f->endpoint];
		fprintf(out, "fact %s %s %s = %s #%s [%s] x%u\n", address_text(address, &e->address), inventory_text(inv, e->path),
			attribute_name(f->attribute), inventory_text(inv, f->value), inventory_text(inv, f->code),
			inventory_text(inv, f->message), (unsigned)f->count);
	}
	for (uint32_t i = 0; i < inv->endpoint_count; i++)
		if (inv->endpoints[i].path_kind != PATH_NONE)
			fprintf(out, "path %s %s\n", address_text(address, &inv->endpoints[i].address),
				inventory_text(inv, inv->endpoints[i].path));
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[i];
		fprintf(out, "link %s %s %u parts %x asked %x answered %x refused %x\n",
			address_text(address, &inv->endpoints[l->client].address), inventory_text(inv, l->protocol), l->port,
			l->parts, l->asked, l->answered, l->refused);
	}
	for (uint32_t i = 0; i < inv->activity_count; i++)
		fprintf(out, "did %s %s %s\n", operation_name(inv->activities[i].operation),
			inventory_text(inv, inv->activities[i].message), inventory_text(inv, inv->activities[i].detail));
}

char *facts_of(const struct made_packet *packets, size_t count, uint64_t *gaps, uint64_t *copies)
{
	struct inventory *inv = inventory_new(&inventory_limits_default);
	uint32_t capture = inventory_capture_add(inv, "made");
	struct pipeline *pipeline = pipeline_new(inv, capture);
	for (size_t i = 0; i < count; i++) {
		struct packet p = {.bytes = packets[i].bytes, .captured_len = packets[i].captured, .wire_len = packets[i].len,
		    .time_ns = packets[i].time_ns + (int64_t)i * 50000000, .link_type = DLT_EN10MB};
		pipeline_packet(pipeline, &p);
	}
	pipeline_end(pipeline);
	if (gaps != NULL)
		*gaps = inv->captures[0].gaps;
	if (copies != NULL)
		*copies = inv->captures[0].duplicate_packets;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	print_facts(out, inv);
	fclose(out);
	inventory_free(inv);
	return sorted(text);
}
