/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_declare.c - any bytes as zones.yaml and as register.csv; where zones.yaml reads, proposals are put into it, and
 * what people wrote must still be there, byte for byte and in its order.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "earshot/observer.h"
#include "sensor/declare/zones_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned told;

static void count(void *to, const char *line)
{
	(void)to;
	told += line[0] != '\0';
}

static const char *modbus = "modbus";
static struct zone_member member = {.kind = MEMBER_VLAN, .text = "7"};
static struct zone_proposal zone = {
	.zone = {.id = "fuzz--zone", .members = &member, .member_count = 1}, .comment = "why"};
static struct conduit_rule rule = {.protocols = &modbus, .protocol_count = 1, .operations = OPERATION_READ};
static struct conduit_proposal conduit = {
	.conduit = {.id = "fuzz--conduit", .from = "fuzz--zone", .to = "fuzz--zone", .allow = &rule, .allow_count = 1}};

static void merge(const char *old, size_t len)
{
	const struct proposals p = {.zones = &zone, .zone_count = 1, .conduits = &conduit, .conduit_count = 1};
	char *out;
	size_t out_len, at = 0;
	told = 0;
	int err = zones_merge("z", old, len, &p, &out, &out_len, count, NULL);
	if (err != 0) {
		if (told != 1 && err != -ENOMEM)
			abort();
		return;
	}
	for (size_t i = 0; i < out_len && at < len; i++)
		at += out[i] == old[at];
	if (at != len || out_len <= len)
		abort();
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("declared", 0);
	char path[64];
	struct declarations *d;
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	char *text = malloc(size + 1);
	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	told = 0;
	if (declarations_load(&d, path, NULL, count, NULL) == 0) {
		declarations_free(d);
		merge(text, size);
	} else if (told != 1) {
		abort(); /* one line for a wrong file */
	}
	told = 0;
	if (declarations_load(&d, NULL, path, count, NULL) == 0)
		declarations_free(d);
	else if (told == 0)
		abort();
	free(text);
	close(fd);
	return 0;
}
