/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_status.c - the status written, read back and printed; the metrics as a reader of the text exposition format
 * 0.0.4 takes them; the exit codes of `earshot status`.
 */
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sensor/command/command.h"
#include "sensor/watch/status.h"
#include "tests/check_main.h"

#define SECOND 1000000000ll

static char folder[] = "/tmp/earshot-status-XXXXXX", db[64], path[96];

static void folder_make(void)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(db, sizeof(db), "%s/x.db", folder);
	snprintf(path, sizeof(path), "%s.status.json", db);
}

static void folder_drop(void)
{
	char command[128];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* A daemon that is well; every number differs from every other. */
static struct watch_status some(void)
{
	struct watch_status s = {.version = "0.1.0",
		.site = "Plant north",
		.started_ns = now_ns() - 7200 * SECOND,
		.written_ns = now_ns(),
		.interval_ns = 5 * SECOND,
		.round = 11,
		.committed_ns = 12 * SECOND,
		.lag_ns = 0,
		.dirty_rows = 13,
		.commits = 14,
		.failed_commits = 15,
		.reloads = 16,
		.commit_ns = 17000000,
		.conclude_ns = 18,
		.store_bytes = 19 << 20,
		.image = {.endpoints = 20,
			.bindings = 21,
			.facts = 22,
			.links = 23,
			.activities = 24,
			.captures = 25,
			.endpoints_max = 200,
			.bindings_max = 201,
			.facts_max = 202,
			.links_max = 203,
			.activities_max = 204,
			.captures_max = 205,
			.string_bytes = 26,
			.string_bytes_max = 206,
			.assets = 27,
			.forgotten_rows = 28,
			.compactions = 29},
		.events = 30,
		.suppressed_events = 31,
		.memory_bytes = 32 << 20,
		.memory_peak_bytes = 33 << 20,
		.memory_max = 256 << 20,
		.sandbox = {SANDBOX_ON, SANDBOX_ON, SANDBOX_ON, SANDBOX_UNAVAILABLE, SANDBOX_PARTIAL, "uid 998"},
		.counters = {.interface_count = 2,
			.interfaces = {{"eth1", true, 40, 41, 42, 43, 44, 0}, {"eth2", true, 46, 47, 48, 49, 50, 0}},
			.packets = 60,
			.bytes = 61,
			.first_ns = 62 * SECOND,
			.last_ns = 63 * SECOND,
			.truncated_packets = 64,
			.undecoded_packets = 65,
			.duplicate_packets = 66,
			.fragments_lost = 67,
			.gaps = 68,
			.gap_bytes = 69,
			.flows = 70,
			.flows_max = 700,
			.evicted_flows = 71,
			.refused_rows = 72,
			.refused_bytes = 73,
			.buffer_bytes = 74,
			.buffer_max = 740,
			.epoch_rows = 75,
			.epoch_max = 750,
			.epochs = 76,
			.epochs_delayed = 77}};
	s.counters.protocols[PROTOCOL_MODBUS] = (struct watch_protocol){80, 81};
	s.counters.protocols[PROTOCOL_DNP3] = (struct watch_protocol){0, 82};
	return s;
}

static struct watch_status again(const struct watch_status *s)
{
	struct watch_status back;
	char *text;
	ck_assert_int_eq(watch_status_write(s, path), 0);
	ck_assert_int_eq(watch_status_text(path, &text), 0);
	ck_assert_int_eq(watch_status_parse(text, &back), 0);
	free(text);
	return back;
}

/* Times in the file are exact; read back they pass a double, which is good to a quarter of a microsecond. */
static void ck_time(int64_t *got, int64_t expected)
{
	ck_assert_int_lt(llabs(*got - expected), 1000);
	*got = expected;
}

START_TEST(what_is_written_is_read_back)
{
	struct watch_status s = some(), back = again(&s);
	ck_time(&back.started_ns, s.started_ns);
	ck_time(&back.written_ns, s.written_ns);
	ck_assert_str_eq(back.version, s.version);
	ck_assert_str_eq(back.site, s.site);
	ck_assert_str_eq(back.sandbox.detail, s.sandbox.detail);
	ck_assert_mem_eq(&back.sandbox, &s.sandbox, offsetof(struct watch_sandbox, detail));
	ck_assert_mem_eq(&back.image, &s.image, sizeof(s.image));
	ck_assert_mem_eq(&back.started_ns, &s.started_ns,
		offsetof(struct watch_status, counters) - offsetof(struct watch_status, started_ns));
	for (unsigned i = 0; i < 2; i++) {
		const struct watch_interface *a = &back.counters.interfaces[i], *b = &s.counters.interfaces[i];
		ck_assert_str_eq(a->name, b->name);
		ck_assert(a->up == b->up && a->gone == b->gone && a->packets == b->packets && a->bytes == b->bytes);
		ck_assert(a->kernel_drops == b->kernel_drops && a->interface_drops == b->interface_drops);
	}
	ck_assert_mem_eq(&back.counters.packets, &s.counters.packets,
		sizeof(s.counters) - offsetof(struct watch_counters, packets));
	ck_assert(back.store == s.store && back.dirty_rows == 13 && back.commits == 14 && back.failed_commits == 15);
	ck_assert(back.reloads == 16 && back.commit_ns == 17000000 && back.conclude_ns == 18 &&
		  back.store_bytes == 19 << 20 && back.committed_ns == 12 * SECOND);
	ck_assert(back.events == 30 && back.suppressed_events == 31 && back.memory_bytes == 32 << 20 &&
		  back.memory_peak_bytes == 33 << 20 && back.memory_max == 256 << 20);
}
END_TEST

START_TEST(nanoseconds_are_exact_in_the_file)
{
	struct watch_status s = some();
	char *text;
	s.written_ns = 1700000000123456789;
	ck_assert_int_eq(watch_status_write(&s, path), 0);
	ck_assert_int_eq(watch_status_text(path, &text), 0);
	ck_assert_ptr_nonnull(strstr(text, "\"written_ns\":\t1700000000123456789"));
	free(text);
}
END_TEST

START_TEST(what_is_no_status_is_refused)
{
	static const char *const bad[] = {
		"", "{", "[]", "{\"schema\": 1}", "{\"schema\": \"earshot.status/2\"}", "\"x\""};
	struct watch_status s;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(watch_status_parse(bad[i], &s), -EPROTO);
}
END_TEST

START_TEST(numbers_out_of_range_are_bounded)
{
	struct watch_status s;
	ck_assert_int_eq(watch_status_parse("{\"schema\": \"earshot.status/1\", \"round\": 1e999, \"events\": -5, "
					    "\"written_ns\": \"x\", \"image\": {\"assets\": 1e30}, \"interfaces\": 7}",
				 &s),
		0);
	ck_assert_uint_eq(s.round, INT64_MAX);
	ck_assert_uint_eq(s.events, 0);
	ck_assert_int_eq(s.written_ns, 0);
	ck_assert_uint_eq(s.image.assets, UINT32_MAX);
	ck_assert_uint_eq(s.counters.interface_count, 0);
}
END_TEST

static char *printed(const struct watch_status *s, int64_t stale_ns)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	watch_status_print(out, s, stale_ns);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

static void ck_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no '%s' in\n%s", part, text);
}

