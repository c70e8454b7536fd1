/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - listens for a few seconds, and says whether the mirror port is right. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/command/options.h"
#include "sensor/flow/pipeline.h"
#include "sensor/util/table.h"
#include "sensor/watch/mirror.h"
#include "sensor/watch/sandbox.h"

#define SECONDS_USUAL 10
#define SECONDS_MAX 3600
#define LAST_POLL_MS 150 /* longer than the kernel keeps a block that is not full */

struct hearing {
	struct pipeline *pipeline;
	struct mirror_counts counts;
	uint32_t mtu;
};

static volatile sig_atomic_t told_to_end;

static void on_signal(int number)
{
	(void)number;
	told_to_end = 1;
}

static int64_t monotonic_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

static void take(void *to, const struct packet *packet)
{
	struct hearing *h = to;
	mirror_count(&h->counts, packet, h->mtu);
	pipeline_packet(h->pipeline, packet);
}

/* Listens through the pipeline that `read` and `watch` use. The seconds it took, or a negative errno. */
static double listen_to(struct live *live, struct hearing *h, unsigned seconds)
{
	int64_t begin = monotonic_ns(), end = begin + seconds * 1000000000ll, now;
	bool shown = isatty(STDERR_FILENO);
	while ((now = monotonic_ns()) < end && !told_to_end) {
		int status = live_poll(live, 100, take, h);
		if (status < 0)
			return status;
		live_refresh(live, now);
		if (shown)
			fprintf(stderr, "\rlistening, %lld s left, %llu packets ",
				/* NOLINTNEXTLINE(bugprone-misplaced-widening-cast): seconds are few */
				(long long)((end - now) / 1000000000 + 1), (unsigned long long)h->counts.packets);
	}
	int status = live_poll(live, LAST_POLL_MS, take, h); /* what the kernel has not handed over yet */
	if (status < 0)
		return status;
	if (shown)
		fputs("\r\033[K", stderr);
	live_refresh(live, now + 1000000000);
	return (double)(now - begin) / 1e9;
}

static int print_findings(const struct mirror *m)
{
	static const char *const words[] = {"ok   ", "note ", "BAD  "};
	int code = EXIT_DONE;
	for (unsigned i = 0; i < m->count; i++) {
		const struct mirror_finding *f = &m->findings[i];
		printf("%s%s\n", words[f->grade], f->what);
		if (f->meaning[0] != 0)
			printf("       means: %s\n       fix:   %s\n", f->meaning, f->fix);
		if (f->grade == MIRROR_BAD)
			code = EXIT_ANSWER_NO;
	}
	return code;
}

/* What comes over the wire is read with as little right as by the daemon: nothing is to be written, but for findings.
 */
static bool give_up_rights(const struct live *live)
{
	struct sandbox_options options = {.landlock = true};
	struct watch_sandbox state;
	char error[512] = "";
	options.socket_count = live_sockets(live, options.sockets);
	if (sandbox_drop(&options, &state, error, sizeof(error)) == 0 &&
		sandbox_seal(&options, &state, error, sizeof(error)) == 0)
		return true;
	complain("doctor", "sandbox: %s", error);
	return false;
}

static int listen_and_print(struct mirror *mirror, struct live *live, const char *interface, unsigned seconds)
{
	struct hearing h = {.mtu = mirror_mtu(interface)};
	struct inventory *inv = inventory_new(&inventory_limits_default);
	uint32_t row = inv != NULL ? inventory_capture_add(inv, interface) : INVENTORY_NONE;
	h.pipeline = row != INVENTORY_NONE ? pipeline_new(inv, row) : NULL;
	double took = h.pipeline == NULL ? -ENOMEM : give_up_rights(live) ? listen_to(live, &h, seconds) : -EPERM;
	pipeline_end(h.pipeline);
	int code = EXIT_INPUT;
	if (took < 0) {
		complain("doctor", "%s: %s", interface, strerror((int)-took));
	} else {
		mirror_hear(mirror, interface, inv, live_counters(live, 0), &h.counts, took);
		code = print_findings(mirror);
	}
	inventory_free(inv);
	return code;
}

static int examine(const char *interface, unsigned seconds)
{
	struct mirror mirror = {0};
	struct live_options options = live_options_default;
	struct live *live;
	options.interfaces[options.interface_count++] = interface;
	mirror_look(&mirror, interface);
	int err = live_open(&live, &options, NULL, NULL), code;
	if (err == 0) {
		mirror_look_promiscuous(&mirror, interface);
		code = listen_and_print(&mirror, live, interface, seconds);
	} else if (err == -ENETDOWN) { /* a finding, and it says what to do */
		code = print_findings(&mirror);
	} else {
		complain("doctor", "%s", live != NULL ? live_error(live) : strerror(-err));
		code = EXIT_INPUT;
	}
	live_close(live);
	return code;
}

int command_doctor(int argc, char **argv)
{
	const char *interface = NULL, *text = NULL;
	const struct option_row rows[] = {
		{'i', "interface", "NAME", "the interface that the mirror port ends at", .text = &interface},
		{'t', "seconds", "N", "how long to listen (10)", .text = &text},
		{0},
	};
	const struct verb_usage usage = {"doctor", "-i INTERFACE",
		"Say whether a SPAN port or TAP delivers what an inventory needs, and how to put it right. Never "
		"sends.",
		rows,
		"Ctrl-C ends the listening early; what was heard until then is judged.\n"
		"Exit code: 0 all is well, 1 something is BAD, 2 wrong usage, 3 the interface cannot be listened to.\n",
		"  sudo earshot doctor -i eth1\n"};
	int code = options_parse(&usage, argc, argv);
	if (code != OPTIONS_RUN)
		return code;
	char *end = NULL;
	long seconds = text != NULL ? strtol(text, &end, 10) : SECONDS_USUAL;
	if (text != NULL && (end == text || *end != 0 || seconds < 1 || seconds > SECONDS_MAX)) {
		complain("doctor", "--seconds '%s': expected a number from 1 to %d", text, SECONDS_MAX);
		return EXIT_USAGE;
	}
	if (interface == NULL && optind == argc - 1)
		interface = argv[optind++];
	if (interface == NULL || optind < argc) {
		complain("doctor", "name one interface: earshot doctor -i eth1");
		return EXIT_USAGE;
	}
	struct sigaction action = {.sa_handler = on_signal};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return examine(interface, (unsigned)seconds);
}
