# SPDX-License-Identifier: Apache-2.0
"""modbus.py - Modbus/TCP and UMAS conversations.

Modbus Application Protocol V1.1b3, Messaging on TCP/IP V1.0b. UMAS (function code 90) is Schneider's own and
undocumented; the layouts here are those that Modicon controllers show on the wire.
"""
import struct


class Modbus:
    """The client's side of a connection to a Modbus server.

    units=False: the device itself answers, whatever the unit id; True: each unit that answers is a device behind it.
    """

    def __init__(self, connection, units=False):
        self.connection, self.units = connection, units
        self.client, self.server = connection.client, connection.server
        self.transaction = connection.network.random.randrange(0x4000)

    def exchange(self, unit, request, reply):
        """-> the frame of the reply. reply None: no answer."""
        self.transaction = (self.transaction + 1) & 0xFFFF
        head = struct.pack(">HHHB", self.transaction, 0, len(request) + 1, unit)
        asked = self.connection.ask(head + request)
        if asked:
            self.client.role("modbus", "client")
        if reply is None:
            return None
        head = struct.pack(">HHHB", self.transaction, 0, len(reply) + 1, unit)
        frame = self.connection.answer(head + reply)
        if frame:
            self.server.role("modbus", "server")
        return frame

    def subject(self, unit, frame):
        return self.server.child("modbus-unit", str(unit), frame) if self.units else self.server

    def read(self, unit, function, address, count):
        """Function codes 1 to 4."""
        if function < 3:
            body = bytes(self.connection.network.random.randrange(256) for _ in range((count + 7) // 8))
        else:
            words = [self.connection.network.random.randrange(4096) for _ in range(count)]
            body = struct.pack(f">{count}H", *words)
        frame = self.exchange(unit, struct.pack(">BHH", function, address, count), bytes([function, len(body)]) + body)
        self.subject(unit, frame)

    def write_register(self, unit, address, value):
        pdu = struct.pack(">BHH", 6, address, value)
        self.subject(unit, self.exchange(unit, pdu, pdu))

    def write_coil(self, unit, address, on):
        pdu = struct.pack(">BHH", 5, address, 0xFF00 if on else 0)
        self.subject(unit, self.exchange(unit, pdu, pdu))

    def write_registers(self, unit, address, values):
        request = struct.pack(f">BHHB{len(values)}H", 16, address, len(values), 2 * len(values), *values)
        self.subject(unit, self.exchange(unit, request, request[:5]))

    def exception(self, unit, function, address, count, code):
        """A refused read. 0x0A and 0x0B are said by the gateway: the unit did not answer."""
        frame = self.exchange(unit, struct.pack(">BHH", function, address, count), bytes([function | 0x80, code]))
        if code not in (0x0A, 0x0B):
            self.subject(unit, frame)

    def report_server_id(self, unit, text, running=True):
        ident = bytes([unit, 0xFF if running else 0]) + text.encode()
        frame = self.exchange(unit, b"\x11", bytes([0x11, len(ident)]) + ident)
        self.subject(unit, frame).says("modbus", "description", text, frame)

    ATTRIBUTES = {
        0: "vendor",
        1: "product_code",
        2: "firmware_version",
        3: "url",
        4: "model",
        5: "model_name",
        6: "name",
    }

    def identify(self, unit, objects, per_answer=8):
        """FC 43/14, read code 1 or 2 by what there is; more than per_answer objects take several answers."""
        code, pending = (2 if max(objects) > 2 else 1), sorted(objects)
        while pending:
            now, rest = pending[:per_answer], pending[per_answer:]
            body = b"".join(bytes([i, len(objects[i])]) + objects[i].encode() for i in now)
            more = bytes([0xFF, rest[0]]) if rest else b"\0\0"
            frame = self.exchange(
                unit,
                bytes([0x2B, 0x0E, code, now[0]]),
                bytes([0x2B, 0x0E, code, code | 0x80]) + more + bytes([len(now)]) + body,
            )
            for i in now:
                self.subject(unit, frame).says("modbus", self.ATTRIBUTES[i], objects[i], frame)
            pending = rest

    # ---- UMAS

    def umas(self, function, request=b"", reply=b"", session=0):
        frame = self.exchange(0, bytes([0x5A, session, function]) + request, bytes([0x5A, session, 0xFE]) + reply)
        if frame:
            self.client.role("umas", "client")
            self.server.role("umas", "server")
        return frame

    def umas_identify(self, model, firmware, project, when):
        """0x02 read id and 0x03 project info. firmware: 'major.minor' in binary-coded decimal; when: a date."""
        major, minor = (int(x, 16) for x in firmware.split("."))
        name = model.encode()
        body = struct.pack("<HHHHBBHHHHHH", 0xFF10, 0x3007, 0x0001, 0, minor, major, 0, 0x0027, 0x0009, 0x0008, 0, 0)
        body += bytes([len(name)]) + name + b"\x01\x01\x01\x00\x00\x00\x00\x11\x00"
        frame = self.umas(0x02, b"\0", body)
        self.server.says("umas", "model", model, frame)
        self.server.says("umas", "firmware_version", firmware, frame)
        stamp = struct.pack("<BBBBBH", when.second, when.minute, when.hour, when.day, when.month, when.year)
        title = project.encode() + b"\0"
        version = b"\x02\x05\x00\x00\x98\x88\x01\x00\x00"
        body = (
            version + version + b"\x02" + stamp + b"\x02" + stamp + struct.pack("<I", 8) + bytes([len(title)]) + title
        )
        frame = self.umas(0x03, b"\0", body)
        self.server.says("umas", "project_name", project, frame)

    def umas_init(self):
        self.umas(0x01, b"\0", struct.pack("<HIIB", 0x03FD, 0x00040100, 0x32, 0))

    def umas_poll(self):
        """0x04 PLC status."""
        body = bytes.fromhex("02808006b0d56f1b37583d110000000037583d1137583d1103") + bytes(40)
        self.umas(0x04, b"", body)

    def umas_program(self, owner, blocks):
        """Reserve the controller, stop it, download blocks, start it, release it."""
        name = owner.encode()
        self.umas(0x10, struct.pack("<I", 0x1234) + bytes([len(name)]) + name, b"\x6b")
        session = 0x6B
        self.umas(0x41, b"\xff\x00", b"", session)
        self.umas(0x30, b"\x00\x01", b"\x00\x01", session)
        for i in range(blocks):
            data = bytes(self.connection.network.random.randrange(256) for _ in range(200))
            self.umas(0x31, struct.pack("<BHH", 0, i + 1, len(data)) + data, b"\x00", session)
        self.umas(0x32, struct.pack("<BH", 0, blocks), b"\x00", session)
        self.umas(0x40, b"\xff\x00", b"", session)
        self.umas(0x11, b"", b"", session)
