# SPDX-License-Identifier: Apache-2.0
"""containers.py - capture files other than classic pcap: pcapng in both byte orders, gzip, zstd.

pcapng is draft-ietf-opsawg-pcapng, zstd RFC 8878, gzip RFC 1952.
"""
import gzip
import struct


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def section(order):
    """The section header: byte-order magic, version 1.0, length unknown."""
    body = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + option(order, 3, b"Linux") + option(order, 0, b"")
    return block(order, 0x0A0D0D0A, body)


def interface(order, link_type, snap_length=262144, resolution=6):
    """An interface; resolution 6: microseconds, 9: nanoseconds."""
    options = option(order, 2, b"eth0") + option(order, 9, bytes([resolution])) + option(order, 0, b"")
    return block(order, 1, struct.pack(order + "HHI", link_type, 0, snap_length) + options)


def enhanced(order, interface_id, time_ns, data, resolution=6, comment=b""):
    ticks = time_ns // 10 ** (9 - resolution)
    body = struct.pack(order + "IIIII", interface_id, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    body += data + b"\0" * (-len(data) % 4)
    if comment:
        body += option(order, 1, comment) + option(order, 0, b"")
    return block(order, 6, body)


def simple(order, data):
    return block(order, 3, struct.pack(order + "I", len(data)) + data)


def pcapng(packets, link_type=1, order="<", resolution=6):
    head = section(order) + interface(order, link_type, resolution=resolution)
    return head + b"".join(enhanced(order, 0, t, d, resolution) for t, d in packets)


def pcapng_two_interfaces(packets, raw_packets):
    """Ethernet frames on interface 0, raw IP packets on interface 1; both lists of (time, bytes) are merged by time."""
    merged = sorted([(t, 0, d) for t, d in packets] + [(t, 1, d) for t, d in raw_packets])
    out = section("<") + interface("<", 1) + interface("<", 101, resolution=9)
    return out + b"".join(enhanced("<", i, t, d, 9 if i else 6) for t, i, d in merged)


def pcapng_other_blocks(packets):
    """Blocks a reader must step over: name resolution, statistics, custom, an unknown kind; comments on packets."""
    name = struct.pack("<HH", 1, 16) + bytes([192, 0, 2, 10]) + b"server.test\0" + bytes(4)
    extra = (
        block("<", 4, name),
        block("<", 5, struct.pack("<III", 0, 0, 0)),
        block("<", 0x0BAD, struct.pack("<I", 32473) + b"custom data"),
        block("<", 0x0000F00D, b"nobody knows this block"),
    )
    out = section("<") + interface("<", 1)
    for i, (t, d) in enumerate(packets):
        out += extra[i % len(extra)] + enhanced("<", 0, t, d, comment=b"frame %d" % (i + 1))
    return out


def pcapng_simple(packets):
    """Simple packet blocks: no time, the first interface."""
    return section("<") + interface("<", 1) + b"".join(simple("<", d) for _, d in packets)


def gzipped(data):
    return gzip.compress(data, 9, mtime=0)


def zstd_stored(data, at_most=1000):
    """A zstd frame of raw blocks, with the content size in the header and a skippable frame before it."""
    skippable = struct.pack("<II", 0x184D2A50, 8) + b"earshot "
    head = struct.pack("<IBI", 0xFD2FB528, 0xA0, len(data))  # single segment, four bytes of content size
    blocks = b""
    for at in range(0, len(data), at_most):
        piece = data[at : at + at_most]
        last = at + at_most >= len(data)
        blocks += struct.pack("<I", len(piece) << 3 | last)[:3] + piece
    return skippable + head + blocks
