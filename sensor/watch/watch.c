/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - the capture thread's side: the pipeline, the epoch that fills, and when it is handed over. */
#include "sensor/watch/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sensor/watch/writer.h"

#define SECOND ((int64_t)1000000000)
#define EPOCH_FULL 50 /* percent: an epoch that fills so fast is handed over before its time */

const struct watch_options watch_options_default = {
	.db = "earshot.db",
	.capture_name = "live",
	.link_type = "EN10MB",
	.memory_bytes = (uint64_t)256 << 20,
	.ring_bytes = (uint64_t)64 << 20,
	.interval_ns = 5 * SECOND,
	.conclude_interval_ns = 10 * SECOND,
	.silent_after_ns = 3600 * SECOND,
	.end_within_ns = 2 * SECOND - SECOND / 10,
};

struct watch {
	struct watch_options options;
	struct watch_budget budget;
	struct writer *writer;
	struct pipeline *pipeline;
	struct inventory *epoch;
	struct watch_counters counters;
	int64_t started_ns; /* wall clock: with the name, what the capture is known by */
	int64_t handed_ns;  /* monotonic */
	uint64_t dropped;   /* of counters.interfaces, that captures have */
	bool delayed;       /* the epoch is due, and that was counted */
	char error[WATCH_LINE_MAX];
};

/* The row of this run in an empty epoch; always number 0. */
static bool begin_epoch(struct watch *w, struct inventory *epoch)
{
	if (inventory_capture_add(epoch, w->options.capture_name) != 0)
		return false;
	epoch->captures[0].live_ns = w->started_ns;
	snprintf(epoch->captures[0].link_type, sizeof(epoch->captures[0].link_type), "%s", w->options.link_type);
	return true;
}

static int fail(struct watch *w, int err, const char *text)
{
	snprintf(w->error, sizeof(w->error), "%s", text);
	return err;
}

int watch_new(struct watch **out, const struct watch_options *options)
{
	uint64_t least;
	struct timespec now;
	struct watch *w = *out = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	w->options = *options;
	clock_gettime(CLOCK_REALTIME, &now);
	w->started_ns = (int64_t)now.tv_sec * SECOND + now.tv_nsec;
	int err = watch_budget_make(&w->budget, options->memory_bytes, options->ring_bytes, &least);
	if (err != 0) {
		snprintf(w->error, sizeof(w->error),
			"memory: %llu MiB are too little with this ring; at least %llu MiB",
			(unsigned long long)(options->memory_bytes >> 20),
			(unsigned long long)((least + 0xfffff) >> 20));
		return err;
	}
	w->epoch = inventory_new(&w->budget.epoch);
	if (w->epoch == NULL || !begin_epoch(w, w->epoch))
		return fail(w, -ENOMEM, "out of memory");
	w->pipeline = pipeline_new_within(w->epoch, 0, &w->budget.pipeline);
	if (w->pipeline == NULL)
		return fail(w, -ENOMEM, "out of memory");
	err = writer_new(&w->writer, options, &w->budget);
	if (err != 0)
		return fail(w, err, writer_error(w->writer));
	err = writer_start(w->writer);
	return err == 0 ? 0 : fail(w, err, "no thread can be started");
}

const char *watch_error(const struct watch *w)
{
	return w == NULL ? "out of memory" : w->error;
}

void watch_packet(struct watch *w, const struct packet *packet)
{
	w->epoch->captures[0].bytes += packet->captured_len;
	pipeline_packet(w->pipeline, packet);
}

static void larger(uint64_t *part, uint32_t *rows, uint32_t *max, uint32_t count, uint32_t limit)
{
	uint64_t percent = (uint64_t)count * 100 / limit;
	if (percent < *part)
		return;
	*part = percent;
	*rows = count;
	*max = limit;
}

/* Percent of the fullest table. */
static unsigned fill(const struct inventory *e, uint32_t *rows, uint32_t *max)
{
	uint64_t part = 0;
	larger(&part, rows, max, e->endpoint_count, e->limits.endpoints);
	larger(&part, rows, max, e->binding_count, e->limits.bindings);
	larger(&part, rows, max, e->fact_count, e->limits.facts);
	larger(&part, rows, max, e->link_count, e->limits.links);
	larger(&part, rows, max, e->activity_count, e->limits.activities);
	return (unsigned)part;
}

static uint64_t dropped(const struct watch_counters *c)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < c->interface_count; i++)
		sum += c->interfaces[i].kernel_drops + c->interfaces[i].interface_drops;
	return sum;
}

