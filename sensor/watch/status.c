/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status.c - the status as a JSON file, written by rename so that a reader never sees half of one, and read back for
 * `earshot status`. One table names the numbers for both ways.
 */
#include "sensor/watch/status.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (1u << 20) /* ours have 10 kB */
#define FILE_MODE 0644      /* the folder says who may come to it; the collector of metrics is another account */

enum field_kind { FIELD_U8, FIELD_U32, FIELD_U64, FIELD_I64, FIELD_SIZE };

struct field {
	const char *name;
	enum field_kind kind;
	size_t at;
};

#define U8(type, member)                                                                                               \
	{                                                                                                              \
#member, FIELD_U8, offsetof(struct type, member)                                                       \
	}
#define U32(type, member)                                                                                              \
	{                                                                                                              \
#member, FIELD_U32, offsetof(struct type, member)                                                      \
	}
#define U64(type, member)                                                                                              \
	{                                                                                                              \
#member, FIELD_U64, offsetof(struct type, member)                                                      \
	}
#define I64(type, member)                                                                                              \
	{                                                                                                              \
#member, FIELD_I64, offsetof(struct type, member)                                                      \
	}
#define SIZE(type, member)                                                                                             \
	{                                                                                                              \
#member, FIELD_SIZE, offsetof(struct type, member)                                                     \
	}
#define END                                                                                                            \
	{                                                                                                              \
		NULL, FIELD_U8, 0                                                                                      \
	}

static const struct field interface_fields[] = {U32(watch_interface, gone), U64(watch_interface, packets),
	U64(watch_interface, bytes), U64(watch_interface, kernel_drops), U64(watch_interface, interface_drops),
	U64(watch_interface, transmitted), END};

static const struct field counter_fields[] = {U64(watch_counters, packets), U64(watch_counters, bytes),
	I64(watch_counters, first_ns), I64(watch_counters, last_ns), U64(watch_counters, truncated_packets),
	U64(watch_counters, undecoded_packets), U64(watch_counters, duplicate_packets),
	U64(watch_counters, fragments_lost), U64(watch_counters, gaps), U64(watch_counters, gap_bytes),
	U32(watch_counters, flows), U32(watch_counters, flows_max), U64(watch_counters, evicted_flows),
	U64(watch_counters, refused_rows), U64(watch_counters, refused_bytes), SIZE(watch_counters, buffer_bytes),
	SIZE(watch_counters, buffer_max), U32(watch_counters, epoch_rows), U32(watch_counters, epoch_max),
	U64(watch_counters, epochs), U64(watch_counters, epochs_delayed), END};

static const struct field image_fields[] = {U32(watch_image, endpoints), U32(watch_image, endpoints_max),
	U32(watch_image, bindings), U32(watch_image, bindings_max), U32(watch_image, facts),
	U32(watch_image, facts_max), U32(watch_image, links), U32(watch_image, links_max), U32(watch_image, activities),
	U32(watch_image, activities_max), U32(watch_image, captures), U32(watch_image, captures_max),
	SIZE(watch_image, string_bytes), SIZE(watch_image, string_bytes_max), U32(watch_image, assets),
	U64(watch_image, forgotten_rows), U32(watch_image, compactions), END};

static const struct field store_fields[] = {I64(watch_status, committed_ns), I64(watch_status, lag_ns),
	U64(watch_status, dirty_rows), U64(watch_status, commits), U64(watch_status, failed_commits),
	U64(watch_status, reloads), I64(watch_status, commit_ns), I64(watch_status, conclude_ns),
	U64(watch_status, store_bytes), END};

static const struct field own_fields[] = {I64(watch_status, started_ns), I64(watch_status, written_ns),
	I64(watch_status, interval_ns), U64(watch_status, round), U64(watch_status, events),
	U64(watch_status, suppressed_events), U64(watch_status, memory_bytes), U64(watch_status, memory_peak_bytes),
	U64(watch_status, memory_max), END};

static const struct {
	const char *name;
	size_t at;
} sandbox_fields[] = {{"user", offsetof(struct watch_sandbox, user)},
	{"no_new_privileges", offsetof(struct watch_sandbox, no_new_privileges)},
	{"capabilities", offsetof(struct watch_sandbox, capabilities)},
	{"landlock", offsetof(struct watch_sandbox, landlock)}, {"seccomp", offsetof(struct watch_sandbox, seccomp)}};
#define SANDBOX_FIELDS (sizeof(sandbox_fields) / sizeof(sandbox_fields[0]))

