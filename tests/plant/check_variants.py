#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_variants.py - every file of pcaps/variants/ gives the same facts, as expected.json says.

    check_variants.py --earshot build/sensor/earshot [NAME...]

For each: the server and the client are there with their Modbus roles, every identification object is a fact with the
frame that completed its answer, what a cut capture lost is not invented, and nobody else is an asset (not the ends of a
tunnel). Exit 1 when one differs, 77 without earshot.
"""
import argparse
import json
import pathlib
import sys

import inventory

VARIANTS = pathlib.Path(__file__).resolve().parent.parent.parent / "pcaps" / "variants"


def problems(index, expected):
    server, client = index.asset(expected["server"]), index.asset(expected["client"])
    for who, asset, role in (("server", server, "server"), ("client", client, "client")):
        if not asset:
            yield f"no asset for the {who} {expected[who]}"
        elif role not in {r["role"] for r in asset.get("roles", []) if r["protocol"] == "modbus"}:
            yield f"{expected[who]} is no modbus {role}"
    facts = [f for a in index.family(server) for f in a.get("facts", []) if f["protocol"] == "modbus"]
    for name, wanted in expected["objects"].items():
        hits = [f for f in facts if inventory.same(wanted, f)]
        if wanted.get("lost"):
            continue  # the beginning of a cut text may be kept or dropped
        if not hits:
            yield f"object {name} {wanted['value']!r} is missing (frame {wanted['frame']})"
        elif not any(wanted["frame"] <= f["frame"] <= wanted.get("latest", wanted["frame"]) for f in hits):
            yield f"object {name} has frame {hits[0]['frame']}, not {wanted['frame']}"
    strangers = [a for a in index.assets if a not in index.family(server) and a is not client]
    for asset in (a for a in strangers if not set(inventory.addresses(a)) & set(expected["others"])):
        yield f"an asset that is none: {inventory.addresses(asset)}"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--earshot", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args(arguments)
    if not given.earshot.exists():
        print(f"skipped: {given.earshot} is not there")
        return 77
    everything = json.loads((VARIANTS / "expected.json").read_text(encoding="utf-8"))
    wrong = 0
    for name in given.names or sorted(everything):
        try:
            found = list(
                problems(inventory.Index(inventory.read(given.earshot.resolve(), VARIANTS / name)), everything[name])
            )
        except (RuntimeError, ValueError) as error:
            found = [str(error)]
        wrong += bool(found)
        for text in found:
            print(f"{name}: {text}")
    print(f"{len(given.names or everything) - wrong} right, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
