/* SPDX-License-Identifier: Apache-2.0 */
/* feed.h - the daemon's core without a network card: what the programs of tests/live share. */
#ifndef EARSHOT_FEED_H
#define EARSHOT_FEED_H

#include "sensor/watch/watch.h"

#define SECOND ((int64_t)1000000000)

/* Starts a core with these options, or ends the program with a line. */
struct watch *feed_start(const struct watch_options *options);
/* Hands the epoch over as soon as the writer takes it, and waits until that is committed. */
void feed_commit(struct watch *w);
/* Lines of the core on standard error; events on standard output, behind "event ". */
void feed_log(void *to, int priority, const char *line);
void feed_event(void *to, const char *json_line);
/* "memory ... MiB, peak ... MiB, ..." */
void feed_print_status(const struct watch_status *s);

#endif
