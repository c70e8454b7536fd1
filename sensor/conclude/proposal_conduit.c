/* SPDX-License-Identifier: Apache-2.0 */
/* proposal_conduit.c - what was seen between two zones as the rules of a conduit that a person may accept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/proposal.h"
#include "sensor/util/joined.h"

/* From the zone that opens more channels to the other: "from" is whom a person expects to ask. */
struct sketch {
	const struct conclusions *c;
	const struct conduit *seen;
	uint32_t from, to; /* zones */
	struct conduit_rule rules[PROPOSED_RULES_MAX];
	const char *transports[PROPOSED_RULES_MAX]; /* of the channel that made each */
	size_t count, left_out;                     /* channels that found no rule */
};

/* A call that nobody answered: nobody knows what it would have spoken. */
static bool is_attempt(const struct channel *channel)
{
	return channel->protocol[0] == '\0' && !channel->answered;
}

static enum rule_direction direction_of(const struct sketch *s, const struct channel *channel)
{
	return s->c->assets[channel->initiator].zone == s->from ? DIRECTION_FROM_TO : DIRECTION_TO_FROM;
}

/* The check takes an attempt for what is spoken on its port (channel.c): a rule for anything there would be too wide.
 */
static bool is_covered(const struct sketch *s, const struct channel *attempt)
{
	enum rule_direction direction = direction_of(s, attempt);
	for (size_t i = 0; i < s->count && attempt->port != 0; i++)
		if (s->rules[i].port == attempt->port && s->rules[i].initiator == direction &&
			s->rules[i].protocols[0][0] != '\0' && strcmp(s->transports[i], attempt->transport) == 0)
			return true;
	return false;
}

static void rule_widen(struct sketch *s, const struct channel *channel)
{
	enum rule_direction direction = direction_of(s, channel);
	for (size_t i = 0; i < s->count; i++) {
		struct conduit_rule *rule = &s->rules[i];
		if (rule->initiator == direction && rule->port == channel->port &&
			strcmp(rule->protocols[0], channel->protocol) == 0) {
			rule->operations |= channel->operations;
			return;
		}
	}
	bool named = channel->protocol[0] == '\0' || declared_protocol_known(channel->protocol);
	if (s->count == PROPOSED_RULES_MAX || !named) {
		s->left_out++;
		return;
	}
	s->transports[s->count] = channel->transport;
	struct conduit_rule *rule = &s->rules[s->count++];
	/* The text belongs to the channel, whose member is this pointer: one name, no list to allocate. */
	*rule = (struct conduit_rule){.protocols = (const char **)(uintptr_t)&channel->protocol,
		.protocol_count = 1,
		.port = channel->port,
		.operations = channel->operations,
		.initiator = direction};
}

static int rule_compare(const void *left, const void *right)
{
	const struct conduit_rule *a = left, *b = right;
	if (a->initiator != b->initiator)
		return a->initiator < b->initiator ? -1 : 1;
	int order = strcmp(a->protocols[0], b->protocols[0]);
	return order != 0 ? order : (a->port > b->port) - (a->port < b->port);
}

static const char *conduit_comment(struct arena *arena, const struct sketch *s, uint32_t channels)
{
	const char *from = s->c->zones[s->from].id;
	bool swapped = s->from != s->seen->zones[0];
	return arena_format(arena, "seen: %u channel%s, %u opened from %s%s", channels, channels == 1 ? "" : "s",
		s->seen->initiated[swapped ? 1 : 0], from,
		s->left_out > 0 ? "; not all of them have a rule here, see 'earshot zones check'" : "");
}

