/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void feed_log(void *to, int priority, const char *line)
{
	(void)to;
	fprintf(stderr, "<%d>%s\n", priority, line);
}

void feed_event(void *to, const char *json_line)
{
	(void)to;
	printf("event %s", json_line);
	fflush(stdout);
}

struct watch *feed_start(const struct watch_options *options)
{
	struct watch *w;
	int err = watch_new(&w, options);
	if (err == 0)
		return w;
	fprintf(stderr, "%s (%d)\n", watch_error(w), err);
	watch_free(w);
	exit(EXIT_FAILURE);
}

/* The writer says nothing to the capture thread, which never waits; a test may look. */
static void wait_idle(struct watch *w)
{
	const struct timespec pause = {.tv_nsec = 200000};
	while (!watch_is_idle(w))
		nanosleep(&pause, NULL);
}

void feed_commit(struct watch *w)
{
	do
		wait_idle(w);
	while (!watch_flush(w, NULL));
	wait_idle(w);
}

void feed_print_status(const struct watch_status *s)
{
	const struct watch_image *i = &s->image;
	printf("status packets %llu memory %llu peak %llu MiB of %llu; endpoints %u of %u, bindings %u, facts %u, "
	       "links %u, "
	       "activities %u, strings %zu, assets %u; forgotten %llu in %u compactions; refused %llu, evicted flows "
	       "%llu, "
	       "flows %u of %u; epochs %llu, delayed %llu; commit %lld ms, conclude %lld ms; store %llu KiB; events "
	       "%llu, "
	       "suppressed %llu\n",
		(unsigned long long)s->counters.packets, (unsigned long long)(s->memory_bytes >> 20),
		(unsigned long long)(s->memory_peak_bytes >> 20), (unsigned long long)(s->memory_max >> 20),
		i->endpoints, i->endpoints_max, i->bindings, i->facts, i->links, i->activities, i->string_bytes,
		i->assets, (unsigned long long)i->forgotten_rows, i->compactions,
		(unsigned long long)s->counters.refused_rows, (unsigned long long)s->counters.evicted_flows,
		s->counters.flows, s->counters.flows_max, (unsigned long long)s->counters.epochs,
		(unsigned long long)s->counters.epochs_delayed, (long long)(s->commit_ns / 1000000),
		(long long)(s->conclude_ns / 1000000), (unsigned long long)(s->store_bytes >> 10),
		(unsigned long long)s->events, (unsigned long long)s->suppressed_events);
	fflush(stdout);
}
