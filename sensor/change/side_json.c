/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side_json.c - a side from an inventory JSON, whoever wrote it down: our export, an accepted baseline, or either of
 * them after a person's tool has sorted its keys or laid it out anew.
 *
 * A tree of the whole document would take many times its size. So the outermost object is only looked over, to find
 * where each list begins; then the lists are read in the order in which they refer to each other, one element at a
 *time.
 *
 *	{ "schema": ..., "captures": [ {..}, {..} ], "assets": [ {..}, ... ], "links": [ ... ], ... }
 *	      2. captures ────────────┘   3. assets ─┘   4. links ────┘        5. unanswered
 */
#include "sensor/change/side_parts.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sensor/util/moment.h"
#include "sensor/util/strings.h"
#include "sensor/util/text.h"
#include "sensor/util/whole.h"

enum { KEY_SCHEMA, KEY_SITE, KEY_CAPTURES, KEY_ASSETS, KEY_LINKS, KEY_UNANSWERED, KEYS };
static const char *const key_names[KEYS] = {"schema", "site", "captures", "assets", "links", "unanswered"};
#define SCHEMA "earshot.inventory/1"

struct reader {
	struct side *side;
	const char *text, *end, *at;
	const char *values[KEYS]; /* where each begins; NULL: not there */
	uint32_t rooms[KEYS];     /* elements of the lists */
	struct side_mark *captures;
	uint32_t capture_count;
	struct strings ids; /* of assets: text id i + 1 is asset i */
	char *error;
	int err;
};

static bool fail_at(struct reader *r, const char *at, const char *expected)
{
	size_t line, column;
	if (r->err != 0)
		return false;
	whole_place(r->text, (size_t)(at - r->text), &line, &column);
	snprintf(r->error, SIDE_ERROR_MAX, "%zu:%zu: %s", line, column, expected);
	r->err = -EINVAL;
	return false;
}

static bool fail_memory(struct reader *r)
{
	if (r->err == 0)
		r->err = -ENOMEM;
	return false;
}

static void skip_space(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
		r->at++;
}

static bool expect(struct reader *r, char sign, const char *expected)
{
	skip_space(r);
	if (r->at == r->end || *r->at != sign)
		return fail_at(r, r->at, expected);
	r->at++;
	return true;
}

static bool skip_string(struct reader *r)
{
	if (!expect(r, '"', "expected a string"))
		return false;
	for (; r->at < r->end && *r->at != '"'; r->at++)
		if (*r->at == '\\' && r->at + 1 < r->end)
			r->at++;
	return expect(r, '"', "the string has no end");
}

/* Over one value of any kind; what is inside is read later, if it is wanted. */
static bool skip_value(struct reader *r)
{
	size_t depth = 0;
	skip_space(r);
	const char *start = r->at;
	do {
		skip_space(r);
		if (r->at == r->end)
			return fail_at(r, start, "this value has no end: was the file cut off?");
		if (*r->at == '"') {
			if (!skip_string(r))
				return false;
		} else if (*r->at == '[' || *r->at == '{') {
			depth++;
			r->at++;
		} else if (strchr("]},:", *r->at) == NULL) {
			while (r->at < r->end && strchr("[]{},:\" \t\r\n", *r->at) == NULL)
				r->at++;
		} else if (depth == 0) {
			return fail_at(r, r->at, "expected a value");
		} else {
			depth -= *r->at == ']' || *r->at == '}';
			r->at++;
		}
	} while (depth > 0);
	return true;
}

static bool look_over_key(struct reader *r)
{
	skip_space(r);
	const char *key = r->at + 1;
	if (!skip_string(r))
		return false;
	size_t len = (size_t)(r->at - 1 - key);
	if (!expect(r, ':', "expected ':'"))
		return false;
	skip_space(r);
	for (unsigned i = 0; i < KEYS; i++) {
		if (strlen(key_names[i]) != len || memcmp(key, key_names[i], len) != 0)
			continue;
		if (r->values[i] != NULL)
			return fail_at(r, key, "this key was there before");
		r->values[i] = r->at;
	}
	return skip_value(r);
}

