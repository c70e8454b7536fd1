/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_modbus_flow.c - Modbus: which bytes are PDUs, who sent them, and what answers what.
 *
 * The PDUs are the examples of the Modbus Application Protocol Specification V1.1b3 behind an MBAP header, or
 * were recorded from node's modbus-serial; clause numbers are the specification's. What is expected
 * follows from its clauses by hand. harness_expect() also runs every prefix and every bit flip of each script.
 */
#include <check.h>

#include "tests/check_main.h"
#include "tests/dissect/harness.h"

extern const struct dissector modbus_dissector;

/* Neither end known: the bodies say who asks; one that could be both waits for its echo. */
START_TEST(side_from_content)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 06 0001 0003\n"
		"! 0001 0000 0006 01 06 0001 0003\n"
		"? 0002 0000 0006 01 06 0001 0004\n"
		"! 0002 0000 0006 01 06 0001 0004\n",
		"! modbus answers write\n"
		"! confirmed\n"
		"! presence sender modbus-unit=1 [response]\n"
		"? modbus asks write\n"
		"! modbus answers write\n"
		"! confirmed\n");
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 03 0000 0002\n"
		"! 0001 0000 0007 01 03 04 00010002\n"
		"? 0002 0000 0006 01 05 0001 ff00\n"
		"! 0002 0000 0006 01 05 0001 ff00\n",
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! confirmed\n"
		"! presence sender modbus-unit=1 [response]\n"
		"? modbus asks write\n"
		"! modbus answers write\n"
		"! confirmed\n");
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0007 01 03 04 00010002\n"
		"! 0002 0000 0006 01 05 0001 ff00\n"
		"? 0002 0000 0006 01 05 0001 ff00\n"
		"? 0003 0000 0003 01 83 02\n",
		"? modbus answers read\n"
		"? presence sender modbus-unit=1 [response]\n"
		"! modbus asks write\n"
		"? modbus answers write\n"
		"? confirmed\n"
		"? modbus refuses read\n");
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT, "! 0009 0000 0006 01 05 0001 ff00\n", "");
}
END_TEST

/*
 * FC 1: 0300 0010 asks for 16 coils from 768 and could also answer 17 to 24 of them; nobody asks for 2049
 * coils, and three bytes of registers are no answer.
 */
START_TEST(side_of_bits)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 01 0300 0010\n"
		"! 0001 0000 0005 01 01 02 ffff\n"
		"? 0002 0000 0006 01 01 0300 0018\n"
		"! 0002 0000 0006 01 01 03 000008\n",
		"! modbus answers read\n"
		"! confirmed\n"
		"! presence sender modbus-unit=1 [response]\n"
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! confirmed\n");
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT, "? 0001 0000 0006 01 01 0300 0801\n",
		"? modbus answers read\n"
		"? presence sender modbus-unit=1 [response]\n");
	harness_expect(
		&modbus_dissector, HARNESS_FOREIGN_PORT, "? 0001 0000 0006 01 03 0300 0010\n", "? modbus asks read\n");
}
END_TEST

/*
 * A device that dialled in to its master: the end that accepted the connection asks. Its first request waits
 * for the answer.
 */
START_TEST(side_reversed)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"< 0001 0000 0006 01 03 0000 0002\n"
		"> 0001 0000 0007 01 03 04 00010002\n"
		"< 0002 0000 0006 01 03 0000 0002\n"
		"> 0002 0000 0007 01 03 04 00010002\n"
		"< 0003 0000 0006 01 06 0001 0002\n"
		"> 0003 0000 0006 01 06 0001 0002\n",
		"> modbus answers read\n"
		"> confirmed\n"
		"> presence sender modbus-unit=1 [response]\n"
		"< modbus asks read\n"
		"> modbus answers read\n"
		"> confirmed\n"
		"< modbus asks write\n"
		"> modbus answers write\n"
		"> confirmed\n");
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"< 0001 0000 0006 01 03 0000 0002\n"
		"< 0002 0000 0006 01 03 0000 0002\n",
		"");
}
END_TEST

/* Only requests, or only responses: roles need no partner where the transport knows the side. */
START_TEST(one_direction)
{
	harness_expect(&modbus_dissector, HARNESS_EXPECTED_PORT,
		"> 0001 0000 0006 01 06 0001 0003\n"
		"> 0002 0000 0006 01 03 0000 0001\n",
		"> modbus asks write\n"
		"> modbus asks read\n");
	harness_expect(&modbus_dissector, HARNESS_EXPECTED_PORT,
		"< 0001 0000 0006 01 06 0001 0003\n"
		"< 0002 0000 0005 01 03 02 0000\n",
		"< modbus answers write\n"
		"< presence sender modbus-unit=1 [response]\n"
		"< modbus answers read\n");
}
END_TEST

/*
 * Every request is number 0; the answer to the third belongs to the third, though the second was never
 * answered.
 */
