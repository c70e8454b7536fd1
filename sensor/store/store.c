/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.c - when a store appears, who may write it, and what a failure leaves behind.
 *
 * A new store is built as PATH.tmp-PID, without a journal, and gets its name when it is complete:
 *
 *	PATH.tmp-PID  --write--commit--fsync-->  renamed to PATH        (any failure: removed)
 *
 * An existing one is opened in WAL mode with the write lock taken at once, so that what is loaded
 * is what is replaced: of two programs that would add to it, the second is told to wait.
 *
 *	BEGIN IMMEDIATE  --load--  ...  --delete, insert--  COMMIT      (any failure: rolled back)
 */
#include "sensor/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/store/parts.h"

#define INDEX_REGION 32768 /* bytes of the first part of a WAL index; a connection that works has it */

static int fail_errno(struct store *s, int error, const char *what)
{
	const char *advice = error == ENOSPC || error == EDQUOT || error == EFBIG ? "; make room" : "";
	int code = error == EDQUOT || error == EFBIG ? ENOSPC : error;
	return database_fail_text(&s->db, -code, "%s: %s%s", what, strerror(error), advice);
}

/* PATH + suffix on the heap. */
static char *beside(const char *path, const char *suffix)
{
	char *name = NULL;
	return asprintf(&name, "%s%s", path, suffix) < 0 ? NULL : name;
}

static void remove_beside(const char *path, const char *suffix)
{
	char *name = beside(path, suffix);
	if (name != NULL)
		unlink(name);
	free(name);
}

/* A database file and what SQLite puts next to it. */
static void remove_database(const char *path)
{
	unlink(path);
	remove_beside(path, "-wal");
	remove_beside(path, "-shm");
	remove_beside(path, "-journal");
}

