/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - the packets of capture files through the daemon's core, an epoch every so many packets.
 *
 *	replay STORE EPOCH PASSES NAME CAPTURE
 *
 * EPOCH packets are an epoch; it is committed before the next packet. 0: never before the end. PASSES times, each time later
 * by the length of the capture. After each commit a line "committed PACKETS" says what may not be lost any more.
 * $EARSHOT_FEED_LIMIT: largest file in bytes that the program may write (a full disk), until SIGUSR1.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "feed.h"

struct replay {
	struct watch *watch;
	uint64_t packets, epoch;
	int64_t shift_ns, last_ns;
};

static volatile sig_atomic_t lifted;

static void on_signal(int number)
{
	lifted = number == SIGUSR1;
}

/* A disk that is full as long as the limit stands: writes fail with EFBIG. */
static void limit_files(void)
{
	const char *limit = getenv("EARSHOT_FEED_LIMIT");
	struct rlimit r;
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGUSR1, on_signal);
	if (limit == NULL || getrlimit(RLIMIT_FSIZE, &r) != 0)
		return;
	r.rlim_cur = strtoull(limit, NULL, 10);
	setrlimit(RLIMIT_FSIZE, &r);
}

static void lift_limit(void)
{
	struct rlimit r;
	if (!lifted || getrlimit(RLIMIT_FSIZE, &r) != 0)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_FSIZE, &r);
	lifted = 0;
	puts("lifted");
}

static void commit(struct replay *r)
{
	struct watch_status s;
	lift_limit();
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
	const char *interval = getenv("EARSHOT_FEED_CONCLUDE_MS"), *silent = getenv("EARSHOT_FEED_SILENT_S");
	options.db = argv[1];
	options.capture_name = argv[4];
	options.ring_bytes = 0;
	options.conclude_interval_ns = interval != NULL ? strtoll(interval, NULL, 10) * 1000000 : 0;
	options.silent_after_ns = silent != NULL ? strtoll(silent, NULL, 10) * SECOND : 0;
	options.log = feed_log;
	options.event = feed_event;
	struct replay r = {.watch = feed_start(&options), .epoch = strtoull(argv[2], NULL, 10)};
	limit_files();
	for (long passes = strtol(argv[3], NULL, 10); passes > 0; passes--) {
		struct source *source;
		if (source_open(&source, argv[5]) != 0) {
			fprintf(stderr, "%s: %s\n", argv[5], source_error(source));
			return EXIT_FAILURE;
		}
		r.shift_ns += pass(&r, source);
		source_close(source);
	}
	lift_limit();
	int err = watch_end(r.watch);
	printf("end %d\n", err);
	return err == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
