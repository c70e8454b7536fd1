/* SPDX-License-Identifier: Apache-2.0 */
/* baseline.c - `earshot baseline accept` and `earshot baseline list`: inventories that a person stands for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/export/element.h"
#include "sensor/export/export.h"
#include "sensor/store/baseline.h"
#include "sensor/util/table.h"
#include "sensor/util/text.h"

/* Typed again later, and printed as it is: no control characters, nothing that reorders what people read. */
static bool is_plain(const char *text, size_t max, bool lines)
{
	size_t len = strlen(text);
	if (len > max || !text_is_utf8(text))
		return false;
	for (size_t i = 0; i < len;) {
		size_t size = text_utf8_len((const unsigned char *)text + i, len - i);
		if (!(lines && (text[i] == '\n' || text[i] == '\t')) &&
			text_is_unsafe(text_code_point((const unsigned char *)text + i, size)))
			return false;
		i += size;
	}
	return true;
}

static int64_t window_end(const struct inventory *inv)
{
	int64_t end = 0;
	for (uint32_t i = 0; i < inv->capture_count; i++)
		if (inv->captures[i].last_ns > end)
			end = inv->captures[i].last_ns;
	return end;
}

/* The inventory as JSON, on the heap, and what is told of it. */
static int snapshot(struct baseline *b, const char *db, const struct declaration_files *files, char **json, size_t *len)
{
	struct loaded l;
	int code = loaded_open(&l, "baseline", db, files);
	if (code == EXIT_DONE && l.inventory->capture_count == 0) {
		complain("baseline", "%s: holds no capture, so there is nothing to accept", db);
		code = EXIT_USAGE;
	}
	if (code == EXIT_DONE) {
		FILE *out = open_memstream(json, len);
		int err = out != NULL ? export_json(out, &l.conclusions, store_site(l.store)) : -ENOMEM;
		if (out != NULL && fclose(out) != 0 && err == 0)
			err = -ENOMEM;
		b->time_ns = window_end(l.inventory);
		for (size_t i = 0; i < l.conclusions.asset_count; i++)
			b->assets += l.conclusions.assets[i].parent == ASSET_NONE;
		if (err != 0)
			complain("baseline", "%s: %s", db, strerror(-err));
		code = err == 0 ? EXIT_DONE : EXIT_INPUT;
	}
	loaded_close(&l);
	return code;
}

static int keep(struct baseline *b, const char *db, const char *json, size_t len)
{
	struct store *store = NULL;
	int err = store_open(&store, db, STORE_WRITE, NULL);
	if (err == 0)
		err = store_baseline_add(store, b, json, len);
	if (err != 0)
		complain("baseline", "%s", store_error(store));
	store_close(store);
	return err == 0 ? EXIT_DONE : err == -EEXIST ? EXIT_USAGE : EXIT_OUTPUT;
}

static int accept(int argc, char **argv)
{
	const char *db = "earshot.db", *by = "", *note = "";
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store (earshot.db)", .text = &db},
		{0, "by", "PERSON", "who accepts it", .text = &by},
		{0, "note", "TEXT", "why, or under which change", .text = &note},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {"baseline accept", "NAME",
		"Keep the inventory of the store as it is now under a NAME, with its SHA-256. Its date is the end of "
		"the "
		"capture window. It is never altered.",
		rows, NULL,
		"  earshot baseline accept FAT --db plant.db --by 'A. Person' --note 'as built'\n"
		"  earshot diff --db plant.db --baseline FAT\n"};
	char *json = NULL, time[TIME_TEXT_MAX];
	size_t len = 0;
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (argc - optind != 1) {
		complain("baseline", "give the baseline one name: 'earshot baseline accept FAT'");
		return EXIT_USAGE;
	}
	struct baseline b = {.name = argv[optind], .accepted_by = by, .note = note, .sensor = EARSHOT_VERSION};
	if (b.name[0] == '\0' || !is_plain(b.name, BASELINE_NAME_MAX, false) ||
		!is_plain(by, BASELINE_NOTE_MAX, false) || !is_plain(note, BASELINE_NOTE_MAX, true)) {
		complain("baseline", "a name has 1 to %d bytes, a note at most %d, of UTF-8 without control characters",
			BASELINE_NAME_MAX, BASELINE_NOTE_MAX);
		return EXIT_USAGE;
	}
	code = snapshot(&b, db, &files, &json, &len);
	if (code == EXIT_DONE)
		code = keep(&b, db, json, len);
	free(json);
	if (code == EXIT_DONE)
		printf("baseline %s: %llu assets as of %s, sha256 %s\n", b.name, (unsigned long long)b.assets,
			time_text(time, b.time_ns), b.sha256);
	return code;
}

