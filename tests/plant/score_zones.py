#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""score_zones.py - how well the proposed zones and levels of the plant agree with its truth.

    score_zones.py --earshot build/earshot [--plant DIR] [--stem plant] [--untagged] [--quiet]

Prints the adjusted Rand index of the zones (Hubert and Arabie 1985: 1 is the same partition, 0 is chance) over all
hosts that have a zone, and over those in cells alone; and how many levels are right. An asset in no zone is a zone of
its own. --untagged reads a copy of the capture without its 802.1Q tags, made on the spot. Exit 1 below a bar,
77 without earshot.
"""
import argparse
import collections
import json
import pathlib
import struct
import sys
import tempfile

import inventory

BARS = {"all": 0.9, "cells": 0.9, "levels": 0.95}
NOT_CELLS = {"operations", "temporary", "enterprise", "external"}
TAGS = {b"\x81\x00", b"\x88\xa8"}


def untagged(source, target):
    """A copy of a classic pcap, in either byte order, without VLAN tags."""
    data = source.read_bytes()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    out, at = [data[:24]], 24
    while at + 16 <= len(data):
        seconds, fraction, kept, whole = struct.unpack_from(order + "IIII", data, at)
        frame = data[at + 16 : at + 16 + kept]
        at += 16 + kept
        while frame[12:14] in TAGS:
            frame = frame[:12] + frame[16:]
            whole -= 4
        out += [struct.pack(order + "IIII", seconds, fraction, len(frame), whole), frame]
    target.write_bytes(b"".join(out))


def pairs(count):
    return count * (count - 1) / 2


def adjusted_rand(labels):
    """Of (truth, proposal) for each host."""
    both = collections.Counter(labels)
    rows, columns = (collections.Counter(x[i] for x in labels) for i in (0, 1))
    together = sum(map(pairs, both.values()))
    in_truth, in_proposal = (sum(map(pairs, c.values())) for c in (rows, columns))
    chance = in_truth * in_proposal / pairs(len(labels)) if len(labels) > 1 else 0.0
    most = (in_truth + in_proposal) / 2
    return 1.0 if most == chance else (together - chance) / (most - chance)


def span(level):
    low, _, high = str(level).partition("-")
    return float(low), float(high or low)


def fits(given, wanted):
    low, high = span(wanted)
    return given is not None and span(given)[0] <= high and span(given)[1] >= low


def judge(truth, index):
    """(label pairs of all, of cells, right levels, all levels, lines to show)."""
    seen, every, cells, right, asked, lines = set(), [], [], 0, 0, []
    for host in truth["hosts"]:
        asset = index.asset(host["ip"], *host["mac"])
        key = asset["id"] if asset else host["ip"]
        if host["level"] != "-":
            asked += 1
            good = asset is not None and fits(asset.get("purdue_level"), host["level"])
            right += good
            if not good:
                given = asset.get("purdue_level") if asset else "no asset"
                lines.append(f"level: {host['ip']} {host['name']}: {given}, right is {host['level']}")
        if host["zone"] == "-" or key in seen:
            continue
        seen.add(key)
        proposed = (asset or {}).get("zone") or f"none {key}"
        every.append((host["zone"], proposed))
        if host["zone"] not in NOT_CELLS:
            cells.append((host["zone"], proposed))
        lines.append(f"zone: {host['zone']:12} {proposed:28} {host['ip']} {host['name']}")
    return every, cells, right, asked, lines


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--earshot", required=True, type=pathlib.Path)
    parser.add_argument(
        "--plant", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent.parent / "pcaps" / "plant"
    )
    parser.add_argument("--stem", default="plant")
    parser.add_argument("--untagged", action="store_true", help="without VLAN tags")
    parser.add_argument("--quiet", action="store_true", help="no list of hosts")
    given = parser.parse_args(arguments)
    if not given.earshot.exists():
        print(f"skipped: {given.earshot} is not there")
        return 77
    truth = json.loads((given.plant / f"{given.stem}.truth.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        capture = given.plant / truth["capture"]
        if given.untagged:
            untagged(capture, pathlib.Path(scratch) / "untagged.pcap")
            capture = pathlib.Path(scratch) / "untagged.pcap"
        index = inventory.Index(inventory.read(given.earshot.resolve(), capture))
    every, cells, right, asked, lines = judge(truth, index)
    if not given.quiet:
        print("\n".join(sorted(lines)))
    got = {"all": adjusted_rand(every), "cells": adjusted_rand(cells), "levels": right / asked if asked else 1.0}
    for what, value in got.items():
        print(f"{what:7} {value:.3f}  bar {BARS[what]}{'' if value >= BARS[what] else '  below the bar'}")
    return 1 if any(got[what] < BARS[what] for what in BARS) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
