/* SPDX-License-Identifier: Apache-2.0 */
/* test_core.c - the parts of the daemon's core by themselves: stores that are followed, marks, compaction, events. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/inventory/compact.h"
#include "sensor/inventory/marks.h"
#include "sensor/store/database.h"
#include "sensor/watch/events.h"
#include "sensor/watch/image.h"
#include "tests/check_main.h"
#include "tests/unit/fixture.h"
#include "tests/unit/scene.h"

#define SECOND ((int64_t)1000000000)

static char folder[64], path[128];

static void set_up(void)
{
	strcpy(folder, "/tmp/earshot-core-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/store.db", folder);
}

static void tear_down(void)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct sighting at(uint64_t frame, int64_t second)
{
	return (struct sighting){.time_ns = second * SECOND, .frame = frame & 0xffffffffff};
}

static struct address ip(uint32_t number)
{
	uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};
	return address_make(ADDRESS_IPV4, bytes);
}

/* An inventory with the live capture that all epochs of these tests are of. */
static struct inventory *epoch_new(const struct inventory_limits *limits)
{
	struct inventory *inv = inventory_new(limits);
	ck_assert_ptr_nonnull(inv);
	ck_assert_uint_eq(inventory_capture_add(inv, "eth1"), 0);
	inv->captures[0].live_ns = 77;
	return inv;
}

static uint32_t endpoint(struct inventory *inv, uint32_t number, bool spoke, int64_t from, int64_t to)
{
	struct address a = ip(number);
	struct sighting first = at((uint64_t)from, from), last = at((uint64_t)to, to);
	inventory_endpoint(inv, &a, NULL, spoke, &first);
	return inventory_endpoint(inv, &a, NULL, spoke, &last);
}

static uint32_t fact(struct inventory *inv, uint32_t row, const char *value, int64_t from, int64_t to)
{
	struct span seen = {at((uint64_t)from, from), at((uint64_t)to, to)};
	struct fact_key key = {.endpoint = row,
		.attribute = ATTRIBUTE_MODEL,
		.protocol = PROTOCOL_MODBUS,
		.confidence = 95,
		.message = "FC 43/14",
		.value = value};
	return inventory_fact(inv, &key, 1, &seen);
}

START_TEST(test_live_epochs_add_up)
{
	struct inventory *all = inventory_new(&inventory_limits_default);
	for (int64_t i = 0; i < 3; i++) {
		struct inventory *epoch = epoch_new(&inventory_limits_default);
		struct capture *c = &epoch->captures[0];
		c->packets = 10;
		c->first_ns = (100 + i) * SECOND;
		c->last_ns = (101 + i) * SECOND;
		c->flows = 1;
		uint32_t a = endpoint(epoch, 1, true, 100 + i, 101 + i), b = endpoint(epoch, 2, true, 100 + i, 101 + i);
		struct span seen = {at(100 + (uint64_t)i, 100 + i), at(100 + (uint64_t)i, 100 + i)};
		uint32_t link = inventory_link(epoch, a, b, "modbus", TRANSPORT_TCP, 502, &seen);
		epoch->links[link].packets = 4;
		inventory_activity(epoch, link, OPERATION_READ, NULL, NULL, 0, &seen);
		inventory_activity(epoch, link, OPERATION_CONTROL, "stop", NULL, 1, &seen);
		ck_assert_int_eq(inventory_merge(all, epoch), 0);
		inventory_free(epoch);
	}
	ck_assert_uint_eq(all->capture_count, 1);
	ck_assert_uint_eq(all->captures[0].packets, 30);
	ck_assert_uint_eq(all->captures[0].flows, 3);
	ck_assert_int_eq(all->captures[0].first_ns, 100 * SECOND);
	ck_assert_int_eq(all->captures[0].last_ns, 103 * SECOND);
	ck_assert_uint_eq(all->link_count, 1);
	ck_assert_uint_eq(all->links[0].packets, 12);
	ck_assert_uint_eq(all->activity_count, 2);
	ck_assert_uint_eq(all->activities[0].seen.last.frame, 100); /* a proof is its first sighting */
	ck_assert_uint_eq(all->activities[1].seen.last.frame, 102); /* what happens is counted */
	ck_assert_uint_eq(all->activities[1].count, 3);
	inventory_free(all);
}
END_TEST

