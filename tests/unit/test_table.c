/* SPDX-License-Identifier: Apache-2.0 */
/* test_table.c - the table of flows: its bound, who is pushed out, both directions, silence. */
#include <check.h>
#include <stdlib.h>

#include "sensor/flow/table.h"
#include "tests/check_main.h"

#define SECOND_NS 1000000000ll

/* Flows that end are counted here. */
static unsigned ended;
static uint16_t ended_port;

static void on_end(void *to, struct flow *f)
{
	(void)to;
	ended++;
	ended_port = f->key.port[0];
}

static struct frame frame_of(uint16_t port, int64_t time_ns, enum transport transport)
{
	static const uint8_t low[4] = {10, 0, 0, 1}, high[4] = {10, 0, 0, 2};
	return (struct frame){.source = address_make(ADDRESS_IPV4, low),
		.target = address_make(ADDRESS_IPV4, high),
		.source_port = port,
		.target_port = 9,
		.transport = (uint8_t)transport,
		.time_ns = time_ns};
}

static struct flow *touch(struct flow_table *t, uint16_t port, int64_t time_ns, enum transport transport)
{
	unsigned side = 9;
	struct frame frame = frame_of(port, time_ns, transport);
	struct flow *f = flow_table_get(t, &frame, &side);
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(side, 0);
	f->side[side].last_ns = time_ns;
	return f;
}

START_TEST(the_table_is_bounded)
{
	struct flow_table *t = flow_table_new(4, (struct flow_end){on_end, NULL});
	for (uint16_t port = 100; port < 104; port++)
		touch(t, port, port, TRANSPORT_UDP);
	touch(t, 100, 500, TRANSPORT_UDP);
	ck_assert_uint_eq(ended, 0);
	touch(t, 200, 501, TRANSPORT_UDP);
	ck_assert_uint_eq(ended, 1);
	ck_assert_uint_eq(ended_port, 101); /* silent longest */
	for (uint32_t port = 1000; port < 9000; port++)
		touch(t, (uint16_t)port, port, TRANSPORT_UDP);
	ck_assert_uint_eq(flow_table_evicted(t), 8001);
	flow_table_free(t);
	ck_assert_uint_eq(ended, 8005);
}
END_TEST

START_TEST(both_directions_are_one_flow)
{
	struct flow_table *t = flow_table_new(100, (struct flow_end){on_end, NULL});
	struct frame there = frame_of(700, 1, TRANSPORT_TCP), back = there, udp_frame = there;
	back.source = there.target;
	back.target = there.source;
	back.source_port = there.target_port;
	back.target_port = there.source_port;
	udp_frame.transport = TRANSPORT_UDP;
	unsigned side;
	struct flow *f = flow_table_get(t, &there, &side);
	ck_assert_uint_eq(side, 0);
	ck_assert_ptr_eq(flow_table_get(t, &back, &side), f);
	ck_assert_uint_eq(side, 1);
	ck_assert_ptr_ne(flow_table_get(t, &udp_frame, &side), f);
	/* both ends on one host, both ends the same */
	there.target = there.source;
	back = there;
	back.source_port = there.target_port;
	back.target_port = there.source_port;
	f = flow_table_get(t, &there, &side);
	ck_assert_uint_eq(side, 1); /* the higher port */
	ck_assert_ptr_eq(flow_table_get(t, &back, &side), f);
	ck_assert_uint_eq(side, 0);
	there.target_port = there.source_port;
	f = flow_table_get(t, &there, &side);
	ck_assert_ptr_eq(flow_table_get(t, &there, &side), f);
	flow_table_free(t);
	ck_assert_uint_eq(ended, 4);
}
END_TEST

static unsigned ended_after(enum transport transport, bool closed, int64_t silent_ns)
{
	struct flow_table *t = flow_table_new(100, (struct flow_end){on_end, NULL});
	ended = 0;
	touch(t, 1, 0, transport)->side[0].finished = closed;
	touch(t, 1, 0, transport)->side[1].finished = closed;
	flow_table_sweep(t, silent_ns);
	unsigned by_sweep = ended;
	flow_table_free(t);
	ck_assert_uint_eq(ended, 1);
	return by_sweep;
}

START_TEST(silence_ends_a_flow)
{
	ck_assert_uint_eq(ended_after(TRANSPORT_TCP, false, 600 * SECOND_NS), 0);
	ck_assert_uint_eq(ended_after(TRANSPORT_TCP, false, 600 * SECOND_NS + 1), 1);
	ck_assert_uint_eq(ended_after(TRANSPORT_TCP, true, 10 * SECOND_NS + 1), 1);
	ck_assert_uint_eq(ended_after(TRANSPORT_UDP, false, 120 * SECOND_NS), 0);
	ck_assert_uint_eq(ended_after(TRANSPORT_UDP, false, 120 * SECOND_NS + 1), 1);
	ck_assert_uint_eq(ended_after(TRANSPORT_UDP, false, INT64_MAX), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tests = tcase_create("table");
	tcase_add_test(tests, the_table_is_bounded);
	tcase_add_test(tests, both_directions_are_one_flow);
	tcase_add_test(tests, silence_ends_a_flow);
	suite_add_tcase(suite, tests);
	return check_suite(suite);
}
