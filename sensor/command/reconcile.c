/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile.c - the owner's register against what was observed. */
#include "sensor/reconcile/reconcile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/util/output.h"

struct wishes {
	const char *worklist; /* NULL: none */
	bool json, all;
};

static int worklist_write(const char *path, const struct reconciliation *r, const char *site)
{
	struct output out;
	int err = output_open(&out, path);
	if (err == 0)
		err = reconcile_csv(out.stream, r, site);
	if (err == 0)
		err = output_finish(&out);
	else
		output_abandon(&out);
	return output_ended("reconcile", path, err);
}

static int answer(const struct loaded *l, const struct wishes *wishes)
{
	struct reconciliation *r = reconcile_make(&l->conclusions);
	const char *site = store_site(l->store);
	int code = EXIT_DONE, err = 0;
	if (r == NULL) {
		complain("reconcile", "%s", strerror(ENOMEM));
		return EXIT_INPUT;
	}
	if (wishes->worklist != NULL)
		code = worklist_write(wishes->worklist, r, site);
	if (code == EXIT_DONE && wishes->json)
		err = reconcile_json(stdout, r, site);
	else if (code == EXIT_DONE && (wishes->worklist == NULL || strcmp(wishes->worklist, "-") != 0))
		err = reconcile_text(stdout, r, wishes->all);
	if (err != 0)
		code = output_ended("reconcile", "-", err);
	if (code == EXIT_DONE && reconcile_mismatches(r) > 0)
		code = EXIT_ANSWER_NO;
	reconcile_free(r);
	return code;
}

static int run(const char *db, const struct declaration_files *files, const struct wishes *wishes)
{
	struct loaded loaded;
	int code = loaded_open(&loaded, "reconcile", db, files);
	if (code == EXIT_DONE && (loaded.declarations == NULL || loaded.declarations->register_file == NULL)) {
		complain("reconcile",
			"name the register: earshot reconcile REGISTER.csv (there is no register.csv beside "
			"the store)");
		code = EXIT_USAGE;
	}
	if (code == EXIT_DONE)
		code = answer(&loaded, wishes);
	loaded_close(&loaded);
	return code;
}

int command_reconcile(int argc, char **argv)
{
	const char *db = "earshot.db";
	struct declaration_files files = {.lenient = true};
	struct wishes wishes = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{'m', "map", "MAP", "columns of the register: FIELD=TITLE,... or a YAML file of such pairs",
			.text = &files.map},
		{'o', "output", "FILE", "a CSV to work through, one line an item; '-' is standard output",
			.text = &wishes.worklist},
		{0, "json", NULL, "print JSON instead of text", .flag = &wishes.json},
		{'a', "all", NULL, "print what is matched too", .flag = &wishes.all},
		{0, "zones", "FILE", "zones that people declared (zones.yaml beside the store)", .text = &files.zones},
		{0},
	};
	const struct verb_usage usage = {"reconcile", "[REGISTER.csv]",
		"Compare the owner's register with what was observed: matched, in the register only, observed only, "
		"conflicts field by field with the frame that shows the observed value, duplicates, rows in doubt.",
		rows,
		"The register is CSV with any separator, UTF-8 or Windows-1252; its first line names the columns. "
		"Without\n"
		"--map they are found by the words that registers usually have (register-map.yaml beside the store is "
		"a\n"
		"map too). Fields: number, name, serial_number, mac, station_name, ip, vendor, model, "
		"firmware_version,\n"
		"type, function, location, criticality, owner, notes. Nothing is corrected on either side.\n"
		"Exit code 1: there is something to decide.\n",
		"  earshot reconcile register.csv --db plant.db -o worklist.csv\n"
		"  earshot reconcile anlagen.csv --map 'serial=Seriennummer,ip=IP-Adresse'\n"
		"  earshot reconcile anlagen.csv --map columns.yaml --json | jq .summary\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind + 1 < argc) {
		complain("reconcile", "one register at a time; what is '%s'?", argv[optind + 1]);
		return EXIT_USAGE;
	}
	if (wishes.json && wishes.worklist != NULL && strcmp(wishes.worklist, "-") == 0) {
		complain("reconcile", "--json and -o - both want standard output");
		return EXIT_USAGE;
	}
	files.owners_register = optind < argc ? argv[optind] : NULL;
	return run(db, &files, &wishes);
}
