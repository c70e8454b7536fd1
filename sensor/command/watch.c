/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.c - the daemon: interfaces, sandbox and store in the order that lets each step give up what the next does not
 * need, then one loop that polls, ticks and answers signals.
 *
 *	configuration -> capture sockets -> sandbox_drop() -> store, writer thread -> sandbox_seal() -> packets
 */
#include <errno.h>
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
#include "sensor/watch/sandbox.h"
#include "sensor/watch/watch.h"

#define POLL_MS 100              /* the longest wait: signals, epochs and link states are looked at so often */
#define LAST_POLL_MS 150         /* at the end: longer than the kernel keeps a block that is not full */
#define END_WITHIN_NS 1700000000 /* SIGTERM to the end: two seconds are promised */
#define SECOND_NS 1000000000ll

struct daemon {
	const char *config_path;
	struct watch_config *config;
	struct live *live;
	struct watch *watch;
	struct watch_sandbox sandbox;
	struct watch_options options;
	char capture_name[LIVE_INTERFACES_MAX * LIVE_NAME_MAX], status_path[PATH_MAX], store_path[PATH_MAX];
	FILE *events;
	int64_t reported_ns; /* CLOCK_MONOTONIC of the last look at the watchdog */
	bool status_failed;
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
	struct daemon *d = to;
	char line[PATH_MAX + 128];
	status->sandbox = d->sandbox;
	int err = watch_status_write(status, d->status_path);
	if (d->config->metrics_file != NULL && err == 0)
		err = watch_metrics_write(status, d->config->metrics_file);
	if (err != 0 && !d->status_failed) {
		snprintf(line, sizeof(line), "%s: %s; the status is not up to date", d->status_path, strerror(-err));
		log_line(NULL, LOG_WARNING, line);
	}
	d->status_failed = err != 0;
}

