/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - libcyaml reads the file by a table of keys; what it says of a mistake becomes one line with the place.
 * Ranges are looked at afterwards, with the place from the document.
 */
#include "sensor/watch/config.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/util/yaml_file.h"

#define TEXT_MAX 4096 /* a path of the longest kind; a filter of some hundred terms */

/* Words, so that "maybe" is no truth value (libcyaml takes everything that is not false for true). */
static const cyaml_strval_t switches[] = {{"false", 0}, {"true", 1}, {"no", 0}, {"yes", 1}, {"off", 0}, {"on", 1}};
static const cyaml_strval_t directions[] = {{"in", 0}, {"both", 1}};
static const cyaml_strval_t filters[] = {
	{"kill", SANDBOX_FILTER_KILL}, {"log", SANDBOX_FILTER_LOG}, {"off", SANDBOX_FILTER_OFF}};

static const cyaml_schema_value_t interface_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, LIVE_NAME_MAX - 1)};

#define KEY_TEXT(name, member)                                                                                         \
	CYAML_FIELD_STRING_PTR(name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct watch_config, member, 1, TEXT_MAX)
#define KEY_NUMBER(name) CYAML_FIELD_UINT(#name, CYAML_FLAG_OPTIONAL, struct watch_config, name)
#define KEY_WORD(name, words)                                                                                          \
	CYAML_FIELD_ENUM(#name, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct watch_config, name, words,             \
		sizeof(words) / sizeof((words)[0]))

static const cyaml_schema_field_t fields[] = {
	CYAML_FIELD_SEQUENCE("interfaces", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct watch_config, interfaces,
		&interface_schema, 1, LIVE_INTERFACES_MAX),
	KEY_WORD(direction, directions), KEY_WORD(promiscuous, switches), KEY_WORD(hardware_time, switches),
	KEY_TEXT("filter", filter), KEY_NUMBER(ring_mib), KEY_NUMBER(snap_bytes), KEY_NUMBER(memory_mib),
	KEY_TEXT("db", db), KEY_TEXT("site", site), KEY_NUMBER(interval_s), KEY_NUMBER(conclude_interval_s),
	KEY_NUMBER(silent_after_s), KEY_TEXT("zones", zones), KEY_TEXT("register", register_file),
	KEY_TEXT("events_file", events_file), KEY_TEXT("metrics_file", metrics_file), KEY_TEXT("user", user),
	KEY_WORD(landlock, switches), KEY_WORD(seccomp, filters), CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct watch_config, fields)};

