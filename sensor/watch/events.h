/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.h - what happened, made from facts and conclusions: the same evidence gives the same event, once.
 *
 * Each event has a key made of what it says ("first operation, CLIENT, SERVER, modbus, write"). A 64-bit hash of each
 * key that was ever told stands in the store (event_told), so a restart, a second sensor or an event log that was cut
 * repeats nothing. No state but those hashes is needed: an event is a pure function of the conclusions, so one that a
 * kill -9 prevented is told after the restart.
 *
 * Belongs to the writer thread.
 */
#ifndef EARSHOT_WATCH_EVENTS_H
#define EARSHOT_WATCH_EVENTS_H

#include <stdio.h>

#include "sensor/conclude/asset.h"
#include "sensor/store/store.h"

struct events;

struct events_options {
	int64_t silent_after_ns;    /* of capture time, all the while listening; 0: never */
	int64_t listening_since_ns; /* capture time of this run's first packet or the wall clock at the start */
	bool baseline; /* what is known at the first round is no news: the store was made of files */
	uint32_t round_max;         /* events told in one round; what exceeds it is counted and never told */
};

/* Reads what was told from the store. NULL when memory is out or the store fails (see store_error()). */
struct events *events_new(struct store *store, const struct events_options *options);
void events_free(struct events *e);

/* New settings from SIGHUP. */
void events_configure(struct events *e, const struct events_options *options);

/*
 * What the conclusions say that was not told before; `now_ns`: capture time up to which was listened. The list is
 * borrowed until the next call; its text may lie in `c`. NULL without memory.
 */
const struct store_events *events_make(struct events *e, const struct conclusions *c, int64_t now_ns);
/* The list is in the store: told from now on. Without it the next events_make() gives them again. */
void events_commit(struct events *e);

uint64_t events_told(const struct events *e);
uint64_t events_suppressed(const struct events *e);

/* One event as one line of JSON, with the newline. 0 or a negative errno. */
int event_json(FILE *out, const struct event *e);

#endif
