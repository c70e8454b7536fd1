/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prometheus.c - the status as metrics (text exposition format 0.0.4) in a file that node_exporter's textfile collector
 * picks up: no socket listens. Names end as its conventions ask: _total counts, _bytes and _seconds are units.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sensor/watch/status.h"

/* A value of a label, in quotes. Names of interfaces may have any character but '/' and white space. */
static void label(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != 0; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text == '\n' ? ' ' : *text, out);
	}
	fputc('"', out);
}

static void metric(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP earshot_%s %s\n# TYPE earshot_%s %s\n", name, help, name, type);
}

static void number(FILE *out, const char *name, const char *type, const char *help, uint64_t value)
{
	metric(out, name, type, help);
	fprintf(out, "earshot_%s %" PRIu64 "\n", name, value);
}

static void seconds(FILE *out, const char *name, const char *help, int64_t ns)
{
	metric(out, name, "gauge", help);
	if (ns < 0) /* the clock was set back */
		ns = 0;
	fprintf(out, "earshot_%s %lld.%03lld\n", name, (long long)(ns / 1000000000), (long long)(ns / 1000000 % 1000));
}

static void interface(FILE *out, const char *family, const struct watch_interface *i, uint64_t value)
{
	fprintf(out, "%s{interface=", family);
	label(out, i->name);
	fprintf(out, "} %" PRIu64 "\n", value);
}

/* One family with a value an interface. */
#define INTERFACE(family, type, help, member)                                                                          \
	do {                                                                                                           \
		metric(out, family, type, help);                                                                       \
		for (uint32_t i = 0; i < c->interface_count; i++)                                                      \
			interface(out, "earshot_" family, &c->interfaces[i], (uint64_t)c->interfaces[i].member);       \
	} while (0)

static void interfaces(FILE *out, const struct watch_counters *c)
{
	INTERFACE("interface_up", "gauge", "1 when packets can come from the interface.", up);
	INTERFACE("interface_packets_total", "counter", "Packets delivered.", packets);
	INTERFACE("interface_bytes_total", "counter", "Bytes on the wire of the packets delivered.", bytes);
	INTERFACE("interface_kernel_drops_total", "counter", "Packets that found the ring full.", kernel_drops);
	INTERFACE("interface_card_drops_total", "counter", "Packets that the card or its driver dropped.",
		interface_drops);
	INTERFACE("interface_gone_total", "counter", "Times the interface went down or vanished.", gone);
	INTERFACE("interface_transmitted_total", "counter",
		"Frames that left through the capture interface; must be 0.", transmitted);
}

static void protocols(FILE *out, const struct watch_counters *c)
{
	metric(out, "pdus_total", "counter", "Protocol data units read.");
	for (unsigned i = 1; i < PROTOCOLS; i++)
		if (c->protocols[i].pdus > 0)
			fprintf(out, "earshot_pdus_total{protocol=\"%s\"} %" PRIu64 "\n", protocol_name(i),
				c->protocols[i].pdus);
	metric(out, "malformed_pdus_total", "counter", "Protocol data units that broke the rules of their protocol.");
	for (unsigned i = 1; i < PROTOCOLS; i++)
		if (c->protocols[i].pdus > 0 || c->protocols[i].malformed > 0)
			fprintf(out, "earshot_malformed_pdus_total{protocol=\"%s\"} %" PRIu64 "\n", protocol_name(i),
				c->protocols[i].malformed);
}

static void packets(FILE *out, const struct watch_counters *c)
{
	number(out, "packets_total", "counter", "Packets read.", c->packets);
	number(out, "truncated_packets_total", "counter", "Packets cut by the snap length.", c->truncated_packets);
	number(out, "undecoded_packets_total", "counter", "Packets that were not understood.", c->undecoded_packets);
	number(out, "duplicate_packets_total", "counter", "Second copies from a mirror of both directions.",
		c->duplicate_packets);
	number(out, "tcp_gaps_total", "counter", "TCP segments that were never seen.", c->gaps);
	number(out, "fragments_lost_total", "counter", "IP fragments that were never completed.", c->fragments_lost);
	number(out, "flows", "gauge", "Conversations followed.", c->flows);
	number(out, "evicted_flows_total", "counter", "Conversations given up because the table was full.",
		c->evicted_flows);
	number(out, "refused_rows_total", "counter", "Rows that found no room in an epoch.", c->refused_rows);
	number(out, "refused_buffers_total", "counter", "Pieces that found no room in the buffers.", c->refused_bytes);
	number(out, "epochs_delayed_total", "counter", "Epochs that went on because the writer was busy.",
		c->epochs_delayed);
}

static void inventory(FILE *out, const struct watch_status *s)
{
	number(out, "assets", "gauge", "Assets of the inventory, parts included.", s->image.assets);
	number(out, "facts", "gauge", "Facts of the inventory.", s->image.facts);
	number(out, "links", "gauge", "Links of the inventory.", s->image.links);
	number(out, "forgotten_rows_total", "counter", "Old rows forgotten because the inventory was full.",
		s->image.forgotten_rows);
	number(out, "events_total", "counter", "Events told.", s->events);
	number(out, "suppressed_events_total", "counter", "Events not told because too many came at once.",
		s->suppressed_events);
	number(out, "store_state", "gauge", "0 fine, 1 waiting for the disk, 2 catching up.", s->store);
	number(out, "store_bytes", "gauge", "Size of the store on disk.", s->store_bytes);
	number(out, "store_failed_commits_total", "counter", "Commits that the disk refused.", s->failed_commits);
	seconds(out, "store_lag_seconds", "Age of the oldest facts that are not in the store.", s->lag_ns);
	number(out, "resident_memory_bytes", "gauge", "Memory in use.", s->memory_bytes);
	number(out, "memory_ceiling_bytes", "gauge", "Configured ceiling.", s->memory_max);
	seconds(out, "start_time_seconds", "When the daemon was started.", s->started_ns);
	seconds(out, "status_time_seconds", "When this was written.", s->written_ns);
	number(out, "flows_limit", "gauge", "Conversations that there is room for.", s->counters.flows_max);
	metric(out, "build_info", "gauge", "The version that runs.");
	fputs("earshot_build_info{version=", out);
	label(out, s->version);
	fputs("} 1\n", out);
	metric(out, "sandbox", "gauge", "1 when the layer of the sandbox is on.");
	fprintf(out,
		"earshot_sandbox{layer=\"user\"} %d\nearshot_sandbox{layer=\"no_new_privileges\"} %d\n"
		"earshot_sandbox{layer=\"capabilities\"} %d\n"
		"earshot_sandbox{layer=\"landlock\"} %d\nearshot_sandbox{layer=\"seccomp\"} %d\n",
		s->sandbox.user == SANDBOX_ON, s->sandbox.no_new_privileges == SANDBOX_ON,
		s->sandbox.capabilities == SANDBOX_ON, s->sandbox.landlock == SANDBOX_ON,
		s->sandbox.seccomp == SANDBOX_ON);
}

int watch_metrics_write(const struct watch_status *s, const char *path)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	if (out == NULL)
		return -ENOMEM;
	packets(out, &s->counters);
	interfaces(out, &s->counters);
	protocols(out, &s->counters);
	inventory(out, s);
	int err = fclose(out) == 0 ? watch_file_replace(path, text) : -ENOMEM;
	free(text);
	return err;
}
