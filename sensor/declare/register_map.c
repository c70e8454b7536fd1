/* SPDX-License-Identifier: Apache-2.0 */
/*
 * register_map.c - which column of a register is what, in the owner's words: on the command line
 *
 *	serial=Seriennummer,ip=IP-Adresse
 *
 * or as a YAML file, for titles with commas and for many of them:
 *
 *	serial: Seriennummer
 *	ip: "IP, primary"
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/declare/parts.h"
#include "sensor/util/whole.h"

#define MAP_BYTES_MAX 65536u /* some fields and their titles */
#define WHAT_MAX 300

/* Sets what is wrong in `what`, or "" when the pair was taken. 0 or -ENOMEM. */
static int pair_put(struct register_map *map, const char *field, const char *title, char what[WHAT_MAX])
{
	size_t k = register_field_find(field);
	what[0] = '\0';
	if (k == REGISTER_FIELDS_MAX) {
		const char *near = word_near(field, register_field_word, NULL);
		snprintf(what, WHAT_MAX, "\"%.60s\" is no field of a register%s%s%s", field,
			near != NULL ? "; did you mean " : ", expected one like serial_number, mac, station_name, ip",
			near != NULL ? near : "", near != NULL ? "?" : "");
	} else if (*title == '\0') {
		snprintf(what, WHAT_MAX, "%s: expected the title of a column", register_field_word(NULL, k));
	} else if (map->titles[k] != NULL) {
		snprintf(what, WHAT_MAX, "%s: named twice, \"%.60s\" and \"%.60s\"", register_field_word(NULL, k),
			map->titles[k], title);
	} else {
		map->titles[k] = arena_copy(&map->arena, title);
		return map->titles[k] != NULL ? 0 : -ENOMEM;
	}
	return 0;
}

/* Blanks at both ends cut, in place. */
static char *trim(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

static int words_read(struct register_map *map, const char *words, void (*warn)(void *to, const char *line), void *to)
{
	char what[WHAT_MAX], line[WHAT_MAX + 16], *rest = NULL;
	char *copy = strdup(words);
	int err = copy != NULL ? 0 : -ENOMEM;
	map->source = "--map";
	for (char *word = copy != NULL ? strtok_r(copy, ",", &rest) : NULL; word != NULL && err == 0;
		word = strtok_r(NULL, ",", &rest)) {
		char *equals = strchr(word, '=');
		if (equals == NULL) {
			snprintf(what, sizeof(what), "\"%.60s\", expected FIELD=TITLE", word);
		} else {
			*equals = '\0';
			err = pair_put(map, trim(word), trim(equals + 1), what);
		}
		if (err != 0 || what[0] == '\0')
			continue;
		snprintf(line, sizeof(line), "--map: %s", what);
		warn(to, line);
		err = -EINVAL;
	}
	free(copy);
	return err;
}

static int document_read(struct register_map *map, struct yaml_file *y)
{
	char what[WHAT_MAX];
	yaml_node_t *root = yaml_file_root(y), *key;
	if (root == NULL || !yaml_file_is_mapping(y, root, "a map of columns"))
		return y->err;
	for (size_t i = 0; y->err == 0 && (key = yaml_file_key(y, root, i)) != NULL; i++) {
		const char *field = yaml_file_text(y, key);
		const char *title = field != NULL ? yaml_file_text(y, yaml_file_value(y, root, i)) : NULL;
		if (title == NULL)
			break;
		if (pair_put(map, field, title, what) != 0)
			return -ENOMEM;
		if (what[0] != '\0')
			yaml_file_expect(y, key, "%s", what);
	}
	return y->err;
}

static int file_read(struct register_map *map, const char *path, void (*warn)(void *to, const char *line), void *to)
{
	char *text;
	size_t len;
	struct yaml_file y = {.path = path, .arena = &map->arena, .warn = warn, .to = to};
	map->source = arena_copy(&map->arena, path);
	if (map->source == NULL)
		return -ENOMEM;
	int err = whole_read_told(path, MAP_BYTES_MAX, &text, &len, warn, to);
	if (err == 0 && yaml_strict_open(&y, path, text, len))
		err = document_read(map, &y);
	else if (err == 0)
		err = y.err;
	yaml_file_close(&y);
	free(text);
	return err;
}

int register_map_read(struct register_map *map, const char *what, void (*warn)(void *to, const char *line), void *to)
{
	return strchr(what, '=') != NULL ? words_read(map, what, warn, to) : file_read(map, what, warn, to);
}

void register_map_clear(struct register_map *map)
{
	arena_clear(&map->arena);
	*map = (struct register_map){0};
}
