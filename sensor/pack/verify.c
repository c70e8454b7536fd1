/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - a pack against its manifest: altered, missing and added files.
 *
 * The folder may come from anywhere. Links are not followed, only plain files are read and no more of them than the
 * manifest says, and folders are listed one level deep: a pack has no deeper ones.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/pack/parts.h"
#include "sensor/util/text.h"

#define ADDED_MAX 10000       /* lines about added files; a person stops reading before, the rest is counted */
#define FORM_BYTES_MAX 262144 /* of a completed sign-off form */

struct verifier {
	const char *folder;
	int fd;
	FILE *out;
	struct manifest manifest;
	struct pack_check *check;
	char *added[ADDED_MAX];
	size_t added_count, added_beyond;
	bool failed;
};

static void fault(struct verifier *v, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void fault(struct verifier *v, const char *name, const char *format, ...)
{
	char line[PACK_ERROR_MAX];
	va_list list;
	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	text_print_terminal(v->out, name);
	fprintf(v->out, ": %s\n", line);
	v->check->faults++;
}

/* Opens it; a fault is told, and -1 returned. */
static int open_told(struct verifier *v, const char *name)
{
	int fd = manifest_open_file(v->fd, name);
	if (fd == -ENOENT)
		fault(v, name, "missing");
	else if (fd == -ELOOP || fd == -EINVAL || fd == -EISDIR || fd == -ENOTDIR || fd == -ENXIO)
		fault(v, name, "altered: no plain file");
	else if (fd < 0)
		fault(v, name, "altered: cannot be read: %s", strerror(-fd));
	return fd < 0 ? -1 : fd;
}

static void verify_file(struct verifier *v, const struct pack_file *file)
{
	char sha256[PACK_SHA256_ROOM];
	uint64_t bytes = 0;
	struct stat st;
	int fd = open_told(v, file->name);
	if (fd < 0)
		return;
	int err = fstat(fd, &st) == 0 ? 0 : -errno;
	if (err == 0 && (uint64_t)st.st_size != file->bytes)
		fault(v, file->name, "altered: %llu bytes instead of %llu", (unsigned long long)st.st_size,
			(unsigned long long)file->bytes);
	else if (err == 0)
		err = digest_file(fd, file->bytes + 1, sha256, &bytes);
	if (err == -ENOMEM)
		v->failed = true;
	else if (err != 0)
		fault(v, file->name, "altered: cannot be read: %s", strerror(-err));
	else if ((uint64_t)st.st_size == file->bytes && (bytes != file->bytes || strcmp(sha256, file->sha256) != 0))
		fault(v, file->name, "altered: other content of the same size");
	close(fd);
}

/* The end of what people wrote in a field that `after` follows; NULL when the line ends before. */
static const char *field_end(const char *text, const char *after, size_t after_len, bool json)
{
	for (; *text != 0 && *text != '\n'; text++) {
		if (json && *text == '"')
			return text;
		if (json && *text == '\\' && text[1] != 0 && text[1] != '\n')
			text++;
		else if (!json && strncmp(text, after, after_len) == 0)
			return text;
	}
	return NULL;
}

/*
 * Where `form` (the blank one) has PACK_BLANK, `text` may have any words in the line, and in JSON nothing that ends the
 * string. Counts the fields; false when anything else differs.
 */
static bool form_fits(struct pack_check *check, const char *form, const char *text, bool json)
{
	const size_t blank = strlen(PACK_BLANK);
	const char *field = strstr(form, PACK_BLANK);
	while (field != NULL) {
		size_t len = (size_t)(field - form);
		if (strncmp(form, text, len) != 0)
			return false;
		text += len;
		form = field + blank;
		field = strstr(form, PACK_BLANK);
		size_t after_len = field != NULL ? (size_t)(field - form) : strlen(form);
		const char *end = field_end(text, form, after_len, json);
		if (end == NULL)
			return false;
		bool same = (size_t)(end - text) == blank && strncmp(text, PACK_BLANK, blank) == 0;
		*(same ? &check->blanks : &check->completed) += 1;
		text = end;
	}
	return strcmp(form, text) == 0;
}

/* The form as it was written, made again; on the heap, NULL without memory. */
static char *blank_form(struct verifier *v, bool json)
{
	char *form = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&form, &len);
	if (out == NULL)
		return NULL;
	int err = (json ? signoff_json : signoff_text)(out, &v->manifest, v->check->manifest_sha256);
	if (fclose(out) != 0 || err != 0) {
		free(form);
		return NULL;
	}
	return form;
}

