/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_strict.c - the events are looked through first, so that nothing is built of a document that is refused. */
#include "sensor/util/yaml_strict.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "sensor/util/whole.h"

struct scan {
	struct yaml_file *y;
	const char *text;
	size_t len;
	size_t values, depth, skip;
};

static void tell(struct scan *s, size_t line, size_t column, const char *what, const char *more)
{
	char out[PATH_MAX + 512];
	if (s->y->err != 0)
		return;
	s->y->err = -EINVAL;
	snprintf(out, sizeof(out), "%s:%zu:%zu: %s%s", s->y->path, line, column, what, more);
	if (s->y->warn != NULL)
		s->y->warn(s->y->to, out);
}

static void refuse(struct scan *s, yaml_mark_t at, const char *what)
{
	tell(s, at.line + 1, at.column + 1, what, "");
}

/* The start of a line (0-based), as libyaml counts them where a file has ordinary line ends. */
static const char *line_start(const struct scan *s, size_t line)
{
	const char *at = s->text, *end = s->text + s->len;
	for (; line > 0 && at < end; at++)
		if (*at == '\n' || (*at == '\r' && at[1] != '\n'))
			line--;
	return at;
}

/* Tabs are the mistake that the library's own words explain worst. */
static bool is_indented_with_tab(const struct scan *s, yaml_mark_t mark, size_t *column)
{
	const char *start = line_start(s, mark.line);
	size_t blank = strspn(start, " \t");
	const char *tab = memchr(start, '\t', blank);
	*column = tab != NULL ? (size_t)(tab - start) + 1 : 0;
	return tab != NULL;
}

static void tell_parser(struct scan *s, const yaml_parser_t *parser)
{
	size_t line = parser->problem_mark.line + 1, column = parser->problem_mark.column + 1, tab;
	const char *problem = parser->problem != NULL ? parser->problem : "not readable as YAML";
	if (parser->error == YAML_MEMORY_ERROR) {
		s->y->err = -ENOMEM;
		return;
	}
	if (parser->error == YAML_READER_ERROR) { /* it knows only the byte */
		size_t at = parser->problem_offset + s->skip;
		at = at < s->len ? at : s->len;
		whole_place(s->text, at, &line, &column);
		tell(s, line, column, problem, "; the file must be text in UTF-8");
	} else if (is_indented_with_tab(s, parser->problem_mark, &tab)) {
		tell(s, line, tab, "a tab; expected spaces: YAML is indented with spaces only", "");
	} else {
		tell(s, line, column, problem,
			", expected YAML; is a quote or a bracket open, or a line indented wrongly?");
	}
}

static void look(struct scan *s, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL;
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (s->values > 0)
			refuse(s, event->start_mark, "a second document; expected one, without a second ---");
		s->values++;
		return;
	case YAML_ALIAS_EVENT:
		refuse(s, event->start_mark, "an alias (*name); expected the value itself");
		return;
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		s->depth++;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		s->depth++;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		s->depth--;
		return;
	default:
		return;
	}
	if (anchor != NULL)
		refuse(s, event->start_mark, "an anchor (&name); expected a plain value: anchors are not read here");
	if (s->depth > YAML_STRICT_DEPTH_MAX)
		refuse(s, event->start_mark, "nested too deeply");
	if (++s->values > YAML_STRICT_VALUES_MAX)
		refuse(s, event->start_mark, "more values than are read from one file");
}

static void parser_start(yaml_parser_t *parser, const struct scan *s)
{
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)s->text + s->skip, s->len - s->skip);
}

static void scan_events(struct scan *s)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser)) {
		s->y->err = -ENOMEM;
		return;
	}
	parser_start(&parser, s);
	for (bool done = false; !done && s->y->err == 0;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			tell_parser(s, &parser);
			break;
		}
		look(s, &event);
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

bool yaml_strict_open(struct yaml_file *y, const char *path, const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf"; /* what some editors begin a file with */
	struct scan s = {.y = y, .text = text, .len = len};
	s.skip = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
	y->path = path;
	scan_events(&s);
	yaml_parser_t parser;
	if (y->err != 0)
		return false;
	if (!yaml_parser_initialize(&parser)) {
		y->err = -ENOMEM;
		return false;
	}
	parser_start(&parser, &s);
	y->open = yaml_parser_load(&parser, &y->document);
	if (!y->open)
		tell_parser(&s, &parser);
	yaml_parser_delete(&parser);
	return y->open;
}
