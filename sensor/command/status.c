/* SPDX-License-Identifier: Apache-2.0 */
/* status.c - how the daemon is, from the file that it keeps beside the store. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/options.h"
#include "sensor/watch/config.h"
#include "sensor/watch/status.h"

#define STALE_AFTER_NS 30000000000 /* twice the longest usual round: then nobody writes it any more */

/* Where the daemon's configuration puts the store, when no other was named. */
static char *configured_db(void)
{
	struct watch_config *c;
	FILE *there = fopen(WATCH_CONFIG_PATH, "re");
	if (there == NULL)
		return NULL;
	fclose(there);
	if (watch_config_load(&c, WATCH_CONFIG_PATH, warn_line, (char[]){"status"}) != 0)
		return NULL;
	char *db = c->db != NULL ? strdup(c->db) : NULL;
	watch_config_free(c);
	return db;
}

static int64_t age_ns(const struct watch_status *s)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = now.tv_sec * 1000000000ll + now.tv_nsec - s->written_ns;
	return age > STALE_AFTER_NS ? age : 0;
}

/* The file itself for programs; text for people. */
static int print_status(const char *path, bool json)
{
	struct watch_status status;
	char *text;
	int err = watch_status_text(path, &text);
	if (err == 0)
		err = watch_status_parse(text, &status);
	if (err != 0) {
		complain("status", "%s: %s; is 'earshot watch' running with this --db?", path,
			err == -EPROTO ? "not a status file of this version" : strerror(-err));
		free(text);
		return EXIT_INPUT;
	}
	if (json)
		fputs(text, stdout);
	else
		watch_status_print(stdout, &status, age_ns(&status));
	free(text);
	return age_ns(&status) > 0 || status.store != STORE_FINE ? EXIT_ANSWER_NO : EXIT_DONE;
}

int command_status(int argc, char **argv)
{
	const char *db = NULL;
	bool json = false;
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store of the daemon (as configured, else earshot.db)", .text = &db},
		{'j', "json", NULL, "print the status as JSON", .flag = &json},
		{0},
	};
	const struct verb_usage usage = {"status", "", "Say how a running 'earshot watch' is.", rows,
		"Exit code: 0 fine, 1 stale or the store cannot be written, 3 there is no status.\n",
		"  earshot status --db /var/lib/earshot/earshot.db\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("status", "'%s' is not an option; see 'earshot status --help'", argv[optind]);
		return EXIT_USAGE;
	}
	char path[PATH_MAX], *configured = db == NULL ? configured_db() : NULL;
	snprintf(path, sizeof(path), "%s.status.json",
		db != NULL           ? db
		: configured != NULL ? configured
				     : "earshot.db");
	free(configured);
	return print_status(path, json);
}