START_TEST(transaction_reuse)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0000 0000 0006 01 03 0000 0001\n"
		"! 0000 0000 0005 01 03 02 0001\n"
		"? 0000 0000 0006 01 03 0000 0004\n"
		"? 0000 0000 0006 01 03 0000 0001\n"
		"! 0000 0000 0005 01 03 02 0001\n",
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! confirmed\n"
		"! presence sender modbus-unit=1 [response]\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! confirmed\n");
}
END_TEST

/* Two units and two functions under way; answers in another order. */
START_TEST(transactions_interleaved)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 03 0000 0001\n"
		"? 0002 0000 0006 02 03 0000 0002\n"
		"? 0002 0000 0006 01 04 0000 0003\n"
		"! 0002 0000 0009 01 04 06 000000000000\n"
		"! 0002 0000 0007 02 03 04 00000000\n"
		"! 0001 0000 0005 01 03 02 0001\n",
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! confirmed\n"
		"! presence sender modbus-unit=1 [response]\n"
		"! modbus answers read\n"
		"! confirmed\n"
		"! presence sender modbus-unit=2 [response]\n"
		"! modbus answers read\n"
		"! confirmed\n");
}
END_TEST

/*
 * A confirmation needs the number, unit, function and byte count that were asked for, from the other
 * direction, once.
 */
START_TEST(confirmation)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 03 0000 0001\n"
		"! 0001 0000 0007 01 03 04 00010002\n"
		"? 0002 0000 0006 01 03 0000 0001\n"
		"! 0003 0000 0005 01 03 02 0001\n"
		"! 0002 0000 0005 02 03 02 0001\n"
		"! 0002 0000 0005 01 04 02 0001\n"
		"? 0002 0000 0005 01 03 02 0001\n"
		"! 0002 0000 0005 01 03 02 0001\n"
		"! 0002 0000 0005 01 03 02 0001\n",
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! presence sender modbus-unit=1 [response]\n"
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! modbus answers read\n"
		"! presence sender modbus-unit=2 [response]\n"
		"! modbus answers read\n"
		"? malformed\n"
		"! modbus answers read\n"
		"! confirmed\n"
		"! modbus answers read\n");
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0005 01 2b 0e 01 00\n"
		"! 0001 0000 000d 01 2b 0e 01 01 00 00 01 0003 414243\n"
		"? 0002 0000 0005 01 2b 0e 01 00\n"
		"! 0002 0000 0003 01 ab 01\n"
		"? 0003 0000 0005 01 2b 0e 01 00\n"
		"! 0003 0000 0005 01 2b 0d 00 00\n",
		"? modbus asks diagnose\n"
		"! modbus answers diagnose\n"
		"! proven\n"
		"! fact sender modbus-unit=1 vendor = ABC [FC 43/14 Read Device Identification] 95%\n"
		"! presence sender modbus-unit=1 [response]\n"
		"? modbus asks diagnose\n"
		"! modbus refuses diagnose\n"
		"! confirmed\n"
		"? modbus asks diagnose\n"
		"! modbus answers\n"
		"! fact sender modbus-unit=1 profile = CANopen [FC 43/13 CANopen General Reference] 80%\n");
}
END_TEST

/* The seventeenth request under way takes the place of the first. */
START_TEST(outstanding_overflow)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 03 0000 0001\n"
		"? 0002 0000 0006 01 03 0000 0001\n"
		"? 0003 0000 0006 01 03 0000 0001\n"
		"? 0004 0000 0006 01 03 0000 0001\n"
		"? 0005 0000 0006 01 03 0000 0001\n"
		"? 0006 0000 0006 01 03 0000 0001\n"
		"? 0007 0000 0006 01 03 0000 0001\n"
		"? 0008 0000 0006 01 03 0000 0001\n"
		"? 0009 0000 0006 01 03 0000 0001\n"
		"? 000a 0000 0006 01 03 0000 0001\n"
		"? 000b 0000 0006 01 03 0000 0001\n"
		"? 000c 0000 0006 01 03 0000 0001\n"
		"? 000d 0000 0006 01 03 0000 0001\n"
		"? 000e 0000 0006 01 03 0000 0001\n"
		"? 000f 0000 0006 01 03 0000 0001\n"
		"? 0010 0000 0006 01 03 0000 0001\n"
		"? 0011 0000 0006 01 03 0000 0001\n"
		"! 0001 0000 0005 01 03 02 0001\n"
		"! 0002 0000 0005 01 03 02 0001\n",
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"? modbus asks read\n"
		"! modbus answers read\n"
		"! presence sender modbus-unit=1 [response]\n"
		"! modbus answers read\n"
		"! confirmed\n");
}
END_TEST

