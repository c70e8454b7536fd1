/* SPDX-License-Identifier: Apache-2.0 */
/* compared.h - one side of a comparison opened, whatever it is: a store, an inventory JSON, a baseline in a store. */
#ifndef EARSHOT_COMPARED_H
#define EARSHOT_COMPARED_H

#include "sensor/change/change.h"
#include "sensor/command/loaded.h"

struct compared {
	struct loaded loaded;
	struct side side;
};

/* Each gives EXIT_DONE, or the exit code after one line on standard error; close it in either case. */
int compared_open(struct compared *o, const char *verb, const char *path, const struct declaration_files *files);
/* `*time_ns` gets the date of the baseline, if it is not NULL. */
int compared_open_baseline(struct compared *o, const char *verb, const char *db, const char *name, int64_t *time_ns);
void compared_close(struct compared *o);

enum changes_format { CHANGES_TEXT, CHANGES_EVIDENCE, CHANGES_JSON, CHANGES_CSV };
/* To standard output. EXIT_DONE when nothing is different, EXIT_ANSWER_NO, EXIT_OUTPUT or EXIT_INPUT (no memory). */
int compared_print(const char *verb, const struct side *older, const struct side *newer, enum changes_format format);

/*
 * `show changes`: what is different since a time, or since the date of a baseline. `print` as above; the exit code is
 * EXIT_DONE also when there are changes: a question was answered, nothing was checked.
 */
int show_changes(const char *db, const struct declaration_files *files, const char *since, enum changes_format format);

#endif
