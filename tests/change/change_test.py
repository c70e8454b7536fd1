#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verbs diff, baseline and show changes, over captures as a person would use them.

    change_test.py EARSHOT SCHEMA PCAPS

The plant's capture is cut in two parts, and a firmware version in a capture of one device is overwritten in place.
Every comparison is checked against the schema, through stores and exports, and against its mirror.
"""
import csv
import hashlib
import io
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

earshot, schema_path, pcaps = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
try:
    import jsonschema
    validator = jsonschema.Draft202012Validator(json.loads(schema_path.read_text()))
except ImportError:
    validator = None
MIRROR = {"added": "not-seen", "not-seen": "added", "learned": "not-said", "not-said": "learned", "joined": "split", "split": "joined"}


def run(*words, code=0, **environment):
    r = subprocess.run([earshot, *map(str, words)], capture_output=True, env={**os.environ, **environment}, timeout=60)
    assert r.returncode == code, f"{words}: exit {r.returncode}, not {code}: {r.stderr.decode()}{r.stdout.decode()[:2000]}"
    return r.stdout.decode()


def complaint(*words, code):
    r = subprocess.run([earshot, *map(str, words)], capture_output=True, text=True, timeout=60)
    assert r.returncode == code, f"{words}: exit {r.returncode}, not {code}: {r.stderr}"
    assert r.stderr.count("\n") == 1 and r.stderr.startswith("earshot "), r.stderr
    return r.stderr


def split(path, *parts):
    """A classic pcap file cut into as many parts of equal numbers of frames."""
    data = path.read_bytes()
    order = "<" if data[:1] in (b"\xd4", b"\x4d") else ">"
    frames, at = [], 24
    while at < len(data):
        end = at + 16 + struct.unpack_from(order + "I", data, at + 8)[0]
        frames.append(data[at:end])
        at = end
    for i, part in enumerate(parts):
        part.write_bytes(data[:24] + b"".join(frames[len(frames) * i // len(parts):len(frames) * (i + 1) // len(parts)]))


def kind_mirrored(kind):
    head, _, tail = kind.partition("-")
    return f"{head}-{MIRROR[tail]}" if tail in MIRROR else kind


def diff(old, new, code=1):
    answer = json.loads(run("diff", "--json", old, new, code=code))
    if validator is not None:
        validator.validate(answer)
    assert answer["dropped"] == 0
    for kind, count in answer["counts"].items():
        assert count == sum(c["kind"] == kind for c in answer["changes"])
    return answer


def key(c, mirrored=False):
    """What a change says, without who is named first and what only one side can know."""
    sides = ("new", "old") if mirrored else ("old", "new")
    values = tuple(c.get(s, {}).get("value") for s in sides)
    frames = tuple((c.get(s, {}).get("capture"), c.get(s, {}).get("frame")) for s in sides)
    return (kind_mirrored(c["kind"]) if mirrored else c["kind"], c.get("field"), c.get("listened"), values, frames,
            c.get("protocol"), c.get("port"), tuple(c.get("operations", [])))


def sorted_keys(answer, mirrored=False):
    return sorted(map(repr, (key(c, mirrored) for c in answer["changes"])))


def find(answer, kind, **wanted):
    return [c for c in answer["changes"] if c["kind"] == kind and all(c.get(k) == v for k, v in wanted.items())]


def test_plant(tmp):
    split(pcaps / "plant" / "plant.pcap", tmp / "a.pcap", tmp / "b.pcap")
    for part in "ab":
        run("read", "-q", "--db", tmp / f"{part}.db", tmp / f"{part}.pcap")
        run("export", "json", "--db", tmp / f"{part}.db", "-o", tmp / f"{part}.json")
        # Another program may have sorted the keys and laid it out anew.
        (tmp / f"{part}.sorted.json").write_text(json.dumps(json.loads((tmp / f"{part}.json").read_text()), sort_keys=True, indent=1))
        for other in (f"{part}.db", f"{part}.json", f"{part}.sorted.json"):
            assert run("diff", tmp / f"{part}.db", tmp / other).endswith("nothing is different\n")
            assert diff(tmp / other, tmp / f"{part}.db", code=0)["changes"] == []
    answer = diff(tmp / "a.db", tmp / "b.db")
    assert sorted_keys(answer) == sorted_keys(diff(tmp / "b.db", tmp / "a.db"), mirrored=True), "no mirror"
    names = {(c["kind"], c.get("field"), c.get("asset", c.get("client"))["address"]) for c in answer["changes"]}
    through = {(c["kind"], c.get("field"), c.get("asset", c.get("client"))["address"]) for c in diff(tmp / "a.json", tmp / "b.sorted.json")["changes"]}
    assert names == through, names ^ through
    # The laptop that goes from cell to cell.
    moved = find(answer, "moved", field="ip")
    assert [(c["old"]["value"], c["new"]["value"]) for c in moved] == [("10.20.10.201", "10.20.30.201")], moved
    assert find(answer, "moved", field="vlan")[0]["new"]["value"] == "130"
    # The first download to a controller that was only read before; the frame is there.
    program = [c for c in find(answer, "operation-added", protocol="s7comm") if c["operations"] == ["program"]]
    assert [(c["client"]["address"], c["server"]["address"]) for c in program] == [("10.20.100.21", "10.20.20.11")], program
    assert program[0]["new"]["capture"] == "b.pcap" and program[0]["old"]["capture"] == "a.pcap"
    for c in answer["changes"]:
        assert "old" in c and "new" in c or c.get("listened") is False, c
    # Nothing in one device changed: what differs is what was asked.
    assert find(answer, "value-changed") == []
    # The same bytes wherever and however often.
    text = run("diff", "--evidence", tmp / "a.db", tmp / "b.db", code=1)
    assert text == run("diff", "--evidence", tmp / "a.db", tmp / "b.db", code=1, TZ="Asia/Kathmandu", LC_ALL="de_DE.UTF-8")
    rows = list(csv.DictReader(io.StringIO(run("diff", "--csv", tmp / "a.db", tmp / "b.db", code=1), newline="")))
    assert [(r["kind"], r["field"]) for r in rows] == [(c["kind"], c.get("field", "")) for c in answer["changes"]]


def test_since(tmp):
    """One store that both parts were read into, before and after the cut."""
    db = tmp / "all.db"
    run("read", "-q", "--db", db, tmp / "a.pcap")
    accepted = run("baseline", "accept", "FAT", "--db", db, "--by", "A. Person", "--note", "as built")
    sha256 = hashlib.sha256((tmp / "a.json").read_bytes()).hexdigest()
    assert accepted == f"baseline FAT: {len([a for a in json.loads((tmp / 'a.json').read_text())['assets'] if 'parent' not in a])} assets as of 2024-03-12T06:01:09.370000Z, sha256 {sha256}\n", accepted
    assert run("diff", "--db", db, "--baseline", "FAT").endswith("nothing is different\n")
    assert run("show", "changes", "--db", db, "--since", "FAT").endswith("nothing is different\n")
    run("read", "-q", "--db", db, tmp / "b.pcap")
    # The baseline is what it was.
    listed = json.loads(run("baseline", "list", "--json", "--db", db))["baselines"]
    assert [(b["name"], b["sha256"], b["accepted_by"], b["note"], b["time"]) for b in listed] == [
        ("FAT", sha256, "A. Person", "as built", "2024-03-12T06:01:09.370000Z")]
    assert "FAT" in run("baseline", "list", "--db", db)
    by_name, by_time = (run("show", "changes", "--json", "--db", db, "--since", since) for since in ("FAT", "2024-03-12T06:01:09.370Z"))
    assert by_name == by_time
    since = json.loads(by_name)
    if validator is not None:
        validator.validate(since)
    assert [(c["old"]["value"], c["new"]["value"]) for c in find(since, "moved", field="ip")] == [("10.20.10.201", "10.20.30.201")]
    halves = diff(tmp / "a.db", tmp / "b.db")
    for kind in ("operation-added", "asset-not-seen"):
        def who(c):
            return c.get("asset", c.get("client"))["address"], c.get("server", {}).get("address"), tuple(c.get("operations", []))
        assert {who(c) for c in find(since, kind)} == {who(c) for c in find(halves, kind)}, kind
    quiet = find(since, "asset-not-seen", listened=True)
    assert quiet and all(c["old"]["last_seen"] <= "2024-03-12T06:01:09.370000Z" and "was heard" in c["new"]["because"] for c in quiet)
    assert find(diff_baseline(db, "FAT"), "operation-added")
    run("show", "changes", "--db", db, "--since", "2030-01-01")


def diff_baseline(db, name):
    answer = json.loads(run("diff", "--json", "--db", db, "--baseline", name, code=1))
    if validator is not None:
        validator.validate(answer)
    return answer


def check_overwritten(tmp, capture, attribute, old, new):
    data = capture.read_bytes()
    assert old.encode() in data and len(old) == len(new)
    (tmp / "changed.pcap").write_bytes(data.replace(old.encode(), new.encode()))
    for db in ("v.db", "w.db"):
        (tmp / db).unlink(missing_ok=True)
    run("read", "-q", "--db", tmp / "v.db", capture)
    run("read", "-q", "--db", tmp / "w.db", tmp / "changed.pcap")
    assets = json.loads(run("export", "json", "--db", tmp / "v.db"))["assets"]
    (asset, fact), *_ = [(a, f) for a in assets for f in a["facts"] if f["attribute"] == attribute and f["value"] == old]
    changed = find(diff(tmp / "v.db", tmp / "w.db"), "value-changed", field=attribute)
    assert [(c["old"]["value"], c["new"]["value"]) for c in changed] == [(old, new)], changed
    assert changed[0]["asset"]["id"] == asset["id"]
    assert changed[0]["old"]["frame"] == changed[0]["new"]["frame"] == fact["frame"]
    assert changed[0]["old"]["message"] == fact["message"] and changed[0]["new"]["capture"] == "changed.pcap"
    assert f": {attribute.replace('_', ' ')} {old} -> {new}\n" in run("diff", tmp / "v.db", tmp / "w.db", code=1)


def test_overwritten(tmp):
    """A device with another firmware, or another device in its place: bytes of its own answer overwritten."""
    check_overwritten(tmp, pcaps / "modbus" / "identification-modbus-serial.pcap", "firmware_version", "2.7", "2.8")
    check_overwritten(tmp, pcaps / "s7comm" / "identity-loopback-snap7.pcap", "serial_number", "S C-C2UR28922012", "S C-C2UR28922013")


def test_baselines(tmp):
    db = tmp / "v.db"
    run("baseline", "accept", "2026-03-02", "--db", db)
    assert "never altered" in complaint("baseline", "accept", "2026-03-02", "--db", db, code=2)
    assert "no baseline 'SAT'" in complaint("diff", "--baseline", "SAT", "--db", db, code=2)
    for name in ("", "a\nb", "x" * 65, "a\u202eb"):
        complaint("baseline", "accept", name, "--db", db, code=2)
    con = sqlite3.connect(db)
    for statement in ("update baseline set note = 'x'", "delete from baseline"):
        try:
            con.execute(statement)
            raise AssertionError(statement)
        except sqlite3.IntegrityError:
            pass
    con.executescript("drop trigger baseline_not_altered; update baseline set sha256 = 'x'")
    con.close()
    assert "altered" in complaint("diff", "--baseline", "2026-03-02", "--db", db, code=3)


def test_refused(tmp):
    (tmp / "no.json").write_text("{\n  \"schema\": \"x/1\"}")
    assert "no.json:2:13: expected" in complaint("diff", tmp / "no.json", tmp / "v.db", code=3)
    (tmp / "cut.json").write_bytes((tmp / "a.json").read_bytes()[:-100])
    assert "cut.json:" in complaint("diff", tmp / "v.db", tmp / "cut.json", code=3)
    (tmp / "empty").write_bytes(b"")
    complaint("diff", tmp / "empty", tmp / "v.db", code=3)
    complaint("diff", tmp / "absent", tmp / "v.db", code=3)
    complaint("diff", tmp, tmp / "v.db", code=3)
    complaint("diff", tmp / "v.db", code=2)
    complaint("diff", tmp / "v.db", tmp / "v.db", tmp / "v.db", code=2)
    complaint("diff", "--json", "--csv", tmp / "v.db", tmp / "v.db", code=2)
    complaint("show", "changes", "--db", tmp / "v.db", code=2)
    complaint("show", "changes", "--db", tmp / "v.db", "--since", "yesterday", code=2)
    complaint("show", "assets", "--db", tmp / "v.db", "--since", "2026-01-01", code=2)
    complaint("baseline", "accept", "x", "--db", tmp / "absent", code=3)
    complaint("baseline", "accept", "--db", tmp / "v.db", code=2)
    complaint("baseline", "remove", code=2)
    for verb in (("diff",), ("baseline",), ("baseline", "accept"), ("baseline", "list")):
        assert "earshot " in run(*verb, "--help")


with tempfile.TemporaryDirectory() as folder:
    tmp = pathlib.Path(folder)
    for test in (test_plant, test_since, test_overwritten, test_baselines, test_refused):
        test(tmp)
print("changes: 5 tests")
if validator is None:
    print("python3-jsonschema is not installed: the schema was not checked")
