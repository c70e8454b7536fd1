# SPDX-License-Identifier: Apache-2.0
"""frames.py - bytes of the lower layers: Ethernet, IP, UDP, TCP, and the capture file.

Pure functions from values to bytes. IEEE 802.3/802.1Q, RFC 791, RFC 8200, RFC 768, RFC 9293, and the classic pcap
file format. Addresses are text here and bytes on the wire.
"""
import ipaddress
import struct

ETHERTYPE_IPV4, ETHERTYPE_ARP, ETHERTYPE_VLAN, ETHERTYPE_IPV6, ETHERTYPE_LLDP = 0x0800, 0x0806, 0x8100, 0x86DD, 0x88CC
IP_ICMP, IP_TCP, IP_UDP, IP_ICMPV6 = 1, 6, 17, 58
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
BROADCAST = "ff:ff:ff:ff:ff:ff"


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def ip_bytes(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(target, source, ethertype, payload, vlans=()):
    """One Ethernet II frame; vlans is a list of (TPID, id), outermost first. Padded to the 60 bytes of a cable."""
    head = mac_bytes(target) + mac_bytes(source)
    for tpid, vlan in vlans:
        head += struct.pack(">HH", tpid, vlan)
    return (head + struct.pack(">H", ethertype) + payload).ljust(60, b"\0")


def ethernet_802_3(target, source, llc_payload, vlans=()):
    """One IEEE 802.3 frame with a length field (spanning tree, SNAP)."""
    return ethernet(target, source, len(llc_payload), llc_payload, vlans)


def ipv4(source, target, protocol, payload, ttl=64, ident=0, flags=0x4000):
    """flags holds the three flag bits and the fragment offset as on the wire; 0x4000 is Don't Fragment."""
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident & 0xFFFF, flags, ttl, protocol, 0)
    head += ip_bytes(source) + ip_bytes(target)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ipv6(source, target, next_header, payload, hop_limit=64):
    head = struct.pack(">IHBB", 6 << 28, len(payload), next_header, hop_limit)
    return head + ip_bytes(source) + ip_bytes(target) + payload


def pseudo_header(source, target, protocol, length):
    a, b = ip_bytes(source), ip_bytes(target)
    if len(a) == 4:
        return a + b + struct.pack(">BBH", 0, protocol, length)
    return a + b + struct.pack(">IHBB", length, 0, 0, protocol)


def udp(source, target, source_port, target_port, payload):
    head = struct.pack(">HHHH", source_port, target_port, 8 + len(payload), 0)
    total = checksum(pseudo_header(source, target, IP_UDP, 8 + len(payload)) + head + payload)
    return head[:6] + struct.pack(">H", total or 0xFFFF) + payload


def tcp(
    source, target, source_port, target_port, sequence, acknowledgement, flags, payload=b"", options=b"", window=8192
):
    head = (
        struct.pack(
            ">HHIIBBHHH",
            source_port,
            target_port,
            sequence & 0xFFFFFFFF,
            acknowledgement & 0xFFFFFFFF,
            (20 + len(options)) // 4 << 4,
            flags,
            window,
            0,
            0,
        )
        + options
    )
    total = checksum(pseudo_header(source, target, IP_TCP, len(head) + len(payload)) + head + payload)
    return head[:16] + struct.pack(">H", total) + head[18:] + payload


def icmpv6(source, target, kind, code, body):
    head = struct.pack(">BBH", kind, code, 0) + body
    total = checksum(pseudo_header(source, target, IP_ICMPV6, len(head)) + head)
    return head[:2] + struct.pack(">H", total) + head[4:]


def icmp(kind, code, body):
    head = struct.pack(">BBH", kind, code, 0) + body
    return head[:2] + struct.pack(">H", checksum(head)) + head[4:]


def link_local(mac):
    """The modified EUI-64 link-local address of an interface (RFC 4291, appendix A)."""
    m = mac_bytes(mac)
    return str(ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + bytes([m[0] ^ 2]) + m[1:3] + b"\xff\xfe" + m[3:]))


def pcap(packets, link_type=1, snap_length=262144, byte_order="<", nanoseconds=False):
    """A whole capture file. packets: (time in nanoseconds, bytes); longer than snap_length is cut."""
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    out = [struct.pack(byte_order + "IHHiIII", magic, 2, 4, 0, 0, snap_length, link_type)]
    for time_ns, data in packets:
        fraction = time_ns % 10**9 if nanoseconds else time_ns % 10**9 // 1000
        kept = data[:snap_length]
        out.append(struct.pack(byte_order + "IIII", time_ns // 10**9, fraction, len(kept), len(data)) + kept)
    return b"".join(out)


def read_pcap(data):
    """The packets of a classic little-endian pcap file as pcap() takes them."""
    (magic,) = struct.unpack_from("<I", data)
    if magic not in (0xA1B2C3D4, 0xA1B23C4D):
        raise ValueError("not a little-endian pcap file")
    scale = 1 if magic == 0xA1B23C4D else 1000
    at, packets = 24, []
    while at < len(data):
        seconds, fraction, kept, _ = struct.unpack_from("<IIII", data, at)
        packets.append((seconds * 10**9 + fraction * scale, data[at + 16 : at + 16 + kept]))
        at += 16 + kept
    return packets
