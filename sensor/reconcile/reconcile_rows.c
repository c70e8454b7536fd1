/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile_rows.c - rows of the register that say the same, or that are the same asset. Linear in the rows. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/work.h"
#include "sensor/reconcile/parts.h"
#include "sensor/util/text.h"

static const char *const row_key_names[ROW_KEYS] = {"number", "serial_number", "mac", "station_name", "ip"};

const char *reconcile_question_field(const struct register_question *q)
{
	static const char *const words[ROW_KEYS] = {"", "serial number", "MAC address", "station name", "IP address"};
	for (unsigned key = 0; key < ROW_KEYS; key++)
		if (strcmp(q->key, words[key]) == 0)
			return row_key_names[key];
	return NULL;
}

const char *reconcile_key_text(char room[ADDRESS_TEXT_MAX], const struct declared_asset *row, enum row_key key)
{
	switch (key) {
	case ROW_NUMBER:
		return row->number;
	case ROW_SERIAL:
		return row->serial_number;
	case ROW_MAC:
		return row->mac.kind != ADDRESS_NONE ? address_text(room, &row->mac) : NULL;
	case ROW_STATION:
		return row->station_name;
	default:
		return row->ip.kind != ADDRESS_NONE ? address_text(room, &row->ip) : NULL;
	}
}

/* As register_key.c compares it; false: no key. */
static bool key_normalise(char out[256], enum row_key key, const char *text)
{
	size_t n = 0;
	_Static_assert(SERIAL_MAX < 256, "a serial number is a key");
	if (key == ROW_SERIAL)
		return serial_normalise(out, text);
	for (; *text != '\0' && n < 255; text++)
		out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
	return n > 0;
}

/* Where the first row with a key is; the chain goes on over `next`. */
struct row_keys {
	struct index index; /* of chain[]: the first row of each key */
	uint32_t *next;     /* by row and key: the next row with the same key, INDEX_END: none */
	uint32_t *first;    /* by row and key: the first one, itself included; INDEX_END: the row has no such key */
};

static bool same_key(const struct reconciler *r, uint32_t slot, enum row_key key, const char *text)
{
	char room[ADDRESS_TEXT_MAX], other[256];
	const char *its = reconcile_key_text(room, &r->rows[slot / ROW_KEYS], key);
	return slot % ROW_KEYS == (unsigned)key && its != NULL && key_normalise(other, key, its) &&
	       strcmp(other, text) == 0;
}

static void row_key_put(struct reconciler *r, struct row_keys *k, uint32_t *last, uint32_t row, enum row_key key)
{
	char room[ADDRESS_TEXT_MAX], text[256];
	uint32_t slot = row * ROW_KEYS + key, cursor, found;
	const char *its = reconcile_key_text(room, &r->rows[row], key);
	k->first[slot] = k->next[slot] = INDEX_END;
	if (its == NULL || !key_normalise(text, key, its))
		return;
	uint32_t hash = hash_bytes(text, strlen(text), key);
	for (found = index_first(&k->index, hash, &cursor); found != INDEX_END;
		found = index_next(&k->index, hash, &cursor))
		if (same_key(r, found, key, text))
			break;
	if (found == INDEX_END) {
		k->first[slot] = row;
		r->failed |= index_put(&k->index, hash, slot) != 0;
	} else {
		k->first[slot] = found / ROW_KEYS;
		k->next[last[found]] = row;
	}
	last[found == INDEX_END ? slot : found] = slot;
}

/* A row that says the same key as another one. At most one item for each row: of the first such key. */
static void row_duplicates(struct reconciler *r, const struct row_keys *k, uint32_t row)
{
	for (unsigned key = 0; key < ROW_KEYS; key++) {
		uint32_t slot = row * ROW_KEYS + key, first = k->first[slot];
		if (first == INDEX_END || (first == row && k->next[slot] == INDEX_END))
			continue;
		char room[ADDRESS_TEXT_MAX];
		uint32_t other = first != row ? first : k->next[slot];
		struct reconcile_item *item =
			reconcile_add(r, RECONCILE_DUPLICATE, &r->rows[row], r->asset_of[row], row_key_names[key]);
		if (item == NULL)
			return;
		item->registered = reconcile_copy(r, reconcile_key_text(room, &r->rows[row], (enum row_key)key));
		item->note = reconcile_print(r, "%s says the same", reconcile_row_label(r, &r->rows[other]));
		return;
	}
}

/* Rows that are one asset by different keys. */
static void claim_tell(struct reconciler *r, const struct register_question *q)
{
	struct reconcile_item *item = reconcile_add(r, RECONCILE_DUPLICATE, q->row,
		q->candidate_count > 0 ? q->candidates[0] : ASSET_NONE, reconcile_question_field(q));
	if (item == NULL)
		return;
	item->registered = q->value;
	item->note = reconcile_print(r, "%s is the same asset; matched to neither",
		q->rival != NULL ? reconcile_row_label(r, q->rival) : "another row");
}

/* Both sorts, in the order of the register. Questions are in that order too. */
void reconcile_duplicates(struct reconciler *r)
{
	size_t rows = r->out->rows, next = 0;
	struct row_keys k = {.next = calloc(rows * ROW_KEYS + 1, sizeof(*k.next)),
		.first = calloc(rows * ROW_KEYS + 1, sizeof(*k.first))};
	uint32_t *last = calloc(rows * ROW_KEYS + 1, sizeof(*last));
	r->failed |= k.next == NULL || k.first == NULL || last == NULL;
	for (uint32_t row = 0; row < rows && !r->failed; row++)
		for (unsigned key = 0; key < ROW_KEYS && !r->failed; key++)
			row_key_put(r, &k, last, row, (enum row_key)key);
	for (uint32_t row = 0; row < rows && !r->failed; row++) {
		bool claimed = false;
		for (; next < r->c->question_count && r->c->questions[next].row <= &r->rows[row]; next++) {
			const struct register_question *q = &r->c->questions[next];
			if (q->doubt != REGISTER_ASSET_CLAIMED_TWICE || q->row != &r->rows[row])
				continue;
			claimed = true;
			claim_tell(r, q);
		}
		if (!claimed)
			row_duplicates(r, &k, row);
	}
	index_clear(&k.index);
	free(k.next);
	free(k.first);
	free(last);
}
