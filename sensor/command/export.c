/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "sensor/command/command.h"
#include "sensor/command/options.h"
#include "sensor/export/export.h"
#include "sensor/store/store.h"

#include <unistd.h>

int command_export(int argc, char **argv)
{
	const char *db = "earshot.db", *to = "-";
	const struct option_row rows[] = {{'d', "db", "FILE", "the store (earshot.db)", .text = &db},
	    {'o', "output", "FILE", "where to (standard output)", .text = &to}, {0}};
	const struct verb_usage usage = {"export", "FORMAT", "Write the inventory.", rows, NULL, "  earshot export json\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	struct store *store = NULL;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	struct knowledge *k = NULL;
	struct conclusions c;
	if (store_open(&store, db, STORE_READ, NULL) != 0 || store_load(store, inv) != 0 ||
		knowledge_load(&k, NULL, NULL, warn_line, (char[]){"export"}) != 0 || conclusions_make(&c, inv, k) != 0) {
		complain("export", "%s", store_error(store));
		return EXIT_OUTPUT;
	}
	export_json(stdout, &c, store_site(store));
	return 0;
}
