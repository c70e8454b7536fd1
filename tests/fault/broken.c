/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broken.c - every truncation and every single bit flip of small captures, through the read path up to JSON.
 *
 *	broken CAPTURE...
 *
 * It is for ASan and UBSan to watch; it fails by itself when packets appear that the whole capture does not hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sensor/capture/source.h"
#include "sensor/conclude/asset.h"
#include "sensor/export/export.h"
#include "sensor/flow/pipeline.h"

#define CAPTURE_BYTES_MAX 65536

static struct knowledge *knowledge;
static FILE *nowhere;

static void ignore(void *to, const char *line)
{
	(void)to;
	(void)line;
}

static uint64_t read_bytes(const uint8_t *bytes, size_t len)
{
	char path[64];
	int fd = memfd_create("capture", 0);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct source *source;
	uint64_t packets = 0;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (source_open(&source, path) == 0) {
		struct packet packet;
		struct pipeline *pipeline = pipeline_new(inv, inventory_capture_add(inv, "broken"));
		while (source_next(source, &packet) == 1)
			pipeline_packet(pipeline, &packet);
		pipeline_end(pipeline);
		packets = inv->captures[0].packets;
		struct conclusions conclusions;
		if (conclusions_make(&conclusions, inv, knowledge, NULL) == 0) {
			export_json(nowhere, &conclusions, "");
			conclusions_clear(&conclusions);
		}
	}
	source_close(source);
	inventory_free(inv);
	close(fd);
	return packets;
}

int main(int argc, char **argv)
{
	static uint8_t bytes[CAPTURE_BYTES_MAX];
	unsigned long runs = 0, wrong = 0;
	nowhere = fopen("/dev/null", "w");
	if (nowhere == NULL || argc < 2 || knowledge_load(&knowledge, NULL, "/nonexistent", ignore, NULL) != 0)
		return EXIT_FAILURE;
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t len = f != NULL ? fread(bytes, 1, sizeof(bytes), f) : 0;
		if (f == NULL || len == 0 || len == sizeof(bytes)) {
			fprintf(stderr, "%s: cannot be read whole\n", argv[i]);
			return EXIT_FAILURE;
		}
		fclose(f);
		uint64_t whole = read_bytes(bytes, len);
		for (size_t cut = 0; cut < len; cut++, runs++)
			wrong += read_bytes(bytes, cut) > whole;
		for (size_t bit = 0; bit < len * 8; bit++, runs++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			read_bytes(bytes, len);
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		if (whole == 0) {
			fprintf(stderr, "%s: no packets\n", argv[i]);
			wrong++;
		}
	}
	fclose(nowhere);
	knowledge_free(knowledge);
	printf("%d captures, %lu runs, %lu wrong\n", argc - 1, runs, wrong);
	return wrong || runs == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
