/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.c - the daemon: interfaces, sandbox and store in the order that lets each step give up what the next does not
 * need, then one loop that polls, ticks and answers signals.
 *
 *	configuration -> capture sockets -> sandbox_drop() -> store, writer thread -> sandbox_seal() -> packets
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "sensor/capture/live.h"
#include "sensor/command/command.h"
#include "sensor/command/options.h"
#include "sensor/conclude/knowledge.h"
#include "sensor/watch/budget.h"
#include "sensor/watch/config.h"
#include "sensor/watch/notify.h"
#include "sensor/watch/outlets.h"
#include "sensor/watch/sandbox.h"
#include "sensor/watch/watch.h"

#define POLL_MS 100              /* the longest wait: signals, epochs and link states are looked at so often */
#define LAST_POLL_MS 150         /* at the end: longer than the kernel keeps a block that is not full */
#define LAST_POLLS_NS 250000000  /* at the end: what is read of a ring that is full */
#define END_WITHIN_NS 1400000000 /* for the writer: two seconds are promised from SIGTERM to the end */
#define SECOND_NS 1000000000ll

/* What the command line says; it goes before the file, also when that is read again. */
struct words {
	const char *interfaces[LIVE_INTERFACES_MAX], *db, *site;
	unsigned interface_count;
};

struct daemon {
	const struct words *words;
	char *config_path; /* whole; NULL: there is none */
	struct watch_config *config;
	struct live *live;
	struct watch *watch;
	struct outlets *outlets;
	struct watch_sandbox sandbox;
	struct watch_options options;
	char capture_name[LIVE_INTERFACES_MAX * LIVE_NAME_MAX], status_path[PATH_MAX];
	int lock;            /* the file that says that this daemon has the store; 0: none yet */
	int64_t reported_ns; /* CLOCK_MONOTONIC of the last word to the watchdog */
};

static volatile sig_atomic_t told_to_end, told_to_reload, told_to_report;

static void on_signal(int number)
{
	if (number == SIGHUP)
		told_to_reload = 1;
	else if (number == SIGUSR1)
		told_to_report = 1;
	else
		told_to_end = 1;
}

static int64_t monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* A line for journald, which takes the priority from "<N>"; people at a terminal see none. */
static void log_line(void *to, int priority, const char *line)
{
	(void)to;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "earshot watch: %s\n", line);
	else
		fprintf(stderr, "<%d>%s\n", priority, line);
}

static void log_notice(void *to, const char *line)
{
	log_line(to, LOG_NOTICE, line);
}

static void log_warning(void *to, const char *line)
{
	log_line(to, LOG_WARNING, line);
}

/* Writer thread: after each round. */
static void report(void *to, struct watch_status *status)
{
	const struct daemon *d = to;
	outlets_report(d->outlets, status);
}

/* Writer thread. */
static void tell_event(void *to, const char *json_line)
{
	const struct daemon *d = to;
	outlets_event(d->outlets, json_line);
}

static void take_packet(void *to, const struct packet *packet)
{
	struct daemon *d = to;
	watch_packet(d->watch, packet);
}

static void fill_counters(const struct live *live, struct watch_counters *out)
{
	out->interface_count = live_count(live);
	for (unsigned i = 0; i < live_count(live); i++) {
		const struct live_counters *from = live_counters(live, i);
		struct watch_interface *to = &out->interfaces[i];
		snprintf(to->name, sizeof(to->name), "%s", from->name);
		to->up = from->state == LIVE_UP;
		to->gone = from->gone;
		to->packets = from->packets;
		to->bytes = from->bytes;
		to->kernel_drops = from->kernel_drops;
		to->interface_drops = from->interface_drops;
		to->transmitted = from->transmitted;
	}
}

static void set_options(struct daemon *d)
{
	const struct watch_config *c = d->config;
	d->options = watch_options_default;
	d->options.db = c->db;
	d->options.site = c->site;
	d->options.capture_name = d->capture_name;
	d->options.link_type = live_link_type_name(d->live);
	d->options.zones_file = c->zones;
	d->options.register_file = c->register_file;
	d->options.memory_bytes = (uint64_t)c->memory_mib << 20;
	d->options.ring_bytes = (uint64_t)c->ring_mib << 20;
	d->options.interval_ns = c->interval_s * SECOND_NS;
	d->options.conclude_interval_ns = c->conclude_interval_s * SECOND_NS;
	d->options.silent_after_ns = c->silent_after_s * SECOND_NS;
	d->options.end_within_ns = END_WITHIN_NS;
	d->options.log = log_line;
	d->options.report = report;
	d->options.event = c->events_file != NULL ? tell_event : NULL;
	d->options.to = d;
}

