/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - CycloneDX and STIX when memory is out at any moment: the n-th allocation fails, for every n there is.
 *
 * The linker puts the functions below between the sensor and the C library (--wrap), and cJSON is told of them. Each
 * such run must say so and give back what it took (ASan watches); one without a failure must write the same as before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "../unit/fixture.h"
#include "sensor/export/export.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
FILE *__real_open_memstream(char **text, size_t *len);
FILE *__wrap_open_memstream(char **text, size_t *len);

static unsigned long calls, fail_at; /* 0: none fails */

void *__wrap_malloc(size_t size)
{
	return ++calls == fail_at ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return ++calls == fail_at ? NULL : __real_calloc(count, size);
}

FILE *__wrap_open_memstream(char **text, size_t *len)
{
	return ++calls == fail_at ? NULL : __real_open_memstream(text, len);
}

/* The errno of a run; what it wrote, on the heap. */
static int run(const struct conclusions *c, unsigned format, unsigned long fail, char **text)
{
	static int (*const writers[])(FILE *, const struct conclusions *, const char *) = {
		export_cyclonedx, export_stix};
	size_t len;
	FILE *out = __real_open_memstream(text, &len);
	if (out == NULL)
		abort();
	calls = 0;
	fail_at = fail;
	int err = writers[format](out, c, "site");
	fail_at = 0;
	if (fclose(out) != 0)
		abort();
	return err;
}

int main(void)
{
	struct fixture f;
	int faults = 0;
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = __wrap_malloc, .free_fn = free});
	fixture_make(&f, false);
	for (unsigned format = 0; format < 2; format++) {
		char *wanted, *text;
		faults += run(&f.conclusions, format, 0, &wanted) != 0;
		unsigned long most = calls;
		faults += most < 100; /* or nothing was counted */
		for (unsigned long n = 1; n <= most; n++) {
			int err = run(&f.conclusions, format, n, &text);
			if (err != -ENOMEM && faults++ < 10)
				printf("format %u, allocation %lu of %lu: %d\n", format, n, most, err);
			free(text);
		}
		faults += run(&f.conclusions, format, 0, &text) != 0 || strcmp(text, wanted) != 0;
		free(wanted);
		free(text);
	}
	fixture_clear(&f);
	return faults > 0;
}
