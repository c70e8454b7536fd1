/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - prepared statements with a failure that sticks to their database. */
#include <string.h>

#include "sensor/store/database.h"

void query_prepare(struct query *q, struct database *db, const char *sql)
{
	*q = (struct query){.db = db};
	if (db->code != 0)
		return;
	int code = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement, NULL);
	if (code != SQLITE_OK)
		database_fail(db, code);
}

void query_end(struct query *q)
{
	sqlite3_finalize(q->statement);
	q->statement = NULL;
}

static bool is_usable(const struct query *q)
{
	return q->statement != NULL && q->db->code == 0;
}

static void note(struct query *q, int code)
{
	if (code != SQLITE_OK)
		database_fail(q->db, code);
}

void query_put_int(struct query *q, int64_t value)
{
	if (is_usable(q))
		note(q, sqlite3_bind_int64(q->statement, ++q->at, value));
}

void query_put_real(struct query *q, double value)
{
	if (is_usable(q))
		note(q, sqlite3_bind_double(q->statement, ++q->at, value));
}

void query_put_text(struct query *q, const char *text)
{
	if (!is_usable(q))
		return;
	q->at++;
	if (text == NULL)
		note(q, sqlite3_bind_null(q->statement, q->at));
	else
		note(q, sqlite3_bind_text(q->statement, q->at, text, (int)strlen(text), SQLITE_STATIC));
}

void query_run(struct query *q)
{
	if (!is_usable(q))
		return;
	q->at = 0;
	int code = sqlite3_step(q->statement);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		database_fail(q->db, code);
	sqlite3_reset(q->statement);
}

bool query_step(struct query *q)
{
	if (!is_usable(q))
		return false;
	q->at = 0;
	int code = sqlite3_step(q->statement);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		database_fail(q->db, code);
	return false;
}

int64_t query_int(struct query *q)
{
	return sqlite3_column_int64(q->statement, q->at++);
}

const char *query_text(struct query *q)
{
	const unsigned char *text = sqlite3_column_text(q->statement, q->at++);
	return text != NULL ? (const char *)text : "";
}
