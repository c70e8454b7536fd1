/* SPDX-License-Identifier: Apache-2.0 */
/* zones.c - the verbs under `earshot zones`. */
#include <stdio.h>
#include <string.h>

#include "sensor/command/command.h"

static const struct {
	const char *verb;
	int (*run)(int argc, char **argv);
	const char *about;
} verbs[] = {
	{"propose", zones_propose, "write zones and conduits as they were seen to a file that people edit"},
	{"check", zones_check, "say of each channel whether people allowed it, and what to decide about"},
};
#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void help(FILE *out)
{
	fputs("Usage: earshot zones VERB [OPTION...]\nZones, the conduits between them, and what people decided about "
	      "them.\n\n",
		out);
	for (size_t i = 0; i < VERBS; i++)
		fprintf(out, "  %-8s %s\n", verbs[i].verb, verbs[i].about);
	fputs("\n  earshot zones VERB --help   the options of a verb, with an example\n\n"
	      "Examples:\n  earshot zones propose --db plant.db -o zones.yaml\n"
	      "  earshot zones check --db plant.db\n",
		out);
}

int command_zones(int argc, char **argv)
{
	if (argc < 2) {
		complain("zones", "propose or check? See 'earshot zones --help'");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help(stdout);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(argv[1], verbs[i].verb) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	complain("zones", "'%s' is neither propose nor check; see 'earshot zones --help'", argv[1]);
	return EXIT_USAGE;
}
