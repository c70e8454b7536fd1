/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type.c - the rules speak, and a type wins or none does.
 *
 * The strongest rule of a type counts fully, each further one a quarter, all of them together at most one
 * point. The type with the most points wins when it has three and a point more than the next; otherwise the
 * type is unknown. Rules that lost are kept with what made them speak.
 */
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/condition.h"

#define FURTHER_WEIGHT 0.25
#define FURTHER_MAX 1.0
#define POINTS_SURE 5.0
#define CONFIDENCE_MAX 0.98 /* passive listening never proves what a thing is */

static const char unknown[] = "unknown";

/* What the rules say of one asset. Room for all rules. */
struct hearing {
	struct verdict *verdicts;
	size_t verdict_count;
	const char **flags, **flag_reasons;
	size_t flag_count;
	const struct rule **rules; /* of the verdicts */
	const char *vendor, *vendor_reason;
	double vendor_score;
	uint64_t (*masks)[(ATTRIBUTES + 63) / 64]; /* by rule: attributes one of which must be there */
	uint64_t *role_masks;                      /* by rule: protocols one of which must be spoken */
};

/* The attributes of the first fact that a rule needs: most rules are out of the question by them. */
static void mask_make(const struct rule *rule, uint64_t *mask)
{
	for (size_t i = 0; i < rule->when_count; i++) {
		if (rule->when[i].kind != CONDITION_FACT)
			continue;
		for (unsigned a = 0; a < ATTRIBUTES; a++)
			if (rule->when[i].attributes[a])
				mask[a / 64] |= UINT64_C(1) << (a % 64);
		return;
	}
}

/* One of 64 bits for the name of a protocol; several names may share one. */
static uint64_t protocol_bit(const char *name)
{
	return UINT64_C(1) << (hash_bytes(name, strlen(name), 0) % 64);
}

/* The protocols one of which the first role that a rule needs may be; 0: it needs none. */
static uint64_t role_mask_make(const struct rule *rule)
{
	uint64_t mask = 0;
	size_t i = 0;
	while (i < rule->when_count && rule->when[i].kind != CONDITION_ROLE)
		i++;
	for (size_t j = 0; i < rule->when_count && j < rule->when[i].subjects.count; j++) {
		const char *name = rule->when[i].subjects.at[j];
		mask |= strcmp(name, "*") == 0 ? UINT64_MAX : protocol_bit(name);
	}
	return mask;
}

static uint64_t role_mask_of(const struct asset *asset)
{
	uint64_t mask = 0;
	for (uint32_t i = 0; i < asset->role_count; i++)
		mask |= protocol_bit(asset->roles[i].protocol);
	return mask;
}

static bool mask_fits(const uint64_t *mask, const uint64_t *attributes)
{
	uint64_t any = 0, both = 0;
	for (size_t i = 0; i < (ATTRIBUTES + 63) / 64; i++) {
		any |= mask[i];
		both |= mask[i] & attributes[i];
	}
	return any == 0 || both != 0;
}

/* Two conditions may rest on the same observation: what the one behind `had` gave as its reason is said once. */
static void repetition_drop(char *because, size_t had)
{
	if (had == 0 || strlen(because) <= had + 2)
		return;
	const char *last = because + had + 2; /* behind "; " */
	size_t len = strlen(last);
	for (const char *one = because; one + len <= because + had; one = strstr(one, "; ") + 2)
		if (strncmp(one, last, len) == 0 && strncmp(one + len, "; ", 2) == 0) {
			because[had] = '\0';
			return;
		}
}

static bool rule_speaks(const struct asked *s, const struct rule *rule, char *because)
{
	because[0] = '\0';
	for (size_t i = 0; i < rule->when_count; i++) {
		size_t had = strlen(because);
		if (!condition_holds(s, &rule->when[i], because))
			return false;
		repetition_drop(because, had);
	}
	for (size_t i = 0; i < rule->unless_count; i++)
		if (condition_holds(s, &rule->unless[i], NULL))
			return false;
	return true;
}

static void flag_add(struct work *w, struct hearing *h, const struct rule *rule, const char *because)
{
	for (size_t i = 0; i < h->flag_count; i++)
		if (strcmp(h->flags[i], rule->flag) == 0)
			return;
	h->flags[h->flag_count] = rule->flag;
	h->flag_reasons[h->flag_count++] = work_text(w, because);
}

static void rules_hear(struct work *w, const struct asked *s, const struct rules *rules, struct hearing *h)
{
	char because[BECAUSE_MAX];
	h->verdict_count = h->flag_count = 0;
	h->vendor = NULL;
	h->vendor_score = 0;
	uint64_t roles = role_mask_of(s->asset);
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->at[i];
		if (h->role_masks[i] != 0 && !(h->role_masks[i] & roles))
			continue;
		if (!mask_fits(h->masks[i], s->attributes) || !rule_speaks(s, rule, because))
			continue;
		if (rule->type != NULL) {
			h->rules[h->verdict_count] = rule;
			h->verdicts[h->verdict_count++] = (struct verdict){.rule = rule->id,
				.type = rule->type,
				.score = rule->score,
				.because = work_text(w, because)};
		}
		if (rule->flag != NULL)
			flag_add(w, h, rule, because);
		if (rule->vendor != NULL && rule->score >= h->vendor_score && h->vendor == NULL) {
			h->vendor = rule->vendor;
			h->vendor_reason = work_text(w, because);
			h->vendor_score = rule->score;
		}
	}
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