START_TEST(test_scans_leave_room)
{
	struct inventory_limits limits = inventory_limits_default;
	limits.endpoints = 10;
	limits.unproved_endpoints = 5;
	struct inventory *inv = epoch_new(&limits);
	struct sighting now = at(1, 1);
	for (uint32_t i = 0; i < 20; i++) {
		struct address a = ip(1000 + i);
		uint32_t row = inventory_endpoint_seen(inv, &a, true, &now);
		ck_assert_uint_eq(row, i < 5 ? i : INVENTORY_NONE);
	}
	ck_assert_uint_eq(inv->refused, 15);
	struct address known = ip(1000), plc = ip(1);
	ck_assert_uint_eq(inventory_endpoint(inv, &known, NULL, true, &now), 0); /* somebody vouches for it now */
	ck_assert_uint_eq(inventory_endpoint(inv, &plc, NULL, true, &now), 5);
	struct address next = ip(2000);
	ck_assert_uint_eq(inventory_endpoint_seen(inv, &next, true, &now), 6);
	inventory_free(inv);
}
END_TEST

START_TEST(test_marks)
{
	struct inventory *all = inventory_new(&inventory_limits_default), *epoch = epoch_new(&inventory_limits_default);
	for (uint32_t i = 0; i < 200; i++)
		endpoint(epoch, i, true, 1, 1);
	ck_assert_int_eq(inventory_merge(all, epoch), 0);
	ck_assert_int_eq(marks_keep(all), 0);
	ck_assert_uint_eq(marks_next(all->marks, MARKED_ENDPOINTS, 0, 200), 200);
	ck_assert_int_eq(inventory_empty(epoch), 0);
	ck_assert_uint_eq(inventory_capture_add(epoch, "eth1"), 0);
	epoch->captures[0].live_ns = 77;
	endpoint(epoch, 3, true, 2, 2);
	endpoint(epoch, 130, true, 2, 2);
	endpoint(epoch, 1000, true, 2, 2);
	ck_assert_int_eq(inventory_merge(all, epoch), 0);
	static const uint32_t expected[] = {3, 130, 200, 201};
	for (uint32_t i = 0, row = 0; i < 4; i++, row++) {
		row = marks_next(all->marks, MARKED_ENDPOINTS, row, 201);
		ck_assert_uint_eq(row, expected[i]);
	}
	ck_assert_uint_eq(marks_count(all->marks, all), 4); /* and the capture */
	marks_clear(all->marks);
	ck_assert_uint_eq(marks_count(all->marks, all), 0);
	inventory_free(epoch);
	inventory_free(all);
}
END_TEST

static bool holds(const struct inventory *inv, uint32_t number)
{
	struct address a = ip(number);
	return inventory_endpoint_find(inv, &a, NULL) != INVENTORY_NONE;
}

