# SPDX-License-Identifier: Apache-2.0
"""wraps.py - the headers around an IP packet: link types, tags, labels, tunnels and extension headers.

Each function takes the packet's IP bytes and the two MACs (target, source) and gives the bytes that a capture holds.
Linux cooked: the tcpdump.org link-type list. 802.1Q/802.1ad, RFC 3032 (MPLS), IEEE 802.2 SNAP, RFC 2784/2890 (GRE),
RFC 7348 (VXLAN), draft-foschiano-erspan-03 (ERSPAN).
"""
import struct

import frames
from frames import ethernet, ipv4, mac_bytes, udp

OUTER_MACS = ("02:00:5e:00:09:02", "02:00:5e:00:09:01")
OUTER = ("198.51.100.1", "198.51.100.2")
GRE = 47


def ethertype(ip):
    return frames.ETHERTYPE_IPV6 if ip[0] >> 4 == 6 else frames.ETHERTYPE_IPV4


def plain(ip, macs):
    return ethernet(*macs, ethertype(ip), ip)


def vlan(ip, macs):
    return ethernet(*macs, ethertype(ip), ip, [(0x8100, 0x6000 | 110)])


def qinq(ip, macs):
    return ethernet(*macs, ethertype(ip), ip, [(0x88A8, 300), (0x8100, 110)])


def qinq_8100(ip, macs):
    return ethernet(*macs, ethertype(ip), ip, [(0x8100, 300), (0x8100, 110)])


def mpls(ip, macs):
    """Two labels, the second with the bottom-of-stack bit."""
    return ethernet(*macs, 0x8847, struct.pack(">II", 16001 << 12 | 64, 24005 << 12 | 1 << 8 | 63) + ip)


def snap(ip, macs):
    """IEEE 802.3 length, 802.2 LLC and SNAP instead of an EtherType."""
    return frames.ethernet_802_3(*macs, b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", ethertype(ip)) + ip)


def vlan_snap(ip, macs):
    return frames.ethernet_802_3(*macs, b"\xaa\xaa\x03\0\0\0" + struct.pack(">H", ethertype(ip)) + ip, [(0x8100, 110)])


def cooked_1(ip, macs):
    return struct.pack(">HHH8sH", 0, 1, 6, mac_bytes(macs[1]), ethertype(ip)) + ip


def cooked_2(ip, macs):
    return struct.pack(">HHIHBB8s", ethertype(ip), 0, 2, 1, 0, 6, mac_bytes(macs[1])) + ip


def cooked_1_vlan(ip, macs):
    return struct.pack(">HHH8sHHH", 0, 1, 6, mac_bytes(macs[1]), 0x8100, 110, ethertype(ip)) + ip


def raw(ip, _):
    return ip


def null_little(ip, _):
    """BSD loopback of a little-endian machine; AF_INET6 as macOS numbers it."""
    return struct.pack("<I", 30 if ip[0] >> 4 == 6 else 2) + ip


def null_big(ip, _):
    return struct.pack(">I", 30 if ip[0] >> 4 == 6 else 2) + ip


# ---- tunnels: what a switch or a router puts around a copy


def outer(protocol, payload):
    return ethernet(*OUTER_MACS, frames.ETHERTYPE_IPV4, ipv4(*OUTER, protocol, payload, 62))


def gre_ip(ip, _):
    return outer(GRE, struct.pack(">HH", 0, ethertype(ip)) + ip)


def gre_ip_options(ip, _):
    """Checksum, key and sequence number present."""
    body = struct.pack(">HHHHII", 0xB000, ethertype(ip), 0, 0, 0x00C0FFEE, 7) + ip
    return outer(GRE, body[:4] + struct.pack(">H", frames.checksum(body)) + body[6:])


def gre_ethernet(ip, macs):
    return outer(GRE, struct.pack(">HH", 0, 0x6558) + plain(ip, macs))


def erspan_1(ip, macs):
    return outer(GRE, struct.pack(">HH", 0, 0x88BE) + plain(ip, macs))


def erspan_2(ip, macs):
    head = struct.pack(">HHI", 0x1000, 0x88BE, 41) + struct.pack(">HHI", 1 << 12 | 110, 3 << 11 | 7, 12)
    return outer(GRE, head + plain(ip, macs))


def erspan_3(ip, macs, sub_header=b""):
    """sub_header: the optional eight bytes that the lowest bit announces."""
    head = struct.pack(">HHI", 0x1000, 0x22EB, 41)
    head += struct.pack(">HHIHH", 2 << 12 | 110, 7, 0x5F3759DF, 0, 4 << 1 | bool(sub_header)) + sub_header
    return outer(GRE, head + plain(ip, macs))


def erspan_3_sub(ip, macs):
    return erspan_3(ip, macs, struct.pack(">II", 3 << 26 | 5, 0x65F00000))


def vxlan(ip, macs):
    inner = struct.pack(">II", 0x08000000, 5001 << 8) + plain(ip, macs)
    return outer(frames.IP_UDP, udp(*OUTER, 51234, 4789, inner))


def vxlan_vlan(ip, macs):
    inner = struct.pack(">II", 0x08000000, 5001 << 8) + vlan(ip, macs)
    return outer(frames.IP_UDP, udp(*OUTER, 51234, 4789, inner))


def gre_over_vlan(ip, macs):
    data = gre_ethernet(ip, macs)
    return data[:12] + struct.pack(">HH", 0x8100, 900) + data[12:]


# ---- IPv6 and fragments


def extended(ip):
    """Hop-by-hop and destination options in front of the payload of an IPv6 packet."""
    payload = ip[40:]
    destination = bytes([ip[6], 0]) + b"\x01\x04\0\0\0\0"
    hop_by_hop = bytes([60, 1]) + b"\x05\x02\0\0" + b"\x01\x08" + bytes(8)
    body = hop_by_hop + destination + payload
    return ip[:4] + struct.pack(">HB", len(body), 0) + ip[7:40] + body


def fragments_4(ip, size, ident):
    """The fragments of an IPv4 packet without options, payload pieces of `size` bytes (a multiple of 8)."""
    payload, out = ip[20:], []
    for at in range(0, len(payload), size):
        piece = payload[at : at + size]
        more = 0x2000 if at + size < len(payload) else 0
        source, target = (".".join(map(str, ip[i : i + 4])) for i in (12, 16))
        out.append(ipv4(source, target, ip[9], piece, ip[8], ident, more | at // 8))
    return out


def fragments_6(ip, size, ident):
    """The fragments of an IPv6 packet without extension headers."""
    payload, out = ip[40:], []
    for at in range(0, len(payload), size):
        piece = payload[at : at + size]
        more = 1 if at + size < len(payload) else 0
        head = struct.pack(">BBHI", ip[6], 0, at | more, ident)
        out.append(ip[:4] + struct.pack(">HB", 8 + len(piece), 44) + ip[7:40] + head + piece)
    return out


def routed(ip):
    """The same IPv4 packet behind a router: TTL less one."""
    head = ip[:8] + bytes([ip[8] - 1]) + ip[9:10] + b"\0\0" + ip[12:20]
    return head[:10] + struct.pack(">H", frames.checksum(head)) + head[12:] + ip[20:]


def addresses(version):
    """(server, client) of the exchange."""
    return ("2001:db8::a", "2001:db8::14") if version == 6 else ("192.0.2.10", "192.0.2.20")


def packet(version, source, target, segment):
    if version == 6:
        return frames.ipv6(source, target, frames.IP_TCP, segment)
    return ipv4(source, target, frames.IP_TCP, segment, 64, 0)
