/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h - earshot.yaml: how the daemon runs. config/earshot.yaml has every key with its default and its reason.
 */
#ifndef EARSHOT_WATCH_CONFIG_H
#define EARSHOT_WATCH_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sensor/capture/live.h"
#include "sensor/watch/sandbox.h"

#define WATCH_CONFIG_PATH "/etc/earshot/earshot.yaml" /* read when it is there and no other is named */

/* Text that the file does not have is NULL; everything else has its default. */
struct watch_config {
	char **interfaces;
	unsigned interfaces_count;                /* at most LIVE_INTERFACES_MAX */
	int direction;                            /* 0 in, 1 both */
	int promiscuous, hardware_time, landlock; /* 0, 1 */
	char *filter;
	uint32_t ring_mib, memory_mib;
	uint32_t snap_bytes; /* 0: all */
	char *db, *site;
	uint32_t interval_s, conclude_interval_s, silent_after_s;
	char *zones, *register_file; /* "register" in the file */
	char *events_file;           /* "-": standard output */
	char *metrics_file;
	char *user;
	int seccomp; /* enum sandbox_filter */
};

/*
 * `path` NULL: the defaults alone. 0; -EINVAL after `warn` got "file:line:column: key: what was expected"; another
 * negative errno after a line. The configuration is the caller's to free, also the one of the defaults.
 */
int watch_config_load(struct watch_config **out, const char *path, void (*warn)(void *to, const char *line), void *to);
void watch_config_free(struct watch_config *c);

/* An interface that is named twice: each of its packets would count double. NULL: none is. */
const char *watch_config_twice(const struct watch_config *c);

/*
 * Whole paths instead of those from where the process was started, which may not be readable once it is another user;
 * `db` has one then. -EINVAL after a line when a folder is not there, or -ENOMEM.
 */
int watch_config_settle(struct watch_config *c, void (*warn)(void *to, const char *line), void *to);

/* The keys whose values differ and cannot change while the daemon runs, as "ring_mib, user"; "" when there are none. */
void watch_config_fixed(const struct watch_config *a, const struct watch_config *b, char *out, size_t room);

/* As a file that would give the same. */
void watch_config_print(FILE *out, const struct watch_config *c);

#endif
