/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_capture.c - capture files of every kind through source.h, made in memory byte by byte.
 *
 * pcap: https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/; pcapng: draft-ietf-opsawg-pcapng.
 */
#include <check.h>
#include <errno.h>
#include <pcap/dlt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "sensor/capture/source.h"
#include "tests/check_main.h"

#define SECOND_NS 1000000000ll

/* A file in the making. */
struct made {
	uint8_t bytes[65536];
	size_t len;
	bool big_endian;
};

static void put(struct made *m, uint64_t value, unsigned len)
{
	ck_assert_uint_le(m->len + len, sizeof(m->bytes));
	for (unsigned i = 0; i < len; i++)
		m->bytes[m->len++] = (uint8_t)(value >> 8 * (m->big_endian ? len - 1 - i : i));
}

static void put_bytes(struct made *m, const void *bytes, size_t len)
{
	ck_assert_uint_le(m->len + len, sizeof(m->bytes));
	memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
}

static struct source *open_bytes(const void *bytes, size_t len, int *err)
{
	char path[64];
	struct source *s;
	int fd = memfd_create("capture", 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	*err = source_open(&s, path);
	close(fd);
	return s;
}

static struct source *open_made(const struct made *m)
{
	int err;
	struct source *s = open_bytes(m->bytes, m->len, &err);
	ck_assert_msg(err == 0, "%s", source_error(s));
	return s;
}

static void pcap_header(struct made *m, uint32_t magic, uint32_t snap_len, uint32_t link_type)
{
	put(m, magic, 4);
	put(m, 2, 2);
	put(m, 4, 2);
	put(m, 0, 8);
	put(m, snap_len, 4);
	put(m, link_type, 4);
}

static void pcap_record(struct made *m, uint32_t seconds, uint32_t fraction, const char *text, uint32_t wire_len)
{
	put(m, seconds, 4);
	put(m, fraction, 4);
	put(m, strlen(text), 4);
	put(m, wire_len, 4);
	put_bytes(m, text, strlen(text));
}

static void ck_packet(struct source *s, const char *text, uint32_t wire_len, int64_t time_ns)
{
	struct packet p;
	int status = source_next(s, &p);
	ck_assert_msg(status == 1, "%s: %d %s", text, status, source_error(s));
	ck_assert_uint_eq(p.captured_len, strlen(text));
	ck_assert_mem_eq(p.bytes, text, strlen(text));
	ck_assert_uint_eq(p.wire_len, wire_len);
	ck_assert_int_eq(p.time_ns, time_ns);
}

/* What comes is the end; closes. */
static void ck_end(struct source *s)
{
	struct packet p;
	ck_assert_int_eq(source_next(s, &p), 0);
	ck_assert_uint_eq(source_cut_at(s), 0);
	ck_assert_str_eq(source_error(s), "");
	source_close(s);
}

/* What comes is a fault at byte `at`; closes. */
static void ck_cut(struct source *s, uint64_t at)
{
	struct packet p;
	ck_assert_int_eq(source_next(s, &p), -EBADMSG);
	ck_assert_uint_eq(source_cut_at(s), at);
	ck_assert_str_ne(source_error(s), "");
	source_close(s);
}

START_TEST(pcap_of_both_byte_orders_and_precisions)
{
	for (unsigned i = 0; i < 4; i++) {
		struct made m = {.big_endian = i & 1};
		bool nanoseconds = i & 2;
		pcap_header(&m, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 65535, DLT_EN10MB);
		pcap_record(&m, 1700000000, 123456, "first", 5);
		pcap_record(&m, 1700000001, 999999, "second, cut", 900);
		struct source *s = open_made(&m);
		ck_assert_str_eq(source_link_type(s), "EN10MB");
		ck_assert_uint_eq(source_bytes_total(s), m.len);
		ck_packet(s, "first", 5, 1700000000 * SECOND_NS + (nanoseconds ? 123456 : 123456000));
		ck_packet(s, "second, cut", 900, 1700000001 * SECOND_NS + (nanoseconds ? 999999 : 999999000));
		ck_end(s);
	}
}
END_TEST

START_TEST(pcap_without_packets)
{
	struct made m = {0};
	char hex[65];
	pcap_header(&m, 0xa1b2c3d4, 0, DLT_LINUX_SLL); /* snap length 0 is no limit */
	struct source *s = open_made(&m);
	struct packet p;
	ck_assert_int_eq(source_next(s, &p), 0);
	ck_assert_int_eq(source_digest(s, hex), 0);
	ck_assert_uint_eq(strlen(hex), 64);
	ck_assert_uint_eq(source_bytes_read(s), m.len);
	ck_end(s);
}
END_TEST

START_TEST(pcap_with_snap_length_zero)
{
	struct made m = {0};
	pcap_header(&m, 0xa1b2c3d4, 0, DLT_EN10MB);
	pcap_record(&m, 1, 0, "something", 9);
	pcap_record(&m, 2, 0, "", 60); /* nothing kept of it */
	struct source *s = open_made(&m);
	ck_packet(s, "something", 9, SECOND_NS);
	ck_packet(s, "", 60, 2 * SECOND_NS);
	ck_end(s);
}
END_TEST

/* Seconds have no sign, so they last until 2106; a damaged fraction must not lead before 1970. */
START_TEST(pcap_times_at_the_edges)
{
	struct made m = {0};
	pcap_header(&m, 0xa1b2c3d4, 65535, DLT_EN10MB);
	pcap_record(&m, 0xffffffff, 0, "2106", 4);
	pcap_record(&m, 0x80000000, 0, "2038", 4);
	pcap_record(&m, 0, 0xffffffff, "broken", 6);
	struct source *s = open_made(&m);
	ck_packet(s, "2106", 4, 0xffffffffll * SECOND_NS);
	ck_packet(s, "2038", 4, 0x80000000ll * SECOND_NS);
	struct packet p;
	ck_assert_int_eq(source_next(s, &p), 1);
	ck_assert_int_ge(p.time_ns, 0);
	ck_end(s);
}
END_TEST

START_TEST(pcap_cut_in_a_record)
{
	struct made m = {0};
	pcap_header(&m, 0xa1b2c3d4, 65535, DLT_EN10MB);
	pcap_record(&m, 1, 0, "whole", 5);
	size_t at = m.len;
	pcap_record(&m, 1, 0, "not whole", 9);
	for (size_t len = at + 1; len < m.len; len++) {
		struct made cut = m;
		cut.len = len;
		struct source *s = open_made(&cut);
		ck_packet(s, "whole", 5, SECOND_NS);
		ck_cut(s, at);
	}
}
END_TEST

static size_t block_start(struct made *m, uint32_t type)
{
	put(m, type, 4);
	put(m, 0, 4);
	return m->len - 8;
}

static void block_end(struct made *m, size_t start)
{
	while (m->len % 4 != 0)
		put(m, 0, 1);
	uint32_t len = (uint32_t)(m->len + 4 - start);
	put(m, len, 4);
	memcpy(m->bytes + start + 4, m->bytes + m->len - 4, 4);
}

static void section(struct made *m)
{
	size_t start = block_start(m, 0x0a0d0d0a);
	put(m, 0x1a2b3c4d, 4);
	put(m, 1, 2);
	put(m, 0, 2);
	put(m, UINT64_MAX, 8);
	block_end(m, start);
}

/* `resolution` as in the option if_tsresol, 6 being the default; offset in seconds. */
static void interface(struct made *m, uint16_t link_type, uint32_t snap_len, uint8_t resolution, int64_t offset_s)
{
	size_t start = block_start(m, 1);
	put(m, link_type, 2);
	put(m, 0, 2);
	put(m, snap_len, 4);
	if (resolution != 6) {
		put(m, 9, 2);
		put(m, 1, 2);
		put(m, resolution, 1);
		put(m, 0, 3);
	}
	if (offset_s != 0) {
		put(m, 14, 2);
		put(m, 8, 2);
		put(m, (uint64_t)offset_s, 8);
	}
	put(m, 0, 4);
	block_end(m, start);
}

static void enhanced(struct made *m, uint32_t number, uint64_t ticks, const char *text, uint32_t wire_len)
{
	size_t start = block_start(m, 6);
	put(m, number, 4);
	put(m, ticks >> 32, 4);
	put(m, ticks & 0xffffffff, 4);
	put(m, strlen(text), 4);
	put(m, wire_len, 4);
	put_bytes(m, text, strlen(text));
	block_end(m, start);
}

START_TEST(pcapng_of_both_byte_orders_in_one_file)
{
	struct made m = {0};
	section(&m);
	interface(&m, 1, 0, 6, 0);
	enhanced(&m, 0, 1700000000123456u, "little", 6);
	m.big_endian = true;
	section(&m);
	interface(&m, 113, 0, 9, 0);
	enhanced(&m, 0, 1700000000123456789u, "big", 3);
	struct source *s = open_made(&m);
	ck_assert_str_eq(source_link_type(s), "");
	ck_packet(s, "little", 6, 1700000000123456000);
	ck_assert_str_eq(source_link_type(s), "EN10MB");
	ck_packet(s, "big", 3, 1700000000123456789);
	ck_assert_str_eq(source_link_type(s), "several");
	ck_end(s);
}
END_TEST

START_TEST(pcapng_of_nothing)
{
	struct made m = {0};
	section(&m);
	struct source *s = open_made(&m);
	ck_end(s);
	interface(&m, 1, 0, 6, 0);
	s = open_made(&m);
	ck_end(s);
}
END_TEST

START_TEST(pcapng_blocks_of_other_kinds_are_passed_over)
{
	struct made m = {0};
	section(&m);
	size_t start = block_start(&m, 0x0bad);
	put_bytes(&m, "whatever it says", 16);
	block_end(&m, start);
	interface(&m, 1, 6, 6, 0);
	start = block_start(&m, 3); /* simple: no time, no interface, cut at its snap length */
	put(&m, 10, 4);
	put_bytes(&m, "simple", 6);
	block_end(&m, start);
	start = block_start(&m, 2); /* of before 2005 */
	put(&m, 0, 2);
	put(&m, 7, 2);
	put(&m, 0, 4);
	put(&m, 2000000, 4);
	put(&m, 3, 4);
	put(&m, 3, 4);
	put_bytes(&m, "old", 3);
	block_end(&m, start);
	start = block_start(&m, 5); /* statistics: the interface dropped 30, the system 5 */
	put(&m, 0, 4);
	put(&m, 0, 8);
	put(&m, 5, 2);
	put(&m, 8, 2);
	put(&m, 30, 8);
	put(&m, 7, 2);
	put(&m, 8, 2);
	put(&m, 5, 8);
	block_end(&m, start);
	struct source *s = open_made(&m);
	ck_packet(s, "simple", 10, 0);
	ck_packet(s, "old", 3, 2 * SECOND_NS);
	struct packet p;
	ck_assert_int_eq(source_next(s, &p), 0);
	ck_assert_uint_eq(source_dropped(s), 42);
	ck_end(s);
}
END_TEST

/* What the time of one packet is with this resolution and offset. */
static int64_t time_with(uint8_t resolution, int64_t offset_s, uint64_t ticks)
{
	struct made m = {0};
	struct packet p;
	section(&m);
	interface(&m, 1, 0, resolution, offset_s);
	enhanced(&m, 0, ticks, "x", 1);
	struct source *s = open_made(&m);
	ck_assert_int_eq(source_next(s, &p), 1);
	source_close(s);
	return p.time_ns;
}

START_TEST(pcapng_times)
{
	ck_assert_int_eq(time_with(0, 0, 7), 7 * SECOND_NS);
	ck_assert_int_eq(time_with(3, 0, 7001), 7 * SECOND_NS + 1000000);
	ck_assert_int_eq(time_with(12, 0, 7000000001000u), 7 * SECOND_NS + 1);
	ck_assert_int_eq(time_with(0x80 | 1, 0, 15), 7 * SECOND_NS + 500000000);
	ck_assert_int_eq(time_with(0x80 | 63, 0, 0xc000000000000000u), SECOND_NS + 500000000);
	ck_assert_int_eq(time_with(9, 100, 5), 100 * SECOND_NS + 5);
	ck_assert_int_eq(time_with(0, -10, 15), 5 * SECOND_NS);
}
END_TEST

START_TEST(pcapng_times_that_cannot_be_are_none)
{
	ck_assert_int_eq(time_with(0, 0, UINT64_MAX), 0);
	ck_assert_int_eq(time_with(6, 0, UINT64_MAX), 0);
	ck_assert_int_eq(time_with(9, INT64_MAX, 5), 0);
	ck_assert_int_eq(time_with(9, INT64_MIN, 5), 0);
	ck_assert_int_eq(time_with(0, -10, 5), 0);
	ck_assert_int_eq(time_with(20, 0, 5), 0); /* 10^20 ticks a second do not fit */
	ck_assert_int_eq(time_with(0x80 | 64, 0, 5), 0);
	ck_assert_int_eq(time_with(9, 0, UINT64_MAX), 0);
	ck_assert_int_eq(time_with(9, 0, INT64_MAX - 2 * SECOND_NS), INT64_MAX - 2 * SECOND_NS);
}
END_TEST

START_TEST(pcapng_faults_are_found_at_their_byte)
{
	struct made m = {0};
	section(&m);
	size_t at = m.len;
	enhanced(&m, 0, 0, "no interface", 12);
	ck_cut(open_made(&m), at);

	m.len = at;
	interface(&m, 1, 0, 6, 0);
	at = m.len;
	enhanced(&m, 0, 0, "longer than its block", 21);
	memcpy(m.bytes + at + 20, "\xff\xff\xff\xff", 4);
	ck_cut(open_made(&m), at);

	static const uint32_t lengths[] = {0, 8, 11, 13, 0x7ffffffc, 0xfffffffc, 0xffffffff};
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		m.len = at;
		put(&m, 6, 4);
		put(&m, lengths[i], 4);
		put(&m, 0, 8);
		ck_cut(open_made(&m), at);
	}
	m.len = at;
	put(&m, 0x0a0d0d0a, 4);
	put(&m, 28, 4);
	put_bytes(&m, "no magic", 8);
	ck_cut(open_made(&m), at);
}
END_TEST

