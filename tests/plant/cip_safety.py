# SPDX-License-Identifier: Apache-2.0
"""cip_safety.py - the data and time messages of a CIP Safety connection, base format, one or two bytes of data.

    data:  | actual data | mode | CRC-S1 | CRC-S2 | time stamp (2) | CRC-S1 of the time stamp |
    time:  | ack | consumer time (2) | ack, every second bit inverted | CRC-S3 (2) |

CRC-S1 (8 bits, polynomial 0x37), CRC-S2 (8 bits, 0x3B, over the inverted data) and CRC-S3 (16 bits, 0x080F) begin
with a checksum of who sends (vendor, serial number and connection serial number), both 8-bit ones with its CRC-S1.
"""
import struct


def crc(data, width, polynomial, seed):
    """A checksum whose bits go high to low."""
    value, top, mask = seed, 1 << width - 1, (1 << width) - 1
    for byte in data:
        value ^= byte << width - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & mask
    return value


def identifier(vendor, serial, connection_serial):
    return struct.pack("<HIH", vendor, serial, connection_serial)


def data_message(who, data, ping, stamp, running=True):
    """who: identifier() of the producer."""
    seed = crc(who, 8, 0x37, 0)
    mode = (0x80 if running else 0x10) | 0x04 | ping & 3  # run and its complement, a reserved bit's complement
    s1 = crc(bytes([mode & 0xE0]) + data, 8, 0x37, seed)
    inverted = bytes(b ^ 0xFF for b in data)
    s2 = crc(bytes([(mode ^ 0xFF) & 0xE0]) + inverted, 8, 0x3B, seed)
    time = struct.pack("<H", stamp & 0xFFFF)
    s1_time = crc(bytes([mode & 0x1F]) + time, 8, 0x37, seed)
    return data + bytes([mode, s1, s2]) + time + bytes([s1_time])


def time_message(who, ping, stamp):
    """who: identifier() of the consumer, which answers the pings of the producer."""
    ack = ping & 3 | 0x08
    ack |= 0x80 * (bin(ack).count("1") & 1)
    body = bytes([ack]) + struct.pack("<H", stamp & 0xFFFF)
    ack2 = (ack ^ 0xFF) & 0x55 | ack & 0xAA
    return body + bytes([ack2]) + struct.pack("<H", crc(body, 16, 0x080F, crc(who, 16, 0x080F, 0)))