static bool look_over(struct reader *r)
{
	if (!expect(r, '{', "expected an inventory: an object that begins with '{'"))
		return false;
	skip_space(r);
	while (r->at < r->end && *r->at != '}') {
		if (!look_over_key(r))
			return false;
		skip_space(r);
		if (r->at < r->end && *r->at == ',')
			r->at++;
		else if (r->at < r->end && *r->at != '}')
			return fail_at(r, r->at, "expected ',' or '}'");
		skip_space(r);
	}
	if (!expect(r, '}', "the object has no end: was the file cut off?"))
		return false;
	skip_space(r);
	return r->at == r->end || fail_at(r, r->at, "nothing was expected after the inventory");
}

/* One value as a tree. NULL after a failure. */
static cJSON *value_read(struct reader *r)
{
	const char *end = NULL;
	skip_space(r);
	cJSON *value = cJSON_ParseWithLengthOpts(r->at, (size_t)(r->end - r->at), &end, 0);
	if (value == NULL)
		fail_at(r, end != NULL && end <= r->end ? end : r->at, "no JSON, or no memory");
	else
		r->at = end;
	return value;
}

/* Each element of a list; `take` says what is wrong with one, or NULL. */
static bool list_read(struct reader *r, unsigned key, const char *(*take)(struct reader *r, const cJSON *o))
{
	r->at = r->values[key];
	if (r->at == NULL || *r->at != '[')
		return fail_at(r, r->at != NULL ? r->at : r->text,
			r->at != NULL ? "expected a list"
				      : "no inventory: a list of captures, assets or links is missing");
	r->at++;
	skip_space(r);
	for (uint32_t i = 0; r->err == 0 && r->at < r->end && *r->at != ']'; i++) {
		const char *start = r->at;
		if (i == r->rooms[key])
			return fail_at(r, start, "expected ']'");
		cJSON *o = value_read(r);
		if (o == NULL)
			return false;
		const char *wrong = cJSON_IsObject(o) ? take(r, o) : "expected an object";
		cJSON_Delete(o);
		if (wrong != NULL)
			return fail_at(r, start, wrong);
		skip_space(r);
		if (r->at < r->end && *r->at == ',')
			r->at++;
		else if (r->at == r->end || *r->at != ']')
			return fail_at(r, r->at, "expected ',' or ']'");
		skip_space(r);
	}
	return r->err == 0;
}

static void *alloc(struct reader *r, size_t count, size_t size)
{
	void *memory = arena_alloc(&r->side->arena, count * size + 1);
	if (memory == NULL)
		fail_memory(r);
	return memory;
}

/* Room in the arena for the elements of a list. */
static void *elements_alloc(struct reader *r, unsigned key, size_t size)
{
	uint32_t count = 0;
	r->at = r->values[key];
	if (r->at == NULL || *r->at != '[')
		return NULL;
	r->at++;
	skip_space(r);
	while (r->at < r->end && *r->at != ']' && count < UINT32_MAX - 1 && skip_value(r)) {
		count++;
		skip_space(r);
		if (r->at < r->end && *r->at == ',')
			r->at++;
		skip_space(r);
	}
	r->rooms[key] = count;
	return alloc(r, count, size);
}

/* The first element, the others behind it; NULL: empty, or no list. */
static const cJSON *elements_of(const cJSON *list)
{
	return cJSON_IsArray(list) ? list->child : NULL;
}

/* NULL when it is not there, empty, or no text. Borrowed from the tree. */
static const char *text_of(const cJSON *o, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);
	return cJSON_IsString(item) && item->valuestring[0] != '\0' ? item->valuestring : NULL;
}

static const char *copy_of(struct reader *r, const cJSON *o, const char *key)
{
	const char *text = text_of(o, key);
	const char *copy = text != NULL ? arena_copy(&r->side->arena, text) : NULL;
	if (text != NULL && copy == NULL)
		fail_memory(r);
	return copy;
}

static uint64_t number_of(const cJSON *o, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);
	bool whole =
		cJSON_IsNumber(item) && item->valuedouble >= 1 && item->valuedouble < 9007199254740992.0; /* 2^53 */
	return whole ? (uint64_t)item->valuedouble : 0;
}

