# SPDX-License-Identifier: Apache-2.0
"""site_operations.py - servers and stations of the site, the office beyond the router, a visitor's laptop, the noise.

What a reviewer ought to find here is planted on purpose; planted() lists it.
"""
import it
from enip import PORT, Session
from modbus import Modbus
from network import Connection, Host, cyclic, refused
from s7 import OP, S7

VLAN, ZONE = 200, "operations"
OFFICE = "10.1.5.{}"
SCADA, HISTORIAN = "WTP-SCADA1", "WTP-HIST1"


def hosts(network):
    def host(name, last, mac, kind, level, **more):
        return network.host(name, f"10.20.100.{last}", mac, VLAN, 128, type=kind, level=level, zone=ZONE, **more)

    def office(name, last, kind, ttl=126, **more):
        """A PC that only its packets behind the router show: nothing in them says its level."""
        return network.host(name, OFFICE.format(last), None, None, ttl, type=kind, level="-", zone="enterprise", **more)

    router = "00:1e:49:7a:10:41"
    found = {
        "domain": host("wtp-dc1", 5, "00:50:56:8f:01:05", "domain_controller|server|time_server", "3", mirrored=True),
        "scada": host("wtp-scada1", 10, "d4:f5:ef:10:22:a0", "scada_server", "2-3"),
        "historian": host("wtp-hist1", 11, "d4:f5:ef:10:2b:74", "historian|scada_server", "2-3", mirrored=True),
        "siemens": host("wtp-ews1", 21, "18:66:da:40:5e:12", "engineering_ws", "2-3", flags="programming_device"),
        "rockwell": host("wtp-ews2", 22, "18:66:da:40:61:9c", "engineering_ws", "2-3", flags="programming_device"),
        "schneider": host("wtp-ews3", 23, "3c:d9:2b:77:0a:e4", "engineering_ws", "2-3", flags="programming_device"),
        "operator": host("wtp-op2", 41, "3c:d9:2b:7d:c1:58", "operator_ws|workstation|unknown", "-"),
        "filler_cp": network.host(
            "fill-filler-cp",
            "10.20.100.31",
            "00:0e:8c:b9:77:e2",
            VLAN,
            mirrored=True,
            type="plc",
            level="1",
            zone="filling",
            same_device="10.20.20.12",
        ),
        "planner": office("office-77", 77, "workstation|unknown"),
        "reports": office("office-reports", 80, "workstation|server|app_server|unknown"),
        "cloud": network.host(
            "cloud", "203.0.113.40", None, None, 52, type="unknown|server", level="-", zone="external", flags="external"
        ),
        "laptop": network.host(
            "visitor",
            "10.20.10.201",
            "00:1f:29:c8:55:0d",
            110,
            128,
            type="workstation|engineering_ws|unknown",
            level="-",
            zone="temporary",
            flags="scanner,programming_device,?transient",
            same_device="10.20.30.201",
        ),
        "laptop_again": network.host(
            "visitor",
            "10.20.30.201",
            "00:1f:29:c8:55:0d",
            130,
            128,
            type="workstation|engineering_ws|unknown",
            level="-",
            zone="temporary",
            flags="scanner,programming_device,?transient",
            same_device="10.20.10.201",
        ),
    }
    for vlan, third in ((110, 10), (120, 20), (130, 30), (140, 40), (200, 100)):
        found[f"router{vlan}"] = network.host(
            "wtp-fw1",
            f"10.20.{third}.1",
            router,
            vlan,
            255,
            type="router|firewall",
            level="-",
            zone="-",
            flags="router",
        )
    return found


def poll_everything(network, site, intake, filling, packing, until):
    """SCADA and historian read all cells; the historian's port is mirrored too, so its packets are seen twice."""
    for reader, period, phase in (("scada", 2.0, 1.0), ("historian", 5.0, 2.0)):
        for i, name in enumerate(("plc", "screen_plc", "meter")):
            c = Connection(network, site[reader], intake[name], 502, network.at(phase + i * 0.11), opened=i > 0)
            m = Modbus(c)
            unit = 1 if name == "meter" else 255

            def step(n, m=m, unit=unit, reader=reader, name=name):
                m.read(unit, 3, 0, 40 if reader == "scada" else 60)
                if reader == "scada" and n == 31 and name == "plc":
                    m.write_register(unit, 210, 640)

            cyclic(c, period, until, step)
        for i, (name, slot) in enumerate((("washer", 2), ("guard", 2))):
            c = Connection(network, site[reader], filling[name], 102, network.at(phase + 0.4 + i * 0.13))
            s = S7(c, OP, 0, slot)
            cyclic(c, period, until, lambda n, s=s: s.read(20, 0, 64))
        for i, (name, tags) in enumerate(
            (("chassis", ("Line3.Rate", "Line3.State", "Tank_Level")), ("compact", ("Pallets_Done",)))
        ):
            c = Connection(network, site[reader], packing[name], PORT, network.at(phase + 0.7 + i * 0.17))
            m = Session(c, serial=0x00A0B1C2 if reader == "scada" else 0x00A0D3E4).open_messages("1/0")
            cyclic(c, period * 2, until, lambda n, m=m, tags=tags: m.read_tags(tags))


