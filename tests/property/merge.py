#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""merge.py EARSHOT: stores merged in any order export the bytes of one store that read all captures."""
import pathlib, subprocess, sys, tempfile

earshot = pathlib.Path(sys.argv[1]).resolve()
pcaps = pathlib.Path(__file__).resolve().parents[2] / "pcaps"
parts = [[pcaps / "plant" / "plant.pcap"], sorted((pcaps / "enip").glob("*.pcap")), sorted((pcaps / "modbus").glob("*.pcap"))]
failures = 0


def run(*words):
    return subprocess.run([earshot, *map(str, words)], capture_output=True, text=True)


def check(what, problem):
    global failures
    failures += bool(problem)
    print(("FAIL " if problem else "ok   ") + what + (f": {problem}" if problem else ""))


with tempfile.TemporaryDirectory() as name:
    tmp = pathlib.Path(name)
    for i, captures in enumerate(parts):
        check(f"read part {i}", run("read", "-q", "--db", tmp / f"{i}.db", *captures).returncode)
    run("read", "-q", "--db", tmp / "whole.db", *sum(parts, []))
    whole = run("export", "json", "--db", tmp / "whole.db").stdout
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        out = tmp / f"merged-{'-'.join(map(str, order))}.db"
        done = run("merge", "-o", out, *(tmp / f"{i}.db" for i in order))
        check(f"merge {order}", done.returncode and done.stderr)
        check(f"merge {order}: the bytes of one reading", run("export", "json", "--db", out).stdout != whole and "other bytes")

    def refused(what, code, word, *arguments):
        done = run("merge", *arguments)
        lines = done.stderr.splitlines()
        check(what, (done.returncode != code or len(lines) != 1 or word not in lines[0]) and f"{done.returncode} {done.stderr}")

    refused("one capture in both", 2, "twice", "-o", tmp / "x.db", tmp / "0.db", tmp / "whole.db")
    refused("a store that is there", 2, "there already", "-o", tmp / "whole.db", tmp / "0.db")
    refused("nothing named", 2, "-o")
    refused("a store that is not there", 3, "missing.db", "-o", tmp / "x.db", tmp / "missing.db")
    refused("a folder that is not there", 4, "x.db", "-o", tmp / "no" / "x.db", tmp / "0.db")
    run("read", "-q", "--db", tmp / "north.db", "--site", "north", parts[1][0])
    run("read", "-q", "--db", tmp / "south.db", "--site", "south", parts[2][0])
    refused("two sites", 2, "south", "-o", tmp / "x.db", tmp / "north.db", tmp / "south.db")
    check("nothing is left behind", (tmp / "x.db").exists())
sys.exit(1 if failures else 0)
