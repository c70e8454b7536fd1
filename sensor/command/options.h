/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the options of a verb: one table says what there is, --help and the errors follow from it.
 *
 *	static const char example[] = "  earshot show asset 10.0.0.8\n";
 *	const char *db = "earshot.db";
 *	bool quiet = false;
 *	const struct option_row rows[] = {
 *	    {'d', "db", "FILE", "the store (earshot.db)", .text = &db},
 *	    {'q', "quiet", NULL, "print nothing", .flag = &quiet},
 *	    {0}};
 *	const struct verb_usage usage = {"show", "[WHAT] [FILTER...]", "Print the inventory.", rows, NULL, example};
 *	int code = options_parse(&usage, argc, argv);
 *	if (code != OPTIONS_RUN)
 *		return code;
 *	... argv[optind] .. argv[argc - 1] are the words that are no options
 */
#ifndef EARSHOT_OPTIONS_H
#define EARSHOT_OPTIONS_H

#include <stdbool.h>

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order people read */
struct option_row {
	char letter;          /* 0: has none */
	const char *name;     /* without the dashes; NULL ends the table */
	const char *argument; /* its name in the help; NULL: takes none */
	const char *about;    /* one line */
	const char **text;    /* gets the argument (borrowed from argv) */
	bool *flag;           /* set to true */
	const char **list;    /* may be given several times: gets each argument, up to list_max */
	unsigned *list_count, list_max;
};

struct verb_usage {
	const char *verb;
	const char *synopsis; /* what follows "earshot VERB" in the usage line */
	const char *about;    /* one or two lines */
	const struct option_row *rows;
	const char *more;     /* further paragraphs, or NULL */
	const char *example;  /* indented command lines */
};

#define OPTIONS_RUN (-1)
#define OPTIONS_MAX 16 /* options of one verb */

/*
 * Sets what the table points at; operands and options may be mixed, "--" ends the options. --help and -h are
 * always understood. OPTIONS_RUN, or the exit code: EXIT_DONE after --help, EXIT_USAGE after one line on
 * standard error that names the wrong word. optind is the first operand.
 */
int options_parse(const struct verb_usage *usage, int argc, char **argv);

#endif
