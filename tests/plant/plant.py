#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plant.py - writes the capture of an invented water works, and the inventory that is right for it.

    plant.py OUTPUT-DIRECTORY              plant.pcap and plant.truth.json
    plant.py --no-vlan OUTPUT-DIRECTORY    plant-flat.pcap and plant-flat.truth.json: the mirror port drops the tags

Four cells (intake, filling, packing, power), each its own VLAN and subnet with one protocol family, and the site's
servers in a fifth; a router (10.20.x.1) between them; the office (10.1.5.0/24) and the internet beyond it. The mirror
port sees the cells' VLANs and a few ports of VLAN 200. Everything is fixed: seed, times, addresses; two runs write the
same bytes. No device here is real; vendors and product names are, so that knowledge about products can be tested.

The truth: for each host its roles, its identity values with the frame that first carried each, what stands behind it,
the device types and the Purdue level that an engineer would accept, its zone; and what was planted for a review.
"""
import argparse
import json
import pathlib
import sys

import cell_filling
import cell_intake
import cell_packing
import cell_power
import frames
import site_operations
from network import Network

START = 1710223200 * 10**9  # 2024-03-12 06:00:00 UTC
SECONDS, SEED = 150, 62443
ROUTER = "00:1e:49:7a:10:41"
CELLS = (cell_intake, cell_filling, cell_packing, cell_power)


def run(tagged):
    """-> network with everything recorded, and what was planted."""
    network = Network(START, SEED, ROUTER, {cell.VLAN for cell in CELLS}, tagged)
    intake, filling, packing, power = cells = [cell.hosts(network) for cell in CELLS]
    site = site_operations.hosts(network)
    until = network.at(SECONDS)

    cell_intake.identify(network, intake, site["schneider"])
    cell_filling.identify(network, filling, site["siemens"])
    cell_packing.identify(network, packing, site["rockwell"])
    cell_packing.module_types(packing)
    for cell, found in zip(CELLS[:3], cells):
        cell.cyclic_traffic(network, found, until)
    cell_power.cyclic_traffic(network, power, site["scada"], until)
    cell_filling.second_interface(network, site["filler_cp"], site["scada"], until)
    site_operations.poll_everything(network, site, intake, filling, packing, until)

    cell_intake.program(network, intake, site["schneider"])
    cell_filling.program(network, filling, site["siemens"])
    cell_packing.program(network, packing, site["rockwell"])
    cell_packing.program_safety(network, packing, site["laptop_again"])
    site_operations.visitor(network, site, intake, packing)
    site_operations.trespass(network, site, intake, packing, power)

    for cell, found in zip(CELLS, cells):
        cell.noise(network, found, until)
    site_operations.ordinary_noise(network, site, cells, until)
    return network, site_operations.planted(site, *cells)


def identity_json(subject):
    def value(held):
        more = {k: v for k, v in held.items() if k not in ("value", "frame")}
        return {"value": held["value"], "frame": held["frame"].number, **more}

    return {p: {k: value(v) for k, v in sorted(held.items())} for p, held in sorted(subject.identity.items())}


def child_json(kind, at, child):
    return {
        "kind": kind,
        "at": at,
        "frame": child.first_seen.number if child.first_seen else 0,
        **child.labels,
        "identity": identity_json(child).get(kind.split("-")[0], {}),
    }


def host_json(host):
    labels = {k: v for k, v in host.labels.items() if v not in (None, "")}
    children = [child_json(kind, at, c) for (kind, at), c in sorted(host.children.items()) if c.first_seen]
    return {
        "ip": host.ip,
        "mac": [host.mac] if host.mac else [],
        "name": host.name,
        **({"vlan": host.vlan} if host.vlan else {}),
        **labels,
        "protocols": dict(sorted(host.roles.items())),
        "identity": identity_json(host),
        "sub": children,
    }


def spoke(network, host):
    """Did the mirror show anything that this host sent?"""
    mac = frames.mac_bytes(host.mac) if host.mac else None
    ip = frames.ip_bytes(host.ip)
    for frame in network.recorded:
        at = 18 if frame.data[12:14] == b"\x81\x00" else 14
        kind = frame.data[at - 2 : at]
        if kind == b"\x08\x00" and frame.data[at + 12 : at + 16] == ip:
            return True
        if kind == b"\x08\x06" and frame.data[at + 14 : at + 18] == ip:
            return True
        if mac and frame.data[6:12] == mac and kind not in (b"\x08\x00", b"\x08\x06", b"\x86\xdd"):
            return True
    return False


def share_by_mac(hosts):
    """What DHCP says is said of the interface, whatever address it had at the time: the earliest counts."""
    for host in hosts:
        for other in hosts:
            if host.mac and other is not host and other.mac == host.mac:
                for name, held in other.identity.get("dhcp", {}).items():
                    host.says("dhcp", name, held["value"], held["frame"])


def truth(network, planted, name):
    share_by_mac(network.hosts)
    hosts = [host_json(h) for h in sorted(network.hosts, key=lambda h: frames.ip_bytes(h.ip)) if spoke(network, h)]
    return {
        "capture": name,
        "frames": len(network.recorded),
        "hosts": hosts,
        "unanswered": sorted(network.unanswered, key=frames.ip_bytes),
        "planted": [{"kind": k, "hosts": who, "why": why} for k, who, why in planted],
    }


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--no-vlan", action="store_true", help="write plant-flat.*: the same without VLAN tags")
    parser.add_argument("directory", type=pathlib.Path)
    given = parser.parse_args(arguments)
    network, planted = run(not given.no_vlan)
    stem = "plant-flat" if given.no_vlan else "plant"
    packets = network.number()
    given.directory.mkdir(parents=True, exist_ok=True)
    (given.directory / f"{stem}.pcap").write_bytes(frames.pcap(packets))
    text = json.dumps(truth(network, planted, f"{stem}.pcap"), indent=1, ensure_ascii=False) + "\n"
    (given.directory / f"{stem}.truth.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
