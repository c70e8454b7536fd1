#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `earshot zones propose` writes is read back as it was meant, and what people wrote stays byte for byte.

    propose.py EARSHOT

round trip   with the proposed file every asset is in the zone that the sensor proposed, and every conduit is there
again        proposing again changes nothing, not even the file's number
order        captures read in another order give the same file
edits        a file that was edited - words, ids, comments, line ends - keeps every byte; new lines come in between
rejected     what a person rejected is not proposed again, under whatever id
unsafe       nothing is written where nothing can be put in, and the line is named
words        every name that a protocol can have may be written
"""
import json, os, pathlib, re, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
earshot = str(pathlib.Path(sys.argv[1]).resolve())
plant = root / "pcaps/plant/plant.pcap"
others = [root / "pcaps" / p for p in ("modbus/gateway-units-libmodbus.pcap", "s7comm/identity-snap7.pcap", "lldp/switch-lldpd.pcap")]
failures = []


def check(what, same, more=""):
    print(("ok   " if same else "FAIL ") + what)
    if not same:
        failures.append(f"{what}: {more}" if more else what)


def run(*args, code=0):
    done = subprocess.run([earshot, *map(str, args)], capture_output=True)
    if done.returncode != code:
        failures.append(f"{' '.join(map(str, args))}: exit {done.returncode}, expected {code}: {done.stderr.decode()}")
    return done


def exported(db, *args):
    return json.loads(run("export", "json", "--db", db, *args).stdout)


def placed(inventory):
    """Each asset with its zone, and the pairs of zones that talk."""
    return ({a["id"]: a.get("zone") for a in inventory["assets"]},
            {tuple(sorted(c["zones"])) for c in inventory["conduits"] if c["channels"]})


def said(zone):
    """What people said of a zone; the line in which they did moves when lines come before it."""
    return {k: v for k, v in zone.get("declared", {}).items() if k != "line"} | {k: zone[k] for k in ("name", "kind", "status")}


def inserted(old, new):
    """The lines that are new when `new` is `old` with lines put in between; None when it is something else."""
    out, at = [], 0
    lines = old.splitlines(keepends=True)
    for line in new.splitlines(keepends=True):
        if at < len(lines) and line == lines[at]:
            at += 1
        elif at == len(lines) - 1 and not lines[at].endswith(b"\n") and line.rstrip(b"\r\n") == lines[at]:
            at += 1
        else:
            out.append(line)
    return out if at == len(lines) else None


def ids(lines):
    return [m.group(1).decode() for m in (re.match(rb" *- id: \"?([^\"\r\n]+)", line) for line in lines) if m]


def round_trip(tmp):
    db, zones = tmp / "plant.db", tmp / "round.yaml"
    run("read", "--quiet", "--db", db, plant)
    before = placed(exported(db, "--no-declarations"))
    check("every asset of the plant has a proposed zone", None not in before[0].values())
    run("zones", "propose", "--db", db, "-o", zones)
    after = placed(exported(db, "--zones", zones))
    check("round trip: zones", before[0] == after[0],
          [f"{a}: {z} -> {after[0].get(a)}" for a, z in before[0].items() if after[0].get(a) != z])
    check("round trip: conduits", before[1] == after[1], before[1] ^ after[1])
    text, number = zones.read_bytes(), os.stat(zones).st_ino
    done = run("zones", "propose", "--db", db, "-o", zones)
    check("again", zones.read_bytes() == text and os.stat(zones).st_ino == number and b"nothing new" in done.stderr)
    check("printed", run("zones", "propose", "--db", db, "--zones", "/dev/null").stdout == text)
    check("nothing to print", run("zones", "propose", "--db", db, "--zones", zones).stdout == b"")
    return text


def orders(tmp):
    texts = set()
    for n, order in enumerate(([plant, *others], [*others[::-1], plant], [others[1], plant, others[0], others[2]])):
        db = tmp / f"order{n}.db"
        run("read", "--quiet", "--db", db, *order)
        texts.add(run("zones", "propose", "--db", db, "--no-declarations").stdout)
    check("order", len(texts) == 1)


def edit(text):
    """What a person does to the file."""
    text = text.replace(b"ot-10.20.30.0-24", b"packing").replace(b"status: proposed", b"status: accepted", 3)
    text = text.replace(b"    owner:\n", b"    owner: \"Production \xc3\xa4\xc3\xb6\" # asked Bob\n", 2)
    text = text.replace(b"zones:\n", b"zones: # ours\n\n  # the first comment\n", 1)
    return text.replace(b"conduits:\n", b"  # the last comment of the zones\n# between\nconduits:\n", 1)


def edits(tmp, text):
    db, zones = tmp / "edits.db", tmp / "edits.yaml"
    for name, change in (("as it is", lambda t: t), ("edited", edit), ("CR LF", lambda t: edit(t).replace(b"\n", b"\r\n")),
                         ("no last line end", lambda t: edit(t)[:-1]),
                         ("conduits first", lambda t: t[t.index(b"conduits:\n"):] + t[:t.index(b"conduits:\n")]),
                         ("no conduits", lambda t: t[:t.index(b"conduits:\n")])):
        old = change(text)
        db.unlink(missing_ok=True)
        run("read", "--quiet", "--db", db, plant)
        zones.write_bytes(old)
        before = exported(db, "--zones", zones)
        run("read", "--quiet", "--db", db, *others)
        run("zones", "propose", "--db", db, "-o", zones)
        lines = inserted(old, zones.read_bytes())
        after = exported(db, "--zones", zones)
        check(f"{name}: every byte stays", lines is not None)
        check(f"{name}: something is new", len(ids(lines or [])) > 0)
        check(f"{name}: line ends", b"\r\n" not in old or b"\n" not in zones.read_bytes().replace(b"\r\n", b""))
        declared = {z["id"]: z for z in before["zones"] if z["basis"] == "declared"}
        check(f"{name}: declared zones say the same", all(
            said(z) == said(declared[z["id"]]) for z in after["zones"] if z["id"] in declared))
        check(f"{name}: assets stay where they were declared", all(
            placed(after)[0].get(a) == z for a, z in placed(before)[0].items() if z in declared))
        check(f"{name}: nothing is left to propose", b"nothing new" in run("zones", "propose", "--db", db, "-o", zones).stderr)


def fewer(tmp, text):
    """The captures are gone, what people wrote is not."""
    db, zones = tmp / "fewer.db", tmp / "fewer.yaml"
    old = edit(text)
    zones.write_bytes(old)
    run("read", "--quiet", "--db", db, others[0])
    run("zones", "propose", "--db", db, "-o", zones)
    check("fewer captures: every byte stays", inserted(old, zones.read_bytes()) is not None)
    full = tmp / "again.db"
    run("read", "--quiet", "--db", full, plant)
    (tmp / "old.yaml").write_bytes(old)
    check("the captures are back: assets are where they were",
          placed(exported(full, "--zones", zones))[0] == placed(exported(full, "--zones", tmp / "old.yaml"))[0])


def rejected(tmp, text):
    db, zones = tmp / "plant.db", tmp / "rejected.yaml"
    for status in (b"rejected", b"retired"):
        at = text.index(b"  - id: safety-")
        old = text[:at] + text[at:].replace(b"status: proposed", b"status: " + status, 1)
        old = old.replace(b"safety-10.20.30.0-24", b"no-such-thing")
        zones.write_bytes(old)
        run("zones", "propose", "--db", db, "-o", zones)
        lines = inserted(old, zones.read_bytes())
        check(f"{status.decode()}: not proposed again", lines is not None and not any("safety" in i for i in ids(lines)), ids(lines or []))


def unsafe(tmp, text):
    db, zones = tmp / "plant.db", tmp / "unsafe.yaml"
    for name, old, line in (("flow", b"zones: [{id: a}]\n", b"unsafe.yaml:1:8: zones: written in brackets"),
                            ("wrong", b"zones:\n- id: a\n  kind: x\n", b"unsafe.yaml:3:9: kind: \"x\", expected ot"),
                            ("end", b"zones:\n- id: a\n...\n", b"unsafe.yaml:4:1: conduits: cannot be added to here")):
        zones.write_bytes(old)
        done = run("zones", "propose", "--db", db, "-o", zones, code=2)
        check(f"{name}: nothing is written", zones.read_bytes() == old and line in done.stderr and done.stderr.count(b"\n") == 1,
              done.stderr)
    (tmp / "mine.yaml").write_bytes(b"# mine\n")
    done = run("zones", "propose", "--db", db, "--zones", zones, "-o", tmp / "mine.yaml", code=2)
    check("another's file is not overwritten", (tmp / "mine.yaml").read_bytes() == b"# mine\n")
    check("nothing is left behind", not [p for p in tmp.iterdir() if ".tmp-" in p.name])


def words(tmp):
    known = set(re.findall(r'X\(\w+, "([^"]+)"\)', (root / "include/earshot/protocol.h").read_text()))
    known |= set(re.findall(r'{NDPI_\w+, "([^"]+)"}', (root / "sensor/flow/ndpi.c").read_text()))
    zones = tmp / "words.yaml"
    zones.write_text("zones: [{id: a}]\nconduits:\n- id: c\n  from: a\n  to: a\n  allow:\n  - protocols:\n" +
                     "".join(f"    - {word}\n" for word in sorted(known)))
    check(f"{len(known)} protocols may be written", len(known) > 70 and
          run("export", "json", "--db", tmp / "plant.db", "--zones", zones).stderr == b"")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    proposed = round_trip(folder)
    orders(folder)
    edits(folder, proposed)
    fewer(folder, proposed)
    rejected(folder, proposed)
    unsafe(folder, proposed)
    words(folder)
print(f"{len(failures)} failures")
print("\n".join(failures))
sys.exit(1 if failures else 0)
