/* SPDX-License-Identifier: Apache-2.0 */
/* words.c - the words of the files that people write, and what a misspelt one may have meant. */
#include "sensor/declare/parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "earshot/observer.h"
#include "sensor/util/text.h"

#define NEAR_MAX 3 /* letters that may differ */
#define WORD_MAX 40

/* Names that only libnDPI gives, see flow/ndpi.c; and the one for what nobody knows. */
static const char *const labels[] = {"llmnr", "dcerpc", "vnc", "amqp", "syslog", "tftp", "kerberos", "ldap", "radius",
	"rtsp", "sip", "mysql", "postgresql", "tds", "coap", "smtp", "nfs", "openvpn", "wireguard", "ipsec", "unknown"};
#define LABELS (sizeof(labels) / sizeof(labels[0]))

const char *protocol_word(const void *of, size_t i)
{
	(void)of;
	if (i + 1 < PROTOCOLS)
		return protocol_name((enum protocol)(i + 1));
	return i + 1 - PROTOCOLS < LABELS ? labels[i + 1 - PROTOCOLS] : NULL;
}

const char *operation_word(const void *of, size_t i)
{
	(void)of;
	return i < OPERATION_BITS ? operation_name(1u << i) : NULL;
}

const char *zone_kind_name(enum zone_kind kind)
{
	static const char *const names[ZONE_KINDS] = {
		"ot", "safety", "dmz", "enterprise", "external", "wireless", "temporary", "supplier"};
	return (unsigned)kind < ZONE_KINDS ? names[kind] : "";
}

const char *declared_status_name(enum declared_status status)
{
	static const char *const names[] = {"proposed", "accepted", "rejected", "retired"};
	return (unsigned)status < sizeof(names) / sizeof(names[0]) ? names[status] : "";
}

bool word_is_in(const char *word, const char *(*list)(const void *of, size_t i), const void *of)
{
	const char *known;
	for (size_t i = 0; (known = list(of, i)) != NULL; i++)
		if (strcmp(known, word) == 0)
			return true;
	return false;
}

bool declared_protocol_known(const char *name)
{
	return word_is_in(name, protocol_word, NULL);
}

bool declared_level_known(const char *level)
{
	static const char *const levels[] = {"0", "1", "2", "3", "3.5", "4", "5"};
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(levels[i], level) == 0)
			return true;
	return false;
}

/* Letters that are wrong, too many, missing, or swapped with the next (optimal string alignment), for short words. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];
	size_t len = strlen(b);
	if (strlen(a) > WORD_MAX || len > WORD_MAX)
		return UINT32_MAX;
	for (unsigned j = 0; j <= len; j++)
		last[j] = j;
	for (unsigned i = 0; a[i] != '\0'; i++) {
		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			int x = tolower((unsigned char)a[i]), y = tolower((unsigned char)b[j]);
			unsigned best = last[j] + (x != y);
			best = last[j + 1] + 1 < best ? last[j + 1] + 1 : best;
			best = row[j] + 1 < best ? row[j] + 1 : best;
			if (i > 0 && j > 0 && x == tolower((unsigned char)b[j - 1]) &&
				y == tolower((unsigned char)a[i - 1]) && before[j - 1] + 1 < best)
				best = before[j - 1] + 1;
			row[j + 1] = best;
		}
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[len];
}

const char *word_near(const char *word, const char *(*list)(const void *of, size_t i), const void *of)
{
	const char *best = NULL, *known;
	unsigned least = NEAR_MAX + 1;
	for (size_t i = 0; (known = list(of, i)) != NULL; i++) {
		unsigned far = distance(word, known);
		/* "tls" is not nearly "dns": at most a third of the word may be wrong, and one letter always */
		if (far < least && (far <= 1 || far * 3 <= strlen(known))) {
			least = far;
			best = known;
		}
	}
	return best;
}

static int64_t days_from_civil(int year, int month, int day)
{
	/* Years that begin in March, so that the leap day is the last one; eras of 400 of them. */
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400, of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int of_era_days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return (int64_t)era * 146097 + of_era_days - 719468;
}

bool date_parse(const char *text, int64_t *end_ns)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	for (unsigned i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return false;
	int year = (int)strtol(text, NULL, 10), month = (int)strtol(text + 5, NULL, 10);
	int day = (int)strtol(text + 8, NULL, 10);
	if (text[10] != '\0' || year < 1970 || year > 2261 || month < 1 || month > 12) /* what 64 bits of ns hold */
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	if (day < 1 || day > lengths[month - 1] + (month == 2 && leap))
		return false;
	*end_ns = (days_from_civil(year, month, day) + 1) * 86400 * 1000000000 - 1;
	return true;
}

bool address_parse_loosely(struct address *out, const char *text)
{
	char plain[18], digits[13];
	unsigned count = 0;
	if (address_parse(out, text))
		return true;
	size_t len = strlen(text);
	int sign = len == 17 ? '-' : len == 14 ? '.' : '\0';
	unsigned step = len == 17 ? 3 : len == 14 ? 5 : 0;
	if (len != 17 && len != 14 && len != 12)
		return false;
	for (unsigned i = 0; i < len; i++) {
		if (step > 0 && (i + 1) % step == 0) {
			if (text[i] != sign)
				return false;
		} else if (!isxdigit((unsigned char)text[i]) || count == 12) {
			return false;
		} else {
			digits[count++] = text[i];
		}
	}
	if (count != 12)
		return false;
	snprintf(plain, sizeof(plain), "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", digits, digits + 2, digits + 4, digits + 6,
		digits + 8, digits + 10);
	return address_parse(out, plain);
}

void address_mask(struct address *address, unsigned prefix)
{
	for (unsigned i = 0; i < sizeof(address->bytes); i++) {
		unsigned bits = prefix > i * 8 ? prefix - i * 8 : 0;
		if (bits < 8)
			address->bytes[i] = (uint8_t)(address->bytes[i] & (0xff00u >> bits));
	}
}

bool subnet_holds(const struct address *network, unsigned prefix, const struct address *address)
{
	struct address masked = *address;
	address_mask(&masked, prefix);
	return memcmp(&masked, network, sizeof(masked)) == 0;
}

const char *subnet_parse(struct address *out, uint8_t *prefix, const char *text)
{
	char address[ADDRESS_TEXT_MAX], *end;
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : 0;
	*prefix = 0;
	if (slash == NULL || len >= sizeof(address) || !isdigit((unsigned char)slash[1]))
		return "expected a network with its prefix length, like 10.20.1.0/24 or fd00:1::/64";
	memcpy(address, text, len);
	address[len] = '\0';
	if (!address_parse(out, address) || out->kind == ADDRESS_MAC)
		return "expected an IPv4 or IPv6 network before the /, like 10.20.1.0/24";
	unsigned long bits = strtoul(slash + 1, &end, 10);
	unsigned long most = out->kind == ADDRESS_IPV4 ? 32 : 128;
	if (*end != '\0' || bits > most || bits == 0)
		return out->kind == ADDRESS_IPV4 ? "expected a prefix length of 1 to 32 after the /"
						 : "expected a prefix length of 1 to 128 after the /";
	*prefix = (uint8_t)bits;
	struct address masked = *out;
	address_mask(&masked, *prefix);
	if (memcmp(&masked, out, sizeof(masked)) != 0)
		return "this is an address inside a network, expected the network itself";
	return NULL;
}
