# SPDX-License-Identifier: Apache-2.0
"""network.py - hosts, a router between their VLANs, and the mirror port that records what they send.

Everything that is sent goes through Network.packet(), which decides which copies the mirror port shows: inside one
VLAN a single frame, between VLANs one before the router (TTL as sent, towards the router's MAC) and one behind it
(TTL less one, from the router's MAC), each only where the mirror looks.
"""
import random

import frames
from frames import ACK, FIN, PSH, SYN

MSS = 1460
MICROSECOND, MILLISECOND, SECOND = 10**3, 10**6, 10**9


class Frame:
    """A recorded frame. The number is known once all are recorded and sorted."""

    __slots__ = ("time", "order", "data", "number")

    def __init__(self, time, order, data):
        self.time, self.order, self.data, self.number = time, order, data, 0

    def key(self):
        return self.time, self.order


class Subject:
    """What can carry identity: a host, or something behind it."""

    def __init__(self):
        self.identity, self.children = {}, {}
        self.first_seen = None

    def says(self, protocol, attribute, value, frame, **more):
        """A value and the frame that carries it; the earliest frame wins, whatever the order of the calls."""
        if frame is None or value in (None, ""):
            return
        held = self.identity.setdefault(protocol, {})
        if attribute not in held or frame.key() < held[attribute]["frame"].key():
            held[attribute] = {"value": value, "frame": frame, **more}

    def child(self, kind, at, frame=None, **labels):
        """The thing at a place inside this host; it exists from the first frame in which it answered."""
        made = self.children.setdefault((kind, at), Subject())
        made.__dict__.setdefault("labels", {}).update(labels)
        if frame is not None and (made.first_seen is None or frame.key() < made.first_seen.key()):
            made.first_seen = frame
        return made


class Host(Subject):
    def __init__(self, name, ip, mac, vlan, ttl=64, mirrored=False, **labels):
        super().__init__()
        self.name, self.ip, self.mac, self.vlan, self.ttl = name, ip, mac, vlan, ttl
        self.mirrored = mirrored  # its own switch port is mirrored too
        self.labels = labels  # type, level, flags, zone, ...: for the truth only
        self.roles, self.asked = {}, set()
        self.next_port, self.next_ident = 49152, 1

    def role(self, protocol, role):
        held = self.roles.get(protocol)
        self.roles[protocol] = role if held in (None, role) else "both"

    def port(self):
        self.next_port += 1
        return self.next_port - 1

    def ident(self):
        self.next_ident += 1
        return self.next_ident - 1


