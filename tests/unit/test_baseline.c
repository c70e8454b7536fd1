/* SPDX-License-Identifier: Apache-2.0 */
/* test_baseline.c - accepted inventories in the store: kept as they were, never altered, found again in older stores.
 */
#include <check.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "sensor/store/baseline.h"
#include "sensor/store/database.h"
#include "tests/check_main.h"

static char folder[64], path[128];

static void set_up(void)
{
	strcpy(folder, "/tmp/earshot-baseline-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/plant.db", folder);
}

static void tear_down(void)
{
	char command[200];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static int try_sql(const char *sql)
{
	sqlite3 *db;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return code;
}

static void save_fixture(void)
{
	struct fixture f;
	struct store *s;
	fixture_make(&f, false);
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, "plant"), 0);
	ck_assert_int_eq(store_save(s, f.inventory, &f.conclusions), 0);
	store_close(s);
	fixture_clear(&f);
}

static int accept(const char *name, const char *json)
{
	struct store *s;
	struct baseline b = {
		.name = name, .accepted_by = "A. Person", .note = "FAT", .sensor = "0.1", .time_ns = 77, .assets = 3};
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, NULL), 0);
	int code = store_baseline_add(s, &b, json, strlen(json));
	if (code != 0)
		ck_assert_ptr_nonnull(strstr(store_error(s), name));
	store_close(s);
	return code;
}

static int read_back(const char *name, char **json)
{
	struct store *s;
	size_t len;
	ck_assert_int_eq(store_open(&s, path, STORE_READ, NULL), 0);
	int code = store_baseline_read(s, name, json, &len);
	if (code == 0)
		ck_assert_uint_eq(len, strlen(*json));
	store_close(s);
	return code;
}

static void check_list(size_t expected)
{
	struct store *s;
	struct baselines list;
	ck_assert_int_eq(store_open(&s, path, STORE_READ, NULL), 0);
	ck_assert_int_eq(store_baselines(s, &list), 0);
	ck_assert_uint_eq(list.count, expected);
	baselines_clear(&list);
	store_close(s);
}

START_TEST(test_kept)
{
	char *json;
	struct store *s;
	struct baselines list;
	save_fixture();
	check_list(0);
	ck_assert_int_eq(read_back("FAT", &json), -ENOENT);
	ck_assert_int_eq(accept("FAT", "abc"), 0);
	ck_assert_int_eq(accept("2026-03-02", ""), 0);
	ck_assert_int_eq(accept("FAT", "abd"), -EEXIST);
	ck_assert_int_eq(read_back("FAT", &json), 0);
	ck_assert_str_eq(json, "abc");
	free(json);
	ck_assert_int_eq(read_back("2026-03-02", &json), 0);
	ck_assert_str_eq(json, "");
	free(json);
	save_fixture(); /* facts and conclusions are replaced, and nothing else */
	ck_assert_int_eq(store_open(&s, path, STORE_READ, NULL), 0);
	ck_assert_int_eq(store_baselines(s, &list), 0);
	ck_assert_uint_eq(list.count, 2);
	const struct baseline *b = baselines_find(&list, "FAT");
	ck_assert_ptr_eq(b, &list.at[0]);
	ck_assert_str_eq(b->accepted_by, "A. Person");
	ck_assert_str_eq(b->note, "FAT");
	ck_assert_int_eq(b->time_ns, 77);
	ck_assert_uint_eq(b->assets, 3);
	ck_assert_uint_eq(b->bytes, 3);
	/* FIPS 180-2, appendix B.1 */
	ck_assert_str_eq(b->sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_ptr_null(baselines_find(&list, "SAT"));
	baselines_clear(&list);
	store_close(s);
}
END_TEST

START_TEST(test_not_altered)
{
	char *json;
	save_fixture();
	ck_assert_int_eq(accept("FAT", "abc"), 0);
	ck_assert_int_eq(try_sql("UPDATE baseline SET note = 'x'"), SQLITE_CONSTRAINT);
	ck_assert_int_eq(try_sql("DELETE FROM baseline"), SQLITE_CONSTRAINT);
	ck_assert_int_eq(read_back("FAT", &json), 0);
	free(json);
	/* Whoever takes the guard away is found out by the hash. */
	ck_assert_int_eq(try_sql("DROP TRIGGER baseline_not_altered; UPDATE baseline SET bytes = 2"), SQLITE_OK);
	ck_assert_int_eq(read_back("FAT", &json), -EBADMSG);
	ck_assert_int_eq(try_sql("UPDATE baseline SET bytes = 3, sha256 = 'x'"), SQLITE_OK);
	ck_assert_int_eq(read_back("FAT", &json), -EBADMSG);
	ck_assert_int_eq(try_sql("UPDATE baseline SET inventory = x'00'"), SQLITE_OK);
	ck_assert_int_eq(read_back("FAT", &json), -EBADMSG);
	ck_assert_int_eq(try_sql("UPDATE baseline SET inventory = x''"), SQLITE_OK);
	ck_assert_int_eq(read_back("FAT", &json), -EBADMSG);
	ck_assert_int_eq(try_sql("UPDATE baseline SET bytes = -1"), SQLITE_OK);
	ck_assert_int_eq(read_back("FAT", &json), -EBADMSG);
	ck_assert_int_eq(try_sql("UPDATE baseline SET bytes = 9223372036854775807"), SQLITE_OK);
	ck_assert_int_eq(read_back("FAT", &json), -EBADMSG);
}
END_TEST

START_TEST(test_version_2)
{
	char *json;
	struct database db = {.path = path};
	FILE *out = fopen(path, "w");
	fclose(out);
	ck_assert_int_eq(database_open(&db, path, DATABASE_WRITE), 0);
	ck_assert_int_eq(database_migrate(&db, database_steps, 2), 0);
	ck_assert_int_eq(
		database_run(&db, "PRAGMA application_id = 1700885107; INSERT INTO meta VALUES ('site', 'old')"), 0);
	database_close(&db);
	check_list(0); /* read as it is */
	ck_assert_int_eq(read_back("FAT", &json), -ENOENT);
	ck_assert_int_eq(accept("FAT", "abc"), 0); /* brought up to date */
	check_list(1);
	ck_assert_int_eq(read_back("FAT", &json), 0);
	ck_assert_str_eq(json, "abc");
	free(json);
}
END_TEST

START_TEST(test_refused)
{
	struct store *s;
	struct baseline b = {.name = "FAT", .accepted_by = "", .note = "", .sensor = ""};
	ck_assert_int_eq(store_open(&s, path, STORE_WRITE, NULL), 0);
	ck_assert_int_eq(store_baseline_add(s, &b, "{}", 2), -EROFS); /* no store yet */
	store_close(s);
	ck_assert_int_ne(access(path, F_OK), 0);
	save_fixture();
	ck_assert_int_eq(store_open(&s, path, STORE_READ, NULL), 0);
	ck_assert_int_eq(store_baseline_add(s, &b, "{}", 2), -EROFS);
	store_close(s);
	check_list(0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("baseline");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_kept);
	tcase_add_test(t, test_not_altered);
	tcase_add_test(t, test_version_2);
	tcase_add_test(t, test_refused);
	return check_main("baseline", t);
}