static int open_interfaces(struct daemon *d)
{
	const struct watch_config *c = d->config;
	struct live_options options = live_options_default;
	for (unsigned i = 0; i < c->interfaces_count; i++) {
		options.interfaces[options.interface_count++] = c->interfaces[i];
		size_t at = strlen(d->capture_name);
		snprintf(
			d->capture_name + at, sizeof(d->capture_name) - at, "%s%s", i > 0 ? " " : "", c->interfaces[i]);
	}
	options.ring_bytes = (uint64_t)c->ring_mib << 20;
	options.snap_bytes = c->snap_bytes;
	options.filter = c->filter;
	options.promiscuous = c->promiscuous != 0;
	options.hardware_time = c->hardware_time != 0;
	options.both_directions = c->direction != 0;
	int err = live_open(&d->live, &options, log_notice, NULL);
	if (err == 0)
		return EXIT_DONE;
	complain("watch", "%s", d->live != NULL ? live_error(d->live) : strerror(-err));
	return err == -EINVAL ? EXIT_USAGE : EXIT_INPUT;
}

/* The folder of a file, on the heap. */
static char *folder_of(const char *path)
{
	char *copy = strdup(path), *folder = copy != NULL ? strdup(dirname(copy)) : NULL;
	free(copy);
	return folder;
}

static int drop(struct daemon *d, struct sandbox_options *o)
{
	const struct watch_config *c = d->config;
	const char *const written[] = {
		c->db, c->metrics_file, c->events_file && strcmp(c->events_file, "-") != 0 ? c->events_file : NULL};
	/* Their folders, not the files: an editor puts a new file in the place of the old one. */
	const char *const read[] = {c->zones, c->register_file, d->config_path};
	char error[512] = "", *folders[SANDBOX_FOLDERS_MAX] = {0};
	unsigned count = 0, writable = 0, readable = 0;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
		if (written[i] != NULL && (folders[count] = folder_of(written[i])) != NULL)
			o->writable[writable++] = folders[count++];
	for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++)
		if (read[i] != NULL && (folders[count] = folder_of(read[i])) != NULL)
			o->readable[readable++] = folders[count++];
	o->readable[readable++] = knowledge_directory();
	o->readable[readable] = getenv("EARSHOT_CONFIG_DIR");
	o->user = c->user;
	o->landlock = c->landlock != 0;
	o->filter = (enum sandbox_filter)c->seccomp;
	o->socket_count = live_sockets(d->live, o->sockets);
	int err = sandbox_reserve(o);
	if (err == 0 && notify_open() != 0) /* written to later: above the reserved numbers, see sandbox.h */
		log_line(NULL, LOG_WARNING, "systemd cannot be notified");
	if (err == 0)
		err = sandbox_drop(o, &d->sandbox, error, sizeof(error));
	if (err != 0)
		complain("watch", "sandbox: %s", error[0] != 0 ? error : strerror(-err));
	for (unsigned i = 0; i < count; i++)
		free(folders[i]);
	memset(o->writable, 0, sizeof(o->writable));
	memset(o->readable, 0, sizeof(o->readable));
	return err == 0 ? EXIT_DONE : EXIT_USAGE;
}

/* Two daemons on one store would each load anew what the other writes, for ever. The lock ends with the process. */
static int lock_store(struct daemon *d)
{
	char path[PATH_MAX];
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	snprintf(path, sizeof(path), "%s.lock", d->config->db);
	d->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock < 0) {
		complain("watch", "%s: %s", path, strerror(errno));
		return EXIT_OUTPUT;
	}
	if (fcntl(d->lock, F_SETLK, &lock) == 0)
		return EXIT_DONE;
	fcntl(d->lock, F_GETLK, &lock);
	complain("watch", "%s: another earshot watch (process %ld) writes this store", d->config->db, (long)lock.l_pid);
	return EXIT_OUTPUT;
}

static int open_outlets(struct daemon *d)
{
	const struct watch_config *c = d->config;
	const struct outlets_options options = {
		.status = d->status_path, .metrics = c->metrics_file, .events = c->events_file, .log = log_line};
	int err = outlets_open(&d->outlets, &options);
	if (err == 0)
		return EXIT_DONE;
	complain("watch", "%s: %s", c->events_file, strerror(-err));
	return EXIT_OUTPUT;
}

