#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_zones.py - what people decided about the plant, and what `earshot zones check` and `show` say to it.

    check_zones.py --earshot build/earshot [--plant DIR]

zones.yaml below accepts the zones of the plant by their subnets. Its conduits allow, deny, have an expired rule and
rules that nobody uses; register.csv has rows that fit, that disagree, that are not there and that name two assets.
Expected values are from the truth of the plant: who talks with whom, and on 2024-03-12. Exit 1 after the list of faults,
77 without earshot.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ZONES = """\
site: Water works
zones:
  - {id: intake, kind: ot, status: accepted, level: "1", owner: Water, security_level_target: SL 2, members: [{subnet: 10.20.10.0/24}]}
  - {id: filling, kind: ot, status: accepted, owner: Filling, security_level_target: SL 2, members: [{subnet: 10.20.20.0/24}]}
  - {id: packing, kind: ot, status: accepted, owner: Packing, security_level_target: SL 2, members: [{subnet: 10.20.30.0/24}]}
  - {id: power, kind: ot, status: proposed, members: [{subnet: 10.20.40.0/24}]}
  - {id: operations, kind: ot, status: accepted, level: "3", owner: Control room, members: [{subnet: 10.20.100.0/24}]}
  - {id: office, kind: enterprise, status: accepted, owner: IT, security_level_target: SL 1, members: [{subnet: 10.1.5.0/24}]}
conduits:
  - id: intake-operations
    from: operations
    to: intake
    status: accepted
    owner: Control room
    security_level_target: SL 2
    allow:
      - {id: polling, protocols: [modbus], operations: [read, write, diagnose], initiator: from, port: 502, approver: A. Smith, reason: visualisation}
      - {id: loading, protocols: [umas], operations: [program, control, diagnose], initiator: from, approver: A. Smith, expires: 2024-03-11}
      - {id: clock, protocols: [ntp], initiator: to}
      - {id: spare, protocols: [s7comm, dnp3], initiator: from, expires: 2024-03-01}
  - id: filling-operations
    from: operations
    to: filling
    status: accepted
    owner: Control room
    allow:
      - {protocols: [s7comm], operations: [read, diagnose], initiator: from}
      - {protocols: [ntp], initiator: to}
  - {id: power-operations, from: operations, to: power, status: accepted, owner: Grid, security_level_target: SL 2, allow: [{protocols: [dnp3]}]}
"""

REGISTER = """\
number,name,type,vendor,firmware_version,serial_number,ip,owner,location,criticality
A-1,Washer,plc,Siemens,3.2.17,,10.20.20.11,Filling,Hall 2,high
A-2,Filler,plc,Siemens,5.0.0,,10.20.20.12,Filling,Hall 2,high
A-3,Spare pump,drive_vfd,Schneider Electric,,,10.20.10.99,Water,Hall 1,low
A-4,Twin one,plc,,,,10.20.10.12,Water,Hall 1,low
A-5,Twin two,plc,,,,10.20.10.12,Water,Hall 1,low
"""


class Check:
    def __init__(self, earshot, folder):
        self.earshot, self.folder, self.faults = earshot, folder, []

    def run(self, *words, code=0):
        done = subprocess.run([self.earshot, *words], capture_output=True, text=True, timeout=120, cwd=self.folder)
        if done.returncode != code:
            self.faults.append(f"{' '.join(words)}: exit {done.returncode}, not {code}: {done.stderr.strip()}")
        return done.stdout + done.stderr

    def same(self, what, got, wanted):
        if got != wanted:
            self.faults.append(f"{what}: {got!r}, right is {wanted!r}")

    def has(self, what, text, *parts):
        for part in parts:
            if part not in text:
                self.faults.append(f"{what}: no {part!r} in\n{text}")


def channels(check, conduit, assets):
    """{(initiator, responder, protocol): channel} by the addresses of the ends."""
    at = {a["id"]: [ip for n in a["interfaces"] for ip in n["ips"]] for a in assets}
    return {
        (
            at[c["initiator"]][0] if "initiator" in c else None,
            at[c["responder"]][0] if "responder" in c else None,
            c.get("protocol"),
        ): c
        for c in conduit["channels"]
    }


