/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - the packets of capture files through the daemon's core, an epoch every so many packets.
 *
 *	replay STORE EPOCH PASSES NAME CAPTURE
 *
 * EPOCH packets are an epoch; it is committed before the next packet. 0: never before the end. PASSES times, each time
 *later by the length of the capture. After each commit a line "committed PACKETS" says what may not be lost any more.
 * $EARSHOT_REPLAY_STEPS: lines "PACKETS COMMAND"; the shell gets the command when so many packets were taken ($PPID is
 * this program): how a test fills a disk and makes room again at a certain packet.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"

struct replay {
	struct watch *watch;
	uint64_t packets, epoch;
	int64_t shift_ns, last_ns;
	char *steps;
};

/* The command of the line whose turn it is; it is taken out of the list. */
static void do_steps(struct replay *r)
{
	char *rest;
	while (r->steps != NULL && *r->steps != 0 && strtoull(r->steps, &rest, 10) <= r->packets) {
		r->steps = strchrnul(rest, '\n');
		if (*r->steps != 0)
			*r->steps++ = 0;
		if (system(rest) != 0)
			fprintf(stderr, "step failed: %s\n", rest);
		printf("step %s\n", rest);
	}
}

static void commit(struct replay *r)
{
	struct watch_status s;
	feed_commit(r->watch);
	watch_status(r->watch, &s);
	printf("%s %llu\n", s.store == STORE_FINE ? "committed" : "waiting", (unsigned long long)r->packets);
	fflush(stdout);
}

static int64_t pass(struct replay *r, struct source *source)
{
	struct packet packet;
	int64_t first_ns = 0;
	while (source_next(source, &packet) == 1) {
		if (first_ns == 0)
			first_ns = packet.time_ns;
		if (packet.time_ns > r->last_ns)
			r->last_ns = packet.time_ns;
		if (packet.time_ns != 0)
			packet.time_ns += r->shift_ns;
		watch_packet(r->watch, &packet);
		if (++r->packets % (r->epoch != 0 ? r->epoch : UINT64_MAX) == 0)
			commit(r);
		do_steps(r);
	}
	return r->last_ns - first_ns + SECOND;
}

int main(int argc, char **argv)
{
	if (argc != 6) {
		fprintf(stderr, "usage: %s STORE EPOCH PASSES NAME CAPTURE\n", argv[0]);
		return EXIT_FAILURE;
	}
	struct watch_options options = watch_options_default;
	const char *interval = getenv("EARSHOT_REPLAY_CONCLUDE_MS"), *silent = getenv("EARSHOT_REPLAY_SILENT_S");
	options.db = argv[1];
	options.capture_name = argv[4];
	options.ring_bytes = 0;
	options.conclude_interval_ns = interval != NULL ? strtoll(interval, NULL, 10) * 1000000 : 0;
	options.silent_after_ns = silent != NULL ? strtoll(silent, NULL, 10) * SECOND : 0;
	options.log = feed_log;
	options.event = feed_event;
	struct replay r = {.watch = feed_start(&options), .epoch = strtoull(argv[2], NULL, 10)};
	char *steps = getenv("EARSHOT_REPLAY_STEPS") != NULL ? strdup(getenv("EARSHOT_REPLAY_STEPS")) : NULL;
	r.steps = steps;
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a full disk, not the end */
	for (long passes = strtol(argv[3], NULL, 10); passes > 0; passes--) {
		struct source *source;
		if (source_open(&source, argv[5]) != 0) {
			fprintf(stderr, "%s: %s\n", argv[5], source_error(source));
			return EXIT_FAILURE;
		}
		r.shift_ns += pass(&r, source);
		source_close(source);
	}
	int err = watch_end(r.watch);
	printf("end %d\n", err);
	free(steps);
	return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