START_TEST(people_read_what_matters)
{
	struct watch_status s = some();
	char *text = printed(&s, 0);
	ck_assert_int_eq(strncmp(text, "earshot   0.1.0, site Plant north, running for 2 h 0 min\n", 57), 0);
	ck_has(text, "\neth1      up, 41 packets, 42 bytes; dropped 43 by the kernel, 44 by the card; 0 transmitted; "
		     "down or "
		     "gone 40 times\n");
	ck_has(text, "\nprotocols modbus 80 (81 malformed), dnp3 0 (82 malformed)\n");
	ck_has(text, "\nevicted   71 flows, 72 rows refused, 73 buffers refused, 28 old rows forgotten\n");
	ck_has(text, "\nmemory    32 MiB of 256 MiB, peak 33 MiB\n");
	ck_has(text, "\nstore     fine, 19 MiB, 14 commits (15 failed), last took 17 ms; 0 s behind\n");
	ck_has(text, "Landlock not available, seccomp partly\n          uid 998\n");
	free(text);
}
END_TEST

START_TEST(what_is_wrong_stands_first)
{
	struct watch_status s = some();
	ck_assert_uint_eq(watch_status_alarms(NULL, &s, 0), 0);
	s.store = STORE_WAITING;
	snprintf(s.store_error, sizeof(s.store_error), "x.db: disk is full");
	s.lag_ns = 90 * SECOND;
	s.counters.interfaces[1].up = false;
	s.counters.interfaces[0].transmitted = 3;
	char *text = printed(&s, 3700 * SECOND);
	static const char first[] =
		"STALE     this is 1 h 1 min old: earshot watch does not run, or hangs\n"
		"STORE     cannot be written: x.db: disk is full; facts of 90 s are kept in memory\n"
		"TRANSMIT  3 frames left through a capture interface; earshot cannot send, so this host does: "
		"take its IP and IPv6 addresses away\n"
		"DOWN      eth2: no packets come from it\n"
		"earshot   ";
	ck_assert_int_eq(strncmp(text, first, strlen(first)), 0);
	ck_assert_uint_eq(watch_status_alarms(NULL, &s, 3700 * SECOND), 4);
	free(text);
}
END_TEST

