/* SPDX-License-Identifier: Apache-2.0 */
/* test_inventory.c - rows found again, spans, limits, and merging in any order. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/inventory/inventory.h"
#include "sensor/inventory/order.h"
#include "sensor/util/text.h"
#include "tests/check_main.h"

static struct address host(uint8_t last)
{
	const uint8_t bytes[4] = {10, 0, 0, last};
	return address_make(ADDRESS_IPV4, bytes);
}

static struct sighting seen_at(uint64_t frame, int64_t time_ns)
{
	return (struct sighting){.time_ns = time_ns, .frame = frame & 0xffffffffffu, .capture = 0};
}

static struct span span_at(uint64_t frame, int64_t time_ns)
{
	return (struct span){seen_at(frame, time_ns), seen_at(frame, time_ns)};
}

static uint32_t add_fact(struct inventory *inv, uint32_t endpoint, const char *value, uint8_t confidence,
	uint64_t frame, int64_t time_ns)
{
	struct fact_key key = {.endpoint = endpoint,
		.attribute = ATTRIBUTE_MODEL,
		.protocol = PROTOCOL_MODBUS,
		.confidence = confidence,
		.message = "FC 43/14",
		.value = value};
	struct span seen = span_at(frame, time_ns);
	return inventory_fact(inv, &key, 1, &seen);
}

static struct inventory *empty(void)
{
	struct inventory *inv = inventory_new(&inventory_limits_default);
	ck_assert_ptr_nonnull(inv);
	return inv;
}

START_TEST(a_row_is_found_again)
{
	struct inventory *inv = empty();
	inventory_capture_add(inv, "one");
	struct address a = host(1), b = host(2);
	struct path unit = {.kind = PATH_MODBUS_UNIT, .text = "3"};
	struct sighting first = seen_at(1, 10), second = seen_at(5, 50);
	uint32_t device = inventory_endpoint(inv, &a, NULL, true, &first);
	uint32_t place = inventory_endpoint(inv, &a, &unit, false, &first);
	uint32_t other = inventory_endpoint(inv, &b, NULL, true, &first);
	ck_assert_uint_eq(inv->endpoint_count, 3);
	ck_assert_uint_eq(inventory_endpoint(inv, &a, NULL, true, &second), device);
	ck_assert_uint_eq(inventory_endpoint(inv, &a, &unit, false, &second), place);
	ck_assert_uint_eq(inv->endpoints[device].seen.first.frame, 1);
	ck_assert_uint_eq(inv->endpoints[device].seen.last.frame, 5);
	ck_assert_uint_eq(add_fact(inv, device, "MX", 60, 7, 70), add_fact(inv, device, "MX", 95, 2, 20));
	ck_assert_uint_eq(inv->facts[0].count, 2);
	ck_assert_uint_eq(inv->facts[0].confidence, 95);
	ck_assert_uint_eq(inv->facts[0].seen.first.frame, 2);
	ck_assert_uint_eq(inv->facts[0].seen.last.frame, 7);
	ck_assert_uint_ne(add_fact(inv, other, "MX", 60, 7, 70), 0);
	ck_assert_uint_ne(add_fact(inv, device, "MY", 60, 7, 70), 0);
	ck_assert_uint_eq(inv->fact_count, 3);
	inventory_free(inv);
}
END_TEST

START_TEST(a_receiver_that_speaks_is_seen_from_then_on)
{
	struct inventory *inv = empty();
	inventory_capture_add(inv, "one");
	struct address a = host(1);
	struct sighting at = seen_at(1, 10);
	inventory_endpoint(inv, &a, NULL, false, &at);
	at = seen_at(8, 80);
	inventory_endpoint(inv, &a, NULL, true, &at);
	at = seen_at(9, 90);
	inventory_endpoint(inv, &a, NULL, false, &at);
	ck_assert(inv->endpoints[0].spoke);
	ck_assert_uint_eq(inv->endpoints[0].seen.first.frame, 8);
	ck_assert_uint_eq(inv->endpoints[0].seen.last.frame, 8);
	inventory_free(inv);
}
END_TEST

/* In one capture the order of frames counts: its clock may step back. */
START_TEST(spans_go_by_frames_in_one_capture)
{
	struct inventory *inv = empty();
	inventory_capture_add(inv, "one");
	struct address a = host(1);
	struct sighting at = seen_at(1, 1000);
	inventory_endpoint(inv, &a, NULL, true, &at);
	at = seen_at(2, 5);
	inventory_endpoint(inv, &a, NULL, true, &at);
	ck_assert_int_eq(inv->endpoints[0].seen.first.time_ns, 1000);
	ck_assert_int_eq(inv->endpoints[0].seen.last.time_ns, 5);
	inventory_free(inv);
}
END_TEST