double type_points(const struct verdict *verdicts, size_t count, const char *type)
{
	double best = 0, sum = 0;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(verdicts[i].type, type) != 0)
			continue;
		sum += verdicts[i].score;
		best = larger(best, verdicts[i].score);
	}
	return best + smaller(FURTHER_MAX, (sum - best) * FURTHER_WEIGHT);
}

static void type_decide(struct asset *asset, const struct hearing *h)
{
	const char *first = NULL;
	double most = 0, next = 0;
	for (size_t i = 0; i < h->verdict_count; i++) {
		const char *type = h->verdicts[i].type;
		double points = type_points(h->verdicts, h->verdict_count, type);
		if (first != NULL && strcmp(first, type) == 0)
			continue;
		if (points > most) {
			next = most;
			most = points;
			first = type;
		} else {
			next = larger(next, points);
		}
	}
	asset->type = unknown;
	if (first == NULL || most < TYPE_POINTS_MIN || most - next < TYPE_MARGIN_MIN)
		return;
	asset->type = first;
	asset->type_confidence = smaller(CONFIDENCE_MAX, most / POINTS_SURE);
}

static int verdict_compare(const void *left, const void *right)
{
	const struct verdict *a = left, *b = right;
	if (a->won != b->won)
		return a->won ? -1 : 1;
	if (a->score < b->score || a->score > b->score)
		return a->score > b->score ? -1 : 1;
	return strcmp(a->rule, b->rule);
}

static void level_of_type(struct asset *asset, const struct rules *rules, const struct hearing *h)
{
	double best = 0;
	for (size_t i = 0; i < rules->type_count; i++)
		if (strcmp(rules->types[i].type, asset->type) == 0)
			asset->purdue_level = rules->types[i].level;
	for (size_t i = 0; i < h->verdict_count; i++) {
		const struct rule *rule = h->rules[i];
		if (rule->level == NULL || strcmp(rule->type, asset->type) != 0 || rule->score <= best)
			continue;
		best = rule->score;
		asset->purdue_level = rule->level;
	}
}

static void flags_keep(struct work *w, struct asset *asset, const struct hearing *h)
{
	if (h->flag_count == 0)
		return;
	asset->flags = work_keep(w, h->flag_count, sizeof(*asset->flags));
	asset->flag_reasons = work_keep(w, h->flag_count, sizeof(*asset->flag_reasons));
	for (size_t i = 0; i < h->flag_count && !w->failed; i++) {
		size_t at = asset->flag_count++;
		for (; at > 0 && strcmp(asset->flags[at - 1], h->flags[i]) > 0; at--) {
			asset->flags[at] = asset->flags[at - 1];
			asset->flag_reasons[at] = asset->flag_reasons[at - 1];
		}
		asset->flags[at] = h->flags[i];
		asset->flag_reasons[at] = h->flag_reasons[i];
	}
}

static void asset_settle(struct work *w, uint32_t index, const struct rules *rules, struct hearing *h)
{
	struct asset *asset = &w->out->assets[index];
	struct asked s;
	asked_init(&s, w, index);
	rules_hear(w, &s, rules, h);
	type_decide(asset, h);
	level_of_type(asset, rules, h);
	flags_keep(w, asset, h);
	if (asset->vendor == NULL && h->vendor != NULL) {
		asset->vendor = h->vendor;
		asset->vendor_reason = h->vendor_reason;
	}
	if (h->verdict_count == 0)
		return;
	asset->verdicts = work_keep(w, h->verdict_count, sizeof(*asset->verdicts));
	if (w->failed)
		return;
	memcpy(asset->verdicts, h->verdicts, h->verdict_count * sizeof(*asset->verdicts));
	asset->verdict_count = (uint16_t)h->verdict_count;
	for (size_t i = 0; i < asset->verdict_count; i++)
		asset->verdicts[i].won = strcmp(asset->verdicts[i].type, asset->type) == 0;
	qsort(asset->verdicts, asset->verdict_count, sizeof(*asset->verdicts), verdict_compare);
}

bool type_settle(struct work *w)
{
	struct arena local = {0};
	const struct rules *rules = knowledge_rules(w->knowledge);
	size_t count = rules != NULL ? rules->count : 0;
	struct hearing h = {
		.verdicts = work_alloc(w, &local, count, sizeof(*h.verdicts)),
		.rules = work_alloc(w, &local, count, sizeof(*h.rules)),
		.flags = work_alloc(w, &local, count, sizeof(*h.flags)),
		.flag_reasons = work_alloc(w, &local, count, sizeof(*h.flag_reasons)),
		.masks = work_alloc(w, &local, count, sizeof(*h.masks)),
		.role_masks = work_alloc(w, &local, count, sizeof(*h.role_masks)),
	};
	for (size_t i = 0; i < count && !w->failed; i++) {
		mask_make(&rules->at[i], h.masks[i]);
		h.role_masks[i] = role_mask_make(&rules->at[i]);
	}
	/* From the end: what is behind a device is judged before the device. */
	for (uint32_t i = (uint32_t)w->out->asset_count; i-- > 0 && !w->failed;) {
		w->out->assets[i].type = unknown;
		if (rules != NULL)
			asset_settle(w, i, rules, &h);
	}
	arena_clear(&local);
	return !w->failed;
}