static int64_t time_of(const cJSON *o, const char *key)
{
	const char *text = text_of(o, key);
	int64_t ns;
	if (text == NULL || !moment_parse(text, &ns))
		return 0;
	return ns > 0 ? ns : 1; /* a clock that began at 0, see json_time_of() */
}

static struct side_mark mark_of(const struct reader *r, const cJSON *o)
{
	struct side_mark mark = {.first_ns = time_of(o, "first_seen"), .last_ns = time_of(o, "last_seen")};
	uint64_t capture = number_of(o, "capture"), frame = number_of(o, "frame");
	if (frame > 0 && capture > 0 && capture <= r->capture_count) {
		mark.capture = r->captures[capture - 1].capture;
		mark.sha256 = r->captures[capture - 1].sha256;
		mark.frame = frame;
	}
	return mark;
}

static const char *capture_take(struct reader *r, const cJSON *o)
{
	struct side *s = r->side;
	int64_t first = time_of(o, "first"), last = time_of(o, "last");
	if (number_of(o, "id") != (uint64_t)r->capture_count + 1)
		return "captures must be numbered from 1";
	struct side_mark *capture = &r->captures[r->capture_count++];
	capture->capture = copy_of(r, o, "name");
	capture->sha256 = copy_of(r, o, "sha256");
	if (capture->capture == NULL)
		capture->capture = "";
	s->packets += number_of(o, "packets");
	if (first != 0 && (s->first_ns == 0 || first < s->first_ns))
		s->first_ns = first;
	if (last > s->last_ns)
		s->last_ns = last;
	s->capture_count++;
	return NULL;
}

static void list_add(struct reader *r, struct side_list *list, const char *text)
{
	const char *copy = arena_copy(&r->side->arena, text);
	if (copy == NULL)
		fail_memory(r);
	else
		list->texts[list->count++] = copy;
}

static void interfaces_take(struct reader *r, struct side_asset *a, const cJSON *interfaces)
{
	size_t ips = 0, vlans = 0, macs = 0;
	const cJSON *n, *item;
	for (n = elements_of(interfaces); n != NULL; n = n->next) {
		ips += (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(n, "ips"));
		vlans += (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(n, "vlans"));
		macs++;
	}
	a->ips.texts = alloc(r, ips, sizeof(char *));
	a->macs.texts = alloc(r, macs, sizeof(char *));
	a->vlans.texts = alloc(r, vlans, sizeof(char *));
	for (n = elements_of(interfaces); n != NULL; n = n->next) {
		if (r->err != 0)
			return;
		for (item = elements_of(cJSON_GetObjectItemCaseSensitive(n, "ips")); item != NULL; item = item->next)
			if (cJSON_IsString(item))
				list_add(r, &a->ips, item->valuestring);
		if (text_of(n, "mac") != NULL)
			list_add(r, &a->macs, text_of(n, "mac"));
		for (item = elements_of(cJSON_GetObjectItemCaseSensitive(n, "vlans")); item != NULL;
			item = item->next) {
			char vlan[12];
			if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > UINT16_MAX)
				continue;
			snprintf(vlan, sizeof(vlan), "%u", (unsigned)item->valuedouble);
			list_add(r, &a->vlans, vlan);
		}
	}
	a->label = a->ips.count > 0 ? a->ips.texts[0] : NULL;
}

static void facts_take(struct reader *r, struct side_asset *a, const cJSON *facts)
{
	const cJSON *o;
	a->said = alloc(r, (size_t)cJSON_GetArraySize(facts), sizeof(*a->said));
	for (o = elements_of(facts); o != NULL; o = o->next) {
		const char *attribute = text_of(o, "attribute");
		const cJSON *confidence = cJSON_GetObjectItemCaseSensitive(o, "confidence");
		if (attribute == NULL || text_of(o, "value") == NULL || !side_fact_matters(attribute))
			continue;
		double percent = cJSON_IsNumber(confidence) ? confidence->valuedouble * 100 + 0.5 : 0;
		struct side_fact fact = {copy_of(r, o, "attribute"), copy_of(r, o, "value"),
			percent > 0 && percent < 101 ? (unsigned)percent : 0, mark_of(r, o)};
		fact.mark.protocol = copy_of(r, o, "protocol");
		fact.mark.message = copy_of(r, o, "message");
		if (r->err != 0)
			return;
		side_fact(a, &fact);
	}
}