/* The made capture through a packer; the same packets and the digest of the packed bytes. */
static void ck_packed(const uint8_t *packed, size_t len)
{
	int err;
	char hex[65], again[65];
	struct source *s = open_bytes(packed, len, &err);
	ck_assert_msg(err == 0, "%s", source_error(s));
	ck_packet(s, "first", 5, SECOND_NS);
	ck_packet(s, "second", 6, 2 * SECOND_NS);
	struct packet p;
	ck_assert_int_eq(source_next(s, &p), 0);
	ck_assert_int_eq(source_digest(s, hex), 0);
	ck_assert_uint_eq(source_bytes_read(s), len);
	source_close(s);
	s = open_bytes(packed, len, &err);
	ck_assert_int_eq(source_digest(s, again), 0); /* without having read a packet */
	ck_assert_str_eq(hex, again);
	source_close(s);
	for (size_t cut = 5; cut < len; cut++) { /* cut anywhere, it is no whole capture */
		s = open_bytes(packed, cut, &err);
		int status = 1;
		while (err == 0 && (status = source_next(s, &p)) == 1)
			;
		ck_assert_msg(err < 0 || status < 0, "cut to %zu of %zu bytes it looks whole", cut, len);
		source_close(s);
	}
}

static struct made two_packets(void)
{
	struct made m = {0};
	pcap_header(&m, 0xa1b2c3d4, 65535, DLT_EN10MB);
	pcap_record(&m, 1, 0, "first", 5);
	pcap_record(&m, 2, 0, "second", 6);
	return m;
}

