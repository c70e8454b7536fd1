#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Imports `earshot export netbox` of captures into a reader that is as strict as NetBox (netbox.py).

    test_netbox.py EARSHOT FILE-OR-FOLDER...      every capture, and one of hostile names: all of it is taken, in the
                                                  order of the numbers
    test_netbox.py EARSHOT --refused CAPTURE      what NetBox would refuse is refused: the reader can say no
"""
import json, os, pathlib, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import captures
from netbox import NetBox, Refused

earshot = sys.argv[1]
SLOTS = {"cip-port-slot", "s7-rack-slot", "pn-slot"}


def files_of(folder):
    return {p.name[3:-4]: p.read_bytes().decode("utf-8") for p in sorted(pathlib.Path(folder).glob("[0-9]*.csv"))}


def export(db, folder, **environment):
    subprocess.run([earshot, "export", "netbox", "--db", db, "-o", folder], check=True, env=dict(os.environ, **environment))
    return files_of(folder)


def problems(db, tmp):
    """What is wrong with the export of a store, as lines."""
    files = export(db, f"{tmp}/a")
    if files != export(db, f"{tmp}/b", LC_ALL="tr_TR.UTF-8", TZ="Pacific/Kiritimati"):
        yield "two exports differ"
    netbox = NetBox()
    for kind, text in files.items():
        try:
            netbox.load(kind, text)
        except Refused as refusal:
            yield str(refusal)
            return
    for kind, text in files.items():  # once more: nothing that has a name is taken again
        if kind == "mac_addresses" or text.count("\r\n") < 2:
            continue
        try:
            netbox.load(kind, text)
            yield f"{kind}: a second import was taken"
        except Refused:
            pass
    inventory = json.loads(subprocess.run([earshot, "export", "json", "--db", db], check=True, capture_output=True).stdout)
    yield from missing(netbox, inventory)


def missing(netbox, inventory):
    """Every asset of the plant is there as what it is, every address on it, and one of them is the primary one."""
    assets = {a["id"]: a for a in inventory["assets"]}
    inside = [a for a in assets.values()
              if "external" not in (assets[a["parent"]] if "parent" in a else a).get("flags", ())]
    modules = [a for a in inside if a.get("at", {}).get("kind") in SLOTS]
    devices = [a for a in inside if a not in modules]
    by_id = {r["comments"].split()[2].rstrip(";,"): r for r in netbox.records["devices"]}
    if len(netbox.records["modules"]) != len(modules) or len(netbox.records["module_bays"]) != len(modules):
        yield f"{len(netbox.records['modules'])} modules, expected {len(modules)}"
    if set(by_id) != {a["id"] for a in devices}:
        yield f"devices differ: {set(by_id) ^ {a['id'] for a in devices}}"
        return
    wanted_ips, wanted_macs, taken = [], [], set()
    for a in devices:
        name = by_id[a["id"]]["name"]
        ips = []
        for ip in (ip for i in a.get("interfaces", ()) for ip in i.get("ips", ())):
            if ip not in taken:  # what several interfaces have is at the first one
                ips.append(ip)
            taken.add(ip)
        wanted_ips += [(name, ip) for ip in ips]
        wanted_macs += [(name, i["mac"]) for i in a.get("interfaces", ()) if "mac" in i]
        for version in (4, 6):
            own = [ip for ip in ips if (":" in ip) == (version == 6)]
            if own and not netbox.primary.get((name, version)):
                yield f"{name} has no primary IPv{version} address of {own}"
        if a.get("serial_number") and not by_id[a["id"]]["serial"]:
            yield f"{name} lost its serial number"
    if sorted(wanted_ips) != sorted((r["device"], r["address"].split("/")[0]) for r in netbox.records["ip_addresses"]):
        yield "IP addresses differ"
    if sorted(wanted_macs) != sorted((r["device"], r["mac_address"]) for r in netbox.records["mac_addresses"]):
        yield "MAC addresses differ"
    if len(netbox.primary_mac) != len(wanted_macs):
        yield "an interface without primary MAC"


def change(text, column, value, row=1):
    """The same file with one value of a record replaced."""
    import csv, io
    rows = list(csv.reader(io.StringIO(text, newline="")))
    rows[row][rows[0].index(column)] = value
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def cut(text, column):
    import csv, io
    rows = list(csv.reader(io.StringIO(text, newline="")))
    at = rows[0].index(column)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([r[:at] + r[at + 1:] for r in rows])
    return out.getvalue()


def twice(text):
    lines = text.split("\r\n")
    return "\r\n".join(lines[:2] + lines[1:])


WRONG = [
    ("manufacturers", lambda t: t.replace("name,", "Name,", 1)),
    ("manufacturers", lambda t: cut(t, "slug")),
    ("manufacturers", twice),
    ("manufacturers", lambda t: change(t, "slug", "no blanks")),
    ("manufacturers", lambda t: change(t, "name", "x" * 101)),
    ("device_types", lambda t: change(t, "manufacturer", "Nobody")),
    ("device_types", lambda t: change(t, "u_height", "1.3")),
    ("device_types", twice),
    ("device_roles", lambda t: change(t, "color", "grey")),
    ("devices", lambda t: change(t, "status", "Active")),
    ("devices", lambda t: change(t, "site", "elsewhere")),
    ("devices", lambda t: change(t, "device_type", "nothing")),
    ("devices", lambda t: change(t, "name", "x" * 65)),
    ("devices", lambda t: change(t, "serial", "x" * 51)),
    ("devices", lambda t: change(t, "role", "")),
    ("devices", lambda t: change(change(t, "asset_tag", "one", 1), "asset_tag", "one", 2)),
    ("devices", lambda t: change(change(t, "name", "PLC"), "name", "plc", 2)),
    ("interfaces", lambda t: change(t, "type", "copper")),
    ("interfaces", lambda t: change(t, "device", "nothing")),
    ("interfaces", twice),
    ("mac_addresses", lambda t: change(t, "mac_address", "00:11:22:33:44")),
    ("mac_addresses", lambda t: change(t, "interface", "eth7")),
    ("mac_addresses", lambda t: change(t, "interface", "")),
    ("ip_addresses", lambda t: change(t, "address", "10.0.0.1")),
    ("ip_addresses", lambda t: change(t, "address", "10.0.0.0/24")),
    ("ip_addresses", lambda t: change(t, "address", "10.0.0.255/24")),
    ("ip_addresses", lambda t: change(t, "device", "")),
    ("ip_addresses", lambda t: change(t, "dns_name", "not a name")),
    ("ip_addresses", twice),
    ("module_types", twice),
    ("module_bays", twice),
    ("modules", twice),
    ("modules", lambda t: change(t, "module_bay", "slot 99")),
    ("modules", lambda t: change(t, "module_type", "nothing")),
    ("modules", lambda t: t[:-2] + ",one more\r\n"),
]


def renamed(db, tmp, before):
    """More is seen, also devices of the same names: what was there keeps its name, and a second import is refused."""
    captures.hostile_capture(f"{tmp}/more.pcap")
    subprocess.run([earshot, "read", "--quiet", "--db", db, f"{tmp}/more.pcap"], check=True)
    after = NetBox()
    for kind, text in export(db, f"{tmp}/more").items():
        after.load(kind, text)
    names = [{r["asset_tag"]: r["name"] for r in netbox.records["devices"]} for netbox in (before, after)]
    if len(names[1]) < len(names[0]) + 20 or sum(n.startswith("WASHER ") for n in names[1].values()) != 2:
        yield f"{len(names[0])} devices before, {len(names[1])} after"
    for tag, name in names[0].items():
        if names[1].get(tag) != name:
            yield f"{name} is called {names[1].get(tag)} now"
    for kind in ("interfaces", "module_bays", "module_types", "device_types"):
        lost = {json.dumps(r, sort_keys=True) for r in before.records[kind]} - {json.dumps(r, sort_keys=True) for r in after.records[kind]}
        if lost:
            yield f"{kind}: no longer there: {sorted(lost)[:2]}"


def refused(db, tmp):
    files = export(db, f"{tmp}/a")
    for number, (wrong, spoil) in enumerate(WRONG):
        netbox = NetBox()
        try:
            for kind, text in files.items():
                netbox.load(kind, spoil(text) if kind == wrong else text)
                if kind == wrong:
                    yield f"{wrong} {number}: taken"
                    break
        except Refused as refusal:
            if not str(refusal).startswith(wrong):
                yield f"{wrong} {number}: refused elsewhere: {refusal}"
    kinds = list(files)
    for a, b in (("devices", "device_types"), ("interfaces", "devices"), ("modules", "module_bays"), ("ip_addresses", "interfaces")):
        order = [k for k in kinds if k != b]  # a file forgotten
        netbox = NetBox()
        try:
            for kind in order[:order.index(a) + 1]:
                netbox.load(kind, files[kind])
            yield f"{a} without {b}: taken"
        except Refused:
            pass
    netbox = NetBox()  # "false" behind "true" takes the primary address away
    for kind in kinds[:kinds.index("ip_addresses")]:
        netbox.load(kind, files[kind])
    lines = files["ip_addresses"].split("\r\n")
    netbox.load("ip_addresses", "\r\n".join([lines[0]] + sorted(lines[1:-1], key=lambda l: ",false," in l)) + "\r\n")
    yield from renamed(db, tmp, netbox)
    if all(netbox.primary.values()):
        yield "the reader does not know that the order of addresses matters"


if __name__ == "__main__":
    if sys.argv[2] == "--refused":
        sys.exit(captures.check(earshot, sys.argv[3:], refused))
    with tempfile.TemporaryDirectory() as folder:
        captures.hostile_capture(f"{folder}/hostile.pcap")
        sys.exit(captures.check(earshot, sys.argv[2:] + [f"{folder}/hostile.pcap"], problems))
