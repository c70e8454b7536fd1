#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""score_findings.py - every planted fault of the plant is found, and nothing else is reported.

    score_findings.py --earshot build/earshot [--plant DIR] [--stem plant] [--untagged]

A planted fault is found when a finding of its kind names its hosts - among its assets or in what its frames show - and
its evidence lies in frames of the capture. What else is reported must be in CONSEQUENCES: what a plant engineer would
see in the same traffic, each with the reason. --untagged reads a copy without 802.1Q tags. Exit 1 when something is
missing or invented, 77 without earshot.
"""
import argparse
import json
import pathlib
import sys
import tempfile

import inventory
import score_zones

# (rule, a host) that is right to report though nobody planted it.
CONSEQUENCES = {
    ("business-to-operations", "10.1.5.80"): "a reporting PC opens the historian's pages from the office, not over a DMZ",
}


def hosts_of(assets, finding):
    """All addresses of its assets, and those that its frames and its text show."""
    found = set()
    for asset in finding["assets"]:
        found |= set(inventory.addresses(assets[asset]))
    words = [finding["text"], *(e["what"] for e in finding["evidence"])]
    found |= {w.strip(";:,") for text in words for w in text.split()}
    return found


def check_evidence(finding, frames, faults):
    if not finding["evidence"]:
        faults.append(f"{finding['rule']}: no evidence")
    for e in finding["evidence"]:
        if not 1 <= e["frame"] <= frames:
            faults.append(f"{finding['rule']}: frame {e['frame']} is not in the capture")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--earshot", required=True, type=pathlib.Path)
    parser.add_argument(
        "--plant", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent.parent / "pcaps" / "plant"
    )
    parser.add_argument("--stem", default="plant")
    parser.add_argument("--untagged", action="store_true", help="without VLAN tags")
    given = parser.parse_args(arguments)
    if not given.earshot.exists():
        print(f"skipped: {given.earshot} is not there")
        return 77
    truth = json.loads((given.plant / f"{given.stem}.truth.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        capture = given.plant / truth["capture"]
        if given.untagged:
            score_zones.untagged(capture, pathlib.Path(scratch) / "untagged.pcap")
            capture = pathlib.Path(scratch) / "untagged.pcap"
        found = inventory.read(given.earshot.resolve(), capture)
    assets, findings = {a["id"]: a for a in found["assets"]}, found["findings"]
    faults, used = [], set()
    for planted in truth["planted"]:
        hits = [
            i
            for i, f in enumerate(findings)
            if f["rule"] == planted["kind"] and set(planted["hosts"]) <= hosts_of(assets, f)
        ]
        used |= set(hits)
        if not hits:
            faults.append(f"not found: {planted['kind']} {' '.join(planted['hosts'])} ({planted['why']})")
        if len(hits) > 1:
            faults.append(f"{planted['kind']} {' '.join(planted['hosts'])} is told {len(hits)} times")
    for i, finding in enumerate(findings):
        check_evidence(finding, truth["frames"], faults)
        expected = [h for rule, h in CONSEQUENCES if rule == finding["rule"] and h in hosts_of(assets, finding)]
        if i not in used and not expected:
            faults.append(f"invented: {finding['severity']} {finding['rule']}: {finding['text']}")
    print("\n".join(faults))
    print(f"planted {len(truth['planted'])}, findings {len(findings)}, faults {len(faults)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
