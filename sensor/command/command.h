/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - one file per verb; main.c finds the verb and calls it. */
#ifndef EARSHOT_COMMAND_H
#define EARSHOT_COMMAND_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_ANSWER_NO = 1,
	EXIT_USAGE = 2,
	EXIT_INPUT = 3,  /* an input could not be read; the rest was processed */
	EXIT_OUTPUT = 4  /* an output or the store could not be written */
};

/* argv[0] is the verb. The exit code of the process. */
int command_read(int argc, char **argv);
int command_show(int argc, char **argv);
int command_export(int argc, char **argv);
int command_report(int argc, char **argv);
int command_reconcile(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_status(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_zones(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_baseline(int argc, char **argv);
int command_pack(int argc, char **argv);

/* `earshot zones propose`; argv[0] is "propose". */
int zones_propose(int argc, char **argv);
/* `earshot zones check`; argv[0] is "check". */
int zones_check(int argc, char **argv);

/* One line on standard error, "earshot VERB: ..."; control characters escaped. */
void complain(const char *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How writing to `path` ("-": standard output) ended: EXIT_DONE for 0, else EXIT_OUTPUT after one line; none when the
 * reader of standard output has seen enough. */
int output_ended(const char *verb, const char *path, int err);

/* For knowledge_load(): `verb` is the name of the verb; complains. */
void warn_line(void *verb, const char *line);

#endif
