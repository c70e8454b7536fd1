/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reconcile.c - see reconcile.h. One pass for each kind, so that the items come out in their order.
 *
 * Every row is exactly one of: matched (with conflicts or without), a duplicate that claims an asset, ambiguous,
 * register only. Rows that share a key are told beside that, whatever else they are.
 */
#include "sensor/reconcile/reconcile.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/reconcile/parts.h"
#include "sensor/util/text.h"

#define NAMED_MAX 4 /* candidates named in a note: a person reads no more; the rest is counted */

const char *reconcile_kind_name(enum reconcile_kind kind)
{
	static const char *const names[RECONCILE_KINDS] = {
		"duplicate", "ambiguous", "conflict", "register only", "observed only", "matched"};
	return (unsigned)kind < RECONCILE_KINDS ? names[kind] : "";
}

const char *reconcile_copy(struct reconciler *r, const char *text)
{
	if (text == NULL)
		return NULL;
	const char *copy = arena_copy(&r->out->arena, text);
	r->failed |= copy == NULL;
	return copy;
}

const char *reconcile_print(struct reconciler *r, const char *format, ...)
{
	char *text = NULL;
	va_list list;
	va_start(list, format);
	int len = vasprintf(&text, format, list);
	va_end(list);
	const char *copy = len >= 0 ? arena_copy(&r->out->arena, text) : NULL;
	if (len >= 0)
		free(text);
	r->failed |= copy == NULL;
	return copy != NULL ? copy : "";
}

const char *reconcile_asset_label(struct reconciler *r, uint32_t asset)
{
	const struct asset *a = &r->c->assets[asset];
	const struct asset *device = a->parent != ASSET_NONE ? &r->c->assets[a->parent] : a;
	const char *address = NULL;
	for (uint32_t i = 0; i < device->interface_count && address == NULL; i++)
		address = device->interfaces[i].ip_count > 0 ? device->interfaces[i].ips[0] : NULL;
	if (address == NULL && device->interface_count > 0)
		address = device->interfaces[0].mac;
	const char *name = a->name != NULL ? a->name : a->model;
	return reconcile_print(r, "%s%s%s%s%s%s", address != NULL ? address : a->id, a == device ? "" : " ",
		a == device ? "" : a->at.text, name != NULL ? " (" : "", name != NULL ? name : "",
		name != NULL ? ")" : "");
}

const char *reconcile_row_label(struct reconciler *r, const struct declared_asset *row)
{
	const char *name = row->number != NULL ? row->number : row->name;
	return name != NULL ? reconcile_print(r, "line %u (%s)", (unsigned)row->line, name)
			    : reconcile_print(r, "line %u", (unsigned)row->line);
}

struct reconcile_item *reconcile_add(struct reconciler *r, enum reconcile_kind kind, const struct declared_asset *row,
	uint32_t asset, const char *field)
{
	struct reconciliation *out = r->out;
	if (r->failed)
		return NULL;
	if (out->count == r->room) {
		size_t room = r->room ? r->room * 2 : 256;
		struct reconcile_item *more = realloc(out->items, room * sizeof(*more));
		if (more == NULL) {
			r->failed = true;
			return NULL;
		}
		out->items = more;
		r->room = room;
	}
	struct reconcile_item *item = &out->items[out->count++];
	*item = (struct reconcile_item){.kind = kind, .asset = asset, .row = row, .field = field};
	out->counts[kind]++;
	return item;
}

static void ambiguous_tell(struct reconciler *r, const struct register_question *q)
{
	struct reconcile_item *item =
		reconcile_add(r, RECONCILE_AMBIGUOUS, q->row, ASSET_NONE, reconcile_question_field(q));
	if (item == NULL)
		return;
	uint32_t shown = q->candidate_count < NAMED_MAX ? q->candidate_count : NAMED_MAX;
	joined_start(&r->text);
	for (uint32_t i = 0; i < shown; i++)
		joined_add(&r->text, reconcile_asset_label(r, q->candidates[i]));
	if (q->candidates_found > shown)
		joined_add(&r->text, reconcile_print(r, "%u more", (unsigned)(q->candidates_found - shown)));
	item->registered = q->value;
	item->note = reconcile_print(r, "%u assets have it: %s", (unsigned)q->candidates_found, joined_text(&r->text));
}

static void ambiguities_tell(struct reconciler *r)
{
	const struct declared_asset *last = NULL; /* that could still be asked about */
	for (size_t i = 0; i < r->c->question_count; i++) {
		const struct register_question *q = &r->c->questions[i];
		last = q->row;
		if (q->doubt == REGISTER_ROW_MATCHES_SEVERAL)
			ambiguous_tell(r, q);
	}
	for (uint32_t row = 0; row < r->out->rows && r->c->questions_dropped > 0; row++) {
		if (r->asset_of[row] != ASSET_NONE || r->doubtful[row] || &r->rows[row] < last)
			continue;
		struct reconcile_item *item = reconcile_add(r, RECONCILE_AMBIGUOUS, &r->rows[row], ASSET_NONE, NULL);
		r->doubtful[row] = true;
		if (item != NULL)
			item->note = reconcile_print(r, "not decided: more than %u rows of the register are in doubt",
				(unsigned)REGISTER_QUESTIONS_MAX);
	}
}

