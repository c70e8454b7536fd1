/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_read.c - any bytes as a capture file, through the whole read path up to conclusions and JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sensor/capture/source.h"
#include "sensor/conclude/asset.h"
#include "sensor/export/export.h"
#include "sensor/flow/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *to, const char *line)
{
	(void)to;
	(void)line;
}

static void conclude(const struct inventory *inv)
{
	static struct knowledge *knowledge;
	struct conclusions conclusions;
	if (knowledge == NULL && knowledge_load(&knowledge, NULL, "/nonexistent", ignore, NULL) != 0)
		abort();
	if (conclusions_make(&conclusions, inv, knowledge, NULL) != 0)
		return;
	FILE *out = fopen("/dev/null", "w");
	if (out != NULL) {
		export_json(out, &conclusions, "");
		export_csv(out, &conclusions, "");
		fclose(out);
	}
	conclusions_clear(&conclusions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", 0);
	char path[64];
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct source *source;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (source_open(&source, path) == 0) {
		struct packet packet;
		char hex[65];
		uint32_t capture = inventory_capture_add(inv, "fuzz");
		struct pipeline *pipeline = pipeline_new(inv, capture);
		while (source_next(source, &packet) == 1)
			pipeline_packet(pipeline, &packet);
		pipeline_end(pipeline);
		source_digest(source, hex);
		conclude(inv);
	}
	source_close(source);
	inventory_free(inv);
	close(fd);
	return 0;
}