START_TEST(hostile_text_is_escaped)
{
	struct watch_status s = some();
	snprintf(s.site, sizeof(s.site), "\x1b[2J\xe2\x80\xae\nSTORE     fine");
	snprintf(s.store_error, sizeof(s.store_error), "a\rb\x07\xff");
	snprintf(s.sandbox.detail, sizeof(s.sandbox.detail), "\x9b");
	snprintf(s.version, sizeof(s.version), "1\x08");
	snprintf(s.counters.interfaces[0].name, sizeof(s.counters.interfaces[0].name), "e\x1bt");
	s.counters.interfaces[0].up = false;
	s.store = STORE_WAITING;
	char *text = printed(&s, 0);
	for (const char *at = text; *at != 0; at++)
		ck_assert_msg(*at == '\n' || (*at >= 0x20 && *at < 0x7f), "byte %02x", (unsigned char)*at);
	ck_has(text, "site \\u{1B}[2J\\u{202E}\\u{0A}STORE     fine,");
	ck_has(text, "cannot be written: a\\u{0D}b\\u{07}\\x{FF};");
	ck_has(text, "DOWN      e\\u{1B}t: no packets");
	ck_has(text, "\ne\\u{1B}t  down,");
	free(text);
}
END_TEST

START_TEST(one_line_for_the_log)
{
	struct watch_status s = some();
	char line[WATCH_LINE_MAX];
	watch_status_line(&s, line);
	ck_assert_str_eq(line,
		"60 packets, 186 dropped, 27 assets, 22 facts, 23 links, 30 events, 32 MiB of 256, store fine, "
		"71 flows and 100 rows evicted, 0 transmitted");
}
END_TEST

/* One sample as the format has it: name{label="value"} number. The line is taken apart; false when it is none. */
static bool sample(char *line, char **name, char **label, double *value)
{
	char *at = line + strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789"), *end;
	*name = line;
	*label = at;
	if (at == line || isdigit((unsigned char)line[0]))
		return false;
	if (*at == '{') {
		*at++ = 0;
		*label = at + strcspn(at, "\"");
		if (**label != '"' || (*label)[-1] != '=')
			return false;
		for (at = ++*label; *at != '"'; at++)
			if (*at == 0 || (*at == '\\' && strchr("\\\"n", *++at) == NULL))
				return false;
		*at++ = 0;
		if (*at++ != '}')
			return false;
	}
	if (*at != ' ')
		return false;
	*at++ = 0;
	*value = strtod(at, &end);
	return end != at && *end == 0;
}

/* Each line of the metrics: comments of a family first, then its samples, each family once, counters end in _total. */
static void ck_metrics(char *text, const char *wanted, const char *wanted_label, double *value)
{
	char family[128] = "", seen[8192] = "", type[32] = "", *rest = NULL;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		char *name, *label, key[160];
		double number;
		if (sscanf(line, "# HELP %127s", family) == 1) {
			snprintf(key, sizeof(key), " %s ", family);
			ck_assert_msg(strstr(seen, key) == NULL, "%s comes twice", family);
			strcat(seen, key);
			continue;
		}
		if (sscanf(line, "# TYPE %127s %31s", key, type) == 2) {
			ck_assert_str_eq(key, family);
			size_t len = strlen(family);
			ck_assert(strcmp(type, "gauge") == 0 || strcmp(type, "counter") == 0);
			ck_assert_int_eq(
				strcmp(type, "counter") == 0, len > 6 && strcmp(family + len - 6, "_total") == 0);
			continue;
		}
		ck_assert_msg(sample(line, &name, &label, &number), "no sample: %s", line);
		ck_assert_str_eq(name, family);
		ck_assert(number >= 0);
		if (strcmp(name, wanted) == 0 && strcmp(label, wanted_label) == 0)
			*value = number;
	}
}

