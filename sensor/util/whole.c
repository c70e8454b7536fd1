/* SPDX-License-Identifier: Apache-2.0 */
/* whole.c - see whole.h. The size is never asked for: a pipe has none, and a file may grow while it is read. */
#include "sensor/util/whole.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 65536

static int read_all(FILE *in, size_t max, char **text, size_t *len)
{
	size_t room = 0;
	for (*len = 0;;) {
		if (*len + 1 >= room) {
			room = room ? room * 2 : ROOM_FIRST;
			char *more = realloc(*text, room);
			if (more == NULL)
				return -ENOMEM;
			*text = more;
		}
		errno = 0;
		size_t got = fread(*text + *len, 1, room - *len - 1, in);
		*len += got;
		if (*len > max)
			return -EFBIG;
		if (got == 0)
			break;
	}
	if (ferror(in))
		return errno != 0 ? -errno : -EIO;
	(*text)[*len] = '\0';
	return 0;
}

int whole_read(const char *path, size_t max, char **text, size_t *len)
{
	*text = NULL;
	FILE *in = fopen(path, "re");
	if (in == NULL)
		return -errno;
	int err = read_all(in, max, text, len);
	fclose(in);
	if (err != 0) {
		free(*text);
		*text = NULL;
	}
	return err;
}

int whole_read_told(
	const char *path, size_t max, char **text, size_t *len, void (*warn)(void *to, const char *line), void *to)
{
	char line[PATH_MAX + 128];
	int err = whole_read(path, max, text, len);
	if (err == 0 || warn == NULL)
		return err;
	if (err == -EFBIG)
		snprintf(line, sizeof(line), "%s: larger than %zu bytes, the most that is read", path, max);
	else
		snprintf(line, sizeof(line), "%s: %s", path, strerror(-err));
	warn(to, line);
	return err;
}

void whole_place(const char *text, size_t at, size_t *line, size_t *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n')) {
			++*line;
			*column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}