/* 100 rows of room: what a plant is made of stays, in the order of compact.h. */
START_TEST(test_compaction_keeps_the_plant)
{
	struct inventory_limits limits = inventory_limits_default;
	limits.endpoints = 100;
	struct inventory *inv = epoch_new(&limits);
	struct span now = {at(900, 900), at(900, 900)};
	for (uint32_t i = 0; i < 10; i++) /* known for long, silent lately */
		fact(inv, endpoint(inv, 100 + i, true, 1, 700), "plc", 1, 1);
	for (uint32_t i = 0; i < 60; i++) /* came with a flood */
		fact(inv, endpoint(inv, 200 + i, true, 800 + i, 900), "fake", 900, 900);
	uint32_t hmi = endpoint(inv, 10, true, 1, 900);
	uint32_t link = inventory_link(inv, hmi, 0, "modbus", TRANSPORT_TCP, 502, &now);
	inv->links[link].parts = PART_REQUEST | PART_RESPONSE;
	inv->links[link].basis = LINK_DISSECTED;
	for (uint32_t i = 0; i < 20; i++) /* a scan found nobody */
		inventory_link(inv, hmi, endpoint(inv, 300 + i, false, 899, 900), "", TRANSPORT_TCP, 502, &now);
	ck_assert_uint_eq(inv->endpoint_count, 91);
	ck_assert(compact_is_due(inv, NULL));
	uint64_t forgotten;
	struct inventory *kept = compact_make(inv, &forgotten);
	ck_assert_ptr_nonnull(kept);
	ck_assert_uint_eq(kept->endpoint_count, 75);
	for (uint32_t i = 0; i < 10; i++)
		ck_assert(holds(kept, 100 + i));
	for (uint32_t i = 0; i < 60; i++)
		ck_assert(holds(kept, 200 + i));
	ck_assert(holds(kept, 10));
	uint32_t scanned = 0;
	for (uint32_t i = 0; i < 20; i++)
		scanned += holds(kept, 300 + i);
	ck_assert_uint_eq(scanned, 4);
	ck_assert_uint_eq(kept->link_count, 5);
	ck_assert_uint_eq(forgotten, 16 + 16);
	ck_assert_uint_eq(kept->captures[0].evicted_rows, 32);
	ck_assert(!compact_is_due(kept, NULL));
	inventory_free(inv);

	/* and when false servers alone are too many, those that came last go */
	limits.endpoints = kept->limits.endpoints = 50;
	struct inventory *less = compact_make(kept, &forgotten);
	ck_assert_uint_eq(less->endpoint_count, 37);
	for (uint32_t i = 0; i < 10; i++)
		ck_assert(holds(less, 100 + i));
	ck_assert(holds(less, 200) && !holds(less, 259));
	inventory_free(kept);
	inventory_free(less);
}
END_TEST

static struct store *follow(void)
{
	struct store *s;
	ck_assert_msg(store_open(&s, path, STORE_FOLLOW, NULL) == 0, "%s", store_error(s));
	return s;
}

static char *dump_of_store(void)
{
	struct store *s;
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_msg(store_open(&s, path, STORE_READ, NULL) == 0, "%s", store_error(s));
	ck_assert_msg(store_load(s, inv) == 0, "%s", store_error(s));
	char *text = fixture_dump(inv);
	inventory_free(inv);
	store_close(s);
	return text;
}

/* Rows written as they change give the store that a save of all rows gives. */
START_TEST(test_follow)
{
	struct fixture f;
	fixture_make(&f, false);
	struct store *s = follow();
	struct image image;
	ck_assert_int_eq(image_open(&image, s, &inventory_limits_default, &inventory_limits_default), 0);
	ck_assert_int_eq(image_add(&image, f.inventory, 1), 0);
	ck_assert_int_eq(image_commit(&image, NULL, NULL), 0);
	struct inventory *epoch = epoch_new(&inventory_limits_default);
	fact(epoch, endpoint(epoch, 5, true, 1, 2), "new", 1, 2);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(image_add(&image, epoch, 1), 0);
		ck_assert_int_eq(image_commit(&image, NULL, NULL), 0);
		char *expected = fixture_dump(image.all), *text = dump_of_store();
		ck_assert_str_eq(text, expected);
		free(expected);
		free(text);
	}
	ck_assert_uint_eq(image.reloads, 0);
	inventory_free(epoch);
	image_close(&image);
	store_close(s);
	fixture_clear(&f);
}
END_TEST