START_TEST(limits_hold_and_are_counted)
{
	struct inventory_limits limits = {.endpoints = 2,
		.bindings = 1,
		.facts = 1,
		.links = 1,
		.activities = 1,
		.captures = 1,
		.string_bytes = 64};
	struct inventory *inv = inventory_new(&limits);
	ck_assert_uint_eq(inventory_capture_add(inv, "one"), 0);
	ck_assert_uint_eq(inventory_capture_add(inv, "two"), INVENTORY_NONE);
	struct sighting at = seen_at(1, 1);
	struct span seen = span_at(1, 1);
	for (uint8_t i = 0; i < 4; i++) {
		struct address a = host(i);
		ck_assert_uint_eq(inventory_endpoint(inv, &a, NULL, true, &at), i < 2 ? i : INVENTORY_NONE);
	}
	ck_assert_uint_eq(inv->refused, 3);
	ck_assert_uint_eq(inventory_binding(inv, 0, 1, VLAN_NONE, 0, &at), 0);
	ck_assert_uint_eq(inventory_binding(inv, 1, 0, VLAN_NONE, 0, &at), INVENTORY_NONE);
	ck_assert_uint_eq(inventory_binding(inv, 0, 1, VLAN_NONE, 0, &at), 0); /* an old one is no new row */
	ck_assert_uint_eq(inventory_link(inv, 0, 1, "modbus", TRANSPORT_TCP, 502, &seen), 0);
	ck_assert_uint_eq(inventory_link(inv, 1, 0, "modbus", TRANSPORT_TCP, 502, &seen), INVENTORY_NONE);
	ck_assert_uint_eq(inventory_activity(inv, 0, OPERATION_READ, NULL, NULL, 0, &seen), 0);
	ck_assert_uint_eq(inventory_activity(inv, 0, OPERATION_WRITE, NULL, NULL, 0, &seen), INVENTORY_NONE);
	ck_assert_uint_eq(add_fact(inv, 0, "a", 1, 1, 1), 0);
	ck_assert_uint_eq(add_fact(inv, 0, "b", 1, 1, 1), INVENTORY_NONE);
	ck_assert_uint_eq(inv->refused, 7);
	char text[80];
	memset(text, 'x', sizeof(text));
	text[79] = 0;
	ck_assert_uint_eq(add_fact(inv, 0, text, 1, 1, 1), INVENTORY_NONE); /* more text than all may be */
	ck_assert_uint_eq(inv->refused, 8);
	inventory_free(inv);
}
END_TEST

START_TEST(a_sealed_one_takes_nothing_more)
{
	struct inventory *inv = empty();
	inventory_capture_add(inv, "one");
	struct address a = host(1);
	struct sighting at = seen_at(1, 1);
	inventory_endpoint(inv, &a, NULL, true, &at);
	inventory_seal(inv);
	ck_assert_uint_eq(inventory_endpoint(inv, &a, NULL, true, &at), INVENTORY_NONE);
	ck_assert_uint_eq(inventory_capture_add(inv, "two"), INVENTORY_NONE);
	ck_assert_uint_eq(inv->endpoint_count, 1);
	ck_assert_uint_eq(inv->refused, 2);
	inventory_free(inv);
}
END_TEST

START_TEST(protocol_counts_are_per_capture)
{
	struct inventory *inv = empty();
	for (unsigned i = 0; i < 300; i++) {
		inventory_capture_add(inv, "x");
		inventory_protocol_count(inv, i, "modbus")->pdus += i;
		inventory_protocol_count(inv, i, "dnp3")->pdus += 1;
	}
	ck_assert_uint_eq(inv->protocol_count_count, 600);
	for (unsigned i = 0; i < 300; i++)
		ck_assert_uint_eq(inventory_protocol_count(inv, i, "modbus")->pdus, i);
	ck_assert_uint_eq(inv->protocol_count_count, 600);
	inventory_free(inv);
}
END_TEST

#define CAPTURES 3

