/* SPDX-License-Identifier: Apache-2.0 */
/* status_print.c - the status for people: what is wrong stands first, then the numbers. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "sensor/util/text.h"
#include "sensor/watch/status.h"

#define SECOND_NS 1000000000ll

/* "3 d 4 h", "12 min", "40 s" */
static const char *duration(char out[32], int64_t ns)
{
	long long s = ns > 0 ? ns / SECOND_NS : 0;
	if (s >= 86400)
		snprintf(out, 32, "%lld d %lld h", s / 86400, s % 86400 / 3600);
	else if (s >= 3600)
		snprintf(out, 32, "%lld h %lld min", s / 3600, s % 3600 / 60);
	else if (s >= 120)
		snprintf(out, 32, "%lld min", s / 60);
	else
		snprintf(out, 32, "%lld s", s);
	return out;
}

static unsigned percent(uint64_t part, uint64_t whole)
{
	return whole > 0 ? (unsigned)(part * 100 / whole) : 0;
}

static uint64_t transmitted(const struct watch_status *s)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < s->counters.interface_count; i++)
		sum += s->counters.interfaces[i].transmitted;
	return sum;
}

static uint64_t dropped(const struct watch_status *s)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < s->counters.interface_count; i++)
		sum += s->counters.interfaces[i].kernel_drops + s->counters.interfaces[i].interface_drops;
	return sum;
}