/* `earshot read` adds a capture while the daemon follows: both are in the store, nothing twice. */
START_TEST(test_another_writer)
{
	struct fixture f;
	fixture_make(&f, false);
	struct store *s = follow(), *other;
	struct image image;
	ck_assert_int_eq(image_open(&image, s, &inventory_limits_default, &inventory_limits_default), 0);
	struct inventory *epoch = epoch_new(&inventory_limits_default),
			 *loaded = inventory_new(&inventory_limits_default);
	epoch->captures[0].packets = 7;
	fact(epoch, endpoint(epoch, 5, true, 1, 2), "new", 1, 2);
	ck_assert_int_eq(image_add(&image, epoch, 1), 0);
	ck_assert_int_eq(image_commit(&image, NULL, NULL), 0);

	ck_assert_int_eq(store_open(&other, path, STORE_WRITE, NULL), 0);
	ck_assert_int_eq(store_load(other, loaded), 0);
	ck_assert_int_eq(inventory_merge(loaded, f.inventory), 0);
	ck_assert_int_eq(image_add(&image, epoch, 1), 0);
	ck_assert_int_eq(image_commit(&image, NULL, NULL), -EBUSY); /* it holds the lock from its opening on */
	struct conclusions c;
	ck_assert_int_eq(conclusions_make(&c, loaded, scene_knowledge(), NULL), 0);
	ck_assert_int_eq(store_save(other, loaded, &c), 0);
	conclusions_clear(&c);
	store_close(other);

	ck_assert_int_eq(image_commit(&image, NULL, NULL), 0);
	ck_assert_uint_eq(image.reloads, 1);
	ck_assert_int_eq(inventory_merge(loaded, epoch), 0);
	char *expected = fixture_dump(loaded), *text = dump_of_store();
	ck_assert_str_eq(text, expected);
	free(expected);
	free(text);
	inventory_free(epoch);
	inventory_free(loaded);
	image_close(&image);
	store_close(s);
	fixture_clear(&f);
}
END_TEST

static void run_sql(const char *sql)
{
	sqlite3 *db;
	char *error = NULL;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s", error);
	sqlite3_close(db);
}

static int64_t sql_number(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *q;
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
	int64_t number = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return number;
}

/* A store of version 1 is read as it is, and brought up to date by whoever writes. */
START_TEST(test_version_1)
{
	run_sql(database_schema);
	run_sql("PRAGMA application_id = 1700885107; PRAGMA user_version = 1; INSERT INTO meta VALUES ('site', 'old');"
		"INSERT INTO capture VALUES (1,'a.pcap','ab','EN10MB',9,8,7,7,0,0,0,0,0,0,0,0,0,0,0,0,0,0);"
		"INSERT INTO endpoint VALUES (1,'10.0.0.1','','',1,3,7,1,1,7,1,2)");
	char *before = dump_of_store();
	ck_assert_ptr_nonnull(strstr(before, "10.0.0.1"));
	ck_assert_int_eq(sql_number("PRAGMA user_version"), 1);
	struct store *s = follow();
	ck_assert_str_eq(store_site(s), "old");
	store_close(s);
	ck_assert_int_eq(sql_number("PRAGMA user_version"), database_version);
	ck_assert_int_eq(sql_number("SELECT live_ns FROM capture"), 0);
	char *after = dump_of_store();
	ck_assert_str_eq(after, before);
	free(before);
	free(after);
}
END_TEST

/* clang-format off */
#define PLC "00:1d:9c:00:00:05"
#define TWIN "00:1d:9c:00:00:06"
/* clang-format on */

