/* SPDX-License-Identifier: Apache-2.0 */
/* complain.c - the one way in which a verb tells a person that something is wrong. */
#include "sensor/command/command.h"

#include <stdarg.h>
#include <stdio.h>

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

void warn_line(void *verb, const char *line)
{
	complain(verb, "%s", line);
}