START_TEST(metrics_are_in_the_exposition_format)
{
	static const struct {
		const char *name, *label;
		double value;
	} expected[] = {{"earshot_packets_total", "", 60}, {"earshot_interface_packets_total", "eth2", 47},
		{"earshot_interface_kernel_drops_total", "a\\\"\\\\b", 43}, {"earshot_pdus_total", "modbus", 80},
		{"earshot_malformed_pdus_total", "dnp3", 82}, {"earshot_store_lag_seconds", "", 1.5},
		{"earshot_sandbox", "landlock", 0}, {"earshot_sandbox", "no_new_privileges", 1},
		{"earshot_build_info", "0.1.0", 1}, {"earshot_interface_up", "eth2", 1}, {"earshot_assets", "", 27},
		{"earshot_forgotten_rows_total", "", 28}, {"earshot_resident_memory_bytes", "", 32 << 20}};
	char metrics[96], *text;
	struct stat st;
	struct watch_status s = some();
	s.lag_ns = 1500000000;
	snprintf(s.counters.interfaces[0].name, sizeof(s.counters.interfaces[0].name), "a\"\\b");
	snprintf(metrics, sizeof(metrics), "%s/earshot.prom", folder);
	mode_t before = umask(0077);
	ck_assert_int_eq(watch_metrics_write(&s, metrics), 0);
	umask(before);
	ck_assert_int_eq(stat(metrics, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0644); /* another account reads it */
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		double value = -1;
		ck_assert_int_eq(watch_status_text(metrics, &text), 0);
		ck_metrics(text, expected[i].name, expected[i].label, &value);
		free(text);
		ck_assert_msg(value > expected[i].value - 0.001 && value < expected[i].value + 0.001, "%s{%s} is %f",
			expected[i].name, expected[i].label, value);
	}
}
END_TEST

/* The exit code of `earshot status --db DB [OPTION]`, with all that it says thrown away. */
static int status_code(const char *option)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		char *words[] = {
			(char[]){"status"}, (char[]){"--db"}, db, option != NULL ? strdup(option) : NULL, NULL};
		int null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		optind = 0;
		_exit(command_status(option != NULL ? 4 : 3, words));
	}
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(the_exit_code_says_how_it_is)
{
	struct watch_status s = some();
	ck_assert_int_eq(status_code(NULL), EXIT_INPUT); /* there is none */
	ck_assert_int_eq(watch_status_write(&s, path), 0);
	ck_assert_int_eq(status_code(NULL), EXIT_DONE);
	ck_assert_int_eq(status_code("--json"), EXIT_DONE);
	ck_assert_int_eq(status_code("--jason"), EXIT_USAGE);
	ck_assert_int_eq(status_code("word"), EXIT_USAGE);
	s.written_ns -= 31 * SECOND;
	ck_assert_int_eq(watch_status_write(&s, path), 0);
	ck_assert_int_eq(status_code(NULL), EXIT_ANSWER_NO); /* stale */
	s.interval_ns = 60 * SECOND;
	ck_assert_int_eq(watch_status_write(&s, path), 0);
	ck_assert_int_eq(status_code(NULL), EXIT_DONE); /* not with so long an interval */
	s.store = STORE_WAITING;
	ck_assert_int_eq(watch_status_write(&s, path), 0);
	ck_assert_int_eq(status_code("--json"), EXIT_ANSWER_NO);
	s.store = STORE_FINE;
	s.counters.interfaces[0].transmitted = 1;
	ck_assert_int_eq(watch_status_write(&s, path), 0);
	ck_assert_int_eq(status_code(NULL), EXIT_ANSWER_NO);
	ck_assert_int_eq(watch_file_replace(path, "{}"), 0);
	ck_assert_int_eq(status_code(NULL), EXIT_INPUT);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_an_error)
{
	struct watch_status s = some();
	ck_assert_int_eq(watch_status_write(&s, "/nosuch/x.status.json"), -ENOENT);
	ck_assert_int_eq(watch_metrics_write(&s, "/nosuch/x.prom"), -ENOENT);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("status");
	tcase_add_checked_fixture(t, folder_make, folder_drop);
	tcase_add_test(t, what_is_written_is_read_back);
	tcase_add_test(t, nanoseconds_are_exact_in_the_file);
	tcase_add_test(t, what_is_no_status_is_refused);
	tcase_add_test(t, numbers_out_of_range_are_bounded);
	tcase_add_test(t, people_read_what_matters);
	tcase_add_test(t, what_is_wrong_stands_first);
	tcase_add_test(t, hostile_text_is_escaped);
	tcase_add_test(t, one_line_for_the_log);
	tcase_add_test(t, metrics_are_in_the_exposition_format);
	tcase_add_test(t, the_exit_code_says_how_it_is);
	tcase_add_test(t, a_folder_that_is_not_there_is_an_error);
	return check_main("status", t);
}
