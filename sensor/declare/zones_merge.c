/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones_merge.c - puts new zones and conduits into a file that people edit, without changing a byte of theirs.
 *
 * Whole lines are put behind the last line of each list, with the indentation and the line ends that the file has. The
 * library's marks say where the list ends: that of a block list lies behind the comments that follow, so the end is
 * taken from its last text. A list that cannot take lines - [..] in brackets - is refused. Where this is wrong in a
 * way nobody thought of, the result does not read back as it should, and is thrown away.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/declare/parts.h"
#include "sensor/declare/zones_write.h"

/* Lines to put in before the byte `at`. */
struct insertion {
	const char *list; /* its key */
	size_t at;        /* always the start of a line, or the end of the text */
	char *text;
	size_t len;
};

struct merge {
	struct yaml_file y;
	const char *old;
	size_t len;
	const struct proposals *proposals;
	struct insertion zones, conduits;
	bool crlf;
	int err;
};

/* The start of a line, 0-based; the end of the text when there are fewer. */
static size_t line_offset(const struct merge *m, size_t line)
{
	const char *at = m->old;
	for (; line > 0; line--) {
		at = memchr(at, '\n', m->len - (size_t)(at - m->old));
		if (at == NULL)
			return m->len;
		at++;
	}
	return (size_t)(at - m->old);
}

static bool is_flow(const yaml_node_t *node)
{
	return (node->type == YAML_SEQUENCE_NODE && node->data.sequence.style == YAML_FLOW_SEQUENCE_STYLE) ||
	       (node->type == YAML_MAPPING_NODE && node->data.mapping.style == YAML_FLOW_MAPPING_STYLE);
}

