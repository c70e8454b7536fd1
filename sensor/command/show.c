/* SPDX-License-Identifier: Apache-2.0 */
/* show.c - the inventory for people: which part of it, and for which rows. */
#include "sensor/command/show.h"

#include <errno.h>
#include <string.h>

#include "sensor/command/command.h"
#include "sensor/command/compared.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/util/text.h"

#include <unistd.h>

char *operations_text(char out[OPERATIONS_TEXT_MAX], unsigned operations)
{
	char *at = out;
	*at = 0;
	for (unsigned bit = 1; bit < 1u << OPERATION_BITS; bit <<= 1)
		if (operations & bit)
			at += sprintf(at, "%s%s", at > out ? " " : "", operation_name(bit)); /* all seven take 50 */
	return out;
}

static const char *first_address(const struct asset *a)
{
	for (size_t i = 0; i < a->interface_count; i++)
		if (a->interfaces[i].ip_count > 0)
			return a->interfaces[i].ips[0];
	return a->interface_count > 0 && a->interfaces[0].mac != NULL ? a->interfaces[0].mac : NULL;
}

char *asset_label(char out[LABEL_MAX], const struct conclusions *c, uint32_t asset)
{
	const struct asset *a = &c->assets[asset];
	const char *address = first_address(a);
	if (address == NULL && a->parent != ASSET_NONE && a->at.text != NULL) {
		const char *parent = first_address(&c->assets[a->parent]);
		snprintf(out, LABEL_MAX, "%s %s %s", parent != NULL ? parent : c->assets[a->parent].id,
			path_kind_name(a->at.kind), a->at.text);
	} else {
		snprintf(out, LABEL_MAX, "%s", address != NULL ? address : a->id);
	}
	return out;
}

void show_summary(FILE *out, const struct conclusions *c)
{
	const struct inventory *inv = c->inventory;
	uint64_t packets = 0;
	size_t parts = 0;
	for (uint32_t i = 0; i < inv->capture_count; i++)
		packets += inv->captures[i].packets;
	for (size_t i = 0; i < c->asset_count; i++)
		parts += c->assets[i].parent != ASSET_NONE;
	fprintf(out, "%u capture%s, %llu packets: %zu assets", inv->capture_count, inv->capture_count == 1 ? "" : "s",
		(unsigned long long)packets, c->asset_count - parts);
	if (parts > 0)
		fprintf(out, " and %zu behind them", parts);
	fprintf(out, ", %zu links, %u facts", c->link_count, inv->fact_count);
	if (c->unanswered_count > 0)
		fprintf(out, ", %zu addresses asked in vain", c->unanswered_count);
	fputs("\n\n", out);
	struct view v = {.out = out, .terminal = terminal_of(out), .c = c};
	if (c->asset_count > 0)
		show_assets(&v);
}

static const struct {
	const char *what;
	int (*show)(const struct view *v);
} views[] = {
	{"assets", show_assets},
	{"links", show_links},
	{"zones", show_zones},
	{"conduits", show_conduits},
	{"findings", show_findings},
	{"facts", show_facts},
	{"captures", show_captures},
	{"coverage", show_coverage},
};
#define VIEWS (sizeof(views) / sizeof(views[0]))

static const char more[] =
	"WHAT is one of\n"
	"  assets     devices, and what stands behind them (when nothing is named)\n"
	"  asset ID   one of them with the evidence of every value; ID is an id, an IP or MAC address, or a name\n"
	"  links      who talks to whom, and what they do\n"
	"  zones      declared and proposed zones, each with the reason for it\n"
	"  conduits   zones that talk, with a verdict; with a FILTER also their channels\n"
	"  findings   what a person should decide about, with the frames that show it\n"
	"  facts      every value with the capture and frame that said it\n"
	"  captures   what was read\n"
	"  coverage   what the captures could not show\n"
	"  changes    what is new, different or was not seen since a time or since a baseline\n"
	"\n"
	"Each FILTER is a word that the row must contain, or one of\n"
	"  " FILTER_KEY_WORDS "\n"
	"ip= and mac= match from the start: ip=10.0.3.\n";

