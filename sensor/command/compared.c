/* SPDX-License-Identifier: Apache-2.0 */
/* compared.c - a file is told by what it holds, not by its name. */
#include "sensor/command/compared.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/command/command.h"
#include "sensor/store/baseline.h"
#include "sensor/util/whole.h"

#define STORE_BEGINS "SQLite format 3"

/* 1: a store, 0: something else, or a negative errno. */
static int is_store(const char *path)
{
	char begins[sizeof(STORE_BEGINS)] = "";
	FILE *in = fopen(path, "re");
	if (in == NULL)
		return -errno;
	errno = 0;
	size_t got = fread(begins, 1, sizeof(begins), in);
	int err = ferror(in) ? (errno != 0 ? -errno : -EIO) : 0;
	fclose(in);
	return err != 0 ? err : got == sizeof(begins) && memcmp(begins, STORE_BEGINS, sizeof(begins)) == 0;
}

static int open_store(struct compared *o, const char *verb, const char *path, const struct declaration_files *files)
{
	int code = loaded_open(&o->loaded, verb, path, files);
	if (code != EXIT_DONE)
		return code;
	if (side_of_conclusions(&o->side, &o->loaded.conclusions, store_site(o->loaded.store)) == 0)
		return EXIT_DONE;
	complain(verb, "%s: %s", path, strerror(ENOMEM));
	return EXIT_INPUT;
}

static int open_text(struct compared *o, const char *verb, const char *what, const char *text, size_t len)
{
	char error[SIDE_ERROR_MAX];
	int err = side_of_json(&o->side, text, len, error);
	if (err == -EINVAL)
		complain(verb, "%s:%s", what, error);
	else if (err != 0)
		complain(verb, "%s: %s", what, strerror(-err));
	return err == 0 ? EXIT_DONE : EXIT_INPUT;
}

int compared_open(struct compared *o, const char *verb, const char *path, const struct declaration_files *files)
{
	char *text = NULL;
	size_t len;
	*o = (struct compared){0};
	int kind = is_store(path);
	if (kind == 1)
		return open_store(o, verb, path, files);
	int err = kind < 0 ? kind : whole_read(path, SIDE_JSON_MAX, &text, &len);
	if (err != 0) {
		complain(verb, "%s: %s", path, err == -EFBIG ? "too large for an inventory" : strerror(-err));
		return EXIT_INPUT;
	}
	int code = open_text(o, verb, path, text, len);
	free(text);
	return code;
}

int compared_open_baseline(struct compared *o, const char *verb, const char *db, const char *name, int64_t *time_ns)
{
	struct store *store = NULL;
	struct baselines list = {0};
	char *text = NULL;
	size_t len = 0;
	*o = (struct compared){0};
	int err = store_open(&store, db, STORE_READ, NULL);
	bool opened = err == 0;
	if (err == 0)
		err = store_baselines(store, &list);
	if (err == 0)
		err = store_baseline_read(store, name, &text, &len);
	int code = err == 0 ? EXIT_DONE : err == -ENOENT && opened ? EXIT_USAGE : EXIT_INPUT;
	if (err != 0)
		complain(verb, "%s", store_error(store));
	const struct baseline *found = code == EXIT_DONE ? baselines_find(&list, name) : NULL;
	if (found != NULL && time_ns != NULL)
		*time_ns = found->time_ns;
	store_close(store);
	baselines_clear(&list);
	if (code == EXIT_DONE)
		code = open_text(o, verb, name, text, len);
	free(text);
	return code;
}

void compared_close(struct compared *o)
{
	side_clear(&o->side);
	loaded_close(&o->loaded);
}

int compared_print(const char *verb, const struct side *older, const struct side *newer, enum changes_format format)
{
	struct changes *changes = changes_between(older, newer);
	if (changes == NULL) {
		complain(verb, "%s", strerror(ENOMEM));
		return EXIT_INPUT;
	}
	int err = format == CHANGES_JSON  ? changes_json(stdout, changes)
		  : format == CHANGES_CSV ? changes_csv(stdout, changes)
					  : changes_text(stdout, changes, format == CHANGES_EVIDENCE);
	int code = err != 0 ? EXIT_OUTPUT : changes->count > 0 ? EXIT_ANSWER_NO : EXIT_DONE;
	if (err != 0 && err != -EPIPE) /* the reader has seen enough */
		complain(verb, "standard output: %s", strerror(-err));
	changes_free(changes);
	return code;
}
