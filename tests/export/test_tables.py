#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`earshot export csv-set` and `ndjson` of captures against the inventory JSON: nothing more, nothing less, nothing else.

    test_tables.py EARSHOT FILE-OR-FOLDER...    every capture, and one whose devices have hostile names
"""
import csv, io, json, os, pathlib, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import captures

earshot = sys.argv[1]
ELSEWHERE = {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"}


def table(path):
    """RFC 4180, strictly: CRLF behind each record, as many fields as the header has."""
    text = path.read_bytes().decode("utf-8")
    if not text.endswith("\r\n") or "\n" in text.replace("\r\n", "") and '"' not in text:
        raise ValueError(f"{path.name}: line ends")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len({len(row) for row in rows}) != 1 or len(set(rows[0])) != len(rows[0]):
        raise ValueError(f"{path.name}: fields")
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def calculates(value):
    """What a spreadsheet may take for a formula, by its first character behind blanks and quotes."""
    bare = value.lstrip(" \t\r\n\"'")
    return value[:1] in ("\t", "\r") or bare[:1] in ("=", "+", "-", "@")


def is_formula(value):
    return calculates(value) and not value.startswith("'")


def plain(value):
    """As it was before the apostrophe that keeps spreadsheets from calculating."""
    return value[1:] if value.startswith("'") and calculates(value[1:]) else value


def said(facts):
    """Facts in a form in which two lists of them can be compared."""
    return sorted(json.dumps(f, sort_keys=True) for f in facts)


def problems(db, tmp):
    def run(*words, **environment):
        return subprocess.run([earshot, *words, "--db", db], check=True, capture_output=True,
                              env=dict(os.environ, **environment)).stdout
    inventory = json.loads(run("export", "json"))
    lines = run("export", "ndjson")
    if lines != run("export", "ndjson", **ELSEWHERE):
        yield "ndjson: two exports differ"
    captures_of = {c["id"]: c for c in inventory["captures"]}
    wanted = [dict({k: f[k] for k in ("attribute", "value", "message", "protocol", "frame", "count", "confidence")},
                   asset=a["id"], code=f.get("code", ""), at=f.get("at", {}), sha256=captures_of[f["capture"]]["sha256"])
              for a in inventory["assets"] for f in a.get("facts", ())]
    got = [json.loads(line) for line in lines.decode("utf-8").split("\n")[:-1]]
    as_wanted = [dict({k: f[k] for k in ("attribute", "value", "message", "protocol", "frame", "count", "confidence")},
                      asset=f["asset"], code=f.get("code", ""), at=f.get("at", {}), sha256=f["capture_sha256"]) for f in got]
    if said(wanted) != said(as_wanted):
        yield "ndjson: not the facts of the inventory"
    run("export", "csv-set", "-o", f"{tmp}/a")
    run("export", "csv-set", "-o", f"{tmp}/b", **ELSEWHERE)
    tables = {}
    for name in ("assets", "links", "zones", "conduits", "facts"):
        path = pathlib.Path(f"{tmp}/a/{name}.csv")
        if path.read_bytes() != pathlib.Path(f"{tmp}/b/{name}.csv").read_bytes():
            yield f"{name}: two exports differ"
        tables[name] = table(path)
        for row in tables[name]:
            for column, value in row.items():
                if is_formula(value):
                    yield f"{name}: {column}: a formula: {value[:60]!r}"
    if sorted(p.name for p in pathlib.Path(f"{tmp}/a").iterdir()) != sorted(f"{n}.csv" for n in tables):
        yield "csv-set: other files"
    if pathlib.Path(f"{tmp}/a/assets.csv").read_bytes() != run("export", "csv"):
        yield "assets.csv is not what `export csv` writes"
    for name, key in (("assets", "id"), ("zones", "id"), ("conduits", "id")):
        if [plain(r[key]) for r in tables[name]] != [o[key] for o in inventory[name]]:
            yield f"{name}: not those of the inventory"
    yield from links_differ(tables["links"], inventory)
    facts = [(r["asset"], r["attribute"], plain(r["value"]), plain(r["message"]), int(r["frame"]), int(r["count"]))
             for r in tables["facts"]]
    if sorted(facts) != sorted((f["asset"], f["attribute"], f["value"], f["message"], f["frame"], f["count"]) for f in as_wanted):
        yield "facts: not those of the inventory"


def links_differ(rows, inventory):
    got = [(r["client"], r["server"], r["protocol"], r["transport"], r["port"], int(r["packets"]), r["operations"]) for r in rows]
    wanted = [(l["client"], l["server"], l.get("protocol", ""), l.get("transport", ""), str(l.get("port", "")), l["packets"],
               "; ".join(l["operations"])) for l in inventory["links"]]
    if got != wanted:
        yield "links: not those of the inventory"
    verdicts = {}
    for conduit in inventory["conduits"]:
        for channel in conduit["channels"]:
            if "initiator" in channel:
                verdicts.setdefault((channel["initiator"], channel["responder"]), set()).add((conduit["id"], channel["verdict"]))
    for row in rows:
        pair = verdicts.get((row["client"], row["server"]), set()) | verdicts.get((row["server"], row["client"]), set())
        if row["conduit"] and (plain(row["conduit"]), row["verdict"]) not in pair:
            yield f"links: {row['conduit']} {row['verdict']} is no channel of these two"
    count = sum(1 for row in rows if row["conduit"])
    if bool(verdicts) != bool(count):
        yield "links: channels without links"


def folder_is_whole(db, tmp):
    """A folder that cannot be written is left as it was; one of several files is needed at all."""
    inside = pathlib.Path(f"{tmp}/c")
    (inside / "facts.csv").mkdir(parents=True)
    for kind in ("csv-set", "netbox"):
        if subprocess.run([earshot, "export", kind, "--db", db], capture_output=True).returncode != 2:
            yield f"{kind}: written to standard output"
        if subprocess.run([earshot, "export", kind, "--db", db, "-o", f"{tmp}/none/deep"], capture_output=True).returncode != 4:
            yield f"{kind}: written into a folder whose parent is not there"
    if subprocess.run([earshot, "export", "csv-set", "--db", db, "-o", str(inside)], capture_output=True).returncode != 4:
        yield "csv-set: a folder in the place of a file was no failure"
    if [p.name for p in inside.iterdir()] != ["facts.csv"]:
        yield f"csv-set: left behind {[p.name for p in inside.iterdir()]}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        hostile = f"{folder}/hostile.pcap"
        captures.hostile_capture(hostile)
        worse = captures.check(earshot, [hostile], folder_is_whole)
        sys.exit(captures.check(earshot, sys.argv[2:] + [hostile], problems) or worse)
