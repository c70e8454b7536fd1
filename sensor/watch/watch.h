/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h - the daemon without its edges: packets in, a store that follows. What feeds it (a live interface, a file in
 * a test) and what surrounds it (configuration, sandbox, signals, status files) is its caller's.
 *
 *	watch_new()      opens and loads the store, takes all memory that is taken at the start, starts the writer
 *thread. The sandbox comes after it (threads exist, files are open or can be opened in the store's folder).
 *	watch_packet()   for each packet           } one thread, the capture thread, calls these; none of them ever
 *	watch_tick()     between packets and when  } waits for the writer, for the disk or for a lock that is held over
 *	                 none come, at least 10/s  } either
 *	watch_end()      flushes and frees, within two seconds
 */
#ifndef EARSHOT_WATCH_WATCH_H
#define EARSHOT_WATCH_WATCH_H

#include "sensor/capture/source.h"
#include "sensor/store/event.h"
#include "sensor/watch/status.h"

struct watch;
struct conclusions;

/* The configuration of the core; every text is borrowed and outlives the watch. Defaults: watch_options_default. */
struct watch_options {
	const char *db, *site;                  /* site NULL: that of the store */
	const char *capture_name;               /* "eth1", "eth1 eth2": the row in `captures` */
	const char *link_type;                  /* "EN10MB" */
	const char *zones_file, *register_file; /* NULL: none */
	const char *config_dir;                 /* NULL: where knowledge_load() looks */
	uint64_t memory_bytes;                  /* ceiling for all of the process */
	uint64_t ring_bytes;                    /* what the live source takes of it; 0: nothing (tests) */
	int64_t interval_ns;                    /* between epochs */
	int64_t conclude_interval_ns; /* at least, between two conclusions; never more than a tenth of the time */
	int64_t silent_after_ns;      /* see events.h */
	int64_t end_within_ns;
	/*
	 * Called by the writer thread. log: one line without newline when a state changes; `priority` as in syslog(3).
	 * report: after each round; the place for the status and Prometheus files. event: after the event is in the
	 * store.
	 */
	void (*log)(void *to, int priority, const char *line);
	void (*report)(void *to, struct watch_status *status); /* may fill in what it knows: sandbox */
	void (*event)(void *to, const char *json_line);        /* with its newline */
	void *to;
};
extern const struct watch_options watch_options_default;

/* 0, or a negative code; *out is set then for watch_error() unless memory is out; watch_free() it. */
int watch_new(struct watch **out, const struct watch_options *options);
const char *watch_error(const struct watch *w);

void watch_packet(struct watch *w, const struct packet *packet);

/* `counters`: the live source's part (interface_count, interfaces), or NULL. `now_ns`: CLOCK_MONOTONIC. Hands the epoch
 * over when it is due and the writer is idle. True when it did. */
bool watch_tick(struct watch *w, int64_t now_ns, const struct watch_counters *counters);
/* Hands over now when the writer is idle, due or not. */
bool watch_flush(struct watch *w, const struct watch_counters *counters);
/* True while the writer waits for an epoch: all that was handed over is done. */
bool watch_is_idle(const struct watch *w);

void watch_status(struct watch *w, struct watch_status *out);
/* SIGHUP: intervals, silent_after_ns, zones and register. The rest needs a restart. */
void watch_configure(struct watch *w, const struct watch_options *options);

/* The last epoch is committed, or -ETIMEDOUT after end_within_ns, or the code of the store. Frees. */
int watch_end(struct watch *w);
/* Frees without a flush, after a failed watch_new(). */
void watch_free(struct watch *w);

#endif
