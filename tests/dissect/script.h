/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.h - EtherNet/IP scripts for the harness: a test spells out the CIP message, the encapsulation
 * and its lengths are put around it here.
 *
 * Messages are hex digits with blanks where they help the reader, and 'text' for its octets. PDUs are
 * written from the public descriptions (The CIP Networks Library, volumes 1 and 2; 1756-PM020;
 * 1770-6.5.16) and from pcaps/, and were read with tshark; one that is cut short on purpose says so.
 */
#ifndef EARSHOT_TEST_SCRIPT_H
#define EARSHOT_TEST_SCRIPT_H

#include "dissectors/enip.h"
#include "harness.h"

#define SCRIPT_MAX 60000

/* The script under way; one test, one script. */
extern char script[SCRIPT_MAX];

void script_clear(void);
void script_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A command (four hex digits) outside any session. */
void script_message(char sign, const char *command, const char *data);
/* SendRRData of session 0x44332211 with an unconnected message. */
void script_rr(char sign, const char *cip);
void script_rr_of(char sign, const char *context, const char *cip);
/* SendUnitData on a connection (eight hex digits). */
void script_unit(char sign, const char *connection, unsigned sequence, const char *cip);
/* An Unconnected Send of `cip` along `route`; valid until the next call. */
const char *script_sent(const char *cip, const char *route);

/* All that is said, and nothing invented when the bytes are cut or flipped. */
void script_expect(const char *want);
/* The same of facts, presences, events and faults alone; each PDU in a copy of `frame`. */
void script_expect_reports(const char *want);
void script_expect_reports_in(const struct frame *frame, const char *want);

#define GET_IDENTITY "01 02 2001 2401"
#define L61 "81 00 00 00 0100 0e00 3600 10 14 6030 3f825100 14 '1756-L61/B LOGIX5561'"
#define ENBT "81 00 00 00 0100 0c00 3a00 04 07 3000 c3ae5100 0b '1756-ENBT/A'"

#define L61_SAYS(at)                                                                                                   \
	"< fact sender" at " vendor #1 (cip-vendor) [CIP Identity Get_Attributes_All] 95%\n"                           \
	"< fact sender" at " device_type #14 (cip-device-type) [CIP Identity Get_Attributes_All] 95%\n"                \
	"< fact sender" at " product_code = 54 [CIP Identity Get_Attributes_All] 95%\n"                                \
	"< fact sender" at " firmware_version = 16.20 [CIP Identity Get_Attributes_All] 95%\n"                         \
	"< fact sender" at " status = I/O connection in run mode #12384 [CIP Identity Get_Attributes_All] 95%\n"       \
	"< fact sender" at " operating_mode = RUN [CIP Identity Get_Attributes_All] 95%\n"                             \
	"< fact sender" at " key_switch = REMOTE [CIP Identity Get_Attributes_All] 95%\n"                              \
	"< fact sender" at " serial_number = 0x0051823f [CIP Identity Get_Attributes_All] 95%\n"                       \
	"< fact sender" at " model = 1756-L61/B LOGIX5561 [CIP Identity Get_Attributes_All] 95%\n"

#define ENBT_SAYS(at)                                                                                                  \
	"< fact sender" at " vendor #1 (cip-vendor) [CIP Identity Get_Attributes_All] 95%\n"                           \
	"< fact sender" at " device_type #12 (cip-device-type) [CIP Identity Get_Attributes_All] 95%\n"                \
	"< fact sender" at " product_code = 58 [CIP Identity Get_Attributes_All] 95%\n"                                \
	"< fact sender" at " firmware_version = 4.7 [CIP Identity Get_Attributes_All] 95%\n"                           \
	"< fact sender" at " status = no I/O connections #48 [CIP Identity Get_Attributes_All] 95%\n"                  \
	"< fact sender" at " serial_number = 0x0051aec3 [CIP Identity Get_Attributes_All] 95%\n"                       \
	"< fact sender" at " model = 1756-ENBT/A [CIP Identity Get_Attributes_All] 95%\n"

#endif
