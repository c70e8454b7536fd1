/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change_memory.c - memory that is out at any moment while two inventories are compared.
 *
 *	change_memory CAPTURE
 *
 * The sides are the capture and its first half, of conclusions and of JSON. Each allocation fails once, alone and with
 * all after it. The answer must be that there is no memory, or the whole; ASan watches for crashes and leaks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/capture/source.h"
#include "sensor/change/change.h"
#include "sensor/export/export.h"
#include "sensor/flow/pipeline.h"
#include "sensor/inventory/until.h"

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

static struct conclusions conclusions[2];
static char *texts[2];

/* How many changes; -1: no memory. */
static long compare(bool json)
{
	struct side sides[2] = {0};
	char error[SIDE_ERROR_MAX];
	long count = 0;
	for (unsigned i = 0; i < 2 && count == 0; i++) {
		int err = json ? side_of_json(&sides[i], texts[i], strlen(texts[i]), error)
			       : side_of_conclusions(&sides[i], &conclusions[i], "");
		count = err == -ENOMEM ? -1 : err != 0 ? -2 : 0;
	}
	if (count == 0) {
		struct changes *changes = changes_between(&sides[0], &sides[1]);
		count = changes != NULL ? (long)changes->count : -1;
		changes_free(changes);
	}
	side_clear(&sides[0]);
	side_clear(&sides[1]);
	return count;
}

static char *exported(const struct conclusions *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	if (out == NULL || export_json(out, c, "") != 0)
		exit(EXIT_FAILURE);
	fclose(out);
	return text;
}

static unsigned long starve(bool json, unsigned long *runs)
{
	fail_at = calls = 0;
	const long whole = compare(json);
	const unsigned long last = calls;
	unsigned long wrong = whole < 10; /* something to tell */
	for (unsigned both = 0; both < 2; both++) {
		fail_on = both != 0;
		for (fail_at = 1; fail_at <= last; fail_at++, (*runs)++) {
			calls = 0;
			long count = compare(json);
			wrong += count != -1 && count != whole;
		}
	}
	fail_at = 0;
	return wrong;
}

int main(int argc, char **argv)
{
	struct knowledge *knowledge;
	if (argc != 2 || knowledge_load(&knowledge, NULL, NULL, warned, NULL) != 0)
		return EXIT_FAILURE;
	struct inventory *all = read_capture(argv[1]);
	const struct capture *c = &all->captures[0];
	struct inventory *half = inventory_until(all, c->first_ns + (c->last_ns - c->first_ns) / 2);
	const struct inventory *const inventories[2] = {half, all};
	if (half == NULL)
		return EXIT_FAILURE;
	for (unsigned i = 0; i < 2; i++) {
		if (conclusions_make(&conclusions[i], inventories[i], knowledge, NULL) != 0)
			return EXIT_FAILURE;
		texts[i] = exported(&conclusions[i]);
	}
	unsigned long runs = 0, wrong = starve(false, &runs) + starve(true, &runs);
	for (unsigned i = 0; i < 2; i++) {
		conclusions_clear(&conclusions[i]);
		free(texts[i]);
	}
	inventory_free(half);
	inventory_free(all);
	knowledge_free(knowledge);
	printf("%lu runs, %lu wrong\n", runs, wrong);
	return wrong != 0 || runs < 40 ? EXIT_FAILURE : EXIT_SUCCESS;
}