static void conclusion_take(
	struct reader *r, struct side_value *v, const cJSON *o, const char *key, const char *because)
{
	v->text = copy_of(r, o, key);
	if (v->text != NULL)
		v->mark.because = copy_of(r, o, because);
}

static void fields_take(struct reader *r, struct side_asset *a, const cJSON *o)
{
	const cJSON *verdict;
	for (unsigned f = FIELD_NAME; f <= FIELD_OS; f++)
		a->values[f].text = copy_of(r, o, change_field_name((enum change_field)f));
	struct side_value *type = &a->values[FIELD_TYPE];
	if (text_of(o, "type") != NULL && strcmp(text_of(o, "type"), "unknown") != 0)
		type->text = copy_of(r, o, "type");
	verdict = elements_of(cJSON_GetObjectItemCaseSensitive(o, "type_verdicts"));
	for (; verdict != NULL && type->text != NULL && type->mark.because == NULL; verdict = verdict->next)
		if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(verdict, "won")))
			type->mark.because = copy_of(r, verdict, "because");
	if (a->parent != SIDE_NONE) /* a part is where its device is */
		return;
	conclusion_take(r, &a->values[FIELD_LEVEL], o, "purdue_level", "level_reason");
	conclusion_take(r, &a->values[FIELD_ZONE], o, "zone", "zone_reason");
}

static uint32_t asset_by_id(const struct reader *r, const char *id)
{
	uint32_t text = id != NULL ? strings_find(&r->ids, id) : STRINGS_FULL;
	return text == STRINGS_FULL || text == 0 ? SIDE_NONE : text - 1;
}

static const char *asset_take(struct reader *r, const cJSON *o)
{
	struct side *s = r->side;
	struct side_asset *a = &s->assets[s->asset_count];
	*a = (struct side_asset){.id = copy_of(r, o, "id"), .parent = SIDE_NONE, .heard = true, .seen = mark_of(r, o)};
	if (a->id == NULL)
		return "an asset without an id";
	if (asset_by_id(r, a->id) != SIDE_NONE)
		return "an asset has the id of another";
	if (strings_add(&r->ids, a->id) != s->asset_count + 1) {
		fail_memory(r);
		return NULL;
	}
	if (text_of(o, "parent") != NULL) {
		const cJSON *at = cJSON_GetObjectItemCaseSensitive(o, "at");
		const char *value = text_of(at, "value");
		a->parent = asset_by_id(r, text_of(o, "parent"));
		a->kind = copy_of(r, at, "kind");
		if (a->parent >= s->asset_count || s->assets[a->parent].parent != SIDE_NONE || a->kind == NULL)
			return "a part of a device must say where in it, and stand behind it";
		a->place = arena_format(&s->arena, "%s %s", a->kind, value != NULL ? value : "");
		if (a->place == NULL)
			fail_memory(r);
	}
	fields_take(r, a, o);
	interfaces_take(r, a, cJSON_GetObjectItemCaseSensitive(o, "interfaces"));
	facts_take(r, a, cJSON_GetObjectItemCaseSensitive(o, "facts"));
	s->asset_count++;
	return NULL;
}

static unsigned operation_of(const cJSON *name)
{
	for (unsigned bit = 1; cJSON_IsString(name) && bit < 1u << OPERATION_BITS; bit <<= 1)
		if (strcmp(name->valuestring, operation_name(bit)) == 0)
			return bit;
	return 0;
}