static const char example[] = "  earshot show type=plc vendor=siemens\n"
			      "  earshot show asset 10.0.0.8\n"
			      "  earshot show links protocol=modbus write\n"
			      "  earshot show conduits verdict=denied\n"
			      "  earshot show findings severity=high\n"
			      "  earshot show changes --since 2026-03-02 --evidence\n"
			      "  earshot show --db plant.db coverage\n";

/* What to print, from the words of the command line; `words` are left to filter. */
struct request {
	size_t view;       /* VIEWS: one asset */
	const char *asset; /* which */
	char **words;
	int count;
};

static int understand(struct request *r, char **words, int count)
{
	*r = (struct request){.words = words, .count = count};
	if (count == 0)
		return EXIT_DONE;
	if (strcmp(words[0], "asset") == 0) {
		if (count != 2) {
			complain("show", "asset: name one by id, IP, MAC or name: 'earshot show asset 10.0.0.8'");
			return EXIT_USAGE;
		}
		*r = (struct request){.view = VIEWS, .asset = words[1]};
		return EXIT_DONE;
	}
	for (size_t i = 0; i < VIEWS; i++) {
		if (strcmp(words[0], views[i].what) == 0) {
			*r = (struct request){.view = i, .words = words + 1, .count = count - 1};
			return EXIT_DONE;
		}
	}
	if (strchr(words[0], '=') != NULL) /* "show type=plc": of assets */
		return EXIT_DONE;
	complain("show",
		"'%s' is none of assets, asset ID, links, zones, conduits, findings, facts, captures, coverage, changes; to filter, write 'show assets %s'",
		words[0], words[0]);
	return EXIT_USAGE;
}

static int print(const struct request *r, struct view *v)
{
	int err;
	if (r->view < VIEWS) {
		err = views[r->view].show(v);
	} else {
		uint32_t asset = conclusions_find(v->c, r->asset);
		if (asset == ASSET_NONE) {
			complain("show", "no asset has the id, address or name '%s'; 'earshot show assets' lists them",
				r->asset);
			return EXIT_USAGE;
		}
		err = show_asset(v, asset);
	}
	errno = 0;
	if (err == 0 && (fflush(v->out) != 0 || ferror(v->out)))
		err = errno != 0 ? -errno : -EIO;
	if (err == 0)
		return EXIT_DONE;
	if (err != -EPIPE) /* the reader has seen enough */
		complain("show", "standard output: %s", strerror(-err));
	return EXIT_OUTPUT;
}

static int print_changes(const char *db, const struct declaration_files *files, const char *since,
	enum changes_format format, int words)
{
	if (words > 1 || since == NULL) {
		complain("show", "changes: say since when: 'show changes --since 2026-03-02', or the name of a baseline");
		return EXIT_USAGE;
	}
	return show_changes(db, files, since, format);
}

int command_show(int argc, char **argv)
{
	const char *db = "earshot.db", *since = NULL;
	bool json = false, evidence = false;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		{0, "since", "WHEN", "of changes: a time, or the name of a baseline", .text = &since},
		{'e', "evidence", NULL, "of changes: with the frames of both sides", .flag = &evidence},
		{'j', "json", NULL, "of changes: as JSON", .flag = &json},
		DECLARATION_OPTIONS(files),
		{0},
	};
	const struct verb_usage usage = {"show", "[WHAT] [FILTER...]", "Print the inventory.", rows, more, example};
	struct view view = {.out = stdout, .terminal = terminal_of(stdout)};
	struct request request;
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc && strcmp(argv[optind], "changes") == 0)
		return print_changes(db, &files, since, json ? CHANGES_JSON : evidence ? CHANGES_EVIDENCE : CHANGES_TEXT,
			argc - optind);
	if (since != NULL || json || evidence) {
		complain("show", "--since, --evidence and --json are for 'show changes'");
		return EXIT_USAGE;
	}
	code = understand(&request, argv + optind, argc - optind);
	if (code == EXIT_DONE && !filter_parse(&view.filter, "show", request.words, (size_t)request.count))
		code = EXIT_USAGE;
	if (code != EXIT_DONE)
		return code;
	struct loaded loaded;
	code = loaded_open(&loaded, "show", db, &files);
	view.c = &loaded.conclusions;
	if (code == EXIT_DONE)
		code = print(&request, &view);
	loaded_close(&loaded);
	return code;
}