/* Writer thread. */
static void tell_event(void *to, const char *json_line)
{
	struct daemon *d = to;
	if (d->events == NULL)
		return;
	fputs(json_line, d->events);
	fflush(d->events);
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
	d->options.db = d->store_path;
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
	d->options.event = d->events != NULL ? tell_event : NULL;
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

/* Whole paths: the folder that the process was started in may not be readable afterwards. */
static bool settle_paths(struct daemon *d)
{
	const char *db = d->config->db != NULL ? d->config->db : "earshot.db", *slash = strrchr(db, '/');
	char *folder = folder_of(db), *whole = folder != NULL ? realpath(folder, NULL) : NULL;
	bool found = whole != NULL;
	if (!found)
		complain("watch", "%s: %s; make the folder of the store first", folder != NULL ? folder : db,
			strerror(errno));
	else if (snprintf(d->store_path, sizeof(d->store_path), "%s/%s", whole, slash != NULL ? slash + 1 : db) >=
			 (int)sizeof(d->store_path) ||
		 snprintf(d->status_path, sizeof(d->status_path), "%s.status.json", d->store_path) >=
			 (int)sizeof(d->status_path))
		found = false;
	free(folder);
	free(whole);
	return found;
}

static int drop(struct daemon *d, struct sandbox_options *o)
{
	const struct watch_config *c = d->config;
	const char *data = getenv("EARSHOT_CONFIG_DIR");
	char error[512] = "",
	     *folders[3] = {folder_of(d->store_path), c->metrics_file ? folder_of(c->metrics_file) : NULL,
		     c->events_file && strcmp(c->events_file, "-") != 0 ? folder_of(c->events_file) : NULL};
	unsigned writable = 0, readable = 0;
	for (unsigned i = 0; i < 3; i++)
		if (folders[i] != NULL)
			o->writable[writable++] = folders[i];
	const char *read[] = {c->zones, c->register_file, d->config_path, data, knowledge_directory()};
	for (unsigned i = 0; i < sizeof(read) / sizeof(read[0]); i++)
		if (read[i] != NULL)
			o->readable[readable++] = read[i];
	o->user = c->user;
	o->landlock = c->landlock != 0;
	o->filter = (enum sandbox_filter)c->seccomp;
	o->socket_count = live_sockets(d->live, o->sockets);
	int err = sandbox_drop(o, &d->sandbox, error, sizeof(error));
	if (err != 0)
		complain("watch", "sandbox: %s", error);
	for (unsigned i = 0; i < 3; i++)
		free(folders[i]);
	memset(o->writable, 0, sizeof(o->writable));
	return err == 0 ? EXIT_DONE : EXIT_USAGE;
}

static int open_events(struct daemon *d)
{
	const char *path = d->config->events_file;
	if (path == NULL)
		return EXIT_DONE;
	d->events = strcmp(path, "-") == 0 ? stdout : fopen(path, "ae");
	if (d->events != NULL)
		return EXIT_DONE;
	complain("watch", "%s: %s", path, strerror(errno));
	return EXIT_OUTPUT;
}

static void reload(struct daemon *d)
{
	struct watch_config *again;
	notify("RELOADING=1");
	if (watch_config_load(&again, d->config_path, log_warning, NULL) == 0) {
		struct watch_config *c = d->config;
		if (again->ring_mib != c->ring_mib || again->memory_mib != c->memory_mib ||
			again->snap_bytes != c->snap_bytes)
			log_line(NULL, LOG_NOTICE, "ring_mib, memory_mib and snap_bytes change with the next start");
		c->interval_s = again->interval_s;
		c->conclude_interval_s = again->conclude_interval_s;
		c->silent_after_s = again->silent_after_s;
		set_options(d);
		watch_configure(d->watch, &d->options);
		watch_config_free(again);
		log_line(NULL, LOG_NOTICE, "the configuration was read again");
	} else {
		log_line(NULL, LOG_WARNING, "the configuration stays as it was");
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
	live_poll(d->live, LAST_POLL_MS, take_packet, d); /* what the kernel has not handed over yet */
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
	int code = settle_paths(d) ? open_interfaces(d) : EXIT_OUTPUT;
	if (code == EXIT_DONE)
		code = drop(d, &sandbox);
	if (code == EXIT_DONE && notify_open() != 0) /* written to later, so opened after sandbox_drop() */
		log_line(NULL, LOG_WARNING, "systemd cannot be notified");
	if (code == EXIT_DONE)
		code = open_events(d);
	if (code != EXIT_DONE)
		return code;
	set_options(d);
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
	char line[PATH_MAX + 1024];
	snprintf(line, sizeof(line), "listening on %s into %s; sandbox: %s", d->capture_name, d->store_path,
		d->sandbox.detail);
	log_line(NULL, LOG_INFO, line);
	notify("READY=1");
	code = listen_for_ever(d);
	err = watch_end(d->watch);
	if (err != 0) {
		complain("watch", "%s: the last facts could not be written: %s", d->store_path,
			err == -ETIMEDOUT ? "the disk was too slow" : strerror(-err));
		code = EXIT_OUTPUT;
	}
	return code;
}

/* What the command line says goes before the file. */
static int merge_options(
	struct watch_config *c, const char *const *interfaces, unsigned count, const char *db, const char *site)
{
	if (count > 0) {
		char **names = calloc(count, sizeof(*names));
		for (unsigned i = 0; names != NULL && i < count; i++)
			names[i] = strdup(interfaces[i]);
		if (names == NULL)
			return -ENOMEM;
		for (unsigned i = 0; i < c->interfaces_count; i++)
			free(c->interfaces[i]);
		free(c->interfaces);
		c->interfaces = names;
		c->interfaces_count = count;
	}
	if (db != NULL) {
		free(c->db);
		c->db = strdup(db);
	}
	if (site != NULL) {
		free(c->site);
		c->site = strdup(site);
	}
	return 0;
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
	return EXIT_DONE;
}

int command_watch(int argc, char **argv)
{
	const char *interfaces[LIVE_INTERFACES_MAX], *db = NULL, *site = NULL, *path = NULL;
	unsigned count = 0;
	bool only_check = false;
	const struct option_row rows[] = {
		{'i', "interface", "NAME", "listen on this interface; up to 8 times", .list = interfaces,
			.list_count = &count, .list_max = LIVE_INTERFACES_MAX},
		{'d', "db", "FILE", "the store (earshot.db)", .text = &db},
		{'s', "site", "NAME", "the site of a new store", .text = &site},
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
	struct daemon d = {.config_path = path};
	if (watch_config_load(&d.config, path, warn_line, (char[]){"watch"}) != 0)
		return EXIT_USAGE;
	code = merge_options(d.config, interfaces, count, db, site) == 0 ? check_config(d.config, path) : EXIT_OUTPUT;
	if (code == EXIT_DONE && only_check) {
		watch_config_print(stdout, d.config);
	} else if (code == EXIT_DONE && d.config->interfaces_count == 0) {
		complain("watch", "name an interface: -i eth1, or interfaces: in the configuration");
		code = EXIT_USAGE;
	} else if (code == EXIT_DONE) {
		code = run(&d);
	}
	if (d.events != NULL && d.events != stdout)
		fclose(d.events);
	live_close(d.live);
	watch_config_free(d.config);
	return code;
}