static const char *link_take(struct reader *r, const cJSON *o)
{
	struct side *s = r->side;
	struct side_channel *c = &s->channels[s->channel_count];
	const cJSON *item, *evidence = cJSON_GetObjectItemCaseSensitive(o, "evidence");
	uint64_t port = number_of(o, "port");
	*c = (struct side_channel){.client = asset_by_id(r, text_of(o, "client")),
		.server = asset_by_id(r, text_of(o, "server")),
		.protocol = copy_of(r, o, "protocol"),
		.transport = copy_of(r, o, "transport"),
		.port = port <= UINT16_MAX ? (uint32_t)port : 0,
		.answered = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "answered")),
		.heard = true,
		.seen = mark_of(r, o)};
	if (c->client == SIDE_NONE || c->server == SIDE_NONE)
		return "a link between assets that are not in the list";
	c->protocol = c->protocol != NULL ? c->protocol : "";
	c->transport = c->transport != NULL ? c->transport : "";
	for (item = elements_of(cJSON_GetObjectItemCaseSensitive(o, "operations")); item != NULL; item = item->next)
		c->operations |= operation_of(item);
	c->proofs = alloc(r, (size_t)cJSON_GetArraySize(evidence), sizeof(*c->proofs));
	for (item = elements_of(evidence); item != NULL; item = item->next) {
		unsigned operation = operation_of(cJSON_GetObjectItemCaseSensitive(item, "operation"));
		if (operation != 0 && r->err == 0)
			c->proofs[c->proof_count++] = (struct side_proof){operation, mark_of(r, item)};
	}
	s->channel_count++;
	return NULL;
}

static const char *vain_take(struct reader *r, const cJSON *o)
{
	const cJSON *asked_by = cJSON_GetObjectItemCaseSensitive(o, "asked_by");
	const cJSON *first = cJSON_GetArrayItem(asked_by, 0);
	struct side_vain *v = &r->side->vain[r->side->vain_count++];
	*v = (struct side_vain){.address = copy_of(r, o, "address"),
		.asked_by = cJSON_IsString(first) ? asset_by_id(r, first->valuestring) : SIDE_NONE,
		.askers = (uint32_t)cJSON_GetArraySize(asked_by)};
	return v->address == NULL ? "expected an address that was asked in vain" : NULL;
}

/* "schema" and "site"; "" when it is not there. In the arena. */
static const char *word_read(struct reader *r, unsigned key)
{
	const char *copy = "";
	r->at = r->values[key];
	cJSON *value = r->at != NULL && r->err == 0 ? value_read(r) : NULL;
	if (cJSON_IsString(value)) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a string is not NULL */
		copy = arena_copy(&r->side->arena, value->valuestring);
		if (copy == NULL)
			fail_memory(r);
	}
	cJSON_Delete(value);
	return copy != NULL ? copy : "";
}

static void read_lists(struct reader *r)
{
	struct side *s = r->side;
	r->captures = elements_alloc(r, KEY_CAPTURES, sizeof(*r->captures));
	s->assets = elements_alloc(r, KEY_ASSETS, sizeof(*s->assets));
	s->channels = elements_alloc(r, KEY_LINKS, sizeof(*s->channels));
	s->vain = elements_alloc(r, KEY_UNANSWERED, sizeof(*s->vain));
	if (r->err == 0 && list_read(r, KEY_CAPTURES, capture_take) && list_read(r, KEY_ASSETS, asset_take) &&
		list_read(r, KEY_LINKS, link_take) && r->values[KEY_UNANSWERED] != NULL)
		list_read(r, KEY_UNANSWERED, vain_take);
	if (r->err == 0 && !side_settle(s))
		fail_memory(r);
}

int side_of_json(struct side *out, const char *text, size_t len, char error[SIDE_ERROR_MAX])
{
	struct reader r = {.side = out, .text = text, .end = text + len, .at = text, .error = error};
	*out = (struct side){.site = ""};
	error[0] = '\0';
	if (strlen(text) != len || !text_is_utf8(text))
		fail_at(&r, text, "no inventory: not text in UTF-8");
	if (r.err == 0 && strings_init(&r.ids, len + 16) != 0)
		fail_memory(&r);
	if (r.err == 0 && look_over(&r)) {
		const char *schema = word_read(&r, KEY_SCHEMA);
		if (r.err == 0 && strcmp(schema, SCHEMA) != 0)
			fail_at(&r, r.values[KEY_SCHEMA] != NULL ? r.values[KEY_SCHEMA] : text,
				"expected \"schema\": \"" SCHEMA "\"; 'earshot export json' writes it");
		out->site = word_read(&r, KEY_SITE);
	}
	if (r.err == 0)
		read_lists(&r);
	strings_clear(&r.ids);
	return r.err;
}