/* The first line (0-based) behind everything that belongs to a node: follows its last part inwards. */
static size_t line_behind(struct merge *m, const yaml_node_t *node)
{
	size_t behind = 0, count;
	while (node->type != YAML_SCALAR_NODE && !is_flow(node) && (count = yaml_file_count(node)) > 0) {
		bool mapping = node->type == YAML_MAPPING_NODE;
		const yaml_node_t *key = mapping ? yaml_file_key(&m->y, node, count - 1) : NULL;
		node = mapping ? yaml_file_value(&m->y, node, count - 1) : yaml_file_item(&m->y, node, count - 1);
		behind = key != NULL ? key->end_mark.line + 1 : node->start_mark.line + 1;
	}
	if (node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0 &&
		node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return behind; /* nothing behind the colon: its mark may be anywhere */
	size_t end = node->end_mark.line + (node->end_mark.column > 0); /* that of a | text is at the start of a line */
	return end > behind ? end : behind;
}

/* Comments right behind a list that are indented as its items are belong to it. */
static size_t comments_skip(const struct merge *m, size_t at, size_t indent)
{
	while (indent > 0 && at < m->len) {
		size_t blank = strspn(m->old + at, " ");
		const char *end = memchr(m->old + at, '\n', m->len - at);
		if (blank < indent || m->old[at + blank] != '#')
			break;
		at = end != NULL ? (size_t)(end - m->old) + 1 : m->len;
	}
	return at;
}

static const yaml_node_t *top_find(struct merge *m, const yaml_node_t *root, const char *name, const yaml_node_t **key)
{
	for (size_t i = 0; root != NULL && i < yaml_file_count(root); i++) {
		*key = yaml_file_key(&m->y, root, i);
		if (strcmp((const char *)(*key)->data.scalar.value, name) == 0)
			return yaml_file_value(&m->y, root, i);
	}
	*key = NULL;
	return NULL;
}

/* Lines end here as they do in the file. */
static void line_ends_set(struct merge *m, struct insertion *in)
{
	size_t lines = 0, n = 0;
	for (size_t i = 0; i < in->len; i++)
		lines += in->text[i] == '\n';
	char *out = m->crlf ? malloc(in->len + lines + 1) : NULL;
	if (!m->crlf)
		return;
	if (out == NULL) {
		m->err = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < in->len; i++) {
		if (in->text[i] == '\n')
			out[n++] = '\r';
		out[n++] = in->text[i];
	}
	free(in->text);
	in->text = out;
	in->len = n;
}

static void insertion_make(struct merge *m, struct insertion *in, bool zones, bool with_key, unsigned indent)
{
	FILE *out = open_memstream(&in->text, &in->len);
	if (out == NULL) {
		m->err = -ENOMEM;
		return;
	}
	if (in->at == m->len && m->len > 0 && m->old[m->len - 1] != '\n' &&
		(zones || m->zones.text == NULL || m->zones.at < m->len))
		fputc('\n', out); /* the last line has no end yet */
	if (with_key)
		fprintf(out, "%s:\n", in->list);
	if (zones)
		zones_write_zones(out, m->proposals, indent);
	else
		zones_write_conduits(out, m->proposals, indent);
	if (fclose(out) != 0)
		m->err = -ENOMEM;
	else
		line_ends_set(m, in);
}

static void insertion_place(struct merge *m, struct insertion *in, const yaml_node_t *root, bool zones)
{
	const yaml_node_t *key, *list = top_find(m, root, in->list, &key);
	bool flow = list != NULL && is_flow(list);
	if (flow || (list != NULL && list->type == YAML_SCALAR_NODE && list->data.scalar.length > 0)) {
		yaml_file_expect(&m->y, list,
			"%s: written %s, so nothing can be added without changing it; expected lines that begin with "
			"\"- id:\"%s",
			in->list, flow ? "in brackets" : "as null",
			flow && yaml_file_count(list) == 0 ? " (delete the [])" : "");
		return;
	}
	unsigned indent = 2;
	if (list == NULL) {
		in->at = m->len;
	} else if (list->type == YAML_SCALAR_NODE) { /* a key and nothing behind it */
		in->at = line_offset(m, key->end_mark.line + 1);
	} else {
		indent = (unsigned)list->start_mark.column;
		in->at = comments_skip(m, line_offset(m, line_behind(m, list)), indent);
	}
	insertion_make(m, in, zones, list == NULL, indent);
}

static void places_find(struct merge *m)
{
	const yaml_node_t *root = yaml_file_root(&m->y);
	if (root != NULL && is_flow(root))
		yaml_file_expect(&m->y, root,
			"the whole file is written in braces, so nothing can be added without changing it; expected "
			"lines of \"key: value\"");
	else if (root != NULL && root->start_mark.column > 0)
		yaml_file_expect(
			&m->y, root, "the keys of the file are indented, expected them at the start of the line");
	if (m->y.err == 0 && m->proposals->zone_count > 0)
		insertion_place(m, &m->zones, root, true);
	if (m->y.err == 0 && m->proposals->conduit_count > 0)
		insertion_place(m, &m->conduits, root, false);
}

static char *put(char *to, const void *from, size_t len)
{
	if (len > 0)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): only without bytes */
		memcpy(to, from, len);
	return to + len;
}

/* Old bytes with the two pieces between them; zones come first where both go to the same place. */
static void join(struct merge *m, char **out, size_t *out_len)
{
	const struct insertion *first = &m->zones, *second = &m->conduits;
	if (first->text == NULL || (second->text != NULL && second->at < first->at)) {
		first = &m->conduits;
		second = &m->zones;
	}
	size_t end = second->text != NULL ? second->at : first->at;
	char *at = *out = malloc(m->len + first->len + second->len + 1);
	if (at == NULL) {
		m->err = -ENOMEM;
		return;
	}
	at = put(at, m->old, first->at);
	at = put(at, first->text, first->len);
	at = put(at, m->old + first->at, end - first->at);
	at = put(at, second->text, second->len);
	at = put(at, m->old + end, m->len - end);
	*at = '\0';
	*out_len = (size_t)(at - *out);
}

/* Nothing was written yet: a whole file, with its head. */
static void begin(struct merge *m, char **out, size_t *out_len)
{
	FILE *stream = open_memstream(out, out_len);
	if (stream != NULL)
		zones_write_file(stream, m->proposals);
	if (stream == NULL || fclose(stream) != 0)
		m->err = -ENOMEM;
}