/* One line of the first part: counted, and printed when there is somewhere to print. */
static void alarm_line(FILE *out, unsigned *count, const char *word, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void alarm_line(FILE *out, unsigned *count, const char *word, const char *format, ...)
{
	char line[2 * WATCH_LINE_MAX];
	va_list arguments;
	++*count;
	if (out == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fprintf(out, "%-9s ", word);
	text_print_terminal(out, line);
	fputc('\n', out);
}

unsigned watch_status_alarms(FILE *out, const struct watch_status *s, int64_t stale_ns)
{
	char age[32];
	unsigned count = 0;
	if (stale_ns > 0)
		alarm_line(out, &count, "STALE", "this is %s old: earshot watch does not run, or hangs",
			duration(age, stale_ns));
	if (s->store != STORE_FINE)
		alarm_line(out, &count, "STORE", "%s: %s; facts of %s are kept in memory",
			s->store == STORE_WAITING ? "cannot be written" : "catching up", s->store_error,
			duration(age, s->lag_ns));
	if (transmitted(s) > 0)
		alarm_line(out, &count, "TRANSMIT",
			"%" PRIu64 " frames left through a capture interface; earshot cannot send, so this host does: "
			"take its IP and IPv6 addresses away",
			transmitted(s));
	for (uint32_t i = 0; i < s->counters.interface_count; i++)
		if (!s->counters.interfaces[i].up)
			alarm_line(out, &count, "DOWN", "%s: no packets come from it", s->counters.interfaces[i].name);
	return count;
}

static void print_interfaces(FILE *out, const struct watch_counters *c)
{
	for (uint32_t i = 0; i < c->interface_count; i++) {
		const struct watch_interface *p = &c->interfaces[i];
		size_t columns = text_columns(p->name);
		text_print_terminal(out, p->name);
		fprintf(out, "%*s", columns < 10 ? (int)(10 - columns) : 1, "");
		fprintf(out,
			"%s, %" PRIu64 " packets, %" PRIu64 " bytes; dropped %" PRIu64 " by the kernel, %" PRIu64
			" by the card; %" PRIu64 " transmitted; down or gone %u times\n",
			p->up ? "up" : "down", p->packets, p->bytes, p->kernel_drops, p->interface_drops,
			p->transmitted, p->gone);
	}
}

static void print_protocols(FILE *out, const struct watch_counters *c)
{
	const char *between = "protocols ";
	for (unsigned i = 1; i < PROTOCOLS; i++) {
		if (c->protocols[i].pdus == 0 && c->protocols[i].malformed == 0)
			continue;
		fprintf(out, "%s%s %" PRIu64, between, protocol_name(i), c->protocols[i].pdus);
		if (c->protocols[i].malformed > 0)
			fprintf(out, " (%" PRIu64 " malformed)", c->protocols[i].malformed);
		between = ", ";
	}
	if (between[0] == ',')
		fputc('\n', out);
}

static void print_bounds(FILE *out, const struct watch_status *s)
{
	const struct watch_counters *c = &s->counters;
	const struct watch_image *i = &s->image;
	fprintf(out, "memory    %" PRIu64 " MiB of %" PRIu64 " MiB, peak %" PRIu64 " MiB\n", s->memory_bytes >> 20,
		s->memory_max >> 20, s->memory_peak_bytes >> 20);
	fprintf(out,
		"bounds    flows %u %%, stream buffers %u %%, epoch %u %%, addresses %u %%, facts %u %%, links %u %%\n",
		percent(c->flows, c->flows_max), percent(c->buffer_bytes, c->buffer_max),
		percent(c->epoch_rows, c->epoch_max), percent(i->endpoints, i->endpoints_max),
		percent(i->facts, i->facts_max), percent(i->links, i->links_max));
	fprintf(out,
		"evicted   %" PRIu64 " flows, %" PRIu64 " rows refused, %" PRIu64 " buffers refused, %" PRIu64
		" old rows forgotten\n",
		c->evicted_flows, c->refused_rows, c->refused_bytes, i->forgotten_rows);
}

void watch_status_print(FILE *out, const struct watch_status *s, int64_t stale_ns)
{
	char text[32];
	const struct watch_counters *c = &s->counters;
	watch_status_alarms(out, s, stale_ns);
	fputs("earshot   ", out);
	text_print_terminal(out, s->version);
	fputs(", site ", out);
	text_print_terminal(out, s->site[0] ? s->site : "(no name)");
	fprintf(out, ", running for %s\n", duration(text, s->written_ns - s->started_ns));
	print_interfaces(out, c);
	fprintf(out,
		"packets   %" PRIu64 "; %" PRIu64 " truncated, %" PRIu64 " not decoded, %" PRIu64
		" duplicates, %" PRIu64 " TCP gaps, %" PRIu64 " fragments lost\n",
		c->packets, c->truncated_packets, c->undecoded_packets, c->duplicate_packets, c->gaps,
		c->fragments_lost);
	print_protocols(out, c);
	fprintf(out, "inventory %u assets, %u facts, %u links; %" PRIu64 " events\n", s->image.assets, s->image.facts,
		s->image.links, s->events);
	fprintf(out,
		"store     %s, %" PRIu64 " MiB, %" PRIu64 " commits (%" PRIu64
		" failed), last took %lld ms; %s behind\n",
		store_state_name(s->store), s->store_bytes >> 20, s->commits, s->failed_commits,
		(long long)(s->commit_ns / 1000000), duration(text, s->lag_ns));
	print_bounds(out, s);
	fprintf(out,
		"sandbox   user %s, no new privileges %s, capabilities dropped %s, Landlock %s, seccomp "
		"%s\n          ",
		sandbox_state_name(s->sandbox.user), sandbox_state_name(s->sandbox.no_new_privileges),
		sandbox_state_name(s->sandbox.capabilities), sandbox_state_name(s->sandbox.landlock),
		sandbox_state_name(s->sandbox.seccomp));
	text_print_terminal(out, s->sandbox.detail);
	fputc('\n', out);
}

void watch_status_line(const struct watch_status *s, char line[WATCH_LINE_MAX])
{
	snprintf(line, WATCH_LINE_MAX,
		"%" PRIu64 " packets, %" PRIu64 " dropped, %u assets, %u facts, %u links, %" PRIu64 " events, %" PRIu64
		" MiB of %" PRIu64 ", store %s, %" PRIu64 " flows and %" PRIu64 " rows evicted, %" PRIu64
		" transmitted",
		s->counters.packets, dropped(s), s->image.assets, s->image.facts, s->image.links, s->events,
		s->memory_bytes >> 20, s->memory_max >> 20, store_state_name(s->store), s->counters.evicted_flows,
		s->counters.refused_rows + s->image.forgotten_rows, transmitted(s));
}
