/* SPDX-License-Identifier: Apache-2.0 */
/* baseline.c - see baseline.h. The hash is of the JSON, so that it also holds for a file that was exported that day. */
#include "sensor/store/baseline.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "sensor/store/parts.h"

#define COMPRESSION 9 /* JSON of this kind to a twentieth, at some 50 MB/s */

static bool sha256_text(char out[65], const void *bytes, size_t len)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	if (!EVP_Digest(bytes, len, digest, &digest_len, EVP_sha256(), NULL) || digest_len != 32)
		return false;
	for (unsigned i = 0; i < 32; i++)
		sprintf(out + 2 * i, "%02x", digest[i]);
	return true;
}

/* A store that is read as it is may be older than the table. */
static bool has_table(struct store *s)
{
	int64_t count = 0;
	if (s->absent || s->db.sqlite == NULL)
		return false;
	database_number(
		&s->db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'baseline'", &count);
	return s->db.code == 0 && count > 0;
}

static const char *text_keep(struct baselines *b, const char *text, bool *failed)
{
	const char *copy = arena_copy(&b->arena, text);
	*failed |= copy == NULL;
	return copy;
}

int store_baselines(struct store *s, struct baselines *out)
{
	struct query q;
	bool failed = false;
	*out = (struct baselines){0};
	if (s->db.code != 0 || !has_table(s))
		return s->db.code;
	out->at = calloc(BASELINES_MAX, sizeof(*out->at));
	if (out->at == NULL)
		return database_fail_text(&s->db, -ENOMEM, "out of memory");
	query_prepare(&q, &s->db,
		"SELECT name, accepted_by, note, sensor, time_ns, assets, bytes, sha256 FROM baseline ORDER BY id");
	while (out->count < BASELINES_MAX && !failed && query_step(&q)) {
		struct baseline *b = &out->at[out->count++];
		b->name = text_keep(out, query_text(&q), &failed);
		b->accepted_by = text_keep(out, query_text(&q), &failed);
		b->note = text_keep(out, query_text(&q), &failed);
		b->sensor = text_keep(out, query_text(&q), &failed);
		b->time_ns = query_int(&q);
		b->assets = (uint64_t)query_int(&q);
		b->bytes = (uint64_t)query_int(&q);
		snprintf(b->sha256, sizeof(b->sha256), "%s", query_text(&q));
	}
	query_end(&q);
	return failed ? database_fail_text(&s->db, -ENOMEM, "out of memory") : s->db.code;
}

void baselines_clear(struct baselines *b)
{
	free(b->at);
	arena_clear(&b->arena);
	*b = (struct baselines){0};
}

const struct baseline *baselines_find(const struct baselines *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->at[i].name, name) == 0)
			return &b->at[i];
	return NULL;
}

static int fail_damaged(struct store *s, const char *name)
{
	return database_fail_text(&s->db, -EBADMSG,
		"baseline '%s' is damaged or was altered: it is not what its hash says; restore a copy of the store",
		name);
}

/* What was compressed, checked against the length and the hash that were written beside it. */
static int unpack(struct store *s, const char *name, struct query *q, char **json, size_t *len)
{
	char expected[65], hash[65];
	int64_t bytes = query_int(q);
	snprintf(expected, sizeof(expected), "%s", query_text(q));
	const void *packed = sqlite3_column_blob(q->statement, q->at);
	size_t packed_len = (size_t)sqlite3_column_bytes(q->statement, q->at);
	if (bytes < 0 || bytes > BASELINE_BYTES_MAX || packed == NULL)
		return fail_damaged(s, name);
	char *text = malloc((size_t)bytes + 1);
	if (text == NULL)
		return database_fail_text(&s->db, -ENOMEM, "out of memory");
	size_t got = ZSTD_decompress(text, (size_t)bytes, packed, packed_len);
	if (ZSTD_isError(got) || got != (size_t)bytes || !sha256_text(hash, text, got) || strcmp(hash, expected) != 0) {
		free(text);
		return fail_damaged(s, name);
	}
	text[got] = '\0';
	*json = text;
	*len = got;
	return 0;
}

