/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c - several stores into a new one: the union of their facts, as if all captures had been read into it. Totals
 * of one capture cannot be told apart once they are in a store, so two stores that hold the same capture are refused.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/inventory/inventory.h"
#include "sensor/store/store.h"

struct merging {
	struct inventory *all;
	const char *site; /* of the first store that has one */
	char site_room[256];
};

/* The capture of `from` that is in `into` too, or NULL. */
static const struct capture *capture_of_both(const struct inventory *into, const struct inventory *from)
{
	for (uint32_t i = 0; i < from->capture_count; i++) {
		const struct capture *c = &from->captures[i];
		if (c->sha256[0] != 0 && inventory_capture_by_sha256(into, c->sha256) != INVENTORY_NONE)
			return c;
		for (uint32_t j = 0; j < into->capture_count && c->live_ns != 0; j++)
			if (into->captures[j].live_ns == c->live_ns && strcmp(into->captures[j].name, c->name) == 0)
				return c;
	}
	return NULL;
}

static int refuse(const char *path, const char *why)
{
	complain("merge", "%s: %s", path, why);
	return EXIT_USAGE;
}

/* What one store holds to what the others held. */
static int add(struct merging *m, const struct store *store, const struct inventory *one, const char *path)
{
	const char *site = store_site(store);
	if (m->site != NULL && site[0] != 0 && strcmp(m->site, site) != 0) {
		complain("merge",
			"%s: is of the site '%s', the stores before it of '%s'; equal addresses of two sites are not "
			"one device",
			path, site, m->site);
		return EXIT_USAGE;
	}
	if (m->site == NULL && site[0] != 0) {
		snprintf(m->site_room, sizeof(m->site_room), "%s", site);
		m->site = m->site_room;
	}
	const struct capture *both = capture_of_both(m->all, one);
	if (both != NULL) {
		complain("merge",
			"%s: holds the capture '%s', which a store before it holds too; it would count twice. Read the "
			"captures into "
			"one store instead",
			path, both->name);
		return EXIT_USAGE;
	}
	return inventory_merge(m->all, one) == 0 ? EXIT_DONE : refuse(path, strerror(ENOMEM));
}

static int take_store(struct merging *m, const char *path)
{
	struct store *store = NULL;
	struct inventory *one = inventory_new(&inventory_limits_default);
	int err = one != NULL ? store_open(&store, path, STORE_READ, NULL) : -ENOMEM;
	if (err == 0)
		err = store_load(store, one);
	int code = EXIT_INPUT;
	if (err == 0)
		code = add(m, store, one, path);
	else
		complain("merge", "%s", store != NULL ? store_error(store) : strerror(-err));
	store_close(store);
	inventory_free(one);
	return code;
}

static int write_store(struct merging *m, const char *path)
{
	struct store *store = NULL;
	struct knowledge *knowledge = NULL;
	struct declarations *declarations = NULL;
	struct conclusions conclusions;
	const struct declaration_files files = {0};
	inventory_seal(m->all);
	int code = declarations_open(&declarations, "merge", path, &files);
	if (code == EXIT_DONE && knowledge_load(&knowledge, NULL, NULL, warn_line, (char[]){"merge"}) != 0)
		code = EXIT_USAGE;
	int err = code == EXIT_DONE ? store_open(&store, path, STORE_WRITE, m->site) : 0;
	if (code == EXIT_DONE && err == 0)
		err = conclusions_make(&conclusions, m->all, knowledge, declarations);
	if (code == EXIT_DONE && err == 0) {
		err = store_save(store, m->all, &conclusions);
		conclusions_clear(&conclusions);
	}
	if (err != 0) {
		complain("merge", "%s", err == -ENOMEM || store == NULL ? strerror(-err) : store_error(store));
		code = EXIT_OUTPUT;
	}
	store_close(store);
	knowledge_free(knowledge);
	declarations_free(declarations);
	return code;
}

int command_merge(int argc, char **argv)
{
	const char *out = NULL;
	const struct option_row rows[] = {
		{'o', "output", "FILE", "the new store", .text = &out},
		{0},
	};
	const struct verb_usage usage = {"merge", "-o OUT DB...",
		"Make one store of several, as if all captures had been read into it.", rows,
		"Exit code: 0 done, 2 wrong usage or stores that do not go together, 3 one cannot be read, 4 OUT "
		"cannot be written.\n",
		"  earshot merge -o plant.db north.db south.db\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (out == NULL || optind == argc) {
		complain("merge",
			"name the new store with -o, and the stores to merge; 'earshot merge --help' shows an example");
		return EXIT_USAGE;
	}
	if (access(out, F_OK) == 0)
		return refuse(out, "is there already; merge makes a new store");
	struct merging m = {.all = inventory_new(&inventory_limits_default)};
	if (m.all == NULL)
		return refuse(out, strerror(ENOMEM));
	code = EXIT_DONE;
	for (int i = optind; i < argc && code == EXIT_DONE; i++)
		code = take_store(&m, argv[i]);
	if (code == EXIT_DONE)
		code = write_store(&m, out);
	inventory_free(m.all);
	return code;
}