/* What to write instead, for the line about a mistake; numbers have their range, which is looked at too. */
static const struct key {
	const char *name, *expected;
	uint32_t least, most;
	size_t at; /* of a number in the configuration */
	uint32_t usual;
} keys[] = {
#define NUMBER(name, least, most, usual)                                                                               \
#name, "a number from " #least " to " #most, least, most, offsetof(struct watch_config, name), usual
	{"interfaces", "a list of up to 8 interface names, as [eth1]", 0, 0, 0, 0},
	{"direction", "in or both", 0, 0, 0, 0},
	{"promiscuous", "true or false", 0, 0, 0, 0},
	{"hardware_time", "true or false", 0, 0, 0, 0},
	{"filter", "an expression as in pcap-filter(7)", 0, 0, 0, 0},
	{NUMBER(ring_mib, 2, 16384, 64)},
	{NUMBER(snap_bytes, 0, 262144, 0)},
	{NUMBER(memory_mib, 96, 1048576, 256)},
	{"db", "the path of the store", 0, 0, 0, 0},
	{"site", "a name", 0, 0, 0, 0},
	{NUMBER(interval_s, 1, 3600, 5)},
	{NUMBER(conclude_interval_s, 1, 86400, 10)},
	{NUMBER(silent_after_s, 0, 31536000, 86400)},
	{"zones", "the path of a zones.yaml", 0, 0, 0, 0},
	{"register", "the path of a register.csv", 0, 0, 0, 0},
	{"events_file", "a path, or - for standard output", 0, 0, 0, 0},
	{"metrics_file", "a path that ends in .prom", 0, 0, 0, 0},
	{"user", "the name of an account", 0, 0, 0, 0},
	{"landlock", "true or false", 0, 0, 0, 0},
	{"seccomp", "kill, log or off", 0, 0, 0, 0},
#undef NUMBER
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static const struct key *key_find(const char *name)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* What libcyaml tells of a mistake: first what, then where, from the inside out. */
struct complaint {
	char what[TEXT_MAX + 128], key[64];
	unsigned long line, column;
};

static void note(cyaml_log_t level, void *to, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));
static void note(cyaml_log_t level, void *to, const char *format, va_list arguments)
{
	struct complaint *c = to;
	char text[TEXT_MAX + 128], key[64];
	unsigned long line, column;
	(void)level;
	vsnprintf(text, sizeof(text), format, arguments);
	text[strcspn(text, "\n")] = 0;
	/* NOLINTBEGIN(cert-err34-c): numbers of a library; they only name a place */
	if (sscanf(text, "Load: in mapping field '%63[^']' (line: %lu, column: %lu", key, &line, &column) == 3 ||
		sscanf(text, " in mapping field '%63[^']' (line: %lu, column: %lu", key, &line, &column) == 3) {
		if (c->key[0] == 0)
			snprintf(c->key, sizeof(c->key), "%s", key);
	} else if (sscanf(text, " in %*[^(](line: %lu, column: %lu", &line, &column) != 2) {
		/* NOLINTEND(cert-err34-c) */
		if (c->what[0] == 0 && strstr(text, "Backtrace") == NULL)
			snprintf(c->what, sizeof(c->what), "%s", strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
		return;
	}
	if (c->line == 0) {
		c->line = line;
		c->column = column;
	}
}

/* The last key of this name; NULL: none. */
static const yaml_node_t *place_of(struct yaml_file *y, const char *name)
{
	const yaml_node_t *found = NULL;
	yaml_node_t *root = yaml_file_root(y);
	for (size_t n = 0; root != NULL && root->type == YAML_MAPPING_NODE && n < yaml_file_count(root); n++) {
		const yaml_node_t *key = yaml_file_key(y, root, n);
		if (key->type == YAML_SCALAR_NODE && strcmp((const char *)key->data.scalar.value, name) == 0)
			found = key;
	}
	return found;
}

/* "path:3:5: interval_s: expected a number from 1 to 3600" */
static void explain(const char *path, const struct complaint *c, void (*warn)(void *to, const char *line), void *to)
{
	static const char unexpected[] = "Unexpected key: ";
	char text[TEXT_MAX + 512];
	struct arena arena = {0};
	struct yaml_file y = {.arena = &arena, .warn = warn, .to = to};
	const char *name = c->key;
	const struct key *key = key_find(name);
	if (!yaml_file_open(&y, path)) /* not YAML; its line is told */
		return;
	if (strncmp(c->what, unexpected, sizeof(unexpected) - 1) == 0) {
		name = c->what + sizeof(unexpected) - 1;
		int len = snprintf(text, sizeof(text), "unknown key '%s'; expected one of", name);
		for (size_t i = 0; i < KEYS && len > 0 && (size_t)len < sizeof(text); i++)
			len += snprintf(
				text + len, sizeof(text) - (size_t)len, "%s %s", i > 0 ? "," : "", keys[i].name);
	} else if (strstr(c->what, "already seen") != NULL) {
		snprintf(text, sizeof(text), "%s: is given twice", name);
	} else if (key != NULL) {
		snprintf(text, sizeof(text), "%s: expected %s", name, key->expected);
	} else {
		snprintf(text, sizeof(text), "expected keys with values, as 'interfaces: [eth1]'");
	}
	yaml_node_t at = {
		.start_mark = {.line = c->line > 0 ? c->line - 1 : 0, .column = c->column > 0 ? c->column - 1 : 0}};
	bool of_key = strcmp(name, c->key) != 0 || strstr(c->what, "already seen") != NULL;
	const yaml_node_t *node = of_key ? place_of(&y, name) : NULL;
	yaml_file_expect(&y, node != NULL ? node : &at, "%s", text);
	yaml_file_close(&y);
	arena_clear(&arena);
}

static uint32_t *number_at(struct watch_config *c, const struct key *key)
{
	return (uint32_t *)(void *)((char *)c + key->at);
}

static struct watch_config *defaults(void)
{
	struct watch_config *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	for (size_t i = 0; i < KEYS; i++)
		if (keys[i].most > 0)
			*number_at(c, &keys[i]) = keys[i].usual;
	c->promiscuous = c->landlock = 1;
	return c;
}

/* libcyaml takes "5min" for 5 and "010" for 8. */
static bool is_decimal(const yaml_node_t *value)
{
	const char *text = value->type == YAML_SCALAR_NODE ? (const char *)value->data.scalar.value : "";
	size_t len = strlen(text);
	return len > 0 && strspn(text, "0123456789") == len && (text[0] != '0' || len == 1);
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);
	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

const char *watch_config_twice(const struct watch_config *c)
{
	for (unsigned i = 0; i < c->interfaces_count; i++)
		for (unsigned j = 0; j < i; j++)
			if (strcmp(c->interfaces[i], c->interfaces[j]) == 0)
				return c->interfaces[i];
	return NULL;
}

/*
 * Ranges, and what the file does not have gets its default: an absent key and a zero look alike to libcyaml, so the
 * document is asked which keys are there. False after a line.
 */
static bool complete(struct watch_config *c, const char *path, void (*warn)(void *to, const char *line), void *to)
{
	struct arena arena = {0};
	struct yaml_file y = {.arena = &arena, .warn = warn, .to = to};
	bool seen[KEYS] = {false};
	yaml_node_t *root = yaml_file_open(&y, path) ? yaml_file_root(&y) : NULL;
	for (size_t n = 0; root != NULL && root->type == YAML_MAPPING_NODE && n < yaml_file_count(root); n++) {
		const yaml_node_t *name = yaml_file_key(&y, root, n);
		const struct key *key =
			name->type == YAML_SCALAR_NODE ? key_find((const char *)name->data.scalar.value) : NULL;
		if (key == NULL)
			continue;
		seen[key - keys] = true;
		const yaml_node_t *value = yaml_file_value(&y, root, n);
		if (key->most > 0 &&
			(!is_decimal(value) || *number_at(c, key) < key->least || *number_at(c, key) > key->most))
			yaml_file_expect(&y, value, "%s: expected %s", key->name, key->expected);
		if (strcmp(key->name, "metrics_file") == 0 && !ends_in(c->metrics_file, ".prom"))
			yaml_file_expect(&y, value, "%s: expected %s", key->name, key->expected);
		if (strcmp(key->name, "interfaces") == 0 && watch_config_twice(c) != NULL)
			yaml_file_expect(&y, value, "%s: %s is named twice", key->name, watch_config_twice(c));
	}
	for (size_t i = 0; i < KEYS; i++)
		if (!seen[i] && keys[i].most > 0)
			*number_at(c, &keys[i]) = keys[i].usual;
	c->promiscuous = c->promiscuous || !seen[key_find("promiscuous") - keys];
	c->landlock = c->landlock || !seen[key_find("landlock") - keys];
	yaml_file_close(&y);
	arena_clear(&arena);
	return y.err == 0;
}

static const cyaml_config_t reader = {.log_fn = note, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};

int watch_config_load(struct watch_config **out, const char *path, void (*warn)(void *to, const char *line), void *to)
{
	char line[PATH_MAX + TEXT_MAX];
	struct complaint complaint = {0};
	cyaml_config_t with = reader;
	cyaml_data_t *data = NULL;
	*out = NULL;
	if (path == NULL) {
		*out = defaults();
		return *out != NULL ? 0 : -ENOMEM;
	}
	if (access(path, R_OK) != 0) { /* libcyaml does not say why it could not open it */
		int err = errno;
		snprintf(line, sizeof(line), "%s: %s", path, strerror(err));
		warn(to, line);
		return -err;
	}
	with.log_ctx = &complaint;
	cyaml_err_t status = cyaml_load_file(path, &with, &schema, &data, NULL);
	if (status != CYAML_OK) {
		explain(path, &complaint, warn, to);
		return -EINVAL;
	}
	*out = data != NULL ? (struct watch_config *)data : defaults(); /* an empty file */
	if (*out == NULL)
		return -ENOMEM;
	if (data != NULL && !complete(*out, path, warn, to)) {
		watch_config_free(*out);
		*out = NULL;
		return -EINVAL;
	}
	return 0;
}

void watch_config_free(struct watch_config *c)
{
	if (c == NULL)
		return;
	cyaml_config_t with = reader;
	struct complaint complaint = {0};
	with.log_ctx = &complaint;
	cyaml_free(&with, &schema, c, 0);
}

/* The folder must be there; the file need not. */
static int make_whole(char **path, void (*warn)(void *to, const char *line), void *to)
{
	char folder[PATH_MAX], whole[PATH_MAX], line[2 * PATH_MAX + 64], *name = strrchr(*path, '/');
	if ((*path)[0] == '/')
		return 0;
	if (name == NULL)
		snprintf(folder, sizeof(folder), ".");
	else
		snprintf(folder, sizeof(folder), "%.*s", (int)(name - *path), *path);
	if (realpath(folder, whole) == NULL) {
		snprintf(line, sizeof(line), "%s: the folder of %s: %s", folder, *path, strerror(errno));
		warn(to, line);
		return -EINVAL;
	}
	char *text = NULL;
	if (asprintf(&text, "%s/%s", whole, name == NULL ? *path : name + 1) < 0)
		return -ENOMEM;
	free(*path);
	*path = text;
	return 0;
}

int watch_config_settle(struct watch_config *c, void (*warn)(void *to, const char *line), void *to)
{
	char **const paths[] = {&c->db, &c->zones, &c->register_file, &c->events_file, &c->metrics_file};
	int err = 0;
	if (c->db == NULL && (c->db = strdup("earshot.db")) == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && err == 0; i++)
		if (*paths[i] != NULL && (paths[i] != &c->events_file || strcmp(c->events_file, "-") != 0))
			err = make_whole(paths[i], warn, to);
	return err;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_interfaces(const struct watch_config *a, const struct watch_config *b)
{
	bool same = a->interfaces_count == b->interfaces_count;
	for (unsigned i = 0; same && i < a->interfaces_count; i++)
		same = strcmp(a->interfaces[i], b->interfaces[i]) == 0;
	return same;
}

void watch_config_fixed(const struct watch_config *a, const struct watch_config *b, char *out, size_t room)
{
	const struct {
		const char *name;
		bool same;
	} fixed[] = {{"interfaces", same_interfaces(a, b)}, {"direction", a->direction == b->direction},
		{"promiscuous", a->promiscuous == b->promiscuous},
		{"hardware_time", a->hardware_time == b->hardware_time}, {"filter", same_text(a->filter, b->filter)},
		{"ring_mib", a->ring_mib == b->ring_mib}, {"snap_bytes", a->snap_bytes == b->snap_bytes},
		{"memory_mib", a->memory_mib == b->memory_mib}, {"db", same_text(a->db, b->db)},
		{"site", same_text(a->site, b->site)}, {"zones", same_text(a->zones, b->zones)},
		{"register", same_text(a->register_file, b->register_file)},
		{"events_file", same_text(a->events_file, b->events_file)},
		{"metrics_file", same_text(a->metrics_file, b->metrics_file)}, {"user", same_text(a->user, b->user)},
		{"landlock", a->landlock == b->landlock}, {"seccomp", a->seccomp == b->seccomp}};
	size_t at = 0;
	out[0] = 0;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]) && at < room; i++)
		if (!fixed[i].same)
			at += (size_t)snprintf(out + at, room - at, "%s%s", at > 0 ? ", " : "", fixed[i].name);
}

