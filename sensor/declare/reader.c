/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c - mappings of zones.yaml read by tables of keys, and the kinds of values that several of them have. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sensor/declare/parts.h"
#include "sensor/util/text.h"

void reader_expect(struct reader *r, const yaml_node_t *at, const char *format, ...)
{
	char what[400];
	va_list list;
	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	if (r->key != NULL)
		yaml_file_expect(&r->y, at, "%s: %s", r->key, what);
	else
		yaml_file_expect(&r->y, at, "%s", what);
}

struct key_table {
	const struct declare_key *keys;
	size_t count;
};

static const char *key_word(const void *of, size_t i)
{
	const struct key_table *table = of;
	return i < table->count ? table->keys[i].name : NULL;
}

static void unknown_key(struct reader *r, const yaml_node_t *at, const char *what, const struct key_table *table)
{
	char all[300];
	size_t n = 0;
	const char *name = (const char *)at->data.scalar.value, *near = word_near(name, key_word, table);
	for (size_t i = 0; i < table->count && n < sizeof(all); i++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", i > 0 ? ", " : "", table->keys[i].name);
	r->key = NULL;
	if (near != NULL)
		reader_expect(r, at, "%.60s: unknown key of %s; did you mean %s?", name, what, near);
	else
		reader_expect(r, at, "%.60s: unknown key of %s, expected one of %s", name, what, all);
}

static void pair_read(struct reader *r, const yaml_node_t *key, const yaml_node_t *value, const char *what,
	const struct key_table *table, void *record, uint32_t *seen)
{
	size_t i = 0;
	r->key = NULL;
	if (key == NULL || value == NULL || key->type != YAML_SCALAR_NODE) {
		reader_expect(r, key, "expected the name of a key of %s", what);
		return;
	}
	while (i < table->count && strcmp(table->keys[i].name, (const char *)key->data.scalar.value) != 0)
		i++;
	if (i == table->count) {
		unknown_key(r, key, what, table);
		return;
	}
	r->key = table->keys[i].name;
	if (*seen & 1u << i) {
		reader_expect(r, key, "this key is there twice in %s", what);
		return;
	}
	*seen |= 1u << i;
	table->keys[i].read(r, value, (char *)record + table->keys[i].member);
}

bool reader_mapping(struct reader *r, const yaml_node_t *node, const char *what, const struct declare_key *keys,
	size_t key_count, void *record)
{
	const struct key_table table = {keys, key_count};
	uint32_t seen = 0;
	if (r->y.err != 0)
		return false;
	if (node == NULL || node->type != YAML_MAPPING_NODE) {
		reader_expect(r, node, "expected %s as lines of \"key: value\"", what);
		return false;
	}
	for (size_t i = 0; i < yaml_file_count(node) && r->y.err == 0; i++)
		pair_read(
			r, yaml_file_key(&r->y, node, i), yaml_file_value(&r->y, node, i), what, &table, record, &seen);
	r->key = NULL;
	return r->y.err == 0;
}

/* Nothing behind the colon, or a null: nothing is said. */
static bool is_empty(const yaml_node_t *value)
{
	if (value->type != YAML_SCALAR_NODE || value->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	const char *text = (const char *)value->data.scalar.value;
	return *text == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0;
}

const char *reader_word(struct reader *r, const yaml_node_t *value, const char *expected)
{
	if (r->y.err != 0)
		return NULL;
	if (value->type != YAML_SCALAR_NODE || is_empty(value)) {
		reader_expect(r, value, "expected %s", expected);
		return NULL;
	}
	const char *text = (const char *)value->data.scalar.value;
	if (value->data.scalar.length > TEXT_BYTES_MAX || strlen(text) != value->data.scalar.length) {
		reader_expect(r, value, "expected a text of at most %u bytes without NUL", TEXT_BYTES_MAX);
		return NULL;
	}
	return yaml_file_text(&r->y, value);
}

void read_text(struct reader *r, const yaml_node_t *value, void *member)
{
	if (!is_empty(value))
		*(const char **)member = reader_word(r, value, "one text");
}

/* Ids stand in tables, in file names and on the map: no blanks, nothing that cannot be seen. */
void read_id(struct reader *r, const yaml_node_t *value, void *member)
{
	const char *text = reader_word(r, value, "an id: a short word of its own");
	if (text == NULL)
		return;
	size_t len = strlen(text);
	bool fine = len > 0 && len <= ID_BYTES_MAX;
	for (size_t i = 0, step; i < len && fine; i += step) {
		unsigned char c = (unsigned char)text[i];
		step = text_utf8_len((const unsigned char *)text + i, len - i);
		fine = step > 1 || (c > ' ' && c < 0x7f && strchr("\"'\\<>&{}[],#|*?", c) == NULL);
	}
	if (!fine)
		reader_expect(r, value,
			"expected an id without blanks and brackets, at most %u bytes, like cell-filling",
			ID_BYTES_MAX);
	*(const char **)member = text;
}

void read_status(struct reader *r, const yaml_node_t *value, void *member)
{
	const char *text = reader_word(r, value, "proposed, accepted, rejected or retired");
	for (unsigned s = DECLARED_PROPOSED; text != NULL && s <= DECLARED_RETIRED; s++) {
		if (strcmp(text, declared_status_name((enum declared_status)s)) == 0) {
			*(enum declared_status *)member = (enum declared_status)s;
			return;
		}
	}
	if (text != NULL)
		reader_expect(r, value, "\"%.60s\", expected proposed, accepted, rejected or retired", text);
}

void read_date(struct reader *r, const yaml_node_t *value, void *member)
{
	int64_t end_ns;
	read_text(r, value, member);
	const char *text = *(const char **)member;
	if (text != NULL && !date_parse(text, &end_ns))
		reader_expect(
			r, value, "\"%.60s\", expected a day that exists as YEAR-MONTH-DAY, like 2027-01-31", text);
}

void read_node(struct reader *r, const yaml_node_t *value, void *member)
{
	(void)r;
	if (!is_empty(value))
		*(const yaml_node_t **)member = value;
}
