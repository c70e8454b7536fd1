/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlets.h - the files that the daemon keeps for others: status, metrics, events. The writer thread writes them, the
 * capture thread opens the events again when it is told to (SIGHUP, after somebody has moved the file away).
 */
#ifndef EARSHOT_WATCH_OUTLETS_H
#define EARSHOT_WATCH_OUTLETS_H

#include "sensor/watch/status.h"

struct outlets;

struct outlets_options {
	const char *status, *metrics, *events; /* paths, borrowed; metrics and events may be NULL, events "-" */
	void (*log)(void *to, int priority, const char *line);
	void *to;
};

/* 0 or a negative errno: -ENOMEM, or the events cannot be opened. */
int outlets_open(struct outlets **out, const struct outlets_options *options);
void outlets_close(struct outlets *o);

/* What the status says beside the numbers of the core. */
void outlets_describe(struct outlets *o, const struct watch_sandbox *sandbox, int64_t interval_ns);
/* The events go to a new file of the same name. 0, or a negative errno: they go on into the old one. */
int outlets_reopen(struct outlets *o);

/* Writer thread. Each file that cannot be written is said once, and when it can again. */
void outlets_report(struct outlets *o, struct watch_status *status);
void outlets_event(struct outlets *o, const char *json_line);

#endif
