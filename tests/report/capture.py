# SPDX-License-Identifier: Apache-2.0
"""A capture of Modbus/TCP conversations that joins them when they already run, for the tests of the report."""
import struct

ROUTER = bytes.fromhex("001a6c000001")
READ = (b"\x03\x00\x00\x00\x02", b"\x03\x04\x00\x07\x00\x2a")
WRITE = (b"\x06\x00\x01\x00\x03", b"\x06\x00\x01\x00\x03")


def checksum(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def identity(*texts):
    """FC 43/14 in one answer: vendor, product code, revision, and up to four regular objects."""
    code = 1 if len(texts) <= 3 else 2
    objects = b"".join(struct.pack(">BB", i, len(t)) + t for i, t in enumerate(texts))
    return bytes((0x2B, 0x0E, code, 0)), bytes((0x2B, 0x0E, code, code, 0, 0, len(texts))) + objects


class Capture:
    def __init__(self):
        self.clock, self.frames = 1710223200 * 1000000, []  # 2024-03-12 06:00:00 UTC, microseconds

    @staticmethod
    def ip(cell, host):
        return bytes((10, 20 + cell // 200, cell % 200, 10 + host))

    @staticmethod
    def mac(cell, host):
        return bytes((0x00, 0x80, 0xF4, cell >> 8, cell & 255, host))

    def send(self, a, b, sport, dport, seq, ack, payload):
        """One TCP segment; between two cells it comes over the router, whose network card the listener sees."""
        source, ttl = (self.mac(*a), 64) if a[0] == b[0] else (ROUTER, 63)
        tcp = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, 0x50, 0x18, 8192, 0, 0) + payload
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), len(self.frames) & 0xFFFF, 0x4000, ttl, 6, 0)
        head += self.ip(*a) + self.ip(*b)
        head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        frame = self.mac(*b) + source + b"\x08\x00" + head + tcp
        self.clock += 700
        self.frames.append(struct.pack("<IIII", self.clock // 1000000, self.clock % 1000000, len(frame), len(frame)) + frame)

    def talk(self, client, server, exchanges, unit=1):
        sport, seq, ack = 49152 + (client[0] * 7 + client[1] * 31 + server[1]) % 16000, 1000, 5000
        for n, pdus in enumerate(exchanges):
            ask, answer = (struct.pack(">HHHB", n + 1, 0, len(pdu) + 1, unit) + pdu for pdu in pdus)
            self.send(client, server, sport, 502, seq, ack, ask)
            seq += len(ask)
            self.send(server, client, 502, sport, ack, seq, answer)
            ack += len(answer)

    def save(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            f.writelines(self.frames)