static void print_text(FILE *out, const char *key, const char *text)
{
	if (text == NULL) {
		fprintf(out, "# %s:\n", key);
		return;
	}
	fprintf(out, "%s: '", key);
	for (; *text; text++)
		fputs(*text == '\'' ? "''" : (char[]){*text, 0}, out);
	fputs("'\n", out);
}

void watch_config_print(FILE *out, const struct watch_config *c)
{
	fputs("interfaces: [", out);
	for (unsigned i = 0; i < c->interfaces_count; i++)
		fprintf(out, "%s%s", i > 0 ? ", " : "", c->interfaces[i]);
	fprintf(out, "]\ndirection: %s\npromiscuous: %s\nhardware_time: %s\n", directions[c->direction].str,
		switches[c->promiscuous].str, switches[c->hardware_time].str);
	print_text(out, "filter", c->filter);
	fprintf(out, "ring_mib: %u\nsnap_bytes: %u\nmemory_mib: %u\n", c->ring_mib, c->snap_bytes, c->memory_mib);
	print_text(out, "db", c->db);
	print_text(out, "site", c->site);
	fprintf(out, "interval_s: %u\nconclude_interval_s: %u\nsilent_after_s: %u\n", c->interval_s,
		c->conclude_interval_s, c->silent_after_s);
	print_text(out, "zones", c->zones);
	print_text(out, "register", c->register_file);
	print_text(out, "events_file", c->events_file);
	print_text(out, "metrics_file", c->metrics_file);
	print_text(out, "user", c->user);
	fprintf(out, "landlock: %s\nseccomp: %s\n", switches[c->landlock].str, filters[c->seccomp].str);
}