static const char *const store_words[] = {"fine", "waiting", "catching up"};

const char *sandbox_state_name(unsigned state)
{
	static const char *const names[] = {"off", "on", "partly", "not available", "failed"};
	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

const char *store_state_name(unsigned state)
{
	return state < sizeof(store_words) / sizeof(store_words[0]) ? store_words[state] : "?";
}

static void put_number(cJSON *to, const struct field *f, const void *from)
{
	char text[24];
	uint64_t value = 0;
	const char *at = (const char *)from + f->at;
	if (f->kind == FIELD_U8)
		value = *(const uint8_t *)at;
	else if (f->kind == FIELD_U32)
		value = *(const uint32_t *)(const void *)at;
	else
		memcpy(&value, at, sizeof(value)); /* the others have 64 bits */
	if (f->kind == FIELD_I64)
		snprintf(text, sizeof(text), "%lld", (long long)value);
	else
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	cJSON_AddRawToObject(to, f->name, text); /* a double would round nanoseconds */
}

static void put_numbers(cJSON *to, const struct field *fields, const void *from)
{
	for (; fields->name != NULL; fields++)
		put_number(to, fields, from);
}

static void put_interfaces(cJSON *root, const struct watch_counters *c)
{
	cJSON *list = cJSON_AddArrayToObject(root, "interfaces");
	for (uint32_t i = 0; i < c->interface_count && i < WATCH_INTERFACES_MAX; i++) {
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "name", c->interfaces[i].name);
		cJSON_AddBoolToObject(one, "up", c->interfaces[i].up);
		put_numbers(one, interface_fields, &c->interfaces[i]);
		cJSON_AddItemToArray(list, one);
	}
}

static void put_protocols(cJSON *root, const struct watch_counters *c)
{
	cJSON *list = cJSON_AddObjectToObject(root, "protocols");
	static const struct field fields[] = {U64(watch_protocol, pdus), U64(watch_protocol, malformed), END};
	for (unsigned i = 1; i < PROTOCOLS; i++)
		if (c->protocols[i].pdus != 0 || c->protocols[i].malformed != 0)
			put_numbers(cJSON_AddObjectToObject(list, protocol_name(i)), fields, &c->protocols[i]);
}

static cJSON *status_json(const struct watch_status *s)
{
	cJSON *root = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "schema", "earshot.status/1");
	cJSON_AddStringToObject(root, "version", s->version);
	cJSON_AddStringToObject(root, "site", s->site);
	put_numbers(root, own_fields, s);
	put_interfaces(root, &s->counters);
	put_numbers(cJSON_AddObjectToObject(root, "counters"), counter_fields, &s->counters);
	put_protocols(root, &s->counters);
	cJSON *store = cJSON_AddObjectToObject(root, "store");
	cJSON_AddStringToObject(store, "state", store_state_name(s->store));
	if (s->store_error[0] != 0)
		cJSON_AddStringToObject(store, "error", s->store_error);
	put_numbers(store, store_fields, s);
	put_numbers(cJSON_AddObjectToObject(root, "image"), image_fields, &s->image);
	cJSON *sandbox = cJSON_AddObjectToObject(root, "sandbox");
	for (size_t i = 0; i < SANDBOX_FIELDS; i++)
		cJSON_AddStringToObject(sandbox, sandbox_fields[i].name,
			sandbox_state_name(*((const uint8_t *)&s->sandbox + sandbox_fields[i].at)));
	cJSON_AddStringToObject(sandbox, "detail", s->sandbox.detail);
	return root;
}

int watch_file_replace(const char *path, const char *text)
{
	char beside[PATH_MAX];
	if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	FILE *out = fopen(beside, "we");
	if (out == NULL)
		return -errno;
	int err = fputs(text, out) < 0 || fchmod(fileno(out), FILE_MODE) != 0 ? -errno : 0;
	if (fclose(out) != 0 && err == 0)
		err = -errno;
	if (err == 0 && rename(beside, path) != 0)
		err = -errno;
	if (err != 0)
		unlink(beside);
	return err;
}

int watch_status_write(const struct watch_status *s, const char *path)
{
	cJSON *root = status_json(s);
	char *text = cJSON_Print(root);
	int err = text != NULL ? watch_file_replace(path, text) : -ENOMEM;
	cJSON_free(text);
	cJSON_Delete(root);
	return err;
}

