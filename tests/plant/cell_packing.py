# SPDX-License-Identifier: Apache-2.0
"""cell_packing.py - packing: Rockwell on EtherNet/IP, a chassis with modules, I/O on UDP 2222, a safety pair."""
import it
from enip import PORT, Module, Session, list_identity
from network import Connection, cyclic

VLAN, ZONE = 130, "packing"
BRIDGE = Module(1, 0x0C, 166, (10, 7), 0x00A41C2E, "1756-EN2T/D")
CONTROLLER = Module(1, 0x0E, 94, (30, 14), 0x00C3590A, "1756-L73/B LOGIX5573", 0x3060)
CHASSIS = {
    "1/0": CONTROLLER,
    "1/2": Module(1, 0x07, 11, (3, 3), 0x4030B1C7, "1756-IB16/A DCIN"),
    "1/3": Module(1, 0x07, 29, (3, 2), 0x402F9A11, "1756-OB16D/A DCOUT DIAG"),
    "1/4": Module(1, 0x0A, 22, (1, 5), 0x403370D5, "1756-IF8/A"),
}
COMPACT = Module(1, 0x0E, 107, (31, 11), 0x60D2A4B9, "1769-L33ER/A LOGIX5333ER", 0x3060)
GUARD_BRIDGE = Module(1, 0x0C, 200, (10, 10), 0x00B90F33, "1756-EN2TR/C")
GUARD = Module(1, 0x0E, 67, (30, 12), 0x00D11F72, "1756-L72S/B LOGIX5572S", 0x3060)
SAFETY_IO = Module(1, 0x23, 15, (1, 6), 0x40218E5D, "1791ES-IB8XOBV4")
POINT_IO = Module(1, 0x0C, 196, (5, 17), 0x6104E2AA, "1734-AENTR/B")
DRIVE_1 = Module(1, 0x02, 9, (5, 1), 0xA003E1F4, "PowerFlex 525 1P 240V  .50HP")
DRIVE_2 = Module(1, 0x02, 9, (5, 1), 0xA003E207, "PowerFlex 525 1P 240V  .50HP")
PANEL = Module(1, 0x18, 51, (11, 0), 0x70118CB6, "PanelView Plus_7 Perf 1000")
MICRO = Module(1, 0x0E, 91, (2, 15), 0x40776B02, "1766-LEC 1766-L32BXB")
SWITCH = Module(1, 0x2C, 101, (6, 2), 0x4409D1E8, "1783-BMS10CGP Stratix 5700")


def hosts(network):
    def host(name, last, mac, kind, level, **more):
        return network.host(name, f"10.20.30.{last}", mac, VLAN, type=kind, level=level, zone=ZONE, **more)

    return {
        "chassis": host("pack-chassis", 10, "00:1d:9c:c4:1c:2e", "plc|pac|io_adapter|gateway", "1"),
        "compact": host("pack-palletiser", 11, "f4:54:33:a2:a4:b9", "plc|pac", "1"),
        "guard": host(
            "pack-guard",
            12,
            "00:1d:9c:d0:0f:33",
            "plc|pac|safety_controller|io_adapter",
            "1",
            flags="safety_related",
            safety_zone=True,
        ),
        "micro": host("pack-wrapper", 13, "00:00:bc:77:6b:02", "plc", "1"),
        "point_io": host("pack-pointio", 21, "5c:88:16:04:e2:aa", "io_adapter|remote_io", "0-1"),
        "safety_io": host(
            "pack-safetyio",
            22,
            "00:00:bc:21:8e:5d",
            "remote_io|safety_controller",
            "0-1",
            flags="safety_related",
            safety_zone=True,
        ),
        "drive1": host("pack-pf525-1", 31, "5c:88:16:e3:e1:f4", "drive_vfd", "0-1"),
        "drive2": host("pack-pf525-2", 32, "5c:88:16:e3:e2:07", "drive_vfd", "0-1"),
        "hmi": host("pack-hmi", 51, "00:00:bc:11:8c:b6", "hmi", "2"),
        "switch": host("pack-sw1", 2, "f4:54:33:09:d1:80", "switch", "-"),
    }


def module_types(cell):
    """What stands in the slots, for the truth."""
    for host, place, kind in (
        ("chassis", "1/0", "plc|pac"),
        ("chassis", "1/2", "remote_io"),
        ("chassis", "1/3", "remote_io"),
        ("chassis", "1/4", "remote_io|unknown"),
        ("guard", "1/0", "plc|pac|safety_controller"),
    ):
        cell[host].child("cip-port-slot", place, None, type=kind)


