/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conduits_yaml.c - the conduits of zones.yaml: who may talk to whom, how, by whose word and until when.
 *
 *	conduits: [{id, from, to, status, ..., allow: [{id, protocols, operations, initiator, port, approver, reason,
 *	            expires}]}]
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "earshot/observer.h"
#include "sensor/declare/parts.h"

static void read_zone_id(struct reader *r, const yaml_node_t *value, void *member)
{
	const char *text = reader_word(r, value, "the id of a zone in this file");
	if (text != NULL && declarations_zone(r->d, text) == NULL)
		reader_expect(r, value, "there is no zone \"%.60s\" in this file", text);
	*(const char **)member = text;
}

/* One word or a list of them, each of which the list knows; "any" alone is none. */
static struct words words_of(
	struct reader *r, const yaml_node_t *value, const char *expected, const char *(*list)(const void *of, size_t i))
{
	struct words words = {0};
	bool one = value->type != YAML_SEQUENCE_NODE;
	size_t count = one ? 1 : yaml_file_count(value);
	if (count == 0)
		reader_expect(r, value, "expected %s, or any", expected);
	words.at = r->y.err == 0 ? arena_alloc(&r->d->arena, count * sizeof(*words.at)) : NULL;
	if (words.at == NULL && r->y.err == 0)
		r->y.err = -ENOMEM;
	for (size_t i = 0; i < count && r->y.err == 0; i++) {
		const yaml_node_t *item = one ? value : yaml_file_item(&r->y, value, i);
		const char *word = reader_word(r, item, expected), *near;
		if (word == NULL || word_is_in(word, list, NULL))
			words.at[words.count++] = word;
		else if (count == 1 && strcmp(word, "any") == 0)
			break;
		else if ((near = word_near(word, list, NULL)) != NULL)
			reader_expect(r, item, "\"%.60s\" is none that is known; did you mean %s?", word, near);
		else
			reader_expect(r, item, "\"%.60s\", expected %s", word, expected);
	}
	return words;
}

static void read_protocols(struct reader *r, const yaml_node_t *value, void *record)
{
	struct conduit_rule *rule = record;
	struct words words =
		words_of(r, value, "the name of a protocol as 'earshot show links' prints it", protocol_word);
	for (size_t i = 0; i < words.count && r->y.err == 0; i++)
		if (strcmp(words.at[i], "unknown") == 0)
			words.at[i] = ""; /* as the inventory has it */
	rule->protocols = words.at;
	rule->protocol_count = words.count;
}

static void read_operations(struct reader *r, const yaml_node_t *value, void *member)
{
	struct words words =
		words_of(r, value, "read, write, control, program, configure, diagnose or file", operation_word);
	unsigned bits = 0;
	for (size_t i = 0; i < words.count && r->y.err == 0; i++)
		for (unsigned bit = 0; bit < OPERATION_BITS; bit++)
			if (strcmp(operation_word(NULL, bit), words.at[i]) == 0)
				bits |= 1u << bit;
	*(uint8_t *)member = (uint8_t)bits;
}

static void read_direction(struct reader *r, const yaml_node_t *value, void *member)
{
	static const char *const names[] = {"from", "to", "both"};
	const char *text = reader_word(r, value, "from, to or both: the side that may open it");
	for (unsigned i = 0; text != NULL && i < 3; i++) {
		if (strcmp(text, names[i]) == 0) {
			*(enum rule_direction *)member = (enum rule_direction)i;
			return;
		}
	}
	if (text != NULL)
		reader_expect(r, value, "\"%.60s\", expected from, to or both: the side that may open it", text);
}

static void read_port(struct reader *r, const yaml_node_t *value, void *member)
{
	const char *text = reader_word(r, value, "a port of 1 to 65535, or any");
	if (text == NULL || strcmp(text, "any") == 0)
		return;
	char *end = NULL;
	unsigned long port = isdigit((unsigned char)text[0]) ? strtoul(text, &end, 10) : 0;
	if (end == NULL || *end != '\0' || port > UINT16_MAX)
		reader_expect(r, value, "\"%.60s\", expected a port of 1 to 65535, or any", text);
	*(uint16_t *)member = (uint16_t)port;
}

static void read_expiry(struct reader *r, const yaml_node_t *value, void *record)
{
	struct conduit_rule *rule = record;
	read_date(r, value, &rule->expires);
	if (r->y.err == 0 && rule->expires != NULL)
		date_parse(rule->expires, &rule->expires_ns);
}

static const struct declare_key rule_keys[] = {
#define AT(member) offsetof(struct conduit_rule, member)
	{"id", read_id, AT(id)},
	{"protocols", read_protocols, 0},
	{"operations", read_operations, AT(operations)},
	{"initiator", read_direction, AT(initiator)},
	{"port", read_port, AT(port)},
	{"approver", read_text, AT(approver)},
	{"reason", read_text, AT(reason)},
	{"expires", read_expiry, 0},
#undef AT
};

