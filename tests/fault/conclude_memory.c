/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conclude_memory.c - memory that is out at any moment while conclusions are made: assets, zones, conduits, findings.
 *
 *	conclude_memory CAPTURE
 *
 * Each allocation fails once, alone and with all after it. The answer must be -ENOMEM and nothing left behind, or the
 * whole; ASan watches for crashes and leaks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/capture/source.h"
#include "sensor/conclude/asset.h"
#include "sensor/flow/pipeline.h"

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);

static unsigned long calls, fail_at; /* 0: none fails */
static bool fail_on;                 /* the later ones, too */

static bool is_out(void)
{
	calls++;
	return fail_at != 0 && (calls == fail_at || (fail_on && calls > fail_at));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
	return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return is_out() ? NULL : __real_realloc(old, size);
}

static void warned(void *to, const char *line)
{
	(void)to;
	fprintf(stderr, "%s\n", line);
}

static struct inventory *read_capture(const char *path)
{
	struct source *source;
	struct packet packet;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (inv == NULL || source_open(&source, path) != 0)
		exit(EXIT_FAILURE);
	struct pipeline *pipeline = pipeline_new(inv, inventory_capture_add(inv, path));
	while (source_next(source, &packet) == 1)
		pipeline_packet(pipeline, &packet);
	pipeline_end(pipeline);
	source_close(source);
	return inv;
}

int main(int argc, char **argv)
{
	struct knowledge *knowledge;
	struct conclusions c;
	if (argc != 2 || knowledge_load(&knowledge, NULL, NULL, warned, NULL) != 0)
		return EXIT_FAILURE;
	struct inventory *inv = read_capture(argv[1]);
	unsigned long wrong = 0, runs = 0;
	if (conclusions_make(&c, inv, knowledge, NULL) != 0) /* reads the tables that are read at need */
		return EXIT_FAILURE;
	size_t zones = c.zone_count, conduits = c.conduit_count;
	conclusions_clear(&c);
	calls = 0;
	wrong += conclusions_make(&c, inv, knowledge, NULL) != 0;
	conclusions_clear(&c);
	const unsigned long last = calls;
	for (unsigned both = 0; both < 2; both++) {
		fail_on = both != 0;
		for (fail_at = 1; fail_at <= last; fail_at++, runs++) {
			calls = 0;
			int err = conclusions_make(&c, inv, knowledge, NULL);
			wrong += err != -ENOMEM && (err != 0 || c.zone_count != zones || c.conduit_count != conduits);
			conclusions_clear(&c);
		}
	}
	fail_at = 0;
	knowledge_free(knowledge);
	inventory_free(inv);
	printf("%lu runs, %lu wrong; %zu zones, %zu conduits\n", runs, wrong, zones, conduits);
	return wrong != 0 || runs < 20 || zones < 2 || conduits < 2 ? EXIT_FAILURE : EXIT_SUCCESS;
}
