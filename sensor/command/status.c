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

#define STALE_AFTER_NS 30000000000 /* then nobody writes it any more, unless the interval is a long one */
#define STALE_INTERVALS 3

/* Where the daemon's configuration puts the store; NULL when it does not say. False after a line: it is wrong. */
static bool configured_db(char **db)
{
	struct watch_config *c;
	*db = NULL;
	if (access(WATCH_CONFIG_PATH, F_OK) != 0)
		return true;
	if (watch_config_load(&c, WATCH_CONFIG_PATH, warn_line, (char[]){"status"}) != 0)
		return false;
	*db = c->db != NULL ? strdup(c->db) : NULL;
	watch_config_free(c);
	return true;
}

static int64_t age_ns(const struct watch_status *s)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = now.tv_sec * 1000000000ll + now.tv_nsec - s->written_ns;
	int64_t allowed = s->interval_ns < INT64_MAX / STALE_INTERVALS ? s->interval_ns * STALE_INTERVALS : INT64_MAX;
	return age > STALE_AFTER_NS && age > allowed ? age : 0;
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
		complain("status", "%s: %s%s", path,
			err == -EPROTO ? "not a status file of this version" : strerror(-err),
			err == -ENOENT ? "; is 'earshot watch' running with this --db?" : "");
		free(text);
		return EXIT_INPUT;
	}
	if (json)
		fputs(text, stdout);
	else
		watch_status_print(stdout, &status, age_ns(&status));
	free(text);
	return watch_status_alarms(NULL, &status, age_ns(&status)) > 0 ? EXIT_ANSWER_NO : EXIT_DONE;
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
		"Exit code: 0 fine, 1 something needs a person (the lines in capitals), 3 there is no status.\n",
		"  earshot status --db /var/lib/earshot/earshot.db\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("status", "'%s' is not an option; see 'earshot status --help'", argv[optind]);
		return EXIT_USAGE;
	}
	char path[PATH_MAX], *configured = NULL;
	if (db == NULL && !configured_db(&configured))
		return EXIT_USAGE;
	if (db == NULL)
		db = configured != NULL ? configured : "earshot.db";
	int len = snprintf(path, sizeof(path), "%s.status.json", db);
	free(configured);
	if (len >= (int)sizeof(path)) {
		complain("status", "--db: the path is too long");
		return EXIT_USAGE;
	}
	return print_status(path, json);
}
