#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`earshot reconcile` from the outside: exit codes, the worklist, JSON, registers as people write them.

    test_reconcile.py EARSHOT PLANT.pcap
"""
import csv, io, json, os, pathlib, subprocess, sys, tempfile

earshot, capture = sys.argv[1:3]
tmp = tempfile.TemporaryDirectory()
db, failures = f"{tmp.name}/p.db", 0
subprocess.run([earshot, "read", "--quiet", "--db", db, capture], check=True)


def run(*words, code, **environment):
    done = subprocess.run([earshot, "reconcile", *words, "--db", db], capture_output=True, env=dict(os.environ, **environment))
    expect(done.returncode == code, f"{words}: exit {done.returncode}, expected {code}: {done.stderr.decode()[:200]}")
    return done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def expect(holds, what):
    global failures
    if not holds:
        failures += 1
        print(what)


def register(rows, name="r.csv", encoding="utf-8"):
    path = f"{tmp.name}/{name}"
    pathlib.Path(path).write_bytes(rows.encode(encoding))
    return path


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


# A German register with semicolons in Windows-1252, whose columns have names of its own.
GERMAN = ("Inventar-Nr;Ger\u00e4t;S/N;Netz;Hersteller;Ausgabestand\r\n"
          "A-1;W\u00e4scher;S C-C2UR28922012;10.20.20.11;Siemens;V3.2.17\r\n"
          "A-2;F\u00fcller;;10.20.20.12;Siemens AG;V6.0.9\r\n"
          "A-3;Pumpe;;10.20.99.1;;\r\n"
          "A-4;F\u00fcller;;10.20.20.12;;\r\n")
MAP = "number=Inventar-Nr,name=Ger\u00e4t,serial=S/N,ip=Netz,firmware=Ausgabestand"
path = register(GERMAN, encoding="cp1252")
answer = json.loads(run(path, "--map", MAP, "--json", code=1)[0])
expect(answer["schema"] == "earshot.reconciliation/1", "schema")
expect(answer["summary"]["rows"] == 4 and answer["summary"]["items"]["register_only"] == 1, f"summary: {answer['summary']}")
kinds = [(i["kind"], i["register"]["number"]) for i in answer["items"] if "register" in i]
expect(kinds == [("duplicate", "A-2"), ("duplicate", "A-4"), ("register only", "A-3"), ("matched", "A-1")], f"kinds: {kinds}")
expect(all(i["register"].get("name") != "W?scher" for i in answer["items"] if "register" in i), "encoding")

# The frame of a conflict is the one that the inventory names for the observed value.
path = register(GERMAN.replace("A-4;F\u00fcller;;10.20.20.12;;\r\n", ""), encoding="cp1252")
items = json.loads(run(path, "--map", MAP, "--json", code=1)[0])["items"]
conflict = [i for i in items if i["kind"] == "conflict"]
expect([(i["field"], i["register_value"], i["observed_value"]) for i in conflict] == [("firmware_version", "V6.0.9", "V6.0.8")],
       f"conflicts: {conflict}")
inventory = json.loads(subprocess.run([earshot, "export", "json", "--db", db], capture_output=True, check=True).stdout)
facts = [f for a in inventory["assets"] if a["id"] == conflict[0]["asset"]["id"] for f in a["facts"]
         if f["attribute"] == "firmware_version" and f["value"] == "V6.0.8"]
expect(conflict[0]["evidence"]["frame"] == min(f["frame"] for f in facts), "the frame of a conflict")

# The worklist: a line an item, the same bytes anywhere, empty columns for the decision, no formula.
listed, _ = run(path, "--map", MAP, "-o", "-", code=1)
again, _ = run(path, "--map", MAP, "-o", "-", code=1, LC_ALL="tr_TR.UTF-8", TZ="Pacific/Kiritimati")
work = rows_of(listed)
expect(listed == again, "two worklists differ")
expect([r["id"] for r in work] == [i["id"] for i in items] and len(set(r["id"] for r in work)) == len(work), "ids")
expect(all(r[c] == "" for r in work for c in ("decision", "decided_by", "decided_on", "remark")), "somebody decided")
expect(listed.endswith("\r\n"), "line ends")
text, _ = run(path, "--map", MAP, "-o", f"{tmp.name}/w.csv", code=1)
expect(pathlib.Path(f"{tmp.name}/w.csv").read_bytes().decode("utf-8") == listed, "the file is not what -o - writes")
expect("3 rows of the register: 2 matched (1 of them with 1 conflict), 1 not observed" in text, f"summary: {text[:300]}")
expect("Matched" not in text and "Matched" in run(path, "--map", MAP, "--all", code=1)[0], "--all")

# Every asset in the register, as observed: nothing to decide.
assets = {a["id"]: a for a in inventory["assets"]}
full = io.StringIO(newline="")
writer = csv.writer(full)
writer.writerow(["number", "mac", "ip"])
for number, a in enumerate(a for a in assets.values() if "parent" not in a and "external" not in a.get("flags", ())):
    one = a["interfaces"][0]
    writer.writerow([number, one.get("mac", ""), "" if "mac" in one else one["ips"][0]])
text, _ = run(register(full.getvalue(), "full.csv"), code=0)
expect(", 0 not observed, 0 ambiguous, 0 duplicates\n0 devices observed without a row" in text, text[:300])

# Hostile cells stay harmless in each output and can still be found.
hostile = register('number,name,ip,vendor\n"=cmd|\' /C calc\'!A0","\u202egnp \x1b[31m",10.20.20.12,"</script>"\n@1,-1,10.9.9.9,x\n', "hostile.csv")
text, _ = run(hostile, "--all", code=1)
expect("\x1b" not in text and "\u202e" not in text and "\\u{202E}gnp" in text, "text on a terminal")
listed, _ = run(hostile, "-o", "-", code=1)
for row in rows_of(listed):
    for column, value in row.items():
        expect(value[:1] not in tuple("=+-@\t\r"), f"{column}: {value!r}")
expect("=cmd|' /C calc'!A0" in listed, "not to be found in the worklist")
said, _ = run(hostile, "--json", code=1)
expect("</script>" not in said and any(i.get("register", {}).get("vendor") == "</script>" for i in json.loads(said)["items"]), "JSON")

# Mistakes of use, and what is not there.
_, told = run(code=2)
expect(told.count("\n") == 1 and "REGISTER.csv" in told, told)
_, told = run(path, path, code=2)
_, told = run(path, "--json", "-o", "-", code=2)
_, told = run(f"{tmp.name}/none.csv", code=3)
_, told = run(path, "--map", "serial=Nummer", code=2)
expect('no column "Nummer", which --map names for serial_number' in told, told)
_, told = run(path, "--map", "colour=Nummer", code=2)
expect("no field of a register" in told, told)
run(path, "--map", MAP, "-o", f"{tmp.name}/none/w.csv", code=4)
broken = pathlib.Path(f"{tmp.name}/map.yaml")
broken.write_text("serial: [a, b]\n")
_, told = run(path, "--map", str(broken), code=2)
expect("map.yaml:1:9" in told, told)

# What stands beside the store is taken without being named, by the other verbs too.
pathlib.Path(f"{tmp.name}/register.csv").write_bytes(GERMAN.encode("cp1252"))
pathlib.Path(f"{tmp.name}/register-map.yaml").write_text("".join(f"{k}: {v}\n" for k, v in (p.split("=") for p in MAP.split(","))),
                                                       encoding="utf-8")
expect(json.loads(run("--json", code=1)[0])["items"][0]["kind"] == "duplicate", "register.csv beside the store")
shown = subprocess.run([earshot, "show", "asset", "10.20.20.11", "--db", db], capture_output=True, check=True).stdout.decode("utf-8")
expect("A-1" in shown and "W\u00e4scher" in shown, "the map beside the store, in another verb")
print(f"{failures} failures")
sys.exit(1 if failures else 0)