def identify(network, cell, engineer):
    """The panel lists who is there; the engineering station browses the chassis through the backplane."""
    list_identity(
        network,
        network.at(2.2),
        cell["hmi"],
        [
            (cell["chassis"], BRIDGE),
            (cell["compact"], COMPACT),
            (cell["guard"], GUARD_BRIDGE),
            (cell["micro"], MICRO),
            (cell["point_io"], POINT_IO),
            (cell["safety_io"], SAFETY_IO),
            (cell["drive1"], DRIVE_1),
            (cell["drive2"], DRIVE_2),
            (cell["switch"], SWITCH),
        ],
    )
    c = Connection(network, engineer, cell["chassis"], PORT, network.at(20))
    s = Session(c, serial=0x0D50A6F1)
    s.identity(BRIDGE)
    s.interface("packen2t")
    for place, module in CHASSIS.items():
        s.identity(module, place)
    s.slot_empty("1/5")
    m = s.open_messages("1/0")
    m.controller_name("PACKING_LINE_3")
    c.close()
    c = Connection(network, engineer, cell["compact"], PORT, network.at(23))
    s = Session(c, serial=0x0D50A6F1)
    s.identity(COMPACT)
    s.interface("palletiser")
    c.close()
    c = Connection(network, engineer, cell["guard"], PORT, network.at(24.5))
    s = Session(c, serial=0x0D50A6F1)
    s.identity_by_attribute(GUARD, "1/0")
    c.close()
    c = Connection(network, cell["hmi"], cell["micro"], PORT, network.at(3.1))
    s = Session(c, serial=PANEL.serial)
    s.pccc_status("1766-LEC")
    for i in range(20):
        c.wait(5)
        s.pccc_read(7, 6)
    c.close()
    list_identity(network, network.at(26), cell["chassis"], [(cell["hmi"], PANEL)])


def program(network, cell, engineer):
    """A download into the palletiser's controller."""
    c = Connection(network, engineer, cell["compact"], PORT, network.at(96))
    s = Session(c, serial=0x0D50A6F1)
    s.identity(COMPACT)
    s.open_messages("1/0").download(16)
    c.close()


def program_safety(network, cell, stranger):
    """The same into the safety controller, from a machine that is no engineering station of the plant."""
    c = Connection(network, stranger, cell["guard"], PORT, network.at(118))
    s = Session(c, serial=0x1F00D0C4)
    s.identity(GUARD, "1/0")
    s.open_messages("1/0").download(9)
    c.close()


def cyclic_traffic(network, cell, until):
    """I/O connections from their controllers, tags from the panel."""
    plan = (
        ("chassis", "drive1", DRIVE_1, CONTROLLER.serial, None),
        ("chassis", "drive2", DRIVE_2, CONTROLLER.serial, None),
        ("compact", "point_io", POINT_IO, COMPACT.serial, None),
        ("guard", "safety_io", SAFETY_IO, GUARD.serial, bytes.fromhex("9c2a0331513f")),
    )
    for i, (owner, target, module, serial, safety_number) in enumerate(plan):
        c = Connection(network, cell[owner], cell[target], PORT, network.at(1.5 + i * 0.05))
        s = Session(c, serial=serial)
        io = s.open_safety(module, safety_number, 500) if safety_number else s.open_io(module, rpi_ms=500)
        io.run(c.now + 5_000_000, 0.5, int((until - c.now) / 10**9 * 2))
    for target, tags, phase in (
        ("chassis", ("Line3.Speed", "Case_Count", "Reject_Count", "Tank_Level"), 2.6),
        ("compact", ("Pallet_Layer", "Gripper_Pos"), 2.8),
    ):
        c = Connection(network, cell["hmi"], cell[target], PORT, network.at(phase))
        s = Session(c, serial=PANEL.serial)
        m = s.open_messages("1/0")

        def step(i, m=m, tags=tags):
            m.read_tags(tags)
            if i % 15 == 6:
                m.write_tag(tags[0], 40 + i)

        cyclic(c, 2.0, until, step)


def noise(network, cell, until):
    for i, target in enumerate(("chassis", "compact", "micro")):
        it.arp(network, network.at(0.07 + i * 0.01), cell["hmi"], cell[target])
    for target in ("drive1", "drive2"):
        it.arp(network, network.at(1.4), cell["chassis"], cell[target])
    it.arp(network, network.at(1.41), cell["guard"], cell["safety_io"])
    it.arp(network, network.at(1.42), cell["compact"], cell["point_io"])
    seconds = int((until - network.start) / 10**9)
    for when in range(4, seconds, 30):
        it.lldp(
            network,
            network.at(when),
            cell["switch"],
            "Fa1/4",
            "pack-sw1",
            "Cisco IOS Software, IES Software (IES-LITEK9-M), Version 15.2(6)E2a",
            cell["switch"].ip,
        )
    for when in range(1, seconds, 8):
        it.spanning_tree(network, network.at(when + 0.77), cell["switch"])
    it.neighbour(network, network.at(6.1), cell["hmi"])
    it.http(network, network.at(36), cell["hmi"], cell["compact"], "/", "A-B WWW/0.1")
