/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - one line on a terminal that says how far a long reading is. */
#ifndef EARSHOT_PROGRESS_H
#define EARSHOT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool on;            /* standard error is a terminal and nobody asked for quiet */
	bool drawn;
	int64_t start_ns, last_ns; /* of the clock that never steps */
	uint64_t packets_before;
};

void progress_start(struct progress *p, bool wanted);
/* Draws at most ten times a second. `total` 0: not known. `file` of `files` is 1-based. */
void progress_update(struct progress *p, const char *name, size_t file, size_t files, uint64_t bytes, uint64_t total, uint64_t packets);
/* Takes the line away. */
void progress_end(struct progress *p);

#endif
