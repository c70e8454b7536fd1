/* SPDX-License-Identifier: Apache-2.0 */
/* moment.c - times read without libc, whose time zone and locale must not matter. */
#include "sensor/util/moment.h"

#include <ctype.h>

#define SECOND_NS 1000000000

/* `count` digits, no more and no less. */
static bool digits(const char **at, unsigned count, int *out)
{
	*out = 0;
	for (unsigned i = 0; i < count; i++, (*at)++) {
		if (!isdigit((unsigned char)**at))
			return false;
		*out = *out * 10 + (**at - '0');
	}
	return true;
}

static bool sign(const char **at, char expected)
{
	if (**at != expected)
		return false;
	(*at)++;
	return true;
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar; years begin in March, so that February ends one. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, shifted = (month + 9) % 12;
	return y * 365 + y / 4 - y / 100 + y / 400 + (shifted * 153 + 2) / 5 + day - 1 - 719468;
}

static bool date(const char **at, int64_t *days)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;
	if (!digits(at, 4, &year) || !sign(at, '-') || !digits(at, 2, &month) || !sign(at, '-') || !digits(at, 2, &day))
		return false;
	if (year < 1970 || year > 2261 || month < 1 || month > 12) /* what 64 bits of nanoseconds hold */
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (day < 1 || day > lengths[month - 1] + (month == 2 && leap))
		return false;
	*days = days_since_1970(year, month, day);
	return true;
}

static bool fraction(const char **at, int64_t *ns)
{
	int64_t unit = SECOND_NS / 10;
	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at) && unit > 0; (*at)++, unit /= 10)
		*ns += (**at - '0') * unit;
	return true;
}

static bool offset(const char **at, int64_t *seconds)
{
	int direction = **at == '-' ? 1 : -1, hour, minute;
	*seconds = 0;
	if (sign(at, 'Z') || sign(at, 'z') || **at == '\0')
		return true;
	if (!sign(at, '+') && !sign(at, '-'))
		return false;
	if (!digits(at, 2, &hour) || !sign(at, ':') || !digits(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*seconds = direction * (hour * 3600 + minute * 60);
	return true;
}

bool moment_parse(const char *text, int64_t *ns)
{
	int hour, minute, second = 0;
	int64_t days, sub_ns = 0, seconds;
	if (!date(&text, &days))
		return false;
	*ns = days * 86400 * SECOND_NS;
	if (*text == '\0')
		return true;
	if (!sign(&text, 'T') && !sign(&text, 't') && !sign(&text, ' '))
		return false;
	if (!digits(&text, 2, &hour) || !sign(&text, ':') || !digits(&text, 2, &minute))
		return false;
	if (sign(&text, ':') && (!digits(&text, 2, &second) || (sign(&text, '.') && !fraction(&text, &sub_ns))))
		return false;
	if (hour > 23 || minute > 59 || second > 60 || !offset(&text, &seconds) || *text != '\0') /* 60: a leap second */
		return false;
	*ns += (hour * 3600 + minute * 60 + second + seconds) * SECOND_NS + sub_ns;
	return *ns >= 0;
}