static void conflicts_tell(struct reconciler *r, bool *differs)
{
	for (uint32_t row = 0; row < r->out->rows && !r->failed; row++) {
		if (r->asset_of[row] == ASSET_NONE)
			continue;
		differs[row] = reconcile_fields_compare(r, &r->rows[row], r->asset_of[row]) > 0;
		r->out->conflict_assets += differs[row];
	}
}

/* Addresses that were asked in vain, by text. */
static bool unanswered_index(struct index *ix, const struct conclusions *c)
{
	for (uint32_t i = 0; i < c->unanswered_count; i++)
		if (index_put(ix, hash_bytes(c->unanswered[i].address, strlen(c->unanswered[i].address), 0), i) != 0)
			return false;
	return true;
}

/* Why a row may not have been observed. */
static const char *absence_note(struct reconciler *r, const struct index *ix, const struct declared_asset *row)
{
	char text[ADDRESS_TEXT_MAX];
	uint32_t cursor, i;
	bool key = row->serial_number != NULL || row->mac.kind != ADDRESS_NONE || row->station_name != NULL ||
		   row->ip.kind != ADDRESS_NONE;
	if (!key)
		return "no serial number, MAC, station name or IP by which it could be found";
	for (unsigned k = 0; k < 2; k++) {
		const struct address *address = k == 0 ? &row->ip : &row->mac;
		if (address->kind == ADDRESS_NONE)
			continue;
		address_text(text, address);
		uint32_t hash = hash_bytes(text, strlen(text), 0);
		for (i = index_first(ix, hash, &cursor); i != INDEX_END; i = index_next(ix, hash, &cursor))
			if (strcmp(r->c->unanswered[i].address, text) == 0)
				return reconcile_print(r, "%s was asked by %zu assets and never answered", text,
					r->c->unanswered[i].asked_by_count);
	}
	return NULL;
}

static void absences_tell(struct reconciler *r)
{
	struct index ix = {0};
	r->failed |= !unanswered_index(&ix, r->c);
	for (uint32_t row = 0; row < r->out->rows && !r->failed; row++) {
		if (r->asset_of[row] != ASSET_NONE || r->doubtful[row])
			continue;
		struct reconcile_item *item =
			reconcile_add(r, RECONCILE_REGISTER_ONLY, &r->rows[row], ASSET_NONE, NULL);
		if (item != NULL)
			item->note = absence_note(r, &ix, &r->rows[row]);
	}
	index_clear(&ix);
}

static bool is_outside(const struct asset *a)
{
	for (uint32_t i = 0; i < a->flag_count; i++)
		if (strcmp(a->flags[i], "external") == 0)
			return true;
	return false;
}

static void observed_tell(struct reconciler *r)
{
	for (uint32_t i = 0; i < r->c->asset_count && !r->failed; i++) {
		const struct asset *a = &r->c->assets[i];
		if (r->covered[i] || r->claimed[i])
			continue;
		if (a->parent != ASSET_NONE) {
			r->out->modules_without_row++;
			continue;
		}
		if (is_outside(a)) {
			r->out->outside++;
			continue;
		}
		struct reconcile_item *item = reconcile_add(r, RECONCILE_OBSERVED_ONLY, NULL, i, NULL);
		if (item == NULL)
			return;
		item->evidence = a->seen.first;
		item->has_evidence = a->seen.first.frame > 0;
		if (r->candidate[i] != 0)
			item->note = reconcile_print(
				r, "%s may mean it", reconcile_row_label(r, &r->rows[r->candidate[i] - 1]));
	}
}

static void matches_tell(struct reconciler *r, const bool *differs)
{
	for (uint32_t row = 0; row < r->out->rows && !r->failed; row++) {
		uint32_t asset = r->asset_of[row];
		if (asset == ASSET_NONE)
			continue;
		r->out->rows_matched++;
		if (differs[row])
			continue;
		struct reconcile_item *item = reconcile_add(r, RECONCILE_MATCHED, &r->rows[row], asset, NULL);
		if (item == NULL)
			return;
		item->evidence = r->c->assets[asset].seen.first;
		item->has_evidence = item->evidence.frame > 0;
		item->note = reconcile_fields_missing(r, &r->rows[row], asset);
	}
}

