# SPDX-License-Identifier: Apache-2.0
"""Floods: the memory stays below the ceiling, what was identified stays, what went is counted.

floods.py EARSHOT FLOOD plain|sanitized [KIND=COUNT...]
"""
import json
import re
import subprocess
import sys
import tempfile

USUAL = {"scan": 10000000, "syn": 1000000, "fragments": 1000000, "servers": 500000}
CONTROLLERS = [f"10.1.1.{i}" for i in range(1, 21)]


def check(earshot, flood, kind, count, sanitized):
    with tempfile.TemporaryDirectory() as folder:
        store = folder + "/flood.db"
        done = subprocess.run([flood, store, kind, str(count)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        status = [line for line in done.stdout.split("\n") if line.startswith("status ")][-1]
        print(f"{kind} {count}: {status[7:]}")
        number = lambda pattern: int(re.search(pattern, status).group(1))  # noqa: E731
        assert sanitized or number(r"peak (\d+)") <= number(r"MiB of (\d+)"), status
        assert number(r"refused (\d+)") + number(r"evicted flows (\d+)") + number(r"forgotten (\d+)") > 0, status
        assert done.stderr.count("more is seen than the ceiling of memory holds") <= 1, done.stderr
        inventory = json.loads(subprocess.run([earshot, "export", "json", "--db", store], check=True, capture_output=True).stdout)
        coverage = inventory["coverage"]
        assert coverage["evicted_rows"] + coverage["evicted_flows"] > 0, coverage
        found = {ip: a for a in inventory["assets"] for i in a["interfaces"] for ip in i["ips"] if ip in CONTROLLERS}
        assert sorted(found) == sorted(CONTROLLERS), sorted(found)
        for ip, asset in found.items():
            a, b, c, d = (int(x) for x in ip.split("."))
            number32 = a << 24 | b << 16 | c << 8 | d
            assert (asset["vendor"], asset["model"]) == ("Maker", f"M-{number32}"), asset
            assert [r["role"] for r in asset["roles"] if r["protocol"] == "modbus"] == ["server"], asset["roles"]
        hmi = next(a for a in inventory["assets"] for i in a["interfaces"] if "10.1.0.1" in i["ips"])
        links = [l for l in inventory["links"] if l["client"] == hmi["id"] and l.get("protocol") == "modbus"]
        assert len(links) == len(CONTROLLERS), len(links)
        assert all("read" in l["operations"] and l["packets"] > 3600 for l in links), links[0]


def main():
    earshot, flood, build = sys.argv[1:4]
    kinds = dict(a.split("=") for a in sys.argv[4:]) or USUAL
    for kind, count in kinds.items():
        count = int(count) // (20 if build == "sanitized" else 1)
        check(earshot, flood, kind, count, build == "sanitized")


main()
