/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - getopt_long behind one table, with errors that name the word. */
#include "sensor/command/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "sensor/command/command.h"

static void print_help(const struct verb_usage *usage)
{
	printf("Usage: earshot %s [OPTION...] %s\n%s\n\nOptions:\n", usage->verb, usage->synopsis, usage->about);
	for (const struct option_row *r = usage->rows; r->name != NULL; r++) {
		char word[40];
		snprintf(word, sizeof(word), "--%s%s%s", r->name, r->argument ? " " : "",
			r->argument ? r->argument : "");
		if (r->letter != 0)
			printf("  -%c, %-20s %s\n", r->letter, word, r->about);
		else
			printf("      %-20s %s\n", word, r->about);
	}
	printf("  -h, %-20s %s\n", "--help", "print this");
	if (usage->more != NULL)
		printf("\n%s", usage->more);
	printf("\nExamples:\n%s", usage->example);
}

/* Long options come back as LONG_FIRST + their row, so that a letter and a long name can be told apart. */
#define LONG_FIRST 256

struct scanner {
	struct option longs[OPTIONS_MAX + 2];
	char letters[2 * OPTIONS_MAX + 4];
	int count;
};

static void scanner_init(struct scanner *s, const struct option_row *rows)
{
	char *letter = s->letters;
	*letter++ = ':'; /* a missing argument is told from an unknown option */
	*letter++ = 'h';
	memset(s->longs, 0, sizeof(s->longs));
	for (s->count = 0; s->count < OPTIONS_MAX && rows[s->count].name != NULL; s->count++) {
		const struct option_row *r = &rows[s->count];
		int has = r->argument != NULL ? required_argument : no_argument;
		s->longs[s->count] = (struct option){r->name, has, NULL, LONG_FIRST + s->count};
		if (r->letter != 0) {
			*letter++ = r->letter;
			if (r->argument != NULL)
				*letter++ = ':';
		}
	}
	s->longs[s->count] = (struct option){"help", no_argument, NULL, 'h'};
	*letter = 0;
}

/* getopt_long() stumbled: `found` is ':' (no argument) or '?' (unknown, or an argument too many). */
static int refuse(const struct verb_usage *usage, char **argv, int found)
{
	char letter[3] = {'-', (char)optopt, 0};
	const char *word = optopt == 0 || optopt == 'h' || optopt >= LONG_FIRST ? argv[optind - 1] : letter;
	if (found == ':')
		complain(usage->verb, "option '%s' needs an argument; see 'earshot %s --help'", word, usage->verb);
	else if (optopt == 'h' || optopt >= LONG_FIRST)
		complain(usage->verb, "option '%s' takes no argument; see 'earshot %s --help'", word, usage->verb);
	else
		complain(usage->verb, "unknown option '%s'; see 'earshot %s --help'", word, usage->verb);
	return EXIT_USAGE;
}

static int row_find(const struct scanner *s, const struct option_row *rows, int found)
{
	for (int i = 0; i < s->count; i++)
		if (found == LONG_FIRST + i || found == rows[i].letter)
			return i;
	return -1;
}

int options_parse(const struct verb_usage *usage, int argc, char **argv)
{
	struct scanner scanner;
	scanner_init(&scanner, usage->rows);
	optind = 0; /* start afresh */
	opterr = 0;
	int found;
	while ((found = getopt_long(argc, argv, scanner.letters, scanner.longs, NULL)) != -1) {
		if (found == 'h') {
			print_help(usage);
			return EXIT_DONE;
		}
		int row = row_find(&scanner, usage->rows, found);
		if (row < 0)
			return refuse(usage, argv, found);
		const struct option_row *r = &usage->rows[row];
		if (r->text != NULL)
			*r->text = optarg;
		if (r->flag != NULL)
			*r->flag = true;
		if (r->list != NULL && *r->list_count == r->list_max) {
			complain(usage->verb, "'%s': more than %u of --%s", optarg, r->list_max, r->name);
			return EXIT_USAGE;
		}
		if (r->list != NULL)
			r->list[(*r->list_count)++] = optarg;
	}
	return OPTIONS_RUN;
}
