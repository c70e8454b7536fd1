/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.c - capture files into the store.
 *
 * Each capture becomes an inventory of its own, which is merged when its SHA-256 is known and new: so the
 * order of reading does not matter and a second reading adds nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/capture/source.h"
#include "sensor/command/command.h"
#include "sensor/command/loaded.h"
#include "sensor/command/options.h"
#include "sensor/command/show.h"
#include "sensor/export/export.h"
#include "sensor/flow/pipeline.h"
#include "sensor/store/store.h"
#include "sensor/util/memory.h"
#include "sensor/util/progress.h"
#include "sensor/util/text.h"

#define NAME_BYTES 1024     /* four times what a file system takes */
#define PROGRESS_EVERY 4096 /* packets between two looks at the clock */
/* To take down what reading needed takes 10 ms: nothing beside so many packets, and worth it before so many conclusions. */
#define MANY_ENDPOINTS 20000
#define MANY_PACKETS 2000000

struct reading {
	struct inventory *inv; /* all that is known */
	struct progress progress;
	bool quiet;
	size_t file, files;
	uint64_t bytes_before, bytes_total; /* over all files; total 0: one of them is a pipe */
	uint64_t packets, captures, known;
	int code;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (strcmp(path, "-") == 0)
		return "(standard input)";
	return slash != NULL && slash[1] != 0 ? slash + 1 : path;
}

/* All packets of one source; what broke it is said on the way. 0, or -EINTR. */
static int read_packets(struct reading *r, struct source *source, const char *path, struct pipeline *pipeline)
{
	struct packet packet;
	int status;
	while ((status = source_next(source, &packet)) == 1) {
		pipeline_packet(pipeline, &packet);
		r->packets++;
		if (interrupted)
			return -EINTR;
		if (r->packets % PROGRESS_EVERY != 0)
			continue;
		progress_update(&r->progress, base_name(path), r->file, r->files,
			r->bytes_before + source_bytes_read(source), r->bytes_total, r->packets);
	}
	if (status == -EINTR)
		return status;
	if (status < 0) {
		progress_end(&r->progress);
		complain("read", "%s: byte %" PRIu64 ": %s; everything before it was read", path, source_cut_at(source),
			source_error(source));
		r->code = EXIT_INPUT;
	}
	return 0;
}

/* The capture as an inventory of its own. NULL without memory, or when interrupted. */
static struct inventory *read_capture(struct reading *r, struct source *source, const char *path)
{
	char name[NAME_BYTES]; /* a file system takes names that are no UTF-8 */
	text_from_wire(name, sizeof(name), base_name(path), strlen(base_name(path)));
	struct inventory *inv = inventory_new(&inventory_limits_default);
	uint32_t row = inv != NULL ? inventory_capture_add(inv, name) : INVENTORY_NONE;
	struct pipeline *pipeline = row != INVENTORY_NONE ? pipeline_new(inv, row) : NULL;
	int err = pipeline != NULL ? read_packets(r, source, path, pipeline) : -ENOMEM;
	pipeline_end(pipeline);
	if (err == -EINTR && source_bytes_total(source) == 0 && inv->captures[row].packets > 0) {
		source_stop(source); /* a file can be read again, a pipe cannot: what came through it is kept */
		err = 0;
	}
	if (err == 0) {
		struct capture *c = &inv->captures[row];
		err = source_digest(source, c->sha256);
		c->bytes = source_bytes_read(source);
		c->dropped_packets = source_dropped(source);
		c->cut_at_byte = source_cut_at(source);
		snprintf(c->link_type, sizeof(c->link_type), "%s", source_link_type(source));
	}
	if (err == 0)
		return inv;
	if (err != -EINTR) {
		complain("read", "%s: %s", path, strerror(-err));
		r->code = EXIT_INPUT;
	}
	inventory_free(inv);
	return NULL;
}

/* Puts what one capture said to what is known already. */
static int add_capture(struct reading *r, struct inventory *capture, const char *path)
{
	if (inventory_capture_by_sha256(r->inv, capture->captures[0].sha256) != INVENTORY_NONE) {
		progress_end(&r->progress);
		if (!r->quiet)
			fprintf(stderr, "earshot read: %s: was read before, adds nothing\n", path);
		r->known++;
		inventory_free(capture);
		return 0;
	}
	r->captures++;
	if (r->inv->capture_count == 0) {
		inventory_free(r->inv);
		r->inv = capture;
		return 0;
	}
	int err = inventory_merge(r->inv, capture);
	inventory_free(capture);
	return err;
}

static int read_file(struct reading *r, const char *path)
{
	struct source *source;
	int err = source_open(&source, path);
	if (err == -EINTR) {
		source_close(source);
		return 0;
	}
	if (err != 0) {
		progress_end(&r->progress);
		complain("read", "%s: %s", path, source != NULL ? source_error(source) : strerror(-err));
		r->code = EXIT_INPUT;
		source_close(source);
		return 0;
	}
	if (r->bytes_total == 0 && r->files == 1)
		r->bytes_total = source_bytes_total(source);
	struct inventory *capture = read_capture(r, source, path);
	r->bytes_before += source_bytes_read(source);
	source_close(source);
	if (capture == NULL)
		return 0;
	return add_capture(r, capture, path);
}