/* What capture number `n` saw: some rows that the others saw, too, some of its own. */
static struct inventory *captured(unsigned n)
{
	static const int64_t starts[CAPTURES] = {2000, 1000, 3000};
	struct inventory *inv = empty();
	char name[16];
	snprintf(name, sizeof(name), "%u.pcap", n);
	inventory_capture_add(inv, name);
	struct capture *c = &inv->captures[0];
	snprintf(c->sha256, sizeof(c->sha256), "%064u", n);
	c->first_ns = starts[n];
	inventory_protocol_count(inv, 0, "modbus")->pdus = 10 + n;
	struct address mac = address_make(ADDRESS_MAC, (const uint8_t[6]){0, 1, 2, 3, 4, 5});
	uint32_t hosts[3];
	for (uint8_t i = 0; i < 3; i++) {
		struct address a = host((uint8_t)(i ? 1 + i * (n + 1) : 1)); /* 10.0.0.1 in all */
		struct sighting at = seen_at(i + 1u, starts[n] + i);
		hosts[i] = inventory_endpoint(inv, &a, NULL, (i + n) % 2, &at);
		inv->endpoints[hosts[i]].packets = 100;
	}
	struct path unit = {.kind = PATH_MODBUS_UNIT, .text = "7"};
	struct sighting at = seen_at(4, starts[n] + 4);
	struct address a = host(1);
	uint32_t place = inventory_endpoint(inv, &a, &unit, true, &at);
	uint32_t card = inventory_endpoint(inv, &mac, NULL, true, &at);
	inventory_binding(inv, hosts[0], card, 5, (uint8_t)(3 - n), &at);
	add_fact(inv, place, "MX", (uint8_t)(50 + 10 * n), 5, starts[n] + 5);
	add_fact(inv, hosts[0], name, 90, 6, starts[n] + 6);
	struct span seen = span_at(7, starts[n] + 7);
	uint32_t link = inventory_link(inv, hosts[1], hosts[0], "modbus", TRANSPORT_TCP, 502, &seen);
	inv->links[link].packets = 7;
	inv->links[link].asked = (uint8_t)(1u << n);
	inventory_activity(inv, link, OPERATION_WRITE, "write", name, 1, &seen);
	link = inventory_link(inv, hosts[0], card, "", TRANSPORT_UDP, 9, &seen);
	inv->links[link].basis = (uint8_t)n;
	inventory_activity(inv, link, OPERATION_READ, NULL, NULL, 0, &seen);
	return inv;
}

static void print_span(FILE *out, const struct inventory *inv, const struct span *s)
{
	fprintf(out, " %s:%u@%lld-%s:%u@%lld\n", inv->captures[s->first.capture].name, (unsigned)s->first.frame,
		(long long)s->first.time_ns, inv->captures[s->last.capture].name, (unsigned)s->last.frame,
		(long long)s->last.time_ns);
}

static void print_end(FILE *out, const struct inventory *inv, uint32_t row)
{
	char text[ADDRESS_TEXT_MAX];
	const struct endpoint *e = &inv->endpoints[row];
	fprintf(out, "%s/%s ", address_text(text, &e->address), inventory_text(inv, e->path));
}

/* All rows in the order of what they say. */
static char *text_of(const struct inventory *inv)
{
	struct orders o;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	ck_assert_int_eq(orders_make(&o, inv), 0);
	for (uint32_t i = 0; i < inv->capture_count; i++)
		fprintf(out, "capture %s\n", inv->captures[o.captures.rows[i]].name);
	for (uint32_t i = 0; i < inv->protocol_count_count; i++)
		fprintf(out, "count %lu\n", (unsigned long)inv->protocol_counts[o.protocol_counts.rows[i]].pdus);
	for (uint32_t i = 0; i < inv->endpoint_count; i++) {
		const struct endpoint *e = &inv->endpoints[o.endpoints.rows[i]];
		print_end(out, inv, o.endpoints.rows[i]);
		fprintf(out, "%d %lu", e->spoke, (unsigned long)e->packets);
		print_span(out, inv, &e->seen);
	}
	for (uint32_t i = 0; i < inv->binding_count; i++) {
		const struct binding *b = &inv->bindings[o.bindings.rows[i]];
		print_end(out, inv, b->ip);
		print_end(out, inv, b->mac);
		fprintf(out, "%u %u", b->vlan, b->hops);
		print_span(out, inv, &b->seen);
	}
	for (uint32_t i = 0; i < inv->fact_count; i++) {
		const struct fact *f = &inv->facts[o.facts.rows[i]];
		print_end(out, inv, f->endpoint);
		fprintf(out, "%s %s %u %lu", inventory_text(inv, f->message), inventory_text(inv, f->value),
			f->confidence, (unsigned long)f->count);
		print_span(out, inv, &f->seen);
	}
	for (uint32_t i = 0; i < inv->link_count; i++) {
		const struct link *l = &inv->links[o.links.rows[i]];
		print_end(out, inv, l->client);
		print_end(out, inv, l->server);
		fprintf(out, "%s %u %u %u %lu", inventory_text(inv, l->protocol), l->port, l->basis, l->asked,
			(unsigned long)l->packets);
		print_span(out, inv, &l->seen);
	}
	for (uint32_t i = 0; i < inv->activity_count; i++) {
		const struct activity *a = &inv->activities[o.activities.rows[i]];
		fprintf(out, "did %u %s %s %lu", a->operation, inventory_text(inv, a->message),
			inventory_text(inv, a->detail), (unsigned long)a->count);
		print_span(out, inv, &a->seen);
	}
	orders_clear(&o);
	fclose(out);
	return text;
}