/* What the conclusions say of rows and assets, by row and by asset. */
static void states_gather(struct reconciler *r)
{
	memset(r->asset_of, 0xff, r->out->rows * sizeof(*r->asset_of));
	for (uint32_t i = 0; i < r->c->asset_count; i++) {
		const struct asset *a = &r->c->assets[i];
		if (a->declared == NULL)
			continue;
		r->asset_of[a->declared - r->rows] = i;
		r->covered[i] = true;
		r->out->assets_matched++;
		/* Who lists a controller by the number on its CPU means the whole of it. */
		if (a->parent != ASSET_NONE && reconcile_has_address(r, a->declared, a->parent))
			r->covered[a->parent] = true;
	}
	for (size_t i = 0; i < r->c->question_count; i++) {
		const struct register_question *q = &r->c->questions[i];
		uint32_t row = (uint32_t)(q->row - r->rows);
		if (q->doubt == REGISTER_KEYS_DISAGREE)
			continue;
		r->doubtful[row] = true;
		for (uint32_t k = 0; k < q->candidate_count; k++) {
			if (q->doubt == REGISTER_ASSET_CLAIMED_TWICE)
				r->claimed[q->candidates[k]] = true;
			else if (r->candidate[q->candidates[k]] == 0)
				r->candidate[q->candidates[k]] = row + 1;
		}
	}
}

/* What an item is about, in words that stay while rows and captures come and go. */
static void item_identify(struct reconciler *r, struct reconcile_item *item, unsigned repeated)
{
	char room[ADDRESS_TEXT_MAX], number[24];
	unsigned char digest[EVP_MAX_MD_SIZE];
	joined_start(&r->text);
	joined_add(&r->text, reconcile_kind_name(item->kind));
	joined_add(&r->text, item->field);
	if (item->row == NULL && item->asset != ASSET_NONE)
		joined_add(&r->text, r->c->assets[item->asset].id);
	for (unsigned key = 0; key < ROW_KEYS && item->row != NULL; key++) {
		const char *text = reconcile_key_text(room, item->row, (enum row_key)key);
		joined_add(&r->text, text != NULL ? text : "-");
	}
	if (item->row != NULL)
		joined_add(&r->text, item->row->name);
	snprintf(number, sizeof(number), "%u", repeated);
	joined_add(&r->text, number);
	const char *all = joined_text(&r->text);
	if (EVP_Digest(all, strlen(all), digest, NULL, EVP_sha256(), NULL) != 1) {
		r->failed = true;
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		snprintf(item->id + i * 2, 3, "%02x", digest[i]);
}

/*
 * Items that say the same to the letter (a row that was pasted twice) are told apart by which of them they are;
 * `repeats` counts, by the first such item, how many there were.
 */
static void items_identify(struct reconciler *r)
{
	struct index ids = {0};
	unsigned *repeats = calloc(r->out->count + 1, sizeof(*repeats));
	r->failed |= repeats == NULL;
	for (uint32_t i = 0; i < r->out->count && !r->failed; i++) {
		struct reconcile_item *item = &r->out->items[i];
		uint32_t cursor, found;
		item_identify(r, item, 0);
		uint32_t hash = hash_bytes(item->id, 16, 0);
		for (found = index_first(&ids, hash, &cursor); found != INDEX_END;
			found = index_next(&ids, hash, &cursor))
			if (strcmp(r->out->items[found].id, item->id) == 0)
				break;
		if (found == INDEX_END)
			r->failed |= index_put(&ids, hash, i) != 0;
		else
			item_identify(r, item, ++repeats[found]);
	}
	free(repeats);
	index_clear(&ids);
}

static void steps(struct reconciler *r)
{
	bool *differs = calloc(r->out->rows + 1, sizeof(*differs));
	r->failed |= r->asset_of == NULL || r->doubtful == NULL || r->covered == NULL || r->claimed == NULL ||
		     r->candidate == NULL || differs == NULL;
	if (!r->failed) {
		states_gather(r);
		reconcile_duplicates(r);
		ambiguities_tell(r);
		conflicts_tell(r, differs);
		absences_tell(r);
		observed_tell(r);
		matches_tell(r, differs);
		items_identify(r);
	}
	free(differs);
}

struct reconciliation *reconcile_make(const struct conclusions *c)
{
	const struct declarations *d = c->declarations;
	size_t rows = d != NULL ? d->asset_count : 0;
	struct reconciliation *out = calloc(1, sizeof(*out));
	if (out == NULL)
		return NULL;
	out->conclusions = c;
	out->rows = rows;
	struct reconciler r = {.out = out,
		.c = c,
		.rows = d != NULL ? d->assets : NULL,
		.text.separator = ", ",
		.asset_of = calloc(rows + 1, sizeof(*r.asset_of)),
		.doubtful = calloc(rows + 1, sizeof(*r.doubtful)),
		.covered = calloc(c->asset_count + 1, sizeof(*r.covered)),
		.claimed = calloc(c->asset_count + 1, sizeof(*r.claimed)),
		.candidate = calloc(c->asset_count + 1, sizeof(*r.candidate))};
	steps(&r);
	bool failed = r.failed || r.text.failed;
	free(r.asset_of);
	free(r.doubtful);
	free(r.covered);
	free(r.claimed);
	free(r.candidate);
	joined_clear(&r.text);
	if (!failed)
		return out;
	reconcile_free(out);
	return NULL;
}

void reconcile_free(struct reconciliation *r)
{
	if (r == NULL)
		return;
	arena_clear(&r->arena);
	free(r->items);
	free(r);
}

size_t reconcile_mismatches(const struct reconciliation *r)
{
	return r->count - r->counts[RECONCILE_MATCHED];
}
