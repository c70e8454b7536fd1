/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - the inventory as one page to look at. */
#include "sensor/report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/store/baseline.h"
#include "sensor/util/output.h"

static int write_page(const char *path, const struct loaded *l, const struct report_baseline *baseline)
{
	struct output out;
	int err = output_open(&out, path);
	if (err == 0)
		err = report_write(out.stream, &l->conclusions, store_site(l->store), baseline);
	if (err == 0)
		err = output_finish(&out);
	else
		output_abandon(&out);
	return output_ended("report", path, err);
}

/* Compared with an earlier store. */
static int write_since_store(
	const char *path, const struct loaded *l, const char *db, const struct declaration_files *files)
{
	struct loaded then;
	int code = loaded_open(&then, "report", db, files);
	if (code == EXIT_DONE) {
		struct report_baseline baseline = {.conclusions = &then.conclusions, .site = store_site(then.store)};
		code = write_page(path, l, &baseline);
	}
	loaded_close(&then);
	return code;
}

/* Compared with a baseline of this name in the store; when it has none, with the store of that name. */
static int write_since(
	const char *path, const struct loaded *l, const char *what, const struct declaration_files *files)
{
	char *json = NULL;
	size_t len = 0;
	int err = store_baseline_read(l->store, what, &json, &len);
	if (err == -ENOENT && access(what, F_OK) == 0)
		return write_since_store(path, l, what, files);
	if (err == -ENOENT) {
		complain("report", "'%s' is neither a baseline of the store ('earshot baseline list') nor a store",
			what);
		return EXIT_INPUT;
	}
	if (err != 0) {
		complain("report", "%s", store_error(l->store));
		return EXIT_INPUT;
	}
	struct report_baseline baseline = {.json = json};
	int code = write_page(path, l, &baseline);
	free(json);
	return code;
}

int command_report(int argc, char **argv)
{
	const char *db = "earshot.db", *path = NULL, *baseline = NULL;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{'o', "output", "FILE", "the page to write; '-' is standard output", .text = &path},
		{'b', "baseline", "NAME", "show what has changed since: a baseline of the store, or an earlier store",
			.text = &baseline},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {"report", "",
		"Write one HTML page: what was heard, assets with the frames that prove each value, the map of zones "
		"and "
		"conduits, findings, and what could not be seen. It needs no network and no other file.",
		rows, "Any current browser shows it, also from a USB stick. A file appears when it is complete.\n",
		"  earshot report --db plant.db -o plant.html\n"
		"  earshot report --db plant.db --baseline FAT -o plant.html\n"
		"  earshot report --db june.db --baseline may.db -o june.html\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("report", "what is '%s'? see 'earshot report --help'", argv[optind]);
		return EXIT_USAGE;
	}
	if (path == NULL) {
		complain("report", "say where to write the page: -o FILE.html");
		return EXIT_USAGE;
	}
	struct loaded loaded;
	code = loaded_open(&loaded, "report", db, &files);
	if (code == EXIT_DONE)
		code = baseline != NULL ? write_since(path, &loaded, baseline, &files)
					: write_page(path, &loaded, NULL);
	loaded_close(&loaded);
	return code;
}
