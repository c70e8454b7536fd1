/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status.h - everything that `earshot status` shows, as plain values: who fills what, and who reads it.
 *
 * Two structs, because two threads fill them:
 *
 *	struct watch_counters   the capture thread, handed to the writer with each epoch (watch_tick())
 *	struct watch_status     the writer thread, after each round: the counters of the epoch just taken over, the
 *	                        state of the store and the image. options.report() gets it there and writes the files.
 *
 * All counters are totals since the daemon started. Nothing here points anywhere: a status is copied as it is.
 */
#ifndef EARSHOT_WATCH_STATUS_H
#define EARSHOT_WATCH_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "earshot/protocol.h"

#define WATCH_INTERFACES_MAX 8
#define WATCH_NAME_MAX 32 /* IFNAMSIZ is 16 */
#define WATCH_LINE_MAX 512

struct watch_interface {
	char name[WATCH_NAME_MAX];
	bool up;                  /* the link is there and the socket delivers */
	uint32_t gone;            /* times it went down or vanished */
	uint64_t packets, bytes;  /* delivered to us */
	uint64_t kernel_drops;    /* the ring was full */
	uint64_t interface_drops; /* the card or its driver */
	uint64_t transmitted;     /* frames that left through it by the kernel's count since we listen; any but 0 is an
				     alarm */
};

struct watch_protocol {
	uint64_t pdus, malformed;
};

/* Filled by the capture thread: `interface*` by the live source, the rest by watch_tick(). */
struct watch_counters {
	uint32_t interface_count;
	struct watch_interface interfaces[WATCH_INTERFACES_MAX];
	uint64_t packets, bytes;   /* through the pipeline */
	int64_t first_ns, last_ns; /* capture time of the first and the latest packet; 0: none yet */
	uint64_t truncated_packets, undecoded_packets, duplicate_packets, fragments_lost;
	uint64_t gaps, gap_bytes;
	struct watch_protocol protocols[PROTOCOLS];
	uint32_t flows, flows_max;
	uint64_t evicted_flows;          /* pushed out of the full table */
	uint64_t refused_rows;           /* found no room in an epoch: see inventory.h on proof */
	uint64_t refused_bytes;          /* pieces that found no room in the buffers of streams and messages */
	size_t buffer_bytes, buffer_max; /* of those buffers */
	uint32_t epoch_rows, epoch_max;  /* fill of the epoch just closed: its fullest table */
	uint64_t epochs;                 /* handed over */
	uint64_t epochs_delayed;         /* times the writer was not idle when an epoch was due; it went on then */
};

/* Each step of the sandbox, for the status; filled by sandbox.c. */
enum sandbox_state { SANDBOX_OFF, SANDBOX_ON, SANDBOX_PARTIAL, SANDBOX_UNAVAILABLE, SANDBOX_FAILED };

struct watch_sandbox {
	uint8_t user, no_new_privileges, capabilities, landlock, seccomp; /* enum sandbox_state */
	char detail[WATCH_LINE_MAX]; /* "user earshot (998), Landlock ABI 3, ..." */
};

enum store_state {
	STORE_FINE,       /* the last commit worked */
	STORE_WAITING,    /* it did not: facts are kept in memory, tried again each interval */
	STORE_CATCHING_UP /* it works again, and not all is written yet */
};

struct watch_image {
	uint32_t endpoints, bindings, facts, links, activities, captures; /* rows */
	uint32_t endpoints_max, bindings_max, facts_max, links_max, activities_max, captures_max;
	size_t string_bytes, string_bytes_max;
	uint32_t assets;         /* of the last conclusions, children included */
	uint64_t forgotten_rows; /* by compaction, since the daemon started */
	uint32_t compactions;
};

struct watch_status {
	char version[32], site[256];
	int64_t started_ns, written_ns;            /* wall clock */
	int64_t interval_ns;                       /* between two of these */
	uint64_t round;                            /* counts epochs taken over */
	struct watch_counters counters;            /* as of the epoch taken over last */
	uint8_t store;                             /* enum store_state */
	char store_error[WATCH_LINE_MAX];          /* why it waits; "" otherwise */
	int64_t committed_ns;                      /* wall clock of the last commit; 0: none */
	int64_t lag_ns;                            /* age of the oldest facts that are not in the store; 0: all are */
	uint64_t dirty_rows;                       /* rows to be written */
	uint64_t commits, failed_commits, reloads; /* reloads: another program had written to the store */
	int64_t commit_ns, conclude_ns;            /* how long the last one took */
	uint64_t store_bytes;                      /* file and log */
	struct watch_image image;
	uint64_t events, suppressed_events;                   /* written; not written because too many came at once */
	uint64_t memory_bytes, memory_peak_bytes, memory_max; /* resident now, its peak, and the configured ceiling */
	struct watch_sandbox sandbox;
};

/* "on", "off", "partly", "not available", "failed". Static storage. */
const char *sandbox_state_name(unsigned state);

/* "fine", "waiting", "catching up". */
const char *store_state_name(unsigned state);

/* status.c: STORE.status.json by rename, and the same read back. 0 or a negative errno; -EPROTO: not one of ours. */
int watch_status_write(const struct watch_status *s, const char *path);
int watch_status_text(const char *path, char **out); /* the file as it is; free() it */
int watch_status_parse(const char *text, struct watch_status *s);
/* A small text file by rename. */
int watch_file_replace(const char *path, const char *text);

/* prometheus.c: the same numbers for node_exporter's textfile collector. */
int watch_metrics_write(const struct watch_status *s, const char *path);

/* status_print.c: for people; `stale_ns`: how old the file is (0: fresh). */
void watch_status_print(FILE *out, const struct watch_status *s, int64_t stale_ns);
/* What a person must look at, which watch_status_print() says first: the number of such lines. */
unsigned watch_status_alarms(FILE *out, const struct watch_status *s, int64_t stale_ns);
/* One line for SIGUSR1. */
void watch_status_line(const struct watch_status *s, char line[WATCH_LINE_MAX]);

#endif
