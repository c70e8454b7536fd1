/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_store.c - what a store keeps, what it refuses, and what it leaves behind.
 *
 * What is loaded is compared with what was saved: both are printed by dump.c. Codes are those of store.h.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "sensor/store/database.h"
#include "sensor/store/store.h"
#include "tests/check_main.h"

static char folder[64], path[128];

static void set_up(void)
{
	strcpy(folder, "/tmp/earshot-store-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/plant ?#%%41.db", folder);
}

static void tear_down(void)
{
	char command[200];
	snprintf(command, sizeof(command), "chmod -R u+w %s; rm -rf %s", folder, folder);
	ck_assert_int_eq(system(command), 0);
}

/* Files in the folder that are not the store itself. */
static unsigned leftovers(void)
{
	unsigned count = 0;
	DIR *d = opendir(folder);
	ck_assert_ptr_nonnull(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		count += e->d_name[0] != '.' && strcmp(e->d_name, strrchr(path, '/') + 1) != 0;
	closedir(d);
	return count;
}

static void save(const struct fixture *f, const char *site)
{
	struct store *s;
	ck_assert_msg(store_open(&s, path, STORE_WRITE, site) == 0, "%s", store_error(s));
	ck_assert_msg(store_save(s, f->inventory, &f->conclusions) == 0, "%s", store_error(s));
	store_close(s);
}

static char *load(void)
{
	struct store *s;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_msg(store_open(&s, path, STORE_READ, NULL) == 0, "%s", store_error(s));
	ck_assert_msg(store_load(s, inv) == 0, "%s", store_error(s));
	store_close(s);
	char *text = fixture_dump(inv);
	inventory_free(inv);
	return text;
}

/* Everything in the database as SQL would print it, rows in their order. */
static char *rows(const char *table)
{
	char sql[128], *text = NULL;
	size_t len = 0;
	sqlite3 *db;
	sqlite3_stmt *q;
	FILE *out = open_memstream(&text, &len);
	/* a name with ? and % is no URI here */
	ck_assert_int_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
	while (sqlite3_step(q) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			const unsigned char *value = sqlite3_column_text(q, i);
			fprintf(out, "%s%s", value != NULL ? (const char *)value : "",
				i + 1 < sqlite3_column_count(q) ? "|" : "\n");
		}
	sqlite3_finalize(q);
	sqlite3_close(db);
	fclose(out);
	return text;
}

static void run_sql(const char *sql)
{
	sqlite3 *db;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void refuse(enum store_mode mode, int code, const char *words)
{
	struct store *s;
	ck_assert_int_eq(store_open(&s, path, mode, NULL), code);
	ck_assert_msg(strstr(store_error(s), words) != NULL, "'%s' does not say '%s'", store_error(s), words);
	ck_assert_ptr_null(strchr(store_error(s), '\n'));
	store_close(s);
}

START_TEST(test_round_trip)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, "Plant 1");
	ck_assert_uint_eq(leftovers(), 0);
	char *wanted = fixture_dump(f.inventory), *got = load();
	ck_assert_str_eq(got, wanted);
	free(wanted);
	free(got);
	char *broken = rows("pragma_foreign_key_check"), *damaged = rows("pragma_integrity_check");
	ck_assert_str_eq(broken, "");
	ck_assert_str_eq(damaged, "ok\n");
	free(broken);
	free(damaged);
	fixture_clear(&f);
}
END_TEST