int store_baseline_read(struct store *s, const char *name, char **json, size_t *len)
{
	struct query q;
	*json = NULL;
	*len = 0;
	if (s->db.code != 0)
		return s->db.code;
	if (!has_table(s))
		return s->db.code != 0 ? s->db.code
				       : database_fail_text(&s->db, -ENOENT, "there is no baseline '%s'", name);
	query_prepare(&q, &s->db, "SELECT bytes, sha256, inventory FROM baseline WHERE name = ?");
	query_put_text(&q, name);
	if (query_step(&q))
		unpack(s, name, &q, json, len);
	else if (s->db.code == 0)
		database_fail_text(
			&s->db, -ENOENT, "there is no baseline '%s'; 'earshot baseline list' names them", name);
	query_end(&q);
	return s->db.code;
}

static int insert(struct store *s, const struct baseline *b, const void *packed, size_t packed_len)
{
	struct query q;
	query_prepare(&q, &s->db,
		"INSERT INTO baseline (name, time_ns, accepted_by, note, sensor, assets, sha256, bytes, inventory) "
		"VALUES (?,?,?,?,?,?,?,?,?)");
	query_put_text(&q, b->name);
	query_put_int(&q, b->time_ns);
	query_put_text(&q, b->accepted_by);
	query_put_text(&q, b->note);
	query_put_text(&q, b->sensor);
	query_put_int(&q, (int64_t)b->assets);
	query_put_text(&q, b->sha256);
	query_put_int(&q, (int64_t)b->bytes);
	if (s->db.code == 0) {
		int code = sqlite3_bind_blob64(q.statement, ++q.at, packed, packed_len, SQLITE_STATIC);
		if (code != SQLITE_OK)
			database_fail(&s->db, code);
	}
	query_run(&q);
	query_end(&q);
	return s->db.code;
}

/* The name is free, and there is room. Asked under the lock of a writer. */
static int check_name(struct store *s, const char *name)
{
	struct query q;
	int64_t same = 0, count = 0;
	query_prepare(&q, &s->db, "SELECT count(*), coalesce(sum(name = ?), 0) FROM baseline");
	query_put_text(&q, name);
	if (query_step(&q)) {
		count = query_int(&q);
		same = query_int(&q);
	}
	query_end(&q);
	if (s->db.code == 0 && same > 0)
		return database_fail_text(&s->db, -EEXIST,
			"there is a baseline '%s' already, and it is never altered; choose another name", name);
	if (s->db.code == 0 && count >= BASELINES_MAX)
		return database_fail_text(&s->db, -E2BIG, "has %d baselines, and no more fit", BASELINES_MAX);
	return s->db.code;
}

int store_baseline_add(struct store *s, struct baseline *b, const char *json, size_t len)
{
	if (s->db.code != 0)
		return s->db.code;
	if (s->mode != STORE_WRITE || s->absent || !s->locked)
		return database_fail_text(&s->db, -EROFS, "not open for a baseline");
	if (len > BASELINE_BYTES_MAX)
		return database_fail_text(&s->db, -E2BIG, "an inventory of %zu bytes is too large for a baseline", len);
	size_t room = ZSTD_compressBound(len);
	void *packed = malloc(room);
	size_t packed_len = packed != NULL ? ZSTD_compress(packed, room, json, len, COMPRESSION) : 0;
	b->bytes = len;
	if (packed == NULL || ZSTD_isError(packed_len) || !sha256_text(b->sha256, json, len))
		database_fail_text(&s->db, -ENOMEM, "out of memory");
	else if (check_name(s, b->name) == 0)
		insert(s, b, packed, packed_len);
	free(packed);
	if (database_run(&s->db, "COMMIT") != 0)
		sqlite3_exec(s->db.sqlite, "ROLLBACK", NULL, NULL, NULL);
	s->locked = false;
	return s->db.code;
}