class Network:
    def __init__(self, start_ns, seed, router_mac, mirrored_vlans, tagged=True):
        self.start, self.random = start_ns, random.Random(seed)
        self.router_mac, self.mirrored_vlans, self.tagged = router_mac, mirrored_vlans, tagged
        self.hosts, self.recorded, self.unanswered = [], [], {}

    def host(self, *args, **labels):
        made = Host(*args, **labels)
        self.hosts.append(made)
        return made

    def at(self, seconds):
        return self.start + round(seconds * SECOND)

    def jitter(self, most):
        """Up to `most` nanoseconds, in whole microseconds."""
        return self.random.randrange(most // MICROSECOND + 1) * MICROSECOND

    def record(self, time, data):
        made = Frame(time, len(self.recorded), data)
        self.recorded.append(made)
        return made

    def tag(self, vlan):
        return [(frames.ETHERTYPE_VLAN, vlan)] if self.tagged and vlan else []

    def ether(self, time, source, target_mac, ethertype, payload):
        """A frame without IP from a host; seen when its VLAN or its port is mirrored."""
        if source.vlan not in self.mirrored_vlans and not source.mirrored and target_mac != frames.BROADCAST:
            return None
        return self.record(time, frames.ethernet(target_mac, source.mac, ethertype, payload, self.tag(source.vlan)))

    def packet(self, time, source, target, protocol, payload):
        """One IPv4 packet between two hosts -> the first frame in which the mirror shows it, or None."""
        ident = source.ident()

        def copy(delay, vlan, source_mac, target_mac, ttl):
            ip = frames.ipv4(source.ip, target.ip, protocol, payload, ttl, ident)
            return self.record(
                time + delay, frames.ethernet(target_mac, source_mac, frames.ETHERTYPE_IPV4, ip, self.tag(vlan))
            )

        sees_source = source.vlan in self.mirrored_vlans or source.mirrored
        sees_target = target.vlan in self.mirrored_vlans or target.mirrored
        if source.vlan == target.vlan:
            return copy(0, source.vlan, source.mac, target.mac, source.ttl) if sees_source or sees_target else None
        before = copy(0, source.vlan, source.mac, self.router_mac, source.ttl) if sees_source else None
        after = (
            copy(38 * MICROSECOND, target.vlan, self.router_mac, target.mac, source.ttl - 1) if sees_target else None
        )
        return before or after

    def udp(self, time, source, target, source_port, target_port, payload):
        return self.packet(
            time, source, target, frames.IP_UDP, frames.udp(source.ip, target.ip, source_port, target_port, payload)
        )

    def to_group(self, time, source, group_ip, group_mac, source_port, target_port, payload, ttl=1, source_ip=None):
        """UDP to a broadcast or multicast address; stays in the VLAN of the sender."""
        from_ip = source_ip or source.ip
        ip = frames.ipv4(
            from_ip,
            group_ip,
            frames.IP_UDP,
            frames.udp(from_ip, group_ip, source_port, target_port, payload),
            ttl,
            source.ident(),
        )
        return self.ether(time, source, group_mac, frames.ETHERTYPE_IPV4, ip)

    def number(self):
        """Sort what was recorded by time and number it."""
        self.recorded.sort(key=Frame.key)
        for i, frame in enumerate(self.recorded):
            frame.number = i + 1
        return [(f.time, f.data) for f in self.recorded]


class Connection:
    """A TCP connection whose segments arrive and are acknowledged by what is sent next."""

    def __init__(self, network, client, server, port, start, answer_after=900 * MICROSECOND, opened=True):
        """opened=False: it was already running when the capture began."""
        self.network, self.client, self.server = network, client, server
        self.port, self.client_port = port, client.port()
        self.now, self.answer_after = start, answer_after
        self.sequence = {True: network.random.randrange(1 << 32), False: network.random.randrange(1 << 32)}
        if opened:
            mss = b"\x02\x04" + MSS.to_bytes(2, "big")
            self.segment(True, SYN, options=mss)
            self.sequence[True] += 1
            self.now += 300 * MICROSECOND
            self.segment(False, SYN | ACK, options=mss)
            self.sequence[False] += 1
            self.now += 100 * MICROSECOND
            self.segment(True, ACK)

    def segment(self, by_client, flags, payload=b"", options=b""):
        source, target = (self.client, self.server) if by_client else (self.server, self.client)
        ports = (self.client_port, self.port) if by_client else (self.port, self.client_port)
        acknowledged = self.sequence[not by_client] if flags & ACK else 0
        data = frames.tcp(source.ip, target.ip, *ports, self.sequence[by_client], acknowledged, flags, payload, options)
        return self.network.packet(self.now, source, target, frames.IP_TCP, data)

    def send(self, by_client, payload):
        """-> the frame that carries the last byte of the payload."""
        last = None
        for at in range(0, len(payload), MSS):
            piece = payload[at : at + MSS]
            last = self.segment(by_client, ACK | (PSH if at + MSS >= len(payload) else 0), piece)
            self.sequence[by_client] = (self.sequence[by_client] + len(piece)) & 0xFFFFFFFF
            self.now += 20 * MICROSECOND
        return last

    def ask(self, payload):
        frame = self.send(True, payload)
        self.now += self.answer_after + self.network.jitter(200 * MICROSECOND)
        return frame

    def answer(self, payload):
        frame = self.send(False, payload)
        self.now += 400 * MICROSECOND + self.network.jitter(100 * MICROSECOND)
        return frame

    def wait(self, seconds):
        self.now += round(seconds * SECOND) + self.network.jitter(500 * MICROSECOND)

    def close(self):
        self.segment(True, FIN | ACK)
        self.sequence[True] += 1
        self.now += 200 * MICROSECOND
        self.segment(False, FIN | ACK)
        self.sequence[False] += 1
        self.now += 200 * MICROSECOND
        self.segment(True, ACK)


def refused(network, client, target_ip_host, port, time):
    """A SYN to an address where nobody is."""
    data = frames.tcp(
        client.ip,
        target_ip_host.ip,
        client.port(),
        port,
        network.random.randrange(1 << 32),
        0,
        SYN,
        options=b"\x02\x04\x05\xb4",
    )
    return network.packet(time, client, target_ip_host, frames.IP_TCP, data)


def cyclic(carrier, period, until, action):
    """Call action(i) every `period` seconds on a carrier that has a clock `now`, as a polling client does."""
    start, i = carrier.now, 0
    while start + round(i * period * SECOND) < until:
        carrier.now = max(carrier.now, start + round(i * period * SECOND))
        action(i)
        i += 1
