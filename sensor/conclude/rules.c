/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - reads config/rules/types.yaml; the head of that file explains the language. */
#include "sensor/conclude/rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "earshot/observer.h"
#include "sensor/util/text.h"

enum key_kind { KEY_TEXT, KEY_WORDS, KEY_NUMBERS, KEY_NUMBER, KEY_BOOL, KEY_SIDE, KEY_OPERATIONS };

#define ON(kind) (1u << CONDITION_##kind)

/* A key of a condition: which kinds may have it, what its value is, where that goes. */
static const struct key {
	const char *name;
	int decides;      /* enum condition_kind that this key makes of the condition, or -1 */
	unsigned allowed; /* ON() bits */
	enum key_kind kind;
	size_t at;
} keys[] = {
#define AT(member) offsetof(struct condition, member)
	{"fact", CONDITION_FACT, ON(FACT), KEY_WORDS, AT(subjects)},
	{"role", CONDITION_ROLE, ON(ROLE), KEY_WORDS, AT(subjects)},
	{"child", CONDITION_CHILD, ON(CHILD), KEY_WORDS, AT(subjects)},
	{"at", CONDITION_PLACE, ON(PLACE), KEY_WORDS, AT(subjects)},
	{"parent", CONDITION_PARENT, ON(PARENT), KEY_WORDS, AT(subjects)},
	{"carries", CONDITION_CARRIES, ON(CARRIES), KEY_NUMBER, AT(min)},
	{"tried", CONDITION_TRIED, ON(TRIED), KEY_NUMBER, AT(min)},
	{"address", CONDITION_ADDRESS, ON(ADDRESS), KEY_WORDS, AT(subjects)},
	{"networks", CONDITION_NETWORKS, ON(NETWORKS), KEY_NUMBER, AT(min)},
	{"mac_vendor", CONDITION_MAC_VENDOR, ON(MAC_VENDOR), KEY_WORDS, AT(values)},
	{"moved", CONDITION_MOVED, ON(MOVED), KEY_NUMBER, AT(min)},
	{"value", -1, ON(FACT), KEY_WORDS, AT(values)},
	{"code", -1, ON(FACT), KEY_NUMBERS, AT(codes)},
	{"protocol", -1, ON(FACT), KEY_WORDS, AT(protocols)},
	{"message", -1, ON(FACT), KEY_WORDS, AT(messages)},
	{"confidence", -1, ON(FACT), KEY_NUMBER, AT(confidence_min)},
	{"side", -1, ON(ROLE) | ON(PARENT), KEY_SIDE, AT(side)},
	{"operations", -1, ON(ROLE) | ON(PARENT), KEY_OPERATIONS, AT(operations)},
	{"only", -1, ON(ROLE) | ON(PARENT), KEY_OPERATIONS, AT(only)},
	{"labelled", -1, ON(ROLE), KEY_BOOL, AT(labelled)},
	{"partners", -1, ON(ROLE) | ON(PARENT), KEY_NUMBER, AT(min)},
	{"partners_max", -1, ON(ROLE) | ON(PARENT), KEY_NUMBER, AT(max)},
	{"count", -1, ON(CHILD), KEY_NUMBER, AT(min)},
	{"type", -1, ON(CHILD), KEY_WORDS, AT(values)},
	{"subnets", -1, ON(CARRIES), KEY_NUMBER, AT(subnets_min)},
	{"dead_percent", -1, ON(TRIED), KEY_NUMBER, AT(dead_percent)},
	{"ports", -1, ON(TRIED), KEY_NUMBER, AT(ports_min)},
#undef AT
};