/* An empty file under a name that was free; the name is on the heap, NULL after a failure. */
static char *temporary_make(struct store *s)
{
	char *name = NULL;
	int fd = -1, error = EEXIST;
	/* Names left by a program that was killed and had the same number are stepped over. */
	for (unsigned i = 0; i < 100 && fd < 0 && error == EEXIST; i++) {
		char suffix[40];
		snprintf(suffix, sizeof(suffix), ".tmp-%ld-%u", (long)getpid(), i);
		free(name);
		name = beside(s->path, suffix);
		if (name == NULL) {
			database_fail_text(&s->db, -ENOMEM, "out of memory");
			return NULL;
		}
		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* a map of the plant */
		error = errno;
	}
	if (fd >= 0) {
		close(fd);
		return name;
	}
	fail_errno(s, error, "no store can be made here");
	free(name);
	return NULL;
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Is the file ours? Asked of its first 100 bytes (SQLite file format, 1.3), before SQLite may touch it. */
static int check_header(struct store *s)
{
	unsigned char header[100];
	int fd = open(s->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(s, errno, "cannot be opened");
	ssize_t len = read(fd, header, sizeof(header));
	int error = errno;
	close(fd);
	if (len < 0)
		return fail_errno(s, error, "cannot be read");
	if (len < (ssize_t)sizeof(header) || memcmp(header, "SQLite format 3", 16) != 0)
		return database_fail_text(
			&s->db, -STORE_ENOTDB, "not an earshot store (not SQLite); it was left alone");
	if (be32(header + 68) != DATABASE_APPLICATION_ID)
		return database_fail_text(
			&s->db, -STORE_ENOTDB, "not an earshot store (SQLite of another program); it was left alone");
	return 0;
}

/* What has the name now. */
int store_look(struct store *s)
{
	struct stat st = {0};
	int result = stat(s->path, &st);
	s->before = st;
	s->absent = s->placeholder = false;
	if (result != 0) {
		if (errno != ENOENT)
			return fail_errno(s, errno, "cannot be opened");
		s->absent = true;
	} else if (S_ISDIR(st.st_mode)) {
		return database_fail_text(&s->db, -EISDIR, "is a folder; name a file with --db");
	} else if (!S_ISREG(st.st_mode)) {
		return database_fail_text(&s->db, -STORE_ENOTDB, "not an earshot store (not a plain file)");
	} else if (st.st_size == 0) {
		s->absent = s->placeholder = true;
	}
	if (s->absent && s->mode == STORE_READ)
		return database_fail_text(&s->db, s->placeholder ? -STORE_ENOTDB : -ENOENT,
			"%s; 'earshot read' makes one",
			s->placeholder ? "not an earshot store (empty)" : "no such store");
	return s->absent ? 0 : check_header(s);
}

/* Can a file be made in the folder? Asked before hours of reading, answered by making one. */
static int try_folder(struct store *s)
{
	char *name = temporary_make(s);
	if (name != NULL)
		unlink(name);
	free(name);
	return s->db.code;
}

static int64_t size_of(const char *path, const char *suffix)
{
	char *name = beside(path, suffix);
	struct stat st;
	bool found = name != NULL && stat(name, &st) == 0;
	free(name);
	return found ? (int64_t)st.st_size : 0;
}

/*
 * A store at rest is read as immutable: SQLite then makes no file beside it, so a read-only or a full disk is
 * no obstacle. check_unchanged() tells when it was not at rest after all. A log beside it means that a writer is
 * there, or was killed; then SQLite's own locks and recovery are needed.
 */
static enum database_mode reading_mode(const struct store *s)
{
	return size_of(s->path, "-wal") > 0 ? DATABASE_READ : DATABASE_IMMUTABLE;
}

/* What was read as immutable must not have been written to: a writer that finished moves its log into the file. */
static int check_unchanged(struct store *s)
{
	struct stat now;
	if (!s->immutable)
		return s->db.code;
	bool same = stat(s->path, &now) == 0 && now.st_ino == s->before.st_ino && now.st_size == s->before.st_size &&
		    now.st_mtim.tv_sec == s->before.st_mtim.tv_sec && now.st_mtim.tv_nsec == s->before.st_mtim.tv_nsec;
	if (same)
		return s->db.code;
	s->db.code = 0; /* what looked damaged was only half old */
	return database_fail_text(&s->db, -EBUSY, "was written to while it was read; try again");
}

/* The schema must be ours and of this program's version, or older and brought up to it. */
static int check_version(struct store *s)
{
	int64_t version;
	if (database_number(&s->db, "PRAGMA user_version", &version) != 0)
		return s->db.code;
	if (s->mode == STORE_READ && version >= DATABASE_VERSION_READ && version <= (int64_t)database_version)
		return 0;
	if (s->mode == STORE_READ && version >= 0 && version < DATABASE_VERSION_READ)
		return database_fail_text(&s->db, -EPROTO,
			"made by an older earshot (store version %lld); bring a copy up "
			"to date by adding a capture with 'earshot read --db'",
			(long long)version);
	return database_migrate(&s->db, database_steps, database_version);
}

static int check_site(struct store *s)
{
	free(s->site);
	s->site = meta_read(&s->db, "site");
	if (s->db.code != 0 || s->wanted_site == NULL || strcmp(s->site, s->wanted_site) == 0)
		return s->db.code;
	if (s->site[0] == 0)
		return database_fail_text(&s->db, -EINVAL,
			"is the store of a site without a name, not of '%s'; use another with --db", s->wanted_site);
	return database_fail_text(&s->db, -EINVAL, "is the store of site '%s', not of '%s'; use another with --db",
		s->site, s->wanted_site);
}

/* Opens the existing file and holds it: a writer with the lock, a reader at one moment. */
int store_attach(struct store *s)
{
	enum database_mode mode = s->mode == STORE_READ ? reading_mode(s) : DATABASE_WRITE;
	s->immutable = mode == DATABASE_IMMUTABLE;
	if (database_open(&s->db, s->path, mode) != 0 || check_version(s) != 0)
		return s->db.code;
	if (mode == DATABASE_WRITE && sqlite3_db_readonly(s->db.sqlite, "main") == 1)
		return fail_errno(s, access(s->path, W_OK) != 0 ? errno : EACCES, "cannot be written");
	if (database_run(&s->db, mode == DATABASE_WRITE ? "BEGIN IMMEDIATE" : "BEGIN") != 0)
		return s->db.code;
	s->locked = true;
	return check_site(s);
}

int store_open(struct store **out, const char *path, enum store_mode mode, const char *site)
{
	struct store *s = *out = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	s->mode = mode;
	s->wanted_site = site;
	s->path = strdup(path);
	s->site = strdup(site != NULL ? site : "");
	s->db.path = s->path != NULL ? s->path : path;
	if (s->path == NULL || s->site == NULL)
		return database_fail_text(&s->db, -ENOMEM, "out of memory");
	if (store_look(s) != 0)
		return s->db.code;
	if (mode == STORE_FOLLOW)
		return store_follow(s);
	if (s->absent)
		return try_folder(s);
	return store_attach(s) != 0 ? check_unchanged(s) : 0;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->locked)
		sqlite3_exec(s->db.sqlite, "ROLLBACK", NULL, NULL, NULL);
	bool failed = s->db.code != 0;
	/* Who only reads, or may not understand it, leaves the log of another where it is. */
	if (s->db.sqlite != NULL && (s->mode == STORE_READ || s->db.code == -EPROTO))
		sqlite3_db_config(s->db.sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	database_close(&s->db);
	/* On a full disk SQLite leaves an index that it could not fill beside a log that it could not begin. */
	if (failed && s->mode == STORE_WRITE && s->path != NULL && size_of(s->path, "-wal") == 0 &&
		size_of(s->path, "-shm") < INDEX_REGION) {
		remove_beside(s->path, "-wal");
		remove_beside(s->path, "-shm");
	}
	free(s->path);
	free(s->site);
	free(s);
}

const char *store_error(const struct store *s)
{
	return s == NULL ? "out of memory" : s->db.error;
}

const char *store_site(const struct store *s)
{
	return s->site != NULL ? s->site : "";
}

int store_load(struct store *s, struct inventory *into)
{
	if (s->db.code != 0 || s->absent)
		return s->db.code;
	if (s->mode == STORE_FOLLOW)
		return store_load_again(s, into);
	facts_read(&s->db, into);
	return check_unchanged(s);
}

static int write_rows(struct store *s, const struct inventory *inv, const struct conclusions *c)
{
	struct orders orders;
	if (orders_make(&orders, inv) != 0)
		database_fail_text(&s->db, -ENOMEM, "out of memory");
	if (s->db.code == 0)
		meta_write(&s->db, "site", s->site);
	if (s->db.code == 0)
		facts_write(&s->db, &orders, NULL);
	if (s->db.code == 0 && c != NULL)
		conclusions_write(&s->db, c, &orders);
	orders_clear(&orders);
	return s->db.code;
}

static int sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	int error = fd < 0 || fsync(fd) != 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error;
}

#define TAKEN "another program made it in the meantime; read again to add to it"

/* The finished file gets its name, unless somebody else has made a store in the meantime. */
static int give_name(struct store *s, const char *temporary)
{
	int error = sync_path(temporary, O_RDONLY);
	if (error != 0)
		return fail_errno(s, error, "cannot be written");
	/* A log without its store would be taken for one of the new store. */
	remove_beside(s->path, "-wal");
	remove_beside(s->path, "-shm");
	remove_beside(s->path, "-journal");
	struct stat st;
	if (s->placeholder && stat(s->path, &st) == 0 && st.st_size > 0)
		return database_fail_text(&s->db, -EBUSY, TAKEN);
	int result = s->placeholder ? rename(temporary, s->path)
				    : renameat2(AT_FDCWD, temporary, AT_FDCWD, s->path, RENAME_NOREPLACE);
	if (result != 0 && (errno == EINVAL || errno == ENOSYS)) { /* a file system without it */
		result = link(temporary, s->path);
		if (result == 0)
			unlink(temporary);
		else if (errno == EPERM && access(s->path, F_OK) != 0) /* and without links */
			result = rename(temporary, s->path);
	}
	if (result != 0 && errno == EEXIST)
		return database_fail_text(&s->db, -EBUSY, TAKEN);
	if (result != 0)
		return fail_errno(s, errno, "cannot be written");
	char *folder = strdup(s->path);
	if (folder != NULL)
		sync_path(dirname(folder), O_RDONLY | O_DIRECTORY); /* not every file system can; the name is there */
	free(folder);
	return 0;
}

int store_make(struct store *s, const struct inventory *inv, const struct conclusions *c)
{
	char set_application[64];
	snprintf(set_application, sizeof(set_application), "PRAGMA application_id = %d", DATABASE_APPLICATION_ID);
	char *temporary = temporary_make(s);
	if (temporary == NULL)
		return s->db.code;
	database_open(&s->db, temporary, DATABASE_NEW);
	database_run(&s->db, set_application);
	if (s->db.code == 0)
		database_migrate(&s->db, database_steps, database_version);
	database_run(&s->db, "BEGIN");
	if (s->db.code == 0)
		write_rows(s, inv, c);
	database_run(&s->db, "COMMIT");
	database_run(&s->db, "PRAGMA journal_mode = WAL"); /* remembered in the file */
	database_close(&s->db);
	if (s->db.code == 0)
		give_name(s, temporary);
	if (s->db.code != 0)
		remove_database(temporary);
	else
		s->absent = false;
	free(temporary);
	return s->db.code;
}

int store_save(struct store *s, const struct inventory *inv, const struct conclusions *c)
{
	if (s->db.code != 0)
		return s->db.code;
	if (s->mode != STORE_WRITE)
		return database_fail_text(&s->db, -EROFS, "opened for reading only");
	if (s->absent)
		return store_make(s, inv, c);
	if (s->db.sqlite == NULL && store_attach(s) != 0) /* made by an earlier save */
		return s->db.code;
	if (!s->locked && database_run(&s->db, "BEGIN IMMEDIATE") != 0)
		return s->db.code;
	s->locked = true;
	rows_clear(&s->db);
	if (s->db.code == 0)
		write_rows(s, inv, c);
	if (database_run(&s->db, "COMMIT") != 0)
		sqlite3_exec(s->db.sqlite, "ROLLBACK", NULL, NULL, NULL);
	s->locked = false;
	return s->db.code;
}