/* Saved twice, saved backwards, loaded and saved: always the same rows under the same numbers. */
START_TEST(test_same_rows)
{
	static const char *const tables[] = {"meta", "capture", "protocol_count", "endpoint", "binding", "fact", "link",
		"activity", "asset", "interface", "asset_fact", "role", "asset_link", "event", "conflict",
		"type_verdict", "unanswered", "zone", "zone_asset", "conduit", "channel", "finding",
		"finding_evidence"};
	enum { TABLES = sizeof(tables) / sizeof(tables[0]) };
	char *first[TABLES];
	struct fixture f, b;
	fixture_make(&f, false);
	fixture_make(&b, true);
	save(&f, "x");
	for (unsigned i = 0; i < TABLES; i++) {
		first[i] = rows(tables[i]);
		ck_assert_msg(*first[i] != 0, "%s is empty", tables[i]);
	}
	for (unsigned round = 0; round < 2; round++) {
		save(round == 0 ? &f : &b, "x");
		for (unsigned i = 0; i < TABLES; i++) {
			char *again = rows(tables[i]);
			ck_assert_str_eq(again, first[i]);
			free(again);
		}
	}
	for (unsigned i = 0; i < TABLES; i++)
		free(first[i]);
	ck_assert_uint_eq(leftovers(), 0);
	fixture_clear(&f);
	fixture_clear(&b);
}
END_TEST

START_TEST(test_views_are_readable)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	char *asset = rows("asset WHERE id = 'a-module'"), *link = rows("asset_link"), *event = rows("event");
	char *unanswered = rows("unanswered"), *fact = rows("asset_fact WHERE attribute = 'vendor'");
	ck_assert_str_eq(asset, "a-module|a-plc|s7-rack-slot|0/2||||6ES7 315-2EH14-0AB0|||||module|0.0|||||"
				"2023-11-14T22:13:21.123456Z|2023-11-14T22:13:28.123456Z|\n");
	ck_assert_str_eq(link, "a-station|a-plc|s7comm|tcp|102|dissected|read control|control|100|12345|"
			       "2023-11-14T22:13:32.123456Z|2023-11-14T22:13:50.123456Z\n");
	ck_assert_str_eq(event, "10.0.0.100|10.0.0.8|s7comm|control|PLC stop (0x29)|" FIXTURE_FORMULA
				"|2|plc,\"1\".pcap|12|2023-11-14T22:13:32.123456Z|2023-11-14T22:13:50.123456Z\n");
	ck_assert_str_eq(unanswered, "10.0.0.99|modbus|a-station\n");
	ck_assert_str_eq(fact,
		"a-plc|vendor|Rockwell Automation/Allen-Bradley|1|s7comm|SZL 0x0011|||0.98|plc,\"1\".pcap|20|"
		"2023-11-14T22:13:40.123456Z|2023-11-14T22:13:41.123456Z|3\n");
	free(asset), free(link), free(event), free(unanswered), free(fact);
	fixture_clear(&f);
}
END_TEST

START_TEST(test_zones_are_readable)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	char *zone = rows("zone"), *placing = rows("zone_asset"), *conduit = rows("conduit");
	char *channel = rows("channel"), *finding = rows("finding"), *evidence = rows("finding_evidence");
	ck_assert_str_eq(zone,
		"cell|" FIXTURE_SCRIPT "|ot|accepted|1|1|1|10.0.0.0/24|1 17|0.25|1.0|declared|accepted in line 3\n");
	ck_assert_str_eq(placing,
		"a-plc|cell|declared in line 5 by the name " FIXTURE_TURNED "\na-station||it could be anywhere\n");
	ck_assert_str_eq(conduit, "inside|cell|cell|accepted|denied|2\n");
	ck_assert_str_eq(channel,
		"inside|a-station|a-plc|s7comm|tcp|102|read control|1|denied|no rule, " FIXTURE_CONTROL
		"|7|700|2023-11-14T22:13:32.123456Z|2023-11-14T22:13:50.123456Z\n"
		"inside|||dnp3||0||0|not observed|rule old was not used|0|0||\n");
	ck_assert_str_eq(finding,
		"0123456789abcdef|denied-channel|high|Traffic that is not allowed|seen: " FIXTURE_LINES
		"|find out " FIXTURE_SCRIPT "|IEC 62443-3-2 ZCR 6.4|cell|inside|a-plc a-station\n");
	ck_assert_str_eq(evidence,
		"0123456789abcdef|plc,\"1\".pcap|12|2023-11-14T22:13:32.123456Z|s7comm control " FIXTURE_CONTROL "\n");
	free(zone), free(placing), free(conduit), free(channel), free(finding), free(evidence);
	fixture_clear(&f);
}
END_TEST

