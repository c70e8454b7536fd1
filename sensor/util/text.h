/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - text from the wire made harmless, once for each kind of output, and the
 * one way to write addresses and times.
 */
#ifndef EARSHOT_TEXT_H
#define EARSHOT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "earshot/address.h"

/* The whole of a NUL-terminated text is valid UTF-8. */
bool text_is_utf8(const char *text);

/*
 * Wire bytes to valid UTF-8 in `out` (NUL-terminated, at most `room` bytes with the NUL):
 * trailing NULs and white space are cut, leading white space too; valid UTF-8 is taken as it
 * is, anything else byte by byte as Latin-1; a NUL inside becomes U+FFFD. A text that does not
 * fit is cut at a character and ends in U+2026. Returns the length without the NUL.
 */
size_t text_from_wire(char *out, size_t room, const void *bytes, size_t len);

/* The length of the valid UTF-8 sequence at `s` (1..4), or 0. Overlong forms, surrogates and
 * values above U+10FFFF are not valid. */
size_t text_utf8_len(const unsigned char *s, size_t left);
/* The code point of the valid sequence of `len` bytes at `s`. */
uint32_t text_code_point(const unsigned char *s, size_t len);
/* Characters that move the cursor, hide, or reorder what a person reads. */
bool text_is_unsafe(uint32_t code_point);

/* Terminal: C0, C1, DEL, and bidirectional controls as \u{XX}; the rest as it is. */
void text_print_terminal(FILE *out, const char *text);
/* Columns `text` takes on a terminal once printed by text_print_terminal(). */
size_t text_columns(const char *text);

/* One RFC 4180 field, quoted when needed; a field that a spreadsheet would take for a formula
 * (first character = + - @ TAB CR, also after white space or a quote) gets an apostrophe in front. */
void text_print_csv(FILE *out, const char *text);

#define ADDRESS_TEXT_MAX 46
/* "00:1b:1b:35:84:10", "10.0.0.8", "fe80::1"; returns `out`. */
char *address_text(char out[ADDRESS_TEXT_MAX], const struct address *address);
/* The reverse, of any of the three forms. False when it is none. */
bool address_parse(struct address *out, const char *text);

#define TIME_TEXT_MAX 40
/* RFC 3339 UTC with microseconds; "" for 0. Returns `out`. */
char *time_text(char out[TIME_TEXT_MAX], int64_t time_ns);

/* "modbus-unit" and so on; "" for PATH_NONE. Static storage. */
const char *path_kind_name(enum path_kind kind);
enum path_kind path_kind_parse(const char *name);
/* "read", "write", ... of one OPERATION_ bit; "" otherwise. Static storage. */
const char *operation_name(unsigned operation);
/* "tcp", "udp", "". Static storage. */
const char *transport_name(unsigned transport);

#endif
