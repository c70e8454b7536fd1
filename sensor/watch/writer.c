/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.c - the writer thread: one round for each epoch.
 *
 *	merge ── commit ── (conclude ── events ── commit) ── status
 *
 * Conclusions take as long as the plant is large, so they are made at most every conclude_interval_ns and never in
 * more than a tenth of the time. The tables of conclusions in the store are for people and are written when something
 * in them is new, or every CONCLUDED_NS for the times of last sightings: on a flash disk each of them costs wear.
 */
#include "sensor/watch/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "sensor/conclude/asset.h"
#include "sensor/inventory/marks.h"
#include "sensor/watch/events.h"

#define SECOND ((int64_t)1000000000)
#define CONCLUDED_NS (300 * SECOND)
#define CONCLUDE_PART 9        /* as many times its duration passes before the next */
#define EVENTS_ROUND_MAX 10000 /* a flood of new things: the rest is counted */
#define COMPACTED_LOG_NS (3600 * SECOND)
#define END_CONCLUDE_NS (SECOND / 5) /* at the end conclusions are made only where they are quick */

enum state { STATE_IDLE, STATE_GIVEN, STATE_ENDED };

struct writer {
	struct watch_options options;
	struct store *store;
	struct image image;
	struct events *events;
	struct knowledge *knowledge;
	struct declarations *declarations;
	int64_t concluded_ns, conclude_took_ns, tables_ns, compacted_log_ns; /* CLOCK_MONOTONIC */
	uint64_t tables_print;                                               /* of the conclusions in the store */
	int memory_file;
	bool baseline; /* nobody has listened yet, but captures were read */

	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* held for copies, never for work */
	pthread_cond_t changed;
	atomic_int state;
	atomic_bool retell;
	bool ending, configured;
	struct inventory *given, *spare;
	struct watch_counters counters;
	struct watch_options next_options;
	struct watch_status status; /* the thread's; `shown` is its copy under the lock */
	struct watch_status shown;
	int result; /* of the last commit */
	char error[WATCH_LINE_MAX];
};

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void say(struct writer *w, int priority, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void say(struct writer *w, int priority, const char *format, ...)
{
	char line[WATCH_LINE_MAX];
	va_list arguments;
	if (w->options.log == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	w->options.log(w->options.to, priority, line);
}

static void warn(void *to, const char *line)
{
	say(to, LOG_WARNING, "%s", line);
}

static struct events_options events_options(const struct writer *w)
{
	return (struct events_options){.silent_after_ns = w->options.silent_after_ns,
		.listening_since_ns = w->status.counters.first_ns,
		.baseline = w->baseline,
		.round_max = EVENTS_ROUND_MAX};
}

static int fail(struct writer *w, int err, const char *text)
{
	snprintf(w->error, sizeof(w->error), "%s", text);
	return err;
}

static int load_knowledge(struct writer *w)
{
	static const uint8_t some_mac[6] = {0, 0, 0x0c, 1, 2, 3};
	int err = knowledge_load(&w->knowledge, w->options.config_dir, NULL, warn, w);
	if (err != 0)
		return fail(w, err, "the tables and rules in config/ cannot be read");
	knowledge_oui(w->knowledge, some_mac); /* reads its file now: later the sandbox may not let it */
	if (w->options.zones_file == NULL && w->options.register_file == NULL)
		return 0;
	err = declarations_load(&w->declarations, w->options.zones_file, w->options.register_file, warn, w);
	return err == 0 ? 0 : fail(w, err, "zones or register cannot be read");
}

static int load_store(struct writer *w, const struct watch_budget *budget)
{
	int err = store_open(&w->store, w->options.db, STORE_FOLLOW, w->options.site);
	if (err == 0)
		err = image_open(&w->image, w->store, &budget->image, &budget->epoch);
	if (err != 0)
		return fail(w, err,
			err == -ENOMEM && *store_error(w->store) == 0 ? "out of memory" : store_error(w->store));
	w->image.pending_limits.unproved_endpoints = w->image.pending_limits.unproved_links = 0;
	const struct inventory *all = w->image.all;
	w->baseline = all->capture_count > 0;
	for (uint32_t i = 0; i < all->capture_count; i++)
		w->baseline &= all->captures[i].live_ns == 0;
	struct events_options options = events_options(w);
	w->events = events_new(w->store, &options);
	return w->events != NULL ? 0
				 : fail(w, -ENOMEM, *store_error(w->store) ? store_error(w->store) : "out of memory");
}

int writer_new(struct writer **out, const struct watch_options *options, const struct watch_budget *budget)
{
	struct writer *w = *out = calloc(1, sizeof(*w));
	if (w == NULL)
		return -ENOMEM;
	w->options = *options;
	w->memory_file = open("/proc/self/status", O_RDONLY | O_CLOEXEC); /* the sandbox opens nothing */
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&w->lock, NULL);
	w->status.started_ns = clock_ns(CLOCK_REALTIME);
	w->status.memory_max = options->memory_bytes;
	snprintf(w->status.version, sizeof(w->status.version), "%s", EARSHOT_VERSION);
	w->spare = inventory_new(&budget->epoch);
	if (w->spare == NULL)
		return fail(w, -ENOMEM, "out of memory");
	int err = load_knowledge(w);
	if (err == 0)
		err = load_store(w, budget);
	if (err == 0) {
		snprintf(w->status.site, sizeof(w->status.site), "%s", store_site(w->store));
		image_describe(&w->image, &w->status.image);
		w->shown = w->status;
	}
	return err;
}

const char *writer_error(const struct writer *w)
{
	return w == NULL ? "out of memory" : w->error;
}

static uint64_t mix(uint64_t sum, const char *text)
{
	for (; text != NULL && *text != 0; text++)
		sum = (sum ^ (unsigned char)*text) * 0x100000001b3u;
	return (sum ^ 0xff) * 0x100000001b3u;
}

/* Of what people would see change in the tables of conclusions, except times and counts. */
static uint64_t print_of(const struct conclusions *c)
{
	uint64_t sum = 0xcbf29ce484222325u + c->asset_count + c->link_count + c->unanswered_count;
	for (size_t i = 0; i < c->asset_count; i++) {
		const struct asset *a = &c->assets[i];
		const char *const texts[] = {a->id, a->name, a->vendor, a->model, a->order_number, a->serial_number,
			a->hardware_version, a->firmware_version, a->os, a->type, a->purdue_level};
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++)
			sum = mix(sum, texts[j]);
		sum = (sum ^ ((uint64_t)a->fact_count << 32 | a->role_count)) * 0x100000001b3u;
		sum = (sum ^ ((uint64_t)a->interface_count << 16 | a->conflict_count)) * 0x100000001b3u;
	}
	for (size_t i = 0; i < c->link_count; i++) {
		const struct asset_link *l = &c->links[i];
		uint64_t ends = (uint64_t)l->client << 32 | l->server;
		uint64_t bits =
			(uint64_t)l->asked << 24 | (uint64_t)l->answered << 16 | (uint64_t)l->refused << 8 | l->parts;
		sum = (sum ^ ends) * 0x100000001b3u;
		sum = (sum ^ (bits << 16 | l->link->port)) * 0x100000001b3u;
	}
	for (size_t i = 0; i < c->zone_count; i++)
		sum = mix(mix(sum, c->zones[i].id), c->zones[i].level_low);
	for (size_t i = 0; i < c->conduit_count; i++)
		for (unsigned k = 0; k < CHANNEL_VERDICTS; k++)
			sum = (sum ^ c->conduits[i].counts[k]) * 0x100000001b3u;
	for (size_t i = 0; i < c->finding_count; i++)
		sum = mix(sum, c->findings[i].id);
	return sum;
}

