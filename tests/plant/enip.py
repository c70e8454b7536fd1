# SPDX-License-Identifier: Apache-2.0
"""enip.py - EtherNet/IP and CIP conversations (ODVA volumes 1 and 2), with PCCC inside CIP (Rockwell 1770-6.5.16)."""
import struct

import cip_safety
import frames
from frames import ip_bytes

VENDORS = {1: "Rockwell Automation/Allen-Bradley"}
TYPES = {
    0x02: "AC Drive",
    0x07: "General Purpose Discrete I/O",
    0x0C: "Communications Adapter",
    0x0E: "Programmable Logic Controller",
    0x18: "Human-Machine Interface",
    0x23: "Safety Discrete I/O Device",
    0x2C: "Managed Ethernet Switch",
}
PROGRAM, ROUTINE = 0x68, 0x6D  # Logix objects
IDENTITY, MESSAGE_ROUTER, ASSEMBLY, CONNECTION_MANAGER, FILE, CONTROLLER, PCCC = 1, 2, 4, 6, 0x37, 0x8E, 0x67
TCP_IP, ETHERNET_LINK, NON_VOLATILE = 0xF5, 0xF6, 0xA1
PORT = 44818


class Module:
    """What a CIP module says of itself in its identity object."""

    def __init__(self, vendor, kind, code, revision, serial, name, status=0x0030):
        self.vendor, self.kind, self.code, self.revision = vendor, kind, code, revision
        self.serial, self.name, self.status = serial, name, status

    def identity(self):
        major, minor = self.revision
        return (
            struct.pack(
                "<HHHBBHIB", self.vendor, self.kind, self.code, major, minor, self.status, self.serial, len(self.name)
            )
            + self.name.encode()
        )

    def key(self):
        """Electronic key segment: exactly this module."""
        return struct.pack("<BBHHHBB", 0x34, 4, self.vendor, self.kind, self.code, *self.revision)

    def told(self, subject, protocol, frame):
        """All seven attributes were seen in this frame."""
        self.keyed(subject, protocol, frame)
        subject.says(protocol, "serial_number", "0x%08x" % self.serial, frame)
        subject.says(protocol, "product_name", self.name, frame)

    def keyed(self, subject, protocol, frame):
        """What an electronic key tells."""
        subject.says(protocol, "vendor", VENDORS[self.vendor], frame, code=self.vendor)
        subject.says(protocol, "device_type", TYPES.get(self.kind, str(self.kind)), frame, code=self.kind)
        subject.says(protocol, "product_code", self.code, frame)
        subject.says(protocol, "revision", "%d.%d" % self.revision, frame)


def encapsulated(command, session, data, context=b""):
    return struct.pack("<HHII8sI", command, len(data), session, 0, context, 0) + data


def path(object_class, instance=1, attribute=None):
    """A padded path: class, instance and attribute in 8 or 16 bits."""
    out = b""
    for kind, value in ((0x20, object_class), (0x24, instance), (0x30, attribute)):
        if value is not None:
            out += bytes([kind, value]) if value < 256 else struct.pack("<BBH", kind | 1, 0, value)
    return out


