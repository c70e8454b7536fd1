#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""score_plant.py - how much of the plant's truth earshot finds.

    score_plant.py --earshot build/sensor/earshot [--plant DIR] [--stem plant] [--types] [--quiet]

Compares the inventory of plant.pcap with plant.truth.json: roles, identity values and the frames they came from,
children, with --types also device types and levels; and what was invented: assets for addresses that never spoke,
server roles of hosts that answered nothing. Prints each miss, then a table. Exit 1 when a bar is missed,
77 without earshot.
"""
import argparse
import collections
import json
import pathlib
import sys

import inventory

CORE = ["modbus", "umas", "cotp", "s7comm", "s7comm-plus", "dnp3", "enip", "cip", "cip-io", "pccc"]
BARS = {"roles": 0.97, "values": 0.97, "frames": 0.97, "children": 0.97, "types": 0.95, "levels": 0.95}
PROTOCOL = {"cip-originator": "cip"}


class Score:
    def __init__(self, quiet):
        self.count, self.misses, self.invented, self.quiet = collections.defaultdict(collections.Counter), [], [], quiet

    def note(self, what, group, hit, text):
        self.count[what][group] += 1
        self.count[what][group + " found"] += bool(hit)
        if not hit:
            self.misses.append(f"{what}: {text}")

    def ratio(self, what, group="core"):
        total = self.count[what][group]
        return self.count[what][group + " found"] / total if total else 1.0


def group_of(protocol):
    return "core" if protocol in CORE else "wide"


def facts_at(index, asset, kind=None, at=None):
    """All facts of an asset's family; with kind and at, those of that place alone."""
    found = []
    for member in index.family(asset):
        own = member.get("at") or {}
        for fact in member.get("facts", []):
            where = fact.get("at") or own
            if kind is None or (where.get("kind"), str(where.get("value"))) == (kind, at):
                found.append(fact)
    return found


def score_values(score, who, protocol, wanted, facts):
    for name, value in wanted.items():
        hits = [f for f in facts if inventory.same(value, f)]
        text = f"{who} {protocol}.{name} = {value['value']!r} (frame {value['frame']})"
        score.note("values", group_of(protocol), hits, text)
        if hits:
            score.note(
                "frames",
                group_of(protocol),
                any(f.get("frame") == value["frame"] for f in hits),
                f"{text}; got frames {sorted({f.get('frame') for f in hits})[:4]}",
            )


def score_host(score, index, host):
    who = f"{host['ip']} {host['name']}"
    asset = index.asset(host["ip"], *host["mac"])
    roles = collections.defaultdict(set)
    for member in index.family(asset):
        for role in member.get("roles", []):
            roles[role.get("protocol")].add(role.get("role"))
    for protocol, role in host["protocols"].items():
        got = roles.get(protocol, set())
        symmetric = protocol in ("cip-io", "lldp", "stp", "mdns", "nbns")
        hit = bool(got) and (symmetric or role in got or "both" in got)
        score.note("roles", group_of(protocol), hit, f"{who} {protocol} {role}; got {sorted(got)}")
    for protocol, got in roles.items():
        if protocol in CORE and "server" in got and host["protocols"].get(protocol) in (None, "client"):
            score.invented.append(f"{who}: {protocol} server")
    for protocol, wanted in host["identity"].items():
        score_values(score, who, PROTOCOL.get(protocol, protocol), wanted, facts_at(index, asset))
    for child in host["sub"]:
        protocol = child["kind"].split("-")[0]
        made = index.child(asset, child["kind"], child["at"])
        facts = facts_at(index, asset, child["kind"], child["at"])
        score.note(
            "children",
            group_of(protocol),
            made or facts,
            f"{who} {child['kind']} {child['at']} (frame {child['frame']})",
        )
        score_values(score, f"{who} {child['kind']} {child['at']}", protocol, child["identity"], facts)
        if "type" in child and made:
            score_type(score, f"{who} {child['kind']} {child['at']}", child, made)
    if asset:
        score_type(score, who, host, asset)


def span(level):
    low, _, high = str(level).partition("-")
    return (float(low), float(high or low)) if low else None


def score_type(score, who, wanted, asset):
    got = asset.get("type") or "unknown"
    score.note(
        "types",
        "core",
        got in wanted["type"].split("|"),
        f"{who}: {got} ({asset.get('type_confidence')}, {asset.get('type_rules')}), right is {wanted['type']}",
    )
    if wanted.get("level", "-") != "-":
        level = asset.get("purdue_level")
        inside = (
            level is not None
            and span(level)[0] <= span(wanted["level"])[1]
            and span(level)[1] >= span(wanted["level"])[0]
        )
        score.note("levels", "core", inside, f"{who}: {level}, right is {wanted['level']}")


def ghosts(index, truth):
    """Assets whose addresses all belong to nobody who spoke."""
    known = {a for h in truth["hosts"] for a in [h["ip"], *h["mac"]]}
    return [
        f"asset at {inventory.addresses(a)}"
        for a in index.assets
        if not a.get("parent") and not known & set(inventory.addresses(a))
    ]


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--earshot", required=True, type=pathlib.Path)
    parser.add_argument(
        "--plant", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent.parent / "pcaps" / "plant"
    )
    parser.add_argument("--stem", default="plant")
    parser.add_argument("--types", action="store_true", help="device types and levels have bars too")
    parser.add_argument("--quiet", action="store_true", help="no list of misses")
    given = parser.parse_args(arguments)
    if not given.earshot.exists():
        print(f"skipped: {given.earshot} is not there")
        return 77
    truth = json.loads((given.plant / f"{given.stem}.truth.json").read_text(encoding="utf-8"))
    index = inventory.Index(inventory.read(given.earshot.resolve(), given.plant / truth["capture"]))
    score = Score(given.quiet)
    for host in truth["hosts"]:
        score_host(score, index, host)
    score.invented += ghosts(index, truth)
    shown = ["roles", "values", "frames", "children"] + (["types", "levels"] if given.types else [])
    if not given.quiet:
        print("\n".join(m for m in score.misses if m.split(":")[0] in shown))
    print("\n".join(f"invented: {x}" for x in score.invented))
    bad = bool(score.invented)
    for what in shown:
        for group in ("core", "wide"):
            total, found = score.count[what][group], score.count[what][group + " found"]
            if total:
                low = group == "core" and score.ratio(what) < BARS[what]
                bad |= low
                note = "  below the bar" if low else ""
                print(f"{what:9} {group:5} {found:4}/{total:<4} {100 * found / total:5.1f} %{note}")
    print(f"invented: {len(score.invented)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
