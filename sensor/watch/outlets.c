/* SPDX-License-Identifier: Apache-2.0 */
/* outlets.c - see outlets.h. */
#include "sensor/watch/outlets.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct outlets {
	struct outlets_options options;
	pthread_mutex_t lock; /* of the two that follow; never held for long */
	struct watch_sandbox sandbox;
	int64_t interval_ns;
	pthread_mutex_t writing; /* of `events`; held for as long as a slow reader of a pipe takes */
	FILE *events;
	/* the writer thread's */
	bool status_failed, metrics_failed, events_failed;
};

static FILE *events_open(const char *path)
{
	return strcmp(path, "-") == 0 ? stdout : fopen(path, "ae");
}

static void events_close(FILE *events)
{
	if (events != NULL && events != stdout)
		fclose(events);
}

int outlets_open(struct outlets **out, const struct outlets_options *options)
{
	struct outlets *o = *out = calloc(1, sizeof(*o));
	if (o == NULL)
		return -ENOMEM;
	o->options = *options;
	pthread_mutex_init(&o->lock, NULL);
	pthread_mutex_init(&o->writing, NULL);
	if (options->events != NULL)
		o->events = events_open(options->events);
	return options->events == NULL || o->events != NULL ? 0 : -errno;
}

void outlets_close(struct outlets *o)
{
	if (o == NULL)
		return;
	events_close(o->events);
	pthread_mutex_destroy(&o->lock);
	pthread_mutex_destroy(&o->writing);
	free(o);
}

void outlets_describe(struct outlets *o, const struct watch_sandbox *sandbox, int64_t interval_ns)
{
	pthread_mutex_lock(&o->lock);
	o->sandbox = *sandbox;
	o->interval_ns = interval_ns;
	pthread_mutex_unlock(&o->lock);
}

int outlets_reopen(struct outlets *o)
{
	if (o->options.events == NULL || o->events == stdout)
		return 0;
	if (pthread_mutex_trylock(&o->writing) != 0)
		return -EBUSY; /* the capture thread waits for nobody */
	FILE *again = events_open(o->options.events);
	int err = again != NULL ? 0 : -errno;
	if (err == 0) {
		events_close(o->events);
		o->events = again;
	}
	pthread_mutex_unlock(&o->writing);
	return err;
}

static void note(struct outlets *o, bool *failed, int err, const char *path)
{
	char line[PATH_MAX + 128];
	if (*failed == (err != 0))
		return;
	*failed = err != 0;
	if (err != 0)
		snprintf(line, sizeof(line), "%s: %s; it is not up to date", path, strerror(-err));
	else
		snprintf(line, sizeof(line), "%s: is written again", path);
	o->options.log(o->options.to, err != 0 ? LOG_WARNING : LOG_NOTICE, line);
}

void outlets_report(struct outlets *o, struct watch_status *status)
{
	pthread_mutex_lock(&o->lock);
	status->sandbox = o->sandbox;
	status->interval_ns = o->interval_ns;
	pthread_mutex_unlock(&o->lock);
	note(o, &o->status_failed, watch_status_write(status, o->options.status), o->options.status);
	if (o->options.metrics != NULL)
		note(o, &o->metrics_failed, watch_metrics_write(status, o->options.metrics), o->options.metrics);
}

void outlets_event(struct outlets *o, const char *json_line)
{
	pthread_mutex_lock(&o->writing);
	errno = 0;
	bool written = o->events == NULL || (fputs(json_line, o->events) >= 0 && fflush(o->events) == 0);
	int err = written ? 0 : errno != 0 ? -errno : -EIO;
	if (!written)
		clearerr(o->events);
	pthread_mutex_unlock(&o->writing);
	note(o, &o->events_failed, err, strcmp(o->options.events, "-") == 0 ? "standard output" : o->options.events);
}
