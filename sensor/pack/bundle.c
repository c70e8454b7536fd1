/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle.c - a folder that appears whole or not at all: written as NAME.new, synchronised, renamed.
 *
 * Nothing is ever removed that was not made here: a NAME.new that is there already (of a program that was killed, or of
 * one that is still at work) is left alone and named.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/pack/parts.h"

static int fail(struct bundle *f, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct bundle *f, int err, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vsnprintf(f->error, PACK_ERROR_MAX, format, list);
	va_end(list);
	return err;
}

/* The name without slashes at its end; -EINVAL when nothing can be built beside it. */
static int set_names(struct bundle *f, const char *path)
{
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	const char *last = memrchr(path, '/', len);
	last = last != NULL ? last + 1 : path;
	size_t last_len = (size_t)(path + len - last);
	if (last_len == 0 || (last_len <= 2 && strspn(last, ".") >= last_len))
		return fail(f, -EINVAL, "'%s': name a folder to make", path);
	f->target = strndup(path, len);
	if (f->target == NULL || asprintf(&f->building, "%s.new", f->target) < 0) {
		f->building = NULL;
		return fail(f, -ENOMEM, "%s", strerror(ENOMEM));
	}
	return 0;
}

/* What is there must be an empty folder: the new one takes its place. */
static int look_at_target(struct bundle *f)
{
	struct stat st;
	if (lstat(f->target, &st) != 0)
		return errno == ENOENT ? 0 : fail(f, -errno, "%s: %s", f->target, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fail(f, -ENOTDIR, "%s: is there and is no folder; name one that is not there", f->target);
	DIR *folder = opendir(f->target);
	if (folder == NULL)
		return fail(f, -errno, "%s: %s", f->target, strerror(errno));
	const struct dirent *entry = readdir(folder);
	while (entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0))
		entry = readdir(folder);
	closedir(folder);
	return entry == NULL ? 0
			     : fail(f, -ENOTEMPTY,
				       "%s: is not empty; a pack is never written over another, name a new folder",
				       f->target);
}

int bundle_open(struct bundle *f, const char *path)
{
	f->fd = -1;
	int err = set_names(f, path);
	if (err == 0)
		err = look_at_target(f);
	if (err != 0)
		return err;
	if (mkdir(f->building, 0777) != 0) {
		err = -errno;
		free(f->building); /* not ours to remove */
		f->building = NULL;
		return err == -EEXIST
			       ? fail(f, err, "%s.new: is in the way; remove it when no other pack is being written",
					 f->target)
			       : fail(f, err, "%s.new: %s", f->target, strerror(-err));
	}
	f->fd = open(f->building, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->fd >= 0 ? 0 : fail(f, -errno, "%s: %s", f->building, strerror(errno));
}

int bundle_begin(struct bundle *f, const char *name)
{
	char parent[PACK_NAME_MAX + 1];
	const char *slash = strchr(name, '/');
	if (f->file_count == PACK_FILES_MAX || strlen(name) > PACK_NAME_MAX)
		return fail(f, -EMFILE, "%s: no room for it", name);
	if (slash != NULL) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - name), name);
		if (mkdirat(f->fd, parent, 0777) != 0 && errno != EEXIST)
			return fail(f, -errno, "%s/%s: %s", f->building, parent, strerror(errno));
	}
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail(f, -errno, "%s/%s: %s", f->building, name, strerror(errno));
	f->file = &f->files[f->file_count++];
	snprintf(f->file->name, sizeof(f->file->name), "%s", name);
	f->stream = digest_open(&f->digest, fd);
	return f->stream != NULL ? 0 : fail(f, -ENOMEM, "%s", strerror(ENOMEM));
}

int bundle_end(struct bundle *f, int err)
{
	int closed = digest_close(f->digest, f->stream, f->file->sha256, &f->file->bytes);
	f->stream = NULL;
	if (err == 0)
		err = closed;
	return err == 0 ? 0 : fail(f, err, "%s/%s: %s; nothing was written", f->target, f->file->name, strerror(-err));
}

/* Names must survive a power cut too. Of a folder that may not be opened, or that cannot be synchronised, no more than
 * that can be asked. */
static int sync_folder(int at, const char *name)
{
	int err = 0, fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err == -EINVAL || err == -EACCES ? 0 : err;
}

static int sync_inside(struct bundle *f)
{
	char parent[PACK_NAME_MAX + 1];
	int err = 0;
	for (size_t i = 0; i < f->file_count && err == 0; i++) {
		const char *slash = strchr(f->files[i].name, '/');
		if (slash == NULL)
			continue;
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - f->files[i].name), f->files[i].name);
		err = sync_folder(f->fd, parent);
	}
	return err == 0 ? sync_folder(f->fd, ".") : err;
}

static int sync_parent(const struct bundle *f)
{
	char *path = strdup(f->target);
	int err = path != NULL ? sync_folder(AT_FDCWD, dirname(path)) : -ENOMEM;
	free(path);
	return err;
}

int bundle_finish(struct bundle *f)
{
	int err = sync_inside(f);
	if (err != 0)
		return fail(f, err, "%s: %s", f->building, strerror(-err));
	if (rename(f->building, f->target) != 0)
		return fail(f, -errno, "%s: %s; nothing was written", f->target, strerror(errno));
	free(f->building);
	f->building = NULL;
	err = sync_parent(f);
	return err == 0 ? 0 : fail(f, err, "%s: %s", f->target, strerror(-err));
}

static void remove_files(struct bundle *f)
{
	for (size_t i = f->file_count; i-- > 0;)
		unlinkat(f->fd, f->files[i].name, 0);
	for (size_t i = f->file_count; i-- > 0;) {
		char *slash = strchr(f->files[i].name, '/');
		if (slash == NULL)
			continue;
		*slash = 0;
		unlinkat(f->fd, f->files[i].name, AT_REMOVEDIR);
		*slash = '/';
	}
	rmdir(f->building);
}

void bundle_close(struct bundle *f)
{
	if (f->stream != NULL) {
		uint64_t bytes;
		char sha256[PACK_SHA256_ROOM];
		digest_close(f->digest, f->stream, sha256, &bytes);
	}
	if (f->building != NULL && f->fd >= 0)
		remove_files(f);
	else if (f->building != NULL)
		rmdir(f->building);
	if (f->fd >= 0)
		close(f->fd);
	free(f->building);
	free(f->target);
	*f = (struct bundle){.fd = -1};
}