static size_t gzip(uint8_t *out, size_t room, const uint8_t *bytes, size_t len)
{
	z_stream z = {0};
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (uint8_t *)(uintptr_t)bytes;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return room - z.avail_out;
}

START_TEST(packed_with_gzip)
{
	struct made m = two_packets();
	uint8_t packed[1024];
	size_t len = gzip(packed, sizeof(packed), m.bytes, m.len);
	ck_packed(packed, len);
}
END_TEST

START_TEST(gzip_members_follow_each_other)
{
	struct made m = two_packets();
	uint8_t packed[1024];
	size_t half = m.len / 2, len = gzip(packed, sizeof(packed), m.bytes, half);
	len += gzip(packed + len, sizeof(packed) - len, m.bytes + half, m.len - half);
	int err;
	struct source *s = open_bytes(packed, len, &err);
	ck_assert_int_eq(err, 0);
	ck_packet(s, "first", 5, SECOND_NS);
	ck_packet(s, "second", 6, 2 * SECOND_NS);
	ck_end(s);
}
END_TEST

START_TEST(packed_with_zstd)
{
	struct made m = two_packets();
	uint8_t packed[1024];
	size_t len = ZSTD_compress(packed, sizeof(packed), m.bytes, m.len, 3);
	ck_assert(!ZSTD_isError(len));
	ck_packed(packed, len);
}
END_TEST

