/* SPDX-License-Identifier: Apache-2.0 */
/* diff.c - two inventories compared. */
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/compared.h"
#include "sensor/command/options.h"

struct diff {
	const char *db, *baseline;
	struct declaration_files files;
	bool json, csv, evidence;
};

/* Older and newer from the words: two files, or a baseline and what it is compared with. */
static int open_sides(struct compared sides[2], const struct diff *d, int count, char **words)
{
	if (d->baseline == NULL) {
		int code = compared_open(&sides[0], "diff", words[0], &d->files);
		return code != EXIT_DONE ? code : compared_open(&sides[1], "diff", words[1], &d->files);
	}
	int code = compared_open_baseline(&sides[0], "diff", d->db, d->baseline, NULL);
	return code != EXIT_DONE ? code : compared_open(&sides[1], "diff", count > 0 ? words[0] : d->db, &d->files);
}

static int check_words(const struct diff *d, int count, char **words)
{
	int wanted = d->baseline == NULL ? 2 : 1;
	if (d->json && d->csv) {
		complain("diff", "--json or --csv, not both");
		return EXIT_USAGE;
	}
	if (count > wanted) {
		complain("diff", "'%s' is one too many; see 'earshot diff --help'", words[wanted]);
		return EXIT_USAGE;
	}
	if (d->baseline == NULL && count < 2) {
		complain("diff", "name two stores or JSON exports, the older one first; or a --baseline");
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

int command_diff(int argc, char **argv)
{
	struct diff d = {.db = "earshot.db"};
	const struct option_row rows[] = {
		{'b', "baseline", "NAME", "compare with a baseline of the store", .text = &d.baseline},
		{'d', "db", "FILE", "the store of the baseline (earshot.db)", .text = &d.db},
		{'e', "evidence", NULL, "with the frames of both sides", .flag = &d.evidence},
		{'j', "json", NULL, "as JSON, evidence included", .flag = &d.json},
		{0, "csv", NULL, "as a table, evidence included", .flag = &d.csv},
		DECLARATION_OPTIONS(d.files),
		{0},
	};
	const struct verb_usage usage = {"diff", "OLD NEW | --baseline NAME [NEW]",
		"Say what is different between two inventories: assets added and not seen any more, moved, with other "
		"firmware, serial numbers, modules or modes; channels and operations that are new or were not seen.",
		rows,
		"OLD and NEW are stores or what 'earshot export json' wrote. With a baseline, NEW is the store itself "
		"when "
		"nothing is named.\nNot seen is not the same as gone: each line says whether anybody listened where it "
		"was.\n"
		"Exit 0: nothing is different; 1: something is; 2, 3, 4: as everywhere.\n",
		"  earshot diff march.db april.db\n"
		"  earshot diff --evidence march.json april.db\n"
		"  earshot diff --db plant.db --baseline FAT\n"
		"  earshot diff march.db april.db --json | jq '.changes[] | select(.kind == \"operation-added\")'\n"};
	struct compared sides[2] = {0};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	code = check_words(&d, argc - optind, argv + optind);
	if (code == EXIT_DONE)
		code = open_sides(sides, &d, argc - optind, argv + optind);
	if (code == EXIT_DONE)
		code = compared_print("diff", &sides[0].side, &sides[1].side,
			d.json       ? CHANGES_JSON
			: d.csv      ? CHANGES_CSV
			: d.evidence ? CHANGES_EVIDENCE
				     : CHANGES_TEXT);
	for (unsigned i = 0; i < 2; i++)
		compared_close(&sides[i]);
	return code;
}