START_TEST(test_absent)
{
	refuse(STORE_READ, -ENOENT, "no such store");
	ck_assert_int_eq(access(path, F_OK), -1);
	struct store *s; /* opened for writing, never saved: nothing appears */
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, NULL), 0);
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_int_eq(store_load(s, inv), 0);
	inventory_free(inv);
	store_close(s);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_uint_eq(leftovers(), 0);
}
END_TEST

START_TEST(test_empty_file_is_taken)
{
	struct fixture f;
	fixture_make(&f, false);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	refuse(STORE_READ, -STORE_ENOTDB, "empty");
	save(&f, NULL);
	char *text = load();
	ck_assert_ptr_nonnull(strstr(text, "V3.2.7"));
	free(text);
	fixture_clear(&f);
}
END_TEST

START_TEST(test_foreign_files)
{
	FILE *out = fopen(path, "w");
	for (unsigned i = 0; i < 50; i++)
		fprintf(out, "name,address,line %u\n", i);
	fclose(out);
	refuse(STORE_READ, -STORE_ENOTDB, "not SQLite");
	refuse(STORE_WRITE, -STORE_ENOTDB, "not SQLite");
	unlink(path);
	run_sql("CREATE TABLE asset (id); PRAGMA user_version = 1");
	refuse(STORE_READ, -STORE_ENOTDB, "another program");
	refuse(STORE_WRITE, -STORE_ENOTDB, "another program");
	snprintf(path, sizeof(path), "%s", folder);
	refuse(STORE_WRITE, -EISDIR, "folder");
	snprintf(path, sizeof(path), "/dev/null");
	refuse(STORE_WRITE, -STORE_ENOTDB, "not a plain file");
	snprintf(path, sizeof(path), "%s/nowhere/x.db", folder);
	refuse(STORE_WRITE, -ENOENT, "no store can be made here");
}
END_TEST

START_TEST(test_newer)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	run_sql("PRAGMA user_version = 99");
	refuse(STORE_READ, -EPROTO, "newer earshot (store version 99");
	refuse(STORE_WRITE, -EPROTO, "newer earshot (store version 99");
	run_sql("PRAGMA user_version = 4; UPDATE fact SET attribute = 'colour' WHERE attribute = 'model'");
	struct store *s;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, NULL), 0);
	ck_assert_int_eq(store_load(s, inv), -EPROTO);
	ck_assert_ptr_nonnull(strstr(store_error(s), "attribute 'colour'"));
	ck_assert_int_eq(store_save(s, inv, &f.conclusions), -EPROTO); /* what could not be read is not replaced */
	store_close(s);
	inventory_free(inv);
	fixture_clear(&f);
}
END_TEST

/* Each damage to a row is found when it is loaded, not believed. */
START_TEST(test_damaged)
{
	static const char *const damages[] = {"UPDATE endpoint SET address = '10.0.0' WHERE address = '10.0.0.8'",
		"UPDATE fact SET first_frame = -1", "UPDATE fact SET confidence = 101",
		"UPDATE fact SET endpoint = 77 WHERE attribute = 'vendor'", "UPDATE endpoint SET first_capture = 9",
		"UPDATE link SET port = 65536", "DELETE FROM endpoint WHERE id = 2",
		"UPDATE fact SET value = CAST(x'ff41' AS TEXT) WHERE attribute = 'name'",
		"UPDATE link SET packets = -5", "UPDATE binding SET vlan = 70000", "UPDATE activity SET link = 3"};
	struct fixture f;
	fixture_make(&f, false);
	for (unsigned i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct store *s;
		struct inventory *inv = inventory_new(&inventory_limits_default);
		save(&f, NULL);
		run_sql("PRAGMA foreign_keys = OFF");
		run_sql(damages[i]);
		ck_assert_int_eq(store_open(&s, path, STORE_READ, NULL), 0);
		ck_assert_msg(store_load(s, inv) == -EIO, "%s", damages[i]);
		ck_assert_ptr_nonnull(strstr(store_error(s), "damaged"));
		store_close(s);
		inventory_free(inv);
		unlink(path);
	}
	fixture_clear(&f);
}
END_TEST

