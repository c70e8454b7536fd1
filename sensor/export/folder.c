/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.c - see folder.h. Every file is complete on disk before the first one gets its name, so what can still go
 * wrong then is a rename in a folder in which files were just made.
 */
#include "sensor/export/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_open(struct folder *f, const char *path)
{
	struct stat st;
	*f = (struct folder){.path = path};
	if (mkdir(path, 0777) == 0)
		f->made = true;
	else if (errno != EEXIST)
		f->err = -errno;
	else if (stat(path, &st) != 0)
		f->err = -errno;
	else if (!S_ISDIR(st.st_mode))
		f->err = -ENOTDIR;
}

FILE *folder_file(struct folder *f, const char *name)
{
	char *path = NULL;
	if (f->err == 0 && (f->count == FOLDER_FILES_MAX || asprintf(&path, "%s/%s", f->path, name) < 0)) {
		path = NULL;
		f->err = -ENOMEM;
	}
	if (f->err == 0)
		f->err = output_open(&f->files[f->count], path);
	free(path);
	if (f->err != 0)
		return NULL;
	return f->files[f->count++].stream;
}

int folder_close(struct folder *f, int err)
{
	if (err != 0 && f->err == 0)
		f->err = err;
	errno = 0;
	for (unsigned i = 0; i < f->count && f->err == 0; i++) {
		FILE *stream = f->files[i].stream;
		if (fflush(stream) != 0 || ferror(stream) ||
			(f->files[i].temporary != NULL && fsync(fileno(stream)) != 0))
			f->err = errno != 0 ? -errno : -EIO;
	}
	for (unsigned i = 0; i < f->count; i++) {
		if (f->err == 0)
			f->err = output_finish(&f->files[i]);
		else
			output_abandon(&f->files[i]);
	}
	if (f->err != 0 && f->made)
		rmdir(f->path); /* stays when somebody put something into it */
	return f->err;
}
