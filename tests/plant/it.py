# SPDX-License-Identifier: Apache-2.0
"""it.py - what else is heard on a plant network: address resolution, names, time, web, files, switches.

ARP (RFC 826), ND (RFC 4861), DHCP (RFC 2131/2132), DNS (RFC 1035) and mDNS (RFC 6762), NetBIOS names (RFC 1002),
NTP (RFC 5905), TLS 1.2 (RFC 5246), SMB2 (MS-SMB2), LLDP (IEEE 802.1AB), spanning tree (IEEE 802.1D).
"""
import struct

import frames
from frames import BROADCAST, ethernet_802_3, ip_bytes, mac_bytes
from network import Connection, Host, MILLISECOND


def multicast_mac(ip):
    b = ip_bytes(ip)
    return "01:00:5e:%02x:%02x:%02x" % (b[1] & 0x7F, b[2], b[3])


# ---- link layer


def arp(network, time, asker, target):
    """Who has target? The broadcast, and the answer where the mirror sees it."""

    def body(operation, sender_mac, sender_ip, target_mac, target_ip):
        return (
            struct.pack(">HHBBH", 1, 0x0800, 6, 4, operation)
            + mac_bytes(sender_mac)
            + ip_bytes(sender_ip)
            + mac_bytes(target_mac)
            + ip_bytes(target_ip)
        )

    network.ether(
        time, asker, BROADCAST, frames.ETHERTYPE_ARP, body(1, asker.mac, asker.ip, "00:00:00:00:00:00", target.ip)
    )
    if target.mac:
        network.ether(
            time + 200_000, target, asker.mac, frames.ETHERTYPE_ARP, body(2, target.mac, target.ip, asker.mac, asker.ip)
        )


def neighbour(network, time, host):
    """An IPv6 neighbour advertisement of the host's link-local address to all nodes."""
    source, target = frames.link_local(host.mac), "ff02::1"
    body = struct.pack(">I", 0x20000000) + ip_bytes(source) + b"\x02\x01" + mac_bytes(host.mac)
    packet = frames.ipv6(source, target, frames.IP_ICMPV6, frames.icmpv6(source, target, 136, 0, body), 255)
    network.ether(time, host, "33:33:00:00:00:01", frames.ETHERTYPE_IPV6, packet)


def tlv(kind, value):
    return struct.pack(">H", kind << 9 | len(value)) + value


def lldp(network, time, host, port, system, description, management_ip):
    """A switch names itself: capabilities bridge, enabled."""
    body = tlv(1, b"\x04" + mac_bytes(host.mac)) + tlv(2, b"\x05" + port.encode()) + tlv(3, struct.pack(">H", 120))
    body += tlv(4, b"port " + port.encode()) + tlv(5, system.encode()) + tlv(6, description.encode())
    body += tlv(7, struct.pack(">HH", 0x0004, 0x0004))
    body += tlv(8, b"\x05\x01" + ip_bytes(management_ip) + b"\x02\x00\x00\x00\x01\x00") + tlv(0, b"")
    frame = network.ether(time, host, "01:80:c2:00:00:0e", frames.ETHERTYPE_LLDP, body)
    if frame:
        host.role("lldp", "both")
    for name, value in (
        ("chassis_id", host.mac),
        ("port_id", port),
        ("system_name", system),
        ("system_description", description),
        ("management_ip", management_ip),
    ):
        host.says("lldp", name, value, frame)


def spanning_tree(network, time, host, priority=0x8000):
    bridge = struct.pack(">H", priority) + mac_bytes(host.mac)
    bpdu = (
        struct.pack(">HBBB", 0, 2, 2, 0x3C)
        + bridge
        + struct.pack(">I", 0)
        + bridge
        + struct.pack(">HHHHHB", 0x8001, 0, 20 << 8, 2 << 8, 15 << 8, 0)
    )
    frame = network.record(time, ethernet_802_3("01:80:c2:00:00:00", host.mac, b"\x42\x42\x03" + bpdu))
    host.role("stp", "both")
    return frame


# ---- names and addresses