static void tell_events(struct writer *w, const struct store_events *events)
{
	for (size_t i = 0; i < events->count && w->options.event != NULL; i++) {
		char *line = NULL;
		size_t len;
		FILE *out = open_memstream(&line, &len);
		int err = out != NULL ? event_json(out, &events->at[i]) : -ENOMEM;
		if (out != NULL && fclose(out) == 0 && err == 0)
			w->options.event(w->options.to, line);
		free(line);
	}
}

/* The store took something, or did not: said when it changes. */
static void note_commit(struct writer *w, int err)
{
	struct watch_status *s = &w->status;
	w->result = err;
	if (err == 0) {
		s->commits++;
		s->committed_ns = clock_ns(CLOCK_REALTIME);
		if (s->store != STORE_FINE)
			say(w, LOG_NOTICE, "the store is written again; nothing that was kept in memory is lost");
		s->store = STORE_FINE;
		s->store_error[0] = 0;
		return;
	}
	s->failed_commits++;
	const char *error = err == -ENOMEM && *store_error(w->store) == 0 ? "out of memory" : store_error(w->store);
	if (s->store == STORE_FINE)
		say(w, LOG_WARNING,
			"%s; listening goes on, facts stay in memory and are written as soon as it is possible", error);
	s->store = STORE_WAITING;
	snprintf(s->store_error, sizeof(s->store_error), "%s", error);
}

