/* SPDX-License-Identifier: Apache-2.0 */
/* moment.h - a point in time as people and our own outputs write it. */
#ifndef EARSHOT_MOMENT_H
#define EARSHOT_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * RFC 3339: "2026-03-02T10:15:00Z", with a fraction of up to nine digits, an offset such as "+01:00", or a space or
 * nothing for the rest of it: "2026-03-02 10:15" and "2026-03-02" are UTC, the latter its first moment. Nanoseconds
 * since 1970-01-01 UTC; years 1970 to 2261. False: it is none of these.
 */
bool moment_parse(const char *text, int64_t *ns);

#endif
