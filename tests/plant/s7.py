# SPDX-License-Identifier: Apache-2.0
"""s7.py - COTP, S7comm and S7comm-plus conversations.

TPKT is RFC 1006, COTP ISO 8073 class 0. S7comm and S7comm-plus are Siemens' own; the layouts here are those that
SIMATIC controllers show on the wire, the system status lists (SZL) those of the SIMATIC system functions manual.
"""
import struct

PG, OP, BASIC = 1, 2, 3


def tpkt(payload):
    return struct.pack(">BBH", 3, 0, 4 + len(payload)) + payload


def cotp_data(payload):
    return tpkt(b"\x02\xf0\x80" + payload)


class Cotp:
    """A connection whose transport layer is set up with called and calling TSAP (bytes)."""

    def __init__(self, connection, called, calling):
        self.connection, self.client, self.server = connection, connection.client, connection.server
        self.random = connection.network.random
        reference = struct.pack(">H", self.random.randrange(1, 0x7FFF))
        options = bytes([0xC0, 1, 10, 0xC1, len(calling)]) + calling + bytes([0xC2, len(called)]) + called
        connect = b"\xe0\0\0" + reference + b"\0" + options
        accept = b"\xd0" + reference + b"\0\x44\0" + options
        if connection.ask(tpkt(bytes([len(connect)]) + connect)):
            self.client.role("cotp", "client")
        if connection.answer(tpkt(bytes([len(accept)]) + accept)):
            self.server.role("cotp", "server")


