#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The evidence pack: the same bytes every time, whole or not there, and every alteration of it found.

    pack_test.py EARSHOT PCAPS

files      each is what its name says, every one of them is in the manifest with the right hash, and no field is missing
bytes      another time zone, locale, folder and working directory give the same pack
verify     altered, missing, added files; the sign-off form may be completed and nothing else; the pack before
manifest   a broken or hostile one is refused, and never leads out of the folder
folder     a pack is never written over something, and nothing is left when the disk is full
hostile    names from the wire, from file names and from people: safe in every format, and still findable
"""
import csv, hashlib, io, json, os, pathlib, re, resource, shutil, sqlite3, subprocess, sys, tempfile
import xml.dom.minidom

earshot = str(pathlib.Path(sys.argv[1]).resolve())
pcaps = pathlib.Path(sys.argv[2]).resolve()
FILES = ["00_README.md", "01_manifest.json", "02_assets.csv", "02_assets.json", "03_evidence.jsonl", "04_zones.csv",
         "05_conduits.csv", "06_flows.csv", "07_drawings/drawings.csv", "07_drawings/overview.svg", "08_coverage.md",
         "09_changes.csv", "10_reconciliation.csv", "11_policy_findings.csv", "12_config_baseline.csv", "13_open_items.csv",
         "14_signoff.json", "14_signoff.md", "15_trace.csv", "16_sensor.md"]
BLANK = "TO BE COMPLETED"
failures = []
csv.field_size_limit(1 << 30)


def check(what, good, more=""):
    print(("ok   " if good else "FAIL ") + what)
    if not good:
        failures.append(what)
        if more:
            print("     " + str(more)[:2000])


def run(*args, code=0, env=None, cwd=None, **more):
    done = subprocess.run([earshot, *map(str, args)], capture_output=True, env={**os.environ, **(env or {})}, cwd=cwd, **more)
    if done.returncode != code:
        check(f"{' '.join(map(str, args))}: exit {done.returncode} instead of {code}", False, done.stderr.decode())
    return done


def read_all(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows(pack, name):
    text = (pack / name).read_bytes().decode()
    table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    check(f"{name}: all records have the header's fields", len({len(r) for r in table}) == 1)
    return [dict(zip(table[0], r)) for r in table[1:]]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def edit(path, old, new):
    data = path.read_bytes()
    assert old in data, (path, old)
    path.write_bytes(data.replace(old, new, 1))


def verify(pack, *args, code=0):
    return run("pack", "--verify", pack, *args, code=code).stdout.decode().splitlines()


def faults(pack, code=1, *args):
    """The names in front of each line; the two last lines are totals."""
    return [line.split(": ")[0] for line in verify(pack, *args, code=code)[:-2]]


def test_files(pack, db):
    found = read_all(pack)
    check("all files and no others", sorted(found) == sorted(FILES), sorted(found))
    manifest = json.loads(found["01_manifest.json"])
    listed = {f["name"]: f for f in manifest["files"]}
    outside = {"01_manifest.json", "14_signoff.json", "14_signoff.md"}
    check("the manifest has every other file", set(listed) == set(FILES) - outside)
    check("sizes and hashes are those of the files", all(
        f["bytes"] == len(found[n]) and f["sha256"] == sha256(found[n]) for n, f in listed.items()))
    signoff = json.loads(found["14_signoff.json"])
    check("the form has the hash of the manifest", signoff["manifest"]["sha256"] == sha256(found["01_manifest.json"])
          and sha256(found["01_manifest.json"]).encode() in found["14_signoff.md"])
    check("people sign", all(signoff[k][f] == BLANK for k in ("prepared_by", "reviewed_by", "approved_by")
                             for f in ("name", "function", "date", "signature")))
    for name, data in found.items():
        check(f"{name}: never says compliant", not re.search(rb"complian|conform|certif(ied|y)", data, re.I)
              or name.startswith("02_") or name.startswith("03_"))
    inventory = json.loads(run("export", "json", "--db", db).stdout)
    check("02_assets.json is the inventory", found["02_assets.json"] == run("export", "json", "--db", db).stdout)
    return inventory


def test_content(pack, inventory):
    zones, conduits = rows(pack, "04_zones.csv"), rows(pack, "05_conduits.csv")
    for name, table in (("zones", zones), ("conduits", conduits)):
        letters = {k[0] for k in table[0] if k[1] == "_"}
        check(f"{name} have the characteristics a to n", letters == set("abcdefghijklmn"), letters)
        check(f"{name}: what only people know is blank", all(
            r["g_physical_access_points"] == r["l_security_requirements"] == r["m_policies"] == BLANK for r in table))
    check("every zone and conduit has a row", [z["a_id"] for z in zones] == [z["id"] for z in inventory["zones"]]
          and [c["a_id"] for c in conduits] == [c["id"] for c in inventory["conduits"]])
    flows = rows(pack, "06_flows.csv")
    between = [f for f in flows if f["scope"] == "between zones"]
    channels = [(c["id"], ch["verdict"], ch.get("initiator", "")) for c in inventory["conduits"] for ch in c["channels"]]
    check("every channel has its verdict", sorted(channels) == sorted((f["conduit"], f["verdict"], f["initiator_id"]) for f in between))
    check("flows inside zones are there and have no verdict", all(not f["verdict"] for f in flows if f not in between)
          and len(flows) > len(between))
    lines = [json.loads(l) for l in (pack / "03_evidence.jsonl").read_text().split("\n")[:-1]]
    facts = [(l["asset"], l["attribute"], l["value"], l["frame"], l["capture_sha256"]) for l in lines if "message" in l]
    shas = {c["id"]: c["sha256"] for c in inventory["captures"]}
    check("every fact of the inventory is evidence, with its frame and the hash of its capture", sorted(facts) == sorted(
        (a["id"], f["attribute"], f["value"], f["frame"], shas[f["capture"]]) for a in inventory["assets"] for f in a["facts"]))
    check("every type has its rule", {l["asset"] for l in lines if l["attribute"] == "type" and l["layer"] == "inferred"} ==
          {a["id"] for a in inventory["assets"]})
    trace = rows(pack, "15_trace.csv")
    check("the trace says evidence, partial or human", {t["what_this_is"] for t in trace} == {"evidence", "partial", "human"})
    check("the trace names files of the pack", {t["file"] for t in trace} <= set(FILES), {t["file"] for t in trace} - set(FILES))
    check("each characteristic of ZCR 6.4 is traced", set("abcdefghijklmn") <= {
        t["clause"].split("ZCR 6.4 ")[1][0] for t in trace if "ZCR 6.4 " in t["clause"]})
    findings = rows(pack, "11_policy_findings.csv")
    check("findings wait for a decision", [f["id"] for f in findings] == [f["id"] for f in inventory["findings"]]
          and all(f["decision"] == BLANK for f in findings))
    opened = rows(pack, "13_open_items.csv")
    unknown = {a["id"] for a in inventory["assets"] if a["type"] == "unknown"}
    check("unknown types are open", unknown == {o["id"] for o in opened if "its type is unknown" in o["what_is_open"]})
    configured = rows(pack, "12_config_baseline.csv")
    check("a program transfer of the plant is seen, with who did it", any(
        c["kind"] == "program or block transfer" and c["asset"].startswith("10.20.30.12") and "ACME-LT3" in c["by"] and c["frame"]
        for c in configured))
    check("services that answered are seen", any(c["item"] == "tcp/502" for c in configured if c["kind"] == "service that answered"))
    coverage = (pack / "08_coverage.md").read_text()
    check("absence is not proof", "Absence is not proof" in coverage and BLANK in coverage)
    sensor = (pack / "16_sensor.md").read_text()
    rules = pathlib.Path(__file__).resolve().parents[2] / "config/rules/types.yaml"
    check("the rules are named by their hash", sha256(rules.read_bytes()) in sensor)
    check("without a baseline nothing is said of changes", "no baseline is accepted" in (pack / "09_changes.csv").read_text())
    xml.dom.minidom.parse(str(pack / "07_drawings/overview.svg"))


def test_bytes(folder, db, pack):
    other = folder / "elsewhere"
    other.mkdir()
    run("pack", "--db", db, "-o", "p", cwd=other, env={"TZ": "Pacific/Chatham", "LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"})
    check("another time zone, locale and folder give the same bytes", read_all(other / "p") == read_all(pack))


def test_verify(folder, pack):
    check("a fresh pack is as it was made", faults(pack, 0) == [])
    copy = folder / "copy"
    for name in FILES:
        shutil.copytree(pack, copy)
        data = bytearray((copy / name).read_bytes())
        data[len(data) // 2] ^= 1
        (copy / name).write_bytes(data)
        if name == "01_manifest.json":
            done = subprocess.run([earshot, "pack", "--verify", copy], capture_output=True, text=True)
            check("a bit of the manifest", done.returncode in (1, 3) and name in done.stdout + done.stderr, done)
        elif not name.startswith("14_"):
            check(f"one bit of {name}", faults(copy) == [name])
        (copy / name).write_bytes(data + b" ")
        if name not in ("01_manifest.json",):
            check(f"one byte more of {name}", faults(copy) == [name])
        (copy / name).unlink()
        if name == "01_manifest.json":
            run("pack", "--verify", copy, code=3)
        else:
            check(f"{name} missing", faults(copy) == [name])
        shutil.rmtree(copy)
    shutil.copytree(pack, copy)
    (copy / "07_drawings/more.svg").write_text("x")
    (copy / "17_more.md").write_text("x")
    (copy / ".hidden\x1b[2J").write_text("x")
    (copy / "folder").mkdir()
    (copy / "folder/06_flows.csv").write_text("x")
    lines = verify(copy, code=1)
    check("added files and folders, in one order", [l.split(": ")[0] for l in lines[:-2]] ==
          [".hidden\\u{1B}[2J", "07_drawings/more.svg", "17_more.md", "folder"], lines)
    shutil.rmtree(copy)
    shutil.copytree(pack, copy)
    (copy / "06_flows.csv").unlink()
    (copy / "06_flows.csv").symlink_to(pack / "06_flows.csv")
    shutil.move(copy / "07_drawings", folder / "drawings")
    (copy / "07_drawings").symlink_to(folder / "drawings")
    (copy / "05_conduits.csv").unlink()
    os.mkfifo(copy / "05_conduits.csv")
    check("links and pipes are no files", faults(copy) == ["05_conduits.csv", "06_flows.csv", "07_drawings/drawings.csv",
                                                           "07_drawings/overview.svg"])
    shutil.rmtree(copy)


def test_signoff(folder, pack):
    form = folder / "form"
    shutil.copytree(pack, form)
    line = b"| Approved by (asset owner) | "
    edit(form / "14_signoff.md", line + BLANK.encode(), line + "J. Müller".encode())
    edit(form / "14_signoff.json", b'"exceptions": "TO BE COMPLETED"', b'"exceptions": "until June: \\"pump 3\\""')
    last = verify(form)[-2]
    check("a form may be completed", "2 of 32 fields completed" in last, last)
    edit(form / "14_signoff.json", b'"decision": "TO BE COMPLETED"', b'"decision": "x", "site": "y"')
    check("but not with fields of one's own", faults(form) == ["14_signoff.json"])
    edit(form / "14_signoff.json", b'"decision": "x", "site": "y"', b'"decision": "x"')
    edit(form / "14_signoff.md", b"is evidence for", b"is proof of")
    check("nor with other words", faults(form) == ["14_signoff.md"])
    edit(form / "14_signoff.md", b"is proof of", b"is evidence for")
    check("back again", faults(form, 0) == [])
    edit(form / "01_manifest.json", b'"version":"0', b'"version":"1')
    check("a manifest that is not the signed one", faults(form) == ["01_manifest.json"])
    shutil.rmtree(form)


def test_chain(folder, db, pack):
    second = folder / "second"
    run("pack", "--db", db, "-o", second, "--previous", pack)
    before = sha256((pack / "01_manifest.json").read_bytes())
    check("the manifest names the one before", json.loads((second / "01_manifest.json").read_text())["previous"]["manifest_sha256"] == before)
    check("the chain holds", faults(second, 0, "--previous", pack) == [])
    check("the chain is broken", faults(pack, 1, "--previous", second) == ["01_manifest.json"])
    run("pack", "--db", db, "-o", folder / "third", "--previous", folder / "nothing", code=3)
    check("nothing is left without the pack before", not (folder / "third").exists() and not (folder / "third.new").exists())
    other = folder / "other.db"
    run("read", "--quiet", "--db", other, "--site", "Other", pcaps / "modbus/identification-modbus-serial.pcap")
    run("pack", "--db", other, "-o", folder / "third", "--previous", pack, code=3)
    run("baseline", "accept", "built", "--db", other)
    run("read", "--quiet", "--db", other, pcaps / "s7comm/identity-snap7.pcap")
    run("pack", "--db", other, "-o", folder / "third")
    changes = rows(folder / "third", "09_changes.csv")
    check("changes since the last baseline", len(changes) > 0 and "statement" not in changes[0])
    check("the manifest names the baseline", json.loads((folder / "third/01_manifest.json").read_text())["baseline"]["name"] == "built")
    run("pack", "--db", other, "-o", folder / "fourth", "--baseline", "none such", code=2)
    shutil.rmtree(folder / "third")


def test_manifest(folder, pack):
    bad = folder / "bad"
    shutil.copytree(pack, bad)
    good = json.loads((bad / "01_manifest.json").read_text())
    secret = folder / "secret"
    secret.write_text("x")
    entry = {"bytes": 1, "sha256": sha256(b"x")}
    texts = [b"", b"{", b"[]", b"null", b"\0" * 100, b'{"a":' * 5000, b"x" * (2 << 20), json.dumps(good).encode() + b"x",
             json.dumps({**good, "schema": "earshot.pack/2"}).encode(), json.dumps({**good, "files": {}}).encode(),
             json.dumps({**good, "previous": {"manifest_sha256": "../x"}}).encode()]
    for name in ("../secret", "/etc/passwd", "a/../../secret", "./06_flows.csv", "a//b", "a/", "a/b/c", "", ".", "..", "x" * 101,
                 "a\\b", "a b", "\u202ea", "a\nb", ".profile", "a/.b"):
        texts.append(json.dumps({**good, "files": [{"name": name, **entry}]}).encode())
    for field, value in (("bytes", -1), ("bytes", 1.5), ("bytes", 1e300), ("bytes", "1"), ("sha256", "A" * 64), ("sha256", 7), ("name", 7)):
        texts.append(json.dumps({**good, "files": [{**good["files"][0], field: value}]}).encode())
    texts.append(json.dumps({**good, "files": good["files"][:1] * 2}).encode())
    texts.append(json.dumps({**good, "files": [{"name": f"{i:06}", **entry} for i in range(257)]}).encode())
    for text in texts:
        (bad / "01_manifest.json").write_bytes(text)
        done = subprocess.run([earshot, "pack", "--verify", bad], capture_output=True, timeout=60)
        if done.returncode != 3 or done.stdout or done.stderr.count(b"\n") != 1 or b"01_manifest.json" not in done.stderr:
            check("a broken manifest is refused", False, (text[:200], done))
    (bad / "01_manifest.json").unlink()
    (bad / "01_manifest.json").symlink_to("/dev/zero")
    run("pack", "--verify", bad, code=3, timeout=60)
    run("pack", "--verify", folder / "nothing", code=3)
    (bad / "01_manifest.json").unlink()
    (bad / "01_manifest.json").write_text(json.dumps({**good, "files": [{"name": "0_huge", "bytes": 2 ** 52, "sha256": "0" * 64}]}))
    with open(bad / "0_huge", "wb") as huge:
        huge.truncate(1 << 40)
    done = run("pack", "--verify", bad, code=1, timeout=60)
    check("a huge file is not read for nothing", b"0_huge: altered" in done.stdout)
    shutil.rmtree(bad)


def test_folder(folder, db):
    full = folder / "full"
    full.mkdir()
    (full / "mine").write_text("mine")
    done = run("pack", "--db", db, "-o", full, code=4)
    check("what is there stays", read_all(full) == {"mine": b"mine"} and b"not empty" in done.stderr)
    run("pack", "--db", db, "-o", full / "mine", code=4)
    (full / "mine").unlink()
    run("pack", "--db", db, "-o", str(full) + "/")
    check("an empty folder is filled", sorted(read_all(full)) == sorted(FILES))
    run("pack", "--db", db, "-o", full, code=4)
    (folder / "left.new").mkdir()
    (folder / "left.new/x").write_text("x")
    run("pack", "--db", db, "-o", folder / "left", code=4)
    check("what a killed program left is not ours to remove", (folder / "left.new/x").exists() and not (folder / "left").exists())
    for name in ("/", ".", "..", ""):
        run("pack", "--db", db, "-o", name, code=4, cwd=full)
    run("pack", "--db", db, "-o", folder / "no/where", code=4)

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
    done = run("pack", "--db", db, "-o", folder / "small", code=4, preexec_fn=small, restore_signals=False)
    check("nothing is left when there is no room", not (folder / "small").exists() and not (folder / "small.new").exists()
          and done.stderr.count(b"\n") == 1, done.stderr)
    run("pack", code=2)
    run("pack", "--verify", full, "-o", full, code=2)
    run("pack", "--db", folder / "nothing.db", "-o", folder / "small", code=3)


HOSTILE = {
    "script": "</script><script>alert(1)</script>",
    "formula": "=cmd|' /C calc'!A0",
    "turned": "abc\u202egnp.exe",
    "escape": "\x1b[31mred\x07 bell",
    "lines": 'two\u2028lines "quoted", \\ and\ttab\r\nend | cell | `code` <b>',
    "link": "[click](javascript:alert(1)) ![i](http://evil/x) https://evil.example/",
    "blank": BLANK + " " + BLANK,
    "long": "é" * 32768 + "end of the long one",
}


def hostile_store(folder):
    """Facts of the plant with other words in them, as if devices had said so."""
    db = folder / "hostile.db"
    run("read", "--quiet", "--db", db, "--site", HOSTILE["script"] + HOSTILE["escape"] + BLANK, pcaps / "plant/plant.pcap")
    store = sqlite3.connect(db)
    facts = store.execute("select rowid from fact where attribute in ('name', 'vendor', 'model', 'firmware_version', 'hostname')"
                          " and value <> '' order by rowid").fetchall()
    words = list(HOSTILE.values())
    for n, (row,) in enumerate(facts):
        store.execute("update or ignore fact set value = ? where rowid = ?", (words[n % len(words)], row))
    store.execute("update capture set name = ?", (HOSTILE["lines"] + HOSTILE["turned"] + HOSTILE["formula"],))
    store.commit()
    store.close()
    with open(folder / "register.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["number", "name", "ip", "owner", "location", "criticality", "notes"])
        for n, word in enumerate(w for k, w in HOSTILE.items() if k not in ("long", "escape")):
            writer.writerow([f"N{n}", word, f"10.20.10.{11 + n}", word, word, word, word])
    run("zones", "propose", "--db", db, "-o", folder / "zones.yaml", "--no-declarations")
    text = (folder / "zones.yaml").read_text()
    for key, word in (("owner", HOSTILE["formula"]), ("security_level_target", HOSTILE["script"]), ("approver", HOSTILE["link"])):
        text = text.replace(f"    {key}:\n", f"    {key}: {json.dumps(word)}\n")
    (folder / "zones.yaml").write_text(re.sub("    name: .*", lambda m: "    name: " + json.dumps(HOSTILE["turned"]), text))
    return db


def test_hostile(folder):
    folder = folder / "hostile"
    folder.mkdir()
    db, pack = hostile_store(folder), folder / "pack"
    run("pack", "--db", db, "-o", pack)
    check("a hostile pack is as it was made", faults(pack, 0) == [])
    found = read_all(pack)
    for name, data in found.items():
        text = data.decode()  # UTF-8 or nothing
        if name.endswith(".csv"):
            table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            check(f"hostile {name}: rectangular", len({len(r) for r in table}) == 1)
            check(f"hostile {name}: no formula", not any(c.lstrip(" \t\r\n\"'")[:1] in tuple("=+-@") and not c.startswith("'")
                                                         for r in table for c in r))
        elif name.endswith(".md"):
            check(f"hostile {name}: no markup, no control characters", "<script" not in text and "<b>" not in text
                  and "](" not in text and "\u202e" not in text and "\x1b" not in text and "\u2028" not in text)
            check(f"hostile {name}: rows stay rows", all(len({l.count("|") for l in t.strip().split("\n")}) == 1
                                                         for t in re.findall(r"(?:^\|.*\n)+", text, re.M)))
        elif name.endswith(".json"):
            json.loads(text)
            check(f"hostile {name}: harmless in HTML and on a terminal", "<" not in text and "\x1b" not in text)
        elif name.endswith(".jsonl"):
            values = {json.loads(l)["value"] for l in text.split("\n")[:-1]}
            check(f"hostile {name}: one object a line", "\u2028" not in text and "<" not in text)
            check("every hostile word can be found", all(any(w.strip() in v or w.replace("\r\n", "") in v for v in values)
                                                         for w in HOSTILE.values()), [w[:40] for w in HOSTILE.values()
                                                                                      if not any(w.strip() in v for v in values)])
        elif name.endswith(".svg"):
            xml.dom.minidom.parseString(data)
            check(f"hostile {name}: no script", b"<script" not in data)
    edit(pack / "14_signoff.md", b"| Prepared by | TO BE COMPLETED", b"| Prepared by | A. Person")
    check("a hostile form can be completed", faults(pack, 0) == [])


with tempfile.TemporaryDirectory() as name:
    top = pathlib.Path(name)
    store, made = top / "plant.db", top / "pack"
    run("read", "--quiet", "--db", store, "--site", "Works", pcaps / "plant/plant.pcap")
    run("pack", "--db", store, "-o", made)
    test_content(made, test_files(made, store))
    test_bytes(top, store, made)
    test_verify(top, made)
    test_signoff(top, made)
    test_chain(top, store, made)
    test_manifest(top, made)
    test_folder(top, store)
    test_hostile(top)
if failures:
    sys.exit(f"{len(failures)} failed")
