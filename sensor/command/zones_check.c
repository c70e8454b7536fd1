/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones_check.c - `earshot zones check`: what was seen against what people decided.
 *
 * Each conduit with its verdicts and the channels that are not allowed, then the findings by severity, then one line of
 * totals. The exit code is the answer: 1 when a channel is denied or its rule has expired. What nobody decided yet
 * (unreviewed) and findings alone are no "no": they are work, not violations.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/command/show.h"
#include "sensor/export/export.h"
#include "sensor/util/text.h"

/* What a person wants to see of channels. */
static bool is_violation(const struct channel *c)
{
	return c->verdict == CHANNEL_DENIED || c->verdict == CHANNEL_EXPIRED;
}

static bool is_not_allowed(const struct channel *c)
{
	return c->verdict != CHANNEL_ALLOWED;
}

/* "3 denied, 1 expired, 12 allowed", the worst first. */
static void put_counts(FILE *out, const uint64_t counts[CHANNEL_VERDICTS])
{
	static const enum verdict_of_channel order[] = {
		CHANNEL_DENIED, CHANNEL_EXPIRED, CHANNEL_UNREVIEWED, CHANNEL_ALLOWED, CHANNEL_NOT_OBSERVED};
	bool any = false;
	for (size_t i = 0; i < CHANNEL_VERDICTS; i++) {
		if (counts[order[i]] == 0)
			continue;
		fprintf(out, "%s%llu %s", any ? ", " : "", (unsigned long long)counts[order[i]],
			channel_verdict_name(order[i]));
		any = true;
	}
	if (!any)
		fputs("no channels", out);
}

/* Nobody decided anything here: every channel has the same reason, and one line tells it. */
static const char *undecided_reason(const struct conduit *conduit)
{
	if (conduit->channel_count == 0 || conduit->counts[CHANNEL_UNREVIEWED] != conduit->channel_count)
		return NULL;
	return conduit->channels[0].because;
}

static int put_conduit(const struct view *v, const struct conduit *conduit, bool all)
{
	uint64_t counts[CHANNEL_VERDICTS];
	const char *reason = undecided_reason(conduit);
	char *arrow = conduit_arrow(v->c, conduit);
	if (arrow == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < CHANNEL_VERDICTS; i++)
		counts[i] = conduit->counts[i];
	terminal_bold(v->out, v->terminal);
	text_print_terminal(v->out, arrow);
	terminal_plain(v->out, v->terminal);
	free(arrow);
	if (conduit->declared != NULL) {
		fputs("  conduit ", v->out);
		text_print_terminal(v->out, conduit->id);
	}
	fputs("  ", v->out);
	put_counts(v->out, counts);
	fputc('\n', v->out);
	if (reason != NULL && !all) {
		if (v->c->declarations == NULL) /* the head says so for all */
			return 0;
		fputs("  ", v->out);
		text_print_terminal(v->out, reason);
		fputc('\n', v->out);
		return 0;
	}
	return channels_print(v, conduit, all ? NULL : is_not_allowed);
}

static void put_totals(const struct view *v)
{
	uint64_t counts[CHANNEL_VERDICTS] = {0}, channels = 0;
	size_t by_severity[SEVERITY_HIGH + 1] = {0};
	for (size_t i = 0; i < v->c->conduit_count; i++)
		for (unsigned k = 0; k < CHANNEL_VERDICTS; k++) {
			counts[k] += v->c->conduits[i].counts[k];
			channels += v->c->conduits[i].counts[k];
		}
	for (size_t i = 0; i < v->c->finding_count; i++)
		by_severity[v->c->findings[i].severity]++;
	fprintf(v->out, "%zu zone%s, %zu conduit%s, %llu channel%s", v->c->zone_count, v->c->zone_count == 1 ? "" : "s",
		v->c->conduit_count, v->c->conduit_count == 1 ? "" : "s", (unsigned long long)channels,
		channels == 1 ? "" : "s");
	if (channels > 0) {
		fputs(": ", v->out);
		put_counts(v->out, counts);
	}
	fprintf(v->out, "; %zu finding%s", v->c->finding_count, v->c->finding_count == 1 ? "" : "s");
	bool any = false;
	for (unsigned s = SEVERITY_HIGH + 1; s-- > 0;) {
		if (by_severity[s] == 0)
			continue;
		fprintf(v->out, "%s%zu %s", any ? ", " : ": ", by_severity[s], severity_name((enum severity)s));
		any = true;
	}
	fputc('\n', v->out);
}

static int print_text(const struct view *v, bool all)
{
	int err = 0;
	if (v->c->declarations == NULL)
		fputs("nothing was declared: 'earshot zones propose' writes a file to begin with\n\n", v->out);
	for (size_t i = 0; i < v->c->conduit_count && err == 0; i++)
		err = put_conduit(v, &v->c->conduits[i], all);
	if (v->c->conduit_count > 0)
		fputc('\n', v->out);
	if (err == 0)
		err = show_findings(v);
	if (v->c->finding_count > 0)
		fputc('\n', v->out);
	put_totals(v);
	return err;
}

static int answer(const struct conclusions *c)
{
	for (size_t i = 0; i < c->conduit_count; i++)
		for (uint32_t k = 0; k < c->conduits[i].channel_count; k++)
			if (is_violation(&c->conduits[i].channels[k]))
				return EXIT_ANSWER_NO;
	return EXIT_DONE;
}

static int print(const struct loaded *l, bool json, bool all)
{
	struct view view = {.out = stdout, .terminal = terminal_of(stdout), .c = &l->conclusions};
	int err = json ? export_check(stdout, &l->conclusions, store_site(l->store)) : print_text(&view, all);
	errno = 0;
	if (err == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		err = errno != 0 ? -errno : -EIO;
	if (err == 0)
		return answer(&l->conclusions);
	if (err != -EPIPE) /* the reader has seen enough */
		complain("zones check", "standard output: %s", strerror(-err));
	return EXIT_OUTPUT;
}

int zones_check(int argc, char **argv)
{
	const char *db = "earshot.db";
	bool json = false, all = false;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
		{'d', "db", "FILE", "the store to read (earshot.db)", .text = &db},
		DECLARATION_OPTIONS(files),
		{'a', "all", NULL, "every channel, also those that are allowed", .flag = &all},
		{'j', "json", NULL, "captures, zones, conduits and findings as JSON", .flag = &json},
		{0},
	};
	const struct verb_usage usage = {"zones check", "",
		"Say of each channel between zones whether people allowed it, and what a person should decide about.",
		rows,
		"Verdicts: allowed; denied (accepted zones, and no rule allows it); unreviewed (nobody decided yet);\n"
		"expired (a rule allowed it until a day before it was last seen); not observed (allowed, never seen).\n"
		"Exit code: 0 nothing is denied or expired, 1 something is, 2 wrong usage or a mistake in a file,\n"
		"3 the store or a file could not be read, 4 the output could not be written.\n",
		"  earshot zones check --db plant.db\n"
		"  earshot zones check --db plant.db --json | jq '.findings[] | {severity, rule, text}'\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("zones check", "what is '%s'? See 'earshot zones check --help'", argv[optind]);
		return EXIT_USAGE;
	}
	struct loaded loaded;
	code = loaded_open(&loaded, "zones check", db, &files);
	if (code == EXIT_DONE)
		code = print(&loaded, json, all);
	loaded_close(&loaded);
	return code;
}
