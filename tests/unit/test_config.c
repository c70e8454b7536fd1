/* SPDX-License-Identifier: Apache-2.0 */
/* test_config.c - earshot.yaml: each key, its default, its range, and where a mistake is said to be. */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor/watch/config.h"
#include "tests/check_main.h"

static char path[] = "/tmp/earshot-config-XXXXXX", said[8192];

static void file_make(void)
{
	strcpy(path + strlen(path) - 6, "XXXXXX");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void file_drop(void)
{
	unlink(path);
}

static void hear(void *to, const char *line)
{
	(void)to;
	size_t at = strlen(said);
	snprintf(said + at, sizeof(said) - at, "%s\n", line);
}

static int load(struct watch_config **c, const char *text)
{
	FILE *out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
	said[0] = 0;
	return watch_config_load(c, path, hear, NULL);
}

/* What `earshot watch --check-config` prints; free() it. */
static char *printed(const struct watch_config *c)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	watch_config_print(out, c);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

/* Exactly one line, which begins with the place. */
static void ck_refused(const char *text, const char *place_and_what)
{
	struct watch_config *c;
	char expected[1024];
	ck_assert_msg(load(&c, text) == -EINVAL, "'%s' was taken", text);
	ck_assert_ptr_null(c);
	snprintf(expected, sizeof(expected), "%s:%s", path, place_and_what);
	ck_assert_msg(strncmp(said, expected, strlen(expected)) == 0, "'%s' says '%s', not '%s'", text, said, expected);
	ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
}

static void ck_loads(const char *text, const char *line)
{
	struct watch_config *c;
	ck_assert_msg(load(&c, text) == 0, "%s", said);
	ck_assert_str_eq(said, "");
	char *all = printed(c);
	ck_assert_msg(strstr(all, line) != NULL, "no '%s' in\n%s", line, all);
	free(all);
	watch_config_free(c);
}

static const char defaults[] = "interfaces: []\n"
			       "direction: in\n"
			       "promiscuous: true\n"
			       "hardware_time: false\n"
			       "# filter:\n"
			       "ring_mib: 64\n"
			       "snap_bytes: 0\n"
			       "memory_mib: 256\n"
			       "# db:\n"
			       "# site:\n"
			       "interval_s: 5\n"
			       "conclude_interval_s: 10\n"
			       "silent_after_s: 86400\n"
			       "# zones:\n"
			       "# register:\n"
			       "# events_file:\n"
			       "# metrics_file:\n"
			       "# user:\n"
			       "landlock: true\n"
			       "seccomp: kill\n";

START_TEST(without_a_file_all_is_default)
{
	struct watch_config *c;
	ck_assert_int_eq(watch_config_load(&c, NULL, hear, NULL), 0);
	char *text = printed(c);
	ck_assert_str_eq(text, defaults);
	free(text);
	watch_config_free(c);
}
END_TEST

START_TEST(an_empty_file_and_one_key_leave_the_rest_default)
{
	static const char *const texts[] = {
		"", "# nothing\n", "interval_s: 5\n", "landlock: true\n", "direction: in\n"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct watch_config *c;
		ck_assert_msg(load(&c, texts[i]) == 0, "'%s': %s", texts[i], said);
		char *text = printed(c);
		ck_assert_str_eq(text, defaults);
		free(text);
		watch_config_free(c);
	}
}
END_TEST

/* The file in config/ is the documentation of the defaults, so it must have them; its examples must be right too. */
START_TEST(the_file_that_is_shipped_has_the_defaults)
{
	struct watch_config *c;
	said[0] = 0;
	ck_assert_msg(watch_config_load(&c, CONFIG "/earshot.yaml", hear, NULL) == 0, "%s", said);
	ck_assert_str_eq(c->db, "earshot.db"); /* the one default that does not stand in the code as text of a key */
	free(c->db);
	c->db = NULL;
	char *text = printed(c);
	ck_assert_str_eq(text, defaults);
	free(text);
	watch_config_free(c);
}
END_TEST

START_TEST(its_examples_load_once_they_are_no_comments)
{
	static char all[32768];
	char line[512];
	size_t at = 0;
	unsigned keys = 0;
	FILE *in = fopen(CONFIG "/earshot.yaml", "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		size_t name = strspn(line, "# abcdefghijklmnopqrstuvwxyz_");
		bool example = strncmp(line, "# ", 2) == 0 && strcspn(line + 2, " :") == name - 2 && line[name] == ':';
		keys += example || (line[0] != '#' && line[0] != '\n');
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s", example ? line + 2 : line);
	}
	fclose(in);
	ck_assert_uint_eq(keys, 20); /* every key of config.c stands in it */
	ck_loads(all, "interfaces: [eth1]\n");
}
END_TEST

START_TEST(each_key_takes_its_values)
{
	static const struct {
		const char *text, *line;
	} good[] = {{"interfaces: [eth1]\n", "interfaces: [eth1]\n"},
		{"interfaces: [a, b, c, d, e, f, g, h]\n", "interfaces: [a, b, c, d, e, f, g, h]\n"},
		{"interfaces:\n- eth1\n- eth2\n", "interfaces: [eth1, eth2]\n"},
		{"direction: both\n", "direction: both\n"}, {"promiscuous: false\n", "promiscuous: false\n"},
		{"promiscuous: no\n", "promiscuous: false\n"}, {"hardware_time: on\n", "hardware_time: true\n"},
		{"filter: not port 445\n", "filter: 'not port 445'\n"}, {"ring_mib: 2\n", "ring_mib: 2\n"},
		{"ring_mib: 16384\n", "ring_mib: 16384\n"}, {"snap_bytes: 262144\n", "snap_bytes: 262144\n"},
		{"memory_mib: 96\n", "memory_mib: 96\n"}, {"memory_mib: 1048576\n", "memory_mib: 1048576\n"},
		{"db: /var/x.db\n", "db: '/var/x.db'\n"}, {"site: \"It's\"\n", "site: 'It''s'\n"},
		{"interval_s: 1\n", "interval_s: 1\n"}, {"interval_s: 3600\n", "interval_s: 3600\n"},
		{"conclude_interval_s: 1\n", "conclude_interval_s: 1\n"},
		{"conclude_interval_s: 86400\n", "conclude_interval_s: 86400\n"},
		{"silent_after_s: 0\n", "silent_after_s: 0\n"},
		{"silent_after_s: 31536000\n", "silent_after_s: 31536000\n"}, {"zones: z.yaml\n", "zones: 'z.yaml'\n"},
		{"register: r.csv\n", "register: 'r.csv'\n"}, {"events_file: '-'\n", "events_file: '-'\n"},
		{"metrics_file: /m/e.prom\n", "metrics_file: '/m/e.prom'\n"}, {"user: earshot\n", "user: 'earshot'\n"},
		{"landlock: false\n", "landlock: false\n"}, {"seccomp: log\n", "seccomp: log\n"},
		{"seccomp: off\n", "seccomp: off\n"}};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_loads(good[i].text, good[i].line);
}
END_TEST

START_TEST(what_is_printed_gives_the_same_again)
{
	struct watch_config *c;
	ck_assert_int_eq(
		load(&c, "interfaces: [eth1, eth2]\nsite: \"It's\"\nseccomp: off\nlandlock: off\ninterval_s: 9\n"), 0);
	char *first = printed(c);
	watch_config_free(c);
	ck_assert_int_eq(load(&c, first), 0);
	char *second = printed(c);
	watch_config_free(c);
	ck_assert_str_eq(first, second);
	free(first);
	free(second);
}
END_TEST

START_TEST(a_mistake_has_its_place)
{
	static const struct {
		const char *text, *said;
	} bad[] = {{"ring_mib: 1\n", "1:11: ring_mib: expected a number from 2 to 16384\n"},
		{"ring_mib: 16385\n", "1:11: ring_mib: expected a number from 2 to 16384\n"},
		{"snap_bytes: 262145\n", "1:13: snap_bytes: expected a number from 0 to 262144\n"},
		{"memory_mib: 95\n", "1:13: memory_mib: expected a number from 96 to 1048576\n"},
		{"memory_mib: 1048577\n", "1:13: memory_mib: expected a number from 96 to 1048576\n"},
		{"site: x\ninterval_s: 0\n", "2:13: interval_s: expected a number from 1 to 3600\n"},
		{"interval_s: 3601\n", "1:13: interval_s: expected a number from 1 to 3600\n"},
		{"conclude_interval_s: 0\n", "1:22: conclude_interval_s: expected a number from 1 to 86400\n"},
		{"silent_after_s: 31536001\n", "1:17: silent_after_s: expected a number from 0 to 31536000\n"},
		{"interval_s: soon\n", "1:13: interval_s: expected a number from 1 to 3600\n"},
		{"interval_s: 5s\n", "1:13: interval_s: expected a number from 1 to 3600\n"},
		{"ring_mib: 010\n", "1:11: ring_mib: expected a number from 2 to 16384\n"},
		{"ring_mib: 0x40\n", "1:11: ring_mib: expected a number from 2 to 16384\n"},
		{"interval_s: -1\n", "1:13: interval_s: expected a number from 1 to 3600\n"},
		{"interval_s: 99999999999999999999\n", "1:13: interval_s: expected a number from 1 to 3600\n"},
		{"interval_s: 1.5\n", "1:13: interval_s: expected a number from 1 to 3600\n"},
		{"direction: out\n", "1:12: direction: expected in or both\n"},
		{"promiscuous: maybe\n", "1:14: promiscuous: expected true or false\n"},
		{"hardware_time: 1\n", "1:16: hardware_time: expected true or false\n"},
		{"landlock: please\n", "1:11: landlock: expected true or false\n"},
		{"seccomp: some\n", "1:10: seccomp: expected kill, log or off\n"},
		{"filter:\n", "1:8: filter: expected an expression as in pcap-filter(7)\n"},
		{"db: [a]\n", "1:5: db: expected the path of the store\n"},
		{"metrics_file: /m/earshot.txt\n", "1:15: metrics_file: expected a path that ends in .prom\n"},
		{"metrics_file: .prom\n", "1:15: metrics_file: expected a path that ends in .prom\n"},
		{"interfaces: eth1\n", "1:13: interfaces: expected a list of up to 8 interface names"},
		{"interfaces: []\n", "1:13: interfaces: expected a list of up to 8 interface names"},
		{"interfaces: [a, b, c, d, e, f, g, h, i]\n", "1:"},
		{"interfaces: [eth1, eth1]\n", "1:13: interfaces: eth1 is named twice\n"},
		{"interval_s: 1\nring: 2\n", "2:1: unknown key 'ring'; expected one of interfaces, direction,"},
		{"interval_s: 1\ninterval_s: 2\n", "2:1: interval_s: is given twice\n"},
		{"- eth1\n", "1:1: expected keys with values, as 'interfaces: [eth1]'\n"},
		{"eth1\n", "1:1: expected keys with values, as 'interfaces: [eth1]'\n"}, {"site: 'x\n", "2:1: "},
		{"\tsite: x\n", "1:1: "}};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_refused(bad[i].text, bad[i].said);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_said)
{
	struct watch_config *c;
	said[0] = 0;
	ck_assert_int_eq(watch_config_load(&c, "/nosuch/earshot.yaml", hear, NULL), -ENOENT);
	ck_assert_str_eq(said, "/nosuch/earshot.yaml: No such file or directory\n");
}
END_TEST

START_TEST(paths_become_whole)
{
	struct watch_config *c;
	char here[PATH_MAX], expected[PATH_MAX + 32];
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	ck_assert_int_eq(load(&c, "zones: ./z.yaml\nevents_file: '-'\nmetrics_file: /nosuch/m.prom\n"), 0);
	ck_assert_int_eq(watch_config_settle(c, hear, NULL), 0);
	snprintf(expected, sizeof(expected), "%s/earshot.db", here);
	ck_assert_str_eq(c->db, expected);
	snprintf(expected, sizeof(expected), "%s/z.yaml", here);
	ck_assert_str_eq(c->zones, expected);
	ck_assert_str_eq(c->events_file, "-");
	ck_assert_str_eq(c->metrics_file, "/nosuch/m.prom");
	watch_config_free(c);
	ck_assert_int_eq(load(&c, "db: nosuch/x.db\n"), 0);
	ck_assert_int_eq(watch_config_settle(c, hear, NULL), -EINVAL);
	ck_assert_str_eq(said, "nosuch: the folder of nosuch/x.db: No such file or directory\n");
	watch_config_free(c);
}
END_TEST

START_TEST(what_needs_a_restart_is_named)
{
	struct watch_config *a, *b;
	char names[256];
	ck_assert_int_eq(load(&a, "interfaces: [eth1]\n"), 0);
	ck_assert_int_eq(load(&b, "interfaces: [eth1]\ninterval_s: 9\nsilent_after_s: 7\nconclude_interval_s: 3\n"), 0);
	watch_config_fixed(a, b, names, sizeof(names));
	ck_assert_str_eq(names, "");
	watch_config_free(b);
	ck_assert_int_eq(load(&b, "interfaces: [eth2]\nring_mib: 8\nuser: x\nseccomp: log\nzones: z\n"), 0);
	watch_config_fixed(a, b, names, sizeof(names));
	ck_assert_str_eq(names, "interfaces, ring_mib, zones, user, seccomp");
	watch_config_free(a);
	watch_config_free(b);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("config");
	tcase_add_checked_fixture(t, file_make, file_drop);
	tcase_add_test(t, without_a_file_all_is_default);
	tcase_add_test(t, an_empty_file_and_one_key_leave_the_rest_default);
	tcase_add_test(t, the_file_that_is_shipped_has_the_defaults);
	tcase_add_test(t, its_examples_load_once_they_are_no_comments);
	tcase_add_test(t, each_key_takes_its_values);
	tcase_add_test(t, what_is_printed_gives_the_same_again);
	tcase_add_test(t, a_mistake_has_its_place);
	tcase_add_test(t, a_file_that_is_not_there_is_said);
	tcase_add_test(t, paths_become_whole);
	tcase_add_test(t, what_needs_a_restart_is_named);
	return check_main("config", t);
}