/* On a foreign port a flow does not begin with a function that anybody may have made up; later it may. */
START_TEST(foreign_function_first)
{
	harness_expect(&modbus_dissector, HARNESS_FOREIGN_PORT,
		"? 0001 0000 0006 01 63 00000000\n"
		"? 0002 0000 0006 01 03 0000 0001\n"
		"? 0003 0000 0006 01 63 00000000\n"
		"! 0003 0000 0003 01 63 00\n",
		"? malformed\n"
		"? modbus asks read\n"
		"? modbus asks\n"
		"! modbus answers\n"
		"! confirmed\n"
		"! presence sender modbus-unit=1 [response]\n");
	harness_expect(
		&modbus_dissector, HARNESS_EXPECTED_PORT, "> 0001 0000 0006 01 63 00000000\n", "> modbus asks\n");
}
END_TEST

/* What is not Modbus by its first bytes, what may become it, and two PDUs in one segment. */
START_TEST(framing)
{
	harness_expect(&modbus_dissector, HARNESS_PROVEN,
		"> 16 03 01 02 00 01 00 01 fc 03 03\n"
		"> 47 45 54 20 2f 20 48 54\n"
		"> 0001 0001 0006 01 03 0000 0001\n"
		"> 0001 0000 0001 01 03\n"
		"> 0001 0000 0105 01 03 00\n"
		"> 0001 0000 0801 01 5a 00\n"
		"> 0001 0000 0006 01 00 0000 0001\n"
		"> 0001 0000 0006 01 80 0000 0001\n"
		"< 0001 0000 0009 01 83 02 00000000000000\n"
		"> 0001 00 01\n"
		"> 0001 0000 09\n"
		"> 00\n"
		"> 0001 00\n"
		"> 0001 0000\n"
		"> 0001 0000 00\n"
		"> 0001 0000 0006\n"
		"> 0001 0000 0006 01\n"
		"> 0001 0000 0006 01 03 0000 00\n"
		"> 0001 0000 0400 01 5a 00 31\n"
		"> 0001 0000 0006 01 03 0000 0001  0002 0000 0006 01 06 0000 0001\n",
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> foreign\n"
		"< foreign\n"
		"> foreign\n"
		"> foreign\n"
		"> more 0\n"
		"> more 0\n"
		"> more 0\n"
		"> more 0\n"
		"> more 12\n"
		"> more 12\n"
		"> more 12\n"
		"> more 1030\n"
		"> modbus asks read\n"
		"> modbus asks write\n");
}
END_TEST

/* A device that opens the connection from port 502 and only ever says no: recorded so. */
START_TEST(port_and_handshake)
{
	static const uint8_t bytes[] = {0x00, 0x01, 0x00, 0x00, 0x00, 0x04, 0x0a, 0x81, 0x06, 0x00};
	max_align_t state[DISSECTOR_STATE_MAX / sizeof(max_align_t)] = {0};
	struct report reports[OBSERVER_REPORTS_MAX];
	char text[256];
	struct observer observer = {.reports = reports, .text = text};
	struct frame frame = {.source_port = 502, .target_port = 4446};
	struct pdu pdu = {
		.frame = &frame, .sender = SIDE_CLIENT, .sender_proven = true, .expected_port = true, .whole = true};
	ck_assert(modbus_dissector.dissect(cursor_over(bytes, sizeof(bytes)), &pdu, state, &observer));
	ck_assert_uint_eq(observer.said_count, 1);
	ck_assert_uint_eq(observer.said[0].parts, PART_RESPONSE);
	ck_assert_uint_eq(observer.said[0].refused, OPERATION_READ);
	ck_assert_uint_eq(observer.report_count, 1);
	ck_assert_uint_eq(reports[0].kind, REPORT_PRESENCE);
	ck_assert_str_eq(reports[0].path.text, "10");
}
END_TEST

/* frame() cuts PDUs to their length; one that has another is not taken on trust. */
START_TEST(length_and_bytes)
{
	static const uint8_t bytes[] = {0x00, 0x01, 0x00, 0x00, 0x00, 0x06, 0x01, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00};
	max_align_t state[DISSECTOR_STATE_MAX / sizeof(max_align_t)] = {0};
	struct observer observer = {0};
	struct frame frame = {0};
	struct pdu pdu = {.frame = &frame, .sender = SIDE_CLIENT, .expected_port = true, .whole = true};
	for (size_t len = 0; len <= sizeof(bytes); len++)
		ck_assert(modbus_dissector.dissect(cursor_over(bytes, len), &pdu, state, &observer) == (len == 12));
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("dissect");
	tcase_add_test(all, side_from_content);
	tcase_add_test(all, side_of_bits);
	tcase_add_test(all, side_reversed);
	tcase_add_test(all, one_direction);
	tcase_add_test(all, transaction_reuse);
	tcase_add_test(all, transactions_interleaved);
	tcase_add_test(all, confirmation);
	tcase_add_test(all, outstanding_overflow);
	tcase_add_test(all, foreign_function_first);
	tcase_add_test(all, framing);
	tcase_add_test(all, port_and_handshake);
	tcase_add_test(all, length_and_bytes);
	return check_main("modbus_flow", all);
}
