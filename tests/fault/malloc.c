/* SPDX-License-Identifier: Apache-2.0 */
/*
 * malloc.c - memory that is out at any moment: the n-th allocation fails, and only that one, then all from the n-th on.
 *
 *	malloc CAPTURE...
 *
 * The linker puts the functions below between the sensor and the C library (--wrap). It is for ASan to watch: no crash,
 *and no leak. By itself it checks that a run with enough memory says the same before and after all that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/capture/source.h"
#include "sensor/flow/pipeline.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);

static unsigned long calls, fail_at; /* 0: none fails */
static bool fail_on;                 /* the later ones, too */

static bool is_out(void)
{
	calls++;
	return fail_at != 0 && (calls == fail_at || (fail_on && calls > fail_at));
}

void *__wrap_malloc(size_t size)
{
	return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return is_out() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return is_out() ? NULL : __real_aligned_alloc(alignment, size);
}

char *__wrap_strdup(const char *text)
{
	return is_out() ? NULL : __real_strdup(text);
}

/* The capture as an inventory of its own, as `earshot read` makes it. NULL when that was not possible. */
static struct inventory *read_capture(const char *path)
{
	struct source *source;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (source_open(&source, path) != 0 || inv == NULL) {
		source_close(source);
		inventory_free(inv);
		return NULL;
	}
	uint32_t row = inventory_capture_add(inv, path);
	struct pipeline *pipeline = row != INVENTORY_NONE ? pipeline_new(inv, row) : NULL;
	struct packet packet;
	while (pipeline != NULL && source_next(source, &packet) == 1)
		pipeline_packet(pipeline, &packet);
	pipeline_end(pipeline);
	bool read = pipeline != NULL && source_digest(source, inv->captures[row].sha256) == 0;
	source_close(source);
	if (read)
		return inv;
	inventory_free(inv);
	return NULL;
}

/* Reads it, and merges it into nothing. Facts and links found; what did not fit is counted in `*refused`. */
static uint32_t run(const char *path, uint64_t *refused)
{
	uint32_t rows = 0;
	calls = 0;
	struct inventory *inv = read_capture(path), *all = inventory_new(&inventory_limits_default);
	if (inv != NULL && all != NULL && inventory_merge(all, inv) == 0) {
		inventory_seal(all);
		rows = all->fact_count + all->link_count;
		*refused = all->refused + all->captures[0].evicted_rows;
	}
	inventory_free(inv);
	inventory_free(all);
	return rows;
}

int main(int argc, char **argv)
{
	unsigned long wrong = 0, runs = 0;
	for (int i = 1; i < argc; i++) {
		uint64_t refused = 0;
		fail_at = 0;
		uint32_t whole = run(argv[i], &refused);
		unsigned long last = calls;
		wrong += whole == 0 || refused != 0 || last < 20;
		for (unsigned both = 0; both < 2; both++) {
			fail_on = both != 0;
			for (fail_at = 1; fail_at <= last; fail_at++, runs++) {
				refused = 0;
				uint32_t rows = run(argv[i], &refused);
				if (rows > whole || (rows > 0 && rows < whole && refused == 0)) {
					printf("%s: allocation %lu fails: %u of %u rows, %u refused\n", argv[i],
						fail_at, (unsigned)rows, (unsigned)whole, (unsigned)refused);
					wrong++;
				}
			}
		}
		fail_at = 0;
		wrong += run(argv[i], &refused) != whole;
	}
	printf("%d captures, %lu runs, %lu wrong\n", argc - 1, runs, wrong);
	return wrong || runs == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