/* The events of a scene as "kind old>new detail" lines, told to a store that is opened for it. */
static char *events_of(const struct step *steps, int64_t now_ns, int64_t silent_after_ns)
{
	struct conclusions c;
	struct store *s = follow();
	struct image image;
	ck_assert_int_eq(image_open(&image, s, &inventory_limits_default, &inventory_limits_default), 0);
	scene_make(&c, steps, false);
	((struct inventory *)(uintptr_t)c.inventory)->captures[0].live_ns = 1;
	struct events_options options = {
		.silent_after_ns = silent_after_ns, .listening_since_ns = SECOND, .round_max = 100};
	struct events *e = events_new(s, &options);
	ck_assert_ptr_nonnull(e);
	const struct store_events *list = events_make(e, &c, now_ns);
	ck_assert_ptr_nonnull(list);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	for (size_t i = 0; i < list->count; i++) {
		const struct event *v = &list->at[i];
		fprintf(out, "%s %s %s>%s %s %s\n", event_kind_name(v->kind), v->asset_name,
			v->old_value ? v->old_value : "", v->new_value ? v->new_value : "",
			v->operation ? v->operation : "", v->detail ? v->detail : "");
		ck_assert_int_eq(event_json(out, v), 0);
	}
	fclose(out);
	ck_assert_int_eq(image_commit(&image, NULL, list), 0);
	events_commit(e);
	list = events_make(e, &c, now_ns);
	ck_assert_uint_eq(list->count, 0);
	events_free(e);
	image_close(&image);
	store_close(s);
	scene_clear(&c);
	return text;
}

static unsigned count_of(const char *text, const char *words)
{
	unsigned count = 0;
	for (; (text = strstr(text, words)) != NULL; text++)
		count++;
	return count;
}

/* Told once, also after a restart: each call opens the store anew. */
START_TEST(test_events)
{
	static const struct step steps[] = {ARP("10.0.0.5", PLC), SPOKE("10.0.0.9"),
		FACT("10.0.0.5", FIRMWARE_VERSION, MODBUS, "FC 43/14", "V1"),
		FACT("10.0.0.5", FIRMWARE_VERSION, MODBUS, "FC 43/14", "V2"),
		TALKED("10.0.0.9", "10.0.0.5", MODBUS, 502, OPERATION_READ | OPERATION_WRITE), ARP("10.0.0.5", TWIN),
		ARP("10.0.0.5", PLC), END};
	char *text = events_of(steps, 2 * SECOND, 3600 * SECOND);
	ck_assert_uint_eq(count_of(text, "new-asset 10.0.0.9 "), 1);
	ck_assert_uint_eq(count_of(text, "identity-changed 10.0.0.5 V1>V2"), 1);
	ck_assert_uint_eq(count_of(text, "new-link 10.0.0.9 >  tcp 502"), 1);
	ck_assert_uint_eq(count_of(text, "first-operation 10.0.0.9 > write"), 1);
	ck_assert_uint_eq(count_of(text, "first-operation"), 2); /* in words and in JSON */
	ck_assert_uint_eq(count_of(text, "address-conflict 10.0.0.5 " PLC ">" TWIN), 1);
	ck_assert_uint_eq(count_of(text, "asset-silent"), 0);
	free(text);
	text = events_of(steps, 2 * SECOND, 3600 * SECOND);
	ck_assert_str_eq(text, "");
	free(text);
	text = events_of(steps, 3602 * SECOND, 3600 * SECOND);
	ck_assert_uint_eq(count_of(text, "asset-silent 10.0.0.9"), 1);
	ck_assert_uint_eq(count_of(text, "new-asset"), 0);
	free(text);
	text = events_of(steps, 9000 * SECOND, 3600 * SECOND);
	ck_assert_str_eq(text, ""); /* one silence is told once, however long */
	free(text);
	ck_assert_int_eq(sql_number("SELECT count(*) = count(DISTINCT key) FROM event_log"), 1);
	ck_assert_int_gt(sql_number("SELECT frame FROM event_log WHERE kind = 'identity-changed'"), 0);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("core");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_live_epochs_add_up);
	tcase_add_test(tests, test_scans_leave_room);
	tcase_add_test(tests, test_marks);
	tcase_add_test(tests, test_compaction_keeps_the_plant);
	tcase_add_test(tests, test_follow);
	tcase_add_test(tests, test_another_writer);
	tcase_add_test(tests, test_version_1);
	tcase_add_test(tests, test_events);
	return check_main("watch core", tests);
}
