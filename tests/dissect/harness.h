/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harness.h - drive one dissector with PDUs in hex and get its reports back as text.
 *
 *	char *said = harness_run(&modbus_dissector, HARNESS_PROVEN,
 *		"> 0001 0000 0005 01 2b0e0100\n"
 *		"< 0001 0000 ...\n");
 *
 * ">" is sent by the client, "<" by the server ("?" by nobody knows whom, direction 0; "!" the same,
 * direction 1); "~" after the sign marks a PDU cut by the snap length. White space inside the hex is
 * ignored, "#" starts a comment line. Each line may carry several PDUs: they are split by frame().
 * The answer has one line per thing said, in order, each starting with the sign of its PDU:
 *
 *	> modbus asks diagnose
 *	< modbus answers diagnose              (also: refuses, exchanges)
 *	< confirmed                            (or: < proven)
 *	< fact sender modbus-unit=3 vendor = Schneider Electric [FC 43/14 Read Device Identification] 95%
 *	< fact sender vendor #283 (cip-vendor) [..] 95%        a number with a name table
 *	< fact sender model = X #12 [..] 95%                   a text with a code
 *	< presence sender modbus-unit=3 [..]
 *	> event receiver control: "detail" [..]
 *	< malformed                            dissect() was false
 *	< foreign | < more 12                  frame() did not say WHOLE; the rest of the line is dropped
 *
 * A report about an explicit address has the address in the place of sender/receiver.
 */
#ifndef EARSHOT_TEST_HARNESS_H
#define EARSHOT_TEST_HARNESS_H

#include "earshot/dissector.h"

enum harness_port { HARNESS_PROVEN, HARNESS_EXPECTED_PORT, HARNESS_FOREIGN_PORT };

/* Caller frees. Never NULL. */
char *harness_run(const struct dissector *d, enum harness_port port, const char *script);

/* The same, each PDU in a copy of `frame` (its addresses, its hop limit); NULL: in an empty one. */
char *harness_run_in(const struct frame *frame, const struct dissector *d, enum harness_port port, const char *script);

/* Fails the test, naming `what`, unless `said` is `expected` to the letter. Frees `said`. */
void harness_compare(const char *what, char *said, const char *expected);

/*
 * Every prefix of every line's bytes, and every single-bit flip, through frame() and dissect():
 * for ASan and UBSan to watch. A prefix handed over as a whole PDU must not be accepted with a fact
 * that the whole PDU does not state: returns how many such facts there were (0 is right).
 */
unsigned harness_abuse(const struct dissector *d, const char *script);
unsigned harness_abuse_in(const struct frame *frame, const struct dissector *d, const char *script);

/* What nearly every test is: all that `script` makes the dissector say, and nothing invented under abuse. */
void harness_expect(const struct dissector *d, enum harness_port port, const char *script, const char *expected);

#endif
