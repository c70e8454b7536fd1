/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - words against the texts of a row. */
#include "sensor/command/filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sensor/command/command.h"
#include "sensor/util/text.h"

static const struct {
	const char *name;
	enum { WHOLE, START, INSIDE } how;
} keys[FILTER_KEYS] = {
	[FILTER_ANY] = {"", INSIDE},
	[FILTER_TYPE] = {"type", WHOLE},
	[FILTER_VENDOR] = {"vendor", INSIDE},
	[FILTER_MODEL] = {"model", INSIDE},
	[FILTER_NAME] = {"name", INSIDE},
	[FILTER_PROTOCOL] = {"protocol", WHOLE},
	[FILTER_ROLE] = {"role", WHOLE},
	[FILTER_IP] = {"ip", START},
	[FILTER_MAC] = {"mac", START},
	[FILTER_FLAG] = {"flag", WHOLE},
	[FILTER_LEVEL] = {"level", WHOLE},
	[FILTER_ZONE] = {"zone", INSIDE},
	[FILTER_KIND] = {"kind", WHOLE},
	[FILTER_STATUS] = {"status", WHOLE},
	[FILTER_VERDICT] = {"verdict", WHOLE},
	[FILTER_SEVERITY] = {"severity", WHOLE},
	[FILTER_RULE] = {"rule", INSIDE},
};

/* The key in front of '='; FILTER_ANY: the word has none, FILTER_KEYS: one that is unknown. */
static enum filter_key key_of(const char *word, const char **value)
{
	const char *equals = strchr(word, '=');
	*value = word;
	if (equals == NULL || equals == word)
		return FILTER_ANY;
	*value = equals + 1;
	for (unsigned i = FILTER_ANY + 1; i < FILTER_KEYS; i++)
		if (strlen(keys[i].name) == (size_t)(equals - word) &&
			strncmp(keys[i].name, word, (size_t)(equals - word)) == 0)
			return (enum filter_key)i;
	return FILTER_KEYS;
}

bool filter_parse(struct filter *f, const char *verb, char **words, size_t count)
{
	*f = (struct filter){words, count};
	for (size_t i = 0; i < count; i++) {
		const char *value;
		if (key_of(words[i], &value) != FILTER_KEYS)
			continue;
		complain(verb, "unknown filter '%s': " FILTER_KEY_WORDS ", or a word", words[i]);
		return false;
	}
	return true;
}

void filter_row_start(struct filter_row *r)
{
	r->count = 0;
}

void filter_row_add(struct filter_row *r, enum filter_key key, const char *text)
{
	if (text == NULL || *text == 0)
		return;
	if (r->count == r->room) {
		size_t room = r->room > 0 ? 2 * r->room : 32;
		void *bigger = realloc(r->texts, room * sizeof(*r->texts));
		if (bigger == NULL) {
			r->failed = true;
			return;
		}
		r->texts = bigger;
		r->room = room;
	}
	r->texts[r->count].key = key;
	r->texts[r->count++].text = text;
}

void filter_row_asset(struct filter_row *r, const struct asset *a)
{
	filter_row_add(r, FILTER_ANY, a->id);
	filter_row_add(r, FILTER_TYPE, a->type);
	filter_row_add(r, FILTER_VENDOR, a->vendor);
	filter_row_add(r, FILTER_MODEL, a->model);
	filter_row_add(r, FILTER_MODEL, a->order_number);
	filter_row_add(r, FILTER_NAME, a->name);
	filter_row_add(r, FILTER_LEVEL, a->purdue_level);
	if (a->declared != NULL) {
		filter_row_add(r, FILTER_NAME, a->declared->name);
		filter_row_add(r, FILTER_NAME, a->declared->number);
	}
	const char *const others[] = {a->serial_number, a->firmware_version, a->hardware_version, a->os, a->at.text};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		filter_row_add(r, FILTER_ANY, others[i]);
	for (size_t i = 0; i < a->flag_count; i++)
		filter_row_add(r, FILTER_FLAG, a->flags[i]);
	for (size_t i = 0; i < a->role_count; i++) {
		filter_row_add(r, FILTER_PROTOCOL, a->roles[i].protocol);
		filter_row_add(r, FILTER_ROLE, a->roles[i].role);
	}
	for (size_t i = 0; i < a->interface_count; i++) {
		const struct interface *n = &a->interfaces[i];
		filter_row_add(r, FILTER_MAC, n->mac);
		filter_row_add(r, FILTER_VENDOR, n->mac_vendor);
		for (size_t k = 0; k < n->ip_count; k++)
			filter_row_add(r, FILTER_IP, n->ips[k]);
		for (size_t k = 0; k < n->hostname_count; k++)
			filter_row_add(r, FILTER_NAME, n->hostnames[k]);
	}
}

void filter_row_clear(struct filter_row *r)
{
	free(r->texts);
	*r = (struct filter_row){0};
}

static bool word_matches(const char *word, const struct filter_row *r)
{
	const char *value;
	enum filter_key key = key_of(word, &value);
	for (size_t i = 0; i < r->count; i++) {
		const char *text = r->texts[i].text;
		if (key != FILTER_ANY && r->texts[i].key != key)
			continue;
		if (keys[key].how == WHOLE       ? strcasecmp(text, value) == 0
			: keys[key].how == START ? strncasecmp(text, value, strlen(value)) == 0
						 : strcasestr(text, value) != NULL)
			return true;
	}
	return false;
}

bool filter_match(const struct filter *f, const struct filter_row *r)
{
	if (r->failed)
		return true;
	for (size_t i = 0; i < f->count; i++)
		if (!word_matches(f->words[i], r))
			return false;
	return true;
}
