/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dnp3_crc.c - the CRC-16 of DNP3 link frames (IEEE 1815-2012, 9.2.8.2).
 *
 * Polynomial x^16 + x^13 + x^12 + x^11 + x^10 + x^8 + x^6 + x^5 + x^2 + 1, bits taken from the
 * least significant end (0xa6bc), register starting at zero, result complemented and sent low byte first.
 *
 * Every frame on the network passes through here, up to 250 bytes of it, so eight bytes are
 * folded in one step: what a byte does to the register k bytes later is a table of its own.
 * The CRC is linear, so an entry is the sum of what its bits do; the tables are made of those
 * eight numbers by the compiler.
 */
#include "dnp3.h"

#define IF(bit, index, value) ((index) & (bit) ? (value) : 0)
#define ENTRY(i, a, b, c, d, e, f, g, h)                                                                               \
	IF(1, i, a) ^ IF(2, i, b) ^ IF(4, i, c) ^ IF(8, i, d) ^ IF(16, i, e) ^ IF(32, i, f) ^ IF(64, i, g) ^           \
		IF(128, i, h)
#define ENTRIES4(i, ...)                                                                                               \
	ENTRY((i), __VA_ARGS__), ENTRY((i) + 1, __VA_ARGS__), ENTRY((i) + 2, __VA_ARGS__), ENTRY((i) + 3, __VA_ARGS__)
#define ENTRIES16(i, ...)                                                                                              \
	ENTRIES4((i), __VA_ARGS__), ENTRIES4((i) + 4, __VA_ARGS__), ENTRIES4((i) + 8, __VA_ARGS__),                    \
		ENTRIES4((i) + 12, __VA_ARGS__)
#define ENTRIES64(i, ...)                                                                                              \
	ENTRIES16((i), __VA_ARGS__), ENTRIES16((i) + 16, __VA_ARGS__), ENTRIES16((i) + 32, __VA_ARGS__),               \
		ENTRIES16((i) + 48, __VA_ARGS__)
#define TABLE(...)                                                                                                     \
	{                                                                                                              \
		ENTRIES64(0, __VA_ARGS__), ENTRIES64(64, __VA_ARGS__), ENTRIES64(128, __VA_ARGS__),                    \
			ENTRIES64(192, __VA_ARGS__)                                                                    \
	}

/* after[k][b]: the register k + 1 bytes after byte b entered an empty one. */
static const uint16_t after[8][256] = {
	TABLE(0x365e, 0x6cbc, 0xd978, 0xff89, 0xb26b, 0x29af, 0x535e, 0xa6bc),
	TABLE(0xab4e, 0x1be5, 0x37ca, 0x6f94, 0xdf28, 0xf329, 0xab2b, 0x1b2f),
	TABLE(0x19b8, 0x3370, 0x66e0, 0xcdc0, 0xd6f9, 0xe08b, 0x8c6f, 0x55a7),
	TABLE(0xc2e8, 0xc8a9, 0xdc2b, 0xf52f, 0xa727, 0x0337, 0x066e, 0x0cdc),
	TABLE(0x2306, 0x460c, 0x8c18, 0x5549, 0xaa92, 0x185d, 0x30ba, 0x6174),
	TABLE(0xb5e7, 0x26b7, 0x4d6e, 0x9adc, 0x78c1, 0xf182, 0xae7d, 0x1183),
	TABLE(0x5f62, 0xbec4, 0x30f1, 0x61e2, 0xc3c4, 0xcaf1, 0xd89b, 0xfc4f),
	TABLE(0x1612, 0x2c24, 0x5848, 0xb090, 0x2c59, 0x58b2, 0xb164, 0x2fb1),
};

uint16_t dnp3_crc(const uint8_t *bytes, size_t len)
{
	unsigned crc = 0;
	for (; len >= 8; bytes += 8, len -= 8)
		crc = after[7][bytes[0] ^ (crc & 0xff)] ^ after[6][bytes[1] ^ crc >> 8] ^ after[5][bytes[2]] ^
		      after[4][bytes[3]] ^ after[3][bytes[4]] ^ after[2][bytes[5]] ^ after[1][bytes[6]] ^
		      after[0][bytes[7]];
	for (; len > 0; bytes++, len--)
		crc = crc >> 8 ^ after[0][(*bytes ^ crc) & 0xff];
	return (uint16_t)~crc;
}
