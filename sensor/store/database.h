/* SPDX-License-Identifier: Apache-2.0 */
/*
 * database.h - SQLite as the store uses it: one connection, one line when something went wrong,
 * statements whose failure sticks, and the steps from one schema version to the next.
 */
#ifndef EARSHOT_DATABASE_H
#define EARSHOT_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATABASE_APPLICATION_ID 0x65617273 /* "ears" */
#define DATABASE_BUSY_MS 2000              /* how long another writer is waited for */
#define DATABASE_ERROR_MAX 5000            /* a path of the longest kind and a sentence */

struct database {
	sqlite3 *sqlite;
	const char *path; /* as the user gave it, for messages; borrowed */
	int code;         /* 0, or what went wrong first, as store.h says */
	char error[DATABASE_ERROR_MAX];
};

enum database_mode {
	DATABASE_NEW,      /* a file under construction: no journal, thrown away when anything fails */
	DATABASE_WRITE,    /* WAL */
	DATABASE_READ,     /* never changes a row */
	DATABASE_IMMUTABLE /* the same on a disk that takes no file beside it */
};

/* Opens `file` (which exists). 0 or a negative code. */
int database_open(struct database *db, const char *file, enum database_mode mode);
/* The code of closing: a last write may fail. */
int database_close(struct database *db);

/* Notes what SQLite said last, with the first one sticking. Returns the code. */
int database_fail(struct database *db, int sqlite_code);
/* The same with our own code and words; "PATH: " is put in front. */
int database_fail_text(struct database *db, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

int database_run(struct database *db, const char *sql);
/* The first column of the first row, as a number. */
int database_number(struct database *db, const char *sql, int64_t *out);

/* Step i brings version i to i + 1; each runs in a transaction of its own that also sets the version. */
struct database_step {
	const char *sql;
};
extern const char database_schema[], database_schema_2[], database_schema_3[], database_schema_4[];
extern const struct database_step database_steps[];
extern const unsigned database_version; /* the version after all steps */
#define DATABASE_VERSION_READ 1 /* the oldest that is read as it is; the writer brings it up to date */

int database_migrate(struct database *db, const struct database_step *steps, unsigned count);

/*
 * A prepared statement. Bind in the order of the columns, then run; or step and read in their order.
 * A failure is noted in the database and makes everything after it do nothing.
 */
struct query {
	struct database *db;
	sqlite3_stmt *statement;
	int at; /* parameters bound, or columns read */
};

void query_prepare(struct query *q, struct database *db, const char *sql);
void query_end(struct query *q);

void query_put_int(struct query *q, int64_t value);
void query_put_real(struct query *q, double value);
void query_put_text(struct query *q, const char *text); /* borrowed until query_run(); NULL: NULL */
void query_run(struct query *q);

bool query_step(struct query *q); /* true: a row is there */
int64_t query_int(struct query *q);
const char *query_text(struct query *q); /* valid until the next step; "" for NULL */

#endif
