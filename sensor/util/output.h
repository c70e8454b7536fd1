/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - a file that appears whole or not at all.
 *
 * It is written beside its name and renamed when complete. What is no plain file (a pipe, a terminal,
 * /dev/null) is written as it is; "-" is standard output.
 */
#ifndef EARSHOT_OUTPUT_H
#define EARSHOT_OUTPUT_H

#include <stdio.h>

struct output {
	FILE *stream;    /* write here */
	char *target;    /* the name to appear under, links followed; NULL: not renamed */
	char *temporary; /* the name until then */
};

/* 0 or a negative errno. */
int output_open(struct output *o, const char *path);
/* Everything is written and on disk under its name; else a negative errno and nothing is left. */
int output_finish(struct output *o);
/* What was written to a stream is with the system: 0, or the negative errno of the first failure. */
int output_flush(FILE *stream);
/* Nothing is left. Also right after a failure of the other two, and on a zeroed one. */
void output_abandon(struct output *o);

#endif
