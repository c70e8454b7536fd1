/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "earshot/frame.h"
#include "earshot/observer.h"

size_t text_utf8_len(const unsigned char *s, size_t left)
{
	if (left == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	size_t len = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	if (s[0] < 0xc2 || s[0] > 0xf4 || left < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

static bool is_utf8(const unsigned char *s, size_t len)
{
	for (size_t i = 0, step; i < len; i += step)
		if ((step = text_utf8_len(s + i, len - i)) == 0)
			return false;
	return true;
}

bool text_is_utf8(const char *text)
{
	return is_utf8((const unsigned char *)text, strlen(text));
}

/* ASCII without NUL. */
static bool is_plain(const unsigned char *s, size_t len)
{
	unsigned char high = 0, least = 0x7f;
	for (size_t i = 0; i < len; i++) {
		high |= s[i];
		least = s[i] < least ? s[i] : least;
	}
	return high < 0x80 && least > 0;
}

static bool is_blank(unsigned char c)
{
	return c == 0 || c == ' ' || (c >= '\t' && c <= '\r');
}

/* The UTF-8 of the character at `s`; `*step` is how many bytes of the wire it took. */
static size_t wire_character(char out[4], const unsigned char *s, size_t left, bool utf8, size_t *step)
{
	*step = 1;
	if (s[0] == 0) {
		memcpy(out, "\xef\xbf\xbd", 3);
		return 3;
	}
	if (utf8) {
		*step = text_utf8_len(s, left);
		memcpy(out, s, *step);
		return *step;
	}
	if (s[0] < 0x80) {
		out[0] = (char)s[0];
		return 1;
	}
	out[0] = (char)(0xc0 | s[0] >> 6);
	out[1] = (char)(0x80 | (s[0] & 0x3f));
	return 2;
}

size_t text_from_wire(char *out, size_t room, const void *bytes, size_t len)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	const unsigned char *s = bytes;
	while (len > 0 && is_blank(s[len - 1]))
		len--;
	while (len > 0 && is_blank(s[0]))
		s++, len--;
	if (len < room && is_plain(s, len)) { /* nearly all of it */
		memcpy(out, s, len);
		out[len] = 0;
		return len;
	}
	bool utf8 = is_utf8(s, len);
	size_t n = 0, cut = 0; /* cut: as far as the text and an ellipsis fit */
	for (size_t i = 0, step; i < len; i += step) {
		char character[4];
		size_t character_len = wire_character(character, s + i, len - i, utf8, &step);
		if (n + character_len + 1 > room) {
			memcpy(out + cut, ellipsis, sizeof(ellipsis));
			return cut + sizeof(ellipsis) - 1;
		}
		memcpy(out + n, character, character_len);
		n += character_len;
		if (n + sizeof(ellipsis) <= room)
			cut = n;
	}
	out[n] = 0;
	return n;
}

uint32_t text_code_point(const unsigned char *s, size_t len)
{
	if (len == 1)
		return s[0];
	uint32_t c = s[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3fu);
	return c;
}

bool text_is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

void text_print_terminal(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text);
	while (left > 0) {
		size_t len = text_utf8_len(s, left);
		uint32_t c = len ? text_code_point(s, len) : s[0];
		if (len == 0)
			len = 1, fprintf(out, "\\x{%02X}", (unsigned)s[0]);
		else if (text_is_unsafe(c))
			fprintf(out, "\\u{%02X}", (unsigned)c);
		else
			fwrite(s, 1, len, out);
		s += len;
		left -= len;
	}
}

size_t text_columns(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), columns = 0;
	while (left > 0) {
		size_t len = text_utf8_len(s, left);
		uint32_t c = len ? text_code_point(s, len) : s[0];
		if (len == 0 || text_is_unsafe(c))
			columns += (size_t)snprintf(NULL, 0, "\\u{%02X}", (unsigned)c);
		else if (c >= 0x300 && c <= 0x36f)
			;
		else
			columns += (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
				   (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
				   (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd) ? 2 : 1;
		s += len ? len : 1;
		left -= len ? len : 1;
	}
	return columns;
}

void text_print_csv(FILE *out, const char *text)
{
	const char *first = text + strspn(text, " \t\r\n\"'");
	bool formula = *first != 0 && strchr("=+-@", *first) != NULL;
	formula = formula || *text == '\t' || *text == '\r';
	bool quote = strpbrk(text, ",\"\r\n") != NULL || formula;
	if (quote)
		fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (; *text != 0; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	if (quote)
		fputc('"', out);
}

/* By hand: ARP says little else, and printf() takes longer than all the rest of it. */
static void mac_text(char out[18], const uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0; i < 6; i++) {
		out[3 * i] = digits[mac[i] >> 4];
		out[3 * i + 1] = digits[mac[i] & 15];
		out[3 * i + 2] = ':';
	}
	out[17] = 0;
}

char *address_text(char out[ADDRESS_TEXT_MAX], const struct address *address)
{
	const uint8_t *b = address->bytes;
	switch (address->kind) {
	case ADDRESS_MAC:
		mac_text(out, b);
		break;
	case ADDRESS_IPV4:
		inet_ntop(AF_INET, b, out, ADDRESS_TEXT_MAX);
		break;
	case ADDRESS_IPV6:
		inet_ntop(AF_INET6, b, out, ADDRESS_TEXT_MAX);
		break;
	default:
		out[0] = 0;
	}
	return out;
}

/* "00:1b:1b:35:84:10" in either case of letters, nothing before or behind. */
static bool mac_parse(struct address *out, const char *text)
{
	uint8_t mac[6] = {0};
	for (unsigned i = 0; i < 17; i++) {
		char c = text[i];
		if (i % 3 == 2) {
			if (c != ':')
				return false;
			continue;
		}
		if (!isxdigit((unsigned char)c))
			return false;
		mac[i / 3] = (uint8_t)(mac[i / 3] * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10));
	}
	if (text[17] != 0)
		return false;
	*out = address_make(ADDRESS_MAC, mac);
	return true;
}

bool address_parse(struct address *out, const char *text)
{
	memset(out, 0, sizeof(*out));
	if (mac_parse(out, text))
		return true;
	out->kind = ADDRESS_IPV4;
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		return true;
	out->kind = ADDRESS_IPV6;
	if (inet_pton(AF_INET6, text, out->bytes) == 1)
		return true;
	out->kind = ADDRESS_NONE;
	return false;
}

char *time_text(char out[TIME_TEXT_MAX], int64_t time_ns)
{
	out[0] = 0;
	if (time_ns == 0)
		return out;
	int64_t seconds = time_ns / 1000000000, rest = time_ns % 1000000000;
	if (rest < 0) {
		rest += 1000000000;
		seconds--;
	}
	time_t when = (time_t)seconds;
	struct tm parts;
	if (gmtime_r(&when, &parts) == NULL)
		return out;
	size_t n = strftime(out, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(out + n, TIME_TEXT_MAX - n, ".%06dZ", (int)(rest / 1000));
	return out;
}

static const char *const path_kind_names[PATH_KINDS] = {
    "", "modbus-unit", "dnp3-address", "cip-port-slot", "s7-rack-slot", "bacnet-device", "iec104-common-address", "pn-slot",
};

const char *path_kind_name(enum path_kind kind)
{
	return (unsigned)kind < PATH_KINDS ? path_kind_names[kind] : "";
}

enum path_kind path_kind_parse(const char *name)
{
	for (unsigned i = 0; i < PATH_KINDS; i++)
		if (strcmp(name, path_kind_names[i]) == 0)
			return (enum path_kind)i;
	return PATH_NONE;
}

const char *operation_name(unsigned operation)
{
	static const char *const names[OPERATION_BITS] = {"read", "write", "control", "program", "configure", "diagnose", "file"};
	for (unsigned i = 0; i < OPERATION_BITS; i++)
		if (operation == 1u << i)
			return names[i];
	return "";
}

const char *transport_name(unsigned transport)
{
	return transport == TRANSPORT_TCP ? "tcp" : transport == TRANSPORT_UDP ? "udp" : "";
}