static void conclude(struct writer *w)
{
	struct conclusions c;
	int64_t start = clock_ns(CLOCK_MONOTONIC);
	int err = conclusions_make(&c, w->image.all, w->knowledge, w->declarations);
	if (err != 0)
		return; /* no memory now: at the next round */
	struct events_options options = events_options(w);
	events_configure(w->events, &options);
	const struct store_events *events = events_make(w->events, &c, w->status.counters.last_ns);
	uint64_t print = print_of(&c);
	bool tables = print != w->tables_print || start - w->tables_ns > CONCLUDED_NS || w->tables_ns == 0;
	bool news = events != NULL && (events->count > 0 || events->silent_count > 0 || events->keep != NULL);
	w->status.image.assets = (uint32_t)c.asset_count;
	if (tables || news)
		err = image_commit(&w->image, tables ? &c : NULL, events);
	if (err == 0 && news) {
		tell_events(w, events);
		events_commit(w->events);
	}
	if (err == 0 && tables) {
		w->tables_print = print;
		w->tables_ns = start;
	}
	conclusions_clear(&c);
#ifdef __GLIBC__
	malloc_trim(0); /* what conclusions took would stay with this thread otherwise */
#endif
	w->concluded_ns = clock_ns(CLOCK_MONOTONIC);
	w->conclude_took_ns = w->concluded_ns - start;
	w->status.conclude_ns = w->conclude_took_ns;
	if (err == -EAGAIN)
		w->concluded_ns = 0; /* of facts that were loaded anew meanwhile: again at the next round */
	else if (tables || news)
		note_commit(w, err);
}

static bool conclude_is_due(const struct writer *w, bool ending)
{
	int64_t pause = w->conclude_took_ns * CONCLUDE_PART;
	if (pause < w->options.conclude_interval_ns)
		pause = w->options.conclude_interval_ns;
	if (w->image.all == NULL || w->status.store != STORE_FINE)
		return false;
	if (ending)
		return w->conclude_took_ns < END_CONCLUDE_NS;
	return w->concluded_ns == 0 || clock_ns(CLOCK_MONOTONIC) - w->concluded_ns >= pause;
}

static bool has_anything(const struct inventory *epoch)
{
	return epoch->capture_count > 0 && (epoch->captures[0].packets > 0 || epoch->captures[0].dropped_packets > 0 ||
						   epoch->endpoint_count > 0 || epoch->captures[0].flows > 0);
}

static void log_changes(struct writer *w, uint64_t forgotten, uint64_t reloads)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);
	if (w->image.forgotten_rows != forgotten || w->image.reloads != reloads)
		atomic_store(&w->retell, true);
	if (w->image.forgotten_rows != forgotten &&
		(w->compacted_log_ns == 0 || now - w->compacted_log_ns > COMPACTED_LOG_NS)) {
		say(w, LOG_WARNING,
			"more is seen than the ceiling of memory holds: %llu rows forgotten so far, those that never "
			"answered first; see 'earshot status', and memory in earshot.yaml",
			(unsigned long long)w->image.forgotten_rows);
		w->compacted_log_ns = now;
	}
	if (w->image.reloads != reloads)
		say(w, LOG_NOTICE,
			"the store was loaded again: another program has written to it, or it was not there for a "
			"while");
}

/* A line of /proc/self/status, in bytes. (The peak of getrusage() is that of the parent, when it was larger.) */
static uint64_t memory_line(const char *text, const char *name)
{
	const char *line = strstr(text, name);
	return line != NULL ? strtoull(line + strlen(name), NULL, 10) * 1024 : 0;
}

static void measure(struct writer *w)
{
	struct watch_status *s = &w->status;
	char text[4096] = "";
	if (w->memory_file >= 0 && pread(w->memory_file, text, sizeof(text) - 1, 0) > 0) {
		s->memory_bytes = memory_line(text, "VmRSS:");
		s->memory_peak_bytes = memory_line(text, "VmHWM:");
	}
	int64_t now = clock_ns(CLOCK_REALTIME);
	s->written_ns = now;
	s->round++;
	s->lag_ns = w->image.pending_since_ns != 0 ? now - w->image.pending_since_ns : 0;
	s->dirty_rows = 0;
	if (w->image.all != NULL && w->image.pending_since_ns != 0)
		s->dirty_rows = marks_count(w->image.rewrite ? NULL : w->image.all->marks, w->image.all);
	s->reloads = w->image.reloads;
	s->store_bytes = store_bytes(w->store);
	s->events = events_told(w->events);
	s->suppressed_events = events_suppressed(w->events);
	image_describe(&w->image, &s->image);
}

/* SIGHUP: what people declared is read again; when it is wrong the old stays. */
static void take_options(struct writer *w)
{
	struct declarations *fresh = NULL;
	pthread_mutex_lock(&w->lock);
	bool configured = w->configured;
	w->configured = false;
	if (configured)
		w->options = w->next_options;
	pthread_mutex_unlock(&w->lock);
	if (!configured)
		return;
	w->concluded_ns = 0;
	bool named = w->options.zones_file != NULL || w->options.register_file != NULL;
	if (named && declarations_load(&fresh, w->options.zones_file, w->options.register_file, warn, w) != 0)
		return;
	declarations_free(w->declarations);
	w->declarations = fresh;
}

