#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The properties of the inventory that hold whatever the captures are.

    properties.py EARSHOT

order        read a b == read b a == read a; read b
idempotence  reading again adds nothing, under another name too
split        a capture in two halves gives the same assets, roles, values and children as the whole
determinism  the same bytes in another time zone, locale and directory
packing      a packed capture says what the plain one says
"""
import gzip, itertools, json, os, pathlib, shutil, struct, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
earshot = str(pathlib.Path(sys.argv[1]).resolve())
captures = [root / "pcaps" / p for p in ("modbus/gateway-units-libmodbus.pcap", "s7comm/identity-snap7.pcap",
                                         "dnp3/unsolicited-opendnp3.pcap", "enip/identity-opener.pcap", "plant/plant.pcap")]
failures = []


def run(*args, env=None, cwd=None):
    done = subprocess.run([earshot, *map(str, args)], capture_output=True, env=env, cwd=cwd)
    if done.returncode != 0:
        failures.append(f"{' '.join(map(str, args))}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def check(what, same):
    print(("ok   " if same else "FAIL ") + what)
    if not same:
        failures.append(what)


def read(db, *paths):
    run("read", "--quiet", "--db", db, *paths)
    return run("export", "json", "--db", db)


def halves(source, directory):
    """Cuts a classic little-endian pcap in two at its middle packet."""
    data = source.read_bytes()
    cuts, at = [], 24
    while at + 16 <= len(data):
        cuts.append(at)
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
    middle = cuts[len(cuts) // 2]
    first, second = directory / "first.pcap", directory / "second.pcap"
    first.write_bytes(data[:middle])
    second.write_bytes(data[:24] + data[middle:])
    return first, second


def meaning(text):
    """What must not depend on how the packets were cut into files: all but frames, counts and captures."""
    inventory = json.loads(text)
    ids = {a["id"]: a for a in inventory["assets"]}
    out = set()
    for a in inventory["assets"]:
        out.add(("asset", a["id"], a.get("parent"), a["type"]))
        out.update(("role", a["id"], r["protocol"], r["role"], r["port"], tuple(r["operations"])) for r in a["roles"])
        out.update(("value", a["id"], f["attribute"], f.get("value"), f.get("code")) for f in a["facts"])
    out.update(("link", l["client"], l["server"], l["protocol"], l["port"], tuple(l["operations"])) for l in inventory["links"])
    return out, ids


with tempfile.TemporaryDirectory() as name:
    tmp = pathlib.Path(name)
    together = read(tmp / "all.db", *captures)
    for n, order in enumerate(list(itertools.permutations(captures))[1::23]):
        check(f"order {n}", read(tmp / f"order{n}.db", *order) == together)
    for capture in captures:
        read(tmp / "step.db", capture)
    check("one after the other", run("export", "json", "--db", tmp / "step.db") == together)
    check("again", read(tmp / "all.db", *captures) == together)
    shutil.copy(captures[0], tmp / "renamed.pcap")
    check("again under another name", read(tmp / "all.db", tmp / "renamed.pcap") == together)
    check("twice in one run", read(tmp / "twice.db", captures[0], captures[1], captures[0]) == read(tmp / "once.db", captures[0], captures[1]))
    env = dict(os.environ, TZ="Pacific/Auckland", LC_ALL="de_DE.UTF-8", LANG="tr_TR.UTF-8")
    elsewhere = tmp / "elsewhere"
    elsewhere.mkdir()
    run("read", "--quiet", *captures, env=env, cwd=elsewhere)
    check("elsewhere", run("export", "json", env=env, cwd=elsewhere) == together)
    packed = tmp / "packed.pcap.gz"
    packed.write_bytes(gzip.compress(captures[1].read_bytes()))
    check("packing", meaning(read(tmp / "packed.db", packed))[0] == meaning(read(tmp / "plain.db", captures[1]))[0])
    for capture in captures[:4]:
        first, second = halves(capture, tmp)
        whole, ids = meaning(read(tmp / f"{capture.stem}-whole.db", capture))
        split, _ = meaning(read(tmp / f"{capture.stem}-split.db", second, first))
        # a request and its answer may stand in two files: nothing may be invented, and assets and roles stay
        check(f"split {capture.stem}: nothing new", split <= whole)
        check(f"split {capture.stem}: assets", {x for x in whole if x[0] == "asset"} == {x for x in split if x[0] == "asset"})
print(f"{len(failures)} failures")
print("\n".join(failures))
sys.exit(1 if failures else 0)