/* The size of all files, for the time left; 0 when one is a pipe or not there. */
static uint64_t total_bytes(int count, char **paths)
{
	uint64_t total = 0;
	for (int i = 0; i < count; i++) {
		struct stat st;
		if (strcmp(paths[i], "-") == 0 || stat(paths[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		total += (uint64_t)st.st_size;
	}
	return total;
}

/* Conclusions, store, and what the user asked to see. The exit code. */
static int finish(struct reading *r, struct store *store, const struct declarations *declarations, bool json)
{
	struct knowledge *knowledge;
	struct conclusions conclusions;
	int code = r->code;
	inventory_seal(r->inv);
	bool large = r->inv->endpoint_count > MANY_ENDPOINTS || r->packets > MANY_PACKETS;
	if (large) {
		pipelines_done();
		memory_give_back(); /* what the flows held */
	}
	if (knowledge_load(&knowledge, NULL, NULL, warn_line, (char[]){"read"}) != 0)
		return EXIT_USAGE;
	int err = conclusions_make(&conclusions, r->inv, knowledge, declarations);
	if (err != 0) {
		complain("read", "%s", strerror(-err));
		knowledge_free(knowledge);
		return EXIT_OUTPUT;
	}
	if (large)
		memory_give_back(); /* what was only needed to conclude */
	err = store_save(store, r->inv, &conclusions);
	if (err != 0) {
		complain("read", "%s", store_error(store));
		code = EXIT_OUTPUT;
	}
	if (json && (export_json(stdout, &conclusions, store_site(store)) != 0 || fflush(stdout) != 0)) {
		complain("read", "standard output: %s", strerror(errno));
		code = EXIT_OUTPUT;
	} else if (!json && !r->quiet) {
		show_summary(stdout, &conclusions);
	}
	conclusions_clear(&conclusions);
	knowledge_free(knowledge);
	return code;
}

static bool names_input_twice(int count, char **paths)
{
	int named = 0;
	for (int i = 0; i < count; i++)
		named += strcmp(paths[i], "-") == 0;
	return named > 1;
}

static int read_all(struct reading *r, int count, char **paths)
{
	r->files = (size_t)count;
	r->bytes_total = total_bytes(count, paths);
	progress_start(&r->progress, !r->quiet);
	int err = 0;
	for (int i = 0; i < count && err == 0 && !interrupted; i++) {
		r->file = (size_t)i + 1;
		err = read_file(r, paths[i]);
	}
	progress_end(&r->progress);
	if (interrupted) {
		complain("read", "interrupted; %" PRIu64 " of %d captures were read and stored", r->captures + r->known, count);
		r->code = EXIT_INPUT;
	}
	return err;
}

int command_read(int argc, char **argv)
{
	const char *db = "earshot.db", *site = NULL;
	bool quiet = false, json = false;
	struct declaration_files files = {0};
	const struct option_row rows[] = {
	    {'d', "db", "FILE", "the store to add to (earshot.db)", .text = &db},
	    {'s', "site", "NAME", "the site of a new store", .text = &site},
	    {'q', "quiet", NULL, "print nothing but errors", .flag = &quiet},
	    {'j', "json", NULL, "print the inventory as JSON", .flag = &json},
	    DECLARATION_OPTIONS(files),
	    {0},
	};
	const struct verb_usage usage = {"read", "[OPTION...] CAPTURE...",
	    "Analyse capture files (pcap, pcapng; .gz and .zst too; '-' is standard input) into the store.", rows,
	    "Exit code: 0 done, 2 wrong usage, 3 an input could not be read (the others were), 4 the store could not be written.\n",
	    "  earshot read --db plant.db monday.pcap tuesday.pcapng.gz\n"
	    "  tcpdump -w - -r trace.pcap 'port 502' | earshot read -\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind == argc) {
		complain("read", "name at least one capture file; 'earshot read --help' shows an example");
		return EXIT_USAGE;
	}
	if (names_input_twice(argc - optind, argv + optind)) {
		complain("read", "standard input ('-') can be read only once");
		return EXIT_USAGE;
	}
	if (site != NULL && !text_is_utf8(site)) {
		complain("read", "--site: expected UTF-8");
		return EXIT_USAGE;
	}
	struct declarations *declarations; /* a mistake in them is told before an hour of reading, not after it */
	code = declarations_open(&declarations, "read", db, &files);
	if (code != EXIT_DONE)
		return code;
	struct reading r = {.quiet = quiet || json, .inv = inventory_new(&inventory_limits_default)};
	struct store *store = NULL;
	int err = store_open(&store, db, STORE_WRITE, site);
	if (err == 0 && r.inv != NULL)
		err = store_load(store, r.inv);
	if (err != 0 || r.inv == NULL) {
		complain("read", "%s", store != NULL ? store_error(store) : strerror(ENOMEM));
		code = err == -EINVAL ? EXIT_USAGE : EXIT_OUTPUT; /* the wrong --site */
		goto out;
	}
	struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	err = read_all(&r, argc - optind, argv + optind);
	if (err != 0) {
		complain("read", "%s", strerror(-err));
		code = EXIT_OUTPUT;
		goto out;
	}
	if (r.captures == 0 && r.known == 0) { /* nothing was readable: no store appears */
		code = r.code;
		goto out;
	}
	code = finish(&r, store, declarations, json);
out:
	store_close(store);
	inventory_free(r.inv);
	declarations_free(declarations);
	return code;
}