def dhcp(network, time, client, server, hostname, vendor_class, lease_ip):
    """Discover, offer, request, acknowledge; the client has no address yet and the server answers by broadcast."""
    transaction = network.random.randrange(1 << 32)

    def message(operation, your_ip, kind, options):
        head = struct.pack(">BBBBIHH", operation, 1, 6, 0, transaction, 0, 0x8000)
        head += bytes(4) + ip_bytes(your_ip) + bytes(8) + mac_bytes(client.mac).ljust(16, b"\0") + bytes(192)
        return head + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + options + b"\xff"

    who = bytes([12, len(hostname)]) + hostname.encode() + bytes([60, len(vendor_class)]) + vendor_class.encode()
    who += bytes([55, 4, 1, 3, 6, 15])
    lease = bytes([54, 4]) + ip_bytes(server.ip) + bytes([51, 4, 0, 1, 0x51, 0x80, 1, 4, 255, 255, 255, 0])
    group = ("255.255.255.255", BROADCAST)
    first = network.to_group(time, client, *group, 68, 67, message(1, "0.0.0.0", 1, who), 64, "0.0.0.0")
    network.to_group(time + 2 * MILLISECOND, server, *group, 67, 68, message(2, lease_ip, 2, lease), 64)
    network.to_group(
        time + 4 * MILLISECOND,
        client,
        *group,
        68,
        67,
        message(1, "0.0.0.0", 3, bytes([50, 4]) + ip_bytes(lease_ip) + who),
        64,
        "0.0.0.0",
    )
    last = network.to_group(time + 6 * MILLISECOND, server, *group, 67, 68, message(2, lease_ip, 5, lease), 64)
    if first:
        client.role("dhcp", "client")
        client.says("dhcp", "hostname", hostname, first)
        client.says("dhcp", "vendor_class", vendor_class, first)
    if last:
        server.role("dhcp", "server")


def name_bytes(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.split(".")) + b"\0"


def dns(network, time, client, server, name, address):
    ident = network.random.randrange(0x10000)
    port = client.port()
    question = name_bytes(name) + struct.pack(">HH", 1, 1)
    asked = network.udp(time, client, server, port, 53, struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question)
    answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 300, 4) + ip_bytes(address)
    answered = network.udp(
        time + MILLISECOND,
        server,
        client,
        53,
        port,
        struct.pack(">HHHHHH", ident, 0x8180, 1, 1, 0, 0) + question + answer,
    )
    both_roles("dns", client, asked, server, answered)


def both_roles(protocol, client, asked, server, answered):
    if asked:
        client.role(protocol, "client")
    if answered:
        server.role(protocol, "server")


def mdns(network, time, host, name):
    """An announcement of the host's own address."""
    answer = name_bytes(name + ".local") + struct.pack(">HHIH", 1, 0x8001, 120, 4) + ip_bytes(host.ip)
    data = struct.pack(">HHHHHH", 0, 0x8400, 0, 1, 0, 0) + answer
    if network.to_group(time, host, "224.0.0.251", multicast_mac("224.0.0.251"), 5353, 5353, data, 255):
        host.role("mdns", "both")


def netbios(network, time, host, name):
    """A NetBIOS name registration to the subnet's broadcast address."""
    coded = b"".join(bytes([0x41 + (c >> 4), 0x41 + (c & 15)]) for c in name.upper().ljust(15).encode() + b"\0")
    label = b"\x20" + coded + b"\0"
    data = struct.pack(">HHHHHH", network.random.randrange(0x10000), 0x2910, 1, 0, 0, 1)
    data += (
        label
        + struct.pack(">HH", 0x20, 1)
        + b"\xc0\x0c"
        + struct.pack(">HHIHH", 0x20, 1, 300000, 6, 0)
        + ip_bytes(host.ip)
    )
    subnet = host.ip.rsplit(".", 1)[0] + ".255"
    if network.to_group(time, host, subnet, BROADCAST, 137, 137, data, 128):
        host.role("nbns", "both")


