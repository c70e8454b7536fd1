/* SPDX-License-Identifier: Apache-2.0 */
/* complain.c - the one way in which a verb tells a person that something is wrong. */
#include "sensor/command/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sensor/util/text.h"

/* Two paths of the longest kind and a sentence around them. */
#define LINE_MAX_LEN 9000

void complain(const char *verb, const char *format, ...)
{
	char line[LINE_MAX_LEN];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fprintf(stderr, "earshot %s: ", verb);
	text_print_terminal(stderr, line);
	fputc('\n', stderr);
}

int output_ended(const char *verb, const char *path, int err)
{
	if (err == 0)
		return EXIT_DONE;
	if (strcmp(path, "-") != 0)
		complain(verb, "%s: %s; nothing was written", path, strerror(-err));
	else if (err != -EPIPE) /* the reader has seen enough */
		complain(verb, "standard output: %s", strerror(-err));
	return EXIT_OUTPUT;
}

void warn_line(void *verb, const char *line)
{
	complain(verb, "%s", line);
}
