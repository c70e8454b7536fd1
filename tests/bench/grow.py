#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a large capture out of a small one: many plants side by side, each with addresses of its own.

    grow.py SMALL.pcap PACKETS BIG.pcap

Copy k gets k in the second and third byte of every 10.x.x.x address and in bytes 3 and 4 of every unicast MAC, IPv4 header
checksums mended, and starts a little later. Classic little-endian Ethernet pcap only; addresses inside payloads stay.
"""
import heapq, struct, sys

small, wanted, big = sys.argv[1], int(sys.argv[2]), sys.argv[3]
data = open(small, "rb").read()
packets, at = [], 24
while at + 16 <= len(data):
    seconds, micros, captured, length = struct.unpack_from("<IIII", data, at)
    packets.append((seconds * 1000000 + micros, data[at + 16:at + 16 + captured], length))
    at += 16 + captured
copies = -(-wanted // len(packets))


def move_ip(frame, offset, k):
    if frame[offset] == 10:
        frame[offset + 1] = (frame[offset + 1] + (k >> 8)) & 255
        frame[offset + 2] = (frame[offset + 2] + k * 7) & 255


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def moved(frame, k):
    frame = bytearray(frame)
    for offset in (0, 6):
        if not frame[offset] & 1:
            frame[offset + 3] ^= k >> 8 & 255
            frame[offset + 4] ^= k & 255
    layer = 12
    while frame[layer:layer + 2] in (b"\x81\x00", b"\x88\xa8"):
        layer += 4
    kind, body = frame[layer:layer + 2], layer + 2
    if kind == b"\x08\x00":
        move_ip(frame, body + 12, k)
        move_ip(frame, body + 16, k)
        end = body + (frame[body] & 15) * 4
        frame[body + 10:body + 12] = b"\0\0"
        frame[body + 10:body + 12] = struct.pack(">H", checksum(bytes(frame[body:end])))
    elif kind == b"\x08\x06":
        move_ip(frame, body + 14, k)
        move_ip(frame, body + 24, k)
        frame[body + 8:body + 14] = frame[6:12]
    return bytes(frame)


def plant(k):
    for time, frame, length in packets:
        yield time + k * 1009, k, frame, length


written = 0
with open(big, "wb", buffering=1 << 20) as out:
    out.write(data[:24])
    for time, k, frame, length in heapq.merge(*(plant(k) for k in range(copies))):
        if written == wanted:
            break
        frame = moved(frame, k)
        out.write(struct.pack("<IIII", time // 1000000, time % 1000000, len(frame), length) + frame)
        written += 1
print(f"{written} packets of {copies} plants")
