/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones_propose.c - `earshot zones propose`: what the sensor proposes, in a file that people edit.
 *
 * With -o FILE the file is made, or what is new is put into the one that is there; without it what is new is printed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/conclude/proposal.h"
#include "sensor/util/output.h"
#include "sensor/util/whole.h"
#include "sensor/util/yaml_strict.h"

static const char verb[] = "zones propose";

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void say(const char *path, const struct proposals *p, bool written)
{
	bool anything = p->zone_count + p->conduit_count > 0;
	if (p->zones_known + p->conduits_known > 0)
		complain(verb, "%zu zone%s and %zu conduit%s that were rejected or retired are not proposed again",
			p->zones_known, plural(p->zones_known), p->conduits_known, plural(p->conduits_known));
	if (!anything && !written)
		complain(verb, "nothing new%s%s", path != NULL ? ", so nothing was written to " : "",
			path != NULL ? path : "");
	else if (path != NULL)
		complain(verb, "%s: %zu zone%s and %zu conduit%s added as proposals", path, p->zone_count,
			plural(p->zone_count), p->conduit_count, plural(p->conduit_count));
}

static int put(const char *path, const char *text, size_t len)
{
	struct output out;
	int err = output_open(&out, path);
	if (err == 0 && len > 0 && fwrite(text, 1, len, out.stream) != len)
		err = errno != 0 ? -errno : -EIO;
	if (err == 0)
		err = output_finish(&out);
	else
		output_abandon(&out);
	return output_ended(verb, path, err);
}

/* Only what is new; a whole file when nothing was declared. */
static int print(const struct proposals *p, const char *base)
{
	if (base == NULL)
		zones_write_file(stdout, p);
	if (base != NULL && p->zone_count > 0) {
		puts("# to be added to the zones:");
		zones_write_zones(stdout, p, 2);
	}
	if (base != NULL && p->conduit_count > 0) {
		puts("# to be added to the conduits:");
		zones_write_conduits(stdout, p, 2);
	}
	say(NULL, p, false);
	return put("-", "", 0);
}

/* `base` is the file that is added to; NULL: there is none yet. */
static int write_merged(const struct proposals *p, const char *base, const char *path)
{
	char *old = NULL, *text = NULL;
	size_t old_len = 0, len = 0;
	bool same = base != NULL && strcmp(base, path) == 0;
	if (base != NULL &&
		whole_read_told(base, YAML_STRICT_BYTES_MAX, &old, &old_len, warn_line, (void *)(uintptr_t)verb) != 0)
		return EXIT_INPUT;
	int code = EXIT_DONE;
	if (p->zone_count + p->conduit_count > 0 || old_len == 0) {
		int err = zones_merge(base != NULL ? base : path, old != NULL ? old : "", old_len, p, &text, &len,
			warn_line, (void *)(uintptr_t)verb);
		if (err == -ENOMEM)
			complain(verb, "%s", strerror(ENOMEM));
		code = err == 0 ? put(path, text, len) : err == -ENOMEM ? EXIT_OUTPUT : EXIT_USAGE;
	} else if (!same) {
		code = put(path, old, old_len);
	}
	if (code == EXIT_DONE)
		say(path, p, !same || old_len == 0);
	free(old);
	free(text);
	return code;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Which file is added to: that of --zones, else the one that is to be written. */
static int base_choose(struct declaration_files *files, const char *path)
{
	bool exists = path != NULL && access(path, F_OK) == 0;
	if (exists && files->zones != NULL && !is_same_file(files->zones, path)) {
		complain(verb, "%s is there and is not %s; what people wrote in it would be lost", path, files->zones);
		return EXIT_USAGE;
	}
	if (path != NULL && files->zones == NULL)
		files->zones = exists ? path : "/dev/null"; /* a new file begins with nothing declared, whatever lies
							       beside the store */
	return EXIT_DONE;
}

static int propose(const struct loaded *l, const struct declaration_files *files, const char *path)
{
	struct arena arena = {0};
	struct proposals p;
	const struct declarations *d = l->conclusions.declarations;
	const char *base = d != NULL ? d->zones_file : NULL;
	if (base != NULL && files->zones != NULL && strcmp(base, "/dev/null") == 0)
		base = NULL;
	int code = EXIT_OUTPUT;
	if (proposals_make(&p, &arena, &l->conclusions, store_site(l->store)) != 0)
		complain(verb, "%s", strerror(ENOMEM));
	else
		code = path == NULL ? print(&p, base) : write_merged(&p, base, path);
	arena_clear(&arena);
	return code;
}

int zones_propose(int argc, char **argv)
{
	const char *db = "earshot.db", *path = NULL;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{'o', "output", "FILE", "make this file, or add what is new to it; '-' or nothing prints it",
			.text = &path},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {verb, "",
		"Write zones and conduits as they were seen, for people to edit. What is in the file stays byte for "
		"byte as "
		"it\nis; only what is new is added.",
		rows,
		"What a person rejected is not proposed again. Nothing is written unless it reads back as meant.\n",
		"  earshot zones propose --db plant.db -o zones.yaml\n"
		"  earshot zones propose --db plant.db | less\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain(verb, "what is '%s'? The file comes behind -o", argv[optind]);
		return EXIT_USAGE;
	}
	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	code = base_choose(&files, path);
	if (code != EXIT_DONE)
		return code;
	struct loaded loaded;
	code = loaded_open(&loaded, verb, db, &files);
	if (code == EXIT_DONE)
		code = propose(&loaded, &files, path);
	loaded_close(&loaded);
	return code;
}
