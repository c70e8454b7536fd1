#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""variants.py - one recorded exchange in every wrapping, container and TCP shape that a sensor meets.

    variants.py OUTPUT-DIRECTORY

The exchange is pcaps/modbus/identification-more-follows-modbus-serial.pcap: a client reads the identification of a
Modbus server in two requests. Its four messages are taken from the recording; the headers around them are built here.
expected.json says for each file whom it shows ("others": who may be an asset beside the two) and in which frame each
of the two answers was complete. Every file must give the same identity, except where "lost" names what a cut capture
cannot show. "latest": behind a gap the answer may only be read once the sensor has given up waiting for what is
missing, so a later frame up to this one is right too.
"""
import argparse
import json
import pathlib
import sys

import containers
import frames
import wraps
from frames import ACK, FIN, PSH, SYN

HERE = pathlib.Path(__file__).resolve().parent
BASE = HERE.parent.parent / "pcaps" / "modbus" / "identification-more-follows-modbus-serial.pcap"
SERVER_MAC, CLIENT_MAC = "02:00:5e:00:02:0a", "02:00:5e:00:02:14"
START = 1710223200 * 10**9


def recorded_messages():
    """[(by client, bytes)] of the recording."""
    out = []
    for _, data in frames.read_pcap(BASE.read_bytes()):
        if data[12:14] != b"\x08\x00" or data[23] != frames.IP_TCP:
            continue
        end = 14 + int.from_bytes(data[16:18], "big")
        payload = data[34 + (data[46] >> 4) * 4 : end]
        if payload:
            out.append((data[36:38] == b"\x01\xf6", payload))
    return out


class Talk:
    """One TCP connection: packets of (time, by client, IP bytes); answers[i]: index of the packet that completed it."""

    def __init__(self, version=4, first_sequence=(1000, 5000), handshake=True):
        self.version, self.packets, self.answers = version, [], []
        self.server, self.client = wraps.addresses(version)
        self.sequence = {True: first_sequence[0], False: first_sequence[1]}
        self.now = START
        if handshake:
            self.segment(True, SYN)
            self.sequence[True] += 1
            self.segment(False, SYN | ACK)
            self.sequence[False] += 1
            self.segment(True, ACK)

    def segment(self, by_client, flags, payload=b"", at=None, keep=True):
        """One segment; `at`: its sequence number when it is not the next one. -> its index"""
        source, target = (self.client, self.server) if by_client else (self.server, self.client)
        ports = (40000, 502) if by_client else (502, 40000)
        sequence = self.sequence[by_client] if at is None else at
        data = frames.tcp(
            source, target, *ports, sequence, self.sequence[not by_client] if flags & ACK else 0, flags, payload
        )
        self.now += 100_000
        if keep:
            self.packets.append((self.now, by_client, wraps.packet(self.version, source, target, data)))
        return len(self.packets) - 1

    def say(self, by_client, payload, size=1460, keep=True):
        """A message in pieces of `size`."""
        index = None
        for at in range(0, len(payload), size):
            piece = payload[at : at + size]
            index = self.segment(by_client, ACK | PSH, piece, keep=keep)
            self.sequence[by_client] = (self.sequence[by_client] + len(piece)) & 0xFFFFFFFF
        return index

    def end(self):
        self.segment(True, FIN | ACK)
        self.sequence[True] += 1
        self.segment(False, FIN | ACK)
        self.sequence[False] += 1
        self.segment(True, ACK)
        return self


def talk(messages, version=4, size=1460, **more):
    t = Talk(version, **more)
    for by_client, payload in messages:
        index = t.say(by_client, payload, size)
        if not by_client:
            t.answers.append(index)
    return t.end()


# ---- shapes of TCP


def out_of_order(messages):
    """The pieces of each answer arrive last first."""
    t = Talk()
    for by_client, payload in messages:
        if by_client:
            t.say(True, payload)
            continue
        start, pieces = t.sequence[False], [(i, payload[i : i + 90]) for i in range(0, len(payload), 90)]
        for i, piece in reversed(pieces):
            t.segment(False, ACK | PSH, piece, at=start + i)
        t.answers.append(len(t.packets) - 1)
        t.sequence[False] += len(payload)
    return t.end()


def overlapping(messages):
    """Each piece repeats the twenty bytes before it."""
    t = Talk()
    for by_client, payload in messages:
        if by_client:
            t.say(True, payload)
            continue
        start = t.sequence[False]
        for i in range(0, len(payload), 60):
            low = max(0, i - 20)
            t.segment(False, ACK | PSH, payload[low : i + 60], at=start + low)
        t.answers.append(len(t.packets) - 1)
        t.sequence[False] += len(payload)
    return t.end()


def retransmitted(messages):
    """Every segment is sent twice, and the first answer once more at the end."""
    t, first = Talk(), None
    for by_client, payload in messages:
        at = t.sequence[by_client]
        index = t.say(by_client, payload)
        t.segment(by_client, ACK | PSH, payload, at=at)
        if not by_client:
            t.answers.append(index)
            first = first or (at, payload)
    t.segment(False, ACK | PSH, first[1], at=first[0])
    return t.end()


def with_gap(messages, size, lost_piece):
    """Before the identification, a read whose answer lost one segment on the way to the sensor."""
    t = Talk()
    t.say(True, bytes.fromhex("00f0000000060103000000 7d".replace(" ", "")))
    answer = bytes.fromhex("00f0000000fd0103fa") + bytes(250)
    for number, i in enumerate(range(0, len(answer), size)):
        t.say(False, answer[i : i + size], keep=number != lost_piece)
    for by_client, payload in messages:
        index = t.say(by_client, payload)
        if not by_client:
            t.answers.append(index)
    return t.end()


def piled_up(messages):
    """Both requests in one segment, then both answers in one."""
    t = Talk()
    t.say(True, b"".join(p for c, p in messages if c))
    index = t.say(False, b"".join(p for c, p in messages if not c))
    t.answers = [index, index]
    return t.end()


def straddling(messages):
    """Segment ends and message ends never meet."""
    t = Talk()
    t.say(True, b"".join(p for c, p in messages if c), 17)
    answers = [p for c, p in messages if not c]
    first_index, size = len(t.packets), 100
    t.say(False, b"".join(answers), size)
    t.answers = [first_index + (len(answers[0]) - 1) // size, len(t.packets) - 1]
    return t.end()


# ---- from talks to files


def macs(by_client):
    return (SERVER_MAC, CLIENT_MAC) if by_client else (CLIENT_MAC, SERVER_MAC)


def wrapped(t, wrap):
    return [(time, wrap(ip, macs(by_client))) for time, by_client, ip in t.packets]


def several(t, each):
    """`each` gives the captured frames of one IP packet -> packets, frame numbers of the answers."""
    packets, ends = [], []
    for time, by_client, ip in t.packets:
        made = each(ip, by_client)
        packets += [(time + 1000 * i, data) for i, data in enumerate(made)]
        ends.append(len(packets))
    return packets, [ends[i] for i in t.answers]


def tcp_files(messages):
    shapes = {
        "tcp-out-of-order": out_of_order(messages),
        "tcp-overlap": overlapping(messages),
        "tcp-retransmission": retransmitted(messages),
        "tcp-gap-inside": with_gap(messages, 90, 1),
        "tcp-gap-whole-answer": with_gap(messages, 1460, 0),
        "tcp-gap-end": with_gap(messages, 90, 2),
        "tcp-sequence-wrap": talk(messages, first_sequence=(0xFFFFFFF8, 0xFFFFFF80)),
        "tcp-mid-stream": talk(messages, handshake=False),
        "tcp-split": talk(messages, size=7),
        "tcp-many-pdus": piled_up(messages),
        "tcp-straddling": straddling(messages),
    }
    return {
        name
        + ".pcap": (
            frames.pcap(wrapped(t, wraps.plain)),
            [i + 1 for i in t.answers],
            {"latest": len(t.packets)} if "gap" in name else {},
        )
        for name, t in shapes.items()
    }


def link_files(t):
    kinds = {
        "ethernet": (1, wraps.plain),
        "vlan": (1, wraps.vlan),
        "qinq": (1, wraps.qinq),
        "qinq-8100": (1, wraps.qinq_8100),
        "mpls": (1, wraps.mpls),
        "snap": (1, wraps.snap),
        "vlan-snap": (1, wraps.vlan_snap),
        "linux-cooked-1": (113, wraps.cooked_1),
        "linux-cooked-1-vlan": (113, wraps.cooked_1_vlan),
        "linux-cooked-2": (276, wraps.cooked_2),
        "raw-ip": (101, wraps.raw),
        "raw-ipv4": (228, wraps.raw),
        "null-little": (0, wraps.null_little),
        "null-big": (0, wraps.null_big),
        "loop": (108, wraps.null_big),
        "gre-ip": (1, wraps.gre_ip),
        "gre-ip-options": (1, wraps.gre_ip_options),
        "gre-ethernet": (1, wraps.gre_ethernet),
        "gre-ethernet-vlan": (1, wraps.gre_over_vlan),
        "erspan-1": (1, wraps.erspan_1),
        "erspan-2": (1, wraps.erspan_2),
        "erspan-3": (1, wraps.erspan_3),
        "erspan-3-sub-header": (1, wraps.erspan_3_sub),
        "vxlan": (1, wraps.vxlan),
        "vxlan-vlan": (1, wraps.vxlan_vlan),
    }
    numbers = [i + 1 for i in t.answers]
    return {f"{name}.pcap": (frames.pcap(wrapped(t, wrap), link), numbers, {}) for name, (link, wrap) in kinds.items()}


def container_files(t):
    packets, numbers = wrapped(t, wraps.plain), [i + 1 for i in t.answers]
    raw = [(time, ip) for time, by_client, ip in t.packets if not by_client]
    asked = [(time, wraps.plain(ip, macs(True))) for time, by_client, ip in t.packets if by_client]
    made = {
        "pcap-microseconds-big.pcap": frames.pcap(packets, byte_order=">"),
        "pcap-nanoseconds.pcap": frames.pcap(packets, nanoseconds=True),
        "pcap-nanoseconds-big.pcap": frames.pcap(packets, byte_order=">", nanoseconds=True),
        "pcapng.pcapng": containers.pcapng(packets),
        "pcapng-big.pcapng": containers.pcapng(packets, order=">"),
        "pcapng-nanoseconds.pcapng": containers.pcapng(packets, resolution=9),
        "pcapng-simple-packets.pcapng": containers.pcapng_simple(packets),
        "pcapng-other-blocks.pcapng": containers.pcapng_other_blocks(packets),
        "pcapng-two-link-types.pcapng": containers.pcapng_two_interfaces(asked, raw),
        "gzip.pcap.gz": containers.gzipped(frames.pcap(packets)),
        "gzip.pcapng.gz": containers.gzipped(containers.pcapng(packets)),
        "zstd.pcap.zst": containers.zstd_stored(frames.pcap(packets)),
        "zstd.pcapng.zst": containers.zstd_stored(containers.pcapng(packets)),
    }
    return {name: (data, numbers, {}) for name, data in made.items()}


def ip_files(messages):
    t, t6 = talk(messages), talk(messages, 6)
    plain_frames = lambda pieces, by_client: [wraps.plain(p, macs(by_client)) for p in pieces]  # noqa: E731
    doubled = several(t, lambda ip, c: [wraps.plain(ip, macs(c))] * 2)
    router = "02:00:5e:00:09:fe"
    both = several(
        t, lambda ip, c: [wraps.vlan(ip, (router, macs(c)[1])), wraps.plain(wraps.routed(ip), (macs(c)[0], router))]
    )
    # the first copy counts
    first = lambda made: (frames.pcap(made[0]), [n - 1 for n in made[1]], {})  # noqa: E731
    last = lambda made: (frames.pcap(made[0]), made[1], {})  # noqa: E731
    size = 64
    cut = 14 + 20 + 20 + 128
    return {
        "span-duplicates.pcap": first(doubled),
        "span-both-sides-of-router.pcap": first(both)[:2] + ({"others": [router]},),
        "ip-fragments.pcap": last(several(t, lambda ip, c: plain_frames(wraps.fragments_4(ip, size, len(ip)), c))),
        "ip-fragments-reversed.pcap": last(
            several(t, lambda ip, c: plain_frames(reversed(wraps.fragments_4(ip, size, len(ip))), c))
        ),
        "ipv6.pcap": (frames.pcap(wrapped(t6, wraps.plain)), [i + 1 for i in t6.answers], {"ip": 6}),
        "ipv6-extension-headers.pcap": (
            frames.pcap([(x, wraps.plain(wraps.extended(ip), macs(c))) for x, c, ip in t6.packets]),
            [i + 1 for i in t6.answers],
            {"ip": 6},
        ),
        "ipv6-fragments.pcap": last(several(t6, lambda ip, c: plain_frames(wraps.fragments_6(ip, size, len(ip)), c)))[
            :2
        ]
        + ({"ip": 6},),
        "snap-length.pcap": (
            frames.pcap(wrapped(t, wraps.plain), snap_length=cut),
            [i + 1 for i in t.answers],
            {"cut": 128},
        ),
    }


def objects(answer, most=1 << 16):
    """The objects {number: text} of a FC 43/14 answer, as far as `most` bytes of it go."""
    out, at = {}, 14
    for _ in range(answer[13]):
        number, length = answer[at], answer[at + 1]
        if at + 2 + length > most:
            break
        out["0x%02x" % number] = answer[at + 2 : at + 2 + length].decode()
        at += 2 + length
    return out


def expectation(messages, numbers, notes):
    answers = [p for by_client, p in messages if not by_client]
    server, client = wraps.addresses(notes.get("ip", 4))
    values = {}
    for answer, number in zip(answers, numbers):
        for key, text in objects(answer).items():
            lost = "cut" in notes and key not in objects(answer, notes["cut"])
            values[key] = {"value": text, **({"lost": True} if lost else {"frame": number})}
            if "latest" in notes:
                values[key]["latest"] = notes["latest"]
    return {"server": server, "client": client, "others": notes.get("others", []), "objects": values}


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=pathlib.Path)
    directory = parser.parse_args(arguments).directory
    directory.mkdir(parents=True, exist_ok=True)
    messages = recorded_messages()
    base = talk(messages)
    files = {**link_files(base), **container_files(base), **tcp_files(messages), **ip_files(messages)}
    expected = {}
    for name, (data, numbers, notes) in sorted(files.items()):
        (directory / name).write_bytes(data)
        expected[name] = expectation(messages, numbers, notes)
    (directory / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