def check_verdicts(check, answer, assets):
    conduits = {c["id"]: c for c in answer["conduits"]}
    seen = channels(check, conduits["intake-operations"], assets)
    polled = seen["10.20.100.10", "10.20.10.11", "modbus"]
    check.same("polling", polled["verdict"], "allowed")
    check.same("its rule", polled["rule"]["id"], "polling")
    check.same("its approver", polled["because"], "rule polling, approved by A. Smith: visualisation")
    loaded = seen["10.20.100.23", "10.20.10.11", "umas"]
    check.same("loading", loaded["verdict"], "expired")
    check.same("its end", loaded["because"], "rule loading ended on 2024-03-11; it was last used on 2024-03-12")
    check.same("time", seen["10.20.10.11", "10.20.100.5", "ntp"]["verdict"], "allowed")
    for protocol in ("s7comm", "dnp3"):
        spare = seen[None, None, protocol]
        check.same(f"spare {protocol}", spare["verdict"], "not observed")
        check.same("a rule that can go", spare["because"], "rule spare ended on 2024-03-01 and was not used: it can go")
    check.same("the conduit", conduits["intake-operations"]["verdict"], "expired")
    filling = channels(check, conduits["filling-operations"], assets)
    check.same("reading", filling["10.20.100.10", "10.20.20.11", "s7comm"]["verdict"], "allowed")
    check.same("what carries it", filling["10.20.100.10", "10.20.20.11", "cotp"]["verdict"], "allowed")
    station = filling["10.20.100.21", "10.20.20.11", "s7comm"]
    check.same("programming", station["verdict"], "denied")
    check.same(
        "why",
        station["because"],
        "rule filling-operations/1 allows only read, diagnose, not control, program",
    )
    check.same("a proposed zone", conduits["power-operations"]["verdict"], "unreviewed")
    office = channels(check, conduits["intake--office"], assets)["10.1.5.77", "10.20.10.11", "modbus"]
    check.same("past everything", office["verdict"], "denied")
    check.same("because", office["because"], "no conduit is declared between the accepted zones intake and office")


def check_findings(check, answer, assets):
    by_rule = {}
    for finding in answer["findings"]:
        by_rule.setdefault(finding["rule"], []).append(finding)
    for rule in ("denied-channel", "expired-channel", "business-to-control", "dual-homed", "conduit-incomplete",
                 "zone-incomplete", "declared-never-seen", "declared-observed-disagreement", "register-ambiguity"):
        if rule not in by_rule:
            check.faults.append(f"no finding of {rule}: {sorted(by_rule)}")
    check.same("one row differs", len(by_rule["declared-observed-disagreement"]), 1)
    check.has("it", by_rule["declared-observed-disagreement"][0]["text"], "A-2 (line 3)", "5.0.0", "V6.0.8")
    check.has("the absent row", by_rule["declared-never-seen"][0]["text"], "1 of the 5 rows", "A-3 (line 4)")
    check.has("what is missing", by_rule["conduit-incomplete"][0]["text"], "filling-operations has no target security level")
    check.has("what is missing", by_rule["zone-incomplete"][0]["text"], "operations has no target security level")
    severities = [f["severity"] for f in answer["findings"]]
    check.same("order", severities, sorted(severities, key=["high", "medium", "low", "info"].index))
    known = {a["id"] for a in assets}
    for finding in answer["findings"]:
        check.same(f"assets of {finding['rule']}", set(finding["assets"]) <= known, True)
        check.same(f"clause of {finding['rule']}", "compliant" in json.dumps(finding), False)