static void round_of(struct writer *w, struct inventory *epoch, bool ending)
{
	uint64_t forgotten = w->image.forgotten_rows, reloads = w->image.reloads;
	int64_t start = clock_ns(CLOCK_MONOTONIC);
	int err = 0;
	if (has_anything(epoch))
		err = image_add(&w->image, epoch, clock_ns(CLOCK_REALTIME));
	if (err != 0)
		say(w, LOG_ERR, "out of memory: facts of the last seconds are lost");
	inventory_empty(epoch);
	if (w->image.pending_since_ns != 0) {
		note_commit(w, image_commit(&w->image, NULL, NULL));
		w->status.commit_ns = clock_ns(CLOCK_MONOTONIC) - start;
	}
	if (conclude_is_due(w, ending))
		conclude(w);
	log_changes(w, forgotten, reloads);
	measure(w);
	if (w->options.report != NULL)
		w->options.report(w->options.to, &w->status);
}

static void *run(void *argument)
{
	struct writer *w = argument;
	bool ending = false;
	while (!ending) {
		pthread_mutex_lock(&w->lock);
		while (atomic_load(&w->state) != STATE_GIVEN)
			pthread_cond_wait(&w->changed, &w->lock);
		ending = w->ending;
		w->status.counters = w->counters;
		pthread_mutex_unlock(&w->lock);
		take_options(w);
		round_of(w, w->given, ending);
		pthread_mutex_lock(&w->lock);
		w->spare = w->given;
		w->given = NULL;
		w->shown = w->status;
		atomic_store(&w->state, ending ? STATE_ENDED : STATE_IDLE);
		pthread_cond_broadcast(&w->changed);
		pthread_mutex_unlock(&w->lock);
	}
	return NULL;
}

int writer_start(struct writer *w)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int err = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->started = err == 0;
	return -err;
}

bool writer_idle(const struct writer *w)
{
	return atomic_load(&w->state) == STATE_IDLE;
}

struct inventory *writer_take(struct writer *w, bool *retell)
{
	struct inventory *spare = w->spare;
	w->spare = NULL;
	*retell = atomic_exchange(&w->retell, false);
	return spare;
}

void writer_give_back(struct writer *w, struct inventory *epoch, bool retell)
{
	w->spare = epoch;
	if (retell)
		atomic_store(&w->retell, true);
}

void writer_hand_over(struct writer *w, struct inventory *epoch, const struct watch_counters *counters)
{
	pthread_mutex_lock(&w->lock);
	w->given = epoch;
	w->counters = *counters;
	atomic_store(&w->state, STATE_GIVEN);
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

/* Until the state is `wanted`, or a point of CLOCK_MONOTONIC. */
static bool wait_for(struct writer *w, int wanted, int64_t until_ns)
{
	struct timespec until = {.tv_sec = until_ns / SECOND, .tv_nsec = until_ns % SECOND};
	int err = 0;
	pthread_mutex_lock(&w->lock);
	while (atomic_load(&w->state) != wanted && err == 0)
		err = pthread_cond_timedwait(&w->changed, &w->lock, &until);
	bool reached = atomic_load(&w->state) == wanted;
	pthread_mutex_unlock(&w->lock);
	return reached;
}

int writer_stop(struct writer *w, struct inventory *last, const struct watch_counters *counters, int64_t within_ns)
{
	int64_t until = clock_ns(CLOCK_MONOTONIC) + within_ns;
	if (!wait_for(w, STATE_IDLE, until))
		return -ETIMEDOUT;
	inventory_free(w->spare);
	w->spare = NULL;
	w->ending = true; /* the thread looks at it after the lock of the hand-over */
	writer_hand_over(w, last, counters);
	if (!wait_for(w, STATE_ENDED, until))
		return -ETIMEDOUT;
	pthread_join(w->thread, NULL);
	w->started = false;
	return w->result;
}

void writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	if (w->started) /* still at work: its memory goes with the process */
		return;
	events_free(w->events);
	image_close(&w->image);
	inventory_free(w->spare);
	store_close(w->store);
	declarations_free(w->declarations);
	knowledge_free(w->knowledge);
	if (w->memory_file >= 0)
		close(w->memory_file);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void writer_status(struct writer *w, struct watch_status *out)
{
	pthread_mutex_lock(&w->lock);
	*out = w->shown;
	pthread_mutex_unlock(&w->lock);
}

void writer_configure(struct writer *w, const struct watch_options *options)
{
	pthread_mutex_lock(&w->lock);
	w->next_options = *options;
	w->configured = true;
	pthread_mutex_unlock(&w->lock);
}