static void read_rules(struct reader *r, const yaml_node_t *value, void *record)
{
	struct declared_conduit *conduit = record;
	if (value->type == YAML_SCALAR_NODE && value->data.scalar.length == 0)
		return; /* nothing is allowed */
	if (value->type != YAML_SEQUENCE_NODE) {
		reader_expect(
			r, value, "expected a list of lines like \"- {protocols: [modbus], operations: [read]}\"");
		return;
	}
	size_t count = yaml_file_count(value);
	conduit->allow = arena_alloc(&r->d->arena, (count + 1) * sizeof(*conduit->allow));
	if (conduit->allow == NULL)
		r->y.err = -ENOMEM;
	for (size_t i = 0; i < count && r->y.err == 0; i++) {
		const yaml_node_t *item = yaml_file_item(&r->y, value, i);
		r->key = "allow";
		conduit->allow[i].line = (uint32_t)item->start_mark.line + 1;
		reader_mapping(
			r, item, "a rule", rule_keys, sizeof(rule_keys) / sizeof(rule_keys[0]), &conduit->allow[i]);
	}
	conduit->allow_count = count;
}

static const struct declare_key conduit_keys[] = {
#define AT(member) offsetof(struct declared_conduit, member)
	{"id", read_id, AT(id)},
	{"from", read_zone_id, AT(from)},
	{"to", read_zone_id, AT(to)},
	{"status", read_status, AT(status)},
	{"owner", read_text, AT(owner)},
	{"security_level_target", read_text, AT(security_level_target)},
	{"enforced_by", read_text, AT(enforced_by)},
	{"notes", read_text, AT(notes)},
	{"allow", read_rules, 0},
#undef AT
};

static uint32_t pair_hash(const struct declared_conduit *c)
{
	return hash_bytes(c->from, strlen(c->from), 0) ^ hash_bytes(c->to, strlen(c->to), 0);
}

static bool is_live(const struct declared_conduit *c)
{
	return c->status == DECLARED_PROPOSED || c->status == DECLARED_ACCEPTED;
}

static bool is_same_pair(const struct declared_conduit *a, const struct declared_conduit *b)
{
	return (strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0) ||
	       (strcmp(a->from, b->to) == 0 && strcmp(a->to, b->from) == 0);
}

/* An id stands for one conduit, and of two zones only one conduit can be meant. */
static void conduit_know(struct reader *r, const yaml_node_t *node, const struct declared_conduit *c)
{
	uint32_t hash = hash_bytes(c->id, strlen(c->id), 0), pair = pair_hash(c), cursor, row;
	const struct declared_conduit *all = r->d->conduits;
	for (row = index_first(&r->conduit_index, hash, &cursor); row != INDEX_END;
		row = index_next(&r->conduit_index, hash, &cursor))
		if (strcmp(all[row].id, c->id) == 0)
			reader_expect(r, node, "id: \"%s\" is the conduit of line %u already", c->id, all[row].line);
	for (row = is_live(c) ? index_first(&r->pair_index, pair, &cursor) : INDEX_END; row != INDEX_END;
		row = index_next(&r->pair_index, pair, &cursor))
		if (is_same_pair(&all[row], c))
			reader_expect(r, node,
				"to: \"%s\" and \"%s\" have the conduit of line %u already, expected one for both "
				"directions",
				c->from, c->to, all[row].line);
	if (r->y.err != 0)
		return;
	uint32_t number = (uint32_t)r->d->conduit_count;
	if (index_put(&r->conduit_index, hash, number) != 0 ||
		(is_live(c) && index_put(&r->pair_index, pair, number) != 0))
		r->y.err = -ENOMEM;
}

void conduits_read(struct reader *r, const yaml_node_t *list)
{
	r->key = "conduits";
	size_t count = yaml_file_count(list);
	if (list->type != YAML_SEQUENCE_NODE)
		reader_expect(r, list, "expected a list of conduits, each beginning with \"- id: ...\"");
	else if (count > CONDUITS_MAX)
		reader_expect(r, list, "%zu conduits, expected at most %u", count, CONDUITS_MAX);
	struct declared_conduit *all = r->y.err == 0 ? arena_alloc(&r->d->arena, (count + 1) * sizeof(*all)) : NULL;
	if (all == NULL && r->y.err == 0)
		r->y.err = -ENOMEM;
	r->d->conduits = all;
	for (size_t i = 0; i < count && r->y.err == 0; i++) {
		const yaml_node_t *node = yaml_file_item(&r->y, list, i);
		r->key = NULL;
		all[i].line = (uint32_t)node->start_mark.line + 1;
		if (!reader_mapping(r, node, "a conduit", conduit_keys, sizeof(conduit_keys) / sizeof(conduit_keys[0]),
			    &all[i]))
			break;
		if (all[i].id == NULL || all[i].from == NULL || all[i].to == NULL)
			reader_expect(r, node, "%s: a conduit needs id, from and to",
				all[i].id == NULL     ? "id"
				: all[i].from == NULL ? "from"
						      : "to");
		else
			conduit_know(r, node, &all[i]);
		r->d->conduit_count++;
	}
}