static bool conduit_propose(struct proposals *out, struct arena *arena, struct sketch *s, const char *const *ids)
{
	const struct conduit *seen = s->seen;
	struct conduit_proposal *p = &out->conduits[out->conduit_count];
	uint32_t channels = 0;
	s->from = seen->zones[seen->initiated[1] > seen->initiated[0] ? 1 : 0];
	s->to = seen->zones[s->from == seen->zones[0] ? 1 : 0];
	s->count = s->left_out = 0;
	for (uint32_t i = 0; i < seen->channel_count; i++) {
		if (seen->channels[i].link_count == 0)
			continue;
		channels++;
		if (!is_attempt(&seen->channels[i]))
			rule_widen(s, &seen->channels[i]);
	}
	for (uint32_t i = 0; i < seen->channel_count; i++) {
		const struct channel *channel = &seen->channels[i];
		if (channel->link_count > 0 && is_attempt(channel) && !is_covered(s, channel))
			rule_widen(s, channel);
	}
	if (channels == 0)
		return true;
	if (s->count > 1)
		qsort(s->rules, s->count, sizeof(s->rules[0]), rule_compare);
	p->conduit = (struct declared_conduit){
		.id = seen->id, .from = ids[s->from], .to = ids[s->to], .allow_count = s->count};
	p->conduit.allow = arena_alloc(arena, (s->count + 1) * sizeof(s->rules[0]));
	p->comment = conduit_comment(arena, s, channels);
	if (p->conduit.allow == NULL || p->comment == NULL)
		return false;
	memcpy(p->conduit.allow, s->rules, s->count * sizeof(s->rules[0]));
	out->conduit_count++;
	return true;
}

/* What a person declared, by its two zones and by its id. */
static uint32_t pair_hash(const char *a, const char *b)
{
	return hash_bytes(a, strlen(a), 0) ^ hash_bytes(b, strlen(b), 0);
}

static bool index_declared(struct index *pairs, struct index *names, const struct declarations *d)
{
	for (uint32_t i = 0; d != NULL && i < d->conduit_count; i++) {
		const struct declared_conduit *c = &d->conduits[i];
		if (index_put(pairs, pair_hash(c->from, c->to), i) != 0 ||
			index_put(names, hash_bytes(c->id, strlen(c->id), 0), i) != 0)
			return false;
	}
	return true;
}

static bool is_declared(const struct index *pairs, const struct declarations *d, const char *a, const char *b)
{
	uint32_t cursor, row, hash = pair_hash(a, b);
	for (row = index_first(pairs, hash, &cursor); row != INDEX_END; row = index_next(pairs, hash, &cursor)) {
		const struct declared_conduit *c = &d->conduits[row];
		if ((strcmp(c->from, a) == 0 && strcmp(c->to, b) == 0) ||
			(strcmp(c->from, b) == 0 && strcmp(c->to, a) == 0))
			return true;
	}
	return false;
}

/* "a--b", or "a--b-2" where a person gave that id to something else. */
static const char *id_free(struct arena *arena, const struct index *names, const struct declarations *d, const char *id)
{
	const char *tried = id;
	for (unsigned n = 2; tried != NULL; n++) {
		uint32_t hash = hash_bytes(tried, strlen(tried), 0), cursor, row;
		for (row = index_first(names, hash, &cursor); row != INDEX_END; row = index_next(names, hash, &cursor))
			if (strcmp(d->conduits[row].id, tried) == 0)
				break;
		if (row == INDEX_END)
			break;
		tried = arena_format(arena, "%s-%u", id, n);
	}
	return tried;
}

bool proposals_conduits(struct proposals *out, struct arena *arena, const struct conclusions *c, const char *const *ids)
{
	struct index pairs = {0}, names = {0};
	struct sketch *s = calloc(1, sizeof(*s));
	out->conduits = arena_alloc(arena, (c->conduit_count + 1) * sizeof(*out->conduits));
	bool fine = s != NULL && out->conduits != NULL && index_declared(&pairs, &names, c->declarations);
	for (size_t i = 0; i < c->conduit_count && fine; i++) {
		const struct conduit *seen = &c->conduits[i];
		const char *a = ids[seen->zones[0]], *b = ids[seen->zones[1]];
		if (seen->declared != NULL || a == NULL || b == NULL)
			continue;
		if (is_declared(&pairs, c->declarations, a, b)) {
			out->conduits_known++;
			continue;
		}
		size_t before = out->conduit_count;
		s->c = c;
		s->seen = seen;
		fine = conduit_propose(out, arena, s, ids);
		if (fine && out->conduit_count > before) {
			const char *id = id_free(arena, &names, c->declarations, seen->id);
			out->conduits[before].conduit.id = id;
			fine = id != NULL;
		}
	}
	free(s);
	index_clear(&pairs);
	index_clear(&names);
	return fine;
}