def check_people(check):
    text = check.run("zones", "check", code=1)
    check.has(
        "zones check",
        text,
        "intake <-> operations  conduit intake-operations  2 expired, 14 allowed, 2 not observed",
        "denied ",
        "rule filling-operations/1 allows only read, diagnose, not control, program",
        "findings: ",
    )
    if "approved by A. Smith" in text:
        check.faults.append("zones check names a channel that is allowed")
    check.has("zones check --all", check.run("zones", "check", "--all", code=1), "approved by A. Smith")
    check.has("show zones", check.run("show", "zones", "status=accepted"), "intake", "Water", "SL 2")
    check.has("show conduits", check.run("show", "conduits", "verdict=expired"), "rule loading ended on 2024-03-11")
    check.has("show findings", check.run("show", "findings", "rule=dual-homed"), "frame ", "evidence for IEC 62443-3-2")
    check.same("severity=low", "high" in check.run("show", "findings", "severity=info"), False)
    asset = check.run("show", "asset", "10.20.20.12")
    check.has("show asset", asset, "zone                filling (ot, accepted): declared in line 4", "In the register, line 3",
              "5.0.0", "V6.0.8", "What would change it", "Findings", "dual-homed")
    check.has("show assets", check.run("show", "assets", "zone=packing", "type=drive_vfd"), "10.20.30.31", "10.20.30.32")


def check_files(check, database):
    folder = pathlib.Path(check.folder)
    plain = check.run("zones", "check", "--no-declarations")
    check.has("--no-declarations", plain, "nothing was declared", "unreviewed")
    (folder / "wrong.yaml").write_text("zones:\n  - {id: a, kind: ott}\n", encoding="utf-8")
    check.has("a wrong file", check.run("zones", "check", "--zones", "wrong.yaml", code=2), "wrong.yaml:2:19", "kind")
    check.has("an absent file", check.run("show", "--zones", "absent.yaml", code=3), "absent.yaml")
    check.run("zones", "check", "more", code=2)
    check.run("zones", "judge", code=2)
    check.run("zones", code=2)
    check.has("help", check.run("zones", "--help"), "propose", "check")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    away = subprocess.run(
        [check.earshot, "zones", "check", "--db", str(database)], capture_output=True, text=True, cwd=elsewhere
    )
    check.same("zones.yaml is beside the store, not where one stands", away.returncode, 1)
    (folder / "accepted.yaml").write_text("zones: []\n", encoding="utf-8")
    check.run("zones", "check", "--zones", "accepted.yaml", "--register", "register.csv")


def check_export(check, answer):
    inventory = json.loads(check.run("export", "json"))
    for part in ("captures", "zones", "conduits", "findings"):
        check.same(f"{part} of check and export", answer[part], inventory[part])
    filler = next(a for a in inventory["assets"] if a.get("declared", {}).get("number") == "A-2")
    check.same("declared", filler["declared"]["firmware_version"], "5.0.0")
    check.same("observed", filler["firmware_version"], "V6.0.8")
    check.same("its zone", filler["zone"], "filling")
    return inventory


def check_schema(check, inventory):
    try:
        import jsonschema
    except ImportError:
        return
    path = pathlib.Path(__file__).resolve().parent.parent.parent / "config" / "inventory.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    for error in validator.iter_errors(inventory):
        check.faults.append(f"schema: {list(error.absolute_path)}: {error.message[:200]}")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--earshot", required=True, type=pathlib.Path)
    parser.add_argument(
        "--plant", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent.parent / "pcaps" / "plant"
    )
    given = parser.parse_args(arguments)
    if not given.earshot.exists():
        print(f"skipped: {given.earshot} is not there")
        return 77
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        check = Check(str(given.earshot.resolve()), scratch)
        (folder / "zones.yaml").write_text(ZONES, encoding="utf-8")
        (folder / "register.csv").write_text(REGISTER, encoding="utf-8")
        check.run("read", "--quiet", str((given.plant / "plant.pcap").resolve()))
        answer = json.loads(check.run("zones", "check", "--json", code=1))
        again = json.loads(check.run("zones", "check", "--json", code=1))
        check.same("twice", again, answer)
        inventory = check_export(check, answer)
        check_schema(check, inventory)
        check_verdicts(check, answer, inventory["assets"])
        check_findings(check, answer, inventory["assets"])
        check_people(check)
        check_files(check, folder / "earshot.db")
    print("\n".join(check.faults))
    print(f"{len(check.faults)} faults")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