START_TEST(what_is_no_capture)
{
	static const char *const texts[] = {
		"", "a", "abc", "this is a letter", "\x1f\x8b", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\n\r\r\n"};
	struct packet p;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int err;
		struct source *s = open_bytes(texts[i], strlen(texts[i]), &err);
		ck_assert(err < 0 || source_next(s, &p) < 0);
		ck_assert_ptr_nonnull(s);
		ck_assert_str_ne(source_error(s), "");
		source_close(s);
	}
	struct source *s;
	ck_assert_int_eq(source_open(&s, "/nonexistent"), -ENOENT);
	source_close(s);
	ck_assert_int_eq(source_open(&s, "/tmp"), -EISDIR);
	ck_assert_ptr_nonnull(strstr(source_error(s), "directory"));
	source_close(s);
}
END_TEST

static void on_alarm(int number)
{
	(void)number;
}

/* A capture comes through a pipe that stays open: a signal ends the wait, and what came before has been handed on. */
static void ck_interrupted(const struct made *m, uint64_t at)
{
	int ends[2];
	char path[64], hex[65];
	struct source *s;
	struct packet p;
	struct sigaction action = {.sa_handler = on_alarm};
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], m->bytes, m->len), (ssize_t)m->len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	ck_assert_int_eq(source_open(&s, path), 0);
	ck_assert_uint_eq(source_bytes_total(s), 0);
	ck_packet(s, "first", 5, SECOND_NS);
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	ck_assert_int_eq(source_next(s, &p), -EINTR);
	ck_assert_uint_eq(source_cut_at(s), at);
	ck_assert_int_eq(source_digest(s, hex), 0); /* does not wait */
	source_close(s);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(a_signal_ends_the_wait_for_a_pipe)
{
	struct made m = {0};
	pcap_header(&m, 0xa1b2c3d4, 65535, DLT_EN10MB);
	pcap_record(&m, 1, 0, "first", 5);
	ck_interrupted(&m, m.len);
	memset(&m, 0, sizeof(m));
	section(&m);
	interface(&m, 1, 0, 6, 0);
	enhanced(&m, 0, 1000000, "first", 5);
	ck_interrupted(&m, m.len);
}
END_TEST

