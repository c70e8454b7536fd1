/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_memory.c - memory that is out at any moment while an evidence pack is made, and while one is verified.
 *
 *	pack_memory CAPTURE
 *
 * An allocation fails alone and with all after it. A pack must be whole or leave nothing, neither under its name nor
 * under the one it is built as; a whole pack is never called altered. ASan watches for crashes and leaks.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/capture/source.h"
#include "sensor/flow/pipeline.h"
#include "sensor/pack/pack.h"
#include "sensor/reconcile/reconcile.h"

#define EACH 150  /* allocations that fail one by one ... */
#define STRIDE 37 /* ... and beyond, where each value is written like the one before, every so many */

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
FILE *__real_open_memstream(char **text, size_t *len);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
FILE *__wrap_open_memstream(char **text, size_t *len);

static unsigned long calls, fail_at; /* 0: none fails */
static bool fail_on;                 /* the later ones, too */
static unsigned long tried;          /* calls of the last attempt */

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

char *__wrap_strdup(const char *text)
{
	return is_out() ? NULL : __real_strdup(text);
}

FILE *__wrap_open_memstream(char **text, size_t *len)
{
	return is_out() ? NULL : __real_open_memstream(text, len);
}

static void no_versions(FILE *out)
{
	fputs("earshot\n", out);
}

static struct inventory *read_capture(const char *path)
{
	struct source *source;
	struct packet packet;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (inv == NULL || source_open(&source, path) != 0)
		exit(EXIT_FAILURE);
	struct pipeline *pipeline = pipeline_new(inv, inventory_capture_add(inv, "capture"));
	while (source_next(source, &packet) == 1)
		pipeline_packet(pipeline, &packet);
	pipeline_end(pipeline);
	source_close(source);
	return inv;
}

static char folder[64], pack[80], building[96];

static void remove_pack(void)
{
	char command[200];
	snprintf(command, sizeof(command), "rm -r '%s'", pack);
	if (system(command) != 0)
		exit(EXIT_FAILURE);
}

/* 0: all is well. `writing`, else the pack is there and is verified. */
static unsigned long try(const struct pack_input *in, unsigned long at, bool on, bool writing)
{
	char error[PACK_ERROR_MAX] = "";
	struct pack_check check = {0};
	calls = 0;
	fail_at = at;
	fail_on = on;
	FILE *nowhere = fopen("/dev/null", "w");
	int err = writing ? pack_write(pack, in, error) : pack_verify(pack, NULL, nowhere, &check, error);
	tried = calls;
	fail_at = 0;
	fclose(nowhere);
	if (!writing) {
		if (check.faults > 0 || (err != 0 && error[0] == 0))
			fprintf(stderr, "verify, allocation %lu%s: %d, %zu faults: %s\n", at, on ? " and on" : "", err,
				check.faults, error);
		return check.faults > 0 || (err != 0 && error[0] == 0);
	}
	bool there = access(pack, F_OK) == 0, left = access(building, F_OK) == 0;
	bool wrong = left || (err != 0 ? there || error[0] == 0 : !there);
	if (there) {
		nowhere = fopen("/dev/null", "w");
		wrong = wrong || pack_verify(pack, NULL, nowhere, &check, error) != 0 || check.faults > 0;
		fclose(nowhere);
		remove_pack();
	}
	if (wrong)
		fprintf(stderr, "allocation %lu%s: %d, there %d, left %d, %zu faults: %s\n", at, on ? " and on" : "",
			err, there, left, check.faults, error);
	return wrong;
}

static unsigned long try_all(const struct pack_input *in, unsigned long count, bool writing)
{
	unsigned long wrong = 0;
	for (unsigned long at = 1; at <= count; at += at < EACH ? 1 : STRIDE)
		wrong += try(in, at, false, writing) + try(in, at, true, writing);
	return wrong;
}

int main(int argc, char **argv)
{
	struct knowledge *knowledge;
	struct conclusions c;
	char error[PACK_ERROR_MAX];
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = malloc, .free_fn = free});
	snprintf(folder, sizeof(folder), "/tmp/earshot-pack-XXXXXX");
	if (argc != 2 || mkdtemp(folder) == NULL || knowledge_load(&knowledge, NULL, NULL, NULL, NULL) != 0)
		return EXIT_FAILURE;
	snprintf(pack, sizeof(pack), "%s/pack", folder);
	snprintf(building, sizeof(building), "%s.new", pack);
	struct inventory *inv = read_capture(argv[1]);
	if (conclusions_make(&c, inv, knowledge, NULL) != 0)
		return EXIT_FAILURE;
	struct reconciliation *r = reconcile_make(&c);
	const struct pack_input in = {.conclusions = &c,
		.site = "site",
		.reconciliation = r,
		.knowledge = knowledge_directory(),
		.versions = no_versions};
	unsigned long wrong = try(&in, 0, false, true), writes = tried;
	wrong += try_all(&in, writes, true);
	if (pack_write(pack, &in, error) != 0)
		return EXIT_FAILURE;
	wrong += try(&in, 0, false, false);
	unsigned long reads = tried;
	wrong += try_all(&in, reads, false);
	remove_pack();
	rmdir(folder);
	printf("%lu allocations to write, %lu to verify, %lu wrong\n", writes, reads, wrong);
	reconcile_free(r);
	conclusions_clear(&c);
	inventory_free(inv);
	knowledge_free(knowledge);
	return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
