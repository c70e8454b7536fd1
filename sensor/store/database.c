/* SPDX-License-Identifier: Apache-2.0 */
/* database.c - what SQLite says turned into codes and lines, and the connection's settings. */
#include "sensor/store/database.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/store/store.h"

const struct database_step database_steps[] = {
	{database_schema},
	{database_schema_2},
	{database_schema_3},
	{database_schema_4},
};
const unsigned database_version = sizeof(database_steps) / sizeof(database_steps[0]);

int database_fail_text(struct database *db, int code, const char *format, ...)
{
	if (db->code != 0)
		return db->code;
	db->code = code;
	int len = snprintf(db->error, sizeof(db->error), "%s: ", db->path);
	if (len < 0 || (size_t)len >= sizeof(db->error))
		return code;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(db->error + len, sizeof(db->error) - (size_t)len, format, arguments);
	va_end(arguments);
	return code;
}

static int fail_system(struct database *db, int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return database_fail_text(db, -ENOSPC, "the disk is full; make room, nothing was changed");
	case EROFS:
		return database_fail_text(db, -EROFS, "the disk is read-only; choose another place with --db");
	case EACCES:
	case EPERM:
		return database_fail_text(db, -EACCES, "permission denied on the file or on its folder");
	default:
		return database_fail_text(db, -EIO, "%s", error != 0 ? strerror(error) : sqlite3_errmsg(db->sqlite));
	}
}

/* SQLite does not note the errno of a failed commit; what says "no room" is believed all the same. */
static int system_error(struct database *db)
{
	int error = errno, noted = db->sqlite != NULL ? sqlite3_system_errno(db->sqlite) : 0;
	bool no_room = error == ENOSPC || error == EDQUOT || error == EFBIG;
	return noted == 0 && no_room ? error : noted;
}

int database_fail(struct database *db, int sqlite_code)
{
	int error = system_error(db);
	switch (sqlite_code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return database_fail_text(db, -EBUSY, "in use by another program; try again when that has finished");
	case SQLITE_FULL:
		return fail_system(db, ENOSPC);
	case SQLITE_NOTADB:
		return database_fail_text(db, -STORE_ENOTDB, "not an earshot store (not SQLite)");
	case SQLITE_CORRUPT:
		return database_fail_text(db, -EIO,
			"damaged (%s); restore a copy, or read the captures into a new store",
			sqlite3_errmsg(db->sqlite));
	case SQLITE_NOMEM:
		return database_fail_text(db, -ENOMEM, "out of memory");
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_system(db, error != 0 ? error : EACCES);
	case SQLITE_CANTOPEN:
	case SQLITE_IOERR:
		return fail_system(db, error);
	default:
		return database_fail_text(db, -EIO, "%s", sqlite3_errmsg(db->sqlite));
	}
}

int database_run(struct database *db, const char *sql)
{
	if (db->code != 0)
		return db->code;
	int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : database_fail(db, code);
}

int database_number(struct database *db, const char *sql, int64_t *out)
{
	struct query q;
	query_prepare(&q, db, sql);
	*out = query_step(&q) ? query_int(&q) : 0;
	query_end(&q);
	return db->code;
}

/* "file:" URI of a path: SQLite would read ? # % in a bare one, and names such as ":memory:". Free it. */
static char *path_uri(const char *path, bool immutable)
{
	static const char parameter[] = "?immutable=1";
	char *uri = malloc(3 * strlen(path) + sizeof("file://./") + sizeof(parameter));
	if (uri == NULL)
		return NULL;
	char *at = stpcpy(uri, path[0] == '/' ? "file://" : "file:./");
	for (; *path != 0; path++) {
		if (*path == '?' || *path == '#' || *path == '%')
			at += sprintf(at, "%%%02X", (unsigned)(unsigned char)*path);
		else
			*at++ = *path;
	}
	stpcpy(at, immutable ? parameter : "");
	return uri;
}

/*
 * 8 MiB of page cache; a store is data from elsewhere, so its schema may not run functions with
 * side effects. Foreign keys are off by default in SQLite.
 */
static const char settings[] = "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192;"
			       "PRAGMA cell_size_check = ON";

/*
 * A file under construction is thrown away when anything fails. Its references are ranks of the very arrays
 * that are written, so they are not looked up again one by one: a quarter of the time of a large save.
 */
static const char building[] = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
			       "PRAGMA foreign_keys = OFF";

/* Nobody asks the library how much memory it has, and each of its allocations would take a lock to count. */
static void count_no_memory(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int database_open(struct database *db, const char *file, enum database_mode mode)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, count_no_memory); /* before the library starts, which is at the first open */
	bool immutable = mode == DATABASE_IMMUTABLE;
	/* A reader that may, opens for writing: only so SQLite can tidy up the files beside a WAL store. */
	int flags = immutable ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	char *uri = path_uri(file, immutable);
	if (uri == NULL)
		return database_fail_text(db, -ENOMEM, "out of memory");
	int code = sqlite3_open_v2(uri, &db->sqlite, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	free(uri);
	if (code != SQLITE_OK)
		return database_fail(db, code);
	sqlite3_extended_result_codes(db->sqlite, 1);
	sqlite3_busy_timeout(db->sqlite, DATABASE_BUSY_MS);
	database_run(db, settings);
	switch (mode) {
	case DATABASE_NEW:
		database_run(db, building);
		break;
	case DATABASE_WRITE:
		database_run(db, "PRAGMA synchronous = NORMAL");
		break;
	default:
		database_run(db, "PRAGMA query_only = ON");
	}
	return db->code;
}

int database_close(struct database *db)
{
	int code = db->sqlite != NULL ? sqlite3_close(db->sqlite) : SQLITE_OK;
	if (code != SQLITE_OK)
		database_fail(db, code);
	else
		db->sqlite = NULL;
	return db->code;
}

static int migrate_step(struct database *db, const struct database_step *steps, int64_t version)
{
	char set_version[64];
	snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", (int)version + 1);
	database_run(db, "BEGIN IMMEDIATE");
	database_run(db, steps[version].sql);
	database_run(db, set_version);
	if (database_run(db, "COMMIT") != 0 && db->sqlite != NULL)
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	return db->code;
}

int database_migrate(struct database *db, const struct database_step *steps, unsigned count)
{
	int64_t version;
	if (database_number(db, "PRAGMA user_version", &version) != 0)
		return db->code;
	if (version < 0 || version > (int64_t)count)
		return database_fail_text(db, -EPROTO,
			"made by a newer earshot (store version %lld, this program knows %u); use that one",
			(long long)version, count);
	for (; version < (int64_t)count && db->code == 0; version++)
		migrate_step(db, steps, version);
	return db->code;
}