def request(service, object_path, data=b""):
    return bytes([service, len(object_path) // 2]) + object_path + data


def reply(service, data=b"", status=0):
    return bytes([service | 0x80, 0, status, 0]) + data


def symbol(name):
    """An extended symbol segment: a tag's name."""
    return bytes([0x91, len(name)]) + name.encode() + b"\0" * (len(name) % 2)


def route(text):
    """'1/3' -> the port segments of a route."""
    return b"".join(bytes(int(x) for x in hop.split("/")) for hop in text.split(",")) if text else b""


def identity_item(module, ip):
    body = struct.pack("<H", 1) + struct.pack(">HH", 2, PORT) + ip_bytes(ip) + bytes(8) + module.identity() + b"\x03"
    return struct.pack("<HHH", 1, 0x0C, len(body)) + body


def list_identity(network, time, asker, answerers):
    """A broadcast question and the answers of (host, module)."""
    port = asker.port()
    group = asker.ip.rsplit(".", 1)[0] + ".255"
    if network.to_group(time, asker, group, frames.BROADCAST, port, PORT, encapsulated(0x63, 0, b""), 128):
        asker.role("enip", "client")
    for i, (host, module) in enumerate(answerers):
        frame = network.udp(
            time + (i + 2) * 1_700_000, host, asker, PORT, port, encapsulated(0x63, 0, identity_item(module, host.ip))
        )
        host.role("enip", "server")
        module.told(host, "enip", frame)


class Session:
    """A registered session over TCP; serial: what the client calls itself as an originator."""

    def __init__(self, connection, vendor=1, serial=0):
        self.connection, self.client, self.server = connection, connection.client, connection.server
        self.network, self.random = connection.network, connection.network.random
        self.vendor, self.serial = vendor, serial
        self.context, self.connection_serial = 0, self.random.randrange(1, 0x7000)
        self.session = self.random.randrange(1, 0x7FFFFFFF)
        self.client_says(encapsulated(0x65, 0, b"\1\0\0\0"))
        self.server_says(encapsulated(0x65, self.session, b"\1\0\0\0"))

    def client_says(self, data):
        self.asked = self.connection.ask(data)
        if self.asked:
            self.client.role("enip", "client")
        return self.asked

    def server_says(self, data):
        frame = self.connection.answer(data)
        if frame:
            self.server.role("enip", "server")
        return frame

    def subject(self, place, frame):
        return self.server.child("cip-port-slot", place, frame) if place else self.server

    def cip_roles(self, asked, answered):
        if asked:
            self.client.role("cip", "client")
        if answered:
            self.server.role("cip", "server")

    def unconnected(self, asked, answered, place=""):
        """SendRRData; place: route through the backplane, then wrapped in Unconnected Send."""
        frame = self.exchange(self.wrapped(asked, place) if place else asked, answered)
        self.subject(place, frame)
        return frame

    @staticmethod
    def wrapped(asked, place):
        """Unconnected Send of a request along a route."""
        hops = route(place)
        return request(
            0x52,
            path(CONNECTION_MANAGER),
            struct.pack("<BBH", 7, 0xE9, len(asked))
            + asked
            + b"\0" * (len(asked) % 2)
            + bytes([len(hops) // 2, 0])
            + hops,
        )

    def exchange(self, asked, answered):
        """One unconnected message and its answer in SendRRData."""
        self.context += 1
        context = struct.pack("<Q", self.context)

        def carried(message):
            return encapsulated(
                0x6F, self.session, struct.pack("<IHHHHHH", 0, 0, 2, 0, 0, 0xB2, len(message)) + message, context
            )

        frame_asked = self.client_says(carried(asked))
        frame = self.server_says(carried(answered))
        self.cip_roles(frame_asked, frame)
        return frame

    # ---- identity

    def identity(self, module, place=""):
        frame = self.unconnected(request(1, path(IDENTITY)), reply(1, module.identity()), place)
        module.told(self.subject(place, frame), "cip", frame)

    def identity_by_attribute(self, module, place=""):
        """Serial and name alone."""
        for attribute, data, name, value in (
            (6, struct.pack("<I", module.serial), "serial_number", "0x%08x" % module.serial),
            (7, bytes([len(module.name)]) + module.name.encode(), "product_name", module.name),
        ):
            frame = self.unconnected(request(0x0E, path(IDENTITY, 1, attribute)), reply(0x0E, data), place)
            self.subject(place, frame).says("cip", name, value, frame)

    def interface(self, host_name, place=""):
        """TCP/IP interface and Ethernet link objects."""
        a = lambda text: bytes(reversed(ip_bytes(text)))  # noqa: E731
        gateway = self.server.ip.rsplit(".", 1)[0] + ".1"
        data = a(self.server.ip) + a("255.255.255.0") + a(gateway) + bytes(8) + b"\0\0"
        frame = self.unconnected(request(0x0E, path(TCP_IP, 1, 5)), reply(0x0E, data), place)
        subject = self.subject(place, frame)
        for name, value in (("ip", self.server.ip), ("netmask", "255.255.255.0"), ("gateway", gateway)):
            subject.says("cip", name, value, frame)
        data = struct.pack("<H", len(host_name)) + host_name.encode() + b"\0" * (len(host_name) % 2)
        frame = self.unconnected(request(0x0E, path(TCP_IP, 1, 6)), reply(0x0E, data), place)
        subject.says("cip", "hostname", host_name, frame)
        frame = self.unconnected(
            request(0x0E, path(ETHERNET_LINK, 1, 3)), reply(0x0E, frames.mac_bytes(self.server.mac)), place
        )
        subject.says("cip", "mac", self.server.mac, frame)

    def slot_empty(self, place):
        """Nobody is at that place: the router says so (0x01, extended 0x0204)."""
        asked = self.wrapped(request(1, path(IDENTITY)), place)
        hops = route(place)
        self.exchange(asked, bytes([0xD2, 0, 1, 1]) + struct.pack("<HBB", 0x0204, len(hops) // 2, 0))

    # ---- connections

    def forward_open(self, connection_path, place, trigger, rpi_ms, sizes, module=None, application_reply=b""):
        """-> (O->T id, T->O id, frame of the answer). connection_path: all of it, with its electronic key."""
        self.connection_serial += 1
        target, origin = self.random.randrange(1 << 32), self.random.randrange(1 << 32)
        triad = struct.pack("<HHI", self.connection_serial, self.vendor, self.serial)
        rpi = rpi_ms * 1000
        data = struct.pack("<BBII", 10, 14, 0, origin) + triad + b"\0\0\0\0"
        data += struct.pack("<IHIHB", rpi, 0x4800 | sizes[0], rpi, 0x4800 | sizes[1], trigger)
        data += bytes([len(connection_path) // 2]) + connection_path
        asked = request(0x54, path(CONNECTION_MANAGER), data)
        answered = reply(
            0x54,
            struct.pack("<II", target, origin)
            + triad
            + struct.pack("<IIBB", rpi, rpi, len(application_reply) // 2, 0)
            + application_reply,
        )
        frame = self.exchange(asked, answered)
        if self.serial:
            self.client.says("cip-originator", "vendor", VENDORS[self.vendor], self.asked, code=self.vendor)
            self.client.says("cip-originator", "serial_number", "0x%08x" % self.serial, self.asked)
        subject = self.subject(place, frame)
        if module:
            module.keyed(subject, "cip", frame)
        return target, origin, frame

    def open_io(self, module, place="", rpi_ms=50, sizes=(10, 12)):
        """An exclusive-owner I/O connection to assembly instances."""
        full = route(place) + module.key() + bytes.fromhex("2004240a2c012c02")
        return Io(self, *self.forward_open(full, place, 0x01, rpi_ms, sizes, module)[:2], sizes)

    def open_safety(self, module, safety_number, rpi_ms=50):
        """A safety input connection: the path ends with a safety segment, the safety network number in it twice."""
        body = struct.pack("<BBI6sIH", 0, 0, 0x1F2E3D4C, safety_number, 0, 0x0080)
        body += safety_number + ip_bytes(self.server.ip) + safety_number + ip_bytes(self.client.ip)
        body += struct.pack("<HHHBBII", 100, 5, 750, 2, 1, 0x5A5A1234, 0)
        full = module.key() + bytes.fromhex("2004240a2c012c02") + bytes([0x50, len(body) // 2]) + body
        producer = (module.vendor, module.serial, self.connection_serial + 0x101)
        answer = struct.pack("<HHIH", 1, *producer)
        target, origin, _ = self.forward_open(full, "", 0x00, rpi_ms, (6, 8), module, answer)
        consumer = (self.vendor, self.serial, self.connection_serial)
        return SafetyIo(self, target, origin, cip_safety.identifier(*producer), cip_safety.identifier(*consumer))

    def open_messages(self, place="1/0"):
        """A connection for messages (class 3) to the message router at place."""
        target, origin, _ = self.forward_open(route(place) + path(MESSAGE_ROUTER), place, 0xA3, 2000, (500, 500))
        return Messages(self, target, origin, place)

    # ---- SLC and MicroLogix

    def pccc_status(self, catalogue, series_revision=0x21):
        """Execute PCCC, command 6 function 3: diagnostic status."""
        requester = bytes([7]) + struct.pack("<HI", self.vendor, self.serial)
        number = self.random.randrange(1, 0x7FFF)
        asked = request(0x4B, path(PCCC), requester + struct.pack("<BBHB", 6, 0, number, 3))
        status = (
            bytes([0, 0xEE, 0x31, 0x9C, series_revision])
            + catalogue.encode().ljust(11)
            + bytes.fromhex("0000240200fc0901")
        )
        frame = self.unconnected(asked, reply(0x4B, requester + struct.pack("<BBH", 0x46, 0, number) + status))
        self.client.role("pccc", "client")
        self.server.role("pccc", "server")
        self.server.says("pccc", "model", catalogue, frame)
        self.client.says("cip-originator", "vendor", VENDORS[self.vendor], self.asked, code=self.vendor)
        self.client.says("cip-originator", "serial_number", "0x%08x" % self.serial, self.asked)

    def pccc_read(self, file, count):
        """Protected typed logical read with three address fields."""
        requester = bytes([7]) + struct.pack("<HI", self.vendor, self.serial)
        number = self.random.randrange(1, 0x7FFF)
        asked = request(
            0x4B, path(PCCC), requester + struct.pack("<BBHBBBBBB", 0x0F, 0, number, 0xA2, 2 * count, file, 0x89, 0, 0)
        )
        data = bytes(self.random.randrange(256) for _ in range(2 * count))
        self.unconnected(asked, reply(0x4B, requester + struct.pack("<BBH", 0x4F, 0, number) + data))


class Messages:
    """A class 3 connection: tags and programs."""

    def __init__(self, session, target, origin, place):
        self.session, self.target, self.origin, self.place, self.sequence = session, target, origin, place, 0

    def exchange(self, asked, answered):
        s = self.session
        self.sequence += 1

        def carried(connection_id, message):
            body = struct.pack("<IHHHHIHHH", 0, 0, 2, 0xA1, 4, connection_id, 0xB1, len(message) + 2, self.sequence)
            return encapsulated(0x70, s.session, body + message)

        frame_asked = s.client_says(carried(self.target, asked))
        frame = s.server_says(carried(self.origin, answered))
        s.cip_roles(frame_asked, frame)
        return frame

    def read_tags(self, names):
        """A Multiple Service Packet of Read Tag."""
        random = self.session.random
        asked = [request(0x4C, symbol(n), b"\1\0") for n in names]
        answered = [reply(0x4C, struct.pack("<Hi", 0xC4, random.randrange(-100, 9000))) for _ in names]

        def packed(parts):
            at, offsets = 2 + 2 * len(parts), []
            for p in parts:
                offsets.append(at)
                at += len(p)
            return struct.pack(f"<H{len(parts)}H", len(parts), *offsets) + b"".join(parts)

        self.exchange(request(0x0A, path(MESSAGE_ROUTER), packed(asked)), reply(0x0A, packed(answered)))

    def write_tag(self, name, value):
        self.exchange(request(0x4D, symbol(name), struct.pack("<HHi", 0xC4, 1, value)), reply(0x4D))

    def controller_name(self, name):
        """Class 0x64, attribute 1: the name of the project in the controller."""
        data = struct.pack("<H", len(name)) + name.encode()
        frame = self.exchange(request(0x0E, path(0x64, 1, 1)), reply(0x0E, data))
        self.session.subject(self.place, frame).says("cip", "name", name, frame)

    def download(self, pieces):
        """Stop the controller, create a program and a routine in it, send a file, start it again."""
        random = self.session.random
        self.exchange(request(7, path(CONTROLLER)), reply(7))
        for kind, name in ((PROGRAM, b"MainProgram"), (ROUTINE, b"MainRoutine")):
            created = struct.pack("<HH", len(name), 1) + name + b"\0" * (len(name) % 2)
            self.exchange(request(8, path(kind, 0), created), reply(8, struct.pack("<HH", 0x2A01, 0)))
        self.exchange(
            request(0x4C, path(FILE, 200), struct.pack("<IHBB", 200 * pieces, 1, 1, 10) + b"main.prog\0"[:10]),
            reply(0x4C, b"\0\0\0\0\xc8\xc8"),
        )
        for i in range(pieces):
            data = bytes(random.randrange(256) for _ in range(200))
            kind = 0 if i == 0 else 2 if i + 1 == pieces else 1
            self.exchange(request(0x50, path(FILE, 200), bytes([i & 255, kind]) + data), reply(0x50, bytes([i & 255])))
        self.exchange(request(6, path(CONTROLLER)), reply(6))


class Io:
    """A class 1 connection on UDP 2222, both directions cyclic."""

    def __init__(self, session, target, origin, sizes):
        self.session, self.target, self.origin, self.sizes, self.sequence = session, target, origin, sizes, 0
        session.client.role("cip-io", "both")
        session.server.role("cip-io", "both")

    def data(self, to_target):
        """Sequence count, a run/idle header towards the target, then the data."""
        data = struct.pack("<H", self.sequence & 0xFFFF) + (struct.pack("<I", 1) if to_target else b"")
        room = self.sizes[0 if to_target else 1] - len(data)
        return data + bytes(self.session.random.randrange(256) for _ in range(room))

    def run(self, start, period, count):
        s = self.session
        for i in range(count):
            self.sequence += 1
            when = start + round(i * period * 10**9) + s.network.jitter(300_000)
            for to_target in (True, False):
                source, goal = (s.client, s.server) if to_target else (s.server, s.client)
                data = self.data(to_target)
                body = (
                    struct.pack(
                        "<HHHIIHH",
                        2,
                        0x8002,
                        8,
                        self.target if to_target else self.origin,
                        self.sequence,
                        0xB1,
                        len(data),
                    )
                    + data
                )
                s.network.udp(when, source, goal, 2222, 2222, body)
                when += 400_000


class SafetyIo(Io):
    """A safety connection: two bytes of inputs from the target, time coordination from the originator."""

    def __init__(self, session, target, origin, producer, consumer):
        super().__init__(session, target, origin, ())
        self.producer, self.consumer = producer, consumer

    def data(self, to_target):
        stamp, ping = self.sequence * 3906, self.sequence // 4
        if to_target:
            return cip_safety.time_message(self.consumer, ping, stamp)
        return cip_safety.data_message(self.producer, b"\xff\x03", ping, stamp)
