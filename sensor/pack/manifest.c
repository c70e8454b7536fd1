/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.c - 01_manifest.json: every file of the pack with its size and SHA-256, and the hash of the manifest of the
 * pack before, so that packs form a chain.
 *
 * Two files are not in it: itself, and the sign-off form, which has the hash of the manifest and is completed by people
 * after the pack was made (signoff.c). Read back, it is a file from anywhere: names stay inside the folder, counts and
 * sizes are bounded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/export/element.h"
#include "sensor/pack/parts.h"

#define MANIFEST_SCHEMA "earshot.pack/1"
#define MANIFEST_BYTES_MAX 1048576   /* PACK_FILES_MAX entries take less than a tenth */
#define EXACT_MAX 9007199254740992.0 /* 2^53: cJSON reads numbers as doubles */

static void put_sources(struct element_writer *w, FILE *out, const struct manifest *m)
{
	fputs(",\n  \"declarations\": [", out);
	for (size_t i = 0; i < m->declaration_count; i++) {
		cJSON *o = element_new(w);
		element_text(w, o, "name", m->declarations[i].name);
		element_text(w, o, "sha256", m->declarations[i].sha256);
		fputs(i > 0 ? ", " : "", out);
		element_write(w, o);
	}
	fputs("]", out);
}

static void put_files(struct element_writer *w, FILE *out, const struct manifest *m)
{
	fputs(",\n  \"files\": [", out);
	for (size_t i = 0; i < m->file_count; i++) {
		cJSON *o = element_new(w);
		element_text(w, o, "name", m->files[i].name);
		element_number(w, o, "bytes", m->files[i].bytes);
		element_text(w, o, "sha256", m->files[i].sha256);
		fputs(i > 0 ? ",\n    " : "\n    ", out);
		element_write(w, o);
	}
	fputs("\n  ]\n}\n", out);
}

static void put_member(struct element_writer *w, FILE *out, const char *key, cJSON *value)
{
	fprintf(out, ",\n  \"%s\": ", key);
	element_write(w, value);
}

int manifest_write(FILE *out, const struct manifest *m)
{
	struct element_writer w = {.out = out};
	fputs("{\n  \"schema\": \"" MANIFEST_SCHEMA "\",\n  \"site\": ", out);
	element_write_text(&w, m->site);
	cJSON *sensor = element_new(&w);
	element_text(&w, sensor, "name", "earshot");
	element_text(&w, sensor, "version", m->version);
	put_member(&w, out, "sensor", sensor);
	cJSON *window = element_new(&w);
	element_text(&w, window, "first", m->first);
	element_text(&w, window, "last", m->last);
	element_number(&w, window, "captures", m->captures);
	element_number(&w, window, "packets", m->packets);
	put_member(&w, out, "window", window);
	put_sources(&w, out, m);
	if (m->baseline != NULL) {
		cJSON *baseline = element_new(&w);
		element_text_always(&w, baseline, "name", m->baseline);
		element_text(&w, baseline, "sha256", m->baseline_sha256);
		put_member(&w, out, "baseline", baseline);
	}
	if (m->previous[0] != 0) {
		cJSON *previous = element_new(&w);
		element_text(&w, previous, "manifest_sha256", m->previous);
		put_member(&w, out, "previous", previous);
	}
	put_files(&w, out, m);
	return w.err;
}

bool manifest_name_is_safe(const char *name)
{
	size_t len = strlen(name), slashes = 0;
	if (len == 0 || len > PACK_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool first = i == 0 || name[i - 1] == '/';
		char c = name[i];
		bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		if (c == '/' ? first || i + 1 == len || ++slashes > 1 : !word && (first || strchr("-_.", c) == NULL))
			return false;
	}
	return true;
}

/* A folder of a name is never followed through a link either. */
int manifest_open_file(int fd, const char *name)
{
	char parent[PACK_NAME_MAX + 1];
	const char *slash = strchr(name, '/');
	int at = fd, err = 0;
	if (slash != NULL) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - name), name);
		at = openat(fd, parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (at < 0)
			return -errno;
	}
	int file = openat(at, slash != NULL ? slash + 1 : name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (file < 0 || fstat(file, &st) != 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (at != fd)
		close(at);
	if (err != 0 && file >= 0)
		close(file);
	return err != 0 ? err : file;
}

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsString(item) ? item->valuestring : "";
}

static bool number_of(const cJSON *object, const char *key, uint64_t *number)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= EXACT_MAX))
		return false;
	*number = (uint64_t)item->valuedouble;
	return (double)*number == item->valuedouble;
}

static bool sha256_of(const cJSON *object, const char *key, char sha256[PACK_SHA256_ROOM])
{
	const char *text = text_of(object, key);
	if (strlen(text) != PACK_SHA256_ROOM - 1 || strspn(text, "0123456789abcdef") != PACK_SHA256_ROOM - 1)
		return false;
	memcpy(sha256, text, PACK_SHA256_ROOM);
	return true;
}