/* What the command line says goes before the file. */
static int merge_words(struct watch_config *c, const struct words *w)
{
	if (w->interface_count > 0) {
		char **names = calloc(w->interface_count, sizeof(*names));
		for (unsigned i = 0; names != NULL && i < w->interface_count; i++)
			names[i] = strdup(w->interfaces[i]);
		if (names == NULL)
			return -ENOMEM;
		for (unsigned i = 0; i < c->interfaces_count; i++)
			free(c->interfaces[i]);
		free(c->interfaces);
		c->interfaces = names;
		c->interfaces_count = w->interface_count;
	}
	if (w->db != NULL) {
		free(c->db);
		c->db = strdup(w->db);
	}
	if (w->site != NULL) {
		free(c->site);
		c->site = strdup(w->site);
	}
	return 0;
}

/* What is read while running: intervals; zones and register by the writer. */
static void take_config(struct daemon *d, const struct watch_config *again)
{
	char line[512], fixed[256];
	struct watch_config *c = d->config;
	watch_config_fixed(c, again, fixed, sizeof(fixed));
	if (fixed[0] != 0) {
		snprintf(line, sizeof(line), "not changed before the next start: %s", fixed);
		log_line(NULL, LOG_NOTICE, line);
	}
	c->interval_s = again->interval_s;
	c->conclude_interval_s = again->conclude_interval_s;
	c->silent_after_s = again->silent_after_s;
	set_options(d);
	watch_configure(d->watch, &d->options);
	outlets_describe(d->outlets, &d->sandbox, d->options.interval_ns);
	log_line(NULL, LOG_NOTICE, "the configuration was read again");
}

static void reload(struct daemon *d)
{
	char line[PATH_MAX + 128];
	struct watch_config *again;
	notify("RELOADING=1");
	int err = watch_config_load(&again, d->config_path, log_warning, NULL);
	if (err == 0)
		err = merge_words(again, d->words);
	if (err == 0)
		err = watch_config_settle(again, log_warning, NULL);
	if (err == 0)
		take_config(d, again);
	else
		log_line(NULL, LOG_WARNING, "the configuration stays as it was");
	watch_config_free(again);
	err = outlets_reopen(d->outlets);
	if (err != 0) {
		snprintf(line, sizeof(line), "%s: %s; events go on into the file that is open", d->config->events_file,
			strerror(-err));
		log_line(NULL, LOG_WARNING, line);
	}
	notify("READY=1");
}

static void report_line(struct daemon *d)
{
	struct watch_status status;
	char line[WATCH_LINE_MAX];
	watch_status(d->watch, &status);
	watch_status_line(&status, line);
	log_line(NULL, LOG_INFO, line);
}

/* Until a signal ends it. */
static int listen_for_ever(struct daemon *d)
{
	struct watch_counters counters = {0};
	while (!told_to_end) {
		int status = live_poll(d->live, POLL_MS, take_packet, d);
		if (status < 0) {
			complain("watch", "%s", strerror(-status));
			return EXIT_INPUT;
		}
		int64_t now = monotonic_ns();
		live_refresh(d->live, now);
		fill_counters(d->live, &counters);
		watch_tick(d->watch, now, &counters);
		if (notify_watchdog_ns() > 0 && now - d->reported_ns >= notify_watchdog_ns()) {
			notify("WATCHDOG=1");
			d->reported_ns = now;
		}
		if (told_to_reload) {
			told_to_reload = 0;
			reload(d);
		}
		if (told_to_report) {
			told_to_report = 0;
			report_line(d);
		}
	}
	notify("STOPPING=1");
	int64_t until = monotonic_ns() + LAST_POLLS_NS; /* what the kernel has not handed over yet */
	while (live_poll(d->live, LAST_POLL_MS, take_packet, d) > 0 && monotonic_ns() < until)
		;
	live_refresh(d->live, until + SECOND_NS);
	fill_counters(d->live, &counters);
	watch_flush(d->watch, &counters);
	return EXIT_DONE;
}

static void take_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN); /* who reads the events may go */
}

static int run(struct daemon *d)
{
	char error[512] = "";
	struct sandbox_options sandbox = {0};
	int code = open_interfaces(d);
	if (code == EXIT_DONE)
		code = drop(d, &sandbox);
	if (code == EXIT_DONE)
		code = lock_store(d);
	if (code == EXIT_DONE)
		code = open_outlets(d);
	if (code != EXIT_DONE)
		return code;
	set_options(d);
	outlets_describe(d->outlets, &d->sandbox, d->options.interval_ns);
	take_signals();
	int err = watch_new(&d->watch, &d->options);
	if (err != 0) {
		complain("watch", "%s", d->watch != NULL ? watch_error(d->watch) : strerror(-err));
		watch_free(d->watch);
		return err == -EINVAL ? EXIT_USAGE : EXIT_OUTPUT;
	}
	if (sandbox_seal(&sandbox, &d->sandbox, error, sizeof(error)) != 0) {
		complain("watch", "sandbox: %s", error);
		watch_free(d->watch);
		return EXIT_USAGE;
	}
	outlets_describe(d->outlets, &d->sandbox, d->options.interval_ns);
	char line[PATH_MAX + 1024];
	snprintf(line, sizeof(line), "listening on %s into %s; sandbox: %s", d->capture_name, d->config->db,
		d->sandbox.detail);
	log_line(NULL, LOG_INFO, line);
	notify("READY=1");
	code = listen_for_ever(d);
	err = watch_end(d->watch);
	if (err != -ETIMEDOUT) /* the writer thread is at work still */
		outlets_close(d->outlets);
	if (err != 0) {
		complain("watch", "%s: the last facts could not be written: %s", d->config->db,
			err == -ETIMEDOUT ? "the disk was too slow" : strerror(-err));
		code = EXIT_OUTPUT;
	}
	return code;
}

