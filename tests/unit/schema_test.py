#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every capture in pcaps/, read and exported, must fit config/inventory.schema.json and hold together.

    schema_test.py EARSHOT SCHEMA PCAPS

Beyond the schema: ids are unique and refer to assets that exist, captures are numbered from 1, frames lie inside
their capture, "last" is not before "first", the order of keys is that of the schema, the CSV is the same list
of assets. Then all captures together, read in two orders, in two time zones: the same bytes.
"""
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

earshot, schema_path, pcaps = sys.argv[1:4]
schema = json.loads(pathlib.Path(schema_path).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
faults = []


def run(*words, **environment):
    r = subprocess.run([earshot, *map(str, words)], capture_output=True, env={**os.environ, **environment})
    if r.returncode not in (0, 3) or (r.returncode == 3 and words[0] != "read"):
        faults.append(f"{' '.join(map(str, words))}: exit {r.returncode}: {r.stderr.decode(errors='replace').strip()}")
    return r.stdout


def resolve(part):
    while "$ref" in part:
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
    return part


def check_order(where, value, part):
    part = resolve(part)
    if isinstance(value, dict):
        known = list(part["properties"])
        order = [known.index(k) for k in value if k in known]
        if order != sorted(order):
            faults.append(f"{where}: keys out of order: {list(value)}")
        for k, v in value.items():
            if k in known:
                check_order(f"{where}.{k}", v, part["properties"][k])
    elif isinstance(value, list) and "items" in part:
        for i, v in enumerate(value):
            check_order(f"{where}[{i}]", v, part["items"])


def check_evidence(where, inventory, value):
    captures = {c["id"]: c for c in inventory["captures"]}
    if value["capture"] not in captures:
        faults.append(f"{where}: no capture {value['capture']}")
    elif not 1 <= value["frame"] <= captures[value["capture"]]["packets"]:
        faults.append(f"{where}: no frame {value['frame']} in capture {value['capture']}")


def check_references(name, inventory):
    ids = [a["id"] for a in inventory["assets"]]
    if len(set(ids)) != len(ids):
        faults.append(f"{name}: an id is used twice")
    if [c["id"] for c in inventory["captures"]] != list(range(1, len(inventory["captures"]) + 1)):
        faults.append(f"{name}: captures are not numbered from 1")
    for a in inventory["assets"]:
        if a.get("parent", a["id"]) not in ids:
            faults.append(f"{name}: {a['id']} is part of nothing")
        if a["flags"] != sorted(a["flags"]) or [r["flag"] for r in a["flag_reasons"]] != a["flags"]:
            faults.append(f"{name}: flags of {a['id']}")
        if [v["rule"] for v in a["type_verdicts"] if v["won"]] != a["type_rules"]:
            faults.append(f"{name}: rules of {a['id']}")
        for f in a["facts"]:
            check_evidence(f"{name}: {a['id']} {f['attribute']}", inventory, f)
    for link in inventory["links"]:
        if link["client"] not in ids or link["server"] not in ids:
            faults.append(f"{name}: a link without an end: {link}")
        for e in link["evidence"] + link["events"]:
            check_evidence(f"{name}: link {link['client']} {link['server']}", inventory, e)
    for u in inventory["unanswered"]:
        if any(i not in ids for i in u["asked_by"]):
            faults.append(f"{name}: {u['address']} asked by nobody")


def check_times(where, value):
    if isinstance(value, dict):
        for first, last in (("first_seen", "last_seen"), ("first", "last")):
            if value.get(first, "") > value.get(last, ""):
                faults.append(f"{where}: ends before it begins")
        for k, v in value.items():
            check_times(f"{where}.{k}", v)
    elif isinstance(value, list):
        for i, v in enumerate(value):
            check_times(f"{where}[{i}]", v)


def check_csv(name, inventory, text):
    rows = list(csv.reader(io.StringIO(text.decode(), newline="")))
    if text.count(b"\r\n") < len(rows) or any(len(r) != len(rows[0]) for r in rows):
        faults.append(f"{name}: CSV records of different lengths")
    if [r[0] for r in rows[1:]] != [a["id"] for a in inventory["assets"]]:
        faults.append(f"{name}: the CSV holds other assets")
    for field in (f for r in rows[1:] for f in r):
        if field.lstrip(" \t\r\n\"")[:1] in ("=", "+", "-", "@") and field:
            faults.append(f"{name}: a formula: {field!r}")


def check_capture(path, folder):
    db = folder / "one.db"
    run("read", "--quiet", "--db", db, path)
    if not db.exists():
        faults.append(f"{path.name}: no store")
        return
    inventory = json.loads(run("export", "json", "--db", db))
    for e in sorted(validator.iter_errors(inventory), key=str):
        faults.append(f"{path.name}: {'/'.join(map(str, e.absolute_path))}: {e.message[:200]}")
    check_order(path.name, inventory, schema)
    check_references(path.name, inventory)
    check_times(path.name, inventory)
    check_csv(path.name, inventory, run("export", "csv", "--db", db))
    db.unlink()


def check_together(paths, folder):
    texts = []
    for order, zone in ((paths, "UTC"), (paths[::-1], "Asia/Tokyo")):
        db, out = folder / f"all{len(texts)}.db", folder / f"all{len(texts)}.json"
        run("read", "--quiet", "--db", db, *order, TZ=zone, LC_ALL="de_DE.UTF-8")
        run("export", "json", "--db", db, "-o", out, TZ=zone)
        texts.append(out.read_bytes())
        validator.validate(json.loads(texts[-1]))
        if b"</" in texts[-1] or "\u2028".encode() in texts[-1]:
            faults.append("all: cannot stand inside HTML")
    if texts[0] != texts[1]:
        faults.append("all: the order of reading shows")
    left = [p.name for p in folder.iterdir() if ".tmp-" in p.name or p.name.endswith(("-wal", "-shm"))]
    if left:
        faults.append(f"left behind: {left}")


paths = sorted(p for p in pathlib.Path(pcaps).rglob("*") if ".pcap" in p.name)
with tempfile.TemporaryDirectory() as name:
    for path in paths:
        check_capture(path, pathlib.Path(name))
    check_together(paths, pathlib.Path(name))
for f in faults[:50]:
    print(f)
print(f"{len(paths)} captures, {len(faults)} faults")
sys.exit(1 if faults or not paths else 0)
