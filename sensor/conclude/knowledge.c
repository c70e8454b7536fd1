/* SPDX-License-Identifier: Apache-2.0 */
/* knowledge.c - finds and loads what is known beforehand: vendor tables, rules, and at the first question OUIs. */
#include "sensor/conclude/knowledge.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/conclude/oui.h"
#include "sensor/conclude/rules.h"

#define OUI_PATH "/usr/share/ieee-data/oui.csv"
#define TABLE_MAX 65536 /* vendor numbers have 16 bits */

static const char *const table_files[NAMINGS] = {
	[NAMING_CIP_VENDOR] = "vendors/cip-vendors.tsv",
	[NAMING_CIP_DEVICE_TYPE] = "vendors/cip-device-types.tsv",
	[NAMING_PROFINET_VENDOR] = "vendors/profinet-vendors.tsv",
	[NAMING_BACNET_VENDOR] = "vendors/bacnet-vendors.tsv",
};

struct table_row {
	uint32_t code;
	const char *name;
};

struct table {
	struct table_row *rows; /* sorted by code */
	size_t count, room;
};

struct knowledge {
	struct arena arena; /* names of the tables */
	struct table tables[NAMINGS];
	struct rules rules;
	struct oui oui;
	bool oui_tried, blocks_tried;
	char oui_path[PATH_MAX];
	void (*warn)(void *to, const char *line);
	void *to;
};

static void tell(struct knowledge *k, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct knowledge *k, const char *format, ...)
{
	char line[PATH_MAX + 256];
	va_list list;
	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (k->warn != NULL)
		k->warn(k->to, line);
}

static int row_compare(const void *left, const void *right)
{
	const struct table_row *a = left, *b = right;
	return a->code == b->code ? 0 : a->code < b->code ? -1 : 1;
}

static int row_add(struct knowledge *k, struct table *t, uint32_t code, const char *name)
{
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 256;
		struct table_row *rows = realloc(t->rows, room * sizeof(*rows));
		if (rows == NULL)
			return -ENOMEM;
		t->rows = rows;
		t->room = room;
	}
	const char *copy = arena_copy(&k->arena, name);
	if (copy == NULL)
		return -ENOMEM;
	t->rows[t->count++] = (struct table_row){code, copy};
	return 0;
}

/* "number TAB name"; '#' begins a comment line. A line that is neither is told and left out. */
static int line_read(struct knowledge *k, struct table *t, char *line, const char *path, unsigned number)
{
	char *after;
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '#' || line[0] == '\0')
		return 0;
	unsigned long code = strtoul(line, &after, 10);
	if (after == line || *after != '\t' || after[1] == '\0' || code > UINT32_MAX || t->count >= TABLE_MAX) {
		tell(k, "%s:%u:%u: expected a number, a tab and a name; line left out", path, number,
			(unsigned)(after - line) + 1);
		return 0;
	}
	return row_add(k, t, (uint32_t)code, after + 1);
}

static int table_load(struct knowledge *k, const char *directory, enum naming naming)
{
	struct table *t = &k->tables[naming];
	char path[PATH_MAX], line[512];
	unsigned number = 0;
	int err = 0;
	snprintf(path, sizeof(path), "%s/%s", directory, table_files[naming]);
	FILE *in = fopen(path, "re");
	if (in == NULL) {
		tell(k, "%s: %s; numbers are shown without names", path, strerror(errno));
		return 0;
	}
	while (err == 0 && fgets(line, sizeof(line), in) != NULL)
		err = line_read(k, t, line, path, ++number);
	fclose(in);
	if (t->count > 1)
		qsort(t->rows, t->count, sizeof(*t->rows), row_compare);
	return err;
}

/* True when this program lies in the folder it was built in, so that the source tree belongs to it. */
static bool is_in_build_folder(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t build = strlen(EARSHOT_BUILD_DIR);
	return len > (ssize_t)build && memcmp(self, EARSHOT_BUILD_DIR, build) == 0 && self[build] == '/' &&
	       access(EARSHOT_SOURCE_CONFIG_DIR, R_OK) == 0;
}

const char *knowledge_directory(void)
{
	const char *told = getenv("EARSHOT_CONFIG_DIR");
	if (told != NULL && told[0] != '\0')
		return told;
	return is_in_build_folder() ? EARSHOT_SOURCE_CONFIG_DIR : EARSHOT_DATA_DIR;
}

int knowledge_load(struct knowledge **out, const char *directory, const char *oui_path,
	void (*warn)(void *to, const char *line), void *to)
{
	char path[PATH_MAX];
	struct knowledge *k = calloc(1, sizeof(*k));
	*out = NULL;
	if (k == NULL)
		return -ENOMEM;
	k->warn = warn;
	k->to = to;
	snprintf(k->oui_path, sizeof(k->oui_path), "%s", oui_path != NULL ? oui_path : OUI_PATH);
	if (directory == NULL)
		directory = knowledge_directory();
	int err = 0;
	for (unsigned naming = NAMING_NONE + 1; naming < NAMINGS && err == 0; naming++)
		err = table_load(k, directory, naming);
	snprintf(path, sizeof(path), "%s/rules/types.yaml", directory);
	if (err == 0)
		err = rules_load(&k->rules, path, warn, to);
	if (err != 0) {
		knowledge_free(k);
		return err;
	}
	*out = k;
	return 0;
}

void knowledge_free(struct knowledge *k)
{
	if (k == NULL)
		return;
	for (unsigned i = 0; i < NAMINGS; i++)
		free(k->tables[i].rows);
	arena_clear(&k->arena);
	rules_clear(&k->rules);
	oui_clear(&k->oui);
	free(k);
}

static void oui_load(struct knowledge *k)
{
	k->oui_tried = true;
	int err = oui_read(&k->oui, k->oui_path);
	if (err != 0)
		tell(k, "%s: %s; the makers of network cards stay unknown (Debian package ieee-data)", k->oui_path,
			strerror(-err));
}

/* The medium and small blocks lie beside oui.csv; without them those makers stay unknown. */
static void blocks_load(struct knowledge *k)
{
	static const char *const beside[] = {"mam.csv", "oui36.csv", "iab.csv"};
	char path[PATH_MAX + 16];
	k->blocks_tried = true;
	const char *slash = strrchr(k->oui_path, '/');
	int folder = slash != NULL ? (int)(slash - k->oui_path) + 1 : 0;
	for (size_t i = 0; i < sizeof(beside) / sizeof(*beside); i++) {
		snprintf(path, sizeof(path), "%.*s%s", folder, k->oui_path, beside[i]);
		oui_read(&k->oui, path);
	}
}

const char *knowledge_oui(struct knowledge *k, const uint8_t mac[6])
{
	if (k == NULL || (mac[0] & 3) != 0) /* a group, or an address that a machine gave itself */
		return NULL;
	if (!k->oui_tried)
		oui_load(k);
	if (!k->blocks_tried && oui_is_divided(&k->oui, mac))
		blocks_load(k);
	return oui_find(&k->oui, mac);
}

const char *knowledge_name(const struct knowledge *k, enum naming naming, uint32_t code)
{
	if (k == NULL || naming <= NAMING_NONE || naming >= NAMINGS)
		return NULL;
	const struct table *t = &k->tables[naming];
	const struct table_row key = {code, NULL};
	const struct table_row *row = t->count ? bsearch(&key, t->rows, t->count, sizeof(key), row_compare) : NULL;
	return row != NULL ? row->name : NULL;
}

const struct rules *knowledge_rules(const struct knowledge *k)
{
	return k != NULL ? &k->rules : NULL;
}