static const struct key *key_find(struct yaml_file *y, const yaml_node_t *node)
{
	const char *name = yaml_file_text(y, node);
	for (size_t i = 0; name != NULL && i < sizeof(keys) / sizeof(*keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	if (name != NULL)
		yaml_file_expect(y, node,
			"unknown key \"%s\" in a condition; expected fact, role, child, at, parent, "
			"carries, networks, moved, tried, address or mac_vendor, and what goes with it",
			name);
	return NULL;
}

static uint8_t operations_read(struct yaml_file *y, const yaml_node_t *node)
{
	struct words words = yaml_file_words(y, node);
	unsigned bits = 0;
	for (size_t i = 0; i < words.count && y->err == 0; i++) {
		unsigned bit = 1;
		while (bit < 1u << OPERATION_BITS && strcmp(operation_name(bit), words.at[i]) != 0)
			bit <<= 1;
		if (bit == 1u << OPERATION_BITS)
			yaml_file_expect(y, node, "unknown operation \"%s\"", words.at[i]);
		bits |= bit;
	}
	return (uint8_t)bits;
}

static enum side_asked side_read(struct yaml_file *y, const yaml_node_t *node)
{
	const char *text = yaml_file_text(y, node);
	if (text == NULL || strcmp(text, "asks") == 0)
		return SIDE_ASKS;
	if (strcmp(text, "answers") != 0)
		yaml_file_expect(y, node, "expected asks or answers, not \"%s\"", text);
	return SIDE_ANSWERS;
}

static void value_read(struct yaml_file *y, const struct key *key, const yaml_node_t *node, struct condition *c)
{
	char *at = (char *)c + key->at;
	switch (key->kind) {
	case KEY_TEXT:
		*(const char **)at = yaml_file_text(y, node);
		break;
	case KEY_WORDS:
		*(struct words *)at = yaml_file_words(y, node);
		break;
	case KEY_NUMBERS:
		*(struct numbers *)at = yaml_file_numbers(y, node);
		break;
	case KEY_NUMBER:
		*(uint32_t *)at = yaml_file_number(y, node);
		break;
	case KEY_BOOL:
		*(bool *)at = yaml_file_bool(y, node);
		break;
	case KEY_SIDE:
		*(enum side_asked *)at = side_read(y, node);
		break;
	case KEY_OPERATIONS:
		*(uint8_t *)at = operations_read(y, node);
		break;
	}
}

/* The words of a closed list are checked here, so that a slip of the pen is not a rule that never fires. */
static void attributes_check(struct yaml_file *y, const yaml_node_t *node, struct condition *c)
{
	for (size_t i = 0; i < c->subjects.count && y->err == 0; i++) {
		unsigned a = ATTRIBUTE_NONE + 1;
		while (a < ATTRIBUTES && strcmp(attribute_name(a), c->subjects.at[i]) != 0)
			a++;
		if (a == ATTRIBUTES)
			yaml_file_expect(y, node, "unknown attribute \"%s\"", c->subjects.at[i]);
		else
			c->attributes[a] = true;
	}
}

static void words_check(struct yaml_file *y, const yaml_node_t *node, const struct condition *c)
{
	static const char *const classes[] = {"public", "private", "loopback", "behind-router", "router-virtual"};
	for (size_t i = 0; i < c->subjects.count && y->err == 0; i++) {
		const char *word = c->subjects.at[i];
		bool known = c->kind != CONDITION_ADDRESS;
		if (c->kind == CONDITION_CHILD || c->kind == CONDITION_PLACE)
			known = path_kind_parse(word) != PATH_NONE;
		for (size_t j = 0; j < sizeof(classes) / sizeof(*classes); j++)
			known |= c->kind == CONDITION_ADDRESS && strcmp(word, classes[j]) == 0;
		if (!known)
			yaml_file_expect(y, node, "unknown word \"%s\"", word);
	}
}

/* Values are compared without spaces: makers print order numbers with and without. */
static void spaces_drop(struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		char *to = (char *)(uintptr_t)words->at[i]; /* our own copy, see yaml_file_text() */
		for (const char *from = words->at[i]; *from != '\0'; from++)
			if (*from != ' ')
				*to++ = *from;
		*to = '\0';
	}
}

static void condition_read(struct yaml_file *y, const yaml_node_t *node, struct condition *c)
{
	const struct key *decided = NULL;
	if (!yaml_file_is_mapping(y, node, "a condition"))
		return;
	for (size_t i = 0; i < yaml_file_count(node) && y->err == 0; i++) {
		const struct key *key = key_find(y, yaml_file_key(y, node, i));
		if (key == NULL || key->decides < 0)
			continue;
		if (decided != NULL)
			yaml_file_expect(y, yaml_file_key(y, node, i), "a condition is either %s or %s, not both",
				decided->name, key->name);
		decided = key;
	}
	if (decided == NULL) {
		yaml_file_expect(y, node,
			"expected fact, role, child, at, parent, carries, networks, tried, address or mac_vendor");
		return;
	}
	c->kind = (enum condition_kind)decided->decides;
	for (size_t i = 0; i < yaml_file_count(node) && y->err == 0; i++) {
		const struct key *key = key_find(y, yaml_file_key(y, node, i));
		if (key != NULL && !(key->allowed & 1u << c->kind))
			yaml_file_expect(
				y, yaml_file_key(y, node, i), "%s does not go with %s", key->name, decided->name);
		else if (key != NULL)
			value_read(y, key, yaml_file_value(y, node, i), c);
	}
	if (y->err != 0)
		return;
	spaces_drop(&c->values);
	if (c->kind == CONDITION_FACT)
		attributes_check(y, node, c);
	else
		words_check(y, node, c);
}

static struct condition *conditions_read(struct yaml_file *y, const yaml_node_t *node, size_t *count)
{
	if (!yaml_file_is_sequence(y, node, "conditions"))
		return NULL;
	size_t most = yaml_file_count(node);
	struct condition *list = arena_alloc(y->arena, (most + 1) * sizeof(*list));
	if (list == NULL)
		y->err = -ENOMEM;
	for (*count = 0; *count < most && y->err == 0; (*count)++)
		condition_read(y, yaml_file_item(y, node, *count), &list[*count]);
	return list;
}

static const char *type_known(const struct rules *r, const char *type)
{
	for (size_t i = 0; type != NULL && i < r->type_count; i++)
		if (strcmp(r->types[i].type, type) == 0)
			return r->types[i].type;
	return NULL;
}

/* One key of a rule; false when there is no such key. */
static bool rule_key(struct yaml_file *y, const char *name, const yaml_node_t *value, struct rule *rule)
{
	if (strcmp(name, "id") == 0)
		rule->id = yaml_file_text(y, value);
	else if (strcmp(name, "type") == 0)
		rule->type = yaml_file_text(y, value);
	else if (strcmp(name, "flag") == 0)
		rule->flag = yaml_file_text(y, value);
	else if (strcmp(name, "vendor") == 0)
		rule->vendor = yaml_file_text(y, value);
	else if (strcmp(name, "level") == 0)
		rule->level = yaml_file_text(y, value);
	else if (strcmp(name, "score") == 0)
		rule->score = yaml_file_decimal(y, value);
	else if (strcmp(name, "when") == 0)
		rule->when = conditions_read(y, value, &rule->when_count);
	else if (strcmp(name, "unless") == 0)
		rule->unless = conditions_read(y, value, &rule->unless_count);
	else
		return false;
	return true;
}

static void rule_read(struct yaml_file *y, const yaml_node_t *node, struct rules *r)
{
	struct rule *rule = &r->at[r->count];
	if (!yaml_file_is_mapping(y, node, "a rule"))
		return;
	for (size_t i = 0; i < yaml_file_count(node) && y->err == 0; i++) {
		const yaml_node_t *key = yaml_file_key(y, node, i);
		const char *name = yaml_file_text(y, key);
		if (name != NULL && !rule_key(y, name, yaml_file_value(y, node, i), rule))
			yaml_file_expect(y, key,
				"unknown key \"%s\" in a rule; expected id, type, flag, vendor, level, score, "
				"when or unless",
				name);
	}
	if (y->err != 0)
		return;
	if (rule->id == NULL)
		yaml_file_expect(y, node, "expected an id in this rule");
	else if (rule->type == NULL && rule->flag == NULL && rule->vendor == NULL)
		yaml_file_expect(y, node, "expected a type, a flag or a vendor in rule %s", rule->id);
	else if (rule->type != NULL && type_known(r, rule->type) == NULL)
		yaml_file_expect(y, node, "rule %s: type \"%s\" is not in the list of types", rule->id, rule->type);
	else if (rule->type != NULL && (rule->score <= 0 || rule->score > 5))
		yaml_file_expect(y, node, "rule %s: expected a score above 0, at most 5", rule->id);
	else if (rule->when_count == 0)
		yaml_file_expect(y, node, "rule %s: expected at least one condition in when", rule->id);
	for (size_t i = 0; rule->id != NULL && i < r->count && y->err == 0; i++)
		if (strcmp(r->at[i].id, rule->id) == 0)
			yaml_file_expect(y, node, "rule %s: there is another rule with this id", rule->id);
	r->count++;
}

static void types_read(struct yaml_file *y, const yaml_node_t *node, struct rules *r)
{
	if (!yaml_file_is_mapping(y, node, "types"))
		return;
	size_t most = yaml_file_count(node);
	r->types = arena_alloc(y->arena, (most + 1) * sizeof(*r->types));
	if (r->types == NULL)
		y->err = -ENOMEM;
	for (; r->type_count < most && y->err == 0; r->type_count++) {
		const char *level = yaml_file_text(y, yaml_file_value(y, node, r->type_count));
		r->types[r->type_count].type = yaml_file_text(y, yaml_file_key(y, node, r->type_count));
		r->types[r->type_count].level = level != NULL && *level != '\0' ? level : NULL;
	}
}

static void observations_read(struct yaml_file *y, const yaml_node_t *node, struct rules *r)
{
	if (!yaml_file_is_mapping(y, node, "observations"))
		return;
	size_t most = yaml_file_count(node);
	r->observations = arena_alloc(y->arena, (most + 1) * sizeof(*r->observations));
	if (r->observations == NULL)
		y->err = -ENOMEM;
	for (; r->observation_count < most && y->err == 0; r->observation_count++) {
		r->observations[r->observation_count].protocol =
			yaml_file_text(y, yaml_file_key(y, node, r->observation_count));
		r->observations[r->observation_count].sentence =
			yaml_file_text(y, yaml_file_value(y, node, r->observation_count));
	}
}

static void list_read(struct yaml_file *y, const yaml_node_t *node, struct rules *r)
{
	if (!yaml_file_is_sequence(y, node, "rules"))
		return;
	size_t most = yaml_file_count(node);
	r->at = arena_alloc(y->arena, (most + 1) * sizeof(*r->at));
	if (r->at == NULL)
		y->err = -ENOMEM;
	for (size_t i = 0; i < most && y->err == 0; i++)
		rule_read(y, yaml_file_item(y, node, i), r);
}

/* The value of one key of the file; the types come before the rules that use them, wherever they stand. */
static void section_read(struct yaml_file *y, const yaml_node_t *root, const char *name, struct rules *r,
	void (*reader)(struct yaml_file *y, const yaml_node_t *node, struct rules *r))
{
	bool found = false;
	for (size_t i = 0; i < yaml_file_count(root) && y->err == 0; i++) {
		const char *key = yaml_file_text(y, yaml_file_key(y, root, i));
		if (key == NULL || strcmp(key, name) != 0)
			continue;
		found = true;
		reader(y, yaml_file_value(y, root, i), r);
	}
	if (!found && y->err == 0)
		yaml_file_expect(y, root, "expected the key \"%s\"", name);
}

int rules_load(struct rules *r, const char *path, void (*warn)(void *to, const char *line), void *to)
{
	struct yaml_file y = {.arena = &r->arena, .warn = warn, .to = to};
	if (yaml_file_open(&y, path) && yaml_file_is_mapping(&y, yaml_file_root(&y), "types, identify and rules")) {
		const yaml_node_t *root = yaml_file_root(&y);
		for (size_t i = 0; i < yaml_file_count(root) && y.err == 0; i++) {
			const yaml_node_t *key = yaml_file_key(&y, root, i);
			const char *name = yaml_file_text(&y, key);
			if (name != NULL && strcmp(name, "types") != 0 && strcmp(name, "identify") != 0 &&
				strcmp(name, "rules") != 0)
				yaml_file_expect(
					&y, key, "unknown key \"%s\"; expected types, identify or rules", name);
		}
		section_read(&y, root, "types", r, types_read);
		section_read(&y, root, "identify", r, observations_read);
		section_read(&y, root, "rules", r, list_read);
	}
	yaml_file_close(&y);
	return y.err;
}

void rules_clear(struct rules *r)
{
	arena_clear(&r->arena);
	memset(r, 0, sizeof(*r));
}