static void get_numbers(const cJSON *from, const struct field *fields, void *to)
{
	for (; fields->name != NULL; fields++) {
		const cJSON *number = cJSON_GetObjectItemCaseSensitive(from, fields->name);
		char *at = (char *)to + fields->at;
		if (!cJSON_IsNumber(number))
			continue;
		/* 2^63 at most: a larger double does not fit into every kind; not a number is not above 0 */
		double given = number->valuedouble > 0 ? number->valuedouble : 0;
		uint64_t value = given < 9.2e18 ? (uint64_t)given : (uint64_t)INT64_MAX;
		if (fields->kind == FIELD_U32 && value > UINT32_MAX)
			value = UINT32_MAX;
		if (fields->kind == FIELD_U8)
			*(uint8_t *)at = (uint8_t)value;
		else if (fields->kind == FIELD_U32)
			*(uint32_t *)(void *)at = (uint32_t)value;
		else
			memcpy(at, &value, sizeof(value));
	}
}

static void get_text(const cJSON *from, const char *name, char *to, size_t room)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, name));
	snprintf(to, room, "%s", text != NULL ? text : "");
}

static void get_lists(const cJSON *root, struct watch_counters *c)
{
	static const struct field fields[] = {U64(watch_protocol, pdus), U64(watch_protocol, malformed), END};
	const cJSON *one, *protocols = cJSON_GetObjectItemCaseSensitive(root, "protocols");
	cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(root, "interfaces"))
	{
		if (c->interface_count == WATCH_INTERFACES_MAX)
			break;
		struct watch_interface *i = &c->interfaces[c->interface_count++];
		get_text(one, "name", i->name, sizeof(i->name));
		i->up = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "up"));
		get_numbers(one, interface_fields, i);
	}
	for (unsigned i = 1; i < PROTOCOLS; i++)
		get_numbers(cJSON_GetObjectItemCaseSensitive(protocols, protocol_name(i)), fields, &c->protocols[i]);
}

static void get_words(const cJSON *root, struct watch_status *s)
{
	char word[32];
	const cJSON *store = cJSON_GetObjectItemCaseSensitive(root, "store");
	const cJSON *sandbox = cJSON_GetObjectItemCaseSensitive(root, "sandbox");
	get_text(store, "state", word, sizeof(word));
	for (unsigned i = 0; i <= STORE_CATCHING_UP; i++)
		if (strcmp(word, store_state_name(i)) == 0)
			s->store = (uint8_t)i;
	get_text(store, "error", s->store_error, sizeof(s->store_error));
	for (size_t i = 0; i < SANDBOX_FIELDS; i++) {
		get_text(sandbox, sandbox_fields[i].name, word, sizeof(word));
		for (unsigned state = SANDBOX_OFF; state <= SANDBOX_FAILED; state++)
			if (strcmp(word, sandbox_state_name(state)) == 0)
				*((uint8_t *)&s->sandbox + sandbox_fields[i].at) = (uint8_t)state;
	}
	get_text(sandbox, "detail", s->sandbox.detail, sizeof(s->sandbox.detail));
}

int watch_status_text(const char *path, char **out)
{
	struct stat st;
	*out = NULL;
	FILE *in = fopen(path, "re");
	if (in == NULL)
		return -errno;
	int err = fstat(fileno(in), &st) != 0 ? -errno : st.st_size > FILE_MAX ? -EFBIG : 0;
	char *text = err == 0 ? calloc(1, (size_t)st.st_size + 1) : NULL;
	if (err == 0 && text == NULL)
		err = -ENOMEM;
	if (err == 0 && fread(text, 1, (size_t)st.st_size, in) != (size_t)st.st_size)
		err = -EIO;
	fclose(in);
	if (err != 0) {
		free(text);
		return err;
	}
	*out = text;
	return 0;
}

int watch_status_parse(const char *text, struct watch_status *s)
{
	memset(s, 0, sizeof(*s));
	cJSON *root = cJSON_Parse(text);
	const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "schema"));
	if (schema == NULL || strcmp(schema, "earshot.status/1") != 0) {
		cJSON_Delete(root);
		return -EPROTO;
	}
	get_text(root, "version", s->version, sizeof(s->version));
	get_text(root, "site", s->site, sizeof(s->site));
	get_numbers(root, own_fields, s);
	get_numbers(cJSON_GetObjectItemCaseSensitive(root, "counters"), counter_fields, &s->counters);
	get_numbers(cJSON_GetObjectItemCaseSensitive(root, "store"), store_fields, s);
	get_numbers(cJSON_GetObjectItemCaseSensitive(root, "image"), image_fields, &s->image);
	get_lists(root, &s->counters);
	get_words(root, s);
	cJSON_Delete(root);
	return 0;
}
