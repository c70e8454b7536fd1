/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_file.c - see yaml_file.h. The document is read whole: rules are a few hundred lines. */
#include "sensor/util/yaml_file.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tell(struct yaml_file *y, int err, const char *line)
{
	if (y->err != 0)
		return;
	y->err = err;
	if (y->warn != NULL)
		y->warn(y->to, line);
}

bool yaml_file_open(struct yaml_file *y, const char *path)
{
	char line[PATH_MAX + 256];
	yaml_parser_t parser;
	y->path = path;
	FILE *in = fopen(path, "re");
	if (in == NULL) {
		int err = errno;
		snprintf(line, sizeof(line), "%s: %s", path, strerror(err));
		tell(y, -err, line);
		return false;
	}
	if (!yaml_parser_initialize(&parser)) {
		fclose(in);
		y->err = -ENOMEM;
		return false;
	}
	yaml_parser_set_input_file(&parser, in);
	y->open = yaml_parser_load(&parser, &y->document);
	if (!y->open) {
		snprintf(line, sizeof(line), "%s:%zu:%zu: %s", path, parser.problem_mark.line + 1,
			parser.problem_mark.column + 1,
			parser.problem != NULL ? parser.problem : "not readable as YAML");
		tell(y, parser.error == YAML_MEMORY_ERROR ? -ENOMEM : -EINVAL, line);
	}
	yaml_parser_delete(&parser);
	fclose(in);
	return y->open;
}

void yaml_file_close(struct yaml_file *y)
{
	if (y->open)
		yaml_document_delete(&y->document);
	y->open = false;
}

void yaml_file_expect(struct yaml_file *y, const yaml_node_t *at, const char *format, ...)
{
	char line[PATH_MAX + 512], what[512];
	va_list list;
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	size_t row = at != NULL ? at->start_mark.line : 0, column = at != NULL ? at->start_mark.column : 0;
	snprintf(line, sizeof(line), "%s:%zu:%zu: %s", y->path, row + 1, column + 1, what);
	tell(y, -EINVAL, line);
}

yaml_node_t *yaml_file_root(struct yaml_file *y)
{
	return yaml_document_get_root_node(&y->document);
}

size_t yaml_file_count(const yaml_node_t *node)
{
	if (node->type == YAML_MAPPING_NODE)
		return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
	if (node->type == YAML_SEQUENCE_NODE)
		return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	return 0;
}

yaml_node_t *yaml_file_key(struct yaml_file *y, const yaml_node_t *mapping, size_t i)
{
	return yaml_document_get_node(&y->document, mapping->data.mapping.pairs.start[i].key);
}

yaml_node_t *yaml_file_value(struct yaml_file *y, const yaml_node_t *mapping, size_t i)
{
	return yaml_document_get_node(&y->document, mapping->data.mapping.pairs.start[i].value);
}

yaml_node_t *yaml_file_item(struct yaml_file *y, const yaml_node_t *sequence, size_t i)
{
	return yaml_document_get_node(&y->document, sequence->data.sequence.items.start[i]);
}

bool yaml_file_is_mapping(struct yaml_file *y, const yaml_node_t *node, const char *what)
{
	if (node != NULL && node->type == YAML_MAPPING_NODE)
		return y->err == 0;
	yaml_file_expect(y, node, "expected %s as keys with values", what);
	return false;
}

bool yaml_file_is_sequence(struct yaml_file *y, const yaml_node_t *node, const char *what)
{
	if (node != NULL && node->type == YAML_SEQUENCE_NODE)
		return y->err == 0;
	yaml_file_expect(y, node, "expected a list of %s", what);
	return false;
}

const char *yaml_file_text(struct yaml_file *y, const yaml_node_t *node)
{
	if (y->err != 0)
		return NULL;
	if (node->type != YAML_SCALAR_NODE) {
		yaml_file_expect(y, node, "expected one word or text");
		return NULL;
	}
	const char *copy = arena_copy(y->arena, (const char *)node->data.scalar.value);
	if (copy == NULL)
		y->err = -ENOMEM;
	return copy;
}

uint32_t yaml_file_number(struct yaml_file *y, const yaml_node_t *node)
{
	const char *text = yaml_file_text(y, node);
	char *after = NULL;
	unsigned long long value = text != NULL ? strtoull(text, &after, 0) : 0;
	if (text != NULL && (*text < '0' || *text > '9' || *after != '\0' || value > UINT32_MAX))
		yaml_file_expect(y, node, "expected a number, not \"%s\"", text);
	return (uint32_t)value;
}

double yaml_file_decimal(struct yaml_file *y, const yaml_node_t *node)
{
	const char *text = yaml_file_text(y, node);
	char *after = NULL;
	double value = text != NULL ? strtod(text, &after) : 0;
	if (text != NULL && (*text < '0' || *text > '9' || *after != '\0'))
		yaml_file_expect(y, node, "expected a number, not \"%s\"", text);
	return value;
}

bool yaml_file_bool(struct yaml_file *y, const yaml_node_t *node)
{
	const char *text = yaml_file_text(y, node);
	if (text == NULL || strcmp(text, "false") == 0)
		return false;
	if (strcmp(text, "true") != 0)
		yaml_file_expect(y, node, "expected true or false, not \"%s\"", text);
	return true;
}

struct words yaml_file_words(struct yaml_file *y, const yaml_node_t *node)
{
	struct words w = {0};
	bool one = node->type == YAML_SCALAR_NODE;
	if (y->err != 0 || (!one && !yaml_file_is_sequence(y, node, "words")))
		return w;
	size_t count = one ? 1 : yaml_file_count(node);
	if (count == 0) {
		yaml_file_expect(y, node, "expected at least one word");
		return w;
	}
	w.at = arena_alloc(y->arena, count * sizeof(*w.at));
	if (w.at == NULL)
		y->err = -ENOMEM;
	for (; w.count < count && y->err == 0; w.count++)
		w.at[w.count] = yaml_file_text(y, one ? node : yaml_file_item(y, node, w.count));
	return w;
}

struct numbers yaml_file_numbers(struct yaml_file *y, const yaml_node_t *node)
{
	struct numbers n = {0};
	bool one = node->type == YAML_SCALAR_NODE;
	if (y->err != 0 || (!one && !yaml_file_is_sequence(y, node, "numbers")))
		return n;
	size_t count = one ? 1 : yaml_file_count(node);
	n.at = arena_alloc(y->arena, (count + 1) * sizeof(*n.at));
	if (n.at == NULL)
		y->err = -ENOMEM;
	for (; n.count < count && y->err == 0; n.count++)
		n.at[n.count] = yaml_file_number(y, one ? node : yaml_file_item(y, node, n.count));
	return n;
}