static int check_config(const struct watch_config *c, const char *path)
{
	struct watch_budget budget;
	uint64_t least;
	if (watch_budget_make(&budget, (uint64_t)c->memory_mib << 20, (uint64_t)c->ring_mib << 20, &least) != 0) {
		complain("watch", "%s%smemory_mib: expected at least %" PRIu64 " with a ring of %u MiB",
			path != NULL ? path : "", path != NULL ? ": " : "", (least + (1u << 20) - 1) >> 20,
			c->ring_mib);
		return EXIT_USAGE;
	}
	if (watch_config_twice(c) != NULL) {
		complain("watch", "-i %s is given twice", watch_config_twice(c));
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

/* Reads and settles the configuration. The exit code. */
static int configure(struct daemon *d, const char *path)
{
	char verb[] = "watch", whole[PATH_MAX];
	if (watch_config_load(&d->config, path, warn_line, verb) != 0)
		return EXIT_USAGE;
	if (merge_words(d->config, d->words) != 0)
		return EXIT_OUTPUT;
	if (path != NULL && realpath(path, whole) != NULL)
		d->config_path = strdup(whole);
	int code = check_config(d->config, path);
	if (code == EXIT_DONE && watch_config_settle(d->config, warn_line, verb) != 0)
		code = EXIT_USAGE;
	if (code == EXIT_DONE && snprintf(d->status_path, sizeof(d->status_path), "%s.status.json", d->config->db) >=
					 (int)sizeof(d->status_path)) {
		complain("watch", "%s: the path is too long", d->config->db);
		code = EXIT_USAGE;
	}
	return code;
}

int command_watch(int argc, char **argv)
{
	struct words words = {0};
	const char *path = NULL;
	bool only_check = false;
	const struct option_row rows[] = {
		{'i', "interface", "NAME", "listen on this interface; up to 8 times", .list = words.interfaces,
			.list_count = &words.interface_count, .list_max = LIVE_INTERFACES_MAX},
		{'d', "db", "FILE", "the store (earshot.db)", .text = &words.db},
		{'s', "site", "NAME", "the site of a new store", .text = &words.site},
		{'c', "config", "FILE", "the configuration (" WATCH_CONFIG_PATH ", if it is there)", .text = &path},
		{0, "check-config", NULL, "read the configuration, print it whole, and end", .flag = &only_check},
		{0},
	};
	const struct verb_usage usage = {"watch", "-i INTERFACE",
		"Listen on a SPAN port or TAP until SIGTERM; never sends. See earshot.yaml(5).", rows,
		"Signals: SIGHUP reads the configuration again, SIGUSR1 writes a status line, SIGTERM stores what is "
		"known and ends.\n"
		"'earshot doctor -i INTERFACE' says whether the mirror port is right, 'earshot status' how the daemon "
		"is.\n",
		"  sudo earshot watch -i eth1 --db /var/lib/earshot/earshot.db\n"
		"  earshot watch --config earshot.yaml --check-config\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	if (optind < argc) {
		complain("watch", "'%s' is not an option; name interfaces with -i", argv[optind]);
		return EXIT_USAGE;
	}
	if (path == NULL && access(WATCH_CONFIG_PATH, F_OK) == 0)
		path = WATCH_CONFIG_PATH;
	struct daemon d = {.words = &words};
	code = configure(&d, path);
	if (code == EXIT_DONE && only_check) {
		watch_config_print(stdout, d.config);
	} else if (code == EXIT_DONE && d.config->interfaces_count == 0) {
		complain("watch", "name an interface: -i eth1, or interfaces: in the configuration");
		code = EXIT_USAGE;
	} else if (code == EXIT_DONE) {
		code = run(&d);
	}
	live_close(d.live);
	watch_config_free(d.config);
	free(d.config_path);
	return code;
}
