/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - the inventory as one page to look at. */
#include "sensor/report/report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/util/output.h"

static int write_page(const char *path, const struct loaded *l, const struct loaded *baseline)
{
	struct output out;
	int err = output_open(&out, path);
	if (err == 0)
		err = report_write(out.stream, &l->conclusions, store_site(l->store),
			baseline != NULL ? &baseline->conclusions : NULL,
			baseline != NULL ? store_site(baseline->store) : NULL);
	if (err == 0)
		err = output_finish(&out);
	else
		output_abandon(&out);
	if (err == 0)
		return EXIT_DONE;
	if (strcmp(path, "-") != 0)
		complain("report", "%s: %s; nothing was written", path, strerror(-err));
	else if (err != -EPIPE) /* the reader has seen enough */
		complain("report", "standard output: %s", strerror(-err));
	return EXIT_OUTPUT;
}

/* The stores are open one after the other: the baseline's first, so that its faults are told first. */
static int run(const char *db, const char *baseline_db, const char *path, const struct declaration_files *files)
{
	struct loaded now, then;
	int code = EXIT_DONE;
	if (baseline_db != NULL)
		code = loaded_open(&then, "report", baseline_db, files);
	if (code == EXIT_DONE) {
		code = loaded_open(&now, "report", db, files);
		if (code == EXIT_DONE)
			code = write_page(path, &now, baseline_db != NULL ? &then : NULL);
		loaded_close(&now);
	}
	if (baseline_db != NULL)
		loaded_close(&then);
	return code;
}

int command_report(int argc, char **argv)
{
	const char *db = "earshot.db", *path = NULL, *baseline = NULL;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{'o', "output", "FILE", "the page to write; '-' is standard output", .text = &path},
		{'b', "baseline", "FILE", "an earlier store: show what has changed since", .text = &baseline},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {"report", "",
		"Write one HTML page: what was heard, assets with the frames that prove each value, the map of zones "
		"and "
		"conduits, findings, and what could not be seen. It needs no network and no other file.",
		rows, "Any current browser shows it, also from a USB stick. A file appears when it is complete.\n",
		"  earshot report --db plant.db -o plant.html\n"
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
	return run(db, baseline, path, &files);
}
