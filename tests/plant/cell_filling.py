# SPDX-License-Identifier: Apache-2.0
"""cell_filling.py - filling line: SIMATIC controllers on S7comm and S7comm-plus."""
import it
from network import Connection, cyclic
from s7 import OP, PG, S7, S7Plus

VLAN, ZONE = 120, "filling"
COPYRIGHT = "Original Siemens Equipment"


def hosts(network):
    def host(name, last, mac, kind, level, **more):
        return network.host(name, f"10.20.20.{last}", mac, VLAN, type=kind, level=level, zone=ZONE, **more)

    return {
        "washer": host("fill-washer", 11, "00:0e:8c:a3:41:0b", "plc", "1"),
        "filler": host("fill-filler", 12, "00:1b:1b:42:6e:11", "plc", "1", flags="dual_homed"),
        "capper": host("fill-capper", 13, "28:63:36:9a:07:5c", "plc", "1"),
        "labeller": host("fill-labeller", 14, "ac:64:17:31:c8:20", "plc", "1"),
        "guard": host("fill-guard", 15, "00:1b:1b:77:02:9d", "plc|safety_controller", "1", flags="safety_related"),
        "hmi": host("fill-hmi", 51, "28:63:36:b1:44:e8", "hmi", "2"),
        "switch": host("fill-sw1", 2, "00:1b:1b:90:3c:00", "switch", "-"),
    }


MODULES = {
    "washer": (
        "6ES7 315-2EH14-0AB0",
        4,
        ("V", 3, 2, 17),
        ("A", 36, 9, 9),
        {
            1: "WASHER",
            2: "CPU 315-2 PN/DP",
            3: "Line 3 bottle washer",
            4: COPYRIGHT,
            5: "S C-C2UR28922012",
            7: "CPU 315-2 PN/DP",
            8: "MMC 267FF11F",
        },
    ),
    "filler": (
        "6ES7 412-2EK06-0AB0",
        3,
        ("V", 6, 0, 8),
        ("A", 6, 0, 3),
        {
            1: "FILLER",
            2: "CPU 412-2 PN/DP",
            3: "Line 3 filler",
            4: COPYRIGHT,
            5: "SVPG1441207",
            7: "CPU 412-2 PN/DP",
            8: "MC 1F2A90B4",
            0xB: "Hall 2, axis C",
        },
    ),
    "guard": (
        "6ES7 317-2FK14-0AB0",
        1,
        ("V", 3, 2, 14),
        ("A", 32, 9, 9),
        {
            1: "GUARD",
            2: "CPU 317F-2 PN/DP",
            3: "Line 3 guard doors",
            4: COPYRIGHT,
            5: "S C-E9UF61182015",
            7: "CPU 317F-2 PN/DP",
            8: "MMC 7C03E2A1",
        },
    ),
}


def read_identity(session, name, everything=True):
    order, hardware, firmware, bootloader, values = MODULES[name]
    session.szl_module(order, hardware, firmware, bootloader)
    session.szl_component(values)
    if everything:
        session.szl_protection(1, 2)
        session.szl_mode()


def identify(network, cell, engineer):
    """The engineering station goes online; the filler's small PDU makes its lists come in pieces."""
    for i, (name, slot, pdu) in enumerate((("washer", 2, 480), ("filler", 3, 240), ("guard", 2, 240))):
        c = Connection(network, engineer, cell[name], 102, network.at(14 + 1.5 * i))
        read_identity(S7(c, PG, 0, slot, pdu), name)
        c.close()


def second_interface(network, filler_cp, scada, until):
    """The same S7-400 through its communications processor, in the site's network: one device, two addresses."""
    c = Connection(network, scada, filler_cp, 102, network.at(2.9))
    session = S7(c, OP, 0, 3, 240)
    read_identity(session, "filler", everything=False)
    cyclic(c, 5.0, until, lambda i: session.read(40, 0, 32))


def program(network, cell, engineer):
    """A new function block for the washer: stop, download, start."""
    c = Connection(network, engineer, cell["washer"], 102, network.at(84))
    session = S7(c, PG, 0, 2)
    session.list_blocks({"8": 3, "A": 14, "B": 2, "C": 9, "E": 6})
    session.stop()
    for block in ("0E00012A", "0C00003A"):
        code = bytes([0x70, 0x70, 1, 1, 1, 14]) + bytes(network.random.randrange(256) for _ in range(206))
        session.download(block, code)
    session.start()
    c.close()


def cyclic_traffic(network, cell, until):
    """The panel reads the older controllers with S7comm, the newer with S7comm-plus; one CPU reads another."""
    for i, (name, slot) in enumerate((("washer", 2), ("filler", 3), ("guard", 2))):
        c = Connection(network, cell["hmi"], cell[name], 102, network.at(0.4 + i * 0.1))
        session = S7(c, OP, 0, slot, 240)

        def step(n, session=session, i=i, name=name):
            session.read(10 + i, 0, 48)
            if n % 25 == 9 and name != "guard":
                session.write(10 + i, 60, bytes([n & 255, 1]))

        cyclic(c, 1.0, until, step)
    for i, (name, order, firmware) in enumerate(
        (("capper", "6ES7 214-1AG40-0XB0", "V4.2"), ("labeller", "6ES7 511-1AK02-0AB0", "V2.6"))
    ):
        c = Connection(network, cell["hmi"], cell[name], 102, network.at(1.1 + i * 0.2))
        session = S7Plus(c)
        session.session("FILL-HMI", "HMI_RT_1", order, firmware)
        cyclic(c, 2.0, until, session.poll)
    c = Connection(network, cell["filler"], cell["washer"], 102, network.at(0.7))
    session = S7(c, 3, 0, 2, 240)
    cyclic(c, 1.0, until, lambda i: session.read(50, 0, 16))


def noise(network, cell, until):
    for i, target in enumerate(("washer", "filler", "capper", "labeller", "guard")):
        it.arp(network, network.at(0.06 + i * 0.01), cell["hmi"], cell[target])
    seconds = int((until - network.start) / 10**9)
    for when in range(3, seconds, 30):
        it.lldp(
            network,
            network.at(when),
            cell["switch"],
            "port-005",
            "fill-sw1",
            "Siemens, SIMATIC NET, SCALANCE XC208, 6GK5 208-0BA00-2AC2, HW: 2, FW: V04.01.00",
            cell["switch"].ip,
        )
    for when in range(1, seconds, 8):
        it.spanning_tree(network, network.at(when + 0.55), cell["switch"])
    it.neighbour(network, network.at(4.4), cell["hmi"])
    it.netbios(network, network.at(5.1), cell["hmi"], "FILL-HMI")
