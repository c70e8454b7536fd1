/* SPDX-License-Identifier: Apache-2.0 */
/* agree.c - see agree.h. */
#include "sensor/conclude/agree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/conclude/work.h"

#define BARE_BYTES 128 /* of a value without blanks; longer ones are compared as far as that */

/* Letters and digits alone, in small letters; bytes above ASCII as they are. */
static size_t bare(char out[BARE_BYTES], const char *text)
{
	size_t n = 0;
	for (; *text != 0 && n + 1 < BARE_BYTES; text++)
		if (isalnum((unsigned char)*text) || ((unsigned char)*text & 0x80) != 0)
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = 0;
	return n;
}

bool agree_names(const char *declared, const char *observed)
{
	char a[BARE_BYTES], b[BARE_BYTES];
	if (bare(a, declared) == 0 || bare(b, observed) == 0)
		return true;
	return strstr(a, b) != NULL || strstr(b, a) != NULL;
}

/* The next number of a version; false: there is none. */
static bool number_next(const char **at, unsigned long *number)
{
	while (**at != 0 && !isdigit((unsigned char)**at))
		++*at;
	if (**at == 0)
		return false;
	char *end;
	*number = strtoul(*at, &end, 10);
	*at = end;
	return true;
}

bool agree_versions(const char *declared, const char *observed)
{
	unsigned long a, b;
	unsigned compared = 0;
	while (number_next(&declared, &a) && number_next(&observed, &b)) {
		if (a != b)
			return false;
		compared++;
	}
	return compared > 0 || agree_names(declared, observed);
}

bool agree_serials(const char *declared, const char *observed)
{
	char a[BARE_BYTES], b[BARE_BYTES];
	bare(a, declared);
	bare(b, observed);
	if (strcmp(a, b) == 0)
		return true;
	/* What makes a row this asset's (register_key.c) is no difference: spreadsheets lose leading zeros. */
	char x_key[SERIAL_MAX + 1], y_key[SERIAL_MAX + 1];
	if (serial_normalise(x_key, declared) && serial_normalise(y_key, observed) && strcmp(x_key, y_key) == 0)
		return true;
	/* "0x00c359" is 50009 to who typed it from a label */
	char *end_a, *end_b;
	unsigned long long x = strtoull(declared, &end_a, 0), y = strtoull(observed, &end_b, 0);
	return *end_a == 0 && *end_b == 0 && x == y;
}

bool agree_model(const char *declared, const struct asset *a)
{
	return (a->model != NULL && agree_names(declared, a->model)) ||
	       (a->order_number != NULL && agree_names(declared, a->order_number));
}

/* A word of the taxonomy, so that the two can be compared. */
static bool is_type(const struct rules *rules, const char *type)
{
	for (size_t i = 0; rules != NULL && i < rules->type_count; i++)
		if (agree_names(type, rules->types[i].type) && strlen(type) == strlen(rules->types[i].type))
			return true;
	return false;
}

bool agree_types(const struct rules *rules, const char *declared, const char *observed)
{
	char a[BARE_BYTES], b[BARE_BYTES];
	bare(a, declared);
	bare(b, observed);
	return strcmp(a, b) == 0 || strcmp(observed, "unknown") == 0 || !is_type(rules, declared);
}
