/* SPDX-License-Identifier: Apache-2.0 */
/* pack.c - `earshot pack`: the evidence pack made, and compared with its manifest. */
#include "sensor/pack/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/compared.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/command/version.h"
#include "sensor/reconcile/reconcile.h"
#include "sensor/store/baseline.h"

struct wishes {
	const char *db, *folder, *previous, *baseline, *verify;
	struct declaration_files files;
};

/* The baseline that is compared with, and what was found. */
struct since {
	char *name, sha256[PACK_SHA256_ROOM];
	struct compared then;
	struct side now;
	struct changes *changes;
	bool opened;
};

/* The one that was named, else the last that was accepted. `name` stays NULL when the store has none. */
static int baseline_choose(struct since *s, const struct wishes *w, struct store *store)
{
	struct baselines list = {0};
	int err = store_baselines(store, &list), code = EXIT_DONE;
	const struct baseline *chosen = NULL;
	if (err != 0) {
		complain("pack", "%s", store_error(store));
		code = EXIT_INPUT;
	} else if (w->baseline != NULL) {
		chosen = baselines_find(&list, w->baseline);
		if (chosen == NULL) {
			complain("pack", "%s: has no baseline '%s'; 'earshot baseline list' names them", w->db,
				w->baseline);
			code = EXIT_USAGE;
		}
	} else if (list.count > 0) {
		chosen = &list.at[list.count - 1];
	}
	if (chosen != NULL) {
		s->name = strdup(chosen->name);
		memcpy(s->sha256, chosen->sha256, sizeof(s->sha256));
		if (s->name == NULL) {
			complain("pack", "%s", strerror(ENOMEM));
			code = EXIT_INPUT;
		}
	}
	baselines_clear(&list);
	return code;
}

static int since_open(struct since *s, const struct wishes *w, const struct loaded *l)
{
	int code = baseline_choose(s, w, l->store);
	if (code != EXIT_DONE || s->name == NULL)
		return code;
	s->opened = true;
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): closed by the caller, opened or not */
	code = compared_open_baseline(&s->then, "pack", w->db, s->name, NULL);
	if (code != EXIT_DONE)
		return code;
	if (side_of_conclusions(&s->now, &l->conclusions, store_site(l->store)) == 0)
		s->changes = changes_between(&s->then.side, &s->now);
	if (s->changes != NULL)
		return EXIT_DONE;
	complain("pack", "%s", strerror(ENOMEM));
	return EXIT_INPUT;
}

static void since_close(struct since *s)
{
	changes_free(s->changes);
	side_clear(&s->now);
	if (s->opened)
		compared_close(&s->then);
	free(s->name);
}

static int write_pack(const struct wishes *w, const struct loaded *l, const struct since *since)
{
	char error[PACK_ERROR_MAX] = "";
	struct reconciliation *r = reconcile_make(&l->conclusions);
	if (r == NULL) {
		complain("pack", "%s", strerror(ENOMEM));
		return EXIT_INPUT;
	}
	const struct pack_input in = {
		.conclusions = &l->conclusions,
		.site = store_site(l->store),
		.previous = w->previous,
		.baseline = since->name,
		.baseline_sha256 = since->sha256,
		.changes = since->changes,
		.reconciliation = r,
		.knowledge = knowledge_directory(),
		.versions = version_print,
	};
	int err = pack_write(w->folder, &in, error);
	reconcile_free(r);
	if (err == 0)
		return EXIT_DONE;
	complain("pack", "%s", error);
	return err == PACK_EPREVIOUS ? EXIT_INPUT : EXIT_OUTPUT;
}

static int make(const struct wishes *w)
{
	struct loaded loaded;
	struct since since = {0};
	int code = loaded_open(&loaded, "pack", w->db, &w->files);
	if (code == EXIT_DONE && loaded.inventory->capture_count == 0) {
		complain("pack", "%s: holds no capture, so there is no evidence", w->db);
		code = EXIT_USAGE;
	}
	if (code == EXIT_DONE)
		code = since_open(&since, w, &loaded);
	if (code == EXIT_DONE)
		code = write_pack(w, &loaded, &since);
	since_close(&since);
	loaded_close(&loaded);
	return code;
}

static int verify(const struct wishes *w)
{
	char error[PACK_ERROR_MAX] = "";
	struct pack_check check;
	int err = pack_verify(w->verify, w->previous, stdout, &check, error);
	if (err != 0) {
		complain("pack", "%s", error);
		return EXIT_INPUT;
	}
	if (check.faults == 0)
		printf("%zu files as they were made", check.files);
	else
		printf("%zu fault%s in %zu files", check.faults, check.faults == 1 ? "" : "s", check.files);
	printf("; sign-off: %zu of %zu fields completed\nsha256 of " PACK_MANIFEST " %s\n", check.completed,
		check.completed + check.blanks, check.manifest_sha256);
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return check.faults == 0 ? EXIT_DONE : EXIT_ANSWER_NO;
	if (errno != EPIPE) /* the reader has seen enough */
		complain("pack", "standard output: %s", strerror(errno != 0 ? errno : EIO));
	return EXIT_OUTPUT;
}

/* EXIT_DONE, or EXIT_USAGE after one line. */
static int wishes_check(const struct wishes *w)
{
	if (w->verify == NULL && w->folder == NULL) {
		complain("pack", "say where: -o DIR makes a pack, --verify DIR compares one with its manifest");
		return EXIT_USAGE;
	}
	if (w->verify != NULL && (w->folder != NULL || w->baseline != NULL)) {
		complain("pack", "--verify compares and makes nothing: leave out -o and --baseline");
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

int command_pack(int argc, char **argv)
{
	struct wishes w = {.db = "earshot.db", .files = {.lenient = true}};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &w.db},
		{'o', "output", "DIR", "the folder to make; it must not be there, or be empty", .text = &w.folder},
		{'p', "previous", "DIR", "the pack before this one: the manifest names its hash", .text = &w.previous},
		{'b', "baseline", "NAME", "what changes are told since (the last accepted one)", .text = &w.baseline},
		DECLARATION_OPTIONS(w.files),
		{'v', "verify", "DIR", "name every altered, missing and added file of a pack", .text = &w.verify},
		{0},
	};
	const struct verb_usage usage = {"pack", "",
		"Write a folder of evidence for a security program (IEC 62443-2-1, 62443-3-2): register, evidence, "
		"zones, "
		"conduits, flows, map, coverage, changes, reconciliation, findings, open items, a form to sign, and a "
		"manifest.",
		rows,
		"What only people know says TO BE COMPLETED. The same store and declarations give the same bytes.\n"
		"The folder appears when it is complete. The sign-off form may be completed afterwards.\n"
		"Exit code of --verify: 0 as it was made, 1 it is not, 3 there is no manifest that can be read.\n",
		"  earshot pack --db plant.db -o pack-2026-06 --previous pack-2026-05\n"
		"  earshot pack --verify pack-2026-06\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("pack", "what is '%s'? See 'earshot pack --help'", argv[optind]);
		return EXIT_USAGE;
	}
	code = wishes_check(&w);
	if (code != EXIT_DONE)
		return code;
	return w.verify != NULL ? verify(&w) : make(&w);
}