static const struct table_column columns[] = {{.title = "NAME", .least = 12}, {.title = "AS OF", .least = 27},
	{.title = "ASSETS", .right = true}, {.title = "BY", .least = 8}, {.title = "NOTE", .least = 16, .rank = 1},
	{.title = "SHA-256", .least = 16, .rank = 2}};

static int list_text(const struct baselines *list)
{
	struct table t;
	table_init(&t, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < list->count; i++) {
		const struct baseline *b = &list->at[i];
		char time[TIME_TEXT_MAX];
		table_cell(&t, b->name);
		table_cell(&t, time_text(time, b->time_ns));
		table_cell_format(&t, "%llu", (unsigned long long)b->assets);
		table_cell(&t, b->accepted_by);
		table_cell(&t, b->note);
		table_cell(&t, b->sha256);
	}
	int err = list->count > 0 ? table_print(&t, stdout, terminal_of(stdout), 0) : 0;
	table_clear(&t);
	return err;
}

static int list_json(const struct baselines *list)
{
	struct element_writer w = {.out = stdout};
	fputs("{\"schema\": \"earshot.baselines/1\", \"baselines\": [", stdout);
	for (size_t i = 0; i < list->count; i++) {
		const struct baseline *b = &list->at[i];
		char time[TIME_TEXT_MAX];
		cJSON *o = element_new(&w);
		element_text(&w, o, "name", b->name);
		element_text_copy(&w, o, "time", time_text(time, b->time_ns));
		element_text(&w, o, "accepted_by", b->accepted_by);
		element_text(&w, o, "note", b->note);
		element_text(&w, o, "sensor", b->sensor);
		element_number(&w, o, "assets", b->assets);
		element_number(&w, o, "bytes", b->bytes);
		element_text(&w, o, "sha256", b->sha256);
		fputs(i > 0 ? ",\n  " : "\n  ", stdout);
		element_write(&w, o);
	}
	fputs("]}\n", stdout);
	return w.err;
}

static int list(int argc, char **argv)
{
	const char *db = "earshot.db";
	bool json = false;
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store (earshot.db)", .text = &db},
		{'j', "json", NULL, "as JSON", .flag = &json},
		{0},
	};
	const struct verb_usage usage = {"baseline list", "",
		"Name the baselines of the store in the order in which they were accepted.", rows, NULL,
		"  earshot baseline list --db plant.db\n"};
	struct store *store = NULL;
	struct baselines found = {0};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("baseline", "list takes no words; what is '%s'?", argv[optind]);
		return EXIT_USAGE;
	}
	int err = store_open(&store, db, STORE_READ, NULL);
	if (err == 0)
		err = store_baselines(store, &found);
	if (err != 0) {
		complain("baseline", "%s", store_error(store));
		code = EXIT_INPUT;
	} else {
		errno = 0;
		err = json ? list_json(&found) : list_text(&found);
		if (err == 0 && (fflush(stdout) != 0 || ferror(stdout)))
			err = errno != 0 ? -errno : -EIO;
		if (err != 0 && err != -EPIPE) /* the reader has seen enough */
			complain("baseline", "standard output: %s", strerror(-err));
		code = err == 0 ? EXIT_DONE : EXIT_OUTPUT;
	}
	baselines_clear(&found);
	store_close(store);
	return code;
}

static void help(FILE *out)
{
	fputs("Usage: earshot baseline VERB [OPTION...]\nInventories that a person accepted, kept as they were.\n\n"
	      "  accept   keep the inventory of the store under a name\n"
	      "  list     name those that the store has\n"
	      "\n  earshot baseline VERB --help   the options of a verb, with an example\n\n"
	      "Examples:\n  earshot baseline accept FAT --db plant.db --by 'A. Person'\n"
	      "  earshot diff --db plant.db --baseline FAT\n",
		out);
}

int command_baseline(int argc, char **argv)
{
	if (argc < 2) {
		complain("baseline", "accept or list? See 'earshot baseline --help'");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "accept") == 0)
		return accept(argc - 1, argv + 1);
	if (strcmp(argv[1], "list") == 0)
		return list(argc - 1, argv + 1);
	complain("baseline", "'%s' is neither accept nor list; see 'earshot baseline --help'", argv[1]);
	return EXIT_USAGE;
}
