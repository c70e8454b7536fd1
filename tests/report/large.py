#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a capture of a large plant, to see how the report bears it.

    large.py BIG.pcap [CELLS]

CELLS (200) networks of 25 devices each: an operator panel, four controllers, twenty field devices, all Modbus with an
identity (FC 43/14); four servers ask every controller over one router. With 200 cells: 5,000 assets, 20,000 links.
"""
import struct
import sys

out, cells = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
VENDORS = [("Schneider Electric", "BME P58 2040", "v03.20"), ("Schneider Electric", "ATV630", "V3.3IE45"),
           ("Schneider Electric", "STBNIP2311", "v04.00"), ("Siemens", "SENTRON PAC3200", "V2.4"),
           ("WAGO", "750-362", "01.08.04"), ("Phoenix Contact", "AXL F BK ETH", "1.40"), ("ABB", "ACS880", "AINFX 3.20")]
SERVERS = 4
clock = 1710223200 * 1000000  # 2024-03-12 06:00:00 UTC, microseconds
frames = []


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip_of(cell, host):  # cell 0 is that of the servers
    return bytes((10, 20 + cell // 200, cell % 200, 10 + host))


def mac_of(cell, host):
    return bytes((0x00, 0x80, 0xF4, cell >> 8, cell & 255, host))


ROUTER = bytes.fromhex("001a6c000001")


def send(a, b, sport, dport, seq, ack, payload):
    """One TCP segment; between two cells it comes over the router, whose network card the listener sees."""
    global clock
    source, target = mac_of(*a), mac_of(*b)
    ttl = 64
    if a[0] != b[0]:
        source, ttl = ROUTER, 63
    tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, 0x18, 8192, 0, 0) + payload
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), len(frames) & 0xFFFF, 0x4000, ttl, 6, 0) + ip_of(*a) + ip_of(*b)
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    frame = target + source + b"\x08\x00" + head + tcp
    clock += 700
    frames.append(struct.pack("<IIII", clock // 1000000, clock % 1000000, len(frame), len(frame)) + frame)


def modbus(number, unit, pdu):
    return struct.pack(">HHHB", number, 0, len(pdu) + 1, unit) + pdu


def talk(client, server, exchanges):
    sport, seq, ack = 49152 + (client[0] * 7 + client[1] * 31 + server[1]) % 16000, 1000, 5000
    for n, (request, response) in enumerate(exchanges):
        ask, answer = modbus(n + 1, 1, request), modbus(n + 1, 1, response)
        send(client, server, sport, 502, seq, ack, ask)
        seq += len(ask)
        send(server, client, 502, sport, ack, seq, answer)
        ack += len(answer)


def identity(cell, host):
    texts = VENDORS[(cell + host) % len(VENDORS)]
    objects = b"".join(struct.pack(">BB", i, len(t)) + t.encode() for i, t in enumerate(texts))
    return b"\x2b\x0e\x01\x00", b"\x2b\x0e\x01\x01\x00\x00\x03" + objects


READ = (b"\x03\x00\x00\x00\x02", b"\x03\x04\x00\x07\x00\x2a")
WRITE = (b"\x06\x00\x01\x00\x03", b"\x06\x00\x01\x00\x03")
for cell in range(1, cells + 1):
    for device in range(5, 25):
        for k, controller in enumerate((1, 2, 3, 4)):
            talk((cell, controller), (cell, device), [identity(cell, device), READ, WRITE] if k == 0 else [READ])
    for controller in range(1, 5):
        talk((cell, 0), (cell, controller), [identity(cell, controller), READ])
        for server in range(SERVERS):
            talk((0, server), (cell, controller), [READ])
with open(out, "wb") as f:
    f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    f.writelines(frames)