/* What is wrong with it, or NULL. Names must come in order, so none comes twice. */
static const char *read_file(struct manifest *m, const cJSON *entry)
{
	struct pack_file *file = &m->files[m->file_count];
	const char *name = text_of(entry, "name");
	if (!manifest_name_is_safe(name))
		return "a file's name is not one that a pack can have";
	snprintf(file->name, sizeof(file->name), "%s", name);
	if (m->file_count > 0 && strcmp(m->files[m->file_count - 1].name, name) >= 0)
		return "files are not in order";
	if (!number_of(entry, "bytes", &file->bytes) || !sha256_of(entry, "sha256", file->sha256))
		return "a file has no size or no SHA-256";
	m->file_count++;
	return NULL;
}

static const char *read_files(struct manifest *m, const cJSON *files)
{
	const cJSON *entry;
	const char *wrong = NULL;
	if (!cJSON_IsArray(files))
		return "it lists no files";
	cJSON_ArrayForEach(entry, files)
	{
		wrong = m->file_count < PACK_FILES_MAX ? read_file(m, entry)
						       : "it lists more files than a pack can have";
		if (wrong != NULL)
			break;
	}
	return wrong;
}

/* Everything that the sign-off forms repeat. */
static const char *read_members(struct manifest *m, const cJSON *root)
{
	const cJSON *window = cJSON_GetObjectItemCaseSensitive(root, "window");
	const cJSON *previous = cJSON_GetObjectItemCaseSensitive(root, "previous");
	if (strcmp(text_of(root, "schema"), MANIFEST_SCHEMA) != 0)
		return "its schema is not " MANIFEST_SCHEMA;
	if (!number_of(window, "captures", &m->captures) || !number_of(window, "packets", &m->packets))
		return "it has no window";
	if (previous != NULL && !sha256_of(previous, "manifest_sha256", m->previous))
		return "the pack before has no SHA-256";
	m->site = strdup(text_of(root, "site"));
	m->version = strdup(text_of(cJSON_GetObjectItemCaseSensitive(root, "sensor"), "version"));
	m->first = strdup(text_of(window, "first"));
	m->last = strdup(text_of(window, "last"));
	if (m->site == NULL || m->version == NULL || m->first == NULL || m->last == NULL)
		return strerror(ENOMEM);
	return read_files(m, cJSON_GetObjectItemCaseSensitive(root, "files"));
}

static const char *read_text(struct manifest *m, const char *text)
{
	cJSON *root = cJSON_ParseWithOpts(text, NULL, true);
	const char *wrong = cJSON_IsObject(root) ? read_members(m, root) : "it is not JSON";
	cJSON_Delete(root);
	return wrong;
}

/* At most MANIFEST_BYTES_MAX bytes, on the heap, with a NUL behind them. */
static char *read_bytes(int file, size_t *len, const char **wrong)
{
	char *text = malloc(MANIFEST_BYTES_MAX + 2);
	*len = 0;
	*wrong = text == NULL ? strerror(ENOMEM) : NULL;
	while (*wrong == NULL) {
		ssize_t got = read(file, text + *len, MANIFEST_BYTES_MAX + 1 - *len);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			*wrong = strerror(errno);
		*len += got > 0 ? (size_t)got : 0;
		if (*len > MANIFEST_BYTES_MAX)
			*wrong = "it is larger than a manifest can be";
	}
	if (*wrong == NULL)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): nothing is wrong, so it was read */
		text[*len] = 0;
	return text;
}

int manifest_read(struct manifest *m, int fd, const char *folder, char sha256[PACK_SHA256_ROOM], char *error)
{
	const char *wrong = NULL;
	size_t len = 0;
	char *text = NULL;
	int file = manifest_open_file(fd, PACK_MANIFEST);
	if (file < 0) {
		snprintf(error, PACK_ERROR_MAX, "%s/" PACK_MANIFEST ": %s; is this a pack?", folder,
			file == -EINVAL || file == -ELOOP ? "no plain file" : strerror(-file));
		return file;
	}
	text = read_bytes(file, &len, &wrong);
	close(file);
	if (wrong == NULL && !digest_bytes(text, len, sha256))
		wrong = strerror(ENOMEM);
	if (wrong == NULL)
		wrong = memchr(text, 0, len) != NULL ? "it is not JSON" : read_text(m, text);
	free(text);
	if (wrong == NULL)
		return 0;
	snprintf(error, PACK_ERROR_MAX, "%s/" PACK_MANIFEST ": %s", folder, wrong);
	return -EBADMSG;
}

void manifest_clear(struct manifest *m)
{
	free(m->site);
	free(m->version);
	free(m->first);
	free(m->last);
	free(m->baseline);
	*m = (struct manifest){0};
}

int pack_manifest_sha256(const char *folder, char **site, char sha256[PACK_SHA256_ROOM], char *error)
{
	struct manifest *m = calloc(1, sizeof(*m));
	int err = m != NULL ? 0 : -ENOMEM, fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (err == 0 && fd < 0)
		err = -errno;
	if (err != 0)
		snprintf(error, PACK_ERROR_MAX, "%s: %s", folder, strerror(-err));
	else
		err = manifest_read(m, fd, folder, sha256, error);
	if (fd >= 0)
		close(fd);
	if (err == 0 && site != NULL) {
		*site = m->site;
		m->site = NULL;
	}
	if (m != NULL)
		manifest_clear(m);
	free(m);
	return err;
}