START_TEST(test_busy)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	struct store *first;
	ck_assert_int_eq(store_open(&first, path, STORE_WRITE, NULL), 0);
	refuse(STORE_WRITE, -EBUSY, "in use");
	char *text = load(); /* readers are not kept out */
	ck_assert_ptr_nonnull(strstr(text, "V3.2.7"));
	free(text);
	ck_assert_int_eq(store_save(first, f.inventory, &f.conclusions), 0);
	ck_assert_int_eq(store_save(first, f.inventory, &f.conclusions), 0);
	store_close(first);
	ck_assert_uint_eq(leftovers(), 0);
	fixture_clear(&f);
}
END_TEST

/* A reader that takes no locks must notice that a writer came and went. */
START_TEST(test_written_while_read)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	struct store *reader;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_int_eq(store_open(&reader, path, STORE_READ, NULL), 0);
	ck_assert_uint_eq(leftovers(), 0); /* no file beside it */
	usleep(20000);                     /* the clock of the file system has ticked */
	save(&f, NULL);
	ck_assert_int_eq(store_load(reader, inv), -EBUSY);
	ck_assert_ptr_nonnull(strstr(store_error(reader), "while it was read"));
	store_close(reader);
	inventory_free(inv);
	fixture_clear(&f);
}
END_TEST

/* Two programs make the same new store: the second says so, and the first one's is kept. */
START_TEST(test_made_meanwhile)
{
	struct fixture f;
	fixture_make(&f, false);
	struct store *slow;
	ck_assert_int_eq(store_open(&slow, path, STORE_WRITE, NULL), 0);
	save(&f, "first");
	ck_assert_int_eq(store_save(slow, f.inventory, &f.conclusions), -EBUSY);
	store_close(slow);
	ck_assert_uint_eq(leftovers(), 0);
	char *meta = rows("meta WHERE key = 'site'");
	ck_assert_str_eq(meta, "site|first\n");
	free(meta);
	fixture_clear(&f);
}
END_TEST

START_TEST(test_site)
{
	struct fixture f;
	fixture_make(&f, false);
	struct store *s;
	save(&f, NULL);
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, "North"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(store_error(s), "without a name"));
	store_close(s);
	unlink(path);
	save(&f, "North");
	save(&f, NULL);
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, "South"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(store_error(s), "'North'"));
	store_close(s);
	ck_assert_int_eq(store_open(&s, path, STORE_READ, NULL), 0);
	ck_assert_str_eq(store_site(s), "North");
	store_close(s);
	fixture_clear(&f);
}
END_TEST

START_TEST(test_own_tables_stay)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	run_sql("CREATE TABLE declared (asset TEXT, owner TEXT); INSERT INTO declared VALUES ('a-plc', 'maintenance')");
	save(&f, NULL);
	char *text = rows("declared");
	ck_assert_str_eq(text, "a-plc|maintenance\n");
	free(text);
	fixture_clear(&f);
}
END_TEST