/* NULL after a fault was told, or without memory. */
static char *read_form(struct verifier *v, const char *name)
{
	int fd = open_told(v, name);
	if (fd < 0)
		return NULL;
	char *text = calloc(1, FORM_BYTES_MAX + 1);
	size_t len = 0;
	ssize_t got = 1;
	v->failed = v->failed || text == NULL;
	while (text != NULL && got > 0 && len < FORM_BYTES_MAX) {
		got = read(fd, text + len, FORM_BYTES_MAX - len);
		len += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	if (text == NULL || (got == 0 && memchr(text, 0, len) == NULL))
		return text;
	fault(v, name, got < 0 ? "altered: cannot be read" : "altered: no longer a form");
	free(text);
	return NULL;
}

enum form { FORM_GONE, FORM_OF_ANOTHER, FORM_OF_THIS };

static enum form verify_form(struct verifier *v, const char *name, bool json)
{
	char *form = blank_form(v, json), *text = form != NULL ? read_form(v, name) : NULL;
	enum form result = FORM_GONE;
	v->check->files++;
	if (form == NULL)
		v->failed = true;
	if (text != NULL)
		result = strstr(text, v->check->manifest_sha256) != NULL ? FORM_OF_THIS : FORM_OF_ANOTHER;
	if (result == FORM_OF_THIS && !form_fits(v->check, form, text, json))
		fault(v, name, "altered: more than the fields to complete");
	free(text);
	free(form);
	return result;
}

/* Both forms have the manifest's hash: what disagrees with the other two is the one that was altered. */
static void verify_forms(struct verifier *v)
{
	enum form json = verify_form(v, SIGNOFF_JSON, true), text = verify_form(v, SIGNOFF_TEXT, false);
	if (json == FORM_OF_ANOTHER && text == FORM_OF_THIS)
		fault(v, SIGNOFF_JSON, "altered: names another manifest");
	else if (text == FORM_OF_ANOTHER && json == FORM_OF_THIS)
		fault(v, SIGNOFF_TEXT, "altered: names another manifest");
	else if (json == FORM_OF_ANOTHER || text == FORM_OF_ANOTHER)
		fault(v, PACK_MANIFEST, "altered: the sign-off form names another one");
}

static int compare_files(const void *key, const void *file)
{
	return strcmp(key, ((const struct pack_file *)file)->name);
}

static bool is_known(const struct verifier *v, const char *name)
{
	static const char *const others[] = {PACK_MANIFEST, SIGNOFF_JSON, SIGNOFF_TEXT};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(name, others[i]) == 0)
			return true;
	return bsearch(name, v->manifest.files, v->manifest.file_count, sizeof(v->manifest.files[0]), compare_files) !=
	       NULL;
}

/* The manifest has files in it. */
static bool is_folder_of_ours(const struct verifier *v, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < v->manifest.file_count; i++)
		if (strncmp(v->manifest.files[i].name, name, len) == 0 && v->manifest.files[i].name[len] == '/')
			return true;
	return false;
}

static void add_found(struct verifier *v, const char *prefix, const char *name)
{
	char *path = NULL;
	if (v->added_count == ADDED_MAX) {
		v->added_beyond++;
		return;
	}
	if (asprintf(&path, "%s%s%s", prefix, *prefix != 0 ? "/" : "", name) < 0)
		v->failed = true;
	else if (is_known(v, path) || (*prefix == 0 && is_folder_of_ours(v, path)))
		free(path);
	else
		v->added[v->added_count++] = path;
}

/* A folder that is missing or a link has told so for each of its files. */
static void list_folder(struct verifier *v, const char *prefix)
{
	int fd = openat(v->fd, *prefix != 0 ? prefix : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			add_found(v, prefix, entry->d_name);
	closedir(folder);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void verify_added(struct verifier *v)
{
	char last[PACK_NAME_MAX + 1] = "", parent[PACK_NAME_MAX + 1];
	list_folder(v, "");
	for (size_t i = 0; i < v->manifest.file_count; i++) {
		const char *name = v->manifest.files[i].name, *slash = strchr(name, '/');
		if (slash == NULL)
			continue;
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - name), name);
		if (strcmp(parent, last) != 0)
			list_folder(v, parent);
		memcpy(last, parent, sizeof(last));
	}
	if (v->added_count > 1)
		qsort(v->added, v->added_count, sizeof(v->added[0]), compare_names);
	for (size_t i = 0; i < v->added_count; i++)
		fault(v, v->added[i], "added");
	if (v->added_beyond > 0)
		fault(v, "more", "%zu further files were added", v->added_beyond);
}

/* That pack is the one before this. */
static int verify_previous(struct verifier *v, const char *previous, char *error)
{
	char sha256[PACK_SHA256_ROOM];
	int err = pack_manifest_sha256(previous, NULL, sha256, error);
	if (err == 0 && strcmp(sha256, v->manifest.previous) != 0)
		fault(v, PACK_MANIFEST, "does not name %.300s as the pack before", previous);
	return err;
}

static int verify(struct verifier *v, const char *previous, char *error)
{
	struct pack_check *check = v->check;
	int err = manifest_read(&v->manifest, v->fd, v->folder, check->manifest_sha256, error);
	if (err == 0 && previous != NULL)
		err = verify_previous(v, previous, error);
	if (err != 0)
		return err;
	snprintf(check->site, sizeof(check->site), "%s", v->manifest.site);
	for (size_t i = 0; i < v->manifest.file_count; i++)
		verify_file(v, &v->manifest.files[i]);
	check->files = v->manifest.file_count;
	verify_forms(v);
	verify_added(v);
	if (v->failed)
		snprintf(error, PACK_ERROR_MAX, "%s: %s", v->folder, strerror(ENOMEM));
	return v->failed ? -ENOMEM : 0;
}

int pack_verify(
	const char *folder, const char *previous, FILE *out, struct pack_check *check, char error[PACK_ERROR_MAX])
{
	struct verifier *v = calloc(1, sizeof(*v));
	int err = -ENOMEM;
	*check = (struct pack_check){0};
	snprintf(error, PACK_ERROR_MAX, "%s: %s", folder, strerror(ENOMEM));
	if (v == NULL)
		return err;
	v->folder = folder;
	v->out = out;
	v->check = check;
	v->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (v->fd >= 0) {
		err = verify(v, previous, error);
		close(v->fd);
	} else {
		err = -errno;
		snprintf(error, PACK_ERROR_MAX, "%s: %s", folder, strerror(errno));
	}
	for (size_t i = 0; i < v->added_count; i++)
		free(v->added[i]);
	manifest_clear(&v->manifest);
	free(v);
	return err;
}
