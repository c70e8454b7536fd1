/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update.c - a store that a program follows for years: small transactions, no lock in between, errors that pass.
 *
 *	BEGIN IMMEDIATE ── has another connection written? ──yes──▶ ROLLBACK, -EAGAIN: load again
 *	        │ no
 *	marked rows, conclusions, events ── COMMIT (fsync) ── the log moves into the file now and then
 *
 * synchronous = FULL: each commit is on the disk. One fsync for each interval costs nothing that anybody waits for, and
 * a power cut in a cabinet is as likely as a killed process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/store/parts.h"

#define FOLLOW_BUSY_MS "400" /* another program's transaction is waited for; a whole `read` is not */
#define LOG_BYTES "16777216" /* the log is cut to it after a checkpoint */

static const char settings[] =
	"PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = " LOG_BYTES "; PRAGMA busy_timeout = " FOLLOW_BUSY_MS;

static void forget_error(struct store *s)
{
	s->db.code = 0;
	s->db.error[0] = 0;
}

/* What went wrong stays noted; the transaction is undone. */
static void undo(struct store *s)
{
	if (s->locked && s->db.sqlite != NULL)
		sqlite3_exec(s->db.sqlite, "ROLLBACK", NULL, NULL, NULL);
	s->locked = false;
}

/* The next call opens the file again. */
static void detach(struct store *s)
{
	undo(s);
	sqlite3_close_v2(s->db.sqlite);
	s->db.sqlite = NULL;
	s->known = false;
}

static int finish(struct store *s)
{
	if (database_run(&s->db, "COMMIT") == 0)
		s->locked = false;
	else
		undo(s);
	return s->db.code;
}

static int open_again(struct store *s)
{
	if (store_attach(s) != 0)
		return s->db.code;
	finish(s); /* settings do not change inside a transaction */
	return database_run(&s->db, settings);
}

int store_follow(struct store *s)
{
	if (s->absent) {
		struct inventory *nothing = inventory_new(&inventory_limits_default);
		if (nothing == NULL)
			return database_fail_text(&s->db, -ENOMEM, "out of memory");
		if (store_make(s, nothing, NULL) == 0)
			store_look(s);
		inventory_free(nothing);
	}
	if (s->db.code == 0)
		open_again(s);
	return s->db.code;
}

/* Inside a transaction: what data_version says of the rows that it sees. */
static int64_t look_at_version(struct store *s)
{
	int64_t version;
	database_number(&s->db, "PRAGMA data_version", &version);
	return version;
}

int store_load_again(struct store *s, struct inventory *into)
{
	forget_error(s);
	if ((s->db.sqlite == NULL && open_again(s) != 0) || database_run(&s->db, "BEGIN") != 0)
		return s->db.code;
	s->locked = true;
	facts_read(&s->db, into);
	s->seen = look_at_version(s);
	s->known = s->db.code == 0;
	finish(s);
	undo(s);
	return s->db.code;
}

/* The file under the name is the one that is open. False: removed or replaced behind our back. */
static bool is_same_file(const struct store *s, bool *gone)
{
	struct stat now;
	*gone = stat(s->path, &now) != 0 && errno == ENOENT;
	return !*gone && now.st_ino == s->before.st_ino && now.st_dev == s->before.st_dev;
}

/* Everything into a file that has gone; people remove files to make room. */
static int make_again(struct store *s, const struct store_change *change)
{
	detach(s);
	if (store_make(s, change->inv, NULL) != 0 || store_look(s) != 0 || open_again(s) != 0)
		return s->db.code;
	s->seen = look_at_version(s);
	s->known = true;
	return s->db.code;
}

static int write_change(struct store *s, const struct store_change *change, const struct marks *marks)
{
	struct orders orders;
	struct database *db = &s->db;
	orders_as_recorded(&orders, change->inv);
	meta_write(db, "site", s->site);
	if (marks == NULL)
		rows_clear(db);
	facts_write(db, &orders, marks);
	if (change->conclusions != NULL) {
		conclusions_clear_rows(db);
		conclusions_write(db, change->conclusions, &orders);
	}
	if (change->events != NULL)
		events_write(db, change->events);
	return db->code;
}

/* The file is open; `*anew`: it has just been made, with rows numbered by content where ours are numbered as they came.
 */
static int ready(struct store *s, const struct store_change *change, bool *anew)
{
	bool gone;
	*anew = false;
	if (is_same_file(s, &gone) && s->db.sqlite != NULL)
		return 0;
	if (gone) {
		*anew = true;
		return make_again(s, change);
	}
	detach(s);
	if (store_look(s) != 0)
		return s->db.code;
	if (s->absent) {
		*anew = true;
		return make_again(s, change);
	}
	return open_again(s);
}

/* Errors that a new connection may get rid of. */
static bool is_stubborn(int code)
{
	return code != 0 && code != -ENOSPC && code != -EBUSY && code != -ENOMEM;
}

int store_update(struct store *s, const struct store_change *change)
{
	bool anew, changed = false;
	forget_error(s);
	if (ready(s, change, &anew) == 0 && database_run(&s->db, "BEGIN IMMEDIATE") == 0) {
		s->locked = true;
		changed = !s->known || look_at_version(s) != s->seen;
		if (!changed && s->db.code == 0)
			write_change(s, change, anew ? NULL : change->marks);
		if (!changed)
			finish(s);
	}
	undo(s);
	if (is_stubborn(s->db.code))
		detach(s);
	return s->db.code == 0 && changed ? -EAGAIN : s->db.code;
}

uint64_t store_bytes(const struct store *s)
{
	struct stat st;
	uint64_t sum = stat(s->path, &st) == 0 ? (uint64_t)st.st_size : 0;
	char *log = NULL;
	if (asprintf(&log, "%s-wal", s->path) >= 0 && stat(log, &st) == 0)
		sum += (uint64_t)st.st_size;
	free(log);
	return sum;
}

int store_told(struct store *s, uint64_t **keys, size_t *count)
{
	int64_t rows = 0;
	struct query q;
	*keys = NULL;
	*count = 0;
	forget_error(s);
	database_number(&s->db, "SELECT count(*) FROM event_told", &rows);
	*keys = malloc(((size_t)rows + 1) * sizeof(**keys));
	if (*keys == NULL)
		return database_fail_text(&s->db, -ENOMEM, "out of memory");
	query_prepare(&q, &s->db, "SELECT key FROM event_told");
	while (*count < (size_t)rows && query_step(&q))
		(*keys)[(*count)++] = (uint64_t)query_int(&q);
	query_end(&q);
	return s->db.code;
}