/* As a user without rights, in a child: root may write anywhere. */
static int as_nobody(void (*body)(void))
{
	pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(99);
		body();
		_exit(0);
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_and_write_nothing(void)
{
	struct store *s;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	if (store_open(&s, path, STORE_READ, NULL) != 0 || store_load(s, inv) != 0 || inv->fact_count == 0)
		_exit(1);
	store_close(s);
	inventory_free(inv);
	if (store_open(&s, path, STORE_WRITE, NULL) != -EACCES)
		_exit(2);
	store_close(s);
	char other[200];
	snprintf(other, sizeof(other), "%s/other.db", folder);
	if (store_open(&s, other, STORE_WRITE, NULL) != -EACCES || strstr(store_error(s), "other.db") == NULL)
		_exit(3);
	store_close(s);
}

START_TEST(test_read_only_folder)
{
	struct fixture f;
	fixture_make(&f, false);
	save(&f, NULL);
	ck_assert_int_eq(chmod(path, 0444), 0);
	ck_assert_int_eq(chmod(folder, 0555), 0);
	ck_assert_int_eq(as_nobody(read_and_write_nothing), 0);
	ck_assert_uint_eq(leftovers(), 0);
	fixture_clear(&f);
}
END_TEST

static struct fixture limited_fixture;
static int limited_code;

/* A file that may not grow past a bound fails like a full disk. */
static void save_within_limit(void)
{
	struct store *s;
	int code = store_open(&s, path, STORE_WRITE, NULL);
	struct rlimit limit = {16384, 16384};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (code == 0)
		code = store_save(s, limited_fixture.inventory, &limited_fixture.conclusions);
	bool said = strstr(store_error(s), "full") != NULL || strstr(store_error(s), "room") != NULL;
	store_close(s);
	_exit(code == limited_code && said ? 0 : 1);
}

START_TEST(test_full_disk)
{
	fixture_make(&limited_fixture, false);
	limited_code = -ENOSPC;
	ck_assert_int_eq(chmod(folder, 0777), 0);
	ck_assert_int_eq(as_nobody(save_within_limit), 0);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_uint_eq(leftovers(), 0);
	save(&limited_fixture, NULL);
	ck_assert_int_eq(chmod(path, 0666), 0);
	char *before = load();
	ck_assert_int_eq(as_nobody(save_within_limit), 0);
	char *after = load();
	ck_assert_str_eq(before, after);
	free(before), free(after);
	fixture_clear(&limited_fixture);
}
END_TEST

/* The mechanism of later versions: each step whole or not at all. */
START_TEST(test_migration)
{
	static const struct database_step steps[] = {
		{"CREATE TABLE a (x)"}, {"ALTER TABLE a ADD COLUMN y"}, {"CREATE TABLE b (z); CREATE TABLE a (again)"}};
	int64_t version;
	FILE *out = fopen(path, "w");
	fclose(out);
	struct database db = {.path = path};
	ck_assert_int_eq(database_open(&db, path, DATABASE_WRITE), 0);
	ck_assert_int_eq(database_migrate(&db, steps, 1), 0);
	ck_assert_int_eq(database_migrate(&db, steps, 2), 0);
	ck_assert_int_eq(database_run(&db, "INSERT INTO a (x, y) VALUES (1, 2)"), 0);
	ck_assert_int_ne(database_migrate(&db, steps, 3), 0);
	ck_assert_int_eq(sqlite3_exec(db.sqlite, "SELECT z FROM b", NULL, NULL, NULL), SQLITE_ERROR);
	db.code = 0;
	ck_assert_int_eq(database_number(&db, "PRAGMA user_version", &version), 0);
	ck_assert_int_eq(version, 2);
	ck_assert_int_eq(database_migrate(&db, steps, 1), -EPROTO);
	database_close(&db);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("store");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_round_trip);
	tcase_add_test(t, test_same_rows);
	tcase_add_test(t, test_views_are_readable);
	tcase_add_test(t, test_zones_are_readable);
	tcase_add_test(t, test_absent);
	tcase_add_test(t, test_empty_file_is_taken);
	tcase_add_test(t, test_foreign_files);
	tcase_add_test(t, test_newer);
	tcase_add_test(t, test_damaged);
	tcase_add_test(t, test_busy);
	tcase_add_test(t, test_written_while_read);
	tcase_add_test(t, test_made_meanwhile);
	tcase_add_test(t, test_site);
	tcase_add_test(t, test_own_tables_stay);
	tcase_add_test(t, test_read_only_folder);
	tcase_add_test(t, test_full_disk);
	tcase_add_test(t, test_migration);
	return check_main("store", t);
}
