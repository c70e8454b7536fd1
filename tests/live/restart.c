/* SPDX-License-Identifier: Apache-2.0 */
/* restart.c - how long the daemon's core takes from its start until it listens: restart STORE [MEMORY_MIB] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "feed.h"

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s STORE [MEMORY_MIB]\n", argv[0]);
		return EXIT_FAILURE;
	}
	struct watch_options options = watch_options_default;
	options.db = argv[1];
	options.log = feed_log;
	if (argc > 2)
		options.memory_bytes = strtoull(argv[2], NULL, 10) << 20;
	int64_t start = now_ns();
	struct watch *w = feed_start(&options);
	int64_t loaded = now_ns();
	feed_commit(w); /* the first round: conclusions of all that is known */
	int64_t concluded = now_ns();
	struct watch_status s;
	watch_status(w, &s);
	printf("listening after %lld ms, first conclusions after %lld ms\n", (long long)((loaded - start) / 1000000),
		(long long)((concluded - start) / 1000000));
	feed_print_status(&s);
	return watch_end(w) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