class S7(Cotp):
    """The client's side of an S7comm connection; kind PG, OP or BASIC, to a CPU at rack/slot."""

    def __init__(self, connection, kind=PG, rack=0, slot=2, pdu=480):
        super().__init__(connection, bytes([kind, rack << 5 | slot]), bytes([kind, 0]))
        self.reference, self.sequence, self.pdu = 0, 0, pdu
        setup = struct.pack(">BBHHH", 0xF0, 0, 1, 1, pdu)
        frame = self.job(setup, b"", setup)
        if frame:
            self.client.role("s7comm", "client")
            self.server.role("s7comm", "server")

    def job(self, parameter, data, reply_parameter, reply_data=b""):
        """A job and its ack-data -> the frame of the answer."""
        self.reference = (self.reference + 256) & 0xFFFF
        ask = struct.pack(">BBHHHH", 0x32, 1, 0, self.reference, len(parameter), len(data)) + parameter + data
        answer = struct.pack(">BBHHHHH", 0x32, 3, 0, self.reference, len(reply_parameter), len(reply_data), 0)
        self.connection.ask(cotp_data(ask))
        return self.connection.answer(cotp_data(answer + reply_parameter + reply_data))

    @staticmethod
    def item(area, block, start, length):
        return struct.pack(">BBBBHHB", 0x12, 10, 0x10, 2, length, block, area) + (start * 8).to_bytes(3, "big")

    def read(self, block, start, length):
        """Read bytes of a data block."""
        value = bytes(self.random.randrange(256) for _ in range(length))
        data = struct.pack(">BBH", 0xFF, 4, 8 * length) + value
        self.job(b"\x04\x01" + self.item(0x84, block, start, length), b"", b"\x04\x01", data)

    def write(self, block, start, value):
        data = struct.pack(">BBH", 0, 4, 8 * len(value)) + value
        self.job(b"\x05\x01" + self.item(0x84, block, start, len(value)), data, b"\x05\x01", b"\xff")

    # ---- userdata

    def userdata(self, group, function, data, reply):
        """A userdata request; the reply is cut into as many PDUs as it needs -> the frame of the last one."""
        room = self.pdu - 26
        pieces = [reply[i : i + room] for i in range(0, len(reply), room)] or [b""]
        self.sequence = self.sequence % 255 + 1
        unit = self.sequence if len(pieces) > 1 else 0
        frame = None
        for i, piece in enumerate(pieces):
            self.reference = (self.reference + 256) & 0xFFFF
            more = i + 1 < len(pieces)
            if i == 0:
                ask = struct.pack(">BHBBBBB", 0, 0x0112, 4, 0x11, 0x40 | group, function, 0)
                body = struct.pack(">BBH", 0xFF, 9, len(data)) + data if data else b"\x0a\0\0\0"
            else:
                ask = struct.pack(">BHBBBBBBBH", 0, 0x0112, 8, 0x12, 0x40 | group, function, self.sequence, unit, 0, 0)
                body = b"\x0a\0\0\0"
            head = struct.pack(">BBHHHH", 0x32, 7, 0, self.reference, len(ask), len(body))
            self.connection.ask(cotp_data(head + ask + body))
            answer = struct.pack(
                ">BHBBBBBBBH", 0, 0x0112, 8, 0x12, 0x80 | group, function, self.sequence, unit, more, 0
            )
            body = struct.pack(">BBH", 0xFF, 9, len(piece)) + piece
            head = struct.pack(">BBHHHH", 0x32, 7, 0, self.reference, len(answer), len(body))
            frame = self.connection.answer(cotp_data(head + answer + body))
        return frame

    def szl(self, ident, index, records, length):
        reply = struct.pack(">HHHH", ident, index, length, len(records)) + b"".join(
            r.ljust(length, b"\0") for r in records
        )
        return self.userdata(4, 1, struct.pack(">HH", ident, index), reply)

    def szl_module(self, order, hardware, firmware, bootloader):
        """0x0011. firmware and bootloader: (letter, major, minor, patch)."""

        def record(index, text, tail):
            return struct.pack(">H", index) + text.encode().ljust(20) + tail

        def version(v):
            return struct.pack(">HBBBB", 0, ord(v[0]), *v[1:])

        records = [
            record(1, order, struct.pack(">HHH", 0x00C0, hardware, 0)),
            record(6, order, struct.pack(">HHH", 0x00C0, hardware, 0)),
            record(7, "", version(firmware)),
            record(0x81, "Boot Loader", version(bootloader)),
        ]
        frame = self.szl(0x0011, 0, records, 28)
        for name, value in (
            ("order_number", order),
            ("hardware_version", str(hardware)),
            ("firmware_version", "%s%d.%d.%d" % firmware),
            ("bootloader_version", "%s%d.%d.%d" % bootloader),
        ):
            self.server.says("s7comm", name, value, frame)

    def szl_component(self, values):
        """0x001C. values: {index: text}."""
        names = {
            1: "station_name",
            2: "module_name",
            3: "plant_id",
            4: "copyright",
            5: "serial_number",
            7: "module_type",
            8: "memory_card_serial",
            0xB: "location",
        }
        texts = dict(values)
        records = [struct.pack(">H", i) + texts[i].encode() for i in sorted(texts)]
        records.insert(5 if 5 in texts else len(records), struct.pack(">HHHHH", 9, 0x002A, 0xF600, 1, 0))
        frame = self.szl(0x001C, 0, records, 34)
        for index, value in texts.items():
            self.server.says("s7comm", names[index], value, frame)

    def szl_protection(self, level, key):
        """0x0132 index 4. key: the position of the mode selector, 1 RUN to 4 MRES."""
        record = struct.pack(">HHHHHH", 4, level, 0, level, key, 0)
        frame = self.szl(0x0132, 4, [record], 40)
        self.server.says("s7comm", "protection_level", str(level), frame)
        self.server.says("s7comm", "key_switch", {1: "RUN", 2: "RUN-P", 3: "STOP", 4: "MRES"}[key], frame)

    def szl_mode(self, running=True):
        """0x0424."""
        record = bytes([0x51, 0x44, 0xFF, 8 if running else 3]) + bytes(4) + bytes.fromhex("2209121406123842")
        frame = self.szl(0x0424, 0, [record], 20)
        self.server.says("s7comm", "operating_mode", "RUN" if running else "STOP", frame)

    def list_blocks(self, counts):
        """counts: {block letter code: how many}, e.g. {'8': 3} for OBs."""
        reply = b"".join(b"0" + kind.encode() + struct.pack(">H", n) for kind, n in sorted(counts.items()))
        self.userdata(3, 1, b"", reply)

    # ---- programming

    def download(self, block_name, code):
        """Download one block: the controller asks for it once the client has announced it."""
        name = b"_" + block_name.encode() + b"P"
        start = b"\x1a\0\x01\0" + bytes(4) + bytes([len(name)]) + name
        start += b"\x0d1" + b"%06d%06d" % (len(code), max(len(code) - 62, 0))
        self.job(start, b"", b"\x1a")
        self.reversed_job(
            b"\x1b\0\0\0" + bytes(4) + bytes([len(name)]) + name,
            b"\x1b\0",
            struct.pack(">HH", len(code), 0x00FB) + code,
        )
        self.reversed_job(b"\x1c\0\0\0" + bytes(4) + bytes([len(name)]) + name, b"\x1c")
        self.service("_INSE", b"\x01\0" + block_name.encode() + b"P")

    def reversed_job(self, parameter, reply_parameter, reply_data=b""):
        """A job of the controller to the client, as during a download."""
        self.reference = (self.reference + 256) & 0xFFFF
        ask = struct.pack(">BBHHHH", 0x32, 1, 0, self.reference, len(parameter), 0) + parameter
        answer = struct.pack(">BBHHHHH", 0x32, 3, 0, self.reference, len(reply_parameter), len(reply_data), 0)
        self.connection.answer(cotp_data(ask))
        self.connection.ask(cotp_data(answer + reply_parameter + reply_data))

    def service(self, name, argument=b""):
        """PI service 0x28."""
        self.job(
            b"\x28"
            + bytes(6)
            + b"\xfd"
            + struct.pack(">H", len(argument))
            + argument
            + bytes([len(name)])
            + name.encode(),
            b"",
            b"\x28",
        )

    def stop(self):
        self.job(b"\x29" + bytes(5) + b"\x09P_PROGRAM", b"", b"\x29")

    def start(self):
        self.service("P_PROGRAM")