def ntp(network, time, client, server):
    port = client.port()
    stamp = struct.pack(">Q", (time // 10**9 + 2208988800) << 32)
    asked = network.udp(time, client, server, port, 123, b"\x23\x00\x06\xec" + bytes(36) + stamp)
    answered = network.udp(
        time + MILLISECOND,
        server,
        client,
        123,
        port,
        b"\x24\x02\x06\xec" + bytes(8) + ip_bytes("10.1.5.10") + stamp + stamp + stamp + stamp,
    )
    both_roles("ntp", client, asked, server, answered)


# ---- sessions


def http(network, time, client, server, path, server_header, body="<html><body>ok</body></html>"):
    c = Connection(network, client, server, 80, time)
    asked = c.ask(f"GET {path} HTTP/1.1\r\nHost: {server.ip}\r\nUser-Agent: Mozilla/5.0\r\n\r\n".encode())
    head = (
        f"HTTP/1.1 200 OK\r\nServer: {server_header}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answered = c.answer((head + body).encode())
    c.close()
    both_roles("http", client, asked, server, answered)
    server.says("http", "server", server_header, answered)


def record(kind, body, version=0x0303):
    return struct.pack(">BHH", kind, version, len(body)) + body


def tls(network, time, client, server, server_name, port=443, packets=4):
    """ClientHello with the server's name, ServerHello, then records nobody can read."""
    random = network.random
    noise = lambda n: bytes(random.randrange(256) for _ in range(n))  # noqa: E731
    name = struct.pack(">HBH", len(server_name) + 3, 0, len(server_name)) + server_name.encode()
    extensions = (
        struct.pack(">HH", 0, len(name)) + name + bytes.fromhex("000a00040002001d") + bytes.fromhex("000b00020100")
    )
    suites = bytes.fromhex("c02bc02fc02cc030009c009d")
    hello = b"\x03\x03" + noise(32) + b"\0" + struct.pack(">H", len(suites)) + suites + b"\x01\0"
    hello += struct.pack(">H", len(extensions)) + extensions
    c = Connection(network, client, server, port, time)
    asked = c.ask(record(22, b"\x01" + len(hello).to_bytes(3, "big") + hello, 0x0301))
    answer = b"\x03\x03" + noise(32) + b"\0" + b"\xc0\x2f\0" + b"\0\0"
    answered = c.answer(record(22, b"\x02" + len(answer).to_bytes(3, "big") + answer))
    for _ in range(packets):
        c.ask(record(23, noise(60)))
        c.answer(record(23, noise(140)))
    c.close()
    both_roles("tls", client, asked, server, answered)


def smb(network, time, client, server):
    """An SMB2 negotiation."""
    guid = bytes(network.random.randrange(256) for _ in range(32))
    head = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 0, 0, 0, 1, 0, 0, 0, 0xFEFF, 0, 0, b"")
    reply = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 0, 0, 0, 1, 1, 0, 0, 0xFEFF, 0, 0, b"")
    ask = head + struct.pack("<HHHHI16sQHH", 36, 2, 1, 0, 0x7F, guid[:16], 0, 0x0202, 0x0210)
    answer = reply + struct.pack(
        "<HHHH16sIIIIQQHHI", 65, 1, 0x0210, 0, guid[16:], 7, 1 << 20, 1 << 20, 1 << 20, 0, 0, 128, 0, 0
    )
    c = Connection(network, client, server, 445, time)
    asked = c.ask(struct.pack(">I", len(ask)) + ask)
    answered = c.answer(struct.pack(">I", len(answer)) + answer)
    c.close()
    both_roles("smb", client, asked, server, answered)


def telnet(network, time, client, server, banner):
    """A login in clear text -> the frame with the banner."""
    c = Connection(network, client, server, 23, time)
    c.answer(b"\xff\xfd\x18\xff\xfb\x01\xff\xfb\x03")
    asked = c.ask(b"\xff\xfb\x18\xff\xfd\x01\xff\xfd\x03")
    answered = c.answer(f"\r\n{banner}\r\n\r\nUser Access Verification\r\n\r\nUsername: ".encode())
    for text in (b"admin\r\n",):
        c.ask(text)
    c.answer(b"\r\nPassword: ")
    c.ask(b"\r\n")
    c.answer(b"\r\nswitch>")
    c.close()
    both_roles("telnet", client, asked, server, answered)
    return answered


def nobody(ip, vlan):
    """An address nobody has."""
    return Host("nobody", ip, None, vlan)