START_TEST(what_is_stopped_does_not_wait)
{
	struct made m = two_packets();
	int ends[2];
	char path[64], hex[65];
	struct source *s;
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], m.bytes, m.len), (ssize_t)m.len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	ck_assert_int_eq(source_open(&s, path), 0);
	ck_packet(s, "first", 5, SECOND_NS);
	source_stop(s);
	ck_assert_int_eq(source_digest(s, hex), 0);
	ck_assert_uint_eq(source_cut_at(s), 24 + 16 + 5);
	source_close(s);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("capture");
	TCase *pcap = tcase_create("pcap"), *pcapng = tcase_create("pcapng"), *files = tcase_create("files");
	tcase_add_test(pcap, pcap_of_both_byte_orders_and_precisions);
	tcase_add_test(pcap, pcap_without_packets);
	tcase_add_test(pcap, pcap_with_snap_length_zero);
	tcase_add_test(pcap, pcap_times_at_the_edges);
	tcase_add_test(pcap, pcap_cut_in_a_record);
	tcase_add_test(pcapng, pcapng_of_both_byte_orders_in_one_file);
	tcase_add_test(pcapng, pcapng_of_nothing);
	tcase_add_test(pcapng, pcapng_blocks_of_other_kinds_are_passed_over);
	tcase_add_test(pcapng, pcapng_times);
	tcase_add_test(pcapng, pcapng_times_that_cannot_be_are_none);
	tcase_add_test(pcapng, pcapng_faults_are_found_at_their_byte);
	tcase_add_test(files, packed_with_gzip);
	tcase_add_test(files, gzip_members_follow_each_other);
	tcase_add_test(files, packed_with_zstd);
	tcase_add_test(files, what_is_no_capture);
	tcase_add_test(files, a_signal_ends_the_wait_for_a_pipe);
	tcase_add_test(files, what_is_stopped_does_not_wait);
	suite_add_tcase(suite, pcap);
	suite_add_tcase(suite, pcapng);
	suite_add_tcase(suite, files);
	return check_suite(suite);
}
