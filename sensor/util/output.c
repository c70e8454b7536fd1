/* SPDX-License-Identifier: Apache-2.0 */
/* output.c - written beside, synchronised, renamed. */
#include "sensor/util/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX 100 /* left-overs of killed programs with the same number that are stepped over */

static int open_beside(struct output *o)
{
	int error = EEXIST;
	for (unsigned i = 0; i < NAMES_MAX && error == EEXIST; i++) {
		free(o->temporary);
		if (asprintf(&o->temporary, "%s.tmp-%ld-%u", o->target, (long)getpid(), i) < 0) {
			o->temporary = NULL;
			return -ENOMEM;
		}
		int fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0) {
			o->stream = fdopen(fd, "w");
			if (o->stream != NULL)
				return 0;
			close(fd);
			return -ENOMEM;
		}
		error = errno;
	}
	free(o->temporary); /* not ours to remove */
	o->temporary = NULL;
	return -error;
}

int output_open(struct output *o, const char *path)
{
	*o = (struct output){0};
	if (strcmp(path, "-") == 0) {
		o->stream = stdout;
		return 0;
	}
	struct stat st;
	bool exists = stat(path, &st) == 0;
	if (exists && S_ISDIR(st.st_mode))
		return -EISDIR;
	if (exists && !S_ISREG(st.st_mode)) {
		o->stream = fopen(path, "we");
		return o->stream != NULL ? 0 : -errno;
	}
	if (exists && access(path, W_OK) != 0)
		return -errno;
	o->target = exists ? realpath(path, NULL) : strdup(path);
	return o->target != NULL ? open_beside(o) : -ENOMEM;
}

int output_flush(FILE *stream)
{
	if (fflush(stream) != 0 || ferror(stream))
		return errno != 0 ? -errno : -EIO;
	return 0;
}

int output_finish(struct output *o)
{
	errno = 0;
	int err = output_flush(o->stream);
	if (err == 0 && o->temporary != NULL && fsync(fileno(o->stream)) != 0)
		err = -errno;
	if (o->stream != stdout && fclose(o->stream) != 0 && err == 0)
		err = -errno;
	o->stream = NULL;
	if (err == 0 && o->temporary != NULL && rename(o->temporary, o->target) != 0)
		err = -errno;
	if (err == 0) {
		free(o->temporary);
		o->temporary = NULL;
	}
	output_abandon(o);
	return err;
}

void output_abandon(struct output *o)
{
	if (o->stream != NULL && o->stream != stdout)
		fclose(o->stream);
	if (o->temporary != NULL)
		unlink(o->temporary);
	free(o->temporary);
	free(o->target);
	*o = (struct output){0};
}