/* Everything that is declared in a text, then what is proposed; NULL without memory or when it does not read. */
static char *said(const char *path, const char *text, size_t len, const struct proposals *p)
{
	char *said = NULL;
	size_t said_len;
	struct declarations *d = calloc(1, sizeof(*d));
	FILE *out =
		d != NULL && zones_read(d, path, text, len, NULL, NULL) == 0 ? open_memstream(&said, &said_len) : NULL;
	if (out != NULL) {
		const char *site = len == 0 && p != NULL ? p->site : d->site; /* a new file begins with it */
		fprintf(out, "site %s\n", site != NULL ? site : "-");
		for (size_t i = 0; i < d->zone_count; i++)
			zones_dump_zone(out, &d->zones[i]);
		for (size_t i = 0; p != NULL && i < p->zone_count; i++)
			zones_dump_zone(out, &p->zones[i].zone);
		for (size_t i = 0; i < d->conduit_count; i++)
			zones_dump_conduit(out, &d->conduits[i]);
		for (size_t i = 0; p != NULL && i < p->conduit_count; i++)
			zones_dump_conduit(out, &p->conduits[i].conduit);
		fclose(out);
	}
	declarations_free(d);
	return said;
}

static bool reads_back(const struct merge *m, const char *path, const char *text, size_t len)
{
	char *before = said(path, m->old, m->len, m->proposals), *after = said(path, text, len, NULL);
	bool same = before != NULL && after != NULL && strcmp(before, after) == 0;
	free(before);
	free(after);
	return same;
}

static void tell_unsafe(const struct merge *m, const char *path, void (*warn)(void *to, const char *line), void *to)
{
	char line[PATH_MAX + 200];
	/* A list that is there was looked at; the end of the file, where one that is not there goes, may be no place.
	 */
	bool behind = m->conduits.text != NULL && m->conduits.at == m->len && m->zones.at < m->len;
	const struct insertion *in = m->zones.text != NULL && !behind ? &m->zones : &m->conduits;
	size_t number = 1;
	for (size_t i = 0; i < in->at; i++)
		number += m->old[i] == '\n';
	snprintf(line, sizeof(line),
		"%s:%zu:1: %s: cannot be added to here without changing what the file says; nothing was written", path,
		number, in->list);
	if (warn != NULL)
		warn(to, line);
}

static void tell_size(const char *path, const struct proposals *p, void (*warn)(void *to, const char *line), void *to)
{
	char line[PATH_MAX + 200];
	snprintf(line, sizeof(line),
		"%s: with %zu zones and %zu conduits more it would be larger than %u bytes, the most that is read; "
		"nothing was written",
		path, p->zone_count, p->conduit_count, YAML_STRICT_BYTES_MAX);
	if (warn != NULL)
		warn(to, line);
}

int zones_merge(const char *path, const char *old, size_t len, const struct proposals *p, char **out, size_t *out_len,
	void (*warn)(void *to, const char *line), void *to)
{
	struct arena arena = {0};
	struct merge m = {.y = {.arena = &arena, .warn = warn, .to = to},
		.old = old,
		.len = len,
		.proposals = p,
		.zones = {.list = "zones"},
		.conduits = {.list = "conduits"}};
	const char *line_end = memchr(old, '\n', len);
	*out = NULL;
	*out_len = 0;
	m.crlf = line_end != NULL && line_end > old && line_end[-1] == '\r';
	if (len > 0 && yaml_strict_open(&m.y, path, old, len))
		places_find(&m);
	yaml_file_close(&m.y);
	if (m.err == 0)
		m.err = m.y.err;
	if (m.err == 0 && len > 0)
		join(&m, out, out_len);
	else if (m.err == 0)
		begin(&m, out, out_len);
	if (m.err == 0 && *out_len > YAML_STRICT_BYTES_MAX) {
		tell_size(path, p, warn, to);
		m.err = -EINVAL;
	}
	if (m.err == 0 && !reads_back(&m, path, *out, *out_len)) {
		tell_unsafe(&m, path, warn, to);
		m.err = -EINVAL;
	}
	if (m.err != 0) {
		free(*out);
		*out = NULL;
	}
	free(m.zones.text);
	free(m.conduits.text);
	arena_clear(&arena);
	return m.err;
}