# ---- S7comm-plus


def attribute(ident, kind, value):
    """An attribute of an object: tag 0xA3, identifier as a variable-length number, flags 0, data type, value."""
    return b"\xa3" + vlq(ident) + b"\0" + bytes([kind]) + value


def vlq(number):
    out = [number & 0x7F]
    while number > 0x7F:
        number >>= 7
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))


def wstring(text):
    return vlq(len(text)) + text.encode()


class S7Plus(Cotp):
    """The clear-text session set-up of an S7-1200/1500: CreateObject of a ServerSession and its answer."""

    STRING, UDINT, STRUCT = 0x15, 0x04, 0x17

    def __init__(self, connection, root="SIMATIC-ROOT-HMI"):
        super().__init__(connection, root.encode(), b"\x06\0")

    def frame(self, version, payload):
        return cotp_data(
            bytes([0x72, version]) + struct.pack(">H", len(payload)) + payload + bytes([0x72, version, 0, 0])
        )

    def session(self, hostname, application, order, firmware):
        text = self.STRING
        ask = bytes.fromhex("31000004ca0000000100000120360000011d00040000000000") + b"\xa1" + struct.pack(">I", 0xD3)
        ask += vlq(287) + b"\0\0" + attribute(233, text, wstring("ServerSession_1C9C380"))
        ask += attribute(289, text, wstring("1:::6.0::TCP/IP -> Intel(R) Ethernet I210..."))
        ask += attribute(296, text, wstring(application)) + attribute(297, text, wstring(application))
        ask += attribute(298, text, wstring(hostname)) + attribute(299, self.UDINT, vlq(2)) + b"\xa2" + bytes(4)
        frame = self.connection.ask(self.frame(1, ask))
        self.client.role("s7comm-plus", "client")
        self.client.says("s7comm-plus", "hostname", hostname, frame)
        self.client.says("s7comm-plus", "application_name", application, frame)
        versions = bytes.fromhex("0000013a823b00048200823c00048140823d00048480c040823e00048480c040823f0015")
        paom = f"1;{order} ;{firmware}"
        answer = bytes.fromhex("32000004ca0000000136110287") + b"\x3e\x87\x23" + b"\xa1" + struct.pack(">I", 288)
        answer += (
            vlq(287)
            + b"\0\0"
            + attribute(233, text, wstring(""))
            + attribute(306, self.STRUCT, versions + wstring(paom))
        )
        answer += (
            bytes.fromhex("824000")
            + bytes([text])
            + wstring("2;288")
            + bytes.fromhex("82410003000300")
            + b"\xa2"
            + bytes(4)
        )
        frame = self.connection.answer(self.frame(1, answer))
        self.server.role("s7comm-plus", "server")
        self.server.says("s7comm-plus", "order_number", order, frame)
        self.server.says("s7comm-plus", "firmware_version", firmware, frame)

    def poll(self, sequence):
        """A sealed exchange of version 3: nothing in it can be read."""
        for by_client, opcode in ((True, 0x31), (False, 0x32)):
            seal = bytes(self.connection.network.random.randrange(256) for _ in range(32))
            body = (
                b"\x20"
                + seal
                + bytes([opcode])
                + struct.pack(">HHHHI", 0, 0x054C, 0, sequence & 0xFFFF, 0x03BE)
                + bytes(20)
            )
            (self.connection.ask if by_client else self.connection.answer)(self.frame(3, body))
