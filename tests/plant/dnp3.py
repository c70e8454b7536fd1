# SPDX-License-Identifier: Apache-2.0
"""dnp3.py - DNP3 conversations (IEEE 1815), over TCP or UDP."""
import struct

READ, WRITE, SELECT, OPERATE, DIRECT_OPERATE, COLD_RESTART, ENABLE_UNSOLICITED = 1, 2, 3, 4, 5, 13, 20
CONFIRM, RESPONSE, UNSOLICITED = 0, 129, 130
CLASS_0, CLASS_123 = b"\x3c\x01\x06", b"\x3c\x02\x06\x3c\x03\x06\x3c\x04\x06"
ATTRIBUTES = {
    252: "vendor",
    250: "model",
    248: "serial_number",
    242: "software_version",
    243: "hardware_version",
    245: "location",
    246: "id_code",
    247: "device_name",
}


def crc(data):
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA6BC if value & 1 else value >> 1
    return struct.pack("<H", value ^ 0xFFFF)


def link(control, target, source, data):
    """A link frame: header with its CRC, then data in blocks of 16, each with a CRC."""
    head = struct.pack("<BBBBHH", 0x05, 0x64, 5 + len(data), control, target, source)
    blocks = [data[i : i + 16] for i in range(0, len(data), 16)]
    return head + crc(head) + b"".join(b + crc(b) for b in blocks)


def link_frames(from_master, target, source, application, sequence):
    """The link frames that carry one application fragment in transport segments."""
    control = 0xC4 if from_master else 0x44
    pieces = [application[i : i + 249] for i in range(0, len(application), 249)]
    out = b""
    for i, piece in enumerate(pieces):
        flags = (0x40 if i == 0 else 0) | (0x80 if i + 1 == len(pieces) else 0)
        out += link(control, target, source, bytes([flags | (sequence + i) & 0x3F]) + piece)
    return out, sequence + len(pieces)


class Tcp:
    """DNP3 over a TCP connection; dialled=True when the outstation opened it."""

    def __init__(self, connection, dialled=False):
        self.connection, self.dialled = connection, dialled
        self.master_host = connection.server if dialled else connection.client
        self.outstation_host = connection.client if dialled else connection.server
        self.random = connection.network.random

    def from_master(self, data):
        return self.connection.answer(data) if self.dialled else self.connection.ask(data)

    def from_outstation(self, data):
        return self.connection.ask(data) if self.dialled else self.connection.answer(data)

    def wait(self, seconds):
        self.connection.wait(seconds)


class Udp:
    def __init__(self, network, master, outstation, start, port=20000):
        self.network, self.master_host, self.outstation_host, self.now, self.port = (
            network,
            master,
            outstation,
            start,
            port,
        )
        self.random = network.random

    def send(self, source, target, data):
        frame = self.network.udp(self.now, source, target, self.port, self.port, data)
        self.now += 3_000_000 + self.network.jitter(500_000)
        return frame

    def from_master(self, data):
        return self.send(self.master_host, self.outstation_host, data)

    def from_outstation(self, data):
        return self.send(self.outstation_host, self.master_host, data)

    def wait(self, seconds):
        self.now += round(seconds * 10**9) + self.network.jitter(500_000)


class Session:
    """One master address and one outstation address on a carrier."""

    def __init__(self, carrier, master, outstation):
        self.carrier, self.master, self.outstation = carrier, master, outstation
        self.sequence, self.unsolicited = 0, 0
        self.transport = {True: 0, False: 0}

    def send(self, by_master, application):
        target, source = (self.outstation, self.master) if by_master else (self.master, self.outstation)
        data, self.transport[by_master] = link_frames(by_master, target, source, application, self.transport[by_master])
        host = self.carrier.master_host if by_master else self.carrier.outstation_host
        frame = self.carrier.from_master(data) if by_master else self.carrier.from_outstation(data)
        if frame:
            host.role("dnp3", "client" if by_master else "server")
            host.child("dnp3-address", str(source), frame, role="master" if by_master else "outstation")
        return frame

    def exchange(self, function, objects, reply=b"", iin=0):
        control = 0xC0 | self.sequence
        self.sequence = (self.sequence + 1) & 15
        self.send(True, bytes([control, function]) + objects)
        return self.send(False, bytes([control, RESPONSE]) + struct.pack(">H", iin) + reply)

    def start(self):
        """What a master does first: clear the restart bit, set the clock, allow unsolicited reports."""
        self.exchange(READ, CLASS_123 + CLASS_0, self.points(8, 4), 0x9000)
        self.exchange(WRITE, b"\x50\x01\x00\x07\x07\x00")
        self.exchange(WRITE, b"\x32\x01\x07\x01" + (1663000000000).to_bytes(6, "little"))
        self.exchange(ENABLE_UNSOLICITED, CLASS_123)

    def points(self, binaries, analogs):
        """Binary inputs with flags (group 1 variation 2) and 32-bit analog inputs with flags (30/1)."""
        random = self.carrier.random
        out = struct.pack("BBBBB", 1, 2, 0, 0, binaries - 1) + bytes(random.choice((1, 0x81)) for _ in range(binaries))
        out += struct.pack("BBBBB", 30, 1, 0, 0, analogs - 1)
        return out + b"".join(struct.pack("<Bi", 1, random.randrange(-500, 14000)) for _ in range(analogs))

    def poll(self, binaries=16, analogs=12):
        self.exchange(READ, CLASS_0, self.points(binaries, analogs))

    def event(self, index):
        """An unsolicited report of a binary change and its confirmation."""
        control = 0xF0 | self.unsolicited
        self.unsolicited = (self.unsolicited + 1) & 15
        self.send(False, bytes([control, UNSOLICITED, 0, 0]) + struct.pack("<BBBHHB", 2, 1, 0x28, 1, index, 0x81))
        self.send(True, bytes([control & ~0x20, CONFIRM]))

    def attributes(self, values):
        """Read group 0; values: {variation: text}."""
        reply = b""
        for variation in sorted(values, reverse=True):
            text = values[variation].encode()
            reply += bytes([0, variation, 0, 0, 0, 1, len(text)]) + text
        frame = self.exchange(READ, b"\x00\xfe\x00\x00\x00", reply)
        child = self.carrier.outstation_host.child("dnp3-address", str(self.outstation))
        for variation, text in values.items():
            child.says("dnp3", ATTRIBUTES[variation], text, frame)

    def operate(self, index, direct=False):
        """A control relay output block: select before operate, or direct operate."""
        block = struct.pack("<BBBHHBBIIB", 12, 1, 0x28, 1, index, 3, 1, 200, 0, 0)
        for function in (DIRECT_OPERATE,) if direct else (SELECT, OPERATE):
            self.exchange(function, block, block)

    def restart(self):
        self.exchange(COLD_RESTART, b"", b"\x34\x02\x07\x01\x88\x13")