static void take_interfaces(struct watch *w, const struct watch_counters *counters)
{
	if (counters == NULL)
		return;
	w->counters.interface_count = counters->interface_count;
	memcpy(w->counters.interfaces, counters->interfaces, sizeof(w->counters.interfaces));
	uint64_t sum = dropped(counters);
	if (sum > w->dropped)
		w->epoch->captures[0].dropped_packets += sum - w->dropped;
	w->dropped = sum;
}

/* What the epoch that ends has counted goes to the totals. */
static void add_counters(struct watch *w, const struct inventory *epoch)
{
	const struct capture *c = &epoch->captures[0];
	struct watch_counters *to = &w->counters;
	struct pipeline_totals totals;
	pipeline_total(w->pipeline, &totals);
	to->packets += c->packets;
	to->bytes += c->bytes;
	if (c->packets > 0 && to->first_ns == 0)
		to->first_ns = c->first_ns;
	if (c->packets > 0 && c->last_ns > to->last_ns)
		to->last_ns = c->last_ns;
	to->truncated_packets += c->truncated_packets;
	to->undecoded_packets += c->undecoded_packets;
	to->duplicate_packets += c->duplicate_packets;
	to->fragments_lost += c->fragments_lost;
	to->gaps += c->gaps;
	to->gap_bytes += c->gap_bytes;
	to->refused_rows += epoch->refused;
	for (unsigned i = 0; i < PROTOCOLS; i++)
		to->protocols[i] = (struct watch_protocol){totals.protocols[i].pdus, totals.protocols[i].malformed};
	to->flows = totals.flows;
	to->flows_max = w->budget.pipeline.flows;
	to->evicted_flows = totals.evicted_flows;
	to->refused_bytes = totals.refused_bytes;
	to->buffer_bytes = totals.buffer_bytes;
	to->buffer_max =
		w->budget.pipeline.claim_bytes + w->budget.pipeline.stream_bytes + w->budget.pipeline.assembly_bytes;
	to->epochs++;
	fill(epoch, &to->epoch_rows, &to->epoch_max);
}

bool watch_flush(struct watch *w, const struct watch_counters *counters)
{
	bool retell;
	if (!writer_idle(w->writer))
		return false;
	take_interfaces(w, counters);
	struct inventory *full = w->epoch, *next = writer_take(w->writer, &retell);
	if (!begin_epoch(w, next)) { /* no memory for a name: the epoch goes on */
		writer_give_back(w->writer, next, retell);
		return false;
	}
	pipeline_switch(w->pipeline, next, retell);
	w->epoch = next;
	add_counters(w, full);
	writer_hand_over(w->writer, full, &w->counters);
	w->delayed = false;
	return true;
}

bool watch_tick(struct watch *w, int64_t now_ns, const struct watch_counters *counters)
{
	uint32_t rows, max;
	if (w->handed_ns == 0)
		w->handed_ns = now_ns;
	bool due = now_ns - w->handed_ns >= w->options.interval_ns;
	if (!due && fill(w->epoch, &rows, &max) < EPOCH_FULL)
		return false;
	if (watch_flush(w, counters)) {
		w->handed_ns = now_ns;
		return true;
	}
	w->counters.epochs_delayed += !w->delayed;
	w->delayed = true;
	return false;
}

bool watch_is_idle(const struct watch *w)
{
	return writer_idle(w->writer);
}

void watch_status(struct watch *w, struct watch_status *out)
{
	writer_status(w->writer, out);
}

void watch_configure(struct watch *w, const struct watch_options *options)
{
	w->options.interval_ns = options->interval_ns;
	w->options.conclude_interval_ns = options->conclude_interval_ns;
	w->options.silent_after_ns = options->silent_after_ns;
	w->options.zones_file = options->zones_file;
	w->options.register_file = options->register_file;
	writer_configure(w->writer, &w->options);
}

int watch_end(struct watch *w)
{
	pipeline_end(w->pipeline);
	w->pipeline = NULL;
	struct inventory *last = w->epoch;
	w->counters.packets += last->captures[0].packets;
	w->counters.bytes += last->captures[0].bytes;
	w->counters.epochs++;
	w->epoch = NULL;
	int err = writer_stop(w->writer, last, &w->counters, w->options.end_within_ns);
	watch_free(w);
	return err;
}

void watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	pipeline_end(w->pipeline);
	inventory_free(w->epoch);
	writer_free(w->writer);
	free(w);
}