/* Puts `second` to `first`; both are used up. */
static struct inventory *merged(struct inventory *first, struct inventory *second)
{
	ck_assert_int_eq(inventory_merge(first, second), 0);
	inventory_free(second);
	return first;
}

static char *merged_text(struct inventory *inv)
{
	char *text = text_of(inv);
	inventory_free(inv);
	return text;
}

START_TEST(merging_in_any_order_and_grouping_is_the_same)
{
	static const uint8_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	char *expected = merged_text(merged(merged(captured(0), captured(1)), captured(2)));
	ck_assert_ptr_nonnull(strstr(expected, "10.0.0.1/7 FC 43/14 MX 70 3 1.pcap:5@1005-2.pcap:5@3005\n"));
	ck_assert_ptr_nonnull(strstr(expected, "10.0.0.1/ 00:01:02:03:04:05/ 5 1 1.pcap:4@1004-2.pcap:4@3004\n"));
	ck_assert_ptr_nonnull(
		strstr(expected, "10.0.0.1/ 1 300 1.pcap:1@1000-1.pcap:1@1000\n")); /* as a sender in one only */
	for (unsigned i = 0; i < 6; i++) {
		const uint8_t *n = orders[i];
		char *left = merged_text(merged(merged(captured(n[0]), captured(n[1])), captured(n[2])));
		char *right = merged_text(merged(captured(n[0]), merged(captured(n[1]), captured(n[2]))));
		ck_assert_str_eq(left, expected);
		ck_assert_str_eq(right, expected);
		free(left);
		free(right);
	}
	free(expected);
}
END_TEST

START_TEST(merging_from_nothing_and_into_nothing)
{
	char *expected = merged_text(captured(1));
	char *into = merged_text(merged(empty(), captured(1))), *from = merged_text(merged(captured(1), empty()));
	ck_assert_str_eq(into, expected);
	ck_assert_str_eq(from, expected);
	free(expected);
	free(into);
	free(from);
}
END_TEST

/* Rows that hang on one that found no room are left out with it. */
START_TEST(merging_into_a_full_one)
{
	struct inventory_limits limits = inventory_limits_default;
	limits.endpoints = 2;
	struct inventory *full = inventory_new(&limits), *from = captured(0);
	ck_assert_int_eq(inventory_merge(full, from), 0);
	ck_assert_uint_eq(full->endpoint_count, 2);
	ck_assert_uint_eq(full->refused, 3);
	ck_assert_uint_eq(full->binding_count, 0);
	ck_assert_uint_eq(full->link_count, 1);
	for (uint32_t i = 0; i < full->fact_count; i++)
		ck_assert_uint_lt(full->facts[i].endpoint, 2);
	inventory_free(full);
	inventory_free(from);
}
END_TEST

START_TEST(captures_by_what_they_are)
{
	struct inventory *inv = merged(captured(0), captured(2));
	char sha[65];
	snprintf(sha, sizeof(sha), "%064u", 2u);
	ck_assert_uint_eq(inventory_capture_by_sha256(inv, sha), 1);
	snprintf(sha, sizeof(sha), "%064u", 1u);
	ck_assert_uint_eq(inventory_capture_by_sha256(inv, sha), INVENTORY_NONE);
	inventory_free(inv);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("inventory");
	TCase *rows = tcase_create("rows"), *merging = tcase_create("merging");
	tcase_add_test(rows, a_row_is_found_again);
	tcase_add_test(rows, a_receiver_that_speaks_is_seen_from_then_on);
	tcase_add_test(rows, spans_go_by_frames_in_one_capture);
	tcase_add_test(rows, limits_hold_and_are_counted);
	tcase_add_test(rows, a_sealed_one_takes_nothing_more);
	tcase_add_test(rows, protocol_counts_are_per_capture);
	tcase_add_test(merging, merging_in_any_order_and_grouping_is_the_same);
	tcase_add_test(merging, merging_from_nothing_and_into_nothing);
	tcase_add_test(merging, merging_into_a_full_one);
	tcase_add_test(merging, captures_by_what_they_are);
	suite_add_tcase(suite, rows);
	suite_add_tcase(suite, merging);
	return check_suite(suite);
}