def ordinary_noise(network, site, cells, until):
    """Addresses, names, time, logons, reports."""
    stations = [site[n] for n in ("scada", "historian", "siemens", "rockwell", "schneider", "operator")]
    for i, host in enumerate(stations):
        it.arp(network, network.at(0.2 + i * 0.03), host, site["domain"])
        it.dns(network, network.at(6.2 + i * 1.1), host, site["domain"], f"wtp-{i}.water.example", host.ip)
        it.ntp(network, network.at(12.5 + i * 2.3), host, site["domain"])
        it.mdns(network, network.at(8.1 + i * 3.7), host, host.name)
        it.netbios(network, network.at(9.4 + i * 2.9), host, host.name)
        it.neighbour(network, network.at(10.1 + i * 1.3), host)
    for i, host in enumerate((site["operator"], site["historian"])):
        it.smb(network, network.at(15 + 4 * i), host, site["domain"])
    for vlan, cell in (
        (110, cells[0]["plc"]),
        (120, cells[1]["washer"]),
        (130, cells[2]["chassis"]),
        (140, cells[3]["feeder"]),
    ):
        it.arp(network, network.at(0.9 + vlan / 1000), cell, site[f"router{vlan}"])
        it.ntp(network, network.at(17.0 + vlan / 100), cell, site["domain"])
    it.arp(network, network.at(0.95), site["historian"], site["router200"])
    it.dhcp(network, network.at(7.7), site["operator"], site["domain"], "wtp-op2", "MSFT 5.0", site["operator"].ip)
    it.tls(network, network.at(41), site["reports"], site["historian"], "wtp-hist1.water.example")
    it.tls(network, network.at(44), site["operator"], site["historian"], "wtp-hist1.water.example")


def visitor(network, site, intake, packing):
    """The same laptop in two cells: it scans the first and programs the safety controller of the second."""
    laptop, again = site["laptop"], site["laptop_again"]
    it.dhcp(network, network.at(50), laptop, site["router110"], "ACME-LT3", "MSFT 5.0", laptop.ip)
    for i in range(24):
        it.arp(network, network.at(52 + i * 0.02), laptop, it.nobody(f"10.20.10.{100 + i}", 110))
    for i in range(40):
        ghost = Host("nobody", f"10.20.77.{10 + i}", None, None)
        if refused(network, laptop, ghost, 502, network.at(54 + i * 0.05)):
            network.unanswered[ghost.ip] = "tcp/502"
    for i, name in enumerate(("plc", "screen_plc", "gateway", "drive1", "meter")):
        c = Connection(network, laptop, intake[name], 502, network.at(57 + i * 0.2))
        m = Modbus(c, units=name == "gateway")
        m.read(2 if name == "gateway" else 255 if "plc" in name else 1, 3, 0, 1)
        c.close()
    it.dhcp(network, network.at(108), again, site["router130"], "ACME-LT3", "MSFT 5.0", again.ip)
    it.arp(network, network.at(110), again, packing["guard"])


def trespass(network, site, intake, packing, power):
    """Office into the cells, a field device out to the internet."""
    c = Connection(network, site["planner"], intake["plc"], 502, network.at(62))
    m = Modbus(c)
    cyclic(c, 3.0, network.at(90), lambda n: m.read(255, 3, 100, 10))
    c.close()
    it.telnet(network, network.at(66), site["planner"], packing["switch"], "pack-sw1 IES Software")
    for i in range(3):
        it.tls(network, network.at(33 + 35 * i), power["pump"], site["cloud"], "telemetry.pumps.example", 8883, 3)
    for i in range(4):  # the office printer that nobody switched on: asked, never answered
        ghost = Host("nobody", "10.1.5.200", None, None)
        if refused(network, intake["hmi"], ghost, 9100, network.at(74 + 3 * i)):
            network.unanswered[ghost.ip] = "tcp/9100"


def planted(site, intake, filling, packing, power):
    """What a review of the capture must find: kind, who (client first), what was done."""
    return [
        (
            "business-to-control",
            [site["planner"].ip, intake["plc"].ip],
            "an office PC reads a controller, past any DMZ",
        ),
        (
            "control-to-external",
            [power["pump"].ip, site["cloud"].ip],
            "a field device talks to an address on the internet",
        ),
        (
            "safety-programmed-by-stranger",
            [site["laptop_again"].ip, packing["guard"].ip],
            "a download into the safety controller from a machine that is no engineering station",
        ),
        ("temporary-bridge", [site["laptop"].ip, site["laptop_again"].ip], "one laptop in two cells within an hour"),
        ("dual-homed", [filling["filler"].ip, site["filler_cp"].ip], "one controller with a foot in two networks"),
        (
            "cleartext-administration",
            [site["planner"].ip, packing["switch"].ip],
            "telnet from the office to a cell's switch",
        ),
        ("scanner", [site["laptop"].ip], "40 addresses asked on port 502 in two seconds, none of them there"),
    ]
