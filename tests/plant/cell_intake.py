# SPDX-License-Identifier: Apache-2.0
"""cell_intake.py - raw water intake: Schneider controllers on Modbus/TCP and UMAS, a serial gateway with meters."""
import datetime

import it
from modbus import Modbus
from network import Connection, cyclic

VLAN, ZONE = 110, "intake"
UNITS = (2, 3, 4, 5)
METERS = {
    2: "PM5560 power meter intake pump 1",
    3: "PM5560 power meter intake pump 2",
    4: "PM3255 power meter screens",
    5: "PM3255 power meter building",
}


def hosts(network):
    def host(name, last, mac, kind, level, **more):
        return network.host(name, f"10.20.10.{last}", mac, VLAN, type=kind, level=level, zone=ZONE, **more)

    return {
        "plc": host("intake-plc1", 11, "00:80:f4:1c:20:11", "plc|pac", "1"),
        "screen_plc": host("intake-plc2", 12, "00:80:f4:1c:31:7a", "plc|pac", "1"),
        "gateway": host("intake-link150", 20, "00:80:f4:0d:9e:c4", "gateway", "1", flags="gateway"),
        "drive1": host("intake-atv1", 31, "00:80:f4:22:5b:03", "drive_vfd", "0-1"),
        "drive2": host("intake-atv2", 32, "00:80:f4:22:5b:41", "drive_vfd", "0-1"),
        "island": host("intake-stb", 41, "00:00:54:2e:77:10", "remote_io|io_adapter", "0-1"),
        "hmi": host("intake-hmi", 51, "00:80:f4:3a:04:d2", "hmi", "2"),
        "meter": host("intake-pm8240", 61, "00:80:f4:51:e3:9f", "meter", "0-1"),
        "switch": host("intake-sw1", 2, "00:80:63:5a:10:80", "switch", "-"),
    }


def identify(network, cell, engineer):
    """The engineering station looks at everything once, in the first seconds."""
    schneider = "Schneider Electric"
    objects = {
        "plc": {0: schneider, 1: "BME P58 2040", 2: "v03.20"},
        "screen_plc": {0: schneider, 1: "BMX P34 2020", 2: "v02.80"},
        "drive1": {
            0: schneider,
            1: "ATV630D22N4",
            2: "V3.3IE45",
            3: "http://www.se.com",
            4: "Altivar Process",
            5: "ATV630",
            6: "Intake pump 1",
        },
        "drive2": {
            0: schneider,
            1: "ATV630D22N4",
            2: "V3.1IE36",
            3: "http://www.se.com",
            4: "Altivar Process",
            5: "ATV630",
            6: "Intake pump 2",
        },
        "island": {0: schneider, 1: "STBNIP2311", 2: "v04.00"},
        "meter": {0: schneider, 1: "METSEPM8240", 2: "002.004.000", 4: "PowerLogic PM8240"},
    }
    for i, (name, values) in enumerate(objects.items()):
        c = Connection(network, engineer, cell[name], 502, network.at(4 + i * 0.7))
        Modbus(c).identify(255 if "plc" in name else 1, values, per_answer=4)
        c.close()
    for name, model, firmware, project in (
        ("plc", "BME P58 2040", "3.20", "RAW_WATER_INTAKE"),
        ("screen_plc", "BMX P34 2020", "2.80", "BAND_SCREENS"),
    ):
        c = Connection(network, engineer, cell[name], 502, network.at(9.2 if name == "plc" else 9.9))
        m = Modbus(c)
        m.umas_init()
        m.umas_identify(model, firmware, project, datetime.datetime(2023, 9, 14, 7, 42, 30))
        c.close()
    c = Connection(network, engineer, cell["gateway"], 502, network.at(11))
    m = Modbus(c, units=True)
    for unit in UNITS:
        m.report_server_id(unit, METERS[unit])
    m.identify(5, {0: schneider, 1: "METSEPM3255", 2: "001.005.006"})
    c.close()


def program(network, cell, engineer):
    """An online change of the intake controller."""
    c = Connection(network, engineer, cell["plc"], 502, network.at(71))
    m = Modbus(c)
    m.umas_init()
    m.umas_program("EWS-INTAKE", 14)
    m.umas_poll()
    c.close()


def cyclic_traffic(network, cell, until):
    """The controllers read and drive their field devices, the panel reads the controllers."""
    for name, target, phase in (("plc", "drive1", 0.13), ("plc", "drive2", 0.21), ("screen_plc", "island", 0.37)):
        c = Connection(network, cell[name], cell[target], 502, network.at(phase), opened=False)
        m = Modbus(c)

        def step(i, m=m, target=target):
            m.read(1, 3, 3201 if target != "island" else 5391, 6)
            if i % 2 == 0:
                m.write_registers(1, 8501 if target != "island" else 0, [6, 1400 + i])

        cyclic(c, 1.0, until, step)
    for target, unit, phase in (("plc", 255, 0.5), ("screen_plc", 255, 0.6), ("meter", 1, 0.8)):
        c = Connection(network, cell["hmi"], cell[target], 502, network.at(phase))
        m = Modbus(c)

        def step(i, m=m, unit=unit, target=target):
            m.read(unit, 3, 100, 24)
            if i % 20 == 7 and target != "meter":
                m.write_register(unit, 140, 200 + i)
                m.write_coil(unit, 12, i % 40 == 7)
            if i == 11 and target == "plc":
                m.exception(unit, 3, 9000, 4, 2)

        cyclic(c, 1.0, until, step)
    c = Connection(network, cell["hmi"], cell["gateway"], 502, network.at(1.4))
    m = Modbus(c, units=True)

    def meters(i):
        for unit in UNITS:
            m.read(unit, 3, 3000, 12)
        if i % 5 == 2:
            m.exception(9, 3, 3000, 12, 0x0B)  # configured, but nobody is on the line

    cyclic(c, 5.0, until, meters)


def noise(network, cell, until):
    for i, target in enumerate(("plc", "gateway", "meter", "screen_plc")):
        it.arp(network, network.at(0.05 + i * 0.01), cell["hmi"], cell[target])
    for target in ("drive1", "drive2"):
        it.arp(network, network.at(0.09), cell["plc"], cell[target])
    it.arp(network, network.at(0.11), cell["screen_plc"], cell["island"])
    for when in range(2, int((until - network.start) / 10**9), 30):
        it.lldp(
            network,
            network.at(when),
            cell["switch"],
            "1/3",
            "intake-sw1",
            "Hirschmann Railswitch RSPE35 HiOS-2A-08.7.02",
            cell["switch"].ip,
        )
    for when in range(1, int((until - network.start) / 10**9), 8):
        it.spanning_tree(network, network.at(when + 0.31), cell["switch"])
    it.neighbour(network, network.at(3.3), cell["hmi"])
    it.http(network, network.at(31), cell["hmi"], cell["gateway"], "/index.html", "PowerLogic Link150/1.3")
