# SPDX-License-Identifier: Apache-2.0
"""cell_power.py - power and pumping stations: DNP3 outstations over TCP and UDP, a concentrator, one that dials in."""
import dnp3
import it
from network import Connection, cyclic

VLAN, ZONE = 140, "power"
MASTER, PANEL = 1, 2


def hosts(network):
    def host(name, last, mac, kind, level, **more):
        return network.host(name, f"10.20.40.{last}", mac, VLAN, type=kind, level=level, zone=ZONE, **more)

    return {
        "rtac": host("power-rtac", 10, "00:30:a7:0c:d4:10", "gateway|rtu|ied", "1", flags="gateway"),
        "feeder": host("power-feeder", 21, "00:30:a7:11:9b:3e", "ied|rtu", "1"),
        "transformer": host("power-transformer", 22, "00:30:a7:08:60:b7", "ied|rtu", "1"),
        "rtu": host("power-d20", 23, "00:a0:f4:02:c7:19", "rtu|ied", "1"),
        "pump": host("power-pumpstation", 24, "00:00:54:3c:15:f0", "rtu|ied", "1"),
        "panel": host("power-panel", 51, "94:b8:c5:20:7d:41", "hmi|scada_server|operator_ws", "2"),
        "switch": host("power-sw1", 2, "00:0a:dc:61:04:c0", "switch", "-"),
    }


BEHIND = (10, 11, 12)
ATTRIBUTES = {
    "feeder": {
        252: "Schweitzer Engineering Laboratories",
        250: "SEL-751",
        248: "3160420187",
        242: "SEL-751-R118-V0",
        243: "1",
        247: "FEEDER F4",
    },
    "transformer": {
        252: "Schweitzer Engineering Laboratories",
        250: "SEL-487E",
        248: "1191570342",
        242: "SEL-487E-3-R308-V0",
        245: "Substation 2",
        247: "TRANSFORMER T1",
    },
    "rtu": {252: "GE", 250: "D20MX", 248: "D20MX-04471", 242: "1.70", 243: "B", 245: "Main switch room"},
    "pump": {
        252: "Schneider Electric",
        250: "SCADAPack 474",
        248: "P474-A21-70338",
        242: "8.18.3",
        245: "Pump station 7",
    },
}
ADDRESS = {"feeder": 21, "transformer": 22, "rtu": 23, "pump": 24}


def cyclic_traffic(network, cell, scada, until):
    """The control centre polls all, the local panel polls two of them as a second master."""
    for i, name in enumerate(("feeder", "transformer")):
        c = Connection(network, scada, cell[name], 20000, network.at(1.9 + i * 0.2))
        s = dnp3.Session(dnp3.Tcp(c), MASTER, ADDRESS[name])
        s.start()
        s.attributes(ATTRIBUTES[name])

        def step(n, s=s, name=name):
            s.poll(24, 56 if name == "transformer" else 12)  # the transformer's answer takes two segments
            if n == 6 and name == "feeder":
                s.operate(3)
            if n % 6 == 3:
                s.event(5)

        cyclic(c, 6.0, until, step)
    c = Connection(network, scada, cell["rtac"], 20000, network.at(2.5))
    carrier = dnp3.Tcp(c)
    sessions = [dnp3.Session(carrier, MASTER, address) for address in BEHIND]
    for s in sessions:
        s.start()
    sessions[0].attributes(
        {252: "Schweitzer Engineering Laboratories", 250: "SEL-3530", 248: "1143220561", 242: "SEL-3530-R150-V3"}
    )
    cyclic(c, 7.0, until, lambda n: [s.poll(8, 6) for s in sessions])
    u = dnp3.Udp(network, scada, cell["rtu"], network.at(3.2))
    s = dnp3.Session(u, MASTER, ADDRESS["rtu"])
    s.start()
    s.attributes(ATTRIBUTES["rtu"])
    cyclic(u, 6.0, until, lambda n: s.poll(16, 10))
    c = Connection(network, cell["pump"], scada, 20000, network.at(5.4))  # the outstation opens the connection
    s = dnp3.Session(dnp3.Tcp(c, dialled=True), MASTER, ADDRESS["pump"])
    s.event(1)
    s.start()
    s.attributes(ATTRIBUTES["pump"])
    cyclic(c, 20.0, until, lambda n: s.event(2 + n % 3))
    for i, name in enumerate(("feeder", "transformer")):
        c = Connection(network, cell["panel"], cell[name], 20000, network.at(0.8 + i * 0.1))
        s = dnp3.Session(dnp3.Tcp(c), PANEL, ADDRESS[name])

        def local(n, s=s, name=name):
            s.poll(24, 12)
            if n == 9 and name == "transformer":
                s.operate(1, direct=True)

        cyclic(c, 4.0, until, local)


def noise(network, cell, until):
    for i, target in enumerate(("feeder", "transformer")):
        it.arp(network, network.at(0.08 + i * 0.01), cell["panel"], cell[target])
    seconds = int((until - network.start) / 10**9)
    for when in range(5, seconds, 30):
        it.lldp(
            network,
            network.at(when),
            cell["switch"],
            "Port 3",
            "power-sw1",
            "RUGGEDCOM RSG2100 v4.3.7",
            cell["switch"].ip,
        )
    for when in range(1, seconds, 8):
        it.spanning_tree(network, network.at(when + 0.9), cell["switch"])
