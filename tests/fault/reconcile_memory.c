/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reconcile_memory.c - memory that is out at any moment while a register is reconciled, and while the files for NetBox
 * are made.
 *
 *	reconcile_memory CAPTURE
 *
 * Each allocation fails once, alone and with all after it. The answer must be "no memory" and nothing left behind, or
 * the whole, byte for byte as many as without a failure; ASan watches for crashes and leaks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/capture/source.h"
#include "sensor/conclude/asset.h"
#include "sensor/export/netbox_parts.h"
#include "sensor/flow/pipeline.h"
#include "sensor/reconcile/reconcile.h"

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

static struct conclusions conclusions;
static char *written; /* by the task that runs, in memory that no failure reaches */
static size_t written_len;

/* 0 when all of it was written, else a negative errno. */
static int reconcile_all(FILE *out)
{
	struct reconciliation *r = reconcile_make(&conclusions);
	int err = r != NULL ? reconcile_csv(out, r, "site") : -ENOMEM;
	if (err == 0)
		err = reconcile_json(out, r, "site");
	if (err == 0)
		err = reconcile_text(out, r, true);
	reconcile_free(r);
	return err;
}

static int netbox_all(FILE *out)
{
	static int (*const tables[])(FILE * out, struct netbox * n) = {
		netbox_devices, netbox_interfaces, netbox_macs, netbox_ips, netbox_bays, netbox_modules};
	struct netbox n = {.c = &conclusions, .site = "site"};
	netbox_gather(&n);
	int err = n.failed ? -ENOMEM : 0;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && err == 0; i++)
		err = tables[i](out, &n);
	netbox_clear(&n);
	return err;
}

/* The bytes written; -1: no memory, -2: something else. */
static long run(int (*task)(FILE *out))
{
	FILE *out = fmemopen(written, written_len, "w");
	if (out == NULL)
		exit(EXIT_FAILURE);
	int err = task(out);
	long len = ftell(out);
	fclose(out);
	return err == 0 ? len : err == -ENOMEM ? -1 : -2;
}

static unsigned long starve(int (*task)(FILE *out), unsigned long *runs)
{
	fail_at = calls = 0;
	const long whole = run(task);
	const unsigned long last = calls;
	unsigned long wrong = whole < 1000; /* something was written */
	for (unsigned both = 0; both < 2; both++) {
		fail_on = both != 0;
		for (fail_at = 1; fail_at <= last; fail_at++, (*runs)++) {
			calls = 0;
			long len = run(task);
			wrong += len != -1 && len != whole;
		}
	}
	fail_at = 0;
	return wrong;
}

/* Rows of every sort: matched, with conflicts, twice, of nobody. */
static struct declarations *register_make(void)
{
	static const char rows[] = "number,ip,vendor,model,firmware,serial\n1,10.20.20.11,Other,,V1,4711\n"
				   "2,10.20.20.12,,,,\n2,10.20.20.12,,,,\n3,10.99.9.9,,,,\n4,10.20.30.10,,,,\n";
	char path[] = "/tmp/earshot-register-XXXXXX";
	struct declarations *d;
	int fd = mkstemp(path);
	if (fd < 0 || write(fd, rows, strlen(rows)) != (ssize_t)strlen(rows) || close(fd) != 0 ||
		declarations_load(&d, NULL, path, warned, NULL) != 0)
		exit(EXIT_FAILURE);
	unlink(path);
	return d;
}

int main(int argc, char **argv)
{
	struct knowledge *knowledge;
	if (argc != 2 || knowledge_load(&knowledge, NULL, NULL, warned, NULL) != 0)
		return EXIT_FAILURE;
	struct inventory *inv = read_capture(argv[1]);
	struct declarations *d = register_make();
	written_len = 1 << 20;
	written = malloc(written_len);
	if (written == NULL || conclusions_make(&conclusions, inv, knowledge, d) != 0)
		return EXIT_FAILURE;
	unsigned long runs = 0, wrong = starve(reconcile_all, &runs) + starve(netbox_all, &runs);
	conclusions_clear(&conclusions);
	declarations_free(d);
	inventory_free(inv);
	knowledge_free(knowledge);
	free(written);
	printf("%lu runs, %lu wrong\n", runs, wrong);
	return wrong == 0 && runs > 100 ? EXIT_SUCCESS : EXIT_FAILURE;
}
